"""Cancelling: an order or some of its units, with what goes back because of it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from ordercore.cart.counts import Counts, are_counts, counts_or_none
from ordercore.data import variant
from ordercore.data.checks import (
    boolean,
    identifier,
    instance,
    integer,
    member,
    member_of,
    optional,
)
from ordercore.events import MAX_SEQUENCE, Command, Event
from ordercore.lifecycle import Refused
from ordercore.money import Money
from ordercore.orders import (
    CancelledUnits,
    Order,
    OrderCancelled,
    OrderState,
    RefundParts,
    Result,
    UnitsCancelled,
    cancel,
    cancel_replacement,
    owed_refund,
    request_refund,
)
from ordercore.pricing import ReversalOptions, ReversalPolicy
from ordercore.storage import CounterChange, Decision, Key, Loaded, Readable, Reply
from ordercore.workflows.asking import always_granted, needed, task_of
from ordercore.workflows.shop import OrderCommand, Shop, decided, order_key, tried
from ordercore.workflows.stock import Happened, Purpose
from ordercore.workflows.usage import counted, given_back
from ordercore.workflows.use_case import Refusal

__all__ = ["CancelOrder", "Cancelled"]


def _state(given: OrderState | str) -> OrderState:
    return member_of(OrderState, given)


def _options(given: ReversalOptions | ReversalPolicy | str | None) -> ReversalOptions | None:
    return ReversalOptions(policy=given) if isinstance(given, str) else given


@variant(Reply, "order_cancelled")
@frozen(kw_only=True)
class Cancelled(Reply):
    """The order, or some of its units, is cancelled.

    Args:
        order_id: Its id.
        state: In which state it is now.
        version: How many events it has had.
        refund: What is to be given back by now and not asked for otherwise; None: nothing.
    """

    order_id: str = field(validator=identifier)
    state: OrderState = field(converter=_state, validator=member(OrderState))
    version: int = field(validator=integer(least=1, most=MAX_SEQUENCE))
    refund: Money | None = field(default=None, validator=optional(instance(Money)))


@variant(Command, "cancel_order")
@frozen(kw_only=True)
class CancelOrder(OrderCommand[Cancelled, Refused]):
    """Cancel an order, or some of its open units.

    What stock had set aside for the units is given free. Where the order as a whole ends, its
    gifts are given free as well, and its uses of promotions may be had again: of a part of an
    order that was split, those that it bears. Where it was to replace units of another order,
    these are replaced no more: what was not refunded meanwhile may be, or replaced anew.

    Args:
        reason: Why, as a code of the shop.
        units: How many of which line; None: the order.
        give_back: Whether uses and budgets of promotions are given back where the whole order
            is cancelled. Keep them where a customer might order and cancel to no end.
        refund_id: The id of the refund that is asked for at once, where one is owed; None: the
            reply tells what is owed, and somebody else asks for it.
        policy: How the refund is reckoned: a `ReversalPolicy`, or `ReversalOptions`; None: as
            in the last refund that counts, or else by shares.
    """

    reason: str = field(validator=identifier)
    units: Counts | None = field(
        default=None, converter=counts_or_none, validator=optional(are_counts)
    )
    give_back: bool = field(default=True, validator=boolean)
    refund_id: str | None = field(default=None, validator=optional(identifier))
    policy: ReversalOptions | None = field(
        default=None, converter=_options, validator=optional(instance(ReversalOptions))
    )

    def besides(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for the counters that the order used, and for what stock needs."""
        order = self.known(got)
        if order is not None:
            if self.give_back:
                yield from counted(order)
            allocated = ((line.id, line.quantities.allocated) for line in order.lines)
            all_of_it = task_of(order, Purpose.FREE, allocated, self, gifts=True)
            yield from needed(shop.stock, all_of_it, got)
            yield from _replaced_in(order, got)

    def decide(self, got: Loaded, shop: Shop) -> Decision[Cancelled] | Refusal[Refused]:
        """Cancel, or tell what was shipped or begun already.

        Raises:
            NotFound: There is no such order.
            IllegalTransition: It is over.
            InvalidDocument: There are not so many open units, with every line.
        """
        order = self.found(got)
        done = tried(lambda: cancel(order, self.reason, self.units))
        if isinstance(done, Refused):
            return Refusal(done)
        after, events = done
        whole = after.state is OrderState.CANCELLED
        freed = ((part.line, part.freed) for part in _parts(events))
        task = task_of(order, Purpose.FREE, freed, self, gifts=whole)
        answer = always_granted(shop.stock, task, got)
        owed = owed_refund(after, self.policy)
        after, more = self._refunded(after, owed)
        reply = Cancelled(
            order_id=after.id,
            state=after.state,
            version=after.version,
            refund=None if owed is None else owed.amount,
        )
        changed = Happened(self.order, got.version(self.order), after, (*events, *more))
        parent = _replaced_no_more(after, got) if whole else ()
        usage = (*(self._given_back(order, got) if whole else ()), *answer.usage)
        return decided(self, reply, (changed, *parent, *answer.happened), usage)

    def _refunded(self, order: Order, owed: RefundParts | None) -> Result:
        """Ask for what is owed, if that is to be done at once."""
        if owed is None or self.refund_id is None:
            return order, ()
        return request_refund(order, owed, id=self.refund_id, reason=self.reason)

    def _given_back(self, order: Order, got: Loaded) -> tuple[CounterChange, ...]:
        """Say what may be used again: a draft has used nothing."""
        if order.state is OrderState.DRAFT or not self.give_back:
            return ()
        return given_back(order, got)


def _replaced_in(order: Order, got: Loaded) -> Iterator[Key]:
    """Say which order has the units that an order was to replace: its parent, or what took it in.

    That is the last one.
    """
    name, seen = order.parent if order.replaces else None, {order.id}
    while name is not None and name not in seen:
        seen.add(name)
        key = order_key(name)
        yield key
        found = got.get(key, Order) if key in got else None
        name = None if found is None else found.merged_into


def _replaced_no_more(order: Order, got: Loaded) -> Iterator[Happened]:
    """Take down that the units are not replaced; the host may not keep their order any more."""
    for key in [*_replaced_in(order, got)][-1:]:
        parent = got.get(key, Order)
        if parent is not None:
            after, events = cancel_replacement(parent, order)
            if events:
                yield Happened(key, got.version(key), after, events)


def _parts(events: tuple[Event, ...]) -> Iterator[CancelledUnits]:
    for event in events:
        if isinstance(event, OrderCancelled | UnitsCancelled):
            yield from event.units
