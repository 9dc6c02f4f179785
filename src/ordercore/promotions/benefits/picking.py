"""Picking single units out of rows by their unit price, counted and never listed.

Units of a row all cost the same, so a choice of units is a count for each row. All functions
work on whole rows at once; a row may have a hundred thousand units.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import lcm

from ordercore.promotions.proposals import Proposal, whole_shares
from ordercore.promotions.state import Offer
from ordercore.promotions.terms import Terms

__all__ = ["Pick", "by_unit_price", "reduce_picked"]


class Pick(StrEnum):
    """Which of the units that could be reduced are reduced first."""

    CHEAPEST = "cheapest"
    DEAREST = "dearest"


def by_unit_price(offer: Offer, pick: Pick) -> list[int]:
    """Order the offered rows by what one unit costs; equal ones stay in row order."""
    _, units, amounts, _, _ = offer
    positions = list(range(len(units)))
    if len(positions) > 1:
        sign = 1 if pick is Pick.CHEAPEST else -1
        positions.sort(key=lambda i: Fraction(sign * amounts[i], units[i]))
    return positions


def reduce_picked(
    offer: Offer,
    reduced: Sequence[int],
    claimed: Sequence[int],
    ratio: tuple[int, int],
    terms: Terms,
) -> Proposal | None:
    """Propose a percentage off so many units of each offered row.

    Args:
        offer: The rows, as the state offered them.
        reduced: How many units of each row are reduced.
        claimed: How many are used, qualifying ones included.
        ratio: The percentage as (numerator, denominator).
        terms: How it is made whole.
    """
    rows, units, amounts, scale, caps = offer
    numerator, denominator = ratio
    common = lcm(*[each for each, count in zip(units, reduced, strict=True) if count])
    exact = [
        amount * count * (common // each) * numerator if count else 0
        for amount, each, count in zip(amounts, units, reduced, strict=True)
    ]
    caps = amounts if caps is None else caps
    whole = denominator * scale * common
    shares = whole_shares(exact, whole, caps, terms.rounding, terms.overflow)
    if not any(shares):
        return None
    used = [i for i, count in enumerate(claimed) if count]
    return (
        sum(shares),
        [rows[i] for i in used],
        [shares[i] for i in used],
        [claimed[i] for i in used],
        0,
        (),
    )
