"""Orders to begin a test with: goods and a service, drafted, placed, confirmed, completed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from ordercore import Cart, Product, PromotionBook, price, recipes
from ordercore.calendars import Window
from ordercore.orders import (
    InvoiceWish,
    OrderDetails,
    OrderState,
    ServiceWish,
    cancel,
    capture_payment,
    complete,
    confirm,
    draft,
    move_units,
    place,
    proposed_refund,
    request_payment,
    request_refund,
)
from ordercore.parties import Address, Contact, Customer

AT = datetime(2026, 11, 11, tzinfo=UTC)

SHIRT = Product("shirt", name="衬衫", specification={"size": "M", "colour": "白"})
SETUP = Product("setup", name="上门安装", unit="visit")

CART = Cart.of("CNY", [(SHIRT, "129.00", 3), ("scarf", "45.00", 1), (SETUP, "80.00", 1)])
BOOK = PromotionBook("CNY", [recipes.spend_and_save("summer", spend="300", save="50")])
QUOTE = price(CART, BOOK, at=AT)

HOME = Address(country="CN", region="广东省", city="深圳", lines=["秘密路 1 号"])
SITE = Address(country="CN", region="上海市", city="上海", lines=["秘密街 2 号"])

SERVICES = {
    "3": ServiceWish(
        site=SITE, appointment=Window(AT, AT + timedelta(hours=2)), note="秘密:门铃坏了"
    )
}
DETAILS = OrderDetails(
    customer=Customer("c-7", Contact("秘密人"), addresses=[HOME], attributes={"vip": "秘密"}),
    contact=Contact("秘密人", phone="+86 138 0013 8000", email="secret@example.org"),
    delivery=HOME,
    billing=SITE,
    channel="app",
    remarks="秘密:放门卫",
    invoice=InvoiceWish(title="秘密公司", kind="special", tax_id="SECRET1", email="s@secret.org"),
    tags=["vip", "rush", "vip"],
    attributes={"campaign": "秘密"},
)
ALL = {"1": 3, "2": 1, "3": 1}


def drafted(**but):
    given = {"id": "o-1", "number": "SO1", "details": DETAILS, "services": SERVICES, **but}
    return draft(given.pop("what", QUOTE), **given)[0]


@cache
def in_state(state):
    """Make an order in a state, by the shortest way there."""
    order = drafted()
    if state is OrderState.DRAFT:
        return order
    if state is OrderState.CANCELLED:
        return cancel(order, "changed_mind")[0]
    order = place(order, by="customer")[0]
    if state is OrderState.PLACED:
        return order
    order = confirm(order, payment_policy_met=True, by="staff")[0]
    if state is OrderState.CONFIRMED:
        return order
    return complete(moved(order, "allocate", "ship", "deliver"))[0]


def moved(order, *moves, units=ALL):
    """Make one move after the other with the same units."""
    for move in moves:
        order = move_units(order, move, units)[0]
    return order


def paid(order, amount=None, payment="p-1"):
    """Have an amount captured; None: all that is due and unpaid."""
    amount = order.balance.unpaid if amount is None else amount
    order = request_payment(order, amount, id=payment, method="card")[0]
    return capture_payment(order, payment, reference=f"{payment}-c")[0]


def refunded(order, units, refund="r-1", policy=None):
    """Request the refund that is proposed for units."""
    parts = proposed_refund(order, units, policy)
    return request_refund(order, parts, id=refund, reason="returned")[0]


def counters(order, line_id):
    """Read the counters of a line that are not 0."""
    ledger = order.line(line_id).quantities
    return {name: getattr(ledger, name) for name in ledger.__slots__ if getattr(ledger, name, 0)}
