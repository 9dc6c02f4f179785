"""打折: a percentage off the selected units."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import member, optional, quantity
from ordercore.money import Overflow, apportion
from ordercore.money.fields import Amount, amount_or_none, check_amount, check_percent, percent_of
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.picking import cost_of, shares_of_picked
from ordercore.promotions.benefits.sharing import (
    caps_of,
    check_overflow,
    shared_by,
    split_or_none,
    weights_of,
)
from ordercore.promotions.proposals import Proposal, reduction, whole_shares
from ordercore.promotions.selectors import AllUnits, Need, Offering, Selector, check_selector
from ordercore.promotions.state import LayerState, Offer
from ordercore.promotions.terms import (
    Basis,
    Split,
    Terms,
    basis_or_none,
    offered,
    placed,
    ratio_of,
)

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
        max_units_per_line: Reduce at most so many units of each row; None: all.
        split: By what a maximum is shared over rows; None is the promotion's.
        overflow: What becomes of a share that a row cannot take; None is the promotion's.

    >>> PercentOff("15").percent
    Decimal('15')
    """

    monotone = True

    percent: Decimal = field(converter=percent_of, validator=check_percent)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    maximum: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    basis: Basis | None = field(
        default=None, converter=basis_or_none, validator=optional(member(Basis))
    )

    max_units_per_line: int | None = field(
        default=None, validator=optional(quantity), kw_only=True
    )
    split: Split | None = field(
        default=None, converter=split_or_none, validator=optional(member(Split)), kw_only=True
    )
    overflow: Overflow | None = field(
        default=None, validator=optional(check_overflow), kw_only=True
    )

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        offering, ratio = self._offering(terms), ratio_of(self.percent)
        terms = shared_by(terms, self.split, self.overflow)
        if self.maximum is None and self.max_units_per_line is None:
            return _off_all(offering, *ratio, terms)
        maximum = None if self.maximum is None else terms.minor(self.maximum, "maximum")
        return _off_some(offering, ratio, terms, maximum, self.max_units_per_line)

    def _offering(self, terms: Terms) -> Offering:
        basis = self.basis or terms.basis
        if basis is Basis.ENTRY:
            return offered(self.target, terms, "target")
        select = placed(self.target, terms, "target")
        return lambda state: state.offer(select(state), basis)

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: D102
        told: Label = ("percent_off", {"percent": self.percent})
        if spend is not None:
            told = ("spend_and_discount", {"spend": spend, "percent": self.percent})
        if self.maximum is None:
            return told
        return "capped", {"what": (told,), "maximum": self.maximum}


def _off_all(offering: Offering, numerator: int, denominator: int, terms: Terms) -> Propose:
    """Take a percentage off all that is selected."""

    def propose(
        state: LayerState,
        offering: Offering = offering,
        numerator: int = numerator,
        twice: int = 2 * numerator,
        denominator: int = denominator,
        terms: Terms = terms,
    ) -> Proposal | None:
        offer = rows, units, amounts, scale, caps = offering(state)
        if caps is None:
            whole = denominator * scale
            if len(rows) == 1:
                share = (twice * amounts[0] + whole) // (whole + whole)
                return (share, rows, (share,), units, 0, ()) if share else None
            shares = [amount * numerator // whole for amount in amounts]
            goods = sum(shares)
            if goods * whole == sum(amounts) * numerator and all(shares):  # nothing to round
                return (goods, rows, tuple(shares), units, 0, ()) if goods else None
        return reduction(rows, _shares(offer, (numerator, denominator), terms), units)

    return propose


def _off_some(
    offering: Offering,
    ratio: tuple[int, int],
    terms: Terms,
    maximum: int | None,
    most: int | None,
) -> Propose:
    """Take a percentage off some units of each row, or up to a maximum."""

    def propose(state: LayerState) -> Proposal | None:
        offer = rows, units, _, _, _ = offering(state)
        if most is None:
            shares = _shares(offer, ratio, terms)
        else:
            units = [min(each, most) for each in units]
            shares = shares_of_picked(offer, units, ratio, terms)
        if maximum is not None and sum(shares) > maximum:
            offer = state.offer(rows)
            if most is not None:
                offer = _of_some(offer, units)
            weights = weights_of(state, offer, terms.split)
            shares = apportion(maximum, weights, caps_of(offer), terms.overflow)
        return reduction(rows, shares, units)

    return propose


def _of_some(offer: Offer, units: Sequence[int]) -> Offer:
    """Offer only so many units of each row: the others, at full price, bear nothing."""
    costs, whole = cost_of(offer, units)
    caps = [min(cap, -(-cost // whole)) for cap, cost in zip(caps_of(offer), costs, strict=True)]
    return offer[0], units, costs, whole, caps


def _shares(offer: Offer, ratio: tuple[int, int], terms: Terms) -> Sequence[int]:
    """Tell each row's share of a percentage off all that is offered."""
    _, _, amounts, scale, caps = offer
    numerator, denominator = ratio
    exact = [amount * numerator for amount in amounts]
    return whole_shares(exact, denominator * scale, caps, terms.rounding, terms.overflow)
