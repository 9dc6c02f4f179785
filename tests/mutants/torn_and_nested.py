"""Stores broken where transactions, connections and reads of several things come in."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attrs import define, evolve
from hooked import Bound, Hooked, with_leaves

from mutants import MUTANTS, RollbackIsNone, Shared, _InTurn, mutant, notes
from ordercore.errors import (
    IdempotencyConflict,
    InvalidValue,
    UsageExceeded,
    VersionConflict,
)
from ordercore.storage import Counter, Found, Key, Loaded, Page, memory
from ordercore.storage.memory import MemoryTransaction
from ordercore.storage.tables import Tables

_AS_LONG_AS_IT_TAKES = 0.0001  # seconds that a database takes for a statement


def inside(clause: str) -> Callable[[type[Bound]], type[Bound]]:
    """Enter verbs that are wrong within the caller's transaction alone."""

    def enter(made: type[Bound]) -> type[Bound]:
        class Store(Hooked):
            def bind(self, transaction: Any) -> Any:
                super().bind(transaction)
                return made(transaction)

        Store.__name__ = Store.__qualname__ = made.__name__
        MUTANTS[made.__name__] = Store, clause
        return made

    return enter


# Values, sizes and names that nobody looks at within a transaction


@inside("C-30")
class ValuesAreSpoiltWithin(Bound):
    def taken(self, decision: Any) -> Any:
        def spoil(value: Any) -> Any:
            if isinstance(value, datetime):
                return value.astimezone(UTC)
            return Decimal(str(float(value))) if isinstance(value, Decimal) else value

        changes = [evolve(e, value=with_leaves(e.value, spoil)) for e in decision.changes]
        return evolve(decision, changes=changes)


@inside("C-30")
class ValuesAreSpoiltAtTheEnd(Bound):
    """Shows what it was given, and has written something else when the transaction has ended."""

    def commit(self, request: Any, decision: Any) -> Any:
        def cut(value: Any) -> Any:
            return value.replace(microsecond=0) if isinstance(value, datetime) else value

        reply = super().commit(request, decision)
        unit = self._unit()
        flushed = unit.written.aggregates

        class Flushed(dict):  # type: ignore[type-arg]
            def values(self) -> Any:
                return [evolve(e, value=with_leaves(e.value, cut)) for e in super().values()]

        unit.written.aggregates = Flushed(flushed)
        return reply


@inside("C-30")
class DocumentsOf64KWithin(Bound):
    def taken(self, decision: Any) -> Any:
        def cut(value: Any) -> Any:
            return value[:65_535] if type(value) is str else value

        changes = [evolve(e, value=with_leaves(e.value, cut)) for e in decision.changes]
        return evolve(decision, changes=changes)


@inside("C-31")
class FiveHundredAtMostWithin(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        some = [e if n < 500 else Found(e.key) for n, e in enumerate(got.aggregates)]
        return Loaded(some, got.counters)


@inside("C-31")
class ManyAreNotAcknowledgedWithin(Bound):
    def acknowledge(self, events: Any) -> None:
        several = tuple(events)
        super().acknowledge(several if len(several) < 999 else ())


@inside("C-29")
class CapitalsAreOneWithin(Bound):
    def acknowledge(self, events: Any) -> None:
        wanted = {event.lower() for event in events}
        super().acknowledge([e for e in self._unit().kept.outbox if e.lower() in wanted])


@inside("C-32")
class CountersComeFirstWithin(Bound):
    def check_versions(self, unit: Any, decision: Any) -> None:
        self.counted(unit, decision)
        super().check_versions(unit, decision)


@inside("C-13")
class OtherContentsHaveNoReplyWithin(Bound):
    def reply(self, request: Any) -> Any:
        try:
            return super().reply(request)
        except IdempotencyConflict:
            return None


@inside("C-22")
class IdsAreTakenTwiceWithin(Bound):
    def check_ids(self, unit: Any, events: Any) -> None:
        pass


@inside("C-18")
class LimitsAreThoseOfTheBeginning(Bound):
    """Compares a limit with what the counter told when the transaction first looked."""

    def added(self, unit: Any, change: Any) -> int:
        before = notes(unit).setdefault(change.counter, unit.used(change.counter))
        if change.follows(before):
            return max(0, unit.used(change.counter) + change.add)
        return super().added(unit, change)


# Refusals without a savepoint


class _Savepoints(Bound):
    """Lets mutants do without going back to where a refused commit began."""

    def commit(self, request: Any, decision: Any) -> Any:
        try:
            return super().commit(request, decision)
        except (InvalidValue, IdempotencyConflict, VersionConflict, UsageExceeded) as error:
            self.after(error, self._unit(), decision)
            raise

    def after(self, error: Exception, unit: Any, decision: Any) -> None:
        raise NotImplementedError


@inside("C-26")
class ATakenIdEndsWhatWasWritten(_Savepoints):
    def after(self, error: Exception, unit: Any, decision: Any) -> None:
        if type(error) is InvalidValue:
            unit.written = Tables()


@inside("C-26")
class AKnownKeyEndsWhatWasWritten(_Savepoints):
    def after(self, error: Exception, unit: Any, decision: Any) -> None:
        if isinstance(error, IdempotencyConflict):
            unit.written = Tables()


@inside("C-09")
class ATakenIdLeavesTheChanges(_Savepoints):
    def after(self, error: Exception, unit: Any, decision: Any) -> None:
        for change in decision.changes if type(error) is InvalidValue else ():
            found = Found(change.key, decision.version_of(change.key), change.value)
            unit.written._put(found)


@inside("C-26")
class AUsedUpCounterLeavesTheOthers(_Savepoints):
    def after(self, error: Exception, unit: Any, decision: Any) -> None:
        for change in decision.usage if isinstance(error, UsageExceeded) else ():
            used = unit.used(change.counter)
            if change.follows(used):
                unit.written.used[change.counter] = used + change.add


# What a transaction has done itself


@inside("C-24")
class LocksTellWhatIsCommitted(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        unit = self._unit()
        written = unit.written
        unit.written = Tables() if lock else written
        try:
            return super().read(asked, lock=lock)
        finally:
            unit.written = written


@mutant("C-23")
class LocksTellWhatIsNotCommitted(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        dirty = {c: n for other in self._unit().others() for c, n in other.used.items()}
        told = [evolve(e, used=dirty.get(e.counter, e.used)) for e in got.counters]
        return Loaded(got.aggregates, told if lock else got.counters)


@inside("C-27")
class ForgottenKeysStayForgotten(Bound):
    """A key that was forgotten in the transaction is forgotten at its end, used again or not."""

    def forget(self, before: Any) -> None:
        super().forget(before)
        notes(self._unit()).setdefault("gone", set()).update(self._unit().written.forgotten)

    def commit(self, request: Any, decision: Any) -> Any:
        reply = super().commit(request, decision)
        if request.key in notes(self._unit()).get("gone", ()):
            self._unit().written.replies.pop(request.key)
        return reply


@inside("C-25")
class EventsOfATransactionByTheirInstants(Bound):
    def commit(self, request: Any, decision: Any) -> Any:
        reply = super().commit(request, decision)
        events = self._unit().written.outbox
        in_order = sorted(events.items(), key=lambda each: each[1].at)
        events.clear()
        events.update(in_order)
        return reply


@mutant("C-15")
class KeysOfOthersAreNotSeen(Bound):
    """Two transactions may use one key; who commits last has the reply."""

    def commit(self, request: Any, decision: Any) -> Any:
        held = [(t, t.replies.pop(request.key)) for t in self._others_of(request.key)]
        try:
            return super().commit(request, decision)
        finally:
            for tables, told in held:
                tables.replies[request.key] = told

    def _others_of(self, key: str) -> list[Any]:
        return [tables for tables in self._unit().others() if key in tables.replies]


# Places in the outbox


@mutant("C-20")
class PlacesAreGivenAgain(MemoryTransaction):
    """Numbers events from the last one that is there, as a table without a sequence does."""

    def commit(self) -> None:
        kept = self.unit.kept
        kept.last_place = max(
            (place for event, place in kept.places.items() if event not in self.gone), default=0
        )
        super().commit()

    @property
    def gone(self) -> set[str]:
        return self.unit.written.acknowledged


@mutant("C-25")
class TwoTransactionsGiveOnePlace(MemoryTransaction):
    """Numbers events from the last place that was committed when they were first written."""

    def commit(self) -> None:
        kept, first = self.unit.kept, notes(self.unit).get("first")
        written = list(self.unit.written.outbox)
        super().commit()
        if first is not None:
            for number, event in enumerate(written, first + 1):
                kept.places[event] = number
            kept.places = dict(sorted(kept.places.items(), key=lambda each: each[1]))


class _NotesPlaces(Bound):
    def commit(self, request: Any, decision: Any) -> Any:
        unit = self._unit()
        notes(unit).setdefault("first", unit.kept.last_place)
        return super().commit(request, decision)


MUTANTS["TwoTransactionsGiveOnePlace"][0].bound = _NotesPlaces  # type: ignore[attr-defined]


# Transactions that have ended


@mutant("C-43")
class EndedTransactionsGoOn(Bound):
    """Whatever is asked after the end is done, and never committed."""

    def _unit(self) -> Any:
        return self._transaction.unit


@mutant("C-43")
class EndedTransactionsStillRead(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        if self._transaction.is_open:
            return super().read(asked, lock=lock)
        unit = self._transaction.unit
        unit.open.append(unit)
        try:
            return super().read(asked, lock=lock)
        finally:
            unit.open.remove(unit)


@mutant("C-43")
class EndedTransactionsStillAcknowledge(Bound):
    def acknowledge(self, events: Any) -> None:
        if self._transaction.is_open:
            super().acknowledge(events)


@mutant("C-43")
class CommitsTwice(MemoryTransaction):
    def commit(self) -> None:
        self.unit.kept.take_over(self.unit.written)
        self.rollback()


@mutant("C-43")
class CommitsAfterARollback(MemoryTransaction):
    def commit(self) -> None:
        if not self.is_open and not notes(self.unit).get("committed"):
            self.unit.open.append(self.unit)
        notes(self.unit)["committed"] = True
        super().commit()


# Reads of one state


@mutant("C-42")
class ATransactionKeepsEachThingThatItHasRead(Hooked):
    """An identity map: what was read once is not read again, what was not is read as it is now."""

    def bind(self, transaction: Any) -> Any:
        super().bind(transaction)
        return _Mapped(transaction)


class _Mapped(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got, known = super().read(asked, lock=lock), notes(self._unit())
        written = self._unit().written.aggregates
        for found in got.aggregates:
            if found.key in written or found.key not in known:
                known[found.key] = found
        return Loaded([known[found.key] for found in got.aggregates], got.counters)


@mutant("C-42")
class ATransactionKeepsThatThereWasNoReply(Hooked):
    def bind(self, transaction: Any) -> Any:
        super().bind(transaction)
        return _NoReply(transaction)


class _NoReply(Bound):
    def reply(self, request: Any) -> Any:
        unit = self._unit()
        if notes(unit).get(request.key) and request.key not in unit.written.replies:
            return None
        known = super().reply(request)
        notes(unit)[request.key] = known is None
        return known


@mutant("C-42")
@define(eq=False)
class ReadsOneAfterTheOther(_InTurn):
    """Lets others in between two of the things that it reads."""

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = Loaded()
        for each in dict.fromkeys(asked):
            time.sleep(_AS_LONG_AS_IT_TAKES)
            got |= super().read([each], lock=lock)
        return got


@mutant("C-42")
@define(eq=False)
class ReadsInPiecesWithin(_InTurn):
    """Reads as it should, but within a transaction, where it sees what is committed meanwhile."""

    def bind(self, transaction: Any) -> Any:
        super().bind(transaction)
        bound = _Pieces(transaction)
        bound.turn = self.turn
        return bound


class _Pieces(Bound):
    turn: Any = None

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = Loaded()
        for each in dict.fromkeys(asked):
            time.sleep(_AS_LONG_AS_IT_TAKES)
            with self.turn:
                got |= super().read([each], lock=lock)
        return got

    def reply(self, request: Any) -> Any:
        with self.turn:
            return super().reply(request)

    def commit(self, request: Any, decision: Any) -> Any:
        with self.turn:
            return super().commit(request, decision)


@mutant("C-42")
@define(eq=False)
class ReadsCountersLater(_InTurn):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        several = tuple(asked)
        keys = super().read([each for each in several if isinstance(each, Key)], lock=lock)
        return keys | super().read([e for e in several if isinstance(e, Counter)], lock=lock)


@mutant("C-42")
@define(eq=False)
class RepliesComeLater(_InTurn):
    """Enters what has changed, lets others in, and then enters the reply."""

    def commit(self, request: Any, decision: Any) -> Any:
        with self.turn:
            is_new = self.reply(request) is None
            reply = super().commit(request, decision)
            held = self._kept.replies.pop(request.key) if is_new else None
        if held is not None:
            time.sleep(0.001)
            self._kept.replies[request.key] = held
        return reply


@mutant("C-42")
@define(eq=False)
class RepliesComeFirst(_InTurn):
    """Enters the reply, lets others in, and then enters the rest."""

    def commit(self, request: Any, decision: Any) -> Any:
        with self.turn:
            before = dict(self._kept.aggregates), dict(self._kept.used)
            is_new = self.reply(request) is None
            reply = super().commit(request, decision)
            after = self._kept.aggregates, self._kept.used
            if is_new:
                self._kept.aggregates, self._kept.used = before
        time.sleep(_AS_LONG_AS_IT_TAKES)
        with self.turn:
            if is_new:
                self._kept.aggregates |= {e.key: after[0][e.key] for e in decision.changes}
                self._kept.used |= {e.counter: after[1][e.counter] for e in decision.usage}
        return reply


@mutant("C-42")
@define(eq=False)
class CountsAndTakesItBack(_InTurn):
    """Counts first, and takes it back where a version is stale."""

    def commit(self, request: Any, decision: Any) -> Any:
        with self.turn:
            if self.reply(request) is not None:
                return super().commit(request, decision)
            used = self._kept.used
            for each in decision.usage:
                used[each.counter] = used.get(each.counter, 0) + each.add
        time.sleep(_AS_LONG_AS_IT_TAKES)
        with self.turn:
            for each in decision.usage:
                used[each.counter] -= each.add
            return super().commit(request, decision)


class Lazily:
    """A connection that reads as it goes through what is asked for."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = Loaded()
        for each in asked:
            got |= self.inner.read([each], lock=lock)
        return got

    def __getattr__(self, verb: str) -> Any:
        if verb not in {"keys", "reply", "commit", "outbox", "acknowledge", "forget", "bind"}:
            raise AttributeError(verb)
        return getattr(self.inner, verb)


class Threaded(Shared):
    """Several connections, each in a thread of its own."""

    capabilities = ("transactions", "second_connection", "threads")


@mutant("C-42")
def connections_that_read_lazily() -> Any:
    return Threaded(Lazily, _InTurn)


class _Plain:
    """Reads as the store in memory does, whatever the class says."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        return _InTurn.read(self.store, asked, lock=lock)


@mutant("C-42")
class LazyThreads(_InTurn):
    read = Lazily.read
    inner = property(_Plain)


# Connections that know better


class _Unchecked(Bound):
    """Leaves it to the connection to check."""

    def check_version(self, unit: Any, change: Any) -> None:
        pass

    def check_ids(self, unit: Any, events: Any) -> None:
        pass

    def added(self, unit: Any, change: Any) -> int:
        return max(0, unit.used(change.counter) + change.add)


class VersionsOfItsOwn(Lazily):
    """Compares versions with those that it has read last."""

    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.seen: dict[Key, int] = {}

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = self.inner.read(asked, lock=lock)
        self.seen |= {each.key: each.version for each in got.aggregates}
        return got

    def commit(self, request: Any, decision: Any) -> Any:
        if any(self.seen.get(e.key) != e.expected_version for e in decision.changes):
            return self.inner.commit(request, decision)
        self.seen.clear()
        with self.inner.begin() as transaction:
            return _Unchecked(transaction).commit(request, decision)


@mutant("C-35")
def connections_with_versions_of_their_own() -> Any:
    return Shared(VersionsOfItsOwn, Hooked)


class LimitsOfItsOwn(Lazily):
    """Compares limits with what it has counted itself."""

    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.used: dict[Counter, int] = {}

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        return self.inner.read(asked, lock=lock)

    def commit(self, request: Any, decision: Any) -> Any:
        if decision.changes or self.inner.reply(request) is not None:
            return self.inner.commit(request, decision)
        for each in decision.usage:
            before = self.used.get(each.counter, 0)
            if not each.follows(before):
                raise UsageExceeded(str(each.counter), before, each.add, each.ceiling)
            self.used[each.counter] = before + each.add
        with self.inner.begin() as transaction:
            return _Unchecked(transaction).commit(request, decision)


@mutant("C-35")
def connections_with_limits_of_their_own() -> Any:
    return Shared(LimitsOfItsOwn, Hooked)


class KeysAreTakenFromOthers(Lazily):
    """Has looked at a key, and takes it, whoever has used it since."""

    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.free: set[str] = set()

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        return self.inner.read(asked, lock=lock)

    def reply(self, request: Any) -> Any:
        known = self.inner.reply(request)
        if known is None:
            self.free.add(request.key)
        return known

    def commit(self, request: Any, decision: Any) -> Any:
        if request.key in self.free:
            self.free.remove(request.key)
            self.inner._kept.replies.pop(request.key, None)
        return self.inner.commit(request, decision)


@mutant("C-35")
def connections_that_take_keys_from_others() -> Any:
    return Shared(KeysAreTakenFromOthers, Hooked)


# Connections that remember


@mutant("C-42")
class CountersAreRememberedAlone(Hooked):
    """Keeps a counter that was asked for alone until it is asked for again."""

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        several = tuple(asked)
        if len(several) != 1 or not isinstance(several[0], Counter) or lock:
            return super().read(several, lock=lock)
        known = notes(self._kept)
        before = known.get(several[0])
        known[several[0]] = super().read(several)
        return known[several[0]] if before is None else before


class RemembersOne(Lazily):
    """Remembers single things that it has read, until it commits something itself."""

    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.known: dict[Any, Any] = {}

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        several = tuple(asked)
        if len(several) != 1 or lock:
            return self.inner.read(several, lock=lock)
        if several[0] not in self.known:
            self.known[several[0]] = self.inner.read(several)
        return self.known[several[0]]

    def commit(self, request: Any, decision: Any) -> Any:
        self.known.clear()
        return self.inner.commit(request, decision)


@mutant("C-35")
def connections_that_remember_single_things() -> Any:
    return Shared(RemembersOne)


@mutant("C-25")
def stores_that_do_not_hear_of_transactions() -> Any:
    return Shared(RemembersOne)


class RemembersNone(Lazily):
    """Remembers that there was no reply, until it commits something itself."""

    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.none: set[str] = set()

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        return self.inner.read(asked, lock=lock)

    def reply(self, request: Any) -> Any:
        if request.key in self.none:
            return None
        known = self.inner.reply(request)
        if known is None:
            self.none.add(request.key)
        return known

    def commit(self, request: Any, decision: Any) -> Any:
        self.none.clear()
        return self.inner.commit(request, decision)


@mutant("C-35")
def connections_that_remember_what_is_not_there() -> Any:
    return Shared(RemembersNone)


class RemembersPages(Lazily):
    """Remembers pages of keys that it has shown, until it commits something itself."""

    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.pages: dict[Any, Page[Any]] = {}

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        return self.inner.read(asked, lock=lock)

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        asked = kind, after, limit
        if asked not in self.pages:
            self.pages[asked] = self.inner.keys(kind, after=after, limit=limit)
        return self.pages[asked]

    def commit(self, request: Any, decision: Any) -> Any:
        self.pages.clear()
        return self.inner.commit(request, decision)


@mutant("C-35")
def connections_that_remember_pages() -> Any:
    return Shared(RemembersPages)


# Invented when the checks stood, to see whether they notice what they were not made for


@mutant("C-10")
class NewOnesOfOthersAreNotSeen(Bound):
    """Two transactions may make the same aggregate: the later one is taken for a change of it."""

    def check_version(self, unit: Any, change: Any) -> None:
        if change.expected_version:
            super().check_version(unit, change)
        elif unit.aggregate(change.key).version:
            raise VersionConflict(str(change.key))


@mutant("C-28")
class UnlimitedCountersAreWrittenBack(Bound):
    """Where there is no limit, nobody looks whether another transaction counts as well."""

    def added(self, unit: Any, change: Any) -> int:
        if change.most is not None:
            return super().added(unit, change)
        used = unit.used(change.counter)
        if not change.follows(used):
            raise UsageExceeded(str(change.counter), used, change.add, change.ceiling)
        return used + change.add


@mutant("C-18")
class GivingBackLiftsTheLimitOfTheOthers(Bound):
    def counted(self, unit: Any, decision: Any) -> Any:
        if any(each.add < 0 for each in decision.usage):
            lifted = [evolve(each, most=None) for each in decision.usage]
            decision = evolve(decision, usage=lifted)
        return super().counted(unit, decision)


@mutant("C-18")
class CountersStopAtTheirLimit(Bound):
    """Counts up to the limit what is too much, and down to nothing what is too little."""

    def added(self, unit: Any, change: Any) -> int:
        return max(0, min(change.ceiling, unit.used(change.counter) + change.add))


@mutant("C-02")
class VersionsBeginAnewWhenAllIsOut(Bound):
    """Counts a long life from its events: once all are acknowledged, it begins anew."""

    def acknowledge(self, events: Any) -> None:
        super().acknowledge(events)
        unit = self._unit()
        left = {
            told.aggregate
            for name, told in unit.kept.outbox.items()
            if name not in unit.written.acknowledged
        }
        for key, found in unit.kept.aggregates.items():
            if found.version > 20 and key not in left:
                unit.kept.aggregates[key] = evolve(found, version=1)


@mutant("C-21")
class KindsAreForgottenWhenAcknowledging(Bound):
    def acknowledge(self, events: Any) -> None:
        there = self._unit().kept.outbox
        gone = [there[name] for name in events if name in there]
        taken = {(told.aggregate.id, told.sequence) for told in gone}
        super().acknowledge(
            [name for name, told in there.items() if (told.aggregate.id, told.sequence) in taken]
        )


@mutant("C-21")
class AcknowledgingARange(Bound):
    def acknowledge(self, events: Any) -> None:
        places = self._unit().kept.places
        given = [places[name] for name in events if name in places]
        between = range(min(given), max(given) + 1) if given else ()
        super().acknowledge([name for name, place in places.items() if place in between])


@mutant("C-21")
class ShortPagesAreTheLast(Bound):
    """Marks what is acknowledged, leaves it out of its page, and ends with a short page."""

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        memory._check_page(after, limit)
        unit, start = self._unit(), int(after or 0)
        every = notes(unit.kept)
        every |= unit.kept.outbox
        rows = list(every.values())[start : start + limit]
        live = [told for told in rows if told.id in unit.kept.outbox]
        live = [told for told in live if told.id not in unit.written.acknowledged]
        more = len(live) == limit and len(every) > start + limit
        return Page(live, str(start + limit) if more else None)


class _CursorIsAnId(Bound):
    """Goes on behind an event, by its id."""

    def gone(self, _ids: list[str]) -> int:
        raise NotImplementedError

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        memory._check_page(after, limit)
        unit = self._unit()
        ids = [name for name in unit.kept.outbox if name not in unit.written.acknowledged]
        start = ids.index(after) + 1 if after in ids else 0 if after is None else self.gone(ids)
        more = ids[start + limit - 1] if ids[start + limit :] else None
        return Page([unit.kept.outbox[name] for name in ids[start : start + limit]], more)


@mutant("C-20")
class CursorsThatAreGoneBeginAnew(_CursorIsAnId):
    def gone(self, _ids: list[str]) -> int:
        return 0


@mutant("C-20")
class CursorsThatAreGoneAreTheEnd(_CursorIsAnId):
    def gone(self, ids: list[str]) -> int:
        return len(ids)


@mutant("C-27")
class ForgettingReachesIntoOthers(Bound):
    def forget(self, before: Any) -> None:
        super().forget(before)
        for tables in self._unit().others():
            tables.replies = {k: told for k, told in tables.replies.items() if told.at >= before}


@mutant("C-27")
class AcknowledgingReachesIntoOthers(Bound):
    def acknowledge(self, events: Any) -> None:
        several = tuple(events)
        super().acknowledge(several)
        for tables in self._unit().others():
            for name in several:
                tables.outbox.pop(name, None)


@mutant("C-23")
class OutboxesWithinAreDirty(Hooked):
    def bind(self, transaction: Any) -> Any:
        super().bind(transaction)
        return _DirtyOutbox(transaction)


class _DirtyOutbox(Bound):
    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().outbox(after=after, limit=limit)
        if page.next is not None:
            return page
        dirty = [told for tables in self._unit().others() for told in tables.outbox.values()]
        return Page([*page.members, *dirty][:limit])


@inside("C-24")
class OwnRepliesAreNotSeen(Bound):
    def known(self, request: Any) -> Any:
        return super().reply(request)

    def reply(self, request: Any) -> Any:
        unit = self._unit()
        written, unit.written = unit.written, Tables()
        try:
            return super().reply(request)
        finally:
            unit.written = written


@mutant("C-05")
class TenAtTheEnd(MemoryTransaction):
    """Writes at its end no more than ten of the aggregates that were changed."""

    def commit(self) -> None:
        for key in list(self.unit.written.aggregates)[10:]:
            del self.unit.written.aggregates[key]
        super().commit()


@mutant("C-10")
class ARollbackEndsAll(MemoryTransaction):
    """All transactions go over one connection."""

    def commit(self) -> None:
        memory.check_open(self)
        self.unit.kept.take_over(self.unit.written)
        super().rollback()

    def rollback(self) -> None:
        for unit in self.unit.open if self.is_open else ():
            unit.written = Tables()
        super().rollback()


@mutant("C-33")
class LocksTellWhatWasReadBefore(Hooked):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        several, known = tuple(asked), notes(self._kept)
        if not lock or several not in known:
            known[several] = super().read(several)
        return known[several]


@mutant("C-36")
@define(eq=False)
class TwoThreadsGiveOnePlace(_InTurn):
    """Has looked at the last place before it was its turn."""

    def commit(self, request: Any, decision: Any) -> Any:
        last = self._kept.last_place
        time.sleep(0.0003)
        with self.turn:
            is_new = self.reply(request) is None
            reply = super().commit(request, decision)
            for number, told in enumerate(decision.events if is_new else (), 1):
                self._kept.places[told.id] = last + number
            self._kept.places = dict(sorted(self._kept.places.items(), key=lambda e: e[1]))
        return reply


class _LooksAndCommits(MemoryTransaction):
    """Gives up what kept others away before it has written."""

    def commit(self) -> None:
        memory.check_open(self)
        self.rollback()
        time.sleep(0.0005)
        self.unit.kept.take_over(self.unit.written)


@mutant("C-36")
@define(eq=False)
class TransactionsComeInBetween(_InTurn):
    transaction = _LooksAndCommits


@mutant("C-26")
class UndeclaredAndBroken(Hooked):
    """Declares no transactions, and begins some that a rollback leaves as they are."""

    capabilities = ()
    transaction = RollbackIsNone
