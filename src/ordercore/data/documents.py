"""The doors: plain data or JSON text to values, and values back.

Whatever is given, `load` and `loads` return a value or raise `InvalidDocument`, which holds
every fault in the order of the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from ordercore.data.faults import FAULTS, called, gathered, hidden, mismatch, missing
from ordercore.data.jsontext import MAX_BYTES, parsed, printed, refusals
from ordercore.data.kinds import bare, kind_of
from ordercore.data.leaves import read_int, read_text
from ordercore.data.registry import REGISTRY, Document, Plain, UnsupportedType
from ordercore.data.screening import MAX_DEPTH, check_depth, screened
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, LimitExceeded, all_faults

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["dump", "dumps", "load", "loads"]

_T = TypeVar("_T")


def load(cls: type[_T], plain: object) -> _T:
    """Read plain data (what a JSON parser gives) as an instance of ``cls``.

    Args:
        cls: An attrs class or a family. A `document` class asks for its ``schema`` and
            ``kind``.
        plain: Dicts with text keys, lists, text, integers, booleans, None; not changed.

    Raises:
        InvalidDocument: With every fault found, each with its path.
        UnsupportedType: The class or a field of it is of a type that documents cannot hold.
    """
    try:
        copied = screened(plain)
    except InvalidInput as error:
        raise InvalidDocument([error]) from None
    return _load(cls, copied)


def dump(value: object) -> Plain:
    """Write an attrs instance as plain, JSON-able data that `load` reads back.

    Fields at their default are left out. A `document` class is headed by ``schema`` and
    ``kind``.

    Raises:
        InvalidInput: With the path to what a document cannot hold: a float, a datetime
            without offset, a list, unprintable text, or more than `MAX_DEPTH` levels.
        UnsupportedType: Not an attrs instance.
    """
    if type(value) in REGISTRY.instead:
        raise UnsupportedType(REGISTRY.instead[type(value)])
    if isinstance(value, type) or not attrs.has(type(value)):
        raise UnsupportedType(f"{type(value).__qualname__} is no attrs class")
    told = _written(value)
    document = REGISTRY.documents.get(type(value))
    if document is not None:
        told = {"schema": document.schema, "kind": document.name, **told}
    check_depth(told)
    return told


def loads(cls: type[_T], text: str | bytes, *, max_bytes: int = MAX_BYTES) -> _T:
    """Read JSON text, strictly, as an instance of ``cls``.

    On top of what `load` refuses: text of more than ``max_bytes`` bytes of UTF-8, more than
    `MAX_DEPTH` levels, numbers of more than `MAX_NUMBER` characters or with a fraction or an
    exponent, NaN and Infinity, a key given twice, and what is no JSON or no UTF-8.

    Raises:
        InvalidDocument: With every fault found, each with its path.
        InvalidType: Neither text nor bytes.
        UnsupportedType: The class or a field of it is of a type that documents cannot hold.
    """
    try:
        plain, doubtful = parsed(text, max_bytes)
    except (InvalidValue, LimitExceeded) as error:
        raise InvalidDocument([error]) from None
    value = _load(cls, plain)
    if doubtful:  # in a part that no reader looked at
        raise gathered(refusals(plain))
    return value


def dumps(value: object, indent: int | None = None) -> str:
    """Write an attrs instance as JSON text, compact unless ``indent`` says otherwise.

    Raises:
        InvalidInput: As `dump`.
        UnsupportedType: As `dump`.
    """
    return printed(dump(value), indent)


def _load(cls: type[_T], plain: Any) -> _T:
    kind_of(bare(cls))  # refuses what cattrs itself would read
    document = REGISTRY.documents.get(cls)
    faults = [] if document is None else _head_faults(document, plain)
    if any(fault.reason != "missing_field" for fault in faults):
        raise InvalidDocument(faults)  # of another kind or form: its fields mean nothing here
    try:
        fields = plain if document is None else _fields_today(document, plain)
        value = _converter().structure(fields, cls)
    except FAULTS as error:
        faults += all_faults(error)
    if faults:
        raise gathered(faults) from None
    return value


def _written(value: object) -> Plain:
    try:
        told: Plain = _converter().unstructure(value)
    except RecursionError:
        raise LimitExceeded(f"at most {MAX_DEPTH} levels") from None
    return told


def _converter() -> Converter:
    from ordercore.data.converter import converter  # noqa: PLC0415 (cattrs only when needed)

    return converter()


def _head_faults(document: Document, plain: Any) -> list[InvalidInput]:
    """Check that a document says it is what is asked for."""
    if not isinstance(plain, dict):
        return [hidden(mismatch(f"an object of kind {document.name!r}", plain))]
    faults = []
    for key, read in (("schema", _read_schema), ("kind", _read_kind)):
        try:
            read(document, plain)
        except InvalidInput as error:
            faults.append(error.at(key))
    return faults


def _read_schema(document: Document, plain: Plain) -> int:
    if "schema" not in plain:
        raise missing()
    number = read_int(plain["schema"])
    known = (*sorted(document.upcasts), document.schema)
    if number not in known:
        told = " or ".join(map(str, known))
        raise InvalidValue(f"schema {told}", number, reason="unknown_schema")
    return number


def _read_kind(document: Document, plain: Plain) -> None:
    if "kind" not in plain:
        raise missing()
    kind = read_text(plain["kind"])
    if kind != document.name:
        raise InvalidValue(f"kind {document.name!r}", kind, reason="unknown_kind")


def _fields_today(document: Document, plain: Plain) -> Plain:
    """Take the head off a document and bring its fields to the strict form of today."""
    fields = {key: value for key, value in plain.items() if key not in {"schema", "kind"}}
    told = plain.get("schema", document.schema)
    steps = [document.upcasts[number] for number in range(told, document.schema)]
    if document.prepare is not None:
        steps.append(document.prepare)
    for change in steps:
        fields = called(f"a {document.name}", change, fields)
    return fields
