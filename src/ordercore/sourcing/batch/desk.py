"""The desk where orders are served one after the other: what is left, and who holds what.

What an order would get depends on what is left for it alone. So each answer is kept while a
batch is planned, and is not looked for again when the same is left: most are asked many times.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

from ordercore.sourcing.problem import (
    Answer,
    Problem,
    Solver,
    Take,
    cost_of,
    dearest,
    missing_of,
)
from ordercore.sourcing.shared import NOTHING, Claim, Shared, Uses, uses_of

__all__ = ["Desk", "Served"]


class Served(NamedTuple):
    """What an order gets.

    Attributes:
        worth: How bad that is: its cost, and the penalty for each unit that is missing.
        uses: Which shared things, and how many units of each.
        takes: Which line gets what from which site.
        bound: Nothing that it could get from what was left is better.
    """

    worth: int
    uses: Uses
    takes: tuple[Take, ...]
    bound: int


_NOTHING_YET: Final = Served(0, (), (), 0)


class Desk:
    """What is left of the shared things while orders are served.

    Attributes:
        left: By shared thing, how many units are left.
        served: By order, what it holds.
        alone: What orders would get if they were alone, as far as that is known.
        penalty: What a missing unit weighs: more than all that a batch can cost.
        nodes: How much was looked at.
    """

    def __init__(self, shared: Shared, solver: Solver, nodes: int) -> None:
        self.shared = shared
        self.solver = solver
        self.nodes_most = nodes
        self.left: list[int] = list(shared.units)
        self.served: list[Served] = [_NOTHING_YET] * len(shared.claims)
        self.penalty: int = 1 + sum(dearest(claim.problem) for claim in shared.claims)
        self.nodes: int = 0
        self.alone: dict[int, Served] = {}
        self._orders = [_Known(claim) for claim in shared.claims]

    # Serve

    def answer(self, order: int, withheld: int = NOTHING) -> Served:
        """Find the best that an order could get of what is left, besides what it holds.

        Args:
            order: Which.
            withheld: A shared thing of which it gets nothing.
        """
        known = self._orders[order]
        if withheld == NOTHING:
            return known.answer(self.left, self)
        left, self.left[withheld] = self.left[withheld], 0
        found = known.answer(self.left, self)
        self.left[withheld] = left
        return found

    def answer_alone(self, order: int) -> Served:
        """Find what an order would get if it were alone."""
        if order not in self.alone:
            self.alone[order] = self._orders[order].answer(self.shared.units, self)
        return self.alone[order]

    def known_alone(self, order: int) -> Served | None:
        """Tell what an order would get if it were alone, if that was found already."""
        known = self._orders[order]
        return known.answers.get(known.key(self.shared.units))

    def problem_alone(self, order: int) -> Problem:
        """Tell the problem of an order before all that there is."""
        known = self._orders[order]
        return known.problem(known.key(self.shared.units))

    def problem_left(self, order: int) -> Problem:
        """Tell the problem of an order before what is left, besides what it holds."""
        known = self._orders[order]
        return known.problem(known.key(self.left))

    def valued(self, order: int, takes: tuple[Take, ...]) -> Served:
        """Write down takes as something that an order gets; nothing is proved of them."""
        claim = self.shared.claims[order]
        missing, cost = missing_of(claim.problem, takes), cost_of(claim.problem, takes)
        return Served(missing * self.penalty + cost, uses_of(claim, takes), takes, 0)

    def solve(self, problem: Problem) -> Answer:
        """Have a problem answered."""
        answer = self.solver(problem, nodes=self.nodes_most)
        self.nodes += answer.nodes
        return answer

    def give(self, order: int, served: Served) -> None:
        """Let an order hold what an answer says."""
        left = self.left
        for thing, units in served.uses:
            left[thing] -= units
        self.served[order] = served

    def take_back(self, order: int) -> Served:
        """Take from an order what it holds."""
        held = self.holding(order)
        left = self.left
        for thing, units in held.uses:
            left[thing] += units
        self.served[order] = _NOTHING_YET
        return held

    def holding(self, order: int) -> Served:
        """Tell what an order holds."""
        return self.served[order]

    # Who wants what

    @cached_property
    def things(self) -> list[list[int]]:
        """By order, the shared things that it may use."""
        return [[thing for thing, _ in known.limits] for known in self._orders]

    @cached_property
    def wanted(self) -> list[list[int]]:
        """By shared thing, the orders that may use it."""
        found: list[list[int]] = [[] for _ in self.left]
        for order, things in enumerate(self.things):
            for thing in things:
                found[thing].append(order)
        return found

    def holds(self, order: int, thing: int) -> bool:
        """Whether an order holds some of a shared thing."""
        return any([each == thing for each, _ in self.holding(order).uses])


class _Known:
    """One order: its problem for what is left, and the answers that are known."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.answers: dict[tuple[int, ...], Served] = {}
        limits = _limits(claim)
        self.limits = list(limits.items())
        places = {thing: place for place, thing in enumerate(limits)}
        places[NOTHING] = len(places)
        self.cells = [[places[thing] for thing in row] for row in claim.cells]
        self.rooms = [places[thing] for thing in claim.rooms]

    def key(self, left: Sequence[int]) -> tuple[int, ...]:
        """Tell what is left for this order; more than it could use makes no difference."""
        return tuple(
            [units if (units := left[thing]) < most else most for thing, most in self.limits]
        )

    def answer(self, left: Sequence[int], desk: Desk) -> Served:
        """Find the best that the order could get of what is left."""
        key = self.key(left)
        found = self.answers.get(key)
        desk.nodes += 1
        if found is None:
            answer = desk.solve(self.problem(key))
            found = self.answers[key] = Served(
                worth=answer.missing * desk.penalty + answer.cost,
                uses=uses_of(self.claim, answer.takes),
                takes=answer.takes,
                bound=answer.missing_least * desk.penalty + answer.bound,
            )
        return found

    def problem(self, key: tuple[int, ...]) -> Problem:
        """Make the problem of the order before what is left."""
        held = (*key, 0)
        room = (*key, None)
        return self.claim.problem._replace(
            stock=tuple([tuple([held[place] for place in row]) for row in self.cells]),
            room=tuple([room[place] for place in self.rooms]),
        )


def _limits(claim: Claim) -> dict[int, int]:
    """Tell of each shared thing that an order may use how much it could use at most."""
    problem = claim.problem
    found: dict[int, int] = {}
    for row, held in zip(claim.cells, problem.stock, strict=True):
        for thing, units in zip(row, held, strict=True):
            found[thing] = max(units, found.get(thing, 0))
    found |= dict.fromkeys(claim.rooms, sum(problem.need))
    found.pop(NOTHING, None)
    return found
