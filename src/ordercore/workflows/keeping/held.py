"""What is held of goods, and what becomes of what is held, of whatever kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Protocol

from ordercore.stock import Shortage
from ordercore.workflows.keeping.desk import Desk, Pile, Renewing, spend
from ordercore.workflows.stock import Wanted

__all__ = ["Goods", "Held", "Missing"]

Missing = list[tuple[Wanted, int]]
"""What is to be set aside anew, and how many units of it."""


class Held(Protocol):
    """What is held for the lines of one kind."""

    def firm(self) -> Missing:
        """Keep it for good; tell what has expired or is not there, and must be had anew."""
        ...

    def free(self) -> None:
        """Give it free; what stays, stays enough for the units that stay."""
        ...

    def hand_over(self) -> None:
        """Let another order have it."""
        ...

    def leave(self, sites: Collection[str]) -> Missing:
        """Free what stands at sites; tell of it, and of what is lost, to be had anew."""
        ...

    def consume(self) -> Iterable[Shortage]:
        """Let it go; tell of what was not set aside."""
        ...

    def renew(self, until: Renewing) -> Iterable[Shortage]:
        """Keep it a while longer; tell of what cannot be kept."""
        ...


def _as_is(_pile: Pile) -> None:
    """Leave a pile as it is."""


class Goods:
    """Goods on hand: units of the line's own sku."""

    def __init__(self, desk: Desk, wanted: tuple[Wanted, ...]) -> None:
        self._desk = desk
        self._wanted = wanted

    def _piles(self, wanted: Wanted) -> list[Pile]:
        """List what is held, the oldest first; of a gift, whatever it was called by then."""
        if not wanted.is_gift:
            return self._desk.piles({wanted.sku}, wanted.line)
        piles = self._desk.piles({wanted.sku})
        return [pile for pile in piles if pile.found.line not in self._desk.lines]

    def firm(self) -> Missing:
        """Keep what has not expired, and free what has."""
        at = self._desk.task.at
        return self._kept(lambda pile: not pile.found.has_expired(at), self._desk.firm)

    def leave(self, sites: Collection[str]) -> Missing:
        """Free the units that stand at sites."""
        return self._kept(lambda pile: pile.site not in sites)

    def _kept(
        self, stays: Callable[[Pile], bool], keep: Callable[[Pile], None] = _as_is
    ) -> Missing:
        """Keep the piles that stay and free the others; tell what is missing then."""
        missing: Missing = []
        counted: Counter[tuple[str, str]] = Counter()  # gifts of one sku share their piles
        for wanted in self._wanted:
            left = wanted.quantity
            for pile in self._piles(wanted):
                if not stays(pile):
                    self._desk.free(pile, pile.found.outstanding)
                    continue
                keep(pile)
                name = pile.site, pile.found.id
                own = min(left, pile.found.outstanding - counted[name])
                counted[name] += own
                left -= own
            if left:
                missing.append((wanted, left))
        return missing

    def free(self) -> None:
        """Give units free, the newest first."""
        for wanted in self._wanted:
            spend(wanted.quantity, reversed(self._piles(wanted)), self._desk.free)

    def hand_over(self) -> None:
        """Hand units over, the newest first."""
        for wanted in self._wanted:
            give = partial(self._desk.hand_over, line=wanted.line)
            spend(wanted.quantity, reversed(self._piles(wanted)), give)

    def consume(self) -> Iterable[Shortage]:
        """Let units leave, the oldest first."""
        for wanted in self._wanted:
            left = spend(wanted.quantity, self._piles(wanted), self._desk.consume)
            if left and not wanted.is_gift:
                yield wanted.short(wanted.quantity - left, "not_set_aside")

    def renew(self, until: Renewing) -> Iterable[Shortage]:
        """Keep units a while longer."""
        for wanted in self._wanted:
            piles = self._piles(wanted)
            kept = [pile for pile in piles if self._desk.renew(pile, until)]
            units = sum(pile.found.outstanding for pile in kept)
            if units < wanted.quantity and not wanted.is_gift:
                reason = "not_set_aside" if len(kept) == len(piles) else "not_renewable"
                yield wanted.short(units, reason)
