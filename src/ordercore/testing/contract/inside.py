"""What holds without a transaction holds within one: the checks of the base, made through `bind`.

Each of these checks is made once more, with a store that does all within transactions of the
caller's. One goes on until events have to come out of the outbox; then the caller commits, and
everybody must see what was seen within.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from functools import partial
from typing import Any, Final

from ordercore.events import Recorded
from ordercore.storage import Decision, Key, Loaded, Page, Readable, Reply, Request
from ordercore.testing.contract import (
    cancelling,
    last_unit,
    lives,
    mixing,
    relaying,
    stateful,
    tasks,
)
from ordercore.testing.contract.checks import CHECKS, Check, check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import same
from ordercore.testing.contract.lab import Asked, Lab, Unit
from ordercore.testing.contract.seen import outcome

__all__ = ["Inside", "enter_within"]

_LATELY: Final = 8
"""The most replies that are asked for at the end of a transaction."""


class Inside(Asked):
    """A store that does all within transactions, begun when there is something to do."""

    def __init__(self, lab: Lab) -> None:
        self.lab: Lab = lab
        self.outside: Asked = lab.store
        self._unit: Unit | None = None
        self._has_events = self._is_walking = False
        self._read: dict[Readable, None] = {}
        self._done: dict[Request, None] = {}

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        """Read as `Store.read`."""
        got = super().read(asked, lock=lock)
        self._read |= dict.fromkeys(got)
        return got

    def commit(self, request: Request, decision: Decision[Any]) -> Reply:
        """Store as `Store.commit`."""
        reply = super().commit(request, decision)
        self._read |= dict.fromkeys(change.key for change in decision.changes)
        self._read |= dict.fromkeys(change.counter for change in decision.usage)
        self._done[request] = None
        self._has_events |= bool(decision.events)
        return reply

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        """List as `Store.outbox`, once the events have been released; not between two pages."""
        self._is_walking = after is not None
        self.release()
        page = super().outbox(after=after, limit=limit)
        self._is_walking = page.next is not None
        return page

    def acknowledge(self, events: Iterable[str]) -> None:
        """Take out as `Store.acknowledge`, once the events have been released, as in `outbox`."""
        self.release()
        super().acknowledge(events)

    def release(self) -> None:
        """Let the caller commit, if there are events to come out."""
        if self._has_events and not self._is_walking:
            self.end()

    def end(self) -> None:
        """Let the caller commit; all looks the same to everybody then."""
        if self._unit is None:
            return
        within = self._seen_by(self._unit)
        self._unit.keep()
        self._unit, self._has_events = None, False
        for mine, theirs in zip(within, self._seen_by(self.outside), strict=True):
            same(theirs, mine, "what a transaction saw at its end")
        self._read, self._done = {}, {}  # the next transaction looks at what it reads itself

    def _seen_by(self, asked: Asked) -> list[object]:
        got = asked.read(self._read)
        seen: list[object] = [
            got.get(each, object) if isinstance(each, Key) else got.used(each)
            for each in self._read
        ]
        versions = [got.version(each) for each in self._read if isinstance(each, Key)]
        lately = list(self._done)[-_LATELY:]
        return [*versions, *seen, *(outcome(partial(asked.reply, told)) for told in lately)]

    def ask(self, do: Any) -> Any:
        """Do something within the transaction that is open."""
        if self._unit is None:
            self._unit = self.lab.begin("inside")
        return self._unit.ask(do)


_AT_ONCE: Final = frozenset(
    each.__name__ for each in (cancelling, last_unit, lives, mixing, relaying, stateful, tasks)
)
"""Checks in which several are at work have their own ways to be within transactions; long lives
take their time, and are lived once; and who is cancelled within a transaction rolls it back."""


def enter_within() -> None:
    """Enter each check of the base once more, within transactions."""
    for base in tuple(CHECKS):
        if not base.needs and base.run.__module__ not in _AT_ONCE:
            _enter(base)


def _enter(base: Check) -> None:
    def within(lab: Lab) -> None:
        inside, store = copy(lab), Inside(lab)
        inside.store = store
        base.run(inside)
        store.end()

    within.__name__ = f"{base.name}_within_a_transaction"
    within.__doc__ = base.run.__doc__
    check(base.clause, Capability.TRANSACTIONS)(within)
