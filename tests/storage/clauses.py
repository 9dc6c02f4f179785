"""The clauses that every store must keep, as a table: each number with a check.

A check is given a fresh and empty store that also has ``begin()``, and fails where the store
breaks its clause. The words of the clauses stand in `docs/reference/storage.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from attrs import evolve, frozen
from tallies import AT, KIND, LATER, Scale, Tally, Told, decision, events, key, request

from ordercore.errors import (
    IdempotencyConflict,
    InProgress,
    InvalidInput,
    InvalidValue,
    UsageExceeded,
    VersionConflict,
)
from ordercore.events import Recorded
from ordercore.storage import Counter, CounterChange, Key, Page

Check = Callable[[Any], None]


@frozen
class Clause:
    """A clause: its number, and a name for the check."""

    number: str
    check: Check

    def __str__(self) -> str:
        return f"{self.number}-{self.check.__name__}"


CLAUSES: list[Clause] = []


def clause(number: str) -> Callable[[Check], Check]:
    def enter(check: Check) -> Check:
        CLAUSES.append(Clause(number, check))
        return check

    return enter


# What is seen of a store


def walk(listed: Callable[..., Page[Any]], *given: object, limit: int) -> list[Any]:
    """Go through all pages."""
    found: list[Any] = []
    page = listed(*given, limit=limit)
    for _ in range(1000):
        assert len(page.members) <= limit
        found += page.members
        if page.next is None:
            return found
        page = listed(*given, after=page.next, limit=limit)
    pytest.fail("the pages do not end")


def names(store: Any, kind: str = KIND) -> list[str]:
    return [each.id for each in walk(store.keys, kind, limit=100)]


def outbox(store: Any) -> list[Recorded]:
    return walk(store.outbox, limit=100)


def state(store: Any, *counters: Counter) -> object:
    """All that can be seen of a store, but for its replies."""
    keys = [Key(kind, name) for kind in (KIND, "test_scale") for name in names(store, kind)]
    return store.read([*keys, *counters]), outbox(store)


USES = Counter("uses", "summer")


def add(amount: int = 1, most: int | None = None, counter: Counter = USES) -> CounterChange:
    return CounterChange(counter, amount, most)


def used(store: Any, counter: Counter = USES) -> int:
    return store.read([counter]).used(counter)


# Reading


@clause("C-01")
def nothing_is_version_0(store: Any) -> None:
    got = store.read([key("a")])
    assert (got.version(key("a")), got.get(key("a"), Tally)) == (0, None)


@clause("C-02")
def what_was_committed_is_read(store: Any) -> None:
    tally = Tally(3, "三 cafe\u0301 ")
    reply = store.commit(request("r-1"), decision(("a", 0, tally), count=3, total=3))
    got = store.read([key("a")])
    assert (got.value(key("a"), Tally), got.version(key("a"))) == (tally, 3)
    assert reply == Told(3)


@clause("C-02")
def versions_go_on(store: Any) -> None:
    for number in range(12):
        store.commit(request(f"r-{number}"), decision(("a", number, Tally(number))))
    got = store.read([key("a")])
    assert (got.value(key("a"), Tally), got.version(key("a"))) == (Tally(11), 12)


@clause("C-03")
def just_what_was_asked_for_is_read(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), ("b", 0, Tally(2))))
    got = store.read([key("b"), USES, key("c"), key("b")])
    assert set(got) == {key("b"), key("c"), USES}
    assert set(store.read([])) == set()
    assert set(store.read({key("a")}, lock=True)) == {key("a")}


@clause("C-03")
def the_same_id_of_two_kinds_is_two_aggregates(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), ("a", 0, Scale(2)), count=2))
    got = store.read([key("a"), key("a", "test_scale")])
    assert got.value(key("a"), Tally) == Tally(1)
    assert got.value(key("a", "test_scale"), Scale) == Scale(2)


@clause("C-04")
def what_was_read_does_not_change_any_more(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), usage=(add(),)))
    got, page, events_ = store.read([key("a"), USES]), store.keys(KIND), store.outbox()
    store.commit(request("r-2"), decision(("a", 1, Tally(2)), ("b", 0, Tally()), usage=(add(),)))
    store.acknowledge([told.id for told in outbox(store)])
    assert (got.value(key("a"), Tally), got.version(key("a")), got.used(USES)) == (Tally(1), 1, 1)
    assert page.members == (key("a"),)
    assert [told.id for told in events_.members] == [f"{KIND}/a/1"]


# Listing


@clause("C-05")
def keys_are_listed_by_their_characters(store: Any) -> None:
    some = ["b", "10", "a", "9", "B", "_", "a b", "-"]
    for number, name in enumerate(some):
        store.commit(request(f"r-{number}"), decision((name, 0, Tally())))
    store.commit(request("r"), decision(("0", 0, Scale())))
    assert names(store) == ["-", "10", "9", "B", "_", "a", "a b", "b"]
    assert names(store, "test_scale") == ["0"]
    assert names(store, "test_nothing") == []


@clause("C-06")
def pages_hold_each_key_once(store: Any) -> None:
    some = [f"k-{number:02}" for number in range(7)]
    for name in reversed(some):
        store.commit(request(name), decision((name, 0, Tally())))
    for limit in range(1, 9):
        assert [each.id for each in walk(store.keys, KIND, limit=limit)] == some


@clause("C-06")
def keys_that_come_in_between_disturb_no_page(store: Any) -> None:
    for name in ("b", "d", "f", "h"):
        store.commit(request(name), decision((name, 0, Tally())))
    first = store.keys(KIND, limit=2)
    for name in ("a", "c", "e"):
        store.commit(request(name), decision((name, 0, Tally())))
    found = [each.id for each in first.members]
    page = first
    while page.next is not None:
        page = store.keys(KIND, after=page.next, limit=2)
        found += [each.id for each in page.members]
    assert [name for name in found if name in "bdfh"] == ["b", "d", "f", "h"]
    assert "e" in found


@clause("C-07")
def a_page_has_1_to_1000_members(store: Any) -> None:
    for limit in (0, -1, 1001, True, "5"):
        for listed in (lambda n: store.keys(KIND, limit=n), lambda n: store.outbox(limit=n)):
            with pytest.raises(InvalidInput) as told:
                listed(limit)
            assert told.value.path == ("limit",)


# Committing


@clause("C-08")
def another_version_is_a_conflict(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), count=2))
    before = state(store)
    for number, expected in enumerate((0, 1, 3)):
        with pytest.raises(VersionConflict):
            store.commit(request(f"s-{number}"), decision(("a", expected, Tally(9))))
    with pytest.raises(VersionConflict):
        store.commit(request("s-3"), decision(("b", 1, Tally(9))))
    assert state(store) == before
    assert names(store) == ["a"]


@clause("C-09")
def a_commit_is_all_or_nothing(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), ("z", 0, Tally(1)), usage=(add(3),)))
    before = state(store, USES, Counter("uses", "winter"))
    winter = add(counter=Counter("uses", "winter"))
    bad = {
        VersionConflict: decision(("a", 1, Tally(2)), ("z", 0, Tally(2)), usage=(winter, add())),
        UsageExceeded: decision(("a", 1, Tally(2)), ("b", 0, Tally(2)), usage=(winter, add(1, 3))),
    }
    for error, refused in bad.items():
        with pytest.raises(error):
            store.commit(request("r-2"), refused)
        assert state(store, USES, Counter("uses", "winter")) == before
        assert store.reply(request("r-2")) is None
    assert "b" not in names(store)


@clause("C-09")
def all_of_a_commit_is_stored(store: Any) -> None:
    store.commit(
        request("r-1"),
        decision(("a", 0, Tally(1)), ("b", 0, Scale(2)), count=2, total=7, usage=(add(3),)),
    )
    got = store.read([key("a"), key("b", "test_scale"), USES])
    assert got.value(key("a"), Tally) == Tally(1)
    assert got.value(key("b", "test_scale"), Scale) == Scale(2)
    assert got.used(USES) == 3
    assert store.reply(request("r-1")) == Told(7)
    expected = {told.id for told in (*events("a", 0, 2), *events("b", 0, 2, "test_scale"))}
    assert {told.id for told in outbox(store)} == expected


SCHEDULES = [
    "".join("x" if position in first else "y" for position in range(6))
    for first in combinations(range(6), 3)
]
"""All orders in which two units can read, write and commit: 20."""


@clause("C-10")
def no_update_is_lost_in_any_of_20_schedules(store: Any) -> None:
    assert len(set(SCHEDULES)) == 20
    for schedule in SCHEDULES:
        name = f"t-{schedule}"
        store.commit(request(name), decision((name, 0, Tally(0))))
        units = {"x": unit(store, name, "x"), "y": unit(store, name, "y")}
        won = sum(next(units[each]) == "committed" for each in schedule)
        got = store.read([key(name)])
        assert got.value(key(name), Tally).total == won, schedule
        assert got.version(key(name)) == won + 1, schedule
        assert won >= 1, schedule
        in_turn = schedule in {"xxxyyy", "yyyxxx"}
        assert not in_turn or won == 2, schedule


def unit(store: Any, name: str, who: str) -> Any:
    """Read, write and commit within one transaction; one step each time it is asked."""
    transaction = store.begin()
    bound = store.bind(transaction)
    got = bound.read([key(name)])
    yield "read"
    total = got.value(key(name), Tally).total
    try:
        bound.commit(
            request(f"{name}-{who}"), decision((name, got.version(key(name)), Tally(total + 1)))
        )
    except VersionConflict:
        transaction.rollback()
        yield "refused"
        yield "refused"
        return
    yield "written"
    transaction.commit()
    yield "committed"


# Idempotency


@clause("C-11")
def an_unknown_key_has_no_reply(store: Any) -> None:
    assert store.reply(request("r-1")) is None


@clause("C-12")
def the_same_request_gets_the_first_reply_and_stores_nothing(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1, usage=(add(),)))
    before = state(store, USES)
    again = decision(("a", 1, Tally(2)), ("b", 0, Tally(2)), total=2, usage=(add(),))
    stale = decision(("a", 0, Tally(2)), total=3, usage=(add(1, 1),))
    assert store.commit(request("r-1"), again) == Told(1)
    assert store.commit(request("r-1"), stale) == Told(1)
    assert store.reply(request("r-1")) == Told(1)
    assert state(store, USES) == before


@clause("C-13")
def another_content_under_a_key_is_refused(store: Any) -> None:
    store.commit(request("r-1", 1), decision(("a", 0, Tally(1)), total=1))
    before = state(store)
    with pytest.raises(IdempotencyConflict):
        store.commit(request("r-1", 2), decision(("a", 1, Tally(2))))
    with pytest.raises(IdempotencyConflict):
        store.reply(request("r-1", 2))
    assert state(store) == before
    assert store.reply(request("r-1", 1)) == Told(1)


@clause("C-14")
def a_refused_commit_leaves_its_key_free(store: Any) -> None:
    with pytest.raises(VersionConflict):
        store.commit(request("r-1", 1), decision(("a", 1, Tally(1))))
    assert store.reply(request("r-1", 1)) is None
    assert store.commit(request("r-1", 2), decision(("a", 0, Tally(1)), total=1)) == Told(1)


@clause("C-15")
def a_key_in_an_open_transaction_is_in_progress(store: Any) -> None:
    first, second = store.begin(), store.begin()
    store.bind(first).commit(request("r-1"), decision(("a", 0, Tally(1)), total=1))
    for other in (store, store.bind(second)):
        with pytest.raises(InProgress):
            other.commit(request("r-1"), decision(("b", 0, Tally(1))))
        with pytest.raises(InProgress):
            other.reply(request("r-1"))
    first.commit()
    assert store.reply(request("r-1")) == Told(1)
    second.rollback()


@clause("C-16")
def replies_of_before_an_instant_are_forgotten(store: Any) -> None:
    store.commit(request("r-1", 1), decision(("a", 0, Tally(1)), total=1))
    store.commit(request("r-2", 1), decision(("b", 0, Tally(1)), total=2, at=LATER))
    store.forget(AT)
    assert store.reply(request("r-1", 1)) == Told(1)
    store.forget(LATER)
    assert store.reply(request("r-1", 2)) is None
    assert store.reply(request("r-2", 1)) == Told(2)
    assert store.commit(request("r-1", 2), decision(("a", 1, Tally(2)), total=3)) == Told(3)


# Usage


@clause("C-17")
def counters_add_up_each_on_its_own(store: Any) -> None:
    others = [Counter("uses", "summer", "c-1"), Counter("spent", "summer"), Counter("uses", "w")]
    assert used(store) == 0
    changes = [add(2), add(-1), *(add(5, None, each) for each in others), add(10**14)]
    for number, change in enumerate(changes):
        store.commit(request(f"r-{number}"), decision(usage=(change,)))
    assert used(store) == 1 + 10**14
    assert [used(store, each) for each in others] == [5, 5, 5]


@clause("C-18")
def a_limit_is_reached_and_not_passed(store: Any) -> None:
    for number in range(3):
        store.commit(request(f"r-{number}"), decision(usage=(add(1, most=3),)))
    for amount, most in ((1, 3), (1, 2), (3, 5), (-4, None)):
        with pytest.raises(UsageExceeded):
            store.commit(request("r-3"), decision(usage=(add(amount, most),)))
    assert used(store) == 3
    store.commit(request("r-3"), decision(usage=(add(2, most=5),)))
    store.commit(request("r-4"), decision(usage=(add(-1, most=2),)))
    assert used(store) == 4


# The outbox


@clause("C-19")
def events_come_whole_and_in_their_order(store: Any) -> None:
    for number in range(0, 12, 2):
        for name in ("b", "a"):
            store.commit(request(f"{name}-{number}"), decision((name, number, Tally()), count=2))
    for name in ("a", "b"):
        mine = [told for told in outbox(store) if told.aggregate.id == name]
        assert mine == [told for n in range(0, 12, 2) for told in events(name, n, 2)]
        assert {str(told.at.utcoffset()) for told in mine} == {"8:00:00"}


@clause("C-20")
def pages_of_the_outbox_hold_each_event_once(store: Any) -> None:
    for name in ("a", "b", "c"):
        store.commit(request(name), decision((name, 0, Tally()), count=4))
    everything = outbox(store)
    assert len({told.id for told in everything}) == len(everything) == 12
    for limit in range(1, 14):
        assert walk(store.outbox, limit=limit) == everything


@clause("C-20")
def acknowledging_what_was_read_disturbs_no_page(store: Any) -> None:
    store.commit(request("a"), decision(("a", 0, Tally()), count=7))
    found, page = [], store.outbox(limit=2)
    while True:
        found += [told.sequence for told in page.members]
        store.acknowledge([told.id for told in page.members])
        if page.next is None:
            break
        page = store.outbox(after=page.next, limit=2)
    assert found == [1, 2, 3, 4, 5, 6, 7]
    assert outbox(store) == []


@clause("C-21")
def acknowledged_events_come_no_more(store: Any) -> None:
    store.commit(request("a"), decision(("a", 0, Tally()), count=3))
    for _ in range(2):
        store.acknowledge([f"{KIND}/a/2", "nobody"])
        assert [told.sequence for told in outbox(store)] == [1, 3]
    store.acknowledge([])
    store.commit(request("b"), decision(("a", 3, Tally())))
    assert [told.sequence for told in outbox(store)] == [1, 3, 4]


@clause("C-22")
def an_id_in_the_outbox_is_not_taken_twice(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally())))
    before = state(store)
    same = decision(("a", 1, Tally(2)))
    same = evolve(same, events=[evolve(same.events[0], id=f"{KIND}/a/1")])
    with pytest.raises(InvalidValue) as told:
        store.commit(request("r-2"), same)
    assert told.value.reason == "duplicate_id"
    assert state(store) == before


# Within the caller's transaction


def everything(store: Any, content: int = 0) -> object:
    return state(store, USES), names(store), store.reply(request("b-1", content))


@clause("C-23")
def nobody_else_sees_what_is_not_committed(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), usage=(add(),)))
    before = state(store, USES), names(store)
    transaction, other = store.begin(), store.begin()
    bound = store.bind(transaction)
    bound.commit(request("b-1"), decision(("a", 1, Tally(2)), ("b", 0, Tally(3)), usage=(add(),)))
    for reader in (store, store.bind(other)):
        assert (state(reader, USES), names(reader)) == before
    other.rollback()
    transaction.rollback()


@clause("C-24")
def a_transaction_sees_what_it_has_written(store: Any) -> None:
    store.commit(request("r-1"), decision(("m", 0, Tally(1)), usage=(add(),)))
    with store.begin() as transaction:
        bound = store.bind(transaction)
        bound.commit(
            request("b-1"),
            decision(("m", 1, Tally(2)), ("a", 0, Tally(3)), total=5, usage=(add(1, most=2),)),
        )
        got = bound.read([key("a"), key("m"), USES])
        assert [got.version(key("a")), got.version(key("m")), got.used(USES)] == [1, 2, 2]
        assert [each.id for each in walk(bound.keys, KIND, limit=1)] == ["a", "m"]
        assert bound.reply(request("b-1")) == Told(5)
        assert bound.commit(request("b-1"), decision(("a", 1, Tally(9)))) == Told(5)
        with pytest.raises(UsageExceeded):
            bound.commit(request("b-2"), decision(usage=(add(1, most=2),)))
        bound.commit(request("b-3"), decision(("a", 1, Tally(4))))
    got = store.read([key("a")])
    assert (got.value(key("a"), Tally), got.version(key("a"))) == (Tally(4), 2)


@clause("C-25")
def the_callers_commit_makes_it_hold(store: Any) -> None:
    transaction = store.begin()
    store.bind(transaction).commit(
        request("b-1"), decision(("a", 0, Tally(2)), total=5, usage=(add(4),))
    )
    assert outbox(store) == outbox(store.bind(transaction)) == []
    transaction.commit()
    assert store.read([key("a")]).value(key("a"), Tally) == Tally(2)
    assert (used(store), names(store), outbox(store)) == (4, ["a"], list(events("a", 0)))
    assert store.reply(request("b-1")) == Told(5)


@clause("C-26")
def after_a_rollback_nothing_has_happened(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), usage=(add(),)))
    before = everything(store)
    transaction = store.begin()
    bound = store.bind(transaction)
    bound.commit(request("b-1"), decision(("a", 1, Tally(2)), ("b", 0, Tally()), usage=(add(),)))
    bound.acknowledge([f"{KIND}/a/1"])
    bound.forget(LATER)
    transaction.rollback()
    assert everything(store) == before
    assert store.reply(request("r-1")) == Told(0)
    assert store.commit(request("b-1", 9), decision(("a", 1, Tally(7)), total=7)) == Told(7)


@clause("C-26")
def a_refused_commit_leaves_what_the_transaction_wrote_before(store: Any) -> None:
    with store.begin() as transaction:
        bound = store.bind(transaction)
        bound.commit(request("b-1"), decision(("a", 0, Tally(1))))
        with pytest.raises(VersionConflict):
            bound.commit(request("b-2"), decision(("b", 0, Tally(1)), ("a", 0, Tally(2))))
    assert names(store) == ["a"]
    assert [told.sequence for told in outbox(store)] == [1]


@clause("C-27")
def acknowledging_holds_with_the_callers_commit(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), count=2))
    transaction = store.begin()
    bound = store.bind(transaction)
    bound.acknowledge([f"{KIND}/a/1"])
    assert [told.sequence for told in outbox(bound)] == [2]
    assert [told.sequence for told in outbox(store)] == [1, 2]
    transaction.commit()
    assert [told.sequence for told in outbox(store)] == [2]


@clause("C-27")
def forgetting_holds_with_the_callers_commit(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1))
    transaction = store.begin()
    bound = store.bind(transaction)
    bound.forget(LATER)
    assert (bound.reply(request("r-1")), store.reply(request("r-1"))) == (None, Told(1))
    transaction.commit()
    assert store.reply(request("r-1")) is None


@clause("C-27")
def a_reply_of_after_the_forgetting_is_kept(store: Any) -> None:
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1))
    transaction = store.begin()
    store.bind(transaction).forget(LATER)
    store.forget(LATER)
    store.commit(request("r-1"), decision(("a", 1, Tally(2)), total=2))
    transaction.commit()
    assert store.reply(request("r-1")) == Told(2)


@clause("C-28")
def counters_of_an_open_transaction_are_not_overrun(store: Any) -> None:
    transaction = store.begin()
    store.bind(transaction).commit(request("b-1"), decision(usage=(add(1, most=1),)))
    with pytest.raises((VersionConflict, UsageExceeded)):
        store.commit(request("r-1"), decision(usage=(add(1, most=1),)))
    transaction.commit()
    with pytest.raises(UsageExceeded):
        store.commit(request("r-1"), decision(usage=(add(1, most=1),)))
    assert used(store) == 1
