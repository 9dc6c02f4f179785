"""Stores that `python -m ordercore.testing` is told of by name."""

from __future__ import annotations

import sys
import threading
from typing import Any

from ordercore.storage import MemoryStore, Page
from ordercore.testing import Harness

NOT_A_FACTORY = 3


def memory() -> MemoryStore:
    return MemoryStore()


class Reversed(MemoryStore):
    """Lists the wrong way round."""

    def keys(self, kind: str, **named: Any) -> Any:
        page = super().keys(kind, **named)
        return Page(page.members[::-1], page.next)


class Unwritten(MemoryStore):
    """Has yet to be written."""

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        raise NotImplementedError("not written yet")


class Stuck(MemoryStore):
    """Never answers."""

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        threading.Event().wait()


def raising() -> Any:
    raise ConnectionError("no database here")


def nothing() -> Any:
    return object()


class Guessed(MemoryStore):
    """Declares what there is not."""

    capabilities = ("transactions", "levitation")


class Empty(Harness):
    """Declares what it does not give."""

    capabilities = ("kill",)

    def __init__(self) -> None:
        self.store = MemoryStore()


class OneName(MemoryStore):
    """Declares a name, and not a collection of names."""

    capabilities = "transactions"  # type: ignore[assignment]


def a_class() -> Any:
    return MemoryStore


_STORE = MemoryStore()


def stale() -> MemoryStore:
    """Give the store of the call before."""
    return _STORE


class Exiting(MemoryStore):
    """Ends the process where it should answer."""

    def reply(self, request: Any) -> Any:
        sys.exit(0)

    @staticmethod
    def of() -> Any:
        sys.exit(0)
