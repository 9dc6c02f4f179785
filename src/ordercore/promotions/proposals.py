"""What a benefit proposes to take: plain records, never a change to what it looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Final, NamedTuple

from ordercore.money import Overflow, apportion, largest_remainder
from ordercore.promotions.terms import RoundingMode

__all__ = [
    "NOTHING",
    "CouponGranted",
    "DepositDue",
    "FeeCut",
    "GiftGrant",
    "Grant",
    "PointsEarned",
    "PointsRedeemed",
    "Proposal",
    "fees_cut",
    "join",
    "reduction",
    "total_of",
    "whole_shares",
]


class GiftGrant(NamedTuple):
    """Units of a gift: what was promised, and how many of it can be given."""

    sku: str
    quantity: int
    promised: int
    value: int
    """What one unit is worth, in minor units."""
    checked: bool
    """Whether a stock snapshot was looked at."""
    blocks: bool = False
    """Whether the whole promotion does not apply, since the gift cannot be given."""
    others: tuple[str, ...] = ()
    """What else could have been chosen; told where nothing of it can be given either."""

    @property
    def has_effect(self) -> bool:
        """Whether any unit is given."""
        return self.quantity > 0


class FeeCut(NamedTuple):
    """What is taken off one of the cart's fees."""

    fee: int
    """The position of the fee in the cart."""
    minor: int
    """Minor units."""

    @property
    def has_effect(self) -> bool:
        """Whether anything is taken off."""
        return self.minor > 0


class PointsEarned(NamedTuple):
    """Points that are credited for the order later; no amount of this one."""

    points: int

    @property
    def has_effect(self) -> bool:
        """Whether any point is credited."""
        return self.points > 0


class PointsRedeemed(NamedTuple):
    """Points that pay for a part of the order; the amount is the proposal's own."""

    points: int

    @property
    def has_effect(self) -> bool:
        """Whether any point is used."""
        return self.points > 0


class CouponGranted(NamedTuple):
    """Coupons that are given for later orders."""

    coupon: str
    quantity: int

    @property
    def has_effect(self) -> bool:
        """Whether any coupon is given."""
        return self.quantity > 0


class DepositDue(NamedTuple):
    """定金: the part of the payable that is due now; the rest is the balance 尾款."""

    minor: int
    """Minor units."""

    @property
    def has_effect(self) -> bool:
        """Whether anything is due now."""
        return self.minor > 0


Grant = GiftGrant | FeeCut | PointsEarned | PointsRedeemed | CouponGranted | DepositDue
"""What a promotion gives or takes besides amounts off goods and shipping."""

Proposal = tuple[int, tuple[int, ...], tuple[int, ...], Sequence[int], int, tuple[Grant, ...]]
"""(goods, rows, shares, units, shipping, grants): what a promotion would take.

``goods`` is the sum of the ``shares``, one for each of ``rows``, in minor units; ``units``
are those that it claims of each row, reduced and qualifying ones; ``shipping`` is what it
takes off the fee.
"""

NOTHING: Final[Proposal] = (0, (), (), (), 0, ())
"""The proposal of who takes nothing."""


def total_of(proposal: Proposal) -> int:
    """Tell what a proposal takes in all, off goods, shipping and other fees."""
    return proposal[0] + proposal[4] + fees_cut(proposal[5])


def fees_cut(grants: Iterable[Grant]) -> int:
    """Tell what grants take off other fees."""
    return sum([grant.minor for grant in grants if isinstance(grant, FeeCut)])


def reduction(rows: Sequence[int], shares: Sequence[int], units: Sequence[int]) -> Proposal | None:
    """Propose to reduce rows by shares; what gets no share is not claimed."""
    goods = sum(shares)
    if not goods:
        return None
    if 0 in shares:
        return goods, *of_bearing(rows, shares, units), 0, ()
    return goods, tuple(rows), tuple(shares), units, 0, ()


def of_bearing(
    rows: Sequence[int], shares: Sequence[int], units: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Keep of rows, shares and units those of the rows that bear anything."""
    return (
        tuple(compress(rows, shares)),
        tuple(filter(None, shares)),
        tuple(compress(units, shares)),
    )


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
        tuple(ordered),
        tuple([taken[row][0] for row in ordered]),
        [taken[row][1] for row in ordered],
        first[4] + second[4],
        first[5] + second[5],
    )
