"""C-45: the last unit has one holder, whoever else wants it at the same time."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ordercore.errors import InProgress, VersionConflict
from ordercore.storage import Key
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import equal, same
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.processes import processes
from ordercore.testing.contract.samples import request
from ordercore.testing.contract.schedules import (
    ORDERS,
    REFUSED,
    Begin,
    Script,
    committing,
    giving_up,
    interleave,
)
from ordercore.testing.contract.seen import outbox, walk
from ordercore.testing.contract.workers import in_threads

_SELLERS: Final = 8
_PROCESSES: Final = 4
_UNITS: Final = 24


def _shelf() -> Any:
    from ordercore.testing.contract import shelf  # noqa: PLC0415 (see there)

    return shelf


def _open(lab: Lab, kind: str, name: str, units: int) -> Key:
    """Begin a record with so many units to promise."""
    shelf, key = _shelf(), Key(kind, name)
    value, events = shelf.opened(kind, name, units)
    lab.store.commit(request(name), shelf.deciding(key, 0, value, events, name))
    return key


def _taking(begin: Begin, key: Key, who: str) -> Script:
    """Read a record and set one unit of it aside, in a transaction, if that is one."""
    shelf, asked = _shelf(), begin()
    try:
        got = yield asked.start(lambda store: store.read([key]))
        done = shelf.set_aside(got.value(key, object), who)
        if done is None:
            return (yield from giving_up(asked))
        decided = shelf.deciding(key, got.version(key), *done, who)
        yield from committing(asked, request(who), decided)
    except (VersionConflict, InProgress):
        return (yield from giving_up(asked))
    return who


def _compare(lab: Lab, key: Key, holders: list[str], what: str) -> None:
    """Expect a record that is promised to just these, and to be what its events come to."""
    shelf = _shelf()
    got = lab.store.read([key])
    record = got.value(key, object)
    equal(shelf.promised(record), sorted(holders), f"who has a unit {what}")
    equal(got.version(key), 1 + len(holders), f"the version {what}")
    told = [each for each in walk(lab.store.outbox, 1000) if each.aggregate == key]
    equal([each.sequence for each in told], list(range(1, 2 + len(holders))), f"events {what}")
    same(shelf.rebuilt(key.kind, told), record, f"what the events come to {what}")


def _the_last_unit_has_one_holder(lab: Lab, kind: str, x: Begin, y: Begin) -> None:
    for order in ORDERS:
        key = _open(lab, kind, f"last-{order}", 1)
        scripts = {
            who: _taking(begin, key, f"{order}-{who}") for who, begin in (("x", x), ("y", y))
        }
        ends = [end for end in interleave(lab, order, scripts).values() if end != REFUSED]
        equal(len(ends), 1, f"how many got the last unit in the order {order}")
        _compare(lab, key, [str(end) for end in ends], f"in the order {order}")
        lab.store.acknowledge([told.id for told in outbox(lab.store)])


@check("C-45")
def the_last_unit_has_one_holder(lab: Lab) -> None:
    _the_last_unit_has_one_holder(lab, "stock_level", lambda: lab.store, lambda: lab.store)


@check("C-45")
def the_last_hour_has_one_holder(lab: Lab) -> None:
    _the_last_unit_has_one_holder(lab, "agenda", lambda: lab.store, lambda: lab.store)


@check("C-45", Capability.TRANSACTIONS)
def the_last_unit_has_one_holder_between_transactions(lab: Lab) -> None:
    _the_last_unit_has_one_holder(lab, "stock_level", lab.unit, lab.unit)


@check("C-45", Capability.SECOND_CONNECTION)
def the_last_unit_has_one_holder_between_connections(lab: Lab) -> None:
    other = lab.another()
    _the_last_unit_has_one_holder(lab, "stock_level", lambda: lab.store, lambda: other)


# Many at once


def _collect(holders: list[str], sale: Any, store: Plainly) -> None:
    for under in _shelf().sell(store, sale):
        holders.append(under)  # noqa: PERF402 - what was acknowledged before an error counts


@check("C-45", Capability.THREADS)
def threads_sell_what_there_is_and_no_more(lab: Lab) -> None:
    shelf, holders = _shelf(), list[str]()
    key = _open(lab, "stock_level", "hot", _UNITS)
    wanted = 3 * _UNITS // _SELLERS
    hands = [lab.shared(f"seller {number}") for number in range(_SELLERS)]
    works = [
        partial(_sell_by, lab, hand, holders, shelf.Sale(f"t{number}", key, wanted, lab.seed))
        for number, hand in enumerate(hands)
    ]
    in_threads(lab, works)
    equal(len(holders), _UNITS, f"units sold of {_UNITS}, {_SELLERS * wanted} were wanted")
    _compare(lab, key, holders, "when all is sold")


def _sell_by(lab: Lab, hand: Asked, holders: list[str], sale: Any) -> None:
    lab.wait_in_full(hand.start(lambda store: _collect(holders, sale, store)))


@check("C-45", Capability.PROCESSES)
def processes_sell_what_there_is_and_no_more(lab: Lab) -> None:
    shelf = _shelf()
    key = _open(lab, "stock_level", "hot", _UNITS)
    wanted = 3 * _UNITS // _PROCESSES
    sales = [shelf.Sale(f"p{number}", key, wanted, lab.seed) for number in range(_PROCESSES)]
    with processes(lab, shelf.sell, sales) as several:
        for each in several:
            each.listen_to_the_end()
        holders = [under for each in several for under in each.successes]
    equal(len(holders), _UNITS, f"units sold of {_UNITS}, {_PROCESSES * wanted} were wanted")
    _compare(lab, key, holders, "when all is sold")
