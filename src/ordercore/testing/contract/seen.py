"""What can be seen of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from ordercore.errors import (
    IdempotencyConflict,
    InProgress,
    InvalidValue,
    UsageExceeded,
    VersionConflict,
)
from ordercore.events import Recorded
from ordercore.storage import Counter, Key, Page
from ordercore.testing.contract.expectations import Waits, holds
from ordercore.testing.contract.lab import Asked, Unit
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.samples import SCALE, TALLY, USES

__all__ = [
    "REFUSALS",
    "WAITS",
    "Listed",
    "first_page",
    "glance",
    "kept",
    "keys",
    "names",
    "outbox",
    "outcome",
    "pages",
    "state",
    "stories",
    "used",
    "walk",
    "walk_on",
]

REFUSALS: Final = (
    IdempotencyConflict,
    InProgress,
    InvalidValue,
    UsageExceeded,
    VersionConflict,
)
"""What a store may say instead of an answer."""

WAITS = "it waits"

_MOST_PAGES = 5000


class Listed(Protocol):
    """A verb that lists in pages."""

    def __call__(self, *, after: str | None = None, limit: int = 100) -> Page[Any]:
        """List a page."""


def pages(listed: Listed, limit: int = 100, after: str | None = None) -> Iterator[Page[Any]]:
    """List page by page, to the last one."""
    page = listed(after=after, limit=limit)
    for _ in range(_MOST_PAGES):
        yield page
        if page.next is None:
            return
        page = listed(after=page.next, limit=limit)
    holds(False, "pages that end", f"{_MOST_PAGES} pages")


def walk(listed: Listed, limit: int = 100, after: str | None = None) -> list[Any]:
    """Go through all pages."""
    found: list[Any] = []
    for page in pages(listed, limit, after):
        holds(len(page.members) <= limit, f"at most {limit} members", len(page.members))
        found += page.members
    return found


def walk_on(listed: Listed, page: Page[Any], limit: int = 1) -> list[Any]:
    """Go on with a page: what is on it, and on all those behind it."""
    behind = [] if page.next is None else walk(listed, limit, page.next)
    return [*page.members, *behind]


def first_page(listed: Listed, limit: int = 100) -> Page[Any]:
    """Go on to the first page that holds anything; the last one holds what there is."""
    return next(page for page in pages(listed, limit) if page.members or page.next is None)


def keys(store: Asked | Plainly, kind: str = TALLY) -> Listed:
    """Make the verb that lists the keys of one kind."""

    def listed(*, after: str | None = None, limit: int = 100) -> Page[Any]:
        return store.keys(kind, after=after, limit=limit)

    return listed


def names(store: Asked, kind: str = TALLY) -> list[str]:
    """List the ids of a kind."""
    return [each.id for each in walk(keys(store, kind))]


def outbox(store: Asked) -> list[Recorded]:
    """List all events."""
    return walk(store.outbox)


def stories(store: Asked) -> dict[str, list[int]]:
    """List the sequences of the events in the outbox, for the id of each aggregate."""
    found: dict[str, list[int]] = {}
    for told in outbox(store):
        found.setdefault(told.aggregate.id, []).append(told.sequence)
    return found


def used(store: Asked, counter: Counter = USES) -> int:
    """Tell what a counter says."""
    return store.read([counter]).used(counter)


def state(store: Asked, *counters: Counter) -> tuple[object, object, object]:
    """Tell all that can be seen of a store, but for its replies."""
    known = [Key(kind, name) for kind in (TALLY, SCALE) for name in names(store, kind)]
    got = store.read([*known, *counters])
    return (
        {each: (got.version(each), got.get(each, object)) for each in known},
        {each: got.used(each) for each in counters},
        outbox(store),
    )


def outcome(do: Callable[[], object]) -> object:
    """Tell what comes of something: its answer, the class of its refusal, or that it waits."""
    try:
        return do()
    except Waits:
        return WAITS
    except REFUSALS as error:
        return type(error)


def glance(look: Callable[[], object]) -> object:
    """Look at what others leave to be seen; a store may make one wait for that, or refuse."""
    try:
        return look()
    except (InProgress, VersionConflict, Waits):
        return WAITS


def kept(unit: Unit) -> bool:
    """Let a transaction commit; it may be refused where others were at work meanwhile."""
    ended = outcome(unit.keep)
    holds(ended in {None, InProgress, VersionConflict}, "the transaction to end", ended)
    return ended is None
