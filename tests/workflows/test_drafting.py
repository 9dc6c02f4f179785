"""Drafts: stored without a use of anything, placed later as if they were ordered that day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from casebook import (
    AT,
    BOOK,
    DRAFTED,
    QUOTE,
    SHOP,
    cancelling,
    changing,
    check,
    doing,
    drafting,
    edited,
    everything,
    placing,
    placing_draft,
    prepared,
    shelved,
)
from making import CART, DETAILS, SERVICES, SITE

from ordercore import Cart, PromotionBook, Shopper, price, recipes
from ordercore.cart import Usage
from ordercore.errors import IllegalTransition, InvalidInput, InvalidValue, NotFound
from ordercore.events import Actor, record
from ordercore.orders import ChangeAddress, Order, OrderDetails, OrderPriced, OrderState, draft
from ordercore.pricing import Kind
from ordercore.storage import Change, Decision, Key, MemoryStore, Reply, Request
from ordercore.workflows import NotPlaced, Placed, Remark, Updated, run

ORDER = Key("order", "o-1")


def stored(store: MemoryStore) -> Order:
    return store.read([ORDER]).value(ORDER, Order)


def without(promotion: str) -> Any:
    kept = [each for each in BOOK.promotions if each.id != promotion]
    return evolve(SHOP, book=PromotionBook("CNY", kept))


# Stored


def test_a_draft_takes_nothing_of_stock_and_uses_no_promotion() -> None:
    store = shelved()
    before = everything(store)
    reply = run(SHOP.does(drafting()), store)
    assert reply == Updated(order_id="o-1", state="draft", version=1)
    order = stored(store)
    assert (order.state, order.payable, order.details) == ("draft", QUOTE.payable, DETAILS)
    assert {line.id: line.service for line in order.lines if line.is_service} == SERVICES
    aggregates, used, *_ = everything(store)
    assert (aggregates.keys() - before[0].keys(), used) == ({ORDER}, before[1])


def test_an_id_that_is_taken_is_no_id_of_a_draft() -> None:
    store = prepared(DRAFTED)
    with pytest.raises(InvalidValue) as told:
        run(SHOP.does(drafting("again")), store)
    assert (told.value.path, told.value.reason) == (("order_id",), "duplicate_id")


# Placed


def test_to_draft_and_to_place_it_comes_to_the_order_that_is_placed_at_once() -> None:
    at_once, later = prepared([placing()]), prepared(DRAFTED)
    reply = run(SHOP.does(placing_draft()), later)
    once, after = stored(at_once), stored(later)
    assert reply == Placed(
        order_id="o-1", number="SO1", payable=QUOTE.payable, version=after.version
    )
    assert evolve(after, version=once.version) == once
    assert later._kept.used == at_once._kept.used
    check(later)


def test_the_price_of_record_is_that_of_the_day_on_which_it_is_placed() -> None:
    store, next_day = prepared(DRAFTED), AT + timedelta(days=1)
    run(SHOP.does(placing_draft(at=next_day)), store)
    assert stored(store).quote.context.at == next_day
    priced = [each.event for each in store.outbox().members if each.cause == "place-draft"]
    assert isinstance(priced[0], OrderPriced)


def test_a_price_that_stands_to_the_letter_is_not_written_down_again() -> None:
    """Instant and counters are those by which the draft was priced."""
    shop = without("welcome")
    quote = price(CART, shop.book, at=AT, shopper=Shopper("c-7"), usage=Usage(uses={"tea": 0}))
    store = shelved()
    run(shop.does(drafting(quote=quote)), store)
    record = stored(store).quote
    reply = run(shop.does(placing_draft()), store)
    told = [each.event for each in store.outbox().members if each.cause == "place-draft"]
    assert not any(isinstance(event, OrderPriced) for event in told)
    assert (stored(store).quote, reply.version) == (record, 3)
    check(store)


def test_another_price_is_refused_with_the_difference_to_that_of_the_draft() -> None:
    store = prepared(DRAFTED)
    before = everything(store)
    told = run(without("welcome").does(placing_draft()), store)
    assert isinstance(told, NotPlaced)
    assert (told.difference.before, told.difference.after) == (QUOTE.payable, told.quote.payable)
    assert everything(store) == before
    reply = run(without("welcome").does(placing_draft(new_price="accept")), store)
    assert reply.payable == told.quote.payable == stored(store).payable
    check(store)


def test_a_coupon_that_is_used_up_meanwhile_is_told() -> None:
    store = prepared([*DRAFTED, placing("other", "o-2")])
    told = run(SHOP.does(placing_draft()), store)
    assert told.quote.outcome("welcome").kind is Kind.LIMIT_REACHED


def test_a_draft_that_the_customer_has_not_seen_is_not_placed() -> None:
    store = prepared([*DRAFTED, doing("r", Remark("think it over"))])
    before = everything(store)
    told = run(SHOP.does(placing_draft()), store)
    assert (told.now, told.difference, told.shortages, told.refused) == (2, None, (), None)
    assert everything(store) == before
    assert isinstance(run(SHOP.does(placing_draft("again", base=2)), store), Placed)


def test_a_changed_draft_is_placed_as_changed() -> None:
    change = changing(**edited(ChangeAddress(SITE), base=1, order=stored(prepared(DRAFTED))))
    store = prepared([*DRAFTED, change])
    run(SHOP.does(placing_draft(base=2)), store)
    assert stored(store).details.delivery == SITE
    check(store)


def test_everything_in_the_way_is_told_at_once() -> None:
    store = MemoryStore()
    run(SHOP.does(drafting(details=OrderDetails())), store)
    run(SHOP.does(doing("r", Remark("think it over"))), store)
    told = run(without("tea").does(placing_draft()), store)
    assert told.now == 2
    assert [each.sku for each in told.shortages] == ["shirt", "scarf"]
    assert [each.guard for each in told.refused.unmet] == ["place_known"]
    assert [each.what for each in told.difference.counts] == ["gift"]


def test_who_may_not_place_a_draft_is_refused() -> None:
    told = run(SHOP.does(placing_draft(actor=Actor("staff"))), prepared(DRAFTED))
    assert told.refused.only_by == ("customer",)


@pytest.mark.parametrize("over", [placing_draft(), cancelling()], ids=["placed", "cancelled"])
def test_what_is_no_draft_any_more_is_not_placed(over: Any) -> None:
    store = prepared([*DRAFTED, over])
    before = everything(store)
    with pytest.raises(IllegalTransition):
        run(SHOP.does(placing_draft("again", base=stored(store).version)), store)
    assert everything(store) == before


def test_what_is_not_there_is_not_placed() -> None:
    with pytest.raises(NotFound):
        run(SHOP.does(placing_draft()), shelved())


def test_a_draft_without_a_price_is_an_error() -> None:
    """Of a cart alone nobody has seen a price; a host may keep such a draft all the same."""
    order, events = draft(Cart.of("CNY", [("cap", "45", 1)]), id="o-1", number="1")
    store, command = MemoryStore(), drafting()
    told = record(
        events, aggregate=ORDER, after=0, ids=["e-1"], at=AT, actor=Actor("staff"), cause="k"
    )
    reply: Reply = Updated.of(order)
    decision = Decision(reply=reply, at=AT, changes=[Change(ORDER, 0, order)], events=told)
    store.commit(Request.of(command, "k"), decision)
    with pytest.raises(InvalidValue) as caught:
        run(SHOP.does(placing_draft()), store)
    assert caught.value.reason == "unpriced"
    assert stored(store).state is OrderState.DRAFT


@pytest.mark.parametrize("given", [{"base": 0}, {"base": None}, {"new_price": "whatever"}])
def test_a_faulty_command_is_refused_at_birth(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as told:
        placing_draft(**given)
    assert told.value.path == (*given,)


def test_a_better_price_may_be_accepted_beforehand() -> None:
    cheaper = recipes.percent_off("new", "1", layer="points")
    shop = evolve(SHOP, book=PromotionBook("CNY", [*BOOK.promotions, cheaper]))
    assert isinstance(run(shop.does(placing_draft()), prepared(DRAFTED)), NotPlaced)
    told = run(shop.does(placing_draft(new_price="if_better")), prepared(DRAFTED))
    assert told.payable < price(QUOTE.cart, BOOK, at=AT).payable
