"""Attrs classes: their fields read from an object, their checks run one by one.

An object that has no fault is built straight away. When something is amiss, each value that
could be read passes the converter and the validator of its own field, without an instance,
so that all faults are told at once; they come in the order of the document, missing fields
last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import attrs

from ordercore.data.faults import (
    FAULTS,
    MAX_FAULTS,
    called,
    hidden,
    mismatch,
    missing,
    unknown_field,
)
from ordercore.data.registry import UnsupportedType
from ordercore.errors import InvalidDocument, InvalidInput, all_faults

__all__ = ["Fields", "Slot", "fields_in_documents", "key_of", "typed_fields"]

_Reader = Callable[[Any, Any], Any]
_Failure = InvalidInput | InvalidDocument


@attrs.frozen(eq=False)
class Slot:
    """One field of a class: its name in documents, its type, how it is read."""

    attribute: attrs.Attribute[Any]
    key: str
    type: Any
    read: _Reader
    private: bool
    required: bool

    def check(self, value: object) -> None:
        """Run the field's converter and validator on a value, without an instance.

        A check that asks the instance all the same has its say when the object is built.
        """
        converter: Any = self.attribute.converter
        takes_more = isinstance(converter, attrs.Converter)
        try:
            if takes_more:
                if converter.takes_self:
                    return
                value = called(self.key, converter, value, None, self.attribute)
            elif converter is not None:
                value = called(self.key, converter, value)
            if self.attribute.validator is not None:
                called(self.key, self.attribute.validator, None, self.attribute, value)
        except AttributeError:
            return

    def placed(self, error: _Failure) -> list[InvalidInput]:
        """Place what was found in this field's value under its key, discreetly."""
        return self._discreet(all_faults(error, self.key))

    def rooted(self, error: _Failure) -> list[InvalidInput]:
        """Place what the field's own check raised, which may or may not name the field."""
        return self._discreet([self._root(fault) for fault in all_faults(error)])

    def _root(self, fault: InvalidInput) -> InvalidInput:
        if fault.path[:1] in ((self.key,), (self.attribute.name,)):
            rest = fault.path[1:]
            bare = type(fault)(fault.expected, fault.given, path=rest, reason=fault.reason)
            return bare.at(self.key)
        return fault.at(self.key)

    def _discreet(self, faults: list[InvalidInput]) -> list[InvalidInput]:
        return [hidden(fault) for fault in faults] if self.private else faults


class Fields:
    """Reads the fields of one class; its plan is made when it is first used."""

    def __init__(self, cls: type, reader_of: Callable[[Any], _Reader]) -> None:
        self.cls = cls
        self.name: str = cls.__name__
        self.reader_of = reader_of
        self.plan: dict[str, Slot] = {}
        self.planned: bool = False

    def slots(self) -> dict[str, Slot]:
        """Return the slots by key. Late, since classes may contain themselves."""
        if not self.planned:
            self.plan = {slot.key: slot for slot in _slots(self.cls, self.reader_of)}
            self.planned = True
        return self.plan

    def read(self, plain: Any, but: tuple[str, ...] = ()) -> Any:
        """Build the object from its plain form, passing over the keys ``but``.

        Raises:
            InvalidInput: With its path from the object, as
            InvalidDocument: when there are many.
        """
        slots = self.slots()
        if type(plain) is not dict:
            raise self._discreet(mismatch(f"an object ({self.name})", plain))
        values: dict[str, Any] = {}
        faults: dict[object, list[InvalidInput]] = {}
        for key, given in plain.items():
            slot = slots.get(key)
            try:
                if slot is not None:
                    values[key] = slot.read(given, slot.type)
                elif key not in but:
                    faults[key] = [unknown_field(key, slots)]
            except FAULTS as error:
                faults[key] = slot.placed(error) if slot is not None else all_faults(error)
            if len(faults) > MAX_FAULTS:
                break
        absent = [missing(key) for key, s in slots.items() if s.required and key not in plain]
        if faults or absent:
            raise self._all(plain, values, faults, absent)
        return self._build(plain, values)

    def _build(self, plain: dict[str, Any], values: dict[str, Any]) -> Any:
        try:
            return called(self.name, self.cls, **values)
        except FAULTS as error:
            own = all_faults(error)
        found = self._all(plain, values, {}, [])
        raise found if found.faults else InvalidDocument(map(self._discreet, own)) from None

    def _all(
        self,
        plain: dict[str, Any],
        values: dict[str, Any],
        faults: dict[object, list[InvalidInput]],
        absent: list[InvalidInput],
    ) -> InvalidDocument:
        """Tell all faults, those that only the fields' checks find included."""
        for key, value in values.items():
            try:
                self.plan[key].check(value)
            except FAULTS as error:
                faults[key] = self.plan[key].rooted(error)
        return InvalidDocument([*(f for key in plain for f in faults.get(key, ())), *absent])

    def _discreet(self, fault: InvalidInput) -> InvalidInput:
        """Hide the value in a fault of the whole object, if it may be a private one."""
        secret = {slot.attribute.name for slot in self.plan.values() if slot.private}
        secret |= {slot.key for slot in self.plan.values() if slot.private}
        blurted = fault.path[0] in secret if fault.path else bool(secret)
        return hidden(fault) if blurted else fault


def fields_in_documents(cls: type) -> Iterator[attrs.Attribute[Any]]:
    """List the fields that documents show: those that the class takes at birth."""
    return (attribute for attribute in attrs.fields(cls) if attribute.init)


def key_of(attribute: attrs.Attribute[Any]) -> str:
    """Name a field as documents do: as the class does at birth, without a leading underscore."""
    return attribute.alias or attribute.name


def typed_fields(cls: type) -> Iterator[tuple[attrs.Attribute[Any], Any]]:
    """List the fields that documents show, each with the type of its form in a document.

    That is the type it is annotated with, unless its metadata names another as its ``form``.

    Raises:
        UnsupportedType: A field has no annotation, or one that cannot be found at run time.
    """
    try:
        hints = get_type_hints(cls, include_extras=True)
    except NameError as error:
        told = f"{cls.__qualname__}: {error}; import at run time what the fields are of"
        raise UnsupportedType(told) from None
    for attribute in fields_in_documents(cls):
        if attribute.name not in hints:
            raise UnsupportedType(f"{cls.__qualname__}.{attribute.name} has no annotation")
        yield attribute, attribute.metadata.get("form", hints[attribute.name])


def _slots(cls: type, reader_of: Callable[[Any], _Reader]) -> Iterator[Slot]:
    for attribute, told in typed_fields(cls):
        yield Slot(
            attribute=attribute,
            key=key_of(attribute),
            type=told,
            read=_reader(cls, attribute.name, told, reader_of),
            private=bool(attribute.metadata.get("private")),
            required=attribute.default is attrs.NOTHING,
        )


def _reader(cls: type, name: str, hint: Any, reader_of: Callable[[Any], _Reader]) -> _Reader:
    try:
        return reader_of(hint)
    except UnsupportedType as error:
        raise UnsupportedType(f"{cls.__qualname__}.{name}: {error}") from None
