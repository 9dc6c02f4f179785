"""Requests before one network, as numbers: what several of them want is one shared thing.

Of each request, only sites are looked at that have something for it. Sites stand in an order
that their names have no part in, as far as anything else tells them apart: so a plan does not
depend on what sites are called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ordercore.sourcing.cases import Candidate, Case
from ordercore.sourcing.problem import Problem, dearest
from ordercore.sourcing.request import Request
from ordercore.sourcing.rules.filters import Filter, against_of, late
from ordercore.sourcing.shared import NOTHING, Claim, Shared
from ordercore.sourcing.sites import Network
from ordercore.sourcing.travel import Distance, TravelTime
from ordercore.stock import DemandLine

__all__ = ["Gathered", "by_parcels", "gather"]


class Gathered(NamedTuple):
    """Requests as numbers, and what these stand for.

    Attributes:
        shared: The numbers.
        lines: By order, its lines.
        sites: By order, the ids of the sites that have something for it.
    """

    shared: Shared
    lines: tuple[tuple[DemandLine, ...], ...]
    sites: tuple[tuple[str, ...], ...]


class _Case(NamedTuple):
    """A request, and by position of each site that has something, for which of its lines."""

    case: Case
    lines: dict[int, list[int]]


class _Row(NamedTuple):
    """What one site has for one order; by line, how many units, of which thing, at what cost."""

    position: int
    opening: int
    stock: tuple[int, ...]
    unit: tuple[int, ...]
    cells: tuple[int, ...]


def gather(
    requests: Sequence[Request],
    network: Network,
    where: Filter,
    most: int | None,
    distance: Distance,
    travel: TravelTime | None,
) -> Gathered:
    """Make the question of serving all requests at the least cost.

    Args:
        requests: In the order in which they came.
        network: The sites, with what they have.
        where: Which sites may serve which line.
        most: From how many sites an order may come at most; None: from any number.
        distance: How far it is.
        travel: How long the way takes.
    """
    found = _Gathering(requests, network, where)
    cases = [found.case(request, distance, travel) for request in requests]
    rows = [list(found.rows(case)) for case in cases]
    ranks = found.ranks(rows)
    for each in rows:
        each.sort(key=lambda row: ranks[row.position])
    claims = [found.claim(case, each, most) for (case, _), each in zip(cases, rows, strict=True)]
    return Gathered(
        Shared(tuple(claims), tuple(found.units)),
        tuple([case.lines for case, _ in cases]),
        tuple([tuple([network.sites[row.position].id for row in each]) for each in rows]),
    )


def by_parcels(shared: Shared) -> tuple[int, Shared]:
    """Let one more parcel weigh more than all that a plan can cost; tell how much."""
    weight = 1 + sum(dearest(claim.problem) for claim in shared.claims)

    def weighed(claim: Claim) -> Claim:
        opening = tuple([weight + cost for cost in claim.problem.opening])
        return claim._replace(problem=claim.problem._replace(opening=opening))

    return weight, shared._replace(claims=tuple(map(weighed, shared.claims)))


class _Gathering:
    """The shared things that were found so far.

    Attributes:
        units: By shared thing, how many units there are.
    """

    def __init__(self, requests: Sequence[Request], network: Network, where: Filter) -> None:
        self.network = network
        self.where = where
        self.wanted: Counter[str] = Counter()
        for request in requests:
            for line in request.demand.lines:
                self.wanted[line.sku] += line.quantity
        self.holders = _holders(network)
        self.units: list[int] = []
        self.things: dict[tuple[int, str], int] = {}

    def case(self, request: Request, distance: Distance, travel: TravelTime | None) -> _Case:
        """Find the sites that have something for a request, and for which of its lines."""
        everywhere = Case(request, self.network, distance, travel, ())
        lines: dict[int, list[int]] = {}
        for place, line in enumerate(everywhere.lines):
            for position in self.holders.get(line.sku, ()):
                lines.setdefault(position, []).append(place)
        return _Case(everywhere, lines)

    # What sites have

    def rows(self, found: _Case) -> Iterator[_Row]:
        """Tell what each site has for an order, if it has anything."""
        case = found.case
        nothing = [0] * len(case.lines)
        for position, places in found.lines.items():
            candidate = Candidate(case, self.network.sites[position])
            stock, unit, cells = nothing.copy(), nothing.copy(), [NOTHING] * len(nothing)
            for place in places:
                line = case.lines[place]
                stock[place] = self.stock(candidate, line)
                if stock[place]:
                    unit[place] = candidate.unit_cost(line)
                    cells[place] = self.thing(position, line.sku)
            if any(stock):
                opening = candidate.opening_cost
                yield _Row(position, opening, tuple(stock), tuple(unit), tuple(cells))

    def stock(self, candidate: Candidate, line: DemandLine) -> int:
        """Tell how many units a site could give a line, if it may."""
        if candidate.site.room == 0 or not candidate.named_by(line):
            return 0
        if against_of(self.where, candidate, line):
            return 0
        if line.needed_by is not None and late(candidate, line):
            return 0
        return min(candidate.units(line), candidate.case.wanted[line.sku])

    def thing(self, position: int, sku: str) -> int:
        """Find the shared thing that the stock of a sku at a site is."""
        site = self.network.sites[position]
        units = self.wanted[sku] if sku in site.makes else site.units_of(sku)
        return self._thing((position, sku), units)

    def room(self, position: int) -> int:
        """Find the shared thing that the room of a site is."""
        room = self.network.sites[position].room
        return NOTHING if room is None else self._thing((position, ""), room)

    def _thing(self, key: tuple[int, str], units: int) -> int:
        number = self.things.setdefault(key, len(self.units))
        if number == len(self.units):
            self.units.append(units)
        return number

    # As numbers

    def ranks(self, rows: list[list[_Row]]) -> dict[int, int]:
        """Put sites in order by what the orders see of them; of equal ones by their ids."""
        seen: dict[int, list[object]] = {}
        for order, each in enumerate(rows):
            for row in each:
                units = [self.units[thing] for thing in row.cells if thing != NOTHING]
                about = seen.setdefault(row.position, [self.network.sites[row.position].room or 0])
                about.append((order, row.opening, row.unit, row.stock, units))
        ordered = sorted(seen, key=lambda position: (seen[position], position))
        return {position: rank for rank, position in enumerate(ordered)}

    def claim(self, case: Case, rows: list[_Row], most: int | None) -> Claim:
        """Make the problem of one order, and say what its units are of."""
        limits = [self.network.sites[row.position].room for row in rows]
        limited = any(limit is not None for limit in limits)
        problem = Problem(
            need=tuple([line.quantity for line in case.lines]),
            stock=tuple([row.stock for row in rows]),
            opening=tuple([row.opening for row in rows]),
            unit=tuple([row.unit for row in rows]),
            room=tuple(limits) if limited else (),
            goods=case.goods,
            most=most,
        )
        rooms = [self.room(row.position) for row in rows] if limited else []
        return Claim(problem, tuple([row.cells for row in rows]), tuple(rooms))


def _holders(network: Network) -> dict[str, list[int]]:
    """List by sku the positions of the sites that have some of it, or make it."""
    found: dict[str, list[int]] = {}
    for position, site in enumerate(network.sites):
        for sku in {*site.makes, *(row.sku for row in site.stock if row.units)}:
            found.setdefault(sku, []).append(position)
    return found
