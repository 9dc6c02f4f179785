"""What may be done with an agenda: each command gives the next agenda and what has happened.

A command given once more under the same id changes nothing and has no events. Where there are
too few pieces, the answer is a `Clash`: an expected "no", as a value with all its reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, cast

from attrs import evolve, frozen

from ordercore.calendars import Window, instant_us
from ordercore.data.checks import Named, aware, identifier, instance
from ordercore.errors import (
    IdempotencyConflict,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
)
from ordercore.events import Event, rebuilt
from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.resources.bookings import MAX_BOOKINGS, Booking, BookingEnd, is_bounded
from ordercore.stock.resources.conflicts import conflicts
from ordercore.stock.resources.events import (
    AgendaOpened,
    BookingCancelled,
    BookingFinished,
    BookingFirmed,
    BookingHandedOver,
    BookingMade,
    BookingMoved,
    BookingRenewed,
    BookingsExpired,
    BookingsForgotten,
    ResourceChanged,
)
from ordercore.stock.resources.pieces import end_of
from ordercore.stock.resources.resource import Resource

__all__ = [
    "AgendaResult",
    "Clash",
    "apply",
    "book",
    "cancel",
    "change_resource",
    "clash",
    "done",
    "move",
    "open_agenda",
    "rebuild",
    "swept",
    "there",
]

AgendaResult = tuple[Agenda, tuple[Event, ...]]
"""The next agenda, and what has happened."""


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


def change_resource(agenda: Agenda, resource: Resource, *, at: datetime) -> AgendaResult:
    """Let a resource be otherwise: hours, exceptions such as leave, skills, site, pieces, name.

    What is booked stays booked. Whatever the resource does not serve any more by that is told
    in the event, each booking with all reasons: move it, or cancel it. Where more is booked
    than there is, nothing is free. As it is already, it stays, and nothing has happened.

    Args:
        agenda: Whose.
        resource: As it is from now on, as a whole.
        at: When: what is over by then is told no more; what has expired is written down first.

    Raises:
        InvalidValue: It is another resource, or of another kind.
        InvalidInput: It is no resource.
    """
    instance(Resource)(None, Named("resource"), resource)
    _check_same(agenda, resource)
    now, late = done(agenda, *swept(agenda, at))
    if resource == agenda.resource:
        return agenda, ()
    changed = ResourceChanged(resource, tuple(conflicts(now, resource, at)))
    return done(now, changed, before=late)


def book(agenda: Agenda, booking: Booking, *, at: datetime | None = None) -> AgendaResult | Clash:
    """Promise pieces of a resource for a time.

    The same booking again changes nothing, whatever came of it since. Working hours are not
    asked: whoever plans overtime may book it, and `earliest_slot` never does.

    Args:
        agenda: Whose.
        booking: What for and when; it says nothing of a first time, nor of an end.
        at: When it is asked: what has expired by then is in nobody's way, and is written down
            as expired first. None: nothing expires.

    Raises:
        IdempotencyConflict: Another booking has that id.
        LimitExceeded: There are `MAX_BOOKINGS` already.
        InvalidValue: Its time was over before what is forgotten.
        InvalidInput: It is no booking.
    """
    instance(Booking)(None, Named("booking"), booking)
    known = agenda.known(booking.id)
    if known is not None:
        if not known.begins_as(booking):
            raise IdempotencyConflict(booking.id)
        return agenda, ()
    _check_new(agenda, booking)
    late = () if at is None else swept(agenda, at)
    now, _ = done(agenda, *late)
    free = now.spare(booking.window)
    if booking.units > free:
        return clash(now, booking, free)
    return done(agenda, *late, BookingMade(booking))


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
        return clash(agenda, evolve(booking, window=window), free)
    return done(agenda, BookingMoved(booking_id, window, _at(booking, window)))


def cancel(agenda: Agenda, booking_id: str) -> AgendaResult:
    """Give a booking up; one that is given up already stays so.

    Raises:
        NotFound: There is no booking of that id: there never was, or it is forgotten.
    """
    identifier(None, Named("booking_id"), booking_id)
    known = agenda.known(booking_id)
    if known is not None and not _is_there(agenda, known):
        return agenda, ()
    return done(agenda, BookingCancelled(booking_id))


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


def _changed(agenda: Agenda, event: ResourceChanged) -> Agenda:
    _check_same(agenda, event.resource)
    return agenda.with_resource(event.resource)


def _made(agenda: Agenda, event: BookingMade) -> Agenda:
    _check_new(agenda, event.booking)
    if agenda.known(event.booking.id) is not None:
        raise InvalidValue("an id used once", event.booking.id, reason="duplicate_id")
    _check_fits(agenda, event.booking, agenda.spare(event.booking.window))
    return agenda.with_booking(event.booking)


def _moved(agenda: Agenda, event: BookingMoved) -> Agenda:
    booking = agenda.booking(event.id)
    moved = _at(booking, event.window)
    _check_fits(agenda, moved, agenda.spare_without(booking, event.window))
    return agenda.with_moved(booking, moved)


def _at(booking: Booking, window: Window) -> Booking:
    """Put a booking to another time; the service begins as long after the start as before.

    Where it does not fit any more, nobody has said when in that time it is.
    """
    first = booking.window if booking.first is None else booking.first
    service = None if booking.service is None else _shifted(booking.service, booking, window)
    return evolve(booking, window=window, first=first, service=service)


def _shifted(service: Window, booking: Booking, to: Window) -> Window | None:
    begins, ends, old, new = (
        cast("datetime", each)
        for each in (service.start, service.end, booking.window.start, to.start)
    )
    if instant_us(new) + instant_us(ends) - instant_us(old) > end_of(to):
        return None
    try:
        start = new + (begins - old)
        return Window(start, start + (ends - begins))
    except OverflowError:  # on the last day that there is, by the clock of another zone
        return None


def _cancelled(agenda: Agenda, event: BookingCancelled) -> Agenda:
    return agenda.with_cancelled(there(agenda, event.id))


def _firmed(agenda: Agenda, event: BookingFirmed) -> Agenda:
    return _kept(agenda, event.id, expires_at=None, renewable_until=None)


def _renewed(agenda: Agenda, event: BookingRenewed) -> Agenda:
    return _kept(agenda, event.id, expires_at=event.expires_at)


def _handed_over(agenda: Agenda, event: BookingHandedOver) -> Agenda:
    before = there(agenda, event.id)
    after = evolve(before, holder=event.holder)
    if agenda.holds(before):
        return agenda.with_moved(before, after)
    return agenda.with_cancelled(after, ended=after.ended)


def _finished(agenda: Agenda, event: BookingFinished) -> Agenda:
    return agenda.with_cancelled(there(agenda, event.id), ended=BookingEnd.FINISHED)


def _expired(agenda: Agenda, event: BookingsExpired) -> Agenda:
    over = [agenda.booking(name) for name in event.bookings]
    return agenda.with_cancelled(*over, ended=BookingEnd.EXPIRED)


def _forgotten(agenda: Agenda, event: BookingsForgotten) -> Agenda:
    for name in event.bookings:
        found = agenda.known(name)
        if found is None:
            raise NotFound("the id of a booking", name, path=("bookings",))
        if agenda.holds(found) or not found.is_past(event.before):
            expected = "a booking of which nothing can come any more"
            raise InvalidValue(expected, name, path=("bookings",), reason="wrong_state")
    return agenda.with_forgotten(frozenset(event.bookings), event.before)


def _kept(agenda: Agenda, name: str, **terms: Any) -> Agenda:
    """Let a booking hold on other terms; one that has expired holds again, if it fits."""
    before = there(agenda, name)
    if not agenda.holds(before):
        _check_fits(agenda, before, agenda.spare(before.window))
    return agenda.with_moved(before, evolve(before, ended=None, **terms))


_CHANGES: Final[Mapping[type[Event], Callable[[Agenda, Any], Agenda]]] = MappingProxyType(
    {
        BookingMade: _made,
        BookingMoved: _moved,
        BookingCancelled: _cancelled,
        BookingFirmed: _firmed,
        BookingRenewed: _renewed,
        BookingHandedOver: _handed_over,
        BookingFinished: _finished,
        BookingsExpired: _expired,
        BookingsForgotten: _forgotten,
        ResourceChanged: _changed,
    }
)


def done(agenda: Agenda, *events: Event, before: tuple[Event, ...] = ()) -> AgendaResult:
    """Apply events one after the other.

    Args:
        agenda: To which.
        events: What happens.
        before: What has happened to it before, and is to be told with it.
    """
    for event in events:
        agenda = apply(agenda, event)
    return agenda, (*before, *events)


def swept(agenda: Agenda, at: datetime) -> tuple[BookingsExpired, ...]:
    """Write down what has expired and nobody has written down yet; nothing: no event."""
    aware(None, Named("at"), at)
    over = tuple(each.id for each in agenda.bookings if each.has_expired(at))
    return (BookingsExpired(over),) if over else ()


def there(agenda: Agenda, booking_id: str) -> Booking:
    """Find a booking that holds or has expired, or raise `NotFound`."""
    known = agenda.known(booking_id)
    if known is None or not _is_there(agenda, known):
        raise NotFound("the id of a booking that holds, or has expired", booking_id)
    return known


def _is_there(agenda: Agenda, known: Booking) -> bool:
    return known.ended is BookingEnd.EXPIRED or agenda.holds(known)


def _check_same(agenda: Agenda, resource: Resource) -> None:
    for name in ("id", "kind"):
        expected, told = getattr(agenda.resource, name), getattr(resource, name)
        if told != expected:
            path = ("resource", name)
            raise InvalidValue(f"{expected}", told, path=path, reason="other_aggregate")


def _check_new(agenda: Agenda, booking: Booking) -> None:
    if booking.first is not None:
        raise InvalidValue("a booking that was not moved", booking.first, path=("first",))
    if booking.ended is not None:
        raise InvalidValue("a booking that begins", booking.ended.value, path=("ended",))
    if len(agenda.bookings) + len(agenda.cancelled) >= MAX_BOOKINGS:
        expected = f"at most {MAX_BOOKINGS} bookings; forget those that are over"
        raise LimitExceeded(expected, path=("bookings",))
    over = agenda.forgotten_before
    if over is not None and booking.is_past(over):
        expected = f"a time that ends after {over.isoformat()}: what was over is forgotten"
        raise InvalidValue(expected, str(booking.window), path=("window",), reason="too_late")


def _check_fits(agenda: Agenda, booking: Booking, free: int) -> None:
    if booking.units > free:
        expected = f"at most {free} of {agenda.resource.capacity} pieces, as others are booked"
        raise InvalidValue(expected, booking.units, path=("units",), reason="double_booking")


def clash(agenda: Agenda, booking: Booking, free: int) -> Clash:
    """Say that so many pieces are too few for a booking."""
    return Clash(
        resource=agenda.id,
        window=booking.window,
        wanted=booking.units,
        free=free,
        bookings=tuple(one.id for one in agenda.during(booking.window) if one.id != booking.id),
    )
