"""What could be done about a shortage: what to buy, to make and to bring forward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import evolve

from ordercore.stock import (
    BillBook,
    BringForward,
    Demand,
    DemandLine,
    MadeToOrder,
    Performed,
    Pool,
    PurchaseProposal,
    StockCheck,
    StockSnapshot,
    SupplyKind,
    propose,
)
from ordercore.stock.materials.demands import Receipt
from ordercore.stock.materials.demands import Wanted as Part
from ordercore.stock.materials.parts import Part as BoughtPart
from ordercore.stock.proposals import Cause, CauseKind, Proposal, ProposalPolicy

__all__ = ["remedies"]


def remedies(
    answer: StockCheck, demand: Demand, snapshot: StockSnapshot, policy: ProposalPolicy
) -> Iterator[Proposal]:
    """Propose what would serve all that is short; of people and equipment nothing.

    All lines that are made are netted together once more, also those that are served, for what
    one of them is short of may be needed sooner by another; of what comes off the shelf only
    the missing units. So of one part there is one proposal, and who does all of them can serve
    the demand, as far as there is time for it.

    Args:
        answer: What is short.
        demand: What was asked.
        snapshot: Of what.
        policy: How it becomes proposals.
    """
    at, bills = answer.at, snapshot.bills
    short = {each.line: each.missing for each in answer.shortages}
    made = [line for line in demand.lines if isinstance(line.supply, MadeToOrder)]
    goods = [line for line in demand.lines if not isinstance(line.supply, MadeToOrder | Performed)]
    wanted = [Part(line.sku, short[line.id], line.due(at)) for line in goods if line.id in short]
    if any(line.id in short for line in made):
        wanted += [Part(line.sku, line.quantity, line.due(at)) for line in made]
    known = [part for part in wanted if bills is not None and part.sku in bills]
    others = [part for part in wanted if bills is None or part.sku not in bills]
    pool = _left(answer, goods, snapshot)
    if bills is not None and known:
        sites = {site for line in made for site in line.sites}
        yield from _netted(known, bills, pool, tuple(sorted(sites)), policy)
    if others:
        names = BillBook(map(BoughtPart, sorted({part.sku for part in others})))
        yield from map(_of_unknown, _netted(others, names, pool, (), policy))


def _of_unknown(proposal: Proposal) -> Proposal:
    """Say of goods that no bill knows neither how long they take to come, nor what is counted."""
    if isinstance(proposal, PurchaseProposal):
        return evolve(proposal, order_by=None, lead_time=None, unit=None)
    return evolve(proposal, unit=None) if isinstance(proposal, BringForward) else proposal


def _left(answer: StockCheck, goods: Iterable[DemandLine], snapshot: StockSnapshot) -> Pool:
    """Let lines that come off the shelf take what they would get."""
    pool, names = Pool(snapshot, answer.at), {line.id for line in goods}
    for line in answer.lines:
        for part in line.taken if line.id in names else ():
            pool.take(line.id, part.sku, part.units, (part.site,), part.due)
    return pool


def _netted(
    wanted: Iterable[Part],
    bills: BillBook,
    pool: Pool,
    sites: tuple[str, ...],
    policy: ProposalPolicy,
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
                receipts += _receipts(pool, sku, units, when, sites)
    calendar = pool.snapshot.calendar
    proposed = propose(
        bills, basket, stock, at=pool.at, receipts=receipts, calendar=calendar, policy=policy
    )
    for each in proposed.proposals:
        yield _filled_up(each, bills, pool, sites) if isinstance(each, PurchaseProposal) else each


def _receipts(
    pool: Pool, sku: str, units: int, when: datetime, sites: tuple[str, ...]
) -> Iterator[Receipt]:
    """Name what may be used from an instant on by the orders that bring it then."""
    left = units
    for site, level in pool.snapshot.of(sku).items():
        for incoming in level.incoming if not sites or site in sites else ():
            if incoming.expected_at == when and left:
                brought = min(left, incoming.quantity)
                left -= brought
                yield Receipt(sku, brought, when, incoming.id, kind=incoming.kind)
    if left:  # no order brings it: somebody gives it back then, or it may be sold short
        yield Receipt(sku, left, when, kind=SupplyKind.TRANSFER)


def _filled_up(
    proposal: PurchaseProposal, bills: BillBook, pool: Pool, sites: tuple[str, ...]
) -> PurchaseProposal:
    """Buy what a site owes as well, or lacks of its safety stock: nothing is promised before.

    Of several sites it is the one that owes the least.
    """
    due = pool.at if proposal.needed_by is None else max(pool.at, proposal.needed_by)
    profiles = pool.profiles(proposal.sku)
    owed = (
        (-profiles[site].promisable(due), site) for site in sites or profiles if site in profiles
    )
    least, site = min(owed, default=(0, ""))
    if least <= 0:
        return proposal
    units = sum(cause.units for cause in proposal.causes) + least
    return evolve(
        proposal,
        units=bills.part(proposal.sku).lot.rounded(units),
        causes=(*proposal.causes, Cause(CauseKind.LOW_STOCK, least, (site,))),
    )
