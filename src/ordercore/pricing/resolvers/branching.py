"""Branch and bound over many offers that exclude each other in pairs.

Each clique of the conflict graph, of which at most one offer can stand, gets a price, such
that no offer saves more than the prices of its cliques together. Then no set of offers that
are still available saves more than the prices of the cliques that still have a member: weak
duality of linear programming, in whole numbers. Good prices come from subgradient steps with
the length of Polyak (1969), a fixed number of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from math import gcd
from typing import Any, Final, NamedTuple

__all__ = ["Branching", "bits", "component_of"]

MERGED: Final = 64
"""How many sets a component of the graph may have to become one choice among them."""

ROUNDS: Final = 150
"""How many subgradient steps are made."""

SCALE: Final = 4
"""Prices are whole numbers of 2^-SCALE minor units."""

FIRST_LOOK: Final = 1000
"""How many nodes each cap gets before any of them gets all the rest."""

Cover = tuple[int, int]
"""(a clique as a bitmask, its price)."""

Accept = Callable[[int, int, int], int]
"""Takes what a set saves, the set, and what is added; tells the least saving still of use."""


def bits(mask: int) -> Iterator[int]:
    """List the positions of the set bits, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _Part(NamedTuple):
    """One thing to choose: offers that save so much together, and all that it excludes."""

    saving: int
    offers: int
    hostile: int
    """Every offer that cannot be chosen beside it, its own among them."""


class Branching:
    """One search: its parts, the prices of its cliques, and the best set so far."""

    def __init__(
        self,
        savings: Sequence[int],
        conflicts: Sequence[int],
        steps: Sequence[tuple[int, int]],
        prefer: Callable[[int], Any],
    ) -> None:
        self._parts = sorted(_parts(savings, conflicts), key=lambda part: -part.saving)
        self._savings = [part.saving for part in self._parts]
        self._negative = [-saving for saving in self._savings]
        self._conflicts = [
            sum([1 << j for j, other in enumerate(self._parts) if other.offers & part.hostile])
            ^ 1 << i
            for i, part in enumerate(self._parts)
        ]
        cliques = _cliques(self._conflicts)
        self._covers = _prices(self._savings, self._conflicts, cliques)
        most = sum([price for _, price in self._covers]) >> SCALE
        unit = gcd(*self._savings) or 1
        self._tasks = [
            (min(cap, most) // unit * unit, extra) for cap, extra in (*steps, (most, 0))
        ]
        self._prefer = prefer
        self._total, self._chosen, self._key = -1, 0, None

    def run(self, nodes: int) -> tuple[int, int, int, int]:
        """Search within a number of nodes: (total, chosen, bound, nodes used).

        Every cap gets a short look first, then all the nodes that are left; what remains
        after a proof settles ties.
        """
        for cap, extra in self._tasks:
            if cap >= 0:
                self._better(0, 0, extra)
        used = 0
        missed = [cap + extra for cap, extra in self._tasks]
        for limit in (min(FIRST_LOOK, nodes // 8), nodes):
            for t, (cap, extra) in enumerate(self._tasks):
                if missed[t] > self._total:
                    need = self._total + 1 - extra
                    more, left = self._dive(
                        cap, extra, need, self._better, min(limit, nodes - used)
                    )
                    used += more
                    missed[t] = -1 if left < 0 else left + extra
        bound = max(self._total, *missed)
        if bound == self._total:
            used += self._settle(min(nodes - used, max(FIRST_LOOK, used // 4)))
        return self._total, self._offers(self._chosen), bound, used

    def _settle(self, nodes: int) -> int:
        """Look through sets of the best total for the preferred one; tell the nodes used."""
        self._key = self._prefer(self._offers(self._chosen))
        used = 0
        for cap, extra in self._tasks:
            if cap + extra >= self._total:
                need = self._total - extra
                more, _ = self._dive(cap, extra, need, self._equal, nodes - used)
                used += more
        return used

    def _offers(self, mask: int) -> int:
        return sum([self._parts[i].offers for i in bits(mask)])

    def _better(self, saving: int, mask: int, extra: int) -> int:
        if saving + extra > self._total:
            self._total, self._chosen = saving + extra, mask
        return self._total + 1 - extra

    def _equal(self, saving: int, mask: int, extra: int) -> int:
        if saving + extra == self._total:
            key = self._prefer(self._offers(mask))
            if key < self._key:
                self._key, self._chosen = key, mask
        return self._total - extra

    def _dive(
        self, cap: int, extra: int, need: int, accept: Accept, limit: int
    ) -> tuple[int, int]:
        """Show every set that saves from ``need`` to ``cap`` to ``accept``.

        Returns the nodes used, and the most that a set may save that was not shown; -1: none.
        """
        savings, conflicts, nodes = self._savings, self._conflicts, 0
        stack = [((1 << len(savings)) - 1, 0, 0, self._covers, cap)]
        while stack:
            available, saved, chosen, covers, bound = stack.pop()
            if bound < need:
                continue
            if nodes >= limit:
                return nodes, max([bound, *[node[4] for node in stack]])
            nodes += 1 + len(covers) // 64
            if saved + savings[0] > cap:  # only what still fits under the cap
                fits = bisect_left(self._negative, saved - cap)
                available = available >> fits << fits
            covers = [cover for cover in covers if cover[0] & available]
            bound = min(cap, saved + (sum([price for _, price in covers]) >> SCALE))
            if bound < need or not available:
                continue
            clique = _tightest(covers, available)
            rest = available ^ clique
            stack.append((rest, saved, chosen, covers, bound))  # none of the clique
            children = []
            for i in bits(clique):  # or one of it
                saving, mask = saved + savings[i], chosen | 1 << i
                if saving >= need:
                    need = accept(saving, mask, extra)
                children.append((rest & ~conflicts[i], saving, mask, covers, bound))
            stack += reversed(children)  # the highest saving first
        return nodes, -1


def _tightest(covers: Sequence[Cover], available: int) -> int:
    """Choose the available part of the clique with the highest price for each member."""
    if not covers:
        return available & -available  # these save nothing
    return (
        max(covers, key=lambda cover: cover[1] // (cover[0] & available).bit_count())[0]
        & available
    )


def _parts(savings: Sequence[int], conflicts: Sequence[int]) -> list[_Part]:
    """Tell what is chosen among: offers, or whole sets of a small component.

    A component of few sets becomes one choice among them, so that it cannot loosen the bound,
    as a cycle of odd length would.
    """
    parts: list[_Part] = []
    rest = (1 << len(savings)) - 1
    while rest:
        component = component_of(rest & -rest, conflicts)
        rest ^= component
        sets = [(0, 0)]
        for i in bits(component):
            bit, saving, conflict = 1 << i, savings[i], conflicts[i]
            sets += [(s + saving, m | bit) for s, m in sets if not m & conflict]
            if len(sets) > MERGED:
                parts += [
                    _Part(savings[i], 1 << i, conflicts[i] | 1 << i) for i in bits(component)
                ]
                break
        else:
            parts += [_Part(saving, mask, component) for saving, mask in sets[1:]]
    return parts


def component_of(member: int, conflicts: Sequence[int]) -> int:
    """Find all that hang together with a member."""
    component = grown = member
    while grown:
        near = 0
        for i in bits(grown):
            near |= conflicts[i]
        grown = near & ~component
        component |= grown
    return component


def _cliques(conflicts: Sequence[int]) -> list[int]:
    """Find maximal cliques that cover every conflict; who has none is a clique of one."""
    bare = list(conflicts)  # conflicts that no clique covers yet
    cliques: list[int] = []
    for first, near in enumerate(conflicts):
        if not near:
            cliques.append(1 << first)
        while bare[first]:
            members, clique, common = [first], 1 << first, near
            while common:
                i = _closest(common, bare, clique)
                members.append(i)
                clique |= 1 << i
                common &= conflicts[i]
            for i in members:
                bare[i] &= ~clique
            cliques.append(clique)
    return cliques


def _closest(common: int, bare: Sequence[int], clique: int) -> int:
    """Choose who covers the most conflicts with a clique; of equal ones the first."""
    return max(bits(common), key=lambda i: ((bare[i] & clique).bit_count(), -i))


def _prices(
    savings: Sequence[int], conflicts: Sequence[int], cliques: Sequence[int]
) -> list[Cover]:
    """Price the cliques such that their sum, a bound of what can be saved, is low."""
    scaled = [saving << SCALE for saving in savings]
    members = [list(bits(clique)) for clique in cliques]
    homes: list[list[int]] = [[] for _ in scaled]
    for c, offers in enumerate(members):
        for i in offers:
            homes[i].append(c)
    best = _descend(scaled, members, homes, _greedy(scaled, conflicts))
    covers = [(clique, price) for clique, price in zip(cliques, best, strict=True) if price]
    for i, home in enumerate(homes):  # what its cliques leave short, an offer bears itself
        rest = scaled[i] - sum([best[c] for c in home])
        if rest > 0:
            covers.append((1 << i, rest))
    return covers


def _greedy(savings: Sequence[int], conflicts: Sequence[int]) -> int:
    """Tell what is saved by taking the offers in turn, where they can stand."""
    total, available = 0, (1 << len(savings)) - 1
    for i, saving in enumerate(savings):
        if available >> i & 1:
            total += saving
            available &= ~conflicts[i]
    return total


def _descend(
    savings: Sequence[int],
    members: Sequence[Sequence[int]],
    homes: Sequence[Sequence[int]],
    floor: int,
) -> list[int]:
    """Lower the sum of prices and of what they leave short, step by step."""
    prices = [max([savings[i] // len(homes[i]) for i in offers]) for offers in members]
    best, least, stuck, length = prices, -1, 0, 1024
    for _ in range(ROUNDS):
        short = [
            s - sum([prices[c] for c in home]) for s, home in zip(savings, homes, strict=True)
        ]
        bound = sum(prices) + sum([s for s in short if s > 0])
        if least < 0 or bound < least:
            best, least, stuck = prices, bound, 0
        else:
            stuck += 1
            if stuck == 7:  # too long steps: from the best prices on with half of them
                prices, stuck, length = best, 0, length >> 1
                continue
        slope = [1 - sum([short[i] > 0 for i in offers]) for offers in members]
        slope = [g if g < 0 or price else 0 for g, price in zip(slope, prices, strict=True)]
        steep = sum([g * g for g in slope])
        step = (bound - floor) * length // (1024 * steep) if steep else 0
        if not step:
            break
        prices = [max(0, price - step * g) for price, g in zip(prices, slope, strict=True)]
    return best
