"""Placing: what the customer saw is what is stored, or the difference is told.

- The price is that of now: of the book, the tariff and the counters; another one is refused
  with both prices, unless the command accepts it.
- Order, reservations and uses of promotions are one commit; all that is in the way is told
  at once.
- A promotion limited to k uses is used k times, whoever comes in between (R5).
- One key from eight hands is one order and eight identical replies (R6).
"""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from casebook import AT, BOOK, QUOTE, SHOP, cancelling, check, everything, placing, shelved
from disturbing import Disturbed, interleaved
from making import CART, DETAILS, SERVICES

from ordercore import Cart, PromotionBook, Shopper, dumps, loads, price, recipes
from ordercore.data.registry import REGISTRY
from ordercore.errors import (
    CurrencyMismatch,
    IdempotencyConflict,
    InvalidInput,
    InvalidType,
    InvalidValue,
)
from ordercore.events import Actor, Command
from ordercore.orders import Order, OrderDetails
from ordercore.pricing import Kind
from ordercore.promotions import DiscountCap, Limits
from ordercore.storage import Counter, Key, MemoryStore
from ordercore.tariffs import Tariff, Taxes, TaxRate
from ordercore.workflows import NotPlaced, Placed, Shop, run

ORDER = Key("order", "o-1")


def stored(store: MemoryStore, order_id: str = "o-1") -> Order:
    key = Key("order", order_id)
    return store.read([key]).value(key, Order)


def shop_with(*promotions: Any, **named: Any) -> Shop:
    return evolve(SHOP, book=PromotionBook("CNY", [*BOOK.promotions, *promotions], **named))


def shop_without(promotion: str) -> Shop:
    kept = [each for each in BOOK.promotions if each.id != promotion]
    return evolve(SHOP, book=PromotionBook("CNY", kept))


# As seen


def test_the_order_is_that_of_the_quote() -> None:
    store = shelved()
    reply = run(SHOP.does(placing(actor=Actor("customer", "c-7"), correlation="visit")), store)
    order = stored(store)
    assert reply == Placed(order_id="o-1", number="SO1", payable=QUOTE.payable, version=3)
    assert (order.payable, order.details, order.version) == (QUOTE.payable, DETAILS, 3)
    assert {line.id: line.service for line in order.lines if line.is_service} == SERVICES
    assert order.quote.quote().row_amounts == QUOTE.row_amounts
    told = store.outbox().members
    own = [each for each in told if each.cause == "place"]
    assert [each.id for each in own] == [f"place-{number}" for number in range(1, 7)]
    assert {each.actor for each in own} == {Actor("customer", "c-7")}
    assert {each.correlation for each in own} == {"visit"}
    check(store)


def test_the_order_keeps_the_promotions_that_matter_and_no_others() -> None:
    more = [recipes.percent_off(f"p-{i}", "1", code=f"NONE{i}") for i in range(50)]
    store = shelved()
    run(shop_with(*more).does(placing()), store)
    assert set(stored(store).quote.book.ids) == {"welcome", "tea", "member"}


def test_a_large_book_makes_no_command_larger() -> None:
    more = [recipes.percent_off(f"p-{i}", "1", code=f"NONE{i}") for i in range(500)]
    book = PromotionBook("CNY", [*BOOK.promotions, *more])
    quote = price(CART, book, at=AT, shopper=Shopper("c-7"), codes="HI")
    small, large = placing(), placing(quote=quote)
    assert large == small
    assert (len(dumps(large)), len(pickle.dumps(large))) == (
        len(dumps(small)),
        len(pickle.dumps(small)),
    )


def test_a_command_is_a_document() -> None:
    for command in (placing(), cancelling(units={"1": 2})):
        assert loads(Command, dumps(command)) == command
        assert type(command) in REGISTRY.tags


# Another price


TAXED = Tariff("CNY", taxes=Taxes([TaxRate("vat", "13")]))
NEW = recipes.percent_off("new", "1", layer="points")
EARN = recipes.earn_points("points", 1, per="10")
PRESALE = recipes.presale_deposit("presale", "10")

CHANGED: dict[str, tuple[Shop, set[str]]] = {
    "a promotion has ended": (shop_without("welcome"), {"welcome"}),
    "a promotion has begun": (shop_with(NEW), {"new"}),
    "a gift is no more": (shop_without("tea"), {"tea"}),
    "points are given": (shop_with(EARN), {"points"}),
    "a deposit is due": (shop_with(PRESALE), {"presale"}),
    "tax is contained": (evolve(SHOP, tariff=TAXED), set()),
    "discounts are capped": (shop_with(discount_caps=[DiscountCap("1")]), {"member", "welcome"}),
}


@pytest.mark.parametrize("name", CHANGED)
def test_another_price_is_refused_with_the_difference(name: str) -> None:
    shop, promotions = CHANGED[name]
    store = shelved()
    before = everything(store)
    told = run(shop.does(placing()), store)
    assert isinstance(told, NotPlaced)
    assert (told.shortages, told.refused) == ((), None)
    assert {each.promotion for each in told.difference.promotions} == promotions
    assert (told.difference.before, told.difference.after) == (QUOTE.payable, told.quote.payable)
    assert told.difference.told("zh_CN") != told.difference.told("en")
    assert everything(store) == before


def test_another_deposit_alone_is_another_price() -> None:
    seen = price(CART, shop_with(PRESALE).book, at=AT, shopper=Shopper("c-7"), codes="HI")
    more = recipes.presale_deposit("presale", "20")
    told = run(shop_with(more).does(placing(quote=seen)), shelved())
    assert isinstance(told, NotPlaced)
    before, after = (side.deposit for side in told.difference.sides)
    assert after.minor == 2 * before.minor


def test_who_agrees_to_the_new_price_places_its_quote() -> None:
    store, shop = shelved(), shop_without("welcome")
    told = run(shop.does(placing()), store)
    reply = run(shop.does(placing("again", quote=told.quote)), store)
    assert reply.payable == told.difference.after == stored(store).payable
    check(store)


def test_a_new_price_may_be_accepted_beforehand() -> None:
    store, shop = shelved(), shop_without("welcome")
    reply = run(shop.does(placing(new_price="accept")), store)
    assert reply.payable == stored(store).payable != QUOTE.payable
    check(store)


BETTER: dict[str, tuple[Shop, bool]] = {
    "less to pay": (shop_with(NEW), True),
    "points besides": (shop_with(EARN), True),
    "more to pay": (shop_without("welcome"), False),
    "one gift less": (shop_without("tea"), False),
    "one gift less and less to pay": (
        evolve(SHOP, book=PromotionBook("CNY", [recipes.amount_off("new", "300")])),
        False,
    ),
    "more due at once": (shop_with(PRESALE), False),
}


@pytest.mark.parametrize("name", BETTER)
def test_a_better_price_may_be_accepted_beforehand(name: str) -> None:
    shop, is_better = BETTER[name]
    store = shelved()
    assert isinstance(run(shop.does(placing()), shelved()), NotPlaced)
    told = run(shop.does(placing(new_price="if_better")), store)
    assert isinstance(told, Placed if is_better else NotPlaced)
    check(store)


def test_what_gave_nothing_before_and_after_is_no_difference() -> None:
    more = [
        recipes.percent_off("vip", "20", code="VIP"),
        recipes.spend_and_save("much", spend="9000", save="1000"),
    ]
    reply = run(shop_with(*more).does(placing()), shelved())
    assert isinstance(reply, Placed)


def test_a_code_that_nobody_knew_and_that_still_gives_nothing_is_no_difference() -> None:
    quote = price(CART, BOOK, at=AT, shopper=Shopper("c-7"), codes=["HI", "NOW"])
    hopeless = recipes.spend_and_save("now", spend="9000", save="1000", code="NOW")
    assert isinstance(run(shop_with(hopeless).does(placing(quote=quote)), shelved()), Placed)


def test_a_quote_of_long_ago_is_priced_now() -> None:
    from_tomorrow = AT + timedelta(days=1)
    store = shelved()
    reply = run(SHOP.does(placing(at=from_tomorrow)), store)
    assert stored(store).quote.context.at == from_tomorrow
    assert reply.payable == QUOTE.payable


# Everything in the way


def test_everything_in_the_way_is_told_at_once() -> None:
    store = MemoryStore()
    told = run(shop_without("tea").does(placing(details=OrderDetails())), store)
    assert [(each.line, each.sku, each.available) for each in told.shortages] == [
        ("1", "shirt", 0),
        ("2", "scarf", 0),
    ]
    assert [each.guard for each in told.refused.unmet] == ["place_known"]
    assert [each.what for each in told.difference.counts] == ["gift"]
    assert everything(store) == everything(MemoryStore())


def test_two_lines_of_one_sku_share_what_there_is() -> None:
    cart = Cart.of("CNY", [("shirt", "9.00", 20), ("shirt", "8.00", 20)])
    quote = price(cart, PromotionBook("CNY", []), at=AT)
    command = placing(quote=quote, services={}, new_price="accept")
    told = run(SHOP.does(command), shelved())
    assert [(each.line, each.available) for each in told.shortages] == [("2", 10)]


def test_gifts_are_asked_of_stock_as_goods_are() -> None:
    store = shelved()
    for number in range(11):
        told = run(SHOP.does(placing(f"p-{number}", f"o-{number}", new_price="accept")), store)
        if isinstance(told, NotPlaced):
            break
    assert {each.line for each in told.shortages if each.sku == "tea-sampler"} == {"gift-1"}
    check(store)


def test_who_may_not_place_is_refused() -> None:
    told = run(SHOP.does(placing(actor=Actor("staff"))), shelved())
    assert told.refused.only_by == ("customer",)


def test_an_order_id_is_given_once() -> None:
    store = shelved()
    run(SHOP.does(placing()), store)
    after = everything(store)
    with pytest.raises(InvalidValue) as told:
        run(SHOP.does(placing("other")), store)
    assert (told.value.path, told.value.reason) == (("order_id",), "duplicate_id")
    assert everything(store) == after


def test_a_quote_in_another_currency_is_an_error() -> None:
    cart = Cart.of("EUR", [("shirt", "9.00", 1)])
    command = placing(quote=price(cart, PromotionBook("EUR", []), at=AT), services={})
    store = shelved()
    before = everything(store)
    with pytest.raises(CurrencyMismatch):
        run(SHOP.does(command), store)
    assert everything(store) == before


FAULTY: list[tuple[dict[str, Any], tuple[str | int, ...]]] = [
    ({"key": "k" * 57}, ("key",)),
    ({"key": " k"}, ("key",)),
    ({"order_id": ""}, ("order_id",)),
    ({"number": "号"}, ("number",)),
    ({"at": AT.replace(tzinfo=None)}, ("at",)),
    ({"quote": "no quote"}, ("quote",)),
    ({"details": None}, ("details",)),
    ({"services": {"3": None}}, ("wish",)),
    ({"services": [None]}, ("services", 0)),
    ({"new_price": "whatever"}, ("new_price",)),
    ({"actor": "c-7"}, ("actor",)),
    ({"correlation": ""}, ("correlation",)),
]


@pytest.mark.parametrize(("given", "path"), FAULTY)
def test_a_faulty_command_is_refused_at_birth(
    given: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    with pytest.raises(InvalidInput) as told:
        evolve(placing(), **given)
    assert told.value.path == path


@pytest.mark.parametrize("key", ["", " k", "号", "k" * 57, "k" * 65])
def test_a_key_that_is_none_is_told_the_limit_that_holds(key: str) -> None:
    with pytest.raises(InvalidInput) as told:
        evolve(placing(), key=key)
    assert told.value.expected == "1 to 56 printable ASCII characters"
    assert evolve(placing(), key="k" * 56).key == "k" * 56


# Usage


def test_a_promotion_without_limits_over_orders_is_not_counted() -> None:
    store = shelved()
    run(SHOP.does(placing()), store)
    assert {str(each): told for each, told in store._kept.used.items()} == {
        "uses welcome": 1,
        "uses welcome c-7": 1,
        "spent welcome": 3000,
        "uses tea": 1,
    }


def test_once_per_customer_is_once_and_the_refusal_says_why() -> None:
    store = shelved()
    run(SHOP.does(placing()), store)
    told = run(SHOP.does(placing("p-2", "o-2")), store)
    why = told.quote.outcome("welcome")
    assert (why.kind, why.limit, why.allowed, why.used) == (
        Kind.LIMIT_REACHED,
        "uses_per_customer",
        1,
        1,
    )
    assert "每人限用 1 次" in told.difference.told("zh_CN")


def test_what_is_left_of_a_budget_is_given() -> None:
    offer = recipes.amount_off("welcome", "30", code="HI", limits=Limits(budget="50"))
    shop = evolve(SHOP, book=PromotionBook("CNY", [offer]))
    store = shelved()
    commands = [placing(f"p-{i}", f"o-{i}", new_price="accept") for i in range(3)]
    paid = [str(run(shop.does(each), store).payable) for each in commands]
    assert paid == ["CNY 482.00", "CNY 492.00", "CNY 512.00"]
    spent = Counter("spent", "welcome")
    assert store.read([spent]).used(spent) == 5000


def test_who_is_too_late_for_the_last_use_is_told_so_and_not_by_the_store() -> None:
    kept = shelved()

    def rival(_number: int, verb: str) -> None:
        if verb == "commit" and not kept.read([ORDER]).version(ORDER):
            run(SHOP.does(placing()), kept)

    store = Disturbed(kept, before=rival)
    told = run(SHOP.does(placing("p-2", "o-2")), store)
    assert told.quote.outcome("welcome").kind is Kind.LIMIT_REACHED
    assert store.told.count("commit") == 1
    check(kept)


# Many hands


def coupon_shop(**limits: Any) -> Shop:
    offer = recipes.amount_off("first", "30", code="HI", limits=Limits(**limits))
    return Shop(book=PromotionBook("CNY", [offer]))


@pytest.mark.parametrize("seed", range(10))
def test_a_coupon_limited_to_k_is_used_k_times(seed: int) -> None:
    shop, store = coupon_shop(uses=7, uses_per_customer=1), MemoryStore()
    commands = [
        placing(
            f"p-{i}",
            f"o-{i}",
            quote=price(CART, shop.book, at=AT, shopper=Shopper(f"c-{i % 15}"), codes="HI"),
        )
        for i in range(30)
    ]
    told = interleaved([shop.does(each) for each in commands], store, seed)
    placed = [i for i, each in enumerate(told) if isinstance(each, Placed)]
    assert len(placed) == len({i % 15 for i in placed}) == 7
    for each in told:
        if not isinstance(each, Placed):
            assert each.quote.outcome("first").kind is Kind.LIMIT_REACHED
    assert len(store.keys("order").members) == store._kept.used[Counter("uses", "first")] == 7


@pytest.mark.parametrize("seed", range(5))
def test_a_budget_is_spent_to_the_last_and_no_further(seed: int) -> None:
    shop, store = coupon_shop(budget="100"), MemoryStore()
    quote = price(CART, shop.book, at=AT, codes="HI")
    commands = [placing(f"p-{i}", f"o-{i}", quote=quote, new_price="accept") for i in range(12)]
    interleaved([shop.does(each) for each in commands], store, seed)
    off = sorted(51200 - stored(store, f"o-{i}").payable.minor for i in range(12))
    assert off == [0] * 8 + [1000, 3000, 3000, 3000]


@pytest.mark.parametrize("seed", range(10))
def test_stock_is_given_away_once(seed: int) -> None:
    store = shelved()
    shop = evolve(SHOP, book=PromotionBook("CNY", []))
    quote = price(CART, shop.book, at=AT)
    commands = [placing(f"p-{i}", f"o-{i}", quote=quote) for i in range(15)]
    told = interleaved([shop.does(each) for each in commands], store, seed)
    assert sum(isinstance(each, Placed) for each in told) == 10
    short = [each.shortages for each in told if isinstance(each, NotPlaced)]
    assert all(shortage.available == 0 for (shortage,) in short)
    check(store)


@pytest.mark.parametrize("seed", range(10))
def test_one_key_from_eight_hands_is_one_order_and_eight_identical_replies(seed: int) -> None:
    once, store = shelved(), shelved()
    reply = run(SHOP.does(placing()), once)
    told = interleaved([SHOP.does(placing()) for _ in range(8)], store, seed)
    assert told == [reply] * 8
    assert everything(store) == everything(once)


@pytest.mark.parametrize("seed", range(5))
def test_another_order_under_a_key_in_use_is_an_error(seed: int) -> None:
    store = shelved()
    run(SHOP.does(placing()), store)
    after = everything(store)
    with pytest.raises(IdempotencyConflict):
        interleaved([SHOP.does(placing()), SHOP.does(placing(order_id="o-2"))], store, seed)
    assert everything(store) == after


def test_a_command_without_its_shop_is_refused() -> None:
    with pytest.raises(InvalidType) as told:
        run(placing("p-1"), MemoryStore())
    assert told.value.path == ("command",)
