"""The terms that a promotion is compiled under, and how its amounts and percentages are read."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from attrs import frozen

from ordercore.data.checks import member_of
from ordercore.errors import InvalidInput
from ordercore.money import Currency, Money, Overflow, UnitPrice
from ordercore.money.fields import Amount

__all__ = [
    "EVER",
    "Basis",
    "RoundingMode",
    "Split",
    "Terms",
    "basis_of",
    "basis_or_none",
    "offered",
    "placed",
    "ratio_of",
    "rounding_mode_of",
    "split_of",
]

EVER: Final = 10**18
"""More times than any cart has units, and more minor units than any order comes to."""


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
        applications: How often its repeating benefits may apply in one order; None: no limit.
    """

    currency: Currency
    basis: Basis = Basis.ENTRY
    rounding: RoundingMode = RoundingMode.PER_PROMOTION
    split: Split = Split.CURRENT
    overflow: Overflow = "redistribute"
    applications: int | None = None

    def times(self, most: int | None) -> int:
        """Tell how often a benefit may apply that has a limit of its own, or none."""
        own, limit = EVER if most is None else most, self.applications
        return own if limit is None else min(own, limit)

    def minor(self, amount: Amount, *place: str | int) -> int:
        """Read a rule's amount in minor units of the book's currency."""
        try:
            return Money.of(amount, self.currency).minor
        except InvalidInput as error:
            raise error.at(*place) from None

    def price(self, amount: Amount, *place: str | int) -> UnitPrice:
        """Read a rule's unit price, which may be finer than the minor unit."""
        try:
            return UnitPrice.of(amount, self.currency)
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


class Offerable(Protocol[_T_co]):
    """What can be compiled into what it offers: a selector."""

    def offering(self, terms: Terms) -> _T_co:
        """Turn the selector into a function."""


def offered(target: Offerable[_T], terms: Terms, *place: str | int) -> _T:
    """Do as `placed` for what a selector offers to a benefit."""
    try:
        return target.offering(terms)
    except InvalidInput as error:
        raise error.at(*place) from None


def basis_of(value: Basis | str) -> Basis:
    """Turn the text of a basis into the basis; what is none is left for the check."""
    return member_of(Basis, value)


def rounding_mode_of(value: RoundingMode | str) -> RoundingMode:
    """Turn the text of a rounding mode into the mode; what is none is left for the check."""
    return member_of(RoundingMode, value)


def split_of(value: Split | str) -> Split:
    """Turn the text of a split into the split; what is none is left for the check."""
    return member_of(Split, value)


def basis_or_none(value: Basis | str | None) -> Basis | None:
    """Turn the text of a basis into the basis."""
    return None if value is None else member_of(Basis, value)


def ratio_of(percent: Decimal) -> tuple[int, int]:
    """Turn a percentage into an exact fraction: (numerator, denominator)."""
    numerator, denominator = percent.as_integer_ratio()
    return numerator, denominator * 100
