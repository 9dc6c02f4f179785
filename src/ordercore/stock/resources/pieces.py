"""How many pieces of a resource are booked at once, and when they are too many."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING

from ordercore.calendars import Window, instant_us
from ordercore.calendars.spans import Pair, union

if TYPE_CHECKING:
    from ordercore.stock.resources.bookings import Booking

__all__ = ["crowded", "end_of", "levels", "most_at_once", "within"]


def end_of(window: Window) -> float:
    """Tell when a window ends, in microseconds; one without an end never does."""
    return float("inf") if window.end is None else instant_us(window.end)


def within(inner: Window, outer: Window) -> bool:
    """Whether a window, which has a start and an end, lies within another such one."""
    start, end = instant_us(inner.start), instant_us(inner.end)  # type: ignore[arg-type]
    return instant_us(outer.start) <= start and end <= instant_us(outer.end)  # type: ignore[arg-type]


def most_at_once(bookings: Iterable[Booking], window: Window) -> int:
    """Tell how many pieces bookings take at once, at most, within a window."""
    times, used = levels(bookings)
    end = end_of(window)
    counts = [count for at, count in zip(times, used, strict=True) if at < end]
    if window.start is None:
        return max(counts, default=0)
    first = bisect_right(times, instant_us(window.start)) - 1
    return max(counts[max(first, 0) :], default=0)


def crowded(bookings: Iterable[Booking], capacity: int) -> list[Pair]:
    """List when bookings take more than so many pieces, in microseconds."""
    times, used = levels(bookings)
    steps = zip(times, times[1:], used, strict=False)
    return union((start, end) for start, end, count in steps if count > capacity)


def levels(bookings: Iterable[Booking]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Tell when the number of booked pieces changes, in microseconds, and to what."""
    changes: dict[int, int] = {}
    for booking in bookings:
        start, end = booking.span
        changes[start] = changes.get(start, 0) + booking.units
        changes[end] = changes.get(end, 0) - booking.units
    times = sorted(changes)
    return tuple(times), tuple(accumulate(changes[at] for at in times))
