"""The parts of a quote: lines with their shares, and the same as plain columns."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Final, NamedTuple

from ordercore.cart import CartLine
from ordercore.money import Currency, Money
from ordercore.pricing.base_prices import BasePrice
from ordercore.pricing.resolvers.account import Kind

__all__ = ["Adjustment", "QuoteColumns", "QuoteLine", "QuoteTax", "TaxShare"]


class Adjustment(NamedTuple):
    """What one promotion takes off one line."""

    promotion: str
    """The promotion's id."""
    minor: int
    """Minor units."""
    currency: Currency

    @property
    def amount(self) -> Money:
        """What is taken off."""
        return Money(self.minor, self.currency)


adjustment: Final = partial(tuple.__new__, Adjustment)
"""Make an adjustment of all its fields in one tuple: quotes make many."""


class TaxShare(NamedTuple):
    """What one tax rate comes to on a line, on shipping or on a fee."""

    rate: str
    """The rate's id."""
    minor: int
    """Minor units."""
    currency: Currency

    @property
    def amount(self) -> Money:
        """The tax."""
        return Money(self.minor, self.currency)


class QuoteLine(NamedTuple):
    """A line of the cart (or some of its units) with its price."""

    line: CartLine
    list_minor: int
    """What it costs by the cart's own price, in minor units."""
    base_minor: int
    """What it costs before promotions, by whatever price list holds."""
    payable_minor: int
    """What is to be paid for it; tax that comes on top is apart."""
    adjustments: tuple[Adjustment, ...]
    prices: tuple[BasePrice, ...] = ()
    """Of which unit prices the base amount of its row is made; empty where no price list
    holds."""
    taxes: tuple[TaxShare, ...] = ()
    """What each tax rate comes to on it, where above zero, in the order of the rates' ids."""

    @property
    def currency(self) -> Currency:
        """The cart's currency."""
        return self.line.unit_price.currency

    @property
    def list_amount(self) -> Money:
        """What it costs by the cart's own price: 划线价, where the base is lower."""
        return Money(self.list_minor, self.currency)

    @property
    def discount(self) -> Money:
        """What all promotions take off it."""
        return Money(self.base_minor - self.payable_minor, self.currency)

    @property
    def base(self) -> Money:
        """What it costs before promotions."""
        return Money(self.base_minor, self.currency)

    @property
    def payable(self) -> Money:
        """What is to be paid for it."""
        return Money(self.payable_minor, self.currency)

    @property
    def tax(self) -> Money:
        """All tax on it, whether its price includes it or it comes on top."""
        return Money(sum([share.minor for share in self.taxes]), self.currency)


quote_line: Final = partial(tuple.__new__, QuoteLine)
"""Make a line of all its fields in one tuple."""


class QuoteColumns(NamedTuple):
    """A quote as plain integers in minor units, lines by their position in the cart."""

    payable: int
    """All that is to be paid."""
    shipping: int
    lines: tuple[int, ...]
    """What is to be paid for each line."""
    outcomes: tuple[tuple[str, Kind, int], ...]
    """Of every candidate: promotion id, kind, and what it gives (goods and shipping)."""
    shares: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    """Of every promotion that takes something off lines: its id, the lines, what it takes off
    each of them; 0 where a line only qualifies."""


quote_columns: Final = partial(tuple.__new__, QuoteColumns)
"""Make columns of all their fields in one tuple."""


class QuoteTax(NamedTuple):
    """What one tax rate comes to."""

    rate: str
    """Its id."""
    percent: Decimal
    taxable: Money
    """The sum of what it falls on, tax included if prices include it."""
    tax: Money
