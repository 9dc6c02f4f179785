"""Services in one basket with goods and with things made to order.

- F4: `check(...).ok` holds just where `reserve` succeeds, whatever the kinds of the lines.
- F22: what `reserve` books, it books once: at no minute more pieces than there are, nobody out
  of hours, nobody in two roles, and in time.
- A shortage tells which role is missing, and until when.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws_of_stock import AT, set_aside

from ordercore import dumps, loads
from ordercore.calendars import Window, WorkingHours, WorkingTime
from ordercore.errors import IdempotencyConflict, InvalidDocument
from ordercore.stock import (
    Bill,
    BillBook,
    Component,
    Demand,
    DemandLine,
    MadeToOrder,
    Part,
    Performed,
    Reserved,
    RoleShort,
    StockCheck,
    StockLevel,
    StockSnapshot,
    check,
)
from ordercore.stock.resources import (
    Agenda,
    Booking,
    Requirement,
    Resource,
    Slot,
    apply,
    earliest_slot,
)

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
WEEK = WorkingTime(WorkingHours.of("UTC", {"MO-FR": "09:00-12:00 13:00-17:00"}))
ALWAYS = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "00:00-24:00"}))
BOOK = BillBook([Part("exhaust", Bill(Component("pipe", 2))), Part("pipe")])


def mechanic(name: str, site: str = "north", **skills: int) -> Resource:
    return Resource(id=name, kind="person", site=site, hours=WEEK, skills=skills or {"brakes": 1})


def lifts(count: int, site: str = "north") -> Resource:
    return Resource(
        id=f"lift-{site}",
        kind="equipment",
        site=site,
        hours=ALWAYS,
        skills={"lift": 1},
        capacity=count,
    )


def job(hours: int = 2, roles=None, **more) -> Requirement:
    roles = {"mechanic": {"brakes": 1}, "lift": {"lift": 1}} if roles is None else roles
    return Requirement(id="job", roles=roles, duration=hours * HOUR, **more)


def service(name: str, units: int = 1, wanted: Requirement | None = None, **more) -> DemandLine:
    supply = Performed(job() if wanted is None else wanted, ahead=20 * DAY)
    return DemandLine(id=name, sku="repair", quantity=units, supply=supply, **more)


def snapshot(*resources: Resource, booked=(), **more) -> StockSnapshot:
    agendas = [
        Agenda(resource=one, bookings=[each for name, each in booked if name == one.id])
        for one in resources
    ]
    return StockSnapshot(agendas=agendas, **more)


def at(hour: int, day: int = 11) -> datetime:
    return AT.replace(day=day, hour=hour)


def booking(name: str, start: datetime, end: datetime, units: int = 1) -> Booking:
    return Booking(id=name, window=Window(start, end), units=units)


# Baskets of all kinds


@st.composite
def garages(draw: st.DrawFn) -> StockSnapshot:
    """Draw people, lifts, pipes and exhausts; some people are booked, and some lifts."""
    agendas = []
    for site in ("north", "south"):
        people = [
            mechanic(f"m-{site}-{i}", site, brakes=draw(st.integers(1, 2)))
            for i in range(draw(st.integers(0, 2)))
        ]
        for one in (*people, lifts(draw(st.integers(1, 2)), site)):
            starts = draw(st.lists(st.integers(0, 12), max_size=2, unique=True).map(sorted))
            bookings = [
                booking(f"b-{n}", at(10) + start * HOUR, at(10) + (start + 1) * HOUR)
                for n, start in enumerate(starts)
            ]
            agendas.append(Agenda(resource=one, bookings=bookings))
    levels = [
        StockLevel(sku=sku, site=site, on_hand=draw(st.integers(0, 3)))
        for sku in ("exhaust", "pipe")
        for site in ("north", "south")
    ]
    return StockSnapshot(levels=levels, agendas=agendas, bills=BOOK)


@st.composite
def baskets(draw: st.DrawFn) -> Demand:
    lines = []
    for i in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["goods", "made", "service"]))
        sites = draw(st.sampled_from([(), "north", "south"]))
        by = draw(st.none() | st.integers(1, 30).map(lambda hours: AT + hours * HOUR))
        units = draw(st.integers(1, 2))
        if kind == "service":
            level = draw(st.integers(1, 2))
            roles = {"mechanic": {"brakes": level}, "lift": {"lift": 1}}
            wanted = job(
                draw(st.integers(1, 3)),
                roles,
                in_working_time=draw(st.booleans()),
                after=draw(st.sampled_from([timedelta(), HOUR])),
            )
            lines.append(service(f"{i}", units, wanted, sites=sites, needed_by=by))
        else:
            sku = draw(st.sampled_from(["exhaust", "pipe"]))
            more = {"supply": MadeToOrder()} if kind == "made" else {}
            lines.append(
                DemandLine(id=f"{i}", sku=sku, quantity=units, sites=sites, needed_by=by, **more)
            )
    return Demand(lines)


@given(garage=garages(), demand=baskets())
def test_a_basket_of_all_kinds_is_ok_just_where_it_can_be_reserved(garage, demand):
    answer, done = check(demand, garage, AT), set_aside(demand, garage)
    assert answer.ok == isinstance(done, Reserved)
    if isinstance(done, StockCheck):
        assert done == answer
        assert all(0 <= short.available < short.wanted for short in answer.shortages)
        return
    told = sorted(
        (each for line in answer.lines for each in line.appointments), key=lambda each: each.line
    )
    assert sorted(done.appointments, key=lambda each: each.line) == told
    for line in demand.lines:
        found = [each for each in done.appointments if each.line == line.id]
        assert len(found) == (line.quantity if isinstance(line.supply, Performed) else 0)


@given(garage=garages(), demand=baskets())
def test_nobody_is_booked_twice(garage, demand):
    done = set_aside(demand, garage)
    if isinstance(done, StockCheck):
        return
    before = {agenda.id: agenda for agenda in garage.agendas}
    after = before | {change.agenda.id: change.agenda for change in done.agendas}
    for agenda in after.values():
        Agenda(resource=agenda.resource, bookings=agenda.bookings)  # refuses what is too much
        minute = AT - 12 * HOUR
        for _ in range(24 * 8):
            taken = [
                each.units
                for each in agenda.bookings
                if each.window.start <= minute < each.window.end
            ]
            assert sum(taken) <= agenda.resource.capacity
            minute += HOUR / 2
    for change in done.agendas:
        replayed = before[change.agenda.id]
        assert change.version == replayed.version
        for event in change.events:
            replayed = apply(replayed, event)
        assert replayed == change.agenda


@given(garage=garages(), demand=baskets())
def test_each_appointment_is_what_its_line_asks_for(garage, demand):
    resources = {agenda.id: agenda.resource for agenda in garage.agendas}
    lines = {line.id: line for line in demand.lines}
    for line in check(demand, garage, AT).lines:
        for each in line.appointments:
            asked = lines[each.line]
            wanted = asked.supply.requirement
            assert each.site in (asked.sites or (each.site,))
            assert each.window.start >= AT
            assert asked.needed_by is None or each.window.end <= asked.needed_by
            assert each.window.end - each.window.start >= wanted.duration
            assert len({one.resource for one in each.assigned}) == len(wanted.roles)
            for one in each.assigned:
                (role,) = (role for role in wanted.roles if role.name == one.role)
                (skill,) = role.skills
                has = {s.name: s.level for s in resources[one.resource].skills}
                assert has[skill.name] >= skill.level
                assert resources[one.resource].site == each.site


@given(garage=garages(), wanted=st.builds(job, st.integers(1, 4)))
def test_one_service_begins_as_early_as_it_can(garage, wanted):
    line = service("1", 1, wanted)
    slot = earliest_slot(wanted, garage.agendas, AT, AT + 20 * DAY)
    (told,) = check(Demand([line]), garage, AT).lines
    assert [each.window for each in told.appointments] == (
        [slot.window] if isinstance(slot, Slot) else []
    )


# What is told


def test_two_units_of_a_service_follow_each_other():
    garage = snapshot(mechanic("mechanic-1"), lifts(2))
    (line,) = check(Demand([service("1", 3)]), garage, at(10)).lines
    starts = [each.window.start for each in line.appointments]
    assert starts == [at(10), at(13), at(15)]
    assert all(
        first.window.end <= then.window.start for first, then in pairwise(line.appointments)
    )


def test_which_role_is_missing_and_until_when_is_told():
    booked = [("mechanic-1", booking("b-1", at(10), at(15)))]
    garage = snapshot(mechanic("mechanic-1"), lifts(1), booked=booked)
    (short,) = check(Demand([service("1", needed_by=at(16))]), garage, at(10)).shortages
    assert short.roles == (
        RoleShort(site="north", role="mechanic", reason="overloaded", free_from=at(15)),
    )
    assert (short.reasons, short.enough_from) == (("missing_roles", "later"), at(15))


def test_what_the_lines_before_have_booked_is_told_as_such():
    garage = snapshot(mechanic("mechanic-1"), lifts(2))
    lines = [service("1", needed_by=at(12)), service("2", needed_by=at(12))]
    (short,) = check(Demand(lines), garage, at(10)).shortages
    assert (short.line, short.reasons[0]) == ("2", "other_lines")
    assert [each.role for each in short.roles] == ["mechanic"]


def test_lines_that_wait_are_not_told_the_same_time():
    garage = snapshot(
        mechanic("mechanic-1"), lifts(2), booked=[("mechanic-1", booking("b", at(10), at(13)))]
    )
    lines = [service(name, needed_by=at(12)) for name in ("1", "2")]
    told = check(Demand(lines), garage, at(10)).shortages
    assert [each.enough_from for each in told] == [at(13), at(15)]


def test_nobody_with_the_skill_is_a_shortage_for_ever():
    garage = snapshot(mechanic("mechanic-1", paint=1), lifts(1))
    (short,) = check(Demand([service("1")]), garage, at(10)).shortages
    assert [(each.role, each.reason) for each in short.roles] == [("mechanic", "unskilled")]
    assert (short.available, short.enough_from) == (0, None)


def test_a_time_that_has_passed_is_too_late():
    garage = snapshot(mechanic("mechanic-1"), lifts(1))
    (short,) = check(Demand([service("1", needed_by=at(9))]), garage, at(10)).shortages
    assert short.reasons == ("too_late",)


# The same command


def written(garage: StockSnapshot, done: Reserved) -> StockSnapshot:
    agendas = {each.id: each for each in garage.agendas}
    agendas |= {change.agenda.id: change.agenda for change in done.agendas}
    return StockSnapshot(agendas=agendas.values())


def test_the_same_command_books_once():
    garage = snapshot(mechanic("mechanic-1"), lifts(2))
    demand = Demand([service("1", 2)])
    after = written(garage, set_aside(demand, garage))
    again = set_aside(demand, after, at=AT + HOUR)
    assert (again.changes, again.agendas, again.appointments) == ((), (), ())
    with pytest.raises(IdempotencyConflict):
        set_aside(Demand([service("1", 1)]), after)
    other = set_aside(demand, after, command="c-2")
    assert written(after, other) != after


def test_a_resource_is_told_once():
    with pytest.raises(InvalidDocument):
        snapshot(mechanic("mechanic-1"), mechanic("mechanic-1"))


def test_answers_about_services_are_documents():
    garage = snapshot(mechanic("mechanic-1"), lifts(1))
    demand = Demand([service("1"), service("2", needed_by=at(11))])
    assert loads(Demand, dumps(demand)) == demand
    answer = check(demand, garage, AT)
    assert loads(StockCheck, dumps(answer)) == answer
