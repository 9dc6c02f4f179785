"""What type checkers must accept and infer of orders; never run, only checked."""

from datetime import UTC, datetime
from typing import assert_type

from ordercore import Cart, PromotionBook, price
from ordercore.events import Event, Noted, Recorded, replay
from ordercore.money import Money
from ordercore.orders import (
    DatedNumbers,
    InvoiceWish,
    NumberStrategy,
    Order,
    OrderDetails,
    ServiceWish,
    UnitsMoved,
    anonymise,
    apply,
    cancel,
    confirm,
    draft,
    move_units,
    place,
    rebuild,
)

AT = datetime(2026, 11, 11, tzinfo=UTC)

numbers: NumberStrategy = DatedNumbers("SO", digits=8)
assert_type(numbers.number(1, AT), str)

order, events = draft(
    price(Cart.of("CNY", [("shirt", "129.00", 2)]), PromotionBook("CNY", []), at=AT),
    id="o-1",
    number=numbers.number(1, AT),
    details=OrderDetails(invoice=InvoiceWish(title="x", kind="ordinary"), tags=["vip"]),
    services={"1": ServiceWish()},
    origin="replacement",
    parent="o-0",
    case="r-1",
)
assert_type(order, Order)
assert_type(events, tuple[Event, ...])
assert_type(order.payable, Money | None)

order, _ = place(order, by="customer")
order, _ = confirm(order, payment_policy_met={"paid": "CNY 0.00"})
order, _ = move_units(order, "ship", {"1": 1})
order, _ = cancel(order, "sold_out", {"1": 1})
assert_type(order, Order)

assert_type(rebuild(events), Order)
assert_type(apply(None, UnitsMoved("ship", [])), Order)
assert_type(anonymise(order), Order)
assert_type(anonymise(Noted("x")), Event)


def replayed(recorded: list[Recorded]) -> Order | None:
    """Replay recorded events from nothing on."""
    return replay(apply, None, recorded)
