"""每满: a benefit once for each whole multiple of an amount or of a number of units."""

from __future__ import annotations

from collections.abc import Callable

from attrs import field, frozen

from ordercore.data.checks import integer, just_one, member, optional
from ordercore.errors import InvalidInput
from ordercore.money.fields import Amount, amount_or_none, check_amount
from ordercore.promotions.benefits.benefit import Label
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Basis, Terms, basis_or_none

__all__ = ["Every", "Times", "whole_times"]

Times = Callable[[LayerState, tuple[int, ...]], int]
"""How often a benefit applies to some rows, as far as their units are free."""


@frozen
class Every:
    """Count whole multiples of an amount or a quantity.

    Args:
        amount: The step in money; give this or ``quantity``.
        quantity: The step in units.
        max_times: At most so often; None is without limit.
        basis: On which amounts the step is counted; None is the promotion's.

    >>> Every("300", max_times=2).max_times
    2
    """

    amount: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    quantity: int | None = field(
        default=None, validator=optional(integer(least=1, most=10**9)), kw_only=True
    )
    max_times: int | None = field(
        default=None, validator=optional(integer(least=1, most=10**9)), kw_only=True
    )
    basis: Basis | None = field(
        default=None,
        converter=basis_or_none,
        validator=optional(member(Basis)),
        kw_only=True,
    )

    def __attrs_post_init__(self) -> None:
        just_one("an amount or a quantity", self.amount, self.quantity)

    def whole(self, terms: Terms) -> Times:
        """Do as `compile`, counting units that are in use too: for who claims none.

        A gift claims no units, as a condition claims none; so it counts what the layer began
        with, whoever uses it.
        """
        most = terms.times(self.max_times)
        if self.amount is None:
            units = self.quantity or 1
            return lambda state, rows: min(state.count(rows) // units, most, state.most_times)
        step, basis = terms.minor(self.amount, "amount"), self.basis or terms.basis
        return lambda state, rows: min(state.reached(rows, basis) // step, most, state.most_times)

    def compile(self, terms: Terms) -> Times:
        """Turn the step into a function of a layer's state and rows; 0 is not once."""
        most = terms.times(self.max_times)
        if self.amount is None:
            units = self.quantity or 1

            def by_units(state: LayerState, rows: tuple[int, ...]) -> int:
                return min(sum(state.offer(rows)[1]) // units, most, state.most_times)

            return by_units
        step, basis = terms.minor(self.amount, "amount"), self.basis or terms.basis

        def by_amount(state: LayerState, rows: tuple[int, ...]) -> int:
            _, _, amounts, scale, _ = state.offer(rows, basis)
            return min(sum(amounts) // (step * scale), most, state.most_times)

        return by_amount

    def label(self, what: Label) -> Label:
        """Say of a benefit that it is given once for each step."""
        if self.amount is None:
            told: Label = ("per_units", {"quantity": self.quantity or 1, "what": (what,)})
        else:
            told = ("per_spend", {"spend": self.amount, "what": (what,)})
        if self.max_times is None:
            return told
        return "limited", {"what": (told,), "times": self.max_times}


def whole_times(every: Every | None, terms: Terms) -> Times | None:
    """Compile the step of a benefit that claims no units; its faults are under ``every``."""
    try:
        return None if every is None else every.whole(terms)
    except InvalidInput as error:
        raise error.at("every") from None
