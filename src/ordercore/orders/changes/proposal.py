"""A proposed change: an aggregate of its own, so that consent may be awaited.

It names the order and the version that it was previewed on. To propose is no event of the
order: it makes nothing stale, and several proposals may stand beside each other until one is
confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, field, frozen

from ordercore.data import document, variant
from ordercore.data.checks import (
    Check,
    Named,
    identifier,
    instance,
    integer,
    member,
    member_of,
    optional,
    tuple_of,
)
from ordercore.errors import InvalidType, InvalidValue
from ordercore.events import MAX_SEQUENCE, Event
from ordercore.money import Money
from ordercore.orders.changes.edits import Edit, are_edits
from ordercore.orders.changes.machine import ORDER_CHANGE, ChangeState, ChangeStep
from ordercore.pricing.record import QuoteRecord

__all__ = [
    "ChangeCancelled",
    "ChangeConfirmed",
    "ChangeDeclined",
    "ChangeProposed",
    "OrderChange",
    "apply_change",
]

_version: Check = integer(least=1, most=MAX_SEQUENCE)


def _edits(given: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple_of(given)


def _state(given: ChangeState | str) -> ChangeState:
    return member_of(ChangeState, given)


@document("order_change")
@frozen(kw_only=True)
class OrderChange:
    """A change that was proposed, and what became of it.

    Args:
        id: The host's own.
        order: The id of the order.
        base: The version of the order that it was previewed on; no other one takes it.
        edits: What is to be otherwise.
        quote: The price of record that is to hold; None: that of then.
        difference: What is to be paid more; below zero: what is to be given back. None: the
            order has no price.
        state: In which state it is.
        version: How many events it has had.
    """

    id: str = field(validator=identifier)
    order: str = field(validator=identifier)
    base: int = field(validator=_version)
    edits: tuple[Edit, ...] = field(converter=_edits, validator=are_edits)
    quote: QuoteRecord | None = field(
        default=None, validator=optional(instance(QuoteRecord)), repr=False
    )
    difference: Money | None = field(default=None, validator=optional(instance(Money)))
    state: ChangeState = field(
        default=ChangeState.PROPOSED, converter=_state, validator=member(ChangeState)
    )
    version: int = field(default=1, validator=_version)

    def anonymised(self) -> OrderChange:
        """Forget what says who somebody is or where they live."""
        return evolve(self, edits=[edit.anonymised() for edit in self.edits])


def _is_new(_instance: object, attribute: Any, change: Any) -> None:
    """Accept a proposal to which nothing has happened yet."""
    instance(OrderChange)(None, attribute, change)
    if change.state is not ChangeState.PROPOSED or change.version != 1:
        expected = "a proposal of version 1"
        raise InvalidValue(expected, path=(attribute.name,), reason="wrong_state")


@variant(Event, "change_proposed")
@frozen
class ChangeProposed(Event):
    """Somebody proposes to change an order.

    Args:
        change: As it begins.
    """

    change: OrderChange = field(validator=_is_new)


@variant(Event, "change_confirmed")
@frozen
class ChangeConfirmed(Event):
    """The change was agreed; that it was made is an event of the order, in the same commit."""


@variant(Event, "change_declined")
@frozen
class ChangeDeclined(Event):
    """The other side does not want the change.

    Args:
        reason: Why, as a code of the shop.
    """

    reason: str = field(validator=identifier)


@variant(Event, "change_cancelled")
@frozen
class ChangeCancelled(Event):
    """Who proposed the change withdraws it, or it has become impossible.

    Args:
        reason: Why, as a code of the shop.
    """

    reason: str = field(validator=identifier)


_STEPS: Final[Mapping[type[Event], ChangeStep]] = MappingProxyType(
    {
        ChangeCancelled: ChangeStep.CANCEL,
        ChangeConfirmed: ChangeStep.CONFIRM,
        ChangeDeclined: ChangeStep.DECLINE,
    }
)


def apply_change(change: OrderChange | None, event: Event) -> OrderChange:
    """Make the next proposal of a proposal and an event; see `ordercore.orders.apply`.

    Raises:
        IllegalTransition: The proposal is over.
        InvalidInput: It is no event of proposals, or not the first one.
    """
    path, given = ("event",), type(event).__name__
    if change is None:
        if not isinstance(event, ChangeProposed):
            expected = "a proposal as the first event of a change"
            raise InvalidValue(expected, given, path=path, reason="wrong_state")
        return event.change
    instance(OrderChange)(None, Named("change"), change)
    step = _STEPS.get(type(event))
    if step is None:
        raise InvalidType("an event of a proposal that exists", given, path=path)
    state = ORDER_CHANGE.after(change.state, step)
    return evolve(change, state=state, version=change.version + 1)
