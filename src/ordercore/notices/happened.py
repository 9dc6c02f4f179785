"""From what has happened to who is told: one decision for each event.

An event is in one of four tables: of orders, of proposals, of others, or in `NOBODY`. One of a
host's own is in none, and tells nobody either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

from ordercore.data.checks import Named, duplicates, each, instance, tuple_of
from ordercore.errors import InvalidDocument, InvalidValue
from ordercore.events import MAX_SEQUENCE, Event, Noted, Recorded
from ordercore.notices.agenda_events import OF_AGENDAS, source_of
from ordercore.notices.notice import Matter, Notice, addressed
from ordercore.notices.order_events import OF_CHANGES, OF_ORDERS, About
from ordercore.notices.policy import NoticePolicy
from ordercore.notices.stock_events import OF_STOCK
from ordercore.orders import (
    ChangeConfirmed,
    ChangeProposed,
    Order,
    OrderDrafted,
    OrderMergedInto,
    OrderPriced,
    OrderSplitOff,
    PaymentAuthorized,
    PaymentVoided,
    RefundApproved,
    RefundRetried,
    RefundSubmitted,
    ReplacementCancelled,
)
from ordercore.orders.timelines.happened import titles_of
from ordercore.sourcing.events import OrderAllocated
from ordercore.stock import (
    IncomingExpected,
    LevelOpened,
    PolicyChanged,
    ReservationFirmed,
    ReservationRenewed,
    ReservationsExpired,
    ReservationsForgotten,
    StockAdjusted,
    StockCounted,
    StockDamaged,
    StockReceived,
    StockRestocked,
    StockScrapped,
    UnitsConsumed,
    UnitsHandedOver,
    UnitsReserved,
)
from ordercore.stock.resources import (
    AgendaOpened,
    BookingCancelled,
    BookingFinished,
    BookingHandedOver,
    BookingRenewed,
    BookingsExpired,
    BookingsForgotten,
)

__all__ = [
    "NOBODY",
    "OF_OTHERS",
    "notices_of",
    "orders_by_id",
]


def notices_of(
    recorded: Iterable[Recorded],
    *,
    order: Order | Iterable[Order] = (),
    policy: NoticePolicy | None = None,
) -> tuple[Notice, ...]:
    """Tell what has happened to those who should know.

    An event that comes twice is told once, here and by its `Notice.key`; and so is an
    appointment, which the agendas of all who take part tell.

    Args:
        recorded: What has happened, such as the events of a commit: to orders, to proposals
            to change them, to stock.
        order: The order that it happened to, or several, as they stand now.
        policy: Who is told; None: the usual ones.

    Returns:
        The notices in the order of the events, then of the audiences.

    Raises:
        InvalidValue: An event is of an order that is not given; or a proposal is declined or
            withdrawn, and several orders are given that it might be of.
        InvalidDocument: An order is given twice.
        InvalidInput: Something is not as said.
    """
    happened, orders = tuple_of(recorded), orders_by_id(order)
    each(instance(Recorded), most=MAX_SEQUENCE)(None, Named("recorded"), happened)
    who = NoticePolicy() if policy is None else policy
    instance(NoticePolicy)(None, Named("policy"), who)
    telling = _Happened(happened, orders, who)
    told: dict[str, Notice] = {}
    for i, one in enumerate(happened):
        own = f"{one.aggregate.kind}\n{one.aggregate.id}\n{one.sequence}"
        source = source_of(one) or own
        for matter in telling.matters(i):
            named = "\n".join(each.id for each in matter.subjects)
            for notice in addressed(matter, who, f"{source}\n{named}"):
                told.setdefault(notice.key, notice)
    return tuple(told.values())


def orders_by_id(given: Order | Iterable[Order]) -> Mapping[str, Order]:
    """Take one order or several by their ids.

    Raises:
        InvalidDocument: One is given twice.
        InvalidInput: What is given is no order.
    """
    orders = (given,) if isinstance(given, Order) else tuple_of(given)
    each(instance(Order), most=MAX_SEQUENCE)(None, Named("order"), orders)
    faults = list(duplicates((order.id for order in orders), "order", then="id"))
    if faults:
        raise InvalidDocument(faults)
    return {order.id: order for order in orders}


@frozen
class _Happened:
    """What has happened, and the orders that it happened to."""

    recorded: tuple[Recorded, ...]
    orders: Mapping[str, Order]
    policy: NoticePolicy
    titles: Mapping[str, Mapping[str, str]] = field(init=False)
    """By order and line: what people call the product; also of lines that are gone."""

    @titles.default
    def _titles(self) -> dict[str, dict[str, str]]:
        own: dict[str, list[Event]] = {}
        for told in self.recorded:
            own.setdefault(told.aggregate.id, []).append(told.event)
        return {name: titles_of(own.get(name, ()), it) for name, it in self.orders.items()}

    def matters(self, i: int) -> Iterator[Matter]:
        """Tell of one event, whoever it is for."""
        told = self.recorded[i]
        kind = type(told.event)
        tell = OF_ORDERS.get(kind) or OF_CHANGES.get(kind)
        if kind in OF_OTHERS:
            yield from OF_OTHERS[kind](told, told.event, self.orders)
        elif tell is not None:
            order = self.order_of(i, told)
            about = About(
                told=told,
                order=order,
                titles=self.titles[order.id],
                orders=self.orders,
                on_account=self.policy.on_account,
            )
            yield from tell(about, told.event)

    def order_of(self, i: int, told: Recorded) -> Order:
        """Find the order that an event is of."""
        if isinstance(told.event, ChangeProposed):
            wanted: str | None = told.event.change.order
        elif type(told.event) in OF_CHANGES:
            wanted = next(iter(self.orders)) if len(self.orders) == 1 else None
        else:
            wanted = told.aggregate.id
        found = None if wanted is None else self.orders.get(wanted)
        if found is None:
            expected = "an event of an order that is given"
            given, path = str(told.aggregate), ("recorded", i, "aggregate")
            raise InvalidValue(expected, given, path=path, reason="other_aggregate")
        return found


_Orders = Mapping[str, Order]

OF_OTHERS: Final[Mapping[type[Event], Callable[[Recorded, Any, _Orders], Iterator[Matter]]]] = (
    MappingProxyType({**OF_STOCK, **OF_AGENDAS})
)
"""How events are told that are of no order."""

NOBODY: Final = frozenset(
    {
        # From where it comes is the shop's own.
        OrderAllocated,
        # A draft is the shop's own, or the shopper has it before their eyes.
        OrderDrafted,
        OrderPriced,
        Noted,
        # The other order of the same commit tells it.
        OrderMergedInto,
        OrderSplitOff,
        ReplacementCancelled,
        ChangeConfirmed,
        # Steps on the way to something that is told.
        PaymentAuthorized,
        PaymentVoided,
        RefundApproved,
        RefundRetried,
        RefundSubmitted,
        # The daily work of a stock room; what somebody should look at, `notices_for` tells.
        IncomingExpected,
        LevelOpened,
        PolicyChanged,
        ReservationFirmed,
        ReservationRenewed,
        ReservationsExpired,
        ReservationsForgotten,
        StockAdjusted,
        StockCounted,
        StockDamaged,
        StockReceived,
        StockRestocked,
        StockScrapped,
        UnitsConsumed,
        UnitsHandedOver,
        UnitsReserved,
        # Its order tells what is given up, done or another order's; the new time is told itself.
        AgendaOpened,
        BookingCancelled,
        BookingFinished,
        BookingHandedOver,
        BookingRenewed,
        BookingsExpired,
        BookingsForgotten,
    }
)
"""The events that tell nobody."""
