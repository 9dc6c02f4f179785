"""Distances, travel times and rules of one's own: what they are asked, and what they may answer.

- Who gives a distance only travels over that distance.
- An answer that is none is refused, and the refusal names who gave it.
- What nobody knows is not the opposite: a negated rule leaves out what it cannot know.
- A negated rule says which of its parts hold.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve, frozen
from hypothesis import given
from networks import NOW, filters, networks, requests

from ordercore.data import variant
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
    all_faults,
)
from ordercore.parties import GeoPoint
from ordercore.sourcing import (
    Exact,
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
    nearest_capable,
    reroute,
    split_plan,
)
from ordercore.sourcing.batch import allocate_batch
from ordercore.sourcing.cases import Case
from ordercore.sourcing.explaining import explain_plan
from ordercore.sourcing.rules import (
    AllOf,
    AnyOf,
    Candidate,
    Filter,
    HasSkills,
    Nearest,
    NotFilter,
    Offer,
    Ranking,
    Within,
    WithinReach,
)
from ordercore.sourcing.travel import GREAT_CIRCLE
from ordercore.sourcing.workshops import Job, Workload, assign, replan
from ordercore.stock import Demand, DemandLine, StockLevel, StockSnapshot
from ordercore.workflows import Sourcing

HERE = GeoPoint("39.90", "116.40")
THERE = GeoPoint("39.93", "116.40")
MUGS = Request(Demand.of([("mug", 2)]), NOW, HERE)
SHOPS = Network(
    "CNY",
    [
        Site(id="east", stock=[("mug", 5)], place=THERE, skills="wok"),
        Site(id="west", stock=[("mug", 1)], place=HERE),
        Site(id="yard", stock=[("mug", 5)]),
    ],
)
HOUR = timedelta(hours=1)


class Way:
    """A distance and a travel time that say whatever they are told to."""

    def __init__(self, told: object) -> None:
        self.told = told

    def metres(self, start: GeoPoint, end: GeoPoint) -> object:
        return self.told

    def travel(self, start: GeoPoint, end: GeoPoint, at: object) -> object:
        return self.told


# Travel goes by the distance


def by_batch(network: Network, **ways: object) -> object:
    return allocate_batch([("A1", MUGS)], network, cheapest(), **ways).plan("A1")


def by_reroute(network: Network, **ways: object) -> object:
    plan = allocate(MUGS, network, cheapest())
    lost = [row.site for row in plan.shipments]
    return reroute(plan, lost, MUGS, network, cheapest(), **ways)


def by_placing(network: Network, **ways: object) -> object:
    levels = [StockLevel(sku="mug", site=site.id, on_hand=5) for site in network.sites]
    sourcing = Sourcing(network=network, strategy=cheapest(), **ways)
    return sourcing.plan(MUGS.demand, StockSnapshot(levels=levels), NOW, to=HERE)


TWO = Network(
    "CNY", [evolve(SHOPS.site("east"), id=name, place=THERE) for name in ("east", "north")]
)


@pytest.mark.parametrize(
    "planned",
    [
        lambda network, **ways: allocate(MUGS, network, cheapest(), **ways),
        by_batch,
        by_reroute,
        by_placing,
    ],
    ids=["one order", "a batch", "rerouting", "placing"],
)
def test_who_gives_a_distance_only_travels_over_it(planned):
    for sent in planned(TWO, distance=Way(50_000)).shipments:
        assert (sent.metres, sent.arrives_at - sent.ready_at) == (50_000, 2 * HOUR)
    for sent in planned(TWO, distance=Way(50_000), travel=Way(HOUR)).shipments:
        assert (sent.metres, sent.arrives_at - sent.ready_at) == (50_000, HOUR)


# What a way may not be


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (-1, InvalidValue),
        (1.5, InvalidType),
        (float("nan"), InvalidType),
        (True, InvalidType),
        (None, InvalidType),
        ("3", InvalidType),
        (10**9 + 1, LimitExceeded),
    ],
    ids=repr,
)
def test_a_distance_that_is_none_is_refused(told, kind):
    for ways in ({"distance": Way(told)}, {"travel": SteadySpeed(distance=Way(told))}):
        with pytest.raises(kind) as caught:
            allocate(MUGS, SHOPS, fastest(), **ways)
        assert caught.value.path == ("distance",)
        assert "Distance" in caught.value.expected


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (timedelta(seconds=-1), InvalidValue),
        (timedelta(days=3661), LimitExceeded),
        (timedelta.max, LimitExceeded),
        (5, InvalidType),
        (None, InvalidType),
    ],
    ids=repr,
)
def test_a_travel_time_that_is_none_is_refused(told, kind):
    for strategy in (fastest(), cheapest(Within(HOUR)), cheapest()):
        with pytest.raises(kind) as caught:
            allocate(MUGS, SHOPS, strategy, travel=Way(told))
        assert caught.value.path == ("travel",)
        assert "TravelTime" in caught.value.expected


# What a rule may not answer


NO_REASONS = (True, None, ["no"], "no", ("no",))
NO_NUMBERS = (1.5, float("nan"), None, True, "1")


@variant(Filter, "tests_answering")
@frozen
class Answering(Filter):
    which: int = 0

    def against(self, site, line):
        return NO_REASONS[self.which]


@variant(Ranking, "tests_numbered")
@frozen
class Numbered(Ranking):
    which: int = 0

    def number(self, site, offer):
        return NO_NUMBERS[self.which]


@variant(Ranking, "tests_measured")
@frozen
class Measured(Ranking):
    measure = "beauty"

    def number(self, site, offer):
        return 9


@pytest.mark.parametrize("which", range(len(NO_REASONS)), ids=map(repr, NO_REASONS))
def test_a_filter_answers_with_reasons_or_is_named(which):
    rule = Answering(which)
    for where in (rule, rule & HasSkills("wok"), rule | HasSkills("wok"), ~rule, ~~rule):
        with pytest.raises(InvalidType) as caught:
            allocate(MUGS, SHOPS, cheapest(where))
        assert caught.value.path == ("strategy", "where")
        assert "tests_answering" in caught.value.expected
        with pytest.raises(InvalidType, match="tests_answering"):
            allocate_batch([("A1", MUGS)], SHOPS, cheapest(where))


@pytest.mark.parametrize("which", range(len(NO_NUMBERS)), ids=map(repr, NO_NUMBERS))
def test_a_ranking_answers_with_whole_numbers_or_is_named(which):
    for by in (Numbered(which), Nearest(10**8).then(Numbered(which))):
        with pytest.raises(InvalidType) as caught:
            allocate(MUGS, SHOPS, Strategy(choose=Ranked(by)))
        assert caught.value.path == ("strategy", "choose", "by")
        assert "tests_numbered" in caught.value.expected


def test_a_ranking_with_a_measure_that_is_none_is_named():
    with pytest.raises(InvalidValue) as caught:
        allocate(MUGS, SHOPS, Strategy(choose=Ranked(Measured())))
    assert caught.value.path == ("strategy", "choose", "by")
    assert "tests_measured" in caught.value.expected


@variant(Ranking, "tests_odd")
@frozen
class LongestName(Ranking):
    def number(self, site: Candidate, offer: Offer) -> int:
        return -len(site.id) if site.id != "yard" else -9


def test_a_ranking_without_a_measure_tells_its_numbers_as_they_are():
    plan = allocate(MUGS, SHOPS, Strategy(choose=Ranked(LongestName())))
    (why,) = plan.finding("east").reasons
    assert (why.measure, why.value, why.limit) == ("own", -4, -9)
    text = explain_plan(plan).text
    assert "yard: taken, the first by a rule of your own: -9, the next -4" in text
    assert "east: not taken, after yard by a rule of your own: -4, not -9" in text


@frozen
class Members(Filter):
    members: object = ()

    def against(self, site, line):
        return ()


@pytest.mark.parametrize("members", [5, tuple(map(str, range(1500))), (None,)], ids=type)
def test_a_rule_of_ones_own_may_have_members_that_are_no_rules(members: object):
    where = ~(Members(members) & WithinReach(10**6))
    assert isinstance(where, NotFilter)


# Negated rules


@variant(Filter, "tests_named")
@frozen
class Named(Filter):
    names: tuple[str, ...] = ()

    def against(self, site, line):
        if site.id in self.names:
            return ()
        return (Reason(code=ReasonCode.RULED_OUT, subject="named"),)


def told(where: Filter, site: str) -> list[tuple[str, str | None]]:
    against = allocate(MUGS, SHOPS, cheapest(where)).finding(site).reasons
    return [(why.code.value, why.subject) for why in against]


EAST, BOTH = Named(("east",)), Named(("east", "west"))
WOK, NEAR = HasSkills("wok"), WithinReach(5_000)


@pytest.mark.parametrize(
    ("where", "against"),
    [
        (~WOK, [("must_not", "has_skills")]),
        (~(WOK & EAST), [("must_not", "has_skills"), ("must_not", "tests_named")]),
        (~(WOK | NEAR), [("must_not", "has_skills"), ("must_not", "within_reach")]),
        (~(WOK | Named(())), [("must_not", "has_skills")]),
        (~~Named(()), [("ruled_out", "named")]),
        (~(~Named(()) & WOK), [("ruled_out", "named"), ("must_not", "has_skills")]),
    ],
)
def test_a_negated_rule_says_which_of_its_parts_hold(where, against):
    assert told(where, "east") == against


def test_a_negated_rule_in_words_says_what_holds():
    plan = allocate(MUGS, SHOPS, cheapest(~(WOK & EAST)))
    assert (
        "east: not taken, the rule not has_skills leaves it out: it has the skills; "
        "the rule not tests_named leaves it out: it meets tests_named"
    ) in explain_plan(plan).text
    names = {"has_skills": "会炒", "tests_named": "指定店"}
    assert (
        "east：未选，被规则“非会炒”排除：它具备所需技能；被规则“非指定店”排除：它符合指定店"
    ) in explain_plan(plan, "zh_CN", names=names).text


@pytest.mark.parametrize("rule", [WithinReach(5_000), Within(HOUR)])
def test_what_nobody_knows_is_not_the_opposite(rule):
    for where in (rule, ~rule, ~~rule, ~(rule | Named(())), ~rule & ~Named(())):
        assert told(where, "yard") == [("no_place", None)]
    for where in (rule | ~Named(()), ~(rule & Named(()))):
        assert told(where, "yard") not in ([("no_place", None)], [])
        assert allocate(MUGS, SHOPS, cheapest(where)).ok


def test_of_any_site_with_a_place_either_a_rule_or_its_negation_lets_it_in():
    for site in ("east", "west"):
        for rule in (WOK, NEAR, WithinReach(0), EAST, BOTH, WOK & NEAR, EAST | WOK):
            lets = [
                not {"must_not", "ruled_out", "too_far", "no_skill"}.intersection(
                    code for code, _ in told(where, site)
                )
                for where in (rule, ~rule)
            ]
            assert sorted(lets) == [False, True]


def holds(rule: Filter, site: Candidate, line: DemandLine) -> bool | None:
    """Whether a rule holds, as a table of three values says; None: nobody knows."""
    if isinstance(rule, NotFilter):
        inner = holds(rule.member, site, line)
        return None if inner is None else not inner
    if isinstance(rule, AllOf | AnyOf):
        told = [holds(member, site, line) for member in rule.members]
        decides = isinstance(rule, AnyOf)  # what one member alone decides
        if decides in told:
            return decides
        return None if None in told else not decides
    if site.site.place is None and isinstance(rule, WithinReach | Within):
        return None
    return not rule.against(site, line)


@given(filters, networks(), requests())
def test_a_rule_lets_in_just_the_sites_for_which_it_is_known_to_hold(rule, network, request):
    case = Case(request, network, GREAT_CIRCLE, None)
    for site in case.candidates:
        for line in case.lines:
            known = holds(rule, site, line)
            assert (not rule.against(site, line)) == (known is True)
            assert (not (~rule).against(site, line)) == (known is False)
            assert rule.against(site, line) == (~~rule).against(site, line)


# Instants that have passed


def test_a_line_that_was_needed_before_says_so():
    line = DemandLine(id="1", sku="mug", quantity=1, needed_by=NOW - HOUR)
    plan = allocate(Request(Demand([line]), NOW, HERE), SHOPS, nearest_capable())
    assert [why.code for why in plan.finding("east").reasons] == [ReasonCode.TOO_LATE]
    assert plan.finding("east").reasons[0].at == NOW - HOUR
    assert "was needed by Nov 11, 2026, 6:30" in explain_plan(plan).text
    assert (
        "须在2026年11月11日 18:30:00 (UTC+08:00)前送达，该时间已过"
        in explain_plan(plan, "zh_CN").text
    )


def test_a_missing_place_is_asked_for_by_rules_and_by_costs():
    with pytest.raises(InvalidInput, match="a rule or a cost asks"):
        allocate(evolve(MUGS, to=None), SHOPS, nearest_capable())


# Names that are not there


def test_a_name_that_is_not_there_is_told_and_its_place():
    plan = allocate(MUGS, SHOPS, cheapest())
    cases = [
        (lambda: SHOPS.without("east", "est"), ("site_ids", 1)),
        (lambda: SHOPS.loaded({"east": 1, "est": 3}), ("loads", "est")),
        (lambda: SHOPS.site("est"), ("site_id",)),
        (lambda: reroute(plan, ["east", "est"], MUGS, SHOPS, cheapest()), ("lost", 1)),
        (lambda: plan.finding("est"), ("site",)),
        (lambda: plan.of("9"), ("line",)),
    ]
    for make, path in cases:
        with pytest.raises((NotFound, InvalidDocument)) as caught:
            make()
        assert [(type(fault), fault.path) for fault in all_faults(caught.value)] == [
            (NotFound, path)
        ]


def test_a_site_that_the_network_has_lost_already_may_drop_out_of_a_plan():
    plan = allocate(MUGS, SHOPS, nearest_capable())
    again = reroute(plan, "west", MUGS, SHOPS.without("west"), nearest_capable())
    assert [row.site for row in again.shipments] == ["east"]


# Words


def test_a_plan_says_when_it_is_there_where_that_is_known():
    plan = allocate(MUGS, SHOPS, nearest_capable().one_parcel)
    assert plan.shipments[0].arrives_at is not None
    assert explain_plan(plan).text.splitlines()[0] == (
        "east: mug × 2, CN¥0.00, there by Nov 11, 2026, 7:38:01\u202fPM (UTC+08:00)"
    )
    nowhere = allocate(evolve(MUGS, to=None), SHOPS, cheapest())
    assert "there by" not in explain_plan(nowhere).text


def test_a_part_of_a_plan_says_that_its_reasons_are_those_of_the_whole():
    sites = [
        Site(id="a", stock=[("mug", 3)], costs=SiteCosts(parcel="1")),
        Site(id="b", stock=[("mug", 4)], costs=SiteCosts(parcel="2")),
        Site(id="c", stock=[("mug", 1)], costs=SiteCosts(parcel="9")),
    ]
    request = Request(Demand.of([("mug", 7)]), NOW)
    compared = Strategy(choose=Exact(compare=True))
    plan = allocate(request, Network("CNY", sites), compared)
    rest, part = split_plan(plan, {"0001": 2})
    assert explain_plan(part).text.split("Why these sites\n")[1].splitlines() == [
        "a: taken, when it was planned: part of the best plan found",
        "b: not taken, gives to another part of the plan",
        "c: not taken, when it was planned: would save CN¥0.00 at most, and costs CN¥9.00 once",
    ]
    assert "b: taken, when it was planned" in explain_plan(rest).text
    assert "a：选中，规划时：在找到的最优方案中" in explain_plan(part, "zh_CN").text
    assert "when it was planned" not in explain_plan(plan).text


# Jobs


def test_a_job_that_has_begun_at_a_shop_that_is_lost_is_refused():
    shops = Network("CNY", [Site(id=name, capacity=9) for name in ("east", "west")])
    efforts = {"east": (3, "5.00"), "west": (3, "6.00")}
    jobs = Workload("CNY", [Job(id=name, efforts=efforts) for name in ("a", "b")])
    plan = assign(jobs, shops)
    assert plan.choice == {"a": "east", "b": "east"}
    with pytest.raises(InvalidDocument) as caught:
        replan(plan, jobs, shops.without("east"), begun=["zz", "a"])
    assert [(fault.path, fault.reason) for fault in caught.value.faults] == [
        (("begun", 0), "not_found"),
        (("begun", 1), "site_unknown"),
    ]
    anew = replan(plan, jobs, shops.without("east"))
    assert anew.choice == {"a": "west", "b": "west"}
