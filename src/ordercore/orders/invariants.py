"""What must hold of an order as a whole, whatever has happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ordercore.errors import CurrencyMismatch, InvalidInput, InvalidValue
from ordercore.orders.details import Origin
from ordercore.orders.ledger import Quantities
from ordercore.orders.machine import ORDER, OrderState
from ordercore.orders.payments.invariants import money_faults
from ordercore.orders.quote_part import part_faults

if TYPE_CHECKING:
    from ordercore.orders.lines import OrderLine
    from ordercore.orders.order import Order
    from ordercore.pricing.record import QuoteRecord

__all__ = ["faults_of"]

_ALIVE = (OrderState.PLACED, OrderState.CONFIRMED, OrderState.COMPLETED)


def faults_of(order: Order) -> Iterator[InvalidInput]:
    """List every law that the fields of an order break together."""
    faults = [*_double_ids(order), *_origin_faults(order), *_quote_faults(order)]
    yield from faults or [*_missing_units(order), *money_faults(order)]
    yield from _state_faults(order)
    for i, line in enumerate(order.lines):
        yield from _line_state_faults(order.state, line.quantities, i)


def _double_ids(order: Order) -> Iterator[InvalidInput]:
    seen: set[str] = set()
    for i, line in enumerate(order.lines):
        if line.id in seen:
            place = ("lines", i, "id")
            yield InvalidValue("an id used once", line.id, path=place, reason="duplicate_id")
        seen.add(line.id)


def _origin_faults(order: Order) -> Iterator[InvalidInput]:
    """Tell of a replacement that does not say of what, and of another that says so."""
    needed = order.origin is Origin.REPLACEMENT
    for name in ("parent", "case"):
        if (getattr(order, name) is not None) != needed:
            told = "an id" if needed else "nothing"
            expected = f"{told}: the origin is {order.origin.value}"
            yield InvalidValue(expected, path=(name,), reason="fields_disagree")
    if order.replaces and not needed:
        expected = f"nothing: the origin is {order.origin.value}"
        yield InvalidValue(expected, path=("replaces",), reason="fields_disagree")
    if order.parent == order.id:
        expected = "another order than this one"
        yield InvalidValue(expected, order.parent, path=("parent",), reason="fields_disagree")


# The price of record


def _quote_faults(order: Order) -> Iterator[InvalidInput]:
    quote = order.quote
    if quote is not None and quote.cart.currency != order.currency:
        expected = f"a quote in {order.currency}"
        yield CurrencyMismatch(expected, str(quote.cart.currency), path=("quote", "cart"))
    for i, line in enumerate(order.lines):
        if (line.quoted is None) != (quote is None):
            expected = "units of the quote, where there is a quote and only there"
            yield InvalidValue(expected, path=("lines", i, "quoted"), reason="fields_disagree")
        elif quote is not None:
            yield from _quoted_faults(quote, line, i)
    yield from _shared_units(order)
    yield from _part_faults(order)


def _quoted_faults(quote: QuoteRecord, line: OrderLine, position: int) -> Iterator[InvalidInput]:
    """Tell of a line that is not of the units of the quote that it names."""
    place = ("lines", position, "quoted")
    if line.quoted is None or line.quoted.line not in quote.cart.rows.places:
        expected = "the id of a line of the quote"
        yield InvalidValue(expected, path=(*place, "line"), reason="unquoted")
        return
    of = quote.cart.line(line.quoted.line)
    if of.product != line.product:
        expected = "the product that was priced"
        yield InvalidValue(expected, path=("lines", position, "product"), reason="unquoted")
    if line.quoted.start + line.quantities.ordered > of.quantity:
        expected = f"units within the {of.quantity} that were priced"
        yield InvalidValue(expected, path=(*place, "start"), reason="unquoted")


def _shared_units(order: Order) -> Iterator[InvalidInput]:
    """Tell of lines that are of the same units of the quote."""
    taken = sorted(
        (line.quoted.line, line.quoted.start, line.quantities.ordered, i)
        for i, line in enumerate(order.lines)
        if line.quoted is not None
    )
    name, end = "", 0
    for quoted, start, units, i in taken:
        if quoted == name and start < end:
            place = ("lines", i, "quoted", "start")
            yield InvalidValue(f"at least {end}: units of no other line", start, path=place)
        end = max(end, start + units) if quoted == name else start + units
        name = quoted


def _part_faults(order: Order) -> Iterator[InvalidInput]:
    """Tell of a part of no quote, or of more than there is."""
    quote, part = order.quote, order.part
    if part is not None and quote is None:
        expected = "nothing: there is no price of record"
        yield InvalidValue(expected, path=("part",), reason="fields_disagree")
    elif part is not None and quote is not None:
        yield from (fault.at("part") for fault in part_faults(quote, part))


def _missing_units(order: Order) -> Iterator[InvalidInput]:
    """Tell of units that were priced, and would be paid for, and are in no line."""
    if order.quote is not None and order.part is None:
        has = sum(line.quantities.ordered for line in order.lines)
        priced = sum(line.quantity for line in order.quote.cart.lines)
        if has < priced:
            expected = f"all {priced} units that were priced, or a part of the charges"
            yield InvalidValue(expected, has, path=("lines",), reason="unquoted")


# The state


def _state_faults(order: Order) -> Iterator[InvalidInput]:
    """Tell of a state that the order as a whole cannot be in."""
    kept = any(line.quantities.kept for line in order.lines)
    if order.state in _ALIVE and not kept:
        expected = f"units that are kept, in state {order.state.value}"
        yield InvalidValue(expected, path=("lines",), reason="wrong_state")
    if order.state in _ALIVE and order.quote is None:
        expected = f"a price of record, in state {order.state.value}"
        yield InvalidValue(expected, path=("quote",), reason="wrong_state")
    if order.holds and order.state in ORDER.terminal:
        expected = f"no holds in state {order.state.value}"
        yield InvalidValue(expected, ", ".join(order.holds), path=("holds",), reason="wrong_state")


def _line_state_faults(
    state: OrderState, ledger: Quantities, position: int
) -> Iterator[InvalidInput]:
    """Tell of a counter that must be 0 in a state."""
    none: dict[OrderState, tuple[str, ...]] = {
        OrderState.DRAFT: ("cancelled", "allocated", "shipped"),
        OrderState.PLACED: ("shipped",),
        OrderState.COMPLETED: ("open", "in_transit"),
        OrderState.CANCELLED: ("kept",),
    }
    for name in none.get(state, ()):
        units = getattr(ledger, name)
        if units:
            place = ("lines", position, "quantities", name)
            expected = f"0 in state {state.value}"
            yield InvalidValue(expected, units, path=place, reason="wrong_state")
