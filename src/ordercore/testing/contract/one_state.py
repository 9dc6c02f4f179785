"""C-42: a read is of one state.

Two writers change the same aggregates and a counter, all in one commit, while others read them:
whoever sees one changed must see all of them so, and find the reply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event
from time import monotonic, sleep
from typing import Final

from ordercore.errors import InProgress, VersionConflict
from ordercore.storage import Key, Loaded, Readable
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import equal, holds
from ordercore.testing.contract.hands import Pending
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.processes import processes
from ordercore.testing.contract.samples import USES, Tally, Told, add, decision, key, request
from ordercore.testing.contract.seen import outcome
from ordercore.testing.contract.workers import switching_often

__all__ = ["writes"]

_NAMES: Final = ("a", "b", "c")
_KEYS: Final = tuple(key(name) for name in _NAMES)
_ALL: Final[tuple[Readable, ...]] = (*_KEYS, USES)
_COMMITS: Final = 150
_MOST_SECONDS: Final = 1.2
_MEANWHILE: Final = 0.25
_BACKWARDS: Final = ("w1", "p1")
_TRANSACTIONS: Final = 25


def _totals(got: Loaded) -> set[int]:
    """Tell the totals, versions and uses that were read: all of them go up together."""
    told = [each for each in got if isinstance(each, Key)]
    totals = {(got.get(each, Tally) or Tally()).total for each in told}
    counted = {got.used(each) for each in got if not isinstance(each, Key)}
    return totals | {got.version(each) for each in told} | counted


def _one_state(got: Loaded, how: str) -> int:
    """Expect that all that was read is of one state, and tell which."""
    totals = _totals(got)
    holds(len(totals) == 1, f"{how}: all of a commit or nothing", f"totals {sorted(totals)}")
    return totals.pop()


def _add_to_all(store: Asked | Plainly, total: int, under: str) -> None:
    """Add 1 to all, where so much was counted before; in this order, or in the other one."""
    names = _NAMES[:: -1 if under.startswith(_BACKWARDS) else 1]
    changes = [(name, total, Tally(total + 1, under)) for name in names]
    store.commit(request(under), decision(*changes, total=total + 1, usage=(add(),)))


# Directed: one after the other


@check("C-42")
def alone_and_together_the_same_is_read(lab: Lab) -> None:
    store = lab.store
    several: list[Sequence[Readable]] = [*([each] for each in _ALL), _ALL, _ALL[::-1], _KEYS[:2]]
    for total in range(4):
        for asked in several:
            for lock in (False, True):
                equal(_one_state(store.read(asked, lock=lock), f"read {total}"), total)
        equal(store.reply(request(f"r-{total}")), None)
        _add_to_all(store, total, f"r-{total}")
        equal(store.reply(request(f"r-{total}")), Told(total + 1))


_LOOKS: Final[tuple[Callable[[Asked], object], ...]] = (
    lambda unit: unit.read([_KEYS[0]]),
    lambda unit: unit.read([_KEYS[2], _KEYS[1]]),
    lambda unit: unit.read([USES]),
    lambda unit: unit.reply(request("r-1")),
    lambda unit: unit.read(_ALL),
    lambda _unit: None,
)
"""What a transaction may have seen before others commit."""


@check("C-42", Capability.TRANSACTIONS)
def a_transaction_reads_all_of_a_commit_or_nothing(lab: Lab) -> None:
    for look in _LOOKS:
        with lab.anew() as fresh:
            _look_before_and_after(fresh, look)


def _look_before_and_after(lab: Lab, look: Callable[[Asked], object]) -> None:
    store, unit = lab.store, lab.begin()
    _seldom_refused(partial(look, unit))
    committed = outcome(partial(_add_to_all, store, 0, "r-1"))
    for asked in (_ALL, _ALL[::-1], _KEYS, (USES, _KEYS[1])):
        got = _seldom_refused(partial(unit.read, asked))
        if not isinstance(got, Loaded):
            break
        if _one_state(got, f"after {asked}") == 1:
            equal(unit.reply(request("r-1")), Told(1), "the reply of what was seen")
    unit.drop()
    lab.settle()
    if committed is not None:
        _add_to_all(store, 0, "r-1")
    equal(_one_state(store.read(_ALL), "afterwards"), 1)


def _seldom_refused(do: Callable[[], object]) -> object:
    """Do something; a store may refuse it because of others."""
    try:
        return do()
    except (VersionConflict, InProgress) as error:
        return type(error)


def _with_a_commit_in_between(lab: Lab, other: Asked) -> None:
    """Somebody else commits when half of what is asked for has been named."""
    for total in range(4):
        commit, begun = partial(_add_to_all, total=total, under=f"r-{total}"), list[Pending]()

        def asked(total: int = total) -> Iterator[Readable]:
            several = _ALL[:: 1 - 2 * (total % 2)]
            yield several[0]
            begun.append(other.start(commit))  # noqa: B023 - it is used up before the next one
            begun[0].within(_MEANWHILE)  # noqa: B023 - a store may keep others out while it reads
            yield from several[1:]

        _one_state(lab.store.read(asked()), "with a commit in between")
        lab.settle()
        if outcome(begun[0].answer) is not None:
            commit(lab.store)
        equal(_one_state(lab.store.read(_ALL), "afterwards"), total + 1)


@check("C-42", Capability.SECOND_CONNECTION, Capability.THREADS)
def what_another_connection_commits_meanwhile_is_seen_in_full_or_not_at_all(lab: Lab) -> None:
    _with_a_commit_in_between(lab, lab.another())


@check("C-42", Capability.THREADS)
def what_another_thread_commits_meanwhile_is_seen_in_full_or_not_at_all(lab: Lab) -> None:
    _with_a_commit_in_between(lab, lab.shared("thread"))


# At once


def writes(store: Plainly, who: str) -> Iterator[int]:
    """Add 1 to all, again and again, while somebody else does as well; yield each total."""
    until = monotonic() + _MOST_SECONDS
    for number in range(_COMMITS):
        while monotonic() < until:
            try:
                total = _one_state(store.read(_ALL), f"{who} reads")
                _add_to_all(store, total, f"{who}-{number}")
            except (VersionConflict, InProgress):
                sleep(0.0005)
            else:
                yield total
                break


def _write(store: Plainly, who: str) -> None:
    for _ in writes(store, who):
        pass


def _look(store: Plainly, ended: Event, asked: Sequence[Readable]) -> None:
    """Read until all have ended, and once more."""
    last, goes_on = 0, True
    while goes_on:
        goes_on = not ended.is_set()
        try:
            got = store.read(asked)
            total = _one_state(got, "among writers")
            holds(total >= last, "what was seen before, or something later", f"{total}, {last}")
            _ask_for_its_reply(store, got, total)
        except (VersionConflict, InProgress):
            sleep(0.0005)
            continue
        last = total


def _follow(store: Plainly, ended: Event, who: str) -> None:
    """Look for replies and events as soon as they are there, and then for what has changed."""
    number = 0
    while not ended.is_set():
        with suppress(VersionConflict, InProgress):
            reply = store.reply(request(f"{who}-{number}"))
            if isinstance(reply, Told):
                _has_changed(store, reply.total, "the reply")
                number += 1
            page = store.outbox(limit=30)
            if page.members:
                _has_changed(store, max(told.sequence for told in page.members), "an event")
            store.acknowledge([told.id for told in page.members])
        sleep(0.0002)


def _has_changed(store: Plainly, total: int, what: str) -> None:
    there = _one_state(store.read(_ALL), "after a reply or an event")
    holds(there >= total, f"what {what} tells of to be there: {total}", there)


def _look_within(lab: Lab, ended: Event) -> None:
    """Read within a few transactions, one after the other, until all have ended."""
    for _ in range(_TRANSACTIONS):
        with suppress(VersionConflict, InProgress):
            transaction = lab.call("begin")
            try:
                _look_some_times(lab.bound(transaction))
            finally:
                lab.awaiter.call(transaction.rollback)
        sleep(0.0005)
        if ended.is_set():
            return


def _look_some_times(bound: Plainly) -> None:
    for asked in (_ALL, _ALL[::-1]) * 4:
        got = bound.read(asked)
        _ask_for_its_reply(bound, got, _one_state(got, "within, among writers"))


def _ask_for_its_reply(store: Plainly, got: Loaded, total: int) -> None:
    tally = got.get(_KEYS[0], Tally)
    if tally is not None:
        equal(store.reply(request(tally.note)), Told(total), "the reply of what was seen")


_Reader = tuple[Asked, Callable[..., None]]


@contextmanager
def _looked_at(lab: Lab, *readers: _Reader) -> Iterator[None]:
    """Let some read while others write; see that these have got on."""
    ended = Event()
    looking = [asked.start(partial(look, ended=ended)) for asked, look in readers]
    try:
        yield
    finally:
        ended.set()
    for each in looking:
        lab.wait_in_full(each)
    total = _one_state(lab.store.read(_ALL), "afterwards")
    holds(total >= 1, "writers to get on", total)


def _among_writers(writers: Sequence[Asked], lab: Lab, *readers: _Reader) -> None:
    with switching_often(), _looked_at(lab, *readers):
        writing = [
            each.start(partial(_write, who=f"w{place}")) for place, each in enumerate(writers)
        ]
        for each in writing:
            lab.wait_in_full(each)


_FORTH: Final = partial(_look, asked=_ALL)
_BACK: Final = partial(_look, asked=_ALL[::-1])


@check("C-42", Capability.THREADS)
def among_threads_a_read_is_of_one_state(lab: Lab) -> None:
    one, two, three, four = (lab.shared(f"thread {number}") for number in range(4))
    _among_writers([one, two], lab, (three, _FORTH), (four, _BACK))


@check("C-42", Capability.THREADS)
def among_threads_who_sees_one_part_of_a_commit_sees_the_others(lab: Lab) -> None:
    one, two, three = (lab.shared(f"thread {number}") for number in range(3))
    _among_writers([one, two], lab, (three, partial(_follow, who="w0")))


@check("C-42", Capability.THREADS, Capability.TRANSACTIONS)
def among_threads_a_read_within_a_transaction_is_of_one_state(lab: Lab) -> None:
    one, two, three = (lab.shared(f"thread {number}") for number in range(3))
    _among_writers([one, two], lab, (three, lambda _, ended: _look_within(lab, ended)))


@check("C-42", Capability.SECOND_CONNECTION, Capability.THREADS)
def among_connections_a_read_is_of_one_state(lab: Lab) -> None:
    one, two, three = (lab.another(name) for name in ("writer", "writer 2", "reader"))
    _among_writers([one, two], lab, (lab.store, _FORTH), (three, partial(_follow, who="w1")))


@check("C-42", Capability.PROCESSES)
def among_processes_a_read_is_of_one_state(lab: Lab) -> None:
    with _looked_at(lab, (lab.store, _BACK)), processes(lab, writes, ["p0", "p1"]) as writers:
        for each in writers:
            each.listen_to_the_end()
