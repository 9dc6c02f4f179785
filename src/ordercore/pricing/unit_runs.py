"""Reading single lines off a quote: what a run of a line's units costs, and list prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordercore.cart import CartLine
from ordercore.pricing.base_prices import BasePrice
from ordercore.pricing.quote_lines import Adjustment, QuoteLine, TaxShare
from ordercore.pricing.shares import of_units, read_off, taken_from
from ordercore.pricing.tax_shares import paid_before, run_taxes

if TYPE_CHECKING:
    from ordercore.pricing.quote import Quote

__all__ = ["listed", "run_of"]


def listed(quote: Quote) -> tuple[list[int], list[tuple[BasePrice, ...]]]:
    """Tell the list amount of each line, and the prices of its row."""
    cart = quote.cart
    lists = [0] * len(cart.lines)
    prices: list[tuple[BasePrice, ...]] = [()] * len(cart.lines)
    for row, amount in enumerate(cart.rows.amounts):
        for i, part in read_off(cart, row, amount):
            lists[i], prices[i] = part, quote.base_prices[row]
    return lists, prices


def run_of(quote: Quote, line: CartLine, start: int, stop: int) -> QuoteLine:
    """Read the price of the units ``start`` up to but not including ``stop`` of a line."""
    cart = quote.cart
    row = cart.rows.places[line.id][1]

    def borne(amount: int) -> int:
        parts = read_off(cart, row, amount)
        own = next(part for i, part in parts if cart.lines[i] is line)
        return of_units(own, line.quantity, start, stop)

    adjustments = [
        Adjustment(quote.book.ids[seq], borne(after) - borne(taken), quote.currency)
        for seq, taken, after in taken_from(quote.account, row)
    ]
    base = borne(quote.base_amounts[row])
    payable = base - sum([each.minor for each in adjustments])
    return QuoteLine(
        line,
        borne(cart.rows.amounts[row]),
        base,
        payable,
        tuple(each for each in adjustments if each.minor),
        quote.base_prices[row] if quote.base_prices else (),
        _taxes(quote, line, row, start, payable),
    )


def _taxes(
    quote: Quote, line: CartLine, row: int, start: int, payable: int
) -> tuple[TaxShare, ...]:
    base, amount = quote.base_amounts[row], quote.row_amounts[row]
    paid = paid_before(quote.cart, row, line, start, base, base - amount)
    return run_taxes(quote.taxes_borne, row, amount, paid, paid + payable, quote.currency)
