"""Agendas: what a resource is promised to, and never twice.

Nothing is booked where too few pieces are free; where pieces go later on, their bookings stay,
and the agenda says which. What is over stays listed, so that a command that comes twice is
known, until it is forgotten; what may still be kept late is listed apart, so that finding it
takes no longer for all that is over.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from attrs import evolve, field, fields, frozen

from ordercore.calendars import Window, instant_us
from ordercore.calendars.spans import Pair, meets, union
from ordercore.data import document
from ordercore.data.checks import (
    Check,
    aware,
    duplicates,
    each,
    identifier,
    instance,
    integer,
    names_of,
    optional,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.events import MAX_SEQUENCE
from ordercore.stock.resources.bookings import MAX_BOOKINGS, Booking, BookingEnd
from ordercore.stock.resources.pieces import crowded, end_of, levels, most_at_once
from ordercore.stock.resources.resource import Resource

__all__ = ["Agenda"]

_version: Check = integer(least=1, most=MAX_SEQUENCE)


def _in_order(given: Iterable[Booking]) -> tuple[Booking, ...]:
    """Put bookings in the order of their starts; what is none stays, to be refused."""
    bookings: Any = tuple_of(given)
    if isinstance(bookings, tuple) and all(isinstance(each, Booking) for each in bookings):
        try:
            return tuple(sorted(bookings, key=_order))
        except InvalidInput:
            return bookings
    return bookings  # type: ignore[no-any-return]


def _order(booking: Booking) -> tuple[int, str]:
    return booking.span[0], booking.id


def _bookings(given: Iterable[Booking]) -> tuple[Booking, ...]:
    return tuple_of(given)


_are_bookings: Check = each(instance(Booking), most=MAX_BOOKINGS)
_are_ids: Check = each(identifier, most=MAX_BOOKINGS)


@document("agenda")
@frozen(kw_only=True)
class Agenda:
    """A resource and what it is promised to. Commands make the next agenda; none changes one.

    Args:
        resource: Whose.
        bookings: Those that hold, in the order of their starts, then of their ids.
        cancelled: Those that hold no more: cancelled, finished or expired, in the order in
            which they ended.
        version: How many events it has had.
        overbooked: The ids of those that hold where more is booked than there is, since pieces
            are gone that there were; in the order of the bookings. Nothing is booked there
            before they are elsewhere, or over.
        forgotten_before: Up to when bookings were forgotten: nothing is booked any more whose
            time is over by then, so that nothing forgotten is booked twice. None: it knows all
            that there ever were.

    Raises:
        InvalidDocument: With every id that is used twice, and every booking that begins when
            there are not so many pieces left, unless all that go on then are overbooked.
        InvalidInput: A field is not as said.
    """

    resource: Resource = field(validator=instance(Resource))
    bookings: tuple[Booking, ...] = field(default=(), converter=_in_order, validator=_are_bookings)
    cancelled: tuple[Booking, ...] = field(
        default=(), converter=_bookings, validator=_are_bookings
    )
    version: int = field(default=1, validator=_version)
    overbooked: tuple[str, ...] = field(default=(), converter=names_of, validator=_are_ids)
    forgotten_before: datetime | None = field(
        default=None, converter=pinned, validator=optional(aware)
    )
    _known: Mapping[str, Booking] = field(init=False, repr=False, eq=False)
    _expired: Mapping[str, Booking] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        faults = [*_used_twice(self), *_booked_twice(self)]
        if faults:
            raise InvalidDocument(faults)
        if self.overbooked:
            object.__setattr__(self, "overbooked", _overbooked(self.bookings, self.resource))
        known = {each.id: each for each in (*self.cancelled, *self.bookings)}
        expired = {each.id: each for each in self.cancelled if each.ended is BookingEnd.EXPIRED}
        object.__setattr__(self, "_known", known)
        object.__setattr__(self, "_expired", expired)

    @property
    def id(self) -> str:
        """The id of its resource."""
        return self.resource.id

    def booking(self, booking_id: str) -> Booking:
        """Find a booking that holds by its id, or raise `NotFound`."""
        booking = self.known(booking_id)
        if booking is None or not self.holds(booking):
            raise NotFound("the id of a booking that holds", booking_id)
        return booking

    def known(self, booking_id: str) -> Booking | None:
        """Find a booking by its id, were it cancelled; None: there is none, or none any more."""
        return self._known.get(booking_id)

    def holds(self, booking: Booking) -> bool:
        """Whether a booking is one of those that hold."""
        i = _place(self.bookings, booking)
        return self.bookings[i : i + 1] == (booking,)

    def held_for(self, holder: str, purpose: str | None = None) -> tuple[Booking, ...]:
        """List what is not over of a holder's bookings, by their starts; the expired, too.

        Args:
            holder: For whom.
            purpose: For what; None: for whatever.
        """
        found = (
            each
            for each in (*self.bookings, *self.expired)
            if each.holder == holder and purpose in (None, each.purpose)
        )
        return tuple(sorted(found, key=_order))

    @property
    def expired(self) -> tuple[Booking, ...]:
        """Those of which it is written down that they have expired; they may be kept late."""
        return tuple(self._expired.values())

    def live(self, at: datetime) -> Agenda:
        """Tell how it is at an instant: what has expired by then counts for nothing.

        It is for reading: its version is the same.
        """
        if not any(each.has_expired(at) for each in self.bookings):
            return self
        kept = tuple(each for each in self.bookings if not each.has_expired(at))
        return self._next(bookings=kept, events=0)

    def during(self, window: Window) -> tuple[Booking, ...]:
        """List the bookings that have an instant in common with a window."""
        start = float("-inf") if window.start is None else instant_us(window.start)
        return self._between(start, end_of(window))

    def _between(self, start: float, end: float) -> tuple[Booking, ...]:
        """List the bookings that have an instant in common with a time, in microseconds."""
        before = bisect_left(self.bookings, end, key=lambda each: each.span[0])
        if self._one_by_one:  # they end in the order in which they begin
            first = bisect_right(self.bookings, start, key=lambda each: each.span[1])
            return self.bookings[first:before]
        return tuple(each for each in self.bookings[:before] if each.span[1] > start)

    @property
    def _one_by_one(self) -> bool:
        """Whether no two bookings go on at once."""
        return self.resource.capacity == 1 and not self.overbooked

    def spare(self, window: Window) -> int:
        """Tell how many pieces are free throughout a window, whether or not at work."""
        return max(0, self.resource.capacity - most_at_once(self.during(window), window))

    @cached_property
    def levels(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """When the number of booked pieces changes, in microseconds, and to what."""
        return levels(self.bookings)

    @cached_property
    def _taken(self) -> list[Pair]:
        """When something is booked, in microseconds."""
        return union(each.span for each in self.bookings)

    def busy(self, units: int, start: int, end: int) -> list[Pair]:
        """List when fewer than so many pieces are free, of what begins or ends within a time.

        All in microseconds. What goes on before or after that time is told as it is.
        """
        if self._one_by_one:
            first = bisect_right(self._taken, start, key=lambda span: span[1])
            return self._taken[first : bisect_left(self._taken, end, key=lambda span: span[0])]
        times, used = self.levels
        first, last = max(0, bisect_right(times, start) - 1), bisect_left(times, end) + 1
        most = self.resource.capacity - units
        steps = zip(times[first:last], times[first + 1 : last], used[first:last], strict=False)
        return union((start, end) for start, end, count in steps if count > most)

    # The next version, of bookings that are known to fit: the others are not checked again

    def with_booking(self, booking: Booking) -> Agenda:
        """Add a booking that fits, under an id that is new."""
        known = {**self._known, booking.id: booking}
        return self._next(bookings=_with(self.bookings, booking), _known=known)

    def with_moved(self, before: Booking, after: Booking) -> Agenda:
        """Put a booking that fits in the place of another of its id, which may have expired."""
        cancelled, expired = self._ended_but({after.id})
        return self._next(
            bookings=_with(_without(self.bookings, before), after),
            cancelled=cancelled,
            _known={**self._known, after.id: after},
            _expired=expired,
        )

    def with_cancelled(self, *bookings: Booking, ended: BookingEnd | None = None) -> Agenda:
        """Let bookings hold no more; those that expired may be cancelled, too."""
        rest, over = self.bookings, {each.id: evolve(each, ended=ended) for each in bookings}
        for booking in bookings:
            rest = _without(rest, booking)
        cancelled, expired = self._ended_but(over.keys())
        return self._next(
            bookings=rest,
            cancelled=(*cancelled, *over.values()),
            _known={**self._known, **over},
            _expired={**expired, **over} if ended is BookingEnd.EXPIRED else expired,
        )

    def with_forgotten(self, names: AbstractSet[str], before: datetime) -> Agenda:
        """Let bookings that hold no more be listed no more."""
        last = self.forgotten_before
        return self._next(
            cancelled=tuple(each for each in self.cancelled if each.id not in names),
            forgotten_before=before if last is None or last < before else last,
            _known=_but(self._known, names),
            _expired=_but(self._expired, names),
        )

    def with_resource(self, resource: Resource) -> Agenda:
        """Let the resource be otherwise; bookings stay, also where it has too few pieces."""
        return self._next(resource=resource)

    def spare_without(self, booking: Booking, window: Window) -> int:
        """Tell how many pieces are free throughout a window but for one booking."""
        return self._next(bookings=_without(self.bookings, booking), events=0).spare(window)

    def _ended_but(
        self, names: AbstractSet[str]
    ) -> tuple[tuple[Booking, ...], Mapping[str, Booking]]:
        """List those that hold no more, and the expired among them, but for some."""
        if self._expired.keys().isdisjoint(names):
            return self.cancelled, self._expired
        others = tuple(each for each in self.cancelled if each.id not in names)
        return others, _but(self._expired, names)

    def _next(self, events: int = 1, **to: Any) -> Agenda:
        """Make the agenda that has other fields, after so many events more."""
        agenda, put = object.__new__(Agenda), object.__setattr__
        for name in _FIELDS:
            put(agenda, name, to.get(name, getattr(self, name)))
        put(agenda, "version", self.version + events)
        if self.overbooked or agenda.resource.capacity < self.resource.capacity:
            put(agenda, "overbooked", _overbooked(agenda.bookings, agenda.resource))
        return agenda


_FIELDS: Final = tuple(each.name for each in fields(Agenda))


def _but(several: Mapping[str, Booking], names: AbstractSet[str]) -> dict[str, Booking]:
    """Leave some out."""
    return {name: each for name, each in several.items() if name not in names}


def _place(bookings: Sequence[Booking], booking: Booking) -> int:
    """Tell where a booking is among others, or would be."""
    return bisect_left(bookings, _order(booking), key=_order)


def _with(bookings: tuple[Booking, ...], booking: Booking) -> tuple[Booking, ...]:
    """Put a booking in its place."""
    i = _place(bookings, booking)
    return (*bookings[:i], booking, *bookings[i:])


def _without(bookings: tuple[Booking, ...], booking: Booking) -> tuple[Booking, ...]:
    """Leave a booking out, if it is one of them."""
    i = _place(bookings, booking)
    return (*bookings[:i], *bookings[i + 1 :]) if bookings[i : i + 1] == (booking,) else bookings


def _used_twice(agenda: Agenda) -> Iterator[InvalidInput]:
    """Tell of each id that is used twice."""
    ids = [booking.id for booking in agenda.bookings]
    yield from duplicates(ids, "bookings", then="id")
    over = (booking.id for booking in agenda.cancelled)
    yield from duplicates(over, "cancelled", then="id", known=ids)


def _booked_twice(agenda: Agenda) -> Iterator[InvalidInput]:
    """Tell of each booking that begins when too few pieces are left, and is not known to."""
    capacity, known = agenda.resource.capacity, frozenset(agenda.overbooked)
    running: list[Booking] = []
    for i, booking in enumerate(agenda.bookings):
        start = booking.span[0]
        running = [other for other in running if other.span[1] > start]
        left = capacity - sum(other.units for other in running)
        running.append(booking)
        if booking.units > left and not known.issuperset(other.id for other in running):
            expected = f"at most {max(0, left)} of {capacity} pieces, as others are booked"
            path = ("bookings", i, "units")
            yield InvalidValue(expected, booking.units, path=path, reason="double_booking")
    real = _overbooked(agenda.bookings, agenda.resource) if known else ()
    for i, name in enumerate(agenda.overbooked):
        if name not in real:
            expected = "the id of a booking that holds where more is booked than there is"
            yield InvalidValue(expected, name, path=("overbooked", i))


def _overbooked(bookings: Sequence[Booking], resource: Resource) -> tuple[str, ...]:
    """List the bookings that go on where more is booked than there is."""
    over = crowded(bookings, resource.capacity)
    return tuple(each.id for each in bookings if meets(over, each.span)) if over else ()
