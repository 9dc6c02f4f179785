"""Payments of an order: amounts are the truth; callbacks may come twice, late and out of order."""

from __future__ import annotations

import pytest
from attrs import evolve
from making import AT, DETAILS, drafted, in_state, paid

from ordercore import Cart, Money, PromotionBook, dumps, loads, price, recipes
from ordercore.errors import (
    CurrencyMismatch,
    IllegalTransition,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    NotFound,
)
from ordercore.lifecycle import TransitionRefused
from ordercore.orders import (
    PAYMENT,
    Balance,
    Capture,
    Order,
    OrderState,
    Payment,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentFailed,
    PaymentPolicy,
    PaymentRequested,
    PaymentState,
    PaymentStatus,
    PaymentStep,
    PaymentVoided,
    apply,
    authorize_payment,
    cancel,
    capture_payment,
    confirm,
    draft,
    fail_payment,
    owed_refund,
    place,
    request_payment,
    request_refund,
    void_payment,
)
from ordercore.orders.payments.balance import payment_status

PENDING, AUTHORIZED, CAPTURED, FAILED, VOIDED = PaymentState
PLACED = in_state(OrderState.PLACED)
DUE = PLACED.payable


def yuan(text):
    return Money.of(text, "CNY")


def asked(amount="100"):
    return request_payment(PLACED, amount, id="p-1", method="card")[0]


def told(order, *steps):
    """Take a payment of 100 through steps, each a word and perhaps an amount and a reference."""
    for word, *more in steps:
        if word == "authorize":
            order = authorize_payment(order, "p-1", *more)[0]
        elif word == "capture":
            reference = f"c-{len(order.payments[0].captures)}"
            order = capture_payment(order, "p-1", *more, reference=reference)[0]
        elif word == "fail":
            order = fail_payment(order, "p-1", "declined")[0]
        else:
            order = void_payment(order, "p-1")[0]
    return order


def of(order):
    (payment,) = order.payments
    return payment.state, payment.authorized.minor, payment.captured.minor


# One payment


@pytest.mark.parametrize(
    ("steps", "state", "authorized", "captured"),
    [
        ([], PENDING, 0, 0),
        ([("authorize",)], AUTHORIZED, 10000, 0),
        ([("authorize", "60")], AUTHORIZED, 6000, 0),
        ([("capture",)], CAPTURED, 10000, 10000),
        ([("capture", "40")], PENDING, 4000, 4000),
        ([("capture", "40"), ("capture",)], CAPTURED, 10000, 10000),
        ([("authorize",), ("capture", "40")], AUTHORIZED, 10000, 4000),
        ([("authorize",), ("capture", "40"), ("capture", "60")], CAPTURED, 10000, 10000),
        ([("authorize", "60"), ("capture",)], CAPTURED, 6000, 6000),
        # the callback of the authorization comes after that of a capture
        ([("capture", "40"), ("authorize",)], AUTHORIZED, 10000, 4000),
        ([("capture", "40"), ("authorize", "40")], CAPTURED, 4000, 4000),
        # what is not captured is given up
        ([("void",)], VOIDED, 0, 0),
        ([("authorize",), ("void",)], VOIDED, 0, 0),
        ([("authorize",), ("capture", "40"), ("void",)], CAPTURED, 4000, 4000),
        ([("capture", "40"), ("void",)], CAPTURED, 4000, 4000),
        ([("fail",)], FAILED, 0, 0),
        ([("authorize",), ("fail",)], FAILED, 0, 0),
        ([("authorize",), ("capture", "40"), ("fail",)], CAPTURED, 4000, 4000),
        # and then it comes all the same
        ([("fail",), ("authorize",)], AUTHORIZED, 10000, 0),
        ([("fail",), ("capture",)], CAPTURED, 10000, 10000),
        ([("authorize",), ("void",), ("capture", "40")], CAPTURED, 4000, 4000),
    ],
)
def test_a_payment_is_what_its_callbacks_come_to(steps, state, authorized, captured):
    assert of(told(asked(), *steps)) == (state, authorized, captured)


@pytest.mark.parametrize(
    "steps",
    [
        [("authorize",), ("authorize",)],
        [("capture",), ("authorize",)],
        [("capture",), ("capture", "1")],
        [("capture",), ("fail",)],
        [("capture",), ("void",)],
        [("fail",), ("fail",)],
        [("fail",), ("void",)],
        [("void",), ("void",)],
        [("void",), ("authorize",)],
    ],
)
def test_what_a_payment_knows_nothing_of_is_refused_and_changes_nothing(steps):
    order = told(asked(), *steps[:-1])
    before = dumps(order)
    with pytest.raises(IllegalTransition) as caught:
        told(order, *steps[-1:])
    assert caught.value.machine == "payment"
    assert caught.value.allowed == PAYMENT.allowed(order.payments[0].state)
    assert dumps(order) == before


def test_the_same_capture_told_twice_is_known_by_its_reference():
    order = told(asked(), ("capture", "40"))
    before = dumps(order)
    with pytest.raises(InvalidValue) as caught:
        capture_payment(order, "p-1", "40", reference="c-0")
    assert (caught.value.path, caught.value.reason) == (("reference",), "duplicate_reference")
    assert dumps(order) == before
    last = capture_payment(order, "p-1", "60", reference="c-1")[0]
    with pytest.raises(InvalidValue) as caught:  # known also where nothing is left to capture
        capture_payment(last, "p-1", "60", reference="c-1")
    assert caught.value.reason == "duplicate_reference"


@pytest.mark.parametrize("end", [void_payment, lambda *of: fail_payment(*of, "declined")])
def test_what_was_captured_stays_when_the_rest_is_given_up(end):
    order = request_payment(place(drafted())[0], "100", id="p-1", method="card")[0]
    order = authorize_payment(order, "p-1")[0]
    for amount in ("30", "20"):
        order = capture_payment(order, "p-1", amount, reference=f"c-{amount}")[0]
    (payment,) = end(order, "p-1")[0].payments
    assert [str(each.amount) for each in payment.captures] == ["CNY 30.00", "CNY 20.00"]
    assert (payment.state, payment.capturable.is_zero) == (PaymentState.CAPTURED, True)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("authorize", "100.01")], "CNY 0.01 to CNY 100.00"),
        ([("authorize", "0")], "CNY 0.01 to CNY 100.00"),
        ([("authorize", "-1")], "CNY 0.01 to CNY 100.00"),
        ([("capture", "40"), ("authorize", "39.99")], "CNY 40.00 to CNY 100.00"),
        ([("capture", "100.01")], "CNY 0.01 to CNY 100.00"),
        ([("capture", "0")], "CNY 0.01 to CNY 100.00"),
        ([("authorize", "60"), ("capture", "60.01")], "CNY 0.01 to CNY 60.00"),
        ([("authorize",), ("capture", "40"), ("capture", "60.01")], "CNY 0.01 to CNY 60.00"),
    ],
)
def test_an_amount_out_of_what_is_left_is_refused(steps, expected):
    order = told(asked(), *steps[:-1])
    with pytest.raises(InvalidValue) as caught:
        told(order, *steps[-1:])
    assert (caught.value.path, caught.value.expected) == (("amount",), expected)


@pytest.mark.parametrize(
    ("amount", "kind"),
    [
        (1.5, InvalidType),
        (100, InvalidType),
        (True, InvalidType),
        ("1,00", InvalidValue),
        ("0.001", InvalidValue),
        (Money.of("1", "USD"), CurrencyMismatch),
    ],
)
def test_an_amount_is_money_of_the_order_or_decimal_text(amount, kind):
    for call in (
        lambda: request_payment(PLACED, amount, id="p-2", method="card"),
        lambda: authorize_payment(asked(), "p-1", amount),
        lambda: capture_payment(asked(), "p-1", amount, reference="c"),
    ):
        with pytest.raises(kind) as caught:
            call()
        assert caught.value.path == ("amount",)


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_nothing_less_than_something_is_asked_for(amount):
    with pytest.raises(InvalidDocument) as caught:
        request_payment(PLACED, amount, id="p-1", method="card")
    assert [fault.path for fault in caught.value.faults] == [("amount",)]


def test_an_unknown_payment_is_not_found():
    for call in (
        lambda: authorize_payment(PLACED, "p-9"),
        lambda: capture_payment(PLACED, "p-9", reference="c"),
        lambda: fail_payment(PLACED, "p-9", "declined"),
        lambda: void_payment(PLACED, "p-9"),
    ):
        with pytest.raises(NotFound) as caught:
            call()
        assert caught.value.path == ("payment_id",)


def test_the_id_of_a_payment_is_used_once():
    with pytest.raises(InvalidDocument) as caught:
        request_payment(asked(), "1", id="p-1", method="card")
    found = [(fault.path, fault.reason) for fault in caught.value.faults]
    assert found == [(("payments", 1, "id"), "duplicate_id")]


CNY5, CNY9 = yuan("5"), yuan("9")


@pytest.mark.parametrize(
    ("but", "places"),
    [
        ({"authorized": yuan("9.01")}, [("authorized",), ("state",)]),
        ({"captures": [Capture("c", CNY5)]}, [("authorized",), ("state",)]),
        ({"authorized": CNY5}, [("state",)]),
        ({"authorized": CNY9, "state": "captured"}, [("state",)]),
        ({"authorized": CNY9, "state": "failed"}, [("state",)]),
        ({"state": "authorized"}, [("state",)]),
        ({"amount": yuan("-1")}, [("amount",)]),
        (
            {
                "authorized": CNY9,
                "captures": [Capture("c", CNY5), Capture("c", yuan("-1"))],
                "state": "authorized",
            },
            [("captures", 1, "amount"), ("captures", 1, "reference")],
        ),
        (
            {"authorized": Money.of("5", "USD"), "captures": [Capture("c", Money.of("5", "EUR"))]},
            [("authorized",), ("captures", 0, "amount")],
        ),
    ],
)
def test_a_payment_is_valid_at_birth(but, places):
    given = {"id": "p", "method": "card", "amount": CNY9, **but}
    with pytest.raises(InvalidDocument) as caught:
        Payment(**given)
    assert [fault.path for fault in caught.value.faults] == places


@pytest.mark.parametrize(
    ("but", "path"),
    [
        ({"id": ""}, "id"),
        ({"method": "微信"}, "method"),
        ({"amount": "5"}, "amount"),
        ({"authorized": 5}, "authorized"),
        ({"state": "paid"}, "state"),
        ({"captures": ["c"]}, "captures"),
    ],
)
def test_each_field_of_a_payment_is_checked(but, path):
    with pytest.raises(InvalidInput) as caught:
        Payment(**{"id": "p", "method": "card", "amount": CNY9, **but})
    assert caught.value.path[0] == path


# In the order


@pytest.mark.parametrize("state", [each for each in OrderState if each is not OrderState.DRAFT])
def test_money_may_come_in_any_state_but_draft(state):
    order = paid(in_state(state), "10")
    assert order.balance.captured == yuan("10")
    assert order.state is state


def test_a_draft_takes_no_money():
    with pytest.raises(InvalidValue) as caught:
        request_payment(drafted(), "1", id="p-1", method="card")
    assert (caught.value.path, caught.value.reason) == (("state",), "wrong_state")
    with pytest.raises(InvalidDocument) as caught:
        evolve(drafted(), payments=asked().payments)
    found = [(fault.path, fault.reason) for fault in caught.value.faults]
    assert found == [(("payments",), "wrong_state")]


def test_a_capture_after_the_order_was_cancelled_is_owed_back():
    order = cancel(asked("253"), "changed_mind")[0]
    assert owed_refund(order) is None
    order = capture_payment(order, "p-1", reference="late")[0]
    assert order.payment_status is PaymentStatus.OVERPAID
    assert owed_refund(order).amount == yuan("253")


def test_a_customer_who_pays_twice_gets_one_payment_back():
    order = paid(paid(PLACED), DUE, payment="p-2")
    assert order.payment_status is PaymentStatus.OVERPAID
    parts = owed_refund(order)
    assert (parts.amount, parts.overpaid, parts.lines) == (DUE, DUE, ())
    assert [each.id for each in parts.payments] == ["p-2"]
    order = request_refund(order, parts, id="r-1", reason="paid_twice")[0]
    assert owed_refund(order) is None
    assert order.balance.unpaid.is_zero


def test_every_callback_is_an_event_and_events_are_the_order():
    commands = (
        (lambda o: request_payment(o, "100", id="p-1", method="card"), PaymentRequested),
        (lambda o: authorize_payment(o, "p-1", "60", reference="pay-7"), PaymentAuthorized),
        (lambda o: capture_payment(o, "p-1", "40", reference="c-1"), PaymentCaptured),
        (lambda o: void_payment(o, "p-1"), PaymentVoided),
        (lambda o: request_payment(o, "60", id="p-2", method="card"), PaymentRequested),
        (lambda o: fail_payment(o, "p-2", "declined"), PaymentFailed),
    )
    order = PLACED
    for command, kind in commands:
        now, (event,) = command(order)
        assert type(event) is kind
        assert apply(order, event) == now
        assert now.version == order.version + 1
        order = now
    assert order.payments[0].reference == "pay-7"
    assert loads(Order, dumps(order)) == order
    order.check()


def test_an_event_of_a_payment_is_of_a_new_one():
    with pytest.raises(InvalidValue):
        PaymentRequested(told(asked(), ("authorize",)).payments[0])


def test_a_payment_in_another_currency_is_refused():
    foreign = Payment(id="p", method="card", amount=Money.of("1", "USD"))
    with pytest.raises(InvalidDocument) as caught:
        apply(PLACED, PaymentRequested(foreign))
    assert [type(fault) for fault in caught.value.faults] == [CurrencyMismatch]


def test_a_payment_made_past_the_constructors_is_found_by_the_check():
    order = loads(Order, dumps(told(asked(), ("capture", "40"))))
    object.__setattr__(order.payments[0].captures[0], "amount", yuan("140"))
    with pytest.raises(InvalidDocument) as caught:
        order.check()
    assert caught.value.faults[0].path == ("payments", 0, "authorized")


# What it comes to


def test_what_is_asked_for_beyond_what_is_due_is_told():
    order = place(drafted())[0]  # 462 are due
    told = [(order.balance.asked, order.balance.excess)]
    for command in (
        lambda order: request_payment(order, "400", id="p-1", method="card"),
        lambda order: request_payment(order, "100", id="p-2", method="wechat_pay"),
        lambda order: authorize_payment(order, "p-2", "80"),
        lambda order: capture_payment(order, "p-2", "50", reference="c-2"),
        lambda order: void_payment(order, "p-2"),
        lambda order: cancel(order, "changed_mind"),
        lambda order: fail_payment(order, "p-1", "declined"),
    ):
        order = command(order)[0]
        told.append((order.balance.asked, order.balance.excess))
    assert [(str(asked.decimal), str(excess.decimal)) for asked, excess in told] == [
        ("0.00", "0.00"),
        ("400.00", "0.00"),
        ("500.00", "38.00"),
        ("480.00", "18.00"),
        ("430.00", "18.00"),
        ("400.00", "0.00"),
        ("400.00", "400.00"),
        ("0.00", "0.00"),
    ]


def test_what_is_due_falls_by_the_shares_of_cancelled_units():
    order = cancel(paid(PLACED), "sold_out", {"1": 1})[0]
    unit = PLACED.quote.line("1", 0, 1).payable
    assert order.balance.payable == DUE
    assert order.balance.due == DUE - unit
    assert order.payment_status is PaymentStatus.OVERPAID
    assert cancel(order, "changed_mind")[0].balance.due.is_zero


ZERO, TEN = yuan("0"), yuan("10")


@pytest.mark.parametrize(
    ("amounts", "status"),
    [
        ({}, "unpaid"),
        ({"authorized": yuan("9.99")}, "unpaid"),
        ({"authorized": TEN}, "authorized"),
        ({"captured": yuan("9.99")}, "partially_paid"),
        ({"captured": yuan("1"), "authorized": yuan("9")}, "partially_paid"),
        ({"captured": TEN}, "paid"),
        ({"captured": yuan("10.01")}, "overpaid"),
        ({"captured": TEN, "due": CNY9}, "overpaid"),
        ({"captured": TEN, "refunding": TEN}, "paid"),
        ({"captured": TEN, "refunded": yuan("0.01")}, "partially_refunded"),
        ({"captured": yuan("20"), "refunded": TEN}, "partially_refunded"),
        ({"captured": TEN, "refunded": TEN}, "refunded"),
        ({"captured": yuan("1"), "refunded": yuan("1")}, "refunded"),
        # nothing was ever to be paid
        ({"payable": ZERO, "due": ZERO}, "paid"),
        ({"payable": ZERO, "due": ZERO, "captured": yuan("1")}, "overpaid"),
        # cancelled before anything was paid
        ({"due": ZERO}, "unpaid"),
    ],
)
def test_the_payment_status_follows_from_amounts_alone(amounts, status):
    names = ("authorized", "asked", "captured", "refunded", "refunding", "undone")
    given = {"payable": TEN, "due": TEN, **dict.fromkeys(names, ZERO), **amounts}
    assert payment_status(Balance(**given)) is PaymentStatus(status)


def test_an_order_of_which_nothing_is_to_be_paid_is_paid():
    quote = price(Cart.of("CNY", [("mug", "0", 1)]), PromotionBook("CNY", []), at=AT)
    order = draft(quote, id="o", number="1", details=DETAILS)[0]
    assert order.payment_status is PaymentStatus.PAID


# What must be paid before an order is confirmed

DEPOSIT = price(
    Cart.of("CNY", [("sofa", "1000", 1)]),
    PromotionBook("CNY", [recipes.presale_deposit("pre", "200")]),
    at=AT,
)


def ordered(quote):
    return place(draft(quote, id="o", number="1", details=DETAILS)[0])[0]


@pytest.mark.parametrize(
    ("policy", "steps", "met"),
    [
        ("fully_paid", [], False),
        ("fully_paid", [("authorize",)], False),
        ("fully_paid", [("capture", "40")], False),
        ("fully_paid", [("capture",)], True),
        ("authorized", [], False),
        ("authorized", [("authorize", "60")], False),
        ("authorized", [("authorize",)], True),
        ("authorized", [("authorize",), ("capture", "40")], True),
        ("deposit", [("capture", "40")], False),
        ("on_account", [], True),
    ],
)
def test_a_policy_answers_the_guard_of_confirming(policy, steps, met):
    order = told(asked(DUE), *steps)
    answer = PaymentPolicy(policy).met_by(order)
    if met:
        assert confirm(order, payment_policy_met=answer)[0].state is OrderState.CONFIRMED
        return
    with pytest.raises(TransitionRefused) as caught:
        confirm(order, payment_policy_met=answer)
    (unmet,) = caught.value.refused.unmet
    assert unmet.details["asked"] == str(DUE)


def test_a_deposit_is_enough_where_the_price_of_record_asks_for_one():
    order = ordered(DEPOSIT)
    policy = PaymentPolicy.DEPOSIT
    deposit = order.quote.deposit
    assert policy.met_by(order) == {"asked": str(deposit), "paid": "CNY 0.00"}
    assert policy.met_by(paid(order, deposit)) is True
    assert PaymentPolicy.FULLY_PAID.met_by(paid(order, deposit)) is not True


def test_states_and_steps_of_a_payment_are_drawn_with_words():
    assert "待支付" in PAYMENT.mermaid("zh_CN")
    assert PAYMENT.label(PaymentStep.CAPTURE, "zh_CN") == "收款"
