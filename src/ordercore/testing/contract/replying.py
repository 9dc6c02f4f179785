"""C-11 to C-14, C-16: a request is answered once, and what it was answered is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from ordercore.errors import IdempotencyConflict, InvalidValue, UsageExceeded, VersionConflict
from ordercore.storage import Request
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import equal, refused
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.samples import (
    AT,
    LATER,
    USES,
    Scale,
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
    other = decision(("a", 0, Scale(1)), ("d", 0, Scale(1)), total=5)
    for decided in (first, again, stale, late, other, decision(total=4)):
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


_SAME_SUMS: Final = (
    (
        "c2cb8ebc6cabf17102320a4f23fce48b8bf3a91122cfa1f1fbb61282a98c4568",
        "6963bb338b78aef56183b8f92fbbb57745943117f15db26b571a98898c01a629",
    ),  # CRC-32 of the text
    (
        "2dc9a8327905a14eda122d7edd18ea47d96ec6a86716b24d7f6059fcdbc2e0b5",
        "21f297d98a4f511d70f55e6eeefb9c102a02c018ed555d2c42e5794d5af4a41e",
    ),  # CRC-32 of the bytes
    (
        "4503dc802e97ca12f30b1900faf5adf1bfb904ee5cf9498dae607c9561bf1b00",
        "7f0e16b54d7957dd9b260f5c2f8d5936b050d7c91cbdde4edd7c9b5e785d4473",
    ),  # Adler-32 of the text
    (
        "11e2644bd4b731550f2bbca86cde27224e25a3c48c13514a8bc86d6fb849754b",
        "06614d7452ae80d5af9db2c9c9bbc223c9787e16de6d5c23f1c3396237b6e3fe",
    ),  # the hash of texts in Java
    (
        "dddf7a0211644fe67d564a3119576fa8e6b133c1020529f66473f500c03132ef",
        "4e6f7f207bc1ec5c37218f035d8a3eccb070fd5c3266992d205ce434bfff1276",
    ),  # FNV-1a of 32 bits
    (
        "a5a8a73e7dd81b0731d4f9780901d86bf05fb10b3ee4532a32a135102841a23c",
        "9f4eafe58e373a50217cdb4a353b5fd0e8d6be4040025296c90932a33e3d0b31",
    ),  # Adler-32 of the bytes
    (
        "fa753031ae11d1bea78e3160e798af08887a7039f68f0039ab79f0ba89afc69d",
        "72b0c0751350f4c7c431ae2ab981a8fbece5efc6286876f063a1a11e29319602",
    ),  # the first 32 bits of SHA-256
    (
        "e67236f5361b7a50335f76da4ed784c18d664e9e04e894ec6131eff0aae182e1",
        "050c46c238fd4a3c246922ab9cd27e3af5d4b2def33562b888f7f27f32ae5cfc",
    ),  # the first 32 bits of MD5
    ("0123456789abcdef" * 4, "1032547698badcfe" * 4),  # the same digits
    ("0123" * 16, "2301" * 16),  # the same bytes, in another order
)
"""Fingerprints that are one and the same to whoever compares sums of 32 bits."""


@check("C-13")
def fingerprints_of_the_same_sum_are_two(lab: Lab) -> None:
    store = lab.store
    for number, (one, other) in enumerate(_SAME_SUMS):
        name = f"r-{number}"
        store.commit(Request(name, one), decision(total=number))
        with refused(IdempotencyConflict, what=other):
            store.reply(Request(name, other))
        with refused(IdempotencyConflict, what=other):
            store.commit(Request(name, other), decision(total=99))
        equal(store.reply(Request(name, one)), Told(number))


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
    equal([store.reply(request("r-1", content)) for content in (1, 2)], [None, None])
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


@check("C-16")
def who_asks_again_does_not_move_when_it_was_decided(lab: Lab) -> None:
    """A reply goes by its own decision, however often and late it is asked for."""
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally()), total=1))
    store.commit(request("r-2"), decision(total=2, at=LATER))
    for again in (decision(total=3, at=LATER), decision(total=4, at=AT - timedelta(days=9))):
        for number in (1, 2):
            equal(store.commit(request(f"r-{number}"), again), Told(number))
            equal(store.reply(request(f"r-{number}")), Told(number))
        store.forget(AT)
        equal([store.reply(request(f"r-{n}")) for n in (1, 2)], [Told(1), Told(2)])
    store.forget(LATER)
    equal([store.reply(request("r-1", 9)), store.reply(request("r-2"))], [None, Told(2)])


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
