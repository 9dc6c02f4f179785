"""Sites that send a parcel anyway: what more they give is not one more parcel.

A limit on parcels counts these sites, whether they give more or not. A `Problem` knows no such
sites, but they can be told to it: each of them alone can serve a line that is worth more units
than all others together, so that in every best answer each of them is open. Answered like
this, the lines that were added are left out again, and nothing else changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from ordercore.sourcing.problem import Answer, Problem, Take, cost_of, missing_of

__all__ = ["with_opened", "without_opened"]


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
