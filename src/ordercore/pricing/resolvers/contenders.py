"""Who could apply in a layer, what each would take alone, and how they stand to each other."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.pricing.resolvers.by_priority import alone
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Exclusive
from ordercore.promotions.proposals import FeeCut, GiftGrant, PointsRedeemed, Proposal
from ordercore.promotions.prospects import Prospect
from ordercore.promotions.state import LayerState

__all__ = ["Contenders"]


class Contenders(NamedTuple):
    """Those that could apply in a layer, alone or after others; sets of them are bitmasks."""

    plans: list[Plan]
    entries: list[Entry]
    """What each would take alone."""
    others: list[Entry]
    """What became of those that could not."""
    near: list[int]
    """Of each, those that may change what it finds, and beside which it may stand."""
    hostile: list[int]
    """Of each, those beside which it cannot stand."""
    excluding: list[int]
    """Of each, those among them that exclude it, whatever units they use."""

    @classmethod
    def of(
        cls, state: LayerState, plans: Sequence[Plan], prospects: Mapping[int, Prospect]
    ) -> Contenders:
        """Look at each promotion of a layer alone, on the state in which the layer began."""
        fit: list[tuple[Plan, Entry]] = []
        others: list[Entry] = []
        for plan in plans:
            entry = alone(plan, state)
            if entry[1] is Kind.APPLIED or _may_yet(entry[1], prospects[plan.seq]):
                fit.append((plan, entry))
            else:
                others.append(entry)
        held = state.context.carried("coupon")
        competing = [plan for plan, _ in fit]
        entries = [entry for _, entry in fit]
        known = [prospects[plan.seq] for plan in competing]
        undivided = [prospect.undivided for prospect in known]
        rows = [
            entry[3][1] if prospect.undivided else prospect.reach(state)
            for entry, prospect in zip(entries, known, strict=True)
        ]
        stocks = [_stocks_of(plan, entry[3], held) for plan, entry in fit]
        excluding = _excluding(competing, held)
        near, hostile = _standing(competing, rows, stocks, undivided, excluding)
        return cls(competing, entries, others, near, hostile, excluding)


def _may_yet(kind: Kind, prospect: Prospect) -> bool:
    """Whether who has no effect alone may have one after others, or by giving fewer gifts."""
    if kind is Kind.GIFT_OUT_OF_STOCK:
        return prospect.repeats or not prospect.monotone
    return kind is Kind.NO_EFFECT and not prospect.monotone


def _standing(
    plans: Sequence[Plan],
    rows: Sequence[Sequence[int]],
    stocks: Sequence[Sequence[Hashable]],
    undivided: Sequence[bool],
    excluding: Sequence[int],
) -> tuple[list[int], list[int]]:
    """Tell for each who may change what it finds, and beside whom it cannot stand."""
    on_row, on_stock = _masks(rows), _masks(stocks)
    whole = sum([one << i for i, one in enumerate(undivided)])
    near: list[int] = []
    hostile: list[int] = []
    for i, plan in enumerate(plans):
        around, against = _union(on_row, rows[i]), excluding[i]
        if undivided[i]:
            against |= around & whole
            if plan.sociable:
                against &= ~sum([1 << j for j, other in enumerate(plans) if plan.combines(other)])
                against |= excluding[i]
        if stocks[i]:
            around |= _union(on_stock, stocks[i])
        but = ~(1 << i)
        near.append(around & but & ~against)
        hostile.append(against & but)
    return near, hostile


def _excluding(plans: Sequence[Plan], held: Sequence[str]) -> list[int]:
    """Tell for each who excludes it: by standing alone, by their group, by the last coupon."""
    kept = [_is_alone_in(plan, held) for plan in plans]
    holders = _masks(kept)
    solitary = [plan.promotion.exclusive is not Exclusive.NO for plan in plans]
    exclusive = sum([one << i for i, one in enumerate(solitary)])
    everybody = (1 << len(plans)) - 1
    return [
        (everybody if solitary[i] else _union(holders, kept[i]) | exclusive) & ~(1 << i)
        for i in range(len(plans))
    ]


def _stocks_of(plan: Plan, proposal: Proposal, held: Sequence[str]) -> Sequence[Hashable]:
    """Tell on what else it draws that others may draw on too: fees, stock, points, coupons."""
    if not (proposal[4] or proposal[5] or plan.coupon):
        return ()
    drawn: list[Hashable] = []
    if proposal[4]:
        drawn.append("shipping")
    for grant in proposal[5]:
        if isinstance(grant, GiftGrant):
            drawn += ["gifts"] if grant.checked else []
        elif isinstance(grant, FeeCut):
            drawn.append(("fee", grant.fee))
        elif isinstance(grant, PointsRedeemed):
            drawn.append("points")
    if plan.coupon is not None and held.count(plan.coupon) > 1:
        drawn.append(("coupon", plan.coupon))
    return drawn


def _is_alone_in(plan: Plan, held: Sequence[str]) -> Sequence[Hashable]:
    """Tell of what at most one promotion has its part: its group, and the last coupon."""
    group = plan.promotion.group
    kept: tuple[Hashable, ...] = () if group is None else (group,)
    if plan.coupon is not None and held.count(plan.coupon) == 1:
        return *kept, ("coupon", plan.coupon)
    return kept


def _masks(keys: Iterable[Iterable[Hashable]]) -> dict[Hashable, int]:
    """Tell for each key who has it."""
    found: dict[Hashable, int] = {}
    bit = 1
    for several in keys:
        for key in several:
            found[key] = found.get(key, 0) | bit
        bit <<= 1
    return found


def _union(masks: dict[Hashable, int], keys: Iterable[Hashable]) -> int:
    union = 0
    for key in keys:
        union |= masks[key]
    return union
