"""What an explanation is made of: rows of data, with words for people beside the numbers.

A row's amount is what it adds to the payable, so a discount is below zero, and wherever a row
with an amount has parts with amounts, these add up to its own: the law that every view rests
on.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from ordercore.money import Money, UnitPrice
from ordercore.pricing.resolvers.account import Kind

__all__ = ["MissKind", "Row", "RowKind"]


class RowKind(StrEnum):
    """What a row tells, where it is not what became of a promotion (`Kind`)."""

    LINE = "line"
    """A line of the cart; subject: its id; parts: its list price, what price lists change, and
    shares."""
    LIST_PRICE = "list_price"
    """What a line costs by the cart's own price; subject: the line's id."""
    PRICE_LIST = "price_list"
    """What price lists change, of a line or in all; because: their ids."""
    PRICE = "price"
    """A unit price by which a line's row is priced, without an amount of its own; count: for
    how many units of the row; subject: the price list, or empty for the cart's own."""
    SHARE = "share"
    """What a promotion takes off; subject: the promotion's id in the parts of a line, of
    shipping or of a fee; in those of a promotion the line's or the fee's id, or empty for
    shipping."""
    SHIPPING = "shipping"
    """What is to be paid for shipping; parts: the fee and shares."""
    FEE = "fee"
    """The shipping fee before promotions."""
    OTHER_FEE = "other_fee"
    """What is to be paid for another fee; subject: its id; parts: the full fee and shares."""
    FULL_FEE = "full_fee"
    """Such a fee before promotions."""
    TAX = "tax"
    """Tax that comes on top; subject: the rate."""
    TAX_INCLUDED = "tax_included"
    """Tax that prices contain, without an amount of its own; subject: the rate."""
    ROUNDING = "rounding"
    """What the rounding of the payable adds."""
    GIFT = "gift"
    """Units on top, without an amount; subject: the sku."""
    GIFT_UNCHECKED = "gift_unchecked"
    """The same, where nobody looked whether it is in stock."""
    POINTS_EARNED = "points_earned"
    """Points that are credited, as a count."""
    POINTS_REDEEMED = "points_redeemed"
    """Points that pay for a part, as a count; what they pay is a promotion's amount."""
    COUPON = "coupon"
    """Coupons for later orders, as a count; subject: their kind."""
    WITHHELD = "withheld"
    """How much more a promotion would take, did nothing cut it, as a value; subject: what cuts
    it, as of `Applied.withheld_by`, with a comma between."""
    DEPOSIT = "deposit"
    """What is due now, as a value."""
    BALANCE = "balance"
    """What is due later, as a value."""
    PROOF = "proof"
    """How good the combination of promotions is; value: by how much, at most, another one may
    save more, if none was proven best; because: the layers that were settled together."""
    PAYABLE = "payable"
    """What is to be paid in all; parts: the kinds below, `PRICE_LIST`, `TAX` and `ROUNDING`."""
    SUBTOTAL = "subtotal"
    DISCOUNT = "discount"
    SHIPPING_FEE = "shipping_fee"
    SHIPPING_DISCOUNT = "shipping_discount"
    OTHER_FEES = "other_fees"
    FEE_DISCOUNT = "fee_discount"


class MissKind(StrEnum):
    """Why a condition, schedule or trigger does not hold; the parts of what is not eligible."""

    AMOUNT = "amount"
    """The selected units come to too little; ``gap`` is Money."""
    UNITS = "units"
    """They are too few; ``gap`` is a count."""
    LINE_AMOUNT = "line_amount"
    """No single line comes to enough; ``gap`` is Money."""
    LINE_UNITS = "line_units"
    """No single line has enough units; ``gap`` is a count."""
    PRODUCTS = "products"
    """The selected units are of too few products; ``gap`` is a count."""
    POINTS = "points"
    """The shopper has fewer points than are redeemed at least; ``gap`` is a count."""
    CUSTOMER_GROUP = "customer_group"
    ORDER_NUMBER = "order_number"
    REGION = "region"
    CHANNEL = "channel"
    ATTRIBUTE = "attribute"
    """An attribute of the context has another value."""
    COUPON = "coupon"
    """A coupon is not held."""
    NOT_YET = "not_yet"
    """Its window has not begun."""
    ENDED = "ended"
    OFF_HOURS = "off_hours"
    """It is on at other times of the day, or on other days."""
    CODE = "code"
    NEGATED = "negated"
    """Something holds that must not; part: what."""
    ALL_OF = "all_of"
    """Several things are missing, and all are needed; parts: which."""
    ANY_OF = "any_of"
    """Several things are missing, and one is enough; parts: which."""
    CONDITION = "condition"
    """Any other condition."""


@frozen(kw_only=True)
class Row:
    """One thing that an explanation says.

    Attributes:
        kind: What it tells.
        subject: The id of what it speaks of: a promotion, line, sku, code, coupon, fee, rate or
            price list; else empty.
        words: The same for people; the amount, if any, is not among them.
        amount: What it adds to the payable.
        gap: By how much what is counted falls short: Money or a number of units.
        count: Units of a line or gift; points; coupons.
        sku: Of a line or gift.
        unit_price: Of a line by the cart, or of a price list.
        base: Of a line: what it costs before promotions. Of a tax: what it falls on.
        percent: Of a tax rate.
        value: An amount that adds nothing: what one unit of a gift is worth, a tax that is
            contained, a deposit, a gap, what is withheld.
        promotion: The promotion that a refused code or coupon stands for.
        because: Ids of the promotions that gave, beat or excluded it; of price lists; layers.
        parts: What it is made of.
    """

    kind: Kind | RowKind | MissKind
    subject: str = ""
    words: str
    amount: Money | None = None
    gap: Money | int | None = None
    count: int | None = None
    sku: str = ""
    unit_price: UnitPrice | None = None
    base: Money | None = None
    percent: Decimal | None = None
    value: Money | None = None
    promotion: str = ""
    because: tuple[str, ...] = ()
    parts: tuple[Row, ...] = ()
