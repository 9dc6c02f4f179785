"""Paying and giving back, as acts: what the shop asks for, and what providers say of it.

A provider says the same more than once, late, in another order, to the browser and to the
server. So what it says is recorded once: an act whose news is known already changes nothing,
and is answered like the first one. News that contradict what is known are an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import Check, identifier, instance, member_of, optional
from ordercore.errors import InvalidValue
from ordercore.events import Actor
from ordercore.money import Money
from ordercore.orders import (
    Capture,
    Order,
    Override,
    PaymentState,
    RefundParts,
    RefundState,
    RefundStep,
    Result,
    approve_refund,
    authorize_payment,
    cancel_refund,
    capture_payment,
    fail_payment,
    fail_refund,
    owed_refund,
    request_payment,
    request_refund,
    retry_refund,
    submit_refund,
    succeed_refund,
    void_payment,
)
from ordercore.orders.payments.applying import payment_of, refund_of
from ordercore.workflows.updating import Act

__all__ = [
    "AdvanceRefund",
    "RecordAuthorization",
    "RecordCapture",
    "RecordFailure",
    "RecordRefund",
    "RecordRefundFailure",
    "RequestPayment",
    "RequestRefund",
    "VoidPayment",
]

_some_money: Check = optional(instance(Money))
_some_name: Check = optional(identifier)


# Payments


@variant(Act, "request_payment")
@frozen(kw_only=True)
class RequestPayment(Act):
    """Ask the customer to pay.

    Args:
        payment_id: The payment's own id.
        amount: How much.
        method: How it is paid, as a code of the shop.
        reference: What the provider calls the payment by, if that is known.
    """

    payment_id: str = field(validator=identifier)
    amount: Money = field(validator=instance(Money))
    method: str = field(validator=identifier)
    reference: str | None = field(default=None, validator=_some_name)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Ask for it: see `ordercore.orders.request_payment`."""
        return request_payment(
            order, self.amount, id=self.payment_id, method=self.method, reference=self.reference
        )


@variant(Act, "record_authorization")
@frozen(kw_only=True)
class RecordAuthorization(Act):
    """Record that the provider agrees to a payment.

    It is no news of a payment that is authorized, captured or voided already.

    Args:
        payment_id: Of which payment.
        amount: To how much, in all; None: to all that was asked for.
        reference: What the provider calls the payment by.
    """

    payment_id: str = field(validator=identifier)
    amount: Money | None = field(default=None, validator=_some_money)
    reference: str | None = field(default=None, validator=_some_name)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Record it: see `ordercore.orders.authorize_payment`."""
        if payment_of(order, self.payment_id).state in _AGREED:
            return order, ()
        return authorize_payment(order, self.payment_id, self.amount, reference=self.reference)


@variant(Act, "record_capture")
@frozen(kw_only=True)
class RecordCapture(Act):
    """Record that the provider has taken money.

    It is no news if a capture of this reference is recorded already, or the part of it that
    this order has, since it was split. Money that comes late is recorded, whatever has become
    of the payment or the order meanwhile. What another order has, is recorded there: the error
    names it, and its reason is ``payment_elsewhere``.

    Args:
        payment_id: Of which payment.
        reference: What the provider calls this capture by.
        amount: How much; None: all that is left of it.
    """

    payment_id: str = field(validator=identifier)
    reference: str = field(validator=identifier)
    amount: Money | None = field(default=None, validator=_some_money)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Record it: see `ordercore.orders.capture_payment`."""
        known = payment_of(order, self.payment_id).captures
        if any(self._is(one) for one in known):
            return order, ()
        return capture_payment(order, self.payment_id, self.amount, reference=self.reference)

    def _is(self, known: Capture) -> bool:
        return known.reference == self.reference and self.amount in (
            None,
            known.amount,
            known.whole,
        )


@variant(Act, "record_failure")
@frozen(kw_only=True)
class RecordFailure(Act):
    """Record that the provider refuses a payment, or what is left of it.

    It is no news of a payment that has failed, is captured or voided already.

    Args:
        payment_id: Which payment.
        reason: Why, as a code.
    """

    payment_id: str = field(validator=identifier)
    reason: str = field(validator=identifier)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Record it: see `ordercore.orders.fail_payment`."""
        if payment_of(order, self.payment_id).state in _CLOSED:
            return order, ()
        return fail_payment(order, self.payment_id, self.reason)


@variant(Act, "void_payment")
@frozen(kw_only=True)
class VoidPayment(Act):
    """Give up what is not captured of a payment; of one that is given up already, nothing.

    Args:
        payment_id: Which payment.
    """

    payment_id: str = field(validator=identifier)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Give it up: see `ordercore.orders.void_payment`."""
        if payment_of(order, self.payment_id).state is PaymentState.VOIDED:
            return order, ()
        return void_payment(order, self.payment_id)


_AGREED: Final = (PaymentState.AUTHORIZED, PaymentState.CAPTURED, PaymentState.VOIDED)
_CLOSED: Final = (PaymentState.FAILED, PaymentState.CAPTURED, PaymentState.VOIDED)


# Refunds


@variant(Act, "request_refund")
@frozen(kw_only=True)
class RequestRefund(Act):
    """Ask for a refund.

    Args:
        refund_id: The refund's own id.
        reason: Why, as a code of the shop.
        parts: Of what it is made, as `ordercore.orders.proposed_refund` says, say; None: all
            that is owed without a case, as `ordercore.orders.owed_refund` says, and where
            nothing is, nothing happens.
        provider_key: The idempotency key for the provider; None: the refund's id.
        override: Who decided to refund what was replaced.
    """

    refund_id: str = field(validator=identifier)
    reason: str = field(validator=identifier)
    parts: RefundParts | None = field(default=None, validator=optional(instance(RefundParts)))
    provider_key: str | None = field(default=None, validator=_some_name)
    override: Override | None = field(default=None, validator=optional(instance(Override)))

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Ask for it: see `ordercore.orders.request_refund`."""
        parts = owed_refund(order) if self.parts is None else self.parts
        if parts is None:
            return order, ()
        return request_refund(
            order,
            parts,
            id=self.refund_id,
            reason=self.reason,
            key=self.provider_key,
            override=self.override,
        )


_OWN_STEPS: Final[Mapping[RefundStep, Callable[[Order, str], Result]]] = MappingProxyType(
    {
        RefundStep.APPROVE: approve_refund,
        RefundStep.SUBMIT: submit_refund,
        RefundStep.RETRY: retry_refund,
        RefundStep.CANCEL: cancel_refund,
    }
)
"""What the shop itself does with a refund; the other steps are for its provider to say."""


def _step(given: RefundStep | str) -> RefundStep:
    return member_of(RefundStep, given)


def _is_own(_instance: Any, _attribute: Any, value: Any) -> None:
    if not isinstance(value, RefundStep) or value not in _OWN_STEPS:
        expected = f"one of {', '.join(repr(each.value) for each in _OWN_STEPS)}"
        raise InvalidValue(expected, value, path=("step",), reason="unknown_choice")


@variant(Act, "advance_refund")
@frozen
class AdvanceRefund(Act):
    """Take a refund one step further: approve, submit, retry or cancel it.

    Submit it before you call the provider, with the key of the refund, which stays the same at
    every attempt: so a call that was cut off may be made again.

    Args:
        refund_id: Which refund.
        step: What to do with it.
    """

    refund_id: str = field(validator=identifier)
    step: RefundStep = field(converter=_step, validator=_is_own)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Do it: see `ordercore.orders.approve_refund` and those beside it."""
        return _OWN_STEPS[self.step](order, self.refund_id)


@variant(Act, "record_refund")
@frozen(kw_only=True)
class RecordRefund(Act):
    """Record that the provider has given the money back; said twice, it is no news.

    Args:
        refund_id: Which refund.
        reference: What the provider calls it by.
    """

    refund_id: str = field(validator=identifier)
    reference: str | None = field(default=None, validator=_some_name)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Record it: see `ordercore.orders.succeed_refund`."""
        if refund_of(order, self.refund_id).state is RefundState.SUCCEEDED:
            return order, ()
        return succeed_refund(order, self.refund_id, reference=self.reference)


@variant(Act, "record_refund_failure")
@frozen(kw_only=True)
class RecordRefundFailure(Act):
    """Record that the provider did not give the money back.

    It is no news of a refund that has failed, was cancelled, or has succeeded meanwhile.

    Args:
        refund_id: Which refund.
        reason: Why, as a code.
    """

    refund_id: str = field(validator=identifier)
    reason: str = field(validator=identifier)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Record it: see `ordercore.orders.fail_refund`."""
        if refund_of(order, self.refund_id).state in _OVER:
            return order, ()
        return fail_refund(order, self.refund_id, self.reason)


_OVER: Final = (RefundState.FAILED, RefundState.SUCCEEDED, RefundState.CANCELLED)
