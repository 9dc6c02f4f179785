"""A stock that is ready to be asked: goods kept as levels, one for each sku at each site.

An order's units are set aside when it is placed, for a while, and kept for good when it is
confirmed. All of it is written with the order, in one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from ordercore.calendars.microseconds import lasting
from ordercore.data.checks import each, identifier, names_of, optional
from ordercore.errors import InvalidDocument, InvalidValue
from ordercore.events import Event
from ordercore.lifecycle import TransitionRefused
from ordercore.stock import (
    MAX_SITES,
    Demand,
    DemandLine,
    LevelResult,
    Reservation,
    ReservationState,
    Reserved,
    Shortage,
    StockLevel,
    StockSnapshot,
    consume,
    firm,
    hand_over,
    level_id,
    open_level,
    release,
    reserve,
    restock,
)
from ordercore.stock.demand import duplicates
from ordercore.storage import Key, Loaded, Readable
from ordercore.workflows.stock import Granted, Happened, Purpose, StockTask, Wanted

__all__ = ["StockKeeper", "level_key"]


def level_key(sku: str, site: str) -> Key:
    """Tell where the level of a sku at a site is kept.

    >>> str(level_key("mug", "east"))
    'stock_level east/mug'
    """
    return Key("stock_level", level_id(sku, site))


@frozen(kw_only=True)
class StockKeeper:
    """Keeps goods as levels, and answers use cases: it is a `Stock`.

    Lines are served from any of its sites, as `ordercore.stock.reserve` does it. Services need
    nothing of it and are granted.

    Args:
        sites: Where goods are kept, one site or several.
        hold_for: How long units are set aside for an order that is placed and not confirmed;
            from then on others may have them. None: until it is cancelled.
        returns_to: At which site units are taken in that come back; None: at the first.

    Raises:
        InvalidDocument: A site is named twice.
        InvalidInput: A field is not as said.

    >>> StockKeeper(sites="east", hold_for=timedelta(minutes=30)).sites
    ('east',)
    """

    sites: tuple[str, ...] = field(
        converter=names_of, validator=each(identifier, least=1, most=MAX_SITES)
    )
    hold_for: timedelta | None = field(default=None, validator=optional(lasting(least=1)))
    returns_to: str | None = field(default=None, validator=optional(identifier))

    def __attrs_post_init__(self) -> None:
        faults = list(duplicates(self.sites, "sites", what="a site named once"))
        if self.returns_to is None:
            object.__setattr__(self, "returns_to", self.sites[0])
        elif self.returns_to not in self.sites:
            path = ("returns_to",)
            faults.append(InvalidValue("one of the sites", self.returns_to, path=path))
        if faults:
            raise InvalidDocument(faults)

    def needs(self, task: StockTask, got: Loaded) -> Iterator[Readable]:  # noqa: ARG002
        """Ask for the levels of all goods of a task, at all sites."""
        for sku in sorted({wanted.sku for wanted in _goods(task)}):
            yield from (level_key(sku, site) for site in self.sites)

    def decide(self, task: StockTask, got: Loaded) -> Granted | tuple[Shortage, ...]:
        """Grant all of a task, or tell everything that is short and grant nothing."""
        desk = _Desk(self, task, got)
        shortages = tuple(_DOING[task.purpose](desk, _goods(task)))
        if shortages:
            return shortages
        allocated = {each.line: each.quantity for each in task.wanted if not each.is_gift}
        return Granted(happened=desk.happened(), allocated=allocated)


def _goods(task: StockTask) -> tuple[Wanted, ...]:
    return tuple(wanted for wanted in task.wanted if wanted.service is None)


class _Desk:
    """One task under way: the levels as they become, and what has happened to each."""

    def __init__(self, keeper: StockKeeper, task: StockTask, got: Loaded) -> None:
        self.keeper = keeper
        self.task = task
        self._got = got
        keys = [key for key in keeper.needs(task, got) if isinstance(key, Key)]
        found = ((key, got.get(key, StockLevel)) for key in keys)
        self._levels = {key: level for key, level in found if level is not None}
        self._events: dict[Key, list[Event]] = {}
        self._handed_over = 0

    def happened(self) -> Iterator[Happened]:
        """Tell what has happened to the levels that changed."""
        for key, events in self._events.items():
            yield Happened(key, self._got.version(key), self._levels[key], events)

    def level(self, sku: str, site: str) -> StockLevel:
        """Find a level, or begin it."""
        key = level_key(sku, site)
        if key not in self._levels:
            self.put(open_level(sku=sku, site=site))
        return self._levels[key]

    def put(self, result: LevelResult) -> None:
        """Take down what becomes of a level."""
        level, events = result
        key = level_key(level.sku, level.site)
        self._levels[key] = level
        if events:
            self._events.setdefault(key, []).extend(events)

    # What is set aside

    def held(self, wanted: Wanted) -> list[tuple[StockLevel, Reservation]]:
        """List what is set aside of what is wanted, the oldest first; what has expired, too."""
        found = [
            (level, reservation)
            for level in self._levels.values()
            if level.sku == wanted.sku
            for reservation in level.held_for(self.task.order, wanted.line)
        ]
        return sorted(found, key=lambda pair: (pair[1].at, pair[1].id, pair[0].site))

    def fresh(self, level: StockLevel) -> StockLevel:
        """Find a level as it is by now."""
        return self._levels[level_key(level.sku, level.site)]

    def set_aside(
        self, wanted: Iterable[tuple[Wanted, int]], *, for_good: bool
    ) -> tuple[Shortage, ...]:
        """Set units aside, of all that is wanted or of nothing; tell what is short."""
        parts = {each.line: (each, units) for each, units in wanted}
        if not parts:
            return ()
        lines = [
            DemandLine(id=name, sku=each.sku, quantity=units)
            for name, (each, units) in parts.items()
        ]
        task = self.task
        snapshot = StockSnapshot(levels=self._levels.values(), sites=self.keeper.sites)
        done = reserve(
            Demand(lines),
            snapshot,
            task.at,
            command=task.command,
            holder=task.order,
            expires_at=None if for_good else self._expires_at,
        )
        if not isinstance(done, Reserved):
            return tuple(_of_all(short, *parts[short.line]) for short in done.shortages)
        for change in done.changes:
            self.put((change.level, change.events))
            if for_good:
                self._firm_new(change.level)
        return ()

    @property
    def _expires_at(self) -> datetime | None:
        hold_for = self.keeper.hold_for
        return None if hold_for is None else self.task.at + hold_for

    def _firm_new(self, level: StockLevel) -> None:
        """Keep for good what this command has just set aside."""
        command = self.task.command
        for new in level.held_for(self.task.order):
            if new.applied and new.applied[0].command == command:
                self.firm(level, new, f"{command}.firm")

    def firm(self, level: StockLevel, found: Reservation, command: str) -> None:
        """Keep units for good."""
        self.put(firm(self.fresh(level), found.id, at=self.task.at, command=command))

    def free(self, level: StockLevel, found: Reservation, units: int) -> None:
        """Give units free."""
        command = self.task.command
        self.put(release(self.fresh(level), found.id, units, command=command))

    def consume(self, level: StockLevel, found: Reservation, units: int) -> int:
        """Let units leave, as many as there are; tell how many."""
        level = self.fresh(level)
        units = min(units, level.on_hand)
        if not units:
            return 0
        at, command = self.task.at, self.task.command
        try:
            self.put(consume(level, found.id, units, at=at, command=command))
        except TransitionRefused:  # it has expired, and others have the units
            return 0
        return units

    def hand_over(self, level: StockLevel, found: Reservation, units: int) -> None:
        """Set units aside for the order that the task names."""
        task = self.task
        self._handed_over += 1
        self.put(
            hand_over(
                self.fresh(level),
                found.id,
                units,
                id=f"{task.command}.{self._handed_over}",
                holder=task.to or task.order,
                line=found.line,
                command=task.command,
            )
        )


# What is done for each purpose: each tells what is short


def _reserve(desk: _Desk, goods: tuple[Wanted, ...]) -> tuple[Shortage, ...]:
    all_units = ((wanted, wanted.quantity) for wanted in goods)
    return desk.set_aside(all_units, for_good=desk.task.is_confirmed)


def _firm(desk: _Desk, goods: tuple[Wanted, ...]) -> tuple[Shortage, ...]:
    """Keep what has not expired; of what has, set as much aside anew, wherever it is free."""
    missing: list[tuple[Wanted, int]] = []
    for wanted in goods:
        left = wanted.quantity
        expired = 0
        for level, found in desk.held(wanted):
            if found.has_expired(desk.task.at):
                expired += found.outstanding
                desk.free(level, found, found.outstanding)
                continue
            left -= found.outstanding
            if found.state is not ReservationState.FIRM:
                desk.firm(level, found, desk.task.command)
        left = min(left, expired) if wanted.is_gift else left
        if left > 0:
            missing.append((wanted, left))
    return desk.set_aside(missing, for_good=True)


def _of_all(short: Shortage, wanted: Wanted, units: int) -> Shortage:
    """Tell a shortage of units that were still missing as one of all that is wanted."""
    there = wanted.quantity - units
    return evolve(short, wanted=wanted.quantity, available=short.available + there)


def _free(desk: _Desk, goods: tuple[Wanted, ...]) -> tuple[Shortage, ...]:
    for wanted in goods:
        _spend(wanted, reversed(desk.held(wanted)), desk.free)
    return ()


def _hand_over(desk: _Desk, goods: tuple[Wanted, ...]) -> tuple[Shortage, ...]:
    for wanted in goods:
        _spend(wanted, reversed(desk.held(wanted)), desk.hand_over)
    return ()


def _consume(desk: _Desk, goods: tuple[Wanted, ...]) -> tuple[Shortage, ...]:
    shortages: list[Shortage] = []
    for wanted in goods:
        left = _spend(wanted, desk.held(wanted), desk.consume)
        if left and not wanted.is_gift:
            shortages.append(wanted.short(wanted.quantity - left, "not_set_aside"))
    return tuple(shortages)


def _spend(
    wanted: Wanted,
    held: Iterable[tuple[StockLevel, Reservation]],
    act: Callable[[StockLevel, Reservation, int], int | None],
) -> int:
    """Go through what is set aside until all units are spent; tell how many are left over."""
    left = wanted.quantity
    for level, found in held:
        units = min(left, found.outstanding)
        if units:
            done = act(level, found, units)
            left -= units if done is None else done
    return left


def _restock(desk: _Desk, goods: tuple[Wanted, ...]) -> tuple[Shortage, ...]:
    site = desk.keeper.returns_to or desk.keeper.sites[0]
    for wanted in goods:
        level = desk.level(wanted.sku, site)
        desk.put(restock(level, wanted.quantity, holder=desk.task.order))
    return ()


_DOING: Final[Mapping[Purpose, Callable[[_Desk, tuple[Wanted, ...]], tuple[Shortage, ...]]]] = (
    MappingProxyType(
        {
            Purpose.RESERVE: _reserve,
            Purpose.FIRM: _firm,
            Purpose.FREE: _free,
            Purpose.CONSUME: _consume,
            Purpose.RESTOCK: _restock,
            Purpose.HAND_OVER: _hand_over,
        }
    )
)
"""What is done for each purpose."""
