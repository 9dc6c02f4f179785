"""C-44: records of stock are kept."""

from __future__ import annotations

from ordercore.events import Recorded
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import equal, same
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.samples import Told, request
from ordercore.testing.contract.seen import keys, outbox, walk


@check("C-44")
def records_of_stock_come_back_and_are_what_their_events_come_to(lab: Lab) -> None:
    """Each step goes on from what was read, as the commands of stock do."""
    from ordercore.testing.contract import shelf  # noqa: PLC0415 (see there)

    store, told = lab.store, list[Recorded]()
    for key, life in shelf.LIVES:
        for number, step in enumerate(life):
            under = f"{key}-{number}"
            got = store.read([key])
            value, events = step(got.get(key, object))
            decided = shelf.deciding(key, got.version(key), value, events, under, number)
            store.commit(request(under), decided)
            told += decided.events
            got = store.read([key])
            what = f"{key} after step {number}"
            equal(got.version(key), decided.version_of(key), f"the version of {what}")
            same(got.value(key, object), value, what)
            equal(store.reply(request(under)), Told(number))
    seen = outbox(store)
    for key, _ in shelf.LIVES:
        due = [each for each in told if each.aggregate == key]
        mine = [each for each in seen if each.aggregate == key]
        equal([each.sequence for each in mine], [each.sequence for each in due])
        for one, other in zip(mine, due, strict=True):
            same(one, other)
        if key.kind != shelf.BOOK:
            value = store.read([key]).value(key, object)
            same(shelf.rebuilt(key.kind, mine), value, f"what the events of {key} come to")
        equal([each.id for each in walk(keys(store, key.kind))], [key.id])
