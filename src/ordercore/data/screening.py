"""Plain data from anywhere, made safe to walk: copied, of bounded depth and size, no cycles."""

from __future__ import annotations

from typing import Any

from ordercore.errors import InvalidValue, LimitExceeded

__all__ = ["MAX_DEPTH", "MAX_VALUES", "check_depth", "screened", "too_deep"]

MAX_DEPTH = 64
"""The most levels of objects and lists in a document; the root is the first."""

MAX_VALUES = 1_000_000
"""The most values, the nested ones counted each time they are met, in plain data."""


def screened(plain: object) -> Any:
    """Copy plain data into dicts and lists of its own.

    Tuples become lists, as they do in JSON, and subclasses of text plain text. What JSON
    does not know stays as it is, for the reader at its place to refuse.

    Raises:
        LimitExceeded: Deeper than `MAX_DEPTH`, or more than `MAX_VALUES` values.
        InvalidValue: Something contains itself.
    """
    return _Screen().copy(plain)


class _Screen:
    def __init__(self) -> None:
        self.count = 0
        self.above: set[int] = set()

    def copy(self, value: object) -> Any:
        self.count += 1
        if self.count > MAX_VALUES:
            raise LimitExceeded(f"at most {MAX_VALUES} values", reason="too_large")
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, dict | list | tuple):
            return self.nested(value)
        return value

    def nested(self, value: dict[Any, Any] | list[Any] | tuple[Any, ...]) -> Any:
        if id(value) in self.above:
            raise InvalidValue("plain data that does not contain itself", reason="cyclic")
        if len(self.above) >= MAX_DEPTH:
            raise too_deep()
        self.above.add(id(value))
        copied: Any
        if isinstance(value, dict):
            copied = {_key(key): self.copy(member) for key, member in value.items()}
        else:
            copied = [self.copy(member) for member in value]
        self.above.discard(id(value))
        return copied


def _key(key: object) -> object:
    return str.__str__(key) if isinstance(key, str) else key


def check_depth(plain: object) -> None:
    """Refuse plain data, free of cycles, that is deeper than `MAX_DEPTH`."""
    level: list[Any] = [plain]
    for _ in range(MAX_DEPTH + 1):
        level = [value for value in level if isinstance(value, dict | list)]
        if not level:
            return
        level = [
            member
            for value in level
            for member in (value.values() if isinstance(value, dict) else value)
        ]
    raise too_deep()


def too_deep() -> LimitExceeded:
    """Make the fault of data that is nested too deeply."""
    return LimitExceeded(f"at most {MAX_DEPTH} levels", reason="too_deep")
