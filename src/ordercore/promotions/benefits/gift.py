"""满赠、买赠: units of a gift on top, free of charge."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import (
    MAX_QUANTITY,
    each,
    identifier,
    instance,
    member,
    names_of,
    optional,
    quantity,
)
from ordercore.money.fields import Amount, amount_or_none, check_amount
from ordercore.promotions.benefits.benefit import Benefit, Inserted, Label, Propose
from ordercore.promotions.benefits.every import Every, whole_times
from ordercore.promotions.benefits.stock import (
    OutOfStock,
    check_substitutes,
    granting,
    out_of_stock_of,
)
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed

__all__ = ["Gift"]


@variant(Benefit, "gift")
@frozen
class Gift(Benefit):
    """Give units of a sku on top; they cost nothing and count to no threshold.

    Where the context carries a stock of gifts that has too few left, ``out_of_stock`` says what
    becomes of it:

    ===================== ======================================================
    ``skip``              none is given; what else the promotion gives stays
    ``substitute``        the first of the ``substitutes`` that is at hand in full
                          is given; if none is, as ``skip``
    ``grant_alternative`` as many are given as are at hand
    ``block``             the whole promotion does not apply
    ===================== ======================================================

    Args:
        sku: What is given.
        quantity: How many units, each time.
        value: What one unit is worth; only told, never charged.
        every: Give once for each whole multiple of this step; None: once.
        target: Which units the step counts.
        out_of_stock: What if fewer are at hand than were promised.
        substitutes: Skus that are given instead, in this order; their worth is taken to be the
            same. Only with the policy ``substitute``, which needs one.

    >>> Gift("mug", out_of_stock="substitute", substitutes="cup").substitutes
    ('cup',)
    """

    monotone = True

    sku: str = field(validator=identifier)
    quantity: int = field(default=1, validator=quantity)
    value: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    every: Every | None = field(default=None, validator=optional(instance(Every)))
    target: Selector = field(factory=AllUnits, validator=check_selector)
    out_of_stock: OutOfStock = field(
        default=OutOfStock.SKIP,
        converter=out_of_stock_of,
        validator=member(OutOfStock),
        kw_only=True,
    )
    substitutes: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=100), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        check_substitutes(self.out_of_stock, self.substitutes)

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select = placed(self.target, terms, "target")
        times = whole_times(self.every, terms)
        value = 0 if self.value is None else terms.minor(self.value, "value")
        skus, policy, units = (self.sku, *self.substitutes), self.out_of_stock, self.quantity

        def propose(state: LayerState) -> Proposal | None:
            promised = (
                units if times is None else min(units * times(state, select(state)), MAX_QUANTITY)
            )
            if not promised or not state.rows.every:
                return None
            return granting(state, skus, promised, value, policy)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return () if self.every is None else self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: D102
        what: dict[str, Inserted] = {"sku": self.sku, "quantity": self.quantity}
        if self.every is not None:
            return self.every.label(("gift", what))
        return ("gift", what) if spend is None else ("gift_from", {"spend": spend, **what})
