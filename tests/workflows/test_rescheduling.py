"""Visits that are moved, and people who are not there any more.

- All visits of the lines are booked anew within what is wished for, in one commit with the
  wish; or nothing changes, and what is short is told. Each is on the terms that it was on.
- What a resource does not serve any more is told with the order and the line, and stays.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from casebook import AT, STAFF, cancelling, changing, copied, everything, proposing, settling
from levels import order_of
from mixed import (
    ASSEMBLY,
    DAY,
    HOLD,
    HOME,
    HOUR,
    KEEPER,
    LATE,
    MORNING,
    OPEN,
    PRICES,
    SHOP,
    TEAM,
    VAN,
    agenda_of,
    ask,
    buying,
    check_promises,
    did,
    doing,
    stocked,
    sweeping,
    visits_of,
)

from ordercore import Cart, CartLine, Product, price
from ordercore.calendars import ClosedDays, Window
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.lifecycle import Refused
from ordercore.money import UnitPrice
from ordercore.orders import ChangeQuantity, ChangeService, OrderChanged, ServiceWish, changed_cart
from ordercore.pricing import price_in
from ordercore.stock import Shortage
from ordercore.stock.resources import ConflictReason
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    AgendaUpdated,
    Changed,
    ChangeResource,
    ChangeTold,
    Confirm,
    DraftOrder,
    MoveUnits,
    NotChanged,
    Placed,
    PlaceOrder,
    Renew,
    Reschedule,
    UpdateAgenda,
    Updated,
)

EVENING = Window(MORNING.start + 8 * HOUR, MORNING.start + 10 * HOUR)
NEXT_DAY = Window(MORNING.start + DAY, MORNING.end + DAY)
TWO = buying(1, visit=MORNING, assembly=2)
OK = doing("ok", Confirm("on_account"))


def moving(key: str = "move", *said: Any, at: Any = AT) -> Any:
    return doing(key, Reschedule(*(said or ("3", EVENING))), at=at)


def times_of(store: MemoryStore, order: str = "o-1") -> list[Any]:
    """List when an order's visits begin; all who take part are there at that time."""
    visits = visits_of(store, order).values()
    for parts in visits:
        assert len({booking.window for _, booking in parts}) == 1
    return sorted(parts[0][1].window.start for parts in visits)


def terms_of(store: MemoryStore, order: str = "o-1") -> set[Any]:
    """Tell on what terms an order's visits are held, and what for."""
    return {
        (booking.expires_at, booking.renewable_until, booking.purpose)
        for parts in visits_of(store, order).values()
        for _, booking in parts
    }


def wish_of(store: MemoryStore, line: str = "3") -> Window | None:
    return order_of(store, "o-1").line(line).service.appointment


def refuses(command: Any, store: MemoryStore) -> Any:
    """Ask for what is refused: nothing changes by that."""
    before = everything(store)
    told = ask(command, store)
    assert everything(store) == before
    check_promises(store)
    return told


# All visits, or none


def test_all_visits_are_moved_and_so_is_the_wish() -> None:
    store = did(TWO)
    told = ask(moving(), store)
    assert isinstance(told, Updated)
    assert times_of(store) == [EVENING.start] * 2
    assert [each.window.start for each in told.appointments] == [EVENING.start] * 2
    assert {each.line for each in told.appointments} == {"3"}
    assert wish_of(store) == EVENING
    assert not agenda_of(store, "van").during(MORNING)
    check_promises(store)


def test_the_wish_is_changed_by_the_orders_own_change_in_the_same_commit() -> None:
    store = did(TWO, moving())
    told = [each for each in store.outbox(limit=1000).members if each.cause == "move"]
    (changed,) = [each.event for each in told if isinstance(each.event, OrderChanged)]
    assert changed.edits == (ChangeService("3", ServiceWish(appointment=EVENING)),)
    assert {str(each.aggregate) for each in told} == {
        "order o-1", "agenda fitter-1", "agenda fitter-2", "agenda van"
    }  # fmt: skip


@pytest.mark.parametrize(("rivals", "left"), [(1, 1), (2, 0)])
def test_where_there_is_no_time_for_all_nothing_changes(rivals: int, left: int) -> None:
    store = did(TWO, buying(2, visit=EVENING, assembly=rivals))
    (short,) = refuses(moving(), store)
    assert isinstance(short, Shortage)
    assert (short.line, short.sku, short.wanted, short.available) == ("3", "assembly", 2, left)
    assert {each.role for each in short.roles} == {"fitter", "van"}
    assert isinstance(ask(moving("move", "3", NEXT_DAY), store), Updated)  # its key is free still


@pytest.mark.parametrize("hours", [0, 1])
def test_their_own_old_time_is_in_nobodys_way(hours: int) -> None:
    store = did(TWO)
    later = Window(MORNING.start + hours * HOUR, MORNING.end + hours * HOUR)
    assert isinstance(ask(moving("move", "3", later), store), Updated)
    assert times_of(store) == [later.start] * 2
    check_promises(store)


def test_the_same_command_again_is_done_once() -> None:
    store = did(TWO)
    told = ask(moving(), store)
    once = everything(store)
    assert ask(moving(), store) == told
    assert everything(store) == once


def test_visits_are_moved_as_often_as_they_are_wished_elsewhere() -> None:
    store = did(TWO)
    for key, wish in (("a", EVENING), ("b", MORNING), ("c", NEXT_DAY), ("d", EVENING)):
        assert isinstance(ask(moving(key, "3", wish), store), Updated)
        assert times_of(store) == [wish.start] * 2
    check_promises(store)


def test_only_what_is_still_to_be_done_is_moved() -> None:
    store = did(TWO, OK, doing("done", MoveUnits("ship", {"3": 1})), moving())
    assert times_of(store) == [EVENING.start]
    finished = [each for each in agenda_of(store, "van").cancelled if each.ended]
    assert [each.window.start for each in finished] == [MORNING.start]
    check_promises(store)


def test_where_nothing_is_booked_the_wish_is_kept_for_later() -> None:
    store = did(TWO, doing("free", MoveUnits("deallocate", {"3": 2})), moving())
    assert (times_of(store), wish_of(store)) == ([], EVENING)
    told = ask(doing("again", MoveUnits("allocate", {"3": 1})), store)
    assert [each.window.start for each in told.appointments] == [EVENING.start]
    check_promises(store)


def test_of_a_draft_the_wish_alone_is_changed() -> None:
    ask(drafted(TWO), store := stocked())
    assert isinstance(ask(moving(), store), Updated)
    assert (wish_of(store), visits_of(store, "o-1")) == (EVENING, {})
    check_promises(store)


def drafted(placing: PlaceOrder) -> DraftOrder:
    names = ("key", "order_id", "number", "quote", "details", "services", "at")
    return DraftOrder(**{name: getattr(placing, name) for name in names})


def both() -> PlaceOrder:
    """Order assemblies in two lines of one order."""
    each = UnitPrice.of(PRICES["assembly"], "CNY")
    lines = [CartLine(name, Product("assembly"), 1, each) for name in ("3", "4")]
    return PlaceOrder(
        key="both",
        order_id="o-1",
        number="SO1",
        quote=price(Cart(currency="CNY", lines=lines), SHOP.book, at=AT),
        details=HOME,
        services=dict.fromkeys(("3", "4"), ServiceWish(appointment=MORNING)),
        at=AT,
    )


def test_lines_that_are_named_together_are_moved_together_or_not_at_all() -> None:
    store = did(both(), buying(2, visit=EVENING, assembly=1))
    before = everything(store)
    (short,) = ask(moving("move", ["3", "4"], EVENING), store)
    assert (short.line, short.available, "other_lines" in short.reasons) == ("4", 0, True)
    assert everything(store) == before
    assert isinstance(ask(moving("one", "4", EVENING), store), Updated)
    assert times_of(store) == [MORNING.start, EVENING.start]
    assert (wish_of(store), wish_of(store, "4")) == (MORNING, EVENING)
    assert isinstance(ask(moving("all", ["4", "3"], NEXT_DAY), store), Updated)
    assert times_of(store) == [NEXT_DAY.start] * 2


@pytest.mark.parametrize("seed", range(12))
def test_it_comes_to_the_same_as_giving_up_and_ordering_anew(seed: int) -> None:
    chance = Random(seed)

    def some_time() -> Window:
        start = MORNING.start + chance.randint(-2, 16) * HOUR / 2
        return Window(start, start + chance.randint(4, 9) * HOUR / 2)

    store, units = stocked(), chance.randint(1, 2)
    ask(buying(1, visit=Window(MORNING.start, EVENING.end), assembly=units), store)
    for number in range(2, chance.randint(3, 7)):
        ask(buying(number, visit=some_time(), assembly=1), store)
    if chance.random() < 0.5:
        ask(becoming(evolve(VAN, capacity=1)), store)
    other, wish = copied(store), some_time()
    moved = ask(moving("move", "3", wish), store)
    ask(cancelling(), other)
    anew = ask(buying(9, visit=wish, assembly=units), other)
    assert isinstance(moved, Updated) == isinstance(anew, Placed)
    if isinstance(anew, Placed):
        assert moved.appointments == anew.appointments
    else:
        assert moved == anew.shortages
    check_promises(store)


@pytest.mark.parametrize("said", [("3", Window(None, MORNING.start)), ("3",)], ids=["new", "old"])
def test_a_time_that_has_passed_is_too_late(said: Any) -> None:
    store = did(TWO, OK)
    (short,) = refuses(moving("move", *said, at=MORNING.end), store)
    assert (short.available, short.reasons) == (0, ("too_late",))


# On the terms that they were on


@pytest.mark.parametrize(
    ("before", "at", "ends"),
    [
        ((), AT, (HOLD, 2 * HOLD)),
        ((doing("renew", Renew(), at=AT + HOLD / 3),), AT + HOLD / 2, (4 * HOLD / 3, 2 * HOLD)),
        ((OK,), AT, (None, None)),
        ((), LATE + HOUR, (HOLD, 2 * HOLD)),
    ],
    ids=["held", "renewed", "firm", "expired"],
)
@pytest.mark.parametrize("swept", [False, True])
def test_what_is_kept_is_kept_for_as_long_as_it_was(
    before: Any, at: Any, ends: tuple[timedelta | None, ...], *, swept: bool
) -> None:
    store = did(TWO, *before)
    if swept:
        did(sweeping(store, at=at), store=store)
    expires, renewable = (None if each is None else AT + each for each in ends)
    assert terms_of(store) == {(expires, renewable, "3")}
    assert isinstance(ask(moving(at=at), store), Updated)
    assert terms_of(store) == {(expires, renewable, "3")}
    assert times_of(store) == [EVENING.start] * 2
    check_promises(store)


def test_visits_that_are_held_on_terms_of_their_own_stay_on_them() -> None:
    free = doing("free", MoveUnits("deallocate", {"3": 1}))
    later = doing("again", MoveUnits("allocate", {"3": 1}), at=AT + HOLD / 2)
    store = did(TWO, free, later)
    before = terms_of(store)
    assert {expires for expires, *_ in before} == {AT + HOLD, AT + 3 * HOLD / 2}
    assert isinstance(ask(moving(at=AT + HOLD / 2), store), Updated)
    assert terms_of(store) == before


@pytest.mark.parametrize(("minutes", "is_free"), [(29, False), (30, True)])
def test_what_is_moved_expires_when_it_would_have(minutes: int, *, is_free: bool) -> None:
    store = did(TWO, moving(at=AT + HOLD / 2))
    rival = ask(buying(2, visit=EVENING, assembly=2, at=AT + minutes * HOUR / 60), store)
    assert isinstance(rival, Placed) == is_free
    check_promises(store)


def test_what_has_expired_is_moved_and_kept_late_where_it_is_free_still() -> None:
    store = did(TWO, moving(at=LATE))
    assert isinstance(ask(doing("ok", Confirm("on_account"), at=LATE), store), Updated)
    assert times_of(store) == [EVENING.start] * 2
    assert terms_of(store) == {(None, None, "3")}
    check_promises(store)


def test_who_is_confirmed_late_is_told_when_it_takes_place() -> None:
    wide = Window(MORNING.start, EVENING.end)
    store = did(buying(1, visit=wide, assembly=1), buying(2, visit=MORNING, assembly=2, at=LATE))
    told = ask(doing("ok", Confirm("on_account"), at=LATE), store)
    assert [each.window.start for each in told.appointments] == [MORNING.end]


# As a change of the order


def changed_to(store: MemoryStore, *edits: Any, **but: Any) -> dict[str, Any]:
    """Preview edits as a host does: give what a command says of them."""
    order = order_of(store, "o-1")
    priced = any(each.is_priced for each in edits)
    cart = changed_cart(order, edits)
    quote = price_in(cart, SHOP.book, order.quote.context) if priced else None
    return {"base": order.version, "edits": edits, "quote": quote, **but}


AT_NIGHT = ChangeService("3", ServiceWish(appointment=EVENING, note="ring twice"))


def test_a_change_of_the_wish_moves_the_visits() -> None:
    store = did(TWO)
    told = ask(changing(**changed_to(store, AT_NIGHT)), store)
    assert isinstance(told, Changed)
    assert [each.window.start for each in told.appointments] == [EVENING.start] * 2
    assert times_of(store) == [EVENING.start] * 2
    check_promises(store)


def test_a_wish_that_comes_later_moves_the_visits_too() -> None:
    store = did(buying(1, visit=None, assembly=2))
    assert EVENING.start not in times_of(store)
    assert isinstance(ask(changing(**changed_to(store, AT_NIGHT)), store), Changed)
    assert times_of(store) == [EVENING.start] * 2
    check_promises(store)


def test_a_change_of_the_wish_for_which_there_is_no_time_is_refused() -> None:
    store = did(TWO, buying(2, visit=EVENING, assembly=1))
    told = refuses(changing(**changed_to(store, AT_NIGHT)), store)
    assert isinstance(told, NotChanged)
    assert [(each.line, each.available) for each in told.shortages] == [("3", 1)]


def test_another_note_moves_nobody() -> None:
    store = did(TWO)
    agendas = {name: agenda_of(store, name) for name in KEEPER.resources}
    note = ChangeService("3", ServiceWish(appointment=MORNING, note="ring twice"))
    assert isinstance(ask(changing(**changed_to(store, note)), store), Changed)
    assert {name: agenda_of(store, name) for name in KEEPER.resources} == agendas


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 1)])
def test_a_line_is_moved_and_has_more_units_or_fewer_in_one_change(
    before: int, after: int
) -> None:
    store = did(buying(1, visit=MORNING, assembly=before))
    edits = [ChangeQuantity("3", after), AT_NIGHT]
    told = ask(changing(**changed_to(store, *edits)), store)
    assert isinstance(told, Changed)
    assert times_of(store) == [EVENING.start] * after
    assert len(told.appointments) == after
    check_promises(store)


def test_a_proposal_moves_the_visits_once_it_is_confirmed() -> None:
    store = did(TWO)
    ask(proposing(**changed_to(store, AT_NIGHT)), store)
    assert times_of(store) == [MORNING.start] * 2
    told = ask(settling("confirm"), store)
    assert isinstance(told, ChangeTold)
    assert len(told.appointments) == 2
    assert times_of(store) == [EVENING.start] * 2
    check_promises(store)


def test_of_a_service_that_needs_nobody_the_wish_alone_is_moved() -> None:
    shop = evolve(SHOP, stock=evolve(KEEPER, services={}))
    store = did(TWO, shop=shop)
    assert isinstance(ask(moving(), store, shop), Updated)
    assert (wish_of(store), visits_of(store, "o-1")) == (EVENING, {})


# Who is not there any more


def off(who: Any, *windows: Window) -> Any:
    """Let somebody be at home on the days of windows."""
    days = {each.start.astimezone(ZoneInfo(OPEN.zone)).date() for each in windows}
    exceptions = [ClosedDays(day, name="ill") for day in sorted(days)]
    return evolve(who, hours=evolve(OPEN, exceptions=exceptions))


def becoming(resource: Any, key: str = "ill", at: Any = AT) -> UpdateAgenda:
    act = ChangeResource(resource)
    return UpdateAgenda(key=key, resource=resource.id, act=act, at=at, actor=STAFF)


def test_who_falls_ill_is_told_with_the_order_and_others_come_instead() -> None:
    store = did(buying(1, visit=MORNING, assembly=1))
    before = order_of(store, "o-1")
    told = ask(becoming(off(TEAM[0], MORNING)), store)
    assert isinstance(told, AgendaUpdated)
    (conflict,) = told.conflicts
    assert (conflict.booking.holder, conflict.booking.purpose) == ("o-1", "3")
    assert conflict.reasons == (ConflictReason.OFF_DUTY,)
    assert conflict.booking in agenda_of(store, "fitter-1").bookings  # it stays
    check_promises(store)
    assert isinstance(ask(moving("again", conflict.booking.purpose), store), Updated)
    assert times_of(store) == [MORNING.start]
    assert not agenda_of(store, "fitter-1").bookings
    assert order_of(store, "o-1") == before  # it is wished for as it was
    check_promises(store)


def test_where_nobody_else_can_come_the_visits_stay() -> None:
    store = did(TWO, becoming(off(TEAM[0], MORNING)))
    (short,) = refuses(moving("again", "3"), store)
    assert (short.available, {each.role for each in short.roles}) == (1, {"fitter"})
    assert isinstance(ask(OK, store), Updated)  # it was told already, and is kept
    assert times_of(store) == [MORNING.start] * 2


def test_who_has_fewer_pieces_tells_all_who_would_have_to_share() -> None:
    store = did(TWO, buying(2, visit=EVENING, assembly=1))
    told = ask(becoming(evolve(VAN, capacity=1)), store)
    assert [each.booking.holder for each in told.conflicts] == ["o-1", "o-1"]
    assert {each.reasons for each in told.conflicts} == {(ConflictReason.TOO_FEW,)}
    assert agenda_of(store, "van").spare(MORNING) == 0
    assert not isinstance(ask(buying(3, visit=MORNING, assembly=1), store), Placed)
    day = Window(MORNING.start, EVENING.end)
    assert isinstance(ask(moving("again", "3", day), store), Updated)
    assert times_of(store) == [MORNING.start, MORNING.end]
    assert agenda_of(store, "van").overbooked == ()
    check_promises(store)


def test_only_visits_that_ask_for_the_skill_are_told() -> None:
    able = evolve(TEAM[0], skills={"assemble": 1, "paint": 1})
    store = did(TWO, store=stocked(team=(able, TEAM[1], VAN)))
    assert ask(becoming(TEAM[0]), store).conflicts == ()
    (conflict,) = ask(becoming(evolve(TEAM[0], skills={"paint": 1}), "b"), store).conflicts
    assert conflict.reasons == (ConflictReason.UNSKILLED,)
    assert {skill.name for skill in conflict.booking.skills} == {"assemble"}


def test_a_change_that_is_made_already_keeps_the_reply_alone() -> None:
    store = did(TWO)
    agenda = agenda_of(store, "van")
    told = ask(becoming(VAN), store)
    assert told == AgendaUpdated(resource="van", version=agenda.version)
    assert agenda_of(store, "van") == agenda


def test_visits_that_are_over_for_the_order_are_told_no_more() -> None:
    store = did(TWO, cancelling())
    assert ask(becoming(off(TEAM[0], MORNING)), store).conflicts == ()


# What is faulty or comes too late


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        (("9", EVENING), {("lines", 0): "not_found"}),
        ((["3", "1", "9"], EVENING), {("lines", 1): "no_service", ("lines", 2): "not_found"}),
        ((["3", "3"], EVENING), {("lines", 1): "duplicate_id"}),
    ],
    ids=str,
)
def test_lines_that_are_none_are_told_all_at_once(said: Any, faults: Any) -> None:
    store = did(buying(1, mug=1, assembly=1))
    before = everything(store)
    with pytest.raises(InvalidDocument) as caught:
        ask(moving("move", *said), store)
    assert {each.path: each.reason for each in caught.value.faults} == faults
    assert everything(store) == before


@pytest.mark.parametrize("said", [(), ("3", EVENING)], ids=["as before", "otherwise"])
@pytest.mark.parametrize(
    ("before", "guard"),
    [
        ((cancelling(),), "order_going_on"),
        ((OK, doing("done", MoveUnits("ship", {"3": 2}))), "units_open"),
    ],
    ids=["cancelled", "performed"],
)
def test_what_is_over_is_moved_no_more(before: Any, said: Any, guard: str) -> None:
    store = did(TWO, *before)
    told = refuses(moving("move", *(said or ("3",))), store)
    assert isinstance(told, Refused)
    assert guard in [each.guard for each in told.unmet]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: ask(becoming(evolve(VAN, id="bus")), did(TWO)), NotFound),
        (lambda: ask(evolve(becoming(VAN), resource="fitter-1"), did(TWO)), InvalidValue),
        (lambda: becoming(evolve(VAN, id="")), InvalidInput),
        (lambda: Reschedule([], EVENING), InvalidInput),
        (lambda: Reschedule("3", "tomorrow"), InvalidInput),
        (lambda: ChangeResource(ASSEMBLY), InvalidInput),
    ],
    ids=["no agenda", "another's", "no id", "no line", "no window", "no resource"],
)
def test_what_is_faulty_is_refused(make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()
