"""What may be done with the stock of a level: each command gives the next level and the events.

A command changes nothing. What cannot be, it refuses with an error. What is true, however
unwelcome, it never refuses: where a count, a loss or a cancelled receipt leaves fewer units
than are promised, reservations lose theirs, the newest first and firm ones last, and
`PromisesLost` says whose they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ordercore.data.checks import Named, aware
from ordercore.events import Event
from ordercore.stock.applying import apply
from ordercore.stock.events import (
    IncomingCancelled,
    IncomingExpected,
    IncomingMoved,
    LevelOpened,
    PolicyChanged,
    PromisesLost,
    ReservationsExpired,
    StockAdjusted,
    StockCounted,
    StockDamaged,
    StockReceived,
    StockRestocked,
    StockScrapped,
)
from ordercore.stock.levels import Incoming, StockLevel, StockPolicy
from ordercore.stock.reservations import LostPromise, ReservationState, check_units

__all__ = [
    "LevelResult",
    "adjust",
    "cancel_incoming",
    "change_policy",
    "count",
    "damage",
    "done",
    "expect",
    "move_incoming",
    "open_level",
    "receive",
    "restock",
    "scrap_damaged",
    "swept",
]

LevelResult = tuple[StockLevel, tuple[Event, ...]]
"""The next level, and what has happened."""


def open_level(
    *,
    sku: str,
    site: str,
    on_hand: int = 0,
    policy: StockPolicy | None = None,
) -> LevelResult:
    """Begin to keep a sku at a site.

    Raises:
        InvalidInput: Something is not as `StockLevel` says.
    """
    level = StockLevel(
        sku=sku, site=site, on_hand=on_hand, policy=StockPolicy() if policy is None else policy
    )
    return level, (LevelOpened(level),)


# What is there


def receive(level: StockLevel, units: int, *, incoming: str | None = None) -> LevelResult:
    """Take good units in.

    Args:
        level: The level.
        units: How many.
        incoming: The id of the receipt that was expected; what is left of it is still to
            come, and more than it said may come. None: nobody expected them.

    Raises:
        NotFound: No such receipt is expected.
        InvalidInput: It is no count of units.
    """
    return done(level, StockReceived(units, incoming))


def restock(
    level: StockLevel, units: int, *, holder: str | None = None, damaged: bool = False
) -> LevelResult:
    """Take units in that had left.

    Args:
        level: The level.
        units: How many.
        holder: From whom.
        damaged: Whether they cannot be sold.
    """
    return done(level, StockRestocked(units, holder, damaged))


def adjust(level: StockLevel, units: int, reason: str, *, at: datetime) -> LevelResult:
    """Put right how many good units there are.

    Args:
        level: The level.
        units: How many more; negative: fewer.
        reason: Why, as a code of the shop.
        at: When.

    Raises:
        InvalidValue: There would be fewer than none.
    """
    event = StockAdjusted(units, reason)
    if units < 0:
        check_units(-units, level.on_hand, "on hand")
    return _less(level, -units, event, at)


def count(
    level: StockLevel,
    on_hand: int,
    *,
    damaged: int = 0,
    at: datetime,
    reason: str | None = None,
) -> LevelResult:
    """Take down what somebody has counted.

    Args:
        level: The level.
        on_hand: How many good units there are.
        damaged: How many there are that cannot be sold.
        at: When.
        reason: Why it was counted, or why the books were wrong, as a code.

    >>> level, _ = open_level(sku="mug", site="east", on_hand=5)
    >>> now = datetime.fromisoformat("2026-11-11T09:00:00+08:00")
    >>> count(level, 3, damaged=1, at=now)[0].available(now)
    3
    """
    event = StockCounted(on_hand, damaged, reason)
    return _less(level, level.on_hand - on_hand, event, at)


def damage(
    level: StockLevel, units: int, *, at: datetime, reason: str | None = None
) -> LevelResult:
    """Take down that good units cannot be sold any more.

    Raises:
        InvalidValue: There are not so many; the reason is ``too_many_units``.
    """
    check_units(units, level.on_hand, "on hand")
    return _less(level, units, StockDamaged(units, reason), at)


def scrap_damaged(level: StockLevel, units: int, *, reason: str | None = None) -> LevelResult:
    """Throw damaged units away.

    Raises:
        InvalidValue: There are not so many; the reason is ``too_many_units``.
    """
    check_units(units, level.damaged, "damaged")
    return done(level, StockScrapped(units, reason))


def change_policy(level: StockLevel, policy: StockPolicy, *, at: datetime) -> LevelResult:
    """Promise units otherwise from now on. The safety stock takes nothing from anybody."""
    event = PolicyChanged(policy)
    return _less(level, level.policy.most_short - policy.most_short, event, at)


# What is on its way


def expect(level: StockLevel, incoming: Incoming) -> LevelResult:
    """Expect units.

    Raises:
        InvalidDocument: A receipt of that id is expected already.
    """
    return done(level, IncomingExpected(incoming))


def move_incoming(level: StockLevel, incoming: str, expected_at: datetime) -> LevelResult:
    """Expect units at another time. Nobody loses a reservation by that; some may be late.

    Raises:
        NotFound: No such receipt is expected.
    """
    return done(level, IncomingMoved(incoming, expected_at))


def cancel_incoming(level: StockLevel, incoming: str, *, at: datetime) -> LevelResult:
    """Expect no more what was still to come of a receipt.

    Raises:
        NotFound: No such receipt is expected.
    """
    return _less(level, level.receipt(incoming).quantity, IncomingCancelled(incoming), at)


# What comes of it


def done(level: StockLevel, *events: Event) -> LevelResult:
    """Apply events one after the other."""
    for event in events:
        level = apply(level, event)
    return level, events


def swept(level: StockLevel, at: datetime) -> tuple[ReservationsExpired, ...]:
    """Write down what has expired and nobody has written down yet; nothing: no event."""
    over = tuple(
        each.id
        for each in level.reservations
        if each.state is ReservationState.RESERVED and each.has_expired(at)
    )
    return (ReservationsExpired(over),) if over else ()


def _less(level: StockLevel, fewer: int, event: Event, at: datetime) -> LevelResult:
    """Do what leaves fewer units to be promised; who can have none any more loses them first.

    Args:
        level: The level.
        fewer: How many fewer; negative: more.
        event: What it is.
        at: When: what has expired by then goes first.
    """
    aware(None, Named("at"), at)
    if level.kept <= level.promisable - fewer:
        return done(level, event)
    now, expired = done(level, *swept(level, at))
    lost = tuple(_losing(now, now.kept - (now.promisable - fewer)))
    told = (PromisesLost(now.sku, now.site, lost),) if lost else ()
    now, rest = done(now, *told, event)
    return now, (*expired, *rest)


def _losing(level: StockLevel, units: int) -> Iterator[LostPromise]:
    """Take units from reservations: the newest first, firm ones last."""
    newest_first = sorted(level.reservations, key=lambda each: (each.at, each.id), reverse=True)
    for found in sorted(newest_first, key=lambda each: each.state is ReservationState.FIRM):
        if units > 0 and found.is_kept:
            lost = min(units, found.outstanding)
            yield LostPromise(
                reservation=found.id, holder=found.holder, line=found.line, units=lost
            )
            units -= lost
