"""Everyday promotions in one call each; every recipe returns a plain `Promotion`.

Amounts are Money or decimal text in the book's currency, percentages decimal text: ``"10"`` is
10 % off (九折). Further keywords (``priority``, ``schedule``, ``layer``, ``name``, …) go to the
`Promotion` as they are; ``code`` makes it available to who types that code, and a ``when`` of
yours holds in addition to the recipe's own.
"""

from ordercore.promotions.recipes.amounts import (
    amount_off,
    buy_and_discount,
    buy_and_discount_tiers,
    first_order_discount,
    fixed_price,
    member_discount,
    percent_off,
    save_per_spend,
    spend_and_discount,
    spend_and_save,
    spend_and_save_tiers,
)
from ordercore.promotions.recipes.gifts import (
    gift_choice,
    gift_from,
    gift_tiers,
)
from ordercore.promotions.recipes.options import Options
from ordercore.promotions.recipes.points import (
    coupon_from,
    earn_points,
    points_redemption,
    presale_deposit,
)
from ordercore.promotions.recipes.sets import (
    add_on_deal,
    bundle_price,
    buy_and_get,
    cheapest_free,
    pick_n,
    second_half_price,
)
from ordercore.promotions.recipes.shipping import (
    fee_off,
    free_shipping,
    shipping_off,
)

__all__ = [
    "Options",
    "add_on_deal",
    "amount_off",
    "bundle_price",
    "buy_and_discount",
    "buy_and_discount_tiers",
    "buy_and_get",
    "cheapest_free",
    "coupon_from",
    "earn_points",
    "fee_off",
    "first_order_discount",
    "fixed_price",
    "free_shipping",
    "gift_choice",
    "gift_from",
    "gift_tiers",
    "member_discount",
    "percent_off",
    "pick_n",
    "points_redemption",
    "presale_deposit",
    "save_per_spend",
    "second_half_price",
    "shipping_off",
    "spend_and_discount",
    "spend_and_save",
    "spend_and_save_tiers",
]
