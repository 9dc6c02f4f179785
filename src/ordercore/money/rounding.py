"""Making fractions whole, by named modes."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from types import MappingProxyType

from ordercore.errors import InvalidType, InvalidValue

__all__ = ["Rounding", "divide"]


class Rounding(StrEnum):
    """Named ways to make a fraction whole.

    ========== ==== ==== ==== ===== =====
    mode        2.4  2.5  3.5  −2.5  −2.6
    ========== ==== ==== ==== ===== =====
    half_up       2    3    4    −3    −3
    half_even     2    2    4    −2    −3
    half_down     2    2    3    −2    −3
    up            3    3    4    −3    −3
    down          2    2    3    −2    −2
    ceiling       3    3    4    −2    −2
    floor         2    2    3    −3    −3
    ========== ==== ==== ==== ===== =====
    """

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    HALF_DOWN = "half_down"
    UP = "up"
    DOWN = "down"
    CEILING = "ceiling"
    FLOOR = "floor"


_AWAY: MappingProxyType[Rounding, Callable[[int, int, int, bool], bool]] = MappingProxyType(
    {  # may the magnitude `whole` + rest/denominator step away from zero?
        Rounding.HALF_UP: lambda _whole, rest, den, _neg: 2 * rest >= den,
        Rounding.HALF_EVEN: lambda whole, rest, den, _neg: 2 * rest + (whole & 1) > den,
        Rounding.HALF_DOWN: lambda _whole, rest, den, _neg: 2 * rest > den,
        Rounding.UP: lambda _whole, rest, _den, _neg: rest > 0,
        Rounding.DOWN: lambda _whole, _rest, _den, _neg: False,
        Rounding.CEILING: lambda _whole, rest, _den, neg: rest > 0 and not neg,
        Rounding.FLOOR: lambda _whole, rest, _den, neg: rest > 0 and neg,
    }
)


def divide(numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Divide integers and make the result whole by a named rounding.

    Args:
        numerator: Any integer.
        denominator: A positive integer.
        rounding: What to do with a remainder.

    Raises:
        InvalidType: Not an integer.
        InvalidValue: The denominator is not positive, or nothing rounds by that name.

    >>> divide(45, 10), divide(45, 10, Rounding.HALF_EVEN), divide(-45, 10, Rounding.FLOOR)
    (5, 4, -5)
    """
    if type(numerator) is not int or type(denominator) is not int:
        raise InvalidType("integers to divide", (numerator, denominator))
    if denominator <= 0:
        raise InvalidValue("a positive denominator", denominator)
    try:
        away = _AWAY[rounding]
    except (LookupError, TypeError):
        raise InvalidValue(f"one of {', '.join(Rounding)}", rounding) from None
    whole, rest = divmod(abs(numerator), denominator)
    if rest and away(whole, rest, denominator, numerator < 0):
        whole += 1
    return -whole if numerator < 0 else whole
