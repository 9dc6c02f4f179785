"""The one loop that runs a use case on a store, for plain hosts and for those that await.

Read until the use case needs no more; known key → the stored reply; decide; commit; where
somebody was faster, again. The key is looked at after the reads: whoever sees what a commit
has changed then sees its reply, too, and never refuses what has been done under its own key.

The loop is written once, as steps. Each is a value that says what to ask of a store; `run`
asks it plainly, `run_async` awaits the answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Generator
from typing import Any, Final, NamedTuple, TypeVar, overload

from ordercore.data.checks import Check, Named, integer
from ordercore.errors import (
    CommitUnknown,
    InvalidType,
    LimitExceeded,
    UsageExceeded,
    VersionConflict,
)
from ordercore.storage import (
    AsyncStore,
    Counter,
    Decision,
    Loaded,
    Readable,
    Reply,
    Request,
    Store,
)
from ordercore.workflows.shop import InShop, ShopCommand, ShopQuery
from ordercore.workflows.use_case import Query, Refusal, UseCase

__all__ = ["ATTEMPTS", "MAX_ROUNDS", "run", "run_async"]

ATTEMPTS: Final = 5
"""How often a use case is tried, unless the caller says otherwise."""

MAX_ROUNDS: Final = 100
"""How often one attempt may ask for more to be read."""

A = TypeVar("A")
R = TypeVar("R", bound=Reply)
N = TypeVar("N")

_attempts: Check = integer(least=1, most=1000)


@overload
def run(command: Query[A], store: Store, *, attempts: int = ..., lock: bool = ...) -> A: ...
@overload
def run(
    command: UseCase[R, N], store: Store, *, attempts: int = ..., lock: bool = ...
) -> R | N: ...
def run(
    command: UseCase[R, N] | Query[A],
    store: Store,
    *,
    attempts: int = ATTEMPTS,
    lock: bool = False,
) -> R | N | A:
    """Run a use case on a store, or on one that is bound to the caller's transaction.

    Args:
        command: The use case, or a question, which reads and writes nothing.
        store: Where to read and commit.
        attempts: How often to try when somebody else was faster. Within a transaction that
            sees one snapshot all the time, more than 1 is in vain.
        lock: See `Store.read`.

    Returns:
        The reply: of this decision, or the stored one of the same command. Or why it was
        refused: see `Refusal`. Of a question, its answer.

    Raises:
        VersionConflict: Somebody else was faster each time.
        UsageExceeded: A counter is used up, and each time the use case decided all the same.
        CommitUnknown: The last try may have been stored: run the same command again.
        IdempotencyConflict: Another command was committed under its key.
        InProgress: Another transaction is at work under its key.
        LimitExceeded: It asked for more than `MAX_ROUNDS` times.
        InvalidType: The store must be awaited, or the command of an order has no shop: see
            `Shop.does`.
    """
    steps = _steps(command, attempts, lock=lock)
    try:
        step = next(steps)
        while True:
            try:
                answer = _plain(step.on(store))
            except Exception as error:  # noqa: BLE001 - the loop decides which ones it knows
                step = steps.throw(error)
            else:
                step = steps.send(answer)
    except StopIteration as ended:
        told: R | N | A = ended.value
        return told


@overload
async def run_async(
    command: Query[A], store: AsyncStore, *, attempts: int = ..., lock: bool = ...
) -> A: ...
@overload
async def run_async(
    command: UseCase[R, N], store: AsyncStore, *, attempts: int = ..., lock: bool = ...
) -> R | N: ...
async def run_async(
    command: UseCase[R, N] | Query[A],
    store: AsyncStore,
    *,
    attempts: int = ATTEMPTS,
    lock: bool = False,
) -> R | N | A:
    """Run a use case on a store that is awaited; else as `run`."""
    steps = _steps(command, attempts, lock=lock)
    try:
        step = next(steps)
        while True:
            try:
                answer = await _awaitable(step.on(store))
            except Exception as error:  # noqa: BLE001 - the loop decides which ones it knows
                step = steps.throw(error)
            else:
                step = steps.send(answer)
    except StopIteration as ended:
        told: R | N | A = ended.value
        return told


def _plain(answer: Any) -> Any:
    """Refuse what must be awaited."""
    if isinstance(answer, Awaitable):
        if isinstance(answer, Coroutine):
            answer.close()
        raise InvalidType("a store that answers at once; run_async awaits", path=("store",))
    return answer


def _awaitable(answer: Any) -> Awaitable[Any]:
    """Refuse what cannot be awaited."""
    if not isinstance(answer, Awaitable):
        expected = "a store that is awaited; Awaited(store) makes one of a plain one"
        raise InvalidType(expected, path=("store",))
    return answer


# What to ask of a store


class _Read(NamedTuple):
    """Read this."""

    asked: tuple[Readable, ...]
    lock: bool

    def on(self, store: Store | AsyncStore) -> Any:
        return store.read(self.asked, lock=self.lock)


class _Recall(NamedTuple):
    """Tell the reply of this request, if there is one."""

    request: Request

    def on(self, store: Store | AsyncStore) -> Any:
        return store.reply(self.request)


class _Commit(NamedTuple):
    """Store this."""

    request: Request
    decision: Decision[Reply]

    def on(self, store: Store | AsyncStore) -> Any:
        return store.commit(self.request, self.decision)


_Step = _Read | _Recall | _Commit


def _steps(
    command: UseCase[R, N] | Query[A], attempts: int, *, lock: bool
) -> Generator[_Step, Any, R | N | A]:
    """Read and answer a question; carry out a command."""
    _attempts(None, Named("attempts"), attempts)
    if isinstance(command, ShopCommand | ShopQuery):
        raise InvalidType("a command in its shop: shop.does(command)", path=("command",))
    if isinstance(command, UseCase):
        return (yield from _attempts_of(command, attempts, lock=lock))
    return command.answer((yield from _reading(command, lock=lock)))


def _attempts_of(
    command: UseCase[R, N], attempts: int, *, lock: bool
) -> Generator[_Step, Any, R | N]:
    """Try again while others are faster; ask for the key where nobody knows of the commit."""
    said = command.command if isinstance(command, InShop) else command
    request = Request.of(said, said.key, but=said.incidental)
    left = attempts
    while True:
        left -= 1
        try:
            return (yield from _attempt(command, request, lock=lock))
        except CommitUnknown:
            stored = yield _Recall(request)
            if stored is not None:
                return stored  # type: ignore[no-any-return]
            if not left:
                raise
        except (VersionConflict, UsageExceeded):
            if not left:
                raise


def _attempt(
    command: UseCase[R, N], request: Request, *, lock: bool
) -> Generator[_Step, Any, R | N]:
    got = yield from _reading(command, lock=lock)
    stored = yield _Recall(request)
    if stored is not None:
        return stored  # type: ignore[no-any-return]
    decided = command.decide(got)
    if isinstance(decided, Refusal):
        return decided.why
    return (yield _Commit(request, decided))  # type: ignore[no-any-return]


def _reading(
    command: UseCase[Any, Any] | Query[Any], *, lock: bool
) -> Generator[_Step, Any, Loaded]:
    """Read until nothing is missing, in an order that does not depend on sets."""
    got = Loaded()
    for _ in range(MAX_ROUNDS):
        missing = [asked for asked in command.needs(got) if asked not in got]
        if not missing:
            return got
        got |= yield _Read(tuple(sorted(missing, key=_place)), lock)
    raise LimitExceeded(f"needs that end within {MAX_ROUNDS} rounds", path=("needs",))


def _place(asked: Readable) -> tuple[int, str, str, str]:
    """Where it stands in the order in which locks are taken: keys, then counters."""
    if isinstance(asked, Counter):
        return 1, asked.kind, asked.id, asked.holder or ""
    return 0, asked.kind, asked.id, ""
