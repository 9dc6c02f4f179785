"""Refunds of an order: their life, their ceilings, and what is proposed.

That ceilings hold after any commands, and that a full return gives back just what was captured,
are properties; see `properties`.
"""

from __future__ import annotations

import pytest
from attrs import evolve
from making import AT, DETAILS, drafted, in_state, moved, paid, refunded

from ordercore import Cart, Money, PromotionBook, dumps, loads, price, recipes
from ordercore.cart import Fee
from ordercore.errors import (
    CurrencyMismatch,
    IllegalTransition,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    NotFound,
    NotReproducible,
)
from ordercore.lifecycle import Refused, TransitionRefused
from ordercore.orders import (
    REFUND,
    LineUnits,
    Order,
    OrderState,
    Override,
    PaymentStatus,
    QuotedUnits,
    Refund,
    RefundApproved,
    RefundCancelled,
    RefundFailed,
    RefundLine,
    RefundParts,
    RefundRequested,
    RefundRetried,
    RefundState,
    RefundStep,
    RefundSubmitted,
    RefundSucceeded,
    RemoveLine,
    UnitsReplaced,
    anonymise,
    apply,
    approve_refund,
    cancel,
    cancel_refund,
    capture_payment,
    confirm,
    confirm_change,
    draft,
    fail_refund,
    owed_refund,
    place,
    preview_change,
    proposed_refund,
    refund_ceilings,
    refund_guards,
    request_payment,
    request_refund,
    retry_refund,
    submit_refund,
    succeed_refund,
)
from ordercore.pricing import RecordedAmount, ReversalOptions
from ordercore.promotions import Gift, Promotion, Sku
from ordercore.tariffs import Tariff, Taxes, TaxRate

REQUESTED, APPROVED, SUBMITTED, SUCCEEDED, FAILED, CANCELLED = RefundState


def yuan(text):
    return Money.of(text, "CNY")


CART = Cart(
    "CNY",
    Cart.of("CNY", [("A", "200.00", 1), ("B", "100.00", 1)]).lines,
    yuan("8"),
    fees=[Fee("wrapping", yuan("2"))],
)
QUOTE = price(
    CART, PromotionBook("CNY", [recipes.spend_and_save("s", spend="300", save="50")]), at=AT
)
"""A 166.67, B 83.33, shipping 8.00, wrapping 2.00: 260.00."""


def confirmed(quote=QUOTE):
    order = place(draft(quote, id="o-1", number="1", details=DETAILS)[0])[0]
    return confirm(order, payment_policy_met=True)[0]


def delivered(quote=QUOTE, order=None):
    order = paid(confirmed(quote)) if order is None else order
    units = {line.id: line.quantities.open for line in order.lines if line.quantities.open}
    return moved(order, "allocate", "ship", "deliver", units=units)


def requested(order, parts, refund="r-1", **more):
    return request_refund(order, parts, id=refund, reason="returned", **more)[0]


def goodwill(amount, line="1", **counts):
    counts = counts or {"waived": 1}
    return RefundParts(lines=[RefundLine(line=line, amount=yuan(amount), **counts)])


COMMANDS = {
    "approve": approve_refund,
    "submit": submit_refund,
    "succeed": succeed_refund,
    "fail": lambda order, name: fail_refund(order, name, "timeout"),
    "retry": retry_refund,
    "cancel": cancel_refund,
}


def taken(order, *steps, refund="r-1"):
    for step in steps:
        order = COMMANDS[step](order, refund)[0]
    return order


def faults_of(call):
    with pytest.raises(InvalidDocument) as caught:
        call()
    return [(fault.path, fault.reason) for fault in caught.value.faults]


ONE = refunded(delivered(), {"2": 1})

# The life of a refund


def test_states_steps_and_terms_are_those_agreed():
    rows = {(row.state, row.event): (row.target, row.guards) for row in REFUND.transitions}
    fits = ("within_ceilings",)
    assert rows == {
        (REQUESTED, "approve"): (APPROVED, fits),
        (APPROVED, "submit"): (SUBMITTED, ()),
        (SUBMITTED, "succeed"): (SUCCEEDED, ()),
        (SUBMITTED, "fail"): (FAILED, ()),
        (FAILED, "retry"): (SUBMITTED, fits),
        (FAILED, "succeed"): (SUCCEEDED, fits),
        (REQUESTED, "cancel"): (CANCELLED, ()),
        (APPROVED, "cancel"): (CANCELLED, ()),
        (FAILED, "cancel"): (CANCELLED, ()),
    }
    assert REFUND.terminal == (SUCCEEDED, CANCELLED)


WAYS = {
    REQUESTED: (),
    APPROVED: ("approve",),
    SUBMITTED: ("approve", "submit"),
    SUCCEEDED: ("approve", "submit", "succeed"),
    FAILED: ("approve", "submit", "fail"),
    CANCELLED: ("cancel",),
}


@pytest.mark.parametrize("step", RefundStep)
@pytest.mark.parametrize("state", RefundState)
def test_a_step_leads_where_the_machine_says_or_is_refused(state, step):
    order = taken(ONE, *WAYS[state])
    before = dumps(order)
    if step in REFUND.allowed(state):
        now, events = COMMANDS[step](order, "r-1")
        target = REFUND.fire(state, step, guards={"within_ceilings": True})
        assert now.refunds[0].state is target
        assert len(events) == 1
    else:
        with pytest.raises(IllegalTransition) as caught:
            COMMANDS[step](order, "r-1")
        assert caught.value.machine == "refund"
    assert dumps(order) == before


@pytest.mark.parametrize(("state", "units"), [(s, s not in (FAILED, CANCELLED)) for s in WAYS])
def test_units_count_as_refunded_while_the_refund_may_still_succeed(state, units):
    order = taken(ONE, *WAYS[state])
    assert order.line("2").quantities.refunded == units
    assert order.refunds[0].is_live == units
    assert order.balance.refunded == yuan("83.33" if state is SUCCEEDED else "0")


def test_a_retry_counts_again_under_the_same_key():
    parts = proposed_refund(delivered(), {"2": 1})
    order = requested(delivered(), parts, key="k-7")
    order = taken(order, *WAYS[FAILED], "retry")
    (refund,) = order.refunds
    assert (refund.key, refund.state) == ("k-7", SUBMITTED)
    assert order.line("2").quantities.refunded == 1
    assert taken(order, "succeed").payment_status is PaymentStatus.PARTIALLY_REFUNDED


@pytest.mark.parametrize("step", ["retry", "succeed"])
def test_what_failed_must_fit_again(step):
    order = taken(ONE, *WAYS[FAILED])
    order = refunded(order, {"1": 1, "2": 1}, "r-2")
    before = dumps(order)
    with pytest.raises(TransitionRefused) as caught:
        COMMANDS[step](order, "r-1")
    (unmet,) = caught.value.refused.unmet
    assert unmet.guard == "within_ceilings"
    assert dict(unmet.details) == {
        "parts.amount": "at most CNY 0.00",
        "parts.lines.2": "at most CNY 0.00",
        "parts.payments.p-1": "at most CNY 0.00",
        "parts.lines.2.units": "at most 0",
    }
    assert dumps(order) == before
    assert isinstance(REFUND.check(FAILED, step, guards=refund_guards(order, "r-1")), Refused)
    order = taken(order, "cancel", refund="r-2")
    assert COMMANDS[step](order, "r-1")[0].line("2").quantities.refunded == 1


def test_the_provider_may_say_late_that_it_succeeded():
    order = succeed_refund(taken(ONE, *WAYS[FAILED]), "r-1", reference="prov-9")[0]
    assert (order.refunds[0].state, order.refunds[0].reference) == (SUCCEEDED, "prov-9")
    assert order.line("2").quantities.refunded == 1


def test_the_events_of_a_refund_are_the_order():
    order, kinds = ONE, []
    for step in ("approve", "submit", "fail", "retry", "fail", "cancel"):
        now, (event,) = COMMANDS[step](order, "r-1")
        assert apply(order, event) == now
        kinds.append(type(event))
        order = now
    assert kinds == [
        RefundApproved,
        RefundSubmitted,
        RefundFailed,
        RefundRetried,
        RefundFailed,
        RefundCancelled,
    ]
    assert loads(Order, dumps(order)) == order
    (event,) = succeed_refund(taken(ONE, "approve", "submit"), "r-1", reference="x")[1]
    assert event == RefundSucceeded("r-1", "x")


def test_an_unknown_refund_is_not_found():
    for command in COMMANDS.values():
        with pytest.raises(NotFound) as caught:
            command(ONE, "r-9")
        assert caught.value.path == ("refund_id",)


def test_an_event_of_a_refund_is_of_a_new_one():
    with pytest.raises(InvalidValue):
        RefundRequested(taken(ONE, "approve").refunds[0])


# Ceilings


def test_every_ceiling_that_is_broken_is_told_with_its_room():
    order = requested(ONE, goodwill("10"), "r-2")
    parts = RefundParts(
        lines=[
            RefundLine(line="1", amount=yuan("156.68"), units=2),
            RefundLine(line="2", amount=yuan("0.01")),
            RefundLine(line="9", amount=yuan("1")),
        ],
        shipping=yuan("8.01"),
        fees={"wrapping": yuan("2.01"), "box": yuan("1")},
        tax=yuan("1"),
        rounding=yuan("1"),
        overpaid=yuan("1"),
        payments={"p-1": yuan("170.72"), "p-2": yuan("0.99")},
    )
    before = dumps(order)
    with pytest.raises(InvalidDocument) as caught:
        requested(order, parts, "r-3")
    told = {fault.path[1:]: (fault.reason, fault.expected) for fault in caught.value.faults}
    over = "over_ceiling"
    assert told == {
        ("amount",): (over, "at most CNY 166.67"),
        ("lines", "1"): (over, "at most CNY 156.67"),
        ("lines", "2"): (over, "at most CNY 0.00"),
        ("lines", "9"): ("not_found", "an id among the order's lines"),
        ("shipping",): (over, "at most CNY 8.00"),
        ("fees", "wrapping"): (over, "at most CNY 2.00"),
        ("fees", "box"): ("not_found", "an id among the order's fees"),
        ("tax",): (over, "at most CNY 0.00"),
        ("rounding",): (over, "at most CNY 0.00"),
        ("overpaid",): (over, "at most CNY 0.00"),
        ("payments", "p-1"): (over, "at most CNY 166.67"),
        ("payments", "p-2"): ("not_found", "an id among the order's payments"),
        ("lines", "1", "units"): ("too_many_units", "at most 1"),
    }
    assert dumps(order) == before


def test_an_event_that_goes_beyond_ceilings_is_refused_as_the_command_is():
    for parts, part in (
        (RefundParts(overpaid=yuan("1"), payments={"p-1": yuan("1")}), "overpaid"),
        (RefundParts(shipping=yuan("9"), payments={"p-1": yuan("9")}), "shipping"),
    ):
        refund = Refund(id="r-9", reason="x", parts=parts)
        assert faults_of(lambda refund=refund: apply(delivered(), RefundRequested(refund))) == [
            (("parts", part), "over_ceiling")
        ]
    order = refunded(taken(ONE, *WAYS[FAILED]), {"1": 1, "2": 1}, "r-2")
    places = [path for path, _ in faults_of(lambda: apply(order, RefundRetried("r-1")))]
    assert ("parts", "lines", "2") in places


@pytest.mark.parametrize(
    ("settled", "cancelled", "waived", "room"),
    [(0, 0, 1, "30"), (1, 0, 1, "30"), (1, 0, 2, "60"), (1, 1, 1, "60"), (3, 0, 3, "90")],
)
def test_waived_units_are_counted_among_those_that_are_kept(settled, cancelled, waived, room):
    quote = price(Cart.of("CNY", [("A", "30", 3)]), PromotionBook("CNY", []), at=AT)
    order = paid(confirmed(quote))
    if settled:
        order = moved(order, "allocate", "ship", "deliver", units={"1": settled})
    if cancelled:
        order = cancel(order, "sold_out", {"1": cancelled})[0]
    requested(order, goodwill(room, waived=waived))
    with pytest.raises(InvalidDocument, match=f"at most CNY {room}.00"):
        requested(order, goodwill(f"{room}.01", waived=waived))


def test_refunds_under_way_may_waive_units_in_any_numbers():
    quote = price(Cart.of("CNY", [("A", "1.00", 1_000_000)]), PromotionBook("CNY", []), at=AT)
    order = paid(confirmed(quote), "1000000")
    for k in range(13):  # any number of units up to the sum may be lost with some of them
        order = requested(order, goodwill(f"{2**k}", waived=2**k), f"r-{k}")
    left = 1_000_000 - (2**13 - 1)
    with pytest.raises(InvalidDocument, match="at most"):  # too many outcomes to tell apart
        requested(order, goodwill(f"{left}", waived=left), "r-x")
    for k in range(13):
        order = taken(order, "approve", "submit", "succeed", refund=f"r-{k}")
    with pytest.raises(InvalidDocument, match=f"at most CNY {left}.00"):
        requested(order, goodwill(f"{left}.01", waived=left), "r-x")
    order = requested(order, goodwill(f"{left}", waived=left), "r-x")
    assert order.balance.refunding + order.balance.refunded == quote.payable


def test_ceilings_and_their_room_can_be_read():
    told = {(str(each.component), each.id): each for each in refund_ceilings(ONE)}
    assert {key: str(each.most.decimal) for key, each in told.items()} == {
        ("order", ""): "260.00",
        ("payments", "p-1"): "260.00",
        ("lines", "1"): "166.67",
        ("lines", "2"): "83.33",
        ("shipping", ""): "8.00",
        ("fees", "wrapping"): "2.00",
        ("tax", ""): "0.00",
        ("rounding", ""): "0.00",
        ("overpaid", ""): "0.00",
    }
    assert told["lines", "2"].room.is_zero
    assert told["order", ""].room == yuan("176.67")


def test_nothing_goes_back_for_units_that_are_still_on_their_way():
    order = moved(paid(confirmed()), "allocate", "ship", units={"1": 1, "2": 1})
    assert faults_of(lambda: requested(order, goodwill("1", units=1))) == [
        (("parts", "lines", "1"), "over_ceiling"),
        (("parts", "lines", "1", "units"), "too_many_units"),
    ]
    assert faults_of(lambda: requested(order, goodwill("1", units=0))) == [
        (("parts", "lines", "1"), "over_ceiling")
    ]
    waived = requested(order, goodwill("1"))
    assert waived.line("1").quantities.refunded == 0


@pytest.mark.parametrize("move", ["deliver", "lose", "refuse"])
def test_units_are_refunded_when_they_arrived_or_never_will(move):
    order = moved(paid(confirmed()), "allocate", "ship", move, units={"1": 1, "2": 1})
    assert refunded(order, {"1": 1}).refunds[0].amount == yuan("166.67")


def test_shipping_goes_back_once():
    order = requested(delivered(), RefundParts(shipping=yuan("8")))
    assert faults_of(lambda: requested(order, RefundParts(shipping=yuan("0.01")), "r-2")) == [
        (("parts", "shipping"), "over_ceiling")
    ]
    rest = proposed_refund(order, {"1": 1, "2": 1})
    assert (rest.shipping, rest.amount) == (None, yuan("252"))
    order = taken(order, "cancel")
    assert proposed_refund(order, {"1": 1, "2": 1}).shipping == yuan("8")


def test_a_payment_gives_back_what_it_brought_and_the_newest_first():
    order = confirmed()
    for name, amount in (("p-1", "60"), ("p-2", "150"), ("p-3", "50")):
        order = paid(order, amount, payment=name)
    order = delivered(order=order)
    first = refunded(order, {"1": 1})
    told = [(each.id, str(each.amount)) for each in first.refunds[0].parts.payments]
    assert told == [("p-3", "CNY 50.00"), ("p-2", "CNY 116.67")]
    last = refunded(first, {"2": 1}, "r-2")
    told = [(each.id, str(each.amount)) for each in last.refunds[1].parts.payments]
    assert told == [("p-2", "CNY 33.33"), ("p-1", "CNY 60.00")]
    more = evolve(goodwill("1"), payments={"p-3": yuan("1")})
    assert faults_of(lambda: requested(first, more, "r-2")) == [
        (("parts", "lines", "1"), "over_ceiling"),
        (("parts", "payments", "p-3"), "over_ceiling"),
    ]


def test_a_refund_of_what_was_not_paid_is_refused():
    order = delivered(order=confirmed())
    assert faults_of(lambda: requested(order, goodwill("1"))) == [
        (("parts", "amount"), "over_ceiling")
    ]


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (lambda: RefundParts(shipping=Money.of("1", "USD")), CurrencyMismatch),
        (lambda: RefundParts(shipping=yuan("1"), tax=Money.of("1", "USD")), CurrencyMismatch),
    ],
)
def test_a_refund_is_in_the_currency_of_the_order(part, kind):
    with pytest.raises(InvalidDocument) as caught:
        requested(delivered(), part())
    assert [type(fault) for fault in caught.value.faults] == [kind]


def test_a_draft_has_no_refunds():
    with pytest.raises(InvalidDocument):
        requested(drafted(), RefundParts(shipping=yuan("1")))
    refund = Refund(id="r", reason="x", parts=goodwill("0"))
    with pytest.raises(InvalidValue) as caught:
        apply(drafted(), RefundRequested(refund))
    assert caught.value.reason == "wrong_state"


def test_the_id_and_the_key_of_a_refund_are_used_once():
    parts = RefundParts(shipping=yuan("1"))
    order = requested(delivered(), parts, key="k")
    assert faults_of(lambda: requested(order, parts, "r-1", key="k")) == [
        (("refunds", 1, "id"), "duplicate_id"),
        (("refunds", 1, "key"), "duplicate_id"),
    ]


def test_the_counter_of_refunded_units_is_what_refunds_say():
    line = ONE.line("1")
    more = evolve(line, quantities=evolve(line.quantities, refunded=1))
    lines = [more, ONE.line("2")]
    assert faults_of(lambda: evolve(ONE, lines=lines)) == [
        (("lines", 0, "quantities", "refunded"), "broken_ledger")
    ]


def test_a_refund_made_past_the_constructors_is_found_by_the_check():
    order = loads(Order, dumps(ONE))
    object.__setattr__(order.refunds[0].parts.lines[0], "amount", yuan("500"))
    with pytest.raises(InvalidDocument) as caught:
        order.check()
    assert caught.value.faults[0].path[:3] == ("refunds", 0, "parts")
    order = loads(Order, dumps(ONE))
    object.__setattr__(order.payments[0].captures[0], "amount", yuan("5"))
    object.__setattr__(order.payments[0], "authorized", yuan("5"))
    assert faults_of(order.check) == [
        (("refunds", "amount"), "over_ceiling"),
        (("refunds", "payments", "p-1"), "over_ceiling"),
    ]


# Of what it is made


@pytest.mark.parametrize(
    ("make", "places"),
    [
        (RefundParts, [()]),
        (lambda: RefundParts(shipping=yuan("-1")), [("shipping",)]),
        (lambda: RefundParts(charges={"c": yuan("0")}), [("charges", 0, "amount")]),
        (
            lambda: RefundParts(shipping=yuan("1"), charges={"c": yuan("-1.01")}),
            [("charges",)],
        ),
        (
            lambda: RefundParts(shipping=yuan("1"), payments={"p": yuan("0.99")}),
            [("payments",)],
        ),
        (
            lambda: RefundParts(
                lines=[RefundLine(line="1", amount=yuan("1"))] * 2,
                fees=[RecordedAmount("f", yuan("1"))] * 2,
            ),
            [("lines", 1, "line"), ("fees", 1, "id")],
        ),
        (lambda: RefundLine(line="1", amount=yuan("-1"), units=1), [("amount",)]),
        (lambda: RefundLine(line="1", amount=yuan("0")), [("amount",)]),
        (
            lambda: RefundLine(line="1", amount=yuan("1"), units=1, cancelled=2, replaced=2),
            [("cancelled",), ("replaced",)],
        ),
        (lambda: Refund(id="r", reason="x", parts=goodwill("1")), [("parts", "payments")]),
        (
            lambda: Refund(id="r", reason="x", parts=goodwill("0", units=1, replaced=1)),
            [("override",)],
        ),
    ],
)
def test_parts_are_valid_at_birth_and_sum_exactly(make, places):
    assert [path for path, _ in faults_of(make)] == places


@pytest.mark.parametrize(
    "make",
    [
        lambda: RefundParts(shipping="1"),
        lambda: RefundParts(shipping=1.5),
        lambda: RefundParts(lines=["1"]),
        lambda: RefundParts(charges={"": yuan("-1")}),
        lambda: RefundLine(line="1", amount=1),
        lambda: RefundLine(line="1", amount=yuan("1"), units=-1),
        lambda: RefundLine(line="1", amount=yuan("1"), waived=True),
        lambda: Override("", "x"),
        lambda: requested(delivered(), "all of it"),
    ],
)
def test_what_is_no_part_is_refused(make):
    with pytest.raises(InvalidInput):
        make()


# Refunded or replaced


def replaced(order, units=1):
    return apply(order, UnitsReplaced("a-1", "o-2", [LineUnits("2", units)]))


def test_a_unit_is_refunded_or_replaced():
    order = replaced(delivered())
    with pytest.raises(InvalidDocument, match="at most 0: units that may be refunded"):
        proposed_refund(order, {"2": 1})
    assert faults_of(lambda: requested(order, goodwill("83.33", "2", units=1))) == [
        (("parts", "lines", "2", "units"), "too_many_units")
    ]
    with pytest.raises(InvalidDocument):
        replaced(ONE)


def test_unless_somebody_says_so_and_why():
    order = replaced(delivered())
    parts = proposed_refund(order, {"2": 1}, even_replaced=True)
    assert (parts.amount, parts.lines[0].replaced) == (yuan("83.33"), 1)
    assert faults_of(lambda: requested(order, parts)) == [(("override",), "fields_disagree")]
    done = requested(order, parts, override=Override("u-7", "vip"))
    assert done.refunds[0].override == Override("u-7", "vip")
    ledger = done.line("2").quantities
    assert (ledger.refunded, ledger.replaced) == (1, 0)
    ledger = taken(done, "cancel").line("2").quantities
    assert (ledger.refunded, ledger.replaced) == (0, 1)


# What is proposed


def test_a_proposal_is_what_pricing_says_for_the_units():
    order = delivered()
    parts = proposed_refund(order, {"2": 1})
    assert parts == RefundParts(
        lines=[RefundLine(line="2", amount=yuan("83.33"), units=1)],
        payments={"p-1": yuan("83.33")},
        reckoned=yuan("83.33"),
        options=ReversalOptions(),
    )
    order = requested(order, parts)
    last = proposed_refund(order, {"1": 1})
    assert (last.amount, last.shipping) == (yuan("176.67"), yuan("8"))
    assert last.fees == (RecordedAmount("wrapping", yuan("2")),)


@pytest.mark.parametrize(
    ("first", "last", "amounts"),
    [("1", "2", ["150.00", "110.00"]), ("2", "1", ["50.00", "210.00"])],
)
def test_repricing_gives_back_what_was_paid_less_what_the_rest_costs(first, last, amounts):
    order = refunded(delivered(), {first: 1}, policy="reprice")
    order = refunded(order, {last: 1}, "r-2")  # by the same policy unless told otherwise
    assert [str(each.amount.decimal) for each in order.refunds] == amounts
    assert order.balance.refunding == yuan("260")


def test_repricing_knows_of_every_return_before():
    """Of 6 shirts at 70, 50 off from 300: the second one back costs the other four the 50."""
    offers = PromotionBook("CNY", [recipes.spend_and_save("s", spend="300", save="50")])
    order = delivered(price(Cart.of("CNY", [("A", "70.00", 6)]), offers, at=AT))
    for number in range(1, 7):
        order = refunded(order, {"1": 1}, f"r-{number}", policy="reprice")
    amounts = [str(each.amount.decimal) for each in order.refunds]
    assert amounts == ["70.00", "20.00", "70.00", "70.00", "70.00", "70.00"]
    assert order.balance.refunding == order.payable


def test_what_is_kept_and_costs_less_is_waived():
    quote = price(
        Cart.of("CNY", [("A", "100", 1), ("B", "10", 1), ("C", "1", 1)]),
        PromotionBook("CNY", [recipes.spend_and_save("s", spend="101", save="50")]),
        at=AT,
    )
    order = cancel(paid(confirmed(quote)), "sold_out", {"2": 1})[0]
    parts = owed_refund(order, "reprice")
    told = [(each.line, str(each.amount.decimal), each.units, each.waived) for each in parts.lines]
    assert told == [("1", "4.45", 0, 1), ("2", "5.50", 1, 0), ("3", "0.05", 0, 1)]
    assert parts.amount == yuan("10")
    order = cancel(requested(order, parts), "changed_mind")[0]
    assert owed_refund(order).amount == yuan("51")


def test_one_set_of_choices_is_for_all_refunds_of_an_order():
    never = ReversalOptions(shipping="never")
    order = refunded(delivered(), {"2": 1}, policy=never)
    for policy in (None, never):
        parts = proposed_refund(order, {"1": 1}, policy)
        assert (parts.amount, parts.shipping) == (yuan("168.67"), None)
    for policy, others in (
        ("keep_shares", ["shipping"]),
        ("reprice", ["policy", "shipping"]),
        (ReversalOptions(fees="never", shipping="never"), ["fees"]),
    ):
        found = faults_of(lambda policy=policy: proposed_refund(order, {"1": 1}, policy))
        assert found == [((other,), "fields_disagree") for other in others]
    failed = taken(order, "cancel")
    assert proposed_refund(failed, {"1": 1}, "reprice").amount == yuan("150")


SOLD_TOGETHER = price(
    Cart.of("CNY", [("A", "30", 1), ("B", "30", 1)]),
    PromotionBook("CNY", [recipes.bundle_price("both", [(Sku("A"), 1), (Sku("B"), 1)], "50")]),
    at=AT,
)


def test_sets_that_belong_together_are_not_parted():
    order = delivered(SOLD_TOGETHER)
    with pytest.raises(InvalidDocument) as caught:
        proposed_refund(order, {"1": 1}, "forbid_partial")
    (fault,) = caught.value.faults
    assert (fault.path, fault.reason) == (("units",), "parted_set")
    assert proposed_refund(order, {"1": 1, "2": 1}, "forbid_partial").amount == yuan("50")


def test_tax_on_top_follows_lines_and_charges():
    quote = price(
        CART,
        PromotionBook("CNY", []),
        at=AT,
        tariff=Tariff("CNY", taxes=Taxes([TaxRate("vat", "10")], included=False)),
    )
    order = refunded(delivered(quote), {"1": 1})
    assert order.refunds[0].amount == yuan("220")
    last = proposed_refund(order, {"2": 1})
    assert (last.lines[0].amount, last.tax) == (yuan("110"), yuan("1"))
    assert order.balance.refunding + last.amount == quote.payable


@pytest.mark.parametrize(
    ("never", "tax"), [("fees", "0.80"), ("shipping", "0.20"), (None, "1.00")]
)
def test_of_the_tax_on_charges_that_goes_back_which_is_on_those_that_do(never, tax):
    vat = Tariff("CNY", taxes=Taxes([TaxRate("vat", "10")], included=False))
    order = paid(confirmed(price(CART, PromotionBook("CNY", []), at=AT, tariff=vat)))
    options = ReversalOptions(**{} if never is None else {never: "never"})
    assert owed_refund(cancel(order, "sold_out")[0], options).tax == yuan(tax)


def test_charges_are_kept_back_as_far_as_there_is_something():
    order = delivered()
    parts = proposed_refund(order, {"2": 1}, charges={"return_shipping": "-12"})
    assert parts.amount == yuan("71.33")
    assert parts.charges == (RecordedAmount("return_shipping", yuan("-12")),)
    parts = proposed_refund(order, {"2": 1}, charges={"a": "-80", "b": "-80", "c": "-1"})
    assert [str(each.amount.decimal) for each in parts.charges] == ["-80.00", "-3.33"]
    assert parts.amount.is_zero
    order = requested(order, parts)
    assert order.line("2").quantities.refunded == 1
    assert proposed_refund(order, {"1": 1}).amount == yuan("176.67")  # not given back later


@pytest.mark.parametrize(
    ("charge", "kind"),
    [("5", InvalidValue), ("0", InvalidValue), (-5, InvalidType), ("x", InvalidValue)],
)
def test_a_charge_is_an_amount_below_zero(charge, kind):
    with pytest.raises(kind) as caught:
        proposed_refund(delivered(), {"2": 1}, charges={"c": charge})
    assert caught.value.path == ("charges", "c")
    with pytest.raises(InvalidType) as caught:
        proposed_refund(delivered(), {"2": 1}, charges=charge)
    assert caught.value.path == ("charges",)


@pytest.mark.parametrize(
    ("units", "faults"),
    [
        ({"2": 2}, [(("units", "2", "quantity"), "too_many_units")]),
        ({"2": 0}, [(("units", "2", "quantity"), "invalid_value")]),
        (
            {"1": True, "9": 1, 2: 1},
            [
                (("units", "1", "quantity"), "invalid_type"),
                (("units", "9"), "not_found"),
                (("units", "2"), "not_found"),
            ],
        ),
    ],
)
def test_units_that_cannot_be_refunded_are_told_at_once(units, faults):
    assert faults_of(lambda: proposed_refund(delivered(), units)) == faults


@pytest.mark.parametrize(("units", "kind"), [({}, InvalidValue), ([("1", 1)], InvalidType)])
def test_units_are_a_mapping_that_is_not_empty(units, kind):
    with pytest.raises(kind) as caught:
        proposed_refund(delivered(), units)
    assert caught.value.path == ("units",)


@pytest.mark.parametrize(("units", "cancelled"), [(1, 0), (2, 0), (3, 1), (4, 2)])
def test_units_are_taken_for_those_that_arrived_as_long_as_there_are_such(units, cancelled):
    quote = price(Cart.of("CNY", [("A", "10.00", 4)]), PromotionBook("CNY", []), at=AT)
    order = cancel(paid(confirmed(quote)), "sold_out", {"1": 2})[0]
    (line,) = proposed_refund(delivered(order=order), {"1": units}).lines
    assert (line.units, line.cancelled) == (units, cancelled)


def test_an_order_without_a_price_has_nothing_to_propose():
    order = cancel(drafted(what=CART, services={}), "x")[0]
    with pytest.raises(InvalidValue) as caught:
        proposed_refund(order, {"1": 1})
    assert caught.value.reason == "unpriced"


def test_a_price_that_comes_out_otherwise_is_refunded_by_shares_alone():
    order = delivered()
    told = proposed_refund(order, {"1": 1})
    order = evolve(order, quote=evolve(order.quote, points_earned=7))
    for policy in ("reprice", "forbid_partial"):
        with pytest.raises(NotReproducible):
            proposed_refund(order, {"1": 1}, policy)
    assert proposed_refund(order, {"1": 1}) == told


def test_goodwill_leaves_the_price_of_other_units_alone():
    quote = price(Cart.of("CNY", [("A", "30", 3)]), PromotionBook("CNY", []), at=AT)
    order = requested(delivered(quote), goodwill("10"))
    order = refunded(order, {"1": 1}, "r-2")
    assert order.refunds[1].amount == yuan("30")
    assert proposed_refund(order, {"1": 2}).amount == yuan("50")


def test_less_than_proposed_stays_less():
    order = delivered()
    parts = proposed_refund(order, {"2": 1})
    (line,) = parts.lines
    less = evolve(parts, lines=[evolve(line, amount=yuan("50"))], payments=())
    order = requested(order, less)
    assert proposed_refund(order, {"1": 1}).amount == yuan("176.67")


def test_a_refund_made_by_hand_is_reckoned_at_the_shares_of_its_units():
    order = requested(delivered(), goodwill("50", "2", units=1))
    assert order.refunds[0].parts.reckoned == yuan("83.33")
    assert proposed_refund(order, {"1": 1}).amount == yuan("176.67")


def test_a_failed_refund_leaves_no_minor_unit_behind():
    quote = price(
        Cart.of("CNY", [("A", "0.10", 1), ("A", "0.10", 2)]),
        PromotionBook("CNY", [recipes.amount_off("o", "0.10")]),
        at=AT,
    )
    order = delivered(quote)
    order = refunded(order, {"2": 1}, "r-1")
    order = refunded(order, {"2": 1}, "r-2")
    order = taken(order, "cancel", refund="r-1")
    order = refunded(order, {"1": 1, "2": 1}, "r-3")
    assert order.balance.refunding == quote.payable


# Refunds under way, of which one may fail after others have succeeded


def ends_as(order, name, end):
    """End a refund that is under way, by hand or as the provider says."""
    steps = ("cancel",) if end == "cancel" else ("approve", "submit", end)
    return taken(order, *steps, refund=name)


def repriced_twice():
    """Cancel B, then C: each time the kept units of A cost less, and some money goes back."""
    cart = Cart.of("CNY", [("A", "10.00", 2), ("B", "20.00", 1), ("C", "5.00", 1)])
    book = PromotionBook("CNY", [recipes.spend_and_save("s", spend="20", save="5")])
    order = paid(confirmed(price(cart, book, at=AT)))
    for name, line in (("r-1", "2"), ("r-2", "3")):
        order = cancel(order, "sold_out", {line: 1})[0]
        order = requested(order, owed_refund(order, "reprice"), name)
    return order


@pytest.mark.parametrize("end", ["fail", "cancel"])
def test_a_refund_can_end_whatever_others_gave_back_meanwhile(end):
    order = taken(repriced_twice(), *WAYS[SUCCEEDED], refund="r-2")
    order = ends_as(order, "r-1", end)
    assert order.balance.refunding.is_zero
    assert all(each.given <= each.most for each in refund_ceilings(order))
    last = requested(order, owed_refund(order, "reprice"), "r-3")
    assert all(each.given <= each.most for each in refund_ceilings(last))


def test_a_proposal_waives_itself_what_another_refund_may_take_with_it():
    first, second = (each.parts.lines[0] for each in repriced_twice().refunds)
    assert (first.line, first.waived) == (second.line, second.waived) == ("1", 2)


def test_a_refund_leans_on_no_waiver_that_may_still_go():
    quote = price(Cart.of("CNY", [("A", "10.00", 2)]), PromotionBook("CNY", []), at=AT)
    order = requested(paid(confirmed(quote)), goodwill("5"))
    more = goodwill("2", units=0)
    assert faults_of(lambda: requested(order, more, "r-2")) == [
        (("parts", "lines", "1"), "over_ceiling")
    ]
    alone = taken(requested(order, goodwill("2"), "r-2"), *WAYS[FAILED])
    assert alone.balance.refunding == yuan("2")
    done = taken(order, *WAYS[SUCCEEDED])
    assert requested(done, more, "r-2").balance.refunding == yuan("2")


@pytest.mark.parametrize("end", ["fail", "cancel"])
def test_an_order_that_leans_on_a_waiver_still_takes_down_its_end(end):
    quote = price(Cart.of("CNY", [("A", "10.00", 2)]), PromotionBook("CNY", []), at=AT)
    order = requested(paid(confirmed(quote)), goodwill("5"))
    leaning = Refund(
        id="r-2",
        reason="x",
        parts=evolve(goodwill("2", units=0), payments={"p-1": yuan("2")}),
    )
    order = apply(order, RefundRequested(leaning))  # as older versions allowed it
    order = taken(order, *WAYS[SUCCEEDED], refund="r-2")
    order = ends_as(order, "r-1", end)
    assert order.balance.refunded == yuan("2")
    assert loads(Order, dumps(order)) == order


# What an order owes by itself


def test_a_cancelled_order_owes_what_was_paid():
    order = cancel(paid(confirmed()), "changed_mind")[0]
    assert order.balance.due.is_zero  # shipping is not due either
    assert order.payment_status is PaymentStatus.OVERPAID
    parts = owed_refund(order)
    assert parts.amount == yuan("260")
    assert [each.cancelled for each in parts.lines] == [1, 1]
    order = taken(requested(order, parts), *WAYS[SUCCEEDED])
    assert order.payment_status is PaymentStatus.REFUNDED
    assert owed_refund(order) is None


def test_cancelled_units_are_owed_and_those_that_came_back_are_not():
    quote = price(Cart.of("CNY", [("A", "30", 3)]), PromotionBook("CNY", []), at=AT)
    order = moved(paid(confirmed(quote)), "allocate", "ship", "deliver", units={"1": 2})
    order = refunded(order, {"1": 1})
    assert order.refunds[0].parts.lines[0].cancelled == 0
    assert owed_refund(order) is None
    order = cancel(order, "sold_out", {"1": 1})[0]
    assert owed_refund(order).amount == yuan("30")
    by_hand = goodwill("30", units=2, cancelled=0)
    assert faults_of(lambda: requested(order, by_hand, "r-2")) == [
        (("parts", "lines", "1", "units"), "too_many_units")
    ]
    by_hand = goodwill("30", units=2, cancelled=2)
    assert faults_of(lambda: requested(order, by_hand, "r-2")) == [
        (("parts", "lines", "1", "cancelled"), "too_many_units")
    ]
    order = requested(order, owed_refund(order), "r-2")
    assert owed_refund(order) is None
    assert proposed_refund(order, {"1": 1}).lines[0].cancelled == 0


def test_nothing_is_owed_where_nothing_was_paid():
    assert owed_refund(in_state(OrderState.CANCELLED)) is None
    assert owed_refund(delivered()) is None
    order = paid(in_state(OrderState.PLACED), "10")
    assert owed_refund(order) is None
    assert owed_refund(cancel(order, "sold_out", {"1": 1})[0]) is None


def test_what_was_paid_in_part_is_owed_in_part_and_the_rest_when_it_comes():
    order = request_payment(confirmed(), "260", id="p-1", method="card")[0]
    order = capture_payment(order, "p-1", "50", reference="c-1")[0]
    order = cancel(order, "changed_mind")[0]
    order = requested(order, owed_refund(order))
    assert order.refunds[0].amount == yuan("50")
    assert owed_refund(order) is None
    order = capture_payment(order, "p-1", "210", reference="c-2")[0]
    order = requested(order, owed_refund(order), "r-2")
    assert order.balance.refunding == yuan("260")
    assert owed_refund(order) is None


def test_what_was_given_back_for_cancelled_units_pays_for_nothing_else():
    order = cancel(paid(confirmed()), "sold_out", {"2": 1})[0]
    order = requested(order, owed_refund(order))
    assert (order.balance.due, order.balance.paid) == (yuan("176.67"), yuan("176.67"))
    assert order.balance.unpaid.is_zero
    back = refunded(delivered(), {"2": 1}).balance
    assert (back.due, back.paid) == (yuan("260"), yuan("260"))


def test_units_that_were_replaced_are_not_owed():
    order = cancel(paid(confirmed()), "sold_out", {"2": 1})[0]
    assert owed_refund(replaced(order)) is None


def emptied(kind):
    """Make a draft without lines, of which shipping and a fee are left."""
    cart = Cart("CNY", (), yuan("8"), fees=[Fee("wrapping", yuan("2"))])
    book = PromotionBook("CNY", [])
    if kind == "empty cart":
        return draft(price(cart, book, at=AT), id="o-1", number="1", details=DETAILS)[0]
    full = evolve(cart, lines=Cart.of("CNY", [("A", "10", 1)]).lines)
    order = draft(price(full, book, at=AT), id="o-1", number="1", details=DETAILS)[0]
    preview = preview_change(order, [RemoveLine("1")], lambda cart: price(cart, book, at=AT))
    return confirm_change(order, preview)[0]


@pytest.mark.parametrize("policy", [None, "keep_shares", "reprice", "forbid_partial"])
@pytest.mark.parametrize("kind", ["last line removed", "empty cart"])
@pytest.mark.parametrize("amount", ["4", "10", "20"])
def test_an_order_without_lines_owes_shipping_and_fees_once_it_is_cancelled(kind, policy, amount):
    order = emptied(kind)
    assert (order.lines, order.balance.due) == ((), yuan("10"))
    order = paid(cancel(order, "changed_mind")[0], amount)
    assert order.balance.due.is_zero
    parts = owed_refund(order, policy)
    assert parts.amount == yuan(amount)
    order = taken(requested(order, parts), *WAYS[SUCCEEDED])
    assert (order.balance.refunded, owed_refund(order)) == (yuan(amount), None)
    order = paid(order, "1", "p-2")
    assert owed_refund(order, policy).amount == yuan("1")


def test_an_order_without_a_price_owes_all_that_was_paid():
    order = draft(Cart.of("CNY", [("A", "10.00", 2)]), id="o-1", number="1")[0]
    order = paid(cancel(order, "changed_mind")[0], "18")
    for policy in (None, "keep_shares", "reprice", "forbid_partial"):
        assert owed_refund(order, policy).amount == yuan("18")
    order = taken(requested(order, owed_refund(order)), *WAYS[SUCCEEDED])
    assert (order.balance.refunded, owed_refund(order)) == (yuan("18"), None)


def test_shipping_of_an_order_without_lines_stays_where_it_never_comes_back():
    order = paid(cancel(emptied("empty cart"), "changed_mind")[0], "20")
    options = ReversalOptions(shipping="never")
    parts = owed_refund(order, options)
    assert (parts.amount, parts.shipping, parts.overpaid) == (yuan("12"), None, yuan("10"))


def test_a_deposit_that_is_not_refundable_is_withheld():
    quote = price(
        Cart.of("CNY", [("sofa", "1000", 1)]),
        PromotionBook("CNY", [recipes.presale_deposit("pre", "200")]),
        at=AT,
    )
    never = ReversalOptions(deposit="never")
    order = cancel(paid(confirmed(quote)), "changed_mind")[0]
    parts = owed_refund(order, never)
    assert (parts.amount, parts.charges) == (
        yuan("800"),
        (RecordedAmount("withheld", yuan("-200")),),
    )
    order = cancel(paid(confirmed(quote), "200"), "changed_mind")[0]
    assert owed_refund(order, never) is None
    assert owed_refund(order).amount == yuan("200")


# Lines of some of the units that were priced


def test_lines_that_share_a_line_of_the_quote_are_refunded_by_their_own_units():
    quote = price(
        Cart.of("CNY", [("A", "10.00", 3)]),
        PromotionBook("CNY", [recipes.amount_off("o", "0.02")]),
        at=AT,
    )
    order = paid(confirmed(quote))
    (line,) = order.lines
    two = evolve(line, id="x", quantities=evolve(line.quantities, ordered=2))
    one = evolve(
        line,
        id="y",
        quantities=evolve(line.quantities, ordered=1),
        quoted=QuotedUnits("1", 2),
    )
    order = delivered(order=evolve(order, lines=[two, one]))
    shares = [proposed_refund(order, units).amount.minor for units in ({"x": 2}, {"y": 1})]
    assert shares == [quote.line("1", 0, 2).payable.minor, quote.line("1", 2, 3).payable.minor]
    with pytest.raises(InvalidValue) as caught:
        proposed_refund(order, {"x": 1}, "reprice")
    assert (caught.value.path, caught.value.reason) == (("policy",), "parts_of_quote")
    order = refunded(refunded(order, {"y": 1}), {"x": 2}, "r-2")
    assert order.balance.refunding == quote.payable


def test_a_gift_that_stays_is_withheld():
    book = PromotionBook("CNY", [Promotion(id="g", benefits=Gift("mug", 1, "9.90"))])
    quote = price(Cart.of("CNY", [("A", "50", 1)]), book, at=AT)
    kept = ReversalOptions(gifts_kept=["g"])
    parts = proposed_refund(delivered(quote), {"1": 1}, kept)
    assert parts.amount == yuan("40.10")
    assert parts.charges == (RecordedAmount("withheld", yuan("-9.90")),)


# Without persons


def test_forgetting_persons_keeps_money():
    order = taken(ONE, *WAYS[SUCCEEDED])
    forgotten = anonymise(order)
    assert (forgotten.payments, forgotten.refunds) == (order.payments, order.refunds)
    forgotten.check()


def test_of_refunds_that_waive_as_much_the_one_that_gives_least_may_fail() -> None:
    quote = price(Cart.of("CNY", [("A", "10.00", 9)]), PromotionBook("CNY", []), at=AT)
    order = requested(paid(confirmed(quote), "90"), goodwill("0.01", waived=3), "r-0")
    order = taken(order, "approve", "submit", "succeed", refund="r-0")
    order = requested(order, goodwill("0.01", waived=1), "r-1")
    order = requested(order, goodwill("25.00", waived=1), "r-2")
    with pytest.raises(InvalidDocument, match=r"at most CNY 24\.99"):
        requested(order, goodwill("25.00", waived=1), "r-3")
    requested(order, goodwill("24.99", waived=1), "r-3")
