"""Replacement goods: an order of their own, and what they replace marked in the order before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ordercore.cart import Cart
from ordercore.data.checks import Named, instance
from ordercore.errors import InvalidDocument, InvalidInput, all_faults
from ordercore.orders.commands import NO_SERVICES, Result, done, draft, parts_of
from ordercore.orders.details import OrderDetails, Origin, ServiceWish
from ordercore.orders.events import LineUnits, UnitsReplaced
from ordercore.orders.order import Order
from ordercore.pricing import Quote
from ordercore.pricing.record import QuoteRecord

__all__ = ["replace_units"]


def replace_units(
    order: Order,
    units: Mapping[str, int],
    what: Quote | QuoteRecord | Cart,
    *,
    case: str,
    id: str,  # noqa: A002
    number: str,
    details: OrderDetails | None = None,
    services: Mapping[str, ServiceWish] = NO_SERVICES,
) -> tuple[Result, Result]:
    """Begin an order of goods that replace units of another.

    Both results belong in one commit: the order with the units marked as replaced, and the
    replacement as a draft, which is placed like any other.

    Args:
        order: The order whose units are replaced.
        units: How many of which line: cancelled, delivered, lost or refused units that are
            neither refunded nor replaced yet.
        what: What is sent instead, and at what price: often at none.
        case: The id of the after-sales case.
        id: The replacement's own id.
        number: What people call the replacement by.
        details: Who and where to; None: as in the order.
        services: Where and when, of the replacement's lines that are services.

    Raises:
        InvalidValue: The order is a draft.
        InvalidDocument: There are not so many units, or fields of the replacement do not go
            together; all of it is told.
        InvalidInput: Something is not as said.

    >>> from datetime import UTC, datetime
    >>> from ordercore import PromotionBook, price
    >>> from ordercore.orders import cancel, place
    >>> from ordercore.parties import Address
    >>> def priced(unit_price):
    ...     cart = Cart.of("CNY", [("mug", unit_price, 2)])
    ...     return price(cart, PromotionBook("CNY", []), at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> home = OrderDetails(delivery=Address(country="CN", lines=["1"]))
    >>> order, _ = draft(priced("9.00"), id="o-1", number="1", details=home)
    >>> order, _ = cancel(place(order)[0], "broken_in_stock", {"1": 1})
    >>> (order, _), (new, _) = replace_units(
    ...     order, {"1": 1}, priced("0.00"), case="r-1", id="o-2", number="2"
    ... )
    >>> order.line("1").quantities.replaced, new.origin.value, new.parent
    (1, 'replacement', 'o-1')
    """
    instance(Order)(None, Named("order"), order)

    def begun() -> Result:
        return draft(
            what,
            id=id,
            number=number,
            details=order.details if details is None else details,
            services=services,
            origin=Origin.REPLACEMENT,
            parent=order.id,
            case=case,
        )

    return _both(lambda: _replaced(order, units, case, id), begun)


def _replaced(order: Order, units: Mapping[str, int], case: str, by: str) -> Result:
    return done(order, UnitsReplaced(case, by, parts_of(units, LineUnits)))


def _both(first: Callable[[], Result], second: Callable[[], Result]) -> tuple[Result, Result]:
    """Make two results; what is wrong with either is told together."""
    faults: list[InvalidInput] = []
    results: list[Result] = []
    for make in (first, second):
        try:
            results.append(make())
        except (InvalidInput, InvalidDocument) as error:
            faults += all_faults(error)
    if faults:
        raise InvalidDocument(faults)
    return results[0], results[1]
