"""C-34, C-35, C-38, C-40: lost answers, other connections, crashes, other programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import define

from ordercore.data import dumps
from ordercore.errors import CommitUnknown, InvalidInput, VersionConflict
from ordercore.events import Recorded
from ordercore.storage import Decision, Loaded, Page, Readable, Reply, Request
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import equal, holds, refused, same
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.samples import (
    LATER,
    USES,
    Basket,
    Tally,
    Told,
    add,
    decision,
    key,
    request,
)
from ordercore.testing.contract.seen import (
    first_page,
    names,
    outbox,
    state,
    stories,
    used,
    walk,
    walk_on,
)

# C-34: the answer to a commit gets lost


@define
class _Cut:
    """A store whose answers to commits get lost, or that are lost before they are made.

    Args:
        store: The store.
        after: Whether commits are made before nobody hears of them.
        times: How many of them.
    """

    store: Asked
    after: bool
    times: int

    def read(self, asked: tuple[Readable, ...]) -> Loaded:
        return self.store.read(asked)

    def commit(self, told: Request, decided: Decision[Any]) -> Reply:
        if self.times <= 0:
            return self.store.commit(told, decided)
        self.times -= 1
        if self.after:
            self.store.commit(told, decided)
        raise CommitUnknown(told.key)


def _add_once(cut: _Cut, told: Request, name: str) -> Reply:
    """Add 1 to a tally, and ask the same again until there is an answer."""
    while True:
        got = cut.read((key(name), USES))
        tally = got.get(key(name), Tally) or Tally()
        change = name, got.version(key(name)), Tally(tally.total + 1)
        decided = decision(change, total=tally.total + 1, usage=(add(1, most=3),))
        try:
            return cut.commit(told, decided)
        except CommitUnknown:
            continue


@check("C-34")
def asking_again_after_a_lost_answer_is_harmless(lab: Lab) -> None:
    for after in (True, False):
        for times in (1, 3):
            name = f"{after}-{times}"
            before = used(lab.store)
            reply = _add_once(_Cut(lab.store, after, times), request(name), name)
            same(reply, Told(1))
            got = lab.store.read([key(name)])
            equal((got.version(key(name)), got.value(key(name), Tally)), (1, Tally(1)))
            equal(stories(lab.store)[name], [1])
            equal(used(lab.store), before + 1)
            lab.store.commit(request("undo " + name), decision(usage=(add(-1),)))


@check("C-34")
def the_same_decision_again_is_harmless(lab: Lab) -> None:
    store = lab.store
    decided = decision(("a", 0, Tally(1)), count=2, total=1, usage=(add(1, most=1),))
    store.commit(request("r-1"), decided)
    before = state(store, USES)
    store.commit(request("r-2"), decision(("b", 0, Tally(2))))
    for _ in range(2):
        same(store.commit(request("r-1"), decided), Told(1))
        equal(store.read([key("a")]).version(key("a")), 2)
        equal((used(store), stories(store)), (1, {"a": [1, 2], "b": [1]}))
    store.acknowledge([told.id for told in outbox(store)])
    same(store.commit(request("r-1"), decided), Told(1))
    equal((outbox(store), state(store, USES)[1]), ([], before[1]))


# C-35: other connections


@check("C-35", Capability.SECOND_CONNECTION)
def what_one_connection_commits_every_other_one_sees(lab: Lab) -> None:
    one, other = lab.store, lab.another()
    equal(other.read([key("a"), USES]).version(key("a")), 0)
    for number in range(4):
        writer, reader = (one, other) if number % 2 else (other, one)
        decided = decision(("a", number, Tally(number)), total=number, usage=(add(),))
        writer.commit(request(f"r-{number}"), decided)
        got = reader.read([key("a"), USES])
        seen = got.value(key("a"), Tally), got.version(key("a")), got.used(USES)
        equal(seen, (Tally(number), number + 1, number + 1))
        equal(reader.reply(request(f"r-{number}")), Told(number))
        equal(state(one, USES), state(other, USES))
    other.acknowledge(["t/a/2"])
    equal(stories(one), {"a": [1, 3, 4]})
    one.forget(LATER)
    equal(other.reply(request("r-0", 5)), None)
    with refused(VersionConflict):
        one.commit(request("r"), decision(("a", 3, Tally())))


@check("C-35", Capability.SECOND_CONNECTION)
def a_connection_opened_later_sees_everything(lab: Lab) -> None:
    lab.store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1, usage=(add(),)))
    late = lab.another("late")
    equal(state(late, USES), state(lab.store, USES))
    equal(late.reply(request("r-1")), Told(1))
    page = first_page(late.outbox, 1)
    equal(page.members, tuple(outbox(lab.store)))


# C-38: the store is killed


def _seen(store: Asked) -> tuple[object, ...]:
    replies = [store.reply(request(f"r-{number}")) for number in range(4)]
    return *state(store, USES), names(store), replies


@check("C-38", Capability.KILL)
def what_was_acknowledged_outlives_the_store(lab: Lab) -> None:
    store = lab.store
    for number in range(3):
        changes = ("a", number, Tally(number)), (f"b-{number}", 0, Tally(1, "b", Basket(note="")))
        store.commit(request(f"r-{number}"), decision(*changes, total=number, usage=(add(),)))
        before = _seen(store)
        lab.kill()
        equal(_seen(store), before, f"what was there before it was killed, {number + 1}")
    store.acknowledge(["t/a/1"])
    store.forget(LATER)
    before = _seen(store)
    lab.kill()
    equal(_seen(store), before, "what was left by acknowledging and forgetting")
    with refused(VersionConflict):
        store.commit(request("r-3"), decision(("a", 2, Tally(9))))
    store.commit(request("r-3"), decision(("a", 3, Tally(9))))


@check("C-38", Capability.KILL)
def what_was_just_acknowledged_outlives_the_store(lab: Lab) -> None:
    """It is killed as soon as it has answered, before anything else is asked."""
    store = lab.store
    for number in range(3):
        decided = decision(("a", number, Tally(number)), total=number, usage=(add(),))
        store.commit(request(f"r-{number}"), decided)
        lab.kill()
        got = store.read([key("a"), USES])
        seen = got.version(key("a")), got.get(key("a"), Tally), got.used(USES), names(store)
        equal(seen, (number + 1, Tally(number), number + 1, ["a"]))
        equal(stories(store), {"a": list(range(1, number + 2))})
        equal(store.reply(request(f"r-{number}")), Told(number))
    store.acknowledge(["t/a/1"])
    lab.kill()
    equal(stories(store), {"a": [2, 3]}, "what was left by acknowledging")
    store.forget(LATER)
    lab.kill()
    equal([store.reply(request(f"r-{number}")) for number in range(3)], [None] * 3)


@check("C-38", Capability.KILL, Capability.TRANSACTIONS)
def what_was_not_committed_dies_with_the_store(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-0"), decision(("a", 0, Tally(1)), usage=(add(),)))
    before = _seen(store)
    unit = lab.begin()
    changes = ("a", 1, Tally(2)), ("b", 0, Tally(3))
    unit.commit(request("r-1"), decision(*changes, usage=(add(),)))
    unit.acknowledge(["t/a/1"])
    lab.kill()
    equal(_seen(store), before)
    store.commit(request("r-1", 2), decision(*changes, usage=(add(1, most=2),)))
    equal((names(store), used(store), stories(store)), (["a", "b"], 2, {"a": [1, 2], "b": [1]}))


def _met_behind(store: Asked, page: Page[Recorded]) -> list[Recorded] | None:
    """Go on with a page; a store may refuse the cursors of its life before."""
    try:
        return walk_on(store.outbox, page)
    except InvalidInput:
        return None


@check("C-38", Capability.KILL)
def who_lists_events_goes_on_when_the_store_was_killed(lab: Lab) -> None:
    """In a walk that began before, if its cursor outlives the store, and in one from the start."""
    store = lab.store
    store.commit(request("r-0"), decision(("a", 0, Tally(1)), count=3))
    page = first_page(store.outbox, 1)
    lab.kill()
    store.commit(request("r-1"), decision(("b", 0, Tally(2)), count=2))
    store.commit(request("r-2"), decision(("a", 3, Tally(3))))
    met = _met_behind(store, page)
    if met is not None:
        mine = [told.sequence for told in met if told.aggregate == key("a")]
        holds(mine in ([1, 2, 3], [1, 2, 3, 4]), "the events of before, each once", mine)
    for limit in (1, 2, 100):
        listed = [(each.aggregate.id, each.sequence) for each in walk(store.outbox, limit)]
        due = [*(("a", number) for number in range(1, 5)), ("b", 1), ("b", 2)]
        equal(sorted(listed), due, f"all events, in pages of {limit}")
    equal(stories(store), {"a": [1, 2, 3, 4], "b": [1, 2]})


@check("C-38", Capability.KILL)
def who_lists_events_misses_none_where_the_last_ones_were_taken_out(lab: Lab) -> None:
    """Places that were given up before must not be given again to what a walk has yet to meet."""
    for left in range(4):
        with lab.anew() as fresh:
            _kill_in_a_walk(fresh, left)


def _kill_in_a_walk(lab: Lab, left: int) -> None:
    store = lab.store
    for number, name in enumerate("wxyz"):
        store.commit(request(f"r-{number}"), decision((name, 0, Tally())))
    page = first_page(store.outbox, 2)
    store.acknowledge([told.id for told in outbox(store)[left:]])
    lab.kill()
    for number in range(4):
        store.commit(request(f"s-{number}"), decision(("a", number, Tally())))
    met = _met_behind(store, page)
    mine = [told.sequence for told in met or () if told.aggregate == key("a")]
    holds(mine == list(range(1, len(mine) + 1)), "events from 1 on, none left out", mine)
    equal(stories(store)["a"], [1, 2, 3, 4])


# C-40: another program writes


@check("C-40", Capability.RAW)
def what_another_program_has_written_counts(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1))))
    equal(store.read([key("a")]).version(key("a")), 1)
    lab.raw(key("a"), 5, dumps(Tally(7, "raw")))
    for read in _ways_to_read(store):
        got = read()
        equal((got.version(key("a")), got.value(key("a"), Tally)), (5, Tally(7, "raw")))
    with refused(VersionConflict):
        store.commit(request("r-2"), decision(("a", 1, Tally(2))))
    store.commit(request("r-2"), decision(("a", 5, Tally(8))))
    equal(store.read([key("a")]).version(key("a")), 6)


def _ways_to_read(store: Asked) -> list[Callable[[], Loaded]]:
    return [
        lambda: store.read([key("a")]),
        lambda: store.read([key("a"), key("b"), USES]),
        lambda: store.read([key("a")], lock=True),
    ]
