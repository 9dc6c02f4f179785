"""What must be paid before an order is confirmed: ready answers to the machine's guard."""

from __future__ import annotations

from enum import StrEnum

from ordercore.lifecycle import Answer
from ordercore.money import Money
from ordercore.orders.order import Order
from ordercore.orders.prices import borne

__all__ = ["PaymentPolicy"]


class PaymentPolicy(StrEnum):
    """When an order is paid well enough to be confirmed."""

    FULLY_PAID = "fully_paid"
    """What is due was captured."""
    AUTHORIZED = "authorized"
    """What is due was captured, or providers have agreed to it."""
    DEPOSIT = "deposit"
    """The deposit that the price of record asks for was captured, of a part of a split order its
    share; without one, all of it."""
    ON_ACCOUNT = "on_account"
    """Nothing is asked for: the customer pays by invoice."""

    def met_by(self, order: Order) -> Answer:
        """Answer the guard ``payment_policy_met`` of `ORDER`.

        Returns:
            True; or why it is not met: what is asked for, and what there is.
        """
        balance = order.balance
        paid = balance.paid
        if self is PaymentPolicy.AUTHORIZED:
            paid += balance.authorized
        asked = self._asked(order, balance.due)
        return paid >= asked or {"asked": str(asked), "paid": str(paid)}

    def _asked(self, order: Order, due: Money) -> Money:
        if self is PaymentPolicy.ON_ACCOUNT:
            return Money.zero(order.currency)
        deposit = None if order.quote is None else borne(order).deposit
        if self is PaymentPolicy.DEPOSIT and deposit is not None:
            return min(deposit, due)
        return due
