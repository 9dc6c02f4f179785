"""The life of one reservation: who keeps units, until when, and what a command does once."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws_of_stock import AT
from stock_by_hand import hour

from ordercore.errors import (
    IdempotencyConflict,
    IllegalTransition,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    NotFound,
)
from ordercore.lifecycle import TransitionRefused
from ordercore.stock import (
    RESERVATION,
    Incoming,
    ReservationState,
    ReservationStep,
    StockLevel,
    StockPolicy,
    change_policy,
    consume,
    expire,
    firm,
    forget,
    guards_of,
    hand_over,
    release,
    renew,
    reserve_units,
)

STATE = ReservationState
ENDS, MOST = hour(12), hour(20)


def mugs(on_hand=5, **fields) -> StockLevel:
    return StockLevel(sku="mug", site="east", on_hand=on_hand, **fields)


def reserved(level, units=3, name="r", at=AT, **terms):
    terms = {"holder": "o-1", "command": f"c-{name}"} | terms
    return reserve_units(level, units, id=name, at=at, **terms)[0]


def passing(units=3, on_hand=5):
    """A reservation that ends, unless it is renewed or made firm."""
    return reserved(mugs(on_hand), units, expires_at=ENDS, renewable_until=MOST, line="1")


def ended(units=3, on_hand=5, *, swept: bool):
    level = passing(units, on_hand)
    return expire(level, at=ENDS)[0] if swept else level


def refused(act) -> tuple[str, ...]:
    with pytest.raises(TransitionRefused) as caught:
        act()
    return caught.value.guards


# The table


def test_what_is_over_accepts_nothing():
    assert RESERVATION.terminal == (STATE.CONSUMED, STATE.RELEASED)
    for state in RESERVATION.terminal:
        assert RESERVATION.allowed(state) == ()


def test_expired_and_not_yet_written_down_allow_the_same():
    written = set(RESERVATION.allowed(STATE.EXPIRED))
    assert written == set(RESERVATION.allowed(STATE.RESERVED)) - {ReservationStep.EXPIRE}


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize("taken", [0, 2, 3, 5])
def test_writing_expiry_down_makes_no_difference_to_what_may_follow(swept, taken):
    level = ended(swept=swept)
    if taken:
        level = reserved(level, taken, "s", at=ENDS)
    room = 5 - taken
    for act in (
        lambda: firm(level, "r", at=ENDS, command="x"),
        lambda: renew(level, "r", hour(13), at=ENDS, command="x"),
        lambda: consume(level, "r", 3, at=ENDS, command="x"),
    ):
        if room >= 3:
            assert act()[0].reserved(ENDS) + act()[0].firm == taken + 3 - (5 - act()[0].on_hand)
        else:
            assert refused(act) == ("covered",)
    freed, _ = release(level, "r", command="x")
    assert freed.available(ENDS) == level.available(ENDS) == room


# Reserve


@pytest.mark.parametrize("units", [True, 1.0, "1", None, 0, -1, 10**9 + 1])
def test_units_are_counted(units):
    level = mugs()
    with pytest.raises(InvalidInput):
        reserved(level, units)
    assert level == mugs()


@pytest.mark.parametrize("name", ["at", "due", "expires_at", "renewable_until"])
@pytest.mark.parametrize("when", [datetime(2026, 11, 11), "now", 5])
def test_instants_have_an_offset(name, when):
    terms = {"expires_at": MOST} if name == "renewable_until" else {}
    with pytest.raises((InvalidType, InvalidValue)) as caught:
        reserved(mugs(), 1, **{**terms, name: when})
    assert caught.value.path == (name,)


def test_nothing_is_due_or_over_before_it_begins():
    for terms, path in (({"due": hour(9)}, "due"), ({"expires_at": AT}, "expires_at")):
        with pytest.raises(InvalidValue) as caught:
            reserved(mugs(), 1, **terms)
        assert (caught.value.path, caught.value.reason) == ((path,), "too_late")


def test_a_reservation_is_called_once():
    level = reserved(mugs())
    with pytest.raises(InvalidDocument):
        reserved(level, 1, command="another")
    with pytest.raises(IdempotencyConflict):
        reserved(level, 2)
    with pytest.raises(IdempotencyConflict):
        reserved(level, 3, holder="o-2")
    assert reserved(level) == level


def test_a_command_is_the_same_from_whatever_zone():
    east = timezone(timedelta(hours=8))
    level = reserved(mugs(), due=hour(15), expires_at=ENDS, renewable_until=MOST)
    assert reserved(level, due=hour(15).astimezone(east), expires_at=ENDS) == level
    level, _ = renew(level, "r", MOST, at=AT, command="x")
    assert renew(level, "r", MOST.astimezone(east), at=AT, command="x") == (level, ())


def test_the_last_instant_there_is_may_be_named():
    last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))
    level = reserved(mugs(), due=last, expires_at=last, renewable_until=last)
    level, _ = renew(level, "r", last, at=AT, command="x")
    assert level.reserved(AT) == 3


# Renew: nobody is starved


def test_renewals_end_at_the_latest_when_it_was_agreed():
    level = passing()
    level, _ = renew(level, "r", MOST, at=AT, command="x")
    assert refused(lambda: renew(level, "r", hour(21), at=AT, command="y")) == ("renewable",)
    assert level.available(MOST) == 5


def test_what_was_not_agreed_to_be_renewable_is_not():
    for terms in ({}, {"expires_at": ENDS}):
        level = reserved(mugs(), **terms)
        assert refused(lambda level=level: renew(level, "r", ENDS, at=AT, command="x")) == (
            "renewable",
        )


@given(hours=st.lists(st.integers(0, 3), max_size=30))
def test_however_often_somebody_renews_others_have_their_turn(hours):
    level, now = passing(5), 10
    for i, more in enumerate(hours):
        now += more
        until = min(hour(now + 3), MOST)
        if hour(now) < until:
            level, _ = renew(level, "r", until, at=hour(now), command=f"x{i}")
        assert level.available(MOST) == 5
    reserved(level, 5, "s", at=MOST, holder="o-2")


def test_who_has_the_units_by_now_keeps_them():
    level = reserved(ended(swept=False), 4, "s", at=ENDS, holder="o-2")
    assert refused(lambda: renew(level, "r", MOST, at=ENDS, command="x")) == ("covered",)
    assert level.reservation("s").units(ENDS) == 4


def test_a_renewal_lasts_beyond_now():
    with pytest.raises(InvalidValue):
        renew(passing(), "r", AT, at=AT, command="x")


# Firm, consume, release


def test_who_is_late_needs_the_units_when_they_are_due():
    coming = Incoming(id="i", quantity=3, expected_at=hour(15))
    level = reserved(mugs(0, incoming=[coming]), due=MOST, expires_at=ENDS)
    assert firm(level, "r", at=ENDS, command="x")[0].firm == 3


def test_a_late_firm_writes_down_what_else_has_expired():
    level = reserved(reserved(mugs(4), 2, "a", expires_at=ENDS), 2, "b", expires_at=ENDS)
    level, _ = change_policy(level, StockPolicy(safety=2), at=ENDS)
    level, _ = firm(level, "a", at=ENDS, command="x")
    assert refused(lambda: firm(level, "b", at=AT, command="y")) == ("covered",)


def test_a_firm_reservation_does_not_end():
    level, _ = firm(passing(), "r", at=AT, command="x")
    assert level.available(hour(40)) == 2
    with pytest.raises(IllegalTransition):
        renew(level, "r", MOST, at=AT, command="y")
    with pytest.raises(IllegalTransition):
        firm(level, "r", at=AT, command="y")
    assert expire(level, at=hour(40)) == (level, ())


def test_some_units_leave_and_the_rest_is_free_again():
    level, _ = consume(passing(), "r", 2, at=AT, command="x")
    assert (level.on_hand, level.reservation("r").state) == (3, STATE.RESERVED)
    level, _ = release(level, "r", command="y")
    found = level.reservation("r")
    assert (found.state, found.consumed, found.released) == (STATE.CONSUMED, 2, 1)
    assert level.available(AT) == 3


def test_what_is_not_there_yet_does_not_leave():
    coming = Incoming(id="i", quantity=5, expected_at=ENDS)
    level = reserved(mugs(0, incoming=[coming]), due=ENDS)
    level, _ = firm(level, "r", at=AT, command="x")
    assert refused(lambda: consume(level, "r", 1, at=AT, command="y")) == ("on_hand",)


def test_a_backorder_leaves_once_it_has_come():
    level = reserved(mugs(1, policy=StockPolicy(backorder=2)))
    level, _ = consume(level, "r", 1, at=AT, command="x")
    assert refused(lambda: consume(level, "r", 1, at=AT, command="y")) == ("on_hand",)


@pytest.mark.parametrize("act", [release, lambda *a, **k: consume(*a, **k, at=AT)])
def test_more_than_is_outstanding_is_refused(act):
    level, _ = release(passing(), "r", 1, command="x")
    for units in (3, 10**9, 10**5000, 0, -1, True, 2.0, "1"):
        with pytest.raises(InvalidInput) as caught:
            act(level, "r", units, command="y")
        assert caught.value.path == ("units",)
    level, _ = act(level, "r", 2, command="z")
    with pytest.raises(IllegalTransition):
        act(level, "r", 1, command="y")


def test_the_same_command_with_another_content_is_refused():
    level, _ = release(passing(), "r", 1, command="x")
    for act in (
        lambda: release(level, "r", 2, command="x"),
        lambda: consume(level, "r", 1, at=AT, command="x"),
        lambda: firm(level, "r", at=AT, command="x"),
        lambda: renew(level, "r", MOST, at=AT, command="x"),
        lambda: hand_over(level, "r", 1, id="s", holder="o-2", command="x"),
    ):
        with pytest.raises(IdempotencyConflict):
            act()


def test_the_same_command_is_known_after_the_end():
    level, _ = release(passing(), "r", command="x")
    assert release(level, "r", command="x") == (level, ())


def test_all_that_is_left_is_one_command_however_much_it_is():
    level, _ = release(passing(), "r", command="x")
    assert release(level, "r", command="x")[1] == ()
    with pytest.raises(IdempotencyConflict):
        release(level, "r", 3, command="x")


def test_reservations_of_others_are_not_found():
    for act in (
        lambda: release(mugs(), "r", command="x"),
        lambda: firm(mugs(), "r", at=AT, command="x"),
        lambda: consume(mugs(), "r", 1, at=AT, command="x"),
        lambda: renew(mugs(), "r", MOST, at=AT, command="x"),
        lambda: hand_over(mugs(), "r", 1, id="s", holder="o-2", command="x"),
    ):
        with pytest.raises(NotFound):
            act()


# Hand over, find, expire, forget


def test_units_are_handed_over_on_the_same_terms():
    level, _ = firm(passing(), "r", at=AT, command="x")
    level, _ = hand_over(level, "r", 2, id="s", holder="o-2", line="9", command="y")
    other = level.reservation("s")
    assert (other.quantity, other.holder, other.line, other.state) == (2, "o-2", "9", STATE.FIRM)
    assert (level.reservation("r").outstanding, level.available(AT)) == (1, 2)
    level, _ = hand_over(level, "r", 1, id="t", holder="o-2", command="z")
    assert level.reservation("r").state is STATE.RELEASED
    assert level.firm == 3


def test_a_holder_finds_what_is_kept_the_oldest_first():
    level = reserved(mugs(), 1, "b", line="1")
    level = reserved(level, 1, "a", at=hour(11), line="2")
    level = reserved(level, 1, "c", holder="o-2")
    level, _ = release(reserved(level, 1, "d", line="1"), "d", command="x")
    assert [each.id for each in level.held_for("o-1")] == ["b", "a"]
    assert [each.id for each in level.held_for("o-1", "2")] == ["a"]


def test_expiry_is_half_open():
    level, tick = passing(), timedelta(microseconds=1)
    assert (level.available(ENDS - tick), level.available(ENDS)) == (2, 5)
    assert expire(level, at=ENDS - tick)[1] == ()
    assert len(expire(level, at=ENDS)[1]) == 1


def test_what_is_kept_is_not_forgotten():
    level = passing()
    assert forget(level, before=hour(50)) == (level, ())
    level, _ = expire(level, at=ENDS)
    assert forget(level, before=AT) == (level, ())
    assert forget(level, before=hour(11))[0].reservations == ()


def test_guards_say_why():
    level = reserved(ended(swept=True), 4, "s", at=ENDS, holder="o-2")
    found = level.reservation("r")
    guards = guards_of(level, found, ENDS, expires_at=hour(21))
    assert guards["covered"] == {"wanted": "3", "free": "1"}
    assert guards["renewable"] == {"most": MOST.isoformat()}
    told = RESERVATION.check(found.state, ReservationStep.FIRM, guards=guards)
    assert str(told) == (
        "reservation: firm refused in state expired: unmet covered (free 1, wanted 3)"
    )
