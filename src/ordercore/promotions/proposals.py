"""What a benefit proposes to take: plain records, never a change to what it looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from ordercore.money import Overflow, apportion, largest_remainder
from ordercore.promotions.terms import RoundingMode

__all__ = ["NOTHING", "GiftGrant", "Proposal", "join", "reduction", "whole_shares"]


class GiftGrant(NamedTuple):
    """Units of a gift: what was promised, and how many of it can be given."""

    sku: str
    quantity: int
    promised: int
    value: int
    """What one unit is worth, in minor units."""
    checked: bool
    """Whether a stock snapshot was looked at."""


Proposal = tuple[int, Sequence[int], Sequence[int], Sequence[int], int, tuple[GiftGrant, ...]]
"""(goods, rows, shares, units, shipping, gifts): what a promotion would take.

``goods`` is the sum of the ``shares``, one for each of ``rows``, in minor units; ``units``
are those that it claims of each row, reduced and qualifying ones; ``shipping`` is what it
takes off the fee.
"""

NOTHING: Final[Proposal] = (0, (), (), (), 0, ())
"""The proposal of who takes nothing."""


def reduction(rows: Sequence[int], shares: Sequence[int], units: Sequence[int]) -> Proposal | None:
    """Propose to reduce rows by shares; what gets no share is not claimed."""
    if 0 in shares:
        kept = [part for part in zip(rows, shares, units, strict=True) if part[1]]
        if not kept:
            return None
        rows, shares, units = zip(*kept, strict=True)
    return (sum(shares), rows, shares, units, 0, ()) if shares else None


def whole_shares(
    exact: Sequence[int],
    denominator: int,
    caps: Sequence[int] | None,
    rounding: RoundingMode,
    overflow: Overflow,
) -> list[int]:
    """Make exact reductions whole, half up: once on their sum, or each for itself.

    Args:
        exact: The exact reduction of each row, times ``denominator``.
        denominator: Their common denominator.
        caps: The most that each row can give; None where no exact reduction exceeds its row.
        rounding: ``per_promotion`` rounds the sum and apportions it by the exact reductions.
        overflow: What becomes of a share above its cap.
    """
    if caps is None:
        shares = [part // denominator for part in exact]
        if sum(shares) * denominator == sum(exact):
            return shares  # there is nothing to round
    if len(exact) == 1 or rounding is RoundingMode.PER_LINE:
        double = 2 * denominator
        shares = [(2 * part + denominator) // double for part in exact]
        return shares if caps is None else [*map(min, shares, caps)]
    total = sum(exact)
    amount = (2 * total + denominator) // (2 * denominator)
    if caps is None:
        return largest_remainder(amount, exact, total)
    return apportion(amount, exact, caps, overflow)


def join(first: Proposal, second: Proposal) -> Proposal:
    """Put together what two benefits of one promotion take; claims are the larger ones."""
    taken: dict[int, tuple[int, int]] = {}
    for _, rows, shares, units, _, _ in (first, second):
        for row, share, used in zip(rows, shares, units, strict=True):
            before, claimed = taken.get(row, (0, 0))
            taken[row] = (before + share, max(claimed, used))
    ordered = sorted(taken)
    return (
        first[0] + second[0],
        ordered,
        [taken[row][0] for row in ordered],
        [taken[row][1] for row in ordered],
        first[4] + second[4],
        first[5] + second[5],
    )
