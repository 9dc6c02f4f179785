"""The published strategies for orders: what they draw is lawful, and nothing is left out.

- Every state, status, event and edit is drawn, and goods and services beside each other.
- Whatever is drawn passes its own check, is its JSON, and is what its events come to.
- What is found shrinks to something that a person can read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from ordercore import Cart, PromotionBook, dumps, loads, price
from ordercore.data import variants
from ordercore.events import Event, replay
from ordercore.orders import (
    ChangeState,
    Edit,
    FulfilmentStatus,
    Order,
    OrderChange,
    OrderChanged,
    OrderDetails,
    OrderState,
    Origin,
    Payment,
    PaymentState,
    PaymentStatus,
    RefundState,
    ReturnStatus,
    apply,
    apply_change,
    timeline,
)
from ordercore.testing import orders as strategies
from ordercore.testing.alphabets import INSTANT
from ordercore.testing.orders import (
    OrderHistory,
    details,
    order_histories,
    orders,
    payments,
    quotes,
)

ONE_PRICE = st.just(
    price(
        Cart.of("CNY", [("shirt", "129.00", 3), ("scarf", "45.00", 2)]),
        PromotionBook("CNY", []),
        at=INSTANT,
    )
)
"""Coverage and smallness are of what happens; a price that stays makes that quick."""

SAME_EACH_TIME = settings(
    max_examples=1500,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def met_in(history: OrderHistory) -> Iterator[tuple[str, Any]]:
    """List what a test may want to have seen."""
    order = history.order
    yield "state", order.state
    yield "fulfilment", order.fulfilment_status
    yield "payment", order.payment_status
    yield "return", order.return_status
    for several in (history, *history.others, *history.changes):
        for told in several.events:
            yield "event", type(told.event)
            if isinstance(told.event, OrderChanged):
                yield from (("edit", type(edit)) for edit in told.event.edits)
                yield "edits", min(len(told.event.edits), 2)
    for part in order.payments:
        yield "payment state", part.state
    for refund in order.refunds:
        yield "refund state", refund.state
    for change in history.changes:
        yield "change state", change.value.state
    yield "services", frozenset(line.is_service for line in order.lines)
    yield "captures", any(len(part.captures) > 1 for part in order.payments)
    yield "part", order.part is not None
    yield "others", frozenset(other.value.origin for other in history.others)
    yield "drafted without a price", history.events[0].event.order.quote is None


@cache
def met() -> dict[str, set[Any]]:
    """Draw many histories, the same ones each time."""
    found: dict[str, set[Any]] = defaultdict(set)

    @SAME_EACH_TIME
    @given(order_histories(ONE_PRICE))
    def collect(history: OrderHistory) -> None:
        for name, value in met_in(history):
            found[name].add(value)

    collect()
    return found


OURS = ("ordercore.orders.", "ordercore.events")
EVENTS = {cls for cls in variants(Event).values() if cls.__module__.startswith(OURS)}
BOTH = {False, True}

ALL_OF_IT: dict[str, Any] = {
    "state": OrderState,
    "fulfilment": FulfilmentStatus,
    "payment": PaymentStatus,
    "return": ReturnStatus,
    "event": EVENTS,
    "edit": variants(Edit).values(),
    "edits": {1, 2},
    "payment state": PaymentState,
    "refund state": RefundState,
    "change state": ChangeState,
    "captures": BOTH,
    "part": BOTH,
    "drafted without a price": BOTH,
}


@pytest.mark.parametrize("name", ALL_OF_IT)
def test_all_of_it_is_drawn(name: str) -> None:
    assert met()[name] == {*ALL_OF_IT[name]}


def test_goods_and_services_are_drawn_alone_and_together() -> None:
    assert met()["services"] >= {frozenset({False}), frozenset({True}), frozenset(BOTH)}


def test_orders_that_replace_others_and_that_were_split_off_are_drawn() -> None:
    assert {origin for several in met()["others"] for origin in several} == {*Origin}


# Whatever is drawn


@given(order_histories())
def test_whatever_is_drawn_is_lawful_is_its_json_and_is_its_replay(history: OrderHistory) -> None:
    for each in (history.own, *history.others):
        each.value.check()
        assert loads(Order, dumps(each.value)) == each.value
        assert replay(apply, None, each.events) == each.value
        assert [told.sequence for told in each.events] == [*range(1, each.value.version + 1)]
        timeline(each.value, each.events)
    for change in history.changes:
        assert loads(OrderChange, dumps(change.value)) == change.value
        assert replay(apply_change, None, change.events) == change.value


@given(order_histories())
def test_no_id_is_drawn_twice(history: OrderHistory) -> None:
    several = (history.own, *history.others)
    ids = [each.value.id for each in (*several, *history.changes)]
    ids += [told.id for each in (*several, *history.changes) for told in each.events]
    assert len(ids) == len({*ids})


@given(orders())
def test_an_order_by_itself_is_drawn_as_well(order: Order) -> None:
    order.check()
    assert order.details.delivery is not None


@given(st.data())
def test_what_is_given_is_as_given(data: st.DataObject) -> None:
    quote = data.draw(quotes("JPY", min_lines=2, max_lines=2, max_promotions=0))
    order = data.draw(orders(st.just(quote), details=details(channel="app"), max_steps=0))
    assert (order.currency, order.state, len(order.lines)) == ("JPY", "draft", 2)
    assert order.details.channel == "app"
    assert order.quote.quote() == quote


@given(payments("KWD"))
def test_a_payment_is_drawn_within_its_own_laws(payment: Payment) -> None:
    assert not list(payment.faults())
    assert payment.currency == "KWD"


@pytest.mark.parametrize("state", PaymentState)
def test_a_payment_is_drawn_in_every_state(state: PaymentState) -> None:
    found = find(payments(), lambda payment: payment.state is state)
    assert (found.amount.minor, len(found.captures)) == (1, state is PaymentState.CAPTURED)


# Told in few words, and found small


@pytest.mark.parametrize("name", [name for name in strategies.__all__ if name.islower()])
def test_a_strategy_is_told_in_few_words(name: str) -> None:
    assert len(repr(getattr(strategies, name)())) < 10_000


@pytest.mark.slow
def test_what_is_found_is_small_down_to_its_price() -> None:
    order = found(orders(), lambda order: order.state is OrderState.PLACED)
    (line,) = order.lines
    assert (line.quantities.ordered, line.is_service, order.version) == (1, False, 2)
    assert order.quote.promotions == ()
    assert order.details == OrderDetails(delivery=order.details.delivery)


def found(strategy: Any, is_it: Any) -> Any:
    """Find one and shrink it, the same each time."""
    return find(
        strategy, is_it, settings=settings(max_examples=2000, derandomize=True, database=None)
    )


@pytest.mark.slow
def test_what_is_found_is_small_though_much_has_happened() -> None:
    one = found(
        order_histories(ONE_PRICE),
        lambda history: history.order.return_status is ReturnStatus.RETURNED,
    )
    assert len(one.events) <= 11  # the usual life of an order, and nothing beside it
    assert (one.others, one.changes) == ((), ())
