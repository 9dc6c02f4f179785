"""Which types a field may have: each annotation is of one kind, and takes certain JSON forms."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin

from ordercore.data.faults import form
from ordercore.data.leaves import PHRASES
from ordercore.data.registry import REGISTRY, UnsupportedType

__all__ = ["any_expectation", "bare", "choices", "expectation", "forms_of", "kind_of", "members"]

_LEAVES = MappingProxyType(
    {
        NoneType: "none",
        None: "none",
        bool: "bool",
        int: "int",
        str: "text",
        Decimal: "decimal",
        datetime: "datetime",
        date: "date",
        time: "time",
        timedelta: "timedelta",
    }
)
_FORMS = MappingProxyType(
    {
        "none": "null",
        "bool": "true or false",
        "int": "integer",
        "tuple": "list",
        "mapping": "object",
        "family": "object",
        "variant": "object",
        "class": "object",
    }
)
_CHOICES = frozenset({"enum", "literal"})


def bare(annotation: Any) -> Any:
    """Take away what says nothing about the form: ``Annotated`` and ``NewType``."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = annotation.__origin__
        elif isinstance(annotation, NewType):
            annotation = annotation.__supertype__
        else:
            return annotation


def kind_of(annotation: Any) -> str:
    """Name the kind of a bare annotation.

    Raises:
        UnsupportedType: Documents cannot hold it.
    """
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return "union"
    if origin is Literal:
        return "literal"
    if origin is tuple:
        return "tuple"
    kind = _kind_of_class(annotation) if origin is None else None
    if kind is None:
        raise UnsupportedType(
            f"documents cannot hold {annotation!r}; they hold text, integers, decimals, dates, "
            "enums, tuples, attrs classes and what is registered as a scalar or a mapping"
        )
    return kind


def _kind_of_class(cls: Any) -> str | None:
    if cls in REGISTRY.scalars:
        return "scalar"
    if cls in REGISTRY.mappings:
        return "mapping"
    if cls in REGISTRY.families:
        return "family"
    if cls in _LEAVES:
        return _LEAVES[cls]
    if isinstance(cls, type) and issubclass(cls, Enum):
        return "enum"
    if isinstance(cls, type) and "__attrs_attrs__" in vars(cls):
        return "variant" if cls in REGISTRY.tags else "class"
    return None


def members(annotation: Any) -> tuple[Any, ...]:
    """List the members of a union, bare and flat."""
    if kind_of(annotation) != "union":
        return (annotation,)
    return tuple(m for member in get_args(annotation) for m in members(bare(member)))


def choices(annotation: Any) -> tuple[tuple[Any, Any], ...]:
    """List what an enum or a literal offers: pairs of plain value and meaning."""
    if kind_of(annotation) == "enum":
        pairs = tuple((member.value, member) for member in annotation)
    else:
        pairs = tuple((value, value) for value in get_args(annotation))
    for plain, _ in pairs:
        if type(plain) not in (str, int, bool, NoneType):
            raise UnsupportedType(f"{annotation!r}: choices are text or integers, not {plain!r}")
    return pairs


def forms_of(annotation: Any) -> frozenset[str]:
    """Name the JSON forms that values of a bare annotation take."""
    kind = kind_of(annotation)
    if kind == "union":
        return frozenset[str]().union(*map(forms_of, members(annotation)))
    if kind in _CHOICES:
        return frozenset(form(plain) for plain, _ in choices(annotation))
    return frozenset({_FORMS.get(kind, "text")})


def expectation(annotation: Any) -> str:
    """Say in words what is expected of a bare annotation."""
    kind = kind_of(annotation)
    if kind == "union":
        return any_expectation(members(annotation))
    if kind in _CHOICES:
        return f"one of {', '.join(repr(plain) for plain, _ in choices(annotation))}"
    if kind == "tuple":
        return "a list"
    if kind == "mapping":
        things = "text" if REGISTRY.mappings[annotation].values is str else "integers"
        return f"an object of {things} ({annotation.__name__})"
    if kind == "scalar":
        return f"{annotation.__name__} as text"
    return PHRASES.get(kind) or f"an object ({annotation.__name__})"


def any_expectation(several: tuple[Any, ...]) -> str:
    """Say in words that any one of several types will do."""
    left = list(several)
    told = []
    for together, phrase in REGISTRY.phrases.items():
        if together <= frozenset(left):
            left = [member for member in left if member not in together]
            told.append(phrase)
    return " or ".join([*told, *map(expectation, left)])
