"""Bookings: what a resource is promised to, and its agenda, which never promises it twice.

Bookings are half-open: one may begin at the instant at which another ends. At no instant are
more pieces booked than there are. A booking that nobody made firm may end at an instant: from
then on it counts for nothing, whether or not somebody has written that down.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from typing import Any, Final

from attrs import evolve, field, frozen

from ordercore.calendars import Window, instant_us
from ordercore.calendars.spans import Pair, union
from ordercore.data import document
from ordercore.data.checks import (
    Check,
    aware,
    duplicates,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    optional,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidDocument, InvalidInput, InvalidType, InvalidValue, NotFound
from ordercore.events import MAX_SEQUENCE
from ordercore.stock.resources.resource import MAX_CAPACITY, Resource

__all__ = ["MAX_BOOKINGS", "Agenda", "Booking", "BookingEnd", "is_bounded"]

MAX_BOOKINGS: Final = 100_000
"""The most bookings of one agenda, cancelled ones too."""

_units: Check = integer(least=1, most=MAX_CAPACITY)
_version: Check = integer(least=1, most=MAX_SEQUENCE)


def is_bounded(_instance: object, attribute: Any, value: Any) -> None:
    """Accept a window with a start and an end."""
    if not isinstance(value, Window):
        raise InvalidType("a value of type Window", value, path=(attribute.name,))
    if value.start is None or value.end is None:
        raise InvalidValue("a window with a start and an end", value, path=(attribute.name,))


class BookingEnd(StrEnum):
    """Why a booking holds no more, other than by being cancelled."""

    FINISHED = "finished"
    """What it was for is done."""
    EXPIRED = "expired"
    """Nobody made it firm in time; it may still be, where its time is free."""


def _end_of(given: BookingEnd | str | None) -> BookingEnd | None:
    return None if given is None else member_of(BookingEnd, given)


@frozen(kw_only=True)
class Booking:
    """Pieces of a resource that are promised for a time.

    Args:
        id: The host's own; unique in the agenda, for ever.
        window: When, with setup and travel.
        units: How many pieces; 1 for a person.
        purpose: For what, such as the id of an order's line.
        first: When it was booked for at first, if it was moved since.
        holder: For whom, such as the id of an order.
        expires_at: From when on it counts for nothing; None: it is firm, and stays.
        renewable_until: The latest end that renewals may give it; None: it cannot be renewed.
        ended: Why it holds no more; None: it holds, or was cancelled.
    """

    id: str = field(validator=identifier)
    window: Window = field(validator=is_bounded)
    units: int = field(default=1, validator=_units)
    purpose: str | None = field(default=None, validator=optional(identifier))
    first: Window | None = field(default=None, validator=optional(is_bounded))
    holder: str | None = field(default=None, validator=optional(identifier))
    expires_at: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    renewable_until: datetime | None = field(
        default=None, converter=pinned, validator=optional(aware)
    )
    ended: BookingEnd | None = field(
        default=None, converter=_end_of, validator=optional(member(BookingEnd))
    )

    def has_expired(self, at: datetime) -> bool:
        """Whether its time is over at an instant, written down or not."""
        if self.ended is not None:
            return self.ended is BookingEnd.EXPIRED
        return self.expires_at is not None and self.expires_at <= at

    @cached_property
    def span(self) -> Pair:
        """When, in microseconds since 1970."""
        return instant_us(self.window.start), instant_us(self.window.end)  # type: ignore[arg-type]

    def begins_as(self, other: Booking) -> bool:
        """Whether it was booked just as the other says, whatever came of it since."""
        window = self.window if self.first is None else self.first
        return (self.id, self.units, self.purpose, window) == (
            other.id,
            other.units,
            other.purpose,
            other.window,
        )


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

    Raises:
        InvalidDocument: With every id that is used twice, and every booking that begins when
            there are not so many pieces left.
        InvalidInput: A field is not as said.
    """

    resource: Resource = field(validator=instance(Resource))
    bookings: tuple[Booking, ...] = field(default=(), converter=_in_order, validator=_are_bookings)
    cancelled: tuple[Booking, ...] = field(
        default=(), converter=_bookings, validator=_are_bookings
    )
    version: int = field(default=1, validator=_version)
    _known: Mapping[str, Booking] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        faults = [*_used_twice(self), *_overbooked(self.bookings, self.resource.capacity)]
        if faults:
            raise InvalidDocument(faults)
        known = {each.id: each for each in (*self.cancelled, *self.bookings)}
        object.__setattr__(self, "_known", known)

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
        """Find a booking by its id, were it cancelled; None: there was never one."""
        return self._known.get(booking_id)

    def holds(self, booking: Booking) -> bool:
        """Whether a booking is one of those that hold."""
        i = bisect_left(self.bookings, _order(booking), key=_order)
        return self.bookings[i : i + 1] == (booking,)

    def held_for(self, holder: str, purpose: str | None = None) -> tuple[Booking, ...]:
        """List what is not over of a holder's bookings, by their starts; the expired, too.

        Args:
            holder: For whom.
            purpose: For what; None: for whatever.
        """
        expired = (each for each in self.cancelled if each.ended is BookingEnd.EXPIRED)
        found = (
            each
            for each in (*self.bookings, *expired)
            if each.holder == holder and purpose in (None, each.purpose)
        )
        return tuple(sorted(found, key=_order))

    def live(self, at: datetime) -> Agenda:
        """Tell how it is at an instant: what has expired by then counts for nothing.

        It is for reading: its version is the same.
        """
        if not any(each.has_expired(at) for each in self.bookings):
            return self
        kept = tuple(each for each in self.bookings if not each.has_expired(at))
        return self._next(kept, self.cancelled, self._known, events=0)

    def during(self, window: Window) -> tuple[Booking, ...]:
        """List the bookings that have an instant in common with a window."""
        start = float("-inf") if window.start is None else instant_us(window.start)
        return self._between(start, _end(window))

    def _between(self, start: float, end: float) -> tuple[Booking, ...]:
        """List the bookings that have an instant in common with a time, in microseconds."""
        before = bisect_left(self.bookings, end, key=lambda each: each.span[0])
        if self.resource.capacity == 1:  # they end in the order in which they begin
            first = bisect_right(self.bookings, start, key=lambda each: each.span[1])
            return self.bookings[first:before]
        return tuple(each for each in self.bookings[:before] if each.span[1] > start)

    def spare(self, window: Window) -> int:
        """Tell how many pieces are free throughout a window, whether or not at work."""
        return self.resource.capacity - most_at_once(self.during(window), window)

    @cached_property
    def levels(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """When the number of booked pieces changes, in microseconds, and to what."""
        return _levels(self.bookings)

    def busy(self, units: int, start: int, end: int) -> list[Pair]:
        """List when fewer than so many pieces are free, of what begins or ends within a time.

        All in microseconds. What goes on before or after that time is told as it is.
        """
        if self.resource.capacity == 1:
            return union(each.span for each in self._between(start, end))
        times, used = self.levels
        first, last = max(0, bisect_right(times, start) - 1), bisect_left(times, end) + 1
        most = self.resource.capacity - units
        steps = zip(times[first:last], times[first + 1 : last], used[first:last], strict=False)
        return union((start, end) for start, end, count in steps if count > most)

    # The next version, of bookings that are known to fit: the others are not checked again

    def with_booking(self, booking: Booking) -> Agenda:
        """Add a booking that fits, under an id that is new."""
        i = bisect_left(self.bookings, _order(booking), key=_order)
        bookings = (*self.bookings[:i], booking, *self.bookings[i:])
        return self._next(bookings, self.cancelled, {**self._known, booking.id: booking})

    def with_moved(self, before: Booking, after: Booking) -> Agenda:
        """Put a booking that fits in the place of another of its id, which may have expired."""
        others = tuple(each for each in self.cancelled if each.id != after.id)
        kept = self._without(before).bookings
        return self._next(kept, others, self._known, events=0).with_booking(after)

    def with_cancelled(self, *bookings: Booking, ended: BookingEnd | None = None) -> Agenda:
        """Let bookings hold no more; those that expired may be cancelled, too."""
        rest, over = self, {booking.id: evolve(booking, ended=ended) for booking in bookings}
        for booking in bookings:
            rest = rest._without(booking)
        others = tuple(each for each in self.cancelled if each.id not in over)
        return self._next(rest.bookings, (*others, *over.values()), {**self._known, **over})

    def spare_without(self, booking: Booking, window: Window) -> int:
        """Tell how many pieces are free throughout a window but for one booking."""
        return self._without(booking).spare(window)

    def _without(self, booking: Booking) -> Agenda:
        if not self.holds(booking):
            return self
        i = bisect_left(self.bookings, _order(booking), key=_order)
        rest = (*self.bookings[:i], *self.bookings[i + 1 :])
        return self._next(rest, self.cancelled, self._known, events=0)

    def _next(
        self,
        bookings: tuple[Booking, ...],
        cancelled: tuple[Booking, ...],
        known: Mapping[str, Booking],
        events: int = 1,
    ) -> Agenda:
        agenda = object.__new__(Agenda)
        put = object.__setattr__
        put(agenda, "resource", self.resource)
        put(agenda, "bookings", bookings)
        put(agenda, "cancelled", cancelled)
        put(agenda, "version", self.version + events)
        put(agenda, "_known", known)
        return agenda


def _end(window: Window) -> float:
    return float("inf") if window.end is None else instant_us(window.end)


def most_at_once(bookings: Iterable[Booking], window: Window) -> int:
    """Tell how many pieces bookings take at once, at most, within a window."""
    times, used = _levels(bookings)
    end = _end(window)
    within = [count for at, count in zip(times, used, strict=True) if at < end]
    if window.start is None:
        return max(within, default=0)
    first = bisect_right(times, instant_us(window.start)) - 1
    return max(within[max(first, 0) :], default=0)


def _levels(bookings: Iterable[Booking]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    changes: dict[int, int] = {}
    for booking in bookings:
        start, end = booking.span
        changes[start] = changes.get(start, 0) + booking.units
        changes[end] = changes.get(end, 0) - booking.units
    times = sorted(changes)
    return tuple(times), tuple(accumulate(changes[at] for at in times))


def _used_twice(agenda: Agenda) -> Iterator[InvalidInput]:
    """Tell of each id that is used twice."""
    ids = [booking.id for booking in agenda.bookings]
    yield from duplicates(ids, "bookings", then="id")
    over = (booking.id for booking in agenda.cancelled)
    yield from duplicates(over, "cancelled", then="id", known=ids)


def _overbooked(bookings: Sequence[Booking], capacity: int) -> Iterator[InvalidInput]:
    """Tell of each booking that begins when too few pieces are left."""
    running: list[Booking] = []
    for i, booking in enumerate(bookings):
        start = booking.span[0]
        running = [other for other in running if other.span[1] > start]
        left = capacity - sum(other.units for other in running)
        if booking.units > left:
            expected = f"at most {left} of {capacity} pieces, as others are booked"
            path = ("bookings", i, "units")
            yield InvalidValue(expected, booking.units, path=path, reason="double_booking")
        running.append(booking)
