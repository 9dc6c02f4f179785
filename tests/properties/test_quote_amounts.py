"""Laws of the amounts of a quote.

- P1: every line, unit, shipping fee and total is at least 0.
- P2: discounts never exceed a price less its floor; the caps of benefits hold.
- P3: shares sum exactly: units to lines, lines to promotions, lines and shipping to the total.
- P6: empty carts and zero prices have an answer.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from attrs import evolve
from by_hand import found, in_minor, rows_after, rows_of, selects
from drawing import cases
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Cart, Context, Money, PromotionBook, Quote, UnitPrice
from ordercore.calendars import Schedule
from ordercore.pricing import Applied, QuoteLine, price_in
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
    ShippingOff,
    Sku,
    Tiers,
)
from ordercore.tariffs import PriceChoice
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


def alone(cart: Cart, **fields: object) -> Quote:
    """Price a cart under one promotion."""
    promotion = Promotion(id="p", **fields)
    return price_in(cart, PromotionBook(cart.currency, [promotion]), NOW)


@given(cases())
def test_p1_nothing_is_ever_below_zero(case):
    quote = price_in(*case)
    for line in quote.lines:
        assert 0 <= line.payable_minor <= line.base_minor
        for unit in range(line.line.quantity):
            part = quote.line(line.line.id, unit, unit + 1)
            assert 0 <= part.payable_minor <= part.base_minor
            assert all(share.minor > 0 for share in (*part.adjustments, *part.taxes))
        assert all(share.minor > 0 for share in (*line.adjustments, *line.taxes))
    assert 0 <= quote.shipping_minor <= quote.cart.shipping.minor
    for fee, (_, amount) in zip(quote.cart.fees, quote.fees, strict=True):
        assert 0 <= amount.minor <= fee.amount.minor
    assert all(tax.tax.minor >= 0 for tax in quote.taxes)
    assert quote.payable_minor >= 0
    assert 0 <= quote.deposit.minor <= quote.payable_minor
    for outcome in quote.outcomes:
        assert outcome.amount_minor >= 0


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


@given(cases())
def test_p2_no_row_is_sold_below_its_floor_nor_below_the_cap_of_the_book(case):
    quote = price_in(*case)
    lines = {line.line.id: line for line in quote.lines}
    for row in rows_after(quote):
        floor = row.line.floor_price
        least = 0 if floor is None else ceil(in_minor(floor) * row.units)
        for cap in quote.book.discount_caps:
            if selects(cap.target, row):
                least = max(least, ceil(row.base * (1 - Fraction(cap.percent) / 100)))
        payable = sum(lines[line].payable_minor for line in row.ids)
        assert payable >= min(least, row.base)


@given(cases())
def test_p2_no_unit_is_sold_below_its_floor(case):
    quote = price_in(*case)
    for line in quote.cart.lines:
        if line.floor_price is None:
            continue
        least, cost = in_minor(line.floor_price), in_minor(line.unit_price)
        # Where prices are finer than money, or units of a row cost unlike prices of lists, a
        # unit's own amounts are rounded, twice.
        slack = 2
        if quote.tariff is None and least.denominator == cost.denominator == 1:
            slack = 0
        for unit in range(line.quantity):
            told = quote.line(line.id, unit, unit + 1)
            assert told.payable_minor >= min(least, told.base_minor) - slack


@given(cases(min_promotions=1))
def test_p2_no_benefit_exceeds_its_cap(case):
    quote = price_in(*case)
    for promotion, outcome in found(quote):
        if not isinstance(outcome, Applied):
            continue
        goods, shipping, fees = map(
            sum, zip(*[most(benefit, quote) for benefit in promotion.benefits], strict=True)
        )
        assert outcome.goods.minor <= goods
        assert outcome.shipping.minor <= shipping
        assert sum(amount.minor for _, amount in outcome.fees) <= fees
        assert outcome.points_earned <= sum(map(most_points, promotion.benefits))
        cap = promotion.limits.cap
        if cap is not None:
            assert outcome.amount_minor <= Money.of(cap, quote.currency).minor


def most(benefit: Benefit, quote: Quote) -> tuple[int, int, int]:  # noqa: C901, PLR0911, PLR0912
    """The most that a benefit can take off goods, shipping and fees, as it declares itself."""
    everything, currency = quote.base.minor, quote.currency
    everything = max(everything, quote.subtotal.minor)  # on whichever basis
    units, fee = sum(line.quantity for line in quote.cart.lines), quote.cart.shipping.minor

    def minor(amount: object) -> int:
        return everything if amount is None else Money.of(amount, currency).minor

    match benefit:
        case PercentOff():
            part = ceil(everything * Fraction(benefit.percent) / 100) + len(quote.cart.lines)
            return min(part, minor(benefit.maximum)), 0, 0
        case AmountOff(every=None):
            return minor(benefit.amount), 0, 0
        case AmountOff():
            times = benefit.every.max_times
            return everything if times is None else minor(benefit.amount) * times, 0, 0
        case AmountOffEach() | Deposit(per_unit=True):
            return (saved(benefit, minor) * units), 0, 0
        case Deposit():
            return saved(benefit, minor), 0, 0
        case PointsRedemption():
            percent = 100 if benefit.max_percent is None else Fraction(benefit.max_percent)
            whole = everything
            if benefit.max_percent_of == "payable":
                whole += fee + sum(each.amount.minor for each in quote.cart.fees)
            return min(minor(benefit.max_amount), floor(whole * percent / 100)), 0, 0
        case ShippingOff(percent=Decimal() as percent):
            return 0, ceil(fee * Fraction(percent) / 100), 0
        case ShippingOff(amount=None):
            return 0, max(0, fee - minor(benefit.fixed)), 0
        case ShippingOff():
            return 0, minor(benefit.amount), 0
        case FeeOff():
            charged = sum(each.amount.minor for each in quote.cart.fees if each.id == benefit.fee)
            if benefit.percent is None:
                return 0, 0, min(charged, minor(benefit.amount))
            return 0, 0, ceil(charged * Fraction(benefit.percent) / 100)
        case Gift() | GiftChoice() | EarnPoints() | GrantCoupon():
            return 0, 0, 0
        case Tiers():
            bounds = [most(tier.benefit, quote) for tier in benefit.tiers]
            return tuple(map(max, zip(*bounds, strict=True)))
    assert type(benefit) in UNBOUNDED
    return everything, 0, 0


def saved(benefit: AmountOffEach | Deposit, minor: Callable[[object], int]) -> int:
    """What is off, once, by an amount that is named or by what a deposit is worth more."""
    if isinstance(benefit, AmountOffEach):
        return minor(benefit.amount)
    if benefit.worth is not None:
        return minor(benefit.worth) - minor(benefit.amount)
    return 0 if benefit.save is None else minor(benefit.save)


def most_points(benefit: Benefit) -> int:
    """The most points that a benefit lets an order earn."""
    if isinstance(benefit, Tiers):
        return max(most_points(tier.benefit) for tier in benefit.tiers)
    if not isinstance(benefit, EarnPoints):
        return 0
    return 10**15 if benefit.maximum is None else benefit.maximum


@given(cases(exclusive=Exclusive.NO), PERCENTS, st.sampled_from(("0.01", "1", "20")))
def test_p2_points_leave_what_is_to_be_kept_and_never_exceed_the_balance(case, percent, keep):
    cart, book, *others = case
    keep = Money.of(keep, "CNY").minor  # as many minor units of any currency
    benefit = PointsRedemption("100", max_percent=percent, keep=Money(keep, cart.currency))
    last = Promotion(id="last", benefits=benefit, layer="points")
    quote = price_in(cart, evolve(book, promotions=[*book.promotions, last]), *others)
    outcome = quote.outcome("last")
    if isinstance(outcome, Applied):
        assert quote.goods.minor + quote.shipping_minor + sum(quote.fee_amounts) >= keep
        before = quote.goods.minor + outcome.goods.minor
        assert outcome.goods.minor <= before * Fraction(percent) / 100
    used = sum(o.points_redeemed for o in quote.outcomes if isinstance(o, Applied))
    shopper, wishes = quote.context.shopper, quote.context.wishes
    if used:
        assert shopper is not None
        assert shopper.points is None or used <= shopper.points
        assert wishes is None or wishes.points is None or used <= wishes.points


UNBOUNDED = {NthItemOff, BuyXGetY, CheapestOff, FixedPrice, PickN, BundlePrice, AddOnDeal}
"""What takes off whatever units cost."""


@given(cases())
def test_p3_shares_sum_exactly(case):
    quote = price_in(*case)
    given_by = {outcome.promotion: 0 for outcome in quote.outcomes}
    for line in quote.lines:
        assert line.base_minor - line.payable_minor == sum(a.minor for a in line.adjustments)
        for adjustment in line.adjustments:
            given_by[adjustment.promotion] += adjustment.minor
    for outcome in quote.outcomes:
        goods = outcome.goods.minor if isinstance(outcome, Applied) else 0
        assert given_by[outcome.promotion] == goods
    assert sum(line.list_minor for line in quote.lines) == quote.subtotal.minor
    assert sum(line.base_minor for line in quote.lines) == quote.base.minor
    assert quote.discount.minor == sum(given_by.values())


@given(cases())
def test_p3_the_total_is_the_sum_of_lines_shipping_fees_tax_and_rounding(case):
    quote = price_in(*case)
    taxes = None if quote.tariff is None else quote.tariff.taxes
    parts = [line.payable for line in quote.lines]
    parts += [quote.shipping, *dict(quote.fees).values(), quote.rounding]
    if taxes is not None and not taxes.included:
        parts.append(quote.tax)
    assert quote.payable == Money.sum(parts, quote.currency)
    borne = [line.tax for line in quote.lines]
    others = [*quote.shipping_taxes, *[share for _, those in quote.fee_taxes for share in those]]
    borne += [Money(share.minor, quote.currency) for share in others]
    assert quote.tax == Money.sum(borne, quote.currency)
    assert quote.tax == Money.sum([tax.tax for tax in quote.taxes], quote.currency)


@given(cases(), st.data())
def test_p3_any_way_of_cutting_a_line_into_units_adds_up(case, data):
    quote = price_in(*case)
    for told in quote.lines:
        quantity = told.line.quantity
        cuts = sorted(data.draw(st.sets(st.integers(0, quantity), max_size=3)) | {0, quantity})
        runs = [quote.line(told.line.id, start, stop) for start, stop in pairwise(cuts)]
        for name in ("list_minor", "base_minor", "payable_minor"):
            assert sum(getattr(run, name) for run in runs) == getattr(told, name)
        assert summed(runs) == {(share.promotion): share.minor for share in told.adjustments} | {
            (share.rate, "tax"): share.minor for share in told.taxes
        }
        assert quote.line(told.line.id) == told


def summed(runs: Iterable[QuoteLine]) -> dict[object, int]:
    """Sum the shares of runs of units by promotion, and by tax rate."""
    sums: dict[object, int] = {}
    for run in runs:
        for share in run.adjustments:
            sums[share.promotion] = sums.get(share.promotion, 0) + share.minor
        for tax in run.taxes:
            sums[tax.rate, "tax"] = sums.get((tax.rate, "tax"), 0) + tax.minor
    return sums


@given(cases())
def test_p3_units_of_a_row_pay_alike_to_a_minor_unit(case):
    quote = price_in(*case)
    for row in rows_of(quote.cart):
        units = [
            quote.line(line.id, unit, unit + 1).payable_minor
            for line in row
            for unit in range(line.quantity)
        ]
        assert max(units) - min(units) <= 1


@given(cases(min_lines=0, max_lines=0))
def test_p6_an_empty_cart_costs_its_charges_at_most(case):
    quote = price_in(*case)
    assert quote.lines == ()
    assert quote.gifts == ()
    assert quote.goods.is_zero
    assert len(quote.outcomes) == len(quote.book.candidates(quote.cart, quote.context))


@given(cases(min_promotions=1))
def test_p6_zero_prices_have_an_answer(case):
    cart, book, context, tariff = case
    free = UnitPrice.of("0", cart.currency)
    lines = [evolve(line, unit_price=free, floor_price=None) for line in cart.lines]
    if tariff is not None:
        tariff = evolve(tariff, choice=PriceChoice.BEST)  # another choice may raise a price
    quote = price_in(evolve(cart, lines=lines), book, context, tariff)
    assert quote.base.is_zero
    assert quote.goods.is_zero
    assert quote.columns.shares == ()
    assert all(line.taxes == () for line in quote.lines)
    for outcome in quote.outcomes:
        if isinstance(outcome, Applied):
            assert outcome.goods.is_zero
            assert outcome.points_redeemed == 0
