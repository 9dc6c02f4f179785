"""Microseconds: what is given, checked and taken as whole numbers, and instants of these."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from ordercore.calendars.recurrences import MAX_DAYS
from ordercore.calendars.spans import Pair
from ordercore.calendars.windows import EPOCH, FIRST, LAST, MICROSECOND, Window, instant_us
from ordercore.calendars.zones import DAY
from ordercore.data.checks import Check, Named, instance
from ordercore.data.instants import pinned
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded

__all__ = [
    "FIRST_US",
    "LAST_US",
    "LONGEST_US",
    "bounds_us",
    "check_order",
    "duration_us",
    "instant_of",
    "lasting",
    "local",
    "month_of",
    "month_start",
    "search_end",
    "search_start",
    "us_of",
]

LONGEST_US: Final = MAX_DAYS * DAY // MICROSECOND
"""`MAX_DAYS` in microseconds."""

FIRST_US: Final = instant_us(FIRST)
LAST_US: Final = instant_us(LAST)


def us_of(at: datetime, name: str) -> int:
    """Take an instant in microseconds since 1970; a fault has the name as its place."""
    try:
        return instant_us(at)
    except InvalidInput as error:
        raise error.at(name) from None


def lasting(*, least: int = 0) -> Check:
    """Accept a duration of at least so many microseconds, and at most `MAX_DAYS`."""

    def check(_instance: object, attribute: Any, value: Any) -> None:
        duration_us(value, attribute.name, least=least)

    return check


def duration_us(given: timedelta, name: str, *, least: int = 0) -> int:
    """Take a duration in microseconds, from ``least`` to `MAX_DAYS`."""
    if not isinstance(given, timedelta):
        raise InvalidType("a duration (timedelta)", given, path=(name,))
    told = given // MICROSECOND
    if told < least:
        expected = "more than nothing" if least else "nothing or more"
        raise InvalidValue(f"a duration of {expected}", given, path=(name,))
    if told > LONGEST_US:
        raise LimitExceeded(f"a duration of at most {MAX_DAYS} days", given, path=(name,))
    return told


def bounds_us(window: Window) -> Pair:
    """Take the bounds of a bounded window of at most `MAX_DAYS`, in microseconds."""
    instance(Window)(None, Named("window"), window)
    if window.start is None or window.end is None:
        raise InvalidValue("a window with a start and an end", window, path=("window",))
    start, end = instant_us(window.start), instant_us(window.end)
    if end - start > LONGEST_US:
        raise LimitExceeded(f"a window of at most {MAX_DAYS} days", window, path=("window",))
    return start, end


def search_end(start: int, until: datetime | None) -> int:
    """Tell up to when to search."""
    if until is None:
        return max(min(start + LONGEST_US, LAST_US), start)
    end = us_of(until, "until")
    check_order(start, end, until, "until")
    if end - start > LONGEST_US:
        raise LimitExceeded(f"a search of at most {MAX_DAYS} days", until, path=("until",))
    return end


def search_start(end: int, since: datetime | None) -> int:
    """Tell back to when to search."""
    if since is None:
        return min(max(end - LONGEST_US, FIRST_US), end)
    start = us_of(since, "since")
    if start > end:
        raise InvalidValue("an instant not after the end", since, path=("since",))
    if end - start > LONGEST_US:
        raise LimitExceeded(f"a search of at most {MAX_DAYS} days", since, path=("since",))
    return start


def check_order(start: int, end: int, given: datetime, name: str = "end") -> None:
    """Refuse an end before its start."""
    if end < start:
        raise InvalidValue("an instant not before the start", given, path=(name,))


def month_of(at: int) -> int:
    """Tell in which month of UTC an instant is: the how-manieth since the year 0."""
    told = instant_of(at)
    return told.year * 12 + told.month - 1


def month_start(number: int) -> datetime:
    """Tell when a month of UTC begins."""
    year, month = divmod(number, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def instant_of(at: int) -> datetime:
    """Tell the instant, in UTC.

    Raises:
        LimitExceeded: In UTC it is before the year 1, or after 9999.
    """
    try:
        return EPOCH + at * MICROSECOND
    except OverflowError:
        raise LimitExceeded("an instant of the years 1 to 9999 in UTC") from None


def local(at: int, zone: ZoneInfo) -> datetime:
    """Tell an instant at the offset of a zone, pinned; at the ends of time that of UTC."""
    told = instant_of(at)
    if not FIRST <= told < LAST:
        return told
    shown: datetime = pinned(told.astimezone(zone))  # type: ignore[assignment]
    return shown
