"""Amounts: whole numbers of minor units in one currency."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from attrs import field, frozen

from ordercore.data.registry import scalar
from ordercore.errors import CurrencyMismatch, InvalidType, LimitExceeded
from ordercore.money.currencies import Currency
from ordercore.money.numbers import (
    AMOUNT_KEYWORDS,
    decimal_of,
    scaled,
    split_text,
    unscaled,
)
from ordercore.money.rounding import Rounding, divide

__all__ = ["MAX_MINOR", "Money"]

MAX_MINOR = 10**15
"""The largest amount, in minor units, either way from zero."""


@frozen(order=False, repr=False)
class Money:
    """An amount: an integer of minor units in one currency.

    Args:
        minor: Minor units (fen, cents), within ±`MAX_MINOR`.
        currency: An ISO 4217 code.

    Arithmetic stays within one currency and is exact; there is no truth value (ask
    `is_zero`). Multiplying by anything but an integer names its rounding: see `times`.

    >>> Money.of("129.00", "CNY") * 2 - Money.of("5.00", "CNY")
    Money.of('253.00', 'CNY')
    """

    minor: int = field()
    currency: Currency = field(converter=Currency)

    @minor.validator
    def _check_minor(self, _attribute: object, minor: object) -> None:
        if type(minor) is not int:
            raise InvalidType("an integer of minor units", minor, path=("minor",))
        if not -MAX_MINOR <= minor <= MAX_MINOR:
            raise LimitExceeded("an amount within ±10^15 minor units", minor, path=("minor",))

    @classmethod
    def of(cls, amount: Money | Decimal | str, currency: str) -> Money:
        """Read an amount from decimal text, a Decimal, or Money of the same currency.

        Raises:
            InvalidType: A bare int or float: nobody can tell yuan from fen.
            InvalidValue: Not a plain number, or more decimals than the currency has.
            CurrencyMismatch: Money of another currency.
        """
        currency = Currency(currency)
        if isinstance(amount, Money):
            if amount.currency != currency:
                raise CurrencyMismatch(f"an amount in {currency}", str(amount))
            return amount
        return cls(scaled(amount, currency.digits), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in this currency."""
        return cls(0, Currency(currency))

    @classmethod
    def sum(cls, amounts: Iterable[Money], currency: str) -> Money:
        """Add amounts up; the currency answers for the empty sum."""
        total = cls.zero(currency)
        for amount in amounts:
            total += amount
        return total

    @property
    def decimal(self) -> Decimal:
        """The amount as a Decimal with the currency's decimals, for a database column."""
        return unscaled(self.minor, self.currency.digits)

    @property
    def is_zero(self) -> bool:
        """Whether this is nothing."""
        return self.minor == 0

    def times(self, factor: Decimal | Fraction | int, rounding: Rounding) -> Money:
        """Multiply by an exact factor and round once, by name.

        Raises:
            InvalidType: The factor is a float, text or anything else that is not exact.
            InvalidValue: The factor is not finite or of no ordinary size; no such rounding.
            LimitExceeded: The result is beyond `MAX_MINOR`.

        >>> Money.of("29.97", "CNY").times(Decimal("0.15"), Rounding.HALF_UP)
        Money.of('4.50', 'CNY')
        """
        if isinstance(factor, bool) or not isinstance(factor, Decimal | Fraction | int):
            raise InvalidType("a Decimal, Fraction or int", factor)
        if isinstance(factor, Decimal):
            decimal_of(factor)  # before any arithmetic: 1e100000000 would take forever
        numerator, denominator = factor.as_integer_ratio()
        return Money(divide(self.minor * numerator, denominator, rounding), self.currency)

    def _with(self, other: object) -> int:
        if not isinstance(other, Money):
            raise InvalidType("Money", other)
        if other.currency != self.currency:
            raise CurrencyMismatch(f"an amount in {self.currency}", str(other))
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._with(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._with(other), self.currency)

    def __mul__(self, count: int) -> Money:
        if type(count) is not int:
            raise InvalidType("an integer; other factors need a rounding: see times()", count)
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._with(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._with(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._with(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._with(other)

    def __bool__(self) -> bool:
        raise InvalidType("is_zero to be asked: an amount has no truth value")

    def __str__(self) -> str:
        return f"{self.currency} {self.decimal:f}"

    def __repr__(self) -> str:
        return f"Money.of('{self.decimal:f}', '{self.currency}')"


def _parsed(told: str) -> Money:
    currency, number = split_text(told, "an amount such as 'CNY 129.00'")
    return Money.of(number, currency)


scalar(Money, _parsed, str, keywords=AMOUNT_KEYWORDS)
