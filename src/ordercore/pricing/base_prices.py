"""基准价: what each row costs before the first promotion, and by which price list.

Of the price lists of a tariff those hold that the context and the instant allow. The tariff
says whether the lowest price is taken or that of the list with the highest priority. A list
with a purchase limit prices only so many units of a sku, over all rows of it in their order,
which is that of their ids; further units cost what they would cost without it. So a row may
be made of several unit prices: it still has one amount, made whole once, and its units are
interchangeable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from ordercore.cart import Cart, CartLine, Context
from ordercore.errors import LimitExceeded
from ordercore.money import MAX_MINOR, Rounding, UnitPrice, divide
from ordercore.tariffs import (
    MAX_LISTS_AT_ONCE,
    PriceChoice,
    PriceList,
    PriceOf,
    PriceTable,
    Tariff,
)
from ordercore.tariffs.lists import exact

__all__ = ["NO_PRICES", "BasePrice", "base_prices"]


class BasePrice(NamedTuple):
    """What some units of a row cost before promotions, and why."""

    unit_price: UnitPrice
    units: int
    price_list: str | None
    """The id of the price list; None is the cart's own price."""
    kind: str
    """What the list calls its price; ``list`` for the cart's own."""


NO_PRICES: Final[tuple[tuple[BasePrice, ...], ...]] = ()
"""The prices where no price list holds: all are the cart's own."""

_Offered = tuple[UnitPrice, PriceList | None]


class _Limits:
    """How many units the lists with a purchase limit may still price, of each sku."""

    __slots__ = ("_bought", "_left")

    def __init__(self, context: Context) -> None:
        self._bought = {} if context.shopper is None else dict(context.shopper.purchases)
        self._left: dict[tuple[str, str], int] = {}

    def take(self, price_list: PriceList | None, sku: str, units: int) -> int:
        """Take so many units at a list's price, or as many as its limit allows."""
        if price_list is None or price_list.purchase_limit is None:
            return units
        key = price_list.id, sku
        left = self._left.get(key)
        if left is None:
            left = max(0, price_list.purchase_limit - self._bought.get(sku, 0))
        taken = min(units, left)
        self._left[key] = left - taken
        return taken


def base_prices(
    cart: Cart, context: Context, tariff: Tariff
) -> tuple[tuple[int, ...], tuple[tuple[BasePrice, ...], ...]]:
    """Price every row by the lists of a tariff.

    Returns:
        The amount of each row in minor units, and of what unit prices it is made.

    Raises:
        LimitExceeded: Too many lists hold at once, or by these prices the cart is worth more
            than 10^15 minor units.
    """
    lists = [pair for pair in tariff.tables if _holds(pair[0], context)]
    rows, lines = cart.rows, cart.lines
    if not lists:
        return rows.amounts, NO_PRICES
    if len(lists) > MAX_LISTS_AT_ONCE:
        expected = f"at most {MAX_LISTS_AT_ONCE} price lists that hold at once"
        raise LimitExceeded(expected, len(lists), path=("tariff", "price_lists"))
    counts = {
        sku: sum([rows.quantities[row] for row in those])
        for sku, those in rows.facets["sku"].items()
    }
    limits = _Limits(context)
    prices: list[tuple[BasePrice, ...]] = []
    for head, units in zip(rows.heads, rows.quantities, strict=True):
        sku = lines[head].product.sku
        offered = _offered(lines[head], counts[sku], lists, tariff.choice)
        prices.append(_parts(offered, sku, units, limits))
    amounts = tuple([_amount(parts, cart.rounding) for parts in prices])
    if sum(amounts) > MAX_MINOR:
        raise LimitExceeded("a cart worth up to 10^15 minor units", sum(amounts))
    return amounts, tuple(prices)


def _holds(each: PriceList, context: Context) -> bool:
    return (
        _among(each.groups, context.carried("group"))
        and _among(each.channels, context.carried("channel"))
        and _among(each.regions, context.carried("region"))
        and each.schedule.is_open(context.at)
    )


def _among(wanted: tuple[str, ...], held: tuple[str, ...]) -> bool:
    return not wanted or not frozenset(wanted).isdisjoint(held)


def _offered(
    line: CartLine,
    count: int,
    lists: Sequence[tuple[PriceList, PriceTable]],
    choice: PriceChoice,
) -> list[_Offered]:
    """List the prices of a line as they are to be taken; the cart's own is among them.

    Args:
        line: For its sku and its own price.
        count: How many units of the sku the cart has, on whatever lines.
        lists: Those that hold, by priority, then id.
        choice: What goes first.
    """
    offered: list[_Offered] = []
    for each, table in lists:
        price_of = _rule(table, line.product.sku, count)
        if price_of is not None:
            offered.append((price_of(line.unit_price), each))
    offered.append((line.unit_price, None))
    if choice is PriceChoice.BEST:
        # of equal prices the cart's own goes first: nothing is struck through for nothing
        offered.sort(key=lambda one: (exact(one[0]), one[1] is not None))
    return offered


def _rule(table: PriceTable, sku: str, count: int) -> PriceOf | None:
    for key in (sku, None):
        for least, price_of in table.get(key, ()):
            if count >= least:
                return price_of
    return None


def _parts(
    offered: Sequence[_Offered], sku: str, units: int, limits: _Limits
) -> tuple[BasePrice, ...]:
    """Price the units of one row by what is offered, in that order."""
    parts: list[BasePrice] = []
    for price, each in offered:
        taken = limits.take(each, sku, units)
        if taken:
            name, kind = (None, "list") if each is None else (each.id, each.kind)
            parts.append(BasePrice(price, taken, name, kind))
            units -= taken
        if not units:
            break
    return tuple(parts)


def _amount(parts: Sequence[BasePrice], rounding: Rounding) -> int:
    """Tell what a row costs, made whole once."""
    if len(parts) == 1:
        return parts[0].unit_price.minor(parts[0].units, rounding)
    scale = max(part.unit_price.scale for part in parts)
    total = sum(
        part.units * part.unit_price.units * 10 ** (scale - part.unit_price.scale)
        for part in parts
    )
    return divide(total, 10 ** (scale - parts[0].unit_price.currency.digits), rounding)
