"""What is told fits what it is of: people and times, units of measure, orders.

Laws:
    - Of a service, nobody is told that goods are missing.
    - Counts are told in the unit in which a part is stocked, wherever the bills were known.
    - Whoever depends on what has changed is named: the order, not the reservation.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from making import AT, in_state
from telling import COVERED, DAY, EVERYBODY, LATE, PLACED, recorded

from ordercore import dumps, loads
from ordercore.calendars import WorkingHours, WorkingTime
from ordercore.errors import InvalidType
from ordercore.notices import NoticeKind, Urgency, notices_for, notices_of
from ordercore.orders import OrderState
from ordercore.stock import (
    BackordersCovered,
    Bill,
    BillBook,
    Component,
    Demand,
    DemandLine,
    MadeToOrder,
    Part,
    Performed,
    ReorderRule,
    Shortage,
    StockLevel,
    StockPolicy,
    StockSnapshot,
    check,
    explain_stock,
    low_stock,
    propose,
    tell_shortages,
)
from ordercore.stock.answer import RoleShort
from ordercore.stock.resources import Agenda, Requirement, Resource

HOUR = timedelta(hours=1)
OPEN = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-SU": "08:00-18:00"}))
DENTIST = Resource(id="dr-li", kind="person", site="clinic", hours=OPEN, skills={"dentist": 1})
CLEAN = Requirement(id="clean", roles={"dentist": {"dentist": 1}}, duration=HOUR)
BOOK = BillBook(
    [
        Part("chair", Bill([Component("cloth", "1.2", "m"), Component("leg", 4)]), lead_time=DAY),
        Part("cloth", unit="cm"),
        Part("leg"),
    ]
)
GOODS_IN_WORDS = ("件", "货", "供应", "stock", "units", "ready", "more will come", "enough")


def visits(units, *, hours=8, start=0):
    """Ask for so many visits within so many hours."""
    return DemandLine(
        id="1",
        sku="clean",
        quantity=units,
        not_before=AT + start * HOUR,
        needed_by=AT + (start + hours) * HOUR,
        supply=Performed(CLEAN),
    )


def chairs(units, by=2 * DAY):
    return DemandLine(id="2", sku="chair", quantity=units, needed_by=AT + by, supply=MadeToOrder())


def short_of(*lines, **stock):
    levels = [StockLevel(sku=sku, site="works", on_hand=units) for sku, units in stock.items()]
    snapshot = StockSnapshot(levels=levels, agendas=[Agenda(resource=DENTIST)], bills=BOOK)
    return check(Demand(lines), snapshot, AT)


# Services


BUSY = short_of(visits(99)).shortages[0]
OVER = short_of(visits(1, start=-9)).shortages[0]


@pytest.mark.parametrize("short", [BUSY, OVER], ids=["busy", "over"])
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_of_a_service_nobody_is_told_that_goods_are_missing(short, locale):
    told = [
        *tell_shortages([short], locale),
        *tell_shortages([short], locale, for_customers=True),
        str(explain_stock(short, locale)),
        *(str(notice.told(locale)) for notice in notices_for(short, at=AT)),
    ]
    assert [(words, text) for words in GOODS_IN_WORDS for text in told if words in text] == []


def test_a_shortage_says_whether_it_is_of_a_service():
    goods = short_of(chairs(1)).shortages[0]
    assert (BUSY.is_service, OVER.is_service, goods.is_service) == (True, True, False)
    by_hand = Shortage(line="1", sku="clean", wanted=1, roles=[RoleShort(reason="too_few")])
    assert by_hand.is_service


def test_services_and_goods_of_one_basket_are_told_apart():
    found = short_of(visits(99), chairs(1)).shortages
    told = [(each.kind, [units.id for units in each.units]) for each in notices_for(found, at=AT)]
    assert told == [
        (NoticeKind.SHORTAGE, ["2"]),
        (NoticeKind.SHORTAGE, ["2"]),
        (NoticeKind.OVERLOAD, ["1"]),
        (NoticeKind.OVERLOAD, ["1"]),
    ]


def test_a_service_that_is_short_is_told_with_its_times():
    short = evolve(BUSY, wanted=12, available=10, enough_from=AT + DAY)
    (told,) = tell_shortages([short], "zh_CN", zone="Asia/Shanghai")
    assert told.startswith("clean：需要 12 次，可安排 10 次（缺少人员或设备；稍后有空档；")
    (told,) = tell_shortages([short], "en", for_customers=True)
    assert told.startswith("clean: 10 of 12 can be booked; the next one could begin on ")


# Units of measure


@pytest.mark.parametrize(
    ("locale", "bought", "part"),
    [
        ("zh_CN", "建议采购 cloth × 120 厘米", "cloth 缺 120 厘米"),
        ("en", "Buy cloth × 120 cm", "cloth: 120 cm short"),
    ],
)
def test_what_is_bought_and_short_is_told_in_its_unit(locale, bought, part):
    found = propose(BOOK, {"chair": 1}, {"leg": 4}, by=AT + 9 * DAY).proposals
    assert bought in str(explain_stock(found, locale))
    assert bought in [str(each.told(locale).title) for each in notices_for(found, at=AT)]
    (short,) = short_of(chairs(1), leg=4).shortages
    assert part in str(explain_stock(short, locale))
    assert part in tell_shortages([short], locale)[0]
    assert part in str(notices_for(short, at=AT)[0].told(locale))


def test_why_it_is_bought_is_told_in_the_same_unit():
    found = propose(BOOK, {"chair": 2}, {"leg": 4}, by=AT + 9 * DAY).proposals
    (cloth,) = (each for each in found if each.sku == "cloth")
    assert "240 cm, for chair" in str(explain_stock(cloth, "en"))
    assert "240 厘米，用于 chair" in str(notices_for(cloth, at=AT)[0].told("zh_CN"))
    (leg,) = (each for each in found if each.sku == "leg")
    assert "4, for chair" in str(explain_stock(leg, "en"))
    assert "4 件，用于 chair" in str(explain_stock(leg, "zh_CN"))


def test_a_unit_of_the_shops_own_is_told_by_its_name():
    found = propose(BOOK, {"chair": 1}, {}, by=AT).proposals
    cloth = evolve(found[1], unit="roll")
    assert "cloth × 120 roll" in str(explain_stock(cloth, "en"))
    assert "120 roll" in str(explain_stock(cloth, "zh_CN"))


def test_what_no_bill_knows_is_told_without_a_unit():
    level = StockLevel(
        sku="tape", site="works", policy=StockPolicy(reorder=ReorderRule(point=1, target=5))
    )
    (tape,) = propose(BOOK, {}, {}, low=low_stock([level], AT)).proposals
    assert tape.unit is None
    assert "Buy tape × 5." in str(explain_stock(tape, "en"))


# No time to make it


def test_what_is_there_is_not_told_as_missing_where_there_is_no_time_to_make_it():
    (short,) = short_of(chairs(1, by=DAY / 2), cloth=120, leg=100).shortages
    assert (short.reasons, short.parts) == (("no_time", "later"), ())
    assert "no time to make it" in tell_shortages([short], "en")[0]
    assert "生产时间不足" in tell_shortages([short], "zh_CN")[0]


def test_what_is_missing_is_told_beside_that_there_is_no_time():
    (short,) = short_of(chairs(1, by=DAY / 2), cloth=20, leg=100).shortages
    assert short.reasons == ("no_time", "missing_parts")
    assert [(part.sku, part.short, part.unit) for part in short.parts] == [("cloth", 100, "cm")]


def test_of_what_there_is_time_for_nothing_else_is_told():
    (short,) = short_of(chairs(1), cloth=20, leg=100).shortages
    assert short.reasons == ("missing_parts",)


# What is agreed


@pytest.mark.parametrize(
    ("locale", "title"),
    [("zh_CN", "订单 SO1 待生产：chair × 2"), ("en", "To be made for order SO1: chair × 2")],
)
def test_what_an_order_lets_be_made_is_told_with_the_order(locale, title):
    made = propose(BOOK, {"chair": 2}, {"leg": 8, "cloth": 240}, by=AT + 9 * DAY).proposals
    (notice,) = notices_for(made, at=AT, order=PLACED)
    assert (notice.kind, notice.audience) == (NoticeKind.PRODUCTION_PLANNED, "production")
    assert notice.told(locale).title == title
    assert "缺" not in str(notice.told(locale))
    assert "Short" not in str(notice.told(locale))
    assert notice.urgency is Urgency.SOON


def test_what_would_have_to_be_made_for_a_draft_is_a_proposal():
    made = propose(BOOK, {"chair": 2}, {"leg": 8, "cloth": 240}, by=AT + 9 * DAY).proposals
    draft = in_state(OrderState.DRAFT)
    two = [(PLACED, evolve(one, id="o-2")) for one in (PLACED, draft)]
    for orders in ((), draft, *two):
        (notice,) = notices_for(made, at=AT, order=orders)
        assert notice.kind is NoticeKind.PRODUCTION_PROPOSED


# Whom it concerns


def of_level(event):
    """Tell of what the order has bought, and of what a basket waits for."""
    return notices_of(
        recorded("stock_level", "east/shirt", [event]), order=PLACED, policy=EVERYBODY
    )


def test_staff_are_told_at_once_whose_missing_units_are_there():
    told = of_level(evolve(COVERED, sku="shirt"))
    (staff,) = [each for each in told if each.kind == "backorder_covered"]
    assert {(each.kind, each.title) for each in staff.subjects} >= {
        ("order", "SO1"),
        ("holder", "c-3"),
    }
    assert "SO1 × 2" in str(staff.told("en"))
    assert "v-1" not in str(staff.told("en"))


def test_each_customer_is_told_that_their_missing_units_are_there():
    told = [
        each
        for each in of_level(evolve(COVERED, sku="shirt"))
        if (each.kind, each.audience) == ("promise_covered", "customer")
    ]
    assert [each.subjects[-1].title for each in told] == ["SO1", "c-3"]
    assert "SO1" in str(told[0].told("zh_CN"))


def test_covered_backorders_of_before_are_read_and_told_by_their_reservations():
    old = loads(BackordersCovered, '{"type": "backorders_covered", "reservations": ["v-1"]}')
    (staff,) = of_level(old)
    assert staff.kind == "backorder_covered"
    assert "v-1" in str(staff.told("en"))
    assert loads(BackordersCovered, dumps(COVERED)) == COVERED


def test_each_order_that_is_late_is_told_as_one_that_was_found_late():
    told = [each for each in of_level(evolve(LATE, sku="shirt")) if each.audience == "customer"]
    assert [(each.kind, each.subjects[-1].title) for each in told] == [
        ("promise_late", "SO1"),
        ("promise_late", "c-3"),
    ]
    assert [(each.units[0].quantity, each.units[0].wanted) for each in told] == [(2, 3), (1, 1)]
    assert [each.expected_at for each in told] == [AT + DAY, None]
    assert [each.at for each in told] == [AT, AT]


def in_line_of(event, sku):
    """Take an event of a sku that a line of the order has, or not."""
    return notices_of(
        recorded("stock_level", f"east/{sku}", [evolve(event, sku=sku)]), order=PLACED
    )


def test_customers_are_told_of_what_they_bought_and_not_of_its_parts():
    told = [(each.kind.value, each.audience) for each in in_line_of(LATE, "cloth")]
    assert told[:2] == [("parts_late", "production"), ("parts_late", "staff")]
    assert [kind for kind, _ in told[2:]] == ["promise_late", "promise_late"]  # of c-3
    assert "SO1" not in [
        subject.title
        for each in in_line_of(COVERED, "cloth")
        if each.audience == "customer"
        for subject in each.subjects
    ]


def test_what_was_bought_is_called_by_its_name():
    (title,) = {each.units[0].title for each in in_line_of(LATE, "shirt")[:2]}
    assert title == "衬衫"
    told = [each for each in in_line_of(COVERED, "shirt") if each.audience == "customer"]
    assert told[0].units[0].title == "衬衫"


# What may be told


@pytest.mark.parametrize("given", [object(), None, 5])
def test_what_is_no_finding_is_refused_with_what_there_is(given):
    with pytest.raises(InvalidType) as caught:
        notices_for(given, at=AT)
    assert caught.value.path == ("found",)
    assert "Shortage" in str(caught.value)


def test_whoever_gets_missing_units_has_one_key_whatever_is_known_of_the_others():
    happened = recorded("stock_level", "east/cloth", [evolve(COVERED, sku="cloth")])
    known, unknown = (
        {
            each.subjects[-1].id: each.key
            for each in notices_of(happened, order=orders)
            if each.kind is NoticeKind.PROMISE_COVERED
        }
        for orders in (PLACED, ())
    )
    assert known["c-3"] == unknown["c-3"]
    assert len({*unknown.values()}) == len(unknown) > 1


@pytest.mark.parametrize(("locale", "told"), [("zh_CN", "需要 30 厘米"), ("en", "30 cm wanted")])
def test_what_is_short_is_told_in_its_unit(locale: str, told: str):
    short = Shortage(line="1", sku="cloth", wanted=30, unit="cm")
    assert told in tell_shortages([short], locale)[0]
    assert told in str(notices_for(short, at=AT)[0].told(locale))
