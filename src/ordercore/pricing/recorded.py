"""The parts of a quote's record: lines, promotions, gifts, coupons, and who bears what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import field, frozen

from ordercore.data.checks import Check, each, identifier, instance, integer, member, optional
from ordercore.money import Money
from ordercore.pricing.outcomes import GiftLine
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import QuoteLine
from ordercore.pricing.resolvers.account import Kind
from ordercore.promotions.book import MAX_PROMOTIONS

__all__ = [
    "MOST",
    "RecordedAmount",
    "RecordedContribution",
    "RecordedCoupon",
    "RecordedGift",
    "RecordedLine",
    "RecordedPromotion",
    "amounts",
    "recorded_gift",
    "recorded_line",
    "recorded_promotions",
]

MOST: Final = MAX_PROMOTIONS
"""The most parts of one kind."""

_money = instance(Money)
_units = integer(least=1, most=10**18)


@frozen
class RecordedAmount:
    """An amount by the id of what it is for: a line, a fee, a tax rate.

    Args:
        id: The id of the line or fee in the cart, or of the tax rate in the tariff.
        amount: How much.
    """

    id: str = field(validator=identifier)
    amount: Money = field(validator=_money)


amounts: Check = each(instance(RecordedAmount), most=MOST)
"""Accept such amounts."""


@frozen
class RecordedLine:
    """What one line of the cart comes to.

    Args:
        id: The id of the line in the cart.
        base: What it costs before promotions.
        payable: What is to be paid for it; tax that comes on top is apart.
        taxes: What each tax rate comes to on it, where above zero.
    """

    id: str = field(validator=identifier)
    base: Money = field(validator=_money)
    payable: Money = field(validator=_money)
    taxes: tuple[RecordedAmount, ...] = field(default=(), validator=amounts)


@frozen
class RecordedPromotion:
    """What became of one promotion.

    Args:
        id: The id of the promotion in the book.
        outcome: What became of it.
        amount: What it takes off lines, shipping and fees in all.
        shares: What it takes off each line that it reduces.
    """

    id: str = field(validator=identifier)
    outcome: Kind = field(validator=member(Kind))
    amount: Money = field(validator=_money)
    shares: tuple[RecordedAmount, ...] = field(default=(), validator=amounts)


@frozen
class RecordedGift:
    """Units given on top.

    Args:
        promotion: The id of the promotion that gives them.
        sku: What is given.
        quantity: How many units.
        value: What one unit is worth; None: that is not told.
    """

    promotion: str = field(validator=identifier)
    sku: str = field(validator=identifier)
    quantity: int = field(validator=_units)
    value: Money | None = field(default=None, validator=optional(_money))


@frozen
class RecordedCoupon:
    """Coupons that the order brings.

    Args:
        kind: Of which kind.
        quantity: How many.
    """

    kind: str = field(validator=identifier)
    quantity: int = field(validator=_units)


@frozen
class RecordedContribution:
    """What one bearer owes for one promotion.

    Args:
        promotion: The id of the promotion.
        bearer: Who: as the promotion's funding names it, or the seller of lines; ``shop``
            where it names nobody.
        amount: Its part of what the promotion takes off lines, shipping and fees.
        gifts: Its part of what the gifts are worth that the promotion gives.
    """

    promotion: str = field(validator=identifier)
    bearer: str = field(validator=identifier)
    amount: Money = field(validator=_money)
    gifts: Money = field(validator=_money)


def recorded_line(line: QuoteLine) -> RecordedLine:
    """Record what a line comes to."""
    taxes = tuple(RecordedAmount(share.rate, share.amount) for share in line.taxes)
    return RecordedLine(line.line.id, line.base, line.payable, taxes)


def recorded_gift(gift: GiftLine) -> RecordedGift:
    """Record units given on top."""
    value = None if gift.value.is_zero else gift.value
    return RecordedGift(gift.promotion, gift.sku, gift.quantity, value)


def recorded_promotions(quote: Quote) -> Iterator[RecordedPromotion]:
    """Record what became of each promotion that could have applied."""
    currency, columns, lines = quote.currency, quote.columns, quote.cart.lines
    shares: dict[str, list[RecordedAmount]] = {}
    for promotion, borne_by, borne in columns.shares:
        shares[promotion] = [
            RecordedAmount(lines[i].id, Money(share, currency))
            for i, share in zip(borne_by, borne, strict=True)
            if share
        ]
    for promotion, kind, amount in columns.outcomes:
        parts = tuple(shares.get(promotion, ()))
        yield RecordedPromotion(promotion, kind, Money(amount, currency), parts)
