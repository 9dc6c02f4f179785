"""The quantity ledger of a line: what each move does, and what it refuses.

That the inequalities hold after any sequence of moves is a property; see `properties`.
"""

from __future__ import annotations

import attrs
import pytest

from ordercore.errors import InvalidDocument, InvalidType, InvalidValue, LimitExceeded
from ordercore.orders import FulfilmentStatus, Move, Quantities, ReturnStatus
from ordercore.orders import ledger as ledgers
from ordercore.orders.ledger import MOVES, cancel, freed, replace
from ordercore.orders.statuses import fulfilment_status, return_status

DELIVERED = {"ordered": 5, "shipped": 4, "delivered": 3}


@pytest.mark.parametrize(
    ("move", "before", "after"),
    [
        ("allocate", {}, {"allocated": 2}),
        ("deallocate", {"allocated": 3}, {"allocated": 1}),
        ("ship", {"allocated": 3}, {"allocated": 1, "shipped": 2}),
        ("deliver", {"shipped": 3}, {"shipped": 3, "delivered": 2}),
        ("lose", {"shipped": 3}, {"shipped": 3, "lost": 2}),
        ("refuse", {"shipped": 3}, {"shipped": 3, "refused": 2}),
        ("open_return", DELIVERED, {**DELIVERED, "return_open": 2}),
        ("close_return", {**DELIVERED, "return_open": 3}, {**DELIVERED, "return_open": 1}),
        (
            "receive_return",
            {**DELIVERED, "return_open": 3},
            {**DELIVERED, "return_open": 1, "returned": 2},
        ),
        ("restock", {**DELIVERED, "returned": 3}, {**DELIVERED, "returned": 3, "restocked": 2}),
        ("scrap", {**DELIVERED, "returned": 3}, {**DELIVERED, "returned": 3, "scrapped": 2}),
        ("refund", DELIVERED, {**DELIVERED, "refunded": 2}),
        ("undo_refund", {**DELIVERED, "refunded": 3}, {**DELIVERED, "refunded": 1}),
        ("replace", DELIVERED, {**DELIVERED, "replaced": 2}),
    ],
)
def test_a_move_of_two_units_changes_its_counters_and_no_other(move, before, after):
    ledger = Quantities(**{"ordered": 5, **before})
    assert getattr(ledgers, move)(ledger, 2) == Quantities(**{"ordered": 5, **after})


def test_units_that_were_replaced_may_count_as_refunded_instead_and_back_again():
    before = Quantities(**DELIVERED, replaced=2)
    after = ledgers.refund(before, 3, 2)
    assert after == Quantities(**DELIVERED, refunded=3)
    assert ledgers.undo_refund(after, 3, 2) == before
    with pytest.raises(InvalidValue, match="at most 2: units replaced"):
        ledgers.refund(before, 3, 3)


def test_every_move_is_in_the_table():
    assert {move: function.__name__ for move, function in MOVES.items()} == {m: m for m in Move}


@pytest.mark.parametrize(
    ("move", "before", "room"),
    [
        ("allocate", {"cancelled": 1, "allocated": 1, "shipped": 1}, 2),
        ("deallocate", {"allocated": 3}, 3),
        ("ship", {"allocated": 3}, 3),
        ("deliver", {"shipped": 5, "delivered": 1, "lost": 1, "refused": 1}, 2),
        ("lose", {"shipped": 5, "delivered": 1, "lost": 1, "refused": 1}, 2),
        ("refuse", {"shipped": 5, "delivered": 1, "lost": 1, "refused": 1}, 2),
        (
            "open_return",
            {"shipped": 5, "delivered": 3, "refused": 2, "return_open": 1, "returned": 2},
            2,
        ),
        ("close_return", {**DELIVERED, "return_open": 2}, 2),
        ("receive_return", {**DELIVERED, "return_open": 2}, 2),
        ("restock", {**DELIVERED, "returned": 3, "scrapped": 1}, 2),
        ("scrap", {**DELIVERED, "returned": 3, "restocked": 1}, 2),
        (
            "refund",
            {"cancelled": 1, "shipped": 4, "delivered": 1, "lost": 1, "refused": 1, "replaced": 2},
            2,
        ),
        (
            "replace",
            {"cancelled": 1, "shipped": 4, "delivered": 1, "lost": 1, "refused": 1, "refunded": 2},
            2,
        ),
    ],
)
def test_a_move_takes_all_the_units_there_are_and_not_one_more(move, before, room):
    ledger = Quantities(**{"ordered": 5, **before})
    make = getattr(ledgers, move)
    make(ledger, room)
    with pytest.raises(InvalidValue, match=f"at most {room}: units") as caught:
        make(ledger, room + 1)
    assert caught.value.reason == "too_many_units"
    assert caught.value.path == ("quantity",)
    assert ledger == Quantities(**{"ordered": 5, **before})


@pytest.mark.parametrize(
    ("before", "units", "allocated", "gives_free"),
    [
        ({}, 2, 0, 0),
        ({"allocated": 3}, 2, 3, 0),
        ({"allocated": 4}, 2, 3, 1),
        ({"allocated": 5}, 5, 0, 5),
        ({"allocated": 2, "shipped": 2}, 2, 1, 1),
    ],
)
def test_units_that_are_not_allocated_are_cancelled_first(before, units, allocated, gives_free):
    ledger = Quantities(ordered=5, **before)
    after = cancel(ledger, units)
    assert (after.cancelled, after.allocated) == (units, allocated)
    assert freed(ledger, units) == gives_free


def test_shipped_units_are_never_cancelled():
    ledger = Quantities(ordered=5, shipped=3)
    with pytest.raises(InvalidValue, match="at most 2"):
        cancel(ledger, 3)


@pytest.mark.parametrize("units", [0, -1])
@pytest.mark.parametrize("move", [cancel, replace, *MOVES.values()])
def test_a_move_is_of_at_least_one_unit(move, units):
    with pytest.raises(InvalidValue):
        move(Quantities(ordered=5), units)


@pytest.mark.parametrize("units", [True, 1.0, "1", None])
def test_units_are_integers(units):
    for move in (cancel, replace, *MOVES.values()):
        with pytest.raises(InvalidType):
            move(Quantities(ordered=5), units)


@pytest.mark.parametrize(
    ("counters", "places"),
    [
        ({"cancelled": 3, "shipped": 3}, ["cancelled"]),
        ({"cancelled": 2, "shipped": 2, "allocated": 2}, ["allocated"]),
        ({"shipped": 2, "delivered": 1, "lost": 1, "refused": 1}, ["delivered"]),
        ({**DELIVERED, "return_open": 2, "returned": 2}, ["return_open"]),
        ({**DELIVERED, "returned": 1, "restocked": 1, "scrapped": 1}, ["restocked"]),
        ({**DELIVERED, "refunded": 2, "replaced": 2}, ["refunded"]),
        (
            {"cancelled": 6, "allocated": 1, "lost": 1, "returned": 1, "scrapped": 2},
            ["cancelled", "allocated", "delivered", "return_open", "restocked"],
        ),
    ],
)
def test_every_law_that_counters_break_is_told_at_once(counters, places):
    with pytest.raises(InvalidDocument) as caught:
        Quantities(**{"ordered": 5, **counters})
    assert [fault.path for fault in caught.value.faults] == [(place,) for place in places]
    assert {fault.reason for fault in caught.value.faults} == {"broken_ledger"}


@pytest.mark.parametrize("name", [each.name for each in attrs.fields(Quantities)])
def test_a_counter_is_a_small_integer_and_never_negative(name):
    for given, kind in ((-1, InvalidValue), (True, InvalidType), (10**9 + 1, LimitExceeded)):
        with pytest.raises(kind) as caught:
            Quantities(**{"ordered": 5, name: given})
        assert caught.value.path == (name,)


@pytest.mark.parametrize(
    ("several", "status"),
    [
        ([], "none"),
        ([{"cancelled": 5}], "none"),
        ([{"allocated": 5}], "unshipped"),
        ([{"shipped": 1}], "partially_shipped"),
        ([{"shipped": 5, "delivered": 5}, {}], "partially_shipped"),
        ([{"shipped": 5, "delivered": 5}, {"cancelled": 5}], "delivered"),
        ([{"cancelled": 2, "shipped": 3}], "shipped"),
        ([{"shipped": 5, "delivered": 4}], "shipped"),
        ([{"shipped": 5, "delivered": 1, "lost": 3, "refused": 1}], "delivered"),
        ([{"shipped": 5, "lost": 5}], "lost"),
        ([{"shipped": 5, "lost": 1, "refused": 4}], "lost"),
        ([{"shipped": 5, "refused": 5}], "refused"),
    ],
)
def test_the_fulfilment_status_follows_from_quantities(several, status):
    ledgers = [Quantities(ordered=5, **each) for each in several]
    assert fulfilment_status(ledgers) is FulfilmentStatus(status)


ARRIVED = {"shipped": 5, "delivered": 4, "lost": 1}


@pytest.mark.parametrize(
    ("several", "status"),
    [
        ([], "none"),
        ([ARRIVED], "none"),
        ([{**ARRIVED, "return_open": 1}], "returning"),
        ([{**ARRIVED, "return_open": 1, "returned": 3}], "returning"),
        ([{**ARRIVED, "returned": 3}], "partially_returned"),
        ([{**ARRIVED, "returned": 4}], "returned"),
        ([{**ARRIVED, "returned": 4}, {}], "partially_returned"),
        ([{**ARRIVED, "returned": 4}, {"cancelled": 5}], "returned"),
        ([{"shipped": 5, "refused": 5, "returned": 5}], "returned"),
    ],
)
def test_the_return_status_is_told_apart_from_it(several, status):
    ledgers = [Quantities(ordered=5, **each) for each in several]
    assert return_status(ledgers) is ReturnStatus(status)
