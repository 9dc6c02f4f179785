"""Laws of amounts, rounding and splitting.

- Amounts of a currency form an ordered group under addition; nothing is rounded.
- What is written is read back: decimal, text, document.
- Every named rounding is that of exact arithmetic, and each result is within one unit.
- Shares sum exactly; none is a whole unit away from its exact share; weight 0 gets 0; caps hold;
  what is redistributed is lost only when there is no room, what is forfeited is only cut.
- No decimal context has a say.
"""

from __future__ import annotations

import decimal
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from math import ceil

import pytest
from attrs import frozen
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ordercore.data import dumps, loads
from ordercore.errors import CurrencyMismatch, InvalidInput, InvalidType
from ordercore.money import (
    MAX_MINOR,
    MAX_SCALE,
    Currency,
    Money,
    Rounding,
    UnitPrice,
    apportion,
    decimal_of,
    divide,
)

CURRENCIES = st.sampled_from(("CNY", "JPY", "KWD", "CLF")).map(Currency)
SMALL = st.integers(-(10**11), 10**11)


@st.composite
def of_one_currency(draw, count):
    currency = draw(CURRENCIES)
    return [Money(draw(SMALL), currency) for _ in range(count)]


@st.composite
def unit_prices(draw):
    currency = draw(CURRENCIES)
    scale = draw(st.integers(currency.digits, MAX_SCALE))
    return UnitPrice(draw(st.integers(0, 10**9)), scale, currency)


@frozen
class Tagged:
    amount: Money
    price: UnitPrice


@given(of_one_currency(3))
def test_addition_is_that_of_integers(three):
    a, b, c = three
    zero = Money.zero(a.currency)
    assert a + b == b + a
    assert (a + b) + c == a + (b + c) == Money.sum(three, a.currency)
    assert a + zero == a
    assert a - b == a + -b
    assert a - a == zero
    assert (a + b).minor == a.minor + b.minor


@given(of_one_currency(2), st.integers(-1000, 1000))
def test_multiplication_is_repeated_addition(two, count):
    a, b = two
    assert (a + b) * count == a * count + b * count
    assert a * count == count * a == a.times(count, Rounding.DOWN)


@given(of_one_currency(3))
def test_order_is_total_and_kept_by_addition(three):
    a, b, c = three
    assert [a < b, a == b, a > b].count(True) == 1
    assert (a <= b) == (not a > b)
    assert (a < b) == (a + c < b + c)
    assert abs(a) >= a


@given(CURRENCIES, CURRENCIES, SMALL, SMALL)
def test_amounts_of_two_currencies_are_unequal_and_never_compared(one, other, m, n):
    assume(one != other)
    a, b = Money(m, one), Money(n, other)
    assert a != b
    for meet in (a.__add__, a.__sub__, a.__lt__, a.__le__, a.__gt__, a.__ge__):
        with pytest.raises(CurrencyMismatch):
            meet(b)


@given(CURRENCIES, st.integers(-MAX_MINOR, MAX_MINOR), unit_prices())
def test_what_is_written_is_read_back(currency, minor, price):
    money = Money(minor, currency)
    assert Money.of(money.decimal, currency) == money
    assert Money.of(str(money).split()[1], currency) == money
    assert UnitPrice.of(price.decimal, price.currency) == price
    assert UnitPrice.of(str(price).split()[1], price.currency) == price
    tagged = Tagged(money, price)
    assert loads(Tagged, dumps(tagged)) == tagged


@given(unit_prices(), st.integers(0, MAX_SCALE))
def test_a_price_is_the_same_with_more_zeros(price, zeros):
    assume(price.scale + zeros <= MAX_SCALE)
    longer = UnitPrice(price.units * 10**zeros, price.scale + zeros, price.currency)
    assert longer == price
    assert hash(longer) == hash(price)
    assert price.scale == price.currency.digits or price.units % 10


@given(unit_prices(), st.integers(0, 10**6), st.sampled_from(Rounding))
def test_a_quantity_costs_its_exact_price_rounded_once(price, quantity, rounding):
    exact = Fraction(price.decimal) * quantity * 10**price.currency.digits
    assert price.minor(quantity, rounding) == divide(*exact.as_integer_ratio(), rounding)
    assert price.amount(quantity, rounding).minor == price.minor(quantity, rounding)


@given(st.integers(-(10**30), 10**30), st.integers(0, 12), st.sampled_from(Rounding))
@example(-25, 1, Rounding.HALF_EVEN)
def test_each_rounding_is_what_its_name_says_in_decimal_arithmetic(number, digits, rounding):
    arithmetic = Context(prec=80)
    name = getattr(decimal, f"ROUND_{rounding.upper()}")
    exact = Decimal(number).scaleb(-digits, arithmetic)
    expected = exact.quantize(Decimal(1), rounding=name, context=arithmetic)
    assert divide(number, 10**digits, rounding) == int(expected)


@given(st.integers(), st.integers(1), st.sampled_from(Rounding))
def test_a_rounded_quotient_is_within_one_unit_and_on_its_side(numerator, denominator, rounding):
    told, exact = divide(numerator, denominator, rounding), Fraction(numerator, denominator)
    assert abs(told - exact) < 1
    if rounding.startswith("half"):
        assert abs(told - exact) <= Fraction(1, 2)
    if rounding is Rounding.FLOOR:
        assert told <= exact
    if rounding is Rounding.CEILING:
        assert told >= exact
    if rounding is Rounding.UP:
        assert abs(told) >= abs(exact)
    if rounding is Rounding.DOWN:
        assert abs(told) <= abs(exact)


@given(st.one_of(st.text(), st.text("0123456789+-._eE １", max_size=12)))
def test_any_text_is_a_plain_number_or_refused(told):
    try:
        number = decimal_of(told)
    except InvalidInput:
        return
    assert told.isascii()
    assert Fraction(told) == Fraction(number)


@given(st.decimals(), CURRENCIES)
def test_any_decimal_is_an_exact_amount_or_refused(number, currency):
    try:
        money = Money.of(number, currency)
    except InvalidInput:
        return
    assert money.minor == Fraction(number) * 10**currency.digits


@given(
    st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.binary(), st.fractions()),
    CURRENCIES,
)
def test_no_bare_value_is_an_amount(value, currency):
    for read in (Money.of, UnitPrice.of):
        with pytest.raises(InvalidType):
            read(value, currency)


CONTEXTS = st.builds(
    Context,
    prec=st.integers(1, 6),
    rounding=st.sampled_from(
        [decimal.ROUND_UP, decimal.ROUND_DOWN, decimal.ROUND_CEILING, decimal.ROUND_HALF_EVEN]
    ),
    Emin=st.integers(-3, 0),
    Emax=st.integers(0, 3),
    traps=st.lists(st.sampled_from([decimal.Inexact, decimal.Rounded, decimal.FloatOperation])),
)


@given(CONTEXTS, of_one_currency(2), st.decimals(-99, 99, places=7), st.sampled_from(Rounding))
def test_no_decimal_context_has_a_say(context, two, factor, rounding):
    a, b = two

    def results():
        return (
            str(a), a.decimal.as_tuple(), a + b, a.times(factor, rounding),
            Money.of(a.decimal, a.currency),
        )  # fmt: skip

    expected = results()
    with localcontext(context):
        assert results() == expected


@st.composite
def splits(draw):
    count = draw(st.integers(0, 8))
    weight = st.one_of(st.integers(0, 5), st.integers(0, 10**15))
    weights = draw(st.lists(weight, min_size=count, max_size=count))
    cap = st.one_of(st.integers(0, 5), st.integers(0, 10**6))
    caps = draw(st.lists(cap, min_size=count, max_size=count))
    return draw(st.one_of(st.integers(0, 10), st.integers(0, 10**6))), weights, caps


def exact_shares(amount, weights):
    return [Fraction(amount * weight, sum(weights)) for weight in weights]


@given(splits())
@example((0, [], []))
@example((320, [0, 211, 280, 0, 2662, 0], [0] * 6))
def test_shares_sum_exactly_and_are_within_one_unit(split):
    amount, weights, _ = split
    shares = apportion(amount, weights)
    if not any(weights):
        assert shares == [0] * len(weights)
        return
    assert sum(shares) == amount
    exact = exact_shares(amount, weights)
    assert all(abs(share - told) < 1 for share, told in zip(shares, exact, strict=True))
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if not weight)


@given(splits())
def test_a_larger_weight_never_gets_less(split):
    amount, weights, _ = split
    ordered = sorted(weights, reverse=True)
    shares = apportion(amount, ordered)
    assert shares == sorted(shares, reverse=True)


@given(splits())
def test_redistributed_shares_keep_their_caps_and_lose_only_what_has_no_room(split):
    amount, weights, caps = split
    shares = apportion(amount, weights, caps)
    room = sum(cap for cap, weight in zip(caps, weights, strict=True) if weight)
    assert sum(shares) == min(amount, room)
    for share, weight, cap in zip(shares, weights, caps, strict=True):
        assert 0 <= share <= cap
        assert weight or share == 0


@given(splits())
def test_who_has_room_left_is_behind_the_others_by_no_more_than_rounding(split):
    amount, weights, caps = split
    shares = apportion(amount, weights, caps)
    taking = [i for i, weight in enumerate(weights) if weight]
    for i in taking:
        if shares[i] < caps[i]:
            level = Fraction(shares[i] + 1, weights[i])
            assert all(Fraction(shares[j] - 1, weights[j]) < level for j in taking)


@given(splits())
def test_caps_that_do_not_bind_change_nothing(split):
    amount, weights, _ = split
    assume(any(weights))
    free = apportion(amount, weights)
    roomy = [ceil(share) for share in exact_shares(amount, weights)]
    assert apportion(amount, weights, roomy) == free
    assert apportion(amount, weights, roomy, "forfeit") == free


@given(splits())
def test_forfeiting_only_cuts_the_uncapped_shares(split):
    amount, weights, caps = split
    told = apportion(amount, weights, caps, "forfeit")
    assert told == list(map(min, apportion(amount, weights), caps))
    assert sum(told) <= sum(apportion(amount, weights, caps))


@given(splits(), st.integers(1, 10**20))
def test_only_the_ratio_of_the_weights_counts(split, scale):
    amount, weights, caps = split
    scaled = [weight * scale for weight in weights]
    assert apportion(amount, scaled) == apportion(amount, weights)
    assert apportion(amount, scaled, caps) == apportion(amount, weights, caps)


@given(splits(), st.data())
def test_rows_without_weight_may_be_left_out(split, data):
    amount, weights, caps = split
    place = data.draw(st.integers(0, len(weights)))
    longer = [*weights[:place], 0, *weights[place:]]
    roomier = [*caps[:place], 7, *caps[place:]]
    for told, shorter in (
        (apportion(amount, longer), apportion(amount, weights)),
        (apportion(amount, longer, roomier), apportion(amount, weights, caps)),
    ):
        assert told.pop(place) == 0
        assert told == shorter
