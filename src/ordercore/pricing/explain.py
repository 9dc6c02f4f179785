"""A quote in words: what applied, what each line costs with its shares, and why the rest did not.

`explain` reads a quote and makes an `Explanation`: data first, then text, a table, or plain
data for a page to show.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ordercore.errors import InvalidType
from ordercore.money import Currency, Money
from ordercore.pricing.explanation import Explanation, MissKind, Row, RowKind
from ordercore.pricing.labels import label_of
from ordercore.pricing.outcomes import Applied, GiftLine
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import QuoteLine
from ordercore.pricing.refusals import Teller, refusal
from ordercore.promotions.promotion import Promotion
from ordercore.wording import Words

__all__ = ["Explanation", "MissKind", "Row", "RowKind", "explain", "name_of"]


def explain(quote: Quote, locale: str = "en", *, zone: str | None = None) -> Explanation:
    """Put a quote into words.

    Args:
        quote: What was priced.
        locale: Such as ``zh_CN`` or ``en_GB``: see `ordercore.wording.Words`.
        zone: The time zone in which instants are told, such as ``Asia/Shanghai``; None: each
            by the offset that it was given with.

    Raises:
        InvalidType: Not a quote.
        InvalidValue: There are no words in that language (``unknown_locale``), or there is no
            such zone (``unknown_zone``).

    >>> from datetime import UTC, datetime
    >>> from ordercore import Cart, PromotionBook, price, recipes
    >>> cart = Cart.of("CNY", [("shirt", "129.00", 2), ("scarf", "45.00", 1)])
    >>> book = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
    >>> quote = price(cart, book, at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> print(str(explain(quote, locale="zh_CN")).splitlines()[0])
    满300减50 −¥50.00
    """
    if not isinstance(quote, Quote):
        raise InvalidType("a Quote", quote)
    words = Words(locale)
    tell = Teller(words, zone, _names(quote, words))
    lines, outcomes = quote.lines, quote.outcomes
    applied = [each for each in outcomes if isinstance(each, Applied)]
    shares = _line_shares(lines)
    return Explanation(
        locale=words.locale,
        currency=quote.currency,
        at=quote.context.at,
        at_words=words.instant(quote.context.at, zone),
        book_version=quote.book.version,
        promotions=tuple(
            [_applied(each, shares.get(each.promotion, []), tell) for each in applied]
        ),
        lines=tuple([_line(line, tell) for line in lines]),
        shipping=_shipping(quote, applied, tell),
        gifts=tuple([_gift(gift, tell) for gift in quote.gifts]),
        payable=_payable(quote, words),
        not_applied=(
            *[refusal(each, tell) for each in outcomes if not isinstance(each, Applied)],
            *[refusal(quote.outcome(code=code), tell) for code in _unknown_codes(quote)],
        ),
    )


def name_of(promotion: Promotion, words: Words, currency: Currency) -> str:
    """Tell what a promotion is called in a locale.

    That is its name for the locale, its language or everybody (``*``); without one, its label
    in words; if there are none for that either, its id.

    >>> from ordercore import recipes
    >>> half = recipes.second_half_price("half")
    >>> [name_of(half, Words(locale), Currency("CNY")) for locale in ("zh_CN", "en")]
    ['第二件半价', '2nd item half price']
    """
    named = {key.replace("-", "_").lower(): told for key, told in promotion.name.items()}
    for locale in (*words.names, "*"):
        if named.get(locale.lower()):
            return named[locale.lower()]
    told = label_of(promotion, words, currency)
    return told or promotion.id


def _names(quote: Quote, words: Words) -> Callable[[str], str]:
    """Make the function that names the promotions of a quote, each thought of once."""

    @cache
    def name(promotion: str) -> str:
        return name_of(quote.book.plan(promotion).promotion, words, quote.currency)

    return name


def _unknown_codes(quote: Quote) -> list[str]:
    return [code for code in quote.context.codes if not quote.book.by_code(code)]


def _line_shares(lines: tuple[QuoteLine, ...]) -> dict[str, list[Row]]:
    """Gather, for each promotion, what it takes off each line."""
    found: dict[str, list[Row]] = {}
    for priced in lines:
        for each in priced.adjustments:
            row = _share(priced.line.id, priced.line.product.title, each.amount)
            found.setdefault(each.promotion, []).append(row)
    return found


def _applied(outcome: Applied, line_shares: list[Row], tell: Teller) -> Row:
    """Tell what a promotion gives: a share for each line, one of shipping, and gifts."""
    shares = list(line_shares)
    if not outcome.shipping.is_zero:
        shares.append(_share("", tell.words.say("row.shipping"), outcome.shipping))
    return Row(
        kind=outcome.kind,
        subject=outcome.promotion,
        words=tell.words.say("outcome.applied", promotion=tell.name(outcome.promotion)),
        amount=-(outcome.goods + outcome.shipping),
        parts=(*shares, *[_gift(gift, tell) for gift in outcome.gifts]),
    )


def _share(subject: str, words: str, taken: Money) -> Row:
    """Tell what is taken off by one promotion, off one line or off shipping."""
    return Row(kind=RowKind.SHARE, subject=subject, words=words, amount=-taken)


def _line(priced: QuoteLine, tell: Teller) -> Row:
    line, title = priced.line, priced.line.product.title
    full = Row(
        kind=RowKind.LIST_PRICE,
        subject=line.id,
        words=tell.words.say("row.list_price"),
        amount=priced.list_amount,
    )
    shares = [
        _share(each.promotion, tell.name(each.promotion), each.amount)
        for each in priced.adjustments
    ]
    return Row(
        kind=RowKind.LINE,
        subject=line.id,
        words=title,
        amount=priced.payable,
        count=line.quantity,
        sku=line.product.sku,
        parts=(full, *shares),
    )


def _shipping(quote: Quote, applied: list[Applied], tell: Teller) -> Row:
    say = tell.words.say
    fee = Row(kind=RowKind.FEE, words=say("row.fee"), amount=quote.cart.shipping)
    shares = [
        _share(each.promotion, tell.name(each.promotion), each.shipping)
        for each in applied
        if not each.shipping.is_zero
    ]
    return Row(
        kind=RowKind.SHIPPING,
        words=say("row.shipping"),
        amount=quote.shipping,
        parts=(fee, *shares),
    )


def _gift(gift: GiftLine, tell: Teller) -> Row:
    return Row(
        kind=RowKind.GIFT if gift.checked else RowKind.GIFT_UNCHECKED,
        subject=gift.sku,
        words=tell.words.say("row.gift", sku=gift.sku),
        count=gift.quantity,
        sku=gift.sku,
        value=None if gift.value.is_zero else gift.value,
        because=(gift.promotion,),
    )


def _payable(quote: Quote, words: Words) -> Row:
    amounts = {
        RowKind.SUBTOTAL: quote.subtotal,
        RowKind.DISCOUNT: -quote.discount,
        RowKind.SHIPPING_FEE: quote.cart.shipping,
        RowKind.SHIPPING_DISCOUNT: -quote.shipping_discount,
    }
    return Row(
        kind=RowKind.PAYABLE,
        words=words.say("row.payable"),
        amount=quote.payable,
        parts=tuple(
            [
                Row(kind=kind, words=words.say(f"row.{kind}"), amount=amount)
                for kind, amount in amounts.items()
            ]
        ),
    )
