"""What an order bears beside its units, cut in two when units go to another order.

Charges and points are shared by what the units of each come to. What was given back of a
charge stays, and neither order comes to less than nothing. A promotion takes off each what it
took off its units; its use stays, and its gifts with it, unless nothing that it lowered does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, frozen

from ordercore.money import Money, apportion
from ordercore.orders.lines import OrderLine
from ordercore.orders.order import Order
from ordercore.orders.payments.ceilings import given_by, may_give, rounded_off
from ordercore.orders.payments.parts import Component
from ordercore.orders.prices import borne, price_of
from ordercore.orders.quote_part import PromotionUse, QuotePart
from ordercore.orders.splitting.units import SplitUnits
from ordercore.pricing import Adjustment, RecordedAmount

__all__ = ["Worth", "cut_charges", "worths"]


@frozen(kw_only=True)
class Worth:
    """What the units of one of two orders come to, in minor units.

    Attributes:
        all: Every unit, cancelled ones as well.
        kept: Those that are not cancelled.
        off: What each promotion takes off them, by its id.
    """

    all: int
    kept: int
    off: Mapping[str, int]


def worths(order: Order, units: Iterable[SplitUnits]) -> tuple[Worth, Worth]:
    """Tell what the units of an order come to that stay, and those that go."""
    parts = {each.line: each.quantity for each in units}
    all_of_it = kept = gone = 0
    stays: dict[str, int] = {}
    goes: dict[str, int] = {}
    for line in order.lines:
        ordered, left = line.quantities.ordered, line.quantities.ordered - parts.get(line.id, 0)
        whole = price_of(order, line, ordered)
        all_of_it += whole
        kept += whole - price_of(order, line, line.quantities.cancelled)
        gone += whole - price_of(order, line, left)
        for found, first, last in ((stays, 0, left), (goes, left, ordered)):
            for share in _taken_off(order, line, first, last):
                found[share.promotion] = found.get(share.promotion, 0) + share.minor
    return (
        Worth(all=all_of_it - gone, kept=kept - gone, off=stays),
        Worth(all=gone, kept=gone, off=goes),
    )


def _taken_off(order: Order, line: OrderLine, first: int, last: int) -> tuple[Adjustment, ...]:
    """Tell what promotions take off some units of a line, counted from its first one."""
    if order.quote is None or line.quoted is None:
        return ()
    start = line.quoted.start
    return order.quote.line(line.quoted.line, start + first, start + last).adjustments


def cut_charges(order: Order, stays: Worth, goes: Worth) -> tuple[QuotePart, QuotePart]:
    """Cut what an order bears in two; both sum to it exactly."""
    part = borne(order)
    weights = (stays.kept, goes.kept) if stays.kept or goes.kept else (1, 0)
    given = given_by(may_give(order))

    def share(amount: Money, component: Component, name: str = "") -> tuple[Money, Money]:
        """Share an amount that is not negative; what refunds may give back of it stays."""
        least = min(given.get((component, name), 0), amount.minor)
        return _cut(amount, max(least, apportion(amount.minor, weights)[0]))

    shipping, tax = share(part.shipping, Component.SHIPPING), share(part.tax, Component.TAX)
    fees = [(fee.id, share(fee.amount, Component.FEE, fee.id)) for fee in part.fees]
    one, two = (
        QuotePart(
            shipping=shipping[side],
            fees=[RecordedAmount(name, pair[side]) for name, pair in fees],
            tax=tax[side],
            rounding=Money(0, order.currency),
        )
        for side in (0, 1)
    )
    rounding = _cut(part.rounding, _rounding(order, (stays, one), (goes, two), weights))
    one, two = evolve(one, rounding=rounding[0]), evolve(two, rounding=rounding[1])
    uses = [_cut_use(use, stays, goes, weights) for use in part.uses]
    return _with_given(part, (one, two), uses, weights)


def _cut(amount: Money, first: int) -> tuple[Money, Money]:
    one = Money(first, amount.currency)
    return one, amount - one


def _rounding(
    order: Order,
    stays: tuple[Worth, QuotePart],
    goes: tuple[Worth, QuotePart],
    weights: tuple[int, int],
) -> int:
    """Tell what stays of the rounding; what it waives makes neither order less than nothing."""
    minor, refunds = borne(order).rounding.minor, may_give(order)
    if minor >= 0:
        back = given_by(refunds).get((Component.ROUNDING, ""), 0)
        return max(min(back, minor), apportion(minor, weights)[0])
    waived, back = -minor, -sum(map(rounded_off, refunds))
    first = max(min(back, waived), apportion(waived, weights)[0])
    stay, go = (worth.all + part.total.minor for worth, part in (stays, goes))
    return -min(max(first, waived - go), stay)


def _cut_use(
    use: PromotionUse, stays: Worth, goes: Worth, weights: tuple[int, int]
) -> tuple[PromotionUse, PromotionUse]:
    """Cut what a promotion takes off; off charges it takes by what the units come to."""
    gone = goes.off.get(use.promotion, 0)
    on_charges = max(0, use.amount.minor - gone - stays.off.get(use.promotion, 0))
    gone += apportion(on_charges, weights)[1]
    stay, go = _cut(use.amount, use.amount.minor - gone)
    follows = stay.is_zero and not go.is_zero
    return (
        evolve(use, amount=stay, counts=use.counts and not follows),
        evolve(use, amount=go, counts=use.counts and follows),
    )


def _with_given(
    part: QuotePart,
    parts: tuple[QuotePart, QuotePart],
    uses: Sequence[tuple[PromotionUse, PromotionUse]],
    weights: tuple[int, int],
) -> tuple[QuotePart, QuotePart]:
    """Share what promotions give: gifts follow uses, points are shared, coupons stay."""
    gone = {use.promotion for _, use in uses if use.counts}
    earned = apportion(part.points_earned, weights)
    redeemed = apportion(part.points_redeemed, weights)
    deposit = (None, None) if part.deposit is None else _by_weight(part.deposit, weights)
    stays, goes = (
        evolve(
            each,
            deposit=deposit[side],
            uses=[pair[side] for pair in uses],
            gifts=[gift for gift in part.gifts if (gift.promotion in gone) is bool(side)],
            points_earned=earned[side],
            points_redeemed=redeemed[side],
        )
        for side, each in enumerate(parts)
    )
    return (
        evolve(stays, coupons_used=part.coupons_used, coupons_granted=part.coupons_granted),
        goes,
    )


def _by_weight(amount: Money, weights: tuple[int, int]) -> tuple[Money, Money]:
    return _cut(amount, apportion(amount.minor, weights)[0])
