"""Counts by id: one form for stock and purchases, an object in JSON, refused with its place.

Counts are equal, and hash alike, just when their content is the same, however it was given.
"""

from __future__ import annotations

import pickle
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore import InvalidDocument, Shopper, dump, load
from ordercore.cart import MAX_COUNTS, Context, Counts
from ordercore.data import json_schema
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded
from ordercore.testing.strategies import INSTANT, contexts

SOME = st.dictionaries(st.sampled_from(("mug", "cup", "a b", "0")), st.integers(0, 10**9))


@given(SOME, SOME, st.randoms(use_true_random=False))
def test_counts_are_equal_just_when_their_content_is(one, other, chance):
    pairs = chance.sample(list(one.items()), len(one))
    made = Counts(one)
    for same in (Counts(pairs), Counts(iter(pairs)), Counts(dict(pairs)), Counts(made)):
        assert (same, hash(same), repr(same)) == (made, hash(made), repr(made))
    assert (Counts(one) == Counts(other)) is (one == other)
    assert dict(made) == one
    assert list(made) == sorted(one)


def test_counts_cannot_be_changed():
    stock = {"mug": 1}
    made = Counts(stock)
    stock["mug"] = 2
    assert made["mug"] == 1
    with pytest.raises(AttributeError):
        made.mug = 3
    with pytest.raises(AttributeError):
        del made._pairs
    assert pickle.loads(pickle.dumps(made)) == deepcopy(made) == made


FAULTY = [
    ({"mug": -1}, InvalidValue, ("mug",)),
    ({"mug": 10**9 + 1}, LimitExceeded, ("mug",)),
    ({"mug": True}, InvalidType, ("mug",)),
    ({"mug": "1"}, InvalidType, ("mug",)),
    ({"mug": 1.0}, InvalidType, ("mug",)),
    ({"杯": 1}, InvalidValue, ("杯",)),
    ({"": 1}, InvalidValue, ("",)),
    ({5: 1}, InvalidType, ()),
    ([("mug", 1), ("mug", 1)], InvalidValue, ()),
    ([("mug", 1, 2)], InvalidType, ()),
    ([5], InvalidType, ()),
    ("mug", InvalidType, ()),
    ("", InvalidType, ()),
    (5, InvalidType, ()),
    ({str(i): 0 for i in range(MAX_COUNTS + 1)}, LimitExceeded, ()),
]


@pytest.mark.parametrize(("faulty", "error", "place"), FAULTY, ids=lambda value: str(value)[:20])
@pytest.mark.parametrize("once", [False, True])
def test_what_are_no_counts_is_refused_with_its_place(faulty, error, place, once):
    with pytest.raises(error) as caught:
        Counts(faulty)
    assert caught.value.path == place
    given_ = iter(faulty) if once and isinstance(faulty, list) else faulty
    with pytest.raises(InvalidInput) as caught:
        Context(INSTANT, gift_stock=given_)
    assert (type(caught.value), caught.value.path) == (error, ("gift_stock", *place))
    given_ = iter(faulty) if once and isinstance(faulty, list) else faulty
    with pytest.raises(InvalidInput) as caught:
        Shopper(purchases=given_)
    assert (type(caught.value), caught.value.path) == (error, ("purchases", *place))


def test_counts_are_objects_in_documents():
    context = Context(INSTANT, Shopper(purchases=[("tea", 2)]), gift_stock={"mug": 3, "cup": 0})
    plain = dump(context)
    assert plain["gift_stock"] == {"cup": 0, "mug": 3}
    assert plain["shopper"] == {"purchases": {"tea": 2}}
    assert load(Context, plain) == context


@given(contexts())
def test_every_context_is_read_as_it_was_written(context):
    assert load(Context, dump(context)) == context


def test_no_snapshot_and_an_empty_one_are_not_the_same():
    unknown, nothing = Context(INSTANT), Context(INSTANT, gift_stock={})
    assert (unknown.gift_stock, nothing.gift_stock) == (None, Counts())
    assert "gift_stock" not in dump(unknown)
    assert load(Context, dump(nothing)).gift_stock == Counts()


@pytest.mark.parametrize(
    ("stock", "place", "told"),
    [
        ([["mug", 3]], ("gift_stock",), "an object of integers (Counts) or null, got a list"),
        ({"mug": "3"}, ("gift_stock", "mug"), "an integer, got '3'"),
        ({"mug": 3.5}, ("gift_stock", "mug"), "an integer, got 3.5"),
        ({"mug": True}, ("gift_stock", "mug"), "an integer, got True"),
        ({"mug": -1}, ("gift_stock", "mug"), "at least 0, got -1"),
        ({"杯": 1}, ("gift_stock", "杯"), "1 to 64 printable ASCII characters, got '杯'"),
    ],
)
def test_faulty_counts_of_a_document_are_told_with_their_place(stock, place, told):
    plain = {**dump(Context(INSTANT)), "gift_stock": stock}
    with pytest.raises(InvalidDocument) as caught:
        load(Context, plain)
    (fault,) = caught.value.faults
    assert fault.path == place
    assert str(fault).endswith(f": expected {told}")


def test_the_schema_says_what_counts_are():
    told = json_schema(Context)["$defs"]["Counts"]
    assert told["maxProperties"] == MAX_COUNTS
    assert told["propertyNames"]["maxLength"] == 64
    assert told["additionalProperties"] == {"type": "integer", "minimum": 0, "maximum": 10**9}
