"""What happens to the payments and refunds of an order."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import identifier, instance, optional
from ordercore.errors import InvalidValue
from ordercore.events import Event
from ordercore.money import Money
from ordercore.orders.payments.payment import Payment, PaymentState
from ordercore.orders.payments.refund import Refund, RefundState

__all__ = [
    "PaymentAuthorized",
    "PaymentCaptured",
    "PaymentFailed",
    "PaymentRequested",
    "PaymentVoided",
    "RefundApproved",
    "RefundCancelled",
    "RefundFailed",
    "RefundRequested",
    "RefundRetried",
    "RefundSubmitted",
    "RefundSucceeded",
]

_money = instance(Money)


def _is_pending(_instance: object, attribute: Any, payment: Any) -> None:
    """Accept a payment to which nothing has happened yet."""
    instance(Payment)(None, attribute, payment)
    if payment.state is not PaymentState.PENDING or payment.captures:
        expected = "a pending payment of which nothing is captured"
        raise InvalidValue(expected, path=(attribute.name,), reason="wrong_state")


def _is_requested(_instance: object, attribute: Any, refund: Any) -> None:
    """Accept a refund to which nothing has happened yet."""
    instance(Refund)(None, attribute, refund)
    if refund.state is not RefundState.REQUESTED:
        expected = "a refund that is requested"
        raise InvalidValue(expected, path=(attribute.name,), reason="wrong_state")


@variant(Event, "payment_requested")
@frozen
class PaymentRequested(Event):
    """The customer is asked to pay.

    Args:
        payment: What is asked for.
    """

    payment: Payment = field(validator=_is_pending)


@variant(Event, "payment_authorized")
@frozen
class PaymentAuthorized(Event):
    """The provider agrees to an amount.

    Args:
        payment_id: Of which payment.
        amount: To how much in all.
        reference: What the provider calls the payment by; None: as before.
    """

    payment_id: str = field(validator=identifier)
    amount: Money = field(validator=_money)
    reference: str | None = field(default=None, validator=optional(identifier))


@variant(Event, "payment_captured")
@frozen
class PaymentCaptured(Event):
    """Money was taken.

    Args:
        payment_id: Of which payment.
        amount: How much this time.
        reference: What the provider calls this capture by.
    """

    payment_id: str = field(validator=identifier)
    amount: Money = field(validator=_money)
    reference: str = field(validator=identifier)


@variant(Event, "payment_failed")
@frozen
class PaymentFailed(Event):
    """The provider refuses a payment, or what is left of it.

    Args:
        payment_id: Which.
        reason: Why, as a code of the shop or of the provider.
    """

    payment_id: str = field(validator=identifier)
    reason: str = field(validator=identifier)


@variant(Event, "payment_voided")
@frozen
class PaymentVoided(Event):
    """What is not captured of a payment is given up.

    Args:
        payment_id: Which.
    """

    payment_id: str = field(validator=identifier)


@variant(Event, "refund_requested")
@frozen
class RefundRequested(Event):
    """A refund is asked for; from now on it counts against all ceilings.

    Args:
        refund: What is given back, and from which payments.
    """

    refund: Refund = field(validator=_is_requested)


@variant(Event, "refund_approved")
@frozen
class RefundApproved(Event):
    """Somebody agrees to a refund.

    Args:
        refund_id: Which.
    """

    refund_id: str = field(validator=identifier)


@variant(Event, "refund_submitted")
@frozen
class RefundSubmitted(Event):
    """A refund is about to be handed to the provider, under its key.

    Args:
        refund_id: Which.
    """

    refund_id: str = field(validator=identifier)


@variant(Event, "refund_succeeded")
@frozen
class RefundSucceeded(Event):
    """The money is given back.

    Args:
        refund_id: Which.
        reference: What the provider calls it by; None: it does not say.
    """

    refund_id: str = field(validator=identifier)
    reference: str | None = field(default=None, validator=optional(identifier))


@variant(Event, "refund_failed")
@frozen
class RefundFailed(Event):
    """The provider did not give the money back; the refund counts no more.

    Args:
        refund_id: Which.
        reason: Why, as a code of the shop or of the provider.
    """

    refund_id: str = field(validator=identifier)
    reason: str = field(validator=identifier)


@variant(Event, "refund_retried")
@frozen
class RefundRetried(Event):
    """A refund that failed is handed to the provider once more, under the same key.

    Args:
        refund_id: Which.
    """

    refund_id: str = field(validator=identifier)


@variant(Event, "refund_cancelled")
@frozen
class RefundCancelled(Event):
    """A refund is given up; it counts no more.

    Args:
        refund_id: Which.
    """

    refund_id: str = field(validator=identifier)
