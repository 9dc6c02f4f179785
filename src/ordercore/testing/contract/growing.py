"""How far a check goes where only large numbers show a fault: as far as the store is quick."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Final

from ordercore.testing.contract.lab import Lab

__all__ = ["affordable"]

_PART: Final = 3
_GROWTH: Final = 1.25


def affordable(lab: Lab, sizes: Sequence[int]) -> Iterator[int]:
    """Yield sizes one after the other, as long as the next one is likely to be done in time.

    The first one comes in any case. The next is taken to need somewhat more than in proportion;
    all of them together get a third of the time that the check may take.
    """
    left = lab.left / _PART
    taken, before = 0.0, sizes[0]
    for size in sizes:
        if taken * (size / before) ** _GROWTH > left:
            return
        begun = monotonic()
        yield size
        taken, before = monotonic() - begun, size
        left -= taken
