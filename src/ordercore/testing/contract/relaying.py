"""C-20, C-21, C-27: one relays events while another makes some, their steps in every order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ordercore.errors import InProgress, VersionConflict
from ordercore.events import Recorded
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import Broken, equal
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.samples import LATER, Tally, Told, decision, request
from ordercore.testing.contract.schedules import ORDERS, Script, interleave
from ordercore.testing.contract.seen import outbox, outcome, stories


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
        unit.keep()
        lab.settle()
        if done is None:
            equal(lab.store.reply(request(f"b-{name}")), Told(5))
            equal(stories(lab.store)[name], [1, 2])
