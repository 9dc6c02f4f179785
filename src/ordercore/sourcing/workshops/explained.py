"""Why each job is where it is, and nowhere else: told of a finished choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Final

from ordercore.sourcing.sites import Site
from ordercore.sourcing.workshops.board import Board, can, minor
from ordercore.sourcing.workshops.conflicts import Budget, conflict_of
from ordercore.sourcing.workshops.goals import Goal
from ordercore.sourcing.workshops.jobs import Effort, Job
from ordercore.sourcing.workshops.plan import LeftJob, ShopLoad
from ordercore.sourcing.workshops.reasons import LeftWhy, NotChosen, ShopReason, WhyNot

__all__ = ["Telling"]

_MILLION: Final = 1_000_000

_MOST_CONFLICTS: Final = 50
"""Of how many jobs is told which others they do not fit together with."""


class Telling:
    """Tells of one choice why it is as it is.

    Attributes:
        board: What was asked.
        chosen: The shop of each placed job.
        shops: How busy each shop is with them.
        budget: What may still be spent on which jobs do not fit together.
    """

    __slots__ = ("board", "budget", "chosen", "finish", "share", "shops", "sites")

    def __init__(
        self, board: Board, chosen: Mapping[str, str], shops: Mapping[str, ShopLoad], nodes: int
    ) -> None:
        self.board: Board = board
        self.budget: Budget = Budget(nodes)
        self.chosen: Mapping[str, str] = chosen
        self.shops: Mapping[str, ShopLoad] = shops
        self.sites: list[Site] = sorted(board.sites, key=lambda site: site.id)
        self.finish: int = max((shop.ends for shop in shops.values()), default=0)
        shares = [shop.share for shop in shops.values() if shop.share is not None]
        self.share: Fraction = max(shares, default=Fraction(0))

    def others(self, job: Job, chosen: str | None = None) -> tuple[NotChosen, ...]:
        """Tell of each shop but the chosen one why the job is not there."""
        found = [
            NotChosen(site=site.id, reasons=tuple(self._why_not(job, site, chosen)))
            for site in self.sites
            if site.id != chosen
        ]
        gone = [row.site for row in job.efforts if row.site not in self.shops]
        found += [NotChosen(site=site, reasons=[_reason(WhyNot.GONE)]) for site in gone]
        return tuple(sorted(found, key=lambda row: row.site))

    def _why_not(self, job: Job, site: Site, chosen: str | None) -> Iterator[ShopReason]:
        """Give all reasons that keep the job out, and then the one that decides by the goals."""
        if job.begun is not None and chosen is not None:
            yield ShopReason(code=WhyNot.BEGUN, subject=chosen)
            return
        lacking = [skill for skill in job.skills if skill not in site.skills]
        for skill in lacking:
            yield ShopReason(code=WhyNot.NO_SKILL, subject=skill)
        effort = job.effort(site.id)
        if lacking:
            return
        if effort is None:
            yield _reason(WhyNot.NO_EFFORT)
        else:
            full = self._full(effort, site)
            if full is not None:
                yield full
            decides = self._by_goals(job, effort, chosen)
            if decides is not None:
                yield decides
            elif full is None:
                yield _reason(WhyNot.NO_BETTER)

    def _full(self, effort: Effort, site: Site) -> ShopReason | None:
        """Tell whether there is too little room, with or without the other jobs."""
        if site.capacity is None:
            return None
        free, left = self.board.room(site) or 0, site.capacity - self.shops[site.id].ends
        if effort.work > free:
            return ShopReason(code=WhyNot.TOO_LONG, value=effort.work, limit=free)
        if effort.work > left:
            return ShopReason(code=WhyNot.FULL, value=effort.work, limit=left)
        return None

    def _by_goals(self, job: Job, effort: Effort, chosen: str | None) -> ShopReason | None:
        """Tell by which goal another shop would be worse: the first that tells them apart."""
        for goal in self.board.terms.goals:
            if goal in (Goal.SHARE, Goal.FINISH):
                worse = self._busier(goal, effort)
            elif chosen is None:
                worse = None
            elif goal is Goal.MOVES:
                was = self.board.terms.before.get(job.id)
                worse = _reason(WhyNot.MOVES) if was == chosen else None
            else:
                now = job.effort(chosen)
                more = 0 if now is None else minor(effort) - minor(now)
                if more < 0:
                    return None
                worse = ShopReason(code=WhyNot.DEARER, value=more) if more else None
            if worse is not None:
                return worse
        return None

    def _busier(self, goal: Goal, effort: Effort) -> ShopReason | None:
        """Tell whether the shop would be busier with the job than the busiest one is now."""
        shop = self.shops[effort.site]
        ends = shop.ends + effort.work
        if goal is Goal.FINISH:
            later = ends > self.finish
            told = ShopReason(code=WhyNot.LATER, value=ends, limit=self.finish)
            return told if later else None
        if not shop.capacity or ends > shop.capacity:
            return None  # there is no room at all
        share = Fraction(ends, shop.capacity)
        if share <= self.share:
            return None
        value, limit = ceil(share * _MILLION), floor(self.share * _MILLION)
        return ShopReason(code=WhyNot.BUSIER, value=value, limit=limit)

    # Jobs that are left

    def left(self) -> Iterator[LeftJob]:
        """Tell of each job that no shop does what keeps it out."""
        found = 0
        for place, job in enumerate(self.board.jobs):
            if job.id not in self.chosen:
                why = self._alone(place, job)
                if why is None and found < _MOST_CONFLICTS:
                    found += 1
                    yield self._crowded_out(place, job)
                else:
                    why = why or LeftWhy.NOT_FOUND
                    yield LeftJob(job=job.id, why=why, others=self.others(job))

    def _crowded_out(self, place: int, job: Job) -> LeftJob:
        """Tell which other jobs a job does not fit together with."""
        question, jobs, others = self.board.question, self.board.jobs, self.others(job)
        placed = [i for i, other in enumerate(jobs) if other.id in self.chosen]
        conflict = conflict_of(question.ways, question.room, placed, place, self.budget)
        if conflict is None:
            return LeftJob(job=job.id, why=LeftWhy.NOT_FOUND, others=others)
        together = [jobs[i].id for i in conflict.jobs if i != place]
        return LeftJob(
            job=job.id,
            why=LeftWhy.TOGETHER if conflict.needed > conflict.free else LeftWhy.PIECES,
            together=tuple(sorted(together)),
            needed=conflict.needed,
            free=conflict.free,
            others=others,
        )

    def _alone(self, place: int, job: Job) -> LeftWhy | None:
        """Tell what keeps a job out even if it were alone."""
        if not self.sites:
            return LeftWhy.NO_SITE
        skilled = [site for site in self.sites if can(site, job)]
        if not skilled:
            return LeftWhy.NO_SKILL
        ways, room = self.board.question.ways[place], self.board.question.room
        if not ways:
            return LeftWhy.NO_EFFORT
        return LeftWhy.TOO_LONG if all(work > room[shop] for shop, work in ways) else None


def _reason(code: WhyNot) -> ShopReason:
    return ShopReason(code=code)
