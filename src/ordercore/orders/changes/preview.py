"""A change before it is one: what it comes to, and everything that forbids it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from ordercore.cart import Cart
from ordercore.data.checks import Named, instance, tuple_of
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    dotted,
)
from ordercore.lifecycle import Refused, Unmet
from ordercore.money import Money
from ordercore.orders.applying import apply
from ordercore.orders.changes.details import EditDetail, edit_details
from ordercore.orders.changes.edits import Edit, are_edits
from ordercore.orders.changes.given_back import too_late
from ordercore.orders.changes.guards import Asked, change_guards
from ordercore.orders.changes.machine import ORDER_CHANGE, ChangeState, ChangeStep
from ordercore.orders.changes.terms import edited, expected_cart
from ordercore.orders.events import LineUnits, OrderChanged
from ordercore.orders.order import Order
from ordercore.orders.payments.owing import unrequested
from ordercore.pricing import Quote
from ordercore.pricing.record import QuoteRecord

__all__ = ["ChangePreview", "changed_cart", "preview_change"]

Pricing = Callable[[Cart], Quote | QuoteRecord]
"""Prices the cart that would be."""

_AT: Final = ("quote",)
_SHOWN: Final = 3


@frozen(kw_only=True, repr=False)
class ChangePreview:
    """What a change would come to. Nothing has changed.

    `explain_change` puts it into words.

    Attributes:
        before: The order as it is.
        edits: What is asked for.
        quote: The price of record that would hold; None: that of now.
        after: The order as it would be: to confirm the change gives this very order. None:
            something forbids it.
        unmet: All that forbids it: the guards of `ORDER_CHANGE` that do not hold.
    """

    before: Order
    edits: tuple[Edit, ...]
    quote: QuoteRecord | None
    after: Order | None
    unmet: tuple[Unmet, ...] = ()

    def __repr__(self) -> str:
        edits = [" ".join(filter(None, (each.kind, each.line))) for each in self.details]
        more = f" and {len(edits) - _SHOWN} more" if len(edits) > _SHOWN else ""
        result = "no price" if self.difference is None else str(self.difference)
        if self.unmet:
            result = f"refused by {', '.join(each.guard for each in self.unmet)}"
        of = f"order {self.before.id}, version {self.base}"
        return f"<ChangePreview of {of}: {', '.join(edits[:_SHOWN])}{more}; {result}>"

    @property
    def details(self) -> tuple[EditDetail, ...]:
        """What each edit changes: from what to what."""
        return edit_details(self.before, self.edits)

    @property
    def base(self) -> int:
        """The version of the order that it was made of; only that version takes the change."""
        return self.before.version

    @property
    def is_allowed(self) -> bool:
        """Whether the change may be confirmed."""
        return not self.unmet

    @property
    def payable(self) -> Money | None:
        """What would be to be paid in all; None: there is no price, or something forbids it."""
        return None if self.after is None else self.after.payable

    @property
    def difference(self) -> Money | None:
        """What is to be paid more; below zero: what is to be given back."""
        before, after = self.before.payable, self.payable
        return None if before is None or after is None else after - before

    @property
    def to_pay(self) -> Money | None:
        """What would be due and not paid for yet; None: something forbids the change."""
        return None if self.after is None else self.after.balance.unpaid

    @property
    def to_give_back(self) -> Money | None:
        """What would be owed to the customer without a refund for it, as by `owed_refund`."""
        return None if self.after is None else unrequested(self.after)

    @property
    def freed(self) -> tuple[LineUnits, ...]:
        """How many allocations of each line would be to be given free, the newest first."""
        if self.after is None:
            return ()
        left = {line.id: line.quantities.allocated for line in self.after.lines}
        counts = (
            (line.id, line.quantities.allocated - left.get(line.id, 0))
            for line in self.before.lines
        )
        return tuple(LineUnits(name, units) for name, units in counts if units)


def changed_cart(order: Order, edits: Iterable[Edit]) -> Cart:
    """Make the cart that is to be priced for a change.

    It has a line for each line of the order, under the same id, with all units ordered, also
    those that were cancelled since: they keep their share of the price. Shipping and fees are
    those of the price of record before promotions; where they are others from now on, change
    them in this cart before it is priced.

    Raises:
        InvalidDocument: Edits do not fit the order, or each other; all of them are told.
        InvalidValue: The order is a draft without a price.
        InvalidInput: The cart is larger than carts may be.
    """
    asked = _edits_of(order, edits)
    return expected_cart(order, edited(order, asked))


def preview_change(
    order: Order,
    edits: Iterable[Edit],
    quote: Quote | QuoteRecord | Pricing | None = None,
) -> ChangePreview:
    """Tell what a change would come to, and everything that forbids it. Nothing changes.

    Args:
        order: The order as it is.
        edits: What is to be otherwise; at least one, at most `MAX_EDITS`.
        quote: What `changed_cart` comes to, or a function that prices it. Edits of lines,
            units and prices need one; others do with the price of record of now.

    Raises:
        InvalidDocument: Edits do not fit the order, or each other; all of them are told.
        InvalidInput: What is given is no edit, no quote, or in another currency.
    """
    asked = _edits_of(order, edits)
    terms = edited(order, asked)
    record = _record_of(order, quote, asked)
    change = Asked(order=order, edits=asked, terms=terms, quote=record)
    found = ORDER_CHANGE.check(
        ChangeState.PROPOSED, ChangeStep.CONFIRM, guards=change_guards(change, order.version)
    )
    preview = ChangePreview(before=order, edits=asked, quote=record, after=None)
    if isinstance(found, Refused):
        return evolve(preview, unmet=found.unmet)
    try:
        after = apply(order, OrderChanged(asked, record))
    except InvalidDocument as error:
        return evolve(preview, unmet=(_given_back(_of_refunds(error)),))
    late = list(too_late(order, after))
    return evolve(preview, unmet=(_given_back(late),)) if late else evolve(preview, after=after)


def _of_refunds(error: InvalidDocument) -> Sequence[InvalidInput]:
    """List how refunds would go beyond what the new price says; raise what is no refund's."""
    if any(fault.path[:1] != ("refunds",) for fault in error.faults):
        raise error
    return error.faults


def _given_back(beyond: Sequence[InvalidInput]) -> Unmet:
    """Tell of what refunds would give back more, under ``refunds``."""
    places = [dotted(("refunds", *each.path[1:]))[-64:] for each in beyond[:100]]
    told = zip(places, (each.expected for each in beyond), strict=False)
    return Unmet("given_back_stands", dict(told))


def _edits_of(order: Order, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    instance(Order)(None, Named("order"), order)
    several = tuple_of(edits)
    are_edits(None, Named("edits"), several)
    return several


def _record_of(
    order: Order, quote: Quote | QuoteRecord | Pricing | None, edits: Sequence[Edit]
) -> QuoteRecord | None:
    """Take the price that would hold, whichever way it was given."""
    told: Any = quote
    if callable(quote):
        told = quote(changed_cart(order, edits))
    if isinstance(told, Quote):
        told = QuoteRecord.of(told)
    if told is not None and not isinstance(told, QuoteRecord):
        raise InvalidType("a quote, its record, or a function that prices a cart", told, path=_AT)
    if told is not None and told.cart.currency != order.currency:
        raise CurrencyMismatch(f"a quote in {order.currency}", str(told.cart.currency), path=_AT)
    return told
