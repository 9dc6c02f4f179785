"""Laws of plans (F24), on drawn networks under drawn strategies.

- A plan never takes more than a site has or has room for, never from a site that the rules or
  the line leave out, and from no more sites than may be.
- It serves all, or says exactly what is left, and of each site why it gives no more.
- The exact plan is never worse than that of any ranking; more stock or one more site never
  costs more.
- It depends on no order of sites and lines.
- Every site is told of, with a reason that the plan bears out.
- Costs add up; a plan is its JSON.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import permutations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import (
    NOW,
    choices,
    filters,
    limits,
    networks,
    points,
    rankings,
    requests,
    strategies,
)

from ordercore import dumps, loads
from ordercore.errors import InvalidValue
from ordercore.sourcing import (
    AllocationPlan,
    Exact,
    Network,
    Ranked,
    ReasonCode,
    Request,
    Site,
    SiteCosts,
    Strategy,
    allocate,
    cheapest,
    fastest,
    fewest_parcels,
)
from ordercore.sourcing.cases import Candidate, Case
from ordercore.sourcing.rules import Cheapest
from ordercore.sourcing.rules.filters import late
from ordercore.sourcing.travel import CITY_SPEED, GREAT_CIRCLE
from ordercore.stock import Demand, StockLevel, StockSnapshot, check


def seen(request: Request, network: Network) -> dict[str, Candidate]:
    case = Case(request, network, GREAT_CIRCLE, CITY_SPEED)
    return {candidate.id: candidate for candidate in case.candidates}


@given(requests(), networks(), strategies)
@settings(max_examples=80)
def test_a_plan_takes_no_more_than_there_is_and_says_what_is_left(request, network, strategy):
    plan = allocate(request, network, strategy)
    lines = {line.id: line for line in request.demand.lines}
    candidates = seen(request, network)
    for shipment in plan.shipments:
        site = network.site(shipment.site)
        taken: Counter[str] = Counter()
        for row in shipment.given:
            line = lines[row.line]
            taken[row.sku] += row.units
            assert not line.sites or site.id in line.sites
            assert not strategy.where.against(candidates[site.id], line)
        assert all(n <= site.units_of(sku) or sku in site.makes for sku, n in taken.items())
        assert site.room is None or shipment.units <= site.room
    assert strategy.parcels_max is None or len(plan.shipments) <= strategy.parcels_max
    assert {line.id: line.wanted for line in plan.lines} == {
        name: line.quantity for name, line in lines.items()
    }
    assert plan.ok == all(line.served == line.wanted for line in plan.lines)


@given(requests(), networks(), strategies)
def test_what_is_left_has_a_reason_for_every_site(request, network, strategy):
    plan = allocate(request, network, strategy)
    for line in plan.left:
        told = [found.site for found in line.reasons]
        assert told == ([site.id for site in network.sites] or [None])
        assert all(found.reasons for found in line.reasons)
    for line in plan.lines:
        assert line.missing or not line.reasons


@given(requests(), networks(), filters)
def test_with_no_limit_what_is_left_is_what_the_sites_together_lack(request, network, where):
    network = Network("CNY", [evolve(site, capacity=None) for site in network.sites])
    plan = allocate(request, network, Strategy(where=where, choose=Exact()))
    candidates = seen(request, network)
    lines = {line.sku: line for line in request.demand.lines}
    if len(lines) < len(request.demand.lines):
        return  # lines that share a sku are the business of the integer core
    for line in plan.lines:
        there = sum(
            site.units(lines[line.sku])
            for site in candidates.values()
            if site.named_by(lines[line.sku])
            and not late(site, lines[line.sku])
            and not where.against(site, lines[line.sku])
        )
        assert line.served == min(line.wanted, there)


def missing(plan: AllocationPlan) -> int:
    return sum(line.missing for line in plan.lines)


@given(requests(), networks(), filters, rankings, limits)
@settings(max_examples=60)
def test_an_exact_plan_is_never_worse_than_a_ranked_one(request, network, where, ranking, most):
    ranked = allocate(
        request, network, Strategy(where=where, choose=Ranked(ranking), parcels_max=most)
    )
    cost, parcels, time = (
        allocate(request, network, make(where).at_most(most))
        for make in (cheapest, fewest_parcels, fastest)
    )
    assert cost.certificate.exact
    assert parcels.certificate.exact
    assert time.certificate.exact
    assert (missing(cost), cost.cost.minor) <= (missing(ranked), ranked.cost.minor)
    assert (missing(parcels), len(parcels.shipments)) <= (
        missing(ranked),
        len(ranked.shipments),
    )
    if all(row.arrives_at is not None for row in ranked.shipments):
        slow = max((row.arrives_at for row in ranked.shipments), default=NOW)
        assert (missing(time), time.arrives_at or NOW) <= (missing(ranked), slow)


@given(requests(), networks(), filters, st.sampled_from([cheapest, fewest_parcels, fastest]))
def test_more_stock_or_one_more_site_never_makes_it_worse(request, network, where, make):
    strategy = make(where)
    before = allocate(request, network, strategy)
    another = Site(id="zoo", stock=[("mug", 2), ("tea", 9)], costs=SiteCosts(parcel="4.00"))
    richer = [
        evolve(site, stock=[(row.sku, row.units + 1) for row in site.stock])
        for site in network.sites
    ]
    for more in (Network("CNY", [*network.sites, another]), Network("CNY", richer)):
        after = allocate(request, more, strategy)
        assert (missing(after), after.certificate.value) <= (
            missing(before),
            before.certificate.value,
        ) or missing(after) < missing(before)


@given(requests(), networks(), strategies, st.data())
def test_a_plan_depends_on_no_order(request, network, strategy, data):
    sites = data.draw(st.permutations(network.sites))
    lines = data.draw(st.permutations(request.demand.lines))
    turned = Request(Demand(lines), request.at, request.to)
    assert allocate(turned, Network("CNY", sites), strategy) == allocate(
        request, network, strategy
    )


@given(requests(), networks(), filters, st.data())
def test_other_names_cost_the_same(request, network, where, data):
    names = data.draw(st.permutations(["east", "north", "south", "west"]))
    told = dict(zip(["east", "north", "south", "west"], names, strict=True))
    renamed = Network("CNY", [evolve(site, id=told[site.id]) for site in network.sites])
    lines = [
        evolve(line, sites=[told[site] for site in line.sites]) for line in request.demand.lines
    ]
    other = Request(Demand(lines), request.at, request.to)
    before = allocate(request, network, cheapest(where))
    after = allocate(other, renamed, cheapest(where))
    assert (missing(before), before.cost) == (missing(after), after.cost)


@given(requests(), networks(), strategies)
@settings(max_examples=60)
def test_explanations_agree_with_the_plan(request, network, strategy):
    plan = allocate(request, network, strategy)
    candidates = seen(request, network)
    assert [found.site for found in plan.sites] == [site.id for site in network.sites]
    sent = {row.site for row in plan.shipments}
    for found in plan.sites:
        assert found.reasons
        assert found.taken == (found.site in sent)
        for why in found.reasons:
            _bears_out(why, candidates[found.site], candidates, plan, sent)


def _bears_out(why, site, candidates, plan, sent):
    """Check a reason against the places, instants and costs themselves."""
    other = candidates.get(why.subject)
    facts = {
        ReasonCode.TOO_FAR: lambda: site.metres == why.value > why.limit,
        ReasonCode.TOO_SLOW: lambda: _seconds(site) == why.value > why.limit,
        ReasonCode.SLOWER: lambda: site.seconds == why.value > plan.certificate.value,
        ReasonCode.NO_SKILL: lambda: why.subject not in site.site.skills,
        ReasonCode.CLOSED: lambda: not site.site.hours.is_open(why.at - timedelta(seconds=1)),
        ReasonCode.CLOSES_TOO_SOON: lambda: site.ready_at > why.at == NOW + site.work,
        ReasonCode.NO_PLACE: lambda: site.site.place is None,
        ReasonCode.NEVER_OPEN: lambda: site.ready_at is None,
        ReasonCode.GIVES_TOO_FEW: lambda: why.subject in sent and why.value < why.limit,
        ReasonCode.SAVES_TOO_LITTLE: lambda: why.value <= why.limit == site.opening_cost,
        ReasonCode.RANKED_AFTER: lambda: why.subject in sent and _after(why, site, other),
    }
    if why.code in facts and not (why.code is ReasonCode.CLOSED and why.at is None):
        assert facts[why.code]()


def _seconds(site):
    """Count until the customer has it; where nobody knows the way, until it is ready to leave."""
    if site.site.place is not None:
        return site.seconds
    return -((NOW - site.ready_at) // timedelta(seconds=1))


def _after(why, site, first):
    """Check that a site goes after another, by the numbers themselves where they are plain."""
    if why.measure == "id":
        return site.id > first.id
    read = {"distance": lambda each: each.metres, "time": lambda each: each.seconds}
    if why.measure in read and read[why.measure](site) is not None:
        numbers = tuple(map(read[why.measure], (site, first)))
        return (why.value, why.limit) == numbers and why.value > why.limit
    return why.value > why.limit


@given(requests(), networks(), filters)
def test_what_a_site_would_save_is_less_than_it_costs_once(request, network, where):
    told = allocate(request, network, Strategy(where=where, choose=Exact(compare=True)))
    for found in told.sites:
        for why in found.reasons:
            if why.code is ReasonCode.SAVES_TOO_LITTLE:
                gift = evolve(network.site(found.site).costs, parcel="0", per_km="0")
                sites = [
                    evolve(site, costs=gift) if site.id == found.site else site
                    for site in network.sites
                ]
                free = allocate(request, Network("CNY", sites), cheapest(where))
                assert told.cost.minor - free.cost.minor <= why.value


@given(requests(), networks(), strategies)
def test_costs_add_up(request, network, strategy):
    plan = allocate(request, network, strategy)
    candidates = seen(request, network)
    lines = {line.id: line for line in request.demand.lines}
    total = 0
    for shipment in plan.shipments:
        site = candidates[shipment.site]
        total += site.opening_cost
        total += sum(site.unit_cost(lines[row.line]) * row.units for row in shipment.given)
        assert shipment.metres == site.metres
        assert shipment.arrives_at == site.arrives_at
    assert plan.cost.minor == total
    if plan.certificate is not None and plan.certificate.objective == "cost":
        assert plan.certificate.value == total


@given(requests(), networks(), strategies)
def test_a_plan_is_its_json(request, network, strategy):
    plan = allocate(request, network, strategy)
    assert loads(AllocationPlan, dumps(plan)) == plan
    assert loads(Strategy, dumps(strategy)) == strategy
    assert loads(Network, dumps(network)) == network
    assert loads(Request, dumps(request)) == request


@given(requests(), networks(), choices)
def test_what_a_plan_asks_of_stock_can_be_reserved(request, network, choice):
    network = Network("CNY", [evolve(site, makes=()) for site in network.sites])
    plan = allocate(request, network, Strategy(choose=choice))
    if not plan.ok:
        with pytest.raises(InvalidValue):
            plan.demand(request.demand)
        return
    asked = plan.demand(request.demand)
    assert all(len(line.sites) == 1 for line in asked.lines)
    levels = [
        StockLevel(sku=row.sku, site=site.id, on_hand=row.units)
        for site in network.sites
        for row in site.stock
    ]
    snapshot = StockSnapshot(levels=levels, sites=[site.id for site in network.sites])
    assert check(asked, snapshot, NOW).ok


@given(requests(), networks())
def test_a_network_can_be_stocked_from_a_snapshot(request, network):
    levels = [
        StockLevel(sku=row.sku, site=site.id, on_hand=row.units)
        for site in network.sites
        for row in site.stock
    ]
    bare = Network("CNY", [evolve(site, stock=()) for site in network.sites])
    stocked = bare.stocked(StockSnapshot(levels=levels), NOW)
    assert allocate(request, stocked, cheapest()) == allocate(request, network, cheapest())


def brute(request: Request, network: Network, most: int) -> tuple[int, int]:
    """Serve from the sites in every order, each giving all it can, for one line alone."""
    line = request.demand.lines[0]
    best = (line.quantity, 0)
    for order in permutations(network.sites, min(most, len(network.sites))):
        for count in range(len(order) + 1):
            left, cost = line.quantity, 0
            for site in order[:count]:
                taken = min(left, site.units_of(line.sku))
                if taken:
                    left -= taken
                    cost += site.costs.parcel.minor + taken * site.costs.of(line.sku).minor
            best = min(best, (left, cost))
    return best


@given(st.data(), networks(places=False), points, limits)
def test_one_line_is_served_as_by_trying_every_order(data, network, to, most):
    plain = [
        evolve(site, makes=(), capacity=None, costs=evolve(site.costs, units=()))
        for site in network.sites
    ]
    network = Network("CNY", plain)
    demand = Demand.of([("mug", data.draw(st.integers(1, 8)))])
    plan = allocate(Request(demand, NOW, to), network, cheapest().at_most(most))
    assert (missing(plan), plan.cost.minor) == brute(Request(demand, NOW), network, most or 9)


@given(requests(), networks(), limits)
def test_a_greedy_ranking_takes_the_cheapest_per_unit_first(request, network, most):
    plan = allocate(request, network, Strategy(choose=Ranked(Cheapest()), parcels_max=most))
    best = allocate(request, network, cheapest().at_most(most))
    assert (missing(best), best.cost.minor) <= (missing(plan), plan.cost.minor)
