"""Parts of plans: a plan split in two, as its order is; and several plans merged into one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from attrs import evolve

from ordercore.data.checks import Named, each, instance, passes, quantity, tuple_of
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    NotFound,
)
from ordercore.money import Money
from ordercore.sourcing.plan import (
    AllocationPlan,
    Given,
    PlannedLine,
    Shipment,
    SiteFinding,
    SiteReasons,
)
from ordercore.sourcing.reasons import Reason, ReasonCode

__all__ = ["SplitPlan", "merge_plans", "served_of", "split_plan"]

_OTHER_PART: Final = Reason(code=ReasonCode.OTHER_PART)

_T = TypeVar("_T")
_K = TypeVar("_K", int, datetime)


class SplitPlan(NamedTuple):
    """A plan in two: what stays, and what goes with the part that is split off."""

    rest: AllocationPlan
    part: AllocationPlan


def split_plan(plan: AllocationPlan, units: Mapping[str, int]) -> SplitPlan:
    """Split some units of a plan off, as an order of its own takes them.

    Units that somebody gives go first, from the sites in the order of their ids. A site that
    gives to both parts sends two parcels, each of which costs what it costs once. Merged
    again, the two are the plan. Neither has a certificate.

    Args:
        plan: The plan.
        units: How many units of which line; all others stay.

    Raises:
        InvalidType: This is no plan, or no mapping.
        InvalidDocument: With every line that there is not, and every count that is none or too
            high; or nothing would stay, or go.
    """
    instance(AllocationPlan)(None, Named("plan"), plan)
    instance(Mapping)(None, Named("units"), units)
    _check_split(plan, units)
    left = dict(units)
    pairs = [_split_shipment(shipment, left) for shipment in plan.shipments]
    stay = {line.id: line.wanted - units.get(line.id, 0) for line in plan.lines}
    return SplitPlan(
        _of(plan, stay, [rest for rest, _ in pairs if rest is not None]),
        _of(plan, units, [part for _, part in pairs if part is not None]),
    )


def _check_split(plan: AllocationPlan, units: Mapping[str, int]) -> None:
    wanted = {line.id: line.wanted for line in plan.lines}
    faults: list[InvalidInput] = []
    for line, count in units.items():
        if line not in wanted:
            faults.append(NotFound("the id of a line", line, path=("units",)))
        elif not passes(quantity, count) or count > wanted[line]:
            faults.append(InvalidValue(f"1 to {wanted[line]} units", count, path=("units", line)))
    if not faults and (not units or dict(units) == wanted):
        expected = "some units that go and some that stay"
        faults.append(InvalidValue(expected, path=("units",)))
    if faults:
        raise InvalidDocument(faults)


def _split_shipment(
    shipment: Shipment, left: dict[str, int]
) -> tuple[Shipment | None, Shipment | None]:
    """Split what a site gives; what goes is counted off."""
    stay: list[Given] = []
    leave: list[Given] = []
    for row in shipment.given:
        units = min(row.units, left.get(row.line, 0))
        cost = Money(row.cost.minor * units // row.units, row.cost.currency)
        if units:
            left[row.line] -= units
            leave.append(evolve(row, units=units, cost=cost))
        if units < row.units:
            stay.append(evolve(row, units=row.units - units, cost=row.cost - cost))
    return _giving(shipment, stay), _giving(shipment, leave)


def _giving(shipment: Shipment, given: list[Given]) -> Shipment | None:
    return evolve(shipment, given=tuple(given)) if given else None


def _of(
    plan: AllocationPlan, wanted: Mapping[str, int], shipments: list[Shipment]
) -> AllocationPlan:
    """Make a plan of some units of another."""
    served = served_of(shipments)
    lines = []
    for line in plan.lines:
        if wanted.get(line.id):
            count, got = wanted[line.id], served.get(line.id, 0)
            reasons = line.reasons if got < count else ()
            lines.append(evolve(line, wanted=count, served=got, reasons=reasons))
    giving = {row.site for row in shipments}
    sites = [_of_part(found, found.site in giving) for found in plan.sites]
    return evolve(plan, lines=lines, shipments=shipments, sites=sites, certificate=None)


def _of_part(found: SiteFinding, gives: bool) -> SiteFinding:  # noqa: FBT001 - a row of the plan
    """Say of a site that was taken that it gives to another part, if it gives nothing to this."""
    if gives or not found.taken:
        return found
    return SiteFinding(site=found.site, taken=False, reasons=(_OTHER_PART,))


def served_of(shipments: Iterable[Shipment]) -> dict[str, int]:
    """Count by line how many units it gets."""
    served: dict[str, int] = {}
    for shipment in shipments:
        for row in shipment.given:
            served[row.line] = served.get(row.line, 0) + row.units
    return served


# Merging


def merge_plans(plans: Iterable[AllocationPlan]) -> AllocationPlan:
    """Make one plan of several that go to one customer: a site sends one parcel for all.

    Of what the parcels of one site cost once, the highest counts. A line that stands in several
    plans is served by all of them. There is no certificate, for nothing of the whole is proved.

    Args:
        plans: At least one.

    Raises:
        InvalidType: Something is no plan.
        InvalidDocument: There is none; or with every plan that is in another currency, or
            knows a line by another sku.
    """
    listed: tuple[AllocationPlan, ...] = tuple_of(plans)
    _check_merge(listed)
    shipments: dict[str, Shipment] = {}
    findings: dict[str, SiteFinding] = {}
    lines: dict[str, PlannedLine] = {}
    for plan in listed:
        _merge(shipments, ((row.site, row) for row in plan.shipments), _one_parcel)
        _merge(findings, ((row.site, row) for row in plan.sites), _one_finding)
        _merge(lines, ((row.id, row) for row in plan.lines), _one_line)
    return AllocationPlan(
        at=max(plan.at for plan in listed),
        currency=listed[0].currency,
        lines=tuple(lines.values()),
        shipments=tuple(shipments.values()),
        sites=tuple(findings.values()),
    )


def _check_merge(plans: tuple[AllocationPlan, ...]) -> None:
    each(instance(AllocationPlan), least=1)(None, Named("plans"), plans)
    currency = plans[0].currency
    faults: list[InvalidInput] = [
        CurrencyMismatch(f"a plan in {currency}", plan.currency, path=("plans", i))
        for i, plan in enumerate(plans)
        if plan.currency != currency
    ]
    skus: dict[str, str] = {}
    for i, plan in enumerate(plans):
        for j, line in enumerate(plan.lines):
            if skus.setdefault(line.id, line.sku) != line.sku:
                expected = f"the sku of this line before, {skus[line.id]}"
                path = ("plans", i, "lines", j, "sku")
                faults.append(
                    InvalidValue(expected, line.sku, path=path, reason="fields_disagree")
                )
    if faults:
        raise InvalidDocument(faults)


def _merge(
    into: dict[str, _T], rows: Iterable[tuple[str, _T]], join: Callable[[_T, _T], _T]
) -> None:
    for name, row in rows:
        into[name] = join(into[name], row) if name in into else row


def _one_parcel(one: Shipment, other: Shipment) -> Shipment:
    given: dict[str, Given] = {}
    _merge(given, ((row.line, row) for row in (*one.given, *other.given)), _one_taking)
    return Shipment(
        site=one.site,
        given=tuple(given.values()),
        parcel_cost=max(one.parcel_cost, other.parcel_cost),
        distance_cost=max(one.distance_cost, other.distance_cost),
        metres=_later(one.metres, other.metres),
        ready_at=_later(one.ready_at, other.ready_at),
        arrives_at=_later(one.arrives_at, other.arrives_at),
    )


def _later(one: _K | None, other: _K | None) -> _K | None:
    """Take the later, or farther, of two; what is not known says nothing."""
    known = [each for each in (one, other) if each is not None]
    return max(known, default=None)


def _one_taking(one: Given, other: Given) -> Given:
    return evolve(one, units=one.units + other.units, cost=one.cost + other.cost)


def _one_line(one: PlannedLine, other: PlannedLine) -> PlannedLine:
    return evolve(
        one,
        wanted=one.wanted + other.wanted,
        served=one.served + other.served,
        reasons=tuple(
            SiteReasons(site=site or None, reasons=reasons)
            for site, reasons in _reasons_by_site((*one.reasons, *other.reasons)).items()
        ),
    )


def _reasons_by_site(told: Iterable[SiteReasons]) -> dict[str, tuple[Reason, ...]]:
    found: dict[str, tuple[Reason, ...]] = {}
    for row in told:
        name = row.site or ""
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *row.reasons)))
    return dict(sorted(found.items()))


def _one_finding(one: SiteFinding, other: SiteFinding) -> SiteFinding:
    """Say why a site gives something, if it does for one of two plans."""
    if one.taken != other.taken:
        return one if one.taken else other
    told = tuple(dict.fromkeys((*one.reasons, *other.reasons)))
    here = tuple([why for why in told if why != _OTHER_PART])
    return evolve(one, reasons=here or told)
