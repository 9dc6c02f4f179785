"""When something holds: windows, recurrences and schedules.

Laws:
    - A window holds its start and not its end, whatever zone asks.
    - A recurrence names the days that dateutil names, where both read a rule alike.
    - ``at in recurrence`` and ``recurrence.between`` agree.
    - The same instant gets the same answer in every zone, and from ``compiled``.
    - What a schedule dumps, it loads, equal and written alike.
"""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from ordercore import InvalidDocument, dump, dumps, load, loads
from ordercore.calendars import MAX_DAYS, Recurrence, Schedule, Window, instant_us
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = (
    "UTC",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)


def utc(year: int, month: int, day: int, *clock: int) -> datetime:
    return datetime(year, month, day, *clock, tzinfo=UTC)  # type: ignore[misc,arg-type]


def naive(year: int, month: int, day: int, *clock: int) -> datetime:
    return utc(year, month, day, *clock).replace(tzinfo=None)


instants = st.datetimes(naive(2026, 1, 1), naive(2027, 12, 31), timezones=st.just(UTC))
changes = st.sampled_from(
    [utc(2026, 3, 29, 1), utc(2026, 10, 25, 1), utc(2026, 3, 8, 7), utc(2026, 11, 1, 6)]
)
near_changes = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes), changes, st.integers(-200, 200)
)
"""Instants within some hours of the clock's changes in Berlin and New York."""

any_instant = instants | near_changes
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
zones = st.sampled_from(ZONES)

# ---------------------------------------------------------------- instants


@given(st.integers(-621355 * 10**11, 2534022 * 10**11), zones)
def test_microseconds_are_counted_exactly(count: int, zone: str) -> None:
    at = (utc(1970, 1, 1) + timedelta(microseconds=count)).astimezone(ZoneInfo(zone))
    assert instant_us(at) == count


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (datetime.min.replace(tzinfo=UTC), -62_135_596_800_000_000),
        (datetime.max.replace(tzinfo=UTC), 253_402_300_799_999_999),
        (
            datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
            -62_135_596_800_000_000 - 14 * 3_600_000_000,
        ),
        (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN), 1_792_888_200_000_000),
        (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1), 1_792_891_800_000_000),
    ],
)
def test_microseconds_are_exact_at_the_ends_of_time(at: datetime, count: int) -> None:
    assert instant_us(at) == count


@pytest.mark.parametrize("at", [naive(2026, 1, 1), date(2026, 1, 1), time(1, tzinfo=UTC), None])
@pytest.mark.parametrize(
    "ask",
    [
        instant_us,
        lambda at: at in Window(),
        lambda at: at in Window(utc(2026, 1, 1), utc(2027, 1, 1)),
        lambda at: at in Recurrence("FREQ=DAILY", "UTC"),
        Schedule().is_open,
        Schedule(recurrence=Recurrence("FREQ=DAILY", "UTC")).is_open,
    ],
)
def test_what_is_no_instant_is_refused_and_not_taken_for_local_time(ask: Any, at: Any) -> None:
    expected = InvalidValue if isinstance(at, datetime) else InvalidType
    with pytest.raises(expected):
        ask(at)


# ---------------------------------------------------------------- windows


@given(any_instant, st.timedeltas(MICROSECOND, 30 * DAY), zones, zones, zones)
def test_a_window_holds_its_start_and_ends_before_its_end(
    start: datetime, length: timedelta, one: str, two: str, three: str
) -> None:
    end = start + length
    window = Window(start.astimezone(ZoneInfo(one)), end.astimezone(ZoneInfo(two)))
    asked = ZoneInfo(three)
    told = [
        at.astimezone(asked) in window
        for at in (start - MICROSECOND, start, end - MICROSECOND, end)
    ]
    assert told == [False, True, True, False]


def test_a_window_in_the_hour_shown_twice_knows_which_one_is_meant() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1)  # 40 minutes after the first
    window = Window(first, second)
    assert window == Window(utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 10))
    assert hash(window) == hash(Window(utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 10)))
    assert first in window
    assert second not in window
    with pytest.raises(InvalidValue):
        Window(second, first)


def test_a_window_keeps_the_offsets_it_was_given() -> None:
    window = Window(datetime(2026, 11, 11, tzinfo=SHANGHAI))
    assert dump(window) == {"start": "2026-11-11T00:00:00+08:00"}


@pytest.mark.parametrize(
    ("window", "inside"),
    [
        (Window(), [True, True, True]),
        (Window(start=utc(2026, 2, 1)), [False, True, True]),
        (Window(end=utc(2026, 2, 1)), [True, False, False]),
        (Window(utc(2026, 2, 1), utc(2026, 3, 1)), [False, True, False]),
    ],
)
def test_a_missing_bound_is_since_ever_or_for_ever(window: Window, inside: list[bool]) -> None:
    asked = [utc(2026, 1, 31, 23, 59, 59, 999_999), utc(2026, 2, 1), utc(2026, 3, 1)]
    assert [at in window for at in asked] == inside


@given(any_instant, any_instant, any_instant, any_instant)
def test_windows_overlap_just_when_they_have_an_instant_in_common(
    a: datetime, b: datetime, c: datetime, d: datetime
) -> None:
    one, two = (
        Window(min(a, b), max(a, b) + MICROSECOND),
        Window(min(c, d), max(c, d) + MICROSECOND),
    )
    common = max(min(a, b), min(c, d))  # the later start is in both, if anything is
    assert one.overlaps(two) == (common in one and common in two)
    assert one.overlaps(two) == two.overlaps(one)
    assert one.overlaps(Window())


def test_windows_that_only_touch_do_not_overlap() -> None:
    noon = utc(2026, 1, 1, 12)
    assert not Window(end=noon).overlaps(Window(start=noon))
    assert not Window(start=noon).overlaps(Window(end=noon))


@pytest.mark.parametrize(
    ("start", "end", "path", "reason"),
    [
        (utc(2026, 1, 1), utc(2026, 1, 1), ("end",), "empty_window"),
        (utc(2026, 1, 2), utc(2026, 1, 1), ("end",), "empty_window"),
        (naive(2026, 1, 1), None, ("start",), "naive_datetime"),
        (None, naive(2026, 1, 1), ("end",), "naive_datetime"),
        (date(2026, 1, 1), None, ("start",), "invalid_type"),
        (None, time(1, tzinfo=UTC), ("end",), "invalid_type"),
        ("2026-01-01", None, ("start",), "invalid_type"),
    ],
)
def test_a_window_that_is_none_is_refused(start: Any, end: Any, path: Any, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Window(start, end)
    assert (caught.value.path, caught.value.reason) == (path, reason)


# ---------------------------------------------------------------- days of a rule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST = dict(enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1))


def _listed(values: st.SearchStrategy[Any], most: int = 4) -> st.SearchStrategy[str]:
    several = st.lists(values, min_size=1, max_size=most, unique=True)
    return several.map(lambda members: ",".join(map(str, members)))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that dateutil and RFC 5545 read alike, and that come again for ever.

    Left out are ``BYDAY=MO,1FR``, of which dateutil takes what both name, and numbered
    weekdays together with days of the month, which may never meet.
    """
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    intervals = [1, 2, 3, 5] if frequency == "DAILY" else [1, 2, 3, 4, 12]
    parts = [f"FREQ={frequency}"]
    interval = draw(st.sampled_from(intervals))
    if interval > 1 or draw(st.booleans()):
        parts.append(f"INTERVAL={interval}")
    months = draw(st.none() | _listed(st.integers(1, 12)))
    if months:
        parts.append(f"BYMONTH={months}")
    within_months = frequency == "MONTHLY" or (frequency == "YEARLY" and months)
    kind = draw(st.sampled_from(["", "weekdays", "days", "both", "numbered"]))
    if kind in ("days", "both") and frequency != "WEEKLY":
        shortest = min(LONGEST[int(month)] for month in (months or "1").split(","))
        days = st.integers(1, shortest) | st.integers(-shortest, -1)
        parts.append(f"BYMONTHDAY={draw(_listed(days))}")
    if kind in ("weekdays", "both"):
        parts.append(f"BYDAY={draw(_listed(st.sampled_from(WEEKDAYS), 7))}")
    if kind == "numbered" and within_months:
        numbers = st.sampled_from([1, 2, 3, 4, 5, -1, -2, -3, -4, -5])
        numbered = st.builds("{}{}".format, numbers, st.sampled_from(WEEKDAYS))
        parts.append(f"BYDAY={draw(_listed(numbered))}")
    return ";".join(parts)


def _days_by_dateutil(rule: str, anchor: date, count: int) -> list[date]:
    start = datetime.combine(anchor, time())
    found = rrulestr(rule, dtstart=start).between(start, start + count * DAY, inc=True)
    return [day.date() for day in found if day < start + count * DAY]


def _days(rule: str, anchor: date, count: int) -> list[date]:
    start = datetime.combine(anchor, time(), UTC)
    spans = Recurrence(rule, "UTC", anchor=anchor).between(Window(start, start + count * DAY))
    return [span.start.date() for span in spans if span.start is not None]


@given(rules(), st.dates(date(2019, 1, 1), date(2032, 12, 31)))
def test_a_rule_names_the_days_that_dateutil_names(rule: str, anchor: date) -> None:
    assert _days(rule, anchor, 1100) == _days_by_dateutil(rule, anchor, 1100)


@pytest.mark.parametrize(
    ("rule", "anchor", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", date(2026, 1, 1), ["02-13", "03-13", "11-13"]),
        ("FREQ=MONTHLY;BYDAY=1FR;BYMONTHDAY=1,2", date(2026, 1, 1), ["01-02", "05-01", "10-02"]),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", date(2026, 1, 1), ["11-26"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", date(2026, 1, 1), ["02-28"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", date(2028, 1, 1), ["02-29"]),
        ("FREQ=YEARLY", date(2028, 2, 29), ["02-29"]),
        ("FREQ=MONTHLY;BYMONTH=1,2,3", date(2026, 1, 31), ["01-31", "03-31"]),
        ("FREQ=MONTHLY;BYMONTH=8,9;BYDAY=5MO", date(2026, 1, 1), ["08-31"]),
        ("FREQ=MONTHLY;BYMONTH=8;BYDAY=WE,1MO", date(2026, 8, 1), "08-03 08-05 08-12 08-19 08-26"),
        ("FREQ=WEEKLY;INTERVAL=26", date(2026, 1, 7), ["01-07", "07-08"]),
        ("FREQ=WEEKLY;INTERVAL=26;BYDAY=SU,MO", date(2026, 1, 7), ["01-11", "07-06", "07-12"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", date(2026, 1, 1), []),
    ],
)
def test_a_rule_names_these_days_of_a_year(rule: str, anchor: date, days: Any) -> None:
    listed = days.split() if isinstance(days, str) else days
    found = [f"{day:%m-%d}" for day in _days(rule, anchor, 366) if day.year == anchor.year]
    assert found == listed


@pytest.mark.parametrize(
    "rule", ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=-30,31"]
)
def test_a_day_that_never_comes_is_never_met(rule: str) -> None:
    never = Recurrence(rule, "Asia/Shanghai")
    assert not any(utc(2026, 1, 1) + number * DAY in never for number in range(5000))
    assert never.between(Window(utc(2026, 1, 1), utc(2026, 1, 1) + MAX_DAYS * DAY)) == ()


def test_intervals_are_counted_backwards_from_the_anchor_too() -> None:
    paydays = Recurrence("FREQ=WEEKLY;INTERVAL=2", "UTC", anchor=date(2026, 1, 9))
    fridays = [utc(2026, 1, 9, 12) + number * 7 * DAY for number in range(-5, 6)]
    assert [friday in paydays for friday in fridays] == [
        number % 2 == 0 for number in range(-5, 6)
    ]


# ---------------------------------------------------------------- spans of the day


@given(rules(), clocks, clocks, zones, any_instant)
def test_listing_the_spans_and_asking_for_an_instant_agree(
    rule: str, start: time, end: time, zone: str, at: datetime
) -> None:
    recurrence = Recurrence(rule, zone, start, end, anchor=date(2026, 1, 7))
    spans = recurrence.between(Window(at - 2 * DAY, at + 2 * DAY))
    assert (at in recurrence) == any(at in span for span in spans)
    starts = [instant_us(span.start) for span in spans if span.start is not None]
    assert starts == sorted(starts)
    assert recurrence.between(Window(at, at + MICROSECOND)) == tuple(s for s in spans if at in s)


@given(clocks, clocks, st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu", "UTC"]), instants)
def test_where_the_clock_never_changes_a_span_is_what_the_wall_shows(
    start: time, end: time, zone: str, at: datetime
) -> None:
    shown = at.astimezone(ZoneInfo(zone)).time()
    inside = start <= shown < end if start < end else shown >= start or shown < end
    assert (at in Recurrence("FREQ=DAILY", zone, start, end)) == inside


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (naive(2026, 11, 27, 21, 59), False),
        (naive(2026, 11, 27, 22), True),
        (naive(2026, 11, 28), True),
        (naive(2026, 11, 28, 1, 59, 59, 999_999), True),
        (naive(2026, 11, 28, 2), False),
        (naive(2026, 11, 28, 22), False),
        (naive(2026, 11, 27, 1), False),
    ],
)
def test_a_span_over_midnight_belongs_to_the_day_it_begins_on(
    at: datetime, *, inside: bool
) -> None:
    nights = Recurrence("FREQ=WEEKLY;BYDAY=FR", "Asia/Shanghai", time(22), time(2))
    assert (at.replace(tzinfo=SHANGHAI) in nights) == inside


def test_a_span_is_listed_for_its_part_after_midnight_too() -> None:
    nights = Recurrence("FREQ=WEEKLY;BYDAY=FR", "UTC", time(22), time(2))
    night = Window(utc(2026, 11, 27, 22), utc(2026, 11, 28, 2))
    for hour, spans in ((0, (night,)), (1, (night,)), (2, ())):
        asked = Window(utc(2026, 11, 28, hour), utc(2026, 11, 28, hour, 30))
        assert nights.between(asked) == spans


def test_without_times_a_span_is_the_whole_local_day() -> None:
    singles = Recurrence("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=11", "Asia/Shanghai")
    year = Window(utc(2026, 1, 1), utc(2027, 1, 1))
    assert singles.between(year) == (Window(utc(2026, 11, 10, 16), utc(2026, 11, 11, 16)),)


BERLIN_SPRING, BERLIN_AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
YORK_SPRING, YORK_AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
CHANGING_DAYS = [
    # zone, day, span of the day, what it is in UTC (day and hour; None: does not take place)
    ("Europe/Berlin", BERLIN_SPRING, "01:00", "04:00", "29T00:00", "29T02:00"),
    ("Europe/Berlin", BERLIN_SPRING, "00:00", "00:00", "28T23:00", "29T22:00"),
    ("Europe/Berlin", BERLIN_SPRING, "02:00", "02:30", "29T01:00", "29T01:30"),
    ("Europe/Berlin", BERLIN_SPRING, "01:30", "02:30", "29T00:30", "29T01:30"),
    ("Europe/Berlin", BERLIN_SPRING, "02:30", "03:30", None, None),
    ("Europe/Berlin", BERLIN_SPRING, "02:45", "03:15", None, None),
    ("Europe/Berlin", BERLIN_SPRING, "22:00", "02:30", "29T20:00", "30T00:30"),
    ("Europe/Berlin", BERLIN_AUTUMN, "01:00", "04:00", "24T23:00", "25T03:00"),
    ("Europe/Berlin", BERLIN_AUTUMN, "00:00", "00:00", "24T22:00", "25T23:00"),
    ("Europe/Berlin", BERLIN_AUTUMN, "02:15", "02:45", "25T00:15", "25T00:45"),
    ("Europe/Berlin", BERLIN_AUTUMN, "02:30", "03:00", "25T00:30", "25T02:00"),
    ("Europe/Berlin", date(2026, 10, 24), "22:00", "02:30", "24T20:00", "25T00:30"),
    ("America/New_York", YORK_SPRING, "01:00", "04:00", "08T06:00", "08T08:00"),
    ("America/New_York", YORK_SPRING, "00:00", "00:00", "08T05:00", "09T04:00"),
    ("America/New_York", YORK_SPRING, "02:30", "03:30", None, None),
    ("America/New_York", date(2026, 3, 7), "23:00", "02:30", "08T04:00", "08T07:30"),
    ("America/New_York", YORK_AUTUMN, "00:00", "00:00", "01T04:00", "02T05:00"),
    ("America/New_York", YORK_AUTUMN, "01:30", "02:00", "01T05:30", "01T07:00"),
    ("America/New_York", date(2026, 10, 31), "23:00", "01:30", "01T03:00", "01T05:30"),
]


@pytest.mark.parametrize(("zone", "day", "start", "end", "starts", "ends"), CHANGING_DAYS)
def test_spans_on_days_when_the_clock_changes(
    zone: str, day: date, start: str, end: str, starts: str | None, ends: str | None
) -> None:
    rule = f"FREQ=YEARLY;BYMONTH={day.month};BYMONTHDAY={day.day}"
    span = Recurrence(rule, zone, time.fromisoformat(start), time.fromisoformat(end))
    month = Window(
        utc(2026, day.month, day.day) - 5 * DAY, utc(2026, day.month, day.day) + 5 * DAY
    )
    told = [
        f"{bound:%dT%H:%M}" for s in span.between(month) for bound in (s.start, s.end) if bound
    ]
    assert told == ([] if starts is None else [starts, ends])


def test_a_day_that_a_zone_left_out_has_no_span() -> None:
    """Samoa went from 29 to 31 December 2011 when it changed sides of the date line."""
    daily = Recurrence("FREQ=DAILY", "Pacific/Apia", time(9), time(17))
    spans = daily.between(Window(utc(2011, 12, 29), utc(2012, 1, 1)))
    apia = ZoneInfo("Pacific/Apia")
    assert [span.start.astimezone(apia).day for span in spans if span.start] == [28, 29, 31, 1]
    assert len({span.start for span in spans}) == len(spans)


@pytest.mark.parametrize(
    "at",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
        utc(1, 1, 2),
        utc(9999, 12, 30),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/New_York"])
@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=MONTHLY;BYDAY=-1MO,5SU"])
def test_nothing_recurs_at_the_ends_of_time(at: datetime, zone: str, rule: str) -> None:
    schedule = Schedule(recurrence=Recurrence(rule, zone))
    assert not schedule.is_open(at)
    assert not schedule.compiled()(instant_us(at))


@pytest.mark.parametrize(
    ("at", "recurs"),
    [
        (utc(1, 12, 31, 23, 59), False),
        (utc(2, 1, 1), True),
        (utc(9998, 12, 31, 23, 59), True),
        (utc(9999, 1, 1), False),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/New_York"])
def test_something_recurs_from_the_year_2_to_the_year_9998(
    at: datetime, zone: str, *, recurs: bool
) -> None:
    schedule = Schedule(recurrence=Recurrence("FREQ=DAILY", zone))
    assert schedule.is_open(at) == recurs
    assert schedule.compiled()(instant_us(at)) == recurs


def test_spans_are_listed_over_a_bounded_window_only() -> None:
    daily = Recurrence("FREQ=DAILY", "UTC")
    start = utc(2026, 1, 1)
    assert len(daily.between(Window(start, start + MAX_DAYS * DAY))) == MAX_DAYS
    with pytest.raises(LimitExceeded):
        daily.between(Window(start, start + MAX_DAYS * DAY + MICROSECOND))
    for window in (Window(), Window(start=start), Window(end=start)):
        with pytest.raises(InvalidValue):
            daily.between(window)


# ---------------------------------------------------------------- rules and zones that are none

HOSTILE_RULES = [
    "",
    "FREQ",
    "FREQ=",
    "FREQ=SECONDLY",
    "FREQ=MINUTELY",
    "FREQ=HOURLY;BYDAY=MO",
    "freq=daily",
    "FREQ=DAILY;",
    ";FREQ=DAILY",
    "FREQ=DAILY;;BYDAY=MO",
    "FREQ=DAILY;FREQ=WEEKLY",
    "FREQ=DAILY;INTERVAL=1;INTERVAL=1",
    "INTERVAL=1",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1",
    "FREQ=DAILY;INTERVAL=1000",
    "FREQ=DAILY;INTERVAL=1,2",
    "FREQ=DAILY;INTERVAL=1.5",
    "FREQ=DAILY;INTERVAL=99999999999999999999",
    "FREQ=DAILY;COUNT=5",
    "FREQ=DAILY;UNTIL=20270101T000000Z",
    "FREQ=YEARLY;BYYEARDAY=100",
    "FREQ=YEARLY;BYWEEKNO=1",
    "FREQ=MONTHLY;BYSETPOS=1;BYDAY=MO",
    "FREQ=DAILY;BYHOUR=1",
    "FREQ=WEEKLY;WKST=SU",
    "FREQ=MONTHLY;BYMONTHDAY=0",
    "FREQ=MONTHLY;BYMONTHDAY=32",
    "FREQ=MONTHLY;BYMONTHDAY=-32",
    "FREQ=MONTHLY;BYMONTHDAY=1,",
    "FREQ=MONTHLY;BYMONTHDAY=--1",
    "FREQ=YEARLY;BYMONTH=13",
    "FREQ=YEARLY;BYMONTH=-1",
    "FREQ=YEARLY;BYMONTH=١",
    "FREQ=WEEKLY;BYMONTHDAY=1",
    "FREQ=WEEKLY;BYDAY=1FR",
    "FREQ=DAILY;BYDAY=-1FR",
    "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=YEARLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYDAY=6MO",
    "FREQ=MONTHLY;BYDAY=0MO",
    "FREQ=MONTHLY;BYDAY=XX",
    "FREQ=MONTHLY;BYDAY=",
    "FREQ=DAILY\n",
    "FREQ=DAILY\x00",
    "RRULE:FREQ=DAILY",
    "FREQ=DAILY " * 3,
]


@pytest.mark.parametrize("rule", HOSTILE_RULES)
def test_a_rule_that_is_none_is_refused_at_its_path(rule: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Recurrence(rule, "UTC", anchor=date(2026, 1, 1))
    assert caught.value.path == ("rule",)
    with pytest.raises(InvalidDocument) as found:
        load(Schedule, {"recurrence": {"rule": rule, "zone": "UTC", "anchor": "2026-01-01"}})
    assert [fault.path for fault in found.value.faults] == [("recurrence", "rule")]


def test_a_rule_is_bounded_in_length() -> None:
    with pytest.raises(LimitExceeded):
        Recurrence("FREQ=DAILY;BYMONTHDAY=" + ",".join(["1"] * 1000), "UTC")


@given(st.text(st.sampled_from("FREQDAILYBYMONTH=;,+-0123456789 "), max_size=60))
def test_any_text_is_a_rule_or_refused_by_us(rule: str) -> None:
    refused: tuple[object, ...] = ()
    try:
        assert isinstance(
            utc(2026, 1, 1) in Recurrence(rule, "UTC", anchor=date(2026, 1, 1)), bool
        )
    except InvalidInput as error:
        refused = error.path
    assert refused in ((), ("rule",))


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Asia",
        "Asia/Nowhere",
        "asia/shanghai",
        "localtime",
        "posixrules",
        "posix/Europe/Berlin",
        "right/Europe/Berlin",
        "/etc/localtime",
        "../../etc/passwd",
        "Asia/../Asia/Shanghai",
        "Asia/Shanghai ",
        "Asia/Shanghai\x00",
        "\ud800",
        "上海",
        "A" * 65,
    ],
)
def test_a_zone_that_is_not_of_the_database_is_refused(zone: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Recurrence("FREQ=DAILY", zone)
    assert (caught.value.path, caught.value.reason) == (("zone",), "unknown_zone")


@pytest.mark.parametrize(
    "zone", ["Etc/GMT+5", "America/Port-au-Prince", "EST5EDT", "Africa/Dar_es_Salaam"]
)
def test_a_zone_may_have_an_odd_name(zone: str) -> None:
    assert utc(2026, 1, 1) in Recurrence("FREQ=DAILY", zone)


@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        ("FREQ=DAILY", False),
        ("FREQ=DAILY;BYMONTH=2", False),
        ("FREQ=WEEKLY;BYDAY=FR", False),
        ("FREQ=MONTHLY;BYMONTHDAY=1", False),
        ("FREQ=DAILY;INTERVAL=2", True),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", True),
        ("FREQ=WEEKLY", True),
        ("FREQ=MONTHLY", True),
        ("FREQ=YEARLY", True),
        ("FREQ=YEARLY;BYMONTH=2", True),
    ],
)
def test_an_anchor_is_asked_for_where_the_rule_counts_from_it(rule: str, *, needed: bool) -> None:
    if not needed:
        for day in (None, date(2020, 1, 1), date(2020, 3, 31)):  # and says nothing elsewhere
            one = Recurrence(rule, "UTC", anchor=day)
            other = Recurrence(rule, "UTC")
            month = Window(utc(2026, 2, 1), utc(2026, 3, 1))
            assert one.between(month) == other.between(month)
        return
    with pytest.raises(InvalidValue) as caught:
        Recurrence(rule, "UTC")
    assert (caught.value.path, caught.value.reason) == (("anchor",), "missing_anchor")


@pytest.mark.parametrize(
    ("given_", "path"),
    [
        ({"rule": 5}, "rule"),
        ({"zone": None}, "zone"),
        ({"start": "09:00"}, "start"),
        ({"start": time(9, tzinfo=UTC)}, "start"),
        ({"end": time(2, 30, fold=1)}, "end"),
        ({"anchor": naive(2026, 1, 1)}, "anchor"),
        ({"anchor": "2026-01-01"}, "anchor"),
    ],
)
def test_the_parts_of_a_recurrence_are_of_their_types(given_: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Recurrence(**{"rule": "FREQ=DAILY", "zone": "UTC", **given_})
    assert caught.value.path == (path,)


@pytest.mark.parametrize("given_", [{"window": None}, {"window": 5}, {"recurrence": "FREQ=DAILY"}])
def test_the_parts_of_a_schedule_are_of_their_types(given_: dict[str, Any]) -> None:
    with pytest.raises(InvalidType) as caught:
        Schedule(**given_)
    assert caught.value.path == tuple(given_)


# ---------------------------------------------------------------- schedules


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    bounds = sorted(draw(st.lists(any_instant, min_size=2, max_size=2, unique=True)))
    start, end = (
        draw(st.none() | zones.map(lambda zone, at=at: at.astimezone(ZoneInfo(zone))))  # type: ignore[misc]
        for at in bounds
    )
    recurrences = st.builds(Recurrence, rules(), zones, clocks, clocks, st.just(date(2026, 1, 7)))
    return Schedule(Window(start, end), draw(st.none() | recurrences))


@given(schedules(), any_instant)
def test_the_same_instant_gets_the_same_answer_in_every_zone(
    schedule: Schedule, at: datetime
) -> None:
    told = schedule.is_open(at)
    assert {schedule.is_open(at.astimezone(ZoneInfo(zone))) for zone in ZONES} == {told}
    assert schedule.compiled()(instant_us(at)) == told


@given(schedules(), any_instant)
def test_a_schedule_holds_where_its_window_and_its_recurrence_do(
    schedule: Schedule, at: datetime
) -> None:
    recurs = schedule.recurrence is None or at in schedule.recurrence
    assert schedule.is_open(at) == (at in schedule.window and recurs)


def test_the_bounds_of_a_window_cut_a_span() -> None:
    friday = Recurrence("FREQ=WEEKLY;BYDAY=FR", "UTC", time(18), time(22))
    schedule = Schedule(Window(utc(2026, 11, 27, 19), utc(2026, 11, 27, 21)), friday)
    asked = [utc(2026, 11, 27, hour) for hour in (18, 19, 20, 21)]
    assert [schedule.is_open(at) for at in asked] == [False, True, True, False]


@given(schedules())
def test_a_schedule_survives_being_written_and_read(schedule: Schedule) -> None:
    text = dumps(schedule)
    again = loads(Schedule, text)
    assert again == schedule
    assert hash(again) == hash(schedule)
    assert dumps(again) == text
    assert pickle.loads(pickle.dumps(schedule)) == schedule


def test_a_schedule_is_written_plainly() -> None:
    schedule = Schedule(
        Window(datetime(2026, 11, 1, tzinfo=SHANGHAI), None),
        Recurrence("FREQ=WEEKLY;BYDAY=FR", "Asia/Shanghai", time(18), time(22)),
    )
    assert dump(schedule) == {
        "window": {"start": "2026-11-01T00:00:00+08:00"},
        "recurrence": {
            "rule": "FREQ=WEEKLY;BYDAY=FR",
            "zone": "Asia/Shanghai",
            "start": "18:00:00",
            "end": "22:00:00",
        },
    }
    assert dump(Schedule()) == {}


def test_all_faults_of_a_schedule_are_told_with_their_paths() -> None:
    plain = {
        "window": {"start": "2026-11-01T00:00:00", "until": None},
        "recurrence": {"rule": "FREQ=HOURLY", "zone": "Mars/Base", "start": "25:00"},
    }
    with pytest.raises(InvalidDocument) as caught:
        load(Schedule, plain)
    assert {fault.path for fault in caught.value.faults} == {
        ("window", "start"),
        ("window", "until"),
        ("recurrence", "rule"),
        ("recurrence", "zone"),
        ("recurrence", "start"),
    }
