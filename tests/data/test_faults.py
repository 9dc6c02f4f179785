"""Faults: all at once, in the order of the document, each in its place, none indiscreet."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from attrs import field, frozen

from ordercore.data import MAX_FAULTS, dump, load, loads, mapping, scalar, variant
from ordercore.data.checks import each, identifier, integer, quantity, text
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
)


class Shape:
    """A family of two."""


@variant(Shape, "circle")
@frozen
class Circle(Shape):
    radius: int = field(validator=integer(least=1, most=9))


@variant(Shape, "group")
@frozen
class Group(Shape):
    members: tuple[Shape, ...]
    name: str = field(default="", validator=text(most=5))


@frozen
class Line:
    id: str = field(validator=identifier)
    quantity: int = field(validator=quantity)
    price: Decimal


@frozen
class Sheet:
    title: str
    lines: tuple[Line, ...]
    tags: tuple[str, ...] = field(default=(), validator=each(identifier, most=3))
    shape: Shape | None = None
    _hidden: int = 0

    def __attrs_post_init__(self) -> None:
        if len({line.id for line in self.lines}) < len(self.lines):
            raise InvalidValue("ids used once", path=("lines",), reason="duplicate_id")


def faults_of(cls: type, plain: object) -> list[InvalidInput]:
    with pytest.raises(InvalidDocument) as caught:
        load(cls, plain)
    return list(caught.value.faults)


def places(faults: list[InvalidInput]) -> list[tuple[object, str]]:
    return [(fault.path, fault.reason) for fault in faults]


def test_every_fault_is_told_in_the_order_of_the_document_missing_fields_last():
    plain = {
        "shape": {"type": "circle", "radius": 0},
        "extra": 1,
        "lines": [
            {"id": "", "quantity": 0, "price": 1.5},
            {"id": "ok", "quantity": 1, "price": "1"},
            {"price": "x", "quantity": True},
            7,
        ],
        "tags": ["a", "\n", ""],
    }
    assert places(faults_of(Sheet, plain)) == [
        (("shape", "radius"), "invalid_value"),
        (("extra",), "unknown_field"),
        (("lines", 0, "id"), "invalid_identifier"),
        (("lines", 0, "quantity"), "invalid_value"),
        (("lines", 0, "price"), "invalid_type"),
        (("lines", 2, "price"), "invalid_value"),
        (("lines", 2, "quantity"), "invalid_type"),
        (("lines", 2, "id"), "missing_field"),
        (("lines", 3), "invalid_type"),
        (("tags", 1), "invalid_identifier"),
        (("title",), "missing_field"),
    ]


def test_the_order_is_that_of_the_keys_given_not_of_the_fields():
    given = {"tags": 1, "title": 2, "lines": 3}
    assert [fault.path[0] for fault in faults_of(Sheet, given)] == ["tags", "title", "lines"]


def test_a_fault_of_the_whole_is_told_when_its_parts_are_right():
    line = {"id": "a", "quantity": 1, "price": "1"}
    assert places(faults_of(Sheet, {"title": "", "lines": [line, line]})) == [
        (("lines",), "duplicate_id")
    ]


@pytest.mark.parametrize("plain", [None, 1, "x", [], True, 1.5, [{}]])
def test_the_root_is_an_object(plain):
    (fault,) = faults_of(Sheet, plain)
    assert type(fault) is InvalidType
    assert fault.path == ()


def test_an_unknown_key_is_told_with_what_is_known():
    (fault,) = faults_of(Line, {"id": "a", "quantity": 1, "price": "1", "quantty": 1})
    assert fault.reason == "unknown_field"
    assert str(fault) == "quantty: expected a known field; did you mean 'quantity'?"
    (fault,) = faults_of(Line, {"id": "a", "quantity": 1, "price": "1", "colour": 1})
    assert str(fault) == "colour: expected only the fields id, quantity, price"


@pytest.mark.parametrize("key", [1, None, True, 1.5, (1, 2), b"id"])
def test_a_key_that_is_no_text_is_a_fault(key):
    (fault,) = faults_of(Line, {"id": "a", "quantity": 1, "price": "1", key: 1})
    assert type(fault) is InvalidType
    assert fault.expected == "text as a key"


@pytest.mark.parametrize("key", ["\ud800", "\u202e", "a\nb", "", "k" * 10**6, "\x00"])
def test_an_odd_key_cannot_spoil_the_path(key):
    (fault,) = faults_of(Line, {"id": "a", "quantity": 1, "price": "1", key: 1})
    assert len(str(fault)) < 150
    assert str(fault).isprintable()


def test_a_field_is_named_as_the_class_takes_it():
    line = {"id": "a", "quantity": 1, "price": "1"}
    sheet = load(Sheet, {"title": "", "lines": [line], "hidden": 3})
    assert sheet._hidden == 3
    assert dump(sheet)["hidden"] == 3
    (fault,) = faults_of(Sheet, {"title": "", "lines": [], "_hidden": 3})
    assert fault.path == ("_hidden",)


class TestTags:
    @pytest.mark.parametrize("tag", ["square", "Circle", "circle ", "", "ordercore.money.Money"])
    def test_an_unknown_tag_is_told_with_those_known(self, tag):
        (fault,) = faults_of(Shape, {"type": tag, "radius": 1})
        assert (fault.path, fault.reason) == (("type",), "unknown_tag")
        near = {"Circle", "circle "} & {tag}
        assert fault.expected == (
            "a known type; did you mean 'circle'?" if near else "one of the types circle, group"
        )

    @pytest.mark.parametrize("tag", [None, 1, True, ["circle"], {}, 1.5, "\ud800"])
    def test_a_tag_is_text(self, tag):
        (fault,) = faults_of(Shape, {"type": tag, "radius": 1})
        assert fault.path == ("type",)

    def test_a_missing_tag_is_a_missing_field(self):
        assert places(faults_of(Shape, {"radius": 1})) == [(("type",), "missing_field")]

    def test_a_variant_asks_for_its_own_tag(self):
        assert load(Circle, {"type": "circle", "radius": 1}) == Circle(1)
        assert places(faults_of(Circle, {"type": "group", "members": []})) == [
            (("type",), "unknown_tag")
        ]
        assert places(faults_of(Circle, {"radius": 1})) == [(("type",), "missing_field")]

    def test_faults_deep_in_variants_have_their_whole_path(self):
        plain = {"type": "group", "members": [{"type": "group", "name": "too long", "members": [
            {"type": "circle", "radius": 10}, {"type": "circle"}, {"type": "ring"}]}]}  # fmt: skip
        assert places(faults_of(Shape, plain)) == [
            (("members", 0, "name"), "invalid_value"),
            (("members", 0, "members", 0, "radius"), "limit_exceeded"),
            (("members", 0, "members", 1, "radius"), "missing_field"),
            (("members", 0, "members", 2, "type"), "unknown_tag"),
        ]


@frozen
class Numbers:
    values: tuple[int, ...] = ()


class TestVeryManyFaults:
    def test_the_most_faults_are_told_and_then_that_there_are_more(self):
        faults = faults_of(Numbers, {"values": ["x"] * 50_000})
        assert len(faults) == MAX_FAULTS + 1
        assert [fault.path for fault in faults[:-1]] == [("values", i) for i in range(MAX_FAULTS)]
        assert type(faults[-1]) is LimitExceeded

    def test_just_the_most_are_told_as_they_are(self):
        faults = faults_of(Numbers, {"values": ["x"] * MAX_FAULTS})
        assert len(faults) == MAX_FAULTS
        assert all(type(fault) is InvalidType for fault in faults)

    def test_unknown_keys_without_number_are_cut_as_well(self):
        faults = faults_of(Numbers, {f"k{i}": 1 for i in range(50_000)})
        assert len(faults) == MAX_FAULTS + 1


def refusing(error: Exception):
    def check(_instance: object, _attribute: object, _value: object) -> None:
        raise error

    return check


class TestChecksOfOthers:
    @pytest.mark.parametrize(
        "error", [ValueError("no"), LookupError("no"), ArithmeticError("no"), KeyError("no")]
    )
    def test_a_complaint_of_a_value_becomes_a_fault_in_its_place(self, error):
        cls = attrs.make_class("Fussy", {"x": attrs.field(validator=refusing(error), type=int)})
        (fault,) = faults_of(cls, {"x": 1})
        assert type(fault) is InvalidValue
        assert fault.path == ("x",)
        assert str(fault) == f"x: expected what x accepts, got {type(error).__name__}: " + repr(
            str(error)
        )

    @pytest.mark.parametrize("error", [ZeroDivisionError("no"), UnicodeError("no")])
    def test_their_kinds_are_complaints_as_well(self, error):
        cls = attrs.make_class("Fussy", {"x": attrs.field(validator=refusing(error), type=int)})
        assert len(faults_of(cls, {"x": 1})) == 1

    @pytest.mark.parametrize(
        "error", [TypeError("bug"), RuntimeError("bug"), AssertionError("bug")]
    )
    def test_a_bug_of_a_check_is_not_hidden_as_a_fault(self, error):
        cls = attrs.make_class("Buggy", {"x": attrs.field(validator=refusing(error), type=int)})
        with pytest.raises(type(error), match="bug"):
            load(cls, {"x": 1})

    def test_checks_that_ask_the_instance_have_their_say_when_it_is_built(self):
        def above_low(instance, attribute, value):
            if value < instance.low:
                raise InvalidValue("more than low", value, path=(attribute.name,))

        cls = attrs.make_class(
            "Span",
            {"low": attrs.field(type=int), "high": attrs.field(type=int, validator=above_low)},
        )
        assert load(cls, {"low": 1, "high": 2}).high == 2
        assert [fault.path for fault in faults_of(cls, {"low": 2, "high": 1})] == [("high",)]

    def test_checks_see_what_the_converter_of_their_field_makes(self):
        def fault_of_short(converter: object) -> list[tuple[object, ...]]:
            cls = attrs.make_class(
                "Stamp",
                {
                    "x": attrs.field(type=str, converter=converter, validator=text(most=2)),
                    "y": attrs.field(type=int),
                },
            )
            return [fault.path for fault in faults_of(cls, {"x": " abc ", "y": "z"})]

        assert fault_of_short(str.strip) == [("x",), ("y",)]
        assert fault_of_short(attrs.Converter(str.strip)) == [("x",), ("y",)]
        assert fault_of_short(lambda told: told.strip()[:2]) == [("y",)]

    def test_a_converter_that_asks_the_instance_is_left_alone_until_the_object_is_built(self):
        def cut(value, me):
            return value[: me.most]

        cls = attrs.make_class(
            "Cut",
            {
                "most": attrs.field(type=int),
                "x": attrs.field(
                    type=str,
                    converter=attrs.Converter(cut, takes_self=True),
                    validator=text(most=2),
                ),
            },
        )
        assert load(cls, {"most": 2, "x": "abc"}).x == "ab"
        assert [f.path for f in faults_of(cls, {"most": 3, "x": "abc"})] == [("x",)]
        assert [f.path for f in faults_of(cls, {"most": "z", "x": "abc"})] == [("most",)]


CANARY = "13800138000"


class Phone:
    def __init__(self, number: str) -> None:
        if not number.isdecimal():
            raise ValueError(f"no phone number: {number}")
        self.number = number


class Notes(dict):
    """A mapping whose constructor complains of its keys."""

    def __init__(self, pairs: dict[str, str]) -> None:
        super().__init__(pairs)
        for key in pairs:
            if key.endswith("!"):
                raise InvalidValue("a calm key", key, path=(key,))


scalar(Phone, Phone, lambda phone: phone.number)
mapping(Notes)

SECRET = {"private": True}


@frozen
class Contact:
    street: str = ""
    floor: int = 0


def no_canary(_instance: object, _attribute: object, value: object) -> None:
    if CANARY in str(value):
        raise ValueError(f"not {value}")


@frozen
class Person:
    name: str = field(default="", metadata=SECRET, validator=no_canary)
    phone: Phone | None = field(default=None, metadata=SECRET)
    notes: Notes | None = field(default=None, metadata=SECRET)
    home: Contact | None = field(default=None, metadata=SECRET)
    homes: tuple[Contact, ...] = field(default=(), metadata=SECRET)
    age: int = field(default=0, metadata=SECRET, validator=integer(least=0, most=150))

    def __attrs_post_init__(self) -> None:
        if self.age == 99:
            raise InvalidValue("another person", CANARY)


@frozen
class Letter:
    to: Person


def shows_canary(error: BaseException | None) -> bool:
    """Look for the canary wherever a log or a debugger of errors would."""
    while error is not None:
        faults = getattr(error, "faults", ())
        told = [str(error), repr(error), repr(error.args), repr(vars(error))]
        told += [repr(vars(fault)) for fault in faults]
        if any(CANARY in text for text in told) or any(map(shows_canary, faults)):
            return True
        error = error.__cause__ or error.__context__
    return False


INDISCREET = [
    ({"phone": "x" + CANARY}, [("to", "phone")]),
    ({"phone": CANARY + "\x00"}, [("to", "phone")]),
    ({"phone": int(CANARY)}, [("to", "phone")]),
    ({"name": "Mr " + CANARY}, [("to", "name")]),
    ({"name": CANARY + "\ud800"}, [("to", "name")]),
    ({"name": int(CANARY)}, [("to", "name")]),
    ({"name": [CANARY]}, [("to", "name")]),
    ({"notes": {"a": CANARY + "\x00", CANARY: 1}}, [("to", "notes"), ("to", "notes")]),
    ({"notes": {CANARY + "!": "x"}}, [("to", "notes")]),
    ({"notes": CANARY}, [("to", "notes")]),
    ({"home": CANARY}, [("to", "home")]),
    ({"home": {"floor": CANARY}}, [("to", "home", "floor")]),
    ({"home": {CANARY: 1}}, [("to", "home")]),
    ({"homes": [{}, {"street": int(CANARY)}]}, [("to", "homes", 1, "street")]),
    ({"age": int(CANARY)}, [("to", "age")]),
    ({"age": CANARY, "name": CANARY}, [("to", "age"), ("to", "name")]),
    ({"age": 99}, [("to",)]),
]


class TestPrivateFields:
    @pytest.mark.parametrize(("person", "paths"), INDISCREET)
    def test_a_private_value_is_never_shown_by_its_fault(self, person, paths):
        with pytest.raises(InvalidDocument) as caught:
            load(Letter, {"to": person})
        assert [fault.path for fault in caught.value.faults] == paths
        assert not shows_canary(caught.value)

    def test_neither_in_json_text_that_python_could_not_hold(self):
        with pytest.raises(InvalidDocument) as caught:
            loads(Letter, f'{{"to": {{"age": {CANARY}.5, "name": {CANARY * 5}}}}}')
        assert [fault.path for fault in caught.value.faults] == [("to", "age"), ("to", "name")]
        assert not shows_canary(caught.value)

    @pytest.mark.parametrize(
        "person",
        [
            Person(home=Contact(street=CANARY + "\x00")),
            Person(notes=Notes({CANARY: "\x00"})),
            Person(notes=Notes({CANARY: int(CANARY)})),
            Person(home=Contact(floor=float(CANARY))),
            Person(home=[CANARY]),
        ],
    )
    def test_a_private_value_that_cannot_be_written_is_not_shown(self, person):
        with pytest.raises(InvalidInput) as caught:
            dump(Letter(person))
        assert caught.value.path[0] == "to"
        assert not shows_canary(caught.value)

    def test_a_value_that_is_not_private_is_shown(self):
        (fault,) = faults_of(Contact, {"floor": CANARY})
        assert fault.given == CANARY
        assert shows_canary(fault)
