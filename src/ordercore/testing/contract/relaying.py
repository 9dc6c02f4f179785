"""C-20, C-21, C-27: one relays events while another makes some, their steps in every order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ordercore.errors import InProgress, VersionConflict
from ordercore.events import Recorded
from ordercore.storage import Page
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import Broken, equal, holds
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.samples import LATER, Tally, Told, decision, request
from ordercore.testing.contract.schedules import ORDERS, Script, interleave
from ordercore.testing.contract.seen import (
    first_page,
    glance,
    kept,
    outbox,
    outcome,
    stories,
    walk_on,
)


def _relaying(asked: Asked, relayed: list[Recorded], steps: int) -> Script:
    """List a page and acknowledge what it held, so many times; what is refused is not relayed."""
    after: str | None = None
    for _ in range(steps):
        try:
            page = yield asked.start(partial(Plainly.outbox, after=after, limit=2))
            ids = [each.id for each in page.members]
            yield asked.start(partial(Plainly.acknowledge, events=ids))
        except (VersionConflict, InProgress):
            continue
        after = page.next
        relayed += page.members
    return None


def _making(lab: Lab, name: str, steps: int, *, within: bool) -> Script:
    """Commit two events, so many times."""
    for number in range(steps):
        told = request(f"{name}-{number}")
        decided = decision((name, 2 * number, Tally(number)), count=2)
        asked: Any = lab.unit() if within else lab.store
        try:
            yield asked.start(partial(Plainly.commit, request=told, decision=decided))
            if within:
                yield asked.start_keeping()
        except (VersionConflict, InProgress):
            if within:
                yield asked.start_dropping()
            return number
    return steps


def _no_event_is_missed(lab: Lab, *, within: bool) -> None:
    for order in ORDERS[:: 2 if within else 1]:
        relayed: list[Recorded] = []
        scripts = {
            "x": _relaying(lab.store, relayed, 3),
            "y": _making(lab, order, 3, within=within),
        }
        made = interleave(lab, order, scripts)["y"]
        left = outbox(lab.store)
        if not isinstance(made, int):
            raise Broken("a number of commits", repr(made))
        seen = sorted(told.sequence for told in (*relayed, *left))
        equal(seen, list(range(1, 2 * made + 1)), f"relayed or left in the order {order}")
        mine = [told.sequence for told in relayed]
        equal(mine, sorted(mine), f"relayed in the order {order}")
        lab.store.acknowledge([told.id for told in left])


@check("C-21")
def no_event_is_missed_by_who_relays_them(lab: Lab) -> None:
    _no_event_is_missed(lab, within=False)


@check("C-21", Capability.TRANSACTIONS)
def no_event_of_a_transaction_is_missed_by_who_relays_them(lab: Lab) -> None:
    _no_event_is_missed(lab, within=True)


@check("C-20", Capability.TRANSACTIONS)
def who_goes_on_meets_the_events_of_a_transaction_in_their_order(lab: Lab) -> None:
    """Those that were written first come out last, or keep the others waiting."""
    for before in (0, 1):
        with lab.anew() as fresh:
            _go_on_past_a_transaction(fresh, before)


def _go_on_past_a_transaction(lab: Lab, before: int) -> None:
    """Begin a walk while a transaction is open that has written, and end it after that."""
    store, b = lab.store, decision(("b", before, Tally()), count=2)
    for number in range(before):
        store.commit(request("r-0"), decision(("b", number, Tally())))
    unit = lab.begin()
    written = request("b-1"), decision(("a", 0, Tally()))
    unit.commit(*written)
    other = outcome(lambda: store.commit(request("r-1"), b))
    page = glance(partial(first_page, store.outbox, 1))
    is_kept = kept(unit)
    lab.settle()
    if other in (VersionConflict, InProgress):
        store.commit(request("r-1"), b)
    if not is_kept:
        store.commit(*written)
    store.commit(request("r-2"), decision(("a", 1, Tally())))
    if not isinstance(page, Page):  # it was refused, or had to wait
        return
    met = walk_on(store.outbox, page)
    for name, last in (("a", 2), ("b", before + 2)):
        mine = [told.sequence for told in met if told.aggregate.id == name]
        told = f"events of {name} from 1 on, none left out on the way"
        holds(mine == list(range(1, last + 1))[: len(mine)], told, mine)
    equal(stories(store), {"a": [1, 2], "b": list(range(1, before + 3))})


@check("C-27", Capability.TRANSACTIONS)
def nothing_is_taken_from_what_is_not_committed(lab: Lab) -> None:
    """Neither replies nor events of a transaction that is open, by who does not wait for it."""
    acts: list[Callable[[], object]] = [
        partial(lab.store.forget, LATER),
        partial(lab.store.acknowledge, ["t/a/1", "t/a/2", "t/b/1"]),
    ]
    for number, act in enumerate(acts):
        unit, name = lab.begin(), "ab"[number]
        unit.commit(request(f"b-{name}"), decision((name, 0, Tally()), count=2, total=5))
        done = outcome(act)
        is_kept = kept(unit)
        lab.settle()
        if is_kept and done is None:
            equal(lab.store.reply(request(f"b-{name}")), Told(5))
            equal(stories(lab.store)[name], [1, 2])
