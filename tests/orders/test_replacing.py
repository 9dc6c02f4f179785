"""Replacement orders: the order before with its units marked, and the order that replaces them."""

from __future__ import annotations

import pytest
from making import AT, DETAILS, HOME, SERVICES, counters, drafted, in_state, moved

from ordercore import Cart, PromotionBook, dumps, loads, price
from ordercore.errors import InvalidDocument, InvalidInput, InvalidType, InvalidValue
from ordercore.events import Event
from ordercore.orders import (
    LineUnits,
    Order,
    OrderDetails,
    OrderDrafted,
    OrderState,
    Origin,
    UnitsReplaced,
    apply,
    cancel,
    place,
    rebuild,
    replace_units,
)

DRAFT, PLACED, CONFIRMED, COMPLETED, CANCELLED = OrderState

FREE = price(Cart.of("CNY", [("shirt", "0.00", 1)]), PromotionBook("CNY", []), at=AT)


def replaced(order, units, what=FREE, **but):
    given = {"case": "r-1", "id": "o-2", "number": "SO2", **but}
    return replace_units(order, units, what, **given)


def faults_of(call):
    with pytest.raises(InvalidDocument) as caught:
        call()
    return [(fault.path, fault.reason) for fault in caught.value.faults]


def test_units_are_replaced_by_an_order_that_names_its_parent_and_case():
    (order, marked), (new, begun) = replaced(in_state(COMPLETED), {"1": 2, "2": 1})
    assert counters(order, "1")["replaced"] == 2
    assert marked == (UnitsReplaced("r-1", "o-2", [LineUnits("1", 2), LineUnits("2", 1)]),)
    assert (new.origin, new.parent, new.case) == (Origin.REPLACEMENT, "o-1", "r-1")
    assert (new.state, new.details, new.payable) == (DRAFT, DETAILS, FREE.payable)
    assert begun == (OrderDrafted(new),)
    assert place(new)[0].state is PLACED


def test_a_replacement_may_be_something_else_for_somebody_else():
    details = OrderDetails(delivery=HOME)
    cart = Cart.of("CNY", [("hat", "9.00", 1), ("visit", "0", 1)])
    _, (new, _) = replaced(
        in_state(COMPLETED), {"1": 1}, cart, details=details, services={"2": SERVICES["3"]}
    )
    assert (new.details, new.quote, new.line("2").service) == (details, None, SERVICES["3"])


@pytest.mark.parametrize("state", [PLACED, CONFIRMED, COMPLETED, CANCELLED])
def test_units_are_replaced_in_any_state_once_the_order_is_placed(state):
    order = in_state(state)
    if state in (PLACED, CONFIRMED):
        order = cancel(order, "broken", {"1": 1})[0]
    assert replaced(order, {"1": 1})[0][0].line("1").quantities.replaced == 1


def test_units_of_a_draft_are_not_replaced():
    with pytest.raises(InvalidDocument) as caught:
        replaced(drafted(), {"1": 1})
    assert [fault.reason for fault in caught.value.faults] == ["wrong_state"]


def test_a_unit_is_replaced_once_and_only_when_it_failed():
    order = moved(in_state(CONFIRMED), "allocate", "ship")
    order = moved(order, "lose", units={"1": 1})
    (order, _), _ = replaced(order, {"1": 1})
    for units in ({"1": 1}, {"2": 1}):
        (name,) = units
        expected = [(("units", name, "quantity"), "too_many_units")]
        assert faults_of(lambda units=units: replaced(order, units)) == expected


def test_everything_that_is_wrong_with_both_orders_is_told_at_once_and_nothing_is_done():
    order = in_state(COMPLETED)
    before = dumps(order)
    found = faults_of(
        lambda: replaced(order, {"1": 9, "8": 1}, id="o-1", services={"7": SERVICES["3"]})
    )
    assert found == [
        (("units", "1", "quantity"), "too_many_units"),
        (("units", "8"), "not_found"),
        (("services",), "not_found"),
    ]
    assert faults_of(lambda: replaced(order, {"1": 9}, id="o-1")) == [
        (("units", "1", "quantity"), "too_many_units"),
        (("parent",), "fields_disagree"),
    ]
    assert dumps(order) == before


@pytest.mark.parametrize("count", [0, -1, True, 1.0, "1", None])
def test_units_are_counted_in_whole_numbers(count):
    with pytest.raises(InvalidDocument):
        replaced(in_state(COMPLETED), {"1": count})


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda: replace_units(None, {"1": 1}, FREE, case="r", id="x", number="1"), InvalidType),
        (lambda: replaced(in_state(COMPLETED), {"1": 1}, what="shirt"), InvalidDocument),
        (lambda: replaced(in_state(COMPLETED), {}), InvalidDocument),
        (lambda: replaced(in_state(COMPLETED), {"1": 1}, case=""), InvalidDocument),
        (lambda: UnitsReplaced("r-1", "o-2", []), InvalidValue),
        (lambda: UnitsReplaced("", "o-2", [LineUnits("1", 1)]), InvalidInput),
    ],
)
def test_what_is_no_order_and_no_units_is_refused(call, kind):
    with pytest.raises(kind):
        call()


def test_both_are_what_their_events_come_to():
    order = in_state(COMPLETED)
    (after, marked), (new, begun) = replaced(order, {"1": 1})
    assert apply(order, loads(Event, dumps(marked[0]))) == after
    assert rebuild([loads(Event, dumps(event)) for event in begun]) == new
    assert loads(Order, dumps(new)) == new
