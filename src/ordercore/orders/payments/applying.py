"""What each event of payments and refunds changes in the order that they are of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve

from ordercore.errors import InvalidDocument, InvalidValue, NotFound
from ordercore.events import Event
from ordercore.orders.ledger import Quantities, refund, undo_refund
from ordercore.orders.lines import OrderLine
from ordercore.orders.machine import OrderState
from ordercore.orders.order import Order, check_order
from ordercore.orders.payments.ceilings import breaches
from ordercore.orders.payments.events import (
    PaymentAuthorized,
    PaymentCaptured,
    PaymentFailed,
    PaymentRequested,
    PaymentVoided,
    RefundApproved,
    RefundCancelled,
    RefundFailed,
    RefundRequested,
    RefundRetried,
    RefundSubmitted,
    RefundSucceeded,
)
from ordercore.orders.payments.payment import Payment, authorize, capture, fail, void
from ordercore.orders.payments.refund import REFUND, Refund, RefundStep

__all__ = ["MONEY_CHANGES", "payment_of", "refund_of"]


def payment_of(order: Order, payment_id: str) -> Payment:
    """Find a payment by its id, or raise `NotFound`, which names the orders that have it."""
    check_order(order)
    for payment in order.payments:
        if payment.id == payment_id:
            return payment
    place, holders = ("payment_id",), order.holders(payment_id)
    if holders:
        expected = f"a payment of this order; it is with order {' and '.join(holders)}"
        raise NotFound(expected, payment_id, path=place, reason="payment_elsewhere")
    raise NotFound("the id of a payment of this order", payment_id, path=place)


def refund_of(order: Order, refund_id: str) -> Refund:
    """Find a refund by its id, or raise `NotFound`, which names the order that has it."""
    check_order(order)
    for one in order.refunds:
        if one.id == refund_id:
            return one
    place = ("refund_id",)
    if order.merged_into is not None:
        expected = f"a refund of this order; all of it is with order {order.merged_into}"
        raise NotFound(expected, refund_id, path=place, reason="refund_elsewhere")
    raise NotFound("the id of a refund of this order", refund_id, path=place)


def _check_placed(order: Order) -> None:
    """Refuse money of a draft; else it may come and go in any state."""
    if order.state is OrderState.DRAFT:
        expected = "an order that is placed"
        raise InvalidValue(expected, order.state.value, path=("state",), reason="wrong_state")


# Payments


def _payment_requested(order: Order, event: PaymentRequested) -> Order:
    _check_placed(order)
    if any(each.payment == event.payment.id for each in order.elsewhere):
        expected = "an id of no payment that other orders have, or parts of it"
        path = ("payments", len(order.payments), "id")
        raise InvalidValue(expected, event.payment.id, path=path, reason="duplicate_id")
    return evolve(order, payments=(*order.payments, event.payment))


def _with_payment(order: Order, now: Payment) -> Order:
    payments = [now if each.id == now.id else each for each in order.payments]
    return evolve(order, payments=payments)


def _payment_authorized(order: Order, event: PaymentAuthorized) -> Order:
    payment = payment_of(order, event.payment_id)
    return _with_payment(order, authorize(payment, event.amount, event.reference))


def _payment_captured(order: Order, event: PaymentCaptured) -> Order:
    payment = payment_of(order, event.payment_id)
    return _with_payment(order, capture(payment, event.amount, event.reference))


def _payment_failed(order: Order, event: PaymentFailed) -> Order:
    return _with_payment(order, fail(payment_of(order, event.payment_id)))


def _payment_voided(order: Order, event: PaymentVoided) -> Order:
    return _with_payment(order, void(payment_of(order, event.payment_id)))


# Refunds


def _refund_requested(order: Order, event: RefundRequested) -> Order:
    _check_placed(order)
    one = event.refund
    return evolve(order, refunds=(*order.refunds, one), lines=_counted(order, one))


def _refund_stepped(step: RefundStep) -> Callable[[Order, Any], Order]:
    def change(order: Order, event: Any) -> Order:
        return _with_refund(order, _stepped(refund_of(order, event.refund_id), step))

    return change


def _refund_succeeded(order: Order, event: RefundSucceeded) -> Order:
    now = _stepped(refund_of(order, event.refund_id), RefundStep.SUCCEED)
    return _with_refund(order, evolve(now, reference=event.reference))


def _stepped(one: Refund, step: RefundStep) -> Refund:
    """Take a step whose guards did hold; what makes a refund count anew is looked at again."""
    return evolve(one, state=REFUND.after(one.state, step))


def _with_refund(order: Order, now: Refund) -> Order:
    """Put the next state of a refund in its place; its units count while it does."""
    before = refund_of(order, now.id)
    refunds = [now if each is before else each for each in order.refunds]
    if before.is_live == now.is_live:
        return evolve(order, refunds=refunds)
    lines = _counted(order, now) if now.is_live else _moved(order, now, undo_refund)
    return evolve(order, refunds=refunds, lines=lines)


def _counted(order: Order, one: Refund) -> tuple[OrderLine, ...]:
    """Count the units of a refund that begins to count, if it fits all ceilings."""
    faults = list(breaches(order, one.parts, of=one.id))
    if faults:
        raise InvalidDocument(faults)
    return _moved(order, one, refund)


def _moved(
    order: Order, one: Refund, mover: Callable[[Quantities, int, int], Quantities]
) -> tuple[OrderLine, ...]:
    parts = {part.line: part for part in one.parts.lines if part.units}
    return tuple(
        evolve(line, quantities=mover(line.quantities, part.units, part.replaced))
        if (part := parts.get(line.id)) is not None
        else line
        for line in order.lines
    )


MONEY_CHANGES: Final[Mapping[type[Event], Callable[[Order, Any], Order]]] = MappingProxyType(
    {
        PaymentAuthorized: _payment_authorized,
        PaymentCaptured: _payment_captured,
        PaymentFailed: _payment_failed,
        PaymentRequested: _payment_requested,
        PaymentVoided: _payment_voided,
        RefundApproved: _refund_stepped(RefundStep.APPROVE),
        RefundCancelled: _refund_stepped(RefundStep.CANCEL),
        RefundFailed: _refund_stepped(RefundStep.FAIL),
        RefundRequested: _refund_requested,
        RefundRetried: _refund_stepped(RefundStep.RETRY),
        RefundSubmitted: _refund_stepped(RefundStep.SUBMIT),
        RefundSucceeded: _refund_succeeded,
    }
)
"""What each event of payments and refunds changes."""
