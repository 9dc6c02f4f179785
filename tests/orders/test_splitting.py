"""Splitting an order and merging it again: nothing is lost, nothing is doubled.

- Units, payables, charges and money of both orders sum to what they were.
- Split, then merged, is the order as it was, but for its version.
- Each order is what its own events come to (F8).
"""

from __future__ import annotations

from functools import reduce

import pytest
from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from making import AT, BOOK, CART, DETAILS, QUOTE, counters, drafted, in_state, moved

from ordercore import Cart, Fee, Money, PromotionBook, Tariff, dumps, loads, price
from ordercore.errors import InvalidDocument, InvalidInput, InvalidType, InvalidValue
from ordercore.events import Event
from ordercore.orders import (
    Capture,
    ChangeQuantity,
    Order,
    OrderDetails,
    OrderMerged,
    OrderMergedInto,
    OrderSplit,
    OrderSplitOff,
    OrderState,
    Payment,
    PaymentState,
    PromotionUse,
    QuotedUnits,
    QuotePart,
    SplitUnits,
    anonymise,
    apply,
    authorize_payment,
    cancel,
    capture_payment,
    changed_cart,
    confirm,
    confirm_change,
    draft,
    fail_payment,
    hold,
    merge,
    move_units,
    owed_refund,
    place,
    preview_change,
    proposed_refund,
    rebuild,
    request_payment,
    request_refund,
    split,
)
from ordercore.orders.prices import borne
from ordercore.pricing import RecordedCoupon, RecordedGift
from ordercore.tariffs import PayableRounding, Taxes, TaxRate

DRAFT, PLACED, CONFIRMED, COMPLETED, CANCELLED = OrderState


def yuan(text):
    return Money.of(text, "CNY")


CHARGED = evolve(
    CART, shipping=yuan("12.34"), fees=[Fee("box", yuan("3.01")), Fee("slot", yuan("0.01"))]
)
ON_TOP = Tariff(
    "CNY",
    taxes=Taxes([TaxRate("vat", "13")], included=False),
    rounding=PayableRounding("0.10"),
)


def charged(cart=CHARGED, tariff=ON_TOP):
    return price(cart, BOOK, at=AT, tariff=tariff)


def placed(what=None):
    return place(drafted(what=what or charged()))[0]


def paid(order, *amounts, capture=True):
    for i, amount in enumerate(amounts, 1):
        order, _ = request_payment(order, amount, id=f"p-{i}", method="card")
        order, _ = authorize_payment(order, f"p-{i}")
        if capture:
            order, _ = capture_payment(order, f"p-{i}", reference=f"c-{i}")
    return order


def halves(order, units, **more):
    (one, _), (two, _) = split(order, units, id="o-2", number="SO2", **more)
    return one, two


def faults_of(call):
    with pytest.raises(InvalidDocument) as caught:
        call()
    return [(fault.path, fault.reason) for fault in caught.value.faults]


# Units


@pytest.mark.parametrize("state", [PLACED, CONFIRMED])
def test_open_units_go_to_an_order_of_their_own(state):
    order = in_state(state)
    (one, kept), (two, begun) = split(order, {"1": 2, "3": 1}, id="o-2", number="SO2")
    assert (one.id, two.id, two.number, two.version) == ("o-1", "o-2", "SO2", 1)
    assert [(line.id, line.quantities.ordered) for line in one.lines] == [("1", 1), ("2", 1)]
    assert [(line.id, line.quantities.ordered) for line in two.lines] == [("1", 2), ("3", 1)]
    assert (one.line("1").quoted, two.line("1").quoted) == (
        QuotedUnits("1", 0),
        QuotedUnits("1", 1),
    )
    assert (two.state, two.details, two.quote) == (state, order.details, order.quote)
    assert two.line("3").service == order.line("3").service
    assert kept == (OrderSplit("o-2", [SplitUnits("1", 2), SplitUnits("3", 1)], one.part),)
    assert begun == (OrderSplitOff(two, "o-1"),)


def test_what_was_shipped_cancelled_or_given_back_stays():
    order = cancel(in_state(CONFIRMED), "sold_out", {"1": 1})[0]
    order = moved(order, "allocate", "ship", units={"1": 1})
    one, two = halves(order, {"1": 1})
    assert counters(one, "1") == {"ordered": 2, "cancelled": 1, "shipped": 1}
    assert counters(two, "1") == {"ordered": 1}


@pytest.mark.parametrize(
    ("allocated", "units", "asked", "stay", "go"),
    [
        (0, 2, None, 0, 0),
        (1, 2, None, 1, 0),  # one unit that is not allocated, and one that need not be
        (2, 2, None, 1, 1),
        (3, 2, None, 1, 2),
        (2, 1, None, 2, 0),
        (2, 1, 1, 1, 1),
        (1, 2, 1, 0, 1),
        (2, 2, 2, 0, 2),
    ],
)
def test_allocated_units_stay_allocated_where_they_are_said_to_be(
    allocated, units, asked, stay, go
):
    order = in_state(CONFIRMED)
    order = moved(order, "allocate", units={"1": allocated}) if allocated else order
    more = {} if asked is None else {"allocated": {"1": asked}}
    one, two = halves(order, {"1": units}, **more)
    told = one.line("1").quantities.allocated, two.line("1").quantities.allocated
    assert told == (stay, go)


def test_holds_are_on_both():
    one, two = halves(hold(in_state(PLACED), "fraud_check")[0], {"1": 1})
    assert one.holds == two.holds == ("fraud_check",)
    (whole, _), _ = merge(one, hold(two, "stock")[0])
    assert whole.holds == ("fraud_check", "stock")


# What both come to


@pytest.mark.parametrize("units", [{"1": 1}, {"1": 3}, {"1": 2, "2": 1}, {"3": 1}])
@pytest.mark.parametrize(
    "quote",
    [
        QUOTE,
        charged(),
        charged(tariff=None),
        charged(tariff=evolve(ON_TOP, taxes=Taxes([TaxRate("vat", "13")]))),
        price(Cart.of("CNY", [("a", "0", 3), ("b", "0", 1), ("c", "0", 1)]), BOOK, at=AT),
    ],
)
def test_payables_sum_to_that_of_the_quote(quote, units):
    order = placed(quote)
    one, two = halves(order, units)
    assert one.payable + two.payable == quote.payable == order.payable
    assert one.part.plus(two.part).shipping == quote.shipping
    assert [fee.amount for fee in one.part.plus(two.part).fees] == [fee for _, fee in quote.fees]


def test_charges_are_shared_by_what_the_units_cost():
    quote = price(
        Cart.of(
            "CNY", [("a", "30", 1), ("b", "10", 1)], shipping="8", fees=[Fee("box", yuan("2"))]
        ),
        PromotionBook("CNY", []),
        at=AT,
    )
    one, two = halves(place(drafted(what=quote, services={}))[0], {"2": 1})
    assert [str(part.shipping) for part in (one.part, two.part)] == ["CNY 6.00", "CNY 2.00"]
    assert [str(part.total) for part in (one.part, two.part)] == ["CNY 7.50", "CNY 2.50"]
    assert [str(order.payable) for order in (one, two)] == ["CNY 37.50", "CNY 12.50"]


def test_shipping_that_was_given_back_stays():
    order = paid(placed(), "600")
    shipping = order.quote.shipping
    refund = evolve(owed_refund(order), overpaid=None, shipping=shipping, payments=())
    order, _ = request_refund(order, refund, id="r-1", reason="late")
    one, two = halves(order, {"1": 2, "2": 1})
    assert (one.part.shipping, two.part.shipping) == (shipping, yuan("0"))
    assert (one.refunds, two.refunds) == (order.refunds, ())


# Money


@pytest.mark.parametrize("capture", [True, False])
def test_an_order_that_is_paid_gives_two_that_are_paid(capture):
    order = placed()
    order = paid(order, order.payable, capture=capture)
    one, two = halves(order, {"1": 2})
    assert one.payment_status == two.payment_status == order.payment_status
    for part in (one, two):
        assert part.balance.captured + part.balance.authorized == part.payable
    assert [each.id for each in two.payments] == ["p-1"]
    assert two.payments[0].amount == two.payable


def test_the_newest_money_goes_first_and_no_capture_is_lost():
    order = paid(placed(QUOTE), "200", "262")
    one, two = halves(order, {"1": 2})  # 230.74 and 231.26
    due = two.payable
    assert two.payments == (
        Payment(
            id="p-2",
            method="card",
            amount=due,
            authorized=due,
            captures=[Capture("c-2", due, of=yuan("262"))],
            state=PaymentState.CAPTURED,
        ),
    )
    assert [str(each.amount) for each in one.payments] == ["CNY 200.00", str(yuan("262") - due)]


def test_too_little_money_is_shared_by_what_is_due():
    order = paid(placed(QUOTE), "100")
    one, two = halves(order, {"1": 3})
    assert one.balance.captured + two.balance.captured == yuan("100")
    ratio = two.balance.captured.minor / 100_00
    assert abs(ratio - two.payable.minor / order.payable.minor) < 0.001


def test_too_much_money_stays():
    one, two = halves(paid(placed(QUOTE), "500"), {"1": 1})
    assert two.balance.captured == two.payable
    assert one.balance.captured == yuan("500") - two.payable


def test_money_of_a_cancelled_unit_stays_to_be_given_back():
    order = cancel(paid(placed(QUOTE), QUOTE.payable), "sold_out", {"1": 1})[0]
    owed = owed_refund(order)
    one, two = halves(order, {"1": 1})
    assert two.payment_status == "paid"
    assert owed_refund(one) == owed
    assert owed_refund(two) is None


def test_money_that_was_given_back_does_not_go():
    order = cancel(paid(placed(QUOTE), QUOTE.payable), "sold_out", {"2": 1})[0]
    order, _ = request_refund(order, owed_refund(order), id="r-1", reason="sold_out")
    one, two = halves(order, {"1": 3})
    assert two.payment_status == "paid"
    assert one.balance.unpaid.is_zero
    assert one.balance.captured == QUOTE.payable - two.payable


def test_of_a_payment_that_was_given_back_in_part_the_rest_goes():
    order = cancel(paid(placed(QUOTE), "402", "60"), "sold_out", {"2": 1})[0]
    order, _ = request_refund(order, owed_refund(order), id="r-1", reason="sold_out")
    back = order.refunds[0].amount
    one, two = halves(order, {"1": 3})
    assert [str(each.amount) for each in two.payments] == [
        str(two.payable - (yuan("60") - back)),
        str(yuan("60") - back),
    ]
    assert one.payments[1].captured == back


@pytest.mark.parametrize("units", [{"1": 1}, {"1": 2, "3": 1}])
def test_each_part_gives_back_exactly_what_was_paid_for_it(units):
    order = placed()
    for part in halves(paid(order, order.payable), units):
        everything = {line.id: line.quantities.ordered for line in part.lines}
        done = confirm(part, payment_policy_met=True)[0]
        done = moved(done, "allocate", "ship", "deliver", units=everything)
        assert proposed_refund(done, everything).amount == part.payable
        assert owed_refund(cancel(part, "x")[0]).amount == part.payable


def test_a_payment_that_failed_stays():
    order, _ = request_payment(placed(QUOTE), "462", id="p-1", method="card")
    order, _ = fail_payment(order, "p-1", "declined")
    one, two = halves(order, {"1": 1})
    assert (one.payments, two.payments) == (order.payments, ())


def test_a_payment_of_which_all_that_was_agreed_goes_goes_as_a_whole():
    cart = Cart.of("CNY", [("sample", "0", 1), ("scarf", "45", 1)])
    order = place(drafted(what=price(cart, BOOK, at=AT), services={}))[0]
    order, _ = request_payment(order, "50", id="p-1", method="card")
    order, _ = authorize_payment(order, "p-1", "45")
    one, two = halves(order, {"2": 1})
    assert (one.payments, two.payments) == ((), order.payments)
    assert same(merge(one, two)[0][0], order)


def test_what_is_asked_for_goes_too():
    order, _ = request_payment(placed(QUOTE), "462", id="p-1", method="card")
    one, two = halves(order, {"1": 1})
    assert [each.amount for each in two.payments] == [two.payable]
    assert [each.amount for each in one.payments] == [one.payable]
    assert one.payments[0].state is two.payments[0].state is PaymentState.PENDING


# Merging


def same(one, two):
    """Whether two orders differ in their version alone."""
    return evolve(one, version=two.version) == two


@pytest.mark.parametrize("units", [{"1": 1}, {"1": 3}, {"1": 2, "2": 1}, {"3": 1}])
@pytest.mark.parametrize(
    "order",
    [
        in_state(PLACED),
        hold(in_state(CONFIRMED), "x")[0],
        placed(),
        paid(placed(), "100"),
        paid(placed(), "100", "900"),
        paid(placed(), "100", "300", capture=False),
    ],
)
def test_split_then_merged_is_the_order_as_it_was(order, units):
    one, two = halves(order, units)
    (whole, into), (gone, over) = merge(one, two)
    assert same(whole, order)
    assert (into, over) == ((OrderMerged(two),), (OrderMergedInto("o-1"),))
    assert (gone.state, gone.lines, gone.payments) == (CANCELLED, (), ())
    assert gone.payable.is_zero
    (other, _), (rest, _) = merge(two, one)
    assert same(evolve(other, id="o-1", number="SO1"), evolve(order, payments=other.payments))
    assert sorted(each.id for each in other.payments) == [each.id for each in order.payments]
    assert rest.payable.is_zero


def test_three_parts_are_merged_one_after_the_other():
    order = placed()
    one, two = halves(order, {"1": 2})
    (two, _), (three, _) = split(two, {"1": 1}, id="o-3", number="SO3")
    assert faults_of(lambda: merge(one, three)) == [
        (("other", "lines", "1", "quoted"), "units_apart")
    ]
    (one, _), _ = merge(one, two)
    (one, _), _ = merge(one, three)
    assert same(one, order)
    assert one.part is None


def test_what_was_done_in_between_is_kept():
    one, two = halves(in_state(CONFIRMED), {"1": 2, "2": 1})
    one = moved(one, "allocate", "ship", "deliver", units={"1": 1})
    two = moved(two, "allocate", "ship", units={"1": 1})
    whole = merge(one, two)[0][0]
    assert counters(whole, "1") == {"ordered": 3, "shipped": 2, "delivered": 1}


def test_remarks_are_those_of_the_first():
    one, two = halves(in_state(PLACED), {"1": 1})
    two = evolve(two, details=evolve(two.details, remarks="anders", tags=["other"]))
    assert merge(one, two)[0][0].details == one.details


def test_orders_that_are_no_parts_of_one_are_not_merged_and_every_reason_is_told():
    one, two = halves(in_state(PLACED), {"1": 1})
    later = evolve(two, details=OrderDetails(), state="confirmed", parent=None)
    assert faults_of(lambda: merge(one, later)) == [
        (("other", "state"), "fields_disagree"),
        *[
            (("other", "details", name), "fields_disagree")
            for name in ("customer", "delivery", "billing", "invoice")
        ],
    ]
    alike = evolve(in_state(PLACED), id="o-9")
    assert faults_of(lambda: merge(in_state(PLACED), alike))[:2] == [
        (("order", "part"), "not_split"),
        (("other", "part"), "not_split"),
    ]
    assert [path for path, _ in faults_of(lambda: merge(in_state(COMPLETED), two))][:2] == [
        ("order", "state"),
        ("other", "state"),
    ]


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"method": "card", "reference": "a"}, True),
        ({"method": "card"}, True),
        ({"method": "cash"}, False),
        ({"method": "card", "reference": "b"}, False),
    ],
)
def test_payments_of_one_id_that_are_no_parts_of_one_are_not_merged(asked, fits):
    one, two = halves(placed(QUOTE), {"1": 1})
    one, _ = request_payment(one, "1", id="p-7", method="card", reference="a")
    two, _ = request_payment(two, "2", id="p-7", **asked)
    if fits:
        assert merge(one, two)[0][0].payments[0].amount == yuan("3")
    else:
        told = [(("other", "payments", "id"), "duplicate_id")]
        assert faults_of(lambda: merge(one, two)) == told


def test_another_payment_has_another_id_than_one_that_went_to_another_order():
    one, two = halves(paid(placed(QUOTE), "200", "262"), {"1": 3})
    assert [each.id for each in one.payments] == ["p-1"]
    for part in (one, two):
        with pytest.raises((InvalidValue, InvalidDocument)) as caught:
            request_payment(part, "1", id="p-2", method="card")
        (fault,) = getattr(caught.value, "faults", [caught.value])
        assert (fault.path[0], fault.path[2], fault.reason) == ("payments", "id", "duplicate_id")


def test_lines_of_one_id_that_are_of_different_services_are_not_merged():
    one, two = halves(in_state(PLACED), {"1": 1})
    line = evolve(two.lines[0], service=one.line("3").service)
    found = faults_of(lambda: merge(one, evolve(two, lines=[line])))
    assert found == [(("other", "lines", "1"), "fields_disagree")]


def test_the_later_units_of_a_line_come_back_untouched():
    one, two = halves(in_state(CONFIRMED), {"1": 2})
    two = cancel(two, "sold_out", {"1": 1})[0]
    expected = [(("other", "lines", "1", "quantities"), "units_settled")]
    assert faults_of(lambda: merge(one, two)) == expected
    assert faults_of(lambda: merge(two, one)) == expected


def test_an_order_of_another_price_is_no_part_any_more():
    one, two = halves(placed(), {"1": 1})
    edits = [ChangeQuantity("1", 2)]
    cart = changed_cart(two, edits)
    assert (cart.shipping, cart.line("1").quantity) == (two.part.shipping, 2)
    assert [fee.amount for fee in cart.fees] == [fee.amount for fee in two.part.fees]
    preview = preview_change(two, edits, charged)
    changed = confirm_change(two, preview)[0]
    assert changed.part is None
    assert changed.payable == preview.quote.payable
    assert (("other", "part"), "not_split") in faults_of(lambda: merge(one, changed))
    assert one.payable + two.payable == charged().payable


# Their own events


def test_each_order_is_what_its_own_events_come_to():
    order, events = draft(charged(), id="o-1", number="SO1", details=DETAILS)
    order, more = place(order)
    events += more
    (one, kept), (two, begun) = split(order, {"1": 2}, id="o-2", number="SO2")
    two, noted = hold(two, "x")
    (whole, into), (gone, over) = merge(one, two)
    for events_of, expected in (
        ((*events, *kept, *into), whole),
        ((*begun, *noted, *over), gone),
        ((*events, *kept), one),
    ):
        assert rebuild(events_of) == expected
        kept_as_json = [loads(Event, dumps(event)) for event in events_of]
        assert rebuild(kept_as_json) == expected
        assert loads(Order, dumps(expected)) == expected
        assert anonymise(expected) == rebuild(map(anonymise, events_of))
        assert "秘密" not in dumps(anonymise(expected).details)


# What is refused


@pytest.mark.parametrize(
    ("units", "more", "faults"),
    [
        (
            {"1": 4, "9": 1},
            {},
            [(("units", "1", "quantity"), "too_many_units"), (("units", "9"), "not_found")],
        ),
        (
            {"1": 0, "2": True, "3": 1.0},
            {},
            [
                (("units", "1", "quantity"), "invalid_value"),
                (("units", "2", "quantity"), "invalid_type"),
                (("units", "3", "quantity"), "invalid_type"),
            ],
        ),
        ({"1": 3, "2": 1, "3": 1}, {}, [(("units",), "nothing_left")]),
        ({"1": 1}, {"allocated": {"1": 2}}, [(("units", "1", "allocated"), "invalid_value")]),
        ({"1": 2}, {"allocated": {"1": 0}}, [(("units", "1", "allocated"), "invalid_value")]),
        ({"1": 1}, {"allocated": {"2": 1}}, [(("allocated", "2"), "invalid_value")]),
        (
            {"1": 1},
            {"allocated": {"1": True}},
            [(("units", "1", "allocated"), "invalid_type")],
        ),
    ],
)
def test_units_that_are_not_there_do_not_go_and_nothing_is_done(units, more, faults):
    order = moved(in_state(CONFIRMED), "allocate", units={"1": 2})
    before = dumps(order)
    assert faults_of(lambda: split(order, units, id="o-2", number="2", **more)) == faults
    assert dumps(order) == before


@pytest.mark.parametrize("state", [DRAFT, COMPLETED, CANCELLED])
def test_only_an_order_that_is_placed_and_goes_on_is_split(state):
    found = faults_of(lambda: split(in_state(state), {"1": 1}, id="o-2", number="2"))
    assert found[0] == (("state",), "wrong_state")


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda: split(None, {"1": 1}, id="o-2", number="2"), InvalidType),
        (lambda: split(in_state(PLACED), {}, id="o-2", number="2"), InvalidValue),
        (lambda: split(in_state(PLACED), [("1", 1)], id="o-2", number="2"), InvalidType),
        (lambda: split(in_state(PLACED), {"1": 1}, id="o-1", number="2"), InvalidValue),
        (lambda: split(in_state(PLACED), {"1": 1}, id="", number="2"), InvalidValue),
        (lambda: split(in_state(PLACED), {"1": 1}, id="o-2", number=2), InvalidType),
        (
            lambda: split(in_state(PLACED), {"1": 1}, id="o-2", number="2", allocated=[1]),
            InvalidType,
        ),
        (lambda: merge(in_state(PLACED), None), InvalidType),
        (lambda: merge(None, in_state(PLACED)), InvalidType),
        (lambda: merge(in_state(PLACED), in_state(PLACED)), InvalidValue),
        (lambda: OrderSplitOff(in_state(PLACED), "o-1"), InvalidValue),
    ],
)
def test_what_is_no_order_and_no_units_is_refused(call, kind):
    with pytest.raises(kind):
        call()


NO_DOLLARS = Money.of("0", "USD")
DOLLARS = QuotePart(
    **dict.fromkeys(("shipping", "tax", "rounding"), NO_DOLLARS),
    uses=[PromotionUse("summer", NO_DOLLARS)],
)


@pytest.mark.parametrize(
    ("part", "place"),
    [
        (lambda part: evolve(part, shipping=yuan("99")), ("part", "shipping")),
        (lambda part: evolve(part, shipping=yuan("-1")), ("part", "shipping")),
        (lambda part: evolve(part, rounding=yuan("9")), ("part", "rounding")),
        (lambda part: evolve(part, fees=part.fees[1:]), ("part", "fees")),
        (lambda part: evolve(part, uses=()), ("part", "uses")),
        (lambda part: evolve(part, uses=[PromotionUse("summer", yuan("51"))]), ("part", "uses")),
        (lambda part: evolve(part, deposit=yuan("1")), ("part", "deposit")),
        (lambda part: evolve(part, gifts=[RecordedGift("summer", "mug", 1)]), ("part", "gifts")),
        (lambda part: evolve(part, points_earned=1), ("part", "points_earned")),
        (lambda part: evolve(part, points_redeemed=1), ("part", "points_redeemed")),
        (lambda part: evolve(part, coupons_used=["c"]), ("part", "coupons_used")),
        (
            lambda part: evolve(part, coupons_granted=[RecordedCoupon("c", 1)]),
            ("part", "coupons_granted"),
        ),
        (
            lambda _: QuotePart(
                **dict.fromkeys(("shipping", "tax", "rounding"), Money.of("0", "USD"))
            ),
            ("part", "fees"),
        ),
    ],
)
def test_an_order_bears_no_more_than_there_is(part, place):
    one, _ = halves(placed(), {"1": 1})
    found = faults_of(lambda: evolve(one, part=part(one.part)))
    assert [path for path, _ in found] == [place]


def test_a_part_is_of_one_currency_and_of_a_quote():
    one, _ = halves(in_state(PLACED), {"1": 1})
    found = faults_of(lambda: evolve(one, part=DOLLARS))
    assert found == [(("part", "shipping"), "currency_mismatch")]
    zero = dict.fromkeys(("shipping", "tax"), yuan("0"))
    dollars = {
        "rounding": NO_DOLLARS,
        "deposit": NO_DOLLARS,
        "uses": [PromotionUse("summer", NO_DOLLARS)],
    }
    assert faults_of(lambda: QuotePart(**{**zero, "rounding": yuan("0"), **dollars})) == [
        ((name,), "currency_mismatch") for name in dollars
    ]
    order = drafted(what=CART)
    part = QuotePart(**zero, rounding=yuan("0"))
    assert faults_of(lambda: evolve(order, part=part)) == [(("part",), "fields_disagree")]


def test_an_event_that_does_not_fit_is_refused():
    one, two = halves(in_state(PLACED), {"1": 1})
    for event in (
        OrderSplit("o-3", [SplitUnits("9", 1)], one.part),
        OrderMerged(evolve(two, details=OrderDetails())),
    ):
        with pytest.raises(InvalidDocument):
            apply(one, event)
    with pytest.raises(InvalidInput):
        SplitUnits("1", 1, -1)


# Any splits and mergers, against what there was at first


class Parts(RuleBasedStateMachine):
    """One order that is split, merged, allocated, cancelled and paid in any order."""

    @initialize(
        units=st.lists(st.integers(1, 4), min_size=1, max_size=3),
        prices=st.lists(st.integers(0, 20000), min_size=3, max_size=3),
        shipping=st.integers(0, 2000),
        tariff=st.sampled_from([None, ON_TOP, evolve(ON_TOP, taxes=None)]),
    )
    def begin(self, units, prices, shipping, tariff):
        items = [
            (f"s{i}", yuan("0.01") * cost, count)
            for i, (count, cost) in enumerate(zip(units, prices, strict=False))
        ]
        cart = Cart.of(
            "CNY", items, shipping=yuan("0.01") * shipping, fees=[Fee("box", yuan("1.01"))]
        )
        self.quote = charged(cart, tariff)
        order, events = draft(self.quote, id="o-0", number="0", details=DETAILS)
        self.histories = {"o-0": [*events]}
        self.orders = {"o-0": order}
        self.whole = borne(order)
        self.captured = self.refunded = 0
        self.counters = {
            line.id: {"ordered": line.quantities.ordered, "cancelled": 0, "allocated": 0}
            for line in order.lines
        }
        self.take("o-0", place(order))
        self.made = 1

    def take(self, name, result):
        self.orders[name], events = result
        self.histories.setdefault(name, []).extend(events)

    def alive(self):
        return sorted(name for name, order in self.orders.items() if order.state == "placed")

    def chosen(self, data):
        return self.orders[data.draw(st.sampled_from(self.alive()))]

    @precondition(lambda self: self.alive())
    @rule(data=st.data())
    def split(self, data):
        order = self.chosen(data)
        units = data.draw(
            st.dictionaries(
                st.sampled_from([line.id for line in order.lines]), st.integers(1, 3), min_size=1
            )
        )
        kept = sum(line.quantities.kept for line in order.lines)
        fits = all(count <= order.line(n).quantities.open for n, count in units.items())
        name = f"o-{self.made}"
        if not fits or sum(units.values()) >= kept:
            with pytest.raises(InvalidDocument):
                split(order, units, id=name, number="x")
            return
        self.made += 1
        one, two = split(order, units, id=name, number="x")
        (whole, _), _ = merge(one[0], two[0])
        expected = evolve(order, version=whole.version)
        assert evolve(whole, payments=expected.payments, part=expected.part) == expected
        assert whole.payable == expected.payable
        by_id = {each.id: each for each in whole.payments}
        assert by_id == {each.id: each for each in expected.payments}
        if order.part is None:
            assert whole.part is None
        if order.balance.unpaid.is_zero:
            assert one[0].balance.unpaid.is_zero
            assert two[0].balance.unpaid.is_zero
        self.take(order.id, one)
        self.take(name, two)

    @precondition(lambda self: len(self.alive()) > 1)
    @rule(data=st.data())
    def merge(self, data):
        one, two = self.chosen(data), self.chosen(data)
        if one.id == two.id:
            return
        reasons = self.against(one, two)
        if reasons:
            assert {reason for _, reason in faults_of(lambda: merge(one, two))} == reasons
            return
        into, gone = merge(one, two)
        self.take(one.id, into)
        self.take(two.id, gone)

    @precondition(lambda self: self.alive())
    @rule(data=st.data())
    def refund(self, data):
        order = self.chosen(data)
        parts = owed_refund(order)
        if parts is not None:
            name = f"r-{sum(map(len, self.histories.values()))}"
            self.take(order.id, request_refund(order, parts, id=name, reason="x"))
            self.refunded += parts.amount.minor

    def against(self, one, two):
        """Find why two parts are not merged: of lines that both have."""
        found = set()
        for line in two.lines:
            for other in (each for each in one.lines if each.id == line.id):
                first, last = sorted((line, other), key=lambda each: each.quoted.start)
                if first.quoted.start + first.quantities.ordered != last.quoted.start:
                    found.add("units_apart")
                elif last.quantities.cancelled:
                    found.add("units_settled")
        return found

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), move=st.sampled_from(["allocate", "deallocate", "cancel"]))
    def move(self, data, move):
        order = self.chosen(data)
        line = data.draw(st.sampled_from(order.lines))
        room = {
            "allocate": line.quantities.open - line.quantities.allocated,
            "deallocate": line.quantities.allocated,
            "cancel": line.quantities.open - 1,
        }[move]
        if room < 1:
            return
        if move == "cancel":
            self.take(order.id, cancel(order, "x", {line.id: 1}))
        else:
            self.take(order.id, move_units(order, move, {line.id: 1}))
        now = self.orders[order.id].line(line.id).quantities
        for name, told in self.counters[line.id].items():
            more = getattr(now, name) - getattr(line.quantities, name)
            self.counters[line.id][name] = told + more

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), share=st.sampled_from([1, 2, 3]))
    def pay(self, data, share):
        order = self.chosen(data)
        amount = order.balance.unpaid.minor // share
        if not amount:
            return
        name = f"p-{sum(map(len, self.histories.values()))}"
        self.take(order.id, request_payment(order, Money(amount, "CNY"), id=name, method="card"))
        paid_ = capture_payment(self.orders[order.id], name, reference=name)
        self.take(order.id, paid_)
        self.captured += amount

    @invariant()
    def loses_nothing(self):
        several = self.orders.values()
        found = {}
        for order in several:
            for line in order.lines:
                told = found.setdefault(
                    line.id, dict.fromkeys(("ordered", "cancelled", "allocated"), 0)
                )
                for name in told:
                    told[name] += getattr(line.quantities, name)
        assert found == self.counters
        assert sum(order.payable.minor for order in several) == self.quote.payable.minor
        assert sum(order.balance.captured.minor for order in several) == self.captured
        assert sum(order.balance.refunding.minor for order in several) == self.refunded
        assert reduce(QuotePart.plus, map(borne, several)).ordered_as(self.whole) == self.whole

    @invariant()
    def has_each_unit_once(self):
        taken = [
            (line.quoted.line, line.quoted.start + unit)
            for order in self.orders.values()
            for line in order.lines
            for unit in range(line.quantities.ordered)
        ]
        assert (
            len(taken) == len(set(taken)) == sum(each.quantity for each in self.quote.cart.lines)
        )

    @invariant()
    def is_what_has_happened(self):
        for name, order in self.orders.items():
            assert rebuild(self.histories[name]) == order


def test_any_splits_and_mergers_conserve_everything():
    run_state_machine_as_test(Parts)
