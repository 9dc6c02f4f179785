"""Laws of plans of workshops, on drawn jobs and shops.

- No shop does more than it has free, or what it cannot do; every job is placed or left.
- A plan is as good as the best of all choices, whatever the goals; what it says is proved is
  true, also where the search was cut short.
- More capacity or one more shop never makes it worse.
- It depends on no order; how jobs and shops are called decides nothing about how good it is.
- Each reason why a job is not elsewhere is borne out by the plan.
- Of a job that is left, it names what keeps it out: jobs that do not fit together, all of which
  but any one do.
- Proofs and reasons are true whatever the nodes; what these do not suffice for is not told.
- Planned again, what has begun stays, and no more moves than must.
- A plan is its JSON.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, product
from typing import NamedTuple

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from workloads_drawn import (
    SHOPS,
    crowded,
    goals,
    measured,
    shop_networks,
    taken_back,
    tried,
    values,
    ways,
    workloads,
)

from ordercore import dumps, loads
from ordercore.errors import InvalidDocument
from ordercore.money import Money
from ordercore.sourcing import Network, Site
from ordercore.sourcing.workshops import (
    EARLIEST_FINISH,
    EVEN_LOAD,
    FEWEST_MOVES,
    LEAST_COST,
    Goal,
    Job,
    LeftWhy,
    ShopLoad,
    WhyNot,
    Workload,
    WorkshopPlan,
    assign,
    replan,
)
from ordercore.sourcing.workshops.board import Terms, board_of
from ordercore.sourcing.workshops.conflicts import Budget, conflict_of
from ordercore.sourcing.workshops.explaining import explain_workshops


@given(workloads(), shop_networks(), goals)
@settings(max_examples=100)
def test_a_plan_is_the_best_of_all(workload, network, pursued):
    plan = assign(workload, network, pursued)
    found = taken_back(plan, workload, network)
    assert values(plan) == tuple(found[proof.goal] for proof in plan.proofs)
    assert plan.exact
    assert values(plan) == tried(workload, network, pursued)


@given(workloads(), shop_networks(), goals)
def test_what_a_plan_tells_of_itself_is_so(workload, network, pursued):
    plan = assign(workload, network, pursued)
    found = taken_back(plan, workload, network)
    assert {row.job for row in plan.placed} | {row.job for row in plan.left} == {
        job.id for job in workload.jobs
    }
    assert len(plan.placed) + len(plan.left) == len(workload.jobs)
    assert plan.ok == (found[Goal.LEFT] == 0)
    assert plan.cost == Money(int(found[Goal.COST]), "CNY")
    assert (plan.share, plan.finish) == (found[Goal.SHARE], found[Goal.FINISH])


@given(workloads(), shop_networks())
def test_the_jobs_of_a_shop_follow_each_other_after_its_load(workload, network):
    plan = assign(workload, network)
    for shop in plan.shops:
        rows = sorted(
            (row for row in plan.placed if row.site == shop.site),
            key=lambda row: (row.starts, row.ends),
        )
        ends = [*accumulate((row.work for row in rows), initial=shop.load)]
        assert [row.starts for row in rows] == ends[:-1]
        assert shop.ends == ends[-1]
        assert shop.load == network.site(shop.site).load


@given(workloads(), shop_networks(), goals, st.integers(1, 6))
def test_what_is_proved_is_true_even_if_the_search_was_cut_short(
    workload, network, pursued, nodes
):
    plan = assign(workload, network, pursued, nodes=nodes)
    best = tried(workload, network, pursued)
    found = taken_back(plan, workload, network)
    for proof, least in zip(plan.proofs, best, strict=True):
        assert Fraction(proof.value, proof.per) == found[proof.goal]
        assert Fraction(proof.lower_bound, proof.per) <= least
        if Fraction(proof.value, proof.per) != least:
            assert not proof.exact
            break


BUDGETS = (1, 2, 5, 50)


@given(st.integers(0, 10**6), goals, st.sampled_from(BUDGETS) | st.integers(1, 200))
@settings(max_examples=40)
def test_proofs_are_of_the_plan_itself_however_short_the_search_was(seed, pursued, nodes):
    proofs_hold(*crowded(seed), pursued, nodes)


@pytest.mark.parametrize("nodes", BUDGETS)
def test_proofs_are_of_the_plan_itself_where_a_later_goal_changed_an_earlier_sum(nodes):
    proofs_hold(*crowded(13), (Goal.COST, Goal.SHARE), nodes)


def test_a_job_that_finds_its_place_late_counts_in_what_was_proved_before():
    table = {
        "a": ({"e": (1, 5), "n": (3, 0), "w": (1, 1)}, "e"),
        "b": ({"e": (5, 2), "n": (2, 1), "w": (2, 0)}, "w"),
        "c": ({"e": (1, 0), "n": (1, 1), "w": (1, 0)}, "e"),
        "d": ({"n": (5, 1), "w": (6, 1)}, "n"),
        "f": ({"e": (5, 0), "n": (2, 1), "w": (5, 1)}, "w"),
        "g": ({"e": (0, 1), "n": (0, 9), "w": (3, 1)}, "e"),
    }
    efforts = {
        name: {site: (work, f"0.0{cost}") for site, (work, cost) in row.items()}
        for name, (row, _) in table.items()
    }
    begun = [Job(id=name, efforts=efforts[name], begun=was) for name, (_, was) in table.items()]
    before = assign(Workload("CNY", begun), Network("CNY", [Site(id=site) for site in "enw"]))
    jobs = Workload("CNY", [Job(id=name, efforts=row) for name, row in efforts.items()])
    shops = Network("CNY", [Site(id="e", load=1, capacity=6), Site(id="n", capacity=5)])
    plan = assign(jobs, shops, (Goal.MOVES, Goal.FINISH, Goal.COST), before=before, nodes=1)
    moved = [name for name, was in before.choice.items() if plan.choice.get(name) != was]
    assert plan.proof(Goal.MOVES).value == len(moved)


def proofs_hold(workload: Workload, network: Network, pursued, nodes: int) -> None:
    """Hold each proof against the plan, and against all choices as good by the goals before."""
    before = assign(workload, network, EVEN_LOAD, nodes=nodes)
    lost = evolve(network, sites=[evolve(site, load=site.capacity // 5) for site in network.sites])
    plan = assign(workload, lost, pursued, before=before, nodes=nodes)
    found = taken_back(plan, workload, lost, before.choice)
    assert values(plan) == tuple(found[proof.goal] for proof in plan.proofs)
    every = [measured(c, workload, lost, before.choice) for c in product(*ways(workload, lost))]
    as_good = [sums for sums in every if sums is not None]
    for proof in plan.proofs:
        least = min(sums[proof.goal] for sums in as_good)
        assert Fraction(proof.lower_bound, proof.per) <= least
        as_good = [sums for sums in as_good if sums[proof.goal] <= found[proof.goal]]


@given(workloads(), shop_networks(least=1), st.sampled_from([LEAST_COST, EVEN_LOAD]), st.data())
def test_more_capacity_never_makes_it_worse(workload, network, pursued, data):
    name = data.draw(st.sampled_from([site.id for site in network.sites]))
    more = [
        evolve(site, capacity=site.capacity + 3) if site.id == name else site
        for site in network.sites
    ]
    before = values(assign(workload, network, pursued))
    assert values(assign(workload, Network("CNY", more), pursued)) <= before


@given(workloads(), shop_networks(least=1), goals, st.data())
def test_one_more_shop_never_makes_it_worse(workload, network, pursued, data):
    name = data.draw(st.sampled_from([site.id for site in network.sites]))
    site = network.site(name)
    assume(not site.load)  # the load of a shop counts, whether or not a job goes there
    fewer = assign(workload, network.without(name), pursued)
    assert values(assign(workload, network, pursued)) <= values(fewer)


@given(workloads(), shop_networks(), goals, st.randoms(use_true_random=False))
def test_a_plan_depends_on_no_order(workload, network, pursued, chance):
    mixed_jobs = [
        evolve(j, efforts=chance.sample(j.efforts, len(j.efforts))) for j in workload.jobs
    ]
    chance.shuffle(mixed_jobs)
    sites = chance.sample(network.sites, len(network.sites))
    again = assign(Workload("CNY", mixed_jobs), Network("CNY", sites), pursued)
    assert again == assign(workload, network, pursued)


@given(workloads(), shop_networks(), goals, st.permutations(SHOPS), st.permutations(range(5)))
def test_names_decide_nothing_about_how_good_a_plan_is(workload, network, pursued, names, order):
    called = dict(zip(SHOPS, names, strict=True))
    renamed = [
        evolve(
            job,
            id=f"j{order[i]}",
            efforts=[evolve(effort, site=called[effort.site]) for effort in job.efforts],
        )
        for i, job in enumerate(workload.jobs)
    ]
    sites = [evolve(site, id=called[site.id]) for site in network.sites]
    other = assign(Workload("CNY", renamed), Network("CNY", sites), pursued)
    assert values(other) == values(assign(workload, network, pursued))


# Reasons


class Elsewhere(NamedTuple):
    """A job at another shop than it is, worked out from what was asked and from the plan."""

    plan: WorkshopPlan
    job: Job
    site: Site
    shop: ShopLoad

    @property
    def lacking(self) -> set[str]:
        return set(self.job.skills) - set(self.site.skills)

    @property
    def work(self) -> int:
        return self.job.effort(self.site.id).work

    @property
    def dearer(self) -> int:
        now = self.job.effort(self.plan.choice[self.job.id])
        return self.job.effort(self.site.id).cost.minor - now.cost.minor

    @property
    def ends(self) -> int:
        return self.shop.ends + self.work

    @property
    def pursues_only_cost(self) -> bool:
        return [proof.goal for proof in self.plan.proofs] == [Goal.LEFT, Goal.COST]


BORNE_OUT = {
    WhyNot.NO_SKILL: lambda why, at: why.subject in at.lacking,
    WhyNot.NO_EFFORT: lambda _, at: at.job.effort(at.site.id) is None and not at.lacking,
    WhyNot.TOO_LONG: lambda why, at: (
        (why.value, why.limit) == (at.work, at.site.room) and at.work > at.site.room
    ),
    WhyNot.FULL: lambda why, at: (
        (why.value, why.limit) == (at.work, at.shop.capacity - at.shop.ends)
        and at.ends > at.shop.capacity
        and at.work <= at.site.room
    ),
    WhyNot.BUSIER: lambda why, at: (
        why.value >= Fraction(at.ends, at.shop.capacity) * 10**6
        and Fraction(at.ends, at.shop.capacity) > at.plan.share
        and why.limit <= at.plan.share * 10**6
    ),
    WhyNot.LATER: lambda why, at: (
        (why.value, why.limit) == (at.ends, at.plan.finish) and at.ends > at.plan.finish
    ),
    WhyNot.DEARER: lambda why, at: why.value == at.dearer > 0,
    WhyNot.NO_BETTER: lambda _, at: (
        at.ends <= at.shop.capacity and (at.dearer == 0 or not at.pursues_only_cost)
    ),
}


@given(workloads(), shop_networks(), goals)
@settings(max_examples=100)
def test_reasons_are_borne_out_by_the_plan(workload, network, pursued):
    plan = assign(workload, network, pursued)
    shops = {shop.site: shop for shop in plan.shops}
    for row in (*plan.placed, *plan.left):
        job, chosen = workload.job(row.job), plan.choice.get(row.job)
        named = {effort.site for effort in job.efforts} | set(shops)
        assert {no.site for no in row.others} == named - {chosen}
        for no in row.others:
            if no.site not in shops:
                assert [why.code for why in no.reasons] == [WhyNot.GONE]
                continue
            at = Elsewhere(plan, job, network.site(no.site), shops[no.site])
            for why in no.reasons:
                assert BORNE_OUT[why.code](why, at), why


# Jobs that are left


@given(workloads(), shop_networks())
@settings(max_examples=100)
def test_of_a_job_that_is_left_it_says_what_keeps_it_out(workload, network):
    plan = assign(workload, network)
    can = {site.id: set(site.skills) for site in network.sites}
    for row in plan.left:
        job = workload.job(row.job)
        skilled = {site for site, has in can.items() if has.issuperset(job.skills)}
        able = [effort for effort in job.efforts if effort.site in skilled]
        fits = [e for e in able if e.work <= network.site(e.site).room]
        if row.why is LeftWhy.NO_SITE:
            assert not network.sites
        elif row.why is LeftWhy.NO_SKILL:
            assert not skilled
        elif row.why is LeftWhy.NO_EFFORT:
            assert skilled
            assert not able
        elif row.why is LeftWhy.TOO_LONG:
            assert able
            assert not fits
        else:
            assert row.why in (LeftWhy.TOGETHER, LeftWhy.PIECES)
            assert (row.why is LeftWhy.TOGETHER) == (row.needed > row.free)
            _irreducible(workload, network, {row.job, *row.together})


def _irreducible(workload: Workload, network: Network, names: set[str]) -> None:
    several = [job for job in workload.jobs if job.id in names]
    assert len(several) == len(names) > 1
    assert tried(Workload("CNY", several), network, LEAST_COST)[0] == 1
    for job in several:
        fewer = Workload("CNY", [other for other in several if other != job])
        assert tried(fewer, network, LEAST_COST)[0] == 0, "one too many is named"


def test_a_job_for_which_there_is_a_place_is_not_said_to_be_kept_out_by_others():
    work = {"a": 3, "b": 5, "c": 6, "d": 6, "e": 0}
    costs = {"a": "0.01", "b": "0.05", "c": "0.01", "d": "0.00", "e": "0.01"}
    jobs = [Job(id=name, efforts={"shop": (work[name], cost)}) for name, cost in costs.items()]
    workload = Workload("CNY", jobs)
    shop = Site(id="shop", load=2, capacity=10)
    for nodes in (*BUDGETS, 100_000):
        plan = assign(workload, Network("CNY", [shop]), (Goal.SHARE,), nodes=nodes)
        for row in plan.left:
            assert row.why in (LeftWhy.TOGETHER, LeftWhy.NOT_FOUND)
            taken = sum(work[name] for name in (row.job, *row.together))
            assert (row.why is LeftWhy.TOGETHER) == (taken > 8)


@given(st.integers(0, 10**6), st.sampled_from(BUDGETS) | st.integers(1, 2_000))
@settings(max_examples=30)
def test_whatever_keeps_a_job_out_does_however_short_the_search_was(seed, nodes):
    workload, network = crowded(seed)
    plan = assign(workload, network, nodes=nodes)
    for row in plan.left:
        assert row.why not in (LeftWhy.NO_SITE, LeftWhy.NO_SKILL, LeftWhy.NO_EFFORT)
        if row.why in (LeftWhy.TOGETHER, LeftWhy.PIECES):
            assert (row.why is LeftWhy.TOGETHER) == (row.needed > row.free)
            _irreducible(workload, network, {row.job, *row.together})


@pytest.mark.parametrize("nodes", [1, 500, 2_000])
def test_what_keeps_jobs_out_is_worked_out_within_the_nodes_for_all_of_them_together(nodes):
    board = board_of(Terms(*crowded(5, jobs=40), LEAST_COST, {}))
    ways, room = board.question.ways, tuple(free // 2 for free in board.question.room)
    budget, placed = Budget(nodes), list(range(1, 40))
    told = [conflict_of(ways, room, placed, 0, budget) for _ in range(200)]
    assert 0 <= budget.nodes <= nodes
    assert told[-1] is None, "no more than the nodes were spent"
    assert conflict_of(ways, room, placed, 0, Budget(1_000_000)) is not None


def test_jobs_of_which_nothing_could_be_worked_out_are_told_as_not_found():
    cut, whole = (assign(*crowded(0, jobs=12), nodes=nodes) for nodes in (1, 100_000))
    assert {row.why for row in cut.left} == {LeftWhy.NOT_FOUND}
    assert {row.why for row in whole.left} == {LeftWhy.PIECES}


# Again


@given(workloads(), shop_networks(least=1), st.data())
def test_planned_again_what_has_begun_stays_and_little_moves(workload, network, data):
    plan = assign(workload, network)
    lost = data.draw(st.sampled_from([site.id for site in network.sites]))
    begun = [row.job for row in plan.placed if data.draw(st.booleans())]
    left = network.without(lost)
    stays = [job for job in begun if plan.choice[job] != lost]
    if stays != begun:
        with pytest.raises(InvalidDocument):
            replan(plan, workload, left, begun=begun)
    again = replan(plan, workload, left, begun=stays)
    assert all(again.choice[job] == plan.choice[job] for job in stays)
    assert lost not in again.choice.values()
    found = taken_back(again, workload, left, plan.choice)
    assert again.exact
    assert values(again) == tuple(found[goal] for goal in (Goal.LEFT, *FEWEST_MOVES))
    free = replan(plan, workload, left)
    assert values(free) == tried(workload, left, FEWEST_MOVES, plan.choice)
    assert values(free) <= values(again)


@given(workloads(), shop_networks())
def test_planned_again_for_fewest_moves_nothing_moves_without_need(workload, network):
    plan = assign(workload, network, EARLIEST_FINISH)
    again = replan(plan, workload, network)
    assert again.choice == plan.choice
    assert all(row.before is None for row in again.placed)
    assert again.proof(Goal.MOVES).value == 0


def test_a_job_that_was_never_placed_cannot_have_begun():
    workload = Workload("CNY", [Job(id="a", efforts={"east": 1})])
    plan = assign(workload, Network("CNY", []))
    with pytest.raises(InvalidDocument) as caught:
        replan(plan, workload, Network("CNY", [Site(id="east")]), begun=["a", "b"])
    assert [fault.path for fault in caught.value.faults] == [("begun", 0), ("begun", 1)]


# Documents


@given(workloads(), shop_networks(), goals)
def test_a_plan_is_its_json(workload, network, pursued):
    plan = assign(workload, network, pursued)
    assert loads(WorkshopPlan, dumps(plan)) == plan
    assert loads(Workload, dumps(workload)) == workload


# What is said of a plan that was cut short


def moved(workload: Workload, network: Network, plan: WorkshopPlan, job: str, site: str):
    """Tell what the plan comes to by cost, then finish, with one job at another shop."""
    choice = {**plan.choice, job: site}
    efforts = [workload.job(name).effort(shop) for name, shop in choice.items()]
    ends = {site.id: site.load for site in network.sites}
    for effort in efforts:
        ends[effort.site] += effort.work
    return sum(effort.cost.minor for effort in efforts), max(ends.values())


def test_of_a_plan_that_was_cut_short_it_says_that_nothing_better_was_found():
    sites = [
        Site(id="hill", load=2, capacity=14),
        Site(id="mill", load=1, capacity=1),
        Site(id="yard", load=3),
    ]
    jobs = [
        Job(id="bed", efforts={"yard": (2, "0.02")}),
        Job(id="desk", efforts={"hill": (3, "0.01"), "yard": (2, "0.01")}),
        Job(id="lamp", efforts={"hill": (1, "0.05"), "mill": (5, "0.01"), "yard": (3, "0.00")}),
        Job(id="rack", efforts={"yard": (6, "0.02")}),
        Job(id="sofa", efforts={"hill": (6, "0.02"), "mill": (2, "0.09"), "yard": (3, "0.02")}),
    ]
    workload, network = Workload("CNY", jobs), Network("CNY", sites)
    cut = assign(workload, network, (Goal.COST, Goal.FINISH), nodes=1)
    assert moved(workload, network, cut, "desk", "hill") < (cut.cost.minor, cut.finish)
    (row,) = [row for row in cut.placed if row.job == "desk"]
    (why,) = [no.reasons[0].code for no in row.others if no.site == "hill"]
    assert (why, cut.exact) == (WhyNot.NO_BETTER, False)
    told = str(explain_workshops(cut))
    assert "desk: not hill, nothing better with it was found" in told
    assert "Another may be done sooner" in told
    assert "None is done sooner" not in told
    whole = assign(workload, network, (Goal.COST, Goal.FINISH))
    assert whole.exact
    assert "None is done sooner: proved" in str(explain_workshops(whole))


@given(workloads(), shop_networks(), st.sampled_from([1, 2, 5, 100_000]))
def test_what_is_no_better_elsewhere_is_so_where_the_plan_is_exact(workload, network, nodes):
    plan = assign(workload, network, (Goal.COST, Goal.FINISH), nodes=nodes)
    for row in plan.placed:
        for no in row.others:
            if plan.exact and no.reasons[0].code is WhyNot.NO_BETTER:
                told = moved(workload, network, plan, row.job, no.site)
                assert told >= (plan.cost.minor, plan.finish)


@given(workloads(), shop_networks(), goals, st.sampled_from([1, 2, 5, 100_000]))
def test_only_what_is_proved_is_said_to_be(workload, network, pursued, nodes):
    plan = assign(workload, network, pursued, nodes=nodes)
    for locale, word in (("en", "proved"), ("zh_CN", "已证明")):
        page = explain_workshops(plan, locale)
        (proofs,) = [block for block in page.blocks if getattr(block, "name", "") == "proofs"]
        assert [word in item for item in proofs.items] == [proof.exact for proof in plan.proofs]
        assert str(page).count(word) == sum(proof.exact for proof in plan.proofs)
