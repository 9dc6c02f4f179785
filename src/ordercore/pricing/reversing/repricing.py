"""What is given back when the units that are kept are priced anew, as if bought alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from ordercore.cart import Cart
from ordercore.pricing.engine import price_in
from ordercore.pricing.quote import Quote
from ordercore.pricing.reversing.bearing import Given, charges_cut, given_by
from ordercore.pricing.reversing.entries import Entries, entries_of
from ordercore.pricing.reversing.paid import Paid, charges_of, chosen, shares_of
from ordercore.pricing.reversing.returns import Counts
from ordercore.pricing.reversing.standing import NO_PART, Part, Standing, cost, part_of
from ordercore.pricing.reversing.units import Units

__all__ = ["lost_by", "repriced"]


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
    dearer = [_costs_more(now, before, on_top=paid.on_top) for before, now in pairs]
    triples = zip(paid.charges, charges_of(due), dearer, strict=True)
    charges = [before.less(now if more else before) for before, now, more in triples]
    given = _still_given(paid, due, dearer)
    kept = {promotion: sum(parts.values()) for promotion, parts in given.items()}
    standing = paid.balanced(
        counts,
        {i: part for i, part in lines.items() if counts[i] or not part.is_nothing},
        charges,
        quote.rounding_minor - due.rounding_minor,
        _fewer(paid.entries, entries_of(due, paid.options)),
        paid.bearers.back_but(given),
    )
    return evolve(standing, due=due, kept=kept)


def _still_given(paid: Paid, due: Quote, dearer: Sequence[bool]) -> Given:
    """Tell what promotions take off what is kept: charges as they are told to the shopper."""
    now = chosen(charges_cut(due), dearer)
    as_before = chosen(paid.cut, [not more for more in dearer])
    cut = {name: now.get(name, 0) + as_before.get(name, 0) for name in {**now, **as_before}}
    return given_by(due, shares_of(due.lines), cut)


def lost_by(paid: Paid, before: Standing, after: Standing) -> Mapping[str, int]:
    """Tell what each promotion takes less off what is kept than it did before a return.

    What it took off the units that come back goes with them, and is not counted.
    """
    if after.due is None:
        return {}
    due, was = before.due, before.kept
    if due is None:
        due = paid.quote
        was = {promotion: sum(parts.values()) for promotion, parts in paid.given.items()}
    lost = {name: was.get(name, 0) - after.kept.get(name, 0) for name in {**was, **after.kept}}
    units = Units.of(due)
    for i, line in enumerate(units.lines):
        place = paid.quote.cart.rows.places[line.line.id][0]
        back = after.counts[place] - before.counts[place]
        for name, minor in units.first(i, back).shares.items() if back else ():
            lost[name] -= minor
    return lost


def _kept(cart: Cart, counts: Counts) -> Cart:
    """Make a cart of the units that are kept."""
    lines = zip(cart.lines, counts, strict=True)
    left = [(line, line.quantity - count) for line, count in lines]
    return evolve(cart, lines=[evolve(line, quantity=units) for line, units in left if units])


def _costs_more(now: Part, before: Part, *, on_top: bool) -> bool:
    """Whether a return makes a charge dearer; one that becomes cheaper is not refunded."""
    return cost([now], on_top=on_top) > cost([before], on_top=on_top)


def _fewer(before: Entries, now: Entries) -> Entries:
    """Tell by how much entries are fewer; below zero where there would be more of them."""
    return {key: quantity - now.get(key, 0) for key, quantity in before.items()}
