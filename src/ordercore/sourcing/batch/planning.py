"""Many orders, allocated at once: requests, a network and a strategy make a plan for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ordercore.data.checks import Named, integer
from ordercore.errors import InvalidType
from ordercore.sourcing.batch.gathering import by_parcels, gather
from ordercore.sourcing.batch.plans import BatchPlan
from ordercore.sourcing.batch.question import Batch, BatchOrder, Solved
from ordercore.sourcing.batch.recreating import ruin_and_recreate
from ordercore.sourcing.certificate import Objective
from ordercore.sourcing.request import Request
from ordercore.sourcing.shared import SharedSolver, checked_shared
from ordercore.sourcing.sites import Network
from ordercore.sourcing.strategies import Strategy
from ordercore.sourcing.travel import GREAT_CIRCLE, Distance, TravelTime

__all__ = ["DEFAULT_EFFORT", "allocate_batch"]

DEFAULT_EFFORT: Final = 15
"""How much is tried if nobody says otherwise."""

_whole = integer(least=0, most=10**6)


def allocate_batch(
    orders: Iterable[BatchOrder | tuple[str, Request]],
    network: Network,
    strategy: Strategy,
    *,
    effort: int = DEFAULT_EFFORT,
    seed: int = 0,
    distance: Distance = GREAT_CIRCLE,
    travel: TravelTime | None = None,
    solver: SharedSolver = ruin_and_recreate,
) -> BatchPlan:
    """Decide from where many orders are served that share one stock.

    No site gives more than it has to all of them together. The plan does not depend on the
    order of sites or lines, nor on what sites are called. It is never worse than serving the
    orders one after the other, each as well as can be.

    Args:
        orders: Ids and requests, in the order in which they came.
        network: The sites, with what they have.
        strategy: How sites are chosen: exactly, by cost or by parcels.
        effort: How much is tried; more of it never gives a worse plan. Zero: first come, first
            served. 1 takes about as long as serving order by order with a plain greedy rule
            that looks at all sites, and any other number so many times as long. Where some must
            go short, less than forty orders take as long as forty, from 2 on.
        seed: Which way of many the search takes. The same seed gives the same plan.
        distance: How far it is.
        travel: How long the way takes; None: at 25 km an hour over the distance.
        solver: Who answers.

    Raises:
        InvalidInput: Something is not what it should be, or two orders have one id.
        InvalidValue: The strategy is none for a batch; a rule asks for the place of a
            customer, and the request has none; the solver gives an answer that is none.
        LimitExceeded: There are more than `ordercore.sourcing.batch.MAX_ORDERS` orders.

    >>> from datetime import UTC, datetime
    >>> from ordercore.sourcing import Site, SiteCosts, cheapest
    >>> from ordercore.stock import Demand
    >>> near, far = SiteCosts(parcel="5.00"), SiteCosts(parcel="9.00")
    >>> network = Network("CNY", [Site(id="east", stock=[("mug", 1), ("cap", 1)], costs=near),
    ...                           Site(id="west", stock=[("mug", 1)], costs=far)])
    >>> now = datetime(2026, 11, 11, tzinfo=UTC)
    >>> orders = [("A1", Request(Demand.of([("mug", 1)]), now)),
    ...           ("A2", Request(Demand.of([("mug", 1), ("cap", 1)]), now))]
    >>> str(allocate_batch(orders, network, cheapest(), effort=0).cost)
    'CNY 19.00'
    >>> plan = allocate_batch(orders, network, cheapest())
    >>> str(plan.cost), [(take.order, take.sku, take.site) for take in plan.takes]
    ('CNY 14.00', [('A1', 'mug', 'west'), ('A2', 'mug', 'east'), ('A2', 'cap', 'east')])
    """
    question = Batch(orders, network, strategy)
    for name, value in (("effort", effort), ("seed", seed)):
        _whole(None, Named(name), value)
    if not callable(solver):
        raise InvalidType("a SharedSolver", solver, path=("solver",))
    found = gather(
        [order.request for order in question.orders],
        network,
        strategy.where,
        strategy.parcels_max,
        distance,
        travel,
    )
    weight = 1
    asked = found.shared
    if question.objective is Objective.PARCELS:
        weight, asked = by_parcels(asked)
    answer = checked_shared(asked, solver(asked, effort=effort, seed=seed))
    return BatchPlan(Solved(question, found, weight, answer, distance, travel))
