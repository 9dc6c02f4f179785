"""Slots: when a service can take place, with whom and with what; and why it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen

from ordercore.calendars import Window
from ordercore.data.checks import aware, identifier, member, member_of, optional
from ordercore.data.instants import pinned
from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.resources.bookings import Booking

__all__ = ["Chosen", "Lack", "LackReason", "Overload", "Plan", "Slot", "bookings_by_resource"]


@frozen
class Chosen:
    """Who, or what, fills a role.

    Args:
        role: The name of the role.
        resource: The id of the resource.
        units: How many of its pieces.
    """

    role: str
    resource: str
    units: int = 1


@frozen(kw_only=True)
class Slot:
    """When a service can take place, with whom and with what.

    Args:
        requirement: The id of the requirement.
        site: Where.
        window: The service itself, at the offset of the zone of who is chosen first.
        occupied: The same with setup and travel: so long those chosen are to be booked.
        chosen: Who fills which role, in the order of the roles, then of ids.
        is_preferred: Whether it is in the window that is preferred; True where none is.
    """

    requirement: str
    site: str
    window: Window
    occupied: Window
    chosen: tuple[Chosen, ...]
    is_preferred: bool = True

    def bookings(self, booking_id: str, purpose: str | None = None) -> Mapping[str, Booking]:
        """Make the bookings that hold the slot: one for each resource, by its id.

        Args:
            booking_id: The id of all of them, each in another agenda.
            purpose: For what; None: the requirement's id.
        """
        said = self.requirement if purpose is None else purpose
        service = None if self.window == self.occupied else self.window
        booking = Booking(id=booking_id, window=self.occupied, purpose=said, service=service)
        return bookings_by_resource(((one.resource, one.units) for one in self.chosen), booking)


def bookings_by_resource(
    chosen: Iterable[tuple[str, int]], booking: Booking
) -> Mapping[str, Booking]:
    """Make a booking of each resource, by its id, for all its units.

    Args:
        chosen: (the id of a resource, how many of its pieces); it may come more than once.
        booking: Its id, when and what for.
    """
    units: dict[str, int] = {}
    for name, count in chosen:
        units[name] = units.get(name, 0) + count
    return {name: evolve(booking, units=count) for name, count in units.items()}


class LackReason(StrEnum):
    """Why a role cannot be filled."""

    UNSKILLED = "unskilled"
    """Nobody there has the skills at their levels."""
    TOO_FEW = "too_few"
    """Fewer have them than are needed at once."""
    OFF_DUTY = "off_duty"
    """Were nobody booked, they would still not be at work for so long in time."""
    OVERLOADED = "overloaded"
    """They are booked."""
    NOT_TOGETHER = "not_together"
    """Each role could be filled by itself, but never all of them at once."""


def _reason(given: LackReason | str) -> LackReason:
    return member_of(LackReason, given)


@frozen(kw_only=True)
class Lack:
    """What is missing at a site.

    Args:
        site: Where; None: no site has a single resource.
        role: Which role; None: all of them at once.
        reason: Why.
        free_from: When that role, or all of them, could begin, were there more time: looked
            for a year beyond; None: not even then.
    """

    site: str | None = field(validator=optional(identifier))
    role: str | None = field(validator=optional(identifier))
    reason: LackReason = field(converter=_reason, validator=member(LackReason))
    free_from: datetime | None = field(default=None, converter=pinned, validator=optional(aware))

    def __str__(self) -> str:
        told = f"{self.role or 'all roles'}: {self.reason}"
        return told if self.free_from is None else f"{told} until {self.free_from.isoformat()}"


@frozen(kw_only=True)
class Overload:
    """Why there is no slot: everything that is missing, at every site that was asked.

    Args:
        requirement: The id of the requirement.
        lacks: By site, then in the order of the roles.
        free_from: When it could begin first, were there more time: looked for a year beyond;
            None: not even then.
    """

    requirement: str
    lacks: tuple[Lack, ...]
    free_from: datetime | None = None

    def __str__(self) -> str:
        return "; ".join(str(lack) for lack in self.lacks)


@frozen(kw_only=True)
class Plan:
    """What a basket of requirements comes to: no two of them have the same resource at once.

    Args:
        slots: Those that can take place, in the order in which they were placed.
        overloads: Those that cannot, and why.
        agendas: All agendas as the slots leave them, by id; the bookings have the ids of the
            requirements.
    """

    slots: tuple[Slot, ...]
    overloads: tuple[Overload, ...]
    agendas: tuple[Agenda, ...]

    @property
    def ok(self) -> bool:
        """Whether all of them can take place."""
        return not self.overloads
