"""Bookings that are for somebody, and may expire: kept, renewed, done, handed over.

- F7: from its instant on an expired booking is in nobody's way, swept or not; kept late it is
  exactly where its time is free still.
- F22: whatever is done, no piece is promised twice at any instant.
- F8: the events of an agenda come to it. Every command may come twice.
- Renewing ends where was agreed at first.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve

from ordercore.calendars import Window, WorkingHours, WorkingTime
from ordercore.errors import IdempotencyConflict, InvalidInput, InvalidValue, NotFound
from ordercore.stock.resources import (
    Agenda,
    Booking,
    BookingEnd,
    BookingsExpired,
    Clash,
    Requirement,
    Resource,
    Slot,
    book,
    cancel,
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

AT = datetime(2026, 11, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "00:00-24:00"}))
VANS = Resource(
    id="van", kind="equipment", site="north", hours=HOURS, skills={"van": 1}, capacity=2
)
ONE = evolve(VANS, id="lift", capacity=1)


def hours(start: int, end: int) -> Window:
    return Window(AT + start * HOUR, AT + end * HOUR)


TEN = hours(10, 12)


def held(name: str = "b-1", window: Window = TEN, **but: Any) -> Booking:
    given = {"holder": "o-1", "expires_at": AT + HOUR, "renewable_until": AT + 3 * HOUR, **but}
    return Booking(id=name, window=window, purpose="1", **given)


def booked(*bookings: Booking, of: Resource = ONE, at: datetime = AT) -> Agenda:
    agenda, _ = open_agenda(of)
    for each in bookings:
        agenda, _ = book(agenda, each, at=at)
    return agenda


# Expiry


@pytest.mark.parametrize(("minutes", "is_free"), [(0, False), (59, False), (60, True), (99, True)])
def test_from_its_instant_on_it_is_in_nobodys_way(minutes: int, *, is_free: bool) -> None:
    agenda, at = booked(held()), AT + minutes * HOUR / 60
    assert isinstance(book(agenda, held("b-2", holder="o-2"), at=at), tuple) == is_free
    assert bool(agenda.live(at).spare(hours(10, 12))) == is_free
    wanted = Requirement(
        id="r", roles={"van": {"van": 1}}, duration=HOUR, not_before=AT + 10 * HOUR
    )
    found = earliest_slot(wanted, [agenda.live(at)], at, AT + 24 * HOUR)
    assert isinstance(found, Slot)
    assert (found.window.start == AT + 10 * HOUR) == is_free


def test_whoever_relies_on_it_writes_it_down_first() -> None:
    agenda = booked(held())
    after, events = book(agenda, held("b-2", holder="o-2"), at=AT + HOUR)
    assert events[0] == BookingsExpired(["b-1"])
    assert [each.id for each in after.bookings] == ["b-2"]
    assert [(each.id, each.ended) for each in after.cancelled] == [("b-1", BookingEnd.EXPIRED)]
    assert [each.id for each in after.held_for("o-1")] == ["b-1"]


def test_sweeping_changes_nothing_that_anybody_could_have() -> None:
    agenda, late = booked(held(), held("b-2", hours(13, 15), expires_at=None)), AT + HOUR
    swept, events = expire(agenda, at=late)
    assert events == (BookingsExpired(["b-1"]),)
    assert swept.live(late).bookings == agenda.live(late).bookings
    assert expire(swept, at=late)[1] == ()
    assert expire(agenda, at=AT)[1] == ()


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize(
    ("other", "is_kept"), [(None, True), (hours(12, 14), True), (hours(11, 13), False)]
)
def test_kept_late_it_is_where_its_time_is_free(
    other: Window | None, *, swept: bool, is_kept: bool
) -> None:
    late, agenda = AT + 2 * HOUR, booked(held())
    if swept:
        agenda, _ = expire(agenda, at=late)
    if other is not None:
        agenda, _ = book(agenda, held("b-2", other, holder="o-2", expires_at=None), at=late)
    for result in (
        firm(agenda, "b-1", at=late),
        renew(agenda, "b-1", AT + 3 * HOUR, at=late),
    ):
        assert isinstance(result, Clash) != is_kept
        if not isinstance(result, Clash):
            assert "b-1" in {each.id for each in result[0].bookings}
        else:
            assert result.bookings == ("b-2",)


def test_what_is_firm_stays() -> None:
    agenda, _ = firm(booked(held()), "b-1", at=AT)
    assert agenda.live(AT + 99 * HOUR).bookings == agenda.bookings
    assert firm(agenda, "b-1", at=AT + 99 * HOUR) == (agenda, ())
    assert agenda.bookings[0].renewable_until is None


# Renewing


@pytest.mark.parametrize(
    ("until", "at", "is_renewed"),
    [(2, 0, True), (3, 0, True), (4, 0, False), (3, 2, True), (2, 2, False), (2, 3, False)],
)
def test_renewing_ends_where_was_agreed(until: int, at: int, *, is_renewed: bool) -> None:
    agenda, now, end = booked(held()), AT + at * HOUR, AT + until * HOUR
    if not is_renewed:
        with pytest.raises(InvalidValue, match="limit of renewals"):
            renew(agenda, "b-1", end, at=now)
        return
    after, _ = renew(agenda, "b-1", end, at=now)
    assert after.bookings[0].expires_at == end
    assert renew(after, "b-1", end, at=now) == (after, ())


@pytest.mark.parametrize("but", [{"renewable_until": None}, {"expires_at": None}])
def test_what_is_firm_or_not_renewable_is_not_renewed(but: Any) -> None:
    agenda = booked(held(**{"renewable_until": None, **but}))
    with pytest.raises(InvalidValue):
        renew(agenda, "b-1", AT + 2 * HOUR, at=AT)


# Done, over, another's


def test_what_is_done_frees_the_rest_of_its_time() -> None:
    agenda, _ = finish(booked(held(expires_at=None)), "b-1")
    assert (agenda.bookings, agenda.held_for("o-1")) == ((), ())
    assert agenda.cancelled[0].ended is BookingEnd.FINISHED
    assert finish(agenda, "b-1") == (agenda, ())
    assert cancel(agenda, "b-1") == (agenda, ())
    with pytest.raises(NotFound):
        firm(agenda, "b-1", at=AT)


@pytest.mark.parametrize("swept", [False, True])
def test_what_is_handed_over_is_on_the_same_terms(*, swept: bool) -> None:
    agenda = booked(held())
    agenda = expire(agenda, at=AT + HOUR)[0] if swept else agenda
    after, _ = hand_over(agenda, "b-1", "o-2")
    (found,) = after.held_for("o-2", "1")
    assert found == evolve(agenda.held_for("o-1")[0], holder="o-2")
    assert after.held_for("o-1") == ()
    assert hand_over(after, "b-1", "o-2") == (after, ())


def test_what_has_expired_may_be_given_up() -> None:
    agenda, _ = expire(booked(held()), at=AT + HOUR)
    after, events = cancel(agenda, "b-1")
    assert (len(events), after.held_for("o-1"), len(after.cancelled)) == (1, (), 1)
    assert cancel(after, "b-1") == (after, ())


def test_what_was_booked_once_is_booked_no_more_whatever_came_of_it() -> None:
    first = held()
    for change in (
        lambda it: firm(it, "b-1", at=AT),
        lambda it: hand_over(it, "b-1", "o-9"),
        lambda it: expire(it, at=AT + HOUR),
        lambda it: finish(it, "b-1"),
        lambda it: move(it, "b-1", hours(20, 22)),
    ):
        agenda, _ = change(booked(first))
        assert book(agenda, first, at=AT) == (agenda, ())
        with pytest.raises(IdempotencyConflict):
            book(agenda, evolve(first, window=hours(1, 2)), at=AT)


# Whatever is done


@pytest.mark.parametrize("seed", range(25))
def test_no_piece_is_promised_twice_and_events_come_to_the_agenda(seed: int) -> None:
    chance, (agenda, told) = Random(seed), open_agenda(VANS)
    pencil: dict[str, list[Any]] = {}  # window, units, end, whether it is over
    for step in range(50):
        at, name = AT + step * HOUR / 4, f"b-{chance.randint(1, 12)}"
        begin = step // 4 + chance.randint(0, 6)
        window, units = hours(begin, begin + chance.randint(1, 4)), chance.randint(1, 2)
        live = {
            key: row for key, row in pencil.items() if not row[3] and (row[2] or at + HOUR) > at
        }

        def room(asked: Window, but: str = "", rows: Any = live) -> int:
            edges = [asked.start, *(row[0].start for row in rows.values())]
            return 2 - max(
                sum(
                    row[1]
                    for key, row in rows.items()
                    if key != but and row[0].start <= edge < row[0].end
                )
                for edge in edges
                if asked.start <= edge < asked.end
            )

        if name not in pencil:
            end = chance.choice([None, at + HOUR])
            new = Booking(id=name, window=window, units=units, holder="o-1", expires_at=end)
            result = book(agenda, new, at=at)
            assert isinstance(result, tuple) == (room(window) >= units)
            if isinstance(result, tuple):
                pencil[name] = [window, units, end, False]
        elif pencil[name][3]:
            continue
        elif chance.random() < 0.5:
            row = pencil[name]
            result = firm(agenda, name, at=at)
            is_live = name in live
            assert isinstance(result, tuple) == (is_live or room(row[0]) >= row[1])
            if isinstance(result, tuple):
                row[2] = None
        else:
            end_it = chance.choice([cancel, finish])
            result = end_it(agenda, name)
            pencil[name][3] = True
        if isinstance(result, tuple):
            agenda, events = result
            told = (*told, *events)
        if chance.random() < 0.2:
            agenda, events = expire(agenda, at=at)
            told = (*told, *events)
        assert rebuild(told) == agenda
        assert agenda.version == len(told)
        held_by = {each.id for each in agenda.held_for("o-1")}
        assert held_by == {key for key, row in pencil.items() if not row[3]}


# What is faulty


@pytest.mark.parametrize(
    "make",
    [
        lambda: held(expires_at=AT.replace(tzinfo=None)),
        lambda: held(holder="o\n1"),
        lambda: held(ended="lost"),
        lambda: book(booked(), held(ended="expired"), at=AT),
        lambda: hand_over(booked(held()), "b-1", ""),
        lambda: renew(booked(held()), "b-1", "soon", at=AT),
        lambda: firm(booked(held()), "b-1", at=AT.replace(tzinfo=None)),
        lambda: expire(booked(held()), at="now"),
    ],
)
def test_what_is_faulty_is_refused(make: Any) -> None:
    with pytest.raises(InvalidInput):
        make()


@pytest.mark.parametrize("act", [finish, lambda it, name: firm(it, name, at=AT)])
def test_what_was_never_booked_is_not_found(act: Any) -> None:
    with pytest.raises(NotFound):
        act(booked(), "b-1")
