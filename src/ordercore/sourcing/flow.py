"""The cheapest way to fill lines from sites whose stock or room they share: a flow of units.

Units run from a line through the stock of a site, through the room of that site, to the end.
Each line is filled in turn by cheapest paths, which may take another way for units that run
already. So every sum on the way is the least there is for the lines so far (successive
shortest paths with potentials: Ahuja, Magnanti and Orlin, Network Flows, 9.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from typing import Final, NamedTuple

__all__ = ["Flow", "Offered"]

_ENDLESS: Final = 10**60
_END: Final = 0


class Offered(NamedTuple):
    """Units of a good that a line could get from a site, and what each costs."""

    line: int
    site: int
    good: int
    units: int
    cost: int


class Flow:
    """A network in which units run; it is made once and filled for one set of sites at a time.

    Arcs stand in pairs: an arc and, beside it, its way back, which has room for what runs.

    Args:
        need: By line, how many units it needs.
        penalty: What a unit costs that nobody gives.
        room: By site, how many units it could give in all.
        offers: What sites could give lines.
    """

    def __init__(
        self, need: tuple[int, ...], penalty: int, room: list[int], offers: Iterable[Offered]
    ) -> None:
        self.need: tuple[int, ...] = need
        self.room: list[int] = room
        self.starts: list[list[int]] = [[]]
        self.ends: list[int] = []
        self.free: list[int] = []
        self.costs: list[int] = []
        self.heights: list[int] = []
        self.lines: list[int] = [self._node() for _ in need]
        self.sites: list[int] = [self._arc(self._node(), _END, 0, 0) for _ in room]
        self.arcs: list[tuple[int, Offered]] = []
        stocks: dict[tuple[int, int], int] = {}
        for offer in offers:
            key = (offer.site, offer.good)
            if key not in stocks:
                stocks[key] = self._node()
                site = self.ends[self.sites[offer.site] ^ 1]
                self._arc(stocks[key], site, offer.units, 0)
            start = self.lines[offer.line]
            arc = self._arc(start, stocks[key], offer.units, offer.cost)
            self.arcs.append((arc, offer))
        for node in self.lines:
            self._arc(node, _END, _ENDLESS, penalty)
        self.empty: list[int] = list(self.free)

    def _node(self) -> int:
        self.starts.append([])
        return len(self.starts) - 1

    def _arc(self, start: int, end: int, units: int, cost: int) -> int:
        for here, there, free, price in ((start, end, units, cost), (end, start, 0, -cost)):
            self.starts[here].append(len(self.ends))
            self.ends.append(there)
            self.free.append(free)
            self.costs.append(price)
        return len(self.ends) - 2

    # Filling

    def fill(self, shares: Mapping[int, int], enough: int = _ENDLESS) -> int:
        """Fill all lines at the least cost.

        Args:
            shares: From which sites, and what each unit from there bears on top.
            enough: Stop when it costs so much: nobody wants to know how much more.

        Returns:
            What it costs, with the penalty for each unit that nobody gives.
        """
        self.free = list(self.empty)
        for arc, offer in self.arcs:
            if offer.site not in shares:
                self.free[arc] = 0
        self.heights = [0] * len(self.starts)
        for site, share in shares.items():
            arc = self.sites[site]
            self.free[arc] = self.room[site]
            self.costs[arc], self.costs[arc ^ 1] = share, -share
        total = 0
        for node, units in zip(self.lines, self.need, strict=True):
            total += self._send(node, units)
            if total >= enough:
                break
        return total

    def given(self, site: int) -> int:
        """Tell how many units a site gives, once lines are filled."""
        return self.free[self.sites[site] ^ 1]

    def takes(self) -> list[tuple[int, int, int]]:
        """Tell which line gets how many units from which site, once lines are filled."""
        running = ((offer, self.free[arc ^ 1]) for arc, offer in self.arcs)
        return [(offer.line, offer.site, units) for offer, units in running if units]

    def _send(self, node: int, units: int) -> int:
        """Send units from a line to the end, path by path; tell what they cost."""
        total = 0
        while units:
            path = self._cheapest(node)
            sent = min(units, *[self.free[arc] for arc in path])
            for arc in path:
                self.free[arc] -= sent
                self.free[arc ^ 1] += sent
                total += sent * self.costs[arc]
            units -= sent
        return total

    def _cheapest(self, start: int) -> list[int]:
        """Find the cheapest path to the end; there is always one.

        Nodes have heights, so that no arc with room costs less than its way down, and the
        nearest node is settled first. Afterwards all that lies before the end is lowered, which
        keeps it so.
        """
        far: dict[int, int] = {start: 0}
        came: dict[int, int] = {}
        heap: list[tuple[int, int]] = [(0, start)]
        settled: dict[int, int] = {}
        while _END not in settled:
            away, here = heappop(heap)
            if here not in settled:
                settled[here] = away
                self._reach(here, away, far, came, heap)
        end = settled[_END]
        for node, away in settled.items():
            self.heights[node] += away - end
        path, node = [], _END
        while node != start:
            path.append(came[node])
            node = self.ends[came[node] ^ 1]
        return path

    def _reach(
        self,
        here: int,
        away: int,
        far: dict[int, int],
        came: dict[int, int],
        heap: list[tuple[int, int]],
    ) -> None:
        """Look at the arcs of a node that is settled."""
        ends, free, costs, heights = self.ends, self.free, self.costs, self.heights
        base = away + heights[here]
        for arc in self.starts[here]:
            if free[arc]:
                there = ends[arc]
                reached = base + costs[arc] - heights[there]
                if there not in far or reached < far[there]:
                    far[there], came[there] = reached, arc
                    heappush(heap, (reached, there))
