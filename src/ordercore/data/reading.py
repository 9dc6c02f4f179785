"""Plain data to values: a reader for each kind of type, put together from the type.

A reader looks at one plain value and returns what it stands for, or raises `InvalidInput`
or, when there is more than one fault, `InvalidDocument`; whoever asked puts these at their
place. One failed member never stops its siblings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

import attrs

from ordercore.data.checks import identifier, passes
from ordercore.data.classes import Fields
from ordercore.data.faults import (
    FAULTS,
    MAX_FAULTS,
    called,
    form,
    mismatch,
    missing,
    nearest,
    step,
)
from ordercore.data.kinds import (
    any_expectation,
    bare,
    choices,
    expectation,
    forms_of,
    kind_of,
    members,
)
from ordercore.data.leaves import READERS, read_text
from ordercore.data.registry import REGISTRY, UnsupportedType
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    all_faults,
)

__all__ = ["Reader", "Readers"]

_VAGUE = frozenset({"invalid_value", "invalid_type"})
"""Reasons of a reader that does not know what it was given; others know it and say more."""

Reader = Callable[[Any, Any], Any]
"""Takes a plain value and, as cattrs calls its hooks, the type; returns the value."""


class Readers:
    """Makes the reader of a type, asking ``reader_of`` for those of its parts."""

    def __init__(self, reader_of: Callable[[Any], Reader]) -> None:
        self.reader_of = reader_of
        self.fields: dict[type, Fields] = {}

    def make(self, annotation: Any) -> Reader:
        """Make the reader of a type.

        Raises:
            UnsupportedType: Documents cannot hold it.
        """
        annotation = bare(annotation)
        kind = kind_of(annotation)
        read = READERS.get(kind)
        if read is not None:
            return lambda value, _type: read(value)
        makers: Mapping[str, Callable[[Any], Reader]] = {
            "scalar": _scalar,
            "mapping": _mapping,
            "enum": _choice,
            "literal": _choice,
            "tuple": self._tuple,
            "union": self._union,
            "class": self._class,
            "variant": lambda cls: self._tagged({REGISTRY.tags[cls]: cls}),
            "family": lambda family: self._tagged(REGISTRY.families[family]),
        }
        return makers[kind](annotation)

    def fields_of(self, cls: type) -> Fields:
        """Return the reader of a class's fields, which has no regard for its tag."""
        if cls not in self.fields:
            self.fields[cls] = Fields(cls, self.reader_of)
        return self.fields[cls]

    def _class(self, cls: type) -> Reader:
        fields = self.fields_of(cls)
        return lambda value, _type: fields.read(value)

    def _tuple(self, annotation: Any) -> Reader:
        types = get_args(annotation)
        if len(types) == 2 and types[1] is ...:
            return _list_of(self.reader_of(types[0]), types[0])
        readers = [self.reader_of(member) for member in types]
        expected = f"a list of {len(types)} members"

        def read(value: Any, _type: Any) -> tuple[Any, ...]:
            if type(value) is not list:
                raise mismatch(expected, value)
            if len(value) != len(readers):
                raise InvalidValue(f"{expected}, not {len(value)}")
            return _all_read(zip(readers, types, value, strict=True))

        return read

    def _tagged(self, pool: Mapping[str, type]) -> Reader:
        known = ", ".join(sorted(pool))

        def read(value: Any, _type: Any) -> Any:
            if type(value) is not dict:
                raise mismatch(f"an object whose type is one of: {known}", value)
            if "type" not in value:
                raise missing("type")
            tag = _tag(value["type"])
            cls = pool.get(tag)
            if cls is None:
                near = nearest(tag, pool)
                expected = f"one of the types {known}"
                if near is not None:
                    expected = f"a known type; did you mean {near!r}?"
                raise InvalidValue(expected, tag, path=("type",), reason="unknown_tag")
            return self.fields_of(cls).read(value, but=("type",))

        return read

    def _union(self, annotation: Any) -> Reader:
        by_form: dict[str, list[Any]] = {}
        for member in members(annotation):
            for told in sorted(forms_of(member)):
                by_form.setdefault(told, []).append(member)
        readers = {told: self._one_of(told, several) for told, several in by_form.items()}
        expected = expectation(annotation)

        def read(value: Any, _type: Any) -> Any:
            reader = readers.get(form(value))
            if reader is None:
                raise mismatch(expected, value)
            return reader(value, None)

        return read

    def _one_of(self, told: str, several: list[Any]) -> Reader:
        """Make the reader of a union's members that take the same form."""
        if len(several) == 1:
            return self.reader_of(several[0])
        if told == "object":
            return self._tagged(_pool(several))
        if told == "list" or str in several:
            names = " | ".join(map(str, several))
            raise UnsupportedType(f"{names}: documents cannot tell these apart")
        return _the_one([self.reader_of(member) for member in several], several)


def _scalar(cls: type) -> Reader:
    parse = REGISTRY.scalars[cls].parse
    expected = expectation(cls)

    def read(value: Any, _type: Any) -> Any:
        return called(cls.__name__, parse, read_text(value, expected))

    return read


def _mapping(cls: type) -> Reader:
    expected = expectation(cls)
    read_value = READERS[kind_of(REGISTRY.mappings[cls].values)]

    def read(value: Any, _type: Any) -> Any:
        if type(value) is not dict:
            raise mismatch(expected, value)
        faults: list[InvalidInput] = []
        for key, member in value.items():
            try:
                read_text(key)
                read_value(member)
            except InvalidInput as error:
                faults.append(error.at(step(key)) if isinstance(key, str) else error)
        if faults:
            raise InvalidDocument(faults)
        try:
            return called(cls.__name__, cls, {key: value[key] for key in sorted(value)})
        except InvalidInput as error:
            raise _of_keys(error) from None

    return read


def _of_keys(error: InvalidInput) -> InvalidInput:
    """Say the same of a mapping, whose keys are the sender's and private if it is."""
    path = tuple(step(told) if isinstance(told, str) else told for told in error.path)
    return type(error)(error.expected, error.given, path=path, reason=error.reason)


def _choice(annotation: Any) -> Reader:
    table = {(type(plain), plain): meaning for plain, meaning in choices(annotation)}
    expected = expectation(annotation)
    forms = forms_of(annotation)

    def read(value: Any, _type: Any) -> Any:
        if form(value) not in forms:
            raise mismatch(expected, value)
        if (type(value), value) not in table:
            raise InvalidValue(expected, value, reason="unknown_choice")
        return table[type(value), value]

    return read


def _list_of(reader: Reader, member: Any) -> Reader:
    thing = _thing(bare(member))

    def read(value: Any, _type: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise mismatch("a list", value)
        return _all_read(((reader, member, given) for given in value), thing)

    return read


def _thing(member: Any) -> str:
    """Name the things of a list whose faults can be told by their ids; empty: no such things."""
    if kind_of(member) != "class" or not attrs.fields_dict(member).keys() >= {"id"}:
        return ""
    if attrs.fields(member).id.metadata.get("private"):
        return ""
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", member.__name__).lower()


def _told_of(thing: str, given: Any, fault: InvalidInput) -> InvalidInput:
    """Add to a fault in which thing it is, if that has a proper id."""
    told = given.get("id") if thing and type(given) is dict else None
    return fault.inside(f"{thing} {told!r}") if passes(identifier, told) else fault


def _all_read(parts: Any, thing: str = "") -> tuple[Any, ...]:
    """Read the members of a list, each with its reader and type, and tell all faults."""
    result: list[Any] = []
    faults: list[InvalidInput] = []
    for position, (reader, member, given) in enumerate(parts):
        try:
            result.append(reader(given, member))
        except FAULTS as error:
            found = all_faults(error, position)
            faults += [_told_of(thing, given, fault) for fault in found]
            if len(faults) > MAX_FAULTS:
                break
    if faults:
        raise InvalidDocument(faults)
    return tuple(result)


def _tag(value: Any) -> str:
    try:
        return read_text(value)
    except InvalidInput as error:
        raise error.at("type") from None


def _pool(several: list[Any]) -> dict[str, type]:
    """Put the tags of several families and variants together, if they tell them apart."""
    pool: dict[str, type] = {}
    for member in several:
        kind = kind_of(member)
        tagged = REGISTRY.families.get(member) or {REGISTRY.tags.get(member, ""): member}
        clash = any(pool.get(tag, cls) is not cls for tag, cls in tagged.items())
        if kind not in ("family", "variant") or clash:
            names = " | ".join(map(str, several))
            raise UnsupportedType(f"{names}: documents cannot tell these apart")
        pool |= tagged
    return pool


def _the_one(readers: list[Reader], several: list[Any]) -> Reader:
    """Make the reader of text (or integers) that exactly one of several types takes."""
    expected = any_expectation(tuple(several))

    def read(value: Any, _type: Any) -> Any:
        found: list[Any] = []
        known: list[InvalidInput] = []
        for reader in readers:
            try:
                found.append(reader(value, None))
            except FAULTS as error:
                known += [fault for fault in all_faults(error) if fault.reason not in _VAGUE]
        if not found:
            raise known[0] if len(known) == 1 else InvalidValue(expected, value)
        if len(found) > 1:
            raise InvalidType(f"what is only one of {expected}", value, reason="ambiguous")
        return found[0]

    return read
