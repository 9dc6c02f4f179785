"""Rankings: which of several sites goes first. ``then`` composes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final, NamedTuple

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import (
    Named,
    each,
    identifier,
    instance,
    integer,
    names_of,
    tuple_of,
)
from ordercore.sourcing.cases import Candidate
from ordercore.sourcing.filling import SCALE
from ordercore.sourcing.reasons import Measure
from ordercore.sourcing.rules.answers import LAST, number_of
from ordercore.sourcing.rules.nesting import check_nesting

__all__ = [
    "LAST",
    "ByPriority",
    "Cheapest",
    "Fastest",
    "InTurn",
    "LeastLoaded",
    "MostUnits",
    "Nearest",
    "Offer",
    "Ranking",
    "ShortestWait",
]

_WHOLE: Final = 1_000_000


class Offer(NamedTuple):
    """What a site could give of what is left, and what that would cost in minor units."""

    units: int
    cost: int


class Ranking:
    """The family of rankings: of two sites, the one with the lower number goes first.

    To add one is to write one frozen class: a `variant` with its fields, and `number`, which is
    pure. If the number is in the unit of a `Measure`, as metres are, ``measure`` says so, and
    people are told it in these words.
    """

    __slots__ = ()
    measure: ClassVar[Measure] = Measure.OWN

    def number(self, site: Candidate, offer: Offer) -> int:
        """Tell the number of a site that could give something."""
        raise NotImplementedError

    def told(self, site: Candidate, offer: Offer) -> int:
        """Tell the number that people are told, in the measure; mostly it is the same."""
        return self.number(site, offer)

    def steps(self) -> tuple[Ranking, ...]:
        """List the rankings that are asked one after the other."""
        return (self,)

    def then(self, other: Ranking) -> InTurn:
        """Ask another ranking where this one does not tell two sites apart."""
        instance(Ranking)(None, Named("other"), other)
        return InTurn((*self.steps(), *other.steps()))


def _rankings(members: Iterable[Ranking]) -> tuple[Ranking, ...]:
    return tuple_of(members)


@variant(Ranking, "in_turn")
@frozen
class InTurn(Ranking):
    """Ask rankings one after the other, until one tells two sites apart."""

    members: tuple[Ranking, ...] = field(
        converter=_rankings, validator=each(instance(Ranking), least=1, most=100)
    )

    def __attrs_post_init__(self) -> None:
        check_nesting(self, "members", Ranking)

    def steps(self) -> tuple[Ranking, ...]:
        """List the rankings that are asked, those within members included."""
        return tuple(step for member in self.members for step in member.steps())


@variant(Ranking, "nearest")
@frozen
class Nearest(Ranking):
    """The nearest goes first; a site without a place last.

    Args:
        band_metres: Sites in one band of so many metres count as equally near.

    >>> ranking = Nearest(band_metres=3000).then(ShortestWait())
    >>> [step.measure.value for step in ranking.steps()]
    ['distance', 'wait']
    """

    band_metres: int = field(default=1, validator=integer(least=1, most=100_000_000))
    measure = Measure.DISTANCE

    def number(self, site: Candidate, offer: Offer) -> int:  # noqa: ARG002, D102
        return LAST if site.metres is None else site.metres // self.band_metres

    def told(self, site: Candidate, offer: Offer) -> int:  # noqa: ARG002
        """Tell the metres themselves."""
        return LAST if site.metres is None else site.metres


@variant(Ranking, "least_loaded")
@frozen
class LeastLoaded(Ranking):
    """The one with the least share of its capacity taken goes first.

    A site without a limit has no share taken; one without any capacity is full.
    """

    measure = Measure.LOAD

    def number(self, site: Candidate, offer: Offer) -> int:  # noqa: ARG002, D102
        capacity = site.site.capacity
        if capacity is None:
            return 0
        return _WHOLE * site.site.load // capacity if capacity else _WHOLE


@variant(Ranking, "shortest_wait")
@frozen
class ShortestWait(Ranking):
    """The one where the work is done soonest goes first: queue and preparation."""

    measure = Measure.WAIT

    def number(self, site: Candidate, offer: Offer) -> int:  # noqa: ARG002, D102
        seconds = site.case.seconds_until(site.done_at)
        return LAST if seconds is None else seconds


@variant(Ranking, "cheapest")
@frozen
class Cheapest(Ranking):
    """The one with the least cost per unit goes first, its parcel included.

    It looks at what the site could give of what is left, so that one that serves more of the
    order shares its parcel among more units.
    """

    measure = Measure.COST

    def number(self, site: Candidate, offer: Offer) -> int:  # noqa: ARG002, D102
        return offer.cost * SCALE // offer.units


@variant(Ranking, "by_priority")
@frozen
class ByPriority(Ranking):
    """The one that stands first in a list goes first; the others by their own priority.

    Args:
        sites: The list; it may be empty.
    """

    sites: tuple[str, ...] = field(default=(), converter=names_of, validator=each(identifier))
    measure = Measure.PRIORITY

    def number(self, site: Candidate, offer: Offer) -> int:  # noqa: ARG002, D102
        if site.id in self.sites:
            return self.sites.index(site.id)
        return len(self.sites) + site.site.priority


@variant(Ranking, "most_units")
@frozen
class MostUnits(Ranking):
    """The one that could give the most of what is left goes first: fewer parcels follow."""

    measure = Measure.UNITS

    def number(self, site: Candidate, offer: Offer) -> int:  # noqa: ARG002, D102
        return -offer.units


@variant(Ranking, "fastest")
@frozen
class Fastest(Ranking):
    """The one from which the customer has it soonest goes first: queue, preparation and way."""

    measure = Measure.TIME

    def number(self, site: Candidate, offer: Offer) -> int:  # noqa: ARG002, D102
        return LAST if site.seconds is None else site.seconds


def numbers_of(ranking: Ranking, site: Candidate, offer: Offer) -> tuple[int, ...]:
    """Tell all numbers of a site, in the order in which they are asked.

    Raises:
        InvalidInput: A ranking answers with what is no whole number.
    """
    return tuple([number_of(step, step.number(site, offer)) for step in ranking.steps()])


def told_of(ranking: Ranking, site: Candidate, offer: Offer) -> int:
    """Tell the number that people are told.

    Raises:
        InvalidInput: The ranking answers with what is no whole number.
    """
    return number_of(ranking, ranking.told(site, offer))


def decisive(ranking: Ranking, one: tuple[int, ...], other: tuple[int, ...]) -> Ranking | None:
    """Find the ranking that tells two sites apart, by their numbers; None: none does."""
    steps = zip(ranking.steps(), one, other, strict=True)
    return next((step for step, here, there in steps if here != there), None)
