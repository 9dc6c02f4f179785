"""积分抵扣、积分赠送、送券、定金: what is paid otherwise, later, or for later."""

from __future__ import annotations

from decimal import Decimal
from typing import Unpack

from ordercore.money.fields import AmountText
from ordercore.promotions.benefits import (
    Deposit,
    EarnPoints,
    GrantCoupon,
    PercentOf,
    PointsRedemption,
)
from ordercore.promotions.conditions import Threshold
from ordercore.promotions.promotion import Promotion
from ordercore.promotions.recipes.options import EVERYTHING, Options, made
from ordercore.promotions.selectors import Selector

__all__ = ["coupon_from", "earn_points", "points_redemption", "presale_deposit"]


def points_redemption(  # noqa: PLR0913 - the fields of the benefit
    id: str,  # noqa: A002
    points_per_unit: Decimal | str,
    target: Selector = EVERYTHING,
    *,
    max_percent: Decimal | str | None = None,
    max_percent_of: PercentOf | str = PercentOf.GOODS,
    max_amount: AmountText | None = None,
    min_points: int = 1,
    step: int = 1,
    keep: AmountText | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """积分抵扣: points pay for a part of the goods, in the layer ``points``.

    >>> points_redemption("points", "100", max_percent="50", keep="0.01").layer
    'points'
    """
    benefit = PointsRedemption(
        points_per_unit,
        target,
        max_percent=max_percent,
        max_percent_of=max_percent_of,
        max_amount=max_amount,
        min_points=min_points,
        step=step,
        keep=keep,
    )
    return made(id, benefit, options, layer="points")


def earn_points(
    id: str,  # noqa: A002
    points: int,
    *,
    per: AmountText | None = None,
    target: Selector = EVERYTHING,
    maximum: int | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """赠送积分: points for what is paid; after others of its layer, so that points earn none.

    >>> earn_points("points", 1, per="10").benefits[0].points  # 每10元积1分
    1
    """
    fields: Options = {"priority": -1, **options}
    return made(id, EarnPoints(points, per, target, maximum=maximum), fields, layer="points")


def coupon_from(
    id: str,  # noqa: A002
    coupon: str,
    *,
    spend: AmountText,
    quantity: int = 1,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """满额送券: from ``spend`` on, coupons for later orders.

    >>> coupon_from("thanks", "ten-off", spend="200").benefits[0].coupon
    'ten-off'
    """
    when = Threshold(spend, target=target)
    return made(id, GrantCoupon(coupon, quantity), options, when, layer="points")


def presale_deposit(
    id: str,  # noqa: A002
    amount: AmountText,
    target: Selector = EVERYTHING,
    *,
    worth: AmountText | None = None,
    save: AmountText | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """预售定金: a deposit for each selected unit, which may be worth more (膨胀) or save (立减).

    >>> presale_deposit("presale", "10", save="20").benefits[0].save
    Decimal('20')
    """
    return made(id, Deposit(amount, worth, save=save, target=target), options, layer="unit")
