"""Checks of single values, which every class asks of its fields at birth."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest

from ordercore.data.checks import (
    MAX_QUANTITY,
    aware,
    boolean,
    each,
    identifier,
    integer,
    member,
    member_of,
    optional,
    quantity,
    text,
)
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded
from ordercore.stock import SupplyKind

FIELD = SimpleNamespace(name="field")


def refusal(check, value) -> tuple[type, str]:
    with pytest.raises(InvalidInput) as caught:
        check(None, FIELD, value)
    assert caught.value.path == ("field",)
    return type(caught.value), caught.value.reason


class Text(str):
    pass


NOT_TEXT = [None, 1, True, 1.5, b"x", ["x"], ("x",), {"x"}, {}]


class TestIdentifiers:
    @pytest.mark.parametrize(
        "value", ["a", "~", "!", "a b", "SKU-1/2", "a" * 64, "0", "{}", Text("a")]
    )
    def test_printable_ascii_is_an_id(self, value):
        identifier(None, FIELD, value)

    @pytest.mark.parametrize(
        "value",
        ["", " ", " a", "a ", "a" * 65, "a" * 10**6, "a\n", "\na", "a\tb", "a\x00", "a\x7f",
         "衣", "é", "ａ", "a\u200b", "\u202eabc", "\ud800", "a\u00a0b", "\ufeffa"],
        ids=lambda value: ascii(value[:8]),
    )  # fmt: skip
    def test_anything_else_is_none(self, value):
        assert refusal(identifier, value) == (InvalidValue, "invalid_identifier")

    @pytest.mark.parametrize("value", NOT_TEXT)
    def test_an_id_is_text(self, value):
        assert refusal(identifier, value) == (InvalidType, "invalid_type")


class TestText:
    @pytest.mark.parametrize(
        "value",
        [
            "",
            " ",
            "衬衫",
            "قميص",
            "חולצה",
            "e\u0301",
            "👍🏽",
            "👩\u200d👧",
            "नमस्\u200cते",
            "𠮷",
            "ß" * 200,
        ],
        ids=ascii,
    )
    def test_any_script_is_text(self, value):
        text()(None, FIELD, value)

    @pytest.mark.parametrize(
        "character",
        ["\x00", "\n", "\r", "\t", "\x1b", "\x7f", "\x85", "\x9f", "\u2028", "\u2029", "\ud800",
         "\udfff", "\u061c", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
         "\u2066", "\u2067", "\u2068", "\u2069", "\ue000", "\U000f0000", "\U0010fffd", "\ufdd0",
         "\uffff", "\U0001fffe"],
        ids=ascii,
    )  # fmt: skip
    @pytest.mark.parametrize("place", ["{}", "a{}", "{}a", "a{}b"])
    def test_control_and_bidirectional_characters_are_refused_anywhere(self, character, place):
        assert refusal(text(), place.format(character)) == (InvalidValue, "unsafe_text")

    @pytest.mark.parametrize(
        ("value", "fits"),
        [("", False), ("a", False), ("ab", True), ("abc", True), ("abcd", False)],
    )
    def test_length_is_counted_in_characters(self, value, fits):
        check = text(most=3, least=2)
        if fits:
            check(None, FIELD, value)
        else:
            assert refusal(check, value)[0] is InvalidValue
        text(most=1)(None, FIELD, "𠮷")

    @pytest.mark.parametrize("value", NOT_TEXT)
    def test_text_is_text(self, value):
        assert refusal(text(), value) == (InvalidType, "invalid_type")


class TestIntegers:
    @pytest.mark.parametrize("value", [1.0, True, False, None, "1", Decimal(1), Fraction(1), [1]])
    @pytest.mark.parametrize("check", [quantity, integer(least=-5, most=5)])
    def test_only_real_integers_are_integers(self, check, value):
        assert refusal(check, value) == (InvalidType, "invalid_type")

    def test_bounds_belong_to_the_range(self):
        check = integer(least=-2, most=3)
        for value in range(-2, 4):
            check(None, FIELD, value)
        assert refusal(check, -3) == (InvalidValue, "invalid_value")
        assert refusal(check, 4) == (LimitExceeded, "limit_exceeded")
        assert refusal(check, 10**5000)[0] is LimitExceeded

    def test_a_quantity_is_one_to_a_thousand_million(self):
        assert MAX_QUANTITY == 10**9
        quantity(None, FIELD, 1)
        quantity(None, FIELD, 10**9)
        assert refusal(quantity, 0)[0] is InvalidValue
        assert refusal(quantity, -1)[0] is InvalidValue
        assert refusal(quantity, 10**9 + 1)[0] is LimitExceeded


class TestBooleans:
    def test_true_and_false(self):
        boolean(None, FIELD, True)
        boolean(None, FIELD, False)

    @pytest.mark.parametrize("value", [0, 1, None, "true", "", [], 1.0])
    def test_nothing_that_merely_resembles_them(self, value):
        assert refusal(boolean, value) == (InvalidType, "invalid_type")


class TestInstants:
    @pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8))])
    def test_a_datetime_with_an_offset(self, zone):
        aware(None, FIELD, datetime(2026, 11, 11, tzinfo=zone))

    def test_a_datetime_without_one_is_naive(self):
        assert refusal(aware, datetime(2026, 11, 11)) == (InvalidValue, "naive_datetime")

    @pytest.mark.parametrize(
        "value",
        [date(2026, 1, 1), time(9, 30), time(9, 30, tzinfo=UTC), timedelta(1), datetime, UTC,
         "2026-11-11T00:00:00Z", 1_794_000_000, 1.5, None],
        ids=repr,
    )  # fmt: skip
    def test_nothing_else_is_an_instant(self, value):
        assert refusal(aware, value) == (InvalidType, "invalid_type")


class TestCombined:
    def test_optional_takes_none_and_what_the_check_takes(self):
        check = optional(identifier)
        check(None, FIELD, None)
        check(None, FIELD, "a")
        assert refusal(check, "")[1] == "invalid_identifier"

    def test_each_places_the_fault_at_the_member(self):
        with pytest.raises(InvalidValue) as caught:
            each(identifier)(None, FIELD, ("a", "b", ""))
        assert caught.value.path == ("field", 2)
        assert caught.value.reason == "invalid_identifier"

    def test_each_within_each_keeps_both_places(self):
        with pytest.raises(InvalidType) as caught:
            each(each(identifier))(None, FIELD, (("a",), ("b", 7)))
        assert caught.value.path == ("field", 1, 1)

    @pytest.mark.parametrize("value", [["a"], "a", {"a"}, None, iter(("a",))])
    def test_each_asks_for_a_tuple(self, value):
        assert refusal(each(identifier), value) == (InvalidType, "invalid_type")

    def test_each_counts_its_members(self):
        check = each(identifier, least=1, most=2)
        check(None, FIELD, ("a",))
        check(None, FIELD, ("a", "b"))
        assert refusal(check, ())[0] is InvalidValue
        assert refusal(check, ("a", "b", "c"))[0] is LimitExceeded


def test_a_list_in_lists_is_no_member_however_deep() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    told = member_of(SupplyKind, deep)
    assert refusal(member(SupplyKind), told)[0] is InvalidValue
    assert member_of(SupplyKind, "purchase") is SupplyKind.PURCHASE
