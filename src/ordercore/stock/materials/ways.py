"""Whether there is any way at all: a basket with substitutes and bills as an integer program.

Preferences are of no account here. What is found has no unit short: of each part no more is
taken than is there and is made, where each unit made has one option of each component, and
lots are whole.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from ordercore.stock.materials.book import BillBook, Step
from ordercore.stock.materials.choosing import Choice
from ordercore.stock.materials.programs import Answer, Program

__all__ = ["Way", "is_contested", "most_served"]

_Row = dict[int, int]


class Way(NamedTuple):
    """How many units are served in all, no more than how many can be, and by which choice."""

    served: int
    at_most: int
    choice: Choice


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
    return Way(answer.best, answer.at_most, choice)


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
            self.program.add(row, self._stock.get(sku, 0) * self._grains[sku])
        return self.program.solve(dict.fromkeys(served, 1), known, most)

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
