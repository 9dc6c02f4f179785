"""C-15, C-23 to C-28: what happens within the caller's transaction.

Whoever meets a transaction that is open may be refused, or wait; a transaction may also be
refused at its end. What never may be is that somebody sees, loses or doubles something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from ordercore.errors import InProgress, UsageExceeded, VersionConflict
from ordercore.storage import Counter
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import Waits, equal, holds, refused
from ordercore.testing.contract.lab import Asked, Lab, Unit
from ordercore.testing.contract.samples import (
    LATER,
    USES,
    Tally,
    Told,
    add,
    decision,
    events,
    key,
    request,
    with_ids,
)
from ordercore.testing.contract.seen import (
    WAITS,
    glance,
    kept,
    keys,
    names,
    outbox,
    outcome,
    state,
    stories,
    used,
    walk,
)

_TRANSACTIONS = Capability.TRANSACTIONS


@contextmanager
def _onlookers(lab: Lab) -> Iterator[list[Asked]]:
    """Those from whom a transaction must keep its secrets: the store, others, a transaction."""
    unit = lab.begin("onlooker")
    yield [lab.store, lab.another(), *([unit] if unit.is_there else [])]
    if unit.is_open:
        unit.start_dropping()


def _everything(store: Asked, content: int = 0) -> tuple[object, ...]:
    return *state(store, USES), names(store), store.reply(request("r-1", content))


# C-15


@check("C-15", _TRANSACTIONS)
def a_key_in_an_open_transaction_is_in_progress(lab: Lab) -> None:
    store, unit = lab.store, lab.begin()
    unit.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1))
    done: list[object] = []
    with _onlookers(lab) as onlookers:
        for other in onlookers:
            seen = outcome(partial(other.reply, request("r-1")))
            allowed: set[object] = {None, InProgress, VersionConflict, WAITS}
            holds(seen in allowed, "no reply, InProgress, or to wait", seen)
        for other in onlookers:
            again = decision(("b", 0, Tally(2)), total=2)
            seen = outcome(partial(other.commit, request("r-1"), again))
            allowed = {InProgress, VersionConflict, WAITS, Told(2)}
            holds(seen in allowed, "InProgress, or to wait", seen)
            done += [] if isinstance(other, Unit) else [seen]
    ended = outcome(unit.keep)
    lab.settle()
    if Told(2) in done:  # then the transaction must have given way
        holds(ended in {InProgress, VersionConflict}, "one of the two to give way", "neither")
        equal((store.reply(request("r-1")), names(store)), (Told(2), ["b"]))
    else:
        equal(ended, None, "what the caller's commit returns")
        equal((store.reply(request("r-1")), names(store)), (Told(1), ["a"]))
    equal(len(outbox(store)), 1, "events")


@check("C-15", _TRANSACTIONS)
def a_key_is_free_when_its_transaction_was_rolled_back(lab: Lab) -> None:
    store, unit = lab.store, lab.begin()
    unit.commit(request("r-1", 1), decision(("a", 0, Tally(1)), total=1))
    unit.drop()
    equal(store.reply(request("r-1", 2)), None)
    equal(store.commit(request("r-1", 2), decision(("a", 0, Tally(2)), total=2)), Told(2))


# C-23 to C-25


@check("C-23", _TRANSACTIONS)
def nobody_else_sees_what_is_not_committed(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), usage=(add(),)))
    before = _everything(store)
    unit = lab.begin()
    changes = ("a", 1, Tally(2)), ("b", 0, Tally(3))
    unit.commit(request("b-1"), decision(*changes, usage=(add(),)))
    with _onlookers(lab) as onlookers:
        for reader in onlookers:
            seen = glance(partial(_everything, reader))
            holds(seen in (before, WAITS), f"what was there before: {before}", seen)
    unit.drop()
    lab.settle()
    equal(_everything(store), before)


@check("C-24", _TRANSACTIONS)
def a_transaction_sees_what_it_has_written(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("m", 0, Tally(1)), usage=(add(),)))
    unit = lab.begin()
    changes = ("m", 1, Tally(2)), ("a", 0, Tally(3))
    unit.commit(request("b-1"), decision(*changes, total=5, usage=(add(1, most=2),)))
    got = unit.read([key("a"), key("m"), USES])
    equal([got.version(key("a")), got.version(key("m")), got.used(USES)], [1, 2, 2])
    equal([got.value(key("a"), Tally), got.value(key("m"), Tally)], [Tally(3), Tally(2)])
    equal([each.id for each in walk(keys(unit), 1)], ["a", "m"])
    equal(unit.reply(request("b-1")), Told(5))
    equal(unit.commit(request("b-1"), decision(("a", 1, Tally(9)))), Told(5))
    with refused(UsageExceeded):
        unit.commit(request("b-2"), decision(usage=(add(1, most=2),)))
    with refused(VersionConflict):
        unit.commit(request("b-2"), decision(("a", 0, Tally(4))))
    unit.commit(request("b-3"), decision(("a", 1, Tally(4))))
    unit.keep()
    got = store.read([key("a"), USES])
    equal((got.value(key("a"), Tally), got.version(key("a"))), (Tally(4), 2))
    equal(got.used(USES), 2)


@check("C-24", _TRANSACTIONS)
def a_transaction_sees_what_was_there(lab: Lab) -> None:
    store = lab.store
    changes = ("a", 0, Tally(1)), ("b", 0, Tally(2))
    store.commit(request("r-1"), decision(*changes, total=3, usage=(add(4),)))
    before = _everything(store)
    unit = lab.begin()
    equal(_everything(unit), before)
    equal(unit.commit(request("r-1"), decision(("c", 0, Tally()))), Told(3))
    unit.keep()
    equal(_everything(store), before)


@check("C-25", _TRANSACTIONS)
def the_callers_commit_makes_it_hold(lab: Lab) -> None:
    store, unit = lab.store, lab.begin()
    unit.commit(request("b-1"), decision(("a", 0, Tally(2)), total=5, usage=(add(4),)))
    unit.commit(request("b-2"), decision(("a", 1, Tally(3)), total=6, usage=(add(1),)))
    for reader in (store, lab.another()):
        seen = glance(partial(outbox, reader))
        holds(seen in ([], WAITS), "no events yet", seen)
    unit.keep()
    equal(store.read([key("a")]).value(key("a"), Tally), Tally(3))
    equal((used(store), names(store)), (5, ["a"]))
    equal(outbox(store), [*events("a", 0), *events("a", 1)])
    equal([store.reply(request(f"b-{n}")) for n in (1, 2)], [Told(5), Told(6)])
    equal(outbox(lab.another()), outbox(store))


@check("C-25", _TRANSACTIONS)
def what_others_commit_meanwhile_stays(lab: Lab) -> None:
    _what_others_commit_stays(lab, Unit.keep)


@check("C-26", _TRANSACTIONS)
def what_others_commit_stays_after_a_rollback(lab: Lab) -> None:
    _what_others_commit_stays(lab, Unit.drop)


def _what_others_commit_stays(lab: Lab, end: Callable[[Unit], None]) -> None:
    """Somebody else commits and acknowledges while a transaction is open."""
    store, spring = lab.store, Counter("uses", "spring")
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1, usage=(add(2),)))
    unit = lab.begin()
    unit.commit(request("b-1"), decision(("c", 0, Tally(3)), usage=(add(1, None, spring),)))

    def others_do() -> None:
        store.commit(request("r-2"), decision(("b", 0, Tally(2)), total=2, usage=(add(1),)))
        store.acknowledge(["t/a/1"])

    meanwhile = outcome(others_do)
    ended = outcome(partial(end, unit))
    holds(ended in {None, InProgress, VersionConflict}, "the transaction to end", ended)
    lab.settle()
    if meanwhile is not None:
        others_do()
    left = ["b", "c"] if end is Unit.keep and ended is None else ["b"]
    equal(names(store), ["a", *left])
    equal((used(store), used(store, spring)), (3, len(left) - 1))
    equal(stories(store), {name: [1] for name in left})
    equal([store.reply(request(f"r-{n}")) for n in (1, 2)], [Told(1), Told(2)])


# C-26


@check("C-26", _TRANSACTIONS)
def after_a_rollback_nothing_has_happened(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), usage=(add(),)))
    before = _everything(store)
    unit = lab.begin()
    changes = ("a", 1, Tally(2)), ("b", 0, Tally())
    unit.commit(request("b-1"), decision(*changes, usage=(add(3),)))
    unit.acknowledge(["t/a/1"])
    unit.forget(LATER)
    unit.drop()
    equal(_everything(store), before)
    equal(store.reply(request("b-1", 9)), None)
    again = decision(("a", 1, Tally(7)), ("b", 0, Tally(8)), total=7, usage=(add(1, most=2),))
    equal(store.commit(request("b-1", 9), again), Told(7))
    equal(stories(store), {"a": [1, 2], "b": [1]})


@check("C-26", _TRANSACTIONS)
def a_refused_commit_leaves_what_the_transaction_wrote_before(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("z", 0, Tally(1))))
    unit = lab.begin()
    unit.commit(request("b-1"), decision(("a", 0, Tally(1)), usage=(add(2),)))
    refusals = {
        VersionConflict: decision(("b", 0, Tally(1)), ("a", 0, Tally(2)), usage=(add(),)),
        UsageExceeded: decision(("b", 0, Tally(1)), usage=(add(1, most=2),)),
    }
    for number, (error, decided) in enumerate(refusals.items()):
        with refused(error):
            unit.commit(request(f"s-{number}"), decided)
        got = unit.read([key("a"), key("b"), USES])
        equal([got.version(key("a")), got.version(key("b")), got.used(USES)], [1, 0, 2])
        equal(unit.reply(request(f"s-{number}")), None)
    unit.commit(request("s-0"), decision(("a", 1, Tally(3))))
    unit.keep()
    equal((names(store), used(store), stories(store)), (["a", "z"], 2, {"a": [1, 2], "z": [1]}))


@check("C-26", _TRANSACTIONS)
def transactions_follow_one_another(lab: Lab) -> None:
    store = lab.store
    for number in range(6):
        unit = lab.begin()
        got = unit.read([key("a"), USES])
        version, counted = got.version(key("a")), got.used(USES)
        unit.commit(
            request(f"b-{number}"), decision(("a", version, Tally(number)), usage=(add(),))
        )
        if number % 2:
            unit.drop()
        else:
            unit.keep()
        equal((version, counted), ((number + 1) // 2,) * 2)
    got = store.read([key("a"), USES])
    equal((got.version(key("a")), got.value(key("a"), Tally), got.used(USES)), (3, Tally(4), 3))
    equal([store.reply(request(f"b-{n}")) is None for n in range(6)], [False, True] * 3)


@check("C-26", _TRANSACTIONS)
def the_ids_of_events_are_free_after_a_rollback(lab: Lab) -> None:
    store, unit = lab.store, lab.begin()
    unit.commit(request("b-1"), with_ids(decision(("a", 0, Tally())), "e-1"))
    unit.drop()
    store.commit(request("b-2"), with_ids(decision(("b", 0, Tally())), "e-1"))
    equal([(told.id, told.aggregate.id) for told in outbox(store)], [("e-1", "b")])


# C-27


@check("C-27", _TRANSACTIONS)
def acknowledging_holds_with_the_callers_commit(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), count=2))
    unit = lab.begin()
    unit.acknowledge(["t/a/1"])
    equal(stories(unit), {"a": [2]})
    seen = glance(lambda: stories(store))
    holds(seen in ({"a": [1, 2]}, WAITS), "both events", seen)
    unit.keep()
    lab.settle()
    equal(stories(store), {"a": [2]})


@check("C-27", _TRANSACTIONS)
def forgetting_holds_with_the_callers_commit(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1))
    unit = lab.begin()
    unit.forget(LATER)
    equal(unit.reply(request("r-1")), None)
    seen = glance(lambda: store.reply(request("r-1")))
    holds(seen in {Told(1), WAITS}, "the reply", seen)
    unit.keep()
    lab.settle()
    equal(store.reply(request("r-1")), None)


@check("C-27", _TRANSACTIONS)
def a_reply_of_after_the_forgetting_is_kept(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1))
    unit = lab.begin()
    unit.forget(LATER)
    try:
        store.forget(LATER)
        store.commit(request("r-1"), decision(("a", 1, Tally(2)), total=2))
    except (Waits, InProgress, VersionConflict):
        is_done = False
    else:
        is_done = True
    is_kept = kept(unit)
    lab.settle()
    if not is_done:
        if not is_kept:
            store.forget(LATER)
        version = store.read([key("a")]).version(key("a"))
        store.commit(request("r-1"), decision(("a", version, Tally(2)), total=2))
    equal(store.reply(request("r-1")), Told(2))


@check("C-27", _TRANSACTIONS)
def an_event_of_after_the_acknowledging_is_kept(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1))))
    unit = lab.begin()
    unit.acknowledge(["t/a/1", "t/a/2"])
    committed = outcome(lambda: store.commit(request("r-2"), decision(("a", 1, Tally(2)))))
    is_kept = kept(unit)
    lab.settle()
    if not is_kept:
        store.acknowledge(["t/a/1"])
    if committed in (VersionConflict, InProgress):
        store.commit(request("r-2"), decision(("a", 1, Tally(2))))
    equal(stories(store), {"a": [2]})


# C-28


@check("C-28", _TRANSACTIONS)
def counters_of_an_open_transaction_are_not_overrun(lab: Lab) -> None:
    store, unit = lab.store, lab.begin()
    unit.commit(request("b-1"), decision(usage=(add(1, most=1),)))
    seen = outcome(lambda: store.commit(request("r-1"), decision(usage=(add(1, most=1),))))
    allowed = {VersionConflict, UsageExceeded, InProgress, WAITS, Told(0)}
    holds(seen in allowed, "a refusal, or to wait", seen)
    ended = outcome(unit.keep)
    lab.settle()
    if seen == Told(0):  # then the transaction must have given way
        holds(ended in {VersionConflict, UsageExceeded}, "one of the two to give way", ended)
    else:
        equal(ended, None, "what the caller's commit returns")
    with refused(UsageExceeded):
        store.commit(request("r-2"), decision(usage=(add(1, most=1),)))
    equal(used(store), 1)


@check("C-28", _TRANSACTIONS)
def what_a_transaction_gives_back_is_not_used_before_it_commits(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(usage=(add(1, most=1),)))
    unit = lab.begin()
    unit.commit(request("b-1"), decision(usage=(add(-1),)))
    seen = outcome(lambda: store.commit(request("r-2"), decision(usage=(add(1, most=1),))))
    allowed = {VersionConflict, UsageExceeded, InProgress, WAITS}
    holds(seen in allowed, "a refusal, or to wait", seen)
    unit.drop()
    lab.settle()
    with refused(UsageExceeded):
        store.commit(request("r-3"), decision(usage=(add(1, most=1),)))
    equal(used(store), 1)
