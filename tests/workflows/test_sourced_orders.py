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
from casebook import AT, cancelling, check_orders, copied, everything, splitting
from disturbing import Crash, Disturbed, interleaved, raise_at
from levels import values
from mixed import ASSEMBLY, DAY, HOLD, KEEPER, LATE, SHOP, buying, cart_of, doing, stocked

from ordercore import Cart, CartLine, Product, PromotionBook, price, recipes
from ordercore.errors import (
    CommitUnknown,
    InvalidDocument,
    InvalidInput,
    NotFound,
    VersionConflict,
)
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
from ordercore.stock import Bill, BillBook, Component, Part
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    Confirm,
    MoveUnits,
    NotPlaced,
    Placed,
    PlaceOrder,
    Reroute,
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


PLACE_WORDS = {"en": "the delivery address has no coordinates", "zh_CN": "收货地址没有坐标"}


def test_an_address_without_a_place_is_told_as_everything_else_is() -> None:
    store, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    before = everything(store)
    told = run(shop.does(buying(1, mug=1)), store)
    assert isinstance(told, NotPlaced)
    assert [(s.line, s.wanted, s.available, s.reasons) for s in told.shortages] == [
        ("1", 1, 0, ("place_unknown",))
    ]
    assert (told.plan, told.proposals) == (None, ())
    for locale, words in PLACE_WORDS.items():
        assert words in told.told(locale)[0]
    assert everything(store) == before


def test_what_is_short_is_told_though_nobody_knows_where_the_customer_is() -> None:
    told = run(shop_of(nearest_capable()).does(buying(1, mug=15)), stocked(FULL, team=()))
    assert [(s.line, s.available, s.reasons) for s in told.shortages] == [
        ("1", 12, ("too_few", "place_unknown"))
    ]
    assert [(each.sku, each.units) for each in told.proposals] == [("mug", 3)]


def test_who_never_asks_where_the_customer_is_needs_no_place() -> None:
    told = run(shop_of(cheapest()).does(buying(1, mug=2)), stocked(FULL, team=()))
    assert isinstance(told, Placed)


def kitchens(strategy: Any, *skus: str, **but: Any) -> Shop:
    """Let two kitchens make things of dough; the one in the north is nearer to the customer."""
    bills = BillBook([*(Part(sku, Bill([Component("dough", 1)])) for sku in skus), Part("dough")])
    sites = [site for site in SITES if site.id != "west"]
    keeper = StockKeeper(
        sites=("east", "north"),
        bills=bills,
        sourcing=Sourcing(network=Network("CNY", sites), strategy=strategy),
        **but,
    )
    return Shop(book=PromotionBook("CNY", []), stock=keeper)


@pytest.mark.parametrize("north", [0, 1])
def test_a_kitchen_that_lacks_parts_lets_another_one_cook(north: int) -> None:
    shop = kitchens(nearest_capable().one_parcel, "mug")
    there = {("dough", "north"): north, ("dough", "east"): 50}
    told = run(
        shop.does(to_beijing(buying(1, mug=2))),
        stocked({at: units for at, units in there.items() if units}, shop=shop, team=()),
    )
    assert isinstance(told, Placed)
    assert [(each.sku, each.site, each.units) for each in told.taken] == [("dough", "east", 2)]


def test_kitchens_share_what_one_of_them_cannot_make_alone() -> None:
    shop = kitchens(nearest_capable(), "mug")
    store = stocked({("dough", "north"): 1, ("mug", "north"): 1, ("dough", "east"): 5}, shop, ())
    told = run(shop.does(to_beijing(buying(1, mug=4))), store)
    assert by_plan(told.plan) == {("mug", "north"): 2, ("mug", "east"): 2}
    assert where(store) == {("dough", "north"): 1, ("mug", "north"): 1, ("dough", "east"): 2}


@pytest.mark.parametrize("goods", [0, 1])
def test_lines_do_not_make_things_of_the_same_parts(goods: int) -> None:
    shop = kitchens(nearest_capable().one_parcel, "mug", "sofa")
    there = {("dough", "north"): 3 + goods, ("dough", "east"): 9}
    lines = [("mug", 2), ("sofa", 2), *[("dough", 1)] * goods]
    cart = Cart.of("CNY", [(sku, "9.00", units) for sku, units in lines])
    command = evolve(buying(1, mug=1), quote=price(cart, shop.book, at=AT))
    told = run(shop.does(to_beijing(command)), stocked(there, shop, ()))
    assert isinstance(told, Placed)
    assert {each.site for each in told.taken} == {"east"}


def test_a_kitchen_may_make_what_its_site_says_but_of_parts_that_are_there() -> None:
    shop = kitchens(nearest_capable().one_parcel, "mug")
    sites = [evolve(site, makes=["mug"]) for site in shop.stock.sourcing.network.sites]
    sourcing = evolve(shop.stock.sourcing, network=Network("CNY", sites))
    shop = evolve(shop, stock=evolve(shop.stock, sourcing=sourcing))
    store = stocked({("dough", "north"): 1, ("dough", "east"): 50}, shop, ())
    told = run(shop.does(to_beijing(buying(1, mug=2))), store)
    assert isinstance(told, Placed)


def test_a_plan_does_not_promise_what_a_site_makes_and_no_bill_knows() -> None:
    sites = [evolve(site, makes=["mug", "sofa"]) for site in SITES]
    sourcing = Sourcing(network=Network("CNY", sites), strategy=cheapest())
    keeper = StockKeeper(sites=("east", "north", "west"), sourcing=sourcing)
    shop, store = Shop(book=PromotionBook("CNY", []), stock=keeper), stocked(FULL, team=())
    told = run(shop.does(buying(1, mug=2, sofa=1)), store)
    assert isinstance(told, NotPlaced)
    assert [(s.sku, s.wanted, s.available) for s in told.shortages] == [("sofa", 1, 0)]
    assert not told.plan.ok
    assert [(line.sku, line.missing) for line in told.plan.left] == [("sofa", 1)]
    assert isinstance(run(shop.does(buying(1, mug=2)), store), Placed)


def test_a_network_of_other_sites_than_the_keeper_has_is_refused() -> None:
    sourcing = Sourcing(network=Network("CNY", [Site(id="East")]), strategy=cheapest())
    with pytest.raises(InvalidDocument) as found:
        StockKeeper(sites=("east", "north"), sourcing=sourcing)
    (fault,) = found.value.faults
    assert (fault.path, fault.reason) == (("sourcing", "network", "sites"), "site_unknown")
    assert "east, north" in fault.expected
    assert "East" in str(fault.given)


def test_a_network_may_lack_sites_of_the_keeper_and_have_others() -> None:
    for ids in (["east", "elsewhere"], []):
        network = Network("CNY", [Site(id=name) for name in ids])
        sourcing = Sourcing(network=network, strategy=cheapest())
        assert StockKeeper(sites=("east", "north"), sourcing=sourcing).sourcing == sourcing


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
def test_a_line_that_several_sites_could_make_is_told_once_with_all_that_is_there(
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
    assert by_plan(told.plan) == ({("sofa", "west"): available} if available else {})
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


def test_what_a_site_that_drops_out_was_to_give_comes_from_others() -> None:
    store, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    run(shop.does(to_beijing(buying(1, mug=7))), store)
    assert where(store) == {("mug", "north"): 5, ("mug", "east"): 2}
    told = run(shop.does(doing("out", Reroute("east"))), store)
    assert isinstance(told, Updated)
    assert where(store) == {("mug", "north"): 5, ("mug", "west"): 2}
    assert by_plan(check_plan(store)) == {("mug", "west"): 2}
    check_orders(store)


@pytest.mark.parametrize("confirmed", [False, True])
def test_what_is_rerouted_is_kept_on_the_terms_of_its_order(*, confirmed: bool) -> None:
    store, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    run(shop.does(to_beijing(buying(1, mug=4))), store)
    if confirmed:
        run(shop.does(doing("ok", Confirm("on_account"))), store)
    run(shop.does(doing("out", Reroute("north"))), store)
    (kept,) = [each for level in values(store, "stock_level") for each in level.held_for("o-1")]
    assert (kept.expires_at is None or kept.state == "firm") == confirmed
    assert where(store) == {("mug", "east"): 4}


def test_what_cannot_be_had_elsewhere_stays_where_it_is() -> None:
    store, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    run(shop.does(to_beijing(buying(1, mug=12))), store)
    before = everything(store)
    told = run(shop.does(doing("out", Reroute(["north", "west"]))), store)
    assert [(s.line, s.missing, s.reasons) for s in told] == [("1", 7, ("too_few",))]
    assert everything(store) == before


@pytest.mark.parametrize("sourced", [True, False])
def test_what_only_a_site_has_that_drops_out_is_too_few(*, sourced: bool) -> None:
    shop = shop_of(cheapest())
    shop = shop if sourced else evolve(shop, stock=evolve(shop.stock, sourcing=None))
    store = stocked({("mug", "north"): 9}, shop, ())
    run(shop.does(buying(1, mug=4)), store)
    told = run(shop.does(doing("out", Reroute("north"))), store)
    assert [(s.line, s.missing, s.reasons, s.elsewhere) for s in told] == [
        ("1", 4, ("too_few",), ())
    ]


def test_gifts_of_a_site_that_drops_out_come_from_others() -> None:
    book = PromotionBook("CNY", [recipes.gift_from("tea", "tea-sampler", spend="9")])
    shop = evolve(shop_of(nearest_capable()), book=book)
    gifts = {("tea-sampler", "north"): 1, ("tea-sampler", "east"): 1}
    store = stocked(FULL | gifts, shop, ())
    command = evolve(buying(1, mug=2), quote=price(cart_of(mug=2), book, at=AT))
    run(shop.does(to_beijing(command)), store)
    assert where(store) == {("mug", "north"): 2, ("tea-sampler", "north"): 1}
    run(shop.does(doing("out", Reroute("north"))), store)
    assert where(store) == {("mug", "east"): 2, ("tea-sampler", "east"): 1}


def test_an_order_that_a_site_gives_nothing_is_left_alone() -> None:
    store, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    run(shop.does(to_beijing(buying(1, mug=4))), store)
    held, plan = where(store), check_plan(store)
    assert isinstance(run(shop.does(doing("out", Reroute("west"))), store), Updated)
    assert (where(store), check_plan(store)) == (held, plan)


def test_who_is_made_elsewhere_has_parts_elsewhere() -> None:
    shop = kitchens(nearest_capable().one_parcel, "mug")
    store = stocked({("dough", "north"): 9, ("dough", "east"): 9}, shop, ())
    run(shop.does(to_beijing(buying(1, mug=2))), store)
    assert where(store) == {("dough", "north"): 2}
    run(shop.does(doing("out", Reroute("north"))), store)
    assert where(store) == {("dough", "east"): 2}


def test_without_a_strategy_units_are_rerouted_as_well() -> None:
    shop = evolve(shop_of(cheapest()), stock=evolve(shop_of(cheapest()).stock, sourcing=None))
    store = stocked(FULL, shop, ())
    run(shop.does(buying(1, mug=4)), store)
    assert where(store) == {("mug", "east"): 4}
    run(shop.does(doing("out", Reroute("east"))), store)
    assert where(store) == {("mug", "north"): 4}


def test_a_site_that_nobody_knows_cannot_drop_out() -> None:
    store, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    run(shop.does(to_beijing(buying(1, mug=4))), store)
    with pytest.raises(NotFound) as found:
        run(shop.does(doing("out", Reroute(["north", "North"]))), store)
    assert found.value.path == ("sites", 1)


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


@pytest.mark.parametrize(
    "then",
    [
        None,
        doing("late", Confirm("on_account"), at=LATE + DAY),
        doing("out", Reroute("east")),
    ],
    ids=["placed", "confirmed late", "rerouted"],
)
def test_it_may_be_cut_anywhere(then: Any) -> None:
    begun, shop = stocked(FULL, team=()), shop_of(nearest_capable())
    command: Any = to_beijing(buying(1, mug=7))
    if then is not None:
        run(shop.does(command), begun)
        command = then
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


def test_goods_that_are_parts_too_come_from_where_they_leave_enough_of_them() -> None:
    bills = BillBook([Part("sofa", Bill(Component("mug", 1))), Part("mug")])
    shop = shop_of(cheapest(), bills=bills, works=["west"])
    store = stocked({("mug", "east"): 1, ("mug", "west"): 2}, team=())
    told = run(shop.does(to_beijing(buying(1, mug=1, sofa=2))), store)
    assert isinstance(told, Placed)
    assert where(store) == {("mug", "east"): 1, ("mug", "west"): 2}


def test_a_plan_that_stock_cannot_serve_is_not_told() -> None:
    bills = BillBook([Part("sofa", Bill(Component("mug", 1))), Part("mug")])
    shop, store = shop_of(cheapest(), bills=bills), stocked({("mug", "west"): 2}, team=())
    told = run(shop.does(to_beijing(buying(1, mug=1, sofa=2))), store)
    assert isinstance(told, NotPlaced)
    assert told.plan is not None
    assert not told.plan.ok
