"""What a promotion gives: one file per kind of benefit; each proposes, none changes anything."""

from ordercore.promotions.benefits.amount import AmountOff, AmountOffEach
from ordercore.promotions.benefits.benefit import Benefit, Propose
from ordercore.promotions.benefits.buy_get import BuyXGetY
from ordercore.promotions.benefits.every import Every
from ordercore.promotions.benefits.gift import Gift
from ordercore.promotions.benefits.nth import NthItemOff
from ordercore.promotions.benefits.percent import PercentOff
from ordercore.promotions.benefits.picking import Pick
from ordercore.promotions.benefits.shipping import ShippingOff
from ordercore.promotions.benefits.tiers import Tier, Tiers

__all__ = [
    "AmountOff",
    "AmountOffEach",
    "Benefit",
    "BuyXGetY",
    "Every",
    "Gift",
    "NthItemOff",
    "PercentOff",
    "Pick",
    "Propose",
    "ShippingOff",
    "Tier",
    "Tiers",
]
