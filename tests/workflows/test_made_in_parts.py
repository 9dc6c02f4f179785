"""What is made line by line and unit by unit: parts are spent once, and are enough for the rest.

- Several lines made by one command take the parts of all of them.
- What was enough for all units together is enough for each of them in turn.
- What a lot gives beyond the need is stock.
- A line is made only if it is one that is made, and no more of it than it has.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve
from casebook import AT, everything
from mixed import (
    DAY,
    HOME,
    SHOP,
    ask,
    buying,
    did,
    doing,
    held_of,
    level_of,
    on_level,
    stocked,
)

from ordercore import Cart, price
from ordercore.errors import InvalidDocument, InvalidValue, NotFound
from ordercore.stock import Bill, BillBook, Component, Lot, Part
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    Confirm,
    Count,
    MoveUnits,
    PlaceOrder,
    Produce,
    Receive,
    Renew,
    Shop,
    StockKeeper,
    Updated,
)

OK = doing("ok", Confirm("on_account"))


def made_of(*parts: Part) -> Shop:
    keeper = StockKeeper(sites="west", bills=BillBook(parts), make_within=9 * DAY)
    return evolve(SHOP, stock=keeper)


SCREWED = made_of(Part("sofa", Bill(Component("screw", 4))), Part("screw"))
ROUNDED = made_of(Part("sofa", Bill(Component("cloth", Fraction(3, 2)))), Part("cloth"))
IN_LOTS = made_of(
    Part("sofa", Bill(Component("frame", 1))),
    Part("frame", Bill(Component("beech", 8)), lot=Lot(multiple=2)),
    Part("beech"),
)


def lines_of(shop: Shop, *units: int, of: dict[str, int], stools: int = 0) -> MemoryStore:
    """Order sofas in several lines of an order, for good, of so much of each part; then stools."""
    store = stocked({(sku, "west"): count for sku, count in of.items()}, shop, ())
    rows = [("sofa", "4999.00", each) for each in units]
    rows += [("stool", "99.00", stools)] if stools else []
    quote = price(Cart.of("CNY", rows), shop.book, at=AT)
    order = PlaceOrder(
        key="p-1", order_id="o-1", number="1", quote=quote, details=HOME, services={}, at=AT
    )
    return did(order, OK, store=store, shop=shop)


def on_hand(store: MemoryStore, *skus: str) -> list[int]:
    return [level_of(store, sku, "west").on_hand for sku in skus]


# Several lines at once


@pytest.mark.parametrize("made", [{"1": 1, "2": 1}, {"1": 1, "2": 2}, {"1": 2, "2": 2}], ids=str)
def test_lines_that_are_made_at_once_take_the_parts_of_all_of_them(made: dict[str, int]) -> None:
    store = lines_of(SCREWED, 2, 2, of={"screw": 100})
    units = sum(made.values())
    did(doing("make", Produce(made)), store=store, shop=SCREWED)
    assert on_hand(store, "sofa", "screw") == [units, 100 - 4 * units]
    held = held_of(store, "o-1")
    assert {line: held[line, "sofa"] for line in made} == made
    assert sum(count for (_, sku), count in held.items() if sku == "screw") == 4 * (4 - units)


def test_what_one_line_makes_beyond_its_need_goes_into_another() -> None:
    store = lines_of(IN_LOTS, 1, 1, of={"beech": 16})
    did(doing("make", Produce({"1": 1, "2": 1})), store=store, shop=IN_LOTS)
    assert on_hand(store, "sofa", "beech") == [2, 0]
    assert {sku for _, sku in +held_of(store, "o-1")} == {"sofa"}


# One after the other


@pytest.mark.parametrize("steps", sorted(set(permutations(["make", "ship", "ship"]))), ids=str)
@pytest.mark.parametrize(
    ("shop", "of"), [(ROUNDED, {"cloth": 3}), (IN_LOTS, {"beech": 16})], ids=["rounded", "lots"]
)
def test_what_is_enough_for_all_is_enough_for_each_in_turn(
    shop: Shop, of: dict[str, int], steps: tuple[str, ...]
) -> None:
    store = lines_of(shop, 2, of=of)
    acts: dict[str, Any] = {"make": Produce({"1": 1}), "ship": MoveUnits("ship", {"1": 1})}
    for i, step in enumerate(steps):
        told = ask(doing(f"s-{i}", acts[step]), store, shop)
        gone = steps[:i].count("ship")
        assert isinstance(told, Updated) == (step == "ship" or gone < 2)
    assert not +held_of(store, "o-1")
    assert on_hand(store, *of) == [0]


def test_units_that_leave_take_no_more_of_a_lot_than_goes_into_them() -> None:
    store = lines_of(IN_LOTS, 1, of={"beech": 16})
    did(doing("ship", MoveUnits("ship", {"1": 1})), store=store, shop=IN_LOTS)
    frames = level_of(store, "frame", "west")
    assert (frames.on_hand, frames.available(AT)) == (1, 1)
    assert on_hand(store, "beech") == [0]


def test_a_line_that_is_made_already_takes_no_parts_of_another() -> None:
    shop = made_of(
        Part("sofa", Bill(Component("frame", 2))),
        Part("stool", Bill(Component("frame", 1))),
        Part("frame"),
    )
    store = lines_of(shop, 1, of={"frame": 3}, stools=1)
    did(doing("m-1", Produce({"2": 1})), store=store, shop=shop)
    before = everything(store)
    (short,) = ask(doing("m-2", Produce({"2": 1})), store, shop)
    assert (short.line, short.reasons) == ("2", ("not_set_aside",))
    assert everything(store) == before
    did(doing("m-3", Produce({"1": 1})), store=store, shop=shop)
    assert on_hand(store, "sofa", "stool", "frame") == [1, 1, 0]


# What is faulty


@pytest.mark.parametrize(
    ("units", "faults"),
    [
        ({"zz": 1}, [(NotFound, "zz")]),
        ({"2": 4}, [(InvalidValue, "2")]),
        ({"2": 4, "zz": 1}, [(InvalidValue, "2"), (NotFound, "zz")]),
        ({"1": 1, "2": 1}, [(InvalidValue, "1")]),
        ({"3": 1}, [(InvalidValue, "3")]),
        ({"2": 0}, [(InvalidValue, "2")]),
    ],
    ids=str,
)
def test_what_is_no_line_that_is_made_is_a_fault(units: Any, faults: Any) -> None:
    store = did(buying(1, mug=2, sofa=3, assembly=1))
    before = everything(store)
    with pytest.raises(InvalidDocument) as refused:
        ask(doing("make", Produce(units)), store)
    told = [(type(each), each.path) for each in refused.value.faults]
    assert told == [(kind, ("units", line)) for kind, line in faults]
    assert everything(store) == before


def test_something_must_be_made() -> None:
    store = did(buying(1, sofa=3))
    with pytest.raises(InvalidDocument) as refused:
        ask(doing("make", Produce({})), store)
    assert [each.path for each in refused.value.faults] == [("units",)]


# What is lost


@pytest.mark.parametrize("lost", ["mug", "cloth"])
def test_what_is_lost_is_not_renewed(lost: str) -> None:
    store = stocked({("mug", "east"): 2, ("frame", "west"): 1, ("cloth", "west"): 12})
    did(buying(1, mug=2, sofa=1), store=store)
    site = "east" if lost == "mug" else "west"
    did(on_level("lost", lost, site, Count(1)), store=store)
    before = everything(store)
    (short,) = ask(doing("renew", Renew(), at=AT + DAY / 100), store)
    line, left = {"mug": ("1", 1), "cloth": ("2", 0)}[lost]
    assert (short.line, short.available, short.reasons) == (line, left, ("not_set_aside",))
    assert everything(store) == before
    did(on_level("more", lost, site, Receive(12)), store=store)
    assert isinstance(ask(doing("ok", Confirm("on_account")), store), Updated)
