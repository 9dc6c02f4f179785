"""A plain store for hosts that await."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from attrs import frozen

from ordercore.events import Recorded
from ordercore.storage.decision import Decision, Reply, Request
from ordercore.storage.keys import Key, Readable
from ordercore.storage.loaded import Loaded
from ordercore.storage.ports import Page, Store

__all__ = ["Awaited"]


@frozen
class Awaited:
    """Gives a `Store` that never waits, such as `MemoryStore`, the form of an `AsyncStore`.

    A store that does wait would hold up the event loop: write that as an `AsyncStore` itself.

    Args:
        store: The plain one.
    """

    store: Store

    async def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        """Read as `Store.read`."""
        return self.store.read(asked, lock=lock)

    async def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        """List as `Store.keys`."""
        return self.store.keys(kind, after=after, limit=limit)

    async def reply(self, request: Request) -> Reply | None:
        """Tell as `Store.reply`."""
        return self.store.reply(request)

    async def commit(self, request: Request, decision: Decision[Reply]) -> Reply:
        """Store as `Store.commit`."""
        return self.store.commit(request, decision)

    async def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        """List as `Store.outbox`."""
        return self.store.outbox(after=after, limit=limit)

    async def acknowledge(self, events: Iterable[str]) -> None:
        """Take out as `Store.acknowledge`."""
        self.store.acknowledge(events)

    async def forget(self, before: datetime) -> None:
        """Forget as `Store.forget`."""
        self.store.forget(before)

    def bind(self, transaction: Any) -> Awaited:
        """Make one within a transaction, as `Store.bind`."""
        return Awaited(self.store.bind(transaction))
