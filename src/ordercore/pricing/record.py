"""A quote as a document: what was priced, and what came out of it, for years.

Readers that do not have ordercore find the results; ordercore itself prices what was priced
again, compares, and has the whole quote back.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, field, frozen

from ordercore.cart import Cart, Context
from ordercore.data import document
from ordercore.data.checks import each, identifier, instance, integer, member, optional
from ordercore.data.registry import instead
from ordercore.errors import InvalidValue, NotReproducible, Path
from ordercore.money import Money
from ordercore.pricing.engine import price_in
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolve import Kind
from ordercore.promotions.book import MAX_PROMOTIONS, PromotionBook
from ordercore.tariffs import Tariff

__all__ = ["QuoteRecord", "RecordedAmount", "RecordedGift", "RecordedLine", "RecordedPromotion"]

_MOST = MAX_PROMOTIONS
_money = instance(Money)


@frozen
class RecordedAmount:
    """An amount by the id of what it is for: a line, a fee.

    Args:
        id: The id of the line or fee in the cart.
        amount: How much.
    """

    id: str = field(validator=identifier)
    amount: Money = field(validator=_money)


@frozen
class RecordedLine:
    """What one line of the cart comes to.

    Args:
        id: The id of the line in the cart.
        base: What it costs before promotions.
        payable: What is to be paid for it; tax that comes on top is apart.
    """

    id: str = field(validator=identifier)
    base: Money = field(validator=_money)
    payable: Money = field(validator=_money)


_amounts = each(instance(RecordedAmount), most=_MOST)


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
    shares: tuple[RecordedAmount, ...] = field(default=(), validator=_amounts)


@frozen
class RecordedGift:
    """Units given on top.

    Args:
        promotion: The id of the promotion that gives them.
        sku: What is given.
        quantity: How many units.
    """

    promotion: str = field(validator=identifier)
    sku: str = field(validator=identifier)
    quantity: int = field(validator=integer(least=1, most=10**18))


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
        rounding: What the rounding of the payable adds; below zero where it waives.
        promotions: What became of each promotion that could have applied.
        gifts: What is given on top.
        points_earned: Points that the order will be credited with.

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
    lines: tuple[RecordedLine, ...] = field(validator=each(instance(RecordedLine), most=_MOST))
    shipping: Money = field(validator=_money)
    fees: tuple[RecordedAmount, ...] = field(default=(), validator=_amounts)
    tax: Money = field(validator=_money)
    rounding: Money = field(validator=_money)
    promotions: tuple[RecordedPromotion, ...] = field(
        default=(), validator=each(instance(RecordedPromotion), most=_MOST)
    )
    gifts: tuple[RecordedGift, ...] = field(
        default=(), validator=each(instance(RecordedGift), most=_MOST)
    )
    points_earned: int = field(default=0, validator=integer(least=0, most=10**18))

    @classmethod
    def of(cls, quote: Quote, *, only_relevant: bool = False) -> QuoteRecord:
        """Record a quote.

        Args:
            quote: What to record.
            only_relevant: Keep of the book only the promotions that have an outcome in the
                quote. The others change nothing, and a book may have thousands; but the
                quote that comes back has the smaller book, and is not equal for that.
        """
        return cls(
            cart=quote.cart,
            book=_relevant(quote) if only_relevant else quote.book,
            context=quote.context,
            tariff=quote.tariff,
            payable=quote.payable,
            lines=tuple(RecordedLine(e.line.id, e.base, e.payable) for e in quote.lines),
            shipping=quote.shipping,
            fees=tuple(RecordedAmount(*fee) for fee in quote.fees),
            tax=quote.tax,
            rounding=quote.rounding,
            promotions=tuple(_promotions(quote)),
            gifts=tuple(RecordedGift(g.promotion, g.sku, g.quantity) for g in quote.gifts),
            points_earned=quote.points_earned,
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


instead(Quote, "a Quote is stored as its QuoteRecord: dump(QuoteRecord.of(quote))")


def _relevant(quote: Quote) -> PromotionBook:
    """Make a book of those promotions alone that have an outcome."""
    told = {quote.book.ids[entry[0]] for entry in quote.account}
    return evolve(
        quote.book, promotions=[each for each in quote.book.promotions if each.id in told]
    )


def _promotions(quote: Quote) -> Iterator[RecordedPromotion]:
    currency, columns, lines = quote.currency, quote.columns, quote.cart.lines
    shares: dict[str, list[RecordedAmount]] = {}
    for promotion, i, share in columns.shares:
        told = RecordedAmount(lines[i].id, Money(share, currency))
        shares.setdefault(promotion, []).append(told)
    for promotion, kind, amount in columns.outcomes:
        parts = tuple(shares.get(promotion, ()))
        yield RecordedPromotion(promotion, kind, Money(amount, currency), parts)


def _results(record: QuoteRecord) -> Iterator[tuple[Path, str]]:
    """List every result of a record, each with its place, lines and promotions by their ids."""
    for name in ("payable", "shipping", "tax", "rounding", "points_earned"):
        yield (name,), str(getattr(record, name))
    for line in record.lines:
        yield ("lines", line.id, "base"), str(line.base)
        yield ("lines", line.id, "payable"), str(line.payable)
    for fee in record.fees:
        yield ("fees", fee.id), str(fee.amount)
    for promotion in record.promotions:
        yield ("promotions", promotion.id, "outcome"), promotion.outcome.value
        yield ("promotions", promotion.id, "amount"), str(promotion.amount)
        for share in promotion.shares:
            yield ("promotions", promotion.id, "shares", share.id), str(share.amount)
    for i, gift in enumerate(record.gifts):
        yield ("gifts", i), f"{gift.quantity} of {gift.sku} by {gift.promotion}"
