"""How large the rules of one promotion may be: known before anything walks through them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any, Final

import attrs

from ordercore.errors import LimitExceeded
from ordercore.money import Money, UnitPrice

__all__ = ["MAX_NESTING", "MAX_NODES", "check_size"]

MAX_NODES: Final = 1000
"""The most selectors, conditions and benefits that the rules of one promotion may hold."""

MAX_NESTING: Final = 20
"""How deep they may be nested."""


def check_size(*rules: Any) -> None:
    """Refuse rules that are too many or too deep.

    Raises:
        LimitExceeded: More than `MAX_NODES`, or deeper than `MAX_NESTING`.
    """
    count = 0
    level: list[Any] = list(rules)
    for _ in range(MAX_NESTING):
        count += len(level)
        if count > MAX_NODES:
            raise LimitExceeded(f"at most {MAX_NODES} rules in a promotion", reason="too_large")
        level = [part for rule in level for part in _parts(rule)]
        if not level:
            return
    raise LimitExceeded(f"rules nested at most {MAX_NESTING} deep", reason="too_deep")


@cache
def _is_rule(cls: Hashable) -> bool:
    """Whether values of a class are rules, and no amounts, names or numbers."""
    return isinstance(cls, type) and attrs.has(cls) and not issubclass(cls, Money | UnitPrice)


@cache
def _fields(cls: type[attrs.AttrsInstance]) -> tuple[str, ...]:
    """List the fields of a class of rules."""
    return tuple(attribute.name for attribute in attrs.fields(cls))


def _parts(rule: Any) -> Iterator[Any]:
    """List the rules that a rule is made of."""
    for name in _fields(rule.__class__) if _is_rule(rule.__class__) else ():
        value = getattr(rule, name)
        if isinstance(value, tuple):
            yield from _members(value)
        elif _is_rule(value.__class__):
            yield value


def _members(value: tuple[Any, ...]) -> Iterator[Any]:
    for member in value:
        if isinstance(member, tuple):
            yield from _members(member)
        elif _is_rule(member.__class__):
            yield member
        else:
            return  # names or numbers, and perhaps very many
