"""Values to plain data: a writer for each class of value, exact or not at all."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import attrs

from ordercore.data.classes import fields_in_documents, key_of
from ordercore.data.faults import hidden, seen, step
from ordercore.data.leaves import WRITERS, write_int, write_text
from ordercore.data.registry import REGISTRY, Plain
from ordercore.errors import InvalidInput, InvalidType

__all__ = ["Writer", "default_of", "writer_for"]

Writer = Callable[[Any], Any]
"""Takes a value and returns its plain form."""


def writer_for(cls: type, write: Writer) -> Writer:
    """Make the writer of the instances of a class; ``write`` writes their parts."""
    if cls is bool or cls is type(None):
        return _as_it_is
    if cls in REGISTRY.scalars:
        told = REGISTRY.scalars[cls].write
        return lambda value: write_text(told(value))
    if cls in REGISTRY.mappings:
        values = REGISTRY.mappings[cls].values
        return lambda value: _write_mapping(value, values, write)
    if issubclass(cls, Enum):
        return lambda member: write(member.value)
    if "__attrs_attrs__" in vars(cls):
        return _Class(cls, write)
    if cls is tuple:
        return lambda value: _write_tuple(value, write)
    if cls is int:
        return write_int
    return next((leaf for base, leaf in WRITERS if issubclass(cls, base)), _refuse)


def _as_it_is(value: object) -> object:
    return value


def _refuse(value: object) -> object:
    raise InvalidType("a value that documents can hold", seen(value), reason="unsupported_type")


def _write_tuple(value: tuple[Any, ...], write: Writer) -> list[Any]:
    told = []
    for position, member in enumerate(value):
        try:
            told.append(write(member))
        except InvalidInput as error:
            raise error.at(position) from None
    return told


def _write_mapping(value: Any, values: type, write: Writer) -> Plain:
    told = {}
    for key, member in sorted(value.items()):
        if not isinstance(key, str) or not isinstance(member, values) or type(member) is bool:
            things = "text" if values is str else "integers"
            raise InvalidType(f"a mapping of text to {things}", seen(member))
        try:
            told[write_text(key)] = write(member)
        except InvalidInput as error:
            raise error.at(step(key)) from None
    return told


class _Class:
    """Writes the instances of one attrs class: its tag, then its fields but the defaults."""

    def __init__(self, cls: type, write: Writer) -> None:
        self.write = write
        self.head = {"type": REGISTRY.tags[cls]} if cls in REGISTRY.tags else {}
        self.fields = tuple(fields_in_documents(cls))

    def __call__(self, value: Any) -> Plain:
        plain: Plain = dict(self.head)
        for attribute in self.fields:
            told = self.part(value, attribute)
            if not self.is_default(value, attribute, told):
                plain[key_of(attribute)] = told
        return plain

    def part(self, value: Any, attribute: attrs.Attribute[Any]) -> Any:
        """Write one field."""
        try:
            return self.write(getattr(value, attribute.name))
        except InvalidInput as error:
            fault = error.at(key_of(attribute))
        # Not above, where the error that shows a private value would be the context.
        raise hidden(fault) if attribute.metadata.get("private") else fault

    def is_default(self, value: Any, attribute: attrs.Attribute[Any], told: Any) -> bool:
        """Tell whether the default would be written just so; equal is not enough (1.0, True)."""
        if attribute.default is attrs.NOTHING:
            return False
        return _same(self.write(default_of(attribute, value)), told)


def default_of(attribute: attrs.Attribute[Any], owner: Any) -> Any:
    """Tell what a field that has a default holds in ``owner`` when nothing else is said."""
    default: Any = attribute.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        default = default.factory(owner) if default.takes_self else default.factory()
    return default if attribute.converter is None else _converted(attribute, default, owner)


def _converted(attribute: attrs.Attribute[Any], default: Any, value: Any) -> Any:
    converter: Any = attribute.converter
    takes_more = isinstance(converter, attrs.Converter)
    return converter(default, value, attribute) if takes_more else converter(default)


def _same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)
