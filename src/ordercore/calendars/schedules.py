"""Schedules: a window, and a recurrence within it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import field, frozen

from ordercore.calendars.recurrences import Recurrence
from ordercore.calendars.windows import EPOCH, FIRST, LAST, MICROSECOND, Window, instant_us
from ordercore.data.checks import instance, optional

__all__ = ["Schedule"]

_FIRST_US, _LAST_US = instant_us(FIRST), instant_us(LAST)


@frozen
class Schedule:
    """When something holds: within a window and, if there is a recurrence, in its spans.

    >>> from datetime import UTC
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
            return _FIRST_US <= at_us < _LAST_US and EPOCH + at_us * MICROSECOND in recurrence

        return is_open
