"""What promotions bring, as rows of an explanation: savings, gifts, points, coupons, deposits."""

from __future__ import annotations

from ordercore.money import Money
from ordercore.pricing.explaining.costs import share
from ordercore.pricing.explaining.naming import Teller
from ordercore.pricing.explaining.reasons import withheld_rows
from ordercore.pricing.explaining.rows import Row, RowKind
from ordercore.pricing.outcomes import Applied, GiftLine
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import QuoteLine

__all__ = ["gift_rows", "grant_rows", "promotion_rows"]


def promotion_rows(
    quote: Quote, applied: list[Applied], lines: tuple[QuoteLine, ...], tell: Teller
) -> tuple[Row, ...]:
    """Tell what each promotion that applied gives, and off what."""
    shares: dict[str, list[Row]] = {}
    for priced in lines:
        for each in priced.adjustments:
            line = priced.line
            row = share(line.id, line.product.title, each.minor, quote.currency)
            shares.setdefault(each.promotion, []).append(row)
    fees = {fee.id: fee.title for fee in quote.cart.fees}
    return tuple([_applied(each, shares.get(each.promotion, []), fees, tell) for each in applied])


def _applied(outcome: Applied, line_shares: list[Row], fees: dict[str, str], tell: Teller) -> Row:
    """Tell what a promotion gives: a share for each line, shipping and fees; then the rest."""
    shares = list(line_shares)
    currency = outcome.goods.currency
    if outcome.shipping_minor:
        words = tell.words.say("row.shipping")
        shares.append(share("", words, outcome.shipping_minor, currency))
    for fee_id, amount in outcome.fees:
        shares.append(share(fee_id, fees[fee_id], amount.minor, currency))
    gifts = [_gift(gift, tell) for gift in outcome.gifts]
    return Row(
        kind=outcome.kind,
        subject=outcome.promotion,
        words=_called(outcome, tell),
        amount=-Money(outcome.amount_minor, currency),
        parts=(
            *shares,
            *gifts,
            *_points_and_coupons(outcome, tell),
            *withheld_rows(outcome, tell),
        ),
    )


def _called(outcome: Applied, tell: Teller) -> str:
    """Name a promotion, the gifts that it cannot give, and what cuts it."""
    say, name, short = tell.words.say, tell.name(outcome.promotion), outcome.short_gifts
    name = say("outcome.applied", promotion=name)
    if short and not any([gift.left or gift.given for gift in short]):
        skus = tell.words.joined([gift.sku for gift in short])
        name = say("outcome.applied.gift_out_of_stock", promotion=name, skus=skus)
    elif short:
        gifts = tell.short(short)
        name = say("outcome.applied.gift_out_of_stock.short", promotion=name, gifts=gifts)
    for cut in withheld_rows(outcome, tell):
        amount = "" if cut.value is None else tell.amount(cut.value)
        more = {"amount": amount, "reasons": cut.words}
        name = say("outcome.applied.withheld", promotion=name, **more)
    return name


def gift_rows(quote: Quote, tell: Teller) -> tuple[Row, ...]:
    """Tell what is given on top."""
    return tuple([_gift(gift, tell) for gift in quote.gifts])


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


def grant_rows(quote: Quote, applied: list[Applied], tell: Teller) -> tuple[Row, ...]:
    """Tell what comes of the order besides its price: points, coupons, deposit and balance."""
    rows = [row for each in applied for row in _points_and_coupons(each, tell)]
    if not quote.deposit.is_zero:
        rows.append(_due(RowKind.DEPOSIT, quote.deposit, tell))
        rows.append(_due(RowKind.BALANCE, quote.balance, tell))
    return tuple(rows)


def _points_and_coupons(outcome: Applied, tell: Teller) -> list[Row]:
    points = (
        (RowKind.POINTS_EARNED, outcome.points_earned),
        (RowKind.POINTS_REDEEMED, outcome.points_redeemed),
    )
    because = (outcome.promotion,)
    rows = [
        Row(
            kind=kind,
            words=tell.words.say(f"row.{kind}", count=count),
            count=count,
            because=because,
        )
        for kind, count in points
        if count
    ]
    for coupon, count in outcome.coupons:
        words = tell.words.say("row.coupon", coupon=coupon)
        rows.append(
            Row(kind=RowKind.COUPON, subject=coupon, words=words, count=count, because=because)
        )
    return rows


def _due(kind: RowKind, amount: Money, tell: Teller) -> Row:
    return Row(kind=kind, words=tell.words.say(f"row.{kind}"), value=amount)
