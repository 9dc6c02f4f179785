"""Decimal numbers and integers at a power of ten: exact either way, whatever the context."""

from __future__ import annotations

import re
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from ordercore.data.keywords import Keywords
from ordercore.errors import InvalidType, InvalidValue

__all__ = [
    "AMOUNT_KEYWORDS",
    "BARE_KEYWORDS",
    "PRICE_KEYWORDS",
    "decimal_of",
    "is_bare",
    "scaled",
    "split_text",
    "unscaled",
]

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,20})?")

_PLAIN = r"[0-9]{1,30}(?:\.[0-9]{1,20})?"
_TOLD = re.compile(f"([A-Z]{{3}}) (-?{_PLAIN})")
_BARE = re.compile(f"-?{_PLAIN}")

AMOUNT_KEYWORDS: Final[Keywords] = MappingProxyType(
    {"pattern": f"^[A-Z]{{3}} -?{_PLAIN}$", "examples": ["CNY 129.00"]}
)
"""What JSON Schema can say of an amount with its currency."""

PRICE_KEYWORDS: Final[Keywords] = MappingProxyType(
    {
        "pattern": f"^[A-Z]{{3}} (?:{_PLAIN}|-0{{1,30}}(?:\\.0{{1,20}})?)$",
        "examples": ["CNY 129.00", "CNY 0.125"],
    }
)
"""What it can say of a price, which is not negative."""

BARE_KEYWORDS: Final[Keywords] = MappingProxyType(
    {"type": "string", "pattern": f"^(?:{_PLAIN}|-0{{1,30}}(?:\\.0{{1,20}})?)$"}
)
"""What it can say of a number that is not negative and takes its currency from elsewhere."""


def decimal_of(number: Decimal | str) -> Decimal:
    """Read a decimal number strictly: plain ASCII text such as ``129.00``, or a Decimal.

    Raises:
        InvalidType: A bare int, float or anything else was given.
        InvalidValue: The text is not a plain number, or the Decimal not a finite one.
    """
    if type(number) is str and _NUMBER.fullmatch(number):
        return Decimal(number)
    if isinstance(number, Decimal):
        if number.is_finite() and -30 <= number.adjusted() <= 30 and _exponent(number) >= -50:
            return number
        raise InvalidValue("a finite decimal number of ordinary size", number)
    if isinstance(number, str):
        raise InvalidValue("a plain decimal number such as 129.00", number)
    raise InvalidType("decimal text or a Decimal, never a bare number", number)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def scaled(number: Decimal | str, digits: int) -> int:
    """Read a number as an integer at 10^-digits; it must fit exactly."""
    value = decimal_of(number)
    numerator, denominator = value.as_integer_ratio()
    scale: int = 10**digits
    units, rest = divmod(numerator * scale, denominator)
    if rest:
        raise InvalidValue(f"at most {digits} decimals", number, reason="too_many_decimals")
    return units


def unscaled(units: int, digits: int) -> Decimal:
    """Make the Decimal units × 10^-digits without asking any decimal context."""
    sign, magnitude = (1, -units) if units < 0 else (0, units)
    return Decimal((sign, tuple(map(int, str(magnitude))), -digits))


def is_bare(told: str) -> bool:
    """Whether a text is the number of an amount, lacking only the currency before it."""
    return _BARE.fullmatch(told) is not None


def split_text(told: str, expected: str) -> tuple[str, str]:
    """Split the text of an amount or price, such as ``CNY 129.00``, into currency and number."""
    match = _TOLD.fullmatch(told)
    if match is None:
        raise InvalidValue(expected, told)
    return match[1], match[2]
