"""What many orders cost at least: each order alone, before prices for what is scarce.

Alone, with all the stock before it, no order costs more than in any plan for all of them; so
the sum is a lower bound. It becomes a better one when each order pays a price for the things
that several want, and the price of all units that there are is taken off the sum again: a plan
for all pays no more than that. This is Lagrangian relaxation. Any prices will do; good ones are
found by making dearer what is wanted too often, and cheaper what is left over (subgradient
steps: Held, Wolfe and Crowder, Mathematical Programming 6, 1974).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ordercore.sourcing.batch.desk import Desk, Served
from ordercore.sourcing.problem import Problem
from ordercore.sourcing.shared import NOTHING, Claim, Shared, Uses, uses_of

__all__ = ["lower_bound"]

FINE: Final = 64
"""Prices are counted in parts of a unit of cost."""

_WHOLE: Final = 1024
"""A step is so many parts of the step that would close the gap if all went well."""

_PATIENCE: Final = 4
"""After so many steps that did not help, steps become shorter, from the best prices on."""


def lower_bound(desk: Desk, worth: int, nodes: int) -> int:
    """Prove how bad the best plan for all orders is at least.

    Args:
        desk: Where they were served.
        worth: How bad the plan is that was found.
        nodes: How much more is looked at, as far as that can be told before.

    Returns:
        A number to compare with ``worth``: the penalty for each unit that must be missing, and
        the least cost of plans that leave no more of them; zero: nothing was proved.
    """
    orders = range(len(desk.served))
    if nodes < sum(desk.known_alone(order) is None for order in orders):
        return 0
    end = desk.nodes + nodes
    alone = [desk.answer_alone(order) for order in orders]
    spent = desk.nodes + nodes - end
    together = sum(each.bound for each in alone)
    least, bound = divmod(together, desk.penalty)
    missing, cost = divmod(worth, desk.penalty)
    if missing > least:  # alone they get units that some must go without, and pay for them
        return max(together, desk.penalty * _shortage(desk.shared))
    market = _Market(desk, alone, FINE * cost)
    market.best = FINE * bound
    while desk.nodes + spent <= end and market.best < FINE * cost:
        spent = market.step()
    return least * desk.penalty + min(-(-market.best // FINE), cost)


def _shortage(shared: Shared) -> int:
    """Count units that must be missing: lines want more of some things than there is of them."""
    lines = [
        ({row[line] for row in claim.cells} - {NOTHING}, need)
        for claim in shared.claims
        for line, need in enumerate(claim.problem.need)
    ]
    apart = _apart(things for things, _ in lines)
    wanted = {id(group): 0 for group in apart.values()}
    nowhere = 0
    for things, need in lines:
        if things:
            wanted[id(apart[min(things)])] += need
        else:
            nowhere += need
    groups = {id(group): group for group in apart.values()}
    held = {key: sum(shared.units[thing] for thing in group) for key, group in groups.items()}
    return nowhere + sum(max(0, wanted[key] - held[key]) for key in groups)


def _apart(sets: Iterable[set[int]]) -> dict[int, set[int]]:
    """Tell of each thing the group that it belongs to; sets that overlap are of one group."""
    groups: dict[int, set[int]] = {}
    for things in sets:
        joined = set(things).union(*[groups[thing] for thing in things if thing in groups])
        groups |= dict.fromkeys(joined, joined)
    return groups


class _Market:
    """Prices for shared things, and what all orders would pay.

    Attributes:
        best: The highest bound so far, in parts.
    """

    def __init__(self, desk: Desk, alone: list[Served], goal: int) -> None:
        self.desk = desk
        self.alone = alone
        self.goal = goal
        self.prices = [0] * len(desk.left)
        self.best = 0
        self.best_prices = self.prices
        self.reach = _WHOLE
        self.failures = 0

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
        desk, prices = self.desk, self.prices
        desk.nodes += 1
        if not any([prices[thing] for thing in desk.things[order]]):
            return FINE * (alone.bound % desk.penalty), alone.uses
        claim = desk.shared.claims[order]
        answer = desk.solve(_priced(claim, desk.problem_alone(order), prices))
        missing = answer.missing_least == alone.bound // desk.penalty
        return answer.bound if missing else 0, uses_of(claim, answer.takes)

    def move(self, bound: int, excess: list[int]) -> None:
        """Make dearer what is wanted too often, and cheaper what is left over."""
        steps = [
            units if units > 0 or price else 0
            for units, price in zip(excess, self.prices, strict=True)
        ]
        length = sum([units * units for units in steps])
        ahead = self.reach * (self.goal - bound)
        if length:
            self.prices = [
                max(0, price + ahead * units // (length * _WHOLE))
                for price, units in zip(self.prices, steps, strict=True)
            ]


def _priced(claim: Claim, problem: Problem, prices: list[int]) -> Problem:
    """Make the problem of an order that pays for what is scarce; costs are in parts."""
    rooms = [prices[room] if room != NOTHING else 0 for room in claim.rooms]
    unit = []
    for site, (row, cells) in enumerate(zip(problem.unit, claim.cells, strict=True)):
        room = rooms[site] if rooms else 0
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
