"""What an order's units and charges come to, read off its price of record.

Nothing is priced or shared out here: the record holds what was paid for every unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ordercore.errors import InvalidValue
from ordercore.orders.payments.parts import Component, Key
from ordercore.orders.quote_part import QuotePart, is_taxed_on_top, whole_part

if TYPE_CHECKING:
    from ordercore.orders.lines import OrderLine
    from ordercore.orders.order import Order

__all__ = ["borne", "cancelled_of", "charges_of", "payable_of", "price_of"]


def price_of(order: Order, line: OrderLine, units: int) -> int:
    """Tell what the first units of a line come to, with tax that comes on top, in minor units.

    Units of a line differ by a minor unit or so. What is cancelled, arrives or is refunded counts
    from the first unit on, whichever it was, as in `ordercore.pricing.reverse`.
    """
    if order.quote is None or line.quoted is None or not units:
        return 0
    start = line.quoted.start
    part = order.quote.line(line.quoted.line, start, start + units)
    return part.payable_minor + (part.tax.minor if is_taxed_on_top(order.quote) else 0)


def borne(order: Order) -> QuotePart:
    """Tell what an order bears of the charges of its price of record.

    Raises:
        InvalidValue: It has no price yet.
    """
    if order.part is not None:
        return order.part
    if order.quote is None:
        raise InvalidValue("an order that has a price", path=("quote",), reason="unpriced")
    return whole_part(order.quote)


def charges_of(order: Order) -> dict[Key, int]:
    """Tell what the order bears besides its lines, in minor units; rounding may be negative."""
    if order.quote is None:
        return {}
    part = borne(order)
    return {
        (Component.SHIPPING, ""): part.shipping.minor,
        **{(Component.FEE, fee.id): fee.amount.minor for fee in part.fees},
        (Component.TAX, ""): part.tax.minor,
        (Component.ROUNDING, ""): part.rounding.minor,
    }


def payable_of(order: Order) -> int:
    """Tell what lines and charges come to, in minor units."""
    if order.quote is None:
        return 0
    if order.part is None:
        return order.quote.payable.minor
    lines = (price_of(order, line, line.quantities.ordered) for line in order.lines)
    return sum(lines) + order.part.total.minor


def cancelled_of(order: Order) -> int:
    """Tell what the cancelled units of all lines come to, in minor units."""
    return sum(_cancelled(order))


def _cancelled(order: Order) -> Iterator[int]:
    for line in order.lines:
        yield price_of(order, line, line.quantities.cancelled)
