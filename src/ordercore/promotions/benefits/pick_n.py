"""N 件 M 元、任选: any so many of the selected units for one price."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import integer, optional
from ordercore.data.checks import quantity as check_quantity
from ordercore.money.fields import Amount, amount_of, check_price
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.picking import Pick, by_unit_price, count_out
from ordercore.promotions.benefits.sets import sets_at_price
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed

__all__ = ["PickN"]


@variant(Benefit, "pick_n")
@frozen
class PickN(Benefit):
    """Let any so many of the selected units cost one price together.

    Groups are made of the dearest units first; one that costs no more than the price is left
    alone, and so are the units that make up no whole group. What the groups save is shared by
    what their units cost.

    Args:
        quantity: How many units make a group.
        amount: What a group costs; 0 is free.
        target: Which units may be picked.
        max_times: At most so many groups, the dearest; None: as many as there are.

    >>> PickN(3, "99").quantity  # 任选3件99元
    3
    """

    quantity: int = field(validator=check_quantity)
    amount: Amount = field(converter=amount_of, validator=check_price)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    max_times: int | None = field(default=None, validator=optional(integer(least=1, most=10**9)))

    @property
    def set_size(self) -> int:  # noqa: D102
        return self.quantity

    @property
    def set_of_any(self) -> bool:  # noqa: D102
        return True

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, price = placed(self.target, terms, "target"), terms.minor(self.amount, "amount")
        size, limit = self.quantity, terms.times(self.max_times)

        def propose(state: LayerState) -> Proposal | None:
            offer = state.offer(select(state))
            units = offer[1]
            most = min(sum(units) // size, limit, state.most_times)
            order = by_unit_price(offer, Pick.DEAREST)
            return sets_at_price(
                offer, lambda times: count_out(order, units, times * size), most, price, terms
            )

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        told: Label = ("bundle_price", {"quantity": self.quantity, "amount": self.amount})
        if self.max_times is None:
            return told
        return "limited", {"what": (told,), "times": self.max_times}
