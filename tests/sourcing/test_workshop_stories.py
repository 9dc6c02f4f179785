"""Small stories of workshops, each worked out by hand; what is refused; and the words."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from io import StringIO

import pytest

from ordercore import dumps, loads
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
from ordercore.money import Money
from ordercore.sourcing import Network, Site
from ordercore.sourcing.workshops import (
    EARLIEST_FINISH,
    EVEN_LOAD,
    LEAST_COST,
    Effort,
    Goal,
    Job,
    LeftJob,
    LeftWhy,
    PlacedJob,
    Proof,
    ShopLoad,
    ShopReason,
    WhyNot,
    Workload,
    WorkshopPlan,
    assign,
    explain_workshops,
    replan,
)
from ordercore.wording import Words

EAST = Site(id="east", skills=["cut", "paint"], capacity=40, load=30)
WEST = Site(id="west", skills=["cut", "sew"], capacity=20, load=4)
SHOPS = Network("CNY", [EAST, WEST])

FRAME = Job(id="frame", skills="cut", efforts={"east": (4, "80.00"), "west": (6, "90.00")})
TABLE = Job(id="table", skills="cut", efforts={"east": (8, "100.00"), "west": (9, "130.00")})
COVER = Job(id="cover", skills="sew", efforts={"west": (5, "60.00")})
JOBS = Workload("CNY", [FRAME, TABLE, COVER])


def reasons(plan: WorkshopPlan, job: str, site: str) -> list[ShopReason]:
    row = next(row for row in (*plan.placed, *plan.left) if row.job == job)
    return [why for no in row.others if no.site == site for why in no.reasons]


def test_the_cheaper_shop_has_no_room_for_both():
    plan = assign(JOBS, SHOPS)
    assert dict(plan.choice) == {"cover": "west", "frame": "west", "table": "east"}
    assert plan.cost == Money.of("250.00", "CNY")
    assert plan.exact
    assert reasons(plan, "frame", "east") == [ShopReason(code=WhyNot.FULL, value=4, limit=2)]
    assert reasons(plan, "table", "west") == [
        ShopReason(code=WhyNot.FULL, value=9, limit=5),
        ShopReason(code=WhyNot.DEARER, value=3000),
    ]
    assert reasons(plan, "cover", "east") == [ShopReason(code=WhyNot.NO_SKILL, subject="sew")]


def test_the_busiest_shop_is_as_little_busy_as_can_be():
    plan = assign(JOBS, SHOPS, EVEN_LOAD)
    assert plan.share == Fraction(18, 20)
    assert dict(plan.choice) == {"cover": "west", "frame": "east", "table": "west"}
    assert plan.proof(Goal.SHARE) == Proof(goal="share", value=9, lower_bound=9, per=10)


def test_the_last_shop_is_done_as_early_as_can_be():
    plan = assign(JOBS, SHOPS, EARLIEST_FINISH)
    assert plan.finish == 34
    assert dict(plan.choice) == {"cover": "west", "frame": "east", "table": "west"}
    assert reasons(plan, "table", "east") == [
        ShopReason(code=WhyNot.FULL, value=8, limit=6),
        ShopReason(code=WhyNot.LATER, value=42, limit=34),
    ]


def test_jobs_follow_the_load_what_has_begun_first_then_the_shortest():
    begun = Job(id="begun", efforts={"west": 7}, begun="west")
    plan = assign(Workload("CNY", [COVER, begun, FRAME]), SHOPS.without("east"))
    rows = {row.job: (row.starts, row.ends) for row in plan.placed}
    assert rows == {"begun": (4, 11), "cover": (11, 16)}
    assert [row.job for row in plan.left] == ["frame"]


def test_what_has_begun_stays_whatever_it_costs():
    begun = Job(
        id="frame", skills="sew", efforts={"east": (4, "80.00"), "west": (6, "9.00")}, begun="east"
    )
    plan = assign(Workload("CNY", [begun, COVER]), SHOPS)
    assert plan.choice["frame"] == "east"
    assert plan.proof("cost") == Proof(goal="cost", value=14000, lower_bound=14000)
    assert reasons(plan, "frame", "west") == [ShopReason(code=WhyNot.BEGUN, subject="east")]


def test_a_shop_without_limit_takes_everything():
    shops = Network("CNY", [Site(id="east", load=7)])
    plan = assign(
        Workload("CNY", [Job(id=f"j{i}", efforts={"east": 10**9}) for i in range(3)]), shops
    )
    assert plan.ok
    assert plan.finish == 3 * 10**9 + 7
    assert plan.share == 0


def test_all_may_have_begun():
    job = Job(id="a", efforts={"east": (4, "1.00")}, begun="east")
    for goals in (LEAST_COST, EVEN_LOAD, EARLIEST_FINISH):
        plan = assign(Workload("CNY", [job]), SHOPS, goals)
        assert plan.exact
        assert dict(plan.choice) == {"a": "east"}


def test_a_shop_that_drops_out_gives_its_jobs_away_and_no_other_moves():
    shops = [Site(id=name, capacity=20) for name in ("east", "north", "west")]
    jobs = [
        Job(id=f"j{i}", efforts={"east": (5, "1.00"), "north": (5, "2.00"), "west": (5, "3.00")})
        for i in range(6)
    ]
    plan = assign(Workload("CNY", jobs), Network("CNY", shops))
    assert sorted(plan.choice.values()) == ["east"] * 4 + ["north"] * 2
    lost = Network("CNY", shops).without("north")
    stays = next(job for job, site in plan.choice.items() if site == "east")
    again = replan(plan, Workload("CNY", jobs), lost, begun=[stays])
    assert again.choice[stays] == "east"
    moved = {row.job: (row.before, row.site) for row in again.placed if row.before}
    assert set(moved.values()) == {("north", "west")}
    assert len(moved) == again.proof(Goal.MOVES).value == 2
    assert reasons(again, next(iter(moved)), "north") == [ShopReason(code=WhyNot.GONE)]


# Jobs that do not fit


TIGHT = Network("CNY", [Site(id="east", capacity=10), Site(id="west", capacity=10)])


def both(name: str, work: int) -> Job:
    return Job(id=name, efforts={"east": work, "west": work})


LEFT = [
    ("no shop at all", [both("a", 1)], Network("CNY", []), LeftWhy.NO_SITE, (), None),
    (
        "a skill that nobody has",
        [Job(id="a", skills="weld", efforts={"east": 1})],
        TIGHT,
        LeftWhy.NO_SKILL,
        (),
        None,
    ),
    (
        "no word of what it takes",
        [Job(id="a", efforts={"north": 1})],
        TIGHT,
        LeftWhy.NO_EFFORT,
        (),
        None,
    ),
    ("more than any shop has free", [both("a", 11)], TIGHT, LeftWhy.TOO_LONG, (), None),
    (
        "more together than all have free",
        [both("a", 7), both("b", 7), both("c", 7)],
        TIGHT,
        LeftWhy.TOGETHER,
        2,
        (21, 20),
    ),
    (
        "three that do not go into two",
        [both("a", 6), both("b", 6), both("c", 6), Job(id="d", efforts={"west": 1})],
        TIGHT,
        LeftWhy.PIECES,
        2,
        (18, 20),
    ),
]


@pytest.mark.parametrize(("_told", "jobs", "network", "why", "with_", "sums"), LEFT)
def test_a_job_that_does_not_fit_is_left_with_the_reason(_told, jobs, network, why, with_, sums):
    plan = assign(Workload("CNY", jobs), network)
    (left,) = plan.left
    assert (left.why, plan.ok, plan.exact) == (why, False, True)
    assert len(left.together) == (with_ or 0)
    assert "d" not in left.together
    assert sums in (None, (left.needed, left.free))


def test_three_jobs_that_would_not_fit_if_cut_either_are_not_said_to():
    jobs = [Job(id=f"j{i}", efforts={"east": 6, "west": 10}) for i in range(3)]
    plan = assign(Workload("CNY", jobs), TIGHT)
    (left,) = plan.left
    assert (left.why, left.needed, left.free) == (LeftWhy.PIECES, 18, 20)
    told = str(explain_workshops(plan))
    assert "takes at least 18 of 20, but in no way does each go to one workshop" in told
    assert "scattered" not in told
    assert "零散" not in str(explain_workshops(plan, "zh_CN"))


# What is refused


def faults(make) -> list[tuple[str, str]]:
    with pytest.raises((InvalidInput, InvalidDocument)) as caught:
        make()
    return [(".".join(map(str, fault.path)), fault.reason) for fault in all_faults(caught.value)]


def begun(site: str, work: int) -> Workload:
    return Workload("CNY", [Job(id="a", efforts={site: work, "east": 1}, begun=site)])


REFUSED = [
    ("no jobs", lambda: Workload("CNY", []), [("jobs", "invalid_value")]),
    ("no efforts", lambda: Job(id="a", efforts=[]), [("efforts", "invalid_value")]),
    ("negative work", lambda: Effort("east", -1), [("work", "invalid_value")]),
    ("work in parts", lambda: Effort("east", Decimal("1.5")), [("work", "invalid_type")]),
    ("a negative cost", lambda: Effort("east", 1, "-0.01"), [("cost", "invalid_value")]),
    ("a bare number as cost", lambda: Effort("east", 1, 5), [("cost", "invalid_type")]),
    ("a capacity below the load", lambda: Site(id="a", capacity=1, load=2),
     [("capacity", "capacity_below_load")]),
    ("a site and a skill twice",
     lambda: Job(id="a", efforts=[Effort("e", 1), Effort("e", 2)], skills=["cut", "cut"]),
     [("efforts.1.site", "duplicate_id"), ("skills.1", "duplicate_id")]),
    ("begun where nobody says what it takes", lambda: Job(id="a", efforts={"e": 1}, begun="w"),
     [("begun", "fields_disagree")]),
    ("jobs twice, skills misspelt, another currency, too fine a cost", lambda: Workload(
        "CNY",
        [
            Job(id="a", efforts={"e": (1, Money.of("1.00", "USD")), "w": (1, "0.001")}),
            Job(id="a", efforts={"e": 1}, skills=["cutt", "sew"]),
        ],
        skills=["cut", "sew"],
    ), [
        ("jobs.1.id", "duplicate_id"),
        ("jobs.1.skills.0", "unknown_skill"),
        ("jobs.0.efforts.0.cost", "currency_mismatch"),
        ("jobs.0.efforts.1.cost", "too_many_decimals"),
    ]),
    ("another currency", lambda: assign(JOBS, Network("USD", [])),
     [("network.currency", "currency_mismatch")]),
    ("a skill that is not among those that there are",
     lambda: assign(Workload("CNY", [FRAME], skills=["cut", "sew"]), SHOPS),
     [("network.sites.0.skills.1", "unknown_skill")]),
    ("begun where there is no shop", lambda: assign(begun("north", 1), SHOPS),
     [("workload.jobs.0.begun", "not_found")]),
    ("begun where there is no room", lambda: assign(begun("west", 17), SHOPS),
     [("workload.jobs.0.begun", "capacity_below_load")]),
    ("a share of no capacity", lambda: assign(JOBS, Network("CNY", [Site(id="east")]), EVEN_LOAD),
     [("network.sites.0.capacity", "no_capacity")]),
    ("a goal twice, and the one that is never named",
     lambda: assign(JOBS, SHOPS, ["cost", "cost", "left"]),
     [("goals.1", "duplicate_id"), ("goals.2", "duplicate_id")]),
    ("no goal", lambda: assign(JOBS, SHOPS, []), [("goals", "invalid_value")]),
    ("an unknown goal", lambda: assign(JOBS, SHOPS, "speed"), [("goals.0", "unknown_choice")]),
    ("no nodes", lambda: assign(JOBS, SHOPS, nodes=0), [("nodes", "invalid_value")]),
    ("jobs that are none", lambda: assign([FRAME], SHOPS), [("workload", "invalid_type")]),
    ("shops that are none", lambda: assign(JOBS, [EAST]), [("network", "invalid_type")]),
    ("a plan that is none", lambda: replan({}, JOBS, SHOPS), [("plan", "invalid_type")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "expected"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_what_is_not_as_it_should_be_is_refused_all_at_once(make, expected):
    assert faults(make) == expected


def test_more_pairs_than_can_be_looked_at_are_refused():
    sites = [Site(id=f"s{i}") for i in range(1000)]
    jobs = [Job(id=f"j{i}", efforts={"s0": 1}) for i in range(101)]
    assert faults(lambda: assign(Workload("CNY", jobs), Network("CNY", sites))) == [
        ("workload.jobs", "limit_exceeded")
    ]


def _plan(**changed):
    told = {
        "currency": "CNY",
        "shops": [ShopLoad(site="east", load=1, added=2, capacity=5)],
        "proofs": [Proof(goal="left", value=0, lower_bound=0)],
    }
    return WorkshopPlan(**told | changed)


def _row(**changed):
    told = {"job": "a", "site": "east", "cost": Money.of("1", "CNY"), "starts": 1, "ends": 3}
    return PlacedJob(**told | changed)


PLANS = [
    ("a job placed twice", lambda: _plan(placed=[_row(), _row()]),
     [("placed.1.job", "duplicate_id")]),
    ("a job placed and left",
     lambda: _plan(placed=[_row()], left=[LeftJob(job="a", why="too_long")]),
     [("left.0.job", "duplicate_id")]),
    ("a shop that is not there", lambda: _plan(placed=[_row(site="west")]),
     [("placed.0.site", "not_found")]),
    ("another currency", lambda: _plan(placed=[_row(cost=Money.of("1", "USD"))]),
     [("placed.0.cost", "currency_mismatch")]),
    ("done before it starts", lambda: _row(ends=0), [("ends", "invalid_value")]),
    ("a bound above the value", lambda: Proof(goal="cost", value=1, lower_bound=2),
     [("lower_bound", "invalid_value")]),
    ("more than the capacity", lambda: ShopLoad(site="east", load=1, added=2, capacity=2),
     [("capacity", "invalid_value")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "expected"), [row[1:] for row in PLANS], ids=[r[0] for r in PLANS]
)
def test_a_plan_that_cannot_be_is_refused(make, expected):
    assert faults(make) == expected


def test_a_goal_that_was_not_pursued_has_no_proof():
    with pytest.raises(NotFound):
        assign(JOBS, SHOPS).proof(Goal.SHARE)


def test_a_job_that_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        JOBS.job("chair")


# Words


NAMES = {
    "east": "东车间",
    "west": "西车间",
    "frame": "框架",
    "table": "桌面",
    "cover": "坐垫",
    "sew": "缝纫",
}


def test_a_plan_is_told_in_chinese():
    page = explain_workshops(assign(JOBS, SHOPS), "zh_CN", unit="小时", names=NAMES)
    assert str(page).splitlines() == [
        "坐垫：西车间，¥60.00，4小时至9小时",
        "框架：西车间，¥90.00，9小时至15小时",
        "桌面：东车间，¥100.00，30小时至38小时",
        "合计 ¥250.00",
        "",
        "为什么不在别处",
        "坐垫：不选东车间，不会缝纫",
        "框架：不选东车间，需要4小时，除去其他工单只剩2小时",
        "桌面：不选西车间，需要9小时，除去其他工单只剩5小时；贵¥30.00",
        "",
        "方案有多好",
        "已证明：无人承接的工单不能更少",
        "已证明：成本不能更低",
    ]


def test_a_plan_is_laid_out_as_tables():
    page = explain_workshops(assign(JOBS, SHOPS), unit="h")
    assert page.table().splitlines() == [
        "Job    Workshop  Work  Starts after  Ends after       Cost",
        "----------------------------------------------------------",
        "cover      west   5 h           4 h         9 h   CN¥60.00",
        "frame      west   6 h           9 h        15 h   CN¥90.00",
        "table      east   8 h          30 h        38 h  CN¥100.00",
        "----------------------------------------------------------",
        "Total                                            CN¥250.00",
        "",
        "Workshop  Load before  New work  Ends after  Taken",
        "--------------------------------------------------",
        "east             30 h       8 h        38 h   95 %",
        "west              4 h      11 h        15 h   75 %",
    ]


def test_jobs_that_are_left_are_told_with_what_keeps_them_out():
    plan = assign(Workload("CNY", [both("a", 6), both("b", 6), both("c", 6)]), TIGHT)
    lines = str(explain_workshops(plan)).splitlines()
    name = plan.left[0].job
    others = ", ".join(plan.left[0].together)
    no_way = "it takes at least 18 of 20, but in no way does each go to one workshop"
    assert lines[lines.index("Done by nobody") + 1 :][:3] == [
        f"{name}: together with {others} {no_way}",
        f"{name}: not east, would take 6, 4 are left beside the other jobs",
        f"{name}: not west, would take 6, 4 are left beside the other jobs",
    ]


def test_names_never_become_markup():
    evil = "<script>alert(1)</script>"
    names = {"frame": evil, "east": "a&b", "sew": '"quoted"'}
    html = explain_workshops(assign(JOBS, SHOPS), "en", unit="<i>", names=names).html()
    assert "<script" not in html
    assert "<i>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "a&amp;b" in html


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_every_reason_and_proof_has_words(locale):
    words = Words(locale).catalogue.messages
    for code in WhyNot:
        assert f"workshops.why.{code}" in words
    for why in LeftWhy:
        assert f"workshops.left.{why}" in words
    for goal in Goal:
        assert f"workshops.proof.{goal}" in words
        assert f"workshops.gap.{goal}" in words


def test_a_gap_is_told_in_the_measure_of_its_goal():
    proofs = [
        Proof(goal="left", value=2, lower_bound=1),
        Proof(goal="share", value=90, lower_bound=85, per=100),
        Proof(goal="finish", value=30, lower_bound=28),
        Proof(goal="cost", value=1500, lower_bound=1000),
        Proof(goal="moves", value=3, lower_bound=1),
    ]
    plan = _plan(proofs=proofs)
    assert plan.proof("share").gap == Fraction(1, 20)
    assert str(explain_workshops(plan, unit="h")).splitlines()[-5:] == [
        "Another plan may leave 1 job fewer",
        "Another may leave the busiest workshop less busy, by 5 % at most",
        "Another may be done sooner, by 2 h at most",
        "Another may cost less, by CN¥5.00 at most",
        "Another may move 2 jobs fewer",
    ]


def test_only_plans_are_told():
    with pytest.raises(InvalidType):
        explain_workshops(JOBS)
    with pytest.raises(InvalidValue):
        explain_workshops(assign(JOBS, SHOPS), "xx")


def test_a_workload_reads_from_json_and_tells_its_faults():
    assert loads(Workload, dumps(JOBS)) == JOBS
    text = dumps(JOBS).replace('"work":4', '"work":-4').replace('"CNY 60.00"', '"USD 60.00"')
    found = faults(lambda: loads(Workload, text))
    assert ("jobs.1.efforts.0.work", "invalid_value") in found


def test_limits_of_workloads_are_told():
    many = [Job(id=f"j{i}", efforts={"e": 1}) for i in range(1001)]
    with pytest.raises(LimitExceeded):
        Workload("CNY", many)
    with pytest.raises(InvalidDocument) as caught:
        Workload("CNY", [Job(id="a", efforts={"e": (1, Money.of("1", "USD"))})])
    assert isinstance(caught.value.faults[0], CurrencyMismatch)


# The example


def run(*arguments: str) -> str:
    out = StringIO()
    with redirect_stdout(out):
        assert import_module("furniture_workshops").main(arguments) == 0
    return out.getvalue()


def test_the_furniture_maker_sees_where_each_job_goes_and_why():
    week, lost, hotel = re.split(r"^\d\. .*\n", run("--locale", "en"), flags=re.MULTILINE)[1:]
    assert "bed-frame: hill, CN¥630.00, from 21 h to 28 h" in week
    assert "bed-frame: not canal, would take 8 h, 4 h are left beside the other jobs" in week
    assert "None costs less: proved" in week
    moved = [line for line in lost.splitlines() if "(before: " in line]
    assert all("(before: hill)" in line for line in moved)
    assert len(moved) == 3
    assert "bench: not yard, it has begun at old" in lost
    assert "at least 47 h of 51 h, but in no way does each go to one workshop" in hotel


def test_the_furniture_maker_may_spread_the_work_and_read_chinese():
    told = run("--goal", "share")
    assert "已证明：最忙的车间不能更轻松" in told
    assert "山前车间" in told
