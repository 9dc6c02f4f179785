"""Plans afterwards.

- What is left of a network, and what a plan takes, is what there was.
- When a site drops out, the others give what they gave, and nothing comes from the lost ones;
  what was served before is served again if somebody can. Nothing is said to be proved of it.
- Split and merged again, a plan gives and costs what it did.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from networks import NOW, networks, requests, strategies

from ordercore.errors import CurrencyMismatch, InvalidDocument, InvalidType, InvalidValue, NotFound
from ordercore.money import Money
from ordercore.sourcing import (
    AllocationPlan,
    Network,
    Reason,
    ReasonCode,
    Request,
    Site,
    SiteCosts,
    allocate,
    cheapest,
    least_loaded,
    priority_list,
)
from ordercore.sourcing.explaining import explain_plan
from ordercore.sourcing.parts import merge_plans, split_plan
from ordercore.sourcing.replanning import after, reroute
from ordercore.stock import Demand


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
    lost = data.draw(st.sets(st.sampled_from(["east", "north", "south", "west"]), max_size=2))
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
    yen = evolve(plan, currency="JPY", shipments=(), lines=[evolve(plan.lines[0], served=0)])
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
