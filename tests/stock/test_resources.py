"""People and equipment: bookings, the earliest slot against brute force, and reasons.

Laws:
    - F22: at no instant are more pieces of a resource booked than there are, after any
      sequence of commands, but where pieces are gone: what was booked there stays, is told,
      and nothing is added; a command given twice counts once; events rebuild the agenda.
    - A slot is the first that a search over every minute and every choice finds: of those the
      one that ends first, then with the first ids. Nothing is found where that finds nothing.
    - The order of resources, and of requirements, means nothing.
    - What one line of a basket takes, no other gets.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ordercore import InvalidDocument, dumps, loads
from ordercore.calendars import ClosedDays, Window, WorkingHours, WorkingTime
from ordercore.errors import (
    IdempotencyConflict,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
)
from ordercore.events import Actor, AggregateId, Event, record, replay
from ordercore.stock.resources import (
    Agenda,
    AgendaOpened,
    Booking,
    BookingMade,
    BookingMoved,
    Clash,
    LackReason,
    Overload,
    Requirement,
    Resource,
    ResourceCapacity,
    Role,
    Skill,
    Slot,
    apply,
    book,
    cancel,
    change_resource,
    earliest_slot,
    earliest_slots,
    forget,
    move,
    open_agenda,
    rebuild,
    search,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUARTER = 15 * MINUTE
AT = datetime(2026, 10, 24, 22, tzinfo=UTC)  # a Sunday of 25 hours begins in Berlin
ALWAYS = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "00:00-24:00"}))
NEVER = WorkingTime(WorkingHours("UTC", ()))
DAILY = WorkingTime(WorkingHours.of("Europe/Berlin", {"MO-SU": "08:00-12:00 13:00-17:00"}))


def window(start: float, end: float) -> Window:
    return Window(AT + start * HOUR, AT + end * HOUR)


def person(name: str, hours: WorkingTime = ALWAYS, site: str = "x", **skills: int) -> Resource:
    return Resource(id=name, kind="person", site=site, hours=hours, skills=skills)


def machine(
    name: str, capacity: int = 1, hours: WorkingTime = ALWAYS, site: str = "x", **skills: int
) -> Resource:
    return Resource(
        id=name, kind="equipment", site=site, hours=hours, skills=skills, capacity=capacity
    )


def agenda(resource: Resource, *booked: tuple[float, float]) -> Agenda:
    bookings = [Booking(id=f"b{i}", window=window(*told)) for i, told in enumerate(booked)]
    return Agenda(resource=resource, bookings=bookings)


def need(name: str = "r", **told: Any) -> Requirement:
    return Requirement(id=name, **{"roles": {"mechanic": {"brakes": 1}}, "duration": HOUR, **told})


# ---------------------------------------------------------------- slots against brute force


class World(NamedTuple):
    requirement: Requirement
    agendas: list[Agenda]
    until: datetime
    step: timedelta | None


SPANS = ["00:00-24:00", "08:00-12:00", "08:00-10:00 10:30-13:00", "01:30-04:00", "09:00-12:15"]
SKILLS: list[dict[str, int]] = [{}, {"a": 1}, {"a": 2}, {"b": 1}, {"a": 1, "b": 1}, {"lift": 1}]
quarters = st.integers(0, 4).map(lambda n: n * QUARTER)


@st.composite
def agendas(draw: st.DrawFn, name: str) -> Agenda:
    capacity = draw(st.sampled_from([1, 1, 1, 2, 3]))
    hours = WorkingTime(WorkingHours.of("Europe/Berlin", {"MO-SU": draw(st.sampled_from(SPANS))}))
    resource = machine(name, capacity, hours, **draw(st.sampled_from(SKILLS)))
    found = Agenda(resource=resource)
    for i in range(draw(st.integers(0, 4))):
        start = AT + draw(st.integers(-4, 60)) * QUARTER
        length = draw(st.integers(1, 10)) * QUARTER
        units = draw(st.integers(1, capacity))
        booked = book(
            found, Booking(id=f"b{i}", window=Window(start, start + length), units=units)
        )
        if not isinstance(booked, Clash):
            found = booked[0]
    return found


roles = st.lists(
    st.tuples(st.sampled_from(SKILLS[1:]), st.sampled_from([1, 1, 2])), min_size=1, max_size=2
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    drawn = draw(roles)
    early = draw(st.none() | st.integers(0, 40).map(lambda n: AT + n * QUARTER))
    late = draw(st.none() | st.integers(45, 70).map(lambda n: AT + n * QUARTER))
    requirement = need(
        roles=[Role(f"role {i}", skills, count) for i, (skills, count) in enumerate(drawn)],
        duration=draw(st.integers(1, 12)) * QUARTER,
        in_working_time=draw(st.booleans()),
        before=draw(quarters),
        after=draw(quarters),
        not_before=early,
        needed_by=late,
    )
    names = draw(st.permutations(["mechanic-1", "mechanic-2", "mechanic-3", "mechanic-4"]))
    found = [draw(agendas(name)) for name in names[: draw(st.integers(1, 4))]]
    step = draw(st.sampled_from([None, None, 20 * MINUTE, HOUR]))
    return World(requirement, found, AT + draw(st.integers(20, 64)) * QUARTER, step)


class Minutes:
    """What a resource does, minute by minute from `AT` on."""

    def __init__(self, one: Agenda, count: int) -> None:
        instants = [AT + i * MINUTE for i in range(count)]
        hours = one.resource.hours.spans(Window(AT, AT + count * MINUTE))
        self.works = [any(at in span for span in hours) for at in instants]
        self.spare = [
            one.resource.capacity - sum(b.units for b in one.bookings if at in b.window)
            for at in instants
        ]


def able(one: Agenda, role: Role) -> bool:
    levels = {skill.name: skill.level for skill in one.resource.skills}
    return all(levels.get(skill.name, 0) >= skill.level for skill in role.skills)


def brute(world: World) -> tuple[datetime, datetime, tuple[str, ...]] | None:
    """Try every choice of resources at every minute."""
    wanted = world.requirement
    count = (world.until - AT) // MINUTE
    days = {one.id: Minutes(one, count) for one in world.agendas}
    pieces = [(one.id, i) for one in world.agendas for i in range(one.resource.capacity)]
    places = [role for role in wanted.roles for _ in range(role.count)]
    by_id = {one.id: one for one in world.agendas}
    found = []
    seen = set()
    for chosen in permutations(pieces, len(places)):
        names = tuple(name for name, _ in chosen)
        if names in seen or not all(
            able(by_id[name], role) for name, role in zip(names, places, strict=True)
        ):
            continue
        seen.add(names)
        fit = first_fit(wanted, [(days[name], names.count(name)) for name in names], world)
        if fit is not None:
            found.append((*fit, in_order(wanted, names)))
    return min(found, default=None)


def in_order(wanted: Requirement, names: Sequence[str]) -> tuple[str, ...]:
    rest = list(names)
    told: list[str] = []
    for role in wanted.roles:
        told += sorted(rest[: role.count])
        rest = rest[role.count :]
    return tuple(told)


def first_fit(
    wanted: Requirement, chosen: list[tuple[Minutes, int]], world: World
) -> tuple[datetime, datetime] | None:
    """Lay the work on the minutes that count, from each of them on."""
    count = len(chosen[0][0].works)
    at_work = [all(day.works[i] for day, _ in chosen) for i in range(count)]
    free = [all(day.spare[i] >= units for day, units in chosen) for i in range(count)]
    if not wanted.in_working_time:
        free = [free[i] and at_work[i] for i in range(count)]
        at_work = [True] * count
    line = [i for i in range(count) if at_work[i]]
    before, itself, after = (
        part // MINUTE for part in (wanted.before, wanted.duration, wanted.after)
    )
    for k in range(len(line) - before - itself - after + 1):
        first, last = line[k], line[k + before + itself + after - 1]
        start = AT + line[k + before] * MINUTE
        end = AT + (line[k + before + itself - 1] + 1) * MINUTE
        if (
            all(free[first : last + 1])
            and (wanted.not_before is None or start >= wanted.not_before)
            and (wanted.needed_by is None or end <= wanted.needed_by)
            and (world.step is None or (start - AT) % world.step == timedelta())
        ):
            return start, end
    return None


def asked(world: World) -> tuple[datetime, datetime, tuple[str, ...]] | None:
    found = earliest_slot(world.requirement, world.agendas, AT, world.until, step=world.step)
    if isinstance(found, Overload):
        return None
    assert found.window.start is not None
    assert found.window.end is not None
    names = [one.resource for one in found.chosen for _ in range(one.units)]
    return found.window.start, found.window.end, tuple(names)


@given(worlds())
def test_a_slot_is_the_first_that_trying_everything_finds(world: World) -> None:
    assert asked(world) == brute(world)


@given(worlds(), st.integers(1, 2))
def test_a_slot_is_the_first_also_where_pieces_are_gone(world: World, capacity: int) -> None:
    fewer = [
        change_resource(one, evolve(one.resource, capacity=capacity), at=AT)[0]
        for one in world.agendas
    ]
    assert asked(world._replace(agendas=fewer)) == brute(world._replace(agendas=fewer))


@given(worlds())
def test_how_far_ahead_is_looked_at_first_makes_no_difference(world: World) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_NEAR", 1)
        assert asked(world) == brute(world)


@given(worlds())
def test_a_slot_can_be_booked_and_the_same_pieces_not_again(world: World) -> None:
    found = earliest_slot(world.requirement, world.agendas, AT, world.until, step=world.step)
    if isinstance(found, Overload):
        return
    by_id = {one.id: one for one in world.agendas}
    for name, booking in found.bookings("new").items():
        booked = book(by_id[name], booking)
        assert not isinstance(booked, Clash)
        assert booked[0].spare(found.occupied) >= 0
    assert found.occupied.start is not None
    assert found.occupied.start >= AT
    assert found.occupied.end is not None
    assert found.occupied.end <= world.until


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_resources_means_nothing(world: World, chance: Any) -> None:
    shuffled = list(world.agendas)
    chance.shuffle(shuffled)
    told = earliest_slot(world.requirement, world.agendas, AT, world.until, step=world.step)
    again = earliest_slot(world.requirement, shuffled, AT, world.until, step=world.step)
    assert told == again


# ---------------------------------------------------------------- by the clock


ZONES = ["UTC", "Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns"]
STEPS = [5, 15, 20, 30, 45, 60, 90, 120]


def clerk(zone: str, *booked: tuple[float, float]) -> Agenda:
    always = WorkingTime(WorkingHours.of(zone, {"MO-SU": "00:00-24:00"}))
    return agenda(person("clerk", always, brakes=1), *booked)


@pytest.mark.parametrize(
    ("zone", "minutes", "begins"),
    [
        ("Asia/Shanghai", 30, "2026-11-26T08:30:00+08:00"),
        ("Asia/Shanghai", 5, "2026-11-26T08:05:00+08:00"),
        ("Asia/Kolkata", 60, "2026-11-26T06:00:00+05:30"),
        ("Asia/Kathmandu", 60, "2026-11-26T06:00:00+05:45"),
        ("America/New_York", 1440, "2026-11-26T00:00:00-05:00"),
    ],
)
def test_a_visit_begins_at_a_step_by_the_clock_of_those_who_come(
    zone: str, minutes: int, begins: str
) -> None:
    asked_at = datetime.fromisoformat("2026-11-26T08:03:17.123456+08:00")
    wanted = need(step=minutes * MINUTE)
    found = earliest_slot(wanted, [clerk(zone)], asked_at, asked_at + 2 * DAY)
    assert isinstance(found, Slot)
    assert found.window.start is not None
    assert found.window.start.isoformat() == begins
    other = earliest_slot(
        wanted, [clerk(zone)], asked_at, asked_at + 2 * DAY, step=timedelta(seconds=7)
    )
    assert isinstance(other, Slot)
    assert other.window.start == asked_at  # who says a step, has that from the instant on


@given(
    st.sampled_from(ZONES),
    st.sampled_from(STEPS),
    st.integers(0, 24 * 60),
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 12)), max_size=5),
    st.integers(1, 8),
)
def test_a_step_by_the_clock_is_the_first_that_trying_every_minute_finds(
    zone: str, step: int, late: int, booked: list[tuple[int, int]], length: int
) -> None:
    one = clerk(zone)
    for i, (start, units) in enumerate(booked):
        told = book(one, Booking(id=f"b{i}", window=quarter(start, start + units)))
        one = one if isinstance(told, Clash) else told[0]
    asked_at = AT + late * MINUTE
    wanted = need(duration=length * QUARTER, step=step * MINUTE)
    found = earliest_slot(wanted, [one], asked_at, asked_at + 4 * DAY)
    assert isinstance(found, Slot)
    for minute in range(late, late + 3 * 24 * 60):
        start = AT + minute * MINUTE
        shown = start.astimezone(ZoneInfo(zone))
        on_step = (shown.hour * 60 + shown.minute) % step == 0
        if on_step and not one.during(Window(start, start + wanted.duration)):
            assert found.window.start == start
            return
    pytest.fail("there is one")


@pytest.mark.parametrize("minutes", [0, -5, 7, 50, 1441, 2880])
def test_a_step_is_an_equal_part_of_a_day(minutes: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        need(step=minutes * MINUTE)
    assert refused.value.path == ("step",)


Find = Callable[[Requirement, Sequence[Agenda], datetime], Slot | Overload]


def law_bounds(find: Find) -> None:
    """Bookings that touch, that leave just enough, and that leave a minute too little."""
    busy = agenda(person("mechanic-1", brakes=1), (0, 1), (2, 3), (3.5, 6))
    for duration, start in ((HOUR, 1), (HOUR + MINUTE, 6), (30 * MINUTE, 1), (2 * HOUR, 6)):
        found = find(need(duration=duration), [busy], AT + DAY)
        assert isinstance(found, Slot)
        assert found.window.start == AT + start * HOUR


def stepping(wanted: Requirement, known: Sequence[Agenda], until: datetime) -> Slot | Overload:
    """A planted bug: starts are tried every two hours only."""
    return earliest_slot(wanted, known, AT, until, step=2 * HOUR)


def closed_ends(wanted: Requirement, known: Sequence[Agenda], until: datetime) -> Slot | Overload:
    """Another: a booking holds the instant at which it ends."""
    longer = [
        evolve(
            one,
            bookings=[evolve(b, window=Window(b.window.start, later(b))) for b in one.bookings],
        )
        for one in known
    ]
    return earliest_slot(wanted, longer, AT, until)


def later(booking: Booking) -> datetime:
    assert booking.window.end is not None
    return booking.window.end + MINUTE


def test_a_slot_begins_at_the_very_instant_at_which_somebody_is_free() -> None:
    law_bounds(lambda wanted, known, until: earliest_slot(wanted, known, AT, until))


@pytest.mark.parametrize("planted", [stepping, closed_ends])
def test_who_misses_a_bound_is_noticed(planted: Find) -> None:
    with pytest.raises(AssertionError):
        law_bounds(planted)


# ---------------------------------------------------------------- what a slot is


BRAKES = {"mechanic": {"brakes": 2}, "lift": {"lift": 1}}
MECHANIC, APPRENTICE = person("mechanic-1", DAILY, brakes=3), person("mechanic-2", DAILY, brakes=1)
BAYS = machine("bays", 2, lift=1)


def hours_of(found: Slot | Overload) -> tuple[float, float]:
    assert isinstance(found, Slot)
    assert found.window.start is not None
    assert found.window.end is not None
    return (found.window.start - AT) / HOUR, (found.window.end - AT) / HOUR


@pytest.mark.parametrize(
    ("told", "hours"),
    [
        ({"duration": 4 * HOUR}, (9, 13)),  # 08:00 is nine hours in: the hour from 2 comes twice
        ({"duration": 5 * HOUR, "in_working_time": True}, (9, 15)),
        ({"duration": 3 * HOUR, "before": HOUR}, (10, 13)),
        ({"duration": 4 * HOUR, "before": HOUR, "in_working_time": True}, (10, 15)),
        ({"duration": 3 * HOUR, "not_before": AT + 12 * HOUR}, (14, 17)),
        ({"duration": HOUR, "preferred": window(16, 18)}, (16, 17)),
        ({"duration": 9 * HOUR, "in_working_time": True}, (9, 34)),
    ],
)
def test_a_slot_fits_into_working_hours(told: dict[str, Any], hours: tuple[float, float]) -> None:
    found = earliest_slot(
        need(roles=BRAKES, **told),
        [agenda(MECHANIC), agenda(APPRENTICE), agenda(BAYS)],
        AT,
        AT + 3 * DAY,
    )
    assert hours_of(found) == hours
    assert isinstance(found, Slot)
    assert [(one.role, one.resource) for one in found.chosen] == [
        ("mechanic", "mechanic-1"),
        ("lift", "bays"),
    ]
    assert found.is_preferred


def test_setup_is_over_before_the_work_and_both_are_booked() -> None:
    wanted = need(roles=BRAKES, duration=HOUR, before=30 * MINUTE, after=15 * MINUTE)
    found = earliest_slot(wanted, [agenda(MECHANIC), agenda(BAYS)], AT, AT + DAY)
    assert isinstance(found, Slot)
    assert found.occupied == window(9, 10.75)
    assert found.window == window(9.5, 10.5)
    assert found.bookings("k", "line 1") == {
        name: Booking(id="k", window=window(9, 10.75), purpose="line 1", service=window(9.5, 10.5))
        for name in ("mechanic-1", "bays")
    }


def test_a_window_that_is_preferred_and_full_gives_way_to_the_earliest() -> None:
    wanted = need(preferred=window(14, 15))
    busy = agenda(person("mechanic-1", brakes=1), (14.5, 20))
    found = earliest_slot(wanted, [busy], AT, AT + DAY)
    assert isinstance(found, Slot)
    assert (hours_of(found), found.is_preferred) == ((0, 1), False)


def test_a_slot_is_told_at_the_offset_of_who_comes_first() -> None:
    found = earliest_slot(need(), [agenda(person("mechanic-1", DAILY, brakes=1))], AT, AT + DAY)
    assert isinstance(found, Slot)
    assert found.window.start is not None
    assert found.window.start.isoformat() == "2026-10-25T08:00:00+01:00"


def test_who_can_fill_two_roles_leaves_the_one_that_others_cannot_fill() -> None:
    known = [agenda(person("mechanic-1", a=1, b=1)), agenda(person("mechanic-2", a=1))]
    found = earliest_slot(need(roles={"one": {"a": 1}, "two": {"b": 1}}), known, AT, AT + DAY)
    assert isinstance(found, Slot)
    assert [one.resource for one in found.chosen] == ["mechanic-2", "mechanic-1"]


def test_one_machine_fills_as_many_places_as_it_has_pieces() -> None:
    wanted = need(roles=[Role("lift", {"lift": 1}, 2)])
    free = earliest_slot(wanted, [agenda(BAYS)], AT, AT + DAY)
    assert isinstance(free, Slot)
    assert [(one.resource, one.units) for one in free.chosen] == [("bays", 2)]
    assert free.bookings("k")["bays"].units == 2
    assert hours_of(earliest_slot(wanted, [agenda(BAYS, (0, 3))], AT, AT + DAY)) == (3, 4)


def test_all_who_are_chosen_are_at_one_site() -> None:
    known = [
        agenda(person("mechanic-1", site="east", brakes=2)),
        agenda(machine("lift", site="west", lift=1)),
    ]
    found = earliest_slot(need(roles=BRAKES), known, AT, AT + DAY)
    assert isinstance(found, Overload)
    assert {(lack.site, lack.role, lack.reason) for lack in found.lacks} == {
        ("east", "lift", LackReason.UNSKILLED),
        ("west", "mechanic", LackReason.UNSKILLED),
    }
    both = [*known, agenda(machine("bay", site="east", lift=1))]
    slot = earliest_slot(need(roles=BRAKES), both, AT, AT + DAY)
    assert isinstance(slot, Slot)
    assert slot.site == "east"


# ---------------------------------------------------------------- why there is none


@pytest.mark.parametrize(
    ("told", "known", "lacks"),
    [
        (
            {"roles": {"mechanic": {"brakes": 5}}},
            [agenda(MECHANIC)],
            [("mechanic", LackReason.UNSKILLED, None)],
        ),
        (
            {"roles": [Role("mechanic", {"brakes": 1}, 3)]},
            [agenda(MECHANIC), agenda(APPRENTICE)],
            [("mechanic", LackReason.TOO_FEW, None)],
        ),
        ({"duration": 5 * HOUR}, [agenda(MECHANIC)], [("mechanic", LackReason.OFF_DUTY, None)]),
        ({"needed_by": AT + 5 * HOUR}, [agenda(MECHANIC)], [("mechanic", LackReason.OFF_DUTY, 9)]),
        ({}, [agenda(MECHANIC, (0, 40))], [("mechanic", LackReason.OVERLOADED, 40)]),
        (
            {"roles": BRAKES},
            [agenda(MECHANIC, (0, 40)), agenda(person("untrained"))],
            [("mechanic", LackReason.OVERLOADED, 40), ("lift", LackReason.UNSKILLED, None)],
        ),
        (
            {"roles": BRAKES},
            [
                agenda(person("mechanic-1", brakes=2), (2, 30)),
                agenda(machine("lift", lift=1), (0, 2), (26, 29)),
            ],
            [(None, LackReason.NOT_TOGETHER, 30)],
        ),
        ({}, [], [("mechanic", LackReason.UNSKILLED, None)]),
        (
            {},
            [agenda(person("mechanic-1", NEVER, brakes=1))],
            [("mechanic", LackReason.OFF_DUTY, None)],
        ),
    ],
)
def test_where_there_is_no_slot_every_reason_is_told(
    told: dict[str, Any], known: list[Agenda], lacks: list[Any]
) -> None:
    found = earliest_slot(need(**told), known, AT, AT + 24 * HOUR)
    assert isinstance(found, Overload)
    assert [
        (lack.role, lack.reason, lack.free_from and (lack.free_from - AT) / HOUR)
        for lack in found.lacks
    ] == lacks


def test_an_overload_tells_when_it_would_be_possible() -> None:
    known = [agenda(MECHANIC, (0, 40)), agenda(BAYS)]
    found = earliest_slot(need(roles=BRAKES), known, AT, AT + DAY)
    assert isinstance(found, Overload)
    assert found.free_from == AT + 40 * HOUR
    assert str(found) == "mechanic: overloaded until 2026-10-26T15:00:00+01:00"
    later_on = earliest_slot(need(roles=BRAKES), known, AT, AT + 3 * DAY)
    assert isinstance(later_on, Slot)
    assert later_on.window.start == found.free_from


# ---------------------------------------------------------------- baskets


def test_two_lines_do_not_get_the_same_mechanic() -> None:
    lines = [need(name, duration=2 * HOUR) for name in ("1", "2", "3")]
    known = [agenda(person("mechanic-1", brakes=1)), agenda(person("mechanic-2", brakes=1))]
    plan = earliest_slots(lines, known, AT, AT + DAY)
    assert plan.ok
    assert [(s.requirement, hours_of(s), s.chosen[0].resource) for s in plan.slots] == [
        ("1", (0, 2), "mechanic-1"),
        ("2", (0, 2), "mechanic-2"),
        ("3", (2, 4), "mechanic-1"),
    ]
    assert [[b.id for b in one.bookings] for one in plan.agendas] == [["1", "3"], ["2"]]


def test_what_is_needed_first_is_placed_first_then_the_smaller_id() -> None:
    lines = [
        need("a"),
        need("b", needed_by=AT + 9 * HOUR),
        need("c", needed_by=AT + HOUR),
        need("d", needed_by=AT + HOUR),
    ]
    plan = earliest_slots(lines, [agenda(person("mechanic-1", brakes=1))], AT, AT + DAY)
    assert [slot.requirement for slot in plan.slots] == ["c", "b", "a"]
    assert [overload.requirement for overload in plan.overloads] == ["d"]
    assert not plan.ok


@given(st.lists(worlds(), min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_a_basket_comes_out_the_same_in_any_order_and_books_nobody_twice(
    drawn: list[World], chance: Any
) -> None:
    known, until = drawn[0].agendas, drawn[0].until
    lines = [evolve(world.requirement, id=f"new {i}") for i, world in enumerate(drawn)]
    plan = earliest_slots(lines, known, AT, until)
    for one in plan.agendas:
        Agenda(resource=one.resource, bookings=one.bookings)  # all that holds at birth
    shuffled, others = list(lines), list(known)
    chance.shuffle(shuffled)
    chance.shuffle(others)
    assert earliest_slots(shuffled, others, AT, until) == plan
    assert len(plan.slots) + len(plan.overloads) == len(lines)


# ---------------------------------------------------------------- capacity for what is made


def test_capacity_finds_the_first_window_for_so_much_work() -> None:
    wanted = need(roles=BRAKES, in_working_time=True)
    capacity = ResourceCapacity(
        requirement=wanted, agendas=[agenda(MECHANIC, (10, 12)), agenda(BAYS)], until=AT + 4 * DAY
    )
    assert capacity.earliest(3 * HOUR, AT) == window(12, 16)
    assert capacity.earliest(8 * HOUR, AT + 15 * HOUR) == window(15, 39)
    assert capacity.earliest(90 * HOUR, AT) is None


# ---------------------------------------------------------------- F22: agendas


class Bookings(RuleBasedStateMachine):
    """An agenda against a count of pieces for each quarter of an hour."""

    @initialize(capacity=st.integers(1, 3))
    def begin(self, capacity: int) -> None:
        self.capacity = capacity
        self.agenda, events = open_agenda(machine("m", capacity, lift=1))
        self.events: list[Event] = list(events)
        self.held: dict[str, tuple[int, int, int]] = {}
        self.first: dict[str, tuple[int, int, int]] = {}
        self.last: dict[str, int] = {}
        self.forgotten: dict[str, tuple[int, int, int]] = {}
        self.known_from = -1

    def free(self, start: int, end: int, but: str = "") -> int:
        used = [
            sum(n for name, (a, b, n) in self.held.items() if a <= i < b and name != but)
            for i in range(start, end)
        ]
        return max(0, self.capacity - max(used))

    def take(self, done: Any) -> None:
        self.agenda, events = done
        self.events += events

    @rule(
        name=st.sampled_from("abcdef"),
        start=st.integers(0, 20),
        length=st.integers(1, 8),
        units=st.integers(1, 3),
    )
    def book(self, name: str, start: int, length: int, units: int) -> None:
        told = Booking(id=name, window=quarter(start, start + length), units=units)
        if name in self.first:
            if self.first[name] == (start, start + length, units):
                assert book(self.agenda, told) == (self.agenda, ())
            else:
                with pytest.raises(IdempotencyConflict):
                    book(self.agenda, told)
            return
        if start + length <= self.known_from:
            with pytest.raises(InvalidValue):
                book(self.agenda, told)
            return
        free = self.free(start, start + length)
        done = book(self.agenda, told)
        if units > free:
            assert isinstance(done, Clash)
            assert (done.free, done.wanted) == (free, units)
            assert set(done.bookings) == self.within(start, start + length)
            return
        self.take(done)
        self.first[name] = self.held[name] = (start, start + length, units)
        self.last[name] = start + length

    def within(self, start: int, end: int, but: str = "") -> set[str]:
        held = self.held.items()
        return {name for name, (a, b, _) in held if a < end and start < b and name != but}

    @rule(name=st.sampled_from("abcdef"), start=st.integers(0, 20), length=st.integers(1, 8))
    def move(self, name: str, start: int, length: int) -> None:
        if name not in self.held:
            with pytest.raises(NotFound):
                move(self.agenda, name, quarter(start, start + length))
            return
        done = move(self.agenda, name, quarter(start, start + length))
        units = self.held[name][2]
        if units > self.free(start, start + length, but=name):
            assert isinstance(done, Clash)
            assert set(done.bookings) == self.within(start, start + length, but=name)
            return
        assert (done[1] == ()) == (self.held[name][:2] == (start, start + length))
        self.take(done)
        self.held[name] = (start, start + length, units)
        self.last[name] = start + length

    @rule(before=st.integers(0, 30))
    def forget(self, before: int) -> None:
        """What does not hold, and was over by then wherever it was, is known no more."""
        over = {
            name
            for name in self.first.keys() - self.held.keys()
            if max(self.first[name][1], self.last[name]) <= before
        }
        done = forget(self.agenda, before=AT + before * QUARTER)
        assert {name for event in done[1] for name in event.bookings} == over
        self.take(done)
        self.forgotten |= {name: self.first.pop(name) for name in over}
        self.known_from = max(self.known_from, before if over else -1)

    @rule(name=st.sampled_from("abcdef"))
    def again_once_forgotten(self, name: str) -> None:
        """What was booked and is forgotten is not booked twice in silence."""
        if name in self.forgotten and name not in self.first:
            start, end, units = self.forgotten[name]
            with pytest.raises(InvalidValue):
                book(self.agenda, Booking(id=name, window=quarter(start, end), units=units))

    @rule(capacity=st.integers(1, 3))
    def resize(self, capacity: int) -> None:
        """There are more pieces, or fewer, from now on: whatever is booked stays."""
        was, self.capacity = self.capacity, capacity
        done = change_resource(
            self.agenda, evolve(self.agenda.resource, capacity=capacity), at=AT - DAY
        )
        assert (done[1] == ()) == (was == capacity)
        for event in done[1]:
            assert {each.booking.id for each in event.conflicts} == self.crowded()
        self.take(done)

    def crowded(self) -> set[str]:
        """Tell who is booked at a quarter of an hour at which more is booked than there is."""
        found = set()
        for i in range(30):
            there = {name: n for name, (a, b, n) in self.held.items() if a <= i < b}
            if sum(there.values()) > self.capacity:
                found |= there.keys()
        return found

    @rule(name=st.sampled_from("abcdef"))
    def again(self, name: str) -> None:
        """What was booked is booked again, as a command that comes twice."""
        if name in self.first:
            start, end, units = self.first[name]
            told = Booking(id=name, window=quarter(start, end), units=units)
            assert book(self.agenda, told) == (self.agenda, ())

    @rule(name=st.sampled_from("abcdef"))
    def cancel(self, name: str) -> None:
        if name not in self.first:
            with pytest.raises(NotFound):
                cancel(self.agenda, name)
            return
        done = cancel(self.agenda, name)
        assert (done[1] == ()) == (name not in self.held)
        self.take(done)
        self.held.pop(name, None)

    @invariant()
    def nothing_is_booked_twice(self) -> None:
        held = {
            b.id: (at(b.window.start), at(b.window.end), b.units) for b in self.agenda.bookings
        }
        assert held == self.held
        assert {b.id for b in self.agenda.cancelled} == self.first.keys() - self.held.keys()
        for i in range(30):
            used = sum(n for a, b, n in held.values() if a <= i < b)
            assert self.agenda.spare(quarter(i, i + 1)) == max(0, self.capacity - used)
        assert set(self.agenda.overbooked) == self.crowded()

    @invariant()
    def events_and_documents_say_the_same(self) -> None:
        assert rebuild(self.events) == self.agenda
        assert self.agenda.version == len(self.events)
        assert loads(Agenda, dumps(self.agenda)) == self.agenda
        parts = (self.agenda.bookings, self.agenda.cancelled, self.agenda.version)
        resource = self.agenda.resource
        assert self.agenda == Agenda(
            resource=resource,
            bookings=parts[0],
            cancelled=parts[1],
            version=parts[2],
            overbooked=sorted(self.agenda.overbooked),
            forgotten_before=self.agenda.forgotten_before,
        )


def quarter(start: int, end: int) -> Window:
    return Window(AT + start * QUARTER, AT + end * QUARTER)


def at(instant: datetime | None) -> int:
    assert instant is not None
    return (instant - AT) // QUARTER


TestBookings = Bookings.TestCase


def test_f22_bookings_may_touch_and_no_more() -> None:
    one = agenda(person("mechanic-1"), (0, 1), (2, 3))
    touching = book(one, Booking(id="new", window=window(1, 2)))
    assert not isinstance(touching, Clash)
    for told in ((0.5, 1.5), (1.5, 2.5), (2.25, 2.75), (-1, 4)):
        clash = book(one, Booking(id="new", window=window(*told)))
        assert isinstance(clash, Clash)
        assert clash.free == 0


def test_recorded_events_are_replayed() -> None:
    one, events = open_agenda(MECHANIC)
    done = book(one, Booking(id="k", window=window(0, 1)))
    assert not isinstance(done, Clash)
    recorded = record(
        [*events, *done[1]],
        aggregate=AggregateId("agenda", "mechanic-1"),
        after=0,
        ids=["e-1", "e-2"],
        at=AT,
        actor=Actor("staff"),
        cause="c-1",
    )
    assert replay(apply, None, recorded) == done[0]
    assert pickle.loads(pickle.dumps(done[0])) == done[0]


def test_an_agenda_that_is_overbooked_is_refused_with_every_place() -> None:
    told = [
        Booking(id="a", window=window(0, 2)),
        Booking(id="b", window=window(1, 3)),
        Booking(id="c", window=window(2, 4)),
        Booking(id="a", window=window(9, 10)),
    ]
    with pytest.raises(InvalidDocument) as caught:
        Agenda(resource=MECHANIC, bookings=told)
    assert {(fault.path, fault.reason) for fault in caught.value.faults} == {
        (("bookings", 1, "units"), "double_booking"),
        (("bookings", 2, "units"), "double_booking"),
        (("bookings", 3, "id"), "duplicate_id"),
    }


# ---------------------------------------------------------------- what is none is refused


NAIVE = AT.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("ask", "error", "path"),
    [
        (lambda: earliest_slot(need(), [], NAIVE, AT), InvalidValue, ("at",)),
        (lambda: earliest_slot(need(), [], AT, NAIVE), InvalidValue, ("until",)),
        (lambda: earliest_slot(need(), [], AT, AT), InvalidValue, ("until",)),
        (lambda: earliest_slot(need(), [], AT, AT - DAY), InvalidValue, ("until",)),
        (lambda: earliest_slot(need(), [], AT, AT + 3661 * DAY), LimitExceeded, ("until",)),
        (lambda: earliest_slot(need(), [], AT, AT + DAY, step=DAY * 0), InvalidValue, ("step",)),
        (lambda: earliest_slot(need(), [], AT, AT + DAY, step=15), InvalidType, ("step",)),
        (lambda: earliest_slot(need(), [], AT, AT + DAY, step=True), InvalidType, ("step",)),
        (lambda: earliest_slot(need(), [MECHANIC], AT, AT + DAY), InvalidType, ("agendas", 0)),
        (lambda: earliest_slot(None, [], AT, AT + DAY), InvalidType, ("requirement",)),
        (lambda: earliest_slots([MECHANIC], [], AT, AT + DAY), InvalidType, ("requirements", 0)),
        (lambda: need(duration=HOUR * 0), InvalidValue, ("duration",)),
        (lambda: need(duration=-HOUR), InvalidValue, ("duration",)),
        (lambda: need(duration=60), InvalidType, ("duration",)),
        (lambda: need(duration=1.5), InvalidType, ("duration",)),
        (lambda: need(duration=3661 * DAY), LimitExceeded, ("duration",)),
        (lambda: need(before=-HOUR), InvalidValue, ("before",)),
        (lambda: need(in_working_time=1), InvalidType, ("in_working_time",)),
        (lambda: need(not_before=NAIVE), InvalidValue, ("not_before",)),
        (lambda: need(roles=[]), InvalidValue, ("roles",)),
        (lambda: Role("x", {"a": True}), InvalidType, ("level",)),
        (lambda: Role("x", {"a": 1.0}), InvalidType, ("level",)),
        (lambda: Role("x", {"a": 0}), InvalidValue, ("level",)),
        (lambda: Role("x", {"a": 1}, True), InvalidType, ("count",)),
        (lambda: Role("x", {"a": 1}, 51), LimitExceeded, ("count",)),
        (lambda: Role("x", "brakes"), InvalidType, ("skills",)),
        (lambda: machine("m", 0), InvalidValue, ("capacity",)),
        (lambda: machine("m", 2.0), InvalidType, ("capacity",)),
        (lambda: Booking(id="k", window=Window(AT)), InvalidValue, ("window",)),
        (lambda: Booking(id="k", window=None), InvalidType, ("window",)),
        (lambda: Booking(id="k", window=window(0, 1), units=True), InvalidType, ("units",)),
        (lambda: move(agenda(MECHANIC, (0, 1)), "b0", Window(AT)), InvalidValue, ("window",)),
        (lambda: cancel(agenda(MECHANIC), 3), InvalidType, ("booking_id",)),
        (lambda: book(agenda(MECHANIC), None), InvalidType, ("booking",)),
        (
            lambda: book(
                agenda(MECHANIC), Booking(id="k", window=window(0, 1), first=window(1, 2))
            ),
            InvalidValue,
            ("first",),
        ),
        (lambda: agenda(MECHANIC).booking("k"), NotFound, ()),
        (lambda: rebuild([]), InvalidValue, ("events",)),
        (lambda: apply(None, BookingMoved("k", window(0, 1))), InvalidValue, ()),
        (lambda: apply(agenda(MECHANIC), AgendaOpened(MECHANIC)), InvalidType, ()),
        (
            lambda: apply(
                agenda(MECHANIC, (0, 1)), BookingMade(Booking(id="k", window=window(0, 1)))
            ),
            InvalidValue,
            ("units",),
        ),
        (
            lambda: apply(
                agenda(MECHANIC, (0, 1)), BookingMade(Booking(id="b0", window=window(2, 3)))
            ),
            InvalidValue,
            (),
        ),
    ],
)
def test_what_is_none_is_refused_at_its_place(ask: Any, error: type, path: Any) -> None:
    with pytest.raises(error) as caught:
        ask()
    assert isinstance(caught.value, InvalidInput)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("make", "paths"),
    [
        (
            lambda: Resource(
                id="p",
                kind="person",
                site="x",
                hours=ALWAYS,
                skills=[Skill("a", 1), Skill("a", 2)],
                capacity=2,
            ),
            [("skills", 1, "name"), ("capacity",)],
        ),
        (
            lambda: need(
                roles=[Role("x", {}, 30), Role("x", {}, 30)],
                not_before=AT + HOUR,
                needed_by=AT + HOUR,
            ),
            [("roles", 1, "name"), ("roles",), ("needed_by",)],
        ),
        (lambda: Role("x", [Skill("a"), Skill("a")]), [("skills", 1, "name")]),
        (
            lambda: earliest_slot(need(), [agenda(MECHANIC), agenda(MECHANIC)], AT, AT + DAY),
            [("agendas", 1, "id")],
        ),
        (
            lambda: earliest_slots([need("a"), need("a")], [], AT, AT + DAY),
            [("requirements", 1, "id")],
        ),
    ],
)
def test_all_faults_are_told_at_once(make: Any, paths: list[Any]) -> None:
    with pytest.raises(InvalidDocument) as caught:
        make()
    assert [fault.path for fault in caught.value.faults] == paths


def test_more_mixes_of_hours_than_can_be_tried_are_refused() -> None:
    people = [
        agenda(person(f"p{i}", evolve(DAILY, exceptions=[ClosedDays((AT + i * DAY).date())]), a=1))
        for i in range(2, 40)
    ]
    wanted = need(roles=[Role("team", {"a": 1}, 4)], in_working_time=True)
    with pytest.raises(LimitExceeded):
        earliest_slot(wanted, people, AT, AT + 60 * DAY)


def test_ten_thousand_bookings_are_searched_and_added_to() -> None:
    bookings = [Booking(id=f"b{i}", window=window(i, i + 1)) for i in range(10_000)]
    full = Agenda(resource=person("mechanic-1", brakes=1), bookings=bookings)
    assert hours_of(earliest_slot(need(), [full], AT, AT + 500 * DAY)) == (10_000, 10_001)
    assert isinstance(book(full, Booking(id="new", window=window(5000, 5001))), Clash)
    freed = cancel(full, "b5000")[0]
    assert hours_of(earliest_slot(need(), [freed], AT, AT + 500 * DAY)) == (5000, 5001)


def test_a_requirement_is_loaded_as_it_was_dumped() -> None:
    wanted = need(
        roles=BRAKES, before=QUARTER, needed_by=AT + DAY, preferred=window(1, 2), site="x"
    )
    assert loads(Requirement, dumps(wanted)) == wanted
