"""The plan: which shop does which job, when by its load, at what cost, and why that shop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from operator import attrgetter
from types import MappingProxyType

from attrs import field, frozen

from ordercore.data import document
from ordercore.data.checks import (
    Check,
    duplicates,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    optional,
    tuple_of,
)
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    NotFound,
)
from ordercore.money import Currency, Money
from ordercore.sourcing.workshops.goals import Goal
from ordercore.sourcing.workshops.jobs import MAX_JOBS
from ordercore.sourcing.workshops.reasons import LeftWhy, NotChosen
from ordercore.stock import MAX_SITES

__all__ = ["LeftJob", "PlacedJob", "Proof", "ShopLoad", "WorkshopPlan"]

_sum: Check = integer(least=0, most=10**30)


def _goal(given: Goal | str) -> Goal:
    return member_of(Goal, given)


def _why(given: LeftWhy | str) -> LeftWhy:
    return member_of(LeftWhy, given)


def _names(given: Iterable[str]) -> tuple[str, ...]:
    return tuple_of(given)


def _others(given: Iterable[NotChosen]) -> tuple[NotChosen, ...]:
    return tuple_of(given)


_several: Check = each(instance(NotChosen), most=2 * MAX_SITES)


@frozen(kw_only=True)
class PlacedJob:
    """A job and its shop.

    Args:
        job: The id of the job.
        site: The id of the shop.
        cost: What it costs there.
        starts: How much work the shop does before: its load, and the jobs that go first.
        ends: How much it has done once the job is done.
        before: At which other shop it was in the plan before, if it was.
        others: Why it is not at each other shop.

    Raises:
        InvalidValue: It ends before it starts.
    """

    job: str = field(validator=identifier)
    site: str = field(validator=identifier)
    cost: Money = field(validator=instance(Money))
    starts: int = field(validator=_sum)
    ends: int = field(validator=_sum)
    before: str | None = field(default=None, validator=optional(identifier))
    others: tuple[NotChosen, ...] = field(default=(), converter=_others, validator=_several)

    def __attrs_post_init__(self) -> None:
        if self.ends < self.starts:
            raise InvalidValue(f"at least {self.starts}", self.ends, path=("ends",))

    @property
    def work(self) -> int:
        """How much work it is there."""
        return self.ends - self.starts


@frozen(kw_only=True)
class LeftJob:
    """A job that no shop does.

    Args:
        job: The id of the job.
        why: What keeps it out.
        together: The jobs that do not fit together with it, though any of them being away
            would do: without one, all the others and it would fit.
        needed: The work of all of them, each where it is least.
        free: The work that is free at all shops that could do one of them.
        others: Why it is not at each shop.
    """

    job: str = field(validator=identifier)
    why: LeftWhy = field(converter=_why, validator=member(LeftWhy))
    together: tuple[str, ...] = field(
        default=(), converter=_names, validator=each(identifier, most=MAX_JOBS)
    )
    needed: int | None = field(default=None, validator=optional(_sum))
    free: int | None = field(default=None, validator=optional(_sum))
    others: tuple[NotChosen, ...] = field(default=(), converter=_others, validator=_several)


@frozen(kw_only=True)
class ShopLoad:
    """How busy a shop is.

    Args:
        site: The id of the shop.
        load: The work that it had before.
        added: The work of the jobs that go there.
        capacity: How much it can have; None: it has no limit.
    """

    site: str = field(validator=identifier)
    load: int = field(validator=_sum)
    added: int = field(validator=_sum)
    capacity: int | None = field(default=None, validator=optional(_sum))

    def __attrs_post_init__(self) -> None:
        if self.capacity is not None and self.ends > self.capacity:
            expected = f"a capacity of at least {self.ends}"
            raise InvalidValue(expected, self.capacity, path=("capacity",))

    @property
    def ends(self) -> int:
        """After how much work it is done."""
        return self.load + self.added

    @property
    def share(self) -> Fraction | None:
        """Which share of its capacity is taken; None: it has no limit, or no capacity."""
        return Fraction(self.ends, self.capacity) if self.capacity else None


@frozen(kw_only=True)
class Proof:
    """How good the plan is by one goal, and how much better another could be.

    Args:
        goal: Which.
        value: What it is: jobs, minor units, or work; of a share, so many of ``per`` parts.
        lower_bound: In no plan that is as good by the goals before it is it less.
        per: In how many parts a whole is counted.
    """

    goal: Goal = field(converter=_goal, validator=member(Goal))
    value: int = field(validator=_sum)
    lower_bound: int = field(validator=_sum)
    per: int = field(default=1, validator=integer(least=1, most=10**30))

    def __attrs_post_init__(self) -> None:
        if self.lower_bound > self.value:
            raise InvalidValue(f"at most {self.value}", self.lower_bound, path=("lower_bound",))

    @property
    def exact(self) -> bool:
        """Whether no other plan is better by this goal and as good by those before it."""
        return self.value == self.lower_bound

    @property
    def gap(self) -> Fraction:
        """By how much another plan could be better at most."""
        return Fraction(self.value - self.lower_bound, self.per)


def _placed(given: Iterable[PlacedJob]) -> tuple[PlacedJob, ...]:
    return tuple_of(given)


def _left(given: Iterable[LeftJob]) -> tuple[LeftJob, ...]:
    return tuple_of(given)


def _shops(given: Iterable[ShopLoad]) -> tuple[ShopLoad, ...]:
    return tuple_of(given)


def _proofs(given: Iterable[Proof]) -> tuple[Proof, ...]:
    return tuple_of(given)


@document("workshop_plan")
@frozen(kw_only=True)
class WorkshopPlan:
    """Which shop does which job.

    Args:
        currency: Of all costs.
        placed: The jobs that a shop does, by their ids.
        left: Those that none does.
        shops: How busy each shop is then, by their ids.
        proofs: Jobs left, then goal by goal.
        nodes: How many nodes of searches were looked at.

    Raises:
        InvalidDocument: A job or a shop is there twice, a job is at a shop that is not there,
            or a cost is in another currency.
    """

    currency: Currency = field(converter=Currency)
    placed: tuple[PlacedJob, ...] = field(
        default=(), converter=_placed, validator=each(instance(PlacedJob), most=MAX_JOBS)
    )
    left: tuple[LeftJob, ...] = field(
        default=(), converter=_left, validator=each(instance(LeftJob), most=MAX_JOBS)
    )
    shops: tuple[ShopLoad, ...] = field(
        default=(), converter=_shops, validator=each(instance(ShopLoad), most=MAX_SITES)
    )
    proofs: tuple[Proof, ...] = field(
        converter=_proofs, validator=each(instance(Proof), least=1, most=len(Goal))
    )
    nodes: int = field(default=0, validator=_sum)

    def __attrs_post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise InvalidDocument(faults)
        for name, key in (("placed", "job"), ("left", "job"), ("shops", "site")):
            ordered = sorted(getattr(self, name), key=attrgetter(key))
            object.__setattr__(self, name, tuple(ordered))

    def _faults(self) -> Iterator[InvalidInput]:
        yield from duplicates([row.job for row in self.placed], "placed", then="job")
        yield from duplicates([row.site for row in self.shops], "shops", then="site")
        yield from duplicates([row.goal for row in self.proofs], "proofs", then="goal")
        known = {row.site for row in self.shops}
        for i, row in enumerate(self.placed):
            if row.site not in known:
                yield NotFound("a site of the shops", row.site, path=("placed", i, "site"))
            if row.cost.currency != self.currency:
                given = row.cost.currency
                yield CurrencyMismatch(self.currency, given, path=("placed", i, "cost"))
        seen = {row.job for row in self.placed}
        for i, left in enumerate(self.left):
            if left.job in seen:
                expected, path = "a job that is there once", ("left", i, "job")
                yield InvalidValue(expected, left.job, path=path, reason="duplicate_id")
            seen.add(left.job)

    # What people ask

    @property
    def ok(self) -> bool:
        """Whether every job has its shop."""
        return not self.left

    @property
    def exact(self) -> bool:
        """Whether no plan is better, by proof: by the first goal, the next, and so on."""
        return all(proof.exact for proof in self.proofs)

    @property
    def cost(self) -> Money:
        """What all placed jobs cost."""
        return Money.sum([row.cost for row in self.placed], self.currency)

    @property
    def share(self) -> Fraction:
        """Which share of its capacity is taken at the busiest shop, of those with a limit."""
        return max((s.share for s in self.shops if s.share is not None), default=Fraction(0))

    @property
    def finish(self) -> int:
        """After how much work the last shop is done."""
        return max((shop.ends for shop in self.shops), default=0)

    @property
    def choice(self) -> Mapping[str, str]:
        """The shop of each placed job, by the job's id."""
        return MappingProxyType({row.job: row.site for row in self.placed})

    def proof(self, goal: Goal | str) -> Proof:
        """Find how good the plan is by a goal.

        Raises:
            NotFound: It was none of the goals.
        """
        for proof in self.proofs:
            if proof.goal == goal:
                return proof
        raise NotFound("one of the goals", str(goal))
