"""买赠: who buys some units gets others of the cart cheaper or free."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import integer, member, optional, quantity
from ordercore.money.fields import Amount, check_percent, percent_of
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.picking import (
    Pick,
    by_unit_price,
    claiming,
    count_out,
    pick_of,
    share_of_picked,
    shares_of_picked,
)
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState, Offer
from ordercore.promotions.terms import Terms, offered, placed, ratio_of

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
    percent: Decimal = field(converter=percent_of, validator=check_percent)
    buy: Selector = field(factory=AllUnits, validator=check_selector)
    get: Selector = field(factory=AllUnits, validator=check_selector)
    max_times: int | None = field(default=None, validator=optional(integer(least=1, most=10**9)))
    pick: Pick = field(
        default=Pick.CHEAPEST,
        converter=pick_of,
        validator=member(Pick),
    )

    @property
    def set_size(self) -> int:  # noqa: D102
        return self.buy_quantity + self.get_quantity

    @property
    def set_of_any(self) -> bool:  # noqa: D102
        return self.buy == self.get

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        bought, given = placed(self.buy, terms, "buy"), placed(self.get, terms, "get")
        buying, getting = offered(self.buy, terms, "buy"), offered(self.get, terms, "get")
        pattern = _Pattern(
            self.buy_quantity, self.get_quantity, terms.times(self.max_times), self.pick,
            ratio_of(self.percent), terms,
        )  # fmt: skip

        def propose(state: LayerState) -> Proposal | None:
            buy, get = buying(state), getting(state)
            if len(buy[0]) == 1 == len(get[0]) and buy[0][0] != get[0][0]:
                return pattern.single(buy, get, state.most_times)
            buyable, gettable = frozenset(bought(state)), frozenset(given(state))
            if not buyable or not gettable:
                return None
            if buyable.isdisjoint(gettable):
                return pattern.apart(buy, get, state.most_times)
            both = state.offer(tuple(sorted(buyable | gettable)))
            return pattern.mixed(both, buyable, gettable, state.most_times)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.get.needs() + self.buy.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        counts = {"buy": self.buy_quantity, "get": self.get_quantity}
        told: Label = ("buy_and_get", {**counts, "percent": self.percent})
        if self.max_times is None:
            return told
        return "limited", {"what": (told,), "times": self.max_times}


class _Pattern(NamedTuple):
    """How often a purchase and its rewards fit, and which units they take."""

    buy: int
    get: int
    most: int
    pick: Pick
    ratio: tuple[int, int]
    terms: Terms

    def single(self, buying: Offer, getting: Offer, most: int) -> Proposal | None:
        """Propose where one row qualifies another."""
        buy, get, own, _, ratio, _ = self
        times = min(buying[1][0] // buy, getting[1][0] // get, own, most)
        share = share_of_picked(getting, times * get, ratio)
        if not share:
            return None
        rows, claimed = (buying[0][0], getting[0][0]), (times * buy, times * get)
        return share, rows, (0, share), claimed, 0, ()

    def apart(self, buying: Offer, getting: Offer, most: int) -> Proposal | None:
        """Propose where no unit could serve as both."""
        times = min(sum(buying[1]) // self.buy, sum(getting[1]) // self.get, self.most, most)
        if not times:
            return None
        order = by_unit_price(getting, self.pick)
        reduced = count_out(order, getting[1], times * self.get)
        qualifying = count_out(range(len(buying[1])), buying[1], times * self.buy)
        return claiming(
            [*buying[0], *getting[0]],
            [*[0] * len(qualifying), *shares_of_picked(getting, reduced, self.ratio, self.terms)],
            qualifying + reduced,
        )

    def mixed(
        self, offer: Offer, buyable: frozenset[int], gettable: frozenset[int], most: int
    ) -> Proposal | None:
        """Propose where some units could serve as either."""
        rows, units = offer[0], offer[1]
        counted = list(zip(rows, units, strict=True))
        both = sum([n for row, n in counted if row in buyable and row in gettable])
        only_buy = sum([n for row, n in counted if row in buyable]) - both
        only_get = sum([n for row, n in counted if row in gettable]) - both
        times = min(
            (only_buy + both) // self.buy,
            (only_get + both) // self.get,
            (only_buy + both + only_get) // (self.buy + self.get),
            self.most,
            most,
        )
        if not times:
            return None
        spare = both - max(0, times * self.buy - only_buy)
        order = [i for i in by_unit_price(offer, self.pick) if rows[i] in gettable]
        reduced = _rewards(order, rows, units, times * self.get, spare, buyable)
        left = [n - taken for n, taken in zip(units, reduced, strict=True)]
        buying = sorted(
            [i for i, row in enumerate(rows) if row in buyable], key=lambda i: rows[i] in gettable
        )  # first the units that could not be rewards
        qualifying = count_out(buying, left, times * self.buy)
        claimed = [taken + used for taken, used in zip(reduced, qualifying, strict=True)]
        return claiming(rows, shares_of_picked(offer, reduced, self.ratio, self.terms), claimed)


def _rewards(
    order: Sequence[int],
    rows: Sequence[int],
    units: Sequence[int],
    wanted: int,
    spare: int,
    buyable: frozenset[int],
) -> list[int]:
    """Count the rewards of each row: of units that could also qualify, only the spare ones."""
    taken = [0] * len(units)
    for i in order:
        taken[i] = min(units[i], wanted)
        if rows[i] in buyable:
            taken[i] = min(taken[i], spare)
            spare -= taken[i]
        wanted -= taken[i]
    return taken
