"""The cattrs converter, made strict: every type that it meets goes to our own readers and writers.

cattrs finds and keeps the hook of each type. Its own hooks are kinder than we are (they turn
``"3"``, ``2.9`` and ``True`` into integers), so none of them is ever reached: ours come first
for all types, and those few classes that cattrs looks up before are handed on to ours.

This is the only module that imports cattrs; it is imported at the first load or dump.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from cattrs import Converter

from ordercore.data.kinds import bare, kind_of
from ordercore.data.reading import Reader, Readers
from ordercore.data.registry import REGISTRY
from ordercore.data.writing import Writer, writer_for

__all__ = ["converter"]

_BUILTINS = (str, bytes, int, float)


@cache
def _built(_revision: int) -> Converter:
    converter = Converter(detailed_validation=False, forbid_extra_keys=True)
    _teach_reading(converter)
    _teach_writing(converter)
    return converter


def converter() -> Converter:
    """Return the converter that knows all that is registered by now."""
    return _built(REGISTRY.revision)


def _teach_reading(converter: Converter) -> None:
    def reader_of(annotation: Any) -> Reader:
        kind_of(bare(annotation))  # refuses what cattrs itself would read
        hook = converter.get_structure_hook(annotation)
        return lambda value, _type: hook(value, annotation)  # a union does not tell the type

    make = cache(Readers(reader_of).make)
    converter.register_structure_hook_factory(lambda _type: True, make)
    for builtin in _BUILTINS:
        converter.register_structure_hook(builtin, lambda value, type_: make(type_)(value, type_))


def _teach_writing(converter: Converter) -> None:
    @cache
    def writer_of(cls: type) -> Writer:
        return writer_for(cls, write)

    def write(value: Any) -> Any:
        return writer_of(value.__class__)(value)  # cattrs itself would write a Path

    converter.register_unstructure_hook_factory(lambda _cls: True, writer_of)
    for builtin in _BUILTINS:
        converter.register_unstructure_hook(builtin, write)
