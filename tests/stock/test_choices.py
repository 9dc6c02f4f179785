"""Substitutes and several bills: what is remembered of one line serves the next ones.

Laws:
    - Netting more comes to the same as netting all from the beginning.
    - What is too much by what parts are worth can be served in no way.
    - A line gets as many units as netting finds besides those of the lines before it.
    - What is short is bought in time if any way of buying it is; no way would be sooner.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product

import pytest
from attrs import evolve
from bills import SKUS, books, can_be_served, stocks
from hypothesis import example, given
from hypothesis import strategies as st
from laws_of_stock import AT

from ordercore.calendars import WorkingHours, WorkingTime
from ordercore.errors import InvalidType
from ordercore.stock import (
    Bill,
    BillBook,
    Component,
    Demand,
    DemandLine,
    Lot,
    MadeToOrder,
    Material,
    Part,
    PurchaseProposal,
    StockLevel,
    StockSnapshot,
    check,
    propose,
)
from ordercore.stock.materials import Receipt, Wanted, earliest, net
from ordercore.stock.materials.choosing import Preferred
from ordercore.stock.materials.netting import Netting, Outcome, supply_of
from ordercore.stock.materials.ways import most_served

DAY = timedelta(days=1)
DAYS = st.integers(0, 4)


@st.composite
def timed_books(draw: st.DrawFn) -> BillBook:
    """Draw a book with choices and lead times."""
    book = draw(books(choices=True))
    return BillBook([evolve(part, lead_time=draw(DAYS) * DAY) for part in book.parts])


wanted_lines = st.lists(
    st.tuples(st.sampled_from(SKUS[:3]), st.integers(1, 4), DAYS), min_size=1, max_size=5
)
receipts = st.lists(
    st.builds(
        Receipt,
        st.sampled_from(SKUS),
        st.integers(1, 9),
        st.integers(-9, 4).map(lambda days: AT + days * DAY),
    ),
    max_size=4,
)


def known(netting: Netting) -> Mapping[str, Outcome]:
    """Tell what became of each part that is needed."""
    found = {each.step.part.sku: each for each in netting.outcomes if each.needed}
    return {
        sku: each._replace(needs=sorted(each.needs, key=lambda need: need[1] or ""))
        for sku, each in found.items()
    }


EITHER = Bill(Component("c", 1, substitutes=Material("d", 1)))
SHARED = BillBook([Part("a", EITHER), Part("b", EITHER), Part("c"), Part("d")])


@example(SHARED, [("b", 1, 0), ("c", 1, 0)], {"c": 1, "d": 5}, {}, [])
@example(SHARED, [("b", 1, 0), ("a", 1, 0)], {"c": 1, "d": 5}, {}, [])
@example(SHARED, [("a", 1, 0), ("d", 1, 0), ("d", 1, 0)], {"c": 1, "d": 5}, {"c": 0}, [])
@given(timed_books(), wanted_lines, stocks(), stocks(), receipts)
def test_netting_more_comes_to_the_same_as_netting_all_anew(book, wanted, stock, later, coming):
    lines = [Wanted(sku, units, AT + days * DAY) for sku, units, days in wanted if sku in book]
    supply, better = supply_of(stock, coming), supply_of({**stock, **later}, coming)
    netting = Netting(book, supply, Preferred(), None).run(lines[:1])
    outcomes = known(netting)
    for i in range(1, len(lines)):
        there = better if i > 1 else supply
        netting = netting.besides(lines[i : i + 1], there)
        looked_at = {each.step.part.sku for each in netting.outcomes}
        outcomes = {sku: each for sku, each in outcomes.items() if sku not in looked_at}
        outcomes |= known(netting)
        assert outcomes == known(Netting(book, there, Preferred(), None).run(lines[: i + 1]))


@st.composite
def needs(draw: st.DrawFn, book: BillBook) -> dict[str, int]:
    skus = [part.sku for part in book.parts]
    return draw(st.dictionaries(st.sampled_from(skus), st.integers(1, 3), min_size=1, max_size=2))


@given(book=books(choices=True), stock=stocks(5), other_stock=stocks(5), data=st.data())
def test_what_is_worth_more_than_all_there_is_can_be_served_in_no_way(
    book, stock, other_stock, data
):
    wanted, other = data.draw(needs(book)), data.draw(needs(book))
    worth = most_served(book, wanted, stock, sum(wanted.values()) - 1).worth
    if worth.is_too_much(wanted, stock):
        assert not can_be_served(book, wanted, stock)
    if worth.is_too_much(other, other_stock):
        assert not can_be_served(book, other, other_stock)


@pytest.mark.parametrize("oak", [9, 11])
def test_what_parts_are_worth_tells_of_other_lines_that_they_are_too_much(oak):
    """Of legs in fours two or three are left over; a table of two ways is worth its cheapest."""
    leg = Component("oak", 4, substitutes=Material("ash", 4))
    table = [Bill([leg, Component("top", 1)], "wide"), Bill(leg, "plain")]
    parts = [*(Part(f"chair {i}", Bill(leg)) for i in range(4)), Part("table", table)]
    book = BillBook([*parts, Part("oak"), Part("ash"), Part("top")])
    stock = {"oak": oak, "ash": 6, "top": 9}
    wanted = {"chair 0": 3, "chair 1": 1}
    worth = most_served(book, wanted, stock, 3).worth
    for more in ("chair 1", "chair 2", "table"):
        assert worth.is_too_much({"chair 0": 3, more: 1}, stock)
        assert not worth.is_too_much({"chair 0": 2, more: 1}, stock)


def test_a_thing_is_worth_the_cheapest_way_of_making_it():
    either = Bill(Component("oak", 1, substitutes=Material("ash", 1)))
    beam = Bill(Component("oak", 3, substitutes=Material("ash", 1)))
    book = BillBook([Part("chair", either), Part("beam", beam), Part("oak"), Part("ash")])
    stock = {"oak": 2, "ash": 1}
    worth = most_served(book, {"chair": 4}, stock, 3).worth
    assert not worth.is_too_much({"chair": 2, "beam": 1}, stock)
    assert worth.is_too_much({"chair": 3, "beam": 1}, stock)


def test_what_is_left_over_of_legs_in_fours_can_be_had_by_itself():
    leg = Bill(Component("oak", 4, substitutes=Material("ash", 4)))
    book = BillBook([Part("chair", leg), Part("oak"), Part("ash")])
    worth = most_served(book, {"chair": 3}, {"oak": 6, "ash": 4}, 2).worth
    assert worth.is_too_much({"chair": 3}, {"oak": 6, "ash": 4})
    assert not worth.is_too_much({"oak": 6}, {"oak": 6, "ash": 4})
    assert worth.is_too_much({"oak": 7}, {"oak": 6})


def made(lines: list[tuple[str, int]]) -> Demand:
    return Demand(
        [
            DemandLine(id=f"{i}", sku=sku, quantity=units, supply=MadeToOrder())
            for i, (sku, units) in enumerate(lines)
        ]
    )


@given(book=books(choices=True), stock=stocks(), data=st.data())
def test_a_line_gets_what_netting_finds_besides_the_lines_before_it(book, stock, data):
    skus = st.sampled_from([part.sku for part in book.parts][:3])
    lines = data.draw(st.lists(st.tuples(skus, st.integers(1, 4)), min_size=1, max_size=6))
    levels = [StockLevel(sku=sku, site="works", on_hand=units) for sku, units in stock.items()]
    snapshot = StockSnapshot(levels=levels, sites=["works"], bills=book)
    answer = check(made(lines), snapshot, AT)
    missing = {short.line: short.missing for short in answer.shortages}
    served: list[tuple[str, int]] = []
    for i, (sku, units) in enumerate(lines):
        got = units - missing.get(f"{i}", 0)
        assert got == units or not net(book, [*served, (sku, got + 1)], stock).ok
        if got:
            served.append((sku, got))
            assert net(book, served, stock).ok


# Another way, by when things are there


def test_what_comes_too_late_for_what_is_made_is_no_way():
    """A frame that comes when the chair is due is too late for it; so a plain leg stands in."""
    frame = Component("frame", 1, substitutes=Material("leg", 1))
    parts = [
        Part("chair", Bill([frame, Component("leg", 1)]), lead_time=DAY),
        Part("frame", Bill(Component("leg", 1)), lot=Lot(multiple=2), lead_time=DAY),
        Part("leg"),
    ]
    coming = [Receipt("frame", 1, AT)]
    plan = net(BillBook(parts), {"chair": 1}, {"leg": 2}, by=AT, receipts=coming)
    assert [(each.sku, each.needed) for each in plan.parts] == [("chair", 1), ("leg", 2)]


def test_what_comes_in_time_for_one_line_counts_for_another_way():
    """A lid of card leaves tin for trays, as the tin that is sold may come later."""
    lid = Bill(Component("tin", 1, substitutes=Material("card", 1)))
    box = Bill([Component("lid", 1), Component("tray", 1)])
    parts = [Part("box", box), Part("lid", lid), Part("tray", Bill(Component("tin", 1)))]
    book = BillBook([*parts, Part("tin"), Part("card")])
    lines = [Wanted("tin", 1, AT + 5 * DAY), Wanted("box", 2, AT + DAY)]
    coming = [Receipt("tin", 1, AT + 3 * DAY)]
    plan = net(book, lines, {"tin": 3, "card": 1}, receipts=coming)
    assert plan.ok
    assert plan.part("card").taken == 1


# What is bought in time

SLOW_OAK = BillBook(
    [
        Part("chair", Bill(Component("oak", 4, substitutes=Material("ash", 4))), lead_time=DAY),
        Part("oak", lead_time=30 * DAY),
        Part("ash", lead_time=DAY, lot=Lot(multiple=5)),
    ]
)


def bought(book: BillBook, stock: Mapping[str, int], **more) -> list[tuple[str, int, bool]]:
    """Tell what is to be bought for two chairs, and whether it is late."""
    proposed = propose(book, {"chair": 2}, stock, **more).proposals
    return [
        (each.sku, each.units, each.is_late(AT))
        for each in proposed
        if isinstance(each, PurchaseProposal)
    ]


@pytest.mark.parametrize(
    ("stock", "days", "told"),
    [
        ({}, 5, [("ash", 10, False)]),
        ({"oak": 4}, 5, [("ash", 5, False)]),
        ({"ash": 4}, 5, [("ash", 5, False)]),
        ({}, 31, [("oak", 8, False)]),
        ({"ash": 4}, 31, [("oak", 4, False)]),
        ({}, 1, [("ash", 10, True)]),
    ],
    ids=["in time", "beside oak", "beside ash", "both in time", "oak beside ash", "less late"],
)
def test_what_is_short_is_bought_the_way_that_comes_in_time(stock, days, told):
    by = AT + days * DAY
    assert bought(SLOW_OAK, stock, by=by, at=AT) == told


def test_without_an_instant_the_first_way_is_bought():
    assert bought(SLOW_OAK, {}, by=AT + 5 * DAY) == [("oak", 8, True)]
    assert bought(SLOW_OAK, {}, at=AT) == [("oak", 8, False)]
    with pytest.raises(InvalidType):
        propose(SLOW_OAK, {"chair": 2}, {}, at="2026-11-26")


def test_the_bill_that_can_be_there_in_time_is_made():
    """The quick bill looks late by its glue, and is not: it may be tape."""
    quick = Bill([Component("ash", 1), Component("glue", 1, substitutes=Material("tape", 1))], "b")
    slow = Bill([Component("oak", 1), Component("tape", 1)], "a")
    parts = [Part("chair", [slow, quick]), Part("tape")]
    late = [Part(sku, lead_time=30 * DAY) for sku in ("oak", "glue")]
    book = BillBook([*parts, *late, Part("ash", lead_time=DAY)])
    told = bought(book, {}, by=AT + 5 * DAY, at=AT)
    assert told == [("ash", 2, False), ("tape", 2, False)]


def test_what_can_be_bought_in_time_is_bought_by_preference():
    """Steel comes too late; oak does not, though ash would come sooner."""
    seat = Component("oak", 1, substitutes=Material("ash", 1))
    base = Component("steel", 1, substitutes=Material("tin", 1))
    days = {"oak": 30, "ash": 1, "steel": 99, "tin": 1}
    parts = [Part(sku, lead_time=lead * DAY) for sku, lead in days.items()]
    told = bought(
        BillBook([Part("chair", Bill([seat, base])), *parts]), {}, by=AT + 40 * DAY, at=AT
    )
    assert told == [("oak", 2, False), ("tin", 2, False)]


def test_nothing_is_bought_instead_of_what_is_there_for_the_sake_of_something_else():
    """The screws are late anyway; the frames are made of ash that is there."""
    frame = Component("frame", 1, substitutes=Material("ready frame", 1))
    parts = [
        Part("chair", Bill([frame, Component("screw", 4)])),
        Part("frame", Bill(Component("oak", 1, substitutes=Material("ash", 1)))),
        Part("oak", lead_time=9 * DAY),
        Part("ash", lead_time=9 * DAY),
        Part("ready frame", lead_time=DAY),
        Part("screw", lead_time=30 * DAY),
    ]
    assert bought(BillBook(parts), {"ash": 2}, by=AT + 5 * DAY, at=AT) == [("screw", 8, True)]


def test_what_nobody_knows_when_it_comes_is_not_bought_in_time():
    """The lead time of ash is in working time: without a calendar it is bought by preference."""
    parts = [evolve(part, in_working_time=part.sku == "ash") for part in SLOW_OAK.parts]
    book, by = BillBook(parts), AT + 5 * DAY
    assert bought(book, {}, by=by, at=AT) == [("oak", 8, True)]
    week = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "00:00-24:00"}))
    assert bought(book, {}, by=by, at=AT, calendar=week) == [("ash", 10, False)]


def resolved(book: BillBook) -> Iterator[BillBook]:
    """List the books in which each part is made in one way, of those of a book."""
    by_part = [
        [
            evolve(part, bills=[evolve(bill, components=components)])
            for bill in part.bills
            for components in product(*(map(_alone, each.options) for each in bill.components))
            if len({each.sku for each in components}) == len(components)
        ]
        or [part]
        for part in book.parts
    ]
    return (BillBook(parts) for parts in product(*by_part))


def _alone(option: Material) -> Component:
    return Component(option.sku, option.quantity, option.unit, scrap=option.scrap)


def bought_by(book: BillBook) -> datetime:
    found = earliest(book, {"a": 1}, {}, at=AT, buying=True)
    assert found is not None
    return found.at


@given(timed_books(), st.integers(0, 12))
def test_no_way_of_buying_everything_would_be_sooner(book, days):
    first, by = bought_by(book), AT + days * DAY
    assert first <= min(map(bought_by, resolved(book)))
    plan = net(book, {"a": 1}, {}, by=by, at=AT)
    assert (plan.start_by is None or plan.start_by >= AT) == (by >= first)


@given(timed_books(), st.integers(1, 3), stocks(), st.integers(0, 12), receipts)
def test_what_is_bought_in_time_is_no_later_and_serves_the_basket(
    book, units, stock, days, coming
):
    by = AT + days * DAY
    usual = propose(book, {"a": units}, stock, by=by, receipts=coming)
    told = propose(book, {"a": units}, stock, by=by, at=AT, receipts=coming)
    assert told.plan.start_by is None or usual.plan.start_by is not None
    if told.plan.start_by is not None and usual.plan.start_by is not None:
        assert told.plan.start_by >= min(usual.plan.start_by, AT)
    had = dict(stock)
    for each in told.proposals:
        if isinstance(each, PurchaseProposal):
            had[each.sku] = had.get(each.sku, 0) + each.units
    assert net(book, {"a": units}, had, by=by, receipts=coming).ok
