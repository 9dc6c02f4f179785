"""How far it is from a site to the customer, and how long the way takes.

Both are protocols: a team puts its road network in their place. They must be pure: the same
two places and the same instant give the same answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from attrs import evolve, field, frozen

from ordercore.calendars.microseconds import duration_us
from ordercore.data.checks import Named, integer
from ordercore.errors import InvalidInput, InvalidType
from ordercore.parties import GeoPoint

__all__ = [
    "CITY_SPEED",
    "GREAT_CIRCLE",
    "MAX_METRES",
    "Distance",
    "GreatCircle",
    "SteadySpeed",
    "TravelTime",
    "duration_of",
    "is_distance",
    "is_travel",
    "metres_of",
    "travel_over",
]

MAX_METRES: Final = 10**9
"""The farthest that a `Distance` may tell, in metres."""

_HOUR: Final = 3600
_metres = integer(least=0, most=MAX_METRES)


class Distance(Protocol):
    """How far it is between two places."""

    def metres(self, start: GeoPoint, end: GeoPoint) -> int:
        """Measure the way from a place to another in whole metres, from 0 to `MAX_METRES`."""


class TravelTime(Protocol):
    """How long the way between two places takes."""

    def travel(self, start: GeoPoint, end: GeoPoint, at: datetime) -> timedelta:
        """Tell how long the way takes for who sets out at an instant.

        It is never less than nothing, and at most `ordercore.calendars.MAX_DAYS`.
        """


def is_distance(_instance: Any, attribute: Any, value: Any) -> None:
    """Refuse what measures no ways."""
    if not callable(getattr(value, "metres", None)):
        raise InvalidType("a Distance", value, path=(attribute.name,))


def is_travel(_instance: Any, attribute: Any, value: Any) -> None:
    """Refuse what does not tell how long ways take."""
    if not callable(getattr(value, "travel", None)):
        raise InvalidType("a TravelTime", value, path=(attribute.name,))


def metres_of(distance: Distance, start: GeoPoint, end: GeoPoint) -> int:
    """Ask how far it is, and take no answer that is none.

    Raises:
        InvalidInput: It is no whole number of metres from 0 to `MAX_METRES`.
    """
    told = distance.metres(start, end)
    try:
        _metres(None, Named("distance"), told)
    except InvalidInput as error:
        name = type(distance).__name__
        expected = f"whole metres from the Distance {name}: {error.expected}"
        raise type(error)(expected, told, path=error.path) from None
    return told


def duration_of(travel: TravelTime, start: GeoPoint, end: GeoPoint, at: datetime) -> timedelta:
    """Ask how long the way takes, and take no answer that is none.

    Raises:
        InvalidInput: It is no duration from nothing to `ordercore.calendars.MAX_DAYS`.
    """
    told = travel.travel(start, end, at)
    try:
        duration_us(told, "travel")
    except InvalidInput as error:
        name = type(travel).__name__
        expected = f"a way from the TravelTime {name}: {error.expected}"
        raise type(error)(expected, told, path=error.path) from None
    return told


@frozen
class GreatCircle:
    """The shortest way over the surface of the Earth, as `GeoPoint.distance_m` measures it.

    That is by the haversine formula on a sphere with a radius of 6,371,008.8 m.

    Args:
        detour_percent: By how much roads are longer than that; the sum is rounded down.

    >>> beijing, shanghai = GeoPoint("39.90750", "116.39723"), GeoPoint("31.22222", "121.45806")
    >>> GreatCircle().metres(beijing, shanghai), GreatCircle(30).metres(beijing, shanghai)
    (1068259, 1388736)
    """

    detour_percent: int = field(default=0, validator=integer(least=0, most=1000))

    def metres(self, start: GeoPoint, end: GeoPoint) -> int:
        """Measure the great circle, and the detour on top."""
        return start.distance_m(end) * (100 + self.detour_percent) // 100


@frozen
class SteadySpeed:
    """A way that takes as long as it is far.

    Args:
        km_per_hour: How fast.
        distance: How far; a `Distance`.

    >>> from datetime import UTC
    >>> start, end = GeoPoint("39.90", "116.40"), GeoPoint("39.95", "116.40")
    >>> str(SteadySpeed(20).travel(start, end, datetime(2026, 11, 11, tzinfo=UTC)))
    '0:16:41'
    """

    km_per_hour: int = field(default=25, validator=integer(least=1, most=10_000))
    distance: Distance = field(factory=GreatCircle, validator=is_distance)

    def travel(self, start: GeoPoint, end: GeoPoint, at: datetime) -> timedelta:  # noqa: ARG002
        """Divide the way by the speed; begun seconds count in full."""
        metres = metres_of(self.distance, start, end) * _HOUR
        return timedelta(seconds=-(-metres // (self.km_per_hour * 1000)))


GREAT_CIRCLE: Final = GreatCircle()
"""The distance that is taken if nobody says otherwise."""

CITY_SPEED: Final = SteadySpeed()
"""The travel time that is taken if nobody says otherwise: 25 km in an hour."""


def travel_over(distance: Distance, travel: TravelTime | None) -> TravelTime:
    """Take a travel time; None: `CITY_SPEED` over the distance that is given."""
    return evolve(CITY_SPEED, distance=distance) if travel is None else travel
