"""Forget who ordered: in an order, and in what has happened to it."""

from __future__ import annotations

from typing import overload

from attrs import evolve

from ordercore.data.checks import Named, instance
from ordercore.events import Event, Noted
from ordercore.orders.changes.proposal import ChangeProposed
from ordercore.orders.events import OrderChanged, OrderDrafted
from ordercore.orders.order import Order
from ordercore.orders.splitting.events import OrderMerged, OrderSplitOff

__all__ = ["anonymise"]


@overload
def anonymise(told: Order) -> Order: ...
@overload
def anonymise(told: Event) -> Event: ...
def anonymise(told: Order | Event) -> Order | Event:
    """Forget what says who somebody is or where they live; quantities and money stay.

    Ids, countries, regions, channel, tags and the price of record stay as well. What is
    anonymised event by event comes to the anonymised order.

    Args:
        told: An order, or an event of one or of a proposal to change one.

    Raises:
        InvalidType: It is neither.
    """
    instance(Order, Event)(None, Named("told"), told)
    if isinstance(told, Order):
        return told.anonymised()
    if isinstance(told, OrderDrafted | OrderSplitOff):
        return evolve(told, order=told.order.anonymised())
    if isinstance(told, OrderMerged):
        return OrderMerged(told.other.anonymised())
    if isinstance(told, ChangeProposed):
        return ChangeProposed(told.change.anonymised())
    if isinstance(told, OrderChanged):
        return evolve(told, edits=[edit.anonymised() for edit in told.edits])
    if isinstance(told, Noted):
        return evolve(told, text="•")
    return told
