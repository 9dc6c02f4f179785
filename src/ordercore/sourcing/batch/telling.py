"""One order of a batch, told in full: its plan, with the reasons of all sites.

The plan is what `allocate` writes for the order, with an answer that is known already. Sites
whose units, or whose room, went to other orders say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from attrs import evolve

from ordercore.sourcing.allocating import allocate
from ordercore.sourcing.batch.question import Solved
from ordercore.sourcing.branching import solve
from ordercore.sourcing.plan import AllocationPlan, PlannedLine, SiteFinding
from ordercore.sourcing.problem import Answer, Problem, Take, cost_of, missing_of
from ordercore.sourcing.reasons import Reason, ReasonCode
from ordercore.sourcing.shared import NOTHING, uses_of

__all__ = ["plan_of"]


def plan_of(solved: Solved, place: int) -> AllocationPlan:
    """Write down the plan of the order at a place of the batch."""
    batch = solved.batch
    known = _Known(solved, place)
    plan = allocate(
        batch.orders[place].request,
        batch.network,
        batch.strategy,
        distance=solved.distance,
        travel=solved.travel,
        solver=known,
    )
    return evolve(
        plan,
        certificate=plan.certificate and evolve(plan.certificate, others_kept=True),
        lines=tuple(known.line(line) for line in plan.lines),
        sites=tuple(known.finding(finding) for finding in plan.sites),
    )


class _Known:
    """A solver that knows what the order gets, and what the other orders leave."""

    def __init__(self, solved: Solved, place: int) -> None:
        shared, numbers = solved.numbers.shared, solved.numbers
        self.claim = shared.claims[place]
        self.lines = {line.id: i for i, line in enumerate(numbers.lines[place])}
        self.sites = {site: i for i, site in enumerate(numbers.sites[place])}
        self.takes = solved.answer.takes[place]
        self.positions = {site.id: i for i, site in enumerate(solved.batch.network.sites)}
        self.units = shared.units
        self.own, self.others = Counter[int](), Counter[int]()
        for i, (claim, takes) in enumerate(zip(shared.claims, solved.answer.takes, strict=True)):
            used = self.own if i == place else self.others
            for thing, units in uses_of(claim, takes):
                used[thing] += units
        self.left = [units - self.others[thing] for thing, units in enumerate(shared.units)]

    # As a solver

    def __call__(self, problem: Problem, *, nodes: int) -> Answer:
        """Prove what can be proved before what the others leave; the takes are known."""
        best = solve(self.before(problem), nodes=nodes)
        takes = self.known
        return best._replace(
            takes=takes, missing=missing_of(problem, takes), cost=cost_of(problem, takes)
        )

    @property
    def known(self) -> tuple[Take, ...]:
        """What the order gets, by position of the sites in the network."""
        places = {i: self.positions[site] for site, i in self.sites.items()}
        return tuple(sorted((line, places[site], units) for line, site, units in self.takes))

    def before(self, problem: Problem) -> Problem:
        """Take from a problem what the other orders get."""
        stock = [list(row) for row in problem.stock]
        room = list(problem.room)
        for site, i in self.sites.items():
            row = stock[self.positions[site]]
            for line, thing in enumerate(self.claim.cells[i]):
                row[line] = 0 if thing == NOTHING else min(row[line], self.left[thing])
            if self.claim.rooms and self.claim.rooms[i] != NOTHING:
                room[self.positions[site]] = self.left[self.claim.rooms[i]]
        return problem._replace(stock=tuple(map(tuple, stock)), room=tuple(room))

    # As a teller

    def finding(self, finding: SiteFinding) -> SiteFinding:
        """Say of a site whether the others have left nothing that the order wants."""
        why = None if finding.taken else self.why(finding.site, self.lines.values())
        return evolve(finding, reasons=(why,)) if why else finding

    def line(self, line: PlannedLine) -> PlannedLine:
        """Say of a line that is short which sites have given to others."""
        lines = (self.lines[line.id],)
        reasons = [
            evolve(row, reasons=(why,)) if row.site and (why := self.why(row.site, lines)) else row
            for row in line.reasons
        ]
        return evolve(line, reasons=tuple(reasons))

    def why(self, site: str, lines: Iterable[int]) -> Reason | None:
        """Say why a site gives lines no more, if that is for the other orders.

        Lines of one sku want the same units: these count once. What the order itself gets is
        not with others.
        """
        i = self.sites.get(site)
        if i is None:
            return None
        stock = {self.claim.cells[i][line]: self.claim.problem.stock[i][line] for line in lines}
        stock.pop(NOTHING, None)
        lost = [
            min(self.others[thing], units - self.own[thing])
            for thing, units in stock.items()
            if self.gone(thing)
        ]
        if stock and len(lost) == len(stock) and sum(lost):
            return Reason(code=ReasonCode.GIVEN_TO_OTHERS, value=sum(lost))
        room = self.claim.rooms[i] if self.claim.rooms else NOTHING
        if stock and room != NOTHING and self.gone(room) and self.others[room]:
            return Reason(code=ReasonCode.NO_ROOM, value=self.units[room])
        return None

    def gone(self, thing: int) -> bool:
        """Whether nothing is left of a shared thing, by all orders together."""
        return self.left[thing] <= self.own[thing]
