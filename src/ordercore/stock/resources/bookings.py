"""Bookings: what a resource is promised to.

They are half-open: one may begin at the instant at which another ends. A booking that nobody
made firm may end at an instant: from then on it counts for nothing, whether or not somebody
has written that down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from ordercore.calendars import Window, instant_us
from ordercore.calendars.spans import Pair
from ordercore.data.checks import (
    Check,
    aware,
    identifier,
    integer,
    member,
    member_of,
    optional,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidType, InvalidValue
from ordercore.stock.resources.pieces import within
from ordercore.stock.resources.resource import MAX_CAPACITY, Skill, are_skills, skills_of

__all__ = ["MAX_BOOKINGS", "Booking", "BookingEnd", "is_bounded"]

MAX_BOOKINGS: Final = 100_000
"""The most bookings of one agenda, cancelled ones too; forget those that are over."""

_units: Check = integer(least=1, most=MAX_CAPACITY)


def is_bounded(_instance: object, attribute: Any, value: Any) -> None:
    """Accept a window with a start and an end."""
    if not isinstance(value, Window):
        raise InvalidType("a value of type Window", value, path=(attribute.name,))
    if value.start is None or value.end is None:
        raise InvalidValue("a window with a start and an end", value, path=(attribute.name,))


class BookingEnd(StrEnum):
    """Why a booking holds no more, other than by being cancelled."""

    FINISHED = "finished"
    """What it was for is done."""
    EXPIRED = "expired"
    """Nobody made it firm in time; it may still be, where its time is free."""


def _end_of(given: BookingEnd | str | None) -> BookingEnd | None:
    return None if given is None else member_of(BookingEnd, given)


def _skills_of(
    given: Mapping[str, int] | Iterable[Skill] | None,
) -> tuple[Skill, ...] | None:
    return None if given is None else skills_of(given)


@frozen(kw_only=True)
class Booking:
    """Pieces of a resource that are promised for a time.

    Args:
        id: The host's own; unique in the agenda, also among those that are over.
        window: When, with setup and travel.
        units: How many pieces; 1 for a person.
        purpose: For what, such as the id of an order's line.
        first: When it was booked for at first, if it was moved since.
        holder: For whom, such as the id of an order.
        expires_at: From when on it counts for nothing; None: it is firm, and stays.
        renewable_until: The latest end that renewals may give it; None: it cannot be renewed.
        ended: Why it holds no more; None: it holds, or was cancelled.
        skills: What the resource must be able to do for it; None: nobody has said.
        service: When the service itself is, without setup and travel; None: all of the time.
    """

    id: str = field(validator=identifier)
    window: Window = field(validator=is_bounded)
    units: int = field(default=1, validator=_units)
    purpose: str | None = field(default=None, validator=optional(identifier))
    first: Window | None = field(default=None, validator=optional(is_bounded))
    holder: str | None = field(default=None, validator=optional(identifier))
    expires_at: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    renewable_until: datetime | None = field(
        default=None, converter=pinned, validator=optional(aware)
    )
    ended: BookingEnd | None = field(
        default=None, converter=_end_of, validator=optional(member(BookingEnd))
    )
    skills: tuple[Skill, ...] | None = field(
        default=None, converter=_skills_of, validator=optional(are_skills)
    )
    service: Window | None = field(default=None, validator=optional(is_bounded))

    def __attrs_post_init__(self) -> None:
        if self.service is not None and not within(self.service, self.window):
            expected, given = f"a window within {self.window}", str(self.service)
            raise InvalidValue(expected, given, path=("service",), reason="fields_disagree")

    @property
    def serves(self) -> Window:
        """When whoever it is for is served: the service, or all of the time."""
        return self.window if self.service is None else self.service

    def has_expired(self, at: datetime) -> bool:
        """Whether its time is over at an instant, written down or not."""
        if self.ended is not None:
            return self.ended is BookingEnd.EXPIRED
        return self.expires_at is not None and self.expires_at <= at

    def is_past(self, at: datetime) -> bool:
        """Whether its time is over at an instant, and so is that for which it was booked."""
        windows = (self.window, self.first or self.window)
        return all(instant_us(each.end) <= instant_us(at) for each in windows)  # type: ignore[arg-type]

    @cached_property
    def span(self) -> Pair:
        """When, in microseconds since 1970."""
        return instant_us(self.window.start), instant_us(self.window.end)  # type: ignore[arg-type]

    def begins_as(self, other: Booking) -> bool:
        """Whether it was booked just as the other says, whatever came of it since."""
        window = self.window if self.first is None else self.first
        return (self.id, self.units, self.purpose, window) == (
            other.id,
            other.units,
            other.purpose,
            other.window,
        )
