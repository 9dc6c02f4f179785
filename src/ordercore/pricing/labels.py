"""What a promotion without a name is called: words made of its rules, so that they cannot lie."""

from __future__ import annotations

from ordercore.money import Currency
from ordercore.money.fields import Amount
from ordercore.promotions.benefits import (
    AmountOff,
    Benefit,
    BuyXGetY,
    Gift,
    NthItemOff,
    PercentOff,
    ShippingOff,
    Tiers,
)
from ordercore.promotions.conditions import Threshold
from ordercore.promotions.promotion import Promotion
from ordercore.wording import Words

__all__ = ["label_of"]

_Label = tuple[str, dict[str, object]]
"""The key of a message and its arguments."""


def label_of(promotion: Promotion, words: Words, currency: Currency) -> str | None:
    """Name a promotion by its rules; None where there are no words for them."""
    when = promotion.when
    spend = when.amount if isinstance(when, Threshold) else None
    labels = [_label(benefit, spend) for benefit in promotion.benefits]
    told = [
        words.label(
            message, {k: _text(v) for k, v in arguments.items()}, currency, currency.digits
        )
        for message, arguments in filter(None, labels)
    ]
    found = [each for each in told if each]
    return words.joined(found) if found and len(found) == len(labels) else None


def _text(value: object) -> str:
    return f"{value:f}" if hasattr(value, "is_finite") else str(value)


def _label(benefit: Benefit, spend: Amount | None) -> _Label | None:
    """Find the message for a benefit, given from which amount on it holds."""
    if isinstance(benefit, AmountOff):
        if benefit.every is not None and benefit.every.amount is not None:
            return "save_per_spend", {"spend": benefit.every.amount, "save": benefit.amount}
        if spend is not None:
            return "spend_and_save", {"spend": spend, "save": benefit.amount}
        return "amount_off", {"amount": benefit.amount}
    if isinstance(benefit, PercentOff):
        if spend is not None:
            return "spend_and_discount", {"spend": spend, "percent": benefit.percent}
        return "percent_off", {"percent": benefit.percent}
    if isinstance(benefit, ShippingOff) and benefit.percent == 100:
        return ("free_shipping", {}) if spend is None else ("free_shipping_from", {"spend": spend})
    if isinstance(benefit, NthItemOff):
        return "nth_item_off", {"nth": benefit.nth, "percent": benefit.percent}
    if isinstance(benefit, BuyXGetY):
        counts = {"buy": benefit.buy_quantity, "get": benefit.get_quantity}
        return "buy_and_get", counts | {"percent": benefit.percent}
    if isinstance(benefit, Gift) and spend is not None:
        return "gift_from", {"spend": spend}
    if isinstance(benefit, Tiers) and benefit.tiers[0].amount is not None:
        first = benefit.tiers[0].amount
        return "spend_and_save_tiers", {"spend": first, "tiers": len(benefit.tiers)}
    return None
