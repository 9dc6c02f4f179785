"""Bills of materials: gross needs, netting, what can be made, and from when on.

Laws:
    - F18: gross needs are linear: those of two baskets add up, those of n baskets are n times
      those of one.
    - F19: what can be made at most can be made, and one more cannot; whichever way is tried.
    - F20: what several assemblies or several lines share is taken, rounded and made once.
    - Netting takes, makes and misses what fetching each unit by hand does.
    - Nothing is short where there is any way in which nothing is.
    - The order of parts, components, lines and mappings means nothing.
    - What can be promised earliest is in time, and a moment earlier is not.
"""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from bills import SKUS, books, can_be_served, stocks, unit_by_unit
from hypothesis import given
from hypothesis import strategies as st

from ordercore.calendars import WorkingHours, WorkingTime
from ordercore.data import dumps, loads
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
)
from ordercore.stock.materials import (
    MAX_BILL_LEVELS,
    UNITS,
    Bill,
    BillBook,
    Capacity,
    Component,
    Lot,
    Material,
    MaterialPlan,
    Part,
    PartPlan,
    Receipt,
    Unit,
    Wanted,
    earliest,
    explode,
    is_producible,
    max_producible,
    net,
)
from ordercore.stock.materials.programs import Program

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)

baskets = st.lists(st.tuples(st.sampled_from(SKUS[:2]), st.integers(1, 3)), min_size=1, max_size=3)


def sofa_book(**changes: object) -> BillBook:
    """A sofa of a frame and fabric; the frame is of wood and screws."""
    sofa = Bill([Component("frame", 1), Component("fabric", "12.5", "m", scrap="0.04")])
    frame = Bill([Component("wood", "7.5", "m"), Component("screw", 24)])
    return BillBook(
        [
            Part("sofa", sofa, lead_time=3 * DAY),
            Part("frame", frame, lead_time=2 * DAY),
            Part("fabric", unit="cm", lead_time=10 * DAY),
            Part("wood", unit="cm", lead_time=7 * DAY),
            Part("screw", lot=Lot(100, 100)),
        ],
        **changes,
    )


def told(plan: MaterialPlan) -> dict[str, tuple[int, int, int, int]]:
    """What is needed, taken, made and short of each part."""
    return {part.sku: (part.needed, part.taken, part.made, part.short) for part in plan.parts}


# F18


@given(books(), baskets, baskets)
def test_f18_gross_needs_of_two_baskets_add_up(book, one, other):
    both = explode(book, [*one, *other])
    apart = explode(book, one), explode(book, other)
    assert both == {
        sku: sum((needs.get(sku, Fraction()) for needs in apart), Fraction()) for sku in both
    }


@given(books(choices=True), st.integers(1, 10**6))
def test_f18_gross_needs_are_in_proportion(book, times):
    once = explode(book, {"a": 1})
    assert explode(book, {"a": times}) == {sku: times * need for sku, need in once.items()}


def test_gross_needs_are_exact_in_the_unit_of_the_stock_and_with_scrap():
    needs = explode(sofa_book(), {"sofa": 2})
    assert dict(needs) == {
        "sofa": 2,
        "fabric": 2 * 1300,
        "frame": 2,
        "screw": 48,
        "wood": 2 * 750,
    }
    assert next(iter(needs)) == "sofa"


@pytest.mark.parametrize(
    ("quantity", "unit", "stocked", "need"),
    [
        ("12.5", "m", "cm", 1250),
        (30, "cm", "m", Fraction(3, 10)),
        (30, "cm", "mm", 300),
        (2, "dozen", "piece", 24),
        (6, "piece", "dozen", Fraction(1, 2)),
        (1, "dozen", "pair", 6),
        ("0.5", "l", "ml", 500),
        ("1/8", "m3", "l", 125),
        (250, "g", "t", Fraction(1, 4000)),
        (7, None, "kg", 7),
    ],
)
def test_a_quantity_is_turned_into_the_unit_of_the_stock(quantity, unit, stocked, need):
    book = BillBook([Part("x", Bill(Component("y", quantity, unit))), Part("y", unit=stocked)])
    assert explode(book, {"x": 1})["y"] == need
    assert net(book, {"x": 3}, {}).part("y").short == ceil(3 * need)


# F19


@given(books(choices=True), stocks(5))
def test_f19_what_can_be_made_at_most_can_be_made_and_one_more_cannot(book, stock):
    most = max_producible(book, "a", stock)
    there = {sku: units for sku, units in stock.items() if sku != "a"}
    assert most.is_proven
    assert most.units == 0 or is_producible(book, {"a": most.units}, there)
    assert not is_producible(book, {"a": most.units + 1}, there)


@given(books(choices=True), stocks(4), st.integers(1, 3))
def test_f19_no_way_that_is_tried_by_hand_makes_more(book, stock, units):
    there = {sku: count for sku, count in stock.items() if sku != "a"}
    most = max_producible(book, "a", stock, limit=units)
    assert (most.units == units) == can_be_served(book, {"a": units}, there)


@given(books(), stocks(30))
def test_f19_without_choices_every_fewer_can_be_made(book, stock):
    most = max_producible(book, "a", stock, limit=8)
    there = {sku: count for sku, count in stock.items() if sku != "a"}
    can = [can_be_served(book, {"a": units}, there) for units in range(1, 9)]
    assert can == [units <= most.units for units in range(1, 9)]


@pytest.mark.parametrize(
    ("stock", "units", "limited_by"),
    [
        ({}, 0, ("fabric", "screw", "wood")),
        ({"frame": 2, "fabric": 5000}, 2, ("screw", "wood")),
        ({"frame": 2, "fabric": 2599}, 1, ("fabric",)),
        ({"frame": 1, "fabric": 10**6, "wood": 749, "screw": 24}, 1, ("wood",)),
        ({"frame": 1, "fabric": 10**6, "wood": 750, "screw": 24}, 2, ("screw", "wood")),
        ({"sofa": 9, "frame": 1, "fabric": 1300}, 1, ("fabric", "screw", "wood")),
    ],
)
def test_what_is_made_at_most_is_bound_by_the_scarcest_part(stock, units, limited_by):
    most = max_producible(sofa_book(), "sofa", stock)
    assert (most.units, most.at_most, most.limited_by) == (units, units, limited_by)


def test_lots_are_made_whole_or_not_at_all():
    book = BillBook([Part("cake", Bill(Component("egg", 3)), lot=Lot(4, 2)), Part("egg")])
    found = [max_producible(book, "cake", {"egg": eggs}).units for eggs in (11, 12, 17, 18)]
    assert found == [0, 4, 4, 6]


def test_no_more_than_the_limit_is_asked_for():
    book = BillBook([Part("x", Bill(Component("y", "0.001"))), Part("y")])
    most = max_producible(book, "x", {"y": 10**9})
    assert (most.units, most.limited_by) == (10**9, ())


# F20


def shared_book() -> BillBook:
    """A table of a top and a base that both need bolts; the bug of two systems was here."""
    return BillBook(
        [
            Part("table", Bill([Component("top", 1), Component("base", 1)])),
            Part("top", Bill(Component("bolt", 1))),
            Part("base", Bill(Component("bolt", 1))),
            Part("bolt"),
        ]
    )


def net_by_assembly(book, basket, stock):
    """Planted: each assembly is netted for itself against the whole stock (erpnext#47942)."""
    short: dict[str, int] = {}
    for sku, units in basket:
        for part in net(book, [(sku, units)], stock).made:
            for component in book.part(part.sku).bills[0].components:
                need = ceil(part.made * component.taken) - stock.get(component.sku, 0)
                if need > 0 and not book.part(component.sku).is_made:
                    short[component.sku] = short.get(component.sku, 0) + need
    return short


def net_first_parent(book, basket, stock):
    """Planted: of the needs of a part, only the first assembly's counts (erpnext#37785)."""
    short: dict[str, int] = {}
    for sku, units in basket:
        for part in net(book, [(sku, units)], stock).made:
            for component in book.part(part.sku).bills[0].components:
                if not book.part(component.sku).is_made:
                    need = ceil(part.made * component.taken) - stock.get(component.sku, 0)
                    short.setdefault(component.sku, max(0, need))
    return {sku: units for sku, units in short.items() if units}


def net_by_line(book, basket, stock):
    """Planted: each line is netted for itself against the whole stock."""
    short: dict[str, int] = {}
    for line in basket:
        for part in net(book, [line], stock).short:
            short[part.sku] = short.get(part.sku, 0) + part.short
    return short


def ours(book, basket, stock):
    return {part.sku: part.short for part in net(book, basket, stock).short}


def shared_once(netting) -> bool:
    """Whether a way of netting agrees with fetching unit by unit where parts are shared."""
    book = shared_book()
    cases = [
        ([("table", 1)], {}),
        ([("table", 1)], {"bolt": 1}),
        ([("table", 3)], {"bolt": 2, "top": 1}),
        ([("table", 1), ("table", 1)], {"bolt": 2}),
        ([("table", 1), ("top", 2)], {"bolt": 3, "table": 1}),
        ([("top", 2), ("base", 2)], {"bolt": 1, "top": 1}),
    ]
    return all(
        netting(book, basket, stock) == unit_by_unit(book, basket, stock)["short"]
        for basket, stock in cases
    )


def test_f20_what_is_shared_is_netted_once():
    assert shared_once(ours)


@pytest.mark.parametrize("planted", [net_by_assembly, net_first_parent, net_by_line])
def test_f20_a_planted_bug_is_noticed(planted):
    assert not shared_once(planted)


@given(books(), baskets, stocks())
def test_f20_two_lines_of_a_product_are_one_of_both(book, basket, stock):
    sums: dict[str, int] = {}
    for sku, units in basket:
        sums[sku] = sums.get(sku, 0) + units
    assert net(book, basket, stock) == net(book, sums, stock)


def test_f20_what_is_shared_is_rounded_up_and_made_in_lots_once():
    book = BillBook(
        [
            Part("a", Bill(Component("glue", "1/3"))),
            Part("b", Bill(Component("glue", "1/3"))),
            Part("glue", Bill(Component("resin", "0.5")), lot=Lot(10, 10)),
            Part("resin"),
        ]
    )
    plan = net(book, {"a": 1, "b": 1}, {})
    assert told(plan)["glue"] == (1, 0, 10, 0)
    assert told(plan)["resin"] == (5, 0, 0, 5)
    assert [(need.parent, need.quantity) for need in plan.part("glue").needs] == [
        ("a", Fraction(1, 3)),
        ("b", Fraction(1, 3)),
    ]


# Netting


@given(books(plain=True), baskets, stocks(6))
def test_netting_is_what_fetching_unit_by_unit_comes_to(book, basket, stock):
    plan, by_hand = net(book, basket, stock), unit_by_unit(book, basket, stock)
    assert {part.sku: part.taken for part in plan.taken} == by_hand["taken"]
    assert {part.sku: part.made for part in plan.made} == by_hand["made"]
    assert {part.sku: part.short for part in plan.short} == by_hand["short"]


@given(books(choices=True), st.integers(1, 3), stocks(6))
def test_nothing_is_short_where_any_way_has_nothing_short(book, units, stock):
    plan = net(book, {"a": units}, stock)
    assert plan.is_proven
    assert plan.ok == can_be_served(book, {"a": units}, stock)


@given(books(choices=True), baskets, stocks(), st.data())
def test_the_order_of_anything_means_nothing(book, basket, stock, data):
    parts = [
        Part(
            part.sku,
            [Bill(data.draw(st.permutations(bill.components)), bill.name) for bill in part.bills],
            lot=part.lot,
        )
        for part in data.draw(st.permutations(book.parts))
    ]
    turned = dict(data.draw(st.permutations([*stock.items()])))
    lines = data.draw(st.permutations(basket))
    other = BillBook(parts)
    assert net(other, lines, turned) == net(book, basket, stock)
    assert max_producible(other, "a", turned) == max_producible(book, "a", stock)


@given(books(), baskets, stocks())
def test_what_is_planned_covers_what_is_needed_and_no_stock_twice(book, basket, stock):
    plan = net(book, basket, stock)
    for part in plan.parts:
        assert part.taken <= stock.get(part.sku, 0)
        assert part.needed == ceil(sum(need.quantity for need in part.needs))
        assert part.surplus == 0 or book.part(part.sku).lot != Lot()
        assert part.made == sum(run.units for run in part.runs)


def test_stock_is_taken_at_the_highest_level_where_there_is_some():
    stock = {"sofa": 1, "frame": 1, "fabric": 2000, "wood": 1000, "screw": 30}
    plan = net(sofa_book(), {"sofa": 4}, stock)
    assert told(plan) == {
        "sofa": (4, 1, 3, 0),
        "fabric": (3900, 2000, 0, 1900),
        "frame": (3, 1, 2, 0),
        "screw": (48, 30, 0, 18),
        "wood": (1500, 1000, 0, 500),
    }
    assert [part.level for part in plan.parts] == [0, 1, 1, 2, 2]
    assert not plan.ok


def test_substitutes_stand_in_in_their_order_for_some_of_the_units():
    leg = Component("oak", 4, substitutes=[Material("ash", 4), Material("pine", 5)])
    book = BillBook([Part("chair", Bill(leg)), Part("oak"), Part("ash"), Part("pine")])
    plan = net(book, {"chair": 6}, {"oak": 11, "ash": 9, "pine": 10})
    assert told(plan) == {
        "chair": (6, 0, 6, 0),
        "ash": (8, 8, 0, 0),
        "oak": (8, 8, 0, 0),
        "pine": (10, 10, 0, 0),
    }
    short = net(book, {"chair": 7}, {"oak": 11, "ash": 9, "pine": 10})
    assert told(short)["oak"] == (12, 11, 0, 1)
    assert short.is_proven


def test_another_bill_makes_what_the_first_cannot():
    book = BillBook(
        [
            Part("lamp", [Bill(Component("led", 1), "led"), Bill(Component("bulb", 2), "bulb")]),
            Part("led"),
            Part("bulb"),
        ]
    )
    plan = net(book, {"lamp": 5}, {"led": 3, "bulb": 4})
    assert [(run.bill, run.units) for run in plan.part("lamp").runs] == [("led", 3), ("bulb", 2)]
    assert plan.ok


def test_a_preference_gives_way_where_others_have_no_choice():
    book = BillBook(
        [
            Part("box", Bill([Component("lid", 1), Component("tray", 1)])),
            Part("lid", Bill(Component("tin", 1, substitutes=Material("card", 1)))),
            Part("tray", Bill(Component("tin", 1))),
            Part("tin"),
            Part("card"),
        ]
    )
    plan = net(book, {"box": 2}, {"tin": 2, "card": 2})
    assert plan.ok
    assert told(plan)["card"] == (2, 2, 0, 0)
    late = [Receipt("card", 2, NOON + DAY)]  # there is a way, but not in time
    assert not net(book, {"box": 2}, {"tin": 2}, by=NOON, receipts=late).ok


def test_a_plan_says_when_everything_must_be_begun():
    plan = net(sofa_book(), {"sofa": 1}, {"frame": 0}, by=NOON)
    dates = {part.sku: (part.needed_by, part.start_by) for part in plan.parts}
    assert dates == {
        "sofa": (NOON, NOON - 3 * DAY),
        "frame": (NOON - 3 * DAY, NOON - 5 * DAY),
        "fabric": (NOON - 3 * DAY, NOON - 13 * DAY),
        "wood": (NOON - 5 * DAY, NOON - 12 * DAY),
        "screw": (NOON - 5 * DAY, NOON - 5 * DAY),
    }
    assert plan.start_by == NOON - 13 * DAY


def test_stock_covers_the_earliest_needs_and_receipts_those_for_which_they_come_in_time():
    book = BillBook([Part("x", lead_time=DAY)])
    lines = [Wanted("x", 2, NOON + 5 * DAY), Wanted("x", 2, NOON + DAY), Wanted("x", 2, NOON)]
    receipts = [Receipt("x", 1, NOON + DAY, "po-1"), Receipt("x", 5, NOON + 6 * DAY, "po-2")]
    part = net(book, lines, {"x": 2}, receipts=receipts).part("x")
    assert (part.needed, part.taken, part.short) == (6, 3, 3)
    assert (part.needed_by, part.start_by) == (NOON + DAY, NOON)


def test_a_lead_time_in_working_time_leaves_out_nights_and_weekends():
    hours = WorkingHours.of("Asia/Shanghai", {"MO-FR": "09:00-17:00"})
    book = BillBook(
        [
            Part(
                "x", Bill(Component("y", 1)), lead_time=timedelta(hours=12), in_working_time=True
            ),
            Part("y"),
        ]
    )
    monday = datetime.fromisoformat("2026-11-30T11:00:00+08:00")
    with pytest.raises(InvalidValue, match="calendar"):
        net(book, {"x": 1}, {}, by=monday)
    plan = net(book, {"x": 1}, {}, by=monday, calendar=WorkingTime(hours))
    assert plan.start_by == datetime.fromisoformat("2026-11-26T15:00:00+08:00")


# From when on


def test_a_basket_is_promised_from_when_the_last_part_comes_and_is_made_up():
    receipts = [Receipt("fabric", 1300, NOON + 4 * DAY), Receipt("wood", 750, NOON + 3 * DAY)]
    stock = {"screw": 24}
    found = earliest(sofa_book(), {"sofa": 1}, stock, at=NOON, receipts=receipts)
    assert found is not None
    assert found.at == NOON + 8 * DAY  # wood on the 3rd, a frame by the 5th, a sofa by the 8th
    assert found.plan.ok
    assert earliest(sofa_book(), {"sofa": 2}, stock, at=NOON, receipts=receipts) is None


def test_an_assembly_on_its_way_is_waited_for_when_that_is_sooner():
    receipts = [Receipt("wood", 750, NOON + 9 * DAY), Receipt("frame", 1, NOON + 4 * DAY)]
    stock = {"screw": 24, "fabric": 1300}
    found = earliest(sofa_book(), {"sofa": 1}, stock, at=NOON, receipts=receipts)
    assert found is not None
    assert found.at == NOON + 7 * DAY


def test_what_is_bought_comes_after_its_lead_time():
    assert earliest(sofa_book(), {"sofa": 1}, {}, at=NOON) is None
    found = earliest(sofa_book(), {"sofa": 1}, {}, at=NOON, buying=True)
    assert found is not None
    assert found.at == NOON + 13 * DAY


def test_a_promise_knows_what_others_of_the_basket_take():
    book = BillBook(
        [
            Part("can", Bill(Component("tin", 1))),
            Part("lid", Bill(Component("tin", 1, substitutes=Material("card", 1)))),
            Part("tin"),
            Part("card"),
        ]
    )
    found = earliest(book, {"can": 2, "lid": 2}, {"tin": 3, "card": 9}, at=NOON)
    assert found is not None
    assert told(found.plan)["card"] == (1, 1, 0, 0)


def test_a_promise_knows_what_other_components_and_bills_of_a_part_take():
    spare = Component("b", 1, substitutes=[Material("a", 1), Material("c", 1)])
    book = BillBook([Part("x", Bill([Component("a", 1), spare])), *map(Part, "abc")])
    found = earliest(book, {"x": 2}, {"a": 3, "c": 9}, at=NOON)
    assert found is not None
    assert told(found.plan)["c"] == (1, 1, 0, 0)
    bills = [
        Bill([Component("a", 1), Component("b", 1)], "both"),
        Bill(Component("a", 1), "one"),
        Bill(Component("c", 1), "other"),
    ]
    book = BillBook([Part("x", bills), *map(Part, "abc")])
    found = earliest(book, {"x": 5}, {"a": 3, "b": 2, "c": 9}, at=NOON)
    assert found is not None
    runs = [(run.bill, run.units) for run in found.plan.part("x").runs]
    assert runs == [("both", 2), ("one", 1), ("other", 2)]


def test_a_promise_in_working_time_ends_when_the_work_does():
    calendar = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-FR": "09:00-17:00"}))
    work = Bill(Component("y", 1))
    book = BillBook([Part("x", work, lead_time=DAY / 2, in_working_time=True), Part("y")])
    friday = datetime.fromisoformat("2026-11-27T16:00:00+08:00")  # 1 hour, then 8, then 3
    for capacity in (None, OneAtATime(0)):
        found = earliest(book, {"x": 1}, {"y": 1}, at=friday, calendar=calendar, capacity=capacity)
        assert found is not None
        assert found.at == datetime.fromisoformat("2026-12-01T12:00:00+08:00")


def test_what_lies_outside_of_all_calendars_is_refused():
    first, last = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 1, tzinfo=UTC)
    with pytest.raises(LimitExceeded):
        net(sofa_book(), {"sofa": 1}, {}, by=first)
    with pytest.raises(LimitExceeded) as caught:
        earliest(sofa_book(), {"sofa": 1}, {}, at=last)
    assert caught.value.path == ("at",)
    rare = WorkingTime(WorkingHours.of("UTC", {"MO": "09:00-09:01"}))
    slow = BillBook([Part("x", lead_time=DAY, in_working_time=True)])
    with pytest.raises(LimitExceeded):
        net(slow, {"x": 1}, {}, by=NOON, calendar=rare)


class OneAtATime:
    """Capacity for one unit of any part in so many days."""

    skus = ()

    def __init__(self, days: int) -> None:
        self.days = days

    def done(self, sku: str, units: int, start: datetime) -> tuple[datetime, Capacity] | None:
        return None if units > 9 else (start + units * self.days * DAY, self)


def test_a_capacity_for_what_the_book_does_not_know_is_refused():
    capacity = OneAtATime(1)
    capacity.skus = ("frame", "safo", "sofa", "lamp")
    with pytest.raises(InvalidDocument) as caught:
        earliest(sofa_book(), {"sofa": 1}, {}, at=NOON, buying=True, capacity=capacity)
    told = [(fault.path, fault.given, fault.reason) for fault in caught.value.faults]
    assert told == [
        (("capacity", 1, "sku"), "safo", "unknown_part"),
        (("capacity", 3, "sku"), "lamp", "unknown_part"),
    ]


def test_capacity_moves_a_promise_on():
    stock = {"screw": 240, "fabric": 13000, "wood": 7500}

    def promised(units: int, days: int) -> datetime | None:
        capacity = OneAtATime(days)
        found = earliest(sofa_book(), {"sofa": units}, stock, at=NOON, capacity=capacity)
        return None if found is None else found.at

    assert promised(1, 1) == NOON + 5 * DAY  # the lead times are longer
    assert promised(2, 2) == NOON + 8 * DAY  # 4 for the frames, 4 for the sofas
    assert promised(10, 1) is None


@given(
    books(),
    st.integers(1, 3),
    stocks(),
    st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 9), st.integers(0, 9)), max_size=5),
    st.lists(st.integers(0, 4), min_size=6, max_size=6),
)
def test_a_promise_is_in_time_and_a_moment_earlier_is_not(book, units, stock, coming, days):
    leads = dict(zip(SKUS, days, strict=True))
    book = BillBook(
        [
            Part(part.sku, part.bills, lot=part.lot, lead_time=leads[part.sku] * DAY)
            for part in book.parts
        ]
    )
    receipts = [Receipt(sku, count, NOON + day * DAY) for sku, count, day in coming]
    found = earliest(book, {"a": units}, stock, at=NOON, receipts=receipts)

    def in_time(by: datetime) -> bool:
        plan = net(book, {"a": units}, stock, by=by, receipts=receipts)
        return plan.ok and (plan.start_by is None or plan.start_by >= NOON)

    if found is None:
        assert not in_time(NOON + 100 * DAY)
    else:
        assert in_time(found.at)
        assert found.at == NOON or not in_time(found.at - timedelta(microseconds=1))
        days_on = (found.at - NOON) / DAY
        assert days_on == int(days_on)


# Programs


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), st.integers(0, 12)),
        min_size=1,
        max_size=4,
    ),
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)),
)
def test_a_program_finds_the_largest_sum_of_whole_numbers(rows, objective, least):
    program = Program()
    variables = [program.variable(low) for low in least]
    for *coefficients, limit in rows:
        program.add({v: c for v, c in zip(variables, coefficients, strict=True) if c}, limit)
    for v in variables:
        program.add({v: 1}, 6)
    goal = {v: c for v, c in zip(variables, objective, strict=True) if c}
    answer = program.solve(goal, known=0, most=100)
    allowed = [[0, *range(max(1, low), 7)] for low in least]
    by_hand = max(
        sum(c * n for c, n in zip(objective, numbers, strict=True))
        for numbers in ((x, y, z) for x in allowed[0] for y in allowed[1] for z in allowed[2])
        if all(sum(c * n for c, n in zip(row[:3], numbers, strict=True)) <= row[3] for row in rows)
    )
    assert answer.best == answer.at_most == by_hand


# Bad input


def test_every_fault_of_a_book_is_told_at_once():
    with pytest.raises(InvalidDocument) as caught:
        BillBook(
            [
                Part("chair", Bill([Component("leg", 4, "ell"), Component("seat", 1)])),
                Part("leg", unit="stone"),
                Part("leg"),
                Part("egg", Bill(Component("hen", 1))),
                Part("hen", Bill([Component("egg", 1), Component("cloth", 1, "kg")])),
                Part("cloth", unit="m"),
            ]
        )
    assert [(fault.path, fault.reason) for fault in caught.value.faults] == [
        (("parts", 2, "sku"), "duplicate_part"),
        (("parts", 0, "bills", 0, "components", 0, "unit"), "unknown_unit"),
        (("parts", 0, "bills", 0, "components", 1, "sku"), "unknown_part"),
        (("parts", 1, "unit"), "unknown_unit"),
        (("parts", 4, "bills", 0, "components", 1, "unit"), "other_measure"),
        (("parts", 3, "bills"), "cyclic_bills"),
    ]
    assert "egg → hen → egg" in str(caught.value)


@pytest.mark.parametrize(
    ("edges", "cycles"),
    [
        ({"a": "a"}, ["a → a"]),
        ({"a": "b", "b": "c", "c": "b"}, ["b → c → b"]),
        ({"z": "a", "a": "b", "b": "z"}, ["a → b → z → a"]),
        ({"a": "b", "b": "ac", "c": "d", "d": "c", "e": "a"}, ["a → b → a", "c → d → c"]),
    ],
)
def test_a_cycle_is_named_in_the_direction_of_its_bills(edges, cycles):
    parts = [
        Part(sku, Bill([Component(below, 1) for below in children]))
        for sku, children in edges.items()
    ]
    with pytest.raises(InvalidDocument) as caught:
        BillBook(parts)
    told_cycles = [fault.expected.rsplit(": ", 1)[1] for fault in caught.value.faults]
    assert sorted(told_cycles) == cycles


def test_a_cycle_through_a_substitute_is_one():
    leg = Component("b", 1, substitutes=Material("a", 1))
    with pytest.raises(InvalidDocument, match="a → a"):
        BillBook([Part("a", Bill(leg)), Part("b")])


@pytest.mark.parametrize(
    ("quantity", "error"),
    [
        (0, InvalidValue),
        (-1, InvalidValue),
        ("0.0", InvalidValue),
        ("-3", InvalidValue),
        ("1/0", InvalidValue),
        ("1e3", InvalidValue),
        ("１", InvalidValue),
        ("", InvalidValue),
        (Decimal("NaN"), InvalidValue),
        (Decimal("Infinity"), InvalidValue),
        (Decimal("1e100000000"), InvalidValue),
        (0.5, InvalidType),
        (True, InvalidType),
        (None, InvalidType),
        (10**9 + 1, LimitExceeded),
        ("0.0000000000001", LimitExceeded),
        (Fraction(1, 10**12 + 1), LimitExceeded),
        ("1" * 31, InvalidInput),
    ],
)
def test_a_quantity_is_an_exact_positive_number(quantity, error):
    with pytest.raises(error) as caught:
        Material("leg", quantity)
    assert caught.value.path == ("quantity",)


@pytest.mark.parametrize("given", ["1/3", "0.5", "12", 12, Decimal("2.50"), Fraction(7, 3)])
def test_a_quantity_stays_exact(given):
    assert Material("leg", given).quantity == Fraction(given)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Bill([Component("a", 1), Component("a", 2)]), "duplicate_part"),
        (lambda: Component("a", 1, substitutes=Material("a", 2)), "duplicate_part"),
        (lambda: Component("a", 1, substitutes=[Material("b", 2)] * 2), "duplicate_part"),
        (lambda: Part("x", [Bill(Component("a", 1)), Bill(Component("b", 1))]), "duplicate_name"),
        (lambda: sofa_book(units=(*UNITS, Unit("m", "count"))), "duplicate_name"),
    ],
)
def test_nothing_is_named_twice(make, reason):
    with pytest.raises(InvalidDocument) as caught:
        make()
    assert [fault.reason for fault in caught.value.faults] == [reason]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Bill([]),
        lambda: Bill([Material("a", 1)]),
        lambda: Lot(0),
        lambda: Lot(1, 0),
        lambda: Lot(1.5),
        lambda: Part("x", lead_time=-DAY),
        lambda: Part("x", lead_time=3),
        lambda: Part("x", lead_time=10_000 * DAY),
        lambda: Component("a", 1, scrap="-0.1"),
        lambda: Component("a", 1, scrap=0.1),
        lambda: Component("a", 1, scrap="1"),
        lambda: Material("a", 1, scrap="4"),
        lambda: Unit("m", "length", 0),
        lambda: BillBook([]),
    ],
)
def test_what_is_out_of_range_is_refused_at_birth(make):
    with pytest.raises(InvalidInput):
        make()


def test_who_says_percent_for_scrap_is_told_what_a_share_is():
    with pytest.raises(InvalidValue) as caught:
        Component("oak", 100, scrap="4")
    assert caught.value.path == ("scrap",)
    assert "4 percent is '0.04'" in str(caught.value)
    assert Component("oak", 100, scrap="0.99").taken == 199


@pytest.mark.parametrize(
    ("basket", "stock", "places"),
    [
        ({"sofa": 0, "bed": 1}, {}, [("basket", 0, "units"), ("basket", 1, "sku")]),
        ([("sofa", 1.5), ("sofa", True)], {}, [("basket", 0, "units"), ("basket", 1, "units")]),
        ([("sofa", 10**9 + 1), "sofa"], {}, [("basket", 0, "units"), ("basket", 1)]),
        ({"sofa": 1}, {"wood": -1, "screw": 0.5}, [("stock", "wood"), ("stock", "screw")]),
        ({"sofa": 1}, {"wood": True}, [("stock", "wood")]),
    ],
)
def test_every_fault_of_a_question_is_told(basket, stock, places):
    with pytest.raises(InvalidDocument) as caught:
        net(sofa_book(), basket, stock)
    assert [fault.path for fault in caught.value.faults] == places


@pytest.mark.parametrize(
    "ask",
    [
        lambda book: net(book, "sofa", {}),
        lambda book: net(book, 5, {}),
        lambda book: net(book, {"sofa": 1}, [("wood", 1)]),
        lambda book: net(book, {"sofa": 1}, {}, receipts=[("wood", 1)]),
        lambda book: net(book, {"sofa": 1}, {}, by=datetime(2026, 11, 26)),
        lambda book: net(book, {"screw": 1}, {}, receipts=["wood"] * 10_001),
        lambda book: net(book, [("screw", 1)] * 10_001, {}),
        lambda book: earliest(book, {"sofa": 1}, {}, at=datetime(2026, 11, 26)),
        lambda book: max_producible(book, "sofa", {}, limit=0),
        lambda book: Receipt("wood", 0, NOON),
        lambda book: Receipt("wood", 1, NOON, kind="theft"),
    ],
)
def test_what_is_no_question_is_refused(ask):
    with pytest.raises((InvalidInput, InvalidDocument)):
        ask(sofa_book())


def test_a_plan_that_does_not_add_up_is_refused():
    with pytest.raises(InvalidDocument) as caught:
        PartPlan(sku="x", level=0, needed=3, taken=1, made=1)
    assert [fault.path for fault in caught.value.faults] == [("needed",)]
    with pytest.raises(InvalidDocument) as caught:
        PartPlan(sku="x", level=0, needed=3, taken=4)
    assert [fault.path for fault in caught.value.faults] == [("taken",)]


def test_uses_without_a_common_measure_of_ordinary_size_are_refused():
    primes = [999983 + 2 * n for n in range(200) if is_prime(999983 + 2 * n)][:12]
    users = [Part(f"p{n}", Bill(Component("glue", Fraction(1, n)))) for n in primes]
    with pytest.raises(InvalidDocument) as caught:
        BillBook([*users, Part("glue")])
    assert [fault.code for fault in caught.value.faults] == ["limit_exceeded"]


def is_prime(n: int) -> bool:
    return all(n % d for d in range(2, int(n**0.5) + 1))


def test_a_book_is_copied_and_sent_to_other_processes():
    assert pickle.loads(pickle.dumps(sofa_book())) == copy.deepcopy(sofa_book()) == sofa_book()


def test_an_unknown_part_is_not_found():
    plan = net(sofa_book(), {"frame": 1}, {})
    for ask in (sofa_book().part, sofa_book().level, plan.part):
        with pytest.raises(NotFound):
            ask("sofas")
    with pytest.raises(InvalidDocument):
        max_producible(sofa_book(), "bed", {})


def test_too_many_levels_are_refused():
    def chain(levels: int) -> list[Part]:
        last = levels - 1
        return [
            *(Part(f"p{i}", Bill(Component(f"p{i + 1}", 1))) for i in range(last)),
            Part(f"p{last}"),
        ]

    BillBook(chain(MAX_BILL_LEVELS))
    with pytest.raises(InvalidDocument, match=f"at most {MAX_BILL_LEVELS} levels"):
        BillBook(chain(MAX_BILL_LEVELS + 1))
    with pytest.raises(InvalidDocument, match=f"at most {MAX_BILL_LEVELS} levels"):
        BillBook(chain(5_000))


def test_deep_bills_are_netted_at_the_largest_quantities():
    parts = [Part(f"p{i}", Bill(Component(f"p{i + 1}", 1))) for i in range(60)]
    book = BillBook([*parts, Part("p60")])
    assert net(book, {"p0": 10**9}, {"p60": 10**9}).ok
    assert max_producible(book, "p0", {"p60": 10**9 - 1}).units == 10**9 - 1


def test_what_branches_at_every_level_is_looked_at_once():
    def both(i: int) -> Bill:
        return Bill([Component(f"p{i + 1}", 1), Component(f"q{i + 1}", 1)])

    parts = [Part(f"{name}{i}", both(i)) for name in "pq" for i in range(40)]
    book = BillBook([*parts, Part("p40"), Part("q40")])
    assert net(book, {"p0": 1}, {}).part("q40").short == 2**39


def test_a_need_beyond_all_measure_is_refused():
    parts = [Part(f"p{i}", Bill(Component(f"p{i + 1}", 10**9))) for i in range(60)]
    book = BillBook([*parts, Part("p60")])
    for ask in (explode, lambda book, basket: net(book, basket, {})):
        with pytest.raises(LimitExceeded):
            ask(book, {"p0": 10**9})
    assert max_producible(book, "p0", {"p60": 10**9}).units == 0


def test_a_thousand_components_are_netted():
    components = [Component(f"c{i}", Fraction(1, 1 + i % 50)) for i in range(1000)]
    book = BillBook([Part("w", Bill(components)), *(Part(f"c{i}") for i in range(1000))])
    stock = {f"c{i}": 10**8 + i for i in range(1000)}
    most = max_producible(book, "w", stock)
    assert (most.units, most.limited_by) == (10**8, ("c0",))


def test_a_search_without_end_is_cut_short_and_says_so():
    sizes = [(101 + 37 * i % 883, 113 + 71 * i % 877) for i in range(20)]
    middle = [
        Part(f"m{i}", Bill(Component("a", a, substitutes=Material("b", b))))
        for i, (a, b) in enumerate(sizes)
    ]
    top = Part("x", Bill([Component(f"m{i}", 1) for i in range(20)]))
    book = BillBook([top, *middle, Part("a"), Part("b")])
    most = max_producible(book, "x", {"a": 50_000, "b": 40_000})
    assert most.units < most.at_most
    assert not most.is_proven
    assert is_producible(book, {"x": most.units}, {"a": 50_000, "b": 40_000})


# Documents


@given(books(choices=True))
def test_a_book_is_a_document(book):
    assert loads(BillBook, dumps(book)) == book


@given(books(choices=True), baskets, stocks())
def test_a_plan_is_a_document(book, basket, stock):
    plan = net(book, basket, stock, by=NOON)
    assert loads(MaterialPlan, dumps(plan)) == plan


def test_a_book_from_a_document_has_the_same_faults():
    text = dumps(sofa_book()).replace('"12.5"', '"0"').replace('"7.5"', '"1/0"')
    with pytest.raises(InvalidDocument) as caught:
        loads(BillBook, text)
    assert len(caught.value.faults) == 2
