"""What was agreed: the order with its machine, its quantities, its holds and its events.

An `Order` is a frozen value. A command is a function that gives the next order and what has
happened; replaying what has happened gives the same order. Quantities are kept, and every
"partial" is told of them. An order is held for reasons, and replacement goods are an order of
their own.
"""

from ordercore.orders.anonymising import anonymise
from ordercore.orders.applying import apply, rebuild
from ordercore.orders.commands import (
    Result,
    cancel,
    complete,
    confirm,
    draft,
    guards_of,
    hold,
    move_units,
    note,
    place,
    release,
    reprice,
)
from ordercore.orders.details import (
    InvoiceKind,
    InvoiceWish,
    OrderDetails,
    Origin,
    ServiceWish,
)
from ordercore.orders.events import (
    CancelledUnits,
    LineUnits,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderDrafted,
    OrderHeld,
    OrderPlaced,
    OrderPriced,
    OrderReleased,
    UnitsCancelled,
    UnitsMoved,
)
from ordercore.orders.ledger import Move, Quantities
from ordercore.orders.lines import OrderLine, QuotedUnits
from ordercore.orders.machine import ORDER, OrderState, OrderStep
from ordercore.orders.numbers import DatedNumbers, NumberStrategy
from ordercore.orders.order import MAX_HOLDS, Order
from ordercore.orders.statuses import FulfilmentStatus, ReturnStatus

__all__ = [
    "MAX_HOLDS",
    "ORDER",
    "CancelledUnits",
    "DatedNumbers",
    "FulfilmentStatus",
    "InvoiceKind",
    "InvoiceWish",
    "LineUnits",
    "Move",
    "NumberStrategy",
    "Order",
    "OrderCancelled",
    "OrderCompleted",
    "OrderConfirmed",
    "OrderDetails",
    "OrderDrafted",
    "OrderHeld",
    "OrderLine",
    "OrderPlaced",
    "OrderPriced",
    "OrderReleased",
    "OrderState",
    "OrderStep",
    "Origin",
    "Quantities",
    "QuotedUnits",
    "Result",
    "ReturnStatus",
    "ServiceWish",
    "UnitsCancelled",
    "UnitsMoved",
    "anonymise",
    "apply",
    "cancel",
    "complete",
    "confirm",
    "draft",
    "guards_of",
    "hold",
    "move_units",
    "note",
    "place",
    "rebuild",
    "release",
    "reprice",
]
