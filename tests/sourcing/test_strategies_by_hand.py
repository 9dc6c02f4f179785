"""Small stories, each worked out by hand: who serves, and why."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from networks import NOW

from ordercore.calendars import WorkingHours, WorkingTime
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    Exact,
    GreatCircle,
    Measure,
    Network,
    Ranked,
    Reason,
    ReasonCode,
    Request,
    Site,
    SiteCosts,
    SteadySpeed,
    Strategy,
    allocate,
    cheapest,
    fastest,
    fewest_parcels,
    least_loaded,
    nearest_capable,
    nearest_then_least_busy,
    priority_list,
)
from ordercore.sourcing.explaining import explain_plan
from ordercore.sourcing.rules import (
    Cheapest,
    Fastest,
    HasSkills,
    HasStock,
    IsKind,
    LeastLoaded,
    MostUnits,
    Nearest,
    OpenNow,
    ReadyBeforeClosing,
    ShortestWait,
    Within,
    WithinReach,
)
from ordercore.stock import Demand, SiteUnits

HOME = GeoPoint("39.900", "116.400")
EVENING = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-SU": "10:00-20:00"}))
NIGHT = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-SU": "18:00-24:00"}))


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


KITCHENS = Network(
    "CNY",
    [
        Site(  # 1.1 km away; closes in half an hour, and has a queue of 20 minutes
            id="corner",
            kind="kitchen",
            place=GeoPoint("39.910", "116.400"),
            makes=["noodles"],
            skills=["wok"],
            hours=EVENING,
            capacity=10,
            load=4,
            pace=minutes(5),
            preparation=minutes(15),
            costs=SiteCosts(parcel="6.00"),
        ),
        Site(  # 3.3 km away; ready in 15 minutes
            id="station",
            kind="kitchen",
            place=GeoPoint("39.930", "116.400"),
            makes=["noodles"],
            skills=["wok", "oven"],
            hours=NIGHT,
            capacity=10,
            load=0,
            preparation=minutes(15),
            costs=SiteCosts(parcel="8.00"),
        ),
        Site(  # 11 km away; ready at once
            id="suburb",
            kind="kitchen",
            place=GeoPoint("40.000", "116.400"),
            makes=["noodles"],
            skills=["wok"],
            capacity=10,
            load=1,
            costs=SiteCosts(parcel="4.00"),
        ),
    ],
)
NOODLES = Request(Demand.of([("noodles", 2)]), NOW, HOME)

STORIES = [
    ("the nearest, whatever else", nearest_capable(), "corner"),
    (
        "the nearest that is ready before it closes",
        nearest_capable(ReadyBeforeClosing()),
        "station",
    ),
    ("the least loaded by its share", least_loaded(), "station"),
    ("the cheapest", cheapest(), "suburb"),
    ("the cheapest within reach", cheapest(WithinReach(5000)), "corner"),
    ("the fastest", fastest(), "station"),
    ("the fastest of those that can bake", fastest(HasSkills("oven")), "station"),
    (
        "the first of a list that may",
        priority_list(["corner", "suburb"], ~WithinReach(2000)),
        "suburb",
    ),
    ("the nearest band, there the least busy", nearest_then_least_busy(5000), "station"),
    ("a narrow band is the nearest", nearest_then_least_busy(1500), "corner"),
    ("open now and not a store", cheapest(OpenNow() & ~IsKind("store")), "suburb"),
    ("within 25 minutes", cheapest(Within(minutes(25))), "station"),
    ("the soonest ready", Strategy(choose=Ranked(ShortestWait())), "suburb"),
    (
        "the one that gives most, then the cheapest",
        Strategy(choose=Ranked(MostUnits().then(Cheapest()))),
        "suburb",
    ),
]


@pytest.mark.parametrize(
    ("strategy", "kitchen"), [s[1:] for s in STORIES], ids=[s[0] for s in STORIES]
)
def test_which_kitchen_cooks(strategy, kitchen):
    plan = allocate(NOODLES, KITCHENS, strategy)
    assert plan.of("0001") == (SiteUnits(kitchen, 2),)


def test_the_time_is_queue_and_preparation_and_the_way():
    plan = allocate(NOODLES, KITCHENS, fastest(), travel=SteadySpeed(20))
    (sent,) = plan.shipments
    assert sent.metres == 3336
    assert sent.ready_at == NOW + minutes(15)
    assert sent.arrives_at == NOW + minutes(15) + timedelta(seconds=601)  # 3,336 m at 20 km/h
    assert plan.certificate.value == 15 * 60 + 601
    slow = {found.site: found.reasons[0] for found in plan.sites if not found.taken}
    assert slow["suburb"].code is ReasonCode.SLOWER


def test_what_cannot_be_ready_before_closing_waits_for_the_morning():
    only = Network("CNY", [KITCHENS.site("corner")])
    (sent,) = allocate(NOODLES, only, fastest()).shipments
    assert sent.ready_at == datetime.fromisoformat("2026-11-12T10:05:00+08:00")
    late = allocate(NOODLES, only, fastest(ReadyBeforeClosing()))
    (why,) = late.finding("corner").reasons
    assert (why.code, why.at) == (ReasonCode.CLOSES_TOO_SOON, NOW + minutes(35))


def test_a_road_that_is_longer_than_the_great_circle_changes_who_is_in_reach():
    near = cheapest(WithinReach(4000))
    assert allocate(NOODLES, KITCHENS, near, distance=GreatCircle(15)).shipments[0].metres < 4000
    detour = allocate(NOODLES, KITCHENS, near, distance=GreatCircle(30))
    (why,) = detour.finding("station").reasons
    assert (why.code, why.value, why.limit) == (ReasonCode.TOO_FAR, 4336, 4000)


def test_a_ranking_says_who_goes_before_whom_and_by_how_much():
    plan = allocate(NOODLES, KITCHENS, nearest_capable())
    assert {found.site: found.reasons for found in plan.sites} == {
        "corner": (Reason(code="ranked_first", measure="distance", value=1112, limit=3336),),
        "station": (
            Reason(
                code="ranked_after", measure="distance", value=3336, limit=1112, subject="corner"
            ),
        ),
        "suburb": (
            Reason(
                code="ranked_after", measure="distance", value=11120, limit=1112, subject="corner"
            ),
        ),
    }


def shop(**costs: str) -> list[Site]:
    """Three warehouses, of which no one has all."""
    return [
        Site(
            id="east",
            stock=[("mug", 2), ("cap", 1)],
            costs=SiteCosts(parcel=costs.get("east", "6.00")),
        ),
        Site(
            id="north",
            stock=[("mug", 1), ("cap", 1), ("tea", 1)],
            costs=SiteCosts(parcel=costs.get("north", "7.00")),
        ),
        Site(
            id="west",
            stock=[("tea", 3), ("cap", 2)],
            costs=SiteCosts(parcel=costs.get("west", "5.00"), unit="0.50"),
        ),
    ]


ORDER = Request(Demand.of([("mug", 2), ("cap", 1), ("tea", 1)]), NOW)


def test_two_parcels_cost_less_than_three():
    plan = allocate(ORDER, Network("CNY", shop()), Strategy(choose=Exact(compare=True)))
    assert [(row.site, row.units, str(row.cost)) for row in plan.shipments] == [
        ("east", 3, "CNY 6.00"),
        ("west", 1, "CNY 5.50"),
    ]
    assert plan.certificate.exact
    assert plan.finding("north").reasons == (
        Reason(code="saves_too_little", value=550, limit=700),
    )
    assert plan.finding("east").reasons == (Reason(code="in_best"),)


def test_one_parcel_brings_what_one_site_has_and_the_rest_is_left():
    plan = allocate(ORDER, Network("CNY", shop()), cheapest().one_parcel)
    assert [(row.site, row.units) for row in plan.shipments] == [("east", 3)]
    (line,) = plan.left
    told = {row.site: row.reasons[0].code.value for row in line.reasons}
    assert (line.sku, line.missing) == ("tea", 1)
    assert told == {"east": "no_stock", "north": "no_more_parcels", "west": "no_more_parcels"}


def test_the_last_parcel_comes_from_who_gives_most():
    sites = [*shop(), Site(id="big", stock=[("mug", 9), ("cap", 9), ("tea", 9)], priority=9)]
    strategy = priority_list(["east", "west"]).one_parcel
    plan = allocate(ORDER, Network("CNY", sites), strategy)
    assert plan.ok
    assert plan.finding("big").reasons == (Reason(code="gives_most", value=4),)
    assert plan.finding("east").reasons == (
        Reason(code="gives_too_few", value=3, limit=4, subject="big"),
    )


def test_the_fewest_parcels_are_the_cheapest_of_those():
    sites = [*shop(), Site(id="z1", stock=[("mug", 2), ("cap", 1), ("tea", 1)])]
    dear = SiteCosts(parcel="50.00")
    sites.append(Site(id="a1", stock=[("mug", 2), ("cap", 1), ("tea", 1)], costs=dear))
    plan = allocate(ORDER, Network("CNY", sites), fewest_parcels())
    assert [row.site for row in plan.shipments] == ["z1"]
    assert (plan.certificate.value, plan.certificate.exact) == (1, True)


def test_who_alone_has_something_is_said_to():
    plan = allocate(ORDER, Network("CNY", shop()[:2]), cheapest())
    assert plan.finding("north").reasons == (Reason(code="only_one"),)
    ranked = allocate(ORDER, Network("CNY", shop()[:1]), least_loaded())
    assert ranked.finding("east").reasons == (Reason(code="only_one"),)


def test_equals_go_by_their_ids():
    sites = [Site(id=name, stock=[("mug", 5)]) for name in ("b", "a")]
    plan = allocate(
        Request(Demand.of([("mug", 1)]), NOW),
        Network("CNY", sites),
        Strategy(choose=Ranked(LeastLoaded())),
    )
    assert plan.finding("a").reasons == (Reason(code="ranked_first", measure=Measure.ID),)
    assert plan.finding("b").reasons == (
        Reason(code="ranked_after", measure=Measure.ID, subject="a"),
    )


def test_rankings_in_turn_are_flat():
    ranking = Nearest().then(LeastLoaded().then(Fastest()))
    assert ranking.members == (Nearest(), LeastLoaded(), Fastest())


def test_lines_of_one_sku_share_what_there_is():
    demand = Demand.of([("mug", 2), ("mug", 2)])
    sites = [
        Site(id="a", stock=[("mug", 3)]),
        Site(id="b", stock=[("mug", 1)], costs=SiteCosts(parcel="9")),
    ]
    for strategy in (cheapest(), least_loaded()):
        plan = allocate(Request(demand, NOW), Network("CNY", sites), strategy)
        assert plan.ok
        assert [row.units for row in plan.shipments] == [3, 1]


def test_what_needs_room_goes_to_who_has_room():
    sites = [
        Site(id="a", makes=["mug"], capacity=5, load=4, costs=SiteCosts(parcel="1")),
        Site(id="b", makes=["mug"], capacity=5, load=0, costs=SiteCosts(parcel="9")),
    ]
    demand = Demand.of([("mug", 4)])
    plan = allocate(Request(demand, NOW), Network("CNY", sites), cheapest())
    assert [(row.site, row.units) for row in plan.shipments] == [("b", 4)]
    full = allocate(Request(Demand.of([("mug", 7)]), NOW), Network("CNY", sites), cheapest())
    (line,) = full.left
    assert line.missing == 1
    assert {row.reasons[0].code for row in line.reasons} == {ReasonCode.NO_ROOM}


def test_another_solver_is_held_to_the_problem():
    from ordercore.errors import InvalidValue  # noqa: PLC0415
    from ordercore.sourcing.problem import Answer  # noqa: PLC0415

    def liar(problem, *, nodes):
        return Answer(((0, 0, 99),), 0, 0, 0, 0, nodes)

    with pytest.raises(InvalidValue):
        allocate(ORDER, Network("CNY", shop()), cheapest(), solver=liar)


def test_a_ranking_takes_no_more_than_there_is_room_for():
    sites = [
        Site(id="a", makes=["mug", "cap"], capacity=5, load=2),
        Site(id="b", makes=["mug", "cap"], priority=1),
    ]
    demand = Demand.of([("mug", 2), ("cap", 2)])
    plan = allocate(Request(demand, NOW), Network("CNY", sites), priority_list([]))
    assert plan.of("0001") == (SiteUnits("a", 2),)
    assert plan.of("0002") == (SiteUnits("a", 1), SiteUnits("b", 1))


def test_who_gives_the_most_goes_first_so_that_fewer_parcels_follow():
    plan = allocate(ORDER, Network("CNY", shop()), Strategy(choose=Ranked(MostUnits())))
    assert [(row.site, row.units) for row in plan.shipments] == [("east", 3), ("north", 1)]
    assert plan.finding("east").reasons == (Reason(code="ranked_first", measure="id"),)
    assert plan.finding("west").reasons == (
        Reason(code="ranked_after", measure="id", subject="north"),
    )
    small = Network("CNY", [Site(id="a", stock=[("mug", 1)]), Site(id="b", stock=[("mug", 2)])])
    more = allocate(ORDER, small, Strategy(choose=Ranked(MostUnits())))
    assert more.of("0001") == (SiteUnits("b", 2),)


def test_a_site_that_is_always_open_needs_its_time_too():
    slow = Site(
        id="a", makes=["noodles"], place=HOME, load=2, pace=minutes(5), preparation=minutes(20)
    )
    (sent,) = allocate(NOODLES, Network("CNY", [slow]), fastest()).shipments
    assert (sent.ready_at, sent.arrives_at) == (NOW + minutes(30), NOW + minutes(30))


COMPOSED = [
    (WithinReach(2000) | HasSkills("oven"), {"suburb": ["too_far", "no_skill"]}),
    (WithinReach(2000) & HasSkills("wok"), {"station": ["too_far"], "suburb": ["too_far"]}),
    (
        WithinReach(2000) & HasSkills("oven"),
        {
            "corner": ["no_skill"],
            "station": ["too_far"],
            "suburb": ["too_far", "no_skill"],
        },
    ),
    (~HasSkills("oven"), {"station": ["must_not"]}),
    (
        ~(WithinReach(2000) | HasSkills("oven")),
        {"corner": ["must_not"], "station": ["must_not"]},
    ),
]


@pytest.mark.parametrize(("where", "told"), COMPOSED)
def test_composed_rules_say_all_that_speaks_against_a_site(where, told):
    plan = allocate(NOODLES, KITCHENS, least_loaded(where))
    codes = {found.site: [why.code.value for why in found.reasons] for found in plan.sites}
    against = {"too_far", "no_skill", "must_not"}
    assert {site: found for site, found in codes.items() if against & {*found}} == told


def test_a_site_with_room_that_is_short_gives_all_that_it_has():
    sites = [Site(id="a", stock=[("mug", 2)], capacity=9, load=1)]
    plan = allocate(Request(Demand.of([("mug", 5)]), NOW), Network("CNY", sites), cheapest())
    (line,) = plan.left
    assert line.reasons[0].reasons == (Reason(code="too_few", value=2),)


def some(count: int) -> Request:
    return Request(Demand.of([("noodles", count)]), NOW, HOME)


def small(**rooms: int) -> Network:
    """Give some of the kitchens room for so many more dishes."""
    sites = [
        evolve(site, capacity=site.load + rooms.get(site.id, 9), hours=None)
        for site in KITCHENS.sites
    ]
    return Network("CNY", sites)


def test_a_kitchen_that_is_sooner_but_cooks_only_a_part_says_so():
    plan = allocate(some(3), small(station=2), fastest().one_parcel)
    assert plan.of("0001") == (SiteUnits("suburb", 3),)
    assert plan.finding("station").reasons == (
        Reason(code=ReasonCode.GIVES_TOO_FEW, value=2, limit=3, subject="suburb"),
    )


def test_a_kitchen_is_not_said_to_give_the_most_where_another_gives_as_many():
    plan = allocate(some(3), small(corner=2), nearest_capable().one_parcel)
    assert plan.finding("station").reasons == (Reason(code=ReasonCode.GIVES_MOST, value=3),)
    told = str(explain_plan(plan))
    assert "station: taken, no other gives more than its 3 in one parcel" in told


def test_a_kitchen_that_does_not_make_it_is_not_out_of_stock():
    sites = [Site(id="east", kind="kitchen", makes=["rice"]), Site(id="west", kind="store")]
    plan = allocate(some(1), Network("CNY", sites), cheapest(HasStock()))
    told = {found.site: found.reasons for found in plan.sites}
    assert told == {
        "east": (Reason(code=ReasonCode.NOT_MADE),),
        "west": (Reason(code=ReasonCode.NO_STOCK),),
    }
