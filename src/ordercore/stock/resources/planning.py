"""Planning: the first slot of one service, or of each of several; or every reason against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from ordercore.calendars import MAX_DAYS, Window
from ordercore.calendars.microseconds import LONGEST_US, duration_us, local, us_of
from ordercore.calendars.windows import MICROSECOND
from ordercore.data.checks import Named, duplicates, each, instance, tuple_of
from ordercore.errors import InvalidDocument, InvalidValue, LimitExceeded
from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.resources.requirement import Requirement, Role
from ordercore.stock.resources.resource import has_skills
from ordercore.stock.resources.search import Bounds, Found, Place, Times, earliest
from ordercore.stock.resources.slots import Chosen, Lack, LackReason, Overload, Plan, Slot

__all__ = ["MAX_AGENDAS", "earliest_slot", "earliest_slots"]

MAX_AGENDAS: Final = 10_000
"""The most agendas, or requirements, of one question."""

_AHEAD: Final = 366 * 86_400_000_000
"""How long an overload is looked beyond, in microseconds."""

_are_agendas = each(instance(Agenda), most=MAX_AGENDAS)
_are_requirements = each(instance(Requirement), most=MAX_AGENDAS)


def earliest_slot(
    requirement: Requirement,
    agendas: Iterable[Agenda],
    at: datetime,
    until: datetime,
    *,
    step: timedelta | None = None,
    by_end: bool = False,
) -> Slot | Overload:
    """Find when a service can begin first, with whom and with what, or why it cannot.

    It is exact, to the microsecond. Of the slots that begin first, it is the one that ends
    first, then at the first site, then with the first ids in the order of the roles: the order
    in which agendas are given means nothing.

    Args:
        requirement: What is needed.
        agendas: All resources there are, with their bookings.
        at: Now: nothing is set up before.
        until: Up to when to look: all is over by then, what comes after too.
        step: Offer starts only at ``at`` and at whole steps after it; None: as the requirement
            says, else at any instant.
        by_end: Whether to find the slot that ends first instead, and of these the one that
            begins first. They differ for work in working time that people with other hours
            get done sooner.

    Raises:
        LimitExceeded: They are more than `MAX_DAYS` apart, or so many different hours would
            have to be mixed that an exact answer takes too long.
        InvalidDocument: An agenda is given twice.
        InvalidInput: Something is not as said.
    """
    instance(Requirement)(None, Named("requirement"), requirement)
    known = _by_id(agendas)
    start, end, grid = _asked(at, until, step)
    return _answer(requirement, known, _Question(start, end, grid, by_end))


def earliest_slots(
    requirements: Iterable[Requirement],
    agendas: Iterable[Agenda],
    at: datetime,
    until: datetime,
    *,
    step: timedelta | None = None,
) -> Plan:
    """Find a slot for each of several services; what one takes, no other gets.

    They are placed one after the other: those that are needed first, then those that are
    needed at no instant, and where that is the same in the order of their ids. Each gets the
    earliest slot that those before it leave; it is not sought whether another order would
    serve more of them.

    Args:
        requirements: What is needed, with different ids, which no booking has yet.
        agendas: As `earliest_slot`.
        at: As `earliest_slot`.
        until: As `earliest_slot`.
        step: As `earliest_slot`.

    Raises:
        InvalidDocument: Ids are used twice.
        OrderCoreError: As `earliest_slot`.
    """
    wanted = tuple_of(requirements)
    _are_requirements(None, Named("requirements"), wanted)
    _check_ids([one.id for one in wanted], "requirements")
    known = _by_id(agendas)
    start, end, grid = _asked(at, until, step)
    slots, overloads = [], []
    for one in sorted(wanted, key=_turn):
        found = _answer(one, known, _Question(start, end, grid))
        if isinstance(found, Slot):
            slots.append(found)
            known |= _booked(found, known)
        else:
            overloads.append(found)
    agendas = tuple(known[name] for name in sorted(known))
    return Plan(slots=tuple(slots), overloads=tuple(overloads), agendas=agendas)


def _turn(requirement: Requirement) -> tuple[bool, datetime | None, str]:
    """Tell when a requirement has its turn."""
    due = requirement.needed_by
    return due is None, due, requirement.id


def _booked(slot: Slot, agendas: Mapping[str, Agenda]) -> dict[str, Agenda]:
    bookings = slot.bookings(slot.requirement)
    return {name: agendas[name].with_booking(booking) for name, booking in bookings.items()}


# What is asked


@frozen
class _Question:
    """Between which instants, in microseconds, at which steps, and what comes first."""

    start: int
    end: int
    step: int | None
    by_end: bool = False

    def bounds(self, requirement: Requirement, within: Window | None = None) -> Bounds:
        """Tell between which instants all that is occupied, and the work itself, may be."""
        starts, ends = [self.start], [self.end]
        windows = [Window(requirement.not_before, requirement.needed_by), within or Window()]
        for window in windows:
            starts += [] if window.start is None else [us_of(window.start, "not_before")]
            ends += [] if window.end is None else [us_of(window.end, "needed_by")]
        return Bounds(self.start, self.end, max(starts), min(ends))

    def grid(self, requirement: Requirement, agendas: Sequence[Agenda]) -> tuple[int, int | None]:
        """Tell from where on steps are counted, and how long they are."""
        if self.step is not None or requirement.step is None:
            return self.start, self.step
        shown = local(self.start, ZoneInfo(agendas[0].resource.hours.zone))
        since_midnight = shown - shown.replace(hour=0, minute=0, second=0, microsecond=0)
        return self.start - since_midnight // MICROSECOND, requirement.step // MICROSECOND


def _asked(at: datetime, until: datetime, step: timedelta | None) -> tuple[int, int, int | None]:
    start, end = us_of(at, "at"), us_of(until, "until")
    if end <= start:
        raise InvalidValue("an instant after the start", until, path=("until",))
    if end - start > LONGEST_US:
        raise LimitExceeded(f"a search of at most {MAX_DAYS} days", until, path=("until",))
    return start, end, None if step is None else duration_us(step, "step", least=1)


def _by_id(agendas: Iterable[Agenda]) -> dict[str, Agenda]:
    given = tuple_of(agendas)
    _are_agendas(None, Named("agendas"), given)
    _check_ids([agenda.id for agenda in given], "agendas")
    return {agenda.id: agenda for agenda in sorted(given, key=lambda agenda: agenda.id)}


def _check_ids(ids: Sequence[str], place: str) -> None:
    faults = list(duplicates(ids, place, then="id"))
    if faults:
        raise InvalidDocument(faults)


# What is answered


def _answer(
    requirement: Requirement, agendas: Mapping[str, Agenda], question: _Question
) -> Slot | Overload:
    sites = _sites(requirement, agendas)
    if requirement.preferred is not None:
        found = _first(requirement, sites, question, requirement.preferred)
        if found is not None:
            return found
    found = _first(requirement, sites, question)
    if found is not None:
        return found if requirement.preferred is None else evolve(found, is_preferred=False)
    lacks = (lack for site in sites for lack in _lacks(requirement, site, sites[site], question))
    nowhere = (_unskilled(requirement.site, role) for role in requirement.roles if not sites)
    later = (_later(requirement, agendas, question) for agendas in sites.values())
    return Overload(
        requirement=requirement.id,
        lacks=(*lacks, *nowhere),
        free_from=min((at for at in later if at is not None), default=None),
    )


def _sites(
    requirement: Requirement, agendas: Mapping[str, Agenda]
) -> dict[str, tuple[Agenda, ...]]:
    """Sort the agendas by site, those that are asked; all in the order of their ids."""
    found: dict[str, list[Agenda]] = {}
    for agenda in agendas.values():
        if requirement.site in (None, agenda.resource.site):
            found.setdefault(agenda.resource.site, []).append(agenda)
    return {site: tuple(found[site]) for site in sorted(found)}


def _first(
    requirement: Requirement,
    sites: Mapping[str, tuple[Agenda, ...]],
    question: _Question,
    within: Window | None = None,
) -> Slot | None:
    """Find the first slot of all sites."""
    bounds = question.bounds(requirement, within)
    found = (
        (*((one.end, one.start) if question.by_end else (one.start, one.end)), site, one)
        for site, agendas in sites.items()
        if (one := _earliest(requirement, agendas, bounds, question)) is not None
    )
    best = min(found, default=None)
    return None if best is None else _slot(requirement, best[2], best[3], sites[best[2]])


def _earliest(
    requirement: Requirement,
    agendas: Sequence[Agenda],
    bounds: Bounds,
    question: _Question,
) -> Found | None:
    places = [place for role in requirement.roles for place in _places(role, agendas)]
    origin, step = question.grid(requirement, agendas)
    return earliest(
        places,
        _times(requirement),
        bounds,
        in_working_time=requirement.in_working_time,
        step=step,
        origin=origin,
        by_end=question.by_end,
    )


def _places(role: Role, agendas: Sequence[Agenda]) -> list[Place]:
    able = tuple(one for one in agendas if has_skills(one.resource, role.skills))
    return [Place(role.name, able)] * role.count


def _times(requirement: Requirement) -> Times:
    told = (requirement.before, requirement.duration, requirement.after)
    return Times(*(part // MICROSECOND for part in told))


def _slot(requirement: Requirement, site: str, found: Found, agendas: Sequence[Agenda]) -> Slot:
    by_id = {agenda.id: agenda for agenda in agendas}
    zone = ZoneInfo(by_id[found.ids[0]].resource.hours.zone)
    roles = [role.name for role in requirement.roles for _ in range(role.count)]
    units: dict[tuple[str, str], int] = {}
    for pair in zip(roles, found.ids, strict=True):
        units[pair] = units.get(pair, 0) + 1
    start, end = found.occupied
    return Slot(
        requirement=requirement.id,
        site=site,
        window=Window(local(found.start, zone), local(found.end, zone)),
        occupied=Window(local(start, zone), local(end, zone)),
        chosen=tuple(Chosen(role, name, count) for (role, name), count in units.items()),
    )


# Why there is none


def _lacks(
    requirement: Requirement, site: str, agendas: tuple[Agenda, ...], question: _Question
) -> Iterator[Lack]:
    """List what is missing at a site: of each role by itself, else of all together."""
    lacking = False
    for role in requirement.roles:
        alone = evolve(requirement, roles=(role,))
        lack = _lack(alone, site, agendas, question)
        if lack is not None:
            lacking = True
            yield lack
    if not lacking:
        free_from = _later(requirement, agendas, question)
        reason = LackReason.NOT_TOGETHER
        yield Lack(site=site, role=None, reason=reason, free_from=free_from)


def _lack(
    alone: Requirement, site: str, agendas: tuple[Agenda, ...], question: _Question
) -> Lack | None:
    """Say why one role cannot be filled, were it the only one; None: it can."""
    (role,) = alone.roles
    able = [one.resource.capacity for one in agendas if has_skills(one.resource, role.skills)]
    if not able:
        return _unskilled(site, role)
    if sum(able) < role.count:
        return Lack(site=site, role=role.name, reason=LackReason.TOO_FEW)
    bounds = question.bounds(alone)
    if _earliest(alone, agendas, bounds, question) is not None:
        return None
    free = tuple(Agenda(resource=agenda.resource) for agenda in agendas)
    at_work = _earliest(alone, free, bounds, question) is not None
    reason = LackReason.OVERLOADED if at_work else LackReason.OFF_DUTY
    free_from = _later(alone, agendas, question)
    return Lack(site=site, role=role.name, reason=reason, free_from=free_from)


def _unskilled(site: str | None, role: Role) -> Lack:
    return Lack(site=site, role=role.name, reason=LackReason.UNSKILLED)


def _later(
    requirement: Requirement, agendas: tuple[Agenda, ...], question: _Question
) -> datetime | None:
    """Tell when it could begin, were there more time: up to a year beyond."""
    patient = evolve(requirement, needed_by=None)
    longer = evolve(question, end=min(question.end + _AHEAD, question.start + LONGEST_US))
    found = _earliest(patient, agendas, longer.bounds(patient), longer)
    if found is None:
        return None
    zone = next(a.resource.hours.zone for a in agendas if a.id == found.ids[0])
    return local(found.start, ZoneInfo(zone))
