"""Splitting an amount exactly: by weights, under caps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from typing import Literal

from ordercore.errors import InvalidType, InvalidValue

__all__ = ["Overflow", "apportion", "largest_remainder"]

Overflow = Literal["redistribute", "forfeit"]
"""What becomes of a share above its cap: it moves to the others, or is lost."""


def apportion(
    amount: int,
    weights: Sequence[int],
    caps: Sequence[int] | None = None,
    overflow: Overflow = "redistribute",
) -> list[int]:
    """Split an amount by weights into whole shares: the largest remainder method.

    Each exact share is cut to a whole number; what is left goes one each to the largest cut
    fractions, equal ones by position. No share is a whole unit or more away from its exact
    share, and a weight of 0 gets 0.

    Args:
        amount: What to split, in minor units, not negative.
        weights: Non-negative integers of any common scale, one for each share.
        caps: The most that each share may be. None: no caps.
        overflow: ``redistribute`` cuts the amount to what the caps allow, freezes what is at
            its cap and splits the rest anew. ``forfeit`` splits the uncut amount; what a
            cap cuts off is lost.

    Returns:
        The shares, in the order of the weights. They sum to ``amount``, unless caps took
        some of it, or no weight is positive (then all are 0).

    Raises:
        InvalidType: Not integers.
        InvalidValue: A negative number, another number of caps, an unknown overflow.

    ============================ ===================== =================
    100 by 1, 1, 1                                      34, 33, 33
    100 by 3, 0, 1                                      75, 0, 25
    30 by 150, 50 capped 20, 50  ``redistribute``       20, 10
    30 by 150, 50 capped 20, 50  ``forfeit``            20, 7 (3 lost)
    5 by 0, 0                                           0, 0
    ============================ ===================== =================

    >>> apportion(100, [1, 1, 1])
    [34, 33, 33]
    >>> apportion(30, [150, 50], caps=[20, 50], overflow="forfeit")
    [20, 7]
    """
    if type(amount) is not int:
        raise InvalidType("an integer of minor units", amount, path=("amount",))
    if amount < 0:
        raise InvalidValue("an amount that is not negative", amount, path=("amount",))
    total = _sum(weights, "weights")
    if caps is None:
        return largest_remainder(amount, weights, total)
    _sum(caps, "caps")
    if len(caps) != len(weights):
        raise InvalidValue(f"{len(weights)} caps, one for each", len(caps), path=("caps",))
    if overflow == "forfeit":
        shares = largest_remainder(amount, weights, total)
        return [min(share, cap) for share, cap in zip(shares, caps, strict=True)]
    if overflow != "redistribute":
        raise InvalidValue("redistribute or forfeit", overflow, path=("overflow",))
    return _redistribute(amount, weights, caps)


def _sum(numbers: Sequence[int], name: str) -> int:
    """Sum integers that are not negative; anything else among them shows in the sum."""
    try:
        total = sum(numbers)
    except TypeError:
        total = None
    if type(total) is not int:
        raise InvalidType("a sequence of integers", path=(name,))
    if (least := min(numbers, default=0)) < 0:
        raise InvalidValue("numbers that are not negative", least, path=(name,))
    return total


def largest_remainder(amount: int, weights: Sequence[int], total: int) -> list[int]:
    """Split an amount by weights that sum to ``total``, unchecked and without caps.

    This is the arithmetic of `apportion`, for callers who know their integers.
    """
    if not total:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    rest = amount - sum(shares)
    if rest:
        cut = [amount * weight % total for weight in weights]
        if rest < 4:
            while rest:
                i = cut.index(max(cut))
                shares[i] += 1
                cut[i] = -1
                rest -= 1
            return shares
        for i in sorted(range(len(cut)), key=cut.__getitem__, reverse=True)[:rest]:
            shares[i] += 1
    return shares


def _redistribute(amount: int, weights: Sequence[int], caps: Sequence[int]) -> list[int]:
    """Freeze what exceeds its cap, split the rest anew, as often as needed."""
    shares = [0] * len(weights)
    taking = [i for i, weight in enumerate(weights) if weight > 0]
    rest = min(amount, sum([caps[i] for i in taking]))
    total = sum(weights)
    if all([rest * weight <= cap * total for weight, cap in zip(weights, caps, strict=True)]):
        return largest_remainder(rest, weights, total)

    def looser(i: int, j: int) -> int:
        return caps[i] * weights[j] - caps[j] * weights[i]

    taking.sort(key=cmp_to_key(looser))
    full = 0
    for i in taking:  # the tightest cap first: who fits, fits with all that follow
        if rest * weights[i] <= caps[i] * total:
            break
        shares[i] = caps[i]
        rest -= caps[i]
        total -= weights[i]
        full += 1
    fitting = sorted(taking[full:])
    split = largest_remainder(rest, [weights[i] for i in fitting], total)
    for i, share in zip(fitting, split, strict=True):
        shares[i] = share
    return shares
