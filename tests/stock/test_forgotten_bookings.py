"""Bookings of which nothing can come any more, and that agendas forget.

Laws:
    - What holds, and what may still be kept late, is never forgotten: nobody has more or less
      of anything by it.
    - What is forgotten is never booked twice in silence: its time is over, and nothing is
      booked there any more.
    - The events of an agenda come to it, those of forgetting too.
"""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

import pytest
from attrs import evolve
from test_held_bookings import AT, HOUR, VANS, booked, held, hours

from ordercore import dumps, loads
from ordercore.calendars import Window
from ordercore.errors import InvalidInput, InvalidValue, NotFound, OrderCoreError
from ordercore.stock import (
    Demand,
    DemandLine,
    Performed,
    Reserved,
    StockSnapshot,
    check,
    reserve,
)
from ordercore.stock.resources import (
    Agenda,
    BookingMade,
    BookingsForgotten,
    Requirement,
    apply,
    book,
    cancel,
    expire,
    finish,
    firm,
    forget,
    hand_over,
    move,
    open_agenda,
    rebuild,
    renew,
)

TEN = hours(10, 12)
WORK = Requirement(id="work", roles={"van": {"van": 1}}, duration=HOUR)
ENDS: list[tuple[str, Any]] = [
    ("cancelled", cancel),
    ("finished", finish),
    ("expired", lambda agenda, _: expire(agenda, at=AT + HOUR)),
]
"""What may come of a booking from ten to twelve, which expires at one."""


def over(end: str = "finished", **but: Any) -> Agenda:
    return dict(ENDS)[end](booked(held(**but)), "b-1")[0]


# What is forgotten


@pytest.mark.parametrize("end", dict(ENDS))
@pytest.mark.parametrize(("before", "is_forgotten"), [(11, False), (12, True), (99, True)])
def test_what_has_ended_is_forgotten_once_its_time_is_over(
    end: str, before: int, *, is_forgotten: bool
) -> None:
    agenda = over(end)
    after, events = forget(agenda, before=AT + before * HOUR)
    if not is_forgotten:
        assert (after, events) == (agenda, ())
        return
    assert events == (BookingsForgotten(["b-1"], AT + before * HOUR),)
    assert after == evolve(
        agenda, cancelled=(), version=agenda.version + 1, forgotten_before=AT + before * HOUR
    )
    assert (after.known("b-1"), after.held_for("o-1")) == (None, ())
    assert loads(Agenda, dumps(after)) == after
    assert forget(after, before=AT + 99 * HOUR) == (after, ())


def test_what_holds_is_never_forgotten() -> None:
    for kept in (held(), held(expires_at=None), held(holder=None, expires_at=None)):
        agenda = booked(kept)
        assert forget(agenda, before=AT + 99 * HOUR) == (agenda, ())


def test_what_was_moved_is_forgotten_when_all_its_times_are_over() -> None:
    for times in ((TEN, hours(30, 32)), (hours(30, 32), TEN)):
        first, then = times
        agenda, _ = finish(move(booked(held(window=first)), "b-1", then)[0], "b-1")
        assert forget(agenda, before=AT + 31 * HOUR) == (agenda, ())
        assert forget(agenda, before=AT + 32 * HOUR)[0].cancelled == ()


def test_what_ends_late_is_forgotten_later_and_the_instant_stays_the_latest() -> None:
    agenda, _ = forget(booked(held(), held("b-2", hours(13, 14))), before=AT)
    agenda, _ = cancel(agenda, "b-1")
    agenda, _ = forget(agenda, before=AT + 20 * HOUR)
    assert agenda.forgotten_before == AT + 20 * HOUR
    agenda, events = forget(cancel(agenda, "b-2")[0], before=AT + 14 * HOUR)
    assert events == (BookingsForgotten(["b-2"], AT + 14 * HOUR),)
    assert agenda.forgotten_before == AT + 20 * HOUR


def test_eight_thousand_visits_later_the_agenda_is_as_small_as_on_the_first_day() -> None:
    agenda, sizes = booked(), []
    for number in range(60):
        name = f"b-{number}"
        agenda, _ = book(agenda, held(name, hours(number, number + 1), expires_at=None))
        agenda, _ = finish(agenda, name)
        agenda, _ = forget(agenda, before=AT + (number + 1) * HOUR)
        sizes.append(len(dumps(agenda)))
    assert max(sizes) - min(sizes) < 10
    assert agenda.version == 1 + 3 * 60


# What comes twice


@pytest.mark.parametrize("end", dict(ENDS))
def test_what_was_forgotten_is_not_booked_twice_in_silence(end: str) -> None:
    agenda, _ = forget(over(end), before=AT + 12 * HOUR)
    with pytest.raises(InvalidValue, match="2026-11-11T12:00") as refused:
        book(agenda, held(), at=AT)
    assert (refused.value.path, refused.value.reason) == (("window",), "too_late")
    with pytest.raises(InvalidValue):
        apply(agenda, BookingMade(held()))
    for act in (cancel, finish, lambda it, name: hand_over(it, name, "o-9")):
        with pytest.raises(NotFound):
            act(agenda, "b-1")
    for late in (
        lambda: firm(agenda, "b-1", at=AT),
        lambda: renew(agenda, "b-1", AT + 2 * HOUR, at=AT),
        lambda: move(agenda, "b-1", TEN),
    ):
        with pytest.raises(NotFound):
            late()


def test_what_ends_after_that_may_be_booked_still() -> None:
    agenda, _ = forget(over(), before=AT + 12 * HOUR)
    for start, end in ((11, 13), (12, 13)):
        assert isinstance(book(agenda, held("b-2", hours(start, end))), tuple)


def fitting(**but: Any) -> Demand:
    line = {"id": "1", "sku": "fit", "quantity": 1, "supply": Performed(WORK), **but}
    return Demand([DemandLine(**line)])


def test_what_is_reserved_again_is_not_reserved_twice_once_it_is_forgotten() -> None:
    def again(agenda: Agenda) -> Any:
        known = StockSnapshot(agendas=[agenda])
        return reserve(fitting(), known, AT, command="c-1", holder="o-1")

    done = again(booked())
    assert isinstance(done, Reserved)
    agenda = finish(done.agendas[0].agenda, "c-1.1")[0]
    assert again(agenda) == Reserved(taken=(), changes=())
    other, _ = finish(book(agenda, held("x", hours(0, 1)))[0], "x")
    forgotten, _ = forget(other, before=AT + HOUR)
    for ask in (again, lambda it: check(fitting(), StockSnapshot(agendas=[it]), AT)):
        with pytest.raises(InvalidValue) as refused:
            ask(forgotten)
        assert (refused.value.path, refused.value.reason) == (("at",), "too_late")
    later, _ = book(forgotten, held("c-1.1", hours(5, 6), expires_at=None))
    assert again(later) == Reserved(taken=(), changes=())  # it is known


def test_goods_may_be_asked_for_whatever_agendas_forgot() -> None:
    agenda, _ = forget(over(), before=AT + 12 * HOUR)
    asked = Demand.of([("mug", 1)])
    assert not check(asked, StockSnapshot(agendas=[agenda]), AT).ok
    assert check(fitting(), StockSnapshot(agendas=[agenda]), AT + 12 * HOUR).ok


# Whatever is done


@pytest.mark.parametrize("seed", range(12))
def test_nobody_has_more_or_less_by_what_is_forgotten(seed: int) -> None:
    """Two agendas to which the same is done, one of which forgets: they promise the same."""
    chance, (plain, told) = Random(seed), open_agenda(VANS)
    forgetful, events, gone, first = plain, list(told), set(), {}
    for step in range(60):
        at, name = AT + step * HOUR / 2, f"b-{chance.randint(1, 15)}"
        start = step // 2 + chance.randint(0, 6)
        window = hours(start, start + chance.randint(1, 4))
        end = chance.choice([None, at + HOUR])
        new = held(name, window, units=chance.randint(1, 2), expires_at=end, renewable_until=None)
        act = chance.choice(
            [
                partial(book, booking=first.get(name, new), at=at),
                partial(book, booking=first.get(name, new), at=at),
                partial(firm, booking_id=name, at=at),
                partial(finish, booking_id=name),
                partial(cancel, booking_id=name),
                partial(move, booking_id=name, window=window),
                partial(hand_over, booking_id=name, holder="o-2"),
                partial(expire, at=at),
            ]
        )
        if name in gone:  # never again, nor in silence
            with pytest.raises(OrderCoreError):
                book(forgetful, first[name], at=at)
            continue
        one, other = tried(act, plain), tried(act, forgetful)
        assert one == other if one is None else one[1] == other[1]
        if one is not None:
            if plain.known(name) is None and one[0].known(name) is not None:
                first[name] = new
            plain, forgetful = one[0], other[0]
            events += other[1]
        if chance.random() < 0.4:
            before = at - chance.randint(0, 8) * HOUR
            live = forgetful.live(at)
            forgetful, more = forget(forgetful, before=before)
            events += more
            gone |= {each for event in more for each in event.bookings}
            assert forgetful.live(at).bookings == live.bookings
        assert forgetful.bookings == plain.bookings
        assert [e for e in plain.cancelled if e.id not in gone] == [*forgetful.cancelled]
        for holder in ("o-1", "o-2"):
            kept = [each for each in plain.held_for(holder) if each.id not in gone]
            assert kept == [*forgetful.held_for(holder)]
        assert gone.isdisjoint(each.id for each in plain.bookings)
        assert rebuild(events) == forgetful
        assert forgetful.version == len(events)
        assert loads(Agenda, dumps(forgetful)) == forgetful
    assert gone


def tried(act: Any, agenda: Agenda) -> Any:
    try:
        done = act(agenda)
    except OrderCoreError:
        return None
    return done if isinstance(done, tuple) else None


# What is faulty


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: forget(over(), before=AT.replace(tzinfo=None)), InvalidInput),
        (lambda: forget(over(), before="now"), InvalidInput),
        (lambda: BookingsForgotten([], AT), InvalidInput),
        (lambda: BookingsForgotten(["b-1"], None), InvalidInput),
        (lambda: evolve(over(), forgotten_before="now"), InvalidInput),
        (lambda: apply(over(), BookingsForgotten(["b-2"], AT + 12 * HOUR)), NotFound),
        (lambda: apply(over(), BookingsForgotten(["b-1"], AT + 11 * HOUR)), InvalidValue),
        (lambda: apply(booked(held()), BookingsForgotten(["b-1"], AT + 99 * HOUR)), InvalidValue),
    ],
)
def test_what_is_faulty_is_refused(make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


def test_the_instant_may_be_written_in_any_zone() -> None:
    agenda = over(window=Window(*(each.astimezone() for each in (TEN.start, TEN.end))))
    assert forget(agenda, before=AT + 12 * HOUR)[0].cancelled == ()
