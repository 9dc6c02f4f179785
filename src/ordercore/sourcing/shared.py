"""Many orders before one stock, as numbers: what `problem` is for one order.

Each order is a problem as if it were alone. Beside it stands what its units come from: things
that several orders may want, each with so many units. The stock of a good at a site is such a
thing, and so is the room of a site.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from ordercore.sourcing.problem import (
    Problem,
    Take,
    check_proof,
    cost_of,
    faults_of,
    is_listed,
    missing_of,
    no_answer,
)

__all__ = [
    "NOTHING",
    "Claim",
    "Shared",
    "SharedAnswer",
    "SharedSolver",
    "Uses",
    "answer_of",
    "checked_shared",
    "shared_faults",
    "uses_of",
]

NOTHING = -1
"""Stands where no shared thing does: the site cannot serve the line, or has room without end."""


Uses = tuple[tuple[int, int], ...]
"""Shared things, and how many units of each; one may stand twice."""


class Claim(NamedTuple):
    """An order that wants some of what is shared.

    Attributes:
        problem: The order, as if it were alone.
        cells: By site and line, which shared thing the units would be of; `NOTHING` where the
            site has none for the line.
        rooms: By site, which shared thing its room is; `NOTHING`: it has no limit. Empty: no
            site has one.
    """

    problem: Problem
    cells: tuple[tuple[int, ...], ...]
    rooms: tuple[int, ...] = ()


class Shared(NamedTuple):
    """Orders before one stock.

    Attributes:
        claims: The orders, in the order in which they came.
        units: By shared thing, how many units there are.
    """

    claims: tuple[Claim, ...]
    units: tuple[int, ...]


class SharedAnswer(NamedTuple):
    """Which order gets what, and how good that is, by proof.

    Attributes:
        takes: By order, its takes; see `ordercore.sourcing.problem.Answer`.
        missing: How many units nobody gives, of all orders.
        cost: Of all orders.
        missing_least: No answer leaves fewer units missing.
        bound: No answer that leaves as few missing as ``missing_least`` costs less.
        nodes: How much was looked at.
    """

    takes: tuple[tuple[Take, ...], ...]
    missing: int
    cost: int
    missing_least: int
    bound: int
    nodes: int

    @property
    def exact(self) -> bool:
        """Whether no answer leaves fewer units missing, or as many at a lower cost."""
        return self.missing == self.missing_least and self.cost == self.bound


class SharedSolver(Protocol):
    """Whatever answers many orders at once: our own search, or a solver from outside.

    It leaves as few units missing as it can, and of such answers it gives a cheap one. The
    same question, effort and seed have the same answer. What it says is proved must be true;
    ``missing_least=0`` and ``bound=0`` say nothing and are.
    """

    def __call__(self, shared: Shared, *, effort: int, seed: int) -> SharedAnswer:
        """Answer all orders; more effort never gives a worse answer."""


def answer_of(
    shared: Shared,
    takes: Sequence[Iterable[Take]],
    *,
    missing_least: int = 0,
    bound: int = 0,
    nodes: int = 0,
) -> SharedAnswer:
    """Write down takes as an answer, with what is proved of it.

    >>> problem = Problem(need=(2,), stock=((3,),), opening=(5,), unit=((1,),))
    >>> shared = Shared((Claim(problem, ((0,),)),) * 2, (3,))
    >>> answer_of(shared, [[(0, 0, 2)], [(0, 0, 1)]])[1:]
    (1, 13, 0, 0, 0)
    """
    ordered = tuple(tuple(sorted(each)) for each in takes)
    pairs = [(claim.problem, each) for claim, each in zip(shared.claims, ordered, strict=True)]
    return SharedAnswer(
        takes=ordered,
        missing=sum(missing_of(problem, each) for problem, each in pairs),
        cost=sum(cost_of(problem, each) for problem, each in pairs),
        missing_least=missing_least,
        bound=bound,
        nodes=nodes,
    )


def shared_faults(shared: Shared, takes: Sequence[Sequence[Take]]) -> list[str]:
    """List what is wrong with takes: nothing, if an answer may consist of them.

    >>> problem = Problem(need=(2,), stock=((3,),), opening=(5,), unit=((1,),))
    >>> shared = Shared((Claim(problem, ((0,),)),) * 2, (3,))
    >>> shared_faults(shared, [[(0, 0, 2)], [(0, 0, 2)]])
    ['4 units are taken of thing 0, which has 3']
    """
    if len(takes) != len(shared.claims):
        return [f"{len(shared.claims)} orders are asked, and {len(takes)} answered"]
    found = [
        f"order {i}: {fault}"
        for i, (claim, each) in enumerate(zip(shared.claims, takes, strict=True))
        for fault in faults_of(claim.problem, each)
    ]
    if found:
        return found
    used = [0] * len(shared.units)
    for claim, each in zip(shared.claims, takes, strict=True):
        for thing, units in uses_of(claim, each):
            used[thing] += units
    return [
        f"{taken} units are taken of thing {thing}, which has {units}"
        for thing, (taken, units) in enumerate(zip(used, shared.units, strict=True))
        if taken > units
    ]


def checked_shared(shared: Shared, answer: SharedAnswer) -> SharedAnswer:
    """Take an answer from whoever gave it; what it leaves and costs is counted here.

    Raises:
        InvalidValue: It is none.
    """
    given: Any = answer  # whatever comes from outside
    told: Any = given.takes if isinstance(given, SharedAnswer) else None
    if not is_listed(told) or not all(map(is_listed, told)):
        raise no_answer(answer)
    faults = shared_faults(shared, told)
    if faults:
        raise no_answer(faults[0])
    found = answer_of(
        shared,
        told,
        missing_least=answer.missing_least,
        bound=answer.bound,
        nodes=answer.nodes,
    )
    check_proof(found)
    return found


def uses_of(claim: Claim, takes: Iterable[Take]) -> Uses:
    """Tell what takes use of shared things."""
    cells, rooms = claim.cells, claim.rooms
    used = [(cells[site][line], units) for line, site, units in takes]
    if rooms:
        used += [(rooms[site], units) for _, site, units in takes]
    return tuple([(thing, units) for thing, units in used if thing != NOTHING])
