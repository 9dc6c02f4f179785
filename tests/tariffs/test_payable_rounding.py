"""抹零: the payable is made a multiple of a step, as a component of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ordercore import Cart, PromotionBook, Quote, price, recipes
from ordercore.errors import InvalidDocument, InvalidValue, LimitExceeded
from ordercore.tariffs import PayableRounding, Tariff, Taxes, TaxRate

AT = datetime(2026, 11, 11, tzinfo=UTC)


def rounded(
    amount: str, step: str, mode: str = "down", currency: str = "CNY", **more: Any
) -> Quote:
    cart = Cart.of(currency, [("tea", amount, 1)])
    tariff = Tariff(currency, rounding=PayableRounding(step, mode), **more)
    return price(cart, PromotionBook(currency), at=AT, tariff=tariff)


@pytest.mark.parametrize(
    ("amount", "step", "mode", "payable"),
    [
        ("12.37", "0.1", "down", "12.30"),
        ("12.37", "0.1", "floor", "12.30"),
        ("12.37", "0.1", "up", "12.40"),
        ("12.31", "0.1", "ceiling", "12.40"),
        ("12.35", "0.1", "half_up", "12.40"),
        ("12.35", "0.1", "half_down", "12.30"),
        ("12.35", "0.1", "half_even", "12.40"),
        ("12.45", "0.1", "half_even", "12.40"),
        ("12.30", "0.1", "up", "12.30"),
        ("12.37", "0.05", "half_up", "12.35"),
        ("12.38", "0.05", "half_up", "12.40"),
        ("12.37", "1", "down", "12.00"),
        ("12.37", "0.01", "down", "12.37"),
        ("12.37", "0.03", "down", "12.36"),
        ("0.40", "1", "down", "0.00"),
        ("0.40", "1", "half_up", "0.00"),
        ("0.50", "1", "half_up", "1.00"),
        ("0.40", "1", "up", "1.00"),
        ("0.00", "100", "up", "0.00"),
        ("99.99", "100", "down", "0.00"),
    ],
)
def test_the_payable_is_a_multiple_of_the_step(amount, step, mode, payable):
    quote = rounded(amount, step, mode)
    assert f"{quote.payable.decimal}" == payable
    assert quote.rounding == quote.payable - quote.goods
    assert f"{quote.line('1').payable.decimal}" == amount  # lines stay as they are


@pytest.mark.parametrize(
    ("amount", "step", "currency", "payable"),
    [("1234", "10", "JPY", "1230"), ("1.237", "0.005", "KWD", "1.235"), ("7", "1", "JPY", "7")],
)
def test_steps_are_in_the_currency_of_the_tariff(amount, step, currency, payable):
    quote = rounded(amount, step, currency=currency)
    assert f"{quote.payable.decimal}" == payable


def test_the_payable_is_rounded_after_shipping_and_tax_on_top():
    cart = Cart.of("CNY", [("tea", "10.00", 1)], shipping="0.99")
    taxes = Taxes([TaxRate("vat", "13")], included=False)
    tariff = Tariff("CNY", taxes=taxes, rounding=PayableRounding("0.5"))
    quote = price(cart, PromotionBook("CNY"), at=AT, tariff=tariff)
    assert f"{quote.tax.decimal}" == "1.43"
    assert f"{quote.rounding.decimal}" == "-0.42"  # 10.00 + 0.99 + 1.43 = 12.42
    assert f"{quote.payable.decimal}" == "12.00"


def test_tax_in_the_price_is_not_changed_by_rounding():
    taxes = Taxes([TaxRate("vat", "13")])
    assert rounded("11.30", "1", taxes=taxes).tax == rounded("11.30", "0.01", taxes=taxes).tax


def test_what_is_free_stays_free():
    cart = Cart.of("CNY", [("tea", "9.99", 1)])
    book = PromotionBook("CNY", [recipes.percent_off("all", "100")])
    tariff = Tariff("CNY", rounding=PayableRounding("1", "up"))
    quote = price(cart, book, at=AT, tariff=tariff)
    assert quote.payable.is_zero
    assert quote.rounding.is_zero


@pytest.mark.parametrize("step", ["0", "-0.1", "NaN", "1e1", ""])
def test_a_step_is_an_amount_above_zero(step):
    with pytest.raises(InvalidValue, match=r"^step: "):
        PayableRounding(step)


def test_a_rounding_has_a_name():
    with pytest.raises(InvalidValue, match=r"^mode: expected one of 'half_up'"):
        PayableRounding("0.1", "nearest")


@pytest.mark.parametrize(("step", "currency"), [("0.05", "JPY"), ("0.001", "CNY")])
def test_a_step_fits_the_currency(step, currency):
    with pytest.raises(InvalidDocument, match=r"rounding\.step: expected at most"):
        Tariff(currency, rounding=PayableRounding(step))


def test_an_order_that_rounding_makes_worth_too_much_is_refused():
    assert rounded("9999999999999.99", "0.01").payable_minor == 10**15 - 1
    assert rounded("9999999999999.99", "1", "up").payable_minor == 10**15
    with pytest.raises(LimitExceeded, match="an order worth up to"):
        rounded("9999999999999.99", "7000000000000", "up")
