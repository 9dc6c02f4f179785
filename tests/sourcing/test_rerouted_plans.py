"""Times and reasons of plans that were rerouted or split.

- What stays is never moved past the instant by which it is needed; what is new waits for the
  lines that stay, as it would if all were planned anew.
- By time, a plan with what stays is as fast as can be, and no dearer than that takes.
- Reasons are true of the plan that they stand in, whether all of it is new or a part.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from networks import SITES, filters, networks, requests, strategies

from ordercore.errors import InvalidDocument
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    AllocationPlan,
    Network,
    Reason,
    ReasonCode,
    Request,
    Site,
    SiteCosts,
    SiteFinding,
    SteadySpeed,
    allocate,
    cheapest,
    fastest,
    fewest_parcels,
    least_loaded,
    merge_plans,
    priority_list,
    reroute,
    split_plan,
)
from ordercore.sourcing.explaining import explain_plan
from ordercore.sourcing.rules import HasStock, Within
from ordercore.stock import Demand, DemandLine

NINE = datetime.fromisoformat("2026-11-11T09:00:00+08:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOME = GeoPoint("39.90", "116.40")


def one(name: str, **when: datetime) -> DemandLine:
    return DemandLine(id=name, sku=name.lower(), quantity=1, **when)


def asked(*lines: DemandLine, to: GeoPoint | None = None) -> Request:
    return Request(Demand(lines), NINE, to)


def site(name: str, skus: str, **more: object) -> Site:
    return Site(id=name, stock=[(sku, 1) for sku in skus], **more)


def given_by(plan: AllocationPlan) -> dict[str, list[str]]:
    return {row.site: [each.line for each in row.given] for row in plan.shipments}


def codes(plan: AllocationPlan, name: str) -> list[ReasonCode]:
    return [why.code for why in plan.finding(name).reasons]


# When what stays is needed

LATER = [
    ("asked again, and work begins again", 30 * MINUTE, {}),
    ("the queue is longer by what stays", timedelta(), {"pace": 10 * MINUTE}),
]


@pytest.mark.parametrize(("after", "work"), [row[1:] for row in LATER], ids=range(2))
@pytest.mark.parametrize(
    "strategy", [cheapest(), fewest_parcels(), priority_list("east"), least_loaded()], ids=range(4)
)
def test_a_parcel_takes_nothing_more_that_would_make_it_late(after, work, strategy):
    network = Network(
        "CNY", [site("east", "ab", preparation=30 * MINUTE, **work), site("west", "b")]
    )
    request = asked(one("A", needed_by=NINE + 35 * MINUTE), one("B"))
    plan = allocate(request, network, priority_list("west"))
    later = evolve(request, at=NINE + after)
    again = reroute(plan, "west", later, network, strategy)
    assert again.shipments == plan.shipments[:1]
    (left,) = again.left
    ((slow, passed),) = [(row.reasons[0], row.site) for row in left.reasons]
    takes = 30 * MINUTE + work.get("pace", timedelta())
    limit = 35 * MINUTE - after
    assert (slow.code, slow.value, slow.limit) == (
        ReasonCode.TOO_SLOW,
        takes.seconds,
        limit.seconds,
    )
    assert passed == "east"
    network = Network("CNY", [*network.sites, site("z", "b", costs=SiteCosts(parcel="9.00"))])
    apart = reroute(plan, "west", later, network, strategy)
    assert given_by(apart) == {"east": ["A"], "z": ["B"]}


def test_a_parcel_that_was_due_already_takes_nothing_more():
    network = Network("CNY", [site("east", "ab"), site("west", "b")])
    request = asked(one("A", needed_by=NINE), one("B"))
    plan = allocate(request, network, priority_list("west"))
    again = reroute(plan, "west", evolve(request, at=NINE + HOUR), network, cheapest())
    assert given_by(again) == {"east": ["A"]}
    assert [why.code for why in again.left[0].reasons[0].reasons] == [ReasonCode.TOO_LATE]


def test_a_parcel_that_takes_more_leaves_with_it():
    network = Network("CNY", [site("east", "ab", preparation=HOUR), site("west", "b")])
    request = asked(one("A", needed_by=NINE + 2 * HOUR), one("B"))
    plan = allocate(request, network, priority_list("west"))
    again = reroute(plan, "west", evolve(request, at=NINE + HOUR), network, cheapest())
    (sent,) = again.shipments
    assert (given_by(again), sent.ready_at) == ({"east": ["A", "B"]}, NINE + 2 * HOUR)


def test_nothing_goes_in_a_parcel_that_leaves_too_late_for_it():
    network = Network("CNY", [site("east", "ab"), site("west", "c")])
    request = asked(one("A", not_before=NINE + DAY), one("B", needed_by=NINE + HOUR))
    plan = allocate(request, network, cheapest())
    again = reroute(plan, "west", request, network, cheapest())
    assert again.shipments == plan.shipments
    assert [line.reasons[0].reasons for line in again.left] == [
        (Reason(code=ReasonCode.TOO_SLOW, value=24 * 3600, limit=3600),)
    ]


@pytest.mark.parametrize("place", [None, HOME], ids=["nowhere", "home"])
def test_a_parcel_leaves_no_sooner_though_the_site_is_less_busy_now(place):
    busy = site("east", "abc", place=place, load=3, pace=HOUR)
    network = Network("CNY", [busy, site("west", "bc", place=place)])
    request = asked(one("A"), one("B", needed_by=NINE + HOUR), one("C"), to=place)
    plan = allocate(request, network, priority_list("west"))
    again = reroute(plan, "west", request, network.loaded({"east": 0}), cheapest())
    (sent,) = again.shipments
    assert (given_by(again), sent.ready_at) == ({"east": ["A", "C"]}, NINE + 3 * HOUR)
    assert [line.reasons[0].reasons for line in again.left] == [
        (Reason(code=ReasonCode.TOO_SLOW, value=3 * 3600, limit=3600),)
    ]


def test_a_parcel_is_there_no_sooner_though_the_way_is_quicker_now():
    far = GeoPoint("40.80", "116.40")  # 100 km
    network = Network("CNY", [site("east", "ab", place=far), site("west", "b", place=HOME)])
    request = asked(one("A"), one("B", needed_by=NINE + 3 * HOUR), to=HOME)
    plan = allocate(request, network, priority_list("west"), travel=SteadySpeed(20))
    again = reroute(plan, "west", request, network, cheapest(), travel=SteadySpeed(100))
    assert again.shipments == plan.shipments[:1]
    assert [why.code for why in again.left[0].reasons[0].reasons] == [ReasonCode.TOO_SLOW]


def test_what_is_new_waits_for_the_lines_that_stay():
    network = Network("CNY", [site("east", "a"), site("west", "b"), site("z", "b")])
    request = asked(one("A", not_before=NINE + DAY), one("B"))
    plan = allocate(request, network, cheapest())
    again = reroute(plan, "west", request, network, cheapest())
    assert {row.site: row.ready_at for row in again.shipments} == {
        "east": NINE + DAY,
        "z": NINE + DAY,
    }


lost_sites = st.sets(st.sampled_from(SITES), min_size=1, max_size=2)


def there_of(network: Network, lost: set[str]) -> set[str]:
    return {site.id for site in network.sites} & lost


@given(requests(), networks(), strategies, lost_sites, st.integers(0, 90))
def test_no_line_is_moved_past_its_time_or_leaves_before_the_others_may(
    request, network, strategy, lost, minutes
):
    plan = allocate(request, network, strategy)
    lost = there_of(network, lost)
    later = evolve(request, at=request.at + minutes * MINUTE)
    again = reroute(plan, lost, later, network, strategy)
    before = {row.site: row for row in plan.shipments if row.site not in lost}
    lines = {line.id: line for line in request.demand.lines}
    may = [line.not_before for line in lines.values() if line.not_before is not None]
    for row in again.shipments:
        if row == before.get(row.site):
            continue
        there = row.arrives_at or row.ready_at
        for each in row.given:
            end = lines[each.line].needed_by
            assert end is None or (later.at <= end and there <= end)
        assert row.ready_at is None or not may or row.ready_at >= max(may)


# Least time


def waiting(name: str, sku: str, hours: int, cost: str = "0") -> Site:
    return site(name, sku, place=HOME, preparation=hours * HOUR, costs=SiteCosts(parcel=cost))


def test_no_more_is_paid_for_speed_than_what_stays_needs():
    network = Network(
        "CNY",
        [
            waiting("east", "a", 5),
            waiting("north", "b", 1, "9"),
            waiting("south", "b", 2, "1"),
            waiting("west", "b", 0),
            waiting("z", "b", 6),
        ],
    )
    request = asked(one("A"), one("B"), to=HOME)
    for strategy in (fastest(), fastest().at_most(2)):
        plan = allocate(request, network, strategy)
        again = reroute(plan, "west", request, network, strategy)
        assert given_by(again) == {"east": ["A"], "south": ["B"]}
        assert again.finding("z").reasons == (
            Reason(code=ReasonCode.SLOWER, value=6 * 3600, limit=5 * 3600),
        )
        assert codes(again, "north") == [ReasonCode.NOT_IN_BEST]


@given(requests(), networks(), filters, st.sampled_from([None, 2, 3]), lost_sites)
def test_the_fastest_plan_with_what_stays_is_the_cheapest_that_takes_as_long(
    request, network, where, most, lost
):
    assume(request.to is not None)
    lost = there_of(network, lost)
    plan = allocate(request, network, cheapest(where).at_most(most))
    again = reroute(plan, lost, request, network, fastest(where).at_most(most))
    there = [row.arrives_at for row in again.shipments if row.arrives_at is not None]
    seconds = -((request.at - max(there, default=request.at)) // timedelta(seconds=1))
    in_time = where & Within(timedelta(seconds=seconds))
    same = reroute(plan, lost, request, network, cheapest(in_time).at_most(most))
    assert (sum(line.missing for line in again.lines), again.cost) == (
        sum(line.missing for line in same.lines),
        same.cost,
    )


def test_a_proof_of_time_compares_with_sites_of_known_time_only():
    placed = Site(id="east", stock=[("mug", 2)], place=HOME)
    network = Network("CNY", [placed, Site(id="west", stock=[("mug", 5)])])
    request = Request(Demand.of([("mug", 7)]), NINE, HOME)
    plan = allocate(request, network, fastest())
    assert (plan.left[0].missing, plan.certificate.ruled) == (5, True)
    assert "fewer units: proved, for plans from sites that" in str(explain_plan(plan))
    all_known = allocate(request, Network("CNY", [placed]), fastest())
    assert not all_known.certificate.ruled


# Reasons


@pytest.mark.parametrize("where", [cheapest(), cheapest(HasStock()), priority_list("east")])
def test_a_site_that_gave_all_it_had_does_not_have_none(where):
    network = Network(
        "CNY",
        [
            Site(id="east", stock=[("mug", 2)], costs=SiteCosts(parcel="6.00")),
            Site(id="west", stock=[("mug", 5)]),
        ],
    )
    request = Request(Demand.of([("mug", 7)]), NINE)
    plan = allocate(request, network, cheapest())
    again = reroute(plan, "west", request, network, where)
    (east,) = again.left[0].reasons
    assert east.reasons == (Reason(code=ReasonCode.TOO_FEW, value=2),)
    more = Network("CNY", [evolve(network.site("east"), stock=[("mug", 4)])])
    again = reroute(plan, "west", request, more, where)
    (east,) = again.left[0].reasons
    assert east.reasons == (Reason(code=ReasonCode.TOO_FEW, value=4),)


LIMITED = [
    (cheapest(), ReasonCode.IN_BEST),
    (fewest_parcels(), ReasonCode.IN_BEST),
    (priority_list("south"), ReasonCode.KEPT),
]


@pytest.mark.parametrize(("strategy", "why"), LIMITED, ids=range(3))
def test_who_gives_more_because_no_other_may_is_not_the_only_one(strategy, why):
    network = Network("CNY", [site("east", "ab"), site("south", "b"), site("west", "b")])
    request = asked(one("A"), one("B"))
    plan = allocate(request, network, priority_list("west"))
    again = reroute(plan, "west", request, network, strategy.at_most(1))
    assert given_by(again) == {"east": ["A", "B"]}
    assert codes(again, "east") == [why]
    assert again.finding("south").reasons == (Reason(code=ReasonCode.NO_MORE_PARCELS, limit=1),)
    alone = reroute(plan, "west", request, network.without("south"), strategy.at_most(1))
    assert codes(alone, "east") == [ReasonCode.ONLY_ONE]


def test_who_gives_more_once_the_last_parcel_is_sent_is_not_the_only_one():
    network = Network(
        "CNY",
        [
            site("east", "cb"),
            site("north", "a"),
            site("south", "b"),
            site("west", "ab"),
        ],
    )
    request = asked(one("A"), one("B"), one("C"))
    plan = allocate(request, network, priority_list("west"))
    strategy = priority_list(["north", "south"]).at_most(2)
    again = reroute(plan, "west", request, network, strategy)
    assert given_by(again) == {"east": ["B", "C"], "north": ["A"]}
    assert codes(again, "east") == [ReasonCode.KEPT]


def test_fewer_parcels_than_stay_already_leave_no_new_one():
    network = Network("CNY", [site("a", "x"), site("b", "y"), site("c", "z"), site("d", "z")])
    request = asked(one("X"), one("Y"), one("Z"))
    plan = allocate(request, network.without("d"), cheapest())
    for strategy in (cheapest(), fewest_parcels(), least_loaded()):
        again = reroute(plan, "c", request, network, strategy.at_most(1))
        assert given_by(again) == {"a": ["X"], "b": ["Y"]}
        limit = (Reason(code=ReasonCode.NO_MORE_PARCELS, limit=1),)
        assert again.finding("d").reasons == limit
        assert {row.site: row.reasons for row in again.left[0].reasons}["d"] == limit


# Parts


PAIR = Network(
    "CNY",
    [site("east", "a"), site("west", "b"), site("z", "b", costs=SiteCosts(parcel="5.00"))],
)


def test_a_part_says_of_a_site_that_gives_to_the_other_that_it_does():
    request = asked(one("A"), one("B"))
    rest, part = split_plan(allocate(request, PAIR, cheapest()), {"B": 1})
    other = (Reason(code=ReasonCode.OTHER_PART),)
    assert rest.finding("west") == SiteFinding(site="west", taken=False, reasons=other)
    assert part.finding("east") == SiteFinding(site="east", taken=False, reasons=other)
    assert "west: not taken, gives to another part of the plan" in str(explain_plan(rest))
    assert "west：未选，只供方案的另一部分" in str(explain_plan(rest, "zh_CN"))
    again = reroute(part, "west", asked(one("B")), PAIR, cheapest())
    whole = merge_plans([rest, again])
    assert given_by(whole) == {"east": ["A"], "z": ["B"]}
    assert codes(whole, "west") == [ReasonCode.DROPPED_OUT]
    third, _ = split_plan(merge_plans([rest, part]), {"A": 1})
    assert codes(third, "east") == [ReasonCode.OTHER_PART]


@given(requests(), networks(), strategies, lost_sites, st.data())
def test_parts_say_that_a_site_is_taken_if_it_is(request, network, strategy, lost, data):
    plan = allocate(request, network, strategy)
    units = {
        line.id: count
        for line in plan.lines
        if (count := data.draw(st.integers(0, line.wanted), label=line.id))
    }
    assume(units and units != {line.id: line.wanted for line in plan.lines})
    rest, part = split_plan(plan, units)
    lost = there_of(network, lost)
    lines = [
        evolve(line, quantity=units[line.id]) for line in request.demand.lines if line.id in units
    ]
    again = reroute(part, lost, evolve(request, demand=Demand(lines)), network, strategy)
    for told in (rest, part, again, merge_plans([rest, again]), merge_plans([part, rest])):
        sent = {row.site for row in told.shipments}
        assert {found.site for found in told.sites if found.taken} == sent


def test_a_plan_that_takes_from_others_than_it_says_is_refused():
    plan = allocate(asked(one("A")), PAIR, cheapest())
    wrong = [evolve(found, taken=not found.taken) for found in plan.sites]
    with pytest.raises(InvalidDocument) as caught:
        evolve(plan, sites=wrong)
    assert [(fault.path, fault.reason) for fault in caught.value.faults] == [
        (("sites", i, "taken"), "fields_disagree") for i in range(3)
    ]
    assert evolve(plan, sites=()).shipments == plan.shipments
