"""一口价: each of the selected units costs one fixed price."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import optional, quantity
from ordercore.money.fields import Amount, amount_of, check_price
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.picking import shares_at_price
from ordercore.promotions.proposals import Proposal, reduction
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed

__all__ = ["FixedPrice"]


@variant(Benefit, "fixed_price")
@frozen
class FixedPrice(Benefit):
    """Let each selected unit cost a fixed price, where that is less than it costs now.

    Args:
        amount: What one unit costs; 0 is free.
        target: Which units.
        max_units_per_line: At most so many units of each row; None: all.

    >>> FixedPrice("9.90").amount
    Decimal('9.90')
    """

    monotone = True

    amount: Amount = field(converter=amount_of, validator=check_price)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    max_units_per_line: int | None = field(default=None, validator=optional(quantity))

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, price = placed(self.target, terms, "target"), terms.minor(self.amount, "amount")
        most = self.max_units_per_line

        def propose(state: LayerState) -> Proposal | None:
            offer = state.offer(select(state))
            rows, units = offer[0], offer[1]
            reduced = units if most is None else [min(each, most) for each in units]
            return reduction(rows, shares_at_price(offer, reduced, price), reduced)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        told: Label = ("fixed_price", {"amount": self.amount})
        if self.max_units_per_line is None:
            return told
        return "limited_units", {"what": (told,), "quantity": self.max_units_per_line}
