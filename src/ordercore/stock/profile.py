"""Available-to-promise: how many units may be promised for an instant, exactly.

What may be promised for an instant t is the least of what is left at t and at any later
instant, for whoever takes a unit at t is missing it ever after:

    promisable(t) = min over τ ≥ t of (on hand + receipts ≤ τ − commitments ≤ τ)

Both sums change at a few instants only, so that the least is found by looking at these.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

__all__ = ["Profile"]


def _times(given: Iterable[datetime]) -> tuple[datetime, ...]:
    return tuple(given)


def _units(given: Iterable[int]) -> tuple[int, ...]:
    return tuple(given)


@frozen
class Profile:
    """How many units may be promised from which instant on; later, never fewer.

    Args:
        times: The instants at which it becomes more; the first is the one it was asked at.
        units: How many from each of them on. Negative: so many are owed.

    >>> from datetime import UTC, timedelta
    >>> now = datetime(2026, 11, 11, tzinfo=UTC)
    >>> day = timedelta(days=1)
    >>> profile = Profile.of(5, [(now + 2 * day, -3), (now + 4 * day, 10)], now)
    >>> [profile.promisable(now + n * day) for n in (0, 2, 3, 4)]
    [2, 2, 2, 12]
    """

    times: tuple[datetime, ...] = field(converter=_times)
    units: tuple[int, ...] = field(converter=_units)

    @classmethod
    def of(cls, now: int, changes: Iterable[tuple[datetime, int]], at: datetime) -> Profile:
        """Make the profile of what there is now and of what is added and taken later.

        Args:
            now: How many units there are at the beginning.
            changes: (when, how many more or fewer); those until ``at`` have come already.
            at: When it is asked.
        """
        deltas: dict[datetime, int] = {at: now}
        for when, units in changes:
            moment = max(when, at)
            deltas[moment] = deltas.get(moment, 0) + units
        times = sorted(deltas)
        left, levels = 0, []
        for moment in times:
            left += deltas[moment]
            levels.append(left)
        kept = _rising(times, levels)
        return cls(times=[when for when, _ in kept], units=[units for _, units in kept])

    def promisable(self, due: datetime) -> int:
        """Tell how many units may be promised for an instant: none before it was asked."""
        position = bisect_right(self.times, due)
        return self.units[position - 1] if position else 0


def _rising(times: list[datetime], levels: list[int]) -> list[tuple[datetime, int]]:
    """Take at each instant the least from there on; keep the instants at which that rises."""
    least = levels[-1]
    kept: list[tuple[datetime, int]] = []
    for moment, level in zip(reversed(times), reversed(levels), strict=True):
        least = min(least, level)
        if kept and kept[-1][1] == least:
            kept.pop()
        kept.append((moment, least))
    return kept[::-1]
