"""Laws of the amounts of a quote.

- P1: every line, unit, shipping fee and total is at least 0.
- P2: discounts never exceed a price less its floor; the caps of benefits hold.
- P3: shares sum exactly: units to lines, lines to promotions, lines and shipping to the total.
- P6: empty carts and zero prices have an answer.
- P16: 100 % off goods, shipping and fees leaves nothing to pay, no tax and no deposit.
"""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, CartLine, Context, Money, PromotionBook, Quote, UnitPrice
from ordercore.calendars import Schedule
from ordercore.money import Rounding
from ordercore.pricing import Applied, price_in
from ordercore.promotions import (
    AddOnDeal,
    AllUnits,
    Always,
    AmountOff,
    AmountOffEach,
    Benefit,
    BundlePrice,
    BuyXGetY,
    Category,
    CheapestOff,
    Deposit,
    EarnPoints,
    Exclusive,
    FeeOff,
    FixedPrice,
    Gift,
    GiftChoice,
    GrantCoupon,
    NthItemOff,
    PercentOff,
    PickN,
    PointsRedemption,
    Promotion,
    RoundingMode,
    ShippingOff,
    Sku,
    Tiers,
)
from ordercore.tariffs import Tariff, Taxes, TaxLevel, TaxRate
from ordercore.testing.strategies import (
    CATEGORIES,
    INSTANT,
    SKUS,
    amounts,
    carts,
    pricings,
)

NOW = Context(INSTANT)
PERCENTS = st.sampled_from(("0", "0.01", "10", "15", "33.33", "50", "99.99", "100"))
TARGETS = st.one_of(
    st.just(AllUnits()),
    st.sampled_from(SKUS).map(Sku),
    st.sampled_from(CATEGORIES).map(Category),
)


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


def in_minor(price: UnitPrice) -> Fraction:
    """The exact price of a unit, in minor units."""
    return Fraction(price.units, 10 ** (price.scale - price.currency.digits))


def alone(cart: Cart, **fields: object) -> Quote:
    """Price a cart under one promotion."""
    promotion = Promotion(id="p", **fields)
    return price_in(cart, PromotionBook(cart.currency, [promotion]), NOW)


@given(pricings())
def test_p1_nothing_is_ever_below_zero(case):
    quote = price_in(*case)
    for line in quote.lines:
        assert 0 <= line.payable_minor <= line.list_minor
        assert all(adjustment.minor > 0 for adjustment in line.adjustments)
        for unit in range(line.line.quantity):
            assert quote.line(line.line.id, unit, unit + 1).payable_minor >= 0
    assert 0 <= quote.shipping_minor <= quote.cart.shipping.minor
    for fee, (_, amount) in zip(quote.cart.fees, quote.fees, strict=True):
        assert 0 <= amount.minor <= fee.amount.minor
    assert quote.payable_minor >= 0


GREEDY = st.lists(
    st.one_of(
        st.builds(PercentOff, PERCENTS, TARGETS),
        st.builds(AmountOff, amounts(), TARGETS),
        st.builds(ShippingOff, PERCENTS),
        st.builds(ShippingOff, amount=amounts()),
    ),
    min_size=2,
    max_size=4,
)


@given(carts(min_lines=1), GREEDY)
def test_p1_benefits_of_one_promotion_take_no_more_than_is_left(cart, benefits):
    quote = alone(cart, benefits=benefits)
    assert quote.goods.minor >= 0
    assert quote.shipping.minor >= 0
    steps = [Promotion(id=f"p{i}", benefits=part, layer=f"{i}") for i, part in enumerate(benefits)]
    layers = [step.layer for step in steps]
    one_by_one = price_in(cart, PromotionBook("CNY", steps, layers), NOW)
    assert quote.columns.lines == one_by_one.columns.lines
    assert quote.shipping == one_by_one.shipping


SHIPPING_OFF = st.builds(ShippingOff, PERCENTS) | st.builds(
    ShippingOff, amount=st.sampled_from(("1", "5", "8", "300"))
)
ADDING_UP = {"benefits": SHIPPING_OFF, "when": Always(), "schedule": Schedule(), "layer": "order"}


@given(pricings(min_promotions=2, exclusive=Exclusive.NO, **ADDING_UP))
def test_p1_discounts_on_shipping_add_up_to_the_fee_at_most(case):
    cart, book, context = case
    cart = evolve(cart, shipping=Money(800, cart.currency))
    quote = price_in(cart, book, context)
    assert quote.shipping.minor >= 0
    assert quote.shipping_discount.minor == sum(o.amount_minor for o in quote.outcomes)


@given(pricings())
def test_p2_no_row_is_sold_below_its_floor(case):
    quote = price_in(*case)
    for row in rows_of(quote.cart):
        lines = [quote.line(line.id) for line in row]
        least = row[0].floor_price
        units = sum(line.quantity for line in row)
        lowest = 0 if least is None else ceil(in_minor(least) * units)
        assert sum(line.payable_minor for line in lines) >= min(
            lowest, sum(line.list_minor for line in lines)
        )


@given(pricings())
def test_p2_no_unit_is_sold_below_its_floor(case):
    quote = price_in(*case)
    for line in quote.cart.lines:
        if line.floor_price is None:
            continue
        least, cost = in_minor(line.floor_price), in_minor(line.unit_price)
        # Where prices are finer than money, a unit's own amounts are rounded, twice.
        slack = 0 if least.denominator == cost.denominator == 1 else 2
        for unit in range(line.quantity):
            assert quote.line(line.id, unit, unit + 1).payable_minor >= least - slack


@given(pricings(min_promotions=1))
def test_p2_no_benefit_exceeds_its_cap(case):
    quote = price_in(*case)
    for outcome in quote.outcomes:
        if isinstance(outcome, Applied):
            promotion = quote.book.plan(outcome.promotion).promotion
            bounds = [most(benefit, quote) for benefit in promotion.benefits]
            assert outcome.goods.minor <= sum(goods for goods, _ in bounds)
            assert outcome.shipping.minor <= sum(shipping for _, shipping in bounds)


def most(benefit: Benefit, quote: Quote) -> tuple[int, int]:  # noqa: C901, PLR0911 - a case a kind
    """The most that a benefit can take off goods and off shipping, as it declares itself."""
    everything, currency = quote.subtotal.minor, quote.currency
    units, fee = sum(line.quantity for line in quote.cart.lines), quote.cart.shipping.minor

    def minor(amount: object) -> int:
        return everything if amount is None else Money.of(amount, currency).minor

    match benefit:
        case PercentOff():
            part = ceil(everything * Fraction(benefit.percent) / 100) + len(quote.cart.lines)
            return min(part, minor(benefit.maximum)), 0
        case AmountOff(every=None):
            return minor(benefit.amount), 0
        case AmountOff():
            times = benefit.every.max_times
            return everything if times is None else minor(benefit.amount) * times, 0
        case AmountOffEach() | Deposit(per_unit=True):
            each = benefit.amount if isinstance(benefit, AmountOffEach) else benefit.save
            return (0 if each is None else minor(each) * units), 0
        case Deposit():
            return (0 if benefit.save is None else minor(benefit.save)), 0
        case PointsRedemption():
            return minor(benefit.max_amount), 0
        case ShippingOff(percent=Decimal() as percent):
            return 0, ceil(fee * Fraction(percent) / 100)
        case ShippingOff(amount=None):
            return 0, max(0, fee - minor(benefit.fixed))
        case ShippingOff():
            return 0, minor(benefit.amount)
        case Gift() | GiftChoice() | FeeOff() | EarnPoints() | GrantCoupon():
            return 0, 0
        case Tiers():
            bounds = [most(tier.benefit, quote) for tier in benefit.tiers]
            return max(goods for goods, _ in bounds), max(shipping for _, shipping in bounds)
    assert type(benefit) in UNBOUNDED
    return everything, 0


UNBOUNDED = {NthItemOff, BuyXGetY, CheapestOff, FixedPrice, PickN, BundlePrice, AddOnDeal}
"""What takes off whatever units cost."""


@given(pricings())
def test_p3_shares_sum_exactly(case):
    quote = price_in(*case)
    given_by = {outcome.promotion: 0 for outcome in quote.outcomes}
    for line in quote.lines:
        assert line.list_minor - line.payable_minor == sum(a.minor for a in line.adjustments)
        for adjustment in line.adjustments:
            given_by[adjustment.promotion] += adjustment.minor
    for outcome in quote.outcomes:
        goods = outcome.goods.minor if isinstance(outcome, Applied) else 0
        assert given_by[outcome.promotion] == goods
    assert sum(line.list_minor for line in quote.lines) == quote.subtotal.minor
    lines = sum(line.payable_minor for line in quote.lines)
    fees = sum(amount.minor for _, amount in quote.fees)
    assert quote.payable_minor == lines + quote.shipping_minor + fees
    assert quote.discount.minor == sum(given_by.values())


@given(pricings(), st.data())
def test_p3_any_way_of_cutting_a_line_into_units_adds_up(case, data):
    quote = price_in(*case)
    for whole in quote.lines:
        quantity = whole.line.quantity
        cuts = sorted(data.draw(st.sets(st.integers(0, quantity), max_size=3)) | {0, quantity})
        runs = [quote.line(whole.line.id, start, stop) for start, stop in pairwise(cuts)]
        assert sum(run.list_minor for run in runs) == whole.list_minor
        assert sum(run.payable_minor for run in runs) == whole.payable_minor
        for adjustment in whole.adjustments:
            parts = [
                part.minor
                for run in runs
                for part in run.adjustments
                if part.promotion == adjustment.promotion
            ]
            assert sum(parts) == adjustment.minor
        assert quote.line(whole.line.id) == whole


@given(pricings())
def test_p3_units_of_a_row_pay_alike_to_a_minor_unit(case):
    quote = price_in(*case)
    for row in rows_of(quote.cart):
        units = [
            quote.line(line.id, unit, unit + 1).payable_minor
            for line in row
            for unit in range(line.quantity)
        ]
        assert max(units) - min(units) <= 1


@given(pricings(min_lines=0, max_lines=0))
def test_p6_an_empty_cart_costs_its_shipping_at_most(case):
    quote = price_in(*case)
    assert quote.lines == ()
    assert quote.gifts == ()
    assert quote.payable == Money.sum([quote.shipping, *dict(quote.fees).values()], quote.currency)
    assert len(quote.outcomes) == len(quote.book.candidates(quote.cart, quote.context))


@given(pricings(min_promotions=1))
def test_p6_zero_prices_stay_zero(case):
    cart, book, context = case
    free = UnitPrice.of("0", cart.currency)
    lines = [evolve(line, unit_price=free, floor_price=None) for line in cart.lines]
    quote = price_in(evolve(cart, lines=lines), book, context)
    assert quote.goods.is_zero
    assert quote.columns.shares == ()
    for outcome in quote.outcomes:
        if isinstance(outcome, Applied):
            assert outcome.goods.is_zero
            assert outcome.points_redeemed == 0


@st.composite
def taxes(draw: st.DrawFn) -> Taxes:
    """One or two rates on everything, reckoned in any way."""
    percents = draw(st.lists(st.sampled_from(("13", "8.875", "0.1")), min_size=1, max_size=2))
    rates = [TaxRate(f"vat-{i}", percent) for i, percent in enumerate(percents)]
    return Taxes(
        rates,
        included=draw(st.booleans()),
        level=draw(st.sampled_from(TaxLevel)),
        rounding=draw(st.sampled_from(Rounding)),
    )


@given(
    pricings(exclusive=Exclusive.NO),
    st.sampled_from(RoundingMode),
    st.booleans(),
    st.none() | taxes(),
)
def test_p16_all_off_goods_shipping_and_fees_leaves_nothing_to_pay(case, rounding, at_once, taxes):
    cart, book, context = case
    lines = [evolve(line, floor_price=None) for line in cart.lines]
    cart = evolve(cart, lines=lines)
    every = (PercentOff("100"), ShippingOff("100"), *[FeeOff(fee.id, "100") for fee in cart.fees])
    parts = [every] if at_once else [(benefit,) for benefit in every]
    free = [
        Promotion(id=f"free-{i}", benefits=part, layer="points", rounding=rounding)
        for i, part in enumerate(parts)
    ]
    book = evolve(book, promotions=[*book.promotions, *free])
    quote = price_in(cart, book, context, Tariff(cart.currency, taxes=taxes))
    assert quote.payable.is_zero
    assert quote.tax.is_zero
    assert quote.deposit.is_zero
    assert all(line.payable_minor == 0 for line in quote.lines)


@pytest.mark.parametrize("price", ["0.01", "0.005", "33.333", "99999999.99"])
def test_p16_a_free_order_has_no_dust_whatever_came_before(price):
    cart = Cart.of("CNY", [("shirt", price, 3), ("scarf", "0.07", 7)], shipping="8")
    promotions_before = [
        Promotion(id=f"p{n}", benefits=PercentOff("33.33"), layer=layer)
        for n, layer in enumerate(("unit", "order", "coupon"))
    ]
    free = Promotion(id="free", benefits=(PercentOff("100"), ShippingOff("100")), layer="points")
    quote = price_in(cart, PromotionBook("CNY", [*promotions_before, free]), NOW)
    assert quote.payable.is_zero
