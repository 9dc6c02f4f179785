"""The plan: which site gives which line how many units, at what cost, and why these sites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count

from attrs import evolve, field, frozen

from ordercore.data import document
from ordercore.data.checks import (
    MAX_QUANTITY,
    Named,
    aware,
    boolean,
    duplicates,
    each,
    identifier,
    instance,
    integer,
    optional,
    quantity,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    NotFound,
)
from ordercore.money import Currency, Money
from ordercore.sourcing.cases import MAX_PAIRS
from ordercore.sourcing.certificate import Certificate
from ordercore.sourcing.reasons import Reason
from ordercore.stock import MAX_DEMAND_LINES, MAX_SITES, Demand, DemandLine, SiteUnits

__all__ = ["AllocationPlan", "Given", "PlannedLine", "Shipment", "SiteFinding", "SiteReasons"]

_instant = optional(aware)
_money = instance(Money)


@frozen(kw_only=True)
class Given:
    """Units that a site gives a line.

    Args:
        line: The id of the line.
        sku: Of what.
        units: How many.
        cost: What these units cost there, all together.
    """

    line: str = field(validator=identifier)
    sku: str = field(validator=identifier)
    units: int = field(validator=quantity)
    cost: Money = field(validator=_money)


def _gifts(given: Iterable[Given]) -> tuple[Given, ...]:
    return tuple_of(given)


def _reasons(given: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple_of(given)


_several_reasons = each(instance(Reason), most=MAX_PAIRS)


@frozen(kw_only=True)
class Shipment:
    """What one site gives.

    Args:
        site: Which.
        given: What it gives which line, in the order of the lines.
        parcel_cost: What it costs once.
        distance_cost: What the way costs.
        metres: How far it is to the customer, if that is known.
        ready_at: When it could leave.
        arrives_at: When the customer could have it, if the way is known.
    """

    site: str = field(validator=identifier)
    given: tuple[Given, ...] = field(
        converter=_gifts, validator=each(instance(Given), least=1, most=MAX_DEMAND_LINES)
    )
    parcel_cost: Money = field(validator=_money)
    distance_cost: Money = field(validator=_money)
    metres: int | None = field(default=None, validator=optional(integer(least=0, most=10**9)))
    ready_at: datetime | None = field(default=None, converter=pinned, validator=_instant)
    arrives_at: datetime | None = field(default=None, converter=pinned, validator=_instant)

    def __attrs_post_init__(self) -> None:
        faults = list(duplicates([row.line for row in self.given], "given", then="line"))
        if faults:
            raise InvalidDocument(faults)
        ordered = sorted(self.given, key=lambda row: row.line)
        object.__setattr__(self, "given", tuple(ordered))

    @property
    def units(self) -> int:
        """How many units it gives."""
        return sum(row.units for row in self.given)

    @property
    def units_cost(self) -> Money:
        """What the units cost there."""
        return Money.sum([row.cost for row in self.given], self.parcel_cost.currency)

    @property
    def cost(self) -> Money:
        """What all of it costs."""
        return self.parcel_cost + self.distance_cost + self.units_cost


@frozen(kw_only=True)
class SiteReasons:
    """Why a site does not give a line more.

    Args:
        site: Which; None: of all that there are, there is no site.
        reasons: All of them.
    """

    site: str | None = field(default=None, validator=optional(identifier))
    reasons: tuple[Reason, ...] = field(converter=_reasons, validator=_several_reasons)


def _by_site(given: Iterable[SiteReasons]) -> tuple[SiteReasons, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class PlannedLine:
    """How a line fares.

    Args:
        id: Of the line.
        sku: Of what.
        wanted: How many units it needs.
        served: How many of them it gets.
        reasons: Of a line that is short, why each site gives it no more.

    Raises:
        InvalidValue: More are served than wanted.
    """

    id: str = field(validator=identifier)
    sku: str = field(validator=identifier)
    wanted: int = field(validator=quantity)
    served: int = field(validator=integer(least=0, most=MAX_QUANTITY))
    reasons: tuple[SiteReasons, ...] = field(
        default=(), converter=_by_site, validator=each(instance(SiteReasons), most=MAX_SITES)
    )

    def __attrs_post_init__(self) -> None:
        if self.served > self.wanted:
            raise InvalidValue(f"at most {self.wanted}", self.served, path=("served",))

    @property
    def missing(self) -> int:
        """How many units nobody gives."""
        return self.wanted - self.served


@frozen(kw_only=True)
class SiteFinding:
    """Why a site was taken, or was not.

    Args:
        site: Which.
        taken: Whether it gives anything.
        reasons: Why, or why not: all of them.
    """

    site: str = field(validator=identifier)
    taken: bool = field(validator=boolean)
    reasons: tuple[Reason, ...] = field(converter=_reasons, validator=_several_reasons)


def _shipments(given: Iterable[Shipment]) -> tuple[Shipment, ...]:
    return tuple_of(given)


def _lines(given: Iterable[PlannedLine]) -> tuple[PlannedLine, ...]:
    return tuple_of(given)


def _findings(given: Iterable[SiteFinding]) -> tuple[SiteFinding, ...]:
    return tuple_of(given)


@document("allocation_plan")
@frozen(kw_only=True)
class AllocationPlan:
    """Which site gives which line how many units. Sites and lines stand in order of their ids.

    Args:
        at: When it was asked.
        currency: Of all costs.
        lines: How each line fares.
        shipments: What each site gives that gives anything.
        sites: Why each site was taken, or was not.
        certificate: How good the plan is, by proof; None: nothing was proved.

    Raises:
        InvalidDocument: With everything that disagrees: an id that stands twice, a line that
            gets other units than it says, a site that is said to be taken and gives nothing, or
            the other way round, a cost in another currency.
    """

    at: datetime = field(converter=pinned, validator=aware)
    currency: Currency = field(converter=Currency)
    lines: tuple[PlannedLine, ...] = field(
        converter=_lines, validator=each(instance(PlannedLine), least=1, most=MAX_DEMAND_LINES)
    )
    shipments: tuple[Shipment, ...] = field(
        default=(), converter=_shipments, validator=each(instance(Shipment), most=MAX_SITES)
    )
    sites: tuple[SiteFinding, ...] = field(
        default=(), converter=_findings, validator=each(instance(SiteFinding), most=MAX_SITES)
    )
    certificate: Certificate | None = field(
        default=None, validator=optional(instance(Certificate))
    )

    def __attrs_post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise InvalidDocument(faults)
        object.__setattr__(self, "lines", tuple(sorted(self.lines, key=lambda line: line.id)))
        for name in ("shipments", "sites"):
            ordered = sorted(getattr(self, name), key=lambda row: row.site)
            object.__setattr__(self, name, tuple(ordered))

    def _faults(self) -> Iterator[InvalidInput]:
        yield from duplicates([line.id for line in self.lines], "lines", then="id")
        yield from duplicates([row.site for row in self.shipments], "shipments", then="site")
        yield from duplicates([row.site for row in self.sites], "sites", then="site")
        lines = {line.id: line for line in self.lines}
        served = dict.fromkeys(lines, 0)
        yield from self._other_sites()
        for i, shipment in enumerate(self.shipments):
            yield from self._other_currency(shipment, i)
            for j, row in enumerate(shipment.given):
                path = ("shipments", i, "given", j)
                if row.line not in lines:
                    yield NotFound("the id of a line", row.line, path=(*path, "line"))
                elif row.sku != lines[row.line].sku:
                    expected = f"the sku of its line, {lines[row.line].sku}"
                    yield InvalidValue(
                        expected, row.sku, path=(*path, "sku"), reason="fields_disagree"
                    )
                else:
                    served[row.line] += row.units
        for i, line in enumerate(self.lines):
            if line.served != served[line.id]:
                expected = f"what the sites give it, {served[line.id]}"
                yield InvalidValue(
                    expected, line.served, path=("lines", i, "served"), reason="fields_disagree"
                )

    def _other_sites(self) -> Iterator[InvalidInput]:
        giving = {row.site for row in self.shipments}
        for i, found in enumerate(self.sites):
            if found.taken != (found.site in giving):
                expected = f"{not found.taken}, as the shipments say"
                yield InvalidValue(
                    expected, found.taken, path=("sites", i, "taken"), reason="fields_disagree"
                )

    def _other_currency(self, shipment: Shipment, i: int) -> Iterator[InvalidInput]:
        costs = [
            (shipment.parcel_cost, ("parcel_cost",)),
            (shipment.distance_cost, ("distance_cost",)),
            *((row.cost, ("given", j, "cost")) for j, row in enumerate(shipment.given)),
        ]
        for cost, place in costs:
            if cost.currency != self.currency:
                expected = f"an amount in {self.currency}"
                yield CurrencyMismatch(expected, str(cost), path=("shipments", i, *place))

    # What it says

    @property
    def ok(self) -> bool:
        """Whether every line gets all that it needs."""
        return not self.left

    @property
    def left(self) -> tuple[PlannedLine, ...]:
        """The lines that are short, each with what is missing and why."""
        return tuple(line for line in self.lines if line.missing)

    @property
    def cost(self) -> Money:
        """What all of it costs."""
        return Money.sum([row.cost for row in self.shipments], self.currency)

    @property
    def arrives_at(self) -> datetime | None:
        """When the customer could have all that is sent; None: not known, or nothing is."""
        times = [row.arrives_at for row in self.shipments]
        known = [at for at in times if at is not None]
        return max(known) if known and len(known) == len(times) else None

    def of(self, line: str) -> tuple[SiteUnits, ...]:
        """Tell which sites give a line how many units, in the order of the sites.

        Raises:
            NotFound: The plan has no such line.
        """
        if all(known.id != line for known in self.lines):
            raise NotFound("the id of a line", line, path=("line",))
        return tuple(
            SiteUnits(shipment.site, row.units)
            for shipment in self.shipments
            for row in shipment.given
            if row.line == line
        )

    def finding(self, site: str) -> SiteFinding:
        """Find why a site was taken, or was not.

        Raises:
            NotFound: The network had no such site.
        """
        for found in self.sites:
            if found.site == site:
                return found
        raise NotFound("the id of a site", site, path=("site",))

    # What is asked of stock next

    def demand(self, demand: Demand) -> Demand:
        """Ask stock for what the plan takes: each line from one site.

        A line that comes from one site keeps its id. One that comes from several becomes as
        many lines, with ``.1``, ``.2`` and so on behind its id, in the order of the sites.

        Args:
            demand: The one that was asked; its other fields are kept.

        Raises:
            InvalidValue: Something is left, or the demand is another one: it has other lines,
                or a line that may not be served from where the plan takes it.
            InvalidInput: An id would become too long, or this is no demand.
        """
        instance(Demand)(None, Named("demand"), demand)
        told = {line.id: line for line in demand.lines}
        if not self.ok or not self._is_of(demand):
            raise InvalidValue("a plan that serves all of this demand", path=("demand",))
        return Demand([part for line in demand.lines for part in self._parts(line, told)])

    def _is_of(self, demand: Demand) -> bool:
        """Whether the plan is of this demand, and takes each line from where it may."""
        wanted = {(line.id, line.sku, line.wanted) for line in self.lines}
        return wanted == {(line.id, line.sku, line.quantity) for line in demand.lines} and all(
            not line.sites or row.site in line.sites
            for line in demand.lines
            for row in self.of(line.id)
        )

    def _parts(self, line: DemandLine, told: dict[str, DemandLine]) -> Iterator[DemandLine]:
        given = self.of(line.id)
        if len(given) == 1:
            yield evolve(line, sites=(given[0].site,))
            return
        free = (name for n in count(1) if (name := f"{line.id}.{n}") not in told)
        for row, name in zip(given, free, strict=False):
            yield evolve(line, id=name, quantity=row.units, sites=(row.site,))
