"""How often and for how much promotions were used: counters of a store, read, added, given back.

Only what a promotion's limits ask for is counted, so that no order waits for the counters of
a promotion that anybody may use. What an order has counted, its price of record tells: the
limits that held then stand in it. Of an order that was split, each part has counted what it
bears: so a counter tells what living orders bear, and nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ordercore.cart import Cart, Context, Usage
from ordercore.money import Money
from ordercore.orders import Order, QuotePart
from ordercore.orders.quote_part import whole_part
from ordercore.pricing import QuoteRecord
from ordercore.promotions import Limits, PromotionBook
from ordercore.storage import Counter, CounterChange, Loaded

__all__ = [
    "added",
    "budget_of",
    "counted",
    "counters_of",
    "difference",
    "given_back",
    "usage_of",
    "used_up",
    "uses_of",
]


def uses_of(promotion: str, customer: str | None = None) -> Counter:
    """Tell what counts the orders that use a promotion: all of them, or a customer's.

    >>> print(uses_of("summer"), "|", uses_of("summer", "c-17"))
    uses summer | uses summer c-17
    """
    return Counter("uses", promotion, customer)


def budget_of(promotion: str) -> Counter:
    """Tell what counts the minor units that a promotion has taken off all orders.

    >>> print(budget_of("summer"))
    spent summer
    """
    return Counter("spent", promotion)


class _Limit(NamedTuple):
    """One limit of a promotion over several orders, and what counts against it."""

    counter: Counter
    most: int
    is_budget: bool


def _limits(book: PromotionBook, promotion: str, customer: str | None) -> Iterator[_Limit]:
    limits: Limits = book.plan(promotion).promotion.limits
    if limits.uses is not None:
        yield _Limit(uses_of(promotion), limits.uses, False)
    if limits.uses_per_customer is not None and customer is not None:
        yield _Limit(uses_of(promotion, customer), limits.uses_per_customer, False)
    if limits.budget is not None:
        most = Money.of(limits.budget, book.currency).minor
        yield _Limit(budget_of(promotion), most, True)


def _customer(context: Context) -> str | None:
    return None if context.shopper is None else context.shopper.id


def counters_of(book: PromotionBook, cart: Cart, context: Context) -> tuple[Counter, ...]:
    """List the counters that may decide on the price of a cart."""
    customer = _customer(context)
    return tuple(
        limit.counter
        for plan in book.candidates(cart, context)
        for limit in _limits(book, plan.promotion.id, customer)
    )


def usage_of(counters: Iterable[Counter], book: PromotionBook, got: Loaded) -> Usage:
    """Make the snapshot that a price asks for, of counters that were read."""
    uses: dict[str, int] = {}
    by_customer: dict[str, int] = {}
    spent: dict[str, Money] = {}
    for counter in counters:
        told = got.used(counter)
        if counter.kind == "spent":
            spent[counter.id] = Money(told, book.currency)
        else:
            (uses if counter.holder is None else by_customer)[counter.id] = told
    return Usage(uses, by_customer, spent)


def added(quote: QuoteRecord, part: QuotePart | None = None) -> dict[Counter, CounterChange]:
    """Tell what an order of this price has added to which counters, each with its limit.

    Args:
        quote: The price.
        part: What the order bears of it; None: all of it.
    """
    customer = _customer(quote.context)
    return {
        limit.counter: CounterChange(
            limit.counter,
            use.amount.minor if limit.is_budget else int(use.counts),
            most=limit.most,
        )
        for use in (part or whole_part(quote)).uses
        for limit in _limits(quote.book, use.promotion, customer)
    }


def counted(order: Order) -> dict[Counter, CounterChange]:
    """Tell what an order that was placed has added to which counters."""
    return {} if order.quote is None else added(order.quote, order.part)


def given_back(order: Order, got: Loaded) -> tuple[CounterChange, ...]:
    """Say what is taken back of the counters; never more than they tell."""
    back = [
        (each.counter, min(each.add, got.used(each.counter))) for each in counted(order).values()
    ]
    return tuple(CounterChange(counter, -count) for counter, count in back if count)


def difference(before: Order, after: Order, got: Loaded) -> tuple[CounterChange, ...]:
    """Say what is added and taken back where an order has another price than before."""
    was, now = counted(before), counted(after)
    found: list[CounterChange] = []
    for counter in {**was, **now}:
        add = _add(now, counter) - _add(was, counter)
        most = now[counter].most if counter in now else None
        found.append(CounterChange(counter, max(add, -got.used(counter)), most))
    return tuple(change for change in found if change.add)


def used_up(changes: Iterable[CounterChange], got: Loaded) -> tuple[Counter, ...]:
    """List the counters that cannot take what is to be added."""
    return tuple(each.counter for each in changes if not each.follows(got.used(each.counter)))


def _add(changes: dict[Counter, CounterChange], counter: Counter) -> int:
    return changes[counter].add if counter in changes else 0
