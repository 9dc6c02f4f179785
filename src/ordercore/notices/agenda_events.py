"""What is told of the events of agendas: appointments, and bookings that are not kept any more.

All who take part in an appointment have a booking of the same id, each in another agenda, and
the events of all of them tell of it: a notice of it is the same whichever of them it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from ordercore.calendars import instant_us
from ordercore.events import Event, Recorded
from ordercore.notices.kinds import URGENCIES, NoticeKind
from ordercore.notices.notice import Matter, NoticeUnits, Subject
from ordercore.notices.order_events import holder_subject, order_subject
from ordercore.orders import Order, OrderState
from ordercore.orders.lines import OrderLine
from ordercore.stock.resources import (
    Booking,
    BookingConflict,
    BookingFirmed,
    BookingMade,
    BookingMoved,
    ResourceChanged,
)

__all__ = ["OF_AGENDAS", "source_of"]

_Orders = Mapping[str, Order]
_Set = BookingMade | BookingMoved | BookingFirmed


def source_of(told: Recorded) -> str | None:
    """Say what an appointment is known by, whoever's agenda tells it; None: it is told of none.

    That is the booking, for whom and what, and when it begins. What is moved there and back is
    news each time, so then it is the command, too.
    """
    event = told.event
    booking = _firm(event) if isinstance(event, _Set) else None
    if booking is None:
        return None
    moved = told.cause if isinstance(event, BookingMoved) else ""
    begins = instant_us(booking.serves.start)  # type: ignore[arg-type]
    known_by = booking.holder, booking.purpose, booking.id, begins, moved
    return "\n".join(map(str, ("appointment", *known_by)))


def _firm(event: _Set) -> Booking | None:
    """Find the booking that an event is of, unless it may expire."""
    booking = event.booking
    return None if booking is None or booking.expires_at is not None else booking


def _appointment(told: Recorded, event: _Set, orders: _Orders) -> Iterator[Matter]:
    """Tell when a visit takes place, if it is for a line that an order has and keeps."""
    booking = _firm(event)
    order = None if booking is None else orders.get(booking.holder or "")
    if booking is None or order is None or order.state is OrderState.DRAFT:
        return
    for line in order.lines:
        if line.id == booking.purpose and line.quantities.kept:
            yield Matter(
                about=NoticeKind.APPOINTMENT_SET,
                urgency=URGENCIES[NoticeKind.APPOINTMENT_SET],
                subjects=[order_subject(order)],
                units=[_units(line.id, line, 1)],
                expected_at=booking.serves.start,
                at=told.at,
            )


def _hit(told: Recorded, event: ResourceChanged, orders: _Orders) -> Iterator[Matter]:
    """Tell which bookings a resource does not keep any more: of each order, and of the rest."""
    by_holder: dict[str | None, list[BookingConflict]] = {}
    for one in event.conflicts:
        by_holder.setdefault(one.booking.holder, []).append(one)
    for holder, hit in by_holder.items():
        order = orders.get(holder or "")
        named = () if holder is None else (holder_subject(holder, orders),)
        yield Matter(
            about=NoticeKind.BOOKING_CONFLICT,
            urgency=URGENCIES[NoticeKind.BOOKING_CONFLICT],
            subjects=(Subject("resource", event.resource.id), *named),
            units=_by_line(hit, () if order is None else order.lines),
            conflicts=hit,
            at=told.at,
        )


def _by_line(hit: Iterable[BookingConflict], lines: Iterable[OrderLine]) -> Iterator[NoticeUnits]:
    """Count the bookings of each line, or of whatever else they are for."""
    known, counts = {line.id: line for line in lines}, dict[str, int]()
    for one in hit:
        name = one.booking.purpose or one.booking.id
        counts[name] = counts.get(name, 0) + 1
    for name, count in counts.items():
        yield _units(name, known.get(name), count)


def _units(name: str, line: OrderLine | None, count: int) -> NoticeUnits:
    title = name if line is None else line.product.title
    return NoticeUnits(id=name, title=title, quantity=count)


OF_AGENDAS: Final[Mapping[type[Event], Callable[[Recorded, Any, _Orders], Iterator[Matter]]]] = (
    MappingProxyType(
        {
            BookingFirmed: _appointment,
            BookingMade: _appointment,
            BookingMoved: _appointment,
            ResourceChanged: _hit,
        }
    )
)
"""How the events of agendas are told."""
