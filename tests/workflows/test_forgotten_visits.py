"""Visits that are over and forgotten by a sweep: agendas stay small, and orders lose nothing.

- What is kept for good is never forgotten, and so is nothing whose time may still come.
- An order whose expired visit was forgotten is confirmed late as it is with goods: set aside
  anew within its wish, or told as short. Whatever part of a visit was swept, it is one visit.
- What comes late, for an instant that is forgotten, is refused, and books nobody twice.
"""

from __future__ import annotations

from typing import Any

import pytest
from casebook import AT, cancelling, copied, everything
from levels import values
from mixed import (
    DAY,
    HOUR,
    agenda_of,
    ask,
    buying,
    check_promises,
    did,
    doing,
    sweeping,
    visits_of,
)

from ordercore.calendars import Window
from ordercore.errors import InvalidValue
from ordercore.stock.resources import BookingEnd, BookingsForgotten
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    CancelOrder,
    Confirm,
    MoveUnits,
    Placed,
    Renew,
    Reschedule,
    SweepStock,
    Updated,
    agenda_key,
)

FIRST = Window(AT, AT + 2 * HOUR)
"""When the first visit is: all of it is over when the store is swept."""
OVER = AT + 3 * HOUR
WEEK = Window(AT, AT + 5 * DAY)


def forgetting(store: MemoryStore, key: str = "forget", at: Any = OVER) -> SweepStock:
    return sweeping(store, key, at=at, forget_before=at)


def bought(visit: Window = WEEK, *acts: Any, units: int = 1) -> MemoryStore:
    store = did(buying(1, assembly=units, visit=visit))
    assert times_of(store) == [FIRST] * units
    return did(*acts, store=store)


def times_of(store: MemoryStore, order: str = "o-1") -> list[Window]:
    """Tell when the visits of an order are; all who take part are there at that time."""
    found = visits_of(store, order).values()
    for parts in found:
        assert sorted(name.split("-")[0] for name, _ in parts) == ["fitter", "van"]
        assert len({booking.window for _, booking in parts}) == 1
    return [parts[0][1].window for parts in found]


OK = doing("ok", Confirm("on_account"))
SHIP = doing("go", MoveUnits("ship", {"3": 1}), at=OVER)
LATE_OK = doing("late", Confirm("on_account"), at=OVER)


# What is forgotten


def test_what_is_performed_is_forgotten_and_the_agenda_is_as_it_was() -> None:
    store = did()
    for number in range(1, 9):
        at = AT + number * DAY
        visit = Window(at, at + 2 * HOUR)
        name, over = f"o-{number}", at + 3 * HOUR
        did(
            buying(number, assembly=1, visit=visit, at=at),
            doing(f"ok-{number}", Confirm("on_account"), name, at),
            doing(f"go-{number}", MoveUnits("ship", {"3": 1}), name, at + 2 * HOUR),
            store=store,
        )
        told = ask(forgetting(store, f"forget-{number}", over), store)
        assert (told.expired, told.forgotten) == (0, 2)
        check_promises(store)
    for each in values(store, "agenda"):
        assert (each.bookings, each.cancelled) == ((), ())


@pytest.mark.parametrize(
    ("acts", "forgotten"),
    [
        ((), 2),  # it has expired
        ((cancelling(),), 2),
        ((OK, SHIP), 2),
        ((OK,), 0),
    ],
)
def test_what_is_over_may_be_forgotten_and_what_is_kept_never_is(
    acts: tuple[Any, ...], forgotten: int
) -> None:
    store = bought(WEEK, *acts)
    told = ask(forgetting(store), store)
    assert told.forgotten == forgotten
    assert times_of(store) == ([] if forgotten else [FIRST])
    assert ask(forgetting(store, "again", OVER + DAY), store).forgotten == 0
    if not forgotten:
        assert isinstance(ask(SHIP, store), Updated)  # however late it is told
        assert {each.ended for each in agenda_of(store, "van").cancelled} == {BookingEnd.FINISHED}


def test_what_may_still_come_is_not_forgotten() -> None:
    store = did(buying(1, assembly=1, visit=Window(AT + DAY, AT + 2 * DAY)))
    assert ask(forgetting(store), store).forgotten == 0
    assert isinstance(ask(LATE_OK, store), Updated)
    assert times_of(store) == [Window(AT + DAY, AT + DAY + 2 * HOUR)]


def test_nobody_forgets_what_is_not_over_yet() -> None:
    store = bought(WEEK, cancelling())
    early = AT + HOUR
    told = ask(sweeping(store, at=early, forget_before=AT + 99 * DAY), store)
    assert told.forgotten == 0
    assert isinstance(ask(buying(2, assembly=1, visit=WEEK, at=early), store), Placed)


# What comes of the order


@pytest.mark.parametrize(
    "swept", [("fitter-1",), ("van",), ("fitter-1", "fitter-2", "van")], ids=" ".join
)
@pytest.mark.parametrize(("wish", "is_kept"), [(WEEK, True), (FIRST, False)])
def test_confirmed_late_it_is_booked_anew_within_the_wish_or_told_as_short(
    swept: tuple[str, ...], wish: Window, *, is_kept: bool
) -> None:
    store = bought(wish)
    keys = [agenda_key(name) for name in swept]
    did(SweepStock(key="s", aggregates=keys, at=OVER, forget_before=OVER), store=store)
    told = ask(LATE_OK, store)
    if is_kept:
        assert isinstance(told, Updated)
        assert times_of(store) == [Window(OVER, OVER + 2 * HOUR)]
        assert [each.window for each in told.appointments] == times_of(store)
        check_promises(store)
    else:
        assert [(each.line, each.available) for each in told] == [("3", 0)]


@pytest.mark.parametrize("act", [Renew(), Reschedule("3", WEEK)])
def test_it_can_be_neither_renewed_nor_moved(act: Any) -> None:
    store = bought()
    did(forgetting(store), store=store)
    before = everything(store)
    told = ask(doing("act", act, at=OVER), store)
    assert [(each.line, each.available, each.reasons) for each in told] == [
        ("3", 0, ("not_set_aside",))
    ]
    assert everything(store)[0] == before[0]


@pytest.mark.parametrize(
    "command",
    [
        cancelling(),
        doing("less", MoveUnits("deallocate", {"3": 1}), at=OVER),
        CancelOrder(key="no", order_id="o-1", reason="ill", at=OVER),
    ],
)
def test_it_can_be_given_up(command: Any) -> None:
    store = bought()
    did(forgetting(store), command, store=store)
    check_promises(store)


def test_of_two_visits_that_are_forgotten_both_are_booked_anew() -> None:
    store = bought(WEEK, units=2)
    did(forgetting(store), LATE_OK, store=store)
    assert times_of(store) == [Window(OVER, OVER + 2 * HOUR)] * 2
    check_promises(store)


# What comes late


@pytest.mark.parametrize("hours", [2, 3])
def test_an_instant_that_is_forgotten_is_too_late_to_book_anybody(hours: int) -> None:
    store, at = bought(), AT + hours * HOUR
    did(forgetting(store), store=store)
    command, before = buying(2, assembly=1, visit=WEEK, at=at), copied(store)
    if at >= OVER:
        assert isinstance(ask(command, store), Placed)
        return
    with pytest.raises(InvalidValue, match="forgotten") as refused:
        ask(command, store)
    assert refused.value.reason == "too_late"
    assert everything(store) == everything(before)
    assert isinstance(ask(buying(3, mug=1, at=at), store), Placed)  # goods are not booked


def test_the_same_sweep_again_is_done_once_and_tells_what_it_told() -> None:
    store = bought()
    first = ask(forgetting(store), store)
    before = everything(store)
    assert ask(forgetting(store), store) == first
    assert everything(store) == before
    told = [each.event for each in store.outbox(limit=1000).members if each.cause == "forget"]
    assert sum(isinstance(each, BookingsForgotten) for each in told) == 2
