"""What stands to be given back by shares: read off the price of record.

It is what `ordercore.pricing.reverse` tells by shares of a whole quote; and it tells the same
of an order that has a part of one, and where this version would price the quote otherwise. So
what an order owes can always be reckoned. Only where shipping comes back and fees never do, or
the other way round, a quote is asked how much of the tax is on which: the record has the sum.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from ordercore.errors import NotReproducible
from ordercore.money import apportion
from ordercore.orders.machine import OrderState
from ordercore.orders.order import Order
from ordercore.orders.payments.parts import Component, Key
from ordercore.orders.prices import borne, charges_of, payable_of, price_of
from ordercore.pricing import ChargeRefund, ReversalOptions

__all__ = ["Standing", "by_shares", "is_emptied", "lines_back"]

_ROUNDING: Key = (Component.ROUNDING, "")


@frozen
class Standing:
    """What stands to be given back in all, in minor units.

    Attributes:
        total: All of it.
        components: Of lines, shipping, fees, tax and rounding; none is negative.
        rounding: What was waived by rounding, below zero or nothing.
        withheld: What is kept back, below zero or nothing: a deposit, gifts that stay.
    """

    total: int
    components: Mapping[Key, int]
    rounding: int
    withheld: int


def by_shares(order: Order, back: Mapping[str, int], options: ReversalOptions) -> Standing:
    """Tell what stands to be given back once so many units of each line are back.

    With the last unit it is all that was to be paid, but for what never comes back; before, it
    is what was paid for the units, and never more than that. A deposit that is kept back is
    kept back last of all.
    """
    lines, charged = lines_back(order, back), charges_of(order)
    charges = _refundable(charged, options) | {(Component.TAX, ""): _tax(order, options)}
    never = sum(charged.values()) - charged[_ROUNDING] - sum(charges.values())
    ceiling = max(0, payable_of(order) - never)
    is_last = _is_last(order, back)
    components = lines | charges if is_last else lines
    gross = sum(components.values())
    total = ceiling if is_last else min(ceiling, gross)
    held = _deposit(order, options, ceiling)
    withheld = -max(0, total - ceiling + held)
    rounding = total - gross
    components[_ROUNDING] = max(0, rounding)
    return Standing(total + withheld, components, min(0, rounding), withheld)


def lines_back(order: Order, back: Mapping[str, int]) -> dict[Key, int]:
    """Tell what was paid for so many units of each line; lines of which none is back are out."""
    return {
        (Component.LINE, line.id): price_of(order, line, back[line.id])
        for line in order.lines
        if back[line.id]
    }


def is_emptied(order: Order) -> bool:
    """Tell whether an order that has a price has no lines and is cancelled: nothing is due."""
    over = order.state is OrderState.CANCELLED
    return over and not order.lines and order.quote is not None


def _is_last(order: Order, back: Mapping[str, int]) -> bool:
    """Tell whether nothing is kept; where nothing ever was, whether the order is cancelled."""
    if not order.lines:
        return is_emptied(order)
    return all(back[line.id] == line.quantities.ordered for line in order.lines)


def _deposit(order: Order, options: ReversalOptions, ceiling: int) -> int:
    """Tell what of a deposit never comes back."""
    deposit = borne(order).deposit
    if deposit is None or options.deposit is not ChargeRefund.NEVER:
        return 0
    return min(deposit.minor, ceiling)


# Shipping, fees and their tax


def _refundable(charges: Mapping[Key, int], options: ReversalOptions) -> dict[Key, int]:
    """Tell what of shipping and fees comes back, with the last unit."""
    chosen = {Component.SHIPPING: options.shipping, Component.FEE: options.fees}
    return {
        key: minor
        for key, minor in charges.items()
        if chosen.get(key[0]) is ChargeRefund.WITH_LAST
    }


def _tax(order: Order, options: ReversalOptions) -> int:
    """Tell what comes back of the tax on top of shipping and fees."""
    whole = borne(order).tax.minor
    back = [choice is ChargeRefund.WITH_LAST for choice in (options.shipping, options.fees)]
    if not whole or back[0] == back[1]:
        return whole if back[0] else 0
    return apportion(whole, _taxed(order))[back.index(True)]


def _taxed(order: Order) -> tuple[int, int]:
    """Tell how much of the tax is on shipping, and how much on fees.

    The record has their sum. Where this version prices otherwise, they are told by what
    shipping and fees come to.
    """
    if order.quote is None:
        return 0, 0
    part = borne(order)
    amounts = part.shipping.minor, sum(fee.amount.minor for fee in part.fees)
    try:
        quote = order.quote.quote()
    except NotReproducible:
        return amounts
    return (
        sum(tax.minor for tax in quote.shipping_taxes),
        sum(tax.minor for _, taxes in quote.fee_taxes for tax in taxes),
    )
