"""The tables that memory has instead of a database's, and what one transaction sees of them."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from attrs import Factory, define

from ordercore.events import Recorded
from ordercore.storage.decision import Decision, Reply, Request
from ordercore.storage.keys import Counter, Key
from ordercore.storage.loaded import Found

__all__ = ["Replied", "Tables", "Unit"]


class Replied(NamedTuple):
    """What was replied to a request, and when it was decided."""

    request: Request
    reply: Reply
    at: datetime


@define(eq=False)
class Tables:
    """What is kept, or what one transaction has written so far.

    Besides the four tables there are: the ids of each kind in order; the place of each event in
    the order of their release, and the last place given; and what a transaction takes away,
    ids of events, and replies.
    """

    aggregates: dict[Key, Found] = Factory(dict)
    used: dict[Counter, int] = Factory(dict)
    replies: dict[str, Replied] = Factory(dict)
    outbox: dict[str, Recorded] = Factory(dict)
    ids: dict[str, list[str]] = Factory(dict)
    places: dict[str, int] = Factory(dict)
    last_place: int = 0
    acknowledged: set[str] = Factory(set)
    forgotten: dict[str, Replied] = Factory(dict)

    def write(self, request: Request, decision: Decision[Reply], used: dict[Counter, int]) -> None:
        """Enter a decision that was found to be all right.

        Args:
            request: What it answers.
            decision: What to enter.
            used: What its counters tell afterwards.
        """
        for change in decision.changes:
            version = decision.version_of(change.key)
            self._put(Found(change.key, version, change.value))
        self.used |= used
        self.outbox |= {told.id: told for told in decision.events}
        self.replies[request.key] = Replied(request, decision.reply, decision.at)

    def take_over(self, written: Tables) -> None:
        """Enter all that a transaction has written, and release its events."""
        for event in written.acknowledged:
            self.outbox.pop(event, None)
            self.places.pop(event, None)
        for key, told in written.forgotten.items():
            if self.replies.get(key) is told:  # not one that was committed since
                del self.replies[key]
        for found in written.aggregates.values():
            self._put(found)
        self.used |= written.used
        self.replies |= written.replies
        self.outbox |= written.outbox
        for event in written.outbox:
            self.last_place += 1
            self.places[event] = self.last_place

    def _put(self, found: Found) -> None:
        key = found.key
        if key not in self.aggregates:
            insort(self.ids.setdefault(key.kind, []), key.id)
        self.aggregates[key] = found


@define(eq=False)
class Unit:
    """What one transaction sees: what is kept, and what it has written itself.

    Args:
        kept: Shared by all.
        open: All transactions that have not ended yet; shared, too.
        written: By this one alone.
    """

    kept: Tables
    open: list[Unit]
    written: Tables = Factory(Tables)

    def others(self) -> Iterator[Tables]:
        """Go through what other transactions have written and not committed."""
        return (unit.written for unit in self.open if unit is not self)

    def aggregate(self, key: Key) -> Found:
        """Find an aggregate, or that there is none."""
        found = self.written.aggregates.get(key) or self.kept.aggregates.get(key)
        return Found(key) if found is None else found

    def used(self, counter: Counter) -> int:
        """Find what a counter tells."""
        return self.written.used.get(counter, self.kept.used.get(counter, 0))

    def replied(self, key: str) -> Replied | None:
        """Find what was replied under a key."""
        if key in self.written.replies or key in self.written.forgotten:
            return self.written.replies.get(key)
        return self.kept.replies.get(key)
