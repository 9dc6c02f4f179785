"""包邮、运费减免、一口价运费: less shipping."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import just_one, optional
from ordercore.money.fields import (
    Amount,
    amount_or_none,
    check_amount,
    check_percent,
    check_price,
    percent_or_none,
)
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, ratio_of

__all__ = ["ShippingOff"]


def _free(state: LayerState) -> Proposal | None:
    """Take off what is left of the fee: as most do."""
    off = state.shipping
    return (0, (), (), (), off, ()) if off else None


@variant(Benefit, "shipping_off")
@frozen
class ShippingOff(Benefit):
    """Take something off the shipping fee; 100 % is free shipping.

    Whatever promotions of one layer take off the fee adds up, to at most what there is.

    Args:
        percent: Of the fee as it stood when the layer began; give this or one of the others.
        amount: How much off.
        fixed: What shipping costs, where that is less than when the layer began; 0 is free.
    """

    monotone = True

    percent: Decimal | None = field(
        default=None, converter=percent_or_none, validator=optional(check_percent)
    )
    amount: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    fixed: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_price), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        told = "a percentage, an amount or a fixed price"
        just_one(told, self.percent, self.amount, self.fixed)

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        if self.percent == 100:
            return _free
        off_of = self._off_of(terms)

        def propose(state: LayerState) -> Proposal | None:
            off = min(off_of(state.shipping_entry), state.shipping)
            return (0, (), (), (), off, ()) if off > 0 else None

        return propose

    def _off_of(self, terms: Terms) -> Callable[[int], int]:
        """Tell what is off a fee, in minor units."""
        if self.amount is not None:
            amount = terms.minor(self.amount, "amount")
            return lambda _fee: amount
        if self.fixed is not None:
            fixed = terms.minor(self.fixed, "fixed")
            return lambda fee: fee - fixed
        numerator, denominator = ratio_of(self.percent or Decimal(0))
        double = 2 * denominator
        return lambda fee: (2 * fee * numerator + denominator) // double

    def label(self, spend: Amount | None) -> Label | None:  # noqa: D102
        if self.fixed is not None:
            return "shipping_price", {"amount": self.fixed}
        if self.amount is not None:
            return "shipping_off", {"amount": self.amount}
        if self.percent is not None and self.percent < 100:
            return "shipping_percent", {"percent": self.percent}
        return ("free_shipping", {}) if spend is None else ("free_shipping_from", {"spend": spend})
