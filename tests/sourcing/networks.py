"""Networks and requests, drawn small enough to look at every rule and reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from attrs import evolve
from hypothesis import strategies as st

from ordercore.calendars import WorkingHours, WorkingTime
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    Exact,
    Network,
    Ranked,
    Request,
    Site,
    SiteCosts,
    Strategy,
    allocate,
    cheapest,
)
from ordercore.sourcing.rules import (
    Anywhere,
    ByPriority,
    Cheapest,
    Fastest,
    HasRoom,
    HasSkills,
    HasStock,
    IsKind,
    LeastLoaded,
    LoadBelow,
    MostUnits,
    Nearest,
    OpenAt,
    OpenNow,
    ReadyBeforeClosing,
    ShortestWait,
    Within,
    WithinReach,
)
from ordercore.stock import Demand, DemandLine

NOW = datetime.fromisoformat("2026-11-11T19:30:00+08:00")
SKUS = ("mug", "cap", "tea")
SITES = ("east", "north", "south", "west")
_HOURS = (
    None,
    WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-SU": "10:00-20:00"})),
    WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-FR": "08:00-18:00"})),
    WorkingTime(WorkingHours.of("Asia/Shanghai", {})),
)


def _coordinate(tenths: int) -> Decimal:
    return Decimal(tenths).scaleb(-2)


points = st.builds(
    GeoPoint, st.integers(3980, 3999).map(_coordinate), st.integers(11630, 11650).map(_coordinate)
)
cents = st.integers(0, 3000).map(lambda minor: Decimal(minor).scaleb(-2))
minutes = st.integers(0, 40).map(lambda count: timedelta(minutes=count))

hours_on = st.one_of(st.none(), st.integers(0, 20).map(lambda hours: NOW + timedelta(hours=hours)))
windows = st.tuples(hours_on, hours_on).filter(
    lambda window: None in window or window[0] <= window[1]
)


@st.composite
def sites(draw, name, *, places=True):
    place = draw(st.one_of(st.none(), points) if places else st.none())
    kept = draw(st.lists(st.sampled_from(SKUS), unique=True))
    load = draw(st.integers(0, 4))
    return Site(
        id=name,
        kind=draw(st.sampled_from(["warehouse", "kitchen"])),
        place=place,
        stock=[(sku, draw(st.integers(0, 4))) for sku in kept],
        makes=draw(st.lists(st.sampled_from(SKUS), unique=True, max_size=1)),
        skills=draw(st.lists(st.sampled_from(["fry", "bake"]), unique=True)),
        capacity=draw(st.one_of(st.none(), st.integers(load, load + 5))),
        load=load,
        hours=draw(st.sampled_from(_HOURS)),
        costs=SiteCosts(
            parcel=draw(cents),
            per_km=draw(st.sampled_from(["0", "0.35"])) if place else "0",
            unit=draw(cents),
            units=[("tea", draw(cents))],
        ),
        priority=draw(st.integers(0, 3)),
        preparation=draw(minutes),
        pace=draw(minutes),
    )


@st.composite
def networks(draw, *, places=True):
    names = draw(st.lists(st.sampled_from(SITES), unique=True))
    return Network("CNY", [draw(sites(name, places=places)) for name in names])


@st.composite
def requests(draw):
    names = draw(st.lists(st.sampled_from(["1", "2", "3"]), unique=True, min_size=1))
    some = st.lists(st.sampled_from(SITES), unique=True, min_size=1, max_size=3)
    window = st.one_of(st.just((None, None)), windows)
    lines = [
        DemandLine(
            id=name,
            sku=draw(st.sampled_from(SKUS)),
            quantity=draw(st.integers(1, 4)),
            sites=draw(st.one_of(st.just([]), st.just([]), some)),
            not_before=start,
            needed_by=end,
        )
        for name in names
        for start, end in [draw(window)]
    ]
    return Request(Demand(lines), NOW, draw(points))


def times_of(request: Request, network: Network) -> dict[str, datetime]:
    """Tell when something that every site has would be there from each, if that is known."""
    lines = [evolve(line, sites=(), sku="gift", needed_by=None) for line in request.demand.lines]
    gift = evolve(request, demand=Demand(lines))
    return {
        site.id: there
        for site in network.sites
        for sent in allocate(gift, _with_gifts(site), cheapest()).shipments
        if (there := sent.arrives_at or sent.ready_at) is not None
    }


def _with_gifts(site: Site) -> Network:
    return Network("CNY", [evolve(site, stock=[("gift", 99)], capacity=None)])


plain_filters = st.one_of(
    st.sampled_from([Anywhere(), HasStock(), OpenNow(), ReadyBeforeClosing(), IsKind("kitchen")]),
    st.builds(HasRoom, st.integers(1, 3)),
    st.builds(LoadBelow, st.sampled_from([30, 60, 100])),
    st.builds(
        HasSkills, st.sampled_from([["fry"], ["fry", "bake"]]), st.sampled_from([(), "tea"])
    ),
    st.builds(WithinReach, st.integers(0, 25_000)),
    st.builds(OpenAt, st.just(NOW + timedelta(hours=15))),
    st.builds(Within, minutes),
)
filters = st.recursive(
    plain_filters,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a: ~a, inner),
    ),
    max_leaves=3,
)
plain_rankings = st.one_of(
    st.sampled_from([LeastLoaded(), ShortestWait(), Cheapest(), MostUnits(), Fastest()]),
    st.builds(Nearest, st.sampled_from([1, 5000])),
    st.builds(ByPriority, st.sampled_from([(), ("west", "east")])),
)
rankings = st.one_of(
    plain_rankings, st.builds(lambda a, b: a.then(b), plain_rankings, plain_rankings)
)
choices = st.one_of(
    st.builds(Ranked, rankings),
    st.builds(
        Exact,
        st.sampled_from(["cost", "parcels", "time"]),
        nodes=st.sampled_from([3, 10_000]),
        compare=st.booleans(),
    ),
)
limits = st.one_of(st.none(), st.integers(1, 3))
strategies = st.builds(
    lambda where, choose, most: Strategy(where=where, choose=choose, parcels_max=most),
    filters,
    choices,
    limits,
)
