"""The plan for a batch: what each order gets, and, order by order, why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from ordercore.errors import InvalidType, NotFound
from ordercore.money import Money
from ordercore.sourcing.batch.question import Solved
from ordercore.sourcing.batch.telling import plan_of
from ordercore.sourcing.certificate import Certificate
from ordercore.sourcing.plan import AllocationPlan
from ordercore.sourcing.problem import cost_of
from ordercore.sourcing.rules import Anywhere

__all__ = ["BatchLeft", "BatchPlan", "BatchTake"]


class BatchTake(NamedTuple):
    """Units that a site gives a line of an order."""

    order: str
    line: str
    sku: str
    site: str
    units: int


class BatchLeft(NamedTuple):
    """Units that a line of an order wants and nobody gives."""

    order: str
    line: str
    sku: str
    units: int


class BatchPlan:
    """What each order of a batch gets.

    It is compact: the plan of one order, with all its reasons, is made when it is asked for.
    """

    def __init__(self, solved: Solved) -> None:
        self._solved = solved
        self._places = {order.id: place for place, order in enumerate(solved.batch.orders)}

    def __repr__(self) -> str:
        """Tell how many orders there are, and what the plan costs."""
        missing = self._solved.answer.missing
        return f"BatchPlan({len(self._places)} orders, {self.cost}, {missing} units left)"

    # All orders

    @property
    def orders(self) -> tuple[str, ...]:
        """The ids of the orders, in the order in which they came."""
        return tuple(self._places)

    @cached_property
    def takes(self) -> tuple[BatchTake, ...]:
        """Which site gives which line how many units: by order, then by line and site."""
        return tuple([take for order in self._places for take in self.of(order)])

    @cached_property
    def left(self) -> tuple[BatchLeft, ...]:
        """What nobody gives: by order, then by line. Empty: every order gets all of it."""
        return tuple(row for order in self._places for row in self._left(order))

    @property
    def ok(self) -> bool:
        """Whether every order gets all that it needs."""
        return not self._solved.answer.missing

    @property
    def cost(self) -> Money:
        """What the plan costs, all orders together."""
        claims, takes = self._solved.numbers.shared.claims, self._solved.answer.takes
        costs = [cost_of(claim.problem, each) for claim, each in zip(claims, takes, strict=True)]
        return Money(sum(costs), self._solved.batch.network.currency)

    @property
    def certificate(self) -> Certificate:
        """How good the plan is, by proof; a lower bound of zero says nothing."""
        answer, weight = self._solved.answer, self._solved.weight
        return Certificate(
            objective=self._solved.batch.objective,
            value=answer.cost // weight,
            lower_bound=min(answer.bound, answer.cost) // weight,
            missing=answer.missing,
            missing_least=answer.missing_least,
            nodes=answer.nodes,
            parcels_max=self._solved.batch.strategy.parcels_max,
            ruled=not isinstance(self._solved.batch.strategy.where, Anywhere),
        )

    # One order

    def of(self, order: str) -> tuple[BatchTake, ...]:
        """Tell which sites give an order how many units: by line, then by site.

        Raises:
            NotFound: The batch has no such order.
        """
        place = self._place(order)
        lines, sites = self._solved.numbers.lines[place], self._solved.numbers.sites[place]
        found = [
            BatchTake(order, lines[line].id, lines[line].sku, sites[site], units)
            for line, site, units in self._solved.answer.takes[place]
        ]
        return tuple(sorted(found))

    def cost_of(self, order: str) -> Money:
        """Tell what an order costs.

        Raises:
            NotFound: The batch has no such order.
        """
        place = self._place(order)
        problem = self._solved.numbers.shared.claims[place].problem
        minor = cost_of(problem, self._solved.answer.takes[place])
        return Money(minor, self._solved.batch.network.currency)

    def plan(self, order: str) -> AllocationPlan:
        """Write down the plan of one order, with the reasons of all sites.

        Its certificate is about this order alone, when the others keep what they get.

        Raises:
            NotFound: The batch has no such order.
        """
        return plan_of(self._solved, self._place(order))

    def _place(self, order: str) -> int:
        if not isinstance(order, str):
            raise InvalidType("the id of an order", order, path=("order",))
        if order not in self._places:
            raise NotFound("the id of an order", order)
        return self._places[order]

    def _left(self, order: str) -> Iterator[BatchLeft]:
        place = self._place(order)
        served: Counter[int] = Counter()
        for line, _, units in self._solved.answer.takes[place]:
            served[line] += units
        for number, wanted in enumerate(self._solved.numbers.lines[place]):
            missing = wanted.quantity - served[number]
            if missing:
                yield BatchLeft(order, wanted.id, wanted.sku, missing)
