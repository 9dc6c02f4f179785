"""Acts with one order, what stock does for them, and the shop in which all commands are run."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from attrs import evolve
from casebook import (
    AT,
    BACK,
    CASES,
    CONFIRMED,
    DELIVERED,
    PLACED,
    SHIPPED,
    SHOP,
    Case,
    check,
    doing,
    everything,
    placing,
    prepared,
    splitting,
)
from shelves import Shelves

from ordercore import PromotionBook, dumps, loads
from ordercore.errors import IllegalTransition, InvalidDocument, InvalidInput, NotFound
from ordercore.events import Command
from ordercore.lifecycle import Refused
from ordercore.orders import Order, OrderState
from ordercore.stock import Shortage
from ordercore.storage import (
    Counted,
    Counter,
    CounterChange,
    Key,
    Loaded,
    MemoryStore,
    Reply,
    Request,
)
from ordercore.workflows import (
    Complete,
    Confirm,
    Granted,
    Hold,
    InShop,
    MoveUnits,
    Purpose,
    Release,
    Remark,
    Shop,
    Short,
    StockTask,
    Wanted,
    run,
)
from ordercore.workflows.asking import granted_in_turn


def stored(store: MemoryStore) -> Order:
    key = Key("order", "o-1")
    return store.read([key]).value(key, Order)


def shirts(store: MemoryStore) -> tuple[int, dict[str, int]]:
    """Tell how many shirts there are, and how many are set aside for whom."""
    shelf = store._kept.aggregates[Key("test_shelf", "shirt")].value
    return shelf.on_hand, dict(shelf.reserved)


def does(store: MemoryStore, act: Any, key: str = "now") -> Any:
    return run(SHOP.does(doing(key, act)), store)


# What stock does


def test_a_unit_leaves_the_shelf_when_it_is_shipped_and_not_before() -> None:
    store = prepared(CONFIRMED)
    assert shirts(store) == (30, {"o-1": 3})
    does(store, MoveUnits("ship", {"1": 2}))
    assert shirts(store) == (28, {"o-1": 1})
    check(store)


def test_what_came_back_stands_on_the_shelf_again() -> None:
    store = prepared(BACK)
    assert shirts(store) == (27, {})
    does(store, MoveUnits("restock", {"1": 1}))
    assert shirts(store) == (28, {})


def test_what_was_given_free_may_be_gone() -> None:
    store = prepared([*PLACED, doing("free", MoveUnits("deallocate", {"1": 3}))])
    for i in range(9):
        run(SHOP.does(placing(f"p-{i}", f"x-{i}", new_price="accept")), store)
    shelf = Key("test_shelf", "shirt")
    found = store._kept.aggregates[shelf]
    store._kept.aggregates[shelf] = evolve(found, value=evolve(found.value, on_hand=28))
    before = everything(store)
    told = does(store, MoveUnits("allocate", {"1": 3}))
    assert [(each.wanted, each.available) for each in told] == [(3, 1)]
    assert everything(store) == before


def test_gifts_leave_when_the_order_is_completed() -> None:
    store = prepared(DELIVERED)
    gifts = Key("test_shelf", "tea-sampler")
    assert dict(store._kept.aggregates[gifts].value.reserved) == {"o-1": 1}
    does(store, Complete())
    shelf = store._kept.aggregates[gifts].value
    assert (shelf.on_hand, dict(shelf.reserved)) == (9, {})
    check(store)


def test_what_stock_does_not_have_is_not_shipped() -> None:
    """Somebody has taken the units off the shelf by hand."""
    store = prepared(CONFIRMED)
    shelf = Key("test_shelf", "shirt")
    found = store._kept.aggregates[shelf]
    store._kept.aggregates[shelf] = evolve(found, value=evolve(found.value, reserved={}))
    before = everything(store)
    told = does(store, MoveUnits("ship", {"1": 2}))
    assert [(each.line, each.available) for each in told] == [("1", 0)]
    assert everything(store) == before


# What is in the way


def test_a_guard_is_told_as_a_value() -> None:
    store = prepared(SHIPPED)
    before = everything(store)
    told = does(store, Complete())
    assert isinstance(told, Refused)
    assert [each.guard for each in told.unmet] == ["no_open_parcel", "services_accepted"]
    assert everything(store) == before


def test_who_may_not_confirm_is_told_so() -> None:
    command = evolve(doing("c", Confirm("on_account")), actor=placing().actor)
    told = run(SHOP.does(command), prepared(PLACED))
    assert told.only_by == ("staff", "system")


MISTAKES: list[tuple[Any, type[Exception]]] = [
    (doing("x", Hold("stock"), "o-9"), NotFound),
    (doing("x", Release("stock")), NotFound),
    (doing("x", MoveUnits("ship", {"1": 1})), InvalidInput),
    (doing("x", MoveUnits("deallocate", {"1": 4})), InvalidDocument),
    (doing("x", MoveUnits("deallocate", {"9": 1})), InvalidDocument),
    (doing("x", MoveUnits("allocate", {"1": 0})), InvalidDocument),
    (doing("x", Complete()), IllegalTransition),
]


@pytest.mark.parametrize(("command", "error"), MISTAKES)
def test_a_mistake_is_an_error_and_changes_nothing(command: Any, error: type[Exception]) -> None:
    store = prepared(PLACED)
    before = everything(store)
    with pytest.raises(error):
        run(SHOP.does(command), store)
    assert everything(store) == before


@pytest.mark.parametrize(
    "make",
    [
        lambda: Hold(""),
        lambda: Remark(" " * 2000),
        lambda: MoveUnits("fly", {"1": 1}),
        lambda: MoveUnits("ship", {"1": -1}),
        lambda: Confirm("whenever"),
        lambda: doing("k", "hold"),
        lambda: SHOP.does("hold"),
        lambda: Shop(book="summer"),
        lambda: StockTask(order="o", purpose="steal", wanted=[], at=AT, command="k"),
        lambda: Wanted(line="1", sku="shirt", quantity=0),
        lambda: Wanted(line="", sku="shirt", quantity=1),
    ],
)
def test_what_is_faulty_is_refused_at_birth(make: Any) -> None:
    with pytest.raises(InvalidInput):
        make()


# Data


cases = pytest.mark.parametrize("case", CASES, ids=str)


@cases
def test_every_command_and_reply_is_a_document_and_can_be_pickled(case: Case) -> None:
    reply = run(SHOP.does(case.command), case.store())
    assert loads(Command, dumps(case.command)) == case.command
    assert loads(Reply, dumps(reply)) == reply
    assert pickle.loads(pickle.dumps(case.command)) == case.command


@cases
def test_no_command_shows_who_orders(case: Case) -> None:
    assert "秘密" not in repr(case.command)
    assert "秘密" not in repr(SHOP.does(case.command))


@cases
def test_needs_refuse_nothing_whatever_is_there(case: Case) -> None:
    """They are asked before the key: what a command left must not be in its own way."""
    stores = [MemoryStore(), prepared([]), case.store(), prepared(DELIVERED)]
    for store in (*stores, prepared([*PLACED, splitting({"1": 1}, new_id="o-3")])):
        got = Loaded()
        while missing := [each for each in case.command.needs(got, SHOP) if each not in got]:
            got |= store.read(missing)
        assert case.command.order in got


# The shop


def test_the_same_command_is_the_same_in_another_shop() -> None:
    store = prepared(PLACED)
    other = Shop(book=PromotionBook("CNY", []))
    assert run(other.does(placing()), store).version == 3
    assert stored(store).state is OrderState.PLACED


def test_a_host_may_do_without_a_driver() -> None:
    store, use_case = prepared([]), SHOP.does(placing())
    assert isinstance(use_case, InShop)
    got = Loaded()
    while missing := [asked for asked in use_case.needs(got) if asked not in got]:
        got |= store.read(missing)
    command = use_case.command
    request = Request.of(command, command.key, but=command.incidental)
    reply = store.commit(request, use_case.decide(got))
    assert run(use_case, store) == reply


# One thing after the other


def ask(purpose: str, units: int, order: str = "o-1", to: str | None = None) -> StockTask:
    wanted = [Wanted(sku="shirt", quantity=units, line="1")]
    return StockTask(order=order, purpose=purpose, wanted=wanted, at=AT, command="k", to=to)


def test_each_sees_what_was_granted_before() -> None:
    store = prepared(PLACED)
    got = store.read([Key("test_shelf", "shirt")])
    answer = granted_in_turn(Shelves(), [ask("free", 3), ask("reserve", 30)], got)
    (happened,) = answer.happened
    assert (happened.version, len(happened.events)) == (2, 2)
    assert dict(happened.value.reserved) == {"o-1": 30}
    assert dict(answer.allocated) == {"1": 30}


def test_all_that_is_short_is_told() -> None:
    store = prepared(PLACED)
    got = store.read([Key("test_shelf", "shirt")])
    asked = [ask("reserve", 28), ask("free", 1), ask("reserve", 29, "o-2")]
    answer = granted_in_turn(Shelves(), asked, got)
    assert [(each.wanted, each.available) for each in answer.shortages] == [(28, 27), (29, 28)]


class Counting:
    """A stock that is a counter alone: how many are taken, of ten."""

    taken = Counter("taken", "shirt")

    def needs(self, task: StockTask, got: Loaded) -> list[Counter]:
        return [self.taken]

    def decide(self, task: StockTask, got: Loaded) -> Granted | tuple[Shortage, ...]:
        units = sum(each.quantity for each in task.wanted)
        add = units if task.purpose is Purpose.RESERVE else -units
        change = CounterChange(self.taken, add, most=10)
        if not change.follows(got.used(self.taken)):
            return tuple(each.short() for each in task.wanted)
        return Granted(usage=[change])


def test_counters_are_added_up_and_each_sees_those_before() -> None:
    got = Loaded(counters=[Counted(Counting.taken, 9)])
    answer = granted_in_turn(Counting(), [ask("free", 4), ask("reserve", 5)], got)
    assert answer.usage == (CounterChange(Counting.taken, 1, most=10),)
    assert isinstance(granted_in_turn(Counting(), [ask("reserve", 2)], got), Short)


def test_without_stock_everything_is_granted() -> None:
    assert granted_in_turn(None, [ask("reserve", 10**6)], Loaded()) == Granted()
