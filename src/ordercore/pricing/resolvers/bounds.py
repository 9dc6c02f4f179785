"""What the later layers of a run can add at most, given how much was taken before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ordercore.pricing.resolvers.contenders import Contenders
from ordercore.pricing.resolvers.search import Step
from ordercore.pricing.resolvers.worth import Worth
from ordercore.promotions.plan import Plan
from ordercore.promotions.promotion import Exclusive
from ordercore.promotions.prospects import Prospect
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Basis

__all__ = ["steps_after"]

_ANY: Final = 10**60
"""However much was taken."""


def steps_after(
    state: LayerState,
    contenders: Contenders,
    layers: Sequence[Sequence[Plan]],
    prospects: Mapping[int, Prospect],
    worth: Worth,
) -> list[Step]:
    """Bound what later layers add: (cap on what this layer takes, what they add at most).

    A promotion that is monotone takes no more of what is left than it would take now, any other
    no more than what it reaches costs now; one that asks for an amount of all goods cannot
    apply once too much is taken.
    """
    if not layers:
        return []
    bounded = worth.gifts == 0 and all([not e[3][4] and not e[3][5] for e in contenders.entries])
    total = state.total(state.rows.every, Basis.ENTRY)
    found: list[list[tuple[int, int, Plan]]] = []
    for layer in layers:
        looked = [(plan, prospects[plan.seq]) for plan in layer]
        found.append(
            [
                (_cap(told, total) if bounded else _ANY, _most(plan, told, state, worth), plan)
                for plan, told in looked
            ]
        )
    everything = worth.at_most(total + state.shipping + sum(state.fees))
    caps = sorted({cap for layer in found for cap, most, _ in layer if most and cap >= 0})
    steps: list[Step] = []
    for cap in caps:
        extra = sum([_together([(m, p) for c, m, p in layer if c >= cap]) for layer in found])
        steps.append((cap, min(extra, everything)))
    return steps


def _together(able: Sequence[tuple[int, Plan]]) -> int:
    """Add up what promotions of one layer may take, of each group at most one."""
    rest, alone = 0, 0
    groups: dict[str, int] = {}
    for most, plan in able:
        group = plan.promotion.group
        if plan.promotion.exclusive is not Exclusive.NO:
            alone = max(alone, most)
        elif group is None:
            rest += most
        else:
            groups[group] = max(groups.get(group, 0), most)
    return max(alone, rest + sum(groups.values()))


def _most(plan: Plan, prospect: Prospect, state: LayerState, worth: Worth) -> int:
    """What a promotion can be worth in any state to come."""
    if prospect.falls and plan.test is not None and not plan.test(state)[0]:
        return 0
    if not prospect.monotone:
        reached = state.total(prospect.reach(state), Basis.ENTRY)
        return worth.at_most(reached + state.shipping + sum(state.fees))
    proposal = plan.propose(state)
    return 0 if proposal is None else worth.of(proposal)


def _cap(prospect: Prospect, total: int) -> int:
    """How much may be taken, at most, for a promotion to be still eligible."""
    return total - prospect.least if prospect.least else _ANY
