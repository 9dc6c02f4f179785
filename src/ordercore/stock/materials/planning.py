"""The questions that are asked of bills: gross needs, netting, and what can still be made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

from attrs import field, frozen

from ordercore.calendars import WorkingTime
from ordercore.data.checks import (
    MAX_QUANTITY,
    Named,
    aware,
    each,
    identifier,
    integer,
    optional,
    quantity,
)
from ordercore.errors import LimitExceeded
from ordercore.stock.materials.book import BillBook
from ordercore.stock.materials.choosing import AsFound, Preferred, Soonest, most
from ordercore.stock.materials.demands import (
    Basket,
    Receipt,
    Stock,
    Wanted,
    receipts_of,
    stock_of,
    wanted_of,
)
from ordercore.stock.materials.netting import Netting, Outcome, Supply, exactly, supply_of
from ordercore.stock.materials.plan import MAX_NEED, MaterialPlan, Need, PartPlan, Run
from ordercore.stock.materials.ways import Worth, is_contested, most_served

__all__ = [
    "Producible",
    "bounded",
    "explode",
    "is_producible",
    "max_producible",
    "net",
    "netted",
    "plan_of",
    "settled",
]


def explode(book: BillBook, basket: Basket) -> Mapping[str, Fraction]:
    """Tell the gross needs of a basket: of each part, exactly, as if nothing were in stock.

    They are linear: twice the basket needs twice as much. Nothing is rounded and no lot is
    filled; each part is made by its first bill, of its components themselves.

    Args:
        book: The bills.
        basket: What is wanted: units by sku, or lines.

    Returns:
        By sku, level by level: how much, in the unit in which the part is stocked.

    Raises:
        InvalidDocument: With every fault of the basket.
        LimitExceeded: A need of more than `MAX_NEED`.

    >>> from ordercore.stock.materials import Bill, BillBook, Component, Part
    >>> book = BillBook([Part("chair", Bill(Component("leg", 4, scrap="0.02"))), Part("leg")])
    >>> print(explode(book, {"chair": 10})["leg"])
    204/5
    """
    needs: dict[str, Fraction] = {}
    for line in wanted_of(book, basket):
        needs[line.sku] = needs.get(line.sku, Fraction()) + line.units
    gross: dict[str, Fraction] = {}
    for step in book.below(needs):
        sku = step.part.sku
        if sku not in needs:
            continue
        gross[sku] = bounded(needs[sku], sku)
        for options in step.bills[0] if step.bills else ():
            taken = gross[sku] * exactly(book.step(options[0].sku), options[0].grains)
            needs[options[0].sku] = needs.get(options[0].sku, Fraction()) + taken
    return MappingProxyType(gross)


_Need = TypeVar("_Need", int, Fraction)


def bounded(need: _Need, sku: str) -> _Need:
    """Accept a need of a part, in its units, that somebody could count on.

    Raises:
        LimitExceeded: It is more than `MAX_NEED`.
    """
    if need > MAX_NEED:
        raise LimitExceeded("a need of at most 10^18 units of a part", path=(sku,))
    return need


def net(
    book: BillBook,
    basket: Basket,
    stock: Stock,
    *,
    by: datetime | None = None,
    at: datetime | None = None,
    receipts: Iterable[Receipt] = (),
    calendar: WorkingTime | None = None,
) -> MaterialPlan:
    """Work out how a basket is served: what is taken, what is made, and what must be bought.

    Level by level from the products down: the needs of a part, over the whole basket, are
    summed exactly and rounded up to whole units once; stock covers what it can; what is left
    is made, in whole lots, of the parts below, or is short if the part is bought.

    Where there is a choice, each option serves what it can in order of preference. If
    something is short then, any other way is looked for in which nothing is; what is short
    in the end falls to the first options. With ``at``, it falls to the first that can still be
    there in time, were all of it bought, and all that goes into it; and if none can, to the
    one that is there soonest.

    Args:
        book: The bills.
        basket: What is wanted: units by sku, or lines; the order of lines means nothing.
        stock: By sku, how many whole units are there; parts of other books do not matter.
        by: When the lines are wanted that do not say so. Without an instant nothing in the
            plan has one, and receipts do not count.
        at: Now, if that matters to what is short; see above.
        receipts: What comes in time covers needs as stock does.
        calendar: In which working time passes, if a lead time is counted in it.

    Raises:
        InvalidDocument: With every fault of basket, stock and receipts.
        InvalidValue: A lead time is in working time, and there is no calendar.
        LimitExceeded: A need of more than `MAX_NEED`.

    >>> from ordercore.stock.materials import Bill, BillBook, Component, Part
    >>> book = BillBook([Part("chair", Bill([Component("leg", 4)])), Part("leg")])
    >>> plan = net(book, {"chair": 5}, {"chair": 2, "leg": 10})
    >>> [(part.sku, part.needed, part.taken, part.made, part.short) for part in plan.parts]
    [('chair', 5, 2, 3, 0), ('leg', 12, 10, 0, 2)]
    """
    optional(aware)(None, Named("at"), at)
    supply = supply_of(stock_of(stock), receipts_of(receipts))
    netting, proven = netted(book, wanted_of(book, basket, by), supply, calendar)
    if at is not None and netting.is_short:
        netting = _sooner(netting, at)
    return plan_of(netting, is_proven=proven)


def _sooner(netting: Netting, at: datetime) -> Netting:
    """Let what is short be bought the way that is there in time, if all is less late then."""
    late = _late(netting, at)
    if not any(late) or not any(netting.book.has_choice(sku) for sku, _ in netting.wanted):
        return netting
    chooser = Preferred(Soonest(netting.book, at, netting.calendar))
    other = netting.anew(chooser)
    return other if _late(other, at) < late else netting


def _late(netting: Netting, at: datetime) -> tuple[timedelta, timedelta]:
    """Tell how late what should be begun by now is: the latest of it, and all together."""
    starts = [each.start_by for each in netting.outcomes if each.start_by is not None]
    late = [at - start for start in starts if start < at]
    return max(late, default=timedelta()), sum(late, timedelta())


def plan_of(netting: Netting, *, is_proven: bool = True) -> MaterialPlan:
    """Tell a pass as a plan."""
    return MaterialPlan(tuple(map(_part_plan, netting.outcomes)), is_proven)


def netted(
    book: BillBook,
    wanted: tuple[Wanted, ...],
    supply: Mapping[str, Supply],
    calendar: WorkingTime | None,
) -> tuple[Netting, bool]:
    """Net by preference; where that is short, in any other way, if there is one.

    Returns:
        The pass; and whether it is certain that no other one is short of less.
    """
    return settled(Netting(book, supply, Preferred(), calendar).run(wanted), [])


def settled(netting: Netting, known: list[Worth]) -> tuple[Netting, bool]:
    """Where a pass is short, find another way in which nothing is, if there is one.

    Args:
        netting: The pass.
        known: What parts are worth, as it was found before, for another basket or another
            stock; what is found now is added.

    Returns:
        The pass that holds; and whether it is certain that no other one is short of less.
    """
    book, sums = netting.book, _sums(netting)
    if not netting.is_short or not is_contested(book.below(sums), sums):
        return netting, True
    total, there = sum(sums.values()), netting.there()
    if any(worth.is_too_much(sums, there) for worth in reversed(known)):
        return netting, True
    way = most_served(book, sums, there, total - 1)
    if way.served == total and way.choice:
        other = netting.anew(AsFound(way.choice))
        if not other.is_short:
            return other, True
    elif way.worth.is_too_much(sums, there):
        known.append(way.worth)
    return netting, way.at_most < total


def _sums(netting: Netting) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (sku, _), units in netting.wanted.items():
        sums[sku] = sums.get(sku, 0) + units
    return sums


def _part_plan(outcome: Outcome) -> PartPlan:
    step = outcome.step
    bounded(max(outcome.needed, outcome.made), step.part.sku)
    needs: dict[str | None, int] = {}
    for grains, parent in outcome.needs:
        needs[parent] = needs.get(parent, 0) + grains
    ordered = sorted(needs.items(), key=lambda pair: pair[0] or "")
    return PartPlan(
        sku=step.part.sku,
        level=step.level,
        needed=outcome.needed,
        taken=outcome.taken,
        made=outcome.made,
        short=outcome.short,
        needs=tuple(Need(exactly(step, grains), parent) for parent, grains in ordered),
        runs=tuple(Run(step.part.bills[b].name, units) for b, units, _ in outcome.split),
        needed_by=outcome.needed_by,
        start_by=outcome.start_by,
        lead_time=step.part.lead_time,
        unit=step.part.unit,
    )


def is_producible(book: BillBook, basket: Basket, stock: Stock) -> bool:
    """Tell whether a basket can be served from stock and by making, with nothing bought.

    Raises:
        InvalidDocument: With every fault of basket and stock.
    """
    return net(book, basket, stock).ok


_count = integer(least=0, most=MAX_QUANTITY)


@frozen
class Producible:
    """How many units can still be made.

    Args:
        units: So many for sure.
        at_most: And no more than so many; the same, unless the search was cut short.
        limited_by: What would be short of one more; nothing, where the limit was reached.
    """

    units: int = field(validator=_count)
    at_most: int = field(validator=_count)
    limited_by: tuple[str, ...] = field(default=(), validator=each(identifier, most=10_000))

    @property
    def is_proven(self) -> bool:
        """Whether one more is impossible for sure."""
        return self.units == self.at_most


def max_producible(
    book: BillBook, product: str, stock: Stock, *, limit: int = MAX_QUANTITY
) -> Producible:
    """Tell how many units of a product can be made of what is there.

    Units of the product itself that are in stock need not be made: they come on top. Lots of
    the product and of its parts are made whole; what they leave over is not counted.

    Args:
        book: The bills.
        product: What is to be made.
        stock: By sku, how many whole units are there.
        limit: More than so many are not asked for.

    Raises:
        InvalidDocument: With every fault of product and stock.

    >>> from ordercore.stock.materials import Bill, BillBook, Component, Part
    >>> book = BillBook([Part("chair", Bill(Component("leg", 4))), Part("leg")])
    >>> max_producible(book, "chair", {"chair": 2, "leg": 10})
    Producible(units=2, at_most=2, limited_by=('leg',))
    """
    quantity(None, Named("limit"), limit)
    wanted_of(book, [(product, limit)])
    there = {sku: units for sku, units in stock_of(stock).items() if sku != product}
    supply = supply_of(there)

    def by_preference(units: int) -> Netting:
        return Netting(book, supply, Preferred(), None).run([Wanted(product, units)])

    units = at_most = most(by_preference, limit)
    if units < limit and is_contested(book.below([product]), ()):
        way = most_served(book, {product: limit}, there, units)
        units, at_most = way.served, way.at_most
    short: list[Outcome] = []
    if units < limit:
        short = [outcome for outcome in by_preference(units + 1).outcomes if outcome.short]
    return Producible(units, at_most, tuple(sorted(outcome.step.part.sku for outcome in short)))
