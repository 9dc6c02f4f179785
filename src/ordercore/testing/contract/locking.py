"""C-23, C-33: locks are hints."""

from __future__ import annotations

from functools import partial

from ordercore.storage import Key, Readable
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import equal, holds
from ordercore.testing.contract.lab import Asked, Lab, Unit
from ordercore.testing.contract.samples import USES, Tally, add, decision, key, request
from ordercore.testing.contract.seen import WAITS, glance, names, state


@check("C-33", Capability.TRANSACTIONS)
def nothing_stays_locked_when_the_transaction_has_ended(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-0"), decision(("a", 0, Tally(1)), usage=(add(),)))
    for number, end in enumerate((Unit.keep, Unit.drop), 1):
        unit = lab.begin()
        got = unit.read([key("a"), key("b"), USES], lock=True)
        equal((got.version(key("a")), got.version(key("b")), got.used(USES)), (number, 0, number))
        end(unit)
        store.commit(request(f"r-{number}"), decision(("a", number, Tally()), usage=(add(),)))
    equal(names(store), ["a"])


@check("C-33")
def a_lock_reads_the_same_and_changes_nothing(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), usage=(add(),)))
    before = state(store, USES)
    for _ in range(2):
        asked: list[Readable] = [key("a"), key("b"), USES]
        locked, plain = store.read(asked, lock=True), store.read(asked)
        for each in (key("a"), key("b")):
            equal(locked.version(each), plain.version(each))
            equal(locked.get(each, Tally), plain.get(each, Tally))
        equal(locked.used(USES), plain.used(USES))
    equal(state(store, USES), before)
    store.commit(request("r-2"), decision(("a", 1, Tally(2)), ("b", 0, Tally()), usage=(add(),)))
    equal(names(store), ["a", "b"])


def _locked(store: Asked, asked: list[Readable], *, lock: bool = True) -> dict[object, int]:
    """Read with locks, and tell versions and uses."""
    got = store.read(asked, lock=lock)
    return {each: got.version(each) if isinstance(each, Key) else got.used(each) for each in asked}


@check("C-23", Capability.TRANSACTIONS)
def nobody_who_locks_sees_what_is_not_committed(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), usage=(add(),)))
    several: list[list[Readable]] = [[key("a")], [key("b")], [USES], [key("b"), USES, key("a")]]
    for asked in several:
        before = _locked(store, asked, lock=False)
        unit = lab.begin()
        changes = ("a", 1, Tally(2)), ("b", 0, Tally(3))
        unit.commit(request("b-1"), decision(*changes, usage=(add(),)))
        onlooker = lab.begin("onlooker")
        for reader in (store, onlooker):
            seen = glance(partial(_locked, reader, asked))
            holds(seen in (before, WAITS), f"what was there before: {before}", seen)
        unit.drop()
        onlooker.start_dropping()
        lab.settle()
    equal(names(store), ["a"])
