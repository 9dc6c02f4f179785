"""次数、预算与封顶: how often, and for how much money, a promotion may be used.

What was used before, the context tells: see `Usage`. Where it tells nothing, what counts over
all orders is unlimited, and the outcome says that it was not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from attrs import field, frozen

from ordercore.data.checks import Check, integer, optional
from ordercore.errors import InvalidInput
from ordercore.money import apportion
from ordercore.money.fields import Amount, amount_or_none, check_amount
from ordercore.promotions.benefits import Propose
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.proposals import FeeCut, Grant, Proposal, total_of
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import EVER, Terms

__all__ = [
    "NO_LIMITS",
    "Allowance",
    "Limits",
    "Reached",
    "allowance_by",
    "cut",
    "reached_by",
    "within",
]

_count: Check = optional(integer(least=1, most=10**9))


@frozen(kw_only=True)
class Limits:
    """How often and for how much money a promotion may be used; None is without limit.

    Args:
        applications: How often each of its repeating benefits may apply in one order: buy X
            get Y, every n-th unit, sets, 每满. A benefit's own limit holds too.
        uses: In how many orders it may be used.
        uses_per_customer: In how many orders of one customer.
        budget: How much money it may take off all orders together.
        cap: How much it may take off one order: goods, shipping and fees together.

    What would exceed the cap, or what is left of the budget, is cut: the benefits draw on it in
    order, each for goods first, then shipping, then fees. Gifts, and points and coupons that
    are given, cost nothing of either.

    >>> Limits(uses=1000, uses_per_customer=1, budget="5000").uses
    1000
    """

    applications: int | None = field(default=None, validator=_count)
    uses: int | None = field(default=None, validator=_count)
    uses_per_customer: int | None = field(default=None, validator=_count)
    budget: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    cap: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )

    @property
    def over_orders(self) -> bool:
        """Whether any of them holds over several orders, so that usage must be known."""
        return not (self.uses is None and self.uses_per_customer is None and self.budget is None)


NO_LIMITS: Final = Limits()
"""No limits at all."""

Reached = Callable[[LayerState], Verdict | None]
"""Tells which limit over several orders is reached; None: none is.

The verdict's condition is the limit's name, what it requires is how much is allowed, and
what is actual is how much was used: counts, or minor units of the budget.
"""

Allowance = Callable[[LayerState], int]
"""Tells how much a promotion may take off the order, in minor units."""


def reached_by(limits: Limits, promotion: str, terms: Terms) -> Reached | None:
    """Compile the limits that hold over several orders; None if there are none."""
    if not limits.over_orders:
        return None
    uses, each = limits.uses, limits.uses_per_customer
    budget = None if limits.budget is None else terms.minor(limits.budget, "budget")

    def reached(state: LayerState) -> Verdict | None:
        usage = state.context.usage
        if usage is None:
            return None
        if uses is not None and (used := usage.uses.get(promotion, 0)) >= uses:
            return Verdict(False, "uses", uses, used)
        if each is not None and (used := usage.uses_by_customer.get(promotion, 0)) >= each:
            return Verdict(False, "uses_per_customer", each, used)
        if budget is not None and (used := _spent(state, promotion, terms)) >= budget:
            return Verdict(False, "budget", budget, used)
        return None

    return reached


def _spent(state: LayerState, promotion: str, terms: Terms) -> int:
    """Tell what was spent on a promotion before this order, in minor units."""
    usage = state.context.usage
    if usage is None:
        return 0
    try:
        return terms.minor(usage.spent.amount(promotion))
    except InvalidInput as error:
        raise error.at("usage", "spent", promotion) from None


def allowance_by(limits: Limits, promotion: str, terms: Terms) -> Allowance | None:
    """Compile the cap and the budget; None if there is neither."""
    if limits.cap is None and limits.budget is None:
        return None
    cap = EVER if limits.cap is None else terms.minor(limits.cap, "cap")
    budget = None if limits.budget is None else terms.minor(limits.budget, "budget")

    def allowance(state: LayerState) -> int:
        if budget is None:
            return cap
        return max(0, min(cap, budget - _spent(state, promotion, terms)))

    return allowance


def within(allowance: Allowance, inner: Propose) -> Propose:
    """Let a promotion propose what it takes under its allowance; each benefit is `cut` to it."""

    def propose(state: LayerState) -> Proposal | None:
        state.allowance = allowance(state)
        proposal = inner(state)
        state.allowance = EVER
        return proposal

    return propose


def cut(inner: Propose) -> Propose:
    """Keep what one benefit takes within the allowance of the state that it looks at.

    Goods come first, then shipping, then fees. Goods that are cut are shared anew by what each
    row would have had; its units stay claimed, unless nothing is left for any.
    """

    def propose(state: LayerState) -> Proposal | None:
        proposal = inner(state)
        if proposal is None or total_of(proposal) <= state.allowance:
            return proposal
        return _cut(proposal, state.allowance)

    return propose


def _cut(proposal: Proposal, left: int) -> Proposal:
    """Take no more than so much: of goods first, then of shipping, then of fees."""
    goods, rows, shares, units, shipping, grants = proposal
    if goods > left:
        goods, shares = left, tuple(apportion(left, shares))
        if not left:  # what takes nothing claims nothing
            rows = shares = units = ()
    left -= goods
    shipping = min(shipping, left)
    return goods, rows, shares, units, shipping, _fees_cut(grants, left - shipping)


def _fees_cut(grants: Iterable[Grant], left: int) -> tuple[Grant, ...]:
    kept: list[Grant] = []
    for grant in grants:
        if not isinstance(grant, FeeCut):
            kept.append(grant)
        elif off := min(grant.minor, left):
            kept.append(FeeCut(grant.fee, off))
            left -= off
    return tuple(kept)
