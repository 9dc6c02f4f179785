"""How long a store may take to answer before it is held to wait for somebody's transaction."""

from __future__ import annotations

from typing import Final

from attrs import define

__all__ = ["Patience"]

_AT_FIRST: Final = 2.0
_SLOW: Final = 3


@define
class Patience:
    """What is known of the time that a store takes.

    At first it is much, for while a store is held to wait, others go on: one that serves a
    single thread must not be taken for one that waits, however busy the machine is. A store
    that has waited once is made for several at a time, and is given less.

    Args:
        seconds: How long it may take while somebody else has a transaction open.
        least: How long it may take in any case: so many times as long as when nobody had.
    """

    seconds: float = _AT_FIRST
    least: float = 0.05

    @property
    def grace(self) -> float:
        """How many seconds to wait before it is held to wait."""
        return max(self.seconds, self.least)

    def has_waited(self) -> None:
        """Note that it has waited."""
        self.seconds = 0.0

    def has_taken(self, seconds: float) -> None:
        """Note how long it took, with nobody to wait for."""
        self.least = max(self.least, _SLOW * seconds)
