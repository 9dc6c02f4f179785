"""What has happened and what was found, to be told; and one notice of each kind at least."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from attrs import evolve
from making import AT, BOOK, DETAILS, QUOTE, SERVICES, drafted, in_state, moved, paid

from ordercore import price
from ordercore.calendars import Window, WorkingHours, WorkingTime
from ordercore.events import Actor, AggregateId, record
from ordercore.notices import (
    FOR_CUSTOMERS,
    NoticeKind,
    NoticePolicy,
    notices_for,
    notices_of,
)
from ordercore.orders import (
    ChangeAddress,
    ChangeContact,
    ChangeRemarks,
    Move,
    OrderState,
    RemoveLine,
    approve_refund,
    cancel,
    cancel_change,
    cancel_refund,
    capture_payment,
    complete,
    confirm,
    confirm_change,
    decline_change,
    draft,
    fail_payment,
    fail_refund,
    hold,
    merge,
    move_units,
    note,
    owed_refund,
    place,
    preview_change,
    propose_change,
    release,
    replace_units,
    request_payment,
    request_refund,
    split,
    submit_refund,
    succeed_refund,
)
from ordercore.parties import Contact
from ordercore.stock import (
    BackordersCovered,
    BringForward,
    CoveredPromise,
    Incoming,
    IncomingCancelled,
    IncomingMoved,
    LatePromise,
    LateReservation,
    LostPromise,
    LowStock,
    OverdueReceipt,
    ProductionProposal,
    PromisesLate,
    PromisesLost,
    PurchaseProposal,
    ReorderPointReached,
    Reservation,
    Shortage,
    SiteUnits,
    SupplyKind,
    UnitsReleased,
)
from ordercore.stock.proposals import Cause
from ordercore.stock.resources import (
    Booking,
    BookingConflict,
    BookingEnd,
    BookingMade,
    ConflictReason,
    Lack,
    LackReason,
    Overload,
    Resource,
    ResourceChanged,
)

DAY = timedelta(days=1)
STAFF, CUSTOMER = Actor("staff", "u-7"), Actor("customer", "c-7")

EVERYBODY = NoticePolicy(
    routes={
        kind: ("staff", "customer") if kind in FOR_CUSTOMERS else ("staff",) for kind in NoticeKind
    }
)
"""All that may be told to somebody is told to them."""


def recorded(kind, name, events, after=0, actor=STAFF):
    return record(
        events,
        aggregate=AggregateId(kind, name),
        after=after,
        ids=[f"{name}-{after + n}" for n in range(len(events))],
        at=AT,
        actor=actor,
        cause="c-1",
    )


def did(order, command, actor=STAFF):
    """Run a command on an order: the next order, and what is recorded."""
    after, events = command(order)
    return after, recorded("order", order.id, events, order.version, actor)


def told(order, *commands, policy=EVERYBODY):
    """Run commands one after the other, and tell what the last of them did."""
    happened = ()
    for command in commands:
        order, happened = did(order, command)
    return notices_of(happened, order=order, policy=policy)


def kinds(notices):
    return [(each.kind.value, each.audience) for each in notices]


# Steps of an order


def confirming(order):
    return confirm(order, payment_policy_met=True)


def asking(order):
    return request_payment(order, order.balance.unpaid, id="p-1", method="card")


def moving(move, units=None):
    return lambda order: move_units(order, move, {"1": 1} if units is None else units)


def refunding(order):
    return request_refund(order, owed_refund(order), id="r-1", reason="sold_out")


def through(*steps):
    """Make one step of several; only what the last one did is told."""

    def run(order):
        events = ()
        for step in steps:
            order, events = step(order)
        return order, events

    return run


def changing(order):
    quote = lambda cart: price(cart, BOOK, at=AT)  # noqa: E731
    return preview_change(
        order,
        [
            RemoveLine("2"),
            ChangeRemarks("秘密"),
            ChangeContact(Contact("秘密人")),
            ChangeAddress(DETAILS.billing),
        ],
        quote,
    )


PLACED = place(drafted(), by="customer")[0]
ON_ITS_WAY = moved(in_state(OrderState.CONFIRMED), "allocate", "ship")
CANCELLED_PAID = cancel(paid(PLACED), "sold_out", {"2": 1})[0]
REFUNDING = through(
    refunding, lambda o: approve_refund(o, "r-1"), lambda o: submit_refund(o, "r-1")
)

LIVED = [
    (drafted(), place),
    (PLACED, confirming),
    (PLACED, lambda o: hold(o, "fraud")),
    (hold(PLACED, "fraud")[0], lambda o: release(o, "fraud")),
    (PLACED, lambda o: confirm_change(o, changing(o))),
    (paid(PLACED), lambda o: cancel(o, "sold_out")),
    (paid(PLACED), lambda o: cancel(o, "sold_out", {"2": 1})),
    (moved(in_state(OrderState.CONFIRMED), "allocate", "ship", "deliver"), complete),
    (moved(in_state(OrderState.CONFIRMED), "allocate"), moving(Move.SHIP, {"1": 1, "3": 1})),
    (ON_ITS_WAY, moving(Move.DELIVER, {"1": 1, "3": 1})),
    (ON_ITS_WAY, moving(Move.LOSE)),
    (ON_ITS_WAY, moving(Move.REFUSE)),
    (in_state(OrderState.COMPLETED), moving(Move.OPEN_RETURN)),
    (moved(in_state(OrderState.COMPLETED), "open_return"), moving(Move.CLOSE_RETURN)),
    (moved(in_state(OrderState.COMPLETED), "open_return"), moving(Move.RECEIVE_RETURN)),
    (
        in_state(OrderState.COMPLETED),
        lambda o: replace_units(o, {"1": 1}, QUOTE, case="k-1", id="o-2", number="SO2")[0],
    ),
    (PLACED, lambda o: split(o, {"1": 1}, id="o-2", number="SO2")[0]),
    (PLACED, asking),
    (
        asking(PLACED)[0],
        lambda o: capture_payment(o, "p-1", "400", reference="c-1"),
    ),
    (asking(PLACED)[0], lambda o: fail_payment(o, "p-1", "declined")),
    (CANCELLED_PAID, refunding),
    (REFUNDING(CANCELLED_PAID)[0], lambda o: succeed_refund(o, "r-1")),
    (REFUNDING(CANCELLED_PAID)[0], lambda o: fail_refund(o, "r-1", "timeout")),
    (refunding(CANCELLED_PAID)[0], lambda o: cancel_refund(o, "r-1")),
    (PLACED, lambda o: note(o, "秘密")),
]
"""Orders, and what is done with each."""

CAUSES = [Cause("shortage", 50, ("sofa",)), Cause("low_stock", 10, ("east",))]
RESERVED = Reservation(id="v-1", holder="o-1", line="1", quantity=3, at=AT, due=AT + DAY)
LOW = LowStock(sku="mug", site="east", position=7, point=8, order=23)
PURCHASE = PurchaseProposal(
    sku="cloth", units=60, needed_by=AT + 9 * DAY, order_by=AT + DAY, causes=CAUSES
)
SHORT = [
    Shortage(
        line="1",
        sku="shirt",
        wanted=3,
        available=1,
        reasons=["too_few", "later"],
        enough_from=AT + DAY,
        elsewhere=[SiteUnits("west", 4)],
    ),
    Shortage(line="2", sku="scarf", wanted=1, reasons=["of_our_own"]),
]


def overdue(kind):
    incoming = Incoming(id="po-7", kind=kind, quantity=6, expected_at=AT - DAY)
    return OverdueReceipt(sku="mug", site="east", incoming=incoming)


def sooner(kind):
    return BringForward(
        sku="frame", order="mo-3", kind=kind, units=2, expected_at=AT + 5 * DAY, needed_by=AT + DAY
    )


FOUND = [
    LOW,
    *map(overdue, SupplyKind),
    LateReservation(
        sku="shirt", site="east", reservation=RESERVED, short=2, enough_from=AT + 3 * DAY
    ),
    PURCHASE,
    ProductionProposal(
        sku="frame", units=4, start_by=AT - DAY, needed_by=AT, lead_time=DAY, causes=CAUSES
    ),
    *map(sooner, SupplyKind),
    *SHORT,
    Overload(
        requirement="3",
        lacks=(
            Lack(site="north", role="fitter", reason=LackReason.OVERLOADED, free_from=AT + DAY),
            Lack(site=None, role=None, reason=LackReason.NOT_TOGETHER),
        ),
        free_from=AT + DAY,
    ),
]
"""One finding or proposal of each kind."""

NO_TIMES = [
    Shortage(line="1", sku="clean", wanted=2, reasons=["too_late"], is_service=True),
    Shortage(line="2", sku="root", wanted=1, enough_from=AT + DAY, is_service=True),
    Shortage(line="3", sku="shirt", wanted=1, reasons=["not_sourced"]),
]
"""Services that cannot be had, and goods that are there and cannot be sent."""

STOCK_EVENTS = recorded(
    "stock_level",
    "east/mug",
    [
        IncomingMoved("po-7", AT + DAY),
        IncomingCancelled("po-7"),
        UnitsReleased("v-1", 2, "not_covered"),
        UnitsReleased("v-1", 1),
        BackordersCovered(["v-2", "v-3"]),
        ReorderPointReached("mug", "east", 2, 3, 8),
    ],
)

GONE = (
    LostPromise(reservation="v-5", holder="c-3", units=1),
    LostPromise(reservation="v-4", holder="o-1", line="2", units=1),
    LostPromise(reservation="v-2", holder="c-3", units=1),
    LostPromise(reservation="v-1", holder="o-1", line="1", units=2),
)
"""What an order, which may be known, and a basket have lost."""
LOST = recorded("stock_level", "east/mug", [PromisesLost("mug", "east", GONE)])

COVERED = BackordersCovered(
    ["v-1", "v-2"],
    sku="mug",
    site="east",
    covered=[
        CoveredPromise(reservation="v-1", holder="o-1", line="1", units=2),
        CoveredPromise(reservation="v-2", holder="c-3", units=1),
    ],
)
LATE = PromisesLate(
    sku="mug",
    site="east",
    late=[
        LatePromise(
            reservation="v-1",
            holder="o-1",
            line="1",
            units=3,
            short=2,
            due=AT,
            enough_from=AT + DAY,
        ),
        LatePromise(reservation="v-2", holder="c-3", units=1, short=1, due=AT),
    ],
)
"""What an order, which may be known, and a basket wait for."""
WAITED_FOR = (
    *recorded("stock_level", "east/mug", [COVERED, LATE]),
    *recorded("stock_level", "east/shirt", [evolve(e, sku="shirt") for e in (COVERED, LATE)]),
)

OPEN = WorkingTime(WorkingHours.of("Asia/Shanghai", {"MO-SU": "08:00-18:00"}))
FITTER = Resource(id="fitter-1", kind="person", site="north", hours=OPEN, name="秘密人")
VISIT = Booking(id="b-1", window=Window(AT, AT + DAY), purpose="3", holder="o-1")
HIT = [
    BookingConflict(booking=booking, reasons=list(ConflictReason))
    for booking in (
        VISIT,
        evolve(VISIT, id="b-2", holder="c-3", ended=BookingEnd.EXPIRED),
        evolve(VISIT, id="b-3", holder=None),
    )
]
AGENDA_EVENTS = recorded("agenda", "fitter-1", [BookingMade(VISIT), ResourceChanged(FITTER, HIT)])
"""A visit is booked; then whoever was to come cannot, for everybody."""


def changes():
    """Tell of a proposal of the shop's and one of the customer's, and how each ends."""
    change, proposed = propose_change(changing(PLACED), id="ch-1")
    events = [
        *recorded("order_change", "ch-1", proposed),
        *recorded(
            "order_change", "ch-2", propose_change(changing(PLACED), id="ch-2")[1], 0, CUSTOMER
        ),
        *recorded("order_change", "ch-1", decline_change(change, "no")[1], 1, CUSTOMER),
        *recorded("order_change", "ch-2", cancel_change(change, "stale")[1], 1),
    ]
    return notices_of(events, order=PLACED, policy=EVERYBODY)


def merged():
    one, two = (made[0] for made in split(PLACED, {"1": 1}, id="o-2", number="SO2"))
    (whole, events), _ = merge(one, two)
    happened = recorded("order", whole.id, events, one.version)
    return notices_of(happened, order=whole, policy=EVERYBODY)


@cache
def gallery():
    """Make at least one notice of each kind, for each voice that there is for it."""
    begun, events = draft(QUOTE, id="o-1", number="SO1", details=DETAILS, services=SERVICES)
    return (
        *notices_of(recorded("order", "o-1", events), order=begun, policy=EVERYBODY),
        *(notice for order, command in LIVED for notice in told(order, command)),
        *changes(),
        *merged(),
        *notices_of(STOCK_EVENTS, policy=EVERYBODY),
        *notices_of(LOST, order=PLACED, policy=EVERYBODY),
        *notices_of(WAITED_FOR, order=PLACED, policy=EVERYBODY),
        *notices_of(AGENDA_EVENTS, order=PLACED, policy=EVERYBODY),
        *notices_for(FOUND, at=AT, order=PLACED, policy=EVERYBODY),
        *notices_for(FOUND, at=AT, policy=EVERYBODY),
        *notices_for(NO_TIMES, at=AT, policy=EVERYBODY),
    )
