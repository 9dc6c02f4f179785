"""Checks of single values, as attrs validators: what every class asks of its fields at birth.

A check raises `InvalidType` or `InvalidValue` with the field's name as its path. None of them
looks at the instance, so the loader can run each on its own and report all faults at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from ordercore.errors import InvalidType, InvalidValue, LimitExceeded

__all__ = [
    "MAX_QUANTITY",
    "Check",
    "aware",
    "boolean",
    "each",
    "identifier",
    "integer",
    "optional",
    "quantity",
    "text",
]

MAX_QUANTITY = 10**9
"""The most units that a line or a rule may count."""

Check = Callable[[Any, Any, Any], None]
"""The shape of an attrs validator: ``(instance, attribute, value)``."""

_IDENTIFIER = re.compile(r"[!-~](?:[ -~]{0,62}[!-~])?")
_FORBIDDEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def identifier(_instance: object, attribute: Any, value: object) -> None:
    """Accept printable ASCII of 1 to 64 characters, without blanks at the ends."""
    if not isinstance(value, str):
        raise InvalidType("text", value, path=(attribute.name,))
    if not _IDENTIFIER.fullmatch(value):
        expected = "1 to 64 printable ASCII characters"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="invalid_identifier")


def text(*, most: int = 200, least: int = 0) -> Check:
    """Accept text that people can read: any script, but no control or bidi characters."""

    def check(_instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, str):
            raise InvalidType("text", value, path=(attribute.name,))
        if not least <= len(value) <= most:
            raise InvalidValue(f"{least} to {most} characters", value, path=(attribute.name,))
        if any(c in _BIDI or unicodedata.category(c) in _FORBIDDEN for c in value):
            expected = "text without control or bidirectional characters"
            raise InvalidValue(expected, value, path=(attribute.name,), reason="unsafe_text")

    return check


def integer(*, least: int, most: int) -> Check:
    """Accept a real integer (a bool is none) from ``least`` to ``most``."""

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


def boolean(_instance: object, attribute: Any, value: object) -> None:
    """Accept True or False and nothing that merely resembles them."""
    if type(value) is not bool:
        raise InvalidType("true or false", value, path=(attribute.name,))


def aware(_instance: object, attribute: Any, value: Any) -> None:
    """Accept a datetime that knows its offset from UTC."""
    utcoffset = getattr(value, "utcoffset", None)
    if utcoffset is None or not hasattr(value, "hour"):
        raise InvalidType("a datetime", value, path=(attribute.name,))
    if utcoffset() is None:
        expected = "an instant with a time zone"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="naive_datetime")


def optional(check: Check) -> Check:
    """Accept None, or what ``check`` accepts."""

    def maybe(instance: object, attribute: Any, value: object) -> None:
        if value is not None:
            check(instance, attribute, value)

    return maybe


def each(check: Check, *, least: int = 0, most: int = 1000) -> Check:
    """Accept a tuple of ``least`` to ``most`` members that ``check`` accepts, each in its place."""

    def members(instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, tuple):
            raise InvalidType("a tuple", value, path=(attribute.name,))
        if len(value) > most:
            raise LimitExceeded(f"at most {most} members", len(value), path=(attribute.name,))
        if len(value) < least:
            raise InvalidValue(f"at least {least} members", len(value), path=(attribute.name,))
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
