"""A resource that is not what it was: whatever it does not serve any more is told, and stays.

Laws:
    - Of each booking that is still to come all reasons are told that a look at every quarter of
      an hour finds, and of no other any.
    - A change drops no booking and moves none. Where more is booked than there is, nothing is
      free, and nothing is added; once that is over or elsewhere, all is as if never booked.
    - ``check.ok`` holds just where `reserve` succeeds, also where pieces are gone.
    - The events of an agenda come to it; the same change again is none.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ordercore import InvalidDocument, dumps, loads
from ordercore.calendars import ClosedDays, Window, WorkingHours, WorkingTime
from ordercore.errors import InvalidInput, InvalidValue
from ordercore.stock import (
    Demand,
    DemandLine,
    Performed,
    Reserved,
    StockCheck,
    StockSnapshot,
    check,
    reserve,
)
from ordercore.stock.resources import (
    Agenda,
    Booking,
    BookingConflict,
    BookingsExpired,
    Clash,
    ConflictReason,
    Requirement,
    Resource,
    ResourceChanged,
    Slot,
    apply,
    book,
    cancel,
    change_resource,
    earliest_slot,
    expire,
    finish,
    firm,
    hand_over,
    move,
    open_agenda,
    rebuild,
    renew,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTER = HOUR / 4
AT = datetime(2026, 11, 11, tzinfo=UTC)  # a Wednesday
DAILY = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "08:00-12:00 13:00-17:00"}))
ILL = evolve(DAILY, exceptions=[ClosedDays(AT.date(), name="ill")])
LIFTS = Resource(
    id="lifts", kind="equipment", site="north", hours=DAILY, skills={"lift": 2}, capacity=2
)
MECHANIC = Resource(id="m", kind="person", site="north", hours=DAILY, skills={"brakes": 2})

OFF_DUTY, TOO_FEW = ConflictReason.OFF_DUTY, ConflictReason.TOO_FEW
UNSKILLED, ELSEWHERE = ConflictReason.UNSKILLED, ConflictReason.ELSEWHERE


def hours(start: float, end: float) -> Window:
    return Window(AT + start * HOUR, AT + end * HOUR)


def held(name: str, start: float, end: float, **but: Any) -> Booking:
    return Booking(id=name, window=hours(start, end), **{"holder": f"o-{name}", **but})


def booked(of: Resource, *bookings: Booking, at: datetime = AT) -> Agenda:
    agenda, _ = open_agenda(of)
    for each in bookings:
        agenda, _ = book(agenda, each, at=at)
    return agenda


def hit(agenda: Agenda, to: Resource, at: datetime = AT) -> dict[str, set[str]]:
    """Tell by booking why it is not served any more."""
    (*_, event) = change_resource(agenda, to, at=at)[1]
    assert isinstance(event, ResourceChanged)
    return {each.booking.id: {*each.reasons} for each in event.conflicts}


# ---------------------------------------------------------------- every quarter of an hour

SPANS = ["00:00-24:00", "08:00-12:00 13:00-17:00", "10:00-15:00", "22:00-24:00"]
ABLE: list[dict[str, int]] = [{}, {"lift": 1}, {"lift": 2}, {"lift": 1, "wash": 1}]
DAYS_OFF: list[tuple[Any, ...]] = [(), (ClosedDays(AT.date()),)]


@st.composite
def resources(draw: st.DrawFn) -> Resource:
    hours = WorkingHours.of("UTC", {"MO-SU": draw(st.sampled_from(SPANS))})
    return evolve(
        LIFTS,
        hours=WorkingTime(hours, exceptions=draw(st.sampled_from(DAYS_OFF))),
        skills=draw(st.sampled_from(ABLE)),
        capacity=draw(st.integers(1, 3)),
        site=draw(st.sampled_from(["north", "north", "south"])),
    )


@st.composite
def agendas(draw: st.DrawFn) -> Agenda:
    agenda, _ = open_agenda(draw(resources()))
    for i in range(draw(st.integers(0, 6))):
        start = draw(st.integers(-8, 60) | st.integers(28, 130))
        window = Window(AT + start * QUARTER, AT + (start + draw(st.integers(1, 30))) * QUARTER)
        told = Booking(
            id=f"b{i}",
            window=window,
            units=draw(st.integers(1, 2)),
            expires_at=draw(st.sampled_from([None, AT - DAY, AT + DAY])),
            skills=draw(st.none() | st.sampled_from(ABLE)),
        )
        done = book(agenda, told, at=AT - 2 * DAY)
        agenda = agenda if isinstance(done, Clash) else done[0]
    return agenda


def brute(agenda: Agenda, to: Resource) -> dict[str, set[str]]:
    """Look at every quarter of an hour that is still to come."""
    found: dict[str, set[str]] = {}
    live = [each for each in agenda.bookings if not each.has_expired(AT)]
    for booking in agenda.bookings:
        reasons = set()
        quarters = [AT + i * QUARTER for i in range(200)]
        left = [at for at in quarters if at in booking.window]
        for at in left:
            if agenda.resource.hours.is_open(at) and not to.hours.is_open(at):
                reasons.add(OFF_DUTY)
            used = sum(each.units for each in live if at in each.window)
            if booking in live and used > to.capacity:
                reasons.add(TOO_FEW)
        asked = agenda.resource.skills if booking.skills is None else booking.skills
        can = {skill.name: skill.level for skill in to.skills}
        if any(can.get(skill.name, 0) < skill.level for skill in asked):
            reasons.add(UNSKILLED)
        if to.site != agenda.resource.site:
            reasons.add(ELSEWHERE)
        if left and reasons:
            found[booking.id] = reasons
    return found


@given(agendas(), resources())
def test_all_is_told_that_a_look_at_every_quarter_finds(agenda: Agenda, to: Resource) -> None:
    after, events = change_resource(agenda, to, at=AT)
    if to == agenda.resource:
        assert (after, events) == (agenda, ())
        return
    assert hit(agenda, to) == brute(agenda, to)
    for each in events[-1].conflicts:
        assert list(each.reasons) == sorted(each.reasons, key=list(ConflictReason).index)
        assert after.known(each.booking.id) == each.booking


@given(agendas(), resources())
def test_a_change_drops_no_booking_and_moves_none(agenda: Agenda, to: Resource) -> None:
    after, events = change_resource(agenda, to, at=AT)
    late = expire(agenda, at=AT)[0] if events else agenda
    assert (after.bookings, after.cancelled) == (late.bookings, late.cancelled)
    assert after.resource == to
    assert after == rebuild([*_opening(agenda), *events])
    assert after.version == agenda.version + len(events)
    assert loads(Agenda, dumps(after)) == after
    assert change_resource(after, to, at=AT) == (after, ())
    for i in range(-8, 180):
        window = Window(AT + i * QUARTER, AT + (i + 1) * QUARTER)
        used = sum(each.units for each in after.bookings if window.start in each.window)
        assert after.spare(window) == max(0, to.capacity - used)


def _opening(agenda: Agenda) -> list[Any]:
    """Make an agenda that never had its bookings touched of its events."""
    fresh, events = open_agenda(agenda.resource)
    told = [*events]
    for each in sorted(agenda.bookings, key=lambda one: one.id):
        fresh, more = book(fresh, each, at=AT - 2 * DAY)
        told += more
    assert fresh == agenda
    return told


@given(agendas(), resources(), st.randoms(use_true_random=False))
def test_once_all_is_over_all_is_free(agenda: Agenda, to: Resource, chance: Any) -> None:
    after, _ = change_resource(agenda, to, at=AT)
    names = [each.id for each in after.bookings]
    chance.shuffle(names)
    for name in names:
        end = chance.choice([cancel, finish])
        after, _ = end(after, name)
        assert {*after.overbooked} <= {each.id for each in after.bookings}
    assert after.overbooked == ()
    assert after.spare(Window()) == to.capacity


@given(st.lists(agendas(), min_size=1, max_size=3), resources(), st.integers(1, 3))
def test_what_is_ok_can_be_reserved_also_where_pieces_are_gone(
    several: list[Agenda], to: Resource, units: int
) -> None:
    changed = [
        change_resource(evolve(each, resource=evolve(each.resource, id=f"r{i}")),
                        evolve(to, id=f"r{i}", hours=each.resource.hours, site="north"), at=AT)[0]
        for i, each in enumerate(several)
    ]  # fmt: skip
    wanted = Requirement(id="lift", roles={"lift": {"lift": 1}}, duration=2 * HOUR)
    line = DemandLine(
        id="1", sku="lift", quantity=units, supply=Performed(wanted), needed_by=AT + 20 * HOUR
    )
    snapshot = StockSnapshot(agendas=changed)
    done = reserve(Demand([line]), snapshot, AT, command="c", holder="o-1")
    assert check(Demand([line]), snapshot, AT).ok == isinstance(done, Reserved)
    if isinstance(done, StockCheck):
        return
    before = {each.id: each for each in changed}
    for change in done.agendas:
        old, new = before[change.agenda.id], change.agenda
        assert {*new.overbooked} <= {*old.overbooked}
        for each in {*new.bookings} - {*old.bookings}:
            assert old.live(AT).spare(each.window) >= each.units
            assert each.skills == wanted.roles[0].skills


# ---------------------------------------------------------------- what is told


def test_who_falls_ill_does_not_serve_that_day() -> None:
    agenda = booked(MECHANIC, held("a", 9, 11), held("b", 33, 35))
    assert hit(agenda, evolve(MECHANIC, hours=ILL)) == {"a": {OFF_DUTY}}


@pytest.mark.parametrize(
    ("window", "told"),
    [
        ((9, 11), True),
        ((16, 17), True),
        ((18, 20), False),  # overtime: nobody was at work then
        ((12, 13), False),
        ((12, 14), True),
        ((22, 34), False),  # kept over night: tomorrow is as it was
        ((16, 34), True),
        ((-16, 0), False),
    ],
)
def test_only_time_that_was_worked_can_be_lost(window: tuple[float, float], *, told: bool) -> None:
    agenda = booked(MECHANIC, held("a", *window))
    assert (hit(agenda, evolve(MECHANIC, hours=ILL), AT - DAY) != {}) == told


@pytest.mark.parametrize(("now", "told"), [(8, True), (11, True), (12, False), (13, False)])
def test_what_is_over_is_told_no_more(now: float, *, told: bool) -> None:
    agenda = booked(MECHANIC, held("a", 9, 12))
    assert (hit(agenda, evolve(MECHANIC, hours=ILL), AT + now * HOUR) != {}) == told


def test_of_fewer_pieces_all_are_told_who_would_have_to_share() -> None:
    agenda = booked(
        LIFTS, held("a", 8, 10), held("b", 9, 11), held("c", 10, 12), held("d", 13, 14)
    )
    assert hit(agenda, evolve(LIFTS, capacity=1)) == {
        "a": {TOO_FEW}, "b": {TOO_FEW}, "c": {TOO_FEW}
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "can", "told"),
    [
        ({"brakes": 2}, {"brakes": 2, "engine": 1}, False),
        ({"brakes": 2}, {"brakes": 1}, True),
        ({"brakes": 1}, {"brakes": 1}, False),
        ({}, {}, False),
        (None, {"brakes": 2, "engine": 1}, False),
        (None, {"brakes": 1}, True),
        (None, {"engine": 3}, True),
    ],
)
def test_a_booking_that_says_no_skill_may_need_any(
    asked: Any, can: dict[str, int], *, told: bool
) -> None:
    agenda = booked(MECHANIC, held("a", 9, 11, skills=asked))
    assert (hit(agenda, evolve(MECHANIC, skills=can)) == {"a": {UNSKILLED}}) == told


def test_all_reasons_are_told_at_once_with_for_whom_and_what_for() -> None:
    agenda = booked(LIFTS, held("a", 8, 10, purpose="2"), held("b", 9, 11))
    other = evolve(LIFTS, hours=ILL, skills={}, site="south", capacity=1)
    _, (event,) = change_resource(agenda, other, at=AT)
    first = event.conflicts[0]
    assert (first.booking.holder, first.booking.purpose) == ("o-a", "2")
    assert first.reasons == (OFF_DUTY, TOO_FEW, UNSKILLED, ELSEWHERE)
    assert [each.booking.id for each in event.conflicts] == ["a", "b"]


def test_what_has_expired_takes_no_piece_and_is_told_for_it_may_be_kept_late() -> None:
    agenda = booked(LIFTS, held("a", 9, 11, expires_at=AT), held("b", 9, 11), at=AT - DAY)
    assert hit(agenda, evolve(LIFTS, capacity=1)) == {}
    assert hit(agenda, evolve(LIFTS, hours=ILL)) == {"a": {OFF_DUTY}, "b": {OFF_DUTY}}
    after, events = change_resource(agenda, evolve(LIFTS, capacity=1), at=AT)
    assert events[0] == BookingsExpired(["a"])
    assert after.overbooked == ()
    assert isinstance(firm(after, "a", at=AT), Clash)
    agenda, _ = book(expire(agenda, at=AT)[0], held("c", 9, 11))
    assert hit(agenda, evolve(LIFTS, capacity=1)) == {"b": {TOO_FEW}, "c": {TOO_FEW}}


def test_a_change_for_the_better_hits_nobody() -> None:
    agenda = booked(LIFTS, held("a", 8, 10), held("b", 9, 11))
    always = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "00:00-24:00"}))
    better = evolve(LIFTS, hours=always, skills={"lift": 3, "wash": 1}, capacity=3, name="Lifts")
    assert hit(agenda, better) == {}


# ---------------------------------------------------------------- what stays


def crowded(**but: Any) -> Agenda:
    """Two are booked at once, and one piece is left."""
    both = booked(LIFTS, held("a", 8, 10, **but), held("b", 9, 11, **but))
    return change_resource(both, evolve(LIFTS, capacity=1), at=AT)[0]


WHILE = {"expires_at": AT + HOUR, "renewable_until": AT + 3 * HOUR}


@pytest.mark.parametrize(
    "act",
    [
        lambda it: firm(it, "a", at=AT),
        lambda it: renew(it, "a", AT + 2 * HOUR, at=AT),
        lambda it: hand_over(it, "a", "o-9"),
    ],
    ids=["firm", "renew", "hand_over"],
)
def test_whoever_stays_may_be_kept(act: Any) -> None:
    after, events = act(crowded(**WHILE))
    assert len(events) == 1
    assert after.overbooked == ("a", "b")
    assert [each.id for each in after.bookings] == ["a", "b"]


@pytest.mark.parametrize(
    "act",
    [
        lambda it: cancel(it, "a"),
        lambda it: finish(it, "a"),
        lambda it: move(it, "a", hours(7, 9)),
        lambda it: change_resource(it, LIFTS, at=AT),
        lambda it: expire(it, at=AT + HOUR),
    ],
    ids=["cancel", "finish", "move", "more pieces", "expire"],
)
def test_once_one_gives_way_the_other_has_what_there_is(act: Any) -> None:
    after, _ = act(crowded(**WHILE))
    assert after.overbooked == ()


def test_nothing_is_added_where_more_is_booked_than_there_is() -> None:
    agenda = crowded()
    assert agenda.spare(hours(8, 11)) == 0
    for start, end, is_free in ((9, 10, False), (8, 9, False), (10.5, 12, False), (11, 12, True)):
        told = book(agenda, held("c", start, end), at=AT)
        assert isinstance(told, Clash) != is_free
    clash = move(agenda, "a", hours(8, 9.5))
    assert isinstance(clash, Clash)
    assert (clash.free, clash.bookings) == (0, ("b",))
    assert isinstance(move(agenda, "a", hours(8, 9)), tuple)


def test_who_ends_before_others_that_began_before_is_not_the_last_one() -> None:
    both = booked(LIFTS, held("long", 8, 12), held("short", 9, 10))
    agenda, _ = change_resource(both, evolve(LIFTS, capacity=1), at=AT)
    assert agenda.overbooked == ("long", "short")
    for hour in range(8, 12):
        assert agenda.spare(hours(hour, hour + 1)) == 0
    wanted = Requirement(id="r", roles={"lift": {"lift": 1}}, duration=HOUR)
    slot = earliest_slot(wanted, [agenda], AT + 10 * HOUR, AT + DAY)
    assert isinstance(slot, Slot)
    assert slot.window == hours(13, 14)


def test_what_has_expired_is_kept_late_only_where_a_piece_is_free() -> None:
    agenda = booked(LIFTS, held("a", 8, 10, **WHILE), held("b", 9, 11))
    fewer, _ = change_resource(agenda, evolve(LIFTS, capacity=1), at=AT)
    assert isinstance(firm(fewer, "a", at=AT + HOUR), Clash)
    assert isinstance(firm(fewer, "a", at=AT), tuple)


def test_a_document_says_who_is_overbooked() -> None:
    agenda = crowded()
    given = {"resource": agenda.resource, "bookings": agenda.bookings}
    assert Agenda(**given, version=agenda.version, overbooked=["b", "a"]) == agenda
    for named, paths in (
        ((), [("bookings", 1, "units")]),
        (("a",), [("bookings", 1, "units")]),
        (("b",), [("bookings", 1, "units")]),
        (("a", "b", "c"), [("overbooked", 2)]),
    ):
        with pytest.raises(InvalidDocument) as caught:
            Agenda(**given, overbooked=named)
        assert [fault.path for fault in caught.value.faults] == paths
    with pytest.raises(InvalidDocument) as caught:
        Agenda(resource=LIFTS, bookings=agenda.bookings, overbooked=["a", "b"])
    assert [fault.path for fault in caught.value.faults] == [("overbooked", 0), ("overbooked", 1)]


# ---------------------------------------------------------------- what is faulty


def changed(to: Any, at: datetime = AT) -> Any:
    return change_resource(booked(LIFTS), to, at=at)


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: changed(evolve(LIFTS, id="lift")), ("resource", "id")),
        (lambda: changed(evolve(LIFTS, kind="person", capacity=1)), ("resource", "kind")),
        (lambda: changed(booked(LIFTS)), ("resource",)),
        (lambda: changed(LIFTS, at=AT.replace(tzinfo=None)), ("at",)),
        (lambda: ResourceChanged(LIFTS, [LIFTS]), ("conflicts", 0)),
        (lambda: BookingConflict(booking=held("a", 1, 2), reasons=[]), ("reasons",)),
        (lambda: BookingConflict(booking=held("a", 1, 2), reasons="late"), ("reasons", 0)),
        (lambda: BookingConflict(booking=held("a", 1, 2), reasons=3), ("reasons",)),
        (lambda: held("a", 1, 2, skills="brakes"), ("skills",)),
        (lambda: Agenda(resource=LIFTS, overbooked=[3]), ("overbooked", 0)),
    ],
)  # fmt: skip
def test_what_is_faulty_is_refused(make: Any, path: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidInput) as caught:
        make()
    assert caught.value.path == path


def test_an_event_of_another_resource_is_refused() -> None:
    with pytest.raises(InvalidValue):
        apply(booked(LIFTS), ResourceChanged(MECHANIC))
