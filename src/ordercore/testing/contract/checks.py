"""The table of checks: each belongs to a clause, and may need capabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import frozen

from ordercore.testing.contract.clauses import CLAUSES, Capability
from ordercore.testing.contract.lab import Lab

__all__ = ["CHECKS", "Check", "check"]


@frozen
class Check:
    """One behaviour that a clause asks for.

    Args:
        clause: The number of the clause.
        name: What holds, as a sentence.
        run: Finds out whether it does; raises `Broken` if not.
        needs: The capabilities without which nobody can find out.
    """

    clause: str
    name: str
    run: Callable[[Lab], None]
    needs: frozenset[Capability] = frozenset()

    @property
    def test(self) -> str:
        """The name of its test for pytest, such as ``test_c05_keys_are_listed…``."""
        return f"test_{self.clause.lower().replace('-', '')}_{self.name}"

    def __str__(self) -> str:
        return f"{self.clause} {self.name}"


CHECKS: Final[list[Check]] = []
"""All checks; the modules that define them enter them."""


def check(clause: str, *needs: Capability) -> Callable[[Callable[[Lab], None]], Check]:
    """Enter a function as a check of a clause."""
    if clause not in CLAUSES:
        raise KeyError(clause)

    def enter(run: Callable[[Lab], None]) -> Check:
        made = Check(clause, run.__name__, run, frozenset(needs))
        CHECKS.append(made)
        return made

    return enter
