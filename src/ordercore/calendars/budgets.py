"""Budgets of working time: what is used up, what is left, and when it is over.

A deadline such as "within eight working hours" is a budget. While it is nobody's turn, as
when a customer is asked something, the clock pauses. A pause takes working time only: one in
the night, or on a holiday, moves no deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from attrs import frozen

from ordercore.calendars.microseconds import LAST_US, LONGEST_US, duration_us, instant_of, us_of
from ordercore.calendars.recurrences import MAX_DAYS
from ordercore.calendars.spans import Pair, cut, union
from ordercore.calendars.windows import MICROSECOND, Window, instant_us
from ordercore.calendars.working_time import WorkingTime
from ordercore.data.checks import Named, each, instance, tuple_of
from ordercore.errors import InvalidInput, InvalidValue, LimitExceeded

__all__ = ["BudgetUse", "budget_use"]

_are_windows = each(instance(Window), most=10_000)


@frozen(kw_only=True)
class BudgetUse:
    """How a budget of working time stands.

    Args:
        budget: How much there was.
        consumed: How much has passed, pauses left out.
        due: The earliest instant at which all of it has passed, with the pauses that are
            known; None: a pause without an end comes before.

    >>> use = BudgetUse(budget=timedelta(hours=8), consumed=timedelta(hours=9), due=None)
    >>> use.remaining, use.is_exhausted
    (datetime.timedelta(days=-1, seconds=82800), True)
    """

    budget: timedelta
    consumed: timedelta
    due: datetime | None

    @property
    def remaining(self) -> timedelta:
        """What is left; less than nothing once more than the budget was consumed."""
        return self.budget - self.consumed

    @property
    def is_exhausted(self) -> bool:
        """Whether all of it was consumed: the deadline has come."""
        return self.consumed >= self.budget


def budget_use(
    calendar: WorkingTime,
    budget: timedelta,
    *,
    start: datetime,
    at: datetime,
    pauses: Iterable[Window] = (),
) -> BudgetUse:
    """Work out how a budget stands, from the start and all pauses: nothing is counted on.

    So it comes out right after the budget or the calendar was changed.

    Args:
        calendar: When people work.
        budget: How much working time there is, at most `MAX_DAYS`.
        start: When the clock began.
        at: Now.
        pauses: When it stood still, in any order; they may overlap. One that goes on has no
            end.

    Raises:
        InvalidValue: Now is before the start.
        LimitExceeded: Now is more than `MAX_DAYS` after it.
        NoWorkingTime: The end of the budget does not come within `MAX_DAYS`.
        InvalidInput: Something is not as said.
    """
    left = duration_us(budget, "budget")
    given = tuple_of(pauses)
    _are_windows(None, Named("pauses"), given)
    begun, now = us_of(start, "start"), us_of(at, "at")
    if not 0 <= now - begun <= LONGEST_US:
        raise _too_early_or_late(at, early=now < begun)
    still = union(_pairs(given, begun))
    paused = sum(calendar.worked_us(a, b) for a, b in cut(still, begun, now))
    passed = calendar.worked_us(begun, now) - paused
    due = _due(calendar, begun, left, still)
    return BudgetUse(budget=budget, consumed=passed * MICROSECOND, due=due)


def _too_early_or_late(at: datetime, *, early: bool) -> InvalidInput:
    if early:
        return InvalidValue("an instant not before the start", at, path=("at",))
    return LimitExceeded(f"an instant at most {MAX_DAYS} days after it", at, path=("at",))


def _pairs(pauses: Iterable[Window], begun: int) -> Iterator[Pair]:
    """List the pauses from the start on; what has no end goes on for ever."""
    for pause in pauses:
        start = begun if pause.start is None else max(begun, instant_us(pause.start))
        end = LAST_US if pause.end is None else instant_us(pause.end)
        if start < end:
            yield start, end


def _due(calendar: WorkingTime, at: int, left: int, still: Iterable[Pair]) -> datetime | None:
    """Find the instant at which all of a budget has passed."""
    for stop, goes_on in still:
        if stop - at > LONGEST_US:
            break  # the budget is over before, or never
        passed = calendar.worked_us(at, stop)
        if left <= passed:
            break
        left -= passed
        at = goes_on
    if at >= LAST_US:
        return None
    return calendar.add(instant_of(at), left * MICROSECOND)
