"""Integer programs in exact fractions: the simplex method, and branch and bound upon it.

A program has variables of at least 0, rows ``sum of coefficient × variable <= limit`` with
limits of at least 0, so that all zeros is allowed, and a sum to be made as large as can be.
Pivots follow Bland's rule, which never goes round in circles. The search counts its work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import Final, NamedTuple

__all__ = ["MAX_WORK", "Answer", "Program"]

MAX_WORK: Final = 1_000_000
"""How many terms of rows a search may look at before it gives up on a proof."""

_ONE = -1
"""Where the constant of a row stands."""

_SLACK = 1 << 40
"""Where the slacks of bounds begin: above all other variables."""


class Answer(NamedTuple):
    """What a search found: the best sum, no more than what it can be, and where.

    Attributes:
        worth: By row, what one more of its limit would add to the sum if variables need not
            be whole; all in proportion.
    """

    best: int
    at_most: int
    values: dict[int, int]
    worth: Mapping[int, int]


class Program:
    """An integer program, made row by row.

    >>> program = Program()
    >>> x, y = program.variable(), program.variable()
    >>> program.add({x: 2, y: 3}, 12), program.add({x: 1}, 4)
    (0, 1)
    >>> program.solve({x: 1, y: 1}, known=0, most=9).best
    5
    """

    __slots__ = ("_common", "_count", "_least", "_rows")

    def __init__(self) -> None:
        self._rows: list[tuple[Mapping[int, int], int]] = []
        self._common: list[int] = []
        self._count = 0
        self._least: dict[int, int] = {}

    def variable(self, least: int = 0) -> int:
        """Add a variable: a whole number that is 0, or at least ``least``."""
        self._count += 1
        if least > 1:
            self._least[self._count - 1] = least
        return self._count - 1

    def add(self, row: Mapping[int, int], limit: int) -> int:
        """Add a row: its sum is at most the limit, which is not negative; tell its number.

        Whole numbers of fours are at most 12 where they are at most 14: so much is cut off.
        """
        common = gcd(*row.values()) or 1
        self._rows.append(({v: c // common for v, c in row.items()}, limit // common))
        self._common.append(common)
        return len(self._rows) - 1

    def solve(self, objective: Mapping[int, int], known: int, most: int) -> Answer:
        """Find whole numbers with the largest sum.

        Args:
            objective: The sum.
            known: A sum that is known to be possible; only larger ones are looked for.
            most: A sum above which nothing is possible.
        """
        return _Search(self, known).run(self._tableau(objective), most)

    def _tableau(self, objective: Mapping[int, int]) -> _Tableau:
        rows = {}
        for i, (row, limit) in enumerate(self._rows):
            rows[self._count + i] = _Row({_ONE: limit, **{v: -c for v, c in row.items()}}, 1)
        return _Tableau(rows, _Row(dict(objective), 1))

    def worth(self, root: _Tableau) -> Mapping[int, int]:
        """Tell what the limits of rows are worth in a tableau in which the sum cannot rise."""
        terms, scale = root.objective.terms, lcm(*self._common)
        return {
            row: -terms.get(self._count + row, 0) * (scale // common)
            for row, common in enumerate(self._common)
        }

    def branches(self, values: Mapping[int, Fraction]) -> Iterator[tuple[int, int, bool]]:
        """Tell how the first variable that has no value allowed may be bounded; none: all have.

        Yields:
            The variable, the bound, and whether it is an upper one.
        """
        for v in range(self._count):
            value = values.get(v, Fraction())
            least = self._least.get(v, 0)
            if 0 < value < least:
                yield v, 0, True
                yield v, least, False
                return
            if value.denominator > 1:
                yield v, floor(value), True
                yield v, ceil(value), False
                return


class _Row(NamedTuple):
    """A variable of the basis: a constant and a sum of those outside of it, over a number."""

    terms: dict[int, int]
    over: int

    def put_in(self, v: int, told: _Row) -> _Row:
        """Write a variable of the row as what it is told to be."""
        factor = self.terms[v]
        terms = {each: c * told.over for each, c in self.terms.items() if each != v}
        for each, c in told.terms.items():
            total = terms.get(each, 0) + factor * c
            if total:
                terms[each] = total
            else:
                terms.pop(each, None)
        over = self.over * told.over
        common = gcd(over, *terms.values())
        if common > 1:
            return _Row({each: c // common for each, c in terms.items()}, over // common)
        return _Row(terms, over)

    @property
    def value(self) -> Fraction:
        """The constant: the value of the variable, or of the objective, in this basis."""
        return Fraction(self.terms.get(_ONE, 0), self.over)


class _Tableau:
    """The rows of a basis, and the objective, which is a row too."""

    __slots__ = ("objective", "rows", "work")

    def __init__(self, rows: dict[int, _Row], objective: _Row, work: int = 0) -> None:
        self.rows: dict[int, _Row] = rows
        self.objective: _Row = objective
        self.work: int = work

    @property
    def sum(self) -> int:
        """The objective, rounded down: no whole numbers below this node have more."""
        return floor(self.objective.value)

    def bounded(self, v: int, bound: int, slack: int, *, upper: bool) -> _Tableau:
        """Add ``v <= bound`` or ``v >= bound`` as a row; the tableau itself stays."""
        told = self.rows.get(v, _Row({v: 1}, 1))
        sign = -1 if upper else 1
        terms = {each: sign * c for each, c in told.terms.items()}
        terms[_ONE] = terms.get(_ONE, 0) - sign * bound * told.over
        return _Tableau(
            {**self.rows, slack: _Row(terms, told.over)}, self.objective, len(self.rows)
        )

    def maximise(self) -> bool:
        """Pivot until the objective can rise no more; all constants are 0 or more.

        False: it took too much work.
        """
        while self.work < MAX_WORK:
            rising = [v for v, c in self.objective.terms.items() if v != _ONE and c > 0]
            if not rising:
                return True
            entering = min(rising)
            _, leaving = min(
                (Fraction(row.terms.get(_ONE, 0), -row.terms[entering]), v)
                for v, row in self.rows.items()
                if row.terms.get(entering, 0) < 0
            )
            self._pivot(entering, leaving)
        return False

    def restore(self) -> bool:
        """Pivot until no constant is negative; False: that cannot be."""
        while True:
            negative = [v for v, row in self.rows.items() if row.terms.get(_ONE, 0) < 0]
            if not negative:
                return True
            leaving = min(negative)
            costs = self.objective.terms
            ratios = [
                (Fraction(-costs.get(v, 0), c), v)
                for v, c in self.rows[leaving].terms.items()
                if v != _ONE and c > 0
            ]
            if not ratios:
                return False
            self._pivot(min(ratios)[1], leaving)

    def _pivot(self, entering: int, leaving: int) -> None:
        """Put one variable into the basis, in the place of another."""
        row = self.rows.pop(leaving)
        own = row.terms[entering]
        sign = 1 if own > 0 else -1
        terms = {v: -sign * c for v, c in row.terms.items() if v != entering}
        terms[leaving] = sign * row.over
        told = _Row(terms, abs(own))
        self.work += len(self.rows)
        for v, other in self.rows.items():
            if entering in other.terms:
                self.rows[v] = other.put_in(entering, told)
                self.work += len(other.terms) + len(terms)
        self.rows[entering] = told
        if entering in self.objective.terms:
            self.objective = self.objective.put_in(entering, told)


class _Search:
    """Branch and bound, depth first."""

    __slots__ = ("best", "program", "values", "work")

    def __init__(self, program: Program, known: int) -> None:
        self.program, self.best = program, known
        self.values: dict[int, int] = {}
        self.work = 0

    def run(self, root: _Tableau, most: int) -> Answer:
        """Search until nothing is open, or the work is too much."""
        if not root.maximise():
            return Answer(self.best, most, {}, {})
        self.work += root.work
        worth = self.program.worth(root)
        open_nodes = [root]
        slack = _SLACK
        while open_nodes and self.work < MAX_WORK:
            node = open_nodes.pop()
            if node.sum <= self.best:
                continue
            values = {v: row.value for v, row in node.rows.items() if v < _SLACK}
            branches = list(self.program.branches(values))
            if not branches:
                self.best = node.sum
                self.values = {v: int(value) for v, value in values.items()}
            for v, bound, upper in branches:
                slack += 1
                child = node.bounded(v, bound, slack, upper=upper)
                if child.restore():
                    open_nodes.append(child)
                self.work += child.work
        at_most = max([self.best, *(node.sum for node in open_nodes)])
        return Answer(self.best, at_most, self.values, worth)
