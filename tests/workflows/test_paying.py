"""Paying and giving back: what providers say twice, late or in another order happens once.

The webhook and the browser complete the same payment, each under a key of its own; the store
then holds what one of them alone would leave.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from casebook import (
    APPROVED,
    ASKED,
    DELIVERED,
    FAILED,
    OWED,
    PAID,
    PLACED,
    QUOTE,
    SHOP,
    SUBMITTED,
    cancelling,
    check,
    copied,
    doing,
    everything,
    in_turn,
    prepared,
    splitting,
)
from disturbing import Disturbed

from ordercore import Money
from ordercore.errors import (
    IllegalTransition,
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    NotFound,
)
from ordercore.lifecycle import Refused
from ordercore.orders import (
    Order,
    OrderState,
    PaymentState,
    PaymentStatus,
    RefundState,
    RefundStep,
    proposed_refund,
)
from ordercore.storage import Key, MemoryStore
from ordercore.workflows import (
    AdvanceRefund,
    Confirm,
    Hold,
    RecordAuthorization,
    RecordCapture,
    RecordFailure,
    RecordRefund,
    RecordRefundFailure,
    RequestPayment,
    RequestRefund,
    VoidPayment,
    run,
)

ALL_OF_IT = QUOTE.payable
AUTHORIZED = RecordAuthorization(payment_id="p-1", reference="pi-1")
CAPTURED = RecordCapture(payment_id="p-1", reference="cap-1", amount=ALL_OF_IT)
DECLINED = RecordFailure(payment_id="p-1", reason="declined")


def stored(store: MemoryStore) -> Order:
    key = Key("order", "o-1")
    return store.read([key]).value(key, Order)


def does(store: MemoryStore, *acts: Any, key: str = "n") -> list[Any]:
    return [run(SHOP.does(doing(f"{key}-{i}", act)), store) for i, act in enumerate(acts)]


# Once


NEWS = {
    "an authorization": (ASKED, AUTHORIZED),
    "a capture": (ASKED, CAPTURED),
    "a failure": (ASKED, DECLINED),
    "a void": (ASKED, VoidPayment(payment_id="p-1")),
    "a refund": (SUBMITTED, RecordRefund(refund_id="r-1", reference="back-1")),
    "a refund that failed": (
        SUBMITTED,
        RecordRefundFailure(refund_id="r-1", reason="timeout"),
    ),
}


@pytest.mark.parametrize("name", NEWS)
def test_the_same_news_under_another_key_change_nothing(name: str) -> None:
    before, act = NEWS[name]
    store = prepared(before)
    first, second = does(store, act, act)
    assert first == second
    assert stored(store).version == first.version
    told = [each.cause for each in store.outbox(limit=1000).members]
    assert (told.count("n-0"), told.count("n-1")) == (1, 0)
    check(store)


def test_webhook_and_browser_complete_one_payment() -> None:
    """Both see the order unpaid and decide; one commits, the other decides anew."""
    store = prepared(ASKED)
    webhook, browser = (SHOP.does(doing(key, CAPTURED)) for key in ("webhook", "browser"))

    def be_faster(_number: int, verb: str) -> None:
        if verb == "commit":
            run(webhook, store)

    late = Disturbed(store, before=be_faster)
    reply = run(browser, late)
    assert late.told == ["read", "reply", "commit"] * 2
    assert reply.version == stored(store).version
    assert len(stored(store).payments[0].captures) == 1
    assert stored(store).payment_status is PaymentStatus.PAID


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_a_payment_that_was_captured_is_paid_in_whatever_order_one_is_told(
    order: tuple[int, ...],
) -> None:
    news = [AUTHORIZED, CAPTURED, AUTHORIZED, CAPTURED]
    store = prepared(ASKED)
    does(store, *[news[i] for i in order])
    (payment,) = stored(store).payments
    assert (payment.state, payment.captured) == (PaymentState.CAPTURED, ALL_OF_IT)
    assert len(payment.captures) == 1
    check(store)


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_a_failure_told_late_takes_no_money_away(order: tuple[int, ...]) -> None:
    news = [DECLINED, CAPTURED, DECLINED]
    store = prepared(ASKED)
    does(store, *[news[i] for i in order])
    assert stored(store).payment_status is PaymentStatus.PAID
    check(store)


def test_money_that_comes_after_the_order_was_cancelled_is_recorded_and_owed() -> None:
    store = prepared([*ASKED, cancelling()])
    does(store, CAPTURED, RequestRefund(refund_id="r-1", reason="cancelled"))
    assert stored(store).refunds[0].amount == ALL_OF_IT
    assert stored(store).state is OrderState.CANCELLED
    check(store)


def test_another_amount_under_a_known_reference_is_a_contradiction() -> None:
    store = prepared(PAID)
    before = everything(store)
    odd = RecordCapture(payment_id="p-1", reference="cap-1", amount=Money.of("1", "CNY"))
    with pytest.raises(InvalidValue) as told:
        does(store, odd)
    assert told.value.reason == "duplicate_reference"
    assert everything(store) == before


SPLIT = (*PAID, splitting({"1": 2}))
"""Paid at once, and split: each part has some of the one capture."""


@pytest.mark.parametrize("name", ["o-1", "o-2"])
@pytest.mark.parametrize("amount", [None, ALL_OF_IT])
def test_a_capture_told_again_after_a_split_is_no_news_to_any_part(
    name: str, amount: Money | None
) -> None:
    store = prepared(SPLIT)
    before = store.read([Key("order", name)]).version(Key("order", name))
    act = RecordCapture(payment_id="p-1", reference="cap-1", amount=amount)
    assert run(SHOP.does(doing("again", act, name)), store).version == before
    check(store)


def test_a_payment_that_another_part_has_is_told_with_its_order() -> None:
    """Of two payments the second one went along as a whole."""
    first, second = ALL_OF_IT - Money.of("1", "CNY"), Money.of("1", "CNY")
    asked = [
        RequestPayment(payment_id=f"p-{i}", amount=amount, method="card")
        for i, amount in enumerate((first, second), 1)
    ]
    taken = [RecordCapture(payment_id=f"p-{i}", reference=f"cap-{i}") for i in (1, 2)]
    store = prepared([*PLACED, *in_turn(*asked, *taken), splitting({"1": 1})])
    before = everything(store)
    for act in (taken[1], RecordFailure(payment_id="p-2", reason="x")):
        with pytest.raises(NotFound) as told:
            does(store, act)
        assert (told.value.path, told.value.reason) == (("payment_id",), "payment_elsewhere")
        assert stored(store).holders("p-2") == ("o-2",)
        run(SHOP.does(doing("there", act, "o-2")), copied(store))
    assert everything(store) == before


def test_several_captures_are_several() -> None:
    store = prepared(ASKED)
    parts = [Money.of("100", "CNY"), ALL_OF_IT - Money.of("100", "CNY")]
    acts = [
        RecordCapture(payment_id="p-1", reference=f"cap-{i}", amount=part)
        for i, part in enumerate(parts)
    ]
    does(store, acts[0])
    assert stored(store).payment_status is PaymentStatus.PARTIALLY_PAID
    does(store, acts[1], acts[0], key="m")
    assert stored(store).payment_status is PaymentStatus.PAID


def test_a_payment_that_was_voided_is_not_authorized_any_more() -> None:
    store = prepared(ASKED)
    does(store, VoidPayment(payment_id="p-1"), AUTHORIZED)
    assert stored(store).payments[0].state is PaymentState.VOIDED


# Confirming


@pytest.mark.parametrize(
    ("policy", "acts", "met"),
    [
        ("fully_paid", [], False),
        ("fully_paid", [AUTHORIZED], False),
        ("fully_paid", [CAPTURED], True),
        ("authorized", [AUTHORIZED], True),
        ("on_account", [], True),
    ],
)
def test_an_order_is_confirmed_once_its_policy_is_met(
    policy: str, acts: list[Any], *, met: bool
) -> None:
    store = prepared(ASKED)
    does(store, *acts)
    (told,) = does(store, Confirm(policy), key="c")
    if met:
        assert told.state is OrderState.CONFIRMED
    else:
        assert isinstance(told, Refused)
        assert [each.guard for each in told.unmet] == ["payment_policy_met"]
    check(store)


def test_a_hold_and_missing_money_are_told_together() -> None:
    store = prepared(PLACED)
    _, told = does(store, Hold("fraud_check"), Confirm())
    assert [each.guard for each in told.unmet] == ["no_holds", "payment_policy_met"]


# Refunds


def test_a_refund_is_handed_over_and_fails_and_is_retried_under_one_key() -> None:
    store = prepared(FAILED)
    keys = {stored(store).refunds[0].key}
    does(store, AdvanceRefund("r-1", "retry"), RecordRefund(refund_id="r-1"))
    keys |= {each.key for each in stored(store).refunds}
    assert (keys, stored(store).refunds[0].state) == ({"r-1"}, RefundState.SUCCEEDED)
    check(store)


def test_success_told_late_of_a_refund_that_failed_counts() -> None:
    store = prepared(FAILED)
    does(store, RecordRefund(refund_id="r-1"))
    assert stored(store).refunds[0].state is RefundState.SUCCEEDED


def test_failure_told_late_of_a_refund_that_succeeded_does_not() -> None:
    store = prepared(SUBMITTED)
    does(store, RecordRefund(refund_id="r-1"), RecordRefundFailure(refund_id="r-1", reason="t"))
    assert stored(store).refunds[0].state is RefundState.SUCCEEDED


def test_where_nothing_is_owed_no_refund_is_asked_for() -> None:
    store = prepared(PAID)
    version = stored(store).version
    (told,) = does(store, RequestRefund(refund_id="r-1", reason="none"))
    assert (told.version, stored(store).refunds) == (version, ())


def test_a_refund_for_units_is_asked_for_as_proposed() -> None:
    store = prepared(DELIVERED)
    parts = proposed_refund(stored(store), {"1": 1})
    act = RequestRefund(refund_id="r-1", reason="damaged", parts=parts, provider_key="k-77")
    does(store, act)
    (refund,) = stored(store).refunds
    assert (refund.amount, refund.key) == (parts.amount, "k-77")
    check(store)


def test_two_refunds_of_the_same_units_do_not_both_fit() -> None:
    store = prepared(DELIVERED)
    parts = proposed_refund(stored(store), {"1": 3, "2": 1, "3": 1})
    does(store, RequestRefund(refund_id="r-1", reason="damaged", parts=parts))
    before = everything(store)
    with pytest.raises(InvalidDocument):
        does(store, RequestRefund(refund_id="r-2", reason="damaged", parts=parts), key="m")
    assert everything(store) == before


@pytest.mark.parametrize("step", [RefundStep.SUCCEED, RefundStep.FAIL, "whatever"])
def test_what_the_provider_says_is_no_step_of_the_shop(step: Any) -> None:
    with pytest.raises(InvalidInput) as told:
        AdvanceRefund("r-1", step)
    assert told.value.path == ("step",)


MISTAKES: list[tuple[Any, Any, type[Exception]]] = [
    (ASKED, RequestPayment(payment_id="p-1", amount=ALL_OF_IT, method="card"), InvalidDocument),
    (ASKED, RecordCapture(payment_id="p-9", reference="cap-1"), NotFound),
    (ASKED, RecordAuthorization(payment_id="p-9"), NotFound),
    (ASKED, RecordFailure(payment_id="p-9", reason="x"), NotFound),
    (ASKED, VoidPayment(payment_id="p-9"), NotFound),
    (PAID, RecordCapture(payment_id="p-1", reference="cap-2"), IllegalTransition),
    (OWED, AdvanceRefund("r-1", "submit"), IllegalTransition),
    (OWED, AdvanceRefund("r-9", "approve"), NotFound),
    (APPROVED, RecordRefund(refund_id="r-1"), IllegalTransition),
    (OWED, RecordRefund(refund_id="r-9"), NotFound),
    (OWED, RecordRefundFailure(refund_id="r-9", reason="x"), NotFound),
]


@pytest.mark.parametrize(("before", "act", "error"), MISTAKES)
def test_a_mistake_is_an_error_and_changes_nothing(
    before: Any, act: Any, error: type[Exception]
) -> None:
    store = prepared(before)
    kept = everything(store)
    with pytest.raises(error):
        does(store, act)
    assert everything(store) == kept
