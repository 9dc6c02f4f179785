"""Working time minute by minute: a model that is too dumb to be wrong.

It reads the fields of a calendar and looks at the clock on the wall for each minute of some
days. It knows nothing of folds, months, positions or intervals: a time of day is where the
wall first shows it, and where the wall skips it, as far behind the minute before the change as
the wall would have shown without one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ordercore.calendars import (
    ClosedDays,
    DayHours,
    Holiday,
    MakeUpDay,
    Recurrence,
    Shifts,
    Span,
    SpecialHours,
    Weekday,
    Window,
    WorkingHours,
    WorkingTime,
)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = list(Weekday)

CHANGES = [  # zone, and a day near which the clock is put on or back; Shanghai's never is
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Shanghai", date(2026, 2, 14)),
    ("Pacific/Apia", date(2011, 12, 30)),
]


class Minutes:
    """The minutes of some days around one, and which of them are worked."""

    def __init__(self, calendar: WorkingTime, middle: date, days: int = 5) -> None:
        self.start = datetime.combine(middle, time(), UTC) - (days + 4) * DAY
        self.count = 2 * (days + 4) * 24 * 60
        self.wall, self.shown_at = wall(calendar.zone, self.start, self.count)
        self.open = [False] * self.count
        for i in range(-days - 1, days + 2):
            self._work(calendar, middle + i * DAY)

    def _work(self, calendar: WorkingTime, day: date) -> None:
        if datetime.combine(day, time(12)) not in self.shown_at:
            return  # the zone has no such day
        for start, end in times_on(calendar, day):
            until = day if end > start else day + DAY
            first = self.first(datetime.combine(day, start))
            last = self.first(datetime.combine(until, end))
            self.open[first:last] = [True] * max(0, last - first)

    def first(self, told: datetime) -> int:
        """Find the minute at which the wall shows a time first, or would have."""
        if told in self.shown_at:
            return self.shown_at[told]
        after = next(i for i, shown in enumerate(self.wall) if shown > told)
        return after - 1 + (told - self.wall[after - 1]) // MINUTE

    def index(self, at: datetime) -> int:
        return (at - self.start) // MINUTE

    def at(self, i: int) -> datetime:
        return self.start + i * MINUTE

    def between(self, start: datetime, end: datetime) -> timedelta:
        return sum(self.open[self.index(start) : self.index(end)]) * MINUTE

    def add(self, start: datetime, duration: timedelta) -> datetime | None:
        i, left = self.index(start), duration // MINUTE
        while left:
            if i == self.count:
                return None
            left -= self.open[i]
            i += 1
        return self.at(i)

    def subtract(self, end: datetime, duration: timedelta) -> datetime | None:
        i, left = self.index(end), duration // MINUTE
        while left:
            i -= 1
            if i < 0:
                return None
            left -= self.open[i]
        return self.at(i)

    def next_open(self, at: datetime) -> datetime | None:
        found = (i for i in range(self.index(at), self.count) if self.open[i])
        return next(map(self.at, found), None)


@lru_cache
def wall(zone: str, start: datetime, count: int) -> tuple[list[datetime], dict[datetime, int]]:
    """List what the wall shows, minute by minute, and at which minute it shows that first."""
    there = ZoneInfo(zone)
    shown = [(start + i * MINUTE).astimezone(there).replace(tzinfo=None) for i in range(count)]
    readings = [at.replace(fold=0) for at in shown]
    return readings, {at: i for i, at in reversed(list(enumerate(readings)))}


def times_on(calendar: WorkingTime, day: date) -> list[tuple[time, time]]:
    """Read off a calendar at which times of a day people begin and end."""
    for exception in calendar.exceptions:
        if isinstance(exception, ClosedDays):
            if exception.first <= day <= (exception.last or exception.first):
                return []
        elif isinstance(exception, SpecialHours) and exception.day == day:
            return [(span.start, span.end) for span in exception.spans]
        elif isinstance(exception, MakeUpDay) and exception.day == day:
            monday = day - day.weekday() * DAY
            return usual(calendar, monday + WEEK.index(exception.weekday) * DAY)
    if any(holiday.day == day for holiday in calendar.holidays):
        return []
    return usual(calendar, day)


def usual(calendar: WorkingTime, day: date) -> list[tuple[time, time]]:
    hours = calendar.hours
    if isinstance(hours, WorkingHours):
        rows = [row for row in hours.week if WEEK[day.weekday()] in row.days]
        return [(span.start, span.end) for row in rows for span in row.spans]
    assert isinstance(hours, Shifts)
    return [
        (each.start, each.end)
        for each in hours.recurrences
        if WEEK[day.weekday()] in each.rule.partition("BYDAY=")[2].split(",")
    ]


# What is drawn

clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    """Spans of one day, apart or touching; the last may end at midnight."""
    times = sorted(draw(st.sets(clocks, min_size=2, max_size=6)))
    pairs = list(zip(times[::2], times[1::2], strict=False))
    drawn = [Span(start, end) for start, end in pairs]
    if len(times) % 2:
        drawn.append(Span(times[-1], time()))
    return tuple(drawn)


weeks = st.lists(spans(), min_size=1, max_size=7).map(
    lambda days: [DayHours([WEEK[i]], each) for i, each in enumerate(days)]
)


def shifts(zone: str) -> st.SearchStrategy[Shifts]:
    """Shifts that may go over midnight and overlap each other."""
    days = st.sets(st.sampled_from(WEEK), min_size=1).map(
        lambda names: "FREQ=WEEKLY;BYDAY=" + ",".join(sorted(names))
    )
    recurrences = st.builds(Recurrence, days, st.just(zone), clocks, clocks)
    return st.lists(recurrences, min_size=1, max_size=3).map(Shifts)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkingTime, date]:
    """A calendar, and the day near which its clock changes."""
    zone, middle = draw(st.sampled_from(CHANGES))
    hours = draw(weeks.map(lambda week: WorkingHours(zone, week)) | shifts(zone))
    days = draw(st.lists(st.integers(-4, 4), unique=True, max_size=4))
    exceptions = [draw(_exception(middle + i * DAY)) for i in days]
    holidays = draw(st.sets(st.integers(-4, 4), max_size=2))
    named = [Holiday(middle + i * DAY, f"day {i}") for i in holidays]
    return WorkingTime(hours, named, exceptions), middle


def _exception(day: date) -> st.SearchStrategy[ClosedDays | SpecialHours | MakeUpDay]:
    return st.one_of(
        st.just(ClosedDays(day)),
        spans().map(lambda drawn: SpecialHours(day, drawn)),
        st.sampled_from(WEEK).map(lambda weekday: MakeUpDay(day, weekday)),
    )


def instants(middle: date, days: int = 4) -> st.SearchStrategy[datetime]:
    """Minutes of the days around one, in UTC."""
    start = datetime.combine(middle, time(), UTC)
    return st.integers(-days * 24 * 60, days * 24 * 60).map(lambda i: start + i * MINUTE)


def inside(at: datetime, windows: Iterable[Window]) -> bool:
    return any(at in window for window in windows)
