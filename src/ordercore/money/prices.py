"""Unit prices, which may be finer than the minor unit."""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen

from ordercore.data.registry import scalar
from ordercore.errors import (
    CurrencyMismatch,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
)
from ordercore.money.amounts import MAX_MINOR, Money
from ordercore.money.currencies import Currency
from ordercore.money.numbers import PRICE_KEYWORDS, scaled, split_text, unscaled
from ordercore.money.rounding import Rounding, divide

__all__ = ["MAX_SCALE", "UnitPrice"]

MAX_SCALE = 8
"""The most decimals that a unit price may have."""


@frozen(repr=False)
class UnitPrice:
    """A price per unit, which may be finer than the minor unit (0.001 per screw).

    Args:
        units: An integer of 10^-scale of the currency, not negative.
        scale: How many decimals; never fewer than the currency has.
        currency: An ISO 4217 code.

    Equal prices compare equal however many zeros they were written with.

    >>> UnitPrice.of("0.125", "CNY").amount(3)
    Money.of('0.38', 'CNY')
    """

    units: int
    scale: int
    currency: Currency = field(converter=Currency)

    def __attrs_post_init__(self) -> None:
        if type(self.units) is not int or type(self.scale) is not int:
            raise InvalidType("an integer number of units and an integer scale", self.units)
        if self.units < 0:
            raise InvalidValue("a price that is not negative", self.units, path=("units",))
        if not self.currency.digits <= self.scale <= MAX_SCALE:
            raise InvalidValue(
                f"{self.currency.digits} to {MAX_SCALE} decimals", self.scale, path=("scale",)
            )
        if self.units > MAX_MINOR * 10 ** (self.scale - self.currency.digits):
            raise LimitExceeded("a price up to 10^15 minor units", self.units, path=("units",))
        units, scale = self.units, self.scale
        while scale > self.currency.digits and units % 10 == 0:
            units, scale = units // 10, scale - 1
        if scale != self.scale:  # the shortest form is the only one, so equal prices are equal
            object.__setattr__(self, "units", units)
            object.__setattr__(self, "scale", scale)

    @classmethod
    def of(cls, price: UnitPrice | Money | Decimal | str, currency: str) -> UnitPrice:
        """Read a price from decimal text, a Decimal, Money or a price in that currency."""
        currency = Currency(currency)
        if isinstance(price, UnitPrice | Money):
            if price.currency != currency:
                raise CurrencyMismatch(f"a price in {currency}", str(price))
            if isinstance(price, UnitPrice):
                return price
            return cls(price.minor, currency.digits, currency)
        return cls(scaled(price, MAX_SCALE), MAX_SCALE, currency)

    @property
    def decimal(self) -> Decimal:
        """The price as a Decimal."""
        return unscaled(self.units, self.scale)

    @property
    def finest(self) -> int:
        """The price as an integer of 10^-`MAX_SCALE`: prices compare as these do."""
        return self.units * int(10 ** (MAX_SCALE - self.scale))

    def minor(self, quantity: int, rounding: Rounding = Rounding.HALF_UP) -> int:
        """What ``quantity`` units cost, in minor units, rounded once."""
        if type(quantity) is not int:
            raise InvalidType("an integer of units", quantity)
        if self.scale == self.currency.digits:
            return self.units * quantity
        finer = 10 ** (self.scale - self.currency.digits)
        return divide(self.units * quantity, finer, rounding)

    def amount(self, quantity: int, rounding: Rounding = Rounding.HALF_UP) -> Money:
        """What ``quantity`` units cost, rounded once."""
        return Money(self.minor(quantity, rounding), self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {self.decimal:f}"

    def __repr__(self) -> str:
        return f"UnitPrice.of('{self.decimal:f}', '{self.currency}')"


def _parsed(told: str) -> UnitPrice:
    currency, number = split_text(told, "a price such as 'CNY 0.125'")
    try:
        return UnitPrice.of(number, currency)
    except InvalidInput as error:  # of the text as a whole, not of a field
        raise type(error)(error.expected, told, reason=error.reason) from None


scalar(UnitPrice, _parsed, str, keywords=PRICE_KEYWORDS)
