"""Working time: a pattern, less holidays, with exceptions; and arithmetic in it.

Instants are reckoned with in whole microseconds. Each month of UTC is worked out once, as
spans laid end to end; sums and searches then look up positions. A month is kept as long as
others do not push it out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from attrs import field, frozen

from ordercore.calendars.exceptions import DayException, clashes
from ordercore.calendars.holidays import Holiday
from ordercore.calendars.hours import Pattern, Times
from ordercore.calendars.microseconds import (
    FIRST_US,
    LAST_US,
    LONGEST_US,
    bounds_us,
    check_order,
    duration_us,
    instant_of,
    local,
    month_of,
    month_start,
    search_end,
    search_start,
    us_of,
)
from ordercore.calendars.recurrences import MAX_DAYS
from ordercore.calendars.spans import Line, Pair, cut, union
from ordercore.calendars.windows import FIRST, LAST, MICROSECOND, Window, instant_us
from ordercore.calendars.zones import DAY, check_day, local_day, local_span
from ordercore.data import document
from ordercore.data.checks import Named, duplicates, each, instance, tuple_of
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    LimitExceeded,
    OrderCoreError,
)

__all__ = [
    "MAX_EXCEPTIONS",
    "NoWorkingTime",
    "WorkingDay",
    "WorkingTime",
]

MAX_EXCEPTIONS: Final = 10_000
"""The most holidays, and the most exceptions, of a calendar."""


class NoWorkingTime(OrderCoreError, LookupError):
    """Raised when so much working time does not come within the days that are searched.

    Args:
        wanted: How much was sought, more than nothing.
        start: From when on.
        until: Up to when.
    """

    code: ClassVar[str] = "no_working_time"

    def __init__(self, wanted: timedelta, start: datetime, until: datetime) -> None:
        self.wanted = wanted
        self.start = start
        self.until = until
        super().__init__(wanted, start, until)

    def __str__(self) -> str:
        told = f"expected working time of {self.wanted} from {self.start.isoformat()}"
        return f"{told} to {self.until.isoformat()}, got less"


@frozen
class WorkingDay:
    """What a day is like, and why.

    Args:
        day: Which day, in the calendar's zone.
        windows: When work that begins on it goes on, in order and apart; none: nobody works.
        cause: The exception or the holiday that makes it so; None: it is a day as usual.
    """

    day: date
    windows: tuple[Window, ...]
    cause: DayException | Holiday | None


def _holidays(given: Iterable[Holiday]) -> tuple[Holiday, ...]:
    return tuple_of(given)


def _exceptions(given: Iterable[DayException]) -> tuple[DayException, ...]:
    return tuple_of(given)


@document("working_time")
@frozen(cache_hash=True)
class WorkingTime:
    """When people work: a pattern, less holidays, with exceptions; and sums of such time.

    An exception goes before a holiday, and a holiday before the pattern. A time of day that
    the clock skips is taken at the offset before the change, one that it shows twice is the
    first; what is worked is what passes, so that a day may have 23 or 25 hours. Nobody works
    before the year 2 and after the year 9998. Instants are given back at the offset of the
    calendar's zone.

    Args:
        hours: `WorkingHours` or `Shifts`, in a time zone.
        holidays: Days that are not worked; see `list_holidays`.
        exceptions: Days that are closed, have other hours or make up for others. No two may
            be about one day.

    Raises:
        InvalidDocument: With every day that is listed twice.
        InvalidInput: A field is not as said.
    """

    hours: Pattern = field(validator=instance(Pattern))
    holidays: tuple[Holiday, ...] = field(
        default=(),
        converter=_holidays,
        validator=each(instance(Holiday), most=MAX_EXCEPTIONS),
        repr=False,
    )
    exceptions: tuple[DayException, ...] = field(
        default=(),
        converter=_exceptions,
        validator=each(instance(DayException), most=MAX_EXCEPTIONS),
        repr=False,
    )

    def __attrs_post_init__(self) -> None:
        faults = [*_twice(self.holidays), *clashes(self.exceptions)]
        if faults:
            raise InvalidDocument(faults)

    @property
    def zone(self) -> str:
        """The time zone in which days are meant."""
        return self.hours.zone

    def on(self, day: date) -> WorkingDay:
        """Tell what a day is like, and why."""
        check_day(None, Named("day"), day)
        cause = self._cause(day)
        inside = FIRST.date() <= day < LAST.date()
        spans = union(self._spans_on(day, cause)) if inside else []
        return WorkingDay(day, tuple(self._window(*span) for span in spans), cause)

    def is_open(self, at: datetime) -> bool:
        """Whether people work at an instant."""
        at_us = us_of(at, "at")
        return any(line.holds(at_us) for line in self._months(at_us, at_us))

    def next_open(self, at: datetime, *, until: datetime | None = None) -> datetime:
        """Find the first instant, from ``at`` on, at which people work.

        Args:
            at: The instant itself, if people work then.
            until: Up to when to look, not included; None: `MAX_DAYS` on.

        Raises:
            NoWorkingTime: There is none.
        """
        start = us_of(at, "at")
        end = search_end(start, until)
        for line in self._months(start, end):
            position = line.position(start)
            if position < line.length and line.leaves(position) < end:
                return self._instant(line.leaves(position))
        raise NoWorkingTime(MICROSECOND, at, instant_of(end))

    def add(
        self, start: datetime, duration: timedelta, *, until: datetime | None = None
    ) -> datetime:
        """Find the earliest instant at which so much working time has passed.

        That of a duration of nothing is ``start`` itself, whether or not people work then.

        Args:
            start: From when on.
            duration: Nothing or more, at most `MAX_DAYS`.
            until: Up to when to look; None: `MAX_DAYS` on.

        Raises:
            NoWorkingTime: Not so much comes until then.
        """
        at, left = us_of(start, "start"), duration_us(duration, "duration")
        end = search_end(at, until)
        if left == 0:
            return self._instant(at)
        for line in self._months(at, end):
            position = line.position(at)
            if left <= line.length - position:
                reached = line.reached(position + left)
                if reached > end:
                    break
                return self._instant(reached)
            left -= line.length - position
        raise NoWorkingTime(duration, start, instant_of(end))

    def subtract(
        self, end: datetime, duration: timedelta, *, since: datetime | None = None
    ) -> datetime:
        """Find the latest instant from which so much working time passes up to ``end``.

        That of a duration of nothing is ``end`` itself.

        Args:
            end: Up to when.
            duration: Nothing or more, at most `MAX_DAYS`.
            since: Back to when to look; None: `MAX_DAYS` back.

        Raises:
            NoWorkingTime: Not so much comes since then.
        """
        at, left = us_of(end, "end"), duration_us(duration, "duration")
        start = search_start(at, since)
        if left == 0:
            return self._instant(at)
        for line in self._months(start, at, step=-1):
            position = line.position(at)
            if left <= position:
                begun = line.leaves(position - left)
                if begun < start:
                    break
                return self._instant(begun)
            left -= position
        raise NoWorkingTime(duration, instant_of(start), end)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Tell how much working time passes from one instant to another.

        Raises:
            InvalidValue: The end is before the start.
            LimitExceeded: They are more than `MAX_DAYS` apart.
        """
        first, last = us_of(start, "start"), us_of(end, "end")
        check_order(first, last, end)
        if last - first > LONGEST_US:
            raise LimitExceeded(f"instants at most {MAX_DAYS} days apart", end, path=("end",))
        return self.worked_us(first, last) * MICROSECOND

    def spans(self, window: Window) -> tuple[Window, ...]:
        """List when people work within a bounded window, in order, apart, and cut to it.

        Raises:
            InvalidValue: The window has no start or no end.
            LimitExceeded: It is longer than `MAX_DAYS`.
        """
        start, end = bounds_us(window)
        return tuple(self._window(*span) for span in self.spans_us(start, end))

    # The same in microseconds, for those who reckon with many

    def worked_us(self, start: int, end: int) -> int:
        """Tell how much working time passes between two instants, in microseconds."""
        lines = self._months(start, end)
        return sum(line.position(end) - line.position(start) for line in lines)

    def spans_us(self, start: int, end: int) -> list[Pair]:
        """List when people work, in microseconds."""
        lines = self._months(start, end)
        return union(span for line in lines for span in cut(line.spans, start, end))

    def _months(self, start: int, end: int, step: int = 1) -> Iterator[Line]:
        first, last = max(start, FIRST_US), min(end, LAST_US - 1)
        if first <= last:
            for number in range(month_of(first), month_of(last) + 1)[::step]:
                yield _worked_out(self, number)

    # Days

    def line_of_month(self, number: int) -> Line:
        """Work out one month of UTC: the how-manieth since the year 0."""
        start, end = month_start(number), month_start(number + 1)
        start_us, end_us = instant_us(max(start, FIRST)), instant_us(min(end, LAST))
        zone = ZoneInfo(self.zone)
        first, last = local_day(start, zone) - DAY, local_day(end, zone)
        days = (first + i * DAY for i in range((last - first).days + 1))
        spans = (span for day in days for span in self._spans_on(day, self._cause(day)))
        return Line.of(cut(union(spans), start_us, end_us))

    def _spans_on(self, day: date, cause: DayException | Holiday | None) -> Iterator[Pair]:
        zone = ZoneInfo(self.zone)
        for start, end in self._times_on(day, cause):
            span = local_span(day, start, end, zone)
            if span is not None:
                yield instant_us(span[0]), instant_us(span[1])

    def _times_on(self, day: date, cause: DayException | Holiday | None) -> tuple[Times, ...]:
        if cause is None:
            return self.hours.times_on(day)
        return () if isinstance(cause, Holiday) else cause.times_on(day, self.hours)

    def _cause(self, day: date) -> DayException | Holiday | None:
        i = bisect_right(self._by_day, day, key=lambda each: each.first) - 1
        if i >= 0 and day <= self._by_day[i].until:
            return self._by_day[i]
        return self._holiday_on.get(day)

    @cached_property
    def _by_day(self) -> list[DayException]:
        return sorted(self.exceptions, key=lambda each: each.first)

    @cached_property
    def _holiday_on(self) -> dict[date, Holiday]:
        return {holiday.day: holiday for holiday in self.holidays}

    # Instants

    def _instant(self, at: int) -> datetime:
        return local(at, ZoneInfo(self.zone))

    def _window(self, start: int, end: int) -> Window:
        return Window(self._instant(start), self._instant(end))


@lru_cache(maxsize=4096)
def _worked_out(calendar: WorkingTime, month: int) -> Line:
    return calendar.line_of_month(month)


def _twice(holidays: Iterable[Holiday]) -> Iterator[InvalidInput]:
    days = (holiday.day for holiday in holidays)
    what = "a day that is listed once"
    return duplicates(days, "holidays", then="day", what=what, reason="duplicate_exception")
