"""An order, or a proposal to change one, with everything that has happened to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, Generic, TypeVar

from attrs import evolve, frozen

from ordercore.events import Actor, AggregateId, Event, Recorded, record
from ordercore.orders import ChangeResult, Order, OrderChange, Result
from ordercore.testing.alphabets import INSTANT

__all__ = ["History", "OrderHistory", "begun", "proposed"]

T = TypeVar("T")

_STAFF: Final = Actor("staff", "u-7")


@frozen
class History(Generic[T]):
    """What there is, and how it came about.

    Attributes:
        value: As it is now.
        events: Everything that has happened to it; replaying it gives the value.
    """

    value: T
    events: tuple[Recorded, ...]

    def then(self, result: tuple[T, Iterable[Event]]) -> History[T]:
        """Go on with what a command gives."""
        value, events = result
        of = self.events[0].aggregate
        told = _recorded(of.kind, of.id, len(self.events), events)
        return History(value, (*self.events, *told))


@frozen
class OrderHistory:
    """An order, everything that has happened to it, and what came of that beside it.

    Attributes:
        order: As it is now.
        events: Everything that has happened to it: ``replay(apply, None, history.events)``
            gives the order.
        others: Orders that were split off it, that it was split off from or merged with, and
            those that replace units of it.
        changes: Proposals to change it, whatever has become of them.
    """

    order: Order
    events: tuple[Recorded, ...]
    others: tuple[History[Order], ...] = ()
    changes: tuple[History[OrderChange], ...] = ()

    @property
    def own(self) -> History[Order]:
        """The order and its events alone."""
        return History(self.order, self.events)

    @property
    def next_id(self) -> str:
        """An id of no order here."""
        return f"o-{len(self.others) + 2}"

    def name(self, letter: str) -> str:
        """Make an id that nothing of any order here has."""
        return f"{letter}-{self.order.id}-{self.order.version}"

    def then(self, result: Result) -> OrderHistory:
        """Go on with what a command gives."""
        own = self.own.then(result)
        return evolve(self, order=own.value, events=own.events)

    def beside(self, result: Result) -> OrderHistory:
        """Go on, with another order that begins."""
        return evolve(self, others=(*self.others, begun(result).own))

    def then_of(self, number: int, result: Result) -> OrderHistory:
        """Go on with what a command gives of another of the orders."""
        others = [*self.others]
        others[number] = others[number].then(result)
        return evolve(self, others=tuple(others))

    def swapped(self, number: int) -> OrderHistory:
        """Look at it from another of the orders; proposals stay with the order they are of."""
        other, others = self.others[number], [*self.others]
        others[number] = self.own
        return OrderHistory(other.value, other.events, tuple(others))

    def proposing(self, change: History[OrderChange]) -> OrderHistory:
        """Go on, with another proposal."""
        return evolve(self, changes=(*self.changes, change))

    def changed(self, number: int, change: History[OrderChange]) -> OrderHistory:
        """Go on, with what has become of a proposal."""
        changes = [*self.changes]
        changes[number] = change
        return evolve(self, changes=tuple(changes))


def begun(result: Result) -> OrderHistory:
    """Begin with an order's first events."""
    order, events = result
    return OrderHistory(order, _recorded("order", order.id, 0, events))


def proposed(result: ChangeResult) -> History[OrderChange]:
    """Begin with a proposal."""
    change, events = result
    return History(change, _recorded("order_change", change.id, 0, events))


def _recorded(kind: str, name: str, after: int, events: Iterable[Event]) -> tuple[Recorded, ...]:
    several = tuple(events)
    return record(
        several,
        aggregate=AggregateId(kind, name),
        after=after,
        ids=[f"{name}-e{after + n + 1}" for n in range(len(several))],
        at=INSTANT + timedelta(hours=after),
        actor=_STAFF,
        cause=f"{name}-c{after}",
    )
