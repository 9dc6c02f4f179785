"""Capable to promise: from when on things can be there, by material and by capacity.

- Nobody makes two things at once; nothing is begun before its parts are there.
- Of work in working time, what ends first is found, though it may begin later.
- Where a receipt comes sooner than people have time, it is waited for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bills import books, stocks
from hypothesis import given, settings
from hypothesis import strategies as st
from laws_of_stock import AT
from stock_by_hand import hour

from ordercore.calendars import Window, WorkingHours, WorkingTime
from ordercore.errors import InvalidDocument
from ordercore.stock import Bill, BillBook, Component, Part
from ordercore.stock.materials import Receipt, earliest
from ordercore.stock.resources import (
    Agenda,
    Booking,
    Operation,
    ProductionCapacity,
    Requirement,
    Resource,
    Slot,
    earliest_slot,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALWAYS = "00:00-24:00"


def carver(
    name: str = "carver-1",
    hours: str = ALWAYS,
    *booked: tuple[int, int],
    site: str = "works",
) -> Agenda:
    resource = Resource(
        id=name,
        kind="person",
        site=site,
        hours=WorkingTime(WorkingHours.of("UTC", {"MO-SU": hours})),
        skills={"carving": 1},
    )
    bookings = [
        Booking(id=f"b{start}", window=Window(hour(start), hour(end))) for start, end in booked
    ]
    return Agenda(resource=resource, bookings=bookings)


def work(hours: float = 1, **more: Any) -> Requirement:
    roles = {"carver": {"carving": 1}}
    return Requirement(id="work", roles=roles, duration=hours * HOUR, **more)


def capacity(*agendas: Agenda, days: int = 30, **operations: Requirement) -> ProductionCapacity:
    return ProductionCapacity(operations=operations, agendas=agendas, until=AT + days * DAY)


CHAIRS = BillBook(
    [
        Part("chair", Bill([Component("frame", 1), Component("seat", 1)])),
        Part("frame", Bill(Component("beech", 1))),
        Part("seat", Bill(Component("beech", 1))),
        Part("beech"),
    ]
)


def promised(asked: ProductionCapacity | None, units: int = 1, stock=None, **more: Any):
    there = {"beech": 99} if stock is None else stock
    return earliest(CHAIRS, {"chair": units}, there, at=AT, capacity=asked, **more)


def test_who_makes_the_frame_makes_the_seat_afterwards() -> None:
    one = capacity(carver(), frame=work(2), seat=work(3), chair=work(1))
    assert promised(one).at == AT + 6 * HOUR
    two = capacity(carver(), carver("carver-2"), frame=work(2), seat=work(3), chair=work(1))
    assert promised(two).at == AT + 4 * HOUR


def test_units_are_made_one_after_the_other() -> None:
    assert promised(capacity(carver(), chair=work(2)), 3).at == AT + 6 * HOUR


def test_who_is_booked_is_waited_for() -> None:
    assert promised(capacity(carver("carver-1", ALWAYS, (10, 20)), chair=work(2))).at == hour(22)


def test_the_slots_that_were_taken_are_told() -> None:
    found = promised(capacity(carver(), frame=work(2), chair=work(1)))
    told = [(slot.requirement, slot.window.start) for slot in found.capacity.slots]
    assert told == [("frame", AT), ("chair", AT + 2 * HOUR)]


def test_what_nobody_can_make_in_time_is_not_promised() -> None:
    assert promised(capacity(days=30, chair=work(1))) is None
    assert promised(capacity(carver(), days=1, chair=work(25))) is None
    assert promised(capacity(carver(), chair=work(25)), 10**9) is None


def test_a_receipt_that_comes_sooner_than_people_have_time_is_waited_for() -> None:
    busy = capacity(carver("carver-1", ALWAYS, (10, 500)), frame=work(1))
    frames = [Receipt("frame", 1, hour(30))]
    assert promised(busy).at == hour(501)
    assert promised(busy, receipts=frames).at == hour(30)


def test_a_receipt_that_comes_too_late_is_not_waited_for() -> None:
    slow = capacity(carver(), frame=work(5))
    assert promised(slow, receipts=[Receipt("frame", 1, hour(200))]).at == AT + 5 * HOUR


def test_what_is_bought_is_waited_for() -> None:
    book = BillBook([Part("chair", Bill(Component("beech", 1))), Part("beech", lead_time=DAY)])
    found = earliest(
        book, {"chair": 1}, {}, at=AT, buying=True, capacity=capacity(carver(), chair=work(3))
    )
    assert found.at == AT + DAY + 3 * HOUR


@pytest.mark.parametrize(
    ("by_end", "window"), [(False, (11, 40)), (True, (12, 22))], ids=["by start", "by end"]
)
@pytest.mark.parametrize("site", ["works", "elsewhere"])
def test_others_with_other_hours_may_be_done_sooner(by_end, window, site) -> None:
    """Who begins at eleven goes home at once; the night shift is done by ten."""
    day, night = carver("day", "08:00-12:00"), carver("night", "12:00-23:00", site=site)
    wanted = work(10, in_working_time=True, not_before=hour(11))
    found = earliest_slot(wanted, [day, night], AT, AT + 9 * DAY, by_end=by_end)
    assert isinstance(found, Slot)
    start, end = found.window.start, found.window.end
    assert ((start - hour(0)) // HOUR, (end - hour(0)) // HOUR) == (
        (11, 24 * 3 + 9) if not by_end else window
    )


def test_a_lead_time_in_working_time_begins_once_the_parts_are_there() -> None:
    week = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "09:00-17:00"}))
    chair = Part("chair", Bill(Component("frame", 1)), lead_time=8 * HOUR, in_working_time=True)
    book = BillBook([chair, Part("frame", Bill(Component("beech", 1))), Part("beech")])
    busy = capacity(carver("carver-1", ALWAYS, (10, 20)), frame=work(1))
    found = earliest(book, {"chair": 1}, {"beech": 1}, at=AT, capacity=busy, calendar=week)
    assert found.at == hour(24 + 17)


class Free:
    """Everybody has time for everything at once."""

    skus = ()

    def done(self, _sku, _units, start):
        return start, self


@settings(max_examples=20)
@given(book=books(), stock=stocks(), units=st.integers(1, 3), late=st.integers(0, 9))
def test_where_everybody_has_time_material_alone_decides(book, stock, units, late):
    receipts = [Receipt(part.sku, 4, AT + late * HOUR) for part in book.parts]
    told = earliest(book, {"a": units}, stock, at=AT, receipts=receipts)
    free = earliest(book, {"a": units}, stock, at=AT, receipts=receipts, capacity=Free())
    assert (told and told.at) == (free and free.at)


@settings(max_examples=20)
@given(
    book=books(plain=True),
    stock=stocks(),
    units=st.integers(1, 2),
    hours=st.lists(st.integers(1, 3), min_size=6, max_size=6),
    late=st.integers(0, 9),
)
def test_nobody_makes_two_things_at_once_and_nothing_before_its_parts(
    book, stock, units, hours, late
):
    needs = {part.sku: work(n) for part, n in zip(book.parts, hours, strict=False)}
    receipts = [Receipt(part.sku, 9, AT + late * HOUR) for part in book.parts if not part.is_made]
    asked = ProductionCapacity(operations=needs, agendas=[carver()], until=AT + 90 * DAY)
    found = earliest(
        book, {"a": units}, {**stock, "a": 0}, at=AT, receipts=receipts, capacity=asked
    )
    alone = earliest(book, {"a": units}, {**stock, "a": 0}, at=AT, receipts=receipts)
    assert (found is None) == (alone is None)
    if found is None:
        return
    assert found.at >= alone.at
    made = {slot.requirement: slot.window for slot in found.capacity.slots}
    assert set(made) == {part.sku for part in found.plan.made}
    assert sum((w.end - w.start for w in made.values()), timedelta()) == sum(
        (part.made * needs[part.sku].duration for part in found.plan.made), timedelta()
    )
    (agenda,) = found.capacity.agendas
    assert len(Agenda(resource=agenda.resource, bookings=agenda.bookings).bookings) == len(made)
    for part in found.plan.made:
        for need in part.needs:
            if need.parent is not None:
                assert made[part.sku].end <= made[need.parent].start
    assert found.at == max([alone.at, *(window.end for window in made.values())])


def test_operations_are_told_once_and_agendas_too() -> None:
    with pytest.raises(InvalidDocument) as caught:
        ProductionCapacity(
            operations=[Operation("chair", work()), Operation("chair", work())],
            agendas=[carver(), carver()],
            until=AT,
        )
    assert [fault.path for fault in caught.value.faults] == [
        ("operations", 1, "sku"),
        ("agendas", 1, "resource"),
    ]
