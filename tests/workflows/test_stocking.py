"""The stock room: what comes in, is counted or hurt, each once, and who is told of it.

- Whatever is done, the level is what a book-keeper with a pencil has, and its events say so.
- The same command again changes nothing (the cuts go through it for every act).
- That the reorder point is reached is told when it is crossed, by whatever crosses it, once.
- That promised units are there which were missing is told of those, and of no others.
- Sweeping is book-keeping: nobody has more or less by it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve
from casebook import AT, copied, everything, told_of
from levels import order_of
from mixed import SHOP, VAN, buying, doing, level_of, stocked
from stock_cases import COMING, DAY, SHORT, SetAside, after, at_east, sweeping

from ordercore.errors import InvalidInput, InvalidValue, NotFound
from ordercore.notices import NoticeKind, notices_of
from ordercore.stock import (
    BackordersCovered,
    PromisesLate,
    PromisesLost,
    ReorderPointReached,
    ReorderRule,
    Reservation,
    ReservationsExpired,
    StockLevel,
    StockPolicy,
    noticed,
)
from ordercore.storage import Key, MemoryStore
from ordercore.workflows import (
    MAX_SWEPT,
    Adjust,
    CancelReceipt,
    ChangePolicy,
    Confirm,
    Count,
    Damage,
    Expect,
    MoveReceipt,
    OpenAgenda,
    Placed,
    Receive,
    Scrap,
    SweepStock,
    TakeBack,
    level_key,
    run,
)

MUG = level_key("mug", "east")


def did(*commands: Any, store: MemoryStore | None = None) -> MemoryStore:
    store = MemoryStore() if store is None else store
    for command in commands:
        run(SHOP.does(command), store)
    return store


def told(store: MemoryStore, *kinds: type) -> list[Any]:
    return [each.event for each in told_of(store, MUG) if isinstance(each.event, kinds)]


# What is there


Pencil = tuple[int, int, int]
"""Good units, damaged ones, and those that are to come."""


def choices(some: int, now: Pencil) -> list[tuple[Any, Pencil]]:
    """List what may be done with so many units, and what a pencil has then."""
    good, hurt, coming = now
    there, broken = min(some, good), min(some, hurt)
    found: list[tuple[Any, Pencil]] = [
        (Receive(some), (good + some, hurt, coming)),
        (Count(some, some // 2, "round"), (some, some // 2, coming)),
        (TakeBack(some), (good + some, hurt, coming)),
        (TakeBack(some, damaged=True), (good, hurt + some, coming)),
    ]
    if coming:
        found += [(Receive(some, "po-1"), (good + some, hurt, max(0, coming - some)))]
        found += [(CancelReceipt("po-1"), (good, hurt, 0))]
    else:
        found += [(Expect(COMING), (good, hurt, COMING.quantity))]
    if there:
        found += [(Adjust(-there, "theft"), (good - there, hurt, coming))]
        found += [(Damage(there, "water"), (good - there, hurt + there, coming))]
    if broken:
        found += [(Scrap(broken, "water"), (good, hurt - broken, coming))]
    return found


@pytest.mark.parametrize("seed", range(5))
def test_a_level_is_what_a_pencil_has(seed: int) -> None:
    chance, store, now = Random(seed), MemoryStore(), (0, 0, 0)
    for step in range(60):
        act, now = chance.choice(choices(chance.randint(1, 6), now))
        command = at_east(act, f"k-{step}")
        reply = run(SHOP.does(command), store)
        assert run(SHOP.does(command), store) == reply
        assert (reply.on_hand, reply.damaged, reply.available) == (now[0], now[1], now[0])
        level = level_of(store, "mug", "east")
        coming = sum(each.quantity for each in level.incoming)
        assert (level.on_hand, level.damaged, coming) == now
        assert reply.version == level.version == len(told_of(store, MUG))


def test_events_say_why() -> None:
    acts = [Receive(9), Count(8, 0, "yearly"), Damage(2, "water"), Scrap(1, "mould")]
    store = did(*after(*acts, Adjust(-1, "theft")))
    reasons = [getattr(each.event, "reason", "") for each in told_of(store, MUG)]
    assert reasons == ["", "", "yearly", "water", "mould", "theft"]


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (Damage(1), InvalidValue),
        (Scrap(1), InvalidValue),
        (Adjust(-1, "theft"), InvalidValue),
        (Receive(1, "po-9"), NotFound),
        (MoveReceipt("po-9", AT), NotFound),
        (CancelReceipt("po-9"), NotFound),
    ],
    ids=str,
)
def test_what_cannot_be_is_an_error_and_changes_nothing(act: Any, error: type[Exception]) -> None:
    store = MemoryStore()
    with pytest.raises(error):
        did(at_east(act), store=store)
    assert everything(store) == everything(MemoryStore())


@pytest.mark.parametrize(
    "act", [Receive(1, "po-9"), MoveReceipt("po-9", AT), CancelReceipt("po-9")], ids=str
)
def test_a_receipt_that_is_not_known_is_a_fault_at_its_place(act: Any) -> None:
    with pytest.raises(NotFound) as refused:
        did(at_east(act))
    assert (refused.value.path, refused.value.given) == (("incoming",), "po-9")


def test_a_site_that_the_keeper_does_not_know_is_refused() -> None:
    store = MemoryStore()
    with pytest.raises(InvalidValue) as refused:
        did(evolve(at_east(Receive(1)), site="esat"), store=store)
    assert (refused.value.path, refused.value.reason) == (("site",), "site_unknown")
    assert everything(store) == everything(MemoryStore())


@pytest.mark.parametrize(
    "make",
    [
        lambda: Receive(0),
        lambda: Receive(True),
        lambda: Count(-1),
        lambda: Adjust(1, ""),
        lambda: Damage(2.0),
        lambda: TakeBack(1, "c\n9"),
        lambda: MoveReceipt("po-1", AT.replace(tzinfo=None)),
        lambda: Expect("po-1"),
        lambda: ChangePolicy(None),
        lambda: at_east("receive"),
        lambda: SweepStock(key="s", aggregates=[], at=AT),
        lambda: SweepStock(key="s", aggregates=[MUG] * (MAX_SWEPT + 1), at=AT),
        lambda: SweepStock(key="s", aggregates=["stock_level east/mug"], at=AT),
        lambda: OpenAgenda(key="o", resource="van", at=AT),
    ],
)
def test_a_faulty_command_is_refused_at_birth(make: Any) -> None:
    with pytest.raises(InvalidInput):
        make()


def test_an_agenda_is_opened_once() -> None:
    store = did(OpenAgenda(key="open", resource=VAN, at=AT))
    with pytest.raises(InvalidValue, match="no agenda yet"):
        did(OpenAgenda(key="again", resource=VAN, at=AT), store=store)


def test_what_is_lost_is_lost_by_the_newest_and_by_firm_ones_last() -> None:
    store = stocked({("mug", "east"): 4}, team=())
    did(
        buying(1, mug=2),
        doing("ok", Confirm("on_account")),
        buying(2, mug=2, at=AT + DAY / 100),
        at_east(Damage(3, "fall"), "hurt", at=AT + DAY / 90),
        store=store,
    )
    level = level_of(store, "mug", "east")
    assert [each.outstanding for each in level.held_for("o-1")] == [1]
    assert not level.held_for("o-2")
    (gone,) = told(store, PromisesLost)
    assert [(each.holder, each.line, each.units) for each in gone.lost] == [
        ("o-2", "1", 2),
        ("o-1", "1", 1),
    ]


@pytest.mark.parametrize("act", [Count(1), Damage(3), Adjust(-3, "theft")], ids=str)
def test_who_buys_and_who_calls_customers_learn_which_orders_have_lost_units(act: Any) -> None:
    store = stocked({("mug", "east"): 4}, team=())
    did(buying(1, mug=2), doing("ok", Confirm("on_account")), buying(2, mug=2), store=store)
    outbox = store.outbox(limit=1000).members
    did(at_east(act, "loss"), store=store)
    new = store.outbox(limit=1000).members[len(outbox) :]
    notices = notices_of(new, order=[order_of(store, name) for name in ("o-1", "o-2")])
    (buy,) = [each for each in notices if each.audience == "purchasing"]
    assert {each.id: each.quantity for each in buy.units} == {"o-2": 2, "o-1": 1}
    named = [
        (subject.id, subject.name, [(each.id, each.quantity) for each in call.units])
        for call in notices
        if call.audience == "staff"
        for subject in call.subjects
        if subject.kind == "order"
    ]
    assert named == [("o-2", "SO2", [("1", 2)]), ("o-1", "SO1", [("1", 1)])]


# Who is told


RULE = ChangePolicy(StockPolicy(reorder=ReorderRule(point=3, target=10)))


@pytest.mark.parametrize(
    ("acts", "reached"),
    [
        ([RULE], [(0, 10)]),
        ([Receive(9), RULE], []),
        ([Receive(3), RULE], [(3, 7)]),
        ([Receive(9), RULE, Adjust(-5, "theft")], []),
        ([Receive(9), RULE, Adjust(-6, "theft")], [(3, 7)]),
        ([Receive(9), RULE, Adjust(-6, "theft"), Adjust(-2, "theft")], [(3, 7)]),
        (
            [Receive(9), RULE, Adjust(-6, "theft"), Receive(5), Damage(6)],
            [(3, 7), (2, 8)],
        ),
        ([Receive(9), RULE, Expect(COMING), Count(1)], []),
        ([Receive(9), RULE, Expect(COMING), Count(1), CancelReceipt("po-1")], [(1, 9)]),
        ([Receive(9), RULE, SetAside(7)], [(2, 8)]),
    ],
    ids=str,
)
def test_that_the_reorder_point_is_reached_is_told_once_when_it_is(
    acts: Any, reached: list[tuple[int, int]]
) -> None:
    store = did(*after(*acts))
    found = told(store, ReorderPointReached)
    assert [(each.position, each.order) for each in found] == reached


def test_an_order_that_reaches_the_reorder_point_tells_purchasing() -> None:
    store = stocked({("mug", "east"): 9}, team=())
    did(at_east(RULE, "rule"), store=store)
    outbox = store.outbox(limit=1000).members
    assert isinstance(run(SHOP.does(buying(1, mug=6)), store), Placed)
    new = store.outbox(limit=1000).members[len(outbox) :]
    order = order_of(store, "o-1")
    low = [each for each in notices_of(new, order=order) if each.audience == "purchasing"]
    assert [(each.kind.value, each.units[0].quantity) for each in low] == [("low_stock", 7)]
    assert "mug" in str(low[0].told("zh_CN"))


@pytest.mark.parametrize(
    ("acts", "covered"),
    [
        ([Receive(3)], []),
        ([Receive(4)], [("r-1",)]),
        ([Receive(3), Receive(3), Receive(3)], [("r-1",)]),
        ([Expect(COMING), Receive(9, "po-1")], [("r-1",)]),
        ([SetAside(2, id="r-2"), Receive(5)], [("r-1",)]),
        ([SetAside(2, id="r-2"), Receive(6)], [("r-1", "r-2")]),
        ([SetAside(2, id="r-2"), Receive(5), Receive(1)], [("r-1",), ("r-2",)]),
        (
            [SetAside(2, id="r-2", due=AT + 2 * DAY), Receive(4), Expect(COMING)],
            [("r-1",), ("r-2",)],
        ),
    ],
    ids=str,
)
def test_of_what_was_missing_it_is_told_when_it_is_there(
    acts: Any, covered: list[tuple[str, ...]]
) -> None:
    more = ChangePolicy(StockPolicy(backorder=9))
    store = did(*after(*SHORT, more, *acts))
    assert [each.reservations for each in told(store, BackordersCovered)] == covered
    whose = [
        [(each.reservation, each.holder, each.units > 0) for each in event.covered]
        for event in told(store, BackordersCovered)
    ]
    assert whose == [[(name, "c-1", True) for name in names] for names in covered]
    staff = [each for each in notices_of(told_of(store, MUG)) if each.audience == "staff"]
    kinds = [each.kind.value for each in staff]
    assert kinds.count("backorder_covered") == len(covered)


LONG = ChangePolicy(StockPolicy(backorder=99))
LATER, LATER_STILL = AT + 2 * DAY, AT + 9 * DAY
DUE = SetAside(4, due=AT + 3 * DAY)


@pytest.mark.parametrize(
    ("acts", "late"),
    [
        ([Expect(COMING), DUE], []),
        ([Expect(COMING), DUE, MoveReceipt("po-1", LATER)], []),
        ([Expect(COMING), DUE, MoveReceipt("po-1", LATER_STILL)], [(4, LATER_STILL)]),
        ([Expect(COMING), DUE, CancelReceipt("po-1")], [(4, None)]),
        ([SetAside(4), Expect(COMING)], []),
        ([Expect(COMING), SetAside(4), MoveReceipt("po-1", LATER)], [(4, LATER)]),
        (
            [Expect(COMING), SetAside(4), MoveReceipt("po-1", LATER), CancelReceipt("po-1")],
            [(4, LATER), (4, None)],
        ),
        ([Expect(COMING), SetAside(4), MoveReceipt("po-1", AT + DAY / 2)], []),
        ([Receive(6), SetAside(4), Count(1)], [(3, None)]),
        ([Receive(6), SetAside(4), Count(5)], []),
        ([Receive(2), SetAside(4), Count(1)], [(3, None)]),
    ],
    ids=str,
)
def test_whose_units_come_later_than_was_known_is_told(
    acts: Any, late: list[tuple[int, datetime | None]]
) -> None:
    store = did(*after(LONG, *acts))
    found = [each for event in told(store, PromisesLate) for each in event.late]
    assert [(each.short, each.enough_from) for each in found] == late
    assert {(each.reservation, each.holder, each.units) for each in found} <= {("r-1", "c-1", 4)}
    notices = notices_of(told_of(store, MUG))
    assert [each.kind.value for each in notices].count("promise_late") == 2 * len(late)


def test_who_has_just_reserved_knows_when_it_comes() -> None:
    before = StockLevel(sku="mug", site="east", on_hand=2, policy=StockPolicy(backorder=9))
    new = Reservation(id="r-1", holder="o-1", quantity=4, at=AT, due=AT)
    after_it = evolve(before, on_hand=1, reservations=[new])
    assert noticed(before, after_it, at=AT)[1] == ()


def test_a_receipt_that_is_moved_names_the_orders_that_wait_for_it() -> None:
    store = stocked({("mug", "east"): 1}, team=())
    did(at_east(LONG, "long"), at_east(Expect(COMING), "expect"), store=store)
    assert isinstance(run(SHOP.does(buying(1, mug=6)), store), Placed)
    did(at_east(MoveReceipt("po-1", LATER_STILL), "move"), store=store)
    happened, order = told_of(store, MUG), order_of(store, "o-1")
    told_to = [
        (each.audience, each.subjects[-1].title)
        for each in notices_of(happened, order=order)
        if each.kind is NoticeKind.PROMISE_LATE
    ]
    assert told_to == [("staff", order.number), ("customer", order.number)]


def test_what_is_given_free_is_not_told_as_covered() -> None:
    store = did(*after(*SHORT, Count(0)), store=MemoryStore())
    assert told(store, BackordersCovered) == []


# Sweeping


def test_sweeping_goes_through_levels_and_agendas_and_passes_others_over() -> None:
    store = did(*after(Receive(5), SetAside(2, AT + DAY / 2)))
    reply = run(SHOP.does(sweeping()), store)
    assert (reply.expired, reply.forgotten) == (1, 0)
    assert [each.reservations for each in told(store, ReservationsExpired)] == [("r-1",)]
    before = copied(store)
    reply = run(SHOP.does(sweeping("again")), store)
    assert (reply.expired, reply.forgotten) == (0, 0)
    assert everything(store)[0] == everything(before)[0]
    reply = run(SHOP.does(sweeping("forget", at=AT + DAY, forget_before=AT + DAY)), store)
    assert (reply.expired, reply.forgotten) == (0, 1)
    assert level_of(store, "mug", "east").reservations == ()


def test_swept_or_not_others_have_as_much() -> None:
    for ends in (timedelta(hours=1), timedelta(hours=3)):
        plain = did(*after(Receive(5), SetAside(2, AT + ends)))
        swept = copied(plain)
        run(SHOP.does(sweeping(at=AT + timedelta(hours=2))), swept)
        for hours in range(5):
            at = AT + timedelta(hours=hours)
            rooms = [level_of(store, "mug", "east").room(at, at) for store in (plain, swept)]
            assert rooms[0] == rooms[1] or hours < 2


def test_what_is_neither_a_level_nor_an_agenda_is_not_swept() -> None:
    with pytest.raises(InvalidValue) as refused:
        sweeping("s", MUG, Key("order", "o-1"))
    assert refused.value.path == ("aggregates", 1, "kind")
    assert refused.value.given == "order"
