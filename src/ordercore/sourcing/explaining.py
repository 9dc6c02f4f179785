"""A plan in words: what comes from where at what cost, and why from there.

Whatever is told is in the plan as codes and numbers; here they get words. Nothing is rounded
but costs per unit, which are cut to whole minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from ordercore.data.checks import Named, titles
from ordercore.errors import InvalidType
from ordercore.layout.blocks import EMPTY, Cell, Notes, Table, TableRow, amount, columns
from ordercore.layout.page import Page
from ordercore.money import Money
from ordercore.sourcing.certificate import Certificate, Objective
from ordercore.sourcing.filling import SCALE
from ordercore.sourcing.plan import AllocationPlan, Shipment, SiteFinding
from ordercore.sourcing.reasons import Measure, Reason, ReasonCode
from ordercore.sourcing.rules.rankings import LAST
from ordercore.wording import Words

__all__ = ["explain_plan", "told_left", "within"]

_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})

_COLUMNS: Final = (
    "site",
    "goods",
    "distance",
    "arrives",
    "parcel_cost",
    "distance_cost",
    "units_cost",
    "plan_cost",
)


def explain_plan(
    plan: AllocationPlan,
    locale: str = "en",
    *,
    zone: str | None = None,
    names: Mapping[str, str] = _NO_NAMES,
) -> Page:
    """Put a plan into words, as text, as tables, as HTML and as plain data.

    Args:
        plan: The plan.
        locale: ``zh_CN`` or ``en``, or a region of these.
        zone: In which time zone instants are told; None: as they stand in the plan.
        names: What sites, skus and skills are called, by their ids, and rules by their tags
            (``{"has_skills": "wok"}``); one that is not there stands for itself. All of it is
            escaped in HTML.

    Raises:
        InvalidType: Not a plan, or the names are none.
        InvalidValue: There are no words in that language, or no such zone.
    """
    if not isinstance(plan, AllocationPlan):
        raise InvalidType("an AllocationPlan", plan, path=("plan",))
    titles(None, Named("names"), names)
    return _Telling(plan, Words(locale), zone, names).page()


def told_left(
    plan: AllocationPlan, words: Words, zone: str | None, names: Mapping[str, str]
) -> Iterator[str]:
    """Tell what nobody gives, and why, as `explain_plan` does."""
    return _Telling(plan, words, zone, names).left()


def within(words: Words, told: Certificate, proof: str) -> str:
    """Say with which plans a plan is compared, if not with all."""
    conditions = []
    if told.parcels_max is not None:
        conditions.append(words.say("sourcing.within.parcels", count=told.parcels_max))
    if told.ruled:
        conditions.append(words.say("sourcing.within.rules"))
    if told.others_kept:
        conditions.append(words.say("sourcing.within.others"))
    if not conditions:
        return proof
    listed = words.say("sourcing.conditions").join(conditions)
    return words.say("sourcing.within", proof=proof, conditions=listed)


class _Telling:
    """Tells one plan in one language."""

    def __init__(
        self, plan: AllocationPlan, words: Words, zone: str | None, names: Mapping[str, str]
    ) -> None:
        self.plan = plan
        self.words = words
        self.zone = zone
        self.names = names

    def page(self) -> Page:
        told = (notes for notes in self.notes() if notes.items)
        blocks: tuple[Table | Notes, ...] = (self.table(), *told)
        text = "\n\n".join(self.texts(blocks))
        return Page(
            kind="plan",
            locale=self.words.locale,
            text=text,
            blocks=blocks,
        )

    def texts(self, blocks: tuple[Table | Notes, ...]) -> Iterator[str]:
        say = self.words.say
        for block in blocks:
            if isinstance(block, Notes):
                yield "\n".join([block.title, *block.items])
            elif block.rows:
                sent = map(self.sent, self.plan.shipments)
                yield "\n".join([*sent, f"{say('sourcing.total')} {self.money(self.plan.cost)}"])
            else:
                yield say("sourcing.nothing")

    # What is sent

    def sent(self, row: Shipment) -> str:
        known = row.arrives_at is not None
        return self.words.say(
            "sourcing.shipment.arrives" if known else "sourcing.shipment",
            site=self.name(row.site),
            goods=self.goods(row),
            cost=self.money(row.cost),
            at="" if row.arrives_at is None else self.instant(row.arrives_at),
        )

    def table(self) -> Table:
        say = self.words.say
        total = Cell(say("sourcing.total"))
        foot = (total, *([EMPTY] * (len(_COLUMNS) - 2)), amount(self.words, self.plan.cost))
        return Table(
            name="shipments",
            title=say("sourcing.shipments"),
            columns=columns(self.words, *_COLUMNS),
            rows=tuple(self.row(shipment) for shipment in self.plan.shipments),
            foot=TableRow(kind="total", cells=foot),
        )

    def row(self, sent: Shipment) -> TableRow:
        costs = (sent.parcel_cost, sent.distance_cost, sent.units_cost, sent.cost)
        cells = (
            Cell(self.name(sent.site)),
            Cell(self.goods(sent)),
            EMPTY if sent.metres is None else Cell(self.km(sent.metres), sent.metres),
            EMPTY if sent.arrives_at is None else Cell(self.instant(sent.arrives_at)),
            *(amount(self.words, cost) for cost in costs),
        )
        return TableRow(kind="shipment", subject=sent.site, cells=cells)

    def goods(self, sent: Shipment) -> str:
        return self.words.joined(self.units(row.sku, row.units) for row in sent.given)

    def units(self, sku: str, count: int) -> str:
        return self.words.say("sourcing.goods", title=self.name(sku), count=count)

    # What is left, why, and how good it is

    def notes(self) -> Iterator[Notes]:
        say = self.words.say
        yield Notes(name="left", title=say("sourcing.left"), items=tuple(self.left()))
        yield Notes(
            name="sites",
            title=say("sourcing.sites"),
            items=tuple(map(self.finding, self.plan.sites)),
        )
        told = self.plan.certificate
        items = [within(self.words, told, proof) for proof in self.proofs(told)] if told else []
        yield Notes(name="proof", title=say("sourcing.proof"), items=tuple(items))

    def left(self) -> Iterator[str]:
        for line in self.plan.left:
            goods = self.units(line.sku, line.missing)
            yield self.words.say("sourcing.left.line", goods=goods, line=line.id)
            for found in line.reasons:
                reasons = self.reasons(found.reasons)
                if found.site is None:
                    yield reasons
                else:
                    site = self.name(found.site)
                    yield self.words.say("sourcing.left.site", site=site, reasons=reasons)

    def finding(self, found: SiteFinding) -> str:
        key = "sourcing.taken" if found.taken else "sourcing.not_taken"
        reasons = self.reasons(found.reasons)
        return self.words.say(key, site=self.name(found.site), reasons=reasons)

    def reasons(self, reasons: tuple[Reason, ...]) -> str:
        return self.words.say("reasons").join(map(self.reason, reasons))

    def reason(self, why: Reason) -> str:
        measure = why.measure or _MEASURES.get(why.code)
        told: dict[str, str | int] = {
            "value": self.number(measure, why.value),
            "limit": self.number(measure, why.limit),
            "parcels": why.limit or 0,
            "subject": self.name(why.subject or ""),
            "at": "" if why.at is None else self.instant(why.at),
            "holds": "" if why.code is not ReasonCode.MUST_NOT else self.holds(why.subject or ""),
        }
        reason = self.words.say(_key(why, self.plan.certificate), **told)
        if self.plan.certificate is None and why.code in _OF_A_WHOLE:
            return self.words.say("sourcing.when_planned", reason=reason)
        return reason

    def holds(self, rule: str) -> str:
        """Say what is so, and must not be; a rule of a caller's own is called by its name."""
        key = f"sourcing.holds.{rule}"
        known = key in self.words.catalogue.messages
        return self.words.say(key if known else "sourcing.holds", subject=self.name(rule))

    def proofs(self, told: Certificate) -> Iterator[str]:
        say = self.words.say
        if told.missing > told.missing_least:
            yield say("sourcing.gap.units", count=told.missing - told.missing_least)
            return
        if told.missing:
            yield say("sourcing.proof.units")
            if not self.plan.shipments:  # of nothing, nothing is left to be proved
                return
        among = "fewest" if told.missing else "all"
        if told.exact:
            yield say(f"sourcing.proof.{told.objective}.{among}")
        else:
            gap = self.number(_OBJECTIVES.get(told.objective), told.gap)
            yield say(f"sourcing.gap.{told.objective}.{among}", gap=gap)

    # Names and numbers

    def name(self, name: str) -> str:
        return self.names.get(name, name)

    def number(self, measure: Measure | str | None, value: int | None) -> str:
        if value is None or value >= LAST:
            return self.words.say("sourcing.unknown")
        return _WRITTEN.get(measure, _Telling.count)(self, value)

    def count(self, value: int) -> str:
        return self.words.number(abs(value))

    def plain(self, value: int) -> str:
        return self.words.number(value)

    def km(self, metres: int) -> str:
        return self.words.say("sourcing.km", number=self.words.number(Decimal(metres) / 1000))

    def percent(self, millionths: int) -> str:
        number = self.words.number(Decimal(millionths) / 10_000)
        return self.words.say("sourcing.percent", number=number)

    def time(self, seconds: int) -> str:
        minutes, rest = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        parts = (("hours", hours), ("minutes", minutes), ("seconds", rest))
        told = [self.words.say(f"sourcing.{name}", count=count) for name, count in parts if count]
        nothing = self.words.say("sourcing.minutes", count=0)
        return self.words.say("sourcing.duration").join(told) or nothing

    def per_unit(self, parts: int) -> str:
        return self.minor(parts // SCALE)

    def minor(self, minor: int) -> str:
        currency = self.plan.currency
        return self.words.amount_minor(minor, currency, currency.digits)

    def money(self, told: Money) -> str:
        return self.minor(told.minor)

    def instant(self, at: datetime) -> str:
        return self.words.instant(at, self.zone)


_MONEY: Final = "money"
_PERCENT: Final = "percent"

_MEASURES: Final[Mapping[ReasonCode, Measure | str]] = MappingProxyType(
    {
        ReasonCode.TOO_FAR: Measure.DISTANCE,
        ReasonCode.TOO_SLOW: Measure.TIME,
        ReasonCode.SLOWER: Measure.TIME,
        ReasonCode.SAVES_TOO_LITTLE: _MONEY,
        ReasonCode.TOO_BUSY: _PERCENT,
    }
)
"""What the numbers of a reason are, if it has no measure: else they are counts."""

_OF_A_WHOLE: Final = frozenset(
    {
        ReasonCode.IN_BEST,
        ReasonCode.NOT_IN_BEST,
        ReasonCode.SAVES_TOO_LITTLE,
        ReasonCode.SLOWER,
        ReasonCode.GIVEN_TO_OTHERS,
    }
)
"""What is said of a whole with a certificate: of its parts, which have none, it need not hold."""

_OBJECTIVES: Final[Mapping[Objective, Measure | str]] = MappingProxyType(
    {Objective.COST: _MONEY, Objective.TIME: Measure.TIME}
)

_WRITTEN: Final[Mapping[Measure | str | None, Callable[[_Telling, int], str]]] = MappingProxyType(
    {
        Measure.DISTANCE: _Telling.km,
        Measure.LOAD: _Telling.percent,
        Measure.WAIT: _Telling.time,
        Measure.TIME: _Telling.time,
        Measure.COST: _Telling.per_unit,
        Measure.OWN: _Telling.plain,
        _MONEY: _Telling.minor,
        _PERCENT: lambda tell, percent: tell.percent(10_000 * percent),
    }
)


def _key(why: Reason, proved: Certificate | None) -> str:
    """Find the message of a reason."""
    if why.code is ReasonCode.NOT_IN_BEST and proved is not None and proved.exact:
        better = "units" if proved.missing else proved.objective
        return f"sourcing.why.not_in_best.{better}"
    if why.code is ReasonCode.RANKED_FIRST:
        return f"sourcing.first.{why.measure}"
    if why.code is ReasonCode.RANKED_AFTER:
        return f"sourcing.after.{why.measure}"
    if why.code is ReasonCode.CLOSED and why.at is not None:
        return "sourcing.why.closed.at"
    return f"sourcing.why.{why.code}"
