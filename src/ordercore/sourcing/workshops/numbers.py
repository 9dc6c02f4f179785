"""Jobs and shops as numbers: which job could be done where, and what that takes.

This is the core of `assign`. It knows whole numbers and positions only: no ids, no amounts.
Whoever makes such a question puts jobs and shops in an order that does not depend on how they
were given, for ties go by position.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["Choice", "Room", "Way", "Ways", "Weights", "after", "demands", "taken", "weight"]

Way = tuple[int, int]
"""A shop, and how much of its room a job takes there."""

Ways = tuple[tuple[Way, ...], ...]
"""By job, how it could be done."""

Weights = tuple[tuple[int, ...], ...]
"""By job and way, what that adds to a sum that is to be small."""

Choice = tuple[int, ...]
"""By job, the number of its way."""

Room = tuple[int, ...]
"""By shop, how much may be taken of it in all."""


def demands(ways: Iterable[tuple[Way, ...]], shops: int) -> list[int]:
    """Add up, by shop, what all jobs that could be done there would take."""
    sums = [0] * shops
    for job in ways:
        for shop, work in job:
            sums[shop] += work
    return sums


def after(first: Weights, second: Weights) -> Weights:
    """Make weights by which the first decide, and the second between those that are equal.

    >>> after(((1, 2),), ((5, 0),))
    ((11, 12),)
    """
    base = 1 + sum(max(job, default=0) for job in second)
    return tuple(
        tuple([one * base + other for one, other in zip(job, then, strict=True)])
        for job, then in zip(first, second, strict=True)
    )


def taken(ways: Ways, choice: Sequence[int], shops: int) -> list[int]:
    """Add up what a choice takes of each shop."""
    sums = [0] * shops
    for job, chosen in zip(ways, choice, strict=True):
        shop, work = job[chosen]
        sums[shop] += work
    return sums


def weight(weights: Weights, choice: Sequence[int]) -> int:
    """Add up what a choice weighs."""
    return sum([job[chosen] for job, chosen in zip(weights, choice, strict=True)])
