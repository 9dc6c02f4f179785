"""加价购、换购: who qualifies may add a few units at a special price."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import quantity
from ordercore.money.fields import Amount, amount_of, check_price
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.picking import claiming, count_out, shares_at_price
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import Need, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed

__all__ = ["AddOnDeal"]


@variant(Benefit, "add_on_deal")
@frozen
class AddOnDeal(Benefit):
    """Let a few of the selected units cost a special price; nothing is put into the cart.

    The units are taken row after row in the order of line ids. Those that cost no more than
    the price already are passed over: they do not use up the offer. What must be bought with
    it is the promotion's condition, which should not count the add-on itself.

    Args:
        target: What may be added.
        amount: What one of these units costs; 0 is free.
        quantity: At most so many units.

    >>> from ordercore.promotions import Sku
    >>> AddOnDeal(Sku("bag"), "9.90").quantity
    1
    """

    target: Selector = field(validator=check_selector)
    amount: Amount = field(converter=amount_of, validator=check_price)
    quantity: int = field(default=1, validator=quantity)

    @property
    def set_size(self) -> int:  # noqa: D102
        return 0

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, price = placed(self.target, terms, "target"), terms.minor(self.amount, "amount")
        wanted = self.quantity

        def propose(state: LayerState) -> Proposal | None:
            offer = state.offer(select(state))
            rows, units, amounts, scale, _ = offer
            dearer = [
                each if cost > price * each * scale else 0
                for each, cost in zip(units, amounts, strict=True)
            ]
            reduced = count_out(range(len(units)), dearer, wanted)
            return claiming(rows, shares_at_price(offer, reduced, price), reduced)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        return "add_on_price", {"amount": self.amount}
