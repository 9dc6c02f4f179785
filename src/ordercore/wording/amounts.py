"""Numbers and amounts as a locale writes them, exactly.

Amounts come as integers of minor units or as Decimals, with the decimals that their currency
has by our own table: those that Babel knows are made for display (it shows the dinar of Iraq
with none, ISO 4217 gives it three). Nothing is ever rounded, and no result depends on the
ambient decimal context.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from ordercore.errors import InvalidType, InvalidValue, LimitExceeded

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["MINUS", "as_amount", "as_number", "minor_of", "plain_number"]

MINUS: Final = "−"
"""The sign before amounts below zero, in every locale: a real minus, as wide as a digit."""

_EXACT: Final = Context(
    prec=100,
    rounding=ROUND_HALF_EVEN,
    Emin=-9999,
    Emax=9999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[],
)
_MOST = 10**40
_CURRENCY = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"[0-9]{1,30}(?:\.[0-9]{1,20})?")
_NO_BREAK = "\u00a0"


def plain_number(told: str) -> Decimal:
    """Read plain decimal text, such as ``300`` or ``33.33``, without a sign.

    Raises:
        InvalidValue: The text is anything else.
    """
    if not _NUMBER.fullmatch(told):
        raise InvalidValue("a plain decimal number such as 129.00", told)
    return Decimal(told)


def minor_of(number: Decimal, digits: int) -> int:
    """Count the minor units of an amount; it must be whole.

    Raises:
        InvalidType: Not a Decimal.
        InvalidValue: Not a finite number of ordinary size, or finer than ``digits``.

    >>> minor_of(Decimal("129.5"), 2)
    12950
    """
    if not isinstance(number, Decimal):
        raise InvalidType("a Decimal", number)
    numerator, denominator = _ordinary(number).as_integer_ratio()
    minor, rest = divmod(numerator * _scale(digits), denominator)
    if rest:
        expected = f"at most {digits} decimals"
        raise InvalidValue(expected, str(number), reason="too_many_decimals")
    return minor


def _ordinary(number: Decimal) -> Decimal:
    if not number.is_finite() or not -30 <= number.adjusted() <= 30:
        raise InvalidValue("a finite decimal number of ordinary size", number)
    return number


def _scale(digits: int) -> int:
    """How many minor units of so many decimals make one."""
    if type(digits) is not int or not 0 <= digits <= 8:
        raise InvalidValue("0 to 8 decimals", digits, path=("digits",))
    return int(10**digits)


def as_number(number: Decimal, locale: Locale, *, grouped: bool = True) -> str:
    """Write a number with as many decimals as it needs.

    >>> from ordercore.wording.locales import formats
    >>> as_number(Decimal("1234.50"), formats("en"))
    '1,234.5'
    """
    from babel.numbers import format_decimal  # noqa: PLC0415 - loaded when first used

    with localcontext(_EXACT):
        return format_decimal(
            _ordinary(number), "#,##0", locale, decimal_quantization=False, group_separator=grouped
        )


def as_amount(
    minor: int, currency: str, digits: int, locale: Locale, *, short: bool = False
) -> str:
    """Write an amount with the currency's symbol.

    Args:
        minor: Minor units.
        currency: An ISO 4217 code; how it is shown is the locale's.
        digits: The decimals of the currency.
        locale: How it is written.
        short: Leave the decimals of whole amounts out.

    >>> from ordercore.wording.locales import formats
    >>> [as_amount(-5000, "CNY", 2, formats(each)) for each in ("zh_CN", "en")]
    ['−¥50.00', '−CN¥50.00']
    """
    _check(minor, currency)
    scale = _scale(digits)
    whole, rest = divmod(abs(minor), scale)
    form = _form(locale, currency)
    told = form.grouped(str(whole))
    if digits and (rest or not short):
        told = f"{told}{form.point}{rest:0{digits}}"
    sign = MINUS if minor < 0 else ""
    return f"{sign}{form.before}{told}{form.after}"


class _Form(NamedTuple):
    """How a locale writes the amounts of a currency, read off its pattern once."""

    before: str
    after: str
    point: str
    comma: str
    sizes: tuple[int, int]
    """How many digits the last group has, and each one before it."""

    def grouped(self, digits: str) -> str:
        """Part the digits of a whole number into groups."""
        size, then = self.sizes
        groups: list[str] = []
        while len(digits) > size:
            groups.append(digits[-size:])
            digits, size = digits[:-size], then
        return self.comma.join([digits, *reversed(groups)])


@lru_cache(maxsize=1024)
def _form(locale: Locale, currency: str) -> _Form:
    """Read how a locale writes the amounts of a currency: an amount costs no parsing."""
    from babel import numbers  # noqa: PLC0415 - loaded when first used

    pattern = numbers.parse_pattern(locale.currency_formats["standard"].pattern)
    symbol = numbers.get_currency_symbol(currency, locale)
    before, after = (
        part.replace("¤", symbol).replace("'", "")
        for part in (pattern.prefix[0], pattern.suffix[0])
    )
    if before[-1:].isalpha():  # letters keep off digits, as CLDR asks for: KWD 1.500, but US$1.50
        before = f"{before}{_NO_BREAK}"
    return _Form(
        before,
        after,
        numbers.get_decimal_symbol(locale),
        numbers.get_group_symbol(locale),
        pattern.grouping,
    )


def _check(minor: int, currency: str) -> None:
    if type(minor) is not int:
        raise InvalidType("an integer of minor units", minor, path=("minor",))
    if abs(minor) > _MOST:
        raise LimitExceeded("an amount within ±10^40 minor units", minor, path=("minor",))
    if not isinstance(currency, str):
        raise InvalidType("text", currency, path=("currency",))
    if not _CURRENCY.fullmatch(currency):
        expected = "an ISO 4217 currency code"
        raise InvalidValue(expected, currency, path=("currency",), reason="unknown_currency")


def unscaled(minor: int, digits: int) -> Decimal:
    """Make the Decimal minor × 10^-digits, not negative, without asking any decimal context."""
    return Decimal((0, tuple(map(int, str(minor))), -digits))
