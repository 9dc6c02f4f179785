"""How units are split over substitutes and bills: in order of preference, or as found.

In order of preference each option serves as many units as can be had of it: from what is
free of it, and, if it is made, from what is free of what it is made of. What no option can
serve falls to the first; or, if it may be bought, to the first that can be there in time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from attrs import frozen

from ordercore.calendars import WorkingTime, instant_us
from ordercore.errors import InvalidInput
from ordercore.stock.materials.book import BillBook, Option, Step
from ordercore.stock.materials.lead_times import after
from ordercore.stock.materials.netting import Due, Netting, Split, Supply, whole

__all__ = ["AsFound", "Choice", "Preferred", "Soonest", "most"]

Ways = Sequence[Sequence[Option]]
"""A bill, or a part of one: by component, the options."""

Choice = Mapping[tuple[str, int, int, int], int]
"""(sku, bill, component, option) → how many units it serves; component and option -1: the bill."""


_NEVER = 1 << 62
"""An instant after all others, in microseconds."""


class Soonest:
    """When parts could be there that are bought, or made of what is bought, the quickest way.

    What is in stock plays no part; so they are there by then for sure.

    Args:
        book: The bills.
        at: Now: nothing is ordered or begun earlier.
        calendar: In which working time passes.
    """

    __slots__ = ("_at", "_book", "_calendar", "_known")

    def __init__(self, book: BillBook, at: datetime, calendar: WorkingTime | None) -> None:
        self._book, self._at, self._calendar = book, at, calendar
        self._known: dict[str, datetime | None] = {}

    def first(self, ways: Sequence[Ways], start: Due) -> int:
        """Tell which of several ways is there by an instant; if none is, which is there first."""
        if start is None:
            return 0
        there = [max(_instant(self._by(way)), instant_us(start)) for way in ways]
        return there.index(min(there))

    def _by(self, way: Ways) -> datetime | None:
        """Tell when all components of a bill could be there; None: never."""
        there = self._at
        for options in way:
            by = min((self._of(option.sku) for option in options), key=_instant)
            if by is None:
                return None
            there = max(there, by)
        return there

    def _of(self, sku: str) -> datetime | None:
        if sku not in self._known:
            for step in reversed(self._book.below([sku])):
                if step.part.sku not in self._known:
                    self._known[step.part.sku] = self._found(step)
        return self._known[sku]

    def _found(self, step: Step) -> datetime | None:
        begun = min(map(self._by, step.bills), key=_instant) if step.bills else self._at
        try:
            return None if begun is None else after(begun, step.part, self._calendar)
        except InvalidInput:  # there is no such instant, or nobody knows when work is done
            return None


def _instant(at: datetime | None) -> int:
    return _NEVER if at is None else instant_us(at)


def _in_turn(units: int, most: Sequence[int], rest: int = 0) -> list[int]:
    """Serve units by several, each up to its most, in turn; the rest by the one that is told."""
    shares = []
    left = units
    for each in most:
        shares.append(min(left, each))
        left -= shares[-1]
    shares[rest] += left
    return shares


@frozen
class Preferred:
    """The chooser by preference.

    Args:
        soonest: What cannot be served is bought the way that is there in time, by this; None:
            the first way.
    """

    soonest: Soonest | None = None

    def split(self, step: Step, units: int, start: Due, netting: Netting) -> Split:
        """Split units over the bills, then those of each bill over the options."""
        if not step.has_choice:
            return whole(step, 0, units)
        if len(step.bills) == 1:
            shares = [units]
        else:
            had = _had_by_bill(step, units, start, netting)
            shares = _in_turn(units, had, self._first(step.bills, start))
        split: Split = []
        committed: dict[str, int] = {}
        for b, share in enumerate(shares):
            if share:
                components = [
                    self._served(options, share, start, netting, committed)
                    for options in step.bills[b]
                ]
                split.append((b, share, components))
        return split

    def _served(
        self,
        options: Sequence[Option],
        units: int,
        start: Due,
        netting: Netting,
        committed: dict[str, int],
    ) -> list[tuple[Option, int]]:
        """Split units over the options of a component; ``committed`` grains are taken already."""
        if len(options) == 1:
            shares = [units]
        else:
            had = [_had(option, units, start, netting, committed) for option in options]
            shares = _in_turn(units, had, self._first([[[each]] for each in options], start))
        for option, share in zip(options, shares, strict=True):
            committed[option.sku] = committed.get(option.sku, 0) + share * option.grains
        return list(zip(options, shares, strict=True))

    def _first(self, ways: Sequence[Ways], start: Due) -> int:
        """Tell which of several ways serves what none can."""
        return 0 if self.soonest is None else self.soonest.first(ways, start)


def _had(
    option: Option, units: int, start: Due, netting: Netting, committed: Mapping[str, int]
) -> int:
    """Tell how many units an option can serve, of what is free so far."""
    step = netting.book.step(option.sku)
    if not step.bills:
        grains = netting.free(option.sku, start) * step.grain - committed.get(option.sku, 0)
        return min(units, max(0, grains // option.grains))
    supply = netting.rest([option.sku, *committed], start)
    return most(partial(_trial, netting, supply, committed, [[option]]), units)


def _had_by_bill(step: Step, units: int, start: Due, netting: Netting) -> list[int]:
    """Tell how many units each bill can serve, once the bills before it have served theirs."""
    supply = netting.rest([options[0].sku for bill in step.bills for options in bill], start)
    had: list[int] = []
    committed: dict[str, int] = {}
    for bill in step.bills:
        trial = partial(_trial, netting, supply, committed, bill)
        had.append(most(trial, units - sum(had)))
        committed = _added(committed, bill, had[-1])
    return had


def _trial(
    netting: Netting,
    supply: Mapping[str, Supply],
    committed: Mapping[str, int],
    bill: Sequence[Sequence[Option]],
    units: int,
) -> Netting:
    return netting.trial(supply, _added(committed, bill, units))


def _added(
    committed: Mapping[str, int], bill: Sequence[Sequence[Option]], units: int
) -> dict[str, int]:
    """Add what so many units take by a bill, of its components themselves."""
    sums = dict(committed)
    for options in bill:
        sums[options[0].sku] = sums.get(options[0].sku, 0) + units * options[0].grains
    return sums


@frozen
class AsFound:
    """The chooser that follows a choice found for the whole basket."""

    choice: Choice

    def split(self, step: Step, units: int, start: Due, netting: Netting) -> Split:  # noqa: ARG002
        """Split units as the choice says; it has room for them."""
        sku = step.part.sku
        bills = [self.choice.get((sku, b, -1, -1), 0) for b in range(len(step.bills))]
        split: Split = []
        for b, share in enumerate(_in_turn(units, bills)):
            if not share:
                continue
            components = []
            for c, options in enumerate(step.bills[b]):
                shares = [share]
                if len(options) > 1:
                    rooms = [self.choice.get((sku, b, c, o), 0) for o in range(len(options))]
                    shares = _in_turn(share, rooms)
                components.append(list(zip(options, shares, strict=False)))
            split.append((b, share, components))
        return split


def most(trial: Callable[[int], Netting], limit: int) -> int:
    """Find the largest number up to a limit that can be had, where fewer always can.

    In turn it is looked for where what is short would just do, were needs in proportion
    between the two numbers that enclose it; and halfway, or at twice the lower one.
    """
    if limit <= 0:
        return 0
    low, below, high, above = 0, None, limit, trial(limit)
    if not above.is_short:
        return limit
    in_proportion = True
    while high - low > 1:
        guess = min(2 * low + 1, (low + high) // 2)
        if in_proportion:
            guess = low + min(_shares(below, above, high - low))
        guess = min(max(guess, low + 1), high - 1)
        found, in_proportion = trial(guess), not in_proportion
        if found.is_short:
            high, above = guess, found
        else:
            low, below = guess, found
    return low


def _shares(below: Netting | None, above: Netting, units: int) -> Iterator[int]:
    """Tell of each part that is short how many of so many units more there is enough for.

    Args:
        below: The pass in which all is there; None: nothing was needed.
        above: The pass in which something is short.
        units: How many units more are made in that one.
    """
    had = {} if below is None else {each.step.part.sku: each for each in below.outcomes}
    for outcome in above.outcomes:
        if outcome.short:
            before = had.get(outcome.step.part.sku)
            needed = 0 if before is None else before.needed
            yield units * (outcome.taken - needed) // max(1, outcome.needed - needed)
