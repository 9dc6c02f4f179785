"""Products and their attributes: equal by content, whatever the order; readable; bounded.

Laws:
    - Attributes and products are equal, and hash alike, just when their content is the same.
    - Neither changes after birth, nor when what it was made from changes.
    - What they dump, they load, equal and written alike.
"""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from ordercore import Attributes, InvalidDocument, Product, dump, dumps, load, loads
from ordercore.catalog import MAX_ATTRIBUTES
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded

UNSAFE = [
    "a\x00b",
    "line\nbreak",
    "\x7f",
    "\x85",
    "\u2028",
    "left\u202eright",
    "\u2066hidden\u2069",
    "\u200e",
    "\ud800",
    "\ue000",
    "\ufdd0",
    "\uffff",
]
READABLE = [
    "black",
    "黑色",
    "𠮷野家",
    "\U00031350",  # of Unicode 15, which Python 3.11 does not know
    "می‌خواهم",  # Persian with U+200C
    "क्‍ष",  # Devanagari with U+200D
    "قميص أزرق",
    "e\u0301t\u00e9",
    "👩‍👩‍👧‍👦",
    "ﬁ ½ ㎏",
    "<script>alert(1)</script>",
    "'; DROP TABLE products; --",
    "{0.__class__} %s ${x}",
    " blanks ",
]

words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=20)
names = words.filter(bool)
pairs = st.dictionaries(names, words, max_size=8)
identifiers = st.from_regex(r"[!-~]([ -~]{0,62}[!-~])?", fullmatch=True)
products = st.builds(
    Product,
    sku=identifiers,
    name=words,
    specification=pairs,
    categories=st.lists(names, max_size=5),
    brand=st.none() | names,
    attributes=pairs,
    unit=names,
    seller=st.none() | identifiers,
    tax_class=st.none() | identifiers,
)


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


# ---------------------------------------------------------------- attributes


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_attributes_says_nothing(given_: dict[str, str], order: Any) -> None:
    shuffled = list(given_.items())
    order.shuffle(shuffled)
    one, other = Attributes(given_), Attributes(shuffled)
    assert one == other
    assert hash(one) == hash(other)
    assert list(one) == list(other) == sorted(given_)
    assert repr(one) == repr(other)


@given(pairs, pairs)
def test_attributes_are_equal_just_when_their_content_is(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert (Attributes(one) == Attributes(other)) == (one == other)
    assert dict(Attributes(one)) == one
    assert Attributes(one) != one  # a dict is no Attributes: it could change


def test_attributes_do_not_follow_what_they_were_made_from() -> None:
    source = {"colour": "black"}
    made = Attributes(source)
    source["colour"] = "white"
    source["size"] = "L"
    assert dict(made) == {"colour": "black"}


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.__setitem__("colour", "white"),
        lambda a: a.__delitem__("colour"),
        lambda a: a.update({"colour": "white"}),
        lambda a: a.clear(),
        lambda a: setattr(a, "_pairs", {}),
        lambda a: delattr(a, "_pairs"),
        lambda a: setattr(a, "colour", "white"),
    ],
)
def test_attributes_are_read_only(change: Any) -> None:
    made = Attributes({"colour": "black"})
    before = hash(made)
    with pytest.raises(AttributeError):
        change(made)
    assert dict(made) == {"colour": "black"}
    assert hash(made) == before


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
def test_copies_of_attributes_are_equal(again: Any) -> None:
    made = Attributes({"colour": "black", "size": "L"})
    assert again(made) == made
    assert hash(again(made)) == hash(made)


@pytest.mark.parametrize("readable", READABLE)
def test_attributes_take_text_of_any_script_as_it_is(readable: str) -> None:
    assert Attributes({readable: readable})[readable] == readable


@pytest.mark.parametrize("unsafe", UNSAFE)
def test_attributes_refuse_text_that_no_page_can_show_in_its_place(unsafe: str) -> None:
    for given_ in ({unsafe: "x"}, {"x": unsafe}):
        with pytest.raises(InvalidValue) as caught:
            Attributes(given_)
        assert caught.value.reason == "unsafe_text"
        assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("given_", "kind"),
    [
        ({"": "x"}, InvalidValue),
        ({"n" * 65: "x"}, InvalidValue),
        ({"n": "x" * 201}, InvalidValue),
        ({"n": 5}, InvalidType),
        ({5: "x"}, InvalidType),
        ({"n": None}, InvalidType),
        ({"a": "x", 5: "y"}, InvalidType),
        (5, InvalidType),
        (None, InvalidType),
        ("ab", InvalidType),
        ([1, 2], InvalidType),
        ([("a",)], InvalidType),
        ([([], "x")], InvalidType),
        ([("a", "x", "y")], InvalidType),
        ([("a", "x"), ("a", "y")], InvalidValue),
        ([("a", "x"), ("a", "x")], InvalidValue),
    ],
)
def test_what_are_no_attributes_is_refused_by_our_errors(given_: Any, kind: type) -> None:
    with pytest.raises(kind) as caught:
        Attributes(given_)
    assert isinstance(caught.value, InvalidInput)


def test_attributes_are_bounded() -> None:
    most = {f"n{i}": "x" * 200 for i in range(MAX_ATTRIBUTES)}
    assert len(Attributes(most)) == MAX_ATTRIBUTES
    assert Attributes({"n" * 64: ""})["n" * 64] == ""
    with pytest.raises(LimitExceeded):
        Attributes({**most, "one more": "x"})


def test_a_missing_attribute_is_missing_as_in_any_mapping() -> None:
    made = Attributes({"colour": "black"})
    assert made.get("size") is None
    assert "size" not in made
    with pytest.raises(KeyError):
        made["size"]


# ---------------------------------------------------------------- products


@given(pairs, st.lists(names, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_what_a_product_has_says_nothing(
    given_: dict[str, str], categories: list[str], order: Any
) -> None:
    shuffled, repeated = list(given_.items()), categories * 2
    order.shuffle(shuffled)
    order.shuffle(repeated)
    one = Product("p", specification=given_, categories=categories, attributes=given_)
    other = Product(
        "p", specification=dict(shuffled), categories=repeated, attributes=dict(shuffled)
    )
    assert one == other
    assert hash(one) == hash(other)
    assert dumps(one) == dumps(other)
    assert one.categories == tuple(sorted(set(categories)))


@pytest.mark.parametrize(
    "change",
    [
        {"sku": "other"},
        {"name": "Other"},
        {"specification": {"memory": "512 GB"}},
        {"categories": ["3c", "new"]},
        {"brand": "Other"},
        {"attributes": {"fragile": "no"}},
        {"unit": "box"},
        {"seller": "other"},
        {"tax_class": "other"},
    ],
)
def test_products_that_differ_in_anything_are_unequal(change: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "sku": "phone",
        "name": "Phone",
        "specification": {"memory": "256 GB"},
        "categories": ["3c"],
        "brand": "Brand",
        "attributes": {"fragile": "yes"},
        "unit": "piece",
        "seller": "shop",
        "tax_class": "reduced",
    }
    assert Product(**fields) == Product(**fields)
    assert Product(**fields) != Product(**{**fields, **change})


def test_a_product_is_called_by_its_name_or_else_by_its_sku() -> None:
    assert Product("phone", name="手机").title == "手机"
    assert Product("phone").title == "phone"


def test_a_product_cannot_be_changed() -> None:
    product = Product("phone", specification={"memory": "256 GB"})
    for name in ("sku", "categories", "brand", "colour"):
        with pytest.raises((FrozenInstanceError, AttributeError)):
            setattr(product, name, "x")
    assert product == Product("phone", specification={"memory": "256 GB"})


@pytest.mark.parametrize("readable", READABLE)
def test_a_product_takes_text_of_any_script_as_it_is(readable: str) -> None:
    product = Product("p", name=readable, categories=[readable], brand=readable, unit=readable)
    assert (product.name, product.categories) == (readable, (readable,))
    assert (product.brand, product.unit) == (readable, readable)
    assert loads(Product, dumps(product)) == product


@pytest.mark.parametrize("unsafe", UNSAFE)
@pytest.mark.parametrize(
    ("field", "wrap", "path"),
    [
        ("name", lambda told: told, ("name",)),
        ("brand", lambda told: told, ("brand",)),
        ("unit", lambda told: told, ("unit",)),
        ("categories", lambda told: ["fine", told], None),
        ("specification", lambda told: {"colour": told}, ("specification", "colour")),
        ("attributes", lambda told: {"colour": told}, ("attributes", "colour")),
        ("sku", lambda told: told, ("sku",)),
        ("seller", lambda told: told, ("seller",)),
        ("tax_class", lambda told: told, ("tax_class",)),
    ],
)
def test_a_product_refuses_unsafe_text_at_its_path(
    field: str, wrap: Any, path: Any, unsafe: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        Product(**{"sku": "p", field: wrap(unsafe)})
    assert caught.value.path[0] == field
    assert path is None or caught.value.path == path
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("given_", "path"),
    [
        ({"sku": ""}, ("sku",)),
        ({"sku": "s" * 65}, ("sku",)),
        ({"sku": " s"}, ("sku",)),
        ({"sku": "手机"}, ("sku",)),
        ({"sku": 5}, ("sku",)),
        ({"name": "n" * 201}, ("name",)),
        ({"name": None}, ("name",)),
        ({"brand": ""}, ("brand",)),
        ({"brand": "b" * 65}, ("brand",)),
        ({"unit": ""}, ("unit",)),
        ({"unit": "u" * 33}, ("unit",)),
        ({"seller": ""}, ("seller",)),
        ({"tax_class": "x" * 65}, ("tax_class",)),
        ({"categories": 5}, ("categories",)),
        ({"categories": None}, ("categories",)),
        ({"categories": [5]}, ("categories", 0)),
        ({"categories": ["3c", []]}, ("categories", 1)),
        ({"categories": [""]}, ("categories", 0)),
        ({"categories": [f"c{i}" for i in range(101)]}, ("categories",)),
        ({"specification": 5}, ("specification",)),
        ({"specification": [("a", "b")]}, ("specification",)),
        ({"specification": {"a": 5}}, ("specification",)),
        ({"attributes": None}, ("attributes",)),
        ({"attributes": {f"n{i}": "x" for i in range(101)}}, ("attributes",)),
    ],
)
def test_what_is_no_product_is_refused_at_its_path(given_: dict[str, Any], path: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Product(**{"sku": "p", **given_})
    assert caught.value.path == path


def test_a_product_at_its_limits_is_taken() -> None:
    product = Product(
        "s" * 64,
        name="n" * 200,
        categories=[f"{i:064}" for i in range(100)],
        brand="b" * 64,
        unit="u" * 32,
    )
    assert loads(Product, dumps(product)) == product


@given(products)
def test_a_product_survives_being_written_and_read(product: Product) -> None:
    text = dumps(product)
    again = loads(Product, text)
    assert again == product
    assert hash(again) == hash(product)
    assert dumps(again) == text
    assert pickled(product) == product


def test_a_product_is_written_plainly_and_without_its_defaults() -> None:
    assert dump(Product("phone")) == {"sku": "phone"}
    phone = Product("phone", specification={"memory": "256 GB"}, categories=["new", "3c"])
    assert dump(phone) == {
        "sku": "phone",
        "specification": {"memory": "256 GB"},
        "categories": ["3c", "new"],
    }


def test_all_faults_of_a_product_are_told_with_their_paths() -> None:
    plain = {
        "sku": "手机",
        "name": "a\u202eb",
        "specification": {"memory": 256, "colour": ["black"]},
        "categories": ["3c", ""],
        "price": "129.00",
    }
    with pytest.raises(InvalidDocument) as caught:
        load(Product, plain)
    assert {fault.path for fault in caught.value.faults} == {
        ("sku",),
        ("name",),
        ("specification", "memory"),
        ("specification", "colour"),
        ("categories", 1),
        ("price",),
    }
