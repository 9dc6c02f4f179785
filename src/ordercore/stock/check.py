"""One question for a whole basket: can it be served, from where and when; and to do so.

`check` and `reserve` net the lines in the same way: one after the other, all from one pool. So
``check(...).ok`` holds just where `reserve` of the same demand succeeds on the same snapshot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar

from attrs import evolve, field, frozen

from ordercore.data.checks import Named, each, identifier, instance, integer, tuple_of
from ordercore.data.instants import pinned
from ordercore.errors import IdempotencyConflict, InvalidValue, LimitExceeded
from ordercore.events import MAX_SEQUENCE, Event, fingerprint
from ordercore.stock.answer import (
    MAX_ANSWERS,
    Appointment,
    LineCheck,
    Shortage,
    StockCheck,
    Taken,
)
from ordercore.stock.asking import check_instant, check_limits, check_question
from ordercore.stock.demand import Demand, DemandLine
from ordercore.stock.levels import StockLevel
from ordercore.stock.performing import Performed, bookings_of
from ordercore.stock.pool import Pool
from ordercore.stock.reservations import Applied, Reservation
from ordercore.stock.reserving import reserve_all
from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.resources.commands import Clash, book
from ordercore.stock.snapshot import StockSnapshot

__all__ = ["AgendaChange", "LevelChange", "Reserved", "check", "reserve"]

_Given = ParamSpec("_Given")
_Told = TypeVar("_Told")


def check(demand: Demand, snapshot: StockSnapshot, at: datetime) -> StockCheck:
    """Tell for each line what it would get, what could be had where and when, and what is short.

    Args:
        demand: What is wanted, all lines at once.
        snapshot: What is known of stock.
        at: When: what has expired by then counts for nothing.

    Raises:
        InvalidType: Something is not what it should be.
        InvalidDocument: With every site that the snapshot does not know.
        LimitExceeded: The basket is too large; see `MAX_WAYS` and `MAX_SERVICES`. Or a line
            needs more of a part than `ordercore.stock.materials.MAX_NEED`; it is named.
        InvalidValue: A time is asked for at an instant of which agendas have forgotten bookings.

    >>> level = StockLevel(sku="mug", site="east", on_hand=5)
    >>> now = datetime.fromisoformat("2026-11-11T09:00:00+08:00")
    >>> twice = Demand.of([("mug", 3), ("mug", 3)])
    >>> found = check(twice, StockSnapshot(levels=[level]), now)
    >>> found.ok, [(short.line, short.missing, short.reasons) for short in found.shortages]
    (False, [('0002', 1, ('other_lines',))])
    """
    answer, _, _ = _netted(demand, snapshot, at)
    check_instant(demand, snapshot, at)
    return answer


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
    answer, taken, pool = _netted(demand, snapshot, at)
    identifier(None, Named("holder"), holder)
    terms = _Terms(
        Applied(command, f"reserve {_told(demand)} for {holder}"),
        holder,
        expires_at,
        renewable_until,
        {line.id: line.line or line.id for line in demand.lines},
    )
    known = tuple(_known(snapshot, terms.command))
    if known or _has_booked(demand, snapshot, command):
        return Reserved(taken=known, changes=())
    check_instant(demand, snapshot, at)
    if not answer.ok:
        return answer
    return Reserved(
        taken=taken,
        changes=_set_aside(taken, snapshot, at, terms),
        appointments=pool.appointments,
        agendas=_booked(demand, pool, terms),
    )


# Netting


def _netted(
    demand: Demand, snapshot: StockSnapshot, at: datetime
) -> tuple[StockCheck, tuple[Taken, ...], Pool]:
    """Let every line take from one pool; then let those that are short say why."""
    check_question(demand, snapshot, at)
    pool = Pool(snapshot, pinned(at) or at)
    offers = {line.id: _asked(demand, line.supply.offers, line, pool) for line in demand.lines}
    missing = {
        line.id: line.quantity - _asked(demand, line.supply.serve, line, pool)
        for line in demand.in_turn
    }
    shortages = _shortages(demand, missing, pool.copy()) if any(missing.values()) else {}
    everything = tuple(pool.taken())
    taken: dict[str, list[Taken]] = {line.id: [] for line in demand.lines}
    for part in everything:
        taken[part.line].append(part)
    booked: dict[str, list[Appointment]] = {line.id: [] for line in demand.lines}
    for appointment in pool.appointments:
        booked[appointment.line].append(appointment)
    check_limits(everything, pool)
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
    return StockCheck(at=pool.at, lines=lines), everything, pool


def _shortages(demand: Demand, missing: Mapping[str, int], pool: Pool) -> dict[str, Shortage]:
    return {
        line.id: _asked(demand, line.supply.explain, line, missing[line.id], pool)
        for line in demand.in_turn
        if missing[line.id]
    }


def _asked(
    demand: Demand,
    ask: Callable[Concatenate[DemandLine, _Given], _Told],
    line: DemandLine,
    *given: _Given.args,
    **named: _Given.kwargs,
) -> _Told:
    """Ask something of a line, and say which one it is if that is beyond a limit."""
    try:
        return ask(line, *given, **named)
    except LimitExceeded as error:
        found = error.at("demand", "lines", demand.lines.index(line))
        raise found.inside(f"line {line.line or line.id!r}") from None


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
    lines: Mapping[str, str]  # of the holder, by the lines of the demand


def _known(snapshot: StockSnapshot, command: Applied) -> Iterator[Taken]:
    """List what the command has set aside already, as far as it is remembered."""
    for level in snapshot.levels:
        for found in level.called(f"{command.command}."):
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
        before = snapshot.of(sku)[site]
        wanted = [
            Reservation(
                id=f"{terms.command.command}.{number}",
                holder=terms.holder,
                line=terms.lines[part.line],
                quantity=part.units,
                at=at,
                due=part.due,
                expires_at=terms.expires_at,
                renewable_until=terms.renewable_until,
                applied=(terms.command,),
            )
            for number, part in several
        ]
        level, events = reserve_all(before, wanted, at=at)
        yield LevelChange(version=before.version, level=level, events=events)


def _booked(demand: Demand, pool: Pool, terms: _Terms) -> Iterator[AgendaChange]:
    """Book what the services need; the bookings are called by the command, with a number."""
    command = terms.command.command
    supplies = {line.id: line.supply for line in demand.lines}
    agendas = {agenda.id: agenda for agenda in pool.snapshot.agendas}
    events: dict[str, list[Event]] = {}
    for number, appointment in enumerate(pool.appointments, 1):
        supply = supplies[appointment.line]
        asked = supply.requirement if isinstance(supply, Performed) else None
        for name, booking in bookings_of(appointment, f"{command}.{number}", asked):
            kept = evolve(
                booking,
                purpose=terms.lines[appointment.line],
                holder=terms.holder,
                expires_at=terms.expires_at,
                renewable_until=terms.renewable_until,
            )
            done = book(agendas[name], kept, at=pool.at)
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
    services: Counter[str | None] = Counter()
    for line in demand.lines:
        if isinstance(line.supply, Performed):
            services[line.line or line.id] += line.quantity
    numbers = range(1, services.total() + 2)  # one more would tell another demand
    told = Counter(_purposes(snapshot, [f"{command}.{number}" for number in numbers]))
    if told and told != services:
        raise IdempotencyConflict(command)
    return bool(told)


def _purposes(snapshot: StockSnapshot, names: Iterable[str]) -> Iterator[str | None]:
    """Tell what bookings are for, those that any agenda knows."""
    for name in names:
        known = (agenda.known(name) for agenda in snapshot.agendas)
        found = next((booking for booking in known if booking is not None), None)
        if found is not None:
            yield found.purpose


def _level_of(numbered: tuple[int, Taken]) -> tuple[str, str]:
    return numbered[1].sku, numbered[1].site
