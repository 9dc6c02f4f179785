"""Which jobs do not fit together: a set in which each one is needed for that."""

from __future__ import annotations

from typing import Final, NamedTuple

from ordercore.sourcing.workshops.numbers import Room, Ways
from ordercore.sourcing.workshops.solving import fits

__all__ = ["Conflict", "conflict_of"]

_MOST: Final = 60
"""Among how many jobs such a set is looked for."""

_NODES: Final = 2_000
"""How many nodes each question may take, whether some jobs fit."""


class Conflict(NamedTuple):
    """Jobs that do not fit together, though all but any one of them do.

    Attributes:
        jobs: Which, by their places.
        needed: What they take, each where that is least.
        free: What is free at all shops that could do one of them.
    """

    jobs: tuple[int, ...]
    needed: int
    free: int


def conflict_of(ways: Ways, room: Room, placed: list[int], left: int) -> Conflict | None:
    """Find why a job that is left does not fit beside those that are placed.

    Jobs are taken away one after the other; those without which the rest would fit are kept.

    Returns:
        None: The job alone does not fit, there are too many jobs, or nothing could be proved.
    """
    near = [job for job in _connected(ways, placed, left) if job != left]
    if (
        len(near) > _MOST
        or not _fit(ways, room, [left])
        or _fit(ways, room, [*near, left]) is None
    ):
        return None
    needed = list(near)
    for job in near:
        fewer = [other for other in needed if other != job]
        fit = _fit(ways, room, [*fewer, left])
        if fit is None:
            return None
        if not fit:
            needed = fewer
    return _told(ways, room, sorted([*needed, left]))


def _fit(ways: Ways, room: Room, jobs: list[int]) -> bool | None:
    return fits(tuple(ways[job] for job in jobs), room, nodes=_NODES)


def _connected(ways: Ways, placed: list[int], left: int) -> list[int]:
    """List the jobs that could be in the way of a job, or of one that is, and so on."""
    shops = {shop for shop, _ in ways[left]}
    near: list[int] = []
    waiting = list(placed)
    while True:
        found = [job for job in waiting if shops.intersection(shop for shop, _ in ways[job])]
        if not found:
            return near
        near += found
        waiting = [job for job in waiting if job not in found]
        shops.update(shop for job in found for shop, _ in ways[job])


def _told(ways: Ways, room: Room, jobs: list[int]) -> Conflict:
    fitting = [[(shop, work) for shop, work in ways[job] if work <= room[shop]] for job in jobs]
    shops = {shop for several in fitting for shop, _ in several}
    needed = sum(min(work for _, work in several) for several in fitting)
    return Conflict(tuple(jobs), needed, sum(room[shop] for shop in shops))
