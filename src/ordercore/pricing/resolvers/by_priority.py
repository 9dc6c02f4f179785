"""Who applies when promotions of one layer compete for the same units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ordercore.pricing.resolvers.account import Account, Entry, Kind
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Exclusive
from ordercore.promotions.proposals import NOTHING, GiftGrant, Proposal
from ordercore.promotions.state import LayerState

__all__ = ["alone", "beside", "by_priority"]


_APPLIED: Final = Kind.APPLIED
_NOT_ELIGIBLE: Final = Kind.NOT_ELIGIBLE


def by_priority(  # noqa: C901, PLR0912 - the way of every price: no call that can be spared
    state: LayerState, plans: Iterable[Plan], account: Account
) -> None:
    """Let the promotions of a run of layers take what they can, the earlier one first.

    Who finds units in use proposes on what is left of them. Who excludes others, or shares a
    group with them, meets only the ones of its layer that applied before it.
    """
    layer, began = -1, 0
    winners: list[Plan] = []
    picky, last = False, None
    for plan in plans:
        if plan.layer != layer:
            if account:
                state.next_layer()
            layer, began, winners = plan.layer, len(account), []
            picky, last = False, None
        elif last is not None:  # units are counted once somebody comes who may want them
            state.claim(last)
            last = None
        verdict, ask = None, plan.test  # what is looked up first is called faster
        if ask is not None:
            verdict = ask(state)
            if not verdict[0]:
                account.append((plan.seq, _NOT_ELIGIBLE, verdict, NOTHING, ()))
                continue
        propose = plan.propose
        if plan.plain and not picky:
            proposal = propose(state)
        else:
            hindered = _hindered(plan, verdict, winners, state)
            if hindered is not None:
                account.append(hindered)
                continue
            if plan.sociable and winners:
                proposal = _sharing(plan, state, winners, account[began:])
            else:
                proposal = propose(state)
        if proposal is None or not (proposal[0] or proposal[4] or _gives_more(proposal)):
            account.append(_without_effect(plan, state, verdict, proposal, account[began:]))
            continue
        state.take(proposal)
        account.append((plan.seq, _APPLIED, verdict, proposal, ()))
        winners.append(plan)
        last = proposal
        if not plan.plain:
            picky = picky or plan.picky
            if plan.coupon is not None:
                state.use_coupon(plan.coupon, plan.seq)


def alone(plan: Plan, state: LayerState) -> Entry:
    """Tell what becomes of a promotion in a layer where nobody has applied; it takes nothing."""
    verdict = None
    if plan.test is not None:
        verdict = plan.test(state)
        if not verdict[0]:
            return plan.seq, _NOT_ELIGIBLE, verdict, NOTHING, ()
    if plan.limit is not None or plan.coupon is not None:
        hindered = _hindered(plan, verdict, [], state)
        if hindered is not None:
            return hindered
    proposal = plan.propose(state)
    if proposal is None or not (proposal[0] or proposal[4] or _gives_more(proposal)):
        return _without_effect(plan, state, verdict, proposal, [])
    return plan.seq, _APPLIED, verdict, proposal, ()


def beside(
    plan: Plan, state: LayerState, winners: Sequence[Plan], entries: Sequence[Entry]
) -> Proposal | None:
    """Tell what a promotion would take beside others of its layer; None if it has no effect."""
    if plan.coupon is not None and state.coupon_users(plan.coupon):
        return None
    if plan.sociable and winners:
        proposal = _sharing(plan, state, winners, entries)
    else:
        proposal = plan.propose(state)
    if proposal is None or not (proposal[0] or proposal[4] or _gives_more(proposal)):
        return None
    return proposal


def _is_open(plan: Plan) -> bool:
    """Whether it shares its units with whoever shares with it."""
    return "*" in plan.promotion.combines_with


def _hindered(
    plan: Plan, verdict: Verdict | None, winners: Sequence[Plan], state: LayerState
) -> Entry | None:
    """Say what keeps an eligible promotion from applying: a limit, or others; None: nothing."""
    if plan.limit is not None:
        reached = plan.limit(state)
        if reached is not None:
            return plan.seq, Kind.LIMIT_REACHED, reached, NOTHING, ()
    if not winners and plan.coupon is None:
        return None
    rivals = _excluding(plan, winners, state)
    return (plan.seq, Kind.EXCLUDED, verdict, NOTHING, rivals) if rivals else None


def _sharing(
    plan: Plan, state: LayerState, winners: Sequence[Plan], entries: Sequence[Entry]
) -> Proposal | None:
    """Propose where units in use may be shared with some of the winners."""
    state.blocked = _not_shared(plan, winners, entries)
    proposal = plan.propose(state)
    state.blocked = state.claimed
    return proposal


def _excluding(plan: Plan, winners: Sequence[Plan], state: LayerState) -> tuple[int, ...]:
    """Who of the layer's winners tolerates no other, or not this one; else who has its coupon."""
    group = plan.promotion.group
    alone = plan.promotion.exclusive is Exclusive.LAYER
    rivals = tuple(
        winner.seq
        for winner in winners
        if alone
        or winner.promotion.exclusive is Exclusive.LAYER
        or (group is not None and winner.promotion.group == group)
    )
    if rivals or plan.coupon is None:
        return rivals
    return state.coupon_users(plan.coupon)


def _not_shared(plan: Plan, winners: Sequence[Plan], entries: Sequence[Entry]) -> dict[int, int]:
    """Count the units in use by winners with which the plan may not share them."""
    if _is_open(plan):
        winners = [winner for winner in winners if not _is_open(winner)]
    strangers = {winner.seq for winner in winners if not plan.combines(winner)}
    blocked: dict[int, int] = {}
    if not strangers:
        return blocked
    for seq, _, _, proposal, _ in entries:
        if seq in strangers:
            for row, used in zip(proposal[1], proposal[3], strict=True):
                blocked[row] = blocked.get(row, 0) + used
    return blocked


def _gives_more(proposal: Proposal) -> bool:
    """Whether it gives anything besides amounts off goods and shipping."""
    return any([grant.has_effect for grant in proposal[5]])


def _without_effect(
    plan: Plan,
    state: LayerState,
    verdict: Verdict | None,
    proposal: Proposal | None,
    entries: list[Entry],
) -> Entry:
    """Say why a promotion takes nothing: out of stock, beaten on its units, or no effect."""
    if state.claimed:
        alone = plan.propose(state.untouched())
        if alone is not None and alone[1]:
            wanted = set(alone[1])
            rivals = tuple(
                seq
                for seq, kind, _, taken, _ in entries
                if kind is _APPLIED and not wanted.isdisjoint(taken[1])
            )
            if rivals:
                return plan.seq, Kind.BEATEN, verdict, alone, rivals
    if proposal is not None and any([isinstance(grant, GiftGrant) for grant in proposal[5]]):
        return plan.seq, Kind.GIFT_OUT_OF_STOCK, verdict, proposal, ()
    return plan.seq, Kind.NO_EFFECT, verdict, NOTHING, ()
