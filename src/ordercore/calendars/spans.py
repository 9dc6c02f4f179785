"""Spans of time as pairs of integers, and the same laid end to end.

A span is (start, end) in microseconds since 1970, with the start before the end, which is not
included. Lists of spans are in order, and neither overlap nor touch.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from attrs import frozen

__all__ = ["Line", "Pair", "common", "cut", "gaps", "meets", "union"]

Pair = tuple[int, int]
"""From the first up to, but not including, the second."""


def union(spans: Iterable[Pair]) -> list[Pair]:
    """Join what overlaps or touches: an instant counts once, however many spans hold it.

    >>> union([(5, 9), (0, 3), (3, 4), (6, 7)])
    [(0, 4), (5, 9)]
    """
    joined: list[Pair] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def common(one: Sequence[Pair], other: Sequence[Pair]) -> list[Pair]:
    """List what is in both.

    >>> common([(0, 4), (5, 9)], [(3, 6), (8, 20)])
    [(3, 4), (5, 6), (8, 9)]
    """
    found: list[Pair] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def cut(spans: Iterable[Pair], start: int, end: int) -> list[Pair]:
    """List what is within a span.

    >>> cut([(0, 4), (5, 9)], 3, 6)
    [(3, 4), (5, 6)]
    """
    return [(max(a, start), min(b, end)) for a, b in spans if a < end and start < b]


def gaps(spans: Iterable[Pair], start: int, end: int) -> list[Pair]:
    """List what is within a span and in none of them.

    >>> gaps([(0, 4), (5, 9)], 3, 12)
    [(4, 5), (9, 12)]
    """
    found: list[Pair] = []
    at = start
    for a, b in cut(spans, start, end):
        if at < a:
            found.append((at, a))
        at = b
    if at < end:
        found.append((at, end))
    return found


def meets(spans: Sequence[Pair], span: Pair) -> bool:
    """Whether a span has an instant in common with one of them.

    >>> meets([(0, 3), (5, 9)], (3, 5)), meets([(0, 3), (5, 9)], (3, 6))
    (False, True)
    """
    i = bisect_right(spans, span[0], key=lambda each: each[1])
    return i < len(spans) and spans[i][0] < span[1]


@frozen
class Line:
    """Spans laid end to end: a position is how much of them has passed.

    Args:
        starts: Where each begins.
        ends: Where each ends.
        passed: How much has passed before each.
        length: How much they are in all.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    passed: tuple[int, ...]
    length: int

    @classmethod
    def of(cls, spans: Sequence[Pair]) -> Line:
        """Lay spans end to end."""
        totals = [0, *accumulate(end - start for start, end in spans)]
        starts, ends = tuple(start for start, _ in spans), tuple(end for _, end in spans)
        return cls(starts, ends, tuple(totals[:-1]), totals[-1])

    @property
    def spans(self) -> list[Pair]:
        """The spans."""
        return list(zip(self.starts, self.ends, strict=True))

    def holds(self, at: int) -> bool:
        """Whether an instant is in one of them."""
        i = bisect_right(self.starts, at) - 1
        return i >= 0 and at < self.ends[i]

    def position(self, at: int) -> int:
        """Tell how much has passed at an instant."""
        i = bisect_right(self.starts, at) - 1
        return 0 if i < 0 else self.passed[i] + min(at, self.ends[i]) - self.starts[i]

    def reached(self, position: int) -> int:
        """Tell the earliest instant at which so much has passed: more than nothing."""
        i = bisect_left(self.passed, position) - 1
        return self.starts[i] + position - self.passed[i]

    def leaves(self, position: int) -> int:
        """Tell the latest instant at which no more than so much has passed; less than all."""
        i = bisect_right(self.passed, position) - 1
        return self.starts[i] + position - self.passed[i]
