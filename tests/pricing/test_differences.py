"""Differences between prices by example, in data and in words."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve

from ordercore import Cart, CartLine, Fee, Money, PromotionBook, Quote, Tariff, price, recipes
from ordercore.errors import CurrencyMismatch, InvalidType, InvalidValue
from ordercore.pricing import (
    Change,
    CodeChange,
    CountChange,
    Kind,
    OutsideQuote,
    Part,
    PromotionChange,
    diff,
)
from ordercore.promotions import Sku
from ordercore.tariffs import Taxes, TaxRate

AT = datetime(2026, 6, 18, tzinfo=UTC)
SAVE = recipes.spend_and_save("save", spend="300", save="50")
GIFT = recipes.gift_from("gift", "mug", spend="200", layer="platform", basis="list")
HELLO = recipes.amount_off("hello", "5", code="HELLO", layer="coupon")
BOOK = PromotionBook("CNY", [SAVE, GIFT, HELLO])
ITEMS = [("shirt", "129.00", 2), ("scarf", "45.00", 1)]


def quote_of(items=ITEMS, *, shipping="12.00", fees=(), book=BOOK, **more) -> Quote:
    return price(Cart.of("CNY", items, shipping=shipping, fees=fees), book, at=AT, **more)


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


class TestQuotes:
    def test_the_same_is_no_difference(self) -> None:
        difference = diff(quote_of(), quote_of())
        assert difference.is_empty
        assert difference.told("zh_CN") == "没有差异"
        assert str(difference) == "No difference"

    def test_what_is_bought_less_is_told_by_lines_promotions_and_gifts(self) -> None:
        fewer = quote_of([("shirt", "129.00", 1), ("scarf", "45.00", 1)])
        difference = diff(quote_of(), fewer)
        assert (difference.before, difference.after) == (cny("265.00"), cny("186.00"))
        assert difference.changes == (
            Change(Part.LINE, "1", cny("215.43"), cny("129.00")),
            Change(Part.LINE, "2", cny("37.57"), cny("45.00")),
        )
        assert difference.promotions == (
            PromotionChange("gift", Kind.APPLIED, Kind.NOT_ELIGIBLE, cny("0"), cny("0")),
            PromotionChange("save", Kind.APPLIED, Kind.NOT_ELIGIBLE, cny("50"), cny("0")),
        )
        assert difference.counts == (CountChange("gift", "mug", 1, 0),)

    def test_a_line_may_be_on_one_side_only(self) -> None:
        one, other = quote_of([("cap", "9.00", 1)]), quote_of([])
        (change,) = diff(one, other).lines
        assert change == Change(Part.LINE, "1", cny("9.00"), None)
        assert (change.amount, change.title) == (cny("-9.00"), "cap")
        (back,) = diff(other, one).lines
        assert (back.before, back.amount) == (None, cny("9.00"))

    def test_a_code_may_be_typed_on_one_side_only(self) -> None:
        difference = diff(quote_of(), quote_of(codes=["HELLO", "NOPE"]))
        assert difference.amount == cny("-5.00")
        assert difference.codes == (
            CodeChange("HELLO", None, Kind.APPLIED),
            CodeChange("NOPE", None, Kind.UNKNOWN_CODE),
        )

    def test_shipping_fees_tax_and_rounding_are_parts_of_their_own(self) -> None:
        tariff = Tariff("CNY", taxes=Taxes([TaxRate("vat", "13")], included=False))
        fees = [Fee("bag", cny("1.00"), name="Bag")]
        one = quote_of([("cap", "10.00", 1)])
        other = quote_of([("cap", "10.00", 1)], shipping="8.00", fees=fees, tariff=tariff)
        assert diff(one, other).changes == (
            Change(Part.SHIPPING, "", cny("12.00"), cny("8.00")),
            Change(Part.FEE, "bag", None, cny("1.00")),
            Change(Part.TAX, "", cny("0.00"), other.tax),
        )

    def test_tax_that_prices_contain_adds_nothing(self) -> None:
        vat = Tariff("CNY", taxes=Taxes([TaxRate("vat", "13")], included=True))
        difference = diff(quote_of(), quote_of(tariff=vat))
        assert difference.changes == ()
        assert difference.amount.is_zero
        assert not difference.is_empty
        assert difference.tax_included is not None
        assert difference.told("zh_CN").splitlines()[-1].startswith("含税：¥0.00 → ¥")

    def test_what_is_due_now_adds_nothing(self) -> None:
        presale = PromotionBook("CNY", [recipes.presale_deposit("presale", "20.00", Sku("scarf"))])
        difference = diff(quote_of(book=PromotionBook("CNY")), quote_of(book=presale))
        assert difference.changes == ()
        assert difference.deposit == Change(Part.DEPOSIT, "", cny("0.00"), cny("20.00"))
        assert not evolve(difference, promotions=()).is_empty
        assert "定金：¥0.00 → ¥20.00（+¥20.00）" in difference.told("zh_CN")

    @pytest.mark.parametrize(
        ("locale", "told"),
        [
            (
                "zh_CN",
                """\
应付：¥260.00 → ¥186.00（−¥74.00）
shirt：¥211.17 → ¥129.00（−¥82.17）
scarf：¥36.83 → ¥45.00（+¥8.17）
满200送 mug × 1：已享受 → 未满足条件
  满200送 mug × 1：还差 ¥26.00
立减5：−¥5.00 → —
满300减50：−¥50.00 → 未满足条件
  满300减50：还差 ¥126.00
优惠码 HELLO：已享受 → 未输入
赠品 mug：1 → 0""",
            ),
            (
                "en",
                """\
To pay: CN¥260.00 → CN¥186.00 (−CN¥74.00)
shirt: CN¥211.17 → CN¥129.00 (−CN¥82.17)
scarf: CN¥36.83 → CN¥45.00 (+CN¥8.17)
Spend CN¥200, get a gift: mug × 1: applies → not eligible
  Spend CN¥200, get a gift: mug × 1: CN¥26.00 short
CN¥5 off: −CN¥5.00 → —
Spend CN¥300, save CN¥50: −CN¥50.00 → not eligible
  Spend CN¥300, save CN¥50: CN¥126.00 short
Code HELLO: applies → not typed
Gift mug: 1 → 0""",
            ),
        ],
    )
    def test_it_is_told_line_by_line(self, locale: str, told: str) -> None:
        fewer = quote_of([("shirt", "129.00", 1), ("scarf", "45.00", 1)])
        assert diff(quote_of(codes=["HELLO"]), fewer).told(locale) == told


class TestOutside:
    def test_only_what_is_told_is_compared(self) -> None:
        quote = quote_of()
        assert diff(quote, OutsideQuote("CNY", "265.00")).is_empty
        (change,) = diff(quote, OutsideQuote("CNY", "265.01")).changes
        assert (change.part, change.amount) == (Part.OTHER, cny("0.01"))

    def test_lines_are_told_by_their_ids(self) -> None:
        lines = {"1": "215.42", "3": "1.00"}
        difference = diff(quote_of(), OutsideQuote("CNY", "228.42", lines=lines))
        assert difference.changes == (
            Change(Part.LINE, "1", cny("215.43"), cny("215.42")),
            Change(Part.LINE, "2", cny("37.57"), None),
            Change(Part.LINE, "3", None, cny("1.00")),
        )

    def test_promotions_that_applied_are_compared_and_no_others(self) -> None:
        outside = OutsideQuote("CNY", "265.00", promotions={"save": "49.99", "old": "0.01"})
        assert diff(quote_of(), outside).promotions == (
            PromotionChange("gift", Kind.APPLIED, None, cny("0"), cny("0")),
            PromotionChange("old", None, Kind.APPLIED, cny("0"), cny("0.01")),
            PromotionChange("save", Kind.APPLIED, Kind.APPLIED, cny("50"), cny("49.99")),
        )
        short = quote_of([("cap", "9.00", 1)])  # nothing applies, for whatever reasons
        assert diff(short, OutsideQuote("CNY", "21.00", promotions={})).is_empty

    def test_it_may_be_told_first_and_two_of_them_may_be_compared(self) -> None:
        old, new = OutsideQuote("CNY", "9.00"), OutsideQuote("CNY", "8.00", shipping="0")
        assert diff(old, new).amount == cny("-1.00")
        assert diff(old, quote_of()).amount == cny("256.00")

    @pytest.mark.parametrize("amount", ["-3.00", Decimal(-3), cny("-3.00")])
    def test_other_engines_may_come_to_less_than_nothing(self, amount) -> None:
        outside = OutsideQuote("CNY", amount, shipping=amount)
        assert (outside.payable, outside.shipping) == (cny("-3.00"), cny("-3.00"))

    def test_equal_ones_are_equal_and_can_be_kept(self) -> None:
        one = OutsideQuote("CNY", "9.00", lines={"b": "4", "a": "5"})
        other = OutsideQuote("CNY", "9", lines=[("a", "5.00"), ("b", "4.00")])
        assert one == other
        assert hash(one) == hash(other)
        assert pickle.loads(pickle.dumps(one)) == one


class TestFaults:
    @pytest.mark.parametrize(
        ("given", "error", "path"),
        [
            ({"payable": 9}, InvalidType, ("payable",)),
            ({"payable": None}, InvalidType, ("payable",)),
            ({"payable": "9.001"}, InvalidValue, ("payable",)),
            ({"payable": "NaN"}, InvalidValue, ("payable",)),
            ({"shipping": 1.5}, InvalidType, ("shipping",)),
            ({"tax": Money.of("1", "USD")}, CurrencyMismatch, ("tax",)),
            ({"lines": "1"}, InvalidType, ("lines",)),
            ({"lines": 7}, InvalidType, ("lines",)),
            ({"lines": ["1"]}, InvalidType, ("lines",)),
            ({"lines": {1: "9.00"}}, InvalidType, ("lines",)),
            ({"lines": {"": "9.00"}}, InvalidValue, ("lines",)),
            ({"lines": {"1": 9}}, InvalidType, ("lines", "1")),
            ({"fees": [("bag", "1"), ("bag", "2")]}, InvalidValue, ("fees",)),
            ({"promotions": {"p": "x"}}, InvalidValue, ("promotions", "p")),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_its_place(self, given, error, path) -> None:
        with pytest.raises(error) as caught:
            OutsideQuote("CNY", **{"payable": "9.00", **given})
        assert caught.value.path == path

    def test_two_currencies_do_not_compare(self) -> None:
        dollars = price(
            Cart("USD", [CartLine.of("1", "cap", 1, "9", "USD")]), PromotionBook("USD"), at=AT
        )
        for other in (dollars, OutsideQuote("USD", "9")):
            with pytest.raises(CurrencyMismatch):
                diff(quote_of(), other)

    @pytest.mark.parametrize("other", [None, 9, "265.00", cny("265.00")])
    def test_only_prices_are_compared(self, other) -> None:
        with pytest.raises(InvalidType):
            diff(quote_of(), other)

    def test_there_are_no_words_in_other_languages(self) -> None:
        with pytest.raises(InvalidValue):
            diff(quote_of(), quote_of()).told("xx")
