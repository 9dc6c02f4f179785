"""Payments that go with units to another order, by amount, and come back from it.

Money goes that is free: captured, and neither given back nor to be taken by a refund that
failed, which may succeed late. As long as there is enough for both orders, the other one gets
what it owes, and no more; else each gets its share of what there is.
What was authorised covers what captures leave uncovered in the same way, and what is asked for
covers the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from attrs import evolve

from ordercore.money import Money, apportion
from ordercore.orders.payments.ceilings import given_by, may_give
from ordercore.orders.payments.parts import Component
from ordercore.orders.payments.payment import Capture, Payment, PaymentState

if TYPE_CHECKING:
    from ordercore.orders.order import Order

__all__ = ["merged_payments", "split_payments", "unlike_payments"]

Payments = tuple[Payment, ...]
_Layers = list[list[int]]
"""Of each payment what is captured and free, what is authorised beside it, what is asked for
beside that: in minor units."""

_ENDED: Final = (PaymentState.FAILED, PaymentState.VOIDED)


def split_payments(order: Order, stays: int, goes: int) -> tuple[Payments, Payments]:
    """Split the payments of an order; amounts of every kind sum to what they were.

    Args:
        order: With its payments, and the refunds that were made of them.
        stays: What is due for what stays, in minor units.
        goes: What is due for what goes.
    """
    layers = _layers(order)
    moved: _Layers = [[0, 0, 0] for _ in layers]
    unpaid = order.balance.unpaid.minor
    uncovered = stays + goes if unpaid else goes  # paid in full: refunds were given of the rest
    for layer in range(3):
        free = sum(each[layer] for each in layers)
        wanted = goes if free >= uncovered else apportion(free, [uncovered - goes, goes])[1]
        goes -= wanted
        uncovered = max(uncovered - free, goes)
        for i in reversed(range(len(layers))):  # the newest first
            moved[i][layer] = min(wanted, layers[i][layer])
            wanted -= moved[i][layer]
    pairs = [_cut(payment, part) for payment, part in zip(order.payments, moved, strict=True)]
    return (
        tuple(one for one, _ in pairs if one is not None),
        tuple(two for _, two in pairs if two is not None),
    )


def _layers(order: Order) -> _Layers:
    given = given_by(may_give(order))
    return [_layers_of(p, given.get((Component.PAYMENT, p.id), 0)) for p in order.payments]


def _layers_of(payment: Payment, given: int) -> list[int]:
    if payment.state in _ENDED:
        return [0, 0, 0]
    asked = payment.amount - payment.authorized
    pending = asked.minor if payment.state is PaymentState.PENDING else 0
    return [max(0, payment.captured.minor - given), payment.capturable.minor, pending]


def _cut(payment: Payment, part: Sequence[int]) -> tuple[Payment | None, Payment | None]:
    """Cut a payment in what stays and what goes; None: nothing."""
    captured, authorized, asked = part
    if not any(part):
        return payment, None
    if (
        captured + authorized == payment.authorized.minor
        and payment.state is not PaymentState.PENDING
    ):
        return None, payment
    kept, taken = _cut_captures(payment.captures, payment.captured.minor - captured)
    goes = _part(payment, taken, authorized, captured + authorized + asked)
    left = payment.amount.minor - captured - authorized - asked
    stays = _part(payment, kept, payment.capturable.minor - authorized, left)
    return stays, goes


def _part(
    payment: Payment, captures: Sequence[Capture], capturable: int, amount: int
) -> Payment | None:
    if not amount:
        return None
    currency = payment.currency
    captured = sum(each.amount.minor for each in captures)
    authorized = captured + capturable
    return evolve(
        payment,
        amount=Money(amount, currency),
        authorized=Money(authorized, currency),
        captures=captures,
        state=_state(payment.state, captured, authorized, amount),
    )


def _state(before: PaymentState, captured: int, authorized: int, amount: int) -> PaymentState:
    """Tell the state of a part of a payment: that of the whole, as far as its amounts allow."""
    if captured < authorized:
        return PaymentState.AUTHORIZED
    if before is PaymentState.PENDING and captured < amount:
        return before
    return PaymentState.CAPTURED


def _cut_captures(captures: Iterable[Capture], stays: int) -> tuple[list[Capture], list[Capture]]:
    """Let the oldest captures stay, so many minor units of them; one may be cut in two."""
    kept: list[Capture] = []
    taken: list[Capture] = []
    for one in captures:
        here = min(stays, one.amount.minor)
        stays -= here
        for parts, minor in ((kept, here), (taken, one.amount.minor - here)):
            if minor:
                parts.append(_part_of(one, minor))
    return kept, taken


def _part_of(one: Capture, minor: int) -> Capture:
    if minor == one.amount.minor:
        return one
    return Capture(one.reference, Money(minor, one.amount.currency), one.whole)


# And back again


def unlike_payments(one: Payments, two: Payments) -> list[str]:
    """List the ids under which two orders have payments that are no parts of one.

    Parts of one are paid in one way, and a provider calls them the same, as far as it is known.
    """
    others = {payment.id: payment for payment in two}
    return [
        payment.id
        for payment in one
        if (other := others.get(payment.id)) is not None and not _is_one(payment, other)
    ]


def _is_one(one: Payment, two: Payment) -> bool:
    known = None not in (one.reference, two.reference)
    return one.method == two.method and not (known and one.reference != two.reference)


def merged_payments(one: Payments, two: Payments) -> Payments:
    """Put the payments of two orders together; parts of one payment become one again."""
    others = {payment.id: payment for payment in two}
    both = [
        _merged(payment, others.pop(payment.id)) if payment.id in others else payment
        for payment in one
    ]
    return (*both, *others.values())


def _merged(one: Payment, two: Payment) -> Payment:
    captures = _merged_captures((*one.captures, *two.captures))
    states = {one.state, two.state}
    order = (PaymentState.AUTHORIZED, PaymentState.PENDING, PaymentState.CAPTURED)
    return evolve(
        one,
        amount=one.amount + two.amount,
        authorized=one.authorized + two.authorized,
        captures=captures,
        state=next((state for state in order if state in states), one.state),
    )


def _merged_captures(captures: Iterable[Capture]) -> tuple[Capture, ...]:
    found: dict[str, Capture] = {}
    for one in captures:
        known = found.get(one.reference)
        amount = one.amount if known is None else known.amount + one.amount
        whole = one.whole if known is None else max(one.whole, known.whole, amount)
        found[one.reference] = Capture(one.reference, amount, None if whole == amount else whole)
    return tuple(found.values())
