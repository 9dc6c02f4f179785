"""满赠、买赠: units of a gift on top, free of charge."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import identifier, instance, optional, quantity
from ordercore.money.fields import Amount, amount_or_none, check_amount
from ordercore.promotions.benefits.benefit import Benefit, Propose
from ordercore.promotions.benefits.every import Every
from ordercore.promotions.proposals import GiftGrant, Proposal
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed

__all__ = ["Gift"]


@variant(Benefit, "gift")
@frozen
class Gift(Benefit):
    """Give units of a sku on top; they cost nothing and count to no threshold.

    Where the context carries a stock of gifts that has too few left, none is given.

    Args:
        sku: What is given.
        quantity: How many units, each time.
        value: What one unit is worth; only told, never charged.
        every: Give once for each whole multiple of this step; None: once.
        target: Which units the step counts.
    """

    sku: str = field(validator=identifier)
    quantity: int = field(default=1, validator=quantity)
    value: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    every: Every | None = field(default=None, validator=optional(instance(Every)))
    target: Selector = field(factory=AllUnits, validator=check_selector)

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select = placed(self.target, terms, "target")
        times = None if self.every is None else placed(self.every, terms, "every")
        value = 0 if self.value is None else terms.minor(self.value, "value")
        sku, each = self.sku, self.quantity

        def propose(state: LayerState) -> Proposal | None:
            promised = each if times is None else each * times(state, select(state))
            if not promised or not state.rows.every:
                return None
            enough = state.gift_available(sku, promised)
            given = 0 if enough is False else promised
            grant = GiftGrant(sku, given, promised, value, enough is not None)
            return 0, (), (), (), 0, (grant,)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return () if self.every is None else self.target.needs()
