"""Whatever is done with an order that exists: confirm it, hold it, ship units, complete it.

`UpdateOrder` is one use case for all of it. What is done is an `Act`: data, and a pure function
from the order to the next one. What stock must do for it happens in the same commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from ordercore.cart.counts import Counts, are_counts, counts_if_valid
from ordercore.data import variant
from ordercore.data.checks import identifier, instance, integer, member, member_of, text
from ordercore.events import MAX_SEQUENCE, Actor, Command
from ordercore.lifecycle import Refused
from ordercore.orders import (
    Move,
    Order,
    OrderState,
    PaymentPolicy,
    Result,
    complete,
    confirm,
    hold,
    move_units,
    note,
    release,
)
from ordercore.stock import Appointment, Shortage
from ordercore.storage import Decision, Loaded, Readable, Reply
from ordercore.workflows.asking import granted, needed, task_of, task_of_all
from ordercore.workflows.shop import OrderCommand, Shop, decided, tried
from ordercore.workflows.stock import (
    Granted,
    Happened,
    Purpose,
    StockTask,
    appointments_of,
    are_appointments,
)
from ordercore.workflows.use_case import Refusal

__all__ = [
    "Act",
    "Complete",
    "Confirm",
    "Hold",
    "MoveUnits",
    "Release",
    "Remark",
    "UpdateOrder",
    "Updated",
]


class Act:
    """The family of what may be done with one order: named in the imperative.

    To add one is to write one frozen class: a `variant` with its fields and `on`.
    """

    __slots__ = ()

    def on(self, order: Order, by: Actor) -> Result:
        """Do it: give the next order and what has happened; nothing, if it is done already.

        Args:
            order: As it was read.
            by: Through whom.

        Raises:
            TransitionRefused: Something stands in the way; the use case returns it as a value.
            OrderCoreError: It cannot be.
        """
        raise NotImplementedError

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:  # noqa: ARG002
        """Say what stock must do for it; None: nothing. It never refuses, whatever the order.

        Args:
            order: As it was read.
            command: By which it is done.
        """
        return None


def _policy(given: PaymentPolicy | str) -> PaymentPolicy:
    return member_of(PaymentPolicy, given)


@variant(Act, "confirm")
@frozen
class Confirm(Act):
    """Confirm it: nothing holds it, and what must be paid by now is paid.

    Args:
        policy: What must be paid by now.
    """

    policy: PaymentPolicy = field(
        default=PaymentPolicy.FULLY_PAID, converter=_policy, validator=member(PaymentPolicy)
    )

    def on(self, order: Order, by: Actor) -> Result:
        """Confirm it: see `ordercore.orders.confirm`."""
        return confirm(order, payment_policy_met=self.policy.met_by(order), by=by.role)

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let stock keep for good what it has set aside."""
        return task_of_all(order, Purpose.FIRM, command)


@variant(Act, "hold")
@frozen
class Hold(Act):
    """Make it wait for a reason.

    Args:
        reason: For what.
    """

    reason: str = field(validator=identifier)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Hold it: see `ordercore.orders.hold`."""
        return hold(order, self.reason)


@variant(Act, "release")
@frozen
class Release(Act):
    """Let it wait no longer for a reason.

    Args:
        reason: For what it waits.
    """

    reason: str = field(validator=identifier)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Release it: see `ordercore.orders.release`."""
        return release(order, self.reason)


@variant(Act, "remark")
@frozen
class Remark(Act):
    """Write a remark for the record.

    Args:
        text: The remark.
    """

    text: str = field(validator=text(most=1000, least=1))

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Write it down: see `ordercore.orders.note`."""
        return note(order, self.text)


_PURPOSES: Final[Mapping[Move, Purpose]] = MappingProxyType(
    {
        Move.ALLOCATE: Purpose.RESERVE,
        Move.DEALLOCATE: Purpose.FREE,
        Move.SHIP: Purpose.CONSUME,
        Move.RESTOCK: Purpose.RESTOCK,
    }
)
"""What stock does for a move; others do not concern it."""


def _move(given: Move | str) -> Move:
    return member_of(Move, given)


@variant(Act, "move_units")
@frozen
class MoveUnits(Act):
    """Take down what fulfilment or after-sales did with units.

    Args:
        move: What they did.
        units: With how many of which line.
    """

    move: Move = field(converter=_move, validator=member(Move))
    units: Counts = field(converter=counts_if_valid, validator=are_counts)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Move them: see `ordercore.orders.move_units`."""
        return move_units(order, self.move, self.units)

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let stock set them aside, free them, let them go or take them in."""
        purpose = _PURPOSES.get(self.move)
        if purpose is None:
            return None
        return task_of(order, purpose, self.units.items(), command)


@variant(Act, "complete")
@frozen
class Complete(Act):
    """Complete it: nothing is open, and nothing on its way."""

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Complete it: see `ordercore.orders.complete`."""
        return complete(order)

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let the gifts go, which no line counts."""
        return task_of(order, Purpose.CONSUME, (), command, gifts=True)


def _state(given: OrderState | str) -> OrderState:
    return member_of(OrderState, given)


@variant(Reply, "order_updated")
@frozen(kw_only=True)
class Updated(Reply):
    """How the order stands afterwards.

    Args:
        order_id: Its id.
        state: In which state it is.
        version: How many events it has had.
        appointments: Of services that were booked by it, now or anew: when, and with whom.
    """

    order_id: str = field(validator=identifier)
    state: OrderState = field(converter=_state, validator=member(OrderState))
    version: int = field(validator=integer(least=1, most=MAX_SEQUENCE))
    appointments: tuple[Appointment, ...] = field(
        default=(), converter=appointments_of, validator=are_appointments
    )

    @classmethod
    def of(cls, order: Order) -> Updated:
        """Tell how an order stands."""
        return cls(order_id=order.id, state=order.state, version=order.version)


@variant(Command, "update_order")
@frozen(kw_only=True)
class UpdateOrder(OrderCommand[Updated, Refused | tuple[Shortage, ...]]):
    """Do something with an order.

    Args:
        act: What is done.
    """

    act: Act = field(validator=instance(Act))

    def besides(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for what stock needs."""
        order = self.known(got)
        task = None if order is None else self.act.task(order, self)
        if task is not None:
            yield from needed(shop.stock, task, got)

    def decide(
        self, got: Loaded, shop: Shop
    ) -> Decision[Updated] | Refusal[Refused | tuple[Shortage, ...]]:
        """Do it, or tell which guards do not hold, or what stock does not have.

        Where nothing changes, only the reply is kept.

        Raises:
            NotFound: There is no such order.
            OrderCoreError: What the act raises.
        """
        order = self.found(got)
        done = tried(lambda: self.act.on(order, self.actor))
        if isinstance(done, Refused):
            return Refusal(done)
        after, events = done
        task = self.act.task(order, self)
        answer = Granted() if task is None else granted(shop.stock, task, got)
        if not isinstance(answer, Granted):
            return Refusal(answer.shortages)
        changed = [Happened(self.order, got.version(self.order), after, events)] if events else []
        reply = evolve(Updated.of(after), appointments=answer.appointments)
        return decided(self, reply, [*changed, *answer.happened], answer.usage)
