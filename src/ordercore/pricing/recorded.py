"""The parts of a quote's record: lines, promotions, gifts, coupons, and who bears what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import field, frozen

from ordercore.cart import Cart, CartLine
from ordercore.data.checks import Check, each, identifier, instance, integer, member, optional
from ordercore.errors import NotFound
from ordercore.money import Money
from ordercore.pricing.outcomes import GiftLine
from ordercore.pricing.quote import Quote
from ordercore.pricing.quote_lines import Adjustment, QuoteLine, TaxShare
from ordercore.pricing.resolvers.account import Kind
from ordercore.pricing.shares import of_units, read_off, row_lines
from ordercore.pricing.taxes import tax_between
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
    "recorded_units",
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


def recorded_units(
    cart: Cart,
    recorded: Mapping[str, RecordedLine],
    shares: Sequence[tuple[str, int]],
    line: CartLine,
    units: tuple[int, int],
) -> QuoteLine:
    """Read the price of some units of a line off recorded numbers.

    Args:
        cart: Whose line it is.
        recorded: What each line of the cart comes to, by its id.
        shares: (promotion id, minor units): what is taken off the line, in order.
        line: Which.
        units: The first one, and one after the last.

    Raises:
        NotFound: A line that shares its row is not recorded.
    """
    place, row = cart.rows.places[line.id]
    members = [_line_of(recorded, cart.lines[i].id) for i in row_lines(cart, row)]
    listed = dict(read_off(cart, row, cart.rows.amounts[row]))[place]
    base = recorded[line.id].base.minor
    adjustments = _adjustments(line, shares, *units)
    payable = of_units(base, line.quantity, *units) - _sum(adjustments)
    before = of_units(base, line.quantity, 0, units[0])
    before -= _sum(_adjustments(line, shares, 0, units[0]))
    before += sum([each.payable.minor for each in members[: row_lines(cart, row).index(place)]])
    return QuoteLine(
        line,
        of_units(listed, line.quantity, *units),
        of_units(base, line.quantity, *units),
        payable,
        tuple([each for each in adjustments if each.minor]),
        taxes=tuple(_taxes(cart, members, before, before + payable)),
    )


def _line_of(found: Mapping[str, RecordedLine], line_id: str) -> RecordedLine:
    if line_id not in found:
        raise NotFound("the id of a recorded line", line_id)
    return found[line_id]


def _adjustments(
    line: CartLine, shares: Sequence[tuple[str, int]], start: int, stop: int
) -> list[Adjustment]:
    """Tell what each promotion takes off some units: the difference of what is off in all."""
    told: list[Adjustment] = []
    taken = 0
    for promotion, minor in shares:
        before, taken = taken, taken + minor
        borne = of_units(taken, line.quantity, start, stop)
        borne -= of_units(before, line.quantity, start, stop)
        told.append(Adjustment(promotion, borne, line.unit_price.currency))
    return told


def _sum(adjustments: Iterable[Adjustment]) -> int:
    return sum([each.minor for each in adjustments])


def _taxes(
    cart: Cart, members: Sequence[RecordedLine], start: int, stop: int
) -> Iterator[TaxShare]:
    """Tell what tax falls on a run of the minor units of a row's amount."""
    whole = sum([each.payable.minor for each in members])
    borne: dict[str, int] = {}
    for member_ in members:
        for tax in member_.taxes:
            borne[tax.id] = borne.get(tax.id, 0) + tax.amount.minor
    if whole:
        for rate, minor in tax_between(sorted(borne.items()), whole, start, stop):
            yield TaxShare(rate, minor, cart.currency)
