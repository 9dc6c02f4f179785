"""Which units a refund is asked for: what has become of them, and whether there are so many."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from ordercore.data.checks import Named, quantity
from ordercore.data.faults import step
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.orders.ledger import Quantities
from ordercore.orders.order import Order
from ordercore.orders.payments.ceilings import live_parts, units_given

__all__ = ["Asked", "Units", "asked_units", "cancelled_units"]


@frozen
class Units:
    """Units of a line that are asked for; see `RefundLine`."""

    units: int
    cancelled: int = 0
    replaced: int = 0


Asked = Mapping[str, Units]
"""The units that are asked for, by the ids of lines."""


def asked_units(order: Order, units: Mapping[str, int], *, even_replaced: bool) -> Asked:
    """Find out which units these are; all faults are told."""
    lines = {line.id: line.quantities for line in order.lines}
    given = units_given(live_parts(order))
    found: dict[str, Units] = {}
    faults: list[InvalidInput] = []
    for name, count in units.items():
        try:
            ledger = lines.get(name)
            if ledger is None:
                raise NotFound("the id of a line of this order", name)
            quantity(None, Named("quantity"), count)
            free = ledger.replaced if even_replaced else 0
            found[name] = _units_of(ledger, count, given.get(name, (0, 0)), free)
        except InvalidInput as error:
            faults.append(error.at("units", step(str(name))))
    if faults:
        raise InvalidDocument(faults)
    return found


def _units_of(ledger: Quantities, count: int, given: tuple[int, int], free: int) -> Units:
    """Find out which units of a line these are: delivered, lost or refused ones come first.

    Args:
        ledger: The counters of the line.
        count: How many are asked for.
        given: How many cancelled ones, and others, are refunded already.
        free: How many of the replaced ones may be refunded as well.
    """
    room = ledger.owed + free
    if count > room:
        expected = f"at most {room}: units that may be refunded"
        raise InvalidValue(expected, count, path=("quantity",), reason="too_many_units")
    replaced = max(0, count - ledger.owed)
    settled = max(0, ledger.settled - given[1] - (ledger.replaced - replaced))
    cancelled = min(max(0, count - settled), ledger.cancelled - given[0])
    return Units(count, cancelled, replaced)


def cancelled_units(order: Order) -> Asked:
    """Find the units that are cancelled, and neither refunded nor replaced."""
    given = units_given(live_parts(order))
    found: dict[str, Units] = {}
    for line in order.lines:
        refunded, _ = given.get(line.id, (0, 0))
        count = min(line.quantities.cancelled - refunded, line.quantities.owed)
        if count:
            found[line.id] = Units(count, cancelled=count)
    return found
