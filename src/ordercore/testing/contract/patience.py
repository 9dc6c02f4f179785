"""What is known of a store: how long it may take to answer before it is held to wait."""

from __future__ import annotations

from typing import Final

from attrs import Factory, define

from ordercore.testing.contract.hands import Pending

__all__ = ["Patience"]

_AT_FIRST: Final = 2.0
_LEAST: Final = 0.05
_SLOW: Final = 4
_MOST: Final = 5.0
_LATELY: Final = 100
_RARE: Final = 3
_SLICE: Final = 0.01


@define
class Patience:
    """What is known of the time that a store takes.

    At first it is much, for while a store is held to wait, others go on: one that serves a
    single thread must not be taken for one that waits, however busy the machine is. A store
    that has waited once is made for several at a time, and is given less: as much as it has
    shown to need with nobody to wait for, a few times over.

    Args:
        seconds: How long it may take while somebody else has a transaction open.
        least: How long it may take in any case: so many times as long as when nobody had.
        was_wrong: Whether one was held to wait that was slow.
        lately: What it has taken of late; a thing or two that take very long do not count.
        begins: Whether it begins transactions that nobody has declared; None: who knows.
    """

    seconds: float = _AT_FIRST
    least: float = _LEAST
    was_wrong: bool = False
    lately: list[float] = Factory(list)
    begins: bool | None = None

    @property
    def grace(self) -> float:
        """How many seconds to wait before it is held to wait."""
        return max(self.seconds, self.least)

    def waits_for(self, pending: Pending, most: float) -> bool:
        """Wait for an answer as long as it may take, ``most`` seconds at most; tell if it came.

        The time is counted in small slices, and what a busy machine adds to each is not: then
        the store is held up as well.
        """
        for _ in range(max(1, round(min(self.grace, most) / _SLICE))):
            if pending.within(_SLICE):
                return True
        return pending.within(0)

    def has_waited(self) -> None:
        """Note that it has waited."""
        self.seconds = 0.0

    def has_been_slow(self, seconds: float) -> None:
        """Note that it was held to wait, and had nobody to wait for."""
        self.seconds, self.was_wrong = _AT_FIRST, True
        for _ in range(_RARE):
            self.has_taken(seconds)

    def has_taken(self, seconds: float) -> None:
        """Note how long it took, with nobody to wait for."""
        self.lately = [*self.lately[1 - _LATELY :], seconds]
        usual = sorted(self.lately)[-_RARE:][0]
        self.least = min(_MOST, max(_LEAST, _SLOW * usual))
