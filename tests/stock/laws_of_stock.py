"""Laws of stock as functions of what was drawn: true ones hold them, planted bugs break them."""

from __future__ import annotations

from baskets import NOW, can_all_be_served, claims_of, fits, hours_of, served_in_turn, snapshot_of
from stock_by_hand import hour

from ordercore.errors import InvalidValue
from ordercore.lifecycle import TransitionRefused
from ordercore.stock import (
    Reserved,
    StockCheck,
    check,
    consume,
    firm,
    open_level,
    release,
    reserve,
    reserve_units,
)

AT = hour(NOW)


def set_aside(demand, snapshot, at=AT, command="c-1", **terms):
    return reserve(demand, snapshot, at, command=command, holder="o-1", **terms)


def check_agrees_with_reserve(stock, demand):
    """F4, with all that must hold of either answer; planted bugs must break it."""
    snapshot = snapshot_of(stock)
    answer, done = check(demand, snapshot, AT), set_aside(demand, snapshot)
    claims = claims_of(demand)
    assert answer.ok == isinstance(done, Reserved) == can_all_be_served(stock, claims)
    in_turn = sorted(answer.lines, key=lambda line: line.id)
    served = [sum(part.units for part in line.taken) for line in in_turn]
    assert served == served_in_turn(stock, claims)
    taken = [
        (part.sku, part.site, part.units, hours_of(part.due))
        for line in answer.lines
        for part in line.taken
    ]
    assert fits(stock, taken)
    if isinstance(done, Reserved):
        assert list(done.taken) == [part for line in in_turn for part in line.taken]


def reserve_never_oversells(stock, demand):
    """F1, F3 after `reserve`: every level has just what is taken from it, and no hour too few."""
    snapshot = snapshot_of(stock)
    done = set_aside(demand, snapshot)
    if isinstance(done, StockCheck):
        return
    for line in demand.lines:
        assert sum(p.units for p in done.taken if p.line == line.id) == line.quantity
    for change in done.changes:
        level = change.level
        shelf = stock[level.sku, level.site]
        shelf.sweep(NOW)
        new = [each for each in level.reservations if each.holder == "o-1"]
        here = [p for p in done.taken if (p.sku, p.site) == (level.sku, level.site)]
        assert sum(each.quantity for each in new) == sum(p.units for p in here)
        assert level.kept == shelf.kept + sum(p.units for p in here)
        assert level.on_hand == shelf.on_hand
        first = min(hours_of(p.due) for p in here)
        assert all(level.profile(AT).promisable(hour(t)) >= 0 for t in range(first, 40))
        assert level.version == change.version + len(change.events)


def reserved_mugs(on_hand: int, units: int, **terms):
    """Make a level with so many mugs of which some are set aside, as reservation ``r``."""
    level, _ = open_level(sku="mug", site="east", on_hand=on_hand)
    terms = {"at": AT, "holder": "o-1", "command": "c-0"} | terms
    return reserve_units(level, units, id="r", **terms)[0]


def units_come_and_go_once(on_hand, units, is_firm, steps):
    """F5: never more than is outstanding; the same command again changes nothing.

    Args:
        on_hand: How many there are.
        units: How many of them are set aside.
        is_firm: Whether for good.
        steps: (consume or release, how many, whether the command comes again).
    """
    level = reserved_mugs(on_hand, units)
    if is_firm:
        level, _ = firm(level, "r", at=AT, command="c-1")
    left = units
    for i, (what, some, again) in enumerate(steps):
        if not left:
            return
        after = tried(level, what, some, f"s-{i}")
        assert (after is None) == (some > left), "refused just where it is more than outstanding"
        if after is None:
            continue
        if again:
            assert tried(after, what, some, f"s-{i}") == after
        left -= some
        on_hand -= some if what == "consume" else 0
        level = after
        assert level.reservation("r").outstanding == left
        assert (level.on_hand, level.available(AT)) == (on_hand, on_hand - left)


def tried(level, what, units, command):
    """Let units leave, or be free; None: it is refused."""
    try:
        if what == "consume":
            return consume(level, "r", units, at=AT, command=command)[0]
        return release(level, "r", units, command=command)[0]
    except InvalidValue:
        return None


def a_late_firm_needs_free_units(on_hand, first, second):
    """F7: who has expired gets the units just where they are free still.

    Args:
        on_hand: How many there are.
        first: How many are set aside, until they expire.
        second: How many somebody else takes then.
    """
    level = reserved_mugs(on_hand, first, expires_at=hour(NOW + 1))
    later = hour(NOW + 1)
    assert level.available(later) == on_hand
    level, _ = reserve_units(level, second, id="s", holder="o-2", at=later, command="c-2")
    is_free = first <= on_hand - second
    for at in (later, AT):  # a clock that is behind brings nothing back to life
        try:
            after, _ = firm(level, "r", at=at, command="c-3")
        except TransitionRefused:
            assert not is_free
        else:
            assert is_free
            assert after.firm + after.reserved(later) == first + second <= on_hand
