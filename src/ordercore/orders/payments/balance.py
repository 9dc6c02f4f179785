"""What is due, paid and given back, and what that comes to in a word. Told, never kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import frozen

from ordercore.money import Money
from ordercore.orders.machine import OrderState
from ordercore.orders.payments.ceilings import rounded_off, units_given
from ordercore.orders.payments.parts import RefundParts
from ordercore.orders.payments.refund import RefundState
from ordercore.orders.prices import cancelled_of, payable_of

if TYPE_CHECKING:
    from ordercore.orders.order import Order

__all__ = ["Balance", "PaymentStatus", "balance_of", "payment_status"]


class PaymentStatus(StrEnum):
    """How far an order is paid."""

    UNPAID = "unpaid"
    AUTHORIZED = "authorized"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    OVERPAID = "overpaid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


@frozen(kw_only=True)
class Balance:
    """The amounts of an order's payments and refunds.

    Attributes:
        payable: What was to be paid by the price of record; nothing where there is none yet.
        due: The payable less the shares of all units that are cancelled, with tax that comes
            on top, and not below nothing; nothing once the order is cancelled. Units that
            were returned, lost or refused lower it no more than a refund does: that is what
            refunds are for.
        authorized: What providers have agreed to and is not captured yet.
        asked: What open payments may still bring, whether providers have agreed to it or not.
        captured: What was taken in all.
        refunded: What was given back by refunds that have succeeded.
        refunding: What refunds under way are to give back.
        undone: What refunds that count give back of what was overpaid, and for units that
            are cancelled: so much pays for nothing that is due.
    """

    payable: Money
    due: Money
    authorized: Money
    asked: Money
    captured: Money
    refunded: Money
    refunding: Money
    undone: Money

    @property
    def paid(self) -> Money:
        """What was captured and pays for what is due."""
        return self.captured - self.undone

    @property
    def unpaid(self) -> Money:
        """What is due and not paid for yet."""
        return max(self.due - self.paid, Money.zero(self.due.currency))

    @property
    def excess(self) -> Money:
        """What open payments would bring beyond what is due; void some, or give it back."""
        return max(self.asked - self.unpaid, Money.zero(self.due.currency))


def balance_of(order: Order) -> Balance:
    """Tell what is due, paid and given back."""
    payable = payable_of(order)
    over = order.state is OrderState.CANCELLED
    due = 0 if over else max(0, payable - cancelled_of(order))
    live = [each for each in order.refunds if each.is_live]
    units = units_given(each.parts for each in live)

    def total(amounts: Iterable[Money]) -> Money:
        return Money.sum(amounts, order.currency)

    return Balance(
        payable=Money(payable, order.currency),
        due=Money(due, order.currency),
        authorized=total(each.capturable for each in order.payments if each.is_open),
        asked=total(each.left for each in order.payments if each.is_open),
        captured=total(each.captured for each in order.payments),
        refunded=total(each.amount for each in live if each.state is RefundState.SUCCEEDED),
        refunding=total(each.amount for each in live if each.state is not RefundState.SUCCEEDED),
        undone=Money(sum(_undone(each.parts, units) for each in live), order.currency),
    )


def _undone(parts: RefundParts, units: Mapping[str, tuple[int, int]]) -> int:
    """Tell what a refund gives back for what is not due any more, in minor units.

    What rounding had waived of cancelled units was never paid for them.

    Args:
        parts: Of the refund.
        units: For how many units of each line all refunds together give money back: cancelled
            ones, and others. What comes later for units of before is for these.
    """
    overpaid = 0 if parts.overpaid is None else parts.overpaid.minor
    given = 0
    for line in parts.lines:
        cancelled, settled = line.cancelled, line.settled
        if not line.units and not line.waived:
            cancelled, settled = units[line.line]
        given += line.amount.minor * cancelled // max(1, cancelled + settled)
    return overpaid + max(0, given + rounded_off(parts))


def payment_status(balance: Balance) -> PaymentStatus:
    """Tell how far an order is paid, from its amounts alone.

    What was given back comes first, then what was taken, then what was agreed to. An order of
    which nothing was ever to be paid is paid.

    >>> zero, ten = Money.zero("CNY"), Money.of("10", "CNY")
    >>> told = dict.fromkeys(("authorized", "asked", "refunded", "refunding", "undone"), zero)
    >>> payment_status(Balance(payable=ten, due=ten, captured=zero, **told)).value
    'unpaid'
    >>> payment_status(Balance(payable=ten, due=zero, captured=ten, **told)).value
    'overpaid'
    """
    captured, due = balance.captured, balance.due
    if captured.is_zero:
        return _uncaptured(balance)
    if not balance.refunded.is_zero:
        back = balance.refunded == captured
        return PaymentStatus.REFUNDED if back else PaymentStatus.PARTIALLY_REFUNDED
    if captured < due:
        return PaymentStatus.PARTIALLY_PAID
    return PaymentStatus.PAID if captured == due else PaymentStatus.OVERPAID


def _uncaptured(balance: Balance) -> PaymentStatus:
    if balance.payable.is_zero:
        return PaymentStatus.PAID
    covered = not balance.authorized.is_zero and balance.authorized >= balance.due
    return PaymentStatus.AUTHORIZED if covered else PaymentStatus.UNPAID
