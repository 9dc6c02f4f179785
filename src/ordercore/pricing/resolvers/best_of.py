"""择优: of promotions that compete, the one that saves most alone, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ordercore.pricing.resolvers.account import Account, Entry, Kind, beaten
from ordercore.pricing.resolvers.by_priority import alone, by_priority
from ordercore.promotions.plan import Plan
from ordercore.promotions.proposals import total_of
from ordercore.promotions.state import LayerState

__all__ = ["best_of", "best_of_groups"]


def best_of(state: LayerState, plans: Sequence[Plan], account: Account) -> None:
    """Let the best promotion of a layer apply; the others are beaten by it."""
    if account:
        state.next_layer()
    best, entries = _contest(state, plans)
    account += [entry for entry in entries if best is None or entry[0] != best.seq]
    if best is not None:
        by_priority(state, (best,), account)


def best_of_groups(
    state: LayerState, plans: Sequence[Plan], groups: Iterable[str], account: Account
) -> None:
    """Settle a layer by priority, where only the best of each group takes part.

    Should the best of a group find its units in use, the next best takes its place.
    """
    if account:
        state.next_layer()
    contests = [
        [plan for plan in plans if plan.promotion.group == group] for group in sorted(groups)
    ]
    ranked = [_ranked(state, rivals) for rivals in contests if len(rivals) > 1]
    passed: list[Entry] = []
    waiting = {plan.seq for rivals in ranked for plan, _ in rivals[1:]}
    while True:
        entries: list[Entry] = []
        out = waiting | {entry[0] for entry in passed}
        by_priority(state.fork(), [plan for plan in plans if plan.seq not in out], entries)
        told = {entry[0]: entry for entry in entries}
        moved = False
        for contest in ranked:
            if told[contest[0][0].seq][1] is not Kind.APPLIED and _has_another(contest):
                passed.append(told[contest.pop(0)[0].seq])
                waiting.remove(contest[0][0].seq)
                moved = True
        if not moved:
            break
    account += passed
    for (best, _), *rest in ranked:
        by = (best.seq,) if told[best.seq][1] is Kind.APPLIED else told[best.seq][4]
        account += [beaten(entry, by) for _, entry in rest]
    by_priority(state, [plan for plan in plans if plan.seq not in out], account)


def _has_another(rivals: Sequence[tuple[Plan, Entry]]) -> bool:
    return len(rivals) > 1 and rivals[1][1][1] is Kind.APPLIED


def _ranked(state: LayerState, plans: Sequence[Plan]) -> list[tuple[Plan, Entry]]:
    """Order the promotions of a group by what each saves alone, the best first."""
    looked = [(plan, alone(plan, state)) for plan in plans]
    looked.sort(
        key=lambda pair: (
            pair[1][1] is not Kind.APPLIED,
            -total_of(pair[1][3]),
            pair[0].seq,
        )
    )
    return looked


def _contest(state: LayerState, plans: Sequence[Plan]) -> tuple[Plan | None, list[Entry]]:
    """Try each alone: tell which saves most, and what becomes of each beside that one."""
    ranked = _ranked(state, plans)
    best, first = ranked[0] if ranked else (None, None)
    if best is None or first is None or first[1] is not Kind.APPLIED:
        return None, [entry for _, entry in ranked]
    return best, [beaten(entry, (best.seq,)) for _, entry in ranked]
