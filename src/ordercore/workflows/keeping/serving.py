"""What is set aside anew: a demand of all lines at once, and what is told where it is short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from attrs import evolve

from ordercore.errors import InvalidValue
from ordercore.sourcing import AllocationPlan
from ordercore.stock import (
    Appointment,
    Demand,
    DemandLine,
    FromStock,
    MadeToOrder,
    Performed,
    ProductionProposal,
    ProposalPolicy,
    Reserved,
    Shortage,
    StockCheck,
    StockSnapshot,
    Supply,
    Taken,
    check,
    open_level,
    propose,
    reserve,
)
from ordercore.stock.materials.demands import Wanted as Part
from ordercore.workflows.keeping.desk import Desk, Pile
from ordercore.workflows.keeping.remedies import remedies
from ordercore.workflows.stock import Promised, Short, Wanted

if TYPE_CHECKING:
    from ordercore.workflows.keeper import StockKeeper

__all__ = ["Question", "find_times", "foreseen", "question", "set_aside"]

_PLACE_UNKNOWN: Final = "place_unknown"
"""The reason of sourcing where a rule asks for a place that nobody knows."""


def set_aside(
    desk: Desk, several: Iterable[tuple[Wanted, int]], *, for_good: bool
) -> Short | None:
    """Set units aside, of all that is wanted or of nothing; tell what is short.

    Args:
        desk: The task.
        several: What, and how many units of it.
        for_good: Whether it is kept for good.
    """
    asked = question(desk, several)
    if asked is None:
        return None
    sourced = _sourced(desk, asked)
    if isinstance(sourced, Short):
        return sourced
    demand, plan = sourced
    done = _reserved(desk, demand, asked.snapshot, for_good=for_good)
    if isinstance(done, StockCheck):
        return _short(done, demand, asked, plan)
    _take_down(desk, done, for_good=for_good)
    promised = _promised(desk, done.taken, done.appointments, demand)
    desk.promised = evolve(promised, plan=plan)
    return None


def foreseen(desk: Desk, asked: Question) -> Promised | Short:
    """Tell what `set_aside` would set aside, or what is short; nothing is."""
    sourced = _sourced(desk, asked)
    if isinstance(sourced, Short):
        return sourced
    demand, plan = sourced
    done = check(demand, asked.snapshot, desk.task.at)
    if not done.ok:
        return _short(done, demand, asked, plan)
    taken = (part for line in done.lines for part in line.taken)
    appointments = (each for line in done.lines for each in line.appointments)
    return evolve(_promised(desk, tuple(taken), appointments, demand), plan=plan)


def find_times(desk: Desk, several: Iterable[Wanted]) -> tuple[Appointment, ...] | Short:
    """Find when services can take place, all of them; or tell what is short. Nobody is booked.

    Args:
        desk: The task.
        several: Services that the keeper knows.
    """
    at = desk.task.at
    missing = {wanted.line: wanted for wanted in several}
    demand = Demand([_line(desk.keeper, each, each.quantity, at) for each in missing.values()])
    answer = check(demand, _snapshot(desk), at)
    if not answer.ok:
        return Short(shortages=_of_lines(answer.shortages, demand, missing))
    return tuple(each for line in answer.lines for each in line.appointments)


def _snapshot(desk: Desk) -> StockSnapshot:
    """Tell what there is; sites that drop out have nothing."""
    keeper, without = desk.keeper, desk.task.without
    return StockSnapshot(
        levels=[
            level if level.site not in without else open_level(sku=level.sku, site=level.site)[0]
            for level in desk.levels.values()
        ],
        sites=keeper.sites,
        bills=keeper.bills,
        calendar=keeper.calendar,
        agendas=desk.agendas.values(),
    )


def _reserved(
    desk: Desk, demand: Demand, snapshot: StockSnapshot, *, for_good: bool
) -> Reserved | StockCheck:
    keeper, task = desk.keeper, desk.task
    return reserve(
        demand,
        snapshot,
        task.at,
        command=task.command,
        holder=task.order,
        expires_at=None if for_good else keeper.ends(task.at),
        renewable_until=None if for_good else keeper.ends_at_last(task.at),
    )


# What is asked


class Question(NamedTuple):
    """What is to be set aside, and of what."""

    demand: Demand
    """By the lines of the order, before it is decided from where they come."""
    snapshot: StockSnapshot
    missing: Mapping[str, Wanted]
    """The lines, by their ids."""
    policy: ProposalPolicy
    """How what is short becomes proposals."""


def question(desk: Desk, several: Iterable[tuple[Wanted, int]]) -> Question | None:
    """Ask for units of several lines at once; None: nothing is kept of any of them."""
    keeper, at = desk.keeper, desk.task.at
    kept = {wanted.line: (wanted, units) for wanted, units in several if keeper.keeps(wanted)}
    lines = [_line(keeper, wanted, units, at) for wanted, units in kept.values()]
    missing = {line: wanted for line, (wanted, _) in kept.items()}
    if not lines:
        return None
    return Question(Demand(lines), _snapshot(desk), missing, keeper.proposal_policy)


def _line(keeper: StockKeeper, wanted: Wanted, units: int, at: datetime) -> DemandLine:
    """Ask for units of a line."""
    supply, start, due = _supply(keeper, wanted, at)
    return DemandLine(
        id=wanted.line,
        line=wanted.line,
        sku=wanted.sku,
        quantity=units,
        sites=keeper.works if isinstance(supply, MadeToOrder) else (),
        supply=supply,
        not_before=start,
        needed_by=due,
    )


def _supply(
    keeper: StockKeeper, wanted: Wanted, at: datetime
) -> tuple[Supply, datetime | None, datetime | None]:
    """Tell how a line is served, and between which instants."""
    requirement = keeper.requirement(wanted)
    if requirement is not None:
        wish = None if wanted.service is None else wanted.service.appointment
        start, end = (None, None) if wish is None else (wish.start, wish.end)
        return Performed(requirement, keeper.ahead), start, end
    if keeper.makes(wanted):
        return MadeToOrder(), None, at + keeper.make_within
    return FromStock(), None, at + keeper.ship_within


# From where


def _is_planned(line: DemandLine) -> bool:
    """Whether it is decided from where a line comes; services find their site themselves."""
    return not isinstance(line.supply, Performed)


def _planned(desk: Desk, demand: Demand, snapshot: StockSnapshot) -> AllocationPlan | None:
    """Let sourcing choose sites; None: there is nobody to ask, or nothing to be asked."""
    sourcing, task = desk.keeper.sourcing, desk.task
    lines = [line for line in demand.lines if _is_planned(line)]
    if sourcing is None or not lines:
        return None
    return sourcing.plan(Demand(lines), snapshot, task.at, to=task.place)


def _by_plan(demand: Demand, plan: AllocationPlan) -> Demand:
    """Ask each line of the sites of the plan."""
    asked = Demand([line for line in demand.lines if _is_planned(line)])
    planned = plan.demand(asked).lines
    used = {line.id for line in (*planned, *demand.lines)}
    taken = {line.id for line in planned}
    free = (name for number in count(1) if (name := f"service-{number}") not in used)
    others = (line for line in demand.lines if not _is_planned(line))
    named = (line if line.id not in taken else evolve(line, id=next(free)) for line in others)
    return Demand([*planned, *named])


def _sourced(desk: Desk, asked: Question) -> tuple[Demand, AllocationPlan | None] | Short:
    """Decide from where a demand comes, if there is anybody to ask; or tell what is short."""
    try:
        plan = _planned(desk, asked.demand, asked.snapshot)
    except InvalidValue as error:
        if not _is_placeless(error, desk):
            raise
        return _placeless(asked, desk.task.at)
    if plan is None:
        return asked.demand, None
    if not plan.ok:
        return _not_planned(plan, asked, desk.task.at)
    return _by_plan(asked.demand, plan), plan


def _not_planned(plan: AllocationPlan, asked: Question, at: datetime) -> Short:
    """Tell all that is short, and which lines no plan serves though there is enough."""
    demand, snapshot, missing, policy = asked
    answer = check(demand, snapshot, at)
    told = {short.line: short for short in _of_lines(answer.shortages, demand, missing)}
    for line in plan.left:
        wanted = missing[line.id]
        told.setdefault(line.id, wanted.short(wanted.quantity - line.missing, "not_sourced"))
    proposals = remedies(answer, demand, snapshot, policy)
    return Short(shortages=told.values(), proposals=proposals, plan=plan)


def _is_placeless(error: InvalidValue, desk: Desk) -> bool:
    """Whether it says that a rule asks where the customer is, and nobody knows."""
    return error.reason == _PLACE_UNKNOWN and desk.task.place is None


def _placeless(asked: Question, at: datetime) -> Short:
    """Tell all that is short, and of each line that no site is chosen for it."""
    demand, snapshot, missing, policy = asked
    answer = check(demand, snapshot, at)
    told = {short.line: short for short in _of_lines(answer.shortages, demand, missing)}
    for line in (line.id for line in demand.lines if _is_planned(line)):
        short = told.get(line) or missing[line].short()
        told[line] = evolve(short, reasons=(*short.reasons, _PLACE_UNKNOWN))
    return Short(shortages=told.values(), proposals=remedies(answer, demand, snapshot, policy))


# What comes of it


def _take_down(desk: Desk, done: Reserved, *, for_good: bool) -> None:
    command = desk.task.command
    for change in done.changes:
        desk.put((change.level, change.events))
        for new in change.level.held_for(desk.task.order) if for_good else ():
            if new.applied and new.applied[0].command == command:
                desk.firm(Pile(change.level.sku, change.level.site, new), f"{command}.firm")
    for booked in done.agendas:
        desk.put_agenda((booked.agenda, booked.events))


def _short(
    done: StockCheck, demand: Demand, asked: Question, plan: AllocationPlan | None
) -> Short:
    """Tell what is short, by the lines of the order, and what could be done about it."""
    shortages = _of_lines(done.shortages, demand, asked.missing)
    return Short(
        shortages=shortages,
        proposals=remedies(done, demand, asked.snapshot, asked.policy),
        plan=plan,
    )


def _promised(
    desk: Desk, taken: tuple[Taken, ...], appointments: Iterable[Appointment], demand: Demand
) -> Promised:
    """Tell what is promised, by the lines of the order."""
    names = {line.id: line.line or line.id for line in demand.lines}
    return Promised(
        taken=[evolve(part, line=names[part.line]) for part in taken],
        appointments=[evolve(each, line=names[each.line]) for each in appointments],
        production=_production(desk.keeper, demand, taken, desk.task.at),
    )


def _production(
    keeper: StockKeeper, demand: Demand, taken: Iterable[Taken], at: datetime
) -> Iterator[ProductionProposal]:
    """Tell what is to be made of what was set aside for lines that are made."""
    made = {line.id: line for line in demand.lines if isinstance(line.supply, MadeToOrder)}
    if not made or keeper.bills is None:
        return
    stock: Counter[str] = Counter()
    for part in taken:
        if part.line in made:
            stock[part.sku] += part.units
    basket = [Part(line.sku, line.quantity, line.due(at)) for line in made.values()]
    planned = propose(keeper.bills, basket, stock, calendar=keeper.calendar)
    yield from (each for each in planned.proposals if isinstance(each, ProductionProposal))


def _of_lines(
    shortages: Iterable[Shortage], demand: Demand, missing: Mapping[str, Wanted]
) -> Iterator[Shortage]:
    """Tell shortages by the lines of the order: of all that is wanted, once for each line."""
    names = {line.id: line.line or line.id for line in demand.lines}
    told: dict[str, list[Shortage]] = {}
    for short in shortages:
        told.setdefault(names[short.line], []).append(short)
    for line, several in told.items():
        wanted = missing[line]
        yield evolve(
            several[0],
            line=line,
            wanted=wanted.quantity,
            available=wanted.quantity - sum(short.missing for short in several),
        )
