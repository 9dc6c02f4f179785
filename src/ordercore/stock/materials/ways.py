"""Whether there is any way at all: a basket with substitutes and bills as an integer program.

Preferences are of no account here. What is found has no unit short: of each part no more is
taken than is there and is made, where each unit made has one option of each component, and
lots are whole.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from math import gcd
from typing import NamedTuple

from ordercore.stock.materials.book import BillBook, Step
from ordercore.stock.materials.choosing import Choice
from ordercore.stock.materials.programs import Answer, Program

__all__ = ["Way", "Worth", "is_contested", "most_served"]

_Row = dict[int, int]


class Worth:
    """What units are worth, so that nothing that is made is worth more than what goes into it.

    Whichever way things are made, then, what is served is worth no more than what was there. So
    it is told at once, without a search, that a basket is too much. What parts are worth comes
    from the program of another basket: the more worth, the sooner there is too little of it.

    Args:
        book: The bills.
        told: By sku, what a grain is worth; of others, no more is known.
    """

    __slots__ = ("_book", "_parcels", "_units")

    def __init__(self, book: BillBook, told: Mapping[str, int]) -> None:
        self._book = book
        self._units: dict[str, int] = {}
        self._parcels = _parcels(book)
        grains: dict[str, int] = {}
        for step in reversed(book.steps):  # what goes into a part comes before it
            sku = step.part.sku
            costs = [
                sum(min(o.grains * grains[o.sku] for o in options) for options in bill)
                for bill in step.bills
            ]
            if sku in told or not costs:
                costs.append(told.get(sku, 0) * step.grain)
            self._units[sku] = min(costs)
            grains[sku] = self._units[sku] // step.grain

    def is_too_much(self, wanted: Mapping[str, int], stock: Mapping[str, int]) -> bool:
        """Tell that units wanted cannot all be served of a stock; else nothing is known."""
        there = 0
        for step in self._book.below(wanted):
            sku = step.part.sku
            worth, grains = self._units[sku], stock.get(sku, 0) * step.grain
            if sku in self._parcels and sku not in wanted:
                grains -= grains % self._parcels[sku]
            there += worth * grains // step.grain
        return sum(self._units[sku] * units for sku, units in wanted.items()) > there


def _parcels(book: BillBook) -> Mapping[str, int]:
    """Tell of parts that are bought in how many grains at once anything takes them."""
    parcels: dict[str, int] = {}
    for step in book.steps:
        for option in (o for bill in step.bills for options in bill for o in options):
            parcels[option.sku] = gcd(parcels.get(option.sku, 0), option.grains)
    return {sku: grains for sku, grains in parcels.items() if not book.part(sku).bills}


class Way(NamedTuple):
    """How many units are served in all, no more than how many can be, and by which choice."""

    served: int
    at_most: int
    choice: Choice
    worth: Worth


def most_served(
    book: BillBook, wanted: Mapping[str, int], stock: Mapping[str, int], known: int
) -> Way:
    """Find a way of serving as many units in all as can be.

    Args:
        book: The bills.
        wanted: By sku, how many units are wanted at most.
        stock: What is there.
        known: How many can be served for sure; a way is looked for that serves more.
    """
    model = _Model(book.below(wanted), stock)
    served = [model.want(sku, units) for sku, units in sorted(wanted.items())]
    answer = model.solve(served, known, sum(wanted.values()))
    choice = {key: answer.values.get(v, 0) for key, v in model.chosen.items()}
    return Way(answer.best, answer.at_most, choice, Worth(book, model.worth(answer)))


def is_contested(steps: Iterable[Step], wanted: Container[str]) -> bool:
    """Tell whether the first preference may stand in the way of others.

    It does not where all choice is between parts that are bought and of use in one place.
    """
    uses: dict[str, int] = {}
    listed = list(steps)
    every = [options for step in listed for bill in step.bills for options in bill]
    for option in (option for options in every for option in options):
        uses[option.sku] = uses.get(option.sku, 0) + 1
    made = {step.part.sku for step in listed if step.bills}
    return any(len(step.bills) > 1 for step in listed) or any(
        option.sku in made or option.sku in wanted or uses[option.sku] > 1
        for options in every
        if len(options) > 1
        for option in options
    )


class _Model:
    """The program, and which of its variables stands for which choice."""

    def __init__(self, steps: Iterable[Step], stock: Mapping[str, int]) -> None:
        self.program = Program()
        self.chosen: dict[tuple[str, int, int, int], int] = {}
        self._taken: dict[str, _Row] = {}
        self._limits: dict[str, int] = {}
        self._stock = stock
        self._grains: dict[str, int] = {}
        for step in steps:
            self._grains[step.part.sku] = step.grain
            row = self._taken.setdefault(step.part.sku, {})
            if step.bills:
                row.update(self._made(step))

    def want(self, sku: str, units: int) -> int:
        """Let up to so many units of a part be served."""
        served = self.program.variable()
        self.program.add({served: 1}, units)
        self._taken[sku][served] = self._grains[sku]
        return served

    def solve(self, served: Iterable[int], known: int, most: int) -> Answer:
        """Take no more of any part than is there and is made, and serve as much as can be."""
        for sku, row in self._taken.items():
            limit = self._stock.get(sku, 0) * self._grains[sku]
            self._limits[sku] = self.program.add(row, limit)
        return self.program.solve(dict.fromkeys(served, 1), known, most)

    def worth(self, answer: Answer) -> Mapping[str, int]:
        """Tell what a grain of each part is worth."""
        return {sku: answer.worth.get(row, 0) for sku, row in self._limits.items()}

    def _made(self, step: Step) -> _Row:
        """Add the bills of a part; tell what their units add to what is there of it."""
        by_bill = [self._run(step, b) for b in range(len(step.bills))]
        lot = step.part.lot
        if lot.minimum == lot.multiple == 1:
            return dict.fromkeys(by_bill, -step.grain)
        lots = self.program.variable(least=-(-lot.minimum // lot.multiple))
        self.program.add({lots: lot.multiple, **dict.fromkeys(by_bill, -1)}, 0)
        return {lots: -lot.multiple * step.grain}

    def _run(self, step: Step, b: int) -> int:
        """Add the units that are made by one bill, and what they take."""
        sku = step.part.sku
        made = self.chosen[sku, b, -1, -1] = self.program.variable()
        for c, options in enumerate(step.bills[b]):
            units = [made]
            if len(options) > 1:
                units = [self.program.variable() for _ in options]
                self.program.add({made: 1, **dict.fromkeys(units, -1)}, 0)
                self.chosen |= {(sku, b, c, o): v for o, v in enumerate(units)}
            for option, v in zip(options, units, strict=True):
                self._taken.setdefault(option.sku, {})[v] = option.grains
        return made
