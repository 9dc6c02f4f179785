"""What the author of a store gives to the kit: a store, or a harness around one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from types import MappingProxyType
from typing import Any, ClassVar, Final, Protocol

from ordercore.storage import AsyncStore, Key, Store
from ordercore.testing.contract.clauses import Capability

__all__ = ["CannotRun", "Harness", "Transaction", "begins", "declared", "store_of"]


class CannotRun(Exception):
    """Raised when the kit cannot begin: what the author gave is not what it needs."""


class Transaction(Protocol):
    """A transaction that `Store.bind` takes. Either method may be a coroutine function."""

    def commit(self) -> Any:
        """Make all of it hold; where that cannot be, raise `VersionConflict`."""

    def rollback(self) -> Any:
        """Drop all of it."""


class Harness:
    """A fresh and empty store, and what its author promises of it beyond the base clauses.

    Inherit from it, set ``store`` and name the capabilities; each asks for the methods below
    that go with it. Any of them may be a coroutine function. Another object with these
    attributes will do as well, and a store may be its own harness.
    """

    capabilities: ClassVar[Collection[str]] = ()
    """Names of `Capability` members."""

    store: Store | AsyncStore
    """The store."""

    def begin(self) -> Any:
        """Begin a `Transaction` (``transactions``).

        Each is begun, used and ended in a thread of its own, one at a time; with ``threads``,
        several are at work at once, and begin one at a time. What one leaves behind, such as a
        connection, may stay until `close`: a check begins no more than some dozens.
        """
        raise NotImplementedError

    def second_connection(self) -> Any:
        """Open another store on the same data (``second_connection``, ``processes``).

        For ``processes`` let it be something that can be pickled, such as
        ``functools.partial(MyStore, path)``, set on the harness.
        """
        raise NotImplementedError

    def kill(self) -> Any:
        """End all connections as a power cut would: nothing more is committed (``kill``)."""
        raise NotImplementedError

    def reopen(self) -> Any:
        """Give the store anew, on the data that has outlived `kill` (``kill``)."""
        raise NotImplementedError

    def raw(self, key: Key, version: int, document: str) -> Any:
        """Write an aggregate that is there already, past the store (``raw``).

        Args:
            key: Where it is kept.
            version: The version that it has from now on.
            document: The JSON text of its document.
        """
        raise NotImplementedError

    def close(self) -> Any:
        """Clear up after a check, whether it failed or not."""


_METHODS: Final = MappingProxyType(
    {
        Capability.TRANSACTIONS: ("begin",),
        Capability.SECOND_CONNECTION: ("second_connection",),
        Capability.THREADS: (),
        Capability.PROCESSES: ("second_connection",),
        Capability.KILL: ("kill", "reopen"),
        Capability.RAW: ("raw",),
    }
)

_VERBS = ("read", "keys", "reply", "commit", "outbox", "acknowledge", "forget")


def declared(given: object) -> frozenset[Capability]:
    """Tell which capabilities are declared, and check that what they need is there.

    Args:
        given: What a factory returned.

    Raises:
        CannotRun: It is no store, or a method is missing.
    """
    store = store_of(given)
    if isinstance(store, type):
        told = f"{store.__qualname__} is a class"
        raise CannotRun(f"the factory must return a store, or a harness with one: {told}")
    missing = _missing(store)
    if missing:
        told = f"{type(store).__name__} has no {', '.join(missing)}"
        raise CannotRun(f"the factory must return a store, or a harness with one: {told}")
    names = getattr(given, "capabilities", ())
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise CannotRun(f"capabilities must be a collection of names, got {names!r}")
    found = frozenset(_capability(name) for name in names)
    for capability in sorted(found):
        for method in _METHODS[capability]:
            if not _has(given, method):
                told = f"{capability} is declared, but {type(given).__name__} has no {method}()"
                raise CannotRun(told)
    return found


def store_of(given: Any) -> Any:
    """Tell the store of a harness; what has the verbs of a store is one itself."""
    return given if not _missing(given) else getattr(given, "store", given)


def begins(given: object) -> bool:
    """Tell whether there is a ``begin``, be it declared or not."""
    return _has(given, *_METHODS[Capability.TRANSACTIONS])


def _missing(store: object) -> list[str]:
    return [verb for verb in _VERBS if not callable(getattr(store, verb, None))]


def _capability(name: str) -> Capability:
    try:
        return Capability(name)
    except ValueError:
        known = ", ".join(Capability)
        raise CannotRun(f"no capability is called {name!r}; there are {known}") from None


def _has(given: object, method: str) -> bool:
    found = getattr(given, method, None)
    return callable(found) and getattr(found, "__func__", found) is not vars(Harness)[method]
