"""What a promotion gives: one file per kind of benefit; each proposes, none changes anything."""

from ordercore.promotions.benefits.add_on import AddOnDeal
from ordercore.promotions.benefits.amount import AmountOff, AmountOffEach, Excess
from ordercore.promotions.benefits.benefit import Benefit, Propose
from ordercore.promotions.benefits.bundle import BundlePart, BundlePrice
from ordercore.promotions.benefits.buy_get import BuyXGetY
from ordercore.promotions.benefits.cheapest import CheapestOff
from ordercore.promotions.benefits.coupons import GrantCoupon
from ordercore.promotions.benefits.deposit import Deposit
from ordercore.promotions.benefits.every import Every
from ordercore.promotions.benefits.fees import FeeOff
from ordercore.promotions.benefits.fixed import FixedPrice
from ordercore.promotions.benefits.gift import Gift
from ordercore.promotions.benefits.gift_choice import GiftChoice
from ordercore.promotions.benefits.nth import NthItemOff
from ordercore.promotions.benefits.percent import PercentOff
from ordercore.promotions.benefits.pick_n import PickN
from ordercore.promotions.benefits.picking import Pick
from ordercore.promotions.benefits.points import EarnPoints, PercentOf, PointsRedemption
from ordercore.promotions.benefits.shipping import ShippingOff
from ordercore.promotions.benefits.stock import OutOfStock
from ordercore.promotions.benefits.tiers import Tier, Tiers

__all__ = [
    "AddOnDeal",
    "AmountOff",
    "AmountOffEach",
    "Benefit",
    "BundlePart",
    "BundlePrice",
    "BuyXGetY",
    "CheapestOff",
    "Deposit",
    "EarnPoints",
    "Every",
    "Excess",
    "FeeOff",
    "FixedPrice",
    "Gift",
    "GiftChoice",
    "GrantCoupon",
    "NthItemOff",
    "OutOfStock",
    "PercentOf",
    "PercentOff",
    "Pick",
    "PickN",
    "PointsRedemption",
    "Propose",
    "ShippingOff",
    "Tier",
    "Tiers",
]
