"""One goal after the other, each with a proof: the best choice of a shop for every job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final, NamedTuple, TypeVar

from ordercore.sourcing.workshops.busyness import Busyness
from ordercore.sourcing.workshops.goals import Goal
from ordercore.sourcing.workshops.numbers import (
    Choice,
    Room,
    Ways,
    Weights,
    after,
    demands,
    taken,
    weight,
)
from ordercore.sourcing.workshops.prices import climbed, priced
from ordercore.sourcing.workshops.searching import Found, Measure, search
from ordercore.sourcing.workshops.starting import first_choice, improved, without_excess

__all__ = ["Answer", "Fit", "Level", "Question", "fits", "solve"]

_T = TypeVar("_T")

_HALVINGS: Final = 8
"""How often a range of shares is halved to come near the best where the search gave up."""


class Question(NamedTuple):
    """Jobs before shops.

    Attributes:
        ways: By job, the shops that could do it and how much work it is there.
        loads: By shop, the work that it has already.
        sizes: By shop, its capacity; None: it has no limit.
        costs: By job and way, and last, if it is left.
        moves: The same; 1 where the job would leave its shop.
    """

    ways: Ways
    loads: tuple[int, ...]
    sizes: tuple[int | None, ...]
    costs: Weights
    moves: Weights

    @property
    def room(self) -> Room:
        """By shop, how much work could be added, and not more than there is."""
        most = demands(self.ways, len(self.loads))
        return tuple(
            every if size is None else min(every, size - load)
            for size, load, every in zip(self.sizes, self.loads, most, strict=True)
        )


class Level(NamedTuple):
    """How good a choice is by one goal.

    Attributes:
        goal: Which.
        value: What it is.
        bound: Less it is in no choice that is as good by all goals before.
    """

    goal: Goal
    value: Fraction
    bound: Fraction


class _Proved(NamedTuple):
    """What was proved when a goal was pursued; choices may have changed since.

    Attributes:
        goal: Which.
        anyway: Less the sum is in no choice that leaves as few jobs.
        given: The sums that later searches had to keep to.
        searched: Less the sum is in no choice that keeps to these.
        fine: What is in both bounds for each job that is left.
    """

    goal: Goal
    anyway: Fraction
    given: tuple[Measure, ...]
    searched: Fraction
    fine: int


class Answer(NamedTuple):
    """Where each job goes, and how good that is.

    Attributes:
        choice: By job, the number of its way; None: it is left.
        levels: How many are left, then goal by goal.
        nodes: How many nodes were looked at.
    """

    choice: tuple[int | None, ...]
    levels: tuple[Level, ...]
    nodes: int


def solve(question: Question, goals: Iterable[Goal], *, nodes: int) -> Answer:
    """Leave as few jobs as possible, then pursue one goal after the other.

    Args:
        question: Jobs before shops.
        goals: The first one first.
        nodes: How many nodes may be looked at for each.
    """
    solver = _Solver(question, nodes)
    proved = [solver.leave_least(), *[solver.pursue(goal) for goal in goals]]
    levels = tuple([solver.level(each) for each in proved])  # only now are all sums what they are
    choice = tuple(
        way if way < len(job) else None
        for way, job in zip(solver.choice, question.ways, strict=True)
    )
    return Answer(choice, levels, solver.nodes)


class Fit(NamedTuple):
    """Whether all jobs fit.

    Attributes:
        fits: None: the nodes did not suffice to say.
        nodes: How many nodes were looked at.
    """

    fits: bool | None
    nodes: int


def fits(ways: Ways, room: Room, *, nodes: int) -> Fit:
    """Tell whether all jobs fit."""
    none = tuple((0,) * (len(job) + 1) for job in ways)
    solver = _Solver(Question(ways, (0,) * len(room), room, none, none), nodes)
    level = solver.level(solver.leave_least())
    if not level.value:
        return Fit(fits=True, nodes=solver.nodes)
    return Fit(fits=False if level.bound else None, nodes=solver.nodes)


class _Solver:
    """A choice on its way to the best one.

    To be left is a way, too: the last one of each job, at a shop of its own that takes nothing.

    Attributes:
        choice: The best so far.
        room: What may be taken of each shop by the goals so far.
        kept: The sums that may not grow any more.
        decides: All weights that count so far, in one.
    """

    __slots__ = (
        "choice", "decides", "kept", "left", "limit", "nodes", "question", "room", "ways",
    )  # fmt: skip

    def __init__(self, question: Question, limit: int) -> None:
        self.question, self.limit, self.nodes = question, limit, 0
        nowhere = len(question.loads)
        self.ways: Ways = tuple((*job, (nowhere, 0)) for job in question.ways)
        self.left: Weights = tuple((*[0] * len(job), 1) for job in question.ways)
        self.room: Room = (*question.room, 0)
        self.kept: list[Measure] = []
        self.decides = self.left
        weights = after(self.left, question.costs)
        start = first_choice(self.ways, weights, self.room)
        self.choice = improved(self.ways, weights, self.room, start)

    @property
    def count_left(self) -> int:
        """How many jobs are left."""
        return weight(self.left, self.choice)

    def leave_least(self) -> _Proved:
        """Leave as few jobs as possible."""
        if self.count_left:
            return self._least(Goal.LEFT, self.left, 0)
        return _Proved(Goal.LEFT, Fraction(), (), Fraction(), 0)

    def pursue(self, goal: Goal) -> _Proved:
        """Come as near to a goal as those before it allow."""
        if goal in (Goal.SHARE, Goal.FINISH):
            return self._even(goal)
        weights = self._weights(goal)
        self.decides = after(self.decides, weights)
        return self._least(goal, weights, max(map(max, weights), default=0))

    def level(self, proved: _Proved) -> Level:
        """Tell how good the choice is now, and what is still proved of that."""
        if proved.goal in (Goal.SHARE, Goal.FINISH):
            value = self._shops(proved.goal).busiest(self._taken())
        else:
            value = Fraction(weight(self._weights(proved.goal), self.choice))
        bound = proved.searched if self._keeps(proved.given, self.choice) else proved.anyway
        return Level(proved.goal, value, max(Fraction(), bound - proved.fine * self.count_left))

    def _weights(self, goal: Goal) -> Weights:
        if goal is Goal.LEFT:
            return self.left
        return self.question.costs if goal is Goal.COST else self.question.moves

    @staticmethod
    def _keeps(measures: Iterable[Measure], choice: Choice) -> bool:
        return all(weight(m.weights, choice) <= m.most for m in measures)

    # Sums

    def _least(self, goal: Goal, weights: Weights, fine: int) -> _Proved:
        """Make a sum as small as possible; tell what it cannot fall below.

        Args:
            goal: What the sum is for.
            weights: What is added up.
            fine: What is added for each job that is left, so that bounds see that no more may
                be left than are now. Bounds are true whatever it is.
        """
        self.choice = improved(self.ways, self.decides, self.room, self.choice)
        # If fewer are left now, the sums before are other ones.
        self.kept = [m._replace(most=weight(m.weights, self.choice)) for m in self.kept]
        given = tuple(self.kept)
        counted = tuple((*job[:-1], job[-1] + fine) for job in weights)
        most = weight(counted, self.choice) - 1
        found = priced(self._open(self.ways), self._open(counted), self.room, most)
        bound = found.bound
        if bound <= most:  # not proved by prices alone
            measure = Measure(counted, most, found.prices)
            if self._search([*given, measure], self.room, self.limit, improve=True).finished:
                bound = weight(counted, self.choice)
        self.kept.append(Measure(counted, weight(counted, self.choice), found.prices))
        return _Proved(goal, Fraction(found.bound), given, Fraction(bound), fine)

    def _search(
        self, measures: Sequence[Measure], room: Room, nodes: int, *, improve: bool
    ) -> Found:
        """Search within room; take what is found."""
        ways = self._open(self.ways)
        opened = [Measure(self._open(m.weights), m.most, m.prices) for m in measures]
        found = search(ways, room, opened, nodes=nodes, improve=improve)
        self.nodes += found.nodes
        if found.choice is not None:
            self.choice = found.choice
        return found

    def _open(self, by_way: tuple[tuple[_T, ...], ...]) -> tuple[tuple[_T, ...], ...]:
        """Take the last way away from all jobs once none is left."""
        return by_way if self.count_left else tuple(job[:-1] for job in by_way)

    # The busiest shop

    def _even(self, goal: Goal) -> _Proved:
        """Make the busiest shop as little busy as possible, by less room for all."""
        shops, given = self._shops(goal), tuple(self.kept)
        anyway, searched = self._less_busy(shops)
        self.room = shops.up_to(shops.busiest(self._taken()))
        return _Proved(goal, anyway, given, searched, 0)

    def _shops(self, goal: Goal) -> Busyness:
        """Take as the size of a shop its capacity, or 1 where the work itself counts."""
        loads, sizes = self.question.loads, self.question.sizes
        if goal is Goal.FINISH:
            sizes = (1,) * len(loads)
        return Busyness((*loads, 0), (*[size or None for size in sizes], None), self.room)

    def _less_busy(self, shops: Busyness) -> tuple[Fraction, Fraction]:
        """Find a choice in which the busiest shop is less busy; tell what it cannot fall below.

        Returns:
            What prices prove of all choices, and what a search does of those as good before.
        """
        value = shops.busiest(self._taken())
        climb = climbed(self.ways, self.left, shops, value, self.count_left)
        low = share = climb.share  # most often, that is already the best
        limit = self.nodes + self.limit
        while low < value:
            found = self._within(shops.up_to(share), climb.prices, limit - self.nodes)
            if found.choice is not None:
                value = shops.busiest(self._taken())
            elif found.finished:
                low = shops.next_above(share)
            else:
                self._come_near(shops, low, climb.prices)
                break
            share = (low + value) / 2
        return climb.share, min(low, value)

    def _come_near(self, shops: Busyness, low: Fraction, prices: tuple[int, ...]) -> None:
        """Look for something better where there was no time for the best."""
        for _ in range(_HALVINGS):
            middle = (low + shops.busiest(self._taken())) / 2
            found = self._within(shops.up_to(middle), prices, self.limit // _HALVINGS)
            if found.choice is None:
                low = middle

    def _taken(self) -> list[int]:
        return taken(self.ways, self.choice, len(self.room))

    def _within(self, room: Room, prices: tuple[int, ...], nodes: int) -> Found:
        """Look for a choice within less room that is as good by the goals before."""
        near = self._near(room)
        if near is not None:
            self.choice = near
            return Found(near, finished=False, nodes=0)
        measures = [*self.kept, Measure(self.left, self.count_left, prices)]
        return self._search(measures, room, nodes, improve=False)

    def _near(self, room: Room) -> Choice | None:
        """Try to find one by moving jobs away from where there is no longer room."""
        work = tuple(tuple([w for _, w in job]) for job in self.ways)
        start = without_excess(self.ways, self.choice, room)
        choice = improved(self.ways, after(self.decides, work), room, start)
        as_good = weight(self.left, choice) <= self.count_left and self._keeps(self.kept, choice)
        return choice if as_good else None
