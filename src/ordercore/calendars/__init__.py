"""When: windows of instants, recurrences, schedules, and working time.

A window runs from its start up to but not including its end, both aware instants. A
recurrence is a rule of RFC 5545 (``RRULE``) that names days, a span of the day in local time,
and its time zone. Only days are asked, one by one, so that no rule can take long: not even
one that never comes, such as the 30th of February.

Working time is hours of the week or shifts, less holidays, with exceptions day by day. It
adds and measures time that is worked, exactly, also on days of 23 and of 25 hours. A budget
is so much working time, less what a pause takes of it.
"""

from ordercore.calendars.budgets import BudgetUse, budget_use
from ordercore.calendars.exceptions import ClosedDays, DayException, MakeUpDay, SpecialHours
from ordercore.calendars.holidays import Holiday, Holidays, list_holidays
from ordercore.calendars.hours import (
    MAX_SHIFTS,
    MAX_SPANS,
    DayHours,
    Pattern,
    Shifts,
    Span,
    Weekday,
    WorkingHours,
)
from ordercore.calendars.recurrences import MAX_DAYS, Recurrence
from ordercore.calendars.schedules import Schedule
from ordercore.calendars.windows import Window, instant_us
from ordercore.calendars.working_time import (
    MAX_EXCEPTIONS,
    NoWorkingTime,
    WorkingDay,
    WorkingTime,
)

__all__ = [
    "MAX_DAYS",
    "MAX_EXCEPTIONS",
    "MAX_SHIFTS",
    "MAX_SPANS",
    "BudgetUse",
    "ClosedDays",
    "DayException",
    "DayHours",
    "Holiday",
    "Holidays",
    "MakeUpDay",
    "NoWorkingTime",
    "Pattern",
    "Recurrence",
    "Schedule",
    "Shifts",
    "Span",
    "SpecialHours",
    "Weekday",
    "Window",
    "WorkingDay",
    "WorkingHours",
    "WorkingTime",
    "budget_use",
    "instant_us",
    "list_holidays",
]
