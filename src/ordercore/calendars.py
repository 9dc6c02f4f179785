"""When: half-open windows of instants, recurrences by the calendar, and schedules of both.

A window runs from its start up to but not including its end, both aware instants. A
recurrence is a rule of RFC 5545 (``RRULE``) that names days, a span of the day in local time,
and its time zone. Only days are asked, one by one, so that no rule can take long: not even
one that never comes, such as the 30th of February.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import Attribute, field, frozen
from dateutil.relativedelta import relativedelta
from dateutil.relativedelta import weekday as weekday_of_month

from ordercore.data.checks import aware, instance, optional
from ordercore.data.instants import pinned
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded

__all__ = ["MAX_DAYS", "Recurrence", "Schedule", "Window", "instant_us"]

MAX_DAYS: Final = 3660
"""The most days that a recurrence may be listed over at once."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")

_FIRST = datetime(2, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)

_PART = re.compile(r"([A-Z]{4,12})=([A-Z0-9,+-]{1,200})")
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}")
_WEEKDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Z][A-Za-z0-9_+-]*)*")


def instant_us(at: datetime) -> int:
    """Count the microseconds from 1970 (UTC) to an aware instant, exactly.

    >>> instant_us(datetime(1970, 1, 1, 8, 0, 1, tzinfo=ZoneInfo("Asia/Shanghai")))
    1000000

    Raises:
        InvalidInput: It is no instant: not a datetime, or without a time zone.
    """
    try:
        return (at - _EPOCH) // _MICROSECOND
    except TypeError:
        raise _no_instant(at) from None


_FIRST_US: Final = instant_us(_FIRST)
_LAST_US: Final = instant_us(_LAST)


def _no_instant(at: object) -> InvalidInput:
    if isinstance(at, datetime):
        return InvalidValue("an instant with a time zone", at, reason="naive_datetime")
    return InvalidType("a datetime", at)


def _check_instant(at: Any) -> None:
    """Refuse what knows no time zone, lest Python take it for the machine's own local time."""
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise _no_instant(at)


@frozen
class Window:
    """The instants from ``start`` up to but not including ``end``.

    Both are kept with their offsets from UTC; of a time zone's name only the offset is kept.

    Args:
        start: The first instant; None: since ever.
        end: The first instant after; None: for ever.

    Raises:
        InvalidValue: The window is empty, or an instant has no time zone.

    >>> window = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 12, tzinfo=UTC))
    >>> datetime(2026, 11, 12, tzinfo=UTC) in window
    False
    """

    start: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    end: datetime | None = field(default=None, converter=pinned, validator=optional(aware))

    def __attrs_post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            expected = f"an end after the start, {self.start.isoformat()}"
            raise InvalidValue(
                expected, self.end.isoformat(), path=("end",), reason="empty_window"
            )

    def __contains__(self, at: datetime) -> bool:
        _check_instant(at)
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def overlaps(self, other: Window) -> bool:
        """Whether the two have an instant in common."""
        return _before(self.start, other.end) and _before(other.start, self.end)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


@frozen
class _Rule:
    """A parsed rule: what a day must be like."""

    frequency: str
    interval: int
    months: frozenset[int]
    month_days: frozenset[int]
    weekdays: frozenset[int]
    ordinals: tuple[tuple[int, int], ...]
    """(n, weekday): the n-th such weekday of its month, from the end if n is negative."""

    def takes_from_anchor(self) -> bool:
        """Whether the rule leaves something to be read off its first day."""
        named = self.month_days or self.weekdays or self.ordinals
        return self.interval > 1 or (self.frequency != "DAILY" and not named)

    def matches(self, day: date, anchor: date) -> bool:
        """Whether the rule names this day."""
        return (
            self._in_phase(day, anchor)
            and (not self.months or day.month in self.months)
            and self._day_fits(day, anchor)
        )

    def _in_phase(self, day: date, anchor: date) -> bool:
        if self.interval == 1:
            return True
        months = (day.year - anchor.year) * 12 + day.month - anchor.month
        passed = {
            "DAILY": (day - anchor).days,
            "WEEKLY": (_monday(day) - _monday(anchor)).days // 7,
            "MONTHLY": months,
            "YEARLY": day.year - anchor.year,
        }
        return passed[self.frequency] % self.interval == 0

    def _day_fits(self, day: date, anchor: date) -> bool:
        if not (self.month_days or self.weekdays or self.ordinals):
            return self._like_anchor(day, anchor)
        if self.month_days and not {day.day, day.day - _last_of_month(day) - 1} & self.month_days:
            return False
        if not (self.weekdays or self.ordinals) or day.weekday() in self.weekdays:
            return True
        return any(_nth_of_month(day, n, weekday) == day for n, weekday in self.ordinals)

    def _like_anchor(self, day: date, anchor: date) -> bool:
        if self.frequency == "DAILY":
            return True
        if self.frequency == "WEEKLY":
            return day.weekday() == anchor.weekday()
        same_month = self.frequency == "MONTHLY" or self.months or day.month == anchor.month
        return bool(same_month) and day.day == anchor.day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _last_of_month(day: date) -> int:
    return (day + relativedelta(day=31)).day


def _nth_of_month(day: date, n: int, weekday: int) -> date | None:
    """Find the n-th such weekday of the day's month; None where it has none."""
    first = day + relativedelta(day=1 if n > 0 else 31)
    found: date = first + relativedelta(weekday=weekday_of_month(weekday, n))
    return found if found.month == day.month else None


@lru_cache(maxsize=1024)
def _parsed(rule: str) -> _Rule:
    """Read a rule strictly; raise `InvalidValue` saying what is wrong with it."""
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        match = _PART.fullmatch(part)
        if match is None or match[1] in parts:
            raise InvalidValue("parts like FREQ=WEEKLY;BYDAY=FR, each once", part)
        parts[match[1]] = match[2]
    known = ("FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY")
    unknown = sorted(parts.keys() - set(known))
    if unknown:
        raise InvalidValue(f"only the parts {', '.join(known)}", unknown[0])
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise InvalidValue(f"FREQ as one of {', '.join(FREQUENCIES)}", frequency)
    weekdays = [_weekday(told) for told in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    ordinals = tuple((n, weekday) for n, weekday in weekdays if n)
    monthly = frequency == "MONTHLY" or (frequency == "YEARLY" and "BYMONTH" in parts)
    if ordinals and not monthly:
        raise InvalidValue("numbered weekdays only within months", parts["BYDAY"])
    if frequency == "WEEKLY" and "BYMONTHDAY" in parts:
        raise InvalidValue("no BYMONTHDAY in a weekly rule", parts["BYMONTHDAY"])
    return _Rule(
        frequency=frequency,
        interval=min(_numbers(parts.get("INTERVAL", "1"), range(1, 1000), most=1)),
        months=_numbers(parts.get("BYMONTH"), range(1, 13)),
        month_days=_numbers(parts.get("BYMONTHDAY"), (*range(-31, 0), *range(1, 32))),
        weekdays=frozenset(weekday for n, weekday in weekdays if not n),
        ordinals=ordinals,
    )


def _numbers(told: str | None, allowed: Any, most: int = 62) -> frozenset[int]:
    if told is None:
        return frozenset()
    pieces = told.split(",")
    if len(pieces) > most or not all(_NUMBER.fullmatch(piece) for piece in pieces):
        raise InvalidValue("whole numbers, separated by commas", told)
    numbers = frozenset(map(int, pieces))
    if not all(number in allowed for number in numbers):
        raise InvalidValue(f"numbers from {min(allowed)} to {max(allowed)}", told)
    return numbers


def _weekday(told: str) -> tuple[int, int]:
    match = _WEEKDAY.fullmatch(told)
    if match is None:
        raise InvalidValue("weekdays such as FR, 2FR or -1FR", told)
    return int(match[1] or 0), WEEKDAYS.index(match[2])


def _check_rule(_instance: object, attribute: Attribute[Any], value: object) -> None:
    if not isinstance(value, str):
        raise InvalidType("text", value, path=(attribute.name,))
    if len(value) > 500:
        raise LimitExceeded("a rule of at most 500 characters", len(value), path=(attribute.name,))
    try:
        _parsed(value)
    except InvalidValue as error:
        raise InvalidValue(*error.args, path=(attribute.name,), reason="invalid_rule") from None


def _check_clock(_instance: object, attribute: Attribute[Any], value: object) -> None:
    if not isinstance(value, time):
        raise InvalidType("a time of day", value, path=(attribute.name,))
    if value.tzinfo is not None or value.fold:  # no document keeps these
        expected = "a time of day without a zone or a fold of its own"
        raise InvalidValue(expected, value, path=(attribute.name,))


def _check_day(_instance: object, attribute: Attribute[Any], value: object) -> None:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidType("a date", value, path=(attribute.name,))


def check_zone(_instance: object, attribute: Attribute[Any], value: object) -> None:
    """Accept the name of a time zone of the IANA database, such as ``Asia/Shanghai``.

    Some machines have more, such as ``localtime`` and ``right/Asia/Shanghai``: no such names.
    """
    if not isinstance(value, str):
        raise InvalidType("text", value, path=(attribute.name,))
    if len(value) > 64 or not _ZONE.fullmatch(value) or not _is_known(value):
        expected = "a time zone such as Asia/Shanghai"
        raise InvalidValue(expected, value, path=(attribute.name,), reason="unknown_zone")


def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ValueError, LookupError, OSError):
        return False
    return True


@frozen
class Recurrence:
    """A span of the day, on the days that a rule names, in local time.

    A time of day that the clock skips is taken at the offset before the change, one that it
    shows twice is the first, as RFC 5545 has it. Nothing recurs before the year 2 and after
    the year 9998.

    Args:
        rule: RFC 5545 with the parts ``FREQ`` (``DAILY`` or coarser), ``INTERVAL``,
            ``BYMONTH``, ``BYMONTHDAY`` and ``BYDAY``. Weeks begin on Monday. How long it
            goes on is said by the window of a `Schedule`.
        zone: The time zone in which days and times of day are meant.
        start: When the span begins on such a day.
        end: When it ends, not included; not after ``start`` is on the following day.
        anchor: The day from which intervals are counted, and whose weekday, day or month
            holds where the rule names none. Needed in just these cases.

    Raises:
        InvalidValue: The rule or zone is not one, or the anchor is needed and missing.

    >>> friday = Recurrence("FREQ=WEEKLY;BYDAY=FR", "Asia/Shanghai", time(18), time(22))
    >>> datetime(2026, 11, 27, 13, 59, tzinfo=UTC) in friday  # 21:59 in Shanghai
    True
    """

    rule: str = field(validator=_check_rule)
    zone: str = field(validator=check_zone)
    start: time = field(default=time(), validator=_check_clock)
    end: time = field(default=time(), validator=_check_clock)
    anchor: date | None = field(default=None, validator=optional(_check_day))

    def __attrs_post_init__(self) -> None:
        if self.anchor is None and _parsed(self.rule).takes_from_anchor():
            expected = "the day from which this rule counts"
            raise InvalidValue(expected, None, path=("anchor",), reason="missing_anchor")

    def __contains__(self, at: datetime) -> bool:
        _check_instant(at)
        if not _FIRST <= at < _LAST:
            return False
        day = _local_day(at, ZoneInfo(self.zone))
        return any(at in span for span in self._spans(day - _DAY, day))

    def between(self, window: Window) -> tuple[Window, ...]:
        """List the spans that overlap a bounded window, in order and uncut.

        Raises:
            InvalidValue: The window has no start or no end.
            LimitExceeded: It is longer than `MAX_DAYS`.
        """
        if window.start is None or window.end is None:
            raise InvalidValue("a window with a start and an end", window)
        if window.end - window.start > MAX_DAYS * _DAY:
            raise LimitExceeded(f"a window of at most {MAX_DAYS} days", window)
        zone = ZoneInfo(self.zone)
        first, last = _local_day(window.start, zone) - _DAY, _local_day(window.end, zone)
        return tuple(span for span in self._spans(first, last) if span.overlaps(window))

    def _spans(self, first: date, last: date) -> Iterator[Window]:
        rule, zone = _parsed(self.rule), ZoneInfo(self.zone)
        anchor = self.anchor or first
        for number in range((last - first).days + 1):
            day = first + number * _DAY
            if rule.matches(day, anchor) and _exists(day, zone):
                until = day if self.end > self.start else day + _DAY
                starts = datetime.combine(day, self.start, zone).astimezone(UTC)
                ends = datetime.combine(until, self.end, zone).astimezone(UTC)
                if starts < ends:  # a span that a change of the clock skips does not take place
                    yield Window(starts, ends)


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Whether the zone has the day; Samoa went from 29 to 31 December when it changed sides."""
    return datetime.combine(day, time(12), zone).astimezone(UTC).astimezone(zone).date() == day


def _local_day(at: datetime, zone: ZoneInfo) -> date:
    """Tell the day at an instant, or the nearest one with neighbours that Python can name."""
    return min(max(at, _FIRST), _LAST).astimezone(zone).date()


@frozen
class Schedule:
    """When something holds: within a window and, if there is a recurrence, in its spans.

    >>> Schedule(Window(end=datetime(2026, 12, 1, tzinfo=UTC))).is_open(
    ...     datetime(2026, 11, 27, tzinfo=UTC)
    ... )
    True
    """

    window: Window = field(factory=Window, validator=instance(Window))
    recurrence: Recurrence | None = field(default=None, validator=optional(instance(Recurrence)))

    def is_open(self, at: datetime) -> bool:
        """Whether it holds at an aware instant."""
        return at in self.window and (self.recurrence is None or at in self.recurrence)

    def compiled(self) -> Callable[[int], bool]:
        """Turn the schedule into a function of the instant in microseconds since 1970 (UTC)."""
        start, end = self.window.start, self.window.end
        first = None if start is None else instant_us(start)
        last = None if end is None else instant_us(end)
        recurrence = self.recurrence

        def is_open(at_us: int) -> bool:
            if first is not None and at_us < first:
                return False
            if last is not None and at_us >= last:
                return False
            if recurrence is None:
                return True
            return _FIRST_US <= at_us < _LAST_US and _EPOCH + at_us * _MICROSECOND in recurrence

        return is_open
