"""Bookings: what a resource is promised to, and its agenda, which never promises it twice.

Bookings are half-open: one may begin at the instant at which another ends. Nothing is booked
where too few pieces are free; where pieces go later on, their bookings stay, and the agenda
says which. A booking that nobody made firm may end at an instant: from then on it counts for
nothing, whether or not somebody has written that down.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from attrs import evolve, field, frozen

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
    member,
    member_of,
    names_of,
    optional,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidDocument, InvalidInput, InvalidType, InvalidValue, NotFound
from ordercore.events import MAX_SEQUENCE
from ordercore.stock.resources.pieces import crowded, end_of, levels, most_at_once, within
from ordercore.stock.resources.resource import (
    MAX_CAPACITY,
    Resource,
    Skill,
    are_skills,
    skills_of,
)

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


def _skills_of(
    given: Mapping[str, int] | Iterable[Skill] | None,
) -> tuple[Skill, ...] | None:
    return None if given is None else skills_of(given)


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
        skills: What the resource must be able to do for it; None: nobody has said.
        service: When the service itself is, without setup and travel; None: all of the time.
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
    skills: tuple[Skill, ...] | None = field(
        default=None, converter=_skills_of, validator=optional(are_skills)
    )
    service: Window | None = field(default=None, validator=optional(is_bounded))

    def __attrs_post_init__(self) -> None:
        if self.service is not None and not within(self.service, self.window):
            expected, given = f"a window within {self.window}", str(self.service)
            raise InvalidValue(expected, given, path=("service",), reason="fields_disagree")

    @property
    def serves(self) -> Window:
        """When whoever it is for is served: the service, or all of the time."""
        return self.window if self.service is None else self.service

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
    _known: Mapping[str, Booking] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        faults = [*_used_twice(self), *_booked_twice(self)]
        if faults:
            raise InvalidDocument(faults)
        if self.overbooked:
            object.__setattr__(self, "overbooked", _overbooked(self.bookings, self.resource))
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

    def busy(self, units: int, start: int, end: int) -> list[Pair]:
        """List when fewer than so many pieces are free, of what begins or ends within a time.

        All in microseconds. What goes on before or after that time is told as it is.
        """
        if self._one_by_one:
            return union(each.span for each in self._between(start, end))
        times, used = self.levels
        first, last = max(0, bisect_right(times, start) - 1), bisect_left(times, end) + 1
        most = self.resource.capacity - units
        steps = zip(times[first:last], times[first + 1 : last], used[first:last], strict=False)
        return union((start, end) for start, end, count in steps if count > most)

    # The next version, of bookings that are known to fit: the others are not checked again

    def with_booking(self, booking: Booking) -> Agenda:
        """Add a booking that fits, under an id that is new."""
        known = {**self._known, booking.id: booking}
        return self._next(_with(self.bookings, booking), self.cancelled, known)

    def with_moved(self, before: Booking, after: Booking) -> Agenda:
        """Put a booking that fits in the place of another of its id, which may have expired."""
        others = tuple(each for each in self.cancelled if each.id != after.id)
        bookings = _with(self._without(before).bookings, after)
        return self._next(bookings, others, {**self._known, after.id: after})

    def with_cancelled(self, *bookings: Booking, ended: BookingEnd | None = None) -> Agenda:
        """Let bookings hold no more; those that expired may be cancelled, too."""
        rest, over = self, {booking.id: evolve(booking, ended=ended) for booking in bookings}
        for booking in bookings:
            rest = rest._without(booking)
        others = tuple(each for each in self.cancelled if each.id not in over)
        return self._next(rest.bookings, (*others, *over.values()), {**self._known, **over})

    def with_resource(self, resource: Resource) -> Agenda:
        """Let the resource be otherwise; bookings stay, also where it has too few pieces."""
        return self._next(self.bookings, self.cancelled, self._known, resource=resource)

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
        resource: Resource | None = None,
    ) -> Agenda:
        agenda, of = object.__new__(Agenda), resource or self.resource
        crowds = self.overbooked or of.capacity < self.resource.capacity
        put = object.__setattr__
        put(agenda, "resource", of)
        put(agenda, "bookings", bookings)
        put(agenda, "cancelled", cancelled)
        put(agenda, "version", self.version + events)
        put(agenda, "overbooked", _overbooked(bookings, of) if crowds else ())
        put(agenda, "_known", known)
        return agenda


def _with(bookings: tuple[Booking, ...], booking: Booking) -> tuple[Booking, ...]:
    """Put a booking in its place."""
    i = bisect_left(bookings, _order(booking), key=_order)
    return (*bookings[:i], booking, *bookings[i:])


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
