"""Asking before placing: the answer is what placing does then, and nothing is written.

- `asked.ok ⇔ placing the same basket right after succeeds`, with the same units taken, visits,
  production and plan; or with the same shortages, proposals and plan.
- No verb but reading is asked of the store.
- What stock knows as a service is one in the order, whether or not the customer had a wish.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from attrs import evolve
from casebook import AT, CART, SERVICES, STAFF, cancelling, everything
from casebook import SHOP as SHELF_SHOP
from disturbing import Disturbed, awaited, plainly
from levels import order_of
from mixed import (
    ALL,
    ASSEMBLY,
    BILLS,
    DAY,
    FULL,
    HOME,
    HOUR,
    KEEPER,
    MORNING,
    MOST,
    PRICES,
    SHOP,
    WITH_LOTS,
    ask,
    buying,
    cart_of,
    check_promises,
    did,
    doing,
    on_level,
    stocked,
)
from shelves import Shelves, fill

from ordercore import Cart, CartLine, Product, PromotionBook, price, recipes
from ordercore.calendars import Window
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
)
from ordercore.money import UnitPrice
from ordercore.orders import AddLine, OrderState, ServiceWish, changed_cart, preview_change
from ordercore.parties import GeoPoint
from ordercore.pricing import price_in
from ordercore.promotions import Limits
from ordercore.sourcing import Network, Site, cheapest, fewest_parcels, nearest_capable
from ordercore.stock import BillBook, Incoming, Part
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    AskStock,
    ChangeOrder,
    ChangeTold,
    Confirm,
    DraftOrder,
    Expect,
    MoveUnits,
    NotPlaced,
    Placed,
    PlaceDraft,
    PlaceOrder,
    ProposeChange,
    Receive,
    ReplaceUnits,
    Reschedule,
    ServiceNeed,
    SettleChange,
    Shop,
    Sourcing,
    StockKeeper,
    run,
)

POINTS = {"east": GeoPoint("31.23", "121.47"), "west": GeoPoint("30.57", "104.07")}
NETWORK = Network("CNY", [Site(id=name, place=place) for name, place in POINTS.items()])
KEEPERS = {
    "by the order of sites": KEEPER,
    "in lots, at all sites": evolve(KEEPER, bills=WITH_LOTS, works=()),
    **{
        f"sourced {name}": evolve(
            KEEPER, works=(), sourcing=Sourcing(network=NETWORK, strategy=strategy)
        )
        for name, strategy in {
            "nearest": nearest_capable(),
            "cheapest": cheapest(),
            "in one parcel": fewest_parcels().one_parcel,
        }.items()
    },
}


def asking(command: PlaceOrder, **but: Any) -> AskStock:
    """Ask whether what a command says could be placed."""
    delivery = command.details.delivery
    given = {
        "basket": command.quote,
        "services": command.services,
        "place": None if delivery is None else delivery.point,
        "at": command.at,
    }
    return AskStock(**{**given, **but})


def check_agree(command: PlaceOrder, store: Any, shop: Shop) -> bool:
    """Hold the answer to what placing does right after; tell whether it was placed."""
    before = everything(store)
    asked = ask(asking(command), store, shop)
    assert ask(asking(command), store, shop) == asked
    assert everything(store) == before
    told = ask(command, store, shop)
    assert asked.ok is isinstance(told, Placed)
    assert asked.plan == told.plan
    lines = asked.check.lines
    if isinstance(told, NotPlaced):
        assert {each.line: each for each in told.shortages} == {
            each.line: each for each in asked.check.shortages
        }
        assert (asked.proposals, asked.production) == (told.proposals, ())
        return False
    assert sorted((part for line in lines for part in line.taken), key=repr) == sorted(
        told.taken, key=repr
    )
    assert [each for line in lines for each in line.appointments] == [*told.appointments]
    assert (asked.production, asked.proposals) == (told.production, ())
    return True


# What is asked is what is placed


@pytest.mark.parametrize("keeper", KEEPERS.values(), ids=KEEPERS)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_answered_is_what_placing_does(keeper: StockKeeper, seed: int) -> None:
    chance = Random(seed)
    shop = evolve(SHOP, stock=keeper)
    units = {place: chance.randint(0, 2 * most) for place, most in FULL.items()}
    store = stocked({place: count for place, count in units.items() if count})
    coming = Incoming(id="po", quantity=24, expected_at=AT + chance.randint(1, 12) * DAY)
    did(on_level("po", "cloth", "west", Expect(coming)), store=store)
    placed = 0
    for number in range(1, 9):
        basket = {sku: chance.choice((0, 1, 1, 2, 3)) for sku in ALL}
        visit = chance.choice([None, MORNING, Window(AT + 2 * DAY, AT + 3 * DAY)])
        if any(basket.values()):
            command = buying(number, visit=visit, **basket)
            home = evolve(HOME.delivery, point=chance.choice([None, *POINTS.values()]))
            command = evolve(command, details=evolve(HOME, delivery=home))
            placed += check_agree(command, store, shop)
    assert placed or keeper.sourcing


def test_all_kinds_are_told_at_once_and_when() -> None:
    asked = ask(asking(buying(1, visit=MORNING, **ALL)), stocked())
    goods, sofas, visits = asked.check.lines
    assert asked.ok
    assert [(part.site, part.units) for part in goods.taken] == [("east", 2)]
    assert {(part.sku, part.units) for part in sofas.taken} == {
        ("sofa", 1),
        ("frame", 2),
        ("cloth", 24),
    }
    assert [each.window for each in visits.appointments] == [MORNING, MORNING]
    assert [(each.sku, each.units) for each in asked.production] == [("sofa", 2)]


def test_what_could_be_had_later_is_offered() -> None:
    coming = Expect(Incoming(id="po-1", quantity=9, expected_at=AT + 5 * DAY))
    store = did(on_level("po", "mug", "east", coming))
    told = ask(AskStock(basket=cart_of(mug=7), at=AT), store).check.lines[0]
    assert told.shortage is not None
    assert told.shortage.enough_from == AT + 5 * DAY
    assert [(each.site, each.units, each.since) for each in told.offers] == [
        ("east", 3, AT),
        ("east", 12, AT + 5 * DAY),
        ("west", 3, AT),
    ]


def test_what_is_short_comes_with_what_to_do_about_it() -> None:
    asked = ask(AskStock(basket=cart_of(mug=2, sofa=MOST + 1), at=AT), stocked())
    assert [(each.line, each.missing) for each in asked.check.shortages] == [("2", 1)]
    assert {each.sku for each in asked.proposals} == {"beech", "cloth", "frame", "sofa"}
    assert [part.units for part in asked.check.lines[0].taken] == [2]


def test_it_is_asked_of_an_order_that_nobody_has_placed() -> None:
    number_of_nobody = evolve(buying(1, key="asked", mug=2), order_id="asked")
    store = did(number_of_nobody)
    asked = ask(AskStock(basket=cart_of(mug=4), at=AT), store)
    assert [(part.site, part.units) for part in asked.check.lines[0].taken] == [
        ("east", 1),
        ("west", 3),
    ]


# Gifts, and what they rest on


def test_gifts_are_asked_for_at_the_price_of_now() -> None:
    rule = recipes.gift_from("tea", "tea", spend="30", limits=Limits(uses=1))
    shop = evolve(SHOP, book=PromotionBook("CNY", [rule]))
    store = did(on_level("tea", "tea", "east", Receive(1)))
    quote = price(cart_of(mug=1), shop.book, at=AT)
    asked = ask(AskStock(basket=quote, at=AT), store, shop)
    assert [(line.id, line.sku) for line in asked.check.lines] == [("1", "mug"), ("gift-1", "tea")]
    assert ask(AskStock(basket=quote.cart, at=AT), store, shop) == asked
    command = evolve(buying(1, mug=1), quote=quote, new_price="accept")
    assert check_agree(command, store, shop)
    again = ask(AskStock(basket=quote, at=AT), store, shop)  # the one use is gone
    assert [line.id for line in again.check.lines] == ["1"]
    assert check_agree(evolve(command, key="p-2", order_id="o-2"), store, shop)


# By whom, and of what


@pytest.mark.parametrize("way", [plainly, awaited])
def test_nothing_but_reading_is_asked_of_the_store(way: Callable[..., Any]) -> None:
    store = Disturbed(stocked())
    asked = way(SHOP.does(asking(buying(1, **ALL))), store)
    assert asked == ask(asking(buying(1, **ALL)), stocked())
    assert {*store.told} == {"read"}
    way(SHOP.does(asking(buying(1, **ALL))), store, lock=True)
    assert store.locks[-1]


def test_a_stock_of_ones_own_is_asked_what_it_decides() -> None:
    store = MemoryStore()
    fill(store, AT, shirt=1)
    before = everything(store)
    question = AskStock(basket=CART, services=SERVICES, at=AT)
    asked = run(SHELF_SHOP.does(question), store)
    assert not asked.ok
    assert "shirt" in {each.sku for each in asked.check.shortages}
    assert everything(store) == before
    assert isinstance(SHELF_SHOP.stock, Shelves)


@pytest.mark.parametrize("answer", [None, ()], ids=str)
def test_a_stock_that_answers_nothing_is_refused_as_in_placing(answer: object) -> None:
    class Silent(Shelves):
        def decide(self, task: Any, got: Any) -> Any:
            return answer

    shop = evolve(SHELF_SHOP, stock=Silent())
    with pytest.raises(InvalidValue) as refused:
        ask(AskStock(basket=CART, services=SERVICES, at=AT), MemoryStore(), shop)
    assert refused.value.path == ("stock",)


def test_without_stock_everything_is_there() -> None:
    asked = ask(AskStock(basket=cart_of(**ALL), at=AT), MemoryStore(), evolve(SHOP, stock=None))
    assert asked.ok
    assert [line.wanted for line in asked.check.lines] == [2, 3, 2]


def test_an_empty_basket_wants_nothing() -> None:
    asked = ask(AskStock(basket=Cart(currency="CNY", lines=[]), at=AT), stocked())
    assert asked.ok
    assert asked.check.lines == ()


@pytest.mark.parametrize(
    ("but", "error"),
    [
        ({"basket": "a mug"}, InvalidType),
        ({"services": {"9": ServiceWish()}}, InvalidInput),
        ({"place": "here"}, InvalidType),
        ({"at": AT.replace(tzinfo=None)}, InvalidInput),
        ({"basket": Cart.of("EUR", [("mug", "1.00", 1)])}, CurrencyMismatch),
    ],
    ids=str,
)
def test_what_is_no_question_is_refused(but: Any, error: type[Exception]) -> None:
    store = stocked()
    with pytest.raises(error):
        run(SHOP.does(AskStock(**{"basket": cart_of(mug=1), "at": AT, **but})), store)


def test_a_question_is_asked_in_a_shop() -> None:
    with pytest.raises(InvalidType, match=r"shop\.does"):
        run(AskStock(basket=cart_of(mug=1), at=AT), stocked())  # type: ignore[call-overload]


def test_who_keeps_stock_is_a_stock() -> None:
    with pytest.raises(InvalidType) as refused:
        evolve(SHOP, stock="a shelf")
    assert refused.value.path == ("stock",)


def test_what_is_too_large_says_how_large_it_may_be() -> None:
    sites = [f"s{number}" for number in range(100)]
    shop = evolve(SHOP, stock=StockKeeper(sites=sites))
    basket = Cart.of("CNY", [(f"sku-{number}", "1.00", 1) for number in range(101)])
    command = evolve(buying(1, mug=1), quote=price(basket, shop.book, at=AT))
    for each in (AskStock(basket=basket, at=AT), command):
        with pytest.raises(LimitExceeded, match="at each of 100 sites") as refused:
            run(shop.does(each), MemoryStore())
        assert (refused.value.path, refused.value.given) == (("lines",), 10_100)


# Services without a wish


def without_wish(number: int = 1) -> PlaceOrder:
    return evolve(buying(number, assembly=1), services={})


def rescheduled_and_performed(store: MemoryStore, line: str = "3", shop: Shop = SHOP) -> None:
    """Do with a visit what only a service lets be done."""
    did(
        doing("ok", Confirm("on_account")),
        doing("later", Reschedule(line, Window(AT + DAY, AT + 2 * DAY))),
        doing("done", MoveUnits("ship", {line: 1})),
        store=store,
        shop=shop,
    )
    check_promises(store, replayed=False)


def test_what_stock_knows_as_a_service_is_one_without_a_wish() -> None:
    store = did(without_wish())
    (line,) = order_of(store, "o-1").lines
    assert line.service == ServiceWish()
    rescheduled_and_performed(store)


def test_a_wish_that_is_given_stays() -> None:
    store = did(buying(1, visit=MORNING, **ALL))
    wishes = dict(order_of(store, "o-1").wishes)
    assert wishes == {"1": None, "2": None, "3": ServiceWish(appointment=MORNING)}


def test_a_draft_knows_its_services_too() -> None:
    new = without_wish()
    draft = DraftOrder(key="d", order_id="o-1", number="N", quote=new.quote, details=HOME, at=AT)
    store = did(draft, PlaceDraft(key="p", order_id="o-1", base=1, at=AT), store=stocked())
    assert order_of(store, "o-1").state is OrderState.PLACED
    rescheduled_and_performed(store)


@pytest.mark.parametrize("proposed", [False, True])
def test_a_line_that_a_change_adds_is_a_service_as_well(*, proposed: bool) -> None:
    store = did(buying(1, mug=1))
    order = order_of(store, "o-1")
    unit_price = UnitPrice.of(PRICES["assembly"], "CNY")
    edits = [AddLine(CartLine("9", Product("assembly"), 1, unit_price))]
    quote = price_in(changed_cart(order, edits), SHOP.book, order.quote.context)
    assert preview_change(order, edits, quote).after is not None
    named = {"order_id": "o-1", "base": order.version, "edits": edits, "quote": quote, "at": AT}
    if proposed:
        ask(ProposeChange(key="c", change_id="c-1", actor=STAFF, **named), store)
        settle = SettleChange(key="s", order_id="o-1", change_id="c-1", step="confirm", at=AT)
        assert isinstance(ask(settle, store), ChangeTold)
    else:
        did(ChangeOrder(key="c", actor=STAFF, **named), store=store)
    assert dict(order_of(store, "o-1").wishes) == {"1": None, "9": ServiceWish()}
    rescheduled_and_performed(store, "9")


def test_what_replaces_units_is_a_service_as_well() -> None:
    store = did(without_wish(), doing("ok", Confirm("on_account")))
    did(cancelling("fell-out", units={"3": 1}), store=store)
    replace = ReplaceUnits(
        key="r",
        order_id="o-1",
        units={"3": 1},
        new_id="o-2",
        number="N2",
        quote=price(Cart.of("CNY", [("assembly", "0.00", 1)]), SHOP.book, at=AT),
        case="r-1",
        at=AT,
        actor=STAFF,
    )
    ask(replace, store)
    assert [wish for _, wish in order_of(store, "o-2").wishes] == [ServiceWish()]


# What only a customer would find


def test_faults_of_a_keeper_are_all_told_at_birth() -> None:
    parts = [*BILLS.parts, Part("screw", lead_time=HOUR, in_working_time=True)]
    with pytest.raises(InvalidDocument) as refused:
        evolve(
            KEEPER,
            bills=BillBook(parts),
            services=[ServiceNeed("assembly", ASSEMBLY), ServiceNeed("sofa", ASSEMBLY)],
            hold_for=HOUR,
            renewable_for=HOUR / 2,
            returns_to="nowhere",
        )
    assert {each.path: each.reason for each in refused.value.faults} == {
        ("returns_to",): "invalid_value",
        ("renewable_for",): "fields_disagree",
        ("services", 1, "sku"): "fields_disagree",
        ("calendar",): "missing_calendar",
    }
