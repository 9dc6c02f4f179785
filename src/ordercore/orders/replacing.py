"""Replacement goods: an order of their own, and what they replace marked in the order before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ordercore.cart import Cart
from ordercore.data.checks import Named, instance
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    all_faults,
)
from ordercore.orders.commands import NO_SERVICES, Result, done, draft, parts_of
from ordercore.orders.details import OrderDetails, Origin, ServiceWish
from ordercore.orders.events import LineUnits, ReplacementCancelled, UnitsReplaced
from ordercore.orders.machine import OrderState
from ordercore.orders.order import Order, check_order
from ordercore.pricing import Quote
from ordercore.pricing.record import QuoteRecord

__all__ = ["cancel_replacement", "replace_units"]


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
        InvalidDocument: There are not so many units, the replacement is in another currency,
            or its fields do not go together; all of it is told.
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
    check_order(order)

    def begun() -> Result:
        _check_currency(order, what)
        return draft(
            what,
            id=id,
            number=number,
            details=order.details if details is None else details,
            services=services,
            origin=Origin.REPLACEMENT,
            parent=order.id,
            case=case,
            replaces=parts_of(units, LineUnits),
        )

    return _both(lambda: _replaced(order, units, case, id), begun)


def _replaced(order: Order, units: Mapping[str, int], case: str, by: str) -> Result:
    return done(order, UnitsReplaced(case, by, parts_of(units, LineUnits)))


def _check_currency(order: Order, what: Quote | QuoteRecord | Cart) -> None:
    """Refuse what is sent instead in another currency; what is no price, `draft` refuses."""
    cart = getattr(what, "cart", what)
    if isinstance(cart, Cart) and cart.currency != order.currency:
        expected = f"a price in {order.currency}"
        raise CurrencyMismatch(expected, str(cart.currency), path=("what",))


def cancel_replacement(order: Order, replacement: Order) -> Result:
    """Take down that an order which was to replace units is cancelled.

    The units may be refunded then, or replaced anew: as far as they are not refunded already,
    which somebody may have decided. Both orders belong in one commit.

    Args:
        order: The order whose units were to be replaced: the replacement's ``parent``, or the
            one that this was merged into.
        replacement: The order that is cancelled.

    Returns:
        The next order, and what has happened: nothing, where nothing is left replaced.

    Raises:
        InvalidValue: The replacement replaces nothing, or is not cancelled.
        InvalidInput: Something is no order.

    >>> from datetime import UTC, datetime
    >>> from ordercore import PromotionBook, price
    >>> from ordercore.orders import cancel, place
    >>> from ordercore.parties import Address
    >>> quote = price(
    ...     Cart.of("CNY", [("mug", "9.00", 2)]),
    ...     PromotionBook("CNY", []),
    ...     at=datetime(2026, 6, 1, tzinfo=UTC),
    ... )
    >>> home = OrderDetails(delivery=Address(country="CN", lines=["1"]))
    >>> order, _ = draft(quote, id="o-1", number="1", details=home)
    >>> order, _ = cancel(place(order)[0], "broken_in_stock", {"1": 1})
    >>> (order, _), (new, _) = replace_units(
    ...     order, {"1": 1}, quote, case="r-1", id="o-2", number="2"
    ... )
    >>> order, _ = cancel_replacement(order, cancel(new, "sold_out")[0])
    >>> order.line("1").quantities.replaced
    0
    """
    check_order(order)
    instance(Order)(None, Named("replacement"), replacement)
    if replacement.parent is None:
        expected = "an order that replaces units of another"
        path = ("replacement", "parent")
        raise InvalidValue(expected, path=path, reason="wrong_origin")
    if replacement.state is not OrderState.CANCELLED:
        path = ("replacement", "state")
        raise InvalidValue(
            "an order that is cancelled", replacement.state.value, path=path, reason="wrong_state"
        )
    units = tuple(_still_replaced(order, replacement))
    return done(order, ReplacementCancelled(replacement.id, units)) if units else (order, ())


def _still_replaced(order: Order, replacement: Order) -> Iterator[LineUnits]:
    """List the units that a replacement was to replace, and that are not refunded since."""
    ledgers = {line.id: line.quantities for line in order.lines}
    for part in replacement.replaces:
        ledger = ledgers.get(part.line)
        units = 0 if ledger is None else min(part.quantity, ledger.replaced)
        if units:
            yield LineUnits(part.line, units)


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
