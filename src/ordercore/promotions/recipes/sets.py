"""第二件半价、买赠、N 件 M 元、套餐、加价购: units that are bought together."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Unpack

from ordercore.money.fields import AmountText
from ordercore.promotions.benefits import (
    AddOnDeal,
    BundlePrice,
    BuyXGetY,
    CheapestOff,
    NthItemOff,
    PickN,
)
from ordercore.promotions.conditions import Threshold
from ordercore.promotions.promotion import Promotion
from ordercore.promotions.recipes.options import EVERYTHING, Options, made
from ordercore.promotions.selectors import Selector

__all__ = [
    "add_on_deal",
    "bundle_price",
    "buy_and_get",
    "cheapest_free",
    "pick_n",
    "second_half_price",
]


def second_half_price(
    id: str,  # noqa: A002
    target: Selector = EVERYTHING,
    *,
    percent: Decimal | str = "50",
    max_times: int | None = None,
    same_line: bool = False,
    **options: Unpack[Options],
) -> Promotion:
    """第二件半价: every second of the selected units costs half (or as ``percent`` says).

    With ``same_line`` it must be the second unit of one row (同款同价).

    >>> second_half_price("pairs", same_line=True).benefits[0].per_line
    True
    """
    benefit = NthItemOff(2, percent, target, max_times, per_line=same_line)
    return made(id, benefit, options, layer="set")


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
    return made(id, benefit, options, layer="set")


def cheapest_free(
    id: str,  # noqa: A002
    target: Selector = EVERYTHING,
    *,
    buy: int,
    free: int = 1,
    percent: Decimal | str = "100",
    max_times: int | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """N 件免最低价: of each ``buy`` units the cheapest are free (or as ``percent`` says).

    >>> cheapest_free("three-for-two", buy=3).benefits[0].every
    3
    """
    benefit = CheapestOff(free, percent, target=target, every=buy, max_times=max_times)
    return made(id, benefit, options, layer="set")


def pick_n(
    id: str,  # noqa: A002
    quantity: int,
    amount: AmountText,
    target: Selector = EVERYTHING,
    *,
    max_times: int | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """N 件 M 元、任选: any so many of the selected units cost one price together.

    >>> pick_n("any-three", 3, "99").layer
    'set'
    """
    return made(id, PickN(quantity, amount, target, max_times), options, layer="set")


def bundle_price(
    id: str,  # noqa: A002
    parts: Iterable[tuple[Selector, int]],
    amount: AmountText,
    *,
    max_times: int | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """套餐价: so many units of each part cost one price together.

    >>> from ordercore.promotions import Sku
    >>> menu = bundle_price("menu", [(Sku("burger"), 1), (Sku("cola"), 2)], "39")
    >>> [part.quantity for part in menu.benefits[0].parts]
    [1, 2]
    """
    return made(id, BundlePrice(parts, amount, max_times), options, layer="set")


def add_on_deal(
    id: str,  # noqa: A002
    add_on: Selector,
    amount: AmountText,
    *,
    spend: AmountText | None = None,
    buy: Selector | None = None,
    quantity: int = 1,
    **options: Unpack[Options],
) -> Promotion:
    """加价购、换购: who buys something else gets a few add-ons for ``amount`` each.

    What else must be bought: ``spend`` of it, or one unit; of what ``buy`` selects, or of
    anything that is no add-on.

    >>> from ordercore.promotions import Sku
    >>> add_on_deal("bag", Sku("bag"), "9.90", spend="99").when.amount
    Decimal('99')
    """
    bought = ~add_on if buy is None else buy
    when = Threshold(spend, quantity=1 if spend is None else None, target=bought)
    return made(id, AddOnDeal(add_on, amount, quantity), options, when, layer="set")
