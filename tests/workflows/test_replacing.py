"""Replacing: two orders in one commit, or neither; units are replaced once and from stock."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from casebook import (
    AT,
    BACK,
    BOOK,
    FREE,
    PLACED,
    SHOP,
    cancelling,
    check,
    everything,
    merging,
    placing,
    prepared,
    replacing,
    splitting,
)
from making import CART, DETAILS, SERVICES, SITE
from shelves import Filled

from ordercore import Cart, PromotionBook, Shopper, price, recipes
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.orders import (
    LineUnits,
    Order,
    OrderDetails,
    Origin,
    ReplacementCancelled,
    replace_units,
)
from ordercore.promotions import Limits
from ordercore.storage import Counter, Key, MemoryStore, Request
from ordercore.tariffs import FixedListPrice, PriceList, Tariff
from ordercore.workflows import Happened, NotReplaced, Replaced, run
from ordercore.workflows.shop import decided

OFFER = recipes.amount_off("sorry", "10", limits=Limits(uses=5))


def stored(store: MemoryStore, order_id: str) -> Order:
    key = Key("order", order_id)
    return store.read([key]).value(key, Order)


def shirts_aside(store: MemoryStore) -> dict[str, int]:
    return dict(store._kept.aggregates[Key("test_shelf", "shirt")].value.reserved)


def shirts(units: int, unit_price: str = "0.00", book: PromotionBook | None = None) -> Any:
    cart = Cart.of("CNY", [("shirt", unit_price, units)])
    return price(cart, book or PromotionBook("CNY", []), at=AT, shopper=Shopper("c-7"))


def test_both_orders_say_what_has_happened() -> None:
    store = prepared(BACK)
    before = stored(store, "o-1")
    reply = run(SHOP.does(replacing()), store)
    parent, new = stored(store, "o-1"), stored(store, "o-2")
    assert reply == Replaced(
        order_id="o-1",
        version=before.version + 1,
        new_id="o-2",
        number="SO2",
        payable=FREE.payable,
        new_version=3,
    )
    assert parent.line("1").quantities == evolve(before.line("1").quantities, replaced=1)
    assert (new.origin, new.parent, new.case) == (Origin.REPLACEMENT, "o-1", "r-1")
    assert (new.state, new.details, new.line("1").quantities.allocated) == ("placed", DETAILS, 1)
    own = [each for each in store.outbox(limit=1000).members if each.cause == "replace"]
    assert {str(each.aggregate) for each in own} == {"order o-1", "order o-2", "test_shelf shirt"}
    check(store)


def test_what_is_sent_is_set_aside_for_the_new_order() -> None:
    store = prepared(BACK)
    run(SHOP.does(replacing()), store)
    assert shirts_aside(store) == {"o-2": 1}


def test_it_may_go_elsewhere_and_be_a_service() -> None:
    visit = price(Cart.of("CNY", [("setup", "0.00", 1)]), PromotionBook("CNY", []), at=AT)
    elsewhere, again = OrderDetails(delivery=SITE), {"1": SERVICES["3"]}
    store = prepared(BACK)
    run(SHOP.does(replacing(quote=visit, details=elsewhere, services=again)), store)
    new = stored(store, "o-2")
    assert (new.details, new.line("1").service) == (elsewhere, SERVICES["3"])


def test_the_price_is_the_one_agreed_whatever_is_on_offer() -> None:
    listed = PriceList(id="all", rules=[FixedListPrice("shirt", "129.00")])
    shop = evolve(SHOP, tariff=Tariff("CNY", price_lists=[listed]))
    store = prepared(BACK)
    assert run(shop.does(replacing()), store).payable == FREE.payable
    assert stored(store, "o-2").quote.quote() == FREE


def test_everything_in_the_way_is_told_at_once_and_nothing_is_stored() -> None:
    store = prepared(BACK)
    store._kept.used[Counter("uses", "sorry")] = 5
    before = everything(store)
    quote = shirts(99, "20.00", PromotionBook("CNY", [OFFER]))
    told = run(SHOP.does(replacing(quote=quote, details=OrderDetails())), store)
    assert isinstance(told, NotReplaced)
    assert [(each.line, each.wanted) for each in told.shortages] == [("1", 99)]
    assert [each.guard for each in told.refused.unmet] == ["place_known"]
    assert told.used_up == (Counter("uses", "sorry"),)
    assert everything(store) == before


def test_a_promotion_of_the_new_order_is_counted() -> None:
    store = prepared(BACK)
    quote = shirts(1, "20.00", PromotionBook("CNY", [OFFER]))
    run(SHOP.does(replacing(quote=quote)), store)
    assert store._kept.used[Counter("uses", "sorry")] == 1


def test_units_are_replaced_once() -> None:
    store = prepared(BACK)
    for i in range(3):
        run(SHOP.does(replacing(f"r-{i}", new_id=f"n-{i}")), store)
    before = everything(store)
    with pytest.raises(InvalidDocument) as told:
        run(SHOP.does(replacing("r-4", new_id="n-4")), store)
    (fault,) = told.value.faults
    assert (fault.path, fault.reason) == (("units", "1", "quantity"), "too_many_units")
    assert everything(store) == before
    check(store)


def test_every_fault_of_both_orders_is_told() -> None:
    store = prepared(BACK)
    with pytest.raises(InvalidDocument) as told:
        run(
            SHOP.does(
                replacing(units={"1": 4, "9": 1}, new_id="o-1x", services={"9": SERVICES["3"]})
            ),
            store,
        )
    assert {fault.path[:2] for fault in told.value.faults} == {
        ("units", "1"),
        ("units", "9"),
        ("services",),
    }


def test_an_id_that_is_taken_is_no_id_of_a_replacement() -> None:
    store = prepared([*BACK, placing("p-2", "o-2", new_price="accept")])
    before = everything(store)
    with pytest.raises(InvalidValue) as told:
        run(SHOP.does(replacing()), store)
    assert (told.value.path, told.value.reason) == (("new_id",), "duplicate_id")
    with pytest.raises(InvalidValue):
        run(SHOP.does(replacing("r-2", new_id="o-1")), store)
    assert everything(store) == before


def test_units_on_their_way_are_not_replaced() -> None:
    with pytest.raises(InvalidDocument):
        run(SHOP.does(replacing()), prepared(PLACED))


def test_what_is_not_there_is_not_replaced() -> None:
    with pytest.raises(NotFound):
        run(SHOP.does(replacing()), prepared(()))


def test_a_replacement_is_cancelled_like_any_order() -> None:
    store = prepared([*BACK, replacing()])
    run(SHOP.does(cancelling(order_id="o-2")), store)
    assert stored(store, "o-2").state == "cancelled"
    assert shirts_aside(store) == {}
    check(store)


def test_units_whose_replacement_is_cancelled_are_replaced_no_more() -> None:
    store = prepared([*BACK, replacing()])
    run(SHOP.does(cancelling(order_id="o-2")), store)
    assert stored(store, "o-1").line("1").quantities.replaced == 0
    own = [each for each in store.outbox(limit=1000).members if each.cause == "cancel"]
    assert [each.event for each in own if str(each.aggregate) == "order o-1"] == [
        ReplacementCancelled("o-2", [LineUnits("1", 1)])
    ]
    assert isinstance(run(SHOP.does(replacing("again", new_id="o-3")), store), Replaced)
    check(store)


def test_a_draft_that_replaces_others_gives_them_back_as_well() -> None:
    store = prepared(BACK)
    order = stored(store, "o-1")
    (after, marked), (new, begun) = replace_units(
        order, {"1": 1}, FREE, case="r-1", id="o-2", number="SO2"
    )
    key = Key("order", "o-1")
    happened = [Happened(key, order.version, after, marked)]
    happened.append(Happened(Key("order", "o-2"), 0, new, begun))
    told = decided(replacing("by-hand"), Filled(), happened)
    store.commit(Request.of(replacing("by-hand"), "by-hand"), told)
    run(SHOP.does(cancelling(order_id="o-2")), store)
    assert stored(store, "o-1").line("1").quantities.replaced == 0
    check(store)


def test_some_units_of_a_replacement_give_nothing_back() -> None:
    store = prepared([*BACK, replacing(quote=shirts(2))])
    run(SHOP.does(cancelling(order_id="o-2", units={"1": 1})), store)
    assert stored(store, "o-1").line("1").quantities.replaced == 1
    check(store)


def test_units_go_back_to_the_order_that_their_own_was_merged_into() -> None:
    paid = (*PLACED, cancelling("c", units={"1": 1}), replacing("r", new_id="o-3"))
    store = prepared([*paid, splitting({"1": 1}), merging("m", "o-2", "o-1")])
    assert stored(store, "o-2").line("1").quantities.replaced == 1
    run(SHOP.does(cancelling(order_id="o-3")), store)
    assert stored(store, "o-2").line("1").quantities.replaced == 0
    check(store)


def test_a_replacement_is_cancelled_though_its_order_is_kept_no_more() -> None:
    store = prepared([*BACK, replacing()])
    del store._kept.aggregates[Key("order", "o-1")]
    run(SHOP.does(cancelling(order_id="o-2")), store)
    assert stored(store, "o-2").state == "cancelled"


FAULTY: list[tuple[dict[str, Any], tuple[str | int, ...]]] = [
    ({"units": {"1": -1}}, ("units", "1")),
    ({"new_id": ""}, ("new_id",)),
    ({"number": "号"}, ("number",)),
    ({"quote": CART}, ("quote",)),
    ({"case": ""}, ("case",)),
    ({"details": "home"}, ("details",)),
    ({"services": [None]}, ("services", 0)),
]


@pytest.mark.parametrize(("given", "path"), FAULTY)
def test_a_faulty_command_is_refused_at_birth(
    given: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    with pytest.raises(InvalidInput) as told:
        replacing(**given)
    assert told.value.path == path


def test_a_large_book_makes_no_command_larger() -> None:
    more = [recipes.percent_off(f"p-{i}", "1", code=f"NONE{i}") for i in range(50)]
    quote = shirts(1, book=PromotionBook("CNY", [*BOOK.promotions, *more]))
    assert not {each.id for each in more} & set(replacing(quote=quote).quote.book.ids)
