"""What could be done about a shortage: what to buy, to make and to bring forward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ordercore.stock import (
    BillBook,
    Demand,
    DemandLine,
    MadeToOrder,
    Performed,
    Pool,
    PurchaseProposal,
    Shortage,
    StockCheck,
    StockSnapshot,
    propose,
)
from ordercore.stock.materials.demands import Receipt
from ordercore.stock.materials.demands import Wanted as Part
from ordercore.stock.proposals import Cause, CauseKind, Proposal

__all__ = ["remedies"]


def remedies(answer: StockCheck, demand: Demand, snapshot: StockSnapshot) -> Iterator[Proposal]:
    """Propose what would serve all that is short, of what the other lines leave.

    Of people and equipment nothing is proposed.

    Args:
        answer: What is short.
        demand: What was asked.
        snapshot: Of what.
    """
    lines = {line.id: line for line in demand.lines}
    short = [(lines[each.line], each) for each in answer.shortages]
    made = [pair for pair in short if isinstance(pair[0].supply, MadeToOrder)]
    if made and snapshot.bills is not None:
        yield from _making(made, snapshot.bills, _left(answer, snapshot))
    for line, each in short:
        if not isinstance(line.supply, MadeToOrder | Performed):
            cause = Cause(CauseKind.SHORTAGE, each.missing)
            yield PurchaseProposal(
                sku=line.sku, units=each.missing, needed_by=line.due(answer.at), causes=[cause]
            )


def _left(answer: StockCheck, snapshot: StockSnapshot) -> Pool:
    """Let all lines take what they would get."""
    pool = Pool(snapshot, answer.at)
    for line in answer.lines:
        for part in line.taken:
            pool.take(line.id, part.sku, part.units, (part.site,), part.due)
    return pool


def _making(
    short: Iterable[tuple[DemandLine, Shortage]], bills: BillBook, pool: Pool
) -> Iterator[Proposal]:
    """Net what is missing against what is left, and what comes late."""
    basket = [Part(line.sku, each.missing, line.due(pool.at)) for line, each in short]
    sites = tuple(sorted({site for line, _ in short for site in line.sites}))
    stock: dict[str, int] = {}
    receipts: list[Receipt] = []
    for step in bills.below(part.sku for part in basket):
        sku = step.part.sku
        for when, units in pool.supply(sku, sites):
            if when is None or when <= pool.at:
                stock[sku] = stock.get(sku, 0) + units
            else:
                receipts.append(_receipt(pool, sku, units, when))
    calendar = pool.snapshot.calendar
    yield from propose(bills, basket, stock, receipts=receipts, calendar=calendar).proposals


def _receipt(pool: Pool, sku: str, units: int, when: datetime) -> Receipt:
    """Name what comes at an instant by the first order that brings it then."""
    for level in pool.snapshot.of(sku).values():
        for incoming in level.incoming:
            if incoming.expected_at == when:
                return Receipt(sku, units, when, incoming.id, kind=incoming.kind)
    return Receipt(sku, units, when)
