"""JSON text from anywhere: what Python's own parser would let pass, we refuse, in its place."""

from __future__ import annotations

import json
import sys

import pytest
from attrs import frozen

from ordercore.data import MAX_BYTES, MAX_NUMBER, load, loads
from ordercore.errors import InvalidDocument, InvalidInput, InvalidType, LimitExceeded


@frozen
class Sheet:
    number: int = 0
    text: str = ""
    cells: tuple[int, ...] = ()
    inner: Sheet | None = None


def faults_of(text: str | bytes, **more: int) -> list[InvalidInput]:
    with pytest.raises(InvalidDocument) as caught:
        loads(Sheet, text, **more)
    return list(caught.value.faults)


def places(text: str | bytes) -> list[tuple[object, str]]:
    return [(fault.path, fault.reason) for fault in faults_of(text)]


def test_proper_text_is_read_from_text_and_from_bytes():
    text = ' {"number": -7, "text": "\\u8863 \\"{[\\" 衣", "cells": [1, 2], "inner": {}}\n'
    sheet = Sheet(-7, '衣 "{[" 衣', (1, 2), Sheet())
    assert loads(Sheet, text) == loads(Sheet, text.encode()) == sheet


@pytest.mark.parametrize(
    ("member", "path", "reason"),
    [
        ('"number": NaN', ("number",), "not_finite"),
        ('"number": Infinity', ("number",), "not_finite"),
        ('"number": -Infinity', ("number",), "not_finite"),
        ('"number": 1e400', ("number",), "not_an_integer"),
        ('"number": -1E-400', ("number",), "not_an_integer"),
        ('"number": 1.0', ("number",), "not_an_integer"),
        ('"number": 2.9', ("number",), "not_an_integer"),
        ('"number": 1e2', ("number",), "not_an_integer"),
        ('"text": 1e2', ("text",), "not_an_integer"),
        ('"inner": 1e2', ("inner",), "not_an_integer"),
        ('"cells": NaN', ("cells",), "not_finite"),
        ('"cells": [1, 2.5, 3]', ("cells", 1), "not_an_integer"),
        ('"number": true', ("number",), "invalid_type"),
        ('"number": "3"', ("number",), "invalid_type"),
        ('"number": null', ("number",), "invalid_type"),
        ('"number": ' + "9" * 41, ("number",), "limit_exceeded"),
        ('"number": ' + "9" * 5000, ("number",), "limit_exceeded"),
        ('"number": -' + "9" * 5000, ("number",), "limit_exceeded"),
        ('"number": 0.' + "9" * 5000, ("number",), "limit_exceeded"),
        ('"number": 1e' + "9" * 5000, ("number",), "limit_exceeded"),
        ('"number": 1, "number": 1', ("number",), "duplicate_key"),
        ('"number": 1, "number": 2, "number": 3', ("number",), "duplicate_key"),
        ('"text": "a", "t\\u0065xt": "b"', ("text",), "duplicate_key"),
        ('"inner": {"text": "a", "text": "b"}', ("inner", "text"), "duplicate_key"),
        ('"inner": {"inner": {"number": 1.5}}', ("inner", "inner", "number"), "not_an_integer"),
        ('"text": "\\u0000"', ("text",), "unsafe_text"),
        ('"text": "\\ud800"', ("text",), "unsafe_text"),
        ('"text": "\\udc00\\ud800"', ("text",), "unsafe_text"),
        ('"more": NaN', ("more",), "unknown_field"),
        ('"\\ud800": 1', (r"'\ud800'",), "unknown_field"),
    ],
    ids=lambda told: str(told)[:30],
)
def test_what_json_lets_pass_and_we_do_not_is_refused_in_its_place(member, path, reason):
    assert places(f"{{{member}}}") == [(path, reason)]


def test_all_of_it_is_told_at_once_with_the_other_faults():
    text = '{"cells": [1.5, "x", NaN], "number": 1, "number": 2, "more": 1, "text": 3}'
    assert places(text) == [
        (("cells", 0), "not_an_integer"),
        (("cells", 1), "invalid_type"),
        (("cells", 2), "not_finite"),
        (("number",), "duplicate_key"),
        (("more",), "unknown_field"),
        (("text",), "invalid_type"),
    ]


def test_escaped_pairs_are_one_character():
    assert loads(Sheet, '{"text": "\\ud83d\\udc55"}').text == "👕"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{", "}", "[", "nul", "{'number': 1}", "{number: 1}", '{"number": 01}',
        '{"number": +1}', '{"number": .5}', '{"number": 1.}', '{"number": 0x1}', '{"number": 1_0}',
        '{"number": 1,}', '{"number": 1} {}', '{"number": 1}x', '{"text": "a\nb"}',
        '{"text": "a\x00"}', '{"text": "\\x41"}', '{"text": "\\u12"}', '{"text": "',
        '{"text": "\\',
        '{"number": １}', "{} // none", "/* none */ {}", "\x00", "\ufeff{}", '{"number" 1}',
        '"' + "\\" * 10**5, "]" * 10**5, "}" * 1000 + "{" * 1000, '{"a":' * 60, "undefined",
    ],
    ids=lambda text: ascii(text[:20]),
)  # fmt: skip
def test_what_is_no_json_is_refused_as_a_whole(text):
    for form in (text, text.encode()):
        assert places(form) == [((), "invalid_json")]


def test_a_syntax_fault_says_where_it_is():
    (fault,) = faults_of('{\n  "number": 1,\n  oops\n}')
    assert "line 3, column 3" in str(fault)


@pytest.mark.parametrize(
    "text",
    [b"\xff", b'{"text": "\xff"}', b'{"text": "\xc0\x80"}', b'{"text": "\xed\xa0\x80"}',
     '{"text": "x"}'.encode("utf-16"), '{"text": "\ud800"}', b"\xef\xbb\xbf{}"],
)  # fmt: skip
def test_what_is_no_utf8_is_refused_as_a_whole(text):
    (fault,) = faults_of(text)
    assert fault.reason in ("invalid_utf8", "invalid_json")
    assert fault.path == ()


@pytest.mark.parametrize("text", [None, 1, {}, [], bytearray(b"{}"), memoryview(b"{}"), {"a": 1}])
def test_only_text_and_bytes_are_json_text(text):
    with pytest.raises(InvalidType):
        loads(Sheet, text)


@pytest.mark.parametrize("text", ["null", "1", "true", '"x"', "[]", "[{}]", "NaN", "1.5"])
def test_the_root_is_an_object(text):
    (fault,) = faults_of(text)
    assert fault.path == ()


class TestDepth:
    @pytest.mark.parametrize(
        "text",
        ["[" * 100_000, '{"inner":' * 100_000, '{"inner":[' * 50_000, "[" * 65, "[{" * 10**5,
         '{"inner":' * 64 + "{}" + "}" * 64, '{"text": "]]]]", "cells": ' + "[" * 64],
        ids=lambda text: text[:12],
    )  # fmt: skip
    def test_text_that_is_too_deep_never_reaches_the_parser(self, text):
        (fault,) = faults_of(text)
        assert type(fault) is LimitExceeded
        assert fault.reason == "too_deep"

    def test_sixty_four_levels_are_read(self):
        text = '{"inner":' * 63 + "{}" + "}" * 63
        sheet = loads(Sheet, text)
        for _ in range(63):
            sheet = sheet.inner
        assert sheet == Sheet()

    @pytest.mark.parametrize(
        "inside", ["[" * 1000, "{" * 1000, '\\"' + "[" * 1000, "\\\\", "[\\\\"]
    )
    def test_brackets_in_text_are_no_levels(self, inside):
        text = f'{{"text": "{inside}"}}'
        assert loads(Sheet, text).text == json.loads(f'"{inside}"')

    def test_neither_are_brackets_side_by_side(self):
        assert len(faults_of('{"cells": [' + "[]," * 500 + "[]]}")) == 501


class TestSize:
    def test_text_of_more_bytes_than_allowed_is_not_parsed(self):
        for text in (" " * MAX_BYTES + "{}", b" " * MAX_BYTES + b"{}", "[" * (MAX_BYTES + 1)):
            (fault,) = faults_of(text)
            assert fault.reason == "too_large"

    def test_the_largest_text_is_read(self):
        assert loads(Sheet, " " * (MAX_BYTES - 2) + "{}") == Sheet()

    def test_it_is_the_bytes_that_count(self):
        text = '{"text": "' + "衣" * 20 + '"}'
        size = len(text.encode())
        assert loads(Sheet, text, max_bytes=size).text == "衣" * 20
        for form in (text, text.encode()):
            (fault,) = faults_of(form, max_bytes=size - 1)
            assert fault.reason == "too_large"

    def test_a_host_may_allow_more(self):
        text = " " * MAX_BYTES + "{}"
        assert loads(Sheet, text, max_bytes=2 * MAX_BYTES) == Sheet()

    def test_a_megabyte_of_faults_is_told_in_short(self):
        assert len(faults_of('{"cells": [' + "NaN," * 200_000 + "1]}")) == 1001
        assert len(faults_of("{" + ",".join(f'"k{i}":1' for i in range(80_000)) + "}")) == 1001
        (fault,) = faults_of('{"number": 1' + ', "number": 1' * 50_000 + "}")
        assert fault.reason == "duplicate_key"


def test_the_longest_number_has_forty_characters():
    assert loads(Sheet, f'{{"number": {"9" * MAX_NUMBER}}}').number == int("9" * MAX_NUMBER)
    assert loads(Sheet, f'{{"number": -{"9" * (MAX_NUMBER - 1)}}}').number < 0


def test_the_limit_of_python_on_digits_has_no_say():
    limit = sys.get_int_max_str_digits()
    try:
        for digits in (640, 0):
            sys.set_int_max_str_digits(digits)
            (fault,) = faults_of('{"number": ' + "9" * 5000 + "}")
            assert type(fault) is LimitExceeded
    finally:
        sys.set_int_max_str_digits(limit)


def test_plain_data_and_text_have_the_same_faults():
    plain = {"number": "1", "cells": [True, None], "inner": {"x": 1}, "text": "a\x00"}
    with pytest.raises(InvalidDocument) as caught:
        load(Sheet, plain)
    told = [(fault.path, fault.reason) for fault in caught.value.faults]
    assert places(json.dumps(plain)) == told
