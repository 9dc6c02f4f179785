"""What an order owes by itself and no refund is to give back yet: for pages, as one amount."""

from __future__ import annotations

from ordercore.errors import OrderCoreError
from ordercore.money import Money
from ordercore.orders.order import Order
from ordercore.orders.payments.ceilings import given_by, live_parts
from ordercore.orders.payments.parts import Component, RefundParts
from ordercore.orders.payments.proposing import owed_refund
from ordercore.orders.payments.refund import RefundState
from ordercore.orders.payments.standing import plain
from ordercore.pricing import ReversalOptions

__all__ = ["unrequested"]

_ALL = (Component.ORDER, Component.PAYMENT)


def unrequested(order: Order) -> Money:
    """Tell what is owed and not asked for: `owed_refund`, less what failed and may be retried.

    Where the policy of the refunds before cannot be kept any more, it is told by shares.
    """
    parts = _owed(order)
    if parts is None:
        return Money.zero(order.currency)
    failed = [each.parts for each in order.refunds if each.state is RefundState.FAILED]
    waiting = given_by(failed)
    missing = sum(
        max(0, minor - waiting.get(key, 0))
        for key, minor in parts.components.items()
        if key[0] not in _ALL
    )
    return min(parts.amount, Money(missing, order.currency))


def _owed(order: Order) -> RefundParts | None:
    try:
        return owed_refund(order)
    except OrderCoreError:
        made = [parts.options for parts in live_parts(order) if parts.options is not None]
        return owed_refund(order, plain(made[-1] if made else ReversalOptions()))
