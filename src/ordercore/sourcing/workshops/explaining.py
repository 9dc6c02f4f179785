"""A plan of workshops in words: who does what, why nobody else, and how good that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import ceil, floor
from types import MappingProxyType
from typing import Final

from ordercore.data.checks import Named, instance, text, titles
from ordercore.layout.blocks import EMPTY, Cell, Notes, Table, TableRow, amount, columns
from ordercore.layout.page import Page
from ordercore.sourcing.workshops.goals import Goal
from ordercore.sourcing.workshops.plan import LeftJob, PlacedJob, Proof, ShopLoad, WorkshopPlan
from ordercore.sourcing.workshops.reasons import NotChosen, ShopReason, WhyNot
from ordercore.wording import Words

__all__ = ["explain_workshops"]

_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})

_JOBS: Final = ("job", "shop", "work", "starts", "ends", "plan_cost")
_SHOPS: Final = ("shop", "load", "added", "ends", "busy")


def explain_workshops(
    plan: WorkshopPlan,
    locale: str = "en",
    *,
    unit: str = "",
    names: Mapping[str, str] = _NO_NAMES,
) -> Page:
    """Put a plan into words, as text, as tables, as HTML and as plain data.

    Args:
        plan: The plan.
        locale: ``zh_CN`` or ``en``, or a region of these.
        unit: What a unit of work is called: ``h``, ``小时``; empty: work is a bare number.
        names: What jobs, shops and skills are called, by their ids; an id that is not there
            stands for itself. All of it is escaped in HTML.

    Raises:
        InvalidType: Not a plan, the unit is no text, or the names are none.
        InvalidValue: There are no words in that language.
    """
    instance(WorkshopPlan)(None, Named("plan"), plan)
    text(most=20)(None, Named("unit"), unit)
    titles(None, Named("names"), names)
    return _Telling(plan, Words(locale), unit, names).page()


class _Telling:
    """Tells one plan in one language."""

    def __init__(
        self, plan: WorkshopPlan, words: Words, unit: str, names: Mapping[str, str]
    ) -> None:
        self.plan, self.words, self.unit, self.names = plan, words, unit, names

    def page(self) -> Page:
        notes = tuple(block for block in self.notes() if block.items)
        blocks: tuple[Table | Notes, ...] = (self.jobs(), self.shops(), *notes)
        told = ["\n".join(self.placed()), *("\n".join([n.title, *n.items]) for n in notes)]
        return Page(
            kind="workshops",
            locale=self.words.locale,
            text="\n\n".join(told),
            blocks=blocks,
        )

    # Tables

    def jobs(self) -> Table:
        say = self.words.say
        empty = [EMPTY] * (len(_JOBS) - 2)
        total = (Cell(say("workshops.total")), *empty, amount(self.words, self.plan.cost))
        return Table(
            name="jobs",
            title=say("workshops.jobs"),
            columns=columns(self.words, *_JOBS),
            rows=tuple(map(self.job, self.plan.placed)),
            foot=TableRow(kind="total", cells=total),
        )

    def job(self, row: PlacedJob) -> TableRow:
        cells = (
            Cell(self.name(row.job)),
            Cell(self.name(row.site)),
            *map(self.cell, (row.work, row.starts, row.ends)),
            amount(self.words, row.cost),
        )
        return TableRow(kind="job", subject=row.job, cells=cells)

    def shops(self) -> Table:
        return Table(
            name="shops",
            title=self.words.say("workshops.shops"),
            columns=columns(self.words, *_SHOPS),
            rows=tuple(map(self.shop, self.plan.shops)),
        )

    def shop(self, row: ShopLoad) -> TableRow:
        taken = EMPTY if row.share is None else Cell(self.percent(floor(row.share * 1_000_000)))
        work = map(self.cell, (row.load, row.added, row.ends))
        return TableRow(
            kind="shop", subject=row.site, cells=(Cell(self.name(row.site)), *work, taken)
        )

    def cell(self, work: int) -> Cell:
        return Cell(self.work(work), work)

    # Text

    def placed(self) -> Iterator[str]:
        if not self.plan.placed:
            yield self.words.say("workshops.nothing")
        for row in self.plan.placed:
            told = {
                "job": self.name(row.job),
                "site": self.name(row.site),
                "cost": amount(self.words, row.cost).text,
                "starts": self.work(row.starts),
                "ends": self.work(row.ends),
            }
            if row.before is not None:
                yield self.words.say("workshops.moved", **told, before=self.name(row.before))
            else:
                yield self.words.say("workshops.placed", **told)
        yield f"{self.words.say('workshops.total')} {amount(self.words, self.plan.cost).text}"

    def notes(self) -> Iterator[Notes]:
        say = self.words.say
        left = [line for row in self.plan.left for line in self.left(row)]
        yield Notes(name="left", title=say("workshops.left"), items=tuple(left))
        others = [self.other(row.job, no) for row in self.plan.placed for no in row.others]
        yield Notes(name="others", title=say("workshops.others"), items=tuple(others))
        proofs = tuple(map(self.proof, self.plan.proofs))
        yield Notes(name="proofs", title=say("workshops.proof"), items=proofs)

    def left(self, row: LeftJob) -> Iterator[str]:
        yield self.words.say(
            f"workshops.left.{row.why}",
            job=self.name(row.job),
            jobs=self.words.joined(map(self.name, row.together)),
            needed=self.work(row.needed or 0),
            free=self.work(row.free or 0),
        )
        yield from [self.other(row.job, no) for no in row.others]

    def other(self, job: str, no: NotChosen) -> str:
        reasons = self.words.say("reasons").join(map(self.reason, no.reasons))
        return self.words.say(
            "workshops.other", job=self.name(job), site=self.name(no.site), reasons=reasons
        )

    def reason(self, why: ShopReason) -> str:
        written = _WRITTEN.get(why.code, _Telling.work)
        told = {
            "value": "" if why.value is None else written(self, why.value),
            "limit": "" if why.limit is None else written(self, why.limit),
            "subject": "" if why.subject is None else self.name(why.subject),
        }
        return self.words.say(f"workshops.why.{why.code}", **told)

    def proof(self, proof: Proof) -> str:
        if proof.exact:
            return self.words.say(f"workshops.proof.{proof.goal}")
        gap = proof.gap
        if proof.goal is Goal.COST:
            told = self.minor(int(gap))
        elif proof.goal is Goal.SHARE:
            told = self.percent(ceil(gap * 1_000_000))
        else:
            told = self.work(int(gap))
        return self.words.say(f"workshops.gap.{proof.goal}", gap=told, count=int(gap))

    # Names and numbers

    def name(self, name: str) -> str:
        return self.names.get(name, name)

    def work(self, count: int) -> str:
        if not self.unit:
            return self.words.say("workshops.work.bare", count=count)
        return self.words.say("workshops.work", count=count, unit=self.unit)

    def percent(self, millionths: int) -> str:
        number = self.words.number(Decimal(millionths) / 10_000)
        return self.words.say("workshops.percent", number=number)

    def minor(self, minor: int) -> str:
        currency = self.plan.currency
        return self.words.amount_minor(minor, currency, currency.digits)


_WRITTEN: Final = MappingProxyType(
    {WhyNot.BUSIER: _Telling.percent, WhyNot.DEARER: _Telling.minor}
)
"""What the numbers of a reason are, if they are not work."""
