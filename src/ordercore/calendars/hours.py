"""Patterns of work: hours of the week, or shifts that recur. What a usual day is like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from ordercore.calendars.recurrences import Recurrence
from ordercore.calendars.zones import check_clock, check_zone
from ordercore.data import variant
from ordercore.data.checks import Named, each, instance, member, member_of, tuple_of
from ordercore.data.faults import step
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    all_faults,
)

__all__ = [
    "MAX_SHIFTS",
    "MAX_SPANS",
    "DayHours",
    "Pattern",
    "Shifts",
    "Span",
    "Times",
    "Weekday",
    "WorkingHours",
    "overlaps_of",
]

MAX_SPANS: Final = 48
"""The most spans of one day."""

MAX_SHIFTS: Final = 100
"""The most recurrences of a pattern of shifts."""

Times = tuple[time, time]
"""From a time of day to another; not after the first it is on the following day."""

_MIDNIGHT = time()
_SPAN = re.compile(r"([0-2][0-9]:[0-5][0-9])-([0-2][0-9]:[0-5][0-9])")
_DAYS = re.compile(r"(MO|TU|WE|TH|FR|SA|SU)(?:-(MO|TU|WE|TH|FR|SA|SU))?")


class Weekday(StrEnum):
    """A day of the week, as RFC 5545 writes it."""

    MONDAY = "MO"
    TUESDAY = "TU"
    WEDNESDAY = "WE"
    THURSDAY = "TH"
    FRIDAY = "FR"
    SATURDAY = "SA"
    SUNDAY = "SU"


_WEEK: Final = tuple(Weekday)


def weekday_if_one(given: Weekday | str) -> Weekday:
    """Turn the text of a weekday into one; what is none stays, to be refused."""
    return member_of(Weekday, given)


@frozen(order=True)
class Span:
    """A part of one day, from a time of day up to another, not included.

    Work over midnight is two spans, one up to midnight and one of the next day from midnight
    on, or a `Recurrence` among `Shifts`.

    Args:
        start: When it begins.
        end: When it ends; midnight, ``00:00``, is that at the end of the day.

    Raises:
        InvalidValue: The end is not after the start.
    """

    start: time = field(validator=check_clock)
    end: time = field(validator=check_clock)

    def __attrs_post_init__(self) -> None:
        if self.end != _MIDNIGHT and self.end <= self.start:
            expected = f"a time after {self.start.isoformat()}, or midnight"
            raise InvalidValue(
                expected, self.end.isoformat(), path=("end",), reason="inverted_span"
            )

    def overlaps(self, other: Span) -> bool:
        """Whether the two have a time of day in common."""
        return self._before_end(other) and other._before_end(self)

    def _before_end(self, other: Span) -> bool:
        return other.end == _MIDNIGHT or self.start < other.end


def overlaps_of(spans: tuple[Span, ...]) -> Iterator[InvalidInput]:
    """Tell of each span that overlaps one before it."""
    for i, span in enumerate(spans):
        if any(span.overlaps(other) for other in spans[:i]):
            yield _overlap(span).at("spans", i)


def _overlap(span: Span) -> InvalidValue:
    told = f"{span.start.isoformat()} to {span.end.isoformat()}"
    expected = "a span apart from the others of its day"
    return InvalidValue(expected, told, reason="overlapping_spans")


def spans_of(given: Iterable[Span] | str) -> tuple[Span, ...]:
    """Take spans, or their text, such as ``09:00-12:00 13:00-18:00``."""
    if not isinstance(given, str):
        return tuple_of(given)
    spans: list[Span] = []
    faults: list[InvalidInput] = []
    for i, told in enumerate(given.split()):
        try:
            spans.append(_span(told))
        except InvalidInput as error:
            faults.append(error.at("spans", i))
    if faults:
        raise InvalidDocument(faults)
    return tuple(spans)


def _span(told: str) -> Span:
    match = _SPAN.fullmatch(told)
    try:
        if match is not None:
            ends = "00:00" if match[2] == "24:00" else match[2]
            return Span(time.fromisoformat(match[1]), time.fromisoformat(ends))
    except InvalidInput:
        raise
    except ValueError:
        pass
    raise InvalidValue("a span such as 09:00-18:00", told)


def _days(given: str | Iterable[Weekday | str]) -> tuple[Weekday, ...]:
    """Take weekdays, or their text, such as ``MO-FR``, in the order of the week."""
    if isinstance(given, str):
        match = _DAYS.fullmatch(given)
        if match is None:
            raise InvalidValue("weekdays such as MO-FR or SA", given, path=("days",))
        first, last = (_WEEK.index(Weekday(told or match[1])) for told in match.groups())
        return tuple(_WEEK[(first + i) % 7] for i in range((last - first) % 7 + 1))
    days: Any = tuple_of(given)
    return tuple(map(weekday_if_one, days)) if isinstance(days, tuple) else days


@frozen
class DayHours:
    """The hours of some days of the week.

    Args:
        days: Which days; ``MO-FR`` is short for the five.
        spans: When people are at work; ``09:00-12:00 13:00-18:00`` is short for the two.

    Raises:
        InvalidDocument: With every fault of the short forms, and every overlap.
        InvalidInput: A field is not as said.

    >>> DayHours("SA-SU", "10:00-14:00").days
    (<Weekday.SATURDAY: 'SA'>, <Weekday.SUNDAY: 'SU'>)
    """

    days: tuple[Weekday, ...] = field(
        converter=_days, validator=each(member(Weekday), least=1, most=7)
    )
    spans: tuple[Span, ...] = field(
        converter=spans_of, validator=each(instance(Span), least=1, most=MAX_SPANS)
    )

    def __attrs_post_init__(self) -> None:
        faults = list(overlaps_of(self.spans))
        if faults:
            raise InvalidDocument(faults)


def _week(given: Iterable[DayHours]) -> tuple[DayHours, ...]:
    return tuple_of(given)


def _recurrences(given: Iterable[Recurrence]) -> tuple[Recurrence, ...]:
    return tuple_of(given)


class Pattern:
    """The family of patterns of work: at which times of which days.

    To add one is to write one frozen class, a `variant` with a field ``zone``, checked, and
    `times_on`, which is pure.
    """

    __slots__ = ()
    zone: str

    def times_on(self, day: date) -> tuple[Times, ...]:
        """List the times that begin on a local day, in any order; they may overlap."""
        raise NotImplementedError


@variant(Pattern, "weekly")
@frozen
class WorkingHours(Pattern):
    """The same hours every week, in the local time of a zone.

    Args:
        zone: The time zone in which days and times of day are meant.
        week: The hours of the days; a day that none names is free. Several may name one day.

    Raises:
        InvalidDocument: With every span that overlaps another of its day.
        InvalidInput: A field is not as said.
    """

    zone: str = field(validator=check_zone)
    week: tuple[DayHours, ...] = field(
        converter=_week, validator=each(instance(DayHours), most=MAX_SPANS)
    )

    def __attrs_post_init__(self) -> None:
        faults = list(_overlaps_of_week(self.week))
        if faults:
            raise InvalidDocument(faults)

    @classmethod
    def of(cls, zone: str, week: Mapping[str, str]) -> WorkingHours:
        """Make hours of short text.

        Args:
            zone: The time zone.
            week: Of a day or a run of days the spans of each: ``{"MO-FR": "09:00-12:00
                13:00-18:00", "SA": "10:00-14:00"}``. Midnight at the end is ``24:00``.

        Raises:
            InvalidDocument: With every fault; its place has the days as they are written.
            InvalidInput: The zone is none.

        >>> WorkingHours.of("Europe/Berlin", {"MO-FR": "09:00-17:00"}).times_on(date(2026, 5, 4))
        ((datetime.time(9, 0), datetime.time(17, 0)),)
        """
        instance(Mapping)(None, Named("week"), week)
        rows: list[DayHours] = []
        faults: list[InvalidInput] = []
        for days, spans in week.items():
            try:
                rows.append(DayHours(days, spans))
            except (InvalidInput, InvalidDocument) as error:
                faults += all_faults(error, "week", step(str(days)))
        if faults:
            raise InvalidDocument(faults)
        return cls(zone, rows)

    def times_on(self, day: date) -> tuple[Times, ...]:
        """List the hours of the day's weekday."""
        weekday = _WEEK[day.weekday()]
        rows = (row for row in self.week if weekday in row.days)
        return tuple((span.start, span.end) for row in rows for span in row.spans)


def _overlaps_of_week(week: Iterable[DayHours]) -> Iterator[InvalidInput]:
    """Tell of each span that overlaps one of an earlier row on a day that both name."""
    seen: list[DayHours] = []
    for i, row in enumerate(week):
        days = set(row.days)
        earlier = [span for other in seen if days & set(other.days) for span in other.spans]
        for j, span in enumerate(row.spans):
            if any(span.overlaps(other) for other in earlier):
                yield _overlap(span).at("week", i, "spans", j)
        seen.append(row)


@variant(Pattern, "shifts")
@frozen
class Shifts(Pattern):
    """Shifts that recur, over midnight too. Where two overlap, time counts once.

    Args:
        recurrences: At least one; all in one time zone. A shift belongs to the day on which
            it begins.

    Raises:
        InvalidDocument: With each that is in another time zone than the first.
    """

    recurrences: tuple[Recurrence, ...] = field(
        converter=_recurrences, validator=each(instance(Recurrence), least=1, most=MAX_SHIFTS)
    )

    def __attrs_post_init__(self) -> None:
        faults = [
            InvalidValue(
                f"the time zone of all, {self.zone}",
                other.zone,
                path=("recurrences", i, "zone"),
                reason="fields_disagree",
            )
            for i, other in enumerate(self.recurrences)
            if other.zone != self.zone
        ]
        if faults:
            raise InvalidDocument(faults)

    @property
    def zone(self) -> str:  # type: ignore[override]
        """The time zone of all recurrences."""
        return self.recurrences[0].zone

    def times_on(self, day: date) -> tuple[Times, ...]:
        """List the shifts that begin on the day."""
        return tuple((each.start, each.end) for each in self.recurrences if each.names(day))


def like(day: date, weekday: Weekday) -> date:
    """Find the day of a weekday in the same week, which begins on Monday."""
    return day + timedelta(days=_WEEK.index(weekday) - day.weekday())
