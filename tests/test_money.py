"""Currencies, amounts, unit prices and named rounding."""

from __future__ import annotations

import copy
import json
import pickle
import re
from decimal import ROUND_CEILING, ROUND_UP, Clamped, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from babel.core import get_global
from babel.numbers import get_currency_precision

from ordercore.errors import CurrencyMismatch, InvalidType, InvalidValue, LimitExceeded
from ordercore.money import (
    MAX_MINOR,
    MAX_SCALE,
    Currency,
    Money,
    Rounding,
    UnitPrice,
    decimal_of,
    divide,
)

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def every_currency() -> list[Currency]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    found = []
    for code in (a + b + c for a in letters for b in letters for c in letters):
        try:
            found.append(Currency(code))
        except InvalidValue:
            continue
    return found


class TestCurrencies:
    @pytest.mark.parametrize(
        ("code", "digits"),
        [
            ("CNY", 2),
            ("JPY", 0),
            ("KRW", 0),
            ("VND", 0),
            ("ISK", 0),  # two until 2007
            ("CLP", 0),
            ("UGX", 0),  # two until 2013
            ("UYI", 0),
            ("XAF", 0),
            ("XPF", 0),
            ("HUF", 2),  # no coin of a fillér is left
            ("IDR", 2),
            ("TWD", 2),
            ("CZK", 2),
            ("AFN", 2),
            ("MMK", 2),
            ("MGA", 2),  # a fifth of an ariary, written with two decimals
            ("MRU", 2),  # likewise of an ouguiya
            ("XCG", 2),  # since 2025
            ("XAD", 2),  # since 2025
            ("ZWG", 2),
            ("BHD", 3),
            ("IQD", 3),
            ("JOD", 3),
            ("KWD", 3),
            ("LYD", 3),
            ("OMR", 3),
            ("TND", 3),
            ("CLF", 4),
            ("UYW", 4),
        ],
    )
    def test_decimals_are_those_of_iso_4217(self, code, digits):
        assert Currency(code).digits == digits

    def test_the_exceptions_from_two_decimals_are_all_listed(self):
        odd: dict[int, list[str]] = {}
        for currency in every_currency():
            odd.setdefault(currency.digits, []).append(str(currency))
        assert len(odd.pop(2)) == 139
        assert odd == {
            0: [
                "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX",
                "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
            ],
            3: ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"],
            4: ["CLF", "UYW"],
        }  # fmt: skip

    def test_babel_shows_as_many_decimals_or_fewer_where_small_coins_are_gone(self):
        shown = {code: get_currency_precision(code) for code in every_currency()}
        fewer = {code for code in shown if shown[code] < code.digits}
        assert not {code for code in shown if shown[code] > code.digits}
        assert {"IQD", "LAK", "MGA", "YER"} <= fewer <= {
            "AFN", "ALL", "COP", "HUF", "IDR", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK",
            "PKR", "RSD", "SOS", "SYP", "TZS", "YER",
        }  # fmt: skip

    def test_all_money_that_babel_knows_as_tender_today_has_its_decimals(self):
        tender = {
            code
            for currencies in get_global("territory_currencies").values()
            for code, _start, end, is_tender in currencies
            if is_tender and end is None
        }
        gone = {
            "BGN",  # the euro since 2026
            "ANG", "CUC", "HRK", "SLL", "ZWL",  # still tender in older editions of Babel
        }  # fmt: skip
        assert len(tender) > 140
        assert tender - gone <= set(every_currency())

    @pytest.mark.parametrize(
        "code",
        ["", "cny", "CN", "CNYY", " CNY", "CNY\n", "ＣＮＹ", "XXX", "XTS", "XAU", "XDR", "DEM",
         "RMB", "BGN", "C\x00Y", "CNY" * 10_000],
        ids=lambda code: ascii(code[:12]),
    )  # fmt: skip
    def test_a_code_that_is_no_active_currency_is_refused(self, code):
        with pytest.raises(InvalidValue) as caught:
            Currency(code)
        assert caught.value.reason == "unknown_currency"

    @pytest.mark.parametrize("code", [840, None, b"CNY", ["CNY"], ("C", "N", "Y"), True])
    def test_what_is_no_text_is_no_currency(self, code):
        with pytest.raises(InvalidType):
            Currency(code)

    def test_a_currency_is_its_plain_text(self):
        cny = Currency("CNY")
        assert cny == "CNY"
        assert hash(cny) == hash("CNY")
        assert {"CNY": 1}[cny] == 1
        assert f"{cny:>5}|{cny}" == "  CNY|CNY"
        assert json.dumps({cny: cny}) == '{"CNY": "CNY"}'
        assert sorted([Currency("USD"), cny]) == ["CNY", "USD"]
        assert repr(cny) == "'CNY'"

    def test_a_currency_made_of_a_currency_is_the_same(self):
        cny = Currency("CNY")
        assert Currency(cny) is cny

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    def test_a_currency_keeps_its_class_when_pickled_and_copied(self, protocol):
        kwd = Currency("KWD")
        copies = [pickle.loads(pickle.dumps(kwd, protocol)), copy.copy(kwd), copy.deepcopy(kwd)]
        for again in copies:
            assert type(again) is Currency
            assert again == kwd
            assert again.digits == 3

    def test_a_currency_holds_nothing_else(self):
        with pytest.raises(AttributeError):
            Currency("CNY").digits = 3
        with pytest.raises(AttributeError):
            Currency("CNY").symbol = "¥"


NO_NUMBERS = [  # of the wrong type: nobody can tell yuan from fen
    0, 1, -1, 129.0, float("nan"), True, False, None, b"129.00", ["129.00"], Fraction(1, 2), 1j,
]  # fmt: skip

NO_TEXT = [
    "", " ", "1 ", " 1", "1\n", "\n1", "1\x00", "1_000", "1,000", "1e3", "1E3", ".5", "1.", "-",
    "+", "--1", "+-1", "1.2.3", "0x10", "NaN", "Infinity", "-inf", "sNaN", "１２３", "١٢٣", "1２",
    "½", "²", "−1", "¥1", "CNY 1", "1 CNY", "1" * 31, "1" * 5000, "0." + "0" * 21,
    "9" * 10**6,
]  # fmt: skip

NO_DECIMALS = [
    "NaN", "-NaN", "sNaN", "NaN123", "Infinity", "-Infinity", "1e100000000", "-1e100000000",
    "1e-100000000", "0e100000000", "0e-100000000", "1e31", "1e-31", "1e999999999999999999",
    "1e-999999999999999999", "1" * 100_000, "0." + "1" * 100_000,
]  # fmt: skip


class TestReadingNumbers:
    @pytest.mark.parametrize("number", NO_NUMBERS)
    @pytest.mark.parametrize(
        "read", [decimal_of, lambda n: Money.of(n, "CNY"), lambda n: UnitPrice.of(n, "CNY")]
    )
    def test_bare_numbers_are_no_amounts(self, read, number):
        with pytest.raises(InvalidType):
            read(number)

    @pytest.mark.parametrize("text", NO_TEXT, ids=lambda text: ascii(text[:12]))
    @pytest.mark.parametrize(
        "read", [decimal_of, lambda n: Money.of(n, "CNY"), lambda n: UnitPrice.of(n, "CNY")]
    )
    def test_only_plain_ascii_decimals_are_numbers(self, read, text):
        with pytest.raises(InvalidValue):
            read(text)

    @pytest.mark.parametrize("text", NO_DECIMALS, ids=lambda text: text[:12])
    @pytest.mark.parametrize(
        "read", [decimal_of, lambda n: Money.of(n, "CNY"), lambda n: UnitPrice.of(n, "CNY")]
    )
    def test_decimals_that_are_not_finite_or_of_monstrous_size_are_refused(self, read, text):
        with pytest.raises(InvalidValue):
            read(Decimal(text))

    @pytest.mark.parametrize(
        ("number", "minor"),
        [
            ("129.00", 12900), ("129", 12900), ("129.5", 12950), ("0", 0), ("-0", 0),
            ("+1.5", 150),
            ("-1.25", -125), ("007", 700), ("1.500", 150), ("0.01", 1),
            (Decimal("129.00"), 12900), (Decimal("1.29E+2"), 12900), (Decimal("-0"), 0),
            (Decimal("1." + "0" * 45), 100), (Decimal("12.34"), 1234), (Decimal("-0.01"), -1),
        ],
    )  # fmt: skip
    def test_text_and_decimals_are_read_exactly(self, number, minor):
        assert Money.of(number, "CNY") == Money(minor, "CNY")

    @pytest.mark.parametrize(
        ("number", "currency"),
        [
            ("1.005", "CNY"), ("0.5", "JPY"), ("1.0005", "KWD"), ("1.00005", "CLF"),
            (Decimal("1.001"), "CNY"), ("0.00000000000000000001", "CNY"),
        ],
    )  # fmt: skip
    def test_more_decimals_than_the_currency_has_are_never_rounded_away(self, number, currency):
        with pytest.raises(InvalidValue) as caught:
            Money.of(number, currency)
        assert caught.value.reason == "too_many_decimals"

    def test_money_is_read_as_itself_in_its_own_currency_only(self):
        price = Money.of("1", "CNY")
        assert Money.of(price, "CNY") is price
        with pytest.raises(CurrencyMismatch):
            Money.of(price, "USD")

    @pytest.mark.parametrize(
        ("number", "currency"),
        [("10000000000000.01", "CNY"), ("-10000000000000.01", "CNY"), ("1000000000000001", "JPY"),
         ("9" * 30, "CNY"), (Decimal("9e30"), "JPY")],
    )  # fmt: skip
    def test_amounts_beyond_the_limit_are_refused(self, number, currency):
        with pytest.raises(LimitExceeded):
            Money.of(number, currency)

    @pytest.mark.parametrize(
        ("number", "currency"), [("10000000000000.00", "CNY"), ("1000000000000000", "JPY")]
    )
    def test_amounts_at_the_limit_are_taken_either_way_from_zero(self, number, currency):
        assert Money.of(number, currency).minor == MAX_MINOR
        assert Money.of(f"-{number}", currency).minor == -MAX_MINOR


CNY = "CNY"


def yuan(amount: str) -> Money:
    return Money.of(amount, CNY)


class TestMoney:
    @pytest.mark.parametrize("minor", [1.0, True, "1", None, Decimal(1), Fraction(1)])
    def test_minor_units_are_real_integers(self, minor):
        with pytest.raises(InvalidType) as caught:
            Money(minor, CNY)
        assert caught.value.path == ("minor",)

    @pytest.mark.parametrize(
        "minor", [MAX_MINOR + 1, -MAX_MINOR - 1, 10**5000], ids=["above", "below", "far"]
    )
    def test_minor_units_have_a_limit(self, minor):
        with pytest.raises(LimitExceeded):
            Money(minor, CNY)

    def test_arithmetic_is_exact(self):
        assert yuan("0.10") + yuan("0.20") == yuan("0.30")
        assert yuan("0.10") - yuan("0.30") == yuan("-0.20")
        assert yuan("1.10") * 3 == 3 * yuan("1.10") == yuan("3.30")
        assert -yuan("1.10") == yuan("-1.10")
        assert abs(yuan("-1.10")) == yuan("1.10")

    def test_results_beyond_the_limit_are_refused(self):
        most = Money(MAX_MINOR, CNY)
        for sum_up in (
            lambda: most + yuan("0.01"),
            lambda: -most - yuan("0.01"),
            lambda: most * 2,
        ):
            with pytest.raises(LimitExceeded):
                sum_up()

    @pytest.mark.parametrize(
        "act",
        [
            lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b,
            lambda a, b: a > b, lambda a, b: a >= b, lambda a, b: Money.sum([a, b], CNY),
            lambda a, b: Money.sum([b], CNY),
        ],
    )  # fmt: skip
    def test_two_currencies_never_meet(self, act):
        with pytest.raises(CurrencyMismatch):
            act(yuan("1"), Money.of("1", "USD"))

    @pytest.mark.parametrize("other", [0, 1, 1.0, True, None, "1", Decimal(1)])
    @pytest.mark.parametrize(
        "act",
        [
            lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b,
            lambda a, b: a > b, lambda a, b: a >= b, lambda a, b: Money.sum([a, b], CNY),
        ],
    )  # fmt: skip
    def test_bare_numbers_never_meet_amounts(self, act, other):
        with pytest.raises(InvalidType):
            act(yuan("1"), other)

    @pytest.mark.parametrize("factor", [1.5, 2.0, True, "2", None, Decimal(2), Fraction(1, 2)])
    def test_only_integers_multiply_without_a_rounding(self, factor):
        with pytest.raises(InvalidType):
            yuan("1") * factor

    @pytest.mark.parametrize(
        "act",
        [
            lambda a: a / 2, lambda a: a // 2, lambda a: a % 2, lambda a: 2 / a, lambda a: a**2,
            lambda a: a * a, lambda a: 1 + a, lambda a: 1 - a, lambda a: sum([a]), float, int,
            round,
        ],
    )  # fmt: skip
    def test_what_would_round_or_mean_nothing_is_a_type_error(self, act):
        with pytest.raises(TypeError):
            act(yuan("1"))

    @pytest.mark.parametrize("amount", ["0", "1"])
    @pytest.mark.parametrize(
        "act", [bool, lambda a: not a, lambda a: a and 1, lambda a: 1 if a else 0]
    )
    def test_an_amount_has_no_truth_value(self, act, amount):
        with pytest.raises(InvalidType):
            act(yuan(amount))

    def test_nothing_is_asked_for_by_name(self):
        assert yuan("0").is_zero
        assert Money.zero("JPY").is_zero
        assert not yuan("0.01").is_zero
        assert not yuan("-0.01").is_zero

    def test_amounts_of_one_currency_are_ordered(self):
        assert yuan("-1") < yuan("0") < yuan("0.01") <= yuan("0.01")
        assert yuan("1") > yuan("0.99") >= yuan("0.99")
        assert sorted([yuan("2"), yuan("1")]) == [yuan("1"), yuan("2")]
        assert not yuan("1") < yuan("1")
        assert not yuan("1") > yuan("1")

    def test_equality_is_of_amount_and_currency(self):
        assert yuan("1") == yuan("1.00") == Money(100, CNY)
        assert yuan("1") != yuan("1.01")
        assert yuan("1") != Money.of("1", "USD")
        assert yuan("0") != Money.zero("USD")
        assert yuan("1") != 100
        assert yuan("1") != (100, CNY)

    def test_equal_amounts_are_one_key(self):
        table = {yuan("1"): "a", Money.of("1", "USD"): "b"}
        assert table[Money(100, CNY)] == "a"
        assert len({yuan("1"), yuan("1.00"), yuan("2")}) == 2

    def test_an_amount_cannot_be_changed(self):
        price = yuan("1")
        with pytest.raises(AttributeError):
            price.minor = 2
        assert price == yuan("1")

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    @pytest.mark.parametrize(
        "value",
        [yuan("-1.10"), Money.zero("JPY"), UnitPrice.of("0.125", CNY), UnitPrice.of("1", CNY)],
    )
    def test_values_stay_the_same_pickled_and_copied(self, value, protocol):
        again = pickle.loads(pickle.dumps(value, protocol))
        assert again == copy.copy(value) == copy.deepcopy(value) == value
        assert hash(again) == hash(value)
        assert type(again.currency) is Currency

    @pytest.mark.parametrize(
        ("amount", "currency", "text"),
        [("0", "CNY", "CNY 0.00"), ("-0.05", "CNY", "CNY -0.05"), ("129", "JPY", "JPY 129"),
         ("1.5", "KWD", "KWD 1.500"), ("0.0001", "CLF", "CLF 0.0001"),
         ("10000000000000", "CNY", "CNY 10000000000000.00")],
    )  # fmt: skip
    def test_an_amount_is_written_with_all_its_decimals(self, amount, currency, text):
        money = Money.of(amount, currency)
        assert str(money) == text
        assert eval(repr(money)) == money
        assert f"{money.currency} {money.decimal}" == text
        assert money.decimal.as_tuple().exponent == -money.currency.digits

    def test_a_sum_of_nothing_has_a_currency(self):
        assert Money.sum([], "JPY") == Money.zero("JPY")
        assert Money.sum(iter([yuan("1"), yuan("2.50")]), CNY) == yuan("3.50")


class TestTimes:
    @pytest.mark.parametrize(
        ("amount", "factor", "rounding", "result"),
        [
            ("29.97", Decimal("0.15"), Rounding.HALF_UP, "4.50"),
            ("0.05", Decimal("0.5"), Rounding.HALF_UP, "0.03"),
            ("0.05", Decimal("0.5"), Rounding.HALF_EVEN, "0.02"),
            ("-0.05", Decimal("0.5"), Rounding.HALF_UP, "-0.03"),
            ("-0.05", Decimal("-0.5"), Rounding.FLOOR, "0.02"),
            ("100.00", Fraction(1, 3), Rounding.DOWN, "33.33"),
            ("100.00", Fraction(2, 3), Rounding.UP, "66.67"),
            ("100.00", 3, Rounding.DOWN, "300.00"),
            ("100.00", Decimal("1E+2"), Rounding.DOWN, "10000.00"),
            ("100.00", Decimal("0E-10"), Rounding.UP, "0.00"),
            ("0.01", Decimal("1e-30"), Rounding.UP, "0.01"),
            ("0.01", Decimal("1e-30"), "down", "0.00"),
        ],
    )
    def test_a_factor_is_exact_and_rounded_once_by_name(self, amount, factor, rounding, result):
        assert yuan(amount).times(factor, rounding) == yuan(result)

    @pytest.mark.parametrize("factor", [0.5, True, "0.5", None, yuan("1"), 1j, [1]])
    def test_factors_that_are_not_exact_numbers_are_refused(self, factor):
        with pytest.raises(InvalidType):
            yuan("1").times(factor, Rounding.UP)

    @pytest.mark.parametrize("factor", ["NaN", "sNaN", "Infinity", "1e100000000", "1e-100000000"])
    def test_factors_of_no_ordinary_size_are_refused_before_any_arithmetic(self, factor):
        with pytest.raises(InvalidValue):
            yuan("1").times(Decimal(factor), Rounding.UP)

    def test_a_product_beyond_the_limit_is_refused(self):
        with pytest.raises(LimitExceeded):
            yuan("1").times(10**100, Rounding.UP)

    @pytest.mark.parametrize("rounding", ["nearest", "HALF_UP", "", None, 2, ["up"]])
    def test_only_named_roundings_round(self, rounding):
        with pytest.raises(InvalidValue):
            yuan("1").times(3, rounding)


def table_of(documented: object) -> list[list[str]]:
    """Read the cells of the table in a docstring, with ASCII signs."""
    lines = (documented.__doc__ or "").replace("−", "-").splitlines()
    return [re.split(r"\s{2,}|(?<=\d) (?=\s*-?\d)", line.strip()) for line in lines]


def rounding_cases() -> list[tuple[str, str, int]]:
    rows = [row for row in table_of(Rounding) if len(row) == 6]
    head, *body = rows
    return [
        (row[0], number, int(told))
        for row in body
        for number, told in zip(head[1:], row[1:], strict=True)
    ]


class TestRounding:
    def test_the_table_in_the_docstring_covers_every_mode(self):
        cases = rounding_cases()
        assert [mode for mode, number, _ in cases if number == "2.4"] == list(Rounding)
        assert len(cases) == 35

    @pytest.mark.parametrize(("mode", "number", "told"), rounding_cases())
    def test_every_cell_of_the_table_in_the_docstring_holds(self, mode, number, told):
        assert divide(int(number.replace(".", "")), 10, Rounding(mode)) == told

    @pytest.mark.parametrize("mode", Rounding)
    def test_what_is_whole_is_never_changed(self, mode):
        assert [divide(n * 7, 7, mode) for n in (-2, -1, 0, 1, 2)] == [-2, -1, 0, 1, 2]

    def test_half_up_is_the_rounding_of_shops_and_the_default(self):
        assert divide(5, 2) == 3
        assert divide(-5, 2) == -3

    @pytest.mark.parametrize("denominator", [0, -1])
    def test_denominators_are_positive(self, denominator):
        with pytest.raises(InvalidValue):
            divide(1, denominator)

    @pytest.mark.parametrize("pair", [(1.0, 2), (1, 2.0), (Decimal(1), 2), (True, 2), ("1", 2)])
    def test_only_integers_are_divided(self, pair):
        with pytest.raises(InvalidType):
            divide(*pair)

    def test_a_rounding_without_such_a_name_is_refused_even_when_nothing_is_to_round(self):
        with pytest.raises(InvalidValue):
            divide(4, 2, "nearest")


class TestUnitPrices:
    @pytest.mark.parametrize(
        ("told", "units", "scale"),
        [
            ("129", 12900, 2), ("129.00", 12900, 2), ("0.125", 125, 3), ("0.12500000", 125, 3),
            ("0.00000001", 1, 8), ("0", 0, 2), ("0.00000000", 0, 2), ("1.10", 110, 2),
            ("1.01000", 101, 2), (Decimal("1.2500"), 125, 2), (Decimal("1E+2"), 10000, 2),
        ],
    )  # fmt: skip
    def test_a_price_has_one_shortest_form(self, told, units, scale):
        price = UnitPrice.of(told, CNY)
        assert (price.units, price.scale) == (units, scale)

    def test_equal_prices_are_equal_however_they_were_written(self):
        one = UnitPrice.of("1.5", CNY)
        others = [UnitPrice(150, 2, CNY), UnitPrice(1500, 3, CNY), UnitPrice(150_000_000, 8, CNY)]
        assert all(other == one and hash(other) == hash(one) for other in others)
        assert UnitPrice.of("1", "KWD") != UnitPrice.of("1", CNY)

    def test_a_price_never_has_fewer_decimals_than_its_currency(self):
        assert UnitPrice.of("1000", "KWD").scale == 3
        assert UnitPrice.of("1000", "JPY").scale == 0
        assert UnitPrice.of("0.5", "JPY").scale == 1
        with pytest.raises(InvalidValue) as caught:
            UnitPrice(1, 1, CNY)
        assert caught.value.path == ("scale",)

    def test_a_price_may_be_had_from_money_or_a_price_of_its_currency(self):
        price = UnitPrice.of("0.125", CNY)
        assert UnitPrice.of(price, CNY) is price
        assert UnitPrice.of(yuan("1.50"), CNY) == UnitPrice.of("1.5", CNY)
        for other in (price, yuan("1")):
            with pytest.raises(CurrencyMismatch):
                UnitPrice.of(other, "USD")

    @pytest.mark.parametrize("price", ["-0.01", "0.000000001", "-1"])
    def test_negative_and_overly_fine_prices_are_refused(self, price):
        with pytest.raises(InvalidValue):
            UnitPrice.of(price, CNY)

    def test_a_negative_amount_is_no_price(self):
        with pytest.raises(InvalidValue):
            UnitPrice.of(yuan("-1"), CNY)

    @pytest.mark.parametrize(
        ("units", "scale"), [(1.0, 2), (True, 2), ("1", 2), (1, 2.0), (1, True), (1, None)]
    )
    def test_units_and_scale_are_real_integers(self, units, scale):
        with pytest.raises(InvalidType):
            UnitPrice(units, scale, CNY)

    def test_scale_and_units_have_limits(self):
        with pytest.raises(InvalidValue):
            UnitPrice(1, MAX_SCALE + 1, CNY)
        with pytest.raises(LimitExceeded):
            UnitPrice(MAX_MINOR * 1000 + 1, 5, CNY)
        assert UnitPrice(MAX_MINOR * 1000, 5, CNY) == UnitPrice(MAX_MINOR, 2, CNY)

    @pytest.mark.parametrize(
        ("price", "quantity", "rounding", "amount"),
        [
            ("0.125", 3, Rounding.HALF_UP, "0.38"),
            ("0.125", 3, Rounding.DOWN, "0.37"),
            ("0.005", 1, Rounding.HALF_UP, "0.01"),
            ("0.005", 1, Rounding.HALF_EVEN, "0.00"),
            ("0.001", 1000, Rounding.HALF_UP, "1.00"),
            ("129.00", 2, Rounding.UP, "258.00"),
            ("0.00000001", 10**9, Rounding.HALF_UP, "10.00"),
            ("0.125", 0, Rounding.UP, "0.00"),
        ],
    )
    def test_many_units_are_rounded_once(self, price, quantity, rounding, amount):
        told = UnitPrice.of(price, CNY)
        assert told.amount(quantity, rounding) == yuan(amount)
        assert told.minor(quantity, rounding) == yuan(amount).minor

    @pytest.mark.parametrize("price", ["1.00", "0.125"])
    @pytest.mark.parametrize("quantity", [1.5, 2.0, True, "2", None, Decimal(2)])
    def test_units_are_counted_in_integers(self, price, quantity):
        with pytest.raises(InvalidType):
            UnitPrice.of(price, CNY).amount(quantity)

    @pytest.mark.parametrize(
        ("price", "currency", "text"),
        [("0.125", "CNY", "CNY 0.125"), ("0.00000001", "CNY", "CNY 0.00000001"),
         ("3", "JPY", "JPY 3"), ("0", "KWD", "KWD 0.000")],
    )  # fmt: skip
    def test_a_price_is_written_without_an_exponent(self, price, currency, text):
        told = UnitPrice.of(price, currency)
        assert str(told) == text
        assert eval(repr(told)) == told
        assert told.decimal == Decimal(price)

    def test_prices_have_no_order(self):
        with pytest.raises(TypeError):
            UnitPrice.of("1", CNY) < UnitPrice.of("2", CNY)


def hostile_contexts() -> list[Context]:
    everything = {**Context().traps, Clamped: True}
    return [
        Context(prec=2),
        Context(prec=1, rounding=ROUND_UP),
        Context(prec=1, rounding=ROUND_CEILING, Emin=0, Emax=0, clamp=1),
        Context(prec=3, traps=list(everything)),
        Context(prec=1, Emin=-1, Emax=1, capitals=0, traps=list(everything)),
    ]


def a_day_of_sums() -> list[object]:
    amount, price = yuan("12345678.91"), UnitPrice.of("12345.67891", CNY)
    return [
        amount,
        Money.of(Decimal("-12345678.91"), CNY),
        str(amount),
        repr(amount),
        amount.decimal.as_tuple(),
        amount.times(Decimal("0.123456789"), Rounding.HALF_EVEN),
        amount * 7 - amount,
        price,
        str(price),
        price.decimal.as_tuple(),
        price.amount(7, Rounding.HALF_DOWN),
        str(Money.zero("CLF")),
        decimal_of("0.00000123456789").as_tuple(),
        Money(MAX_MINOR, "KWD").decimal.as_tuple(),
    ]


@pytest.mark.parametrize("context", hostile_contexts())
def test_no_decimal_context_changes_a_result(context):
    expected = a_day_of_sums()
    with localcontext(context):
        assert a_day_of_sums() == expected


@pytest.mark.parametrize("context", hostile_contexts())
@pytest.mark.parametrize("number", ["1.005", "x", Decimal("NaN"), Decimal("sNaN"), 1.5, "1" * 40])
def test_no_decimal_context_changes_a_refusal(context, number):
    with localcontext(context), pytest.raises((InvalidValue, InvalidType)) as caught:
        Money.of(number, CNY)
    assert type(caught.value) in (InvalidValue, InvalidType)
