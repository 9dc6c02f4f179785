"""第二件半价: every n-th of the selected units costs less."""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import integer, optional
from ordercore.money.fields import check_percent, percent_of
from ordercore.promotions.benefits.benefit import Benefit, Propose
from ordercore.promotions.benefits.picking import Pick, by_unit_price, claiming, shares_of_picked
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, placed, ratio_of

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
    """

    nth: int = field(validator=integer(least=1, most=10**9))
    percent: Decimal = field(converter=percent_of, validator=check_percent)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    max_times: int | None = field(default=None, validator=optional(integer(least=1, most=10**9)))

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, ratio = placed(self.target, terms, "target"), ratio_of(self.percent)
        nth, most = self.nth, self.max_times

        def propose(state: LayerState) -> Proposal | None:
            offer = state.offer(select(state))
            units = offer[1]
            times = sum(units) // nth
            if most is not None:
                times = min(times, most)
            if not times:
                return None
            if len(units) == 1:
                return claiming(
                    offer[0], shares_of_picked(offer, (times,), ratio, terms), (times * nth,)
                )
            reduced, claimed = [0] * len(units), [0] * len(units)
            passed = 0
            for i in by_unit_price(offer, Pick.DEAREST):
                counted = min(passed + units[i], times * nth)
                reduced[i] = counted // nth - passed // nth
                claimed[i] = counted - passed
                passed = counted
            return claiming(offer[0], shares_of_picked(offer, reduced, ratio, terms), claimed)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()
