"""One row of a machine."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

from attrs import field, frozen

from ordercore.data.checks import each, identifier, instance, names_of

__all__ = ["E", "S", "Transition"]

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)

_text = instance(str)  # whether it is a member, the machine knows


@frozen
class Transition(Generic[S, E]):
    """One row of a machine: in this state, on this event, that state follows.

    Args:
        state: Before.
        event: What happens.
        target: After; the same state where only quantities change.
        guards: The names of what must hold, all of it.
        by: The roles that may bring it about; none named: whoever.
    """

    state: S = field(validator=_text)
    event: E = field(validator=_text)
    target: S = field(validator=_text)
    guards: tuple[str, ...] = field(default=(), converter=names_of, validator=each(identifier))
    by: tuple[str, ...] = field(default=(), converter=names_of, validator=each(identifier))

    def is_open_to(self, role: str | None) -> bool:
        """Whether the role may bring it about; None asks for no role in particular."""
        return role is None or not self.by or role in self.by

    def hides(self, later: Transition[S, E], role: str | None) -> bool:
        """Whether a later row of the same pair never has its turn when this role asks.

        None stands for a role that no row names.
        """
        open_to_it = not self.by if role is None else self.is_open_to(role)
        return open_to_it and set(self.guards) <= set(later.guards)
