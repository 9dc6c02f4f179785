"""A quote as a document: what was priced, and what came out of it, for years.

Readers that do not have ordercore find the results; ordercore itself prices what was priced
again, compares, and has the whole quote back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from ordercore.cart import Cart, Context
from ordercore.data import document
from ordercore.data.checks import each, identifier, instance, integer, optional
from ordercore.data.registry import instead
from ordercore.errors import InvalidType, InvalidValue, NotReproducible, Path
from ordercore.money import Money
from ordercore.pricing.engine import price_in
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import QuoteLine
from ordercore.pricing.recorded import (
    MOST,
    RecordedAmount,
    RecordedContribution,
    RecordedCoupon,
    RecordedGift,
    RecordedLine,
    RecordedPromotion,
    amounts,
    recorded_gift,
    recorded_line,
    recorded_promotions,
    recorded_units,
)
from ordercore.promotions.book import PromotionBook
from ordercore.tariffs import Tariff

__all__ = ["QuoteRecord"]

_money = instance(Money)
_points = integer(least=0, most=10**18)


@document("quote")
@frozen(kw_only=True)
class QuoteRecord:
    """What was priced, and the results.

    Args:
        cart: What was priced.
        book: Under which promotions.
        context: With what else known.
        tariff: By which price lists, taxes and rounding; None: by none.
        payable: What is to be paid in all.
        lines: What each line comes to, in the order of the cart.
        shipping: What is to be paid for shipping.
        fees: What is to be paid for each other fee.
        tax: All tax, whether prices include it or it comes on top.
        taxes: What each tax rate comes to in all: on lines, shipping and fees.
        rounding: What the rounding of the payable adds; below zero where it waives.
        deposit: What is due now; None where no promotion asks for a deposit.
        balance: What is due when the deposit is paid; None where there is none.
        promotions: What became of each promotion that could have applied.
        contributions: Who bears what each promotion gives.
        gifts: What is given on top.
        points_earned: Points that the order will be credited with.
        points_redeemed: Points that pay for a part of it.
        coupons_used: The kind of each coupon that the order uses up.
        coupons_granted: Coupons that the order brings.

    >>> from datetime import UTC, datetime
    >>> from ordercore import Cart, PromotionBook, dump, load, price, recipes
    >>> book = PromotionBook("CNY", [recipes.amount_off("welcome", "5")])
    >>> cart = Cart.of("CNY", [("cap", "45", 1)])
    >>> quote = price(cart, book, at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> stored = dump(QuoteRecord.of(quote))
    >>> stored["payable"], load(QuoteRecord, stored).quote() == quote
    ('CNY 40.00', True)
    """

    cart: Cart = field(validator=instance(Cart))
    book: PromotionBook = field(validator=instance(PromotionBook))
    context: Context = field(validator=instance(Context))
    tariff: Tariff | None = field(default=None, validator=optional(instance(Tariff)))
    payable: Money = field(validator=_money)
    lines: tuple[RecordedLine, ...] = field(validator=each(instance(RecordedLine), most=MOST))
    shipping: Money = field(validator=_money)
    fees: tuple[RecordedAmount, ...] = field(default=(), validator=amounts)
    tax: Money = field(validator=_money)
    taxes: tuple[RecordedAmount, ...] = field(default=(), validator=amounts)
    rounding: Money = field(validator=_money)
    deposit: Money | None = field(default=None, validator=optional(_money))
    balance: Money | None = field(default=None, validator=optional(_money))
    promotions: tuple[RecordedPromotion, ...] = field(
        default=(), validator=each(instance(RecordedPromotion), most=MOST)
    )
    contributions: tuple[RecordedContribution, ...] = field(
        default=(), validator=each(instance(RecordedContribution), most=100 * MOST)
    )
    gifts: tuple[RecordedGift, ...] = field(
        default=(), validator=each(instance(RecordedGift), most=MOST)
    )
    points_earned: int = field(default=0, validator=_points)
    points_redeemed: int = field(default=0, validator=_points)
    coupons_used: tuple[str, ...] = field(default=(), validator=each(identifier, most=MOST))
    coupons_granted: tuple[RecordedCoupon, ...] = field(
        default=(), validator=each(instance(RecordedCoupon), most=MOST)
    )

    _lines: Mapping[str, RecordedLine] = field(init=False, eq=False, repr=False)
    _borne: Mapping[str, Sequence[tuple[str, int]]] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        borne: dict[str, list[tuple[str, int]]] = {}
        for promotion in self.promotions:
            for share in promotion.shares:
                borne.setdefault(share.id, []).append((promotion.id, share.amount.minor))
        object.__setattr__(self, "_lines", {line.id: line for line in self.lines})
        object.__setattr__(self, "_borne", borne)

    @classmethod
    def of(cls, quote: Quote, *, only_relevant: bool = False) -> QuoteRecord:
        """Record a quote.

        Args:
            quote: What to record.
            only_relevant: Keep of the book only the promotions that have an outcome in the
                quote. The others change nothing, and a book may have thousands; but the
                quote that comes back has the smaller book, and is not equal for that.

        Raises:
            LimitExceeded: The gifts of a promotion are worth more than 10^15 minor units.
        """
        given: Any = quote
        if not isinstance(given, Quote):
            raise InvalidType("a Quote", given, path=("quote",))
        has_deposit = not quote.deposit.is_zero
        return cls(
            cart=quote.cart,
            book=_relevant(quote) if only_relevant else quote.book,
            context=quote.context,
            tariff=quote.tariff,
            payable=quote.payable,
            lines=tuple(map(recorded_line, quote.lines)),
            shipping=quote.shipping,
            fees=tuple(RecordedAmount(*fee) for fee in quote.fees),
            tax=quote.tax,
            taxes=tuple(RecordedAmount(each.rate, each.tax) for each in quote.taxes),
            rounding=quote.rounding,
            deposit=quote.deposit if has_deposit else None,
            balance=quote.balance if has_deposit else None,
            promotions=tuple(recorded_promotions(quote)),
            contributions=tuple(RecordedContribution(*each) for each in quote.contributions),
            gifts=tuple(map(recorded_gift, quote.gifts)),
            points_earned=quote.points_earned,
            points_redeemed=quote.points_redeemed,
            coupons_used=quote.coupons_used,
            coupons_granted=tuple(RecordedCoupon(*each) for each in quote.coupons_granted),
        )

    def quote(self) -> Quote:
        """Price what was priced again, and return the quote if it comes out as recorded.

        Raises:
            NotReproducible: It comes out otherwise; the faults say where.
            CurrencyMismatch: Cart, book and tariff are not in one currency.
        """
        again = price_in(self.cart, self.book, self.context, self.tariff)
        recorded, now = dict(_results(self)), dict(_results(QuoteRecord.of(again)))
        faults = [
            InvalidValue(
                f"{recorded.get(path, 'nothing')}, as recorded",
                now.get(path, "nothing"),
                path=path,
                reason="not_reproducible",
            )
            for path in {**recorded, **now}
            if recorded.get(path) != now.get(path)
        ]
        if faults:
            raise NotReproducible(faults)
        return again

    def line(self, line_id: str, start: int = 0, stop: int | None = None) -> QuoteLine:
        """Read one line's price, or that of some of its units, as recorded.

        Nothing is priced: this answers as `Quote.line` does, but for `QuoteLine.prices`, where
        a later version no longer reproduces the quote.

        Args:
            line_id: The id of a line of the cart.
            start: The first unit, from 0.
            stop: One after the last unit; None is all the rest.

        Raises:
            InvalidType: Units that are no integers.
            InvalidValue: Units that the line does not have.
            NotFound: No line of the cart, or of the record, has the id.
        """
        line = self.cart.line(line_id)
        stop = line.quantity if stop is None else stop
        if type(start) is not int or type(stop) is not int:
            raise InvalidType("integers for units", (start, stop))
        if not 0 <= start <= stop <= line.quantity:
            raise InvalidValue(f"units within 0 to {line.quantity}", (start, stop))
        borne = self._borne.get(line_id, ())
        return recorded_units(self.cart, self._lines, borne, line, (start, stop))


instead(Quote, "a Quote is stored as its QuoteRecord: dump(QuoteRecord.of(quote))")


def _relevant(quote: Quote) -> PromotionBook:
    """Make a book of those promotions alone that have an outcome."""
    told = {quote.book.ids[entry[0]] for entry in quote.account}
    return evolve(
        quote.book, promotions=[each for each in quote.book.promotions if each.id in told]
    )


_SINGLE = (
    "payable", "shipping", "tax", "rounding", "deposit", "balance", "points_earned",
    "points_redeemed",
)  # fmt: skip


def _results(record: QuoteRecord) -> Iterator[tuple[Path, str]]:
    """List every result of a record, each with its place, lines and promotions by their ids."""
    for name in _SINGLE:
        value = getattr(record, name)
        if value is not None:
            yield (name,), str(value)
    for line in record.lines:
        yield ("lines", line.id, "base"), str(line.base)
        yield ("lines", line.id, "payable"), str(line.payable)
        yield from _amounts(line.taxes, "lines", line.id, "taxes")
    yield from _amounts(record.fees, "fees")
    yield from _amounts(record.taxes, "taxes")
    for promotion in record.promotions:
        yield ("promotions", promotion.id, "outcome"), promotion.outcome.value
        yield ("promotions", promotion.id, "amount"), str(promotion.amount)
        yield from _amounts(promotion.shares, "promotions", promotion.id, "shares")
    yield from _given(record)


def _amounts(parts: tuple[RecordedAmount, ...], *place: str) -> Iterator[tuple[Path, str]]:
    for part in parts:
        yield (*place, part.id), str(part.amount)


def _given(record: QuoteRecord) -> Iterator[tuple[Path, str]]:
    """List who bears what, and what is given besides amounts."""
    for part in record.contributions:
        place = "contributions", part.promotion, part.bearer
        yield (*place, "amount"), str(part.amount)
        yield (*place, "gifts"), str(part.gifts)
    for i, gift in enumerate(record.gifts):
        yield ("gifts", i), f"{gift.quantity} of {gift.sku} by {gift.promotion}"
        if gift.value is not None:
            yield ("gifts", i, "value"), str(gift.value)
    if record.coupons_used:
        yield ("coupons_used",), ", ".join(record.coupons_used)
    for coupon in record.coupons_granted:
        yield ("coupons_granted", coupon.kind), str(coupon.quantity)
