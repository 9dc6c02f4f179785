"""One order as numbers: lines that need units, sites that could give them, and what that costs.

This is the core that exact answers, batches and outside solvers share. It knows whole numbers
and positions only: no ids, amounts, dates or places. Whoever makes a problem puts sites and
lines in the order of their ids, for ties go by position.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from ordercore.errors import InvalidInput, InvalidType, InvalidValue

__all__ = [
    "Answer",
    "Problem",
    "Solver",
    "Take",
    "check_proof",
    "checked",
    "cost_of",
    "dearest",
    "faults_of",
    "is_listed",
    "is_solver",
    "missing_of",
    "no_answer",
]


class Problem(NamedTuple):
    """An order before its sites.

    Attributes:
        need: By line, how many units it needs.
        stock: By site and line, how many units the site could give the line.
        opening: By site, what it costs once the site gives anything.
        unit: By site and line, what each unit costs.
        room: By site, how many units it could give in all; None: as many as there are. Empty:
            no site has a limit.
        goods: By line, what it is of. Lines of one number share the stock of each site; what a
            site could give each of them is the same or nothing. Empty: no two lines share.
        most: At most so many sites may give; None: any number.
    """

    need: tuple[int, ...]
    stock: tuple[tuple[int, ...], ...]
    opening: tuple[int, ...]
    unit: tuple[tuple[int, ...], ...]
    room: tuple[int | None, ...] = ()
    goods: tuple[int, ...] = ()
    most: int | None = None


Take = tuple[int, int, int]
"""A line, a site, and how many units the line gets from it."""


class Answer(NamedTuple):
    """Which site gives which line how many units, and how good that is, by proof.

    Attributes:
        takes: In order; each pair of a line and a site once, with one unit at least.
        missing: How many units nobody gives.
        cost: Of the sites that give, and of the units.
        missing_least: No answer leaves fewer units missing.
        bound: No answer that leaves as few missing as `missing_least` costs less.
        nodes: How much was looked at.
    """

    takes: tuple[Take, ...]
    missing: int
    cost: int
    missing_least: int
    bound: int
    nodes: int

    @property
    def exact(self) -> bool:
        """Whether no answer leaves fewer units missing, or as many at a lower cost."""
        return self.missing == self.missing_least and self.cost == self.bound


class Solver(Protocol):
    """Whatever answers a problem: our own search, or a solver from outside.

    It leaves as few units missing as it can, and of such answers it gives a cheap one. What it
    says is proved must be true; ``missing_least=0`` and ``bound=0`` say nothing and are.
    """

    def __call__(self, problem: Problem, *, nodes: int) -> Answer:
        """Answer a problem, looking at no more than so many nodes."""


def is_solver(_instance: Any, attribute: Any, value: Any) -> None:
    """Refuse what answers no problems."""
    if not callable(value):
        raise InvalidType("a Solver", value, path=(attribute.name,))


def cost_of(problem: Problem, takes: Iterable[Take]) -> int:
    """Add up what takes cost.

    >>> problem = Problem(need=(2,), stock=((1,), (2,)), opening=(5, 6), unit=((1,), (3,)))
    >>> cost_of(problem, [(0, 0, 1), (0, 1, 1)])
    15
    """
    listed = list(takes)
    opened = {site for _, site, _ in listed}
    units = sum(problem.unit[site][line] * units for line, site, units in listed)
    return units + sum(problem.opening[site] for site in opened)


def dearest(problem: Problem) -> int:
    """Tell what an answer to a problem could cost at most."""
    highest: Iterable[int] = map(max, zip(*problem.unit, strict=True))
    units = sum([need * cost for need, cost in zip(problem.need, highest, strict=False)])
    return sum(problem.opening) + units


def missing_of(problem: Problem, takes: Iterable[Take]) -> int:
    """Count the units that takes leave missing."""
    return sum(problem.need) - sum(units for _, _, units in takes)


def faults_of(problem: Problem, takes: Iterable[Take]) -> list[str]:
    """List what is wrong with takes: nothing, if an answer may consist of them.

    >>> problem = Problem(need=(2,), stock=((1,), (2,)), opening=(5, 6), unit=((1,), (3,)))
    >>> faults_of(problem, [(0, 0, 2)])
    ['site 0 of good 0 gives 2 and has 1']
    """
    listed = list(takes)
    found = [f"{take!r:.80} is no take" for take in listed if not _is_take(problem, take)]
    if found:
        return found
    found = [f"take {take} gives nothing" for take in listed if take[2] < 1]
    if len({(line, site) for line, site, _ in listed}) < len(listed):
        found.append("a line and a site stand together twice")
    return found + [
        f"{what} gives {units} and has {limit}"
        for what, units, limit in _limits(problem, listed)
        if units > limit
    ]


def _is_take(problem: Problem, take: Any) -> bool:
    """Whether something names a line and a site that there are, and counts units."""
    if type(take) is not tuple or [type(number) for number in take] != [int, int, int]:
        return False
    line, site = int(take[0]), int(take[1])
    return 0 <= line < len(problem.need) and 0 <= site < len(problem.stock)


def checked(problem: Problem, answer: Answer) -> Answer:
    """Take an answer from whoever gave it; what it leaves and costs is counted here.

    What it says of others is its own word, as long as it can be true.

    Raises:
        InvalidValue: It is none.
    """
    told: Any = answer  # whatever comes from outside
    if not isinstance(told, Answer) or not is_listed(told.takes):
        raise no_answer(told)
    faults = faults_of(problem, answer.takes)
    if faults:
        raise no_answer(faults[0])
    takes = tuple(sorted(answer.takes))
    missing, cost = missing_of(problem, takes), cost_of(problem, takes)
    found = answer._replace(takes=takes, missing=missing, cost=cost)
    check_proof(found)
    return found


def is_listed(given: object) -> bool:
    """Whether something is a tuple or a list, as takes are to be."""
    return isinstance(given, tuple | list)


def check_proof(answer: Any) -> None:
    """Refuse what cannot be proved of an answer, as the answer itself shows otherwise.

    Raises:
        InvalidValue: It says so, or something that is no number.
    """
    for name in ("missing_least", "bound", "nodes"):
        told = getattr(answer, name)
        if type(told) is not int or told < 0:
            raise no_answer(f"{name} {told!r:.80}")
    if answer.missing_least > answer.missing:
        raise no_answer(
            f"{answer.missing} units missing, and missing_least {answer.missing_least}"
        )
    if answer.missing_least == answer.missing and answer.bound > answer.cost:
        raise no_answer(f"a cost of {answer.cost}, and bound {answer.bound}")


def no_answer(given: object) -> InvalidInput:
    """Say that a solver gives an answer that is none."""
    return InvalidValue("an answer to the problem", given, path=("solver",))


def _limits(problem: Problem, takes: list[Take]) -> Iterator[tuple[str, int, int]]:
    """List what takes are limited by: what it is, how many units they take, how many may be."""
    goods = problem.goods or range(len(problem.need))
    by_line, by_site, by_stock = Counter[int](), Counter[int](), Counter[tuple[int, int]]()
    held: dict[tuple[int, int], int] = {}
    for line, site, units in takes:
        stock = (site, goods[line])
        by_line[line] += units
        by_site[site] += units
        by_stock[stock] += units
        held[stock] = max(held.get(stock, 0), problem.stock[site][line])
        if not problem.stock[site][line]:
            yield f"site {site} to line {line}", units, 0
    for (site, good), units in by_stock.items():
        yield f"site {site} of good {good}", units, held[site, good]
    for site, units in by_site.items():
        room = problem.room[site] if problem.room else None
        if room is not None:
            yield f"site {site} in all", units, room
    for line, units in by_line.items():
        yield f"all sites to line {line}", units, problem.need[line]
    if problem.most is not None:
        yield "the number of sites", len(by_site), problem.most
