"""What may be done with an agenda: each command gives the next agenda and what has happened.

A command given once more under the same id changes nothing and has no events. Where there are
too few pieces, the answer is a `Clash`: an expected "no", as a value with all its reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, field, frozen

from ordercore.calendars import Window
from ordercore.data import variant
from ordercore.data.checks import Named, identifier, instance
from ordercore.errors import (
    IdempotencyConflict,
    InvalidType,
    InvalidValue,
    LimitExceeded,
)
from ordercore.events import Event, rebuilt
from ordercore.stock.resources.bookings import MAX_BOOKINGS, Agenda, Booking, is_bounded
from ordercore.stock.resources.resource import Resource

__all__ = [
    "AgendaOpened",
    "AgendaResult",
    "BookingCancelled",
    "BookingMade",
    "BookingMoved",
    "Clash",
    "apply",
    "book",
    "cancel",
    "move",
    "open_agenda",
    "rebuild",
]

AgendaResult = tuple[Agenda, tuple[Event, ...]]
"""The next agenda, and what has happened."""


# What happens


@variant(Event, "agenda_opened")
@frozen
class AgendaOpened(Event):
    """A resource can be booked from now on.

    Args:
        resource: Which.
    """

    resource: Resource = field(validator=instance(Resource))


@variant(Event, "booking_made")
@frozen
class BookingMade(Event):
    """A resource was promised.

    Args:
        booking: What for and when.
    """

    booking: Booking = field(validator=instance(Booking))


@variant(Event, "booking_moved")
@frozen
class BookingMoved(Event):
    """A booking is at another time.

    Args:
        id: Which booking.
        window: When it is from now on.
    """

    id: str = field(validator=identifier)
    window: Window = field(validator=is_bounded)


@variant(Event, "booking_cancelled")
@frozen
class BookingCancelled(Event):
    """A booking holds no more.

    Args:
        id: Which.
    """

    id: str = field(validator=identifier)


@frozen(kw_only=True)
class Clash:
    """Why a resource cannot be booked: others have it.

    Args:
        resource: The id of the resource.
        window: When it was to be booked.
        wanted: How many pieces.
        free: How many are free throughout.
        bookings: The ids of all bookings that have an instant in common with the window.
    """

    resource: str
    window: Window
    wanted: int
    free: int
    bookings: tuple[str, ...]

    def __str__(self) -> str:
        held = ", ".join(self.bookings) or "nobody"
        return f"{self.resource}: {self.wanted} wanted, {self.free} free; booked by {held}"


# What may be done


def open_agenda(resource: Resource) -> AgendaResult:
    """Begin the agenda of a resource."""
    event = AgendaOpened(resource)
    return apply(None, event), (event,)


def book(agenda: Agenda, booking: Booking) -> AgendaResult | Clash:
    """Promise pieces of a resource for a time.

    The same booking again changes nothing, were it moved or cancelled since. Working hours
    are not asked: whoever plans overtime may book it, and `earliest_slot` never does.

    Args:
        agenda: Whose.
        booking: What for and when; it says nothing of a first time.

    Raises:
        IdempotencyConflict: Another booking has that id.
        LimitExceeded: There are `MAX_BOOKINGS` already.
        InvalidInput: It is no booking.
    """
    instance(Booking)(None, Named("booking"), booking)
    known = agenda.known(booking.id)
    if known is not None:
        if not known.begins_as(booking):
            raise IdempotencyConflict(booking.id)
        return agenda, ()
    _check_new(agenda, booking)
    free = agenda.spare(booking.window)
    if booking.units > free:
        return _clash(agenda, booking, free)
    return _done(agenda, BookingMade(booking))


def move(agenda: Agenda, booking_id: str, window: Window) -> AgendaResult | Clash:
    """Put a booking to another time; its own old time is in nobody's way.

    Where it is already, it stays, and nothing has happened.

    Raises:
        NotFound: No booking of that id holds.
        InvalidInput: The window has no start or no end.
    """
    is_bounded(None, Named("window"), window)
    booking = agenda.booking(booking_id)
    if booking.window == window:
        return agenda, ()
    free = agenda.spare_without(booking, window)
    if booking.units > free:
        return _clash(agenda, evolve(booking, window=window), free)
    return _done(agenda, BookingMoved(booking_id, window))


def cancel(agenda: Agenda, booking_id: str) -> AgendaResult:
    """Give a booking up; one that is given up already stays so.

    Raises:
        NotFound: There was never a booking of that id.
    """
    identifier(None, Named("booking_id"), booking_id)
    known = agenda.known(booking_id)
    if known is not None and not agenda.holds(known):
        return agenda, ()
    return _done(agenda, BookingCancelled(booking_id))


# From events to agendas


def apply(agenda: Agenda | None, event: Event) -> Agenda:
    """Make the next agenda of an agenda and an event; both stay as they are.

    Raises:
        InvalidValue: There are too few pieces, or the first event opens no agenda.
        InvalidType: It is no event of an agenda that exists.
        NotFound: No booking of that id holds.
    """
    if agenda is None:
        if not isinstance(event, AgendaOpened):
            expected = "the opening as the first event of an agenda"
            raise InvalidValue(expected, type(event).__name__, reason="wrong_state")
        return Agenda(resource=event.resource)
    change = _CHANGES.get(type(event))
    if change is None:
        raise InvalidType("an event of an agenda that exists", type(event).__name__)
    return change(agenda, event)


def rebuild(events: Iterable[Event]) -> Agenda:
    """Make the agenda that events come to, from its opening on.

    Of recorded events, ``replay(apply, None, recorded)`` does the same and checks that none
    is missing.

    Raises:
        InvalidValue: There is no event.
        OrderCoreError: As `apply`.
    """
    return rebuilt(apply, events)


def _made(agenda: Agenda, event: BookingMade) -> Agenda:
    _check_new(agenda, event.booking)
    if agenda.known(event.booking.id) is not None:
        raise InvalidValue("an id used once", event.booking.id, reason="duplicate_id")
    _check_fits(agenda, event.booking, agenda.spare(event.booking.window))
    return agenda.with_booking(event.booking)


def _moved(agenda: Agenda, event: BookingMoved) -> Agenda:
    booking = agenda.booking(event.id)
    first = booking.window if booking.first is None else booking.first
    moved = evolve(booking, window=event.window, first=first)
    _check_fits(agenda, moved, agenda.spare_without(booking, event.window))
    return agenda.with_moved(booking, moved)


def _cancelled(agenda: Agenda, event: BookingCancelled) -> Agenda:
    return agenda.with_cancelled(agenda.booking(event.id))


_CHANGES: Final[Mapping[type[Event], Callable[[Agenda, Any], Agenda]]] = MappingProxyType(
    {BookingMade: _made, BookingMoved: _moved, BookingCancelled: _cancelled}
)


def _done(agenda: Agenda, event: Event) -> AgendaResult:
    return apply(agenda, event), (event,)


def _check_new(agenda: Agenda, booking: Booking) -> None:
    if booking.first is not None:
        raise InvalidValue("a booking that was not moved", booking.first, path=("first",))
    if len(agenda.bookings) + len(agenda.cancelled) >= MAX_BOOKINGS:
        raise LimitExceeded(f"at most {MAX_BOOKINGS} bookings", path=("bookings",))


def _check_fits(agenda: Agenda, booking: Booking, free: int) -> None:
    if booking.units > free:
        expected = f"at most {free} of {agenda.resource.capacity} pieces, as others are booked"
        raise InvalidValue(expected, booking.units, path=("units",), reason="double_booking")


def _clash(agenda: Agenda, booking: Booking, free: int) -> Clash:
    return Clash(
        resource=agenda.id,
        window=booking.window,
        wanted=booking.units,
        free=free,
        bookings=tuple(one.id for one in agenda.during(booking.window) if one.id != booking.id),
    )
