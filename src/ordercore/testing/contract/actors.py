"""Who is at a store: somebody without a transaction or within one, or somebody who lists."""

from __future__ import annotations

from typing import Any

from attrs import define, field

from ordercore.storage import Page
from ordercore.testing.contract.lab import Asked, Unit
from ordercore.testing.contract.model import UnitModel
from ordercore.testing.contract.plainly import Plainly

__all__ = ["Actor", "Walk", "Within"]


@define(eq=False)
class Actor:
    """Somebody at the store, without a transaction."""

    asked: Asked
    name: str = "store"

    @property
    def unit(self) -> UnitModel | None:
        """What the model knows of the transaction."""
        return None


@define(eq=False)
class Within(Actor):
    """Somebody within a transaction."""

    asked: Unit
    name: str
    model: UnitModel

    @property
    def unit(self) -> UnitModel:
        """What the model knows of the transaction."""
        return self.model


@define(eq=False)
class Walk:
    """A listing that is gone through page by page, while other things happen.

    Args:
        kind: Of keys of that kind; None: of the outbox.
        limit: The most members of a page.
        due: What was there at its beginning.
        after: Where the last page has ended.
        seen: What was on the pages so far.
    """

    kind: str | None
    limit: int
    due: frozenset[str] = frozenset()
    after: str | None = None
    seen: list[str] = field(factory=list)

    def page(self, store: Plainly) -> Page[Any]:
        """Ask for the next page."""
        if self.kind is None:
            return store.outbox(after=self.after, limit=self.limit)
        return store.keys(self.kind, after=self.after, limit=self.limit)
