"""From an order and an event to the next order; an order is what its events come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve

from ordercore.cart import Cart
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    NotFound,
    all_faults,
)
from ordercore.events import Event, Noted, rebuilt
from ordercore.orders.changes.terms import changed
from ordercore.orders.details import ServiceWish
from ordercore.orders.events import (
    CancelledUnits,
    LineUnits,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderConfirmed,
    OrderDrafted,
    OrderHeld,
    OrderPlaced,
    OrderPriced,
    OrderReleased,
    ReplacementCancelled,
    UnitsCancelled,
    UnitsMoved,
    UnitsReplaced,
)
from ordercore.orders.ledger import MOVES, Move, Mover, Quantities, cancel, replace, undo_replace
from ordercore.orders.lines import OrderLine, QuotedUnits
from ordercore.orders.machine import ORDER, OrderState, OrderStep
from ordercore.orders.order import Order, check_order
from ordercore.orders.payments.applying import MONEY_CHANGES
from ordercore.orders.splitting.events import (
    OrderMerged,
    OrderMergedInto,
    OrderSplit,
    OrderSplitOff,
)
from ordercore.orders.splitting.orders import (
    check_mergeable,
    check_split,
    emptied,
    merged,
    remaining,
)

__all__ = ["apply", "check_state", "lines_of", "rebuild"]

_BEFORE_SHIPPING = (OrderState.PLACED, OrderState.CONFIRMED)
_SHIPPING = (OrderState.CONFIRMED,)
_RETURNING = (OrderState.CONFIRMED, OrderState.COMPLETED)
_OWING = tuple(state for state in OrderState if state is not OrderState.DRAFT)
_GOING_ON = tuple(state for state in OrderState if state not in ORDER.terminal)

_MOVES_IN: Final[Mapping[Move, tuple[OrderState, ...]]] = MappingProxyType(
    {
        **dict.fromkeys((Move.ALLOCATE, Move.DEALLOCATE), _BEFORE_SHIPPING),
        **dict.fromkeys((Move.SHIP, Move.DELIVER, Move.LOSE, Move.REFUSE), _SHIPPING),
        **dict.fromkeys(
            (
                Move.OPEN_RETURN,
                Move.CLOSE_RETURN,
                Move.RECEIVE_RETURN,
                Move.RESTOCK,
                Move.SCRAP,
            ),
            _RETURNING,
        ),
    }
)
"""In which states each move may happen."""


def apply(order: Order | None, event: Event) -> Order:
    """Make the next order of an order and an event; both stay as they are.

    Args:
        order: Before; None: there was none yet.
        event: What has happened. Who may do so and on what terms, the command has asked;
            what the state and the quantities do not allow is refused here, too.

    Raises:
        IllegalTransition: The state knows nothing of it.
        InvalidInput: It is no event of orders, or does not fit this one.
        InvalidDocument: It does not fit this order's quantities, with every line.
    """
    if order is None:
        if not isinstance(event, OrderDrafted | OrderSplitOff):
            expected = "a draft, or a part of another order, as the first event of an order"
            path, given = ("event",), type(event).__name__
            raise InvalidValue(expected, given, path=path, reason="wrong_state")
        return event.order
    check_order(order)
    change: Callable[[Order, Any], Order] | None = _CHANGES.get(type(event))
    if change is None:
        expected = "an event of an order that exists"
        raise InvalidType(expected, type(event).__name__, path=("event",))
    return evolve(change(order, event), version=order.version + 1)


def rebuild(events: Iterable[Event]) -> Order:
    """Make the order that events come to, from the draft on.

    Of recorded events, ``replay(apply, None, recorded)`` does the same and checks that none
    is missing.

    Raises:
        InvalidValue: There is no event.
        OrderCoreError: As `apply`.
    """
    return rebuilt(apply, events)


def lines_of(
    cart: Cart, services: Mapping[str, ServiceWish], *, priced: bool
) -> tuple[OrderLine, ...]:
    """Make the lines of an order of those of a cart.

    Args:
        cart: What is bought.
        services: Where and when, of the lines that are services, by their ids.
        priced: Whether the units have shares of a quote.

    Raises:
        NotFound: The cart has no such line.
    """
    for name in services:
        if name not in cart.rows.places:
            raise NotFound("the id of a line of the cart", name, path=("services",))
    return tuple(
        OrderLine(
            id=line.id,
            product=line.product,
            quantities=Quantities(ordered=line.quantity),
            quoted=QuotedUnits(line.id) if priced else None,
            service=services.get(line.id),
        )
        for line in cart.lines
    )


def check_state(order: Order, states: tuple[OrderState, ...] = _GOING_ON) -> None:
    """Refuse what only some states allow; by default those in which an order goes on."""
    if order.state not in states:
        expected = f"an order that is {' or '.join(states)}"
        raise InvalidValue(expected, order.state.value, path=("state",), reason="wrong_state")


# What each event changes


def _stepped(step: OrderStep) -> Callable[[Order, Any], Order]:
    def change(order: Order, _event: Any) -> Order:
        return evolve(order, state=ORDER.after(order.state, step))

    return change


def _priced(order: Order, event: OrderPriced) -> Order:
    check_state(order, (OrderState.DRAFT,))
    services = {line.id: line.service for line in order.lines if line.service is not None}
    lines = lines_of(
        event.quote.cart,
        {name: wish for name, wish in services.items() if name in event.quote.cart.rows.places},
        priced=True,
    )
    return evolve(order, lines=lines, quote=event.quote)


def _held(order: Order, event: OrderHeld) -> Order:
    check_state(order)
    if event.reason in order.holds:
        expected = "a reason for which it is not held yet"
        raise InvalidValue(expected, event.reason, path=("reason",), reason="duplicate_name")
    return evolve(order, holds=(*order.holds, event.reason))


def _released(order: Order, event: OrderReleased) -> Order:
    check_state(order)
    if event.reason not in order.holds:
        raise NotFound("a reason for which it is held", event.reason, path=("reason",))
    return evolve(order, holds=[each for each in order.holds if each != event.reason])


def _units_cancelled(order: Order, event: UnitsCancelled) -> Order:
    check_state(order, _BEFORE_SHIPPING)
    return evolve(order, lines=_moved(order, event.units, cancel))


def _cancelled(order: Order, event: OrderCancelled) -> Order:
    state = ORDER.after(order.state, OrderStep.CANCEL)
    return evolve(order, lines=_moved(order, event.units, cancel), state=state, holds=())


def _completed(order: Order, _event: OrderCompleted) -> Order:
    return evolve(order, state=ORDER.after(order.state, OrderStep.COMPLETE), holds=())


def _units_moved(order: Order, event: UnitsMoved) -> Order:
    check_state(order, _MOVES_IN[event.move])
    return evolve(order, lines=_moved(order, event.units, MOVES[event.move]))


def _units_replaced(order: Order, event: UnitsReplaced) -> Order:
    check_state(order, _OWING)
    return evolve(order, lines=_moved(order, event.units, replace))


def _replacement_cancelled(order: Order, event: ReplacementCancelled) -> Order:
    check_state(order, _OWING)
    return evolve(order, lines=_moved(order, event.units, undo_replace))


def _split(order: Order, event: OrderSplit) -> Order:
    check_split(order, event.units)
    return remaining(order, event.units, event.part, event.payments, into=event.into)


def _merged(order: Order, event: OrderMerged) -> Order:
    check_mergeable(order, event.other)
    return merged(order, event.other)


def _merged_into(order: Order, event: OrderMergedInto) -> Order:
    return emptied(order, event.into)


def _changed(order: Order, event: OrderChanged) -> Order:
    check_state(order)
    return changed(order, event.edits, event.quote)


def _noted(order: Order, _event: Noted) -> Order:
    return order


def _moved(
    order: Order, units: tuple[LineUnits | CancelledUnits, ...], mover: Mover
) -> tuple[OrderLine, ...]:
    """Move units of lines, all or none; every line that refuses is told."""
    lines = {line.id: line for line in order.lines}
    faults: list[InvalidInput] = []
    for part in units:
        try:
            lines[part.line] = _line_moved(lines, part, mover)
        except (InvalidInput, InvalidDocument) as error:
            faults += all_faults(error, "units", part.line)
    if faults:
        raise InvalidDocument(faults)
    return tuple(lines.values())


def _line_moved(
    lines: Mapping[str, OrderLine], part: LineUnits | CancelledUnits, mover: Mover
) -> OrderLine:
    if part.line not in lines:
        raise NotFound("the id of a line of this order", part.line)
    line = lines[part.line]
    return evolve(line, quantities=mover(line.quantities, part.quantity))


_CHANGES: Final[Mapping[type[Event], Callable[[Order, Any], Order]]] = MappingProxyType(
    {
        Noted: _noted,
        OrderCancelled: _cancelled,
        OrderChanged: _changed,
        OrderCompleted: _completed,
        OrderConfirmed: _stepped(OrderStep.CONFIRM),
        OrderHeld: _held,
        OrderMerged: _merged,
        OrderMergedInto: _merged_into,
        OrderPlaced: _stepped(OrderStep.PLACE),
        OrderPriced: _priced,
        OrderReleased: _released,
        OrderSplit: _split,
        ReplacementCancelled: _replacement_cancelled,
        UnitsCancelled: _units_cancelled,
        UnitsMoved: _units_moved,
        UnitsReplaced: _units_replaced,
        **MONEY_CHANGES,
    }
)
