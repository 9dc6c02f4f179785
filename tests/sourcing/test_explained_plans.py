"""A plan in words: every reason has words in both languages, and no name becomes markup."""

from __future__ import annotations

from itertools import product

import pytest
from attrs import evolve
from hypothesis import given
from networks import NOW, networks, requests, strategies

from ordercore.errors import InvalidType
from ordercore.money import Money
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    Certificate,
    Exact,
    Measure,
    Network,
    Objective,
    Reason,
    ReasonCode,
    Request,
    Site,
    SiteCosts,
    Strategy,
    allocate,
    cheapest,
    fewest_parcels,
)
from ordercore.sourcing.batch import allocate_batch
from ordercore.sourcing.explaining import explain_plan
from ordercore.sourcing.plan import AllocationPlan, PlannedLine, SiteFinding
from ordercore.sourcing.rules import IsKind, WithinReach
from ordercore.stock import Demand

HOME = GeoPoint("39.900", "116.400")
SHOP = Network(
    "CNY",
    [
        Site(
            id="east",
            stock=[("mug", 2)],
            place=GeoPoint("39.910", "116.400"),
            costs=SiteCosts(parcel="6.00", unit="0.50"),
        ),
        Site(
            id="west",
            stock=[("mug", 5)],
            place=GeoPoint("39.930", "116.400"),
            costs=SiteCosts(parcel="9.00"),
        ),
        Site(id="far", stock=[("mug", 9)], place=GeoPoint("31.22", "121.45")),
    ],
)
REQUEST = Request(Demand.of([("mug", 3)]), NOW, HOME)
STRATEGY = Strategy(where=WithinReach(10_000), choose=Exact(compare=True))
NAMES = {"east": "东仓", "west": "西仓", "far": "上海仓", "mug": "马克杯"}


def test_a_plan_is_told_in_chinese():
    plan = allocate(REQUEST, SHOP, STRATEGY)
    assert str(explain_plan(plan, "zh_CN", names=NAMES)).splitlines() == [
        "西仓：马克杯 × 3，¥9.00，2026年11月11日 19:38:01 (UTC+08:00)送达",
        "合计 ¥9.00",
        "",
        "为什么选这些发货地",
        "东仓：未选，最多省¥0.00，一次性成本却要¥6.00",
        "上海仓：未选，相距1,067.323公里，上限10公里",
        "西仓：选中，在找到的最优方案中",
        "",
        "方案有多好",
        "已证明：没有成本更低的方案（限于只用规则允许的发货地的方案）",
    ]


def test_a_plan_is_told_in_english():
    plan = allocate(REQUEST, SHOP.without("west"), STRATEGY)
    assert str(explain_plan(plan)).splitlines() == [
        "east: mug × 2, CN¥7.00, there by Nov 11, 2026, 7:32:41\u202fPM (UTC+08:00)",
        "Total CN¥7.00",
        "",
        "Nobody gives",
        "mug × 1 (line 0001)",
        "east: gives all that it can, 2",
        "far: 1,067.323 km away, 10 km at most",
        "",
        "Why these sites",
        "east: taken, no other could give it",
        "far: not taken, 1,067.323 km away, 10 km at most",
        "",
        "How good it is",
        "No plan leaves fewer units: proved, for plans from sites that the rules let in",
        "None that leaves as few costs less: proved, for plans from sites that the rules let in",
    ]


def test_the_table_adds_up_to_its_foot():
    page = explain_plan(allocate(REQUEST, SHOP.without("west"), STRATEGY))
    (table,) = page.tables
    assert [column.title for column in table.columns] == [
        "Site", "Goods", "Distance", "Arrives", "Parcel", "Way", "Units", "Cost",
    ]  # fmt: skip
    (row,) = table.rows
    assert [cell.value for cell in row.cells[4:]] == [
        Money.of(told, "CNY") for told in ("6.00", "0.00", "1.00", "7.00")
    ]
    assert (row.cells[0].text, row.cells[1].text, row.cells[2].text) == (
        "east", "mug × 2", "1.112 km",
    )  # fmt: skip
    assert table.foot.cells[-1].value == Money.of("7.00", "CNY")
    assert page.table().splitlines()[-1].split() == ["Total", "CN¥7.00"]


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_has_words(code, locale):
    for measure in Measure if code.startswith("ranked") else [None]:
        why = Reason(code=code, value=7000, limit=60_000, subject="east", measure=measure, at=NOW)
        bare = Reason(code=code, measure=measure)
        for reason in (why, bare):
            told = told_of(reason, locale)
            assert "{" not in told
            assert "sourcing." not in told


def told_of(reason: Reason, locale: str) -> str:
    plan = AllocationPlan(
        at=NOW,
        currency="CNY",
        lines=[PlannedLine(id="1", sku="mug", wanted=1, served=0)],
        sites=[SiteFinding(site="a", taken=False, reasons=[reason])],
    )
    return str(explain_plan(plan, locale))


PROOFS = [
    (Certificate(objective="cost", value=900, lower_bound=900), "No plan costs less: proved"),
    (
        Certificate(objective="cost", value=900, lower_bound=650),
        "Another plan may cost less, by CN¥2.50 at most",
    ),
    (
        Certificate(objective="parcels", value=3, lower_bound=2),
        "Another plan may need fewer parcels, by 1 at most",
    ),
    (
        Certificate(objective="time", value=4000, lower_bound=300),
        "Another plan may be there sooner, by 1 h 1 min 40 s at most",
    ),
    (
        Certificate(objective="cost", value=9, lower_bound=9, missing=3, missing_least=1),
        "Another plan may leave 2 units fewer",
    ),
]


@pytest.mark.parametrize(("certificate", "words"), PROOFS)
def test_a_certificate_says_how_good_the_plan_is(certificate, words):
    plan = AllocationPlan(
        at=NOW,
        currency="CNY",
        lines=[PlannedLine(id="1", sku="mug", wanted=9, served=0)],
        certificate=certificate,
    )
    assert str(explain_plan(plan)).endswith(words)


MUGS = Network(
    "CNY",
    [
        Site(id="a", stock=[("mug", 1)], costs=SiteCosts(parcel="5.00")),
        Site(id="b", stock=[("mug", 3)], costs=SiteCosts(parcel="8.00")),
        Site(id="c", stock=[("mug", 3)], costs=SiteCosts(parcel="8.00"), kind="store"),
    ],
)

COMPARED = [
    (3, cheapest(), ["No plan costs less: proved"]),
    (
        3,
        fewest_parcels().at_most(2),
        ["No plan needs fewer parcels: proved, for plans of at most 2 parcels"],
    ),
    (
        3,
        cheapest(~IsKind("store")).one_parcel,
        ["No plan costs less: proved, for plans of 1 parcel, from sites that the rules let in"],
    ),
    (
        9,
        cheapest(),
        ["No plan leaves fewer units: proved", "None that leaves as few costs less: proved"],
    ),
    (
        1,
        cheapest(IsKind("kitchen")),
        ["No plan leaves fewer units: proved, for plans from sites that the rules let in"],
    ),
]


@pytest.mark.parametrize(("units", "strategy", "words"), COMPARED)
def test_a_proof_says_with_which_plans_it_compares(units, strategy, words):
    plan = allocate(Request(Demand.of([("mug", units)]), NOW), MUGS, strategy)
    assert explain_plan(plan).notes[-1].items == tuple(words)
    assert all("已证明" in item for item in explain_plan(plan, "zh_CN").notes[-1].items)


def test_the_proof_of_one_order_of_a_batch_leaves_the_others_what_they_get():
    orders = [(name, Request(Demand.of([("mug", 1)]), NOW)) for name in ("A1", "A2")]
    told = allocate_batch(orders, MUGS, cheapest()).plan("A2")
    assert told.certificate.others_kept
    (proof,) = explain_plan(told).notes[-1].items
    assert proof == (
        "No plan costs less: proved, "
        "for plans that leave the other orders of the batch what they get"
    )


def test_a_site_that_is_as_good_is_not_said_to_have_been_overlooked():
    plan = allocate(Request(Demand.of([("mug", 3)]), NOW), MUGS, cheapest())
    assert "c: not taken, no plan with it costs less" in str(explain_plan(plan))
    short = allocate(Request(Demand.of([("mug", 9)]), NOW), MUGS, cheapest().at_most(2))
    assert "a: not taken, no plan with it is better" in str(explain_plan(short))
    guess = evolve(plan, certificate=evolve(plan.certificate, lower_bound=0))
    assert "c: not taken, no better plan with it was found" in str(explain_plan(guess))


@pytest.mark.parametrize("objective", Objective)
@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_every_objective_has_words(objective, locale):
    plan = allocate(Request(Demand.of([("mug", 9)]), NOW), MUGS, cheapest().at_most(2))
    for bound, missing in product((0, 9), (0, 3)):
        certificate = Certificate(
            objective=objective,
            value=9,
            lower_bound=bound,
            missing=missing,
            missing_least=missing,
            parcels_max=2,
            ruled=True,
            others_kept=True,
        )
        told = str(explain_plan(evolve(plan, certificate=certificate), locale))
        assert "{" not in told
        assert "sourcing." not in told


@given(requests(), networks(), strategies)
def test_whatever_is_planned_can_be_told(request, network, strategy):
    plan = allocate(request, network, strategy)
    for locale in ("en", "zh_CN"):
        page = explain_plan(plan, locale)
        told = page.to_plain()
        assert told["kind"] == "plan"
        assert len(page.notes[-1].items) >= (plan.certificate is not None)
        for row in plan.shipments:
            assert row.site in page.text


def test_no_name_becomes_markup():
    evil = '<img src=x onerror="alert(1)">'
    html = explain_plan(allocate(REQUEST, SHOP, cheapest()), names={"west": evil, "mug": evil})
    assert "<img" not in html.html()
    assert "&lt;img" in html.html()


def test_only_plans_are_explained():
    with pytest.raises(InvalidType):
        explain_plan("a plan")
