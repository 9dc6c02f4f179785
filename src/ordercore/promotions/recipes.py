"""Everyday promotions in one call each; every recipe returns a plain `Promotion`.

Amounts are Money or decimal text in the book's currency, percentages decimal text: ``"10"`` is
10 % off (九折). Further keywords (``priority``, ``schedule``, ``layer``, ``name``, …) go to the
`Promotion` as they are; ``code`` makes it available to who types that code, and a ``when`` of
yours holds in addition to the recipe's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, TypedDict, Unpack

from ordercore.calendars import Schedule
from ordercore.money import Overflow
from ordercore.money.fields import AmountText
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
from ordercore.promotions.conditions import Condition, Threshold
from ordercore.promotions.promotion import Code, Exclusive, Funding, Promotion, Trigger
from ordercore.promotions.selectors import AllUnits, Selector
from ordercore.promotions.terms import Basis, RoundingMode, Split

__all__ = [
    "Options",
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

EVERYTHING: Final = AllUnits()


class Options(TypedDict, total=False):
    """What every recipe takes besides its own arguments: see `Promotion`."""

    when: Condition
    code: str
    name: str | Mapping[str, str]
    version: int
    schedule: Schedule
    trigger: Trigger
    layer: str
    priority: int
    exclusive: Exclusive | str
    group: str | None
    combines_with: str | Iterable[str]
    basis: Basis | str
    rounding: RoundingMode | str
    split: Split | str
    overflow: Overflow
    funding: Iterable[Funding]


def percent_off(
    id: str,  # noqa: A002
    percent: Decimal | str,
    target: Selector = EVERYTHING,
    *,
    maximum: AmountText | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """打折: a percentage off the selected units, in the layer ``unit``.

    >>> percent_off("spring", "10").layer
    'unit'
    """
    return _promotion(id, PercentOff(percent, target, maximum), options, layer="unit")


def amount_off(
    id: str,  # noqa: A002
    amount: AmountText,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """立减: an amount off the selected units together, without a threshold."""
    return _promotion(id, AmountOff(amount, target), options)


def spend_and_save(
    id: str,  # noqa: A002
    *,
    spend: AmountText,
    save: AmountText,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """满减: from ``spend`` on, ``save`` off.

    >>> spend_and_save("summer", spend="300", save="50").when.amount
    Decimal('300')
    """
    return _promotion(id, AmountOff(save, target), options, Threshold(spend, target=target))


def save_per_spend(
    id: str,  # noqa: A002
    *,
    spend: AmountText,
    save: AmountText,
    max_times: int | None = None,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """每满减: ``save`` off for each whole ``spend``, at most ``max_times`` times."""
    benefit = AmountOff(save, target, Every(spend, max_times=max_times))
    return _promotion(id, benefit, options, Threshold(spend, target=target))


def spend_and_save_tiers(
    id: str,  # noqa: A002
    tiers: Iterable[tuple[AmountText, AmountText]],
    *,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """阶梯满减: of (spend, save) tiers in rising order the highest one reached counts."""
    steps = [Tier(spend, benefit=AmountOff(save, target)) for spend, save in tiers]
    benefit = Tiers(steps, target)
    return _promotion(id, benefit, options, Threshold(steps[0].amount, target=target))


def spend_and_discount(
    id: str,  # noqa: A002
    *,
    spend: AmountText,
    percent: Decimal | str,
    maximum: AmountText | None = None,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """满折: from ``spend`` on, a percentage off."""
    benefit = PercentOff(percent, target, maximum)
    return _promotion(id, benefit, options, Threshold(spend, target=target))


def second_half_price(
    id: str,  # noqa: A002
    target: Selector = EVERYTHING,
    *,
    percent: Decimal | str = "50",
    max_times: int | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """第二件半价: every second of the selected units costs half (or as ``percent`` says)."""
    return _promotion(id, NthItemOff(2, percent, target, max_times), options, layer="set")


def buy_and_get(
    id: str,  # noqa: A002
    *,
    buy: int,
    get: int,
    target: Selector = EVERYTHING,
    get_target: Selector | None = None,
    percent: Decimal | str = "100",
    max_times: int | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """买赠: who buys some units gets others of the cart free (or ``percent`` off)."""
    rewards = target if get_target is None else get_target
    benefit = BuyXGetY(buy, get, percent, target, rewards, max_times)
    return _promotion(id, benefit, options, layer="set")


def gift_from(
    id: str,  # noqa: A002
    sku: str,
    *,
    spend: AmountText,
    quantity: int = 1,
    value: AmountText | None = None,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """满赠: from ``spend`` on, units of a gift on top."""
    when = Threshold(spend, target=target)
    return _promotion(id, Gift(sku, quantity, value), options, when, layer="set")


def free_shipping(
    id: str,  # noqa: A002
    *,
    spend: AmountText | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """包邮: no shipping fee, from ``spend`` on if given."""
    when = None if spend is None else Threshold(spend)
    return _promotion(id, ShippingOff("100"), options, when, layer="shipping")


def _promotion(
    id: str,  # noqa: A002
    benefit: Benefit,
    options: Options,
    when: Condition | None = None,
    layer: str = "order",
) -> Promotion:
    """Put the parts together; a ``when`` of the caller holds in addition."""
    fields: dict[str, Any] = {"layer": layer, **options}
    code = fields.pop("code", None)
    if code is not None:
        fields.setdefault("trigger", Code(code))
    if when is not None:
        fields["when"] = when & fields["when"] if "when" in fields else when
    return Promotion(id=id, benefits=benefit, **fields)
