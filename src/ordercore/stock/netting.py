"""Who takes which units: those of one sku, over sites and time, netted for a whole basket.

Each claim wants units from some sites by some instant. All claims together can be met just
where a flow can bring them, through the sites and past the instants of each, without passing
more units than may be promised there:

    claim ── site at its instant ── site at the next instant … ── out

What flows past an instant of a site are the claims due by then, and the profile says how many
may be. A claim that finds its sites taken pushes an earlier one over to another site of that
one's own, if there is one. So the answer is exact: no claim is short for the sake of where
another one happens to be served.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple, Self

from ordercore.stock.profile import Profile

__all__ = ["Claim", "Netting"]

_ENDLESS: Final = 10**18


class Claim(NamedTuple):
    """Who wants units, and by when."""

    owner: str
    number: int
    due: datetime


class _Place(NamedTuple):
    """A site at one of the instants for which something is claimed there."""

    site: str
    due: datetime


_OUT: Final = "out"
_Node = Claim | _Place | str


class Netting:
    """The claims on one sku. It is made for one basket, and changes as the basket is netted.

    Args:
        profiles: By site, what may be promised when.
    """

    __slots__ = ("_claims", "_dead", "_dues", "_left", "_number", "_profiles")

    def __init__(self, profiles: Mapping[str, Profile]) -> None:
        self._profiles = profiles
        self._dues: dict[str, list[datetime]] = {site: [] for site in profiles}
        self._left: dict[_Node, dict[_Node, int]] = {_OUT: {}}
        self._claims: list[Claim] = []
        self._dead: set[_Node] = set()
        self._number = 0

    def copy(self) -> Self:
        """Make another one that changes by itself."""
        other = type(self)(self._profiles)
        other._dues = {site: list(dues) for site, dues in self._dues.items()}  # noqa: SLF001
        other._left = {node: dict(ways) for node, ways in self._left.items()}  # noqa: SLF001
        other._claims = list(self._claims)  # noqa: SLF001
        other._dead = set(self._dead)  # noqa: SLF001
        other._number = self._number  # noqa: SLF001
        return other

    def take(self, owner: str, units: int, sites: tuple[str, ...], due: datetime) -> int:
        """Take as many units as there are, up to so many; tell how many.

        Args:
            owner: Who takes them.
            units: How many at most.
            sites: From where; none named: from anywhere.
            due: When they must be there.
        """
        claim = Claim(owner, self._number, due)
        self._number += 1
        self._claims.append(claim)
        self._left[claim] = {}
        for site in sorted(sites) if sites else self._profiles:
            if site in self._profiles:
                self._join(claim, self._place(site, due))
        got = 0
        while got < units and (more := self._push(claim, units - got)):
            got += more
        return got

    def free(self, site: str, due: datetime) -> int:
        """Tell how many units a site has left by an instant, as the claims are served now."""
        units = max(0, self._profiles[site].promisable(due))
        dues = self._dues[site]
        position = bisect_right(dues, due)
        if position:
            units -= self._passing(_Place(site, dues[position - 1]))
        later = (_Place(site, each) for each in dues[position:])
        return min([units, *(self._left[place][self._ahead(place)] for place in later)])

    def release(self, owner: str) -> None:
        """Give back all that somebody has taken."""
        for claim in [each for each in self._claims if each.owner == owner]:
            for place, units in list(self._served(claim)):
                self._withdraw(place, units)
                self._dead.clear()
            for node in self._left.pop(claim):
                del self._left[node][claim]
        self._claims = [each for each in self._claims if each.owner != owner]

    def taken(self) -> Iterator[tuple[Claim, str, int]]:
        """List how many units each claim has at which site, in the order of the claims."""
        for claim in self._claims:
            for place, units in sorted(self._served(claim)):
                yield claim, place.site, units

    # The network

    def _served(self, claim: Claim) -> Iterator[tuple[_Place, int]]:
        for place in self._left[claim]:
            units = self._left[place][claim]
            if units and isinstance(place, _Place):
                yield place, units

    def _join(self, claim: Claim, place: _Place) -> None:
        self._left[claim][place] = _ENDLESS
        self._left[place][claim] = 0

    def _place(self, site: str, due: datetime) -> _Place:
        """Find a site at an instant, or put it between the instants that are there."""
        place = _Place(site, due)
        if place in self._left:
            return place
        most = max(0, self._profiles[site].promisable(due))
        before, after = self._beside(place)
        passing = 0 if before is None else self._passing(before)
        if before is not None:
            del self._left[after][before]
            self._left[before][place] = self._left[before].pop(after)
        self._left[place] = {after: most - passing}
        self._left[after][place] = passing
        if before is not None:
            self._left[place][before] = passing
        insort(self._dues[site], due)
        return place

    def _beside(self, place: _Place) -> tuple[_Place | None, _Node]:
        """Find what comes before and after a place that is to be."""
        dues = self._dues[place.site]
        position = bisect_left(dues, place.due)
        before = _Place(place.site, dues[position - 1]) if position else None
        after = _Place(place.site, dues[position]) if position < len(dues) else _OUT
        return before, after

    def _withdraw(self, place: _Place, units: int) -> None:
        """Take back units that flow through a site from an instant on."""
        here: _Node = place
        while isinstance(here, _Place):
            ahead = self._ahead(here)
            self._left[here][ahead] += units
            self._left[ahead][here] -= units
            here = ahead

    def _ahead(self, place: _Place) -> _Node:
        """Find where the units of a place go next."""
        dues = self._dues[place.site]
        position = bisect_right(dues, place.due)
        return _Place(place.site, dues[position]) if position < len(dues) else _OUT

    def _passing(self, place: _Place) -> int:
        return self._left[self._ahead(place)][place]

    def _push(self, claim: Claim, most: int) -> int:
        """Bring units out by one more way; none left: 0, and all that was seen leads nowhere."""
        came: dict[_Node, _Node] = {}
        waiting: deque[_Node] = deque([claim])
        seen: set[_Node] = {claim}
        while waiting:
            here = waiting.popleft()
            for ahead, left in self._left[here].items():
                if left and ahead not in seen and ahead not in self._dead:
                    came[ahead] = here
                    if ahead == _OUT:
                        return self._along(came, claim, most)
                    seen.add(ahead)
                    waiting.append(ahead)
        self._dead |= seen
        return 0

    def _along(self, came: Mapping[_Node, _Node], claim: Claim, most: int) -> int:
        way: list[tuple[_Node, _Node]] = []
        here: _Node = _OUT
        while here != claim:
            way.append((came[here], here))
            here = came[here]
        units = min(most, *(self._left[start][end] for start, end in way))
        for start, end in way:
            self._left[start][end] -= units
            self._left[end][start] += units
        return units
