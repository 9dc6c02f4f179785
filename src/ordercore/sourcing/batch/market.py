"""A market: prices for what is scarce, and what orders buy at these.

Each order pays a price for the things that several want, and the price of all units that there
are is taken off what all pay: a plan for all pays no more than that. So what is left is a lower
bound of all plans, whatever the prices are (Lagrangian relaxation). Good prices are found by
making dearer what is wanted too often, and cheaper what is left over (subgradient steps: Held,
Wolfe and Crowder, Mathematical Programming 6, 1974).

Where some must go short, only plans are compared that leave as few units missing as can be.
All of these give away the same things to the last unit, so the price of such a thing may be
below zero: who takes it is paid for that. And a line that may be short may buy nothing.
"""

from __future__ import annotations

from typing import Final

from ordercore.sourcing.batch.desk import Desk, Served
from ordercore.sourcing.batch.shortage import Shortage
from ordercore.sourcing.problem import Answer, Problem, Take
from ordercore.sourcing.shared import NOTHING, Claim, Uses, uses_of

__all__ = ["FINE", "Market"]

FINE: Final = 64
"""Prices are counted in parts of a unit of cost."""

_WHOLE: Final = 1024
"""A step is so many parts of the step that would close the gap if all went well."""

_PATIENCE: Final = 4
"""After so many steps that did not help, steps become shorter, from the best prices on."""


class Market:
    """Prices for shared things, and what all orders would pay.

    Args:
        desk: Where the orders are served.
        alone: What each would get if it were alone.
        short: What the plans have in common that are compared.
        least: How many units these leave missing; none leaves fewer.
        bound: What they cost at least, as far as that is known.
        goal: What the best plan costs that was found.

    Attributes:
        best: The highest bound so far, in parts.
        reach: How far prices move; zero: they have settled.
    """

    def __init__(
        self,
        desk: Desk,
        alone: list[Served],
        short: Shortage,
        *,
        least: int,
        bound: int,
        goal: int,
    ) -> None:
        self.desk = desk
        self.alone = alone
        self.short = short
        self.least = least
        self.goal: int = FINE * goal
        self.prices: list[int] = _first_prices(desk, short, self.goal)
        self.best: int = FINE * bound
        self.best_prices: list[int] = self.prices
        self.reach: int = _WHOLE
        self.failures: int = 0

    @property
    def closed(self) -> bool:
        """Whether nothing is left to be proved."""
        return self.best >= self.goal

    @property
    def proved(self) -> int:
        """Tell how bad the best plan is at least: its missing units, and what it costs."""
        return self.least * self.desk.penalty + -(-min(self.best, self.goal) // FINE)

    def aim(self, worth: int) -> None:
        """Take a plan for the best that was found."""
        self.goal = min(self.goal, FINE * (worth % self.desk.penalty))

    def step(self) -> int:
        """Let all orders buy, then change the prices; tell how much was looked at."""
        before = self.desk.nodes
        bound, excess = self.buy()
        if bound > self.best:
            self.best, self.best_prices, self.failures = bound, self.prices, 0
        else:
            self.failures += 1
        if self.failures == _PATIENCE:
            self.reach, self.prices, self.failures = self.reach * 5 // 8, self.best_prices, 0
        self.move(bound, excess)
        return self.desk.nodes - before

    def buy(self) -> tuple[int, list[int]]:
        """Tell the bound at these prices, and of each thing how much too much is wanted."""
        units = self.desk.shared.units
        total = -sum([price * held for price, held in zip(self.prices, units, strict=True)])
        excess = [-held for held in units]
        for order, alone in enumerate(self.alone):
            worth, uses = self.order(order, alone)
            total += worth
            for thing, taken in uses:
                excess[thing] += taken
        return total, excess

    def order(self, order: int, alone: Served) -> tuple[int, Uses]:
        """Tell what one order pays at least, and what it takes."""
        desk = self.desk
        if not self.short.lines[order] and not any(self.asked(order)):
            desk.nodes += 1
            return FINE * (alone.bound % desk.penalty), alone.uses
        problem = desk.problem_alone(order)
        missing = 0 if self.short.units else alone.bound // desk.penalty
        answer, takes = self.bought(order, problem)
        bound = answer.bound if answer.missing_least == missing else 0
        paid = self.paid(order) * (sum(problem.need) - missing)
        return bound - paid, uses_of(desk.shared.claims[order], takes)

    # One order

    def served(self, order: int) -> Served:
        """Tell what an order buys of what is left."""
        desk = self.desk
        takes = self.bought(order, desk.problem_left(order))[1]
        most = desk.shared.claims[order].problem.most
        if most is not None and len({site for _, site, _ in takes}) > most:
            return desk.answer(order)
        return desk.valued(order, takes)

    def bought(self, order: int, problem: Problem) -> tuple[Answer, tuple[Take, ...]]:
        """Find what an order buys, before the stock that its problem has.

        Returns:
            The answer, in parts, with `paid` for each unit; and the takes of real sites.
        """
        desk, short, paid = self.desk, self.short.lines[order], self.paid(order)
        desk.nodes += 1
        priced = _priced(desk.shared.claims[order], problem, self.prices, paid)
        answer = desk.solve(_excused(priced, short, paid) if short else priced)
        sites = len(problem.stock)
        return answer, tuple([take for take in answer.takes if take[1] < sites])

    def paid(self, order: int) -> int:
        """Tell what each unit of an order costs more, so that none costs less than nothing."""
        return -2 * min([*self.asked(order), 0])

    def asked(self, order: int) -> list[int]:
        """List the prices of the things that an order may use."""
        return [self.prices[thing] for thing in self.desk.things[order]]

    def move(self, bound: int, excess: list[int]) -> None:
        """Make dearer what is wanted too often, and cheaper what is left over."""
        taken = self.short.things
        steps = [
            units if units > 0 or price or thing in taken else 0
            for thing, (units, price) in enumerate(zip(excess, self.prices, strict=True))
        ]
        length = sum([units * units for units in steps])
        ahead = self.reach * (self.goal - bound)
        if length:
            moved = [
                price + ahead * units // (length * _WHOLE)
                for price, units in zip(self.prices, steps, strict=True)
            ]
            self.prices = [
                price if price > 0 or thing in taken else 0 for thing, price in enumerate(moved)
            ]


def _first_prices(desk: Desk, short: Shortage, goal: int) -> list[int]:
    """Pay for each unit of what must be given away what a unit costs in the plan."""
    given = sum([sum(claim.problem.need) for claim in desk.shared.claims]) - short.units
    paid = goal // max(1, given)
    return [-paid if thing in short.things else 0 for thing in range(len(desk.left))]


def _excused(problem: Problem, short: frozenset[int], paid: int) -> Problem:
    """Let lines go short, as if one more site gave them all for nothing."""
    need = sum(problem.need)
    lines = range(len(problem.need))
    return problem._replace(
        stock=(*problem.stock, tuple([need if line in short else 0 for line in lines])),
        opening=(*problem.opening, 0),
        unit=(*problem.unit, (paid,) * len(lines)),
        room=(*problem.room, None) if problem.room else (),
        most=None if problem.most is None else problem.most + 1,
    )


def _priced(claim: Claim, problem: Problem, prices: list[int], more: int) -> Problem:
    """Make the problem of an order that pays for what is scarce; costs are in parts."""
    rooms = [prices[room] if room != NOTHING else 0 for room in claim.rooms]
    unit = []
    for site, (row, cells) in enumerate(zip(problem.unit, claim.cells, strict=True)):
        room = more + (rooms[site] if rooms else 0)
        unit.append(
            tuple(
                [
                    FINE * cost + room + (prices[thing] if thing != NOTHING else 0)
                    for cost, thing in zip(row, cells, strict=True)
                ]
            )
        )
    opening = tuple([FINE * cost for cost in problem.opening])
    return problem._replace(opening=opening, unit=tuple(unit))
