"""JSON Schema from the classes themselves: what a document must look like, for others' tools.

The schema is of draft 2020-12. It never refuses what the loader accepts. The loader refuses
more: what JSON Schema cannot say, such as that ids are used once and that currencies agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

import attrs

from ordercore.data.classes import key_of, typed_fields
from ordercore.data.docstrings import arguments_of, summary_of
from ordercore.data.keywords import Keywords, joined, stated
from ordercore.data.kinds import bare, choices, kind_of, members
from ordercore.data.leaves import KEYWORDS
from ordercore.data.registry import REGISTRY, Plain
from ordercore.data.writing import default_of

__all__ = ["json_schema"]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

_INLINE: Final = frozenset({"none", "bool", "int", "text"})
_VOID: Final[tuple[Plain, ...]] = ({"minLength": 0}, {"minItems": 0}, {"items": {}})
"""What says nothing."""


def json_schema(cls: type) -> Plain:
    r"""Make the JSON Schema (draft 2020-12) of a class, by what is registered now.

    Args:
        cls: A `document` class, any other attrs class, or a family.

    Returns:
        A schema that is complete in itself: all types it speaks of are in its ``$defs``.

    Raises:
        UnsupportedType: The class or a field of it is of a type that documents cannot hold.

    >>> from ordercore.money import Money
    >>> json_schema(Money)["$defs"]["Money"]["pattern"]
    '^[A-Z]{3} -?[0-9]{1,30}(?:\\.[0-9]{1,20})?$'
    """
    document = REGISTRY.documents.get(cls)
    if document is None:
        schemas = _Schemas(takes_short=False)
        told = schemas.of(cls)
    else:
        head: dict[str, Plain] = {
            "schema": {"const": document.schema},
            "kind": {"const": document.name},
        }
        schemas = _Schemas(takes_short=document.prepare is not None)
        told = schemas.object_of(cls, head)
    return {"$schema": _DRAFT, **told, "$defs": dict(sorted(schemas.defs.items()))}


class _Schemas:
    """Makes the schemas of types; those that have a name are defined once and referred to."""

    def __init__(self, *, takes_short: bool) -> None:
        self.takes_short = takes_short
        self.defs: dict[str, Plain] = {}
        self.names: dict[object, str] = {}

    def of(self, annotation: Any) -> Plain:
        """Make the schema of a type."""
        annotation = bare(annotation)
        kind = kind_of(annotation)
        if kind in _INLINE:
            return dict(KEYWORDS[kind])
        if kind in KEYWORDS:
            return self.named(kind, kind, lambda: dict(KEYWORDS[kind]))
        if kind == "literal":
            return _choice_of(annotation)
        if kind in ("tuple", "union"):
            return self.list_of(annotation) if kind == "tuple" else self.union_of(annotation)
        return self.named(annotation, annotation.__name__, lambda: self.define(annotation, kind))

    def named(self, key: object, name: str, make: Callable[[], Plain]) -> Plain:
        """Refer to a definition, made when it is met first; it may refer to itself."""
        if key not in self.names:
            while name in self.defs:  # another class of that name
                name = f"{name}_"
            self.names[key] = name
            self.defs[name] = {}
            self.defs[name] = make()
        return {"$ref": f"#/$defs/{self.names[key]}"}

    def define(self, cls: type, kind: str) -> Plain:
        """Make the schema of a class or a family."""
        if kind == "variant":
            return self.object_of(cls, {"type": {"const": REGISTRY.tags[cls]}})
        if kind == "class":
            return self.object_of(cls, {})
        makers: dict[str, Callable[[], Plain]] = {
            "enum": lambda: _choice_of(cls),
            "family": lambda: self.family_of(cls),
            "mapping": lambda: _mapping_of(cls),
            "scalar": lambda: {"type": "string", **REGISTRY.scalars[cls].keywords},
        }
        return {**_titles(cls), **makers[kind]()}

    def family_of(self, family: type) -> Plain:
        """Make the schema of a family: just one of its members, told by the type."""
        pool = sorted(REGISTRY.families[family].items())
        return {"oneOf": [self.of(cls) for _, cls in pool]}

    def list_of(self, annotation: Any) -> Plain:
        """Make the schema of a tuple."""
        types = get_args(annotation)
        if len(types) == 2 and types[1] is ...:
            return {"type": "array", "items": self.of(types[0])}
        told = [self.of(member) for member in types]
        parts = {"prefixItems": told} if told else {}
        return {"type": "array", **parts, "minItems": len(told), "maxItems": len(told)}

    def union_of(self, annotation: Any) -> Plain:
        """Make the schema of a union."""
        told = [self.of(member) for member in members(annotation)]
        if all(each.keys() == {"type"} for each in told):
            return {"type": [each["type"] for each in told]}
        return {"anyOf": told}

    def object_of(self, cls: type, head: Mapping[str, Plain]) -> Plain:
        """Make the schema of an attrs class, whose objects begin with the keys of ``head``."""
        properties = dict(head)
        required = list(head)
        told_of = arguments_of(cls)
        for attribute, annotation in typed_fields(cls):
            key = key_of(attribute)
            properties[key] = self.property_of(attribute, annotation, told_of.get(key, ""))
            if attribute.default is attrs.NOTHING:
                required.append(key)
        return {
            **_titles(cls),
            "type": "object",
            "properties": properties,
            **({"required": required} if required else {}),
            "additionalProperties": False,
        }

    def property_of(
        self, attribute: attrs.Attribute[Any], annotation: Any, description: str
    ) -> Plain:
        """Make the schema of a field: of its type, and what its check says."""
        told = self.of(annotation)
        if self.takes_short and "short" in attribute.metadata:
            known = told["anyOf"] if told.keys() == {"anyOf"} else [told]
            told = {"anyOf": [*known, dict(attribute.metadata["short"])]}
        told = joined(told, stated(attribute.validator))
        told = _short(joined(told, attribute.metadata.get("keywords", {})))
        if description:
            told["description"] = description
        return {**told, **_default(attribute)}


def _titles(cls: type) -> Plain:
    summary = summary_of(cls)
    return {"title": cls.__name__, **({"description": summary} if summary else {})}


def _choice_of(annotation: Any) -> Plain:
    return {"enum": [plain for plain, _ in choices(annotation)]}


def _mapping_of(cls: type) -> Plain:
    form = REGISTRY.mappings[cls]
    plain = {"type": "object", "additionalProperties": KEYWORDS[kind_of(form.values)]}
    return _short(joined(plain, form.keywords))


def _short(told: Keywords) -> Plain:
    """Leave out the keywords that say nothing."""
    plain = {
        keyword: _short(asked) if isinstance(asked, Mapping) else asked
        for keyword, asked in told.items()
    }
    return {key: asked for key, asked in plain.items() if {key: asked} not in _VOID}


def _default(attribute: attrs.Attribute[Any]) -> Plain:
    """Write the default of a field, unless it depends on the others."""
    default: Any = attribute.default
    depends = isinstance(default, attrs.Factory) and default.takes_self  # type: ignore[arg-type]
    if default is attrs.NOTHING or depends:
        return {}
    from ordercore.data.converter import converter  # noqa: PLC0415 (cattrs only when needed)

    return {"default": converter().unstructure(default_of(attribute, None))}
