"""What type checkers must accept and infer of orders; never run, only checked."""

from datetime import UTC, datetime
from typing import assert_type

from ordercore import Cart, PromotionBook, price
from ordercore.events import Event, Noted, Recorded, replay
from ordercore.money import Money
from ordercore.orders import (
    ChangePreview,
    ChangeQuantity,
    DatedNumbers,
    InvoiceWish,
    NumberStrategy,
    Order,
    OrderChange,
    OrderDetails,
    RemoveLine,
    ServiceWish,
    UnitsMoved,
    anonymise,
    apply,
    cancel,
    confirm,
    confirm_change,
    confirm_proposed,
    draft,
    merge,
    move_units,
    place,
    preview_change,
    propose_change,
    rebuild,
    split,
    status_label,
    timeline,
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


preview = preview_change(order, [ChangeQuantity("1", 1), RemoveLine("2")], order.quote)
assert_type(preview, ChangePreview)
assert_type(preview.difference, Money | None)
changed, _ = confirm_change(order, preview)
assert_type(changed, Order)
change, _ = propose_change(preview, id="ch-1")
(changed, _), (change, _) = confirm_proposed(order, change, by="customer")
assert_type(change, OrderChange)

(one, _), (two, _) = split(order, {"1": 1}, id="o-2", number="2", allocated={"1": 1})
(one, happened), (two, _) = merge(one, two)
assert_type(happened, tuple[Event, ...])

told: tuple[str, ...] = timeline(order, [], changes=[change]).told("zh_CN", zone="Asia/Shanghai")
assert_type(status_label(order.fulfilment_status, "zh_CN"), str)
