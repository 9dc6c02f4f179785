"""One pass down the levels: of each part the whole need at once, less what is there.

Each part is looked at once, when all that it goes into has been looked at: its needs are
summed exactly, rounded up to whole units once, covered by stock and receipts, the earliest
first, and what is left is made in one lot, or is short. All numbers are integers: a part is
counted in grains, of which its uses take whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple, Protocol

from ordercore.calendars import WorkingTime
from ordercore.stock.materials.book import BillBook, Option, Step
from ordercore.stock.materials.demands import Receipt, Wanted
from ordercore.stock.materials.lead_times import before

__all__ = ["Chooser", "Due", "Netting", "Outcome", "Split", "exactly", "supply_of", "whole"]

Due = datetime | None
"""When something is needed; None: at once, where nobody asks when."""

Supply = list[tuple[Due, int]]
"""Units and when they come, the earliest first; None: they are there."""

Split = list[tuple[int, int, list[list[tuple[Option, int]]]]]
"""By bill: its position, the units made by it, and by component which option serves how many."""

Peg = tuple[str | None, Due]
"""What needs a part, and by when; None: it is wanted itself."""

Needs = Mapping[Peg, int]
"""How many grains of a part what needs."""


class Outcome(NamedTuple):
    """What became of one part."""

    step: Step
    needed: int
    takes: Mapping[Due, int]
    """By when they are needed: units that are there."""
    made: int
    short: int
    needs: list[tuple[int, str | None]]
    """In grains, and for what."""
    split: Split
    needed_by: Due
    start_by: Due

    @property
    def taken(self) -> int:
        """Units that are there."""
        return sum(self.takes.values())


class Chooser(Protocol):
    """How units that are made are split over bills and options."""

    def split(self, step: Step, units: int, start: Due, netting: Netting) -> Split:
        """Split the units of a part that are to be made; all of them, and none twice."""
        ...


def whole(step: Step, b: int, units: int) -> Split:
    """Make all units by one bill, of its components themselves."""
    return [(b, units, [[(options[0], units)] for options in step.bills[b]])]


class _First:
    """The chooser that knows only the first bill, and components without substitutes."""

    def split(self, step: Step, units: int, start: Due, netting: Netting) -> Split:  # noqa: ARG002
        return whole(step, 0, units)


class Netting:
    """A pass: what is needed so far, and what became of the parts done."""

    __slots__ = ("_calendar", "_chooser", "_known", "_needs", "_own", "book", "outcomes", "supply")

    def __init__(
        self,
        book: BillBook,
        supply: Mapping[str, Supply],
        chooser: Chooser,
        calendar: WorkingTime | None,
    ) -> None:
        self.book: BillBook = book
        self.supply: Mapping[str, Supply] = supply
        self._chooser: Chooser = chooser
        self._calendar: WorkingTime | None = calendar
        self._needs: dict[str, dict[Peg, int]] = {}
        self._own: set[str] = set()  # whose needs no other pass knows
        self._known: dict[str, Outcome] = {}
        self.outcomes: list[Outcome] = []
        """What became of the parts that were looked at, level by level."""

    def run(self, wanted: Iterable[Wanted]) -> Netting:
        """Net everything that is wanted, and all that goes into it."""
        several = tuple(wanted)
        for line in several:
            grains = line.units * self.book.step(line.sku).grain
            self._need(line.sku, (None, line.by), grains)
        return self._pass(line.sku for line in several)

    def besides(
        self, wanted: Iterable[Wanted], supply: Mapping[str, Supply] | None = None
    ) -> Netting:
        """Net more, and look again only at what goes into it.

        It comes to the same as netting all from the beginning where nothing below can be made
        in more than one way.

        Args:
            wanted: What is wanted more.
            supply: What there is, where that is known better by now.
        """
        known = self.supply if supply is None else supply
        other = Netting(self.book, known, self._chooser, self._calendar)
        other._needs, other._known = dict(self._needs), dict(self._known)
        return other.run(wanted)

    @property
    def is_short(self) -> bool:
        """Whether anything is short."""
        return any(outcome.short for outcome in self.outcomes)

    def free(self, sku: str, by: Due) -> int:
        """Tell how many units of a part are there by then that nothing takes so far."""
        there = sum(units for at, units in self.supply.get(sku, ()) if _in_time(at, by))
        grains = sum(self._needs.get(sku, {}).values())
        return max(0, there + grains // -self.book.step(sku).grain)

    def rest(self, skus: Iterable[str], by: Due) -> dict[str, Supply]:
        """Tell what is free by then of parts and of all that may go into them."""
        return {
            step.part.sku: [(None, self.free(step.part.sku, by))] for step in self.book.below(skus)
        }

    def trial(self, supply: Mapping[str, Supply], needs: Mapping[str, int]) -> Netting:
        """Net grains of parts against a supply, without instants, each made its first way."""
        netting = Netting(self.book, supply, _First(), None)
        netting._needs = {sku: {(None, None): grains} for sku, grains in needs.items()}
        return netting._pass(needs)

    def _need(self, sku: str, peg: Peg, grains: int) -> None:
        """Let something need more of a part."""
        needs = self._needs_of(sku)
        needs[peg] = needs.get(peg, 0) + grains

    def _needs_of(self, sku: str) -> dict[Peg, int]:
        """Find the needs of a part, to change them; what other passes know of it stays."""
        if sku not in self._own:
            self._own.add(sku)
            self._needs[sku] = dict(self._needs.get(sku, {}))
        return self._needs[sku]

    def _pass(self, skus: Iterable[str]) -> Netting:
        for step in self.book.below(skus):
            sku = step.part.sku
            if sku in self._needs:
                before = self._known.get(sku)
                if before is not None:
                    self._forget(before)
                self._known[sku] = self._net(step, self._needs[sku])
                self.outcomes.append(self._known[sku])
        return self

    def _forget(self, before: Outcome) -> None:
        """Take back what a part was to need, before it is looked at again."""
        for sku, _ in taken_by(before.split):
            del self._needs_of(sku)[before.step.part.sku, before.start_by]

    def _net(self, step: Step, needs: Needs) -> Outcome:
        dues = _by_due(needs, step.grain)
        takes, left = _covered(dues, self.supply.get(step.part.sku, ()))
        units, needed = sum(left.values()), sum(dues.values())
        pegs = [(grains, parent) for (parent, _), grains in needs.items()]
        first = next(iter(left), None)
        start = first
        if first is not None:
            start = before(first, step.part, self._calendar)
        if not step.bills:
            return Outcome(step, needed, takes, 0, units, pegs, [], first, start)
        made = step.part.lot.rounded(units)
        split = self._chooser.split(step, made, start, self) if made else []
        for sku, grains in taken_by(split):
            self._need(sku, (step.part.sku, start), grains)
        return Outcome(step, needed, takes, made, 0, pegs, split, first, start)


def taken_by(split: Split) -> Iterator[tuple[str, int]]:
    """Tell what a split takes of which parts, in grains."""
    taken: dict[str, int] = {}
    for _, _, components in split:
        for option, units in (pair for component in components for pair in component):
            if units:
                taken[option.sku] = taken.get(option.sku, 0) + units * option.grains
    return iter(taken.items())


def _in_time(at: Due, by: Due) -> bool:
    """Whether what comes at one instant is there by another."""
    return at is None or (by is not None and at <= by)


def _by_due(needs: Needs, grain: int) -> dict[Due, int]:
    """Sum needs by when they are due, the earliest first, in whole units rounded up together."""
    sums: dict[Due, int] = {}
    for (_, due), grains in needs.items():
        sums[due] = sums.get(due, 0) + grains
    dues: dict[Due, int] = {}
    so_far = units_so_far = 0
    for due in sorted(sums, key=_early):
        so_far += sums[due]
        units = -(-so_far // grain)
        if units > units_so_far:
            dues[due] = units - units_so_far
        units_so_far = units
    return dues


def _early(due: Due) -> tuple[bool, timedelta]:
    return (False, timedelta()) if due is None else (True, due - _ZERO)


_ZERO = datetime.fromisoformat("0001-01-02T00:00:00+00:00")


def _covered(
    dues: Mapping[Due, int], supply: Sequence[tuple[Due, int]]
) -> tuple[dict[Due, int], dict[Due, int]]:
    """Cover needs by what is there in time, the earliest first; tell what is taken and left."""
    taken = there = position = 0
    takes: dict[Due, int] = {}
    left: dict[Due, int] = {}
    for due, units in dues.items():
        while position < len(supply) and _in_time(supply[position][0], due):
            there += supply[position][1]
            position += 1
        now = min(there - taken, units)
        taken += now
        if now:
            takes[due] = now
        if now < units:
            left[due] = units - now
    return takes, left


def supply_of(stock: Mapping[str, int], receipts: Iterable[Receipt] = ()) -> dict[str, Supply]:
    """Put stock and receipts together, by part, the earliest first."""
    supply: dict[str, Supply] = {sku: [(None, units)] for sku, units in stock.items()}
    for receipt in sorted(receipts, key=lambda receipt: receipt.at):
        supply.setdefault(receipt.sku, []).append((receipt.at, receipt.units))
    return supply


def exactly(step: Step, grains: int) -> Fraction:
    """Turn grains into units."""
    return Fraction(grains, step.grain)
