"""How faults are worded, gathered and kept discreet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import takewhile
from typing import Any, TypeVar

from attrs import frozen

from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
)
from ordercore.errors import shown as _shown

__all__ = [
    "FAULTS",
    "MAX_FAULTS",
    "Refused",
    "Seen",
    "SenderStep",
    "called",
    "form",
    "gathered",
    "hidden",
    "mismatch",
    "missing",
    "nearest",
    "seen",
    "step",
    "unknown_field",
]

_T = TypeVar("_T")

MAX_FAULTS = 1000
"""The most faults of one document that are told; past them its rest is not read."""

FAULTS = (InvalidInput, InvalidDocument)
"""What a reader catches and puts at its place."""

_LONGEST_STEP = 64

_FORMS = {type(None): "null", bool: "true or false", int: "integer", str: "text"}


class SenderStep(str):
    """A step of a path that the document's sender named, not we: an unknown key, say."""

    __slots__ = ()


@frozen(repr=False)
class Seen:
    """What a fault shows in place of a value that would say too much: its kind."""

    kind: str

    def __repr__(self) -> str:
        return self.kind


@frozen
class Refused:
    """Stands in parsed JSON for what cannot be a value, until its path is known."""

    fault: InvalidInput


def form(value: object) -> str:
    """Name the JSON form of a plain value; empty when it has none."""
    if isinstance(value, dict):
        return "object"
    return "list" if isinstance(value, list) else _FORMS.get(type(value), "")


def seen(value: object) -> object:
    """Tell what to show of a given value: single values as they are, others by their kind."""
    if value is None or isinstance(value, str | int | float | Decimal):
        return value
    if isinstance(value, dict | list):
        return Seen("an object" if isinstance(value, dict) else "a list")
    return Seen(f"a value of type {type(value).__name__}")


def mismatch(expected: str, value: object) -> InvalidInput:
    """Make the fault of a value that has the wrong form."""
    if isinstance(value, Refused):
        return value.fault
    return InvalidType(expected, seen(value))


def missing(*path: str) -> InvalidInput:
    """Make the fault of a field that must be there."""
    return InvalidValue("this field, which is required", path=path, reason="missing_field")


def unknown_field(key: object, known: Iterable[str]) -> InvalidInput:
    """Make the fault of a key that means nothing here."""
    if not isinstance(key, str):
        return InvalidType("text as a key", seen(key))
    near = nearest(key, known)
    if near is None:
        expected = f"only the fields {', '.join(known) or '(none)'}"
    else:
        expected = f"a known field; did you mean {near!r}?"
    return InvalidValue(expected, path=(step(key),), reason="unknown_field")


def nearest(key: str, known: Iterable[str]) -> str | None:
    """Guess which known name was meant; None: it resembles none."""
    if len(key) > _LONGEST_STEP:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 (only when needed)

    return next(iter(get_close_matches(key, known, n=1)), None)


def called(name: str, function: Callable[..., _T], /, *args: Any, **named: Any) -> _T:
    """Call what somebody else wrote for ``name``, and make a fault of what it raises.

    A value's own complaint (`ValueError`, `LookupError`, `ArithmeticError`) becomes an
    `InvalidValue`; any other exception is a bug of its writer and passes.
    """
    try:
        return function(*args, **named)
    except FAULTS:
        raise
    except (ValueError, LookupError, ArithmeticError) as error:
        # Its words may hold the value: they stand where `hidden` takes them away.
        words = Seen(f"{type(error).__name__}: {_shown(str(error))}")
        raise InvalidValue(f"what {name} accepts", words) from None


def step(key: str) -> SenderStep:
    """Make a key a step of a path: as it is, or shown shortened when it is odd."""
    fine = len(key) <= _LONGEST_STEP and key.isprintable()
    return SenderStep(key if fine else _shown(key))


def hidden(fault: InvalidInput) -> InvalidInput:
    """Say the same without the given value, and without what its sender named in the path."""
    ours = tuple(takewhile(lambda told: not isinstance(told, SenderStep), fault.path))
    return type(fault)(fault.expected, path=ours, reason=fault.reason)


def gathered(faults: list[InvalidInput]) -> InvalidDocument:
    """Make one error of all faults of a document, cut to a sane number."""
    if len(faults) <= MAX_FAULTS:
        return InvalidDocument(faults)
    end = LimitExceeded(f"at most {MAX_FAULTS} faults; the rest was not read")
    return InvalidDocument([*faults[:MAX_FAULTS], end])
