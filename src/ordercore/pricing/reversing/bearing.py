"""Who gets back what of what promotions gave: the contributions of a quote, read backwards.

What a promotion took off the goods of one seller comes back to whoever bore it, as the units
do. A bearer's part is a function of what is back of that, never falls as more comes back, and
is in the end just what the bearer gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from ordercore.pricing.outcomes import Applied
from ordercore.pricing.quote import Quote
from ordercore.pricing.reversing.entries import Entries, EntryKind
from ordercore.pricing.settlement import SHOP, borne, borne_for
from ordercore.pricing.shares import of_lines
from ordercore.promotions.promotion import Funding

__all__ = ["Bearers", "Borne", "ChargesCut", "Given", "charges_cut", "given_by"]

Borne = Mapping[tuple[str, str], int]
"""(promotion id, bearer) → what that bearer gave, or gets back, in minor units."""

Given = Mapping[str, Mapping[str, int]]
"""Promotion id → seller → what the promotion takes off that seller's goods; off goods without a
seller, off shipping and fees under ``shop``."""

ChargesCut = Mapping[str, Sequence[int]]
"""Promotion id → what it takes off shipping, then off each other fee."""


def charges_cut(quote: Quote) -> ChargesCut:
    """Read what promotions take off shipping and fees."""
    found: dict[str, Sequence[int]] = {}
    for outcome in quote.outcomes:
        if isinstance(outcome, Applied):
            off = {fee: 0 for fee, _ in quote.fees}
            for fee, amount in outcome.fees:
                off[fee] += amount.minor
            cut = (outcome.shipping_minor, *off.values())
            if any(cut):
                found[outcome.promotion] = cut
    return found


def given_by(
    quote: Quote, shares: Mapping[int, Mapping[str, int]], cut: Mapping[str, int]
) -> Given:
    """Sum what promotions take off lines by sellers, and what they take off charges.

    Args:
        quote: For the sellers of its lines.
        shares: Of lines by their position, what each promotion takes off.
        cut: What each promotion takes off shipping and fees together.
    """
    found: dict[str, dict[str, int]] = {}

    def add(promotion: str, seller: str, minor: int) -> None:
        by_seller = found.setdefault(promotion, {})
        by_seller[seller] = by_seller.get(seller, 0) + minor

    for i, by_promotion in shares.items():
        for promotion, minor in by_promotion.items():
            add(promotion, quote.cart.lines[i].product.seller or SHOP, minor)
    for promotion, minor in cut.items():
        add(promotion, SHOP, minor)
    return found


@frozen
class Bearers:
    """Who bore what of an order, promotion by promotion.

    Attributes:
        quote: The price of record.
        goods: Promotion id → seller → what each bearer gave for that seller's goods.
        gifts: Promotion id → what each bearer gave of the gifts.
    """

    quote: Quote
    goods: Mapping[str, Mapping[str, Mapping[str, int]]]
    gifts: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, quote: Quote, given: Given, entries: Entries) -> Bearers:
        """Share what was given by the promotions' funding."""
        goods = {
            promotion: borne_for(_funding(quote, promotion), by_seller)
            for promotion, by_seller in given.items()
        }
        gifts = {
            promotion: borne(_funding(quote, promotion), {SHOP: worth})
            for promotion, worth in _worth(entries).items()
        }
        return cls(quote, goods, gifts)

    def back(self, given: Given) -> Borne:
        """Tell what each bearer gets back, given what comes back of what promotions took off."""
        return _summed(
            (promotion, bearer, minor)
            for promotion, by_seller in given.items()
            for seller, back in self._rows(promotion, by_seller)
            for bearer, minor in _part(self.goods[promotion][seller], back)
        )

    def back_of_gifts(self, entries: Entries) -> Borne:
        """Tell what each bearer gets back of the worth of gifts, returned or paid for."""
        return _summed(
            (promotion, bearer, minor)
            for promotion, back in _worth(entries).items()
            for bearer, minor in _part(self.gifts[promotion], back)
        )

    def back_but(self, kept: Given) -> Borne:
        """Tell what each bearer gets back, given what promotions still take off what is kept."""
        gave = [
            (promotion, bearer, minor)
            for promotion, table in self.goods.items()
            for cells in table.values()
            for bearer, minor in cells.items()
        ]
        gives = [
            (promotion, bearer, -minor)
            for promotion, by_seller in kept.items()
            for bearer, minor in borne(_funding(self.quote, promotion), by_seller).items()
        ]
        return _summed(iter([*gave, *gives]))

    def _rows(self, promotion: str, by_seller: Mapping[str, int]) -> Iterator[tuple[str, int]]:
        """List the rows of a promotion's table with what is back of them."""
        if by_seller.keys() <= self.goods[promotion].keys():
            yield from by_seller.items()
        else:  # nobody bears it by sellers
            yield SHOP, sum(by_seller.values())


def _funding(quote: Quote, promotion: str) -> Sequence[Funding]:
    return quote.book.plan(promotion).promotion.funding


def _worth(entries: Entries) -> Mapping[str, int]:
    """Sum what gifts are worth, by promotion."""
    found: dict[str, int] = {}
    for key, quantity in entries.items():
        if key.kind in (EntryKind.GIFT, EntryKind.GIFT_KEPT):
            found[key.promotion] = found.get(key.promotion, 0) + quantity * key.value
    return found


def _summed(parts: Iterator[tuple[str, str, int]]) -> Borne:
    found: dict[tuple[str, str], int] = {}
    for promotion, bearer, minor in parts:
        found[promotion, bearer] = found.get((promotion, bearer), 0) + minor
    return found


def _part(gave: Mapping[str, int], back: int) -> Iterator[tuple[str, int]]:
    """Share what is back among those who gave: all of it when all is back."""
    some = {bearer: minor for bearer, minor in gave.items() if minor}
    if some:
        yield from zip(some, of_lines(back, list(some.values())), strict=True)
