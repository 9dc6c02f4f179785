"""How placing decides from where an order comes: a network of sites, and a strategy."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from attrs import evolve, field, frozen

from ordercore.data.checks import MAX_QUANTITY, instance
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
from ordercore.sourcing.problem import Solver
from ordercore.sourcing.travel import CITY_SPEED, GREAT_CIRCLE, is_distance, is_travel
from ordercore.stock import Demand, DemandLine, MadeToOrder, StockSnapshot, check

__all__ = ["Sourcing"]


@frozen(kw_only=True)
class Sourcing:
    """From where orders come: which sites there are, and how one is chosen.

    Args:
        network: The sites, by the ids that stock knows them by, with places, costs and hours.
            What they have, stock tells when it is asked: what stands here of it is not looked at,
            nor that they make what the keeper makes of parts. How busy they are nobody counts:
            make the shop anew with the load of now (`Network.loaded`), or rules of load, room and
            time go by the load that stands here.
        strategy: How sites are chosen.
        distance: How far it is.
        travel: How long the way takes.
        solver: Who answers the problems of an exact choice.
    """

    network: Network = field(validator=instance(Network))
    strategy: Strategy = field(validator=instance(Strategy))
    distance: Distance = field(default=GREAT_CIRCLE, validator=is_distance)
    travel: TravelTime = field(default=CITY_SPEED, validator=is_travel)
    solver: Solver = field(default=solve)

    def plan(
        self, demand: Demand, snapshot: StockSnapshot, at: datetime, *, to: GeoPoint | None
    ) -> AllocationPlan:
        """Decide from where a demand is served, by what may be promised now.

        Of what is made to order a site gives no more than it could make of the parts that are
        there, of all such lines together. How long that may take, stock holds against lead
        times; preparation and way are for rules, as `ordercore.sourcing.rules.Within`.

        Args:
            demand: Its lines; those that are not made come by their ``needed_by``.
            snapshot: What is known of stock; sites that it does not know give nothing.
            at: When it is asked.
            to: Where the customer is; None: nobody knows.

        Raises:
            InvalidValue: A rule asks where the customer is, and nobody knows; the reason is
                ``place_unknown``.
            LimitExceeded: It is too large; see `ordercore.sourcing.MAX_PAIRS`.
        """
        stocked = self.network.stocked(snapshot, at)
        known = [site for site in stocked.sites if site.id in snapshot.sites]
        sites = [_making(site, demand, snapshot, at) for site in known]
        return allocate(
            Request(Demand(map(_once_made, demand.lines)), at, to),
            Network(stocked.currency, sites),
            self.strategy,
            distance=self.distance,
            travel=self.travel,
            solver=self.solver,
        )


def _once_made(line: DemandLine) -> DemandLine:
    """Ask for what is made without the instant by which its making must be done."""
    return evolve(line, needed_by=None) if isinstance(line.supply, MadeToOrder) else line


def _making(site: Site, demand: Demand, snapshot: StockSnapshot, at: datetime) -> Site:
    """Let a site give of what is made as many units as its finished ones and its parts allow."""
    made = {line.sku for line in demand.lines if isinstance(line.supply, MadeToOrder)}
    if not made:
        return site
    here = [line for line in demand.lines if not line.sites or site.id in line.sites]
    gives = _gives(site.id, here, snapshot, at)
    others = (row for row in site.stock if row.sku not in made)
    makes = (SkuUnits(sku, min(gives[sku], MAX_QUANTITY)) for sku in sorted(made) if gives[sku])
    return evolve(
        site,
        stock=(*others, *makes),
        makes=[sku for sku in site.makes if sku not in made],
    )


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
