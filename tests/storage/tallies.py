"""A tally: the smallest aggregate there is, to ask stores with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from attrs import field, frozen

from ordercore.data import document, variant
from ordercore.events import Actor, Event, Recorded, record
from ordercore.storage import Change, CounterChange, Decision, Key, Reply, Request

AT = datetime(2026, 11, 11, 9, tzinfo=timezone(timedelta(hours=8)))
KIND = "test_tally"


@document(KIND)
@frozen
class Tally:
    """What was counted so far."""

    total: int = 0
    note: str = ""


@document("test_scale")
@frozen
class Scale:
    """Another kind of aggregate."""

    weight: int = 0


@variant(Event, "test_tallied")
@frozen
class Tallied(Event):
    """Something was counted."""

    add: int = field(default=1)


@variant(Reply, "test_told")
@frozen
class Told(Reply):
    """What the tally says now."""

    total: int


def key(name: str, kind: str = KIND) -> Key:
    return Key(kind, name)


def request(name: str, content: int = 0) -> Request:
    """Make a request under a key; the content stands for what the command says."""
    return Request(name, f"{content:064x}")


def events(name: str, after: int, count: int = 1, kind: str = KIND) -> tuple[Recorded, ...]:
    return record(
        [Tallied()] * count,
        aggregate=key(name, kind),
        after=after,
        ids=[f"{kind}/{name}/{after + number}" for number in range(1, count + 1)],
        at=AT,
        actor=Actor("system"),
        cause="c-1",
    )


def decision(
    *changes: tuple[str, int, object],
    count: int = 1,
    total: int = 0,
    usage: tuple[CounterChange, ...] = (),
    at: datetime = AT,
) -> Decision[Told]:
    """Decide on changes of (name, expected version, value), with ``count`` events each."""
    kinds = {Tally: KIND, Scale: "test_scale"}
    return Decision(
        reply=Told(total),
        at=at,
        changes=[
            Change(key(name, kinds[type(value)]), before, value) for name, before, value in changes
        ],
        events=[
            told
            for name, before, value in changes
            for told in events(name, before, count, kinds[type(value)])
        ],
        usage=usage,
    )


LATER = datetime(2026, 12, 12, tzinfo=UTC)
