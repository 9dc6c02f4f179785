"""A first choice, and better ones nearby: one job elsewhere, two jobs exchanged.

Nothing here proves anything; it is quick, and the search for the best needs a good one to
compare with.
"""

from __future__ import annotations

from typing import Final

from ordercore.sourcing.workshops.numbers import Choice, Room, Ways, Weights, taken

__all__ = ["first_choice", "improved", "without_excess"]

_LOOKS: Final = 500_000
"""At how many pairs of jobs is looked, at most."""


def first_choice(ways: Ways, weights: Weights, room: Room) -> Choice:
    """Let each job go where it weighs least and fits, those first that would lose most elsewhere.

    The last way of every job always fits.
    """
    free = list(room)
    choice = [len(job) - 1 for job in ways]
    for job in sorted(range(len(ways)), key=lambda job: (-_regret(weights[job]), job)):
        order = sorted(range(len(ways[job])), key=lambda way: (weights[job][way], way))
        way = next(way for way in order if _fits(ways, job, way, free))
        shop, work = ways[job][way]
        free[shop] -= work
        choice[job] = way
    return tuple(choice)


def _regret(weights: tuple[int, ...]) -> int:
    least, *others = sorted(weights)
    return others[0] - least if others else 0


def _fits(ways: Ways, job: int, way: int, free: list[int]) -> bool:
    shop, work = ways[job][way]
    return work <= free[shop]


def improved(ways: Ways, weights: Weights, room: Room, choice: Choice) -> Choice:
    """Move and exchange jobs as long as that makes the choice weigh less."""
    near = _Nearby(ways, weights, room, choice)
    while near.improve() and near.looks < _LOOKS:
        pass
    return tuple(near.choice)


def without_excess(ways: Ways, choice: Choice, room: Room) -> Choice:
    """Leave jobs where a shop has taken more than it may: those of most work, until it fits."""
    used = taken(ways, choice, len(room))
    kept = list(choice)
    for job in sorted(range(len(ways)), key=lambda job: (-ways[job][choice[job]][1], job)):
        shop, work = ways[job][choice[job]]
        if used[shop] > room[shop]:
            kept[job] = len(ways[job]) - 1
            used[shop] -= work
    return tuple(kept)


class _Nearby:
    """A choice, what it leaves free, and the ways of each job by shop."""

    __slots__ = ("by_shop", "choice", "free", "looks", "ways", "weights")

    def __init__(self, ways: Ways, weights: Weights, room: Room, choice: Choice) -> None:
        self.ways, self.weights = ways, weights
        self.choice = list(choice)
        used = taken(ways, choice, len(room))
        self.free = [most - part for most, part in zip(room, used, strict=True)]
        self.looks = 0
        self.by_shop = [{shop: way for way, (shop, _) in enumerate(job)} for job in ways]

    def improve(self) -> bool:
        """Look at all jobs once; tell whether something was gained."""
        jobs = range(len(self.ways))
        moved = [self._move(job) for job in jobs]
        made_room = [self._make_room(job) for job in jobs]
        exchanged = [self._exchange(job, other) for job in jobs for other in range(job)]
        self.looks += len(exchanged)
        return any(moved) or any(made_room) or any(exchanged)

    def _move(self, job: int) -> bool:
        """Move one job to where it weighs least."""
        now, weights = self.choice[job], self.weights[job]
        lighter = sorted((weights[way], way) for way in range(len(weights)))
        for weighs, way in lighter:
            if weighs >= weights[now]:
                return False
            if _fits(self.ways, job, way, self.free):
                self._put(job, way)
                return True
        return False

    def _make_room(self, job: int) -> bool:
        """Move one job to where another makes room for it by going to a third place."""
        shop_now = self.ways[job][self.choice[job]][0]
        for way, (shop, work) in enumerate(self.ways[job]):
            gain = self.weights[job][self.choice[job]] - self.weights[job][way]
            if gain <= 0 or shop == shop_now:
                continue
            if self.looks > _LOOKS:
                break
            self.looks += len(self.ways)
            for other in range(len(self.ways)):
                if self.ways[other][self.choice[other]][0] == shop and other != job:
                    elsewhere = self._elsewhere(other, gain, work - self.free[shop])
                    if elsewhere is not None:
                        self._put(other, elsewhere)
                        self._put(job, way)
                        return True
        return False

    def _elsewhere(self, job: int, gain: int, needed: int) -> int | None:
        """Find a way that frees what is needed and costs less than is gained."""
        now = self.choice[job]
        shop_now, work_now = self.ways[job][now]
        if work_now < needed:
            return None
        for way, (shop, _) in enumerate(self.ways[job]):
            costs = self.weights[job][way] - self.weights[job][now]
            if costs < gain and shop != shop_now and _fits(self.ways, job, way, self.free):
                return way
        return None

    def _exchange(self, job: int, other: int) -> bool:
        """Let two jobs change places."""
        one, two = self.ways[job][self.choice[job]], self.ways[other][self.choice[other]]
        if one[0] == two[0]:
            return False
        to_two, to_one = self.by_shop[job].get(two[0]), self.by_shop[other].get(one[0])
        if to_two is None or to_one is None:
            return False
        gain = self.weights[job][self.choice[job]] + self.weights[other][self.choice[other]]
        gain -= self.weights[job][to_two] + self.weights[other][to_one]
        fits_two = self.ways[job][to_two][1] <= self.free[two[0]] + two[1]
        fits_one = self.ways[other][to_one][1] <= self.free[one[0]] + one[1]
        if gain <= 0 or not (fits_two and fits_one):
            return False
        self._put(job, to_two)
        self._put(other, to_one)
        return True

    def _put(self, job: int, way: int) -> None:
        shop, work = self.ways[job][self.choice[job]]
        self.free[shop] += work
        shop, work = self.ways[job][way]
        self.free[shop] -= work
        self.choice[job] = way
