"""Many orders before one stock, drawn small; and their best answers, by trying everything."""

from __future__ import annotations

from itertools import product

from hypothesis import strategies as st

from ordercore.sourcing.problem import Problem, Take
from ordercore.sourcing.shared import NOTHING, Claim, Shared, uses_of

NUMBERS = st.integers(0, 3)


@st.composite
def shared_problems(draw, orders=3, sites=3, *, most=True):
    """Draw orders of one or two lines before sites that have two goods, some with little room."""
    count = draw(st.integers(1, sites))
    held = [draw(st.tuples(NUMBERS, NUMBERS)) for _ in range(count)]
    rooms = [draw(st.one_of(st.none(), st.integers(0, 4))) for _ in range(count)]
    units = [each for row in held for each in row]
    room_of = []
    for room in rooms:
        room_of.append(NOTHING if room is None else len(units))
        units += [] if room is None else [room]
    claims = []
    for _ in range(draw(st.integers(1, orders))):
        goods = draw(st.lists(st.integers(0, 1), min_size=1, max_size=2))
        chosen = draw(st.lists(st.integers(0, count - 1), unique=True, max_size=count))
        costs = st.tuples(*[st.integers(0, 9)] * len(goods))
        problem = Problem(
            need=tuple(draw(st.integers(1, 2)) for _ in goods),
            stock=tuple(tuple(held[site][good] for good in goods) for site in chosen),
            opening=tuple(draw(st.integers(0, 20)) for _ in chosen),
            unit=tuple(draw(costs) for _ in chosen),
            room=tuple(rooms[site] for site in chosen),
            goods=tuple(goods),
            most=draw(st.one_of(st.none(), st.integers(1, 2))) if most else None,
        )
        cells = tuple(tuple(2 * site + good for good in goods) for site in chosen)
        claims.append(Claim(problem, cells, tuple(room_of[site] for site in chosen)))
    return Shared(tuple(claims), tuple(units))


def ways(claim: Claim) -> dict[tuple[tuple[int, int], ...], tuple[int, int]]:
    """Try all ways to serve one order; by what they use, the fewest missing and the cost."""
    problem = claim.problem
    pairs = [
        (line, site) for line in range(len(problem.need)) for site in range(len(problem.stock))
    ]
    ranges = [
        range(min(problem.stock[site][line], problem.need[line]) + 1) for line, site in pairs
    ]
    found: dict[tuple[tuple[int, int], ...], tuple[int, int]] = {}
    for numbers in product(*ranges):
        takes: list[Take] = [
            (line, site, units)
            for (line, site), units in zip(pairs, numbers, strict=True)
            if units
        ]
        worth = _worth(problem, takes)
        if worth is not None:
            used: dict[int, int] = {}
            for thing, units in uses_of(claim, takes):
                used[thing] = used.get(thing, 0) + units
            key = tuple(sorted(used.items()))
            found[key] = min(worth, found.get(key, worth))
    return found


def _worth(problem: Problem, takes: list[Take]) -> tuple[int, int] | None:
    given = [0] * len(problem.need)
    for line, _, units in takes:
        given[line] += units
    opened = {site for _, site, _ in takes}
    if any(units > need for units, need in zip(given, problem.need, strict=True)):
        return None
    if problem.most is not None and len(opened) > problem.most:
        return None
    cost = sum(problem.unit[site][line] * units for line, site, units in takes)
    return sum(problem.need) - sum(given), cost + sum(problem.opening[site] for site in opened)


def best(shared: Shared) -> tuple[int, int]:
    """Tell the fewest units missing, and the least cost of plans that leave no more."""
    states = {shared.units: (0, 0)}
    for claim in shared.claims:
        after: dict[tuple[int, ...], tuple[int, int]] = {}
        for left, (missing, cost) in states.items():
            for used, (more, dearer) in ways(claim).items():
                now = list(left)
                for thing, units in used:
                    now[thing] -= units
                if min(now, default=0) >= 0:
                    worth = (missing + more, cost + dearer)
                    after[tuple(now)] = min(worth, after.get(tuple(now), worth))
        states = after
    return min(states.values())


def first_come(shared: Shared) -> tuple[int, int]:
    """Serve order by order, each by trying all ways; tell what is missing, and the cost.

    Of equally good ways it takes all, and tells the best and the worst that may come of them.
    """
    states = {shared.units: {(0, 0)}}
    for claim in shared.claims:
        after: dict[tuple[int, ...], set[tuple[int, int]]] = {}
        for left, worths in states.items():
            possible = {}
            for used, worth in ways(claim).items():
                now = list(left)
                for thing, units in used:
                    now[thing] -= units
                if min(now, default=0) >= 0:
                    possible[tuple(now)] = min(worth, possible.get(tuple(now), worth))
            least = min(possible.values())
            for now, worth in possible.items():
                if worth == least:
                    after.setdefault(now, set()).update(
                        (missing + worth[0], cost + worth[1]) for missing, cost in worths
                    )
        states = after
    return min(min(worths) for worths in states.values()), max(
        max(worths) for worths in states.values()
    )
