"""What the rooms above tell the loader: variants and their tags, scalars, mappings, documents.

Rooms register their classes where they define them, with the decorators below; the tables
only grow. Nothing is found by name in a document: a tag leads to a class that registered it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar, get_args

import attrs

from ordercore.data.keywords import Keywords
from ordercore.errors import InvalidValue, NotFound, OrderCoreError

__all__ = [
    "REGISTRY",
    "Document",
    "MappingForm",
    "Plain",
    "Registry",
    "Scalar",
    "Step",
    "UnsupportedType",
    "document",
    "instead",
    "mapping",
    "phrase",
    "scalar",
    "tag_of",
    "variant",
    "variants",
]

Plain = dict[str, Any]
"""A JSON object as Python has it: text keys, and values that JSON knows."""

Step = Callable[[Plain], Plain]
"""A pure function from one plain form to another; it leaves alone what it does not know."""

_C = TypeVar("_C", bound=type)
_S = TypeVar("_S")

_TAG = re.compile(r"[a-z][a-z0-9_]{0,63}")


class UnsupportedType(OrderCoreError, TypeError):
    """Raised when a class cannot be loaded or dumped as it is declared; a programmer's mistake."""

    code: ClassVar[str] = "unsupported_type"


@attrs.frozen
class Scalar:
    """How a class is read from text and written as text."""

    parse: Callable[[str], Any]
    write: Callable[[Any], str]
    keywords: Keywords


@attrs.frozen
class MappingForm:
    """Of what a mapping is, text or integers, and what JSON Schema can say of it."""

    values: type
    keywords: Keywords


@attrs.frozen
class Document:
    """What stands at the root of a document beside the fields, and what happens to old forms."""

    name: str
    schema: int
    prepare: Step | None
    upcasts: Mapping[int, Step]


@attrs.define
class Registry:
    """The tables of everything registered; ``revision`` changes with each entry."""

    families: dict[type, dict[str, type]] = attrs.Factory(dict)
    tags: dict[type, str] = attrs.Factory(dict)
    scalars: dict[type, Scalar] = attrs.Factory(dict)
    mappings: dict[type, MappingForm] = attrs.Factory(dict)
    phrases: dict[frozenset[Any], str] = attrs.Factory(dict)
    instead: dict[type, str] = attrs.Factory(dict)
    documents: dict[type, Document] = attrs.Factory(dict)
    revision: int = 0

    def add_variant(self, family: type, tag: str, cls: type) -> None:
        """Enter a member of a family."""
        members = self.families.setdefault(family, {})
        _refuse_another(members.get(tag), cls, f"tag {tag!r} of {family.__name__}")
        if self.tags.get(cls, tag) != tag or any(
            cls in others.values()
            for other, others in self.families.items()
            if other is not family
        ):
            raise InvalidValue("a class with one tag in one family", cls.__qualname__)
        members[tag] = cls
        self.tags[cls] = tag
        self.revision += 1

    def add_document(self, cls: type, told: Document) -> None:
        """Enter a class that may stand at the root."""
        for other, entry in self.documents.items():
            if entry.name == told.name:
                _refuse_another(other, cls, f"document {told.name!r}")
        self.documents[cls] = told
        self.revision += 1


REGISTRY = Registry()
"""The one registry of the process."""


def variant(family: type, tag: str) -> Callable[[_C], _C]:
    """Register a frozen attrs class as a member of ``family`` under ``tag``.

    Documents write it as an object with the key ``"type"`` beside its fields, always, and a
    field annotated with the family loads by that key. Put the decorator above ``@frozen``.

    Args:
        family: A plain base class of the members.
        tag: Lower-case ASCII with underscores, such as ``percent_off``.

    Raises:
        InvalidValue: The tag is taken by another class or not of that form; or the class
            does not inherit from the family or has a field named ``type``.
        UnsupportedType: Not an attrs class.
    """

    def register(cls: _C) -> _C:
        if not _TAG.fullmatch(tag):
            raise InvalidValue("a tag of lower-case letters, digits and underscores", tag)
        if not issubclass(cls, family):
            raise InvalidValue(f"a subclass of {family.__name__}", cls.__qualname__)
        _keep_free(cls, ("type",))
        REGISTRY.add_variant(family, tag, cls)
        return cls

    return register


def document(
    name: str,
    schema: int = 1,
    prepare: Step | None = None,
    *,
    upcasts: Mapping[int, Step] = MappingProxyType({}),
) -> Callable[[_C], _C]:
    """Mark an attrs class that may stand at the root of a document.

    `dump` then writes ``{"schema": 1, "kind": name, ...}`` and `load` asks for both. Nested
    in another document, the class carries neither: the number of a document goes for all that
    is in it, and when the form of a part changes, those of all documents that hold it go up.

    Args:
        name: The document's kind.
        schema: The number of the form that the class has now.
        prepare: Turns a friendlier form of the fields into the strict one before it is
            read. It gets a copy of its own and must leave alone what it does not know: it
            may meet anything.
        upcasts: By schema number, the step from that form of the fields to the next; the
            numbers run without a gap up to the one before ``schema``.

    Raises:
        InvalidValue: The name is taken, a field is named ``schema`` or ``kind``, the schema
            is no positive integer, or an upcast is missing or leads nowhere.
        UnsupportedType: Not an attrs class.
    """

    def register(cls: _C) -> _C:
        _keep_free(cls, ("schema", "kind"))
        _check_numbers(schema, upcasts)
        told = Document(name, schema, prepare, MappingProxyType(dict(upcasts)))
        REGISTRY.add_document(cls, told)
        return cls

    return register


def scalar(
    cls: type[_S],
    parse: Callable[[str], _S],
    write: Callable[[_S], str],
    *,
    keywords: Keywords = MappingProxyType({}),
) -> None:
    """Register a class that documents write as text.

    Args:
        cls: The class; its subclasses are not meant.
        parse: Reads the text; raises `InvalidInput` or `ValueError` when it cannot.
        write: Writes it, such that ``parse(write(x)) == x``.
        keywords: What JSON Schema can say of the text, such as its ``pattern``.
    """
    REGISTRY.scalars[cls] = Scalar(parse, write, keywords)
    REGISTRY.revision += 1


def mapping(
    cls: type,
    values: type[str | int] = str,
    *,
    keywords: Keywords = MappingProxyType({}),
) -> None:
    """Register a mapping from text to text or to integers, which documents write as an object.

    It is read by calling ``cls`` with a dict and written through its ``items()``, both in
    the order of the keys.

    Args:
        cls: The class; its subclasses are not meant.
        values: What the keys lead to.
        keywords: What JSON Schema can say of the object.
    """
    REGISTRY.mappings[cls] = MappingForm(values, keywords)
    REGISTRY.revision += 1


def phrase(union: Any, told: str) -> None:
    """Register in what words the members of a union are asked for, together."""
    REGISTRY.phrases[frozenset(get_args(union))] = told
    REGISTRY.revision += 1


def instead(cls: type, told: str) -> None:
    """Register what to store in place of instances of a class that is no document itself."""
    REGISTRY.instead[cls] = told


def tag_of(variant: object) -> str:
    """Tell the tag under which a class, or the class of an instance, is registered.

    Raises:
        NotFound: It is no registered variant.
    """
    cls = variant if isinstance(variant, type) else type(variant)
    try:
        return REGISTRY.tags[cls]
    except KeyError:
        raise NotFound("a registered variant", cls.__qualname__) from None


def variants(family: type) -> Mapping[str, type]:
    """List the members of a family by tag, in the order of the tags."""
    return MappingProxyType(dict(sorted(REGISTRY.families.get(family, {}).items())))


def _refuse_another(known: type | None, cls: type, what: str) -> None:
    """Refuse to replace a class, unless by the same one defined anew, as notebooks do."""
    if known is not None and _place(known) != _place(cls):
        told = ".".join(_place(known))
        raise InvalidValue(f"a {what} that is free; {told} has it", cls.__qualname__)


def _place(cls: type) -> tuple[str, str]:
    return cls.__module__, cls.__qualname__


def _check_numbers(schema: int, upcasts: Mapping[int, Step]) -> None:
    if type(schema) is not int or schema < 1:
        raise InvalidValue("a positive integer as the schema", schema)
    if sorted(upcasts) != list(range(schema - len(upcasts), schema)) or 0 in upcasts:
        told = ", ".join(map(str, sorted(upcasts)))
        raise InvalidValue(f"upcasts from each schema up to {schema - 1}", told)


def _keep_free(cls: type, names: tuple[str, ...]) -> None:
    if "__attrs_attrs__" not in vars(cls):
        raise UnsupportedType(f"{cls.__qualname__} is no attrs class: put this above @frozen")
    for attribute in attrs.fields(cls):
        if attribute.alias in names:
            raise InvalidValue(f"no field named {attribute.alias!r}", cls.__qualname__)
