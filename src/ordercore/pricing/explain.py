"""A quote in words: what applied, what each line costs with its shares, and why the rest did not.

`explain` reads a quote and makes an `Explanation`: data first, then text, a table, or plain
data for a page to show.
"""

from __future__ import annotations

from ordercore.errors import InvalidType
from ordercore.pricing.explaining.costs import (
    fee_rows,
    line_rows,
    payable_row,
    rounding_row,
    shipping_row,
    tax_rows,
)
from ordercore.pricing.explaining.explanation import Explanation
from ordercore.pricing.explaining.gains import gift_rows, grant_rows, promotion_rows
from ordercore.pricing.explaining.listing import codes, refusals
from ordercore.pricing.explaining.naming import name_of, teller
from ordercore.pricing.explaining.rows import MissKind, Row, RowKind
from ordercore.pricing.outcomes import Applied
from ordercore.pricing.quote import Quote
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
    tell = teller(quote, words, zone)
    lines = quote.lines
    applied = [each for each in quote.outcomes if isinstance(each, Applied)]
    taxes = tax_rows(quote, tell)
    listed, more = refusals(quote, tell)
    return Explanation(
        locale=words.locale,
        currency=quote.currency,
        at=quote.context.at,
        at_words=words.instant(quote.context.at, zone),
        book_version=quote.book.version,
        tariff_version="" if quote.tariff is None else quote.tariff.version,
        codes=codes(quote, tell),
        promotions=promotion_rows(quote, applied, lines, tell),
        lines=line_rows(quote, lines, tell),
        shipping=shipping_row(quote, applied, tell),
        fees=fee_rows(quote, applied, tell),
        taxes=taxes,
        rounding=rounding_row(quote, tell),
        gifts=gift_rows(quote, tell),
        payable=payable_row(quote, taxes, tell),
        grants=grant_rows(quote, applied, tell),
        not_applied=listed,
        not_applied_more=more,
    )
