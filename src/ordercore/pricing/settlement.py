"""Who bears what promotions give: the shares of platform, merchants and suppliers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from ordercore.money import Money, largest_remainder
from ordercore.pricing.resolve import Entry, Kind
from ordercore.pricing.shares import shares
from ordercore.promotions.proposals import total_of

if TYPE_CHECKING:
    from ordercore.pricing.quote import Quote

__all__ = ["SELLER", "SHOP", "Contribution", "contributions"]

SHOP: Final = "shop"
"""Who bears a promotion that names nobody."""

SELLER: Final = "seller"
"""The bearer that stands for the seller of each line."""


class Contribution(NamedTuple):
    """What one bearer owes for one promotion."""

    promotion: str
    """Its id."""
    bearer: str
    """Who: as the promotion's funding names it, or the seller of lines."""
    amount: Money


def contributions(quote: Quote) -> tuple[Contribution, ...]:
    """Share what each applied promotion gives by its funding.

    Each promotion's amounts sum exactly to what it takes off goods, shipping and fees. The part
    of ``seller`` is shared by what the promotion takes off each seller's lines; what falls on
    lines without a seller, on shipping or fees is borne by the shop.
    """
    by_seller = _by_seller(quote)
    return tuple(
        Contribution(quote.book.ids[entry[0]], bearer, Money(minor, quote.currency))
        for entry in quote.account
        if entry[1] is Kind.APPLIED
        for bearer, minor in _borne(quote, entry, by_seller.get(quote.book.ids[entry[0]], {}))
        if minor
    )


def _by_seller(quote: Quote) -> dict[str, dict[str, int]]:
    """Sum each promotion's shares of lines by their sellers."""
    lines = quote.cart.lines
    sums: dict[str, dict[str, int]] = {}
    for promotion, i, share in shares(quote.cart, quote.book.ids, quote.account):
        seller = lines[i].product.seller or SHOP
        of_seller = sums.setdefault(promotion, {})
        of_seller[seller] = of_seller.get(seller, 0) + share
    return sums


def _borne(quote: Quote, entry: Entry, sellers: dict[str, int]) -> Iterator[tuple[str, int]]:
    funding = quote.book.plans[entry[0]].promotion.funding
    total = total_of(entry[3])
    if not funding:
        yield SHOP, total
        return
    parts = _split(total, [Fraction(share.percent) for share in funding])
    found: dict[str, int] = {}
    for share, part in zip(funding, parts, strict=True):
        whose = [(share.bearer, part)]
        if share.bearer == SELLER:
            rest = total - sum(sellers.values())  # off shipping and fees, which have no seller
            weights = {**sellers, SHOP: sellers.get(SHOP, 0) + rest}
            names = sorted(weights)
            split = _split(part, [Fraction(weights[name]) for name in names])
            whose = list(zip(names, split, strict=True))
        for name, minor in whose:
            found[name] = found.get(name, 0) + minor
    yield from sorted(found.items())


def _split(amount: int, weights: Sequence[Fraction]) -> list[int]:
    scale = 1
    for weight in weights:
        scale *= weight.denominator
    whole = [int(weight * scale) for weight in weights]
    return largest_remainder(amount, whole, sum(whole))
