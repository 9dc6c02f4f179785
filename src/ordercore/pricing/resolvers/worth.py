"""How what promotions give is weighed: amounts and gifts in one integer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from ordercore.promotions.plan import Plan
from ordercore.promotions.proposals import GiftGrant, Proposal, total_of
from ordercore.promotions.stacking import Criterion

__all__ = ["Worth", "preference"]

_MOST: Final = 10**17
"""More than any amount; gifts of one promotion count up to it."""

_ABOVE_ALL: Final = 10**23
"""More than all promotions of a book could give together."""


def preference(plans: Sequence[Plan], objective: Sequence[Criterion]) -> tuple[object, ...]:
    """The key of some promotions among those that are worth the same; the least is preferred.

    Ids decide last.
    """
    key: list[object] = []
    for criterion in objective:
        if criterion is Criterion.PRIORITY:
            falling = sorted([-plan.promotion.priority for plan in plans])
            key.append([*[(0, each) for each in falling], (-1, 0)])
        elif criterion is Criterion.FEWER:
            key.append(len(plans))
    return *key, sorted([plan.promotion.id for plan in plans])


class Worth(NamedTuple):
    """What a minor unit less to pay is worth, and one of gifts."""

    money: int
    gifts: int

    @classmethod
    def by(cls, objective: Sequence[Criterion], *, gifts: bool) -> Worth:
        """Weigh by an objective; without any gifts an amount is worth just itself."""
        if not gifts or Criterion.GIFT_VALUE not in objective:
            return cls(1, 0)
        if objective.index(Criterion.PAYABLE) < objective.index(Criterion.GIFT_VALUE):
            return cls(_ABOVE_ALL, 1)
        return cls(1, _ABOVE_ALL)

    def at_most(self, minor: int) -> int:
        """Bound what something is worth that takes so much, and gives gifts of any value."""
        return minor * self.money + _MOST * self.gifts

    def money_of(self, worth: int) -> int:
        """Tell how many minor units something is worth, gifts left out."""
        return worth // self.money if self.money > self.gifts else worth % self.gifts

    def of(self, proposal: Proposal) -> int:
        """Weigh a proposal."""
        if not proposal[5]:
            return (proposal[0] + proposal[4]) * self.money
        worth = total_of(proposal) * self.money
        if self.gifts:
            given = sum([g.value * g.quantity for g in proposal[5] if isinstance(g, GiftGrant)])
            worth += min(given, _MOST) * self.gifts
        return worth
