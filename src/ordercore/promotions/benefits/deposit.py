"""定金、定金膨胀、付定立减: a part is due now, and may be worth more than it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import boolean, optional
from ordercore.errors import InvalidValue
from ordercore.money import apportion
from ordercore.money.fields import Amount, amount_of, amount_or_none, check_amount
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.picking import shares_of_each
from ordercore.promotions.benefits.sharing import caps_of, weights_of
from ordercore.promotions.proposals import DepositDue, Proposal, reduction
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState, Offer
from ordercore.promotions.terms import Terms, placed

__all__ = ["Deposit"]


@variant(Benefit, "deposit")
@frozen
class Deposit(Benefit):
    """Ask for a deposit now and, for it, take something off what the selected units cost.

    The deposit is a part of the price and not taken off it: later layers and their thresholds
    see the price less what is saved. On one unit at 200:

    ==================================== ======= ========= ======= ===================
    rule                                 deposit to pay    balance a later threshold
                                                 in all            counts
    ==================================== ======= ========= ======= ===================
    付定10立减20: ``"10", save="20"``    10      180       170     180
    定金10抵20: ``"10", worth="20"``     10      190       180     190
    定金10: ``"10"``                     10      200       190     200
    ==================================== ======= ========= ======= ===================

    Args:
        amount: The deposit.
        worth: What it counts for: the difference is taken off.
        save: How much is taken off; give this or ``worth``, or neither.
        target: What the deposit is for.
        per_unit: Whether this is for each selected unit, which never costs less than nothing;
            else once for all of them.

    >>> Deposit("10", save="20").per_unit
    True
    """

    amount: Amount = field(converter=amount_of, validator=check_amount)
    worth: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    save: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount), kw_only=True
    )
    target: Selector = field(factory=AllUnits, validator=check_selector)
    per_unit: bool = field(default=True, validator=boolean, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.worth is not None and self.save is not None:
            raise InvalidValue("what it is worth, or what it saves", (self.worth, self.save))

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, deposit = placed(self.target, terms, "target"), terms.minor(self.amount, "amount")
        share, each = self._sharing(terms, self._saved(terms, deposit)), self.per_unit

        def propose(state: LayerState) -> Proposal | None:
            offer = state.offer(select(state))
            rows, units = offer[0], offer[1]
            if not rows:
                return None
            due = DepositDue(deposit * sum(units) if each else deposit)
            taken = reduction(rows, share(state, offer), units)
            return (0, (), (), (), 0, (due,)) if taken is None else (*taken[:5], (due,))

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        if self.save is not None:
            return "deposit_save", {"deposit": self.amount, "save": self.save}
        if self.worth is None:
            return "deposit_alone", {"deposit": self.amount}
        return "deposit", {"deposit": self.amount, "worth": self.worth}

    def _saved(self, terms: Terms, deposit: int) -> int:
        """Tell what is taken off, in minor units."""
        if self.save is not None:
            return terms.minor(self.save, "save")
        if self.worth is None:
            return 0
        worth = terms.minor(self.worth, "worth")
        if worth < deposit:
            expected = "at least what the deposit is"
            raise InvalidValue(expected, str(self.worth), path=("worth",))
        return worth - deposit

    def _sharing(self, terms: Terms, saved: int) -> Callable[[LayerState, Offer], Sequence[int]]:
        """Tell how much each offered row saves."""
        if self.per_unit:
            return lambda _state, offer: shares_of_each(offer, offer[1], saved)

        def share(state: LayerState, offer: Offer) -> Sequence[int]:
            weights = weights_of(state, offer, terms.split)
            return apportion(saved, weights, caps_of(offer), terms.overflow)

        return share
