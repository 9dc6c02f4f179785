"""One question for a whole basket: can it be served, from where and when; and to do so.

`check` and `reserve` net the lines in the same way: one after the other, all from one pool. So
``check(...).ok`` holds just where `reserve` of the same demand succeeds on the same snapshot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from attrs import field, frozen

from ordercore.data.checks import Named, aware, each, identifier, instance, integer, tuple_of
from ordercore.data.instants import pinned
from ordercore.errors import (
    IdempotencyConflict,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    LimitExceeded,
    NotFound,
)
from ordercore.events import MAX_SEQUENCE, Event, fingerprint
from ordercore.stock.answer import (
    MAX_ANSWERS,
    Appointment,
    LineCheck,
    Shortage,
    StockCheck,
    Taken,
)
from ordercore.stock.demand import Demand
from ordercore.stock.levels import MAX_RESERVATIONS, StockLevel
from ordercore.stock.performing import Performed, bookings_of
from ordercore.stock.pool import Pool
from ordercore.stock.reservations import Applied
from ordercore.stock.reserving import reserve_units
from ordercore.stock.resources.bookings import MAX_BOOKINGS, Agenda
from ordercore.stock.resources.commands import Clash, book
from ordercore.stock.snapshot import StockSnapshot

__all__ = ["MAX_WAYS", "AgendaChange", "LevelChange", "Reserved", "check", "reserve"]

MAX_WAYS: Final = 20_000
"""The most pairs of a line and a site that it may be served from, in one basket."""


def check(demand: Demand, snapshot: StockSnapshot, at: datetime) -> StockCheck:
    """Tell for each line what it would get, what could be had where and when, and what is short.

    Args:
        demand: What is wanted, all lines at once.
        snapshot: What is known of stock.
        at: When: what has expired by then counts for nothing.

    Raises:
        InvalidType: Something is not what it should be.
        InvalidDocument: With every site that the snapshot does not know.
        LimitExceeded: The basket is too large; see `MAX_WAYS`.

    >>> level = StockLevel(sku="mug", site="east", on_hand=5)
    >>> now = datetime.fromisoformat("2026-11-11T09:00:00+08:00")
    >>> twice = Demand.of([("mug", 3), ("mug", 3)])
    >>> found = check(twice, StockSnapshot(levels=[level]), now)
    >>> found.ok, [(short.line, short.missing, short.reasons) for short in found.shortages]
    (False, [('0002', 1, ('other_lines',))])
    """
    return _netted(demand, snapshot, at)[0]


def _events(given: Iterable[Event]) -> tuple[Event, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class LevelChange:
    """What becomes of one level.

    Args:
        version: The version that it had; whoever writes it down checks that it still has.
        level: The next level.
        events: What has happened.
    """

    version: int = field(validator=integer(least=1, most=MAX_SEQUENCE))
    level: StockLevel = field(validator=instance(StockLevel))
    events: tuple[Event, ...] = field(
        converter=_events, validator=each(instance(Event), least=1, most=MAX_ANSWERS)
    )


@frozen(kw_only=True)
class AgendaChange:
    """What becomes of one agenda.

    Args:
        version: The version that it had; whoever writes it down checks that it still has.
        agenda: The next agenda.
        events: What has happened.
    """

    version: int = field(validator=integer(least=1, most=MAX_SEQUENCE))
    agenda: Agenda = field(validator=instance(Agenda))
    events: tuple[Event, ...] = field(
        converter=_events, validator=each(instance(Event), least=1, most=MAX_ANSWERS)
    )


def _agenda_changes(given: Iterable[AgendaChange]) -> tuple[AgendaChange, ...]:
    return tuple_of(given)


def _appointments(given: Iterable[Appointment]) -> tuple[Appointment, ...]:
    return tuple_of(given)


def _changes(given: Iterable[LevelChange]) -> tuple[LevelChange, ...]:
    return tuple_of(given)


def _taken(given: Iterable[Taken]) -> tuple[Taken, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class Reserved:
    """All of a demand is set aside, once the changes are written down together.

    Args:
        taken: What is set aside for which line, at which site.
        changes: What becomes of the levels, in the order of sku and site. None where the
            command was done before.
        appointments: When and with whom services take place. None where the command was done
            before.
        agendas: What becomes of agendas, in the order of their ids.
    """

    taken: tuple[Taken, ...] = field(
        converter=_taken, validator=each(instance(Taken), most=MAX_ANSWERS)
    )
    changes: tuple[LevelChange, ...] = field(
        converter=_changes, validator=each(instance(LevelChange), most=MAX_ANSWERS)
    )
    appointments: tuple[Appointment, ...] = field(
        default=(), converter=_appointments, validator=each(instance(Appointment))
    )
    agendas: tuple[AgendaChange, ...] = field(
        default=(), converter=_agenda_changes, validator=each(instance(AgendaChange))
    )


def reserve(
    demand: Demand,
    snapshot: StockSnapshot,
    at: datetime,
    *,
    command: str,
    holder: str,
    expires_at: datetime | None = None,
    renewable_until: datetime | None = None,
) -> Reserved | StockCheck:
    """Set aside all of a demand, at as many levels as it takes, or nothing.

    Args:
        demand: What is wanted, all lines at once.
        snapshot: What is known of stock.
        at: When.
        command: The id of the command; the reservations are called by it, with a number. The
            same command again changes nothing.
        holder: For whom: the id of an order or a cart.
        expires_at: As `reserve_units` says.
        renewable_until: As `reserve_units` says.

    Returns:
        What is set aside; or, where something is short, what `check` says.

    Raises:
        InvalidInput: As `check`; or the reservations would have expired already.
        IdempotencyConflict: The command asked for something else before.
    """
    answer, pool = _netted(demand, snapshot, at)
    identifier(None, Named("holder"), holder)
    terms = _Terms(
        Applied(command, f"reserve {_told(demand)} for {holder}"),
        holder,
        expires_at,
        renewable_until,
    )
    known = tuple(_known(snapshot, terms.command))
    if known or _has_booked(demand, snapshot, command):
        return Reserved(taken=known, changes=())
    if not answer.ok:
        return answer
    taken = tuple(pool.taken())
    return Reserved(
        taken=taken,
        changes=_set_aside(taken, snapshot, at, terms),
        appointments=pool.appointments,
        agendas=_booked(pool, command),
    )


# Netting


def _netted(demand: Demand, snapshot: StockSnapshot, at: datetime) -> tuple[StockCheck, Pool]:
    """Let every line take from one pool; then let those that are short say why."""
    _check_question(demand, snapshot, at)
    pool = Pool(snapshot, pinned(at) or at)
    offers = {line.id: line.supply.offers(line, pool) for line in demand.lines}
    missing = {line.id: line.quantity - line.supply.serve(line, pool) for line in demand.in_turn}
    shortages = _shortages(demand, missing, pool.copy())
    taken: dict[str, list[Taken]] = {line.id: [] for line in demand.lines}
    for part in pool.taken():
        taken[part.line].append(part)
    booked: dict[str, list[Appointment]] = {line.id: [] for line in demand.lines}
    for appointment in pool.appointments:
        booked[appointment.line].append(appointment)
    _check_limits(pool, snapshot)
    lines = (
        LineCheck(
            id=line.id,
            sku=line.sku,
            wanted=line.quantity,
            taken=taken[line.id],
            appointments=booked[line.id],
            offers=offers[line.id],
            shortage=shortages.get(line.id),
        )
        for line in demand.lines
    )
    return StockCheck(at=pool.at, lines=lines), pool


def _shortages(demand: Demand, missing: Mapping[str, int], pool: Pool) -> dict[str, Shortage]:
    return {
        line.id: line.supply.explain(line, missing[line.id], pool)
        for line in demand.in_turn
        if missing[line.id]
    }


def _check_question(demand: Demand, snapshot: StockSnapshot, at: datetime) -> None:
    """Refuse what is no question, and sites that nobody knows."""
    instance(Demand)(None, Named("demand"), demand)
    instance(StockSnapshot)(None, Named("snapshot"), snapshot)
    aware(None, Named("at"), at)
    faults = list(_unknown_sites(demand, snapshot))
    if faults:
        raise InvalidDocument(faults)
    ways = sum(len(line.sites) or len(snapshot.of(line.sku)) for line in demand.lines)
    if ways > MAX_WAYS:
        expected = f"at most {MAX_WAYS} pairs of a line and a site"
        raise LimitExceeded(expected, ways, path=("demand", "lines"))


def _unknown_sites(demand: Demand, snapshot: StockSnapshot) -> Iterator[InvalidInput]:
    known = frozenset(snapshot.sites)
    for i, line in enumerate(demand.lines):
        for j, site in enumerate(line.sites):
            if site not in known:
                path = ("demand", "lines", i, "sites", j)
                yield NotFound("a site that the snapshot knows", site, path=path)


def _check_limits(pool: Pool, snapshot: StockSnapshot) -> None:
    """Refuse more reservations than a level remembers, so that what is ok can be reserved."""
    counts = Counter((part.sku, part.site) for part in pool.taken())
    for i, level in enumerate(snapshot.levels):
        count = len(level.reservations) + counts[level.sku, level.site]
        if count > MAX_RESERVATIONS:
            expected = f"at most {MAX_RESERVATIONS} reservations; forget those that are over"
            path = ("snapshot", "levels", i, "reservations")
            raise LimitExceeded(expected, count, path=path)
    for i, agenda in enumerate(snapshot.agendas):
        after = pool.agendas[agenda.id]
        count = len(after.bookings) + len(after.cancelled)
        if count > MAX_BOOKINGS:
            path = ("snapshot", "agendas", i, "bookings")
            raise LimitExceeded(f"at most {MAX_BOOKINGS} bookings", count, path=path)


# Setting aside


def _told(demand: Demand) -> str:
    """Tell two demands apart, whatever the order of their lines."""
    return fingerprint(Demand(demand.in_turn))[:32]


class _Terms(NamedTuple):
    """On what terms units are set aside."""

    command: Applied
    holder: str
    expires_at: datetime | None
    renewable_until: datetime | None


def _known(snapshot: StockSnapshot, command: Applied) -> Iterator[Taken]:
    """List what the command has set aside already, as far as it is remembered."""
    for level in snapshot.levels:
        for found in level.reservations:
            if found.applied and found.applied[0].command == command.command:
                found.has_seen(command)
                yield Taken(
                    line=found.line or found.id,
                    sku=level.sku,
                    site=level.site,
                    units=found.quantity,
                    due=found.due,
                )


def _set_aside(
    taken: tuple[Taken, ...], snapshot: StockSnapshot, at: datetime, terms: _Terms
) -> Iterator[LevelChange]:
    """Reserve what is taken, level by level."""
    by_level = sorted(enumerate(taken, 1), key=_level_of)
    for (sku, site), several in groupby(by_level, key=_level_of):
        before = level = snapshot.of(sku)[site]
        happened: list[Event] = []
        for number, part in several:
            level, events = reserve_units(
                level,
                part.units,
                id=f"{terms.command.command}.{number}",
                holder=terms.holder,
                line=part.line,
                at=at,
                due=part.due,
                expires_at=terms.expires_at,
                renewable_until=terms.renewable_until,
                command=terms.command,
            )
            happened += events
        yield LevelChange(version=before.version, level=level, events=happened)


def _booked(pool: Pool, command: str) -> Iterator[AgendaChange]:
    """Book what the services need; the bookings are called by the command, with a number."""
    agendas = {agenda.id: agenda for agenda in pool.snapshot.agendas}
    events: dict[str, list[Event]] = {}
    for number, appointment in enumerate(pool.appointments, 1):
        for name, booking in bookings_of(appointment, f"{command}.{number}"):
            done = book(agendas[name], booking)
            if isinstance(done, Clash):  # the pool has found it free
                raise InvalidValue("a resource that is free", str(done), reason="double_booking")
            agendas[name], happened = done
            events.setdefault(name, []).extend(happened)
    for agenda in pool.snapshot.agendas:
        if agenda.id in events:
            version, after = agenda.version, agendas[agenda.id]
            yield AgendaChange(version=version, agenda=after, events=events[agenda.id])


def _has_booked(demand: Demand, snapshot: StockSnapshot, command: str) -> bool:
    """Whether the command has booked its services already.

    Raises:
        IdempotencyConflict: It has booked other ones.
    """
    told = {
        booking.id: booking.purpose
        for agenda in snapshot.agendas
        for booking in (*agenda.bookings, *agenda.cancelled)
        if booking.id.rpartition(".")[0] == command
    }
    services = {e.id: e.quantity for e in demand.lines if isinstance(e.supply, Performed)}
    if told and Counter(told.values()) != services:
        raise IdempotencyConflict(command)
    return bool(told)


def _level_of(numbered: tuple[int, Taken]) -> tuple[str, str]:
    return numbered[1].sku, numbered[1].site
