"""One level: what is there, what may be promised when, and what is never refused."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from laws_of_stock import AT
from stock_by_hand import START, hour

from ordercore import dumps, loads
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
)
from ordercore.events import Noted
from ordercore.stock import (
    Incoming,
    LevelOpened,
    LostPromise,
    LowStock,
    Preorder,
    Profile,
    PromisesLost,
    ReorderRule,
    Reservation,
    ReservationsExpired,
    StockCounted,
    StockLevel,
    StockPolicy,
    UnitsReleased,
    UnitsReserved,
    adjust,
    apply,
    cancel_incoming,
    change_policy,
    count,
    damage,
    expect,
    firm,
    late,
    level_id,
    low_stock,
    move_incoming,
    open_level,
    overdue,
    rebuild,
    receive,
    reserve_units,
    restock,
    scrap_damaged,
)

LATER = hour(30)


def mugs(on_hand=0, **fields) -> StockLevel:
    return StockLevel(sku="mug", site="east", on_hand=on_hand, **fields)


def coming(units: int, at: int, name: str = "") -> Incoming:
    return Incoming(id=name or f"i{at}", quantity=units, expected_at=hour(at))


def with_reserved(level, units, name="r", at=AT, **terms):
    terms = {"holder": "o-1", "command": f"c-{name}"} | terms
    return reserve_units(level, units, id=name, at=at, **terms)[0]


# What may be promised


@given(
    now=st.integers(-5, 9),
    changes=st.lists(st.tuples(st.integers(0, 30), st.integers(-5, 9)), max_size=8),
    at=st.integers(0, 30),
    due=st.integers(0, 31),
)
def test_a_profile_is_the_least_of_what_is_left_at_any_later_hour(now, changes, at, due):
    profile = Profile.of(now, [(hour(when), units) for when, units in changes], hour(at))
    left = {
        tau: now + sum(units for when, units in changes if max(when, at) <= tau)
        for tau in range(at, 32)
    }
    expected = min((n for tau, n in left.items() if tau >= due), default=None)
    assert profile.promisable(hour(due)) == (0 if due < at else expected)
    assert list(profile.units) == sorted(set(profile.units))


def test_units_due_later_are_missing_from_now_on():
    level = with_reserved(mugs(5, incoming=[coming(10, 20)]), 4, due=hour(15))
    assert [level.atp(hour(n), AT) for n in (10, 15, 19, 20)] == [1, 1, 1, 11]


def test_safety_stock_is_promised_to_nobody():
    level = mugs(5, policy=StockPolicy(safety=2))
    assert (level.available(AT), level.room(AT, AT)) == (3, 3)
    assert change_policy(level, StockPolicy(safety=9), at=AT)[0].available(AT) == 0


def test_damaged_units_are_not_on_hand():
    level, _ = damage(mugs(5), 2, at=AT)
    assert (level.on_hand, level.damaged, level.available(AT)) == (3, 2, 3)
    assert scrap_damaged(level, 2)[0].damaged == 0


def test_a_backorder_makes_room_and_is_not_available():
    level = mugs(1, policy=StockPolicy(backorder=3))
    assert (level.available(AT), level.room(AT, AT)) == (1, 4)
    owed = with_reserved(level, 4)
    assert (owed.atp(AT, AT), owed.available(AT), owed.room(AT, AT)) == (-3, 0, 0)


def test_a_preorder_makes_room_for_its_day():
    level = mugs(policy=StockPolicy(preorder=Preorder(3, LATER)))
    assert [level.room(due, AT) for due in (AT, LATER - timedelta(microseconds=1), LATER)] == [
        0,
        0,
        3,
    ]


def test_what_is_overdue_counts_for_nothing_until_it_has_another_date():
    level = mugs(incoming=[coming(5, 20)])
    assert level.room(LATER, hour(20)) == 5
    assert level.room(LATER, hour(21)) == 0
    assert move_incoming(level, "i20", hour(25))[0].room(LATER, hour(21)) == 5


def test_one_instant_is_the_same_in_all_zones():
    east = timezone(timedelta(hours=8))
    level = mugs(1, incoming=[Incoming(id="i", quantity=2, expected_at=START.astimezone(east))])
    assert level.room(START, START.astimezone(east)) == 3
    assert level.room(START - timedelta(seconds=1), START - timedelta(seconds=1)) == 1


# What comes and goes


def test_a_receipt_may_come_in_parts_and_bring_more_than_it_said():
    level = mugs(incoming=[coming(5, 20)])
    level, _ = receive(level, 2, incoming="i20")
    assert (level.on_hand, level.receipt("i20").quantity) == (2, 3)
    level, _ = receive(level, 4, incoming="i20")
    assert (level.on_hand, level.incoming) == (6, ())


def test_what_comes_back_is_for_sale_or_damaged():
    level, _ = restock(mugs(1), 2, holder="o-1")
    level, _ = restock(level, 3, holder="o-1", damaged=True)
    assert (level.on_hand, level.damaged) == (3, 3)


@pytest.mark.parametrize(
    ("act", "path"),
    [
        (lambda level: adjust(level, -4, "lost", at=AT), ("units",)),
        (lambda level: damage(level, 4, at=AT), ("units",)),
        (lambda level: scrap_damaged(level, 1), ("units",)),
    ],
)
def test_more_than_there_is_cannot_go(act, path):
    level = mugs(3)
    with pytest.raises(InvalidValue) as caught:
        act(level)
    assert (caught.value.path, caught.value.reason) == (path, "too_many_units")


@pytest.mark.parametrize(
    "act",
    [
        lambda level: receive(level, 1, incoming="i9"),
        lambda level: move_incoming(level, "i9", LATER),
        lambda level: cancel_incoming(level, "i9", at=AT),
    ],
)
def test_a_receipt_that_nobody_expects_is_not_found(act):
    with pytest.raises(NotFound):
        act(mugs(3))


def test_a_receipt_is_expected_once():
    with pytest.raises(InvalidDocument) as caught:
        expect(mugs(incoming=[coming(1, 20)]), coming(2, 20))
    assert [(f.path, f.reason) for f in caught.value.faults] == [
        (("incoming", 1, "id"), "duplicate_id")
    ]


# Truths that leave fewer units than are promised


def promised() -> StockLevel:
    """Three hours, three promises of 2 each; the second is firm."""
    level = mugs(6)
    for n in (1, 2, 3):
        level = with_reserved(level, 2, f"r{n}", at=hour(n))
    return firm(level, "r2", at=AT, command="c-9")[0]


@pytest.mark.parametrize(
    ("on_hand", "left"),
    [
        (6, (2, 2, 2)),
        (5, (2, 2, 1)),
        (4, (2, 2, 0)),
        (3, (1, 2, 0)),
        (1, (0, 1, 0)),
        (0, (0, 0, 0)),
    ],
)
def test_a_count_takes_from_the_newest_and_from_firm_ones_last(on_hand, left):
    level, events = count(promised(), on_hand, at=AT)
    assert tuple(each.outstanding for each in level.reservations) == left
    assert level.available(AT) == 0
    lost = [part for event in events if isinstance(event, PromisesLost) for part in event.lost]
    assert sum(part.units for part in lost) == 6 - on_hand
    assert isinstance(events[-1], StockCounted)


def test_who_loses_units_is_told_with_the_holder_and_the_line():
    level = evolve(
        promised(),
        reservations=[
            evolve(each, holder=f"o-{each.id}", line=None if each.id == "r3" else "1")
            for each in promised().reservations
        ],
    )
    after, events = count(level, 1, at=AT)
    (lost, counted) = events
    assert lost == PromisesLost(
        "mug",
        "east",
        [
            LostPromise(reservation="r3", holder="o-r3", units=2),
            LostPromise(reservation="r1", holder="o-r1", line="1", units=2),
            LostPromise(reservation="r2", holder="o-r2", line="1", units=1),
        ],
    )
    assert counted == StockCounted(1, 0)
    assert loads(PromisesLost, dumps(lost)) == lost
    assert apply(apply(level, lost), counted) == after


def test_what_was_lost_before_it_was_told_of_whom_is_still_replayed():
    opened = open_level(sku="mug", site="east", on_hand=2)[0]
    found = Reservation(id="r", holder="o-1", quantity=2, at=AT, due=AT)
    events = [LevelOpened(opened), UnitsReserved(found), UnitsReleased("r", 1, "not_covered")]
    assert rebuild(events).reservation("r").outstanding == 1


@pytest.mark.parametrize(
    ("lost", "error"),
    [
        ([], InvalidValue),
        ([("r1", 1), ("r1", 2)], InvalidValue),
        ([("r9", 1)], NotFound),
        ([("r1", 1), ("r3", 3)], InvalidValue),
    ],
)
def test_a_loss_that_does_not_fit_the_level_is_refused(lost, error):
    level = promised()
    with pytest.raises(error):
        apply(
            level,
            PromisesLost(
                "mug",
                "east",
                [LostPromise(reservation=name, holder="o", units=units) for name, units in lost],
            ),
        )


def test_all_that_a_level_remembers_may_be_lost_at_once():
    found = promised().reservation("r1")
    many = [evolve(found, id=f"r{i:05}", quantity=1, applied=()) for i in range(10_000)]
    level, events = count(evolve(mugs(10_000), reservations=many), 0, at=AT)
    assert level.kept == 0
    lost = next(event for event in events if isinstance(event, PromisesLost))
    assert len(loads(PromisesLost, dumps(lost)).lost) == 10_000


@pytest.mark.parametrize(
    "act",
    [
        lambda level: adjust(level, -2, "theft", at=AT),
        lambda level: damage(level, 2, at=AT),
        lambda level: count(level, 4, at=AT),
    ],
)
def test_whatever_is_lost_is_lost_to_the_newest(act):
    assert [each.outstanding for each in act(promised())[0].reservations] == [2, 2, 0]


def test_a_receipt_that_does_not_come_is_lost_to_the_newest():
    level = with_reserved(mugs(incoming=[coming(3, 20)]), 2, "r1", due=LATER)
    level, events = cancel_incoming(level, "i20", at=AT)
    assert [type(event).__name__ for event in events] == ["PromisesLost", "IncomingCancelled"]
    assert level.kept == 0


def test_a_lower_cap_takes_backorders_back():
    level = with_reserved(mugs(1, policy=StockPolicy(backorder=3)), 4)
    level, _ = change_policy(level, StockPolicy(backorder=1), at=AT)
    assert level.reservation("r").outstanding == 2


def test_what_has_expired_goes_before_anybody_loses_something():
    level = with_reserved(mugs(4), 2, "old", at=hour(1), expires_at=hour(5))
    level = with_reserved(level, 2, "new", at=hour(2))
    level, events = count(level, 2, at=AT)
    assert [type(event) for event in events] == [ReservationsExpired, StockCounted]
    assert level.reservation("new").outstanding == 2


def test_a_later_date_takes_nothing_from_anybody():
    level = with_reserved(mugs(incoming=[coming(3, 20)]), 2, due=hour(20))
    level, _ = move_incoming(level, "i20", hour(40))
    assert level.kept == 2
    (found,) = late([level], AT)
    assert (found.reservation.id, found.short, found.enough_from) == ("r", 2, hour(40))


# What somebody should look at


def test_low_stock_counts_what_is_on_its_way_and_what_is_promised():
    policy = StockPolicy(reorder=ReorderRule(point=5, target=20))
    level = mugs(6, policy=policy, incoming=[coming(2, 20)])
    assert low_stock([level], AT) == ()
    level = with_reserved(level, 3, expires_at=LATER)
    assert low_stock([level], AT) == (
        LowStock(sku="mug", site="east", position=5, point=5, order=15),
    )
    assert low_stock([level], LATER) == ()


def test_low_stock_comes_in_order_and_only_where_somebody_watches():
    watched = StockPolicy(reorder=ReorderRule(1, 1))
    levels = [
        StockLevel(sku="b", site="west", policy=watched),
        StockLevel(sku="b", site="east", policy=watched),
        StockLevel(sku="a", site="west", policy=watched),
        StockLevel(sku="a", site="east"),
    ]
    told = [(found.sku, found.site) for found in low_stock(levels, AT)]
    assert told == [("a", "west"), ("b", "east"), ("b", "west")]


def test_a_receipt_is_overdue_once_its_instant_has_passed():
    level = mugs(incoming=[coming(2, 20), coming(3, 21)])
    assert overdue([level], hour(20)) == ()
    assert [found.incoming.id for found in overdue([level], hour(21))] == ["i20"]


def test_units_go_to_what_is_due_first():
    level = mugs(3, policy=StockPolicy(backorder=9), incoming=[coming(2, 20)])
    for name, units, due in (("a", 2, 15), ("b", 2, 12), ("c", 2, 15)):
        level = with_reserved(level, units, name, due=hour(due))
    told = [(f.reservation.id, f.short, f.enough_from) for f in late([level], AT)]
    assert told == [("a", 1, hour(20)), ("c", 2, None)]


# Documents, events, faults


def full() -> StockLevel:
    policy = StockPolicy(
        safety=1, backorder=2, preorder=Preorder(3, LATER), reorder=ReorderRule(2, 9)
    )
    level = mugs(9, damaged=1, policy=policy, incoming=[coming(2, 20)])
    return with_reserved(level, 2, expires_at=LATER, renewable_until=LATER, line="1")


def test_a_level_is_its_json():
    assert loads(StockLevel, dumps(full())) == full()


def test_the_order_of_parts_means_nothing():
    level = with_reserved(with_reserved(full(), 1, "q"), 1, "s")
    level, _ = expect(level, coming(1, 12))
    other = evolve(level, reservations=level.reservations[::-1], incoming=level.incoming[::-1])
    assert other == level


def test_a_level_begins_with_its_opening():
    level, events = open_level(sku="mug", site="east", on_hand=3)
    assert rebuild(events) == level
    with pytest.raises(InvalidValue):
        apply(None, Noted("hello"))
    with pytest.raises(InvalidType):
        apply(level, LevelOpened(level))
    with pytest.raises(InvalidValue):
        rebuild([])
    with pytest.raises(InvalidValue):
        LevelOpened(evolve(level, version=2))
    assert apply(level, Noted("hello")) == evolve(level, version=2)


def test_all_that_breaks_a_law_is_told_at_once():
    one = with_reserved(mugs(2), 2).reservations[0]
    with pytest.raises(InvalidDocument) as caught:
        mugs(1, incoming=[coming(1, 20), coming(1, 20)], reservations=[one, one])
    assert [(fault.path, fault.reason) for fault in caught.value.faults] == [
        (("incoming", 1, "id"), "duplicate_id"),
        (("reservations", 1, "id"), "duplicate_id"),
        (("reservations",), "broken_ledger"),
    ]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"consumed": 2, "released": 1}, "broken_ledger"),
        ({"consumed": 2}, "wrong_state"),
        ({"state": "released"}, "wrong_state"),
        ({"state": "released", "consumed": 2}, "wrong_state"),
        ({"state": "consumed", "released": 2}, "wrong_state"),
        ({"renewable_until": LATER}, "fields_disagree"),
        ({"renewable_until": LATER, "expires_at": hour(31)}, "fields_disagree"),
    ],
)
def test_a_reservation_breaks_no_law_of_its_own(fields, reason):
    with pytest.raises(InvalidDocument) as caught:
        Reservation(**{"id": "r", "holder": "o", "quantity": 2, "at": AT, "due": AT} | fields)
    assert [fault.reason for fault in caught.value.faults] == [reason]


COUNTS = [True, 1.0, "1", None, -1, 10**9 + 1]


@pytest.mark.parametrize("units", COUNTS)
@pytest.mark.parametrize(
    "act",
    [
        receive,
        restock,
        lambda level, units: damage(level, units, at=AT),
        scrap_damaged,
        lambda level, units: count(level, units, at=AT),
        lambda level, units: count(level, 1, damaged=units, at=AT),
        lambda level, units: adjust(level, units if units != -1 else 0, "why", at=AT),
        lambda level, units: mugs(units),
        lambda level, units: mugs(damaged=units),
        lambda level, units: StockPolicy(safety=units),
        lambda level, units: StockPolicy(backorder=units),
        lambda level, units: Preorder(units, LATER),
        lambda level, units: ReorderRule(units, 10**9),
        lambda level, units: Incoming(id="i", quantity=units, expected_at=LATER),
    ],
)
def test_counts_of_units_are_integers_in_range(act, units):
    level = full()
    with pytest.raises((InvalidType, InvalidValue, LimitExceeded)) as caught:
        act(level, units)
    assert caught.value.path
    assert level == full()


@pytest.mark.parametrize("when", [datetime(2026, 11, 11), "2026-11-11", None, 5])
@pytest.mark.parametrize(
    "act",
    [
        lambda level, when: Incoming(id="i", quantity=1, expected_at=when),
        lambda level, when: Preorder(1, when),
        lambda level, when: move_incoming(level, "i20", when),
        lambda level, when: count(level, 1, at=when),
        lambda level, when: damage(level, 1, at=when),
        lambda level, when: adjust(level, 1, "found", at=when),
        lambda level, when: cancel_incoming(level, "i20", at=when),
        lambda level, when: change_policy(level, StockPolicy(), at=when),
    ],
)
def test_instants_are_datetimes_with_an_offset(act, when):
    with pytest.raises((InvalidType, InvalidValue)) as caught:
        act(full(), when)
    assert caught.value.path


def test_ids_are_printable():
    for fields in ({"sku": ""}, {"site": "a\nb"}, {"sku": "x" * 65}, {"site": 5}):
        with pytest.raises(InvalidInput):
            StockLevel(**{"sku": "mug", "site": "east"} | fields)


def test_no_two_levels_have_one_id():
    names = ["a", "b/a", "a/b", "a/b/a", "x" * 40, "x" * 63, "x" * 64]
    ids = {level_id(sku, site) for sku in names for site in names}
    assert len(ids) == len(names) ** 2
    assert all(len(each) <= 64 for each in ids)


def test_a_target_is_not_below_the_point():
    with pytest.raises(InvalidValue):
        ReorderRule(point=5, target=4)


def test_more_than_can_be_counted_is_refused():
    level = mugs(10**9)
    with pytest.raises(LimitExceeded):
        receive(level, 1)
    assert level.on_hand == 10**9
