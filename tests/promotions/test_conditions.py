"""Conditions: when they hold, what they tell when they do not, and what they need."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, Money, PromotionBook, Shopper, price
from ordercore.calendars import Recurrence, Schedule, Window
from ordercore.cart import Context
from ordercore.errors import InvalidInput
from ordercore.pricing import Applied, NotEligible
from ordercore.promotions import (
    AmountOff,
    Category,
    ContextAttribute,
    DistinctProducts,
    During,
    HasCode,
    HoldsCoupon,
    LineAtLeast,
    OrderNumber,
    Promotion,
    Sku,
    Threshold,
)
from ordercore.testing.strategies import INSTANT

CART = Cart.of("CNY", [("a", "30.00", 2), ("b", "40.00", 1), ("a", "25.00", 1)])


def outcome(condition, cart=CART, **context):
    book = PromotionBook("CNY", [Promotion(id="p", when=condition, benefits=AmountOff("1"))])
    return price(cart, book, **{"at": INSTANT, **context}).outcome("p")


def holds(condition, **context):
    answer = outcome(condition, **context)
    assert isinstance(answer, Applied | NotEligible)
    return isinstance(answer, Applied)


# Amounts and counts


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Threshold("125"), True),
        (Threshold("125", above=True), False),
        (Threshold("124.99", above=True), True),
        (Threshold("0", above=True), True),
        (Threshold("0", target=Sku("c"), above=True), False),
        (~Threshold("125", above=True), True),
        (~Threshold("124.99", above=True), False),
        (Threshold(quantity=4), True),
        (Threshold(quantity=4, above=True), False),
        (Threshold(quantity=3, above=True), True),
        (Threshold(quantity=0, target=Sku("c"), above=True), False),
        (~Threshold(quantity=0, target=Sku("c"), above=True), True),
        (LineAtLeast("60"), True),
        (LineAtLeast("60.01"), False),
        (LineAtLeast(quantity=2), True),
        (LineAtLeast(quantity=3), False),
        (LineAtLeast(quantity=2, target=Sku("b")), False),
        (DistinctProducts(2), True),
        (DistinctProducts(3), False),
        (DistinctProducts(2, Sku("a")), False),
        (DistinctProducts(1, Sku("c")), False),
    ],
)
def test_amounts_and_counts_are_compared(condition, expected):
    assert holds(condition) is expected


@pytest.mark.parametrize(
    ("condition", "gap"),
    [
        (Threshold("125", above=True), Money.of("0.01", "CNY")),
        (Threshold("130", above=True), Money.of("5.01", "CNY")),
        (Threshold(quantity=4, above=True), 1),
        (LineAtLeast("60.50"), Money.of("0.50", "CNY")),
        (LineAtLeast(quantity=5), 3),
        (DistinctProducts(4), 2),
    ],
)
def test_what_is_missing_is_told_and_is_just_enough(condition, gap):
    assert outcome(condition).gap == gap


@given(st.integers(0, 20), st.integers(0, 20))
def test_at_most_is_the_opposite_of_above(paid, limit):
    cart = Cart.of("CNY", [("a", Money(paid, "CNY"), 1)])
    above = Threshold(Money(limit, "CNY"), above=True)
    benefit = Promotion(id="p", when=~above, benefits=AmountOff("1"))
    kind = price(cart, PromotionBook("CNY", [benefit]), at=INSTANT).outcome("p")
    assert isinstance(kind, NotEligible) is (paid > limit)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Threshold("0"),
        lambda: Threshold(quantity=0),
        lambda: Threshold("-1", above=True),
        lambda: Threshold(quantity=-1, above=True),
        lambda: Threshold("1", quantity=1),
        lambda: Threshold("1", above=1),
        LineAtLeast,
        lambda: LineAtLeast("1", quantity=1),
        lambda: LineAtLeast("0"),
        lambda: DistinctProducts(0),
        OrderNumber,
        lambda: OrderNumber(1, at_least=1),
        lambda: OrderNumber(at_least=3, at_most=2),
        lambda: OrderNumber(0),
        lambda: HasCode(()),
        lambda: HoldsCoupon(()),
        lambda: ContextAttribute("store", ()),
        lambda: During(Window()),
    ],
)
def test_conditions_that_make_no_sense_are_refused(make):
    with pytest.raises(InvalidInput):
        make()


# The shopper


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        (OrderNumber(2), {2}),
        (OrderNumber(at_least=2), {2, 3, 4}),
        (OrderNumber(at_most=2), {1, 2}),
        (OrderNumber(at_least=2, at_most=3), {2, 3}),
    ],
)
def test_orders_are_counted_and_nobody_unknown_has_any(condition, numbers):
    counted = {n for n in range(1, 5) if holds(condition, shopper=Shopper(orders_before=n - 1))}
    assert counted == numbers
    assert not holds(condition)


def test_who_has_ordered_too_often_misses_nothing_that_could_be_counted():
    assert outcome(OrderNumber(1), shopper=Shopper(orders_before=5)).gap is None


def test_a_coupon_is_held_by_kind():
    condition = HoldsCoupon(("ten-off", "twenty-off"))
    assert holds(condition, shopper=Shopper(coupons=["twenty-off", "other"]))
    assert not holds(condition, shopper=Shopper(coupons=["other"]))
    assert not holds(condition)


# Circumstances


def test_a_code_is_compared_exactly():
    assert holds(HasCode("VIP"), codes=["VIP"])
    assert not holds(HasCode("VIP"), codes=["vip"])
    assert holds(Threshold("1000") | HasCode("VIP"), codes=["VIP"])


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"store": "north"}, True),
        ({"store": "south"}, True),
        ({"store": "west"}, False),
        ({}, False),
    ],
)
def test_an_attribute_of_the_context_has_one_of_some_values(attributes, expected):
    condition = ContextAttribute("store", ("north", "south"))
    assert holds(condition, attributes=attributes) is expected


def test_a_condition_may_hold_during_a_window_only():
    window = Window(INSTANT, INSTANT + timedelta(hours=1))
    condition = During(Schedule(window))
    assert holds(condition)
    assert not holds(condition, at=INSTANT - timedelta(microseconds=1))
    assert not holds(condition, at=INSTANT + timedelta(hours=1))


def test_a_condition_may_recur():
    friday = Recurrence("FREQ=WEEKLY;BYDAY=FR", "Asia/Shanghai", time(18), time(22))
    condition = During(Schedule(recurrence=friday)) | Threshold("1000")
    assert holds(condition, at=datetime(2026, 11, 27, 13, 59, tzinfo=UTC))
    assert not holds(condition, at=datetime(2026, 11, 27, 14, tzinfo=UTC))


def test_a_schedule_that_is_not_open_is_what_is_missed():
    schedule = Schedule(Window(INSTANT + timedelta(days=1)))
    (miss,) = outcome(During(schedule)).misses
    assert miss.condition == schedule


# What the index may count on: without what a condition needs it cannot hold


NEEDING = [
    Threshold("0.01", target=Category("shoes"), above=True),
    Threshold("0", target=Sku("z"), above=True),
    Threshold(quantity=0, target=Sku("z"), above=True),
    LineAtLeast(quantity=1, target=Sku("z")),
    DistinctProducts(1, Sku("z")),
    HasCode(("VIP", "GOLD")),
    HoldsCoupon("ten-off"),
    ContextAttribute("store", "north"),
]


@pytest.mark.parametrize("condition", NEEDING, ids=repr)
def test_a_condition_cannot_hold_without_what_it_needs(condition):
    needs = condition.needs()
    assert needs
    bare = Context(INSTANT)
    for facet, values in needs:
        carried = CART.rows.facets.get(facet, {})
        assert values.isdisjoint(carried)
        assert values.isdisjoint(bare.carried(facet))
    assert not holds(condition)
    assert (~condition).needs() == ()
    assert holds(~condition)


def test_what_a_condition_needs_is_what_the_context_carries():
    context = Context(
        INSTANT,
        Shopper(coupons=["ten-off"]),
        ["VIP"],
        attributes={"store": "north"},
    )
    for condition in NEEDING[-3:]:
        ((facet, values),) = condition.needs()
        assert not values.isdisjoint(context.carried(facet))
