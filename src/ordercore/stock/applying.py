"""From a level and an event to the next level; a level is what its events come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve

from ordercore.errors import InvalidType, InvalidValue
from ordercore.events import Event, Noted, rebuilt
from ordercore.stock.awaited import BackordersCovered, PromisesLate, ReorderPointReached
from ordercore.stock.events import (
    IncomingCancelled,
    IncomingExpected,
    IncomingMoved,
    LevelOpened,
    PolicyChanged,
    PromisesLost,
    ReservationFirmed,
    ReservationRenewed,
    ReservationsExpired,
    ReservationsForgotten,
    StockAdjusted,
    StockCounted,
    StockDamaged,
    StockReceived,
    StockRestocked,
    StockScrapped,
    UnitsConsumed,
    UnitsHandedOver,
    UnitsReleased,
    UnitsReserved,
)
from ordercore.stock.levels import Incoming, StockLevel
from ordercore.stock.reservations import Reservation, ReservationStep, check_units

__all__ = ["apply", "rebuild", "with_incoming", "with_reserved"]


def apply(level: StockLevel | None, event: Event) -> StockLevel:
    """Make the next level of a level and an event; both stay as they are.

    Args:
        level: Before; None: there was none yet.
        event: What has happened.

    Raises:
        NotFound: It speaks of a reservation or a receipt that the level does not know.
        IllegalTransition: The reservation is in a state that knows nothing of it.
        InvalidInput: It is no event of levels, or does not fit this one.
        InvalidDocument: More would be promised than there is.
    """
    if level is None:
        if not isinstance(event, LevelOpened):
            expected = "the opening, as the first event of a level"
            raise InvalidValue(expected, type(event).__name__, reason="wrong_state")
        return event.level
    change: Callable[[StockLevel, Any], StockLevel] | None = _CHANGES.get(type(event))
    if change is None:
        raise InvalidType("an event of a level that exists", type(event).__name__)
    return evolve(change(level, event), version=level.version + 1)


def rebuild(events: Iterable[Event]) -> StockLevel:
    """Make the level that events come to, from the opening on.

    Of recorded events, ``replay(apply, None, recorded)`` does the same and checks that none
    is missing.

    Raises:
        InvalidValue: There is no event.
        OrderCoreError: As `apply`.
    """
    return rebuilt(apply, events)


# What is there


def _received(level: StockLevel, event: StockReceived) -> StockLevel:
    more = _counted_on(level, on_hand=event.units)
    if event.incoming is None:
        return more
    receipt = level.receipt(event.incoming)
    left = receipt.quantity - event.units
    still = evolve(receipt, quantity=left) if left > 0 else None
    return evolve(more, incoming=with_incoming(level, receipt.id, still))


def with_incoming(level: StockLevel, name: str, now: Incoming | None) -> tuple[Incoming, ...]:
    """List what is on its way, with another one, or none, of that id."""
    others = tuple(each for each in level.incoming if each.id != name)
    return others if now is None else (*others, now)


def _restocked(level: StockLevel, event: StockRestocked) -> StockLevel:
    counter = "damaged" if event.damaged else "on_hand"
    return _counted_on(level, **{counter: event.units})


def _counted_on(level: StockLevel, **changes: int) -> StockLevel:
    """Add to counters; below 0 is refused by the level."""
    now: dict[str, Any] = {name: getattr(level, name) + units for name, units in changes.items()}
    return evolve(level, **now)


def _adjusted(level: StockLevel, event: StockAdjusted) -> StockLevel:
    return _counted_on(level, on_hand=event.units)


def _counted(level: StockLevel, event: StockCounted) -> StockLevel:
    return evolve(level, on_hand=event.on_hand, damaged=event.damaged)


def _damaged(level: StockLevel, event: StockDamaged) -> StockLevel:
    return _counted_on(level, on_hand=-event.units, damaged=event.units)


def _scrapped(level: StockLevel, event: StockScrapped) -> StockLevel:
    return _counted_on(level, damaged=-event.units)


def _policy(level: StockLevel, event: PolicyChanged) -> StockLevel:
    return evolve(level, policy=event.policy)


# What is on its way


def _expected(level: StockLevel, event: IncomingExpected) -> StockLevel:
    return evolve(level, incoming=(*level.incoming, event.incoming))


def _moved(level: StockLevel, event: IncomingMoved) -> StockLevel:
    moved = evolve(level.receipt(event.incoming), expected_at=event.expected_at)
    return evolve(level, incoming=with_incoming(level, moved.id, moved))


def _cancelled(level: StockLevel, event: IncomingCancelled) -> StockLevel:
    level.receipt(event.incoming)
    return evolve(level, incoming=with_incoming(level, event.incoming, None))


# What is promised


def _reserved(level: StockLevel, event: UnitsReserved) -> StockLevel:
    return evolve(level, reservations=(*level.reservations, event.reservation))


def with_reserved(level: StockLevel, several: Iterable[UnitsReserved]) -> StockLevel:
    """Apply reservations one after the other, and check what comes of it once."""
    found = tuple(event.reservation for event in several)
    version = level.version + len(found)
    return evolve(level, reservations=(*level.reservations, *found), version=version)


def _renewed(level: StockLevel, event: ReservationRenewed) -> StockLevel:
    found = level.reservation(event.reservation)
    return level.with_reservation(found.renewed(event.expires_at, event.command))


def _firmed(level: StockLevel, event: ReservationFirmed) -> StockLevel:
    return level.with_reservation(level.reservation(event.reservation).firmed(event.command))


def _consumed(level: StockLevel, event: UnitsConsumed) -> StockLevel:
    check_units(event.units, level.on_hand, "on hand")
    found = level.reservation(event.reservation)
    less = found.less(ReservationStep.CONSUME, event.units, event.command)
    others = tuple(each for each in level.reservations if each.id != found.id)
    return evolve(level, on_hand=level.on_hand - event.units, reservations=(*others, less))


def _released(level: StockLevel, event: UnitsReleased) -> StockLevel:
    found = level.reservation(event.reservation)
    return level.with_reservation(found.less(ReservationStep.RELEASE, event.units, event.command))


def _handed_over(level: StockLevel, event: UnitsHandedOver) -> StockLevel:
    found = level.reservation(event.reservation)
    less = found.less(ReservationStep.RELEASE, event.units, event.command)
    other = evolve(
        found,
        id=event.to,
        holder=event.holder,
        line=event.line,
        quantity=event.units,
        consumed=0,
        released=0,
        applied=() if event.command is None else (event.command,),
    )
    others = (each for each in level.reservations if each.id != found.id)
    return evolve(level, reservations=(*others, less, other))


def _lost(level: StockLevel, event: PromisesLost) -> StockLevel:
    units: Counter[str] = Counter()
    for each in event.lost:
        units[each.reservation] += each.units
    less = {
        name: found.less(ReservationStep.RELEASE, units[name])
        for name, found in _named(level, units).items()
    }
    return evolve(
        level, reservations=tuple(less.get(each.id, each) for each in level.reservations)
    )


def _expired(level: StockLevel, event: ReservationsExpired) -> StockLevel:
    over = _named(level, event.reservations)
    return evolve(
        level,
        reservations=tuple(
            each.expired() if each.id in over else each for each in level.reservations
        ),
    )


def _forgotten(level: StockLevel, event: ReservationsForgotten) -> StockLevel:
    over = _named(level, event.reservations)
    for each in over.values():
        if each.is_kept:
            expected = "a reservation of which nothing can come any more"
            raise InvalidValue(expected, each.id, path=("reservations",), reason="wrong_state")
    kept = tuple(each for each in level.reservations if each.id not in over)
    return evolve(level, reservations=kept)


def _named(level: StockLevel, names: Iterable[str]) -> dict[str, Reservation]:
    known = {each.id: each for each in level.reservations}
    return {name: known.get(name) or level.reservation(name) for name in names}


def _noted(level: StockLevel, _event: Event) -> StockLevel:
    return level


_CHANGES: Final[Mapping[type, Callable[[StockLevel, Any], StockLevel]]] = MappingProxyType(
    {
        StockReceived: _received,
        StockRestocked: _restocked,
        StockAdjusted: _adjusted,
        StockCounted: _counted,
        StockDamaged: _damaged,
        StockScrapped: _scrapped,
        PolicyChanged: _policy,
        IncomingExpected: _expected,
        IncomingMoved: _moved,
        IncomingCancelled: _cancelled,
        UnitsReserved: _reserved,
        ReservationRenewed: _renewed,
        ReservationFirmed: _firmed,
        UnitsConsumed: _consumed,
        UnitsReleased: _released,
        UnitsHandedOver: _handed_over,
        PromisesLost: _lost,
        ReservationsExpired: _expired,
        ReservationsForgotten: _forgotten,
        ReorderPointReached: _noted,
        BackordersCovered: _noted,
        PromisesLate: _noted,
        Noted: _noted,
    }
)
"""What each event changes."""
