"""Conflicts: bookings that a resource does not serve any more, since it is not what it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from attrs import field, frozen

from ordercore.calendars import instant_us
from ordercore.calendars.microseconds import LONGEST_US
from ordercore.calendars.spans import Pair, gaps, meets
from ordercore.data.checks import each, instance, member, member_of, names_of
from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.resources.bookings import Booking
from ordercore.stock.resources.pieces import crowded
from ordercore.stock.resources.resource import Resource, has_skills

__all__ = ["BookingConflict", "ConflictReason", "conflicts"]


class ConflictReason(StrEnum):
    """Why a resource does not serve a booking any more."""

    OFF_DUTY = "off_duty"
    """Some of its time was worked, and is not any more."""
    TOO_FEW = "too_few"
    """More is booked at some instant of it than there are pieces."""
    UNSKILLED = "unskilled"
    """A skill that it asks for is gone, or too low; of one that does not say, any skill."""
    ELSEWHERE = "elsewhere"
    """The resource is at another site."""


def _reasons(given: ConflictReason | str | Iterable[ConflictReason | str]) -> Any:
    named: Any = names_of(given)
    if type(named) is not tuple:
        return named
    return tuple(member_of(ConflictReason, reason) for reason in named)


@frozen(kw_only=True)
class BookingConflict:
    """A booking that its resource does not serve any more, and why.

    Args:
        booking: Which, for whom and what for; it holds until it is moved or cancelled.
        reasons: All reasons, in the order of `ConflictReason`.
    """

    booking: Booking = field(validator=instance(Booking))
    reasons: tuple[ConflictReason, ...] = field(
        converter=_reasons,
        validator=each(member(ConflictReason), least=1, most=len(ConflictReason)),
    )


def conflicts(agenda: Agenda, to: Resource, at: datetime) -> Iterator[BookingConflict]:
    """List the bookings that a resource does not serve any more when it is changed.

    Of time, only what is worked now and is then not counts: overtime, and nights that somebody
    is kept over, were booked without. It is looked at for `MAX_DAYS`. What has expired takes no
    pieces, but is told too, for it may still be kept late.

    Args:
        agenda: As it is; what has expired is written down.
        to: What the resource becomes.
        at: When: what is over by then is not told.
    """
    now, over = instant_us(at), crowded(agenda.bookings, to.capacity)
    change = _Change(agenda.resource, to, over)
    several = (*agenda.bookings, *agenda.expired)
    for booking in sorted(several, key=lambda each: (each.span, each.id)):
        left = max(now, booking.span[0]), booking.span[1]
        reasons = tuple(change.reasons(booking, left)) if left[0] < left[1] else ()
        if reasons:
            yield BookingConflict(booking=booking, reasons=reasons)


class _Change(NamedTuple):
    """What becomes of a resource, and when more of it is booked than there is then."""

    before: Resource
    after: Resource
    over: list[Pair]

    def reasons(self, booking: Booking, left: Pair) -> Iterator[ConflictReason]:
        """Tell why it does not serve what is left of a booking."""
        if self._loses_time(left):
            yield ConflictReason.OFF_DUTY
        if booking.ended is None and meets(self.over, left):
            yield ConflictReason.TOO_FEW
        if self._loses_skill(booking):
            yield ConflictReason.UNSKILLED
        if self.before.site != self.after.site:
            yield ConflictReason.ELSEWHERE

    def _loses_time(self, left: Pair) -> bool:
        if self.before.hours == self.after.hours:
            return False
        start, end = left[0], min(left[1], left[0] + LONGEST_US)
        worked = self.after.hours.spans_us(start, end)
        return any(gaps(worked, *span) for span in self.before.hours.spans_us(start, end))

    def _loses_skill(self, booking: Booking) -> bool:
        asked = self.before.skills if booking.skills is None else booking.skills
        return not has_skills(self.after, asked)
