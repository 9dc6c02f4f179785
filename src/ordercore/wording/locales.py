"""Which language and region a locale id means.

Ids are read in the ways people write them: ``zh``, ``zh-CN``, ``zh_Hans_CN``, ``en-gb``.
Messages come from the catalogue of the language; amounts and dates are shown as in the
region: ``en_GB`` writes the day before the month and ``US$`` for dollars. Of a region that
nobody has data for, the language alone counts (``en-CN`` is ``en``), as RFC 4647 looks tags
up. Chinese in traditional characters is another script, which we have no words in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ordercore.errors import InvalidType, InvalidValue

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["canonical", "catalogue_of", "formats"]

_ID = re.compile(r"(zh|en)(?:_([A-Z][a-z]{3}))?(?:_([A-Z]{2}|[0-9]{3}))?(?:_[A-Za-z0-9]{4,8})?")
_SCRIPTS = {"en": "Latn", "zh": "Hans"}
_CATALOGUES = {"en": "en", "zh": "zh_CN"}


def canonical(locale: str) -> str:
    """Write a locale id in its one form: language and region, and the script if it is unusual.

    Raises:
        InvalidType: Not text.
        InvalidValue: A language or script without a catalogue; the reason is
            ``unknown_locale``.

    >>> [canonical(each) for each in ("zh", "zh_Hans_CN", "zh-sg", "en", "en-latn-gb", "en_XX")]
    ['zh_CN', 'zh_CN', 'zh_SG', 'en', 'en_GB', 'en']
    """
    if not isinstance(locale, str):
        raise InvalidType("a locale such as zh_CN or en", locale, path=("locale",))
    readable = locale.isascii() and len(locale) <= 32
    match = _ID.fullmatch(_cased(locale)) if readable else None
    known = match and _known(match[1], match[2], match[3])
    if not known:
        expected = "a locale of simplified Chinese or English, such as zh_CN or en"
        raise InvalidValue(expected, locale, path=("locale",), reason="unknown_locale")
    return known


def catalogue_of(locale: str) -> str:
    """Name the catalogue of a canonical locale.

    >>> catalogue_of("en_GB")
    'en'
    """
    return _CATALOGUES[locale[:2]]


@lru_cache(maxsize=256)
def formats(locale: str) -> Locale:
    """Load what Babel knows of a canonical locale."""
    from babel import Locale  # noqa: PLC0415 - its data are loaded when first used

    return Locale.parse(locale)


def _cased(locale: str) -> str:
    """Write a locale's parts as CLDR does: ``ZH-hans-cn`` is ``zh_Hans_CN``."""
    language, *others = locale.replace("-", "_").split("_")
    parts = [part.title() if len(part) == 4 else part.upper() for part in others]
    return "_".join([language.lower(), *parts])


@lru_cache(maxsize=256)
def _known(language: str, script: str | None, region: str | None) -> str | None:
    """Find the canonical id of a language in a region; None if we have no words in its script."""
    wanted = _SCRIPTS[language]
    found = _parsed(language, script, region)
    if found is None:
        region = None
    elif found.script is not None and script is None:
        script = found.script
    if (script or wanted) != wanted:
        return None
    if region is None:
        return _CATALOGUES[language]
    usual = _parsed(language, region)  # the script is told only where another one is usual
    short = usual is not None and usual.script in (None, wanted)
    return f"{language}_{region}" if short else f"{language}_{wanted}_{region}"


def _parsed(*parts: str | None) -> Locale | None:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - loaded when first used

    try:
        return Locale.parse("_".join([part for part in parts if part]))
    except UnknownLocaleError:
        return None
