"""What has happened and what is to be done, as data: the envelope of events, and fingerprints.

Events are declared beside the aggregate that they are of, as members of the family `Event`.
What is stored and sent on is a `Recorded` event: the event itself, and of which aggregate it
is the how-manieth, when it happened, through whom, and which command caused it. Ids are
arguments; nothing here makes one up.

The state of an aggregate is what its events come to, one after the other: `replay`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeVar

from attrs import field, fields, frozen

from ordercore.data import UnsupportedType, document, dump, variant
from ordercore.data.checks import (
    Check,
    Named,
    aware,
    identifier,
    instance,
    integer,
    optional,
    text,
    tuple_of,
)
from ordercore.data.faults import unknown_field
from ordercore.data.instants import pinned
from ordercore.data.registry import REGISTRY
from ordercore.errors import InvalidType, InvalidValue, OutOfSequence

__all__ = [
    "MAX_SEQUENCE",
    "Actor",
    "AggregateId",
    "Command",
    "Event",
    "Noted",
    "Recorded",
    "canonical",
    "fingerprint",
    "rebuilt",
    "record",
    "replay",
]

MAX_SEQUENCE: Final = 10**9
"""The most events of one aggregate."""

S = TypeVar("S")


class Event:
    """The family of domain events: what has happened, named in the past tense.

    To add one is to write one frozen class: a `variant` with its fields. An event holds all
    that the next state depends on, so that a fold of events alone rebuilds it.
    """

    __slots__ = ()


class Command:
    """The family of commands: what is to be done, named in the imperative."""

    __slots__ = ()


@variant(Event, "noted")
@frozen
class Noted(Event):
    """Somebody wrote a remark for the record; nothing else has changed.

    Args:
        text: The remark.
    """

    text: str = field(validator=text(most=1000, least=1))


@frozen
class AggregateId:
    """Which aggregate: of what kind, and its id among these.

    Args:
        kind: Such as ``order``.
        id: Its id.

    >>> print(AggregateId("order", "o-1"))
    order o-1
    """

    kind: str = field(validator=identifier)
    id: str = field(validator=identifier)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@frozen
class Actor:
    """Through whom something happens.

    Args:
        role: In what role: ``customer``, ``staff``, ``system``, ``carrier``. A machine may ask
            for one of these.
        id: Who it is; None: nobody in particular.
    """

    role: str = field(validator=identifier)
    id: str | None = field(default=None, validator=optional(identifier))


def _is_event(_instance: object, attribute: Any, value: Any) -> None:
    """Accept an event that documents know by its tag."""
    if not isinstance(value, Event) or type(value) not in REGISTRY.tags:
        expected = "an event, of a class registered with variant(Event, ...)"
        raise InvalidType(expected, value, path=(attribute.name,))


_sequence: Check = integer(least=1, most=MAX_SEQUENCE)
_count: Check = integer(least=0, most=MAX_SEQUENCE)
_several: Check = instance(tuple)


@document("event")
@frozen(kw_only=True)
class Recorded:
    """An event with its envelope, as stores keep it and as others are told of it.

    Args:
        aggregate: What it happened to.
        sequence: It is the how-manieth event of that aggregate, from 1 on without a gap; so
            it is the aggregate's version after it, too.
        id: Its own id, for those who may be told of it twice.
        at: When it happened; kept with its offset from UTC.
        actor: Through whom.
        cause: The id of the command that caused it.
        correlation: The id of what it is all part of, such as one visit or one import; None:
            of the command alone.
        event: What has happened.

    Raises:
        InvalidInput: Something of it is not as said.
    """

    aggregate: AggregateId = field(validator=instance(AggregateId))
    sequence: int = field(validator=_sequence)
    id: str = field(validator=identifier)
    at: datetime = field(converter=pinned, validator=aware)
    actor: Actor = field(validator=instance(Actor))
    cause: str = field(validator=identifier)
    correlation: str | None = field(default=None, validator=optional(identifier))
    event: Event = field(validator=_is_event)


def record(
    events: Iterable[Event],
    *,
    aggregate: AggregateId,
    after: int,
    ids: Iterable[str],
    at: datetime,
    actor: Actor,
    cause: str,
    correlation: str | None = None,
) -> tuple[Recorded, ...]:
    """Put the events of one command and one aggregate into their envelopes, numbered on.

    Args:
        events: What has happened, in order.
        aggregate: To what.
        after: How many events it has had before; 0: it is new.
        ids: As many ids as there are events, all different.
        at: When.
        actor: Through whom.
        cause: The id of the command.
        correlation: See `Recorded`.

    Raises:
        InvalidValue: There are more or fewer ids than events, or one is given twice.
        InvalidInput: Something is not as `Recorded` says.

    >>> told = record(
    ...     [Noted("please call"), Noted("called")],
    ...     aggregate=AggregateId("order", "o-1"),
    ...     after=3,
    ...     ids=["e-4", "e-5"],
    ...     at=datetime.fromisoformat("2026-11-11T09:00:00+08:00"),
    ...     actor=Actor("staff", "u-7"),
    ...     cause="c-12",
    ... )
    >>> [(each.sequence, each.id) for each in told]
    [(4, 'e-4'), (5, 'e-5')]
    """
    happened, names = tuple_of(events), tuple_of(ids)
    _several(None, Named("events"), happened)
    _several(None, Named("ids"), names)
    _count(None, Named("after"), after)
    if len(names) != len(happened):
        expected = f"as many ids as events, {len(happened)}"
        raise InvalidValue(expected, len(names), path=("ids",), reason="fields_disagree")
    recorded = tuple(
        Recorded(
            aggregate=aggregate,
            sequence=sequence,
            id=name,
            at=at,
            actor=actor,
            cause=cause,
            correlation=correlation,
            event=event,
        )
        for sequence, (name, event) in enumerate(zip(names, happened, strict=True), after + 1)
    )
    if len({told.id for told in recorded}) < len(recorded):
        raise InvalidValue("each id once", path=("ids",), reason="duplicate_id")
    return recorded


def replay(
    apply: Callable[[S, Event], S], initial: S, events: Iterable[Recorded], *, after: int = 0
) -> S:
    """Fold the events of one aggregate into its state.

    Args:
        apply: From a state and an event to the next state; it sees the event, no envelope.
        initial: The state to begin with.
        events: All those that follow, in order.
        after: How many events ``initial`` holds already.

    Raises:
        OutOfSequence: An event is missing, comes twice or too early.
        InvalidValue: An event is of another aggregate than the first.

    >>> told = record(
    ...     [Noted("a"), Noted("b")],
    ...     aggregate=AggregateId("order", "o-1"),
    ...     after=0,
    ...     ids=["e-1", "e-2"],
    ...     at=datetime.fromisoformat("2026-11-11T09:00:00+08:00"),
    ...     actor=Actor("system"),
    ...     cause="c-1",
    ... )
    >>> replay(lambda texts, noted: (*texts, noted.text), (), told)
    ('a', 'b')
    """
    _count(None, Named("after"), after)
    state = initial
    aggregate: AggregateId | None = None
    for position, told in enumerate(events):
        _check_follows(told, position, after + position + 1, aggregate)
        aggregate = told.aggregate
        state = apply(state, told.event)
    return state


def rebuilt(apply: Callable[[S | None, Event], S], events: Iterable[Event]) -> S:
    """Fold bare events into the aggregate that they come to, from the first one on.

    Args:
        apply: From an aggregate, or None before the first event, to the next one.
        events: All of them, in order.

    Raises:
        InvalidType: They are no events to go through.
        InvalidValue: There is no event.

    >>> rebuilt(lambda texts, noted: (*(texts or ()), noted.text), [Noted("a"), Noted("b")])
    ('a', 'b')
    """
    several: Any = tuple_of(events)
    if not isinstance(several, tuple):
        raise InvalidType("events", several, path=("events",))
    state: S | None = None
    for event in several:
        state = apply(state, event)
    if state is None:
        raise InvalidValue("at least one event", path=("events",))
    return state


def _check_follows(
    told: Recorded, position: int, sequence: int, aggregate: AggregateId | None
) -> None:
    """Check that an event is the next one of its aggregate."""
    if not isinstance(told, Recorded):
        raise InvalidType("a recorded event", told, path=("events", position))
    if aggregate is not None and told.aggregate != aggregate:
        path = ("events", position, "aggregate")
        raise InvalidValue(
            f"an event of {aggregate}", str(told.aggregate), path=path, reason="other_aggregate"
        )
    if told.sequence != sequence:
        path = ("events", position, "sequence")
        raise OutOfSequence(f"event {sequence} of {told.aggregate}", told.sequence, path=path)


# What a command says, to tell it from another under the same id


def canonical(value: object) -> str:
    """Write an attrs instance as JSON text, in one form: compact, keys in order.

    It is the text that `dumps` writes, with the keys of each object in order: what documents
    write alike is alike, down to the decimals of an amount and the offset of an instant.

    Raises:
        InvalidInput: It holds something that documents cannot hold.
        UnsupportedType: Not an attrs instance.

    >>> canonical(Actor("staff", "u-7"))
    '{"id":"u-7","role":"staff"}'
    """
    return _in_order(dump(value))


def _in_order(plain: object) -> str:
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(command: object, *, but: Iterable[str] = ()) -> str:
    """Tell by 64 hexadecimal digits what a command says: the SHA-256 of its `canonical` text.

    A store keeps it beside the command's id: the same id with the same fingerprint is the
    same command once more, with another one it is a mistake.

    Args:
        command: A `variant` or a `document`, for a fingerprint must outlive a class's name.
        but: Fields that do not matter, such as the time at which a host was called again.

    Raises:
        InvalidValue: The command has no such field.
        InvalidInput: As `canonical`.
        UnsupportedType: The class is registered as neither.

    >>> fingerprint(Noted("called"))[:16]
    '025d85d621d81a1e'
    """
    cls = type(command)
    if cls not in REGISTRY.tags and cls not in REGISTRY.documents:
        raise UnsupportedType(f"{cls.__qualname__} is neither a variant nor a document")
    left_out = _field_names(cls, tuple_of(but))
    plain = {key: told for key, told in dump(command).items() if key not in left_out}
    return sha256(_in_order(plain).encode()).hexdigest()


def _field_names(cls: type, names: tuple[str, ...]) -> frozenset[str]:
    known = [attribute.alias for attribute in fields(cls)]
    for name in names:
        if name not in known:
            raise unknown_field(name, known).at("but")
    return frozenset(names)
