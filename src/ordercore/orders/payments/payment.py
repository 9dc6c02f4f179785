"""One payment: what was asked for, agreed to and taken. Amounts are the truth, states follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final

from attrs import evolve, field, frozen

from ordercore.data.checks import each, identifier, instance, member, member_of, optional, tuple_of
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    Path,
)
from ordercore.lifecycle import Machine, Transition
from ordercore.money import Currency, Money

__all__ = [
    "MAX_CAPTURES",
    "PAYMENT",
    "Capture",
    "Payment",
    "PaymentElsewhere",
    "PaymentState",
    "PaymentStep",
    "authorize",
    "capture",
    "fail",
    "void",
]

MAX_CAPTURES: Final = 100
"""The most captures of one payment."""

_money = instance(Money)


class PaymentState(StrEnum):
    """In which state a payment is. "Partial" is none of them: amounts say that."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    FAILED = "failed"
    VOIDED = "voided"


class PaymentStep(StrEnum):
    """What moves a payment from one state to the next."""

    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    FAIL = "fail"
    VOID = "void"


_OPEN: Final = (PaymentState.PENDING, PaymentState.AUTHORIZED)


def _ended(step: PaymentStep, target: PaymentState) -> Iterator[Transition[Any, Any]]:
    """End what is open: where something was captured, that stays."""
    for state in _OPEN:
        yield Transition(state, step, PaymentState.CAPTURED, guards="something_captured")
        yield Transition(state, step, target)


PAYMENT: Final = Machine(
    name="payment",
    states={
        PaymentState.PENDING: ("待支付", "pending"),
        PaymentState.AUTHORIZED: ("已授权", "authorized"),
        PaymentState.CAPTURED: ("已收款", "captured"),
        PaymentState.FAILED: ("支付失败", "failed"),
        PaymentState.VOIDED: ("已作废", "voided"),
    },
    events={
        PaymentStep.AUTHORIZE: ("授权", "authorize"),
        PaymentStep.CAPTURE: ("收款", "capture"),
        PaymentStep.FAIL: ("失败", "fail"),
        PaymentStep.VOID: ("作废", "void"),
    },
    initial=PaymentState.PENDING,
    terminal=[PaymentState.CAPTURED],
    guards={
        "nothing_left": ("无剩余可收", "nothing left to capture"),
        "something_captured": ("已有收款", "something captured"),
    },
    transitions=[
        Transition(
            PaymentState.PENDING,
            PaymentStep.AUTHORIZE,
            PaymentState.CAPTURED,
            guards="nothing_left",
        ),
        Transition(PaymentState.PENDING, PaymentStep.AUTHORIZE, PaymentState.AUTHORIZED),
        Transition(PaymentState.FAILED, PaymentStep.AUTHORIZE, PaymentState.AUTHORIZED),
        *(
            row
            for state in _OPEN
            for row in (
                Transition(
                    state, PaymentStep.CAPTURE, PaymentState.CAPTURED, guards="nothing_left"
                ),
                Transition(state, PaymentStep.CAPTURE, state),
            )
        ),
        # Money that comes late is there all the same.
        Transition(PaymentState.FAILED, PaymentStep.CAPTURE, PaymentState.CAPTURED),
        Transition(PaymentState.VOIDED, PaymentStep.CAPTURE, PaymentState.CAPTURED),
        *_ended(PaymentStep.FAIL, PaymentState.FAILED),
        *_ended(PaymentStep.VOID, PaymentState.VOIDED),
    ],
)
"""The machine of payments. Captured is terminal: nothing is left to capture."""


@frozen
class Capture:
    """Money that was taken.

    Args:
        reference: What the provider calls it by; each once in a payment.
        amount: How much of it is this order's, above zero.
        of: How much was taken in all, where other orders have the rest; None: the amount.
    """

    reference: str = field(validator=identifier)
    amount: Money = field(validator=_money)
    of: Money | None = field(default=None, validator=optional(_money))

    @property
    def whole(self) -> Money:
        """How much the provider took at once, whichever orders have it."""
        return self.amount if self.of is None else self.of


@frozen
class PaymentElsewhere:
    """A payment that another order has, or a part of it: its own order was split.

    Args:
        payment: The id of the payment, the same in both orders.
        order: The id of the other order.
    """

    payment: str = field(validator=identifier)
    order: str = field(validator=identifier)


def _captures(given: Iterable[Capture]) -> tuple[Capture, ...]:
    return tuple_of(given)


def _state(given: PaymentState | str) -> PaymentState:
    return member_of(PaymentState, given)


def _nothing(payment: Any) -> Money | None:
    """Begin with nothing authorized; an amount that is none is refused by its own check."""
    asked = payment.amount
    return Money.zero(asked.currency) if isinstance(asked, Money) else None


@frozen(kw_only=True)
class Payment:
    """What a customer pays, or is asked to pay, in one go with one provider.

    Args:
        id: The host's own; each once in an order.
        method: How it is paid, as a code of the shop: ``card``, ``wechat_pay``, ``cash``.
        amount: What was asked for, above zero.
        authorized: What the provider has agreed to in all, captured or not yet; what is
            captured directly counts as agreed to.
        captures: What was taken, one after the other.
        state: In which state it is.
        reference: What the provider calls the payment by; None: that is not known yet.

    Raises:
        InvalidDocument: Amounts are not in one currency, or 0 ≤ captured ≤ authorized ≤ amount
            does not hold, or the state does not go with them; all of it is told.

    >>> deposit = Payment(id="p-1", method="card", amount=Money.of("100", "CNY"))
    >>> deposit = capture(authorize(deposit, deposit.amount), Money.of("30", "CNY"), "cap-1")
    >>> deposit.state.value, str(deposit.captured), str(deposit.capturable)
    ('authorized', 'CNY 30.00', 'CNY 70.00')
    """

    id: str = field(validator=identifier)
    method: str = field(validator=identifier)
    amount: Money = field(validator=_money)
    authorized: Money = field(validator=_money)
    captures: tuple[Capture, ...] = field(
        default=(), converter=_captures, validator=each(instance(Capture), most=MAX_CAPTURES)
    )
    state: PaymentState = field(
        default=PaymentState.PENDING, converter=_state, validator=member(PaymentState)
    )
    reference: str | None = field(default=None, validator=optional(identifier))

    @authorized.default
    def _nothing_yet(self) -> Any:
        return _nothing(self)

    def __attrs_post_init__(self) -> None:
        faults = list(self.faults())
        if faults:
            raise InvalidDocument(faults)

    def faults(self) -> Iterator[InvalidInput]:
        """List every law that its amounts and its state break."""
        alone = list(_currency_faults(self)) or list(_single_faults(self))
        yield from alone or _joint_faults(self)

    @property
    def currency(self) -> Currency:
        """The currency of its amounts."""
        return self.amount.currency

    @property
    def captured(self) -> Money:
        """What was taken in all."""
        return Money.sum((each.amount for each in self.captures), self.currency)

    @property
    def capturable(self) -> Money:
        """What is agreed to and not captured yet."""
        return self.authorized - self.captured

    @property
    def left(self) -> Money:
        """What may still be captured: of what is authorized, or else of what is asked for."""
        authorized = self.state is PaymentState.AUTHORIZED
        return self.capturable if authorized else self.amount - self.captured

    @property
    def is_open(self) -> bool:
        """Whether the provider is still expected to say something."""
        return self.state in _OPEN


def _currency_faults(payment: Payment) -> Iterator[InvalidInput]:
    amounts: list[tuple[Path, Money]] = [(("authorized",), payment.authorized)]
    for i, one in enumerate(payment.captures):
        amounts.append((("captures", i, "amount"), one.amount))
        if one.of is not None:
            amounts.append((("captures", i, "of"), one.of))
    for path, amount in amounts:
        if amount.currency != payment.currency:
            yield CurrencyMismatch(f"an amount in {payment.currency}", str(amount), path=path)


def _single_faults(payment: Payment) -> Iterator[InvalidInput]:
    if payment.amount.minor <= 0:
        yield _positive(payment.amount, "amount")
    seen: set[str] = set()
    for i, one in enumerate(payment.captures):
        if one.amount.minor <= 0:
            yield _positive(one.amount, "captures", i, "amount")
        if one.whole < one.amount:
            expected = f"at least {one.amount}, which is a part of it"
            yield InvalidValue(expected, str(one.whole), path=("captures", i, "of"))
        if one.reference in seen:
            yield _duplicate(one.reference, "captures", i, "reference")
        seen.add(one.reference)


def _joint_faults(payment: Payment) -> Iterator[InvalidInput]:
    """List what its amounts break together, and whether the state goes with them."""
    if not payment.captured <= payment.authorized <= payment.amount:
        expected = f"{payment.captured} to {payment.amount}: what is captured to what is asked"
        yield InvalidValue(expected, str(payment.authorized), path=("authorized",))
    if not _goes_with(payment):
        expected = "a state that goes with the amounts"
        yield InvalidValue(expected, payment.state.value, path=("state",), reason="wrong_state")


def _positive(amount: Money, *path: str | int) -> InvalidValue:
    return InvalidValue("an amount above zero", str(amount), path=path)


def _duplicate(reference: str, *path: str | int) -> InvalidValue:
    expected = "a reference that the payment does not have yet"
    return InvalidValue(expected, reference, path=path, reason="duplicate_reference")


def _goes_with(payment: Payment) -> bool:
    captured, authorized = payment.captured.minor, payment.authorized.minor
    if payment.state is PaymentState.AUTHORIZED:
        return captured < authorized
    if payment.state is PaymentState.PENDING:
        return captured == authorized < payment.amount.minor
    if payment.state is PaymentState.CAPTURED:
        return 0 < captured == authorized
    return not authorized


# What happens to it: each gives the next payment


def authorize(payment: Payment, amount: Money, reference: str | None = None) -> Payment:
    """Take down what the provider agrees to in all; it may be less than what was asked.

    Raises:
        IllegalTransition: It is neither pending nor failed.
        InvalidValue: It is nothing, less than what is captured, or more than what is asked.
    """
    PAYMENT.needs(payment.state, PaymentStep.AUTHORIZE)
    _check_within(payment, amount, max(payment.captured.minor, 1), payment.amount.minor)
    nothing_left = amount == payment.captured
    state = PAYMENT.fire(
        payment.state, PaymentStep.AUTHORIZE, guards={"nothing_left": nothing_left}
    )
    return evolve(
        payment, authorized=amount, state=state, reference=reference or payment.reference
    )


def capture(payment: Payment, amount: Money, reference: str) -> Payment:
    """Take down what was taken: of what is authorized, or else directly of what is asked.

    Raises:
        IllegalTransition: Nothing is left to capture.
        InvalidValue: It is nothing or more than what is left, or that capture is taken down
            already: then the reason is ``duplicate_reference``.
    """
    if any(one.reference == reference for one in payment.captures):
        raise _duplicate(reference, "reference")
    PAYMENT.needs(payment.state, PaymentStep.CAPTURE)
    left = payment.left
    _check_within(payment, amount, 1, left.minor)
    guards = {"nothing_left": amount == left}
    now = (*payment.captures, Capture(reference, amount))
    return evolve(
        payment,
        captures=now,
        authorized=max(payment.authorized, payment.captured + amount),
        state=PAYMENT.fire(payment.state, PaymentStep.CAPTURE, guards=guards),
    )


def fail(payment: Payment) -> Payment:
    """Take down that the provider refuses it, or what is left of it.

    Raises:
        IllegalTransition: It is neither pending nor authorized.
    """
    return _ended_by(payment, PaymentStep.FAIL)


def void(payment: Payment) -> Payment:
    """Give up what is not captured.

    Raises:
        IllegalTransition: It is neither pending nor authorized.
    """
    return _ended_by(payment, PaymentStep.VOID)


def _ended_by(payment: Payment, step: PaymentStep) -> Payment:
    guards = {"something_captured": bool(payment.captures)}
    state = PAYMENT.fire(payment.state, step, guards=guards)
    return evolve(payment, authorized=payment.captured, state=state)


def _check_within(payment: Payment, amount: Money, least: int, most: int) -> None:
    """Refuse an amount out of a range of minor units."""
    if amount.currency != payment.currency:
        expected = f"an amount in {payment.currency}"
        raise CurrencyMismatch(expected, str(amount), path=("amount",))
    if not least <= amount.minor <= most:
        low, high = Money(least, payment.currency), Money(most, payment.currency)
        raise InvalidValue(f"{low} to {high}", str(amount), path=("amount",))
