"""Mixed baskets: goods, sofas made of what is there, and visits, asked by every use case.

- At any time each living order holds just what it has allocated: mugs, what goes into its
  sofas, and one visit of a fitter with a van for each assembly. Nothing is promised twice.
- Where some of it is given free, handed over or leaves, the rest is enough for the rest.
- All that is short is told at once, with what could be done about it.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve
from casebook import AT, cancelling, everything, merging, splitting
from disturbing import interleaved
from levels import values
from mixed import (
    ALL,
    ASSEMBLY,
    DAY,
    FULL,
    HOUR,
    KEEPER,
    LATE,
    MORNING,
    MOST,
    SHOP,
    WITH_LOTS,
    agenda_of,
    ask,
    buying,
    cart_of,
    check_promises,
    did,
    doing,
    fewer,
    held_of,
    level_of,
    on_level,
    parts_of,
    sofas_in,
    stocked,
    visits_of,
)

from ordercore import PromotionBook, price, recipes
from ordercore.calendars import Window
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    LimitExceeded,
)
from ordercore.sourcing import Network, Site, Strategy
from ordercore.stock import (
    Bill,
    BillBook,
    Component,
    Incoming,
    Part,
    ProductionProposal,
    PurchaseProposal,
    ReservationFirmed,
    ReservationRenewed,
    UnitsConsumed,
    UnitsHandedOver,
    UnitsReleased,
    open_level,
)
from ordercore.storage import Found, Loaded
from ordercore.workflows import (
    Changed,
    Confirm,
    Damage,
    Expect,
    MoveUnits,
    NotChanged,
    NotPlaced,
    Placed,
    Produce,
    Receive,
    Reschedule,
    Sourcing,
    StockKeeper,
    StockTask,
    Updated,
    Wanted,
    level_key,
)

# Placing


def test_a_basket_takes_goods_and_parts_and_people_in_one_commit() -> None:
    store = stocked()
    told = ask(buying(1, **ALL), store)
    assert isinstance(told, Placed)
    assert held_of(store, "o-1") == {
        ("1", "mug"): 2,
        ("2", "sofa"): 1,
        ("2", "frame"): 2,
        ("2", "cloth"): 24,
    }
    assert [len(parts) for parts in visits_of(store, "o-1").values()] == [2, 2]
    assert {each.expires_at for each in agenda_of(store, "van").bookings} == {LATE}
    check_promises(store)


def test_the_reply_tells_from_where_when_with_whom_and_what_is_to_be_made() -> None:
    told = ask(buying(1, visit=MORNING, **ALL), stocked())
    assert {(each.line, each.sku, each.site, each.units) for each in told.taken} == {
        ("1", "mug", "east", 2),
        ("2", "sofa", "west", 1),
        ("2", "frame", "west", 2),
        ("2", "cloth", "west", 24),
    }
    assert [(each.line, each.site, each.window) for each in told.appointments] == [
        ("3", "west", MORNING),
        ("3", "west", MORNING),
    ]
    assert [(each.sku, each.units, each.start_by) for each in told.production] == [
        ("sofa", 2, AT + 6 * DAY)
    ]


def test_what_must_be_made_of_what_is_made_is_told_too() -> None:
    told = ask(buying(1, sofa=5), stocked())
    assert [(each.sku, each.units, each.start_by) for each in told.production] == [
        ("frame", 2, AT + 3 * DAY),
        ("sofa", 4, AT + 6 * DAY),
    ]


def test_what_comes_in_time_is_promised_for_what_is_made() -> None:
    coming = Expect(Incoming(id="po-1", quantity=24, expected_at=AT + 5 * DAY, kind="purchase"))
    store = did(on_level("po", "cloth", "west", coming))
    assert isinstance(ask(buying(1, sofa=8), store), NotPlaced)  # there are 6 frames
    more = Expect(Incoming(id="mo-1", quantity=1, expected_at=AT + 5 * DAY, kind="production"))
    did(on_level("mo", "frame", "west", more), store=store)
    assert isinstance(ask(buying(1, sofa=7), store), Placed)


def test_things_are_made_of_the_stock_of_the_works_alone() -> None:
    parts = {("frame", "west"): 1, ("cloth", "east"): 60}
    told = ask(buying(1, sofa=1), stocked(parts))
    assert {part.sku: part.short for part in told.shortages[0].parts} == {"cloth": 12}
    wide = evolve(SHOP, stock=evolve(KEEPER, works=()))
    assert isinstance(ask(buying(1, sofa=1), stocked(parts), wide), Placed)


def test_all_shortages_of_all_lines_are_told_at_once_with_what_could_be_done() -> None:
    store = stocked()
    before = everything(store)
    gone = Window(AT + DAY, AT + DAY + HOUR)
    told = ask(buying(1, mug=8, sofa=MOST + 2, assembly=1, visit=gone), store)
    assert isinstance(told, NotPlaced)
    assert [(s.line, s.wanted, s.available, s.reasons) for s in told.shortages] == [
        ("1", 8, 6, ("too_few",)),
        ("2", 8, 6, ("missing_parts",)),
        ("3", 1, 0, ("missing_roles", "later")),
    ]
    parts = {part.sku: part.short for part in told.shortages[1].parts}
    assert parts == {"beech": 16, "cloth": 24}
    proposed = {type(each): [] for each in told.proposals}
    for each in told.proposals:
        proposed[type(each)].append((each.sku, each.units, each.needed_by))
    assert proposed == {
        ProductionProposal: [("frame", 5, AT + 6 * DAY), ("sofa", 7, AT + 10 * DAY)],
        PurchaseProposal: [
            ("beech", 16, AT + 3 * DAY),
            ("cloth", 24, AT + 6 * DAY),
            ("mug", 2, AT),
        ],
    }
    assert everything(store) == before


def test_all_that_is_short_is_told_in_words() -> None:
    gone = Window(AT + DAY, AT + DAY + HOUR)
    told = ask(buying(1, mug=8, sofa=MOST + 2, assembly=1, visit=gone), stocked())
    mugs, sofas, visits = told.told("zh_CN", zone="Asia/Shanghai")
    assert mugs == "mug：需要 8 件，可供 6 件（所选仓数量不足；尚不知何时可足量供应）"
    parts = "缺少物料；cloth 缺 24 米；beech 缺 16 米"
    assert sofas == f"sofa：需要 8 件，可供 6 件（{parts}；尚不知何时可足量供应）"
    assert visits.startswith(
        "assembly：需要 1 次，可安排 0 次（缺少人员或设备；稍后有空档；west，fitter："
    )
    mugs, sofas, visits = told.told("en")
    assert mugs == (
        "mug: 8 wanted, 6 available "
        "(these sites have fewer; nobody knows when there will be enough)"
    )
    assert "parts are missing; cloth: 24 m short; beech: 16 m short" in sofas
    assert "west, fitter: not at work long enough in time, free from" in visits


def test_what_is_proposed_is_enough() -> None:
    store = stocked()
    told = ask(buying(1, mug=9, sofa=9), store)
    for i, each in enumerate(told.proposals):
        if isinstance(each, PurchaseProposal):
            coming = Incoming(id=f"po-{i}", quantity=each.units, expected_at=each.needed_by)
            did(on_level(f"po-{i}", each.sku, "west", Expect(coming)), store=store)
    assert isinstance(ask(buying(1, mug=9, sofa=9), store), Placed)


def test_a_service_that_is_not_known_needs_nothing() -> None:
    keeper = StockKeeper(sites="east")
    store = stocked({("mug", "east"): 1}, team=())
    shop = evolve(SHOP, stock=keeper)
    assert isinstance(ask(buying(1, mug=1, assembly=7), store, shop), Placed)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_promised_twice_however_many_want_it(seed: int) -> None:
    store, chance = stocked(), Random(seed)
    wanted = [
        {"sofa": chance.randint(1, 3), "mug": chance.randint(0, 2), "assembly": 1}
        for _ in range(7)
    ]
    commands = [SHOP.does(buying(i, visit=MORNING, **units)) for i, units in enumerate(wanted, 1)]
    told = interleaved(commands, store, seed)
    placed = [
        each for each, answer in zip(wanted, told, strict=True) if isinstance(answer, Placed)
    ]
    assert 1 <= len(placed) <= 2  # there are two fitters that morning
    assert sum(each["sofa"] for each in placed) <= MOST
    check_promises(store)


# Some of it


@pytest.mark.parametrize(
    ("left", "held"),
    [
        (4, {"sofa": 1, "frame": 2, "cloth": 36, "beech": 8}),
        (3, {"sofa": 1, "frame": 2, "cloth": 24}),
        (1, {"sofa": 1}),
    ],
)
def test_of_what_is_made_units_that_stay_keep_what_they_need(
    left: int, held: dict[str, int]
) -> None:
    for less in (
        lambda _: cancelling(units={"2": 5 - left}),
        lambda _: doing("less", MoveUnits("deallocate", {"2": 5 - left})),
        lambda store: fewer(store, left),
    ):
        store = did(buying(1, sofa=5, mug=1))
        did(less(store), store=store)
        assert parts_of(store) == held
        check_promises(store)


def test_lots_are_shared_until_the_last_line_that_needs_them() -> None:
    shop = evolve(SHOP, stock=evolve(KEEPER, bills=WITH_LOTS))
    beech = {("cloth", "west"): 60, ("beech", "west"): 32}
    store = did(buying(1, sofa=3), store=stocked(beech), shop=shop)
    assert parts_of(store) == {"cloth": 36, "beech": 32}
    did(cancelling("c-1", units={"2": 1}), store=store, shop=shop)
    assert parts_of(store) == {"cloth": 24, "beech": 16}
    did(cancelling("c-2", units={"2": 1}), store=store, shop=shop)
    assert parts_of(store) == {"cloth": 12, "beech": 16}  # a lot is two
    did(cancelling("c-3", units={"2": 1}), store=store, shop=shop)
    assert parts_of(store) == {}


def test_what_is_shipped_leaves_as_it_is_there() -> None:
    store = did(buying(1, sofa=3, assembly=2), doing("ok", Confirm("on_account")))
    did(doing("s-1", MoveUnits("ship", {"2": 1, "3": 1})), store=store)
    assert parts_of(store) == {"frame": 2, "cloth": 24}  # the finished one went first
    assert len(visits_of(store, "o-1")) == 1
    check_promises(store)
    did(doing("s-2", MoveUnits("ship", {"2": 2, "3": 1})), store=store)
    assert not held_of(store, "o-1")
    assert not visits_of(store, "o-1")
    assert [level_of(store, sku, "west").on_hand for sku in ("sofa", "frame", "cloth")] == [
        0, 0, 36,
    ]  # fmt: skip
    check_promises(store)


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_what_is_made_stands_in_the_place_of_its_parts(*, is_confirmed: bool) -> None:
    ok = [doing("ok", Confirm("on_account"))] if is_confirmed else []
    store = did(buying(1, sofa=3), *ok, doing("make", Produce({"2": 1})))
    assert parts_of(store) == {"sofa": 2, "frame": 1, "cloth": 12}
    assert [level_of(store, sku, "west").on_hand for sku in ("sofa", "frame", "cloth")] == [
        2, 1, 48,
    ]  # fmt: skip
    held = level_of(store, "sofa", "west").held_for("o-1")
    assert {each.state.value for each in held} == {"firm" if is_confirmed else "reserved"}
    assert {each.expires_at for each in held if not is_confirmed} <= {LATE}
    check_promises(store)
    did(doing("rest", Produce({"2": 1})), store=store)
    assert parts_of(store) == {"sofa": 3}
    (short,) = ask(doing("more", Produce({"2": 1})), store)
    assert (short.line, short.reasons) == ("2", ("not_set_aside",))
    check_promises(store)


def test_what_a_lot_gives_beyond_the_need_is_stock_and_set_aside_as_far_as_it_is_needed() -> None:
    shop = evolve(SHOP, stock=evolve(KEEPER, bills=WITH_LOTS))
    there = {("cloth", "west"): 60, ("beech", "west"): 32}
    store = did(buying(1, sofa=3), store=stocked(there), shop=shop)
    did(doing("m-1", Produce({"2": 1})), store=store, shop=shop)
    assert parts_of(store) == {"sofa": 1, "frame": 1, "cloth": 24, "beech": 16}
    did(doing("m-2", Produce({"2": 2})), store=store, shop=shop)
    assert parts_of(store) == {"sofa": 3}
    frames = level_of(store, "frame", "west")
    assert (frames.on_hand, frames.available(AT)) == (1, 1)  # one more than was needed
    assert level_of(store, "beech", "west").on_hand == 0


@pytest.mark.parametrize("at", [AT, LATE])
def test_what_is_not_there_or_has_expired_is_not_made(at: Any) -> None:
    coming = Incoming(id="po-1", quantity=12, expected_at=AT + 5 * DAY)
    cloth = {} if at == AT else {("cloth", "west"): 12}
    store = stocked({("frame", "west"): 1, **cloth})
    did(on_level("po", "cloth", "west", Expect(coming)), buying(1, sofa=1), store=store)
    before = everything(store)
    (short,) = ask(doing("make", Produce({"2": 1}), at=at), store)
    assert (short.line, short.reasons) == ("2", ("not_set_aside",))
    assert everything(store) == before


def test_parts_that_were_lost_are_set_aside_anew_or_the_order_is_not_confirmed() -> None:
    store = did(buying(1, sofa=3), on_level("hurt", "cloth", "west", Damage(40, "water")))
    assert parts_of(store)["cloth"] == 20
    told = ask(doing("ok", Confirm("on_account")), store)
    assert [(each.line, each.available) for each in told] == [("2", 2)]
    did(on_level("new", "cloth", "west", Receive(4)), store=store)
    did(doing("again", Confirm("on_account")), store=store)
    assert parts_of(store)["cloth"] == 24


def test_what_has_lost_its_parts_is_not_shipped() -> None:
    ok = doing("ok", Confirm("on_account"))
    store = did(buying(1, sofa=3), ok, on_level("hurt", "cloth", "west", Damage(40, "water")))
    before = everything(store)
    (short,) = ask(doing("go", MoveUnits("ship", {"2": 3})), store)
    assert (short.line, short.reasons) == ("2", ("not_set_aside",))
    assert everything(store) == before
    assert isinstance(ask(doing("some", MoveUnits("ship", {"2": 2})), store), Updated)


def test_visits_are_given_up_the_latest_first_and_done_the_earliest_first() -> None:
    store = did(buying(1, assembly=3), doing("ok", Confirm("on_account")))
    starts = sorted(parts[0][1].span for parts in visits_of(store, "o-1").values())
    did(cancelling(units={"3": 1}), store=store)
    assert sorted(p[0][1].span for p in visits_of(store, "o-1").values()) == starts[:2]
    did(doing("done", MoveUnits("ship", {"3": 1})), store=store)
    assert [p[0][1].span for p in visits_of(store, "o-1").values()] == starts[1:2]


def test_what_is_split_off_goes_with_what_it_needs_and_comes_back_with_it() -> None:
    store = did(buying(1, **ALL))
    did(splitting({"1": 1, "2": 1, "3": 1}), store=store)
    assert parts_of(store) == {"sofa": 1, "frame": 1, "cloth": 12}
    assert parts_of(store, "o-2") == {"frame": 1, "cloth": 12}
    assert [len(visits_of(store, order)) for order in ("o-1", "o-2")] == [1, 1]
    check_promises(store)
    did(merging(), store=store)
    assert parts_of(store) == {"sofa": 1, "frame": 2, "cloth": 24}
    assert len(visits_of(store, "o-1")) == 2
    check_promises(store)


def test_gifts_stay_with_their_orders_whatever_becomes_of_what_is_made() -> None:
    gifts = [recipes.gift_from(sku, sku, spend="100") for sku in ("tea", "cloth")]
    shop = evolve(SHOP, book=PromotionBook("CNY", gifts))
    store = stocked({**FULL, ("tea", "east"): 3})
    quote = price(cart_of(sofa=4), shop.book, at=AT)
    assert sorted(gift.sku for gift in quote.gifts) == ["cloth", "tea"]
    bought = evolve(buying(1, sofa=4), quote=quote)
    sofas, steps = 4, [splitting({"2": 2})]
    steps += [cancelling(f"c-{name}", f"o-{name}", units={"2": 1}) for name in (1, 2)]
    did(bought, store=store, shop=shop)
    for command in steps:
        did(command, store=store, shop=shop)
        sofas -= getattr(command, "reason", None) is not None
        held = held_of(store, "o-1") + held_of(store, "o-2")
        total = Counter()
        for (_, sku), units in held.items():
            total[sku] += units
        assert total["tea"] == 1
        assert sofas_in({**total, "cloth": total["cloth"] - 1}) == sofas


@pytest.mark.parametrize("purpose", ["free", "hand_over", "consume", "firm", "renew"])
def test_a_gift_is_found_whatever_it_was_called_by_then(purpose: str) -> None:
    """The gifts of a part are numbered anew: see `SplitOrder`."""
    tea = Wanted(line="gift-2", sku="tea", quantity=1, is_gift=True)
    task = StockTask(order="o-1", purpose="reserve", wanted=[tea], at=AT, command="c-1")
    key = level_key("tea", "east")
    empty = Loaded([Found(key), Found(level_key("tea", "west"))])
    level, _ = open_level(sku="tea", site="east", on_hand=1)
    begun = empty | Loaded([Found(key, level.version, level)])
    (aside,) = KEEPER.decide(task, begun).happened
    then = begun | Loaded([Found(key, aside.value.version, aside.value)])
    again = evolve(
        task, purpose=purpose, command="c-2", at=AT + HOUR / 4, wanted=[evolve(tea, line="gift-1")]
    )
    (changed,) = KEEPER.decide(evolve(again, to="o-2"), then).happened
    (event,) = changed.events
    assert (
        type(event)
        is {
            "free": UnitsReleased,
            "hand_over": UnitsHandedOver,
            "consume": UnitsConsumed,
            "firm": ReservationFirmed,
            "renew": ReservationRenewed,
        }[purpose]
    )


def test_a_gift_is_no_part_of_what_is_made_whatever_it_was_called_by_then() -> None:
    sofas = Wanted(line="2", sku="sofa", quantity=3)
    cloth = Wanted(line="gift-2", sku="cloth", quantity=1, is_gift=True)
    task = StockTask(order="o-1", purpose="reserve", wanted=[sofas, cloth], at=AT, command="c-1")
    got = stocked().read([*KEEPER.needs(task, Loaded())])
    told = KEEPER.decide(task, got).happened
    then = got | Loaded([Found(each.key, each.value.version, each.value) for each in told])
    one, two = evolve(sofas, quantity=1), evolve(sofas, quantity=2)
    kept = [two, evolve(cloth, line="gift-1")]
    less = KEEPER.decide(
        evolve(task, purpose="free", command="c-2", wanted=[one], kept=kept), then
    )
    held = {each.value.sku: each.value.kept for each in less.happened}
    assert held == {"frame": 1, "cloth": 12 + 1}


def test_what_comes_back_is_taken_in_as_it_is_and_services_are_not() -> None:
    store = did(buying(1, sofa=2, assembly=1), doing("ok", Confirm("on_account")))
    for i, move in enumerate(["ship", "deliver", "open_return", "receive_return", "restock"]):
        did(doing(f"m-{i}", MoveUnits(move, {"2": 1, "3": 1})), store=store)
    assert level_of(store, "sofa", "east").on_hand == 1
    assert not any(level.sku == "assembly" for level in values(store, "stock_level"))


def test_what_is_not_there_yet_is_not_shipped() -> None:
    coming = Incoming(id="po-1", quantity=12, expected_at=AT + 5 * DAY)
    store = stocked({("frame", "west"): 1})
    did(on_level("po", "cloth", "west", Expect(coming)), buying(1, sofa=1), store=store)
    did(doing("ok", Confirm("on_account")), store=store)
    (short,) = ask(doing("ship", MoveUnits("ship", {"2": 1})), store)
    assert (short.line, short.available, short.reasons) == ("2", 0, ("not_set_aside",))


# Changes


def test_a_change_takes_more_or_tells_what_is_short_of_it() -> None:
    store = did(buying(1, sofa=2))
    assert isinstance(ask(fewer(store, MOST), store), Changed)
    assert sofas_in(parts_of(store)) == MOST
    told = ask(fewer(store, MOST + 1, "again"), store)
    assert isinstance(told, NotChanged)
    assert [each.line for each in told.shortages] == ["2"]
    assert {type(each) for each in told.proposals} == {ProductionProposal, PurchaseProposal}
    check_promises(store)


# What is faulty


@pytest.mark.parametrize(
    ("but", "error", "place"),
    [
        ({"works": ("north",)}, InvalidDocument, "works"),
        ({"resources": ("van", "van")}, InvalidDocument, "resources"),
        ({"hold_for": None}, InvalidDocument, "renewable_for"),
        ({"services": {"assembly": "a van"}}, InvalidInput, "requirement"),
        ({"bills": "sofa"}, InvalidInput, "bills"),
        ({"make_within": -DAY}, InvalidInput, "make_within"),
        ({"renewable_for": -DAY}, InvalidInput, "renewable_for"),
    ],
)
def test_a_faulty_keeper_is_refused_at_birth(but: Any, error: type[Exception], place: str) -> None:
    with pytest.raises(error, match=place):
        evolve(KEEPER, **but)


@pytest.mark.parametrize("is_sourced", [False, True])
def test_an_order_that_would_need_more_than_there_can_be_is_refused_by_its_line(
    *, is_sourced: bool
) -> None:
    below = {"sofa": "frame", "frame": "beech", "beech": "cloth"}
    parts = [Part(sku, Bill(Component(part, 10**9))) for sku, part in below.items()]
    bills = BillBook([*parts, Part("cloth")])
    network = Network("CNY", [Site(id="east"), Site(id="west")])
    sourcing = Sourcing(network=network, strategy=Strategy()) if is_sourced else None
    shop = evolve(SHOP, stock=evolve(KEEPER, bills=bills, sourcing=sourcing))
    store = stocked()
    before = everything(store)
    with pytest.raises(LimitExceeded) as refused:
        ask(buying(1, mug=1, sofa=7), store, shop)
    assert refused.value.path == ("demand", "lines", 1, "beech")
    assert refused.value.within == "line '2'"
    assert everything(store) == before


# Gifts that nobody remembers


def giving(quantity: int = 1, line: str = "gift-1", sku: str = "tea") -> Wanted:
    return Wanted(line=line, sku=sku, quantity=quantity, is_gift=True)


def asking_for(*wanted: Wanted, **but: Any) -> StockTask:
    return StockTask(order="o-1", purpose="reserve", wanted=wanted, at=AT, command="c-1", **but)


def answered(task: StockTask, store: Any) -> Any:
    return KEEPER.decide(task, store.read([*KEEPER.needs(task, Loaded())]))


def kept_then(answer: Any) -> dict[str, int]:
    return {each.value.sku: each.value.firm for each in answer.happened}


@pytest.mark.parametrize("sku", ["mug", "sofa"])
def test_a_gift_of_which_nothing_is_known_is_set_aside_at_the_end(sku: str) -> None:
    task = evolve(asking_for(giving(sku=sku)), purpose="firm")
    assert kept_then(answered(task, stocked())) == {sku: 1}


@pytest.mark.parametrize("late", [False, True])
def test_several_gifts_of_one_sku_are_each_kept(*, late: bool) -> None:
    task = asking_for(giving(), giving(2, "gift-2"))
    store = stocked({("tea", "east"): 2, ("tea", "west"): 1})
    got = store.read([*KEEPER.needs(task, Loaded())])
    told = KEEPER.decide(task, got).happened
    then = got | Loaded([Found(each.key, each.value.version, each.value) for each in told])
    firm = evolve(task, purpose="firm", command="c-2", at=LATE if late else AT + HOUR / 4)
    levels = [each.value for each in KEEPER.decide(firm, then).happened]
    assert sum(level.firm for level in levels) == 3
    assert sum(level.kept for level in levels) == 3


def test_a_gift_that_another_gift_counts_on_does_not_count_twice() -> None:
    task = asking_for(giving())
    store = stocked({("tea", "east"): 3})
    got = store.read([*KEEPER.needs(task, Loaded())])
    (aside,) = KEEPER.decide(task, got).happened
    then = got | Loaded([Found(aside.key, aside.value.version, aside.value)])
    both = evolve(task, purpose="firm", command="c-2", wanted=[giving(), giving(1, "gift-2")])
    assert kept_then(KEEPER.decide(both, then)) == {"tea": 2}


def test_a_visit_begins_at_a_step_of_its_service_whenever_it_is_ordered() -> None:
    stepping = evolve(KEEPER, services={"assembly": evolve(ASSEMBLY, step=HOUR / 2)})
    shop, at = evolve(SHOP, stock=stepping), AT + timedelta(minutes=3, microseconds=17_123_456)
    store = did(buying(1, assembly=2, at=at), shop=shop)
    assert times_of(store) == {Window(AT + HOUR / 2, AT + 5 * HOUR / 2)}
    did(doing("later", Reschedule("3", Window(at + HOUR)), at=at), store=store, shop=shop)
    assert times_of(store) == {Window(AT + 3 * HOUR / 2, AT + 7 * HOUR / 2)}


def times_of(store: Any) -> set[Window]:
    return {parts[0][1].window for parts in visits_of(store, "o-1").values()}
