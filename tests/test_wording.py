"""Words in Chinese and English: locales, messages, amounts, discounts, instants, labels."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_UP, Clamped, Decimal, Inexact, Rounded, localcontext
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from ordercore.data import variants
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded, NotFound
from ordercore.money import Currency, Money
from ordercore.pricing.explain import MissKind, RowKind
from ordercore.pricing.explaining.labels import label_of
from ordercore.pricing.resolvers.account import Kind
from ordercore.promotions import (
    Always,
    AmountOff,
    AmountOffEach,
    Benefit,
    BuyXGetY,
    Condition,
    CustomerInGroup,
    Every,
    Gift,
    NthItemOff,
    PercentOff,
    Promotion,
    ShippingOff,
    Threshold,
    Tier,
    Tiers,
    recipes,
)
from ordercore.testing.strategies import benefits
from ordercore.wording import CATALOGUES, LABELS, Words
from ordercore.wording.messages import Forms, placeholders

LOCALES = ("zh_CN", "en")

RECIPES: dict[str, Callable[[], Promotion]] = {
    "percent_off": lambda: recipes.percent_off("p", "10"),
    "amount_off": lambda: recipes.amount_off("p", "50"),
    "spend_and_save": lambda: recipes.spend_and_save("p", spend="300", save="50"),
    "save_per_spend": lambda: recipes.save_per_spend("p", spend="300", save="50"),
    "spend_and_save_tiers": lambda: recipes.spend_and_save_tiers(
        "p", [("100", "10"), ("200", "30"), ("300", "50")]
    ),
    "spend_and_discount": lambda: recipes.spend_and_discount("p", spend="300", percent="15"),
    "second_half_price": lambda: recipes.second_half_price("p"),
    "buy_and_get": lambda: recipes.buy_and_get("p", buy=2, get=1),
    "gift_from": lambda: recipes.gift_from("p", "mug", spend="200"),
    "free_shipping": lambda: recipes.free_shipping("p"),
    "free_shipping from": lambda: recipes.free_shipping("p", spend="99"),
}


def label(promotion: Promotion, locale: str, currency: str = "CNY") -> str | None:
    return label_of(promotion, Words(locale), Currency(currency))


class TestLocales:
    @pytest.mark.parametrize(
        ("given_as", "locale", "catalogue"),
        [
            ("zh", "zh_CN", "zh_CN"),
            ("zh-CN", "zh_CN", "zh_CN"),
            ("zh_Hans_CN", "zh_CN", "zh_CN"),
            ("ZH-hans", "zh_CN", "zh_CN"),
            ("zh_SG", "zh_SG", "zh_CN"),
            ("zh_Hans_HK", "zh_Hans_HK", "zh_CN"),
            ("en", "en", "en"),
            ("en_US", "en_US", "en"),
            ("en-gb", "en_GB", "en"),
            ("en_Latn_IE", "en_IE", "en"),
            ("en_US_POSIX", "en_US", "en"),
            ("en-CN", "en", "en"),  # a region that nobody has data for
        ],
    )
    def test_a_locale_is_read_in_the_ways_people_write_it(
        self, given_as: str, locale: str, catalogue: str
    ) -> None:
        words = Words(given_as)
        assert words.locale == locale
        assert words.catalogue is CATALOGUES[catalogue]
        assert Words(locale) == words

    @pytest.mark.parametrize(
        "locale",
        [
            "", "de", "fr_FR", "zh_TW", "zh_HK", "zh-Hant", "en_Dsrt", "english", "e", "zh_",
            "en_US.UTF-8", "en/../de", "zh\x00", "en_\N{LATIN SMALL LETTER SHARP S}", "en" * 5000,
        ],
    )  # fmt: skip
    def test_a_locale_without_words_is_refused_by_name(self, locale: str) -> None:
        with pytest.raises(InvalidValue) as caught:
            Words(locale)
        assert caught.value.reason == "unknown_locale"
        assert caught.value.path == ("locale",)

    def test_a_locale_is_text(self) -> None:
        with pytest.raises(InvalidType):
            Words(None)  # type: ignore[arg-type]

    def test_messages_come_from_the_language_and_formats_from_the_region(self) -> None:
        at = datetime(2026, 6, 1, 13, 5, tzinfo=UTC)
        assert Words("en_GB").say("row.payable") == Words("en_US").say("row.payable")
        assert Words("en_GB").instant(at) == "1 Jun 2026, 13:05:00 (UTC)"
        assert Words("en_GB").amount_minor(500, "USD", 2) == "US$5.00"
        assert Words("en_US").amount_minor(500, "USD", 2) == "$5.00"


class TestCatalogues:
    def test_both_have_the_same_messages(self) -> None:
        assert CATALOGUES["en"].messages.keys() == CATALOGUES["zh_CN"].messages.keys()

    @pytest.mark.parametrize("key", sorted(CATALOGUES["en"].messages))
    def test_both_insert_the_same_into_a_message(self, key: str) -> None:
        english, chinese = (CATALOGUES[each].messages[key] for each in ("en", "zh_CN"))
        assert placeholders(english) == placeholders(chinese)

    @pytest.mark.parametrize("locale", LOCALES)
    def test_every_form_of_a_message_inserts_the_same_and_there_is_always_another(
        self, locale: str
    ) -> None:
        for message in CATALOGUES[locale].messages.values():
            if isinstance(message, Forms):
                assert "other" in message.templates
                inserted = {placeholders(each) for each in message.templates.values()}
                assert len(inserted) == 1
                assert message.by in placeholders(message)

    @pytest.mark.parametrize("locale", LOCALES)
    @pytest.mark.parametrize("kind", Kind)
    def test_every_outcome_has_words(self, locale: str, kind: Kind) -> None:
        assert f"outcome.{kind}" in CATALOGUES[locale].messages

    @pytest.mark.parametrize("locale", LOCALES)
    @pytest.mark.parametrize("kind", MissKind)
    def test_every_reason_has_words(self, locale: str, kind: MissKind) -> None:
        assert f"miss.{kind}" in CATALOGUES[locale].messages

    @pytest.mark.parametrize("locale", LOCALES)
    def test_every_row_of_the_totals_has_words(self, locale: str) -> None:
        named = (
            "subtotal price_list discount shipping_fee shipping_discount other_fees fee_discount"
        )
        kinds = [RowKind(kind) for kind in f"{named} tax rounding payable".split()]
        assert all(f"row.{kind}" in CATALOGUES[locale].messages for kind in kinds)

    def test_a_catalogue_is_read_only(self) -> None:
        with pytest.raises(TypeError):
            CATALOGUES["en"].messages["row.payable"] = "Pay"  # type: ignore[index]


class TestMessages:
    @pytest.mark.parametrize(
        ("locale", "count", "told"),
        [
            ("en", 1, "X: 1 item short"),
            ("en", 2, "X: 2 items short"),
            ("en", 1200, "X: 1,200 items short"),
            ("zh_CN", 1, "X：还差 1 件"),
            ("zh_CN", 2, "X：还差 2 件"),
        ],
    )
    def test_a_counted_noun_takes_its_plural(self, locale: str, count: int, told: str) -> None:
        key = "outcome.not_eligible.units"
        assert Words(locale).say(key, count=count, promotion="X") == told

    def test_what_is_inserted_is_not_read_as_a_template(self) -> None:
        hostile = "{count.__class__} {0} %s"
        assert Words("en").say("outcome.applied", promotion=hostile) == hostile

    def test_an_unknown_message_is_refused(self) -> None:
        with pytest.raises(NotFound):
            Words("en").say("outcome.delighted")

    def test_a_missing_argument_is_refused(self) -> None:
        with pytest.raises(InvalidValue, match="promotion"):
            Words("en").say("outcome.no_effect")

    def test_a_plural_asks_for_an_integer(self) -> None:
        with pytest.raises(InvalidType):
            Words("en").say("outcome.not_eligible.units", count="2", promotion="X")

    def test_texts_are_listed_as_the_language_does(self) -> None:
        assert [Words(each).joined(["a", "b"]) for each in LOCALES] == ["a、b", "a, b"]


class TestAmounts:
    @pytest.mark.parametrize(
        ("locale", "minor", "currency", "told"),
        [
            ("zh_CN", 5000, "CNY", "¥50.00"),
            ("zh_CN", -5000, "CNY", "−¥50.00"),
            ("zh_CN", 123456789, "CNY", "¥1,234,567.89"),
            ("en", 5000, "CNY", "CN¥50.00"),
            ("en", -5000, "CNY", "−CN¥50.00"),
            ("en", 0, "CNY", "CN¥0.00"),
            ("en", 1, "USD", "$0.01"),
            ("zh_CN", 1200, "JPY", "JP¥1,200"),
            ("en", 1200, "JPY", "¥1,200"),
            ("en", 1500, "KWD", "KWD\u00a01.500"),
            ("en", 1, "IQD", "IQD\u00a00.001"),  # Babel alone would show no decimals
            ("en", 100, "HUF", "HUF\u00a01.00"),
            ("en", 12345, "CLF", "CLF\u00a01.2345"),
            ("en_IN", 1234567890, "INR", "₹1,23,45,678.90"),
            ("en_DE", -123456, "EUR", "−1.234,56\u00a0€"),
            ("en_AU", -123456, "CHF", "−CHF\u00a01,234.56"),
            ("en", 10**15, "CNY", "CN¥10,000,000,000,000.00"),
            ("en", 10**15 - 1, "CNY", "CN¥9,999,999,999,999.99"),
        ],
    )
    def test_an_amount_shows_all_decimals_of_its_currency(
        self, locale: str, minor: int, currency: str, told: str
    ) -> None:
        digits = Currency(currency).digits
        assert Words(locale).amount_minor(minor, currency, digits) == told
        money = Money(minor, Currency(currency))
        assert Words(locale).amount(money.decimal, currency, digits) == told

    @pytest.mark.parametrize(
        ("minor", "currency", "told"),
        [
            (30000, "CNY", "CN¥300"),
            (30050, "CNY", "CN¥300.50"),
            (0, "CNY", "CN¥0"),
            (1000, "KWD", "KWD\u00a01"),
            (1001, "KWD", "KWD\u00a01.001"),
            (300, "JPY", "¥300"),
        ],
    )
    def test_in_short_whole_amounts_have_no_decimals(
        self, minor: int, currency: str, told: str
    ) -> None:
        digits = Currency(currency).digits
        assert Words("en").amount_minor(minor, currency, digits, short=True) == told

    @given(minor=st.integers(-(10**15), 10**15), currency=st.sampled_from(["CNY", "KWD", "JPY"]))
    def test_no_decimal_context_changes_an_amount(self, minor: int, currency: str) -> None:
        digits, words = Currency(currency).digits, Words("en")
        plain = words.amount_minor(minor, currency, digits)
        exact = Money(minor, Currency(currency)).decimal
        with localcontext(prec=3, rounding=ROUND_UP, Emax=5, Emin=-5) as hostile:
            hostile.clear_flags()  # those of the context that it was copied from
            hostile.traps[Inexact] = hostile.traps[Rounded] = hostile.traps[Clamped] = True
            assert words.amount_minor(minor, currency, digits) == plain
            assert words.amount(exact, currency, digits) == plain
            assert not any(hostile.flags.values())

    @given(minor=st.integers(-(10**15), 10**15), currency=st.sampled_from(["CNY", "KWD", "JPY"]))
    def test_the_digits_of_an_amount_are_its_minor_units(self, minor: int, currency: str) -> None:
        told = Words("zh_CN").amount_minor(minor, currency, Currency(currency).digits)
        assert int("".join(c for c in told if c.isdigit())) == abs(minor)
        assert told.startswith("−") == (minor < 0)

    @given(
        minor=st.integers(0, 10**15) | st.integers(0, 10**6),
        currency=st.sampled_from(["CNY", "USD", "EUR", "KWD", "JPY", "CHF", "INR"]),
        locale=st.sampled_from(
            ["en", "en_GB", "en_IN", "en_CH", "en_DE", "en_ZA", "en_SE", "en_AT", "zh_CN", "zh_SG"]
        ),
    )
    def test_an_amount_is_written_as_babel_writes_it(
        self, minor: int, currency: str, locale: str
    ) -> None:
        digits = Currency(currency).digits
        told = Words(locale).amount_minor(minor, currency, digits)
        number = Money(minor, Currency(currency)).decimal
        theirs = format_currency(number, currency, locale=locale)
        assert told.replace("\u00a0", "") == theirs.replace("\u00a0", "")

    def test_an_amount_is_never_rounded(self) -> None:
        with pytest.raises(InvalidValue) as caught:
            Words("en").amount(Decimal("1.005"), "CNY", 2)
        assert caught.value.reason == "too_many_decimals"

    @pytest.mark.parametrize(
        ("minor", "currency", "digits", "error"),
        [
            (True, "CNY", 2, InvalidType),
            (1.5, "CNY", 2, InvalidType),
            ("100", "CNY", 2, InvalidType),
            (10**41, "CNY", 2, LimitExceeded),
            (100, "yuan", 2, InvalidValue),
            (100, "<b>", 2, InvalidValue),
            (100, None, 2, InvalidType),
            (100, "CNY", -1, InvalidValue),
            (100, "CNY", 9, InvalidValue),
            (100, "CNY", True, InvalidValue),
        ],
    )
    def test_what_is_no_amount_is_refused(
        self, minor: int, currency: str, digits: int, error: type[InvalidInput]
    ) -> None:
        with pytest.raises(error):
            Words("en").amount_minor(minor, currency, digits)

    def test_a_bare_number_is_no_amount(self) -> None:
        with pytest.raises(InvalidType):
            Words("en").amount(50, "CNY", 2)  # type: ignore[arg-type]

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "1e31", "1e999999", "1e-40"])
    def test_a_number_of_no_ordinary_size_is_refused(self, number: str) -> None:
        with pytest.raises(InvalidValue):
            Words("en").amount(Decimal(number), "CNY", 2)
        with pytest.raises(InvalidValue):
            Words("en").number(Decimal(number))


class TestDiscounts:
    @pytest.mark.parametrize(
        ("percent", "chinese", "english"),
        [
            ("10", "9折", "10%"),
            ("10.00", "9折", "10%"),
            ("15", "8.5折", "15%"),
            ("33.33", "6.667折", "33.33%"),
            ("85", "1.5折", "85%"),
            ("0", "10折", "0%"),
            ("0.5", "9.95折", "0.5%"),
            ("100", "免费", "100%"),
        ],
    )
    def test_chinese_tells_what_is_left_and_english_what_is_off(
        self, percent: str, chinese: str, english: str
    ) -> None:
        with localcontext(prec=1):
            assert Words("zh_CN").rate(percent) == chinese
            assert Words("en").rate(percent) == english

    @pytest.mark.parametrize(
        ("percent", "chinese", "english"),
        [
            ("10", "9折", "10% off"),
            ("50", "半价", "half price"),
            ("50.0", "半价", "half price"),
            ("100", "免费", "free"),
        ],
    )
    def test_a_discount_says_what_becomes_of_a_price(
        self, percent: str, chinese: str, english: str
    ) -> None:
        assert Words("zh_CN").discount(percent) == chinese
        assert Words("en").discount(percent) == english

    @pytest.mark.parametrize("percent", ["", "-1", "100.01", "ten", "1e1", "１０", " 10"])
    def test_what_is_no_percentage_is_refused(self, percent: str) -> None:
        with pytest.raises(InvalidValue):
            Words("en").discount(percent)

    def test_the_first_ordinals_are_numerals_in_chinese(self) -> None:
        words = Words("zh_CN")
        assert [words.ordinal(n) for n in (1, 2, 10, 11)] == ["第一", "第二", "第十", "第11"]


class TestInstants:
    AT = datetime(2026, 6, 1, 2, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("locale", "zone", "told"),
        [
            ("zh_CN", None, "2026年6月1日 02:30:00 (UTC)"),
            ("zh_CN", "Asia/Shanghai", "2026年6月1日 10:30:00 (Asia/Shanghai)"),
            ("en", "America/New_York", "May 31, 2026, 10:30:00\u202fPM (America/New_York)"),
            ("en_GB", "Asia/Shanghai", "1 Jun 2026, 10:30:00 (Asia/Shanghai)"),
        ],
    )
    def test_an_instant_reads_as_in_its_zone(
        self, locale: str, zone: str | None, told: str
    ) -> None:
        assert Words(locale).instant(self.AT, zone) == told

    @pytest.mark.parametrize("zone", [timezone(timedelta(hours=8)), ZoneInfo("Asia/Shanghai")])
    def test_without_a_zone_it_reads_by_its_own_offset(self, zone: timezone | ZoneInfo) -> None:
        told = Words("zh_CN").instant(self.AT.astimezone(zone))
        assert told == "2026年6月1日 10:30:00 (UTC+08:00)"

    @pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "", "\x00", "America"])
    def test_an_unknown_zone_is_refused(self, zone: str) -> None:
        with pytest.raises(InvalidValue) as caught:
            Words("en").instant(self.AT, zone)
        assert caught.value.reason == "unknown_zone"

    @pytest.mark.parametrize(("at", "zone"), [("2026-06-01", None), (AT, 8), (AT, UTC)])
    def test_an_instant_is_a_datetime_and_a_zone_has_a_name(
        self, at: object, zone: object
    ) -> None:
        with pytest.raises(InvalidType):
            Words("en").instant(at, zone)  # type: ignore[arg-type]

    def test_an_instant_needs_an_offset(self) -> None:
        with pytest.raises(InvalidValue) as caught:
            Words("en").instant(self.AT.replace(tzinfo=None))
        assert caught.value.reason == "naive_datetime"

    def test_an_instant_at_the_end_of_the_calendar_is_refused(self) -> None:
        with pytest.raises(InvalidValue):
            Words("en").instant(datetime.max.replace(tzinfo=UTC), "Asia/Shanghai")


class TestLabels:
    @pytest.mark.parametrize(
        ("recipe", "chinese", "english"),
        [
            ("percent_off", "9折", "10% off"),
            ("amount_off", "立减50", "CN¥50 off"),
            ("spend_and_save", "满300减50", "Spend CN¥300, save CN¥50"),
            ("save_per_spend", "每满300减50", "Save CN¥50 for every CN¥300 spent"),
            (
                "spend_and_save_tiers",
                "满100减10、满200减30、满300减50",
                "Spend CN¥100, save CN¥10; Spend CN¥200, save CN¥30; Spend CN¥300, save CN¥50",
            ),
            ("spend_and_discount", "满300享8.5折", "Spend CN¥300, get 15% off"),
            ("second_half_price", "第二件半价", "2nd item half price"),
            ("buy_and_get", "买2送1", "Buy 2, get 1 free"),
            ("gift_from", "满200送 mug × 1", "Spend CN¥200, get a gift: mug × 1"),
            ("free_shipping", "包邮", "Free shipping"),
            ("free_shipping from", "满99包邮", "Free shipping from CN¥99"),
        ],
    )
    def test_a_recipe_is_called_as_shops_call_it(
        self, recipe: str, chinese: str, english: str
    ) -> None:
        promotion = RECIPES[recipe]()
        assert label(promotion, "zh_CN") == chinese
        assert label(promotion, "en") == english

    @pytest.mark.parametrize(
        ("rules", "chinese", "english"),
        [
            # limits and caps
            (AmountOff("10", every=Every("100", max_times=3)),
             "每满100减10，最多3次", "Save CN¥10 for every CN¥100 spent, at most 3 times"),
            (AmountOff("10", every=Every(quantity=2, max_times=1)),
             "每满2件减10，最多1次", "Save CN¥10 for every 2 items, at most 1 time"),
            (PercentOff("10", maximum="20"), "9折，最多减20", "10% off, at most CN¥20"),
            (NthItemOff(2, "50", max_times=2),
             "第二件半价，最多2次", "2nd item half price, at most 2 times"),
            (BuyXGetY(2, 1, "100", max_times=5),
             "买2送1，最多5次", "Buy 2, get 1 free, at most 5 times"),
            (AmountOffEach("5"), "每件减5", "CN¥5 off each"),
            (AmountOffEach("5", max_units_per_line=2),
             "每件减5，每款最多2件", "CN¥5 off each, at most 2 of each item"),
            # gifts
            (Gift("mug", 2), "送 mug × 2", "Gift: mug × 2"),
            (Gift("mug", every=Every("100")),
             "每满100送 mug × 1", "Gift: mug × 1 for every CN¥100 spent"),
            # shipping
            (ShippingOff(amount="5"), "运费减5", "CN¥5 off shipping"),
            (ShippingOff("50"), "运费半价", "Shipping half price"),
            # tiers
            (Tiers([Tier(quantity=2, benefit=PercentOff("10")),
                    Tier(quantity=3, benefit=PercentOff("20"))]),
             "满2件9折、满3件8折", "10% off from 2 items; 20% off from 3 items"),
            (Tiers([Tier(str(n * 100), benefit=AmountOff(str(n))) for n in (1, 2, 3, 4)]),
             "满100减1、满200减2、满300减3…",
             "Spend CN¥100, save CN¥1; Spend CN¥200, save CN¥2; Spend CN¥300, save CN¥3…"),
            # several benefits
            ((AmountOff("5"), ShippingOff("100")), "立减5、包邮", "CN¥5 off; Free shipping"),
        ],
    )  # fmt: skip
    def test_limits_caps_gifts_and_tiers_are_told(
        self, rules: Benefit | tuple[Benefit, ...], chinese: str, english: str
    ) -> None:
        promotion = Promotion(id="p", benefits=rules)
        assert label(promotion, "zh_CN") == chinese
        assert label(promotion, "en") == english

    @pytest.mark.parametrize(
        ("when", "rules", "chinese", "english"),
        [
            (Threshold("300"), PercentOff("15", maximum="20"),
             "满300享8.5折，最多减20", "Spend CN¥300, get 15% off, at most CN¥20"),
            (Threshold("300"), NthItemOff(2, "50"),
             "满300享第二件半价", "Spend CN¥300: 2nd item half price"),
            (Threshold("99"), ShippingOff(amount="5"),
             "满99享运费减5", "Spend CN¥99: CN¥5 off shipping"),
            (Threshold("300"), AmountOff("50", every=Every("300")),
             "每满300减50", "Save CN¥50 for every CN¥300 spent"),
            (Threshold("600"), AmountOff("50", every=Every("300")),
             "满600享每满300减50", "Spend CN¥600: Save CN¥50 for every CN¥300 spent"),
            (Threshold("300", above=True), AmountOff("50"),
             "满300.01减50.00", "Spend CN¥300.01, save CN¥50.00"),
            (Threshold(quantity=3), PercentOff("10"), "满3件9折", "10% off from 3 items"),
            (Threshold(quantity=3, above=True), AmountOff("5"),
             "满4件立减5", "CN¥5 off from 4 items"),
            (Threshold("300") & CustomerInGroup("gold"), AmountOff("50"),
             "满300减50", "Spend CN¥300, save CN¥50"),
            (Threshold("300") & Threshold(quantity=2), AmountOff("50"), "立减50", "CN¥50 off"),
            (CustomerInGroup("gold"), AmountOff("50"), "立减50", "CN¥50 off"),
        ],
    )  # fmt: skip
    def test_from_where_on_it_holds_is_told(
        self, when: Condition, rules: Benefit, chinese: str, english: str
    ) -> None:
        promotion = Promotion(id="p", benefits=rules, when=when)
        assert label(promotion, "zh_CN") == chinese
        assert label(promotion, "en") == english

    @pytest.mark.parametrize(
        ("told", "chinese", "english"),
        [
            (("fixed_price", {"amount": "9.9"}), "一口价9.90元", "CN¥9.90 each"),
            (("bundle_price", {"quantity": "3", "amount": "99"}), "3件99元", "Any 3 for CN¥99"),
            (("set_price", {"amount": "99"}), "套餐价99元", "Set for CN¥99"),
            (("cheapest_off", {"quantity": "1", "percent": "100"}),
             "最低价1件免费", "1 cheapest item free"),
            (("cheapest_off", {"quantity": "2", "percent": "50"}),
             "最低价2件半价", "2 cheapest items half price"),
            (("cheapest_amount_off", {"quantity": "1", "amount": "5"}),
             "最低价1件减5", "1 cheapest item CN¥5 off"),
            (("dearest_off", {"quantity": "1", "percent": "10"}),
             "最高价1件9折", "1 dearest item 10% off"),
            (("add_on_price", {"amount": "9.90"}), "加价购9.90元", "Add-on for CN¥9.90"),
            (("amount_off_each", {"amount": "5"}), "每件减5", "CN¥5 off each"),
            (("shipping_off", {"amount": "5"}), "运费减5", "CN¥5 off shipping"),
            (("shipping_percent", {"percent": "20"}), "运费8折", "Shipping 20% off"),
            (("shipping_price", {"amount": "5"}), "运费5元", "Shipping for CN¥5"),
            (("fee_off", {"fee": "packaging", "percent": "100"}),
             "packaging 免费", "packaging free"),
            (("earn_points", {"points": "30"}), "送30积分", "Earn 30 points"),
            (("grant_coupon", {"coupon": "NEW"}), "送优惠券 NEW", "Get coupon NEW"),
            (("redeem_points", {}), "积分抵扣", "Pay with points"),
            (("deposit", {"deposit": "10", "worth": "20"}),
             "付定10抵20", "Pay CN¥10 down, worth CN¥20"),
        ],
    )  # fmt: skip
    def test_every_kind_of_offer_has_its_words(
        self, told: tuple[str, dict[str, str]], chinese: str, english: str
    ) -> None:
        assert Words("zh_CN").label(*told, "CNY", 2) == chinese
        assert Words("en").label(*told, "CNY", 2) == english

    def test_prices_of_other_currencies_keep_their_symbol(self) -> None:
        told = ("bundle_price", {"quantity": "3", "amount": "99"})
        assert Words("zh_CN").label(*told, "USD", 2) == "3件US$99"

    def test_every_message_that_a_benefit_may_name_has_words(self) -> None:
        named = {
            message
            for cls in (*variants(Benefit).values(), Tier, Every)
            if cls.__module__.startswith("ordercore.")
            for message in messages_of(cls)
        }
        assert {"fixed_price", "tiers", "per_units", "gift_from"} <= named
        for locale in LOCALES:
            keys = CATALOGUES[locale].messages.keys()
            assert sorted(each for each in named if f"label.{each}" not in keys) == []
        assert sorted(named - LABELS.keys()) == []

    @given(
        benefit=benefits(),
        when=st.sampled_from([Always(), Threshold("50"), Threshold(quantity=2)]),
        locale=st.sampled_from(LOCALES),
    )
    def test_whatever_a_benefit_inserts_fits_its_message(
        self, benefit: Benefit, when: Condition, locale: str
    ) -> None:
        promotion = Promotion(id="p", benefits=benefit, when=when)
        assert (label(promotion, locale) is None) == (benefit.label(None) is None)

    @pytest.mark.parametrize("locale", LOCALES)
    def test_there_are_no_words_for_labels_that_are_not_in_the_table(self, locale: str) -> None:
        keys = {
            key.removeprefix("label.")
            for key in CATALOGUES[locale].messages
            if key.startswith("label.")
        }
        assert keys == {*LABELS, "buy_and_get.free"}

    def test_the_reference_lists_every_message_and_what_it_inserts(self) -> None:
        page = Path(__file__).parents[1] / "docs" / "reference" / "wording.md"
        rows = re.findall(r"^\| `(\w+)` \| ([\w, ]*)\|", page.read_text("utf-8"), re.MULTILINE)
        told = {message: set(re.findall(r"\w+", inserts)) for message, inserts in rows}
        assert told == {message: set(kinds) for message, kinds in LABELS.items()}

    @pytest.mark.parametrize("locale", LOCALES)
    @pytest.mark.parametrize("message", LABELS)
    def test_every_label_inserts_what_its_message_asks_for(
        self, locale: str, message: str
    ) -> None:
        asked = placeholders(CATALOGUES[locale].messages[f"label.{message}"])
        assert asked == LABELS[message].keys()

    @pytest.mark.parametrize(
        ("promotion", "chinese", "english"),
        [
            (
                recipes.spend_and_save("p", spend="300.50", save="49.9"),
                "满300.50减49.90",
                "Spend CN¥300.50, save CN¥49.90",
            ),
            (
                recipes.spend_and_save(
                    "p", spend=Money.of("1000.00", "CNY"), save=Money.of("0.05", "CNY")
                ),
                "满1000.00减0.05",
                "Spend CN¥1,000.00, save CN¥0.05",
            ),
            (
                recipes.spend_and_save_tiers("p", [("100", "10"), ("200", "20.50")]),
                "满100.00减10.00、满200.00减20.50",
                "Spend CN¥100.00, save CN¥10.00; Spend CN¥200.00, save CN¥20.50",
            ),
            (
                Promotion(id="p", benefits=(AmountOff("5"), AmountOffEach("0.5"))),
                "立减5.00、每件减0.50",
                "CN¥5.00 off; CN¥0.50 off each",
            ),
            (recipes.buy_and_get("p", buy=1, get=1, percent="50"), "买1件，另1件半价",
             "Buy 1, get 1 half price"),
            (recipes.second_half_price("p", percent="30"), "第二件7折", "2nd item 30% off"),
            (recipes.second_half_price("p", percent="100"), "第二件免费", "2nd item free"),
        ],
    )  # fmt: skip
    def test_amounts_are_short_where_all_are_whole_and_in_full_otherwise(
        self, promotion: Promotion, chinese: str, english: str
    ) -> None:
        assert label(promotion, "zh_CN") == chinese
        assert label(promotion, "en") == english

    @pytest.mark.parametrize(
        ("currency", "spend", "save", "chinese", "english"),
        [
            ("JPY", "3000", "5", "满JP¥3,000减JP¥5", "Spend ¥3,000, save ¥5"),
            (
                "KWD",
                "3",
                "0.5",
                "满KWD\u00a03.000减KWD\u00a00.500",
                "Spend KWD\u00a03.000, save KWD\u00a00.500",
            ),
            ("KWD", "3", "1", "满KWD\u00a03减KWD\u00a01", "Spend KWD\u00a03, save KWD\u00a01"),
            ("USD", "30", "5", "满US$30减US$5", "Spend $30, save $5"),
        ],
    )
    def test_amounts_of_other_currencies_keep_their_symbol(
        self, currency: str, spend: str, save: str, chinese: str, english: str
    ) -> None:
        promotion = recipes.spend_and_save("p", spend=spend, save=save)
        assert label(promotion, "zh_CN", currency) == chinese
        assert label(promotion, "en", currency) == english

    @pytest.mark.parametrize(
        ("message", "arguments"),
        [
            ("golden_hour", {}),
            ("buy_and_get.free", {"buy": "1", "get": "1"}),
            ("outcome.no_effect", {"promotion": "x"}),
            ("spend_and_save", {}),
            ("spend_and_save", {"spend": "300"}),
            ("spend_and_save", {"spend": "300", "save": "50", "more": "1"}),
            ("spend_and_save", {"spend": "", "save": "50"}),
            ("spend_and_save", {"spend": "300.505", "save": "50"}),
            ("spend_and_save", {"spend": "USD 300.00", "save": "50"}),
            ("spend_and_save", {"spend": "-300", "save": "50"}),
            ("spend_and_save", {"spend": "9" * 200, "save": "50"}),
            ("spend_and_save", {"spend": "{save}", "save": "50"}),
            ("spend_and_save", {"spend": "٣٠٠", "save": "50"}),
            ("spend_and_save", {"spend": [("free_shipping", {})], "save": "50"}),
            ("percent_off", {"percent": "101"}),
            ("percent_off", {"percent": "1e2"}),
            ("buy_and_get", {"buy": "1.5", "get": "1", "percent": "100"}),
            ("nth_item_off", {"nth": "9" * 200, "percent": "50"}),
            ("grant_coupon", {"coupon": "x" * 201}),
            ("tiers", {"tiers": "free_shipping"}),
            ("tiers", {"tiers": []}),
            ("tiers", {"tiers": [("golden_hour", {})]}),
            ("tiers", {"tiers": [("free_shipping",)]}),
            ("tiers", {"tiers": [("free_shipping", None)]}),
            ("tiers", {"tiers": [(["free_shipping"], {})]}),
            ("tiers", {"tiers": 3}),
        ],
    )
    def test_a_label_from_elsewhere_that_does_not_fit_has_no_words(
        self, message: str, arguments: dict[str, Any]
    ) -> None:
        assert [Words(each).label(message, arguments, "CNY", 2) for each in LOCALES] == [None] * 2

    def test_labels_within_labels_end_somewhere(self) -> None:
        nested: Any = ("free_shipping", {})
        for _ in range(5):
            nested = ("tiers", {"tiers": [nested]})
        assert Words("en").label(*nested, "CNY", 2) == "Free shipping"
        for _ in range(5000):
            nested = ("tiers", {"tiers": [nested]})
        assert Words("en").label(*nested, "CNY", 2) is None

    @given(
        message=st.sampled_from(sorted(LABELS)),
        values=st.lists(st.text("0123456789.- CNY{}", max_size=12), min_size=3, max_size=3),
    )
    def test_no_text_in_a_label_raises(self, message: str, values: list[str]) -> None:
        arguments = dict(zip(LABELS[message], values, strict=False))
        for locale in LOCALES:
            told = Words(locale).label(message, arguments, "CNY", 2)
            assert told is None or told


def messages_of(cls: type) -> set[str]:
    """Read off the source which messages a class's ``label`` may name."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls.label)))  # type: ignore[attr-defined]
    keys = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in keys
        and not node.value[:1].isupper()  # a docstring
    }


class TestLoading:
    @pytest.mark.parametrize(
        "modules",
        [
            "ordercore, ordercore.pricing, ordercore.promotions",
            "ordercore.wording, ordercore.pricing.explain",
        ],
    )
    def test_importing_loads_neither_babel_nor_its_data(self, modules: str) -> None:
        code = f"import sys, {modules}; print([m for m in sys.modules if m.startswith('babel')])"
        told = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert told.stdout == "[]\n"
