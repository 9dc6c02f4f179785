"""What may be done with an order's money: each gives the next order and what has happened."""

from __future__ import annotations

from decimal import Decimal

from ordercore.data.checks import Named, instance
from ordercore.errors import InvalidInput, InvalidValue, dotted
from ordercore.lifecycle import Answer
from ordercore.money import Money
from ordercore.orders.commands import Result, done, none_of
from ordercore.orders.order import Order, check_order
from ordercore.orders.payments.applying import payment_of, refund_of
from ordercore.orders.payments.ceilings import breaches
from ordercore.orders.payments.completing import completed
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
from ordercore.orders.payments.parts import RefundParts
from ordercore.orders.payments.payment import Payment
from ordercore.orders.payments.refund import REFUND, Override, Refund, RefundState, RefundStep

__all__ = [
    "approve_refund",
    "authorize_payment",
    "cancel_refund",
    "capture_payment",
    "fail_payment",
    "fail_refund",
    "refund_guards",
    "request_payment",
    "request_refund",
    "retry_refund",
    "submit_refund",
    "succeed_refund",
    "void_payment",
]

# Payments


def request_payment(
    order: Order,
    amount: Money | Decimal | str,
    *,
    id: str,  # noqa: A002
    method: str,
    reference: str | None = None,
) -> Result:
    """Ask the customer to pay.

    It may be asked for in any state but draft: where an order is cancelled already, money that
    comes all the same is taken down, and goes back. More may be asked for than is due, such as
    when a customer tries another way to pay: `Balance.excess` tells how much more.

    Args:
        order: The order.
        amount: How much: `Money`, or a number in the order's currency.
        id: The payment's own id.
        method: How it is paid, as a code of the shop.
        reference: What the provider calls the payment by, if that is known.

    Raises:
        InvalidValue: The order is a draft; or it was split, and another part of it has a
            payment of this id.
        InvalidDocument: The amount is not above zero, or the id is used already.
        CurrencyMismatch: The amount is in another currency.
        InvalidInput: Something is not as `Payment` says.
    """
    asked = _money(order, amount)
    payment = Payment(id=id, method=method, amount=asked, reference=reference)
    return done(order, PaymentRequested(payment))


def authorize_payment(
    order: Order,
    payment_id: str,
    amount: Money | Decimal | str | None = None,
    *,
    reference: str | None = None,
) -> Result:
    """Take down to what amount the provider agrees, in all.

    Args:
        order: The order.
        payment_id: Of which payment.
        amount: To how much; None: to all that was asked for.
        reference: What the provider calls the payment by; None: as before.

    Raises:
        NotFound: The order has no such payment.
        IllegalTransition: The payment is neither pending nor failed: it was told before.
        InvalidValue: It is less than what is captured, or more than what is asked for.
        CurrencyMismatch: The amount is in another currency.
    """
    payment = payment_of(order, payment_id)
    agreed = payment.amount if amount is None else _money(order, amount)
    _check_here(order, payment, agreed, payment.amount)
    return done(order, PaymentAuthorized(payment_id, agreed, reference))


def capture_payment(
    order: Order,
    payment_id: str,
    amount: Money | Decimal | str | None = None,
    *,
    reference: str,
) -> Result:
    """Take down that money was taken.

    A callback that comes twice has the same reference, and is refused as a duplicate. Money
    that comes after the payment failed or was voided, or the order was cancelled, is taken
    down like any other. What comes beyond what was asked for is a payment of its own, and so
    is what comes of a rest that was given up after a part was captured. Where the order was
    split, each order takes down what it has of the payment, under one reference.

    Args:
        order: The order.
        payment_id: Of which payment.
        amount: How much; None: all that is left of it.
        reference: What the provider calls this capture by.

    Raises:
        NotFound: The order has no such payment; where another order has it, that is named,
            and the reason is ``payment_elsewhere``.
        InvalidValue: It is taken down already: the reason is ``duplicate_reference``; or it is
            nothing, or more than what is left: where other orders have the rest, they are
            named, and the reason is ``payment_elsewhere``.
        IllegalTransition: Nothing is left to capture.
        CurrencyMismatch: The amount is in another currency.
    """
    payment = payment_of(order, payment_id)
    taken = payment.left if amount is None else _money(order, amount)
    _check_here(order, payment, taken, payment.left)
    return done(order, PaymentCaptured(payment_id, taken, reference))


def _check_here(order: Order, payment: Payment, amount: Money, most: Money) -> None:
    """Refuse more than is left of a payment of which other orders have the rest, naming them."""
    holders = order.holders(payment.id)
    if holders and amount.currency == most.currency and amount > most:
        expected = f"at most {most}; the rest is with order {' and '.join(holders)}"
        path, reason = ("amount",), "payment_elsewhere"
        raise InvalidValue(expected, str(amount), path=path, reason=reason)


def fail_payment(order: Order, payment_id: str, reason: str) -> Result:
    """Take down that the provider refuses a payment, or what is left of it.

    What was captured stays.

    Args:
        order: The order.
        payment_id: Which payment.
        reason: Why, as a code.

    Raises:
        NotFound: The order has no such payment.
        IllegalTransition: It is neither pending nor authorized.
    """
    return done(order, PaymentFailed(payment_id, reason))


def void_payment(order: Order, payment_id: str) -> Result:
    """Give up what is not captured of a payment; what was captured stays.

    Raises:
        NotFound: The order has no such payment.
        IllegalTransition: It is neither pending nor authorized.
    """
    return done(order, PaymentVoided(payment_id))


# Refunds


def request_refund(
    order: Order,
    parts: RefundParts,
    *,
    id: str,  # noqa: A002
    reason: str,
    key: str | None = None,
    override: Override | None = None,
) -> Result:
    """Ask for a refund. From now on it counts against all ceilings, and its units as refunded.

    Args:
        order: The order.
        parts: What is given back: as `proposed_refund` and `owed_refund` make it, or made by
            hand. Where it does not say from which payments, the newest are taken first.
        id: The refund's own id.
        reason: Why, as a code of the shop.
        key: The idempotency key for the provider; None: the id.
        override: Who decided that units which were replaced are refunded as well, and why.

    Raises:
        InvalidDocument: It goes beyond ceilings, there are not so many units, or the order has
            no such line, fee or payment: all of it is told, each with how much there is room
            for. Or the id or the key is used already.
        InvalidValue: The order is a draft.
        InvalidInput: Something is not as `Refund` says.
    """
    check_order(order)
    instance(RefundParts)(None, Named("parts"), parts)
    more = {} if key is None else {"key": key}
    whole = completed(order, parts)
    one = Refund(id=id, reason=reason, parts=whole, override=override, **more)
    return done(order, RefundRequested(one))


def approve_refund(order: Order, refund_id: str) -> Result:
    """Agree to a refund.

    Raises:
        NotFound: The order has no such refund.
        IllegalTransition: It is not requested.
        TransitionRefused: It goes beyond ceilings: each is told with how much there is room
            for.
    """
    _ask(order, refund_id, RefundStep.APPROVE)
    return done(order, RefundApproved(refund_id))


def submit_refund(order: Order, refund_id: str) -> Result:
    """Take down that a refund is handed to the provider; do so before you call it.

    Raises:
        NotFound: The order has no such refund.
        IllegalTransition: It is not approved.
    """
    return done(order, RefundSubmitted(refund_id))


def succeed_refund(order: Order, refund_id: str, *, reference: str | None = None) -> Result:
    """Take down that the money was given back.

    Where the provider says so late, of a refund that failed before, the refund counts again.

    Args:
        order: The order.
        refund_id: Which refund.
        reference: What the provider calls it by.

    Raises:
        NotFound: The order has no such refund.
        IllegalTransition: It is neither submitted nor failed: it was told before.
        TransitionRefused: It failed before, and does not fit the ceilings any more.
    """
    _ask(order, refund_id, RefundStep.SUCCEED)
    return done(order, RefundSucceeded(refund_id, reference))


def fail_refund(order: Order, refund_id: str, reason: str) -> Result:
    """Take down that the provider did not give the money back. The refund counts no more.

    Args:
        order: The order.
        refund_id: Which refund.
        reason: Why, as a code.

    Raises:
        NotFound: The order has no such refund.
        IllegalTransition: It is not submitted.
    """
    return done(order, RefundFailed(refund_id, reason))


def retry_refund(order: Order, refund_id: str) -> Result:
    """Hand a refund that failed to the provider once more, under the same key.

    Raises:
        NotFound: The order has no such refund.
        IllegalTransition: It has not failed.
        TransitionRefused: It does not fit the ceilings any more, with those of other refunds
            that were made since.
    """
    _ask(order, refund_id, RefundStep.RETRY)
    return done(order, RefundRetried(refund_id))


def cancel_refund(order: Order, refund_id: str) -> Result:
    """Give a refund up, before it is submitted or after it failed. It counts no more.

    Raises:
        NotFound: The order has no such refund.
        IllegalTransition: It is submitted, has succeeded or is cancelled already.
    """
    return done(order, RefundCancelled(refund_id))


def refund_guards(order: Order, refund_id: str) -> dict[str, Answer]:
    """Answer the guard of the machine of refunds, for `REFUND.check`.

    Raises:
        NotFound: The order has no such refund.
    """
    parts = refund_of(order, refund_id).parts
    faults = breaches(order, parts, of=refund_id)
    return {"within_ceilings": none_of((dotted(each.path), each.expected) for each in faults)}


def _ask(order: Order, refund_id: str, step: RefundStep) -> None:
    """Raise unless the machine allows a step now; whoever counts already, fits."""
    one = refund_of(order, refund_id)
    counts = one.state is RefundState.SUBMITTED
    REFUND.fire(one.state, step, guards={} if counts else refund_guards(order, refund_id))


def _money(order: Order, amount: Money | Decimal | str) -> Money:
    check_order(order)
    try:
        return Money.of(amount, order.currency)
    except InvalidInput as error:
        raise error.at("amount") from None
