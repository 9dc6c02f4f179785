"""Changes that are proposed, and made once the other side consents: two aggregates, one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from ordercore.data import variant
from ordercore.data.checks import identifier, instance, member, member_of, optional
from ordercore.errors import InvalidValue
from ordercore.events import Command
from ordercore.lifecycle import Refused
from ordercore.money import Money
from ordercore.orders import (
    ORDER_CHANGE,
    ChangeResult,
    ChangeState,
    ChangeStep,
    Order,
    OrderChange,
    cancel_change,
    decline_change,
    preview_change,
    propose_change,
)
from ordercore.orders.changes.commands import consented
from ordercore.stock import Appointment
from ordercore.storage import Decision, Key, Loaded, Readable, Reply
from ordercore.workflows.changing import NotChanged, PreviewedChange, made, reading, stale
from ordercore.workflows.shop import OrderCommand, Shop, decided, kept, tried
from ordercore.workflows.stock import Happened, appointments_of, are_appointments
from ordercore.workflows.use_case import Refusal

__all__ = ["ChangeTold", "ProposeChange", "SettleChange"]


def _state(given: ChangeState | str) -> ChangeState:
    return member_of(ChangeState, given)


def _step(given: ChangeStep | str) -> ChangeStep:
    return member_of(ChangeStep, given)


@variant(Reply, "change_told")
@frozen(kw_only=True)
class ChangeTold(Reply):
    """How a proposal stands.

    Args:
        change_id: Its id.
        order_id: The id of the order.
        state: In which state the proposal is.
        difference: What is to be paid more; below zero: what is to be given back. None: the
            order has no price.
        appointments: Of services that were booked by it, now or anew: when, and with whom.
    """

    change_id: str = field(validator=identifier)
    order_id: str = field(validator=identifier)
    state: ChangeState = field(converter=_state, validator=member(ChangeState))
    difference: Money | None = field(default=None, validator=optional(instance(Money)))
    appointments: tuple[Appointment, ...] = field(
        default=(), converter=appointments_of, validator=are_appointments
    )

    @classmethod
    def of(cls, change: OrderChange) -> ChangeTold:
        """Tell how a proposal stands."""
        return cls(
            change_id=change.id,
            order_id=change.order,
            state=change.state,
            difference=change.difference,
        )


@variant(Command, "propose_change")
@frozen(kw_only=True)
class ProposeChange(PreviewedChange[ChangeTold]):
    """Propose a change, for the other side to consent to. The order stays as it is.

    Args:
        change_id: The proposal's own id; the other fields as in `PreviewedChange`.
    """

    change_id: str = field(validator=identifier)

    def besides(self, got: Loaded, shop: Shop) -> Iterator[Readable]:  # noqa: ARG002
        """Ask for the place of the proposal."""
        yield change_key(self.change_id)

    def decide(self, got: Loaded, shop: Shop) -> Decision[ChangeTold] | Refusal[NotChanged]:
        """Propose it, or tell which guards do not hold.

        Raises:
            NotFound: There is no such order.
            InvalidValue: There is a proposal of this id already.
            InvalidDocument: Edits do not fit the order, or each other; all of them are told.
        """
        key, order = change_key(self.change_id), self.found(got)
        if got.version(key):
            expected = "an id of no proposal yet"
            path = ("change_id",)
            raise InvalidValue(expected, self.change_id, path=path, reason="duplicate_id")
        if order.version != self.base:
            return Refusal(stale(self.base, order))
        preview = self.previewed(order, shop)
        done = tried(lambda: propose_change(preview, id=self.change_id))
        if isinstance(done, Refused):
            return Refusal(NotChanged(refused=done))
        change, events = done
        return decided(self, ChangeTold.of(change), [Happened(key, 0, change, events)])


@variant(Command, "settle_change")
@frozen(kw_only=True)
class SettleChange(OrderCommand[ChangeTold, NotChanged]):
    """Confirm a proposal, which changes the order; or decline or withdraw it.

    Args:
        change_id: The id of the proposal.
        step: What to do with it.
        reason: Why it is declined or withdrawn, as a code of the shop; None: it is confirmed.
    """

    change_id: str = field(validator=identifier)
    step: ChangeStep = field(converter=_step, validator=member(ChangeStep))
    reason: str | None = field(default=None, validator=optional(identifier))

    def __attrs_post_init__(self) -> None:
        if (self.reason is None) != (self.step is ChangeStep.CONFIRM):
            expected = "a reason where it is declined or withdrawn, and only there"
            raise InvalidValue(expected, path=("reason",), reason="fields_disagree")

    def besides(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for the proposal; where it is to be confirmed, for counters and stock as well."""
        key, order = change_key(self.change_id), self.known(got)
        yield key
        if self.step is ChangeStep.CONFIRM and order is not None and key in got:
            change = got.value(key, OrderChange)
            preview = preview_change(order, change.edits, change.quote)
            yield from reading(self, preview, got, shop)

    def decide(self, got: Loaded, shop: Shop) -> Decision[ChangeTold] | Refusal[NotChanged]:
        """Settle it, or tell everything that stands in the way.

        Raises:
            NotFound: There is no such order, or no such proposal.
            IllegalTransition: The proposal is over.
            InvalidValue: The proposal is of another order.
        """
        key = change_key(self.change_id)
        order, change = self.found(got), kept(got, key, OrderChange, "change_id")
        if change.order != order.id:
            expected = f"a proposal of order {order.id}"
            path = ("change_id",)
            raise InvalidValue(expected, change.order, path=path, reason="other_aggregate")
        if self.reason is not None:
            after, events = _ENDS[self.step](change, self.reason)
            settled = Happened(key, got.version(key), after, events)
            return decided(self, ChangeTold.of(after), [settled])
        return self._confirmed(order, change, got, shop)

    def _confirmed(
        self, order: Order, change: OrderChange, got: Loaded, shop: Shop
    ) -> Decision[ChangeTold] | Refusal[NotChanged]:
        ORDER_CHANGE.needs(change.state, ChangeStep.CONFIRM)  # a proposal that is over
        if order.version != change.base:
            return Refusal(stale(change.base, order))
        preview = preview_change(order, change.edits, change.quote)
        done = tried(lambda: consented(order, change, preview))
        if isinstance(done, Refused):
            return Refusal(NotChanged(refused=done))
        changed, (after, events) = done
        whole = made(self, preview, changed, got, shop)
        if isinstance(whole, NotChanged):
            return Refusal(whole)
        key = change_key(change.id)
        settled = Happened(key, got.version(key), after, events)
        reply = evolve(ChangeTold.of(after), appointments=whole.appointments)
        return decided(self, reply, [*whole.happened, settled], whole.usage)


_ENDS: Final[Mapping[ChangeStep, Callable[[OrderChange, str], ChangeResult]]] = MappingProxyType(
    {ChangeStep.DECLINE: decline_change, ChangeStep.CANCEL: cancel_change}
)


def change_key(change_id: str) -> Key:
    """Tell where a proposal is kept."""
    return Key("order_change", change_id)
