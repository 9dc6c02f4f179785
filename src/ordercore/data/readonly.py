"""Read-only mappings of text to plain values: equal, hashed and ordered by what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from ordercore.errors import InvalidType, InvalidValue

__all__ = ["ReadOnly", "paired"]

_V = TypeVar("_V")


class ReadOnly(Mapping[str, _V]):
    """What mappings have in common that are values: `_keep` is called once, at birth."""

    __slots__ = ("_hash", "_pairs")
    _pairs: dict[str, _V]
    _hash: int

    def _keep(self, pairs: Mapping[str, _V]) -> None:
        """Keep checked pairs in the order of their keys."""
        object.__setattr__(self, "_pairs", dict(sorted(pairs.items())))
        object.__setattr__(self, "_hash", hash(tuple(self._pairs.items())))

    def __getitem__(self, key: str) -> _V:
        return self._pairs[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ReadOnly) and type(other) is type(self):
            return self._pairs == other._pairs
        return NotImplemented

    def __hash__(self) -> int:
        return self._hash

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}: read-only; cannot set {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__}: read-only; cannot delete {name}")

    def __reduce__(self) -> tuple[type[ReadOnly[_V]], tuple[dict[str, _V]]]:
        return type(self), (self._pairs,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._pairs!r})"


def paired(pairs: Any, what: str, key: str, reason: str) -> dict[Any, Any]:
    """Make a dict of a mapping or of pairs; a key given twice would hide one of its values.

    Args:
        pairs: What was given.
        what: What is expected, as in "ids to counts".
        key: What a key is called in the fault of one given twice.
        reason: The reason of that fault.
    """
    if isinstance(pairs, Mapping):
        return dict(pairs)
    expected = f"a mapping of {what}, or pairs of these"
    if isinstance(pairs, str):
        raise InvalidType(expected, pairs)
    try:
        listed = [(each, value) for each, value in pairs]
        given = dict(listed)
    except (TypeError, ValueError):
        raise InvalidType(expected, pairs) from None
    if len(given) < len(listed):
        raise InvalidValue(f"each {key} once", reason=reason)
    return given
