"""What JSON Schema can say of a check: noted on the check itself, so that no bound stands twice.

A note is a dict of keywords such as ``{"minimum": 1}``. The keywords speak of one JSON form
only (``pattern`` of text, ``minimum`` of numbers, ``items`` of lists), so they hold beside any
type and null passes them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

__all__ = ["Keywords", "joined", "stated", "stating"]

Keywords = Mapping[str, Any]
"""Keywords of JSON Schema with what they ask."""

_C = TypeVar("_C", bound=Callable[..., Any])


def stating(**keywords: Any) -> Callable[[_C], _C]:
    """Note on a check what JSON Schema can say of what it accepts.

    The note may be looser than the check, never stricter.

    >>> from ordercore.data.checks import integer
    >>> stated(integer(least=1, most=9))
    {'minimum': 1, 'maximum': 9}
    """

    def note(check: _C) -> _C:
        check.stated = keywords  # type: ignore[attr-defined]
        return check

    return note


def stated(check: Any) -> dict[str, Any]:
    """Tell what is noted on a check, or on those that attrs put together to one."""
    parts = [told for part in getattr(check, "_validators", ()) if (told := stated(part))]
    return {"allOf": parts} if parts else dict(getattr(check, "stated", {}))


def joined(one: Keywords, other: Keywords) -> dict[str, Any]:
    """Put keywords together, those of parts too; where both say something, the second holds."""
    told = dict(one)
    for keyword, asked in other.items():
        known = told.get(keyword)
        if isinstance(known, Mapping) and isinstance(asked, Mapping):
            told[keyword] = joined(known, asked)
        elif keyword == "prefixItems" and known is not None:
            told[keyword] = [joined(*pair) for pair in zip(known, asked, strict=True)]
        else:
            told[keyword] = asked
    return told
