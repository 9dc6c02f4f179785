"""Sites that send a parcel anyway: what more they give is not one more parcel.

What more they give goes in that parcel: it leaves once all in it may, and is then there.

A limit on parcels counts these sites, whether they give more or not. A `Problem` knows no such
sites, but they can be told to it: each of them alone can serve a line that is worth more units
than all others together, so that in every best answer each of them is open. Answered like
this, the lines that were added are left out again, and nothing else changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from ordercore.sourcing.problem import Answer, Problem, Take, cost_of, missing_of
from ordercore.stock import DemandLine

__all__ = ["ALONE", "Beside", "Parcel", "with_opened", "without_opened"]


class Parcel(NamedTuple):
    """A parcel that a site sends anyway.

    Attributes:
        ready_at: When it could leave with what it holds.
        arrives_at: When the customer could have that.
        lines: What it holds, each line with the units that are in the parcel.
    """

    ready_at: datetime | None
    arrives_at: datetime | None
    lines: tuple[DemandLine, ...]

    def units(self, line: str) -> int:
        """Tell how many units of a line it holds."""
        return sum(held.quantity for held in self.lines if held.id == line)

    def holds(self, sku: str) -> bool:
        """Whether it holds units of a sku."""
        return any(held.sku == sku for held in self.lines)


_NO_PARCELS: Final[Mapping[str, Parcel]] = MappingProxyType({})


class Beside(NamedTuple):
    """The order that a request asks for the rest of.

    Attributes:
        lines: All of its lines: they leave together.
        parcels: By site, what it sends anyway.
    """

    lines: tuple[DemandLine, ...] = ()
    parcels: Mapping[str, Parcel] = _NO_PARCELS


ALONE: Final = Beside()
"""What a request is beside that asks for all of an order."""


def with_opened(problem: Problem, opened: Collection[int]) -> Problem:
    """Make a problem in whose best answers sites are open.

    Args:
        problem: Its limit on parcels counts these sites.
        opened: Which, by position; they are no more than the limit.
    """
    if problem.most is None or not opened:
        return problem
    sites, lines = sorted(opened), len(problem.need)
    worth = 1 + sum(problem.need)
    more = [
        tuple([worth if site == each else 0 for each in sites])
        for site in range(len(problem.stock))
    ]
    goods = problem.goods or tuple(range(lines))
    first = 1 + max(goods, default=0)
    return problem._replace(
        need=(*problem.need, *[worth] * len(sites)),
        stock=tuple([(*row, *add) for row, add in zip(problem.stock, more, strict=True)]),
        unit=tuple([(*row, *[0] * len(sites)) for row in problem.unit]),
        room=tuple(
            [
                room if room is None or site not in opened else room + worth
                for site, room in enumerate(problem.room)
            ]
        ),
        goods=(*goods, *range(first, first + len(sites))),
    )


def without_opened(problem: Problem, opened: Collection[int], answer: Answer) -> Answer:
    """Read of an answer to `with_opened` what answers the problem itself.

    A site may have used room for a line that was there for the added one: as many units are
    missing then if it does not. If sites are left closed that are open, as in an answer that was
    cut short, then only as many others give as the limit allows: those that give the most.
    """
    if problem.most is None or not opened:
        return answer
    takes = list(_within_room(problem, opened, answer.takes))
    given = Counter[int]()
    for _, site, units in takes:
        given[site] += 0 if site in opened else units
    others = [site for site, units in given.most_common() if units]
    allowed = {*opened, *others[: problem.most - len(opened)]}
    kept = tuple([take for take in takes if take[1] in allowed])
    return answer._replace(
        takes=kept, missing=missing_of(problem, kept), cost=cost_of(problem, kept)
    )


def _within_room(
    problem: Problem, opened: Collection[int], takes: Iterable[Take]
) -> Iterator[Take]:
    """Leave out the added lines, and what open sites have no room for."""
    rooms = {site: room for site, room in enumerate(problem.room) if site in opened}
    for line, site, units in takes:
        if line < len(problem.need):
            room = rooms.get(site)
            given = units if room is None else min(units, room)
            rooms[site] = room if room is None else room - given
            if given:
                yield line, site, given
