"""打折: a percentage off the selected units."""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import member, optional
from ordercore.money import apportion
from ordercore.money.fields import Amount, amount_or_none, check_amount, check_percent, percent_of
from ordercore.promotions.benefits.amount import caps_of, weights_of
from ordercore.promotions.benefits.benefit import Benefit, Propose
from ordercore.promotions.proposals import Proposal, reduction, whole_shares
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Basis, Terms, basis_or_none, placed, ratio_of

__all__ = ["PercentOff"]


@variant(Benefit, "percent_off")
@frozen
class PercentOff(Benefit):
    """Take a percentage off the selected units.

    Args:
        percent: From 0 to 100, exact: ``"33.33"`` is 33.33 %.
        target: Which units.
        maximum: At most so much in all; then the maximum is apportioned like any amount.
        basis: Of which amounts; None is the promotion's.

    >>> PercentOff("15").percent
    Decimal('15')
    """

    percent: Decimal = field(converter=percent_of, validator=check_percent)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    maximum: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    basis: Basis | None = field(
        default=None, converter=basis_or_none, validator=optional(member(Basis))
    )

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select = placed(self.target, terms, "target")
        numerator, denominator = ratio_of(self.percent)
        maximum = None if self.maximum is None else terms.minor(self.maximum, "maximum")
        basis = self.basis or terms.basis
        rounding, split, overflow = terms.rounding, terms.split, terms.overflow
        half, double = denominator, 2 * denominator

        def propose(state: LayerState) -> Proposal | None:
            rows, units, amounts, scale, caps = state.offer(select(state), basis)
            if len(rows) == 1 and scale == 1 and caps is None:
                share = (2 * numerator * amounts[0] + half) // double
                if maximum is not None and share > maximum:
                    share = maximum
                return (share, rows, (share,), units, 0, ()) if share else None
            exact = [amount * numerator for amount in amounts]
            shares = whole_shares(exact, denominator * scale, caps, rounding, overflow)
            if maximum is not None and sum(shares) > maximum:
                offer = state.offer(rows)
                weights = weights_of(state, offer, split)
                shares = apportion(maximum, weights, caps_of(offer), overflow)
            return reduction(rows, shares, units)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()
