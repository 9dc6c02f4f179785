"""Threads that do one thing after another when told, so that one that waits holds up nobody."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

__all__ = ["Hand", "Pending"]


class Pending:
    """Something that a hand was told to do: its answer, once it is there.

    ``seconds`` is how long it took; ``is_alone`` whether there was nobody to wait for when it
    began; ``held_since`` how many transactions had ended when it was held to wait for one.
    """

    __slots__ = ("_answer", "_do", "_done", "_error", "hand", "held_since", "is_alone", "seconds")

    def __init__(self, hand: Hand, do: Callable[[], Any]) -> None:
        self.hand: Hand = hand
        self._do = do
        self._answer: Any = None
        self._error: BaseException | None = None
        self._done = Lock()
        self._done.acquire()
        self.seconds: float = 0.0
        self.is_alone: bool | None = None
        self.held_since: int | None = None

    def happen(self) -> None:
        """Do it; called by the hand."""
        begun = monotonic()
        try:
            self._answer = self._do()
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is asked for
            self._error = error
        self.seconds = monotonic() - begun
        self._done.release()

    def within(self, seconds: float) -> bool:
        """Tell whether it is done, at the latest after some seconds."""
        if not self._done.acquire(timeout=max(0.0, seconds)):
            return False
        self._done.release()
        return True

    @property
    def has_failed(self) -> bool:
        """Whether what is done has come to an error."""
        return self._error is not None

    def answer(self) -> Any:
        """Give the answer of what is done, or raise its error: once.

        Nothing of it is kept here: an error holds on to all that the store was about, such as
        a connection that ends when nobody has it any more.
        """
        answer, error = self._answer, self._error
        self._answer = self._error = None
        try:
            if error is not None:
                raise error
            return answer
        finally:
            del answer, error


class Hand:
    """A thread of its own. One that never comes back is left behind: it ends with the process."""

    def __init__(self, name: str) -> None:
        self._told: SimpleQueue[Pending | None] = SimpleQueue()
        self._last: Pending | None = None
        Thread(target=self._work, name=f"contract-{name}", daemon=True).start()

    @property
    def is_busy(self) -> bool:
        """Whether it has not done yet what it was told last."""
        return self._last is not None and not self._last.within(0)

    def rest(self, seconds: float) -> None:
        """Wait until it has nothing to do, for so many seconds at most."""
        if self._last is not None:
            self._last.within(seconds)

    def start(self, do: Callable[[], Any]) -> Pending:
        """Tell it to do something, after all that it was told before."""
        self._last = Pending(self, do)
        self._told.put(self._last)
        return self._last

    def stop(self) -> None:
        """Tell it to end, after all that it was told before."""
        self._told.put(None)

    def _work(self) -> None:
        while (pending := self._told.get()) is not None:
            pending.happen()
