"""How placing decides from where an order comes: a network of sites, and a strategy."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from attrs import evolve, field, frozen

from ordercore.data.checks import instance
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    AllocationPlan,
    Distance,
    Network,
    Request,
    Site,
    Strategy,
    TravelTime,
    allocate,
)
from ordercore.sourcing.branching import solve
from ordercore.sourcing.problem import Solver
from ordercore.sourcing.travel import CITY_SPEED, GREAT_CIRCLE
from ordercore.stock import Demand, StockSnapshot

__all__ = ["Sourcing"]


@frozen(kw_only=True)
class Sourcing:
    """From where orders come: which sites there are, and how one is chosen.

    Args:
        network: The sites, by the ids that stock knows them by, with places, costs and hours.
            What they have, stock tells when it is asked: what stands here of it is not looked at.
        strategy: How sites are chosen.
        distance: How far it is.
        travel: How long the way takes.
        solver: Who answers the problems of an exact choice.
    """

    network: Network = field(validator=instance(Network))
    strategy: Strategy = field(validator=instance(Strategy))
    distance: Distance = field(default=GREAT_CIRCLE)
    travel: TravelTime = field(default=CITY_SPEED)
    solver: Solver = field(default=solve)

    def plan(
        self,
        demand: Demand,
        snapshot: StockSnapshot,
        at: datetime,
        *,
        to: GeoPoint | None,
        makes: Collection[str] = (),
        works: Collection[str] = (),
    ) -> AllocationPlan:
        """Decide from where a demand is served, by what may be promised now.

        Args:
            demand: Its lines.
            snapshot: What is known of stock; sites that it does not know give nothing.
            at: When it is asked.
            to: Where the customer is; None: nobody knows.
            makes: Which skus of it are made to order.
            works: At which sites they are.

        Raises:
            InvalidValue: A rule asks where the customer is, and nobody knows.
            LimitExceeded: It is too large; see `ordercore.sourcing.MAX_PAIRS`.
        """
        stocked = self.network.stocked(snapshot, at)
        known = [site for site in stocked.sites if site.id in snapshot.sites]
        sites = [_making(site, makes) if site.id in works else site for site in known]
        return allocate(
            Request(demand, at, to),
            Network(stocked.currency, sites),
            self.strategy,
            distance=self.distance,
            travel=self.travel,
            solver=self.solver,
        )


def _making(site: Site, skus: Collection[str]) -> Site:
    return evolve(site, makes=tuple(sorted({*site.makes, *skus})))
