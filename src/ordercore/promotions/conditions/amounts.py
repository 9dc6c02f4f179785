"""满额、满件: how much of something the cart holds."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Final

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import Named, boolean, integer, just_one, member, optional
from ordercore.money.fields import Amount, amount_or_none, check_amount, check_price
from ordercore.promotions.conditions.condition import Condition, Test, Verdict
from ordercore.promotions.selectors import AllUnits, Need, Select, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Basis, Terms, basis_or_none, placed

__all__ = ["LineAtLeast", "Threshold"]

_new: Final = tuple.__new__  # at half the time that a Verdict takes to make

_at_least_one = integer(least=1, most=10**9)
_any_count = integer(least=0, most=10**9)


@variant(Condition, "threshold")
@frozen
class Threshold(Condition):
    """Hold when the selected units reach an amount or a number of units (满额、满件).

    At most so much is the opposite of more than that: ``~Threshold("100", above=True)``.

    Args:
        amount: What they must come to at least; give this or ``quantity``.
        quantity: How many they must be at least.
        target: Which units count.
        basis: On which amounts: ``list``, ``base`` or ``entry``; None is the promotion's.
        above: Whether to reach is not enough, and more is asked. Only then may the minimum be
            zero, for a minimum of zero is none.

    >>> Threshold("300").amount
    Decimal('300')
    """

    amount: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_price)
    )
    quantity: int | None = field(default=None, validator=optional(_any_count), kw_only=True)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    basis: Basis | None = field(
        default=None, converter=basis_or_none, validator=optional(member(Basis))
    )
    above: bool = field(default=False, validator=boolean, kw_only=True)

    def __attrs_post_init__(self) -> None:
        just_one("an amount or a quantity", self.amount, self.quantity)
        if not self.above:
            optional(check_amount)(self, Named("amount"), self.amount)
            optional(_at_least_one)(self, Named("quantity"), self.quantity)

    @property
    def measure(self) -> str:  # type: ignore[override]
        """``amount`` or ``count``."""
        return "count" if self.amount is None else "amount"

    def compile(self, terms: Terms) -> Test:  # noqa: D102
        select = placed(self.target, terms, "target")
        more = 1 if self.above else 0  # amounts and counts are whole: above 5 is from 6 on
        if self.amount is None:
            units = (self.quantity or 0) + more

            def enough_units(state: LayerState) -> Verdict:
                actual = state.count(select(state))
                return Verdict(actual >= units, self, units, actual)

            return enough_units
        minimum, basis = terms.minor(self.amount, "amount") + more, self.basis or terms.basis
        if isinstance(self.target, AllUnits) and basis is Basis.ENTRY:  # as most are

            def enough_in_all(state: LayerState) -> Verdict:
                actual = state.entry_total
                return _new(Verdict, (actual >= minimum, self, minimum, actual, ()))

            return enough_in_all

        total = _total_of(self.target, select, basis)

        def enough(state: LayerState) -> Verdict:
            actual = total(state)
            return _new(Verdict, (actual >= minimum, self, minimum, actual, ()))

        return enough

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()


def _total_of(target: Selector, select: Select, basis: Basis) -> Callable[[LayerState], int]:
    """Tell what some units cost; the sum of all is known."""
    if isinstance(target, AllUnits):
        return attrgetter({Basis.LIST: "rows.total", Basis.BASE: "base_total"}[basis])
    return lambda state: state.total(select(state), basis)


@variant(Condition, "line_at_least")
@frozen
class LineAtLeast(Condition):
    """Hold when one single row of the selected ones reaches an amount or a number of units.

    Args:
        amount: What one row must come to at least; give this or ``quantity``.
        target: Which rows are looked at.
        basis: On which amounts; None is the promotion's.
        quantity: How many units of one row there must be at least.
    """

    amount: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    target: Selector = field(factory=AllUnits, validator=check_selector)
    basis: Basis | None = field(
        default=None, converter=basis_or_none, validator=optional(member(Basis))
    )
    quantity: int | None = field(default=None, validator=optional(_at_least_one), kw_only=True)

    def __attrs_post_init__(self) -> None:
        just_one("an amount or a quantity", self.amount, self.quantity)

    @property
    def measure(self) -> str:  # type: ignore[override]
        """``amount`` or ``count``."""
        return "count" if self.amount is None else "amount"

    def compile(self, terms: Terms) -> Test:  # noqa: D102
        select, basis = placed(self.target, terms, "target"), self.basis or terms.basis
        by_units = self.amount is None
        least = self.quantity or terms.minor(self.amount, "amount")  # type: ignore[arg-type]

        def test(state: LayerState) -> Verdict:
            column = state.rows.quantities if by_units else state.amounts(basis)
            actual = max([column[row] for row in select(state)], default=0)
            return Verdict(actual >= least, self, least, actual)

        return test

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()
