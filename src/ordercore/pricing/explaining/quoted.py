"""The explanation of a quote, made of its rows."""

from __future__ import annotations

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
from ordercore.pricing.explaining.listing import refusals
from ordercore.pricing.explaining.naming import teller
from ordercore.pricing.explaining.proofs import proof_rows
from ordercore.pricing.explaining.tickets import codes, coupons, ticket_row
from ordercore.pricing.outcomes import Applied
from ordercore.pricing.quote import Quote
from ordercore.wording import Words

__all__ = ["explanation_of"]


def explanation_of(quote: Quote, words: Words, zone: str | None) -> Explanation:
    """Put a quote into words, in the order of telling."""
    tell = teller(quote, words, zone)
    lines = quote.lines
    applied = [each for each in quote.outcomes if isinstance(each, Applied)]
    taxes = tax_rows(quote, tell)
    typed, held = codes(quote), coupons(quote)
    listed, more = refusals(quote, typed, held, tell)
    return Explanation(
        locale=words.locale,
        currency=quote.currency,
        at=quote.context.at,
        at_words=words.instant(quote.context.at, zone),
        book_version=quote.book.version,
        tariff_version="" if quote.tariff is None else quote.tariff.version,
        codes=tuple([ticket_row(each, tell) for each in typed]),
        coupons=tuple([ticket_row(each, tell) for each in held]),
        promotions=promotion_rows(quote, applied, lines, tell),
        lines=line_rows(quote, lines, tell),
        shipping=shipping_row(quote, applied, tell),
        fees=fee_rows(quote, applied, tell),
        taxes=taxes,
        rounding=rounding_row(quote, tell),
        gifts=gift_rows(quote, tell),
        payable=payable_row(quote, taxes, tell),
        grants=grant_rows(quote, applied, tell),
        proofs=proof_rows(quote, tell),
        not_applied=listed,
        not_applied_more=more,
    )
