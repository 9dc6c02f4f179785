"""One form for all stores: what is awaited is awaited here, and each answer is of its type."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from inspect import isawaitable
from threading import Lock, Thread
from typing import Any, TypeVar

from ordercore.errors import CommitUnknown
from ordercore.events import Recorded
from ordercore.storage import Decision, Key, Loaded, Page, Readable, Reply, Request
from ordercore.testing.contract.expectations import Broken, told

__all__ = ["Awaiter", "Plainly"]

_T = TypeVar("_T")

_ASKED_AGAIN = 5
_QUICK_TURNS = 8
_SLOW_TURN = 0.001  # seconds, where something outside of the loop is awaited


class Awaiter:
    """Awaits what has to be awaited, in one event loop; it is begun when first needed."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._beginning = Lock()

    def call(self, do: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Call a function, and await what it returns if that can be awaited."""
        answer = do(*given, **named)
        return self.wait_for(answer) if isawaitable(answer) else answer

    def wait_for(self, answer: Awaitable[Any]) -> Any:
        """Await something, and give what comes of it."""
        return asyncio.run_coroutine_threadsafe(_awaited(answer), self._running()).result()

    def together(self, several: Sequence[Callable[[], Any]], turns: int) -> list[Any]:
        """Do several things at once, each in a task of its own.

        Args:
            several: Functions that give what is awaited; they are called in the loop.
            turns: How many turns of the loop each begins after the one before.

        Returns:
            For each its answer, or the error that it has come to.
        """
        ends: list[Any] = self.wait_for(_together(several, turns))
        return ends

    def cut_off(self, turns: int, do: Callable[..., Any], *given: Any) -> None:
        """Call a function; if its answer is awaited, cancel that after some turns of the loop."""
        answer = do(*given)
        if isawaitable(answer):
            cut = _cut_off(answer, turns)
            asyncio.run_coroutine_threadsafe(cut, self._running()).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._beginning:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._run, args=(self._loop,), daemon=True)
                self._thread.start()
            return self._loop

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        loop.close()

    def close(self) -> None:
        """End what is still awaited, and the loop."""
        if self._loop is None or self._thread is None:
            return
        ended = asyncio.run_coroutine_threadsafe(_cancel_the_rest(), self._loop)
        try:
            ended.result(timeout=5)
        except TimeoutError:
            return  # something in it cannot be cancelled; the loop ends with the process
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)


async def _awaited(answer: Awaitable[Any]) -> Any:
    return await answer


async def _together(several: Sequence[Callable[[], Any]], turns: int) -> list[Any]:
    tasks = [asyncio.create_task(_later(do, turns * n)) for n, do in enumerate(several)]
    return await asyncio.gather(*tasks, return_exceptions=True)


async def _later(do: Callable[[], Any], turns: int) -> Any:
    await _turn(turns)
    answer = do()
    return await answer if isawaitable(answer) else answer


async def _turn(turns: int) -> None:
    """Let so many turns of the loop pass."""
    for turn in range(turns):
        await asyncio.sleep(0 if turn < _QUICK_TURNS else _SLOW_TURN)


async def _cut_off(answer: Awaitable[Any], turns: int) -> None:
    """Cancel what is awaited, and wait until it has ended, however it does."""
    task = asyncio.ensure_future(answer)
    await _turn(turns)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _cancel_the_rest() -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


class Plainly:
    """A store, plain or awaited, with the plain verbs; none returns what it must not.

    What a caller would leave out, since it has a default, is left out here, too.

    A commit of which the store itself says that nobody knows its outcome is found out by its
    key, as the contract has it.

    ``is_awaited`` tells whether any of its answers had to be awaited so far.

    Args:
        store: A `Store` or an `AsyncStore`.
        awaiter: Awaits what has to be.
    """

    def __init__(self, store: Any, awaiter: Awaiter) -> None:
        self._store = store
        self._awaiter = awaiter
        self.is_awaited: bool = False

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        """Read as `Store.read`."""
        return _a(Loaded, self._ask("read", asked, **({"lock": True} if lock else {})))

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        """List as `Store.keys`."""
        page: Page[Key] = _a(Page, self._ask("keys", kind, **_paging(after, limit)))
        for member in page.members:
            _a(Key, member)
        return page

    def reply(self, request: Request) -> Reply | None:
        """Tell as `Store.reply`."""
        answer = self._ask("reply", request)
        return None if answer is None else _a(Reply, answer)

    def commit(self, request: Request, decision: Decision[Any]) -> Reply:
        """Store as `Store.commit`."""
        for _ in range(_ASKED_AGAIN):
            try:
                return _a(Reply, self._ask("commit", request, decision))
            except CommitUnknown:
                stored = self.reply(request)
                if stored is not None:
                    return stored
        raise Broken("word of a commit", f"CommitUnknown {_ASKED_AGAIN} times, and no reply")

    def commit_cut_off(self, request: Request, decision: Decision[Any], turns: int) -> None:
        """Begin to store as `Store.commit`, and be cancelled after some turns of the loop."""
        with suppress(CommitUnknown):
            self._awaiter.cut_off(turns, self._store.commit, request, decision)

    def together(self, several: Sequence[Callable[[Any], Any]], turns: int = 0) -> list[Any]:
        """Do several things with a store that is awaited, as `Awaiter.together`."""
        return self._awaiter.together([partial(do, self._store) for do in several], turns)

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        """List as `Store.outbox`."""
        page: Page[Recorded] = _a(Page, self._ask("outbox", **_paging(after, limit)))
        for member in page.members:
            _a(Recorded, member)
        return page

    def acknowledge(self, events: Iterable[str]) -> None:
        """Take out as `Store.acknowledge`."""
        self._ask("acknowledge", events)

    def forget(self, before: datetime) -> None:
        """Forget as `Store.forget`."""
        self._ask("forget", before)

    def bind(self, transaction: Any) -> Plainly:
        """Make one within a transaction, as `Store.bind`."""
        return Plainly(self._ask("bind", transaction), self._awaiter)

    def _ask(self, verb: str, *given: Any, **named: Any) -> Any:
        answer = getattr(self._store, verb)(*given, **named)
        if not isawaitable(answer):
            return answer
        self.is_awaited = True
        return self._awaiter.wait_for(answer)


_LIMIT = 100


def _paging(after: str | None, limit: int) -> dict[str, Any]:
    """Name what is not left at its default."""
    named: dict[str, Any] = {} if after is None else {"after": after}
    return named if limit == _LIMIT else named | {"limit": limit}


def _a(kind: type[_T], answer: Any) -> _T:
    """Expect an answer of a type."""
    if not isinstance(answer, kind):
        raise Broken(
            f"a value of type {kind.__name__}", f"{type(answer).__name__}: {told(answer)}"
        )
    return answer
