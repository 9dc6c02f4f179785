"""Lead times backwards and forwards, in calendar time or in working time."""

from __future__ import annotations

from datetime import UTC, datetime

from ordercore.calendars import WorkingTime, instant_us
from ordercore.calendars.microseconds import LONGEST_US
from ordercore.calendars.windows import MICROSECOND
from ordercore.errors import InvalidValue, LimitExceeded
from ordercore.stock.materials.parts import Part

__all__ = ["after", "before"]


def before(at: datetime, part: Part, calendar: WorkingTime | None) -> datetime:
    """Tell when a part must be begun, or ordered, to be there at an instant.

    Raises:
        InvalidValue: Its lead time is in working time, and there is no calendar.
        LimitExceeded: That was before the year 1, or not within `MAX_DAYS` of working time.
    """
    if not part.lead_time:
        return at
    if part.in_working_time:
        return _working_time_before(at, part, _needed(part, calendar))
    try:
        return (at.astimezone(UTC) - part.lead_time).astimezone(at.tzinfo)
    except OverflowError:
        raise _too_far(at) from None


def after(at: datetime, part: Part, calendar: WorkingTime | None) -> datetime:
    """Tell when a part is there that is begun, or ordered, at an instant."""
    if part.in_working_time:
        return _needed(part, calendar).add(at, part.lead_time)
    try:
        return (at.astimezone(UTC) + part.lead_time).astimezone(at.tzinfo)
    except OverflowError:
        raise _too_far(at) from None


def _needed(part: Part, calendar: WorkingTime | None) -> WorkingTime:
    if calendar is None:
        expected = f"a calendar: the lead time of {part.sku} is in working time"
        raise InvalidValue(expected, path=("calendar",), reason="missing_calendar")
    return calendar


def _working_time_before(at: datetime, part: Part, calendar: WorkingTime) -> datetime:
    """Find the last instant from which so much is worked up to another."""
    end, work = instant_us(at), part.lead_time // MICROSECOND

    def enough(start: int) -> bool:
        return calendar.worked_us(start, end) >= work

    back = work
    while not enough(end - back):
        if back == LONGEST_US:
            raise _too_far(at)
        back = min(2 * back, LONGEST_US)
    early, late = end - back, end
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (middle, late) if enough(middle) else (early, middle)
    return at - (end - early) * MICROSECOND


def _too_far(at: datetime) -> LimitExceeded:
    return LimitExceeded("lead times within the years 1 to 9999", at, path=("by",))
