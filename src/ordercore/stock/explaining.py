"""What stock answers and what was found of it, in words: short, and nothing that is not there.

A check, findings and proposals are data with codes and numbers; here they get words. The words
of findings are those of the notices to staff, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, get_args

from attrs import frozen

from ordercore.calendars import Window
from ordercore.data.checks import Named, each, instance, tuple_of
from ordercore.errors import InvalidType
from ordercore.layout.blocks import EMPTY, Cell, Notes, Table, TableRow, columns, count
from ordercore.layout.page import Page
from ordercore.stock.answer import MAX_ANSWERS, Appointment, LineCheck, Shortage, StockCheck, Taken
from ordercore.stock.materials.plan import MaterialPlan, PartPlan
from ordercore.stock.materials.promising import MaterialPromise
from ordercore.stock.proposals import BringForward, Cause, ProductionProposal, PurchaseProposal
from ordercore.stock.resources.capacity import ProductionCapacity
from ordercore.stock.resources.slots import Overload, Slot
from ordercore.stock.telling import NO_NAMES, counts, details, kind_of, lack, when
from ordercore.stock.watching import LateReservation, LowStock, OverdueReceipt
from ordercore.wording import Words

__all__ = ["StockFinding", "cause", "explain_stock", "several_of"]

StockFinding = (
    Shortage
    | LowStock
    | OverdueReceipt
    | LateReservation
    | Overload
    | PurchaseProposal
    | ProductionProposal
    | BringForward
    | MaterialPlan
    | MaterialPromise
    | Slot
)
"""What was found of stock, is proposed, or is planned."""

_COLUMNS: Final = ("item", "wanted", "available", "source", "since")
_LINES: Final = ("body", "receipt", "holder", "needed_by", "act_by", "expected_at")

Values = Mapping[str, str | int]
"""What a message may insert; nothing is empty text."""


def explain_stock(
    found: StockCheck | StockFinding | Iterable[StockFinding],
    locale: str = "en",
    *,
    zone: str | None = None,
    names: Mapping[str, str] = NO_NAMES,
) -> Page:
    """Put a check, or what was found, is proposed or is planned, into words.

    Args:
        found: The answer of `check`; or findings, proposals, material plans, promises and
            slots, one or several.
        locale: ``zh_CN`` or ``en``, or a region of these.
        zone: In which time zone instants are told; None: as they stand in what was found.
        names: What skus, sites, roles and resources are called, by their ids; an id that is
            not there stands for itself. All of it is escaped in HTML.

    Returns:
        A page of kind ``stock_check`` or ``stock_findings``.

    Raises:
        InvalidType: Something else was given.
        InvalidValue: There are no words in that language, or there is no such zone.

    >>> from ordercore.stock import Demand, StockLevel, StockSnapshot, check
    >>> now = datetime.fromisoformat("2026-11-11T09:00:00+08:00")
    >>> level = StockLevel(sku="mug", site="east", on_hand=5)
    >>> answer = check(Demand.of([("mug", 7)]), StockSnapshot(levels=[level]), now)
    >>> print(explain_stock(answer, names={"mug": "Mug"}))
    Not all of it can be had.
    Mug: 5 of 7, 2 short (these sites have fewer; nobody knows when there will be enough)
    """
    tell = _Telling(Words(locale), zone, names)
    if isinstance(found, StockCheck):
        return tell.check(found)
    return tell.findings(several_of(get_args(StockFinding), found, (StockCheck,)))


def several_of(
    kinds: tuple[type, ...], found: Any, also: tuple[type, ...] = ()
) -> tuple[Any, ...]:
    """Take one or several things of some kinds as ``found``; what is also taken is told.

    Raises:
        InvalidType: Something is of none of them.
    """
    if isinstance(found, kinds):
        return (found,)
    if not isinstance(found, Iterable):
        names = ", ".join(kind.__name__ for kind in (*also, *kinds))
        raise InvalidType(f"one or several of {names}", found, path=("found",))
    several: tuple[Any, ...] = tuple_of(found)
    each(instance(*kinds), most=MAX_ANSWERS)(None, Named("found"), several)
    return several


def cause(
    found: Cause, words: Words, names: Mapping[str, str] = NO_NAMES, unit: str | None = None
) -> str:
    """Say why something is to be bought or made, how much of it, and for what."""
    subjects = words.joined(names.get(name, name) for name in found.subjects)
    key = f"notice.cause.{found.kind}.subjects" if subjects else f"notice.cause.{found.kind}"
    return words.say(key, count=words.counted(found.units, unit), subjects=subjects)


@frozen
class _Telling:
    """Tells in one language."""

    words: Words
    zone: str | None
    names: Mapping[str, str]

    # A check

    def check(self, answer: StockCheck) -> Page:
        said = self.words.say("stock.ok" if answer.ok else "stock.not_ok")
        short = tuple(map(self.shortage, answer.shortages))
        notes = Notes(name="shortages", title=self.words.say("stock.shortages"), items=short)
        return Page(
            kind="stock_check",
            locale=self.words.locale,
            text="\n".join([said, *map(self.line, answer.lines)]),
            blocks=(self.table(answer), *([notes] if short else [])),
        )

    def table(self, answer: StockCheck) -> Table:
        return Table(
            name="lines",
            title=self.words.say("stock.lines"),
            columns=columns(self.words, *_COLUMNS),
            rows=tuple(map(self.row, answer.lines)),
        )

    def row(self, line: LineCheck) -> TableRow:
        short = line.shortage
        since = None if short is None else short.enough_from
        cells = (
            Cell(self.name(line.sku)),
            count(self.words, line.wanted),
            count(self.words, line.wanted if short is None else short.available),
            Cell(self.source(line)),
            EMPTY if since is None else Cell(self.instant(since)),
        )
        return TableRow(kind="line" if short is None else "short", subject=line.id, cells=cells)

    def line(self, line: LineCheck) -> str:
        if line.shortage is not None:
            return self.shortage(line.shortage)
        title, source = self.name(line.sku), self.source(line)
        key = "stock.line.booked" if line.appointments else "stock.line"
        return self.words.say(key, title=title, wanted=line.wanted, source=source)

    def source(self, line: LineCheck) -> str:
        """Say from where a line is served, of which parts, and when and by whom."""
        goods = [self.taken(each, line.sku) for each in line.taken]
        return self.words.joined([*goods, *map(self.appointment, line.appointments)])

    def taken(self, part: Taken, sku: str) -> str:
        key = "stock.from_site" if part.sku == sku else "stock.part_from_site"
        units, site = self.words.times(self.name(part.sku), part.units), self.name(part.site)
        return self.words.say(key, units=units, site=site, count=part.units)

    def appointment(self, booked: Appointment) -> str:
        return self.visit(booked.site, booked.window, (each.resource for each in booked.assigned))

    def visit(self, site: str, window: Window, resources: Iterable[str]) -> str:
        by = self.words.joined(map(self.name, resources))
        at = self.instant(window.start)
        return self.words.say("stock.appointment", site=self.name(site), at=at, by=by)

    def shortage(self, short: Shortage) -> str:
        return self.words.say(
            f"stock.{kind_of(short)}",
            title=self.name(short.sku),
            details=self.words.say("reasons").join(self.details(short)),
            **counts(short, self.words),
        )

    def details(self, short: Shortage) -> Iterator[str]:
        yield from details(short, self.words, self.zone, self.names)
        key = f"notice.{kind_of(short)}.each"
        yield when(short.enough_from, key, self.words, self.zone, short.reasons)

    # Findings and proposals

    def findings(self, several: tuple[StockFinding, ...]) -> Page:
        items = tuple(map(self.finding, several))
        title = self.words.say("stock.findings")
        return Page(
            kind="stock_findings",
            locale=self.words.locale,
            text="\n".join(items),
            blocks=(Notes(name="findings", title=title, items=items),),
        )

    def finding(self, found: StockFinding) -> str:
        if isinstance(found, Shortage):
            return self.shortage(found)
        base, values = _FINDINGS[type(found)](self, found)
        title = self.words.say(base, **values)
        told = [*self.lines(base, values), *self.more(found)]
        details = [self.words.say("stock.sentence", told=self.ended(each)) for each in told]
        return self.words.say("stock.finding", title=title, details="".join(details))

    def ended(self, told: str) -> str:
        return told if told.endswith((".", "。")) else self.words.say("stock.told", told=told)

    def lines(self, base: str, values: Values) -> Iterator[str]:
        for name in _LINES:
            key = f"{base}.{name}" if values.get(name, "") else f"{base}.{name}.unknown"
            if self.knows(key):
                yield self.words.say(key, **values)

    def more(self, found: StockFinding) -> Iterator[str]:
        """Say why something is proposed, who is missing for a service, and what a plan takes."""
        if isinstance(found, PurchaseProposal | ProductionProposal):
            causes = [cause(each, self.words, self.names, found.unit) for each in found.causes]
            yield self.words.say("reasons").join(causes)
        if isinstance(found, Overload):
            lacks = [lack(each, self.words, self.zone, self.names) for each in found.lacks]
            yield self.words.say("reasons").join(lacks)
        if isinstance(found, MaterialPlan | MaterialPromise):
            plan = found if isinstance(found, MaterialPlan) else found.plan
            yield from map(self.part, plan.parts)
        if isinstance(found, MaterialPromise) and isinstance(found.capacity, ProductionCapacity):
            for slot in found.capacity.slots:
                yield self.words.say("stock.slot", **self.slot(slot)[1])

    def low(self, found: LowStock) -> tuple[str, Values]:
        return "notice.low_stock", {
            "sku": self.name(found.sku),
            "site": self.name(found.site),
            "count": max(0, found.order),
            "wanted": found.position + found.order,
            "available": found.position,
            "point": found.point,
            "body": "body",
        }

    def overdue(self, found: OverdueReceipt) -> tuple[str, Values]:
        return f"notice.{found.incoming.kind}_overdue", {
            "title": self.name(found.sku),
            "site": self.name(found.site),
            "count": found.incoming.quantity,
            "receipt": found.incoming.id,
            "expected_at": self.instant(found.incoming.expected_at),
            "body": "body",
        }

    def late(self, found: LateReservation) -> tuple[str, Values]:
        return "notice.promise_late", {
            "title": self.name(found.sku),
            "site": self.name(found.site),
            "count": found.short,
            "wanted": found.reservation.outstanding,
            "holder": found.reservation.holder,
            "needed_by": self.instant(found.reservation.due),
            "expected_at": self.instant(found.enough_from),
            "body": "body",
        }

    def overload(self, found: Overload) -> tuple[str, Values]:
        requirement, at = self.name(found.requirement), self.instant(found.free_from)
        return "notice.overload", {"requirement": requirement, "expected_at": at}

    def bought(self, found: PurchaseProposal) -> tuple[str, Values]:
        return "notice.purchase_proposed", self.proposed(found, found.order_by)

    def made(self, found: ProductionProposal) -> tuple[str, Values]:
        return "notice.production_proposed", self.proposed(found, found.start_by)

    def proposed(
        self, found: PurchaseProposal | ProductionProposal, act_by: datetime | None
    ) -> Values:
        return {
            "units": self.words.times(self.name(found.sku), found.units, found.unit),
            "needed_by": self.instant(found.needed_by),
            "act_by": self.instant(act_by),
        }

    def sooner(self, found: BringForward) -> tuple[str, Values]:
        return f"notice.{found.kind}_sooner", {
            "units": self.words.times(self.name(found.sku), found.units, found.unit),
            "receipt": found.order,
            "needed_by": self.instant(found.needed_by),
            "expected_at": self.instant(found.expected_at),
        }

    # Plans

    def plan(self, found: MaterialPlan) -> tuple[str, Values]:
        base = "stock.plan.ok" if found.ok else "stock.plan.short"
        return base, {"units": self.wanted(found)}

    def promise(self, found: MaterialPromise) -> tuple[str, Values]:
        values = {"units": self.wanted(found.plan), "at": self.instant(found.at)}
        return "stock.promise", values

    def wanted(self, plan: MaterialPlan) -> str:
        """Say what a plan is for."""
        return self.words.joined(
            self.words.times(self.name(part.sku), int(need.quantity), part.unit)
            for part in plan.parts
            for need in part.needs
            if need.parent is None
        )

    def part(self, part: PartPlan) -> str:
        """Say how much of a part is needed, there, made and bought."""
        told = {"taken": part.taken, "made": part.made, "bought": part.short}
        return self.words.say(
            "stock.plan.part",
            title=self.name(part.sku),
            wanted=self.words.counted(part.needed, part.unit),
            details="".join(self.step(part, *each) for each in told.items() if each[1]),
        )

    def step(self, part: PartPlan, name: str, units: int) -> str:
        start_by = self.instant(part.start_by)
        dated = f"stock.plan.{name}.start_by"
        key = dated if start_by and self.knows(dated) else f"stock.plan.{name}"
        return self.words.say(key, count=self.words.counted(units, part.unit), start_by=start_by)

    def slot(self, found: Slot) -> tuple[str, Values]:
        source = self.visit(found.site, found.window, (each.resource for each in found.chosen))
        return "stock.slot", {"title": self.name(found.requirement), "source": source}

    # Names and instants

    def knows(self, key: str) -> bool:
        return key in self.words.catalogue.messages

    def name(self, name: str) -> str:
        return self.names.get(name, name)

    def instant(self, at: datetime | None) -> str:
        return "" if at is None else self.words.instant(at, self.zone)


_FINDINGS: Final[Mapping[type, Callable[[_Telling, Any], tuple[str, Values]]]] = MappingProxyType(
    {
        LowStock: _Telling.low,
        OverdueReceipt: _Telling.overdue,
        LateReservation: _Telling.late,
        Overload: _Telling.overload,
        PurchaseProposal: _Telling.bought,
        ProductionProposal: _Telling.made,
        BringForward: _Telling.sooner,
        MaterialPlan: _Telling.plan,
        MaterialPromise: _Telling.promise,
        Slot: _Telling.slot,
    }
)
"""How each finding is told: the key of its words, and what they insert."""
