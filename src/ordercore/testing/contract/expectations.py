"""How a check says what it expects, and what it has seen instead.

These are calls and not ``assert``, which Python leaves out when it is told to optimise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ordercore.data import dumps

__all__ = ["Broken", "Hung", "Waits", "differ", "equal", "holds", "refused", "same"]

_SHOWN = 2000


class Broken(Exception):
    """Raised when a store does something else than its clause says.

    Args:
        expected: What the clause asks for.
        seen: What the store did.
    """

    def __init__(self, expected: str, seen: str) -> None:
        self.expected: str = shortened(expected)
        self.seen: str = shortened(seen)
        super().__init__(self.expected, self.seen)

    def __str__(self) -> str:
        return f"expected {self.expected}\nsaw {self.seen}"


class Hung(Broken):
    """Raised when a store does not answer, though there is nobody left to wait for."""


class Waits(Exception):
    """Raised when a store has not answered yet, while somebody else's transaction is open."""


def shortened(told: str) -> str:
    """Cut a long text in its middle."""
    if len(told) <= _SHOWN:
        return told
    return f"{told[: _SHOWN // 2]} … {told[-_SHOWN // 2 :]}"


def holds(condition: object, expected: str, seen: object) -> None:
    """Expect something that was found out already."""
    if not condition:
        raise Broken(expected, told(seen))


def equal(seen: object, expected: object, what: str = "") -> None:
    """Expect a value that is equal to another one."""
    if seen != expected:
        raise Broken(_of(what, told(expected)), told(seen))


def same(seen: object, expected: object, what: str = "") -> None:
    """Expect an equal value, of the same class, that documents write the same way.

    Decimals with and without trailing zeros, and instants with different offsets, are equal
    for Python; for a store they are not.
    """
    if differ(seen, expected):
        raise Broken(_of(what, written(expected)), written(seen))


def differ(seen: object, expected: object) -> bool:
    """Tell whether two values differ in anything that documents show."""
    return (
        type(seen) is not type(expected)
        or seen != expected
        or (seen is not expected and written(seen) != written(expected))
    )


@contextmanager
def refused(*errors: type[Exception], what: str = "") -> Iterator[None]:
    """Expect that what is done within is refused with one of these errors."""
    names = " or ".join(error.__name__ for error in errors)
    try:
        yield
    except errors:
        return
    except (Broken, Waits):
        raise
    except Exception as error:
        raise Broken(_of(what, names), told(error)) from error
    raise Broken(_of(what, names), "that it was done")


def told(value: object) -> str:
    """Write a value for people."""
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return value if isinstance(value, str) else repr(value)


def written(value: object) -> str:
    """Write a value as documents do, where they can."""
    try:
        return f"{type(value).__name__} {dumps(value)}"
    except Exception:  # noqa: BLE001 - a store may return anything
        return ascii(value)


def _of(what: str, expected: str) -> str:
    return f"{what}: {expected}" if what else expected
