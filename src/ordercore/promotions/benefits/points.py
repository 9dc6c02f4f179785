"""积分: points that an order earns, and points that pay for a part of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

from attrs import field, frozen

from ordercore.cart import Context
from ordercore.data import variant
from ordercore.data.checks import integer, member, member_of, optional
from ordercore.data.keywords import stated, stating
from ordercore.errors import InvalidInput, InvalidValue
from ordercore.money import apportion
from ordercore.money.fields import (
    Amount,
    amount_or_none,
    check_amount,
    check_percent,
    percent_of,
    percent_or_none,
)
from ordercore.money.numbers import decimal_of
from ordercore.promotions.benefits.benefit import Benefit, Label, Propose
from ordercore.promotions.benefits.sharing import caps_of, weights_of
from ordercore.promotions.conditions import Verdict
from ordercore.promotions.proposals import PointsEarned, PointsRedeemed, Proposal, reduction
from ordercore.promotions.selectors import AllUnits, Need, Selector, check_selector
from ordercore.promotions.state import LayerState, Offer
from ordercore.promotions.terms import Basis, Terms, basis_or_none, placed, ratio_of

__all__ = ["EarnPoints", "PercentOf", "PointsRedemption"]

MAX_POINTS = 10**15
"""The most points that one benefit earns."""

_points = integer(least=1, most=10**9)

_ANY: Final = 10**40
"""More points than any balance has."""


@variant(Benefit, "earn_points")
@frozen
class EarnPoints(Benefit):
    """Credit points for the order; nothing gets cheaper by it. Gifts earn nothing.

    Args:
        points: How many.
        per: For each whole multiple of this amount; None: once.
        target: Which units earn.
        basis: By which amounts. None: by what is left to pay for them when its turn comes, so
            that what others take before it, points redeemed among it, does not earn.
        maximum: At most so many points; None: no limit.

    >>> EarnPoints(1, "10").per  # 每10元积1分
    Decimal('10')
    """

    monotone = True

    points: int = field(validator=_points)
    per: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount)
    )
    target: Selector = field(factory=AllUnits, validator=check_selector)
    basis: Basis | None = field(
        default=None,
        converter=basis_or_none,
        validator=optional(member(Basis)),
        kw_only=True,
    )
    maximum: int | None = field(default=None, validator=optional(_points), kw_only=True)

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, each, most = placed(self.target, terms, "target"), self.points, self.maximum
        step = None if self.per is None else terms.minor(self.per, "per")
        basis = self.basis

        def propose(state: LayerState) -> Proposal | None:
            rows = select(state)
            if not rows:
                return None
            points = each
            if step is not None:
                amounts = state.now if basis is None else state.amounts(basis)
                points *= sum([amounts[row] for row in rows]) // step
            points = min(points, MAX_POINTS if most is None else most)
            return (0, (), (), (), 0, (PointsEarned(points),)) if points else None

        return propose

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        told: Label = ("earn_points", {"points": self.points})
        return told if self.per is None else ("per_spend", {"spend": self.per, "what": (told,)})


@stating(**stated(check_amount))
def _check_rate(_instance: object, attribute: Any, value: Any) -> None:
    """Accept how many points are worth one unit of the currency."""
    try:
        number = decimal_of(value)
    except InvalidInput as error:
        raise error.at(attribute.name) from None
    if number <= 0:
        raise InvalidValue("a number of points above zero", value, path=(attribute.name,))


class PercentOf(StrEnum):
    """Of what `PointsRedemption.max_percent` is a part."""

    GOODS = "goods"
    """What the selected units cost."""
    PAYABLE = "payable"
    """What the whole order costs, with shipping and fees, before tax and rounding."""


def _percent_of(part: PercentOf | str) -> PercentOf:
    return member_of(PercentOf, part)


@variant(Benefit, "points_redemption")
@frozen
class PointsRedemption(Benefit):
    """Let points pay for the selected units; the amount is shared over them like any other.

    Points pay for goods alone, never for shipping or fees. Redeemed are as many as the shopper
    wishes, has and may, in whole steps, and never more than the amount takes. Who is not known
    has no points; of a shopper whose balance is unknown any number is accepted.

    Args:
        points_per_unit: How many points are worth one unit of the currency (yuan, not fen).
        target: What may be paid with points.
        max_percent: At most this part of what ``max_percent_of`` says, as it was when the layer
            began.
        max_percent_of: ``goods``: what these units cost; ``payable``: the whole order with
            shipping and fees. Of goods for 100 and shipping of 20, 30 % are 30 or 36.
        max_amount: At most so much.
        min_points: Fewer are not redeemed at all, also where the amount takes no more.
        step: Only multiples of so many points are redeemed.
        keep: What must remain payable of the whole order, with shipping and fees, before
            tax and the rounding of the payable (禁止0元购); None: points may pay for everything.

    >>> PointsRedemption("100", max_percent="50", keep="0.01").step
    1
    """

    monotone = True
    measure = "count"

    points_per_unit: Decimal = field(converter=percent_of, validator=_check_rate)
    target: Selector = field(factory=AllUnits, validator=check_selector)
    max_percent: Decimal | None = field(
        default=None, converter=percent_or_none, validator=optional(check_percent), kw_only=True
    )
    max_percent_of: PercentOf = field(
        default=PercentOf.GOODS, converter=_percent_of, validator=member(PercentOf), kw_only=True
    )
    max_amount: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount), kw_only=True
    )
    min_points: int = field(default=1, validator=_points, kw_only=True)
    step: int = field(default=1, validator=_points, kw_only=True)
    keep: Amount | None = field(
        default=None, converter=amount_or_none, validator=optional(check_amount), kw_only=True
    )

    @property
    def _least(self) -> int:
        """The fewest points that are redeemed."""
        return -(-self.min_points // self.step) * self.step

    def compile(self, terms: Terms) -> Propose:  # noqa: D102
        select, split = placed(self.target, terms, "target"), terms.split
        budget, step, least = self._budget(terms), self.step, self._least
        worth = Fraction(10**terms.currency.digits) / Fraction(self.points_per_unit)

        def propose(state: LayerState) -> Proposal | None:
            offer = state.offer(select(state))
            weights = weights_of(state, offer, split)
            caps = [
                cap if weight else 0  # what has no weight bears nothing
                for cap, weight in zip(caps_of(offer), weights, strict=True)
            ]
            most = floor(budget(state, offer, sum(caps)) / worth)
            points = min(most, _allowed(state.context, state.points)) // step * step
            amount = floor(points * worth)
            used = ceil(amount / worth / step) * step  # no more than the amount takes
            if used < least:
                return None
            taken = reduction(offer[0], apportion(amount, weights, caps), offer[1])
            return None if taken is None else (*taken[:5], (PointsRedeemed(used),))

        return propose

    def _budget(self, terms: Terms) -> Callable[[LayerState, Offer, int], int]:
        """Tell how much points may pay for, in minor units, given what the rows can take."""
        percent = Decimal(100) if self.max_percent is None else self.max_percent
        numerator, denominator = ratio_of(percent)
        most = None if self.max_amount is None else terms.minor(self.max_amount, "max_amount")
        keep = None if self.keep is None else terms.minor(self.keep, "keep")
        of_goods = self.max_percent_of is PercentOf.GOODS

        def budget(state: LayerState, offer: Offer, taken: int) -> int:
            _, _, amounts, scale, _ = offer
            whole = sum(amounts) if of_goods else _payable(state) * scale
            share = whole * numerator // (denominator * scale)
            limits = [taken, share, state.allowance]
            if most is not None:
                limits.append(most)
            if keep is not None:
                limits.append(sum(state.now) + state.shipping + sum(state.fees) - keep)
            return max(0, min(limits))

        return budget

    def needs(self) -> tuple[Need, ...]:  # noqa: D102
        return self.target.needs()

    def lacking(self, state: LayerState) -> Verdict | None:  # noqa: D102
        shopper = state.context.shopper
        if shopper is None or not shopper.points:
            return None
        left = shopper.points - state.points
        return Verdict(False, self, self._least, left) if left < self._least else None

    def label(self, spend: Amount | None) -> Label | None:  # noqa: ARG002, D102
        return "redeem_points", {}


def _payable(state: LayerState) -> int:
    """Tell what the whole order cost when the layer began, in minor units."""
    return state.entry_total + state.shipping_entry + sum(state.fees_entry)


def _allowed(context: Context, redeemed: int) -> int:
    """Tell how many more points a shopper wishes to redeem and has."""
    shopper, wishes = context.shopper, context.wishes
    if shopper is None:
        return 0
    held = _ANY if shopper.points is None else shopper.points - redeemed
    wished = _ANY if wishes is None or wishes.points is None else wishes.points - redeemed
    return max(0, min(held, wished))
