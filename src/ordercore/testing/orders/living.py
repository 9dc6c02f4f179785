"""Orders and all that has happened to them, drawn as lists of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, reduce
from types import MappingProxyType
from typing import Final

from hypothesis import strategies as st

from ordercore.orders import (
    Move,
    Order,
    OrderDetails,
    OrderState,
    PaymentState,
    RefundState,
    ServiceWish,
    draft,
    reprice,
)
from ordercore.pricing import Quote
from ordercore.testing.alphabets import maybe, mostly
from ordercore.testing.orders.changing import CHANGES
from ordercore.testing.orders.histories import OrderHistory, begun
from ordercore.testing.orders.money import MONEY
from ordercore.testing.orders.parts import details, quotes, service_wishes
from ordercore.testing.orders.steps import GOODS, Step, Told, available

__all__ = ["order_histories", "orders"]

_STEPS: Final[Mapping[str, Told]] = MappingProxyType({**GOODS, **MONEY, **CHANGES})
_GO_ON: Final = "go_on"


# The usual way, and where it turns

_Ways = tuple[str, ...]
"""What may be done next: what is usual first."""


def _next(order: Order, turn: int) -> str | None:
    """Tell what is done next with an order; None: nothing is left to do."""
    ways = _WAYS[order.state](order)
    return ways[turn % len(ways)] if ways else None


def _of_draft(order: Order) -> _Ways:
    return () if order.quote is None else ("place", "place", "hold", "cancel")


def _of_placed(order: Order) -> _Ways:
    if order.holds:
        return ("release", "release", "cancel")
    pending = [each for each in order.payments if each.is_open]
    if any(each.state is PaymentState.PENDING for each in pending):
        return ("capture_payment", "authorize_payment", "fail_payment", "void_payment")
    if pending:  # it is captured when all is delivered
        return ("confirm", "capture_payment", "fail_payment", "void_payment")
    if order.balance.unpaid.minor:
        return ("request_payment", "confirm", "cancel_units", "split")
    return ("confirm", "cancel_units", "cancel", "hold")


def _of_confirmed(order: Order) -> _Ways:
    for move, *others in _ON_THE_WAY:
        if any(count for _, count in available(order, move)):
            return (move, *others)
    return ("complete",)


_ON_THE_WAY: Final = (
    (Move.DELIVER, Move.LOSE, Move.REFUSE),
    (Move.SHIP, Move.SHIP, Move.DEALLOCATE),
    (Move.ALLOCATE, Move.ALLOCATE, "cancel_units"),
)


def _of_completed(order: Order) -> _Ways:
    if any(each.is_open for each in order.payments):
        return ("capture_payment", "void_payment")
    refunding = _refunding(order)
    if refunding:
        return refunding
    for move, *others in _ON_THE_WAY_BACK:
        if any(count for _, count in available(order, move)):
            return (move, *others)
    return ("refund_units", "replace")


_ON_THE_WAY_BACK: Final = (
    (Move.RESTOCK, Move.SCRAP),
    (Move.RECEIVE_RETURN, Move.CLOSE_RETURN, "refund_units"),
    (Move.OPEN_RETURN, "refund_units", "replace"),
)


def _of_cancelled(order: Order) -> _Ways:
    return _refunding(order) or ("refund_owed", "request_payment", "replace")


def _refunding(order: Order) -> _Ways:
    """Tell what becomes of the first refund that is under way, or failed."""
    return next((_REFUNDING[each.state] for each in order.refunds if each.state in _REFUNDING), ())


_REFUNDING: Final[Mapping[RefundState, _Ways]] = MappingProxyType(
    {
        RefundState.REQUESTED: ("approve_refund", "cancel_refund"),
        RefundState.APPROVED: ("submit_refund", "submit_refund", "cancel_refund"),
        RefundState.SUBMITTED: ("succeed_refund", "fail_refund"),
        RefundState.FAILED: ("retry_refund", "cancel_refund", "late_refund"),
    }
)

_WAYS: Final[Mapping[OrderState, Callable[[Order], _Ways]]] = MappingProxyType(
    {
        OrderState.DRAFT: _of_draft,
        OrderState.PLACED: _of_placed,
        OrderState.CONFIRMED: _of_confirmed,
        OrderState.COMPLETED: _of_completed,
        OrderState.CANCELLED: _of_cancelled,
    }
)


def _gone_on(history: OrderHistory, how: Step) -> OrderHistory:
    """Do what is usual so many times, and then turn."""
    for turn in (*(0,) * how.place, how.turn):
        name = _next(history.order, turn)
        after = None if name is None else _STEPS[name](history, Step(name, how.share))
        if after is None:
            break
        history = after
    return history


# What is drawn

_SHARES: Final = st.sampled_from((0, 0, 1, 2, 3))
_PLACES: Final = st.integers(0, 7)
_TIMES: Final = st.sampled_from((0, 0, 1, 1, 2, 3, 5, 7))
_TURNS: Final = st.sampled_from((0, 0, 0, 1, 1, 2, 3))


@cache
def _steps() -> st.SearchStrategy[Step]:
    on = st.builds(Step, st.just(_GO_ON), _SHARES, _TIMES, _TURNS)
    return on | st.builds(Step, st.sampled_from(tuple(_STEPS)), _SHARES, _PLACES)


def _done(history: OrderHistory, step: Step) -> OrderHistory:
    if step.name == _GO_ON:
        return _gone_on(history, step)
    return _STEPS[step.name](history, step) or history


@st.composite
def order_histories(
    draw: st.DrawFn,
    /,
    quotes: st.SearchStrategy[Quote] = quotes(),  # noqa: B008 - a strategy is a value
    *,
    details: st.SearchStrategy[OrderDetails] = details(),  # noqa: B008
    max_steps: int = 12,
) -> OrderHistory:
    """Draw an order, and everything that has happened to it.

    It is drafted from a quote, and then what is usual is done, or anything else that the order
    allows: it is placed, paid in parts, partly cancelled, changed, split and merged, shipped,
    returned, refunded, held, and so on.

    Args:
        draw: Given by Hypothesis.
        quotes: The prices that orders are drafted from.
        details: Who and where to; there must be an address of delivery.
        max_steps: At most so many things happen; each may be the usual ones, eight in a row.
    """
    steps = draw(st.lists(_steps(), max_size=max_steps))
    quote = draw(quotes)
    history = _begun(quote, draw(details), draw(_services(quote)), later=draw(_RARELY))
    return reduce(_done, steps, history)


_RARELY: Final = mostly(st.just(False), st.booleans())


def _services(quote: Quote) -> st.SearchStrategy[dict[str, ServiceWish]]:
    """Draw which lines are services."""
    wish = maybe(service_wishes())
    wishes = st.fixed_dictionaries({line.id: wish for line in quote.cart.lines})
    return wishes.map(lambda found: {name: each for name, each in found.items() if each})


def _begun(
    quote: Quote, told: OrderDetails, services: Mapping[str, ServiceWish], *, later: bool
) -> OrderHistory:
    """Draft an order of a quote, or of its cart, which is priced later."""
    what = quote.cart if later else quote
    history = begun(draft(what, id="o-1", number="SO-1", details=told, services=services))
    return history.then(reprice(history.order, quote)) if later else history


def orders(
    quotes: st.SearchStrategy[Quote] = quotes(),  # noqa: B008
    *,
    details: st.SearchStrategy[OrderDetails] = details(),  # noqa: B008
    max_steps: int = 12,
) -> st.SearchStrategy[Order]:
    """Draw an order in any state; see `order_histories`, which also tells how it came about."""
    return order_histories(quotes, details=details, max_steps=max_steps).map(_order)


def _order(history: OrderHistory) -> Order:
    return history.order
