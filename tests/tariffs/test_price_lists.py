"""Price lists: for whom, where and when they hold, which price is taken, and for how many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, frozen

from ordercore import Cart, CartLine, PromotionBook, Quote, Shopper, price, recipes
from ordercore.calendars import Schedule, Window
from ordercore.catalog import Product
from ordercore.data import variant
from ordercore.errors import CurrencyMismatch, LimitExceeded, NotFound
from ordercore.money import Currency, UnitPrice
from ordercore.promotions import AmountOff, AmountOffEach, PercentOff, Promotion
from ordercore.tariffs import (
    MAX_LISTS_AT_ONCE,
    CostPlus,
    FixedListPrice,
    OffListPrice,
    PriceList,
    PriceOf,
    PriceRule,
    Tariff,
)

AT = datetime(2026, 11, 11, 2, tzinfo=UTC)
NOTHING = PromotionBook("CNY")
TEA = FixedListPrice("tea", "8.00")


def cart_of(*items: tuple[Any, str, int]) -> Cart:
    return Cart.of("CNY", items)


def priced(
    cart: Cart,
    *lists: PriceList,
    book: PromotionBook = NOTHING,
    choice: str = "best",
    **context: Any,
) -> Quote:
    tariff = Tariff(str(cart.currency), lists, choice)
    return price(cart, book, **{"at": AT, "tariff": tariff, **context})


def base(quote: Quote) -> str:
    return f"{quote.base.decimal}"


def parts(quote: Quote, line_id: str = "1") -> list[tuple[str, int, str | None]]:
    """The prices of a line's row: (price, units, list)."""
    told = quote.line(line_id).prices
    return [(f"{each.unit_price.decimal}", each.units, each.price_list) for each in told]


ONE_TEA = cart_of(("tea", "10.00", 1))


# For whom, where, when

GOLD = Shopper(groups=["gold"])
HOLDS = [
    ({}, {}, True),
    ({"groups": "gold"}, {}, False),
    ({"groups": "gold"}, {"shopper": Shopper()}, False),
    ({"groups": "gold"}, {"shopper": GOLD}, True),
    ({"groups": ("silver", "gold")}, {"shopper": GOLD}, True),
    ({"channels": "app"}, {}, False),
    ({"channels": "app"}, {"channel": "store"}, False),
    ({"channels": "app"}, {"channel": "app"}, True),
    ({"regions": ("CN-31", "CN-44")}, {"region": "CN-44"}, True),
    ({"regions": ("CN-31", "CN-44")}, {"region": "CN"}, False),
    ({"groups": "gold", "channels": "app"}, {"shopper": GOLD, "channel": "store"}, False),
    ({"groups": "gold", "channels": "app"}, {"shopper": GOLD, "channel": "app"}, True),
    ({"schedule": Schedule(Window(start=AT))}, {}, True),
    ({"schedule": Schedule(Window(end=AT))}, {}, False),
    ({"schedule": Schedule(Window(end=AT))}, {"at": AT - timedelta(microseconds=1)}, True),
]


@pytest.mark.parametrize(("terms", "context", "holds"), HOLDS)
def test_a_list_holds_for_its_customers_in_its_places_at_its_time(terms, context, holds):
    quote = priced(ONE_TEA, PriceList(id="l", rules=[TEA], **terms), **context)
    assert base(quote) == ("8.00" if holds else "10.00")


def test_a_line_keeps_its_list_price_beside_the_price_that_holds_and_says_why():
    flash = PriceList(id="f", rules=[TEA], kind="flash", name="双十一秒杀")
    quote = priced(cart_of(("tea", "10.00", 2), ("cup", "5.00", 1)), flash)
    tea, cup = quote.lines
    assert (str(tea.list_amount), str(tea.base)) == ("CNY 20.00", "CNY 16.00")
    assert tea.prices == ((UnitPrice.of("8", "CNY"), 2, "f", "flash"),)
    assert quote.tariff.price_list("f").title == "双十一秒杀"
    assert (str(cup.list_amount), str(cup.base)) == ("CNY 5.00", "CNY 5.00")
    assert cup.prices == ((UnitPrice.of("5", "CNY"), 1, None, "list"),)
    assert str(quote.subtotal) == "CNY 25.00"
    assert str(quote.base) == "CNY 21.00"
    assert quote.discount.is_zero


def test_where_no_list_holds_a_line_names_none():
    quote = priced(ONE_TEA, PriceList(id="l", rules=[TEA], channels="app"))
    assert quote.line("1").prices == ()


def test_a_list_without_a_name_is_called_by_its_id():
    assert PriceList(id="l", rules=[]).title == "l"


def test_an_unknown_list_is_not_found():
    with pytest.raises(NotFound, match="price list of this tariff"):
        Tariff("CNY").price_list("l")


# Which price

BREAKS = PriceList(
    id="breaks",
    rules=[
        FixedListPrice("tea", "8.00", 10),
        FixedListPrice("tea", "9.00", 5),
        FixedListPrice("tea", "7.00", 100),
    ],
)


@pytest.mark.parametrize(
    ("units", "each"), [(1, 10), (4, 10), (5, 9), (9, 9), (10, 8), (99, 8), (100, 7)]
)
def test_the_highest_quantity_break_that_is_reached_holds(units, each):
    assert base(priced(cart_of(("tea", "10.00", units)), BREAKS)) == f"{units * each}.00"


def test_a_quantity_break_counts_all_units_of_the_sku_on_whatever_lines():
    engraved = Product("tea", attributes={"engraving": "A"})
    quote = priced(
        cart_of(("tea", "10.00", 4), (engraved, "12.00", 5), ("cup", "9.00", 1)), BREAKS
    )
    assert [str(line.base) for line in quote.lines] == ["CNY 36.00", "CNY 45.00", "CNY 9.00"]


def test_a_rule_for_the_sku_goes_before_one_for_all():
    rules = [OffListPrice("50"), FixedListPrice("tea", "9.00"), OffListPrice("10", "cup", 3)]
    cart = cart_of(("tea", "10.00", 1), ("cup", "10.00", 2), ("mug", "10.00", 1))
    quote = priced(cart, PriceList(id="l", rules=rules))
    assert [str(line.base.decimal) for line in quote.lines] == ["9.00", "10.00", "5.00"]


CHEAP = PriceList(id="cheap", rules=[FixedListPrice("tea", "7.00")], priority=1)
SAME = PriceList(id="same", rules=[FixedListPrice("tea", "10.00")])
OTHER = PriceList(id="other", rules=[FixedListPrice("cup", "1.00")])
DEAR = PriceList(id="dear", rules=[FixedListPrice("tea", "12.00")], priority=2)


@pytest.mark.parametrize(
    ("lists", "choice", "cost", "name"),
    [
        ([], "best", "10.00", None),
        ([CHEAP, DEAR], "best", "7.00", "cheap"),
        ([DEAR], "best", "10.00", None),
        ([CHEAP, DEAR], "priority", "12.00", "dear"),
        ([CHEAP], "priority", "7.00", "cheap"),
        ([evolve(CHEAP, id="b"), evolve(CHEAP, id="a")], "best", "7.00", "a"),
        ([evolve(CHEAP, id="a"), evolve(CHEAP, id="b", priority=9)], "best", "7.00", "b"),
        ([evolve(CHEAP, id="b"), evolve(DEAR, id="a", priority=1)], "priority", "12.00", "a"),
        ([PriceList(id="same", rules=[FixedListPrice("tea", "10.00")])], "best", "10.00", None),
        (
            [PriceList(id="other", rules=[FixedListPrice("cup", "1.00")])],
            "priority",
            "10.00",
            None,
        ),
    ],
)
def test_the_lowest_price_holds_or_that_of_the_highest_priority(lists, choice, cost, name):
    quote = priced(ONE_TEA, *lists, choice=choice)
    assert base(quote) == cost
    assert [each.price_list for each in quote.line("1").prices] == ([name] if lists else [])


def test_a_price_above_the_carts_own_leaves_no_discount_below_zero():
    quote = priced(ONE_TEA, DEAR, choice="priority")
    assert str(quote.line("1").list_amount) == "CNY 10.00"
    assert str(quote.payable) == "CNY 12.00"
    assert quote.discount.is_zero


# What a rule makes of a price


@pytest.mark.parametrize(
    ("rule", "listed", "cost"),
    [
        (OffListPrice("5"), "9.99", "9.49"),
        (OffListPrice("5"), "9.90", "9.41"),  # 9.405
        (OffListPrice("5", rounding="down"), "9.90", "9.40"),
        (OffListPrice("5", rounding="half_even"), "9.90", "9.40"),
        (OffListPrice("5", decimals=1), "9.90", "9.40"),
        (OffListPrice("5", decimals=0), "9.90", "9.00"),
        (OffListPrice("5", decimals=3), "9.90", "9.405"),
        (OffListPrice("0"), "9.90", "9.90"),
        (OffListPrice("100"), "9.90", "0.00"),
        (OffListPrice("33.33"), "0.03", "0.02"),
        (OffListPrice("5"), "0.005", "0.005"),  # 0.00475, as fine as the cart's price
        (OffListPrice("5", decimals=5), "0.005", "0.00475"),
        (OffListPrice("1", decimals=0), "9.60", "9.60"),  # 10 would be more than before
        (OffListPrice("1", rounding="up", decimals=1), "9.99", "9.90"),
        (CostPlus("tea", "3.33", "20"), "9.90", "4.00"),  # 3.996
        (CostPlus("tea", "3.33", "20", rounding="down"), "9.90", "3.99"),
        (CostPlus("tea", "3.33", "20", decimals=4), "9.90", "3.996"),
        (CostPlus("tea", "0.0012", "30"), "9.90", "0.0016"),
        (CostPlus("tea", "3.00", "0"), "9.90", "3.00"),
        (CostPlus("tea", "0.01", "100000"), "99", "10.01"),
        (FixedListPrice("tea", "0.125"), "9.90", "0.125"),
        (FixedListPrice("tea", UnitPrice.of("0.50", "CNY")), "9.90", "0.50"),
        (FixedListPrice("tea", "0"), "9.90", "0.00"),
    ],
)
def test_a_rule_makes_its_price_whole_at_its_decimals(rule, listed, cost):
    made = rule.compile(Currency("CNY"))(UnitPrice.of(listed, "CNY"))
    assert made == UnitPrice.of(cost, "CNY")


@pytest.mark.parametrize(
    ("currency", "listed", "cost"),
    [("JPY", "333", "316"), ("JPY", "0.5", "0.5"), ("KWD", "0.333", "0.316")],
)
def test_prices_are_made_whole_as_their_currency_has_it(currency, listed, cost):
    made = OffListPrice("5").compile(Currency(currency))(UnitPrice.of(listed, currency))
    assert made == UnitPrice.of(cost, currency)


def test_prices_finer_than_the_minor_unit_are_made_whole_once_on_the_row():
    screws = PriceList(id="l", rules=[FixedListPrice("screw", "0.004")], purchase_limit=1)
    quote = priced(cart_of(("screw", "0.006", 2)), screws)
    assert parts(quote) == [("0.004", 1, "l"), ("0.006", 1, None)]
    assert base(quote) == "0.01"  # 0.010; each part by itself would have come to 0.00 and 0.01


def test_a_flash_price_never_makes_a_row_dearer_by_rounding():
    screws = PriceList(id="l", rules=[FixedListPrice("screw", "0.005")], purchase_limit=1)
    quote = priced(cart_of(("screw", "0.006", 2)), screws)
    assert str(quote.line("1").list_amount) == "CNY 0.01"
    assert base(quote) == "0.01"  # 0.011; two parts made whole would have come to 0.02


# Purchase limits

FLASH = PriceList(id="flash", rules=[FixedListPrice("tea", "5.00")], purchase_limit=3)
SECOND = PriceList(id="second", rules=[FixedListPrice("tea", "6.00")], purchase_limit=2)


@pytest.mark.parametrize(("units", "cost"), [(1, 5), (3, 15), (4, 25), (10, 85)])
def test_units_beyond_the_limit_cost_what_they_would_without(units, cost):
    assert base(priced(cart_of(("tea", "10.00", units)), FLASH)) == f"{cost}.00"


@pytest.mark.parametrize(("before", "cost"), [(0, 25), (1, 30), (2, 35), (3, 40), (99, 40)])
def test_what_was_bought_before_counts_to_the_limit(before, cost):
    shopper = Shopper(purchases={"tea": before, "cup": 7})
    quote = priced(cart_of(("tea", "10.00", 4)), FLASH, shopper=shopper)
    assert base(quote) == f"{cost}.00"


def test_further_units_take_the_next_best_price():
    quote = priced(cart_of(("tea", "10.00", 6)), SECOND, FLASH)
    assert parts(quote) == [("5.00", 3, "flash"), ("6.00", 2, "second"), ("10.00", 1, None)]
    assert base(quote) == "37.00"


def test_further_units_take_the_price_of_the_next_priority():
    lists = evolve(FLASH, priority=1), evolve(SECOND, priority=2), evolve(DEAR, priority=0)
    quote = priced(cart_of(("tea", "10.00", 6)), *lists, choice="priority")
    assert parts(quote) == [("6.00", 2, "second"), ("5.00", 3, "flash"), ("12.00", 1, "dear")]


def test_a_limit_is_one_for_all_lines_of_a_sku_in_the_order_of_their_ids():
    lines = [
        CartLine.of("b", "tea", 2, "10.00", "CNY"),
        CartLine.of("a", Product("tea", attributes={"engraving": "A"}), 2, "12.00", "CNY"),
        CartLine.of("c", "cup", 2, "9.00", "CNY"),
    ]
    quote = priced(Cart("CNY", lines), FLASH)
    assert parts(quote, "a") == [("5.00", 2, "flash")]
    assert parts(quote, "b") == [("5.00", 1, "flash"), ("10.00", 1, None)]
    assert priced(Cart("CNY", lines[::-1]), FLASH).base_prices == quote.base_prices


def test_a_limit_holds_for_each_sku_by_itself():
    half = PriceList(id="half", rules=[OffListPrice("50")], purchase_limit=1)
    quote = priced(cart_of(("tea", "10.00", 2), ("cup", "8.00", 2)), half)
    assert [f"{line.base.decimal}" for line in quote.lines] == ["15.00", "12.00"]


def test_a_list_that_is_not_cheaper_uses_up_no_limit():
    engraved = Product("tea", attributes={"engraving": "A"})
    quote = priced(cart_of(("tea", "4.00", 3), (engraved, "10.00", 3)), FLASH)
    assert [f"{line.base.decimal}" for line in quote.lines] == ["12.00", "15.00"]


def test_a_quantity_break_counts_the_units_beyond_a_limit_too():
    few = PriceList(id="few", rules=[FixedListPrice("tea", "5.00", 5)], purchase_limit=2)
    assert base(priced(cart_of(("tea", "10.00", 4)), few)) == "40.00"
    assert base(priced(cart_of(("tea", "10.00", 5)), few)) == "40.00"


def test_units_of_a_row_of_two_prices_are_interchangeable():
    quote = priced(cart_of(("tea", "10.00", 4)), FLASH)
    units = [quote.line("1", unit, unit + 1).base_minor for unit in range(4)]
    assert units == [625, 625, 625, 625]
    odd = priced(cart_of(("tea", "10.00", 7)), FLASH)
    units = [odd.line("1", unit, unit + 1).base_minor for unit in range(7)]
    assert units == [786, 786, 786, 786, 786, 785, 785]


# Promotions on prices of lists


def test_promotions_reduce_the_price_that_holds():
    book = PromotionBook("CNY", [recipes.percent_off("tenth", "10")])
    quote = priced(ONE_TEA, CHEAP, book=book)
    assert (base(quote), str(quote.payable), str(quote.discount)) == (
        "7.00", "CNY 6.30", "CNY 0.70",
    )  # fmt: skip


FLOORED = Cart("CNY", [CartLine.of("1", "tea", 2, "10.00", "CNY", floor_price="9.00")])
OFFERS = [PercentOff("50"), AmountOff("5"), AmountOffEach("3")]


@pytest.mark.parametrize("benefit", OFFERS)
@pytest.mark.parametrize(
    ("listed", "left"), [("9.50", "18.00"), ("9.00", "18.00"), ("8", "16.00")]
)
def test_promotions_take_nothing_where_a_list_is_below_the_floor(benefit, listed, left):
    fixed = PriceList(id="l", rules=[FixedListPrice("tea", listed)])
    book = PromotionBook("CNY", [Promotion(id="p", benefits=benefit)])
    assert f"{priced(FLOORED, fixed, book=book).payable.decimal}" == left


def test_a_floor_above_the_carts_price_holds_for_a_dearer_list():
    lines = [CartLine.of("1", "tea", 1, "10.00", "CNY", floor_price="11.00")]
    book = PromotionBook("CNY", [recipes.percent_off("half", "50")])
    quote = priced(Cart("CNY", lines), DEAR, book=book, choice="priority")
    assert str(quote.payable) == "CNY 11.00"


# Kinds of one's own, and what is refused


@variant(PriceRule, "test_double_price")
@frozen
class DoublePrice(PriceRule):
    """A unit costs twice the cart's price."""

    sku: str | None = None
    min_quantity: int = 1

    def compile(self, currency: Currency) -> PriceOf:
        return lambda listed: UnitPrice(2 * listed.units, listed.scale, currency)


def test_a_shop_may_add_a_kind_of_rule():
    twice = PriceList(id="l", rules=[DoublePrice()])
    assert base(priced(ONE_TEA, twice, choice="priority")) == "20.00"


def test_a_tariff_in_another_currency_is_refused():
    with pytest.raises(CurrencyMismatch, match="a tariff in CNY"):
        price(ONE_TEA, NOTHING, at=AT, tariff=Tariff("JPY"))


def test_a_cart_that_lists_make_worth_too_much_is_refused():
    lists = PriceList(id="l", rules=[FixedListPrice("tea", "9999999999999.99")])
    assert str(priced(ONE_TEA, lists, choice="priority").payable) == "CNY 9999999999999.99"
    with pytest.raises(LimitExceeded, match="a cart worth up to"):
        priced(cart_of(("tea", "1.00", 2)), lists, choice="priority")


def test_lists_that_hold_at_once_are_limited():
    lists = [PriceList(id=f"l{n}", rules=[TEA]) for n in range(MAX_LISTS_AT_ONCE + 1)]
    elsewhere = evolve(lists[0], channels="app")
    assert base(priced(ONE_TEA, elsewhere, *lists[1:])) == "8.00"
    with pytest.raises(LimitExceeded, match=r"^tariff\.price_lists: expected at most 50"):
        priced(ONE_TEA, *lists)


def test_the_largest_quantities_and_prices_are_exact():
    fixed = PriceList(
        id="l", rules=[FixedListPrice("tea", "0.00000001")], purchase_limit=10**9 - 1
    )
    quote = priced(cart_of(("tea", "9999.99", 10**9)), fixed)
    assert base(quote) == "10009.99"  # 9.99999999 and 9999.99, made whole once
    assert quote.line("1", 0, 5).base_minor + quote.line("1", 5).base_minor == 1000999
