"""What stores are asked to keep: small aggregates, and values that are easily spoilt."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from attrs import evolve, field, fields, frozen

from ordercore.data import document, variant
from ordercore.data.attributes import NO_ATTRIBUTES, Attributes
from ordercore.events import Actor, Event, Recorded, record
from ordercore.money import Money, UnitPrice
from ordercore.storage import Change, Counter, CounterChange, Decision, Key, Reply, Request

__all__ = [
    "AT",
    "LATER",
    "SCALE",
    "TALLY",
    "TALLY_MARK",
    "USES",
    "Basket",
    "Colour",
    "Needed",
    "Recounted",
    "Scale",
    "Tallied",
    "Tally",
    "TallyMark",
    "Thanked",
    "Told",
    "Usual",
    "add",
    "decision",
    "events",
    "key",
    "request",
    "with_ids",
]

TALLY: Final = "kit_tally"
SCALE: Final = "kit_scale"
TALLY_MARK: Final = "kit_tally_mark"
"""A kind whose name begins as another one's."""


def _brief(value: Any) -> str:
    """Write a value with what is not left at its default: most of it is."""
    told = [
        f"{each.name}={getattr(value, each.name)!r}"
        for each in fields(type(value))
        if getattr(value, each.name) != _default(each)
    ]
    return f"{type(value).__name__}({', '.join(told)})"


def _default(part: Any) -> object:
    made = getattr(part.default, "factory", None)
    return part.default if made is None else made()


class Colour(Enum):
    """A choice."""

    RED = "red"
    BLUE = "blue"


@frozen
class Usual:
    """Values that are something unless one says otherwise: here nothing is something to say."""

    __repr__ = _brief

    note: str | None = "a note"
    text: str = "a text"
    number: int | None = 7
    flag: bool = True
    texts: tuple[str, ...] = ("a", "b")
    attributes: Attributes = field(factory=lambda: Attributes({"a": "1"}))
    colour: Colour | None = Colour.RED


@frozen
class Needed:
    """Values that have to be there, be they nothing."""

    __repr__ = _brief

    note: str | None
    text: str
    number: int
    flag: bool
    texts: tuple[str, ...]
    attributes: Attributes


@frozen
class Basket:
    """All kinds of values that documents know."""

    __repr__ = _brief

    texts: tuple[str, ...] = ()
    note: str | None = None
    number: int | None = None
    numbers: tuple[int, ...] = ()
    decimals: tuple[Decimal, ...] = ()
    amounts: tuple[Money, ...] = ()
    prices: tuple[UnitPrice, ...] = ()
    instants: tuple[datetime, ...] = ()
    days: tuple[date, ...] = ()
    clocks: tuple[time, ...] = ()
    spans: tuple[timedelta, ...] = ()
    flags: tuple[bool, ...] = ()
    colours: tuple[Colour, ...] = ()
    pairs: tuple[tuple[str, int], ...] = ()
    attributes: Attributes = NO_ATTRIBUTES
    gaps: tuple[str | None, ...] = ()
    usual: tuple[Usual, ...] = ()
    needed: tuple[Needed, ...] = ()
    within: tuple[Basket, ...] = ()


@document(TALLY)
@frozen
class Tally:
    """What was counted so far."""

    __repr__ = _brief

    total: int = 0
    note: str = ""
    holds: Basket = field(factory=Basket)


@document(SCALE)
@frozen
class Scale:
    """Another kind of aggregate."""

    __repr__ = _brief

    weight: int = 0


@document(TALLY_MARK)
@frozen
class TallyMark:
    """An aggregate of a third kind."""

    __repr__ = _brief

    mark: str = ""


@variant(Event, "kit_tallied")
@frozen
class Tallied(Event):
    """Something was counted."""

    __repr__ = _brief

    add: int = 1
    holds: Basket = field(factory=Basket)


@variant(Event, "kit_recounted")
@frozen
class Recounted(Event):
    """Something was counted anew: another event with the same fields."""

    __repr__ = _brief

    add: int = 1
    holds: Basket = field(factory=Basket)


@variant(Reply, "kit_told")
@frozen
class Told(Reply):
    """What the tally says now."""

    __repr__ = _brief

    total: int = 0
    holds: Basket = field(factory=Basket)


@variant(Reply, "kit_thanked")
@frozen
class Thanked(Reply):
    """Another reply with the same fields."""

    __repr__ = _brief

    total: int = 0
    holds: Basket = field(factory=Basket)


_KINDS: Final = {Tally: TALLY, Scale: SCALE, TallyMark: TALLY_MARK}
_LETTERS: Final = {TALLY: "t", SCALE: "s", TALLY_MARK: "m"}

AT: Final = datetime(2026, 11, 11, 9, tzinfo=timezone(timedelta(hours=8)))
"""When things are decided, unless said otherwise."""

LATER: Final = datetime(2026, 12, 12, tzinfo=UTC)

USES: Final = Counter("uses", "summer")
"""A counter."""


def key(name: str, kind: str = TALLY) -> Key:
    """Make the key of an aggregate."""
    return Key(kind, name)


def request(name: str, content: int = 0) -> Request:
    """Make a request under a key; the content stands for what the command says."""
    return Request(name, f"{content:064x}")


def add(amount: int = 1, most: int | None = None, counter: Counter = USES) -> CounterChange:
    """Count something."""
    return CounterChange(counter, amount, most)


def events(
    name: str, after: int, count: int = 1, kind: str = TALLY, at: datetime = AT
) -> tuple[Recorded, ...]:
    """Record events of an aggregate; ids do not tell which kind it is of, for they are short."""
    return record(
        [Tallied()] * count,
        aggregate=key(name, kind),
        after=after,
        ids=[_event_id(name, after + number, kind) for number in range(1, count + 1)],
        at=at,
        actor=Actor("system"),
        cause="c-1",
    )


def _event_id(name: str, sequence: int, kind: str) -> str:
    return f"{_LETTERS[kind]}/{name[-40:]}/{sequence}"


def decision(
    *changes: tuple[str, int, object],
    count: int = 1,
    total: int = 0,
    usage: tuple[CounterChange, ...] = (),
    at: datetime = AT,
) -> Decision[Told]:
    """Decide on changes of (name, expected version, value), with ``count`` events each."""
    return Decision(
        reply=Told(total),
        at=at,
        changes=[
            Change(key(name, _KINDS[type(value)]), before, value)
            for name, before, value in changes
        ],
        events=[
            told
            for name, before, value in changes
            for told in events(name, before, count, _KINDS[type(value)])
        ],
        usage=usage,
    )


def with_ids(decided: Decision[Told], *ids: str) -> Decision[Told]:
    """Give the events of a decision other ids."""
    renamed = [evolve(told, id=name) for told, name in zip(decided.events, ids, strict=True)]
    return evolve(decided, events=renamed)
