"""What happens to stock levels. The events of one level, one after the other, are the level."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from attrs import field, frozen

from ordercore.data import variant
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
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidValue
from ordercore.events import Event
from ordercore.stock.levels import (
    MAX_INCOMING,
    MAX_RESERVATIONS,
    Incoming,
    StockLevel,
    StockPolicy,
)
from ordercore.stock.reservations import (
    Applied,
    LostPromise,
    Reservation,
    ReservationState,
)

__all__ = [
    "IncomingCancelled",
    "IncomingExpected",
    "IncomingMoved",
    "LevelOpened",
    "PolicyChanged",
    "PromisesLost",
    "ReservationFirmed",
    "ReservationRenewed",
    "ReservationsExpired",
    "ReservationsForgotten",
    "StockAdjusted",
    "StockCounted",
    "StockDamaged",
    "StockReceived",
    "StockRestocked",
    "StockScrapped",
    "UnitsConsumed",
    "UnitsHandedOver",
    "UnitsReleased",
    "UnitsReserved",
]

_count: Check = integer(least=0, most=MAX_QUANTITY)
_command: Check = optional(instance(Applied))
_several: Check = each(identifier, least=1, most=max(MAX_RESERVATIONS, MAX_INCOMING))


def _is_new_level(_instance: object, attribute: Any, level: Any) -> None:
    """Accept a level to which nothing has happened yet."""
    instance(StockLevel)(None, attribute, level)
    if level.version != 1 or level.reservations:
        expected = "a level of version 1 without reservations"
        raise InvalidValue(expected, path=(attribute.name,), reason="wrong_state")


def _is_new(_instance: object, attribute: Any, found: Any) -> None:
    """Accept a reservation to which nothing has happened yet."""
    instance(Reservation)(None, attribute, found)
    if found.state is not ReservationState.RESERVED or found.consumed or found.released:
        expected = "a reservation that begins"
        raise InvalidValue(expected, path=(attribute.name,), reason="wrong_state")


def _is_signed(_instance: object, attribute: Any, units: Any) -> None:
    """Accept a difference of units, up or down."""
    integer(least=-MAX_QUANTITY, most=MAX_QUANTITY)(None, attribute, units)
    if not units:
        raise InvalidValue("a difference, not 0", units, path=(attribute.name,))


@variant(Event, "stock_level_opened")
@frozen
class LevelOpened(Event):
    """A site begins to keep a sku.

    Args:
        level: As it begins.
    """

    level: StockLevel = field(validator=_is_new_level)


# What is there


@variant(Event, "stock_received")
@frozen
class StockReceived(Event):
    """Good units have come in.

    Args:
        units: How many.
        incoming: The id of the receipt that was expected; None: nobody expected them.
    """

    units: int = field(validator=quantity)
    incoming: str | None = field(default=None, validator=optional(identifier))


@variant(Event, "stock_restocked")
@frozen
class StockRestocked(Event):
    """Units that had left came back.

    Args:
        units: How many.
        holder: From whom: the id of the order.
        damaged: Whether they cannot be sold.
    """

    units: int = field(validator=quantity)
    holder: str | None = field(default=None, validator=optional(identifier))
    damaged: bool = field(default=False, validator=boolean)


@variant(Event, "stock_adjusted")
@frozen
class StockAdjusted(Event):
    """There are more or fewer good units than the books said.

    Args:
        units: How many more; negative: fewer.
        reason: Why, as a code of the shop.
    """

    units: int = field(validator=_is_signed)
    reason: str = field(validator=identifier)


@variant(Event, "stock_counted")
@frozen
class StockCounted(Event):
    """Somebody has counted.

    Args:
        on_hand: How many good units there are.
        damaged: How many units there are that cannot be sold.
        reason: Why it was counted, or why the books were wrong, as a code; None: nobody says.
    """

    on_hand: int = field(validator=_count)
    damaged: int = field(validator=_count)
    reason: str | None = field(default=None, validator=optional(identifier))


@variant(Event, "stock_damaged")
@frozen
class StockDamaged(Event):
    """Good units cannot be sold any more, and are still there.

    Args:
        units: How many.
        reason: Why, as a code; None: nobody says.
    """

    units: int = field(validator=quantity)
    reason: str | None = field(default=None, validator=optional(identifier))


@variant(Event, "stock_scrapped")
@frozen
class StockScrapped(Event):
    """Damaged units are there no more.

    Args:
        units: How many.
        reason: Why, as a code; None: nobody says.
    """

    units: int = field(validator=quantity)
    reason: str | None = field(default=None, validator=optional(identifier))


@variant(Event, "stock_policy_changed")
@frozen
class PolicyChanged(Event):
    """Units may be promised otherwise from now on."""

    policy: StockPolicy = field(validator=instance(StockPolicy))


# What is on its way


@variant(Event, "incoming_expected")
@frozen
class IncomingExpected(Event):
    """Units are on their way."""

    incoming: Incoming = field(validator=instance(Incoming))


@variant(Event, "incoming_moved")
@frozen
class IncomingMoved(Event):
    """They come at another time.

    Args:
        incoming: The id of the receipt.
        expected_at: When they come now.
    """

    incoming: str = field(validator=identifier)
    expected_at: datetime = field(converter=pinned, validator=aware)


@variant(Event, "incoming_cancelled")
@frozen
class IncomingCancelled(Event):
    """What was still to come of a receipt does not come."""

    incoming: str = field(validator=identifier)


# What is promised


@variant(Event, "units_reserved")
@frozen
class UnitsReserved(Event):
    """Units were set aside."""

    reservation: Reservation = field(validator=_is_new)


@variant(Event, "reservation_renewed")
@frozen
class ReservationRenewed(Event):
    """A reservation lasts until another instant.

    Args:
        reservation: Its id.
        expires_at: When it ends now.
        command: The command that asked for it.
    """

    reservation: str = field(validator=identifier)
    expires_at: datetime = field(converter=pinned, validator=aware)
    command: Applied | None = field(default=None, validator=_command)


@variant(Event, "reservation_firmed")
@frozen
class ReservationFirmed(Event):
    """A reservation does not end by itself any more."""

    reservation: str = field(validator=identifier)
    command: Applied | None = field(default=None, validator=_command)


@variant(Event, "reserved_units_consumed")
@frozen
class UnitsConsumed(Event):
    """Units that were set aside have left."""

    reservation: str = field(validator=identifier)
    units: int = field(validator=quantity)
    command: Applied | None = field(default=None, validator=_command)


@variant(Event, "reserved_units_released")
@frozen
class UnitsReleased(Event):
    """Units that were set aside are free again.

    Args:
        reservation: The id of the reservation.
        units: How many.
        reason: Why, as a code; ``not_covered``: see `PromisesLost`.
        command: The command that asked for it; None: it followed from something else.
    """

    reservation: str = field(validator=identifier)
    units: int = field(validator=quantity)
    reason: str = field(default="released", validator=identifier)
    command: Applied | None = field(default=None, validator=_command)


@variant(Event, "reserved_units_handed_over")
@frozen
class UnitsHandedOver(Event):
    """Units that were set aside for one are set aside for another now, on the same terms.

    Args:
        reservation: The id of the reservation that they were of.
        units: How many.
        to: The id of the new reservation.
        holder: For whom it is.
        line: For which line.
        command: The command that asked for it.
    """

    reservation: str = field(validator=identifier)
    units: int = field(validator=quantity)
    to: str = field(validator=identifier)
    holder: str = field(validator=identifier)
    line: str | None = field(default=None, validator=optional(identifier))
    command: Applied | None = field(default=None, validator=_command)


@variant(Event, "reservations_expired")
@frozen
class ReservationsExpired(Event):
    """The time of reservations was over; it was written down now."""

    reservations: tuple[str, ...] = field(converter=names_of, validator=_several)


@variant(Event, "reservations_forgotten")
@frozen
class ReservationsForgotten(Event):
    """Reservations of which nothing can come any more are not listed any longer."""

    reservations: tuple[str, ...] = field(converter=names_of, validator=_several)


def _parts(given: Iterable[LostPromise]) -> tuple[LostPromise, ...]:
    return tuple_of(given)


@variant(Event, "promises_lost")
@frozen
class PromisesLost(Event):
    """Units that were set aside are not there any more, and are set aside for nobody now.

    Before there was this event, `UnitsReleased` said so of each reservation.

    Args:
        sku: Of what.
        site: Where.
        lost: Whose they were: the newest first, firm ones last.
    """

    sku: str = field(validator=identifier)
    site: str = field(validator=identifier)
    lost: tuple[LostPromise, ...] = field(
        converter=_parts, validator=each(instance(LostPromise), least=1, most=MAX_RESERVATIONS)
    )
