"""The error tree: codes, places, messages that no value can spoil."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import pytest

from ordercore.data import UnsupportedType
from ordercore.errors import (
    CurrencyMismatch,
    IllegalTransition,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
    OrderCoreError,
    OutOfSequence,
    all_faults,
    dotted,
    shown,
)

CODES = [  # code, class, the builtin that plain handlers catch it by
    ("error", OrderCoreError, Exception),
    ("invalid_input", InvalidInput, OrderCoreError),
    ("invalid_value", InvalidValue, ValueError),
    ("invalid_type", InvalidType, TypeError),
    ("currency_mismatch", CurrencyMismatch, ValueError),
    ("limit_exceeded", LimitExceeded, ValueError),
    ("not_found", NotFound, LookupError),
    ("out_of_sequence", OutOfSequence, ValueError),
    ("illegal_transition", IllegalTransition, ValueError),
    ("invalid_document", InvalidDocument, ValueError),
    ("unsupported_type", UnsupportedType, TypeError),
]

KINDS = [
    InvalidInput,
    InvalidValue,
    InvalidType,
    CurrencyMismatch,
    LimitExceeded,
    NotFound,
    OutOfSequence,
]


@pytest.mark.parametrize(("code", "kind", "builtin"), CODES)
def test_every_error_has_a_stable_code_and_is_caught_by_its_builtin(code, kind, builtin):
    assert kind.code == code
    assert issubclass(kind, builtin)
    assert issubclass(kind, OrderCoreError)


def test_no_two_errors_share_a_code():
    codes = [code for code, _, _ in CODES]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ((), ""),
        (("lines",), "lines"),
        (("promotions", 3, "benefits", 0, "percent"), "promotions[3].benefits[0].percent"),
        ((3,), "[3]"),
        ((3, 4, "x"), "[3][4].x"),
    ],
)
def test_a_path_is_written_as_people_read_it(path, told):
    assert dotted(path) == told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (InvalidValue("a positive integer", 0), "expected a positive integer, got 0"),
        (InvalidValue("a field"), "expected a field"),
        (InvalidValue("text", None), "expected text, got None"),
        (InvalidType("text", 3, path=("lines", 0)), "lines[0]: expected text, got 3"),
        (NotFound("an id", "x", path=("id",)), "id: expected an id, got 'x'"),
    ],
)
def test_a_message_says_the_place_what_was_expected_and_what_was_given(error, told):
    assert str(error) == told


@pytest.mark.parametrize("kind", KINDS)
def test_an_outer_place_goes_before_the_path_and_all_else_stays(kind):
    inner = kind("more", 0, path=("quantity",), reason="too_few")
    outer = inner.at("lines", 2)
    assert type(outer) is kind
    assert outer.path == ("lines", 2, "quantity")
    assert (outer.expected, outer.given, outer.reason) == ("more", 0, "too_few")
    assert inner.path == ("quantity",)


@pytest.mark.parametrize("kind", KINDS)
def test_the_reason_is_the_code_unless_a_finer_one_is_given(kind):
    assert kind("x").reason == kind.code
    assert kind("x", reason="finer").reason == "finer"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_crosses_to_another_process_whole(kind, protocol):
    error = kind("more", 0, path=("lines", 2), reason="too_few")
    again = pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is kind
    assert vars(again) == vars(error)
    assert str(again) == str(error)
    assert str(copy.copy(error)) == str(copy.deepcopy(error)) == str(error)


def test_a_value_that_was_not_told_stays_untold_in_another_process():
    again = pickle.loads(pickle.dumps(InvalidValue("a field")))
    assert again.given is ...
    assert str(again) == "expected a field"


def test_a_document_tells_all_its_faults_in_order():
    error = InvalidDocument(iter([InvalidValue("a", 1, path=("x",)), InvalidType("b", 2)]))
    assert str(error) == "2 faults\n  x: expected a, got 1\n  expected b, got 2"
    assert str(InvalidDocument([InvalidValue("a")])) == "1 fault\n  expected a"


def test_a_document_of_faults_can_be_placed_and_pickled():
    error = InvalidDocument([InvalidValue("a", 1, path=("x",)), InvalidType("b", 2)]).at("y", 0)
    assert [fault.path for fault in error.faults] == [("y", 0, "x"), ("y", 0)]
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_all_faults_are_listed_below_a_place_whether_one_or_many():
    one = InvalidValue("a", 1, path=("x",))
    many = InvalidDocument([one, InvalidType("b", 2)])
    assert [fault.path for fault in all_faults(one, "y")] == [("y", "x")]
    assert [fault.path for fault in all_faults(many, "y", 3)] == [("y", 3, "x"), ("y", 3)]


class Mute:
    def __repr__(self) -> str:
        raise RuntimeError("I have no words")


class Loud:
    def __repr__(self) -> str:
        return "two\nlines\x1b[31m"


def nested(levels: int) -> list:
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (3, "3"),
        (True, "True"),
        ("衬衫", "'衬衫'"),
        ("a\nb", r"'a\nb'"),
        ("\u202egpj.exe", r"'\u202egpj.exe'"),
        ("\ud800", r"'\ud800'"),
        (10**5000, "an integer of 16610 bits"),
        (-(10**5000), "an integer of 16610 bits"),
        (Fraction(10**5000), "a value of type Fraction"),
        ((10**5000,), "a value of type tuple"),
        (nested(100_000), "a value of type list"),
        (Mute(), "a value of type Mute"),
        (Loud(), r"two\nlines\x1b[31m"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_value_can_spoil_the_message_about_it(value, told):
    assert shown(value) == told
    assert str(InvalidValue("another", value)) == f"expected another, got {told}"


@pytest.mark.parametrize(
    "value", ["x" * 10**6, list(range(10**4)), "\n" * 10**5], ids=["text", "list", "line ends"]
)
def test_a_long_value_is_shown_shortened_on_one_line(value):
    told = shown(value)
    assert len(told) == 60
    assert told.endswith("…")
    assert told.isprintable()


def test_the_text_of_many_faults_is_cut_and_the_faults_are_all_there():
    error = InvalidDocument([InvalidValue("a name", i, path=("names", i)) for i in range(250)])
    assert len(str(error).splitlines()) == 102
    assert str(error).endswith("and 150 more")
    assert len(error.faults) == 250
