"""What is set aside and booked for a while: confirmed late, swept, renewed.

- From its instant on it counts for nothing, swept or not; who is confirmed later gets what is
  free still, and nothing that others have by then.
- Renewing ends where was agreed at first.
"""

from __future__ import annotations

import pytest
from attrs import evolve
from casebook import AT, cancelling, copied, everything
from levels import values
from mixed import (
    ALL,
    DAY,
    HOUR,
    KEEPER,
    LATE,
    MORNING,
    MOST,
    SHOP,
    agenda_of,
    ask,
    buying,
    check_promises,
    did,
    doing,
    held_of,
    stocked,
    sweeping,
    visits_of,
)

from ordercore.stock import (
    ReservationState,
)
from ordercore.workflows import (
    Confirm,
    NotPlaced,
    Placed,
    Renew,
    Updated,
)

# Late


def test_what_is_confirmed_is_kept_for_good() -> None:
    store = did(buying(1, **ALL), doing("ok", Confirm("on_account"), at=AT + HOUR / 4))
    for level in values(store, "stock_level"):
        assert {each.state for each in level.held_for("o-1")} <= {ReservationState.FIRM}
    assert {each.expires_at for each in agenda_of(store, "van").bookings} == {None}
    assert isinstance(ask(buying(2, sofa=MOST - 2, at=LATE), store), NotPlaced)
    check_promises(store)


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize(
    ("others", "is_confirmed"),
    [
        ({}, True),
        ({"sofa": MOST - 3}, True),
        ({"sofa": MOST - 2}, False),
        ({"mug": 5}, False),
        ({"assembly": 1}, False),
    ],
    ids=str,
)
def test_who_is_confirmed_late_gets_what_is_free_still(
    others: dict[str, int], *, swept: bool, is_confirmed: bool
) -> None:
    store = did(buying(1, visit=MORNING, **ALL))
    if others:
        did(buying(2, visit=MORNING, at=LATE, **others), store=store)
    if swept:
        did(sweeping(store), store=store)
    told = ask(doing("late", Confirm("on_account"), at=LATE), store)
    assert isinstance(told, Updated) == is_confirmed
    check_promises(store)
    assert isinstance(ask(cancelling("x", "o-1", at=LATE), store), object)
    assert not held_of(store, "o-1")
    assert not visits_of(store, "o-1")


def test_a_visit_that_expired_is_kept_at_its_time_where_that_is_free() -> None:
    store = did(buying(1, assembly=2), buying(2, assembly=1))
    (booked,) = {parts[0][1].window for parts in visits_of(store, "o-2").values()}
    did(cancelling("x", "o-1"), store=store)  # an earlier time is free by now
    did(doing("late", Confirm("on_account"), "o-2", at=LATE), store=store)
    assert {parts[0][1].window for parts in visits_of(store, "o-2").values()} == {booked}


@pytest.mark.parametrize("swept", [False, True])
def test_a_visit_whose_time_others_have_is_at_another_time(*, swept: bool) -> None:
    store = did(buying(1, assembly=1))
    (first,) = {parts[0][1].window for parts in visits_of(store, "o-1").values()}
    did(buying(2, assembly=2, at=LATE), *([sweeping(store)] if swept else []), store=store)
    (taken,) = {parts[0][1].window for parts in visits_of(store, "o-2").values()}
    assert taken.start < first.end
    did(doing("late", Confirm("on_account"), "o-1", at=LATE), store=store)
    (later,) = {parts[0][1].window for parts in visits_of(store, "o-1").values()}
    assert later.start == taken.end
    check_promises(store)


@pytest.mark.parametrize("wished", [False, True])
def test_an_appointment_that_has_passed_is_not_confirmed(*, wished: bool) -> None:
    store = did(buying(1, assembly=1, visit=MORNING if wished else None))
    much_later = AT + 30 * DAY
    told = ask(doing("late", Confirm("on_account"), at=much_later), store)
    assert isinstance(told, Updated) != wished
    windows = {parts[0][1].window for parts in visits_of(store, "o-1").values()}
    if wished:
        assert [(each.line, each.available) for each in told] == [("3", 0)]
        assert windows == {MORNING}
    else:
        assert min(each.start for each in windows) >= much_later


@pytest.mark.parametrize(("hours", "is_kept"), [(25, True), (26, False)])
def test_an_appointment_is_kept_until_it_is_over_while_it_is_held(
    hours: int, *, is_kept: bool
) -> None:
    shop = evolve(SHOP, stock=evolve(KEEPER, hold_for=3 * DAY, renewable_for=9 * DAY))
    for act in (Confirm("on_account"), Renew()):
        store = did(buying(1, assembly=1, visit=MORNING), store=stocked(shop=shop), shop=shop)
        told = ask(doing("late", act, at=AT + hours * HOUR), store, shop)
        assert isinstance(told, Updated) == is_kept


def test_what_was_forgotten_is_not_renewed_and_is_set_aside_anew() -> None:
    store = did(buying(1, mug=2, sofa=1))
    did(sweeping(store, forget_before=LATE), store=store)
    told = ask(doing("renew", Renew(), at=LATE), store)
    assert [(each.line, each.available, each.reasons) for each in told] == [
        ("1", 0, ("not_set_aside",)),
        ("2", 0, ("not_set_aside",)),
    ]
    assert isinstance(ask(doing("late", Confirm("on_account"), at=LATE), store), Updated)
    check_promises(store)


def test_sweeping_changes_nothing_that_anybody_could_have() -> None:
    store = did(buying(1, visit=MORNING, **ALL))
    swept = copied(store)
    told = ask(sweeping(swept), swept)
    assert (told.expired, told.forgotten) == (4 + 4, 0)
    check_promises(swept)
    for command in (
        buying(2, visit=MORNING, mug=6, sofa=MOST, assembly=2, at=LATE),
        buying(3, visit=MORNING, sofa=MOST + 1, at=LATE),
        doing("late", Confirm("on_account"), at=LATE),
    ):
        assert type(ask(command, copied(store))) is type(ask(command, copied(swept)))
    again = ask(sweeping(swept, "again"), swept)
    assert (again.expired, again.forgotten) == (0, 0)


def test_what_is_over_may_be_forgotten() -> None:
    store = did(buying(1, **ALL), cancelling())
    told = ask(sweeping(store, forget_before=LATE), store)
    assert (told.expired, told.forgotten) == (0, 4)
    check_promises(store)


# Renewing


def test_renewing_keeps_it_as_long_again_and_no_longer_than_was_agreed() -> None:
    store = did(buying(1, **ALL))
    ends = []
    for i, minutes in enumerate((20, 40, 55)):
        did(doing(f"r-{i}", Renew(), at=AT + minutes * HOUR / 60), store=store)
        ends.append({each.expires_at for each in agenda_of(store, "van").bookings})
        ends[-1] |= {
            each.expires_at
            for level in values(store, "stock_level")
            for each in level.held_for("o-1")
        }
    assert ends == [{AT + 50 * HOUR / 60}, {AT + HOUR}, {AT + HOUR}]
    over = ask(doing("r-3", Renew(), at=AT + HOUR), store)
    assert [each.line for each in over] == ["1", "2", "3"]
    others = buying(2, sofa=MOST - 2, at=AT + HOUR)
    assert isinstance(ask(others, store), Placed)
    check_promises(store)


@pytest.mark.parametrize("others", [{}, {"sofa": MOST - 2}, {"mug": 5}, {"assembly": 1}], ids=str)
def test_renewing_takes_nothing_from_those_who_came_when_it_had_expired(
    others: dict[str, int],
) -> None:
    store = did(buying(1, visit=MORNING, **ALL))
    if others:
        did(buying(2, visit=MORNING, at=LATE, **others), store=store)
    before = everything(store)
    told = ask(doing("renew", Renew(), at=LATE), store)
    assert isinstance(told, Updated) == (not others)
    if others:
        lines = {"mug": "1", "sofa": "2", "assembly": "3"}
        assert [each.line for each in told] == [lines[sku] for sku in others]
        assert {each.reasons for each in told} == {("not_renewable",)}
        assert everything(store) == before
    check_promises(store)


def test_what_was_renewed_enough_is_renewed_no_more() -> None:
    store = did(buying(1, **ALL))
    told = ask(doing("renew", Renew(), at=AT + HOUR), store)
    assert [(each.line, each.reasons) for each in told] == [
        ("1", ("not_renewable",)),
        ("2", ("not_renewable",)),
        ("3", ("not_renewable",)),
    ]
