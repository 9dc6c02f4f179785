"""立减、满减、每满减: an amount off the selected units, apportioned over them."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import instance, optional, quantity
from ordercore.money import apportion, largest_remainder
from ordercore.money.fields import Amount, amount_of, check_amount
from ordercore.promotions.benefits.benefit import Benefit, Propose
from ordercore.promotions.benefits.every import Every
from ordercore.promotions.proposals import Proposal, reduction
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState, Offer
from ordercore.promotions.terms import Split, Terms, placed

__all__ = ["AmountOff", "AmountOffEach", "caps_of", "weights_of"]


@variant(Benefit, "amount_off")
@frozen
class AmountOff(Benefit):
    """Take an amount off the selected units together; it never exceeds what they cost.

    Args:
        amount: How much, in all.
        target: Which units bear it.
        every: Take it once for each whole multiple of this step; None: once.

    >>> AmountOff("50", every=Every("300")).amount  # 每满300减50
    Decimal('50')
    """

    amount: Amount = field(converter=amount_of, validator=check_amount)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    every: Every | None = field(default=None, validator=optional(instance(Every)))

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, amount = placed(self.target, terms, "target"), terms.minor(self.amount, "amount")
        times = None if self.every is None else placed(self.every, terms, "every")
        simple, overflow = terms.split is Split.CURRENT, terms.overflow

        def propose(state: LayerState) -> Proposal | None:
            selected = select(state)
            off = amount if times is None else amount * times(state, selected)
            offer = state.offer(selected)
            rows, units, amounts, _, caps = offer
            if simple and caps is None:
                total = sum(amounts)
                shares = largest_remainder(min(off, total), amounts, total)
            else:
                weights, caps = weights_of(state, offer, terms.split), caps_of(offer)
                shares = apportion(off, weights, caps, overflow)
            return reduction(rows, shares, units)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()


def caps_of(offer: Offer) -> Sequence[int]:
    """Tell the most that each offered row can give."""
    _, _, amounts, _, caps = offer
    return amounts if caps is None else caps


def weights_of(state: LayerState, offer: Offer, split: Split) -> Sequence[int]:
    """Tell by what an amount is split over the offered units, at any common scale."""
    rows, units, amounts, _, _ = offer
    if split is Split.CURRENT:
        return amounts
    if split is Split.QUANTITY:
        return units
    if split is Split.EQUAL:
        return [1] * len(rows)
    return state.offer(rows, split.basis)[2]


@variant(Benefit, "amount_off_each")
@frozen
class AmountOffEach(Benefit):
    """Take an amount off each selected unit, at most what it costs.

    Args:
        amount: How much off one unit.
        target: Which units.
        max_units_per_line: Reduce at most so many units of each row; None: all.
    """

    amount: Amount = field(converter=amount_of, validator=check_amount)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    max_units_per_line: int | None = field(default=None, validator=optional(quantity))

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, amount = placed(self.target, terms, "target"), terms.minor(self.amount, "amount")
        most = self.max_units_per_line

        def propose(state: LayerState) -> Proposal | None:
            offer = state.offer(select(state))
            rows, units, amounts, scale, _ = offer
            reduced = units if most is None else [min(each, most) for each in units]
            shares = [
                min(amount * count, (2 * cost * count + scale * each) // (2 * scale * each), cap)
                for count, each, cost, cap in zip(
                    reduced, units, amounts, caps_of(offer), strict=True
                )
            ]
            return reduction(rows, shares, reduced)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()
