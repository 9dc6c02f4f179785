"""How busy shops are, and how much room they have if none is to be busier than so much."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import floor
from typing import NamedTuple

from ordercore.sourcing.workshops.numbers import Room

__all__ = ["Busyness"]


class Busyness(NamedTuple):
    """How busy shops are by a goal: their work, load included, as a share of some size.

    Attributes:
        loads: By shop.
        sizes: By shop; None: it is never too busy.
        room: By shop, the most that may be added.
    """

    loads: tuple[int, ...]
    sizes: tuple[int | None, ...]
    room: Room

    @property
    def idle(self) -> Fraction:
        """How busy the busiest shop is before any job comes."""
        return self.busiest((0,) * len(self.loads))

    def busiest(self, work: Iterable[int]) -> Fraction:
        """Tell how busy the busiest shop is."""
        shares = [
            Fraction(load + more, size)
            for load, more, size in zip(self.loads, work, self.sizes, strict=True)
            if size is not None
        ]
        return max(shares, default=Fraction(0))

    def up_to(self, share: Fraction) -> Room:
        """Tell what may be added to each shop so that none is busier."""
        return tuple(
            room if size is None else max(0, min(room, floor(share * size) - load))
            for load, size, room in zip(self.loads, self.sizes, self.room, strict=True)
        )

    def next_above(self, share: Fraction) -> Fraction:
        """Tell the least share above one at which a shop may take more."""
        shares = [
            Fraction(floor(share * size) + 1, size) for size in self.sizes if size is not None
        ]
        return min(shares, default=share)
