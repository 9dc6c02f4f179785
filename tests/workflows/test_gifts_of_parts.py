"""Gifts of what things of the same order are made of: each unit is held once, for one of them.

Whatever is cancelled, split off or lost, the order holds just the legs that its chairs, its
tables and its gifts need, and can be served with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Any

import pytest
from attrs import evolve
from casebook import AT, cancelling, splitting
from mixed import HOLD, LATE, doing, on_level, ordering

from ordercore import PromotionBook, recipes
from ordercore.orders import Order
from ordercore.stock import StockLevel
from ordercore.stock.materials import Bill, BillBook, Component, Part
from ordercore.storage import Key, MemoryStore
from ordercore.workflows import (
    Confirm,
    Count,
    MoveUnits,
    NotPlaced,
    Placed,
    Produce,
    Receive,
    Renew,
    Reroute,
    Shop,
    StockKeeper,
    Updated,
    level_key,
    run,
)

LEGS = {"chair": 2, "table": 4, "leg": 1, "mug": 0}
"""How many legs a unit needs."""
BILLS = BillBook(
    [*(Part(sku, Bill(Component("leg", LEGS[sku]))) for sku in ("chair", "table")), Part("leg")]
)
CONFIRM = Confirm("on_account")


PLANKS = BillBook(
    [*(Part(sku, Bill(Component("leg", "1/3"))) for sku in ("chair", "table")), Part("leg")]
)
"""A leg of which three things are made: those of one order share it."""


class House:
    """A shop that gives away some things, and one order of it, ``o-1``."""

    def __init__(
        self, gifts: Iterable[tuple[str, int]], legs: int, bills: BillBook = BILLS
    ) -> None:
        self.book = PromotionBook(
            "CNY",
            [
                recipes.gift_from(f"gift-{i}", sku, spend="15", quantity=units)
                for i, (sku, units) in enumerate(gifts)
            ],
        )
        keeper = StockKeeper(
            sites=("east", "west"), bills=bills, hold_for=HOLD, renewable_for=2 * HOLD
        )
        self.shop = Shop(book=self.book, stock=keeper)
        self.store = MemoryStore()
        self.told = 0
        self.room("leg", Receive(legs))
        self.room("mug", Receive(9))

    def do(self, command: Any) -> Any:
        return run(self.shop.does(command), self.store)

    def room(self, sku: str, act: Any, site: str = "east") -> None:
        self.told += 1
        key = f"room-{self.told}"
        self.do(on_level(key, sku, site, act))

    def act(self, act: Any, order: str = "o-1", at: Any = AT) -> Any:
        self.told += 1
        return self.do(doing(f"act-{self.told}", act, order, at))

    def place(self, number: int, *lines: tuple[str, int]) -> Any:
        return self.do(ordering(number, lines, self.book))

    def held(self, order: str = "o-1", sku: str = "leg") -> Counter[str]:
        """Tell how many units are held at each site."""
        found: Counter[str] = Counter()
        for site in ("east", "west"):
            key = level_key(sku, site)
            level = self.store.read([key]).get(key, StockLevel)
            for each in level.held_for(order) if level else ():
                found[site] += each.outstanding
        return +found

    def legs(self) -> int:
        """Tell how many legs the order should hold."""
        key = Key("order", "o-1")
        order = self.store.read([key]).value(key, Order)
        lines = sum(line.quantities.allocated * LEGS[line.product.sku] for line in order.lines)
        gifts = order.quote.gifts if order.quote else ()
        return lines + sum(gift.quantity * LEGS[gift.sku] for gift in gifts)


def chair_and_table(*, confirmed: bool) -> House:
    """A chair, a table and a leg on top; the chair is cancelled."""
    house = House([("leg", 1)], legs=7)
    assert isinstance(house.place(1, ("chair", 1), ("table", 1)), Placed)
    if confirmed:
        house.act(CONFIRM)
    house.do(cancelling(units={"1": 1}))
    assert house.held() == {"east": 5} == {"east": house.legs()}
    return house


@pytest.mark.parametrize("act", [MoveUnits("ship", {"2": 1}), Produce({"2": 1})], ids=str)
def test_the_table_can_be_made_when_the_chair_is_cancelled(act: Any) -> None:
    house = chair_and_table(confirmed=True)
    assert isinstance(house.act(act), Updated)
    assert house.held() == {"east": 1}


@pytest.mark.parametrize("act", [Renew(), CONFIRM, Reroute("east")], ids=str)
def test_what_is_left_is_kept_and_no_more_is_taken(act: Any) -> None:
    house = chair_and_table(confirmed=False)
    house.room("leg", Receive(20), "west")
    assert isinstance(house.act(act, at=AT + HOLD / 2), Updated)
    assert sum(house.held().values()) == 5


def test_who_confirms_needs_no_leg_that_others_have() -> None:
    house = chair_and_table(confirmed=False)
    assert isinstance(house.place(2, ("leg", 2)), NotPlaced)  # it would get one on top
    assert isinstance(house.place(3, ("leg", 1)), Placed)
    assert isinstance(house.act(CONFIRM), Updated)
    assert house.held() == {"east": 5}


def test_a_chair_that_is_split_off_takes_its_legs_with_it() -> None:
    house = House([("leg", 1)], legs=7)
    house.place(1, ("chair", 1), ("table", 1))
    house.act(CONFIRM)
    house.do(evolve(splitting({"1": 1}, new_id="o-2"), order_id="o-1"))
    assert (house.held(), house.held("o-2")) == ({"east": 5}, {"east": 2})
    assert isinstance(house.act(MoveUnits("ship", {"2": 1})), Updated)
    assert isinstance(house.act(MoveUnits("ship", {"1": 1}), "o-2"), Updated)
    assert (house.held(), house.held("o-2")) == ({"east": 1}, {})


@pytest.mark.parametrize("way", ["cancelled", "split off"])
def test_what_they_share_stays_with_the_table_and_is_not_given_away(way: str) -> None:
    house = House([("leg", 1)], legs=2, bills=PLANKS)
    house.place(1, ("chair", 1), ("table", 1))
    assert house.held() == {"east": 2}
    if way == "cancelled":
        house.do(cancelling(units={"1": 1}))
    else:
        house.room("leg", Receive(1))
        house.do(evolve(splitting({"1": 1}, new_id="o-2"), order_id="o-1"))
    assert isinstance(house.act(CONFIRM), Updated)
    assert house.held() == {"east": 2}
    assert isinstance(house.act(MoveUnits("ship", {"2": 1})), Updated)
    assert house.held() == {"east": 1}


@pytest.mark.parametrize("legs", [1, 3])
def test_a_chair_and_legs_that_are_given_away_are_had_anew_where_some_are_lost(legs: int) -> None:
    house = House([("chair", 1), ("leg", legs)], legs=2 + legs)
    house.place(1, ("mug", 2))
    house.room("leg", Count(1))
    house.room("leg", Receive(50))
    assert isinstance(house.act(CONFIRM), Updated)
    assert house.held() == {"east": 2 + legs} == {"east": house.legs()}


def test_gifts_that_share_parts_are_kept_once() -> None:
    house = House([("chair", 1), ("leg", 3)], legs=20)
    house.place(1, ("mug", 2))
    assert isinstance(house.act(CONFIRM), Updated)
    assert house.held() == {"east": 5}


def test_all_that_is_given_away_leaves_a_site_once() -> None:
    house = House([("chair", 1), ("leg", 1)], legs=3)
    house.place(1, ("mug", 2))
    for sku in ("leg", "mug"):
        house.room(sku, Receive(20), "west")
    assert isinstance(house.act(Reroute("east")), Updated)
    assert house.held() == {"west": 3}


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_the_order_holds_what_it_and_its_gifts_need(seed: int) -> None:
    chance = Random(seed)
    gifts = [(sku, chance.randint(1, 2)) for sku in ("chair", "leg") if chance.random() < 0.7]
    house = House(gifts, legs=40)
    basket = [(chance.choice(["chair", "table", "leg", "mug"]), 2) for _ in range(3)]
    house.place(1, *basket)
    assert sum(house.held().values()) == house.legs()
    at = AT
    for _ in range(4):
        match chance.choice(["cancel", "lose", "renew", "reroute"]):
            case "cancel":
                house.told += 1
                one = {str(chance.randint(1, 3)): 1}
                house.do(evolve(cancelling(units=one), key=f"cancel-{house.told}"))
            case "lose":
                house.room("leg", Count(chance.randint(0, 10)))
                house.room("leg", Receive(40))
            case "renew":
                house.act(Renew(), at=at)
            case _:
                house.room("leg", Receive(40), "west")
                house.room("mug", Receive(9), "west")
                house.act(Reroute(chance.choice(["east", "west"])), at=at)
    house.room("leg", Receive(40))
    answer = house.act(CONFIRM, at=LATE)
    assert isinstance(answer, Updated)
    assert sum(house.held().values()) == house.legs()
