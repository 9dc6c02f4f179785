"""送券: coupons for later orders."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import identifier
from ordercore.data.checks import quantity as check_quantity
from ordercore.money.fields import Amount
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.proposals import CouponGranted, Proposal
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms

__all__ = ["GrantCoupon"]


@variant(Benefit, "grant_coupon")
@frozen
class GrantCoupon(Benefit):
    """Grant coupons for later orders; this order does not change.

    Args:
        coupon: Which kind of coupon.
        quantity: How many of it.

    >>> GrantCoupon("ten-off").quantity
    1
    """

    monotone = True

    coupon: str = field(validator=identifier)
    quantity: int = field(default=1, validator=check_quantity)

    def compile(self, terms: Terms) -> Propose:  # noqa: ARG002, D102
        proposal: Proposal = (0, (), (), (), 0, (CouponGranted(self.coupon, self.quantity),))

        def propose(state: LayerState) -> Proposal | None:
            return proposal if state.rows.every else None

        return propose

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        return "grant_coupon", {"coupon": self.coupon}
