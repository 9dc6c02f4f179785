"""Unions: told apart by the form of the value, or refused before any document is read."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Optional, Union

import attrs
import pytest
from attrs import frozen

from ordercore.catalog import Attributes, Product
from ordercore.data import UnsupportedType, dump, load, variant
from ordercore.errors import InvalidDocument
from ordercore.money import Currency, Money, UnitPrice


class Animal:
    """One family."""


class Plant:
    """Another."""


@variant(Animal, "cat")
@frozen
class Cat(Animal):
    lives: int = 9


@variant(Animal, "dog")
@frozen
class Dog(Animal):
    pass


@variant(Plant, "oak")
@frozen
class Oak(Plant):
    pass


@variant(Plant, "dog")  # dog's rose
@frozen
class DogRose(Plant):
    pass


class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"


def holder(annotation: object) -> type:
    made = attrs.make_class("Holder", {"value": attrs.field()}, frozen=True)
    made.__annotations__ = {"value": annotation}
    return made


TOLD_APART = [  # type, value, in a document
    (int | str, 1, 1),
    (int | str, "1", "1"),
    (str | int | bool | None, True, True),
    (str | int | bool | None, 1, 1),
    (str | int | bool | None, None, None),
    (str | int | bool | None, "", ""),
    (Optional[int], 3, 3),
    (Union[int, None, str], "x", "x"),
    (int | tuple[int, ...], (1,), [1]),
    (int | (str | None), None, None),
    (Decimal | Money, Decimal("1.50"), "1.50"),
    (Decimal | Money, Money.of("1.50", "CNY"), "CNY 1.50"),
    (Money | Decimal, Money.of("1.50", "CNY"), "CNY 1.50"),
    (Money | Decimal | None, None, None),
    (Decimal | date, date(2026, 1, 1), "2026-01-01"),
    (date | datetime | time | timedelta, timedelta(days=1), "P1D"),
    (date | datetime | time | timedelta, time(9, 30), "09:30:00"),
    (date | datetime | time | timedelta, date(2026, 1, 1), "2026-01-01"),
    (Literal["all"] | Decimal, "all", "all"),
    (Literal["all"] | Decimal, Decimal(3), "3"),
    (Mood | Money, Mood.BAD, "bad"),
    (Mood | int, 3, 3),
    (Literal["a"] | Literal["b"], "b", "b"),
    (int | Literal["all"], "all", "all"),
    (Animal | Money, Cat(3), {"type": "cat", "lives": 3}),
    (Animal | Money | None, Money.zero("JPY"), "JPY 0"),
    (Cat | Oak, Oak(), {"type": "oak"}),
    (Animal | Oak, Dog(), {"type": "dog"}),
    (Animal | Cat, Cat(), {"type": "cat"}),
    (Product | str, "shirt", "shirt"),
    (Product | None, Product("shirt"), {"sku": "shirt"}),
    (Attributes | int, Attributes({"a": "b"}), {"a": "b"}),
]


@pytest.mark.parametrize(("annotation", "value", "plain"), TOLD_APART)
def test_the_form_of_a_value_tells_its_type(annotation, value, plain):
    cls = holder(annotation)
    assert dump(cls(value)) == {"value": plain}
    again = load(cls, {"value": plain}).value
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal | Money | None, None | Money | Decimal),
        (int | str | bool, bool | str | int),
        (date | datetime, datetime | date),
        (Animal | Oak, Oak | Animal),
    ],
)
@pytest.mark.parametrize(
    "given",
    [
        None,
        1,
        True,
        "x",
        "1.5",
        "CNY 1",
        "2026-01-01",
        "2026-01-01T00:00:00Z",
        {"type": "oak"},
        [],
    ],
)
def test_the_order_in_which_a_union_is_written_decides_nothing(one, other, given):
    def told(annotation: object) -> object:
        try:
            value = load(holder(annotation), {"value": given}).value
        except InvalidDocument as error:
            return [(fault.path, fault.reason) for fault in error.faults]
        return type(value), value

    assert told(one) == told(other)


AMBIGUOUS = [
    str | date,
    str | Decimal,
    str | Money,
    str | Mood,
    str | Literal["a"],
    str | None | Currency,
    tuple[int, ...] | tuple[str, ...],
    tuple[int, ...] | tuple[int, int] | None,
    Product | Attributes,
    Product | Animal,
    Attributes | Cat,
    Animal | Plant,  # both have a dog
    Dog | DogRose,
]


@pytest.mark.parametrize("annotation", AMBIGUOUS, ids=str)
def test_what_documents_cannot_tell_apart_is_refused_whatever_they_say(annotation):
    cls = attrs.make_class(
        "Holder", {"value": attrs.field(default=None), "other": attrs.field(default=0)}
    )
    cls.__annotations__ = {"value": annotation, "other": int}
    for plain in ({}, {"other": 1}, {"value": None}, {"value": "x"}):
        with pytest.raises(UnsupportedType, match=r"Holder\.value: .*cannot tell these apart"):
            load(cls, plain)


@pytest.mark.parametrize(
    ("annotation", "given"),
    [
        (Currency | Literal["CNY"], "CNY"),
        (Mood | Literal["good"], "good"),
        (int | Literal[1], 1),
        (bool | Literal[True], True),
    ],
)
def test_a_single_value_that_two_members_take_is_not_guessed(annotation, given):
    with pytest.raises(InvalidDocument) as caught:
        load(holder(annotation), {"value": given})
    assert [fault.reason for fault in caught.value.faults] == ["ambiguous"]


@pytest.mark.parametrize(
    ("annotation", "given", "expected"),
    [
        (int | None, "3", "an integer or null"),
        (int | None, True, "an integer or null"),
        (bool | int, 1.0, "true or false or an integer"),
        (Money | None, 3, "Money as text or null"),
        (Mood | None, "ugly", "one of 'good', 'bad'"),
        (Animal | None, "cat", "an object (Animal) or null"),
        (tuple[int, ...] | None, {}, "a list or null"),
    ],
)
def test_a_fault_names_all_that_would_have_been_right(annotation, given, expected):
    with pytest.raises(InvalidDocument) as caught:
        load(holder(annotation), {"value": given})
    (fault,) = caught.value.faults
    assert fault.expected == expected


def test_faults_within_the_one_member_that_is_meant_are_told_in_full():
    with pytest.raises(InvalidDocument) as caught:
        load(holder(Animal | Money), {"value": {"type": "cat", "lives": "9"}})
    assert [fault.path for fault in caught.value.faults] == [("value", "lives")]


def test_unit_prices_and_amounts_look_alike_and_are_not_guessed():
    with pytest.raises(InvalidDocument) as caught:
        load(holder(Money | UnitPrice), {"value": "CNY 1.50"})
    assert caught.value.faults[0].reason == "ambiguous"
