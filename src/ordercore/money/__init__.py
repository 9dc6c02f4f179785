"""Money as integers: currencies, amounts, unit prices, named rounding, exact splits.

An amount is a whole number of minor units (fen, cents; yen have none below). Nothing here
touches a float, and no result depends on the ambient decimal context. What must be rounded
is rounded once, by a named mode; what is split sums to the whole.
"""

from ordercore.money.amounts import MAX_MINOR, Money
from ordercore.money.apportionment import Overflow, apportion, largest_remainder
from ordercore.money.currencies import Currency
from ordercore.money.numbers import decimal_of
from ordercore.money.prices import MAX_SCALE, UnitPrice
from ordercore.money.rounding import Rounding, divide

__all__ = [
    "MAX_MINOR",
    "MAX_SCALE",
    "Currency",
    "Money",
    "Overflow",
    "Rounding",
    "UnitPrice",
    "apportion",
    "decimal_of",
    "divide",
    "largest_remainder",
]
