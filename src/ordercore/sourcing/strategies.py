"""Strategies: which sites may serve, which of them go first, and from how many an order comes."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, field, frozen

from ordercore.data import document, variant
from ordercore.data.checks import boolean, instance, integer, member, member_of, optional
from ordercore.errors import InvalidValue
from ordercore.sourcing.branching import DEFAULT_NODES
from ordercore.sourcing.certificate import Objective
from ordercore.sourcing.rules import (
    Anywhere,
    ByPriority,
    Fastest,
    Filter,
    LeastLoaded,
    Nearest,
    Ranking,
    ShortestWait,
)

__all__ = [
    "Choice",
    "Exact",
    "Ranked",
    "Strategy",
    "cheapest",
    "fastest",
    "fewest_parcels",
    "least_loaded",
    "nearest_capable",
    "nearest_then_least_busy",
    "priority_list",
]


class Choice:
    """The family of ways to choose among the sites that may serve an order."""

    __slots__ = ()


@variant(Choice, "ranked")
@frozen
class Ranked(Choice):
    """Take from the site that goes first all that it can give, then from the next, and so on.

    Where only one more parcel may be sent, a site that can give all that is left goes before
    those that cannot, and of these the one that can give the most.

    Args:
        by: Which goes first; ties go by id.
    """

    by: Ranking = field(validator=instance(Ranking))


def _objective(given: Objective | str) -> Objective:
    return member_of(Objective, given)


_ONE_ORDER = (Objective.COST, Objective.PARCELS, Objective.TIME)


@variant(Choice, "exact")
@frozen
class Exact(Choice):
    """Find the plan that leaves the fewest units, and of these the best, and prove it.

    Args:
        objective: ``cost``, ``parcels`` or ``time``.
        nodes: How much is looked at, at most; when that is used up, the certificate says how
            good the plan is at least.
        compare: Whether to find out what each site that was not taken would have saved. That
            takes one more search for each of them.

    Raises:
        InvalidValue: The objective is none of a single order.
    """

    objective: Objective = field(
        default=Objective.COST, converter=_objective, validator=member(Objective)
    )
    nodes: int = field(default=DEFAULT_NODES, validator=integer(least=1, most=10**9))
    compare: bool = field(default=False, validator=boolean)

    def __attrs_post_init__(self) -> None:
        if self.objective not in _ONE_ORDER:
            expected = f"one of {', '.join(repr(each.value) for each in _ONE_ORDER)}"
            raise InvalidValue(expected, self.objective.value, path=("objective",))


@document("sourcing_strategy")
@frozen(kw_only=True)
class Strategy:
    """How sites are chosen.

    Args:
        where: Which sites may serve which line. Nobody gives what it does not have, whatever
            the rules.
        choose: Which of them do.
        parcels_max: From how many sites an order may come; None: from any number.

    Raises:
        InvalidInput: A field is not as said.

    >>> from ordercore.sourcing.rules import OpenNow, WithinReach
    >>> near = Strategy(where=WithinReach(5000) & OpenNow(), choose=Ranked(Nearest()))
    >>> near.one_parcel.parcels_max
    1
    """

    where: Filter = field(factory=Anywhere, validator=instance(Filter))
    choose: Choice = field(factory=Exact, validator=instance(Choice))
    parcels_max: int | None = field(default=None, validator=optional(integer(least=1, most=1000)))

    @property
    def one_parcel(self) -> Strategy:
        """The same, but all units of an order must come from one site."""
        return self.at_most(1)

    def at_most(self, parcels: int | None) -> Strategy:
        """Make the same strategy with another limit on parcels."""
        return evolve(self, parcels_max=parcels)


_ANYWHERE = Anywhere()


def nearest_capable(where: Filter = _ANYWHERE) -> Strategy:
    """Serve from the nearest site that can."""
    return Strategy(where=where, choose=Ranked(Nearest()))


def least_loaded(where: Filter = _ANYWHERE) -> Strategy:
    """Serve from the site with the least share of its capacity taken."""
    return Strategy(where=where, choose=Ranked(LeastLoaded()))


def fewest_parcels(where: Filter = _ANYWHERE) -> Strategy:
    """Serve from as few sites as can be, proved; of such plans, the cheapest that is found."""
    return Strategy(where=where, choose=Exact(Objective.PARCELS))


def cheapest(where: Filter = _ANYWHERE) -> Strategy:
    """Serve at the least cost. Proved."""
    return Strategy(where=where, choose=Exact(Objective.COST))


def fastest(where: Filter = _ANYWHERE) -> Strategy:
    """Serve so that the customer has all of it as soon as can be. Proved."""
    return Strategy(where=where, choose=Exact(Objective.TIME))


def priority_list(sites: str | Iterable[str], where: Filter = _ANYWHERE) -> Strategy:
    """Serve from the site, or the sites in this order, then from others by their own priority."""
    return Strategy(where=where, choose=Ranked(ByPriority(sites)))


def nearest_then_least_busy(band_metres: int, where: Filter = _ANYWHERE) -> Strategy:
    """Serve from the nearest band of sites, and there from where it is ready soonest.

    Args:
        band_metres: How wide a band is: nearer by less than that counts for nothing.
        where: Which sites may serve.
    """
    ranking = Nearest(band_metres).then(ShortestWait()).then(Fastest())
    return Strategy(where=where, choose=Ranked(ranking))
