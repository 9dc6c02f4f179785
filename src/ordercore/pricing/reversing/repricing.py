"""What is given back when the units that are kept are priced anew, as if bought alone."""

from __future__ import annotations

from attrs import evolve

from ordercore.cart import Cart
from ordercore.pricing.engine import price_in
from ordercore.pricing.reversing.entries import Entries, entries_of
from ordercore.pricing.reversing.paid import Paid, charges_of
from ordercore.pricing.reversing.returns import Counts
from ordercore.pricing.reversing.standing import NO_PART, Part, Standing, cost, part_of

__all__ = ["repriced"]


def repriced(paid: Paid, counts: Counts) -> Standing:
    """Tell what was paid more than what the kept units cost by themselves.

    They are priced under the promotions, in the context and by the tariff of the quote: at its
    instant. Where they cost more than was paid, this comes to less than nothing.
    """
    if paid.all_back(counts) or not any(counts):
        return paid.standing(counts)  # nothing, or all, is kept: there is nothing to price
    quote = paid.quote
    due = price_in(_kept(quote.cart, counts), quote.book, quote.context, quote.tariff)
    costs = {line.line.id: part_of(line) for line in due.lines}
    lines = {
        i: part_of(line).less(costs.get(line.line.id, NO_PART))
        for i, line in enumerate(paid.lines)
    }
    pairs = zip(paid.charges, charges_of(due), strict=True)
    charges = [before.less(_dearer(before, now, on_top=paid.on_top)) for before, now in pairs]
    return paid.balanced(
        counts,
        {i: part for i, part in lines.items() if counts[i] or not part.is_nothing},
        charges,
        quote.rounding_minor - due.rounding_minor,
        _fewer(paid.entries, entries_of(due)),
    )


def _kept(cart: Cart, counts: Counts) -> Cart:
    """Make a cart of the units that are kept."""
    lines = zip(cart.lines, counts, strict=True)
    left = [(line, line.quantity - count) for line, count in lines]
    return evolve(cart, lines=[evolve(line, quantity=units) for line, units in left if units])


def _dearer(before: Part, now: Part, *, on_top: bool) -> Part:
    """Choose what a charge costs: a return may make it dearer, and refunds none of it."""
    return now if cost([now], on_top=on_top) > cost([before], on_top=on_top) else before


def _fewer(before: Entries, now: Entries) -> Entries:
    """Tell by how much entries are fewer; below zero where there would be more of them."""
    return {key: quantity - now.get(key, 0) for key, quantity in before.items()}
