"""Holidays: who knows them, and the list of them that a calendar keeps."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from attrs import field, frozen

from ordercore.calendars.recurrences import MAX_DAYS
from ordercore.calendars.zones import DAY, check_day
from ordercore.data.checks import Named, text
from ordercore.errors import InvalidInput, InvalidValue, LimitExceeded

__all__ = ["Holiday", "Holidays", "list_holidays"]


class Holidays(Protocol):
    """Who knows holidays: a library, a table of the host, a public office.

    It answers the same for the same day, always.
    """

    def name_of(self, day: date, /) -> str | None:
        """Tell the name of the holiday on a day; None: it is none."""
        ...


@frozen
class Holiday:
    """A day that is not worked, unless an exception says so.

    Args:
        day: Which day.
        name: What it is called.
    """

    day: date = field(validator=check_day)
    name: str = field(validator=text(most=200, least=1))


def list_holidays(source: Holidays, first: date, last: date) -> tuple[Holiday, ...]:
    """Ask for the holidays from one day to another, both included, and keep them as data.

    A calendar is a value and asks nobody: what it is given here is what it knows. So a
    deadline comes out the same tomorrow, whatever the source has learned by then; and days
    after ``last`` are days like others until they are listed.

    Raises:
        InvalidInput: The days are none or in the wrong order, or a name is none.
        LimitExceeded: They are more than `MAX_DAYS` days.
    """
    for name, day in (("first", first), ("last", last)):
        check_day(None, Named(name), day)
    count = (last - first).days + 1
    if count < 1:
        expected = f"a day from {first.isoformat()} on"
        raise InvalidValue(expected, last.isoformat(), path=("last",), reason="empty_window")
    if count > MAX_DAYS:
        raise LimitExceeded(f"at most {MAX_DAYS} days", count, path=("last",))
    days = [first + number * DAY for number in range(count)]
    named = ((day, source.name_of(day)) for day in days)
    return tuple(_holiday(day, told) for day, told in named if told is not None)


def _holiday(day: date, name: str) -> Holiday:
    try:
        return Holiday(day, name)
    except InvalidInput as error:
        raise error.at(day.isoformat()) from None
