"""C-30, C-31: values come back to the last character, whatever their size."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, fields

from ordercore.events import Actor
from ordercore.money import Money, UnitPrice
from ordercore.storage import Counter
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import Broken, differ, equal, same
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.samples import (
    SCALE,
    Basket,
    Colour,
    Scale,
    Tallied,
    Tally,
    Told,
    add,
    decision,
    key,
    request,
)
from ordercore.testing.contract.seen import names, outbox, stories, walk

_EAST, _WEST = timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=3, minutes=30))
_ODD = timezone(timedelta(hours=5, minutes=53, seconds=28))

_TEXTS = (
    "caf\u00e9", "cafe\u0301", "\u1e9b\u0323", "\ufb01", "\u2126", "\u03a9", "Å", "A\u030a",
    "𝒳 😀 👩‍👩‍👧‍👦 🇨🇳 𠮷", "家具\u3000三", "\u202eabc\u202c", "\u2067מזל\u2069 طاب",
    "", " ", "  a  b  ", "\ta\n", "\r\n", "\u00a0", "\u200b", "\ufeffa", "a\u2028b", "\x01\x7f",
    "null", "None", "NULL", "true", "0", "00", "1.0", "1e5", "+1", "-0", "NaN", "{}", "[]", '""',
    "'; DROP TABLE x; --", "100%", "%s %(a)s", "$1 :a ?", "\\", "\\n", "\\u00e9", "\\0", "a/b",
    '"quoted"', "<b>&amp;</b>", "2026-11-11", "2026-11-11T09:00:00+08:00", "CNY 1.00", "İıßẞ",
)  # fmt: skip

HOSTILE: Final[Mapping[str, Basket]] = MappingProxyType(
    {
        "trailing_zeros": Basket(
            decimals=tuple(
                Decimal(text)
                for text in ("1.10", "129.00", "0.00", "-0.50", "100", "0", "1", "1.000000000000")
            )
        ),
        "long_decimals": Basket(
            decimals=(
                Decimal("0.1"),
                Decimal("0.1234567890123456789012345678"),
                Decimal("-99999999999999.99"),
                Decimal("12345678901234567890.12345678"),
                Decimal("0.000000000001"),
            )
        ),
        "amounts": Basket(
            amounts=tuple(
                Money(minor, currency)
                for currency in ("JPY", "CNY", "KWD", "CLF")
                for minor in (0, 1, -1, 10, 100, 12_345, 999_999_999_999_999, -(10**15))
            )
        ),
        "prices": Basket(
            prices=tuple(
                UnitPrice.of(text, "CNY") for text in ("0.125", "1.50", "1.500", "3", "0.00000001")
            )
        ),
        "instants": Basket(
            instants=tuple(
                datetime(2026, 11, 11, 9, 0, 0, micro, tzinfo=zone)
                for zone in (UTC, _EAST, _WEST, _ODD, timezone(timedelta(hours=14)))
                for micro in (0, 1, 999_999, 120_000)
            )
        ),
        "far_instants": Basket(
            instants=(
                datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
                datetime(1900, 1, 1, tzinfo=_ODD),
                datetime(2000, 2, 29, 23, 59, 59, tzinfo=_WEST),
                datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
                datetime(9999, 12, 31, 12, tzinfo=_EAST),
            )
        ),
        "days_and_times": Basket(
            days=(date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31)),
            clocks=(time(0), time(9, 30), time(23, 59, 59, 999_999)),
            spans=(timedelta(0), timedelta(days=400), timedelta(seconds=-1, microseconds=1)),
        ),
        "numbers": Basket(
            number=0,
            numbers=(
                0,
                1,
                -1,
                999_999_999_999_999,
                2**53 + 1,
                -(2**53) - 1,
                2**62 + 1,
                10**17 + 1,
            ),
            flags=(True, False, True),
        ),
        "texts": Basket(texts=_TEXTS),
        "long_text": Basket(texts=("家" * 20_000 + "z", "\u0301" * 300, "a" * 70_000)),
        "empty_text": Basket(texts=("",), note=""),
        "no_text": Basket(texts=(), note=None, number=None),
        "order_and_repetition": Basket(
            texts=("b", "a", "b", "B", "a"),
            numbers=(3, 1, 2, 1),
            colours=(Colour.RED, Colour.BLUE, Colour.RED),
            pairs=(("b", 2), ("a", 1), ("b", 2)),
        ),
        "nested": Basket(
            within=(
                Basket(),
                Basket(note="", within=(Basket(texts=("a",)), Basket())),
                Basket(number=-1),
            )
        ),
    }
)
"""Values that careless stores spoil, by what they are."""


def _compare(seen: Basket, expected: Basket, what: str) -> None:
    """Expect the same, and name the first part that is not."""
    if not differ(seen, expected):
        return
    for part in fields(Basket):
        kept, given = getattr(seen, part.name, None), getattr(expected, part.name)
        if isinstance(kept, tuple) and isinstance(given, tuple) and len(kept) == len(given):
            for one, other in zip(kept, given, strict=True):
                if repr(one) != repr(other):
                    raise Broken(f"{what}: {part.name} with {other!a}", ascii(one))
        elif kept != given:
            raise Broken(f"{what}: {part.name} = {given!a}", ascii(kept))
    same(seen, expected, what)


@check("C-30")
def values_of_aggregates_come_back(lab: Lab) -> None:
    store = lab.store
    for name, basket in HOSTILE.items():
        tally = Tally(len(name), name, basket)
        store.commit(request(name), decision((name, 0, tally)))
    got = store.read([key(name) for name in HOSTILE])
    for name, basket in HOSTILE.items():
        seen = got.value(key(name), Tally)
        equal((seen.total, seen.note), (len(name), name))
        _compare(seen.holds, basket, name)


@check("C-30")
def values_of_events_come_back(lab: Lab) -> None:
    store = lab.store
    for name, basket in HOSTILE.items():
        decided = decision((name, 0, Tally()))
        held = [evolve(told, event=Tallied(7, basket)) for told in decided.events]
        store.commit(request(name), evolve(decided, events=held))
    seen = {told.aggregate.id: told.event for told in outbox(store)}
    equal(set(seen), set(HOSTILE))
    for name, basket in HOSTILE.items():
        event = seen[name]
        if not isinstance(event, Tallied) or event.add != 7:
            raise Broken("the event that was committed", repr(event))
        _compare(event.holds, basket, name)


@check("C-30")
def values_of_replies_come_back(lab: Lab) -> None:
    store = lab.store
    for name, basket in HOSTILE.items():
        reply = Told(len(name), basket)
        same(store.commit(request(name), evolve(decision(), reply=reply)), reply, name)
    for name, basket in HOSTILE.items():
        for seen in (store.reply(request(name)), store.commit(request(name), decision())):
            if not isinstance(seen, Told) or seen.total != len(name):
                raise Broken("the reply that was committed", repr(seen))
            _compare(seen.holds, basket, name)


@check("C-30")
def envelopes_of_events_come_back(lab: Lab) -> None:
    store, decided = lab.store, decision(("a", 0, Tally()), count=6)
    envelopes: list[dict[str, Any]] = [
        {"actor": Actor("staff", "u-7"), "correlation": "visit 12"},
        {"actor": Actor("system"), "correlation": None},
        {"at": datetime(2026, 11, 11, 9, 0, 0, 1, tzinfo=_EAST), "cause": "c" * 64},
        {"at": datetime(2026, 11, 10, 9, 0, 0, 500_000, tzinfo=_WEST), "correlation": "c-1"},
        {"at": datetime(2026, 11, 11, 0, 0, 0, tzinfo=UTC), "id": "e" * 64},
        {"at": datetime(2026, 11, 11, 0, 0, 0, 999_999, tzinfo=_ODD)},
    ]
    held = [evolve(told, **each) for told, each in zip(decided.events, envelopes, strict=True)]
    store.commit(request("r"), evolve(decided, events=held))
    seen = outbox(store)
    equal([told.sequence for told in seen], [told.sequence for told in held])
    for one, other in zip(seen, held, strict=True):
        same(one, other)


@check("C-30")
def a_value_is_replaced_as_a_whole(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1, "full", HOSTILE["texts"]))))
    store.commit(request("r-2"), decision(("a", 1, Tally(2))))
    same(store.read([key("a")]).value(key("a"), Tally), Tally(2))


# C-31: size

_BIG = "x家🙂é" * 95_000
"""Nearly 1 MiB as UTF-8."""

_MANY = 1100


@check("C-31")
def a_big_document_comes_back(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1, _BIG)), ("b", 0, Tally(2))))
    got = store.read([key("a"), key("b")])
    seen = got.value(key("a"), Tally)
    if seen.note != _BIG:
        raise Broken(f"a text of {len(_BIG)} characters", f"one of {len(seen.note)}: {seen.note}")
    equal(got.value(key("b"), Tally), Tally(2))


@check("C-31")
def a_decision_of_many_parts_is_stored(lab: Lab) -> None:
    store = lab.store
    several = [f"k-{number:04}" for number in range(_MANY)]
    counters = [Counter("uses", "each", name) for name in several]
    usage = tuple(add(number, None, each) for number, each in enumerate(counters))
    changes = [(name, 0, Scale(number)) for number, name in enumerate(several)]
    store.commit(request("r-1"), decision(*changes, usage=usage))
    got = store.read([*(key(name, SCALE) for name in several), *counters])
    seen = [got.get(key(name, SCALE), Scale) for name in several]
    equal(seen, [Scale(number) for number in range(_MANY)])
    equal([got.used(each) for each in counters], list(range(_MANY)))
    equal(names(store, SCALE), several)
    equal(stories(store), {name: [1] for name in several})
    everything = outbox(store)
    equal(walk(store.outbox, 1000), everything)
    store.acknowledge([told.id for told in everything[:-1]])
    equal(outbox(store), everything[-1:])


@check("C-31")
def a_long_life_is_kept(lab: Lab) -> None:
    store, version = lab.store, 0
    for number in range(3):
        count = (400, 99, 601)[number]
        store.commit(request(f"r-{number}"), decision(("a", version, Tally(number)), count=count))
        version += count
    equal(store.read([key("a")]).version(key("a")), version)
    equal(stories(store), {"a": list(range(1, version + 1))})
