"""Laws of rounding and splitting.

- P4: everything is an integer of minor units, and a benefit rounds once, by name.
- P5: shares are as near to the exact ones as whole minor units can be; who has no part gets 0.
"""

from fractions import Fraction
from math import floor

from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from ordercore import Cart, CartLine, Context, Money, PromotionBook, Quote, UnitPrice
from ordercore.pricing import price_in
from ordercore.promotions import (
    AllUnits,
    AmountOff,
    Category,
    PercentOff,
    Promotion,
    RoundingMode,
    Selector,
    Sku,
    Split,
)
from ordercore.testing.strategies import (
    CATEGORIES,
    INSTANT,
    SKUS,
    amounts,
    carts,
    currencies,
    pricings,
    promotions,
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


def is_of(line: CartLine, target: Selector) -> bool:
    """Tell whether a line is selected by one of the plain selectors used here."""
    if isinstance(target, Sku):
        return line.product.sku in target.values
    if isinstance(target, Category):
        return not set(line.product.categories).isdisjoint(target.values)
    assert isinstance(target, AllUnits)
    return True


def in_minor(price: UnitPrice) -> Fraction:
    """The exact price of a unit, in minor units."""
    return Fraction(price.units, 10 ** (price.scale - price.currency.digits))


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


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


@given(pricings())
def test_p4_every_amount_is_an_integer_of_minor_units(case):
    quote = price_in(*case)
    payable, shipping, lines, outcomes, shares = quote.columns
    numbers = [payable, shipping, *lines]
    numbers += [amount for _, _, amount in outcomes]
    numbers += [number for _, line, share in shares for number in (line, share)]
    assert {type(number) for number in numbers} == {int}
    assert quote.payable.decimal.as_tuple().exponent == -quote.currency.digits


@given(pricings())
def test_p4_a_row_costs_its_unit_price_rounded_once(case):
    cart, book, context = case
    cart = evolve(cart, rounding="half_up")
    quote = price_in(cart, book, context)
    for row in rows_of(cart):
        units = sum(line.quantity for line in row)
        listed = sum(quote.line(line.id).list_minor for line in row)
        assert listed == half_up(in_minor(row[0].unit_price) * units)


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
    """Price under a percentage and then an amount ``p``, of which target and split are told."""
    target, split = draw(TARGETS), draw(st.sampled_from(Split))
    amount = draw(amounts() | st.integers(1, 300).map(lambda minor: Money(minor, "CNY")))
    before = Promotion(
        id="before", benefits=PercentOff(draw(PERCENTS), draw(TARGETS)), layer="unit"
    )
    promotion = Promotion(id="p", benefits=AmountOff(amount, target), split=split)
    quote = price_in(draw(carts), PromotionBook("CNY", [before, promotion]), NOW)
    return quote, target, split


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


@given(
    carts(min_lines=1),
    promotions(
        layer="order",
        benefits=st.builds(
            lambda percent, target: (PercentOff(percent, target),), PERCENTS, TARGETS
        ),
    ),
)
def test_p5_lines_outside_the_target_get_nothing(cart, promotion):
    quote = price_in(cart, PromotionBook("CNY", [promotion]), NOW)
    for line_id, share in shares_of(quote, promotion.id).items():
        line = cart.line(line_id)
        if not is_of(line, promotion.benefits[0].target) or line.unit_price.units == 0:
            assert share == 0
