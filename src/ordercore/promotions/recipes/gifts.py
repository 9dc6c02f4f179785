"""满赠、可选赠品、阶梯满赠: units on top, free of charge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from ordercore.money.fields import AmountText
from ordercore.promotions.benefits import Gift, GiftChoice, OutOfStock, Tier, Tiers
from ordercore.promotions.conditions import Threshold
from ordercore.promotions.promotion import Promotion
from ordercore.promotions.recipes.options import EVERYTHING, Options, made
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


def gift_choice(
    id: str,  # noqa: A002
    skus: Iterable[str],
    *,
    spend: AmountText,
    quantity: int = 1,
    default: str | None = None,
    value: AmountText | None = None,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """可选赠品: from ``spend`` on, units of the gift that the shopper chose.

    The choice stands in the wishes of the context under the promotion's id; see `GiftChoice`.

    >>> gift_choice("summer", ["mug", "cup"], spend="100").benefits[0].choice
    'summer'
    """
    benefit = GiftChoice(tuple(skus), id, quantity, default=default, value=value)
    return made(id, benefit, options, Threshold(spend, target=target), layer="set")


def gift_tiers(
    id: str,  # noqa: A002
    tiers: Iterable[tuple[AmountText, str]],
    *,
    target: Selector = EVERYTHING,
    **options: Unpack[Options],
) -> Promotion:
    """阶梯满赠: of (spend, sku) tiers in rising order the gift of the highest one reached.

    >>> len(gift_tiers("gifts", [("100", "mug"), ("200", "pan")]).benefits[0].tiers)
    2
    """
    steps = [Tier(spend, benefit=Gift(sku)) for spend, sku in tiers]
    benefit = Tiers(steps, target)
    return made(id, benefit, options, Threshold(steps[0].amount, target=target), layer="set")
