"""What stock answers: for each line what it would get, what could be had, and what is short."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import field, frozen

from ordercore.calendars import Window
from ordercore.data import document
from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    aware,
    boolean,
    each,
    identifier,
    instance,
    integer,
    names_of,
    optional,
    quantity,
    text,
    tuple_of,
)
from ordercore.data.instants import pinned

__all__ = [
    "MAX_ANSWERS",
    "Appointment",
    "Assigned",
    "LineCheck",
    "Offer",
    "PartShort",
    "RoleShort",
    "Shortage",
    "SiteUnits",
    "StockCheck",
    "Taken",
]

MAX_ANSWERS: Final = 100_000
"""The most lines, offers or takings of one answer."""

_units: Check = integer(least=0, most=MAX_QUANTITY)
_many: Check = integer(least=0, most=10**18)
_unit: Check = optional(text(most=32, least=1))


@frozen
class SiteUnits:
    """So many units at a site."""

    site: str = field(validator=identifier)
    units: int = field(validator=_units)


@frozen
class Offer:
    """What could be had at a site from an instant on.

    Args:
        site: Where.
        units: How many units in all.
        since: From when on; at the latest until the next offer of that site.
    """

    site: str = field(validator=identifier)
    units: int = field(validator=_units)
    since: datetime = field(converter=pinned, validator=aware)


@frozen(kw_only=True)
class Taken:
    """What is set aside for a line.

    Args:
        line: The id of the line.
        sku: Of what: the line's own sku, or something that it is made of.
        site: Where.
        units: How many.
        due: When they are to be there.
    """

    line: str = field(validator=identifier)
    sku: str = field(validator=identifier)
    site: str = field(validator=identifier)
    units: int = field(validator=quantity)
    due: datetime = field(converter=pinned, validator=aware)


@frozen(kw_only=True)
class PartShort:
    """A part of which there is too little, for things that are to be made.

    Args:
        sku: Which part.
        level: Its level in the book of bills.
        needed: How many units are needed in all of what is made together.
        short: How many of them are neither there nor can be made.
        needed_by: When the first of these must be there.
        unit: In what it is stocked, by the book; None: nobody says.
    """

    sku: str = field(validator=identifier)
    level: int = field(validator=integer(least=0, most=1000))
    needed: int = field(validator=_many)
    short: int = field(validator=_many)
    needed_by: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    unit: str | None = field(default=None, validator=_unit)


@frozen(kw_only=True)
class RoleShort:
    """A role of a service that nobody can fill in time.

    Args:
        site: Where; None: no site has anybody at all.
        role: Which role; None: each could be filled, but never all of them at once.
        reason: Why, as a code; see `ordercore.stock.resources.LackReason`.
        free_from: Until when it is missing: from then on it could be filled; None: never.
    """

    site: str | None = field(default=None, validator=optional(identifier))
    role: str | None = field(default=None, validator=optional(identifier))
    reason: str = field(validator=identifier)
    free_from: datetime | None = field(default=None, converter=pinned, validator=optional(aware))


def _roles(given: Iterable[RoleShort]) -> tuple[RoleShort, ...]:
    return tuple_of(given)


@frozen
class Assigned:
    """Who, or what, fills a role; of equipment, with how many pieces."""

    role: str = field(validator=identifier)
    resource: str = field(validator=identifier)
    units: int = field(default=1, validator=quantity)


def _assigned(given: Iterable[Assigned]) -> tuple[Assigned, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class Appointment:
    """When a service takes place, with whom and with what.

    Args:
        line: The id of the line.
        site: Where.
        window: The service itself.
        occupied: The same with setup and travel: so long those assigned are booked.
        assigned: Who fills which role.
    """

    line: str = field(validator=identifier)
    site: str = field(validator=identifier)
    window: Window = field(validator=instance(Window))
    occupied: Window = field(validator=instance(Window))
    assigned: tuple[Assigned, ...] = field(
        converter=_assigned, validator=each(instance(Assigned), least=1, most=MAX_ANSWERS)
    )


def _appointments(given: Iterable[Appointment]) -> tuple[Appointment, ...]:
    return tuple_of(given)


def _parts(given: Iterable[PartShort]) -> tuple[PartShort, ...]:
    return tuple_of(given)


def _at_sites(given: Iterable[SiteUnits]) -> tuple[SiteUnits, ...]:
    return tuple_of(given)


def _offers(given: Iterable[Offer]) -> tuple[Offer, ...]:
    return tuple_of(given)


def _taken(given: Iterable[Taken]) -> tuple[Taken, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class Shortage:
    """Units of a line that are not there.

    ==================== =======================================================
    reason               what it says
    ==================== =======================================================
    ``unknown_sku``      no site keeps the sku at all
    ``not_kept_there``   none of the sites asked for keeps it
    ``too_late``         the line is needed before the instant of the question
    ``too_few``          the sites asked for have fewer, even for this line alone
    ``other_lines``      lines of the same basket that come first have the rest
    ``later``            there would be enough from `enough_from` on
    ``elsewhere``        sites that were not asked for have some
    ``no_bill``          nobody knows how it is made, and there are too few of it
    ``no_time``          making it would have to have begun before now
    ``missing_parts``    there is too little of what it is made of; see ``parts``
    ``missing_roles``    people or equipment are missing; see ``roles``
    ==================== =======================================================

    Args:
        line: The id of the line.
        sku: Of what.
        wanted: How many units were asked for.
        available: How many of them the line would get.
        reasons: Why it is not all of them, as codes.
        enough_from: From when on the line could have all that it asks for; None: never, by
            what is known.
        elsewhere: Which other sites have some in time, and how many.
        parts: Of a thing that is made, all parts that are short, level by level.
        roles: Of a service, all roles that are missing, site by site; `enough_from` is when
            the next one could begin.
        unit: In what the line is counted, by the book of bills; None: nobody says.
        is_service: Whether it is a service, which is told otherwise than goods; unless it is
            said, it is one where roles are missing.
    """

    line: str = field(validator=identifier)
    sku: str = field(validator=identifier)
    wanted: int = field(validator=quantity)
    available: int = field(default=0, validator=_units)
    reasons: tuple[str, ...] = field(default=(), converter=names_of, validator=each(identifier))
    enough_from: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    elsewhere: tuple[SiteUnits, ...] = field(
        default=(), converter=_at_sites, validator=each(instance(SiteUnits))
    )
    parts: tuple[PartShort, ...] = field(
        default=(), converter=_parts, validator=each(instance(PartShort), most=MAX_ANSWERS)
    )
    roles: tuple[RoleShort, ...] = field(
        default=(), converter=_roles, validator=each(instance(RoleShort), most=MAX_ANSWERS)
    )
    unit: str | None = field(default=None, validator=_unit)
    is_service: bool = field(validator=boolean)

    @is_service.default
    def _lacks_roles(self) -> bool:
        return bool(self.roles)

    @property
    def missing(self) -> int:
        """How many units are short."""
        return self.wanted - self.available


@frozen(kw_only=True)
class LineCheck:
    """The answer to one line.

    Args:
        id: Of the line.
        sku: Of what.
        wanted: How many units were asked for.
        taken: What is, or would be, set aside for it, by sku and site.
        appointments: When and with whom it is, or would be, performed, if it is a service.
        offers: What its sites could give without the rest of the basket, and from when on.
        shortage: What is short; None: nothing.
    """

    id: str = field(validator=identifier)
    sku: str = field(validator=identifier)
    wanted: int = field(validator=quantity)
    taken: tuple[Taken, ...] = field(
        default=(), converter=_taken, validator=each(instance(Taken), most=MAX_ANSWERS)
    )
    appointments: tuple[Appointment, ...] = field(
        default=(), converter=_appointments, validator=each(instance(Appointment))
    )
    offers: tuple[Offer, ...] = field(
        default=(), converter=_offers, validator=each(instance(Offer), most=MAX_ANSWERS)
    )
    shortage: Shortage | None = field(default=None, validator=optional(instance(Shortage)))


def _lines(given: Iterable[LineCheck]) -> tuple[LineCheck, ...]:
    return tuple_of(given)


@document("stock_check")
@frozen(kw_only=True)
class StockCheck:
    """The answer to a demand: all of it can be had, or everything that is short.

    Args:
        at: When it was asked.
        lines: The answer to each line, in the order of the demand.
    """

    at: datetime = field(converter=pinned, validator=aware)
    lines: tuple[LineCheck, ...] = field(
        converter=_lines, validator=each(instance(LineCheck), most=MAX_ANSWERS)
    )

    @property
    def ok(self) -> bool:
        """Whether `reserve` would succeed for the same demand on the same snapshot."""
        return not self.shortages

    @property
    def shortages(self) -> tuple[Shortage, ...]:
        """Everything that is short."""
        return tuple(line.shortage for line in self.lines if line.shortage is not None)
