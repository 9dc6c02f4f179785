"""Capable to promise: from when on a basket can be there, by what is there and on its way.

Netting backwards from an instant tells when everything would have to be begun, and covers
each need with what has come by then. The later the instant, the more has come and the later
things are begun: so the earliest instant that will do is found by halving.

What people and machines have time for is not known here. A `Capacity` tells it, and the
promise is moved on by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from attrs import field, frozen

from ordercore.calendars import WorkingTime
from ordercore.calendars.windows import MICROSECOND
from ordercore.data.checks import Named, aware, instance
from ordercore.data.instants import pinned
from ordercore.errors import LimitExceeded
from ordercore.stock.materials.book import BillBook
from ordercore.stock.materials.choosing import Preferred
from ordercore.stock.materials.demands import (
    Basket,
    Receipt,
    Stock,
    Wanted,
    receipts_of,
    stock_of,
    wanted_of,
)
from ordercore.stock.materials.lead_times import after
from ordercore.stock.materials.netting import Netting, supply_of
from ordercore.stock.materials.plan import MaterialPlan
from ordercore.stock.materials.planning import plan_of

__all__ = ["HORIZON", "Capacity", "MaterialPromise", "earliest", "first"]

HORIZON: Final = timedelta(days=730)
"""How far ahead a promise looks."""


class Capacity(Protocol):
    """When people and machines have time for production.

    Asked later, it never answers earlier; it answers nothing before ``start``.
    """

    def done(self, sku: str, units: int, start: datetime) -> datetime | None:
        """Tell when so many units can be done, begun at ``start`` or later; None: never."""
        ...


@frozen
class MaterialPromise:
    """From when on a basket can be there.

    Args:
        at: When.
        plan: How, and when each part must be begun for that.
    """

    at: datetime = field(converter=pinned, validator=aware)
    plan: MaterialPlan = field(validator=instance(MaterialPlan))


def earliest(
    book: BillBook,
    basket: Basket,
    stock: Stock,
    *,
    at: datetime,
    receipts: Iterable[Receipt] = (),
    buying: bool = False,
    calendar: WorkingTime | None = None,
    capacity: Capacity | None = None,
) -> MaterialPromise | None:
    """Find the earliest instant at which all of a basket can be there.

    With substitutes or several bills it is the earliest by preference.

    Args:
        book: The bills.
        basket: What is wanted; when its lines want it plays no part.
        stock: What is there now.
        at: Now: nothing is begun earlier.
        receipts: What is on its way, with the instants at which it can be used.
        buying: Whether parts may be bought for it, and come after their lead time.
        calendar: In which working time passes, if a lead time is counted in it.
        capacity: When there is time for production; None: always.

    Returns:
        The promise; None: not within `HORIZON`, by what is known.

    Raises:
        InvalidDocument: With every fault of basket and stock.
        InvalidValue: A lead time is in working time, and there is no calendar.
        LimitExceeded: The horizon ends after the year 9999.
    """
    aware(None, Named("at"), at)
    now, lines = _with_horizon(at), wanted_of(book, basket)
    supply = supply_of(stock_of(stock), receipts_of(receipts))

    def netted(microseconds: int) -> Netting:
        then = now + microseconds * MICROSECOND
        wanted = [Wanted(line.sku, line.units, then) for line in lines]
        return Netting(book, supply, Preferred(), calendar).run(wanted)

    def will_do(microseconds: int) -> bool:
        netting = netted(microseconds)
        starts = (each.start_by for each in netting.outcomes if each.start_by is not None)
        return (buying or not netting.is_short) and all(start >= now for start in starts)

    far = HORIZON // MICROSECOND
    if not will_do(far):
        return None
    found = first(will_do, far)
    plan = plan_of(netted(found))
    then = now + found * MICROSECOND
    moved = then if capacity is None else _with_capacity(book, plan, then, capacity, calendar)
    return None if moved is None else MaterialPromise(moved.astimezone(at.tzinfo), plan)


def _with_horizon(at: datetime) -> datetime:
    """Take an instant on UTC; refuse one whose horizon Python has no date for."""
    try:
        return (at.astimezone(UTC) + HORIZON) - HORIZON
    except OverflowError:
        expected = f"an instant {HORIZON.days} days before the year 10000"
        raise LimitExceeded(expected, at, path=("at",)) from None


def first(will_do: Callable[[int], bool], far: int) -> int:
    """Find the first instant that will do, where all later ones do."""
    early, late = -1, far
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (early, middle) if will_do(middle) else (middle, late)
    return late


def _with_capacity(
    book: BillBook,
    plan: MaterialPlan,
    then: datetime,
    capacity: Capacity,
    calendar: WorkingTime | None,
) -> datetime | None:
    """Go through the production from the lowest level up, each begun when there is time for it."""
    ready: dict[str | None, datetime] = {}
    for part in reversed(plan.made):
        if part.start_by is None:
            continue
        start = max(part.start_by, ready.get(part.sku, part.start_by))
        done = capacity.done(part.sku, part.made, start)
        if done is None:
            return None
        done = max(done, after(start, book.part(part.sku), calendar))
        for need in part.needs:
            ready[need.parent] = max(done, ready.get(need.parent, done))
    return max(then, ready.get(None, then))
