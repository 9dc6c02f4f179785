"""The search for a choice: job by job, leaving out what bounds prove to be hopeless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import le
from typing import Final, NamedTuple, TypeVar

from ordercore.sourcing.workshops.numbers import Choice, Room, Ways, Weights, demands
from ordercore.sourcing.workshops.prices import SCALE, Tables, tables_of

__all__ = ["Found", "Measure", "search"]

_T = TypeVar("_T")

_FEW: Final = 10
"""From how many shops on fewer nodes are looked at."""


class Measure(NamedTuple):
    """A sum that may not grow too large.

    Attributes:
        weights: By job and way, what is added.
        most: The most that the sum may be.
        prices: Of the jobs: any are right, good ones make the search short.
    """

    weights: Weights
    most: int
    prices: tuple[int, ...]


class Found(NamedTuple):
    """What a search has found.

    Attributes:
        choice: The best; None: there is none, or none was found.
        finished: Whether all was looked at, so that there is no better one.
        nodes: How many nodes were looked at.
    """

    choice: Choice | None
    finished: bool
    nodes: int


def search(
    ways: Ways, room: Room, measures: Sequence[Measure], *, nodes: int, improve: bool
) -> Found:
    """Find a choice that fits into the room and keeps to all measures.

    Args:
        ways: By job, where it could be done.
        room: Of each shop.
        measures: At least one.
        nodes: How many nodes may be looked at; fewer where there are many shops, for nodes
            take longer then.
        improve: Go on to the choice of which the last measure is least; False: any will do.
    """
    order = sorted(range(len(ways)), key=lambda job: (-max(w for _, w in ways[job]), job))
    ordered = [
        Measure(_along(m.weights, order), m.most, tuple(_along(m.prices, order))) for m in measures
    ]
    limit = nodes * _FEW // max(_FEW, len(room))
    run = _Search(_along(ways, order), room, ordered, limit, improve=improve)
    run.run()
    if run.best is None:
        return Found(None, run.finished, run.nodes)
    by_job = dict(zip(order, run.best, strict=True))
    return Found(tuple(by_job[job] for job in range(len(ways))), run.finished, run.nodes)


def _along(values: Sequence[_T], order: Iterable[int]) -> tuple[_T, ...]:
    return tuple([values[job] for job in order])


_Sums = tuple[int, ...]
"""By measure, what the jobs so far add up to, scaled."""

_Child = tuple[_Sums, int]
"""A way of a job: what is proved of it by measure, the last one first, and its number."""

_State = tuple[int, tuple[int, ...]]
"""A number of jobs, and the room that the others may use."""


class _Search:
    """A search in depth: the jobs in turn, of each the most promising way first.

    It remembers from which room it has tried the last jobs in vain, for other ways of the first
    jobs often leave the same.
    """

    __slots__ = (
        "best", "chosen", "demand", "finished", "improve", "limit", "measures", "most", "nodes",
        "room", "sums", "tables", "tried", "ways", "weights",
    )  # fmt: skip

    def __init__(
        self, ways: Ways, room: Room, measures: Sequence[Measure], limit: int, *, improve: bool
    ) -> None:
        self.ways, self.limit, self.improve = ways, limit, improve
        self.weights = [_scaled(measure.weights) for measure in measures]
        self.most = [measure.most * SCALE for measure in measures]
        self.tables: list[Tables] = [
            tables_of(ways, measure.weights, room, measure.prices) for measure in measures
        ]
        self.demand = _demands(ways, len(room))
        self.room = list(room)
        self.sums: list[_Sums] = [(0,) * len(measures)]
        self.chosen: list[int] = []
        self.tried: dict[_State, _Sums] = {}
        self.best: Choice | None = None
        self.finished, self.nodes = False, 0

    def run(self) -> None:
        """Search until all was looked at, enough was found, or the nodes are spent."""
        waiting = [self._children()] if self.ways else []
        while waiting:
            if not waiting[-1]:
                waiting.pop()
                self.tried[self._state()] = self.sums[-1]
                self._back()
                continue
            bounds, way = waiting[-1].pop()
            if not self._hopeful(bounds):
                continue
            self._forth(way)
            if len(self.chosen) == len(self.ways):
                if self._accept():
                    return
            elif self._in_vain():
                self._back()
            elif self.nodes >= self.limit:
                return
            else:
                waiting.append(self._children())
        self.finished = True

    def _accept(self) -> bool:
        """Keep a choice; tell whether it is all that is wanted."""
        self.best = tuple(self.chosen)
        if not self.improve:
            self.finished = True
            return True
        self.most[-1] = self.sums[-1][-1] - SCALE
        self._back()
        return False

    def _state(self) -> _State:
        job = len(self.chosen)
        return job, tuple(map(min, self.room, self.demand[job]))

    def _in_vain(self) -> bool:
        """Whether the other jobs were tried with the same room and no larger sums."""
        before = self.tried.get(self._state())
        return before is not None and all(map(le, before, self.sums[-1]))

    def _children(self) -> list[_Child]:
        """List the ways of the next job that may lead somewhere, the best one last."""
        self.nodes += 1
        job = len(self.chosen)
        children: list[_Child] = []
        heres = [self._bounds(measure, job) for measure in range(len(self.most))]
        for way, (shop, work) in enumerate(self.ways[job]):
            if work <= self.room[shop]:
                bounds = tuple([here[way] for here in heres])
                if self._hopeful(bounds):
                    children.append((bounds, way))
        children.sort(key=_promise, reverse=True)
        return children

    def _bounds(self, measure: int, job: int) -> list[int]:
        """Tell for each way of a job what a sum cannot fall below after it."""
        tables, unit = self.tables[measure], self.tables[measure].unit
        gains = tables.gains[job + 1]
        held = [row[free // unit] for row, free in zip(gains, self.room, strict=True)]
        least = self.sums[-1][measure] + tables.prices[job + 1] - sum(held)
        return [
            least + weighs + held[shop] - gains[shop][(self.room[shop] - work) // unit]
            if work <= self.room[shop]
            else 0
            for (shop, work), weighs in zip(
                self.ways[job], self.weights[measure][job], strict=True
            )
        ]

    def _hopeful(self, bounds: _Sums) -> bool:
        return all(map(le, bounds, self.most))

    def _forth(self, way: int) -> None:
        job = len(self.chosen)
        shop, work = self.ways[job][way]
        self.room[shop] -= work
        self.chosen.append(way)
        added = [weights[job][way] for weights in self.weights]
        self.sums.append(tuple([s + more for s, more in zip(self.sums[-1], added, strict=True)]))

    def _back(self) -> None:
        if self.chosen:
            shop, work = self.ways[len(self.chosen) - 1][self.chosen.pop()]
            self.room[shop] += work
            self.sums.pop()


def _promise(child: _Child) -> tuple[_Sums, int]:
    bounds, way = child
    return bounds[::-1], way


def _scaled(weights: Weights) -> list[list[int]]:
    return [[weighs * SCALE for weighs in job] for job in weights]


def _demands(ways: Ways, shops: int) -> list[list[int]]:
    """Tell, by number of jobs before, how much of each shop the others could use at most."""
    later = [[0] * shops]
    for job in reversed(ways):
        own = demands([job], shops)
        later.append([one + more for one, more in zip(later[-1], own, strict=True)])
    return later[::-1]
