"""To confirm a change, at once or after consent; to propose, decline or withdraw one."""

from __future__ import annotations

from ordercore.data.checks import Named, instance
from ordercore.errors import InvalidValue, VersionConflict
from ordercore.events import Event
from ordercore.lifecycle import Refused, TransitionRefused
from ordercore.orders.changes.machine import ORDER_CHANGE, ChangeState, ChangeStep
from ordercore.orders.changes.preview import ChangePreview, preview_change
from ordercore.orders.changes.proposal import (
    ChangeCancelled,
    ChangeConfirmed,
    ChangeDeclined,
    ChangeProposed,
    OrderChange,
    apply_change,
)
from ordercore.orders.commands import Result, done
from ordercore.orders.events import OrderChanged
from ordercore.orders.order import Order, check_order

__all__ = [
    "ChangeResult",
    "cancel_change",
    "confirm_change",
    "confirm_proposed",
    "consented",
    "decline_change",
    "propose_change",
]

ChangeResult = tuple[OrderChange, tuple[Event, ...]]
"""The next proposal, and what has happened."""


def confirm_change(order: Order, preview: ChangePreview) -> Result:
    """Change an order as previewed: the result is ``preview.after``.

    Raises:
        VersionConflict: The order is not of the version any more that the preview was made of.
        TransitionRefused: Something forbids the change, with every reason.
        InvalidValue: The preview is of another order.
    """
    instance(ChangePreview)(None, Named("preview"), preview)
    _check_base(order, preview.before.id, preview.base)
    return _made(order, preview, None)


def propose_change(preview: ChangePreview, *, id: str) -> ChangeResult:  # noqa: A002
    """Propose a change, for another to consent to; the order does not change.

    Args:
        preview: The change.
        id: The proposal's own id.

    Raises:
        TransitionRefused: Something forbids the change, with every reason.
        InvalidInput: It is no preview, or the id is none.
    """
    instance(ChangePreview)(None, Named("preview"), preview)
    _check_allowed(preview)
    change = OrderChange(
        id=id,
        order=preview.before.id,
        base=preview.base,
        edits=preview.edits,
        quote=preview.quote,
        difference=preview.difference,
    )
    return change, (ChangeProposed(change),)


def confirm_proposed(
    order: Order, change: OrderChange, *, by: str | None = None
) -> tuple[Result, ChangeResult]:
    """Change an order as proposed; both results belong in one commit.

    Args:
        order: The order, at the version of the proposal's base.
        change: The proposal.
        by: The role of who consents; None: roles do not matter.

    Raises:
        IllegalTransition: The proposal is over.
        VersionConflict: The order has changed since: preview and propose anew.
        TransitionRefused: Something forbids the change, with every reason.
        InvalidValue: The proposal is of another order.
    """
    instance(OrderChange)(None, Named("change"), change)
    ORDER_CHANGE.needs(change.state, ChangeStep.CONFIRM, by=by)  # a proposal that is over
    _check_base(order, change.order, change.base)
    return consented(order, change, preview_change(order, change.edits, change.quote))


def consented(
    order: Order, change: OrderChange, preview: ChangePreview
) -> tuple[Result, ChangeResult]:
    """Change an order as a preview of the proposal tells: nobody has to make it twice."""
    return _made(order, preview, change.id), _settled(change, ChangeConfirmed())


def decline_change(change: OrderChange, reason: str) -> ChangeResult:
    """Decline a proposal.

    Raises:
        IllegalTransition: It is over.
    """
    return _settled(change, ChangeDeclined(reason))


def cancel_change(change: OrderChange, reason: str) -> ChangeResult:
    """Withdraw a proposal.

    Raises:
        IllegalTransition: It is over.
    """
    return _settled(change, ChangeCancelled(reason))


def _check_base(order: Order, of: str, base: int) -> None:
    check_order(order)
    if order.id != of:
        expected = f"a change of order {order.id}"
        raise InvalidValue(expected, of, path=("order",), reason="other_aggregate")
    if order.version != base:
        raise VersionConflict(f"order {order.id}", base, order.version)


def _check_allowed(preview: ChangePreview) -> None:
    if not preview.is_allowed:
        raise TransitionRefused(
            Refused(
                machine=ORDER_CHANGE.name,
                state=ChangeState.PROPOSED,
                event=ChangeStep.CONFIRM,
                unmet=preview.unmet,
            )
        )


def _made(order: Order, preview: ChangePreview, change: str | None) -> Result:
    _check_allowed(preview)
    return done(order, OrderChanged(preview.edits, preview.quote, preview.freed, change))


def _settled(change: OrderChange, event: Event) -> ChangeResult:
    instance(OrderChange)(None, Named("change"), change)
    return apply_change(change, event), (event,)
