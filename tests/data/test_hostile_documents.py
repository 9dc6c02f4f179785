"""Documents that somebody tampered with: a value or an account of the faults, nothing else.

Good promotion books and carts are written as plain data; then members are deleted, doubled,
given another type, replaced or nested. Whatever is made of them:

- `load` and `loads` give a value or raise `InvalidDocument` with at least one fault,
- each fault has a message of one short line and a place,
- a value that was read is written and read back the same, in the same words each time.
"""

from __future__ import annotations

import json
from copy import deepcopy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore.cart import Cart, CartLine
from ordercore.catalog import Product
from ordercore.data import MAX_FAULTS, dump, dumps, load, loads
from ordercore.errors import InvalidDocument, InvalidInput, shown
from ordercore.promotions import PromotionBook, Sku, recipes

BOOK = PromotionBook(
    "CNY",
    [
        recipes.percent_off("spring", "10", Sku(("shirt", "scarf")), maximum="20"),
        recipes.amount_off("welcome", "5", code="HELLO", priority=7),
        recipes.spend_and_save("summer", spend="300", save="50"),
        recipes.save_per_spend("per", spend="100", save="10", max_times=3),
        recipes.spend_and_save_tiers("tiers", [("100", "10"), ("200", "30")]),
        recipes.spend_and_discount("off", spend="200", percent="33.33", maximum="99.99"),
        recipes.second_half_price("half", ~Sku("scarf")),
        recipes.buy_and_get("bogo", buy=2, get=1, target=Sku("a") | Sku("b")),
        recipes.gift_from("gift", "mug", spend="99", value="19.90"),
        recipes.free_shipping("ship", spend="59"),
    ],
    version="2026-11",
)

CART = Cart(
    "CNY",
    [
        CartLine.of(
            "1",
            Product("shirt", name="衬衫", categories=["tops", "sale"], attributes={"a": "b"}),
            2,
            "129.00",
            "CNY",
            floor_price="99",
        ),
        CartLine.of("2", "screw", 1000, Decimal("0.125"), "CNY"),
        CartLine.of("3", Product("scarf", brand="w", seller="s"), 1, "45.00", "CNY"),
    ],
    Cart.of("CNY", [], shipping="8").shipping,
)

GOOD = [(PromotionBook, BOOK), (Cart, CART)]

HOSTILE = st.sampled_from(
    [
        None, True, False, 0, 1, -1, 2.9, float("nan"), float("inf"), 10**39, 10**40, 10**5000, "",
        " ", "0", "1", "-1", "129.00", "NaN", "Infinity", "1e400", "1" * 5000, "１２", "CNY 1",
        "CNY -1", "USD 1", "CNY 1.005", "XXX", "cny", "\x00", "\ud800", "\u202eabc", "a\nb",
        "x" * 100_000, "type", "sku", "all_units", "percent_off", "cart", "2026-11-11T00:00:00Z",
        [], {}, [[]], [{}], {"type": "sku"}, {"type": "not", "inner": {"type": "all_units"}},
        {"type": []}, {"": ""}, {1: 2}, {None: None}, (), ("x",), b"x", {1, 2}, object, 1j,
        Decimal(1), [None] * 2000, {f"k{i}": i for i in range(2000)},
    ]
)  # fmt: skip


def spots(plain: object) -> list[tuple[object, object]]:
    """List every place of a document: its container and its key there."""
    found: list[tuple[object, object]] = []
    if isinstance(plain, dict | list):
        for key in plain if isinstance(plain, dict) else range(len(plain)):
            found.append((plain, key))
            found += spots(plain[key])
    return found


@st.composite
def tampered(draw, good):
    """Change a document in one to four places."""
    plain = deepcopy(draw(st.sampled_from(good)))
    for _ in range(draw(st.integers(1, 4))):
        found = spots(plain)
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        _tamper(draw, container, key, found)
    return plain


def _tamper(draw, container, key, found) -> None:
    deed = draw(st.sampled_from(["delete", "double", "retype", "replace", "nest", "move"]))
    value = container[key]
    if deed == "delete":
        del container[key]
    elif deed == "double" and isinstance(container, list):
        container.insert(key, deepcopy(value))
    elif deed == "double":
        container[draw(st.sampled_from(["type", "x", "id", f"{key} ", "sku"]))] = deepcopy(value)
    elif deed == "retype":
        container[key] = draw(st.sampled_from([shown(value), [value], {"value": value}, (value,)]))
    elif deed == "replace":
        container[key] = deepcopy(draw(HOSTILE))
    elif deed == "nest":
        for _ in range(draw(st.sampled_from([1, 2, 70]))):
            value = draw(st.sampled_from([[value], {"type": "not", "inner": value}]))
        container[key] = value
    else:
        other, place = draw(st.sampled_from(found))
        try:
            container[key] = deepcopy(other[place])
        except LookupError:  # it went away with something else
            container[key] = None


def check_account(error: InvalidDocument) -> None:
    assert type(error) is InvalidDocument
    assert 1 <= len(error.faults) <= MAX_FAULTS + 1
    for fault in error.faults:
        assert isinstance(fault, InvalidInput)
        assert fault.code
        assert fault.reason
        told = str(fault)
        assert told.isprintable()
        assert len(told) < 1000
    assert str(error)


def check_value(cls: type, value: object) -> None:
    plain = dump(value)
    again = load(cls, plain)
    assert again == value
    assert dump(again) == plain
    assert dumps(again) == dumps(value)
    assert loads(cls, dumps(value)) == value


@pytest.mark.parametrize(("cls", "value"), GOOD)
def test_untouched_documents_are_read_back_the_same(cls, value):
    check_value(cls, value)


@given(tampered([dump(value) for _, value in GOOD]), st.sampled_from([cls for cls, _ in GOOD]))
def test_tampered_plain_data_is_a_value_or_an_account_of_its_faults(plain, cls):
    try:
        value = load(cls, plain)
    except InvalidDocument as error:
        check_account(error)
    else:
        check_value(cls, value)


@pytest.mark.parametrize(("cls", "value"), GOOD)
@given(data=st.data())
def test_tampered_documents_of_the_right_kind_go_deeper(cls, value, data):
    plain = data.draw(tampered([dump(value)]))
    try:
        read = load(cls, plain)
    except InvalidDocument as error:
        check_account(error)
    else:
        check_value(cls, read)


def as_json(plain: object) -> str:
    return json.dumps(plain, default=str, skipkeys=True)


@pytest.mark.parametrize(("cls", "value"), GOOD)
@given(data=st.data())
def test_tampered_structure_in_json_text_is_a_value_or_an_account(cls, value, data):
    try:
        text = as_json(data.draw(tampered([dump(value)])))
    except ValueError:  # an integer beyond what Python writes
        return
    try:
        read = loads(cls, text)
    except InvalidDocument as error:
        check_account(error)
    else:
        check_value(cls, read)


PIECES = st.one_of(
    st.sampled_from(
        ["", '"', "\\", "{", "}", "[", "]", ",", ":", "null", "NaN", "-Infinity", "1e400", "1.5",
         "9" * 50, '"type":"sku",', '"\\ud800"', "\\u0000", "[" * 70, "{}", "\x00", "\ufeff", "１"]
    ),
    st.text(max_size=5),
)  # fmt: skip


@pytest.mark.parametrize(("cls", "value"), GOOD)
@given(data=st.data())
def test_text_cut_and_pasted_anywhere_is_a_value_or_an_account(cls, value, data):
    text = dumps(value)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        stop = min(len(text), start + data.draw(st.integers(0, 20)))
        text = text[:start] + data.draw(PIECES) + text[stop:]
    try:
        read = loads(cls, text)
    except InvalidDocument as error:
        check_account(error)
    else:
        check_value(cls, read)


@pytest.mark.parametrize(("cls", "value"), GOOD)
@given(data=st.data())
def test_bytes_changed_anywhere_are_a_value_or_an_account(cls, value, data):
    raw = bytearray(dumps(value).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = loads(cls, bytes(raw))
    except InvalidDocument as error:
        check_account(error)
    else:
        check_value(cls, read)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=20,
)


@given(JSON, st.sampled_from([cls for cls, _ in GOOD]))
def test_any_json_at_all_is_refused_with_an_account(plain, cls):
    with pytest.raises(InvalidDocument) as caught:
        load(cls, plain)
    check_account(caught.value)
    with pytest.raises(InvalidDocument) as caught:
        loads(cls, json.dumps(plain))
    check_account(caught.value)
