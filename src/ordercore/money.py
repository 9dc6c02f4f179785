"""Money as integers: currencies, amounts, unit prices, named rounding, exact splits.

An amount is a whole number of minor units (fen, cents; yen have none below). Nothing here
touches a float, and no result depends on the ambient decimal context. What must be rounded
is rounded once, by a named mode; what is split sums to the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, Self

from attrs import field, frozen

from ordercore.data.registry import scalar
from ordercore.errors import CurrencyMismatch, InvalidType, InvalidValue, LimitExceeded

__all__ = [
    "MAX_MINOR",
    "Currency",
    "Money",
    "Overflow",
    "Rounding",
    "UnitPrice",
    "apportion",
    "decimal_of",
    "divide",
]

MAX_MINOR = 10**15
"""The largest amount, in minor units, either way from zero."""

MAX_SCALE = 8
"""The most decimals that a unit price may have."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,20})?")

_DIGITS = MappingProxyType(
    {
        code: digits
        for digits, codes in (
            (
                0,
                "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
            ),
            (
                2,
                (
                    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN "
                    "BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP "
                    "ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR "
                    "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT "
                    "MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
                    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
                    "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD "
                    "XCD XCG YER ZAR ZMW ZWG"
                ),
            ),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
            (4, "CLF UYW"),
        )
        for code in codes.split()
    }
)
"""Decimals of each currency by ISO 4217 (what Babel shows may have fewer)."""


class Currency(str):
    """An ISO 4217 currency code that knows its decimals; equal to its plain text.

    Raises:
        InvalidValue: The code is not an active one of ISO 4217.

    >>> Currency("KWD").digits
    3
    """

    __slots__ = ()

    def __new__(cls, code: str) -> Self:
        """Take a code that is on the list, in capitals."""
        if type(code) is cls:
            return code
        if not isinstance(code, str):
            raise InvalidType("an ISO 4217 currency code", code)
        if code not in _DIGITS:
            raise InvalidValue("an ISO 4217 currency code", code, reason="unknown_currency")
        return super().__new__(cls, code)

    @property
    def digits(self) -> int:
        """How many decimals the minor unit has."""
        return _DIGITS[self]


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


def _scaled(number: Decimal | str, digits: int) -> int:
    """Read a number as an integer at 10^-digits; it must fit exactly."""
    value = decimal_of(number)
    numerator, denominator = value.as_integer_ratio()
    scale: int = 10**digits
    units, rest = divmod(numerator * scale, denominator)
    if rest:
        raise InvalidValue(f"at most {digits} decimals", str(number), reason="too_many_decimals")
    return units


def _unscaled(units: int, digits: int) -> Decimal:
    """Make the Decimal units × 10^-digits without asking any decimal context."""
    sign, magnitude = (1, -units) if units < 0 else (0, units)
    return Decimal((sign, tuple(map(int, str(magnitude))), -digits))


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
        return cls(_scaled(amount, currency.digits), currency)

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
        return _unscaled(self.minor, self.currency.digits)

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
        return cls(_scaled(price, MAX_SCALE), MAX_SCALE, currency)

    @property
    def decimal(self) -> Decimal:
        """The price as a Decimal."""
        return _unscaled(self.units, self.scale)

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


_TOLD = re.compile(r"([A-Z]{3}) (-?[0-9]{1,30}(?:\.[0-9]{1,20})?)")


def _pair(told: str, expected: str) -> tuple[str, str]:
    """Split the text of an amount or price into currency and number."""
    match = _TOLD.fullmatch(told)
    if match is None:
        raise InvalidValue(expected, told)
    return match[1], match[2]


def _money(told: str) -> Money:
    currency, number = _pair(told, "an amount such as 'CNY 129.00'")
    return Money.of(number, currency)


def _unit_price(told: str) -> UnitPrice:
    currency, number = _pair(told, "a price such as 'CNY 0.125'")
    return UnitPrice.of(number, currency)


scalar(Currency, Currency, str.__str__)
scalar(Money, _money, str)
scalar(UnitPrice, _unit_price, str)


Overflow = Literal["redistribute", "forfeit"]
"""What becomes of a share above its cap: it moves to the others, or is lost."""


def apportion(
    amount: int,
    weights: Sequence[int],
    caps: Sequence[int] | None = None,
    overflow: Overflow = "redistribute",
) -> list[int]:
    """Split an amount by weights into whole shares: the largest remainder method.

    Each exact share is cut to a whole number; what is left goes one each to the largest cut
    fractions, equal ones by position. No share is a whole unit or more away from its exact
    share, and a weight of 0 gets 0.

    Args:
        amount: What to split, in minor units, not negative.
        weights: Non-negative integers of any common scale, one for each share.
        caps: The most that each share may be. None: no caps.
        overflow: ``redistribute`` cuts the amount to what the caps allow, freezes what is at
            its cap and splits the rest anew. ``forfeit`` splits the uncut amount; what a
            cap cuts off is lost.

    Returns:
        The shares, in the order of the weights. They sum to ``amount``, unless caps took
        some of it, or no weight is positive (then all are 0).

    Raises:
        InvalidType: Not integers.
        InvalidValue: A negative number, another number of caps, an unknown overflow.

    ============================ ===================== =================
    100 by 1, 1, 1                                      34, 33, 33
    100 by 3, 0, 1                                      75, 0, 25
    30 by 150, 50 capped 20, 50  ``redistribute``       20, 10
    30 by 150, 50 capped 20, 50  ``forfeit``            20, 7 (3 lost)
    5 by 0, 0                                           0, 0
    ============================ ===================== =================

    >>> apportion(100, [1, 1, 1])
    [34, 33, 33]
    >>> apportion(30, [150, 50], caps=[20, 50], overflow="forfeit")
    [20, 7]
    """
    if type(amount) is not int:
        raise InvalidType("an integer of minor units", amount, path=("amount",))
    if amount < 0:
        raise InvalidValue("an amount that is not negative", amount, path=("amount",))
    total = _sum(weights, "weights")
    if caps is None:
        return _largest_remainder(amount, weights, total)
    _sum(caps, "caps")
    if len(caps) != len(weights):
        raise InvalidValue(f"{len(weights)} caps, one for each", len(caps), path=("caps",))
    if overflow == "forfeit":
        shares = _largest_remainder(amount, weights, total)
        return [min(share, cap) for share, cap in zip(shares, caps, strict=True)]
    if overflow != "redistribute":
        raise InvalidValue("redistribute or forfeit", overflow, path=("overflow",))
    return _redistribute(amount, weights, caps)


def _sum(numbers: Sequence[int], name: str) -> int:
    """Sum integers that are not negative; anything else among them shows in the sum."""
    try:
        total = sum(numbers)
    except TypeError:
        total = None
    if type(total) is not int:
        raise InvalidType("a sequence of integers", path=(name,))
    if (least := min(numbers, default=0)) < 0:
        raise InvalidValue("numbers that are not negative", least, path=(name,))
    return total


def _largest_remainder(amount: int, weights: Sequence[int], total: int) -> list[int]:
    if not total:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    rest = amount - sum(shares)
    if rest:
        cut = [-(amount * weight % total) for weight in weights]
        for i in sorted(range(len(cut)), key=cut.__getitem__)[:rest]:
            shares[i] += 1
    return shares


def _redistribute(amount: int, weights: Sequence[int], caps: Sequence[int]) -> list[int]:
    """Freeze what exceeds its cap, split the rest anew, as often as needed."""
    shares = [0] * len(weights)
    taking = [i for i, weight in enumerate(weights) if weight > 0]
    taking.sort(key=lambda i: Fraction(caps[i], weights[i]))
    rest = min(amount, sum(caps[i] for i in taking))
    total = sum(weights)
    full = 0
    for i in taking:  # the tightest cap first: who fits, fits with all that follow
        if rest * weights[i] <= caps[i] * total:
            break
        shares[i] = caps[i]
        rest -= caps[i]
        total -= weights[i]
        full += 1
    fitting = sorted(taking[full:])
    split = _largest_remainder(rest, [weights[i] for i in fitting], total)
    for i, share in zip(fitting, split, strict=True):
        shares[i] = share
    return shares
