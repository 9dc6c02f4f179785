"""ordercore: an order's whole life as pure values and functions, without any I/O.

The names of a first hour stand here and are loaded when first used, so that importing the
package costs next to nothing. Everything else is in the rooms: `ordercore.promotions`,
`ordercore.pricing`, `ordercore.cart` and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ordercore.cart import Cart, CartLine, Context, Fee, Shopper, Usage, Wishes
    from ordercore.catalog import Attributes, Product
    from ordercore.data import dump, dumps, load, loads
    from ordercore.errors import InvalidDocument, OrderCoreError
    from ordercore.money import Currency, Money, UnitPrice
    from ordercore.pricing import Quote, diff, opportunities, price, reverse
    from ordercore.pricing.explain import explain
    from ordercore.pricing.record import QuoteRecord
    from ordercore.promotions import Promotion, PromotionBook, recipes
    from ordercore.tariffs import Tariff

__version__ = "0.1.0"

_ROOMS = {
    "Attributes": "catalog",
    "Cart": "cart",
    "CartLine": "cart",
    "Context": "cart",
    "Currency": "money",
    "Fee": "cart",
    "InvalidDocument": "errors",
    "Money": "money",
    "OrderCoreError": "errors",
    "Product": "catalog",
    "Promotion": "promotions",
    "PromotionBook": "promotions",
    "Quote": "pricing",
    "QuoteRecord": "pricing.record",
    "Shopper": "cart",
    "Tariff": "tariffs",
    "UnitPrice": "money",
    "Usage": "cart",
    "Wishes": "cart",
    "diff": "pricing",
    "dump": "data",
    "dumps": "data",
    "explain": "pricing.explain",
    "load": "data",
    "loads": "data",
    "opportunities": "pricing",
    "price": "pricing",
    "recipes": "promotions",
    "reverse": "pricing",
}

__all__ = [
    "Attributes",
    "Cart",
    "CartLine",
    "Context",
    "Currency",
    "Fee",
    "InvalidDocument",
    "Money",
    "OrderCoreError",
    "Product",
    "Promotion",
    "PromotionBook",
    "Quote",
    "QuoteRecord",
    "Shopper",
    "Tariff",
    "UnitPrice",
    "Usage",
    "Wishes",
    "diff",
    "dump",
    "dumps",
    "explain",
    "load",
    "loads",
    "opportunities",
    "price",
    "recipes",
    "reverse",
]


def __getattr__(name: str) -> object:
    """Load a name of the front door when it is first used (PEP 562)."""
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module 'ordercore' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only when a name is asked for

    value = getattr(import_module(f"ordercore.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
