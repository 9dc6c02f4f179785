"""Sourcing as a host writes it, read by the type checkers alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_type

from ordercore.money import Money
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    AllocationPlan,
    Network,
    Ranked,
    Request,
    Site,
    SiteCosts,
    Strategy,
    allocate,
    reroute,
)
from ordercore.sourcing.problem import Answer, Problem
from ordercore.sourcing.rules import AllOf, InTurn, LeastLoaded, Nearest, OpenNow, WithinReach
from ordercore.stock import Demand


class Roads:
    """A road network of one's own."""

    def metres(self, start: GeoPoint, end: GeoPoint) -> int:
        """Measure a way."""
        return start.distance_m(end) * 2

    def travel(self, start: GeoPoint, end: GeoPoint, at: datetime) -> timedelta:
        """Tell how long it takes."""
        return timedelta(minutes=5) if at.hour < 7 else timedelta(minutes=15)


def answered(problem: Problem, *, nodes: int) -> Answer:
    """Answer as a solver of one's own."""
    return Answer((), sum(problem.need), 0, 0, 0, nodes)


def planned(at: datetime, home: GeoPoint) -> AllocationPlan:
    """Plan an order, and plan again."""
    site = Site(id="east", stock=[("mug", 5)], place=home, costs=SiteCosts(parcel="6.00"))
    network = Network("CNY", [site])
    assert_type(WithinReach(5000) & OpenNow(), AllOf)
    assert_type(Nearest().then(LeastLoaded()), InTurn)
    strategy = Strategy(where=~OpenNow(), choose=Ranked(Nearest()))
    request = Request(Demand.of([("mug", 2)]), at, home)
    roads = Roads()
    plan = allocate(request, network, strategy, distance=roads, travel=roads, solver=answered)
    assert_type(plan.cost, Money)
    assert_type(plan.arrives_at, datetime | None)
    return reroute(plan, ["east"], request, network, strategy)
