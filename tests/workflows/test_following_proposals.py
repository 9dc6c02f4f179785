"""What is proposed where a basket is short is enough: who does it can place the order.

Shared parts, lots and scrap make that more than a sum over lines: a line that is short makes
the parts of another be needed sooner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from attrs import evolve
from casebook import AT
from hypothesis import example, given
from hypothesis import strategies as st
from mixed import DAY, SHOP, ask, on_level, ordering

from ordercore.stock import BringForward, Incoming, PurchaseProposal, StockPolicy
from ordercore.stock.materials import Bill, BillBook, Component, Lot, Part
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    ChangePolicy,
    Expect,
    MoveReceipt,
    NotPlaced,
    Placed,
    Receive,
    StockKeeper,
)

BILLS = BillBook(
    [
        Part(
            "sofa",
            Bill([Component("frame", 1), Component("cloth", 12, scrap="1/10")]),
            lead_time=4 * DAY,
        ),
        Part("stool", Bill([Component("frame", 1), Component("cloth", 3)]), lead_time=2 * DAY),
        Part("frame", Bill(Component("beech", "15/2")), lot=Lot(multiple=2), lead_time=3 * DAY),
        Part("cloth", lot=Lot(minimum=50, multiple=10), lead_time=5 * DAY),
        Part("beech", lead_time=9 * DAY),
    ]
)
KEEPER = StockKeeper(
    sites=("east", "west"), bills=BILLS, works="west", hold_for=None, make_within=20 * DAY
)
SHOP_OF_LOTS = evolve(SHOP, stock=KEEPER)
SKUS = ("mug", "sofa", "stool", "frame", "cloth", "beech")
LARGE = {"cloth": 12, "beech": 9}
"""How many units make a difference, of what is counted in metres."""


def told(store: MemoryStore, key: str, sku: str, site: str, act: Any) -> None:
    ask(on_level(key, sku, site, act), store, SHOP_OF_LOTS)


def placing(store: MemoryStore, basket: Iterable[tuple[str, int]], number: int) -> Any:
    return ask(ordering(number, basket), store, SHOP_OF_LOTS)


def followed(store: MemoryStore, answer: NotPlaced, at: str = "west") -> None:
    """Do what is proposed: what is bought comes when it is needed."""
    for number, each in enumerate(answer.proposals):
        if isinstance(each, PurchaseProposal):
            coming = Incoming(id=f"po-{number}", quantity=each.units, expected_at=each.needed_by)
            told(store, f"buy-{number}", each.sku, at, Expect(coming))
        elif isinstance(each, BringForward):
            act = MoveReceipt(each.order, each.needed_by)
            told(store, f"move-{number}", each.sku, each.order.split("-")[0], act)


def stocked(
    there: Mapping[tuple[str, str], int], coming: Mapping[tuple[str, str], tuple[int, int]]
) -> MemoryStore:
    store = MemoryStore()
    for sku, site in sorted({*there, *coming}):
        told(store, f"open-{sku}-{site}", sku, site, Receive(there.get((sku, site), 1)))
    for (sku, site), (units, days) in coming.items():
        kind = "production" if BILLS.part(sku).is_made else "purchase"
        due = AT + days * DAY
        incoming = Incoming(id=f"{site}-{sku}", quantity=units, expected_at=due, kind=kind)
        told(store, f"expect-{sku}-{site}", sku, site, Expect(incoming))
    return store


def _units(sku: str, most: int) -> st.SearchStrategy[int]:
    return st.integers(1, most).map(lambda units: units * LARGE.get(sku, 1))


places = st.tuples(st.sampled_from(SKUS), st.sampled_from(("east", "west")))
stocks = st.dictionaries(places, st.integers(1, 3), max_size=8).map(
    lambda given: {place: units * LARGE.get(place[0], 1) for place, units in given.items()}
)
receipts = st.dictionaries(
    st.tuples(st.sampled_from(SKUS[1:]), st.sampled_from(("east", "west"))),
    st.tuples(st.integers(1, 9), st.integers(1, 30)),
    max_size=3,
)
baskets = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 4)), min_size=1, max_size=4)


@example(
    there={("frame", "west"): 1, ("beech", "west"): 27, ("cloth", "west"): 12},
    coming={("frame", "west"): (1, 11)},
    basket=[("stool", 3), ("frame", 3)],
)
@given(there=stocks, coming=receipts, basket=baskets)
def test_who_does_what_is_proposed_can_place_the_order(
    there: dict[tuple[str, str], int],
    coming: dict[tuple[str, str], tuple[int, int]],
    basket: list[tuple[str, int]],
) -> None:
    store = stocked(there, coming)
    answer = placing(store, basket, 1)
    if isinstance(answer, NotPlaced):
        followed(store, answer)
        again = placing(store, basket, 2)
        assert isinstance(again, Placed), (answer.proposals, again.shortages)


def test_a_part_that_is_sold_too_is_asked_for_once_in_whole_lots_and_in_time() -> None:
    store = stocked({("cloth", "west"): 12, ("frame", "west"): 1}, {})
    answer = placing(store, [("cloth", 20), ("stool", 2), ("mug", 1)], 1)
    assert isinstance(answer, NotPlaced)
    bought = {each.sku: each for each in answer.proposals if isinstance(each, PurchaseProposal)}
    units = {sku: each.units for sku, each in bought.items()}
    assert units == {"beech": 15, "cloth": 50, "mug": 1}
    cloth = bought["cloth"]
    assert (cloth.lead_time, cloth.needed_by, cloth.order_by) == (5 * DAY, AT, AT - 5 * DAY)
    assert cloth.is_late(AT)
    assert bought["mug"].order_by is None  # no bill tells how long it takes
    followed(store, answer)
    assert isinstance(placing(store, [("cloth", 20), ("stool", 2), ("mug", 1)], 2), Placed)


def test_what_is_served_already_is_proposed_only_beside_what_is_made() -> None:
    store = stocked({("sofa", "west"): 2, ("mug", "west"): 1}, {})
    answer = placing(store, [("mug", 3), ("sofa", 2), ("mug", 4), ("lamp", 1)], 1)
    assert isinstance(answer, NotPlaced)
    assert [(each.sku, each.units) for each in answer.proposals] == [("lamp", 1), ("mug", 6)]


@pytest.mark.parametrize(
    ("orders", "moved"),
    [
        ([("west-1", 1, "production"), ("west-2", 1, "production")], {"west-1": 1, "west-2": 1}),
        ([("west-1", 9, "production"), ("west-2", 9, "production")], {"west-1": 2}),
        ([("east-1", 2, "production"), ("west-1", 2, "production")], {"west-1": 2}),
        ([("west-1", 1, "purchase"), ("west-2", 1, "production")], {"west-2": 1}),
        ([("west-1", 1, "production"), ("west-2", 1, "purchase")], {"west-1": 1}),
    ],
    ids=["two", "one is enough", "only where things are made", "after a purchase", "before one"],
)
def test_of_orders_that_come_at_one_instant_those_are_moved_that_help(
    orders: list[tuple[str, int, str]], moved: dict[str, int]
) -> None:
    store = stocked({("cloth", "west"): 50}, {})
    for order, units, kind in orders:
        incoming = Incoming(id=order, quantity=units, expected_at=AT + 30 * DAY, kind=kind)
        told(store, f"expect-{order}", "frame", order.split("-")[0], Expect(incoming))
    answer = placing(store, [("stool", 2)], 1)
    assert isinstance(answer, NotPlaced)
    sooner = [each for each in answer.proposals if isinstance(each, BringForward)]
    assert {each.order: each.units for each in sooner} == moved
    assert {each.kind for each in sooner} == {"production"}
    followed(store, answer)
    assert isinstance(placing(store, [("stool", 2)], 2), Placed)


@pytest.mark.parametrize("sku", ["mug", "beech"])
def test_what_a_site_lacks_of_its_safety_stock_is_bought_as_well(sku: str) -> None:
    store = stocked({("mug", "west"): 1, ("beech", "west"): 1, ("cloth", "west"): 50}, {})
    told(store, "policy", sku, "west", ChangePolicy(StockPolicy(safety=4)))
    basket = [("mug", 1)] if sku == "mug" else [("stool", 2)]
    answer = placing(store, basket, 1)
    assert isinstance(answer, NotPlaced)
    (bought,) = (each for each in answer.proposals if isinstance(each, PurchaseProposal))
    short, owed = bought.causes
    assert (owed.kind, owed.units, owed.subjects) == ("low_stock", 3, ("west",))
    assert bought.units == short.units + 3
    followed(store, answer)
    assert isinstance(placing(store, basket, 2), Placed)


def test_where_one_site_owes_nothing_no_more_is_bought() -> None:
    store = stocked({("mug", "west"): 1, ("mug", "east"): 1}, {})
    told(store, "policy", "mug", "west", ChangePolicy(StockPolicy(safety=4)))
    answer = placing(store, [("mug", 3)], 1)
    assert isinstance(answer, NotPlaced)
    assert [each.units for each in answer.proposals] == [2]
    followed(store, answer, "east")
    assert isinstance(placing(store, [("mug", 3)], 2), Placed)
