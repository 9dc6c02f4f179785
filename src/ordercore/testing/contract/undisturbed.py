"""C-24, C-26: a refusal within a transaction, or another `bind`, leaves all of it as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ordercore.errors import (
    IdempotencyConflict,
    InvalidInput,
    InvalidValue,
    OrderCoreError,
    UsageExceeded,
    VersionConflict,
)
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import equal, holds, refused
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.samples import (
    AT,
    TALLY,
    USES,
    Tally,
    Told,
    add,
    decision,
    key,
    request,
    with_ids,
)
from ordercore.testing.contract.seen import WAITS, glance, names, state, used

_Refusal = tuple[type[OrderCoreError], Callable[[Asked], object]]


def _refusals() -> dict[str, _Refusal]:
    """Name all that is refused where `a` is at version 1, and one is used."""
    b = ("b", 0, Tally(2))
    stale = decision(b, ("a", 0, Tally(2)))
    too_much = decision(b, usage=(add(1, most=1),))
    taken = with_ids(decision(b), "t/a/1")

    def commits(told: str, content: int, decided: Any) -> Callable[[Asked], object]:
        return lambda unit: unit.commit(request(told, content), decided)

    return {
        "a stale version": (VersionConflict, commits("s", 0, stale)),
        "a counter at its limit": (UsageExceeded, commits("s", 0, too_much)),
        "an event id that is taken": (InvalidValue, commits("s", 0, taken)),
        "another content": (IdempotencyConflict, commits("r-1", 9, decision(b))),
        "a reply to another content": (
            IdempotencyConflict,
            lambda unit: unit.reply(request("r-1", 9)),
        ),
        "a page of keys with no members": (InvalidInput, lambda unit: unit.keys(TALLY, limit=0)),
        "a page of keys that is too long": (
            InvalidInput,
            lambda unit: unit.keys(TALLY, limit=1001),
        ),
        "a page of events with no members": (InvalidInput, lambda unit: unit.outbox(limit=0)),
        "a page of events that is too long": (InvalidInput, lambda unit: unit.outbox(limit=1001)),
    }


def _begun(lab: Lab) -> None:
    lab.store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1, usage=(add(),)))


def _write(unit: Asked, name: str) -> None:
    unit.commit(request(f"b-{name}"), decision((name, 0, Tally(5)), total=5, usage=(add(),)))


def _refuse(unit: Asked, what: str, refusal: _Refusal) -> None:
    error, do = refusal
    with refused(error, what=what):
        do(unit)


@check("C-26", Capability.TRANSACTIONS)
def what_follows_a_refusal_goes_with_the_rollback(lab: Lab) -> None:
    """Be it refused before anything was written, or after."""
    store = lab.store
    _begun(lab)
    before = state(store, USES)
    for number, (what, refusal) in enumerate(_refusals().items()):
        for first in ("", f"x-{number}"):
            unit, later = lab.begin(), f"y-{number}{first}"
            if first:
                _write(unit, first)
            _refuse(unit, what, refusal)
            _write(unit, later)
            unit.drop()
            equal(state(store, USES), before, f"what was there before the rollback, after {what}")
            for name in filter(None, (first, later)):
                equal(store.reply(request(f"b-{name}", 3)), None, f"the reply, after {what}")


@check("C-26", Capability.TRANSACTIONS)
def what_goes_before_a_refusal_and_what_follows_is_kept(lab: Lab) -> None:
    for what, refusal in _refusals().items():
        with lab.anew() as fresh:
            _begun(fresh)
            unit = fresh.begin()
            _write(unit, "x")
            _refuse(unit, what, refusal)
            seen = unit.read([key("x"), USES])
            equal((seen.version(key("x")), seen.used(USES)), (1, 2), f"within, after {what}")
            equal((names(unit), unit.reply(request("b-x"))), (["a", "x"], Told(5)))
            _write(unit, "y")
            unit.keep()
            seen_now = names(fresh.store), used(fresh.store)
            equal(seen_now, (["a", "x", "y"], 3), f"what is kept after {what}")
            equal([fresh.store.reply(request(f"b-{n}")) for n in "xy"], [Told(5)] * 2)


_COMMITS: Final = 12


@check("C-26", Capability.TRANSACTIONS)
def many_commits_of_one_transaction_go_with_its_rollback(lab: Lab) -> None:
    """Whatever is read, asked again, acknowledged and forgotten between them."""
    store = lab.store
    _begun(lab)
    before = state(store, USES)
    unit = lab.begin()
    for number in range(_COMMITS):
        told, name = request(f"b-{number}"), f"x-{number % 5}"
        changes = ("a", number + 1, Tally(number)), (name, number // 5, Tally(number))
        unit.commit(told, decision(*changes, total=number, usage=(add(),)))
        equal(unit.commit(told, decision(total=99)), Told(number), "the first reply")
        equal(unit.commit(request("r-1"), decision(total=99)), Told(1), "the first reply")
        unit.acknowledge(["t/a/1", "nobody"])
        unit.forget(AT)
        equal(used(unit), number + 2, "uses within")
    seen = glance(lambda: state(store, USES))
    holds(seen in (before, WAITS), "what was there before", seen)
    unit.drop()
    lab.settle()
    equal(state(store, USES), before, "what was there before")
    replies = [store.reply(request(f"b-{number}", 7)) for number in range(_COMMITS)]
    equal((replies, store.reply(request("r-1"))), ([None] * _COMMITS, Told(1)))


# C-24


def _seen_within(asked: Asked) -> tuple[object, ...]:
    got = asked.read([key("a"), key("b"), key("c"), USES])
    values = [(got.version(key(name)), got.get(key(name), Tally)) for name in "abc"]
    replies = [asked.reply(request(f"b-{number}")) for number in (1, 2)]
    return values, got.used(USES), names(asked), replies


@check("C-24", Capability.TRANSACTIONS)
def whoever_is_bound_to_one_transaction_sees_the_same(lab: Lab) -> None:
    """Two that were bound to it before, and one after, by what each of the two writes."""
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), usage=(add(),)))
    unit = lab.begin()
    other = unit.bound_again()
    equal(_seen_within(other), _seen_within(unit))
    writes = (
        (unit, decision(("a", 1, Tally(2)), ("b", 0, Tally(3)), total=1, usage=(add(),))),
        (other, decision(("b", 1, Tally(4)), ("c", 0, Tally(5)), total=2, usage=(add(2),))),
    )
    for number, (writer, decided) in enumerate(writes, 1):
        writer.commit(request(f"b-{number}"), decided)
        seen = _seen_within(writer)
        equal(seen[1:3], (2 * number, ["a", "b", "c"][: number + 1]), "uses and names")
        for reader in (unit, other, unit.bound_again()):
            equal(_seen_within(reader), seen, "what another one that is bound to it has written")
    seen = _seen_within(unit)
    unit.keep()
    equal(_seen_within(store), seen)
