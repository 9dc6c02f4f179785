"""Drafts that are kept: stored today, placed another day, at the price of that day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Never

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import instance, integer, member
from ordercore.errors import InvalidValue
from ordercore.events import MAX_SEQUENCE, Actor, Command
from ordercore.orders import ORDER, Order, OrderStep, Result, reprice
from ordercore.pricing import QuoteRecord
from ordercore.storage import Decision, Loaded, Readable
from ordercore.workflows.placing import (
    NewOrder,
    NewPrice,
    NotPlaced,
    Placed,
    Placing,
    check_new,
    new_price_of,
)
from ordercore.workflows.shop import OrderCommand, Shop, decided
from ordercore.workflows.stock import Happened
from ordercore.workflows.updating import Updated
from ordercore.workflows.use_case import Refusal

__all__ = ["DraftOrder", "PlaceDraft"]


@variant(Command, "draft_order")
@frozen(kw_only=True)
class DraftOrder(NewOrder[Updated, Never]):
    """Store what somebody may order later; fields as in `NewOrder`.

    Nothing is set aside for it, and promotions count no use.
    """

    def decide(self, got: Loaded, shop: Shop) -> Decision[Updated] | Refusal[Never]:
        """Store it as a draft.

        Raises:
            InvalidValue: There is an order of this id already.
        """
        check_new(got, self.order_id, "order_id")
        order, events = self.drafted(shop, self.quote)
        return decided(self, Updated.of(order), [Happened(self.order, 0, order, events)])


@variant(Command, "place_draft")
@frozen(kw_only=True)
class PlaceDraft(OrderCommand[Placed, NotPlaced]):
    """Place a draft that was stored, at the price that it has.

    It is as if it were placed by `PlaceOrder` at the price of record: priced anew, compared,
    and refused where the price is another by now.

    Args:
        base: The version of the draft that the customer saw; no other one is placed.
        new_price: What to do where the price is another by now.
    """

    base: int = field(validator=integer(least=1, most=MAX_SEQUENCE))
    new_price: NewPrice = field(
        default=NewPrice.REFUSE, converter=new_price_of, validator=member(NewPrice)
    )
    actor: Actor = field(default=Actor("customer"), validator=instance(Actor))

    def besides(self, got: Loaded, shop: Shop) -> Iterator[Readable]:
        """Ask for the counters of its promotions; once they are known, for what stock needs."""
        order = self.known(got)
        if order is not None:
            yield from self._placing(order, shop).needs(got)

    def decide(self, got: Loaded, shop: Shop) -> Decision[Placed] | Refusal[NotPlaced]:
        """Place it, or tell everything that stands in the way.

        Raises:
            NotFound: There is no such order.
            IllegalTransition: It is no draft any more.
            InvalidValue: The draft has no price yet.
            CurrencyMismatch: It is not in the currency of the shop's book.
            NotReproducible: This version prices otherwise what an older one had priced.
        """
        order = self.found(got)
        ORDER.needs(order.state, OrderStep.PLACE)  # an order that is no draft any more
        return self._placing(order, shop).decide(got)

    def _placing(self, order: Order, shop: Shop) -> Placing:
        if order.quote is None:
            raise InvalidValue("a draft that has a price", path=("quote",), reason="unpriced")

        def at_price(quote: QuoteRecord) -> Result:
            return reprice(order, quote) if quote != order.quote else (order, ())

        now = None if order.version == self.base else order.version
        return Placing(self, shop, order.quote, self.new_price, at_price, now)
