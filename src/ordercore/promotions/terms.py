"""The terms that a promotion is compiled under, and how its amounts and percentages are read."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from attrs import Attribute, Converter, field, frozen

from ordercore.data.checks import optional
from ordercore.errors import InvalidInput, InvalidValue
from ordercore.money import Currency, Money, Overflow, UnitPrice, decimal_of

__all__ = [
    "Amount",
    "Basis",
    "RoundingMode",
    "Split",
    "Terms",
    "amount_field",
    "optional_amount_field",
    "optional_percent_field",
    "percent_field",
    "placed",
    "ratio_of",
]

Amount = Money | Decimal
"""An amount in a rule: Money, or a decimal number in the currency of the book."""


class Basis(StrEnum):
    """On which amounts a threshold or a percentage looks."""

    LIST = "list"
    """What the lines cost by list price."""
    BASE = "base"
    """What they cost before the first promotion: list price, price list or member price."""
    ENTRY = "entry"
    """What they cost when the promotion's layer began."""


class RoundingMode(StrEnum):
    """Where a percentage is made whole: once on the sum, or row by row."""

    PER_PROMOTION = "per_promotion"
    PER_LINE = "per_line"


class Split(StrEnum):
    """By what an amount is apportioned over the rows that it reduces."""

    CURRENT = "current"
    BASE = "base"
    LIST = "list"
    QUANTITY = "quantity"
    EQUAL = "equal"

    @property
    def basis(self) -> Basis:
        """The amounts that weights are taken from, for the first three."""
        return Basis.ENTRY if self is Split.CURRENT else Basis(self)


@frozen
class Terms:
    """What holds for all benefits of one promotion in one book.

    Args:
        currency: The book's currency.
        basis: Which amounts its rules look at where they do not say so themselves.
        rounding: Where percentages are made whole.
        split: By what amounts are apportioned.
        overflow: What becomes of a share that a row cannot take.
    """

    currency: Currency
    basis: Basis = Basis.ENTRY
    rounding: RoundingMode = RoundingMode.PER_PROMOTION
    split: Split = Split.CURRENT
    overflow: Overflow = "redistribute"

    def minor(self, amount: Amount, *place: str | int) -> int:
        """Read a rule's amount in minor units of the book's currency."""
        try:
            return Money.of(amount, self.currency).minor
        except InvalidInput as error:
            raise error.at(*place) from None

    def price(self, amount: Amount, *place: str | int) -> Decimal:
        """Read a rule's unit price, which may be finer than the minor unit."""
        try:
            return UnitPrice.of(amount, self.currency).decimal
        except InvalidInput as error:
            raise error.at(*place) from None


_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)


class Compilable(Protocol[_T_co]):
    """What can be compiled under terms: a selector, condition or benefit."""

    def compile(self, terms: Terms) -> _T_co:
        """Turn the rule into a function."""


def placed(rule: Compilable[_T], terms: Terms, *place: str | int) -> _T:
    """Compile a part of a rule; a fault in it is reported at its place."""
    try:
        return rule.compile(terms)
    except InvalidInput as error:
        raise error.at(*place) from None


def _amount(value: object, attribute: Attribute[Any]) -> Amount:
    try:
        if isinstance(value, Money):
            return value
        return decimal_of(value)  # type: ignore[arg-type]
    except InvalidInput as error:
        raise error.at(attribute.name) from None


def _check_amount(_instance: object, attribute: Attribute[Any], value: Amount) -> None:
    size = value.minor if isinstance(value, Money) else value
    if size <= 0:
        raise InvalidValue("an amount above zero", str(value), path=(attribute.name,))


def amount_field() -> Any:
    """Declare a field for an `Amount` above zero: Money, a Decimal or decimal text."""
    return field(converter=Converter(_amount, takes_field=True), validator=_check_amount)


def optional_amount_field() -> Any:
    """Declare a field for an `Amount` above zero that may be left out."""
    return field(
        default=None,
        converter=Converter(_unless_none(_amount), takes_field=True),
        validator=optional(_check_amount),
    )


def _unless_none(convert: Callable[[Any, Attribute[Any]], Any]) -> Callable[..., Any]:
    return lambda value, attribute: None if value is None else convert(value, attribute)


def _percent(value: object, attribute: Attribute[Any]) -> Decimal:
    try:
        return decimal_of(value)  # type: ignore[arg-type]
    except InvalidInput as error:
        raise error.at(attribute.name) from None


def _check_percent(_instance: object, attribute: Attribute[Any], value: Decimal) -> None:
    if not 0 <= value <= 100:
        expected = "a percentage from 0 to 100"
        raise InvalidValue(expected, str(value), path=(attribute.name,), reason="invalid_percent")


def percent_field() -> Any:
    """Declare a field for an exact percentage from 0 to 100, as a Decimal or decimal text."""
    return field(converter=Converter(_percent, takes_field=True), validator=_check_percent)


def optional_percent_field() -> Any:
    """Declare a field for a percentage that may be left out."""
    return field(
        default=None,
        converter=Converter(_unless_none(_percent), takes_field=True),
        validator=optional(_check_percent),
    )


def ratio_of(percent: Decimal) -> tuple[int, int]:
    """Turn a percentage into an exact fraction: (numerator, denominator)."""
    numerator, denominator = percent.as_integer_ratio()
    return numerator, denominator * 100
