"""Broken stores: each the store in memory but for one small change, and the clause that it breaks.

Those of the second half were written after the kit, to see whether it notices what it was not
made for.
"""

from __future__ import annotations

import copy
import threading
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attrs import define, evolve, field
from hooked import Bound, Hooked, spoiling, with_leaves

from ordercore.data import dumps
from ordercore.errors import InProgress, InvalidValue, NotFound, UsageExceeded, VersionConflict
from ordercore.storage import Counted, Counter, Found, Key, Loaded, MemoryStore, Page, memory
from ordercore.storage.memory import MemoryTransaction
from ordercore.storage.tables import Replied
from ordercore.testing import Harness
from ordercore.testing.contract.samples import Tally

MUTANTS: dict[str, tuple[Callable[[], Any], str]] = {}
"""How each is made, and the clause that must find it out."""


def mutant(clause: str) -> Callable[[Any], Any]:
    """Enter a store, or the verbs within a transaction, as a mutant."""

    def enter(made: Any) -> Any:
        store = made
        if isinstance(made, type) and issubclass(made, Bound):
            store = type(made.__name__, (Hooked,), {"bound": made})
        elif isinstance(made, type) and issubclass(made, MemoryTransaction):
            store = type(made.__name__, (Hooked,), {"transaction": made})
        MUTANTS[made.__name__] = store, clause
        return made

    return enter


def leaf(clause: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Enter a store that spoils leaves of values."""

    def enter(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
        MUTANTS[change.__name__] = spoiling(change), clause
        return change

    return enter


_NOTES: dict[int, tuple[Any, dict[Any, Any]]] = {}


def notes(kept: Any) -> dict[Any, Any]:
    """Keep what a mutant remembers of one store beside its tables."""
    return _NOTES.setdefault(id(kept), (kept, {}))[1]


def release(kept: Any, told: Any) -> None:
    """Put an event into the outbox, at its end."""
    kept.outbox[told.id] = told
    kept.last_place += 1
    kept.places[told.id] = kept.last_place


# Versions


@mutant("C-08")
class NoVersionCheck(Bound):
    def check_version(self, unit: Any, change: Any) -> None:
        pass


@mutant("C-08")
class OnlyNewOnesAreChecked(Bound):
    def check_version(self, unit: Any, change: Any) -> None:
        if change.expected_version == 0:
            super().check_version(unit, change)


@mutant("C-08")
class LaterVersionsAreTaken(Bound):
    def check_version(self, unit: Any, change: Any) -> None:
        if change.expected_version < unit.aggregate(change.key).version:
            raise VersionConflict(str(change.key))


@mutant("C-08")
class OnlyTheFirstChangeIsChecked(Bound):
    def check_versions(self, unit: Any, decision: Any) -> None:
        for change in decision.changes[:1]:
            self.check_version(unit, change)


@mutant("C-10")
class VersionIsCheckedAtPutAlone(Bound):
    """Others that have not committed are not seen, and nobody looks again at the end."""

    def check_version(self, unit: Any, change: Any) -> None:
        if unit.aggregate(change.key).version != change.expected_version:
            raise VersionConflict(str(change.key))


class _Written(Bound):
    """Lets mutants change what was written."""

    def commit(self, request: Any, decision: Any) -> Any:
        before = set(self._unit().written.replies)
        reply = super().commit(request, decision)
        if request.key not in before and request.key in self._unit().written.replies:
            self.spoil(self._unit().written, request, decision)
        return reply

    def spoil(self, written: Any, request: Any, decision: Any) -> None:
        raise NotImplementedError


@mutant("C-02")
class VersionIsNotBumped(_Written):
    def spoil(self, written: Any, request: Any, decision: Any) -> None:
        for change in decision.changes:
            version = max(1, change.expected_version)
            written.aggregates[change.key] = Found(change.key, version, change.value)


@mutant("C-02")
class VersionCountsCommits(_Written):
    def spoil(self, written: Any, request: Any, decision: Any) -> None:
        for change in decision.changes:
            version = change.expected_version + 1
            written.aggregates[change.key] = Found(change.key, version, change.value)


@mutant("C-02")
class VersionRestarts(_Written):
    def spoil(self, written: Any, request: Any, decision: Any) -> None:
        for change in decision.changes:
            count = decision.version_of(change.key) - change.expected_version
            written.aggregates[change.key] = Found(change.key, count, change.value)


@mutant("C-02")
class LastValueForAll(_Written):
    def spoil(self, written: Any, request: Any, decision: Any) -> None:
        for change in decision.changes:
            found = written.aggregates[change.key]
            last = decision.changes[-1]
            if last.key.kind == change.key.kind:
                written.aggregates[change.key] = evolve(found, value=last.value)


# All or nothing


@mutant("C-09")
class BatchIsNotAtomic(Hooked):
    def commit(self, request: Any, decision: Any) -> Any:
        with self.begin() as transaction:
            bound = self.bound(transaction)
            if bound.reply(request) is None:
                for change in decision.changes:
                    bound.check_version(transaction.unit, change)
                    version = decision.version_of(change.key)
                    self._kept._put(Found(change.key, version, change.value))
                decision = evolve(decision, changes=(), events=())
            return bound.commit(request, decision)


@mutant("C-09")
class UsageStaysAfterARefusal(Bound):
    def check_ids(self, unit: Any, events: Any) -> None:
        try:
            super().check_ids(unit, events)
        except InvalidValue:
            unit.kept.used[Counter("uses", "winter")] = 1
            raise


@mutant("C-09")
class UsageComesBeforeVersions(Hooked):
    def commit(self, request: Any, decision: Any) -> Any:
        with self.begin() as transaction:
            if self.bound(transaction).reply(request) is None:
                for change in decision.usage:
                    used = transaction.unit.used(change.counter)
                    if change.follows(used):
                        self._kept.used[change.counter] = used + change.add
                decision = evolve(decision, usage=[e for e in decision.usage if not e.follows(0)])
            return self.bound(transaction).commit(request, decision)


@mutant("C-09")
class EventsStayAfterARefusal(Hooked):
    def commit(self, request: Any, decision: Any) -> Any:
        try:
            return super().commit(request, decision)
        except UsageExceeded:
            with self.begin() as transaction:
                for told in decision.events:
                    transaction.unit.written.outbox.setdefault(told.id, told)
            raise


@mutant("C-09")
class OnlyTheFirstCounterIsCounted(Bound):
    def counted(self, unit: Any, decision: Any) -> Any:
        every = super().counted(unit, decision)
        return dict(list(every.items())[:1])


# Usage


@mutant("C-18")
class NoLimit(Bound):
    def added(self, unit: Any, change: Any) -> int:
        return max(0, unit.used(change.counter) + change.add)


@mutant("C-18")
class LimitIsOffByOne(Bound):
    def added(self, unit: Any, change: Any) -> int:
        most = None if change.most is None else change.most + (change.add > 0)
        return super().added(unit, evolve(change, most=most))


@mutant("C-18")
class LimitIsNeverReached(Bound):
    def added(self, unit: Any, change: Any) -> int:
        used = super().added(unit, change)
        if change.add > 0 and used == change.most:
            raise UsageExceeded(str(change.counter), used, change.add, change.ceiling)
        return used


@mutant("C-18")
class LimitOnlyOnceUsed(Bound):
    def added(self, unit: Any, change: Any) -> int:
        if change.counter not in unit.kept.used:
            return max(0, change.add)
        return super().added(unit, change)


@mutant("C-18")
class GivingBackIsLimited(Bound):
    def added(self, unit: Any, change: Any) -> int:
        used = super().added(unit, change)
        if change.most is not None and used > change.most:
            raise UsageExceeded(str(change.counter), used, change.add, change.ceiling)
        return used


@mutant("C-18")
class BelowNothing(Bound):
    def added(self, unit: Any, change: Any) -> int:
        if change.add < 0:
            return max(0, unit.used(change.counter) + change.add)
        return super().added(unit, change)


@mutant("C-17")
class HoldersShareACounter(Hooked):
    def commit(self, request: Any, decision: Any) -> Any:
        usage = {each.counter.id: each for each in decision.usage}.values()
        shared = [evolve(e, counter=evolve(e.counter, holder=None)) for e in usage]
        return super().commit(request, evolve(decision, usage=shared))

    def read(self, asked: Any, *, lock: bool = False) -> Loaded:
        several = tuple(asked)
        counters = [each for each in several if isinstance(each, Counter)]
        shared = super().read([evolve(each, holder=None) for each in counters])
        told = [Counted(e, shared.used(evolve(e, holder=None))) for e in dict.fromkeys(counters)]
        keys = super().read([each for each in several if isinstance(each, Key)])
        return Loaded(keys.aggregates, told)


@mutant("C-17")
class CountersOf32Bits(Bound):
    def added(self, unit: Any, change: Any) -> int:
        return super().added(unit, change) % 2**32


@mutant("C-28")
class OthersUseIsNotSeen(Bound):
    def added(self, unit: Any, change: Any) -> int:
        used = unit.used(change.counter)
        if not change.follows(used):
            raise UsageExceeded(str(change.counter), used, change.add, change.ceiling)
        return used + change.add


@mutant("C-24")
class OwnUseIsNotSummed(Bound):
    def added(self, unit: Any, change: Any) -> int:
        super().added(unit, evolve(change, most=None))
        used = unit.kept.used.get(change.counter, 0)
        if not change.follows(used):
            raise UsageExceeded(str(change.counter), used, change.add, change.ceiling)
        return used + change.add


# Values


@leaf("C-30")
def decimals_through_float(value: Any) -> Any:
    return Decimal(str(float(value))) if isinstance(value, Decimal) else value


@leaf("C-30")
def trailing_zeros_are_lost(value: Any) -> Any:
    if isinstance(value, Decimal):
        return Decimal(format(value.normalize(), "f"))
    return value


@leaf("C-30")
def decimals_of_15_digits(value: Any) -> Any:
    return Decimal(f"{value:.15g}") if isinstance(value, Decimal) and value % 1 else value


@leaf("C-30")
def time_zone_is_dropped(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


@leaf("C-30")
def local_time_is_relabelled(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


@leaf("C-30")
def microseconds_are_cut(value: Any) -> Any:
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


@leaf("C-30")
def milliseconds_are_kept(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    return value


@leaf("C-30")
def text_is_cut_at_64_k(value: Any) -> Any:
    return value[:65_535] if isinstance(value, str) else value


@leaf("C-30")
def text_is_stripped(value: Any) -> Any:
    return value.strip() if type(value) is str else value


@leaf("C-30")
def none_becomes_empty_text(value: Any) -> Any:
    return "" if value is None else value


@leaf("C-30")
def text_is_nfc_normalised(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if type(value) is str else value


@leaf("C-30")
def three_bytes_a_character(value: Any) -> Any:
    if type(value) is str:
        return "".join(each if each < "\U00010000" else "?" for each in value)
    return value


@leaf("C-30")
def line_ends_are_made_one(value: Any) -> Any:
    return value.replace("\r\n", "\n") if type(value) is str else value


@leaf("C-30")
def integers_through_float(value: Any) -> Any:
    return int(float(value)) if type(value) is int else value


@mutant("C-30")
class RepliesLoseTheirValues(Bound):
    def taken(self, decision: Any) -> Any:
        return evolve(decision, reply=with_leaves(decision.reply, trailing_zeros_are_lost))

    def commit(self, request: Any, decision: Any) -> Any:
        known = self.reply(request)
        super().commit(request, decision)
        return decision.reply if known is None else known


@mutant("C-30")
class EnvelopesLoseTheirCause(Bound):
    def taken(self, decision: Any) -> Any:
        return evolve(decision, events=[evolve(e, correlation=None) for e in decision.events])


@mutant("C-31")
class TextOf64K(Bound):
    def taken(self, decision: Any) -> Any:
        def cut(value: Any) -> Any:
            return value[:300_000] if type(value) is str else value

        changes = [evolve(e, value=with_leaves(e.value, cut)) for e in decision.changes]
        return evolve(decision, changes=changes)


@mutant("C-31")
class AThousandAtMost(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        return Loaded(got.aggregates[:1000], got.counters[:1000])


# Transactions


@mutant("C-23")
class DirtyRead(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        dirty = {
            key: found
            for other in self._unit().others()
            for key, found in other.aggregates.items()
        }
        return Loaded([dirty.get(each.key, each) for each in got.aggregates], got.counters)


@mutant("C-23")
class DirtyCounters(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        dirty = {c: used for other in self._unit().others() for c, used in other.used.items()}
        told = [evolve(each, used=dirty.get(each.counter, each.used)) for each in got.counters]
        return Loaded(got.aggregates, told)


@mutant("C-23")
class DirtyLists(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().keys(kind, after=after, limit=limit)
        dirty = {k for other in self._unit().others() for k in other.aggregates if k.kind == kind}
        if page.next is None:
            members = sorted({*page.members, *(k for k in dirty if k.id > (after or ""))}, key=str)
            return Page(members[:limit])
        return page


@mutant("C-26")
class AutocommitInside(Bound):
    def commit(self, request: Any, decision: Any) -> Any:
        reply = super().commit(request, decision)
        unit = self._unit()
        unit.kept.take_over(unit.written)
        unit.written = type(unit.written)()
        return reply


class _Leaving(MemoryTransaction):
    """Lets mutants leave something behind when it is rolled back."""

    def rollback(self) -> None:
        if self.is_open:
            self.leave(self.unit.kept, self.unit.written)
        super().rollback()

    def leave(self, kept: Any, written: Any) -> None:
        raise NotImplementedError


@mutant("C-26")
class RollbackKeepsTheOutbox(_Leaving):
    def leave(self, kept: Any, written: Any) -> None:
        for told in written.outbox.values():
            if told.id not in kept.outbox:
                release(kept, told)


@mutant("C-26")
class RollbackKeepsCounters(_Leaving):
    def leave(self, kept: Any, written: Any) -> None:
        kept.used |= written.used


@mutant("C-26")
class RollbackKeepsReplies(_Leaving):
    def leave(self, kept: Any, written: Any) -> None:
        kept.replies |= written.replies


@mutant("C-26")
class RollbackIsNone(_Leaving):
    def leave(self, kept: Any, written: Any) -> None:
        kept.take_over(written)


@mutant("C-26")
class ARefusalEndsWhatWasWritten(Bound):
    def commit(self, request: Any, decision: Any) -> Any:
        try:
            return super().commit(request, decision)
        except (VersionConflict, UsageExceeded):
            unit = self._unit()
            unit.written = type(unit.written)()
            raise


@mutant("C-25")
class EventsAreReleasedEarly(_Written):
    def spoil(self, written: Any, request: Any, decision: Any) -> None:
        kept = self._unit().kept
        for told in decision.events:
            release(kept, told)


@mutant("C-24")
class OwnListIsNotSeen(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        unit = self._unit()
        written, unit.written = unit.written, type(unit.written)()
        try:
            return super().keys(kind, after=after, limit=limit)
        finally:
            unit.written = written


@mutant("C-27")
class AcknowledgedAtOnce(Bound):
    def acknowledge(self, events: Any) -> None:
        for event in tuple(events):
            self._unit().kept.outbox.pop(event, None)
            self._unit().kept.places.pop(event, None)


@mutant("C-27")
class AcknowledgedForAllTime(Bound):
    def acknowledge(self, events: Any) -> None:
        self._unit().written.acknowledged |= set(events)


@mutant("C-27")
class ForgottenAtOnce(Bound):
    def forget(self, before: Any) -> None:
        kept = self._unit().kept
        kept.replies = {k: told for k, told in kept.replies.items() if told.at >= before}


@mutant("C-15")
class TwoUnderOneKey(Bound):
    def reply(self, request: Any) -> Any:
        unit = self._unit()
        open_, unit.open = unit.open, [unit]
        try:
            return super().reply(request)
        finally:
            unit.open = open_


# Idempotency


@mutant("C-12")
class KeysAreNotKnownAgain(Bound):
    def known(self, request: Any) -> Any:
        return None


@mutant("C-13")
class FingerprintIsIgnored(Bound):
    def reply(self, request: Any) -> Any:
        known = self._unit().replied(request.key)
        return None if known is None else known.reply


@mutant("C-12")
class KeyIsNotStored(_Written):
    def spoil(self, written: Any, request: Any, decision: Any) -> None:
        del written.replies[request.key]


@mutant("C-12")
class ReplyOfTheSecondTime(Bound):
    def known(self, request: Any) -> Any:
        return None if self.reply(request) is None else self.again

    def commit(self, request: Any, decision: Any) -> Any:
        self.again = decision.reply
        return super().commit(request, decision)


@mutant("C-12")
class VersionsComeBeforeTheKey(Bound):
    def commit(self, request: Any, decision: Any) -> Any:
        self.check_versions(self._unit(), decision)
        return super().commit(request, decision)


@mutant("C-14")
class ARefusalTakesTheKey(Hooked):
    def commit(self, request: Any, decision: Any) -> Any:
        try:
            return super().commit(request, decision)
        except UsageExceeded:
            self._kept.replies[request.key] = Replied(request, decision.reply, decision.at)
            raise


@mutant("C-16")
class ForgetTakesTheInstantToo(Bound):
    def forget(self, before: Any) -> None:
        unit = self._unit()
        for key, told in unit.kept.replies.items():
            if told.at <= before:
                unit.written.forgotten[key] = told


@mutant("C-16")
class ForgetComparesClocksOnWalls(Bound):
    def forget(self, before: Any) -> None:
        unit = self._unit()
        for key, told in unit.kept.replies.items():
            if told.at.replace(tzinfo=None) < before.replace(tzinfo=None):
                unit.written.forgotten[key] = told


@mutant("C-16")
class ForgetForgetsAll(Bound):
    def forget(self, before: Any) -> None:
        self._unit().written.forgotten |= self._unit().kept.replies


@mutant("C-16")
class ForgetForgetsNothing(Bound):
    def forget(self, before: Any) -> None:
        pass


@mutant("C-32")
class CountersComeFirst(Bound):
    def check_versions(self, unit: Any, decision: Any) -> None:
        self.counted(unit, decision)
        super().check_versions(unit, decision)


# Listing


@mutant("C-05")
class KeysByNumber(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().keys(kind, after=after, limit=limit)
        return evolve(page, members=sorted(page.members, key=lambda k: (len(k.id), k.id)))


@mutant("C-05")
class KeysByCollation(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().keys(kind, after=after, limit=limit)
        return evolve(page, members=sorted(page.members, key=lambda k: k.id.casefold()))


@mutant("C-05")
class KeysAsTheyCame(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        unit = self._unit()
        both = {**unit.kept.aggregates, **unit.written.aggregates}
        ids = [key.id for key in both if key.kind == kind]
        start = 0 if after is None else ids.index(after) + 1
        memory._check_page(after, limit)
        some = ids[start : start + limit]
        return Page([Key(kind, name) for name in some], some[-1] if ids[start + limit :] else None)


@mutant("C-05")
class KindsAreListedTogether(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().keys(kind, after=after, limit=limit)
        if page.members or after is not None:
            return page
        return super().keys("kit_tally", limit=limit)


@mutant("C-06")
class PageRepeatsItsBoundary(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().keys(kind, after=after, limit=limit)
        last = [Key(kind, after)] if after is not None and limit > 1 else []
        return evolve(page, members=[*last, *page.members][:limit]) if last else page


@mutant("C-06")
class PageSkipsAKey(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().keys(kind, after=after, limit=limit)
        return evolve(page, members=page.members[after is not None :])


@mutant("C-06")
class KeysByOffset(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        memory._check_page(after, limit)
        unit, start = self._unit(), int(after or 0)
        ids = sorted(
            {k.id for t in (unit.kept, unit.written) for k in t.aggregates if k.kind == kind}
        )
        more = str(start + limit) if ids[start + limit :] else None
        return Page([Key(kind, name) for name in ids[start : start + limit]], more)


@mutant("C-06")
class TheLastPageIsLost(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().keys(kind, after=after, limit=limit)
        full = len(super().keys(kind, after=page.next, limit=limit).members) == limit
        return page if page.next is None or full else evolve(page, next=None)


@mutant("C-07")
class AnyLimit(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        return super().keys(kind, after=after, limit=max(1, min(limit, 1000)))


@mutant("C-07")
class OneMoreThanAskedFor(Bound):
    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().outbox(after=after, limit=limit)
        return page if limit > 1 else super().outbox(after=after, limit=2)


@mutant("C-04")
class WhatWasReadIsAlive(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got, kept = super().read(asked, lock=lock), self._unit().kept

        class Alive(Loaded):
            def _aggregate(self, key: Key) -> Found:
                return kept.aggregates.get(key) or super()._aggregate(key)

        return Alive(got.aggregates, got.counters)


@mutant("C-01")
class NothingIsVersion1(Bound):
    """Keeps an empty document of whatever is asked for."""

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        some = [each if each.version else Found(each.key, 1, Tally()) for each in got.aggregates]
        return Loaded(some, got.counters)


@mutant("C-03")
class MissingOnesAreLeftOut(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        return Loaded([each for each in got.aggregates if each.version], got.counters)


@mutant("C-03")
class CountersOfZeroAreLeftOut(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        return Loaded(got.aggregates, [each for each in got.counters if each.used or lock])


@mutant("C-03")
class AskedIsGoneThroughTwice(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        keys = [each for each in asked if isinstance(each, Key)]
        counters = [each for each in asked if isinstance(each, Counter)]
        return super().read([*keys, *counters], lock=lock)


@mutant("C-29")
class IdsOf63(Hooked):
    def commit(self, request: Any, decision: Any) -> Any:
        return super().commit(evolve(request, key=request.key[:63].strip()), decision)

    def reply(self, request: Any) -> Any:
        return super().reply(evolve(request, key=request.key[:63].strip()))


@mutant("C-29")
class CountersOfOneText(Bound):
    """All of a counter joined to one text, as careless keys are made."""

    def named(self, counter: Counter) -> Counter:
        return Counter("x", f"{counter.kind}:{counter.id}:{counter.holder}"[-64:])

    def counted(self, unit: Any, decision: Any) -> Any:
        return {
            self.named(each.counter): self.added(
                unit, evolve(each, counter=self.named(each.counter))
            )
            for each in decision.usage
        }

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        several = tuple(asked)
        got = super().read([e for e in several if isinstance(e, Key)], lock=lock)
        counters = dict.fromkeys(e for e in several if isinstance(e, Counter))
        used = [Counted(e, self._unit().used(self.named(e))) for e in counters]
        return Loaded(got.aggregates, used)


# The outbox


@mutant("C-19")
class OutboxIsReversed(Bound):
    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().outbox(after=after, limit=limit)
        return evolve(page, members=page.members[::-1])


@mutant("C-19")
class OnlyTheFirstEvent(Bound):
    def taken(self, decision: Any) -> Any:
        self.first = decision.events[:1]
        return decision

    def commit(self, request: Any, decision: Any) -> Any:
        known = self.reply(request)
        reply = super().commit(request, decision)
        for told in decision.events[1:] if known is None else ():
            self._unit().written.outbox.pop(told.id)
        return reply


@mutant("C-19")
class OutboxById(Bound):
    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        memory._check_page(after, limit)
        unit, start = self._unit(), int(after or 0)
        ids = sorted(set(unit.kept.outbox) - unit.written.acknowledged)
        more = str(start + limit) if ids[start + limit :] else None
        return Page([unit.kept.outbox[name] for name in ids[start : start + limit]], more)


@mutant("C-20")
class OutboxByOffset(Bound):
    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        memory._check_page(after, limit)
        unit, start = self._unit(), int(after or 0)
        ids = [name for name in unit.kept.outbox if name not in unit.written.acknowledged]
        more = str(start + limit) if ids[start + limit :] else None
        return Page([unit.kept.outbox[name] for name in ids[start : start + limit]], more)


@mutant("C-21")
class AcknowledgingUpTo(Bound):
    def acknowledge(self, events: Any) -> None:
        kept, several = self._unit().kept, tuple(events)
        last = max((kept.places.get(name, 0) for name in several), default=0)
        super().acknowledge([name for name, place in kept.places.items() if place <= last])


@mutant("C-21")
class AcknowledgingOneAtATime(Bound):
    def acknowledge(self, events: Any) -> None:
        super().acknowledge(sorted(events)[:1])


@mutant("C-21")
class UnknownIdsAreRefused(Bound):
    def acknowledge(self, events: Any) -> None:
        several = tuple(events)
        for name in several:
            if name not in self._unit().kept.outbox:
                raise NotFound("an event of the outbox", name)
        super().acknowledge(several)


@mutant("C-22")
class IdsAreTakenTwice(Bound):
    def check_ids(self, unit: Any, events: Any) -> None:
        pass


@mutant("C-22")
class OnlyTheFirstIdIsChecked(Bound):
    def check_ids(self, unit: Any, events: Any) -> None:
        super().check_ids(unit, events[:1])


# Locks, connections, threads, crashes


@mutant("C-33")
class LocksStay(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        several = tuple(asked)
        if lock:
            notes(self._unit().kept).setdefault("locked", set()).update(several)
        return super().read(several, lock=lock)

    def check_version(self, unit: Any, change: Any) -> None:
        if change.key in notes(unit.kept).get("locked", ()):
            raise VersionConflict(str(change.key))
        super().check_version(unit, change)


@mutant("C-33")
class LocksHideWhatIsNew(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        if not lock:
            return got
        return Loaded([each for each in got.aggregates if each.version], got.counters)


class Shared(Harness):
    """Several connections to one store in memory."""

    capabilities = ("transactions", "second_connection")

    def __init__(
        self, connect: Callable[[Any], Any], kept: Callable[[], Any] = MemoryStore
    ) -> None:
        self.kept = kept()
        self.connect = connect
        self.store = connect(self.kept)

    def begin(self) -> Any:
        return self.kept.begin()

    def second_connection(self) -> Any:
        return self.connect(self.kept)


class Caching:
    """A connection that remembers what it has read."""

    def __init__(self, inner: MemoryStore) -> None:
        self.inner = inner
        self.cache: dict[Any, Any] = {}

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        several = tuple(asked)
        for each in several:
            if each not in self.cache:
                got = self.inner.read([each])
                self.cache[each] = (*got.aggregates, *got.counters)[0]
        told = [self.cache[each] for each in dict.fromkeys(several)]
        return Loaded(
            [each for each in told if isinstance(each, Found)],
            [each for each in told if isinstance(each, Counted)],
        )

    def commit(self, request: Any, decision: Any) -> Any:
        self.cache.clear()
        return self.inner.commit(request, decision)

    def __getattr__(self, verb: str) -> Any:
        if verb not in {"keys", "reply", "outbox", "acknowledge", "forget", "bind"}:
            raise AttributeError(verb)
        return getattr(self.inner, verb)


@mutant("C-35")
def connections_that_cache() -> Any:
    return Shared(Caching)


class KeysOfItsOwn(Caching):
    """A connection that knows only the keys that it has committed under itself."""

    def __init__(self, inner: MemoryStore) -> None:
        super().__init__(inner)
        self.own: set[str] = set()

    def reply(self, request: Any) -> Any:
        return self.inner.reply(request) if request.key in self.own else None

    def commit(self, request: Any, decision: Any) -> Any:
        self.own.add(request.key)
        return super().commit(request, decision)


@mutant("C-35")
def keys_of_one_connection() -> Any:
    return Shared(KeysOfItsOwn)


@mutant("C-36")
@define(eq=False)
class ThreadsComeInBetween(Hooked):
    capabilities = ("transactions", "threads")

    def commit(self, request: Any, decision: Any) -> Any:
        with self.begin() as transaction:
            bound = self.bound(transaction)
            known = bound.reply(request)
            if known is not None:
                return known
            open_, transaction.unit.open = transaction.unit.open, [transaction.unit]
            try:
                reply = bound.commit(request, decision)
                time.sleep(0.0005)  # as long as a database takes
                return reply
            finally:
                transaction.unit.open = open_


class Killed(Harness):
    """A store that is killed, and comes back with what it has saved."""

    capabilities = ("transactions", "kill")

    def __init__(self, save: Callable[[MemoryStore], MemoryStore]) -> None:
        self.store = MemoryStore()
        self.save = save

    def begin(self) -> Any:
        return self.store.begin()

    def kill(self) -> None:
        self.store = self.save(self.store)

    def reopen(self) -> Any:
        return self.store


@mutant("C-38")
def killed_and_empty() -> Any:
    return Killed(lambda _store: MemoryStore())


@mutant("C-38")
def killed_without_replies() -> Any:
    def save(store: MemoryStore) -> MemoryStore:
        store._open.clear()
        store._kept.replies.clear()
        return store

    return Killed(save)


@mutant("C-38")
def killed_and_half_committed() -> Any:
    def save(store: MemoryStore) -> MemoryStore:
        for unit in store._open:
            store._kept.take_over(unit.written)
        store._open.clear()
        return store

    return Killed(save)


# Written after the kit, to see whether it notices what it was not made for


@mutant("C-02")
class DefaultsAreNothing(Bound):
    """Takes a document that says nothing for none at all."""

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        there = [
            each if dumps(each.value).count(":") > 2 else Found(each.key)
            for each in got.aggregates
            if each.value is not None
        ]
        none = [each for each in got.aggregates if each.value is None]
        return Loaded([*there, *none], got.counters)


@mutant("C-13")
class RepliesByFingerprint(Bound):
    """The same content under another key gets the reply of the first one."""

    def reply(self, request: Any) -> Any:
        unit = self._unit()
        for told in (*unit.kept.replies.values(), *unit.written.replies.values()):
            if told.request.fingerprint == request.fingerprint and request.key not in "r-1 nobody":
                return told.reply
        return super().reply(request)


@mutant("C-26")
class OneLogForAll(Hooked):
    """A rollback puts back the picture of the beginning, whatever others have done since."""

    def begin(self) -> Any:
        transaction = super().begin()
        picture = copy.copy(self._kept.aggregates), dict(self._kept.outbox), dict(self._kept.used)
        ids = copy.deepcopy(self._kept.ids)
        store, rollback = self, transaction.rollback

        class Restoring(type(transaction)):  # type: ignore[misc]
            def rollback(self) -> None:
                if self.is_open and self.unit.written.aggregates:
                    kept = store._kept
                    kept.aggregates, kept.outbox, kept.used = picture
                    kept.ids = ids
                rollback()

            def commit(self) -> None:
                self.unit.kept.take_over(self.unit.written)
                rollback()

        return Restoring(transaction.unit)


@mutant("C-25")
class TheLastCommitOfATransactionAlone(Bound):
    """Of several commits in one transaction, the events of the last one are released."""

    def commit(self, request: Any, decision: Any) -> Any:
        if self.reply(request) is None and decision.events:
            self._unit().written.outbox.clear()
        return super().commit(request, decision)


@mutant("C-24")
class OwnWritesAreForgotten(Bound):
    """Sees its last commit alone."""

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        unit = self._unit()
        every = dict(unit.written.aggregates)
        unit.written.aggregates = dict(list(every.items())[-1:])
        try:
            return super().read(asked, lock=lock)
        finally:
            unit.written.aggregates = every


@mutant("C-25")
class KeysStayInProgress(Bound):
    """What a transaction has committed under stays in progress for ever."""

    def reply(self, request: Any) -> Any:
        if request.key.startswith("b-") and request.key in self._unit().kept.replies:
            raise InProgress(request.key)
        return super().reply(request)


@mutant("C-18")
class TheLowestLimitEverGoes(Bound):
    def added(self, unit: Any, change: Any) -> int:
        lowest = notes(unit.kept)
        if change.most is not None:
            lowest[change.counter] = min(change.most, lowest.get(change.counter, change.most))
        return super().added(unit, evolve(change, most=lowest.get(change.counter)))


@mutant("C-18")
class NoLimitOfZero(Bound):
    def added(self, unit: Any, change: Any) -> int:
        return super().added(unit, evolve(change, most=change.most or None))


@mutant("C-12")
class UsageIsCountedAgain(Hooked):
    """A request that comes again stores nothing, but counts."""

    def commit(self, request: Any, decision: Any) -> Any:
        known = self.reply(request)
        for change in decision.usage if known is not None else ():
            used = self._kept.used.get(change.counter, 0)
            self._kept.used[change.counter] = max(0, used + change.add)
        return super().commit(request, decision)


@mutant("C-16")
class ForgetGoesByEvents(Bound):
    """Takes when the events happened for when it was decided."""

    def taken(self, decision: Any) -> Any:
        first = decision.events[0].at if decision.events else decision.at
        return evolve(decision, at=first)


@mutant("C-16")
class ForgetGoesBySeconds(Bound):
    def forget(self, before: Any) -> None:
        super().forget(before.replace(microsecond=0))

    def taken(self, decision: Any) -> Any:
        return evolve(decision, at=decision.at.replace(microsecond=0))


@mutant("C-19")
class EventsByIdAndSequence(Bound):
    """Keeps events by the id of their aggregate and their sequence, and forgets the kind."""

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().outbox(after=after, limit=limit)
        once = {(told.aggregate.id, told.sequence): told for told in page.members}
        return evolve(page, members=once.values())


@mutant("C-21")
class AcknowledgedOnesComeBack(Hooked):
    """With the next commit, what was acknowledged before is there again."""

    def commit(self, request: Any, decision: Any) -> Any:
        reply = super().commit(request, decision)
        for told in notes(self._kept).pop("gone", ()):
            release(self._kept, told)
        return reply

    def acknowledge(self, events: Any) -> None:
        several = tuple(events)
        there = self._kept.outbox
        notes(self._kept)["gone"] = [there[name] for name in several if name in there]
        super().acknowledge(several)


@mutant("C-33")
class ALockIsAWrite(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got, unit = super().read(asked, lock=lock), self._unit()
        for found in got.aggregates if lock else ():
            if found.version:
                unit.written.aggregates[found.key] = evolve(found, version=found.version + 1)
        return got


@define(eq=False)
class _InTurn(Hooked):
    """Lets threads in one at a time."""

    capabilities = ("transactions", "threads")
    turn: Any = field(init=False, factory=threading.RLock)

    def at_once(self, do: Any) -> Any:
        with self.turn:
            return super().at_once(do)


@mutant("C-36")
class KeysComeInBetween(_InTurn):
    """Is right in all, but for the moment between asking for a key and taking it."""

    def commit(self, request: Any, decision: Any) -> Any:
        if (known := self.reply(request)) is not None:
            return known
        time.sleep(0.0005)
        with self.turn:
            self._kept.replies.pop(request.key, None)
            return super().commit(request, decision)


@mutant("C-36")
class EventsComeInBetween(_InTurn):
    """Loses an event now and then, where two are released at once."""

    def commit(self, request: Any, decision: Any) -> Any:
        before = dict(self._kept.outbox)
        time.sleep(0.0005)
        with self.turn:
            lost = [name for name in self._kept.outbox if name not in before]
            reply = super().commit(request, decision)
            for name in lost[:1]:
                super().acknowledge([name])
            return reply


@mutant("C-20")
class TheOrderChanges(Bound):
    """Lists in another order once there are many."""

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().outbox(after=after, limit=limit)
        if len(self._unit().kept.outbox) < 5 or after is not None or page.next is not None:
            return page
        by_aggregate = sorted(page.members, key=lambda told: (told.aggregate.id, told.sequence))
        return evolve(page, members=by_aggregate)


@mutant("C-11")
class AnyAnswerIsAReply(Bound):
    def reply(self, request: Any) -> Any:
        known = super().reply(request)
        kept = self._unit().kept.replies
        return kept[next(iter(kept))].reply if known is None and kept else known


@mutant("C-34")
class UnknownOutcomesAreTwice(Hooked):
    """Gives a decision that comes a third time another reply."""

    def commit(self, request: Any, decision: Any) -> Any:
        times = notes(self._kept)
        times[request.key] = times.get(request.key, 0) + 1
        reply = super().commit(request, decision)
        return evolve(reply, total=reply.total + (times[request.key] > 2))


@mutant("C-41")
class ForgettingSeveralResetsACounter(Hooked):
    """Something that only a long story shows."""

    def forget(self, before: Any) -> None:
        gone = [told for told in self._kept.replies.values() if told.at < before]
        super().forget(before)
        if len(gone) > 2:
            self._kept.used[Counter("uses", "summer", "c-1")] = 0


@mutant("C-41")
class AKeyChangedOftenIsListedNoMore(Bound):
    """Something that only a long story shows."""

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().keys(kind, after=after, limit=limit)
        seldom = [key for key in page.members if self._unit().aggregate(key).version != 13]
        return evolve(page, members=seldom)
