"""How many units must be missing, whoever gets the others, and which lines may miss them.

Units run from lines through things to the end: what runs at most is the most that all lines
together can get (Ford and Fulkerson). One starts with what the orders hold. As long as a unit
finds a way from a line that is short to the end, and may push others aside on it, one more
could be served. If none does, what was reached on the way tells why: in every plan that
serves as many, the things that were reached, and are full, are given away to the last unit,
and only lines that were reached are short.

That an order may come from so many sites at most is left out here: it can only make more
units missing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from ordercore.sourcing.batch.desk import Desk
from ordercore.sourcing.shared import NOTHING, Claim

__all__ = ["Shortage", "shortage"]

_Node = tuple[int, int]
"""An order and its line; or `_INTO` or `_OUT_OF` and a shared thing; or the end."""

_INTO, _OUT_OF = -1, -2
_END: _Node = (-3, 0)


class Shortage(NamedTuple):
    """What every plan has in common that leaves as few units missing as can be.

    Attributes:
        units: So many are missing.
        lines: By order, the lines that may be short; none of the others is.
        things: The shared things of which nothing is left.
    """

    units: int
    lines: tuple[frozenset[int], ...]
    things: frozenset[int]

    @classmethod
    def none(cls, orders: int) -> Shortage:
        """Say that nobody must go without what he would get alone."""
        return cls(0, (frozenset(),) * orders, frozenset())


def shortage(desk: Desk) -> Shortage:
    """Find out what must be missing, from what the orders hold."""
    orders = range(len(desk.served))
    flow = _Flow(desk)
    while flow.push():
        pass
    reached = flow.ways
    things = range(len(desk.left))
    return Shortage(
        units=sum(flow.short.values()),
        lines=tuple(
            frozenset(
                line
                for line in range(len(desk.shared.claims[order].problem.need))
                if (order, line) in reached
            )
            for order in orders
        ),
        things=frozenset(
            thing
            for thing in things
            if (_INTO, thing) in reached and (_OUT_OF, thing) not in reached
        ),
    )


class _Flow:
    """Units that run, and how many more could.

    Attributes:
        short: By line, how many units it misses.
        free: By node, to which others how many more units could run.
        ways: By node that was reached last, from where; lines that are short from nowhere.
    """

    def __init__(self, desk: Desk) -> None:
        self.short: dict[_Node, int] = {}
        self.free: dict[_Node, dict[_Node, int]] = {}
        self.ways: dict[_Node, _Node] = {}
        for order, claim in enumerate(desk.shared.claims):
            self.add_order(order, claim)
            self.serve(order, claim, desk)
        for thing, units in enumerate(desk.shared.units):
            self.run((_INTO, thing), (_OUT_OF, thing), -units)

    def add_order(self, order: int, claim: Claim) -> None:
        """Add the lines of an order, and all ways that units may take to them."""
        for line, need in enumerate(claim.problem.need):
            self.short[order, line] = need
            for site, row in enumerate(claim.cells):
                ways = _path(order, line, site, claim) if row[line] != NOTHING else ()
                for start, end in ways:
                    if start[0] != _INTO:
                        self.run(start, end, -need)

    def serve(self, order: int, claim: Claim, desk: Desk) -> None:
        """Let those units run that an order holds."""
        for line, site, units in desk.holding(order).takes:
            self.short[order, line] -= units
            for start, end in _path(order, line, site, claim):
                self.run(start, end, units)

    def run(self, start: _Node, end: _Node, units: int) -> None:
        """Let units run: so many fewer may still do so, and so many more may run back."""
        ahead = self.free.setdefault(start, {})
        ahead[end] = ahead.get(end, 0) - units
        back = self.free.setdefault(end, {})
        back[start] = back.get(start, 0) + max(0, units)

    def push(self) -> bool:
        """Let more units run, as many as one way takes, if there is one."""
        self.ways = {line: line for line, units in self.short.items() if units}
        waiting = deque(self.ways)
        while waiting and _END not in self.ways:
            node = waiting.popleft()
            for end, units in self.free.get(node, {}).items():
                if units > 0 and end not in self.ways:
                    self.ways[end] = node
                    waiting.append(end)
        if _END not in self.ways:
            return False
        way = [_END]
        while (before := self.ways[way[-1]]) != way[-1]:
            way.append(before)
        line, steps = way[-1], [(start, end) for end, start in pairwise(way)]
        units = min(self.short[line], *[self.free[start][end] for start, end in steps])
        for start, end in steps:
            self.run(start, end, units)
        self.short[line] -= units
        return True


def _path(order: int, line: int, site: int, claim: Claim) -> Iterator[tuple[_Node, _Node]]:
    """Tell the way of units from a line to the end."""
    node: _Node = (order, line)
    for thing in (claim.cells[site][line], claim.rooms[site] if claim.rooms else NOTHING):
        if thing != NOTHING:
            yield node, (_INTO, thing)
            yield (_INTO, thing), (_OUT_OF, thing)
            node = (_OUT_OF, thing)
    yield node, _END
