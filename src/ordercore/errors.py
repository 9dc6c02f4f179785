"""What can go wrong, with a stable code each.

The tree is small. A caller's mistake raises one of these; an expected "no" (a promotion
that does not apply, say) is a value, never an exception.

Every error about input carries the ``path`` to the fault, what was ``expected`` and what
was ``given``. Outer constructors prepend their own step with `InvalidInput.at`, so that a
fault deep in a document names its place: ``promotions[3].benefits[0].percent``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import ClassVar, Final, Self

__all__ = [
    "CommitUnknown",
    "CurrencyMismatch",
    "IdempotencyConflict",
    "IllegalTransition",
    "InProgress",
    "InvalidDocument",
    "InvalidInput",
    "InvalidType",
    "InvalidValue",
    "LimitExceeded",
    "NotFound",
    "NotReproducible",
    "OrderCoreError",
    "OutOfSequence",
    "Path",
    "UsageExceeded",
    "VersionConflict",
    "all_faults",
    "dotted",
]

Path = tuple[str | int, ...]
"""Steps from the root of a value to a place in it: field names and positions."""

_SHOWN = 60


class OrderCoreError(Exception):
    """The root of every error that ordercore raises."""

    code: ClassVar[str] = "error"


class InvalidInput(OrderCoreError):
    """Raised when one given value cannot be accepted; the base of the kinds below.

    Args:
        expected: What would have been right, as a phrase.
        given: The offending value, shown shortened; leave out what must stay private.
        path: Where it stands: field names and positions.
        reason: A finer code than the class's own, stable like it.
        within: Which of many things has the fault, such as ``promotion 'summer'``.
    """

    code: ClassVar[str] = "invalid_input"

    def __init__(
        self,
        expected: str,
        given: object = ...,
        *,
        path: Path = (),
        reason: str = "",
        within: str = "",
    ) -> None:
        super().__init__(expected, given)
        self.expected = expected
        self.given = given
        self.path = path
        self.reason: str = reason or self.code
        self.within = within

    def at(self, *steps: str | int) -> Self:
        """Say the same of a place further in: ``steps`` go before the path.

        >>> InvalidValue("a positive integer", 0, path=("quantity",)).at("lines", 2).path
        ('lines', 2, 'quantity')
        """
        return self._again((*steps, *self.path), self.within)

    def inside(self, thing: str) -> Self:
        """Say the same, and which of many things has the fault; the innermost one is told.

        >>> print(InvalidValue("at least 1", 0, path=("priority",)).inside("promotion 'summer'"))
        priority: expected at least 1, got 0 (promotion 'summer')
        """
        return self._again(self.path, self.within or thing)

    def _again(self, path: Path, within: str) -> Self:
        return type(self)(self.expected, self.given, path=path, reason=self.reason, within=within)

    def __str__(self) -> str:
        told = f"expected {self.expected}"
        if self.given is not ...:
            told += f", got {shown(self.given)}"
        if self.within:
            told += f" ({self.within})"
        return f"{dotted(self.path)}: {told}" if self.path else told

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[object, ...]]:
        return _revive, (self.args, self.path, self.reason, self.within, type(self))  # type: ignore[return-value]


def _revive(
    args: tuple[str, object], path: Path, reason: str, within: str, kind: type[InvalidInput]
) -> InvalidInput:
    return kind(*args, path=path, reason=reason, within=within)


class InvalidValue(InvalidInput, ValueError):
    """Raised when a value is of the right type but out of its range or form."""

    code: ClassVar[str] = "invalid_value"


class InvalidType(InvalidInput, TypeError):
    """Raised when a value is of the wrong type, such as a bare number for an amount."""

    code: ClassVar[str] = "invalid_type"


class CurrencyMismatch(InvalidInput, ValueError):
    """Raised when amounts of two currencies meet; one cart, book and order has one."""

    code: ClassVar[str] = "currency_mismatch"


class LimitExceeded(InvalidInput, ValueError):
    """Raised when input is larger than a documented limit."""

    code: ClassVar[str] = "limit_exceeded"


class NotFound(InvalidInput, LookupError):
    """Raised when something is asked for by an id that is not there."""

    code: ClassVar[str] = "not_found"


class OutOfSequence(InvalidInput, ValueError):
    """Raised when events of one aggregate do not follow each other: 1, 2, 3 and so on."""

    code: ClassVar[str] = "out_of_sequence"


class IllegalTransition(OrderCoreError, ValueError):
    """Raised when a state knows nothing of an event; nothing has changed.

    Args:
        state: In which state.
        event: What was to happen.
        allowed: What may happen there instead.
        machine: Of which machine.
    """

    code: ClassVar[str] = "illegal_transition"

    def __init__(
        self, state: str, event: str, allowed: Iterable[str] = (), machine: str = ""
    ) -> None:
        self.state = state
        self.event = event
        self.allowed: tuple[str, ...] = tuple(allowed)
        self.machine = machine
        super().__init__(state, event, self.allowed, machine)

    def __str__(self) -> str:
        told = f"expected {' or '.join(self.allowed) or 'no event'} in state {self.state}"
        told += f", got {self.event}"
        return f"{self.machine}: {told}" if self.machine else told


class VersionConflict(OrderCoreError, RuntimeError):
    """Raised when what a decision rests on has changed since it was read; nothing is stored.

    Args:
        of: What has changed, such as ``order o-1``.
        expected: The version that was read.
        found: The version that it has now; None: another transaction is changing it.
    """

    code: ClassVar[str] = "version_conflict"

    def __init__(self, of: str, expected: int | None = None, found: int | None = None) -> None:
        self.of = of
        self.expected = expected
        self.found = found
        super().__init__(of, expected, found)

    def __str__(self) -> str:
        if self.found is None:
            return f"expected {self.of} to be free, another transaction is changing it"
        return f"expected version {self.expected} of {self.of}, found {self.found}"


class CommitUnknown(OrderCoreError, RuntimeError):
    """Raised when nobody can say whether a commit took place; its key tells it later.

    Args:
        key: The idempotency key of what was to be committed.
    """

    code: ClassVar[str] = "commit_unknown"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return f"expected word of the commit under key {shown(self.key)}, got none"


class IdempotencyConflict(OrderCoreError, ValueError):
    """Raised when a key comes again with another content; nothing is stored.

    Args:
        key: The idempotency key.
    """

    code: ClassVar[str] = "idempotency_conflict"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return f"expected the same content under key {shown(self.key)}, got another"


class InProgress(OrderCoreError, RuntimeError):
    """Raised when another transaction is at work under the same key: ask again later.

    Args:
        key: The idempotency key.
    """

    code: ClassVar[str] = "in_progress"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return f"expected nobody else at work under key {shown(self.key)}"


class UsageExceeded(OrderCoreError, RuntimeError):
    """Raised when a counter of usage would leave its range; nothing is stored.

    Args:
        counter: Which one, such as ``uses summer``.
        used: What it tells before.
        add: What was to be added.
        most: The most that it may tell after.
    """

    code: ClassVar[str] = "usage_exceeded"

    def __init__(self, counter: str, used: int, add: int, most: int) -> None:
        self.counter = counter
        self.used = used
        self.add = add
        self.most = most
        super().__init__(counter, used, add, most)

    def __str__(self) -> str:
        return f"expected 0 to {self.most} in {self.counter}, got {self.used} and {self.add}"


MAX_FAULTS_TOLD: Final = 100
"""How many faults the text of an error tells; the error holds all of them."""


class InvalidDocument(OrderCoreError, ValueError):
    """Raised when a document or a group of values has faults: all of them at once.

    The ``faults`` are `InvalidInput` errors, each with its path from the root; the text tells
    the first `MAX_FAULTS_TOLD` of them.
    """

    code: ClassVar[str] = "invalid_document"

    def __init__(self, faults: Iterable[InvalidInput]) -> None:
        self.faults: tuple[InvalidInput, ...] = tuple(faults)
        super().__init__(self.faults)

    def at(self, *steps: str | int) -> InvalidDocument:
        """Say the same of a place further in."""
        return InvalidDocument(fault.at(*steps) for fault in self.faults)

    def __str__(self) -> str:
        count = len(self.faults)
        head = "1 fault" if count == 1 else f"{count} faults"
        told = [f"  {fault}" for fault in self.faults[:MAX_FAULTS_TOLD]]
        more = count - len(told)
        return "\n".join([head, *told, *([f"  and {more} more"] if more else [])])


class NotReproducible(InvalidDocument):
    """Raised when a record of a price, priced again, comes out otherwise.

    The ``faults`` say what was recorded (expected) and what comes out now (given), and where.
    """

    code: ClassVar[str] = "not_reproducible"


def all_faults(error: InvalidInput | InvalidDocument, *steps: str | int) -> list[InvalidInput]:
    """List what ``error`` reports, each fault placed below ``steps``."""
    if isinstance(error, InvalidDocument):
        return [fault.at(*steps) for fault in error.faults]
    return [error.at(*steps)]


def dotted(path: Path) -> str:
    """Write a path the way people read it.

    >>> dotted(("promotions", 3, "percent"))
    'promotions[3].percent'
    """
    told = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return told.removeprefix(".")


def shown(value: object) -> str:
    """Write a value into a message: printable, one line, shortened.

    >>> shown("a" * 100), shown(10**100)
    ("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…", 'an integer of 333 bits')
    >>> shown("9.90"), shown(Decimal("9.90"))
    ("'9.90'", '9.90')
    """
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 200:
        return f"an integer of {value.bit_length()} bits"
    try:
        told = str(value) if type(value) is Decimal else repr(value)
    except Exception:  # noqa: BLE001 - nested without end, say: no value may spoil its own fault
        told = f"a value of type {type(value).__name__}"
    if isinstance(value, str) and not value.isprintable():
        told = ascii(value)
    if not told.isprintable():
        told = ascii(told)[1:-1]
    return told if len(told) <= _SHOWN else f"{told[: _SHOWN - 1]}…"
