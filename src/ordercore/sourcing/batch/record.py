"""The plan for a batch as a document: what each order gets, what all cost, how good that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field, frozen

from ordercore.data import document
from ordercore.data.checks import (
    Named,
    duplicates,
    each,
    identifier,
    instance,
    quantity,
    tuple_of,
)
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue
from ordercore.money import Money
from ordercore.sourcing.batch.plans import BatchPlan
from ordercore.sourcing.batch.question import MAX_ORDERS
from ordercore.sourcing.certificate import Certificate, Objective
from ordercore.stock import MAX_DEMAND_LINES, MAX_SITES, SiteUnits

__all__ = ["BatchRecord", "ServedLine", "ServedOrder"]


def _given(given: Iterable[SiteUnits]) -> tuple[SiteUnits, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class ServedLine:
    """What a line of an order gets.

    Args:
        id: Of the line.
        sku: Of what.
        wanted: How many units it needs.
        given: How many of them which site gives; each site once.

    Raises:
        InvalidDocument: A site is there twice, or more is given than wanted.
    """

    id: str = field(validator=identifier)
    sku: str = field(validator=identifier)
    wanted: int = field(validator=quantity)
    given: tuple[SiteUnits, ...] = field(
        default=(), converter=_given, validator=each(instance(SiteUnits), most=MAX_SITES)
    )

    def __attrs_post_init__(self) -> None:
        faults = list(duplicates([row.site for row in self.given], "given", then="site"))
        if self.missing < 0:
            served = self.wanted - self.missing
            faults.append(InvalidValue(f"at most {self.wanted} units", served, path=("given",)))
        if faults:
            raise InvalidDocument(faults)
        object.__setattr__(self, "given", tuple(sorted(self.given, key=lambda row: row.site)))

    @property
    def missing(self) -> int:
        """How many units nobody gives."""
        return self.wanted - sum(row.units for row in self.given)


def _lines(given: Iterable[ServedLine]) -> tuple[ServedLine, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class ServedOrder:
    """What an order of a batch gets.

    Args:
        id: Of the order.
        lines: Of each line, in the order of their ids.

    Raises:
        InvalidDocument: A line is there twice.
    """

    id: str = field(validator=identifier)
    lines: tuple[ServedLine, ...] = field(
        converter=_lines, validator=each(instance(ServedLine), least=1, most=MAX_DEMAND_LINES)
    )

    def __attrs_post_init__(self) -> None:
        faults = list(duplicates([line.id for line in self.lines], "lines", then="id"))
        if faults:
            raise InvalidDocument(faults)
        object.__setattr__(self, "lines", tuple(sorted(self.lines, key=lambda line: line.id)))


def _orders(given: Iterable[ServedOrder]) -> tuple[ServedOrder, ...]:
    return tuple_of(given)


@document("batch_plan")
@frozen(kw_only=True)
class BatchRecord:
    """What each order of a batch gets, to be stored or sent.

    Reasons are in the `ordercore.sourcing.AllocationPlan` of each order, which is a document of
    its own: `BatchPlan.plan`.

    Args:
        orders: In the order in which they came.
        cost: What all of it costs.
        certificate: How good that is, by proof.

    Raises:
        InvalidDocument: With all that disagrees: an order is there twice, a cost below nothing,
            or a certificate of something else than these orders and their cost.

    >>> from datetime import UTC, datetime
    >>> from ordercore import dump, load
    >>> from ordercore.sourcing import Network, Request, Site, cheapest
    >>> from ordercore.sourcing.batch import allocate_batch
    >>> from ordercore.stock import Demand
    >>> request = Request(Demand.of([("mug", 3)]), datetime(2026, 11, 11, tzinfo=UTC))
    >>> network = Network("CNY", [Site(id="east", stock=[("mug", 2)])])
    >>> plan = allocate_batch([("A1", request)], network, cheapest())
    >>> stored = dump(BatchRecord.of(plan))
    >>> stored["orders"][0]["lines"][0]["given"]
    [{'site': 'east', 'units': 2}]
    >>> load(BatchRecord, stored).orders[0].lines[0].missing
    1
    """

    orders: tuple[ServedOrder, ...] = field(
        converter=_orders, validator=each(instance(ServedOrder), most=MAX_ORDERS)
    )
    cost: Money = field(validator=instance(Money))
    certificate: Certificate = field(validator=instance(Certificate))

    def __attrs_post_init__(self) -> None:
        faults = [
            *duplicates([order.id for order in self.orders], "orders", then="id"),
            *self._proved_of_others(),
        ]
        if self.cost.minor < 0:
            faults.append(InvalidValue("nothing or more", str(self.cost), path=("cost",)))
        if faults:
            raise InvalidDocument(faults)

    def _proved_of_others(self) -> Iterator[InvalidInput]:
        """Tell what the certificate says of the plan that the orders and their cost do not."""
        proved, objective = self.certificate, self.certificate.objective
        rows = [(order.id, line) for order in self.orders for line in order.lines]
        parcels = {(order, row.site) for order, line in rows for row in line.given}
        values = {Objective.COST: max(0, self.cost.minor), Objective.PARCELS: len(parcels)}
        told = {"missing": sum(line.missing for _, line in rows)}
        if objective in values:
            told["value"] = values[objective]
        else:
            path = ("certificate", "objective")
            yield InvalidValue("'cost' or 'parcels'", objective.value, path=path)
        for name, found in told.items():
            said = getattr(proved, name)
            if said != found:
                expected, path = f"{found}, as the orders say", ("certificate", name)
                yield InvalidValue(expected, said, path=path, reason="fields_disagree")

    @classmethod
    def of(cls, plan: BatchPlan) -> BatchRecord:
        """Write down a plan.

        Raises:
            InvalidType: It is none.
        """
        instance(BatchPlan)(None, Named("plan"), plan)
        given: dict[tuple[str, str, str], list[SiteUnits]] = {}
        for take in plan.takes:
            key = (take.order, take.line, take.sku)
            given.setdefault(key, []).append(SiteUnits(take.site, take.units))
        missing = {(row.order, row.line, row.sku): row.units for row in plan.left}
        lines: dict[str, list[ServedLine]] = {}
        for order, line, sku in {**given, **missing}:
            rows = given.get((order, line, sku), [])
            wanted = missing.get((order, line, sku), 0) + sum(row.units for row in rows)
            served = ServedLine(id=line, sku=sku, wanted=wanted, given=rows)
            lines.setdefault(order, []).append(served)
        return cls(
            orders=[ServedOrder(id=order, lines=lines[order]) for order in plan.orders],
            cost=plan.cost,
            certificate=plan.certificate,
        )

    @property
    def ok(self) -> bool:
        """Whether every order gets all that it needs."""
        return not self.certificate.missing
