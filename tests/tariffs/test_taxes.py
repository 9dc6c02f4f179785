"""Taxes: what bears which rate, where tax is made whole, and what each line bears of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ordercore import Cart, CartLine, Money, PromotionBook, Quote, Shopper, price, recipes
from ordercore.cart import Fee
from ordercore.catalog import Product
from ordercore.errors import LimitExceeded
from ordercore.pricing import TaxShare
from ordercore.tariffs import MAX_RATES_AT_ONCE, PriceList, Tariff, Taxes, TaxRate
from ordercore.tariffs.lists import OffListPrice

AT = datetime(2026, 11, 11, tzinfo=UTC)


def taxed(cart: Cart, *rates: TaxRate, book: PromotionBook | None = None, **options: Any) -> Quote:
    context = {key: options.pop(key) for key in ("region", "shopper") if key in options}
    tariff = Tariff(str(cart.currency), taxes=Taxes(rates, **options))
    return price(cart, book or PromotionBook(str(cart.currency)), at=AT, tariff=tariff, **context)


def cart_of(*items: tuple[Any, str, int], currency: str = "CNY", **more: Any) -> Cart:
    return Cart.of(currency, items, **more)


def told(quote: Quote) -> dict[str, tuple[str, str]]:
    """Each rate: (taxable, tax)."""
    return {each.rate: (f"{each.taxable.decimal}", f"{each.tax.decimal}") for each in quote.taxes}


def borne(quote: Quote, line_id: str, *units: int) -> list[tuple[str, int]]:
    return [(share.rate, share.minor) for share in quote.line(line_id, *units).taxes]


VAT = TaxRate("vat", "13")
TEA = cart_of(("tea", "11.30", 1))


def test_tax_in_the_price_adds_nothing_to_the_payable():
    quote = taxed(TEA, VAT)
    assert told(quote) == {"vat": ("11.30", "1.30")}
    assert str(quote.payable) == "CNY 11.30"
    assert str(quote.line("1").tax) == "CNY 1.30"
    assert quote.line("1").taxes == (TaxShare("vat", 130, quote.currency),)
    assert quote.line("1").taxes[0].amount == Money.of("1.30", "CNY")


def test_tax_on_top_comes_on_top():
    quote = taxed(TEA, VAT, included=False)
    assert told(quote) == {"vat": ("11.30", "1.47")}
    assert str(quote.payable) == "CNY 12.77"
    assert str(quote.line("1").payable) == "CNY 11.30"


@pytest.mark.parametrize(
    ("currency", "cost", "included", "on_top"),
    [("JPY", "1000", "91", "100"), ("KWD", "1.000", "0.091", "0.100"), ("JPY", "5", "0", "1")],
)
def test_tax_is_whole_in_the_minor_units_of_its_currency(currency, cost, included, on_top):
    cart, rate = cart_of(("tea", cost, 1), currency=currency), TaxRate("vat", "10")
    assert told(taxed(cart, rate))["vat"][1] == included
    assert told(taxed(cart, rate, included=False))["vat"][1] == on_top


HALVES = cart_of(("a", "0.50", 1), ("b", "1.50", 1), ("c", "2.50", 1), ("d", "0.04", 1))


@pytest.mark.parametrize(
    ("rounding", "lines", "order"),
    [  # 0.005, 0.015, 0.025, 0.0004; together 0.0454
        ("half_up", [1, 2, 3, 0], 5),
        ("half_even", [0, 2, 2, 0], 5),
        ("half_down", [0, 1, 2, 0], 5),
        ("up", [1, 2, 3, 1], 5),
        ("ceiling", [1, 2, 3, 1], 5),
        ("down", [0, 1, 2, 0], 4),
        ("floor", [0, 1, 2, 0], 4),
    ],
)
def test_tax_is_made_whole_per_line_or_per_order_by_its_rounding(rounding, lines, order):
    rate = TaxRate("one", "1")
    quote = taxed(HALVES, rate, included=False, rounding=rounding)
    assert [line.tax.minor for line in quote.lines] == lines
    assert quote.tax.minor == sum(lines)
    quote = taxed(HALVES, rate, included=False, rounding=rounding, level="order")
    assert quote.tax.minor == order
    assert sum(line.tax.minor for line in quote.lines) == order


def test_equal_lines_are_one_row_and_taxed_as_one():
    twice = cart_of(("a", "0.50", 1), ("a", "0.50", 1))
    assert taxed(twice, TaxRate("one", "1"), included=False).tax.minor == 1  # not 1 + 1
    assert taxed(cart_of(("a", "0.50", 2)), TaxRate("one", "1"), included=False).tax.minor == 1


# What bears which rate

CLASSED = Cart(
    "CNY",
    [
        CartLine.of("1", "ordinary", 1, "100.00", "CNY"),
        CartLine.of("2", Product("book", tax_class="reduced"), 1, "10.00", "CNY"),
        CartLine.of("3", Product("stamp", tax_class="exempt"), 1, "1.00", "CNY"),
    ],
    Money.of("7", "CNY"),
    fees=[
        Fee("bag", Money.of("3", "CNY")),
        Fee("box", Money.of("5", "CNY"), tax_class="reduced"),
    ],
)


@pytest.mark.parametrize(
    ("rate", "options", "taxable"),
    [
        ({}, {}, "110.00"),
        ({"tax_classes": "reduced"}, {}, "15.00"),
        ({"tax_classes": ("ordinary", "reduced")}, {}, "125.00"),
        ({"tax_classes": "reduced"}, {"shipping_class": "reduced"}, "22.00"),
        ({}, {"shipping_class": "exempt"}, "103.00"),
        ({"on": ["goods"]}, {}, "100.00"),
        ({"on": ("shipping", "fees")}, {}, "10.00"),
        ({"regions": "CN-31"}, {"region": "CN-31"}, "110.00"),
        ({"regions": ("CN-31", "CN-44")}, {"region": "CN-44"}, "110.00"),
        ({"regions": "CN-31"}, {"region": "CN-44"}, None),
        ({"regions": "CN-31"}, {}, None),
        ({"tax_classes": "luxury"}, {}, None),
    ],
)
def test_a_rate_falls_on_its_classes_in_its_regions_and_on_its_parts(rate, options, taxable):
    quote = taxed(CLASSED, TaxRate("r", "10", **rate), **options)
    assert told(quote).get("r", (None,))[0] == taxable


def test_an_ordinary_product_may_say_that_it_is():
    cart = cart_of((Product("tea", tax_class="ordinary"), "11.30", 1))
    assert told(taxed(cart, VAT)) == told(taxed(TEA, VAT))


def test_a_rate_of_zero_is_told_with_what_it_falls_on():
    quote = taxed(TEA, TaxRate("zero", "0"), TaxRate("vat", "13", ("reduced",)))
    assert told(quote) == {"zero": ("11.30", "0.00")}
    assert quote.line("1").taxes == ()


@pytest.mark.parametrize("included", [True, False])
def test_who_is_exempt_bears_no_tax(included):
    options = {"included": included, "exempt_groups": ["embassy", "resale"]}
    exempt = Shopper(groups=["gold", "resale"])
    quote = taxed(CLASSED, VAT, shopper=exempt, **options)
    assert quote.taxes == quote.shipping_taxes == ()
    assert quote.fee_taxes == (("bag", ()), ("box", ()))
    assert str(quote.payable) == "CNY 126.00"  # prices that include tax stay as they are
    for shopper in (None, Shopper(), Shopper(groups=["gold"])):
        assert not taxed(CLASSED, VAT, shopper=shopper, **options).tax.is_zero


def test_shipping_and_fees_tell_their_tax():
    quote = taxed(CLASSED, VAT, TaxRate("low", "9", ("reduced",)), included=False)
    assert told(quote) == {"vat": ("110.00", "14.30"), "low": ("15.00", "1.35")}
    currency = quote.currency
    assert quote.shipping_taxes == (TaxShare("vat", 91, currency),)
    assert quote.fee_taxes == (
        ("bag", (TaxShare("vat", 39, currency),)),
        ("box", (TaxShare("low", 45, currency),)),
    )
    assert [line.tax.minor for line in quote.lines] == [1300, 90, 0]
    assert str(quote.payable) == "CNY 141.65"


def test_tax_is_on_what_is_left_after_promotions():
    book = PromotionBook("CNY", [recipes.percent_off("half", "50")])
    assert told(taxed(TEA, VAT, book=book)) == {"vat": ("5.65", "0.65")}


def test_tax_is_on_the_price_that_holds():
    taxes, half = Taxes([VAT]), PriceList(id="l", rules=[OffListPrice("50")])
    quote = price(TEA, PromotionBook("CNY"), at=AT, tariff=Tariff("CNY", [half], taxes=taxes))
    assert told(quote) == {"vat": ("5.65", "0.65")}


# Several rates on one part

STATE, COUNTY = TaxRate("state", "6"), TaxRate("county", "2.25")


def test_several_rates_on_top_are_made_whole_each_by_itself():
    quote = taxed(cart_of(("a", "10.10", 1)), STATE, COUNTY, included=False)
    assert told(quote) == {"state": ("10.10", "0.61"), "county": ("10.10", "0.23")}


def test_several_rates_in_the_price_are_made_whole_together():
    quote = taxed(cart_of(("a", "108.25", 1)), STATE, COUNTY)
    assert told(quote) == {"state": ("108.25", "6.00"), "county": ("108.25", "2.25")}
    assert taxed(cart_of(("a", "1.00", 1)), STATE, COUNTY).tax.minor == 8  # 7.62…


@pytest.mark.parametrize("level", ["line", "order"])
def test_of_many_small_taxes_each_rate_gets_its_part(level):
    cart = cart_of(*[(f"sku-{n}", "0.10", 1) for n in range(100)])
    quote = taxed(cart, TaxRate("a", "6"), TaxRate("b", "5"), level=level)
    assert quote.tax.minor == {"line": 100, "order": 99}[level]
    tax = {each.rate: each.tax.minor for each in quote.taxes}
    assert tax == {"line": {"a": 55, "b": 45}, "order": {"a": 54, "b": 45}}[level]
    assert all(line.tax.minor <= 1 for line in quote.lines)


@pytest.mark.parametrize("level", ["line", "order"])
def test_no_unit_contains_more_tax_than_it_costs(level):
    rates = [TaxRate(f"r{n}", "300") for n in range(3)]
    quote = taxed(cart_of(("a", "0.01", 3)), *rates, level=level, rounding="up")
    assert quote.tax.minor == 3
    assert [quote.line("1", unit, unit + 1).tax.minor for unit in range(3)] == [1, 1, 1]


def test_the_order_of_rates_changes_only_the_order_in_which_they_are_told():
    cart = cart_of(("a", "0.10", 7), ("b", "0.07", 3), shipping="0.13")
    one, other = taxed(cart, STATE, COUNTY), taxed(cart, COUNTY, STATE)
    assert told(one) == told(other)
    assert [each.rate for each in other.taxes] == ["county", "state"]
    assert one.lines == other.lines


def test_of_equal_rates_the_first_by_id_bears_what_cannot_be_halved():
    central, state = TaxRate("cgst", "9"), TaxRate("sgst", "9")
    cart = cart_of(("a", "0.07", 1))  # 0.0107 of tax
    for rates in ((central, state), (state, central)):
        assert borne(taxed(cart, *rates), "1") == [("cgst", 1)]


def test_fees_bear_the_same_in_whatever_order_they_stand():
    fees = [Fee("b", Money(1, "CNY")), Fee("a", Money(1, "CNY"))]
    rate = TaxRate("r", "50")
    taxes = [
        dict(taxed(cart_of(fees=some), rate, included=False, level="order").fee_taxes)
        for some in (fees, fees[::-1])
    ]
    assert taxes[0] == taxes[1] == {"a": (TaxShare("r", 1, "CNY"),), "b": ()}


# Lines and units


def test_lines_of_a_row_bear_the_tax_of_what_is_paid_for_them():
    cart = cart_of(("a", "0.50", 3), ("a", "0.50", 1))
    quote = taxed(cart, VAT, included=False)
    assert quote.tax.minor == 26
    assert [line.tax.minor for line in quote.lines] == [19, 7]


def test_units_bear_tax_by_running_totals():
    quote = taxed(cart_of(("a", "1.00", 4)), STATE, COUNTY, included=False)
    assert told(quote) == {"state": ("4.00", "0.24"), "county": ("4.00", "0.09")}
    units = [borne(quote, "1", unit, unit + 1) for unit in range(4)]
    assert units == [
        [("county", 2), ("state", 6)],
        [("county", 2), ("state", 6)],
        [("county", 3), ("state", 5)],
        [("county", 2), ("state", 7)],
    ]
    assert borne(quote, "1", 0, 0) == []
    assert borne(quote, "1", 1, 3) == [("county", 5), ("state", 11)]
    assert borne(quote, "1") == [("county", 9), ("state", 24)]


def test_units_of_a_reduced_line_bear_the_tax_of_what_is_left_of_them():
    book = PromotionBook("CNY", [recipes.amount_off("off", "2.00")])
    cart, rate = cart_of(("a", "1.00", 3), ("a", "1.00", 1)), TaxRate("r", "3.5")
    quote = taxed(cart, rate, book=book, included=False)
    assert quote.tax.minor == 7  # 1.75, 3.5, 5.25 and 7 by running totals
    units = [quote.line("1", unit, unit + 1).tax.minor for unit in range(3)]
    assert [*units, quote.line("2").tax.minor] == [1, 2, 2, 2]
    assert quote.line("2") == quote.lines[1]


def test_a_line_of_a_billion_units_is_cut_anywhere():
    quote = taxed(cart_of(("a", "0.99", 10**9)), STATE, COUNTY)
    half = 5 * 10**8
    assert quote.line("1", 0, half).tax + quote.line("1", half).tax == quote.tax


# Nothing and very much


@pytest.mark.parametrize("rounding", ["half_up", "up", "ceiling", "down"])
@pytest.mark.parametrize("level", ["line", "order"])
@pytest.mark.parametrize("included", [True, False])
def test_what_costs_nothing_bears_no_tax(included, level, rounding):
    free = PromotionBook("CNY", [recipes.percent_off("free", "100"), recipes.free_shipping("s")])
    options = {"included": included, "level": level, "rounding": rounding}
    for cart, book in (
        (cart_of(), None),
        (cart_of(("a", "0.00", 3)), None),
        (cart_of(("a", "0.01", 3), ("b", "9.99", 1), shipping="8"), free),
    ):
        quote = taxed(cart, STATE, COUNTY, book=book, **options)
        assert quote.payable.is_zero
        assert quote.tax.is_zero
        assert quote.shipping_taxes == ()
        assert all(line.taxes == () for line in quote.lines)


@pytest.mark.parametrize(("level", "cents"), [("line", "10"), ("order", "11")])
def test_the_largest_amounts_are_exact(level, cents):
    cart = cart_of(("a", "9999999999999.98", 1), ("b", "0.01", 1))
    quote = taxed(cart, VAT, level=level)
    assert f"{quote.tax.decimal}" == f"1150442477876.{cents}"  # .10389… without b, .10504… with
    assert str(quote.payable) == "CNY 9999999999999.99"


def test_an_order_that_tax_makes_worth_too_much_is_refused():
    with pytest.raises(LimitExceeded, match="an order worth up to"):
        taxed(cart_of(("a", "9999999999999.99", 1)), VAT, included=False)


def test_rates_on_one_part_are_limited():
    rates = [TaxRate(f"r{n}", "1") for n in range(MAX_RATES_AT_ONCE + 1)]
    elsewhere = TaxRate("r0", "1", regions="CN-31")
    assert told(taxed(TEA, elsewhere, *rates[1:], included=False))["r1"] == ("11.30", "0.11")
    with pytest.raises(LimitExceeded, match=r"^tariff\.taxes\.rates: expected at most 20"):
        taxed(TEA, *rates)


def test_percentages_are_exact_to_the_last_decimal():
    rate = TaxRate("r", "33.33333333333333333333")
    cart = cart_of(("a", "6000000000000.00", 1))
    assert f"{taxed(cart, rate, included=False).tax.decimal}" == "2000000000000.00"
    down = taxed(cart, rate, included=False, rounding="down")
    assert f"{down.tax.decimal}" == "1999999999999.99"
