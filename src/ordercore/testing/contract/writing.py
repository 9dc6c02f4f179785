"""C-18, C-20, C-21, C-24 to C-27: several things at once, and the places given to events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from attrs import evolve

from ordercore.errors import (
    IdempotencyConflict,
    InvalidValue,
    UsageExceeded,
    VersionConflict,
)
from ordercore.storage import Counter, Decision, Request
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import equal, holds, refused
from ordercore.testing.contract.lab import Asked, Lab, Unit
from ordercore.testing.contract.samples import (
    LATER,
    SCALE,
    TALLY,
    USES,
    Scale,
    Tally,
    Told,
    add,
    decision,
    key,
    request,
    with_ids,
)
from ordercore.testing.contract.seen import names, outbox, outcome, stories, used, walk, walk_on

_TRANSACTIONS: Final = Capability.TRANSACTIONS
_SPRING: Final = Counter("uses", "spring")
_ENOUGH: Final = 20

# C-26: refusals in the middle of a transaction


def _refusals() -> list[tuple[type[Exception], Request, Decision[Told]]]:
    """Make decisions that are refused in their last part, after ``a`` and ``z`` were written."""
    good = ("b", 0, Tally(1)), ("a", 1, Tally(2))
    usage = (add(1, None, _SPRING), add(1, most=2))
    new = request("s")
    return [
        (VersionConflict, new, decision(*good, ("z", 0, Tally(9)), usage=usage[:1])),
        (VersionConflict, new, decision(*good, ("y", 3, Tally(9)), usage=usage[:1])),
        (UsageExceeded, new, decision(*good, usage=usage)),
        (UsageExceeded, new, decision(usage=usage)),
        (UsageExceeded, new, decision(*good, usage=(usage[0], add(-3)))),
        (InvalidValue, new, with_ids(decision(*good, usage=usage[:1]), "x-1", "t/z/2")),
        (InvalidValue, new, with_ids(decision(*good, usage=usage[:1]), "x-1", "t/a/1")),
        (IdempotencyConflict, request("r-1", 7), decision(*good, usage=usage[:1])),
        (IdempotencyConflict, request("b-1", 7), decision(*good, usage=usage[:1])),
    ]


@check("C-26", _TRANSACTIONS)
def no_refusal_touches_what_the_transaction_wrote_before(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("z", 0, Tally(1)), count=2, total=1))
    store.commit(request("r-0"), decision(total=4))
    unit = lab.begin()
    unit.acknowledge(["t/z/1"])
    unit.commit(request("b-1"), decision(("a", 0, Tally(1)), total=2, usage=(add(2),)))
    unit.commit(request("b-2"), decision(total=3))
    for number, (error, told, decided) in enumerate(_refusals()):
        what = f"refusal {number}, {error.__name__}"
        with refused(error, what=what):
            unit.commit(told, decided)
        got = unit.read([key("a"), key("b"), key("z"), USES, _SPRING])
        versions = [got.version(key(name)) for name in "abz"]
        equal((versions, got.used(USES), got.used(_SPRING)), ([1, 0, 2], 2, 0), what)
        equal([unit.reply(request(n)) for n in ("r-1", "b-1", "b-2", "s")], _REPLIES, what)
        equal(names(unit), ["a", "z"], what)
    unit.keep()
    equal([store.reply(request(n)) for n in ("r-1", "b-1", "b-2", "s")], _REPLIES)
    equal((names(store), used(store), used(store, _SPRING)), (["a", "z"], 2, 0))
    equal(stories(store), {"a": [1], "z": [2]})


_REPLIES: Final = [Told(1), Told(2), Told(3), None]

# C-24, C-27: what was done before in the same transaction


@check("C-24", _TRANSACTIONS)
def a_transaction_that_locks_sees_what_it_has_written(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), usage=(add(5),)))
    unit = lab.begin()
    for number in range(1, 4):
        change, usage = ("a", number, Tally(10 * number)), (add(-1), add(2, 6, _SPRING))
        unit.commit(request(f"b-{number}"), decision(change, total=number, usage=usage))
        for lock in (True, False):
            got = unit.read([_SPRING, key("a"), key("b"), USES], lock=lock)
            equal((got.version(key("a")), got.version(key("b"))), (number + 1, 0))
            equal(got.value(key("a"), Tally), Tally(10 * number))
            equal((got.used(USES), got.used(_SPRING)), (5 - number, 2 * number))
    again = decision(("a", 4, Tally()), usage=(add(1),))
    equal(unit.commit(request("b-2"), again), Told(2), "the first reply")
    with refused(IdempotencyConflict):
        unit.reply(request("b-2", 5))
    with refused(UsageExceeded):
        unit.commit(request("b-4"), decision(usage=(add(1, 6, _SPRING),)))
    equal((used(unit), used(unit, _SPRING)), (2, 6))
    unit.keep()
    equal((used(store), used(store, _SPRING), stories(store)), (2, 6, {"a": [1, 2, 3, 4]}))


@check("C-27", _TRANSACTIONS)
def a_key_forgotten_and_used_again_in_one_transaction_is_known(lab: Lab) -> None:
    store, first = lab.store, decision(("a", 0, Tally(1)), total=1)
    store.commit(request("r-1", 1), first)
    for end, reply in ((Unit.drop, Told(1)), (Unit.keep, Told(4))):
        unit = lab.begin()
        unit.forget(LATER)
        equal(unit.reply(request("r-1", 2)), None)
        equal(unit.commit(request("r-1", 2), decision(("b", 0, Tally(2)), total=2)), Told(2))
        unit.forget(LATER)
        equal(unit.reply(request("r-1", 2)), None)
        unit.commit(request("r-1", 4), decision(("b", 1, Tally(4)), total=4, at=LATER))
        unit.forget(LATER)
        equal(unit.reply(request("r-1", 4)), Told(4))
        with refused(IdempotencyConflict):
            unit.commit(request("r-1", 1), decision())
        end(unit)
        equal(store.reply(request("r-1", reply.total)), reply)
        equal(store.commit(request("r-1", reply.total), decision(total=9)), reply)
    equal((names(store), stories(store)), (["a", "b"], {"a": [1], "b": [1, 2]}))


# C-25: events of one transaction, and of two


@check("C-25", _TRANSACTIONS)
def events_of_one_transaction_come_in_their_order(lab: Lab) -> None:
    store, unit = lab.store, lab.begin()
    for number in range(12):
        at = LATER.replace(day=28 - number)
        decided = decision(("a", number, Tally(number)), ("b", number, Scale(number)), at=at)
        held = [evolve(told, at=at) for told in decided.events]
        unit.commit(
            request(f"b-{number}"),
            with_ids(evolve(decided, events=held), f"{91 - 7 * number}-a", f"z{number}"),
        )
    unit.keep()
    equal(stories(store), {name: list(range(1, 13)) for name in "ab"})
    for limit in (1, 5, 23, 24):
        equal(walk(store.outbox, limit), outbox(store), f"pages of {limit}")


def _each_once(store: Asked, expected: set[str]) -> None:
    """Expect events in the outbox, each once, whatever the size of pages."""
    for limit in (1, 2, 3, 100):
        ids = [told.id for told in walk(store.outbox, limit)]
        equal(len(set(ids)), len(ids), f"each event once on pages of {limit}")
        equal(set(ids), expected, f"events on pages of {limit}")


def _write(unit: Asked, name: str, count: int = 2) -> object:
    return outcome(lambda: unit.commit(request(name), decision((name, 0, Tally()), count=count)))


@check("C-25", _TRANSACTIONS)
def events_of_two_transactions_all_come_out(lab: Lab) -> None:
    """Two write at once, and one without a transaction; whoever is done has its events there."""
    ends: list[tuple[Callable[[Unit], None], Callable[[Unit], None]]] = [
        (Unit.keep, Unit.keep),
        (Unit.keep, Unit.drop),
        (Unit.drop, Unit.keep),
    ]
    for turn, (end_one, end_two) in enumerate(ends):
        with lab.anew() as fresh:
            _two_write(fresh, end_one, end_two, turned=turn == 1)
            _two_write(fresh, end_one, end_two, turned=turn != 1, mark="again")


def _two_write(
    lab: Lab,
    end_one: Callable[[Unit], None],
    end_two: Callable[[Unit], None],
    *,
    turned: bool,
    mark: str = "",
) -> None:
    store, there = lab.store, {told.id for told in outbox(lab.store)}
    units = {"one": (lab.begin("one"), end_one, 2), "two": (lab.begin("two"), end_two, 3)}
    done = {
        name: _write(unit, f"{name}{mark}", count) == Told(0)
        for name, (unit, _, count) in units.items()
    }
    alone = _write(store, f"alone{mark}", 1)
    for name, (unit, _, _) in units.items():
        if not done[name]:
            unit.start_dropping()
    for name, (unit, end, count) in sorted(units.items(), reverse=turned):
        if done[name] and outcome(partial(end, unit)) is None and end is Unit.keep:
            there |= {f"t/{name}{mark}/{number}" for number in range(1, count + 1)}
    lab.settle()
    if alone != Told(0):
        _write(store, f"alone{mark}", 1)
    there.add(f"t/alone{mark}/1")
    _each_once(store, there)
    equal(names(store), sorted({name.split("/")[1] for name in there}))


@check("C-25", _TRANSACTIONS)
def places_that_a_rollback_has_given_up_harm_nobody(lab: Lab) -> None:
    store = lab.store
    store.commit(request("a"), decision(("a", 0, Tally()), count=2))
    for number in range(3):
        unit = lab.begin()
        unit.commit(request(f"b-{number}"), decision(("b", 0, Tally()), count=2))
        unit.drop()
        store.commit(request(f"c-{number}"), decision(("c", number, Tally())))
        unit = lab.begin()
        unit.commit(request(f"d-{number}"), decision(("d", number, Tally())))
        unit.keep()
    _each_once(store, {"t/a/1", "t/a/2", *(f"t/{name}/{n}" for name in "cd" for n in (1, 2, 3))})
    equal(stories(store), {"a": [1, 2], "c": [1, 2, 3], "d": [1, 2, 3]})


# C-20: places of events that have been taken out


@check("C-20")
def events_come_in_their_order_also_where_the_last_ones_were_taken_out(lab: Lab) -> None:
    """Who goes on with a page meets no event before an earlier one of the same aggregate."""
    for left in range(4):
        with lab.anew() as fresh:
            _go_on(fresh.store, left)


def _go_on(store: Asked, left: int) -> None:
    for number, name in enumerate("abcd"):
        store.commit(request(f"r-{number}"), decision((name, 0, Tally())))
    page = store.outbox(limit=2)
    store.acknowledge([told.id for told in outbox(store)[left:]])
    for number in range(1, 5):
        store.commit(request(f"s-{number}"), decision(("a", number, Tally())))
    seen = [told for told in walk_on(store.outbox, page) if told.aggregate == key("a")]
    there = [told for told in outbox(store) if told.aggregate == key("a") or told in seen]
    mine = [told.sequence for told in seen]
    equal(mine, sorted(mine), "events in the order of their sequence")
    missed = [told.sequence for told in there if told not in seen]
    holds(
        not mine or not missed or min(missed) > max(mine),
        f"no event before {missed}, which are there",
        f"{mine} in this order",
    )


@check("C-20")
def taking_out_the_last_one_of_a_page_disturbs_no_page(lab: Lab) -> None:
    store = lab.store
    store.commit(request("a"), decision(("a", 0, Tally()), count=7))
    found: list[int] = []
    page = store.outbox(limit=2)
    while len(found) < _ENOUGH:
        found += [told.sequence for told in page.members]
        store.acknowledge([told.id for told in page.members[-1:]])
        if page.next is None:
            break
        page = store.outbox(after=page.next, limit=2)
    equal(found, [1, 2, 3, 4, 5, 6, 7])


@check("C-21")
def events_of_the_same_id_and_sequence_are_two(lab: Lab) -> None:
    """Of an aggregate of another kind, and of another aggregate."""
    store = lab.store
    changes = ("a", 0, Tally()), ("a", 0, Scale()), ("b", 0, Tally())
    store.commit(request("r"), decision(*changes, count=3))
    store.acknowledge(["t/a/1", "s/a/2", "t/b/3", "s/b/1", "t/a/9"])
    seen = {(told.aggregate.kind, told.aggregate.id, told.sequence) for told in outbox(store)}
    left = {(TALLY, "a"): (2, 3), (SCALE, "a"): (1, 3), (TALLY, "b"): (1, 2)}
    equal(seen, {(*name, number) for name, numbers in left.items() for number in numbers})


# C-18: several counters in one decision


@check("C-18")
def each_counter_of_a_decision_has_its_own_limit(lab: Lab) -> None:
    store = lab.store
    both = add(3, 4), add(3, None, _SPRING)
    store.commit(request("r-1"), decision(usage=both))
    refusals = [
        (add(-1), add(2, 4, _SPRING)),
        (add(2, 4), add(-1, None, _SPRING)),
        (add(-4), add(1, 9, _SPRING)),
        (add(1, 9), add(2, 4, _SPRING)),
        (add(1, 3), add(1, None, _SPRING)),
    ]
    for usage in (each[::step] for each in refusals for step in (1, -1)):
        with refused(UsageExceeded, what=f"{usage} where 3 are used"):
            store.commit(request("r-2"), decision(usage=usage))
        equal((used(store), used(store, _SPRING)), (3, 3))
    store.commit(request("r-2"), decision(usage=(add(-3, 0), add(1, 4, _SPRING))))
    equal((used(store), used(store, _SPRING)), (0, 4))
