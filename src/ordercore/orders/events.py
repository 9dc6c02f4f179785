"""What happens to orders. The events of one order, one after the other, are the order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from ordercore.cart import MAX_LINES
from ordercore.data import variant
from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    optional,
    quantity,
    tuple_of,
)
from ordercore.errors import InvalidValue
from ordercore.events import Event
from ordercore.orders.changes.edits import Edit, are_edits
from ordercore.orders.ledger import Move
from ordercore.orders.lines import LineUnits
from ordercore.orders.machine import OrderState
from ordercore.orders.order import Order
from ordercore.pricing.record import QuoteRecord

__all__ = [
    "CancelledUnits",
    "LineUnits",
    "OrderCancelled",
    "OrderChanged",
    "OrderCompleted",
    "OrderConfirmed",
    "OrderDrafted",
    "OrderHeld",
    "OrderPlaced",
    "OrderPriced",
    "OrderReleased",
    "ReplacementCancelled",
    "UnitsCancelled",
    "UnitsMoved",
    "UnitsReplaced",
]

_freed: Check = integer(least=0, most=MAX_QUANTITY)


@frozen
class CancelledUnits:
    """Units of a line that are cancelled.

    Args:
        line: The id of the line in the order.
        quantity: How many units.
        freed: How many of them had been allocated: so many allocations of this line, the
            newest first, are to be given free.
    """

    line: str = field(validator=identifier)
    quantity: int = field(validator=quantity)
    freed: int = field(default=0, validator=_freed)


def _is_new(_instance: object, attribute: Any, order: Any) -> None:
    """Accept an order to which nothing has happened yet."""
    instance(Order)(None, attribute, order)
    if order.state is not OrderState.DRAFT or order.version != 1 or order.holds:
        expected = "a draft of version 1 without holds"
        raise InvalidValue(expected, path=(attribute.name,), reason="wrong_state")


def _moved(given: Iterable[LineUnits]) -> tuple[LineUnits, ...]:
    return tuple_of(given)


def _cancelled(given: Iterable[CancelledUnits]) -> tuple[CancelledUnits, ...]:
    return tuple_of(given)


def _edits(given: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple_of(given)


def _move(given: Move | str) -> Move:
    return member_of(Move, given)


@variant(Event, "order_drafted")
@frozen
class OrderDrafted(Event):
    """An order begins as a draft.

    Args:
        order: As it begins.
    """

    order: Order = field(validator=_is_new)


@variant(Event, "order_priced")
@frozen
class OrderPriced(Event):
    """A draft has another price of record, and the lines of that.

    Args:
        quote: The price of record from now on.
    """

    quote: QuoteRecord = field(validator=instance(QuoteRecord), repr=False)


@variant(Event, "order_placed")
@frozen
class OrderPlaced(Event):
    """The customer placed the order."""


@variant(Event, "order_confirmed")
@frozen
class OrderConfirmed(Event):
    """The shop accepted the order: it may be shipped."""


@variant(Event, "order_held")
@frozen
class OrderHeld(Event):
    """The order must wait.

    Args:
        reason: For what.
    """

    reason: str = field(validator=identifier)


@variant(Event, "order_released")
@frozen
class OrderReleased(Event):
    """The order need not wait for one reason any more.

    Args:
        reason: For what it had to wait.
    """

    reason: str = field(validator=identifier)


@variant(Event, "units_cancelled")
@frozen
class UnitsCancelled(Event):
    """Some units are given up; the order goes on with the others.

    Args:
        reason: Why, as a code of the shop.
        units: What is given up of each line.
    """

    reason: str = field(validator=identifier)
    units: tuple[CancelledUnits, ...] = field(
        converter=_cancelled, validator=each(instance(CancelledUnits), least=1, most=MAX_LINES)
    )


@variant(Event, "order_cancelled")
@frozen
class OrderCancelled(Event):
    """The order is over, and nothing of it was shipped.

    Args:
        reason: Why, as a code of the shop.
        units: What was still kept of each line.
    """

    reason: str = field(validator=identifier)
    units: tuple[CancelledUnits, ...] = field(
        default=(),
        converter=_cancelled,
        validator=each(instance(CancelledUnits), most=MAX_LINES),
    )


@variant(Event, "order_completed")
@frozen
class OrderCompleted(Event):
    """Everything was delivered, lost or refused; what comes now is after-sales."""


@variant(Event, "units_moved")
@frozen
class UnitsMoved(Event):
    """Fulfilment or after-sales did something with units.

    Args:
        move: What they did.
        units: With what of each line.
    """

    move: Move = field(converter=_move, validator=member(Move))
    units: tuple[LineUnits, ...] = field(
        converter=_moved, validator=each(instance(LineUnits), least=1, most=MAX_LINES)
    )


@variant(Event, "units_replaced")
@frozen
class UnitsReplaced(Event):
    """Another order brings others in the place of units.

    Args:
        case: The id of the after-sales case.
        by: The id of the other order, which begins in the same commit.
        units: How many units of each line.
    """

    case: str = field(validator=identifier)
    by: str = field(validator=identifier)
    units: tuple[LineUnits, ...] = field(
        converter=_moved, validator=each(instance(LineUnits), least=1, most=MAX_LINES)
    )


@variant(Event, "replacement_cancelled")
@frozen
class ReplacementCancelled(Event):
    """An order that was to replace units is cancelled: they are replaced no more.

    Args:
        by: The id of that order, which is cancelled in the same commit.
        units: How many units of each line may be refunded, or replaced anew.
    """

    by: str = field(validator=identifier)
    units: tuple[LineUnits, ...] = field(
        converter=_moved, validator=each(instance(LineUnits), least=1, most=MAX_LINES)
    )


@variant(Event, "order_changed")
@frozen
class OrderChanged(Event):
    """Something was agreed otherwise: lines, units, prices, where to, whom to ask.

    Args:
        edits: What is otherwise.
        quote: The price of record from now on; None: as before.
        freed: How many allocations of each line are to be given free, the newest first.
        change: The id of the proposal that was confirmed; None: there was none.
    """

    edits: tuple[Edit, ...] = field(converter=_edits, validator=are_edits)
    quote: QuoteRecord | None = field(
        default=None, validator=optional(instance(QuoteRecord)), repr=False
    )
    freed: tuple[LineUnits, ...] = field(
        default=(), converter=_moved, validator=each(instance(LineUnits), most=MAX_LINES)
    )
    change: str | None = field(default=None, validator=optional(identifier))
