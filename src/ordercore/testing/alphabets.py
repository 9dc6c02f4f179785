"""The few names that drawn carts and rules speak of, and the sizes of drawn amounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from ordercore.money import Currency, Money
from ordercore.promotions import Basis

__all__ = [
    "BASES",
    "BRANDS",
    "CAMPAIGNS",
    "CATEGORIES",
    "CHANNELS",
    "CODES",
    "COLOURS",
    "COUPONS",
    "CURRENCIES",
    "FAR",
    "FEES",
    "GIFTS",
    "GROUPS",
    "IDS",
    "INSTANT",
    "LAYERS",
    "MAX_TIMES",
    "NEAR",
    "PERCENTS",
    "REGIONS",
    "SELLERS",
    "SKUS",
    "SMALL",
    "TAX_CLASSES",
    "amounts",
    "currencies",
    "maybe",
    "mostly",
    "rule_amounts",
    "some_of",
]

CURRENCIES: Final = ("CNY", "JPY", "KWD")
"""Currencies with two, no and three decimals."""

SKUS: Final = ("shirt", "scarf", "shoes", "socks")
CATEGORIES: Final = ("clothes", "sale", "winter")
BRANDS: Final = ("Anta", "Bosideng")
SELLERS: Final = ("seller-1", "seller-2")
COLOURS: Final = ("black", "red")
FEES: Final = ("packaging", "service")
GIFTS: Final = ("mug", "socks")
CODES: Final = ("HELLO", "hello", "ELEVEN")
COUPONS: Final = ("welcome", "birthday")
GROUPS: Final = ("gold", "staff")
CHANNELS: Final = ("app", "store")
REGIONS: Final = ("CN-31", "CN-44")
CAMPAIGNS: Final = ("spring", "11.11")
TAX_CLASSES: Final = ("reduced", "exempt")
LAYERS: Final = ("unit", "order", "coupon", "set", "shipping")
"""The layers that promotions are drawn for, of those of a book."""

INSTANT: Final = datetime(2026, 11, 11, 2, tzinfo=UTC)
"""The instant around which schedules begin and end: a Wednesday, 10 h in Shanghai."""

IDS: Final = ("p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8")
"""Ids of promotions."""

NEAR: Final = tuple(INSTANT + timedelta(microseconds=n) for n in (0, -1, 1))
"""`INSTANT`, and a microsecond before and after it."""

FAR: Final = (INSTANT - timedelta(days=9), INSTANT + timedelta(days=9))
"""Days before and after."""


def currencies() -> st.SearchStrategy[Currency]:
    """Draw a currency with two, no or three decimals.

    >>> from hypothesis import find
    >>> find(currencies(), lambda currency: currency.digits == 0)
    'JPY'
    """
    return st.sampled_from(CURRENCIES).map(Currency)


def amounts(currency: str = "CNY") -> st.SearchStrategy[Money]:
    """Draw an amount of 1 to 30 000 minor units."""
    return _amounts(currency)


@cache
def _amounts(currency: str) -> st.SearchStrategy[Money]:
    round_ones = st.sampled_from((1, 2, 3, 50, 99, 100, 333, 1000, 5000, 10_000))
    return (round_ones | st.integers(1, 30_000)).map(
        lambda minor: Money(minor, Currency(currency))
    )


@cache
def rule_amounts(currency: str) -> st.SearchStrategy[Money | Any]:
    """Draw an amount as rules take it: Money, or a Decimal in the currency of the book."""
    amount = _amounts(currency)
    return amount.map(lambda money: money.decimal) | amount


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw None, or from the strategy."""
    return st.none() | strategy


@st.composite
def mostly(draw: st.DrawFn, /, usual: st.SearchStrategy[Any], rare: st.SearchStrategy[Any]) -> Any:
    """Draw three times out of four from the first; `one_of` would take repeats for one."""
    return draw(rare if draw(_QUARTERS) == 3 else usual)


_QUARTERS: Final = st.integers(0, 3)


def some_of(names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Draw one or two of a few names."""
    return st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True).map(tuple)


BASES: Final = st.none() | st.sampled_from(Basis)
PERCENTS: Final = st.sampled_from(
    ("50", "100", "10", "15", "33.33", "0.01", "99.99", "0")
) | st.integers(0, 100).map(str)
SMALL: Final = st.integers(1, 3)
MAX_TIMES: Final = st.none() | st.integers(1, 4)
