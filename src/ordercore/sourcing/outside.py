"""Solvers from outside, in the place of our own: HiGHS, behind the extra ``solver``.

`highs` answers one order, `highs_batch` many; both ask the same questions as our own search,
and their answers are checked and costed again in whole numbers by whoever asked. To plug in
another solver is to write a function of the same shape: see
`ordercore.sourcing.problem.Solver` and `ordercore.sourcing.shared.SharedSolver`.

HiGHS works in floating point: what it proves is proved within its tolerance of a millionth.
It is meant for costs that add up to less than some 10^9.

The model is a mixed-integer program. For each order, line and site there is a number of units;
for each order and site, whether the site is open. A line gets what it needs, or the rest is
missing; a site that gives is open; nothing gives more than it has. First the missing units are
made as few as can be, then, with no more of them, the costs as low as can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any, Final

from ordercore.sourcing.problem import Answer, Problem, Take
from ordercore.sourcing.shared import NOTHING, Claim, Shared, SharedAnswer, answer_of

__all__ = ["highs", "highs_batch"]

BATCH_NODES: Final = 1_000_000
"""How many nodes HiGHS may look at for a batch."""

_TOLERANCE: Final = 1e-6


def highs(problem: Problem, *, nodes: int) -> Answer:
    """Answer one order with HiGHS; a `Solver`.

    Args:
        problem: The order.
        nodes: How many nodes of its own HiGHS may look at.

    Raises:
        ModuleNotFoundError: ``highspy`` is not installed.
    """
    found = _solve(_alone(problem), nodes)
    return Answer(found.takes[0], *found[1:])


def highs_batch(shared: Shared, *, effort: int, seed: int) -> SharedAnswer:  # noqa: ARG001
    """Answer many orders with HiGHS; a `SharedSolver`.

    Args:
        shared: The orders.
        effort: Makes no difference: HiGHS goes on until it has a proof, or has looked at
            `BATCH_NODES` nodes.
        seed: Makes no difference.

    Raises:
        ModuleNotFoundError: ``highspy`` is not installed.
    """
    return _solve(shared, BATCH_NODES)


def _alone(problem: Problem) -> Shared:
    """Put one order before its own stock."""
    goods = problem.goods or tuple(range(len(problem.need)))
    units: list[int] = []
    cells: list[tuple[int, ...]] = []
    for row in problem.stock:
        held = dict(sorted(zip(goods, row, strict=True)))
        things = {good: len(units) + i for i, good in enumerate(held)}
        units += held.values()
        cells.append(
            tuple(
                things[good] if stock else NOTHING for good, stock in zip(goods, row, strict=True)
            )
        )
    rooms = []
    for room in problem.room:
        rooms.append(NOTHING if room is None else len(units))
        units += [] if room is None else [room]
    return Shared((Claim(problem, tuple(cells), tuple(rooms)),), tuple(units))


def _solve(shared: Shared, nodes: int) -> SharedAnswer:
    model = _Model(shared, nodes)
    missing, looked = model.fewest_missing()
    bound, more = model.least_cost(missing)
    return answer_of(
        shared, model.takes(), missing_least=missing, bound=bound, nodes=looked + more
    )


class _Model:
    """The mixed-integer program, and HiGHS that solves it."""

    def __init__(self, shared: Shared, nodes: int) -> None:
        import highspy  # noqa: PLC0415 - only who asks for it needs it

        api: Any = highspy
        self.solver: Any = api.Highs()
        self.whole: Any = api.HighsVarType.kInteger
        options = {
            "output_flag": False,
            "log_to_console": False,
            "threads": 1,
            "mip_rel_gap": 0.0,
            "mip_max_nodes": max(1, nodes),
        }
        for name, value in options.items():
            self.solver.setOptionValue(name, value)
        self.shared = shared
        self.costs: list[int] = []
        self.short: list[int] = []
        self.amounts: list[tuple[int, int, int, int]] = []
        self.values: list[float] = []
        self.users: dict[int, list[int]] = {}
        for order, claim in enumerate(shared.claims):
            self.add_order(order, claim)
        for thing, columns in self.users.items():
            self.row(columns, [1] * len(columns), most=shared.units[thing])

    # The model

    def add_order(self, order: int, claim: Claim) -> None:
        """Add one order: its sites, its lines, and what is missing."""
        problem = claim.problem
        by_line: list[list[int]] = [[] for _ in problem.need]
        opened = []
        for site, held in enumerate(problem.stock):
            if not any(held):
                continue
            is_open = self.column(problem.opening[site], 1)
            opened.append(is_open)
            for line, units in enumerate(held):
                most = min(units, problem.need[line])
                if most:
                    amount = self.column(problem.unit[site][line], most)
                    by_line[line].append(amount)
                    self.amounts.append((order, line, site, amount))
                    self.row([amount, is_open], [1, -most], most=0)
                    self.use(claim, line, site, amount)
        for need, columns in zip(problem.need, by_line, strict=True):
            self.short.append(self.column(0, need))
            self.row([*columns, self.short[-1]], [1] * (len(columns) + 1), most=need, least=need)
        if problem.most is not None and opened:
            self.row(opened, [1] * len(opened), most=problem.most)

    def use(self, claim: Claim, line: int, site: int, amount: int) -> None:
        """Say of which shared things an amount is."""
        for thing in (claim.cells[site][line], claim.rooms[site] if claim.rooms else NOTHING):
            if thing != NOTHING:
                self.users.setdefault(thing, []).append(amount)

    def column(self, cost: int, most: int) -> int:
        """Add a whole number from zero to ``most``."""
        column = len(self.costs)
        self.costs.append(cost)
        self.solver.addCol(0.0, 0.0, float(most), 0, [], [])
        self.solver.changeColIntegrality(column, self.whole)
        return column

    def row(
        self,
        columns: Sequence[int],
        factors: Iterable[int],
        *,
        most: int,
        least: int | None = None,
    ) -> None:
        """Add a rule: a sum is at most ``most``, and at least ``least`` if there is one."""
        low = -self.solver.inf if least is None else float(least)
        numbers = list(map(float, factors))
        self.solver.addRow(low, float(most), len(columns), list(columns), numbers)

    # The solution

    def fewest_missing(self) -> tuple[int, int]:
        """Leave as few units missing as can be; tell how many must be, and what it took."""
        bound, nodes = self.run(dict.fromkeys(self.short, 1))
        self.row(self.short, [1] * len(self.short), most=sum(map(self.value, self.short)))
        return bound, nodes

    def least_cost(self, missing: int) -> tuple[int, int]:
        """Let it cost as little as can be; tell a lower bound, and what it took.

        A bound of plans that leave more missing than must be says nothing of others.
        """
        bound, nodes = self.run(dict(enumerate(self.costs)))
        least = sum(map(self.value, self.short)) == missing
        return bound if least else 0, nodes

    def run(self, costs: dict[int, int]) -> tuple[int, int]:
        """Minimise a sum; tell a lower bound, and how many nodes were looked at."""
        for column in range(len(self.costs)):
            self.solver.changeColCost(column, float(costs.get(column, 0)))
        self.solver.run()
        info = self.solver.getInfo()
        self.values = list(self.solver.getSolution().col_value)
        bound = info.mip_dual_bound
        whole = ceil(bound - _TOLERANCE * max(1.0, abs(bound)))
        return max(0, whole), max(0, info.mip_node_count)

    def value(self, column: int) -> int:
        """Read a whole number."""
        return round(self.values[column])

    def takes(self) -> list[list[Take]]:
        """Tell which order takes what."""
        found: list[list[Take]] = [[] for _ in self.shared.claims]
        for order, line, site, column in self.amounts:
            units = self.value(column)
            if units:
                found[order].append((line, site, units))
        return found
