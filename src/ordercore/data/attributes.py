"""Free attributes: names and text that a host adds and that rules may look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ordercore.data.checks import Named, text
from ordercore.data.faults import step
from ordercore.data.keywords import stated
from ordercore.data.readonly import ReadOnly, paired
from ordercore.data.registry import mapping
from ordercore.errors import InvalidInput, InvalidType, LimitExceeded

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


class Attributes(ReadOnly[str]):
    """A read-only mapping of names to text, equal and hashed by content, kept in name order.

    Raises:
        InvalidType: A name or a value is not text, or there is no mapping and no pairs.
        InvalidValue: A name is empty, not readable text, or given twice.
        LimitExceeded: There are more than `MAX_ATTRIBUTES`.

    >>> Attributes({"colour": "black", "memory": "256 GB"})["colour"]
    'black'
    """

    __slots__ = ()

    def __init__(self, pairs: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        given = paired(pairs, "names to text", "name", "duplicate_name")
        if len(given) > MAX_ATTRIBUTES:
            raise LimitExceeded(f"at most {MAX_ATTRIBUTES} attributes", len(given))
        for name, value in given.items():
            if not isinstance(name, str) or not isinstance(value, str):
                raise InvalidType("text for names and values", (name, value))
            _key(None, Named("name"), name)
            _short(None, Named(step(name)), value)
        self._keep(given)


mapping(
    Attributes,
    keywords={
        "maxProperties": MAX_ATTRIBUTES,
        "propertyNames": stated(_key),
        "additionalProperties": stated(_short),
    },
)


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
