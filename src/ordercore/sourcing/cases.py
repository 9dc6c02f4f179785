"""One request before one network: of each site, what it could give, when, and at what cost.

Nothing is decided here. What nobody asks is not worked out: a rule that looks at stock only
needs no place and no opening hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from ordercore.calendars import NoWorkingTime
from ordercore.data.checks import Named
from ordercore.errors import InvalidType, InvalidValue, LimitExceeded
from ordercore.money import Money, Rounding, UnitPrice, divide
from ordercore.parties import GeoPoint
from ordercore.sourcing.beside import ALONE, Beside, Parcel
from ordercore.sourcing.request import Request
from ordercore.sourcing.sites import Network, Site
from ordercore.sourcing.travel import (
    Distance,
    TravelTime,
    duration_of,
    is_distance,
    is_travel,
    metres_of,
    travel_over,
)
from ordercore.stock import DemandLine

__all__ = ["MAX_PAIRS", "Candidate", "Case"]

MAX_PAIRS: Final = 100_000
"""The most pairs of a line and a site of one request."""

_KM: Final = 1000


class Case:
    """A request, the sites in the order of their ids, and the lines in the order of theirs.

    Args:
        request: What is wanted.
        network: Where from.
        distance: How far it is.
        travel: How long the way takes; None: as `CITY_SPEED` over the distance.
        sites: Which sites of the network are looked at, in the order of their ids; None: all.
        beside: Of which order this is the rest, and what is sent of it anyway.

    Raises:
        InvalidType: Something is not what it should be; or a way, once it is asked.
        LimitExceeded: There are more than `MAX_PAIRS` pairs of a line and a site.
    """

    def __init__(
        self,
        request: Request,
        network: Network,
        distance: Distance,
        travel: TravelTime | None,
        sites: Iterable[Site] | None = None,
        beside: Beside = ALONE,
    ) -> None:
        _check(request, network)
        _check_ways(distance, travel)
        self.request: Request = request
        self.network: Network = network
        self.beside: Beside = beside
        self.distance: Distance = distance
        self.travel: TravelTime = travel_over(distance, travel)
        self.lines: tuple[DemandLine, ...] = tuple(
            sorted(request.demand.lines, key=lambda line: line.id)
        )
        self.wanted: dict[str, int] = {}
        for line in self.lines:
            self.wanted[line.sku] = self.wanted.get(line.sku, 0) + line.quantity
        listed = network.sites if sites is None else sites
        self.candidates: tuple[Candidate, ...] = tuple([Candidate(self, site) for site in listed])

    @cached_property
    def goods(self) -> tuple[int, ...]:
        """By line, which sku it is of: lines of one number want the same units."""
        places = {sku: place for place, sku in enumerate(sorted(self.wanted))}
        return tuple([places[line.sku] for line in self.lines])

    @cached_property
    def not_before(self) -> datetime | None:
        """When the order may leave at the earliest: once all of its lines may; None: at once."""
        lines = (*self.lines, *self.beside.lines)
        told = [line.not_before for line in lines if line.not_before is not None]
        return max(told, default=None)

    @cached_property
    def to(self) -> GeoPoint:
        """Where the customer is.

        Raises:
            InvalidValue: Nobody has said so, and a rule or a cost asks.
        """
        if self.request.to is None:
            asks = "a rule or a cost asks how far it is, or how long it takes"
            expected = f"the place of the customer: {asks}"
            raise InvalidValue(expected, None, path=("request", "to"), reason="place_unknown")
        return self.request.to

    def seconds_until(self, at: datetime | None) -> int | None:
        """Count the seconds from the request to an instant; a begun one in full."""
        return None if at is None else -((self.request.at - at) // timedelta(seconds=1))


def _check(request: Request, network: Network) -> None:
    for name, value, kind in (("request", request, Request), ("network", network, Network)):
        if not isinstance(value, kind):
            raise InvalidType(f"a {kind.__name__}", value, path=(name,))
    pairs = len(request.demand.lines) * len(network.sites)
    if pairs > MAX_PAIRS:
        raise LimitExceeded(f"at most {MAX_PAIRS} pairs of a line and a site", pairs)


def _check_ways(distance: Distance, travel: TravelTime | None) -> None:
    is_distance(None, Named("distance"), distance)
    if travel is not None:
        is_travel(None, Named("travel"), travel)


class Candidate:
    """A site as one request sees it."""

    def __init__(self, case: Case, site: Site) -> None:
        self.case: Case = case
        self.site: Site = site

    @property
    def id(self) -> str:
        """The id of the site."""
        return self.site.id

    @property
    def parcel(self) -> Parcel | None:
        """What it sends anyway; what more it gives goes in the same parcel."""
        return self.case.beside.parcels.get(self.site.id)

    # What it could give

    def named_by(self, line: DemandLine) -> bool:
        """Whether a line may be served from here."""
        return not line.sites or self.site.id in line.sites

    def units(self, line: DemandLine) -> int:
        """Tell how many units of a line's sku it has or could make, whoever wants them."""
        if line.sku in self.site.makes:
            return self.case.wanted[line.sku]
        return self.site.units_of(line.sku)

    # Where and when

    @cached_property
    def metres(self) -> int | None:
        """How far it is to the customer; None: nobody knows where the site is."""
        to = self.case.to
        if self.site.place is None:
            return None
        return metres_of(self.case.distance, self.site.place, to)

    @cached_property
    def begins_at(self) -> datetime | None:
        """When work on the order could begin if nobody was waiting; None: it never opens."""
        at, hours = self.case.request.at, self.site.hours
        try:
            return at if hours is None else hours.next_open(at)
        except NoWorkingTime:
            return None

    @property
    def work(self) -> timedelta:
        """How long it takes until the order is ready, while the site is open."""
        return self.site.queue + self.site.preparation

    @cached_property
    def done_at(self) -> datetime | None:
        """When the work would be done: queue and preparation pass in opening hours."""
        start, hours = self.begins_at, self.site.hours
        if start is None or hours is None:
            return None if start is None else _later(start, self.work)
        try:
            return hours.add(start, self.work)
        except NoWorkingTime:
            return None

    @cached_property
    def ready_at(self) -> datetime | None:
        """When the order could leave: its work is done, its lines may, and the site is open.

        That is no sooner than a parcel that is sent anyway.
        """
        return _not_before(self._opens_at, self.parcel and self.parcel.ready_at)

    @property
    def _opens_at(self) -> datetime | None:
        """When what is asked could leave, whatever is sent anyway."""
        done, start, hours = self.done_at, self.case.not_before, self.site.hours
        if done is None or start is None or start <= done:
            return done
        try:
            return start if hours is None else hours.next_open(start)
        except NoWorkingTime:
            return None

    @property
    def in_one_go(self) -> bool:
        """Whether the work could be done before the site closes, if it begins at once."""
        at = self.case.request.at
        done = self.done_at
        return self.begins_at == at and done is not None and done == _later(at, self.work)

    @cached_property
    def arrives_at(self) -> datetime | None:
        """When the customer could have it; None: never, or nobody knows where the site is."""
        to, start, place = self.case.to, self.ready_at, self.site.place
        if start is None or place is None:
            return None
        arrives = _later(start, duration_of(self.case.travel, place, to, start))
        return _not_before(arrives, self.parcel and self.parcel.arrives_at)

    @property
    def seconds(self) -> int | None:
        """How long it takes from the request until the customer has it; begun ones in full."""
        return self.case.seconds_until(self.arrives_at)

    @property
    def there_at(self) -> datetime | None:
        """When units from here are where they are needed, as far as that is known.

        That is with the customer; if nobody knows the way, when they could leave.
        """
        is_known = self.case.request.to is not None and self.site.place is not None
        return self.arrives_at if is_known else self.ready_at

    # At what cost, in minor units

    @property
    def parcel_cost(self) -> int:
        """What it costs once, apart from the way."""
        return _minor(self.site.costs.parcel)

    @property
    def distance_cost(self) -> int:
        """What the way costs; nothing, if kilometres cost nothing or the place is not known."""
        return self._way(self.site.costs.per_km)

    def _way(self, each_km: object) -> int:
        if not isinstance(each_km, UnitPrice):
            raise InvalidType("UnitPrice", each_km)
        if not each_km.units or self.metres is None:
            return 0
        finer = 10 ** (each_km.scale - each_km.currency.digits)
        return divide(each_km.units * self.metres, _KM * finer, Rounding.HALF_UP)

    @property
    def opening_cost(self) -> int:
        """What it costs once, if anything is taken."""
        return self.parcel_cost + self.distance_cost

    def unit_cost(self, line: DemandLine) -> int:
        """Tell what each unit of a line costs, its way included."""
        costs = self.site.costs
        return _minor(costs.of(line.sku)) + self._way(costs.unit_per_km)


def _later(at: datetime, duration: timedelta) -> datetime | None:
    """Tell an instant so much later; None: that is after the end of the calendar."""
    try:
        return at + duration
    except OverflowError:
        return None


def _not_before(at: datetime | None, earliest: datetime | None) -> datetime | None:
    """Tell the later of two instants, if the first is known."""
    return at if at is None or earliest is None else max(at, earliest)


def _minor(amount: object) -> int:
    """Read an amount; a network has put all of them into its currency."""
    if not isinstance(amount, Money):
        raise InvalidType("Money", amount)
    return amount.minor
