"""C-11 to C-14, C-16: a request is answered once, and what it was answered is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from ordercore.errors import IdempotencyConflict, InvalidValue, UsageExceeded, VersionConflict
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import equal, refused
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.samples import (
    AT,
    LATER,
    USES,
    Tally,
    Told,
    add,
    decision,
    request,
    with_ids,
)
from ordercore.testing.contract.seen import state


@check("C-11")
def an_unknown_key_has_no_reply(lab: Lab) -> None:
    store = lab.store
    equal(store.reply(request("r-1")), None)
    store.commit(request("r-2"), decision(("r-1", 0, Tally())))
    equal(store.reply(request("r-1")), None)


@check("C-12")
def the_same_request_gets_the_first_reply_and_stores_nothing(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1, usage=(add(),)))
    before = state(store, USES)
    first = decision(("a", 0, Tally(1)), total=1, usage=(add(),))
    again = decision(("a", 1, Tally(2)), ("b", 0, Tally(2)), total=2, usage=(add(),))
    stale = decision(("a", 0, Tally(2)), total=3, usage=(add(1, 1),))
    late = decision(("a", 7, Tally(3)), ("c", 0, Tally(3)), count=6)
    for decided in (first, again, stale, late, decision(total=4)):
        equal(store.commit(request("r-1"), decided), Told(1), "the first reply")
        equal(store.reply(request("r-1")), Told(1), "the first reply")
        equal(state(store, USES), before, "nothing more stored")


@check("C-12")
def each_key_has_its_own_reply(lab: Lab) -> None:
    store = lab.store
    for number in range(4):
        store.commit(request(f"r-{number}"), decision(("a", number, Tally()), total=number))
    for number in range(4):
        equal(store.reply(request(f"r-{number}")), Told(number))
        equal(store.commit(request(f"r-{number}"), decision(total=9)), Told(number))


@check("C-13")
def another_content_under_a_key_is_refused(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1", 1), decision(("a", 0, Tally(1)), total=1))
    before = state(store)
    good, stale = decision(("a", 1, Tally(2))), decision(("a", 0, Tally(2)), usage=(add(-1),))
    for content in (2, 0, 16**63 + 1):
        for decided in (good, stale):
            with refused(IdempotencyConflict, what="another content"):
                store.commit(request("r-1", content), decided)
        with refused(IdempotencyConflict, what="another content"):
            store.reply(request("r-1", content))
    equal(state(store), before)
    equal(store.reply(request("r-1", 1)), Told(1))
    equal(store.commit(request("r-2", 1), good), Told(0), "the same content under another key")


@check("C-13")
def each_character_of_a_fingerprint_counts(lab: Lab) -> None:
    store, content = lab.store, int("3" * 64, 16)
    store.commit(request("r-1", content), decision(("a", 0, Tally(1)), total=1))
    for place in range(64):
        other = request("r-1", content + 16**place)
        with refused(IdempotencyConflict, what=f"{other.fingerprint}"):
            store.reply(other)
        with refused(IdempotencyConflict, what=f"{other.fingerprint}"):
            store.commit(other, decision(total=2))
    equal(store.reply(request("r-1", content)), Told(1))


@check("C-14")
def a_refused_commit_leaves_its_key_free(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-0"), decision(("z", 0, Tally())))
    taken = with_ids(decision(("a", 0, Tally(1))), "t/z/1")
    refusals = {
        VersionConflict: decision(("a", 1, Tally(1))),
        UsageExceeded: decision(usage=(add(-1),)),
        InvalidValue: taken,
    }
    for number, (error, decided) in enumerate(refusals.items()):
        with refused(error):
            store.commit(request(f"r-{number + 1}", 1), decided)
        equal(store.reply(request(f"r-{number + 1}", 1)), None)
        equal(store.reply(request(f"r-{number + 1}", 2)), None)
        good = decision((f"a-{number}", 0, Tally(1)), total=number)
        equal(store.commit(request(f"r-{number + 1}", 2), good), Told(number))


@check("C-16")
def replies_of_before_an_instant_are_forgotten(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1", 1), decision(("a", 0, Tally(1)), total=1, usage=(add(),)))
    store.commit(request("r-2", 1), decision(("b", 0, Tally(1)), total=2, at=LATER))
    before = state(store, USES)
    store.forget(AT)
    equal(store.reply(request("r-1", 1)), Told(1), "what was decided at the instant itself")
    store.forget(LATER)
    equal(state(store, USES), before, "all but the replies")
    equal(store.reply(request("r-1", 2)), None)
    equal(store.reply(request("r-2", 1)), Told(2))
    equal(store.commit(request("r-1", 2), decision(("a", 1, Tally(2)), total=3)), Told(3))
    store.forget(AT)
    equal(store.reply(request("r-1", 2)), Told(3))


@check("C-16")
def instants_are_compared_across_offsets(lab: Lab) -> None:
    """The same instant, written with several offsets, and those a microsecond beside it."""
    store, tick = lab.store, timedelta(microseconds=1)
    instant = AT + timedelta(microseconds=123_456)
    zones = [timezone(timedelta(hours=hours, minutes=30)) for hours in range(-11, 12, 4)]
    for number, zone in enumerate(zones):
        at = instant.astimezone(zone)
        for name, decided in (("a", at - tick), ("b", at), ("c", at + tick)):
            change = decision((f"{name}-{number}", 0, Tally()), total=number, at=decided)
            store.commit(request(f"{name}-{number}"), change)
    store.forget(instant.astimezone(timezone(timedelta(hours=-7))))
    for number in range(len(zones)):
        equal(store.reply(request(f"a-{number}")), None, "nothing of a microsecond before")
        equal(store.reply(request(f"b-{number}")), Told(number), "what was decided at it")
        equal(store.reply(request(f"c-{number}")), Told(number), "what was decided after it")


@check("C-16")
def what_was_decided_under_a_key_last_counts(lab: Lab) -> None:
    """A key that was forgotten and is used again goes by the later decision."""
    store = lab.store
    store.commit(request("r-1", 1), decision(total=1))
    store.forget(LATER)
    store.commit(request("r-1", 2), decision(total=2, at=LATER))
    store.forget(LATER)
    equal(store.reply(request("r-1", 2)), Told(2), "the reply of later")
    store.forget(LATER + timedelta(microseconds=1))
    store.commit(request("r-1", 3), decision(total=3))
    store.forget(LATER)
    equal(store.reply(request("r-1", 4)), None)


_ENDS: Final = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(1901, 12, 13, 20, 45, 52, tzinfo=UTC),
    datetime(2026, 11, 11, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    datetime(2262, 4, 11, 23, 47, 17, tzinfo=UTC),
    datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC),
)
"""Full seconds where those who count time begin, end or become inexact."""


@check("C-16")
def a_microsecond_counts_at_any_time(lab: Lab) -> None:
    """That goes for full seconds, too, whose fraction texts leave out."""
    store, tick = lab.store, timedelta(microseconds=1)
    for number, instant in enumerate(_ENDS):
        for name, at in (("a", instant - tick), ("b", instant), ("c", instant + tick)):
            store.commit(request(f"{name}-{number}"), decision(total=number, at=at))
    for number, instant in sorted(enumerate(_ENDS), key=lambda pair: pair[1]):
        store.forget(instant)
        equal(store.reply(request(f"a-{number}")), None, f"what was decided before {instant}")
        for name in "bc":
            seen = store.reply(request(f"{name}-{number}"))
            equal(seen, Told(number), f"what was decided at or after {instant}")
