"""What it costs, as rows of an explanation: lines, shipping, fees, taxes, and the sum of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ordercore.money import Currency, Money
from ordercore.pricing.base_prices import BasePrice
from ordercore.pricing.explaining.naming import Teller, price_namer
from ordercore.pricing.explaining.rows import Row, RowKind
from ordercore.pricing.outcomes import Applied
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import QuoteLine, QuoteTax

__all__ = [
    "fee_rows",
    "line_rows",
    "payable_row",
    "rounding_row",
    "share",
    "shipping_row",
    "tax_rows",
]

Shares = list[tuple[str, int]]
"""What promotions take off: (promotion id, minor units)."""


def share(subject: str, words: str, minor: int, currency: Currency) -> Row:
    """Tell what one promotion takes off one thing, in minor units."""
    return Row(kind=RowKind.SHARE, subject=subject, words=words, amount=Money(-minor, currency))


def _shares(shares: Shares, currency: Currency, tell: Teller) -> list[Row]:
    return [share(name, tell.name(name), minor, currency) for name, minor in shares]


# Lines


def line_rows(quote: Quote, lines: tuple[QuoteLine, ...], tell: Teller) -> tuple[Row, ...]:
    """Tell what each line costs, in the order of the cart."""
    name = price_namer(quote, tell.words)
    return tuple([_line(line, name, tell) for line in lines])


def _line(priced: QuoteLine, name: Callable[[BasePrice], str], tell: Teller) -> Row:
    line = priced.line
    full = Row(
        kind=RowKind.LIST_PRICE,
        subject=line.id,
        words=tell.words.say("row.list_price"),
        amount=priced.list_amount,
    )
    listed = _by_lists(priced, name) if _has_list(priced) else ()
    taken: Shares = [(each.promotion, each.minor) for each in priced.adjustments]
    return Row(
        kind=RowKind.LINE,
        subject=line.id,
        words=line.product.title,
        amount=priced.payable,
        count=line.quantity,
        sku=line.product.sku,
        unit_price=line.unit_price,
        base=priced.base,
        parts=(full, *listed, *_shares(taken, priced.currency, tell)),
    )


def _has_list(priced: QuoteLine) -> bool:
    return any([price.price_list is not None for price in priced.prices])


def _by_lists(priced: QuoteLine, name: Callable[[BasePrice], str]) -> tuple[Row, ...]:
    """Tell what price lists change of a line, and by which prices its row is priced."""
    prices = [
        Row(
            kind=RowKind.PRICE,
            subject=price.price_list or "",
            words=name(price),
            count=price.units,
            unit_price=price.unit_price,
        )
        for price in priced.prices
    ]
    lists = {row.subject: row.words for row in prices if row.subject}
    changed = Row(
        kind=RowKind.PRICE_LIST,
        words=" / ".join(dict.fromkeys(lists.values())),
        amount=priced.base - priced.list_amount,
        because=tuple(lists),
    )
    return changed, *prices


# Shipping, fees, taxes


def shipping_row(quote: Quote, applied: list[Applied], tell: Teller) -> Row:
    """Tell what shipping costs."""
    say = tell.words.say
    fee = Row(kind=RowKind.FEE, words=say("row.fee"), amount=quote.cart.shipping)
    taken = [(each.promotion, each.shipping_minor) for each in applied if each.shipping_minor]
    return Row(
        kind=RowKind.SHIPPING,
        words=say("row.shipping"),
        amount=quote.shipping,
        parts=(fee, *_shares(taken, quote.currency, tell)),
    )


def fee_rows(quote: Quote, applied: list[Applied], tell: Teller) -> tuple[Row, ...]:
    """Tell what each other fee costs."""
    if not quote.cart.fees:
        return ()
    taken: dict[str, Shares] = {}
    for each in applied:
        for fee_id, amount in each.fees:
            taken.setdefault(fee_id, []).append((each.promotion, amount.minor))
    words, left = tell.words.say("row.full_fee"), dict(quote.fees)
    return tuple(
        [
            Row(
                kind=RowKind.OTHER_FEE,
                subject=fee.id,
                words=fee.title,
                amount=left[fee.id],
                parts=(
                    Row(kind=RowKind.FULL_FEE, subject=fee.id, words=words, amount=fee.amount),
                    *_shares(taken.get(fee.id, []), quote.currency, tell),
                ),
            )
            for fee in quote.cart.fees
        ]
    )


def tax_rows(quote: Quote, tell: Teller) -> tuple[Row, ...]:
    """Tell what each tax rate comes to: on top, or contained in the prices."""
    taxes = None if quote.tariff is None else quote.tariff.taxes
    if taxes is None:
        return ()
    kind = RowKind.TAX_INCLUDED if taxes.included else RowKind.TAX
    return tuple([_tax(each, kind, tell) for each in quote.taxes])


def _tax(tax: QuoteTax, kind: RowKind, tell: Teller) -> Row:
    on_top = kind is RowKind.TAX
    key = "row.tax_rate" if on_top else "row.tax_included"
    return Row(
        kind=kind,
        subject=tax.rate,
        words=tell.words.say(key, rate=tax.rate, percent=tell.words.number(tax.percent)),
        amount=tax.tax if on_top else None,
        base=tax.taxable,
        percent=tax.percent,
        value=None if on_top else tax.tax,
    )


def rounding_row(quote: Quote, tell: Teller) -> Row | None:
    """Tell what the rounding of the payable adds; None where it is not rounded."""
    if quote.tariff is None or quote.tariff.rounding is None:
        return None
    words = tell.words.say("row.rounding")
    return Row(kind=RowKind.ROUNDING, words=words, amount=quote.rounding)


# The sum of all


def payable_row(quote: Quote, taxes: tuple[Row, ...], tell: Teller) -> Row:
    """Tell what is to be paid in all, and of what it is made."""
    say = tell.words.say
    amounts = _totals(quote)
    parts = [
        Row(
            kind=kind,
            words=say(f"row.{kind}"),
            amount=amount,
            parts=taxes if kind is RowKind.TAX else (),
        )
        for kind, amount in amounts.items()
        if kind in _ALWAYS or not amount.is_zero
    ]
    words = say("row.payable")
    return Row(kind=RowKind.PAYABLE, words=words, amount=quote.payable, parts=tuple(parts))


_ALWAYS: Final = (
    RowKind.SUBTOTAL,
    RowKind.DISCOUNT,
    RowKind.SHIPPING_FEE,
    RowKind.SHIPPING_DISCOUNT,
)


def _totals(quote: Quote) -> dict[RowKind, Money]:
    """List the amounts that the payable is the sum of."""
    currency = quote.currency
    fees = Money.sum([fee.amount for fee in quote.cart.fees], currency)
    left = Money.sum([amount for _, amount in quote.fees], currency)
    return {
        RowKind.SUBTOTAL: quote.subtotal,
        RowKind.PRICE_LIST: quote.base - quote.subtotal,
        RowKind.DISCOUNT: -quote.discount,
        RowKind.SHIPPING_FEE: quote.cart.shipping,
        RowKind.SHIPPING_DISCOUNT: -quote.shipping_discount,
        RowKind.OTHER_FEES: fees,
        RowKind.FEE_DISCOUNT: left - fees,
        RowKind.TAX: Money(quote.tax_on_top_minor, currency),
        RowKind.ROUNDING: quote.rounding,
    }
