"""What is done with the order itself and its units, one thing at a time.

A step is drawn before anybody knows to which order: so a list of steps shrinks well. It says
what to do, of how much and of which; what cannot be done now is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from ordercore.cart import Cart, Context
from ordercore.errors import InvalidDocument
from ordercore.orders import (
    Move,
    Order,
    OrderState,
    Quantities,
    cancel,
    cancel_replacement,
    complete,
    confirm,
    hold,
    merge,
    move_units,
    note,
    place,
    release,
    replace_units,
    reprice,
    split,
)
from ordercore.pricing import QuoteRecord, price_in
from ordercore.promotions import PromotionBook
from ordercore.testing.alphabets import INSTANT
from ordercore.testing.orders.histories import OrderHistory

__all__ = ["GOODS", "Step", "Told", "available", "moved", "some"]


@frozen
class Step:
    """One thing that is to be done.

    Attributes:
        name: What.
        share: Of how much: 0 of all there is, 1 of one unit, 2 of half of it, 3 of all but one.
        place: Of which of several: 0 of all of them where there may be several, or the first.
        turn: Where there are several ways to go on: which; 0 the usual one.
    """

    name: str
    share: int = 0
    place: int = 0
    turn: int = 0

    def of(self, count: int) -> int:
        """Tell how many of so many."""
        return (count, min(1, count), (count + 1) // 2, max(min(1, count), count - 1))[self.share]

    def pick(self, count: int) -> int:
        """Tell which one of so many."""
        return self.place % count


Told = Callable[[OrderHistory, Step], OrderHistory | None]
"""Does a step; None: that cannot be done now."""


def some(counts: Iterable[tuple[str, int]], step: Step) -> dict[str, int]:
    """Tell how many units of which line: of all lines, or of one."""
    found = [(name, step.of(count)) for name, count in counts if count > 0]
    if found and step.place:
        found = [found[step.pick(len(found))]]
    return dict(found)


# Units

_COUNTED: Final[Mapping[Move, Callable[[Quantities], int]]] = MappingProxyType(
    {
        Move.ALLOCATE: lambda ledger: ledger.open - ledger.allocated,
        Move.DEALLOCATE: lambda ledger: ledger.allocated,
        Move.SHIP: lambda ledger: ledger.allocated,
        Move.DELIVER: lambda ledger: ledger.in_transit,
        Move.LOSE: lambda ledger: ledger.in_transit,
        Move.REFUSE: lambda ledger: ledger.in_transit,
        Move.OPEN_RETURN: lambda ledger: ledger.returnable,
        Move.CLOSE_RETURN: lambda ledger: ledger.return_open,
        Move.RECEIVE_RETURN: lambda ledger: ledger.return_open,
        Move.RESTOCK: lambda ledger: ledger.unsorted,
        Move.SCRAP: lambda ledger: ledger.unsorted,
    }
)
"""Of how many units of a line each move may be."""

_OPEN: Final = (OrderState.PLACED, OrderState.CONFIRMED)
_GOING_ON: Final = (OrderState.DRAFT, *_OPEN)
_ARRIVING: Final = (OrderState.CONFIRMED, OrderState.COMPLETED)
_OUTBOUND: Final = (Move.SHIP, Move.DELIVER, Move.LOSE, Move.REFUSE)


def _states(move: Move) -> tuple[OrderState, ...]:
    if move in (Move.ALLOCATE, Move.DEALLOCATE):
        return _OPEN
    return (OrderState.CONFIRMED,) if move in _OUTBOUND else _ARRIVING


def available(order: Order, move: Move) -> list[tuple[str, int]]:
    """Tell of how many units of which line a move may be now."""
    if order.state not in _states(move):
        return []
    return [(line.id, _COUNTED[move](line.quantities)) for line in order.lines]


def moved(move: Move) -> Told:
    """Make the step that makes a move."""

    def step(history: OrderHistory, how: Step) -> OrderHistory | None:
        units = some(available(history.order, move), how)
        return history.then(move_units(history.order, move, units)) if units else None

    return step


# The order


def _repriced(history: OrderHistory, how: Step) -> OrderHistory | None:  # noqa: ARG001
    order = history.order
    if order.state is not OrderState.DRAFT or order.quote is None:
        return None
    return history.then(reprice(order, order.quote))


def _placed(history: OrderHistory, how: Step) -> OrderHistory | None:  # noqa: ARG001
    order = history.order
    ready = order.state is OrderState.DRAFT and order.quote is not None and order.lines
    return history.then(place(order)) if ready else None


def _confirmed(history: OrderHistory, how: Step) -> OrderHistory | None:  # noqa: ARG001
    order = history.order
    if order.state is not OrderState.PLACED or order.holds:
        return None
    return history.then(confirm(order, payment_policy_met=True))


def _completed(history: OrderHistory, how: Step) -> OrderHistory | None:  # noqa: ARG001
    order = history.order
    final = order.state is OrderState.CONFIRMED and all(each.is_final for each in order.ledgers)
    return history.then(complete(order)) if final else None


def _held(history: OrderHistory, how: Step) -> OrderHistory | None:
    order, reason = history.order, ("fraud_check", "stock")[how.pick(2)]
    if order.state not in _GOING_ON or reason in order.holds:
        return None
    return history.then(hold(order, reason))


def _released(history: OrderHistory, how: Step) -> OrderHistory | None:
    order = history.order
    if not order.holds:
        return None
    return history.then(release(order, order.holds[how.pick(len(order.holds))]))


def _noted(history: OrderHistory, how: Step) -> OrderHistory:
    return history.then(note(history.order, ("called", "please call")[how.pick(2)]))


def _cancelled(history: OrderHistory, how: Step) -> OrderHistory | None:  # noqa: ARG001
    order = history.order
    if order.state not in _GOING_ON or any(each.shipped for each in order.ledgers):
        return None
    return history.then(cancel(order, "changed_mind"))


def _partly_cancelled(history: OrderHistory, how: Step) -> OrderHistory | None:
    order = history.order
    units = some(_open_units(order), how)
    return history.then(cancel(order, "sold_out", units)) if units else None


def _open_units(order: Order) -> list[tuple[str, int]]:
    if order.state not in _OPEN:
        return []
    return [(line.id, line.quantities.open) for line in order.lines]


# Two orders


def _split(history: OrderHistory, how: Step) -> OrderHistory | None:
    """Split units off, but for one that stays."""
    order = history.order
    units = some(_open_units(order), how)
    if sum(units.values()) >= sum(each.kept for each in order.ledgers):
        name = max(units, default="")
        units[name] = units.get(name, 0) - 1
    units = {name: count for name, count in units.items() if count > 0}
    if not units:
        return None
    stays, goes = split(order, units, id=history.next_id, number="SO-2")
    return history.then(stays).beside(goes)


def _split_off(history: OrderHistory, how: Step) -> OrderHistory | None:
    """Split units off, and go on with these."""
    after = _split(history, how)
    return None if after is None else after.swapped(len(after.others) - 1)


def _merged(history: OrderHistory, how: Step) -> OrderHistory | None:
    """Merge another part of the order into it; where there is none, split one off before."""
    for number in range(len(history.others)):
        after = _merged_with(history, number)
        if after is not None:
            return after
    parted = _split(history, how)
    return None if parted is None else _merged_with(parted, len(history.others))


def _merged_with(history: OrderHistory, number: int) -> OrderHistory | None:
    """Merge another order into it, if they fit."""
    try:
        into, gone = merge(history.order, history.others[number].value)
    except InvalidDocument:
        return None
    return history.then(into).then_of(number, gone)


def _merged_into(history: OrderHistory, how: Step) -> OrderHistory | None:
    """Split units off and merge the rest into these; go on with what is left: nothing."""
    parted = _split_off(history, how)
    if parted is None:
        return None
    last = len(parted.others) - 1
    after = _merged_with(parted, last)
    return None if after is None else after.swapped(last)


def _replaced(history: OrderHistory, how: Step) -> OrderHistory | None:
    order = history.order
    if order.state is OrderState.DRAFT:
        return None
    units = some([(line.id, line.quantities.owed) for line in order.lines], how)
    if not units:
        return None
    after, new = replace_units(
        order,
        units,
        _free(str(order.currency)),
        case=history.name("case"),
        id=history.next_id,
        number="SO-3",
    )
    return history.then(after).beside(new)


def _replacement_cancelled(history: OrderHistory, how: Step) -> OrderHistory | None:
    """Cancel what was to replace units; where there is nothing, replace some before."""
    for number, other in enumerate(history.others):
        new = other.value
        if new.parent == history.order.id and new.state is OrderState.DRAFT:
            gone = cancel(new, "sold_out")
            after, given_back = cancel_replacement(history.order, gone[0])
            told = history.then_of(number, gone)
            return told.then((after, given_back)) if given_back else told
    replaced = _replaced(history, how)
    return None if replaced is None else _replacement_cancelled(replaced, how)


def _free(currency: str) -> QuoteRecord:
    """Price what replaces others: at nothing."""
    cart = Cart.of(currency, [("shirt", "0", 1)])
    return QuoteRecord.of(price_in(cart, PromotionBook(currency, []), Context(at=INSTANT)))


GOODS: Final[Mapping[str, Told]] = MappingProxyType(
    {
        "note": _noted,
        "hold": _held,
        "release": _released,
        "place": _placed,
        "confirm": _confirmed,
        "complete": _completed,
        "reprice": _repriced,
        "cancel_units": _partly_cancelled,
        "cancel": _cancelled,
        "replace": _replaced,
        "cancel_replacement": _replacement_cancelled,
        "split": _split,
        "split_off": _split_off,
        "merge": _merged,
        "merge_into": _merged_into,
        **{move.value: moved(move) for move in Move},
    }
)
"""What is done with an order and its units, by name."""
