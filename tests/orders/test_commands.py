"""Commands: what each does, in which states, on what terms, and that a refusal changes nothing."""

from __future__ import annotations

import inspect

import pytest
from attrs import evolve
from making import (
    ALL,
    AT,
    BOOK,
    CART,
    DETAILS,
    QUOTE,
    SERVICES,
    SITE,
    counters,
    drafted,
    in_state,
    moved,
)

import ordercore.orders
from ordercore import Cart, CartLine, QuoteRecord, dumps, loads, price
from ordercore.errors import (
    IllegalTransition,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    NotFound,
)
from ordercore.events import Actor, AggregateId, Event, Noted, Recorded, record, replay
from ordercore.lifecycle import Refused, TransitionRefused
from ordercore.orders import (
    ORDER,
    CancelledUnits,
    FulfilmentStatus,
    LineUnits,
    Move,
    OrderCancelled,
    OrderCompleted,
    OrderConfirmed,
    OrderDetails,
    OrderDrafted,
    OrderHeld,
    OrderPlaced,
    OrderPriced,
    OrderReleased,
    OrderState,
    OrderStep,
    ReturnStatus,
    ServiceWish,
    UnitsCancelled,
    UnitsMoved,
    apply,
    cancel,
    complete,
    confirm,
    guards_of,
    hold,
    move_units,
    note,
    place,
    rebuild,
    release,
    reprice,
)

DRAFT, PLACED, CONFIRMED, COMPLETED, CANCELLED = OrderState

STEPS = {
    "place": place,
    "confirm": lambda order: confirm(order, payment_policy_met=True),
    "cancel": lambda order: cancel(order, "changed_mind"),
    "complete": complete,
}


def unmet(call):
    with pytest.raises(TransitionRefused) as caught:
        call()
    return {each.guard: dict(each.details) for each in caught.value.refused.unmet}


# The machine


def test_states_steps_and_terms_are_those_agreed():
    rows = {(row.state, row.event): (row.target, row.guards, row.by) for row in ORDER.transitions}
    not_begun = ("nothing_shipped", "no_stage_started")
    assert rows == {
        (DRAFT, "place"): (PLACED, ("has_lines", "priced", "place_known"), ("customer",)),
        (PLACED, "confirm"): (CONFIRMED, ("no_holds", "payment_policy_met"), ("system", "staff")),
        (DRAFT, "cancel"): (CANCELLED, not_begun, ()),
        (PLACED, "cancel"): (CANCELLED, not_begun, ()),
        (CONFIRMED, "cancel"): (CANCELLED, not_begun, ()),
        (CONFIRMED, "complete"): (
            COMPLETED,
            ("nothing_open", "no_open_parcel", "services_accepted"),
            (),
        ),
    }
    assert ORDER.terminal == (COMPLETED, CANCELLED)


UNKNOWN = [
    (state, step) for state in OrderState for step in OrderStep if step not in ORDER.allowed(state)
]


@pytest.mark.parametrize(("state", "step"), UNKNOWN)
def test_a_step_that_the_state_knows_nothing_of_raises(state, step):
    order = in_state(state)
    before = dumps(order)
    with pytest.raises(IllegalTransition) as caught:
        STEPS[step](order)
    assert caught.value.allowed == ORDER.allowed(state)
    assert dumps(order) == before


def test_the_order_answers_every_guard_but_that_of_payment():
    assert set(ORDER.guards) - guards_of(drafted()).keys() == {"payment_policy_met"}


# Placing


def test_placing_is_the_customers():
    order, events = place(drafted(), by="customer")
    assert (order.state, order.version, events) == (PLACED, 2, (OrderPlaced(),))
    with pytest.raises(TransitionRefused) as caught:
        place(drafted(), by="staff")
    assert caught.value.refused.only_by == ("customer",)


NOWHERE = evolve(DETAILS, delivery=None)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (
            drafted(what=price(Cart("CNY", []), BOOK, at=AT), services={}),
            {"has_lines": {}},
        ),
        (drafted(what=CART), {"priced": {}}),
        (drafted(details=NOWHERE), {"place_known": {"1": "goods", "2": "goods"}}),
        (
            drafted(details=NOWHERE, services=dict.fromkeys("123", ServiceWish())),
            {"place_known": dict.fromkeys("123", "service")},
        ),
        (
            drafted(what=CART, details=OrderDetails(), services={}),
            {"priced": {}, "place_known": dict.fromkeys("123", "goods")},
        ),
    ],
)
def test_an_order_is_placed_with_lines_a_price_and_a_place(order, expected):
    assert unmet(lambda: place(order)) == expected


def test_a_service_may_be_done_where_goods_would_go_and_needs_no_delivery_with_a_site():
    at_home = dict.fromkeys("123", ServiceWish())
    at_site = dict.fromkeys("123", ServiceWish(site=SITE))
    assert place(drafted(services=at_home))[0].state is PLACED
    assert place(drafted(services=at_site, details=NOWHERE))[0].state is PLACED


def test_one_may_ask_beforehand_without_an_error():
    told = ORDER.check(DRAFT, OrderStep.PLACE, guards=guards_of(drafted(what=CART)))
    assert isinstance(told, Refused)
    assert [each.guard for each in told.unmet] == ["priced"]


# A price


def test_a_draft_takes_another_price_with_its_lines_and_keeps_its_services():
    cart = Cart(
        "CNY",
        [
            CartLine.of("3", CART.line("3").product, 2, "80.00", "CNY"),
            CartLine.of("4", "hat", 1, "9.00", "CNY"),
        ],
    )
    quote = price(cart, BOOK, at=AT)
    order, events = reprice(drafted(what=CART), quote)
    assert events == (OrderPriced(QuoteRecord.of(quote)),)
    assert order.payable == quote.payable
    assert [(each.id, each.quantities.ordered) for each in order.lines] == [("3", 2), ("4", 1)]
    assert order.line("3").service == SERVICES["3"]
    assert reprice(order, QuoteRecord.of(QUOTE))[0].lines[0].id == "1"


@pytest.mark.parametrize("state", [PLACED, CONFIRMED, COMPLETED, CANCELLED])
def test_only_a_draft_takes_another_price(state):
    with pytest.raises(InvalidValue) as caught:
        reprice(in_state(state), QUOTE)
    assert caught.value.reason == "wrong_state"


def test_a_draft_takes_no_price_in_another_currency():
    quote = price(Cart.of("USD", [("shirt", "1", 1)]), type(BOOK)("USD", []), at=AT)
    with pytest.raises(InvalidDocument):
        reprice(drafted(), quote)


# Confirming, and what is in its way


@pytest.mark.parametrize("by", ["system", "staff", None])
def test_an_order_is_confirmed_when_nothing_holds_it_and_it_is_paid_as_agreed(by):
    order, events = confirm(in_state(PLACED), payment_policy_met=True, by=by)
    assert (order.state, events) == (CONFIRMED, (OrderConfirmed(),))


def test_every_reason_against_confirming_is_told():
    order = hold(hold(in_state(PLACED), "fraud_check")[0], "address_check")[0]
    expected = {
        "no_holds": {"fraud_check": "held", "address_check": "held"},
        "payment_policy_met": {"paid": "0.00"},
    }
    assert unmet(lambda: confirm(order, payment_policy_met={"paid": "0.00"})) == expected


def test_a_customer_does_not_confirm():
    with pytest.raises(TransitionRefused):
        confirm(in_state(PLACED), payment_policy_met=True, by="customer")


def test_holds_are_reasons_and_each_is_released_by_itself():
    order, held = hold(in_state(PLACED), "fraud_check")
    order, _ = hold(order, "address_check")
    assert order.holds == ("address_check", "fraud_check")
    assert order.is_on_hold
    assert order.state is PLACED
    order, released = release(order, "fraud_check")
    assert order.holds == ("address_check",)
    assert (held, released) == ((OrderHeld("fraud_check"),), (OrderReleased("fraud_check"),))
    order, _ = release(order, "address_check")
    assert confirm(order, payment_policy_met=True)[0].state is CONFIRMED


def test_a_reason_holds_once_and_what_does_not_hold_is_not_released():
    order, _ = hold(in_state(PLACED), "fraud_check")
    with pytest.raises(InvalidValue) as caught:
        hold(order, "fraud_check")
    assert caught.value.reason == "duplicate_name"
    with pytest.raises(NotFound):
        release(order, "address_check")
    with pytest.raises(InvalidValue):
        hold(order, "")


@pytest.mark.parametrize("state", [COMPLETED, CANCELLED])
def test_an_order_that_is_over_is_neither_held_nor_released(state):
    for command in (hold, release):
        with pytest.raises(InvalidValue) as caught:
            command(in_state(state), "fraud_check")
        assert caught.value.reason == "wrong_state"


# Cancelling


@pytest.mark.parametrize("state", [DRAFT, PLACED, CONFIRMED])
def test_a_whole_order_is_cancelled_before_anything_is_shipped(state):
    order, events = cancel(in_state(state), "changed_mind")
    parts = tuple(CancelledUnits(name, units) for name, units in ALL.items())
    assert events == (OrderCancelled("changed_mind", parts),)
    assert order.state is CANCELLED
    assert counters(order, "1") == {"ordered": 3, "cancelled": 3}
    assert order.fulfilment_status is FulfilmentStatus.NONE


def test_cancelling_frees_allocations_and_ends_holds():
    order = hold(moved(in_state(PLACED), "allocate", units={"1": 2}), "fraud_check")[0]
    order, events = cancel(order, "fraud")
    assert events[0].units[0] == CancelledUnits("1", 3, freed=2)
    assert counters(order, "1") == {"ordered": 3, "cancelled": 3}
    assert order.holds == ()


def test_nothing_that_was_shipped_or_performed_is_cancelled():
    order = moved(in_state(CONFIRMED), "allocate", "ship", units={"1": 2, "3": 1})
    expected = {"nothing_shipped": {"1": "2"}, "no_stage_started": {"3": "1"}}
    assert unmet(lambda: cancel(order, "changed_mind")) == expected
    assert unmet(lambda: cancel(order, "changed_mind", ALL)) == expected


def test_what_has_arrived_is_not_cancelled_either():
    order = moved(in_state(CONFIRMED), "allocate", "ship", "deliver", units={"1": 2, "3": 1})
    expected = {"nothing_shipped": {"1": "2"}, "no_stage_started": {"3": "1"}}
    assert unmet(lambda: cancel(order, "changed_mind")) == expected


def test_open_units_are_cancelled_alone():
    order = moved(in_state(CONFIRMED), "allocate", units={"1": 3})
    order = moved(order, "ship", units={"1": 1})
    order, events = cancel(order, "sold_out", {"1": 1, "2": 1})
    parts = [CancelledUnits("1", 1, freed=1), CancelledUnits("2", 1)]
    assert events == (UnitsCancelled("sold_out", parts),)
    assert counters(order, "1") == {"ordered": 3, "cancelled": 1, "allocated": 1, "shipped": 1}
    assert counters(order, "2") == {"ordered": 1, "cancelled": 1}
    assert order.state is CONFIRMED


@pytest.mark.parametrize("state", [DRAFT, PLACED, CONFIRMED])
def test_an_order_of_which_all_units_are_cancelled_is_cancelled(state):
    assert cancel(in_state(state), "sold_out", ALL) == cancel(in_state(state), "sold_out")


def test_the_last_units_that_are_cancelled_end_the_order():
    order, _ = cancel(in_state(PLACED), "sold_out", {"1": 3})
    order, events = cancel(order, "sold_out", {"2": 1, "3": 1})
    assert order.state is CANCELLED
    assert events == (
        OrderCancelled("sold_out", [CancelledUnits("2", 1), CancelledUnits("3", 1)]),
    )


def test_some_units_of_a_draft_are_not_cancelled_but_priced_anew():
    with pytest.raises(InvalidValue) as caught:
        cancel(drafted(), "changed_mind", {"1": 1})
    assert caught.value.reason == "wrong_state"


@pytest.mark.parametrize("state", [COMPLETED, CANCELLED])
def test_no_units_of_an_order_that_is_over_are_cancelled(state):
    with pytest.raises(IllegalTransition):
        cancel(in_state(state), "changed_mind", {"1": 1})


@pytest.mark.parametrize(
    ("units", "faults"),
    [
        ({"1": 4}, [(("units", "1", "quantity"), "too_many_units")]),
        (
            {"1": 4, "2": 1, "9": 1},
            [(("units", "1", "quantity"), "too_many_units"), (("units", "9"), "not_found")],
        ),
        (
            {"1": 0, "2": True, 3: 1},
            [
                (("units", "1", "quantity"), "invalid_value"),
                (("units", "2", "quantity"), "invalid_type"),
                (("units", "3", "line"), "invalid_type"),
            ],
        ),
    ],
)
def test_units_that_are_not_there_are_refused_all_at_once_and_nothing_is_done(units, faults):
    order = moved(in_state(CONFIRMED), "allocate")
    before = dumps(order)
    for command in (
        lambda: cancel(order, "sold_out", units),
        lambda: move_units(order, "ship", units),
    ):
        with pytest.raises(InvalidDocument) as caught:
            command()
        assert [(fault.path, fault.reason) for fault in caught.value.faults] == faults
    assert dumps(order) == before


@pytest.mark.parametrize(("units", "kind"), [({}, InvalidValue), ([("1", 1)], InvalidType)])
def test_units_are_a_mapping_that_is_not_empty(units, kind):
    for command in (
        lambda: cancel(in_state(PLACED), "sold_out", units),
        lambda: move_units(in_state(PLACED), "allocate", units),
    ):
        with pytest.raises(kind) as caught:
            command()
        assert caught.value.path == ("units",)


# What others do with units

BEFORE = (PLACED, CONFIRMED)
AFTER = (CONFIRMED, COMPLETED)
MOVES_IN = {
    Move.ALLOCATE: BEFORE,
    Move.DEALLOCATE: BEFORE,
    Move.SHIP: (CONFIRMED,),
    Move.DELIVER: (CONFIRMED,),
    Move.LOSE: (CONFIRMED,),
    Move.REFUSE: (CONFIRMED,),
    Move.OPEN_RETURN: AFTER,
    Move.CLOSE_RETURN: AFTER,
    Move.RECEIVE_RETURN: AFTER,
    Move.RESTOCK: AFTER,
    Move.SCRAP: AFTER,
}


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", OrderState)
def test_a_move_is_made_in_its_states_and_in_no_other(state, move):
    with pytest.raises((InvalidValue, InvalidDocument)) as caught:
        move_units(in_state(state), move, {"1": 9})  # more than there are
    told = getattr(caught.value, "faults", (caught.value,))
    expected = "too_many_units" if state in MOVES_IN[move] else "wrong_state"
    assert [fault.reason for fault in told] == [expected]


def test_a_move_is_one_that_is_known():
    with pytest.raises(InvalidValue) as caught:
        move_units(in_state(PLACED), "teleport", {"1": 1})
    assert (caught.value.path, caught.value.reason) == (("move",), "unknown_choice")


def test_units_are_moved_of_several_lines_at_once():
    order, events = move_units(in_state(PLACED), "allocate", {"1": 2, "2": 1})
    assert events == (UnitsMoved(Move.ALLOCATE, [LineUnits("1", 2), LineUnits("2", 1)]),)
    assert counters(order, "1") == {"ordered": 3, "allocated": 2}
    assert counters(order, "2") == {"ordered": 1, "allocated": 1}
    assert counters(order, "3") == {"ordered": 1}


# Completing


def test_an_order_is_completed_when_all_has_arrived_or_never_will():
    order = moved(in_state(CONFIRMED), "allocate", "ship")
    order = moved(order, "deliver", units={"1": 1, "3": 1})
    order = moved(order, "lose", units={"1": 1, "2": 1})
    order = moved(order, "refuse", units={"1": 1})
    order, events = complete(hold(order, "survey")[0])
    assert (order.state, order.holds, events) == (COMPLETED, (), (OrderCompleted(),))
    assert order.fulfilment_status is FulfilmentStatus.DELIVERED


def test_every_reason_against_completing_is_told():
    order = moved(in_state(CONFIRMED), "allocate", "ship", units={"1": 2, "3": 1})
    expected = {
        "nothing_open": {"1": "1", "2": "1"},
        "no_open_parcel": {"1": "2"},
        "services_accepted": {"3": "1"},
    }
    assert unmet(lambda: complete(order)) == expected


def test_after_sales_goes_on_when_the_order_is_completed():
    order = moved(in_state(COMPLETED), "open_return", units={"1": 2})
    assert order.return_status is ReturnStatus.RETURNING
    order = moved(order, "receive_return", "restock", units={"1": 2})
    assert order.return_status is ReturnStatus.PARTIALLY_RETURNED
    assert order.fulfilment_status is FulfilmentStatus.DELIVERED
    assert order.state is COMPLETED


# Notes, and what has happened


@pytest.mark.parametrize("state", OrderState)
def test_a_remark_may_be_written_in_any_state_and_changes_nothing_else(state):
    before = in_state(state)
    order, events = note(before, "客户要求改期")
    assert events == (Noted("客户要求改期"),)
    assert order == evolve(before, version=before.version + 1)
    with pytest.raises(InvalidValue):
        note(before, "")


def told():
    """Tell one order from the draft to the return of a unit."""
    order, events = drafted(), [OrderDrafted(drafted())]
    for command in (
        lambda o: reprice(o, QUOTE),
        place,
        lambda o: hold(o, "fraud_check"),
        lambda o: release(o, "fraud_check"),
        lambda o: confirm(o, payment_policy_met=True),
        lambda o: cancel(o, "sold_out", {"2": 1}),
        lambda o: move_units(o, "allocate", {"1": 3, "3": 1}),
        lambda o: move_units(o, "ship", {"1": 3, "3": 1}),
        lambda o: move_units(o, "deliver", {"1": 3, "3": 1}),
        complete,
        lambda o: note(o, "thanks"),
        lambda o: move_units(o, "open_return", {"1": 1}),
    ):
        order, more = command(order)
        events += more
    return order, events


def test_replaying_what_has_happened_gives_the_same_order():
    order, events = told()
    assert rebuild(events) == order
    assert order.version == len(events)


def test_recorded_events_are_kept_as_json_and_replayed():
    order, events = told()
    recorded = record(
        events,
        aggregate=AggregateId("order", order.id),
        after=0,
        ids=[f"e-{n}" for n in range(len(events))],
        at=AT,
        actor=Actor("system"),
        cause="c-1",
    )
    kept = [loads(Recorded, dumps(each)) for each in recorded]
    assert replay(apply, None, kept) == order


class Foreign(Event):
    """An event of something else."""


@pytest.mark.parametrize(
    ("order", "event", "kind"),
    [
        (None, OrderPlaced(), InvalidValue),
        (in_state(PLACED), OrderDrafted(drafted()), InvalidType),
        (in_state(PLACED), Foreign(), InvalidType),
        (in_state(PLACED), None, InvalidType),
        (in_state(PLACED), OrderPlaced(), IllegalTransition),
        (in_state(PLACED), OrderCancelled("x"), InvalidDocument),
        (in_state(PLACED), OrderCancelled("x", [CancelledUnits("1", 3)]), InvalidDocument),
        (
            in_state(PLACED),
            UnitsCancelled("x", [CancelledUnits(*part) for part in ALL.items()]),
            InvalidDocument,
        ),
        (in_state(CONFIRMED), OrderCompleted(), InvalidDocument),
        (drafted(what=CART), OrderPlaced(), InvalidDocument),
    ],
)
def test_an_event_that_does_not_fit_is_refused(order, event, kind):
    before = dumps(order) if order else None
    with pytest.raises(kind):
        apply(order, event)
    assert before is None or dumps(order) == before


def test_nothing_is_rebuilt_of_nothing():
    with pytest.raises(InvalidValue):
        rebuild([])


@pytest.mark.parametrize("events", [None, 7, "events", {OrderPlaced()}])
def test_an_order_is_rebuilt_of_events_in_their_order(events):
    with pytest.raises(InvalidType):
        rebuild(events)


GIVEN = {
    "amount": "1",
    "base": 1,
    "charges": {},
    "edits": [],
    "move": "ship",
    "parts": None,
    "payment_policy_met": True,
    "recorded": [],
    "units": {"1": 1},
    "what": CART,
}
"""What is given beside the order; a text for all the rest."""
OF_AN_ORDER = {
    name: command
    for name, command in inspect.getmembers(ordercore.orders, inspect.isfunction)
    if next(iter(inspect.signature(command).parameters), None) in ("order", "change")
}


@pytest.mark.parametrize("nothing", [None, 7, QUOTE])
@pytest.mark.parametrize("name", sorted(OF_AN_ORDER.keys() - {"apply", "apply_change"}))
def test_a_command_of_an_order_is_given_one(name, nothing):
    _, *others = inspect.signature(OF_AN_ORDER[name]).parameters.values()
    given = {each.name: GIVEN.get(each.name, "x") for each in others if each.default is each.empty}
    with pytest.raises(InvalidType):
        OF_AN_ORDER[name](nothing, **given)


def test_the_commands_of_an_order_are_found():
    assert {"cancel", "split", "owed_refund", "capture_payment", "timeline"} <= {*OF_AN_ORDER}


@pytest.mark.parametrize("nothing", [7, QUOTE])
def test_an_event_follows_an_order_or_nothing(nothing):
    with pytest.raises(InvalidType):
        apply(nothing, OrderPlaced())


@pytest.mark.parametrize(
    "call",
    [
        lambda: OrderDrafted(in_state(PLACED)),
        lambda: OrderDrafted(evolve(drafted(), version=2)),
        lambda: OrderDrafted(evolve(drafted(), holds=["x"])),
        lambda: OrderDrafted(QUOTE),
        lambda: UnitsMoved("ship", []),
        lambda: UnitsCancelled("", [CancelledUnits("1", 1)]),
        lambda: CancelledUnits("1", 1, freed=-1),
    ],
)
def test_an_event_is_valid_at_birth(call):
    with pytest.raises(InvalidInput):
        call()
