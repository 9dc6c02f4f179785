"""Things made to order, in one basket with goods.

- F4: `check(...).ok` holds just where `reserve` succeeds, and just where there is some way to
  serve all lines: goods from any site, and what is made from what the workshop has left.
- F20: what several lines share is summed, rounded, and made in lots, once.
- What is set aside is what netting the whole basket takes.
- What can be promised from an instant on can be had then, and not a moment earlier.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from attrs import evolve
from baskets import ways
from bills import SKUS, books, can_be_served
from hypothesis import given
from hypothesis import strategies as st
from laws_of_stock import AT, set_aside
from stock_by_hand import hour

from ordercore import dumps, loads
from ordercore.calendars import WorkingHours, WorkingTime
from ordercore.errors import InvalidValue, LimitExceeded
from ordercore.stock import (
    Bill,
    BillBook,
    Component,
    Demand,
    DemandLine,
    Incoming,
    Lot,
    MadeToOrder,
    Part,
    Reserved,
    StockCheck,
    StockLevel,
    StockSnapshot,
    check,
)
from ordercore.stock.materials import Receipt, earliest, net

SITES = ["shop", "works"]
MINUTE = timedelta(minutes=1)

Kept = dict[tuple[str, str], int]


@st.composite
def kept_units(draw: st.DrawFn) -> Kept:
    keys = [key for key in product(SKUS, SITES) if draw(st.integers(0, 3))]
    return {key: draw(st.integers(0, 6)) for key in keys}


@st.composite
def mixed(draw: st.DrawFn, book: BillBook, most: int = 4) -> Demand:
    """Draw a basket of goods from anywhere and of things that the works make."""
    lines = []
    for i in range(draw(st.integers(1, most))):
        sku = draw(st.sampled_from([part.sku for part in book.parts]))
        units = draw(st.integers(1, 3))
        if draw(st.booleans()):
            made = MadeToOrder()
            lines.append(
                DemandLine(id=f"{i}", sku=sku, quantity=units, sites="works", supply=made)
            )
        else:
            lines.append(DemandLine(id=f"{i}", sku=sku, quantity=units))
    return Demand(lines)


def snapshot_of(kept: Kept, book: BillBook | None, **more) -> StockSnapshot:
    levels = [StockLevel(sku=sku, site=site, on_hand=n) for (sku, site), n in kept.items()]
    return StockSnapshot(levels=levels, sites=SITES, bills=book, **more)


def is_made(line: DemandLine) -> bool:
    return isinstance(line.supply, MadeToOrder)


def some_way(demand: Demand, kept: Kept, book: BillBook) -> bool:
    """Try every way of taking goods; is enough left to make the rest?"""
    goods = [line for line in demand.lines if not is_made(line)]
    needs: Counter[str] = Counter()
    for line in demand.lines:
        if is_made(line):
            needs[line.sku] += line.quantity
    for split in product(*(list(ways(line.quantity, SITES)) for line in goods)):
        left = Counter(kept)
        for line, way in zip(goods, split, strict=True):
            left.subtract({(line.sku, site): units for site, units in way.items()})
        here = {sku: units for (sku, site), units in left.items() if site == "works"}
        if min(left.values(), default=0) >= 0 and can_be_served(book, needs, here):
            return True
    return False


@given(book=books(choices=True), kept=kept_units(), data=st.data())
def test_a_mixed_basket_is_ok_just_where_there_is_a_way(book, kept, data):
    demand, snapshot = data.draw(mixed(book, most=3)), snapshot_of(kept, book)
    answer, done = check(demand, snapshot, AT), set_aside(demand, snapshot)
    assert answer.ok == isinstance(done, Reserved) == some_way(demand, kept, book)


@given(book=books() | books(choices=True), kept=kept_units(), data=st.data())
def test_what_is_set_aside_is_there_and_is_what_netting_takes(book, kept, data):
    demand, snapshot = data.draw(mixed(book)), snapshot_of(kept, book)
    done = set_aside(demand, snapshot)
    taken: Counter[tuple[str, str]] = Counter()
    for line in check(demand, snapshot, AT).lines:
        for part in line.taken:
            assert part.line == line.id
            taken[part.sku, part.site] += part.units
    assert all(units <= kept[key] for key, units in taken.items())
    if isinstance(done, StockCheck):
        return
    reserved = {(c.level.sku, c.level.site): c.level.reserved(AT) for c in done.changes}
    assert reserved == dict(taken)
    made = [line for line in demand.lines if is_made(line)]
    if len(made) == len(demand.lines):
        here = {sku: units for (sku, site), units in kept.items() if site == "works"}
        plan = net(book, [(line.sku, line.quantity) for line in made], here)
        assert taken == {(part.sku, "works"): part.taken for part in plan.taken}


@given(book=books(), kept=kept_units(), data=st.data())
def test_the_order_of_lines_means_nothing(book, kept, data):
    demand, snapshot = data.draw(mixed(book)), snapshot_of(kept, book)
    lines = data.draw(st.permutations(demand.lines))
    answer, again = check(demand, snapshot, AT), check(Demand(lines), snapshot, AT)
    assert sorted(answer.lines, key=repr) == sorted(again.lines, key=repr)


@given(book=books(), kept=kept_units(), data=st.data())
def test_a_line_gets_units_as_long_as_there_is_a_way(book, kept, data):
    demand = data.draw(mixed(book, most=3))
    short = check(demand, snapshot_of(kept, book), AT).shortages
    available = {each.line: each.available for each in short}
    served = [
        evolve(line, quantity=units)
        for line in demand.lines
        if (units := available.get(line.id, line.quantity))
    ]
    assert not served or some_way(Demand(served), kept, book)
    for line in demand.lines:
        if line.id in available:
            others = [each for each in served if each.id != line.id]
            more = evolve(line, quantity=available[line.id] + 1)
            before = [each for each in others if turn(each) < turn(line)]
            assert not some_way(Demand([*before, more]), kept, book)


def turn(line: DemandLine) -> tuple[bool, str]:
    return is_made(line), line.id


# Promises

TIMED = BillBook(
    [
        Part("sofa", Bill([Component("frame", 1), Component("cloth", 3)]), lead_time=4 * MINUTE),
        Part("frame", Bill(Component("beech", 2)), lead_time=7 * MINUTE, lot=Lot(multiple=2)),
        Part("cloth"),
        Part("beech"),
    ]
)


def sofas(units: int, name: str = "1", **more) -> DemandLine:
    return DemandLine(
        id=name, sku="sofa", quantity=units, sites="works", supply=MadeToOrder(), **more
    )


@st.composite
def expected(draw: st.DrawFn) -> list[StockLevel]:
    levels = []
    for sku in ("sofa", "frame", "cloth", "beech"):
        incoming = [
            Incoming(id=f"{i}", quantity=draw(st.integers(1, 6)), expected_at=AT + n * MINUTE)
            for i, n in enumerate(draw(st.lists(st.integers(1, 30), max_size=2)))
        ]
        on_hand = draw(st.integers(0, 4))
        levels.append(StockLevel(sku=sku, site="works", on_hand=on_hand, incoming=incoming))
    return levels


@given(levels=expected(), units=st.integers(1, 4))
def test_it_can_be_promised_from_the_first_instant_on(levels, units):
    snapshot = StockSnapshot(levels=levels, bills=TIMED)
    told = check(Demand([sofas(units)]), snapshot, AT)
    stock = {level.sku: level.on_hand for level in levels}
    receipts = [
        Receipt(level.sku, each.quantity, each.expected_at)
        for level in levels
        for each in level.incoming
    ]
    first = earliest(TIMED, {"sofa": units}, stock, at=AT, receipts=receipts)
    if told.ok:
        assert first.at == AT
        return
    (short,) = told.shortages
    if short.available:  # what is there at once stays taken
        return
    assert short.enough_from == (None if first is None else first.at)
    if first is not None:
        assert check(Demand([sofas(units, needed_by=first.at)]), snapshot, AT).ok
        sooner = first.at - timedelta(microseconds=1)
        assert not check(Demand([sofas(units, needed_by=sooner)]), snapshot, AT).ok


def works(**units: int) -> StockSnapshot:
    return snapshot_of({(sku, "works"): count for sku, count in units.items()}, TIMED)


def test_what_two_lines_share_is_made_once():
    snapshot = works(beech=4, cloth=6)
    later = AT + 11 * MINUTE
    done = set_aside(
        Demand([sofas(1, "1", needed_by=later), sofas(1, "2", needed_by=later)]), snapshot
    )
    assert [(p.line, p.sku, p.units, p.due) for p in done.taken] == [
        ("1", "beech", 4, AT),
        ("1", "cloth", 3, AT + 7 * MINUTE),
        ("2", "cloth", 3, AT + 7 * MINUTE),
    ]


def test_what_is_due_later_is_begun_later():
    beech = Incoming(id="po-1", quantity=4, expected_at=AT + 30 * MINUTE)
    levels = [
        StockLevel(sku="frame", site="works", on_hand=1),
        StockLevel(sku="beech", site="works", incoming=[beech]),
        StockLevel(sku="cloth", site="works", on_hand=6),
    ]
    snapshot = StockSnapshot(levels=levels, bills=TIMED)
    soon, late = AT + 4 * MINUTE, AT + 41 * MINUTE
    done = set_aside(
        Demand([sofas(1, "1", needed_by=soon), sofas(1, "2", needed_by=late)]), snapshot
    )
    assert [(p.line, p.sku, p.due) for p in done.taken] == [
        ("1", "cloth", AT),
        ("1", "frame", AT),
        ("2", "beech", AT + 30 * MINUTE),
        ("2", "cloth", AT + 37 * MINUTE),
    ]


def test_a_line_gives_back_what_another_way_needs_no_more():
    """One is made by the first bill; two can only be made by the other one."""
    bills = [
        Bill([Component("oak", 2), Component("nail", 1)], "nailed"),
        Bill(Component("oak", 1)),
    ]
    book = BillBook([Part("sofa", bills), Part("oak"), Part("nail")])
    snapshot = snapshot_of({("oak", "works"): 2, ("nail", "works"): 1}, book)

    def taken(*lines: DemandLine) -> Counter[str]:
        done = set_aside(Demand(lines), snapshot)
        return Counter({part.sku: part.units for part in done.taken})

    assert taken(sofas(1, "1")) == {"oak": 2, "nail": 1}
    assert taken(sofas(1, "1"), sofas(1, "2")) == {"oak": 2}


def test_another_way_is_found_for_what_is_made_when_a_plain_thing_comes_after_it():
    bills = [
        Bill([Component("oak", 2), Component("nail", 1)], "nailed"),
        Bill(Component("oak", 1)),
    ]
    shelf = Part("shelf", Bill(Component("oak", 1)))
    book = BillBook([Part("sofa", bills), shelf, Part("oak"), Part("nail")])
    snapshot = snapshot_of({("oak", "works"): 2, ("nail", "works"): 1}, book)
    after = evolve(sofas(1, "2"), sku="shelf")
    done = set_aside(Demand([sofas(1, "1"), after]), snapshot)
    assert [(p.line, p.sku, p.units) for p in done.taken] == [("1", "oak", 2)]


@pytest.mark.parametrize("beech", [5, 6])
def test_lines_of_two_days_that_take_turns_share_what_there_is(beech):
    """Each day is netted by itself, of what the other one leaves, and keeps what it has."""
    soon, late = AT + 11 * MINUTE, AT + 90 * MINUTE
    lines = [
        DemandLine(
            id=f"{i}",
            sku="frame",
            quantity=2,
            sites="works",
            needed_by=late if i % 2 else soon,
            supply=MadeToOrder(),
        )
        for i in range(3)
    ]
    answer = check(Demand(lines), works(beech=2 * beech), AT)
    assert answer.ok == (beech == 6)
    assert [short.line for short in answer.shortages] == ([] if beech == 6 else ["2"])


def test_finished_units_are_taken_first_and_the_rest_is_made():
    snapshot = works(sofa=1, frame=1, cloth=3)
    done = set_aside(Demand([sofas(2, needed_by=AT + 4 * MINUTE)]), snapshot)
    assert {(p.sku, p.units) for p in done.taken} == {("sofa", 1), ("frame", 1), ("cloth", 3)}


def test_every_part_that_is_short_is_told_with_its_level():
    snapshot = works(frame=1, cloth=4, beech=1)
    later = AT + 60 * MINUTE
    (short,) = check(Demand([sofas(3, needed_by=later)]), snapshot, AT).shortages
    assert (short.available, short.missing, short.reasons) == (1, 2, ("missing_parts",))
    assert [(p.sku, p.level, p.needed, p.short) for p in short.parts] == [
        ("cloth", 1, 9, 5),
        ("beech", 2, 4, 3),
    ]
    assert short.parts[0].needed_by == later - 4 * MINUTE
    assert short.enough_from is None


def test_what_is_there_but_cannot_be_made_in_time_is_there_later():
    (short,) = check(Demand([sofas(1)]), works(frame=1, cloth=3), AT).shortages
    assert (short.available, short.enough_from) == (0, AT + 4 * MINUTE)
    assert short.reasons[-1] == "later"


def test_goods_have_their_turn_before_what_can_be_made_instead():
    snapshot = works(sofa=1, frame=1, cloth=3)
    ready = DemandLine(id="2", sku="sofa", quantity=1)
    answer = check(Demand([sofas(1, "1", needed_by=AT + 4 * MINUTE), ready]), snapshot, AT)
    assert answer.ok


def test_lines_that_wait_for_the_same_parts_are_not_promised_the_same():
    beech = Incoming(id="po-1", quantity=4, expected_at=hour(20))
    levels = [
        StockLevel(sku="beech", site="works", incoming=[beech]),
        StockLevel(sku="cloth", site="works", on_hand=90),
    ]
    snapshot = StockSnapshot(levels=levels, bills=TIMED)
    told = check(Demand([sofas(2, "1"), sofas(1, "2")]), snapshot, AT).shortages
    assert [each.enough_from for each in told] == [hour(20) + 11 * MINUTE, None]


@pytest.mark.parametrize("bills", [None, TIMED])
def test_what_nobody_can_make_is_served_from_what_stands_finished(bills):
    line = DemandLine(id="1", sku="lamp", quantity=3, sites="works", supply=MadeToOrder())
    snapshot = snapshot_of({("lamp", "works"): 2}, bills)
    (short,) = check(Demand([line]), snapshot, AT).shortages
    assert (short.available, short.reasons) == (2, ("no_bill", "too_few"))


def test_lead_times_in_working_time_ask_for_a_calendar():
    part = Part(
        "sofa", Bill(Component("cloth", 1)), lead_time=8 * 60 * MINUTE, in_working_time=True
    )
    book = BillBook([part, Part("cloth")])
    kept = {("cloth", "works"): 1}
    with pytest.raises(InvalidValue, match="calendar"):
        check(Demand([sofas(1)]), snapshot_of(kept, book), AT)
    week = WorkingTime(WorkingHours.of("UTC", {"MO-FR": "09:00-17:00"}))
    (short,) = check(Demand([sofas(1)]), snapshot_of(kept, book, calendar=week), AT).shortages
    assert short.enough_from == AT.replace(hour=10) + timedelta(days=1)


def test_answers_about_what_is_made_are_documents():
    answer = check(Demand([sofas(3)]), works(frame=1), AT)
    assert loads(StockCheck, dumps(answer)) == answer
    demand = Demand([sofas(3)])
    assert loads(Demand, dumps(demand)) == demand


def chained(*each: object) -> BillBook:
    """Make p0 of p1, p1 of p2 and so on, of so much each."""
    parts = [Part(f"p{i}", Bill(Component(f"p{i + 1}", much))) for i, much in enumerate(each)]
    return BillBook([*parts, Part(f"p{len(each)}"), Part("mug")])


MANY = 10**9
THEM = Demand(
    [
        DemandLine(id="a", sku="mug", quantity=1),
        DemandLine(id="b", line="2", sku="p0", quantity=10, supply=MadeToOrder()),
    ]
)


@pytest.mark.parametrize("ask", [check, set_aside])
@pytest.mark.parametrize(
    ("book", "kept", "part"),
    [
        (chained(MANY, MANY, MANY, MANY), {}, "p2"),
        (chained(MANY, MANY, "0.000000000001"), {("p3", "works"): MANY}, "p2"),
    ],
    ids=["short", "served"],
)
def test_a_need_beyond_all_limits_is_told_with_its_line_and_its_part(ask, book, kept, part):
    snapshot = snapshot_of({("mug", "shop"): 1} | kept, book)
    with pytest.raises(LimitExceeded) as refused:
        ask(THEM, snapshot, AT)
    assert refused.value.path == ("demand", "lines", 1, part)
    assert refused.value.within == "line '2'"


def test_what_stands_finished_is_had_however_much_it_would_take_to_make_it():
    snapshot = snapshot_of(
        {("mug", "shop"): 1, ("p0", "shop"): 10, ("p4", "works"): 1},
        chained(MANY, MANY, MANY, MANY),
    )
    assert check(THEM, snapshot, AT).ok
