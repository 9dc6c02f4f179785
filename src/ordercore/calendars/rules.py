"""Rules of RFC 5545 that name days, read strictly and asked day by day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from attrs import Attribute, frozen
from dateutil.relativedelta import relativedelta
from dateutil.relativedelta import weekday as weekday_of_month

from ordercore.errors import InvalidType, InvalidValue, LimitExceeded

__all__ = ["FREQUENCIES", "WEEKDAYS", "check_rule", "parsed"]

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")

_PART = re.compile(r"([A-Z]{4,12})=([A-Z0-9,+-]{1,200})")
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}")
_WEEKDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")


@frozen
class Rule:
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
def parsed(rule: str) -> Rule:
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
    return Rule(
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


def check_rule(_instance: object, attribute: Attribute[Any], value: object) -> None:
    """Accept the text of a rule."""
    if not isinstance(value, str):
        raise InvalidType("text", value, path=(attribute.name,))
    if len(value) > 500:
        raise LimitExceeded("a rule of at most 500 characters", len(value), path=(attribute.name,))
    try:
        parsed(value)
    except InvalidValue as error:
        raise InvalidValue(*error.args, path=(attribute.name,), reason="invalid_rule") from None
