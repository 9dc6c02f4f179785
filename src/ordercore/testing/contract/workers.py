"""C-36, C-37, C-39: many at once, in threads and in processes, and processes that are killed.

Each worker adds 1 to one of a few tallies under a limit, again and again, until the limit is
reached. At the end the books are compared: the counter, what the tallies say, their versions,
the events, and the successes that were acknowledged to the workers.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from random import Random
from sys import getswitchinterval, setswitchinterval
from threading import Barrier, Thread
from time import monotonic, sleep
from typing import Any, Final, NamedTuple, Protocol

from ordercore.errors import InProgress, UsageExceeded, VersionConflict
from ordercore.storage import Reply
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import Broken, Hung, equal, holds
from ordercore.testing.contract.harness import store_of
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.plainly import Awaiter, Plainly
from ordercore.testing.contract.samples import Tally, Told, add, decision, key, request
from ordercore.testing.contract.seen import outbox, stories, used

__all__ = ["work_in_process"]

WORKERS: Final = 8
_NAMES: Final = ("hot-0", "hot-1", "hot-2")
_LIMIT: Final = 60
_DEMAND: Final = 3 * _LIMIT // WORKERS + 1
_TRIES: Final = 2000


class Success(NamedTuple):
    """What was acknowledged to a worker."""

    under: str
    name: str
    total: int


class Job(NamedTuple):
    """What a worker is to do.

    Args:
        worker: Which one it is.
        seed: For what it draws by chance.
        demand: How often it is to add 1.
        most: The limit of the counter.
    """

    worker: str
    seed: int
    demand: int
    most: int


def work(store: Plainly, job: Job) -> Iterator[Success]:
    """Do a job, and yield each success as soon as it is acknowledged."""
    chance = Random(f"{job.seed}-{job.worker}")  # noqa: S311 - the same for the same seed
    for number in range(job.demand):
        under, name = f"{job.worker}-{number}", chance.choice(_NAMES)
        total = add_one(store, under, name, job.most, chance)
        if total is None:
            return
        yield Success(under, name, total)


def add_one(store: Plainly, under: str, name: str, most: int, chance: Random) -> int | None:
    """Add 1 to a tally, trying again while others are faster; None: the limit is reached."""
    for tried in range(_TRIES):
        got = store.read([key(name)])
        total = (got.get(key(name), Tally) or Tally()).total + 1
        change = name, got.version(key(name)), Tally(total)
        decided = decision(change, total=total, usage=(add(1, most),))
        try:
            reply = store.commit(request(under), decided)
        except UsageExceeded:
            return None
        except (VersionConflict, InProgress):
            sleep(chance.random() * 0.0005 * min(tried + 1, 20))
        else:
            return _total(reply)
    raise Broken("to be done at last", f"to be refused {_TRIES} times")


def _total(reply: Reply) -> int:
    if not isinstance(reply, Told):
        raise Broken("the reply of a tally", repr(reply))
    return reply.total


# The books


def compare_books(store: Asked, successes: Sequence[Success], unheard: int = 0) -> None:
    """Compare the counter, the tallies, their versions, the events and the successes.

    Args:
        store: Where it was done.
        successes: Those that were acknowledged.
        unheard: How many more there may be of which nobody has heard.
    """
    got = store.read([key(name) for name in _NAMES])
    totals = {name: (got.get(key(name), Tally) or Tally()).total for name in _NAMES}
    counted, acknowledged = used(store), len(successes)
    numbers = f"counter {counted}, tallies {sum(totals.values())}, acknowledged {acknowledged}"
    expected = "counter and tallies to be equal, and the successes that were acknowledged"
    agree = counted == sum(totals.values())
    holds(agree and acknowledged <= counted <= acknowledged + unheard, expected, numbers)
    equal({name: got.version(key(name)) for name in _NAMES}, totals, "versions, as totals are")
    told = {name: list(range(1, total + 1)) for name, total in totals.items() if total}
    equal({name: sorted(seen) for name, seen in stories(store).items()}, told, "events")
    equal(stories(store), told, "events in their order")
    doubled = len({(each.name, each.total) for each in successes})
    equal(doubled, acknowledged, "different totals that were acknowledged")
    for each in successes:
        equal(store.reply(request(each.under)), Told(each.total), f"the reply under {each.under}")
    equal(len({told.id for told in outbox(store)}), counted, "events")


# C-36


@contextmanager
def _switching_often() -> Iterator[None]:
    """Let threads come in between each other as often as they can."""
    before = getswitchinterval()
    setswitchinterval(1e-6)
    try:
        yield
    finally:
        setswitchinterval(before)


def _in_threads(lab: Lab, works: Sequence[Callable[[], None]]) -> None:
    """Do all of it at once, each in a thread of its own, and raise the first error."""
    errors: list[BaseException] = []
    barrier = Barrier(len(works))

    def begin(do: Callable[[], None]) -> None:
        try:
            barrier.wait()
            do()
        except BaseException as error:  # noqa: BLE001 - it is raised below
            errors.append(error)

    threads = [Thread(target=begin, args=(do,), daemon=True) for do in works]
    with _switching_often():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, lab.left))
    if errors:
        raise errors[0]
    if any(thread.is_alive() for thread in threads):
        raise Hung(f"all threads to end within {lab.time_limit:g} seconds", "some that did not")


def _shared(lab: Lab) -> Plainly:
    return Plainly(store_of(lab.given), lab.awaiter)


def _collect(successes: list[Success], store: Plainly, job: Job) -> None:
    for success in work(store, job):
        successes.append(success)  # noqa: PERF402 - what was acknowledged before an error counts


@check("C-36", Capability.THREADS)
def threads_lose_and_double_nothing(lab: Lab) -> None:
    successes: list[Success] = []
    store = _shared(lab)
    jobs = [Job(f"t{number}", lab.seed, _DEMAND, _LIMIT) for number in range(WORKERS)]
    _in_threads(lab, [partial(_collect, successes, store, job) for job in jobs])
    compare_books(lab.store, successes)
    equal(len(successes), _LIMIT, f"successes of {WORKERS * _DEMAND} that were wanted")


@check("C-36", Capability.THREADS)
def threads_under_one_key_get_one_reply(lab: Lab) -> None:
    store = _shared(lab)
    replies: list[tuple[str, int | None]] = []

    def ask(number: int) -> None:
        for turn in range(12):
            name = _NAMES[number % 3]
            total = add_one(store, f"r-{turn}", name, 1000, Random(number))  # noqa: S311
            replies.append((f"r-{turn}", total))

    _in_threads(lab, [partial(ask, number) for number in range(WORKERS)])
    equal(len(set(replies)), 12, "different replies under 12 keys")
    equal(used(lab.store), 12)
    equal(len(outbox(lab.store)), 12, "events")


@check("C-36", Capability.THREADS)
def threads_that_relay_events_miss_none(lab: Lab) -> None:
    store = _shared(lab)
    relayed: list[list[str]] = [[] for _ in range(WORKERS)]
    made = [f"{number}" for number in range(WORKERS)]

    def relay(number: int) -> None:
        for turn in range(10):
            decided = decision((made[number], turn, Tally(turn)))
            _insist(partial(store.commit, request(f"{number}-{turn}"), decided))
            ids = [told.id for told in store.outbox(limit=5).members]
            relayed[number] += ids
            _insist(partial(store.acknowledge, ids))

    _in_threads(lab, [partial(relay, number) for number in range(WORKERS)])
    left = [told.id for told in outbox(lab.store)]
    seen = {name for each in (*relayed, left) for name in each}
    equal(seen, {f"t/{name}/{turn}" for name in made for turn in range(1, 11)}, "events")


def _insist(do: Callable[[], object]) -> None:
    for _ in range(_TRIES):
        try:
            do()
        except (VersionConflict, InProgress):
            sleep(0.0005)
        else:
            return


# C-37, C-39


class _Sender(Protocol):
    def send(self, told: Any, /) -> None: ...


def work_in_process(connect: Callable[[], Any], job: Job, sender: _Sender) -> None:
    """Do a job in a process of its own, and send each success, then how it ended.

    Args:
        connect: Opens a connection.
        job: What to do.
        sender: Of a pipe.
    """
    awaiter = Awaiter()
    try:
        store = Plainly(awaiter.call(connect), awaiter)
        sender.send("ready")
        for success in work(store, job):
            sender.send(success)
        sender.send("done")
    except BaseException as error:  # noqa: BLE001 - it is told to who began it
        sender.send(error if isinstance(error, Broken) else f"{type(error).__name__}: {error}")


class _Process:
    """A process at work."""

    def __init__(self, lab: Lab, job: Job) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.lab = lab
        self.successes: list[Success] = []
        self.ended = False
        self.receiver, sender = spawn.Pipe(duplex=False)
        connect = lab.given.second_connection
        self.process = spawn.Process(
            target=work_in_process, args=(connect, job, sender), daemon=True
        )
        try:
            self.process.start()
        except Exception as error:
            told = f"second_connection that can be pickled: {type(error).__name__}: {error}"
            raise Broken("what is declared as processes", f"no {told}") from error
        sender.close()

    def listen(self) -> None:
        """Take in one thing more that it sends; at its end there is nothing more."""
        if not self.receiver.poll(max(0.0, self.lab.left)):
            raise Hung(f"all processes to end within {self.lab.time_limit:g} seconds", "one not")
        try:
            told = self.receiver.recv()
        except (EOFError, OSError):  # at its end, or killed in the middle of a word
            self.ended = True
            return
        if isinstance(told, Success):
            self.successes.append(told)
        elif isinstance(told, Exception):
            raise told
        elif told not in {"ready", "done"}:
            raise Broken("a worker that does its job", str(told))

    def listen_to_the_end(self) -> None:
        """Take in all that it sends."""
        while not self.ended:
            self.listen()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()
        self.process.join()

    def clear(self) -> None:
        """Leave nothing of it behind."""
        self.process.kill()
        self.process.join()
        self.receiver.close()
        self.process.close()


@contextmanager
def _processes(lab: Lab, jobs: Sequence[Job]) -> Iterator[list[_Process]]:
    begun: list[_Process] = []
    try:
        for job in jobs:
            begun.append(_Process(lab, job))  # noqa: PERF401 - those begun are ended in any case
        yield begun
    finally:
        for each in begun:
            each.clear()


@check("C-37", Capability.PROCESSES)
def processes_lose_and_double_nothing(lab: Lab) -> None:
    jobs = [Job(f"p{number}", lab.seed, _DEMAND, _LIMIT) for number in range(WORKERS)]
    with _processes(lab, jobs) as processes:
        for each in processes:
            each.listen_to_the_end()
        successes = [success for each in processes for success in each.successes]
    compare_books(lab.store, successes)
    equal(len(successes), _LIMIT, f"successes of {WORKERS * _DEMAND} that were wanted")


_ROUNDS: Final = 3
_AT_ONCE: Final = 2


@check("C-39", Capability.PROCESSES)
def processes_that_are_killed_leave_whole_commits(lab: Lab) -> None:
    chance = Random(lab.seed)  # noqa: S311 - the same for the same seed
    successes: list[Success] = []
    for turn in range(_ROUNDS):
        jobs = [Job(f"k{turn}{each}", lab.seed, 10**6, 10**9) for each in range(_AT_ONCE)]
        with _processes(lab, jobs) as processes:
            for each in processes:
                while not each.successes:
                    each.listen()
            sleep(chance.random() * 0.05)
            for each in processes:
                each.kill()
            for each in processes:
                each.listen_to_the_end()
                successes += each.successes
        unheard = _AT_ONCE * (turn + 1)
        _wait_until_free(lab)
        compare_books(lab.store, successes, unheard)


def _wait_until_free(lab: Lab) -> None:
    """Commit once more: what the dead were at must not be in the way for ever."""
    while True:
        try:
            lab.store.commit(request(f"free-{monotonic()}"), decision())
        except (VersionConflict, InProgress):
            if lab.left < 0:
                raise
            sleep(0.01)
        else:
            return
