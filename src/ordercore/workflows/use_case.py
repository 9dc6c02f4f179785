"""What a use case is: a frozen command with two pure functions, and the value that says no.

A question is one, too, but has no key: it writes nothing, so it may be asked again at any time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from attrs import frozen

from ordercore.storage import Decision, Loaded, Readable, Reply

__all__ = ["Query", "Refusal", "UseCase"]

R_co = TypeVar("R_co", bound=Reply, covariant=True)
N_co = TypeVar("N_co", covariant=True)
A_co = TypeVar("A_co", covariant=True)


@frozen
class Refusal(Generic[N_co]):
    """What a use case returns instead of a decision: nothing is stored, its key stays free.

    Args:
        why: The value that says so, with every reason; `run` returns it.
    """

    why: N_co


@runtime_checkable
class UseCase(Protocol[R_co, N_co]):
    """A frozen command, a `variant`, with two pure functions: the same in, the same out."""

    incidental: ClassVar[tuple[str, ...]]
    """Fields that may differ when the same command comes again, such as ``at``."""

    @property
    def key(self) -> str:
        """Its idempotency key."""
        ...

    def needs(self, got: Loaded) -> Iterable[Readable]:
        """Say what must be read, seeing what was; what was read already may be among it."""
        ...

    def decide(self, got: Loaded) -> Decision[R_co] | Refusal[N_co]:
        """Decide on what was read, or say why not."""
        ...


@runtime_checkable
class Query(Protocol[A_co]):
    """A frozen question with two pure functions; nothing is stored, not even its answer."""

    def needs(self, got: Loaded) -> Iterable[Readable]:
        """Say what must be read, seeing what was; what was read already may be among it."""
        ...

    def answer(self, got: Loaded) -> A_co:
        """Answer by what was read."""
        ...
