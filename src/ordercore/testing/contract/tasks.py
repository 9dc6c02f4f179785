"""C-46: several tasks of one event loop are at a store that is awaited.

Wherever it awaits something, the others go on: what it has looked at before may be otherwise then.
"""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable, Sequence
from functools import partial
from inspect import isawaitable
from random import Random
from time import monotonic
from typing import Any, Final, NamedTuple

from ordercore.errors import CommitUnknown, InProgress, UsageExceeded, VersionConflict
from ordercore.storage import AsyncStore, Counter, Decision, Loaded, Readable, Reply
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import Broken, equal, holds
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.samples import USES, Tally, Told, add, decision, key, request
from ordercore.testing.contract.seen import names, outbox, stories, used

_TURNS: Final = (0, 1, 2, 3, 4, 6, 9, 12)
"""How many turns of the loop one begins after the other."""

_SLOW: Final = 0.005  # seconds for a verb
_WORKERS: Final = 4
_UNITS: Final = 12
_TRIES: Final = 200

_Act = Callable[[AsyncStore], Any]


class _Way(NamedTuple):
    """How several things are done at once.

    Args:
        turns: How many turns of the loop each begins after the one before.
        step: -1: the last one begins first.
    """

    turns: int
    step: int = 1

    def __str__(self) -> str:
        return f"{self.turns} turns apart" + (", the second one first" if self.step < 0 else "")

    @property
    def name(self) -> str:
        """Name it in ids."""
        return f"{self.turns}{'+' if self.step > 0 else '-'}"

    def done(self, lab: Lab, *acts: _Act) -> list[Any]:
        """Do it this way; tell the ends, in the order of the acts."""
        several = acts[:: self.step]
        together = partial(Plainly.together, several=several, turns=self.turns)
        ends: list[Any] = lab.store.ask(together)
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, _REFUSALS):
                raise Broken("an answer, or a refusal that is known", repr(end)) from end
        return ends[:: self.step]


def _ways(lab: Lab) -> list[_Way]:
    """List the ways to try; none where the store is not awaited, and few where it is slow."""
    begun = monotonic()
    lab.store.read([key("a")])
    slow = monotonic() - begun > _SLOW
    some = _TURNS[: 2 if slow else None] if lab.is_awaited else ()
    return [_Way(turns, step) for turns in some for step in (1, -1)]


_REFUSALS: Final = (InProgress, UsageExceeded, VersionConflict)


async def _commit(store: AsyncStore, name: str, decided: Decision[Any]) -> Reply:
    """Commit; where its outcome is not known, the key knows."""
    told = request(name)
    try:
        reply: Reply | None = await _answer(store.commit(told, decided))
    except CommitUnknown:
        reply = await _answer(store.reply(told))
    if reply is None:
        raise VersionConflict(name)
    return reply


async def _read(store: AsyncStore, asked: list[Readable]) -> object:
    return await _answer(store.read(asked))


async def _acknowledge(store: AsyncStore, events: list[str]) -> None:
    await _answer(store.acknowledge(events))


async def _answer(given: Any) -> Any:
    """Await what can be awaited: a store may have some verbs that are plain."""
    return await given if isawaitable(given) else given


def _committing(name: str, decided: Decision[Any]) -> _Act:
    return partial(_commit, name=name, decided=decided)


def _done(ends: Sequence[object], way: _Way) -> list[bool]:
    """Tell which of two are done, of which at least one must be."""
    done = [isinstance(end, Reply) for end in ends]
    holds(any(done), f"one of two tasks to be done, {way}", ends)
    return done


@check("C-46")
def no_update_of_a_task_is_lost(lab: Lab) -> None:
    """Two have read the same, and commit at once; what is there is what one of them says."""
    for way in _ways(lab):
        for before in (0, 1):
            name = f"a{before} {way.name}"
            if before:
                lab.store.commit(request(name), decision((name, 0, Tally())))
            several = {n: decision((name, before, Tally(n)), total=n) for n in (1, 2)}
            ends = way.done(lab, *(_committing(f"{name} {n}", d) for n, d in several.items()))
            equal(sorted(_done(ends, way)), [False, True], f"one of two commits, {way}")
            got = lab.store.read([key(name)])
            first = next(end for end in ends if isinstance(end, Told))
            seen = got.version(key(name)), got.value(key(name), Tally)
            equal(seen, (before + 1, Tally(first.total)), str(way))
            equal(stories(lab.store)[name], list(range(1, before + 2)), f"events, {way}")


@check("C-46")
def what_one_task_is_refused_another_one_keeps(lab: Lab) -> None:
    """A commit that is all right is stored in full, a stale one beside it not at all."""
    for way in _ways(lab):
        good, stale, before = f"g{way.name}", f"s{way.name}", used(lab.store)
        right = decision((good, 0, Tally(1)), total=1, usage=(add(),))
        wrong = decision((f"{stale}x", 0, Tally(2)), (stale, 3, Tally(2)), usage=(add(),))
        right_end, wrong_end = way.done(lab, _committing(good, right), _committing(stale, wrong))
        holds(not isinstance(wrong_end, Reply), f"a stale commit to be refused, {way}", wrong_end)
        if not isinstance(right_end, Reply):  # it may have been in the way of the other one
            equal(lab.store.reply(request(good)), None, f"no reply to what was refused, {way}")
            lab.store.commit(request(good), right)
        several = [key(good), key(stale), key(f"{stale}x")]
        got = lab.store.read([*several, USES])
        versions = [got.version(each) for each in several]
        equal((versions, got.used(USES)), ([1, 0, 0], before + 1), str(way))
        equal([lab.store.reply(request(each)) for each in (good, stale)], [Told(1), None])
        equal(stories(lab.store).get(good), [1], f"events, {way}")


@check("C-46")
def a_key_in_two_tasks_stores_one_thing(lab: Lab) -> None:
    for way in _ways(lab):
        both, under = [f"x{way.name}", f"y{way.name}"], f"one{way.name}"
        decided = [decision((name, 0, Tally()), total=n) for n, name in enumerate(both)]
        ends = way.done(lab, *(_committing(under, each) for each in decided))
        done = _done(ends, way)
        got = lab.store.read([key(name) for name in both])
        there = [total for total, name in enumerate(both) if got.version(key(name))]
        equal(len(there), 1, f"aggregates made under one key, {way}")
        replies = [end for end, is_done in zip(ends, done, strict=True) if is_done]
        equal(replies, [Told(there[0])] * len(replies), f"the first reply, {way}")
        equal(lab.store.reply(request(under)), Told(there[0]), f"the reply afterwards, {way}")


@check("C-46")
def a_limit_holds_for_two_tasks(lab: Lab) -> None:
    for way in _ways(lab):
        for most in (1, None):
            counter = Counter("uses", f"{most}{way.name}")
            both = decision(usage=(add(1, most, counter),))
            acts = [_committing(f"{counter.id} {n}", both) for n in (1, 2)]
            done, counted = _done(way.done(lab, *acts), way), used(lab.store, counter)
            equal(counted, sum(done), f"uses, at most {most}, {way}")
            holds(most is None or counted == most, f"no more than {most}, {way}", counted)


@check("C-46")
def a_task_reads_all_of_a_commit_or_nothing(lab: Lab) -> None:
    for way in _ways(lab):
        several = [f"r{each}{way.name}" for each in range(3)]
        counter = Counter("uses", f"r{way.name}")
        usage = (add(1, None, counter),)
        decided = decision(*((name, 0, Tally()) for name in several), usage=usage)
        asked: list[Readable] = [*(key(name) for name in several), counter]
        acts = _committing(counter.id, decided), partial(_read, asked=asked)
        got = way.done(lab, *acts)[1]
        if isinstance(got, Loaded):
            seen = {*(got.version(key(name)) for name in several), got.used(counter)}
            holds(len(seen) == 1, f"all of a commit or nothing, {way}", seen)


@check("C-46")
def no_event_of_a_task_is_lost(lab: Lab) -> None:
    """One acknowledges what is there, while another one commits."""
    store = lab.store
    for way in _ways(lab):
        name, under = f"e{way.name}", f"{way.name} later"
        store.commit(request(name), decision((name, 0, Tally()), count=2))
        ids, later = [told.id for told in outbox(store)], decision((name, 2, Tally()), count=2)
        acts = partial(_acknowledge, events=ids), _committing(under, later)
        taken, made = way.done(lab, *acts)
        if isinstance(taken, _REFUSALS):
            store.acknowledge(ids)
        if not isinstance(made, Reply):
            store.commit(request(under), later)
        equal(stories(store), {name: [3, 4]}, f"events that are left, {way}")
        store.acknowledge([told.id for told in outbox(store)])


# Many


@check("C-46")
def tasks_lose_and_double_nothing(lab: Lab) -> None:
    """Each adds 1 to a tally, again and again, until a limit is reached."""
    if not _ways(lab):
        return
    acts = [partial(_add_up, who=f"{lab.seed}-{number}") for number in range(_WORKERS)]
    totals = [total for several in _Way(0).done(lab, *acts) for total in several]
    equal(sorted(totals), list(range(1, _UNITS + 1)), "totals that were acknowledged")
    got = lab.store.read([key("many"), USES])
    seen = got.version(key("many")), got.value(key("many"), Tally).total, got.used(USES)
    equal(seen, (_UNITS,) * 3, "version, total and uses")
    equal((stories(lab.store), names(lab.store)), ({"many": [*range(1, _UNITS + 1)]}, ["many"]))


async def _add_up(store: AsyncStore, who: str) -> list[int]:
    """Add 1 to what is there until the limit is reached; tell the totals."""
    chance = Random(who)  # noqa: S311 - the same for the same seed
    done: list[int] = []
    for _ in range(_TRIES):
        got = await _answer(store.read([key("many")]))
        total = (got.get(key("many"), Tally) or Tally()).total + 1
        change = "many", got.version(key("many")), Tally(total)
        decided = decision(change, total=total, usage=(add(1, _UNITS),))
        try:
            await _commit(store, f"{who}-{len(done)}", decided)
        except (VersionConflict, InProgress):
            await sleep(chance.random() * 0.005)
        except UsageExceeded:
            return done
        else:
            done.append(total)
    raise Broken("to be done at last", f"to be refused {_TRIES} times")
