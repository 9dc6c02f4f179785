"""What a timeline says of each event: its subject, units and amount, and nothing private."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from ordercore.data import tag_of
from ordercore.events import Event
from ordercore.money import Money
from ordercore.orders.events import (
    OrderCancelled,
    OrderChanged,
    OrderDrafted,
    OrderHeld,
    OrderPriced,
    OrderReleased,
    ReplacementCancelled,
    UnitsCancelled,
    UnitsMoved,
    UnitsReplaced,
)
from ordercore.orders.order import Order
from ordercore.orders.payments.events import (
    PaymentAuthorized,
    PaymentCaptured,
    PaymentFailed,
    PaymentRequested,
    PaymentVoided,
    RefundApproved,
    RefundCancelled,
    RefundFailed,
    RefundRequested,
    RefundRetried,
    RefundSubmitted,
    RefundSucceeded,
)
from ordercore.orders.splitting.events import (
    OrderMerged,
    OrderMergedInto,
    OrderSplit,
    OrderSplitOff,
)

__all__ = ["Facts", "code_of", "facts_of", "titles_of"]


@frozen(kw_only=True)
class Facts:
    """What is said of an event; units are pairs of a line's id and a count."""

    subject: str = ""
    reason: str = ""
    units: tuple[tuple[str, int], ...] = ()
    amount: Money | None = None
    edits: tuple[str, ...] = ()


def code_of(event: Event) -> str:
    """Tell the code of an event: its tag, with that of the move after a dot."""
    tag = tag_of(event)
    return f"{tag}.{event.move}" if isinstance(event, UnitsMoved) else tag


def facts_of(event: Event) -> Facts:
    """Tell what is said of an event; of one that is not known here, nothing."""
    reads: Callable[[Any], Facts] | None = _FACTS.get(type(event))
    return Facts() if reads is None else reads(event)


def titles_of(events: Iterable[Event], order: Order) -> dict[str, str]:
    """Find what people call the products of lines, also of those that are gone."""
    found: dict[str, str] = {}
    for event in events:
        if isinstance(event, OrderDrafted | OrderSplitOff):
            found |= {line.id: line.product.title for line in event.order.lines}
        elif isinstance(event, OrderMerged):
            found |= {line.id: line.product.title for line in event.other.lines}
        elif isinstance(event, OrderPriced | OrderChanged) and event.quote is not None:
            found |= {line.id: line.product.title for line in event.quote.cart.lines}
    return found | {line.id: line.product.title for line in order.lines}


def _counts(parts: Iterable[Any]) -> tuple[tuple[str, int], ...]:
    return tuple((part.line, part.quantity) for part in parts)


def _begun(order: Order, subject: str = "") -> Facts:
    units = tuple((line.id, line.quantities.ordered) for line in order.lines)
    return Facts(subject=subject, units=units, amount=order.payable)


def _priced(event: OrderPriced) -> Facts:
    return Facts(amount=event.quote.payable)


def _changed(event: OrderChanged) -> Facts:
    return Facts(
        subject=event.change or "",
        amount=None if event.quote is None else event.quote.payable,
        edits=tuple(dict.fromkeys(map(tag_of, event.edits))),
    )


def _held(event: OrderHeld | OrderReleased) -> Facts:
    return Facts(reason=event.reason)


def _cancelled(event: OrderCancelled | UnitsCancelled) -> Facts:
    return Facts(reason=event.reason, units=_counts(event.units))


def _replaced(event: UnitsReplaced | ReplacementCancelled) -> Facts:
    return Facts(subject=event.by, units=_counts(event.units))


def _payment(event: Any) -> Facts:
    return Facts(
        subject=event.payment_id,
        amount=getattr(event, "amount", None),
        reason=getattr(event, "reason", ""),
    )


def _refund(event: Any) -> Facts:
    return Facts(subject=event.refund_id, reason=getattr(event, "reason", ""))


_PAYMENTS = (PaymentAuthorized, PaymentCaptured, PaymentFailed, PaymentVoided)
_REFUNDS = (
    RefundApproved,
    RefundCancelled,
    RefundFailed,
    RefundRetried,
    RefundSubmitted,
    RefundSucceeded,
)

_FACTS: Final[Mapping[type[Event], Callable[[Any], Facts]]] = MappingProxyType(
    {
        OrderCancelled: _cancelled,
        OrderChanged: _changed,
        OrderDrafted: lambda event: _begun(event.order),
        OrderHeld: _held,
        OrderMerged: lambda event: _begun(event.other, event.other.id),
        OrderMergedInto: lambda event: Facts(subject=event.into),
        OrderPriced: _priced,
        OrderReleased: _held,
        OrderSplit: lambda event: Facts(subject=event.into, units=_counts(event.units)),
        OrderSplitOff: lambda event: _begun(event.order, event.of),
        PaymentRequested: lambda e: Facts(subject=e.payment.id, amount=e.payment.amount),
        RefundRequested: lambda e: Facts(
            subject=e.refund.id, amount=e.refund.amount, reason=e.refund.reason
        ),
        UnitsCancelled: _cancelled,
        UnitsMoved: lambda event: Facts(units=_counts(event.units)),
        **dict.fromkeys((UnitsReplaced, ReplacementCancelled), _replaced),
        **dict.fromkeys(_PAYMENTS, _payment),
        **dict.fromkeys(_REFUNDS, _refund),
    }
)
"""How each event is read; those with nothing to say are not here."""
