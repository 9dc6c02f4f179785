"""C-10, C-12, C-15, C-17, C-18, C-28, C-33, C-35: two at once, their steps in every order."""

from __future__ import annotations

from typing import Final

from ordercore.errors import IdempotencyConflict, InProgress, UsageExceeded, VersionConflict
from ordercore.storage import Counter, CounterChange, Reply, Request
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import equal, holds
from ordercore.testing.contract.lab import Lab, Unit
from ordercore.testing.contract.samples import Tally, Told, add, decision, key, request
from ordercore.testing.contract.schedules import (
    ORDERS,
    Begin,
    Script,
    committing,
    giving_up,
    interleave,
)
from ordercore.testing.contract.seen import outbox, stories, used

_COMMITTED: Final = "committed"

# C-10: no update is lost


def _adding(begin: Begin, name: str, who: str, *, lock: bool = False) -> Script:
    """Read a tally, look at the key, and add 1; in a transaction, if that is one."""
    told, asked = request(f"{name}-{who}"), begin()
    try:
        got = yield asked.start(lambda store: store.read([key(name)], lock=lock))
        total = (got.get(key(name), Tally) or Tally()).total + 1
        decided = decision((name, got.version(key(name)), Tally(total)), total=total)
        yield from committing(asked, told, decided)
    except (VersionConflict, InProgress):
        return (yield from giving_up(asked))
    return _COMMITTED


def _no_update_is_lost(
    lab: Lab, x: Begin, y: Begin, *, lock: bool = False, is_new: bool = False
) -> None:
    """Let two add to a tally; to one that is there, or that both of them would make."""
    for order in ORDERS[:: 1 + is_new]:
        name = f"t-{order}"
        if not is_new:
            lab.store.commit(request(name), decision((name, 0, Tally(0))))
        scripts = {
            "x": _adding(x, name, "x", lock=lock),
            "y": _adding(y, name, "y", lock=lock),
        }
        ends = interleave(lab, order, scripts)
        won = list(ends.values()).count(_COMMITTED)
        got = lab.store.read([key(name)])
        seen = got.value(key(name), Tally).total, got.version(key(name))
        version = won + (not is_new)
        equal(seen, (won, version), f"total and version in the order {order}, {won} committed")
        holds(won >= 1, f"one of two to commit in the order {order}", ends)
        in_turn = order in {ORDERS[0], ORDERS[-1]}
        holds(won == 2 or not in_turn, f"both to commit in the order {order}", ends)
        equal(stories(lab.store), {name: list(range(1, version + 1))}, f"events in {order}")
        lab.store.acknowledge([told.id for told in outbox(lab.store)])


@check("C-10")
def no_update_is_lost(lab: Lab) -> None:
    _no_update_is_lost(lab, lambda: lab.store, lambda: lab.store)


@check("C-10", Capability.TRANSACTIONS)
def no_update_is_lost_between_transactions(lab: Lab) -> None:
    _no_update_is_lost(lab, lab.unit, lab.unit)


@check("C-10", Capability.TRANSACTIONS)
def no_update_is_lost_between_a_transaction_and_none(lab: Lab) -> None:
    _no_update_is_lost(lab, lab.unit, lambda: lab.store)


@check("C-10")
def nothing_is_made_twice(lab: Lab) -> None:
    _no_update_is_lost(lab, lambda: lab.store, lambda: lab.store, is_new=True)


@check("C-10", Capability.TRANSACTIONS)
def nothing_is_made_twice_by_transactions(lab: Lab) -> None:
    _no_update_is_lost(lab, lab.unit, lab.unit, is_new=True)


@check("C-10", Capability.TRANSACTIONS)
def nothing_is_made_twice_by_a_transaction_and_none(lab: Lab) -> None:
    _no_update_is_lost(lab, lab.unit, lambda: lab.store, is_new=True)


@check("C-33")
def a_lock_loses_no_update(lab: Lab) -> None:
    _no_update_is_lost(lab, lambda: lab.store, lambda: lab.store, lock=True)


@check("C-33", Capability.TRANSACTIONS)
def a_lock_loses_no_update_between_transactions(lab: Lab) -> None:
    _no_update_is_lost(lab, lab.unit, lab.unit, lock=True)


@check("C-35", Capability.SECOND_CONNECTION)
def no_update_is_lost_between_connections(lab: Lab) -> None:
    other = lab.another()
    _no_update_is_lost(lab, lambda: lab.store, lambda: other)


@check("C-10", Capability.TRANSACTIONS)
def what_two_transactions_read_of_each_other_is_not_both_changed(lab: Lab) -> None:
    """Both change both of two tallies, named in opposite orders."""
    for order in ORDERS:
        names = f"a-{order}", f"b-{order}"
        lab.store.commit(request(order), decision(*((name, 0, Tally()) for name in names)))
        scripts = {
            "x": _adding_to_both(lab, names, f"x-{order}"),
            "y": _adding_to_both(lab, names[::-1], f"y-{order}"),
        }
        ends = interleave(lab, order, scripts)
        won = list(ends.values()).count(_COMMITTED)
        got = lab.store.read([key(name) for name in names])
        seen = [got.value(key(name), Tally).total for name in names]
        equal(seen, [won, won], f"both totals in the order {order}, {won} committed")


def _adding_to_both(lab: Lab, names: tuple[str, ...], who: str) -> Script:
    unit = lab.unit()
    try:
        got = yield unit.start(lambda store: store.read([key(name) for name in names]))
        changes = [
            (name, got.version(key(name)), Tally(got.value(key(name), Tally).total + 1))
            for name in names
        ]
        yield from committing(unit, request(who), decision(*changes))
    except (VersionConflict, InProgress):
        return (yield from giving_up(unit))
    return _COMMITTED


# C-18, C-28: no limit is overrun


def _using(begin: Begin, counter: Counter, most: int, who: str) -> Script:
    """Read a counter, look at the key, and use it once more if there is any left."""
    told, asked = request(f"{counter.id}-{who}"), begin()
    try:
        got = yield asked.start(lambda store: store.read([counter]))
        if got.used(counter) >= most:
            return (yield from giving_up(asked))
        decided = decision(usage=(add(1, most, counter),))
        yield from committing(asked, told, decided)
    except (VersionConflict, UsageExceeded, InProgress):
        return (yield from giving_up(asked))
    return _COMMITTED


def _no_limit_is_overrun(lab: Lab, x: Begin, y: Begin) -> None:
    in_turn = ORDERS[0], ORDERS[-1]
    for order, most in (*((order, 1) for order in ORDERS), *((order, 2) for order in in_turn)):
        counter = Counter("uses", f"{order}-{most}")
        scripts = {
            "x": _using(x, counter, most, "x"),
            "y": _using(y, counter, most, "y"),
        }
        ends = interleave(lab, order, scripts)
        won = list(ends.values()).count(_COMMITTED)
        what = f"uses in the order {order}, at most {most}"
        equal(used(lab.store, counter), won, f"{what}, {won} committed")
        holds(1 <= won <= most, f"{what}: 1 to {most}", won)
        holds(won == most or order not in in_turn, f"{what}: {most}", won)


@check("C-18")
def a_limit_holds_for_two_at_once(lab: Lab) -> None:
    _no_limit_is_overrun(lab, lambda: lab.store, lambda: lab.store)


@check("C-28", Capability.TRANSACTIONS)
def a_limit_holds_over_transactions(lab: Lab) -> None:
    _no_limit_is_overrun(lab, lab.unit, lab.unit)


@check("C-28", Capability.TRANSACTIONS)
def a_limit_holds_over_a_transaction_and_none(lab: Lab) -> None:
    _no_limit_is_overrun(lab, lab.unit, lambda: lab.store)


@check("C-35", Capability.SECOND_CONNECTION)
def a_limit_holds_over_connections(lab: Lab) -> None:
    other = lab.another()
    _no_limit_is_overrun(lab, lambda: lab.store, lambda: other)


def _counting(begin: Begin, counter: Counter, who: str) -> Script:
    """Read a counter, look at the key, and use it once more, without a limit."""
    told, asked = request(f"{counter.id}-{who}"), begin()
    try:
        yield asked.start(lambda store: store.read([counter]))
        yield from committing(asked, told, decision(usage=(add(1, None, counter),)))
    except (VersionConflict, InProgress):
        return (yield from giving_up(asked))
    return _COMMITTED


def _no_use_is_lost(lab: Lab, x: Begin, y: Begin) -> None:
    for order in ORDERS[::2]:
        counter = Counter("uses", order)
        scripts = {"x": _counting(x, counter, "x"), "y": _counting(y, counter, "y")}
        won = list(interleave(lab, order, scripts).values()).count(_COMMITTED)
        holds(won >= 1, f"one of two to count in the order {order}", won)
        equal(used(lab.store, counter), won, f"uses in the order {order}, {won} committed")


@check("C-17")
def no_use_is_lost(lab: Lab) -> None:
    _no_use_is_lost(lab, lambda: lab.store, lambda: lab.store)


@check("C-28", Capability.TRANSACTIONS)
def no_use_is_lost_between_transactions(lab: Lab) -> None:
    _no_use_is_lost(lab, lab.unit, lab.unit)


@check("C-28", Capability.TRANSACTIONS)
def no_use_is_lost_between_a_transaction_and_none(lab: Lab) -> None:
    _no_use_is_lost(lab, lab.unit, lambda: lab.store)


# C-12, C-15: one key in two hands


def _asking(
    begin: Begin,
    told: Request,
    name: str,
    total: int,
    usage: tuple[CounterChange, ...] = (add(),),
) -> Script:
    """Read, look at the key, and commit under it, as drivers do; return the reply."""
    asked = begin()
    try:
        got = yield asked.start(lambda store: store.read([key(name)]))
        known: Reply | None = yield asked.start(lambda store: store.reply(told))
        if known is None:
            change = name, got.version(key(name)), Tally(total)
            decided = decision(change, total=total, usage=usage)
            known = yield asked.start(lambda store: store.commit(told, decided))
        if isinstance(asked, Unit):
            yield asked.start_keeping()
    except (IdempotencyConflict, InProgress, VersionConflict):
        return (yield from giving_up(asked))
    return known


def _a_key_is_used_once(lab: Lab, x: Begin, y: Begin) -> None:
    """In half of the orders the two say the same, in the others they say different things."""
    for number, order in enumerate(ORDERS):
        contents = 1, 1 + number % 2
        scripts = {
            "x": _asking(x, request(order, contents[0]), order, 1),
            "y": _asking(y, request(order, contents[1]), order, 2),
        }
        ends = list(interleave(lab, order, scripts).values())
        what = f"{ends} in the order {order}"
        got = lab.store.read([key(order)])
        equal(got.version(key(order)), 1, f"the version after {what}")
        equal(used(lab.store), number + 1, f"the counter after {what}")
        first = got.value(key(order), Tally).total
        replies = [each for each in ends if isinstance(each, Reply)]
        equal(replies, [Told(first)] * len(replies), "the first reply to all who got one")
        least, most = 1, 2 if contents[0] == contents[1] else 1
        holds(least <= len(replies) <= most, f"{least} to {most} replies", what)
        afterwards = lab.store.reply(request(order, contents[first - 1]))
        equal(afterwards, Told(first), "the reply afterwards")


def _a_key_stores_one_thing(lab: Lab, x: Begin, y: Begin) -> None:
    """Nothing but the key keeps the two apart: each changes an aggregate of its own."""
    for number, order in enumerate(ORDERS[::2]):
        name, contents = f"one {order}", (1, 1 + number % 2)
        scripts = {
            who: _asking(begin, request(name, content), f"{who} {order}", number, usage=())
            for who, begin, content, number in (("x", x, contents[0], 1), ("y", y, contents[1], 2))
        }
        ends = list(interleave(lab, order, scripts).values())
        both = [key(f"{who} {order}") for who in scripts]
        got = lab.store.read(both)
        there = [total for total, each in enumerate(both, 1) if got.version(each)]
        what = f"{ends} in the order {order}"
        equal(len(there), 1, f"aggregates changed after {what}")
        replies = [each for each in ends if isinstance(each, Reply)]
        equal(replies, [Told(there[0])] * len(replies), f"the first reply after {what}")
        holds(replies, f"one of two to be done after {what}", ends)
        afterwards = lab.store.reply(request(name, contents[there[0] - 1]))
        equal(afterwards, Told(there[0]), f"the reply afterwards, after {what}")
        equal([told.sequence for told in outbox(lab.store)], [1], f"events after {what}")
        lab.store.acknowledge([told.id for told in outbox(lab.store)])


@check("C-12")
def a_key_in_two_hands_is_used_once(lab: Lab) -> None:
    _a_key_is_used_once(lab, lambda: lab.store, lambda: lab.store)


@check("C-15", Capability.TRANSACTIONS)
def a_key_in_two_transactions_is_used_once(lab: Lab) -> None:
    _a_key_is_used_once(lab, lab.unit, lab.unit)


@check("C-35", Capability.SECOND_CONNECTION)
def a_key_in_two_connections_is_used_once(lab: Lab) -> None:
    other = lab.another()
    _a_key_is_used_once(lab, lambda: lab.store, lambda: other)


@check("C-12")
def a_key_in_two_hands_stores_one_thing(lab: Lab) -> None:
    _a_key_stores_one_thing(lab, lambda: lab.store, lambda: lab.store)


@check("C-15", Capability.TRANSACTIONS)
def a_key_in_two_transactions_stores_one_thing(lab: Lab) -> None:
    _a_key_stores_one_thing(lab, lab.unit, lab.unit)


@check("C-15", Capability.TRANSACTIONS)
def a_key_in_a_transaction_and_none_stores_one_thing(lab: Lab) -> None:
    _a_key_stores_one_thing(lab, lab.unit, lambda: lab.store)


@check("C-35", Capability.SECOND_CONNECTION)
def a_key_in_two_connections_stores_one_thing(lab: Lab) -> None:
    other = lab.another()
    _a_key_stores_one_thing(lab, lambda: lab.store, lambda: other)
