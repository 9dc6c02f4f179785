"""Broken stores that spoil what they keep: values, names, lists, replies, large numbers.

They stand beside those of `mutants`, and are entered there.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta, timezone
from decimal import Context, Decimal
from typing import Any

from attrs import evolve
from hooked import Bound, Hooked, with_leaves

from mutants import leaf, mutant, notes
from ordercore.data import MAX_BYTES, dumps
from ordercore.data.attributes import Attributes
from ordercore.errors import IdempotencyConflict, UsageExceeded
from ordercore.storage import Counter, Found, Key, Loaded, Page, memory
from ordercore.testing.contract.samples import Recounted, Tallied, Tally, Thanked, Told

# Values


@leaf("C-30")
def decimals_of_28_digits(value: Any) -> Any:
    return Context(prec=28).plus(value) if isinstance(value, Decimal) else value


@leaf("C-30")
def integers_of_64_bits(value: Any) -> Any:
    return (value + 2**63) % 2**64 - 2**63 if type(value) is int else value


@leaf("C-30")
def minus_nothing_is_nothing(value: Any) -> Any:
    return abs(value) if isinstance(value, Decimal) and value == 0 else value


@leaf("C-30")
def lines_end_where_python_splits_them(value: Any) -> Any:
    return "\n".join(value.split("\x85")) if type(value) is str else value


@leaf("C-30")
def control_characters_are_dropped(value: Any) -> Any:
    if type(value) is str:
        return "".join(each for each in value if not "\x80" <= each <= "\x9f")
    return value


@leaf("C-30")
def characters_that_are_none_are_replaced(value: Any) -> Any:
    return value.replace("\ufffe", "\ufffd") if type(value) is str else value


@leaf("C-30")
def private_characters_beyond_are_lost(value: Any) -> Any:
    if type(value) is str:
        return "".join(each for each in value if each < "\U00100000")
    return value


@leaf("C-30")
def spans_are_seconds_in_floats(value: Any) -> Any:
    if isinstance(value, timedelta) and abs(value.days) < 10**8:
        return timedelta(seconds=value.total_seconds())
    if isinstance(value, timedelta):
        return timedelta(days=value.days)
    return value


@leaf("C-30")
def offsets_are_whole_minutes(value: Any) -> Any:
    if isinstance(value, datetime):
        minutes = (value.utcoffset() or timedelta()) // timedelta(minutes=1)
        return value.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    return value


@leaf("C-30")
def years_are_counted_in_nanoseconds(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(year=min(max(value.year, 1678), 2261))
    return value


@leaf("C-30")
def attributes_lose_what_is_empty(value: Any) -> Any:
    if isinstance(value, Attributes):
        return Attributes({name: text for name, text in value.items() if text})
    return value


@leaf("C-30")
def names_of_attributes_lose_their_dots(value: Any) -> Any:
    if isinstance(value, Attributes):
        return Attributes({name.replace(".", "_"): text for name, text in value.items()})
    return value


@leaf("C-30")
def null_is_nobody(value: Any) -> Any:
    return None if value == "null" else value


def _shallow(basket: Any, depth: int = 0) -> Any:
    """Cut what is nested deeply."""
    within = [_shallow(each, depth + 1) for each in basket.within]
    return evolve(basket, within=tuple(within) if depth < 20 else ())


@mutant("C-30")
class DeepOnesAreCut(Bound):
    def taken(self, decision: Any) -> Any:
        changes = [
            evolve(each, value=evolve(each.value, holds=_shallow(each.value.holds)))
            if isinstance(each.value, Tally)
            else each
            for each in decision.changes
        ]
        return evolve(decision, changes=changes)


@mutant("C-30")
class AThousandMembersAtMost(Bound):
    def reply(self, request: Any) -> Any:
        known = super().reply(request)
        if known is None:
            return None
        return evolve(known, holds=evolve(known.holds, numbers=known.holds.numbers[:1000]))


@mutant("C-30")
class EventsOfOneClass(Bound):
    def taken(self, decision: Any) -> Any:
        events = [
            evolve(told, event=Tallied(told.event.add, told.event.holds))
            if isinstance(told.event, Recounted)
            else told
            for told in decision.events
        ]
        return evolve(decision, events=events)


@mutant("C-30")
class RepliesOfOneClass(Bound):
    def reply(self, request: Any) -> Any:
        known = super().reply(request)
        return Told(known.total, known.holds) if isinstance(known, Thanked) else known


@mutant("C-30")
class EnvelopesOf50(Bound):
    def taken(self, decision: Any) -> Any:
        events = [
            evolve(e, correlation=(e.correlation or "")[:50] or None) for e in decision.events
        ]
        return evolve(decision, events=events)


@mutant("C-30")
class EqualValuesAreKept(Bound):
    """Writes a value only where Python holds it for another one."""

    def taken(self, decision: Any) -> Any:
        changes = []
        for each in decision.changes:
            found = self._unit().aggregate(each.key).value
            changes.append(evolve(each, value=found) if found == each.value else each)
        return evolve(decision, changes=changes)


@mutant("C-02")
class EqualValuesAreNoChange(Hooked):
    """Passes over a change that changes nothing, and its event."""

    def commit(self, request: Any, decision: Any) -> Any:
        got = self.read([each.key for each in decision.changes])
        same = {each.key for each in decision.changes if got.get(each.key, object) == each.value}
        changes = [each for each in decision.changes if each.key not in same]
        events = [each for each in decision.events if each.aggregate not in same]
        return super().commit(request, evolve(decision, changes=changes, events=events))


@mutant("C-02")
class EachChangeHasAsManyEvents(Bound):
    def commit(self, request: Any, decision: Any) -> Any:
        known = self.known(request)
        reply = super().commit(request, decision)
        written = self._unit().written
        for change in decision.changes if known is None else ():
            count = max(1, len(decision.events) // len(decision.changes))
            found = Found(change.key, change.expected_version + count, change.value)
            written.aggregates[change.key] = found
        return reply


# Names and lists


@mutant("C-03")
class KindsByTheirBeginning(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        kinds = [each for each in self._unit().kept.ids if each.startswith(kind)]
        page = super().keys(kind, after=after, limit=limit)
        if kind in kinds or not kinds:
            return page
        return super().keys(kinds[0], after=after, limit=limit)


@mutant("C-03")
class KindsByPattern(Bound):
    """The underscore stands for any character, as in LIKE."""

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        def fits(other: str) -> bool:
            return len(other) == len(kind) and all(
                x in ("_", y) for x, y in zip(kind, other, strict=True)
            )

        kinds = [each for each in self._unit().kept.ids if fits(each)] or [kind]
        return super().keys(kinds[0], after=after, limit=limit)


@mutant("C-29")
class KindAndIdAreOneText(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        unit = self._unit()
        several = {**unit.kept.aggregates, **unit.written.aggregates}
        joined = {f"{key.kind} {key.id}": found for key, found in several.items()}
        found = [evolve(joined.get(str(e.key), e), key=e.key) for e in got.aggregates]
        return Loaded(found, got.counters)


@mutant("C-29")
class NobodyIsSomebody(Bound):
    """Keeps the counter of all as that of a holder called all."""

    def named(self, counter: Counter) -> Counter:
        return evolve(counter, holder=counter.holder or "None")

    def counted(self, unit: Any, decision: Any) -> Any:
        usage = [evolve(each, counter=self.named(each.counter)) for each in decision.usage]
        return {each.counter: self.added(unit, each) for each in usage}

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        told = [evolve(e, used=self._unit().used(self.named(e.counter))) for e in got.counters]
        return Loaded(got.aggregates, told)


@mutant("C-29")
class OtherCapitalsWillDo(Bound):
    """Finds what there is under a name in other capitals, where there is none in these."""

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got, unit = super().read(asked, lock=lock), self._unit()
        like = {(key.kind, key.id.lower()): found for key, found in unit.kept.aggregates.items()}
        found = [
            each
            if each.version
            else evolve(like.get((each.key.kind, each.key.id.lower()), each), key=each.key)
            for each in got.aggregates
        ]
        return Loaded(found, got.counters)


@mutant("C-29")
class OneNameForAll(Bound):
    """Takes out whatever has the name of an event that is acknowledged."""

    def acknowledge(self, events: Any) -> None:
        several = tuple(events)
        super().acknowledge(several)
        for name in several:
            self._unit().kept.replies.pop(name, None)


@mutant("C-06")
class CursorsWithoutCapitals(Bound):
    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        if after is None:
            return super().keys(kind, limit=limit)
        memory._check_page(after, limit)
        tables = self._unit().kept, self._unit().written
        ids = sorted({name for each in tables for name in each.ids.get(kind, [])})
        rest = [name for name in ids if (name.lower(), name) > (after.lower(), after)]
        more = rest[limit - 1] if rest[limit:] else None
        return Page([Key(kind, name) for name in rest[:limit]], more)


@mutant("C-06")
class PagesByNumber(Hooked):
    """A page begins at its number times the limit that this one is asked with."""

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        memory._check_page(after, limit)
        number = int(after or 0)
        ids = self._kept.ids.get(kind, [])
        some = ids[number * limit : (number + 1) * limit]
        more = str(number + 1) if ids[(number + 1) * limit :] else None
        return Page([Key(kind, name) for name in some], more)


@mutant("C-06")
class OneListingAtATime(Hooked):
    """Goes on where the last listing of that kind has ended, whoever asks."""

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        place = notes(self._kept)
        page = super().keys(kind, after=None if after is None else place[kind], limit=limit)
        place[kind] = page.next
        return page


@mutant("C-31")
class KeysOnOneHundredLines(Bound):
    """Gives no more than 100 on a page, and then says that there is no more."""

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().keys(kind, after=after, limit=limit)
        return page if len(page.members) <= 100 else Page(page.members[:100])


# Replies


@mutant("C-13")
class FingerprintsByTheirEnds(Bound):
    def reply(self, request: Any) -> Any:
        try:
            return super().reply(request)
        except IdempotencyConflict:
            known = self._unit().replied(request.key)
            ends = [
                each.fingerprint[:8] + each.fingerprint[-8:] for each in (known.request, request)
            ]
            if ends[0] == ends[1]:
                return known.reply
            raise


class _Newest(Hooked):
    most = 1000

    def commit(self, request: Any, decision: Any) -> Any:
        reply = super().commit(request, decision)
        while len(self._kept.replies) > self.most:
            self._kept.replies.pop(next(iter(self._kept.replies)))
        return reply


@mutant("C-12")
class TheNewestThousandReplies(_Newest):
    """Remembers so many."""


@mutant("C-12")
class TheNewestFiftyReplies(_Newest):
    most = 50


@mutant("C-16")
class AHundredAreForgotten(Bound):
    def forget(self, before: Any) -> None:
        super().forget(before)
        forgotten = self._unit().written.forgotten
        self._unit().written.forgotten = dict(list(forgotten.items())[:100])


@mutant("C-16")
class TheFirstTimeUnderAKeyCounts(Hooked):
    def commit(self, request: Any, decision: Any) -> Any:
        first = notes(self._kept).setdefault(request.key, decision.at)
        return super().commit(request, evolve(decision, at=first))


@mutant("C-16")
class InstantsAreText(Bound):
    def forget(self, before: Any) -> None:
        def text(at: datetime) -> str:
            return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

        kept = self._unit().kept.replies
        forgotten = {key: told for key, told in kept.items() if text(told.at) < text(before)}
        self._unit().written.forgotten |= forgotten


@mutant("C-16")
class InstantsAreFloats(Bound):
    def forget(self, before: Any) -> None:
        kept = self._unit().kept.replies
        forgotten = {
            k: told for k, told in kept.items() if told.at.timestamp() < before.timestamp()
        }
        self._unit().written.forgotten |= forgotten


# Counters


@mutant("C-18")
class LimitsOf32Bits(Bound):
    def added(self, unit: Any, change: Any) -> int:
        high = change.most is not None and change.most >= 2**31
        return super().added(unit, evolve(change, most=None) if high else change)


@mutant("C-18")
class AddingNothingIsLimited(Bound):
    def added(self, unit: Any, change: Any) -> int:
        used = super().added(unit, change)
        if change.add == 0 and change.most is not None and used > change.most:
            raise UsageExceeded(str(change.counter), used, change.add, change.most)
        return used


# Large numbers


@mutant("C-31")
class VersionsOf16Bits(Bound):
    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = super().read(asked, lock=lock)
        found = [evolve(e, version=e.version % 2**15 or e.version) for e in got.aggregates]
        return Loaded(found, got.counters)


@mutant("C-31")
class SequencesOfFourDigits(Bound):
    """Sorts events of one aggregate by their sequence as text of four digits."""

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        page = super().outbox(after=after, limit=limit)
        if len({told.aggregate for told in page.members}) > 1:
            return page
        return evolve(page, members=sorted(page.members, key=lambda told: f"{told.sequence:04}"))


@mutant("C-31")
class PlacesOfFourDigits(Hooked):
    """Sorts the outbox by places as text of four digits."""

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Any:
        memory._check_page(after, limit)
        order = sorted(self._kept.places, key=lambda name: f"{self._kept.places[name]:04}")
        texts = [f"{self._kept.places[name]:04}" for name in order]
        start = 0 if after is None else bisect_right(texts, after)
        some = [self._kept.outbox[name] for name in order[start : start + limit]]
        return Page(some, texts[start + limit - 1] if texts[start + limit :] else None)


@mutant("C-31")
class TwoThousandChangesAtMost(Hooked):
    def commit(self, request: Any, decision: Any) -> Any:
        kept = {each.key for each in decision.changes[:2000]}
        changes = decision.changes[:2000]
        events = [each for each in decision.events if each.aggregate in kept]
        return super().commit(request, evolve(decision, changes=changes, events=events))


@mutant("C-31")
class AThousandAcknowledgedAtMost(Bound):
    def acknowledge(self, events: Any) -> None:
        super().acknowledge(tuple(events)[:1500])


@mutant("C-31")
class AnOutboxOfTenThousand(Hooked):
    """Drops the oldest events where there are too many."""

    def commit(self, request: Any, decision: Any) -> Any:
        reply = super().commit(request, decision)
        old = list(self._kept.places)[:-9000]
        self.acknowledge(old[:10_000])
        return reply


@mutant("C-31")
class ALittleLessThanAMebibyte(Bound):
    """Cuts the text of documents that are longer than a million bytes."""

    def taken(self, decision: Any) -> Any:
        def cut(value: Any) -> Any:
            return value[:-1] if type(value) is str and len(value) > 1000 else value

        events = [
            evolve(told, event=with_leaves(told.event, cut))
            if len(dumps(told).encode()) > MAX_BYTES - 24_576
            else told
            for told in decision.events
            if len(decision.events) < 9
        ]
        return evolve(decision, events=events) if events else decision


# Stock


@mutant("C-44")
class ReservationsThatAreOverAreDropped(Bound):
    def taken(self, decision: Any) -> Any:
        changes = [
            evolve(each, value=self.swept(each.value)) if each.key.kind == "stock_level" else each
            for each in decision.changes
        ]
        return evolve(decision, changes=changes)

    def swept(self, level: Any) -> Any:
        left = [each for each in level.reservations if not each.is_over]
        return evolve(level, reservations=left)


@mutant("C-44")
class AgendasForgetWhatWasCancelled(Bound):
    def taken(self, decision: Any) -> Any:
        changes = [
            evolve(each, value=evolve(each.value, cancelled=()))
            if each.key.kind == "agenda"
            else each
            for each in decision.changes
        ]
        return evolve(decision, changes=changes)


@mutant("C-45")
class LevelsAreNotLookedAtAgain(Bound):
    """The version of a level goes on from whatever is there."""

    def check_versions(self, unit: Any, decision: Any) -> None:
        for change in decision.changes:
            if change.key.kind != "stock_level":
                self.check_version(unit, change)


@mutant("C-45")
class AgendasAreNotLookedAtAgain(Bound):
    def check_versions(self, unit: Any, decision: Any) -> None:
        for change in decision.changes:
            if change.key.kind != "agenda":
                self.check_version(unit, change)
