"""最低价一件免单: a percentage or an amount off the cheapest of the selected units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import integer, just_one, member, optional
from ordercore.data.checks import quantity as check_quantity
from ordercore.errors import InvalidValue
from ordercore.money.fields import (
    Amount,
    amount_or_none,
    check_amount,
    check_percent,
    percent_or_none,
)
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.picking import (
    Pick,
    by_unit_price,
    claiming,
    count_out,
    pick_of,
    shares_of_each,
    shares_of_picked,
)
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState, Offer
from ordercore.promotions.terms import Terms, placed, ratio_of

__all__ = ["CheapestOff"]


@variant(Benefit, "cheapest_off")
@frozen
class CheapestOff(Benefit):
    """Reduce a few of the selected units: the cheapest, or the dearest.

    With ``every`` this is done once for each set of so many units. Sets are made of the dearest
    units first, and each is looked at by itself: nobody gains by parting an order in two.

    Args:
        quantity: How many units are reduced, of each set or in all.
        percent: How much off each of them: give this or ``amount``.
        amount: An amount off each, at most what it costs.
        target: Which units are looked at.
        pick: Reduce the ``cheapest`` or the ``dearest``.
        every: How many units make a set; None: there is one, of all units.
        max_times: At most so many sets, the dearest; None: as many as there are.

    Three for two, on units at 60, 50, 40, 30, 20 and 10:

    ============= ====================== ========
    ``every``     reduced                discount
    ============= ====================== ========
    None          10                     10
    3             40, 10                 50
    ============= ====================== ========

    >>> CheapestOff(1, "100", every=3).every
    3
    """

    quantity: int = field(validator=check_quantity)
    percent: Decimal | None = field(
        default=None, converter=percent_or_none, validator=optional(check_percent)
    )
    amount: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount), kw_only=True
    )
    target: Selector = field(factory=AllUnits, validator=check_selector)
    pick: Pick = field(default=Pick.CHEAPEST, converter=pick_of, validator=member(Pick))
    every: int | None = field(default=None, validator=optional(check_quantity), kw_only=True)
    max_times: int | None = field(
        default=None, validator=optional(integer(least=1, most=10**9)), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        just_one("a percentage or an amount", self.amount, self.percent)
        if self.every is None and self.max_times is not None:
            expected = "None, where all units are one set"
            raise InvalidValue(
                expected, self.max_times, path=("max_times",), reason="fields_disagree"
            )
        if self.every is not None and self.every < self.quantity:
            expected = f"at least {self.quantity}, the units reduced of each set"
            raise InvalidValue(expected, self.every, path=("every",), reason="fields_disagree")

    @property
    def set_size(self) -> int:  # noqa: D102
        return self.every or 0

    @property
    def set_of_any(self) -> bool:  # noqa: D102
        return True

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, pick = placed(self.target, terms, "target"), self.pick
        share, wanted = self._sharing(terms), self.quantity
        size, most = self.every, terms.times(self.max_times)

        def propose(state: LayerState) -> Proposal | None:
            offer = state.offer(select(state))
            units = offer[1]
            if size is None:
                claimed = reduced = count_out(by_unit_price(offer, pick), units, wanted)
            else:
                order = by_unit_price(offer, Pick.DEAREST)
                last = min(sum(units) // size, most, state.most_times) * size
                first = 0 if pick is Pick.DEAREST else size - wanted
                reduced, claimed = _of_sets(order, units, size, (first, wanted), last)
            return claiming(offer[0], share(offer, reduced), claimed) if any(reduced) else None

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        told = self._told()
        if told is not None and self.every is not None:
            told = ("per_units", {"quantity": self.every, "what": (told,)})
        if told is None or self.max_times is None:
            return told
        return "limited", {"what": (told,), "times": self.max_times}

    def _told(self) -> Label | None:
        """Say which units are reduced; there are no words for an amount off the dearest."""
        cheapest = self.pick is Pick.CHEAPEST
        if self.percent is not None:
            message = "cheapest_off" if cheapest else "dearest_off"
            return message, {"quantity": self.quantity, "percent": self.percent}
        if self.amount is None or not cheapest:
            return None
        return "cheapest_amount_off", {"quantity": self.quantity, "amount": self.amount}

    def _sharing(self, terms: Terms) -> Callable[[Offer, Sequence[int]], Sequence[int]]:
        """Tell how much so many reduced units of each row save."""
        if self.percent is not None:
            ratio = ratio_of(self.percent)
            return lambda offer, reduced: shares_of_picked(offer, reduced, ratio, terms)
        amount = terms.minor(Decimal(0) if self.amount is None else self.amount, "amount")
        return lambda offer, reduced: shares_of_each(offer, reduced, amount)


def _of_sets(
    order: Sequence[int], units: Sequence[int], size: int, part: tuple[int, int], last: int
) -> tuple[list[int], list[int]]:
    """Tell how many units of each row are reduced, and claimed, where each set loses a part.

    Args:
        order: The rows in the order in which their units make up sets.
        units: How many units each row has.
        size: How many units make a set.
        part: Which of them are reduced: (position of the first, how many).
        last: How many units all sets have.
    """
    first, wanted = part

    def reduced_of(counted: int) -> int:
        sets, more = divmod(counted, size)
        return sets * wanted + min(max(more - first, 0), wanted)

    reduced, claimed = [0] * len(units), [0] * len(units)
    passed = 0
    for i in order:
        counted = min(passed + units[i], last)
        reduced[i] = reduced_of(counted) - reduced_of(passed)
        claimed[i] = counted - passed
        passed = counted
    return reduced, claimed
