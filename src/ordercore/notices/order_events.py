"""What is told of the events of orders, and of proposals to change them.

Each is told with the order as it stands: its number, the titles of its lines, what is still to
be paid. What cannot be done any more, nobody is asked to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from ordercore.data import tag_of
from ordercore.events import Event, Recorded
from ordercore.money import Money
from ordercore.notices.kinds import URGENCIES, CustomerAction, NoticeKind
from ordercore.notices.notice import Matter, NoticeUnits, Subject
from ordercore.orders import (
    ChangeCancelled,
    ChangeDeclined,
    ChangeProposed,
    Move,
    Order,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderConfirmed,
    OrderHeld,
    OrderMerged,
    OrderPlaced,
    OrderReleased,
    OrderSplit,
    OrderState,
    PaymentCaptured,
    PaymentFailed,
    PaymentRequested,
    PaymentState,
    RefundCancelled,
    RefundFailed,
    RefundRequested,
    RefundSucceeded,
    UnitsCancelled,
    UnitsMoved,
    UnitsReplaced,
)

__all__ = ["MOVES", "OF_CHANGES", "OF_ORDERS", "About", "holder_subject", "order_subject"]


@frozen(kw_only=True)
class About:
    """What is known when an event of an order is told.

    Attributes:
        told: The event with its envelope.
        order: The order, as it stands.
        titles: What people call the products of its lines, by the ids of the lines.
        orders: All orders that are known, by id.
        on_account: Whether orders are paid later.
    """

    told: Recorded
    order: Order
    titles: Mapping[str, str]
    orders: Mapping[str, Order]
    on_account: bool

    def matter(self, kind: NoticeKind, *subjects: Subject, **content: Any) -> Matter:
        """Make a matter of the order."""
        return Matter(
            about=kind,
            urgency=URGENCIES[kind],
            subjects=(order_subject(self.order), *subjects),
            at=self.told.at,
            **content,
        )

    def units(self, parts: Iterable[Any]) -> tuple[NoticeUnits, ...]:
        """Tell of units of lines, each with a line and a quantity."""
        return tuple(
            NoticeUnits(
                id=part.line, title=self.titles.get(part.line, part.line), quantity=part.quantity
            )
            for part in parts
        )

    def other(self, order_id: str) -> Subject:
        """Name another order: by its number, if it is known."""
        known = self.orders.get(order_id)
        return Subject("other_order", order_id, "" if known is None else known.number)

    @property
    def due(self) -> Money | None:
        """What is still to be paid; None: nothing."""
        unpaid = self.order.balance.unpaid
        owes = self.order.state in (OrderState.PLACED, OrderState.CONFIRMED)
        return unpaid if owes and not unpaid.is_zero else None

    @property
    def back(self) -> Money | None:
        """What was paid too much and no refund gives back yet; None: nothing."""
        balance = self.order.balance
        left = balance.paid - balance.due
        return left if left.minor > 0 else None

    @property
    def to_pay(self) -> dict[str, Any]:
        """Say what is to be paid, and ask for it unless it is paid later."""
        asks = self.due is not None and not self.on_account
        return {"due": self.due, "action": CustomerAction.PAY if asks else None}


def order_subject(order: Order) -> Subject:
    """Name an order."""
    return Subject("order", order.id, order.number)


def holder_subject(holder: str, orders: Mapping[str, Order]) -> Subject:
    """Name for whom something is set aside: the order, if it is known."""
    order = orders.get(holder)
    return Subject("holder", holder) if order is None else order_subject(order)


# The order


def _placed(about: About, _event: OrderPlaced) -> Iterator[Matter]:
    order = about.order
    units = tuple(
        NoticeUnits(id=line.id, title=line.product.title, quantity=line.quantities.kept)
        for line in order.lines
        if line.quantities.kept
    )
    kind = NoticeKind.ORDER_PLACED
    yield about.matter(kind, units=units, amount=order.payable, **about.to_pay)


def _plainly(kind: NoticeKind) -> _Teller:
    """Tell that it has happened, and no more."""
    return lambda about, _event: iter([about.matter(kind)])


def _held(about: About, event: OrderHeld) -> Iterator[Matter]:
    yield about.matter(NoticeKind.ORDER_HELD, reason=event.reason)


def _released(about: About, event: OrderReleased) -> Iterator[Matter]:
    if not about.order.is_on_hold:  # else it does not go on yet
        yield about.matter(NoticeKind.ORDER_RELEASED, reason=event.reason)


def _cancelled(about: About, event: OrderCancelled) -> Iterator[Matter]:
    kind, units = NoticeKind.ORDER_CANCELLED, about.units(event.units)
    yield about.matter(kind, units=units, reason=event.reason, amount=about.back)


def _units_cancelled(about: About, event: UnitsCancelled) -> Iterator[Matter]:
    kind, units = NoticeKind.UNITS_CANCELLED, about.units(event.units)
    yield about.matter(kind, units=units, reason=event.reason, amount=about.back)


def _changed(about: About, event: OrderChanged) -> Iterator[Matter]:
    edits = tuple(dict.fromkeys(map(tag_of, event.edits)))
    priced = {} if event.quote is None else {"amount": about.order.payable, **about.to_pay}
    yield about.matter(NoticeKind.ORDER_CHANGED, edits=edits, **priced)


def _split(about: About, event: OrderSplit) -> Iterator[Matter]:
    other = about.orders.get(event.into)
    there = () if other is None else other.lines
    titles = {line.id: line.product.title for line in there}
    units = tuple(
        NoticeUnits(
            id=part.line,
            title=about.titles.get(part.line, titles.get(part.line, part.line)),
            quantity=part.quantity,
        )
        for part in event.units
    )
    yield about.matter(NoticeKind.ORDER_SPLIT, about.other(event.into), units=units)


def _merged(about: About, event: OrderMerged) -> Iterator[Matter]:
    other = Subject("other_order", event.other.id, event.other.number)
    yield about.matter(NoticeKind.ORDER_MERGED, other)


# Its units

_KIND = NoticeKind
MOVES: Final[Mapping[Move, tuple[NoticeKind, NoticeKind] | None]] = MappingProxyType(
    {
        Move.ALLOCATE: None,
        Move.DEALLOCATE: None,
        Move.SHIP: (_KIND.UNITS_SHIPPED, _KIND.UNITS_PERFORMED),
        Move.DELIVER: (_KIND.UNITS_DELIVERED, _KIND.UNITS_ACCEPTED),
        Move.LOSE: (_KIND.UNITS_LOST, _KIND.UNITS_LOST),
        Move.REFUSE: (_KIND.UNITS_REFUSED, _KIND.UNITS_REFUSED),
        Move.OPEN_RETURN: (_KIND.RETURN_OPENED, _KIND.RETURN_OPENED),
        Move.CLOSE_RETURN: (_KIND.RETURN_CLOSED, _KIND.RETURN_CLOSED),
        Move.RECEIVE_RETURN: (_KIND.RETURN_RECEIVED, _KIND.RETURN_RECEIVED),
        Move.RESTOCK: None,
        Move.SCRAP: None,
    }
)
"""What each move is for goods, and for services; None: it tells nobody."""


def _moved(about: About, event: UnitsMoved) -> Iterator[Matter]:
    kinds = MOVES[event.move]
    if kinds is None:
        return
    services = {line.id for line in about.order.lines if line.is_service}
    for kind in dict.fromkeys(kinds):
        parts = [each for each in event.units if kinds[each.line in services] is kind]
        if parts:
            action = CustomerAction.SEND_BACK if kind is NoticeKind.RETURN_OPENED else None
            yield about.matter(kind, units=about.units(parts), action=action)


def _replaced(about: About, event: UnitsReplaced) -> Iterator[Matter]:
    units = about.units(event.units)
    yield about.matter(NoticeKind.UNITS_REPLACED, about.other(event.by), units=units)


# Its money


def _payment_requested(about: About, event: PaymentRequested) -> Iterator[Matter]:
    asked = event.payment
    now = next((each for each in about.order.payments if each.id == asked.id), asked)
    pending = now.state is PaymentState.PENDING
    yield about.matter(
        NoticeKind.PAYMENT_REQUESTED,
        Subject("payment", asked.id),
        amount=asked.amount,
        due=now.amount - now.captured if pending else None,
        action=CustomerAction.PAY if pending else None,
    )


def _received(about: About, event: PaymentCaptured) -> Iterator[Matter]:
    payment = Subject("payment", event.payment_id)
    kind = NoticeKind.PAYMENT_RECEIVED
    yield about.matter(kind, payment, amount=event.amount, due=about.due)


def _payment_failed(about: About, event: PaymentFailed) -> Iterator[Matter]:
    yield about.matter(
        NoticeKind.PAYMENT_FAILED,
        Subject("payment", event.payment_id),
        reason=event.reason,
        due=about.due,
        action=None if about.due is None else CustomerAction.PAY_AGAIN,
    )


def _refund_requested(about: About, event: RefundRequested) -> Iterator[Matter]:
    refund = event.refund
    yield about.matter(
        NoticeKind.REFUND_REQUESTED,
        Subject("refund", refund.id),
        amount=refund.amount,
        reason=refund.reason,
    )


def _refund(kind: NoticeKind) -> _Teller:
    """Tell what has become of a refund."""

    def tell(about: About, event: Any) -> Iterator[Matter]:
        amounts = {each.id: each.amount for each in about.order.refunds}
        yield about.matter(
            kind,
            Subject("refund", event.refund_id),
            amount=amounts.get(event.refund_id),
            reason=getattr(event, "reason", ""),
        )

    return tell


# Proposals to change it


def _proposed(about: About, event: ChangeProposed) -> Iterator[Matter]:
    """Ask whoever did not propose it."""
    change = event.change
    theirs = about.told.actor.role == "customer"
    open_yet = change.base == about.order.version
    yield about.matter(
        NoticeKind.CHANGE_REQUESTED if theirs else NoticeKind.CHANGE_PROPOSED,
        Subject("change", change.id),
        edits=tuple(dict.fromkeys(map(tag_of, change.edits))),
        amount=change.difference,
        action=CustomerAction.CONSENT if open_yet and not theirs else None,
    )


def _over(kind: NoticeKind) -> _Teller:
    """Tell that a proposal is over."""

    def tell(about: About, event: Any) -> Iterator[Matter]:
        yield about.matter(kind, Subject("change", about.told.aggregate.id), reason=event.reason)

    return tell


_Teller = Callable[[About, Any], Iterator[Matter]]

OF_ORDERS: Final[Mapping[type[Event], _Teller]] = MappingProxyType(
    {
        OrderCancelled: _cancelled,
        OrderChanged: _changed,
        OrderCompleted: _plainly(NoticeKind.ORDER_COMPLETED),
        OrderConfirmed: _plainly(NoticeKind.ORDER_CONFIRMED),
        OrderHeld: _held,
        OrderMerged: _merged,
        OrderPlaced: _placed,
        OrderReleased: _released,
        OrderSplit: _split,
        PaymentCaptured: _received,
        PaymentFailed: _payment_failed,
        PaymentRequested: _payment_requested,
        RefundCancelled: _refund(NoticeKind.REFUND_CANCELLED),
        RefundFailed: _refund(NoticeKind.REFUND_FAILED),
        RefundRequested: _refund_requested,
        RefundSucceeded: _refund(NoticeKind.REFUND_SUCCEEDED),
        UnitsCancelled: _units_cancelled,
        UnitsMoved: _moved,
        UnitsReplaced: _replaced,
    }
)
"""How each event of an order is told."""

OF_CHANGES: Final[Mapping[type[Event], _Teller]] = MappingProxyType(
    {
        ChangeCancelled: _over(NoticeKind.CHANGE_CANCELLED),
        ChangeDeclined: _over(NoticeKind.CHANGE_DECLINED),
        ChangeProposed: _proposed,
    }
)
"""How each event of a proposal is told."""
