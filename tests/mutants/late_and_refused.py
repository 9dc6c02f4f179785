"""Stores broken where one transaction is late, refused something, bound twice, or cancelled."""

from __future__ import annotations

import asyncio
from typing import Any

from hooked import Bound, Hooked

from mutants import MUTANTS, mutant, notes
from ordercore.errors import (
    IdempotencyConflict,
    InvalidInput,
    InvalidValue,
    OrderCoreError,
    UsageExceeded,
    VersionConflict,
)
from ordercore.storage import MemoryStore, Page
from ordercore.storage.tables import Tables
from ordercore.testing import Harness


@mutant("C-20")
class PlacesAtTheWrite(Bound):
    """Gives events their places when they are written, as a sequence does, and lists them so."""

    def commit(self, request: Any, decision: Any) -> Any:
        is_new = self.known(request) is None
        reply = super().commit(request, decision)
        places = notes(self._unit().kept)
        for told in decision.events if is_new else ():
            places[told.id] = len(places) + 1
        return reply

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        super().outbox(limit=limit)
        unit, last = self._unit(), int(after or 0)
        places = notes(unit.kept)
        left = sorted(unit.kept.outbox.keys() - unit.written.acknowledged, key=places.__getitem__)
        some = [event for event in left if places[event] > last]
        more = str(places[some[limit - 1]]) if some[limit:] else None
        return Page([unit.kept.outbox[event] for event in some[:limit]], more)


class HoldsAtOnce(Bound):
    """After a refusal of one kind nothing is a transaction any more: each commit holds at once."""

    refusal: type[OrderCoreError]

    def commit(self, request: Any, decision: Any) -> Any:
        unit = self._unit()
        ended = notes(unit.kept)
        try:
            reply = super().commit(request, decision)
        except self.refusal:
            ended[id(unit)] = unit
            raise
        if id(unit) in ended:
            unit.kept.take_over(unit.written)
            unit.written = Tables()
        return reply


for _error in (VersionConflict, UsageExceeded, InvalidValue, IdempotencyConflict):
    mutant("C-26")(type(f"HoldsAtOnceAfter{_error.__name__}", (HoldsAtOnce,), {"refusal": _error}))


class DropsWhatWasWritten(Bound):
    """What is refused takes with it what the transaction has written before."""

    refusal: type[OrderCoreError]

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        do = super().keys
        return self.or_drop(lambda: do(kind, after=after, limit=limit))

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        do = super().outbox
        return self.or_drop(lambda: do(after=after, limit=limit))

    def reply(self, request: Any) -> Any:
        do = super().reply
        return self.or_drop(lambda: do(request))

    def or_drop(self, do: Any) -> Any:
        try:
            return do()
        except self.refusal:
            self._unit().written = Tables()
            raise


@mutant("C-26")
class ABadLimitDropsWhatWasWritten(DropsWhatWasWritten):
    refusal = InvalidInput


@mutant("C-26")
class AKeyConflictDropsWhatWasWritten(DropsWhatWasWritten):
    refusal = IdempotencyConflict


@mutant("C-24")
class EachBindListsItsOwn(Bound):
    """Does not list what was written through another one that is bound to the transaction."""

    def commit(self, request: Any, decision: Any) -> Any:
        reply = super().commit(request, decision)
        self.__dict__.setdefault("own", set()).update(each.key for each in decision.changes)
        return reply

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().keys(kind, after=after, limit=limit)
        known = self._unit().kept.ids.get(kind, ())
        own = self.__dict__.get("own", ())
        return Page([each for each in page.members if each.id in known or each in own], page.next)


class PlacesBeginAnew(Harness):
    """Keeps the last place that was given in memory alone."""

    capabilities = ("transactions", "kill")

    def __init__(self) -> None:
        self.store: MemoryStore = Hooked()

    def begin(self) -> Any:
        return self.store.begin()

    def kill(self) -> None:
        self.store._open.clear()
        self.store._kept.last_place = 0

    def reopen(self) -> MemoryStore:
        return self.store


MUTANTS["PlacesBeginAnew"] = PlacesBeginAnew, "C-38"


# Awaited, and cancelled


class Awaited:
    """Has every verb awaited; has no transactions, and ends all that is at work at once."""

    def __init__(self) -> None:
        self.inner = MemoryStore()

    async def read(self, asked: Any, *, lock: bool = False) -> Any:
        return self.inner.read(asked, lock=lock)

    async def keys(self, kind: str, **named: Any) -> Any:
        return self.inner.keys(kind, **named)

    async def reply(self, request: Any) -> Any:
        return self.inner.reply(request)

    async def commit(self, request: Any, decision: Any) -> Any:
        return self.inner.commit(request, decision)

    async def outbox(self, **named: Any) -> Any:
        return self.inner.outbox(**named)

    async def acknowledge(self, events: Any) -> None:
        self.inner.acknowledge(events)

    async def forget(self, before: Any) -> None:
        self.inner.forget(before)


@mutant("C-34")
class HalfStaysWhereItIsCancelled(Awaited):
    """Stores changes first, and then, after a while, the reply."""

    async def commit(self, request: Any, decision: Any) -> Any:
        if self.inner.reply(request) is not None:
            return self.inner.reply(request)
        reply = self.inner.commit(request, decision)
        replied = self.inner._kept.replies.pop(request.key)
        await asyncio.sleep(0.001)
        self.inner._kept.replies[request.key] = replied
        return reply


@mutant("C-34")
class ACancellationIsNoErrorToUndo(Awaited):
    """Takes back what it has stored after an error; a cancellation is none of Python's errors."""

    async def commit(self, request: Any, decision: Any) -> Any:
        kept = self.inner._kept
        used, aggregates = dict(kept.used), dict(kept.aggregates)
        if self.inner.reply(request) is not None:
            return self.inner.reply(request)
        reply = self.inner.commit(request, decision)
        replied = kept.replies.pop(request.key)
        try:
            await asyncio.sleep(0)
        except Exception:
            kept.used, kept.aggregates = used, aggregates
            raise
        kept.replies[request.key] = replied
        return reply


@mutant("C-34")
class StaysLockedWhereItIsCancelled(Awaited):
    def __init__(self) -> None:
        super().__init__()
        self.is_busy = False

    async def commit(self, request: Any, decision: Any) -> Any:
        if self.is_busy:
            raise VersionConflict("the whole store")
        self.is_busy = True
        await asyncio.sleep(0)
        try:
            return self.inner.commit(request, decision)
        finally:
            self.is_busy = False
