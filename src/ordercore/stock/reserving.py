"""What may be done with the reservations of a level: each gives the next level and the events.

Every command has an id. The same command once more changes nothing and has no events; the
same id with another content is refused. What relies on units of reservations that have
expired writes these down as expired first, so that they cannot come back to life by a clock
that is a little behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import evolve

from ordercore.calendars import instant_us
from ordercore.data.checks import Named, aware, identifier, optional, quantity
from ordercore.errors import IdempotencyConflict, InvalidValue
from ordercore.lifecycle import Answer
from ordercore.stock.applying import with_reserved
from ordercore.stock.events import (
    ReservationFirmed,
    ReservationRenewed,
    ReservationsExpired,
    ReservationsForgotten,
    UnitsConsumed,
    UnitsHandedOver,
    UnitsReleased,
    UnitsReserved,
)
from ordercore.stock.keeping import LevelResult, done, swept
from ordercore.stock.levels import StockLevel
from ordercore.stock.netting import Netting
from ordercore.stock.reservations import (
    RESERVATION,
    Applied,
    Reservation,
    ReservationStep,
    check_units,
)

__all__ = [
    "consume",
    "expire",
    "firm",
    "forget",
    "guards_of",
    "hand_over",
    "release",
    "renew",
    "reserve_all",
    "reserve_units",
]


def reserve_units(  # noqa: PLR0913 - what a reservation can say
    level: StockLevel,
    units: int,
    *,
    id: str,  # noqa: A002
    holder: str,
    at: datetime,
    command: str | Applied,
    line: str | None = None,
    due: datetime | None = None,
    expires_at: datetime | None = None,
    renewable_until: datetime | None = None,
) -> LevelResult:
    """Set units aside: just so many, or none.

    Args:
        level: The level.
        units: How many.
        id: The id of the reservation.
        holder: For whom: the id of an order or a cart.
        at: When.
        command: The id of the command.
        line: For which line.
        due: When they are to be there; None: at once.
        expires_at: From when on they are free again unless made firm; None: never.
        renewable_until: The latest end that `renew` may give it; None: it cannot be renewed.

    Raises:
        InvalidValue: There are not so many; the reason is ``too_many_units``. Or it would
            have expired already, or be due before it begins.
        InvalidDocument: Another reservation has that id.
        IdempotencyConflict: The command made another reservation of that id.
    """
    found = Reservation(
        id=id,
        holder=holder,
        line=line,
        quantity=units,
        at=at,
        due=at if due is None else due,
        expires_at=expires_at,
        renewable_until=renewable_until,
    )
    seen = command if isinstance(command, Applied) else _reserving(command, found, due)
    found = evolve(found, applied=(seen,))
    if _is_repeated(level, found):
        return level, ()
    _check_instants(found)
    check_units(units, level.room(found.due, at), "that may be reserved")
    return done(level, *swept(level, at), UnitsReserved(found))


def reserve_all(level: StockLevel, wanted: Iterable[Reservation], *, at: datetime) -> LevelResult:
    """Set units aside for several at once: for all of them, or for none.

    It comes to the same as `reserve_units` for one after the other.

    Args:
        level: The level.
        wanted: What is set aside, each under an id that the level does not know, and as the
            command says that it has seen.
        at: When.

    Raises:
        InvalidValue: There are not so many for one of them; or as `reserve_units`.
        InvalidDocument: Two have one id.
    """
    aware(None, Named("at"), at)
    late = swept(level, at)
    now, _ = done(level, *late)
    net = Netting({level.site: now.profile(at)})
    several: list[UnitsReserved] = []
    for found in wanted:
        _check_instants(found)
        free = net.take(found.id, found.quantity, (), found.due)
        check_units(found.quantity, free, "that may be reserved")
        several.append(UnitsReserved(found))
    return with_reserved(now, several), (*late, *several)


# What a command said is kept with instants as microseconds from 1970: one instant, one text,
# from whatever zone.


def _reserving(command: str, found: Reservation, due: datetime | None) -> Applied:
    told = "at once" if due is None else f"for {instant_us(found.due)}"
    return Applied(command, f"reserve {found.quantity} {told}")


def _is_repeated(level: StockLevel, new: Reservation) -> bool:
    """Whether the same command has made this reservation already."""
    known = next((each for each in level.reservations if each.id == new.id), None)
    if known is None or not known.applied[:1] or not known.has_seen(new.applied[0]):
        return False
    if (known.holder, known.line) != (new.holder, new.line):
        raise IdempotencyConflict(new.applied[0].command)
    return True


def _check_instants(found: Reservation) -> None:
    if found.due < found.at:
        expected = f"an instant not before {found.at.isoformat()}"
        raise InvalidValue(expected, found.due.isoformat(), path=("due",), reason="too_late")
    if found.has_expired(found.at):
        expected = f"an instant after {found.at.isoformat()}"
        raise InvalidValue(expected, path=("expires_at",), reason="too_late")


def renew(
    level: StockLevel, reservation: str, expires_at: datetime, *, at: datetime, command: str
) -> LevelResult:
    """Let a reservation that is not firm last until another instant.

    Nobody else is starved by that: a reservation lasts no longer than was agreed when it was
    made, and one that has expired is renewed only where its units are still free.

    Raises:
        TransitionRefused: It may not last so long, or has expired and somebody else has the
            units.
        IllegalTransition: It is firm, or over.
        NotFound: There is no such reservation.
        InvalidValue: The instant has passed.
        IdempotencyConflict: The command has said something else.
    """
    found = level.reservation(reservation)
    aware(None, Named("expires_at"), expires_at)
    seen = Applied(command, f"renew until {instant_us(expires_at)}")
    if found.has_seen(seen):
        return level, ()
    _ask(level, found, ReservationStep.RENEW, at, expires_at=expires_at)
    if expires_at <= at:
        expected = f"an instant after {at.isoformat()}"
        raise InvalidValue(expected, path=("expires_at",), reason="too_late")
    renewed = ReservationRenewed(found.id, expires_at, seen)
    return done(level, *_over_if_late(level, found, at), renewed)


def firm(level: StockLevel, reservation: str, *, at: datetime, command: str) -> LevelResult:
    """Keep units for good, as when they are paid for.

    Too late is not too late where the units are still free.

    Raises:
        TransitionRefused: It has expired, and somebody else has the units.
        IllegalTransition: It is firm already, or over.
        NotFound: There is no such reservation.
        IdempotencyConflict: The command has said something else.
    """
    found = level.reservation(reservation)
    seen = Applied(command, "firm")
    if found.has_seen(seen):
        return level, ()
    _ask(level, found, ReservationStep.FIRM, at)
    return done(level, *_over_if_late(level, found, at), ReservationFirmed(found.id, seen))


def consume(
    level: StockLevel, reservation: str, units: int, *, at: datetime, command: str
) -> LevelResult:
    """Let units leave: some of those outstanding, or all.

    Raises:
        TransitionRefused: They are not on hand yet; or the reservation has expired, and
            somebody else has the units.
        IllegalTransition: The reservation is over.
        NotFound: There is no such reservation.
        InvalidValue: More units than are outstanding; the reason is ``too_many_units``.
        IdempotencyConflict: The command has said something else.
    """
    quantity(None, Named("units"), units)
    found = level.reservation(reservation)
    seen = Applied(command, f"consume {units}")
    if found.has_seen(seen):
        return level, ()
    RESERVATION.needs(found.state, ReservationStep.CONSUME)
    check_units(units, found.outstanding, "outstanding")
    _ask(level, found, ReservationStep.CONSUME, at, units=units)
    late = _over_if_late(level, found, at)
    return done(level, *late, UnitsConsumed(found.id, units, seen))


def release(
    level: StockLevel,
    reservation: str,
    units: int | None = None,
    *,
    command: str,
    reason: str = "released",
) -> LevelResult:
    """Give units free: some of those outstanding, or all.

    Args:
        level: The level.
        reservation: The id of the reservation.
        units: How many; None: all that are outstanding.
        command: The id of the command.
        reason: Why, as a code.

    Raises:
        IllegalTransition: The reservation is over.
        NotFound: There is no such reservation.
        InvalidValue: More units than are outstanding; the reason is ``too_many_units``.
        IdempotencyConflict: The command has said something else.
    """
    optional(quantity)(None, Named("units"), units)
    found = level.reservation(reservation)
    seen = Applied(command, f"release {'all' if units is None else units}")
    if found.has_seen(seen):
        return level, ()
    RESERVATION.needs(found.state, ReservationStep.RELEASE)
    less = found.outstanding if units is None else units
    check_units(less, found.outstanding, "outstanding")
    return done(level, UnitsReleased(found.id, less, reason, seen))


def hand_over(
    level: StockLevel,
    reservation: str,
    units: int,
    *,
    id: str,  # noqa: A002
    holder: str,
    command: str,
    line: str | None = None,
) -> LevelResult:
    """Set units aside for another, on the same terms: the same instants, firm if they were.

    Args:
        level: The level.
        reservation: The id of the reservation that they are of.
        units: How many of those outstanding.
        id: The id of the new reservation.
        holder: For whom it is.
        command: The id of the command.
        line: For which line.

    Raises:
        As `release`; and InvalidDocument: another reservation has the new id.
    """
    quantity(None, Named("units"), units)
    identifier(None, Named("id"), id)
    found = level.reservation(reservation)
    seen = Applied(command, f"hand over {units} to {id}")
    if found.has_seen(seen):
        return level, ()
    RESERVATION.needs(found.state, ReservationStep.RELEASE)
    check_units(units, found.outstanding, "outstanding")
    return done(level, UnitsHandedOver(found.id, units, id, holder, line, seen))


def expire(level: StockLevel, *, at: datetime) -> LevelResult:
    """Write down which reservations have expired. Nothing else changes by that."""
    aware(None, Named("at"), at)
    return done(level, *swept(level, at))


def forget(level: StockLevel, *, before: datetime) -> LevelResult:
    """Forget reservations that are over or written down as expired, and made before an instant.

    Their events stay. A command that comes again for one of them finds it no more, and what
    has expired and is forgotten can neither be renewed nor kept for good. So forget only what
    is older than any order that may still be confirmed.
    """
    aware(None, Named("before"), before)
    over = tuple(e.id for e in level.reservations if not e.is_kept and e.at < before)
    return done(level, *((ReservationsForgotten(over),) if over else ()))


# What is asked before


def guards_of(
    level: StockLevel,
    found: Reservation,
    at: datetime,
    *,
    units: int | None = None,
    expires_at: datetime | None = None,
) -> dict[str, Answer]:
    """Answer the guards of the machine of reservations.

    Args:
        level: The level.
        found: A reservation of it.
        at: When.
        units: How many units are to leave or to be free; None: all that are outstanding.
        expires_at: Until when it is to be renewed.
    """
    aware(None, Named("at"), at)
    wanted = found.outstanding if units is None else units
    leaves = units is not None
    return {
        "covered": _covered(level, found, at, wanted, at if leaves else max(found.due, at)),
        "renewable": _renewable(found, expires_at),
        "on_hand": level.on_hand >= wanted or {"on_hand": str(level.on_hand)},
        "units_left": wanted < found.outstanding,
        "some_consumed": found.consumed > 0,
        "over": found.has_expired(at),
    }


def _covered(
    level: StockLevel, found: Reservation, at: datetime, units: int, due: datetime
) -> Answer:
    """Answer whether the units are its own still, or free once more."""
    if not found.has_expired(at):
        return True
    room = level.room(due, at)
    return room >= units or {"wanted": str(units), "free": str(room)}


def _renewable(found: Reservation, expires_at: datetime | None) -> Answer:
    most = found.renewable_until
    if most is None or expires_at is None:
        return False
    return expires_at <= most or {"most": most.isoformat()}


def _ask(
    level: StockLevel,
    found: Reservation,
    step: ReservationStep,
    at: datetime,
    *,
    units: int | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Raise unless the machine allows a step now."""
    guards = guards_of(level, found, at, units=units, expires_at=expires_at)
    # Whether units are left says where it leads, not whether it may be.
    RESERVATION.fire(found.state, step, guards={**guards, "units_left": True})


def _over_if_late(
    level: StockLevel, found: Reservation, at: datetime
) -> tuple[ReservationsExpired, ...]:
    """Before units of an expired reservation are used again: write down all that have expired."""
    return swept(level, at) if found.has_expired(at) else ()
