"""What is proposed where parts have substitutes: who does it can place the order, in time.

The wood that can still come in time is bought before the one that cannot; what is there of
either is used first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve
from casebook import AT
from hypothesis import example, given
from hypothesis import strategies as st
from mixed import DAY, SHOP, ask, on_level, ordering

from ordercore.stock import Incoming, PurchaseProposal
from ordercore.stock.materials import Bill, BillBook, Component, Lot, Material, Part
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    Expect,
    NotPlaced,
    Placed,
    Receive,
    StockKeeper,
)


def _wood(units: int) -> Component:
    return Component("oak", units, substitutes=Material("ash", units))


BILLS = BillBook(
    [
        Part("chair", Bill([_wood(4), Component("screw", 8)]), lead_time=DAY),
        Part("bench", [Bill(_wood(6), "plain"), Bill(Component("elm", 5), "elm")], lead_time=DAY),
        Part("chest", Bill(Component("oak", 3)), lead_time=2 * DAY),
        Part("oak", lead_time=30 * DAY, lot=Lot(multiple=2)),
        Part("ash", lead_time=3 * DAY, lot=Lot(minimum=5)),
        Part("elm", lead_time=2 * DAY),
        Part("screw", lot=Lot(minimum=100)),
    ]
)
KEEPER = StockKeeper(sites="works", bills=BILLS, hold_for=None, make_within=9 * DAY)
SHOP_OF_WOOD = evolve(SHOP, stock=KEEPER)
SKUS = ("chair", "bench", "chest", "oak", "ash", "elm", "screw")


def told(store: MemoryStore, key: str, sku: str, act: Any) -> None:
    ask(on_level(key, sku, "works", act), store, SHOP_OF_WOOD)


def placing(store: MemoryStore, basket: Mapping[str, int], number: int) -> Any:
    return ask(ordering(number, basket.items()), store, SHOP_OF_WOOD)


def stocked(there: Mapping[str, int]) -> MemoryStore:
    store = MemoryStore()
    for sku, units in there.items():
        told(store, f"open-{sku}", sku, Receive(units))
    return store


def bought(answer: NotPlaced) -> list[PurchaseProposal]:
    return [each for each in answer.proposals if isinstance(each, PurchaseProposal)]


@example(there={"oak": 5}, basket={"chair": 1, "chest": 2})
@example(there={"oak": 7, "ash": 4, "elm": 9}, basket={"bench": 4, "chest": 1, "chair": 2})
@given(
    there=st.dictionaries(st.sampled_from(SKUS), st.integers(1, 20), max_size=5),
    basket=st.dictionaries(st.sampled_from(SKUS[:3]), st.integers(1, 4), min_size=1),
)
def test_who_does_what_is_proposed_can_place_the_order(
    there: dict[str, int], basket: dict[str, int]
) -> None:
    store = stocked(there)
    answer = placing(store, basket, 1)
    if isinstance(answer, NotPlaced):
        late = {each.sku for each in bought(answer) if each.is_late(AT)}
        assert late <= ({"oak"} if "chest" in basket else set())  # a chest is of oak alone
        for number, each in enumerate(bought(answer)):
            coming = Incoming(id=f"po-{number}", quantity=each.units, expected_at=each.needed_by)
            told(store, f"buy-{number}", each.sku, Expect(coming))
        again = placing(store, basket, 2)
        assert isinstance(again, Placed), (answer.proposals, again.shortages)


def test_the_wood_that_comes_in_time_is_bought() -> None:
    answer = placing(stocked({"oak": 7, "screw": 100}), {"chair": 3}, 1)
    assert isinstance(answer, NotPlaced)
    told_of = [(each.sku, each.units, each.is_late(AT)) for each in bought(answer)]
    assert told_of == [("ash", 8, False)]
