"""Who bears what promotions give: the shares of platform, merchants and suppliers.

A promotion says by its `Funding` who bears it. One that says nothing is borne by the bearer
``shop``: whoever runs the shop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from ordercore.money import Money, largest_remainder
from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.pricing.shares import shares
from ordercore.promotions.promotion import Funding
from ordercore.promotions.proposals import GiftGrant, total_of

if TYPE_CHECKING:
    from ordercore.pricing.quote import Quote

__all__ = ["SELLER", "SHOP", "Contribution", "borne", "borne_for", "contributions"]

SHOP: Final = "shop"
"""Who bears a promotion that names nobody, and what a seller would bear where there is none."""

SELLER: Final = "seller"
"""The bearer that stands for the seller of each line."""


class Contribution(NamedTuple):
    """What one bearer owes for one promotion."""

    promotion: str
    """Its id."""
    bearer: str
    """Who: as the promotion's funding names it, or the seller of lines; ``shop`` where it names
    nobody."""
    amount: Money
    """Its part of what the promotion takes off goods, shipping and fees."""
    gifts: Money
    """Its part of what the gifts are worth that the promotion gives on top."""


def contributions(quote: Quote) -> tuple[Contribution, ...]:
    """Share what each applied promotion gives by its funding.

    Each promotion's amounts sum exactly to what it takes off goods, shipping and fees, and its
    gifts to the worth of the units given, as far as that is told. Without a funding the bearer
    ``shop`` bears all. The part of ``seller`` is shared by what the promotion takes off each
    seller's lines; what falls on lines without a seller, on shipping, on fees or on gifts is
    borne by ``shop``.

    Raises:
        LimitExceeded: The gifts of a promotion are worth more than 10^15 minor units.
    """
    by_seller = _by_seller(quote)
    return tuple(
        contribution
        for entry in quote.account
        if entry[1] is Kind.APPLIED
        for contribution in _of_entry(quote, entry, by_seller)
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


def _of_entry(
    quote: Quote, entry: Entry, by_seller: Mapping[str, Mapping[str, int]]
) -> Iterator[Contribution]:
    """Share what one promotion gives; who bears nothing is not named."""
    promotion = quote.book.plans[entry[0]].promotion
    sellers = by_seller.get(promotion.id, {})
    rest = total_of(entry[3]) - sum(sellers.values())  # off shipping and fees
    off = borne(promotion.funding, {**sellers, SHOP: sellers.get(SHOP, 0) + rest})
    worth = sum([grant.value * grant.quantity for grant in _gifts(entry)])
    gifts = borne(promotion.funding, {SHOP: worth})
    for bearer in sorted(off.keys() | gifts.keys()):
        amount, value = off.get(bearer, 0), gifts.get(bearer, 0)
        if amount or value:
            currency = quote.currency
            yield Contribution(
                promotion.id, bearer, Money(amount, currency), Money(value, currency)
            )


def _gifts(entry: Entry) -> Iterator[GiftGrant]:
    return (grant for grant in entry[3][5] if isinstance(grant, GiftGrant))


def borne(funding: Sequence[Funding], by_seller: Mapping[str, int]) -> dict[str, int]:
    """Share an amount by a funding.

    Args:
        funding: Who bears how much; empty: the shop bears all.
        by_seller: The parts of the amount by the seller of what they are for.
    """
    found: dict[str, int] = {}
    for parts in _shared(funding, by_seller):
        for name, minor in parts.items():
            found[name] = found.get(name, 0) + minor
    return found


def borne_for(
    funding: Sequence[Funding], by_seller: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    """Tell what each bearer bears for the goods of each seller: seller → bearer → minor units.

    For each seller that sums to its part of the amount, and for each bearer to what `borne`
    tells. Where no seller bears anything, all is told under ``shop``.
    """
    others, own = _shared(funding, by_seller)
    if not own:
        return {SHOP: others}
    left = list(others.values())
    found: dict[str, dict[str, int]] = {}
    for seller, amount in by_seller.items():
        parts = largest_remainder(amount - own[seller], left, sum(left))
        left = [more - part for more, part in zip(left, parts, strict=True)]
        found[seller] = dict(zip(others, parts, strict=True))
        found[seller][seller] = found[seller].get(seller, 0) + own[seller]
    return found


def _shared(
    funding: Sequence[Funding], by_seller: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    """Share an amount between those that the funding names, and between the sellers."""
    total = sum(by_seller.values())
    if not funding:
        return {SHOP: total}, {}
    bearers = sorted(funding, key=lambda share: share.bearer)  # who bears the odd minor unit
    parts = _split(total, [Fraction(share.percent) for share in bearers])
    borne_by = {share.bearer: part for share, part in zip(bearers, parts, strict=True)}
    of_sellers = borne_by.pop(SELLER, None)
    if of_sellers is None:
        return borne_by, {}
    names = sorted(by_seller)
    split = _split(of_sellers, [Fraction(by_seller[name]) for name in names])
    return borne_by, dict(zip(names, split, strict=True))


def _split(amount: int, weights: Sequence[Fraction]) -> list[int]:
    scale = 1
    for weight in weights:
        scale *= weight.denominator
    whole = [int(weight * scale) for weight in weights]
    return largest_remainder(amount, whole, sum(whole))
