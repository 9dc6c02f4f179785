"""Aggregates as text: what an adapter writes with `dumps`, it reads with this."""

from __future__ import annotations

from ordercore.data import MAX_BYTES, loads
from ordercore.data.registry import REGISTRY
from ordercore.errors import NotFound

__all__ = ["read_aggregate"]


def read_aggregate(kind: str, text: str | bytes, *, max_bytes: int = MAX_BYTES) -> object:
    """Read the document of an aggregate: of the class registered for its kind.

    Replies and events need no such help: ``loads(Reply, text)``, ``loads(Recorded, text)``.

    Args:
        kind: That of its key.
        text: What ``dumps(value)`` wrote.
        max_bytes: The most bytes that are read.

    Raises:
        NotFound: No class is registered for that kind: the module that defines it was not
            imported.
        InvalidDocument: The text has faults.
    """
    for cls in reversed(REGISTRY.documents):  # the newest of those defined anew, in notebooks
        if REGISTRY.documents[cls].name == kind:
            return loads(cls, text, max_bytes=max_bytes)
    raise NotFound("a kind of document that is registered", kind)
