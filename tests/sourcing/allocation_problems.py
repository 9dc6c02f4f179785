"""Problems of one order, drawn and made; and their answers, found by trying everything."""

from __future__ import annotations

import math
import random
from itertools import combinations, product

from hypothesis import strategies as st

from ordercore.sourcing.problem import Problem, Take, cost_of, faults_of, missing_of


def made(regime: str, sites: int, lines: int, seed: int) -> Problem:
    """Make a problem with places on a map: ``scarce`` stock or ``ample``."""
    full, spread = {"scarce": (0.8, 0.45), "ample": (0.12, 0.5)}[regime]
    rng = random.Random(f"{regime}/{sites}/{lines}/{seed}")
    customer = (rng.uniform(0, 1000), rng.uniform(0, 1000))
    away = [
        math.dist(customer, (rng.uniform(0, 1000), rng.uniform(0, 1000))) for _ in range(sites)
    ]
    need = [rng.choice((1, 1, 1, 2, 2, 3, 5)) for _ in range(lines)]
    stock = [[0] * lines for _ in range(sites)]
    for line, wanted in enumerate(need):
        keepers = [site for site in range(sites) if rng.random() < spread] or [0]
        for _ in range(math.ceil(wanted / full)):
            stock[rng.choice(keepers)][line] += 1
    unit = [2 * rng.randint(1, 5) + int(0.02 * each) for each in away]
    return Problem(
        need=tuple(need),
        stock=tuple(map(tuple, stock)),
        opening=tuple(rng.randint(40, 80) + round(each) for each in away),
        unit=tuple((each,) * lines for each in unit),
    )


@st.composite
def problems(draw, sites=4, lines=3, *, shared=True):
    """Draw small problems: free and dear sites, lines that share goods, rooms, few parcels."""
    count, width = draw(st.integers(0, sites)), draw(st.integers(1, lines))
    number = st.integers(0, 3)
    goods = tuple(draw(st.lists(st.integers(0, 1), min_size=width, max_size=width)))
    if not shared or draw(st.booleans()):
        goods = ()
    stock = []
    for _ in range(count):
        held = draw(st.lists(number, min_size=width, max_size=width))
        if goods:  # what a site has of a good, it has for each line that may have it
            allowed = draw(st.lists(st.booleans(), min_size=width, max_size=width))
            by_good = draw(st.tuples(number, number))
            held = [by_good[good] * may for good, may in zip(goods, allowed, strict=True)]
        stock.append(tuple(held))
    costs = st.lists(st.integers(0, 9), min_size=width, max_size=width)
    room = st.one_of(st.none(), st.integers(0, 4)) if shared else st.none()
    return Problem(
        need=tuple(draw(st.lists(st.integers(1, 3), min_size=width, max_size=width))),
        stock=tuple(stock),
        opening=tuple(draw(st.lists(st.integers(0, 20), min_size=count, max_size=count))),
        unit=tuple(tuple(draw(costs)) for _ in range(count)),
        room=tuple(draw(st.lists(room, min_size=count, max_size=count))),
        goods=goods,
        most=draw(st.one_of(st.none(), st.integers(1, 3))),
    )


def tried(problem: Problem) -> tuple[int, int]:
    """Try every way to serve every unit; tell the fewest missing and the least cost of those."""
    best: tuple[int, int] | None = None
    sites = range(len(problem.stock))
    limit = len(sites) if problem.most is None else problem.most
    for size in range(min(limit, len(sites)) + 1):
        for opened in combinations(sites, size):
            found = _from(problem, opened)
            if best is None or found < best:
                best = found
    assert best is not None
    return best


def _from(problem: Problem, opened: tuple[int, ...]) -> tuple[int, int]:
    """Serve line by line from some sites in every way, keeping only what can still matter."""
    goods = problem.goods or tuple(range(len(problem.need)))
    states = {(tuple(problem.room[site] for site in opened), frozenset()): (0, 0)}
    for line, need in enumerate(problem.need):
        ways = [way for way in product(range(need + 1), repeat=len(opened)) if sum(way) <= need]
        after: dict = {}
        for (rooms, used), (missing, cost) in states.items():
            taken = dict(used)
            for way in ways:
                now, left = dict(taken), list(rooms)
                for i, (site, units) in enumerate(zip(opened, way, strict=True)):
                    key = (site, goods[line])
                    now[key] = now.get(key, 0) + units
                    if units > problem.stock[site][line] or (
                        units and now[key] > problem.stock[site][line]
                    ):
                        break
                    if left[i] is not None:
                        left[i] -= units
                        if left[i] < 0:
                            break
                else:
                    more = sum(
                        problem.unit[site][line] * units
                        for site, units in zip(opened, way, strict=True)
                    )
                    key = (tuple(left), frozenset(now.items()))
                    worth = (missing + need - sum(way), cost + more)
                    after[key] = min(worth, after.get(key, worth))
        states = after
    missing, cost = min(states.values())
    return missing, cost + sum(problem.opening[site] for site in opened)


def proper(problem: Problem, takes: tuple[Take, ...]) -> tuple[int, int]:
    """Check that takes are an answer; tell what is missing, and what they cost."""
    assert not faults_of(problem, takes)
    return missing_of(problem, takes), cost_of(problem, takes)


def relabelled(problem: Problem, sites: list[int], lines: list[int]) -> Problem:
    """Put sites and lines into another order."""

    def row(given: tuple) -> tuple:
        return tuple(given[line] for line in lines)

    return problem._replace(
        need=row(problem.need),
        stock=tuple(row(problem.stock[site]) for site in sites),
        opening=tuple(problem.opening[site] for site in sites),
        unit=tuple(row(problem.unit[site]) for site in sites),
        room=tuple(problem.room[site] for site in sites),
        goods=row(problem.goods) if problem.goods else (),
    )
