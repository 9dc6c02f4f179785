"""A batch in words, on one page: who gets what from where, what is left and why, how good it is.

What one order gets, and why from these sites, is told by `ordercore.sourcing.explaining` from
the plan of that order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ordercore.data.checks import Named, instance, titles
from ordercore.layout.blocks import EMPTY, Cell, Notes, Table, TableRow, amount, columns
from ordercore.layout.page import Page
from ordercore.money import Money
from ordercore.sourcing.batch.plans import BatchPlan
from ordercore.sourcing.certificate import Certificate, Objective
from ordercore.sourcing.explaining import told_left, within
from ordercore.wording import Words

__all__ = ["explain_batch"]

_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})

_COLUMNS: Final = ("order", "goods", "not_given", "plan_cost")


def explain_batch(
    plan: BatchPlan,
    locale: str = "en",
    *,
    zone: str | None = None,
    names: Mapping[str, str] = _NO_NAMES,
) -> Page:
    """Put the plan for a batch into words, as text, as tables, as HTML and as plain data.

    The reasons for what is left are those of each order that is short, as in its own plan.

    Args:
        plan: The plan.
        locale: ``zh_CN`` or ``en``, or a region of these.
        zone: In which time zone instants are told; None: as they stand in the plan.
        names: What orders, sites, skus and skills are called, by their ids; an id that is not
            there stands for itself. All of it is escaped in HTML.

    Raises:
        InvalidType: Not a plan for a batch, or the names are none.
        InvalidValue: There are no words in that language, or no such zone.
    """
    instance(BatchPlan)(None, Named("plan"), plan)
    titles(None, Named("names"), names)
    return _Telling(plan, Words(locale), zone, names).page()


class _Telling:
    """Tells one batch in one language."""

    def __init__(
        self, plan: BatchPlan, words: Words, zone: str | None, names: Mapping[str, str]
    ) -> None:
        self.plan, self.words, self.zone, self.names = plan, words, zone, names
        self.missing: dict[str, list[str]] = {}
        for row in plan.left:
            self.missing.setdefault(row.order, []).append(self.units(row.sku, row.units))

    def page(self) -> Page:
        say = self.words.say
        left = Notes(name="left", title=say("sourcing.left"), items=tuple(self.left()))
        proof = Notes(name="proof", title=say("sourcing.proof"), items=tuple(self.proofs()))
        notes = [note for note in (left, proof) if note.items]
        told = ["\n".join(self.sent()), *("\n".join([n.title, *n.items]) for n in notes)]
        return Page(
            kind="batch",
            locale=self.words.locale,
            text="\n\n".join(told),
            blocks=(self.table(), *notes),
        )

    # Who gets what

    def table(self) -> Table:
        say = self.words.say
        total = (Cell(say("sourcing.total")), EMPTY, EMPTY, amount(self.words, self.plan.cost))
        return Table(
            name="orders",
            title=say("sourcing.batch"),
            columns=columns(self.words, *_COLUMNS),
            rows=tuple(map(self.row, self.plan.orders)),
            foot=TableRow(kind="total", cells=total),
        )

    def row(self, order: str) -> TableRow:
        cells = (
            Cell(self.name(order)),
            Cell(self.given(order)),
            Cell(self.words.joined(self.missing.get(order, ()))),
            amount(self.words, self.plan.cost_of(order)),
        )
        return TableRow(kind="order", subject=order, cells=cells)

    def given(self, order: str) -> str:
        by_site: dict[str, dict[str, int]] = {}
        for take in self.plan.of(order):
            goods = by_site.setdefault(take.site, {})
            goods[take.sku] = goods.get(take.sku, 0) + take.units
        told = [
            self.words.say(
                "sourcing.batch.site",
                site=self.name(site),
                goods=self.words.joined(self.units(*row) for row in sorted(goods.items())),
            )
            for site, goods in sorted(by_site.items())
        ]
        return self.words.say("reasons").join(told)

    def sent(self) -> Iterator[str]:
        for order in self.plan.orders:
            given = self.given(order) or self.words.say("sourcing.nothing")
            cost = self.money(self.plan.cost_of(order))
            yield self.words.say(
                "sourcing.batch.order", order=self.name(order), given=given, cost=cost
            )
        yield f"{self.words.say('sourcing.total')} {self.money(self.plan.cost)}"

    # What is left, why, and how good it is

    def left(self) -> Iterator[str]:
        for order in self.missing:
            yield self.words.say("sourcing.batch.left", order=self.name(order))
            yield from told_left(self.plan.plan(order), self.words, self.zone, self.names)

    def proofs(self) -> Iterator[str]:
        told = self.plan.certificate
        return (within(self.words, told, proof) for proof in self.proved(told))

    def proved(self, told: Certificate) -> Iterator[str]:
        say = self.words.say
        if told.missing > told.missing_least:
            yield say("sourcing.gap.units", count=told.missing - told.missing_least)
            return
        if told.missing:
            yield say("sourcing.proof.units")
        if self.plan.takes:  # of nothing, nothing is left to be proved
            yield self.cost_proof(told)

    def cost_proof(self, told: Certificate) -> str:
        among = "fewest" if told.missing else "all"
        if told.exact:
            return self.words.say(f"sourcing.proof.{told.objective}.{among}")
        if not told.lower_bound:
            return self.words.say("sourcing.batch.unproved")
        by_cost = told.objective is Objective.COST
        gap = self.minor(told.gap) if by_cost else self.words.number(told.gap)
        return self.words.say(f"sourcing.gap.{told.objective}.{among}", gap=gap)

    # Names and numbers

    def name(self, name: str) -> str:
        return self.names.get(name, name)

    def units(self, sku: str, count: int) -> str:
        return self.words.say("sourcing.goods", title=self.name(sku), count=count)

    def money(self, told: Money) -> str:
        return self.minor(told.minor)

    def minor(self, minor: int) -> str:
        currency = self.plan.cost.currency
        return self.words.amount_minor(minor, currency, currency.digits)
