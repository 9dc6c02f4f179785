"""What a promotion without a name is called: words made of its rules, so that they cannot lie.

Each benefit says what it is called; here it is only collected, and what the benefit does not
say itself is put around it: from which amount or number of units on it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import evolve

from ordercore.money import Currency, Money
from ordercore.money.fields import Amount
from ordercore.promotions.benefits import (
    AmountOff,
    Benefit,
    BundlePrice,
    BuyXGetY,
    CheapestOff,
    Gift,
    GiftChoice,
    NthItemOff,
    PickN,
    Tier,
    Tiers,
)
from ordercore.promotions.benefits.benefit import Inserted, Label
from ordercore.promotions.conditions import AllOf, Condition, Threshold
from ordercore.promotions.promotion import Promotion
from ordercore.wording import Words
from ordercore.wording.labels import Label as Told

__all__ = ["label_of"]


def label_of(promotion: Promotion, words: Words, currency: Currency) -> str | None:
    """Name a promotion by its rules; None where there are no words for them.

    >>> from ordercore.promotions import AmountOff, Threshold
    >>> off = Promotion(id="off", benefits=AmountOff("5"), when=Threshold(quantity=3))
    >>> label_of(off, Words("zh"), Currency("CNY"))
    '满3件立减5'
    """
    threshold, limits = _threshold(promotion.when), promotion.limits
    benefits = [_within(each, limits.applications) for each in promotion.benefits]
    labels = [_label(benefit, threshold, currency) for benefit in benefits]
    found = [label for label in labels if label is not None]
    if len(found) < len(labels):
        return None
    if limits.cap is not None:
        found = [("capped", {"what": tuple(found), "maximum": limits.cap})]
    return words.labels([*map(_plain, found)], currency, currency.digits)


def _within(benefit: Benefit, most: int | None) -> Benefit:
    """Write the promotion's limit of applications into a benefit that repeats."""
    if most is None:
        return benefit
    if isinstance(benefit, Tiers):
        return evolve(benefit, tiers=[_tier_within(tier, most) for tier in benefit.tiers])
    if isinstance(benefit, AmountOff | Gift | GiftChoice) and benefit.every is not None:
        fewer = min(most, benefit.every.max_times or most)
        return evolve(benefit, every=evolve(benefit.every, max_times=fewer))
    if isinstance(benefit, BundlePrice | BuyXGetY | NthItemOff | PickN) or (
        isinstance(benefit, CheapestOff) and benefit.every is not None
    ):
        return evolve(benefit, max_times=min(most, benefit.max_times or most))
    return benefit


def _tier_within(tier: Tier, most: int) -> Tier:
    return evolve(tier, benefit=_within(tier.benefit, most))


def _threshold(when: Condition) -> Threshold | None:
    """Find the one threshold that must be reached, among other conditions or alone."""
    members = when.members if isinstance(when, AllOf) else (when,)
    found = [each for each in members if isinstance(each, Threshold)]
    return found[0] if len(found) == 1 else None


def _label(benefit: Benefit, threshold: Threshold | None, currency: Currency) -> Label | None:
    """Ask a benefit what it is called, given from where on it holds."""
    if threshold is None:
        return benefit.label(None)
    if threshold.amount is None:
        told = benefit.label(None)
        quantity = (threshold.quantity or 0) + threshold.above
        if told is not None and _says(told, "quantity", quantity, "from_units"):
            return told
        return told and ("from_units", {"quantity": quantity, "what": (told,)})
    spend = _least(threshold.amount, currency) if threshold.above else threshold.amount
    told = benefit.label(spend)
    if told is None or _says(told, "spend", spend):
        return told
    return "from_spend", {"spend": spend, "what": (told,)}


def _least(amount: Amount, currency: Currency) -> Money:
    """Tell the least amount above another."""
    return Money.of(amount, currency) + Money(1, currency)


def _says(label: Label, what: str, value: Amount | int, message: str = "") -> bool:
    """Whether a label, or one in it, says itself from where on it holds."""
    key, arguments = label
    if arguments.get(what) == value and message in ("", key):
        return True
    inner = [each for each in arguments.values() if isinstance(each, tuple)]
    return any(_says(each, what, value, message) for labels in inner for each in labels)


def _plain(label: Label) -> Told:
    """Write the arguments of a label as the catalogues take them: text, and labels of text."""
    message, arguments = label
    inserted: Mapping[str, Inserted] = arguments
    return message, {name: _text(value) for name, value in inserted.items()}


def _text(value: Inserted) -> str | tuple[Told, ...]:
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
