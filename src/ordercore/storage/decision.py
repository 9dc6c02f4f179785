"""What is to be stored, all or nothing: changes, events, usage and the reply, as one value."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from attrs import field, frozen

from ordercore.data.checks import (
    Check,
    aware,
    each,
    identifier,
    instance,
    integer,
    optional,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.data.registry import REGISTRY
from ordercore.errors import InvalidType, InvalidValue, OutOfSequence
from ordercore.events import MAX_SEQUENCE, Recorded, fingerprint
from ordercore.storage.keys import MAX_USED, Counter, Key

__all__ = ["MAX_CHANGES", "Change", "CounterChange", "Decision", "Reply", "Request"]

MAX_CHANGES: Final = 10_000
"""The most changes, events and counters of one decision, each."""

_FINGERPRINT: Final = 64

_limit: Check = integer(least=0, most=MAX_USED)


class Reply:
    """The family of replies: what a command is answered, the first time and each time again.

    To add one is to write one frozen class: a `variant` with its fields.
    """

    __slots__ = ()


R_co = TypeVar("R_co", bound=Reply, covariant=True)


def _is_reply(_instance: object, attribute: Any, value: Any) -> None:
    if not isinstance(value, Reply) or type(value) not in REGISTRY.tags:
        expected = "a reply, of a class registered with variant(Reply, ...)"
        raise InvalidType(expected, value, path=(attribute.name,))


def _is_fingerprint(_instance: object, attribute: Any, value: Any) -> None:
    identifier(None, attribute, value)
    if len(value) != _FINGERPRINT or not set(value) <= set("0123456789abcdef"):
        raise InvalidValue("64 hexadecimal digits", value, path=(attribute.name,))


@frozen
class Request:
    """The idempotency key of a command, and a fingerprint of what it says.

    Args:
        key: Chosen by who asks, one for each thing that is to happen once.
        fingerprint: See `ordercore.events.fingerprint`.
    """

    key: str = field(validator=identifier)
    fingerprint: str = field(validator=_is_fingerprint)

    @classmethod
    def of(cls, command: object, key: str, *, but: Iterable[str] = ()) -> Request:
        """Make the request that a command is.

        Args:
            command: A `variant` or a `document`.
            key: Its idempotency key.
            but: Fields that may differ when it comes again, such as ``at``.

        Raises:
            InvalidInput: As `ordercore.events.fingerprint`, or the key is no identifier.
        """
        return cls(key, fingerprint(command, but=but))


@frozen
class Change:
    """What an aggregate is to become.

    Args:
        key: Where it is kept.
        expected_version: The version that it was read with; 0: it is new.
        value: Its next document, of the kind that the key says.

    Raises:
        InvalidValue: The value is a document of another kind.
        InvalidType: It is no document.
    """

    key: Key = field(validator=instance(Key))
    expected_version: int = field(validator=integer(least=0, most=MAX_SEQUENCE))
    value: object = field()

    @value.validator
    def _is_of_its_kind(self, _attribute: object, value: object) -> None:
        document = REGISTRY.documents.get(type(value))
        if document is None:
            expected = "a value of a class registered with document(...)"
            raise InvalidType(expected, type(value).__name__, path=("value",))
        if document.name != self.key.kind:
            expected = f"a document of kind {self.key.kind!r}"
            raise InvalidValue(expected, document.name, path=("value",), reason="unknown_kind")


@frozen
class CounterChange:
    """What is added to a counter, if its limit holds then.

    Args:
        counter: Which one.
        add: How much; less than 0 gives back.
        most: The most that it may tell afterwards; None: `MAX_USED`. Below 0 it never goes.
    """

    counter: Counter = field(validator=instance(Counter))
    add: int = field(validator=integer(least=-MAX_USED, most=MAX_USED))
    most: int | None = field(default=None, validator=optional(_limit))

    @property
    def ceiling(self) -> int:
        """The most that it may tell afterwards, as a number; what is given back may always be."""
        return MAX_USED if self.most is None or self.add <= 0 else self.most

    def follows(self, used: int) -> bool:
        """Whether it may be added to what the counter tells now; giving back always may.

        >>> last = CounterChange(Counter("uses", "summer"), 1, most=100)
        >>> last.follows(99), last.follows(100)
        (True, False)
        """
        after = used + self.add
        return 0 <= after <= self.ceiling


def _changes(given: Iterable[Change]) -> tuple[Change, ...]:
    return tuple_of(given)


def _events(given: Iterable[Recorded]) -> tuple[Recorded, ...]:
    return tuple_of(given)


def _usage(given: Iterable[CounterChange]) -> tuple[CounterChange, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class Decision(Generic[R_co]):
    """What a use case has decided: all of it is stored, or nothing.

    Each change is told by one event or more. They number on from the version that was read,
    so that the version of an aggregate is always the number of its events.

    Args:
        reply: What the command is answered.
        at: When it was decided.
        changes: Each key once.
        events: Of the changed aggregates alone, in the order in which they happened.
        usage: What is counted, each counter once.

    Raises:
        OutOfSequence: An event does not follow the one before it, or the version.
        InvalidValue: A key, counter or event id comes twice, a change has no event, or an event
            no change.
    """

    reply: R_co = field(validator=_is_reply)
    at: datetime = field(converter=pinned, validator=aware)
    changes: tuple[Change, ...] = field(
        default=(), converter=_changes, validator=each(instance(Change), most=MAX_CHANGES)
    )
    events: tuple[Recorded, ...] = field(
        default=(), converter=_events, validator=each(instance(Recorded), most=MAX_CHANGES)
    )
    usage: tuple[CounterChange, ...] = field(
        default=(), converter=_usage, validator=each(instance(CounterChange), most=MAX_CHANGES)
    )

    _versions: dict[Key, int] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _once("changes", "each key once", [change.key for change in self.changes])
        _once("usage", "each counter once", [change.counter for change in self.usage])
        _once("events", "each id once", [told.id for told in self.events])
        object.__setattr__(self, "_versions", _versions(self.changes, self.events))

    def version_of(self, key: Key) -> int:
        """Tell the version that a changed aggregate has afterwards: that of its last event."""
        return self._versions[key]


def _once(field_name: str, expected: str, names: list[Hashable]) -> None:
    if len(set(names)) != len(names):
        raise InvalidValue(expected, path=(field_name,), reason="duplicate_id")


def _versions(changes: tuple[Change, ...], events: tuple[Recorded, ...]) -> dict[Key, int]:
    """Follow the events, and find the version of each changed aggregate after them."""
    before = {change.key: change.expected_version for change in changes}
    after = dict(before)
    for position, told in enumerate(events):
        if told.aggregate not in after:
            path = ("events", position, "aggregate")
            raise InvalidValue("an aggregate that is changed", str(told.aggregate), path=path)
        after[told.aggregate] += 1
        if told.sequence != after[told.aggregate]:
            expected = f"event {after[told.aggregate]} of {told.aggregate}"
            path = ("events", position, "sequence")
            raise OutOfSequence(expected, told.sequence, path=path)
    for position, change in enumerate(changes):
        if after[change.key] == before[change.key]:
            expected = f"an event of {change.key}: nobody is told of its change"
            raise InvalidValue(expected, path=("changes", position), reason="fields_disagree")
    return after
