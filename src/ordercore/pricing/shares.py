"""Reading lines and units off rows: who bears how much of what the rows came to.

Promotions take amounts off whole rows; lines and units are read off at the end. With S the sum
of a row's discounts by the promotions up to some one, what of S each line of the row bears is a
function of S that never falls, and what a single promotion gives a line is the difference of
two such values. So every share is ≥ 0, and any order of returns sums exactly. The same holds
one step further down, from a line to its units: unit k of n bears ``A // n`` of the line's
amount A, and one minor unit more if k is at most ``A mod n``. Units of a row differ by at most
one minor unit, and any run of units is a formula, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from ordercore.cart import Cart
from ordercore.pricing.resolvers.account import Entry, Kind
from ordercore.promotions.proposals import fees_cut

__all__ = [
    "Borne",
    "Given",
    "Share",
    "line_payables",
    "of_lines",
    "of_units",
    "read_off",
    "row_lines",
    "shares",
    "taken_from",
    "tally",
]

_APPLIED: Final = Kind.APPLIED

Given = tuple[str, Kind, int]
"""(promotion id, kind of outcome, minor units): what a candidate gives in all."""

Borne = tuple[str, tuple[int, ...], tuple[int, ...]]
"""(promotion id, lines by their position, what each of them bears): 0 where a line of the
promotion only qualifies."""

Share = tuple[str, int, int]
"""(promotion id, line by its position, minor units): what a promotion takes off a line."""


def of_units(amount: int, quantity: int, start: int, stop: int) -> int:
    """Tell what units ``start`` up to but not including ``stop`` bear of a row's amount.

    >>> [of_units(10, 4, k, k + 1) for k in range(4)]
    [3, 3, 2, 2]
    """
    each, over = divmod(amount, quantity)
    return each * (stop - start) + min(stop, over) - min(start, over)


def of_lines(amount: int, sizes: Sequence[int]) -> list[int]:
    """Tell what each line of a row bears of the row's amount, given how many units it has.

    Every unit bears the whole part alike. The minor units left over are shared between two
    halves of the lines by rounding, and so on within each half: each line comes within a few
    tenths of a minor unit of its exact share, and never falls when the amount grows.

    >>> of_lines(5, [5, 5]), of_lines(6, [5, 5]), of_lines(26, [5, 5])
    ([3, 2], [3, 3], [13, 13])
    """
    each, over = divmod(amount, sum(sizes))
    extra = [0] * len(sizes)
    _halve(over, sizes, 0, len(sizes), extra)
    return [each * size + more for size, more in zip(sizes, extra, strict=True)]


def _halve(over: int, sizes: Sequence[int], first: int, last: int, extra: list[int]) -> None:
    """Share minor units between the lines ``first`` up to but not including ``last``."""
    if last - first == 1:
        extra[first] = over
        return
    whole = sum(sizes[first:last])
    middle, left = first + 1, sizes[first]
    while middle < last - 1 and 2 * (left + sizes[middle]) <= whole:
        left += sizes[middle]
        middle += 1
    part = (2 * over * left + whole) // (2 * whole)
    _halve(part, sizes, first, middle, extra)
    _halve(over - part, sizes, middle, last, extra)


def row_lines(cart: Cart, row: int) -> Sequence[int]:
    """List the lines of a row, by their position in the cart, in id order."""
    rows = cart.rows
    return (rows.heads[row],) if rows.members is None else rows.members[row]


def read_off(cart: Cart, row: int, amount: int) -> list[tuple[int, int]]:
    """Read a row's amount off for each of its lines: (line, minor units)."""
    lines = row_lines(cart, row)
    if len(lines) == 1:
        return [(lines[0], amount)]
    parts = of_lines(amount, [cart.lines[i].quantity for i in lines])
    return list(zip(lines, parts, strict=True))


def line_payables(cart: Cart, base: Sequence[int], row_amounts: Sequence[int]) -> Sequence[int]:
    """Tell what is to be paid for each line, in the order of the cart."""
    rows = cart.rows
    if rows.in_order:
        return row_amounts
    payables = [0] * len(cart.lines)
    if rows.members is None:
        for head, amount in zip(rows.heads, row_amounts, strict=True):
            payables[head] = amount
        return payables
    for row, (amount, left) in enumerate(zip(base, row_amounts, strict=True)):
        full, off = read_off(cart, row, amount), read_off(cart, row, amount - left)
        for (i, before), (_, taken) in zip(full, off, strict=True):
            payables[i] = before - taken
    return payables


def tally(
    cart: Cart, ids: Sequence[str], account: Iterable[Entry]
) -> tuple[list[Given], list[Borne]]:
    """Tell in one pass what every candidate gives, and which lines bear it."""
    given: list[Given] = []
    found: list[Borne] = []
    heads, one_for_one = cart.rows.heads, cart.rows.in_order
    for seq, kind, _, proposal, _ in account:
        if kind is not _APPLIED:
            given.append((ids[seq], kind, 0))
            continue
        goods, rows, parts, _, shipping, grants = proposal
        promotion, off = ids[seq], goods + shipping
        given.append((promotion, kind, off + fees_cut(grants) if grants else off))
        if goods:
            lines = rows if one_for_one else tuple([heads[row] for row in rows])
            found.append((promotion, lines, parts))
    return given, found if cart.rows.members is None else _by_promotion(shares(cart, ids, account))


def _by_promotion(found: Iterable[Share]) -> list[Borne]:
    """Gather shares that follow each other by promotion."""
    borne: list[Borne] = []
    for promotion, several in groupby(found, key=itemgetter(0)):
        _, lines, parts = zip(*several, strict=True)
        borne.append((promotion, lines, parts))
    return borne


def shares(cart: Cart, ids: Sequence[str], account: Iterable[Entry]) -> list[Share]:
    """List every share above zero, in the order of the account.

    Args:
        cart: Whose lines bear them.
        ids: The promotions' ids, by their place in the book.
        account: The entries of a quote.
    """
    rows = cart.rows
    heads = rows.heads
    if rows.members is None:
        return [
            (ids[entry[0]], heads[row], share)
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
            found += _difference(cart, ids[seq], row, taken[row], share)
            taken[row] += share
    return found


def _difference(cart: Cart, promotion: str, row: int, taken: int, share: int) -> Iterator[Share]:
    """Read one promotion's share of a row off for each of its lines."""
    before, after = read_off(cart, row, taken), read_off(cart, row, taken + share)
    for (i, less), (_, more) in zip(before, after, strict=True):
        if more > less:
            yield promotion, i, more - less


def taken_from(account: Iterable[Entry], row: int) -> Iterator[tuple[int, int, int]]:
    """List each promotion on a row with the row's discount before and after it."""
    taken = 0
    for seq, kind, _, proposal, _ in account:
        if kind is not _APPLIED or row not in proposal[1]:
            continue
        after = taken + proposal[2][list(proposal[1]).index(row)]
        yield seq, taken, after
        taken = after
