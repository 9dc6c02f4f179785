"""How use cases ask stock: what they want of it, one thing or several, and what must be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from attrs import evolve

from ordercore.cart.counts import NO_COUNTS
from ordercore.errors import InvalidValue
from ordercore.orders import Move, Order, OrderState, Result, move_units
from ordercore.pricing import RecordedGift
from ordercore.stock import Shortage
from ordercore.storage import Counted, Counter, CounterChange, Found, Key, Loaded, Readable
from ordercore.workflows.shop import OrderCommand
from ordercore.workflows.stock import (
    Granted,
    Happened,
    Purpose,
    Stock,
    StockTask,
    Wanted,
)

__all__ = [
    "allocated",
    "always_granted",
    "gifts_of",
    "granted",
    "granted_in_turn",
    "needed",
    "needed_in_turn",
    "task_of",
]


def task_of(
    order: Order,
    purpose: Purpose,
    units: Iterable[tuple[str, int]],
    command: OrderCommand[Any, Any],
    *,
    gifts: bool = False,
) -> StockTask:
    """Make the task of some units of an order.

    It never refuses: a line that the order does not have, or no units, ask for nothing.

    Args:
        order: The order.
        purpose: What stock is to do.
        units: How many units of which line.
        command: By which it is asked, and when.
        gifts: Whether it is about the order's gifts, too.
    """
    lines = {line.id: line for line in order.lines}
    wanted = [
        Wanted(
            sku=lines[name].product.sku,
            quantity=quantity,
            line=name,
            service=lines[name].service,
        )
        for name, quantity in units
        if quantity and name in lines
    ]
    return StockTask(
        order=order.id,
        purpose=purpose,
        wanted=(*wanted, *(_gifts(order) if gifts else ())),
        at=command.at,
        command=command.key,
        is_confirmed=order.state is OrderState.CONFIRMED,
    )


def _gifts(order: Order) -> Iterator[Wanted]:
    """List what is given on top, under ids that no line has: ``gift-1`` and so on."""
    lines = {line.id for line in order.lines}
    names = (name for number in count(1) if (name := f"gift-{number}") not in lines)
    for name, gift in zip(names, gifts_of(order), strict=False):
        yield Wanted(line=name, sku=gift.sku, quantity=gift.quantity, is_gift=True)


def gifts_of(order: Order) -> tuple[RecordedGift, ...]:
    """Tell what the price of record gives on top."""
    return () if order.quote is None else order.quote.gifts


def allocated(order: Order, answer: Granted) -> Result:
    """Take down what stock has set aside of the units of an order."""
    if not answer.allocated:
        return order, ()
    return move_units(order, Move.ALLOCATE, answer.allocated)


def granted(stock: Stock | None, task: StockTask, got: Loaded) -> Granted | tuple[Shortage, ...]:
    """Ask stock, if there is any and something is wanted.

    Raises:
        InvalidValue: Stock answers neither with a grant nor with shortages.
    """
    if stock is None or not task.wanted:
        return Granted()
    answer = stock.decide(task, got)
    is_shortage = isinstance(answer, tuple) and all(isinstance(each, Shortage) for each in answer)
    if not isinstance(answer, Granted) and not (answer and is_shortage):
        raise InvalidValue("a grant, or at least one shortage", path=("stock",))
    if isinstance(answer, Granted) and task.purpose is not Purpose.RESERVE:
        return evolve(answer, allocated=NO_COUNTS)
    return answer


def granted_in_turn(
    stock: Stock | None, tasks: Iterable[StockTask], got: Loaded
) -> Granted | tuple[Shortage, ...]:
    """Ask for one thing after the other, each seeing what was granted before; all or nothing."""
    grants: list[Granted] = []
    shortages: list[Shortage] = []
    for task in tasks:
        answer = granted(stock, task, got)
        if isinstance(answer, Granted):
            grants.append(answer)
            got = _after(got, answer)
        else:
            shortages += answer
    return tuple(shortages) if shortages else _together(grants)


def _after(got: Loaded, answer: Granted) -> Loaded:
    """See what will have been written."""
    found = [
        Found(each.key, each.version + len(each.events), each.value) for each in answer.happened
    ]
    counted = [
        Counted(each.counter, got.used(each.counter) + each.add)
        for each in answer.usage
        if each.counter in got
    ]
    return got | Loaded(found, counted)


def _together(grants: Iterable[Granted]) -> Granted:
    """Make one grant of several that follow each other."""
    happened: dict[Key, Happened] = {}
    usage: dict[Counter, CounterChange] = {}
    aside: dict[str, int] = {}
    for grant in grants:
        for each in grant.happened:
            first = happened.get(each.key)
            happened[each.key] = each if first is None else first.then(each)
        for change in grant.usage:
            known = usage.get(change.counter)
            add = change.add if known is None else known.add + change.add
            usage[change.counter] = evolve(change, add=add)
        aside |= grant.allocated
    return Granted(happened=happened.values(), usage=usage.values(), allocated=aside)


def always_granted(stock: Stock | None, task: StockTask, got: Loaded) -> Granted:
    """Ask for what is never short: to give units free, or to hand them over.

    Raises:
        InvalidValue: Stock does not grant it.
    """
    answer = granted(stock, task, got)
    if not isinstance(answer, Granted):
        expected = f"a grant: to {task.purpose.value} is never short"
        raise InvalidValue(expected, path=("stock",))
    return answer


def needed(stock: Stock | None, task: StockTask, got: Loaded) -> Iterator[Readable]:
    """Say what stock must read, if there is any and something is wanted."""
    if stock is not None and task.wanted:
        yield from stock.needs(task, got)


def needed_in_turn(
    stock: Stock | None, tasks: Iterable[StockTask], got: Loaded
) -> Iterator[Readable]:
    """Say what stock must read for one thing after the other."""
    for task in tasks:
        yield from needed(stock, task, got)
