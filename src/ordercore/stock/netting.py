"""Who takes which units: those of one sku, over sites and time, netted for a whole basket.

Each claim wants units from some sites by some instant. What it takes of a site is missing there
from that instant on, and at none of them may more be taken than may be promised. So all claims
together can be met just where a flow can bring them, past the instants of each site:

    claim ── site at its instant ── site at the next instant … ── out

A claim that finds its sites taken pushes an earlier one over to another site of that one's
own, if there is one. So the answer is exact: no claim is short for the sake of where another
one happens to be served.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Hashable, Iterator, Mapping
from datetime import datetime
from itertools import accumulate, pairwise
from typing import Self

from attrs import frozen

from ordercore.stock.profile import Profile

__all__ = ["Claim", "Netting", "Owner"]


Owner = Hashable
"""Who takes units: the id of a line, or the name of what is made together."""


@frozen(eq=False)
class Claim:
    """Who wants units, by when, and from which sites."""

    owner: Owner
    due: datetime
    sites: tuple[str, ...]


_OFTEN = 3


class _Shelf:
    """What a site may promise, and what is taken of it, over time.

    What is left shrinks only at the instants at which something is due: so these alone, and
    what is left at them, are kept.
    """

    __slots__ = ("_asked", "_dues", "_least", "_left", "_profile", "claims", "movable")

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._dues: list[datetime] = []
        self._left: list[int] = []
        self._least: list[int] | None = None  # from each instant on; None: it is not known
        self._asked = 0  # how often that was asked since
        self.claims: dict[Claim, int] = {}
        """Who is served here, and with how many units."""
        self.movable: dict[Claim, None] = {}
        """Those of them that might be served at another site."""

    def copy(self) -> Self:
        """Make another one that changes by itself."""
        other = type(self)(self._profile)
        other._dues, other._left = list(self._dues), list(self._left)  # noqa: SLF001
        other.claims, other.movable = dict(self.claims), dict(self.movable)
        return other

    def free(self, due: datetime) -> int:
        """Tell how many units are left at an instant and ever after."""
        position = bisect_left(self._dues, due)
        here = self._left_at(due, position)
        if position == len(self._dues) or not here:
            return here
        if self._least is not None:
            return min(here, self._least[position])
        self._asked += 1
        if self._asked > _OFTEN:
            self._least = [*accumulate(reversed(self._left), min)][::-1]
        return min(here, *self._left[position:])

    def full(self, due: datetime) -> datetime:
        """Find the first instant from another one on at which nothing is left; there is one."""
        position = bisect_left(self._dues, due)
        if not self._left_at(due, position):
            return due
        return self._dues[self._left.index(0, position)]

    def until(self, due: datetime, end: datetime) -> int | None:
        """Tell how many units are left from an instant on until another; None: that is earlier."""
        if end <= due:
            return None
        position = bisect_left(self._dues, due)
        later = self._left[position : bisect_left(self._dues, end)]
        return min([self._left_at(due, position), *later])

    def take(self, claim: Claim, units: int) -> None:
        """Let a claim have units; fewer than none: let it give them back."""
        position = bisect_left(self._dues, claim.due)
        if position == len(self._dues) or self._dues[position] != claim.due:
            self._left.insert(position, self._left_at(claim.due, position))
            self._dues.insert(position, claim.due)
        self._left[position:] = [left - units for left in self._left[position:]]
        self._least, self._asked = None, 0
        had = self.claims.pop(claim, 0) + units
        self.movable.pop(claim, None)
        if had:
            self.claims[claim] = had
            if len(claim.sites) > 1:
                self.movable[claim] = None

    def _left_at(self, due: datetime, position: int) -> int:
        """Tell how many units are left at an instant; its place among those that are kept."""
        if position < len(self._dues) and self._dues[position] == due:
            return self._left[position]
        return self._promisable(due) - (self._used(position - 1) if position else 0)

    def _used(self, position: int) -> int:
        return self._promisable(self._dues[position]) - self._left[position]

    def _promisable(self, due: datetime) -> int:
        return max(0, self._profile.promisable(due))


_Step = tuple[Claim, str]
"""A claim, and a site at which it would be served."""


class Netting:
    """The claims on one sku. It is made for one basket, and changes as the basket is netted.

    Args:
        profiles: By site, what may be promised when.
    """

    __slots__ = ("_claims", "_dead", "_profiles", "_shelves")

    def __init__(self, profiles: Mapping[str, Profile]) -> None:
        self._profiles = profiles
        self._shelves: dict[str, _Shelf] = {}
        self._claims: dict[Owner, list[Claim]] = {}
        self._dead: dict[str, datetime] = {}
        """By site, up to when there is no way out for what is due there."""

    def copy(self) -> Self:
        """Make another one that changes by itself."""
        other = type(self)(self._profiles)
        other._shelves = {site: shelf.copy() for site, shelf in self._shelves.items()}  # noqa: SLF001
        other._claims = {owner: list(claims) for owner, claims in self._claims.items()}  # noqa: SLF001
        other._dead = dict(self._dead)  # noqa: SLF001
        return other

    def take(self, owner: Owner, units: int, sites: tuple[str, ...], due: datetime) -> int:
        """Take as many units as there are, up to so many; tell how many.

        Args:
            owner: Who takes them.
            units: How many at most.
            sites: From where; none named: from anywhere.
            due: When they must be there.
        """
        asked = sorted(sites) if sites else self._profiles
        claim = Claim(owner, due, tuple(site for site in asked if site in self._profiles))
        self._claims.setdefault(owner, []).append(claim)
        got = self._directly(claim, units)
        while got < units and (more := self._push(claim, units - got)):
            got += more
        return got

    def could_take(self, units: int, sites: tuple[str, ...], due: datetime) -> int:
        """Tell how many units could be taken, up to so many.

        What is taken may be served from other sites afterwards.
        """
        dead = dict(self._dead)
        got = self.take(None, units, sites, due)
        self.release(None)
        # What led nowhere before does so again; of what was found since, nobody knows.
        self._dead = dead
        return got

    def free(self, site: str, due: datetime) -> int:
        """Tell how many units a site has left by an instant, as the claims are served now."""
        return self._shelf(site).free(due)

    def release(self, owner: Owner) -> None:
        """Give back all that somebody has taken."""
        for claim in self._claims.pop(owner, ()):
            for site in claim.sites:
                units = self._shelf(site).claims.get(claim)
                if units:
                    self._shelf(site).take(claim, -units)
                    self._dead.clear()

    def taken(self) -> Iterator[tuple[Claim, str, int]]:
        """List how many units each claim has at which site."""
        for site, shelf in self._shelves.items():
            for claim, units in shelf.claims.items():
                yield claim, site, units

    def _shelf(self, site: str) -> _Shelf:
        if site not in self._shelves:
            self._shelves[site] = _Shelf(self._profiles[site])
        return self._shelves[site]

    def _directly(self, claim: Claim, most: int) -> int:
        """Take what is free, site by site."""
        got = 0
        for site in claim.sites:
            units = min(most - got, self._shelf(site).free(claim.due))
            if units:
                self._shelf(site).take(claim, units)
                got += units
        return got

    def _push(self, claim: Claim, most: int) -> int:
        """Bring units out by one more way; none left: 0, and all that was seen leads nowhere."""
        came: dict[Claim, _Step] = {}
        reached: dict[str, datetime] = {}
        asked = {claim.sites: claim.due}  # the latest: who asks there sooner reaches no more
        waiting = deque([claim])
        while waiting:
            here = waiting.popleft()
            for site in here.sites:
                shelf = self._shelf(site)
                if shelf.free(here.due):
                    return self._along(came, (here, site), most)
                full, before = shelf.full(here.due), reached.get(site, self._dead.get(site))
                if before is not None and full <= before:
                    continue
                reached[site] = full
                for other in shelf.movable:
                    before = asked.get(other.sites)
                    if other.due <= full and (before is None or before < other.due):
                        asked[other.sites] = other.due
                        came[other] = (here, site)
                        waiting.append(other)
        self._dead |= reached
        return 0

    def _along(self, came: Mapping[Claim, _Step], last: _Step, most: int) -> int:
        """Let each claim of a way take the place of the next, and the last one what is free."""
        way = [last]
        while way[-1][0] in came:
            way.append(came[way[-1][0]])
        rooms = [self._shelf(last[1]).free(last[0].due)]
        rooms += [self._room(other, *step) for (other, _), step in pairwise(way)]
        units = min(most, *rooms)
        for (other, _), (_, site) in pairwise(way):
            self._shelf(site).take(other, -units)
        for here, site in way:
            self._shelf(site).take(here, units)
        return units

    def _room(self, other: Claim, claim: Claim, site: str) -> int:
        """Tell how many units of another's a claim could have at a site."""
        shelf = self._shelf(site)
        sooner = shelf.until(claim.due, other.due)
        return shelf.claims[other] if sooner is None else min(sooner, shelf.claims[other])
