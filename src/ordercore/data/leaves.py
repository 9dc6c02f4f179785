"""Single values: how each type that documents write in its own way is read and written.

A reader takes a plain value and returns one of its type or raises `InvalidInput`; a writer
does the reverse. All of them are exact, none guesses, and each takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ordercore.data.faults import mismatch
from ordercore.data.keywords import Keywords
from ordercore.errors import InvalidInput, InvalidValue, LimitExceeded

__all__ = [
    "KEYWORDS",
    "MAX_NUMBER",
    "PHRASES",
    "READERS",
    "WRITERS",
    "read_int",
    "read_text",
    "write_int",
    "write_text",
]

MAX_NUMBER = 40
"""The most characters of a number, with its sign and point."""

_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?")
_OFFSET = re.compile(rf"Z|[+-]{_CLOCK.pattern}")
_INSTANT = re.compile(rf"{_DAY.pattern}T{_CLOCK.pattern}(?:{_OFFSET.pattern})")
_DURATION = re.compile(
    r"(-?)P(?:([0-9]{1,9})D)?"
    r"(?:T(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?"
    r"(?:([0-9]{1,12})(?:\.([0-9]{1,6}))?S)?)?"
)
_MIDNIGHT = ("24:00", "24:00:00")
_UNIT = re.compile("[DHMS]$")

PHRASES = MappingProxyType(
    {
        "none": "null",
        "bool": "true or false",
        "int": "an integer",
        "text": "text",
        "decimal": "a decimal number as text, such as '129.00'",
        "datetime": "an instant with its offset, such as '2026-11-11T00:00:00+08:00'",
        "date": "a date such as '2026-11-11'",
        "time": "a time of day such as '09:30'",
        "timedelta": "a duration such as 'P7D' or 'PT1H30M'",
    }
)
"""What is expected of each kind, in words."""

KEYWORDS: MappingProxyType[str, Keywords] = MappingProxyType(
    {
        "none": {"type": "null"},
        "bool": {"type": "boolean"},
        "int": {"type": "integer"},
        "text": {"type": "string"},
        "decimal": {
            "type": "string",
            "pattern": f"^{_DECIMAL.pattern}$",
            "maxLength": MAX_NUMBER,
            "description": "A decimal number as text; trailing zeros are kept.",
            "examples": ["129.00", "33.33"],
        },
        "datetime": {
            "type": "string",
            "pattern": f"^{_INSTANT.pattern}$",
            "description": "An instant of ISO 8601 with its offset from UTC.",
            "examples": ["2026-11-11T00:00:00+08:00", "2026-11-10T16:00:00Z"],
        },
        "date": {
            "type": "string",
            "pattern": f"^{_DAY.pattern}$",
            "description": "A day.",
            "examples": ["2026-11-11"],
        },
        "time": {
            "type": "string",
            "pattern": f"^{_CLOCK.pattern}$",
            "description": "A time of day, without an offset.",
            "examples": ["09:30", "18:00:00"],
        },
        "timedelta": {
            "type": "string",
            "allOf": [
                {"pattern": f"^{_DURATION.pattern}$"},
                {"pattern": _UNIT.pattern},
            ],
            "description": "A duration of ISO 8601, in days and smaller units.",
            "examples": ["P7D", "PT1H30M"],
        },
    }
)
"""What JSON Schema can say of each kind."""


def read_none(value: object) -> None:
    """Read null."""
    if value is not None:
        raise mismatch("null", value)


def read_bool(value: object) -> bool:
    """Read true or false."""
    if type(value) is not bool:
        raise mismatch("true or false", value)
    return value


def read_int(value: object) -> int:
    """Read an integer; a boolean is none."""
    if type(value) is not int:
        raise mismatch("an integer", value)
    return _bounded(value)


def read_text(value: object, expected: str = "text") -> str:
    """Read text of any script; what no encoding or database can keep is refused."""
    if type(value) is not str:
        raise mismatch(expected, value)
    return _safe(value)


def read_decimal(value: object) -> Decimal:
    """Read decimal text such as ``-129.00``, trailing zeros and all."""
    told = read_text(value, PHRASES["decimal"])
    if len(told) > MAX_NUMBER:
        raise _too_long(told)
    if not _DECIMAL.fullmatch(told):
        raise InvalidValue(PHRASES["decimal"], told)
    return Decimal(told)


def read_datetime(value: object) -> datetime:
    """Read an instant with its offset from UTC."""
    moment: datetime = _read_iso("datetime", _INSTANT, datetime.fromisoformat, value)
    return _on_utc(moment)


def read_date(value: object) -> date:
    """Read a day."""
    day: date = _read_iso("date", _DAY, date.fromisoformat, value)
    return day


def read_time(value: object) -> time:
    """Read a time of day, which has no offset."""
    if value in _MIDNIGHT:
        raise InvalidValue("a time of day; the midnight that ends it is '00:00'", value)
    clock: time = _read_iso("time", _CLOCK, time.fromisoformat, value)
    return clock


def read_timedelta(value: object) -> timedelta:
    """Read a duration of days, hours, minutes and seconds."""
    told = read_text(value, PHRASES["timedelta"])
    match = _DURATION.fullmatch(told)
    if match is None or not _UNIT.search(told):
        raise InvalidValue(PHRASES["timedelta"], told)
    sign, days, hours, minutes, seconds, fraction = match.groups()
    micros = int((fraction or "").ljust(6, "0"))
    try:
        length = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=micros,
        )
        return -length if sign else length
    except OverflowError:
        raise LimitExceeded("a duration of less than 10^9 days", told) from None


def write_int(value: int) -> int:
    """Write an integer that `read_int` takes back."""
    return _bounded(value)


def write_text(value: str) -> str:
    """Write text, as plain text even when it is of a subclass."""
    return _safe(str.__str__(value))


def write_decimal(value: Decimal) -> str:
    """Write a decimal without an exponent, whatever the decimal context."""
    if not value.is_finite():
        raise InvalidValue("a finite decimal", value)
    exponent = value.as_tuple().exponent
    if value.adjusted() > MAX_NUMBER or (isinstance(exponent, int) and -exponent > MAX_NUMBER):
        raise _too_long(value)
    told = f"{value:f}"
    if len(told) > MAX_NUMBER:
        raise _too_long(value)
    return told


def write_datetime(value: datetime) -> str:
    """Write an instant with its offset."""
    if value.utcoffset() is None:
        raise InvalidValue("an instant with a time zone", value, reason="naive_datetime")
    return _on_utc(value).isoformat()


def write_date(value: date) -> str:
    """Write a day."""
    return value.isoformat()


def write_time(value: time) -> str:
    """Write a time of day."""
    if value.tzinfo is not None:
        raise InvalidValue("a time of day without an offset", value)
    return value.isoformat()


def write_timedelta(value: timedelta) -> str:
    """Write a duration exactly, in the largest units that are whole.

    >>> write_timedelta(timedelta(days=1, minutes=90)), write_timedelta(timedelta())
    ('P1DT1H30M', 'PT0S')
    """
    length = abs(value)
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{length.microseconds:06}".rstrip("0") if length.microseconds else ""
    told = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M")) if count) + (
        f"{seconds}{fraction}S" if seconds or fraction else ""
    )
    days = f"{length.days}D" if length.days else ""
    if not days and not told:
        told = "0S"
    return f"{'-' if value < timedelta() else ''}P{days}{'T' if told else ''}{told}"


READERS: MappingProxyType[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "none": read_none,
        "bool": read_bool,
        "int": read_int,
        "text": read_text,
        "decimal": read_decimal,
        "datetime": read_datetime,
        "date": read_date,
        "time": read_time,
        "timedelta": read_timedelta,
    }
)
"""The reader of each kind."""

WRITERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, write_text),
    (Decimal, write_decimal),
    (datetime, write_datetime),
    (date, write_date),
    (time, write_time),
    (timedelta, write_timedelta),
)
"""The writer of each class and its subclasses, the narrower class first."""


def _bounded(number: int) -> int:
    if number.bit_length() > 4 * MAX_NUMBER or len(str(number)) > MAX_NUMBER:
        raise LimitExceeded(f"a number of at most {MAX_NUMBER} characters", number)
    return number


def _safe(told: str) -> str:
    if _UNSAFE.search(told):
        raise InvalidValue("text without NUL or lone surrogates", told, reason="unsafe_text")
    return told


def _too_long(given: object) -> InvalidInput:
    return LimitExceeded(f"a number of at most {MAX_NUMBER} characters", given)


def _on_utc(moment: datetime) -> datetime:
    """Refuse the instants at the ends of time that UTC cannot express."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        expected = "an instant within the years 1 to 9999 of UTC"
        raise InvalidValue(expected, moment, reason="no_such_day") from None
    return moment


def _read_iso(
    kind: str, pattern: re.Pattern[str], parse: Callable[[str], Any], value: object
) -> Any:
    told = read_text(value, PHRASES[kind])
    if not pattern.fullmatch(told):
        raise InvalidValue(PHRASES[kind], told)
    try:
        return parse(told)
    except ValueError:
        raise InvalidValue("a day that the calendar has", told, reason="no_such_day") from None
