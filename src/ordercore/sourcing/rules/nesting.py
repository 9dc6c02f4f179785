"""How large composed rules may be: known at birth, before anything walks through them."""

from __future__ import annotations

from typing import Any, Final

from ordercore.errors import LimitExceeded

__all__ = ["MAX_NESTING", "MAX_RULES", "check_nesting"]

MAX_NESTING: Final = 20
"""How deep filters, or rankings, may be nested."""

MAX_RULES: Final = 1000
"""The most filters, or rankings, that a composed one may hold."""


def check_nesting(rule: object, name: str, family: type) -> None:
    """Refuse a composed rule of too many, or nested too deep.

    Args:
        rule: It holds others as ``members``, or one as ``member``.
        name: Which of the two it is.
        family: Of the rules it holds; fields of that name that hold others are none of ours.

    Raises:
        LimitExceeded: More than `MAX_RULES`, or deeper than `MAX_NESTING`.
    """
    count = 0
    level = [rule]
    for _ in range(MAX_NESTING):
        count += len(level)
        if count > MAX_RULES:
            expected = f"at most {MAX_RULES} rules in one"
            raise LimitExceeded(expected, path=(name,), reason="too_large")
        level = [part for each in level for part in _parts(each, family)]
        if not level:
            return
    expected = f"rules nested at most {MAX_NESTING} deep"
    raise LimitExceeded(expected, path=(name,), reason="too_deep")


def _parts(rule: object, family: type) -> list[object]:
    members: Any = getattr(rule, "members", ())
    held = (*(members if isinstance(members, tuple) else ()), getattr(rule, "member", None))
    return [part for part in held if isinstance(part, family)]
