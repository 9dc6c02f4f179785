"""Asking before placing: can this basket be served, when, and from what? Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from attrs import evolve, field, frozen

from ordercore.cart import MAX_LINES, Cart, Context
from ordercore.data.checks import each, instance, optional
from ordercore.data.private import private
from ordercore.errors import OrderCoreError
from ordercore.parties import GeoPoint
from ordercore.pricing import Quote, QuoteRecord, price_in
from ordercore.storage import Loaded, Readable
from ordercore.workflows.asking import answered
from ordercore.workflows.placing import PlaceOrder, Placing, ServiceFor, recorded, services_for
from ordercore.workflows.shop import Shop, ShopQuery
from ordercore.workflows.stock import StockAnswer

__all__ = ["AskStock"]

_NOBODY = "asked"
"""The id of the order that a basket would be."""


def _basket(given: Quote | QuoteRecord | Cart) -> QuoteRecord | Cart:
    return given if isinstance(given, Cart) else recorded(given)


@frozen(kw_only=True)
class AskStock(ShopQuery[StockAnswer]):
    """Ask whether a basket could be had right now, when and from what, gifts included.

    The answer is that of stock alone: if it is ok, placing the same basket at once sets just
    that aside. Another order may be faster, and the price has a say as well. Nothing is written.

    Args:
        basket: What the customer sees: a quote or its record; or a cart, of which the gifts are
            those of the shop's book for a customer of whom nothing is known.
        services: As `NewOrder` has them.
        place: Where the customer is, if that is known; private.
    """

    basket: QuoteRecord | Cart = field(
        converter=_basket, validator=instance(QuoteRecord, Cart), repr=False
    )
    services: tuple[ServiceFor, ...] = field(
        default=(), converter=services_for, validator=each(instance(ServiceFor), most=MAX_LINES)
    )
    place: GeoPoint | None = field(
        default=None, validator=private(optional(instance(GeoPoint))), repr=False
    )

    def needs(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for the counters of its promotions; once they are known, for what stock needs."""
        with suppress(OrderCoreError):
            yield from self._placing(shop).needs(got)

    def answer(self, got: Loaded, shop: Shop) -> StockAnswer:
        """Tell for each line what it would get, or everything that is short.

        Raises:
            InvalidInput: A service is none of its lines.
            CurrencyMismatch: It is not in the currency of the shop's book.
            LimitExceeded: It is too large for stock.
        """
        task = self._placing(shop).task(got)
        return answered(shop.stock, evolve(task, place=self.place), got)

    def _placing(self, shop: Shop) -> Placing:
        """Ask just what placing would ask."""
        basket = self.basket
        if isinstance(basket, Cart):
            basket = recorded(price_in(basket, shop.book, Context(at=self.at), shop.tariff))
        command = PlaceOrder(
            key=_NOBODY,
            order_id=_NOBODY,
            number=_NOBODY,
            quote=basket,
            services=self.services,
            at=self.at,
        )
        return command.placing(shop)
