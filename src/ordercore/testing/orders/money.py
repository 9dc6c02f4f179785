"""What is done with an order's money, one thing at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from ordercore.money import Money
from ordercore.orders import (
    Order,
    OrderState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Result,
    approve_refund,
    authorize_payment,
    cancel_refund,
    capture_payment,
    fail_payment,
    fail_refund,
    owed_refund,
    proposed_refund,
    refund_guards,
    request_payment,
    request_refund,
    retry_refund,
    submit_refund,
    succeed_refund,
    void_payment,
)
from ordercore.testing.orders.histories import OrderHistory
from ordercore.testing.orders.steps import Step, Told, some

__all__ = ["MONEY"]

_SOLD_OUT: Final = "sold_out"
_SENT_BACK: Final = "sent_back"


# Payments


def _asked(history: OrderHistory, how: Step) -> OrderHistory | None:
    """Ask for what is unpaid or a part of it; where nothing is, for a little too much."""
    order = history.order
    if order.state is OrderState.DRAFT:
        return None
    minor = how.of(order.balance.unpaid.minor) or (how.place == 7)
    if not minor:
        return None
    method = ("card", "cash")[how.pick(2)]
    amount = Money(int(minor), order.currency)
    return history.then(request_payment(order, amount, id=history.name("p"), method=method))


_PAYABLE: Final = tuple(state for state in PaymentState if state is not PaymentState.CAPTURED)
_OPEN: Final = (PaymentState.PENDING, PaymentState.AUTHORIZED)


def _payment(order: Order, how: Step, states: tuple[PaymentState, ...]) -> Payment | None:
    found = [each for each in order.payments if each.state in states]
    return found[how.pick(len(found))] if found else None


def _authorized(history: OrderHistory, how: Step) -> OrderHistory | None:
    order = history.order
    one = _payment(order, how, (PaymentState.PENDING, PaymentState.FAILED))
    if one is None:
        return None
    minor = max(how.of(one.amount.minor), one.captured.minor)
    return history.then(authorize_payment(order, one.id, Money(minor, order.currency)))


def _captured(history: OrderHistory, how: Step) -> OrderHistory | None:
    order, one = history.order, _payment(history.order, how, _PAYABLE)
    if one is None:
        return None
    authorized = one.state is PaymentState.AUTHORIZED
    left = one.capturable if authorized else one.amount - one.captured
    amount = Money(how.of(left.minor), order.currency)
    return history.then(capture_payment(order, one.id, amount, reference=history.name("cap")))


def _failed(history: OrderHistory, how: Step) -> OrderHistory | None:
    one = _payment(history.order, how, _OPEN)
    return None if one is None else history.then(fail_payment(history.order, one.id, "declined"))


def _voided(history: OrderHistory, how: Step) -> OrderHistory | None:
    one = _payment(history.order, how, _OPEN)
    return None if one is None else history.then(void_payment(history.order, one.id))


# Refunds


def _owed(history: OrderHistory, how: Step) -> OrderHistory | None:  # noqa: ARG001
    """Ask for what goes back without anybody asking."""
    parts = None if history.order.quote is None else owed_refund(history.order)
    if parts is None:
        return None
    name = history.name("r")
    return history.then(request_refund(history.order, parts, id=name, reason=_SOLD_OUT))


def _returned(history: OrderHistory, how: Step) -> OrderHistory | None:
    """Ask for the money of units that arrived, were lost or refused, or are cancelled."""
    order = history.order
    units = some([(line.id, line.quantities.owed) for line in order.lines], how)
    if order.state is OrderState.DRAFT or not units:
        return None
    parts = proposed_refund(order, units)
    name = history.name("r")
    return history.then(request_refund(order, parts, id=name, reason=_SENT_BACK))


def _stepped(
    command: Callable[[Order, str], Result], *states: RefundState, asks: bool = False
) -> Told:
    """Make the step that moves a refund on.

    Args:
        command: By which command.
        states: From which states.
        asks: Whether what it gives back must still fit.
    """

    def step(history: OrderHistory, how: Step) -> OrderHistory | None:
        order = history.order
        found = [each for each in order.refunds if each.state in states]
        found = [each for each in found if not asks or _fits(order, each)]
        if not found:
            return None
        return history.then(command(order, found[how.pick(len(found))].id))

    return step


def _fits(order: Order, refund: Refund) -> bool:
    return refund_guards(order, refund.id)["within_ceilings"] is True


def _refund_failed(order: Order, name: str) -> Result:
    return fail_refund(order, name, "timeout")


def _refund_succeeded(order: Order, name: str) -> Result:
    return succeed_refund(order, name, reference=f"b-{name}")


MONEY: Final[Mapping[str, Told]] = MappingProxyType(
    {
        "request_payment": _asked,
        "authorize_payment": _authorized,
        "capture_payment": _captured,
        "fail_payment": _failed,
        "void_payment": _voided,
        "refund_owed": _owed,
        "refund_units": _returned,
        "approve_refund": _stepped(approve_refund, RefundState.REQUESTED, asks=True),
        "submit_refund": _stepped(submit_refund, RefundState.APPROVED),
        "succeed_refund": _stepped(_refund_succeeded, RefundState.SUBMITTED),
        "late_refund": _stepped(_refund_succeeded, RefundState.FAILED, asks=True),
        "fail_refund": _stepped(_refund_failed, RefundState.SUBMITTED),
        "retry_refund": _stepped(retry_refund, RefundState.FAILED, asks=True),
        "cancel_refund": _stepped(
            cancel_refund, RefundState.REQUESTED, RefundState.APPROVED, RefundState.FAILED
        ),
    }
)
"""What is done with an order's money, by name."""
