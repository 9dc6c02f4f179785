"""What may be done with an order: each command gives the next order and what has happened.

A command changes nothing. What it refuses, it refuses with an error that has every reason in
it; where only guards are in the way, that is `TransitionRefused`. To ask beforehand, without
an error, give `guards_of` to the machine: ``ORDER.check(order.state, step, guards=...)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final, TypeVar

from attrs import evolve

from ordercore.cart import Cart
from ordercore.data.checks import Named, instance
from ordercore.data.faults import step
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue
from ordercore.events import Event, Noted
from ordercore.lifecycle import Answer
from ordercore.orders.applying import apply, lines_of
from ordercore.orders.details import OrderDetails, Origin, ServiceWish
from ordercore.orders.events import (
    CancelledUnits,
    LineUnits,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderDrafted,
    OrderHeld,
    OrderPlaced,
    OrderPriced,
    OrderReleased,
    UnitsCancelled,
    UnitsMoved,
)
from ordercore.orders.ledger import Move, freed
from ordercore.orders.lines import without_place
from ordercore.orders.machine import ORDER, OrderStep
from ordercore.orders.order import Order, check_order
from ordercore.pricing import Quote
from ordercore.pricing.record import QuoteRecord

__all__ = [
    "NO_SERVICES",
    "Result",
    "cancel",
    "complete",
    "confirm",
    "done",
    "draft",
    "guards_of",
    "hold",
    "move_units",
    "none_of",
    "note",
    "parts_of",
    "place",
    "release",
    "reprice",
]

Result = tuple[Order, tuple[Event, ...]]
"""The next order, and what has happened."""

_P = TypeVar("_P")

NO_SERVICES: Final[Mapping[str, ServiceWish]] = MappingProxyType({})
"""No line is a service."""
_SHOWN: Final = 100
"""Of how many lines, holds or ceilings a guard tells details."""


def draft(  # noqa: PLR0913 - the choices have names, and each has a default
    what: Quote | QuoteRecord | Cart,
    *,
    id: str,  # noqa: A002
    number: str,
    details: OrderDetails | None = None,
    services: Mapping[str, ServiceWish] = NO_SERVICES,
    origin: Origin | str = Origin.NORMAL,
    parent: str | None = None,
    case: str | None = None,
    replaces: Iterable[LineUnits] = (),
) -> Result:
    """Begin an order.

    Args:
        what: What is bought: a quote, which becomes the price of record, or a cart that is
            to be priced later (see `reprice`).
        id: The order's own id.
        number: What people call it by; see `NumberStrategy`.
        details: Who, where to, invoice, remarks.
        services: Where and when, of the lines that are services, by their ids.
        origin: `Origin.REPLACEMENT` for goods that replace others.
        parent: The order that it replaces something of.
        case: The after-sales case that it comes from.
        replaces: The units of that order in whose place it comes.

    Raises:
        InvalidInput: Something is not as `Order` says, or the cart has no such line.
        InvalidDocument: Fields do not go together.
    """
    instance(Quote, QuoteRecord, Cart)(None, Named("what"), what)
    instance(Mapping)(None, Named("services"), services)
    record = QuoteRecord.of(what) if isinstance(what, Quote) else what
    cart, quote = (record, None) if isinstance(record, Cart) else (record.cart, record)
    order = Order(
        id=id,
        number=number,
        currency=cart.currency,
        lines=lines_of(cart, services, priced=quote is not None),
        quote=quote,
        details=OrderDetails() if details is None else details,
        origin=origin,
        parent=parent,
        case=case,
        replaces=replaces,
    )
    return order, (OrderDrafted(order),)


def reprice(order: Order, quote: Quote | QuoteRecord) -> Result:
    """Give a draft another price of record, and the lines of its cart.

    A line that was a service stays one, if the cart still has it.

    Raises:
        InvalidValue: The order is no draft any more.
        InvalidDocument: The quote is in another currency.
    """
    instance(Quote, QuoteRecord)(None, Named("quote"), quote)
    record = QuoteRecord.of(quote) if isinstance(quote, Quote) else quote
    return done(order, OrderPriced(record))


def place(order: Order, *, by: str | None = None) -> Result:
    """Place a draft: it has lines, a price, and an address or service site.

    Args:
        order: The draft.
        by: The role of who places it; None: roles do not matter.

    Raises:
        TransitionRefused: A guard does not hold, or the role may not.
        IllegalTransition: The order is no draft any more.
    """
    _ask(order, OrderStep.PLACE, by)
    return done(order, OrderPlaced())


def confirm(order: Order, *, payment_policy_met: Answer, by: str | None = None) -> Result:
    """Confirm a placed order: nothing holds it, and what must be paid by now is paid.

    Args:
        order: The order.
        payment_policy_met: Whether the shop's payment policy is met, or why not.
        by: The role of who confirms it; None: roles do not matter.

    Raises:
        TransitionRefused: A guard does not hold, or the role may not.
        IllegalTransition: The order is not in state placed.
    """
    _ask(order, OrderStep.CONFIRM, by, payment_policy_met=payment_policy_met)
    return done(order, OrderConfirmed())


def complete(order: Order, *, by: str | None = None) -> Result:
    """Complete an order of which nothing is open and nothing is on its way.

    Raises:
        TransitionRefused: Something is.
        IllegalTransition: The order is not in state confirmed.
    """
    _ask(order, OrderStep.COMPLETE, by)
    return done(order, OrderCompleted())


def hold(order: Order, reason: str) -> Result:
    """Make an order wait for a reason; it may wait for several.

    Raises:
        InvalidValue: It waits for that already, or is over.
    """
    return done(order, OrderHeld(reason))


def release(order: Order, reason: str) -> Result:
    """Take one reason away for which an order waits.

    Raises:
        NotFound: It does not wait for that.
        InvalidValue: It is over.
    """
    return done(order, OrderReleased(reason))


def note(order: Order, text: str) -> Result:
    """Write a remark for the record; it may be written in any state.

    Raises:
        InvalidInput: It is empty, too long, or has control characters.
    """
    return done(order, Noted(text))


def cancel(order: Order, reason: str, units: Mapping[str, int] | None = None) -> Result:
    """Cancel an order, or some of its open units.

    The event says which allocations are to be given free. When all units of an order are
    cancelled, the order is.

    Args:
        order: The order.
        reason: Why, as a code of the shop.
        units: How many of which line, once the order is placed; None: the order.

    Raises:
        TransitionRefused: The order as a whole is asked for, and something was shipped or
            performed.
        IllegalTransition: The order is over.
        InvalidDocument: There are not so many open units, with every line.
        InvalidValue: Units of a draft are asked for: give it another price.
    """
    check_order(order)
    if units is None:
        _ask(order, OrderStep.CANCEL, None)
        parts = tuple(_cancelled(order, name, count) for name, count in _kept(order))
        return done(order, OrderCancelled(reason, parts))
    ORDER.needs(order.state, OrderStep.CANCEL)  # an order that is over knows nothing of it
    parts = parts_of(units, lambda name, count: _cancelled(order, name, count))
    if {part.line: part.quantity for part in parts} == dict(_kept(order)):
        return cancel(order, reason)
    return done(order, UnitsCancelled(reason, parts))


def move_units(order: Order, move: Move | str, units: Mapping[str, int]) -> Result:
    """Take down what fulfilment or after-sales did with units: of all lines, or of none.

    Args:
        order: The order.
        move: What they did; see `Move`.
        units: With how many of which line.

    Raises:
        InvalidValue: The order is in a state in which that cannot happen.
        InvalidDocument: There are not so many units, with every line.
    """
    return done(order, UnitsMoved(move, parts_of(units, LineUnits)))


# What is asked before


def guards_of(order: Order) -> dict[str, Answer]:
    """Answer the guards of the machine that the order itself knows; one only the host does.

    That one is ``payment_policy_met``.

    >>> order, _ = draft(Cart.of("CNY", [("cap", "45", 1)]), id="o-1", number="1")
    >>> print(ORDER.check(order.state, OrderStep.PLACE, guards=guards_of(order)))
    order: place refused in state draft: unmet priced; unmet place_known (1 goods)
    """
    check_order(order)
    return {
        "has_lines": bool(order.lines),
        "priced": order.quote is not None,
        "place_known": none_of(without_place(order.details, order.wishes)),
        "no_holds": none_of((reason, "held") for reason in order.holds),
        "nothing_shipped": none_of(_counted(order, "shipped", services=False)),
        "no_stage_started": none_of(_counted(order, "shipped", services=True)),
        "nothing_open": none_of(_counted(order, "open")),
        "no_open_parcel": none_of(_counted(order, "in_transit", services=False)),
        "services_accepted": none_of(_counted(order, "in_transit", services=True)),
    }


def _ask(order: Order, step: OrderStep, by: str | None, **answers: Answer) -> None:
    """Raise unless the machine allows a step now."""
    guards = {**guards_of(order), **answers}
    ORDER.fire(order.state, step, by=by, guards=guards)


def none_of(found: Iterable[tuple[str, str]]) -> Answer:
    """Answer that there is nothing, or with the first of what there is."""
    return dict(islice(found, _SHOWN)) or True


def _counted(
    order: Order, counter: str, *, services: bool | None = None
) -> Iterator[tuple[str, str]]:
    """List the lines that have units of a kind; None: goods and services."""
    for line in order.lines:
        units = getattr(line.quantities, counter)
        if units and services in (None, line.is_service):
            yield line.id, str(units)


def _kept(order: Order) -> Iterator[tuple[str, int]]:
    for line in order.lines:
        if line.quantities.kept:
            yield line.id, line.quantities.kept


def parts_of(units: Mapping[str, int], make: Callable[[str, int], _P]) -> tuple[_P, ...]:
    """Make a part of the event of each line; all faults are told."""
    instance(Mapping)(None, Named("units"), units)
    if not units:
        raise InvalidValue("units of at least one line", path=("units",))
    parts: list[_P] = []
    faults: list[InvalidInput] = []
    for name, count in units.items():
        try:
            parts.append(make(name, count))
        except InvalidInput as error:
            faults.append(error.at("units", step(str(name))))
    if faults:
        raise InvalidDocument(faults)
    return tuple(parts)


def _cancelled(order: Order, name: str, count: int) -> CancelledUnits:
    part = CancelledUnits(name, count)
    ledger = next((line.quantities for line in order.lines if line.id == name), None)
    return part if ledger is None else evolve(part, freed=freed(ledger, count))


# What comes of it


def done(order: Order, event: Event) -> Result:
    """Give the next order, and the event that made it so."""
    check_order(order)
    return apply(order, event), (event,)
