"""An `AsyncStore` of a plain store that waits: each verb in a thread, and the loop goes on."""

from asyncio import to_thread
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from attrs import frozen

from ordercore.events import Recorded
from ordercore.storage import Decision, Key, Loaded, Page, Readable, Reply, Request, Store


@frozen
class InThreads:
    """Calls a store that several threads may use at once.

    A verb that has begun goes on to its end when its task is cancelled, as any commit on its way
    to a database does: the same command again finds its reply.
    """

    store: Store

    async def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        """Read as `Store.read`."""
        return await to_thread(self.store.read, asked, lock=lock)

    async def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        """List as `Store.keys`."""
        return await to_thread(self.store.keys, kind, after=after, limit=limit)

    async def reply(self, request: Request) -> Reply | None:
        """Tell as `Store.reply`."""
        return await to_thread(self.store.reply, request)

    async def commit(self, request: Request, decision: Decision[Reply]) -> Reply:
        """Store as `Store.commit`."""
        return await to_thread(self.store.commit, request, decision)

    async def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        """List as `Store.outbox`."""
        return await to_thread(self.store.outbox, after=after, limit=limit)

    async def acknowledge(self, events: Iterable[str]) -> None:
        """Take out as `Store.acknowledge`."""
        await to_thread(self.store.acknowledge, events)

    async def forget(self, before: datetime) -> None:
        """Forget as `Store.forget`."""
        await to_thread(self.store.forget, before)

    def bind(self, transaction: Any) -> "InThreads":
        """Bind as `Store.bind`; the transaction must be one that several threads may use."""
        return InThreads(self.store.bind(transaction))
