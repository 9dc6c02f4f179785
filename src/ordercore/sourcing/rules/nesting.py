"""How large composed rules may be: known before anything walks through them."""

from __future__ import annotations

from typing import Final

from ordercore.errors import LimitExceeded
from ordercore.sourcing.rules.filters import AllOf, AnyOf, Filter, NotFilter
from ordercore.sourcing.rules.rankings import InTurn, Ranking

__all__ = ["MAX_NESTING", "MAX_RULES", "check_nesting"]

MAX_NESTING: Final = 20
"""How deep filters, or rankings, of a strategy may be nested."""

MAX_RULES: Final = 1000
"""The most filters, or rankings, that one strategy may hold."""


def check_nesting(rule: Filter | Ranking, name: str) -> None:
    """Refuse rules that are too many or too deep.

    Raises:
        LimitExceeded: More than `MAX_RULES`, or deeper than `MAX_NESTING`.
    """
    count = 0
    level = [rule]
    for _ in range(MAX_NESTING):
        count += len(level)
        if count > MAX_RULES:
            expected = f"at most {MAX_RULES} rules in a strategy"
            raise LimitExceeded(expected, path=(name,), reason="too_large")
        level = [part for each in level for part in _parts(each)]
        if not level:
            return
    expected = f"rules nested at most {MAX_NESTING} deep"
    raise LimitExceeded(expected, path=(name,), reason="too_deep")


def _parts(rule: Filter | Ranking) -> tuple[Filter | Ranking, ...]:
    if isinstance(rule, AllOf | AnyOf | InTurn):
        return rule.members
    return (rule.member,) if isinstance(rule, NotFilter) else ()
