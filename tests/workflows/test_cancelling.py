"""Cancelling: what goes back is what was taken, once, and only where the order ends."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from casebook import (
    AT,
    BOOK,
    CONFIRMED,
    PAID,
    QUOTE,
    SHOP,
    cancelling,
    check,
    doing,
    everything,
    placing,
    prepared,
)
from making import ALL

from ordercore import Cart, PromotionBook, Shopper, price, recipes
from ordercore.errors import IllegalTransition, InvalidDocument, InvalidInput, NotFound
from ordercore.lifecycle import Refused
from ordercore.orders import Order, OrderState
from ordercore.promotions import Limits
from ordercore.storage import Counter, Key, MemoryStore
from ordercore.workflows import (
    Cancelled,
    Granted,
    MoveUnits,
    Placed,
    RecordCapture,
    RequestPayment,
    Shop,
    run,
)


def placed(*more: Any, **but: Any) -> MemoryStore:
    return prepared([placing(**but), *more])


def reserved(store: MemoryStore) -> dict[str, int]:
    """Tell how many units of each sku are set aside."""
    return {
        key.id: sum(found.value.reserved.values())
        for key, found in store._kept.aggregates.items()
        if key.kind == "test_shelf"
    }


def used(store: MemoryStore) -> dict[str, int]:
    return {str(counter): told for counter, told in store._kept.used.items() if told}


NOTHING = {"shirt": 0, "scarf": 0, "tea-sampler": 0}


def test_what_the_order_took_is_given_back() -> None:
    store = placed()
    assert reserved(store) == {"shirt": 3, "scarf": 1, "tea-sampler": 1}
    reply = run(SHOP.does(cancelling()), store)
    assert (reply.order_id, reply.state, reply.version) == ("o-1", OrderState.CANCELLED, 4)
    assert (reserved(store), used(store)) == (NOTHING, {})
    check(store)


def test_the_customer_may_use_the_promotion_again() -> None:
    store = placed()
    run(SHOP.does(cancelling()), store)
    assert isinstance(run(SHOP.does(placing("again", "o-2")), store), Placed)
    check(store)


def test_uses_may_be_kept() -> None:
    store = placed()
    before = used(store)
    run(SHOP.does(cancelling(give_back=False)), store)
    assert (reserved(store), used(store)) == (NOTHING, before)


def test_some_units_free_what_they_had_and_give_no_use_back() -> None:
    store = placed()
    before = used(store)
    reply = run(SHOP.does(cancelling(units={"1": 2})), store)
    assert reply.state is OrderState.PLACED
    assert reserved(store) == {"shirt": 1, "scarf": 1, "tea-sampler": 1}
    assert used(store) == before
    check(store)


def test_the_last_units_give_all_back() -> None:
    store = placed()
    run(SHOP.does(cancelling("c-1", units={"1": 3, "3": 1})), store)
    reply = run(SHOP.does(cancelling("c-2", units={"2": 1})), store)
    assert reply.state is OrderState.CANCELLED
    assert (reserved(store), used(store)) == (NOTHING, {})
    check(store)


def test_units_that_were_not_allocated_are_not_freed() -> None:
    store = placed(doing("d", MoveUnits("deallocate", {"1": 2})))
    run(SHOP.does(cancelling(units={"1": 2})), store)
    assert reserved(store)["shirt"] == 1
    check(store)


def test_what_is_given_back_is_what_the_limits_of_then_had_counted() -> None:
    """The budget and the limit per customer are new; the order has added to neither."""
    once = recipes.amount_off("welcome", "30", code="HI", limits=Limits(uses=100))
    of_then = evolve(SHOP, book=PromotionBook("CNY", [once, *BOOK.promotions[1:]]))
    store = prepared([])
    quote = price(placing().quote.cart, of_then.book, at=AT, shopper=Shopper("c-7"), codes="HI")
    run(of_then.does(placing(quote=quote)), store)
    run(SHOP.does(placing("p-2", "o-2")), store)
    run(SHOP.does(cancelling()), store)
    assert used(store) == {
        "uses welcome": 1,
        "uses welcome c-7": 1,
        "spent welcome": 3000,
        "uses tea": 1,
    }


def test_never_more_is_given_back_than_a_counter_tells() -> None:
    """The host has cleared the counter meanwhile: the order can be cancelled all the same."""
    store = placed()
    store._kept.used[Counter("uses", "welcome")] = 0
    run(SHOP.does(cancelling()), store)
    assert used(store) == {}


def test_a_shop_without_stock_frees_nothing() -> None:
    shop = Shop(book=BOOK)
    store = MemoryStore()
    run(shop.does(placing()), store)
    assert isinstance(run(shop.does(cancelling()), store), Cancelled)
    check(store)


# Money


def stored(store: MemoryStore) -> Order:
    key = Key("order", "o-1")
    return store.read([key]).value(key, Order)


def test_nothing_is_owed_of_what_was_not_paid() -> None:
    reply = run(SHOP.does(cancelling(refund_id="r-1")), placed())
    assert reply.refund is None


def test_what_was_paid_is_owed_in_full() -> None:
    reply = run(SHOP.does(cancelling()), store := prepared(PAID))
    assert (reply.refund, stored(store).refunds) == (QUOTE.payable, ())


def test_the_refund_may_be_asked_for_in_the_same_commit() -> None:
    reply = run(SHOP.does(cancelling(refund_id="r-1")), store := prepared(CONFIRMED))
    (refund,) = stored(store).refunds
    assert (refund.id, refund.reason, refund.amount) == ("r-1", "changed_mind", reply.refund)
    assert stored(store).version == reply.version
    check(store)


def test_parts_and_the_rest_owe_what_was_paid_to_the_last_fen() -> None:
    store = prepared(PAID)
    parts = [{"1": 1}, {"3": 1}, {"1": 2}, {"2": 1}]
    told = [
        run(SHOP.does(cancelling(f"c-{i}", units=units, refund_id=f"r-{i}")), store)
        for i, units in enumerate(parts)
    ]
    assert sum(each.refund.minor for each in told) == QUOTE.payable_minor
    check(store)


def test_what_is_owed_and_not_asked_for_is_told_again() -> None:
    store = prepared(PAID)
    first = run(SHOP.does(cancelling("c-1", units={"1": 1})), store)
    second = run(SHOP.does(cancelling("c-2", units={"1": 1}, refund_id="r-2")), store)
    assert second.refund > first.refund
    assert stored(store).refunds[0].amount == second.refund


def test_the_refund_is_reckoned_by_the_policy_that_is_named() -> None:
    """A coat and a hat for 300 under 满300减50: what stays is bought without the promotion."""
    book = PromotionBook("CNY", [recipes.spend_and_save("s", spend="300", save="50")])
    quote = price(Cart.of("CNY", [("coat", "200", 1), ("hat", "100", 1)]), book, at=AT)
    shop, told = Shop(book=book), {}
    pay = RequestPayment(payment_id="p-1", amount=quote.payable, method="card")
    acts = (pay, RecordCapture(payment_id="p-1", reference="cap-1"))
    for policy in (None, "keep_shares", "reprice"):
        store = MemoryStore()
        run(shop.does(placing(quote=quote, services={})), store)
        for i, act in enumerate(acts):
            run(shop.does(doing(f"pay-{i}", act)), store)
        cancel = cancelling(units={"2": 1}, refund_id="r-1", policy=policy)
        told[policy] = str(run(shop.does(cancel), store).refund)
    assert told == {None: "CNY 83.33", "keep_shares": "CNY 83.33", "reprice": "CNY 50.00"}


# Refused


def test_what_was_shipped_is_not_cancelled_and_the_refusal_says_what() -> None:
    store = prepared([*CONFIRMED, doing("ship", MoveUnits("ship", {"1": 2}))])
    before = everything(store)
    told = run(SHOP.does(cancelling()), store)
    assert isinstance(told, Refused)
    assert [(each.guard, dict(each.details)) for each in told.unmet] == [
        ("nothing_shipped", {"1": "2"})
    ]
    assert everything(store) == before
    check(store)


MISTAKES: list[tuple[Any, type[Exception]]] = [
    (cancelling(order_id="o-9"), NotFound),
    (cancelling(units={"1": 4}), InvalidDocument),
    (cancelling(units={"9": 1}), InvalidDocument),
    (cancelling(units={"1": 0}), InvalidDocument),
    (cancelling(units={}), InvalidInput),
]


@pytest.mark.parametrize(("command", "error"), MISTAKES)
def test_a_mistake_is_an_error_and_changes_nothing(command: Any, error: type[Exception]) -> None:
    store = placed()
    before = everything(store)
    with pytest.raises(error):
        run(SHOP.does(command), store)
    assert everything(store) == before


def test_an_order_that_is_over_is_not_cancelled_again() -> None:
    store = placed(cancelling())
    with pytest.raises(IllegalTransition):
        run(SHOP.does(cancelling("c-2")), store)
    check(store)


class Miser:
    """A stock that does not give free; stocks must not be so."""

    def needs(self, task: Any, got: Any) -> tuple[()]:
        return ()

    def decide(self, task: Any, got: Any) -> Any:
        return tuple(each.short() for each in task.wanted)


class Vague(Miser):
    """A stock that neither grants nor says what is short."""

    def decide(self, task: Any, got: Any) -> Any:
        return ()


@pytest.mark.parametrize("stock", [Miser(), Vague()])
def test_a_stock_that_breaks_its_word_is_found_out(stock: Any) -> None:
    store = placed()
    before = everything(store)
    with pytest.raises(InvalidInput) as told:
        run(evolve(SHOP, stock=stock).does(cancelling()), store)
    assert told.value.path == ("stock",)
    assert everything(store) == before


def test_a_grant_is_of_its_parts() -> None:
    with pytest.raises(InvalidInput):
        Granted(allocated={"1": -1})


def test_all_lines_may_be_named() -> None:
    store = placed()
    assert run(SHOP.does(cancelling(units=ALL)), store).state is OrderState.CANCELLED
    assert reserved(store) == NOTHING
