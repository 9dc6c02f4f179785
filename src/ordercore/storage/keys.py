"""Under what stores keep things: keys of aggregates, and counters of usage."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from ordercore.data.checks import identifier, optional
from ordercore.events import AggregateId

__all__ = ["MAX_USED", "Counter", "Key", "Readable"]

MAX_USED: Final = 10**15
"""The most that a counter of usage may tell, whatever its limit."""

Key = AggregateId
"""Where an aggregate is kept. Its ``kind`` is also the kind of its document."""


@frozen
class Counter:
    """How much of something is used up: a count that changes by guarded addition alone.

    Args:
        kind: What is counted: ``uses`` of a promotion, the minor units ``spent`` of a budget.
        id: Of what, such as a promotion's id.
        holder: By whom, where each has a counter of their own; None: by all.

    >>> print(Counter("uses", "summer"), "|", Counter("uses", "summer", "c-17"))
    uses summer | uses summer c-17
    """

    kind: str = field(validator=identifier)
    id: str = field(validator=identifier)
    holder: str | None = field(default=None, validator=optional(identifier))

    def __str__(self) -> str:
        told = f"{self.kind} {self.id}"
        return told if self.holder is None else f"{told} {self.holder}"


Readable = Key | Counter
"""What a use case may ask to be read."""
