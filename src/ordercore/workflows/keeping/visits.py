"""What is held of services: bookings of people and equipment, several for each visit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from itertools import chain

from attrs import evolve, frozen

from ordercore.calendars import instant_us
from ordercore.errors import InvalidValue
from ordercore.stock import Appointment, Shortage
from ordercore.stock.performing import bookings_of
from ordercore.stock.resources import (
    Agenda,
    AgendaResult,
    Booking,
    book,
    cancel,
    finish,
    firm,
    hand_over,
    renew,
)
from ordercore.storage import Key
from ordercore.workflows.keeping.desk import Desk, Renewing, agenda_key
from ordercore.workflows.keeping.held import Missing
from ordercore.workflows.keeping.serving import find_times
from ordercore.workflows.stock import Promised, Short, Wanted

__all__ = ["Visits"]


@frozen
class _Visit:
    """One unit of a service: a booking of each of those who take part, all of one id."""

    id: str
    parts: tuple[tuple[Key, Booking], ...]

    @property
    def start(self) -> tuple[int, str]:
        """Where it stands among others: the earliest first."""
        return min(booking.span[0] for _, booking in self.parts), self.id

    def has_expired(self, at: datetime) -> bool:
        """Whether the time of one of its bookings is over."""
        return any(booking.has_expired(at) for _, booking in self.parts)

    def is_past(self, at: datetime) -> bool:
        """Whether it is too late for it: it is over or, where it has expired, has begun.

        What is kept for good stays as it is.
        """
        held = [booking for _, booking in self.parts if booking.expires_at is not None]
        now = instant_us(at)
        return any(now >= each.span[0 if each.has_expired(at) else 1] for each in held)


class Visits:
    """Services: each unit is a visit, at which all who take part are booked."""

    def __init__(self, desk: Desk, wanted: tuple[Wanted, ...]) -> None:
        self._desk = desk
        self._wanted = wanted

    def _held(self, wanted: Wanted) -> list[_Visit]:
        """List the visits of a line, the earliest first."""
        found: dict[str, list[tuple[Key, Booking]]] = {}
        for key, agenda in self._desk.agendas.items():
            for booking in agenda.held_for(self._desk.task.order, wanted.line):
                found.setdefault(booking.id, []).append((key, booking))
        visits = (_Visit(name, tuple(parts)) for name, parts in found.items())
        return sorted(visits, key=lambda visit: visit.start)

    def firm(self) -> Missing:
        """Keep visits; cancel those that have expired and whose time others have."""
        missing: Missing = []
        for wanted in self._wanted:
            visits = self._held(wanted)[: wanted.quantity]
            lost = sum(not self._firmed(visit) for visit in visits)
            left = wanted.quantity - len(visits) + lost
            if left:
                missing.append((wanted, left))
        return missing

    def leave(self, sites: Collection[str]) -> Missing:  # noqa: ARG002
        """Leave visits as they are; tell of those that are not there."""
        held = ((wanted, len(self._held(wanted))) for wanted in self._wanted)
        return [(each, each.quantity - units) for each, units in held if units < each.quantity]

    def _firmed(self, visit: _Visit) -> bool:
        at = self._desk.task.at
        if visit.is_past(at):
            self._each(visit, cancel)
            return False
        kept = [firm(self._desk.agendas[key], visit.id, at=at) for key, _ in visit.parts]
        if all(isinstance(each, tuple) for each in kept):
            return all([self._desk.put_agenda(each) for each in kept])
        self._each(visit, cancel)
        return False

    def _each(self, visit: _Visit, act: Callable[[Agenda, str], AgendaResult]) -> None:
        for key, _ in visit.parts:
            self._desk.put_agenda(act(self._desk.agendas[key], visit.id))

    def free(self) -> None:
        """Cancel visits, the latest first."""
        for wanted in self._wanted:
            for visit in self._held(wanted)[::-1][: wanted.quantity]:
                self._each(visit, cancel)

    def hand_over(self) -> None:
        """Let another order have visits, the latest first."""
        to = self._desk.task.to or self._desk.task.order

        def give(agenda: Agenda, booking_id: str) -> AgendaResult:
            return hand_over(agenda, booking_id, to)

        for wanted in self._wanted:
            for visit in self._held(wanted)[::-1][: wanted.quantity]:
                self._each(visit, give)

    def consume(self) -> Iterable[Shortage]:
        """Take visits down as done, the earliest first."""
        for wanted in self._wanted:
            visits = self._held(wanted)[: wanted.quantity]
            for visit in visits:
                self._each(visit, finish)
            if len(visits) < wanted.quantity:
                yield wanted.short(len(visits), "not_set_aside")

    def renew(self, until: Renewing) -> Iterable[Shortage]:
        """Keep visits a while longer."""
        for wanted in self._wanted:
            visits = self._held(wanted)
            kept = sum(self._renewed(visit, until) for visit in visits)
            if kept < wanted.quantity:
                reason = "not_set_aside" if kept == len(visits) else "not_renewable"
                yield wanted.short(kept, reason)

    def _renewed(self, visit: _Visit, until: Renewing) -> bool:
        at, booking = self._desk.task.at, visit.parts[0][1]
        if booking.expires_at is None:
            return True
        if visit.is_past(at):
            return False
        end = until(booking.renewable_until)
        if end is None or end <= booking.expires_at:
            return not visit.has_expired(at)
        try:
            kept = [renew(self._desk.agendas[key], visit.id, end, at=at) for key, _ in visit.parts]
        except InvalidValue:  # it was renewed enough
            return False
        return all([self._desk.put_agenda(each) for each in kept])

    def reschedule(self) -> Short | None:
        """Give visits up and book as many anew, all of them or, by what is told, none.

        Each is on the terms of a visit that is given up, in the order of their times: what
        expires, expires when it would have, and what has expired is kept no more there.
        """
        held = {each.line: self._held(each)[: each.quantity] for each in self._wanted}
        lost = [
            each.short(len(held[each.line]), "not_set_aside")
            for each in self._wanted
            if len(held[each.line]) < each.quantity
        ]
        if lost:
            return Short(shortages=lost)
        for visit in chain(*held.values()):
            self._each(visit, cancel)
        found = find_times(self._desk, self._wanted)
        if isinstance(found, Short):
            return found
        self._desk.promised = Promised(appointments=found)
        given_up = {line: iter(visits) for line, visits in held.items()}
        for number, each in enumerate(sorted(found, key=_start), 1):
            name = f"{self._desk.task.command}.v{number}"
            self._book(name, each, next(given_up[each.line]).parts[0][1])
        return None

    def _book(self, name: str, appointment: Appointment, terms: Booking) -> None:
        """Book all who take part in an appointment, on the terms of another booking."""
        (wanted,) = (each for each in self._wanted if each.line == appointment.line)
        requirement = self._desk.keeper.requirement(wanted)
        for resource, booking in bookings_of(appointment, name, requirement):
            kept = evolve(
                booking,
                holder=self._desk.task.order,
                expires_at=terms.expires_at,
                renewable_until=terms.renewable_until,
            )
            agenda = self._desk.agendas[agenda_key(resource)]
            booked = book(agenda, kept, at=self._desk.task.at)
            if not self._desk.put_agenda(booked):  # it was found free
                raise InvalidValue("a resource that is free", str(booked), reason="double_booking")


def _start(appointment: Appointment) -> tuple[int, str]:
    return instant_us(appointment.occupied.start), appointment.line  # type: ignore[arg-type]
