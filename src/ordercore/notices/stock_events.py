"""What is told of the events of stock: receipts, promises late, lost or kept, and low stock.

What was found of them, see `found`, is told in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from ordercore.events import Event, Recorded
from ordercore.notices.kinds import URGENCIES, NoticeKind, Urgency
from ordercore.notices.notice import Matter, NoticeUnits, Subject
from ordercore.notices.order_events import holder_subject
from ordercore.orders import Order
from ordercore.stock import (
    BackordersCovered,
    CoveredPromise,
    IncomingCancelled,
    IncomingMoved,
    LatePromise,
    LostPromise,
    LowStock,
    PromisesLate,
    PromisesLost,
    ReorderPointReached,
    UnitsReleased,
)

__all__ = ["OF_STOCK", "late_matter", "low_stock_matter"]

_Orders = Mapping[str, Order]
_Promise = LostPromise | CoveredPromise


def _matter(kind: NoticeKind, told: Recorded, *subjects: Subject, **content: Any) -> Matter:
    level = Subject("stock_level", told.aggregate.id)
    return Matter(
        about=kind, urgency=URGENCIES[kind], subjects=(level, *subjects), at=told.at, **content
    )


def _incoming_moved(told: Recorded, event: IncomingMoved, _orders: _Orders) -> Iterator[Matter]:
    receipt = Subject("receipt", event.incoming)
    yield _matter(NoticeKind.RECEIPT_MOVED, told, receipt, expected_at=event.expected_at)


def _incoming_cancelled(
    told: Recorded, event: IncomingCancelled, _orders: _Orders
) -> Iterator[Matter]:
    yield _matter(NoticeKind.RECEIPT_CANCELLED, told, Subject("receipt", event.incoming))


def _lost(told: Recorded, event: PromisesLost, orders: _Orders) -> Iterator[Matter]:
    """Tell of promised units that are not there any more: at once, and of each order."""
    whose = _Whose.of(event.sku, event.site, event.lost, orders)
    yield whose.at_once(NoticeKind.STOCK_MISSING, told)
    yield from whose.of_each(NoticeKind.PROMISE_LOST, told)


def _covered(told: Recorded, event: BackordersCovered, orders: _Orders) -> Iterator[Matter]:
    """Tell of promised units that were missing: at once, and of each order that gets them."""
    if event.sku is None or event.site is None:  # nobody said whose they are
        reservations = (Subject("reservation", name) for name in event.reservations)
        yield _matter(NoticeKind.BACKORDER_COVERED, told, *reservations)
        return
    sku, site = event.sku, event.site
    yield _Whose.of(sku, site, event.covered, orders).at_once(NoticeKind.BACKORDER_COVERED, told)
    sold = [one for one in event.covered if not _is_part(one, sku, orders)]
    yield from _Whose.of(sku, site, sold, orders).of_each(NoticeKind.PROMISE_COVERED, told)


@frozen
class _Whose:
    """Promised units of a sku at a site, by whose they are."""

    sku: str
    site: str
    by_holder: Mapping[str, list[_Promise]]
    orders: _Orders

    @classmethod
    def of(cls, sku: str, site: str, promises: Iterable[_Promise], orders: _Orders) -> _Whose:
        by_holder: dict[str, list[_Promise]] = {}
        for one in promises:
            by_holder.setdefault(one.holder, []).append(one)
        return cls(sku, site, by_holder, orders)

    @property
    def place(self) -> tuple[Subject, Subject]:
        return Subject("sku", self.sku), Subject("site", self.site)

    def at_once(self, kind: NoticeKind, told: Recorded) -> Matter:
        """Tell who has how many."""
        holders = {name: holder_subject(name, self.orders) for name in self.by_holder}
        units = (
            NoticeUnits(id=name, title=holders[name].title, quantity=sum(one.units for one in own))
            for name, own in self.by_holder.items()
        )
        return _matter(kind, told, *self.place, *holders.values(), units=units)

    def of_each(self, kind: NoticeKind, told: Recorded) -> Iterator[Matter]:
        """Tell of each holder which units of its lines they are."""
        for name, own in self.by_holder.items():
            units = _by_line(own, self.sku, self.orders.get(name))
            holder = holder_subject(name, self.orders)
            yield _matter(kind, told, *self.place, holder, units=units)


def _by_line(own: Iterable[_Promise], sku: str, order: Order | None) -> Iterator[NoticeUnits]:
    """Tell what is an order's, once for each of its lines; parts of these by their sku."""
    sums: dict[str | None, int] = {}
    for one in own:
        sums[one.line] = sums.get(one.line, 0) + one.units
    for line, units in sums.items():
        yield NoticeUnits(id=line or sku, title=_title(line, sku, order), quantity=units)


def _is_part(one: _Promise | LatePromise, sku: str, orders: _Orders) -> bool:
    """Whether it goes into what its order has bought; where no order is known, it does not."""
    order = orders.get(one.holder)
    lines = () if order is None else order.lines
    return any(each.id == one.line and each.product.sku != sku for each in lines)


def _title(line: str | None, sku: str, order: Order | None) -> str:
    """Tell what people call units of a line; parts of what is made are called by their sku."""
    lines = () if order is None else order.lines
    own = (each.product for each in lines if each.id == line and each.product.sku == sku)
    return next((product.title for product in own), sku)


def _released(told: Recorded, event: UnitsReleased, _orders: _Orders) -> Iterator[Matter]:
    """Tell of units that are not there any more, as long as nobody said whose they were."""
    if event.reason == "not_covered":
        level = told.aggregate.id
        units = NoticeUnits(id=level, title=level, quantity=event.units)
        reservation = Subject("reservation", event.reservation)
        yield _matter(NoticeKind.PROMISE_LOST, told, reservation, units=[units])


def _later(told: Recorded, event: PromisesLate, orders: _Orders) -> Iterator[Matter]:
    for one in event.late:
        yield late_matter(event.sku, event.site, one, orders, at=told.at)


def late_matter(
    sku: str, site: str, late: LatePromise, orders: _Orders, *, at: datetime | None = None
) -> Matter:
    """Tell that promised units are late, whether that has happened, at an instant, or was found.

    Of parts customers know nothing: whether what is made of them is late, staff must see.
    """
    kind = NoticeKind.PROMISE_LATE
    if _is_part(late, sku, orders):
        kind = NoticeKind.PARTS_LATE
    units = NoticeUnits(
        id=late.line or sku,
        title=_title(late.line, sku, orders.get(late.holder)),
        quantity=late.short,
        wanted=late.units,
    )
    return Matter(
        about=kind,
        urgency=URGENCIES[kind],
        subjects=(
            Subject("sku", sku),
            Subject("site", site),
            Subject("reservation", late.reservation),
            holder_subject(late.holder, orders),
        ),
        units=[units],
        needed_by=late.due,
        expected_at=late.enough_from,
        at=at,
    )


def _reached(told: Recorded, event: ReorderPointReached, _orders: _Orders) -> Iterator[Matter]:
    yield low_stock_matter(event, told.at)


def low_stock_matter(low: ReorderPointReached | LowStock, at: datetime | None = None) -> Matter:
    """Tell that stock is low, whether that has happened, at an instant, or was found."""
    units = NoticeUnits(
        id=low.sku,
        title=low.sku,
        quantity=max(0, low.order),
        wanted=low.position + low.order,
        available=low.position,
        point=low.point,
    )
    return Matter(
        about=NoticeKind.LOW_STOCK,
        urgency=Urgency.NOW if low.position <= 0 else Urgency.SOON,
        subjects=(Subject("sku", low.sku), Subject("site", low.site)),
        units=[units],
        at=at,
    )


OF_STOCK: Final[Mapping[type[Event], Callable[[Recorded, Any, _Orders], Iterator[Matter]]]] = (
    MappingProxyType(
        {
            BackordersCovered: _covered,
            IncomingCancelled: _incoming_cancelled,
            IncomingMoved: _incoming_moved,
            PromisesLate: _later,
            PromisesLost: _lost,
            ReorderPointReached: _reached,
            UnitsReleased: _released,
        }
    )
)
"""How the events of stock are told."""
