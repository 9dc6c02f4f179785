"""满赠、可选赠品、阶梯满赠: units on top, free of charge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from ordercore.money.fields import AmountText
from ordercore.promotions.benefits import Gift, GiftChoice, OutOfStock, Tier, Tiers
from ordercore.promotions.conditions import Threshold
from ordercore.promotions.promotion import Promotion
from ordercore.promotions.recipes.options import EVERYTHING, Options, made, tiers_of
from ordercore.promotions.selectors import Selector

__all__ = ["gift_choice", "gift_from", "gift_tiers"]


def gift_from(
    id: str,  # noqa: A002
    sku: str,
    *,
    spend: AmountText,
    quantity: int = 1,
    value: AmountText | None = None,
    target: Selector = EVERYTHING,
    out_of_stock: OutOfStock | str = OutOfStock.SKIP,
    substitutes: str | Iterable[str] = (),
    **options: Unpack[Options],
) -> Promotion:
    """满赠: from ``spend`` on, units of a gift on top."""
    benefit = Gift(sku, quantity, value, out_of_stock=out_of_stock, substitutes=substitutes)
    return made(id, benefit, options, Threshold(spend, target=target), layer="set")


def gift_choice(  # noqa: PLR0913 - what a choice of gifts can say
    id: str,  # noqa: A002
    skus: str | Iterable[str],
    *,
    spend: AmountText,
    quantity: int = 1,
    default: str | None = None,
    value: AmountText | None = None,
    target: Selector = EVERYTHING,
    out_of_stock: OutOfStock | str = OutOfStock.SKIP,
    substitutes: str | Iterable[str] = (),
    **options: Unpack[Options],
) -> Promotion:
    """可选赠品: from ``spend`` on, units of the gift that the shopper chose.

    The choice stands in the wishes of the context under the promotion's id; see `GiftChoice`,
    also for what becomes of it where no gift is at hand in full.

    >>> gift_choice("summer", ["mug", "cup"], spend="100").benefits[0].choice
    'summer'
    """
    benefit = GiftChoice(
        skus,
        id,
        quantity,
        default=default,
        value=value,
        out_of_stock=out_of_stock,
        substitutes=substitutes,
    )
    return made(id, benefit, options, Threshold(spend, target=target), layer="set")


def gift_tiers(
    id: str,  # noqa: A002
    tiers: Iterable[tuple[AmountText, str]],
    *,
    target: Selector = EVERYTHING,
    out_of_stock: OutOfStock | str = OutOfStock.SKIP,
    substitutes: str | Iterable[str] = (),
    **options: Unpack[Options],
) -> Promotion:
    """阶梯满赠: of (spend, sku) tiers in rising order the gift of the highest one reached.

    >>> len(gift_tiers("gifts", [("100", "mug"), ("200", "pan")]).benefits[0].tiers)
    2
    """

    def tier(spend: AmountText, sku: str) -> Tier:
        gift = Gift(sku, out_of_stock=out_of_stock, substitutes=substitutes)
        return Tier(spend, benefit=gift)

    steps = tiers_of(tiers, "spend and sku", tier)
    benefit = Tiers(steps, target)
    return made(id, benefit, options, Threshold(steps[0].amount, target=target), layer="set")
