"""C-12, C-16, C-31: long lives: many versions of one aggregate, and many replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ordercore.events import Recorded
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import equal
from ordercore.testing.contract.growing import affordable
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.samples import (
    AT,
    LATER,
    Tally,
    Told,
    decision,
    key,
    request,
)
from ordercore.testing.contract.seen import walk

_BATCHES: Final = (1_100, 2_500, 6_403, 10_000, 10_000, 2_800)
"""So many events in a commit: 32,803 in the end, past 4 digits and past 16 bits with a sign."""

_LEFT: Final = 7

_READ_IN_FULL: Final = 10_003
"""Up to so many, all that is in the outbox is read; then its beginning, and what is left of it."""


@check("C-31")
def a_long_life_is_kept(lab: Lab) -> None:
    store, version = lab.store, 0
    left: list[Recorded] = []
    for batch in affordable(lab, _BATCHES):
        decided = decision(("a", version, Tally(version)), count=batch, total=version)
        store.commit(request(f"r-{version}"), decided)
        expected = [*left, *decided.events]
        got = store.read([key("a")])
        seen = got.version(key("a")), got.value(key("a"), Tally).total
        equal(seen, (version + batch, version), "version and total")
        version += batch
        in_full = version <= _READ_IN_FULL
        page = walk(store.outbox, 1000) if in_full else store.outbox(limit=1000).members
        _compare_sequences(page, expected if in_full else expected[: len(page)])
        store.acknowledge([told.id for told in expected[:-_LEFT]])
        left = expected[-_LEFT:]
        equal(walk(store.outbox, 5), left, "the last events")


def _compare_sequences(seen: Sequence[Recorded], expected: Sequence[Recorded]) -> None:
    """Expect events in their order, and tell of the first place where they are not."""
    told, due = [each.sequence for each in seen], [each.sequence for each in expected]
    if told == due:
        return
    place = next((at for at, (x, y) in enumerate(zip(told, due, strict=False)) if x != y), -1)
    near = slice(max(0, place - 3), place + 3)
    equal((len(told), told[near]), (len(due), due[near]), f"events, and those around {place}")


# Replies


_MANY: Final = (220, 900)
"""So many replies are made, and then more; that is more than 1,100 in all."""


def _reply_often(lab: Lab, sizes: Sequence[int]) -> int:
    """Commit under many keys, and tell under how many."""
    made = 0
    for several in affordable(lab, sizes):
        for number in range(made, made + several):
            lab.store.commit(request(f"r-{number}", number), decision(total=number, at=AT))
        made += several
    return made


def _some_of(made: int) -> list[int]:
    """Choose the first ones and the last ones, and some in between."""
    return sorted({*range(12), *range(0, made, 17), *range(made - 12, made)})


@check("C-12")
def replies_are_kept_however_many_come_after(lab: Lab) -> None:
    made = _reply_often(lab, _MANY)
    for number in _some_of(made):
        what = f"the reply under key {number + 1} of {made}"
        equal(lab.store.reply(request(f"r-{number}", number)), Told(number), what)
    equal(lab.store.commit(request("r-0", 0), decision(total=9)), Told(0), "the first reply")


@check("C-16")
def many_replies_are_forgotten_at_once(lab: Lab) -> None:
    made = _reply_often(lab, _MANY[:1])
    store: Asked = lab.store
    store.commit(request("late", 1), decision(total=1, at=LATER))
    store.forget(LATER)
    for number in _some_of(made):
        seen = store.reply(request(f"r-{number}", number + 1))
        equal(seen, None, f"the reply under key {number + 1} of {made} that were forgotten")
    equal(store.reply(request("late", 1)), Told(1), "the reply of later")
