"""Units of lines that go to another order and come back from it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, field, fields, frozen

from ordercore.data.checks import MAX_QUANTITY, Check, identifier, integer, quantity
from ordercore.errors import InvalidInput, InvalidValue
from ordercore.orders.ledger import Quantities
from ordercore.orders.lines import OrderLine, QuotedUnits

__all__ = ["SplitUnits", "gone", "join_faults", "joined", "stayed"]

_allocated: Check = integer(least=0, most=MAX_QUANTITY)


@frozen
class SplitUnits:
    """Open units of a line that go to another order.

    Args:
        line: The id of the line, in both orders.
        quantity: How many units: the last ones that were priced.
        allocated: How many of them are allocated, and stay so.
    """

    line: str = field(validator=identifier)
    quantity: int = field(validator=quantity)
    allocated: int = field(default=0, validator=_allocated)

    def faults(self, ledger: Quantities) -> Iterator[InvalidInput]:
        """Tell where a line does not have such units."""
        if self.quantity > ledger.open:
            expected = f"at most {ledger.open}: units not yet shipped"
            yield InvalidValue(
                expected, self.quantity, path=("quantity",), reason="too_many_units"
            )
            return
        least = max(0, ledger.allocated - (ledger.open - self.quantity))
        most = min(self.quantity, ledger.allocated)
        if not least <= self.allocated <= most:
            expected = f"{least} to {most} allocated units"
            yield InvalidValue(expected, self.allocated, path=("allocated",))


def stayed(line: OrderLine, part: SplitUnits) -> OrderLine | None:
    """Make what stays of a line; None: nothing does."""
    units = line.quantities
    if part.quantity == units.ordered:
        return None
    left = evolve(
        units, ordered=units.ordered - part.quantity, allocated=units.allocated - part.allocated
    )
    return evolve(line, quantities=left)


def gone(line: OrderLine, part: SplitUnits) -> OrderLine:
    """Make the line of the other order: the last units that were priced."""
    quoted = line.quoted
    if quoted is not None:
        start = quoted.start + line.quantities.ordered - part.quantity
        quoted = QuotedUnits(quoted.line, start)
    units = Quantities(ordered=part.quantity, allocated=part.allocated)
    return evolve(line, quantities=units, quoted=quoted)


def join_faults(one: OrderLine, two: OrderLine) -> Iterator[InvalidInput]:
    """Tell why two lines of one id cannot be one line again."""
    first, last = _in_order(one, two)
    if one.product != two.product or one.service != two.service:
        expected = "the same product and service under one id"
        yield InvalidValue(expected, reason="fields_disagree")
    elif first.quoted is None or last.quoted is None or _end(first) != _start(last):
        expected = "units that were priced one after the other"
        yield InvalidValue(expected, path=("quoted",), reason="units_apart")
    elif last.quantities.cancelled or last.quantities.settled:
        expected = "no unit cancelled, delivered, lost or refused among the later ones"
        yield InvalidValue(expected, path=("quantities",), reason="units_settled")


def joined(one: OrderLine, two: OrderLine) -> OrderLine:
    """Make one line of two: every counter is the sum."""
    first, _ = _in_order(one, two)
    names = [attribute.name for attribute in fields(Quantities)]
    sums = {name: getattr(one.quantities, name) + getattr(two.quantities, name) for name in names}
    return evolve(one, quantities=Quantities(**sums), quoted=first.quoted)


def _in_order(one: OrderLine, two: OrderLine) -> tuple[OrderLine, OrderLine]:
    return (one, two) if _start(one) <= _start(two) else (two, one)


def _start(line: OrderLine) -> tuple[str, int]:
    return ("", 0) if line.quoted is None else (line.quoted.line, line.quoted.start)


def _end(line: OrderLine) -> tuple[str, int]:
    name, start = _start(line)
    return name, start + line.quantities.ordered
