"""Exact quantities, never floats, and the units of measure in which they are stated."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from attrs import field, frozen

from ordercore.data import scalar
from ordercore.data.checks import Check, identifier, text
from ordercore.errors import InvalidInput, InvalidType, InvalidValue, LimitExceeded
from ordercore.money.numbers import decimal_of

__all__ = ["UNITS", "Exact", "Unit", "exact", "exact_of"]

Exact = Fraction | Decimal | int | str
"""What stands for an exact number: ``"12.5"``, ``"1/3"``, an integer, a Decimal, a Fraction."""

_TOLD = re.compile(r"([0-9]{1,60})(?:\.([0-9]{1,20})|/([0-9]{1,60}))?")
_MOST = 10**9
_FINEST = 10**12


def _parsed(told: str) -> Fraction:
    match = _TOLD.fullmatch(told)
    if match is None or (match[3] is not None and not int(match[3])):
        raise InvalidValue("a number such as 12.5 or 1/3", told)
    return Fraction(told)


def _written(number: Fraction) -> str:
    """Write a number: as a decimal where twelve digits are enough, else as a fraction."""
    if _FINEST % number.denominator:
        return str(number)
    whole, rest = divmod(number.numerator * (_FINEST // number.denominator), _FINEST)
    return f"{whole}.{rest:012}".rstrip("0").rstrip(".")


scalar(
    Fraction,
    _parsed,
    _written,
    keywords={
        "pattern": f"^{_TOLD.pattern}$",
        "description": "An exact number as text: a decimal, or a fraction.",
        "examples": ["12.5", "1/3"],
    },
)


def exact_of(number: Exact) -> Fraction:
    """Read an exact number; what is none is left for `exact` to refuse in its place.

    >>> exact_of("12.5"), exact_of("1/3"), exact_of(4)
    (Fraction(25, 2), Fraction(1, 3), Fraction(4, 1))
    """
    try:
        if type(number) is str and "/" in number:
            return _parsed(number)
        return Fraction(number if type(number) is int else decimal_of(number))  # type: ignore[arg-type]
    except InvalidInput:
        return number  # type: ignore[return-value]


def exact(*, zero: bool = False) -> Check:
    """Accept a positive exact number up to 10^9, of parts not finer than 10^-12; or 0 as well."""

    def check(_instance: object, attribute: Any, value: object) -> None:
        path = (attribute.name,)
        if not isinstance(value, Fraction):
            kind = InvalidValue if isinstance(value, str | Decimal) else InvalidType
            raise kind("an exact number such as '12.5' or '1/3', never a float", value, path=path)
        if value > _MOST or value.denominator > _FINEST:
            raise LimitExceeded("at most 10^9, in parts of at most 10^12", value, path=path)
        if value < 0 or (not value and not zero):
            expected = "a number that is not negative" if zero else "a number above 0"
            raise InvalidValue(expected, value, path=path)

    return check


@frozen
class Unit:
    """A unit of measure: so many of what its measure is counted in.

    Args:
        name: What parts and components call it, such as ``cm``.
        measure: What it measures; only units of one measure convert into each other.
        size: How large it is beside the others of its measure, exactly.

    >>> Unit("roll", "length", 50).size  # beside the metre, which is 1
    Fraction(50, 1)
    """

    name: str = field(validator=text(most=32, least=1))
    measure: str = field(validator=identifier)
    size: Fraction = field(default=Fraction(1), converter=exact_of, validator=exact())


UNITS: Final = (
    Unit("piece", "count"),
    Unit("pair", "count", 2),
    Unit("dozen", "count", 12),
    Unit("m", "length"),
    Unit("cm", "length", "0.01"),
    Unit("mm", "length", "0.001"),
    Unit("m2", "area"),
    Unit("cm2", "area", "0.0001"),
    Unit("m3", "volume"),
    Unit("l", "volume", "0.001"),
    Unit("ml", "volume", "0.000001"),
    Unit("kg", "mass"),
    Unit("g", "mass", "0.001"),
    Unit("t", "mass", 1000),
)
"""The units that every book knows that declares none of its own."""
