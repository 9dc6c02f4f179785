"""What use cases ask of stock: to set units aside, to give them free, to let them go.

Whoever keeps stock answers with what is to be written beside the order, or with everything
that is short. So an order and its reservations are stored together, or neither is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from attrs import evolve, field, frozen

from ordercore.cart.counts import NO_COUNTS, Counts, are_counts, counts_if_valid
from ordercore.data.checks import (
    Check,
    aware,
    boolean,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    names_of,
    optional,
    quantity,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.data.private import private
from ordercore.events import MAX_SEQUENCE, Event
from ordercore.orders import ServiceWish
from ordercore.parties import GeoPoint
from ordercore.sourcing import AllocationPlan
from ordercore.stock import (
    MAX_ANSWERS,
    MAX_SITES,
    Appointment,
    LineCheck,
    ProductionProposal,
    Shortage,
    StockCheck,
    Taken,
)
from ordercore.stock.proposals import Proposal
from ordercore.storage import MAX_CHANGES, CounterChange, Key, Loaded, Readable

__all__ = [
    "Granted",
    "Happened",
    "InformedStock",
    "Promised",
    "Purpose",
    "Short",
    "Stock",
    "StockAnswer",
    "StockTask",
    "Wanted",
    "answer_of",
]


class Purpose(StrEnum):
    """What stock is asked to do."""

    RESERVE = "reserve"
    """Set units aside for an order."""
    FIRM = "firm"
    """Keep for good what was set aside for it: the order is confirmed."""
    FREE = "free"
    """Give units free again that were set aside for it."""
    CONSUME = "consume"
    """Take units out that were set aside for it: they leave."""
    RESTOCK = "restock"
    """Take units in that it brings back."""
    HAND_OVER = "hand_over"
    """Set aside for another order what was set aside for this one, as far as it was."""
    RENEW = "renew"
    """Keep a while longer what was set aside for it."""
    PRODUCE = "produce"
    """Make units of the parts that were set aside for it."""
    REROUTE = "reroute"
    """Set aside anew what was set aside for it at sites that drop out, and what is lost."""
    RESCHEDULE = "reschedule"
    """Book its visits anew, within what is wished for now."""


@frozen(kw_only=True)
class Wanted:
    """So many units of one sku.

    Args:
        line: The id of the order's line; of a gift, an id that no line of the order has.
        sku: Of what.
        quantity: How many units.
        is_gift: Whether they are given on top; no line counts them.
        service: Where and when, of a service; None: these are goods.
    """

    line: str = field(validator=identifier)
    sku: str = field(validator=identifier)
    quantity: int = field(validator=quantity)
    is_gift: bool = field(default=False, validator=boolean)
    service: ServiceWish | None = field(default=None, validator=optional(instance(ServiceWish)))

    def short(self, available: int = 0, *reasons: str) -> Shortage:
        """Tell that only so many of the units could be had, and why, as codes."""
        return Shortage(
            line=self.line,
            sku=self.sku,
            wanted=self.quantity,
            available=available,
            reasons=reasons,
            is_service=self.service is not None,
        )


def _purpose(given: Purpose | str) -> Purpose:
    return member_of(Purpose, given)


def _wanted(given: Iterable[Wanted]) -> tuple[Wanted, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class StockTask:
    """What an order asks of stock, all lines and gifts at once; a sku may stand in several.

    Args:
        order: The id of the order.
        purpose: What to do.
        wanted: Of what, and how many.
        at: When.
        command: The key of the command by which it is asked.
        is_confirmed: Whether the order is confirmed: what is set aside for it is kept for good.
        to: The id of the order that units are handed over to; None: they are not.
        kept: What stays set aside for the order, where some of it is to be no more.
        place: Where the customer is, if that is known; private.
        without: The ids of the sites that drop out.
        lines: The ids of all lines that the order has or had, also of those of which nothing is
            wanted or kept: what is set aside under another id is set aside for gifts.
    """

    order: str = field(validator=identifier)
    purpose: Purpose = field(converter=_purpose, validator=member(Purpose))
    wanted: tuple[Wanted, ...] = field(
        converter=_wanted, validator=each(instance(Wanted), most=MAX_CHANGES)
    )
    at: datetime = field(converter=pinned, validator=aware)
    command: str = field(validator=identifier)
    is_confirmed: bool = field(default=False, validator=boolean)
    to: str | None = field(default=None, validator=optional(identifier))
    kept: tuple[Wanted, ...] = field(
        default=(), converter=_wanted, validator=each(instance(Wanted), most=MAX_CHANGES)
    )
    place: GeoPoint | None = field(
        default=None, validator=private(optional(instance(GeoPoint))), repr=False
    )
    without: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=MAX_SITES)
    )
    lines: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=MAX_CHANGES)
    )


def _events(given: Iterable[Event]) -> tuple[Event, ...]:
    return tuple_of(given)


@frozen
class Happened:
    """What happens to one aggregate in a decision; the use case writes it down.

    Args:
        key: Which one.
        version: The version that it was read with; 0: it is new.
        value: Its next document.
        events: What has happened, one event or more.
    """

    key: Key = field(validator=instance(Key))
    version: int = field(validator=integer(least=0, most=MAX_SEQUENCE))
    value: object
    events: tuple[Event, ...] = field(
        converter=_events, validator=each(instance(Event), least=1, most=MAX_CHANGES)
    )

    def then(self, later: Happened) -> Happened:
        """Tell both as one, where the later one was decided on what the first one leaves."""
        return evolve(later, version=self.version, events=(*self.events, *later.events))


def _several(given: Iterable[Happened]) -> tuple[Happened, ...]:
    return tuple_of(given)


def _usage(given: Iterable[CounterChange]) -> tuple[CounterChange, ...]:
    return tuple_of(given)


def _taken(given: Iterable[Taken]) -> tuple[Taken, ...]:
    return tuple_of(given)


def appointments_of(given: Iterable[Appointment]) -> tuple[Appointment, ...]:
    """Take appointments, as a converter does."""
    return tuple_of(given)


are_appointments: Check = each(instance(Appointment), most=MAX_ANSWERS)
"""Accept what stock has booked."""


def _production(given: Iterable[ProductionProposal]) -> tuple[ProductionProposal, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class Promised:
    """What stock has set aside and booked.

    Args:
        taken: Units that are set aside, for which line, at which site.
        appointments: When services take place that are booked, and with whom.
        production: What is to be made, of the parts that are set aside.
        plan: From where it comes, and why; None: nobody was asked.
    """

    taken: tuple[Taken, ...] = field(
        default=(), converter=_taken, validator=each(instance(Taken), most=MAX_ANSWERS)
    )
    appointments: tuple[Appointment, ...] = field(
        default=(), converter=appointments_of, validator=are_appointments
    )
    production: tuple[ProductionProposal, ...] = field(
        default=(),
        converter=_production,
        validator=each(instance(ProductionProposal), most=MAX_ANSWERS),
    )
    plan: AllocationPlan | None = field(default=None, validator=optional(instance(AllocationPlan)))


@frozen(kw_only=True)
class Granted(Promised):
    """What stock lets be written beside the order.

    Args:
        happened: To its own aggregates, each once.
        usage: What is counted.
        allocated: Of a task to reserve: how many units of which line are set aside now.
            The order takes them down as allocated, and asks for them to be freed when they
            are cancelled.
        taken: As `Promised` says, and so the other fields.
    """

    happened: tuple[Happened, ...] = field(
        default=(), converter=_several, validator=each(instance(Happened), most=MAX_CHANGES)
    )
    usage: tuple[CounterChange, ...] = field(
        default=(), converter=_usage, validator=each(instance(CounterChange), most=MAX_CHANGES)
    )
    allocated: Counts = field(default=NO_COUNTS, converter=counts_if_valid, validator=are_counts)


def _shortages(given: Iterable[Shortage]) -> tuple[Shortage, ...]:
    return tuple_of(given)


def _proposals(given: Iterable[Proposal]) -> tuple[Proposal, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class Short:
    """Why stock grants nothing, and what could be done about it.

    Args:
        shortages: Everything that is short, of all lines; at least one.
        proposals: What to buy, to make or to bring forward, so that it could be served.
        plan: From where the rest would come, and why not all of it; None: nobody was asked, or
            nobody knows how far it is.
    """

    shortages: tuple[Shortage, ...] = field(
        converter=_shortages, validator=each(instance(Shortage), least=1, most=MAX_CHANGES)
    )
    proposals: tuple[Proposal, ...] = field(
        default=(), converter=_proposals, validator=each(instance(Proposal), most=MAX_ANSWERS)
    )
    plan: AllocationPlan | None = field(default=None, validator=optional(instance(AllocationPlan)))


@frozen(kw_only=True)
class StockAnswer:
    """Whether a basket could be had, when and from what; nothing is set aside by it.

    Args:
        check: The answer to each line and each gift: what it would get, when it would be
            performed, what its sites could give, and what is short.
        production: What would be made, if all of it is there.
        proposals: What to buy, to make or to bring forward, so that it could be served.
        plan: From where it would come, and why; None: nobody was asked, or nobody knows how
            far it is.
    """

    check: StockCheck = field(validator=instance(StockCheck))
    production: tuple[ProductionProposal, ...] = field(
        default=(),
        converter=_production,
        validator=each(instance(ProductionProposal), most=MAX_ANSWERS),
    )
    proposals: tuple[Proposal, ...] = field(
        default=(), converter=_proposals, validator=each(instance(Proposal), most=MAX_ANSWERS)
    )
    plan: AllocationPlan | None = field(default=None, validator=optional(instance(AllocationPlan)))

    @property
    def ok(self) -> bool:
        """Whether all of it could be set aside."""
        return self.check.ok


def answer_of(task: StockTask, told: Promised | Short) -> StockAnswer:
    """Tell by lines what is promised, or what is short."""
    promised, short = (told, None) if isinstance(told, Promised) else (Promised(), told)
    taken: dict[str, list[Taken]] = {}
    for part in promised.taken:
        taken.setdefault(part.line, []).append(part)
    visits: dict[str, list[Appointment]] = {}
    for visit in promised.appointments:
        visits.setdefault(visit.line, []).append(visit)
    shortages = {each.line: each for each in short.shortages} if short else {}
    lines = (
        LineCheck(
            id=wanted.line,
            sku=wanted.sku,
            wanted=wanted.quantity,
            taken=taken.get(wanted.line, ()),
            appointments=visits.get(wanted.line, ()),
            shortage=shortages.get(wanted.line),
        )
        for wanted in task.wanted
    )
    return StockAnswer(
        check=StockCheck(at=task.at, lines=lines),
        production=promised.production,
        proposals=short.proposals if short else (),
        plan=told.plan,
    )


@runtime_checkable
class Stock(Protocol):
    """Whoever keeps stock. Both functions are pure, as those of use cases are."""

    def needs(self, task: StockTask, got: Loaded) -> Iterable[Readable]:
        """Say what must be read, seeing what was; what was read already may be among it.

        What it refuses, `decide` must refuse as well.
        """
        ...

    def decide(self, task: StockTask, got: Loaded) -> Granted | Short | tuple[Shortage, ...]:
        """Grant all of a task, or tell everything that is short and grant nothing.

        What is short is told of the lines of the task, of each once.

        Lines that share a sku, or parts, are looked at together. Only to reserve, reroute or
        reschedule may be short, to firm or renew what has expired meanwhile, and to consume or
        produce units of a line that were not set aside. Of units to be freed or handed over,
        and of gifts to be consumed, what is not set aside any more is passed over.
        """
        ...


@runtime_checkable
class InformedStock(Stock, Protocol):
    """A stock that tells more than one must: it is asked where there is something to tell."""

    def ask(self, task: StockTask, got: Loaded) -> StockAnswer:
        """Tell what `decide` would say to a task to reserve, and what is known besides."""
        ...

    def is_service(self, sku: str) -> bool:
        """Whether a sku is known as a service; of another stock, what an order says holds."""
        ...
