"""What the laws are tried on: all that a price is made of, with promotions of every kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import attrs
from by_hand import parts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ordercore import Cart, Context, Promotion, PromotionBook
from ordercore.calendars import Schedule
from ordercore.money import Currency
from ordercore.promotions import Always, Automatic
from ordercore.tariffs import Tariff
from ordercore.testing.strategies import books, carts, contexts, currencies, promotions, tariffs

Case = tuple[Cart, PromotionBook, Context, Tariff | None]


@st.composite
def cases(
    draw: st.DrawFn,
    /,
    currencies: st.SearchStrategy[Currency] = currencies(),  # noqa: B008 - a strategy is a value
    *,
    min_lines: int = 1,
    max_lines: int = 5,
    max_quantity: int = 6,
    tariff: bool = True,
    **book: Any,
) -> Case:
    """Draw all that `price_in` takes: promotions of every kind, with a tariff or without.

    Args:
        draw: Given by Hypothesis.
        currencies: In one of these.
        min_lines: At least so many lines in the cart.
        max_lines: At most so many.
        max_quantity: At most so many units in a line.
        tariff: Whether there may be one.
        book: See `books`.
    """
    currency = draw(currencies)
    sizes = {"min_lines": min_lines, "max_lines": max_lines, "max_quantity": max_quantity}
    cart = draw(carts(currency, **sizes))
    made, context = draw(books(currency, **book)), draw(contexts())
    charged = tariff and draw(st.booleans())
    return cart, made, context, draw(tariffs(currency)) if charged else None


OPEN = {"when": Always(), "schedule": Schedule(), "trigger": Automatic()}
"""Fields of promotions with which whatever has an effect applies."""


@cache
def drawn_rules() -> Mapping[type, Sequence[Any]]:
    """Collect the rules of many drawn promotions by their class, the same ones each time."""
    rules: dict[type, list[Any]] = {}

    @settings(
        max_examples=1200,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(promotions())
    def collect(promotion: Promotion) -> None:
        for rule in parts(promotion):
            if attrs.has(type(rule)):
                rules.setdefault(type(rule), []).append(rule)

    collect()
    return rules
