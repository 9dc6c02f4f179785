"""Plain data in and out of frozen classes, strictly: every fault at once, with its path.

Rooms register what they define (`variant`, `document`, `scalar`, `mapping`); hosts call
`load` and `dump` for plain Python data, `loads` and `dumps` for JSON text.

==================== ===========================================================
type of a field      in a document
==================== ===========================================================
str                  text, without NUL and lone surrogates
int                  an integer of at most `MAX_NUMBER` characters
bool, None           true, false, null
Decimal              decimal text, ``"129.00"``; trailing zeros are kept
datetime             ISO 8601 with an offset, ``"2026-11-11T00:00:00+08:00"`` or ``Z``
date, time           ``"2026-11-11"``, ``"09:30:00"`` (a time of day has no offset)
timedelta            ISO 8601 days to seconds: ``"P7D"``, ``"PT1H30M"``, ``"-PT0.5S"``
Enum, Literal        the value: text or an integer
a `scalar`           text of its own, ``"CNY 129.00"``
a `mapping`          an object of text, or of integers
tuple[X, ...]        a list; ``tuple[X, Y]`` a list of just two
an attrs class       an object of its fields, those at their default left out
a family, a variant  the same with ``"type"``, the tag
X | Y | None         what the form of the value tells apart, in whatever order written
==================== ===========================================================

A number with a fraction is refused everywhere: decimals are text.

The metadata of a field may say more of it:

============ ===========================================================================
``private``  True: its value is never shown in a fault
``form``     the type of its form in documents, where that is not the annotated one
``keywords`` what JSON Schema can say of it besides what is noted on its check
``short``    what JSON Schema says of a short form that the `document`'s ``prepare`` takes
============ ===========================================================================
"""

from ordercore.data.documents import dump, dumps, load, loads
from ordercore.data.faults import MAX_FAULTS
from ordercore.data.jsontext import MAX_BYTES
from ordercore.data.leaves import MAX_NUMBER
from ordercore.data.registry import (
    UnsupportedType,
    document,
    mapping,
    scalar,
    tag_of,
    variant,
    variants,
)
from ordercore.data.schema import json_schema
from ordercore.data.screening import MAX_DEPTH, MAX_VALUES

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_FAULTS",
    "MAX_NUMBER",
    "MAX_VALUES",
    "UnsupportedType",
    "document",
    "dump",
    "dumps",
    "json_schema",
    "load",
    "loads",
    "mapping",
    "scalar",
    "tag_of",
    "variant",
    "variants",
]
