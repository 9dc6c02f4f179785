"""What was given back stands: no later price makes it too much."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from ordercore.errors import InvalidInput
from ordercore.money import Money
from ordercore.orders.lines import OrderLine
from ordercore.orders.order import Order
from ordercore.orders.payments.ceilings import breaches
from ordercore.orders.payments.refund import RefundState
from ordercore.orders.quote_part import is_taxed_on_top
from ordercore.pricing import QuoteLine
from ordercore.pricing.record import QuoteRecord

__all__ = ["Cheapened", "cheapened", "too_late"]


@frozen(kw_only=True)
class Cheapened:
    """Units that had money back, or others in their place, and would cost less than then.

    Attributes:
        line: The id of their line.
        units: How many: its first ones, as in `ordercore.pricing.reverse`.
        before: What they come to by the price of record, with tax that comes on top.
        after: What they would come to. The same as before: only some tax would be less.
    """

    line: str
    units: int
    before: Money
    after: Money

    def __str__(self) -> str:
        if self.before == self.after:
            return f"{self.units} given back, with more tax than now"
        return f"{self.units} given back at {self.before}, now {self.after}"


def cheapened(order: Order, quote: QuoteRecord | None) -> Iterator[Cheapened]:
    """List the units that were given back and would cost less by another price.

    Dearer they may become: then what is missing goes back as well. So it comes to the same
    whether an order is changed first, or units are given back first.

    Args:
        order: With its price of record.
        quote: The price that is to hold; what it has no units of is passed over.
    """
    old = order.quote
    if quote is None or old is None:
        return
    places = quote.cart.rows.places
    for line in order.lines:
        units = line.quantities.refunded + line.quantities.replaced
        if units and line.id in places and units <= quote.cart.line(line.id).quantity:
            before, after = _priced(old, line, units), quote.line(line.id, 0, units)
            told = Cheapened(
                line=line.id,
                units=units,
                before=_paid(old, before),
                after=_paid(quote, after),
            )
            if told.after < told.before or _taxed_less(before, after):
                yield told


def _priced(quote: QuoteRecord, line: OrderLine, units: int) -> QuoteLine:
    """Read the price of the first units of a line of the order."""
    name, start = (line.id, 0) if line.quoted is None else (line.quoted.line, line.quoted.start)
    return quote.line(name, start, start + units)


def _paid(quote: QuoteRecord, part: QuoteLine) -> Money:
    return part.payable + part.tax if is_taxed_on_top(quote) else part.payable


def _taxed_less(before: QuoteLine, after: QuoteLine) -> bool:
    now = {share.rate: share.minor for share in after.taxes}
    return any(now.get(share.rate, 0) < share.minor for share in before.taxes)


def too_late(before: Order, after: Order) -> Iterator[InvalidInput]:
    """List what refunds that failed could not give back any more, if they succeed late.

    Args:
        before: The order as it is; what does not fit it as it is, is passed over.
        after: As it would be.
    """
    for one in before.refunds:
        failed = one.state is RefundState.FAILED
        if failed and not any(breaches(before, one.parts, of=one.id)):
            yield from breaches(after, one.parts, of=one.id)
