"""Made to order: lines that are served from finished units, and by making the rest of parts.

All lines whose parts come from the same sites and that are due at the same instant are netted
together: what they need of a part is summed before it is rounded, lots are made once, and what
stands finished is used first. What is due at another instant is made by itself, of what is left.
Each line takes what it adds to the need of those before it, so that every unit is taken by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from attrs import evolve, frozen

from ordercore.calendars.windows import LAST, MICROSECOND
from ordercore.data import variant
from ordercore.stock.answer import Offer, PartShort, Shortage
from ordercore.stock.demand import DemandLine, Supply
from ordercore.stock.goods import goods_offered, goods_short
from ordercore.stock.materials.book import BillBook
from ordercore.stock.materials.choosing import Preferred
from ordercore.stock.materials.demands import Wanted
from ordercore.stock.materials.netting import Netting, Outcome
from ordercore.stock.materials.netting import Supply as Supplied
from ordercore.stock.materials.planning import bounded, settled
from ordercore.stock.materials.promising import HORIZON, delay, first
from ordercore.stock.pool import Lot, Made, Making, Pool, Takes, Units

__all__ = ["MadeToOrder"]


@variant(Supply, "made_to_order")
@frozen
class MadeToOrder(Supply):
    """From finished units, and by making what is missing, by the snapshot's book of bills.

    Finished units and parts come from the sites of the line: name the workshop. What is made
    must be begun by its lead time before it is due, and its parts be there by then.
    """

    turn: ClassVar[int] = 1

    def offers(self, line: DemandLine, pool: Pool) -> tuple[Offer, ...]:
        """Tell how many of its units each site could have ready by when the line is due."""
        book = _book_of(line, pool)
        return goods_offered(line, pool) if book is None else tuple(_offers(line, pool, book))

    def serve(self, line: DemandLine, pool: Pool) -> int:
        """Take finished units and parts for as many units as can be had."""
        due, book = line.due(pool.at), _book_of(line, pool)
        if book is None:
            return pool.take(line.id, line.sku, line.quantity, line.sites, due)
        return _Bench(pool, line.sites, book, due).serve(_made(line, line.quantity, due))

    def explain(self, line: DemandLine, missing: int, pool: Pool) -> Shortage:
        """Say which parts are short, and from when on all units could be there."""
        book = _book_of(line, pool)
        if book is None:
            short = goods_short(line, missing, pool)
            return evolve(short, reasons=("no_bill", *short.reasons))
        return _explained(line, missing, pool, book)


def _book_of(line: DemandLine, pool: Pool) -> BillBook | None:
    """Find the book that knows the line's sku; None: it is not known how it is made."""
    book = pool.snapshot.bills
    return book if book is not None and line.sku in book else None


def _made(line: DemandLine, units: int, due: datetime) -> Made:
    return Made(line.id, line.sku, units, due)


# What is made together


class _Bench:
    """What is made together of the stock of some sites, as much of it as the pool has left."""

    def __init__(
        self, pool: Pool, sites: tuple[str, ...], book: BillBook, lot: datetime | str
    ) -> None:
        self._pool = pool
        self._sites = sites
        self._book = book
        self._name: Lot = (sites, lot)

    def serve(self, wanted: Made) -> int:
        """Make as many units as can be had besides what is made so far; tell how many."""
        units, netting = self.most(wanted)
        if netting is not None:
            self._take(wanted._replace(units=units), _bounded(netting))
        return units

    def most(self, wanted: Made) -> tuple[int, Netting | None]:
        """Find the most units that can be had, and how: for fewer there is always enough."""
        low, high, found = 0, wanted.units + 1, None
        middle = wanted.units
        while high - low > 1:
            netting = self.net(wanted._replace(units=middle))
            if delay(netting, self._pool.at):
                high = middle
            else:
                low, found = middle, netting
            middle = (low + high) // 2
        return low, found

    def could(self, wanted: Made) -> bool:
        """Tell whether all units can be had besides what is made so far."""
        return not delay(self.net(wanted), self._pool.at)

    def net(self, wanted: Made, *, at_leisure: bool = False) -> Netting:
        """Net what is made so far and these units besides, be there enough or not.

        Args:
            wanted: The units.
            at_leisure: Whether what is there by now is there for all, also for what should
                have begun before.
        """
        making = self._ready(wanted.sku)
        if at_leisure:
            making = making._replace(supply=self._at_leisure(making.supply, wanted.sku))
        return settled(self._preferred(making, wanted), self._pool.worths)[0]

    def _preferred(self, making: Making, wanted: Made) -> Netting:
        """Net them by preference."""
        if making.netting is not None:
            line = Wanted(wanted.sku, wanted.units, wanted.due)
            return making.netting.besides([line], making.supply)
        made = _with_more(making.made, wanted)
        lines = [Wanted(sku, units, due) for (sku, due), units in made.items()]
        calendar = self._pool.snapshot.calendar
        return Netting(self._book, making.supply, Preferred(), calendar).run(lines)

    def _at_leisure(self, supply: Mapping[str, Supplied], sku: str) -> Mapping[str, Supplied]:
        """Take what is there by now of all that goes into a thing as there at any time."""
        at, leisure = self._pool.at, dict(supply)
        for step in self._book.below([sku]):
            leisure[step.part.sku] = [
                (None if when is None or when <= at else when, units)
                for when, units in supply[step.part.sku]
            ]
        return leisure

    # What there is, and what the lines take of it

    def _has_choice(self, making: Making, sku: str) -> bool:
        """Whether there are several ways of making what is made and a thing more."""
        return making.has_choice or self._book.has_choice(sku)

    def _ready(self, sku: str) -> Making:
        """Tell what is made, and what there is for it and for a thing more, were nothing made."""
        making = self._pool.making.get(self._name, Making())
        asked = dict.fromkeys(step.part.sku for step in self._book.below([sku]))
        if self._has_choice(making, sku):
            asked |= dict.fromkeys(making.supply)
        old = [part for part in asked if making.seen.get(part) != self._pool.changes(part)]
        if old:
            supply = {**making.supply, **{part: self._supply(part, making) for part in old}}
            seen = {**making.seen, **{part: self._pool.changes(part) for part in old}}
            making = making._replace(supply=supply, seen=seen)
            self._pool.making[self._name] = making
        return making

    def _supply(self, part: str, making: Making) -> Supplied:
        """Tell what there would be of a part if nothing were made."""
        if part not in making.needs:
            return self._pool.supply(part, self._sites)
        self._pool.release(self._name, part)
        found = self._pool.supply(part, self._sites)
        self._take_part(part, making.needs[part])
        return found

    def _take_part(self, part: str, needs: Mapping[datetime, int]) -> None:
        for due, units in sorted(needs.items()):
            self._pool.take(self._name, part, units, self._sites, due)

    def _take(self, wanted: Made, netting: Netting) -> None:
        """Let a line take what it adds to the need of those before it."""
        making = self._pool.making[self._name]
        before, found = making.needs, dict(map(_needs, netting.outcomes))
        asked = {**before, **found} if netting.is_whole else found
        changed = {sku: found.get(sku, {}) for sku in asked if found.get(sku) != before.get(sku)}
        for part, needs in changed.items():
            self._pool.release(self._name, part)
            self._take_part(part, needs)
        seen = {**making.seen, **{part: self._pool.changes(part) for part in changed}}
        self._pool.making[self._name] = making._replace(
            made=_with_more(making.made, wanted),
            has_choice=self._has_choice(making, wanted.sku),
            netting=netting if isinstance(netting.chooser, Preferred) else None,
            takes=_with_takes(making, wanted.line, changed),
            needs=found if netting.is_whole else {**before, **found},
            seen=seen,
        )


def _bounded(netting: Netting) -> Netting:
    """Accept a pass in which nothing is needed of which there can never be so much.

    Raises:
        LimitExceeded: More than `ordercore.stock.materials.MAX_NEED` of a part.
    """
    for outcome in netting.outcomes:
        bounded(max(outcome.needed, outcome.made), outcome.step.part.sku)
    return netting


def _with_more(made: Units, wanted: Made) -> Units:
    key = wanted.sku, wanted.due
    return {**made, key: made.get(key, 0) + wanted.units}


def _needs(outcome: Outcome) -> tuple[str, Mapping[datetime, int]]:
    """Tell what a pass takes of a part that is there, by when."""
    takes = {due: units for due, units in outcome.takes.items() if due is not None}
    return outcome.step.part.sku, takes


def _with_takes(making: Making, line: str, changed: Mapping[str, Mapping[datetime, int]]) -> Takes:
    """Let a line take what is needed more; the pool hands out less where less is needed."""
    own = dict(making.takes.get(line, {}))
    for sku, needs in changed.items():
        had = making.needs.get(sku, {})
        for due, units in needs.items():
            if units > had.get(due, 0):
                own[sku, due] = own.get((sku, due), 0) + units - had.get(due, 0)
    return {**making.takes, line: own}


# What is told of them


def _offers(line: DemandLine, pool: Pool, book: BillBook) -> Iterator[Offer]:
    due = line.due(pool.at)
    if due < pool.at:
        return
    for site in line.sites or _keeping(line, pool, book):
        units, _ = _Bench(pool, (site,), book, due).most(_made(line, line.quantity, due))
        if units:
            yield Offer(site, units, due)


def _keeping(line: DemandLine, pool: Pool, book: BillBook) -> list[str]:
    """List the sites that keep the sku, or something that goes into it."""
    return sorted(
        {site for step in book.below([line.sku]) for site in pool.snapshot.of(step.part.sku)}
    )


def _explained(line: DemandLine, missing: int, pool: Pool, book: BillBook) -> Shortage:
    due = line.due(pool.at)
    wanted = _made(line, missing, due)
    needs = _bounded(_Bench(pool, line.sites, book, due).net(wanted, at_leisure=True))
    parts = tuple(_parts_short(needs))
    hurried = any(each.made and _is_past(each, pool.at) for each in needs.outcomes)
    bench = _Bench(pool, line.sites, book, line.id)
    enough_from = _enough_from(bench, line, missing, pool.at)
    alone = _Bench(pool.anew(), line.sites, book, due)
    is_there = alone.could(_made(line, line.quantity, due))
    if enough_from is not None:
        bench.serve(_made(line, missing, enough_from))
    return Shortage(
        line=line.id,
        sku=line.sku,
        wanted=line.quantity,
        available=line.quantity - missing,
        reasons=tuple(
            _reasons(parts, late=due < pool.at, alone=is_there, hurried=hurried, later=enough_from)
        ),
        enough_from=enough_from,
        parts=parts,
        unit=book.part(line.sku).unit,
    )


def _is_past(outcome: Outcome, at: datetime) -> bool:
    """Whether it should have begun before."""
    return outcome.start_by is not None and outcome.start_by < at


def _parts_short(netting: Netting) -> Iterator[PartShort]:
    """Tell what is not there; what is there, but too late, is not missing."""
    for outcome in netting.outcomes:
        if outcome.short:
            yield PartShort(
                sku=outcome.step.part.sku,
                level=outcome.step.level,
                needed=outcome.needed,
                short=outcome.short,
                needed_by=outcome.needed_by,
                unit=outcome.step.part.unit,
            )


def _enough_from(bench: _Bench, line: DemandLine, missing: int, at: datetime) -> datetime | None:
    """Find the first instant for which all that is missing could be there; None: never.

    The later it is, the more has come, and the later things are begun.
    """
    due = max(line.due(at), at)

    def then(microseconds: int) -> datetime:
        return (due.astimezone(UTC) + microseconds * MICROSECOND).astimezone(due.tzinfo)

    def lacking(microseconds: int) -> int:
        return delay(bench.net(_made(line, missing, then(microseconds))), at)

    far = min(HORIZON, max(LAST - due, timedelta()))  # there is no date after that
    found = first(lacking, until=far // MICROSECOND)
    return None if found is None else then(found)


def _reasons(
    parts: tuple[PartShort, ...],
    *,
    late: bool,
    alone: bool,
    hurried: bool,
    later: datetime | None,
) -> Iterator[str]:
    if late:
        yield "too_late"
    elif alone:
        yield "other_lines"
    if hurried and not late:
        yield "no_time"
    if parts:
        yield "missing_parts"
    if later is not None:
        yield "later"
