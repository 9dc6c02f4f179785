"""A stock that is ready to be asked: goods, things that are made, people and equipment.

What an order needs is set aside and booked when it is placed, for a while, and kept for good
when it is confirmed. All of it is written with the order, in one commit. Units are kept as
levels, one for each sku at each site, people and equipment as agendas, one for each resource.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from ordercore.calendars import WorkingTime
from ordercore.calendars.microseconds import lasting
from ordercore.data.checks import (
    duplicates,
    each,
    identifier,
    instance,
    names_of,
    optional,
    tuple_of,
)
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, LimitExceeded, NotFound
from ordercore.stock import MAX_SITES, BillBook, ProposalPolicy, Shortage, restock
from ordercore.stock.resources import MAX_AGENDAS, Requirement
from ordercore.storage import MAX_CHANGES, Key, Loaded, Readable
from ordercore.workflows.keeping.answering import answered
from ordercore.workflows.keeping.desk import Desk, agenda_key, level_key, plan_key
from ordercore.workflows.keeping.held import Goods, Held
from ordercore.workflows.keeping.made import Made
from ordercore.workflows.keeping.serving import set_aside
from ordercore.workflows.keeping.visits import Visits
from ordercore.workflows.sourcing import Sourcing
from ordercore.workflows.stock import Granted, Purpose, Short, StockAnswer, StockTask, Wanted

__all__ = ["ServiceNeed", "StockKeeper", "agenda_key", "level_key", "plan_key"]

_period = optional(lasting(least=1))


@frozen
class ServiceNeed:
    """Whom and what a service needs.

    Args:
        sku: Of the service.
        requirement: What one unit of it needs; its id plays no part.
    """

    sku: str = field(validator=identifier)
    requirement: Requirement = field(validator=instance(Requirement))


def _needs(
    given: Mapping[str, Requirement] | Iterable[ServiceNeed],
) -> tuple[ServiceNeed, ...]:
    """Take services by their skus, or as `ServiceNeed`."""
    if isinstance(given, Mapping):
        return tuple(ServiceNeed(sku, requirement) for sku, requirement in given.items())
    return tuple_of(given)


@frozen(kw_only=True)
class StockKeeper:
    """Keeps goods as levels, people as agendas, and answers use cases: it is a `Stock`.

    Each line is served in the way that its sku is known by: what is in ``services`` by people
    and equipment, what has a bill in ``bills`` of finished units and by making the rest, all
    else of goods. Goods come from any of the sites, as `ordercore.stock.reserve` does it. A
    service that it does not know needs nothing of it and is granted.

    Args:
        sites: Where goods are kept, one site or several.
        hold_for: How long units are set aside for an order that is placed and not confirmed;
            from then on others may have them. None: until it is cancelled.
        renewable_for: For how long in all that may be renewed, from when they were set aside,
            so at least ``hold_for``; None: not at all.
        returns_to: At which site units are taken in that come back; None: at the first.
        bills: What things are made of that are made to order; None: nothing is.
        works: Of the stock of which sites they are made, of all of these together; none named:
            of all sites.
        make_within: How long after it is ordered a thing that is made must be there.
        ship_within: How long after they are ordered goods must be there to leave: what comes by
            then is promised as what stands there is, and so are preorders that may leave then.
        proposal_policy: How what is short becomes proposals.
        services: Whom and what services need, by their skus.
        resources: The ids of the people and the equipment, whose agendas are in the store.
        ahead: How far ahead a time is looked for where the customer has said none.
        calendar: In which working time passes, if lead times are counted in it.
        sourcing: Who decides at which of the sites goods are set aside, and where things are
            made; None: `ordercore.stock.reserve`, by the order of their ids. The plan is told in
            the reply, and the last one that was made is kept under `plan_key`.

    Raises:
        InvalidDocument: A site, a service or a resource is named twice, a site is none of
            the sites, or none of the sites of the sourcing's network is; what is held may be
            renewed for less time than it is held; a service has a bill; or lead times are in
            working time, and there is no calendar. All of it is told.
        InvalidInput: A field is not as said.

    >>> StockKeeper(sites="east", hold_for=timedelta(minutes=30)).sites
    ('east',)
    """

    sites: tuple[str, ...] = field(
        converter=names_of, validator=each(identifier, least=1, most=MAX_SITES)
    )
    hold_for: timedelta | None = field(default=None, validator=_period)
    renewable_for: timedelta | None = field(default=None, validator=_period)
    returns_to: str | None = field(default=None, validator=optional(identifier))
    bills: BillBook | None = field(default=None, validator=optional(instance(BillBook)))
    works: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=MAX_SITES)
    )
    make_within: timedelta = field(default=timedelta(), validator=lasting())
    ship_within: timedelta = field(default=timedelta(), validator=lasting())
    proposal_policy: ProposalPolicy = field(
        factory=ProposalPolicy, validator=instance(ProposalPolicy)
    )
    services: tuple[ServiceNeed, ...] = field(
        default=(), converter=_needs, validator=each(instance(ServiceNeed), most=MAX_AGENDAS)
    )
    resources: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=MAX_AGENDAS)
    )
    ahead: timedelta = field(default=timedelta(days=90), validator=lasting(least=1))
    calendar: WorkingTime | None = field(default=None, validator=optional(instance(WorkingTime)))
    sourcing: Sourcing | None = field(default=None, validator=optional(instance(Sourcing)))

    _by_sku: Mapping[str, Requirement] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise InvalidDocument(faults)
        if self.returns_to is None:
            object.__setattr__(self, "returns_to", self.sites[0])
        by_sku = {need.sku: need.requirement for need in self.services}
        object.__setattr__(self, "_by_sku", MappingProxyType(by_sku))

    def _faults(self) -> Iterator[InvalidInput]:
        yield from duplicates(self.sites, "sites", what="a site named once")
        yield from duplicates((need.sku for need in self.services), "services", then="sku")
        yield from duplicates(self.resources, "resources", what="a resource named once")
        named: list[tuple[tuple[str | int, ...], str]] = [
            (("works", i), site) for i, site in enumerate(self.works)
        ]
        named += [] if self.returns_to is None else [(("returns_to",), self.returns_to)]
        for path, site in named:
            if site not in self.sites:
                yield InvalidValue("one of the sites", site, path=path)
        yield from self._renewed_for_less()
        yield from self._made_otherwise()
        yield from self._other_sites()

    def _renewed_for_less(self) -> Iterator[InvalidInput]:
        """Refuse to renew what is held until the order is cancelled, or for less than it is."""
        hold, whole = self.hold_for, self.renewable_for
        if whole is None or (hold is not None and whole >= hold):
            return
        expected = "nothing where units are set aside until the order is cancelled"
        if hold is not None:
            expected = (
                f"at least hold_for, {hold}: for how long in all, from when it was set aside"
            )
        path = ("renewable_for",)
        yield InvalidValue(expected, whole, path=path, reason="fields_disagree")

    def _made_otherwise(self) -> Iterator[InvalidInput]:
        """Refuse services that are made of parts, and working time of which nobody says when."""
        bills = self.bills
        if bills is None:
            return
        for i, need in enumerate(self.services):
            if need.sku in bills and bills.part(need.sku).is_made:
                expected = "a sku that has no bill: it is made, or performed"
                path = ("services", i, "sku")
                yield InvalidValue(expected, need.sku, path=path, reason="fields_disagree")
        timed = [part.sku for part in bills.parts if part.in_working_time]
        if timed and self.calendar is None:
            expected = f"a calendar: the lead time of {timed[0]} is in working time"
            yield InvalidValue(expected, path=("calendar",), reason="missing_calendar")

    def _other_sites(self) -> Iterator[InvalidInput]:
        """Refuse a network none of whose sites stock is kept at; one without any may be."""
        if self.sourcing is None:
            return
        given = [site.id for site in self.sourcing.network.sites]
        if given and not set(given) & set(self.sites):
            expected = f"at least one of the sites {', '.join(self.sites)}"
            path = ("sourcing", "network", "sites")
            yield InvalidValue(expected, ", ".join(given), path=path, reason="site_unknown")

    # How a line is served, and until when

    def requirement(self, wanted: Wanted) -> Requirement | None:
        """Tell whom and what a line needs; None: it is no service that is known."""
        return self._by_sku.get(wanted.sku)

    def makes(self, wanted: Wanted) -> bool:
        """Whether a line is made to order."""
        sku, bills = wanted.sku, self.bills
        if bills is None or wanted.service is not None or sku in self._by_sku:
            return False
        return sku in bills and bills.part(sku).is_made

    def keeps(self, wanted: Wanted) -> bool:
        """Whether anything is set aside or booked for a line."""
        return wanted.service is None or wanted.sku in self._by_sku

    def ends(self, at: datetime) -> datetime | None:
        """Tell until when what is set aside at an instant is held; None: for good."""
        return None if self.hold_for is None else at + self.hold_for

    def ends_at_last(self, at: datetime) -> datetime | None:
        """Tell until when it may be renewed; None: it may not."""
        if self.renewable_for is None:
            return None
        return at + self.renewable_for

    # It is a `Stock`

    def needs(self, task: StockTask, got: Loaded) -> tuple[Readable, ...]:  # noqa: ARG002
        """Ask for the levels of all that a task is about, at all sites, and for agendas.

        Raises:
            LimitExceeded: That is more than a store reads at once.
        """
        keys = tuple(self._keys(task))
        if len(keys) > MAX_CHANGES:
            expected = (
                f"at most {MAX_CHANGES} levels and agendas at once, of each sku and part one at "
                f"each of {len(self.sites)} sites: make several orders of it, or keep fewer sites"
            )
            raise LimitExceeded(expected, len(keys), path=("lines",))
        return keys

    def _keys(self, task: StockTask) -> Iterator[Key]:
        goods = [each for each in task.wanted if self.keeps(each)]
        skus = {each.sku for each in goods}
        made = [each.sku for each in goods if self.makes(each)]
        if made and self.bills is not None:
            made += [each.sku for each in task.kept if self.makes(each)]
            skus |= {step.part.sku for step in self.bills.below(made)}
        for sku in sorted(skus - self._by_sku.keys()):
            yield from (level_key(sku, site) for site in self.sites)
        if any(each.sku in self._by_sku for each in goods):
            yield from (agenda_key(name) for name in self.resources)
        if self.sourcing is not None and task.purpose in _SETTING_ASIDE:
            yield plan_key(task.order)

    def decide(self, task: StockTask, got: Loaded) -> Granted | Short:
        """Grant all of a task, or tell everything that is short and grant nothing."""
        desk = Desk(self, task, got)
        short = _DOING[task.purpose](desk)
        if short is not None:
            return short
        allocated = {each.line: each.quantity for each in task.wanted if not each.is_gift}
        return Granted(
            happened=desk.happened(),
            allocated=allocated,
            taken=desk.promised.taken,
            appointments=desk.promised.appointments,
            production=desk.promised.production,
            plan=desk.promised.plan,
        )

    def ask(self, task: StockTask, got: Loaded) -> StockAnswer:
        """Tell what a task to reserve would get, and from when on more could be had."""
        return answered(Desk(self, task, got))

    def is_service(self, sku: str) -> bool:
        """Whether a sku is one of the services."""
        return sku in self._by_sku


_SETTING_ASIDE: Final = (Purpose.RESERVE, Purpose.FIRM, Purpose.REROUTE)
"""Purposes for which something may be set aside anew."""


# What is done for each purpose: each tells what is short


def _kinds(desk: Desk) -> tuple[Held, ...]:
    """Sort lines by how they are served."""
    keeper = desk.keeper
    wanted = [each for each in desk.task.wanted if keeper.keeps(each)]
    visits = tuple(each for each in wanted if keeper.requirement(each) is not None)
    made = tuple(each for each in wanted if desk.makes(each))
    goods = tuple(each for each in wanted if each not in visits and each not in made)
    return Goods(desk, goods), Made(desk, made, keeper.bills), Visits(desk, visits)


def _reserve(desk: Desk) -> Short | None:
    task = desk.task
    all_units = [(wanted, wanted.quantity) for wanted in task.wanted]
    return set_aside(desk, all_units, for_good=task.is_confirmed)


def _firm(desk: Desk) -> Short | None:
    """Keep what has not expired; of what has, set as much aside anew, wherever it is free."""
    missing = [pair for kind in _kinds(desk) for pair in kind.firm()]
    return set_aside(desk, missing, for_good=True)


def _reroute(desk: Desk) -> Short | None:
    """Free what stands at sites that drop out; set that and what is lost aside at the others.

    Raises:
        NotFound: Such a site is none of the keeper's.
    """
    task, sites = desk.task, desk.keeper.sites
    for i, site in enumerate(task.without):
        if site not in sites:
            raise NotFound(f"one of the sites {', '.join(sites)}", site, path=("sites", i))
    missing = [pair for kind in _kinds(desk) for pair in kind.leave(task.without)]
    return set_aside(desk, missing, for_good=task.is_confirmed)


def _free(desk: Desk) -> None:
    for kind in _kinds(desk):
        kind.free()


def _hand_over(desk: Desk) -> None:
    for kind in _kinds(desk):
        kind.hand_over()


def _consume(desk: Desk) -> Short | None:
    return _short(short for kind in _kinds(desk) for short in kind.consume())


def _renew(desk: Desk) -> Short | None:
    """Keep it as long again as at first, but not longer than was agreed then."""
    next_end = desk.keeper.ends(desk.task.at)

    def until(most: datetime | None) -> datetime | None:
        return None if most is None or next_end is None else min(most, next_end)

    return _short(short for kind in _kinds(desk) for short in kind.renew(until))


def _reschedule(desk: Desk) -> Short | None:
    visits = tuple(each for each in desk.task.wanted if desk.keeper.requirement(each) is not None)
    return Visits(desk, visits).reschedule() if visits else None


def _produce(desk: Desk) -> Short | None:
    made = tuple(each for each in desk.task.wanted if desk.makes(each))
    return _short(Made(desk, made, desk.keeper.bills).produce())


def _short(found: Iterable[Shortage]) -> Short | None:
    shortages = tuple(found)
    return Short(shortages=shortages) if shortages else None


def _restock(desk: Desk) -> None:
    keeper = desk.keeper
    for wanted in desk.task.wanted:
        if keeper.keeps(wanted) and keeper.requirement(wanted) is None:
            level = desk.level(wanted.sku, keeper.returns_to or keeper.sites[0])
            desk.put(restock(level, wanted.quantity, holder=desk.task.order))


_DOING: Final[Mapping[Purpose, Callable[[Desk], Short | None]]] = MappingProxyType(
    {
        Purpose.RESERVE: _reserve,
        Purpose.FIRM: _firm,
        Purpose.FREE: _free,
        Purpose.CONSUME: _consume,
        Purpose.RESTOCK: _restock,
        Purpose.HAND_OVER: _hand_over,
        Purpose.RENEW: _renew,
        Purpose.PRODUCE: _produce,
        Purpose.REROUTE: _reroute,
        Purpose.RESCHEDULE: _reschedule,
    }
)
"""What is done for each purpose."""
