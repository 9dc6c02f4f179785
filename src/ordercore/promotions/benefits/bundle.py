"""套餐价: so many units of each of several parts, for one price together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import each, instance, integer, optional, quantity, tuple_of
from ordercore.money.fields import Amount, amount_of, check_price
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.picking import Pick, by_unit_price
from ordercore.promotions.benefits.sets import sets_at_price
from ordercore.promotions.proposals import Proposal
from ordercore.promotions.selectors import Need, Selector, check_selector
from ordercore.promotions.state import LayerState, Offer
from ordercore.promotions.terms import Terms, placed

__all__ = ["BundlePart", "BundlePrice"]


@frozen
class BundlePart:
    """What one set takes of some units.

    Args:
        target: Which units.
        quantity: How many of them.
    """

    target: Selector = field(validator=check_selector)
    quantity: int = field(default=1, validator=quantity)


def _parts(parts: Iterable[BundlePart | tuple[Selector, int]]) -> tuple[BundlePart, ...]:
    """Take pairs of a selector and a quantity too; what is neither is left for the check."""
    given: Any = tuple_of(parts)
    if not isinstance(given, tuple):
        return given  # type: ignore[no-any-return]
    return tuple(BundlePart(*p) if isinstance(p, tuple) and len(p) == 2 else p for p in given)


@variant(Benefit, "bundle_price")
@frozen
class BundlePrice(Benefit):
    """Let a set of so many units of each part cost one price together.

    As many complete sets are made as fit, of the dearest units that fill them. A unit that
    several parts select serves in one of them, in whichever lets the dearest units in; no unit
    serves twice. Sets that cost no more than the price are left alone. What the sets save is
    shared by what their units cost.

    Args:
        parts: 1 to 10 of them; a pair of a selector and a quantity will do.
        amount: What a set costs; 0 is free.
        max_times: At most so many sets, the dearest; None: as many as fit.

    >>> from ordercore.promotions import Category, Sku
    >>> deal = BundlePrice([(Sku("burger"), 1), (Category("drinks"), 2)], "39")
    >>> deal.parts[1].quantity
    2
    """

    parts: tuple[BundlePart, ...] = field(
        converter=_parts, validator=each(instance(BundlePart), least=1, most=10)
    )
    amount: Amount = field(converter=amount_of, validator=check_price)
    max_times: int | None = field(default=None, validator=optional(integer(least=1, most=10**9)))

    @property
    def set_size(self) -> int:  # noqa: D102
        return sum([part.quantity for part in self.parts])

    @property
    def set_of_any(self) -> bool:  # noqa: D102
        return len(self.parts) == 1

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        selects = [
            placed(part.target, terms, "parts", i, "target") for i, part in enumerate(self.parts)
        ]
        asked = _asked([part.quantity for part in self.parts])
        price, limit = terms.minor(self.amount, "amount"), terms.times(self.max_times)

        def propose(state: LayerState) -> Proposal | None:
            fits: dict[int, int] = {}
            for i, select in enumerate(selects):
                for row in select(state):
                    fits[row] = fits.get(row, 0) | 1 << i
            offer = state.offer(tuple(sorted(fits)))
            filling = _Filling(offer, [fits[row] for row in offer[0]], asked)
            most = min(filling.most, limit, state.most_times)
            return sets_at_price(offer, filling.taking, most, price, terms)

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return tuple(need for part in self.parts for need in part.target.needs())

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        told: Label = ("set_price", {"amount": self.amount})
        if self.max_times is None:
            return told
        return "limited", {"what": (told,), "times": self.max_times}


def _asked(quantities: Sequence[int]) -> list[int]:
    """Tell how many units one set asks of each combination of parts; bit i stands for part i."""
    asked = [0]
    for units in quantities:
        asked += [units + before for before in asked]
    return asked


class _Filling:
    """Which units fill so many sets, where each row fits some of the parts.

    By Hall's theorem so many sets can be filled if, for every combination of parts, as many
    units fit one of these as they ask for; and units can be spread over the parts if, for every
    combination, no more of them fit these parts only than these ask for. Units that can be
    spread form a matroid, in which to take the dearest first is best.
    """

    __slots__ = ("_around", "_asked", "_fits", "_order", "_units", "most")

    def __init__(self, offer: Offer, fits: Sequence[int], asked: Sequence[int]) -> None:
        self._units, self._fits, self._asked = offer[1], fits, asked
        there: dict[int, int] = {}
        for kind, count in zip(fits, self._units, strict=True):
            there[kind] = there.get(kind, 0) + count
        self.most = min(
            sum([count for kind, count in there.items() if kind & parts]) // asked[parts]
            for parts in range(1, len(asked))
        )
        """How many sets can be filled."""
        self._around = {kind: _around(kind, there) for kind in there} if self.most else {}
        self._order = by_unit_price(offer, Pick.DEAREST) if self.most else ()

    def taking(self, times: int) -> Sequence[int]:
        """Count the units of each row that fill so many sets."""
        room = [times * units for units in self._asked]
        taken, missing = [0] * len(self._units), room[-1]
        for i in self._order:
            around = self._around[self._fits[i]]
            taken[i] = count = min(self._units[i], *[room[parts] for parts in around])
            for parts in around:
                room[parts] -= count
            missing -= count
            if not missing:
                break
        return taken


def _around(kind: int, kinds: Iterable[int]) -> Sequence[int]:
    """List the combinations of parts that contain a kind of row and could be full for it.

    Parts that no chain of overlaps joins to it are left out: they fill up by themselves.
    """
    joined, before = kind, 0
    while joined != before:
        before = joined
        for other in kinds:
            if other & joined:
                joined |= other
    others = joined & ~kind
    combinations, more = [kind], others
    while more:
        combinations.append(kind | more)
        more = (more - 1) & others
    return combinations
