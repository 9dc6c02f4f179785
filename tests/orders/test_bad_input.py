"""Whatever an order's command is given: it is an error with a path, and no other exception.

Some values are good by chance; then the next order can be written as a document and read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from making import DETAILS, QUOTE, in_state, moved, paid

from ordercore import Cart, Money, dumps, loads
from ordercore.errors import InvalidDocument, InvalidInput, OrderCoreError
from ordercore.orders import (
    ChangeConfirmed,
    ChangeQuantity,
    ChangeRemarks,
    Order,
    OrderDrafted,
    OrderHeld,
    OrderState,
    Override,
    RemoveLine,
    apply,
    apply_change,
    approve_refund,
    authorize_payment,
    cancel,
    cancel_change,
    cancel_refund,
    cancel_replacement,
    capture_payment,
    changed_cart,
    complete,
    confirm,
    confirm_change,
    confirm_proposed,
    decline_change,
    draft,
    fail_payment,
    fail_refund,
    guards_of,
    hold,
    merge,
    move_units,
    note,
    owed_refund,
    place,
    preview_change,
    propose_change,
    proposed_refund,
    rebuild,
    refund_ceilings,
    refund_guards,
    release,
    replace_units,
    reprice,
    request_payment,
    request_refund,
    retry_refund,
    split,
    submit_refund,
    succeed_refund,
    timeline,
    void_payment,
)

DRAFT, PLACED, CONFIRMED, _, _ = OrderState
Call = tuple[Callable[..., Any], dict[str, Any]]

BAD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, float("nan"), 10**30),
    *("", " ", "a\x00b", "\ud800", "\u202e", "a" * 10**4, b"x", "unknown", "NaN", "1e400"),
    *([], {}, [None], [[]], ["x"], object(), range(3)),
    *({"1": True}, {"1": 1.0}, {"1": -1}, {"1": 10**12}, {"nope": 1}, {1: 1}, {"1": None}),
    *({"a": 1.5}, {"a": "NaN"}, {"a": Money.of("-1", "USD")}, {"1": 1, "nope": True, "2": 0}),
    *(Money.of("1", "USD"), Money.of("1", "JPY"), QUOTE, DETAILS, [RemoveLine("nope")]),
    *([ChangeQuantity("1", 1)] * 2, [ChangeRemarks("a")] * 1001),
)


@cache
def calls() -> tuple[Call, ...]:
    """Give every command with values that it takes."""
    order = in_state(CONFIRMED)
    asked = request_payment(order, "10", id="p-9", method="card")[0]
    owing = cancel(paid(order), "sold_out", {"1": 1})[0]
    parts = owed_refund(owing)
    back = request_refund(owing, parts, id="r-1", reason="sold_out")[0]
    submitted = submit_refund(approve_refund(back, "r-1")[0], "r-1")[0]
    failed = fail_refund(submitted, "r-1", "timeout")[0]
    (one, _), (two, _) = split(order, {"1": 1}, id="o-2", number="SO2")
    preview = preview_change(order, [ChangeRemarks("x")])
    change, _ = propose_change(preview, id="ch-1")
    new = Cart.of("CNY", [("mug", "0", 1)])
    said = {"case": "c-1", "id": "o-3", "number": "SO3"}
    (replaced, _), (other, _) = replace_units(owing, {"1": 1}, new, **said)
    payment, refund = {"order": asked, "payment_id": "p-9"}, {"refund_id": "r-1"}
    held, delivered = hold(order, "fraud")[0], moved(order, "allocate", "ship", "deliver")
    edits = [ChangeQuantity("1", 2)]
    return (
        (draft, {"what": QUOTE, "id": "o", "number": "n", "details": DETAILS, "services": {}}),
        (draft, {"what": QUOTE, "id": "o", "number": "n", "origin": "normal", "replaces": ()}),
        (reprice, {"order": in_state(DRAFT), "quote": QUOTE}),
        (place, {"order": in_state(DRAFT), "by": "customer"}),
        (confirm, {"order": in_state(PLACED), "payment_policy_met": True, "by": "staff"}),
        (complete, {"order": delivered, "by": "staff"}),
        (hold, {"order": order, "reason": "fraud"}),
        (release, {"order": held, "reason": "fraud"}),
        (note, {"order": order, "text": "x"}),
        (cancel, {"order": order, "reason": "sold_out", "units": {"1": 1}}),
        (move_units, {"order": order, "move": "allocate", "units": {"1": 1}}),
        (request_payment, {"order": order, "amount": "1", "id": "p", "method": "card"}),
        (authorize_payment, {**payment, "amount": "5", "reference": "a-1"}),
        (capture_payment, {**payment, "amount": "5", "reference": "c-1"}),
        (fail_payment, {**payment, "reason": "declined"}),
        (void_payment, payment),
        (
            request_refund,
            {"order": owing, "parts": parts, "id": "r", "reason": "x", "key": "k"}
            | {"override": Override("me", "kind")},
        ),
        (approve_refund, {"order": back, **refund}),
        (cancel_refund, {"order": back, **refund}),
        (submit_refund, {"order": approve_refund(back, "r-1")[0], **refund}),
        (succeed_refund, {"order": submitted, **refund, "reference": "b-1"}),
        (fail_refund, {"order": submitted, **refund, "reason": "timeout"}),
        (retry_refund, {"order": failed, **refund}),
        (refund_guards, {"order": back, **refund}),
        (refund_ceilings, {"order": back}),
        (
            proposed_refund,
            {"order": owing, "units": {"1": 1}, "policy": "keep_shares", "charges": {"a": "-1"}}
            | {"even_replaced": False},
        ),
        (owed_refund, {"order": owing, "policy": "keep_shares"}),
        (changed_cart, {"order": order, "edits": edits}),
        (preview_change, {"order": order, "edits": edits, "quote": None}),
        (confirm_change, {"order": order, "preview": preview}),
        (propose_change, {"preview": preview, "id": "ch-2"}),
        (confirm_proposed, {"order": order, "change": change, "by": "customer"}),
        (decline_change, {"change": change, "reason": "no"}),
        (cancel_change, {"change": change, "reason": "no"}),
        (split, {"order": order, "units": {"1": 1}, "allocated": {}, "id": "o", "number": "n"}),
        (merge, {"order": one, "other": two}),
        (replace_units, {"order": owing, "units": {"1": 1}, "what": new, **said}),
        (
            cancel_replacement,
            {"order": replaced, "replacement": cancel(other, "sold_out")[0]},
        ),
        (guards_of, {"order": order}),
        (timeline, {"order": order, "recorded": (), "changes": [change]}),
        (apply, {"order": order, "event": OrderHeld("fraud")}),
        (apply_change, {"change": change, "event": ChangeConfirmed()}),
        (rebuild, {"events": [OrderDrafted(in_state(DRAFT))]}),
    )


def named(call: Call) -> str:
    return call[0].__name__


def has_paths(error: OrderCoreError) -> bool:
    if isinstance(error, InvalidDocument):
        return bool(error.faults) and all(fault.path for fault in error.faults)
    return bool(error.path) if isinstance(error, InvalidInput) else True


def answer(
    command: Callable[..., Any], given: dict[str, Any]
) -> tuple[Any, OrderCoreError | None]:
    """Give what a command gives, or the error."""
    try:
        return command(**given), None
    except OrderCoreError as error:
        return None, error


def orders_in(told: Any) -> Iterator[Order]:
    if isinstance(told, Order):
        yield told
    for each in told if isinstance(told, tuple) else ():
        yield from orders_in(each)


@pytest.mark.parametrize("call", [*calls()], ids=named)
def test_whatever_a_command_is_given_is_told_with_its_place(call: Call) -> None:
    command, given = call
    command(**given)
    for name in given:
        for bad in BAD:
            told, error = answer(command, {**given, name: bad})
            assert error is None or has_paths(error), (name, bad, error)
            for order in orders_in(told):
                assert loads(Order, dumps(order)) == order


@pytest.mark.parametrize("bad", ["", 1, None, [True]])
def test_whether_replaced_units_may_be_refunded_is_yes_or_no(bad: Any) -> None:
    order = cancel(paid(in_state(CONFIRMED)), "sold_out", {"1": 1})[0]
    with pytest.raises(InvalidInput) as told:
        proposed_refund(order, {"1": 1}, even_replaced=bad)
    assert told.value.path == ("even_replaced",)
