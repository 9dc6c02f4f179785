"""立减、满减、每满减: an amount off the selected units, apportioned over them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import instance, member, member_of, optional, quantity
from ordercore.money import Overflow, apportion, largest_remainder
from ordercore.money.fields import Amount, amount_of, check_amount
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.every import Every, Times
from ordercore.promotions.benefits.picking import shares_of_each
from ordercore.promotions.benefits.sharing import (
    caps_of,
    check_overflow,
    shared_by,
    split_or_none,
    weights_of,
)
from ordercore.promotions.proposals import Proposal, of_bearing, reduction
from ordercore.promotions.selectors import (
    AllUnits,
    Need,
    Offering,
    Select,
    Selector,
    check_selector,
)
from ordercore.promotions.state import LayerState, Offer
from ordercore.promotions.terms import Split, Terms, offered, placed

__all__ = ["AmountOff", "AmountOffEach", "Excess"]


_CURRENT: Final = Split.CURRENT


class Excess(StrEnum):
    """What becomes of an amount that is worth more than all that could be reduced."""

    CAP = "cap"
    """So much is taken as there is; the rest is lost."""
    REFUSE = "refuse"
    """Nothing is taken: a coupon is kept for an order that is worth it."""


def _excess_of(given: Excess | str) -> Excess:
    return member_of(Excess, given)


@variant(Benefit, "amount_off")
@frozen
class AmountOff(Benefit):
    """Take an amount off the selected units together; it never exceeds what they cost.

    Args:
        amount: How much, in all.
        target: Which units bear it.
        every: Take it once for each whole multiple of this step; None: once.
        excess: What if the units cost less: ``cap`` takes what there is, ``refuse`` nothing.
        split: By what it is shared over rows; None is the promotion's.
        overflow: What becomes of a share that a row cannot take; None is the promotion's.

    >>> AmountOff("50", every=Every("300")).amount  # 每满300减50
    Decimal('50')
    """

    monotone = True

    amount: Amount = field(converter=amount_of, validator=check_amount)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    every: Every | None = field(default=None, validator=optional(instance(Every)))
    excess: Excess = field(
        default=Excess.CAP, converter=_excess_of, validator=member(Excess), kw_only=True
    )
    split: Split | None = field(
        default=None, converter=split_or_none, validator=optional(member(Split)), kw_only=True
    )
    overflow: Overflow | None = field(
        default=None, validator=optional(check_overflow), kw_only=True
    )

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        amount, target = terms.minor(self.amount, "amount"), self.target
        shared = shared_by(terms, self.split, self.overflow)
        if self.every is None and self.excess is Excess.CAP:
            return _off_once(offered(target, terms, "target"), amount, shared)
        select = placed(target, terms, "target")
        every = None if self.every is None else placed(self.every, terms, "every")
        return _off_or_nothing(select, amount, shared, every, refuses=self.excess is Excess.REFUSE)

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: D102
        if self.every is not None:
            return self.every.label(("save", {"amount": self.amount}))
        if spend is not None:
            return "spend_and_save", {"spend": spend, "save": self.amount}
        return "amount_off", {"amount": self.amount}


def _off_once(offering: Offering, amount: int, terms: Terms) -> Propose:
    """Take an amount off what is selected, as far as it goes."""

    def propose(
        state: LayerState,
        offering: Offering = offering,
        amount: int = amount,
        terms: Terms = terms,
    ) -> Proposal | None:
        offer = rows, units, amounts, _, caps = offering(state)
        if caps is not None or terms.split is not _CURRENT:
            return _split(state, offer, amount, terms)
        total = sum(amounts)
        goods = amount if amount < total else total  # noqa: FURB136 - a call less
        shares = largest_remainder(goods, amounts, total)
        if not goods:
            return None
        if 0 in shares:
            return goods, *of_bearing(rows, shares, units), 0, ()
        return goods, rows, tuple(shares), units, 0, ()

    return propose


def _off_or_nothing(
    select: Select, amount: int, terms: Terms, every: Times | None, *, refuses: bool
) -> Propose:
    """Take an amount as often as a step is reached, or only if there is enough to take it off."""

    def propose(state: LayerState) -> Proposal | None:
        selected = select(state)
        off = amount if every is None else amount * every(state, selected)
        offer = state.offer(selected)
        if refuses and off > sum(caps_of(offer)):
            return None
        return _split(state, offer, off, terms)

    return propose


def _split(state: LayerState, offer: Offer, off: int, terms: Terms) -> Proposal | None:
    """Share an amount over what is offered."""
    rows, units, _, _, _ = offer
    weights = weights_of(state, offer, terms.split)
    return reduction(rows, apportion(off, weights, caps_of(offer), terms.overflow), units)


@variant(Benefit, "amount_off_each")
@frozen
class AmountOffEach(Benefit):
    """Take an amount off each selected unit, at most what it costs.

    Args:
        amount: How much off one unit.
        target: Which units.
        max_units_per_line: Reduce at most so many units of each row; None: all.
    """

    monotone = True

    amount: Amount = field(converter=amount_of, validator=check_amount)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    max_units_per_line: int | None = field(default=None, validator=optional(quantity))

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, amount = placed(self.target, terms, "target"), terms.minor(self.amount, "amount")
        most = self.max_units_per_line

        def propose(state: LayerState) -> Proposal | None:
            offer = state.offer(select(state))
            rows, units = offer[0], offer[1]
            reduced = units if most is None else [min(each, most) for each in units]
            return reduction(rows, shares_of_each(offer, reduced, amount), reduced)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        told: Label = ("amount_off_each", {"amount": self.amount})
        if self.max_units_per_line is None:
            return told
        return "limited_units", {"what": (told,), "quantity": self.max_units_per_line}
