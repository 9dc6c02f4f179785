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
    StockCheck,
    StockSnapshot,
    propose,
)
from ordercore.stock.materials.demands import Receipt
from ordercore.stock.materials.demands import Wanted as Part
from ordercore.stock.proposals import Cause, CauseKind, Proposal

__all__ = ["remedies"]


def remedies(answer: StockCheck, demand: Demand, snapshot: StockSnapshot) -> Iterator[Proposal]:
    """Propose what would serve all that is short; of people and equipment nothing.

    All lines that are made are netted together once more, also those that are served, for what
    one of them is short of may be needed sooner by another; of what comes off the shelf only
    the missing units. So of one part there is one proposal, and who does all of them can serve
    the demand, as far as there is time for it.

    Args:
        answer: What is short.
        demand: What was asked.
        snapshot: Of what.
    """
    short = {each.line: each.missing for each in answer.shortages}
    made = [line for line in demand.lines if isinstance(line.supply, MadeToOrder)]
    goods = [line for line in demand.lines if not isinstance(line.supply, MadeToOrder | Performed)]
    wanted = [
        Part(line.sku, short[line.id], line.due(answer.at)) for line in goods if line.id in short
    ]
    pool = _left(answer, goods, snapshot)
    if any(line.id in short for line in made):
        wanted += [Part(line.sku, line.quantity, line.due(answer.at)) for line in made]
    bills = snapshot.bills
    known = [part for part in wanted if bills is not None and part.sku in bills]
    if bills is not None and known:
        sites = {site for line in made for site in line.sites}
        yield from _netted(known, bills, pool, tuple(sorted(sites)))
    yield from _bought(part for part in wanted if bills is None or part.sku not in bills)


def _bought(wanted: Iterable[Part]) -> Iterator[PurchaseProposal]:
    """Propose to buy what no bill knows, each sku once."""
    several: dict[str, list[Part]] = {}
    for part in wanted:
        several.setdefault(part.sku, []).append(part)
    for sku, parts in sorted(several.items()):
        units = sum(part.units for part in parts)
        yield PurchaseProposal(
            sku=sku,
            units=units,
            needed_by=min(part.by for part in parts if part.by is not None),
            causes=[Cause(CauseKind.SHORTAGE, units)],
        )


def _left(answer: StockCheck, goods: Iterable[DemandLine], snapshot: StockSnapshot) -> Pool:
    """Let lines that come off the shelf take what they would get."""
    pool, names = Pool(snapshot, answer.at), {line.id for line in goods}
    for line in answer.lines:
        for part in line.taken if line.id in names else ():
            pool.take(line.id, part.sku, part.units, (part.site,), part.due)
    return pool


def _netted(
    wanted: Iterable[Part], bills: BillBook, pool: Pool, sites: tuple[str, ...]
) -> Iterator[Proposal]:
    """Net what is wanted against what is left, and what comes late."""
    basket = tuple(wanted)
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
