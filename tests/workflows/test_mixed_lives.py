"""Whatever is done with mixed baskets, and wherever it is cut: all that is promised adds up."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from casebook import AT, cancelling, copied, everything, merging, splitting
from disturbing import Crash, Disturbed, raise_at
from levels import order_of, values
from mixed import (
    ALL,
    DAY,
    HOLD,
    HOUR,
    LATE,
    MORNING,
    MOST,
    OPEN,
    SHOP,
    TEAM,
    VAN,
    agenda_of,
    ask,
    buying,
    check_promises,
    did,
    doing,
    fewer,
    on_level,
    stocked,
    sweeping,
    there,
    visits_of,
)

from ordercore.calendars import ClosedDays, Window, WorkingTime
from ordercore.errors import (
    CommitUnknown,
    InProgress,
    VersionConflict,
)
from ordercore.orders import OrderState
from ordercore.stock.resources import Agenda, BookingEnd, Resource
from ordercore.storage import MemoryStore
from ordercore.workflows import (
    AgendaUpdated,
    CancelOrder,
    ChangeResource,
    Confirm,
    Damage,
    MergeOrders,
    MoveUnits,
    Placed,
    Produce,
    Renew,
    Reschedule,
    SplitOrder,
    SweepStock,
    UpdateAgenda,
    Updated,
    agenda_key,
    run,
)

LATER = Window(MORNING.start + 6 * HOUR, MORNING.end + 6 * HOUR)
FAULTS = (Crash(), VersionConflict("it", 0, 1), CommitUnknown("key"), InProgress("key"))

# Who is there


def days_off(*days: int) -> WorkingTime:
    """Tell the hours of somebody who is not there on some days, counted from the first."""
    first = AT.astimezone(ZoneInfo(OPEN.zone)).date()
    return evolve(OPEN, exceptions=[ClosedDays(first + day * DAY) for day in days])


def becoming(resource: Any, key: str = "become", at: Any = AT) -> UpdateAgenda:
    return UpdateAgenda(key=key, resource=resource.id, act=ChangeResource(resource), at=at)


def overbooked(store: MemoryStore) -> set[tuple[str, str]]:
    """Tell who is booked at an instant at which more is booked than there is, by pencil."""
    found = set()
    for agenda in values(store, "agenda"):
        for edge in agenda.bookings:
            there = [each for each in agenda.bookings if edge.window.start in each.window]
            if sum(each.units for each in there) > agenda.resource.capacity:
                found |= {(agenda.id, each.id) for each in there}
        assert {each for name, each in found if name == agenda.id} == {*agenda.overbooked}
    return found


def check_told(agenda: Agenda, to: Resource, told: AgendaUpdated, at: Any) -> None:
    """Hold what a change of a resource tells to what it had promised, by pencil."""
    live = [each for each in agenda.bookings if not each.has_expired(at)]
    expired = [each for each in agenda.cancelled if each.ended is BookingEnd.EXPIRED]
    hit = set()
    for each in (*agenda.bookings, *expired):
        start, end = max(at, each.window.start), each.window.end
        if start >= end:
            continue
        before, after = (hours.between(start, end) for hours in (agenda.resource.hours, to.hours))
        edges = [start, *(e.window.start for e in live if start < e.window.start < end)]
        most = max(sum(e.units for e in live if edge in e.window) for edge in edges)
        if after < before or (each in live and most > to.capacity):
            hit.add(each.id)
    assert {each.booking.id for each in told.conflicts} == hit


# Every use case, cut anywhere


def table() -> dict[str, tuple[list[Any], Any]]:
    bought, ok = buying(1, visit=MORNING, **ALL), doing("ok", Confirm("on_account"))
    rival = buying(2, sofa=2, mug=2, at=LATE)
    later = doing("late", Confirm("on_account"), at=LATE)
    split, to_later = splitting({"1": 1, "2": 1, "3": 1}), Reschedule("3", LATER)
    return {
        "placing": ([], bought),
        "confirming": ([bought], ok),
        "confirming late": ([bought, rival], later),
        "renewing": ([bought], doing("renew", Renew(), at=AT + HOUR / 3)),
        "renewing what has expired": ([bought], doing("renew", Renew(), at=LATE)),
        "cancelling": ([bought, ok], cancelling()),
        "cancelling some": ([bought], cancelling(units={"1": 1, "2": 2, "3": 1})),
        "shipping some": ([bought, ok], doing("go", MoveUnits("ship", {"1": 1, "2": 2, "3": 1}))),
        "splitting": ([bought], split),
        "merging": ([bought, split], merging()),
        "changing": ([bought], None),
        "sweeping": ([bought], None),
        "forgetting": ([bought], None),
        "producing": ([bought, ok], doing("make", Produce({"2": 2}))),
        "rescheduling": ([bought, ok], doing("move", to_later)),
        "rescheduling what has expired": ([bought], doing("move", to_later, at=LATE)),
        "falling ill": ([bought], becoming(evolve(TEAM[0], hours=days_off(1)))),
        "fewer pieces": ([bought], becoming(evolve(VAN, capacity=1))),
        "damage": ([bought], on_level("hurt", "cloth", "west", Damage(40, "water"))),
    }


def command_of(name: str, store: MemoryStore) -> Any:
    long_after = AT + 2 * DAY
    made = {
        "changing": lambda: fewer(store, 5),
        "sweeping": lambda: sweeping(store),
        "forgetting": lambda: sweeping(store, at=long_after, forget_before=long_after),
    }
    return made[name]() if name in made else table()[name][1]


@pytest.mark.parametrize("name", table())
def test_every_use_case_may_be_cut_anywhere(name: str) -> None:
    begun = did(*table()[name][0])
    command, uncut = command_of(name, begun), copied(begun)
    counting = Disturbed(uncut)
    reply = run(SHOP.does(command), counting)
    if name not in ("damage", "forgetting"):  # of what is not there any more, orders do not know
        check_promises(uncut)
    before, after = everything(begun), everything(uncut)
    assert before != after
    for number in range(1, len(counting.told) + 2):
        for fault in FAULTS:
            for when in ("before", "after"):
                kept = copied(begun)
                cut = Disturbed(kept, **{when: raise_at(fault, number)})
                try:
                    run(SHOP.does(command), cut)
                except (Crash, VersionConflict, CommitUnknown, InProgress) as error:
                    assert error is fault  # noqa: PT017
                assert everything(kept) in (before, after)
                assert run(SHOP.does(command), kept) == reply
                assert everything(kept) == after


# Whatever is done


class Dumb:
    """How many units orders hold, by line: all that a book-keeper with a pencil knows."""

    def __init__(self) -> None:
        self.held: dict[str, Counter[str]] = {}
        self.gone: Counter[str] = Counter()
        self.ends: dict[str, Any] = {}
        self.begun: dict[str, Any] = {}
        self.parents: dict[str, str] = {}
        self.lost: Counter[str] = Counter()

    def visits(self, order: str) -> int:
        """Count the visits of an order that agendas know."""
        return self.held[order]["3"] - self.lost[order]

    def forget(self, store: MemoryStore, at: Any, before: Any) -> int:
        """Tell how many bookings are forgotten, and which orders lose visits by that.

        What is kept for good is not, nor is what was over later; two take part in each visit.
        """
        count = 0
        for agenda in values(store, "agenda"):
            swept = agenda.live(at).bookings
            gone = [each for each in (*agenda.bookings, *agenda.cancelled) if each not in swept]
            count += sum(each.window.end <= before for each in gone)
        for order in [name for name, end in self.ends.items() if end is not None and end <= at]:
            found = visits_of(store, order).values() if order in self.held else ()
            self.lost[order] += sum(parts[0][1].window.end <= before for parts in found)
        return count

    def parent(self, order: str, state: OrderState, store: MemoryStore) -> str | None:
        """Tell into which order this one may be merged."""
        found = self.parents.get(order)
        if found is None or self.ends[found] != self.ends[order]:
            return None
        wishes = dict(order_of(store, found).wishes)
        if any(wishes.get(line, wish) != wish for line, wish in order_of(store, order).wishes):
            return None  # one line cannot be wished for at two times
        return found if order_of(store, found).state is state else None

    def live(self, sku: str, at: Any) -> int:
        """Count what nobody else may have."""
        name = {"mug": "1", "sofa": "2", "assembly": "3"}[sku]
        return sum(
            held[name]
            for order, held in self.held.items()
            if self.ends[order] is None or self.ends[order] > at
        )


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_orders_hold_what_they_have_and_no_more_than_there_is(seed: int) -> None:
    chance, store, dumb, parted, forgotten = Random(seed), stocked(), Dumb(), 0, 0
    tick = HOUR / (12 if seed % 2 else 5)  # in slow lives more expires, and is over
    for step in range(70):
        at = AT + step * tick
        number, key = 1 + step // 6 - chance.randint(0, 3), f"k-{step}"
        over = overbooked(store)
        if chance.random() < 0.15:
            who = chance.choice([*TEAM, VAN])
            off = chance.sample(range(4), chance.randint(0, 2))
            to = evolve(who, hours=days_off(*off), capacity=chance.randint(1, who.capacity))
            was = agenda_of(store, who.id)
            check_told(was, to, ask(becoming(to, f"to-{step}", at), store), at)
            over |= overbooked(store)
        if chance.random() < 0.15:
            before = at - chance.randint(0, 2) * HOUR / 2
            count = dumb.forget(store, at, before)
            keys = [agenda_key(each.id) for each in (*TEAM, VAN)]
            sweep = SweepStock(key=f"f-{step}", aggregates=keys, at=at, forget_before=before)
            assert ask(sweep, store).forgotten == count
            forgotten += count
        order = chance.choice([f"o-{number}", f"o-{number}", *dumb.parents, *+dumb.lost])
        if order not in {key.id for key in store.keys("order").members}:
            units = {"mug": chance.randint(0, 3), "sofa": chance.randint(0, 3), "assembly": 1}
            told = ask(buying(number, at=at, key=key, **units), store)
            free = {"mug": 6 - dumb.gone["1"], "sofa": MOST - dumb.gone["2"]}
            fits = all(units[sku] <= free[sku] - dumb.live(sku, at) for sku in free)
            assert isinstance(told, Placed) == fits
            if fits:
                names = {"1": units["mug"], "2": units["sofa"], "3": 1}
                dumb.held[order] = Counter(names)
                dumb.begun[order], dumb.ends[order] = at, at + HOLD
        else:
            before = order_of(store, order)
            parent = dumb.parent(order, before.state, store)
            command = chosen(chance, before, key, at, parted, parent)
            if command is None:
                continue
            parted += isinstance(command, SplitOrder)
            follow(dumb, command, ask(command, store), store, at)
        assert overbooked(store) <= over  # nothing but a change of a resource is too much
        check_promises(store, replayed=step % 10 == 9, lost=dumb.lost)
        for name, held in dumb.held.items():
            now = {line.id: line.quantities.allocated for line in order_of(store, name).lines}
            assert {line: units for line, units in now.items() if units} == dict(+held)
        mugs, sofas, done = there(store)
        assert (mugs, sofas, done) == (
            6 - dumb.gone["1"],
            MOST - dumb.gone["2"],
            dumb.gone["3"],
        )
    assert forgotten


def chosen(chance: Random, order: Any, key: str, at: Any, parted: int, parent: str | None) -> Any:
    """Choose something that may be done with an order; None: nothing may."""
    held = {
        line.id: line.quantities.allocated for line in order.lines if line.quantities.allocated
    }
    if not held:
        return None
    some = {line: chance.randint(1, units) for line, units in held.items()}
    is_placed = order.state is OrderState.PLACED
    start = at + chance.randint(0, 3) * DAY
    wish = chance.choice([None, Window(start, start + 4 * HOUR), Window(start)])
    acts: list[tuple[int, Any]] = [
        (4 if parent else 0, lambda: merging(key, parent, order.id)),
        (3, lambda: doing(key, MoveUnits("deallocate", some), order.id, at)),
        (2, lambda: doing(key, Renew(), order.id, at)),
        (6 if "3" in held else 0, lambda: doing(key, Reschedule("3", wish), order.id, at)),
        (2 if "2" in held else 0, lambda: doing(key, Produce({"2": 1}), order.id, at)),
        (4, lambda: cancelling(key, order.id, units=some, at=at)),
        (6 if is_placed else 0, lambda: doing(key, Confirm("on_account"), order.id, at)),
        (0 if is_placed else 6, lambda: doing(key, MoveUnits("ship", some), order.id, at)),
        (
            4 if sum(some.values()) < sum(each.quantities.open for each in order.lines) else 0,
            lambda: evolve(splitting(some, key, new_id=f"s-{parted}"), order_id=order.id),
        ),
    ]
    weights = [weight for weight, _ in acts]
    return chance.choices([act for _, act in acts], weights)[0]()


def follow(dumb: Dumb, command: Any, told: Any, store: MemoryStore, at: Any) -> None:
    """Write down what a command comes to, by what it says and by what it was told."""
    order = command.order_id
    if isinstance(command, SplitOrder):
        new, visits = order_of(store, command.new_id), dumb.visits(order)
        dumb.held[new.id] = Counter({each.id: each.quantities.allocated for each in new.lines})
        dumb.held[order] -= dumb.held[new.id]
        dumb.lost[new.id] = max(0, dumb.held[new.id]["3"] - visits)
        dumb.lost[order] -= dumb.lost[new.id]
        dumb.parents[new.id] = order
        dumb.ends[new.id], dumb.begun[new.id] = dumb.ends[order], dumb.begun[order]
    elif isinstance(command, MergeOrders):
        dumb.held[order] += dumb.held.pop(command.other_id)
        dumb.lost[order] += dumb.lost.pop(command.other_id, 0)
        del dumb.parents[command.other_id]
    elif isinstance(command, CancelOrder):
        dumb.held[order] = cancelled(store, order)
    elif isinstance(told, Updated):
        if isinstance(command.act, Confirm):
            dumb.ends[order], dumb.lost[order] = None, 0
        elif isinstance(command.act, MoveUnits):
            dumb.held[order] -= Counter(command.act.units)
            if command.act.move == "ship":
                dumb.gone.update(command.act.units)
        elif isinstance(command.act, Renew) and dumb.ends[order] is not None:
            next_end = min(at + HOLD, dumb.begun[order] + 2 * HOLD)
            dumb.ends[order] = max(dumb.ends[order], next_end)
    dumb.lost[order] = min(dumb.lost[order], dumb.held[order]["3"])


def cancelled(store: MemoryStore, order: str) -> Counter[str]:
    return Counter({e.id: e.quantities.allocated for e in order_of(store, order).lines})
