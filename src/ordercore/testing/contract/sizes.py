"""C-31: many parts in one decision, and many members on a page."""

from __future__ import annotations

from typing import Final

from ordercore.storage import Counter
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import equal
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.samples import SCALE, Scale, add, decision, key, request
from ordercore.testing.contract.seen import keys, outbox, walk

_MANY: Final = 2100


@check("C-31")
def a_decision_of_many_parts_is_stored(lab: Lab) -> None:
    """So many changes, events and counters in one decision; then all of it is read at once."""
    store = lab.store
    several = [f"k-{number:04}" for number in range(_MANY)]
    counters = [Counter("uses", "each", name) for name in several]
    usage = tuple(add(number, None, each) for number, each in enumerate(counters))
    changes = [(name, 0, Scale(number)) for number, name in enumerate(several)]
    store.commit(request("r-1"), decision(*changes, usage=usage))
    got = store.read([*(key(name, SCALE) for name in several), *counters])
    seen = [got.get(key(name, SCALE), Scale) for name in several]
    equal(seen, [Scale(number) for number in range(_MANY)])
    equal([got.used(each) for each in counters], list(range(_MANY)))
    for limit in (100, 101, 1000):
        listed = [each.id for each in walk(keys(store, SCALE), limit)]
        equal(listed, several, f"keys on pages of {limit}")
    everything = outbox(store)
    told = sorted((each.aggregate.id, each.sequence) for each in everything)
    equal(told, [(name, 1) for name in several], "events")
    equal(walk(store.outbox, 1000), everything, "events on pages of 1000")
    store.acknowledge([each.id for each in everything[:-1]])
    equal(outbox(store), everything[-1:])
