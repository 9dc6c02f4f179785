"""Laws of rounding and splitting.

- P4: everything is an integer of minor units, and a benefit rounds once, by name.
- P5: shares are as near to the exact ones as whole minor units can be; who has no part gets 0.
"""

from fractions import Fraction

import pytest
from attrs import evolve
from by_hand import (
    found,
    half_up,
    in_minor,
    parts,
    rows_at,
    rows_of,
    selects,
    targets_of,
)
from drawing import OPEN, cases, drawn_rules
from hypothesis import example, given
from hypothesis import strategies as st

from ordercore import Cart, CartLine, Context, Money, PromotionBook, Quote, Shopper
from ordercore.data import variants
from ordercore.pricing import Applied, price_in
from ordercore.promotions import (
    AllUnits,
    AmountOff,
    AmountOffEach,
    Benefit,
    Category,
    Deposit,
    Exclusive,
    FeeOff,
    PercentOff,
    PointsRedemption,
    Promotion,
    RoundingMode,
    Selector,
    ShippingOff,
    Sku,
    Split,
    Tier,
    Tiers,
)
from ordercore.testing.strategies import (
    CATEGORIES,
    INSTANT,
    SKUS,
    amounts,
    carts,
    currencies,
)

NOW = Context(INSTANT)
PERCENTS = st.sampled_from(("0", "0.01", "10", "15", "33.33", "50", "99.99", "100"))
TARGETS = st.one_of(
    st.just(AllUnits()),
    st.sampled_from(SKUS).map(Sku),
    st.sampled_from(CATEGORIES).map(Category),
)


def is_of(line: CartLine, target: Selector) -> bool:
    """Tell whether a line is selected by one of the plain selectors used here."""
    if isinstance(target, Sku):
        return line.product.sku in target.values
    if isinstance(target, Category):
        return not set(line.product.categories).isdisjoint(target.values)
    assert isinstance(target, AllUnits)
    return True


def alone(cart: Cart, **fields: object) -> Quote:
    """Price a cart under one promotion."""
    promotion = Promotion(id="p", **fields)
    return price_in(cart, PromotionBook(cart.currency, [promotion]), NOW)


def shares_of(quote: Quote, promotion: str) -> dict[str, int]:
    """What a promotion takes off each line, by line id."""
    taken = {line.line.id: 0 for line in quote.lines}
    for line in quote.lines:
        for adjustment in line.adjustments:
            if adjustment.promotion == promotion:
                taken[line.line.id] += adjustment.minor
    return taken


@given(cases())
def test_p4_every_amount_is_an_integer_of_minor_units(case):
    quote = price_in(*case)
    payable, shipping, lines, outcomes, shares = quote.columns
    numbers = [payable, shipping, *lines]
    numbers += [amount for _, _, amount in outcomes]
    numbers += [number for _, lines, parts in shares for number in (*lines, *parts)]
    assert {type(number) for number in numbers} == {int}
    assert quote.payable.decimal.as_tuple().exponent == -quote.currency.digits


@given(cases())
def test_p4_nothing_of_a_quote_is_a_float(case):
    quote = price_in(*case)
    told = [quote.lines, quote.taxes, quote.gifts, quote.contributions, quote.base_prices]
    told += [outcome._value() for outcome in quote.outcomes]
    kinds = {type(part) for each in told for part in parts(each)}
    assert float not in kinds


@given(cases(tariff=False))
def test_p4_a_row_costs_its_unit_price_rounded_once(case):
    cart, *others = case
    cart = evolve(cart, rounding="half_up")
    quote = price_in(cart, *others)
    for row in rows_of(cart):
        units = sum(line.quantity for line in row)
        listed = sum(quote.line(line.id).list_minor for line in row)
        assert listed == half_up(in_minor(row[0].unit_price) * units)


@given(carts(), PERCENTS)
def test_p4_a_percentage_off_a_charge_is_rounded_once(cart, percent):
    off = [ShippingOff(percent), *[FeeOff(fee.id, percent) for fee in cart.fees]]
    quote = alone(cart, benefits=off)
    part = Fraction(percent) / 100
    assert quote.shipping_discount.minor == half_up(cart.shipping.minor * part)
    for fee, (_, left) in zip(cart.fees, quote.fees, strict=True):
        assert fee.amount.minor - left.minor == half_up(fee.amount.minor * part)


@given(
    currencies().flatmap(lambda code: carts(code, min_lines=1, floors=False)), PERCENTS, TARGETS
)
def test_p4_a_percentage_is_rounded_once_on_the_sum(cart, percent, target):
    quote = alone(cart, benefits=PercentOff(percent, target))
    chosen = [line for line in quote.lines if is_of(line.line, target)]
    exact = sum(line.list_minor for line in chosen) * Fraction(percent) / 100
    assert quote.discount.minor == half_up(exact)


@given(carts(min_lines=1, floors=False), PERCENTS, TARGETS)
def test_p4_a_percentage_is_rounded_once_on_each_row_if_so_named(cart, percent, target):
    quote = alone(cart, benefits=PercentOff(percent, target), rounding=RoundingMode.PER_LINE)
    for row in rows_of(cart):
        taken = sum(shares_of(quote, "p")[line.id] for line in row)
        listed = sum(quote.line(line.id).list_minor for line in row)
        part = Fraction(percent) / 100 if is_of(row[0], target) else 0
        assert taken == half_up(listed * part)


@given(
    carts(min_lines=1, floors=False),
    amounts(),
    PERCENTS,
    st.sampled_from(("redistribute", "forfeit")),
)
def test_p4_a_maximum_is_given_to_the_last_minor_unit(cart, maximum, percent, overflow):
    quote = alone(cart, benefits=PercentOff(percent, maximum=maximum), overflow=overflow)
    exact = cart.subtotal.minor * Fraction(percent) / 100
    assert quote.discount.minor == min(half_up(exact), maximum.minor)


@given(carts(min_lines=1, floors=False), amounts(), TARGETS, st.sampled_from(Split))
def test_p4_an_amount_is_given_to_the_last_minor_unit(cart, amount, target, split):
    quote = alone(cart, benefits=AmountOff(amount, target), split=split)
    chosen = [line for line in quote.lines if is_of(line.line, target)]
    assert quote.discount.minor == min(amount.minor, sum(line.list_minor for line in chosen))


def weight(quote: Quote, row: list[CartLine], split: Split) -> int:
    """By what a row takes part in a split; what the promotion ``before`` took is not there."""
    if split is Split.EQUAL:
        return 1
    if split is Split.QUANTITY:
        return sum(line.quantity for line in row)
    listed = sum(quote.line(line.id).list_minor for line in row)
    before = sum(shares_of(quote, "before")[line.id] for line in row)
    return listed - before if split is Split.CURRENT else listed


@st.composite
def two_layers(draw: st.DrawFn, carts: st.SearchStrategy[Cart]) -> tuple[Quote, Selector, Split]:
    """Price under a percentage and then what splits an amount: ``p``, its target and split."""
    target, split = draw(TARGETS), draw(st.sampled_from(Split))
    amount = draw(amounts() | st.integers(1, 300).map(lambda minor: Money(minor, "CNY")))
    before = Promotion(
        id="before", benefits=PercentOff(draw(PERCENTS), draw(TARGETS)), layer="unit"
    )
    benefit = draw(st.sampled_from(splitting(amount, target)))
    promotion = Promotion(id="p", benefits=benefit, split=split)
    quote = price_in(draw(carts), PromotionBook("CNY", [before, promotion]), RICH)
    return quote, target, split


RICH = Context(INSTANT, Shopper(points=10**9))


def splitting(amount: Money, target: Selector) -> list[Benefit]:
    """List benefits of every kind that takes one amount and splits it by weights."""
    return [
        AmountOff(amount, target),
        PercentOff("100", target, amount),
        Deposit("0.01", save=amount, target=target, per_unit=False),
        PointsRedemption("100", target, max_amount=amount),
        Tiers([Tier(quantity=1, benefit=AmountOff(amount, target))]),
    ]


def exact_shares(
    quote: Quote, target: Selector, split: Split
) -> list[tuple[list[CartLine], Fraction]]:
    """The exact share of each row of what ``p`` gives; none if a cap binds or nothing is given."""
    rows = rows_of(quote.cart)
    weights = [weight(quote, row, split) if is_of(row[0], target) else 0 for row in rows]
    if not sum(weights):
        return []
    amount = quote.outcome("p").amount_minor
    exact = [Fraction(amount * part, sum(weights)) for part in weights]
    left = [weight(quote, row, Split.CURRENT) for row in rows]
    binds = any(share >= cap for share, cap in zip(exact, left, strict=True) if share)
    return [] if binds else list(zip(rows, exact, strict=True))


@given(two_layers(carts(min_lines=1, floors=False)))
def test_p5_a_row_gets_its_exact_share_to_less_than_a_minor_unit(case):
    quote, target, split = case
    shares = shares_of(quote, "p")
    for row, exact in exact_shares(quote, target, split):
        assert abs(sum(shares[line.id] for line in row) - exact) < 1


TWINS = Cart.of("CNY", [("shirt", "1.00", 5), ("shirt", "1.00", 5)])
FIVE_OFF = Promotion(id="p", benefits=AmountOff("0.05"))


@given(two_layers(carts(min_lines=2, floors=False, max_quantity=40)))
@example((price_in(TWINS, PromotionBook("CNY", [FIVE_OFF]), NOW), AllUnits(), Split.CURRENT))
def test_p5_a_line_gets_its_exact_share_to_less_than_two_minor_units(case):
    quote, target, split = case
    shares = shares_of(quote, "p")
    for row, exact in exact_shares(quote, target, split):
        units = sum(line.quantity for line in row)
        for line in row:
            assert abs(shares[line.id] - exact * line.quantity / units) < 2


@given(two_layers(carts(min_lines=1)))
def test_p5_rows_of_no_weight_get_nothing(case):
    quote, target, split = case
    shares = shares_of(quote, "p")
    for row in rows_of(quote.cart):
        if not is_of(row[0], target) or weight(quote, row, split) == 0:
            assert all(shares[line.id] == 0 for line in row)


@given(cases(min_promotions=1))
def test_p5_lines_outside_the_target_and_lines_of_no_cost_get_nothing(case):
    quote = price_in(*case)
    for promotion, outcome in found(quote):
        if not isinstance(outcome, Applied):
            continue
        reduced = {line for line, _ in outcome.shares}
        single = len(promotion.benefits) == 1  # later ones may select what earlier ones left
        for row in rows_at(quote, promotion):
            selected = any(selects(target, row) for target in targets_of(promotion.benefits[0]))
            if row.entry == 0 or (single and not selected):
                assert reduced.isdisjoint(row.ids)


SELECTORS = [
    kind for kind in variants(Selector).values() if kind.__module__.startswith("ordercore.")
]


@pytest.mark.usefixtures("drawn")
@given(cases(st.just("CNY"), min_promotions=2, exclusive=Exclusive.NO, **OPEN), st.data())
def test_p5_a_selector_of_any_kind_takes_just_the_rows_that_it_says(case, data):
    cart, book, *others = case
    cart = evolve(cart, lines=[evolve(line, floor_price=None) for line in cart.lines])
    for kind in SELECTORS:
        target = data.draw(st.sampled_from(drawn_rules()[kind]))
        last = Promotion(id="last", layer="points", benefits=AmountOffEach("0.01", target))
        more = evolve(book, promotions=[*book.promotions, last], discount_caps=())
        quote = price_in(cart, more, *others)
        taken = shares_of(quote, "last")
        for row in rows_at(quote, last):
            # a cent off each unit, or all that is left of them
            expected = min(row.units, row.entry) if selects(target, row) else 0
            assert sum(taken[line] for line in row.ids) == expected
