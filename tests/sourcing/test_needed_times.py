"""When units are needed, and when they may leave.

- A line is served from no site from which it would come too late; the reason says so.
- Where the way is known, the customer must have it by then; else it must be ready to leave.
- An order leaves a site once all of its lines may, and the site is open.
- Nothing else changes: it is the plan of a request that names the sites that are in time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from networks import networks, requests, strategies, times_of

from ordercore.calendars import WorkingHours, WorkingTime
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    AllocationPlan,
    Network,
    Reason,
    ReasonCode,
    Request,
    Site,
    allocate,
    cheapest,
    fastest,
    nearest_capable,
    nearest_then_least_busy,
)
from ordercore.sourcing.batch import allocate_batch
from ordercore.sourcing.explaining import explain_plan
from ordercore.sourcing.rules import ReadyBeforeClosing
from ordercore.stock import Demand, DemandLine

TEN = datetime.fromisoformat("2026-11-11T10:00:00+08:00")
NOON = TEN.replace(hour=12)
HOUR = timedelta(hours=1)
HOME = GeoPoint("39.90", "116.40")
FAR = GeoPoint("40.35", "116.40")  # 50 km: two hours at 25 km an hour


def kitchen(name: str, place: GeoPoint | None = HOME, **more: object) -> Site:
    return Site(id=name, kind="kitchen", place=place, makes=["noodles"], **more)


def lunch(to: GeoPoint | None = HOME, **window: datetime) -> Request:
    return Request(Demand([DemandLine(id="1", sku="noodles", quantity=2, **window)]), TEN, to)


def served_by(request: Request, *sites: Site, strategy=None) -> AllocationPlan:
    return allocate(request, Network("CNY", sites), strategy or cheapest())


STRATEGIES = [cheapest(), fastest(), nearest_capable(), nearest_then_least_busy(3000)]


@pytest.mark.parametrize("strategy", STRATEGIES, ids=range(len(STRATEGIES)))
def test_a_lunch_that_is_needed_by_noon_is_not_planned_where_it_would_come_at_two(strategy):
    slow = kitchen("slow", preparation=4 * HOUR)
    plan = served_by(lunch(needed_by=NOON), slow, strategy=strategy)
    assert not plan.shipments
    why = Reason(code=ReasonCode.TOO_SLOW, value=4 * 3600, limit=2 * 3600)
    assert plan.finding("slow").reasons == plan.left[0].reasons[0].reasons == (why,)
    assert "slow: not taken, takes 4 h, 2 h at most" in str(explain_plan(plan))
    both = served_by(lunch(needed_by=NOON), slow, kitchen("z"), strategy=strategy)
    assert [row.site for row in both.shipments] == ["z"]


KNOWN = [
    ("an hour of work, and no way", lunch, kitchen("a", preparation=HOUR), HOUR),
    ("an hour of work, and two of way", lunch, kitchen("a", FAR, preparation=HOUR), 3 * HOUR),
    ("a queue", lunch, kitchen("a", load=3, pace=HOUR), 3 * HOUR),
    ("nobody knows where the site is", lunch, kitchen("a", None, preparation=HOUR), HOUR),
    ("or the customer", lambda **when: lunch(None, **when), kitchen("a", FAR), timedelta()),
]


@pytest.mark.parametrize(("ask", "site", "takes"), [row[1:] for row in KNOWN], ids=range(5))
def test_a_line_is_served_up_to_the_last_instant_that_is_in_time(ask, site, takes):
    there = served_by(ask(), site).shipments[0]
    there_at = there.arrives_at or there.ready_at
    assert timedelta() <= there_at - TEN - takes < timedelta(minutes=5)
    assert served_by(ask(needed_by=there_at), site).ok
    late = served_by(ask(needed_by=there_at - timedelta(microseconds=1)), site)
    passed = there_at <= TEN  # it was there at once: a little sooner is before it was asked
    code = ReasonCode.TOO_LATE if passed else ReasonCode.TOO_SLOW
    assert [why.code for why in late.finding("a").reasons] == [code]


def test_what_is_needed_before_it_is_asked_is_left():
    plan = served_by(lunch(needed_by=TEN - HOUR), kitchen("a", preparation=HOUR))
    passed = Reason(code=ReasonCode.TOO_LATE, at=TEN - HOUR)
    assert plan.finding("a").reasons == (passed,)


def test_a_site_that_never_opens_is_never_in_time():
    never = WorkingTime(WorkingHours.of("Asia/Shanghai", {}))
    plan = served_by(lunch(needed_by=NOON), kitchen("a", hours=never))
    assert plan.finding("a").reasons == (Reason(code=ReasonCode.NEVER_OPEN),)


def test_an_order_leaves_once_all_of_its_lines_may_and_the_site_is_open():
    hours = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-SU": "09:00-13:00 16:00-20:00"}))
    site = kitchen("a", FAR, hours=hours, preparation=HOUR)
    for not_before, leaves in ((10, 11), (12, 12), (14, 16), (17, 17)):
        (sent,) = served_by(lunch(not_before=TEN.replace(hour=not_before)), site).shipments
        assert sent.ready_at == TEN.replace(hour=leaves)
        assert sent.arrives_at - sent.ready_at == served_by(lunch(), site).arrives_at - NOON + HOUR
    late = lunch(not_before=TEN.replace(hour=14), needed_by=TEN.replace(hour=17))
    assert [why.code for why in served_by(late, site).finding("a").reasons] == [
        ReasonCode.TOO_SLOW
    ]


def test_lines_of_one_order_wait_for_each_other():
    lines = [
        DemandLine(id="now", sku="noodles", quantity=1, needed_by=NOON),
        DemandLine(id="then", sku="noodles", quantity=1, not_before=NOON + HOUR),
    ]
    plan = served_by(Request(Demand(lines), TEN, HOME), kitchen("a"))
    assert [line.id for line in plan.left] == ["now"]
    assert plan.arrives_at == NOON + HOUR
    later = evolve(lines[0], needed_by=None, not_before=NOON)
    both = served_by(Request(Demand([later, lines[1]]), TEN, HOME), kitchen("a"))
    assert (both.ok, both.arrives_at) == (True, NOON + HOUR)


def test_what_waits_to_leave_does_not_keep_the_kitchen_busy():
    closes = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-SU": "09:00-13:00"}))
    quick, slow = kitchen("z", hours=closes), kitchen("a", preparation=HOUR)
    early = lunch(not_before=NOON)
    assert served_by(early, quick, strategy=cheapest(ReadyBeforeClosing())).ok
    plan = served_by(early, quick, slow, strategy=nearest_then_least_busy(3000))
    assert [row.site for row in plan.shipments] == ["z"]


def test_the_fastest_is_from_where_it_comes_soonest_once_it_may_leave():
    near, far = kitchen("near", preparation=HOUR), kitchen("far", FAR)
    assert served_by(lunch(), near, far, strategy=fastest()).shipments[0].site == "near"
    plan = served_by(lunch(not_before=NOON), near, far, strategy=fastest())
    assert [(row.site, row.arrives_at) for row in plan.shipments] == [("near", NOON)]
    assert (plan.certificate.value, plan.certificate.exact) == (2 * 3600, True)


@given(requests(), networks(), strategies)
def test_no_plan_sends_a_line_too_early_or_too_late(request, network, strategy):
    lines = {line.id: line for line in request.demand.lines}
    for shipment in allocate(request, network, strategy).shipments:
        there = shipment.arrives_at or shipment.ready_at
        for row in shipment.given:
            line = lines[row.line]
            assert line.needed_by is None or there <= line.needed_by
            if line.not_before and shipment.ready_at:  # not known, where it never opens
                assert shipment.ready_at >= line.not_before


@given(requests(), networks(), strategies)
def test_it_is_the_plan_of_who_names_the_sites_that_are_in_time(request, network, strategy):
    times = times_of(request, network)

    def in_time(line: DemandLine) -> list[str]:
        named = line.sites or [site.id for site in network.sites]
        return [
            site
            for site in named
            if line.needed_by is None or (site in times and times[site] <= line.needed_by)
        ] or ["nowhere"]

    lines = [evolve(line, sites=in_time(line), needed_by=None) for line in request.demand.lines]
    timed = allocate(request, network, strategy)
    named = allocate(evolve(request, demand=Demand(lines)), network, strategy)
    assert timed.shipments == named.shipments
    assert timed.certificate == named.certificate


@given(st.lists(requests(), min_size=1, max_size=3), networks())
def test_a_batch_keeps_to_the_same_times(several, network):
    orders = [(f"A{i}", request) for i, request in enumerate(several)]
    plan = allocate_batch(orders, network, cheapest(), effort=2)
    for name, request in orders:
        lines = {line.id: line for line in request.demand.lines}
        for shipment in plan.plan(name).shipments:
            there = shipment.arrives_at or shipment.ready_at
            ends = [lines[row.line].needed_by for row in shipment.given]
            assert all(end is None or there <= end for end in ends)
