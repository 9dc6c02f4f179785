"""Jobs: what is to be done, with which skills, and what it takes at which shop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from attrs import evolve, field, frozen

from ordercore.data import document
from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    duplicates,
    each,
    identifier,
    instance,
    integer,
    names_of,
    optional,
    tuple_of,
)
from ordercore.data.faults import nearest
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound, all_faults
from ordercore.money import Currency, Money
from ordercore.money.fields import Amount, amount_of, check_price
from ordercore.stock import MAX_SITES

__all__ = ["MAX_JOBS", "Effort", "Job", "Workload"]

MAX_JOBS: Final = 1000
"""The most jobs of one workload."""

_MAX_SKILLS: Final = 100

_NOTHING: Final = Decimal(0)

_work: Check = integer(least=0, most=MAX_QUANTITY)
_names: Check = each(identifier, most=_MAX_SKILLS)


@frozen
class Effort:
    """What a job takes at one shop.

    Args:
        site: The id of the shop.
        work: How much, in the unit in which the site counts its capacity and load: hours,
            say, or minutes.
        cost: What it costs to do it there: Money, or a decimal number in the currency of the
            workload; not negative.

    Raises:
        InvalidInput: A field is not as said.
    """

    site: str = field(validator=identifier)
    work: int = field(validator=_work)
    cost: Amount = field(default=_NOTHING, converter=amount_of, validator=check_price)


def _efforts(given: Any) -> tuple[Effort, ...]:
    """Take efforts, or what they consist of, by site."""
    if isinstance(given, Mapping):
        given = [(site, *_pair(told)) for site, told in given.items()]
    listed: Any = tuple_of(given)
    if not isinstance(listed, tuple):
        return listed  # type: ignore[no-any-return]
    return tuple(Effort(*row) if type(row) is tuple and len(row) == 3 else row for row in listed)


def _pair(told: Any) -> tuple[Any, ...]:
    return told if isinstance(told, tuple) else (told, "0")


@frozen(kw_only=True)
class Job:
    """Something to be done at one shop, in one piece.

    Args:
        id: Of the job.
        efforts: What it takes at each shop that could do it, each named once;
            ``{"north": (6, "120.00")}`` is short for one. Their order means nothing.
        skills: What the shop must be able to do, all of it.
        begun: At which shop it has begun already, if anywhere: it stays there.

    Raises:
        InvalidInput: A field is not as said.
        InvalidDocument: A site or a skill is named twice, or the job has begun where nobody
            says what it takes.

    >>> Job(id="frame", efforts={"north": (6, "120.00")}, skills="cutting").efforts[0].work
    6
    """

    id: str = field(validator=identifier)
    efforts: tuple[Effort, ...] = field(
        converter=_efforts, validator=each(instance(Effort), least=1, most=MAX_SITES)
    )
    skills: tuple[str, ...] = field(default=(), converter=names_of, validator=_names)
    begun: str | None = field(default=None, validator=optional(identifier))

    def __attrs_post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise InvalidDocument(faults)
        ordered = sorted(self.efforts, key=lambda effort: effort.site)
        object.__setattr__(self, "efforts", tuple(ordered))
        object.__setattr__(self, "skills", tuple(sorted(self.skills)))

    def _faults(self) -> Iterator[InvalidInput]:
        yield from duplicates([row.site for row in self.efforts], "efforts", then="site")
        yield from duplicates(self.skills, "skills", what="a skill named once")
        if self.begun is not None and self.effort(self.begun) is None:
            expected = "a site that the efforts name"
            yield InvalidValue(expected, self.begun, path=("begun",), reason="fields_disagree")

    def effort(self, site: str) -> Effort | None:
        """Tell what it takes at a shop; None: nobody says so."""
        return next((row for row in self.efforts if row.site == site), None)


def _jobs(given: Iterable[Job]) -> tuple[Job, ...]:
    return tuple_of(given)


@document("workload")
@frozen
class Workload:
    """What is to be done; the order of the jobs means nothing.

    Args:
        currency: Of all costs.
        jobs: At least one, each with another id.
        skills: All the skills that there are, so that a wrong name is found out; none named:
            any name will do, and a job that asks for a skill that no shop has is left.

    Raises:
        InvalidInput: A field is not as said.
        InvalidDocument: With every id that is there twice, every unknown skill, and every
            cost that is in another currency or finer than its minor units.

    >>> Workload("CNY", [Job(id="frame", efforts={"north": (6, "120.00")})]).jobs[0].id
    'frame'
    """

    currency: Currency = field(converter=Currency)
    jobs: tuple[Job, ...] = field(
        converter=_jobs, validator=each(instance(Job), least=1, most=MAX_JOBS)
    )
    skills: tuple[str, ...] = field(default=(), converter=names_of, validator=_names)

    def __attrs_post_init__(self) -> None:
        faults = list(duplicates([job.id for job in self.jobs], "jobs", then="id"))
        faults += duplicates(self.skills, "skills", what="a skill named once")
        faults += self._unknown_skills()
        jobs = [self._priced(i, job, faults) for i, job in enumerate(self.jobs)]
        if faults:
            raise InvalidDocument(faults)
        object.__setattr__(self, "jobs", tuple(sorted(jobs, key=lambda job: job.id)))
        object.__setattr__(self, "skills", tuple(sorted(self.skills)))

    def _unknown_skills(self) -> Iterator[InvalidInput]:
        for i, job in enumerate(self.jobs):
            for j, skill in enumerate(job.skills):
                if self.skills and skill not in self.skills:
                    yield unknown_skill(skill, self.skills).at("jobs", i, "skills", j)

    def _priced(self, place: int, job: Job, faults: list[InvalidInput]) -> Job:
        """Take all costs in the currency; note what is wrong with any."""
        efforts = []
        for i, effort in enumerate(job.efforts):
            try:
                efforts.append(evolve(effort, cost=Money.of(effort.cost, self.currency)))
            except InvalidInput as error:
                faults += all_faults(error, "jobs", place, "efforts", i, "cost")
        return evolve(job, efforts=tuple(efforts)) if len(efforts) == len(job.efforts) else job

    def job(self, job_id: str) -> Job:
        """Find a job.

        Raises:
            NotFound: There is none.
        """
        for job in self.jobs:
            if job.id == job_id:
                return job
        raise NotFound("the id of a job", job_id)


def unknown_skill(skill: str, known: Iterable[str]) -> InvalidInput:
    """Make the fault of a skill that is not among those that there are."""
    near = nearest(skill, known)
    expected = "a known skill" if near is None else f"a known skill; did you mean {near!r}?"
    return NotFound(expected, skill, reason="unknown_skill")
