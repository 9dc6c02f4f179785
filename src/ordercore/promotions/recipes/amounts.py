"""打折、立减、满减、满折: less for units, by an amount, a percentage or a price."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Unpack

from ordercore.money.fields import AmountText
from ordercore.promotions.benefits import (
    AmountOff,
    Every,
    FixedPrice,
    PercentOff,
    Tier,
    Tiers,
)
from ordercore.promotions.conditions import CustomerInGroup, OrderNumber, Threshold
from ordercore.promotions.promotion import Promotion
from ordercore.promotions.recipes.options import EVERYTHING, Options, made, tiers_of
from ordercore.promotions.selectors import Selector

__all__ = [
    "amount_off",
    "buy_and_discount",
    "buy_and_discount_tiers",
    "first_order_discount",
    "fixed_price",
    "member_discount",
    "percent_off",
    "save_per_spend",
    "spend_and_discount",
    "spend_and_save",
    "spend_and_save_tiers",
]


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
    return made(id, PercentOff(percent, target, maximum), options, layer="unit")


def fixed_price(
    id: str,  # noqa: A002
    amount: AmountText,
    target: Selector = EVERYTHING,
    *,
    max_units_per_line: int | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """一口价: each of the selected units costs ``amount``, in the layer ``unit``.

    >>> from ordercore.promotions import Category
    >>> fixed_price("nine-ninety", "9.90", Category("socks")).benefits[0].amount
    Decimal('9.90')
    """
    return made(id, FixedPrice(amount, target, max_units_per_line), options, layer="unit")


def member_discount(
    id: str,  # noqa: A002
    percent: Decimal | str,
    groups: str | Iterable[str],
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """会员折扣: a percentage off for members of one of some customer groups.

    >>> member_discount("gold", "5", "gold").when.groups
    ('gold',)
    """
    benefit, when = PercentOff(percent, target), CustomerInGroup(groups)
    return made(id, benefit, options, when, layer="unit")


def first_order_discount(
    id: str,  # noqa: A002
    *,
    save: AmountText,
    spend: AmountText | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """新人首单立减: an amount off a known shopper's first order, from ``spend`` on if given.

    >>> first_order_discount("welcome", save="10").when.number
    1
    """
    first = OrderNumber(1)
    when = first if spend is None else first & Threshold(spend)
    return made(id, AmountOff(save), options, when)


def amount_off(
    id: str,  # noqa: A002
    amount: AmountText,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """立减: an amount off the selected units together, without a threshold."""
    return made(id, AmountOff(amount, target), options)


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
    return made(id, AmountOff(save, target), options, Threshold(spend, target=target))


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
    return made(id, benefit, options, Threshold(spend, target=target))


def spend_and_save_tiers(
    id: str,  # noqa: A002
    tiers: Iterable[tuple[AmountText, AmountText]],
    *,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """阶梯满减: of (spend, save) tiers in rising order the highest one reached counts."""
    steps = tiers_of(
        tiers, "spend and save", lambda spend, save: Tier(spend, benefit=AmountOff(save, target))
    )
    benefit = Tiers(steps, target)
    return made(id, benefit, options, Threshold(steps[0].amount, target=target))


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
    return made(id, benefit, options, Threshold(spend, target=target))


def buy_and_discount(
    id: str,  # noqa: A002
    *,
    buy: int,
    percent: Decimal | str,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """满件折: from so many units on, a percentage off.

    >>> buy_and_discount("two", buy=2, percent="20").when.quantity
    2
    """
    when = Threshold(quantity=buy, target=target)
    return made(id, PercentOff(percent, target), options, when)


def buy_and_discount_tiers(
    id: str,  # noqa: A002
    tiers: Iterable[tuple[int, Decimal | str]],
    *,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """阶梯满件折: of (units, percent) tiers in rising order the highest one reached counts.

    >>> tiers = [(2, "10"), (3, "20")]  # 两件九折，三件八折
    >>> len(buy_and_discount_tiers("more", tiers).benefits[0].tiers)
    2
    """
    steps = tiers_of(
        tiers,
        "units and percent",
        lambda units, percent: Tier(quantity=units, benefit=PercentOff(percent, target)),
    )
    benefit = Tiers(steps, target)
    return made(id, benefit, options, Threshold(quantity=steps[0].quantity, target=target))
