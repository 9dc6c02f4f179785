"""Every use case, with what must have happened before it: the table that the laws go through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from attrs import evolve, frozen
from making import ALL, CART, DETAILS, SERVICES, SHIRT, SITE
from shelves import Shelves, fill

from ordercore import Cart, CartLine, PromotionBook, Shopper, price, recipes
from ordercore.events import Actor, Recorded, replay
from ordercore.money import UnitPrice
from ordercore.orders import (
    AddLine,
    ChangeAddress,
    ChangeQuantity,
    Order,
    OrderPlaced,
    OrderSplitOff,
    OrderState,
    OverridePrice,
    RemoveLine,
    apply,
    apply_change,
    changed_cart,
)
from ordercore.orders.prices import borne
from ordercore.pricing import price_in
from ordercore.promotions import Limits
from ordercore.stock import apply as apply_to_level
from ordercore.stock.resources import apply as apply_to_agenda
from ordercore.storage import Key, MemoryStore, Request
from ordercore.workflows import (
    AdvanceRefund,
    CancelOrder,
    ChangeOrder,
    Complete,
    Confirm,
    DraftOrder,
    Hold,
    MergeOrders,
    MoveUnits,
    PlaceDraft,
    PlaceOrder,
    ProposeChange,
    RecordAuthorization,
    RecordCapture,
    RecordFailure,
    RecordRefund,
    RecordRefundFailure,
    Release,
    Remark,
    ReplaceUnits,
    RequestPayment,
    RequestRefund,
    SettleChange,
    Shop,
    SplitOrder,
    UpdateOrder,
    VoidPayment,
    run,
)

AT = datetime(2026, 11, 11, tzinfo=UTC)
STAFF = Actor("staff", "u-1")

BOOK = PromotionBook(
    "CNY",
    [
        recipes.amount_off(
            "welcome",
            "30",
            code="HI",
            limits=Limits(uses=100, uses_per_customer=1, budget="500"),
        ),
        recipes.gift_from("tea", "tea-sampler", spend="200", limits=Limits(uses=50)),
        recipes.percent_off("member", "5"),
    ],
)
SHOP = Shop(book=BOOK, stock=Shelves())
QUOTE = price(CART, BOOK, at=AT, shopper=Shopper("c-7"), codes="HI")
FREE = price(Cart.of("CNY", [(SHIRT, "0.00", 1)]), PromotionBook("CNY", []), at=AT)


def placing(key: str = "place", order_id: str = "o-1", **but: Any) -> PlaceOrder:
    given = {"number": "SO1", "quote": QUOTE, "details": DETAILS, "services": SERVICES, **but}
    return PlaceOrder(key=key, order_id=order_id, **{"at": AT, **given})


def drafting(key: str = "draft", order_id: str = "o-1", **but: Any) -> DraftOrder:
    given = {"number": "SO1", "quote": QUOTE, "details": DETAILS, "services": SERVICES, **but}
    return DraftOrder(key=key, order_id=order_id, at=AT, **given)


def placing_draft(key: str = "place-draft", **but: Any) -> PlaceDraft:
    return PlaceDraft(key=key, order_id="o-1", **{"at": AT, "base": 1, **but})


def replacing(key: str = "replace", **but: Any) -> ReplaceUnits:
    """Replace a shirt by another one, which costs nothing."""
    given = {"units": {"1": 1}, "new_id": "o-2", "number": "SO2", "quote": FREE, "case": "r-1"}
    return ReplaceUnits(key=key, order_id="o-1", at=AT, actor=STAFF, **{**given, **but})


def cancelling(key: str = "cancel", order_id: str = "o-1", **but: Any) -> CancelOrder:
    return CancelOrder(key=key, order_id=order_id, **{"at": AT, "reason": "changed_mind", **but})


def doing(key: str, act: Any, order_id: str = "o-1") -> UpdateOrder:
    return UpdateOrder(key=key, order_id=order_id, at=AT, act=act, actor=STAFF)


@frozen
class Case:
    """A use case, after what it needs to have happened.

    Args:
        name: What it is about.
        command: The use case.
        before: What happens before it, from an empty store with full shelves.
    """

    name: str
    command: Any
    before: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.name

    def store(self) -> MemoryStore:
        """Make the store in which it is about to happen."""
        return prepared(self.before)


DRAFTED = (drafting(),)
PLACED = (placing(),)
PLACED_TO_KEEP = placing(details=evolve(DETAILS, tags=["kept"]))
"""An order whose uses are kept when it is cancelled; its tag tells `check` so."""


def in_turn(*acts: Any) -> tuple[UpdateOrder, ...]:
    """Make the commands that do one thing after the other, under keys of their own."""
    return tuple(doing(f"a-{i}", act) for i, act in enumerate(acts))


ASKED = (*PLACED, *in_turn(RequestPayment(payment_id="p-1", amount=QUOTE.payable, method="card")))
"""Placed, and asked to pay."""
PAID = (*ASKED, doing("paid", RecordCapture(payment_id="p-1", reference="cap-1")))
CONFIRMED = (*PAID, doing("confirm", Confirm()))
SHIPPED = (*CONFIRMED, doing("ship", MoveUnits("ship", ALL)))
DELIVERED = (*SHIPPED, doing("deliver", MoveUnits("deliver", ALL)))
OWED = (*PAID, cancelling(units={"1": 1}, refund_id="r-1"))
"""Paid, of which a unit is cancelled and asked to be refunded."""
APPROVED = (*OWED, doing("approve", AdvanceRefund("r-1", "approve")))
SUBMITTED = (*APPROVED, doing("submit", AdvanceRefund("r-1", "submit")))
FAILED = (*SUBMITTED, doing("failed", RecordRefundFailure(refund_id="r-1", reason="timeout")))
BACK = (
    *DELIVERED,
    doing("back-1", MoveUnits("open_return", {"1": 1})),
    doing("back-2", MoveUnits("receive_return", {"1": 1})),
)

FIRST_CASES = (
    Case("placing", placing()),
    Case("placing at a new price", placing("p-2", "o-2", new_price="accept"), PLACED),
    Case("drafting", drafting()),
    Case("placing a draft", placing_draft(), DRAFTED),
    Case(
        "placing a draft at a new price",
        placing_draft(base=2, new_price="accept"),
        (*DRAFTED, doing("r", Remark("think it over")), placing("p-2", "o-2")),
    ),
    Case("cancelling a draft", cancelling(), DRAFTED),
    Case("cancelling a draft beside an order", cancelling(), (*DRAFTED, placing("p-2", "o-2"))),
    Case("replacing what came back", replacing(), BACK),
    Case(
        "replacing what was cancelled",
        replacing(units={"1": 2, "2": 1}),
        (*PAID, cancelling(units={"1": 2, "2": 1})),
    ),
    Case("cancelling what replaces others", cancelling(order_id="o-2"), (*BACK, replacing())),
    Case("cancelling an order", cancelling(), PLACED),
    Case("cancelling some units", cancelling(units={"1": 2, "2": 1}), PLACED),
    Case("cancelling and keeping its uses", cancelling(give_back=False), (PLACED_TO_KEEP,)),
    Case("cancelling what is paid", cancelling(), PAID),
    Case("cancelling and asking for the refund", cancelling(refund_id="r-1"), CONFIRMED),
    Case("holding", doing("hold", Hold("fraud_check")), PLACED),
    Case("releasing", doing("free", Release("stock")), (*PLACED, doing("h", Hold("stock")))),
    Case("a remark", doing("remark", Remark("called twice")), PLACED),
    Case("confirming", doing("confirm", Confirm()), PAID),
    Case("giving an allocation free", doing("move", MoveUnits("deallocate", {"1": 1})), PLACED),
    Case(
        "allocating",
        doing("move", MoveUnits("allocate", {"1": 1})),
        (*PLACED, doing("free", MoveUnits("deallocate", {"1": 2}))),
    ),
    Case("shipping", doing("ship", MoveUnits("ship", {"1": 2, "3": 1})), CONFIRMED),
    Case("delivering", doing("deliver", MoveUnits("deliver", ALL)), SHIPPED),
    Case("completing", doing("complete", Complete()), DELIVERED),
    Case("restocking", doing("restock", MoveUnits("restock", {"1": 1})), BACK),
    Case(
        "asking to pay",
        doing("ask", RequestPayment(payment_id="p-1", amount=QUOTE.payable, method="card")),
        PLACED,
    ),
    Case("an authorization", doing("a", RecordAuthorization(payment_id="p-1")), ASKED),
    Case("a capture", doing("c", RecordCapture(payment_id="p-1", reference="cap-1")), ASKED),
    Case("a failure", doing("f", RecordFailure(payment_id="p-1", reason="declined")), ASKED),
    Case("voiding", doing("v", VoidPayment(payment_id="p-1")), ASKED),
    Case(
        "asking for a refund",
        doing("r", RequestRefund(refund_id="r-1", reason="sold_out")),
        (*PAID, cancelling(units={"1": 1})),
    ),
    Case("approving a refund", doing("approve", AdvanceRefund("r-1", "approve")), OWED),
    Case("cancelling a refund", doing("give-up", AdvanceRefund("r-1", "cancel")), OWED),
    Case("submitting a refund", doing("submit", AdvanceRefund("r-1", "submit")), APPROVED),
    Case("a refund", doing("done", RecordRefund(refund_id="r-1", reference="b-1")), SUBMITTED),
    Case(
        "a refund that failed",
        doing("no", RecordRefundFailure(refund_id="r-1", reason="timeout")),
        SUBMITTED,
    ),
    Case("retrying a refund", doing("retry", AdvanceRefund("r-1", "retry")), FAILED),
)


# Changes, of the version that placing leaves


def edited(*edits: Any, base: int = 3, order: Order | None = None) -> dict[str, Any]:
    """Preview edits as a host does: give what a command says of them."""
    before = AS_PLACED if order is None else order
    priced = any(edit.is_priced for edit in edits)
    cart = changed_cart(before, edits)
    quote = price_in(cart, BOOK, before.quote.context) if priced else None
    return {"base": base, "edits": edits, "quote": quote}


def changing(key: str = "change", order_id: str = "o-1", **said: Any) -> ChangeOrder:
    return ChangeOrder(key=key, order_id=order_id, at=AT, actor=STAFF, **said)


def proposing(key: str = "propose", change_id: str = "ch-1", **said: Any) -> ProposeChange:
    return ProposeChange(key=key, order_id="o-1", change_id=change_id, at=AT, actor=STAFF, **said)


def settling(step: str, reason: str | None = None, key: str = "settle") -> SettleChange:
    return SettleChange(
        key=key, order_id="o-1", change_id="ch-1", at=AT, actor=STAFF, step=step, reason=reason
    )


def splitting(units: dict[str, int], key: str = "split", **but: Any) -> SplitOrder:
    given = {"new_id": "o-2", "number": "SO2", **but}
    return SplitOrder(key=key, order_id="o-1", at=AT, actor=STAFF, units=units, **given)


def merging(key: str = "merge", order_id: str = "o-1", other_id: str = "o-2") -> MergeOrders:
    return MergeOrders(key=key, order_id=order_id, other_id=other_id, at=AT, actor=STAFF)


def later_table() -> tuple[Case, ...]:
    fewer_and_more = edited(
        ChangeQuantity("1", 1),
        RemoveLine("2"),
        AddLine(CartLine("4", SHIRT, 2, unit_price=UnitPrice.of("99.00", "CNY"))),
    )
    elsewhere = edited(ChangeAddress(SITE))
    proposed = (*PLACED, proposing(**fewer_and_more))
    split_off = (*PLACED, splitting({"1": 2, "3": 1}))
    return (
        Case("changing lines", changing(**fewer_and_more), PLACED),
        Case("changing the address", changing(**elsewhere), PLACED),
        Case(
            "losing a promotion by a change",
            changing(**edited(OverridePrice("1", UnitPrice.of("9", "CNY"), "error"))),
            PLACED,
        ),
        Case("proposing a change", proposing(**fewer_and_more), PLACED),
        Case("confirming a proposal", settling("confirm"), proposed),
        Case("declining a proposal", settling("decline", "too_dear"), proposed),
        Case("withdrawing a proposal", settling("cancel", "sold_out"), proposed),
        Case("splitting", splitting({"1": 2, "3": 1}), PLACED),
        Case("merging", merging(), split_off),
        Case("merging the other way round", merging("merge", "o-2", "o-1"), split_off),
        Case("cancelling a part", cancelling(order_id="o-2"), split_off),
        Case("cancelling the part with the uses", cancelling(), split_off),
    )


# Stores to compare


def shelved() -> MemoryStore:
    """Make a store with full shelves and nothing else."""
    store = MemoryStore()
    fill(store, AT, **{"shirt": 30, "scarf": 20, "tea-sampler": 10})
    return store


def prepared(before: Iterable[Any]) -> MemoryStore:
    store = shelved()
    for command in before:
        reply = run(SHOP.does(command), store)
        assert reply == store.reply(request_of(command))
    return store


def request_of(command: Any) -> Request:
    return Request.of(command, command.key, but=command.incidental)


def copied(store: MemoryStore) -> MemoryStore:
    """Make another store of the same contents; what they hold is frozen."""
    other = MemoryStore()
    for name in ("aggregates", "used", "replies", "outbox", "places"):
        getattr(other._kept, name).update(getattr(store._kept, name))
    other._kept.ids |= {kind: [*ids] for kind, ids in store._kept.ids.items()}
    other._kept.last_place = store._kept.last_place
    return other


def everything(store: MemoryStore) -> tuple[Any, ...]:
    """Read all that a store holds: values with versions, counters, replies, the outbox."""
    kept = store._kept
    return dict(kept.aggregates), dict(kept.used), dict(kept.replies), [*kept.outbox.values()]


# What must hold at any time


def check(store: MemoryStore) -> None:
    """Hold each aggregate to its events, orders to their laws, shelves and counters to orders."""
    orders, kept = check_orders(store), store._kept
    shelves = [found for key, found in kept.aggregates.items() if key.kind == "test_shelf"]
    aside = Counter()
    for found in shelves:
        aside.update({(found.key.id, name): n for name, n in found.value.reserved.items()})
    goods, gifts = goods_of(orders), gifts_of(orders)
    assert {each: n for each, n in aside.items() if each[0] != "tea-sampler"} == goods
    assert sum(n for (sku, _), n in aside.items() if sku == "tea-sampler") == gifts


def check_orders(store: MemoryStore) -> list[Order]:
    """Hold each aggregate to its events, orders to their laws, counters to orders."""
    kept = store._kept
    for found in kept.aggregates.values():
        told = told_of(store, found.key)
        assert [each.sequence for each in told] == [*range(1, found.version + 1)]
        if found.key.kind in APPLY:
            assert replay(APPLY[found.key.kind], None, told) == found.value
    orders = [found.value for key, found in kept.aggregates.items() if key.kind == "order"]
    for order in orders:
        order.check()
    assert counted_by(store, orders) == {str(key): told for key, told in kept.used.items() if told}
    return orders


APPLY: dict[str, Any] = {
    "order": apply,
    "order_change": apply_change,
    "stock_level": apply_to_level,
    "agenda": apply_to_agenda,
}


def told_of(store: MemoryStore, key: Key) -> list[Recorded]:
    """List the events of one aggregate."""
    return [each for each in store._kept.outbox.values() if each.aggregate == key]


def goods_of(orders: Iterable[Order]) -> dict[tuple[str, str], int]:
    """Tell what must be set aside for whom: what the lines of goods have allocated."""
    found: Counter[tuple[str, str]] = Counter()
    for order in orders:
        for line in order.lines:
            if not line.is_service:
                found[line.product.sku, order.id] += line.quantities.allocated
    return {each: units for each, units in found.items() if units}


def gifts_of(orders: Iterable[Order]) -> int:
    """Tell how many gifts must be set aside: those that orders bear which go on."""
    going_on = (OrderState.PLACED, OrderState.CONFIRMED)
    alive = [order for order in orders if order.state in going_on]
    return sum(gift.quantity for order in alive for gift in borne(order).gifts)


def counted_by(store: MemoryStore, orders: Iterable[Order]) -> dict[str, int]:
    """Tell what counters must say: the uses that orders bear which give none back."""
    found: Counter[str] = Counter()
    for order in orders:
        keeps = order.state is not OrderState.CANCELLED or "kept" in order.details.tags
        if was_placed(store, order) and keeps:
            for use in borne(order).uses:
                for name in {"welcome": WELCOME, "tea": ("uses tea",)}.get(use.promotion, ()):
                    found[name] += use.amount.minor if name.startswith("spent") else use.counts
    return {name: told for name, told in found.items() if told}


def was_placed(store: MemoryStore, order: Order) -> bool:
    """Whether it has left the state of a draft otherwise than by being cancelled."""
    told = told_of(store, Key("order", order.id))
    return any(isinstance(each.event, OrderPlaced | OrderSplitOff) for each in told)


WELCOME = ("uses welcome", "uses welcome c-7", "spent welcome")


def placed_order() -> Order:
    key = Key("order", "o-1")
    return prepared(PLACED).read([key]).value(key, Order)


AS_PLACED = placed_order()
"""The order that placing makes."""

CASES = (*FIRST_CASES, *later_table())
"""Every use case."""
