"""Each type of a field: what documents write for it, what they read, what they refuse."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Literal, NewType
from zoneinfo import ZoneInfo

import attrs
import pytest

from ordercore.cart import CartLine
from ordercore.catalog import Attributes, Product
from ordercore.data import MAX_NUMBER, dump, dumps, load, loads
from ordercore.errors import InvalidDocument, InvalidInput, LimitExceeded
from ordercore.money import Currency, Money, UnitPrice


class Size(StrEnum):
    SMALL = "s"
    LARGE = "l"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Answer(Enum):
    YES = "yes"
    NO = 0


Sku = NewType("Sku", str)


@attrs.frozen
class Pair:
    left: int
    right: str = ""


def holder(annotation: object) -> type:
    """Make a class with one field, ``value``, of some type."""
    made = attrs.make_class("Holder", {"value": attrs.field()}, frozen=True)
    made.__annotations__ = {"value": annotation}
    return made


def hours(count: float) -> timezone:
    return timezone(timedelta(hours=count))


ROUND_TRIPS = [  # type, value, in a document
    (str, "", ""),
    (str, "衬衫 – naïve 👍🏽", "衬衫 – naïve 👍🏽"),
    (Sku, "shirt", "shirt"),
    (Annotated[str, "a note"], "x", "x"),
    (int, 0, 0),
    (int, -7, -7),
    (int, 10**39, 10**39),
    (int, -(10**38), -(10**38)),
    (bool, True, True),
    (bool, False, False),
    (None, None, None),
    (Decimal, Decimal("129.00"), "129.00"),
    (Decimal, Decimal("-0.50"), "-0.50"),
    (Decimal, Decimal("1E+3"), "1000"),
    (Decimal, Decimal("1E-7"), "0.0000001"),
    (Decimal, Decimal("0E-7"), "0.0000000"),
    (Decimal, Decimal("9" * 40), "9" * 40),
    (datetime, datetime(2026, 11, 11, tzinfo=hours(8)), "2026-11-11T00:00:00+08:00"),
    (datetime, datetime(2026, 11, 11, 1, 2, 3, 400, UTC), "2026-11-11T01:02:03.000400+00:00"),
    (datetime, datetime(2026, 1, 1, tzinfo=hours(-3.5)), "2026-01-01T00:00:00-03:30"),
    (
        datetime,
        datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")),
        "2026-01-01T00:00:00+08:00",
    ),
    (datetime, datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999+00:00"),
    (date, date(2026, 2, 28), "2026-02-28"),
    (time, time(9, 30), "09:30:00"),
    (time, time(23, 59, 59, 1), "23:59:59.000001"),
    (timedelta, timedelta(), "PT0S"),
    (timedelta, timedelta(days=7), "P7D"),
    (timedelta, timedelta(minutes=90), "PT1H30M"),
    (timedelta, timedelta(days=1, seconds=1, microseconds=20), "P1DT1.00002S"),
    (timedelta, timedelta(seconds=-0.5), "-PT0.5S"),
    (timedelta, timedelta.max, "P999999999DT23H59M59.999999S"),
    (timedelta, timedelta.min, "-P999999999D"),
    (Size, Size.LARGE, "l"),
    (Level, Level.HIGH, 2),
    (Answer, Answer.YES, "yes"),
    (Answer, Answer.NO, 0),
    (Literal["a", 1], 1, 1),
    (Literal["a", 1], "a", "a"),
    (Currency, Currency("KWD"), "KWD"),
    (Money, Money.of("-129.00", "CNY"), "CNY -129.00"),
    (Money, Money.of("3", "JPY"), "JPY 3"),
    (UnitPrice, UnitPrice.of("0.125", "CNY"), "CNY 0.125"),
    (Attributes, Attributes({"b": "2", "a": "1"}), {"a": "1", "b": "2"}),
    (tuple[int, ...], (1, 2, 3), [1, 2, 3]),
    (tuple[int, ...], (), []),
    (tuple[int, str], (1, "a"), [1, "a"]),
    (tuple[()], (), []),
    (tuple[tuple[int, ...], ...], ((1,), ()), [[1], []]),
    (Pair, Pair(1, "x"), {"left": 1, "right": "x"}),
    (Pair, Pair(1), {"left": 1}),
    (tuple[Pair, ...], (Pair(1), Pair(2)), [{"left": 1}, {"left": 2}]),
    (int | None, None, None),
    (int | None, 3, 3),
]


@pytest.mark.parametrize(("annotation", "value", "plain"), ROUND_TRIPS)
def test_a_value_is_written_and_read_back_the_same(annotation, value, plain):
    cls = holder(annotation)
    assert dump(cls(value)) == {"value": plain}
    for again in (load(cls, {"value": plain}), loads(cls, dumps(cls(value)))):
        assert again.value == value
        assert type(again.value) is type(value)


def test_a_time_in_a_named_zone_is_written_with_the_offset_that_it_has():
    cls = holder(datetime)
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    told = [dump(cls(moment))["value"] for moment in (twice, twice.replace(fold=1))]
    assert told == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
    assert [load(cls, {"value": text}).value.astimezone(UTC).hour for text in told] == [0, 1]


def test_decimals_keep_their_trailing_zeros():
    cls = holder(Decimal)
    assert str(load(cls, {"value": "129.00"}).value) == "129.00"
    assert dumps(cls(Decimal("1.500"))) == '{"value":"1.500"}'


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-11-11T00:00:00Z", datetime(2026, 11, 11, tzinfo=UTC)),
        ("2026-11-11T00:00Z", datetime(2026, 11, 11, tzinfo=UTC)),
        ("2026-11-11T00:00:00.5-00:00", datetime(2026, 11, 11, 0, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_an_instant_may_be_told_in_short(told, moment):
    assert load(holder(datetime), {"value": told}).value == moment


def test_a_mapping_is_written_in_the_order_of_its_keys():
    cls = holder(Attributes)
    assert dumps(cls(Attributes({"b": "2", "a": "1"}))) == '{"value":{"a":"1","b":"2"}}'


BIG = 10**5000

REFUSALS = {
    int: [True, False, 2.9, 3.0, "3", None, [], {}, 1j, Decimal(3), Level.LOW, 10**40, -(10**39),
          BIG, -BIG, float("nan")],
    bool: [0, 1, "true", "True", None, 1.0, []],
    str: [1, True, None, b"x", [], ["x"], {}, 1.5, "\x00", "a\x00b", "\ud800", "\udfff x"],
    None: [0, False, "", "null", [], {}],
    Decimal: [
        1, 1.5, True, None, Decimal(1), "", " 1", "1 ", "1\n", "1_000", "1e3", "1E400", "NaN",
        "Infinity", "-Infinity", "sNaN", "+1", ".5", "1.", "00", "01.5", "--1", "１２３", "1２",
        "١٢", "1,5", "0x1", "9" * 41, "0." + "0" * 39, "1" * 5000, "1" * 10**6,
    ],
    datetime: [
        "", "2026-11-11", "2026-11-11T00:00:00", "2026-11-11 00:00:00Z", "2026-11-11t00:00:00Z",
        "2026-11-11T00:00:00z", "20261111T000000Z", "2026-W46-3T00:00:00Z", "2026-11-11T24:00:00Z",
        "2026-11-11T00:00:60Z", "2026-11-11T00:60:00Z", "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z", "0000-01-01T00:00:00Z", "2026-11-11T00:00:00+0800",
        "2026-11-11T00:00:00+08", "2026-11-11T00:00:00+24:00", "2026-11-11T00:00:00.1234567Z",
        "2026-11-11T00:00:00,5Z", "2026-11-11T00:00:00Z\n", " 2026-11-11T00:00:00Z",
        "２026-11-11T00:00:00Z", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00",
        "12026-11-11T00:00:00Z", 1_794_000_000, 1.5, None, True, datetime(2026, 1, 1, tzinfo=UTC),
    ],
    date: ["", "2026-11", "20261111", "2026-02-30", "2026-W46-3", "2026-11-11T00:00:00Z",
           "２026-11-11", "2026-11-11\n", 20261111, None, date(2026, 1, 1)],
    time: ["", "9:30", "0930", "24:00", "09:60", "09:30:60", "09:30Z", "09:30+08:00", "T09:30",
           "09:30:00.", "09:30:00.1234567", "０9:30", 930, None, time(9, 30)],
    timedelta: [
        "", "P", "PT", "-P", "P1", "1D", "P1W", "P1M", "P1Y", "PT5", "P1DT", "P1D1H", "PT1.5H",
        "PT1S1M", "PT0.1234567S", "PT1.S", "P-1D", "+P1D", "p1d", "P１D", "P1D ", "P9999999999D",
        "-P999999999DT1S", "PT999999999999H", "P" + "9" * 10**5 + "D", 60, None, timedelta(1),
    ],
    Size: ["S", "SMALL", "Size.SMALL", "", "s ", 0, None, ["s"], {}, Size.SMALL.name],
    Level: [0, 3, "1", "LOW", True, 1.0, None, BIG],
    Answer: ["YES", "no", False, 0.0, None],
    Literal["a", 1]: ["b", "1", True, 1.0, 2, None, ["a"]],
    Literal[True]: [1, "true", False, 1.0],
    Literal[True, 2]: [1, 0, "2", False, 2.0],
    Currency: ["cny", "XXX", "", "CNY ", "ＣＮＹ", 156, None, ["CNY"]],
    Money: [
        "129.00", "CNY", "CNY129", "CNY  1", " CNY 1", "CNY 1 ", "CNY 1\n", "cny 1", "CNY +1",
        "CNY 1.", "CNY .5", "CNY 1e3", "CNY NaN", "CNY １", "CNY 1_0", "CNY 1.005", "JPY 1.5",
        "XXX 1", "CNY 10000000000000.01", "CNY " + "1" * 5000, 129, 129.0, None, ["CNY 1"],
        {"minor": 1, "currency": "CNY"},
    ],
    UnitPrice: ["0.5", "CNY -0.5", "CNY 0.000000001", "XXX 1", 1, 0.5, None],
    Attributes: [None, "x", [], [["a", "1"]], {"a": 1}, {"a": None}, {1: "a"}, {"a": "\x00"},
                 {"": "x"}, {"a\ud800": "x"}, {"a": "\u202e"},
                 {str(i): "x" for i in range(101)}],
    tuple[int, ...]: [None, 1, "123", {}, {"0": 1}, {1, 2}, "", ["1"], [1, True], [[1]]],
    tuple[int, str]: [[], [1], ["a", 1], [1, "a", 2], {}, "1a", None],
    tuple[()]: [[1], {}, None],
    Pair: [None, 1, "x", [], [1, "x"], {}, {"right": "x"}, {"left": "1"}, {"left": 1, "more": 2},
           {"left": 1, "Left": 1}, {"left": 1, 2: 3}, {"left": 1, None: 3}, Pair(1)],
}  # fmt: skip

CASES = [(annotation, given) for annotation, values in REFUSALS.items() for given in values]


@pytest.mark.parametrize(
    ("annotation", "given"), CASES, ids=[str(number) for number in range(len(CASES))]
)
def test_nothing_is_guessed(annotation, given):
    with pytest.raises(InvalidDocument) as caught:
        load(holder(annotation), {"value": given})
    assert caught.value.faults
    for fault in caught.value.faults:
        assert isinstance(fault, InvalidInput)
        assert fault.path[:1] == ("value",)
        assert str(fault).startswith("value")
        assert len(str(fault)) < 400
        assert str(fault).isprintable()


UNWRITABLE = [
    (datetime, datetime(2026, 11, 11), "naive_datetime"),
    (datetime, datetime.min.replace(tzinfo=hours(8)), "no_such_day"),
    (time, time(9, 30, tzinfo=UTC), "invalid_value"),
    (Decimal, Decimal("Infinity"), "invalid_value"),
    (Decimal, Decimal("sNaN"), "invalid_value"),
    (Decimal, Decimal("1" * 41), "limit_exceeded"),
    (Decimal, Decimal("1" * 20 + "." + "1" * 20), "limit_exceeded"),
    (Decimal, Decimal("1E+40"), "limit_exceeded"),
    (Decimal, Decimal("1E-39"), "limit_exceeded"),
    (Decimal, Decimal("1E+100000000"), "limit_exceeded"),
    (Decimal, Decimal("0E-100000000"), "limit_exceeded"),
    (int, 10**40, "limit_exceeded"),
    (int, -(10**39), "limit_exceeded"),
    (str, "a\x00", "unsafe_text"),
    (str, "\ud800", "unsafe_text"),
]


@pytest.mark.parametrize(("annotation", "value", "reason"), UNWRITABLE)
def test_a_value_that_would_not_be_read_back_is_not_written(annotation, value, reason):
    with pytest.raises(InvalidInput) as caught:
        dump(holder(tuple[annotation, ...])((value,)))
    assert caught.value.reason == reason
    assert caught.value.path == ("value", 0)


class Text(str):
    """Text of a subclass, as template engines make it."""


def test_text_of_a_subclass_becomes_plain_text():
    cls = holder(str)
    assert type(load(cls, {Text("value"): Text("x")}).value) is str
    assert type(dump(cls(Text("x")))["value"]) is str


def test_tuples_in_plain_data_are_lists():
    assert load(holder(tuple[int, ...]), {"value": (1, 2)}).value == (1, 2)


def test_the_longest_number_has_forty_characters():
    cls = holder(int)
    assert MAX_NUMBER == 40
    assert load(cls, {"value": 10**40 - 1}).value == 10**40 - 1
    assert load(cls, {"value": -(10**39 - 1)}).value == -(10**39 - 1)
    with pytest.raises(InvalidDocument) as caught:
        load(cls, {"value": 10**40})
    assert isinstance(caught.value.faults[0], LimitExceeded)


def test_given_data_is_not_changed():
    plain = {"value": [{"left": 1}, {"left": 2, "right": "x"}]}
    load(holder(tuple[Pair, ...]), plain)
    assert plain == {"value": [{"left": 1}, {"left": 2, "right": "x"}]}


def test_fields_may_have_any_name_a_class_can_have():
    cls = attrs.make_class(
        "Odd",
        {name: attrs.field() for name in ("name", "function", "cls", "args", "value", "plain")},
        frozen=True,
    )
    cls.__annotations__ = dict.fromkeys(("name", "function", "cls", "args", "value", "plain"), str)
    odd = cls(*"abcdef")
    assert load(cls, dump(odd)) == odd


def test_a_product_with_all_its_fields_is_read_back():
    product = Product(
        "phone", name="手机", specification={"memory": "256 GB"}, categories=["3c"], brand="b",
        attributes={"x": "y"}, unit="piece", seller="s", tax_class="t",
    )  # fmt: skip
    line = CartLine.of("1", product, 2, "0.125", "CNY", floor_price="0.1")
    assert loads(CartLine, dumps(line)) == line
