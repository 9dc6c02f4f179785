"""包邮、运费减免: less shipping."""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import optional
from ordercore.errors import InvalidValue
from ordercore.money.fields import (
    Amount,
    amount_or_none,
    check_amount,
    check_percent,
    percent_or_none,
)
from ordercore.promotions.benefits.benefit import Benefit, Propose
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, ratio_of

__all__ = ["ShippingOff"]


@variant(Benefit, "shipping_off")
@frozen
class ShippingOff(Benefit):
    """Take a percentage or an amount off the shipping fee; 100 % is free shipping.

    Args:
        percent: Of the fee as it stood when the layer began; give this or ``amount``.
        amount: How much off, at most what is left of the fee.
    """

    percent: Decimal | None = field(
        default=None, converter=percent_or_none, validator=optional(check_percent)
    )
    amount: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )

    def __attrs_post_init__(self) -> None:
        if (self.amount is None) == (self.percent is None):
            raise InvalidValue("either a percentage or an amount", (self.percent, self.amount))

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        if self.percent is None:
            fixed, numerator, denominator = terms.minor(self.amount, "amount"), 0, 1  # type: ignore[arg-type]
        else:
            fixed, (numerator, denominator) = 0, ratio_of(self.percent)

        def propose(state: LayerState) -> Proposal | None:
            part = (2 * state.shipping_entry * numerator + denominator) // (2 * denominator)
            off = min(fixed + part, state.shipping)
            return (0, (), (), (), off, ()) if off else None

        return propose
