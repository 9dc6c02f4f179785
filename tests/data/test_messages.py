"""What faults tell somebody who writes their first promotion: what to write instead."""

from __future__ import annotations

import pickle
from datetime import time

import pytest
from attrs import field, frozen

from ordercore.calendars import Recurrence
from ordercore.cart import Cart
from ordercore.data import UnsupportedType, dump, dumps, load, loads
from ordercore.data.checks import identifier, quantity
from ordercore.data.private import PRIVATE, private
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue
from ordercore.pricing import price
from ordercore.promotions import (
    AmountOff,
    Every,
    Promotion,
    PromotionBook,
    ShippingOff,
    Threshold,
    Tier,
    recipes,
)
from ordercore.testing.strategies import INSTANT

BOOK = PromotionBook(
    "CNY",
    [recipes.amount_off("welcome", "5"), recipes.spend_and_save("summer", spend="300", save="50")],
)
CART = Cart.of("CNY", [("shirt", "129.00", 2)])


def faults_of(cls: type, plain: object) -> list[str]:
    read = loads if isinstance(plain, str) else load
    with pytest.raises(InvalidDocument) as caught:
        read(cls, plain)
    return [str(fault) for fault in caught.value.faults]


def promotion(**fields: object) -> dict[str, object]:
    return {"schema": 2, "kind": "promotion", "id": "p", **fields}


@frozen
class Person:
    id: str = field(validator=private(identifier), metadata=PRIVATE)
    age: int = field(validator=quantity)


@frozen
class Crowd:
    people: tuple[Person, ...]


@frozen
class Visit:
    id: str
    length: int


@frozen
class Diary:
    visits: tuple[Visit, ...] = field(metadata=PRIVATE)


OFF = {"type": "amount_off", "amount": "5"}


@pytest.mark.parametrize("number", [11, 11.5, True])
def test_a_bare_number_for_an_amount_is_to_be_written_as_text(number):
    plain = promotion(benefits=[{"type": "amount_off", "amount": number}])
    (told,) = faults_of(Promotion, plain)
    assert told == (
        "benefits[0].amount: expected an amount as text, such as '129.00' (or with its currency, "
        f"'CNY 129.00'), got {number}"
    )


def test_a_fraction_in_json_is_to_be_written_as_text():
    told = (
        '{"schema":2,"kind":"promotion","id":"p","benefits":[{"type":"amount_off","amount":11.5}]}'
    )
    (fault,) = faults_of(Promotion, told)
    assert fault == (
        "benefits[0].amount: expected an integer; amounts and decimals are written as text, "
        "such as '11.50', got '11.5'"
    )


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("CNY 1.005", "at most 2 decimals, got '1.005'"),
        ("XXX 1", "an ISO 4217 currency code, got 'XXX'"),
        ("1" * 41, f"a number of at most 40 characters, got '{'1' * 41}'"),
    ],
)
def test_an_amount_that_is_almost_one_is_told_what_it_lacks(amount, told):
    plain = promotion(benefits=[{"type": "amount_off", "amount": amount}])
    assert faults_of(Promotion, plain) == [f"benefits[0].amount: expected {told}"]


@pytest.mark.parametrize(
    ("key", "meant"),
    [("priorty", "priority"), ("benefit", "benefits"), ("combine_with", "combines_with")],
)
def test_a_field_that_is_misspelt_is_told_the_nearest_one(key, meant):
    (told, *_) = faults_of(Promotion, promotion(benefits=[OFF], **{key: 1}))
    assert told == f"{key}: expected a known field; did you mean '{meant}'?"


def test_a_field_like_no_other_is_told_all_that_are_known():
    (told,) = faults_of(Promotion, promotion(benefits=[OFF], zzz=1))
    assert told.startswith("zzz: expected only the fields id, benefits, when, ")


def test_a_tag_that_is_misspelt_is_told_the_nearest_one():
    (told,) = faults_of(Promotion, promotion(benefits=[{"type": "amuont_off", "amount": "5"}]))
    assert told == (
        "benefits[0].type: expected a known type; did you mean 'amount_off'?, got 'amuont_off'"
    )


class TestWhichOfMany:
    def test_a_fault_in_one_of_many_promotions_names_it(self):
        plain = dump(BOOK)
        plain["promotions"][1]["priority"] = "high"
        assert faults_of(PromotionBook, plain) == [
            "promotions[1].priority: expected an integer, got 'high' (promotion 'summer')"
        ]

    def test_so_does_a_fault_that_only_the_book_finds(self):
        plain = dump(BOOK)
        plain["promotions"][1]["when"]["amount"] = "300.001"
        (told,) = faults_of(PromotionBook, plain)
        assert told == (
            "promotions[1].when.amount: expected at most 2 decimals, got 300.001 "
            "(promotion 'summer')"
        )

    def test_and_a_fault_in_a_line_of_a_cart(self):
        plain = dump(CART)
        plain["lines"][0]["quantity"] = 0
        assert faults_of(Cart, plain) == [
            "lines[0].quantity: expected at least 1, got 0 (cart line '1')"
        ]

    @pytest.mark.parametrize("odd", [None, 1, "", "a\nb", "x" * 65, [], {}])
    def test_an_id_that_is_none_names_nothing(self, odd):
        plain = dump(BOOK)
        plain["promotions"][1] |= {"id": odd, "priority": "high"}
        told = faults_of(PromotionBook, plain)
        assert "promotions[1].priority: expected an integer, got 'high'" in told

    def test_a_private_id_is_not_told(self):
        (told,) = faults_of(Crowd, {"people": [{"id": "wang.xiaoming", "age": 0}]})
        assert told == "people[0].age: expected at least 1, got 0"

    def test_nor_is_any_within_a_private_field(self):
        (told,) = faults_of(Diary, {"visits": [{"id": "dr-li", "length": "x"}]})
        assert told == "visits[0].length: expected an integer"

    def test_the_innermost_thing_is_named_wherever_the_fault_goes(self):
        fault = InvalidValue("at least 1", 0).inside("fee 'a'").at("fees", 0).inside("cart 'b'")
        assert str(fault) == "fees[0]: expected at least 1, got 0 (fee 'a')"
        again = pickle.loads(pickle.dumps(fault))
        assert (str(again), again.within, type(again)) == (str(fault), "fee 'a'", InvalidValue)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Threshold("200", quantity=2), "an amount or a quantity, not both"),
        (Threshold, "an amount or a quantity, not neither"),
        (lambda: Every("200", quantity=2), "an amount or a quantity, not both"),
        (Every, "an amount or a quantity, not neither"),
        (
            lambda: Tier("1", quantity=2, benefit=AmountOff("1")),
            "an amount or a quantity, not both",
        ),
        (lambda: Tier(benefit=AmountOff("1")), "an amount or a quantity, not neither"),
        (ShippingOff, "a percentage, an amount or a fixed price, not none"),
        (lambda: ShippingOff("1", "1"), "a percentage, an amount or a fixed price, not several"),
    ],
)
def test_who_gives_both_or_neither_of_two_is_told_so_in_words(make, told):
    with pytest.raises(InvalidInput) as caught:
        make()
    assert str(caught.value) == f"expected {told}"
    assert caught.value.reason == "fields_disagree"


def test_a_name_is_one_text_or_one_for_each_locale():
    one = load(Promotion, promotion(benefits=[OFF], name="金卡"))
    assert one == Promotion(id="p", benefits=AmountOff("5"), name="金卡")
    assert dump(one)["name"] == {"*": "金卡"}
    plain = dump(BOOK)
    plain["promotions"][0]["name"] = "金卡"
    assert load(PromotionBook, plain).promotions[0].name == one.name
    assert faults_of(Promotion, promotion(benefits=[OFF], name=1)) == [
        "name: expected text or an object of text (Attributes), got 1"
    ]


def test_a_quote_says_what_it_is_stored_as():
    quote = price(CART, BOOK, at=INSTANT)
    for write in (dump, dumps):
        with pytest.raises(UnsupportedType) as caught:
            write(quote)
        assert str(caught.value) == (
            "a Quote is stored as its QuoteRecord: dump(QuoteRecord.of(quote))"
        )


def test_too_large_a_text_is_told_how_to_allow_more():
    with pytest.raises(InvalidDocument, match="at most 10 bytes, or a higher max_bytes"):
        loads(Cart, dumps(CART), max_bytes=10)


@pytest.mark.parametrize("given", ["-3", "CNY -3", "-0.001"])
def test_a_price_below_zero_is_told_that_it_must_not_be_negative(given):
    plain = dump(CART)
    plain["lines"][0]["unit_price"] = given
    told = given if given.startswith("CNY") else f"CNY {given}"
    assert faults_of(Cart, plain) == [
        f"lines[0].unit_price: expected a price that is not negative, got '{told}' (cart line '1')"
    ]


def test_a_shipping_fee_below_zero_is_told_so_too():
    (told,) = faults_of(Cart, {**dump(CART), "shipping": "-3"})
    assert told == "shipping: expected a fee that is not negative, got 'CNY -3.00'"


@pytest.mark.parametrize("midnight", ["24:00", "24:00:00"])
def test_the_end_of_a_day_is_written_as_its_beginning(midnight):
    plain = {"rule": "FREQ=DAILY", "zone": "Asia/Shanghai", "start": "18:00", "end": midnight}
    assert faults_of(Recurrence, plain) == [
        f"end: expected a time of day; the midnight that ends it is '00:00', got '{midnight}'"
    ]
    until = load(Recurrence, {**plain, "end": "00:00"})
    assert until == Recurrence("FREQ=DAILY", "Asia/Shanghai", time(18), time(0))
