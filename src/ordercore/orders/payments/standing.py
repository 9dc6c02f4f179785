"""What stands to be given back in all once some units of an order are back, by component.

It is `ordercore.pricing.reverse` read for an order. Its lines may be of any units of the quote's
lines, and the order may have only a part of them: then it is told by shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve, fields

from ordercore.errors import InvalidDocument, InvalidValue
from ordercore.orders.order import Order
from ordercore.orders.payments.ceilings import live_parts
from ordercore.orders.payments.parts import Component, Key
from ordercore.orders.payments.shares import Standing, by_shares, lines_back
from ordercore.orders.prices import charges_of
from ordercore.pricing import (
    Quote,
    QuoteRecord,
    Reversal,
    ReversalOptions,
    ReversalPolicy,
    reverse,
)

__all__ = ["is_whole", "needs_whole", "plain", "standing_of"]


def standing_of(order: Order, now: Mapping[str, int], options: ReversalOptions) -> Standing:
    """Tell what stands to be given back once further units are back.

    By shares it is read off the record, of whatever part of the quote the order has.

    Args:
        order: With its refunds: their units are back.
        now: How many further units of each line.
        options: By which policy and choices.

    Raises:
        InvalidValue: The order has no price yet; or it has only a part of what was priced, and
            the choices are such that the whole is asked for.
        InvalidDocument: Sets would be parted that the policy keeps together.
        NotReproducible: The policy prices anew, and this version prices otherwise.
    """
    if order.quote is None:
        raise InvalidValue("an order that has a price", path=("quote",), reason="unpriced")
    back = {line.id: line.quantities.refunded + now.get(line.id, 0) for line in order.lines}
    if options == plain(options) or not order.lines:
        return by_shares(order, back, options)
    _check_whole(order, options)
    quote = order.quote.quote()
    reversal = reverse(quote, {}, _of_quote(order, order.quote, back), **_choices(options))
    _check_refused(reversal)
    if options.policy is ReversalPolicy.FORBID_PARTIAL and not options.gifts_kept:
        return by_shares(order, back, options)
    components = {**_lines(order, reversal, back), **_charges(order, reversal)}
    total = _refunded(order, quote, now, options)
    return Standing(total, components, _waived(order, reversal), reversal.withheld.minor)


def is_whole(order: Order) -> bool:
    """Tell whether the order has all that was priced, line by line."""
    quote = order.quote
    return order.part is None and quote is not None and len(order.lines) == len(quote.cart.lines)


def plain(options: ReversalOptions) -> ReversalOptions:
    """Make choices by shares of others: of any order, whatever came before, they can be kept."""
    return evolve(options, policy=ReversalPolicy.KEEP_SHARES, gifts_kept=(), together=None)


def needs_whole(options: ReversalOptions) -> bool:
    """Tell whether the choices ask for all that was priced: for the way, return by return."""
    return options.policy is ReversalPolicy.REPRICE or bool(options.gifts_kept)


def _check_whole(order: Order, options: ReversalOptions) -> None:
    """Refuse choices that ask for all units of the quote, line by line, if they are not here."""
    if needs_whole(options) and not is_whole(order):
        expected = "keep_shares, without gifts kept: the order has parts of the quote"
        given = options.policy.value
        raise InvalidValue(expected, given, path=("policy",), reason="parts_of_quote")


def _check_refused(reversal: Reversal) -> None:
    faults = [
        InvalidValue(
            f"whole sets of promotion {parted.promotion!r}",
            f"{parted.units_back} of {parted.units} units",
            path=("units",),
            reason="parted_set",
        )
        for parted in reversal.refused
    ]
    if faults:
        raise InvalidDocument(faults)


def _choices(options: ReversalOptions) -> dict[str, Any]:
    return {choice.name: getattr(options, choice.name) for choice in fields(ReversalOptions)}


# By units of the quote


def _of_quote(order: Order, record: QuoteRecord, back: Mapping[str, int]) -> dict[str, int]:
    """Count units by lines of the quote; those of other orders are none that are kept here."""
    found = {line.id: line.quantity for line in record.cart.lines}
    for line in order.lines:
        if line.quoted is not None:
            found[line.quoted.line] += back[line.id] - line.quantities.ordered
    return found


def _named(order: Order, units: Mapping[str, int]) -> dict[str, int]:
    """Name units by the lines of the quote, of an order that has all of it line by line."""
    names = {line.id: line.quoted.line for line in order.lines if line.quoted is not None}
    return {names[line]: count for line, count in units.items() if count}


def _refunded(order: Order, quote: Quote, now: Mapping[str, int], options: ReversalOptions) -> int:
    """Tell what has been given back in all where the way matters, return by return."""
    before = [{line.line: line.units for line in parts.lines} for parts in live_parts(order)]
    history = [units for each in before if (units := _named(order, each))]
    return reverse(quote, history, _named(order, now), **_choices(options)).refunded.minor


# By component


def _lines(order: Order, reversal: Reversal, back: Mapping[str, int]) -> dict[Key, int]:
    """Tell what stands to be given back for lines.

    Under ``reprice`` a line that is kept may cost less than it did, or more: that is nothing to
    be given back.
    """
    if reversal.policy is not ReversalPolicy.REPRICE:
        return lines_back(order, back)
    names = {line.quoted.line: line.id for line in order.lines if line.quoted is not None}
    return {
        (Component.LINE, names[line.line.id]): max(0, line.refund.minor) for line in reversal.lines
    }


def _charges(order: Order, reversal: Reversal) -> dict[Key, int]:
    """Tell what stands to be given back of shipping, fees, their tax and rounding."""
    on_lines = sum(line.tax.minor for line in reversal.lines if line.tax_on_top)
    found: dict[Key, int] = {
        (Component.SHIPPING, ""): reversal.shipping.minor,
        **{(Component.FEE, name): amount.minor for name, amount in reversal.fees},
        (Component.TAX, ""): reversal.tax_on_top.minor - on_lines,
        (Component.ROUNDING, ""): reversal.rounding.minor,
    }
    own = charges_of(order)
    return {key: max(0, min(minor, own[key])) for key, minor in found.items()}


def _waived(order: Order, reversal: Reversal) -> int:
    """Tell what rounding had waived of it, below zero or nothing."""
    own = charges_of(order)[Component.ROUNDING, ""]
    return min(0, max(own, reversal.rounding.minor))
