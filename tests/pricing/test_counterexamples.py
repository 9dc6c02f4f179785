"""Carts on which published algorithms fail, and the worked examples of our own rules.

Each was a bug somewhere: a line that rises, a discount that vanishes, a cent that is lost, a
result that depends on the order of lines. Here each has its right answer, through `price`.
"""

from datetime import UTC, datetime

import pytest

from ordercore import Cart, Money, Promotion, PromotionBook, Quote, price, recipes
from ordercore.pricing import Kind
from ordercore.promotions import (
    AmountOff,
    Basis,
    PercentOff,
    RoundingMode,
    Sku,
    Split,
    Threshold,
)

AT = datetime(2026, 11, 11, 10, tzinfo=UTC)


def cart_of(*prices: str, currency: str = "CNY") -> Cart:
    """A cart of one unit at each price, of different products."""
    return Cart.of(currency, [(f"sku-{i}", each, 1) for i, each in enumerate(prices)])


def priced(cart: Cart, *promotions: Promotion) -> Quote:
    return price(cart, PromotionBook(cart.currency, promotions), at=AT)


def discounts(quote: Quote) -> list[int]:
    """What is taken off each line, in minor units."""
    return [line.list_minor - line.payable_minor for line in quote.lines]


def yuan(amount: str) -> Money:
    return Money.of(amount, "CNY")


SPLITS = {
    "a line of no weight gets nothing": (
        ["0", "2.11", "2.80", "0", "26.62", "0"], "3.20", [0, 21, 29, 0, 270, 0],
    ),
    "one cent over two equal lines does not vanish": (["1.00", "1.00"], "0.01", [1, 0]),
    "the last line does not rise": (
        ["29.29", "41.49", "43.16", "0.03"], "10.84", [279, 395, 410, 0],
    ),
    "the last line does not go below zero": (
        ["16.11", "31.86", "8.79", "20.07", "0.02"], "44.39", [931, 1840, 508, 1159, 1],
    ),
    "a tiny line does not pay for the ratio of big ones": (
        ["3333.33", "3333.33", "0.50"], "5000.00", [249_981, 249_981, 38],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("prices", "amount", "expected"), SPLITS.values(), ids=SPLITS)
def test_an_amount_is_split_by_largest_remainders(prices, amount, expected):
    quote = priced(cart_of(*prices), Promotion(id="p", benefits=AmountOff(amount)))
    assert discounts(quote) == expected
    assert quote.discount == yuan(amount)
    assert all(line.payable_minor >= 0 for line in quote.lines)


@pytest.mark.parametrize(
    "cart",
    [
        Cart.of("CNY", [("shirt", "100.00", 3)]),
        Cart.of("CNY", [("shirt", "100.00", 1), ("shirt", "100.00", 2)]),
        cart_of("100.00", "100.00", "100.00"),
    ],
    ids=["one line", "two equal lines", "three products"],
)
def test_spend_300_save_50_saves_50_on_three_times_100(cart):
    quote = priced(cart, recipes.spend_and_save("p", spend="300", save="50"))
    assert quote.discount == yuan("50.00")
    assert sum(discounts(quote)) == 5000


def test_just_below_a_threshold_is_below_it():
    cart = Cart.of("CNY", [("shirt", "99.70", 3)])
    quote = priced(cart, recipes.spend_and_save("p", spend="300", save="50"))
    outcome = quote.outcome("p")
    assert outcome.kind is Kind.NOT_ELIGIBLE
    assert outcome.gap == yuan("0.90")
    assert quote.payable == yuan("299.10")


HALF_OFF = Promotion(id="half", when=Threshold("100"), benefits=PercentOff("50"))


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (["60", "60"], [3000, 3000]),
        (["10", "110"], [500, 5500]),
        (["110", "10"], [5500, 500]),
    ],
)
def test_half_off_from_100_is_half_off_every_line(prices, expected):
    quote = priced(cart_of(*prices), HALF_OFF)
    assert [line.payable_minor for line in quote.lines] == expected
    assert quote.payable == yuan("60.00")


def test_pricing_four_times_gives_one_price():
    cart, book = cart_of("10", "110"), PromotionBook("CNY", [HALF_OFF])
    assert {price(cart, book, at=AT).payable_minor for _ in range(4)} == {6000}


def test_half_off_split_into_a_promotion_for_each_line_does_not_undo_the_condition():
    halves = [
        Promotion(
            id=f"half-{i}",
            when=Threshold("100"),
            benefits=PercentOff("50", target=Sku(f"sku-{i}")),
        )
        for i in range(2)
    ]
    assert priced(cart_of("60", "60"), *halves).payable == yuan("60.00")


# What a line cannot take


def capped_at_20(overflow: str) -> Quote:
    """A 150.00 with 100 and 30 off, B 50.00; then 30 off from 200, all on base amounts."""
    cart = Cart.of("CNY", [("A", "150.00", 1), ("B", "50.00", 1)])
    shop = [
        Promotion(id=id_, benefits=AmountOff(amount, Sku("A")), layer=layer)
        for id_, amount, layer in (("first", "100", "unit"), ("second", "30", "set"))
    ]
    platform = Promotion(
        id="platform",
        when=Threshold("200"),
        benefits=AmountOff("30"),
        layer="platform",
        basis=Basis.BASE,
        split=Split.BASE,
        overflow=overflow,
    )
    return priced(cart, *shop, platform)


def test_what_a_capped_line_cannot_take_is_lost_where_it_is_forfeit():
    quote = capped_at_20("forfeit")
    shares = dict(quote.outcome("platform").shares)
    assert shares == {"1": yuan("20.00"), "2": yuan("7.50")}
    assert quote.payable == yuan("42.50")


def test_what_a_capped_line_cannot_take_moves_where_it_is_redistributed():
    quote = capped_at_20("redistribute")
    shares = dict(quote.outcome("platform").shares)
    assert shares == {"1": yuan("20.00"), "2": yuan("10.00")}
    assert quote.payable == yuan("40.00")


# Rounding


@pytest.mark.parametrize(
    ("currency", "listed", "percent", "off"),
    [
        ("CNY", "29.97", "15", 450),  # 4.4955
        ("CNY", "0.01", "50", 1),  # half a cent goes up
        ("CNY", "0.01", "49.99", 0),
        ("CNY", "100.00", "33.33", 3333),
        ("JPY", "333", "15", 50),  # 49.95: whole yen
        ("JPY", "1", "50", 1),
        ("KWD", "1.001", "33.3", 333),  # 0.333333: thousandths
    ],
)
def test_a_percentage_rounds_half_up_to_the_minor_unit(currency, listed, percent, off):
    quote = priced(cart_of(listed, currency=currency), recipes.percent_off("p", percent))
    assert discounts(quote) == [off]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (RoundingMode.PER_PROMOTION, [1, 1, 0]),  # 10 % of 0.15 is 0.015: 0.02 in all
        (RoundingMode.PER_LINE, [1, 1, 1]),  # 0.005 each: 0.01 each
    ],
)
def test_a_percentage_over_several_lines_is_rounded_where_it_says(mode, expected):
    cart = cart_of("0.05", "0.05", "0.05")
    quote = priced(cart, Promotion(id="p", benefits=PercentOff("10"), rounding=mode))
    assert discounts(quote) == expected


def test_equal_lines_are_rounded_together():
    apart = Cart.of("CNY", [("shirt", "0.05", 1)] * 3)
    whole = Cart.of("CNY", [("shirt", "0.05", 3)])
    promotion = Promotion(id="p", benefits=PercentOff("10"), rounding=RoundingMode.PER_LINE)
    assert priced(apart, promotion).payable == priced(whole, promotion).payable == yuan("0.13")


@pytest.mark.parametrize(("quantity", "listed"), [(1, 0), (3, 1), (4, 2), (8, 3), (1000, 375)])
def test_prices_finer_than_money_are_rounded_once_for_the_whole_line(quantity, listed):
    cart = Cart.of("CNY", [("screw", "0.00375", quantity)])
    assert priced(cart).payable_minor == listed


def test_the_amount_of_several_lines_is_split_like_that_of_one():
    quote = priced(
        Cart.of("CNY", [("A", "200", 1), ("B", "100", 1)]),
        recipes.spend_and_save("p", spend="300", save="50"),
    )
    assert [line.payable for line in quote.lines] == [yuan("166.67"), yuan("83.33")]


# Units


def test_three_promotions_of_1_leave_no_unit_below_zero():
    cart = Cart.of("CNY", [("socks", "1.00", 3)])
    layers = ("unit", "order", "coupon")
    promotions = [Promotion(id=at, benefits=AmountOff("1"), layer=at) for at in layers]
    quote = priced(cart, *promotions)
    assert quote.payable.is_zero
    units = [quote.line("1", unit, unit + 1) for unit in range(3)]
    assert [unit.payable_minor for unit in units] == [0, 0, 0]
    taken = [[adjustment.minor for adjustment in unit.adjustments] for unit in units]
    assert taken == [[34, 33, 33], [33, 34, 33], [33, 33, 34]]


def test_a_return_of_some_units_costs_what_these_units_cost():
    cart = Cart.of("CNY", [("socks", "10.00", 6)])
    quote = priced(cart, Promotion(id="p", benefits=AmountOff("10")))
    assert [quote.line("1", n, n + 1).payable_minor for n in range(6)] == [833] * 4 + [834] * 2
    assert quote.line("1", 1, 6).payable == yuan("41.67")
