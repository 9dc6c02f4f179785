"""One task under way: levels and agendas as they become, and what has happened to each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from ordercore.errors import InvalidValue
from ordercore.events import Event
from ordercore.lifecycle import TransitionRefused
from ordercore.sourcing.events import OrderAllocated
from ordercore.stock import (
    LevelResult,
    Reservation,
    ReservationState,
    StockLevel,
    consume,
    firm,
    hand_over,
    level_id,
    noticed,
    open_level,
    receive,
    release,
    renew,
    reserve_units,
)
from ordercore.stock.resources import Agenda, AgendaResult, Clash
from ordercore.storage import Key, Loaded
from ordercore.workflows.stock import Happened, Promised, StockTask, Wanted

if TYPE_CHECKING:
    from ordercore.workflows.keeper import StockKeeper

__all__ = ["Desk", "Pile", "Renewing", "agenda_key", "level_key", "plan_key", "spend"]

Renewing = Callable[[datetime | None], datetime | None]
"""The next end of what may be renewed until an instant, None: not at all; None: it may not."""


def level_key(sku: str, site: str) -> Key:
    """Tell where the level of a sku at a site is kept.

    >>> str(level_key("mug", "east"))
    'stock_level east/mug'
    """
    return Key("stock_level", level_id(sku, site))


def agenda_key(resource: str) -> Key:
    """Tell where the agenda of a resource is kept.

    >>> str(agenda_key("mechanic-1"))
    'agenda mechanic-1'
    """
    return Key("agenda", resource)


def plan_key(order_id: str) -> Key:
    """Tell where it is kept what was decided last about from where an order's units come.

    That is a decision, with its reasons, and not how things stand: it is of the units that were
    set aside then. Those are all of them at placing, the added ones of a change, the moved ones
    of `Reroute`; earlier decisions are in its events. What is freed, split off, merged, shipped
    or cancelled later does not change it, so an order that was split off has none until
    something is set aside for it: the order has that it was split off from (`OrderSplitOff`).
    Where units stand, levels tell: `ordercore.stock.StockLevel.held_for`.

    >>> str(plan_key("o-1"))
    'allocation_plan o-1'
    """
    return Key("allocation_plan", order_id)


@frozen
class Pile:
    """Units that are set aside: a reservation, and where it stands."""

    sku: str
    site: str
    found: Reservation

    @property
    def age(self) -> tuple[datetime, str, str]:
        """Where it stands among others: the oldest first."""
        return self.found.at, self.found.id, self.site


class Desk:
    """One task under way.

    Args:
        keeper: By what rules.
        task: What is asked.
        got: What was read.
    """

    def __init__(self, keeper: StockKeeper, task: StockTask, got: Loaded) -> None:
        self.keeper: StockKeeper = keeper
        self.task: StockTask = task
        self.promised: Promised = Promised()
        """What is set aside and booked anew."""
        self._got = got
        keys = [key for key in keeper.needs(task, got) if isinstance(key, Key)]
        levels = (key for key in keys if key.kind == "stock_level")
        agendas = (key for key in keys if key.kind == "agenda")
        found = ((key, got.get(key, StockLevel)) for key in levels)
        self.levels: dict[Key, StockLevel] = {key: it for key, it in found if it is not None}
        known = ((key, got.get(key, Agenda)) for key in agendas)
        self.agendas: dict[Key, Agenda] = {key: it for key, it in known if it is not None}
        self._before = dict(self.levels)
        self._events: dict[Key, list[Event]] = {}
        self._handed_over = 0

    def happened(self) -> Iterator[Happened]:
        """Tell what has happened to the levels and agendas that changed."""
        for key, events in self._events.items():
            if key in self.agendas:
                yield Happened(key, self._got.version(key), self.agendas[key], events)
            else:
                before = self._before.get(key)
                level, news = noticed(before, self.levels[key], at=self.task.at)
                yield Happened(key, self._got.version(key), level, (*events, *news))
        plan, key = self.promised.plan, plan_key(self.task.order)
        if plan is not None:
            yield Happened(key, self._got.version(key), plan, [OrderAllocated(plan)])

    # How lines are served

    def makes(self, wanted: Wanted) -> bool:
        """Whether it is made; or is a gift of what other gifts are made of.

        Gifts are told apart by nothing but their skus. So those that share parts are held
        together, as things are that are made.
        """
        is_part = wanted.is_gift and wanted.sku in self._gift_parts
        return is_part or self.keeper.makes(wanted)

    @cached_property
    def _gift_parts(self) -> frozenset[str]:
        """List what gifts that are made are made of."""
        bills, everything = self.keeper.bills, (*self.task.wanted, *self.task.kept)
        made = {each.sku for each in everything if each.is_gift and self.keeper.makes(each)}
        if bills is None or not made:
            return frozenset()
        return frozenset(step.part.sku for step in bills.below(made))

    @cached_property
    def lines(self) -> frozenset[str]:
        """Tell the ids of all lines of the order: what has another one is set aside for gifts."""
        everything = (*self.task.wanted, *self.task.kept)
        own = (each.line for each in everything if not each.is_gift)
        return frozenset((*own, *self.task.lines))

    # Levels

    def level(self, sku: str, site: str) -> StockLevel:
        """Find a level, or begin it."""
        key = level_key(sku, site)
        if key not in self.levels:
            self.put(open_level(sku=sku, site=site))
        return self.levels[key]

    def put(self, result: LevelResult) -> None:
        """Take down what becomes of a level."""
        level, events = result
        key = level_key(level.sku, level.site)
        self.levels[key] = level
        self._tell(key, events)

    def _tell(self, key: Key, events: Iterable[Event]) -> None:
        told = tuple(events)
        if told:
            self._events.setdefault(key, []).extend(told)

    def piles(self, skus: Collection[str], line: str | None = None) -> list[Pile]:
        """List what is set aside for the order, the oldest first; what has expired, too.

        Args:
            skus: Of what.
            line: For which line of it; None: for whatever line.
        """
        found = (
            Pile(level.sku, level.site, reservation)
            for level in self.levels.values()
            if level.sku in skus
            for reservation in level.held_for(self.task.order, line)
        )
        return sorted(found, key=lambda pile: pile.age)

    def free(self, pile: Pile, units: int) -> None:
        """Give units free."""
        level = self.level(pile.sku, pile.site)
        self.put(release(level, pile.found.id, units, command=self.task.command))

    def firm(self, pile: Pile, command: str | None = None) -> None:
        """Keep units for good, if they are not yet."""
        if pile.found.state is ReservationState.FIRM:
            return
        told, level = command or self.task.command, self.level(pile.sku, pile.site)
        self.put(firm(level, pile.found.id, at=self.task.at, command=told))

    def renew(self, pile: Pile, until: Renewing) -> bool:
        """Keep units a while longer that are not kept for good; tell whether they are kept now."""
        at, command, found = self.task.at, self.task.command, pile.found
        if found.state is ReservationState.FIRM or found.expires_at is None:
            return True
        end = until(found.renewable_until)
        if end is None or end <= found.expires_at:
            return not found.has_expired(at)
        try:
            level = self.level(pile.sku, pile.site)
            self.put(renew(level, found.id, end, at=at, command=command))
        except (TransitionRefused, InvalidValue):  # others have them, or it was renewed enough
            return False
        return True

    def consume(self, pile: Pile, units: int) -> int:
        """Let units leave, as many as there are; tell how many."""
        level = self.level(pile.sku, pile.site)
        units = min(units, level.on_hand)
        if not units:
            return 0
        at, command = self.task.at, self.task.command
        try:
            self.put(consume(level, pile.found.id, units, at=at, command=command))
        except TransitionRefused:  # it has expired, and others have the units
            return 0
        return units

    def hand_over(self, pile: Pile, units: int, line: str | None = None) -> None:
        """Set units aside for the order that the task names, for a line or for the same."""
        task = self.task
        self._handed_over += 1
        self.put(
            hand_over(
                self.level(pile.sku, pile.site),
                pile.found.id,
                units,
                id=f"{task.command}.{self._handed_over}",
                holder=task.to or task.order,
                line=line or pile.found.line,
                command=task.command,
            )
        )

    def take_in(self, sku: str, units: int, aside: int, *, like: Pile, line: str) -> None:
        """Take units in where a pile stands, and set some of them aside on its terms."""
        task, terms = self.task, like.found
        self.put(receive(self.level(sku, like.site), units))
        if not aside:
            return
        self._handed_over += 1
        name = f"{task.command}.{self._handed_over}"
        is_firm = terms.state is ReservationState.FIRM
        self.put(
            reserve_units(
                self.level(sku, like.site),
                aside,
                id=name,
                holder=task.order,
                line=line,
                at=task.at,
                expires_at=None if is_firm else terms.expires_at,
                renewable_until=None if is_firm else terms.renewable_until,
                command=task.command,
            )
        )
        if is_firm:
            new = self.level(sku, like.site).reservation(name)
            self.firm(Pile(sku, like.site, new), f"{task.command}.firm")

    # Agendas

    def put_agenda(self, result: AgendaResult | Clash) -> bool:
        """Take down what becomes of an agenda; tell whether it could be."""
        if isinstance(result, Clash):
            return False
        agenda, events = result
        key = agenda_key(agenda.id)
        self.agendas[key] = agenda
        self._tell(key, events)
        return True


def spend(units: int, piles: Iterable[Pile], act: Callable[[Pile, int], int | None]) -> int:
    """Go through what is set aside until all units are spent; tell how many are left over."""
    left = units
    for pile in piles:
        some = min(left, pile.found.outstanding)
        if some:
            done = act(pile, some)
            left -= some if done is None else done
    return left
