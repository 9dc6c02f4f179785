"""What notices there are: their kinds, how urgent each is as a rule, and which customers may get.

To add one is to add a member here, its urgency, its words in the catalogues of both languages,
and whatever makes it: a row of `happened` or of `found`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["FOR_CUSTOMERS", "URGENCIES", "CustomerAction", "NoticeKind", "Urgency", "Voice"]


class NoticeKind(StrEnum):
    """What a notice is about, as a stable code."""

    # Stock
    LOW_STOCK = "low_stock"
    PURCHASE_OVERDUE = "purchase_overdue"
    PRODUCTION_OVERDUE = "production_overdue"
    TRANSFER_OVERDUE = "transfer_overdue"
    RECEIPT_MOVED = "receipt_moved"
    RECEIPT_CANCELLED = "receipt_cancelled"
    PROMISE_LATE = "promise_late"
    PARTS_LATE = "parts_late"
    PROMISE_LOST = "promise_lost"
    STOCK_MISSING = "stock_missing"
    BACKORDER_COVERED = "backorder_covered"
    PROMISE_COVERED = "promise_covered"
    SHORTAGE = "shortage"
    OVERLOAD = "overload"
    BOOKING_CONFLICT = "booking_conflict"
    PURCHASE_PROPOSED = "purchase_proposed"
    PRODUCTION_PROPOSED = "production_proposed"
    PRODUCTION_PLANNED = "production_planned"
    PURCHASE_SOONER = "purchase_sooner"
    PRODUCTION_SOONER = "production_sooner"
    TRANSFER_SOONER = "transfer_sooner"
    # Orders
    ORDER_PLACED = "order_placed"
    ORDER_CONFIRMED = "order_confirmed"
    ORDER_HELD = "order_held"
    ORDER_RELEASED = "order_released"
    ORDER_CHANGED = "order_changed"
    ORDER_SPLIT = "order_split"
    ORDER_MERGED = "order_merged"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_COMPLETED = "order_completed"
    APPOINTMENT_SET = "appointment_set"
    # Their units
    UNITS_CANCELLED = "units_cancelled"
    UNITS_SHIPPED = "units_shipped"
    UNITS_PERFORMED = "units_performed"
    UNITS_DELIVERED = "units_delivered"
    UNITS_ACCEPTED = "units_accepted"
    UNITS_LOST = "units_lost"
    UNITS_REFUSED = "units_refused"
    UNITS_REPLACED = "units_replaced"
    RETURN_OPENED = "return_opened"
    RETURN_CLOSED = "return_closed"
    RETURN_RECEIVED = "return_received"
    # Their money
    PAYMENT_REQUESTED = "payment_requested"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_FAILED = "payment_failed"
    REFUND_REQUESTED = "refund_requested"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    REFUND_CANCELLED = "refund_cancelled"
    # Proposals to change them
    CHANGE_PROPOSED = "change_proposed"
    CHANGE_REQUESTED = "change_requested"
    CHANGE_DECLINED = "change_declined"
    CHANGE_CANCELLED = "change_cancelled"


class Urgency(StrEnum):
    """How soon somebody should see to it."""

    ROUTINE = "routine"
    """It is good to know."""
    SOON = "soon"
    """Somebody should see to it, or is waiting for it."""
    NOW = "now"
    """It is late already, or costs more with every hour."""


class Voice(StrEnum):
    """How somebody is spoken to."""

    STAFF = "staff"
    """In short, with the codes of the shop."""
    CUSTOMER = "customer"
    """In friendly sentences; what the shop's codes say is not for customers."""


class CustomerAction(StrEnum):
    """What a customer is asked to do."""

    PAY = "pay"
    PAY_AGAIN = "pay_again"
    CONSENT = "consent"
    SEND_BACK = "send_back"


_SOON: Final = frozenset(
    {
        NoticeKind.LOW_STOCK,
        NoticeKind.PURCHASE_OVERDUE,
        NoticeKind.PRODUCTION_OVERDUE,
        NoticeKind.TRANSFER_OVERDUE,
        NoticeKind.RECEIPT_MOVED,
        NoticeKind.PROMISE_LATE,
        NoticeKind.PARTS_LATE,
        NoticeKind.BACKORDER_COVERED,
        NoticeKind.SHORTAGE,
        NoticeKind.OVERLOAD,
        NoticeKind.PURCHASE_PROPOSED,
        NoticeKind.PRODUCTION_PROPOSED,
        NoticeKind.PRODUCTION_PLANNED,
        NoticeKind.PURCHASE_SOONER,
        NoticeKind.PRODUCTION_SOONER,
        NoticeKind.TRANSFER_SOONER,
        NoticeKind.ORDER_HELD,
        NoticeKind.UNITS_REFUSED,
        NoticeKind.RETURN_OPENED,
        NoticeKind.PAYMENT_REQUESTED,
        NoticeKind.PAYMENT_FAILED,
        NoticeKind.REFUND_REQUESTED,
        NoticeKind.CHANGE_PROPOSED,
        NoticeKind.CHANGE_REQUESTED,
    }
)
_NOW: Final = frozenset(
    {
        NoticeKind.RECEIPT_CANCELLED,
        NoticeKind.PROMISE_LOST,
        NoticeKind.STOCK_MISSING,
        NoticeKind.BOOKING_CONFLICT,
        NoticeKind.UNITS_LOST,
        NoticeKind.REFUND_FAILED,
    }
)


def _usual(kind: NoticeKind) -> Urgency:
    if kind in _NOW:
        return Urgency.NOW
    return Urgency.SOON if kind in _SOON else Urgency.ROUTINE


URGENCIES: Final[Mapping[NoticeKind, Urgency]] = MappingProxyType(
    {kind: _usual(kind) for kind in NoticeKind}
)
"""How urgent each kind is, unless what was found makes it more so."""

_INTERNAL: Final = frozenset(
    {
        NoticeKind.LOW_STOCK,
        NoticeKind.PURCHASE_OVERDUE,
        NoticeKind.PRODUCTION_OVERDUE,
        NoticeKind.TRANSFER_OVERDUE,
        NoticeKind.RECEIPT_MOVED,
        NoticeKind.RECEIPT_CANCELLED,
        NoticeKind.PARTS_LATE,
        NoticeKind.PROMISE_LOST,
        NoticeKind.STOCK_MISSING,
        NoticeKind.BACKORDER_COVERED,
        NoticeKind.BOOKING_CONFLICT,
        NoticeKind.PURCHASE_PROPOSED,
        NoticeKind.PRODUCTION_PROPOSED,
        NoticeKind.PRODUCTION_PLANNED,
        NoticeKind.PURCHASE_SOONER,
        NoticeKind.PRODUCTION_SOONER,
        NoticeKind.TRANSFER_SOONER,
        NoticeKind.CHANGE_REQUESTED,
    }
)

FOR_CUSTOMERS: Final = frozenset(NoticeKind) - _INTERNAL
"""The kinds that may go to customers; there are no words for customers of any other."""
