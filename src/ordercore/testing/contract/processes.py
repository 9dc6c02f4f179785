"""Processes that work at a store, each with a connection of its own, and may be killed at it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any, Final, Protocol

from ordercore.testing.contract.expectations import Broken, Hung
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.plainly import Awaiter, Plainly

__all__ = ["Process", "Work", "processes", "work_in_process"]

Work = Callable[[Plainly, Any], Iterator[Any]]
"""Does a job at a store, and yields each success as soon as it is acknowledged. It must be a
function of a module, for another process imports it."""

_READY: Final = "ready"
_SUCCESS: Final = "success"
_DONE: Final = "done"
_FAILED: Final = "failed"

_DIED_AT_ONCE: Final = """one that ended with status {status} before it could.
Its own error, if it had one, stands above. What second_connection is made of must be there to be
imported by other processes; and a script must call validate() under if __name__ == "__main__":"""


class _Sender(Protocol):
    def send(self, told: Any, /) -> None: ...


class _Receiver(Protocol):
    def poll(self, timeout: float, /) -> bool: ...
    def recv(self) -> Any: ...
    def close(self) -> None: ...


def work_in_process(connect: Callable[[], Any], work: Work, job: object, sender: _Sender) -> None:
    """Do a job in a process of its own, and send each success, then how it ended.

    Args:
        connect: Opens a connection.
        work: Does the job.
        job: What to do.
        sender: Of a pipe.
    """
    awaiter = Awaiter()
    try:
        store = Plainly(awaiter.call(connect), awaiter)
        sender.send((_READY, None))
        for success in work(store, job):
            sender.send((_SUCCESS, success))
        sender.send((_DONE, None))
    except BaseException as error:  # noqa: BLE001 - it is told to who began it
        told = f"{type(error).__name__}: {error}"
        known = error if isinstance(error, Broken) else Broken("a worker that does its job", told)
        sender.send((_FAILED, known))


class Process:
    """A process at work."""

    def __init__(self, lab: Lab, work: Work, job: object) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.lab = lab
        self.successes: list[Any] = []
        self.ended: bool = False
        self._is_ready = self._is_done = self._is_killed = False
        receiver, sender = spawn.Pipe(duplex=False)
        self.receiver: _Receiver = receiver
        connect = lab.given.second_connection
        self.process: BaseProcess = spawn.Process(
            target=work_in_process, args=(connect, work, job, sender), daemon=True
        )
        try:
            self.process.start()
        except Exception as error:
            told = f"second_connection that can be pickled: {type(error).__name__}: {error}"
            raise Broken("what is declared as processes", f"no {told}") from error
        sender.close()

    def listen(self) -> None:
        """Take in one thing more that it sends; at its end there is nothing more.

        Raises:
            Broken: It could not do its job, or ended before that.
            Hung: It sends nothing.
        """
        if not self.receiver.poll(max(0.0, self.lab.left)):
            raise Hung(f"all processes to end within {self.lab.time_limit:g} seconds", "one not")
        try:
            what, told = self.receiver.recv()
        except (EOFError, OSError):  # at its end, or killed in the middle of a word
            self.ended = True
            self._see_how_it_ended()
            return
        self._is_ready |= what == _READY
        self._is_done |= what == _DONE
        if what == _SUCCESS:
            self.successes.append(told)
        elif what == _FAILED:
            raise told

    def listen_to_the_end(self) -> None:
        """Take in all that it sends."""
        while not self.ended:
            self.listen()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._is_killed = True
        self.process.kill()
        self.process.join()

    def clear(self) -> None:
        """Leave nothing of it behind."""
        self.process.kill()
        self.process.join()
        self.receiver.close()
        self.process.close()

    def _see_how_it_ended(self) -> None:
        if self._is_done or self._is_killed:
            return
        self.process.join(max(0.0, self.lab.left))
        status = self.process.exitcode
        if not self._is_ready:
            raise Broken("a process that opens a connection", _DIED_AT_ONCE.format(status=status))
        raise Broken("a process that does its job", f"one that ended with status {status}")


@contextmanager
def processes(lab: Lab, work: Work, jobs: Sequence[object]) -> Iterator[list[Process]]:
    """Let processes work, one for each job; none is left behind."""
    begun: list[Process] = []
    try:
        for job in jobs:
            begun.append(Process(lab, work, job))  # noqa: PERF401 - those begun are ended anyway
        yield begun
    finally:
        for each in begun:
            each.clear()
