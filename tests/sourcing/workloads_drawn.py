"""Workloads and shops, drawn small; and their best plans, found by trying everything."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from ordercore.money import Money
from ordercore.sourcing import Network, Site, SiteKind
from ordercore.sourcing.workshops import (
    EARLIEST_FINISH,
    EVEN_LOAD,
    FEWEST_MOVES,
    LEAST_COST,
    Effort,
    Goal,
    Job,
    Workload,
    WorkshopPlan,
)

SKILLS = ("cut", "paint", "sew")
SHOPS = ("east", "north", "west")

GOALS = (
    LEAST_COST,
    EVEN_LOAD,
    EARLIEST_FINISH,
    FEWEST_MOVES,
    (Goal.COST, Goal.SHARE),
    (Goal.COST, Goal.MOVES),
    (Goal.MOVES, Goal.FINISH, Goal.COST),
)

_several_skills = st.sampled_from((SKILLS, SKILLS, SKILLS[:2], SKILLS[1:], SKILLS[2:], ()))
_several_shops = st.sampled_from((SHOPS, SHOPS, SHOPS, SHOPS[:2], SHOPS[1:], SHOPS[2:]))


@st.composite
def shops(draw, name: str):
    capacity = draw(st.sampled_from((0, 4, 7, 10, 12, 15)))
    return Site(
        id=name,
        kind=SiteKind.WORKSHOP,
        skills=draw(_several_skills),
        capacity=capacity,
        load=draw(st.integers(0, capacity // 3)),
    )


@st.composite
def shop_networks(draw, least: int = 0):
    names = draw(_several_shops)
    if not least and not draw(st.integers(0, 9)):
        names = ()
    return Network("CNY", [draw(shops(name)) for name in names])


@st.composite
def jobs(draw, name: str):
    efforts = [
        Effort(site, draw(st.integers(0, 8)), Money(draw(st.integers(0, 9)), "CNY"))
        for site in draw(_several_shops)
    ]
    asked = draw(st.sampled_from(((), (), SKILLS[:1], SKILLS[1:2])))
    return Job(id=name, efforts=efforts, skills=asked)


@st.composite
def workloads(draw, least: int = 1, most: int = 5):
    count = draw(st.integers(least, most))
    return Workload("CNY", [draw(jobs(f"j{i}")) for i in range(count)])


goals = st.sampled_from(GOALS)


def crowded(seed: int, jobs: int = 6) -> tuple[Workload, Network]:
    """Make more jobs than three shops have room for, most of which could go to any."""
    rng = random.Random(seed)
    efforts = [
        {shop: (rng.randint(1, 9), f"{rng.randint(0, 9)}.00") for shop in SHOPS}
        for _ in range(jobs)
    ]
    least = sum(min(work for work, _ in several.values()) for several in efforts)
    room = least * rng.choice((80, 90, 100, 110)) // 100 // len(SHOPS)
    network = Network("CNY", [Site(id=shop, capacity=room) for shop in SHOPS])
    workload = [Job(id=f"j{i}", efforts=several) for i, several in enumerate(efforts)]
    return Workload("CNY", workload), network


# By hand


def ways(workload: Workload, network: Network) -> list[list[Effort | None]]:
    """List, by job, what could be done with it; None: it is left."""
    can = {site.id: set(site.skills) for site in network.sites}
    return [
        [None, *(e for e in job.efforts if e.site in can and can[e.site].issuperset(job.skills))]
        for job in workload.jobs
    ]


def measured(choice, workload: Workload, network: Network, before=None) -> dict | None:
    """Work out what a choice comes to; None: it does not fit."""
    ends = {site.id: site.load for site in network.sites}
    for effort in choice:
        if effort is not None:
            ends[effort.site] += effort.work
    shares = [Fraction(0)]
    for site in network.sites:
        if site.capacity is not None:
            if ends[site.id] > site.capacity:
                return None
            if site.capacity:
                shares.append(Fraction(ends[site.id], site.capacity))
    pairs = [(job.id, e) for job, e in zip(workload.jobs, choice, strict=True) if e is not None]
    before = before or {}
    return {
        Goal.LEFT: Fraction(len(workload.jobs) - len(pairs)),
        Goal.COST: Fraction(sum(effort.cost.minor for _, effort in pairs)),
        Goal.SHARE: max(shares),
        Goal.FINISH: Fraction(max(ends.values(), default=0)),
        Goal.MOVES: Fraction(
            sum(job.id in before for job in workload.jobs)
            - sum(before.get(job) == effort.site for job, effort in pairs)
        ),
    }


def tried(workload: Workload, network: Network, pursued, before=None) -> tuple[Fraction, ...]:
    """Try every choice; tell how good the best is: jobs left, then goal by goal."""
    found = (measured(c, workload, network, before) for c in product(*ways(workload, network)))
    return min(tuple(m[g] for g in (Goal.LEFT, *pursued)) for m in found if m is not None)


def values(plan: WorkshopPlan) -> tuple[Fraction, ...]:
    """Read how good a plan says it is."""
    return tuple(Fraction(proof.value, proof.per) for proof in plan.proofs)


def taken_back(plan: WorkshopPlan, workload: Workload, network: Network, before=None) -> dict:
    """Work out once more what a plan comes to; fail if it is none."""
    choice = [
        None if job.id not in plan.choice else job.effort(plan.choice[job.id])
        for job in workload.jobs
    ]
    for row, several in zip(choice, ways(workload, network), strict=True):
        assert row in several
    found = measured(choice, workload, network, before)
    assert found is not None, "more than a shop has free"
    return found
