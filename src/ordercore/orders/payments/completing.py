"""What a refund that was made by hand leaves open: from which payments, and how reckoned."""

from __future__ import annotations

from attrs import evolve

from ordercore.errors import InvalidDocument
from ordercore.money import Money
from ordercore.orders.order import Order
from ordercore.orders.payments.ceilings import breaches, given_by, live_parts
from ordercore.orders.payments.parts import Component, RefundParts
from ordercore.orders.prices import price_of
from ordercore.pricing import RecordedAmount

__all__ = ["completed", "share_of", "sources_of"]


def sources_of(order: Order, amount: Money) -> tuple[RecordedAmount, ...]:
    """Take an amount from the payments of an order: from the newest first, as far as it goes.

    The newest is the one that was asked for last. So a deposit, which is paid first, is given
    back last. What no payment has room for is left out.
    """
    given = given_by(live_parts(order))
    left = amount.minor
    found: list[RecordedAmount] = []
    for payment in reversed(order.payments):
        room = payment.captured.minor - given.get((Component.PAYMENT, payment.id), 0)
        taken = min(left, room)
        if taken > 0:
            found.append(RecordedAmount(payment.id, Money(taken, order.currency)))
            left -= taken
    return tuple(found)


def share_of(order: Order, line_id: str, units: int) -> int:
    """Tell what was paid for the units of a line that are refunded next, in minor units."""
    line = order.line(line_id)
    before = line.quantities.refunded
    return price_of(order, line, before + units) - price_of(order, line, before)


def completed(order: Order, parts: RefundParts) -> RefundParts:
    """Say from which payments a refund is taken, and what it is reckoned at, if it does not.

    Raises:
        InvalidDocument: It goes beyond ceilings, or the order has no such line, fee or payment;
            all of it is told.
    """
    faults = list(breaches(order, parts))
    if faults:
        raise InvalidDocument(faults)
    units = [(line.line, line.units) for line in parts.lines if line.units]
    if parts.reckoned is None and units:
        share = sum(share_of(order, *each) for each in units)
        parts = evolve(parts, reckoned=Money(share, order.currency))
    if not parts.payments and not parts.amount.is_zero:
        parts = evolve(parts, payments=sources_of(order, parts.amount))
    return parts
