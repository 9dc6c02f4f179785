"""How what promotions give is weighed: amounts and gifts in one integer, then who applies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from ordercore.promotions.plan import Plan
from ordercore.promotions.proposals import GiftGrant, Proposal, total_of
from ordercore.promotions.stacking import Criterion

__all__ = ["Part", "Worth", "preference", "promised"]

_MOST: Final = 10**17
"""More than any amount; gifts of one promotion count up to it."""

_ABOVE_ALL: Final = 10**23
"""More than all promotions of a book could give together."""

Part = tuple[Plan, bool]
"""(who applies, whether it takes any amount).

Who takes none gives something besides: points, coupons, gifts. That costs the shopper nothing,
so it is not left out for the sake of fewer promotions.
"""


def preference(parts: Sequence[Part], objective: Sequence[Criterion]) -> tuple[object, ...]:
    """The key of those who apply among equal worths; the least is preferred.

    The criteria look at who takes amounts. Then as many as can shall give something besides,
    those of higher priority first. Ids decide last.
    """
    taking = [plan for plan, takes in parts if takes]
    giving = [plan for plan, takes in parts if not takes]
    key: list[object] = []
    for criterion in objective:
        if criterion is Criterion.PRIORITY:
            key.append([*_falling(taking), (-1, 0)])
        elif criterion is Criterion.FEWER:
            key.append(len(taking))
    ids = sorted([plan.promotion.id for plan, _ in parts])
    return *key, -len(giving), _falling(giving), ids


def _falling(plans: Sequence[Plan]) -> list[tuple[int, int]]:
    """Priorities from the highest on, as keys of which the least is preferred."""
    return sorted([(0, -plan.promotion.priority) for plan in plans])


def promised(proposal: Proposal) -> Proposal:
    """The proposal as if all gifts of it were at hand: who promises less may give more of it."""
    if not proposal[5]:
        return proposal
    grants = [
        grant._replace(quantity=grant.promised) if isinstance(grant, GiftGrant) else grant
        for grant in proposal[5]
    ]
    return *proposal[:5], tuple(grants)


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

    def at_most(self, minor: int, givers: int) -> int:
        """Bound what takes so much, where so many promotions may give gifts of any value."""
        return minor * self.money + givers * _MOST * self.gifts

    def gap(self, worth: int, bound: int, most: int) -> int:
        """Tell how many minor units more may be saved by what is worth up to ``bound``.

        Where gifts come first, what gives more of them may save anything: up to ``most``.
        """
        if self.gifts <= self.money:
            return bound // self.money - worth // self.money
        if bound // self.gifts > worth // self.gifts:
            return max(1, most - worth % self.gifts)
        return bound - worth

    def of(self, proposal: Proposal) -> int:
        """Weigh a proposal."""
        if not proposal[5]:
            return (proposal[0] + proposal[4]) * self.money
        worth = total_of(proposal) * self.money
        if self.gifts:
            given = sum([g.value * g.quantity for g in proposal[5] if isinstance(g, GiftGrant)])
            worth += min(given, _MOST) * self.gifts
        return worth
