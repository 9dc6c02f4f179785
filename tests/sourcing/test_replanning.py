"""Plans afterwards.

- What is left of a network, and what a plan takes, is what there was.
- When a site drops out, the others give what they gave, and nothing comes from the lost ones;
  what was served before is served again if somebody can. Nothing is said to be proved of it.
- Split and merged again, a plan gives and costs what it did.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from allocation_problems import problems
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from networks import NOW, SITES, filters, networks, requests, strategies, times_of

from ordercore.errors import CurrencyMismatch, InvalidDocument, InvalidType, InvalidValue, NotFound
from ordercore.money import Money
from ordercore.sourcing import (
    AllocationPlan,
    Network,
    PlannedLine,
    Reason,
    ReasonCode,
    Request,
    Shipment,
    Site,
    SiteCosts,
    Strategy,
    allocate,
    cheapest,
    fewest_parcels,
    least_loaded,
    priority_list,
)
from ordercore.sourcing.beside import with_opened, without_opened
from ordercore.sourcing.branching import solve
from ordercore.sourcing.explaining import explain_plan
from ordercore.sourcing.parts import merge_plans, split_plan
from ordercore.sourcing.problem import (
    Answer,
    Problem,
    checked,
    cost_of,
    faults_of,
    missing_of,
)
from ordercore.sourcing.replanning import after, reroute
from ordercore.stock import Demand, DemandLine


def given_units(plan: AllocationPlan) -> dict[tuple[str, str], int]:
    return {(row.site, each.line): each.units for row in plan.shipments for each in row.given}


@given(requests(), networks(), strategies)
def test_a_plan_and_what_is_left_are_what_there_was(request, network, strategy):
    plan = allocate(request, network, strategy)
    rest = after(network, plan)
    taken: dict[tuple[str, str], int] = {}
    for shipment in plan.shipments:
        for row in shipment.given:
            key = (shipment.site, row.sku)
            taken[key] = taken.get(key, 0) + row.units
    for site in network.sites:
        left = rest.site(site.id)
        for row in site.stock:
            gone = taken.get((site.id, row.sku), 0)
            assert left.units_of(row.sku) == max(0, row.units - gone)
            assert row.units >= gone or row.sku in site.makes
        sent = sum(units for (name, _), units in taken.items() if name == site.id)
        assert left.load == site.load + sent


def test_a_plan_takes_nothing_that_a_network_does_not_have():
    plan = allocate(request_of(2), Network("CNY", [Site(id="a", stock=[("mug", 2)])]), cheapest())
    with pytest.raises(InvalidDocument) as caught:
        after(Network("CNY", [Site(id="a", stock=[("mug", 1)], capacity=1)]), plan)
    assert [fault.reason for fault in caught.value.faults] == ["too_many_units", "too_many_units"]
    with pytest.raises(InvalidDocument) as caught:
        after(Network("CNY"), plan)
    assert [type(fault) for fault in caught.value.faults] == [NotFound]


def request_of(units: int) -> Request:
    return Request(Demand.of([("mug", units)]), NOW)


@given(requests(), networks(), strategies, st.data())
def test_when_a_site_drops_out_the_others_give_what_they_gave(request, network, strategy, data):
    plan = allocate(request, network, strategy)
    lost = data.draw(st.sets(st.sampled_from(SITES), max_size=2))
    lost = lost.intersection(site.id for site in network.sites)
    later = evolve(request, at=request.at + timedelta(minutes=5))
    again = reroute(plan, lost, later, network, strategy)
    before, now = given_units(plan), given_units(again)
    assert not {site for site, _ in now} & lost
    for (site, line), units in before.items():
        if site not in lost:
            assert now[site, line] >= units
    assert {(row.id, row.wanted) for row in again.lines} == {
        (row.id, row.wanted) for row in plan.lines
    }
    assert strategy.parcels_max is None or len(again.shipments) <= strategy.parcels_max
    after(network, again)  # it takes no more than there is
    told = {found.site: found for found in again.sites}
    assert {name for name, found in told.items() if found.taken} == {
        row.site for row in again.shipments
    }


def three(**stock: int) -> Network:
    return Network(
        "CNY",
        [
            Site(id=name, stock=[("mug", units)], costs=SiteCosts(parcel=f"{5 + units}.00"))
            for name, units in stock.items()
        ],
    )


def test_a_lost_site_is_made_up_for():
    network = three(a=3, b=4, c=9)
    plan = allocate(request_of(7), network, least_loaded())
    assert given_units(plan) == {("a", "0001"): 3, ("b", "0001"): 4}
    again = reroute(plan, ["b"], request_of(7), network, cheapest())
    assert given_units(again) == {("a", "0001"): 3, ("c", "0001"): 4}
    assert str(again.cost) == "CNY 22.00"
    codes = {found.site: found.reasons[0].code for found in again.sites}
    assert codes == {
        "a": ReasonCode.KEPT,
        "b": ReasonCode.DROPPED_OUT,
        "c": ReasonCode.ONLY_ONE,
    }


def test_a_site_that_gives_already_gives_more_in_the_same_parcel():
    network = three(a=9, b=1)
    plan = allocate(request_of(7), network.without("a"), cheapest())
    plan = reroute(plan, [], request_of(7), network, cheapest())
    assert given_units(plan) == {("b", "0001"): 1, ("a", "0001"): 6}
    again = reroute(plan, ["b"], request_of(7), network, cheapest().one_parcel)
    assert given_units(again) == {("a", "0001"): 7}
    assert str(again.cost) == "CNY 14.00"


def test_a_plan_whose_sites_all_stay_stays_as_it_is():
    network = three(a=3, b=4)
    plan = allocate(request_of(2), network, cheapest())
    assert reroute(plan, [], request_of(2), network, cheapest()) == plan
    later = evolve(request_of(2), at=NOW + timedelta(hours=1))
    again = reroute(plan, ["b"], later, network, cheapest())
    assert evolve(again, sites=plan.sites) == plan
    assert again.at == again.shipments[0].ready_at == NOW
    assert again.finding("b").reasons == (Reason(code=ReasonCode.DROPPED_OUT),)
    with pytest.raises(InvalidDocument):
        reroute(plan, ["a"], request_of(3), network, cheapest())


@given(requests(), networks(), strategies, st.data())
def test_split_and_merged_again_a_plan_is_what_it_was(request, network, strategy, data):
    plan = allocate(request, network, strategy)
    units = {
        line.id: count
        for line in plan.lines
        if (count := data.draw(st.integers(0, line.wanted), label=line.id))
    }
    whole = {line.id: line.wanted for line in plan.lines}
    if not units or units == whole:
        with pytest.raises(InvalidDocument):
            split_plan(plan, units)
        return
    rest, part = split_plan(plan, units)
    assert {line.id: line.wanted for line in part.lines} == units
    for line in part.lines:  # what somebody gives goes first
        assert line.served == min(
            line.wanted, next(each.served for each in plan.lines if each.id == line.id)
        )
    merged = merge_plans([part, rest])
    assert merged == evolve(plan, certificate=None)
    assert part.cost.minor + rest.cost.minor >= plan.cost.minor


def test_two_orders_to_one_customer_share_a_parcel():
    network = three(a=9)
    one, two = (allocate(request_of(units), network, cheapest()) for units in (2, 3))
    both = merge_plans([one, two])
    assert given_units(both) == {("a", "0001"): 5}
    assert str(both.cost) == "CNY 14.00"
    assert [(line.wanted, line.served) for line in both.lines] == [(5, 5)]
    assert both.certificate is None


FAULTY_SPLITS = [
    ({"9": 1}, NotFound),
    ({"0001": 0}, InvalidValue),
    ({"0001": 4}, InvalidValue),
    ({"0001": True}, InvalidValue),
    ({"0001": 3}, InvalidValue),
    ({}, InvalidValue),
]


@pytest.mark.parametrize(("units", "error"), FAULTY_SPLITS)
def test_what_cannot_be_split_off_is_refused(units, error):
    plan = allocate(request_of(3), three(a=9), cheapest())
    with pytest.raises(InvalidDocument) as caught:
        split_plan(plan, units)
    assert [type(fault) for fault in caught.value.faults] == [error]


def test_plans_that_disagree_are_not_merged():
    plan = allocate(request_of(3), three(a=9), cheapest())
    free = Money(0, "JPY")
    none = [evolve(plan.lines[0], served=0)]
    yen = evolve(plan, currency="JPY", shipments=(), sites=(), lines=none)
    assert free == yen.cost
    caps = allocate(Request(Demand.of([("cap", 1)]), NOW), three(a=9), cheapest())
    with pytest.raises(InvalidDocument) as caught:
        merge_plans([plan, yen, caps])
    assert [type(fault) for fault in caught.value.faults] == [CurrencyMismatch, InvalidValue]
    with pytest.raises(InvalidType):
        merge_plans([plan, None])
    with pytest.raises(InvalidValue):
        merge_plans([])


def test_a_line_that_comes_from_two_sites_is_split_in_their_order():
    plan = allocate(request_of(7), three(a=3, b=4), cheapest())
    rest, part = split_plan(plan, {"0001": 4})
    assert given_units(part) == {("a", "0001"): 3, ("b", "0001"): 1}
    assert given_units(rest) == {("b", "0001"): 3}


def test_a_limit_on_parcels_holds_for_what_stays_and_what_is_new():
    network = three(a=3, b=4, c=2, d=2)
    plan = allocate(request_of(7), network, cheapest().at_most(2))
    assert given_units(plan) == {("a", "0001"): 3, ("b", "0001"): 4}
    again = reroute(plan, ["b"], request_of(7), network, cheapest().at_most(2))
    assert given_units(again) == {("a", "0001"): 3, ("c", "0001"): 2}
    assert [line.missing for line in again.left] == [2]
    reasons = {row.site: row.reasons for row in again.left[0].reasons}
    assert reasons["d"] == (Reason(code=ReasonCode.NO_MORE_PARCELS, limit=2),)


BOTH = Request(Demand.of([("mug", 1), ("cap", 1)]), NOW)
PAIR = Network(
    "CNY",
    [
        Site(id="a", stock=[("mug", 1)], costs=SiteCosts(parcel="5.00")),
        Site(id="b", stock=[("cap", 1)], costs=SiteCosts(parcel="5.00")),
        Site(id="c", stock=[("mug", 1), ("cap", 1)], costs=SiteCosts(parcel="11.00")),
        Site(id="d", stock=[("tea", 1)]),
    ],
)


def test_a_plan_of_which_a_part_stays_is_not_said_to_be_the_best():
    plan = allocate(BOTH, PAIR, cheapest())
    again = reroute(plan, ["b"], BOTH, PAIR, cheapest())
    anew = allocate(BOTH, PAIR.without("b"), cheapest())
    assert (str(again.cost), str(anew.cost)) == ("CNY 16.00", "CNY 11.00")
    assert again.certificate is None
    assert "proved" not in str(explain_plan(again))


def test_a_site_that_may_not_send_one_more_parcel_says_so():
    plan = allocate(BOTH, PAIR, cheapest())
    again = reroute(plan, ["b"], BOTH, PAIR, cheapest().one_parcel)
    assert given_units(again) == {("a", "0001"): 1}
    (left,) = again.left
    limit, none = (
        Reason(code=ReasonCode.NO_MORE_PARCELS, limit=1),
        Reason(code=ReasonCode.NO_STOCK),
    )
    assert {row.site: row.reasons for row in left.reasons} == {
        "a": (none,),
        "c": (limit,),
        "d": (none,),
    }
    assert again.finding("c").reasons == (limit,)
    assert "c: not taken, only 1 parcel may be sent" in str(explain_plan(again))


def test_a_site_that_gives_more_in_the_same_parcel_takes_no_other_s_place():
    network = Network(
        "CNY",
        [
            Site(id="a", stock=[("mug", 1), ("cap", 1)], costs=SiteCosts(parcel="5.00")),
            Site(id="b", stock=[("cap", 2)], costs=SiteCosts(parcel="2.00")),
            Site(id="c", stock=[("cap", 1)], costs=SiteCosts(parcel="5.00")),
        ],
    )
    request = Request(Demand.of([("mug", 1), ("cap", 2)]), NOW)
    plan = allocate(request, network.without("c"), priority_list(["b", "a"]).at_most(2))
    assert given_units(plan) == {("a", "0001"): 1, ("b", "0002"): 2}
    for strategy in (least_loaded().at_most(2), cheapest().at_most(2)):
        again = reroute(plan, ["b"], request, network, strategy)
        assert again.ok
        assert [row.site for row in again.shipments] == ["a", "c"]


def best_beside(
    plan: AllocationPlan, lost: set[str], request: Request, network: Network, strategy: Strategy
) -> tuple[int, int]:
    """Try all sets of new sites: how few units can be left, and what the plan then costs."""
    kept = [row for row in plan.shipments if row.site not in lost]
    opened = {row.site for row in kept}
    served = Counter[str]()
    for row in (row for shipment in kept for row in shipment.given):
        served[row.line] += row.units
    lines = {line.id: line for line in request.demand.lines}
    rest = [
        evolve(line, quantity=line.quantity - served[line.id])
        for line in lines.values()
        if served[line.id] < line.quantity
    ]
    paid = sum(row.cost.minor for row in kept)
    if not rest:
        return 0, paid
    left = network
    for shipment in kept:
        left = after(left, evolve(plan, lines=_lines_of(shipment), shipments=[shipment], sites=()))
    times = times_of(request, left)
    in_time = {
        site.id
        for site in left.sites
        for held in [[row.line for each in kept if each.site == site.id for row in each.given]]
        if all(_is_in_time(lines[line], times.get(site.id)) for line in held)
    }
    rest = [_from_in_time(line, in_time, times, request) for line in rest]
    free = [_sent_anyway(site) if site.id in opened else site for site in left.sites]
    others = [site.id for site in left.sites if site.id not in opened | lost]
    size = min(len(others), max(0, strategy.parcels_max - len(opened)))
    found = []
    for new in combinations(others, size):
        here = Network("CNY", [site for site in free if site.id in opened.union(new)])
        told = allocate(evolve(request, demand=Demand(rest)), here, strategy.at_most(None))
        missing = sum(line.missing for line in told.lines)
        found.append((missing, paid + told.cost.minor))
    return min(found)


def _is_in_time(line: DemandLine, there: datetime | None) -> bool:
    return line.needed_by is None or (there is not None and there <= line.needed_by)


def _from_in_time(
    line: DemandLine, in_time: set[str], times: dict[str, datetime], request: Request
) -> DemandLine:
    """Name the sites that are in time for a line, which waits for all lines of the order."""
    may = [each.not_before for each in request.demand.lines if each.not_before is not None]
    named = [
        site
        for site in line.sites or sorted(in_time)
        if site in in_time and _is_in_time(line, times.get(site))
    ]
    return evolve(
        line,
        sites=named or ["nowhere"],
        not_before=max(may, default=None),
        needed_by=None,
    )


def _sent_anyway(site: Site) -> Site:
    return evolve(site, costs=evolve(site.costs, parcel=Decimal(0), per_km=Decimal(0)))


def _lines_of(shipment: Shipment) -> list[PlannedLine]:
    return [
        PlannedLine(id=row.line, sku=row.sku, wanted=row.units, served=row.units)
        for row in shipment.given
    ]


@given(requests(), networks(), filters, st.integers(1, 3), st.data())
def test_no_better_plan_keeps_what_the_others_give(request, network, where, most, data):
    plan = allocate(request, network, cheapest(where).at_most(most))
    lost = data.draw(st.sets(st.sampled_from(SITES), max_size=2))
    lost = lost.intersection(site.id for site in network.sites)
    again = reroute(plan, lost, request, network, cheapest(where).at_most(most))
    found = (sum(line.missing for line in again.lines), again.cost.minor)
    assert found == best_beside(plan, lost, request, network, cheapest(where).at_most(most))


def test_a_site_that_gives_already_helps_another_one_out():
    network = Network(
        "CNY",
        [
            Site(
                id="a", stock=[("mug", 1), ("cap", 1)], costs=SiteCosts(units=[("cap", "20.00")])
            ),
            Site(id="b", stock=[("cap", 1), ("tea", 1)]),
            Site(id="c", stock=[("tea", 1)]),
            Site(id="d", stock=[("cap", 1)]),
            Site(id="e", stock=[("pen", 1)]),
        ],
    )
    request = Request(Demand.of([("mug", 1), ("cap", 1), ("tea", 1), ("pen", 1)]), NOW)
    for strategy in (cheapest(), fewest_parcels(), least_loaded()):
        plan = allocate(request, network.without("c", "d"), strategy.at_most(3))
        assert [row.site for row in plan.shipments] == ["a", "b", "e"]
        again = reroute(plan, ["b"], request, network, strategy.at_most(3))
        assert [row.site for row in again.shipments] == ["a", "c", "e"], strategy
        assert again.ok


@given(problems(), st.sets(st.integers(0, 3), max_size=2), st.sampled_from([1, 3, 10_000]))
def test_open_sites_count_however_little_is_looked_at(problem, opened, nodes):
    here = {site for site in opened if site < len(problem.stock)}
    most = len(here) + (problem.most or 1)
    limited = problem._replace(most=most)
    asked = with_opened(limited, here)
    told = without_opened(limited, here, checked(asked, solve(asked, nodes=nodes)))
    assert not faults_of(limited, told.takes)
    sites = {site for _, site, _ in told.takes}
    assert len(sites | here) <= most
    assert (told.missing, told.cost) == (
        missing_of(limited, told.takes),
        cost_of(limited, told.takes),
    )
    assert told.missing_least <= told.missing


def test_an_answer_that_was_cut_short_keeps_the_sites_that_give_the_most():
    problem = Problem(
        need=(9,), stock=((1,), (2,), (4,)), opening=(0, 0, 0), unit=((0,), (0,), (0,)), most=2
    )
    takes = ((0, 1, 2), (0, 2, 4))  # as if site 0 were not open
    told = without_opened(problem, {0}, Answer(takes, 12, 0, 0, 0, 1))
    assert told == Answer(((0, 2, 4),), 5, 0, 0, 0, 1)


def test_an_open_site_gives_no_more_than_it_has_room_for():
    problem = Problem(
        need=(3,), stock=((3,), (1,)), opening=(0, 5), unit=((0,), (0,)), room=(1, None), most=2
    )
    takes = ((0, 0, 3), (1, 0, 2))  # units of the added line have made room for the other
    told = without_opened(problem, {0}, Answer(takes, 2, 0, 2, 0, 1))
    assert told == Answer(((0, 0, 1),), 2, 0, 2, 0, 1)
    best = solve(with_opened(problem, {0}), nodes=1000)
    assert without_opened(problem, {0}, best).takes == ((0, 0, 1), (0, 1, 1))


def test_the_fewest_parcels_are_those_that_are_sent_besides():
    parcel = {"c": "9.00", "d": "5.00", "e": "0.00"}
    sites = [
        Site(id="a", stock=[("mug", 1), ("cap", 1)], costs=SiteCosts(units=[("cap", "3.00")])),
        Site(id="b", stock=[("cap", 1), ("tea", 1)]),
        *(
            Site(id=name, stock=[(sku, 1)], costs=SiteCosts(parcel=parcel[name]))
            for name, sku in (("c", "tea"), ("d", "tea"), ("e", "cap"))
        ),
    ]
    request = Request(Demand.of([("mug", 1), ("cap", 1), ("tea", 1)]), NOW)
    plan = allocate(request, Network("CNY", sites[:2]), priority_list(["b", "a"]))
    assert given_units(plan)["b", "0002"] == 1
    again = reroute(plan, ["b"], request, Network("CNY", sites), fewest_parcels())
    assert [row.site for row in again.shipments] == ["a", "d"]
    assert str(again.cost) == "CNY 8.00"
