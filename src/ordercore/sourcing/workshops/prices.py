"""Bounds: what jobs are worth at best, by a price for each job and a knapsack for each shop.

Give every job a price, and let every shop pick, within its room, the jobs at which it gains
most: price less weight. However the jobs are spread, they weigh at least the sum of the prices
less the sum of these gains. That is true of any prices; good ones, found by raising those of
jobs that nobody picks and lowering those of jobs that several do, make the bound sharp. It sees
that room cannot be filled by parts of jobs, so it is sharper than linear programming.

(Lagrangean relaxation of "each job once": Fisher, Jaikumar and Van Wassenhove, 1986.)
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Final, NamedTuple

from ordercore.sourcing.workshops.busyness import Busyness
from ordercore.sourcing.workshops.numbers import Room, Ways, Weights

__all__ = ["SCALE", "Climbed", "Priced", "Tables", "climbed", "priced", "tables_of"]

SCALE: Final = 1 << 12
"""Prices are counted in so many parts of one unit of weight."""

_ROUNDS: Final = 300
"""How often prices are changed at most."""

_LEAST_ROUNDS: Final = 5
"""How often they are changed at least."""

_OVERHEAD: Final = 20
"""As how many places of a table each item counts besides."""

_STEPS: Final = 20_000_000
"""How many places of tables may be filled in all before prices are taken as they are."""

_CLIMBS: Final = 10
"""How often prices are looked for once more, with long steps, after shares were proved."""

_HALVINGS: Final = 30
"""How often a range of shares is halved to find which one prices exclude."""

_CELLS: Final = 300_000
"""How many places the tables of a search may have: beyond, work is counted more coarsely."""

_WHOLE: Final = 256
_INERTIA: Final = 220
"""How much of a step is kept in the next one, in parts of a whole."""

_PATIENCE: Final = 20
"""After so many changes that were for nothing, the steps become smaller."""

_Item = tuple[int, int, int]
"""A job, the work that it takes, and what it weighs (scaled)."""


class Priced(NamedTuple):
    """Prices of jobs, and what they prove.

    Attributes:
        prices: By job, in parts of `SCALE`.
        bound: Nobody can spread the jobs at a lower weight; in whole units.
    """

    prices: tuple[int, ...]
    bound: int


class Tables(NamedTuple):
    """By number of jobs that are still to come: gains by shop and room, and sums of prices."""

    gains: list[list[list[int]]]
    prices: list[int]
    unit: int


def priced(ways: Ways, weights: Weights, room: Room, aim: int) -> Priced:
    """Find prices that prove as much as possible, or that no choice weighs ``aim`` or less.

    Every job has a way that fits into the room of its shop.
    """
    search = _Prices(ways, weights, room, aim)
    search.run()
    return Priced(tuple(search.best), -(-search.bound // SCALE))


class _Prices:
    """A search for prices, by steps that become smaller (subgradients)."""

    __slots__ = (
        "aim", "best", "bound", "here", "items", "length", "prices", "room", "rounds", "rows",
        "unit", "way",
    )  # fmt: skip

    def __init__(self, ways: Ways, weights: Weights, room: Room, aim: int) -> None:
        self.aim = aim * SCALE
        self.unit = _unit(ways, room)
        self.room = [free // self.unit for free in room]
        self.here = self.room
        self.items: list[list[_Item]] = [[] for _ in room]
        for job, (several, heavy) in enumerate(zip(ways, weights, strict=True)):
            for (shop, work), weighs in zip(several, heavy, strict=True):
                if work <= room[shop]:
                    item = (job, work // self.unit, weighs * SCALE)
                    self.items[shop].append(item)
        self.prices = _first_prices(ways, weights, room)
        self.best, self.way, self.length = self.prices, [0] * len(ways), _WHOLE
        self.bound, self.rounds = -sum(self.prices) * len(room) - 1, self._rounds()

    def _rounds(self) -> int:
        each = zip(self.items, self.room, strict=True)
        steps = sum([len(items) * (free + _OVERHEAD) for items, free in each])
        return max(_LEAST_ROUNDS, min(_ROUNDS, _STEPS // (steps + 1)))

    def run(self) -> None:
        """Change prices until they prove enough, or nothing more."""
        idle = 0
        for _ in range(self.rounds):
            bound, unpicked = self._picked()
            if bound > self.bound:
                self.bound, self.best, idle = bound, self.prices, 0
            else:
                idle += 1
            if self.bound > self.aim and self._proved():
                return
            if idle == _PATIENCE:
                self.length, idle, self.prices = self.length * 6 // 10, 0, self.best
            if not self._step(bound, unpicked):
                return

    def _proved(self) -> bool:
        """Tell whether what is proved is enough."""
        return True

    def _picked(self) -> tuple[int, list[int]]:
        """Let every shop pick; tell the bound, and how often each job is picked too seldom."""
        bound, unpicked, self.rows = sum(self.prices), [1] * len(self.prices), []
        for items, most, free in zip(self.items, self.room, self.here, strict=True):
            gainful = [
                (job, work, gain)
                for job, work, weighs in items
                if (gain := self.prices[job] - weighs) > 0
            ]
            row, jobs = _knapsack(gainful, most, free)
            self.rows.append(row)
            bound -= row[free]
            for job in jobs:
                unpicked[job] -= 1
        return bound, unpicked

    def _step(self, bound: int, unpicked: list[int]) -> bool:
        """Raise the prices of what nobody picks, lower those of what several do.

        Most of each step goes where the one before went: shops change their picks all at once,
        and prices would swing to and fro.
        """
        self.way = [
            _WHOLE * count + _INERTIA * before // _WHOLE
            for count, before in zip(unpicked, self.way, strict=True)
        ]
        square = sum([part * part for part in self.way])
        if not square or not self.length:
            return False
        target = max(self.aim, bound + sum(self.prices) // 50)
        step = (target - bound) * self.length
        self.prices = [
            max(0, price + step * part // square)
            for price, part in zip(self.prices, self.way, strict=True)
        ]
        return True


class Climbed(NamedTuple):
    """How little busy the busiest shop might be.

    Attributes:
        share: In no choice is it less; above it, nothing is proved.
        prices: Those that proved most.
    """

    share: Fraction
    prices: tuple[int, ...]


def climbed(ways: Ways, left: Weights, shops: Busyness, value: Fraction, most: int) -> Climbed:
    """Prove of ever larger shares that in no choice all shops stay within them.

    Args:
        ways: By job, where it could be done; the last one is to be left.
        left: What each way adds to the number of jobs that are left.
        shops: How room follows from a share.
        value: The share at which to stop.
        most: How many jobs may be left.
    """
    search = _Climb(ways, left, shops, value, most)
    for _ in range(_CLIMBS):
        before = search.share
        search.run()
        if search.share in (before, value):
            break
        search.again()
    return Climbed(search.share, tuple(search.proving))


class _Climb(_Prices):
    """A search for prices while the shops get more room with every proof."""

    __slots__ = ("proving", "share", "shops", "value")

    def __init__(
        self, ways: Ways, left: Weights, shops: Busyness, value: Fraction, most: int
    ) -> None:
        super().__init__(ways, left, shops.up_to(value), most)
        self.shops, self.value, self.share = shops, value, shops.idle
        self.here = self._room_at(self.share)
        self.proving = self.prices

    def _room_at(self, share: Fraction) -> list[int]:
        return [free // self.unit for free in self.shops.up_to(share)]

    def _proved(self) -> bool:
        """Go on with the least share that the same prices do not exclude."""
        self.proving = self.prices
        low, high = self.share, self.value
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self._bound_at(middle) > self.aim:
                low = middle
            else:
                high = middle
        self.share = min(self.shops.next_above(low), self.value)
        self.here = self._room_at(self.share)
        self.bound = self._bound_at(self.share)
        return self.share >= self.value

    def again(self) -> None:
        """Begin once more with long steps."""
        self.length, self.way = _WHOLE, [0] * len(self.way)
        self.prices = self.best

    def _bound_at(self, share: Fraction) -> int:
        here = self._room_at(share)
        return sum(self.prices) - sum(row[free] for row, free in zip(self.rows, here, strict=True))


def _first_prices(ways: Ways, weights: Weights, room: Room) -> list[int]:
    """Price each job by its cheapest way, with a rent for the room that it takes."""
    most = max((max(heavy) for heavy in weights), default=0) or 1
    return [
        min(
            weighs * SCALE + most * SCALE * work // (4 * room[shop] or 1)
            for (shop, work), weighs in zip(several, heavy, strict=True)
            if work <= room[shop]
        )
        for several, heavy in zip(ways, weights, strict=True)
    ]


def _knapsack(items: list[_Item], most: int, free: int) -> tuple[list[int], list[int]]:
    """Pick the items of most gain that fit together.

    Returns:
        The gain by room, up to the most; and the jobs that are picked where so much is free.
    """
    row, rows = [0] * (most + 1), []
    for _, work, gain in items:
        rows.append(row)
        row = _with(row, work, gain)
    last, jobs = row, []
    for (job, work, _), before in zip(reversed(items), reversed(rows), strict=True):
        if row[free] != before[free]:
            jobs.append(job)
            free -= work
        row = before
    return last, jobs


def _with(row: list[int], work: int, gain: int) -> list[int]:
    """Tell the best gains, by room, when one more item may be picked."""
    more = [
        kept if kept > other + gain else other + gain  # noqa: FURB136 - twice as fast
        for kept, other in zip(row[work:], row, strict=False)
    ]
    return row[:work] + more


def tables_of(ways: Ways, weights: Weights, room: Room, prices: tuple[int, ...]) -> Tables:
    """Tabulate what the last jobs can gain in what is left of each shop's room."""
    unit = _unit(ways, room)
    rows = [[0] * (free // unit + 1) for free in room]
    gains, sums = [rows], [0]
    for job in range(len(ways) - 1, -1, -1):
        rows = list(rows)
        for (shop, work), weighs in zip(ways[job], weights[job], strict=True):
            gain = prices[job] - weighs * SCALE
            if gain > 0 and work <= room[shop]:
                rows[shop] = _with(rows[shop], work // unit, gain)
        gains.append(rows)
        sums.append(sums[-1] + prices[job])
    return Tables(gains[::-1], sums[::-1], unit)


def _unit(ways: Ways, room: Room) -> int:
    """Choose the unit in which work is counted: the largest in which all work is whole.

    Where tables would be too large, a larger one. Work is rounded down then, and so is room:
    what fits still does, so bounds stay true.
    """
    unit = gcd(*[work for job in ways for _, work in job]) or 1
    return unit * (len(ways) * sum(room) // (unit * _CELLS) + 1)
