"""What an adapter must do: few verbs, plain and awaited. Their laws are the numbered clauses.

`Store` tells them in full; `AsyncStore` has the same verbs for hosts that await. Which of
two writers must give way, what a page holds, what is seen when: see the contract of stores
(docs/reference/store-contract.md, made from `ordercore.testing.CLAUSES`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import field, frozen

from ordercore.data.checks import optional, text, tuple_of
from ordercore.events import Recorded
from ordercore.storage.decision import Decision, Reply, Request
from ordercore.storage.keys import Key, Readable
from ordercore.storage.loaded import Loaded

__all__ = ["MAX_PAGE", "AsyncStore", "Page", "Store"]

MAX_PAGE: Final = 1000
"""The most members that a page may be asked for."""

_T = TypeVar("_T")


@frozen
class Page(Generic[_T]):
    """Some of many, in a stable order.

    Args:
        members: Those of this page; it may have fewer than were asked for.
        next: What to ask the next page with, up to 1000 characters; None: this was the last one.
    """

    members: tuple[_T, ...] = field(converter=tuple_of)
    next: str | None = field(default=None, validator=optional(text(most=1000, least=1)))


class Store(Protocol):
    """Keeps aggregates, replies, counters and the outbox.

    Every verb is whole: it does all that it says, or raises and changes nothing. What it
    returns belongs to the caller and does not change any more.
    """

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        """Read aggregates and counters: just those asked for, each of them.

        They are of one state: of a commit, all is seen or nothing. Whoever sees what it has
        changed, and asks `reply` afterwards, finds its reply.

        Args:
            asked: Keys and counters, in any order.
            lock: Whether to lock them until the transaction ends, in an order that is the
                same for all. It is a hint that saves conflicts: an adapter that has no locks
                passes it over, for versions hold either way.
        """
        ...

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        """List the keys of a kind in pages, by the ASCII characters of their ids.

        Args:
            kind: That of the keys.
            after: What the page before named ``next``; None: the first page.
            limit: The most members of the page: 1 to `MAX_PAGE`.
        """
        ...

    def reply(self, request: Request) -> Reply | None:
        """Tell what was replied under a key; None: nothing was committed under it yet.

        Raises:
            IdempotencyConflict: Something else was committed under it.
            InProgress: Another transaction is at work under it.
        """
        ...

    def commit(self, request: Request, decision: Decision[Reply]) -> Reply:
        """Store a decision, all of it or nothing, unless its key is known already.

        The key is looked at first, then versions, then counters.

        Returns:
            The decision's reply; where the same content was committed under the key before,
            the reply of then, and nothing is stored.

        Raises:
            IdempotencyConflict: Something else was committed under the key.
            InProgress: Another transaction is at work under it.
            VersionConflict: An aggregate has another version than was expected.
            UsageExceeded: A counter would leave its range.
            InvalidValue: An event of the same id stands in the outbox.
            CommitUnknown: Nobody can say whether it was stored; ask `reply`.
        """
        ...

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        """List the events that nobody has acknowledged, in pages.

        Those of one aggregate come in the order of their sequence. The order among aggregates
        is the adapter's, and stable.

        Args:
            after: What the page before named ``next``; None: from the first one.
            limit: The most members of the page: 1 to `MAX_PAGE`.
        """
        ...

    def acknowledge(self, events: Iterable[str]) -> None:
        """Take events out of the outbox, by their ids; ids that are not there are passed over."""
        ...

    def forget(self, before: datetime) -> None:
        """Forget the replies of what was decided before an instant; their keys are free again."""
        ...

    def bind(self, transaction: Any) -> Store:
        """Make a store that works within a transaction of the caller's.

        Commit then writes, and the caller's own commit decides: until then nobody else sees
        any of it, events are not released, and after a rollback nothing has happened.

        Args:
            transaction: Whatever the adapter takes for one: a connection, a session.
        """
        ...


class AsyncStore(Protocol):
    """The same verbs as `Store`, awaited; `bind` is not.

    Several tasks of one event loop may be at it at once. Wherever a verb awaits something, the
    others go on, so what it has looked at before may be otherwise then.
    """

    async def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        """Read as `Store.read`."""
        ...

    async def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        """List as `Store.keys`."""
        ...

    async def reply(self, request: Request) -> Reply | None:
        """Tell as `Store.reply`."""
        ...

    async def commit(self, request: Request, decision: Decision[Reply]) -> Reply:
        """Store as `Store.commit`."""
        ...

    async def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        """List as `Store.outbox`."""
        ...

    async def acknowledge(self, events: Iterable[str]) -> None:
        """Take out as `Store.acknowledge`."""
        ...

    async def forget(self, before: datetime) -> None:
        """Forget as `Store.forget`."""
        ...

    def bind(self, transaction: Any) -> AsyncStore:
        """Make one within a transaction, as `Store.bind`."""
        ...
