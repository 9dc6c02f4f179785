"""Uses, budgets and gifts of a split order: each is borne by one part, and counted once.

After any split, merger, change or cancellation, what the counters of the store tell is what
living orders bear, and gifts are set aside for those that have them; `casebook.check` says so.
"""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from casebook import (
    AT,
    BOOK,
    DETAILS,
    SHOP,
    STAFF,
    cancelling,
    changing,
    check,
    merging,
    placing,
    prepared,
    splitting,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from making import SHIRT

from ordercore import Cart, CartLine, Product, PromotionBook, Shopper, price, recipes
from ordercore.errors import InvalidDocument
from ordercore.money import UnitPrice
from ordercore.orders import (
    AddLine,
    ChangeQuantity,
    Order,
    OrderState,
    RemoveLine,
    changed_cart,
)
from ordercore.pricing import price_in
from ordercore.promotions import Limits
from ordercore.storage import Counter, Key, MemoryStore
from ordercore.workflows import Changed, Shop, run

GOODS = Cart.of("CNY", [(SHIRT, "129.00", 4), ("scarf", "45.00", 2)], shipping="8.00")
QUOTE = price(GOODS, BOOK, at=AT, shopper=Shopper("c-7"), codes="HI")
USES, SPENT = Counter("uses", "summer"), Counter("spent", "summer")


def stored(store: MemoryStore, name: str) -> Order:
    key = Key("order", name)
    return store.read([key]).value(key, Order)


# One promotion, by hand


class Story:
    """Two equal orders of 4 shirts at 200, 50 off; the first is split 2 and 2."""

    def __init__(self, spend: str) -> None:
        limits = Limits(uses=3, budget="1000")
        book = PromotionBook(
            "CNY", [recipes.spend_and_save("summer", spend=spend, save="50", limits=limits)]
        )
        self.shop, self.store, self.keys = Shop(book=book), MemoryStore(), 0
        quote = price(Cart.of("CNY", [(SHIRT, "200.00", 4)]), book, at=AT)
        for name in ("o-1", "o-9"):
            said = placing(f"p-{name}", name, quote=quote, details=DETAILS, services={})
            run(self.shop.does(said), self.store)
        run(self.shop.does(splitting({"1": 2})), self.store)

    def key(self) -> str:
        self.keys += 1
        return f"k-{self.keys}"

    def change(self, name: str, units: int) -> None:
        order = stored(self.store, name)
        edits = [ChangeQuantity("1", units)]
        quote = price(changed_cart(order, edits), self.shop.book, at=AT)
        said = {"base": order.version, "edits": edits, "quote": quote}
        told = run(self.shop.does(changing(self.key(), name, **said)), self.store)
        assert isinstance(told, Changed)

    def cancel(self, name: str) -> None:
        run(self.shop.does(cancelling(self.key(), name)), self.store)

    @property
    def counted(self) -> tuple[int, int]:
        got = self.store.read([USES, SPENT])
        return got.used(USES), got.used(SPENT)


@pytest.mark.parametrize(
    ("spend", "acts", "counted"),
    [
        ("300", [], [(2, 10000)]),
        ("500", [("o-1", 1), ("o-2", 1)], [(2, 10000), (1, 7500), (1, 5000)]),
        ("300", [("o-1", 3), ("o-2", 3)], [(2, 10000), (2, 12500), (3, 15000)]),
        (
            "300",
            [("o-1", 3), ("o-2", 3), ("o-1", 0), ("o-2", 0)],
            [(2, 10000), (2, 12500), (3, 15000), (2, 10000), (1, 5000)],
        ),
        ("300", [("o-2", 0), ("o-1", 0)], [(2, 10000), (2, 7500), (1, 5000)]),
    ],
)
def test_a_counter_tells_what_living_orders_bear(
    spend: str, acts: list[tuple[str, int]], counted: list[tuple[int, int]]
) -> None:
    story = Story(spend)
    told = [story.counted]
    for name, units in acts:
        if units:
            story.change(name, units)
        else:
            story.cancel(name)
        told.append(story.counted)
    assert told == counted


def test_a_part_that_has_no_use_cannot_take_the_last_one_by_a_change() -> None:
    story = Story("300")
    shop = story.shop
    other = placing("p-8", "o-8", quote=stored(story.store, "o-9").quote, services={})
    run(shop.does(other), story.store)
    order = stored(story.store, "o-2")
    edits = [ChangeQuantity("1", 3)]
    quote = price(changed_cart(order, edits), shop.book, at=AT)
    said = {"base": order.version, "edits": edits, "quote": quote}
    told = run(shop.does(changing("k", "o-2", **said)), story.store)
    assert told.used_up == (USES,)
    assert story.counted == (3, 15000)


@pytest.mark.parametrize("acts", [[("o-1", 0)], [("o-1", 1)], [("o-1", 1), ("o-1", 0)]])
def test_counters_that_somebody_set_back_do_not_fall_below_nothing(
    acts: list[tuple[str, int]],
) -> None:
    story = Story("500")
    story.store._kept.used.clear()
    for name, units in acts:
        if units:
            story.change(name, units)
        else:
            story.cancel(name)
        assert story.counted == (0, 0)


def test_a_part_has_no_gifts_that_another_has_and_is_given_its_own_by_a_change() -> None:
    store = prepared([placing(quote=QUOTE, services={}), splitting({"1": 2})])
    (tea,) = QUOTE.gifts
    assert tea_aside(store) == {"o-1": tea.quantity}
    run(SHOP.does(cancelling("c", "o-2", units={"1": 1})), store)
    order = stored(store, "o-2")
    edits = [ChangeQuantity("1", 2)]
    without_code = evolve(order.quote.context, codes=())
    quote = price_in(changed_cart(order, edits), BOOK, without_code)
    said = {"base": order.version, "edits": edits, "quote": quote}
    assert isinstance(run(SHOP.does(changing("more", "o-2", **said)), store), Changed)
    assert tea_aside(store) == {"o-1": tea.quantity, "o-2": tea.quantity}
    run(SHOP.does(cancelling("over", "o-2")), store)
    assert tea_aside(store) == {"o-1": tea.quantity}
    check(store)


def tea_aside(store: MemoryStore) -> dict[str, int]:
    return dict(store._kept.aggregates[Key("test_shelf", "tea-sampler")].value.reserved)


# Anything, one thing after the other


class Parts(RuleBasedStateMachine):
    """One order with limits and gifts: it is split, merged, changed and cancelled."""

    @initialize()
    def begin(self) -> None:
        self.store, self.keys = prepared([placing(quote=QUOTE, services={})]), 0

    def key(self) -> str:
        self.keys += 1
        return f"k-{self.keys}"

    def alive(self) -> list[Order]:
        kept = self.store._kept.aggregates.values()
        orders = [each.value for each in kept if isinstance(each.value, Order)]
        return [order for order in orders if order.state is OrderState.PLACED]

    @precondition(lambda self: self.alive())
    @rule(data=st.data())
    def split(self, data: Any) -> None:
        order = data.draw(st.sampled_from(self.alive()))
        room = {line.id: line.quantities.open for line in order.lines}
        drawn = {name: data.draw(st.integers(0, most)) for name, most in room.items()}
        units = {name: count for name, count in drawn.items() if count}
        if 0 < sum(units.values()) < sum(each.kept for each in order.ledgers):
            name = self.key()
            said = splitting(units, name, new_id=f"o-{name}")
            run(SHOP.does(evolve(said, order_id=order.id)), self.store)

    @precondition(lambda self: len(self.alive()) > 1)
    @rule(data=st.data())
    def merge(self, data: Any) -> None:
        one, two = (data.draw(st.sampled_from(self.alive())).id for _ in range(2))
        if one != two:
            try:
                run(SHOP.does(merging(self.key(), one, two)), self.store)
            except InvalidDocument:
                return

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), kind=st.sampled_from(["more", "fewer", "line", "remove"]))
    def change(self, data: Any, kind: str) -> None:
        order = data.draw(st.sampled_from(self.alive()))
        line = data.draw(st.sampled_from(order.lines))
        kept = line.quantities.kept
        cap = CartLine(self.key(), Product("scarf"), 1, unit_price=UnitPrice.of("45.00", "CNY"))
        edit = {
            "more": ChangeQuantity(line.id, kept + 1),
            "fewer": ChangeQuantity(line.id, max(1, kept - 1)),
            "line": AddLine(cap),
            "remove": RemoveLine(line.id),
        }[kind]
        context = order.quote.context
        if data.draw(st.booleans()):  # the code is good for one order of a customer
            context = evolve(context, codes=())
        quote = price_in(changed_cart(order, [edit]), BOOK, context)
        said = {"base": order.version, "edits": [edit], "quote": quote}
        run(SHOP.does(changing(self.key(), order.id, **said)), self.store)

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), what=st.sampled_from(["order", "unit"]))
    def cancel(self, data: Any, what: str) -> None:
        order = data.draw(st.sampled_from(self.alive()))
        line = data.draw(st.sampled_from(order.lines))
        units = {line.id: 1} if what == "unit" and line.quantities.open else None
        run(SHOP.does(cancelling(self.key(), order.id, units=units)), self.store)

    @rule()
    def place_another(self) -> None:
        name = self.key()
        quote = price(GOODS, BOOK, at=AT)
        said = placing(name, f"o-{name}", quote=quote, services={}, actor=STAFF)
        run(SHOP.does(said), self.store)

    @invariant()
    def counts_what_living_orders_bear(self) -> None:
        check(self.store)


def test_whatever_becomes_of_the_parts_their_uses_are_counted_once() -> None:
    fewer = settings(max_examples=settings.default.max_examples // 4)
    run_state_machine_as_test(Parts, settings=fewer)
