"""Jobs before the shops of a network: ids and amounts made numbers, in an order of their own.

Jobs and shops are put in the order of what they take and have, and only then of their ids: so
it makes no difference how they are called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from attrs import field, frozen

from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    LimitExceeded,
    NotFound,
)
from ordercore.money import Money
from ordercore.sourcing.sites import Network, Site
from ordercore.sourcing.workshops.goals import Goal
from ordercore.sourcing.workshops.jobs import Effort, Job, Workload, unknown_skill
from ordercore.sourcing.workshops.solving import Question

__all__ = ["MAX_WAYS", "Board", "Terms", "board_of", "minor"]

MAX_WAYS: Final = 100_000
"""The most pairs of a job and a shop that are looked at at once."""


class Terms(NamedTuple):
    """What is asked: jobs, shops, goals, and where jobs were before."""

    workload: Workload
    network: Network
    goals: tuple[Goal, ...]
    before: Mapping[str, str]


@frozen(eq=False)
class Board:
    """What is asked, and the numbers that stand for it.

    Args:
        terms: What is asked.
        begun: The jobs that stay where they are.
        jobs: The others, in the order of the numbers.
        sites: The shops, in the order of the numbers.
        ways: By job, the sites that could do it, in the same order as in the question.
        question: The numbers; loads are those with all jobs that have begun.
    """

    terms: Terms
    begun: tuple[Job, ...]
    jobs: tuple[Job, ...]
    sites: tuple[Site, ...]
    ways: tuple[tuple[Site, ...], ...]
    question: Question
    loads: Mapping[str, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        loads = {site.id: load for site, load in zip(self.sites, self.question.loads, strict=True)}
        object.__setattr__(self, "loads", loads)

    def room(self, site: Site) -> int | None:
        """Tell what is free at a shop before any job comes that has not begun."""
        return None if site.capacity is None else site.capacity - self.loads[site.id]


def minor(effort: Effort) -> int:
    """Read a cost as minor units; a workload has made it Money."""
    if not isinstance(effort.cost, Money):
        raise InvalidValue("an amount with its currency", effort.cost, path=("cost",))
    return effort.cost.minor


def board_of(terms: Terms) -> Board:
    """Put jobs and shops in order and make numbers of them.

    Raises:
        InvalidDocument: With everything that does not fit together.
    """
    faults = list(_faults(terms))
    if faults:
        raise InvalidDocument(faults)
    begun = tuple(job for job in terms.workload.jobs if job.begun is not None)
    jobs = [job for job in terms.workload.jobs if job.begun is None]
    loads = _loads(terms.network, begun)
    sites = sorted(terms.network.sites, key=lambda site: _site_key(site, loads, jobs))
    ways = {
        job.id: tuple(site for site in sites if can(site, job) and job.effort(site.id))
        for job in jobs
    }
    jobs.sort(key=lambda job: _job_key(job, ways[job.id]))
    by_job = tuple(ways[job.id] for job in jobs)
    return Board(
        terms=terms,
        begun=begun,
        jobs=tuple(jobs),
        sites=tuple(sites),
        ways=by_job,
        question=_question(terms, jobs, by_job, sites, loads),
    )


def can(site: Site, job: Job) -> bool:
    """Whether a shop has all the skills that a job asks for."""
    return all(skill in site.skills for skill in job.skills)


def _loads(network: Network, begun: tuple[Job, ...]) -> dict[str, int]:
    """Add what has begun to the loads."""
    loads = {site.id: site.load for site in network.sites}
    for job in begun:
        for effort in job.efforts:
            if effort.site == job.begun:
                loads[effort.site] += effort.work
    return loads


_Key = tuple[object, ...]


def _site_key(site: Site, loads: Mapping[str, int], jobs: list[Job]) -> _Key:
    efforts = [job.effort(site.id) for job in jobs if can(site, job)]
    told = sorted((effort.work, minor(effort)) for effort in efforts if effort is not None)
    capacity = -1 if site.capacity is None else site.capacity
    return (capacity, loads[site.id], tuple(told), site.id)


def _job_key(job: Job, sites: tuple[Site, ...]) -> _Key:
    efforts = [job.effort(site.id) for site in sites]
    told = sorted((effort.work, minor(effort)) for effort in efforts if effort is not None)
    return (tuple(told), job.id)


def _question(
    terms: Terms,
    jobs: list[Job],
    ways: tuple[tuple[Site, ...], ...],
    sites: list[Site],
    loads: Mapping[str, int],
) -> Question:
    places = {site.id: place for place, site in enumerate(sites)}
    efforts = [
        [effort for site in several if (effort := job.effort(site.id)) is not None]
        for job, several in zip(jobs, ways, strict=True)
    ]
    return Question(
        ways=tuple(tuple([(places[e.site], e.work) for e in row]) for row in efforts),
        loads=tuple(loads[site.id] for site in sites),
        sizes=tuple(site.capacity for site in sites),
        costs=tuple((*[minor(e) for e in row], 0) for row in efforts),
        moves=tuple(
            _moves(terms.before.get(job.id), row) for job, row in zip(jobs, efforts, strict=True)
        ),
    )


def _moves(was: str | None, efforts: list[Effort]) -> tuple[int, ...]:
    """Tell which ways take a job away from where it was; the last one is to be left."""
    if was is None:
        return (0,) * (len(efforts) + 1)
    return (*[int(effort.site != was) for effort in efforts], 1)


# What does not fit together


def _faults(terms: Terms) -> Iterator[InvalidInput]:
    workload, network = terms.workload, terms.network
    if workload.currency != network.currency:
        path = ("network", "currency")
        yield CurrencyMismatch(workload.currency, network.currency, path=path)
    pairs = len(workload.jobs) * len(network.sites)
    if pairs > MAX_WAYS:
        path = ("workload", "jobs")
        yield LimitExceeded(f"at most {MAX_WAYS} pairs of a job and a shop", pairs, path=path)
    yield from _faults_of_goals(terms)
    yield from _faults_of_skills(workload, network)
    yield from _faults_of_begun(workload, network)


def _faults_of_goals(terms: Terms) -> Iterator[InvalidInput]:
    for i, goal in enumerate(terms.goals):
        if goal is Goal.LEFT or goal in terms.goals[:i]:
            expected = "each goal once, and not 'left', which goes before all others"
            yield InvalidValue(expected, goal, path=("goals", i), reason="duplicate_id")
    if Goal.SHARE in terms.goals:
        for i, site in enumerate(terms.network.sites):
            if site.capacity is None:
                expected, path = "a capacity, of which a share is taken", ("network", "sites", i)
                yield InvalidValue(expected, None, path=(*path, "capacity"), reason="no_capacity")


def _faults_of_skills(workload: Workload, network: Network) -> Iterator[InvalidInput]:
    for i, site in enumerate(network.sites):
        for j, skill in enumerate(site.skills):
            if workload.skills and skill not in workload.skills:
                place = ("network", "sites", i, "skills", j)
                yield unknown_skill(skill, workload.skills).at(*place)


def _faults_of_begun(workload: Workload, network: Network) -> Iterator[InvalidInput]:
    free = {site.id: site.room for site in network.sites}
    for i, job in enumerate(workload.jobs):
        if job.begun is None:
            continue
        path = ("workload", "jobs", i, "begun")
        if job.begun not in free:
            yield NotFound("a site of the network", job.begun, path=path)
            continue
        effort, room = job.effort(job.begun), free[job.begun]
        if effort is None or room is None:
            continue
        if effort.work > room:
            expected = f"what has begun to take at most the {room} that are free there"
            yield InvalidValue(expected, effort.work, path=path, reason="capacity_below_load")
        free[job.begun] = max(0, room - effort.work)
