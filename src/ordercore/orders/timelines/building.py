"""Building a timeline: of recorded events, of the order as it stands, and of proposals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ordercore.data.checks import Named, each, instance, tuple_of
from ordercore.errors import InvalidValue, OrderCoreError, OutOfSequence
from ordercore.events import MAX_SEQUENCE, AggregateId, Recorded
from ordercore.lifecycle import Answer, Refused
from ordercore.orders.applying import apply
from ordercore.orders.changes.details import EditDetail, edit_details
from ordercore.orders.changes.machine import ChangeState
from ordercore.orders.changes.proposal import OrderChange
from ordercore.orders.commands import guards_of
from ordercore.orders.events import OrderChanged
from ordercore.orders.machine import ORDER, OrderState
from ordercore.orders.order import Order
from ordercore.orders.payments.owing import unrequested
from ordercore.orders.payments.refund import REFUND
from ordercore.orders.timelines.entries import EntryKind, Timeline, TimelineEntry, TimelineUnits
from ordercore.orders.timelines.happened import code_of, facts_of, titles_of

__all__ = ["timeline"]

_OWING = (OrderState.PLACED, OrderState.CONFIRMED)


def timeline(
    order: Order,
    recorded: Iterable[Recorded],
    *,
    changes: Iterable[OrderChange] = (),
    payment_policy_met: Answer = True,
) -> Timeline:
    """List everything that has happened to an order, what is waited for, and what may come.

    Args:
        order: As it stands.
        recorded: Its events, in order; some of them may be left out, as on a page of many.
            From what a change has changed is told where none before it is left out.
        changes: Proposals to change it; those that are over are passed over.
        payment_policy_met: As for `confirm`: whether enough is paid, or why not.

    Raises:
        InvalidValue: An event or a proposal is of something else.
        OutOfSequence: Events are not in order, or later than the order.
        InvalidInput: Something is not as said.
    """
    instance(Order)(None, Named("order"), order)
    happened, proposals = tuple_of(recorded), tuple_of(changes)
    each(instance(Recorded), most=MAX_SEQUENCE)(None, Named("recorded"), happened)
    each(instance(OrderChange), most=MAX_SEQUENCE)(None, Named("changes"), proposals)
    _check(order, happened, proposals)
    return Timeline(
        (
            *_happened(order, happened),
            *_awaited(order, proposals),
            *_next(order, payment_policy_met),
        )
    )


def _check(order: Order, recorded: tuple[Recorded, ...], changes: tuple[OrderChange, ...]) -> None:
    own, last = AggregateId("order", order.id), 0
    for i, told in enumerate(recorded):
        if told.aggregate != own:
            path = ("recorded", i, "aggregate")
            given = str(told.aggregate)
            raise InvalidValue(f"an event of {own}", given, path=path, reason="other_aggregate")
        if not last < told.sequence <= order.version:
            expected = f"an event from {last + 1} to {order.version}"
            raise OutOfSequence(expected, told.sequence, path=("recorded", i, "sequence"))
        last = told.sequence
    for i, change in enumerate(changes):
        if change.order != order.id:
            path, expected = ("changes", i, "order"), f"a change of order {order.id}"
            raise InvalidValue(expected, change.order, path=path, reason="other_aggregate")


def _happened(order: Order, recorded: tuple[Recorded, ...]) -> Iterator[TimelineEntry]:
    titles, before = titles_of((told.event for told in recorded), order), _before(recorded)
    for told in recorded:
        facts = facts_of(told.event)
        yield TimelineEntry(
            kind=EntryKind.HAPPENED,
            code=code_of(told.event),
            at=told.at,
            actor=told.actor,
            sequence=told.sequence,
            subject=facts.subject,
            reason=facts.reason,
            units=_units(facts.units, titles),
            amount=facts.amount,
            edits=facts.edits,
            details=_details(told, before, titles),
        )


def _before(recorded: tuple[Recorded, ...]) -> dict[int, Order]:
    """Find the order as it was before each change, as far as its events are told from the first.

    Returns:
        By the sequence of the event.
    """
    changed = [each.sequence for each in recorded if isinstance(each.event, OrderChanged)]
    found: dict[int, Order] = {}
    order: Order | None = None
    for i, told in enumerate(recorded if changed else (), 1):
        if told.sequence != i or told.sequence > changed[-1]:
            break
        if order is not None and isinstance(told.event, OrderChanged):
            found[i] = order
        try:
            order = apply(order, told.event)
        except OrderCoreError:  # an event of a host's own
            break
    return found


def _details(
    told: Recorded, before: Mapping[int, Order], titles: Mapping[str, str]
) -> tuple[EditDetail, ...]:
    if not isinstance(told.event, OrderChanged):
        return ()
    return edit_details(before.get(told.sequence), told.event.edits, titles)


def _units(
    counts: tuple[tuple[str, int], ...], titles: Mapping[str, str]
) -> tuple[TimelineUnits, ...]:
    return tuple(TimelineUnits(name, titles.get(name, name), count) for name, count in counts)


def _awaited(order: Order, changes: tuple[OrderChange, ...]) -> Iterator[TimelineEntry]:
    """List holds, what is to be paid, what is to be given back, and what is proposed."""
    awaited = EntryKind.AWAITED
    for reason in order.holds:
        yield TimelineEntry(kind=awaited, code="held", reason=reason)
    balance = order.balance
    if order.state in _OWING and not balance.unpaid.is_zero:
        yield TimelineEntry(kind=awaited, code="payment_due", amount=balance.unpaid)
    if not balance.excess.is_zero:
        yield TimelineEntry(kind=awaited, code="payment_excess", amount=balance.excess)
    owed = unrequested(order)
    if not owed.is_zero:
        yield TimelineEntry(kind=awaited, code="refund_owed", amount=owed)
    for refund in order.refunds:
        if refund.state not in REFUND.terminal:
            yield TimelineEntry(
                kind=awaited,
                code="refund_due",
                subject=refund.id,
                amount=refund.amount,
                reason=refund.reason,
            )
    for change in changes:
        if change.state is ChangeState.PROPOSED:
            code = "change_proposed" if change.base == order.version else "change_stale"
            yield TimelineEntry(
                kind=awaited, code=code, subject=change.id, amount=change.difference
            )


def _next(order: Order, payment_policy_met: Answer) -> Iterator[TimelineEntry]:
    guards = {**guards_of(order), "payment_policy_met": payment_policy_met}
    for step in ORDER.allowed(order.state):
        found = ORDER.check(order.state, step, guards=guards)
        unmet = found.unmet if isinstance(found, Refused) else ()
        yield TimelineEntry(kind=EntryKind.NEXT, code=step.value, unmet=unmet)
