"""Stores that are right and yet quite different from the one in memory, each in its own way."""

from __future__ import annotations

import asyncio
import copy
import threading
import time
from collections.abc import Iterable
from typing import Any

from attrs import evolve

from ordercore.data import dumps, loads
from ordercore.errors import InvalidValue, VersionConflict
from ordercore.events import Recorded
from ordercore.storage import (
    Change,
    Loaded,
    MemoryStore,
    Page,
    Readable,
    Reply,
    read_aggregate,
)
from ordercore.testing import Harness

VERBS = ("read", "keys", "reply", "commit", "outbox", "acknowledge", "forget")


class Around:
    """A store around another one; the verbs that it does not name are the other's."""

    capabilities = ("transactions",)

    def __init__(self, inner: Any = None) -> None:
        self.inner = MemoryStore() if inner is None else inner

    def begin(self) -> Any:
        return self.inner.begin()

    def bind(self, transaction: Any) -> Any:
        return self.around(self.inner.bind(transaction))

    def around(self, bound: Any) -> Any:
        """Make the same around what is bound."""
        return type(self)(bound)

    def __getattr__(self, verb: str) -> Any:
        if verb not in VERBS:
            raise AttributeError(verb)
        return getattr(self.inner, verb)


class TextStore(Around):
    """Keeps nothing but JSON text, and makes a new value of it each time."""

    def commit(self, request: Any, decision: Any) -> Any:
        return copied(self.inner.commit(request, evolve(decision, **self.in_text(decision))))

    def in_text(self, decision: Any) -> dict[str, Any]:
        changes = [
            Change(each.key, each.expected_version, aggregate(each.key.kind, each.value))
            for each in decision.changes
        ]
        events = [loads(Recorded, dumps(told)) for told in decision.events]
        return {"changes": changes, "events": events, "reply": copied(decision.reply)}

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        got = self.inner.read(asked, lock=lock)
        found = [
            each
            if each.value is None
            else evolve(each, value=aggregate(each.key.kind, each.value))
            for each in got.aggregates
        ]
        return Loaded(found, got.counters)

    def reply(self, request: Any) -> Any:
        known = self.inner.reply(request)
        return None if known is None else copied(known)


def aggregate(kind: str, value: object) -> object:
    return read_aggregate(kind, dumps(value))


def copied(reply: Reply) -> Reply:
    return loads(Reply, dumps(reply))


class SlowStore(Around):
    """Takes its time."""

    def __getattr__(self, verb: str) -> Any:
        do = super().__getattr__(verb)
        time.sleep(0.004)
        return do


class SmallPages(Around):
    """Gives two at most on a page, sometimes none, and cursors that nobody can read."""

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        return self.paged(lambda **named: self.inner.keys(kind, **named), after, limit)

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        return self.paged(self.inner.outbox, after, limit)

    def paged(self, listed: Any, after: str | None, limit: int) -> Page[Any]:
        cursors = self.__dict__.setdefault("cursors", {None: (None, False)})
        inner, rested = cursors[after]
        page = listed(after=inner, limit=limit if type(limit) is not int else self.less(limit))
        if not rested and page.next is not None:
            return evolve(page, members=(), next=self.cursor(cursors, inner, rested=True))
        if page.next is None:
            return page
        return evolve(page, next=self.cursor(cursors, page.next, rested=inner is not None))

    def less(self, limit: int) -> int:
        return min(limit, 2) if 1 <= limit <= 1000 else limit

    def cursor(self, cursors: dict[Any, Any], inner: Any, *, rested: bool) -> str:
        cursors[f"c{len(cursors):06}"] = inner, rested
        return f"c{len(cursors) - 1:06}"


class EmptyFirst(Around):
    """Begins each walk with a page that holds nothing."""

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        return self.paged(lambda **named: self.inner.keys(kind, **named), after, limit)

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        return self.paged(self.inner.outbox, after, limit)

    def paged(self, listed: Any, after: str | None, limit: int) -> Page[Any]:
        page = listed(after=None if after == "start" else after, limit=limit)
        return Page((), "start") if after is None else page


# Awaited


class AsyncStore:
    """Has every verb awaited, and gives way to others in between."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def bind(self, transaction: Any) -> AsyncStore:
        return AsyncStore(self.inner.bind(transaction.inner))  # in the loop, as all of it


def _awaited(verb: str) -> Any:
    async def do(self: AsyncStore, *given: Any, **named: Any) -> Any:
        await asyncio.sleep(0)
        answer = getattr(self.inner, verb)(*given, **named)
        await asyncio.sleep(0)
        return answer

    return do


for _verb in VERBS:
    setattr(AsyncStore, _verb, _awaited(_verb))


class AsyncTransaction:
    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def commit(self) -> None:
        await asyncio.sleep(0)
        self.inner.commit()

    async def rollback(self) -> None:
        await asyncio.sleep(0)
        self.inner.rollback()


class AsyncHarness(Harness):
    """Everything of it is awaited; all of it happens in one event loop."""

    capabilities = ("transactions", "threads", "second_connection")

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.store = AsyncStore(MemoryStore())

    async def begin(self) -> AsyncTransaction:
        assert asyncio.get_running_loop() is self.loop
        return AsyncTransaction(self.store.inner.begin())

    async def second_connection(self) -> AsyncStore:
        assert asyncio.get_running_loop() is self.loop
        return AsyncStore(self.store.inner)

    async def close(self) -> None:
        assert asyncio.get_running_loop() is self.loop


async def async_harness() -> AsyncHarness:
    return AsyncHarness()


class AwaitsMeanwhile(AsyncStore):
    """Awaits in the middle of what it does, and lets one task in at a time."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        self.turn = asyncio.Lock()

    async def commit(self, request: Any, decision: Any) -> Any:
        async with self.turn:
            if (known := self.inner.reply(request)) is not None:
                return known
            transaction = self.inner.begin()
            await asyncio.sleep(0)
            try:
                reply = self.inner.bind(transaction).commit(request, decision)
                await asyncio.sleep(0)
                transaction.commit()
            finally:
                transaction.rollback()
            return reply


class RefusesMeanwhile(AsyncStore):
    """Refuses a task that commits while another one is at it."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        self.is_busy = False

    async def commit(self, request: Any, decision: Any) -> Any:
        if self.is_busy:
            raise VersionConflict("the store")
        self.is_busy = True
        try:
            await asyncio.sleep(0.001)
            return self.inner.commit(request, decision)
        finally:
            self.is_busy = False


# Those that wait


class OneAtATime(Around):
    """Lets in one at a time: whoever comes while a transaction is open waits for its end."""

    capabilities = ("transactions", "threads", "second_connection")

    def __init__(self, inner: Any = None, door: Any = None) -> None:
        super().__init__(inner)
        self.door = threading.Lock() if door is None else door

    def second_connection(self) -> OneAtATime:
        return OneAtATime(self.inner, self.door)

    def begin(self) -> Any:
        self.door.acquire()
        return Closing(self.inner.begin(), self.door.release)

    def bind(self, transaction: Any) -> Any:
        return self.inner.bind(transaction.inner)

    def __getattr__(self, verb: str) -> Any:
        do = super().__getattr__(verb)

        def in_turn(*given: Any, **named: Any) -> Any:
            with self.door:
                return do(*given, **named)

        return in_turn


class Closing:
    """A transaction at whose end something happens once."""

    def __init__(self, inner: Any, end: Any) -> None:
        self.inner = inner
        self.end = end

    def commit(self) -> None:
        self.inner.commit()
        self.close()

    def rollback(self) -> None:
        self.inner.rollback()
        self.close()

    def close(self) -> None:
        end, self.end = self.end, lambda: None
        end()


class RowLocks(Around):
    """Locks what is written, and what is read to be locked, until the transaction ends.

    Whoever meets a lock waits; where two wait for each other, one gives up after a while.
    """

    capabilities = ("transactions", "threads")

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Condition()
        self.owners: dict[object, object] = {}

    def begin(self) -> Any:
        inner = self.inner.begin()
        return Closing(inner, lambda: self.release(inner))

    def bind(self, transaction: Any) -> Any:
        return RowLocked(self, self.inner.bind(transaction.inner), transaction.inner)

    def acquire(self, owner: Any, names: Iterable[object]) -> None:
        if not getattr(owner, "is_open", True):
            raise InvalidValue("an open transaction", path=("transaction",), reason="ended")
        with self.free:
            for name in sorted(names, key=str):
                until = time.monotonic() + 4
                while self.owners.get(name, owner) is not owner:
                    if not self.free.wait(max(0.0, until - time.monotonic())):
                        raise VersionConflict(str(name))
                self.owners[name] = owner

    def release(self, owner: object) -> None:
        with self.free:
            self.owners = {name: held for name, held in self.owners.items() if held is not owner}
            self.free.notify_all()

    def __getattr__(self, verb: str) -> Any:
        def at_once(*given: Any, **named: Any) -> Any:
            owner = object()
            try:
                return getattr(RowLocked(self, self.inner, owner), verb)(*given, **named)
            finally:
                self.release(owner)

        if verb not in VERBS:
            raise AttributeError(verb)
        return at_once


class RowLocked:
    """The verbs of somebody who may hold locks."""

    def __init__(self, store: RowLocks, inner: Any, owner: object) -> None:
        self.store = store
        self.inner = inner
        self.owner = owner

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        several = tuple(asked)
        if lock:
            self.store.acquire(self.owner, several)
        return self.do("read", several)

    def reply(self, request: Any) -> Any:
        self.store.acquire(self.owner, [request.key])
        return self.do("reply", request)

    def commit(self, request: Any, decision: Any) -> Any:
        self.store.acquire(self.owner, [request.key])
        names = [each.key for each in decision.changes]
        names += [each.counter for each in decision.usage]
        self.store.acquire(self.owner, names)
        self.store.acquire(self.owner, [f"event {each.id}" for each in decision.events])
        return self.do("commit", request, decision)

    def do(self, verb: str, *given: Any, **named: Any) -> Any:
        with self.store.free:  # memory serves one thread
            return getattr(self.inner, verb)(*given, **named)

    def __getattr__(self, verb: str) -> Any:
        if verb not in VERBS:
            raise AttributeError(verb)
        return lambda *given, **named: self.do(verb, *given, **named)


# One that finds out at the end


class Optimistic(Around):
    """Gives each transaction a picture of its beginning, and finds out at its end who was faster.

    It does again what was done in the transaction, on what is there by then; if anything comes
    out otherwise, the transaction is refused.
    """

    capabilities = ("transactions", "threads")

    def __init__(self) -> None:
        super().__init__()
        self.turn = threading.RLock()

    def begin(self) -> Any:
        with self.turn:
            return Trial(self)

    def bind(self, transaction: Any) -> Any:
        return transaction.bound

    def __getattr__(self, verb: str) -> Any:
        def at_once(*given: Any, **named: Any) -> Any:
            with self.turn:
                return getattr(self.inner, verb)(*given, **named)

        if verb not in VERBS:
            raise AttributeError(verb)
        return at_once


class Trial:
    """A transaction of an `Optimistic` store."""

    def __init__(self, store: Optimistic) -> None:
        self.store = store
        self.tried = Tried(copy.deepcopy(store.inner))
        self.is_open = True
        self.bound = WhileOpen(self)

    def commit(self) -> None:
        with self.store.turn:
            again = Tried(copy.deepcopy(self.store.inner))
            for verb, given, told in self.tried.log if self.is_open else ():
                if getattr(again, verb)(*given) != told:
                    raise VersionConflict("what this transaction rests on")
            self.store.inner = again.inner
            self.is_open = False

    def rollback(self) -> None:
        self.is_open = False


class Coarse(Optimistic):
    """Refuses at its end whoever has written, if anything at all has changed meanwhile."""

    capabilities = ("transactions",)

    def begin(self) -> Any:
        return CoarseTrial(self)


class CoarseTrial(Trial):
    """A transaction of a `Coarse` store."""

    def __init__(self, store: Optimistic) -> None:
        super().__init__(store)
        self.before = self.picture()

    def picture(self) -> tuple[object, ...]:
        kept = self.store.inner._kept
        versions = {found.key: found.version for found in kept.aggregates.values()}
        return versions, dict(kept.used), list(kept.replies), list(kept.outbox)

    def commit(self) -> None:
        if self.is_open and self.tried.log and self.picture() != self.before:
            raise VersionConflict("anything at all")
        super().commit()


class WhileOpen:
    """The verbs of a transaction, as long as it is open."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def __getattr__(self, verb: str) -> Any:
        if verb not in VERBS:
            raise AttributeError(verb)
        if not self.trial.is_open:
            raise InvalidValue("an open transaction", path=("transaction",), reason="ended")
        return getattr(self.trial.tried, verb)


class Tried:
    """Does things with a picture of a store, and writes down what came of them."""

    def __init__(self, inner: MemoryStore) -> None:
        self.inner = inner
        self.log: list[tuple[str, tuple[Any, ...], Any]] = []

    def commit(self, request: Any, decision: Any) -> Any:
        was_new = self.inner.reply(request) is None
        reply = self.inner.commit(request, decision)
        if was_new:
            self.log.append(("commit_anew", (request, decision), reply))
        return reply

    def commit_anew(self, request: Any, decision: Any) -> Any:
        try:
            if self.inner.reply(request) is None:
                return self.inner.commit(request, decision)
        except Exception as error:  # noqa: BLE001 - it is compared
            return error
        return "somebody else was faster"

    def acknowledge(self, events: Iterable[str]) -> None:
        there = self.inner._kept.outbox
        self.drop(tuple(each for each in events if each in there))

    def drop(self, events: tuple[str, ...]) -> None:
        self.log.append(("drop", (events,), None))
        self.inner.acknowledge(events)

    def forget(self, before: Any) -> None:
        replies = self.inner._kept.replies
        self.unlearn({key: told for key, told in replies.items() if told.at < before})

    def unlearn(self, gone: dict[str, Any]) -> None:
        self.log.append(("unlearn", (gone,), None))
        for key, told in gone.items():
            if self.inner._kept.replies.get(key) == told:
                del self.inner._kept.replies[key]

    def __getattr__(self, verb: str) -> Any:
        if verb not in VERBS:
            raise AttributeError(verb)
        return getattr(self.inner, verb)


# One that holds events back


class HoldsBack(Around):
    """Releases events when all transactions have ended that were open when they were committed.

    So none comes out after one that was committed later, as where places are given early.
    """

    def __init__(self, inner: Any = None, root: HoldsBack | None = None) -> None:
        super().__init__(inner)
        self.root = root or self
        if root is None:
            self.waits: dict[str, list[Any]] = {}

    def around(self, bound: Any) -> Any:
        return HoldsBack(bound, self.root)

    def commit(self, request: Any, decision: Any) -> Any:
        open_ = list(self.root.inner._open)
        reply = self.inner.commit(request, decision)
        for told in decision.events:
            self.root.waits.setdefault(told.id, open_)
        return reply

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        page = self.inner.outbox(after=after, limit=limit)
        for place, told in enumerate(page.members):
            if self.is_held(told.id):
                return Page(page.members[:place])
        return page

    def is_held(self, event: str) -> bool:
        """Whether somebody who was at work when it was written still is."""
        still = self.root.inner._open
        return any(unit is other for unit in self.root.waits[event] for other in still)


class PlacesAtTheWrite(HoldsBack):
    """Gives events their places when they are written, as a sequence does.

    The outbox ends before the first event of a transaction that is open.
    """

    def around(self, bound: Any) -> Any:
        return PlacesAtTheWrite(bound, self.root)

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        self.inner.outbox(limit=limit)
        places = {event: place for place, event in enumerate(self.root.waits, 1)}
        out = {told.id: told for told in all_of(self.inner)}
        still = [event for unit in self.root.inner._open for event in unit.written.outbox]
        end = min((places[event] for event in still if event in places), default=len(places) + 1)
        some = [each for each in places if each in out and int(after or 0) < places[each] < end]
        more = str(places[some[limit - 1]]) if some[limit:] else None
        return Page([out[each] for each in some[:limit]], more)


def all_of(store: Any) -> list[Recorded]:
    """List all events of a store."""
    found: list[Recorded] = []
    page = store.outbox(limit=1000)
    while True:
        found += page.members
        if page.next is None:
            return found
        page = store.outbox(after=page.next, limit=1000)


# Those that refuse at once, and those that are slow at their end


class Refusing(Around):
    """Refuses at once whatever anybody does while somebody else has a transaction open."""

    capabilities = ("transactions", "second_connection")

    def __init__(self, inner: Any = None, *, is_bound: bool = False) -> None:
        super().__init__(inner)
        self.is_bound = is_bound

    def second_connection(self) -> Refusing:
        return Refusing(self.inner)

    def begin(self) -> Any:
        self.see_that_nobody_is_at_it()
        return self.inner.begin()

    def around(self, bound: Any) -> Any:
        return Refusing(bound, is_bound=True)

    def see_that_nobody_is_at_it(self) -> None:
        if not self.is_bound and self.inner._open:
            raise VersionConflict("the whole store")

    def __getattr__(self, verb: str) -> Any:
        do = super().__getattr__(verb)

        def unless_somebody_is_at_it(*given: Any, **named: Any) -> Any:
            self.see_that_nobody_is_at_it()
            return do(*given, **named)

        return unless_somebody_is_at_it


class SlowAtTheEnd(Optimistic):
    """Serves one thread, and takes a while to find out at the end who was faster."""

    capabilities = ("transactions",)

    def __init__(self) -> None:
        super().__init__()
        self.is_busy = False

    def begin(self) -> Any:
        return SlowTrial(self)


class SlowTrial(Trial):
    store: SlowAtTheEnd

    def commit(self) -> None:
        assert not self.store.is_busy, "two threads at once"
        self.store.is_busy = True
        time.sleep(0.06)
        try:
            super().commit()
        finally:
            self.store.is_busy = False


class TwentyToFifty(SlowStore):
    """Takes 20 to 50 milliseconds for whatever it does."""

    def begin(self) -> Any:
        time.sleep(0.03)
        return SlowEnds(self.inner.begin())

    def bind(self, transaction: Any) -> Any:
        return TwentyToFifty(self.inner.bind(transaction.inner))

    def __getattr__(self, verb: str) -> Any:
        time.sleep(0.02 + 0.026 * (len(verb) % 2))
        return super().__getattr__(verb)


class SlowEnds(Closing):
    def __init__(self, inner: Any) -> None:
        super().__init__(inner, lambda: time.sleep(0.05))
