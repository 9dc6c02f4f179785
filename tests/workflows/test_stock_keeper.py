"""Goods kept as levels, asked by use cases: order and reservations are one commit.

- However commands come between each other, no unit is promised twice (R1), and at any time
  what is set aside is what orders have allocated (R2).
- Cancelling gives everything back.
- What has expired others may have; who is confirmed late gets the units exactly where they
  are free still, at whichever site (R11).
- Every use case is cut at every verb, as with any stock: nothing lost, nothing doubled.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
from attrs import evolve
from casebook import AT, CASES, STAFF, Case, cancelling, copied, everything, placing, splitting
from disturbing import Disturbed, interleaved, raise_at
from levels import (
    FULL,
    HOLD,
    KEEPER,
    KEEPING,
    PLAIN,
    buying,
    check_levels,
    levels_of,
    order_of,
    stocked,
    stocked_after,
)
from mixed import sweeping
from test_cuts import FAULTS, Crash

from ordercore.errors import (
    CommitUnknown,
    InProgress,
    InvalidDocument,
    InvalidInput,
    VersionConflict,
)
from ordercore.orders import OrderState
from ordercore.stock import ReservationState
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    Confirm,
    Count,
    MoveUnits,
    NotPlaced,
    Placed,
    StockKeeper,
    Updated,
    UpdateOrder,
    UpdateStock,
    run,
)

cases = pytest.mark.parametrize("case", CASES, ids=str)
LATE = AT + HOLD


def doing(key: str, act: Any, order_id: str, at: Any = AT) -> UpdateOrder:
    return UpdateOrder(key=key, order_id=order_id, at=at, act=act, actor=STAFF)


def confirming(number: int, at: Any = AT) -> UpdateOrder:
    return doing(f"c-{number}", Confirm("on_account"), f"o-{number}", at)


def told_short(answer: Any) -> list[tuple[str, str, int, int]]:
    shortages = answer.shortages if isinstance(answer, NotPlaced) else answer
    return [(each.line, each.sku, each.wanted, each.available) for each in shortages]


# Every use case


@cache
def begun(case: Case) -> MemoryStore:
    return stocked_after(case.before)


@cases
def test_every_use_case_may_be_cut_anywhere(case: Case) -> None:
    uncut = copied(begun(case))
    counting = Disturbed(uncut)
    reply = run(KEEPING.does(case.command), counting)
    check_levels(uncut)
    for number in range(1, len(counting.told) + 2):
        for fault in FAULTS:
            for when in ("before", "after"):
                kept = copied(begun(case))
                try:
                    run(
                        KEEPING.does(case.command),
                        Disturbed(kept, **{when: raise_at(fault, number)}),
                    )
                except (Crash, VersionConflict, CommitUnknown, InProgress) as error:
                    assert error is fault  # noqa: PT017
                assert everything(kept) in (everything(begun(case)), everything(uncut))
                assert run(KEEPING.does(case.command), kept) == reply
                assert everything(kept) == everything(uncut)


# Placing


def test_an_order_is_served_from_several_sites_until_it_is_confirmed() -> None:
    store = stocked()
    assert isinstance(run(PLAIN.does(buying(1, 5)), store), Placed)
    east, west = levels_of(store)
    assert [(e.quantity, e.expires_at) for e in east.held_for("o-1", "1")] == [(2, LATE)]
    assert [(e.quantity, e.expires_at) for e in west.held_for("o-1", "1")] == [(3, LATE)]
    assert order_of(store, "o-1").lines[0].quantities.allocated == 5
    assert isinstance(run(PLAIN.does(confirming(1)), store), Updated)
    assert [(level.firm, level.reserved(AT)) for level in levels_of(store)] == [(2, 0), (3, 0)]
    check_levels(store)


def test_everything_that_is_short_is_told_and_nothing_is_stored() -> None:
    store = stocked({("shirt", "east"): 1, ("shirt", "west"): 1})
    before = everything(store)
    told = run(KEEPING.does(placing()), store)
    assert told_short(told) == [
        ("1", "shirt", 3, 2),
        ("2", "scarf", 1, 0),
        ("gift-1", "tea-sampler", 1, 0),
    ]
    assert [each.reasons for each in told.shortages] == [
        ("too_few",),
        ("unknown_sku",),
        ("unknown_sku",),
    ]
    assert everything(store) == before


def test_cancelling_gives_everything_back() -> None:
    store = stocked()
    run(KEEPING.does(placing()), store)
    assert sum(level.kept for sku in ("shirt", "scarf") for level in levels_of(store, sku)) == 4
    assert sum(level.kept for level in levels_of(store, "tea-sampler")) == 1
    run(KEEPING.does(cancelling()), store)
    for sku, site in FULL:
        level = next(each for each in levels_of(store, sku) if each.site == site)
        assert (level.on_hand, level.kept, level.available(AT)) == (
            FULL[sku, site],
            0,
            level.on_hand,
        )
    check_levels(store)


def test_some_units_are_freed_the_newest_first() -> None:
    store = stocked()
    run(PLAIN.does(buying(1, 2)), store)
    run(PLAIN.does(doing("less", MoveUnits("deallocate", {"1": 1}), "o-1")), store)
    again = AT + timedelta(minutes=1)
    run(PLAIN.does(doing("more", MoveUnits("allocate", {"1": 1}), "o-1", again)), store)
    run(PLAIN.does(doing("less-again", MoveUnits("deallocate", {"1": 1}), "o-1", again)), store)
    held = [each for level in levels_of(store) for each in level.held_for("o-1")]
    assert [(each.at, each.outstanding) for each in held] == [(AT, 1)]
    check_levels(store)


def test_what_a_confirmed_order_gets_later_is_kept_for_good() -> None:
    store = stocked()
    run(PLAIN.does(buying(1, 2)), store)
    run(PLAIN.does(confirming(1)), store)
    run(PLAIN.does(doing("less", MoveUnits("deallocate", {"1": 2}), "o-1")), store)
    run(PLAIN.does(doing("more", MoveUnits("allocate", {"1": 2}), "o-1")), store)
    held = [each for level in levels_of(store) for each in level.held_for("o-1")]
    assert {(each.state, each.expires_at) for each in held} == {(ReservationState.FIRM, None)}


# Shipping, and coming back


def test_what_is_shipped_leaves_and_what_comes_back_is_there_again() -> None:
    keeper = evolve(KEEPER, returns_to="west")
    shop, store = evolve(PLAIN, stock=keeper), stocked({("shirt", "east"): 3})
    run(shop.does(buying(1, 3)), store)
    for i, act in enumerate(
        [
            Confirm("on_account"),
            MoveUnits("ship", {"1": 2}),
            MoveUnits("deliver", {"1": 2}),
            MoveUnits("open_return", {"1": 1}),
            MoveUnits("receive_return", {"1": 1}),
            MoveUnits("restock", {"1": 1}),
        ]
    ):
        assert isinstance(run(shop.does(doing(f"a-{i}", act, "o-1")), store), Updated)
    assert [(e.site, e.on_hand, e.firm, e.available(AT)) for e in levels_of(store)] == [
        ("east", 1, 1, 0),
        ("west", 1, 0, 1),
    ]
    check_levels(store)


def test_what_others_have_by_now_is_not_shipped() -> None:
    store = stocked({("shirt", "east"): 3})
    run(PLAIN.does(buying(1, 3)), store)
    run(PLAIN.does(buying(2, 2, at=LATE)), store)
    before = everything(store)
    told = run(PLAIN.does(confirming(1, LATE)), store)
    assert told_short(told) == [("1", "shirt", 3, 1)]
    assert everything(store) == before


# Late


@pytest.mark.parametrize(
    ("units", "others", "is_confirmed"),
    [
        ({("shirt", "east"): 3}, 0, True),
        ({("shirt", "east"): 3}, 1, False),
        ({("shirt", "east"): 4}, 1, True),
        ({("shirt", "east"): 3, ("shirt", "west"): 2}, 2, True),
        ({("shirt", "east"): 3, ("shirt", "west"): 2}, 3, False),
    ],
)
def test_who_is_confirmed_late_gets_what_is_free_still(
    units: Any, others: int, *, is_confirmed: bool
) -> None:
    store = stocked(units)
    run(PLAIN.does(buying(1, 3)), store)
    if others:
        assert isinstance(run(PLAIN.does(buying(2, others, at=LATE)), store), Placed)
    told = run(PLAIN.does(confirming(1, LATE)), store)
    assert isinstance(told, Updated) == is_confirmed
    assert sum(level.firm for level in levels_of(store)) == (3 if is_confirmed else 0)
    check_levels(store)


@pytest.mark.parametrize("seed", range(12))
def test_of_who_pays_late_and_who_comes_next_exactly_one_has_the_last_units(seed: int) -> None:
    store = stocked({("shirt", "east"): 2})
    run(PLAIN.does(buying(1, 2)), store)
    commands = [confirming(1, LATE), buying(2, 2, at=LATE)]
    told = interleaved([PLAIN.does(each) for each in commands], store, seed)
    assert [isinstance(told[0], Updated), isinstance(told[1], Placed)].count(True) == 1
    (level,) = levels_of(store)
    assert level.firm + level.reserved(LATE) == 2
    check_levels(store)


def counted(store: MemoryStore, on_hand: int, at: Any = LATE) -> None:
    act, key = Count(on_hand), f"count-{on_hand}"
    run(KEEPING.does(UpdateStock(key=key, sku="tea-sampler", site="west", act=act, at=at)), store)


def forgotten(store: MemoryStore) -> MemoryStore:
    """Sweep so that nobody remembers what had expired."""
    run(KEEPING.does(sweeping(store, forget_before=LATE)), store)
    assert not [each for each in levels_of(store, "tea-sampler") if each.reservations]
    return store


CONFIRMED_LATE = doing("pay", Confirm("on_account"), "o-1", LATE)


def test_gifts_that_were_forgotten_are_set_aside_anew_as_lines_are() -> None:
    store = forgotten(stocked_after([placing()]))
    assert isinstance(run(KEEPING.does(CONFIRMED_LATE), store), Updated)
    assert [(each.firm, each.kept) for each in levels_of(store, "tea-sampler")] == [(1, 1)]
    check_levels(store)


def test_gifts_that_were_lost_are_set_aside_anew_where_there_are_others() -> None:
    store = stocked_after([placing()])
    for units in (0, 5):
        counted(store, units, AT)
    told = run(KEEPING.does(doing("pay", Confirm("on_account"), "o-1", AT)), store)
    assert isinstance(told, Updated)
    assert [(each.firm, each.kept) for each in levels_of(store, "tea-sampler")] == [(1, 1)]


@pytest.mark.parametrize("step", [lambda store: None, forgotten], ids=["expired", "forgotten"])
def test_an_order_is_not_confirmed_without_the_gifts_that_it_was_promised(step: Any) -> None:
    store = stocked_after([placing()])
    step(store)
    counted(store, 0)
    before = everything(store)
    told = run(KEEPING.does(CONFIRMED_LATE), store)
    assert [(each.line, each.sku, each.missing) for each in told] == [("gift-1", "tea-sampler", 1)]
    assert everything(store) == before


def test_of_gifts_only_what_has_expired_is_set_aside_anew() -> None:
    store = stocked()
    run(KEEPING.does(placing()), store)
    run(KEEPING.does(doing("pay", Confirm("on_account"), "o-1", LATE)), store)
    assert [(each.firm, each.kept) for each in levels_of(store, "tea-sampler")] == [(1, 1)]
    check_levels(store)


def test_gifts_are_set_aside_once_however_an_order_was_split() -> None:
    store = stocked_after([placing(), splitting({"1": 1})])
    for order in ("o-1", "o-2"):
        told = run(KEEPING.does(doing(f"pay-{order}", Confirm("on_account"), order, LATE)), store)
        assert isinstance(told, Updated)
    assert [(each.firm, each.kept) for each in levels_of(store, "tea-sampler")] == [(1, 1)]
    check_levels(store)


# Many hands


@pytest.mark.parametrize("seed", range(6))
def test_no_unit_is_promised_twice(seed: int) -> None:
    store = stocked({("shirt", "east"): 7, ("shirt", "west"): 6})
    chance = Random(seed)
    wanted = [chance.randint(1, 3) for _ in range(16)]
    commands = [PLAIN.does(buying(i, units)) for i, units in enumerate(wanted)]
    told = interleaved(commands, store, seed)
    answers = list(zip(wanted, told, strict=True))
    placed = sum(units for units, each in answers if isinstance(each, Placed))
    assert sum(level.reserved(AT) for level in levels_of(store)) == placed <= 13
    left = 13 - placed
    for units, each in answers:
        if isinstance(each, NotPlaced):
            assert units > left
            assert each.shortages[0].available < units
    check_levels(store)


@pytest.mark.parametrize("seed", range(8))
def test_at_any_time_what_is_set_aside_is_what_orders_have_allocated(seed: int) -> None:
    chance, store, shipped = Random(seed), stocked({("shirt", "east"): 6, ("shirt", "west"): 5}), 0
    for step in range(60):
        at, number = AT + step * timedelta(minutes=2), chance.randint(1, 8)
        order = f"o-{number}"
        known = order in {key.id for key in store.keys("order").members}
        state = order_of(store, order).state if known else None
        units = order_of(store, order).lines[0].quantities if known else None
        if state is None:
            run(PLAIN.does(buying(number, chance.randint(1, 4), at=at)), store)
        elif state is OrderState.PLACED:
            act = chance.choice([confirming(number, at), cancelling(f"x-{step}", order, at=at)])
            run(PLAIN.does(evolve(act, key=f"k-{step}")), store)
        elif state is OrderState.CONFIRMED and units.allocated:
            some = chance.randint(1, units.allocated)
            move = MoveUnits(chance.choice(["ship", "deallocate"]), {"1": some})
            told = run(PLAIN.does(doing(f"k-{step}", move, order, at)), store)
            assert isinstance(told, Updated)
            shipped += some if move.move == "ship" else 0
        check_levels(store)
        levels = levels_of(store)
        assert sum(level.on_hand for level in levels) == 11 - shipped
        promised = sum(level.firm + level.reserved(at) for level in levels)
        assert promised + sum(level.available(at) for level in levels) == 11 - shipped


# What is faulty


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: StockKeeper(sites=()), InvalidInput),
        (lambda: StockKeeper(sites=("east", "east")), InvalidDocument),
        (lambda: StockKeeper(sites="east", returns_to="north"), InvalidDocument),
        (lambda: StockKeeper(sites="east", hold_for=timedelta(0)), InvalidInput),
    ],
)
def test_a_faulty_keeper_is_refused_at_birth(make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()
