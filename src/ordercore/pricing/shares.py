"""Reading lines and units off rows: who bears how much of what the rows came to.

Promotions take amounts off whole rows. The units of a row bear them evenly: with S the sum of
a row's discounts by the promotions up to some one, unit k of q bears ``S // q``, and one minor
unit more if k is at most ``S mod q``. What a single promotion gives unit k is the difference of
two such sums. So every share is ≥ 0, units differ by at most one minor unit, and any run of
units is a formula, however many there are. The lines of a row take its units in id order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ordercore.cart import Cart
from ordercore.pricing.resolve import Entry, Kind

__all__ = ["Share", "line_payables", "of_units", "shares", "spans", "taken_from"]

_APPLIED: Final = Kind.APPLIED

Share = tuple[int, int, int]
"""(seq, line, minor units): what a promotion takes off a line; both by their position."""


def of_units(amount: int, quantity: int, start: int, stop: int) -> int:
    """Tell what units ``start`` up to but not including ``stop`` bear of a row's amount.

    >>> [of_units(10, 4, k, k + 1) for k in range(4)]
    [3, 3, 2, 2]
    """
    each, over = divmod(amount, quantity)
    return each * (stop - start) + min(stop, over) - min(start, over)


def spans(cart: Cart, row: int) -> Iterator[tuple[int, int, int]]:
    """List a row's lines with the units of the row that are theirs: (line, start, stop)."""
    rows, start = cart.rows, 0
    for i in (rows.heads[row],) if rows.members is None else rows.members[row]:
        stop = start + cart.lines[i].quantity
        yield i, start, stop
        start = stop


def line_payables(cart: Cart, row_amounts: Sequence[int]) -> Sequence[int]:
    """Tell what is to be paid for each line, in the order of the cart."""
    rows = cart.rows
    if rows.in_order:
        return row_amounts
    payables = [0] * len(cart.lines)
    if rows.members is None:
        for head, amount in zip(rows.heads, row_amounts, strict=True):
            payables[head] = amount
        return payables
    for row, left in enumerate(row_amounts):
        amount, quantity = rows.amounts[row], rows.quantities[row]
        for i, start, stop in spans(cart, row):
            full = of_units(amount, quantity, start, stop)
            payables[i] = full - of_units(amount - left, quantity, start, stop)
    return payables


def shares(cart: Cart, account: Iterable[Entry]) -> list[Share]:
    """List every share above zero, in the order of the account."""
    rows = cart.rows
    heads = rows.heads
    if rows.members is None:
        return [
            (entry[0], heads[row], share)
            for entry in account
            if entry[1] is _APPLIED
            for row, share in zip(entry[3][1], entry[3][2])  # noqa: B905 - of one length
            if share
        ]
    found: list[Share] = []
    taken = [0] * len(heads)
    for seq, kind, _, proposal, _ in account:
        if kind is not _APPLIED:
            continue
        for row, share in zip(proposal[1], proposal[2], strict=True):
            found += _read_off(cart, seq, row, taken[row], share)
            taken[row] += share
    return found


def _read_off(cart: Cart, seq: int, row: int, taken: int, share: int) -> Iterator[Share]:
    """Read one promotion's share of a row off for each of its lines."""
    quantity = cart.rows.quantities[row]
    for i, start, stop in spans(cart, row):
        after = of_units(taken + share, quantity, start, stop)
        part = after - of_units(taken, quantity, start, stop)
        if part:
            yield seq, i, part


def taken_from(account: Iterable[Entry], row: int) -> Iterator[tuple[int, int, int]]:
    """List each promotion on a row with the row's discount before and after it."""
    taken = 0
    for seq, kind, _, proposal, _ in account:
        if kind is not _APPLIED or row not in proposal[1]:
            continue
        after = taken + proposal[2][list(proposal[1]).index(row)]
        yield seq, taken, after
        taken = after
