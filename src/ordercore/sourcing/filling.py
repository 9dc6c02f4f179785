"""How lines are filled from given sites at the least cost, and what that would cost at least.

For sites that are open, the rest separates by line: each line takes its cheapest units first.
Sites that are not yet decided may be looked at in the same way: each of their units then bears
a share of the opening cost, the cost divided by the most units that the site could give. Of
all plans that use such a site none pays less for it, so that the sum is a lower bound.

Where lines share what a site has, by its room or by their goods, they do not separate; then a
flow of units says the same, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from ordercore.sourcing.flow import Flow, Offered
from ordercore.sourcing.problem import Problem, Take, dearest

__all__ = ["NEVER", "SCALE", "Filling", "Sites"]

SCALE: Final = 1024
"""Costs are counted in parts of a unit, since shares of opening costs are no whole numbers."""

NEVER: Final = 10**60
"""More than anything costs."""

Sites = int
"""A set of sites: bit n is the site at position n."""


_Entry = tuple[int, int, int, int]
"""Units that a line could get from a site that is open, or is not yet decided: what each costs
in parts, the site, its bit, and how many. A plain tuple, for there are many."""


class Filling:
    """A problem, made ready to be filled from one set of sites after the other.

    Attributes:
        sites: The sites that could give anything at all.
        opening: By site, what it costs once it gives, in parts.
        penalty: What a unit that nobody gives costs: more than all others together.
    """

    def __init__(self, problem: Problem) -> None:
        need = problem.need
        self.problem: Problem = problem
        self.count: int = len(problem.stock)
        self.units: list[list[int]] = [
            [
                held if held < wanted else wanted  # noqa: FURB136 - hot
                for held, wanted in zip(row, need, strict=True)
            ]
            for row in problem.stock
        ]
        self.most: list[int] = self._most()
        self.sites: Sites = sum([1 << site for site, most in enumerate(self.most) if most])
        self.opening: list[int] = [SCALE * cost for cost in problem.opening]
        self.penalty: int = SCALE * (1 + dearest(problem))
        self.entries: list[list[_Entry]] = self._entries()
        self.apart: bool = self._separates()

    # Making it ready

    def _most(self) -> list[int]:
        """Tell how many units each site could give to this order at most."""
        units = [sum(row) for row in self.units]
        if not self.problem.room:
            return units
        return [
            each if room is None else min(each, room)
            for each, room in zip(units, self.problem.room, strict=True)
        ]

    def _entries(self) -> list[list[_Entry]]:
        """List by line from where it could be filled, the cheapest first."""
        found: list[list[_Entry]] = [[] for _ in self.problem.need]
        units, unit = self.units, self.problem.unit
        for site, most in enumerate(self.most):
            if most:
                share = self.opening[site] // most
                key, later = 1 << site, 1 << (self.count + site)
                for entries, held, each in zip(found, units[site], unit[site], strict=True):
                    if held:
                        cost = SCALE * each
                        entries.append((cost, site, key, held))
                        entries.append((cost + share, site, later, held))
        for listed in found:
            listed.sort()
        return found

    def _separates(self) -> bool:
        """Whether no two lines can ever want the same units, or the same room."""
        goods = self.problem.goods
        return len(set(goods)) == len(goods) and (
            not self.problem.room or self.most == [sum(row) for row in self.units]
        )

    # Filling

    def fill(
        self, opened: Sites, undecided: Sites = 0, enough: int = NEVER
    ) -> tuple[int, dict[int, int]]:
        """Fill all lines from sites that are open, and from undecided ones with their share.

        Args:
            opened: Sites that are open.
            undecided: Sites that may be opened.
            enough: From where on nobody wants to know how much more it costs.

        Returns:
            What the units cost at least, without the opening of open sites; and by undecided
            site, how many units come from there. If there are none of these, the sum is exact.
        """
        if not self.apart:
            return self._together(opened, undecided, enough)
        state = opened | undecided << self.count
        total, penalty, decided = 0, self.penalty, 1 << self.count
        used: dict[int, int] = {}
        for entries, needed in zip(self.entries, self.problem.need, strict=True):
            left = needed
            for cost, site, key, units in entries:
                if key & state:
                    taken = units if units < left else left  # noqa: FURB136 - hot
                    total += cost * taken
                    if key >= decided:
                        used[site] = used.get(site, 0) + taken
                    left -= taken
                    if not left:
                        break
            else:
                total += left * penalty
            if total >= enough:
                break
        return total, used

    def _together(
        self, opened: Sites, undecided: Sites, enough: int
    ) -> tuple[int, dict[int, int]]:
        shares = dict.fromkeys(self.members(opened), 0)
        shares |= {site: self._share(site) for site in self.members(undecided)}
        total = self._flow.fill(shares, enough)
        given = {site: self._flow.given(site) for site in self.members(undecided)}
        return total, {site: units for site, units in given.items() if units}

    def _share(self, site: int) -> int:
        """Tell what each unit of a site bears of its opening."""
        return self.opening[site] // self.most[site]

    @cached_property
    def _flow(self) -> Flow:
        return Flow(self.problem.need, self.penalty, self.most, self._offers())

    def _offers(self) -> Iterator[Offered]:
        goods = self.problem.goods or range(len(self.problem.need))
        for site, (held, unit) in enumerate(
            zip(self.problem.stock, self.problem.unit, strict=True)
        ):
            for line, good in enumerate(goods):
                if held[line] and self.most[site]:
                    yield Offered(line, site, good, held[line], SCALE * unit[line])

    def takes(self, opened: Sites) -> tuple[Take, ...]:
        """Tell who gives which line how many units, if just these sites are open."""
        if not self.apart:
            self._together(opened & self.sites, 0, NEVER)
            return tuple(sorted(self._flow.takes()))
        return tuple(sorted(self._apart(opened)))

    def _apart(self, opened: Sites) -> Iterator[Take]:
        for line, entries in enumerate(self.entries):
            left = self.problem.need[line]
            for _, site, key, units in entries:
                if left and key & opened:
                    taken = min(units, left)
                    yield line, site, taken
                    left -= taken

    def unpaid(self, used: dict[int, int]) -> dict[int, int]:
        """Tell what the shares of so many units leave unpaid of each site's opening."""
        opening, most = self.opening, self.most
        return {
            site: opening[site] - opening[site] // most[site] * units
            for site, units in used.items()
        }

    def opening_of(self, sites: Iterable[int]) -> int:
        """Add up what sites cost once they give."""
        return sum(self.opening[site] for site in sites)

    def members(self, sites: Sites) -> list[int]:
        """List the sites of a set."""
        found = []
        while sites:
            last = sites & -sites
            found.append(last.bit_length() - 1)
            sites ^= last
        return found
