"""Made to order: lines that are served from finished units, and by making the rest of parts.

All lines whose parts come from the same sites and that are due at the same instant are netted
together: what they need of a part is summed before it is rounded, lots are made once, and what
stands finished is used first. What is due at another instant is made by itself, of what is left.
Each line takes what it adds to the need of those before it, so that every unit is taken by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import ClassVar

from attrs import evolve, frozen

from ordercore.calendars.windows import MICROSECOND
from ordercore.data import variant
from ordercore.stock.answer import Offer, PartShort, Shortage
from ordercore.stock.demand import DemandLine, Supply
from ordercore.stock.goods import goods_offered, goods_short
from ordercore.stock.materials.book import BillBook
from ordercore.stock.materials.demands import Wanted
from ordercore.stock.materials.netting import Netting
from ordercore.stock.materials.planning import netted
from ordercore.stock.materials.promising import HORIZON, first
from ordercore.stock.pool import Made, Making, Pool, Takes, Units

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
        self._name = sites, lot

    def serve(self, wanted: Made) -> int:
        """Make as many units as can be had besides what is made so far; tell how many."""
        netting = self.net(wanted)
        if not self._will_do(netting):
            units = self._most(wanted)
            if not units:
                return 0
            wanted = wanted._replace(units=units)
            netting = self.net(wanted)
        self._take(wanted, _needs(netting))
        return wanted.units

    def net(self, wanted: Made) -> Netting:
        """Net what is made so far and these units besides, be there enough or not."""
        making = self._ready(wanted.sku)
        made = dict(making.made)
        made[wanted.sku, wanted.due] = made.get((wanted.sku, wanted.due), 0) + wanted.units
        lines = tuple(Wanted(sku, units, due) for (sku, due), units in made.items())
        return netted(self._book, lines, making.supply, self._pool.snapshot.calendar)[0]

    def could(self, wanted: Made) -> bool:
        """Tell whether all units can be had besides what is made so far."""
        return self._will_do(self.net(wanted))

    def _will_do(self, netting: Netting) -> bool:
        """Whether nothing is short, and nothing would have to be begun already."""
        starts = (each.start_by for each in netting.outcomes if each.made)
        late = any(start is not None and start < self._pool.at for start in starts)
        return not (late or netting.is_short)

    def _most(self, wanted: Made) -> int:
        """Find the most units that can be had, not all: for fewer there is always enough."""
        low, high = 0, wanted.units
        while high - low > 1:
            middle = (low + high) // 2
            could = self.could(wanted._replace(units=middle))
            low, high = (middle, high) if could else (low, middle)
        return low

    # What there is, and what the lines take of it

    def _ready(self, sku: str) -> Making:
        """Tell what is made, and what there is for it and for a thing more, were nothing made."""
        making = self._pool.making.get(self._name, Making())
        if making.changes != self._pool.changes:
            self._release(making.takes)
            found = {part: self._pool.supply(part, self._sites) for part in making.supply}
            self._take_all(making.takes)
            making = making._replace(supply=found)
        new = [step.part.sku for step in self._book.below([sku])]
        more = {
            part: self._pool.supply(part, self._sites) for part in new if part not in making.supply
        }
        if more or making.changes != self._pool.changes:
            supply = {**making.supply, **more}
            making = making._replace(supply=supply, changes=self._pool.changes)
            self._pool.making[self._name] = making
        return making

    def _take(self, wanted: Made, needs: Units) -> None:
        """Let a line take what it adds to the need of those before it."""
        making = self._pool.making[self._name]
        made = dict(making.made)
        made[wanted.sku, wanted.due] = made.get((wanted.sku, wanted.due), 0) + wanted.units
        more = {
            key: units
            for key in {*needs, *making.needs}
            if (units := needs.get(key, 0) - making.needs.get(key, 0))
        }
        own = dict(making.takes.get(wanted.line, {}))
        own.update({key: own.get(key, 0) + units for key, units in more.items() if units > 0})
        takes = {**making.takes, wanted.line: own}
        less = {key: -units for key, units in more.items() if units < 0}
        if less:
            takes = _given_back(takes, less)
        changed = {name: units for name, units in takes.items() if units != making.takes.get(name)}
        self._release({name: making.takes.get(name, {}) for name in changed})
        self._take_all(changed)
        self._pool.making[self._name] = Making(
            made, takes, needs, making.supply, self._pool.changes
        )

    def _release(self, takes: Takes) -> None:
        for line, units in takes.items():
            for sku in sorted({sku for sku, _ in units}):
                self._pool.release(line, sku)

    def _take_all(self, takes: Takes) -> None:
        for line, units in takes.items():
            for (sku, due), count in sorted(units.items()):
                self._pool.take(line, sku, count, self._sites, due)


def _given_back(takes: Takes, less: Mapping[tuple[str, datetime], int]) -> dict[str, Units]:
    """Let lines have less, the last one first: another one has found a way with less of it."""
    left = dict(less)
    after: dict[str, Units] = {}
    for line, units in reversed(list(takes.items())):
        kept: dict[tuple[str, datetime], int] = {}
        for key, count in units.items():
            back = min(count, left.get(key, 0))
            left[key] = left.get(key, 0) - back
            if count > back:
                kept[key] = count - back
        after[line] = kept
    return dict(reversed(list(after.items())))


def _needs(netting: Netting) -> Units:
    """Tell what a pass takes of what is there."""
    return {
        (outcome.step.part.sku, due): units
        for outcome in netting.outcomes
        for due, units in outcome.takes.items()
        if due is not None
    }


# What is told of them


def _offers(line: DemandLine, pool: Pool, book: BillBook) -> Iterator[Offer]:
    due = line.due(pool.at)
    if due < pool.at:
        return
    for site in line.sites or _keeping(line, pool, book):
        units = _Bench(pool.copy(), (site,), book, due).serve(_made(line, line.quantity, due))
        if units:
            yield Offer(site, units, due)


def _keeping(line: DemandLine, pool: Pool, book: BillBook) -> list[str]:
    """List the sites that keep the sku, or something that goes into it."""
    return sorted(
        {site for step in book.below([line.sku]) for site in pool.snapshot.of(step.part.sku)}
    )


def _explained(line: DemandLine, missing: int, pool: Pool, book: BillBook) -> Shortage:
    due = line.due(pool.at)
    parts = tuple(_parts_short(_Bench(pool, line.sites, book, due).net(_made(line, missing, due))))
    bench = _Bench(pool, line.sites, book, line.id)
    enough_from = _enough_from(bench, line, missing, pool.at)
    alone = _Bench(Pool(pool.snapshot, pool.at), line.sites, book, due)
    is_there = alone.could(_made(line, line.quantity, due))
    if enough_from is not None:
        bench.serve(_made(line, missing, enough_from))
    return Shortage(
        line=line.id,
        sku=line.sku,
        wanted=line.quantity,
        available=line.quantity - missing,
        reasons=tuple(_reasons(parts, late=due < pool.at, alone=is_there, later=enough_from)),
        enough_from=enough_from,
        parts=parts,
    )


def _parts_short(netting: Netting) -> Iterator[PartShort]:
    for outcome in netting.outcomes:
        if outcome.short:
            yield PartShort(
                sku=outcome.step.part.sku,
                level=outcome.step.level,
                needed=outcome.needed,
                short=outcome.short,
                needed_by=outcome.needed_by,
            )


def _enough_from(bench: _Bench, line: DemandLine, missing: int, at: datetime) -> datetime | None:
    """Find the first instant for which all that is missing could be there; None: never.

    The later it is, the more has come, and the later things are begun: halving finds it.
    """
    due = max(line.due(at), at)

    def then(microseconds: int) -> datetime:
        return (due.astimezone(UTC) + microseconds * MICROSECOND).astimezone(due.tzinfo)

    def will_do(microseconds: int) -> bool:
        return bench.could(_made(line, missing, then(microseconds)))

    far = HORIZON // MICROSECOND
    return then(first(will_do, far)) if will_do(far) else None


def _reasons(
    parts: tuple[PartShort, ...], *, late: bool, alone: bool, later: datetime | None
) -> Iterator[str]:
    if late:
        yield "too_late"
    elif alone:
        yield "other_lines"
    if parts:
        yield "missing_parts"
    if later is not None:
        yield "later"
