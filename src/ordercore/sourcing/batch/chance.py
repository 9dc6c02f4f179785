"""Chance without chance: numbers that look drawn, and are the same for the same seed.

A linear congruential generator with Knuth's multiplier for 64 bits (The Art of Computer
Programming, volume 2, 3.3.4); the low bits, which repeat soonest, are left out.
"""

from __future__ import annotations

from typing import Final

__all__ = ["Chance"]

_FACTOR: Final = 6364136223846793005
_STEP: Final = 1442695040888963407
_MASK: Final = (1 << 64) - 1
_LOW_BITS: Final = 33


class Chance:
    """A row of numbers.

    Args:
        seed: Which row.

    >>> chance = Chance(7)
    >>> [chance.below(6) for _ in range(8)]
    [5, 3, 5, 1, 5, 4, 0, 1]
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = (seed * _FACTOR + _STEP) & _MASK

    def below(self, limit: int) -> int:
        """Draw a number from zero up to, and without, a limit."""
        self._state = state = (self._state * _FACTOR + _STEP) & _MASK
        return (state >> _LOW_BITS) % limit

    def shuffle(self, items: list[int]) -> None:
        """Put a list in another order."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
