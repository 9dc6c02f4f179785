"""Replacement orders: the order before with its units marked, and the order that replaces them."""

from __future__ import annotations

import pytest
from making import AT, DETAILS, HOME, SERVICES, counters, drafted, in_state, moved, paid

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
    Override,
    ReplacementCancelled,
    UnitsReplaced,
    apply,
    cancel,
    cancel_replacement,
    merge,
    place,
    proposed_refund,
    rebuild,
    replace_units,
    request_refund,
    split,
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


def test_a_replacement_says_which_units_it_replaces():
    _, (new, _) = replaced(in_state(COMPLETED), {"1": 2, "2": 1})
    assert new.replaces == (LineUnits("1", 2), LineUnits("2", 1))
    assert faults_of(lambda: drafted(replaces=[LineUnits("1", 1)])) == [
        (("replaces",), "fields_disagree")
    ]


def test_when_the_replacement_is_cancelled_the_units_may_be_refunded_or_replaced_anew():
    before = in_state(COMPLETED)
    (order, _), (new, _) = replaced(before, {"1": 2, "2": 1})
    after, events = cancel_replacement(order, cancel(new, "sold_out")[0])
    assert events == (ReplacementCancelled("o-2", [LineUnits("1", 2), LineUnits("2", 1)]),)
    assert after.lines == before.lines
    assert apply(order, loads(Event, dumps(events[0]))) == after
    (again, _), _ = replaced(after, {"1": 2}, id="o-3")
    assert again.line("1").quantities.replaced == 2


def test_units_that_were_refunded_meanwhile_are_not_given_back():
    order = paid(in_state(CONFIRMED))
    order = moved(order, "allocate", "ship", "deliver")
    (order, _), (new, _) = replaced(order, {"1": 2})
    parts = proposed_refund(order, {"1": 2}, even_replaced=True)
    assert parts.lines[0].replaced == 1
    override = Override("u-1", "goodwill")
    order = request_refund(order, parts, id="r-1", reason="x", override=override)[0]
    over = cancel(new, "sold_out")[0]
    after, (told,) = cancel_replacement(order, over)
    assert told.units == (LineUnits("1", 1),)
    assert (after.line("1").quantities.refunded, after.line("1").quantities.owed) == (2, 1)
    assert cancel_replacement(after, over) == (after, ())


def test_only_a_cancelled_replacement_gives_units_back():
    (order, _), (new, _) = replaced(in_state(COMPLETED), {"1": 1})
    for other, reason in ((new, "wrong_state"), (in_state(CANCELLED), "wrong_origin")):
        with pytest.raises(InvalidValue) as caught:
            cancel_replacement(order, other)
        assert caught.value.reason == reason
    with pytest.raises(InvalidType):
        cancel_replacement(order, None)


def test_a_part_that_is_split_off_a_replacement_replaces_nothing_by_itself():
    two = price(Cart.of("CNY", [("shirt", "0.00", 2)]), PromotionBook("CNY", []), at=AT)
    _, (new, _) = replaced(in_state(COMPLETED), {"1": 2}, two)
    (one, _), (other, _) = split(place(new)[0], {"1": 1}, id="o-3", number="SO3")
    assert (one.replaces, other.replaces) == ((LineUnits("1", 2),), ())
    (whole, _), (gone, _) = merge(other, one)
    assert (whole.replaces, gone.replaces) == ((LineUnits("1", 2),), ())


@pytest.mark.parametrize(
    "make", [lambda c: c, lambda c: price(c, PromotionBook("USD", []), at=AT)]
)
def test_a_replacement_is_in_the_currency_of_the_order(make):
    dollars = make(Cart.of("USD", [("shirt", "0.00", 1)]))
    found = faults_of(lambda: replaced(in_state(COMPLETED), {"1": 9}, dollars))
    assert found == [
        (("units", "1", "quantity"), "too_many_units"),
        (("what",), "currency_mismatch"),
    ]


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
