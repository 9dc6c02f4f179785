"""The store in memory: it keeps every clause, and does what a dumb model does.

- Each clause of the reference has a check here, and each check a clause.
- Whatever is committed, refused, rolled back or acknowledged in whatever order, the store shows
  what a model of plain dicts shows.
- What makes no sense is refused at birth, with its place.
"""

from __future__ import annotations

import copy
import pickle
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import clauses
import pytest
from attrs import define, evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tallies import AT, KIND, Scale, Tally, Told, decision, events, key, request

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
    Request,
    read_aggregate,
)

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "storage.md"
USES = Counter("uses", "summer")


@pytest.mark.parametrize("clause", clauses.CLAUSES, ids=str)
def test_the_store_in_memory_keeps_each_clause(clause: clauses.Clause) -> None:
    clause.check(MemoryStore())


def test_every_clause_of_the_reference_has_a_check() -> None:
    told = re.findall(r"^\| (C-\d\d) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert told == sorted({clause.number for clause in clauses.CLAUSES})


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
    assert clauses.names(store) == []


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


def test_a_conflict_tells_what_was_expected_and_found() -> None:
    store = MemoryStore()
    store.commit(request("r"), decision(("a", 0, Tally()), count=2))
    with pytest.raises(VersionConflict) as told:
        store.commit(request("s"), decision(("a", 1, Tally())))
    assert (told.value.of, told.value.expected, told.value.found) == (f"{KIND} a", 1, 2)
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
        (lambda store: store.keys(KIND, after=""), ("after",)),
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
    assert read_aggregate(KIND, dumps(Tally(3, "三"))) == Tally(3, "三")
    with pytest.raises(NotFound):
        read_aggregate("test_unheard_of", "{}")
    with pytest.raises(InvalidDocument):
        read_aggregate(KIND, dumps(Scale(3)))


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


# Against a dumb model


@define
class Model:
    """What a store shows, in plain dicts."""

    versions: dict[str, int]
    totals: dict[str, int]
    used: int
    replies: dict[str, tuple[int, int]]
    outbox: list[str]


LIMIT = 4


class Asked(NamedTuple):
    """What a commit is to do; ``off`` is how far its expected version is wrong."""

    under: str
    content: int
    name: str
    off: int
    count: int
    add: int

    def expected(self, model: Model) -> int:
        return max(0, model.versions.get(self.name, 0) + self.off)

    def told(self, model: Model, total: int) -> tuple[Request, Decision[Told]]:
        change = self.name, self.expected(model), Tally(total)
        usage = (CounterChange(USES, self.add, LIMIT),)
        decided = decision(change, count=self.count, total=total, usage=usage)
        return request(self.under, self.content), decided


class AsTheModelDoes(RuleBasedStateMachine):
    """One unit may be open at a time beside the store's own commits."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.kept = Model({}, {}, 0, {}, [])
        self.transaction: Any = None
        self.own = Model({}, {}, 0, {}, [])
        self.touched: set[str] = set()

    @precondition(lambda self: self.transaction is None)
    @rule()
    def begin(self) -> None:
        self.transaction = self.store.begin()
        self.own, self.touched = copy.deepcopy(self.kept), set()

    @precondition(lambda self: self.transaction is not None)
    @rule(by_commit=st.booleans())
    def end(self, *, by_commit: bool) -> None:
        if by_commit:
            self.transaction.commit()
            self.merge()
        else:
            self.transaction.rollback()
        self.transaction = None

    def merge(self) -> None:
        """Take over what the unit touched."""
        for name in self.touched & set("abc"):
            self.kept.versions[name] = self.own.versions[name]
            self.kept.totals[name] = self.own.totals[name]
        if "used" in self.touched:
            self.kept.used = self.own.used
        for name in self.touched & self.own.replies.keys():
            self.kept.replies[name] = self.own.replies[name]
        self.kept.outbox += [told for told in self.own.outbox if told in self.touched]

    @rule(
        bound=st.booleans(),
        asked=st.builds(
            Asked,
            st.sampled_from(["r-0", "r-1", "r-2", "r-3", "r-4"]),
            st.integers(0, 1),
            st.sampled_from("abc"),
            st.sampled_from([0, 0, 0, -1, 1]),
            st.integers(1, 2),
            st.integers(-2, 3),
        ),
    )
    def commit(self, *, bound: bool, asked: Asked) -> None:
        inside = bound and self.transaction is not None
        store = self.store.bind(self.transaction) if inside else self.store
        model = self.own if inside else self.kept
        closed = self.touched if self.transaction is not None and not inside else set()
        total = model.totals.get(asked.name, 0) + 1
        foretold = self.foretold(model, closed, asked, total)
        is_new = asked.under not in model.replies
        outcome: Any
        try:
            outcome = store.commit(*asked.told(model, total)).total
        except (VersionConflict, UsageExceeded, IdempotencyConflict, InProgress) as error:
            outcome = type(error)
        assert outcome == foretold
        if is_new and outcome == total:
            self.enter(asked, total, inside=inside)

    def foretold(self, model: Model, closed: set[str], asked: Asked, total: int) -> Any:
        if asked.under in closed:
            return InProgress
        if asked.under in model.replies:
            content, reply = model.replies[asked.under]
            return reply if content == asked.content else IdempotencyConflict
        before = model.versions.get(asked.name, 0)
        if closed & {asked.name, "used"} or asked.expected(model) != before:
            return VersionConflict
        after = model.used + asked.add
        return total if after >= 0 and (asked.add <= 0 or after <= LIMIT) else UsageExceeded

    def enter(self, asked: Asked, total: int, *, inside: bool) -> None:
        """Enter a commit: one outside is seen inside as well."""
        before = (self.own if inside else self.kept).versions.get(asked.name, 0)
        told = [each.id for each in events(asked.name, before, asked.count)]
        for model in [self.own] if inside else [self.kept, self.own]:
            model.versions[asked.name] = before + asked.count
            model.totals[asked.name] = total
            model.used += asked.add
            model.replies[asked.under] = asked.content, total
            model.outbox += told
        if inside:
            self.touched |= {asked.name, "used", asked.under, *told}

    @rule(position=st.integers(0, 5))
    def acknowledge(self, position: int) -> None:
        some = self.kept.outbox[position : position + 1]
        self.store.acknowledge(some)
        self.kept.outbox = [told for told in self.kept.outbox if told not in some]

    @invariant()
    def shows_the_same(self) -> None:
        self.compare(self.store, self.kept)
        if self.transaction is not None:
            self.compare(self.store.bind(self.transaction), self.own)
        assert [told.id for told in clauses.outbox(self.store)] == self.kept.outbox

    def compare(self, store: Any, model: Model) -> None:
        got = store.read([*map(key, "abc"), USES])
        assert {name: got.version(key(name)) for name in "abc"} == {
            name: model.versions.get(name, 0) for name in "abc"
        }
        for name, total in model.totals.items():
            assert got.value(key(name), Tally) == Tally(total)
        assert got.used(USES) == model.used
        assert clauses.names(store) == sorted(model.totals)


TestAsTheModelDoes = AsTheModelDoes.TestCase
