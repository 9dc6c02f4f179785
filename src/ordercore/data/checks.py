"""Checks of single values, as attrs validators: what every class asks of its fields at birth.

A check raises `InvalidType` or `InvalidValue` with the field's name as its path. None of them
looks at the instance, so the loader can run each on its own and report all faults at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timezone
from enum import Enum
from typing import Any, TypeVar

from attrs import frozen

from ordercore.data.keywords import stated, stating
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded

__all__ = [
    "MAX_QUANTITY",
    "Check",
    "Named",
    "aware",
    "boolean",
    "duplicates",
    "each",
    "identifier",
    "instance",
    "integer",
    "just_one",
    "member",
    "member_of",
    "names_of",
    "optional",
    "passes",
    "quantity",
    "text",
    "titles",
    "tuple_of",
]

MAX_QUANTITY = 10**9
"""The most units that a line or a rule may count."""

_E = TypeVar("_E", bound=Enum)
_T = TypeVar("_T")


@frozen
class Named:
    """Stands in for an attrs field where a check is asked apart from a class."""

    name: str


Check = Callable[[Any, Any, Any], None]
"""The shape of an attrs validator: ``(instance, attribute, value)``."""

_IDENTIFIER = re.compile(r"[!-~](?:[ -~]{0,62}[!-~])?")

# Written out, for the categories of Unicode grow with Python: a name in characters that are
# newer than this Python is good text all the same, and must be so on every machine.
_UNREADABLE = (
    "\x00-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional ones; not U+200C and U+200D
    "\u2028\u2029"  # separators of lines and paragraphs
    "\ue000-\uf8ff"  # private use
    "\ufdd0-\ufdef\ufffe\uffff"  # no characters
)
# Left out of JSON Schema: not every reader of its patterns knows characters above U+FFFF.
_UNREADABLE_TOO = (
    "\ud800-\udfff"  # lone surrogates
    "\U000f0000-\U0010ffff"  # private use
    + "".join(  # no characters: the last two of each plane
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xF0000, 0x10000)
    )
)
_HAS_UNREADABLE = re.compile(f"[{_UNREADABLE}{_UNREADABLE_TOO}]")
_READABLE = f"^[^{ascii(_UNREADABLE)[1:-1]}]*$".replace("\\x", "\\u00")


@stating(minLength=1, maxLength=64, pattern=f"^{_IDENTIFIER.pattern}$")
def identifier(_instance: Any, attribute: Any, value: Any) -> None:
    """Accept printable ASCII of 1 to 64 characters, without blanks at the ends."""
    if not isinstance(value, str):
        raise InvalidType("text", value, path=(attribute.name,))
    if not _IDENTIFIER.fullmatch(value):
        expected = "1 to 64 printable ASCII characters"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="invalid_identifier")


def text(*, most: int = 200, least: int = 0) -> Check:
    """Accept text that people can read: any script, but no control or bidi characters."""

    @stating(minLength=least, maxLength=most, pattern=_READABLE)
    def check(_instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, str):
            raise InvalidType("text", value, path=(attribute.name,))
        if not least <= len(value) <= most:
            raise InvalidValue(f"{least} to {most} characters", value, path=(attribute.name,))
        if _HAS_UNREADABLE.search(value):
            expected = "text without control or bidirectional characters"
            raise InvalidValue(expected, value, path=(attribute.name,), reason="unsafe_text")

    return check


def titles(_instance: Any, attribute: Any, value: Any) -> None:
    """Accept what things are called, by their ids.

    Raises:
        InvalidType: It is no mapping, or an id or a name in it is no text.
    """
    if not isinstance(value, Mapping):
        raise InvalidType("a mapping of ids to names", value, path=(attribute.name,))
    for name, called in value.items():
        if not isinstance(name, str):
            raise InvalidType("an id", name, path=(attribute.name,))
        if not isinstance(called, str):
            raise InvalidType("text", called, path=(attribute.name, name))


def integer(*, least: int, most: int) -> Check:
    """Accept a real integer (a bool is none) from ``least`` to ``most``."""

    @stating(minimum=least, maximum=most)
    def check(_instance: object, attribute: Any, value: object) -> None:
        if type(value) is not int:
            raise InvalidType("an integer", value, path=(attribute.name,))
        if value > most:
            raise LimitExceeded(f"at most {most}", value, path=(attribute.name,))
        if value < least:
            raise InvalidValue(f"at least {least}", value, path=(attribute.name,))

    return check


quantity: Check = integer(least=1, most=MAX_QUANTITY)
"""Accept a count of units: 1 to `MAX_QUANTITY`."""


def boolean(_instance: Any, attribute: Any, value: Any) -> None:
    """Accept True or False and nothing that merely resembles them."""
    if type(value) is not bool:
        raise InvalidType("true or false", value, path=(attribute.name,))


def aware(_instance: Any, attribute: Any, value: Any) -> None:
    """Accept a datetime that knows its offset from UTC."""
    if not isinstance(value, datetime):
        raise InvalidType("a datetime", value, path=(attribute.name,))
    if type(value.tzinfo) is timezone:
        return  # an offset that is written out
    try:
        offset = value.utcoffset()
    except ValueError:
        expected = "an offset from UTC of less than a day"
        raise InvalidValue(expected, path=(attribute.name,), reason="invalid_offset") from None
    if offset is None:
        expected = "an instant with a time zone"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="naive_datetime")


def instance(*classes: type) -> Check:
    """Accept an instance of one of the classes."""
    expected = " or ".join(f"a value of type {cls.__name__}" for cls in classes)

    def check(_instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, classes):
            raise InvalidType(expected, value, path=(attribute.name,))

    check.classes = classes  # type: ignore[attr-defined]
    return check


def optional(check: Check) -> Check:
    """Accept None, or what ``check`` accepts."""

    @stating(**stated(check))
    def maybe(instance: object, attribute: Any, value: object) -> None:
        if value is not None:
            check(instance, attribute, value)

    return maybe


def each(check: Check, *, least: int = 0, most: int = 1000) -> Check:
    """Accept a tuple of ``least`` to ``most`` members, each of which ``check`` accepts."""
    classes = frozenset(getattr(check, "classes", ()))  # their members are looked at all at once

    @stating(minItems=least, maxItems=most, items=stated(check))
    def members(instance: object, attribute: Any, value: object) -> None:
        if value == () and not least:
            return
        if not isinstance(value, tuple):
            raise InvalidType("a tuple", value, path=(attribute.name,))
        if len(value) > most:
            raise LimitExceeded(f"at most {most} members", len(value), path=(attribute.name,))
        if len(value) < least:
            raise InvalidValue(f"{least} to {most} members", len(value), path=(attribute.name,))
        if classes and classes.issuperset(map(type, value)):
            return
        for position, member in enumerate(value):
            try:
                check(instance, attribute, member)
            except (InvalidType, InvalidValue, LimitExceeded) as error:
                raise type(error)(
                    error.expected,
                    error.given,
                    path=(attribute.name, position, *error.path[1:]),
                    reason=error.reason,
                ) from None

    return members


def passes(check: Check, value: object) -> bool:
    """Tell whether a check accepts a value."""
    try:
        check(None, Named("value"), value)
    except InvalidInput:
        return False
    return True


def just_one(told: str, *given: object) -> None:
    """Refuse values unless just one of them is given; None is not given.

    >>> just_one("an amount or a quantity", None, 3)
    """
    count = len(given) - given.count(None)
    if count != 1:
        words = ("neither", "both") if len(given) == 2 else ("none", "several")
        expected = f"{told}, not {words[count > 0]}"
        raise InvalidValue(expected, reason="fields_disagree")


def duplicates(
    names: Iterable[Hashable],
    place: str,
    *,
    then: str | None = None,
    what: str = "an id used once",
    reason: str = "duplicate_id",
    known: Iterable[Hashable] = (),
) -> Iterator[InvalidInput]:
    """Tell of every name that stands more than once, at its later places.

    Args:
        names: In their order.
        place: The field that they stand in.
        then: The field of each member that is its name; None: the member itself is.
        what: What was expected.
        reason: The code of the fault.
        known: Names that stand elsewhere already.

    >>> [fault.path for fault in duplicates(["a", "b", "a", "a"], "lines", then="id")]
    [('lines', 2, 'id'), ('lines', 3, 'id')]
    """
    seen = set(known)
    for i, name in enumerate(names):
        if name in seen:
            path = (place, i) if then is None else (place, i, then)
            given = name.isoformat() if isinstance(name, date) else name
            yield InvalidValue(what, given, path=path, reason=reason)
        seen.add(name)


def tuple_of(members: Iterable[_T]) -> tuple[_T, ...]:
    """Take a collection as a tuple; what has no order, or is none, is left for the check."""
    plain: Any = members
    if type(plain) is tuple:
        return plain
    if isinstance(plain, str | AbstractSet) or not isinstance(plain, Iterable):
        return plain  # type: ignore[return-value]
    return tuple(members)


def names_of(names: str | Iterable[str]) -> tuple[str, ...]:
    """Take one name, or a collection of names, as a tuple; a set is put in order."""
    if type(names) is tuple:
        return names
    if isinstance(names, str):
        return (names,)
    if isinstance(names, AbstractSet) and all(isinstance(name, str) for name in names):
        return tuple(sorted(names))
    return tuple_of(names)


def member(kind: type[Enum]) -> Check:
    """Accept a member of an enumeration; its fields take the member's text as well."""
    choices = ", ".join(repr(each.value) for each in kind)

    def check(_instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, kind):
            expected = f"one of {choices}"
            raise InvalidValue(expected, value, path=(attribute.name,), reason="unknown_choice")

    return check


def member_of(kind: type[_E], value: _E | str) -> _E:
    """Turn the text of a member into the member; anything else is left for the check."""
    if not isinstance(value, str):
        return value
    try:
        return kind(value)
    except ValueError:
        return value  # type: ignore[return-value]
