"""Choosing exactly: the plan that leaves the fewest units, and of these the best, with proof.

All three objectives are questions to one solver. Least cost is the problem itself. Fewest
parcels is the same with each site costing 1; then the cheapest plan with so many. Least time
is the earliest instant by which the sites that are in time leave no more than all of them
would, found by halving; then the cheapest plan from these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from ordercore.sourcing.beside import with_opened, without_opened
from ordercore.sourcing.board import Board, Chosen
from ordercore.sourcing.certificate import Certificate, Objective
from ordercore.sourcing.problem import (
    Answer,
    Problem,
    Solver,
    Take,
    checked,
    cost_of,
    missing_of,
    no_answer,
)
from ordercore.sourcing.reasons import Reason, ReasonCode
from ordercore.sourcing.rules.filters import unknown_time
from ordercore.sourcing.strategies import Exact

__all__ = ["choose_exact"]

_WhyNot = Callable[[int], Reason]
"""Says why a site that could give something is not in the plan."""

_Found = tuple[Chosen, Certificate]


def choose_exact(board: Board, choice: Exact, most: int | None, solver: Solver) -> _Found:
    """Find the best plan by an objective.

    Args:
        board: What the sites could give.
        choice: By which objective, and how much is looked at.
        most: From how many sites at most; None: from any number.
        solver: Who answers problems.

    Raises:
        InvalidValue: The solver gives an answer that is none.
    """
    return _WAYS[choice.objective](_Asking(board, choice, most, solver))


class _Asking:
    """One exact choice: its problem, who answers, and how much was looked at."""

    def __init__(self, board: Board, choice: Exact, most: int | None, solver: Solver) -> None:
        self.board = board
        self.choice = choice
        self.most = most
        self.problem = board.problem(None if most is None else max(most, len(board.opened)))
        self.ruled = board.ruled
        self.solver = solver
        self.nodes = 0

    def ask(self, problem: Problem) -> Answer:
        """Have a problem answered within the nodes that are left, and check what is said."""
        left = max(1, self.choice.nodes - self.nodes)
        asked = with_opened(problem, self.board.opened)
        answer = checked(asked, self.solver(asked, nodes=left))
        self.nodes += answer.nodes
        return without_opened(problem, self.board.opened, answer)

    def certificate(
        self, takes: Iterable[Take], value: int, bound: int, least: int
    ) -> Certificate:
        """Write down what was found and what is proved.

        Raises:
            InvalidValue: Of two answers, one leaves fewer units than none can by the other.
        """
        missing = missing_of(self.problem, takes)
        if missing < least:
            raise no_answer(f"{missing} units missing, and missing_least {least}")
        return Certificate(
            objective=self.choice.objective,
            value=value,
            lower_bound=min(bound, value),
            missing=missing,
            missing_least=least,
            nodes=self.nodes,
            parcels_max=self.problem.most,
            ruled=self.ruled,
        )

    def chosen(self, takes: tuple[Take, ...], why_not: _WhyNot) -> Chosen:
        """Give each site that could give something its reason."""
        taken = _sites(takes)
        capable = filter(self.board.capable, range(len(self.board.units)))
        reasons = {
            site: self._why(site, takes) if site in taken else self._why_not(site, takes, why_not)
            for site in capable
        }
        return Chosen(takes, {site: (why,) for site, why in reasons.items()})

    def _why_not(self, site: int, takes: tuple[Take, ...], why_not: _WhyNot) -> Reason:
        """Say that no more parcels may be sent beside those that are anyway, or why else not."""
        opened = self.board.opened
        if self.most is not None and len(opened) >= self.most and site not in opened:
            return Reason(code=ReasonCode.NO_MORE_PARCELS, limit=self.most)
        return self._too_few(site, takes, why_not(site))

    def _too_few(self, site: int, takes: tuple[Take, ...], why: Reason) -> Reason:
        """Say that a site could give less than the only one that is taken, if it could."""
        if why.code is not ReasonCode.NOT_IN_BEST or self.problem.most != 1 or not takes:
            return why
        given = sum(units for _, _, units in takes)
        units = sum(units for _, _, units in self.board.offer(site, list(self.problem.need)))
        if units >= given:
            return why
        subject = self.board.case.candidates[takes[0][1]].id
        return Reason(code=ReasonCode.GIVES_TOO_FEW, value=units, limit=given, subject=subject)

    def _why(self, site: int, takes: tuple[Take, ...]) -> Reason:
        """Say why a site is in the plan: a line has nobody else, or the plan is the best."""
        units = self.board.units
        alone = any(
            not any(row[line] for other, row in enumerate(units) if other != site)
            for line, giver, _ in takes
            if giver == site
        )
        return Reason(code=ReasonCode.ONLY_ONE if alone else ReasonCode.IN_BEST)


# Least cost


def _least_cost(asking: _Asking) -> _Found:
    answer = asking.ask(asking.problem)
    chosen = asking.chosen(answer.takes, _saving(asking, answer))
    return chosen, asking.certificate(
        answer.takes, answer.cost, answer.bound, answer.missing_least
    )


def _saving(asking: _Asking, answer: Answer) -> _WhyNot:
    """Say what a site would save, if that is asked and can be found out.

    What it saves at most is what the best plan would cost less if the site cost nothing once.
    Once an answer is not proved, or the nodes are used up, no more is found out.
    """
    problem = asking.problem
    spent = not answer.exact or asking.nodes >= asking.choice.nodes

    def why_not(site: int) -> Reason:
        nonlocal spent
        if asking.choice.compare and not spent:
            opening = [0 if i == site else cost for i, cost in enumerate(problem.opening)]
            free = asking.ask(problem._replace(opening=tuple(opening)))
            spent = not free.exact or asking.nodes >= asking.choice.nodes
            saves, once = max(0, answer.cost - free.bound), problem.opening[site]
            if free.missing_least == answer.missing and saves <= once:
                return Reason(code=ReasonCode.SAVES_TOO_LITTLE, value=saves, limit=once)
        return _not_in_best(site)

    return why_not


def _not_in_best(_site: int) -> Reason:
    return Reason(code=ReasonCode.NOT_IN_BEST)


# Fewest parcels


def _fewest_parcels(asking: _Asking) -> _Found:
    problem, opened = asking.problem, asking.board.opened
    one_each = tuple([int(site not in opened) for site in range(len(problem.opening))])
    count = asking.ask(_free(problem)._replace(opening=one_each))
    cheap = asking.ask(problem._replace(most=max(1, count.cost + len(opened))))

    def parcels(takes: Iterable[Take]) -> int:
        return len(_sites(takes) - opened)

    takes = _better(problem, count, cheap, parcels)
    return asking.chosen(takes, _not_in_best), asking.certificate(
        takes, parcels(takes), count.bound, count.missing_least
    )


# Least time


def _least_time(asking: _Asking) -> _Found:
    board, problem = asking.board, asking.problem
    anyway = _anyway(board)
    told = {i: site.seconds for i, site in enumerate(board.case.candidates) if board.capable(i)}
    seconds = {site: max(each, anyway) for site, each in told.items() if each is not None}
    asking.ruled = asking.ruled or len(seconds) < len(told)
    times = sorted({*seconds.values(), anyway})
    answers: dict[int, Answer] = {}

    def within(position: int) -> Answer:
        if position not in answers:
            only = {site for site, each in seconds.items() if each <= times[position]}
            answers[position] = asking.ask(_from(_free(problem), only))
        return answers[position]

    full = within(len(times) - 1)
    found = _first(len(times), lambda i: within(i).missing <= full.missing)
    least = _first(found + 1, lambda i: within(i).missing_least <= full.missing)
    in_time = {site for site, each in seconds.items() if each <= times[found]}
    takes = _better(
        problem,
        within(found),
        asking.ask(_from(problem, in_time)),
        lambda takes: _slowest(takes, seconds, anyway),
    )
    value = _slowest(takes, seconds, anyway)
    chosen = asking.chosen(takes, _slower(board, seconds, value))
    return chosen, asking.certificate(takes, value, times[least], full.missing_least)


def _anyway(board: Board) -> int:
    """Tell how long it takes until all is there that is sent anyway: no plan is there sooner."""
    case = board.case
    told = [case.seconds_until(parcel.arrives_at) for parcel in case.beside.parcels.values()]
    return max([0, *filter(None, told)])


def _slower(board: Board, seconds: Mapping[int, int], value: int) -> _WhyNot:
    def why_not(site: int) -> Reason:
        told = seconds.get(site)
        if told is None:
            return Reason(code=unknown_time(board.case.candidates[site]))
        if told > value:
            return Reason(code=ReasonCode.SLOWER, value=told, limit=value)
        return _not_in_best(site)

    return why_not


def _first(count: int, holds: Callable[[int], bool]) -> int:
    """Find the first position at which something holds that holds at the last, by halving."""
    low, high = 0, count - 1
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


# Problems and takes


def _free(problem: Problem) -> Problem:
    """Make the same problem without costs."""
    nothing = tuple((0,) * len(row) for row in problem.unit)
    return problem._replace(opening=(0,) * len(problem.opening), unit=nothing)


def _from(problem: Problem, sites: set[int]) -> Problem:
    """Make the same problem for some of the sites."""
    stock = tuple(
        row if site in sites else (0,) * len(row) for site, row in enumerate(problem.stock)
    )
    return problem._replace(stock=stock)


def _sites(takes: Iterable[Take]) -> set[int]:
    return {site for _, site, _ in takes}


def _slowest(takes: Iterable[Take], seconds: Mapping[int, int], least: int) -> int:
    return max([least, *(seconds[site] for site in _sites(takes))])


def _better(
    problem: Problem, one: Answer, other: Answer, value: Callable[[tuple[Take, ...]], int]
) -> tuple[Take, ...]:
    """Take the better of two answers: fewer units missing, then by value, then by cost."""

    def worth(takes: tuple[Take, ...]) -> tuple[int, int, int]:
        return missing_of(problem, takes), value(takes), cost_of(problem, takes)

    return min(one.takes, other.takes, key=worth)


_WAYS: Final[Mapping[Objective, Callable[[_Asking], _Found]]] = MappingProxyType(
    {
        Objective.COST: _least_cost,
        Objective.PARCELS: _fewest_parcels,
        Objective.TIME: _least_time,
    }
)
