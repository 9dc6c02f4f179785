"""What must hold of an order's payments and refunds, whatever has happened to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ordercore.errors import CurrencyMismatch, InvalidInput, InvalidValue
from ordercore.orders.machine import OrderState
from ordercore.orders.payments.ceilings import ceiling_faults, live_parts, units_given

if TYPE_CHECKING:
    from ordercore.orders.ledger import Quantities
    from ordercore.orders.order import Order

__all__ = ["money_faults"]


def money_faults(order: Order) -> Iterator[InvalidInput]:
    """List every law that payments and refunds break, with each other and with the lines."""
    given = units_given(live_parts(order)) if order.refunds else {}
    for i, line in enumerate(order.lines):
        for fault in _counter_faults(line.quantities, *given.get(line.id, (0, 0))):
            yield fault.at("lines", i, "quantities")
    if order.payments or order.refunds:
        yield from _state_faults(order)
        yield from _double(order)
        foreign = list(_foreign(order))
        yield from foreign or ceiling_faults(order)


def _state_faults(order: Order) -> Iterator[InvalidInput]:
    if order.state is OrderState.DRAFT:
        for name in ("payments", "refunds"):
            if getattr(order, name):
                expected = "none of a draft"
                yield InvalidValue(expected, path=(name,), reason="wrong_state")


def _double(order: Order) -> Iterator[InvalidInput]:
    yield from _repeated((each.id for each in order.payments), "payments", "id")
    yield from _repeated((each.id for each in order.refunds), "refunds", "id")
    yield from _repeated((each.key for each in order.refunds), "refunds", "key")


def _repeated(names: Iterable[str], place: str, told: str) -> Iterator[InvalidInput]:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            path = (place, i, told)
            yield InvalidValue(f"{told}s used once each", name, path=path, reason="duplicate_id")
        seen.add(name)


def _foreign(order: Order) -> Iterator[InvalidInput]:
    amounts = [(("payments", i, "amount"), p.amount) for i, p in enumerate(order.payments)]
    amounts += [(("refunds", i, "parts"), r.amount) for i, r in enumerate(order.refunds)]
    for path, amount in amounts:
        if amount.currency != order.currency:
            expected = f"an amount in {order.currency}"
            yield CurrencyMismatch(expected, str(amount), path=path)


def _counter_faults(ledger: Quantities, cancelled: int, settled: int) -> Iterator[InvalidInput]:
    """Tell of a counter that refunds contradict.

    Args:
        ledger: The counters of a line.
        cancelled: For how many of its cancelled units refunds give the money back.
        settled: For how many of those delivered, lost or refused.
    """
    units = cancelled + settled
    if ledger.refunded != units:
        expected = f"{units}: the units that refunds give the money back for"
        path = ("refunded",)
        yield InvalidValue(expected, ledger.refunded, path=path, reason="broken_ledger")
    for name, given, most in (
        ("cancelled", cancelled, ledger.cancelled),
        ("delivered", settled, ledger.settled),
    ):
        if given > most:
            expected = f"{given} at least, for so many are refunded"
            yield InvalidValue(expected, most, path=(name,), reason="too_many_units")
