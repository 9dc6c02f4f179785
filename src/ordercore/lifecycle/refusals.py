"""When a state knows an event and still says no: why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import field, frozen

from ordercore.data.attributes import (
    NO_ATTRIBUTES,
    Attributes,
    attributes_if_valid,
    is_attributes,
)
from ordercore.data.checks import identifier
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, OrderCoreError

__all__ = ["Answer", "Refused", "TransitionRefused", "Unmet", "unmet_of"]

Answer = bool | Mapping[str, str]
"""What is known of a guard: it holds; it does not; or it does not, and this is why."""


@frozen
class Unmet:
    """A guard that does not hold.

    Args:
        guard: Its name.
        details: Why, as data: which line, how many.
    """

    guard: str = field(validator=identifier)
    details: Attributes = field(
        default=NO_ATTRIBUTES, converter=attributes_if_valid, validator=is_attributes
    )

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value}" for name, value in self.details.items())
        return f"{self.guard} ({told})" if told else self.guard


def unmet_of(guard: str, answers: Mapping[str, Answer]) -> Unmet | None:
    """Find what is said of a guard; None: it holds.

    Raises:
        InvalidValue: Nothing is said; the reason is ``missing_guard``.
        InvalidType: What is said is no answer.

    >>> print(unmet_of("nothing_shipped", {"nothing_shipped": {"line": "2", "shipped": "3"}}))
    nothing_shipped (line 2, shipped 3)
    """
    answer: Any = answers.get(guard, ...)
    if answer is ...:
        expected = f"an answer for the guard {guard}"
        raise InvalidValue(expected, path=("guards",), reason="missing_guard")
    if isinstance(answer, Mapping):
        return _with_details(guard, answer)
    if type(answer) is not bool:
        raise InvalidType("true, false or details", answer, path=("guards", guard))
    return None if answer else Unmet(guard)


def _with_details(guard: str, details: Mapping[str, str]) -> Unmet:
    try:
        return Unmet(guard, Attributes(details))
    except InvalidInput as error:
        raise error.at("guards", guard) from None


@frozen(kw_only=True)
class Refused:
    """Why an event that the state knows is not allowed now.

    Args:
        machine: Of which machine.
        state: In which state.
        event: What was to happen.
        only_by: Who may bring it about, where the role that asks may not. Its guards are not
            looked at then.
        unmet: Every guard that does not hold, of all rows that this role might take.
    """

    machine: str
    state: str
    event: str
    only_by: tuple[str, ...] = ()
    unmet: tuple[Unmet, ...] = ()

    def __str__(self) -> str:
        reasons = [f"only by {' or '.join(self.only_by)}"] if self.only_by else []
        reasons += [f"unmet {unmet}" for unmet in self.unmet]
        return f"{self.machine}: {self.event} refused in state {self.state}: {'; '.join(reasons)}"


class TransitionRefused(OrderCoreError, ValueError):
    """Raised by `Machine.fire` where `Machine.check` returns `Refused`; nothing has changed.

    Args:
        refused: What it returns.
    """

    code: ClassVar[str] = "transition_refused"

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused)
        self.refused = refused

    @property
    def guards(self) -> tuple[str, ...]:
        """The names of all guards that do not hold."""
        return tuple(unmet.guard for unmet in self.refused.unmet)
