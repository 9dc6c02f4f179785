"""Hypothesis strategies for orders: in any state that commands can bring them to.

`orders` draws an order, `order_histories` one with all that has happened to it. Both begin with
a drawn quote and do one thing after the other, as a shop and its customers do. What is drawn
shrinks to an order of one unit to which as little as possible has happened.
"""

from ordercore.testing.orders.histories import History, OrderHistory
from ordercore.testing.orders.living import order_histories, orders
from ordercore.testing.orders.parts import (
    addresses,
    contacts,
    details,
    payments,
    quotes,
    service_wishes,
)

__all__ = [
    "History",
    "OrderHistory",
    "addresses",
    "contacts",
    "details",
    "order_histories",
    "orders",
    "payments",
    "quotes",
    "service_wishes",
]
