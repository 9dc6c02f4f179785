"""How use cases ask stock: what they want of it, one thing or several, and what must be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final

from attrs import evolve

from ordercore.calendars import Window
from ordercore.cart import Cart
from ordercore.cart.counts import NO_COUNTS
from ordercore.errors import InvalidValue
from ordercore.orders import (
    AddLine,
    Edit,
    Move,
    Order,
    OrderState,
    Result,
    ServiceWish,
    move_units,
)
from ordercore.orders.prices import borne
from ordercore.pricing import RecordedGift
from ordercore.stock import Shortage
from ordercore.storage import Counted, Counter, CounterChange, Found, Key, Loaded, Readable
from ordercore.workflows.shop import OrderCommand
from ordercore.workflows.stock import (
    Granted,
    Happened,
    InformedStock,
    Purpose,
    Short,
    Stock,
    StockAnswer,
    StockTask,
    Wanted,
    answer_of,
)

__all__ = [
    "allocated",
    "always_granted",
    "answered",
    "gifts_of",
    "granted",
    "granted_in_turn",
    "needed",
    "needed_in_turn",
    "rescheduling",
    "staying",
    "task_of",
    "task_of_all",
    "with_services",
    "with_wishes",
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
    asked = dict(units)
    return StockTask(
        order=order.id,
        purpose=purpose,
        wanted=(*_wanted(order, asked), *(_gifts(order) if gifts else ())),
        at=command.at,
        command=command.key,
        is_confirmed=order.state is OrderState.CONFIRMED,
        kept=staying(order, asked, gifts=not gifts) if purpose in _TAKES_AWAY else (),
        place=None if order.details.delivery is None else order.details.delivery.point,
        lines=sorted(_line_ids(order)),
    )


def task_of_all(order: Order, purpose: Purpose, command: OrderCommand[Any, Any]) -> StockTask:
    """Make the task of all that is set aside for an order, its gifts too."""
    aside = ((line.id, line.quantities.allocated) for line in order.lines)
    return task_of(order, purpose, aside, command, gifts=True)


def rescheduling(
    order: Order, wishes: Mapping[str, Window | None], command: OrderCommand[Any, Any]
) -> StockTask:
    """Make the task of booking anew all that is booked for some lines.

    Args:
        order: The order.
        wishes: When each of the lines is wished for; None: at any time.
        command: By which it is asked, and when.
    """
    lines = ((line.id, line.quantities.allocated) for line in order.lines if line.id in wishes)
    task = task_of(order, Purpose.RESCHEDULE, lines, command)
    return evolve(
        task,
        wanted=[
            evolve(each, service=evolve(each.service, appointment=wishes[each.line]))
            for each in task.wanted
            if each.service is not None
        ],
    )


_TAKES_AWAY: Final = (Purpose.FREE, Purpose.CONSUME, Purpose.HAND_OVER)
"""Purposes after which less is set aside for the order."""


def staying(order: Order, but: Mapping[str, int], *, gifts: bool = True) -> tuple[Wanted, ...]:
    """List what stays set aside for an order.

    Args:
        order: The order.
        but: How many units of which line are to be set aside no more.
        gifts: Whether its gifts stay.
    """
    units = {
        line.id: max(0, line.quantities.allocated - but.get(line.id, 0)) for line in order.lines
    }
    return (*_wanted(order, units), *(_gifts(order) if gifts else ()))


def _wanted(order: Order, units: Mapping[str, int]) -> Iterator[Wanted]:
    lines = {line.id: line for line in order.lines}
    for name, quantity in units.items():
        if quantity and name in lines:
            yield Wanted(
                sku=lines[name].product.sku,
                quantity=quantity,
                line=name,
                service=lines[name].service,
            )


def _line_ids(order: Order) -> set[str]:
    """Tell the ids of all lines that it has, or had when it was priced: no gift has one."""
    priced = set() if order.quote is None else {line.id for line in order.quote.cart.lines}
    return priced | {line.id for line in order.lines}


def _gifts(order: Order) -> Iterator[Wanted]:
    """List what is given on top, under ids that no line has: ``gift-1`` and so on.

    An id is of one gift of the price of record, in whichever part of the order it is.
    """
    if order.quote is None:
        return
    lines = _line_ids(order)
    names = (name for number in count(1) if (name := f"gift-{number}") not in lines)
    left = list(gifts_of(order))
    for name, gift in zip(names, order.quote.gifts, strict=False):
        if gift in left:
            left.remove(gift)
            yield Wanted(line=name, sku=gift.sku, quantity=gift.quantity, is_gift=True)


def gifts_of(order: Order) -> tuple[RecordedGift, ...]:
    """Tell what is given on top to this order."""
    return () if order.quote is None else borne(order).gifts


def allocated(order: Order, answer: Granted) -> Result:
    """Take down what stock has set aside of the units of an order."""
    if not answer.allocated:
        return order, ()
    return move_units(order, Move.ALLOCATE, answer.allocated)


def granted(stock: Stock | None, task: StockTask, got: Loaded) -> Granted | Short:
    """Ask stock, if there is any and something is wanted.

    Raises:
        InvalidValue: Stock answers neither with a grant nor with shortages.
    """
    if stock is None or not task.wanted:
        return Granted()
    answer = stock.decide(task, got)
    if isinstance(answer, Granted):
        is_new = task.purpose is Purpose.RESERVE
        return answer if is_new else evolve(answer, allocated=NO_COUNTS)
    if isinstance(answer, Short):
        return answer
    told: Any = answer
    is_shortage = isinstance(told, tuple) and all(isinstance(each, Shortage) for each in told)
    if not (told and is_shortage):
        raise InvalidValue("a grant, or at least one shortage", path=("stock",))
    return Short(shortages=answer)


def granted_in_turn(
    stock: Stock | None, tasks: Iterable[StockTask], got: Loaded
) -> Granted | Short:
    """Ask for one thing after the other, each seeing what was granted before; all or nothing."""
    grants: list[Granted] = []
    short: list[Short] = []
    for task in tasks:
        answer = granted(stock, task, got)
        if isinstance(answer, Granted):
            grants.append(answer)
            got = _after(got, answer)
        else:
            short.append(answer)
    if not short:
        return _together(grants)
    return Short(
        shortages=[each for told in short for each in told.shortages],
        proposals=[each for told in short for each in told.proposals],
        plan=next((told.plan for told in short if told.plan is not None), None),
    )


def answered(stock: Stock | None, task: StockTask, got: Loaded) -> StockAnswer:
    """Ask stock before anything is set aside; without stock everything is there."""
    if isinstance(stock, InformedStock):
        return stock.ask(task, got)
    return answer_of(task, granted(stock, task, got))


def with_wishes(
    stock: Stock | None, cart: Cart, wishes: Mapping[str, ServiceWish]
) -> dict[str, ServiceWish]:
    """Let what stock knows as a service be one also where nobody has said where and when."""
    known = {line.id for line in cart.lines if _is_service(stock, line.product.sku)}
    return {**dict.fromkeys(known - wishes.keys(), ServiceWish()), **wishes}


def with_services(stock: Stock | None, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Let lines that are added be services where stock knows them as such."""
    return tuple(
        evolve(each, service=ServiceWish())
        if isinstance(each, AddLine)
        and each.service is None
        and _is_service(stock, each.line.product.sku)
        else each
        for each in edits
    )


def _is_service(stock: Stock | None, sku: str) -> bool:
    return isinstance(stock, InformedStock) and stock.is_service(sku)


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


def _together(grants: Sequence[Granted]) -> Granted:
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
    return Granted(
        happened=happened.values(),
        usage=usage.values(),
        allocated=aside,
        taken=[each for grant in grants for each in grant.taken],
        appointments=[each for grant in grants for each in grant.appointments],
        production=[each for grant in grants for each in grant.production],
        plan=next((grant.plan for grant in grants if grant.plan is not None), None),
    )


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
