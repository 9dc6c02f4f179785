"""What happens when an order is split, and when two parts of one are merged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from ordercore.cart import MAX_LINES
from ordercore.data import variant
from ordercore.data.checks import each, identifier, instance, tuple_of
from ordercore.errors import InvalidValue
from ordercore.events import Event
from ordercore.orders.order import MAX_PAYMENTS, Order
from ordercore.orders.payments.payment import Payment
from ordercore.orders.quote_part import QuotePart
from ordercore.orders.splitting.units import SplitUnits

__all__ = ["OrderMerged", "OrderMergedInto", "OrderSplit", "OrderSplitOff"]


def _units(given: Iterable[SplitUnits]) -> tuple[SplitUnits, ...]:
    return tuple_of(given)


def _payments(given: Iterable[Payment]) -> tuple[Payment, ...]:
    return tuple_of(given)


def _is_part(_instance: object, attribute: Any, order: Any) -> None:
    """Accept an order that begins as a part of another."""
    instance(Order)(None, attribute, order)
    if order.version != 1 or order.part is None:
        expected = "an order of version 1 that bears a part of its price of record"
        raise InvalidValue(expected, path=(attribute.name,), reason="wrong_state")


@variant(Event, "order_split")
@frozen
class OrderSplit(Event):
    """Some open units are an order of their own from now on.

    Args:
        into: The id of the order that begins with them, in the same commit.
        units: What goes of each line.
        part: What stays of the charges.
        payments: What stays of the payments.
    """

    into: str = field(validator=identifier)
    units: tuple[SplitUnits, ...] = field(
        converter=_units, validator=each(instance(SplitUnits), least=1, most=MAX_LINES)
    )
    part: QuotePart = field(validator=instance(QuotePart))
    payments: tuple[Payment, ...] = field(
        default=(), converter=_payments, validator=each(instance(Payment), most=MAX_PAYMENTS)
    )


@variant(Event, "order_split_off")
@frozen
class OrderSplitOff(Event):
    """An order begins with units of another.

    Args:
        order: As it begins.
        of: The id of the order that was split.
    """

    order: Order = field(validator=_is_part)
    of: str = field(validator=identifier)


@variant(Event, "order_merged")
@frozen
class OrderMerged(Event):
    """Another part of the order that once was split has come back.

    Args:
        other: As it was; everything of it is here from now on.
    """

    other: Order = field(validator=instance(Order))


@variant(Event, "order_merged_into")
@frozen
class OrderMergedInto(Event):
    """Everything of the order has gone to another one; it is over.

    Args:
        into: The id of that order.
    """

    into: str = field(validator=identifier)
