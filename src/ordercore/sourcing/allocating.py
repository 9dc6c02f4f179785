"""One order, allocated: a request, a network and a strategy make a plan."""

from __future__ import annotations

from collections.abc import Iterator

from ordercore.data.checks import Named
from ordercore.errors import InvalidType
from ordercore.money import Money
from ordercore.sourcing.beside import ALONE, Beside
from ordercore.sourcing.board import Board, Chosen
from ordercore.sourcing.branching import solve
from ordercore.sourcing.cases import Candidate, Case
from ordercore.sourcing.certificate import Certificate
from ordercore.sourcing.exact import choose_exact
from ordercore.sourcing.plan import (
    AllocationPlan,
    Given,
    PlannedLine,
    Shipment,
    SiteFinding,
    SiteReasons,
)
from ordercore.sourcing.problem import Solver, Take, is_solver
from ordercore.sourcing.ranked import choose_ranked
from ordercore.sourcing.reasons import Reason, ReasonCode
from ordercore.sourcing.request import Request
from ordercore.sourcing.sites import Network
from ordercore.sourcing.strategies import Exact, Ranked, Strategy
from ordercore.sourcing.travel import GREAT_CIRCLE, Distance, TravelTime

__all__ = ["allocate", "allocate_beside"]


def allocate(
    request: Request,
    network: Network,
    strategy: Strategy,
    *,
    distance: Distance = GREAT_CIRCLE,
    travel: TravelTime | None = None,
    solver: Solver = solve,
) -> AllocationPlan:
    """Decide from where an order is served.

    The plan does not depend on the order of sites or lines: ties go by their ids. What nobody
    can give is left, with every reason; only a caller's mistake raises.

    Args:
        request: What is wanted, when, and where to. An order leaves a site once all of its
            lines may (``not_before``), and a line is not served from where it would come after
            its ``needed_by``. Give the network the stock that is there by then.
        network: The sites, with what they have.
        strategy: How sites are chosen.
        distance: How far it is.
        travel: How long the way takes; None: at 25 km an hour over the distance.
        solver: Who answers the problems of an exact choice.

    Raises:
        InvalidType: Something is not what it should be, or a rule, distance or travel time of
            your own answers what is none: the error names it.
        InvalidValue: A rule or a cost asks for the place of the customer, and the request has
            none.
        LimitExceeded: There are more than `ordercore.sourcing.cases.MAX_PAIRS` pairs of a line
            and a site.

    >>> from datetime import UTC, datetime
    >>> from ordercore.sourcing import Site, SiteCosts, cheapest
    >>> from ordercore.stock import Demand
    >>> sites = [
    ...     Site(id="east", stock=[("mug", 2)], costs=SiteCosts(parcel="6.00")),
    ...     Site(id="west", stock=[("mug", 5)], costs=SiteCosts(parcel="9.00")),
    ... ]
    >>> request = Request(Demand.of([("mug", 3)]), datetime(2026, 11, 11, tzinfo=UTC))
    >>> plan = allocate(request, Network("CNY", sites), cheapest())
    >>> plan.of("0001"), str(plan.cost), plan.certificate.exact
    ((SiteUnits(site='west', units=3),), 'CNY 9.00', True)
    """
    return allocate_beside(
        ALONE, request, network, strategy, distance=distance, travel=travel, solver=solver
    )


def allocate_beside(
    beside: Beside,
    request: Request,
    network: Network,
    strategy: Strategy,
    *,
    distance: Distance,
    travel: TravelTime | None,
    solver: Solver,
) -> AllocationPlan:
    """Do what `allocate` does for the rest of an order, beside what sites send anyway.

    A limit on parcels counts these sites: if they are as many, or more, no other gives.
    """
    if not isinstance(strategy, Strategy):
        raise InvalidType("a Strategy", strategy, path=("strategy",))
    case = Case(request, network, distance, travel, beside=beside)
    board = Board(case, strategy.where)
    chosen, certificate = _choose(board, strategy, solver)
    return _Writing(board, chosen, strategy.parcels_max).plan(certificate)


def _choose(board: Board, strategy: Strategy, solver: Solver) -> tuple[Chosen, Certificate | None]:
    choice, most = strategy.choose, strategy.parcels_max
    is_solver(None, Named("solver"), solver)
    if isinstance(choice, Exact):
        return choose_exact(board, choice, most, solver)
    if isinstance(choice, Ranked):
        return choose_ranked(board, choice.by, most), None
    raise InvalidType("a ranked or an exact choice", choice, path=("strategy", "choose"))


class _Writing:
    """Writes down as a plan what was chosen."""

    def __init__(self, board: Board, chosen: Chosen, most: int | None) -> None:
        self.board = board
        self.case = board.case
        self.chosen = chosen
        self.most = most
        self.by_site: dict[int, list[Take]] = {}
        self.served = [0] * len(self.case.lines)
        for take in chosen.takes:
            self.by_site.setdefault(take[1], []).append(take)
            self.served[take[0]] += take[2]

    def plan(self, certificate: Certificate | None) -> AllocationPlan:
        case = self.case
        return AllocationPlan(
            at=case.request.at,
            currency=case.network.currency,
            lines=tuple(self.lines()),
            shipments=tuple(self.shipment(site, takes) for site, takes in self.by_site.items()),
            sites=tuple(self.finding(i, site) for i, site in enumerate(case.candidates)),
            certificate=certificate,
        )

    # What is sent

    def shipment(self, position: int, takes: list[Take]) -> Shipment:
        site = self.case.candidates[position]
        known = self.case.request.to is not None
        return Shipment(
            site=site.id,
            given=tuple(self.given(site, take) for take in takes),
            parcel_cost=self.money(site.parcel_cost),
            distance_cost=self.money(site.distance_cost),
            metres=site.metres if known else None,
            ready_at=site.ready_at,
            arrives_at=site.arrives_at if known else None,
        )

    def given(self, site: Candidate, take: Take) -> Given:
        line = self.case.lines[take[0]]
        cost = self.money(site.unit_cost(line) * take[2])
        return Given(line=line.id, sku=line.sku, units=take[2], cost=cost)

    def money(self, minor: int) -> Money:
        return Money(minor, self.case.network.currency)

    # Why

    def finding(self, position: int, site: Candidate) -> SiteFinding:
        reasons = self.chosen.reasons.get(position) or self.board.reasons(position)
        return SiteFinding(site=site.id, taken=position in self.by_site, reasons=reasons)

    def lines(self) -> Iterator[PlannedLine]:
        for i, line in enumerate(self.case.lines):
            short = self.served[i] < line.quantity
            yield PlannedLine(
                id=line.id,
                sku=line.sku,
                wanted=line.quantity,
                served=self.served[i],
                reasons=tuple(self.short(i)) if short else (),
            )

    def short(self, line: int) -> Iterator[SiteReasons]:
        """Say of each site why it gives a line no more."""
        if not self.case.candidates:
            yield SiteReasons(reasons=(Reason(code=ReasonCode.NO_SITES),))
        for position, site in enumerate(self.case.candidates):
            against = self.board.against[position][line]
            yield SiteReasons(site=site.id, reasons=against or (self.no_more(position, line),))

    def no_more(self, position: int, line: int) -> Reason:
        """Say why a site that may serve a line gives it no more."""
        takes = self.by_site.get(position, [])
        room = self.case.candidates[position].site.room
        if room is not None and sum(take[2] for take in takes) >= room:
            return Reason(code=ReasonCode.NO_ROOM, value=room)
        if takes:
            given = sum(take[2] for take in takes if take[0] == line)
            parcel = self.case.candidates[position].parcel
            before = 0 if parcel is None else parcel.units(self.case.lines[line].id)
            return Reason(code=ReasonCode.TOO_FEW, value=before + given)
        parcels = len(self.board.opened.union(self.by_site))
        if self.most is not None and parcels >= self.most:
            return Reason(code=ReasonCode.NO_MORE_PARCELS, limit=self.most)
        return self.chosen.reasons[position][0]
