"""Less of a fee: packaging, service, a delivery slot."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import identifier, just_one, optional
from ordercore.money import divide
from ordercore.money.fields import (
    Amount,
    amount_or_none,
    check_amount,
    check_percent,
    percent_or_none,
)
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.proposals import FeeCut, Proposal
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, ratio_of

__all__ = ["FeeOff"]


@variant(Benefit, "fee_off")
@frozen
class FeeOff(Benefit):
    """Take a percentage or an amount off one of the cart's fees; 100 % waives it.

    A cart without that fee has nothing to gain.

    Args:
        fee: The id of the fee.
        percent: Of what is left of the fee; give this or ``amount``.
        amount: How much off, at most what is left of the fee.

    >>> FeeOff("packaging", "100").fee
    'packaging'
    """

    monotone = True

    fee: str = field(validator=identifier)
    percent: Decimal | None = field(
        default=None, converter=percent_or_none, validator=optional(check_percent)
    )
    amount: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        just_one("a percentage or an amount", self.amount, self.percent)

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        off_of, fee = self._off_of(terms), self.fee

        def propose(state: LayerState) -> Proposal | None:
            for position, each in enumerate(state.cart.fees):
                if each.id == fee:
                    off = min(off_of(state.fees_entry[position]), state.fees[position])
                    return (0, (), (), (), 0, (FeeCut(position, off),)) if off else None
            return None

        return propose

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        if self.amount is not None:
            return "fee_less", {"fee": self.fee, "amount": self.amount}
        if self.percent is None:
            return None
        return "fee_off", {"fee": self.fee, "percent": self.percent}

    def _off_of(self, terms: Terms) -> Callable[[int], int]:
        """Tell what is off a fee, in minor units."""
        if self.amount is not None:
            amount = terms.minor(self.amount, "amount")
            return lambda _fee: amount
        numerator, denominator = ratio_of(self.percent or Decimal(0))
        return lambda fee: divide(fee * numerator, denominator)
