"""Which jobs do not fit together: a set in which each one is needed for that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from ordercore.sourcing.workshops.numbers import Room, Way, Ways
from ordercore.sourcing.workshops.solving import fits
from ordercore.sourcing.workshops.starting import first_choice

__all__ = ["Budget", "Conflict", "conflict_of"]

_MOST: Final = 60
"""Among how many jobs such a set is looked for."""

_NODES: Final = 2_000
"""How many nodes each question may take, whether some jobs fit."""

_LOOKED: Final = 16
"""How many ways of jobs are looked at in the time of one node."""

_PRICED: Final = 10
"""As how many nodes each way counts where prices are looked for before the search."""


class Budget:
    """How many nodes may still be spent on the question which jobs do not fit together.

    Attributes:
        nodes: So many; what is done besides searching counts, too.
    """

    __slots__ = ("nodes",)

    def __init__(self, nodes: int) -> None:
        self.nodes: int = nodes

    def pays(self, nodes: int) -> bool:
        """Spend some nodes, if there are so many and one more."""
        enough = nodes < self.nodes
        if enough:
            self.nodes -= nodes
        return enough

    def fit(self, ways: Ways, room: Room) -> bool | None:
        """Tell whether jobs fit; None: the nodes do not suffice to say."""
        each = sum(map(len, ways))
        if not self.pays(each // _LOOKED):
            return None
        sums = _sums(ways, room)
        if sums.needed > sums.free:
            return False
        if _fit_at_once(ways, room):
            return True
        if not self.pays(each * _PRICED):
            return None
        found = fits(ways, room, nodes=min(_NODES, self.nodes))
        self.nodes -= found.nodes
        return found.fits


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


def conflict_of(
    ways: Ways, room: Room, placed: list[int], left: int, budget: Budget
) -> Conflict | None:
    """Find why a job that is left does not fit beside those that are placed.

    Jobs are taken away one after the other; those without which the rest would fit are kept.

    Returns:
        None: The job alone does not fit; it fits beside all the others, once these are moved;
            there are too many jobs; or the budget did not suffice to prove anything.
    """

    def fit(jobs: list[int]) -> bool | None:
        return budget.fit(tuple([ways[job] for job in [*jobs, left]]), room)

    if not budget.pays(sum(map(len, ways)) // _LOOKED):
        return None
    near = _connected(ways, placed, left)
    if len(near) > _MOST or not fit([]) or fit(near) is not False:
        return None
    needed = list(near)
    for job in near:
        fewer = [other for other in needed if other != job]
        fewer_fit = fit(fewer)
        if fewer_fit is None:
            return None
        if not fewer_fit:
            needed = fewer
    jobs = sorted([*needed, left])
    needs, free = _sums([ways[job] for job in jobs], room)
    return Conflict(tuple(jobs), needs, free)


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
        waiting = sorted(set(waiting).difference(found))
        shops.update(shop for job in found for shop, _ in ways[job])


def _fit_at_once(ways: Ways, room: Room) -> bool:
    """Whether jobs fit if each goes where it takes least, of those first that lose most."""
    several = tuple([(*job, (len(room), 0)) for job in ways])
    most = sum(room) + 1
    weights = tuple([(*[work for _, work in job], most) for job in ways])
    choice = first_choice(several, weights, (*room, 0))
    return all(way < len(job) for way, job in zip(choice, ways, strict=True))


class _Sums(NamedTuple):
    """What jobs take, each where that is least, and what all shops that could do one have free."""

    needed: int
    free: int


def _sums(ways: Iterable[tuple[Way, ...]], room: Room) -> _Sums:
    fitting = [[(shop, work) for shop, work in job if work <= room[shop]] for job in ways]
    shops = {shop for several in fitting for shop, _ in several}
    needed = sum([min([work for _, work in several], default=0) for several in fitting])
    return _Sums(needed, sum([room[shop] for shop in shops]))
