"""What the lines of one basket share while they are served: what one takes, no other gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self

from ordercore.stock.answer import Appointment, Taken
from ordercore.stock.netting import Netting
from ordercore.stock.profile import Profile
from ordercore.stock.resources.bookings import Agenda
from ordercore.stock.snapshot import StockSnapshot

__all__ = ["Made", "Making", "Pool", "Takes", "Units"]

_NOBODY: Final = ""
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
"""What lines take: by line."""

_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


class Making(NamedTuple):
    """What is made together, in one lot.

    Attributes:
        made: What is made, as far as lines are served.
        takes: What the lines take, of finished units and of parts.
        needs: The same, of all lines together.
        supply: What there would be of each part, and from when on, if they took nothing.
        changes: How often the pool had changed when that was found out.
    """

    made: Units = _NOTHING
    takes: Takes = _NOTHING
    needs: Units = _NOTHING
    supply: Mapping[str, list[tuple[datetime | None, int]]] = _NOTHING
    changes: int = 0


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
        self.changes: int = 0
        """How often something was taken or given back."""
        self.making: dict[tuple[tuple[str, ...], datetime | str], Making] = {}
        """What is made together, by the sites that the parts come from, and by lot."""
        self.agendas: dict[str, Agenda] = {agenda.id: agenda for agenda in snapshot.agendas}
        """People and equipment, with what the lines have booked of them."""
        self.appointments: tuple[Appointment, ...] = ()
        """What the lines have booked."""

    def copy(self) -> Self:
        """Make another pool that changes by itself."""
        other = copy(self)
        other._nettings = {sku: each.copy() for sku, each in self._nettings.items()}  # noqa: SLF001
        other.making = dict(self.making)
        other.agendas = dict(self.agendas)
        return other

    def profiles(self, sku: str) -> Mapping[str, Profile]:
        """Tell by site what could be promised of a sku when, if no line had taken any."""
        if sku not in self._profiles:
            levels = self.snapshot.of(sku)
            self._profiles[sku] = {site: level.profile(self.at) for site, level in levels.items()}
        return self._profiles[sku]

    def take(self, line: str, sku: str, units: int, sites: tuple[str, ...], due: datetime) -> int:
        """Take units for a line, as many as there are up to so many; tell how many.

        What lines before it have taken stays taken, but may come from another of their own
        sites for the sake of this one.

        Args:
            line: The id of the line.
            sku: Of what: its own sku, or something that it is made of.
            units: How many at most.
            sites: From where; none named: from anywhere.
            due: When they must be there; before the question was asked, nothing is.
        """
        self.changes += 1
        return self._netting(sku).take(line, units, sites, due)

    def room(self, sku: str, sites: tuple[str, ...], due: datetime) -> int:
        """Tell how many more units could be taken."""
        return self._netting(sku).copy().take(_NOBODY, _ENDLESS, sites, due)

    def has(self, sku: str, units: int, sites: tuple[str, ...], due: datetime) -> bool:
        """Tell whether so many more units could be taken.

        The same pool may serve its lines from other sites of theirs afterwards.
        """
        netting = self._netting(sku)
        found = netting.take(_NOBODY, units, sites, due) == units
        netting.release(_NOBODY)
        return found

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

    def release(self, line: str, sku: str) -> None:
        """Give back all that a line has taken of a sku."""
        self.changes += 1
        self._netting(sku).release(line)

    def taken(self) -> Iterator[Taken]:
        """List what is taken, by line, sku, site and instant."""
        units: dict[tuple[str, str, str, datetime], int] = {}
        for sku, netting in self._nettings.items():
            for claim, site, count in netting.taken():
                key = (claim.owner, sku, site, claim.due)
                units[key] = units.get(key, 0) + count
        for (line, sku, site, due), count in sorted(units.items()):
            yield Taken(line=line, sku=sku, site=site, units=count, due=due)

    def _netting(self, sku: str) -> Netting:
        if sku not in self._nettings:
            self._nettings[sku] = Netting(self.profiles(sku))
        return self._nettings[sku]
