"""What quantities come to in a word. Statuses are told, never kept."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ordercore.orders.ledger import Quantities

__all__ = ["FulfilmentStatus", "ReturnStatus", "fulfilment_status", "return_status"]


class FulfilmentStatus(StrEnum):
    """How far the units that are kept have come."""

    NONE = "none"
    UNSHIPPED = "unshipped"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    LOST = "lost"
    REFUSED = "refused"


class ReturnStatus(StrEnum):
    """How much of what was delivered or refused has come back."""

    NONE = "none"
    RETURNING = "returning"
    PARTIALLY_RETURNED = "partially_returned"
    RETURNED = "returned"


def fulfilment_status(ledgers: Iterable[Quantities]) -> FulfilmentStatus:
    """Tell how far the units of some lines have come, all lines together.

    Where all is final and some units were delivered, it is `FulfilmentStatus.DELIVERED`; the
    counters say how many were lost or refused beside these.

    >>> fulfilment_status([Quantities(ordered=3, shipped=1)]).value
    'partially_shipped'
    """
    several = tuple(ledgers)
    kept, shipped = sum(each.kept for each in several), sum(each.shipped for each in several)
    if not kept:
        return FulfilmentStatus.NONE
    if not shipped:
        return FulfilmentStatus.UNSHIPPED
    if shipped < kept:
        return FulfilmentStatus.PARTIALLY_SHIPPED
    if not all(each.is_final for each in several):
        return FulfilmentStatus.SHIPPED
    if any(each.delivered for each in several):
        return FulfilmentStatus.DELIVERED
    lost = any(each.lost for each in several)
    return FulfilmentStatus.LOST if lost else FulfilmentStatus.REFUSED


def return_status(ledgers: Iterable[Quantities]) -> ReturnStatus:
    """Tell how much has come back, all lines together: all is what is kept and was not lost.

    >>> return_status([Quantities(ordered=3, shipped=3, delivered=3, returned=1)]).value
    'partially_returned'
    """
    several = tuple(ledgers)
    if any(each.return_open for each in several):
        return ReturnStatus.RETURNING
    returned = sum(each.returned for each in several)
    if not returned:
        return ReturnStatus.NONE
    everything = sum(each.kept - each.lost for each in several)
    return ReturnStatus.RETURNED if returned == everything else ReturnStatus.PARTIALLY_RETURNED
