"""A level that is too dumb to be wrong: whole hours, plain numbers, every hour looked at.

It knows nothing of events, profiles, machines or documents. Where a count leaves fewer units
than are promised, it takes them away one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 11, tzinfo=UTC)
LAST = 60
"""No instant of these tests is later than this hour."""


def hour(n: int) -> datetime:
    return START + timedelta(hours=n)


@dataclass
class Promise:
    """Units that are set aside."""

    holder: str
    made: int
    units: int
    due: int
    ends: int | None
    until: int | None
    state: str = "reserved"
    consumed: int = 0

    def is_live(self, at: int) -> bool:
        if self.state == "reserved":
            return self.ends is None or self.ends > at
        return self.state == "firm"

    @property
    def is_kept(self) -> bool:
        return self.state in ("reserved", "firm")


@dataclass
class Shelf:
    """What is there and what is promised, by hand."""

    on_hand: int = 0
    damaged: int = 0
    safety: int = 0
    backorder: int = 0
    preorder: tuple[int, int] | None = None
    incoming: dict[str, tuple[int, int]] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)

    def left(self, tau: int, at: int, *, short: bool) -> int:
        """Count what is left at one hour, as it is known at another."""
        left = self.on_hand - self.safety
        if short:
            left += self.backorder
            if self.preorder and self.preorder[1] <= tau:
                left += self.preorder[0]
        left += sum(units for units, when in self.incoming.values() if at <= when <= tau)
        return left - sum(
            p.units for p in self.promises.values() if p.is_live(at) and p.due <= tau
        )

    def promisable(self, due: int, at: int, *, short: bool = True) -> int:
        if due < at:
            return 0
        return min(self.left(tau, at, short=short) for tau in range(due, LAST + 1))

    def room(self, due: int, at: int) -> int:
        return max(0, self.promisable(due, at))

    @property
    def kept(self) -> int:
        return sum(p.units for p in self.promises.values() if p.is_kept)

    def most(self) -> int:
        short = self.backorder + (self.preorder[0] if self.preorder else 0)
        return self.on_hand + sum(units for units, _ in self.incoming.values()) + short

    def sweep(self, at: int) -> None:
        for promise in self.promises.values():
            if promise.state == "reserved" and not promise.is_live(at):
                promise.state = "expired"

    def uncover(self, at: int, fewer: int) -> None:
        """So many fewer units will be there: take promises back, one unit at a time."""
        if self.kept <= self.most() - fewer:
            return
        self.sweep(at)
        for state in ("reserved", "firm"):
            kept = [name for name, p in self.promises.items() if p.state == state]
            for name in sorted(kept, key=lambda n: (self.promises[n].made, n), reverse=True):
                while self.kept > self.most() - fewer and self.promises[name].units:
                    self.free(name, 1)

    def free(self, name: str, units: int) -> None:
        promise = self.promises[name]
        promise.units -= units
        self.end(promise, "consumed" if promise.consumed else "released")

    def consume(self, name: str, units: int) -> None:
        promise = self.promises[name]
        promise.units -= units
        promise.consumed += units
        self.on_hand -= units
        self.end(promise, "consumed")

    def end(self, promise: Promise, state: str) -> None:
        if not promise.units:
            promise.state = state
