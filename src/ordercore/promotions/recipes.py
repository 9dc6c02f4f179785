"""Everyday promotions in one call each; every recipe returns a plain `Promotion`.

Amounts are Money or decimal text in the book's currency, percentages decimal text: ``"10"`` is
10 % off (九折). Further keywords (``priority``, ``schedule``, ``layer``, ``name``, …) go to the
`Promotion` as they are; ``code`` makes it available to who types that code.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ordercore.money import Money
from ordercore.promotions.benefits import (
    AmountOff,
    Benefit,
    BuyXGetY,
    Every,
    Gift,
    NthItemOff,
    PercentOff,
    ShippingOff,
    Tier,
    Tiers,
)
from ordercore.promotions.conditions import Always, Condition, Threshold
from ordercore.promotions.promotion import Automatic, Code, Label, Promotion
from ordercore.promotions.selectors import AllUnits, Selector
from ordercore.promotions.terms import Amount, AmountText, Basis

__all__ = [
    "amount_off",
    "buy_and_get",
    "free_shipping",
    "gift_from",
    "percent_off",
    "save_per_spend",
    "second_half_price",
    "spend_and_discount",
    "spend_and_save",
    "spend_and_save_tiers",
]


def percent_off(
    id: str,  # noqa: A002
    percent: Decimal | str,
    target: Selector | None = None,
    *,
    maximum: AmountText | None = None,
    **more: Any,
) -> Promotion:
    """打折: a percentage off the selected units, in the layer ``unit``.

    >>> percent_off("spring", "10").layer
    'unit'
    """
    benefit = PercentOff(percent, target or AllUnits(), maximum)
    label = _label("percent_off", percent=benefit.percent)
    return _promotion(id, benefit, label, more, layer="unit")


def amount_off(
    id: str,  # noqa: A002
    amount: AmountText,
    target: Selector | None = None,
    **more: Any,
) -> Promotion:
    """立减: an amount off the selected units together, without a threshold."""
    benefit = AmountOff(amount, target or AllUnits())
    return _promotion(id, benefit, _label("amount_off", amount=benefit.amount), more)


def spend_and_save(
    id: str,  # noqa: A002
    *,
    spend: AmountText,
    save: AmountText,
    target: Selector | None = None,
    **more: Any,
) -> Promotion:
    """满减: from ``spend`` on, ``save`` off.

    >>> spend_and_save("summer", spend="300", save="50").when.amount
    Decimal('300')
    """
    scope = target or AllUnits()
    when, benefit = Threshold(spend, target=scope), AmountOff(save, scope)
    label = _label("spend_and_save", spend=when.amount, save=benefit.amount)
    return _promotion(id, benefit, label, more, when)


def save_per_spend(
    id: str,  # noqa: A002
    *,
    spend: AmountText,
    save: AmountText,
    max_times: int | None = None,
    target: Selector | None = None,
    **more: Any,
) -> Promotion:
    """每满减: ``save`` off for each whole ``spend``, at most ``max_times`` times."""
    scope = target or AllUnits()
    when = Threshold(spend, target=scope)
    benefit = AmountOff(save, scope, Every(spend, max_times=max_times))
    label = _label("save_per_spend", spend=when.amount, save=benefit.amount)
    return _promotion(id, benefit, label, more, when)


def spend_and_save_tiers(
    id: str,  # noqa: A002
    tiers: Iterable[tuple[AmountText, AmountText]],
    *,
    target: Selector | None = None,
    **more: Any,
) -> Promotion:
    """阶梯满减: of (spend, save) tiers in rising order the highest one reached counts."""
    scope = target or AllUnits()
    steps = tuple(Tier(spend, benefit=AmountOff(save, scope)) for spend, save in tiers)
    benefit = Tiers(steps, scope)
    when = Threshold(steps[0].amount, target=scope)
    label = _label("spend_and_save_tiers", spend=when.amount, tiers=Decimal(len(steps)))
    return _promotion(id, benefit, label, more, when)


def spend_and_discount(
    id: str,  # noqa: A002
    *,
    spend: AmountText,
    percent: Decimal | str,
    maximum: AmountText | None = None,
    target: Selector | None = None,
    **more: Any,
) -> Promotion:
    """满折: from ``spend`` on, a percentage off."""
    scope = target or AllUnits()
    when, benefit = Threshold(spend, target=scope), PercentOff(percent, scope, maximum)
    label = _label("spend_and_discount", spend=when.amount, percent=benefit.percent)
    return _promotion(id, benefit, label, more, when)


def second_half_price(
    id: str,  # noqa: A002
    target: Selector | None = None,
    *,
    percent: Decimal | str = "50",
    max_times: int | None = None,
    **more: Any,
) -> Promotion:
    """第二件半价: every second of the selected units costs half (or as ``percent`` says)."""
    benefit = NthItemOff(2, percent, target or AllUnits(), max_times)
    label = _label("nth_item_off", nth=Decimal(2), percent=benefit.percent)
    return _promotion(id, benefit, label, more, layer="set")


def buy_and_get(
    id: str,  # noqa: A002
    *,
    buy: int,
    get: int,
    target: Selector | None = None,
    get_target: Selector | None = None,
    percent: Decimal | str = "100",
    max_times: int | None = None,
    **more: Any,
) -> Promotion:
    """买赠: who buys some units gets others of the cart free (or ``percent`` off)."""
    scope = target or AllUnits()
    benefit = BuyXGetY(buy, get, percent, scope, get_target or scope, max_times)
    label = _label("buy_and_get", buy=Decimal(buy), get=Decimal(get), percent=benefit.percent)
    return _promotion(id, benefit, label, more, layer="set")


def gift_from(
    id: str,  # noqa: A002
    sku: str,
    *,
    spend: AmountText,
    quantity: int = 1,
    value: AmountText | None = None,
    target: Selector | None = None,
    **more: Any,
) -> Promotion:
    """满赠: from ``spend`` on, units of a gift on top."""
    when = Threshold(spend, target=target or AllUnits())
    benefit = Gift(sku, quantity, value)
    label = _label("gift_from", spend=when.amount)
    return _promotion(id, benefit, label, more, when, layer="set")


def free_shipping(
    id: str,  # noqa: A002
    *,
    spend: AmountText | None = None,
    basis: Basis = Basis.ENTRY,
    **more: Any,
) -> Promotion:
    """包邮: no shipping fee, from ``spend`` on if given."""
    benefit = ShippingOff("100")
    if spend is None:
        return _promotion(id, benefit, _label("free_shipping"), more, layer="shipping")
    when = Threshold(spend, basis=basis)
    label = _label("free_shipping_from", spend=when.amount)
    return _promotion(id, benefit, label, more, when, layer="shipping")


def _label(message: str, **arguments: Amount | None) -> Label:
    return Label(message, {name: _told(value) for name, value in arguments.items()})


def _told(value: Amount | None) -> str:
    if isinstance(value, Money):
        return str(value)
    return f"{value:f}" if value is not None else ""


def _promotion(
    id: str,  # noqa: A002
    benefit: Benefit,
    label: Label,
    more: dict[str, Any],
    when: Condition | None = None,
    layer: str = "order",
) -> Promotion:
    """Put the parts together; a ``when`` of the caller holds in addition."""
    given = dict(more)
    extra = given.pop("when", None)
    conditions = [each for each in (when, extra) if each is not None]
    code = given.pop("code", None)
    fields: dict[str, Any] = {"layer": layer, "label": label, **given}
    fields["trigger"] = given.get("trigger", Automatic() if code is None else Code(code))
    fields["when"] = (
        Always() if not conditions else conditions[0] if len(conditions) == 1
        else conditions[0] & conditions[1]
    )  # fmt: skip
    return Promotion(id=id, benefits=benefit, **fields)
