"""Sweeping: writing down what has expired, which has counted for nothing since it did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Never

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    aware,
    each,
    instance,
    integer,
    optional,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidValue
from ordercore.events import Command, Event
from ordercore.stock import (
    LevelResult,
    ReservationsExpired,
    ReservationsForgotten,
    StockLevel,
    expire,
    forget,
)
from ordercore.stock.resources import (
    Agenda,
    AgendaResult,
    BookingsExpired,
    BookingsForgotten,
)
from ordercore.stock.resources import expire as expire_bookings
from ordercore.stock.resources import forget as forget_bookings
from ordercore.storage import Decision, Key, Loaded, Readable, Reply
from ordercore.workflows.shop import Shop, ShopCommand, decided
from ordercore.workflows.stock import Happened
from ordercore.workflows.use_case import Refusal

__all__ = ["MAX_SWEPT", "StockSwept", "SweepStock"]

MAX_SWEPT: Final = 1000
"""The most levels and agendas that are swept at once."""

_SWEPT: Final = ("stock_level", "agenda")

_units: Check = integer(least=0, most=MAX_QUANTITY)


def _keys(given: Iterable[Key]) -> tuple[Key, ...]:
    return tuple_of(given)


def _is_swept(_instance: object, attribute: Any, key: Any) -> None:
    """Accept the key of a level or an agenda."""
    instance(Key)(None, attribute, key)
    if key.kind not in _SWEPT:
        expected = f"one of {', '.join(_SWEPT)}"
        raise InvalidValue(expected, key.kind, path=(attribute.name, "kind"))


@variant(Reply, "stock_swept")
@frozen(kw_only=True)
class StockSwept(Reply):
    """What was written down.

    Args:
        expired: How many reservations and bookings have expired.
        forgotten: How many reservations and bookings were forgotten.
    """

    expired: int = field(validator=_units)
    forgotten: int = field(default=0, validator=_units)


@variant(Command, "sweep_stock")
@frozen(kw_only=True)
class SweepStock(ShopCommand[StockSwept, Never]):
    """Write down what has expired, at some levels and agendas.

    To write down is book-keeping alone: what has expired counts for nothing, swept or not. So
    it may be left out, or come late, and nobody has more or less of it. To forget is more: an
    order whose reservations or visits are forgotten cannot renew nor reschedule them. When it
    is confirmed later, its lines and its gifts are set aside anew, where they are free still,
    and its visits booked anew, within the time that is wished for.

    What a level or an agenda forgot, it does not know when it comes again. A booking at a time
    that is over by then is refused, and so is whatever books visits at an instant before; so
    let the instant be older than commands may come late.

    Args:
        aggregates: Which levels and agendas, such as a page of ``store.keys("stock_level")``;
            those that are not there are passed over.
        forget_before: Forget reservations that are over or have expired, and were made before
            that instant; and bookings that are cancelled, finished or expired, and whose time
            was over by then (and is over by now). What is kept for good stays until it is
            performed or cancelled. None: forget none.
    """

    aggregates: tuple[Key, ...] = field(
        converter=_keys, validator=each(_is_swept, least=1, most=MAX_SWEPT)
    )
    forget_before: datetime | None = field(
        default=None, converter=pinned, validator=optional(aware)
    )

    def needs(self, got: Loaded, shop: Shop) -> Iterable[Readable]:  # noqa: ARG002
        """Ask for all of them."""
        return dict.fromkeys(self.aggregates)

    def decide(self, got: Loaded, shop: Shop) -> Decision[StockSwept] | Refusal[Never]:  # noqa: ARG002
        """Write it down."""
        happened = []
        for key in dict.fromkeys(self.aggregates):
            value, events = self._swept(key, got)
            if events:
                happened.append(Happened(key, got.version(key), value, events))
        told = [event for each in happened for event in each.events]
        reply = StockSwept(expired=_expired(told), forgotten=_forgotten(told))
        return decided(self, reply, happened)

    def _swept(self, key: Key, got: Loaded) -> LevelResult | AgendaResult | tuple[None, tuple[()]]:
        if not got.version(key):
            return None, ()
        if key.kind == "agenda":
            return self._agenda(got.value(key, Agenda))
        level, events = expire(got.value(key, StockLevel), at=self.at)
        if self.forget_before is None:
            return level, events
        level, more = forget(level, before=self.forget_before)
        return level, (*events, *more)

    def _agenda(self, before: Agenda) -> AgendaResult:
        agenda, events = expire_bookings(before, at=self.at)
        if self.forget_before is None:
            return agenda, events
        agenda, more = forget_bookings(agenda, before=min(self.forget_before, self.at))
        return agenda, (*events, *more)


def _expired(events: Iterable[Event]) -> int:
    levels = (each for each in events if isinstance(each, ReservationsExpired))
    agendas = (each for each in events if isinstance(each, BookingsExpired))
    return sum(len(each.reservations) for each in levels) + sum(
        len(each.bookings) for each in agendas
    )


def _forgotten(events: Iterable[Event]) -> int:
    levels = (each for each in events if isinstance(each, ReservationsForgotten))
    agendas = (each for each in events if isinstance(each, BookingsForgotten))
    return sum(len(each.reservations) for each in levels) + sum(
        len(each.bookings) for each in agendas
    )
