"""What a message is: a template with named placeholders, or one for each plural form."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["Catalogue", "Forms", "Message", "ordinals", "placeholders", "plurals"]


class Forms(NamedTuple):
    """Templates of one message, chosen by the plural form of a number."""

    by: str
    """The placeholder whose number decides."""
    ordinal: bool
    """Whether it is read as 1st, 2nd, 3rd rather than as 1, 2, 3."""
    templates: Mapping[str, str]
    """CLDR plural category → template; ``other`` is always there."""


Message = str | Forms


class Catalogue(NamedTuple):
    """All that one language says, and how it writes what languages write differently."""

    messages: Mapping[str, Message]
    plain_currency: str
    """The currency whose amounts stand without a symbol in labels (满300减50); or empty."""
    tenths_paid: bool
    """Whether a discount is told by the tenths that are left to pay (9折), not by what is off."""
    numerals: tuple[str, ...]
    """How the first ordinal numbers are written, from 1; beyond them digits are used."""


def plurals(by: str, **templates: str) -> Forms:
    """Write a message in the plural forms of a counted number."""
    return Forms(by, False, MappingProxyType(templates))


def ordinals(by: str, **templates: str) -> Forms:
    """Write a message in the plural forms of an ordinal number."""
    return Forms(by, True, MappingProxyType(templates))


def placeholders(message: Message) -> frozenset[str]:
    """Name what a message inserts, in any of its forms.

    >>> sorted(placeholders("满{spend}减{save}"))
    ['save', 'spend']
    """
    templates = (message,) if isinstance(message, str) else message.templates.values()
    return frozenset(
        name for template in templates for _, name, _, _ in Formatter().parse(template) if name
    )
