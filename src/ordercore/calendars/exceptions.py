"""Days that are not as usual: closed, with other hours, or worked for another day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from attrs import field, frozen

from ordercore.calendars.hours import (
    MAX_SPANS,
    Pattern,
    Span,
    Times,
    Weekday,
    like,
    overlaps_of,
    spans_of,
    weekday_if_one,
)
from ordercore.calendars.recurrences import MAX_DAYS
from ordercore.calendars.zones import check_day
from ordercore.data import variant
from ordercore.data.checks import each, instance, member, optional, text
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, LimitExceeded

__all__ = ["ClosedDays", "DayException", "MakeUpDay", "SpecialHours", "clashes"]

_name = text(most=200)


class DayException:
    """The family of exceptions: what takes the place of the pattern on some days.

    It goes before a holiday. To add one is to write one frozen class, a `variant` with the
    two days and `times_on`.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def first(self) -> date:
            """The first of the days."""

        @property
        def until(self) -> date:
            """The last of the days, one of them too."""

    def times_on(self, day: date, pattern: Pattern) -> tuple[Times, ...]:
        """List the times at which people are at work, on one of its days."""
        raise NotImplementedError


@variant(DayException, "closed_days")
@frozen
class ClosedDays(DayException):
    """Nobody works, from one day to another.

    Args:
        first: The first day.
        last: The last day, not worked either; None: just the one.
        name: Why, for people.

    Raises:
        InvalidValue: The last day is before the first.
        LimitExceeded: They are more than `MAX_DAYS` days.
    """

    first: date = field(validator=check_day)
    last: date | None = field(default=None, validator=optional(check_day))
    name: str = field(default="", validator=_name)

    def __attrs_post_init__(self) -> None:
        if self.until < self.first:
            expected = f"a day from {self.first.isoformat()} on"
            given = self.until.isoformat()
            raise InvalidValue(expected, given, path=("last",), reason="empty_window")
        days = (self.until - self.first).days + 1
        if days > MAX_DAYS:
            raise LimitExceeded(f"at most {MAX_DAYS} days", days, path=("last",))

    @property
    def until(self) -> date:
        """The last of the days."""
        return self.first if self.last is None else self.last

    def times_on(self, day: date, pattern: Pattern) -> tuple[Times, ...]:  # noqa: ARG002
        """List nothing."""
        return ()


@variant(DayException, "special_hours")
@frozen
class SpecialHours(DayException):
    """People work at other times on one day, were it a holiday.

    Args:
        day: Which day.
        spans: When; ``09:00-13:00`` is short for the span.
        name: Why, for people.

    Raises:
        InvalidDocument: With each span that overlaps another.
    """

    day: date = field(validator=check_day)
    spans: tuple[Span, ...] = field(
        converter=spans_of, validator=each(instance(Span), least=1, most=MAX_SPANS)
    )
    name: str = field(default="", validator=_name)

    def __attrs_post_init__(self) -> None:
        faults = list(overlaps_of(self.spans))
        if faults:
            raise InvalidDocument(faults)

    @property
    def first(self) -> date:
        """The day."""
        return self.day

    @property
    def until(self) -> date:
        """The day."""
        return self.day

    def times_on(self, day: date, pattern: Pattern) -> tuple[Times, ...]:  # noqa: ARG002
        """List its own times."""
        return tuple((span.start, span.end) for span in self.spans)


@variant(DayException, "make_up_day")
@frozen
class MakeUpDay(DayException):
    """A day is worked as another day of its week is usually: 调休, a Saturday as a Monday.

    Args:
        day: Which day.
        weekday: As which day of the same week, which begins on Monday.
        name: For which holiday, for people.
    """

    day: date = field(validator=check_day)
    weekday: Weekday = field(converter=weekday_if_one, validator=member(Weekday))
    name: str = field(default="", validator=_name)

    @property
    def first(self) -> date:
        """The day."""
        return self.day

    @property
    def until(self) -> date:
        """The day."""
        return self.day

    def times_on(self, day: date, pattern: Pattern) -> tuple[Times, ...]:
        """List the times of the other day, whatever exceptions that one has."""
        return pattern.times_on(like(day, self.weekday))


def clashes(exceptions: Sequence[DayException]) -> Iterator[InvalidInput]:
    """Tell of each exception with a day that another, before it by its days, has already."""
    held: int | None = None
    for i in sorted(range(len(exceptions)), key=lambda i: (exceptions[i].first, i)):
        one = exceptions[i]
        if held is not None and one.first <= exceptions[held].until:
            expected = f"days of its own; exceptions[{held}] is about {one.first.isoformat()}"
            path = ("exceptions", i)
            yield InvalidValue(expected, path=path, reason="duplicate_exception")
        if held is None or one.until > exceptions[held].until:
            held = i
