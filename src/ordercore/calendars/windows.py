"""Windows: the instants from a start up to, but not including, an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from ordercore.data.checks import aware, optional
from ordercore.data.instants import pinned
from ordercore.errors import InvalidInput, InvalidType, InvalidValue

__all__ = [
    "EPOCH",
    "FIRST",
    "LAST",
    "MICROSECOND",
    "Window",
    "check_instant",
    "instant_us",
]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

FIRST: Final = datetime(2, 1, 1, tzinfo=UTC)
LAST: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Nothing recurs, and nobody works, before and after: each day has neighbours."""


def instant_us(at: datetime) -> int:
    """Count the microseconds from 1970 (UTC) to an aware instant, exactly.

    >>> from zoneinfo import ZoneInfo
    >>> instant_us(datetime(1970, 1, 1, 8, 0, 1, tzinfo=ZoneInfo("Asia/Shanghai")))
    1000000

    Raises:
        InvalidInput: It is no instant: not a datetime, or without a time zone.
    """
    try:
        return (at - EPOCH) // MICROSECOND
    except TypeError:
        raise _no_instant(at) from None


def _no_instant(at: object) -> InvalidInput:
    if isinstance(at, datetime):
        return InvalidValue("an instant with a time zone", at, reason="naive_datetime")
    return InvalidType("a datetime", at)


def check_instant(at: Any) -> None:
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
        check_instant(at)
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def overlaps(self, other: Window) -> bool:
        """Whether the two have an instant in common."""
        return _before(self.start, other.end) and _before(other.start, self.end)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end
