"""What happens to agendas. The events of one agenda, one after the other, are the agenda."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import field, frozen

from ordercore.calendars import Window
from ordercore.data import variant
from ordercore.data.checks import (
    aware,
    each,
    identifier,
    instance,
    names_of,
    optional,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidValue
from ordercore.events import Event
from ordercore.stock.resources.bookings import MAX_BOOKINGS, Booking, is_bounded
from ordercore.stock.resources.conflicts import BookingConflict
from ordercore.stock.resources.resource import Resource

__all__ = [
    "AgendaOpened",
    "BookingCancelled",
    "BookingFinished",
    "BookingFirmed",
    "BookingHandedOver",
    "BookingMade",
    "BookingMoved",
    "BookingRenewed",
    "BookingsExpired",
    "BookingsForgotten",
    "ResourceChanged",
]


@variant(Event, "agenda_opened")
@frozen
class AgendaOpened(Event):
    """A resource can be booked from now on.

    Args:
        resource: Which.
    """

    resource: Resource = field(validator=instance(Resource))


def _conflicts(given: Iterable[BookingConflict]) -> tuple[BookingConflict, ...]:
    return tuple_of(given)


@variant(Event, "resource_changed")
@frozen
class ResourceChanged(Event):
    """A resource is otherwise from now on: its hours, skills, site, or how many pieces.

    Args:
        resource: As it is now.
        conflicts: The bookings that it does not serve any more as it is now, and why; they
            stay until they are moved or cancelled.
    """

    resource: Resource = field(validator=instance(Resource))
    conflicts: tuple[BookingConflict, ...] = field(
        default=(),
        converter=_conflicts,
        validator=each(instance(BookingConflict), most=MAX_BOOKINGS),
    )


@variant(Event, "booking_made")
@frozen
class BookingMade(Event):
    """A resource was promised.

    Args:
        booking: What for and when.
    """

    booking: Booking = field(validator=instance(Booking))


@variant(Event, "booking_moved")
@frozen
class BookingMoved(Event):
    """A booking is at another time.

    Args:
        id: Which booking.
        window: When it is from now on.
        booking: As it stands from now on, for those who are told; None: nobody has said.

    Raises:
        InvalidValue: The booking is another one, or at another time.
    """

    id: str = field(validator=identifier)
    window: Window = field(validator=is_bounded)
    booking: Booking | None = field(default=None, validator=optional(instance(Booking)))

    def __attrs_post_init__(self) -> None:
        if self.booking is not None:
            _check_agrees("id", self.booking.id, self.id)
            _check_agrees("window", self.booking.window, self.window)


def _check_agrees(name: str, given: object, expected: object) -> None:
    """Refuse a booking that is not as the rest of its event says."""
    if given != expected:
        path = ("booking", name)
        raise InvalidValue(str(expected), str(given), path=path, reason="fields_disagree")


@variant(Event, "booking_cancelled")
@frozen
class BookingCancelled(Event):
    """A booking holds no more.

    Args:
        id: Which.
    """

    id: str = field(validator=identifier)


@variant(Event, "booking_firmed")
@frozen
class BookingFirmed(Event):
    """A booking stays, and expires no more.

    Args:
        id: Which.
        booking: As it stands from now on, for those who are told; None: nobody has said.

    Raises:
        InvalidValue: The booking is another one, or expires.
    """

    id: str = field(validator=identifier)
    booking: Booking | None = field(default=None, validator=optional(instance(Booking)))

    def __attrs_post_init__(self) -> None:
        if self.booking is not None:
            _check_agrees("id", self.booking.id, self.id)
            _check_agrees("expires_at", self.booking.expires_at, None)


@variant(Event, "booking_renewed")
@frozen
class BookingRenewed(Event):
    """A booking that is not firm lasts until another instant.

    Args:
        id: Which.
        expires_at: Until when.
    """

    id: str = field(validator=identifier)
    expires_at: datetime = field(converter=pinned, validator=aware)


@variant(Event, "booking_handed_over")
@frozen
class BookingHandedOver(Event):
    """A booking is for somebody else from now on, on the same terms.

    Args:
        id: Which.
        holder: For whom.
    """

    id: str = field(validator=identifier)
    holder: str = field(validator=identifier)


@variant(Event, "booking_finished")
@frozen
class BookingFinished(Event):
    """What a booking was for is done; what is left of its time is free.

    Args:
        id: Which.
    """

    id: str = field(validator=identifier)


@variant(Event, "bookings_expired")
@frozen
class BookingsExpired(Event):
    """It is written down that bookings have expired.

    Args:
        bookings: Which.
    """

    bookings: tuple[str, ...] = field(
        converter=names_of, validator=each(identifier, least=1, most=MAX_BOOKINGS)
    )


@variant(Event, "bookings_forgotten")
@frozen
class BookingsForgotten(Event):
    """Bookings of which nothing can come any more are not listed any longer.

    Args:
        bookings: Which.
        before: By when their time was over.
    """

    bookings: tuple[str, ...] = field(
        converter=names_of, validator=each(identifier, least=1, most=MAX_BOOKINGS)
    )
    before: datetime = field(converter=pinned, validator=aware)
