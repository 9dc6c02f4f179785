"""Which part of a price of record an order bears beside its units.

That is shipping, fees and rounding; and of promotions their uses and what they gave: gifts,
points, coupons. Most orders bear all of it. Where an order is split, each part bears some, and
together they bear what the quote says, to the minor unit and to the gift.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import evolve, field, frozen

from ordercore.cart import MAX_FEES
from ordercore.data.checks import (
    Check,
    boolean,
    each,
    identifier,
    instance,
    integer,
    optional,
    tuple_of,
)
from ordercore.errors import CurrencyMismatch, InvalidDocument, InvalidInput, InvalidValue
from ordercore.money import Money
from ordercore.pricing import Kind, RecordedCoupon, RecordedGift
from ordercore.pricing.record import QuoteRecord
from ordercore.pricing.recorded import MOST, RecordedAmount

__all__ = [
    "PromotionUse",
    "QuotePart",
    "is_taxed_on_top",
    "part_faults",
    "whole_part",
]

_money = instance(Money)
_points: Check = integer(least=0, most=10**18)

_AMOUNTS: Final = ("shipping", "tax", "rounding")
_POINTS: Final = ("points_earned", "points_redeemed")
_THINGS: Final = ("gifts", "coupons_used", "coupons_granted")


@frozen
class PromotionUse:
    """What an order bears of one promotion that was applied.

    Args:
        promotion: Its id.
        amount: What it takes off the order's units and charges.
        counts: Whether it is this order that has used it: of several parts, one has.
    """

    promotion: str = field(validator=identifier)
    amount: Money = field(validator=_money)
    counts: bool = field(default=True, validator=boolean)


def _fees(given: Iterable[RecordedAmount]) -> tuple[RecordedAmount, ...]:
    return tuple_of(given)


def _uses(given: Iterable[PromotionUse]) -> tuple[PromotionUse, ...]:
    return tuple_of(given)


def _gifts(given: Iterable[RecordedGift]) -> tuple[RecordedGift, ...]:
    return tuple_of(given)


def _kinds(given: Iterable[str]) -> tuple[str, ...]:
    return tuple_of(given)


def _coupons(given: Iterable[RecordedCoupon]) -> tuple[RecordedCoupon, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class QuotePart:
    """What an order bears of its price of record, beside its units.

    Args:
        shipping: Of what is to be paid for shipping.
        fees: Of each other fee, in the order of the quote.
        tax: Of the tax that comes on top of shipping and fees.
        rounding: Of the rounding of the payable.
        deposit: Of what is due now; None: no promotion asks for a deposit.
        uses: Of each promotion that was applied, in the order of the quote.
        gifts: The gifts that go with its uses.
        points_earned: Of the points that are credited.
        points_redeemed: Of the points that pay.
        coupons_used: Of the kinds of coupons that are used up, one each.
        coupons_granted: Of the coupons that are brought.

    Raises:
        InvalidDocument: Amounts are in several currencies.
    """

    shipping: Money = field(validator=_money)
    fees: tuple[RecordedAmount, ...] = field(
        default=(), converter=_fees, validator=each(instance(RecordedAmount), most=MAX_FEES)
    )
    tax: Money = field(validator=_money)
    rounding: Money = field(validator=_money)
    deposit: Money | None = field(default=None, validator=optional(_money))
    uses: tuple[PromotionUse, ...] = field(
        default=(), converter=_uses, validator=each(instance(PromotionUse), most=MOST)
    )
    gifts: tuple[RecordedGift, ...] = field(
        default=(), converter=_gifts, validator=each(instance(RecordedGift), most=MOST)
    )
    points_earned: int = field(default=0, validator=_points)
    points_redeemed: int = field(default=0, validator=_points)
    coupons_used: tuple[str, ...] = field(
        default=(), converter=_kinds, validator=each(identifier, most=MOST)
    )
    coupons_granted: tuple[RecordedCoupon, ...] = field(
        default=(), converter=_coupons, validator=each(instance(RecordedCoupon), most=MOST)
    )

    def __attrs_post_init__(self) -> None:
        currency = self.shipping.currency
        faults = [
            CurrencyMismatch(f"an amount in {currency}", str(amount), path=(name,))
            for name, amount in (*self._amounts(), *self._told())
            if amount.currency != currency
        ]
        if faults:
            raise InvalidDocument(faults)

    @property
    def total(self) -> Money:
        """All charges: what is to be paid beside the units."""
        return Money(sum(each.minor for _, each in self._amounts()), self.shipping.currency)

    def _amounts(self) -> Iterator[tuple[str, Money]]:
        for name in _AMOUNTS:
            yield name, getattr(self, name)
        for fee in self.fees:
            yield "fees", fee.amount

    def _told(self) -> Iterator[tuple[str, Money]]:
        """List the amounts that are no charges."""
        if self.deposit is not None:
            yield "deposit", self.deposit
        for use in self.uses:
            yield "uses", use.amount

    def nothing(self) -> QuotePart:
        """Bear nothing of the same."""
        zero = Money(0, self.shipping.currency)
        return QuotePart(
            shipping=zero,
            tax=zero,
            rounding=zero,
            fees=[RecordedAmount(fee.id, zero) for fee in self.fees],
            deposit=None if self.deposit is None else zero,
            uses=[PromotionUse(use.promotion, zero, counts=False) for use in self.uses],
        )

    def plus(self, other: QuotePart) -> QuotePart:
        """Bear what two parts of one quote bear together."""
        fees = zip(self.fees, other.fees, strict=True)
        uses = zip(self.uses, other.uses, strict=True)
        return QuotePart(
            shipping=self.shipping + other.shipping,
            tax=self.tax + other.tax,
            rounding=self.rounding + other.rounding,
            fees=[RecordedAmount(one.id, one.amount + two.amount) for one, two in fees],
            deposit=_sum(self.deposit, other.deposit),
            uses=[
                PromotionUse(one.promotion, one.amount + two.amount, one.counts or two.counts)
                for one, two in uses
            ],
            gifts=(*self.gifts, *other.gifts),
            points_earned=self.points_earned + other.points_earned,
            points_redeemed=self.points_redeemed + other.points_redeemed,
            coupons_used=(*self.coupons_used, *other.coupons_used),
            coupons_granted=(*self.coupons_granted, *other.coupons_granted),
        )

    def ordered_as(self, whole: QuotePart) -> QuotePart:
        """Bear the same, with gifts and coupons in the order of the quote."""
        return evolve(
            self,
            gifts=sorted(self.gifts, key=whole.gifts.index),
            coupons_used=sorted(self.coupons_used, key=whole.coupons_used.index),
            coupons_granted=sorted(self.coupons_granted, key=whole.coupons_granted.index),
        )


def _sum(one: Money | None, two: Money | None) -> Money | None:
    return one if one is None or two is None else one + two


def whole_part(quote: QuoteRecord) -> QuotePart:
    """Bear all that a quote says beside its lines."""
    zero = Money(0, quote.cart.currency)
    on_lines = sum(tax.amount.minor for line in quote.lines for tax in line.taxes)
    return QuotePart(
        shipping=quote.shipping,
        fees=quote.fees,
        tax=quote.tax - Money(on_lines, quote.cart.currency) if is_taxed_on_top(quote) else zero,
        rounding=quote.rounding,
        deposit=quote.deposit,
        uses=[
            PromotionUse(told.id, told.amount)
            for told in quote.promotions
            if told.outcome is Kind.APPLIED
        ],
        gifts=quote.gifts,
        points_earned=quote.points_earned,
        points_redeemed=quote.points_redeemed,
        coupons_used=quote.coupons_used,
        coupons_granted=quote.coupons_granted,
    )


def is_taxed_on_top(quote: QuoteRecord) -> bool:
    """Tell whether tax comes on top of the prices of a quote."""
    taxes = None if quote.tariff is None else quote.tariff.taxes
    return taxes is not None and not taxes.included


# What a part may be


def part_faults(quote: QuoteRecord, part: QuotePart) -> Iterator[InvalidInput]:
    """Tell where a part is of other things than the quote's, or more than all of it."""
    whole = whole_part(quote)
    for name, told in (("fees", "id"), ("uses", "promotion")):
        if _ids(part, name, told) != _ids(whole, name, told):
            expected = f"the {name} of the quote"
            yield InvalidValue(expected, path=(name,), reason="fields_disagree")
            return
    if part.shipping.currency != whole.shipping.currency:
        expected = f"amounts in {whole.shipping.currency}"
        yield CurrencyMismatch(expected, str(part.shipping), path=("shipping",))
        return
    yield from _amount_faults(part, whole)
    for name in _THINGS:
        if Counter(getattr(part, name)) - Counter(getattr(whole, name)):
            yield InvalidValue(f"{name} of the quote", path=(name,), reason="fields_disagree")


def _ids(part: QuotePart, name: str, told: str) -> list[str]:
    return [getattr(each, told) for each in getattr(part, name)]


def _amount_faults(part: QuotePart, whole: QuotePart) -> Iterator[InvalidInput]:
    """Tell of amounts and points that are more than those of the quote."""
    zero = Money(0, whole.shipping.currency)
    several: list[tuple[str, Any, Any]] = [
        (name, getattr(part, name), getattr(whole, name)) for name in (*_AMOUNTS, *_POINTS)
    ]
    deposits = [zero if each.deposit is None else each.deposit for each in (part, whole)]
    several.append(("deposit", deposits[0], deposits[1]))
    for name in ("fees", "uses"):
        pairs = zip(getattr(part, name), getattr(whole, name), strict=True)
        several += [(name, one.amount, all_.amount) for one, all_ in pairs]
    for name, amount, most in several:
        nothing = most - most
        if not min(nothing, most) <= amount <= max(nothing, most):
            expected = f"at most {most}, that of the quote"
            yield InvalidValue(expected, str(amount), path=(name,), reason="fields_disagree")
