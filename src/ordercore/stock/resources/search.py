"""The search for the earliest start, exact over the bounds of intervals.

Time is laid on a line. For work in one go it is time itself, and a resource is open when it
is at work and not booked. For work in working time the line has only the time at which all
are at work, laid end to end, and a resource is open when it is not booked. On the line each
open span allows all starts from one position to another. Between two such first positions
nobody becomes free, so the earliest start is one of them: no clock is stepped through.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, reduce
from itertools import combinations_with_replacement, groupby, islice, product
from math import prod
from typing import Final, NamedTuple

from attrs import frozen

from ordercore.calendars.spans import Line, Pair, common, cut, gaps
from ordercore.errors import LimitExceeded
from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.resources.matching import first_matching

__all__ = ["MAX_MIXES", "Bounds", "Found", "Place", "Times", "earliest"]

MAX_MIXES: Final = 10_000
"""The most mixes of different hours of those who fill the roles of work in working time."""


_NEAR: Final = 7 * 86_400_000_000
_FURTHER: Final = 4


class Times(NamedTuple):
    """How long work takes, in microseconds: before it, itself, and after it."""

    before: int
    itself: int
    after: int

    @property
    def in_all(self) -> int:
        """All three."""
        return self.before + self.itself + self.after


class Bounds(NamedTuple):
    """Between which instants, in microseconds: all that is occupied, and the work itself."""

    start: int
    end: int
    work_start: int
    work_end: int


class Place(NamedTuple):
    """One place to fill: the role, and those who can."""

    role: str
    agendas: tuple[Agenda, ...]


class Found(NamedTuple):
    """The earliest start: the work, all that is occupied, and who fills each place."""

    start: int
    end: int
    ids: tuple[str, ...]
    occupied: Pair


Hours = tuple[Pair, ...]
"""When a resource is at work within the bounds."""

Piece = tuple[str, int]
"""One piece of a resource: the resource's id, and which of those that are alike."""

Stretch = tuple[int, int, Piece]
"""From which to which position, both included, work may begin with a piece."""


@frozen
class Axis:
    """The line on which work is laid, and the grid of its starts.

    Args:
        line: The time that counts.
        origin: From where on steps are counted.
        step: Starts are whole steps from there, in microseconds; None: at any instant.
    """

    line: Line
    origin: int
    step: int | None

    def stretch(self, span: Pair, times: Times) -> Pair | None:
        """Tell from where to where work may begin that is to fit into an open span."""
        first = self.line.position(span[0]) + times.before
        last = self.line.position(span[1]) - times.after - times.itself
        start = self.on_grid(first) if first <= last else None
        return (start, last) if start is not None and start <= last else None

    def on_grid(self, position: int) -> int | None:
        """Find the first position from there on at which a start is on the grid."""
        if self.step is None or position >= self.line.length:
            return None if position >= self.line.length else position
        at = self._ceiled(self.line.leaves(position), self.step)
        i = bisect_right(self.line.starts, at) - 1
        if at < self.line.ends[i]:
            return self.line.position(at)
        later = bisect_right(self._hit, i)
        if later == len(self._hit):
            return None
        return self.line.position(self._ceiled(self.line.starts[self._hit[later]], self.step))

    def _ceiled(self, at: int, step: int) -> int:
        return at + (self.origin - at) % step

    @cached_property
    def _hit(self) -> list[int]:
        """The spans of the line in which there is a start on the grid."""
        step = self.step or 1
        spans = enumerate(self.line.spans)
        return [i for i, (start, end) in spans if self._ceiled(start, step) < end]


def earliest(
    places: Sequence[Place],
    times: Times,
    bounds: Bounds,
    *,
    in_working_time: bool,
    step: int | None,
    origin: int,
    by_end: bool = False,
) -> Found | None:
    """Find the earliest start; of these the earliest end; of these the first ids, by place.

    By end: the earliest end first, then the earliest start. For work in one go it is the same.
    """
    if bounds.end - bounds.start < times.in_all or not all(place.agendas for place in places):
        return None
    if not in_working_time:
        start = max(bounds.start, bounds.work_start - times.before)
        grid = _Grid(origin, step, at_work=True)
        return _soonest(places, [(start, bounds.end)], times, bounds, grid)
    grid = _Grid(origin, step, at_work=False)
    found = (_soonest(mix, spans, times, bounds, grid) for mix, spans in _mixes(places, bounds))
    order = _by_end if by_end else _by_start
    return min((one for one in found if one is not None), default=None, key=order)


def _by_start(found: Found) -> Found:
    return found


def _by_end(found: Found) -> tuple[int, Found]:
    return found.end, found


class _Grid(NamedTuple):
    """From where on steps are counted, and whether hours are asked as well as bookings."""

    origin: int
    step: int | None
    at_work: bool


def _soonest(
    places: Sequence[Place], spans: Sequence[Pair], times: Times, bounds: Bounds, grid: _Grid
) -> Found | None:
    """Look near first, and further ahead while there is nothing.

    What begins first there begins first of all: whatever begins as early is over as early.
    """
    start, ahead = max(bounds.start, spans[0][0]), max(_NEAR, 2 * times.in_all)
    while True:
        end = min(bounds.end, start + ahead)
        near = Bounds(start, end, bounds.work_start, min(bounds.work_end, end))
        within = cut(spans, start, end)
        if within:
            axis = Axis(Line.of(within), grid.origin, grid.step)
            found = _on_axis(places, axis, times, near, at_work=grid.at_work)
            if found is not None:
                return found
        if end == bounds.end:
            return None
        ahead *= _FURTHER


# Mixes of hours


def _mixes(places: Sequence[Place], bounds: Bounds) -> Iterator[tuple[list[Place], list[Pair]]]:
    """List who may fill the places together, by hours that are alike, and when all work."""
    alike: dict[tuple[str, Hours], list[Agenda]] = {}
    choices: list[list[tuple[Hours, ...]]] = []
    for name, same in groupby(places, key=lambda place: place.role):
        role = list(same)
        for agenda in role[0].agendas:
            hours = tuple(agenda.resource.hours.spans_us(bounds.start, bounds.end))
            alike.setdefault((name, hours), []).append(agenda)
        known = sorted(hours for role_name, hours in alike if role_name == name)
        mixes = combinations_with_replacement(known, len(role))
        choices.append(list(islice(mixes, MAX_MIXES + 1)))
    if prod(map(len, choices)) > MAX_MIXES:
        raise LimitExceeded(f"at most {MAX_MIXES} mixes of different hours", path=("roles",))
    for mix in product(*choices):
        chosen = [hours for role_hours in mix for hours in role_hours]
        spans = reduce(common, chosen, [(bounds.start, bounds.end)])
        if spans:
            pairs = zip(places, chosen, strict=True)
            filling = [Place(at.role, tuple(alike[at.role, hours])) for at, hours in pairs]
            yield filling, spans


# One line


def _on_axis(
    places: Sequence[Place], axis: Axis, times: Times, bounds: Bounds, *, at_work: bool
) -> Found | None:
    line = axis.line
    first = axis.on_grid(line.position(bounds.work_start))
    last = line.position(bounds.work_end) - times.itself
    if first is None or first > last:
        return None
    agendas = {agenda.id: agenda for place in places for agenda in place.agendas}
    worked = _worked(agendas.values(), bounds) if at_work else {}
    stretches = [
        (max(a, first), min(b, last), piece)
        for agenda in agendas.values()
        for a, b, piece in _stretches(
            agenda, axis, times, bounds, len(places), worked.get(id(agenda.resource.hours))
        )
        if a <= last and first <= b
    ]
    found = _first_filled(stretches, [_ids(place) for place in places])
    if found is None:
        return None
    at, ids = found
    end = line.reached(at + times.itself)
    occupied = line.leaves(at - times.before), line.reached(at + times.itself + times.after)
    return Found(line.leaves(at), end, _in_order(places, ids), occupied)


def _in_order(places: Sequence[Place], ids: Sequence[str]) -> tuple[str, ...]:
    """Put the ids of each role in order; which of its places one fills does not matter."""
    filled = groupby(zip(places, ids, strict=True), key=lambda pair: pair[0].role)
    return tuple(name for _, role in filled for name in sorted(name for _, name in role))


def _ids(place: Place) -> frozenset[str]:
    return frozenset(agenda.id for agenda in place.agendas)


def _worked(agendas: Iterable[Agenda], bounds: Bounds) -> dict[int, list[Pair]]:
    """List when people work; those who share a calendar share it: by which object it is."""
    calendars = {id(hours): hours for hours in (agenda.resource.hours for agenda in agendas)}
    return {key: each.spans_us(bounds.start, bounds.end) for key, each in calendars.items()}


def _stretches(
    agenda: Agenda,
    axis: Axis,
    times: Times,
    bounds: Bounds,
    most: int,
    hours: list[Pair] | None,
) -> Iterator[Stretch]:
    """List from where to where work may begin with each piece of a resource.

    Args:
        agenda: The resource.
        axis: The line on which work is laid.
        times: How long it takes.
        bounds: Between which instants.
        most: How many of its pieces are of use.
        hours: When it is at work; None: that is not asked.
    """
    for piece in range(min(agenda.resource.capacity, most)):
        busy = agenda.busy(piece + 1, bounds.start, bounds.end)
        free = gaps(cut(busy, bounds.start, bounds.end), bounds.start, bounds.end)
        for span in free if hours is None else common(free, hours):
            stretch = axis.stretch(span, times)
            if stretch is not None:
                yield *stretch, (agenda.id, piece)


def _first_filled(
    stretches: Iterable[Stretch], places: Sequence[frozenset[str]]
) -> tuple[int, tuple[str, ...]] | None:
    """Find the first position at which every place is filled, and by whom."""
    ends: dict[Piece, int] = {}
    for at, begun in groupby(sorted(stretches), key=lambda stretch: stretch[0]):
        for _, end, piece in begun:
            ends[piece] = max(end, ends.get(piece, end))
        for piece in [piece for piece, end in ends.items() if end < at]:
            del ends[piece]
        if len(ends) >= len(places):
            free = sorted(ends)
            filled = first_matching([[one for one in free if one[0] in ids] for ids in places])
            if filled is not None:
                return at, tuple(piece[0] for piece in filled)
    return None
