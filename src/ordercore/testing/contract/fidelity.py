"""C-30, C-31: values come back to the last character, whatever they are, up to 1 MiB."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from attrs import evolve, fields

from ordercore.data import MAX_BYTES, dumps
from ordercore.events import Actor
from ordercore.storage import Decision, Reply
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import Broken, differ, equal, same
from ordercore.testing.contract.hostile import EAST, HOSTILE, ODD, WEST
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.samples import (
    AT,
    Basket,
    Recounted,
    Tallied,
    Tally,
    Thanked,
    Told,
    decision,
    key,
    request,
)
from ordercore.testing.contract.seen import outbox


def _compare(seen: Basket, expected: Basket, what: str) -> None:
    """Expect the same, and name the first part that is not."""
    if not differ(seen, expected):
        return
    for part in fields(Basket):
        kept, given = getattr(seen, part.name, None), getattr(expected, part.name)
        if isinstance(kept, tuple) and isinstance(given, tuple) and len(kept) == len(given):
            for one, other in zip(kept, given, strict=True):
                if repr(one) != repr(other):
                    told = f"{what}: {part.name} with {_near(other, one)}"
                    raise Broken(told, _near(one, other))
        elif kept != given:
            raise Broken(f"{what}: {part.name} = {given!a}", ascii(kept))
    same(seen, expected, what)


def _near(value: object, other: object) -> str:
    """Tell a value; of a long text, the part where it begins to differ from another one."""
    if not isinstance(value, str) or not isinstance(other, str) or len(value) <= 40:
        return ascii(value)
    pairs = enumerate(zip(value, other, strict=False))
    place = next((at for at, (one, two) in pairs if one != two), min(len(value), len(other)))
    return f"{value[max(0, place - 8) : place + 8]!a} at {place} of {len(value)} characters"


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
def events_and_replies_are_of_the_class_that_they_were(lab: Lab) -> None:
    """Two classes of each have the same fields."""
    store, decided = lab.store, decision(("a", 0, Tally()), count=4)
    kinds = (Tallied(3), Recounted(3), Recounted(), Tallied())
    held = [evolve(e, event=kind) for e, kind in zip(decided.events, kinds, strict=True)]
    replies: tuple[Reply, ...] = (Thanked(), Told(), Thanked(5), Told(5))
    store.commit(request("r"), evolve(decided, events=held))
    for number, reply in enumerate(replies):
        store.commit(request(f"r-{number}"), Decision(reply=reply, at=AT))
    for told, kind in zip(outbox(store), kinds, strict=True):
        same(told.event, kind)
    for number, reply in enumerate(replies):
        same(store.reply(request(f"r-{number}")), reply)


@check("C-30")
def envelopes_of_events_come_back(lab: Lab) -> None:
    store = lab.store
    envelopes: list[dict[str, Any]] = [
        {"actor": Actor("staff", "u-7"), "correlation": "visit 12"},
        {"actor": Actor("system"), "correlation": None},
        {"actor": Actor("r" * 64, "i" * 64), "correlation": "c" * 64},
        {"at": datetime(2026, 11, 11, 9, 0, 0, 1, tzinfo=EAST), "cause": "c" * 64},
        {"at": datetime(2026, 11, 10, 9, 0, 0, 500_000, tzinfo=WEST), "correlation": "c-1"},
        {"at": datetime(2026, 11, 11, 0, 0, 0, tzinfo=UTC), "id": "e" * 64},
        {"at": datetime(2026, 11, 11, 0, 0, 0, 999_999, tzinfo=ODD)},
        {"at": datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=WEST)},
        {"at": datetime(2500, 1, 1, 0, 0, 0, 1, tzinfo=timezone(timedelta(hours=14)))},
        {"at": datetime(1, 1, 2, tzinfo=UTC), "actor": Actor("customer", "null")},
        *({"actor": Actor("staff", name), "correlation": name} for name in _NOT_NONE),
        *({"actor": Actor(f"a{mark}b", f"c{mark}d")} for mark in _MARKS),
        *({"actor": Actor(f"a{mark}b"), "cause": f"a{mark}b"} for mark in _MARKS),
    ]
    decided = decision(("a", 0, Tally()), count=len(envelopes))
    held = [evolve(told, **each) for told, each in zip(decided.events, envelopes, strict=True)]
    store.commit(request("r"), evolve(decided, events=held))
    seen = outbox(store)
    equal([told.sequence for told in seen], [told.sequence for told in held])
    for one, other in zip(seen, held, strict=True):
        same(one, other)


_NOT_NONE: Final = ("None", "NULL", "nobody", "-", "*", "0", "system", "staff", "c-1")
_MARKS: Final = " :/|_-.,;#~!@=+*\\"


@check("C-30")
def a_value_is_replaced_as_a_whole(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1, "full", HOSTILE["texts"]))))
    store.commit(request("r-2"), decision(("a", 1, Tally(2))))
    same(store.read([key("a")]).value(key("a"), Tally), Tally(2))


@check("C-30")
def a_value_that_python_holds_equal_is_written_all_the_same(lab: Lab) -> None:
    """Decimals with other zeros and instants with other offsets are equal, and not the same."""
    store, instant = lab.store, AT.astimezone(UTC)
    baskets = (
        Basket(decimals=(Decimal("1.0"),), instants=(AT,)),
        Basket(decimals=(Decimal("1.00"),), instants=(AT,)),
        Basket(decimals=(Decimal("1.00"),), instants=(instant,)),
    )
    for number, basket in enumerate(baskets):
        store.commit(request(f"r-{number}"), decision(("a", number, Tally(0, "", basket))))
        seen = store.read([key("a")]).value(key("a"), Tally)
        _compare(seen.holds, basket, f"change {number}")


# At the size that documents have at most


_PIECES: Final = ("x家🙂é", "x")
"""What long texts are of: as many bytes are few characters, or many."""


def _filled(document: Any, piece: str, fill: Callable[[str], Any]) -> Any:
    """Fill the text of a document until it is written in just `MAX_BYTES`."""
    room, size = MAX_BYTES - len(dumps(document).encode()), len(piece.encode())
    return fill(piece * (room // size) + "x" * (room % size))


@check("C-31")
def a_document_as_big_as_they_come_is_kept(lab: Lab) -> None:
    """An aggregate, an event and a reply of just 1 MiB each, as documents write them."""
    for number, piece in enumerate(_PIECES):
        _keep_big_ones(lab.store, piece, number)


def _keep_big_ones(store: Asked, piece: str, number: int) -> None:
    a, b, under = f"a{number}", f"b{number}", request(f"r-{number}")
    decided = decision((a, 0, Tally(1)), (b, 0, Tally(2)))
    first, other = decided.events
    tally = _filled(Tally(1, "x"), piece, lambda text: Tally(1, f"x{text}"))
    event = _filled(
        evolve(first, event=Tallied(1, Basket(note="x"))),
        piece,
        lambda text: evolve(first, event=Tallied(1, Basket(note=f"x{text}"))),
    )
    reply = _filled(
        Told(1, Basket(note="x")), piece, lambda text: Told(1, Basket(note=f"x{text}"))
    )
    changes = [evolve(decided.changes[0], value=tally), decided.changes[1]]
    store.commit(under, evolve(decided, changes=changes, events=[event, other], reply=reply))
    got = store.read([key(a), key(b)])
    _compare_text(got.value(key(a), Tally).note, tally.note, "a document")
    equal(got.value(key(b), Tally), Tally(2))
    seen = {told.aggregate.id: told for told in outbox(store)}
    _compare_text(_held(seen[a].event), _held(event.event), "an event")
    same(seen[b], other)
    _compare_text(_held(store.reply(under)), _held(reply), "a reply")
    store.acknowledge([told.id for told in seen.values()])


def _held(holder: object) -> str | None:
    return holder.holds.note if isinstance(holder, Tallied | Told) else None


def _compare_text(seen: str | None, expected: str | None, what: str) -> None:
    if seen != expected:
        raise Broken(
            f"{what} of {MAX_BYTES} bytes: {_near(expected, seen)}", _near(seen, expected)
        )
