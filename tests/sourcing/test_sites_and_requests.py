"""What a site, a network and a request refuse, all at once; and what nobody can serve."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from networks import NOW

from ordercore.data import dumps, loads
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
    all_faults,
)
from ordercore.money import Money, UnitPrice
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    Exact,
    Network,
    ReasonCode,
    Request,
    Site,
    SiteCosts,
    Strategy,
    allocate,
    cheapest,
    fastest,
    nearest_capable,
)
from ordercore.sourcing.rules import Nearest, OpenNow, ReadyBeforeClosing, WithinReach
from ordercore.stock import Demand

MUGS = Demand.of([("mug", 2)])
HERE = GeoPoint("39.90", "116.40")

FAULTY = [
    (
        "ids overlap",
        lambda: Network("CNY", [Site(id="a"), Site(id="a")]),
        "sites[1].id",
        "duplicate_id",
    ),
    (
        "capacity below load",
        lambda: Site(id="a", capacity=1, load=2),
        "capacity",
        "capacity_below_load",
    ),
    ("a negative cost", lambda: SiteCosts(parcel="-1"), "parcel", "invalid_value"),
    ("a negative unit cost", lambda: SiteCosts(units=[("mug", "-0.01")]), "cost", "invalid_value"),
    ("a bare number", lambda: SiteCosts(unit=3), "unit", "invalid_type"),
    (
        "a cost twice",
        lambda: SiteCosts(units=[("a", "1"), ("a", "2")]),
        "units[1].sku",
        "duplicate_id",
    ),
    (
        "stock twice",
        lambda: Site(id="a", stock=[("a", 1), ("a", 2)]),
        "stock[1].sku",
        "duplicate_id",
    ),
    ("negative stock", lambda: Site(id="a", stock=[("a", -1)]), "units", "invalid_value"),
    ("made twice", lambda: Site(id="a", makes=["b", "b"]), "makes[1]", "duplicate_id"),
    (
        "kilometres to nowhere",
        lambda: Site(id="a", costs=SiteCosts(per_km="1")),
        "place",
        "place_unknown",
    ),
    ("an unknown kind", lambda: Site(id="a", kind="moon"), "kind", "unknown_choice"),
    (
        "a preparation that has begun",
        lambda: Site(id="a", preparation=timedelta(-1)),
        "preparation",
        "invalid_value",
    ),
    (
        "a load for ever",
        lambda: Site(id="a", load=10**9, pace=timedelta(1)),
        "load",
        "limit_exceeded",
    ),
    (
        "a cost too fine",
        lambda: Network("CNY", [Site(id="a", costs=SiteCosts(unit="0.001"))]),
        "sites[0].costs.unit",
        "too_many_decimals",
    ),
    ("no such objective", lambda: Exact("beauty"), "objective", "unknown_choice"),
    ("an objective of workshops", lambda: Exact("balance"), "objective", "invalid_value"),
    ("no parcel at all", lambda: cheapest().at_most(0), "parcels_max", "invalid_value"),
    ("no rule", lambda: Strategy(where="near"), "where", "invalid_type"),
    ("a naive time", lambda: Request(MUGS, NOW.replace(tzinfo=None)), "at", "naive_datetime"),
]


@pytest.mark.parametrize(
    ("make", "path", "reason"), [f[1:] for f in FAULTY], ids=[f[0] for f in FAULTY]
)
def test_what_disagrees_is_refused_in_its_place(make, path, reason):
    with pytest.raises((InvalidDocument, InvalidInput)) as caught:
        make()
    found = [(str(fault).split(":")[0], fault.reason) for fault in all_faults(caught.value)]
    assert found == [(path, reason)]


def test_all_faults_of_a_network_are_told_at_once():
    yen = SiteCosts(parcel=Money.of("5", "JPY"), unit="0.001")
    with pytest.raises(InvalidDocument) as caught:
        Network("CNY", [Site(id="a", costs=yen), Site(id="b"), Site(id="b"), Site(id="a")])
    assert [type(fault) for fault in caught.value.faults] == [
        InvalidValue,
        InvalidValue,
        CurrencyMismatch,
        InvalidValue,
    ]


def test_rules_are_composed_by_their_own_signs():
    with pytest.raises(InvalidType):
        bool(OpenNow() and WithinReach(5))


@pytest.mark.parametrize(
    "strategy",
    [nearest_capable(), fastest(), cheapest(WithinReach(9))],
    ids=["near", "fast", "reach"],
)
def test_a_rule_of_distance_needs_the_place_of_the_customer(strategy):
    network = Network("CNY", [Site(id="a", stock=[("mug", 9)], place=HERE)])
    with pytest.raises(InvalidValue) as caught:
        allocate(Request(MUGS, NOW), network, strategy)
    assert (caught.value.path, caught.value.reason) == (("request", "to"), "place_unknown")
    assert allocate(Request(MUGS, NOW), network, cheapest()).ok


def test_kilometres_that_cost_something_need_the_place_of_the_customer():
    costly = Site(id="a", stock=[("mug", 9)], place=HERE, costs=SiteCosts(per_km="1"))
    with pytest.raises(InvalidValue):
        allocate(Request(MUGS, NOW), Network("CNY", [costly]), cheapest())


def test_a_site_without_a_place_is_left_out_by_a_rule_of_distance_and_goes_last_by_a_ranking():
    lost = Site(id="a", stock=[("mug", 9)])
    far = Site(id="b", stock=[("mug", 9)], place=GeoPoint("31.22", "121.45"))
    request = Request(MUGS, NOW, HERE)
    reach = allocate(request, Network("CNY", [lost]), cheapest(WithinReach(10**6)))
    assert [why.code for why in reach.finding("a").reasons] == [ReasonCode.NO_PLACE]
    ranked = allocate(request, Network("CNY", [lost, far]), nearest_capable())
    assert [row.site for row in ranked.shipments] == ["b"]


def test_an_empty_network_leaves_everything_and_says_so():
    plan = allocate(Request(MUGS, NOW), Network("CNY"), cheapest())
    (line,) = plan.left
    assert (line.missing, plan.cost.minor, plan.certificate.exact) == (2, 0, True)
    assert [(row.site, row.reasons[0].code) for row in line.reasons] == [
        (None, ReasonCode.NO_SITES)
    ]
    assert allocate(Request(MUGS, NOW, HERE), Network("CNY"), fastest()).left == plan.left


def test_what_no_site_can_serve_is_left_with_every_reason():
    sites = [
        Site(
            id="closed", stock=[("mug", 9)], place=GeoPoint("31.22", "121.45"), capacity=3, load=3
        ),
        Site(id="empty", place=HERE),
    ]
    plan = allocate(Request(MUGS, NOW, HERE), Network("CNY", sites), cheapest(WithinReach(500)))
    told = {row.site: [why.code.value for why in row.reasons] for row in plan.left[0].reasons}
    assert told == {"closed": ["no_room", "too_far"], "empty": ["no_stock"]}


def test_too_many_pairs_of_a_line_and_a_site_are_refused():
    network = Network("CNY", [Site(id=f"s{i}") for i in range(1000)])
    demand = Demand.of([("mug", 1)] * 101)
    with pytest.raises(LimitExceeded):
        allocate(Request(demand, NOW), network, cheapest())


def test_a_site_is_found_by_its_id():
    network = Network("CNY", [Site(id="a")])
    assert network.site("a").id == "a"
    assert network.without("a").sites == ()
    with pytest.raises(NotFound):
        network.site("b")


def test_a_document_of_a_plan_that_disagrees_with_itself_is_refused():
    from ordercore.sourcing import AllocationPlan  # noqa: PLC0415

    text = """{"schema": 1, "kind": "allocation_plan", "at": "2026-11-11T19:30:00+08:00",
        "currency": "CNY", "lines": [{"id": "1", "sku": "mug", "wanted": 2, "served": 2}],
        "shipments": [{"site": "a", "parcel_cost": "JPY 5", "distance_cost": "CNY 0.00",
            "given": [{"line": "1", "sku": "cap", "units": 1, "cost": "CNY 0.00"},
                      {"line": "7", "sku": "cap", "units": 1, "cost": "CNY 0.00"}]}]}"""
    with pytest.raises(InvalidDocument) as caught:
        loads(AllocationPlan, text)
    assert [type(fault) for fault in caught.value.faults] == [
        CurrencyMismatch,
        InvalidValue,
        NotFound,
        InvalidValue,
    ]


def test_strategies_are_made_of_rules():
    with pytest.raises(InvalidType):
        allocate(Request(MUGS, NOW), Network("CNY"), Nearest())
    with pytest.raises(InvalidType):
        allocate(MUGS, Network("CNY"), cheapest())


def test_at_the_end_of_the_calendar_nothing_is_ready_any_more():
    last = NOW.replace(year=9999, month=12, day=31)
    slow = Site(id="a", makes=["mug"], place=HERE, preparation=timedelta(days=9))
    request, network = Request(MUGS, last, HERE), Network("CNY", [slow])
    for strategy in (fastest(), cheapest(ReadyBeforeClosing())):
        plan = allocate(request, network, strategy)
        assert plan.finding("a").reasons[0].code is ReasonCode.NEVER_OPEN
    assert allocate(request, network, cheapest()).shipments[0].ready_at is None


class Straight:
    """Say that everything is as far as this."""

    def __init__(self, metres: int) -> None:
        self.told = metres

    def metres(self, start: GeoPoint, end: GeoPoint) -> int:
        return self.told


RATES = [
    # rate, metres, fen
    ("0.003", 500_000, 150),
    ("0.003", 1_000, 0),
    ("0.003", 1_667, 1),  # 0.5001 fen
    ("0.003", 1_666, 0),
    ("0.00000001", 499_999_999, 0),
    ("0.00000001", 500_000_000, 1),
    ("1.25", 1_234, 154),
    (Money.of("1.25", "CNY"), 1_234, 154),
    (UnitPrice.of("0.0125", "CNY"), 12_345, 15),
]


@pytest.mark.parametrize(("rate", "metres", "fen"), RATES)
def test_a_rate_by_the_kilometre_may_be_finer_than_what_a_plan_costs(rate, metres, fen):
    costs = SiteCosts(per_km=rate)
    network = Network("CNY", [Site(id="a", stock=[("mug", 9)], place=HERE, costs=costs)])
    assert loads(Network, dumps(network)) == network
    request = Request(MUGS, NOW, HERE)
    (sent,) = allocate(request, network, cheapest(), distance=Straight(metres)).shipments
    assert (sent.distance_cost.minor, sent.cost.minor) == (fen, fen)
    each = evolve(network.sites[0], costs=SiteCosts(unit_per_km=rate))
    network = Network("CNY", [each])
    (sent,) = allocate(request, network, cheapest(), distance=Straight(metres)).shipments
    assert (sent.distance_cost.minor, sent.units_cost.minor) == (0, 2 * fen)


def test_rates_that_a_network_cannot_take_are_refused_in_their_place():
    costs = SiteCosts(per_km=UnitPrice.of("0.003", "USD"), unit_per_km="0.000000001")
    with pytest.raises(InvalidDocument) as caught:
        Network("CNY", [Site(id="a", place=HERE, costs=costs)])
    assert [(fault.path, type(fault)) for fault in all_faults(caught.value)] == [
        (("sites", 0, "costs", "per_km"), CurrencyMismatch),
        (("sites", 0, "costs", "unit_per_km"), InvalidValue),
    ]


# The load of now


def test_sites_take_the_load_that_is_told_and_others_keep_theirs():
    sites = [Site(id="east", capacity=9, load=8), Site(id="west", load=2, stock=[("mug", 1)])]
    network = Network("CNY", sites)
    now = network.loaded({"east": 3})
    assert [(site.id, site.load, site.room) for site in now.sites] == [
        ("east", 3, 6),
        ("west", 2, None),
    ]
    assert now.loaded({"east": 8}) == network
    assert network.loaded({}) == network


def test_loads_that_cannot_be_are_told_all_at_once():
    network = Network("CNY", [Site(id="east", capacity=9), Site(id="north"), Site(id="west")])
    with pytest.raises(InvalidDocument) as caught:
        network.loaded({"east": 10, "north": 1, "west": -1})
    assert [(fault.path, fault.reason) for fault in caught.value.faults] == [
        (("loads", "east", "capacity"), "capacity_below_load"),
        (("loads", "west", "load"), "invalid_value"),
    ]
    for wrong in (None, 5, [("east", 1)]):
        with pytest.raises(InvalidType) as refused:
            network.loaded(wrong)
        assert refused.value.path == ("loads",)
    with pytest.raises(InvalidDocument):
        network.loaded({"east": "3"})
