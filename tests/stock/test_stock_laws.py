"""Laws of stock at one level, against a shelf that is kept by hand.

- F1: 0 ≤ allocated ≤ on hand + backorder limit, incoming and preorders counted with them.
- F2: what the level says is reserved and firm is the sum of what is live.
- F3: reserve takes just what is asked, or nothing.
- F5: release and consume are idempotent by command id, and never exceed what is outstanding.
- F6: reserve, then release, leaves every availability as it was.
- F7: an expired reservation changes no availability; a late firm succeeds exactly when stock is
  free; writing expiry down changes nothing.
- F8: replaying what has happened gives the level; a level is its JSON.
- F9: independent commands commute.

F4 is of whole baskets: see `test_check`.
"""

from __future__ import annotations

import pytest
from baskets import NOW, level_of, shelves
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from laws_of_stock import AT, a_late_firm_needs_free_units, units_come_and_go_once
from stock_by_hand import LAST, Promise, Shelf, hour

from ordercore import dumps, loads
from ordercore.errors import IllegalTransition, InvalidValue
from ordercore.events import Actor, AggregateId, Recorded, record, replay
from ordercore.lifecycle import TransitionRefused
from ordercore.stock import (
    Incoming,
    Preorder,
    StockLevel,
    StockPolicy,
    adjust,
    apply,
    cancel_incoming,
    change_policy,
    consume,
    count,
    damage,
    expect,
    expire,
    firm,
    forget,
    hand_over,
    move_incoming,
    open_level,
    rebuild,
    receive,
    release,
    renew,
    reserve_units,
    restock,
    scrap_damaged,
)

UNITS = st.integers(1, 6)
AHEAD = st.integers(0, 12)
PICK = st.integers(0, 30)


class Keeping(RuleBasedStateMachine):
    """A level and a shelf by hand; whatever happens, both say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.level, self.events = open_level(sku="mug", site="east")
        self.shelf = Shelf()
        self.now = 0
        self.count = 0

    # What helps

    def done(self, result, *, repeat=None) -> None:
        self.level, events = result
        self.events = (*self.events, *events)
        if repeat is not None:
            assert repeat(self.level) == (self.level, ())

    def name(self) -> str:
        self.count += 1
        return f"n{self.count:03}"

    def any_promise(self, pick: int) -> str:
        names = sorted(self.shelf.promises)
        return names[pick % len(names)]

    def has_promises(self) -> bool:
        return bool(self.shelf.promises)

    def refused(self, expected, act, *errors):
        """Whether it is refused, which it must be just where it is expected; nothing changes."""
        before = self.level
        if expected:
            with pytest.raises(errors):
                act(self.level)
            assert self.level == before
        return expected

    # Time

    @rule(hours=st.integers(1, 4))
    @precondition(lambda self: self.now < 40)
    def time_passes(self, hours):
        self.now += hours

    @rule()
    def expiry_is_written_down(self):
        self.shelf.sweep(self.now)
        self.done(expire(self.level, at=hour(self.now)))

    @rule(before=PICK)
    def what_is_over_is_forgotten(self, before):
        gone = [
            name for name, p in self.shelf.promises.items() if not p.is_kept and p.made < before
        ]
        for name in gone:
            del self.shelf.promises[name]
        self.done(forget(self.level, before=hour(before)))

    # What is there

    @rule(units=UNITS)
    def units_come_in(self, units):
        self.shelf.on_hand += units
        self.done(receive(self.level, units))

    @rule(units=UNITS, damaged=st.booleans())
    def units_come_back(self, units, damaged):
        if damaged:
            self.shelf.damaged += units
        else:
            self.shelf.on_hand += units
        self.done(restock(self.level, units, holder="o-1", damaged=damaged))

    @rule(on_hand=st.integers(0, 12), damaged=st.integers(0, 3))
    def somebody_counts(self, on_hand, damaged):
        self.shelf.uncover(self.now, self.shelf.on_hand - on_hand)
        self.shelf.on_hand, self.shelf.damaged = on_hand, damaged
        self.done(count(self.level, on_hand, damaged=damaged, at=hour(self.now)))

    @rule(units=st.integers(-6, 6).filter(bool))
    def the_books_are_put_right(self, units):
        def act(level):
            return adjust(level, units, "found", at=hour(self.now))

        if not self.refused(self.shelf.on_hand + units < 0, act, InvalidValue):
            self.shelf.uncover(self.now, -units)
            self.shelf.on_hand += units
            self.done(act(self.level))

    @rule(units=UNITS)
    def units_break(self, units):
        def act(level):
            return damage(level, units, at=hour(self.now))

        if not self.refused(units > self.shelf.on_hand, act, InvalidValue):
            self.shelf.uncover(self.now, units)
            self.shelf.on_hand -= units
            self.shelf.damaged += units
            self.done(act(self.level))

    @rule(units=UNITS)
    def broken_units_are_thrown_away(self, units):
        def act(level):
            return scrap_damaged(level, units)

        if not self.refused(units > self.shelf.damaged, act, InvalidValue):
            self.shelf.damaged -= units
            self.done(act(self.level))

    @rule(
        safety=st.integers(0, 3),
        backorder=st.integers(0, 4),
        preorder=st.none() | st.tuples(UNITS, st.integers(0, 45)),
    )
    def the_policy_changes(self, safety, backorder, preorder):
        shelf = self.shelf
        short = backorder + (preorder[0] if preorder else 0)
        now = shelf.backorder + (shelf.preorder[0] if shelf.preorder else 0)
        shelf.uncover(self.now, now - short)
        shelf.safety, shelf.backorder, shelf.preorder = safety, backorder, preorder
        policy = StockPolicy(
            safety=safety,
            backorder=backorder,
            preorder=Preorder(preorder[0], hour(preorder[1])) if preorder else None,
        )
        self.done(change_policy(self.level, policy, at=hour(self.now)))

    # What is on its way

    @rule(units=UNITS, ahead=AHEAD)
    def units_are_expected(self, units, ahead):
        name = self.name()
        self.shelf.incoming[name] = (units, self.now + ahead)
        incoming = Incoming(id=name, quantity=units, expected_at=hour(self.now + ahead))
        self.done(expect(self.level, incoming))

    @precondition(lambda self: self.shelf.incoming)
    @rule(pick=PICK, ahead=AHEAD, what=st.sampled_from(["come", "move", "cancel"]), units=UNITS)
    def what_is_expected_comes_or_does_not(self, pick, ahead, what, units):
        name = sorted(self.shelf.incoming)[pick % len(self.shelf.incoming)]
        open_, _ = self.shelf.incoming[name]
        if what == "move":
            self.shelf.incoming[name] = (open_, self.now + ahead)
            self.done(move_incoming(self.level, name, hour(self.now + ahead)))
            return
        if what == "cancel":
            self.shelf.uncover(self.now, open_)
            del self.shelf.incoming[name]
            self.done(cancel_incoming(self.level, name, at=hour(self.now)))
            return
        self.shelf.on_hand += units
        self.shelf.incoming[name] = (open_ - units, self.shelf.incoming[name][1])
        if units >= open_:
            del self.shelf.incoming[name]
        self.done(receive(self.level, units, incoming=name))

    # What is promised

    @rule(
        units=UNITS,
        ahead=st.just(0) | AHEAD,
        ends=st.none() | st.integers(1, 6),
        more=st.none() | st.integers(0, 8),
    )
    def units_are_reserved(self, units, ahead, ends, more):
        name, due = self.name(), self.now + ahead
        end = None if ends is None else self.now + ends
        until = None if end is None or more is None else end + more

        def act(level):
            return reserve_units(
                level,
                units,
                id=name,
                holder="o-1",
                at=hour(self.now),
                due=hour(due),
                expires_at=None if end is None else hour(end),
                renewable_until=None if until is None else hour(until),
                command=f"reserve {name}",
            )

        room = self.shelf.room(due, self.now)
        if not self.refused(units > room, act, InvalidValue):
            self.shelf.sweep(self.now)
            self.shelf.promises[name] = Promise("o-1", self.now, units, due, end, until)
            self.done(act(self.level), repeat=act)
            assert self.level.reservation(name).quantity == units

    def is_free(self, name: str, units: int, due: int) -> bool:
        """Whether units of a promise are still its own, or free."""
        promise = self.shelf.promises[name]
        if promise.is_live(self.now):
            return True
        return self.shelf.room(due, self.now) >= units

    def late(self, name: str) -> None:
        if not self.shelf.promises[name].is_live(self.now):
            self.shelf.sweep(self.now)

    @precondition(has_promises)
    @rule(pick=PICK)
    def a_promise_is_made_firm(self, pick):
        name = self.any_promise(pick)
        promise, command = self.shelf.promises[name], self.name()

        def act(level):
            return firm(level, name, at=hour(self.now), command=command)

        if self.refused(promise.state not in ("reserved", "expired"), act, IllegalTransition):
            return
        free = self.is_free(name, promise.units, max(promise.due, self.now))
        if not self.refused(not free, act, TransitionRefused):
            self.late(name)
            promise.state = "firm"
            self.done(act(self.level), repeat=act)

    @precondition(has_promises)
    @rule(pick=PICK, ahead=st.integers(1, 12))
    def a_promise_is_renewed(self, pick, ahead):
        name = self.any_promise(pick)
        promise, end, command = self.shelf.promises[name], self.now + ahead, self.name()

        def act(level):
            return renew(level, name, hour(end), at=hour(self.now), command=command)

        if self.refused(promise.state not in ("reserved", "expired"), act, IllegalTransition):
            return
        within = promise.until is not None and end <= promise.until
        free = self.is_free(name, promise.units, max(promise.due, self.now))
        if not self.refused(not (free and within), act, TransitionRefused):
            self.late(name)
            promise.state, promise.ends = "reserved", end
            self.done(act(self.level), repeat=act)

    @precondition(has_promises)
    @rule(pick=PICK, units=UNITS)
    def units_leave(self, pick, units):
        name = self.any_promise(pick)
        promise, command = self.shelf.promises[name], self.name()

        def act(level):
            return consume(level, name, units, at=hour(self.now), command=command)

        over = promise.state in ("consumed", "released")
        if self.refused(over, act, IllegalTransition):
            return
        if self.refused(units > promise.units, act, InvalidValue):
            return
        free = self.is_free(name, units, self.now)
        there = units <= self.shelf.on_hand
        if not self.refused(not (free and there), act, TransitionRefused):
            self.late(name)
            self.shelf.consume(name, units)
            self.done(act(self.level), repeat=act)

    @precondition(has_promises)
    @rule(pick=PICK, units=UNITS)
    def units_are_given_free(self, pick, units):
        name = self.any_promise(pick)
        promise, command = self.shelf.promises[name], self.name()

        def act(level):
            return release(level, name, units, command=command)

        over = promise.state in ("consumed", "released")
        if self.refused(over, act, IllegalTransition):
            return
        if not self.refused(units > promise.units, act, InvalidValue):
            self.shelf.free(name, units)
            self.done(act(self.level), repeat=act)

    @precondition(has_promises)
    @rule(pick=PICK, units=UNITS)
    def units_are_handed_over(self, pick, units):
        name, other, command = self.any_promise(pick), self.name(), self.name()
        promise = self.shelf.promises[name]

        def act(level):
            return hand_over(level, name, units, id=other, holder="o-2", command=command)

        over = promise.state in ("consumed", "released")
        if self.refused(over, act, IllegalTransition):
            return
        if not self.refused(units > promise.units, act, InvalidValue):
            self.shelf.promises[other] = Promise(
                "o-2", promise.made, units, promise.due, promise.ends, promise.until, promise.state
            )
            self.shelf.free(name, units)
            self.done(act(self.level), repeat=act)

    # What must always hold

    @invariant()
    def both_say_the_same(self):
        level, shelf = self.level, self.shelf
        assert (level.on_hand, level.damaged) == (shelf.on_hand, shelf.damaged)
        assert {each.id: each.quantity for each in level.incoming} == {
            name: units for name, (units, _) in shelf.incoming.items()
        }
        told = {each.id: (each.outstanding, each.state.value) for each in level.reservations}
        assert told == {name: (p.units, p.state) for name, p in shelf.promises.items()}

    @invariant()
    def every_hour_has_the_same_left(self):
        for due in (self.now, *range(self.now + 1, LAST, 5)):
            told = self.level.room(hour(due), hour(self.now))
            assert told == self.shelf.room(due, self.now)
            atp = self.level.atp(hour(due), hour(self.now))
            assert atp == self.shelf.promisable(due, self.now, short=False)
        assert self.level.room(hour(self.now - 1), hour(self.now)) == 0

    @invariant()
    def f1_no_more_is_promised_than_can_ever_be_there(self):
        policy = self.level.policy
        short = policy.backorder + (policy.preorder.most if policy.preorder else 0)
        coming = sum(each.quantity for each in self.level.incoming)
        assert self.level.firm >= 0
        live = self.level.firm + self.level.reserved(hour(self.now))
        assert live <= self.level.on_hand + coming + short

    @invariant()
    def f2_counters_are_sums_of_what_is_live(self):
        live = [p for p in self.shelf.promises.values() if p.is_live(self.now)]
        assert self.level.firm == sum(p.units for p in live if p.state == "firm")
        reserved = sum(p.units for p in live if p.state == "reserved")
        assert self.level.reserved(hour(self.now)) == reserved

    @invariant()
    def f7_writing_expiry_down_changes_nothing_else(self):
        swept, _ = expire(self.level, at=hour(self.now))
        for due in range(self.now, self.now + 13, 4):
            told = swept.room(hour(due), hour(self.now))
            assert told == self.level.room(hour(due), hour(self.now))

    def teardown(self):
        """F8: the level is what has happened, and both are their JSON."""
        assert self.level.version == len(self.events)
        told = record(
            self.events,
            aggregate=AggregateId("stock_level", self.level.id),
            after=0,
            ids=[f"e-{i}" for i in range(len(self.events))],
            at=hour(self.now),
            actor=Actor("system"),
            cause="c-1",
        )
        read = [loads(Recorded, dumps(each)) for each in told]
        assert replay(apply, None, read) == rebuild(self.events) == self.level
        assert loads(StockLevel, dumps(self.level)) == self.level


# Each law by itself


STEPS = st.lists(
    st.tuples(st.sampled_from(["consume", "release"]), st.integers(1, 7), st.booleans()),
    max_size=6,
)


@given(on_hand=st.integers(0, 9), asked=st.integers(1, 9))
def test_f3_reserve_takes_what_is_asked_or_nothing(on_hand, asked):
    level, _ = open_level(sku="mug", site="east", on_hand=on_hand)
    if asked > on_hand:
        with pytest.raises(InvalidValue) as caught:
            reserve_units(level, asked, id="r", holder="o-1", at=AT, command="c")
        assert (caught.value.reason, caught.value.path) == ("too_many_units", ("units",))
    else:
        after, _ = reserve_units(level, asked, id="r", holder="o-1", at=AT, command="c")
        assert after.available(AT) == on_hand - asked


@given(units=st.integers(1, 8), more=st.integers(0, 3), is_firm=st.booleans(), steps=STEPS)
def test_f5_units_come_and_go_once(units, more, is_firm, steps):
    units_come_and_go_once(units + more, units, is_firm, steps)


@given(shelf=shelves(), units=st.integers(1, 6), ahead=st.integers(0, 15))
def test_f6_reserve_then_release_is_as_if_nothing_had_been(shelf, units, ahead):
    level = level_of("mug", "east", shelf)
    due = hour(NOW + ahead)
    if units > level.room(due, AT):
        return
    after, _ = reserve_units(level, units, id="x", holder="o-1", at=AT, due=due, command="c-1")
    assert after.room(due, AT) == level.room(due, AT) - units
    after, _ = release(after, "x", command="c-2")
    assert after.profile(AT) == level.profile(AT)
    assert (after.on_hand, after.firm, after.reserved(AT)) == (
        level.on_hand,
        level.firm,
        level.reserved(AT),
    )


@given(data=st.data(), on_hand=st.integers(1, 8))
def test_f7_a_late_firm_succeeds_just_where_stock_is_free(data, on_hand):
    first = data.draw(st.integers(1, on_hand))
    second = data.draw(st.integers(1, on_hand))
    a_late_firm_needs_free_units(on_hand, first, second)


INDEPENDENT = {
    "receive": lambda level: receive(level, 2),
    "come": lambda level: receive(level, 1, incoming="i0"),
    "expect": lambda level: expect(level, Incoming(id="i9", quantity=2, expected_at=hour(20))),
    "move": lambda level: move_incoming(level, "i1", hour(25)),
    "restock": lambda level: restock(level, 1),
    "scrap": lambda level: scrap_damaged(level, 1),
    "reserve": lambda level: reserve_units(level, 1, id="r8", holder="o-8", at=AT, command="c-8"),
    "reserve more": lambda level: reserve_units(
        level, 2, id="r9", holder="o-9", at=AT, due=hour(20), command="c-9"
    ),
    "release": lambda level: release(level, "r0", command="c-1"),
    "consume": lambda level: consume(level, "r1", 1, at=AT, command="c-2"),
    "firm": lambda level: firm(level, "r2", at=AT, command="c-3"),
    "renew": lambda level: renew(level, "r3", hour(30), at=AT, command="c-4"),
    "hand over": lambda level: hand_over(level, "r4", 1, id="r7", holder="o-7", command="c-5"),
}
"""Commands that need nothing of each other, on a level that has enough for all."""


def busy_level() -> StockLevel:
    level, _ = open_level(sku="mug", site="east", on_hand=20)
    level, _ = restock(level, 2, damaged=True)
    for i in range(2):
        level, _ = expect(level, Incoming(id=f"i{i}", quantity=2, expected_at=hour(15)))
    for i in range(5):
        terms = {"expires_at": hour(20), "renewable_until": hour(40)}
        level, _ = reserve_units(
            level, 2, id=f"r{i}", holder="o-1", at=AT, command=f"c{i}", **terms
        )
    return level


@pytest.mark.parametrize("one", INDEPENDENT)
def test_f9_independent_commands_commute(one):
    level = busy_level()
    for other in INDEPENDENT:
        if other != one:
            there = INDEPENDENT[other](INDEPENDENT[one](level)[0])[0]
            back = INDEPENDENT[one](INDEPENDENT[other](level)[0])[0]
            assert there == back, (one, other)


@given(shelf=shelves(), data=st.data())
def test_f9_two_reservations_fit_in_either_order_or_in_none(shelf, data):
    level = level_of("mug", "east", shelf)
    level, _ = expire(level, at=AT)
    asked = {
        name: (data.draw(st.integers(1, 5)), hour(NOW + data.draw(st.integers(0, 20))))
        for name in ("a", "b")
    }

    def both(names):
        now = level
        for name in names:
            units, due = asked[name]
            if units > now.room(due, AT):
                return None
            now, _ = reserve_units(now, units, id=name, holder="o-1", at=AT, due=due, command=name)
        return now

    assert both("ab") == both("ba")


def test_a_level_says_what_a_shelf_kept_by_hand_says():
    run_state_machine_as_test(Keeping)
