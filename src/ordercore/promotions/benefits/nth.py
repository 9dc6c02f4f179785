"""第二件半价: every n-th of the selected units costs less."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import boolean, integer, optional
from ordercore.money.fields import Amount, check_percent, percent_of
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.picking import (
    Pick,
    by_unit_price,
    claiming,
    count_out,
    share_of_picked,
    shares_of_picked,
)
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, offered, ratio_of

__all__ = ["NthItemOff"]


@variant(Benefit, "nth_item_off")
@frozen
class NthItemOff(Benefit):
    """Take a percentage off every n-th unit, counted from the dearest.

    The units before it qualify it: a group of ``nth`` units is claimed for each one reduced.

    Args:
        nth: 2 reduces the second, fourth, … unit.
        percent: How much off it.
        target: Which units are counted.
        max_times: Reduce at most so many units, the dearest first; None: all.
        per_line: Count within each row by itself: the second of the same article (同款).
    """

    nth: int = field(validator=integer(least=1, most=10**9))
    percent: Decimal = field(converter=percent_of, validator=check_percent)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    max_times: int | None = field(default=None, validator=optional(integer(least=1, most=10**9)))
    per_line: bool = field(default=False, validator=boolean, kw_only=True)

    @property
    def set_size(self) -> int:  # noqa: D102
        return self.nth

    @property
    def set_of_any(self) -> bool:  # noqa: D102
        return True

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        offering, ratio = offered(self.target, terms, "target"), ratio_of(self.percent)
        nth, most = self.nth, terms.times(self.max_times)
        count = _within_rows if self.per_line else _over_rows

        def propose(state: LayerState) -> Proposal | None:
            offer = offering(state)
            units = offer[1]
            if len(units) == 1:
                times = min(units[0] // nth, most, state.most_times)
                share = share_of_picked(offer, times, ratio)
                return (share, offer[0], (share,), (times * nth,), 0, ()) if share else None
            order = by_unit_price(offer, Pick.DEAREST)
            reduced, claimed = count(order, units, nth, min(most, state.most_times))
            if not any(reduced):
                return None
            return claiming(offer[0], shares_of_picked(offer, reduced, ratio, terms), claimed)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        told: Label = ("nth_item_off", {"nth": self.nth, "percent": self.percent})
        if self.max_times is None:
            return told
        return "limited", {"what": (told,), "times": self.max_times}


def _over_rows(
    order: Sequence[int], units: Sequence[int], nth: int, most: int
) -> tuple[list[int], list[int]]:
    """Count from row to row: tell how many units of each are reduced, and claimed."""
    reduced, claimed = [0] * len(units), [0] * len(units)
    last = min(sum(units) // nth, most) * nth
    passed = 0
    for i in order:
        counted = min(passed + units[i], last)
        reduced[i] = counted // nth - passed // nth
        claimed[i] = counted - passed
        passed = counted
    return reduced, claimed


def _within_rows(
    order: Sequence[int], units: Sequence[int], nth: int, most: int
) -> tuple[list[int], list[int]]:
    """Count anew in each row: tell how many units of each are reduced, and claimed."""
    reduced = count_out(order, [each // nth for each in units], most)
    return reduced, [each * nth for each in reduced]
