"""Splitting an order in two and merging its parts again: two aggregates in one commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Never

from attrs import evolve, field, frozen

from ordercore.cart.counts import NO_COUNTS, Counts, are_counts, counts_if_valid
from ordercore.data import variant
from ordercore.data.checks import Check, identifier, integer
from ordercore.events import MAX_SEQUENCE, Command
from ordercore.orders import Order, Result, merge, split
from ordercore.storage import Decision, Key, Loaded, Readable, Reply
from ordercore.workflows.asking import always_granted, needed, staying, task_of
from ordercore.workflows.placing import check_new
from ordercore.workflows.shop import OrderCommand, Shop, decided, kept, order_key
from ordercore.workflows.stock import Happened, Purpose, Stock, StockTask
from ordercore.workflows.use_case import Refusal

__all__ = ["MergeOrders", "SplitOrder", "SplitTold"]

_version: Check = integer(least=1, most=MAX_SEQUENCE)


@variant(Reply, "orders_told")
@frozen(kw_only=True)
class SplitTold(Reply):
    """How two orders stand after one was split, or both were merged.

    Args:
        order_id: The id of the one that was there, or that goes on.
        version: How many events it has had.
        other_id: The id of the one that begins, or that was merged into it.
        other_version: How many events that one has had.
    """

    order_id: str = field(validator=identifier)
    version: int = field(validator=_version)
    other_id: str = field(validator=identifier)
    other_version: int = field(validator=_version)


@variant(Command, "split_order")
@frozen(kw_only=True)
class SplitOrder(OrderCommand[SplitTold, Never]):
    """Split open units off an order: they are an order of their own from then on.

    What stock has set aside for them goes along, and so do gifts whose promotions lower nothing
    of what stays. What promotions have counted stays counted: each part bears some of it, and
    gives that back when it is cancelled.

    Args:
        units: How many units of which line go.
        new_id: The id of the order that begins.
        number: What people call that by; it may differ when the command comes again.
        allocated: How many of the units that go are allocated; of a line that is not named as
            few as can be.
    """

    incidental: ClassVar[tuple[str, ...]] = ("at", "correlation", "number")

    units: Counts = field(converter=counts_if_valid, validator=are_counts)
    new_id: str = field(validator=identifier)
    number: str = field(validator=identifier)
    allocated: Counts = field(default=NO_COUNTS, converter=counts_if_valid, validator=are_counts)

    def besides(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for the place of the order that begins, and for what stock needs."""
        yield order_key(self.new_id)
        order = self.known(got)
        if order is not None:
            (left, _), (new, _) = self._split(order)
            yield from needed(shop.stock, _handed_over(new, left, new.id, self), got)

    def decide(self, got: Loaded, shop: Shop) -> Decision[SplitTold] | Refusal[Never]:
        """Split it.

        Raises:
            NotFound: There is no such order.
            InvalidValue: There is an order of the new id already.
            InvalidDocument: There are not so many open units, or all would go.
        """
        order, key = self.found(got), order_key(self.new_id)
        check_new(got, self.new_id, "new_id")
        stays, goes = self._split(order)
        task = _handed_over(goes[0], stays[0], self.new_id, self)
        return _both(self, got, {self.order: stays, key: goes}, (shop.stock, task))

    def _split(self, order: Order) -> tuple[Result, Result]:
        return split(
            order, self.units, id=self.new_id, number=self.number, allocated=self.allocated
        )


@variant(Command, "merge_orders")
@frozen(kw_only=True)
class MergeOrders(OrderCommand[SplitTold, Never]):
    """Merge a part of an order that was split into another part of it.

    What stock has set aside for it goes along.

    Args:
        other_id: The id of the order that is merged into this one.
    """

    other_id: str = field(validator=identifier)

    def besides(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for the other order, and for what stock needs."""
        key, order = order_key(self.other_id), self.known(got)
        yield key
        if order is not None and key in got:
            other = got.value(key, Order)
            _, (left, _) = merge(order, other)
            task = _handed_over(other, left, order.id, self)
            yield from needed(shop.stock, task, got)

    def decide(self, got: Loaded, shop: Shop) -> Decision[SplitTold] | Refusal[Never]:
        """Merge them.

        Raises:
            NotFound: One of the orders is not there.
            InvalidDocument: They are no parts of one order, or do not fit any more; everything
                is told.
        """
        key = order_key(self.other_id)
        order, other = self.found(got), kept(got, key, Order, "other_id")
        into, gone = merge(order, other)
        task = _handed_over(other, gone[0], order.id, self)
        return _both(self, got, {self.order: into, key: gone}, (shop.stock, task))


def _handed_over(
    goes: Order, stays: Order, taker: str, command: OrderCommand[SplitTold, Never]
) -> StockTask:
    """Let what is set aside for units and gifts go from one order to another.

    Args:
        goes: An order that has just what goes.
        stays: The order from which it goes, as it is afterwards.
        taker: The id of the order to which it goes.
        command: By which.
    """
    allocated = ((line.id, line.quantities.allocated) for line in goes.lines)
    task = task_of(goes, Purpose.HAND_OVER, allocated, command, gifts=True)
    return evolve(task, order=stays.id, to=taker, kept=staying(stays, {}))


def _both(
    command: OrderCommand[SplitTold, Never],
    got: Loaded,
    results: Mapping[Key, Result],
    asked: tuple[Stock | None, StockTask],
) -> Decision[SplitTold]:
    """Write both orders down, and what stock hands over."""
    answer = always_granted(*asked, got)
    (order, _), (other, _) = results.values()
    happened = [
        Happened(key, got.version(key), after, events) for key, (after, events) in results.items()
    ]
    reply = SplitTold(
        order_id=order.id, version=order.version, other_id=other.id, other_version=other.version
    )
    return decided(command, reply, [*happened, *answer.happened], answer.usage)
