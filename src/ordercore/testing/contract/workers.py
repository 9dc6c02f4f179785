"""C-36, C-37, C-39: many at once, in threads and in processes, and processes that are killed.

Each worker adds 1 to one of a few tallies under a limit, again and again, until the limit is
reached. At the end the books are compared: the counter, what the tallies say, their versions,
the events, and the successes that were acknowledged to the workers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from random import Random
from sys import getswitchinterval, setswitchinterval
from threading import Barrier, Lock, Thread
from time import monotonic, sleep
from typing import Final, NamedTuple, TypeVar

from ordercore.errors import InProgress, UsageExceeded, VersionConflict
from ordercore.storage import Reply
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import Broken, Hung, equal, holds
from ordercore.testing.contract.harness import store_of
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.processes import processes
from ordercore.testing.contract.samples import (
    AT,
    Tally,
    Told,
    add,
    decision,
    key,
    request,
)
from ordercore.testing.contract.seen import keys, outbox, stories, used, walk

__all__ = ["in_threads", "insist", "switching_often"]

WORKERS: Final = 8
_NAMES: Final = ("hot-0", "hot-1", "hot-2")
_LIMIT: Final = 60
_DEMAND: Final = 3 * _LIMIT // WORKERS + 1
_FEW: Final = 16
_TRIES: Final = 2000
_A_WHILE: Final = 0.4  # seconds that quick ones go on for
_MANY: Final = 100
_LEAST_TURNS, _MOST_TURNS = 10, 60

_T = TypeVar("_T")


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
    return _unless_used_up(partial(_add, store, under, name, most), chance)


def _unless_used_up(add_once: Callable[[], int], chance: Random) -> int | None:
    with suppress(UsageExceeded):
        return insist(add_once, chance)
    return None


def insist(do: Callable[[], _T], chance: Random) -> _T:
    """Do something that is refused while others are faster, until it is done."""
    for tried in range(_TRIES):
        try:
            return do()
        except (VersionConflict, InProgress):
            sleep(chance.random() * 0.0005 * min(tried + 1, 20))
    raise Broken("to be done at last", f"to be refused {_TRIES} times")


def _add(store: Plainly, under: str, name: str, most: int) -> int:
    got = store.read([key(name)])
    total = (got.get(key(name), Tally) or Tally()).total + 1
    change = name, got.version(key(name)), Tally(total)
    decided = decision(change, total=total, usage=(add(1, most),))
    return _total(store.commit(request(under), decided))


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
    equal(walk(store.outbox, 1), outbox(store), "events on small pages")


# C-36


@contextmanager
def switching_often() -> Iterator[None]:
    """Let threads come in between each other as often as they can."""
    before = getswitchinterval()
    setswitchinterval(1e-6)
    try:
        yield
    finally:
        setswitchinterval(before)


def in_threads(lab: Lab, works: Sequence[Callable[[], None]]) -> None:
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
    with switching_often():
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
    in_threads(lab, [partial(_collect, successes, store, job) for job in jobs])
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

    in_threads(lab, [partial(ask, number) for number in range(WORKERS)])
    equal(len(set(replies)), 12, "different replies under 12 keys")
    equal(used(lab.store), 12)
    equal(len(outbox(lab.store)), 12, "events")


@check("C-36", Capability.THREADS)
def threads_that_relay_events_miss_none(lab: Lab) -> None:
    store = _shared(lab)
    relayed: list[list[str]] = [[] for _ in range(WORKERS)]
    made = [f"{number}" for number in range(WORKERS)]

    turns, until = [0] * WORKERS, monotonic() + _A_WHILE

    def relay(number: int) -> None:
        chance = Random(number)  # noqa: S311
        for turn in range(_MOST_TURNS):
            if turn >= _LEAST_TURNS and monotonic() > until:
                break
            turns[number] = turn + 1
            decided = decision((made[number], turn, Tally(turn)))
            insist(partial(store.commit, request(f"{number}-{turn}"), decided), chance)
            page = insist(partial(store.outbox, limit=5), chance)
            ids = [told.id for told in page.members]
            equal(set(ids) & set(relayed[number]), set(), "events that come once more")
            insist(partial(store.acknowledge, ids), chance)
            relayed[number] += ids

    in_threads(lab, [partial(relay, number) for number in range(WORKERS)])
    left = {told.id for told in walk(lab.store.outbox, 1)}
    gone = {name for each in relayed for name in each}
    equal(left & gone, set(), "events that are there, and were acknowledged")
    due = {f"t/{made[n]}/{turn + 1}" for n, last in enumerate(turns) for turn in range(last)}
    equal(left | gone, due, "events")


@check("C-36", Capability.THREADS)
def threads_that_forget_and_list_disturb_nobody(lab: Lab) -> None:
    """Some work, while others forget what is older than all of it, and go through the lists."""
    successes: list[Success] = []
    store = _shared(lab)
    jobs = [Job(f"f{number}", lab.seed, _MANY, 10**9) for number in range(WORKERS // 2)]
    working, until = set(jobs), monotonic() + _A_WHILE

    def work_off(job: Job) -> None:
        try:
            for success in work(store, job):
                successes.append(success)
                if monotonic() > until:
                    break
        finally:
            working.discard(job)

    looking = [partial(_forget_and_list, store, working, limit) for limit in (1, 5)]
    in_threads(lab, [*(partial(work_off, job) for job in jobs), *looking])
    compare_books(lab.store, successes)


def _forget_and_list(store: Plainly, working: Collection[Job], limit: int) -> None:
    while working:
        with suppress(VersionConflict, InProgress):
            store.forget(AT - timedelta(days=1))
            listed = [each.id for each in walk(keys(store), limit)]
            equal(listed, sorted(set(listed)), "keys in order, each once")
            told: dict[str, list[int]] = {}
            for each in walk(store.outbox, limit):
                told.setdefault(each.aggregate.id, []).append(each.sequence)
            for name, seen in told.items():
                equal(seen, list(range(1, len(seen) + 1)), f"events of {name}, none left out")
        sleep(0.0002)


@check("C-36", Capability.THREADS, Capability.TRANSACTIONS)
def threads_within_transactions_lose_and_double_nothing(lab: Lab) -> None:
    """They are few, for some harnesses keep a connection open for each."""
    successes: list[Success] = []
    beginning = Lock()  # they begin one at a time, and work at once

    def add_within(under: str, name: str) -> int:
        with beginning:
            transaction = lab.call("begin")
        try:
            total = _add(lab.bound(transaction), under, name, _FEW)
            lab.awaiter.call(transaction.commit)
        except BaseException:
            with suppress(Exception):  # many are at their end already
                lab.awaiter.call(transaction.rollback)
            raise
        return total

    def work_within(worker: int) -> None:
        chance = Random(f"{lab.seed}-{worker}")  # noqa: S311 - the same for the same seed
        for number in range(_FEW):
            under, name = f"u{worker}-{number}", chance.choice(_NAMES)
            total = _unless_used_up(partial(add_within, under, name), chance)
            if total is None:
                return
            successes.append(Success(under, name, total))

    in_threads(lab, [partial(work_within, worker) for worker in range(WORKERS // 2)])
    compare_books(lab.store, successes)
    equal(len(successes), _FEW, f"successes of {WORKERS // 2 * _FEW} that were wanted")


# C-37, C-39


@check("C-37", Capability.PROCESSES)
def processes_lose_and_double_nothing(lab: Lab) -> None:
    jobs = [Job(f"p{number}", lab.seed, _DEMAND, _LIMIT) for number in range(WORKERS)]
    with processes(lab, work, jobs) as several:
        for each in several:
            each.listen_to_the_end()
        successes = [success for each in several for success in each.successes]
    compare_books(lab.store, successes)
    equal(len(successes), _LIMIT, f"successes of {WORKERS * _DEMAND} that were wanted")


_ROUNDS: Final = 3
_AT_ONCE: Final = 2
_AT_THE_END: Final = 5.0  # seconds


@check("C-39", Capability.PROCESSES)
def processes_that_are_killed_leave_whole_commits(lab: Lab) -> None:
    chance = Random(lab.seed)  # noqa: S311 - the same for the same seed
    successes: list[Success] = []
    for turn in range(_ROUNDS):
        jobs = [Job(f"k{turn}{each}", lab.seed, 10**6, 10**9) for each in range(_AT_ONCE)]
        with processes(lab, work, jobs) as several:
            for each in several:
                while not each.successes:
                    each.listen()
            sleep(chance.random() * 0.05)
            for each in several:
                each.kill()
            for each in several:
                each.listen_to_the_end()
                successes += each.successes
        _wait_until_free(lab)
        compare_books(lab.store, successes, unheard=_AT_ONCE * (turn + 1))
    for job, each in zip(jobs, several, strict=True):
        _ask_again(lab, f"{job.worker}-{len(each.successes)}")


def _ask_again(lab: Lab, under: str) -> None:
    """Ask for what a dead process was at: its key may be taken for a while, but not for good."""
    while True:
        try:
            total = lab.store.ask(partial(_add, under=under, name="again", most=10**9))
        except (VersionConflict, InProgress) as error:
            if lab.left < _AT_THE_END:
                raise Broken(f"an answer under {under}, in the end", repr(error)) from error
            sleep(0.01)
        else:
            equal(lab.store.reply(request(under)), Told(total), f"the reply under {under}")
            return


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
