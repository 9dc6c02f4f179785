"""How placing decides from where an order comes: a network of sites, and a strategy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import evolve, field, frozen

from ordercore.data.checks import MAX_QUANTITY, instance, optional
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    AllocationPlan,
    Distance,
    Network,
    Request,
    Site,
    SkuUnits,
    Strategy,
    TravelTime,
    allocate,
)
from ordercore.sourcing.branching import solve
from ordercore.sourcing.problem import Solver, is_solver
from ordercore.sourcing.travel import GREAT_CIRCLE, is_distance, is_travel
from ordercore.stock import Demand, DemandLine, MadeToOrder, StockSnapshot, check

__all__ = ["Sourcing"]


@frozen(kw_only=True)
class Sourcing:
    """From where orders come: which sites there are, and how one is chosen.

    Args:
        network: The sites, by the ids that stock knows them by, with places, costs and hours.
            What they have, stock tells when it is asked, and what they make, the bills of the
            keeper: neither ``stock`` nor ``makes`` of a site is looked at. How busy they are
            nobody counts: make the shop anew with the load of now (`Network.loaded`), or rules
            of load, room and time go by the load that stands here.
        strategy: How sites are chosen.
        distance: How far it is.
        travel: How long the way takes; None: at 25 km an hour over the distance.
        solver: Who answers the problems of an exact choice.
    """

    network: Network = field(validator=instance(Network))
    strategy: Strategy = field(validator=instance(Strategy))
    distance: Distance = field(default=GREAT_CIRCLE, validator=is_distance)
    travel: TravelTime | None = field(default=None, validator=optional(is_travel))
    solver: Solver = field(default=solve, validator=is_solver)

    def plan(
        self, demand: Demand, snapshot: StockSnapshot, at: datetime, *, to: GeoPoint | None
    ) -> AllocationPlan:
        """Decide from where a demand is served, by what may be promised.

        Of what is made to order a site gives no more than it could make of the parts that are
        there, of all such lines together, and of what goods that are parts, too, leave of them.
        Where no plan serves all of it like that, one is tried that lets these goods come from
        other sites, and is taken if stock can serve it. How long that may take, stock holds
        against lead times; preparation and way are for rules, as
        `ordercore.sourcing.rules.Within`.

        Args:
            demand: Its lines; by their ``needed_by`` they must be there to leave.
            snapshot: What is known of stock; sites that it does not know give nothing.
            at: When it is asked.
            to: Where the customer is; None: nobody knows.

        Raises:
            InvalidValue: A rule asks where the customer is, and nobody knows; the reason is
                ``place_unknown``.
            LimitExceeded: It is too large; see `ordercore.sourcing.MAX_PAIRS`.
        """
        made = [line for line in demand.lines if isinstance(line.supply, MadeToOrder)]
        plan = self._plan(demand, demand.lines, snapshot, at, to)
        if plan.ok or not made or len(made) == len(demand.lines):
            return plan
        apart = Demand(_apart(demand, made, snapshot))
        other = self._plan(apart, made, snapshot, at, to)
        return other if other.ok and check(other.demand(demand), snapshot, at).ok else plan

    def _plan(
        self,
        demand: Demand,
        sharing: Iterable[DemandLine],
        snapshot: StockSnapshot,
        at: datetime,
        to: GeoPoint | None,
    ) -> AllocationPlan:
        """Plan, where some of the lines share what a site has of parts."""
        goods = [line for line in demand.lines if not isinstance(line.supply, MadeToOrder)]
        due = min((line.due(at) for line in goods), default=at)
        stocked = self.network.stocked(snapshot, at, needed_by=due)
        known = [site for site in stocked.sites if site.id in snapshot.sites]
        lines = tuple(sharing)
        sites = [_making(site, lines, snapshot, at) for site in known]
        return allocate(
            Request(Demand(map(_once_there, demand.lines)), at, to),
            Network(stocked.currency, sites),
            self.strategy,
            distance=self.distance,
            travel=self.travel,
            solver=self.solver,
        )


def _apart(
    demand: Demand, made: list[DemandLine], snapshot: StockSnapshot
) -> Iterator[DemandLine]:
    """Ask for goods that are parts, too, of the sites where nothing is made of them, if any."""
    bills = snapshot.bills
    below = () if bills is None else bills.below({line.sku for line in made if line.sku in bills})
    parts = {step.part.sku for step in below}
    works = {site for line in made for site in line.sites or snapshot.sites}
    for line in demand.lines:
        others = [site for site in line.sites or snapshot.sites if site not in works]
        is_part = line not in made and line.sku in parts
        yield evolve(line, sites=others) if is_part and others else line


def _once_there(line: DemandLine) -> DemandLine:
    """Ask without the instant by which it must be there to leave: that stock sees to."""
    return evolve(line, needed_by=None)


def _making(
    site: Site, lines: Iterable[DemandLine], snapshot: StockSnapshot, at: datetime
) -> Site:
    """Let a site give what stock has there, and of what is made as much as its parts allow."""
    made = {line.sku for line in lines if isinstance(line.supply, MadeToOrder)}
    if not made:
        return evolve(site, makes=())
    here = [line for line in lines if not line.sites or site.id in line.sites]
    gives = _gives(site.id, here, snapshot, at)
    others = (row for row in site.stock if row.sku not in made)
    makes = (SkuUnits(sku, min(gives[sku], MAX_QUANTITY)) for sku in sorted(made) if gives[sku])
    return evolve(site, stock=(*others, *makes), makes=())


def _gives(
    site: str, lines: list[DemandLine], snapshot: StockSnapshot, at: datetime
) -> Counter[str]:
    """Tell how many units of each sku a site alone could give all lines together."""
    gives: Counter[str] = Counter()
    if lines:
        alone = evolve(
            snapshot, levels=[level for level in snapshot.levels if level.site == site], agendas=()
        )
        found = check(Demand([evolve(line, sites=(site,)) for line in lines]), alone, at)
        for line in found.lines:
            gives[line.sku] += line.wanted - (line.shortage.missing if line.shortage else 0)
    return gives
