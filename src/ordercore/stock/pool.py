"""What the lines of one basket share while they are served: what one takes, no other gets."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import copy
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self

from ordercore.stock.answer import Appointment, Offer, Taken
from ordercore.stock.materials.netting import Netting as MaterialNetting
from ordercore.stock.materials.netting import Supply as Supplied
from ordercore.stock.materials.ways import Worth
from ordercore.stock.netting import Netting, Owner
from ordercore.stock.profile import Profile
from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.snapshot import StockSnapshot

__all__ = ["Lot", "Made", "Making", "Pool", "Takes", "Units"]

_ENDLESS: Final = 10**15


class Made(NamedTuple):
    """Units of a line that is made, as far as it is served."""

    line: str
    sku: str
    units: int
    due: datetime


Units = Mapping[tuple[str, datetime], int]
"""How many units of which sku, by when they are needed."""

Takes = Mapping[str, Units]
"""What lines take: by line, in the order in which they were served."""

Lot = tuple[tuple[str, ...], datetime | str]
"""What is made together: from which sites the parts come, and for when, or for which line."""

_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


class Making(NamedTuple):
    """What is made together, in one lot.

    Attributes:
        made: What is made, as far as lines are served.
        has_choice: Whether some of it can be made in several ways.
        netting: The pass by preference that tells how; None: nothing is made yet, or it is
            made in another way.
        takes: What the lines take, of finished units and of parts.
        needs: The same of all lines together: by sku, how many units by when.
        supply: What there would be of each part, and from when on, if they took nothing.
        seen: How often each part had been taken or given back when that was found out.
    """

    made: Units = _NOTHING
    has_choice: bool = False
    netting: MaterialNetting | None = None
    takes: Takes = _NOTHING
    needs: Mapping[str, Mapping[datetime, int]] = _NOTHING
    supply: Mapping[str, Supplied] = _NOTHING
    seen: Mapping[str, int] = _NOTHING


class Pool:
    """A snapshot, and what the lines of a basket have taken of it so far.

    It is made for one question, and changes while that is answered; the snapshot does not.
    To try something, take a `copy`.

    Args:
        snapshot: What is known.
        at: When it is asked.
    """

    def __init__(self, snapshot: StockSnapshot, at: datetime) -> None:
        self.snapshot: StockSnapshot = snapshot
        self.at: datetime = at
        self._profiles: dict[str, Mapping[str, Profile]] = {}
        self._nettings: dict[str, Netting] = {}
        self._offers: dict[tuple[str, str, datetime], tuple[Offer, ...]] = {}
        self._changes: dict[str, int] = {}
        self.making: dict[Lot, Making] = {}
        """What is made together."""
        self.worths: list[Worth] = []
        """What parts are worth, as it was found where something was short."""
        self.agendas: dict[str, Agenda] = {each.id: each.live(at) for each in snapshot.agendas}
        """People and equipment, with what the lines have booked of them."""
        self.appointments: tuple[Appointment, ...] = ()
        """What the lines have booked."""

    def copy(self) -> Self:
        """Make another pool that changes by itself."""
        other = copy(self)
        other._nettings = {sku: each.copy() for sku, each in self._nettings.items()}  # noqa: SLF001
        other._changes, other.making = dict(self._changes), dict(self.making)  # noqa: SLF001
        other.agendas = dict(self.agendas)
        return other

    def anew(self) -> Self:
        """Make another pool, of which no line has taken anything."""
        other = type(self)(self.snapshot, self.at)
        other._profiles, other._offers = self._profiles, self._offers  # noqa: SLF001
        other.worths = self.worths
        return other

    def profiles(self, sku: str) -> Mapping[str, Profile]:
        """Tell by site what could be promised of a sku when, if no line had taken any."""
        if sku not in self._profiles:
            levels = self.snapshot.of(sku)
            self._profiles[sku] = {site: level.profile(self.at) for site, level in levels.items()}
        return self._profiles[sku]

    def offers(self, sku: str, site: str, start: datetime) -> tuple[Offer, ...]:
        """Tell how many units a site could give from which instant on, if no line took any.

        Args:
            sku: Of what.
            site: One that keeps it.
            start: Not before.
        """
        key = sku, site, start
        if key not in self._offers:
            self._offers[key] = tuple(_offers(self.profiles(sku)[site], site, start))
        return self._offers[key]

    def take(
        self, line: Owner, sku: str, units: int, sites: tuple[str, ...], due: datetime
    ) -> int:
        """Take units for a line, as many as there are up to so many; tell how many.

        What lines before it have taken stays taken, but may come from another of their own
        sites for the sake of this one.

        Args:
            line: The id of the line, or the name of what is made together for several.
            sku: Of what: its own sku, or something that it is made of.
            units: How many at most.
            sites: From where; none named: from anywhere.
            due: When they must be there; before the question was asked, nothing is.
        """
        self._changes[sku] = self.changes(sku) + 1
        return self._netting(sku).take(line, units, sites, due)

    def room(self, sku: str, sites: tuple[str, ...], due: datetime) -> int:
        """Tell how many more units could be taken.

        The same pool may serve its lines from other sites of theirs afterwards.
        """
        return self._netting(sku).could_take(_ENDLESS, sites, due)

    def has(self, sku: str, units: int, sites: tuple[str, ...], due: datetime) -> bool:
        """Tell whether so many more units could be taken; else as `room`."""
        return self._netting(sku).could_take(units, sites, due) == units

    def supply(self, sku: str, sites: tuple[str, ...]) -> list[tuple[datetime | None, int]]:
        """Tell how many more units could be taken from which instant on: how many are added."""
        profiles = [
            profile for site, profile in self.profiles(sku).items() if not sites or site in sites
        ]
        added: list[tuple[datetime | None, int]] = []
        before = 0
        for when in sorted({when for profile in profiles for when in profile.times}):
            if sku in self._nettings:
                units = self.room(sku, sites, when)
            else:
                units = sum(max(0, profile.promisable(when)) for profile in profiles)
            if units > before:
                added.append((when, units - before))
                before = units
        return added

    def free(self, sku: str, site: str, due: datetime) -> int:
        """Tell how many units of a sku a site has left, as the lines are served now."""
        return self._netting(sku).free(site, due)

    def release(self, line: Owner, sku: str) -> None:
        """Give back all that a line has taken of a sku."""
        self._changes[sku] = self.changes(sku) + 1
        self._netting(sku).release(line)

    def changes(self, sku: str) -> int:
        """Tell how often units of a sku were taken or given back."""
        return self._changes.get(sku, 0)

    def taken(self) -> Iterator[Taken]:
        """List what is taken, by line, sku, site and instant."""
        units: Counter[tuple[str, str, str, datetime]] = Counter()
        together: dict[tuple[Owner, str, datetime], list[tuple[str, int]]] = {}
        for sku, netting in self._nettings.items():
            for claim, site, count in netting.taken():
                if isinstance(claim.owner, str):
                    units[claim.owner, sku, site, claim.due] += count
                else:
                    key = claim.owner, sku, claim.due
                    insort(together.setdefault(key, []), (site, count))
        for lot, making in self.making.items():
            for line, takes in making.takes.items():
                for (sku, due), wanted in sorted(takes.items()):
                    for site, count in _handed_out(wanted, together.get((lot, sku, due), [])):
                        units[line, sku, site, due] += count
        for (line, sku, site, due), count in sorted(units.items()):
            yield Taken(line=line, sku=sku, site=site, units=count, due=due)

    def _netting(self, sku: str) -> Netting:
        if sku not in self._nettings:
            self._nettings[sku] = Netting(self.profiles(sku))
        return self._nettings[sku]


def _offers(profile: Profile, site: str, start: datetime) -> Iterator[Offer]:
    for since in (start, *(when for when in profile.times if when > start)):
        units = profile.promisable(since)
        if units > 0:
            yield Offer(site, units, since)


def _handed_out(units: int, there: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Take units from what there is at sites, site by site; less is there afterwards.

    Of what is needed no more since it was taken, the last ones have less.
    """
    while units and there:
        site, left = there.pop(0)
        some = min(units, left)
        units -= some
        if left > some:
            there.insert(0, (site, left - some))
        yield site, some
