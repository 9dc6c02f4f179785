"""The drivers: a use case happens once, whatever happens around it.

- Read, look at the key, decide, commit: in that order, plainly and awaited alike.
- Cut at any verb by a crash, a conflict or an unknown outcome, and asked again, it has happened
  once, and its reply is the first one.
- What must not be done is a value, and stores nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen
from disturbing import Crash, Disturbed, awaited, plainly, raise_at

from ordercore.data import document, variant
from ordercore.errors import (
    CommitUnknown,
    IdempotencyConflict,
    InProgress,
    InvalidInput,
    InvalidType,
    LimitExceeded,
    UsageExceeded,
    VersionConflict,
)
from ordercore.events import Actor, Command, Event, record
from ordercore.storage import (
    Awaited,
    Change,
    Counter,
    CounterChange,
    Decision,
    Key,
    Loaded,
    MemoryStore,
    Readable,
    Reply,
    Request,
)
from ordercore.workflows import MAX_ROUNDS, Refusal, run, run_async

AT = datetime(2026, 11, 11, 9, tzinfo=UTC)
USES = Counter("uses", "gate")


@document("test_gate")
@frozen
class Gate:
    """How many went through, and which gate comes next."""

    count: int = 0
    next: str | None = None


@variant(Event, "test_passed")
@frozen
class Passed(Event):
    """Some went through."""

    count: int


@variant(Reply, "test_admitted")
@frozen
class Admitted(Reply):
    """How many have gone through by now."""

    count: int


@frozen
class Full:
    """Why nobody gets in any more."""

    used: int


@variant(Command, "test_pass_gate")
@frozen(kw_only=True)
class PassGate(Command):
    """Let some through the gate at the end of a chain of gates."""

    incidental: ClassVar[tuple[str, ...]] = ("at",)

    key: str = "p-1"
    gate: str = "g-1"
    count: int = 1
    most: int = 100
    at: datetime = AT

    def needs(self, got: Loaded) -> frozenset[Readable]:
        return frozenset({USES, *self.chain(got)})

    def chain(self, got: Loaded) -> list[Key]:
        keys = [Key("test_gate", self.gate)]
        while keys[-1] in got and (gate := got.get(keys[-1], Gate)) and gate.next:
            keys.append(Key("test_gate", gate.next))
        return keys

    def decide(self, got: Loaded) -> Decision[Admitted] | Refusal[Full]:
        if got.used(USES) + self.count > self.most:
            return Refusal(Full(got.used(USES)))
        key = self.chain(got)[-1]
        gate, version = got.get(key, Gate) or Gate(), got.version(key)
        count = gate.count + self.count
        return Decision(
            reply=Admitted(count),
            at=self.at,
            changes=[Change(key, version, evolve(gate, count=count))],
            events=record(
                [Passed(self.count)],
                aggregate=key,
                after=version,
                ids=[f"{self.key}-{key.id}"],
                at=self.at,
                actor=Actor("system"),
                cause=self.key,
            ),
            usage=[CounterChange(USES, self.count, self.most)],
        )


@variant(Command, "test_endless")
@frozen(kw_only=True)
class Endless(PassGate):
    """Needs one thing more each time."""

    def needs(self, got: Loaded) -> frozenset[Readable]:
        return frozenset({Counter("uses", str(len(list(got))))})


@variant(Command, "test_blind")
@frozen(kw_only=True)
class Blind(PassGate):
    """Decides whatever the counter tells."""

    def decide(self, got: Loaded) -> Decision[Admitted] | Refusal[Full]:
        decided = evolve(PassGate(), key=self.key).decide(got)
        return evolve(decided, usage=[CounterChange(USES, self.count, self.most)])


@variant(Command, "test_undecided")
@frozen(kw_only=True)
class Undecided(PassGate):
    """Does not decide."""

    def decide(self, got: Loaded) -> Any:
        return None


@pytest.fixture(params=[plainly, awaited])
def drive(request: pytest.FixtureRequest) -> Any:
    """Run a use case on a store, in either way."""
    return request.param


def passed(store: Any, gate: str = "g-1") -> tuple[int, int, int, int]:
    """How many went through: by the gate, its version, the counter and the outbox."""
    got = store.read([Key("test_gate", gate), USES])
    found = got.get(Key("test_gate", gate), Gate) or Gate()
    released = [told for told in store.outbox().members if told.aggregate.id == gate]
    return found.count, got.version(Key("test_gate", gate)), got.used(USES), len(released)


def let_others_pass(store: MemoryStore, times: int) -> Callable[[int, str], None]:
    """Let somebody else be faster, at the first commits."""
    rivals = iter(range(times))

    def happen(_number: int, verb: str) -> None:
        if verb == "commit" and (rival := next(rivals, None)) is not None:
            run(PassGate(key=f"rival-{rival}"), store)

    return happen


# The way


def test_a_use_case_reads_looks_at_its_key_and_commits(drive: Any) -> None:
    store = Disturbed(MemoryStore())
    assert drive(PassGate(count=2), store) == Admitted(2)
    assert store.told == ["read", "reply", "commit"]
    assert passed(store.store) == (2, 1, 2, 1)


def test_it_reads_on_until_it_needs_no_more(drive: Any) -> None:
    kept = MemoryStore()
    for number, gate in enumerate(("g-1", "g-2")):
        command = PassGate(key=f"set-{number}", gate=gate)
        decided = command.decide(kept.read(command.needs(Loaded())))
        change = evolve(decided.changes[0], value=Gate(1, next=f"g-{number + 2}"))
        kept.commit(request_of(command), evolve(decided, changes=[change]))
    store = Disturbed(kept)
    assert drive(PassGate(), store) == Admitted(1)
    assert store.told == ["read", "read", "read", "reply", "commit"]
    assert passed(kept, "g-3")[0] == 1


def request_of(command: PassGate) -> Any:
    return Request.of(command, command.key, but=command.incidental)


def test_a_host_may_do_without_a_driver() -> None:
    store, command = MemoryStore(), PassGate()
    got = store.read(command.needs(Loaded()))
    assert command.needs(got) <= set(got)
    assert store.commit(request_of(command), command.decide(got)) == Admitted(1)
    assert run(command, store) == Admitted(1)
    assert passed(store) == (1, 1, 1, 1)


@pytest.mark.parametrize("lock", [False, True])
def test_locks_are_asked_for_if_the_host_says_so(drive: Any, *, lock: bool) -> None:
    store = Disturbed(MemoryStore())
    drive(PassGate(), store, lock=lock)
    assert store.locks == [lock]


def test_needs_without_end_are_refused(drive: Any) -> None:
    store = Disturbed(MemoryStore())
    with pytest.raises(LimitExceeded) as told:
        drive(Endless(), store)
    assert told.value.path == ("needs",)
    assert store.told == ["read"] * MAX_ROUNDS


@pytest.mark.parametrize("attempts", [0, -1, True, 1001])
def test_it_is_tried_once_at_least(drive: Any, attempts: Any) -> None:
    store = Disturbed(MemoryStore())
    with pytest.raises(InvalidInput) as told:
        drive(PassGate(), store, attempts=attempts)
    assert told.value.path == ("attempts",)
    assert store.told == []


# Once


def test_the_same_command_again_gets_the_first_reply(drive: Any) -> None:
    store = MemoryStore()
    drive(PassGate(), store)
    run(PassGate(key="p-2"), store)
    assert drive(PassGate(at=AT + timedelta(seconds=5)), store) == Admitted(1)
    assert passed(store) == (2, 2, 2, 2)


def test_another_content_under_the_key_is_refused(drive: Any) -> None:
    store = MemoryStore()
    drive(PassGate(), store)
    with pytest.raises(IdempotencyConflict):
        drive(PassGate(count=2), store)
    assert passed(store) == (1, 1, 1, 1)


def test_a_key_at_work_elsewhere_is_in_progress(drive: Any) -> None:
    store = MemoryStore()
    with store.begin() as transaction:
        run(PassGate(), store.bind(transaction))
        with pytest.raises(InProgress):
            drive(PassGate(), store)
    assert drive(PassGate(), store) == Admitted(1)
    assert passed(store) == (1, 1, 1, 1)


def test_what_was_done_under_its_own_key_is_not_refused(drive: Any) -> None:
    """Its twin commits between any two of its verbs: the reply is the twin's."""
    for number in (1, 2, 3):
        kept = MemoryStore()

        def twin(verb: int, _name: str, at: int = number, kept: MemoryStore = kept) -> None:
            if verb == at:
                run(PassGate(most=1), kept)

        assert drive(PassGate(most=1), Disturbed(kept, before=twin)) == Admitted(1)
        assert passed(kept) == (1, 1, 1, 1)


# Others


@pytest.mark.parametrize("rivals", [1, 2, 4])
def test_a_conflict_is_tried_again(drive: Any, rivals: int) -> None:
    kept = MemoryStore()
    store = Disturbed(kept, before=let_others_pass(kept, rivals))
    assert drive(PassGate(), store) == Admitted(rivals + 1)
    assert store.told == ["read", "reply", "commit"] * (rivals + 1)
    assert passed(kept) == (rivals + 1,) * 4


def test_conflicts_are_tried_again_a_bounded_number_of_times(drive: Any) -> None:
    kept = MemoryStore()
    store = Disturbed(kept, before=let_others_pass(kept, 100))
    with pytest.raises(VersionConflict):
        drive(PassGate(), store, attempts=3)
    assert store.told == ["read", "reply", "commit"] * 3
    assert passed(kept) == (3,) * 4


def test_who_comes_too_late_for_the_last_use_is_told_why(drive: Any) -> None:
    kept = MemoryStore()
    store = Disturbed(kept, before=let_others_pass(kept, 1))
    assert drive(PassGate(gate="g-2", most=1), store) == Full(1)
    assert passed(kept, "g-2") == (0, 0, 1, 0)


def test_a_use_case_that_looks_at_no_counter_meets_its_limit(drive: Any) -> None:
    kept = MemoryStore()
    run(PassGate(key="p-2"), kept)
    store = Disturbed(kept)
    with pytest.raises(UsageExceeded):
        drive(Blind(most=1), store, attempts=2)
    assert store.told == ["read", "reply", "commit"] * 2
    assert passed(kept) == (1, 1, 1, 1)


def test_a_refusal_stores_nothing_and_leaves_the_key_free(drive: Any) -> None:
    store = MemoryStore()
    assert drive(PassGate(most=0), store) == Full(0)
    assert passed(store) == (0, 0, 0, 0)
    assert drive(PassGate(most=1), store) == Admitted(1)


def test_what_is_neither_decision_nor_refusal_is_refused(drive: Any) -> None:
    store = MemoryStore()
    with pytest.raises(InvalidType) as told:
        drive(Undecided(), store)
    assert told.value.path == ("decision",)


# Faults


def test_an_unknown_outcome_is_found_out(drive: Any) -> None:
    kept = MemoryStore()
    store = Disturbed(kept, after=raise_at(CommitUnknown("p-1"), "commit"))
    assert drive(PassGate(), store, attempts=1) == Admitted(1)
    assert store.told == ["read", "reply", "commit", "reply"]
    assert passed(kept) == (1, 1, 1, 1)


def test_an_unknown_outcome_that_was_none_is_tried_again(drive: Any) -> None:
    kept = MemoryStore()
    store = Disturbed(kept, before=raise_at(CommitUnknown("p-1"), 3))
    assert drive(PassGate(), store) == Admitted(1)
    assert store.told == ["read", "reply", "commit", "reply", "read", "reply", "commit"]
    assert passed(kept) == (1, 1, 1, 1)


def test_the_last_unknown_outcome_is_told(drive: Any) -> None:
    kept = MemoryStore()
    store = Disturbed(kept, before=raise_at(CommitUnknown("p-1"), "commit"))
    with pytest.raises(CommitUnknown):
        drive(PassGate(), store, attempts=2)
    assert passed(kept) == (0, 0, 0, 0)


FAULTS = [Crash(), VersionConflict("gate", 0, 1), CommitUnknown("p-1"), InProgress("p-1")]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 5))
def test_cut_at_any_verb_and_asked_again_it_has_happened_once(
    drive: Any, number: int, when: str, fault: Exception
) -> None:
    kept = MemoryStore()
    store = Disturbed(kept, **{when: raise_at(fault, number)})
    try:
        first = drive(PassGate(), store)
    except (Crash, VersionConflict, CommitUnknown, InProgress) as error:
        assert error is fault  # noqa: PT017
        assert passed(kept) in {(0, 0, 0, 0), (1, 1, 1, 1)}
    else:
        assert first == Admitted(1)
        assert passed(kept) == (1, 1, 1, 1)
    run(PassGate(key="p-2"), kept)
    assert drive(PassGate(), kept).count in {1, 2}
    assert passed(kept) == (2, 2, 2, 2)


# With a store of the other kind


def test_a_store_that_must_be_awaited_is_not_run_plainly() -> None:
    with pytest.raises(InvalidType) as told:
        run(PassGate(), Awaited(MemoryStore()))
    assert told.value.path == ("store",)


def test_a_plain_store_is_not_awaited() -> None:
    store = MemoryStore()
    with pytest.raises(InvalidType) as told:
        asyncio.run(run_async(PassGate(), store))
    assert told.value.path == ("store",)
    assert passed(store) == (0, 0, 0, 0)


# In the caller's transaction


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_the_callers_transaction_decides(drive: Any, end: str) -> None:
    store = MemoryStore()
    transaction = store.begin()
    assert drive(PassGate(), store.bind(transaction)) == Admitted(1)
    assert drive(PassGate(key="p-2"), store.bind(transaction)) == Admitted(2)
    assert passed(store) == (0, 0, 0, 0)
    getattr(transaction, end)()
    assert passed(store) == ((2, 2, 2, 2) if end == "commit" else (0, 0, 0, 0))
