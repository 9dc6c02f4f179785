"""Carry one order from information to completion, and tell what happens at each step.

    python examples/order_lifecycle.py
    python examples/order_lifecycle.py --locale zh_CN

Two lamps, and a visit to hang them up, are ordered under 满300减50 and paid; one lamp is
cancelled, and its money goes back. Each step is a use case, run on the store in memory. Below it
stand the events that it released, and how the order stands.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ordercore import Cart, Product, PromotionBook, Quote, Shopper, explain, price, recipes
from ordercore.calendars import Window
from ordercore.data import tag_of
from ordercore.errors import OrderCoreError
from ordercore.events import Actor
from ordercore.orders import DatedNumbers, Order, OrderDetails, ServiceWish, status_label
from ordercore.parties import Address, Contact, Customer
from ordercore.storage import Key, MemoryStore, Reply
from ordercore.workflows import (
    Act,
    AdvanceRefund,
    CancelOrder,
    Complete,
    Confirm,
    Hold,
    MoveUnits,
    PlaceOrder,
    RecordAuthorization,
    RecordCapture,
    RecordRefund,
    Release,
    RequestPayment,
    Shop,
    UpdateOrder,
    run,
)

Make = Callable[..., Any]
"""Makes a command of what all commands say: key, order_id, at, actor."""

BEGIN = datetime(2026, 6, 18, 2, tzinfo=UTC)
KEY = Key("order", "o-1")
CUSTOMER, STAFF, SYSTEM = Actor("customer", "c-77"), Actor("staff", "u-7"), Actor("system")

LAMP = Product("lamp", name="吊灯", specification={"colour": "黑", "diameter": "60 cm"})
VISIT = Product("setup", name="上门安装", unit="visit")
CART = Cart.of("CNY", [(LAMP, "299.00", 2), (VISIT, "80.00", 1)], shipping="12.00")
SHOP = Shop(book=PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")]))


def information() -> tuple[OrderDetails, ServiceWish]:
    """Collect what the business must know: who, where to, and when the visit shall be."""
    home = Address(country="CN", region="广东省", city="深圳", lines=["深南大道 1 号"])
    me = Contact("王小明", phone="+86 138 0013 8000")
    day = BEGIN + timedelta(days=3)
    details = OrderDetails(customer=Customer("c-77", me), contact=me, delivery=home, channel="app")
    return details, ServiceWish(appointment=Window(day, day + timedelta(hours=2)))


def doing(act: Act) -> Make:
    """Make a command of an act, once its key and time are known."""
    return partial(UpdateOrder, act=act)


def steps(quote: Quote) -> Iterator[tuple[str, Actor, Make]]:
    """List what is done, one after the other: in words, through whom, and the command."""
    details, visit = information()
    bought = {"quote": quote, "details": details, "services": {"2": visit}}
    captured = doing(RecordCapture(payment_id="p-1", reference="cap-1", amount=quote.payable))
    ask = RequestPayment(payment_id="p-1", amount=quote.payable, method="card")
    one_lamp = {"reason": "changed_mind", "units": {"1": 1}, "refund_id": "r-1"}
    number = DatedNumbers("SO").number(42, BEGIN)
    yield "place", CUSTOMER, partial(PlaceOrder, number=number, **bought)
    yield "hold", SYSTEM, doing(Hold("fraud_check"))
    yield "ask to pay", SYSTEM, doing(ask)
    yield "authorized, says the provider", SYSTEM, doing(RecordAuthorization(payment_id="p-1"))
    yield "captured, says the webhook", SYSTEM, captured
    yield "captured, says the browser", CUSTOMER, captured
    yield "confirm too early", STAFF, doing(Confirm())
    yield "release", STAFF, doing(Release("fraud_check"))
    yield "confirm", STAFF, doing(Confirm())
    yield "cancel one lamp", CUSTOMER, partial(CancelOrder, **one_lamp)
    yield "approve the refund", STAFF, doing(AdvanceRefund("r-1", "approve"))
    yield "submit the refund", SYSTEM, doing(AdvanceRefund("r-1", "submit"))
    yield "refunded, says the provider", SYSTEM, doing(RecordRefund(refund_id="r-1"))
    yield "allocate", STAFF, doing(MoveUnits("allocate", {"1": 1, "2": 1}))
    yield "ship the lamp", STAFF, doing(MoveUnits("ship", {"1": 1}))
    yield "deliver the lamp", SYSTEM, doing(MoveUnits("deliver", {"1": 1}))
    yield "perform the visit", STAFF, doing(MoveUnits("ship", {"2": 1}))
    yield "accept the visit", CUSTOMER, doing(MoveUnits("deliver", {"2": 1}))
    yield "complete", SYSTEM, doing(Complete())


def told(order: Order, locale: str) -> str:
    """Tell how an order stands: its state, what its units and its money come to."""
    statuses = (order.state, order.payment_status, order.fulfilment_status)
    words = ", ".join(status_label(status, locale) for status in statuses)
    money = order.balance
    return f"{words}; due {money.due}, paid {money.captured}, refunded {money.refunded}"


def life(locale: str) -> Iterator[str]:
    """Carry the order through its life; yield what is told of each step."""
    store = MemoryStore()
    quote = price(CART, SHOP.book, at=BEGIN, shopper=Shopper("c-77"))
    yield explain(quote, locale=locale).table()
    for i, (words, actor, make) in enumerate(steps(quote), 1):
        at = BEGIN + timedelta(hours=i)
        command = make(key=f"step-{i}", order_id=KEY.id, at=at, actor=actor)
        reply = run(SHOP.does(command), store)
        yield f"\n{i}. {words} ({actor.role})"
        if not isinstance(reply, Reply):
            yield f"   refused: {reply}"
        released = store.outbox().members
        yield from (f"   {each.sequence}: {tag_of(each.event)}" for each in released)
        store.acknowledge(each.id for each in released)
        yield f"   {told(store.read([KEY]).value(KEY, Order), locale)}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the example; return the exit status."""
    parser = argparse.ArgumentParser(description="Carry one order through its life.")
    parser.add_argument("--locale", default="en", help="zh_CN or en")
    try:
        print(*life(parser.parse_args(argv).locale), sep="\n")
    except OrderCoreError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
