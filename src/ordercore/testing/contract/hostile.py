"""Values that careless stores spoil, by what they are; documents can hold each of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from ordercore.data.attributes import NO_ATTRIBUTES, Attributes
from ordercore.money import Money, UnitPrice
from ordercore.testing.contract.samples import Basket, Colour, Needed, Usual

__all__ = ["EAST", "HOSTILE", "ODD", "WEST"]

EAST, WEST = timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=3, minutes=30))
ODD = timezone(timedelta(hours=5, minutes=53, seconds=28))


def _deep(levels: int) -> Basket:
    """Put baskets into each other."""
    basket = Basket(note="the innermost")
    for _ in range(levels):
        basket = Basket(within=(basket,))
    return basket


def _is_half(place: int) -> bool:
    """Whether it is no character, but half of one in UTF-16."""
    return 0xD800 <= place <= 0xDFFF


_TEXTS = (
    "caf\u00e9", "cafe\u0301", "\u1e9b\u0323", "\ufb01", "\u2126", "\u03a9", "Å", "A\u030a",
    "𝒳 😀 👩‍👩‍👧‍👦 🇨🇳 𠮷", "家具\u3000三", "\u202eabc\u202c", "\u2067מזל\u2069 طاب",
    "", " ", "  a  b  ", "\ta\n", "\r\n", "\u00a0", "\u200b", "\ufeffa", "a\u2028b", "\x01\x7f",
    "null", "None", "NULL", "true", "0", "00", "1.0", "1e5", "+1", "-0", "NaN", "{}", "[]", '""',
    "'; DROP TABLE x; --", "100%", "%s %(a)s", "$1 :a ?", "\\", "\\n", "\\u00e9", "\\0", "a/b",
    '"quoted"', "<b>&amp;</b>", "2026-11-11", "2026-11-11T09:00:00+08:00", "CNY 1.00", "İıßẞ",
)  # fmt: skip

_EVERY_CHARACTER = tuple(
    "".join(chr(place) for place in range(first, first + 4096) if place and not _is_half(place))
    for first in range(0, 0x10000, 4096)
    if not _is_half(first) or not _is_half(first + 4095)
)
"""All of the first plane that text may hold: no NUL, and no halves of surrogates."""

_BEYOND = tuple(
    "".join(chr(plane + place) for place in (0, 1, 0x7FFF, 0xFFFD, 0xFFFE, 0xFFFF))
    for plane in range(0x10000, 0x110000, 0x10000)
)
"""A few of each of the other planes."""

_TRAILING = """
    1.10 129.00 0.00 -0.50 100 0 1 1.000000000000 -0 -0.00 0.0000000000000000000000
    1000000000000000000000
"""

_ATTRIBUTES = Attributes(
    {
        "b": "2", "a": "1", "B": "", "$set": "x", "a.b": " ", "type": "kit_told", "schema": "9",
        "kind": "none", "id": "0", "家": "具", "e\u0301": "\u00e9", "null": "null",
        "__proto__": "{}", "a b": "c", "%": "'", '"': "\\",
    }
)  # fmt: skip

_NUMBERS = (
    0, 1, -1, 999_999_999_999_999, 10**17 + 1, 10**40 - 1, 1 - 10**39,
    *(
        sign * (2**bits + more)
        for sign in (1, -1)
        for bits in (7, 8, 15, 16, 31, 32, 53, 62, 63, 64, 127)
        for more in (-1, 0, 1)
    ),
)  # fmt: skip
"""Those at the edges of what computers count with, and of what documents hold."""

HOSTILE: Final[Mapping[str, Basket]] = MappingProxyType(
    {
        "trailing_zeros": Basket(decimals=tuple(Decimal(text) for text in _TRAILING.split())),
        "long_decimals": Basket(
            decimals=(
                Decimal("0.1"),
                Decimal("0.1234567890123456789012345678"),
                Decimal("-99999999999999.99"),
                Decimal("12345678901234567890.12345678"),
                Decimal("0.000000000001"),
                Decimal("1234567890" * 4),
                Decimal("-" + "9" * 39),
                Decimal("0." + "1234567890" * 3 + "12345678"),
                Decimal("-0." + "0" * 36 + "1"),
                Decimal("12345678901234567890.1234567890123456780"),
            )
        ),
        "amounts": Basket(
            amounts=tuple(
                Money(minor, currency)
                for currency in ("JPY", "CNY", "KWD", "CLF")
                for minor in (0, 1, -1, 10, 100, 12_345, 999_999_999_999_999, -(10**15))
            )
        ),
        "prices": Basket(
            prices=tuple(
                UnitPrice.of(text, "CNY") for text in ("0.125", "1.50", "1.500", "3", "0.00000001")
            )
        ),
        "instants": Basket(
            instants=tuple(
                datetime(2026, 11, 11, 9, 0, 0, micro, tzinfo=zone)
                for zone in (UTC, EAST, WEST, ODD, timezone(timedelta(hours=14)))
                for micro in (0, 1, 999_999, 120_000)
            )
            + tuple(
                datetime(2026, 11, 11, 9, tzinfo=timezone(sign * offset))
                for offset in (
                    timedelta(hours=23, minutes=59),
                    timedelta(minutes=1),
                    timedelta(seconds=1),
                )
                for sign in (1, -1)
            )
        ),
        "far_instants": Basket(
            instants=(
                datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
                datetime(1900, 1, 1, tzinfo=ODD),
                datetime(2000, 2, 29, 23, 59, 59, tzinfo=WEST),
                datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
                datetime(9999, 12, 31, 12, tzinfo=EAST),
                datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
                datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
                datetime(1582, 10, 10, tzinfo=WEST),
                datetime(2106, 2, 7, 6, 28, 16, 1, tzinfo=UTC),
            )
        ),
        "days_and_times": Basket(
            days=(date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31)),
            clocks=(time(0), time(9, 30), time(23, 59, 59, 999_999)),
            spans=(
                timedelta(0),
                timedelta(days=400),
                timedelta(seconds=-1, microseconds=1),
                timedelta(microseconds=-1),
                timedelta(days=150_000, microseconds=1),
                timedelta(days=-999_999_998, microseconds=-1),
                timedelta(days=31, hours=24, minutes=60),
                timedelta.min,
                timedelta.max,
            ),
        ),
        "numbers": Basket(
            number=0,
            numbers=_NUMBERS,
            flags=(True, False, True),
        ),
        "texts": Basket(texts=_TEXTS),
        "every_character": Basket(texts=_EVERY_CHARACTER),
        "characters_beyond": Basket(texts=_BEYOND),
        "long_text": Basket(texts=("家" * 20_000 + "z", "\u0301" * 300, "a" * 70_000)),
        "empty_text": Basket(texts=("",), note=""),
        "no_text": Basket(texts=(), note=None, number=None),
        "order_and_repetition": Basket(
            texts=("b", "a", "b", "B", "a"),
            numbers=(3, 1, 2, 1),
            colours=(Colour.RED, Colour.BLUE, Colour.RED),
            pairs=(("b", 2), ("a", 1), ("b", 2)),
        ),
        "nothing_that_is_said": Basket(
            gaps=(None, "", "null", None),
            usual=(
                Usual(),
                Usual(None, "", None, False, (), NO_ATTRIBUTES, None),
                Usual("", " ", 0, True, ("",)),
            ),
            needed=(Needed(None, "", 0, False, (), NO_ATTRIBUTES),),
        ),
        "attributes": Basket(attributes=_ATTRIBUTES),
        "deep": _deep(24),
        "wide": Basket(numbers=tuple(range(5000, 0, -1)), texts=("", "a") * 1000),
        "nested": Basket(
            within=(
                Basket(),
                Basket(note="", within=(Basket(texts=("a",)), Basket())),
                Basket(number=-1),
            )
        ),
    }
)
"""Values that careless stores spoil, by what they are."""
