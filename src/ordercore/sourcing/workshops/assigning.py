"""`assign`: a shop for every job, with the reasons; and again, once something has happened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from math import lcm
from typing import Final

from attrs import evolve

from ordercore.data.checks import (
    Named,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    names_of,
)
from ordercore.data.checks import tuple_of as in_tuple
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.money import Money
from ordercore.sourcing.sites import Network
from ordercore.sourcing.workshops.board import Board, Terms, board_of, minor
from ordercore.sourcing.workshops.explained import Telling
from ordercore.sourcing.workshops.goals import FEWEST_MOVES, LEAST_COST, Goal
from ordercore.sourcing.workshops.jobs import Job, Workload
from ordercore.sourcing.workshops.plan import PlacedJob, Proof, ShopLoad, WorkshopPlan
from ordercore.sourcing.workshops.solving import Answer, Level, solve

__all__ = ["NODES", "assign", "replan"]

NODES: Final = 100_000
"""How many nodes the search may look at for each goal, unless somebody says otherwise."""


def assign(
    workload: Workload,
    network: Network,
    goals: Iterable[Goal | str] = LEAST_COST,
    *,
    before: WorkshopPlan | None = None,
    nodes: int = NODES,
) -> WorkshopPlan:
    """Find a shop for every job, by skills, capacity and load.

    As few jobs as possible are left; of such plans, the best by the first goal is taken, of
    equally good ones the best by the second, and so on. `WorkshopPlan.proofs` says how good it
    is. The plan does not depend on the order in which jobs and shops are given.

    Args:
        workload: The jobs.
        network: The shops: skills, capacity and load of its sites.
        goals: `LEAST_COST`, `EVEN_LOAD`, `EARLIEST_FINISH`, `FEWEST_MOVES`, or others.
        before: The plan so far, for the goal ``moves``; without one, no job moves.
        nodes: How many nodes the search may look at for each goal, and once more for the
            question which jobs keep out those that are left.

    Raises:
        InvalidInput: An argument is not as said.
        InvalidDocument: With everything that does not fit together: another currency, an
            unknown skill, a job that has begun where there is no room or no shop, a shop
            without capacity where a share of it counts.

    >>> from ordercore.sourcing import Network, Site
    >>> jobs = [Job(id="frame", efforts={"east": (6, "90.00"), "west": (4, "80.00")})]
    >>> shops = [Site(id="east", capacity=40, load=10), Site(id="west", capacity=40, load=38)]
    >>> plan = assign(Workload("CNY", jobs), Network("CNY", shops))
    >>> plan.choice["frame"], str(plan.cost), plan.exact
    ('east', 'CNY 90.00', True)
    """
    terms = _terms(workload, network, goals, before)
    integer(least=1, most=10**9)(None, Named("nodes"), nodes)
    board = board_of(terms)
    answer = solve(board.question, terms.goals, nodes=nodes)
    return _plan(board, answer, nodes)


def replan(
    plan: WorkshopPlan,
    workload: Workload,
    network: Network,
    goals: Iterable[Goal | str] = FEWEST_MOVES,
    *,
    begun: Iterable[str] = (),
    nodes: int = NODES,
) -> WorkshopPlan:
    """Plan once more, after a shop dropped out, jobs came, or loads changed.

    Args:
        plan: The plan so far.
        workload: The jobs now.
        network: The shops now: ``network.without("north")``.
        goals: As `assign` says; at first, as few jobs move as possible.
        begun: The ids of jobs that have begun: they stay where the plan put them. Leave out
            those whose shop is lost, and they are placed anew.
        nodes: As `assign` says.

    Raises:
        InvalidInput: An argument is not as said.
        InvalidDocument: As `assign` says; or with every job that has begun and is none of the
            plan's, or is at a shop that the network does not have.
    """
    instance(WorkshopPlan)(None, Named("plan"), plan)
    instance(Workload)(None, Named("workload"), workload)
    instance(Network)(None, Named("network"), network)
    names = in_tuple(begun)
    each(identifier)(None, Named("begun"), names)
    faults = list(_not_begun(names, plan, {site.id for site in network.sites}))
    if faults:
        raise InvalidDocument(faults)
    stays = {name: plan.choice[name] for name in names}
    jobs = [evolve(job, begun=stays.get(job.id, job.begun)) for job in workload.jobs]
    return assign(evolve(workload, jobs=jobs), network, goals, before=plan, nodes=nodes)


def _not_begun(
    names: tuple[str, ...], plan: WorkshopPlan, shops: Collection[str]
) -> Iterator[InvalidInput]:
    """Tell of each job why it cannot have begun where the plan put it."""
    for i, name in enumerate(names):
        site = plan.choice.get(name)
        if site is None:
            yield NotFound("a job that the plan has placed", name, path=("begun", i))
        elif site not in shops:
            expected = f"a job at a shop of the network, which {site} is not"
            yield InvalidValue(expected, name, path=("begun", i), reason="site_unknown")


def _terms(
    workload: Workload,
    network: Network,
    goals: Iterable[Goal | str],
    before: WorkshopPlan | None,
) -> Terms:
    instance(Workload)(None, Named("workload"), workload)
    instance(Network)(None, Named("network"), network)
    if before is not None:
        instance(WorkshopPlan)(None, Named("before"), before)
    named = names_of(goals)
    read: tuple[Goal, ...] = (
        tuple(member_of(Goal, goal) for goal in named) if type(named) is tuple else ()
    )
    each(member(Goal), least=1, most=len(Goal))(None, Named("goals"), read)
    return Terms(workload, network, read, {} if before is None else before.choice)


# The plan


def _plan(board: Board, answer: Answer, nodes: int) -> WorkshopPlan:
    chosen = {
        job.id: board.ways[i][way].id
        for i, (job, way) in enumerate(zip(board.jobs, answer.choice, strict=True))
        if way is not None
    }
    chosen |= {job.id: job.begun for job in board.begun if job.begun is not None}
    shops = tuple(_shops(board, chosen))
    telling = Telling(board, chosen, {shop.site: shop for shop in shops}, nodes)
    return WorkshopPlan(
        currency=board.terms.workload.currency,
        placed=tuple(_placed(board, chosen, telling)),
        left=tuple(telling.left()),
        shops=shops,
        proofs=tuple(_proof(level, board, chosen) for level in answer.levels),
        nodes=answer.nodes,
    )


def _shops(board: Board, chosen: dict[str, str]) -> Iterator[ShopLoad]:
    for site in board.sites:
        added = [_effort(job, site.id)[0] for job in _at(board, chosen, site.id)]
        yield ShopLoad(site=site.id, load=site.load, added=sum(added), capacity=site.capacity)


def _at(board: Board, chosen: dict[str, str], site: str) -> list[Job]:
    """List the jobs of a shop: those that have begun first, then those of least work."""
    jobs = [job for job in board.terms.workload.jobs if chosen.get(job.id) == site]
    return sorted(jobs, key=lambda job: (job.begun is None, _effort(job, site)[0], job.id))


def _effort(job: Job, site: str) -> tuple[int, int]:
    """Tell the work and the cost of a job at its shop."""
    return next((row.work, minor(row)) for row in job.efforts if row.site == site)


def _placed(board: Board, chosen: dict[str, str], telling: Telling) -> Iterator[PlacedJob]:
    before, currency = board.terms.before, board.terms.workload.currency
    for site in board.sites:
        ends = site.load
        for job in _at(board, chosen, site.id):
            work, cost = _effort(job, site.id)
            was = before.get(job.id, site.id)
            yield PlacedJob(
                job=job.id,
                site=site.id,
                cost=Money(cost, currency),
                starts=ends,
                ends=ends + work,
                before=None if was == site.id else was,
                others=telling.others(job, site.id),
            )
            ends += work


def _proof(level: Level, board: Board, chosen: dict[str, str]) -> Proof:
    """Write how good the plan is in whole numbers; what has begun counts, too."""
    more = 0
    if level.goal is Goal.COST:
        more = sum(_effort(job, chosen[job.id])[1] for job in board.begun)
    if level.goal is Goal.MOVES:
        was = board.terms.before
        more = sum(was.get(job.id, job.begun) != job.begun for job in board.begun)
    per = lcm(level.value.denominator, level.bound.denominator)
    value, bound = (_parts(share, per) + more for share in (level.value, level.bound))
    return Proof(goal=level.goal, value=value, lower_bound=bound, per=per)


def _parts(share: Fraction, per: int) -> int:
    return share.numerator * (per // share.denominator)
