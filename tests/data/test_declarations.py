"""What rooms may declare: types that documents hold, tags, scalars, documents; and what not."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, NamedTuple, TypedDict, TypeVar
from uuid import UUID

import attrs
import pytest
from attrs import frozen

from ordercore.cart import Cart
from ordercore.data import (
    UnsupportedType,
    document,
    dump,
    load,
    scalar,
    tag_of,
    variant,
    variants,
)
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, NotFound


class Vehicle:
    """A family."""


@variant(Vehicle, "car")
@frozen
class Car(Vehicle):
    doors: int = 4


@variant(Vehicle, "bicycle")
@frozen
class Bicycle(Vehicle):
    pass


class Point(NamedTuple):
    x: int = 0


class Options(TypedDict, total=False):
    x: int


@dataclass
class Record:
    x: int = 0


class Number(int):
    pass


class Ordinary:
    pass


KINDER = [  # what cattrs by itself would read
    float, bytes, complex, list, list[int], dict, dict[str, int], set, set[int], frozenset[int],
    Any, object, Path, UUID, complex, Point, Options, Record, Number, Ordinary, tuple,
    deque[int], Counter[str], defaultdict[str, int], OrderedDict, Sequence[int], Iterable[int],
    Mapping[str, int], Callable, type, type[int], Final[int], ClassVar[int], TypeVar("T"),
    Literal[1.5], Literal[b"x"],
]  # fmt: skip


def holder(annotation: object) -> type:
    made = attrs.make_class("Holder", {"value": attrs.field(default=None)}, frozen=True)
    made.__annotations__ = {"value": annotation}
    return made


@pytest.mark.parametrize("annotation", KINDER, ids=str)
@pytest.mark.parametrize(
    "plain", [{}, {"value": None}, {"value": 1}, {"value": "1"}, {"value": []}]
)
def test_what_documents_cannot_hold_is_refused_for_any_document(annotation, plain):
    with pytest.raises(UnsupportedType, match="Holder"):
        load(holder(annotation), plain)


@pytest.mark.parametrize("annotation", KINDER, ids=str)
def test_neither_inside_of_what_they_can_hold(annotation):
    for wrapped in (annotation | None if isinstance(annotation, type) else annotation,
                    tuple[annotation, ...], tuple[int, annotation]):  # fmt: skip
        with pytest.raises(UnsupportedType):
            load(holder(wrapped), {})


@pytest.mark.parametrize(
    "cls", [float, bytes, list, list[int], dict, Any, object, Path, Record, Point, Options, Number]
)
@pytest.mark.parametrize("plain", [1, "1", [], {}])
def test_neither_at_the_root(cls, plain):
    with pytest.raises(UnsupportedType):
        load(cls, plain)


KIND_INPUT = [  # type, what cattrs by itself would take for it
    (int, "3"), (int, 2.9), (int, True), (int, b"3"), (str, 3), (str, None), (str, b"x"),
    (bool, 1), (bool, "no"), (bool, []), (Decimal, 1), (Decimal, 0.1), (Decimal, "NaN"),
    (Decimal, "１"), (Literal["1"], 1), (tuple[int, ...], "123"), (tuple[int, ...], {1: 2}),
    (tuple[int, int], [1, 2, 3]), (int | None, ""), (Car, {"doors": 2}), (Vehicle, {"doors": 2}),
    (Car, {"type": "car", "wheels": 4}),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "given"), KIND_INPUT)
def test_the_kind_conversions_of_cattrs_are_out_of_reach(annotation, given):
    with pytest.raises(Exception) as caught:
        load(holder(annotation), {"value": given})
    assert caught.value.code == "invalid_document"


UNWRITABLE = [
    1.0, float("nan"), b"x", [], [1], {}, {"a": 1}, set(), frozenset(), Path("x"), UUID(int=1),
    1j, Number(3), Ordinary(), Record(), Ordinary, int, len, ...,
]  # fmt: skip


@pytest.mark.parametrize("value", UNWRITABLE)
@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: (1, (value,))])
def test_what_cannot_be_read_back_is_not_written(wrap, value):
    with pytest.raises(InvalidType) as caught:
        dump(holder(int)(wrap(value)))
    assert caught.value.reason == "unsupported_type"
    assert caught.value.path[0] == "value"


@pytest.mark.parametrize("value", [1.5, (1, 2), b"x"])
def test_choices_are_text_or_integers(value):
    with pytest.raises(UnsupportedType, match="choices are text or integers"):
        load(holder(Enum("Odd", {"ONE": value})), {})


def test_a_named_tuple_is_not_taken_for_a_tuple():
    with pytest.raises(InvalidType):
        dump(holder(int)(Point(1)))


def test_only_instances_of_attrs_classes_are_dumped():
    for value in (1, "x", None, (), {}, [], Car, int, Record(), Vehicle()):
        with pytest.raises(UnsupportedType):
            dump(value)


def test_a_name_that_is_not_there_at_run_time_is_told():
    cls = holder("Missing")
    with pytest.raises(UnsupportedType, match="Missing"):
        load(cls, {})


def test_a_field_without_an_annotation_is_told():
    cls = attrs.make_class("Bare", {"value": attrs.field(default=1)})
    with pytest.raises(UnsupportedType, match=r"Bare\.value has no annotation"):
        load(cls, {})


class TestVariants:
    def test_members_are_listed_by_tag_in_order(self):
        assert dict(variants(Vehicle)) == {"bicycle": Bicycle, "car": Car}
        assert list(variants(Vehicle)) == ["bicycle", "car"]
        assert variants(Ordinary) == {}

    def test_the_list_cannot_be_changed(self):
        with pytest.raises(TypeError):
            variants(Vehicle)["tram"] = Car

    def test_a_tag_is_told_of_a_class_and_of_its_instances(self):
        assert tag_of(Car) == tag_of(Car()) == "car"
        for stranger in (Ordinary, Ordinary(), 3, Vehicle):
            with pytest.raises(NotFound):
                tag_of(stranger)

    @pytest.mark.parametrize(
        "tag", ["", "Car", "car-2", "2car", "_car", "car ", "c" * 65, "größe", "car\n"]
    )
    def test_a_tag_is_plain_lower_case(self, tag):
        with pytest.raises(InvalidValue):
            variant(Vehicle, tag)(frozen(type("Tram", (Vehicle,), {})))

    def test_a_tag_is_taken_once_in_a_family(self):
        with pytest.raises(InvalidValue):
            variant(Vehicle, "car")(frozen(type("Tram", (Vehicle,), {})))
        assert variants(Vehicle)["car"] is Car

    def test_a_class_has_one_tag(self):
        with pytest.raises(InvalidValue):
            variant(Vehicle, "automobile")(Car)
        assert tag_of(Car) == "car"

    def test_a_class_is_in_one_family(self):
        class Toy:
            pass

        class ToyCar(Car, Toy):
            pass

        made = frozen(ToyCar)
        variant(Toy, "toy_car")(made)
        with pytest.raises(InvalidValue):
            variant(Vehicle, "toy_car")(made)

    def test_a_member_inherits_from_its_family(self):
        with pytest.raises(InvalidValue):
            variant(Vehicle, "stone")(frozen(type("Stone", (), {})))

    def test_a_member_is_an_attrs_class_of_its_own(self):
        for cls in (type("Plain", (Vehicle,), {}), type("Heir", (Car,), {})):
            with pytest.raises(UnsupportedType):
                variant(Vehicle, "heir")(cls)
        assert "heir" not in variants(Vehicle)

    @pytest.mark.parametrize("name", ["type", "_type"])
    def test_the_key_of_the_tag_is_kept_free(self, name):
        cls = attrs.make_class("Tram", {name: attrs.field(default=1)}, bases=(Vehicle,))
        with pytest.raises(InvalidValue):
            variant(Vehicle, "tram")(cls)

    def test_a_class_defined_anew_as_notebooks_do_takes_its_own_place(self):
        def define() -> type:
            @variant(Vehicle, "sledge")
            @frozen
            class Sledge(Vehicle):
                speed: int = 1

            return Sledge

        define()
        latest = define()
        assert variants(Vehicle)["sledge"] is latest
        assert type(load(Vehicle, {"type": "sledge"})) is latest

    def test_a_member_that_comes_later_is_read_at_once(self):
        assert load(Vehicle, {"type": "car"}) == Car()

        @variant(Vehicle, "late_tram")
        @frozen
        class Tram(Vehicle):
            pass

        assert load(Vehicle, {"type": "late_tram"}) == Tram()


class TestScalars:
    def test_a_scalar_that_complains_is_a_fault_and_one_that_breaks_is_a_bug(self):
        class Code:
            def __init__(self, told: str) -> None:
                if told == "bug":
                    raise TypeError("a bug")
                if told == "bad":
                    raise KeyError("bad")
                self.told = told

        scalar(Code, Code, lambda code: code.told)
        cls = holder(Code)
        assert load(cls, {"value": "good"}).value.told == "good"
        assert dump(cls(Code("good"))) == {"value": "good"}
        with pytest.raises(TypeError, match="a bug"):
            load(cls, {"value": "bug"})
        with pytest.raises(Exception) as caught:
            load(cls, {"value": "bad"})
        assert [fault.path for fault in caught.value.faults] == [("value",)]

    def test_a_scalar_is_never_written_as_unsafe_text(self):
        class Raw:
            pass

        scalar(Raw, lambda _told: Raw(), lambda _raw: "a\x00")
        with pytest.raises(InvalidInput):
            dump(holder(Raw)(Raw()))

    def test_subclasses_of_a_scalar_are_not_meant(self):
        class Word:
            pass

        scalar(Word, lambda _told: Word(), lambda _word: "w")
        heir = type("Heir", (Word,), {})
        with pytest.raises(InvalidInput):
            dump(holder(Word)(heir()))
        with pytest.raises(UnsupportedType):
            load(holder(heir), {"value": "w"})


class TestDocuments:
    @pytest.mark.parametrize("name", ["schema", "kind"])
    def test_the_keys_of_the_head_are_kept_free(self, name):
        cls = attrs.make_class("Sheet", {name: attrs.field(default=1)})
        with pytest.raises(InvalidValue):
            document("sheet_of_declarations")(cls)

    def test_a_document_is_an_attrs_class(self):
        with pytest.raises(UnsupportedType):
            document("ordinary")(Ordinary)

    def test_a_kind_is_taken_once(self):
        kind = dump(Cart.of("CNY", []))["kind"]
        with pytest.raises(InvalidValue):
            document(kind)(attrs.make_class("Sheet", {}))

    @pytest.mark.parametrize("schema", [0, -1, True, "1", 1.0, None])
    def test_a_schema_is_a_positive_integer(self, schema):
        with pytest.raises(InvalidValue):
            document("sheet_of_declarations", schema)(attrs.make_class("Sheet", {}))

    @pytest.mark.parametrize(
        ("schema", "numbers"), [(3, [1]), (2, [2]), (1, [0]), (1, [1]), (4, [1, 3]), (2, [0, 1])]
    )
    def test_upcasts_lead_to_the_schema_without_a_gap(self, schema, numbers):
        upcasts = dict.fromkeys(numbers, dict)
        with pytest.raises(InvalidValue):
            document("sheet_of_declarations", schema, upcasts=upcasts)(
                attrs.make_class("Sheet", {})
            )
