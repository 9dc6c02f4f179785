"""Shelves: the smallest stock there is, a true aggregate for each sku, for use cases to ask.

What stands on a shelf is one number; beside it stands what is set aside for which order.
Services need no shelf.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, field, frozen

from ordercore.cart import Counts
from ordercore.data import document, variant
from ordercore.events import Actor, Command, Event
from ordercore.stock import Shortage
from ordercore.storage import Key, Loaded, Reply, Request, Store
from ordercore.workflows import Granted, Happened, Purpose, StockTask, Wanted
from ordercore.workflows.shop import OrderCommand, decided


@document("test_shelf")
@frozen
class Shelf:
    """What there is of a sku, and how many units are set aside for which order."""

    on_hand: int = 0
    reserved: Counts = field(default=Counts(), converter=Counts)

    def __attrs_post_init__(self) -> None:
        assert 0 <= self.available <= self.on_hand

    @property
    def available(self) -> int:
        return self.on_hand - sum(self.reserved.values())


@variant(Event, "test_shelf_filled")
@frozen
class ShelfFilled(Event):
    units: int


@variant(Event, "test_shelf_changed")
@frozen
class ShelfChanged(Event):
    """Units were set aside for an order, given free, let go or taken in."""

    purpose: str
    order: str
    units: int


@variant(Reply, "test_filled")
@frozen
class Filled(Reply):
    pass


@variant(Command, "test_fill_shelf")
@frozen(kw_only=True)
class FillShelf(OrderCommand):
    """Put the first units on a shelf; the sku is what orders have as their id."""

    units: int


def fill(store: Store, at, **units: int) -> None:
    """Fill shelves, by sku."""
    for sku, count in units.items():
        command = FillShelf(
            key=f"fill-{sku}", order_id=sku, units=count, at=at, actor=Actor("staff")
        )
        told = Happened(shelf_of(sku), 0, Shelf(count), (ShelfFilled(count),))
        decision = decided(command, Filled(), [told])
        store.commit(Request.of(command, command.key), decision)


def shelf_of(sku: str) -> Key:
    return Key("test_shelf", sku)


@frozen
class Shelves:
    """Answers use cases: all of a task, or everything that is short."""

    def needs(self, task: StockTask, got: Loaded) -> Iterator[Key]:
        for wanted in task.wanted:
            if wanted.service is None:
                yield shelf_of(wanted.sku)

    def decide(self, task: StockTask, got: Loaded) -> Granted | tuple[Shortage, ...]:
        goods = [wanted for wanted in task.wanted if wanted.service is None]
        change = CHANGES[task.purpose]
        shortages = tuple(short(task, goods, got))
        if shortages:
            return shortages
        happened = []
        for sku, units in by_sku(goods).items():
            before = shelf(sku, got)
            after = change(before, task, units)
            if after != before or task.purpose in CHANGING_NOTHING:
                event = ShelfChanged(task.purpose.value, task.order, units)
                happened.append(Happened(shelf_of(sku), version(sku, got), after, (event,)))
        allocated = {wanted.line: wanted.quantity for wanted in task.wanted if not wanted.is_gift}
        return Granted(happened=happened, allocated=allocated)


def short(task: StockTask, goods: list[Wanted], got: Loaded) -> Iterator[Shortage]:
    """Tell what is short, lines of one sku together."""
    if task.purpose not in (Purpose.RESERVE, Purpose.CONSUME):
        return
    left = {wanted.sku: room(shelf(wanted.sku, got), task) for wanted in goods}
    for wanted in goods:
        passed_over = wanted.is_gift and task.purpose is Purpose.CONSUME
        if wanted.quantity > left[wanted.sku] and not passed_over:
            yield wanted.short(left[wanted.sku])
        left[wanted.sku] = max(0, left[wanted.sku] - wanted.quantity)


def room(found: Shelf, task: StockTask) -> int:
    if task.purpose is Purpose.RESERVE:
        return found.available
    return found.reserved.get(task.order, 0)


def reserve(before: Shelf, task: StockTask, units: int) -> Shelf:
    return set_aside(before, task.order, units)


def firm(before: Shelf, task: StockTask, units: int) -> Shelf:
    return before


def free(before: Shelf, task: StockTask, units: int) -> Shelf:
    return set_aside(before, task.order, -held(before, task, units))


def consume(before: Shelf, task: StockTask, units: int) -> Shelf:
    on_hand = before.on_hand - held(before, task, units)
    return evolve(free(before, task, units), on_hand=on_hand)


def restock(before: Shelf, task: StockTask, units: int) -> Shelf:
    return evolve(before, on_hand=before.on_hand + units)


def hand_over(before: Shelf, task: StockTask, units: int) -> Shelf:
    return set_aside(free(before, task, units), task.to, held(before, task, units))


def set_aside(before: Shelf, order: str, units: int) -> Shelf:
    reserved = {**before.reserved, order: before.reserved.get(order, 0) + units}
    return evolve(before, reserved={name: count for name, count in reserved.items() if count})


def held(before: Shelf, task: StockTask, units: int) -> int:
    """Tell how many of the units are set aside."""
    return min(units, before.reserved.get(task.order, 0))


CHANGES = {
    Purpose.RESERVE: reserve,
    Purpose.FIRM: firm,
    Purpose.FREE: free,
    Purpose.CONSUME: consume,
    Purpose.RESTOCK: restock,
    Purpose.HAND_OVER: hand_over,
    Purpose.RENEW: firm,
    Purpose.PRODUCE: firm,
    Purpose.REROUTE: firm,
    Purpose.RESCHEDULE: firm,
}

CHANGING_NOTHING = (Purpose.RENEW, Purpose.PRODUCE, Purpose.REROUTE, Purpose.RESCHEDULE)


def shelf(sku: str, got: Loaded) -> Shelf:
    return got.get(shelf_of(sku), Shelf) or Shelf()


def version(sku: str, got: Loaded) -> int:
    return got.version(shelf_of(sku))


def by_sku(goods: list[Wanted]) -> dict[str, int]:
    units: dict[str, int] = {}
    for wanted in goods:
        units[wanted.sku] = units.get(wanted.sku, 0) + wanted.quantity
    return units
