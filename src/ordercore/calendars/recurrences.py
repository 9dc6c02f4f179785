"""Recurrences: a span of the day, on the days that a rule names, in local time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from attrs import field, frozen

from ordercore.calendars.rules import check_rule, parsed
from ordercore.calendars.windows import FIRST, LAST, Window, check_instant
from ordercore.calendars.zones import (
    DAY,
    check_clock,
    check_day,
    check_zone,
    local_day,
    local_span,
)
from ordercore.data.checks import optional
from ordercore.errors import InvalidValue, LimitExceeded

__all__ = ["MAX_DAYS", "Recurrence"]

MAX_DAYS: Final = 3660
"""The most days that a recurrence may be listed over, or working time looked at, at once."""


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

    >>> from datetime import UTC
    >>> friday = Recurrence("FREQ=WEEKLY;BYDAY=FR", "Asia/Shanghai", time(18), time(22))
    >>> datetime(2026, 11, 27, 13, 59, tzinfo=UTC) in friday  # 21:59 in Shanghai
    True
    """

    rule: str = field(validator=check_rule)
    zone: str = field(validator=check_zone)
    start: time = field(default=time(), validator=check_clock)
    end: time = field(default=time(), validator=check_clock)
    anchor: date | None = field(default=None, validator=optional(check_day))

    def __attrs_post_init__(self) -> None:
        if self.anchor is None and parsed(self.rule).takes_from_anchor():
            expected = "the day from which this rule counts"
            raise InvalidValue(expected, None, path=("anchor",), reason="missing_anchor")

    def __contains__(self, at: datetime) -> bool:
        check_instant(at)
        if not FIRST <= at < LAST:
            return False
        day = local_day(at, ZoneInfo(self.zone))
        return any(at in span for span in self._spans(day - DAY, day))

    def between(self, window: Window) -> tuple[Window, ...]:
        """List the spans that overlap a bounded window, in order and uncut.

        Raises:
            InvalidValue: The window has no start or no end.
            LimitExceeded: It is longer than `MAX_DAYS`.
        """
        if window.start is None or window.end is None:
            raise InvalidValue("a window with a start and an end", window)
        if window.end - window.start > MAX_DAYS * DAY:
            raise LimitExceeded(f"a window of at most {MAX_DAYS} days", window)
        zone = ZoneInfo(self.zone)
        first, last = local_day(window.start, zone) - DAY, local_day(window.end, zone)
        return tuple(span for span in self._spans(first, last) if span.overlaps(window))

    def names(self, day: date) -> bool:
        """Whether the rule names a day."""
        return parsed(self.rule).matches(day, self.anchor or day)

    def _spans(self, first: date, last: date) -> Iterator[Window]:
        zone = ZoneInfo(self.zone)
        for number in range((last - first).days + 1):
            day = first + number * DAY
            if self.names(day):
                span = local_span(day, self.start, self.end, zone)
                if span is not None:
                    yield Window(*span)
