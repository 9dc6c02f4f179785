"""Reading tax off the quote's entries: what each line, unit, or fee bears of each rate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ordercore.cart import Cart, CartLine
from ordercore.errors import NotFound
from ordercore.money import Currency
from ordercore.pricing.quote_lines import TaxShare
from ordercore.pricing.shares import of_units, read_off, row_lines
from ordercore.pricing.taxes import TaxEntry, parts_taxed, tax_between

__all__ = ["line_taxes", "paid_before", "part_taxes", "run_taxes"]

_Shares = tuple[TaxShare, ...]


def part_taxes(entries: Iterable[TaxEntry], part: int, currency: Currency) -> _Shares:
    """Tell what a part bears: a row, the shipping fee (after the rows), or another fee."""
    return _told(parts_taxed(entries).get(part, ()), currency)


def line_taxes(
    cart: Cart, row_amounts: Sequence[int], payables: Sequence[int], entries: Iterable[TaxEntry]
) -> list[_Shares]:
    """Tell what each line bears, in the order of the cart.

    Args:
        cart: For its rows.
        row_amounts: What is to be paid for each row.
        payables: What is to be paid for each line.
        entries: What each rate comes to.
    """
    found: list[_Shares] = [()] * len(cart.lines)
    for row, borne in parts_taxed(entries).items():
        if row < len(row_amounts):
            paid = 0
            for i in row_lines(cart, row):
                until = paid + payables[i]
                shares = tax_between(borne, row_amounts[row], paid, until)
                found[i], paid = _told(shares, cart.currency), until
    return found


def run_taxes(
    entries: Iterable[TaxEntry], part: int, amount: int, start: int, stop: int, currency: Currency
) -> _Shares:
    """Tell what a run of the minor units of a part's amount bears: see `tax_between`."""
    return _told(tax_between(parts_taxed(entries).get(part, ()), amount, start, stop), currency)


def paid_before(cart: Cart, row: int, line: CartLine, start: int, base: int, off: int) -> int:
    """Tell what is to be paid for the units of a row that come before one of a line's units.

    Args:
        cart: For its rows.
        row: The row.
        line: One of its lines.
        start: One of the line's units, from 0.
        base: What the row costs before promotions.
        off: What promotions take off it.
    """
    paid = 0
    full, taken = read_off(cart, row, base), read_off(cart, row, off)
    for (i, cost), (_, less) in zip(full, taken, strict=True):
        if cart.lines[i] is line:
            units = line.quantity, 0, start
            return paid + of_units(cost, *units) - of_units(less, *units)
        paid += cost - less
    raise NotFound("a line of the row", line.id)


def _told(shares: Iterable[tuple[str, int]], currency: Currency) -> _Shares:
    return tuple([TaxShare(rate, minor, currency) for rate, minor in shares])
