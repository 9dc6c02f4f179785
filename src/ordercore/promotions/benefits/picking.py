"""Picking single units out of rows by their unit price, counted and never listed.

Units of a row all cost the same, so a choice of units is a count for each row. All functions
work on whole rows at once; a row may have a hundred thousand units.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import lcm

from ordercore.data.checks import member_of
from ordercore.promotions.proposals import Proposal, whole_shares
from ordercore.promotions.state import Offer
from ordercore.promotions.terms import Terms

__all__ = ["Pick", "by_unit_price", "claiming", "count_out", "pick_of", "shares_of_picked"]


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
    _, units, amounts, scale, caps = offer
    numerator, denominator = ratio
    caps = amounts if caps is None else caps
    if len(units) == 1:
        whole = denominator * scale * units[0]
        share = (2 * amounts[0] * reduced[0] * numerator + whole) // (2 * whole)
        return (min(share, caps[0]),)
    common = lcm(*[each for each, count in zip(units, reduced, strict=True) if count])
    exact = [
        amount * count * (common // each) * numerator if count else 0
        for amount, each, count in zip(amounts, units, reduced, strict=True)
    ]
    whole = denominator * scale * common
    return whole_shares(exact, whole, caps, terms.rounding, terms.overflow)


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
    return goods, rows, shares, claimed, 0, ()
