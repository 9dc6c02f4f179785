"""买赠: who buys some units gets others of the cart cheaper or free."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import integer, optional, quantity
from ordercore.promotions.benefits.benefit import Benefit, Propose
from ordercore.promotions.benefits.picking import Pick, by_unit_price, reduce_picked
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import Need, Selector, selector_field
from ordercore.promotions.state import LayerState
from ordercore.promotions.terms import Terms, percent_field, placed, ratio_of

__all__ = ["BuyXGetY"]


@variant(Benefit, "buy_x_get_y")
@frozen
class BuyXGetY(Benefit):
    """Take a percentage off some units for each so many others that are bought.

    No unit serves twice. As many complete applications as fit are made; among the units that
    may be reduced the cheapest are (or the dearest), passing over one that must be left to buy.

    Args:
        buy_quantity: How many units qualify one application.
        get_quantity: How many units one application reduces.
        buy: Which units qualify.
        get: Which units may be reduced.
        percent: How much off them; 100 is free.
        max_times: At most so many applications; None: as many as fit.
        pick: Reduce the ``cheapest`` or the ``dearest`` first.
    """

    buy_quantity: int = field(validator=quantity)
    get_quantity: int = field(validator=quantity)
    percent: Decimal = percent_field()
    buy: Selector = selector_field()
    get: Selector = selector_field()
    max_times: int | None = field(default=None, validator=optional(integer(least=1, most=10**9)))
    pick: Pick = field(default=Pick.CHEAPEST, converter=Pick)

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        bought, given = placed(self.buy, terms, "buy"), placed(self.get, terms, "get")
        buy, get, most = self.buy_quantity, self.get_quantity, self.max_times
        ratio, pick = ratio_of(self.percent), self.pick

        def propose(state: LayerState) -> Proposal | None:
            may_buy, may_get = bought(state), given(state)
            if not may_buy or not may_get:
                return None
            buyable, gettable = frozenset(may_buy), frozenset(may_get)
            offer = state.offer(sorted(buyable | gettable))
            rows, units = offer[0], offer[1]
            both = sum([n for row, n in zip(rows, units, strict=True) if row in buyable & gettable])
            only_buy = sum([n for row, n in zip(rows, units, strict=True) if row in buyable]) - both
            only_get = sum([n for row, n in zip(rows, units, strict=True) if row in gettable]) - both
            times = min(
                (only_buy + both) // buy,
                (only_get + both) // get,
                (only_buy + both + only_get) // (buy + get),
            )
            if most is not None:
                times = min(times, most)
            if not times:
                return None
            spare = both - max(0, times * buy - only_buy)
            order = by_unit_price(offer, pick)
            reduced = _rewards(order, rows, units, times * get, spare, buyable, gettable)
            left = [n - taken for n, taken in zip(units, reduced, strict=True)]
            qualifying = _qualifiers(rows, left, times * buy, buyable, gettable)
            claimed = [taken + used for taken, used in zip(reduced, qualifying, strict=True)]
            return reduce_picked(offer, reduced, claimed, ratio, terms)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.get.needs() + self.buy.needs()


def _rewards(
    order: Sequence[int],
    rows: Sequence[int],
    units: Sequence[int],
    wanted: int,
    spare: int,
    buyable: frozenset[int],
    gettable: frozenset[int],
) -> list[int]:
    """Count the rewards of each row: of units that could also qualify, only the spare ones."""
    taken = [0] * len(units)
    for i in order:
        if rows[i] not in gettable:
            continue
        taken[i] = min(units[i], wanted)
        if rows[i] in buyable:
            taken[i] = min(taken[i], spare)
            spare -= taken[i]
        wanted -= taken[i]
    return taken


def _qualifiers(
    rows: Sequence[int],
    left: Sequence[int],
    wanted: int,
    buyable: frozenset[int],
    gettable: frozenset[int],
) -> list[int]:
    """Count the qualifying units of each row: first those that could not be rewards."""
    used = [0] * len(left)
    for only in (True, False):
        for i, row in enumerate(rows):
            if row in buyable and (row not in gettable) is only:
                used[i] = min(left[i], wanted)
                wanted -= used[i]
    return used
