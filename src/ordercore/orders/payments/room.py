"""How much of what an order cost may still be given back, to be read."""

from __future__ import annotations

from attrs import frozen

from ordercore.money import Money
from ordercore.orders.order import Order, check_order
from ordercore.orders.payments.ceilings import ceilings_of, given_by, live_parts
from ordercore.orders.payments.parts import Component, Key
from ordercore.orders.prices import charges_of

__all__ = ["Ceiling", "refund_ceilings"]


@frozen
class Ceiling:
    """How much of a component may be given back.

    Attributes:
        component: What it is for.
        id: The id of the line, fee or payment; empty for the others.
        most: The most that all refunds together may give back of it.
        given: What they do, those under way as well.
    """

    component: Component
    id: str
    most: Money
    given: Money

    @property
    def room(self) -> Money:
        """What may still be given back; of a line, to a refund that waives units itself."""
        return max(self.most - self.given, Money.zero(self.most.currency))


def refund_ceilings(order: Order) -> tuple[Ceiling, ...]:
    """Tell how much of each component may be given back, and how much is.

    ============== =============================================================
    component      the most that goes back
    ============== =============================================================
    ``order``      what was captured
    ``payments``   what was captured of the payment
    ``lines``      what was paid for the line's units that are cancelled, delivered, lost,
                   refused or waived, with tax that comes on top
    ``shipping``   what was paid for shipping
    ``fees``       what was paid for the fee
    ``tax``        the tax that came on top of shipping and fees
    ``rounding``   what the rounding of the payable added
    ``overpaid``   what was captured beyond the price of record
    ============== =============================================================
    """
    check_order(order)
    several = live_parts(order)
    given = given_by(several)
    keys: list[Key] = [(Component.ORDER, "")]
    keys += [(Component.PAYMENT, payment.id) for payment in order.payments]
    keys += [(Component.LINE, line.id) for line in order.lines]
    keys += [*charges_of(order), (Component.OVERPAID, "")]
    found = ceilings_of(order, several, keys)
    return tuple(
        Ceiling(*key, Money(most, order.currency), Money(given.get(key, 0), order.currency))
        for key, most in found.items()
    )
