"""JSON Schema of documents: complete, published, and at one with the loader.

- What ordercore writes, the schema accepts.
- What the schema refuses, the loader refuses.
- What the loader refuses beyond that is of a few kinds, which JSON Schema cannot say.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NewType
from zoneinfo import ZoneInfo

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from ordercore import orders, reverse
from ordercore.calendars import WorkingTime
from ordercore.calendars.exceptions import DayException
from ordercore.calendars.hours import Pattern
from ordercore.cart import Cart, Context
from ordercore.catalog import Attributes
from ordercore.data import (
    UnsupportedType,
    document,
    dump,
    dumps,
    json_schema,
    load,
    loads,
    variant,
    variants,
)
from ordercore.data.checks import each, identifier, integer, optional, quantity, text
from ordercore.data.private import PRIVATE, private
from ordercore.data.registry import REGISTRY
from ordercore.errors import InvalidDocument
from ordercore.events import Command, Event, Recorded
from ordercore.money import Currency, Money, UnitPrice
from ordercore.money.fields import (
    Amount,
    amount_of,
    check_amount,
    check_percent,
    check_price,
    percent_of,
    percentage,
    price_of,
)
from ordercore.notices import Notice
from ordercore.orders import Edit, Order, OrderChange
from ordercore.parties import Address, Contact, Customer, GeoPoint
from ordercore.pricing import QuoteRecord, ReversalRecord, price_in
from ordercore.promotions import (
    Benefit,
    Condition,
    Promotion,
    PromotionBook,
    Resolver,
    Selector,
    Trigger,
)
from ordercore.sourcing import AllocationPlan, Certificate, Choice, Network, Request, Strategy
from ordercore.sourcing.batch import BatchRecord
from ordercore.sourcing.rules import Filter, Ranking
from ordercore.sourcing.workshops import Workload, WorkshopPlan
from ordercore.stock import BillBook, Demand, MaterialPlan, StockCheck, StockLevel
from ordercore.stock.demand import Supply
from ordercore.stock.proposals import Proposal
from ordercore.stock.resources import Agenda, Requirement
from ordercore.storage import Reply
from ordercore.tariffs import PriceRule, Tariff
from ordercore.testing.strategies import pricings_by_tariff
from ordercore.workflows import Act, AgendaAct, StockAct

TOOL = Path(__file__).with_name("published.py")


def _as_ecma_has_it(_validator, pattern, value, _schema):
    """Match as JSON Schema says, where ``$`` is the very end; Python passes over a line feed."""
    if isinstance(value, str) and not _compiled(pattern).search(value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern))


Validator = extend(Draft202012Validator, {"pattern": _as_ecma_has_it})


@cache
def validator(cls: type):
    """Make the validator of a class, by what is registered when it is first asked for."""
    return Validator(json_schema(cls))


DOCUMENTS = [
    Agenda,
    AllocationPlan,
    BatchRecord,
    BillBook,
    Cart,
    Certificate,
    Context,
    Customer,
    Demand,
    MaterialPlan,
    Network,
    Notice,
    Order,
    OrderChange,
    Promotion,
    PromotionBook,
    QuoteRecord,
    Recorded,
    Request,
    Requirement,
    ReversalRecord,
    StockCheck,
    StockLevel,
    Strategy,
    Tariff,
    WorkingTime,
    Workload,
    WorkshopPlan,
]


# What is published


def test_the_published_files_say_what_the_classes_say():
    # in a process of its own: other tests register kinds of their own
    run = subprocess.run(
        [sys.executable, str(TOOL), "--check"], capture_output=True, text=True, check=False
    )
    assert run.stderr == ""
    assert run.stdout.split() == [], "run: python tests/data/published.py"


def is_ours(cls):
    """Tell what hosts keep from what the contract kit asks stores to keep."""
    return cls.__module__.startswith("ordercore.") and "testing" not in cls.__module__


def test_every_document_of_the_package_is_among_those_tested():
    ours = [cls for cls in REGISTRY.documents if is_ours(cls)]
    assert set(ours) == set(DOCUMENTS)


@pytest.mark.parametrize("cls", DOCUMENTS)
def test_a_schema_is_one_and_refers_to_nothing_outside(cls):
    schema = json_schema(cls)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    told = json.dumps(schema)
    refs = set(re.findall(r'"\$ref": "([^"]*)"', told))
    assert refs == {f"#/$defs/{name}" for name in schema["$defs"]}
    assert json.loads(told) == schema


@pytest.mark.parametrize("cls", DOCUMENTS)
def test_patterns_are_of_the_kind_that_every_tool_reads(cls):
    for pattern in re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(json_schema(cls))):
        assert "(?=" not in pattern
        assert "(?!" not in pattern
        assert "(?<" not in pattern
        assert pattern.isascii()


@pytest.mark.parametrize("cls", DOCUMENTS)
def test_every_object_says_which_fields_it_has(cls):
    schema = json_schema(cls)
    objects = [schema, *schema["$defs"].values()]
    for told in objects:
        if "properties" in told:
            assert told["additionalProperties"] is False
            assert told["properties"].keys() >= set(told.get("required", ()))
    assert schema["properties"]["kind"] == {"const": REGISTRY.documents[cls].name}
    assert schema["properties"]["schema"] == {"const": REGISTRY.documents[cls].schema}


def test_fields_are_described_by_the_docstring_of_the_class():
    schema = json_schema(Promotion)
    assert schema["description"] == "One promotion, as plain data."
    assert schema["properties"]["priority"] == {
        "type": "integer",
        "minimum": -(10**9),
        "maximum": 10**9,
        "description": "Higher goes first within the layer.",
        "default": 0,
    }
    undescribed = [key for key, told in schema["properties"].items() if "description" not in told]
    assert undescribed == ["schema", "kind"]


def test_a_family_is_one_of_its_members_told_by_the_type():
    defs = json_schema(Promotion)["$defs"]
    triggers = [told["$ref"].removeprefix("#/$defs/") for told in defs["Trigger"]["oneOf"]]
    tags = [defs[name]["properties"]["type"]["const"] for name in triggers]
    assert {"automatic", "code"} <= set(tags)
    assert tags == sorted(tags)
    assert all("type" in defs[name]["required"] for name in triggers)


# Every kind of type


class Colour(StrEnum):
    """How it is painted."""

    RED = "red"
    BLUE = "blue"


class Level(Enum):
    LOW = 1
    HIGH = 2


class Shape:
    """The family of shapes."""

    __slots__ = ()


@variant(Shape, "dot")
@frozen
class Dot(Shape):
    """A dot."""


@variant(Shape, "group")
@frozen
class Group(Shape):
    """Several shapes.

    Args:
        members: What is in it,
            in order.
    """

    members: tuple[Shape, ...] = ()


@frozen
class Node:
    """A thing with a name and things below it."""

    name: str
    below: tuple[Node, ...] = ()
    first: Node | None = None


class Outer:
    @frozen
    class Node:
        number: int


Sku = NewType("Sku", str)

TYPES = [
    (int, [1, -1], ["1", 1.5, None, True]),
    (bool, [True, False], [0, 1, "true", None]),
    (str, ["", "衣"], [1, None, []]),
    (None, [None], [0, "", False]),
    (Decimal, ["1", "-1.50", "0", "-0"], ["1.", ".5", "01", "1e3", "+1", "１", 1, "1" * 41]),
    (date, ["2026-11-11"], ["2026-13-01", "2026-11-32", "11.11.2026", "2026-11-11T00:00:00Z"]),
    (time, ["09:30", "23:59:59.5"], ["24:00", "9:30", "09:60", "09:30Z"]),
    (
        datetime,
        ["2026-11-11T00:00:00+08:00", "2026-11-11T00:00Z"],
        ["2026-11-11", "2026-11-11T00:00:00", "2026-11-11T24:00:00Z", 0],
    ),
    (timedelta, ["P7D", "PT1H30M", "-PT0.5S", "P1DT1S"], ["P", "PT", "P1DT", "7 days", "P1W", ""]),
    (Colour, ["red"], ["green", "RED", 1]),
    (Level, [1, 2], [3, "1", True]),
    (Literal["a", 1] | None, ["a", 1, None], ["b", 2, True]),
    (tuple[int, ...], [[], [1, 2]], [1, [None], {"0": 1}]),
    (tuple[str, int], [["a", 1]], [["a"], [1, "a"], ["a", 1, 1], []]),
    (tuple[()], [[]], [["a"], [None]]),
    (int | None, [1, None], ["1", 1.5]),
    (int | str, [1, "1"], [None, 1.5, []]),
    (tuple[int, ...] | None, [None, [1]], [["a"], 1]),
    (Annotated[Sku, "told"], ["a"], [1]),
    (Currency, ["CNY"], ["XXX", "cny", ""]),
    (Money, ["CNY 129.00", "CNY -1"], ["129.00", "CNY", "cny 1", "CNY 1e3"]),
    (UnitPrice, ["CNY 0.125", "CNY -0.0"], ["CNY -1", "1"]),
    (Money | Decimal, ["CNY 1", "1"], [1, 11.5, "", "CNY"]),
    (Attributes, [{}, {"a": "b"}], [{"a": 1}, {"": "b"}, [], {"a": "x" * 201}, {"a": "\u202e"}]),
    (Shape, [{"type": "dot"}], [{}, {"type": "line"}, {"type": "dot", "x": 1}, "dot"]),
    (Group, [{"type": "group", "members": [{"type": "dot"}]}], [{"type": "dot"}, {"members": []}]),
    (
        Node,
        [{"name": "a", "below": [{"name": "b", "first": {"name": "c"}}]}, {"name": "a"}],
        [{"below": []}, {"name": "a", "below": [{}]}, {"name": "a", "first": {"first": None}}],
    ),
    (tuple[Shape | None, ...], [[None, {"type": "dot"}]], [[{}]]),
]


def holder(annotation: object, **more: object) -> type:
    namespace = {"__annotations__": {"value": annotation}, "value": field(**more)}
    return frozen(type("Holder", (), namespace))


@pytest.mark.parametrize(("annotation", "good", "bad"), TYPES, ids=str)
def test_a_type_of_each_kind_takes_and_refuses_what_the_loader_does(annotation, good, bad):
    cls = holder(annotation)
    schema = validator(cls)
    for plain in good:
        load(cls, {"value": plain})
        assert schema.is_valid({"value": plain}), plain
    for plain in bad:
        with pytest.raises(InvalidDocument):
            load(cls, {"value": plain})
        assert not schema.is_valid({"value": plain}), plain


IDENTIFIERS = (["a", "x" * 64, "a b"], ["", " a", "a ", "x" * 65, "衣", "a\n"])
NUMBERS = ["0." + "0" * 29 + "1", "1" * 31, "99.99"]
TOO_ODD = ["0." + "0" * 30 + "1", "1" * 32]

CHECKS = [
    (str, {"validator": identifier}, *IDENTIFIERS),
    (str | None, {"validator": optional(identifier)}, [*IDENTIFIERS[0], None], IDENTIFIERS[1]),
    (str, {"validator": private(identifier), "metadata": PRIVATE}, *IDENTIFIERS),
    (str, {"validator": [text(most=3), text(least=2)]}, ["ab", "衣帽"], ["a", "abcd"]),
    (
        str,
        {"validator": text(most=3)},
        ["", "衣帽间"],
        ["abcd", "\x00", "\u202e", "\ue000", "\x7f"],
    ),
    (int, {"validator": quantity}, [1, 10**9], [0, 10**9 + 1, -1]),
    (int, {"validator": integer(least=-2, most=2)}, [-2, 2], [-3, 3]),
    (
        tuple[str, ...],
        {"validator": each(identifier, least=1, most=2)},
        [["a"], ["a", "b"]],
        [[], ["a", "b", "c"], [" "]],
    ),
    (
        Amount,
        {"converter": amount_of, "validator": check_amount},
        [*NUMBERS, "1", "0.01", "CNY 1", "CNY 0.01", "CNY 007.50"],
        [*TOO_ODD, "0", "0.00", "-0", "-1", "CNY 0", "CNY 0.00", "CNY -1", "CNY -0"],
    ),
    (
        UnitPrice | Decimal,
        {"converter": price_of, "validator": check_price},
        [*NUMBERS, "0", "0.00", "-0", "CNY 0", "CNY 0.125", "0." + "0" * 30],
        [*TOO_ODD, "-1", "-0.1", "CNY -0.01", "0." + "0" * 31],
    ),
    (
        Decimal,
        {"converter": percent_of, "validator": check_percent},
        [*NUMBERS[::2], "0", "-0", "-0.00", "100", "100.0", "33.33"],
        [*TOO_ODD, "100.01", "101", "1000", "-1", "-0.1"],
    ),
    (
        Decimal,
        {"converter": percent_of, "validator": percentage(most=1000)},
        ["0", "1000", "1000.00", "999.99"],
        ["1000.01", "1001", "-1"],
    ),
    (
        Decimal,
        {"converter": percent_of, "validator": percentage(most=150)},
        ["0", "150", "149.5", "99"],
        ["1000", "-1"],
    ),
]


@pytest.mark.parametrize(("annotation", "more", "good", "bad"), CHECKS)
def test_a_check_is_in_the_schema_with_its_bounds(annotation, more, good, bad):
    cls = holder(annotation, **more)
    schema = validator(cls)
    for plain in good:
        load(cls, {"value": plain})
        assert schema.is_valid({"value": plain}), plain
    for plain in bad:
        with pytest.raises(InvalidDocument):
            load(cls, {"value": plain})
        assert not schema.is_valid({"value": plain}), plain


def test_a_class_that_contains_itself_is_defined_once():
    schema = json_schema(Node)
    assert schema["$ref"] == "#/$defs/Node"
    assert list(schema["$defs"]) == ["Node"]
    assert schema["$defs"]["Node"]["properties"]["below"]["items"] == {"$ref": "#/$defs/Node"}


def test_classes_of_one_name_are_told_apart():
    schema = json_schema(holder(tuple[Node, Outer.Node]))
    assert len([told for told in schema["$defs"].values() if told["title"] == "Node"]) == 2
    one, other = schema["$defs"]["Holder"]["properties"]["value"]["prefixItems"]
    assert one != other


def test_arguments_of_several_lines_are_one_description():
    told = json_schema(Group)["$defs"]["Group"]["properties"]["members"]
    assert told["description"] == "What is in it, in order."


def test_what_documents_cannot_hold_has_no_schema():
    for cls in (holder(float), holder(list[int]), dict):
        with pytest.raises(UnsupportedType):
            json_schema(cls)


@document("parcel_note", prepare=lambda plain: {"weight": f"CNY {plain['w']}"})
@frozen
class Parcel:
    weight: Money = field(metadata={"short": {"type": "integer"}})
    name: Attributes = field(
        default=Attributes(),
        converter=lambda told: Attributes({"*": told}) if isinstance(told, str) else told,
        metadata={"form": str | Attributes},
    )


def test_a_short_form_is_in_the_schema_of_the_document_that_takes_it_and_in_no_other():
    head = {"schema": 1, "kind": "parcel_note"}
    assert validator(Parcel).is_valid({**head, "weight": 3})
    assert not validator(Parcel).is_valid({**head, "weight": []})
    outer = validator(holder(Parcel))
    assert outer.is_valid({"value": {"weight": "CNY 1"}})
    assert not outer.is_valid({"value": {"weight": 3}})


def test_a_field_may_have_another_type_in_documents_than_in_the_class():
    cls = holder(Parcel)
    for name in ("小包", {"zh_CN": "小包"}):
        plain = {"value": {"weight": "CNY 1", "name": name}}
        assert validator(cls).is_valid(plain)
        assert isinstance(load(cls, plain).value.name, Attributes)
    assert not validator(cls).is_valid({"value": {"weight": "CNY 1", "name": 1}})


# What is written is valid


def check_written(value: object) -> None:
    plain = dump(value)
    validator(type(value)).validate(plain)
    assert load(type(value), plain) == value


@given(pricings_by_tariff())
def test_whatever_goes_into_a_price_is_written_as_the_schema_says_and_read_back(drawn):
    for value in drawn:
        check_written(value)


@pytest.mark.parametrize("name", ["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin"])
@given(at=st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), fold=st.integers(0, 1))
def test_a_context_keeps_its_instant_whatever_the_clocks_did_then(name, at, fold):
    context = Context(at.replace(tzinfo=ZoneInfo(name), fold=fold))
    check_written(context)
    assert context.at.astimezone(UTC) == at.replace(tzinfo=ZoneInfo(name), fold=fold).astimezone(
        UTC
    )


@given(pricings_by_tariff())
def test_a_quote_is_written_as_the_schema_says_and_reproduced(drawn):
    cart, book, context, tariff = drawn
    quote = price_in(cart, book, context, tariff)
    record = QuoteRecord.of(quote)
    check_written(record)
    assert load(QuoteRecord, dump(record)).quote() == quote


@given(pricings_by_tariff(), st.sampled_from(("keep_shares", "reprice", "forbid_partial")))
def test_a_reversal_is_written_as_the_schema_says(drawn, policy):
    quote = price_in(*drawn)
    back = {line.id: (line.quantity + 1) // 2 for line in quote.cart.lines}
    check_written(ReversalRecord.of(reverse(quote, {}, back, policy)))


@given(pricings_by_tariff())
def test_a_record_with_the_relevant_promotions_alone_has_the_same_results(drawn):
    cart, book, context, tariff = drawn
    quote = price_in(cart, book, context, tariff)
    whole, small = QuoteRecord.of(quote), QuoteRecord.of(quote, only_relevant=True)
    check_written(small)
    again = small.quote()
    assert again.columns == quote.columns
    assert len(small.book.promotions) == len(quote.account)
    results = ["payable", "lines", "shipping", "promotions", "gifts", "tax"]
    assert [getattr(small, name) for name in results] == [getattr(whole, name) for name in results]


def test_a_customer_is_written_as_the_schema_says():
    told = {
        "id": "c1",
        "contact": {"name": "王小明", "phone": "+86 138 0000 0000"},
        "addresses": [{"country": "CN", "lines": ["人民路 1 号"], "city": "上海"}],
    }
    check_written(load(Customer, {"schema": 1, "kind": "customer", **told}))


# The loader and the schema on documents that somebody tampered with

STRICTER = {
    # one thing against another
    "currency_mismatch", "duplicate_id", "duplicate_name", "duplicate_rule", "empty_window",
    "fields_disagree", "invalid_funding", "missing_anchor", "unknown_layer", "unordered_tiers",
    "broken_ledger", "unquoted", "wrong_state",
    # text that only its reader can judge
    "invalid_rule", "no_such_day", "too_many_decimals", "unknown_currency", "unknown_zone",
    # characters above U+FFFF, NUL where any text will do
    "unsafe_text",
    # amounts in minor units, numbers of more than 40 digits, members of lists in all
    "limit_exceeded",
    # 1.0 is an integer to JSON Schema
    "not_an_integer",
}  # fmt: skip

VALUES = [
    None, True, False, 0, 1, -1, 3, 10**9, 10**9 + 1, 10**16, 10**39, 10**40, 1.0, 2.5,
    "", " ", "x",
    "0", "-0", "-0.0", "0.0", "00", "01", "1.", ".5", "1", "12.5", "-1", "-3.5", "99.999", "100",
    "100.00", "100.01", "1000", "1" * 31, "1" * 32, "1" * 41, *TOO_ODD, *NUMBERS, "1e3", "１",
    "CNY 1", "CNY -1", "CNY 0", "CNY -0", "CNY 0.00", "CNY 1.005", "CNY 001.50",
    "USD 1.00", "XXX 1",
    "cny 1", "CNY  1", "CNY", "JPY", "XXX", "2026-11-11T00:00:00Z", "2026-02-30T00:00:00Z",
    "2026-11-11T00:00:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "2026-11-11",
    "2026-02-30", "2026-11-11T25:00:00Z", "24:00", "23:59:59.123456", "09:60", "9:30",
    "Asia/Shanghai",
    "Mars/Olympus", "asia", "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=SECONDLY", "FREQ=DAILY;COUNT=1",
    "abc\n", "a\u202eb", "a\x00", "x" * 64, "x" * 65, "x" * 200, "x" * 201, " x", "x ", "衣",
    "\U000f0000", "\ufdd0", {}, [], [[]], [{}], {"a": "b"}, {"": "x"}, {"a": 1}, {"a": "x" * 201},
    {"x" * 65: "a"}, {"type": "all"}, {"type": "sku", "values": ["a"]},
    {"type": "sku", "values": []},
    {"type": "sku"}, {"type": "not", "member": {"type": "all"}}, {"type": "not"}, {"type": "x"},
    {"type": "always"}, {"type": "code", "code": "X"}, {"type": "code", "code": ""},
    {"type": "amount_off", "amount": "5"}, {"type": "shipping_off"},
    {"amount": "5", "quantity": 1},
    {"window": {"start": "2026-11-11T00:00:00Z", "end": "2026-11-11T00:00:00Z"}},
    {"recurrence": {"rule": "FREQ=WEEKLY", "zone": "Asia/Shanghai"}},
    [["mug", 1]], [["mug", -1]], [["mug"]], [["mug", 1], ["mug", 2]], ["a", "a"], [1], [" "],
    "per_line", "half_up", "entry", "list", "cheapest", "forfeit", "no", "book", "best", "order",
]  # fmt: skip

KEYS = st.sampled_from(
    ["type", "id", "x", "amount", "quantity", "target", "basis", "schedule", "at"]
)


def spots(plain: object) -> list[tuple[object, object]]:
    """List every place of a document below its head: its container and its key there."""
    found: list[tuple[object, object]] = []
    if isinstance(plain, dict | list):
        for key in plain if isinstance(plain, dict) else range(len(plain)):
            if key not in ("schema", "kind"):
                found.append((plain, key))
                found += spots(plain[key])
    return found


DETAILS = orders.OrderDetails(
    customer=Customer("c-7"),
    contact=Contact("王小明", phone="+86 138 0013 8000", email="ming@example.org"),
    delivery=Address(country="CN", lines=["深南大道 1 号"], point=GeoPoint("22.5", "114")),
    invoice=orders.InvoiceWish(title="王小明", kind="special", tax_id="9144"),
    tags=["vip"],
)


@st.composite
def documents(draw):
    """Draw a class and a document of it as it is written."""
    cart, book, context, tariff = draw(pricings_by_tariff(max_lines=2, book={"max_promotions": 2}))
    values = [cart, book, context, tariff, *book.promotions]
    value = draw(st.sampled_from(values))
    if value is cart:
        what = draw(st.sampled_from(["cart", "quote", "order"]))
        if what != "cart":
            value = QuoteRecord.of(price_in(cart, book, context, tariff))
        if what == "order":
            value = orders.draft(value, id="o-1", number="1", details=DETAILS)[0]
    return type(value), dump(value)


@st.composite
def tampered(draw):
    """Draw a class and a document of it that is changed in one or two places."""
    cls, plain = draw(documents())
    for _ in range(draw(st.integers(1, 2))):
        found = spots(plain)
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        deed = draw(st.sampled_from(["replace"] * 4 + ["delete", "add", "double", "move"]))
        if deed == "replace":
            container[key] = deepcopy(draw(st.sampled_from(VALUES)))
        elif deed == "delete":
            del container[key]
        elif deed == "add" and isinstance(container, dict):
            container[draw(KEYS)] = deepcopy(draw(st.sampled_from(VALUES)))
        elif deed == "double" and isinstance(container, list):
            container.append(deepcopy(container[key]))
        else:
            other, place = draw(st.sampled_from(found))
            container[key] = deepcopy(other[place]) if other is not container else None
    return cls, plain


@given(tampered())
def test_the_loader_accepts_nothing_that_the_schema_refuses_and_little_less(drawn):
    cls, plain = drawn
    valid, refused = validator(cls).is_valid(plain), ""
    try:
        loads(cls, json.dumps(plain))
    except InvalidDocument as error:
        if valid:
            more = {fault.reason for fault in error.faults} - STRICTER
            refused = str(error) if more else ""
    else:
        assert valid
    assert refused == ""


OLD = [(Promotion, "promotion"), (PromotionBook, "promotion_book")]


# Older forms

FOLDER = Path(__file__).parent / "documents"


@pytest.mark.parametrize(("cls", "kind"), OLD)
def test_a_document_of_schema_1_is_read_and_written_in_the_form_of_today(cls, kind):
    old = (FOLDER / f"{kind}.1.json").read_text(encoding="utf-8")
    value = loads(cls, old)
    today = dumps(value)
    assert json.loads(today)["schema"] == 2
    assert loads(cls, today) == value
    validator(cls).validate(json.loads(today))
    assert not validator(cls).is_valid(json.loads(old))


def renamed(plain: object) -> object:
    """Write what schema 1 wrote by the names of schema 2, in the plainest way."""
    tags = {"any": "any_of", "every": "all_of", "unit_price": "priced_between"}
    tags["within_region"] = "in_region"
    if isinstance(plain, list):
        return [renamed(member) for member in plain]
    if not isinstance(plain, dict):
        return plain
    told = {key: renamed(member) for key, member in plain.items() if key != "label"}
    return {**told, "type": tags.get(told["type"], told["type"])} if "type" in told else told


@pytest.mark.parametrize(("cls", "kind"), OLD)
def test_nothing_of_an_old_document_is_lost_but_the_label(cls, kind):
    old = json.loads((FOLDER / f"{kind}.1.json").read_text(encoding="utf-8"))
    written = dump(load(cls, old))
    assert written == {**renamed(old), "schema": 2}
    told = json.dumps(old)
    assert all(f'"{tag}"' in told for tag in ("every", "unit_price", "within_region"))


def test_an_old_document_is_left_as_it_was_given():
    old = json.loads((FOLDER / "promotion_book.1.json").read_text(encoding="utf-8"))
    given_ = deepcopy(old)
    load(PromotionBook, old)
    assert old == given_


@pytest.mark.parametrize(("cls", "kind"), OLD)
def test_a_tag_of_schema_1_means_nothing_in_schema_2(cls, kind):
    old = json.loads((FOLDER / f"{kind}.1.json").read_text(encoding="utf-8"))
    with pytest.raises(InvalidDocument) as caught:
        load(cls, {**old, "schema": 2})
    reasons = {fault.reason for fault in caught.value.faults}
    assert {"unknown_tag"} <= reasons <= {"unknown_tag", "unknown_field"}


@pytest.mark.parametrize("strange", [None, 1, "x", [], {}, [[]], {"type": []}, {"type": {}}])
@pytest.mark.parametrize("key", ["when", "benefits", "label", "promotions"])
def test_a_strange_old_document_is_a_fault_and_nothing_else(key, strange):
    for cls, kind in OLD:
        old = json.loads((FOLDER / f"{kind}.1.json").read_text(encoding="utf-8"))
        old[key] = strange
        with suppress(InvalidDocument):
            load(cls, old)


def test_a_fraction_in_what_an_upcast_drops_is_told():
    text_ = (FOLDER / "promotion.1.json").read_text(encoding="utf-8")
    plain = json.loads(text_)
    plain["label"] = {"message": 1.5}
    with pytest.raises(InvalidDocument) as caught:
        loads(Promotion, json.dumps(plain))
    assert [fault.path for fault in caught.value.faults] == [("label", "message")]


# The page that shows them

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "json.md"

SECTIONS = {
    "Selectors": Selector,
    "Conditions": Condition,
    "Benefits": Benefit,
    "Triggers": Trigger,
    "Resolvers": Resolver,
    "Rules of a price list": PriceRule,
    "Events": Event,
    "Edits": Edit,
    "Commands": Command,
    "Acts": Act,
    "Acts of the stock room": StockAct,
    "Acts with agendas": AgendaAct,
    "Replies": Reply,
    "Proposals": Proposal,
    "Working hours": Pattern,
    "Exceptions": DayException,
    "Supplies": Supply,
    "Site filters": Filter,
    "Site rankings": Ranking,
    "Site choices": Choice,
}


def examples() -> dict[tuple[str, str], dict[str, object]]:
    """Read off the page the first example of each section and heading."""
    found: dict[tuple[str, str], dict[str, object]] = {}
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, *parts = section.split("\n### ")
        for part in parts:
            block = re.search(r"```json\n(.*?)```", part, re.DOTALL)
            if block is not None:
                name = part.partition("\n")[0].strip("`")
                found[title.partition("\n")[0], name] = json.loads(block[1])
    return found


EXAMPLES = examples()


def test_every_tag_and_every_document_has_an_example_on_the_page():
    expected = {
        (title, tag)
        for title, family in SECTIONS.items()
        for tag, cls in variants(family).items()
        if is_ours(cls)
    }
    expected |= {("Documents", REGISTRY.documents[cls].name) for cls in DOCUMENTS}
    assert EXAMPLES.keys() == expected


def test_every_family_of_the_package_is_on_the_page():
    ours = [
        family
        for family, members in REGISTRY.families.items()
        if any(is_ours(cls) for cls in members.values())
    ]
    assert set(ours) == set(SECTIONS.values())


@pytest.mark.parametrize(("place", "plain"), EXAMPLES.items(), ids=str)
def test_an_example_of_the_page_is_loaded_and_as_the_schema_says(place, plain):
    title, name = place
    kinds = {REGISTRY.documents[cls].name: cls for cls in DOCUMENTS}
    cls = kinds[name] if title == "Documents" else SECTIONS[title]
    assert plain["kind" if title == "Documents" else "type"] == name
    value = load(cls, plain)
    validator(cls).validate(plain)
    assert load(cls, dump(value)) == value


def test_the_quote_of_the_page_is_reproduced():
    quote = load(QuoteRecord, EXAMPLES["Documents", "quote"]).quote()
    assert str(quote.payable) == EXAMPLES["Documents", "quote"]["payable"]


def test_the_reversal_of_the_page_is_reckoned_again_from_its_quote():
    quote = load(QuoteRecord, EXAMPLES["Documents", "quote"]).quote()
    record = load(ReversalRecord, EXAMPLES["Documents", "reversal"])
    assert str(record.reversal(quote).amount) == EXAMPLES["Documents", "reversal"]["amount"]
