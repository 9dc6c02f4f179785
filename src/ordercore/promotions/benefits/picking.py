"""Picking single units out of rows by their unit price, counted and never listed.

Units of a row all cost the same, so a choice of units is a count for each row. All functions
work on whole rows at once; a row may have a hundred thousand units.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import gcd

from ordercore.data.checks import member_of
from ordercore.promotions.benefits.sharing import caps_of
from ordercore.promotions.proposals import Proposal, whole_shares
from ordercore.promotions.state import Offer, common_multiple
from ordercore.promotions.terms import Terms

__all__ = [
    "Pick",
    "by_unit_price",
    "claiming",
    "cost_of",
    "count_out",
    "pick_of",
    "share_of_picked",
    "shares_at_price",
    "shares_of_each",
    "shares_of_picked",
]


class Pick(StrEnum):
    """Which of the units that could be reduced are reduced first."""

    CHEAPEST = "cheapest"
    DEAREST = "dearest"


def pick_of(given: Pick | str) -> Pick:
    """Turn the text of a choice into the choice; what is none is left for the check."""
    return member_of(Pick, given)


def by_unit_price(offer: Offer, pick: Pick) -> Sequence[int]:
    """Order the offered rows by what one unit costs; equal ones stay in row order."""
    _, units, amounts, _, _ = offer
    positions = [*range(len(units))]
    if len(positions) > 1:
        sign = 1 if pick is Pick.CHEAPEST else -1
        positions.sort(key=lambda i: Fraction(sign * amounts[i], units[i]))
    return positions


def count_out(order: Sequence[int], units: Sequence[int], wanted: int) -> list[int]:
    """Take so many units, row after row in an order; tell how many of each row."""
    if len(units) == 1:
        return [min(units[0], wanted)]
    taken = [0] * len(units)
    for i in order:
        taken[i] = min(units[i], wanted)
        wanted -= taken[i]
        if not wanted:
            break
    return taken


def cost_of(offer: Offer, counts: Sequence[int]) -> tuple[list[int], int]:
    """Tell exactly what so many units of each offered row cost: (numerators, denominator)."""
    _, units, amounts, scale, _ = offer
    parts = [amount * count for amount, count in zip(amounts, counts, strict=True)]
    common = common_multiple(
        each // gcd(each, part) for each, part in zip(units, parts, strict=True) if part
    )
    return [part * common // each for part, each in zip(parts, units, strict=True)], common * scale


def shares_of_picked(
    offer: Offer, reduced: Sequence[int], ratio: tuple[int, int], terms: Terms
) -> Sequence[int]:
    """Take a percentage off so many units of each offered row; tell each row's share.

    Args:
        offer: The rows, as the state offered them.
        reduced: How many units of each row are reduced.
        ratio: The percentage as (numerator, denominator).
        terms: How it is made whole.
    """
    if len(reduced) == 1:
        return (share_of_picked(offer, reduced[0], ratio),)
    numerator, denominator = ratio
    costs, whole = cost_of(offer, reduced)
    exact = [cost * numerator for cost in costs]
    caps = [min(cap, -(-cost // whole)) for cap, cost in zip(caps_of(offer), costs, strict=True)]
    return whole_shares(exact, whole * denominator, caps, terms.rounding, terms.overflow)


def share_of_picked(offer: Offer, reduced: int, ratio: tuple[int, int]) -> int:
    """Do the same for the only row that is offered."""
    _, units, amounts, scale, caps = offer
    whole = ratio[1] * scale * units[0]
    share = (2 * amounts[0] * reduced * ratio[0] + whole) // (2 * whole)
    return share if caps is None else min(share, caps[0])


def shares_of_each(offer: Offer, reduced: Sequence[int], amount: int) -> list[int]:
    """Take an amount off each of so many units, at most what it costs; tell each row's share."""
    _, units, amounts, scale, _ = offer
    return [
        min(amount * count, (2 * cost * count + scale * each) // (2 * scale * each), cap)
        for count, each, cost, cap in zip(reduced, units, amounts, caps_of(offer), strict=True)
    ]


def shares_at_price(offer: Offer, reduced: Sequence[int], price: int) -> list[int]:
    """Let each of so many units cost a price, if that is less; tell each row's share."""
    _, units, amounts, scale, _ = offer
    wholes = [scale * each for each in units]
    return [
        min(max(0, (2 * (cost - price * whole) * count + whole) // (2 * whole)), cap)
        for count, whole, cost, cap in zip(reduced, wholes, amounts, caps_of(offer), strict=True)
    ]


def claiming(
    rows: Sequence[int], shares: Sequence[int], claimed: Sequence[int]
) -> Proposal | None:
    """Propose shares of rows, leaving out rows of which no unit is claimed; None if all are 0."""
    goods = sum(shares)
    if not goods:
        return None
    if 0 in claimed:
        used = [i for i, count in enumerate(claimed) if count]
        rows, shares, claimed = (
            [rows[i] for i in used], [shares[i] for i in used], [claimed[i] for i in used]
        )  # fmt: skip
    return goods, tuple(rows), tuple(shares), claimed, 0, ()
