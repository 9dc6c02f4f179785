"""定金、定金膨胀、付定立减: a part is due now, and may be worth more than it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import compress

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import boolean, optional
from ordercore.errors import InvalidValue
from ordercore.money import Money, apportion
from ordercore.money.fields import Amount, amount_of, amount_or_none, as_given, check_amount
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.picking import shares_of_each
from ordercore.promotions.benefits.sharing import caps_of, weights_of
from ordercore.promotions.proposals import NOTHING, DepositDue, Proposal
from ordercore.promotions.selectors import AllUnits, Need, Select, Selector, check_selector
from ordercore.promotions.state import LayerState, Offer
from ordercore.promotions.terms import Terms, placed

__all__ = ["Deposit"]


@variant(Benefit, "deposit")
@frozen
class Deposit(Benefit):
    """Ask for a deposit now and, for it, take something off what the selected units cost.

    The deposit is a part of the price and not taken off it: it is never more than what the
    units cost, less what is saved; what costs nothing asks for none. Later layers and their
    thresholds see the price less what is saved. On one unit at 200:

    ==================================== ======= ========= ======= ===================
    rule                                 deposit to pay    balance a later threshold
                                                 in all            counts
    ==================================== ======= ========= ======= ===================
    付定10立减20: ``"10", save="20"``    10      180       170     180
    定金10抵20: ``"10", worth="20"``     10      190       180     190
    定金10: ``"10"``                     10      200       190     200
    ==================================== ======= ========= ======= ===================

    A deposit that saves nothing claims no units. It is looked at like a condition: on what the
    layer began with, whoever uses the units. One that saves claims the units that it is for,
    and is for those alone that are still free.

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
        one, other = self.amount, self.worth
        if isinstance(one, Money) and isinstance(other, Money) and one.currency == other.currency:
            _check_worth(one.minor, other.minor, other)
        elif isinstance(one, Decimal) and isinstance(other, Decimal):
            _check_worth(one, other, other)

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, deposit = placed(self.target, terms, "target"), terms.minor(self.amount, "amount")
        saved = self._saved(terms, deposit)
        if not saved:
            return self._asking(select, deposit)
        share, due = self._sharing(terms, saved), self._due(deposit)

        def propose(state: LayerState) -> Proposal | None:
            offer = state.offer(select(state))
            _, units, amounts, scale, _ = offer
            shares = share(state, offer)
            left = [max(0, cost // scale - off) for cost, off in zip(amounts, shares, strict=True)]
            return _claiming(offer, shares, due(left, units))

        return propose

    def _asking(self, select: Select, deposit: int) -> Propose:
        """Ask for a deposit that saves nothing."""
        due = self._due(deposit)

        def propose(state: LayerState) -> Proposal | None:
            rows, entry, quantities = select(state), state.entry, state.rows.quantities
            asked = due([entry[row] for row in rows], [quantities[row] for row in rows])
            return (*NOTHING[:5], (DepositDue(asked),)) if asked else None

        return propose

    def _due(self, deposit: int) -> Callable[[Sequence[int], Sequence[int]], int]:
        """Tell what is due for rows, given what is left to pay for each and its units."""
        if not self.per_unit:
            return lambda left, _units: min(deposit, sum(left))
        return lambda left, units: sum(
            [min(deposit * count, cost) for cost, count in zip(left, units, strict=True)]
        )

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
        _check_worth(deposit, worth, self.worth)
        return worth - deposit

    def _sharing(self, terms: Terms, saved: int) -> Callable[[LayerState, Offer], Sequence[int]]:
        """Tell how much each offered row saves."""
        if self.per_unit:
            return lambda _state, offer: shares_of_each(offer, offer[1], saved)

        def share(state: LayerState, offer: Offer) -> Sequence[int]:
            weights = weights_of(state, offer, terms.split)
            return apportion(saved, weights, caps_of(offer), terms.overflow)

        return share


def _check_worth(deposit: int | Decimal, worth: int | Decimal, told: Amount) -> None:
    if worth < deposit:
        expected = "at least what the deposit is"
        raise InvalidValue(expected, as_given(told), path=("worth",), reason="fields_disagree")


def _claiming(offer: Offer, shares: Sequence[int], asked: int) -> Proposal | None:
    """Propose what is saved and asked for, claiming each offered unit that costs anything."""
    rows, units, amounts, _, _ = offer
    saved = sum(shares)
    if not saved and not asked:
        return None
    due = (DepositDue(asked),) if asked else ()
    rows, shares, units = (tuple(compress(column, amounts)) for column in (rows, shares, units))
    return saved, rows, shares, units, 0, due
