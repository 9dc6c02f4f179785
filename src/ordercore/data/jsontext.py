"""JSON text, read the strict way: its size, depth and numbers are known before it is trusted.

The depth is counted by one linear scan before the parser sees the text. What JSON lets pass
and we do not (a fraction, a key given twice) becomes a `Refused` at its place, so that the
reader tells its path together with all other faults.
"""

from __future__ import annotations

import re
from typing import Any

from ordercore.data.faults import Refused, seen, step
from ordercore.data.leaves import MAX_NUMBER
from ordercore.data.screening import MAX_DEPTH, too_deep
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded

__all__ = ["MAX_BYTES", "parsed", "printed", "refusals"]

MAX_BYTES = 2**20
"""The most bytes of a document, as UTF-8, unless the caller allows more."""

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def parsed(text: object, max_bytes: int) -> tuple[Any, bool]:
    """Parse JSON text.

    Returns:
        The plain data, and whether there is any `Refused` in it.

    Raises:
        InvalidType: Neither text nor bytes.
        InvalidValue: No JSON, or no Unicode.
        LimitExceeded: Too large or too deep.
    """
    import json  # noqa: PLC0415 (only when needed)

    told = _decoded(text, max_bytes)
    _check_depth(told)
    catch = _Catch()
    try:
        plain = json.loads(
            told,
            parse_int=catch.integer,
            parse_float=catch.fraction,
            parse_constant=catch.constant,
            object_pairs_hook=catch.pairs,
        )
    except json.JSONDecodeError as error:
        expected = f"JSON; line {error.lineno}, column {error.colno}: {error.msg}"
        raise InvalidValue(expected, reason="invalid_json") from None
    return plain, catch.caught


def printed(plain: object, indent: int | None) -> str:
    """Write plain data as JSON text, in Unicode and in the order it has."""
    import json  # noqa: PLC0415 (only when needed)

    separators = (",", ":") if indent is None else None
    return json.dumps(
        plain, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators
    )


def refusals(plain: object) -> list[InvalidInput]:
    """List what was refused anywhere in parsed data, in its order, with paths."""
    if isinstance(plain, Refused):
        return [plain.fault]
    if isinstance(plain, dict):
        return [f.at(step(key)) for key, value in plain.items() for f in refusals(value)]
    if isinstance(plain, list):
        return [f.at(position) for position, value in enumerate(plain) for f in refusals(value)]
    return []


class _Catch:
    """The parser's hooks; ``caught`` tells whether one of them refused something."""

    def __init__(self) -> None:
        self.caught = False

    def refuse(self, fault: InvalidInput) -> Refused:
        self.caught = True
        return Refused(fault)

    def integer(self, told: str) -> int | Refused:
        if len(told) > MAX_NUMBER:
            return self.refuse(LimitExceeded(f"a number of at most {MAX_NUMBER} characters", told))
        return int(told)

    def fraction(self, told: str) -> Refused:
        if len(told) > MAX_NUMBER:
            return self.refuse(LimitExceeded(f"a number of at most {MAX_NUMBER} characters", told))
        expected = "an integer; amounts and decimals are written as text, such as '11.50'"
        return self.refuse(InvalidType(expected, told, reason="not_an_integer"))

    def constant(self, told: str) -> Refused:
        return self.refuse(InvalidValue("a finite number", told, reason="not_finite"))

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        plain = dict(pairs)
        if len(plain) < len(pairs):
            known: set[str] = set()
            for key, _ in pairs:
                if key in known:
                    fault = InvalidValue("this key once", seen(key), reason="duplicate_key")
                    plain[key] = self.refuse(fault)
                known.add(key)
        return plain


def _decoded(text: object, max_bytes: int) -> str:
    if not isinstance(text, str | bytes):
        raise InvalidType("JSON text or bytes", seen(text))
    if len(text) > max_bytes:
        raise _too_large(max_bytes)
    try:
        encoded = text if isinstance(text, bytes) else text.encode()
        told = encoded.decode()
    except (UnicodeEncodeError, UnicodeDecodeError) as error:
        expected = f"Unicode text in UTF-8; {error.reason} at {error.start}"
        raise InvalidValue(expected, reason="invalid_utf8") from None
    if len(encoded) > max_bytes:
        raise _too_large(max_bytes)
    if told.startswith("\ufeff"):
        raise InvalidValue("JSON without a byte order mark", reason="invalid_json")
    return told


def _too_large(max_bytes: int) -> LimitExceeded:
    expected = f"JSON text of at most {max_bytes} bytes, or a higher max_bytes"
    return LimitExceeded(expected, reason="too_large")


def _check_depth(told: str) -> None:
    """Count brackets outside of strings; an unfinished string reaches to the end."""
    depth = 0
    for match in _TOKEN.finditer(told):
        bracket = match[0]
        if bracket in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise too_deep()
        elif bracket in "]}":
            depth -= 1
