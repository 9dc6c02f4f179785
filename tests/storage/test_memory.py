"""The store in memory: it keeps the contract, by either door of the kit, and a little more.

- The kit finds it conformant, with transactions.
- What only memory promises: what it refuses, and with what words.
- What makes no sense is refused at birth, with its place.
"""

from __future__ import annotations

import copy
import pickle
from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve

from ordercore.data import dumps
from ordercore.errors import (
    CommitUnknown,
    IdempotencyConflict,
    InProgress,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    NotFound,
    OutOfSequence,
    UsageExceeded,
    VersionConflict,
)
from ordercore.events import Noted
from ordercore.storage import (
    MAX_USED,
    Change,
    Counted,
    Counter,
    CounterChange,
    Decision,
    Found,
    Loaded,
    MemoryStore,
    Page,
    Request,
    read_aggregate,
)
from ordercore.testing import Capability, StoreContract, validate
from ordercore.testing.contract.samples import (
    AT,
    TALLY,
    USES,
    Scale,
    Tally,
    Told,
    decision,
    events,
    key,
    request,
)


class TestMemoryStore(StoreContract):
    """The door for pytest: a test for each check."""

    def factory(self) -> MemoryStore:
        return MemoryStore()


def test_the_store_in_memory_is_conformant() -> None:
    report = validate(MemoryStore)
    assert report.conformant, str(report)
    skipped = {need for each in report.skipped for need in each.needs}
    assert skipped == set(Capability) - {"transactions"}


# What only memory promises


def test_a_transaction_that_has_ended_takes_no_more() -> None:
    store = MemoryStore()
    for end in ("commit", "rollback"):
        transaction = store.begin()
        bound = store.bind(transaction)
        getattr(transaction, end)()
        assert not transaction.is_open
        for ask in (
            lambda: bound.read([]),  # noqa: B023
            lambda: bound.commit(request("r"), decision()),  # noqa: B023
            lambda: store.bind(transaction),  # noqa: B023
            transaction.commit,
        ):
            with pytest.raises(InvalidValue) as told:
                ask()
            assert (told.value.path, told.value.reason) == (("transaction",), "ended")
        transaction.rollback()


def test_a_block_that_raises_rolls_back() -> None:
    store = MemoryStore()
    with suppress(ZeroDivisionError), store.begin() as transaction:
        store.bind(transaction).commit(request("r"), decision(("a", 0, Tally())))
        1 / 0  # noqa: B018
    assert not transaction.is_open
    assert store.keys(TALLY).members == ()


def test_a_store_takes_its_own_transactions_only() -> None:
    store = MemoryStore()
    with pytest.raises(InvalidType, match="transaction"):
        store.bind("transaction")
    with pytest.raises(InvalidValue, match="of this store"):
        store.bind(MemoryStore().begin())
    transaction = store.begin()
    bound = store.bind(transaction)
    assert bound.bind(transaction) is bound
    with pytest.raises(InvalidValue, match="within another"):
        bound.bind(store.begin())


def test_whoever_meets_an_open_transaction_is_refused_at_once() -> None:
    store = MemoryStore()
    first, second = store.begin(), store.begin()
    store.bind(first).commit(request("r"), decision(("a", 0, Tally())))
    for other in (store, store.bind(second)):
        with pytest.raises(InProgress):
            other.reply(request("r"))
        with pytest.raises(InProgress):
            other.commit(request("r"), decision(("b", 0, Tally())))
        with pytest.raises(VersionConflict):
            other.commit(request("s"), decision(("a", 0, Tally())))


def test_events_are_in_no_outbox_before_the_commit_not_even_in_their_own() -> None:
    store = MemoryStore()
    transaction = store.begin()
    bound = store.bind(transaction)
    bound.commit(request("r"), decision(("a", 0, Tally())))
    assert bound.outbox().members == store.outbox().members == ()
    transaction.commit()
    assert store.outbox().members == events("a", 0)


def test_a_conflict_tells_what_was_expected_and_found() -> None:
    store = MemoryStore()
    store.commit(request("r"), decision(("a", 0, Tally()), count=2))
    with pytest.raises(VersionConflict) as told:
        store.commit(request("s"), decision(("a", 1, Tally())))
    assert (told.value.of, told.value.expected, told.value.found) == (f"{TALLY} a", 1, 2)
    store.bind(store.begin()).commit(request("t"), decision(("a", 2, Tally())))
    with pytest.raises(VersionConflict) as told:
        store.commit(request("s"), decision(("a", 2, Tally())))
    assert told.value.found is None


def test_a_used_up_counter_tells_its_numbers() -> None:
    store = MemoryStore()
    store.commit(request("r"), decision(usage=(CounterChange(USES, 2, 3),)))
    with pytest.raises(UsageExceeded) as told:
        store.commit(request("s"), decision(usage=(CounterChange(USES, 2, 3),)))
    assert (told.value.counter, told.value.used, told.value.add, told.value.most) == (
        "uses summer",
        2,
        2,
        3,
    )


@pytest.mark.parametrize("cursor", ["x", "-1", "1" * 20, "1.0"])
def test_a_cursor_that_no_page_named_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidValue) as told:
        MemoryStore().outbox(after=cursor)
    assert told.value.path == ("after",)


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (lambda store: store.read(["order"]), ("asked", 0)),
        (lambda store: store.read("order"), ("asked",)),
        (lambda store: store.keys(""), ("kind",)),
        (lambda store: store.keys(TALLY, after=""), ("after",)),
        (lambda store: store.keys(TALLY, limit=True), ("limit",)),
        (lambda store: store.keys(TALLY, limit="5"), ("limit",)),
        (lambda store: store.outbox(limit=1001), ("limit",)),
        (lambda store: store.reply("r-1"), ("request",)),
        (lambda store: store.commit("r-1", decision()), ("request",)),
        (lambda store: store.commit(request("r"), Told(1)), ("decision",)),
        (lambda store: store.acknowledge([1]), ("events", 0)),
        (lambda store: store.forget(AT.replace(tzinfo=None)), ("before",)),
    ],
)
def test_what_a_verb_cannot_take_is_refused(ask: Any, path: tuple[str | int, ...]) -> None:
    with pytest.raises(InvalidInput) as told:
        ask(MemoryStore())
    assert told.value.path == path


# Values


@pytest.mark.parametrize(
    ("make", "error", "path"),
    [
        (lambda: Change(key("a"), 0, Scale()), InvalidValue, ("value",)),
        (lambda: Change(key("a"), 0, {"total": 1}), InvalidType, ("value",)),
        (lambda: Change(key("a"), -1, Tally()), InvalidValue, ("expected_version",)),
        (lambda: CounterChange(USES, 1, -1), InvalidValue, ("most",)),
        (lambda: CounterChange(USES, 1.0), InvalidType, ("add",)),
        (lambda: Found(key("a"), 1), InvalidValue, ("version",)),
        (lambda: Found(key("a"), 0, Tally()), InvalidValue, ("version",)),
        (lambda: Request("r-1", "0" * 63), InvalidValue, ("fingerprint",)),
        (lambda: Request("r-1", "G" * 64), InvalidValue, ("fingerprint",)),
        (lambda: Decision(reply=Tally(), at=AT), InvalidType, ("reply",)),
        (lambda: Decision(reply=Told(1), at=AT.replace(tzinfo=None)), InvalidValue, ("at",)),
        (lambda: decision(("a", 0, Tally()), count=0), InvalidValue, ("changes", 0)),
        (lambda: decision(("a", 0, Tally()), ("a", 0, Tally())), InvalidValue, ("changes",)),
        (lambda: decision(usage=(CounterChange(USES, 1),) * 2), InvalidValue, ("usage",)),
        (
            lambda: evolve(decision(("a", 0, Tally())), events=events("a", 1)),
            OutOfSequence,
            ("events", 0, "sequence"),
        ),
        (
            lambda: evolve(decision(("a", 0, Tally())), events=(*events("a", 0), *events("b", 0))),
            InvalidValue,
            ("events", 1, "aggregate"),
        ),
        (
            lambda: evolve(decision(("a", 0, Tally())), events=events("a", 0) * 2),
            InvalidValue,
            ("events",),
        ),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(
    make: Any, error: type[InvalidInput], path: tuple[str | int, ...]
) -> None:
    with pytest.raises(error) as told:
        make()
    assert told.value.path == path


def test_a_cursor_may_carry_more_than_an_id() -> None:
    assert Page([], "x" * 1000).next == "x" * 1000
    with pytest.raises(InvalidValue):
        Page([], "x" * 1001)


def test_what_was_not_read_is_not_guessed() -> None:
    got = Loaded([Found(key("a")), Found(key("b"), 1, Tally(1))], [Counted(USES, 3)])
    assert got.get(key("a"), Tally) is None
    for ask, error in (
        (lambda: got.value(key("a"), Tally), NotFound),
        (lambda: got.version(key("c")), NotFound),
        (lambda: got.used(Counter("uses", "winter")), NotFound),
        (lambda: got.value(key("b"), Scale), InvalidType),
        (lambda: got.used(key("b")), NotFound),
        (lambda: Loaded([Found(key("a"))] * 2), InvalidValue),
    ):
        with pytest.raises(error):
            ask()


def test_what_is_read_later_replaces_what_was_read_before() -> None:
    before = Loaded([Found(key("a")), Found(key("b"), 1, Tally(1))], [Counted(USES, 3)])
    after = before | Loaded([Found(key("a"), 2, Tally(2))], [Counted(USES, 4)])
    assert (after.version(key("a")), after.version(key("b")), after.used(USES)) == (2, 1, 4)
    assert (before.version(key("a")), before.used(USES)) == (0, 3)


def test_a_counter_never_tells_more_than_it_can() -> None:
    store = MemoryStore()
    store.commit(request("r"), decision(usage=(CounterChange(USES, MAX_USED),)))
    with pytest.raises(UsageExceeded):
        store.commit(request("s"), decision(usage=(CounterChange(USES, 1),)))


def test_a_request_knows_the_same_command_again() -> None:
    first, again = Request.of(Noted("a"), "r-1"), Request.of(Noted("b"), "r-1", but=["text"])
    assert first != again
    assert again == Request.of(Noted("c"), "r-1", but=["text"])


def test_an_aggregate_is_read_back_from_text_by_its_kind() -> None:
    assert read_aggregate(TALLY, dumps(Tally(3, "三"))) == Tally(3, "三")
    with pytest.raises(NotFound):
        read_aggregate("test_unheard_of", "{}")
    with pytest.raises(InvalidDocument):
        read_aggregate(TALLY, dumps(Scale(3)))


@pytest.mark.parametrize(
    "value",
    [
        decision(("a", 0, Tally(1)), usage=(CounterChange(USES, 1, 3),)),
        Loaded([Found(key("a"), 1, Tally(1))], [Counted(USES, 3)]),
        request("r-1"),
        VersionConflict("order o-1", 1, 2),
        CommitUnknown("r-1"),
        IdempotencyConflict("r-1"),
        InProgress("r-1"),
        UsageExceeded("uses summer", 1, 2, 3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_and_errors_survive_pickling_and_copying(value: Any) -> None:
    for twin in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
        assert (str(twin), repr(twin)) == (str(value), repr(value))
        assert isinstance(value, Exception) or twin == value
