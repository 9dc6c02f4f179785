"""Payments and refunds as a shop writes them."""

from __future__ import annotations

from typing import assert_type

from ordercore.lifecycle import Answer
from ordercore.money import Money
from ordercore.orders import (
    Balance,
    Ceiling,
    Order,
    Override,
    Payment,
    PaymentPolicy,
    PaymentStatus,
    Refund,
    RefundLine,
    RefundParts,
    approve_refund,
    capture_payment,
    owed_refund,
    proposed_refund,
    refund_ceilings,
    request_payment,
    request_refund,
)
from ordercore.pricing import ReversalOptions


def pay_and_refund(order: Order) -> Order:
    """Have it paid, and give some of it back."""
    order, _ = request_payment(order, "100.00", id="p-1", method="card")
    order, _ = capture_payment(order, "p-1", Money.of("60", "CNY"), reference="c-1")
    assert_type(order.payments, tuple[Payment, ...])
    assert_type(order.balance, Balance)
    assert_type(order.payment_status, PaymentStatus)
    assert_type(PaymentPolicy.DEPOSIT.met_by(order), Answer)

    parts = proposed_refund(
        order, {"1": 1}, ReversalOptions(shipping="never"), charges={"return_shipping": "-8"}
    )
    assert_type(parts, RefundParts)
    assert_type(owed_refund(order, "reprice"), RefundParts | None)
    by_hand = RefundParts(
        lines=[RefundLine(line="1", amount=Money.of("5", "CNY"), waived=1)],
        fees={"wrapping": Money.of("2", "CNY")},
    )
    order, _ = request_refund(
        order, by_hand, id="r-1", reason="damaged", override=Override("u-7", "vip")
    )
    order, _ = approve_refund(order, "r-1")
    assert_type(order.refunds, tuple[Refund, ...])
    assert_type(refund_ceilings(order), tuple[Ceiling, ...])
    return order
