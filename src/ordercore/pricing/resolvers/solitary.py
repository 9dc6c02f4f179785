"""Promotions that insist on being alone in the whole quote."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ordercore.pricing.resolvers.account import Account, Entry, Kind, beaten
from ordercore.pricing.resolvers.by_priority import alone
from ordercore.pricing.resolvers.certificate import Certificate
from ordercore.pricing.resolvers.worth import Worth, preference
from ordercore.promotions.book import PromotionBook
from ordercore.promotions.plan import Plan
from ordercore.promotions.proposals import NOTHING, total_of
from ordercore.promotions.stacking import Criterion
from ordercore.promotions.state import LayerState

__all__ = ["Settle", "first_alone", "whichever_is_better"]

Settle = Callable[[LayerState, Sequence[Plan], Account], tuple[Certificate, ...]]
"""Settles every layer for some candidates."""


def first_alone(
    state: LayerState, plans: Sequence[Plan], book: PromotionBook, account: Account
) -> Sequence[Plan]:
    """Try the book-exclusive candidates on the untouched cart; return who is still to come.

    The first that has an effect stands alone, and nobody else is even tested.
    """
    tried: set[int] = set()
    for plan in _solitary(plans, book):
        tried.add(plan.seq)
        entry = alone(plan, state)
        account.append(entry)
        if entry[1] is Kind.APPLIED:
            _take(state, plan, entry)
            account += _excluded(plans, tried, plan.seq)
            return ()
    return [plan for plan in plans if plan.seq not in tried]


def whichever_is_better(
    state: LayerState,
    plans: Sequence[Plan],
    book: PromotionBook,
    objective: Sequence[Criterion],
    settle: Settle,
) -> tuple[LayerState, Account, tuple[Certificate, ...]]:
    """Weigh each book-exclusive candidate against all the others together."""
    solitary = _solitary(plans, book)
    entries = [alone(plan, state) for plan in solitary]
    able = [
        (plan, entry)
        for plan, entry in zip(solitary, entries, strict=True)
        if entry[1] is Kind.APPLIED
    ]
    seqs = {plan.seq for plan in solitary}
    others: Account = []
    then = state.fork()
    certificates = settle(then, [plan for plan in plans if plan.seq not in seqs], others)
    together = [entry for entry in others if entry[1] is Kind.APPLIED]
    if not able:
        return then, [*entries, *others], certificates
    worth = Worth.by(objective, gifts=True)
    chosen, best = None, _key(together, book, worth, objective)
    for plan, entry in able:
        key = _key([entry], book, worth, objective)
        if key < best:
            chosen, best = (plan, entry), key
    if chosen is None:
        rivals = tuple([entry[0] for entry in together])
        return then, [*[beaten(entry, rivals) for entry in entries], *others], certificates
    plan, entry = chosen
    _take(state, plan, entry)
    tried = [entry, *[other for other in entries if other[1] is not Kind.APPLIED]]
    return state, [*tried, *_excluded(plans, {told[0] for told in tried}, plan.seq)], ()


def _solitary(plans: Sequence[Plan], book: PromotionBook) -> list[Plan]:
    present = {plan.seq for plan in plans}
    return [book.plans[seq] for seq in book.solitary if seq in present]


def _take(state: LayerState, plan: Plan, entry: Entry) -> None:
    state.take(entry[3])
    if plan.coupon is not None:
        state.use_coupon(plan.coupon, plan.seq)


def _excluded(plans: Sequence[Plan], but: set[int], by: int) -> list[Entry]:
    others = [plan.seq for plan in plans if plan.seq not in but]
    return [(seq, Kind.EXCLUDED, None, NOTHING, (by,)) for seq in others]


def _key(
    applied: Sequence[Entry], book: PromotionBook, worth: Worth, objective: Sequence[Criterion]
) -> tuple[object, ...]:
    """The key of those who apply; the least is the best."""
    parts = [(book.plans[entry[0]], total_of(entry[3]) > 0) for entry in applied]
    return -sum([worth.of(entry[3]) for entry in applied]), *preference(parts, objective)
