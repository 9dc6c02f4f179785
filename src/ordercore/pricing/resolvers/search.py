"""The best set of offers that exclude each other in pairs: found, and proved.

Each offer saves so much, and cannot stand beside some of the others. What a later layer adds
depends on what the offers save in all: ``steps`` are pairs (cap, extra), "as long as the
offers save at most ``cap``, ``extra`` more", caps ascending and extras descending.

Sets of offers are bitmasks. Where there are few, all are listed; where there are many, branch
and bound looks for the best. Nothing looks at a clock: effort is a count of nodes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from ordercore.pricing.resolvers.branching import Branching

__all__ = ["LISTED", "Closer", "Found", "Prefer", "Step", "falling", "listed", "search"]

LISTED: Final = 8192
"""How many sets are listed, at most, before branch and bound takes over."""

MOST_OFFERS: Final = 500
"""How many offers are searched, at most; of more the best are taken one after the other."""

MOST_CLIQUES: Final = 64
"""How many cliques such a rough look compares each offer with."""

Step = tuple[int, int]
"""(cap on what the offers save, what a later layer then adds)."""

Closer = Callable[[Iterable[int]], Sequence[Step]]
"""Tells steps that are close just for sets that save so much."""

Prefer = Callable[[int], Any]
"""The key of a set: among those that save alike, the one with the least key is chosen."""


class Found(NamedTuple):
    """What a search found."""

    total: int
    """What the chosen offers save, with what a later layer adds."""
    chosen: int
    """The offers, as a bitmask."""
    bound: int
    """No set has a higher total."""
    nodes: int
    """How many sets, or nodes of the search, were looked at."""
    tied: Sequence[int] = ()
    """All sets of this total, as far as they are known."""


def search(
    savings: Sequence[int],
    conflicts: Sequence[int],
    steps: Sequence[Step],
    prefer: Prefer,
    nodes: int,
    closer: Closer | None = None,
) -> Found:
    """Find the set with the highest total; among equal ones the preferred.

    Args:
        savings: What each offer saves, not negative.
        conflicts: Of each offer, the bitmask of those that it cannot stand beside.
        steps: What a later layer adds; empty: nothing.
        prefer: Chooses among equal totals.
        nodes: The most nodes to look at.
        closer: Tells closer steps for the savings of listed sets; None: there are none.

    >>> search([5, 4, 4], [0b110, 0b001, 0b001], (), lambda mask: mask, 1000)
    Found(total=8, chosen=6, bound=8, nodes=5, tied=())
    """
    if len(savings) > MOST_OFFERS:
        return _rough(savings, conflicts, steps)
    sets = listed(savings, conflicts, nodes)
    if sets is None:
        return Found(*Branching(savings, conflicts, steps, prefer).run(nodes))
    sets.sort()
    width = len(savings)
    if closer is not None:
        steps = closer([x >> width for x in sets])
    low = (1 << width) - 1
    best, ends = sets[-1] >> width, [len(sets)]
    for cap, extra in steps:
        end = bisect_right(sets, cap << width | low)
        total = (sets[end - 1] >> width) + extra
        if total > best:
            best, ends = total, [end]
        elif total == best:
            ends.append(end)
    chosen = sets[ends[0] - 1]
    tied = [x & low for end in ends for x in _run(sets, end, width)]
    if len(tied) > 1:
        return Found(best, min(tied, key=prefer), best, len(sets), tied)
    return Found(best, chosen & low, best, len(sets))


def _rough(savings: Sequence[int], conflicts: Sequence[int], steps: Sequence[Step]) -> Found:
    """Take the offers by falling savings; bound by cliques that are found on the way."""
    order = sorted(range(len(savings)), key=lambda i: -savings[i])
    saved = chosen = closed = bound = 0
    cliques: list[int] = []
    for i in order:
        if not closed >> i & 1:
            saved += savings[i]
            chosen |= 1 << i
            closed |= conflicts[i]
        for c, clique in enumerate(cliques):
            if clique & conflicts[i] == clique:
                cliques[c] |= 1 << i
                break
        else:
            bound += savings[i]  # the most that the new clique can save
            if len(cliques) < MOST_CLIQUES:
                cliques.append(1 << i)
    extras = [extra for _, extra in steps]
    extra = next((extra for cap, extra in steps if saved <= cap), 0)
    return Found(saved + extra, chosen, bound + max(extras, default=0), len(savings))


def listed(savings: Sequence[int], conflicts: Sequence[int], most: int) -> list[int] | None:
    """List every set without a conflict as ``saving << len(savings) | set``; None if too many."""
    width, sets, bit = len(savings), [0], 1
    most = min(most, LISTED)
    for saving, conflict in zip(savings, conflicts):  # noqa: B905 - of one length
        offer = saving << width | bit
        sets += [x + offer for x in sets if not x & conflict]
        bit <<= 1
        if len(sets) > most:
            return None
    return sets


def falling(
    sets: Sequence[int], width: int, steps: Sequence[Step], closer: Closer | None = None
) -> Iterator[tuple[int, int]]:
    """Go through listed sets by falling total: (total, set)."""
    low = (1 << width) - 1
    if closer is not None:
        steps = closer([x >> width for x in sets])
    caps = [cap for cap, _ in steps]
    extras = [extra for _, extra in steps] + [0]
    totals = [((x >> width) + extras[bisect_left(caps, x >> width)], x & low) for x in sets]
    totals.sort(reverse=True)
    yield from totals


def _run(sets: Sequence[int], end: int, width: int) -> Sequence[int]:
    """The sets just before ``end`` that save alike."""
    if end == 1 or sets[end - 2] >> width != sets[end - 1] >> width:
        return (sets[end - 1],)
    return sets[bisect_left(sets, sets[end - 1] >> width << width) : end]
