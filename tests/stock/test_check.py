"""One question for a whole basket.

F4: `check(...).ok` holds just where `reserve` of the same demand succeeds on the same snapshot;
and both just where some way to serve all lines exists, which is found here by trying them all.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from baskets import NOW, SITES, demands, snapshot_of, stocks
from hypothesis import given
from hypothesis import strategies as st
from laws_of_stock import AT, check_agrees_with_reserve, reserve_never_oversells, set_aside
from stock_by_hand import hour

from ordercore import dumps, loads
from ordercore.errors import (
    IdempotencyConflict,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
)
from ordercore.stock import (
    Demand,
    DemandLine,
    Incoming,
    Preorder,
    Reserved,
    SiteUnits,
    StockCheck,
    StockLevel,
    StockPolicy,
    StockSnapshot,
    check,
    firm,
    reserve_units,
)

# F4, and what an answer must agree with


@given(stock=stocks(), demand=demands())
def test_a_basket_is_ok_just_where_it_can_be_reserved(stock, demand):
    check_agrees_with_reserve(stock, demand)


@given(stock=stocks(), demand=demands())
def test_a_reservation_never_oversells(stock, demand):
    reserve_never_oversells(stock, demand)


@given(stock=stocks(), demand=demands(), data=st.data())
def test_the_order_of_lines_and_levels_means_nothing(stock, demand, data):
    snapshot = snapshot_of(stock)
    lines = data.draw(st.permutations(demand.lines))
    levels = data.draw(st.permutations(snapshot.levels))
    other = StockSnapshot(levels=levels, sites=SITES[::-1])
    answer, again = check(demand, snapshot, AT), check(Demand(lines), other, AT)
    assert sorted(answer.lines, key=repr) == sorted(again.lines, key=repr)
    assert set_aside(demand, snapshot) == set_aside(Demand(lines), other) or not answer.ok


@given(stock=stocks(), demand=demands())
def test_neither_question_changes_the_snapshot(stock, demand):
    snapshot = snapshot_of(stock)
    check(demand, snapshot, AT)
    set_aside(demand, snapshot)
    assert snapshot == snapshot_of(stock)


@given(stock=stocks(), demand=demands(most=1))
def test_a_line_has_enough_from_the_first_instant_that_is_told(stock, demand):
    snapshot = snapshot_of(stock)
    short = check(demand, snapshot, AT).shortages
    if not short:
        return
    line, told = demand.lines[0], short[0].enough_from

    def ok(when: datetime) -> bool:
        # What there is in time stays taken; the rest may come later.
        rest = evolve(line, id="rest", quantity=short[0].missing, needed_by=when)
        had = short[0].available
        lines = [evolve(line, quantity=had), rest] if had else [rest]
        return check(Demand(lines), snapshot, AT).ok

    if told is None:
        assert not ok(hour(60))
    else:
        assert ok(told)
        assert not ok(told - timedelta(microseconds=1))


@given(stock=stocks(), demand=demands(), ends=st.integers(1, 5))
def test_what_is_reserved_and_expires_is_there_again(stock, demand, ends):
    snapshot = snapshot_of(stock)
    done = set_aside(demand, snapshot, expires_at=hour(NOW + ends))
    if isinstance(done, StockCheck):
        return
    after = written(snapshot, done)
    later = hour(NOW + ends)
    assert check(demand, after, later).ok == check(demand, snapshot, later).ok


def written(snapshot: StockSnapshot, done: Reserved) -> StockSnapshot:
    """Tell what is known once a reservation is written down."""
    levels = {(each.sku, each.site): each for each in snapshot.levels}
    levels |= {(each.level.sku, each.level.site): each.level for each in done.changes}
    return StockSnapshot(levels=levels.values(), sites=snapshot.sites)


@given(stock=stocks(), demand=demands())
def test_the_same_command_again_changes_nothing(stock, demand):
    snapshot = snapshot_of(stock)
    done = set_aside(demand, snapshot)
    if isinstance(done, StockCheck):
        return
    again = set_aside(demand, written(snapshot, done), at=hour(NOW + 1))
    assert isinstance(again, Reserved)
    assert again.changes == ()
    assert sorted(again.taken, key=repr) == sorted(done.taken, key=repr)


def test_the_same_command_with_another_demand_is_refused():
    snapshot = StockSnapshot(levels=[StockLevel(sku="mug", site="east", on_hand=9)])
    done = set_aside(Demand.of([("mug", 2)]), snapshot)
    with pytest.raises(IdempotencyConflict):
        set_aside(Demand.of([("mug", 3)]), written(snapshot, done))


# What is short, and what is told of it


def mugs(site: str = "east", on_hand: int = 0, **fields) -> StockLevel:
    return StockLevel(sku="mug", site=site, on_hand=on_hand, **fields)


def coming(units: int, at: int) -> Incoming:
    return Incoming(id=f"i{at}", quantity=units, expected_at=hour(at))


def line(units: int, name: str = "1", **fields) -> DemandLine:
    return DemandLine(id=name, sku="mug", quantity=units, **fields)


def shortage(lines, levels, sites=()):
    answer = check(Demand(lines), StockSnapshot(levels=levels, sites=sites), AT)
    assert len(answer.shortages) == 1
    return answer.shortages[0]


def test_two_lines_of_one_sku_share_what_there_is():
    short = shortage([line(3, "1"), line(3, "2")], [mugs(on_hand=5)])
    assert (short.line, short.available, short.missing) == ("2", 2, 1)
    assert short.reasons == ("other_lines",)


def test_a_line_moves_to_another_of_its_sites_for_one_that_has_no_other():
    levels = [mugs("east", 5), mugs("west", 5)]
    lines = [line(5, "1"), line(5, "2", sites="east")]
    answer = check(Demand(lines), StockSnapshot(levels=levels), AT)
    assert answer.ok
    assert [(p.line, p.site, p.units) for each in answer.lines for p in each.taken] == [
        ("1", "west", 5),
        ("2", "east", 5),
    ]


def test_lines_that_wait_leave_what_is_there_to_those_that_do_not():
    levels = [mugs("east", 5, incoming=[coming(5, 20)])]
    lines = [line(5, "1", needed_by=hour(20)), line(5, "2")]
    assert check(Demand(lines), StockSnapshot(levels=levels), AT).ok


def test_units_that_somebody_needs_later_are_not_there_now():
    level, _ = reserve_units(
        mugs(on_hand=5), 4, id="r", holder="o-9", at=AT, due=hour(30), command="c-0"
    )
    short = shortage([line(2)], [level])
    assert (short.available, short.reasons) == (1, ("too_few",))


def test_a_shortage_tells_from_when_there_is_enough():
    short = shortage([line(7)], [mugs(on_hand=2, incoming=[coming(3, 15), coming(4, 20)])])
    assert (short.missing, short.enough_from) == (5, hour(20))
    assert short.reasons == ("too_few", "later")


def test_two_short_lines_are_not_promised_the_same_receipt():
    levels = [mugs(incoming=[coming(5, 20), coming(2, 30)])]
    answer = check(Demand([line(4, "1"), line(3, "2")]), StockSnapshot(levels=levels), AT)
    assert [short.enough_from for short in answer.shortages] == [hour(20), hour(30)]


def test_a_shortage_tells_which_other_sites_have_some():
    levels = [mugs("east", 1), mugs("north"), mugs("west", 4)]
    short = shortage([line(3, sites=["east", "north"])], levels)
    assert short.elsewhere == (SiteUnits("west", 4),)
    assert short.reasons == ("too_few", "elsewhere")


def test_elsewhere_is_what_other_lines_leave():
    levels = [mugs("east", 1), mugs("west", 4)]
    short = shortage([line(3, "1", sites="west"), line(3, "2", sites="east")], levels)
    assert short.elsewhere == (SiteUnits("west", 1),)


@pytest.mark.parametrize(
    ("lines", "levels", "reasons"),
    [
        ([line(1)], [], ("unknown_sku",)),
        ([line(1, sites="west")], [mugs("east")], ("not_kept_there",)),
        ([line(1, needed_by=hour(NOW - 1))], [mugs(on_hand=9)], ("too_late", "later")),
        ([line(9)], [mugs(on_hand=8)], ("too_few",)),
    ],
)
def test_a_shortage_says_why(lines, levels, reasons):
    assert shortage(lines, levels, sites=["west"]).reasons == reasons


def test_every_line_is_answered_at_once():
    lines = [
        DemandLine(id="1", sku="cap", quantity=1),
        line(9, "2"),
        line(1, "3", sites="west"),
        DemandLine(id="4", sku="pen", quantity=1),
    ]
    levels = [mugs(on_hand=1), StockLevel(sku="cap", site="east", on_hand=1)]
    answer = check(Demand(lines), StockSnapshot(levels=levels, sites=["west"]), AT)
    assert [short.line for short in answer.shortages] == ["2", "3", "4"]


def test_offers_tell_what_each_site_has_and_from_when_on():
    levels = [mugs("east", 2, incoming=[coming(3, 15)]), mugs("west", 0), mugs("north", 1)]
    answer = check(Demand([line(1)]), StockSnapshot(levels=levels), AT)
    told = [(offer.site, offer.units, offer.since) for offer in answer.lines[0].offers]
    assert told == [("east", 2, AT), ("east", 5, hour(15)), ("north", 1, AT)]


def test_an_answer_is_its_json():
    lines = [line(7), line(1, "2", sites="west")]
    levels = [mugs("east", 2, incoming=[coming(9, 15)]), mugs("west", 4)]
    answer = check(Demand(lines), StockSnapshot(levels=levels), AT)
    assert loads(StockCheck, dumps(answer)) == answer
    assert loads(Demand, dumps(Demand(lines))) == Demand(lines)


# Back- and preorders


def test_a_backorder_sells_more_than_there_is_up_to_its_cap():
    levels = [mugs(on_hand=2, policy=StockPolicy(backorder=3))]
    assert check(Demand([line(5)]), StockSnapshot(levels=levels), AT).ok
    assert shortage([line(6)], levels).missing == 1


def test_a_preorder_sells_for_its_day_and_later_up_to_its_cap():
    levels = [mugs(policy=StockPolicy(preorder=Preorder(3, hour(24))))]
    snapshot = StockSnapshot(levels=levels)
    assert check(Demand([line(3, needed_by=hour(24))]), snapshot, AT).ok
    assert not check(Demand([line(4, needed_by=hour(24))]), snapshot, AT).ok
    short = shortage([line(3)], levels)
    assert (short.available, short.enough_from) == (0, hour(24))


# Hostile questions


def faults(act) -> list[tuple[tuple, str]]:
    with pytest.raises((InvalidDocument, InvalidInput)) as caught:
        act()
    error = caught.value
    told = error.faults if isinstance(error, InvalidDocument) else [error]
    return [(fault.path, fault.reason) for fault in told]


@pytest.mark.parametrize(
    ("units", "kind"),
    [
        (True, InvalidType),
        (1.0, InvalidType),
        ("1", InvalidType),
        (None, InvalidType),
        (0, InvalidValue),
        (-1, InvalidValue),
        (10**9 + 1, LimitExceeded),
    ],
)
def test_a_quantity_is_a_count_of_units(units, kind):
    with pytest.raises(kind) as caught:
        line(units)
    assert caught.value.path == ("quantity",)


def test_instants_know_their_offset():
    naive = datetime(2026, 11, 11)
    for name in ("needed_by", "not_before"):
        assert faults(lambda name=name: line(1, **{name: naive})) == [((name,), "naive_datetime")]
    snapshot = StockSnapshot(levels=[mugs(on_hand=1)])
    assert faults(lambda: check(Demand([line(1)]), snapshot, naive)) == [
        (("at",), "naive_datetime")
    ]


def test_a_line_is_not_needed_before_it_may_begin():
    both = {"not_before": hour(5), "needed_by": hour(4)}
    assert faults(lambda: line(1, **both)) == [(("needed_by",), "empty_window")]


def test_all_unknown_sites_are_told_at_once():
    lines = [line(1, "1", sites=["east", "moon"]), line(1, "2", sites=["mars"])]
    snapshot = StockSnapshot(levels=[mugs("east", 1)])
    for ask in (
        lambda: check(Demand(lines), snapshot, AT),
        lambda: set_aside(Demand(lines), snapshot),
    ):
        assert faults(ask) == [
            (("demand", "lines", 0, "sites", 1), "not_found"),
            (("demand", "lines", 1, "sites", 0), "not_found"),
        ]


def test_a_site_is_named_once():
    assert faults(lambda: line(1, sites=["east", "west", "east"])) == [
        (("sites", 2), "duplicate_id")
    ]
    assert faults(lambda: StockSnapshot(sites=["east", "east"], levels=[mugs(), mugs()])) == [
        (("sites", 1), "duplicate_id"),
        (("levels", 1, "site"), "duplicate_id"),
    ]


def test_a_line_is_named_once():
    assert faults(lambda: Demand([line(1), line(2), line(3)])) == [
        (("lines", 1, "id"), "duplicate_id"),
        (("lines", 2, "id"), "duplicate_id"),
    ]


def test_all_faults_of_a_short_demand_are_told_at_once():
    assert faults(lambda: Demand.of([("mug", 0), ("", 1), ("cap", 1)])) == [
        (("lines", 0, "quantity"), "invalid_value"),
        (("lines", 1, "sku"), "invalid_identifier"),
    ]


@pytest.mark.parametrize("what", [None, 5, "mug", [("mug", 1)], {}])
def test_what_is_no_question_is_refused(what):
    snapshot = StockSnapshot(levels=[mugs(on_hand=1)])
    with pytest.raises(InvalidType):
        check(what, snapshot, AT)
    with pytest.raises(InvalidType):
        check(Demand([line(1)]), what, AT)
    with pytest.raises(InvalidType):
        check(Demand([line(1)]), snapshot, what)


def test_a_basket_has_limits():
    with pytest.raises(LimitExceeded):
        Demand([line(1, str(i)) for i in range(1001)])
    sites = [f"s{i}" for i in range(1000)]
    lines = [line(1, str(i), sites=sites) for i in range(21)]
    with pytest.raises(LimitExceeded) as caught:
        check(Demand(lines), StockSnapshot(sites=sites), AT)
    assert caught.value.path == ("demand", "lines")


def test_a_basket_near_the_limits_is_answered():
    sites = [f"s{i:03}" for i in range(40)]
    levels = [mugs(site, 3, incoming=[coming(1, 20)]) for site in sites]
    lines = [line(1, f"{i:03}", sites=sites[i % 20 :]) for i in range(500)]
    answer = check(Demand(lines), StockSnapshot(levels=levels), AT)
    assert sum(short.missing for short in answer.shortages) == 500 - 120
    assert sum(short.enough_from is not None for short in answer.shortages) == 40


def test_what_cannot_be_remembered_is_not_ok_either():
    level = mugs(on_hand=9)
    many = evolve(
        reserve_units(level, 1, id="r", holder="o-9", at=AT, command="c-0")[0],
        reservations=[
            evolve(
                reserve_units(level, 1, id="r", holder="o", at=AT, command="c")[0].reservations[0],
                id=f"r{i}",
                released=1,
                state="released",
            )
            for i in range(10_000)
        ],
    )
    snapshot = StockSnapshot(levels=[many])
    for ask in (check, set_aside):
        with pytest.raises(LimitExceeded) as caught:
            ask(Demand([line(1)]), snapshot, AT)
        assert caught.value.path == ("snapshot", "levels", 0, "reservations")


def test_reservations_that_end_before_they_begin_are_refused():
    snapshot = StockSnapshot(levels=[mugs(on_hand=1)])
    with pytest.raises(InvalidValue) as caught:
        set_aside(Demand([line(1)]), snapshot, expires_at=AT)
    assert caught.value.path == ("expires_at",)


def test_a_firm_reservation_needs_no_further_stock():
    snapshot = StockSnapshot(levels=[mugs(on_hand=1)])
    done = set_aside(Demand([line(1)]), snapshot, expires_at=hour(NOW + 1))
    level, _ = firm(done.changes[0].level, "c-1.1", at=AT, command="c-2")
    assert level.firm == 1
    assert not check(Demand([line(1)]), StockSnapshot(levels=[level]), hour(NOW + 9)).ok


def test_an_unknown_site_is_a_mistake_and_an_empty_one_is_not():
    with pytest.raises(InvalidDocument) as caught:
        check(Demand([line(1, sites="west")]), StockSnapshot(), AT)
    assert isinstance(caught.value.faults[0], NotFound)
    assert not check(Demand([line(1, sites="west")]), StockSnapshot(sites="west"), AT).ok
