"""Stock as stores keep it: levels, agendas and books of bills, and what becomes of them.

It is imported where a check begins: nobody else needs to wait for all of `ordercore.stock`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from random import Random
from typing import Any, Final, NamedTuple

from ordercore.calendars import Window, WorkingHours, WorkingTime
from ordercore.errors import InvalidInput
from ordercore.events import Actor, AggregateId, Event, Noted, Recorded, record, replay
from ordercore.stock import (
    Incoming,
    StockLevel,
    StockPolicy,
    SupplyKind,
    adjust,
    apply,
    consume,
    damage,
    expect,
    expire,
    firm,
    hand_over,
    open_level,
    receive,
    release,
    renew,
    reserve_units,
    resources,
    restock,
)
from ordercore.stock.materials import Bill, BillBook, Component, Part
from ordercore.storage import Change, Decision, Key
from ordercore.testing.contract.expectations import Broken
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.samples import AT, Told, request
from ordercore.testing.contract.workers import insist

__all__ = [
    "AGENDA",
    "BOOK",
    "LEVEL",
    "LIVES",
    "Sale",
    "deciding",
    "opened",
    "promised",
    "rebuilt",
    "sell",
    "set_aside",
]

LEVEL: Final = "stock_level"
AGENDA: Final = "agenda"
BOOK: Final = "bill_book"

Step = Callable[[Any], tuple[Any, Iterable[Event]]]
"""Makes the next document of the one that was read, None at first, and says what has happened."""

_HOUR: Final = timedelta(hours=1)


def deciding(
    key: Key, version: int, value: object, events: Iterable[Event], under: str, total: int = 0
) -> Decision[Told]:
    """Decide on one aggregate."""
    happened = tuple(events)
    told = record(
        happened,
        aggregate=key,
        after=version,
        ids=[f"{under}/{number}"[-64:] for number in range(len(happened))],
        at=AT,
        actor=Actor("system"),
        cause=under[-64:],
    )
    return Decision(reply=Told(total), at=AT, changes=[Change(key, version, value)], events=told)


def rebuilt(kind: str, recorded: list[Recorded]) -> object:
    """Tell what events come to."""
    fold: Callable[[Any, Event], Any] = apply if kind == LEVEL else resources.apply
    return replay(fold, None, recorded)


# Lives of records, step by step


def _set_aside(name: str, units: int, **terms: Any) -> Step:
    return lambda level: reserve_units(
        level, units, id=name, holder=f"o-{name}", line="1", at=AT, command=f"c-{name}", **terms
    )


_LEVEL_LIFE: Final[tuple[Step, ...]] = (
    lambda _: open_level(
        sku="mug", site="east", on_hand=9, policy=StockPolicy(safety=1, backorder=2)
    ),
    lambda level: expect(
        level,
        Incoming(id="i-1", kind=SupplyKind.PURCHASE, quantity=20, expected_at=AT + 9 * _HOUR),
    ),
    _set_aside("r-1", 3),
    _set_aside("r-2", 2, expires_at=AT + _HOUR, renewable_until=AT + 5 * _HOUR),
    _set_aside("r-3", 4, due=AT + 24 * _HOUR),
    lambda level: firm(level, "r-1", at=AT, command="c-1"),
    lambda level: renew(level, "r-2", AT + 2 * _HOUR, at=AT, command="c-2"),
    lambda level: consume(level, "r-1", 2, at=AT, command="c-3"),
    lambda level: consume(level, "r-1", 1, at=AT, command="c-6"),
    lambda level: release(level, "r-3", 1, command="c-4"),
    lambda level: hand_over(level, "r-3", 2, id="r-4", holder="o-9", command="c-5"),
    lambda level: receive(level, 20, incoming="i-1"),
    lambda level: restock(level, 1, holder="o-r-1", damaged=True),
    lambda level: damage(level, 2, at=AT, reason="fell"),
    lambda level: adjust(level, -3, "lost", at=AT),
    lambda level: expire(level, at=AT + 3 * _HOUR),
)


def _resource(name: str, capacity: int) -> resources.Resource:
    return resources.Resource(
        id=name,
        kind=resources.ResourceKind.EQUIPMENT,
        site="east",
        hours=WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-FR": "09:00-18:00"})),
        skills={"brakes": 2, "tyres": 1},
        capacity=capacity,
        name="举升机",
    )


def _window(after: int) -> Window:
    return Window(AT + after * _HOUR, AT + (after + 1) * _HOUR)


def _book(name: str, after: int, units: int = 1) -> Step:
    booking = resources.Booking(id=name, window=_window(after), units=units, purpose="line-1")
    return lambda agenda: _booked(resources.book(agenda, booking))


def _booked(done: Any) -> tuple[Any, Iterable[Event]]:
    """Take what was booked; a clash is not expected here."""
    if isinstance(done, resources.Clash):
        raise Broken("a resource that is free", str(done))
    agenda, events = done
    return agenda, events


_AGENDA_LIFE: Final[tuple[Step, ...]] = (
    lambda _: resources.open_agenda(_resource("bay", 2)),
    _book("b-1", 0),
    _book("b-2", 0),
    _book("b-3", 4, 2),
    lambda agenda: _booked(resources.move(agenda, "b-2", _window(1))),
    lambda agenda: resources.cancel(agenda, "b-1"),
    _book("b-4", 0),
    lambda agenda: resources.change_resource(agenda, _resource("bay", 1), at=AT),
)


def _bills(legs: int, note: str) -> tuple[BillBook, tuple[Event, ...]]:
    bill = Bill([Component("leg", legs), Component("cloth", "0.50", "m")])
    return BillBook([Part("chair", bill), Part("leg"), Part("cloth", unit="cm")]), (Noted(note),)


_BOOK_LIFE: Final[tuple[Step, ...]] = (
    lambda _: _bills(4, "drawn up"),
    lambda _: _bills(3, "one leg less"),
)

LIVES: Final[tuple[tuple[Key, tuple[Step, ...]], ...]] = (
    (AggregateId(LEVEL, "east/mug"), _LEVEL_LIFE),
    (AggregateId(AGENDA, "bay"), _AGENDA_LIFE),
    (AggregateId(BOOK, "chairs"), _BOOK_LIFE),
)
"""What happens to records of each kind."""


# The last unit


def opened(kind: str, name: str, units: int) -> tuple[object, Iterable[Event]]:
    """Begin a level or an agenda that has so many units to promise."""
    if kind == AGENDA:
        return resources.open_agenda(_resource(name, units))
    return open_level(sku=name, site="east", on_hand=units)


def set_aside(record_: object, who: str) -> tuple[Any, Iterable[Event]] | None:
    """Promise one unit to somebody; None: there is none left."""
    if isinstance(record_, resources.Agenda):
        booking = resources.Booking(id=who, window=_window(0), purpose="line-1")
        done = resources.book(record_, booking)
        return None if isinstance(done, resources.Clash) else done
    if not isinstance(record_, StockLevel):
        raise Broken("a record of stock", repr(record_))
    if record_.available(AT) < 1:
        return None
    return reserve_units(record_, 1, id=who, holder=who, at=AT, command=f"c-{who}")


def promised(record_: object) -> list[str]:
    """Name those who have a unit of it."""
    if isinstance(record_, resources.Agenda):
        return sorted(each.id for each in record_.bookings)
    if isinstance(record_, StockLevel):
        return sorted(each.holder for each in record_.reservations if each.outstanding)
    raise Broken("a record of stock", repr(record_))


class Sale(NamedTuple):
    """What somebody who sells is to do.

    Args:
        who: Who it is.
        key: Of what to set units aside.
        wanted: How often.
        seed: For what is drawn by chance.
    """

    who: str
    key: Key
    wanted: int
    seed: int


def sell(store: Plainly, sale: Sale) -> Iterator[str]:
    """Set one unit aside, again and again, and name each that was acknowledged."""
    chance = Random(f"{sale.seed}-{sale.who}")  # noqa: S311 - the same for the same seed
    for number in range(sale.wanted):
        under = f"{sale.who}-{number}"
        if not _sell_one(store, sale.key, under, chance):
            return
        yield under


def _sell_one(store: Plainly, key: Key, under: str, chance: Random) -> bool:
    """Set a unit aside, trying again while others are faster; False: there is none left."""

    def sell_once() -> bool:
        got = store.read([key])
        done = set_aside(got.value(key, object), under)
        if done is not None:
            store.commit(request(under), deciding(key, got.version(key), *done, under))
        return done is not None

    try:
        return insist(sell_once, chance)
    except InvalidInput as error:
        raise Broken("a record that a unit can be set aside of", str(error)) from error
