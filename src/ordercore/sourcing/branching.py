"""The best answer for one order: branch and bound on the set of sites that give something.

A node knows which sites are open and which are not yet decided; all others are closed. What
the lines cost there at least is a lower bound for all that can still be made of it, see
`filling`. If the lines need no undecided site, the bound is what they cost, and the node is
done; otherwise the undecided site whose opening its units pay least of is opened first, then
closed. Opening all undecided sites that the lines use is an answer, and the better ones found
so on the way tell which nodes need no look.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

from ordercore.sourcing.filling import NEVER, SCALE, Filling, Sites
from ordercore.sourcing.problem import Answer, Problem, cost_of, missing_of

__all__ = ["DEFAULT_NODES", "greedy", "solve"]

DEFAULT_NODES: Final = 100_000
"""How many nodes are looked at if nobody says otherwise."""

PAIRS_OF_A_NODE: Final = 1000
"""A node counts once, and once more for so many pairs of a site and a line."""

PAIRS_TOGETHER: Final = 3000
"""Where lines share what sites have, a node counts once more for so many pairs of pairs."""

_Node = tuple[Sites, Sites, int, int]
"""Open sites, undecided sites, what opening has cost, and the bound of the node before."""


def solve(problem: Problem, *, nodes: int = DEFAULT_NODES) -> Answer:
    """Find the answer that leaves the fewest units missing, and of these the cheapest.

    Args:
        problem: Its sites and lines in the order of their ids: ties go by position.
        nodes: How much is looked at, at most. A node counts once, and once more for every
            `PAIRS_OF_A_NODE` pairs of a site and a line that it could give something. Where
            lines share what sites have, pairs count as many times as there are pairs.

    Returns:
        The best answer found. If it was not proved to be the best, its bounds say how much
        better another could be.

    >>> problem = Problem(need=(2, 1), stock=((2, 0), (1, 1), (2, 1)), opening=(5, 5, 9),
    ...                   unit=((1, 1), (1, 1), (1, 1)))
    >>> solve(problem)
    Answer(takes=((0, 2, 2), (1, 2, 1)), missing=0, cost=12, missing_least=0, bound=12, nodes=9)
    """
    search = _Search(problem)
    return search.answer(search.run(nodes))


def greedy(problem: Problem) -> Answer:
    """Answer by taking the site with the least cost per unit, again and again.

    Nothing is proved: the bounds say nothing.
    """
    search = _Search(problem)
    search.consider(search.seed())
    return search.answer(0)


class _Search:
    """What one search knows so far."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.filling = Filling(problem)
        self.limit = self.filling.count if problem.most is None else problem.most
        self.opened: Sites = 0
        self.best = self.filling.fill(self.opened)[0]
        self.nodes = 0

    def consider(self, sites: Sites) -> None:
        """Take a set of sites for the best answer, if there was none better."""
        filling = self.filling
        if sites.bit_count() > self.limit:
            return
        paid = filling.opening_of(filling.members(sites))
        total = paid + filling.fill(sites, enough=self.best - paid)[0]
        if total < self.best:
            self.best, self.opened = total, sites

    # An answer without proof

    def improve(self, tries: int) -> None:
        """Find an answer fast, and close one site after the other as long as that helps."""
        self.consider(self.seed())
        before = None
        while before != self.opened:
            before = self.opened
            for site in self.filling.members(before)[:tries]:
                tries -= 1
                self.consider(self.opened & ~(1 << site))

    def seed(self) -> Sites:
        """Open the site with the least cost per unit that it could give, again and again."""
        left = list(self.problem.need)
        opened: Sites = 0
        waiting = self.filling.members(self.filling.sites)
        while waiting and opened.bit_count() < self.limit:
            found = [(*self._price(site, left), site) for site in waiting]
            _, units, site = min(found)
            if not units:
                break
            waiting.remove(site)
            opened |= 1 << site
            left = [
                wanted - one for wanted, one in zip(left, self._gives(site, left), strict=True)
            ]
        return opened

    def _price(self, site: int, left: list[int]) -> tuple[int, int]:
        """Tell what a unit of those costs that a site could give, and how many these are."""
        given = self._gives(site, left)
        units = sum(given)
        unit = self.problem.unit[site]
        cost = sum([one * each for one, each in zip(given, unit, strict=True)])
        opening = self.problem.opening[site]
        return (cost + opening) * SCALE // units if units else NEVER, units

    def _gives(self, site: int, left: list[int]) -> list[int]:
        """Tell how many units of what is left a site could give each line."""
        units = map(min, self.filling.units[site], left)
        if self.filling.apart:
            return list(units)
        goods = self.problem.goods or range(len(left))
        room, held = self.filling.most[site], dict[int, int]()
        for good, there in zip(goods, self.problem.stock[site], strict=True):
            held[good] = max(there, held.get(good, 0))
        given = []
        for good, wanted in zip(goods, units, strict=True):
            one = min(wanted, room, held[good])
            held[good] -= one
            room -= one
            given.append(one)
        return given

    # Branch and bound

    def run(self, nodes: int) -> int:
        """Look at all sets of sites, or at so many nodes; tell the bound that is proved."""
        pairs = sum(len(entries) for entries in self.filling.entries) // 2
        weight = 1 + pairs // PAIRS_OF_A_NODE
        if not self.filling.apart:
            weight += pairs * pairs // PAIRS_TOGETHER
        tries = min(nodes, DEFAULT_NODES) // weight
        if self.problem.most is not None:
            self.improve(tries)
        stack: list[_Node] = [(0, self.filling.sites, 0, 0)]
        while stack and self.nodes + weight <= nodes:
            opened, undecided, paid, bound = stack.pop()
            if self._beats(bound):
                self.nodes += weight
                stack += self._look(opened, undecided, paid)
        if stack:
            self.improve(tries)
        return min([whole(self.best), *[whole(bound) for *_, bound in stack]])

    def _beats(self, bound: int) -> bool:
        """Whether something better than the best answer may be there: a whole number less."""
        return bound + SCALE <= self.best

    def _look(self, opened: Sites, undecided: Sites, paid: int) -> list[_Node]:
        """Look at a node; tell the nodes below it that are worth a look, the last one first."""
        if opened.bit_count() == self.limit:
            undecided = 0
        units, used = self.filling.fill(opened, undecided, enough=self.best - paid)
        bound = paid + units
        if not self._beats(bound):
            return []
        if not used:
            self.consider(opened)
            return []
        unpaid = self.filling.unpaid(used)
        if bound + sum(unpaid.values()) < self.best:
            self.consider(opened | sum([1 << site for site in used]))
        if self.problem.most is not None:
            bound = max(bound, self._most_missing(opened, undecided, paid))
        if not self._beats(bound):
            return []
        site = max(unpaid, key=lambda each: (unpaid[each], -each))
        key = 1 << site
        rest = undecided & ~key
        with_it = (opened | key, rest, paid + self.filling.opening[site], bound)
        return [(opened, rest, paid, bound), with_it]

    def _most_missing(self, opened: Sites, undecided: Sites, paid: int) -> int:
        """Tell a bound by what so few sites as may still be opened could give at most."""
        more = self.limit - opened.bit_count()
        filling = self.filling
        ours = filling.members(opened)
        missing = 0
        for line, need in enumerate(self.problem.need):
            left = need - sum([filling.units[site][line] for site in ours])
            waiting = more
            for units, key in self.most_first[line]:
                if left <= 0 or not waiting:
                    break
                if key & undecided:
                    left -= units
                    waiting -= 1
            missing += max(0, left)
        return paid + missing * filling.penalty

    @cached_property
    def most_first(self) -> list[list[tuple[int, Sites]]]:
        """List by line the sites that could give it anything, those with the most first."""
        units = self.filling.units
        return [
            sorted([(row[line], 1 << site) for site, row in enumerate(units) if row[line]])[::-1]
            for line in range(len(self.problem.need))
        ]

    # The answer

    def answer(self, bound: int) -> Answer:
        """Write the best answer down, with what is proved."""
        takes = self.filling.takes(self.opened)
        penalty = self.filling.penalty // SCALE
        return Answer(
            takes=takes,
            missing=missing_of(self.problem, takes),
            cost=cost_of(self.problem, takes),
            missing_least=bound // penalty,
            bound=bound % penalty,
            nodes=self.nodes,
        )


def whole(parts: int) -> int:
    """Round parts up: what is bounded is a whole number."""
    return -(-parts // SCALE)
