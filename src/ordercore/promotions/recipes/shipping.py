"""包邮、运费减免: less shipping, fewer fees."""

from __future__ import annotations

from decimal import Decimal
from typing import Unpack

from ordercore.money.fields import AmountText
from ordercore.promotions.benefits import FeeOff, ShippingOff
from ordercore.promotions.conditions import Condition, Threshold
from ordercore.promotions.promotion import Promotion
from ordercore.promotions.recipes.options import Options, made

__all__ = ["fee_off", "free_shipping", "shipping_off"]


def free_shipping(
    id: str,  # noqa: A002
    *,
    spend: AmountText | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """包邮: no shipping fee, from ``spend`` on if given."""
    return made(id, ShippingOff("100"), options, _from(spend), layer="shipping")


def shipping_off(
    id: str,  # noqa: A002
    *,
    percent: Decimal | str | None = None,
    amount: AmountText | None = None,
    fixed: AmountText | None = None,
    spend: AmountText | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """运费减免: less shipping, or shipping at a fixed price, from ``spend`` on if given.

    >>> shipping_off("flat", fixed="5").benefits[0].fixed
    Decimal('5')
    """
    benefit = ShippingOff(percent, amount, fixed=fixed)
    return made(id, benefit, options, _from(spend), layer="shipping")


def fee_off(
    id: str,  # noqa: A002
    fee: str,
    *,
    percent: Decimal | str = "100",
    spend: AmountText | None = None,
    **options: Unpack[Options],
) -> Promotion:
    """免包装费、免服务费: no such fee (or as ``percent`` says), from ``spend`` on if given.

    >>> fee_off("no-packaging", "packaging", spend="50").layer
    'shipping'
    """
    return made(id, FeeOff(fee, percent), options, _from(spend), layer="shipping")


def _from(spend: AmountText | None) -> Condition | None:
    return None if spend is None else Threshold(spend)
