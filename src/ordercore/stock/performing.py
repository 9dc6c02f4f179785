"""Services: lines that are served by people and equipment, at times at which these are free.

Whoever is booked for one line of a basket is there for no other at that time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from attrs import evolve, field, frozen

from ordercore.calendars.microseconds import lasting
from ordercore.calendars.windows import LAST
from ordercore.data import variant
from ordercore.data.checks import instance
from ordercore.stock.answer import Appointment, Assigned, Offer, RoleShort, Shortage
from ordercore.stock.demand import DemandLine, Supply
from ordercore.stock.pool import Pool
from ordercore.stock.resources.bookings import Booking
from ordercore.stock.resources.planning import earliest_slot
from ordercore.stock.resources.requirement import Requirement
from ordercore.stock.resources.slots import (
    LackReason,
    Overload,
    Slot,
    bookings_by_resource,
)

__all__ = ["Performed", "bookings_of"]


@variant(Supply, "performed")
@frozen
class Performed(Supply):
    """By people and equipment, each unit at the earliest time at which all of them are free.

    The line's instants and its site, if it names one, hold beside those of the requirement. A
    line that is needed at no instant may be performed at any time within `ahead`.

    Args:
        requirement: Whom and what one unit needs, and for how long; its id plays no part.
        ahead: How far ahead a time is looked for, from when the line may begin.
    """

    turn: ClassVar[int] = 2

    requirement: Requirement = field(validator=instance(Requirement))
    ahead: timedelta = field(default=timedelta(days=90), validator=lasting(least=1))

    def offers(self, line: DemandLine, pool: Pool) -> tuple[Offer, ...]:
        """Tell when each site could begin first with a unit."""
        return tuple(_offers(self, line, pool))

    def serve(self, line: DemandLine, pool: Pool) -> int:
        """Book the earliest time for each unit, as long as there is one."""
        for served in range(line.quantity):
            found = _asked(self, line, pool)
            if not isinstance(found, Slot):
                return served
            _book(line, found, pool)
        return line.quantity

    def explain(self, line: DemandLine, missing: int, pool: Pool) -> Shortage:
        """Say which roles are missing, and until when."""
        found = _asked(self, line, pool)
        overload = found if isinstance(found, Overload) else None
        later = None if overload is None else overload.free_from
        if later is not None:
            _book_later(self, line, missing, pool)
        return Shortage(
            line=line.id,
            sku=line.sku,
            wanted=line.quantity,
            available=line.quantity - missing,
            reasons=tuple(_reasons(self, line, pool, overload)),
            enough_from=later,
            roles=() if overload is None else tuple(_roles(overload)),
            is_service=True,
        )


def _asked(supply: Performed, line: DemandLine, pool: Pool) -> Slot | Overload | None:
    """Ask for the earliest time of a unit; None: there is no time between its instants."""
    start, due = _instants(supply, line, pool.at)
    if due is not None and due <= start:
        return None
    agendas = [
        agenda
        for agenda in pool.agendas.values()
        if not line.sites or agenda.resource.site in line.sites
    ]
    wanted = evolve(supply.requirement, not_before=start, needed_by=due)
    last = due or start
    until = last + min(supply.ahead, LAST - last)  # there is no date after that
    return earliest_slot(wanted, agendas, pool.at, until) if pool.at < until else None


def _instants(
    supply: Performed, line: DemandLine, at: datetime
) -> tuple[datetime, datetime | None]:
    """Tell from when on, and by when, a line may be performed."""
    wanted = supply.requirement
    starts = (line.start(at), wanted.not_before)
    dues = (line.needed_by, wanted.needed_by)
    start = max(start for start in starts if start is not None)
    return start, min((due for due in dues if due is not None), default=None)


def _book(line: DemandLine, slot: Slot, pool: Pool) -> None:
    pool.appointments = (
        *pool.appointments,
        Appointment(
            line=line.id,
            site=slot.site,
            window=slot.window,
            occupied=slot.occupied,
            assigned=[Assigned(each.role, each.resource, each.units) for each in slot.chosen],
        ),
    )
    for name, booking in bookings_of(pool.appointments[-1], f"new-{len(pool.appointments)}"):
        pool.agendas[name] = pool.agendas[name].with_booking(booking)


def bookings_of(
    appointment: Appointment, booking_id: str, requirement: Requirement | None = None
) -> Iterator[tuple[str, Booking]]:
    """Make the bookings that hold an appointment: one for each resource.

    Args:
        appointment: When, and who fills which role.
        booking_id: The id of all of them.
        requirement: What the roles ask for; None: the bookings do not say.
    """
    whole = appointment.window == appointment.occupied
    booking = Booking(
        id=booking_id,
        window=appointment.occupied,
        purpose=appointment.line,
        service=None if whole else appointment.window,
    )
    chosen = ((each.resource, each.units) for each in appointment.assigned)
    for name, held in bookings_by_resource(chosen, booking).items():
        roles = {each.role for each in appointment.assigned if each.resource == name}
        asked = None if requirement is None else _skills_of(roles, requirement)
        yield name, evolve(held, skills=asked)


def _skills_of(roles: Collection[str], requirement: Requirement) -> Mapping[str, int]:
    """Tell what whoever fills some roles at once must be able to do, and how well."""
    skills = (each for role in requirement.roles if role.name in roles for each in role.skills)
    return {skill.name: skill.level for skill in sorted(skills)}  # the highest level last


# What is told of them


def _offers(supply: Performed, line: DemandLine, pool: Pool) -> Iterator[Offer]:
    sites = line.sites or sorted({each.resource.site for each in pool.agendas.values()})
    for site in sites:
        found = _asked(supply, evolve(line, sites=site), pool)
        if isinstance(found, Slot) and found.window.start is not None:
            yield Offer(site, 1, found.window.start)


def _book_later(supply: Performed, line: DemandLine, missing: int, pool: Pool) -> None:
    """Let the line have what it will have later, so that it is not told to the next one."""
    patient = evolve(supply, requirement=evolve(supply.requirement, needed_by=None))
    for _ in range(missing):
        found = _asked(patient, evolve(line, needed_by=None), pool)
        if isinstance(found, Slot):
            _book(line, found, pool)


def _reasons(
    supply: Performed, line: DemandLine, pool: Pool, overload: Overload | None
) -> Iterator[str]:
    if overload is None:
        yield "too_late"
        return
    alone = pool.anew()
    if supply.serve(line, alone) == line.quantity:
        yield "other_lines"
    yield "missing_roles"
    if overload.free_from is not None:
        yield "later"


def _roles(overload: Overload) -> Iterator[RoleShort]:
    for lack in overload.lacks:
        yield RoleShort(
            site=lack.site,
            role=lack.role,
            reason=LackReason(lack.reason).value,
            free_from=lack.free_from,
        )
