"""Placing goes quote → check → sourcing → reservations → commit.

- What is set aside stands where the plan says, unit for unit, and nowhere else.
- The plan, with its reasons, is told in the reply and kept beside the order, in one commit.
- What no plan serves is a shortage, with the plan that says why; nothing is stored then.
- Without a strategy all is as before.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from attrs import evolve
from casebook import AT, cancelling, copied, everything, splitting
from disturbing import Crash, Disturbed, interleaved, raise_at
from levels import values
from mixed import ASSEMBLY, DAY, HOLD, KEEPER, LATE, SHOP, buying, doing, stocked

from ordercore import Cart, CartLine, Product, PromotionBook, price
from ordercore.errors import CommitUnknown, InvalidInput, InvalidValue, VersionConflict
from ordercore.events import replay
from ordercore.money import UnitPrice
from ordercore.orders import ServiceWish
from ordercore.parties import Address, GeoPoint
from ordercore.sourcing import (
    AllocationPlan,
    Network,
    ReasonCode,
    Site,
    SiteCosts,
    cheapest,
    fewest_parcels,
    nearest_capable,
    priority_list,
)
from ordercore.sourcing.events import apply
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    Confirm,
    MoveUnits,
    NotPlaced,
    Placed,
    PlaceOrder,
    Shop,
    Sourcing,
    StockKeeper,
    Updated,
    plan_key,
    run,
)

PLACES = {"east": ("31.23", "121.47"), "north": ("39.90", "116.40"), "west": ("30.57", "104.07")}
SITES = [
    Site(id=name, place=GeoPoint(*at), costs=SiteCosts(parcel=cost))
    for (name, at), cost in zip(PLACES.items(), ("9.00", "6.00", "3.00"), strict=True)
]
NETWORK = Network("CNY", SITES)
FULL = {("mug", "east"): 5, ("mug", "north"): 5, ("mug", "west"): 2}
HOME = Address(country="CN", city="北京", lines=["长安街 1 号"], point=GeoPoint("39.91", "116.40"))


def shop_of(strategy: Any, **but: Any) -> Shop:
    keeper = StockKeeper(
        sites=("east", "north", "west"),
        hold_for=HOLD,
        sourcing=Sourcing(network=NETWORK, strategy=strategy),
        **but,
    )
    return Shop(book=PromotionBook("CNY", []), stock=keeper)


def to_beijing(command: PlaceOrder) -> PlaceOrder:
    return evolve(command, details=evolve(command.details, delivery=HOME))


def where(store: MemoryStore, order: str = "o-1") -> dict[tuple[str, str], int]:
    """Tell what is set aside where for an order."""
    found: Counter[tuple[str, str]] = Counter()
    for level in values(store, "stock_level"):
        for each in level.held_for(order):
            found[level.sku, level.site] += each.outstanding
    return dict(found)


def by_plan(plan: AllocationPlan) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for shipment in plan.shipments:
        for row in shipment.given:
            found[row.sku, shipment.site] += row.units
    return dict(found)


def check_plan(store: MemoryStore, order: str = "o-1") -> AllocationPlan:
    """Hold the plan that is kept to its events; give it."""
    found = store.read([plan_key(order)])
    told = [e for e in store._kept.outbox.values() if e.aggregate == plan_key(order)]
    plan = found.value(plan_key(order), AllocationPlan)
    assert replay(apply, None, told) == plan
    assert found.version(plan_key(order)) == len(told)
    return plan


@pytest.mark.parametrize(
    ("strategy", "units", "held"),
    [
        (nearest_capable(), 4, {"north": 4}),
        (nearest_capable(), 8, {"north": 5, "east": 3}),
        (cheapest(), 2, {"west": 2}),
        (cheapest(), 4, {"north": 4}),
        (fewest_parcels(), 10, {"east": 5, "north": 5}),
        (priority_list(["west", "east"]), 4, {"east": 2, "west": 2}),
    ],
    ids=str,
)
def test_units_are_set_aside_where_the_plan_says(
    strategy: Any, units: int, held: dict[str, int]
) -> None:
    store, shop = stocked(FULL, team=()), shop_of(strategy)
    told = run(shop.does(to_beijing(buying(1, mug=units))), store)
    assert isinstance(told, Placed)
    if strategy != priority_list(["west", "east"]):
        assert where(store) == {("mug", site): n for site, n in held.items()}
    assert where(store) == by_plan(told.plan)
    assert {(each.line, each.site): each.units for each in told.taken} == {
        ("1", site): n for (_, site), n in by_plan(told.plan).items()
    }
    assert check_plan(store) == told.plan


def test_the_plan_that_is_kept_says_why() -> None:
    store = stocked(FULL, team=())
    told = run(shop_of(nearest_capable()).does(to_beijing(buying(1, mug=4))), store)
    plan = check_plan(store)
    assert [(each.site, each.taken) for each in plan.sites] == [
        ("east", False),
        ("north", True),
        ("west", False),
    ]
    assert all(each.reasons for each in plan.sites)
    assert plan == told.plan


def test_what_no_plan_serves_is_told_with_the_plan_and_nothing_is_stored() -> None:
    store = stocked(FULL, team=())
    shop = shop_of(evolve(nearest_capable(), parcels_max=1))
    before = everything(store)
    told = run(shop.does(to_beijing(buying(1, mug=7))), store)
    assert isinstance(told, NotPlaced)
    assert [(s.line, s.wanted, s.available, s.reasons) for s in told.shortages] == [
        ("1", 7, 5, ("not_sourced",))
    ]
    reasons = {each.code for row in told.plan.left for by in row.reasons for each in by.reasons}
    assert ReasonCode.NO_MORE_PARCELS in reasons
    assert everything(store) == before


def test_what_is_not_there_is_short_as_ever() -> None:
    store, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    told = run(shop.does(to_beijing(buying(1, mug=15))), store)
    assert [(s.line, s.wanted, s.available, s.reasons) for s in told.shortages] == [
        ("1", 15, 12, ("too_few",))
    ]
    assert [(each.sku, each.units) for each in told.proposals] == [("mug", 3)]


def test_a_rule_that_asks_where_the_customer_is_must_be_told() -> None:
    store = stocked(FULL, team=())
    with pytest.raises(InvalidValue):
        run(shop_of(nearest_capable()).does(buying(1, mug=1)), store)


def test_a_mixed_basket_is_made_where_the_plan_says() -> None:
    sites = [evolve(site, id=name) for site, name in zip(SITES, ("east", "west"), strict=False)]
    sourcing = Sourcing(network=Network("CNY", sites), strategy=cheapest())
    shop = evolve(SHOP, stock=evolve(KEEPER, sourcing=sourcing))
    store = stocked(shop=shop)
    told = run(shop.does(buying(1, mug=5, sofa=3, assembly=1)), store)
    assert isinstance(told, Placed)
    sofas = {(e.sku, e.site): e.units for e in told.taken if e.line == "2"}
    assert sofas == {("sofa", "west"): 1, ("frame", "west"): 2, ("cloth", "west"): 24}
    assert sum(e.units for e in told.taken if e.line == "1") == 5
    assert len(told.appointments) == 1
    assert {row.id for row in told.plan.lines} == {"1", "2"}


def test_lines_may_be_called_whatever_parts_of_others_would_be_called() -> None:
    shop = shop_of(nearest_capable(), services={"assembly": ASSEMBLY}, resources=KEEPER.resources)
    lines = [
        CartLine(name, Product(sku), units, UnitPrice.of("9", "CNY"))
        for name, sku, units in (("1", "mug", 7), ("1.1", "assembly", 1))
    ]
    quote = price(Cart(currency="CNY", lines=lines), shop.book, at=AT)
    command = evolve(buying(1, mug=1), quote=quote, services={"1.1": ServiceWish()})
    told = run(shop.does(to_beijing(command)), stocked(FULL, shop=shop))
    assert isinstance(told, Placed)
    assert [each.line for each in told.appointments] == ["1.1"]
    assert {each.line for each in told.taken} == {"1"}


@pytest.mark.parametrize(("cloth", "available"), [(0, 0), (12, 1)])
def test_a_line_of_several_sites_is_told_once_with_all_that_is_there(
    cloth: int, available: int
) -> None:
    sites = [
        evolve(site, id=name, capacity=1)
        for site, name in zip(SITES, ("east", "west"), strict=False)
    ]
    sourcing = Sourcing(network=Network("CNY", sites), strategy=cheapest())
    shop = evolve(SHOP, stock=evolve(KEEPER, works=(), sourcing=sourcing))
    there = {("frame", "west"): 2} | ({("cloth", "west"): cloth} if cloth else {})
    told = run(shop.does(buying(1, sofa=2)), stocked(there, shop=shop))
    assert len({shipment.site for shipment in told.plan.shipments}) == 2
    assert [(s.line, s.wanted, s.available) for s in told.shortages] == [("2", 2, available)]


def test_who_is_confirmed_late_is_sourced_anew() -> None:
    store, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    run(shop.does(to_beijing(buying(1, mug=4))), store)
    run(shop.does(to_beijing(buying(2, mug=3, at=LATE))), store)
    told = run(shop.does(doing("late", Confirm("on_account"), at=LATE)), store)
    assert isinstance(told, Updated)
    assert where(store) == {("mug", "north"): 2, ("mug", "east"): 2}
    assert by_plan(check_plan(store)) == where(store)
    assert store.read([plan_key("o-1")]).version(plan_key("o-1")) == 2


def test_later_acts_take_it_where_it_stands() -> None:
    store, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    run(shop.does(to_beijing(buying(1, mug=7))), store)
    for command in (
        doing("ok", Confirm("on_account")),
        doing("less", MoveUnits("deallocate", {"1": 1})),
        splitting({"1": 1}, allocated={"1": 1}),
        doing("go", MoveUnits("ship", {"1": 2})),
        cancelling(),
    ):
        run(shop.does(command), store)
    assert sum(where(store).values()) + sum(where(store, "o-2").values()) <= 5
    check_plan(store)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_promised_twice(seed: int) -> None:
    store, shop = stocked(FULL, team=()), shop_of(cheapest())
    chance = Random(seed)
    commands = [shop.does(to_beijing(buying(i, mug=chance.randint(1, 4)))) for i in range(1, 9)]
    told = interleaved(commands, store, seed)
    for i, answer in enumerate(told, 1):
        if isinstance(answer, Placed):
            assert where(store, f"o-{i}") == by_plan(answer.plan)
    for level in values(store, "stock_level"):
        assert level.kept <= level.on_hand


@pytest.mark.parametrize("late", [False, True])
def test_it_may_be_cut_anywhere(*, late: bool) -> None:
    begun, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    command: Any = to_beijing(buying(1, mug=7))
    if late:
        run(shop.does(command), begun)
        command = doing("late", Confirm("on_account"), at=LATE + DAY)
    uncut = copied(begun)
    counting = Disturbed(uncut)
    reply = run(shop.does(command), counting)
    before, after = everything(begun), everything(uncut)
    for number in range(1, len(counting.told) + 2):
        for fault in (Crash(), VersionConflict("it", 0, 1), CommitUnknown("key")):
            for when in ("before", "after"):
                kept = copied(begun)
                try:
                    run(shop.does(command), Disturbed(kept, **{when: raise_at(fault, number)}))
                except (Crash, VersionConflict, CommitUnknown) as error:
                    assert error is fault  # noqa: PT017
                assert everything(kept) in (before, after)
                assert run(shop.does(command), kept) == reply
                assert everything(kept) == after


@pytest.mark.parametrize(
    "make",
    [
        lambda: Sourcing(network="sites", strategy=cheapest()),
        lambda: Sourcing(network=NETWORK, strategy="cheapest"),
        lambda: StockKeeper(sites="east", sourcing=cheapest()),
    ],
)
def test_what_is_faulty_is_refused_at_birth(make: Any) -> None:
    with pytest.raises(InvalidInput):
        make()
