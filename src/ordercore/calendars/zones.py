"""Local time: names of zones, times of day, and the instants at which the clock shows them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import Attribute

from ordercore.calendars.windows import FIRST, LAST
from ordercore.errors import InvalidType, InvalidValue

__all__ = [
    "DAY",
    "check_clock",
    "check_day",
    "check_zone",
    "has_day",
    "local_day",
    "local_span",
]

DAY: Final = timedelta(days=1)

_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Z][A-Za-z0-9_+-]*)*")


def check_clock(_instance: object, attribute: Attribute[Any], value: object) -> None:
    """Accept a time of day, which is local."""
    if not isinstance(value, time):
        raise InvalidType("a time of day", value, path=(attribute.name,))
    if value.tzinfo is not None or value.fold:  # no document keeps these
        expected = "a time of day without a zone or a fold of its own"
        raise InvalidValue(expected, value, path=(attribute.name,))


def check_day(_instance: Any, attribute: Any, value: Any) -> None:
    """Accept a date that is no datetime."""
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


def has_day(day: date, zone: ZoneInfo) -> bool:
    """Whether the zone has the day; Samoa went from 29 to 31 December when it changed sides."""
    return datetime.combine(day, time(12), zone).astimezone(UTC).astimezone(zone).date() == day


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Tell the day at an instant, or the nearest one with neighbours that Python can name."""
    return min(max(at, FIRST), LAST).astimezone(zone).date()


def local_span(
    day: date, start: time, end: time, zone: ZoneInfo
) -> tuple[datetime, datetime] | None:
    """Find the instants between two times of a local day; an end not after the start is tomorrow.

    A time of day that the clock skips is taken at the offset before the change, one that it
    shows twice is the first, as RFC 5545 has it. None: a change of the clock skips the span,
    or the zone has no such day.
    """
    if not has_day(day, zone):
        return None
    until = day if end > start else day + DAY
    starts = datetime.combine(day, start, zone).astimezone(UTC)
    ends = datetime.combine(until, end, zone).astimezone(UTC)
    return (starts, ends) if starts < ends else None
