"""What stock answers and what was found of it, in words.

- It is true: numbers, sites and instants are those of the answer, and nothing else is told.
- It is short: one sentence for each line or finding.
- It is escaped: nothing that is called by anything can be markup.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from laws_of_stock import AT
from mixed_baskets import mixed_baskets

from ordercore.calendars import WorkingHours, WorkingTime
from ordercore.errors import InvalidType, InvalidValue
from ordercore.stock import (
    Bill,
    BillBook,
    BringForward,
    Component,
    Demand,
    DemandLine,
    Incoming,
    MadeToOrder,
    Part,
    Performed,
    Reservation,
    Shortage,
    StockLevel,
    StockPolicy,
    StockSnapshot,
    check,
    explain_stock,
    late,
    low_stock,
    overdue,
    propose,
)
from ordercore.stock.levels import ReorderRule
from ordercore.stock.materials import earliest, net
from ordercore.stock.resources import (
    Agenda,
    Lack,
    LackReason,
    Overload,
    ProductionCapacity,
    Requirement,
    Resource,
    earliest_slot,
)
from ordercore.wording import Words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHANGHAI = "Asia/Shanghai"
MUG = StockLevel(
    sku="mug",
    site="east",
    on_hand=5,
    policy=StockPolicy(reorder=ReorderRule(point=14, target=30)),
    incoming=[
        Incoming(id="po-0", quantity=4, expected_at=AT - DAY),
        Incoming(id="po-1", quantity=9, expected_at=AT + DAY),
    ],
    reservations=[
        Reservation(
            id="r-1", holder="o-1", quantity=6, at=AT - 2 * DAY, due=AT, expires_at=AT + 9 * DAY
        )
    ],
)
BOOK = BillBook([Part("chair", Bill(Component("leg", 4))), Part("leg", lead_time=DAY)])


def answer(*lines: DemandLine):
    levels = [
        StockLevel(sku="mug", site="east", on_hand=5),
        StockLevel(sku="mug", site="west", on_hand=2),
        StockLevel(sku="leg", site="west", on_hand=4),
    ]
    return check(Demand(lines), StockSnapshot(levels=levels, bills=BOOK), AT)


def en(at: datetime) -> str:
    return Words("en").instant(at, SHANGHAI)


def zh(at: datetime) -> str:
    return Words("zh_CN").instant(at, SHANGHAI)


def mugs(units: int, name: str = "1", **more) -> DemandLine:
    return DemandLine(id=name, sku="mug", quantity=units, **more)


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("en", ["All of it can be had.", "Mug: all 6 (east: 5, west: 1)"]),
        ("zh_CN", ["全部可供。", "Mug：6 件全部可供（east 5 件、west 1 件）"]),
    ],
)
def test_what_can_be_had_is_told_with_its_sites(locale, told):
    page = explain_stock(answer(mugs(6)), locale, names={"mug": "Mug"})
    assert str(page).splitlines() == told
    assert page.kind == "stock_check"


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        (
            "en",
            (
                "chair: 1 of 2, 1 short (parts are missing; leg: 4 short; "
                "nobody knows when there will be enough)"
            ),
        ),
        (
            "zh_CN",
            "chair：需要 2 件，可供 1 件，缺 1 件（缺少物料；leg 缺 4 件；尚不知何时可足量供应）",
        ),
    ],
)
def test_what_is_short_is_told_with_all_reasons(locale, told):
    line = DemandLine(id="1", sku="chair", quantity=2, supply=MadeToOrder())
    assert str(explain_stock(answer(line), locale)).splitlines()[1] == told


def test_lines_are_told_in_their_order_and_the_table_has_their_numbers():
    page = explain_stock(answer(mugs(9, "1", sites="east"), mugs(1, "2")))
    assert str(page).startswith("Not all of it can be had.\n")
    (table,) = page.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows == [["mug", "9", "5", "east: 5", ""], ["mug", "1", "1", "west: 1", ""]]
    assert [row.kind for row in table.rows] == ["short", "line"]
    assert page.notes[0].items == (
        (
            "mug: 5 of 9, 4 short (these sites have fewer; other sites have some; west: 1; "
            "nobody knows when there will be enough)"
        ),
    )
    assert page.to_plain()["tables"][0]["rows"][0]["cells"]["available"] == {
        "text": "5",
        "count": 5,
    }


OVERLOAD = Overload(
    requirement="brakes",
    lacks=[
        Lack(site="north", role="mechanic", reason=LackReason.OVERLOADED, free_from=AT + HOUR),
        Lack(site=None, role=None, reason=LackReason.NOT_TOGETHER),
    ],
    free_from=AT + HOUR,
)
SOONER = BringForward(
    sku="mug", order="po-1", kind="purchase", units=2, expected_at=AT + DAY, needed_by=AT
)


@pytest.mark.parametrize(
    ("found", "english", "chinese"),
    [
        (
            low_stock([MUG], AT)[0],
            (
                "Low stock: mug at east. There and on its way, not promised: 12. "
                "Reorder point: 14. Proposed order: 18, up to 30."
            ),
            None,
        ),
        (
            overdue([MUG], AT)[0],
            (f"Purchase overdue: mug × 4 for east. Purchase po-0 was expected on {en(AT - DAY)}."),
            f"采购逾期：east 的 mug × 4。采购单 po-0 原定 {zh(AT - DAY)} 到货。",
        ),
        (
            late([MUG], AT)[0],
            (
                "Promise late: mug at east. 1 unit of 6 will not be there by "
                f"{en(AT)}. Promised to o-1. "
                f"There is enough from {en(AT + DAY)} on."
            ),
            None,
        ),
        (
            OVERLOAD,
            (
                f"No free time for brakes. Free from {en(AT + HOUR)} on. "
                f"north, mechanic: booked, free from {en(AT + HOUR)} on; "
                "all together: never free at the same time."
            ),
            (
                f"无法安排 brakes。{zh(AT + HOUR)} 起有空档。"
                f"north，mechanic：已被预约，{zh(AT + HOUR)} 起有空；"
                "全部同时：没有同时空闲的时间。"
            ),
        ),
        (
            propose(BOOK, {"chair": 2}, {"leg": 3}, by=AT + 2 * DAY).proposals[1],
            (
                f"Buy leg × 5. Needed by {en(AT + 2 * DAY)}. To be ordered by "
                f"{en(AT + DAY)}. Needed: 5, for chair."
            ),
            None,
        ),
        (
            propose(BOOK, {"chair": 2}, {"leg": 8}).proposals[0],
            "Make chair × 2. Needed: 2.",
            "建议生产 chair × 2。需要 2 件。",
        ),
        (
            SOONER,
            (
                "Bring a purchase forward: mug × 2. Purchase po-1. Needed by "
                f"{en(AT)}. Expected on {en(AT + DAY)} "
                "as it stands."
            ),
            None,
        ),
        (
            Shortage(line="1", sku="mug", wanted=3, reasons=["unheard_of"]),
            "mug: 0 of 3, 3 short (unheard_of; nobody knows when there will be enough)",
            None,
        ),
    ],
    ids=["low", "overdue", "late", "overload", "buy", "make", "sooner", "short"],
)
def test_each_finding_is_a_sentence(found, english, chinese):
    assert str(explain_stock(found, zone=SHANGHAI)) == english
    in_chinese = str(explain_stock([found], "zh_CN", zone=SHANGHAI))
    assert chinese in (None, in_chinese)
    assert re.search("[\u4e00-\u9fff]", in_chinese)


BED = BillBook(
    [
        Part("bed", Bill([Component("plank", "1.2", "m")]), lead_time=DAY),
        Part("plank", unit="cm", lead_time=2 * DAY),
    ]
)
OPEN = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "08:00-18:00"}))
JOINER = Agenda(
    resource=Resource(id="joiner", kind="person", site="works", hours=OPEN, skills={"wood": 1})
)
SAWING = Requirement(id="sawing", roles={"joiner": {"wood": 1}}, duration=HOUR)
PLAN = net(BED, {"bed": 3}, {"bed": 1, "plank": 40}, by=AT + 9 * DAY)
PROMISE = earliest(
    BED,
    {"bed": 1},
    {"plank": 120},
    at=AT,
    capacity=ProductionCapacity(operations={"bed": SAWING}, agendas=[JOINER], until=AT + 9 * DAY),
)
SLOT = earliest_slot(SAWING, [JOINER], AT, AT + DAY)


@pytest.mark.parametrize(
    ("found", "english", "chinese"),
    [
        (
            PLAN,
            (
                "Planned: bed × 3; parts must be bought. "
                f"bed: 3 needed, 1 there, 2 to be made, begun by {en(AT + 8 * DAY)}. "
                "plank: 240 cm needed, 40 cm there, 200 cm to be bought, ordered by "
                f"{en(AT + 6 * DAY)}."
            ),
            (
                "计划：bed × 3，须采购物料。"
                f"bed：需要 3 件，现有 1 件，生产 2 件（最晚 {zh(AT + 8 * DAY)} 开工）。"
                "plank：需要 240 厘米，现有 40 厘米，采购 200 厘米"
                f"（最晚 {zh(AT + 6 * DAY)} 下单）。"
            ),
        ),
        (
            PROMISE,
            (
                f"Planned: bed × 1; all there from {en(AT + DAY)} on. "
                f"bed: 1 needed, 1 to be made, begun by {en(AT)}. "
                "plank: 120 cm needed, 120 cm there. "
                f"bed: works, {en(AT)}, by joiner."
            ),
            None,
        ),
        (
            net(BED, {"bed": 1}, {"bed": 1}),
            "Planned: bed × 1. bed: 1 needed, 1 there.",
            "计划：bed × 1。bed：需要 1 件，现有 1 件。",
        ),
        (
            SLOT,
            f"sawing: works, {en(AT)}, by joiner.",
            f"sawing：works，{zh(AT)}，joiner。",
        ),
    ],
    ids=["plan", "promise", "there", "slot"],
)
def test_each_plan_is_told_with_what_it_takes(found, english, chinese):
    assert str(explain_stock(found, zone=SHANGHAI)) == english
    assert chinese in (None, str(explain_stock([found], "zh_CN", zone=SHANGHAI)))


def test_a_service_that_can_be_had_is_told_with_its_times():
    line = DemandLine(id="1", sku="sawing", quantity=2, supply=Performed(SAWING))
    found = check(Demand([line]), StockSnapshot(agendas=[JOINER]), AT)
    (told,) = str(explain_stock(found, "zh_CN", zone=SHANGHAI)).splitlines()[1:]
    assert told.startswith(f"sawing：2 次均可安排（works，{zh(AT)}，joiner、")
    (told,) = str(explain_stock(found, zone=SHANGHAI)).splitlines()[1:]
    assert told.startswith("sawing: all 2 can be booked (works, ")


def test_what_has_no_words_is_refused_with_all_that_has_some():
    with pytest.raises(InvalidType) as caught:
        explain_stock(object())
    assert caught.value.path == ("found",)
    assert {"StockCheck", "Shortage", "MaterialPlan", "Slot"} <= set(
        re.findall(r"\w+", str(caught.value))
    )


def test_no_name_can_be_markup():
    evil = "<script>alert(1)</script>"
    page = explain_stock(answer(mugs(9)), names={"mug": evil, "east": evil})
    assert "<script" not in page.html()
    assert "&lt;script&gt;" in page.html()
    told = explain_stock(OVERLOAD, names={"brakes": evil, "mechanic": evil}).html()
    assert "<script" not in told


@settings(max_examples=25)
@given(basket=mixed_baskets())
def test_every_answer_can_be_told_and_tells_its_numbers(basket):
    found = check(basket.demand, basket.snapshot, AT)
    for locale in ("en", "zh_CN"):
        page = explain_stock(found, locale, zone=SHANGHAI)
        lines = str(page).splitlines()
        assert len(lines) == 1 + len(found.lines)
        assert len(page.notes) == (0 if found.ok else 1)
        for told, line in zip(lines[1:], found.lines, strict=True):
            assert told.startswith(line.sku)
            short = line.shortage
            numbers = {line.wanted, *([short.available, short.missing] if short else ())}
            assert numbers <= {int(n) for n in re.findall(r"\d+", told)}
        assert page.table()
        assert page.html().startswith("<section")


@pytest.mark.parametrize("what", [None, 5, "mug", [5], {MUG}])
def test_what_is_none_is_refused(what):
    with pytest.raises(InvalidType):
        explain_stock(what)


def test_there_are_words_in_two_languages_and_zones_that_exist():
    found = answer(mugs(1))
    with pytest.raises(InvalidValue) as caught:
        explain_stock(found, "fr")
    assert caught.value.reason == "unknown_locale"
    late_one = low_stock([MUG], AT) + overdue([MUG], AT)
    with pytest.raises(InvalidValue) as caught:
        explain_stock(late_one, zone="Moon/Base")
    assert caught.value.reason == "unknown_zone"
