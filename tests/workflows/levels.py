"""Stores with levels in them, and the keeper that answers for these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve, frozen
from casebook import AT, SHOP, check_orders, placing
from making import DETAILS

from ordercore import Cart, PromotionBook, price
from ordercore.data import variant
from ordercore.events import Actor, Command
from ordercore.orders import Order
from ordercore.stock import StockLevel, open_level
from ordercore.storage import Key, MemoryStore, Reply, Request
from ordercore.workflows import Happened, PlaceOrder, StockKeeper, level_key, run
from ordercore.workflows.shop import OrderCommand, decided

SITES = ("east", "west")
HOLD = timedelta(minutes=30)
KEEPER = StockKeeper(sites=SITES, hold_for=HOLD)
KEEPING = evolve(SHOP, stock=KEEPER)
PLAIN = evolve(KEEPING, book=PromotionBook("CNY", []))

Units = Mapping[tuple[str, str], int]
"""How many units there are, by sku and site."""

FULL: Units = {("shirt", "east"): 2, ("shirt", "west"): 28, ("scarf", "east"): 20} | {
    ("tea-sampler", "west"): 10
}


@variant(Reply, "test_opened")
@frozen
class Opened(Reply):
    pass


@variant(Command, "test_open_levels")
@frozen(kw_only=True)
class OpenLevels(OrderCommand):
    """Begin levels."""


def stocked(units: Units = FULL) -> MemoryStore:
    """Make a store with levels and nothing else."""
    store = MemoryStore()
    command = OpenLevels(key="open", order_id="-", at=AT, actor=Actor("staff"))
    told = []
    for (sku, site), count in units.items():
        level, events = open_level(sku=sku, site=site, on_hand=count)
        told.append(Happened(level_key(sku, site), 0, level, events))
    store.commit(Request.of(command, command.key), decided(command, Opened(), told))
    return store


def stocked_after(before: Iterable[Any]) -> MemoryStore:
    """Make a store with full levels, in which something has happened already."""
    store = stocked()
    for command in before:
        reply = run(KEEPING.does(command), store)
        request = Request.of(command, command.key, but=command.incidental)
        assert reply == store.reply(request)
    return store


def buying(number: int, units: int = 1, **but: Any) -> PlaceOrder:
    """Order shirts and nothing else."""
    quote = price(Cart.of("CNY", [("shirt", "99.00", units)]), PLAIN.book, at=AT)
    given = {"quote": quote, "services": {}, "details": DETAILS, **but}
    return placing(f"p-{number}", f"o-{number}", **given)


def values(store: MemoryStore, kind: str) -> list[Any]:
    return [found.value for key, found in store._kept.aggregates.items() if key.kind == kind]


def levels_of(store: MemoryStore, sku: str = "shirt") -> list[StockLevel]:
    return [level for level in values(store, "stock_level") if level.sku == sku]


def order_of(store: MemoryStore, order_id: str) -> Order:
    key = Key("order", order_id)
    return store.read([key]).value(key, Order)


# What must hold at any time


def check_levels(store: MemoryStore) -> None:
    """Hold levels to their events, and what is set aside to what orders have allocated.

    Whatever has expired is still allocated to its order, until that is confirmed or cancelled.
    """
    check_orders(store)
    aside, allocated = Counter(), Counter()
    for level in values(store, "stock_level"):
        assert level.on_hand >= 0
        assert level.kept <= level.on_hand
        for each in level.reservations:
            if not each.is_over and not (each.line or "").startswith("gift-"):
                aside[level.sku, each.holder, each.line] += each.outstanding
    for order in values(store, "order"):
        for line in order.lines:
            if not line.is_service:
                allocated[line.product.sku, order.id, line.id] += line.quantities.allocated
    assert +aside == +allocated
