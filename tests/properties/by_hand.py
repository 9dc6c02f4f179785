"""What rules say, worked out once more from a quote's lines alone, in exact fractions.

The laws are checked against this and not against the columns that the engine works on.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor
from typing import Any

import attrs
from attrs import evolve, frozen

from ordercore import (
    Cart,
    CartLine,
    Context,
    Money,
    Promotion,
    PromotionBook,
    Quote,
    Shopper,
    UnitPrice,
)
from ordercore.money import Rounding
from ordercore.promotions import (
    AllOf,
    AllOfSelectors,
    AllUnits,
    Always,
    AnyOf,
    AnyOfSelectors,
    AtListPrice,
    Basis,
    Benefit,
    Brand,
    BundlePrice,
    BuyXGetY,
    Category,
    Condition,
    ContextAttribute,
    CustomerInGroup,
    DistinctProducts,
    During,
    Every,
    Exclusive,
    HasAttribute,
    HasCode,
    HoldsCoupon,
    InRegion,
    LineAtLeast,
    NotCondition,
    NotSelected,
    OrderNumber,
    PricedBetween,
    Selector,
    Seller,
    Sku,
    Threshold,
    Tiers,
    Undiscounted,
    ViaChannel,
)

# Numbers


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def whole(exact: Fraction, mode: Rounding) -> int:
    """Make a number that is not negative whole by a named rounding."""
    low = floor(exact)
    rest = exact - low
    up = {
        Rounding.HALF_UP: rest >= Fraction(1, 2),
        Rounding.HALF_DOWN: rest > Fraction(1, 2),
        Rounding.HALF_EVEN: rest > Fraction(1, 2) or (rest == Fraction(1, 2) and low % 2 == 1),
        Rounding.UP: rest > 0,
        Rounding.CEILING: rest > 0,
        Rounding.DOWN: False,
        Rounding.FLOOR: False,
    }[mode]
    return low + up


def number(amount: Any) -> Fraction:
    """An amount of a rule, or a price, in whole units of its currency."""
    return Fraction(amount.decimal if isinstance(amount, Money | UnitPrice) else amount)


def minor(amount: Any, quote: Quote) -> int:
    """An amount of a rule in minor units."""
    return int(number(amount) * 10**quote.currency.digits)


def in_minor(price: UnitPrice) -> Fraction:
    """The exact price of a unit, in minor units."""
    return Fraction(price.units, 10 ** (price.scale - price.currency.digits))


# Rows


def rows_of(cart: Cart) -> list[list[CartLine]]:
    """Group the lines that are equal in everything but id and quantity, by id."""
    rows: list[list[CartLine]] = []
    for line in sorted(cart.lines, key=lambda line: line.id):
        for row in rows:
            if evolve(line, id=row[0].id, quantity=row[0].quantity) == row[0]:
                row.append(line)
                break
        else:
            rows.append([line])
    return rows


@frozen
class Row:
    """A row of a quote: equal lines together, with their amounts in minor units."""

    line: CartLine
    """The first of them by id."""
    ids: tuple[str, ...]
    units: int
    listed: int
    """By the cart's prices."""
    base: int
    """By whatever price list holds."""
    entry: int
    """What is left of it after some promotions."""

    @property
    def unit_cost(self) -> Fraction:
        return Fraction(self.entry, self.units)

    def amount(self, basis: Basis) -> int:
        return {Basis.LIST: self.listed, Basis.BASE: self.base, Basis.ENTRY: self.entry}[basis]


def rows_after(quote: Quote, before: frozenset[str] = frozenset()) -> list[Row]:
    """Work out the rows, less what the promotions ``before`` take."""
    told = {line.line.id: line for line in quote.lines}
    rows: list[Row] = []
    for lines in rows_of(quote.cart):
        those = [told[line.id] for line in lines]
        taken = [
            each.minor for line in those for each in line.adjustments if each.promotion in before
        ]
        base = sum(line.base_minor for line in those)
        rows.append(
            Row(
                lines[0],
                tuple(line.id for line in lines),
                sum(line.quantity for line in lines),
                sum(line.list_minor for line in those),
                base,
                base - sum(taken),
            )
        )
    return rows


def rows_at(quote: Quote, promotion: Promotion) -> list[Row]:
    """The rows as they stood when the promotion was tested.

    That is when its layer began; who stands alone in the book is tried on the untouched cart.
    """
    if promotion.exclusive is Exclusive.BOOK:
        return rows_after(quote)
    layer = place(quote.book, promotion)[0]
    earlier = [p.id for p in quote.book.promotions if place(quote.book, p)[0] < layer]
    return rows_after(quote, frozenset(earlier))


# Promotions


def place(book: PromotionBook, promotion: Promotion) -> tuple[int, int, str]:
    """Where the data put a promotion in the order of application."""
    return book.layers.index(promotion.layer), -promotion.priority, promotion.id


def found(quote: Quote) -> Iterator[tuple[Promotion, Any]]:
    """Pair every outcome with its promotion."""
    promotions = {promotion.id: promotion for promotion in quote.book.promotions}
    return ((promotions[outcome.promotion], outcome) for outcome in quote.outcomes)


def parts(rule: Any) -> Iterator[Any]:
    """List a rule and everything in it."""
    yield rule
    members = rule if isinstance(rule, tuple) else ()
    if attrs.has(type(rule)):
        members = [getattr(rule, field.name) for field in attrs.fields(type(rule))]
    for member in members:
        yield from parts(member)


# Quotes compared


def told(quote: Quote) -> dict[str, Any]:
    """All of a quote that may not depend on the order in which things were listed."""
    return {
        "payable": (quote.payable, quote.rounding, quote.shipping, quote.tax, quote.deposit),
        "lines": {line.line.id: line for line in quote.lines},
        "fees": dict(quote.fees),
        "taxes": {tax.rate: tax for tax in quote.taxes},
        "shipping_taxes": quote.shipping_taxes,
        "fee_taxes": dict(quote.fee_taxes),
        "outcomes": quote.outcomes,
        "gifts": quote.gifts,
        "later": (quote.points_earned, quote.coupons_granted, quote.coupons_used),
    }


def check_the_same_without(quote: Quote, other: Quote, ignored: set[str]) -> None:
    """Check that two quotes are alike in all that does not speak of some promotions."""
    one, two = told(quote), told(other)
    one.pop("outcomes"), two.pop("outcomes")
    assert one == two
    assert [o for o in quote.outcomes if o.promotion not in ignored] == [
        o for o in other.outcomes if o.promotion not in ignored
    ]


# Selectors and conditions, from what they say


def selects(selector: Selector, row: Row) -> bool:  # noqa: PLR0911 - a case a kind
    """Tell whether a selector takes a row."""
    product, price = row.line.product, row.line.unit_price
    match selector:
        case AllUnits():
            return True
        case AllOfSelectors():
            return all(selects(member, row) for member in selector.members)
        case AnyOfSelectors():
            return any(selects(member, row) for member in selector.members)
        case NotSelected():
            return not selects(selector.member, row)
        case HasAttribute(name, value):
            return value in (product.attributes.get(name), product.specification.get(name))
        case PricedBetween(least, most):
            return (least is None or number(price) >= number(least)) and (
                most is None or number(price) <= number(most)
            )
        case Undiscounted():
            return row.entry == row.base
        case AtListPrice():
            return row.base >= row.listed
    named = {Sku: {product.sku}, Brand: {product.brand}, Seller: {product.seller}}
    named[Category] = set(product.categories)
    return not named[type(selector)].isdisjoint(selector.values)


def targets_of(benefit: Benefit) -> list[Selector]:
    """List the selectors of the units that a benefit may claim."""
    match benefit:
        case BuyXGetY():
            return [benefit.buy, benefit.get]
        case BundlePrice():
            return [part.target for part in benefit.parts]
        case Tiers():
            return [each for tier in benefit.tiers for each in targets_of(tier.benefit)]
    return [benefit.target] if hasattr(benefit, "target") else []


Counting = Threshold | LineAtLeast | DistinctProducts


def counted(condition: Counting, rows: list[Row], basis: Basis) -> int:
    """What a threshold counts: units, products, or minor units on its basis."""
    chosen = [row for row in rows if selects(condition.target, row)]
    if isinstance(condition, DistinctProducts):
        return len({row.line.product.sku for row in chosen})
    counts = [row.amount(condition.basis or basis) for row in chosen]
    if condition.quantity is not None:
        counts = [row.units for row in chosen]
    return max(counts, default=0) if isinstance(condition, LineAtLeast) else sum(counts)


def asked(condition: Counting, quote: Quote) -> int:
    """What a threshold asks, in minor units or units; more than 5 is 6 at least."""
    if isinstance(condition, DistinctProducts):
        return condition.count
    least = condition.quantity
    if least is None:
        least = minor(condition.amount, quote)
    return least + (isinstance(condition, Threshold) and condition.above)


def times(every: Every | None, rows: list[Row], basis: Basis, quote: Quote) -> int:
    """How often a step goes into some rows."""
    if every is None:
        return 1
    if every.quantity is not None:
        count = sum(row.units for row in rows) // every.quantity
    else:
        amounts = [row.amount(every.basis or basis) for row in rows]
        count = sum(amounts) // minor(every.amount, quote)
    return count if every.max_times is None else min(count, every.max_times)


def given_facts(condition: Condition, context: Context) -> bool:
    """Tell whether a condition on the circumstances holds."""
    shopper = context.shopper or Shopper()
    match condition:
        case CustomerInGroup(groups):
            return not set(groups).isdisjoint(shopper.groups)
        case HoldsCoupon(coupons):
            return not set(coupons).isdisjoint(shopper.coupons)
        case HasCode(codes):
            return not set(codes).isdisjoint(context.codes)
        case InRegion(regions):
            return context.region in regions
        case ViaChannel(channels):
            return context.channel in channels
        case ContextAttribute(name, values):
            return context.attributes.get(name) in values
        case During(schedule):
            return schedule.is_open(context.at)
    assert isinstance(condition, OrderNumber)
    first = condition.number or condition.at_least or 1
    last = condition.number or condition.at_most or first + 100
    return context.shopper is not None and first <= shopper.orders_before + 1 <= last


def holds(condition: Condition, rows: list[Row], basis: Basis, quote: Quote) -> bool:
    """Tell whether a condition holds of rows in the context of a quote."""
    match condition:
        case Always():
            return True
        case AllOf():
            return all(holds(member, rows, basis, quote) for member in condition.members)
        case AnyOf():
            return any(holds(member, rows, basis, quote) for member in condition.members)
        case NotCondition():
            return not holds(condition.member, rows, basis, quote)
        case Threshold() | LineAtLeast() | DistinctProducts():
            return counted(condition, rows, basis) >= asked(condition, quote)
    return given_facts(condition, quote.context)
