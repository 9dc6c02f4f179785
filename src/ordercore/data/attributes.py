"""Free attributes: names and text that a host adds and that rules may look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ordercore.data.checks import Named, text
from ordercore.data.faults import step
from ordercore.data.keywords import stated
from ordercore.data.registry import mapping
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded

__all__ = [
    "MAX_ATTRIBUTES",
    "NO_ATTRIBUTES",
    "Attributes",
    "attributes_if_valid",
    "attributes_of",
    "is_attributes",
]

MAX_ATTRIBUTES = 100
"""The most attributes that one thing may have."""

_key = text(most=64, least=1)
_short = text(most=200)


class Attributes(Mapping[str, str]):
    """A read-only mapping of names to text, equal and hashed by content, kept in name order.

    Raises:
        InvalidType: A name or a value is not text, or there is no mapping and no pairs.
        InvalidValue: A name is empty, not readable text, or given twice.
        LimitExceeded: There are more than `MAX_ATTRIBUTES`.

    >>> Attributes({"colour": "black", "memory": "256 GB"})["colour"]
    'black'
    """

    __slots__ = ("_hash", "_pairs")
    _pairs: dict[str, str]
    _hash: int

    def __init__(self, pairs: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        given = _paired(pairs)
        if len(given) > MAX_ATTRIBUTES:
            raise LimitExceeded(f"at most {MAX_ATTRIBUTES} attributes", len(given))
        for name, value in given.items():
            if not isinstance(name, str) or not isinstance(value, str):
                raise InvalidType("text for names and values", (name, value))
            _key(None, Named("name"), name)
            _short(None, Named(step(name)), value)
        object.__setattr__(self, "_pairs", dict(sorted(given.items())))
        object.__setattr__(self, "_hash", hash(tuple(self._pairs.items())))

    def __getitem__(self, name: str) -> str:
        return self._pairs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Attributes):
            return self._pairs == other._pairs
        return NotImplemented

    def __hash__(self) -> int:
        return self._hash

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Attributes are read-only; cannot set {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"Attributes are read-only; cannot delete {name}")

    def __reduce__(self) -> tuple[type[Attributes], tuple[dict[str, str]]]:
        return Attributes, (self._pairs,)

    def __repr__(self) -> str:
        return f"Attributes({self._pairs!r})"


mapping(
    Attributes,
    keywords={
        "maxProperties": MAX_ATTRIBUTES,
        "propertyNames": stated(_key),
        "additionalProperties": stated(_short),
    },
)


def _paired(pairs: Any) -> dict[Any, Any]:
    """Make a dict of a mapping or of pairs; a name given twice would hide one of its values."""
    if isinstance(pairs, Mapping):
        return dict(pairs)
    try:
        listed = [(name, value) for name, value in pairs]
        given = dict(listed)
    except (TypeError, ValueError):
        raise InvalidType("a mapping of names to text, or pairs of these", pairs) from None
    if len(given) < len(listed):
        raise InvalidValue("each name once", reason="duplicate_name")
    return given


NO_ATTRIBUTES = Attributes()
"""No attributes."""


def attributes_of(given: Attributes | Mapping[str, str]) -> Attributes:
    """Take a mapping as `Attributes`; anything else is left for the validator to refuse."""
    plain: Any = given
    if isinstance(plain, Mapping) and not isinstance(plain, Attributes):
        return Attributes(plain)
    return plain  # type: ignore[no-any-return]


def attributes_if_valid(given: Attributes | Mapping[str, str]) -> Attributes:
    """Take a mapping as `Attributes`; a faulty one too is left for `is_attributes` to refuse."""
    if type(given) is Attributes:
        return given
    try:
        return attributes_of(given)
    except InvalidInput:
        return given  # type: ignore[return-value]


def is_attributes(_instance: object, attribute: Any, value: object) -> None:
    """Accept `Attributes`; say of any other mapping what keeps it from being such."""
    if isinstance(value, Attributes):
        return
    if not isinstance(value, Mapping):
        raise InvalidType("a mapping of names to text", value, path=(attribute.name,))
    try:
        Attributes(value)
    except InvalidInput as error:
        raise error.at(attribute.name) from None
