"""Changing what was agreed, as previewed.

A change is made of the version of the order that it was previewed on, at the price that was
previewed. What it needs of stock, and what it uses of promotions more or less than before, is
in the same commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from attrs import field, frozen

from ordercore.calendars import Window
from ordercore.data import variant
from ordercore.data.checks import Check, identifier, instance, integer, optional, tuple_of
from ordercore.events import MAX_SEQUENCE, Command
from ordercore.lifecycle import Refused, Unmet
from ordercore.money import Money
from ordercore.orders import (
    ORDER_CHANGE,
    ChangePreview,
    ChangeState,
    ChangeStep,
    Edit,
    Order,
    OrderState,
    Result,
    confirm_change,
    preview_change,
)
from ordercore.orders.changes.edits import are_edits
from ordercore.pricing import Quote, QuoteRecord
from ordercore.stock import Appointment, Shortage
from ordercore.stock.proposals import Proposal
from ordercore.storage import Counter, CounterChange, Decision, Loaded, Readable, Reply
from ordercore.workflows.asking import (
    allocated,
    gifts_of,
    granted_in_turn,
    needed_in_turn,
    rescheduling,
    task_of,
    with_services,
)
from ordercore.workflows.placing import recorded
from ordercore.workflows.shop import OrderCommand, Shop, decided, tried
from ordercore.workflows.stock import (
    Granted,
    Happened,
    Purpose,
    StockTask,
    appointments_of,
    are_appointments,
)
from ordercore.workflows.usage import counted, difference, used_up
from ordercore.workflows.use_case import Refusal

__all__ = ["ChangeOrder", "Changed", "NotChanged", "PreviewedChange", "made", "reading", "stale"]

_version: Check = integer(least=1, most=MAX_SEQUENCE)

R_co = TypeVar("R_co", bound=Reply, covariant=True)


def _edits(given: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple_of(given)


def _recorded(given: Quote | QuoteRecord | None) -> QuoteRecord | None:
    return None if given is None else recorded(given)


@variant(Reply, "order_changed")
@frozen(kw_only=True)
class Changed(Reply):
    """The order is changed.

    Args:
        order_id: Its id.
        payable: What is to be paid in all from now on; None: it has no price.
        version: How many events it has had.
        appointments: Of services that were booked by it, now or anew: when, and with whom.
    """

    order_id: str = field(validator=identifier)
    payable: Money | None = field(default=None, validator=optional(instance(Money)))
    version: int = field(validator=_version)
    appointments: tuple[Appointment, ...] = field(
        default=(), converter=appointments_of, validator=are_appointments
    )


@frozen(kw_only=True)
class NotChanged:
    """Why an order is not changed; nothing is stored.

    Args:
        refused: The guards of the change that do not hold; None: all do. Where the order is of
            another version by now, that is all that is told: preview the change anew.
        shortages: Everything that stock does not have.
        used_up: The counters of promotions that cannot take what the new price would use.
        proposals: What to buy, to make or to bring forward, so that nothing were short.
    """

    refused: Refused | None = None
    shortages: tuple[Shortage, ...] = ()
    used_up: tuple[Counter, ...] = ()
    proposals: tuple[Proposal, ...] = ()


@frozen(kw_only=True)
class PreviewedChange(OrderCommand[R_co, NotChanged]):
    """What a command says that is about a change as previewed.

    Args:
        base: The version of the order that the change was previewed on.
        edits: What is to be otherwise. A line that is added is a service also without a wish
            where stock knows it as one.
        quote: The price that was previewed; None: that of record stays.
    """

    base: int = field(validator=_version)
    edits: tuple[Edit, ...] = field(converter=_edits, validator=are_edits)
    quote: QuoteRecord | None = field(
        default=None,
        converter=_recorded,
        validator=optional(instance(QuoteRecord)),
        repr=False,
    )

    def previewed(self, order: Order, shop: Shop) -> ChangePreview:
        """Preview the change once more."""
        return preview_change(order, with_services(shop.stock, self.edits), self.quote)


@variant(Command, "change_order")
@frozen(kw_only=True)
class ChangeOrder(PreviewedChange[Changed]):
    """Change an order as previewed, at once; fields as in `PreviewedChange`."""

    def besides(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for counters, and for what stock needs."""
        order = self.known(got)
        if order is not None and order.version == self.base:
            preview = self.previewed(order, shop)
            yield from reading(self, preview, got, shop)

    def decide(self, got: Loaded, shop: Shop) -> Decision[Changed] | Refusal[NotChanged]:
        """Change it, or tell everything that stands in the way.

        Raises:
            NotFound: There is no such order.
            InvalidDocument: Edits do not fit the order, or each other; all of them are told.
            InvalidInput: The quote is none of this change.
        """
        order = self.found(got)
        if order.version != self.base:
            return Refusal(stale(self.base, order))
        preview = self.previewed(order, shop)
        done = tried(lambda: confirm_change(order, preview))
        if isinstance(done, Refused):
            return Refusal(NotChanged(refused=done))
        whole = made(self, preview, done, got, shop)
        if isinstance(whole, NotChanged):
            return Refusal(whole)
        reply = Changed(
            order_id=whole.order.id,
            payable=whole.order.payable,
            version=whole.order.version,
            appointments=whole.appointments,
        )
        return decided(self, reply, whole.happened, whole.usage)


def stale(base: int, order: Order) -> NotChanged:
    """Tell that the order is of another version by now than the change was previewed on."""
    details = {"base": str(base), "now": str(order.version)}
    return NotChanged(
        refused=Refused(
            machine=ORDER_CHANGE.name,
            state=ChangeState.PROPOSED,
            event=ChangeStep.CONFIRM,
            unmet=(Unmet("base_current", details),),
        )
    )


# What a change brings about beside the order


class Made(NamedTuple):
    """A changed order, and all that is written with it."""

    order: Order
    happened: tuple[Happened, ...]
    usage: tuple[CounterChange, ...]
    appointments: tuple[Appointment, ...]


def reading(
    command: OrderCommand[Any, Any], preview: ChangePreview, got: Loaded, shop: Shop
) -> Iterator[Readable]:
    """Say what a change must see: the counters of both prices, and what stock needs."""
    for order in (preview.before, preview.after):
        if order is not None:
            yield from counted(order)
    yield from needed_in_turn(shop.stock, _tasks(preview, command), got)


def made(
    command: OrderCommand[Any, Any],
    preview: ChangePreview,
    changed: Result,
    got: Loaded,
    shop: Shop,
) -> Made | NotChanged:
    """Take along what stock and counters must do, or tell what they cannot."""
    order, events = changed
    usage = _usage(preview, got)
    full = used_up(usage, got)
    answer = granted_in_turn(shop.stock, _tasks(preview, command), got)
    if not isinstance(answer, Granted):
        return NotChanged(shortages=answer.shortages, used_up=full, proposals=answer.proposals)
    if full:
        return NotChanged(used_up=full)
    order, more = allocated(order, answer)
    happened = Happened(command.order, got.version(command.order), order, (*events, *more))
    return Made(order, (happened, *answer.happened), (*usage, *answer.usage), answer.appointments)


def _usage(preview: ChangePreview, got: Loaded) -> tuple[CounterChange, ...]:
    before, after = preview.before, preview.after
    if after is None or before.state is OrderState.DRAFT:
        return ()
    return difference(before, after, got)


def _tasks(preview: ChangePreview, command: OrderCommand[Any, Any]) -> tuple[StockTask, ...]:
    """List what stock must do, one thing after the other.

    Units are given free, visits that are wished for at another time are booked anew, and more
    units are set aside.
    """
    before, after = preview.before, preview.after
    if after is None or before.state is OrderState.DRAFT:
        return ()
    was = {line.id: line.quantities.ordered for line in before.lines}
    free = ((each.line, each.quantity) for each in preview.freed)
    more = (
        (line.id, max(0, line.quantities.ordered - was.get(line.id, 0))) for line in after.lines
    )
    gifts = gifts_of(before) != gifts_of(after)
    return (
        task_of(before, Purpose.FREE, free, command, gifts=gifts),
        rescheduling(after, dict(_moved(before, after)), command),
        task_of(after, Purpose.RESERVE, more, command, gifts=gifts),
    )


def _moved(before: Order, after: Order) -> Iterator[tuple[str, Window | None]]:
    """List the lines that are wished for at another time than before, and when."""
    wishes = dict(before.wishes)
    for line in after.lines:
        was = wishes.get(line.id)
        if line.service and was and line.service.appointment != was.appointment:
            yield line.id, line.service.appointment
