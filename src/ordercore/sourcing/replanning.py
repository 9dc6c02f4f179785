"""Planning again: what a plan leaves of a network, and what to do when a site drops out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from attrs import evolve

from ordercore.data.checks import MAX_QUANTITY, Named, each, identifier, instance, names_of
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.sourcing.allocating import allocate_beside
from ordercore.sourcing.beside import Beside, Parcel
from ordercore.sourcing.branching import solve
from ordercore.sourcing.parts import merge_plans, served_of
from ordercore.sourcing.plan import AllocationPlan, Shipment, SiteFinding
from ordercore.sourcing.problem import Solver
from ordercore.sourcing.reasons import Reason, ReasonCode
from ordercore.sourcing.request import Request
from ordercore.sourcing.sites import Network, Site, SkuUnits
from ordercore.sourcing.strategies import Strategy
from ordercore.sourcing.travel import GREAT_CIRCLE, Distance, TravelTime
from ordercore.stock import MAX_SITES, Demand

__all__ = ["after", "reroute"]


def after(network: Network, plan: AllocationPlan) -> Network:
    """Take from a network what a plan takes: less stock, more load.

    Raises:
        InvalidDocument: With all that the plan takes and the network does not have.
    """
    _check(network=network, plan=plan)
    sent = {shipment.site: shipment for shipment in plan.shipments}
    known = {site.id for site in network.sites}
    faults: list[InvalidInput] = [
        NotFound("the id of a site", name, path=("shipments", i, "site"))
        for i, name in enumerate(sent)
        if name not in known
    ]
    for site in network.sites:
        if site.id in sent:
            faults += _overdrawn(site, sent[site.id])
    if faults:
        raise InvalidDocument(faults)
    left = [_less(site, sent[site.id]) if site.id in sent else site for site in network.sites]
    return Network(network.currency, left)


_KINDS: Final = MappingProxyType(
    {"plan": AllocationPlan, "request": Request, "network": Network, "strategy": Strategy}
)


def _check(**given: object) -> None:
    """Refuse what is not of the kind that its name says."""
    for name, value in given.items():
        instance(_KINDS[name])(None, Named(name), value)


def _taken(shipment: Shipment) -> dict[str, int]:
    taken: dict[str, int] = {}
    for row in shipment.given:
        taken[row.sku] = taken.get(row.sku, 0) + row.units
    return taken


def _overdrawn(site: Site, shipment: Shipment) -> Iterator[InvalidInput]:
    for sku, units in _taken(shipment).items():
        if sku not in site.makes and units > site.units_of(sku):
            expected = f"at most {site.units_of(sku)} units of {sku} at {site.id}"
            yield InvalidValue(expected, units, path=("shipments",), reason="too_many_units")
    if site.room is not None and shipment.units > site.room:
        expected = f"at most {site.room} units, for which {site.id} has room"
        yield InvalidValue(expected, shipment.units, path=("shipments",), reason="too_many_units")


def _less(site: Site, shipment: Shipment) -> Site:
    taken = _taken(shipment)
    stock = tuple(
        SkuUnits(row.sku, max(0, row.units - taken.get(row.sku, 0))) for row in site.stock
    )
    return evolve(site, stock=stock, load=min(MAX_QUANTITY, site.load + shipment.units))


# A site drops out


def reroute(
    plan: AllocationPlan,
    lost: str | Iterable[str],
    request: Request,
    network: Network,
    strategy: Strategy,
    *,
    distance: Distance = GREAT_CIRCLE,
    travel: TravelTime | None = None,
    solver: Solver = solve,
) -> AllocationPlan:
    """Serve anew what was to come from sites that drop out; the rest stays as it is.

    Sites that give something already can give more in the same parcel, which costs nothing
    once more. What was left before is asked for again, too. To plan all of it anew, call
    `allocate` with ``network.without(...)``.

    Args:
        plan: The plan so far.
        lost: The site that drops out, or several; those that give nothing make no difference.
        request: What was asked, at the instant of asking again.
        network: The sites as they are without the plan, as it was asked.
        strategy: How sites are chosen; its limit on parcels holds for all of them together.
        distance: As for `allocate`.
        travel: As for `allocate`.
        solver: As for `allocate`.

    Returns:
        The new plan. What stays keeps its instants, but where a parcel takes more: it leaves
        once that is ready. No parcel takes more that would make a line in it too late. There is
        no certificate, for nothing of the whole is proved: all of it planned anew might cost
        less. If everything stays, it is the plan so far, with its instants and its certificate,
        and says which sites dropped out.

    Raises:
        InvalidDocument: The plan takes what the network does not have, or is of another demand;
            or with every lost site that neither the plan nor the network knows.
        InvalidInput: As `allocate`.
    """
    _check(plan=plan, request=request, network=network, strategy=strategy)
    gone = _named(lost, plan, network)
    _same_demand(plan, request.demand)
    kept = _kept(plan, gone)
    if kept.ok:
        return evolve(plan, sites=_findings(plan, (), gone))
    opened = frozenset(row.site for row in kept.shipments)
    more = allocate_beside(
        _beside(kept, request.demand),
        evolve(request, demand=_missing(request.demand, kept)),
        _with_open(_still_there(after(network, kept), gone), opened),
        strategy,
        distance=distance,
        travel=travel,
        solver=solver,
    )
    bare = evolve(more, sites=())
    merged = merge_plans([_served(kept), bare] if kept.shipments else [bare])
    return evolve(merged, sites=_findings(plan, more.sites, gone))


def _named(lost: str | Iterable[str], plan: AllocationPlan, network: Network) -> frozenset[str]:
    """Read the ids of sites; the network may have lost them already, the plan knows them still."""
    names = names_of(lost)
    each(identifier, most=MAX_SITES)(None, Named("lost"), names)
    known = {site.id for site in network.sites}
    known.update(row.site for row in plan.sites)
    known.update(row.site for row in plan.shipments)
    faults: list[InvalidInput] = [
        NotFound("the id of a site of the plan or the network", name, path=("lost", i))
        for i, name in enumerate(names)
        if name not in known
    ]
    if faults:
        raise InvalidDocument(faults)
    return frozenset(names)


def _missing(demand: Demand, plan: AllocationPlan) -> Demand:
    """Ask for what a plan leaves."""
    left = {line.id: line.missing for line in plan.left}
    lines = [evolve(line, quantity=left[line.id]) for line in demand.lines if line.id in left]
    return Demand(lines)


def _served(plan: AllocationPlan) -> AllocationPlan:
    """Keep of a plan what it serves, as if nothing else had been wanted."""
    lines = [evolve(line, wanted=line.served, reasons=()) for line in plan.lines if line.served]
    return evolve(plan, lines=lines)


def _still_there(network: Network, gone: Collection[str]) -> Network:
    """Leave out the sites that drop out, if they are there."""
    return network.without(*(site.id for site in network.sites if site.id in gone))


def _beside(kept: AllocationPlan, demand: Demand) -> Beside:
    """Tell of what order the rest is asked, and what is sent of it anyway."""
    told = {line.id: line for line in demand.lines}
    parcels = {
        row.site: Parcel(
            row.ready_at,
            row.arrives_at,
            tuple([evolve(told[each.line], quantity=each.units) for each in row.given]),
        )
        for row in kept.shipments
    }
    return Beside(tuple(demand.lines), parcels)


def _with_open(network: Network, opened: frozenset[str]) -> Network:
    """Let sites that give already give more in the same parcel."""
    sites = [_opened(site) if site.id in opened else site for site in network.sites]
    return Network(network.currency, sites)


def _findings(
    plan: AllocationPlan, more: Iterable[SiteFinding], gone: frozenset[str]
) -> tuple[SiteFinding, ...]:
    """Tell of each site what was found last; of those that drop out, that they do."""
    told = {found.site: found for found in (*plan.sites, *more)}
    kept = {row.site for row in plan.shipments} - gone
    return tuple(_finding(found, kept, gone) for found in told.values())


def _finding(found: SiteFinding, kept: set[str], gone: frozenset[str]) -> SiteFinding:
    if found.site in gone:
        why = Reason(code=ReasonCode.DROPPED_OUT)
        return SiteFinding(site=found.site, taken=False, reasons=(why,))
    if found.site in kept and not found.taken:
        why = Reason(code=ReasonCode.KEPT)
        return SiteFinding(site=found.site, taken=True, reasons=(why,))
    return found


def _opened(site: Site) -> Site:
    """Take away what a parcel costs that is sent anyway."""
    costs = evolve(site.costs, parcel=Decimal(0), per_km=Decimal(0))
    return evolve(site, costs=costs)


def _same_demand(plan: AllocationPlan, demand: Demand) -> None:
    told = {(line.id, line.sku, line.wanted) for line in plan.lines}
    if told != {(line.id, line.sku, line.quantity) for line in demand.lines}:
        raise InvalidDocument([InvalidValue("the demand of the plan", path=("request", "demand"))])


def _kept(plan: AllocationPlan, gone: frozenset[str]) -> AllocationPlan:
    """Leave out what sites give that drop out; why each site is taken, is found anew."""
    shipments = tuple(row for row in plan.shipments if row.site not in gone)
    served = served_of(shipments)
    lines = tuple(evolve(line, served=served.get(line.id, 0)) for line in plan.lines)
    return evolve(plan, lines=lines, shipments=shipments, sites=(), certificate=None)
