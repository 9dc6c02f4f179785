"""What becomes of a booking that is for somebody: kept for a while, made firm, done, or over.

A booking that has an end and has reached it counts for nothing; as long as nobody else took
its time it may still be renewed or made firm. Every command may come twice.
"""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from ordercore.data.checks import Named, aware, identifier
from ordercore.errors import InvalidValue
from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.resources.bookings import Booking, BookingEnd
from ordercore.stock.resources.commands import AgendaResult, Clash, clash, done, swept, there
from ordercore.stock.resources.events import (
    BookingFinished,
    BookingFirmed,
    BookingHandedOver,
    BookingRenewed,
    BookingsForgotten,
)

__all__ = ["expire", "finish", "firm", "forget", "hand_over", "renew"]


def firm(agenda: Agenda, booking_id: str, *, at: datetime) -> AgendaResult | Clash:
    """Keep a booking for good. Too late is not too late where its time is still free.

    Raises:
        NotFound: No booking of that id holds or has expired.
    """
    found = there(agenda, booking_id)
    if found.expires_at is None:
        return agenda, ()
    late = _over_if_late(agenda, found, at)
    if isinstance(late, Clash):
        return late
    kept = evolve(found, ended=None, expires_at=None, renewable_until=None)
    return done(late[0], BookingFirmed(booking_id, kept), before=late[1])


def renew(
    agenda: Agenda, booking_id: str, expires_at: datetime, *, at: datetime
) -> AgendaResult | Clash:
    """Let a booking that is not firm last until another instant.

    Nobody else is starved by that: it lasts no longer than was agreed when it was made, and
    one that has expired is renewed only where its time is still free.

    Raises:
        NotFound: No booking of that id holds or has expired.
        InvalidValue: It is firm, may not last so long, or the instant has passed.
    """
    aware(None, Named("expires_at"), expires_at)
    found = there(agenda, booking_id)
    if found.ended is None and found.expires_at == expires_at:
        return agenda, ()
    most = found.renewable_until
    if most is None or not at < expires_at <= most:
        until = "which this one has not" if most is None else f"{most.isoformat()} at most"
        expected = f"an instant after {at.isoformat()}, up to the limit of renewals, {until}"
        given = expires_at.isoformat()
        raise InvalidValue(expected, given, path=("expires_at",), reason="not_renewable")
    late = _over_if_late(agenda, found, at)
    if isinstance(late, Clash):
        return late
    return done(late[0], BookingRenewed(booking_id, expires_at), before=late[1])


def finish(agenda: Agenda, booking_id: str) -> AgendaResult:
    """Take down that what a booking was for is done; the rest of its time is free.

    Raises:
        NotFound: No booking of that id holds or has expired.
    """
    known = agenda.known(booking_id)
    if known is not None and known.ended is BookingEnd.FINISHED:
        return agenda, ()
    return done(agenda, BookingFinished(there(agenda, booking_id).id))


def hand_over(agenda: Agenda, booking_id: str, holder: str) -> AgendaResult:
    """Let a booking be for somebody else, on the same terms.

    Raises:
        NotFound: No booking of that id holds or has expired.
    """
    identifier(None, Named("holder"), holder)
    if there(agenda, booking_id).holder == holder:
        return agenda, ()
    return done(agenda, BookingHandedOver(booking_id, holder))


def expire(agenda: Agenda, *, at: datetime) -> AgendaResult:
    """Write down which bookings have expired. Nothing else changes by that."""
    return done(agenda, *swept(agenda, at))


def forget(agenda: Agenda, *, before: datetime) -> AgendaResult:
    """Forget what is cancelled, finished or written down as expired, and was over by an instant.

    Over is what was booked for a time that has ended by then, and is at none that has not. What
    holds stays, however long ago: `finish` or `cancel` it first. The events stay.

    A command that comes again for one of them finds it no more, and what has expired and is
    forgotten can neither be renewed nor made firm. To book it once more is refused, as are all
    times that are over by then. So forget only what is older than any command that may still
    come, and before an instant that has passed.
    """
    aware(None, Named("before"), before)
    over = tuple(each.id for each in agenda.cancelled if each.is_past(before))
    return done(agenda, *((BookingsForgotten(over, before),) if over else ()))


def _over_if_late(agenda: Agenda, found: Booking, at: datetime) -> AgendaResult | Clash:
    """Before a booking that has expired holds again: let all be over that have expired."""
    aware(None, Named("at"), at)
    if not found.has_expired(at):
        return agenda, ()
    now, events = expire(agenda, at=at)
    free = now.spare(found.window)
    if found.units > free:
        return clash(now, found, free)
    return now, events
