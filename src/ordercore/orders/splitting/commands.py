"""To split an order in two, and to merge two parts of one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ordercore.data.checks import Named, identifier, instance
from ordercore.data.faults import step
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue
from ordercore.orders.applying import apply
from ordercore.orders.commands import Result, parts_of
from ordercore.orders.ledger import freed
from ordercore.orders.order import Order
from ordercore.orders.splitting.events import (
    OrderMerged,
    OrderMergedInto,
    OrderSplit,
    OrderSplitOff,
)
from ordercore.orders.splitting.orders import begun, check_mergeable, check_split, parted
from ordercore.orders.splitting.units import SplitUnits

__all__ = ["merge", "split"]

_AS_FEW: Final[Mapping[str, int]] = MappingProxyType({})


def split(
    order: Order,
    units: Mapping[str, int],
    *,
    id: str,  # noqa: A002
    number: str,
    allocated: Mapping[str, int] = _AS_FEW,
) -> tuple[Result, Result]:
    """Split open units off an order: they are an order of their own from then on.

    Both keep the price of record, in which each unit has its share. Shipping, fees, tax on
    them and the rounding are shared by what the units of each come to that are not cancelled;
    what refunds give back of them, or may yet, stays. Money goes along by amount: see
    `ordercore.orders.splitting.money`. Refunds, gifts, points and coupons stay. Both results
    belong in one commit.

    Args:
        order: A placed or confirmed order.
        units: How many units of which line go.
        id: The id of the order that begins.
        number: What people call it by.
        allocated: How many of the units that go are allocated; of a line that is not named as
            few as can be. They stay allocated.

    Returns:
        The order with what remains, and the order that begins.

    Raises:
        InvalidDocument: There are not so many open units, or a refund of this order gives
            their money back, or all would go, or the state does not allow it; everything is
            told.
        InvalidInput: Something is not as said.
    """
    instance(Order)(None, Named("order"), order)
    instance(Mapping)(None, Named("allocated"), allocated)
    for name, value in (("id", id), ("number", number)):
        identifier(None, Named(name), value)
    if id == order.id:
        expected = "another id than that of the order"
        raise InvalidValue(expected, id, path=("id",), reason="duplicate_id")
    parts = parts_of(units, lambda line, count: _units(order, line, count, allocated))
    _check_named(units, allocated)
    check_split(order, parts)
    shares, payments = parted(order, parts)
    new = begun(order, parts, shares[1], payments[1], id=id, number=number)
    remains = OrderSplit(id, parts, shares[0], payments[0])
    off = OrderSplitOff(new, order.id)
    return (apply(order, remains), (remains,)), (apply(None, off), (off,))


def _units(order: Order, line: str, count: int, allocated: Mapping[str, int]) -> SplitUnits:
    part = SplitUnits(line, count, allocated.get(line, 0))
    ledger = next((each.quantities for each in order.lines if each.id == line), None)
    if line in allocated or ledger is None:
        return part
    return SplitUnits(line, count, min(count, freed(ledger, count)))


def _check_named(units: Mapping[str, int], allocated: Mapping[str, int]) -> None:
    """Refuse allocations of lines of which no units go."""
    faults: list[InvalidInput] = [
        InvalidValue("a line of which units go", name, path=("allocated", step(str(name))))
        for name in allocated
        if name not in units
    ]
    if faults:
        raise InvalidDocument(faults)


def merge(order: Order, other: Order) -> tuple[Result, Result]:
    """Merge an order into another one: both are parts of an order that was split.

    Every unit, amount and payment of the other goes over; it is cancelled, with nothing in it.
    Remarks, contact, channel and tags are those of the first. Both results belong in one
    commit.

    Args:
        order: Which goes on.
        other: Which is merged into it.

    Returns:
        The order with all of it, and the other with nothing.

    Raises:
        InvalidDocument: They are not in one state, of one price of record, of one customer, to
            one address; or units of a line were not priced one after the other, or the later
            ones are not untouched. Everything is told.
        InvalidInput: Something is no order, or both are one.
    """
    instance(Order)(None, Named("order"), order)
    instance(Order)(None, Named("other"), other)
    if order.id == other.id:
        raise InvalidValue("another order", other.id, path=("other",), reason="duplicate_id")
    check_mergeable(order, other)
    into, gone = OrderMerged(other), OrderMergedInto(order.id)
    return (apply(order, into), (into,)), (apply(other, gone), (gone,))
