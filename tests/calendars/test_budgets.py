"""Budgets of working time against a model that counts minutes.

Laws:
    - F21: consumed + remaining = budget, and a pause outside of working hours changes nothing.
    - Consumed are the worked minutes in no pause; overlapping pauses count once.
    - Due is the first instant at which the budget is consumed, if no further pause comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from minutes import MINUTE, Minutes, calendars, inside, instants

from ordercore.calendars import BudgetUse, Window, WorkingHours, WorkingTime, budget_use
from ordercore.errors import InvalidInput

HOUR = timedelta(hours=1)
DESK = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-FR": "09:00-17:00"}))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 in Shanghai; the 27th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - 8 * HOUR


@given(calendars(), st.data())
def test_a_budget_is_used_up_minute_by_minute(
    drawn: tuple[WorkingTime, date], data: st.DataObject
) -> None:
    calendar, middle = drawn
    model = Minutes(calendar, middle)
    start, at = sorted(data.draw(st.tuples(*[instants(middle)] * 2)))
    pairs = data.draw(st.lists(st.tuples(*[instants(middle)] * 2), max_size=4))
    pauses = [Window(min(pair), max(pair) + MINUTE) for pair in pairs]
    budget = data.draw(st.integers(0, 900)) * MINUTE
    counts = [
        model.open[i] and not inside(model.at(i), pauses)
        for i in range(model.index(start), model.count)
    ]
    passed = sum(counts[: model.index(at) - model.index(start)]) * MINUTE
    if sum(counts) * MINUTE < budget + 20 * HOUR:
        return  # the model ends before the budget surely does
    use = budget_use(calendar, budget, start=start, at=at, pauses=pauses)
    assert use.consumed == passed
    assert use.consumed + use.remaining == use.budget == budget
    left, i = budget // MINUTE, 0
    while left:
        left -= counts[i]
        i += 1
    assert use.due == start + i * MINUTE
    assert use.is_exhausted == (passed >= budget)


Use = Callable[[timedelta, datetime, datetime, Iterable[Window]], BudgetUse]


def ours(budget: timedelta, start: datetime, at: datetime, pauses: Iterable[Window]) -> BudgetUse:
    return budget_use(DESK, budget, start=start, at=at, pauses=pauses)


def law_f21(use: Use) -> None:
    """A complaint of Friday 15:00, with 8 hours, asked on Monday at 12:00."""
    start, at = local(27, 15), local(30, 12)
    plain = use(8 * HOUR, start, at, [])
    assert (plain.consumed, plain.due) == (5 * HOUR, local(30, 15))
    assert plain.consumed + plain.remaining == 8 * HOUR
    for outside in (
        Window(local(27, 17), local(27, 23)),
        Window(local(28, 0), local(30, 9)),
        Window(local(27, 20), local(29, 20)),
    ):
        assert use(8 * HOUR, start, at, [outside]) == plain
    paused = use(8 * HOUR, start, at, [Window(local(27, 16), local(30, 10))])
    assert (paused.consumed, paused.due) == (3 * HOUR, local(30, 17))
    assert paused.consumed + paused.remaining == 8 * HOUR


def test_f21_a_pause_takes_working_time_only() -> None:
    law_f21(ours)


def by_the_wall(
    budget: timedelta, start: datetime, at: datetime, pauses: Iterable[Window]
) -> BudgetUse:
    """A planted copy of erpnext#49414: the whole length of a pause is taken off and put on."""
    plain = ours(budget, start, at, [])
    held = sum((p.end - p.start for p in pauses if p.start and p.end), timedelta())
    assert plain.due is not None
    return BudgetUse(budget=budget, consumed=plain.consumed - held, due=plain.due + held)


def by_the_wall_when_due(
    budget: timedelta, start: datetime, at: datetime, pauses: Iterable[Window]
) -> BudgetUse:
    """Another: what is consumed is right, and the deadline moves by the length of the pause."""
    use = ours(budget, start, at, pauses)
    return BudgetUse(
        budget=budget, consumed=use.consumed, due=by_the_wall(budget, start, at, pauses).due
    )


@pytest.mark.parametrize("planted", [by_the_wall, by_the_wall_when_due])
def test_pauses_by_the_clock_on_the_wall_are_noticed(planted: Use) -> None:
    with pytest.raises(AssertionError):
        law_f21(planted)


def test_a_pause_that_goes_on_leaves_no_deadline() -> None:
    use = ours(8 * HOUR, local(27, 15), local(30, 12), [Window(local(27, 16))])
    assert (use.consumed, use.due) == (HOUR, None)
    over = ours(HOUR, local(27, 15), local(30, 12), [Window(local(27, 16))])
    assert (over.due, over.is_exhausted) == (local(27, 16), True)


def test_pauses_that_overlap_and_those_of_long_ago_count_once_and_not_at_all() -> None:
    pauses = [
        Window(None, local(27, 10)),
        Window(local(27, 15), local(27, 16)),
        Window(local(27, 15, 30), local(27, 16, 30)),
        Window(local(2, 9), local(3, 9)),
    ]
    use = ours(8 * HOUR, local(27, 15), local(30, 12), pauses)
    assert (use.consumed, use.due) == (5 * HOUR - 90 * MINUTE, local(30, 16, 30))


def test_more_than_the_budget_is_consumed_and_less_than_nothing_remains() -> None:
    use = ours(2 * HOUR, local(27, 9), local(27, 17), [])
    assert (use.consumed, use.remaining) == (8 * HOUR, -6 * HOUR)
    assert (use.due, use.is_exhausted) == (local(27, 11), True)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"budget": -HOUR}, ("budget",)),
        ({"budget": 8}, ("budget",)),
        ({"budget": True}, ("budget",)),
        ({"at": local(27, 14)}, ("at",)),
        ({"at": datetime(2026, 12, 1)}, ("at",)),
        ({"at": local(27, 15) + timedelta(days=3661)}, ("at",)),
        ({"start": datetime(2026, 1, 1)}, ("start",)),
        ({"pauses": [local(27, 16)]}, ("pauses", 0)),
        ({"pauses": {Window()}}, ("pauses",)),
    ],
)
def test_a_budget_of_what_is_none_is_refused(changes: dict[str, Any], path: Any) -> None:
    told = {"budget": HOUR, "start": local(27, 15), "at": local(27, 16), "pauses": [], **changes}
    with pytest.raises(InvalidInput) as caught:
        budget_use(DESK, told.pop("budget"), **told)
    assert caught.value.path == path


def test_a_pause_of_centuries_is_answered_at_once() -> None:
    ages = Window(local(30, 9), datetime(9000, 1, 1, tzinfo=UTC))
    use = ours(8 * HOUR, local(27, 15), local(27, 16), [ages])
    assert use.due is not None
    assert use.due.year == 9000
