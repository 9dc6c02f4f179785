"""Working time against a model that counts minutes, in zones whose clocks change.

Laws:
    - ``between`` is the count of worked minutes, whatever the clock does.
    - ``add`` is the earliest instant with ``between(start, add(start, d)) == d``; ``subtract``
      the latest one the other way.
    - ``between(a, b) + between(b, c) == between(a, c)``.
    - ``spans``, ``is_open`` and ``next_open`` tell of the same minutes.
    - An exception goes before a holiday, a holiday before the pattern.
    - What a calendar dumps, it loads, equal; equal calendars answer alike.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from minutes import DAY, MINUTE, WEEK, Minutes, calendars, instants

from ordercore import InvalidDocument, dumps, load, loads
from ordercore.calendars import (
    MAX_DAYS,
    ClosedDays,
    DayHours,
    Holiday,
    MakeUpDay,
    NoWorkingTime,
    Recurrence,
    Shifts,
    Span,
    SpecialHours,
    Window,
    WorkingHours,
    WorkingTime,
    list_holidays,
)
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded

HOUR = timedelta(hours=1)
NEVER = WorkingTime(WorkingHours("UTC", ()))
ALWAYS = WorkingTime(WorkingHours.of("UTC", {"MO-SU": "00:00-24:00"}))
OFFICE = WorkingHours.of("Asia/Shanghai", {"MO-FR": "09:00-12:00 13:30-18:00"})


def utc(*told: int) -> datetime:
    return datetime(*told, tzinfo=UTC)  # type: ignore[misc,arg-type]


# ---------------------------------------------------------------- against the model


@given(calendars(), st.data())
def test_time_between_instants_is_the_count_of_worked_minutes(
    drawn: tuple[WorkingTime, date], data: st.DataObject
) -> None:
    calendar, middle = drawn
    model = Minutes(calendar, middle)
    a, b, c = sorted(data.draw(st.tuples(*[instants(middle)] * 3)))
    assert calendar.between(a, c) == model.between(a, c)
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)


@given(calendars(), st.data())
def test_added_time_is_reached_as_early_as_the_model_reaches_it(
    drawn: tuple[WorkingTime, date], data: st.DataObject
) -> None:
    calendar, middle = drawn
    model = Minutes(calendar, middle)
    start = data.draw(instants(middle))
    duration = data.draw(st.integers(0, 1500)) * MINUTE
    expected = model.add(start, duration)
    if expected is not None and expected < model.start + 12 * DAY:
        found = calendar.add(start, duration)
        assert found == expected
        assert calendar.between(start, found) == duration


@given(calendars(), st.data())
def test_subtracted_time_begins_as_late_as_the_model_begins_it(
    drawn: tuple[WorkingTime, date], data: st.DataObject
) -> None:
    calendar, middle = drawn
    model = Minutes(calendar, middle)
    end = data.draw(instants(middle))
    duration = data.draw(st.integers(0, 1500)) * MINUTE
    expected = model.subtract(end, duration)
    if expected is not None and expected > model.start + 4 * DAY:
        assert calendar.subtract(end, duration) == expected


@given(calendars(), st.data())
def test_spans_and_openings_tell_of_the_same_minutes(
    drawn: tuple[WorkingTime, date], data: st.DataObject
) -> None:
    calendar, middle = drawn
    model = Minutes(calendar, middle)
    start, end = sorted(data.draw(st.tuples(*[instants(middle)] * 2)))
    end += MINUTE
    spans = calendar.spans(Window(start, end))
    asked = [model.at(i) for i in range(model.index(start), model.index(end), 7)]
    told = [model.open[model.index(at)] for at in asked]
    assert [any(at in span for span in spans) for at in asked] == told
    assert [calendar.is_open(at) for at in asked] == told
    bounds = [at for span in spans for at in (span.start, span.end) if at is not None]
    assert bounds == sorted(set(bounds))  # in order, and none touches another
    following = model.next_open(start)
    if following is not None and following < end:
        assert calendar.next_open(start) == following


def law_shared_minutes_count_once(
    between: Callable[[WorkingTime, datetime, datetime], Any],
) -> None:
    """Shifts that overlap, and those over midnight, against the model."""
    daily = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"
    shifts = [
        [(time(8), time(12)), (time(10), time(14))],  # partly overlapping
        [(time(22), time(6))],  # the end reads before the start: over midnight
        [(time(22), time(6)), (time(5), time(13))],
        [(time(8), time(16)), (time(9), time(10))],
    ]
    for times in shifts:
        calendar = WorkingTime(Shifts([Recurrence(daily, "Europe/Berlin", *t) for t in times]))
        model = Minutes(calendar, date(2026, 5, 6), days=3)
        for hours in range(0, 60, 7):
            start = utc(2026, 5, 4) + hours * HOUR
            end = start + 23 * HOUR
            assert between(calendar, start, end) == model.between(start, end), times


def test_time_of_overlapping_shifts_counts_once() -> None:
    law_shared_minutes_count_once(WorkingTime.between)


def shift_by_shift(calendar: WorkingTime, start: datetime, end: datetime) -> timedelta:
    """A planted copy of odoo#229777: each shift by itself, overlapping ones twice."""
    assert isinstance(calendar.hours, Shifts)
    total = timedelta()
    for recurrence in calendar.hours.recurrences:
        total += WorkingTime(Shifts([recurrence])).between(start, end)
    return total


def inverted_is_empty(calendar: WorkingTime, start: datetime, end: datetime) -> timedelta:
    """Another: a shift that ends before it begins is taken as it stands, and is worth nothing."""
    assert isinstance(calendar.hours, Shifts)
    straight = [each for each in calendar.hours.recurrences if each.start < each.end]
    return WorkingTime(Shifts(straight)).between(start, end) if straight else timedelta()


@pytest.mark.parametrize("planted", [shift_by_shift, inverted_is_empty])
def test_who_counts_shifts_one_by_one_is_noticed(planted: Any) -> None:
    with pytest.raises(AssertionError):
        law_shared_minutes_count_once(planted)


# ---------------------------------------------------------------- days of 23 and 25 hours


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Asia/Shanghai", date(2026, 3, 29), 24),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_day_is_as_long_as_it_is(zone: str, day: date, hours: float) -> None:
    calendar = WorkingTime(WorkingHours.of(zone, {"MO-SU": "00:00-24:00"}))
    told = calendar.on(day)
    lengths = [w.end - w.start for w in told.windows if w.start and w.end]
    assert sum(lengths, timedelta()) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "span", "hours"),
    [
        (date(2026, 3, 29), "01:00-04:00", 2),
        (date(2026, 3, 29), "02:15-02:45", 0.5),  # skipped: as the clock before the change has it
        (date(2026, 3, 29), "02:30-03:30", 0),  # that begins when it ends
        (date(2026, 10, 25), "01:00-04:00", 4),
        (date(2026, 10, 25), "02:15-02:45", 0.5),  # shown twice: the first time
        (date(2026, 10, 25), "02:30-03:00", 1.5),
    ],
)
def test_times_that_the_clock_skips_or_shows_twice_are_read_as_stated(
    day: date, span: str, hours: float
) -> None:
    calendar = WorkingTime(WorkingHours.of("Europe/Berlin", {"SU": span}))
    noon = datetime.combine(day, time(12), UTC)
    assert calendar.between(noon - DAY, noon + DAY) == timedelta(hours=hours)


# ---------------------------------------------------------------- what a day is like


MONDAY, HOLIDAY, SATURDAY = date(2026, 2, 9), date(2026, 2, 17), date(2026, 2, 14)
FESTIVAL = WorkingTime(
    OFFICE,
    [Holiday(HOLIDAY, "春节"), Holiday(date(2026, 2, 18), "春节")],
    [MakeUpDay(SATURDAY, "MO", "春节"), SpecialHours(date(2026, 2, 18), "10:00-11:00")],
)


@pytest.mark.parametrize(
    ("day", "hours", "cause"),
    [
        (MONDAY, 7.5, None),
        (date(2026, 2, 15), 0, None),
        (SATURDAY, 7.5, FESTIVAL.exceptions[0]),
        (HOLIDAY, 0, FESTIVAL.holidays[0]),
        (date(2026, 2, 18), 1, FESTIVAL.exceptions[1]),
    ],
)
def test_a_day_tells_what_it_is_like_and_why(day: date, hours: float, cause: Any) -> None:
    told = FESTIVAL.on(day)
    lengths = [w.end - w.start for w in told.windows if w.start and w.end]
    assert sum(lengths, timedelta()) == timedelta(hours=hours)
    assert told.cause == cause


def test_a_saturday_is_worked_as_the_monday_of_its_own_week() -> None:
    every_other = Recurrence(
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "UTC", time(8), time(16), anchor=MONDAY
    )
    saturdays = [SATURDAY, SATURDAY + 7 * DAY]
    calendar = WorkingTime(
        Shifts([every_other]), exceptions=[MakeUpDay(day, "MO") for day in saturdays]
    )
    assert [len(calendar.on(day).windows) for day in saturdays] == [1, 0]


class Calendar:
    """Who knows holidays; of each it tells the day."""

    def __init__(self, *days: date) -> None:
        self.days = days

    def name_of(self, day: date) -> str | None:
        return f"holiday {day.day}" if day in self.days else None


def test_holidays_are_listed_from_the_first_day_to_the_last_both_included() -> None:
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 7), date(2026, 10, 8)]
    listed = list_holidays(Calendar(*days), date(2026, 10, 1), date(2026, 10, 7))
    assert listed == (Holiday(days[1], "holiday 1"), Holiday(days[2], "holiday 7"))
    assert list_holidays(Calendar(*days), days[1], days[1]) == listed[:1]


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        (date(2026, 1, 2), date(2026, 1, 1), InvalidValue),
        (date(2026, 1, 1), date(2036, 1, 10), LimitExceeded),
        (utc(2026, 1, 1), date(2026, 1, 2), InvalidType),
        (date(2026, 1, 1), None, InvalidType),
    ],
)
def test_days_that_are_none_have_no_holidays(first: Any, last: Any, error: type) -> None:
    with pytest.raises(error):
        list_holidays(Calendar(), first, last)


# ---------------------------------------------------------------- searches are bounded


def test_a_calendar_that_never_opens_is_searched_only_so_far() -> None:
    at = utc(2026, 1, 1)
    for ask in (
        lambda: NEVER.next_open(at),
        lambda: NEVER.add(at, HOUR),
        lambda: NEVER.subtract(at, HOUR),
    ):
        with pytest.raises(NoWorkingTime) as caught:
            ask()
        assert caught.value.until - caught.value.start == MAX_DAYS * DAY
        assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args
    assert NEVER.between(at, at + 100 * DAY) == timedelta()
    assert NEVER.spans(Window(at, at + DAY)) == ()


def test_a_search_ends_where_it_is_told_to() -> None:
    friday = utc(2026, 11, 27, 9)  # 17:00 in Shanghai
    calendar = WorkingTime(OFFICE)
    monday = utc(2026, 11, 30, 1)
    assert calendar.add(friday, 2 * HOUR, until=monday + HOUR) == monday + HOUR
    assert calendar.subtract(monday + HOUR, 2 * HOUR, since=friday) == friday
    assert calendar.next_open(friday + HOUR, until=monday + MINUTE) == monday
    for ask in (
        lambda: calendar.add(friday, 2 * HOUR, until=monday + 59 * MINUTE),
        lambda: calendar.subtract(monday + HOUR, 2 * HOUR, since=friday + MINUTE),
        lambda: calendar.next_open(friday + HOUR, until=monday),
    ):
        with pytest.raises(NoWorkingTime):
            ask()


def test_no_time_at_all_ends_where_it_begins() -> None:
    night = utc(2026, 11, 27, 18)
    assert NEVER.add(night, timedelta()) == night
    assert NEVER.subtract(night, timedelta()) == night
    assert ALWAYS.between(night, night) == timedelta()


@pytest.mark.parametrize(
    "at", [utc(1, 1, 1), utc(1, 12, 31, 23), utc(9999, 6, 1), datetime.max.replace(tzinfo=UTC)]
)
def test_nobody_works_at_the_ends_of_time(at: datetime) -> None:
    assert not ALWAYS.is_open(at)
    assert ALWAYS.on(at.date()).day == at.date()


def test_many_years_are_summed_exactly() -> None:
    start = utc(2026, 1, 1)
    assert ALWAYS.between(start, start + MAX_DAYS * DAY) == MAX_DAYS * DAY
    assert ALWAYS.add(start, MAX_DAYS * DAY) == start + MAX_DAYS * DAY
    assert ALWAYS.subtract(start, MAX_DAYS * DAY) == start - MAX_DAYS * DAY


# ---------------------------------------------------------------- what is none is refused

AT = utc(2026, 1, 1)
NAIVE = AT.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("ask", "error", "path"),
    [
        (lambda: ALWAYS.is_open(NAIVE), InvalidValue, ("at",)),
        (lambda: ALWAYS.next_open(NAIVE), InvalidValue, ("at",)),
        (lambda: ALWAYS.add(NAIVE, HOUR), InvalidValue, ("start",)),
        (lambda: ALWAYS.add(AT, HOUR, until=NAIVE), InvalidValue, ("until",)),
        (lambda: ALWAYS.add(AT, HOUR, until=AT - HOUR), InvalidValue, ("until",)),
        (lambda: ALWAYS.add(AT, HOUR, until=AT + 3661 * DAY), LimitExceeded, ("until",)),
        (lambda: ALWAYS.add(AT, -HOUR), InvalidValue, ("duration",)),
        (lambda: ALWAYS.add(AT, 3661 * DAY), LimitExceeded, ("duration",)),
        (lambda: ALWAYS.add(AT, 3600), InvalidType, ("duration",)),
        (lambda: ALWAYS.add(AT, True), InvalidType, ("duration",)),
        (lambda: ALWAYS.add(AT, 1.5), InvalidType, ("duration",)),
        (lambda: ALWAYS.subtract(AT, HOUR, since=AT + HOUR), InvalidValue, ("since",)),
        (lambda: ALWAYS.subtract(AT, HOUR, since=AT - 3661 * DAY), LimitExceeded, ("since",)),
        (lambda: ALWAYS.between(AT, AT - MINUTE), InvalidValue, ("end",)),
        (lambda: ALWAYS.between(AT, AT + 3661 * DAY), LimitExceeded, ("end",)),
        (lambda: ALWAYS.between(AT, "2026-01-02"), InvalidType, ("end",)),
        (lambda: ALWAYS.spans(Window(AT)), InvalidValue, ("window",)),
        (lambda: ALWAYS.spans(Window(AT, AT + 3661 * DAY)), LimitExceeded, ("window",)),
        (lambda: ALWAYS.spans(None), InvalidType, ("window",)),
        (lambda: ALWAYS.on(AT), InvalidType, ("day",)),
        (lambda: WorkingTime(OFFICE, [date(2026, 1, 1)]), InvalidType, ("holidays", 0)),
        (lambda: WorkingTime("09:00-17:00"), InvalidType, ("hours",)),
        (lambda: Span(time(9), time(9)), InvalidValue, ("end",)),
        (lambda: Span(time(17), time(9)), InvalidValue, ("end",)),
        (lambda: Span(9, time(9)), InvalidType, ("start",)),
        (lambda: Span(time(9, tzinfo=UTC), time(10)), InvalidValue, ("start",)),
        (lambda: DayHours("MO", ()), InvalidValue, ("spans",)),
        (lambda: DayHours("XX", "09:00-10:00"), InvalidValue, ("days",)),
        (lambda: DayHours(["XX"], "09:00-10:00"), InvalidValue, ("days", 0)),
        (lambda: DayHours(3, "09:00-10:00"), InvalidType, ("days",)),
        (lambda: WorkingHours("Mars/Base", ()), InvalidValue, ("zone",)),
        (lambda: WorkingHours.of("UTC", [("MO", "09:00-10:00")]), InvalidType, ("week",)),
        (lambda: Shifts(()), InvalidValue, ("recurrences",)),
        (lambda: ClosedDays(date(2026, 1, 2), date(2026, 1, 1)), InvalidValue, ("last",)),
        (lambda: ClosedDays(date(2026, 1, 2), date(2046, 1, 1)), LimitExceeded, ("last",)),
        (lambda: MakeUpDay(date(2026, 1, 2), "Monday"), InvalidValue, ("weekday",)),
        (lambda: Holiday(date(2026, 1, 2), ""), InvalidValue, ("name",)),
    ],
)
def test_what_is_none_is_refused_at_its_place(ask: Any, error: type, path: Any) -> None:
    with pytest.raises(error) as caught:
        ask()
    assert isinstance(caught.value, InvalidInput)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("make", "places"),
    [
        (
            lambda: WorkingHours.of(
                "UTC",
                {
                    "MO-FR": "17:00-09:00 09:00-10:00 25:00-26:00",
                    "SA": "09:00-12:00 11:00-13:00",
                    "XX": "09:00-10:00",
                    7: "09:00-10:00",
                },
            ),
            [
                "week.MO-FR.spans[0].end",
                "week.MO-FR.spans[2]",
                "week.SA.spans[1]",
                "week.XX.days",
                "week.7.days",
            ],
        ),
        (
            lambda: WorkingHours(
                "UTC",
                [
                    DayHours("MO-WE", "09:00-12:00 12:00-13:00"),
                    DayHours("WE-FR", "08:00-09:00 11:00-14:00"),
                    DayHours("MO-SU", "18:00-24:00 12:30-13:30"),
                ],
            ),
            ["week[1].spans[1]", "week[2].spans[1]"],
        ),
        (
            lambda: SpecialHours(date(2026, 1, 1), "09:00-24:00 23:00-24:00 08:00-09:00"),
            ["spans[1]"],
        ),
        (
            lambda: WorkingTime(
                OFFICE,
                [Holiday(HOLIDAY, "a"), Holiday(MONDAY, "b"), Holiday(HOLIDAY, "c")],
                [
                    ClosedDays(date(2026, 1, 5)),
                    ClosedDays(date(2026, 1, 1), date(2026, 1, 31)),
                    MakeUpDay(date(2026, 1, 31), "MO"),
                    MakeUpDay(date(2026, 2, 1), "MO"),
                    SpecialHours(date(2026, 2, 1), "09:00-10:00"),
                ],
            ),
            ["holidays[2].day", "exceptions[0]", "exceptions[2]", "exceptions[4]"],
        ),
        (
            lambda: Shifts(
                [
                    Recurrence("FREQ=DAILY", "UTC"),
                    Recurrence("FREQ=DAILY", "Asia/Shanghai"),
                    Recurrence("FREQ=DAILY", "Europe/Berlin"),
                ]
            ),
            ["recurrences[1].zone", "recurrences[2].zone"],
        ),
    ],
)
def test_all_faults_of_hours_are_told_at_once_each_with_its_place(
    make: Any, places: list[str]
) -> None:
    with pytest.raises(InvalidDocument) as caught:
        make()
    told = [line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]]
    assert told == places


def test_spans_may_touch_and_days_may_wrap_around_the_week() -> None:
    row = DayHours("SA-MO", "09:00-12:00 12:00-24:00")
    assert row.days == (WEEK[5], WEEK[6], WEEK[0])
    calendar = WorkingTime(WorkingHours("UTC", [row]))
    assert len(calendar.on(MONDAY).windows) == 1  # what touches is one


# ---------------------------------------------------------------- as documents


@given(calendars())
def test_a_calendar_is_loaded_as_it_was_dumped(drawn: tuple[WorkingTime, date]) -> None:
    calendar, middle = drawn
    again = loads(WorkingTime, dumps(calendar))
    assert (again, hash(again)) == (calendar, hash(calendar))
    assert again.on(middle) == calendar.on(middle)
    assert pickle.loads(pickle.dumps(calendar)) == calendar


def test_a_document_with_faults_tells_all_of_them() -> None:
    plain = {
        "schema": 1,
        "kind": "working_time",
        "hours": {
            "type": "weekly",
            "zone": "Nowhere",
            "week": [{"days": ["MO", "XX"], "spans": [{"start": "17:00", "end": "09:00"}]}],
        },
        "holidays": [{"day": "2026-02-30", "name": "x"}],
        "exceptions": [{"type": "closed_days", "first": "2026-01-02", "last": "2026-01-01"}],
    }
    with pytest.raises(InvalidDocument) as caught:
        load(WorkingTime, plain)
    assert [fault.path for fault in caught.value.faults] == [
        ("hours", "zone"),
        ("hours", "week", 0, "days", 1),
        ("hours", "week", 0, "spans", 0, "end"),
        ("holidays", 0, "day"),
        ("exceptions", 0, "last"),
    ]


@given(st.text(st.sampled_from("0123456789:- MOTUFR"), max_size=30))
def test_any_text_is_hours_or_refused_by_us(text: str) -> None:
    with suppress(InvalidInput, InvalidDocument):
        DayHours("MO", text)
    with suppress(InvalidInput, InvalidDocument):
        DayHours(text, "09:00-10:00")


def test_an_instant_that_no_utc_calendar_has_is_refused_by_us() -> None:
    daily = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-SU": "08:00-18:00"}))
    with pytest.raises(LimitExceeded, match="years 1 to 9999 in UTC"):
        daily.next_open(datetime.fromisoformat("9999-12-31T20:00:00-11:00"))
