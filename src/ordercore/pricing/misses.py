"""What stands in the way of a promotion: single conditions, and how they belong together.

Of ``a & b`` all that does not hold is needed; of ``a | b`` any one part is enough; of ``~a``
that which holds must not. The tree of misses keeps that, so that nobody takes a way out for
one more hurdle.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from attrs import frozen

from ordercore.calendars import Schedule, Window
from ordercore.money import Currency, Money
from ordercore.promotions.conditions import (
    AllOf,
    AnyOf,
    DistinctProducts,
    NotCondition,
    OrderNumber,
    Threshold,
    Verdict,
)

__all__ = ["Miss", "Needed"]

_AHEAD: Final = (8, 366)
"""How many days ahead the next opening is looked for: most are near."""


class Needed(StrEnum):
    """How much of what a miss is made of is needed."""

    ALL = "all"
    """Every part."""
    ANY = "any"
    """One part is enough."""


@frozen
class Miss:
    """What does not hold: a single condition, or several and how many of them are needed.

    Attributes:
        condition: The condition, schedule or trigger.
        required: What it asks: Money, a count, or names.
        actual: What is there.
        gap: By how much what the condition counts falls short, where that can be told: of
            several alternatives the least. None: buying more does not help, or nobody can
            tell how much is missing. What must be bought for it, `opportunities` says.
        negated: It holds and must not.
        needed: Whether all ``parts`` are needed or any; None for a single condition, and
            where only the condition itself knows.
        parts: What it is made of, if it is not single.
    """

    condition: object
    required: object = None
    actual: object = None
    gap: Money | int | None = None
    negated: bool = False
    needed: Needed | None = None
    parts: tuple[Miss, ...] = ()

    @classmethod
    def of(cls, verdict: Verdict, currency: Currency) -> Miss:
        """Read a verdict that does not hold."""
        condition = verdict.condition
        if isinstance(condition, NotCondition):
            return _held(verdict.parts[0], currency)
        failed = [cls.of(part, currency) for part in verdict.parts if not part.holds]
        if isinstance(condition, AnyOf):
            return _joined(condition, Needed.ANY, failed)
        if isinstance(condition, AllOf):
            return _joined(condition, Needed.ALL, failed)
        return _single(verdict, currency, tuple(failed))

    @property
    def singles(self) -> tuple[Miss, ...]:
        """Every single condition in it, in order."""
        return tuple(self._singles())

    def _singles(self) -> Iterator[Miss]:
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part._singles()  # noqa: SLF001 - its own

    @property
    def within_reach(self) -> bool:
        """Whether buying more changes it, and each step of that can be counted."""
        if self.needed is None:
            return self.gap is not None
        reached = [part.within_reach for part in self.parts]
        return all(reached) if self.needed is Needed.ALL else any(reached)

    @property
    def distance(self) -> Fraction:
        """How far off it is: the part of what is asked that is missing, 0 to 1.

        Alternatives count by the nearest one, and 1 is for what cannot be counted.
        """
        if self.needed is None:
            return _part_missing(self.gap, self.required)
        distances = [part.distance for part in self.parts]
        return max(distances) if self.needed is Needed.ALL else min(distances)

    @property
    def opens(self) -> datetime | None:
        """Of a schedule: when it opens next, if that is within a year or its window's start."""
        if isinstance(self.condition, Schedule) and isinstance(self.actual, datetime):
            return _next_opening(self.condition, self.actual)
        return None


def _part_missing(gap: Money | int | None, required: object) -> Fraction:
    if isinstance(gap, Money) and isinstance(required, Money):
        gap, required = gap.minor, required.minor
    if type(gap) is not int or type(required) is not int or not required:
        return Fraction(1)
    return Fraction(gap, required)


def _single(verdict: Verdict, currency: Currency, parts: tuple[Miss, ...] = ()) -> Miss:
    """Read the verdict of a single condition, in its own measure."""
    condition, required, actual = verdict.condition, verdict.required, verdict.actual
    if _measure(verdict) == "amount":
        required, actual = Money(required, currency), Money(actual, currency)
    return Miss(condition, required, actual, _gap(verdict, currency), parts=parts)


def _gap(verdict: Verdict, currency: Currency) -> Money | int | None:
    """Tell by how much it falls short; None of what buying does not change."""
    gap, measure = verdict.gap, _measure(verdict)
    if gap is None or gap <= 0 or measure == "fact" or isinstance(verdict.condition, OrderNumber):
        return None
    return Money(gap, currency) if measure == "amount" else gap


def _measure(verdict: Verdict) -> str:
    """Tell in what a verdict measures: ``amount``, ``count`` or ``fact``."""
    measured = type(verdict.required) is int and type(verdict.actual) is int
    return getattr(verdict.condition, "measure", "fact") if measured else "fact"


def _held(verdict: Verdict, currency: Currency) -> Miss:
    """Read a verdict that holds and must not: of all parts one may fail, of any none may hold."""
    condition = verdict.condition
    if isinstance(condition, NotCondition):
        return Miss.of(verdict.parts[0], currency)
    held = [_held(part, currency) for part in verdict.parts if part.holds]
    if isinstance(condition, AllOf):
        return _joined(condition, Needed.ANY, held)
    if isinstance(condition, AnyOf):
        return _joined(condition, Needed.ALL, held)
    single = _single(verdict, currency)
    return Miss(condition, single.required, single.actual, negated=True)


def _joined(condition: object, needed: Needed, parts: list[Miss]) -> Miss:
    """Put misses together; a single one stands for itself."""
    if len(parts) == 1:
        return parts[0]
    gap = _common(parts) if needed is Needed.ALL else _cheapest(parts)
    return Miss(condition, gap=gap, needed=needed, parts=tuple(parts))


def _cheapest(parts: list[Miss]) -> Money | int | None:
    """Find the least gap of several ways; None if some way cannot be compared."""
    ways = [part for part in parts if part.within_reach]
    units = {_unit(each) for way in ways for each in way.singles if each.gap is not None}
    gaps = [way.gap for way in ways if way.gap is not None]
    if not gaps or len(gaps) < len(ways) or len(units) > 1:
        return None
    return min(gaps, key=_number)


def _common(parts: list[Miss]) -> Money | int | None:
    """Find the gap that closes all: the largest, where all count the same units."""
    counted = {_counted(part) for part in parts}
    gaps = [part.gap for part in parts if part.gap is not None]
    if None in counted or len(counted) > 1 or len(gaps) < len(parts):
        return None
    return max(gaps, key=_number)


def _counted(miss: Miss) -> object:
    """Tell what a threshold counts; None of anything else."""
    condition = miss.condition
    if not isinstance(condition, Threshold):
        return None
    return _unit(miss), condition.target, condition.basis


def _unit(miss: Miss) -> str:
    """Tell in what a gap is counted."""
    if isinstance(miss.gap, Money):
        return "amount"
    return "products" if isinstance(miss.condition, DistinctProducts) else "units"


def _number(gap: Money | int) -> int:
    return gap.minor if isinstance(gap, Money) else gap


def _next_opening(schedule: Schedule, at: datetime) -> datetime | None:
    """Find the first instant after ``at`` at which a schedule is open."""
    start, end = schedule.window.start, schedule.window.end
    first = at if start is None or start <= at else start
    if end is not None and first >= end:
        return None
    if schedule.recurrence is None:
        return first if first > at else None
    for days in _AHEAD:
        for span in _spans(schedule, first, days):
            opening = max(span.start or first, first)
            if opening > at and (end is None or opening < end):
                return opening
    return None


def _spans(schedule: Schedule, first: datetime, days: int) -> tuple[Window, ...]:
    """List the spans of a recurrence from an instant on, for so many days."""
    if schedule.recurrence is None:
        return ()
    try:
        return schedule.recurrence.between(Window(first, first + timedelta(days=days)))
    except OverflowError:  # the calendar ends
        return ()
