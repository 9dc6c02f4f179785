"""Older forms of promotions in documents, brought to the form of today.

Schema 1 gave a promotion a ``label`` beside its name, which is now made of its rules, and had
other tags for three selectors and one condition.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from ordercore.data.registry import Plain

__all__ = ["book_from_1", "promotion_from_1"]

_TAGS = MappingProxyType(
    {
        "any": "any_of",
        "every": "all_of",
        "unit_price": "priced_between",
        "within_region": "in_region",
    }
)
"""The tags that schema 1 called otherwise; it had none of the new ones in the same family."""


def promotion_from_1(plain: Plain) -> Plain:
    """Bring a promotion of schema 1 to schema 2."""
    return {
        key: _retagged(value) if key in {"when", "benefits"} else value
        for key, value in plain.items()
        if key != "label"
    }


def book_from_1(plain: Plain) -> Plain:
    """Bring a book of schema 1 to schema 2, with each promotion in it."""
    listed = plain.get("promotions")
    if not isinstance(listed, list):
        return plain
    told = [promotion_from_1(each) if isinstance(each, dict) else each for each in listed]
    return {**plain, "promotions": told}


def _retagged(value: Any) -> Any:
    """Copy a rule, and what it is made of, under the tags of today."""
    if isinstance(value, list):
        return [_retagged(member) for member in value]
    if not isinstance(value, dict):
        return value
    told = {key: _retagged(member) for key, member in value.items()}
    if isinstance(told.get("type"), str):
        told["type"] = _TAGS.get(told["type"], told["type"])
    return told
