"""基准价: what each row costs before the first promotion, and by which price list.

Of the price lists of a tariff those hold that the context and the instant allow. The tariff
says whether the lowest price is taken or that of the list with the highest priority. A list
with a purchase limit prices only so many units of a sku, over all rows of it; further units
cost what they would cost without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from ordercore.cart import Cart, CartLine, Context
from ordercore.money import UnitPrice
from ordercore.tariffs import PriceChoice, PriceList, PriceRule, Tariff
from ordercore.tariffs.tariff import Rules

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
"""The prices of who has no price list."""

_Offered = tuple[UnitPrice, PriceList | None]


def base_prices(
    cart: Cart, context: Context, tariff: Tariff
) -> tuple[tuple[int, ...], tuple[tuple[BasePrice, ...], ...]]:
    """Price every row by the lists of a tariff.

    Returns:
        The amount of each row in minor units, and of what unit prices it is made.
    """
    lists = [(each, rules) for each, rules in tariff.rules if _holds(each, context)]
    bought = dict(context.shopper.purchases) if context.shopper is not None else {}
    left = {
        (each.id, sku): max(0, each.purchase_limit - units)
        for each, _ in lists
        if each.purchase_limit is not None
        for sku, units in bought.items()
    }
    rows = cart.rows
    priced = [
        _row(cart.lines[head], units, lists, tariff.choice, left)
        for head, units in zip(rows.heads, rows.quantities, strict=True)
    ]
    amounts = [sum(p.unit_price.minor(p.units, cart.rounding) for p in parts) for parts in priced]
    return tuple(amounts), tuple(priced)


def _holds(each: PriceList, context: Context) -> bool:
    return (
        _among(each.groups, context.carried("group"))
        and _among(each.channels, context.carried("channel"))
        and _among(each.regions, context.carried("region"))
        and each.schedule.is_open(context.at)
    )


def _among(wanted: tuple[str, ...], held: tuple[str, ...]) -> bool:
    return not wanted or not frozenset(wanted).isdisjoint(held)


def _row(
    line: CartLine,
    units: int,
    lists: Sequence[tuple[PriceList, Rules]],
    choice: PriceChoice,
    left: dict[tuple[str, str], int],
) -> tuple[BasePrice, ...]:
    """Price the units of one row, those under limits first; count ``left`` down."""
    parts: list[BasePrice] = []
    for price, each in _in_order(line, units, lists, choice):
        if each is None or each.purchase_limit is None:
            parts.append(_part(price, units, each))
            break
        key = (each.id, line.product.sku)
        taken = min(units, left.setdefault(key, each.purchase_limit))
        if taken:
            left[key] -= taken
            units -= taken
            parts.append(_part(price, taken, each))
        if not units:
            break
    return tuple(parts)


def _part(price: UnitPrice, units: int, each: PriceList | None) -> BasePrice:
    if each is None:
        return BasePrice(price, units, None, "list")
    return BasePrice(price, units, each.id, each.kind)


def _in_order(
    line: CartLine, units: int, lists: Sequence[tuple[PriceList, Rules]], choice: PriceChoice
) -> list[_Offered]:
    """List the prices of a line as they are to be taken; the cart's own is among them."""
    offered: list[_Offered] = []
    for each, rules in lists:  # by priority, then id
        rule = _rule(rules, line.product.sku, units)
        if rule is not None:
            offered.append((rule.unit_price(line.unit_price), each))
    offered.append((line.unit_price, None))
    if choice is PriceChoice.BEST:
        # of equal prices the cart's own goes first: nothing is struck through for nothing
        offered.sort(key=lambda one: (_exact(one[0]), one[1] is not None))
    return offered


def _rule(rules: Rules, sku: str, units: int) -> PriceRule | None:
    for key in (sku, None):
        for rule in rules.get(key, ()):
            if units >= rule.min_quantity:
                return rule
    return None


def _exact(price: UnitPrice) -> Fraction:
    return Fraction(price.units, 10**price.scale)
