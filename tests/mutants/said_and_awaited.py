"""Stores broken in what is said by nothing, in names that are put together, and among tasks."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from zlib import crc32

from attrs import define, evolve, field
from hooked import Bound, Hooked, with_leaves
from torn_and_nested import inside

from mutants import MUTANTS, Caching, Killed, Shared, _InTurn, mutant, notes
from ordercore.data import dumps, loads
from ordercore.errors import IdempotencyConflict, UsageExceeded
from ordercore.events import Actor, Recorded
from ordercore.storage import (
    Counter,
    Loaded,
    MemoryStore,
    Page,
    Reply,
    memory,
    read_aggregate,
)
from ordercore.storage.tables import Tables, Unit

# Values: what is nothing is not written


class _Pruned(Bound):
    """Leaves out members of documents."""

    def stays(self, member: Any) -> bool:
        raise NotImplementedError

    def pruned(self, plain: Any) -> Any:
        if isinstance(plain, dict):
            return {k: self.pruned(each) for k, each in plain.items() if self.stays(each)}
        return [self.pruned(each) for each in plain] if isinstance(plain, list) else plain

    def written(self, value: Any) -> str:
        return json.dumps(self.pruned(json.loads(dumps(value))))

    def taken(self, decision: Any) -> Any:
        changes = [
            evolve(each, value=read_aggregate(each.key.kind, self.written(each.value)))
            for each in decision.changes
        ]
        events = [loads(Recorded, self.written(told)) for told in decision.events]
        reply = loads(Reply, self.written(decision.reply))
        return evolve(decision, changes=changes, events=events, reply=reply)


@mutant("C-30")
class NothingIsNotWritten(_Pruned):
    """A database of documents that knows no null."""

    def stays(self, member: Any) -> bool:
        return member is not None


@mutant("C-30")
class EmptyListsAreNotWritten(_Pruned):
    def stays(self, member: Any) -> bool:
        return member != []


@mutant("C-30")
class NoIsNotWritten(_Pruned):
    def stays(self, member: Any) -> bool:
        return member is not False


@mutant("C-30")
class GapsInListsAreClosed(_Pruned):
    def pruned(self, plain: Any) -> Any:
        if isinstance(plain, list):
            plain = [each for each in plain if each is not None]
        return super().pruned(plain)

    def stays(self, _member: Any) -> bool:
        return True


@mutant("C-31")
class AMillionCharactersAtMost(Bound):
    """Counts characters, of which a mebibyte may hold more."""

    def taken(self, decision: Any) -> Any:
        def cut(value: Any) -> Any:
            return value[:1_000_000] if type(value) is str else value

        changes = [evolve(e, value=with_leaves(e.value, cut)) for e in decision.changes]
        return evolve(decision, changes=changes)


# Names


@mutant("C-30")
class RolesAndIdsAreOneText(Bound):
    """Keeps an actor as ``role:id``."""

    def taken(self, decision: Any) -> Any:
        def parted(actor: Actor) -> Actor:
            role, _, name = f"{actor.role}:{actor.id or ''}".partition(":")
            return Actor(role, name.rstrip(":") or None)

        events = [evolve(told, actor=parted(told.actor)) for told in decision.events]
        return evolve(decision, events=events)


class _Nobody(Bound):
    """Writes a name where there is no holder."""

    def named(self, counter: Counter) -> Counter:
        raise NotImplementedError

    def taken(self, decision: Any) -> Any:
        usage = {self.named(each.counter): each for each in decision.usage}
        several = [evolve(each, counter=counter) for counter, each in usage.items()]
        return evolve(decision, usage=several)

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        several = tuple(asked)
        counters = {e: self.named(e) for e in several if isinstance(e, Counter)}
        got = super().read([counters.get(each, each) for each in several], lock=lock)
        kept = {each.counter: each for each in got.counters}
        told = [evolve(kept[name], counter=each) for each, name in counters.items()]
        return Loaded(got.aggregates, told)


@mutant("C-29")
class NobodyIsAStar(_Nobody):
    def named(self, counter: Counter) -> Counter:
        return evolve(counter, holder=counter.holder or "*")


@mutant("C-29")
class NobodyIsTheThingItself(_Nobody):
    def named(self, counter: Counter) -> Counter:
        return evolve(counter, holder=counter.holder or counter.id)


@mutant("C-17")
class NothingIsLeftOfWhatIsGivenBack(Hooked):
    """With a counter of all that is at 0 again, those of its holders are taken away."""

    def commit(self, request: Any, decision: Any) -> Any:
        reply = super().commit(request, decision)
        used = self._kept.used
        for told in [each.counter for each in decision.usage if not used.get(each.counter)]:
            for each in [e for e in used if evolve(e, holder=None) == told]:
                del used[each]
        return reply


# Versions


@mutant("C-08")
class VersionsByTheirBeginning(Bound):
    """Compares the first two digits, as a pattern does."""

    def check_version(self, unit: Any, change: Any) -> None:
        found = str(unit.aggregate(change.key).version)
        if not found.startswith(str(change.expected_version)[:2]):
            super().check_version(unit, change)


@mutant("C-08")
class VersionsOfOneByte(Bound):
    def check_version(self, unit: Any, change: Any) -> None:
        found = unit.aggregate(change.key).version
        if (found - change.expected_version) % 256 or found < 256:
            super().check_version(unit, change)


@mutant("C-02")
class OldOnesAreArchived(Bound):
    """Lists no more what has a long life behind it, and nothing in the outbox."""

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        page = super().keys(kind, after=after, limit=limit)
        kept = self._unit().kept
        told = {each.aggregate for each in kept.outbox.values()}
        some = [
            each for each in page.members if each in told or kept.aggregates[each].version < 20
        ]
        return Page(some, page.next)


# Replies and events


@mutant("C-16")
class AskingAgainMovesTheInstant(Hooked):
    """A reply is kept as long as somebody asks for it."""

    def commit(self, request: Any, decision: Any) -> Any:
        reply = super().commit(request, decision)
        known = self._kept.replies[request.key]
        if known.at < decision.at:
            self._kept.replies[request.key] = known._replace(at=decision.at)
        return reply


@mutant("C-12")
class KeysAreOfOneKindOfThing(Hooked):
    """A key is known for those aggregates alone that it was used for first."""

    def commit(self, request: Any, decision: Any) -> Any:
        kinds = {each.key.kind for each in decision.changes}
        first = notes(self._kept).setdefault(request.key, kinds)
        if kinds and first.isdisjoint(kinds):
            self._kept.replies.pop(request.key, None)
        return super().commit(request, decision)


@mutant("C-20")
class CursorsCountWhatIsTakenOut(Hooked):
    """A page begins at a number, less what was acknowledged since, wherever that stood."""

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        memory._check_page(after, limit)
        taken = notes(self._kept).get("taken", 0)
        start = max(0, int(after or taken) - taken)
        several = [self._kept.outbox[name] for name in self._kept.places]
        more = str(start + limit + taken) if several[start + limit :] else None
        return Page(several[start : start + limit], more)

    def acknowledge(self, events: Any) -> None:
        several, before = tuple(events), len(self._kept.outbox)
        super().acknowledge(several)
        kept = notes(self._kept)
        kept["taken"] = kept.get("taken", 0) + before - len(self._kept.outbox)


@mutant("C-20")
class FirstEventsComeFirst(Hooked):
    """Lists by the sequence within the aggregate, and then by place."""

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        memory._check_page(after, limit)
        places, kept = self._kept.places, self._kept.outbox
        order = sorted((kept[name].sequence, places[name], name) for name in places)
        if after is not None:
            order = [each for each in order if each[:2] > tuple(map(int, after.split()))]
        more = "{} {}".format(*order[limit - 1]) if order[limit:] else None
        return Page([kept[name] for *_, name in order[:limit]], more)


@mutant("C-21")
class WhatIsNotThereIsKeptInMind(Hooked):
    """Notes each id that is acknowledged, and tells no event that has one of them."""

    def acknowledge(self, events: Any) -> None:
        several = tuple(events)
        super().acknowledge(several)
        notes(self._kept).update(dict.fromkeys(several))

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        page = super().outbox(after=after, limit=limit)
        seen = notes(self._kept)
        return Page([told for told in page.members if told.id not in seen], page.next)


@mutant("C-22")
class IdsOfBeforeAreNotTold(Hooked):
    """Takes an event for known that has the id of one that was acknowledged."""

    def acknowledge(self, events: Any) -> None:
        several = tuple(events)
        known = dict.fromkeys(name for name in several if name in self._kept.outbox)
        super().acknowledge(several)
        notes(self._kept).update(known)

    def commit(self, request: Any, decision: Any) -> Any:
        reply = super().commit(request, decision)
        super().acknowledge(told.id for told in decision.events if told.id in notes(self._kept))
        return reply


@mutant("C-16")
@define(eq=False)
class RepliesAreKnownByHeart(Hooked):
    """Knows by heart what it was asked for once, be it forgotten or not."""

    heart: dict[Any, Any] = field(init=False, factory=dict)

    def reply(self, request: Any) -> Any:
        if request not in self.heart:
            told = super().reply(request)
            if told is None:
                return None
            self.heart[request] = told
        return self.heart[request]


class _Sums(Bound):
    """Compares a sum of a fingerprint instead of all of it."""

    def sum_of(self, fingerprint: str) -> object:
        raise NotImplementedError

    def reply(self, request: Any) -> Any:
        try:
            return super().reply(request)
        except IdempotencyConflict:
            known = self._unit().replied(request.key)
            if self.sum_of(known.request.fingerprint) != self.sum_of(request.fingerprint):
                raise
            return known.reply


@mutant("C-13")
class FingerprintsOf32Bits(_Sums):
    def sum_of(self, fingerprint: str) -> object:
        return crc32(bytes.fromhex(fingerprint))


@mutant("C-13")
class FingerprintsInAnyOrder(_Sums):
    def sum_of(self, fingerprint: str) -> object:
        return sum(bytes.fromhex(fingerprint))


# Transactions


class _ThirdCommit(Bound):
    def commit(self, request: Any, decision: Any) -> Any:
        kept = notes(self._transaction.unit.written)
        known = self.known(request)
        reply = super().commit(request, decision)
        kept["commits"] = kept.get("commits", 0) + (known is None)
        self.count(kept["commits"], known)
        return reply

    def count(self, commits: int, known: Any) -> None:
        raise NotImplementedError

    def hold(self) -> None:
        unit = self._unit()
        unit.kept.take_over(unit.written)


@inside("C-26")
class EachThirdCommitHolds(_ThirdCommit):
    """Writes at once when three commits have come together."""

    def count(self, commits: int, known: Any) -> None:
        if known is None and commits % 3 == 0:
            self.hold()


@inside("C-26")
class AKnownKeyHolds(_ThirdCommit):
    """Ends the transaction where there is nothing more to do."""

    def count(self, commits: int, known: Any) -> None:
        if known is not None and commits:
            self.hold()


# Threads, and connections


@mutant("C-36")
class ForgettingWritesBack(_InTurn):
    """Reads the replies, lets others in, and writes back those that are left."""

    def forget(self, before: Any) -> None:
        with self.turn:
            left = {key: told for key, told in self._kept.replies.items() if told.at >= before}
        time.sleep(0.0005)
        with self.turn:
            self._kept.replies = left


@mutant("C-36")
class AcknowledgingWritesBack(_InTurn):
    """Reads the outbox, lets others in, and puts back what is left, and what has come since."""

    def acknowledge(self, events: Any) -> None:
        several = set(events)
        with self.turn:
            left, last = dict(self._kept.outbox), self._kept.last_place
            places = dict(self._kept.places)
        time.sleep(0.002)
        with self.turn:
            kept = self._kept
            new = {name: place for name, place in kept.places.items() if place > last}
            left |= {name: kept.outbox[name] for name in new}
            kept.places = {k: v for k, v in (places | new).items() if k not in several}
            kept.outbox = {name: left[name] for name in kept.places}


class IdsOfItsOwn(Caching):
    """A connection that knows the ids of those events alone that it has written itself."""

    def commit(self, request: Any, decision: Any) -> Any:
        there = {told.id for told in decision.events} & self.inner._kept.outbox.keys()
        if there and not there & self.cache.keys() and self.inner.reply(request) is None:
            self.inner.acknowledge(there)
        self.cache |= dict.fromkeys(told.id for told in decision.events)
        return self.inner.commit(request, decision)

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        return self.inner.read(asked, lock=lock)


@mutant("C-35")
def connections_with_ids_of_their_own() -> Any:
    return Shared(IdsOfItsOwn)


# Stores that are killed


@mutant("C-38")
def killed_and_places_go_on_from_what_is_left() -> Any:
    """As a table without a sequence does, when the server begins anew."""

    def save(store: MemoryStore) -> MemoryStore:
        store._open.clear()
        store._kept.last_place = max(store._kept.places.values(), default=0)
        return store

    return Killed(save)


class Behind(MemoryStore):
    """Writes what was acknowledged down with whatever is asked next."""

    def acknowledge(self, events: Any) -> None:
        several, kept = tuple(events), self._kept
        last = {n: (kept.outbox[n], kept.places[n]) for n in several if n in kept.outbox}
        super().acknowledge(several)
        notes(kept)["last"] = last

    def begin(self) -> Any:
        notes(self._kept).pop("last", None)
        return super().begin()


@mutant("C-38")
def killed_before_it_has_written() -> Any:
    def save(store: MemoryStore) -> MemoryStore:
        store._open.clear()
        lost = notes(store._kept).pop("last", {})
        kept = store._kept
        kept.outbox |= {name: told for name, (told, _) in lost.items()}
        places = kept.places | {name: place for name, (_, place) in lost.items()}
        kept.places = dict(sorted(places.items(), key=lambda pair: pair[1]))
        return store

    killed = Killed(save)
    killed.store = Behind()
    return killed


# Tasks of one loop


def awaited(clause: str) -> Callable[[type[Giving]], type[Giving]]:
    """Enter an awaited store as a mutant."""

    def enter(made: type[Giving]) -> type[Giving]:
        MUTANTS[made.__name__] = made, clause
        return made

    return enter


class Giving:
    """Has every verb awaited, and gives way to others before and after it."""

    def __init__(self) -> None:
        self.plain = MemoryStore()

    def bind(self, _transaction: Any) -> Any:
        raise NotImplementedError

    def __getattr__(self, verb: str) -> Any:
        if verb not in {"keys", "outbox", "acknowledge", "forget"}:
            raise AttributeError(verb)
        return lambda *given, **named: self.given(verb, *given, **named)

    async def given(self, verb: str, *given: Any, **named: Any) -> Any:
        await asyncio.sleep(0)
        answer = getattr(self.plain, verb)(*given, **named)
        await asyncio.sleep(0)
        return answer

    async def read(self, asked: Any, *, lock: bool = False) -> Any:
        return await self.given("read", asked, lock=lock)

    async def reply(self, request: Any) -> Any:
        return await self.given("reply", request)

    async def commit(self, request: Any, decision: Any) -> Any:
        return await self.given("commit", request, decision)


@awaited("C-46")
class LooksAndAwaitsAndWrites(Giving):
    """Looks at all of it, awaits, and writes without looking again."""

    async def commit(self, request: Any, decision: Any) -> Any:
        known = self.plain.reply(request)
        if known is not None:
            return known
        unit = Unit(self.plain._kept, [])
        for change in decision.changes:
            memory._check_version(unit, change)
        used = {each.counter: memory._added(unit, each) for each in decision.usage}
        memory._check_ids(unit, decision.events)
        await asyncio.sleep(0)
        written = Tables()
        written.write(request, decision, used)
        self.plain._kept.take_over(written)
        return decision.reply


@awaited("C-46")
class LooksAtTheKeyAndAwaits(Giving):
    """Takes a key that was free before it has awaited something."""

    async def commit(self, request: Any, decision: Any) -> Any:
        known = self.plain.reply(request)
        if known is not None:
            return known
        await asyncio.sleep(0)
        self.plain._kept.replies.pop(request.key, None)
        return self.plain.commit(request, decision)


@awaited("C-46")
class WritesCountersBack(Giving):
    """Reads counters, awaits, and writes back what it makes of them."""

    async def commit(self, request: Any, decision: Any) -> Any:
        known = self.plain.reply(request)
        if known is not None:
            return known
        got = self.plain.read([each.counter for each in decision.usage])
        used = {}
        for each in decision.usage:
            before = got.used(each.counter)
            if not each.follows(before):
                raise UsageExceeded(str(each.counter), before, each.add, each.ceiling)
            used[each.counter] = before + each.add
        await asyncio.sleep(0)
        reply = self.plain.commit(request, evolve(decision, usage=()))
        self.plain._kept.used |= used
        return reply


@awaited("C-46")
class AwaitsBetweenTwoThingsThatItReads(Giving):
    async def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = Loaded()
        for each in dict.fromkeys(asked):
            got |= await super().read([each], lock=lock)
        return got


@awaited("C-46")
class OneTransactionForAllTasks(Giving):
    """All tasks go over one connection: who is refused rolls back what the others have written."""

    def __init__(self) -> None:
        super().__init__()
        self.now: Any = None

    async def commit(self, request: Any, decision: Any) -> Any:
        begun = self.now is None or not self.now.is_open
        self.now = mine = self.plain.begin() if begun else self.now
        try:
            await asyncio.sleep(0)
            reply = self.plain.bind(mine).commit(request, decision)
            await asyncio.sleep(0)
        except BaseException:
            mine.rollback()
            raise
        if mine.is_open:
            mine.commit()
        return reply


@awaited("C-46")
class AcknowledgesAPictureOfTheOutbox(Giving):
    """Reads the outbox, awaits, and writes back what is left of it."""

    async def acknowledge(self, events: Any) -> None:
        several, before = set(events), dict(self.plain._kept.outbox)
        await asyncio.sleep(0)
        kept = self.plain._kept
        kept.outbox = {name: told for name, told in before.items() if name not in several}
        kept.places = {name: place for name, place in kept.places.items() if name in kept.outbox}
