"""Gifts, points and coupons: what an order brought besides its price, and how it is undone.

Each is undone in proportion, rounded down, to what was paid for the units that are back: of
all units, or of those that the promotion's rules name. Points that paid are given back as the
discount that they paid for is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from ordercore.pricing.outcomes import Applied
from ordercore.pricing.quote import Quote
from ordercore.pricing.reversing.options import ChargeRefund, PointsRefund, ReversalOptions
from ordercore.pricing.shares import row_lines
from ordercore.promotions.promotion import Promotion
from ordercore.promotions.selectors import Need, either

__all__ = [
    "Entries",
    "EntryKey",
    "EntryKind",
    "entries_of",
    "in_proportion",
    "kept_gifts",
    "lines_named",
]


class EntryKind(StrEnum):
    """What a reversal undoes besides amounts."""

    GIFT = "gift"
    """A gift is to be returned."""
    GIFT_KEPT = "gift_kept"
    """A gift stays with the shopper, and its value is taken off the refund."""
    POINTS_REDEEMED = "points_redeemed"
    """Points that paid for a part of the order are given back."""
    POINTS_EARNED = "points_earned"
    """Points that were credited for the order are taken back."""
    COUPON_USED = "coupon_used"
    """A coupon that the order used up is given back."""
    COUPON_GRANTED = "coupon_granted"
    """A coupon that the order brought is taken back."""


class EntryKey(NamedTuple):
    """Which gift, points or coupon, and by which promotion."""

    kind: EntryKind
    promotion: str
    what: str = ""
    """The sku of a gift, or the kind of a coupon."""
    value: int = 0
    """What one unit of a gift is worth, in minor units."""


Entries = Mapping[EntryKey, int]
"""How many of each."""


def entries_of(quote: Quote, options: ReversalOptions) -> Entries:
    """Count the gifts, points and coupons of a quote that may be undone."""
    never = _never(options)
    found: dict[EntryKey, int] = {}
    for outcome in quote.outcomes:
        if isinstance(outcome, Applied):
            for key, quantity in _given(quote, outcome, options):
                if quantity and key.kind not in never:
                    found[key] = found.get(key, 0) + quantity
    return found


def _never(options: ReversalOptions) -> Iterable[EntryKind]:
    """List what is never given back."""
    coupons, points = options.coupons is ChargeRefund.NEVER, options.points is PointsRefund.NEVER
    return (EntryKind.COUPON_USED,) * coupons + (EntryKind.POINTS_REDEEMED,) * points


def _given(
    quote: Quote, applied: Applied, options: ReversalOptions
) -> Iterator[tuple[EntryKey, int]]:
    promotion = applied.promotion
    kind = EntryKind.GIFT_KEPT if promotion in options.gifts_kept else EntryKind.GIFT
    for gift in applied.gifts:
        yield EntryKey(kind, promotion, gift.sku, gift.value.minor), gift.quantity
    yield EntryKey(EntryKind.POINTS_REDEEMED, promotion), applied.points_redeemed
    yield EntryKey(EntryKind.POINTS_EARNED, promotion), applied.points_earned
    for coupon, quantity in applied.coupons:
        yield EntryKey(EntryKind.COUPON_GRANTED, promotion, coupon), quantity
    used = quote.book.plan(promotion).coupon
    if used is not None:
        yield EntryKey(EntryKind.COUPON_USED, promotion, used), 1


def kept_gifts(entries: Entries) -> int:
    """Tell what the gifts are worth that stay with the shopper, in minor units."""
    kept = [(key, n) for key, n in entries.items() if key.kind is EntryKind.GIFT_KEPT]
    return sum([key.value * max(0, quantity) for key, quantity in kept])


Weigh = Callable[[EntryKey], tuple[int, int]]
"""How much of what an entry hangs on is back, and how much there is in all."""


def in_proportion(entries: Entries, weigh: Weigh) -> Entries:
    """Take of each entry the part that is back, rounded down."""
    found: dict[EntryKey, int] = {}
    for key, quantity in entries.items():
        back, whole = weigh(key)
        if back and whole:
            found[key] = quantity * back // whole
    return found


_OF_CARTS: Final = ("sku", "category", "brand", "seller")


def lines_named(quote: Quote, key: EntryKey) -> frozenset[int]:
    """Tell on which lines an entry hangs, by their position: those that its rules name.

    What benefits select comes first; for gifts and coupons then what the condition asks for.
    Where neither names anything, every line counts.
    """
    promotion = quote.book.plan(key.promotion).promotion
    rows = _rows(quote, _needs(promotion, of_points=key.kind is EntryKind.POINTS_EARNED))
    return frozenset(i for row in rows for i in row_lines(quote.cart, row))


def _needs(promotion: Promotion, *, of_points: bool) -> tuple[Need, ...]:
    needs = _of_carts(either([benefit.needs() for benefit in promotion.benefits]))
    return needs if needs or of_points else _of_carts(promotion.when.needs())


def _of_carts(needs: Iterable[Need]) -> tuple[Need, ...]:
    return tuple([need for need in needs if need[0] in _OF_CARTS])


def _rows(quote: Quote, needs: Iterable[Need]) -> Iterable[int]:
    """Find the rows that carry what is needed; all of them if nothing is."""
    facets = quote.cart.rows.facets
    found = [facets[facet].get(value, ()) for facet, values in needs for value in values]
    return {row for rows in found for row in rows} if found else quote.cart.rows.every
