"""Who takes which place, when several could: exactly, and always the same ones."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

__all__ = ["first_matching"]

_T = TypeVar("_T", bound=Hashable)


def first_matching(places: Sequence[Sequence[_T]]) -> tuple[_T, ...] | None:
    """Give each place one of its candidates, nobody twice; of all ways the first.

    The first way has the earliest candidate that it can at the first place, then at the
    second, and so on. As many candidates of a place as there are places are enough to find
    it: one of these is left, whatever the other places have taken.

    Args:
        places: For each place, its candidates in order.

    >>> first_matching([["mechanic-1", "mechanic-2"], ["mechanic-1"]])
    ('mechanic-2', 'mechanic-1')
    >>> first_matching([["mechanic-1"], ["mechanic-1"]]) is None
    True
    """
    few = [tuple(candidates[: len(places)]) for candidates in places]
    if not _can_fill(few):
        return None
    for i, candidates in enumerate(few):
        for one in candidates:
            rest = [tuple(each for each in others if each != one) for others in few[i + 1 :]]
            if _can_fill(rest):
                few[i:] = [(one,), *rest]
                break
    return tuple(candidates[0] for candidates in few)


def _can_fill(places: Sequence[Sequence[_T]]) -> bool:
    """Whether every place gets somebody: by augmenting paths (Kuhn)."""
    held: dict[_T, int] = {}
    return all(_seat(place, places, held, set()) for place in range(len(places)))


def _seat(place: int, places: Sequence[Sequence[_T]], held: dict[_T, int], seen: set[_T]) -> bool:
    """Seat a place, moving others to another of their candidates where that helps."""
    for one in places[place]:
        if one in seen:
            continue
        seen.add(one)
        if one not in held or _seat(held[one], places, held, seen):
            held[one] = place
            return True
    return False
