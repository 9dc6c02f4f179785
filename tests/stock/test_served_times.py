"""When a booked service itself is, beside the setup and travel that it is booked with.

Laws:
    - Whatever is booked of a slot or for a basket says when the service is, or is all of it.
    - A service that is moved begins as long after the start as before, or is all of the time.
    - What is firm, or is moved, says in its event how the booking stands from then on.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ordercore import dumps, loads
from ordercore.calendars import Window, WorkingHours, WorkingTime
from ordercore.errors import InvalidType, InvalidValue
from ordercore.stock import Demand, DemandLine, Performed, Reserved, StockSnapshot, reserve
from ordercore.stock.resources import (
    Agenda,
    Booking,
    BookingFirmed,
    BookingMoved,
    Requirement,
    Resource,
    Slot,
    book,
    earliest_slot,
    firm,
    hand_over,
    move,
    open_agenda,
    rebuild,
)

HOUR = timedelta(hours=1)
AT = datetime(2026, 11, 11, tzinfo=UTC)
DAILY = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "08:00-18:00"}))
FITTER = Resource(id="f", kind="person", site="north", hours=DAILY, skills={"fit": 1})
VAN = Resource(id="van", kind="equipment", site="north", hours=DAILY, skills={"van": 1})
FITTING = Requirement(
    id="1",
    roles={"fitter": {"fit": 1}, "van": {"van": 1}},
    duration=2 * HOUR,
    before=HOUR,
    after=HOUR / 2,
)


def hours(start: float, end: float) -> Window:
    return Window(AT + start * HOUR, AT + end * HOUR)


def held(**but: Any) -> Booking:
    """Book six hours, of which the service takes those from the second to the third."""
    return Booking(**{"id": "b", "window": hours(8, 14), "service": hours(9, 11), **but})


def booked(*bookings: Booking) -> Agenda:
    agenda, _ = open_agenda(FITTER)
    for each in bookings:
        agenda, _ = book(agenda, each, at=AT)
    return agenda


def test_a_booking_without_setup_and_travel_serves_all_the_time() -> None:
    assert held().serves == hours(9, 11)
    assert held(service=None).serves == hours(8, 14)


@pytest.mark.parametrize(
    ("service", "error"),
    [
        (hours(7, 11), InvalidValue),
        (hours(9, 15), InvalidValue),
        (Window(AT), InvalidValue),
        ("morning", InvalidType),
    ],
)
def test_a_service_is_within_the_time_that_is_booked_for_it(service: Any, error: type) -> None:
    with pytest.raises(error) as caught:
        held(service=service)
    assert caught.value.path == ("service",)


def test_what_is_booked_of_a_slot_says_when_the_service_is() -> None:
    slot = earliest_slot(FITTING, [booked(), open_agenda(VAN)[0]], AT, AT + 24 * HOUR)
    assert isinstance(slot, Slot)
    made = slot.bookings("b-1").values()
    assert {(each.window, each.serves) for each in made} == {(hours(8, 11.5), hours(9, 11))}
    plain = evolve(slot, window=slot.occupied).bookings("b-1").values()
    assert {each.service for each in plain} == {None}


def test_what_is_booked_for_a_basket_says_when_the_service_is() -> None:
    wanted = Demand([DemandLine(id="1", sku="fit", quantity=1, supply=Performed(FITTING))])
    there = StockSnapshot(agendas=[booked(), open_agenda(VAN)[0]])
    done = reserve(wanted, there, AT, command="c", holder="o-1")
    assert isinstance(done, Reserved)
    made = [each for it in done.agendas for each in it.agenda.bookings]
    assert [(each.window, each.serves) for each in made] == [(hours(8, 11.5), hours(9, 11))] * 2


@given(st.integers(-20, 20), st.integers(1, 30))
def test_a_moved_service_begins_as_long_after_the_start_as_before(start: int, length: int) -> None:
    to = hours(start / 2, start / 2 + length / 2)
    after, (event,) = move(booked(held(window=hours(40, 46), service=hours(41, 43))), "b", to)
    (moved,) = after.bookings
    fits = length >= 6
    assert moved.serves == (hours(start / 2 + 1, start / 2 + 3) if fits else to)
    assert event == BookingMoved("b", to, moved)


def test_on_the_last_day_that_there_is_a_service_may_be_all_of_the_time() -> None:
    start = datetime(9999, 12, 31, 14, tzinfo=timezone(14 * HOUR))
    end = datetime(9999, 12, 31, 11, 59, tzinfo=timezone(-12 * HOUR))
    long = held(window=hours(0, 20), service=hours(10, 19))
    after, _ = move(booked(long), "b", Window(start, end))
    assert after.bookings[0].serves == Window(start, end)


def test_a_service_that_is_moved_back_is_as_it_was() -> None:
    there, _ = move(booked(held()), "b", hours(9, 15))
    back, _ = move(there, "b", hours(8, 14))
    assert back.bookings == (held(first=hours(8, 14)),)


def test_what_is_firm_says_for_whom_and_when() -> None:
    kept = held(holder="c-1", purpose="1", expires_at=AT + HOUR, renewable_until=AT + 2 * HOUR)
    agenda, _ = hand_over(booked(kept), "b", "o-1")
    after, (event,) = firm(agenda, "b", at=AT)
    assert event == BookingFirmed("b", held(holder="o-1", purpose="1"))
    assert after.bookings == (event.booking,)
    late, events = firm(agenda, "b", at=AT + 3 * HOUR)
    assert events[-1] == event
    assert late.bookings == (event.booking,)


@pytest.mark.parametrize("told", [True, False])
def test_events_that_do_not_say_how_the_booking_stands_come_to_the_same(*, told: bool) -> None:
    agenda, made = open_agenda(FITTER)
    agenda, events = book(agenda, held(expires_at=AT + HOUR), at=AT)
    agenda, moved = move(agenda, "b", hours(9, 15))
    agenda, kept = firm(agenda, "b", at=AT)
    later = [each if told else evolve(each, booking=None) for each in (*moved, *kept)]
    for each in later:
        assert loads(type(each), dumps(each)) == each
    assert rebuild([*made, *events, *later]) == agenda


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: BookingFirmed("a", held()), ("booking", "id")),
        (lambda: BookingMoved("a", hours(8, 14), held()), ("booking", "id")),
        (lambda: BookingMoved("b", hours(8, 13), held()), ("booking", "window")),
        (lambda: BookingFirmed("b", held(expires_at=AT)), ("booking", "expires_at")),
    ],
)
def test_an_event_and_its_booking_agree(make: Any, path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert (caught.value.path, caught.value.reason) == (path, "fields_disagree")
