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
from ordercore.errors import InvalidInput
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

    __slots__ = (
        "_known",
        "_needs",
        "_own",
        "_turn",
        "book",
        "calendar",
        "chooser",
        "is_whole",
        "outcomes",
        "supply",
        "wanted",
    )

    def __init__(
        self,
        book: BillBook,
        supply: Mapping[str, Supply],
        chooser: Chooser,
        calendar: WorkingTime | None,
    ) -> None:
        self.book: BillBook = book
        self.supply: Mapping[str, Supply] = supply
        self.chooser: Chooser = chooser
        self.calendar: WorkingTime | None = calendar
        self.wanted: Mapping[tuple[str, Due], int] = {}
        """How many units of which part are wanted themselves, by when."""
        self.is_whole: bool = True
        """Whether the outcomes are those of all parts; else of what was looked at again."""
        self._needs: dict[str, dict[Peg, int]] = {}
        self._own: set[str] = set()  # whose needs no other pass knows
        self._known: dict[str, Outcome] = {}
        self._turn = -1  # which step is looked at
        self.outcomes: list[Outcome] = []
        """What became of the parts that were looked at, level by level."""

    def run(self, wanted: Iterable[Wanted]) -> Netting:
        """Net everything that is wanted, and all that goes into it."""
        several = tuple(wanted)
        self._want(several)
        return self._pass(line.sku for line in several)

    def besides(
        self, wanted: Iterable[Wanted], supply: Mapping[str, Supply] | None = None
    ) -> Netting:
        """Net more, and look again only at what that changes.

        It comes to the same as netting all from the beginning by the same chooser, which may go
        by what is free of the parts below: what else has less of them chooses again.

        Args:
            wanted: What is wanted more.
            supply: What there is, where that is known better by now.
        """
        known, several = self.supply if supply is None else supply, tuple(wanted)
        other = Netting(self.book, known, self.chooser, self.calendar)
        other.wanted, other.is_whole = self.wanted, False
        other._needs, other._known = dict(self._needs), dict(self._known)
        other._want(several)
        moved = (sku for sku in self._needs if known.get(sku) != self.supply.get(sku))
        return other._pass([*(line.sku for line in several), *moved])

    def anew(self, chooser: Chooser) -> Netting:
        """Net all that is wanted from the beginning, by another chooser."""
        wanted = [Wanted(sku, units, by) for (sku, by), units in self.wanted.items()]
        return Netting(self.book, self.supply, chooser, self.calendar).run(wanted)

    @property
    def is_short(self) -> bool:
        """Whether anything is short, of what was looked at."""
        return any(outcome.short for outcome in self.outcomes)

    def free(self, sku: str, by: Due) -> int:
        """Tell how many units of a part are there by then that nothing takes so far.

        What comes after the part that is looked at has taken nothing yet.
        """
        there = sum(units for at, units in self.supply.get(sku, ()) if _in_time(at, by))
        grains, index = 0, self.book.index
        for (parent, _), units in self._needs.get(sku, {}).items():
            if parent is None or index[parent] < self._turn:
                grains += units
        return max(0, there + grains // -self.book.step(sku).grain)

    def there(self) -> dict[str, int]:
        """Tell of each part what is there in time for some way of making what is wanted."""
        return {
            sku: sum(units for at, units in self.supply.get(sku, ()) if _in_time(at, last))
            for sku, last in self._latest().items()
        }

    def _latest(self) -> dict[str, Due]:
        """Tell of all that may be needed when it is needed at the latest."""
        latest: dict[str, Due] = {}

        def late(sku: str, due: Due) -> None:
            if latest.setdefault(sku, due) is not due:
                latest[sku] = max(latest[sku], due, key=_early)

        for sku, by in self.wanted:
            late(sku, by)
        for step in self.book.below(sku for sku, _ in self.wanted):
            start = self._begun(step, latest[step.part.sku])
            for option in (o for bill in step.bills for options in bill for o in options):
                late(option.sku, start)
        return latest

    def _begun(self, step: Step, due: Due) -> Due:
        """Tell when a part would be begun for an instant, or no earlier than that."""
        if due is None:
            return None
        try:
            return before(due, step.part, self.calendar)
        except InvalidInput:  # nobody knows
            return due

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

    def _want(self, lines: Iterable[Wanted]) -> None:
        """Let more be wanted itself."""
        self.wanted = wanted = dict(self.wanted)
        for line in lines:
            wanted[line.sku, line.by] = wanted.get((line.sku, line.by), 0) + line.units
            grains = line.units * self.book.step(line.sku).grain
            self._need(line.sku, (None, line.by), grains)

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
        """Look at parts of which more is needed or there, and at what that changes in turn."""
        pending = self._concerned(skus)
        while pending:
            first = pending & -pending
            self._turn = first.bit_length() - 1
            step = self.book.steps[self._turn]
            pending ^= first
            if step.part.sku in self._needs:
                pending |= self._concerned(self._look(step)) >> self._turn + 1 << self._turn + 1
        return self

    def _concerned(self, skus: Iterable[str]) -> int:
        """Tell what is to be looked at where the need of some parts changes: bits of steps."""
        bits = 0
        for sku in skus:
            bits |= self.book.concerned(sku)
        return bits

    def _look(self, step: Step) -> list[str]:
        """Net a part; tell of which parts it needs more or less than before."""
        before = self._forgotten(step.part.sku)
        outcome = self._known[step.part.sku] = self._net(step, self._needs[step.part.sku])
        self.outcomes.append(outcome)
        now = {sku: (grains, outcome.start_by) for sku, grains in taken_by(outcome.split)}
        return [sku for sku in {**before, **now} if before.get(sku) != now.get(sku)]

    def _forgotten(self, sku: str) -> dict[str, tuple[int, Due]]:
        """Take back what a part was to need, before it is looked at again."""
        known = self._known.get(sku)
        if known is None:
            return {}
        before = {each: (grains, known.start_by) for each, grains in taken_by(known.split)}
        for each in before:
            del self._needs_of(each)[sku, known.start_by]
        return before

    def _net(self, step: Step, needs: Needs) -> Outcome:
        dues = _by_due(needs, step.grain)
        takes, left = _covered(dues, self.supply.get(step.part.sku, ()))
        units, needed = sum(left.values()), sum(dues.values())
        pegs = [(grains, parent) for (parent, _), grains in needs.items()]
        first = next(iter(left), None)
        start = first
        if first is not None:
            start = before(first, step.part, self.calendar)
        if not step.bills:
            return Outcome(step, needed, takes, 0, units, pegs, [], first, start)
        made = step.part.lot.rounded(units)
        split = self.chooser.split(step, made, start, self) if made else []
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
