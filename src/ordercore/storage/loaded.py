"""What was read from a store, as one value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from attrs import field, frozen

from ordercore.data.checks import each, instance, integer, tuple_of
from ordercore.errors import InvalidType, InvalidValue, NotFound
from ordercore.events import MAX_SEQUENCE
from ordercore.storage.keys import MAX_USED, Counter, Key, Readable

__all__ = ["Counted", "Found", "Loaded"]

_T = TypeVar("_T")

_MANY = 10**6  # what was read is no input: only of its type it must be


@frozen
class Found:
    """An aggregate as it was read.

    Args:
        key: Where it is kept.
        version: How many events it has had; 0: there is none.
        value: Its document; None: there is none.

    Raises:
        InvalidValue: There is a version and no value, or a value and no version.
    """

    key: Key = field(validator=instance(Key))
    version: int = field(default=0, validator=integer(least=0, most=MAX_SEQUENCE))
    value: object | None = None

    def __attrs_post_init__(self) -> None:
        if (self.version == 0) != (self.value is None):
            expected = "a value from version 1 on, and none before"
            raise InvalidValue(expected, self.version, path=("version",), reason="fields_disagree")


@frozen
class Counted:
    """A counter as it was read.

    Args:
        counter: Which one.
        used: What it tells; 0: nothing was counted yet.
    """

    counter: Counter = field(validator=instance(Counter))
    used: int = field(default=0, validator=integer(least=0, most=MAX_USED))


def _found(given: Iterable[Found]) -> tuple[Found, ...]:
    return tuple_of(given)


def _counted(given: Iterable[Counted]) -> tuple[Counted, ...]:
    return tuple_of(given)


@frozen
class Loaded:
    """What was read so far: aggregates and counters, each once. ``|`` adds what was read later.

    Args:
        aggregates: Those asked for, also those that there are none of.
        counters: Those asked for.

    >>> got = Loaded(counters=[Counted(Counter("uses", "summer"), 12)])
    >>> got.used(Counter("uses", "summer")), Counter("uses", "winter") in got
    (12, False)
    """

    aggregates: tuple[Found, ...] = field(
        default=(), converter=_found, validator=each(instance(Found), most=_MANY)
    )
    counters: tuple[Counted, ...] = field(
        default=(), converter=_counted, validator=each(instance(Counted), most=_MANY)
    )
    _found: dict[Readable, Found | Counted] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        found: dict[Readable, Found | Counted] = {told.key: told for told in self.aggregates}
        found |= {told.counter: told for told in self.counters}
        if len(found) != len(self.aggregates) + len(self.counters):
            raise InvalidValue("each key and counter once", reason="duplicate_id")
        object.__setattr__(self, "_found", found)

    def __contains__(self, asked: Readable) -> bool:
        return asked in self._found

    def __iter__(self) -> Iterator[Readable]:
        return iter(self._found)

    def __or__(self, other: Loaded) -> Loaded:
        if not isinstance(other, Loaded):
            return NotImplemented
        told = (self._found | other._found).values()
        return Loaded(
            [each for each in told if isinstance(each, Found)],
            [each for each in told if isinstance(each, Counted)],
        )

    def version(self, key: Key) -> int:
        """Tell how many events an aggregate has had; 0: there is none.

        Raises:
            NotFound: It was not asked for.
        """
        return self._aggregate(key).version

    def get(self, key: Key, kind: type[_T]) -> _T | None:
        """Tell an aggregate, or None where there is none.

        Args:
            key: Which one.
            kind: Of what class it must be.

        Raises:
            NotFound: It was not asked for.
            InvalidType: It is of another class.
        """
        value = self._aggregate(key).value
        if value is not None and not isinstance(value, kind):
            expected = f"a value of type {kind.__name__}"
            raise InvalidType(expected, type(value).__name__, path=(str(key),))
        return value

    def value(self, key: Key, kind: type[_T]) -> _T:
        """Tell an aggregate that must be there; else as `get`.

        Raises:
            NotFound: There is none, or it was not asked for.
            InvalidType: It is of another class.
        """
        value = self.get(key, kind)
        if value is None:
            raise NotFound("an aggregate that exists", str(key))
        return value

    def used(self, counter: Counter) -> int:
        """Tell what a counter says.

        Raises:
            NotFound: It was not asked for.
        """
        told = self._found.get(counter)
        if not isinstance(told, Counted):
            raise _not_read("counter", counter)
        return told.used

    def _aggregate(self, key: Key) -> Found:
        told = self._found.get(key)
        if not isinstance(told, Found):
            raise _not_read("key", key)
        return told


def _not_read(what: str, asked: Readable) -> NotFound:
    return NotFound(f"a {what} among those that were read", str(asked))
