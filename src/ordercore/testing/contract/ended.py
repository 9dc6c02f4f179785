"""C-43: a transaction that has ended does nothing more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from ordercore.storage import Counter
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import Broken, Waits, equal
from ordercore.testing.contract.lab import Asked, Lab, Unit
from ordercore.testing.contract.samples import (
    LATER,
    TALLY,
    USES,
    Tally,
    add,
    decision,
    key,
    request,
)
from ordercore.testing.contract.seen import names, state, stories

_ENDS: Final = (Unit.keep, Unit.drop)


def _asked(unit: Asked, name: str, version: int) -> dict[str, Callable[[], object]]:
    """Name all that can be asked within a transaction, and would change something there."""
    decided = decision((name, version, Tally(9)), ("late", 0, Tally(9)), usage=(add(),))
    return {
        "read": partial(unit.read, [key(name), USES]),
        "read with locks": partial(unit.read, [key(name)], lock=True),
        "keys": partial(unit.keys, TALLY),
        "reply": partial(unit.reply, request("r-1")),
        "commit": partial(unit.commit, request("late"), decided),
        "the same commit again": partial(unit.commit, request(f"b-{name}"), decided),
        "outbox": unit.outbox,
        "acknowledge": partial(unit.acknowledge, ["t/a/1"]),
        "forget": partial(unit.forget, LATER),
    }


def _refuses(what: str, do: Callable[[], object]) -> None:
    """Expect a refusal, with whatever error: the driver's own will do."""
    try:
        do()
    except (Broken, Waits):
        raise
    except Exception:  # noqa: BLE001 - any refusal is one
        return
    raise Broken(f"{what} to be refused within a transaction that has ended", "that it was done")


def _everything(store: Asked) -> tuple[object, ...]:
    return *state(store, USES), names(store), store.reply(request("r-1"))


@check("C-43", Capability.TRANSACTIONS)
def a_transaction_that_has_ended_refuses_whatever_is_asked(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1, usage=(add(),)))
    for number, end in enumerate(_ENDS):
        name = f"n-{number}"
        unit = lab.begin()
        unit.commit(request(f"b-{name}"), decision((name, 0, Tally(2)), usage=(add(),)))
        end(unit)
        before = _everything(store)
        version = store.read([key(name)]).version(key(name))
        for what, do in _asked(unit, name, version).items():
            _refuses(what, do)
        unit.end_again(keep=True)
        equal(_everything(store), before, "what was there at its end")
        equal(store.reply(request("late")), None)


@check("C-43", Capability.TRANSACTIONS)
def to_end_a_transaction_again_changes_nothing(lab: Lab) -> None:
    """Neither what it has written comes back, nor what others have done since goes away."""
    store, spring = lab.store, Counter("uses", "spring")
    for number, end in enumerate(_ENDS):
        name = f"n-{number}"
        store.commit(request(f"r-{name}"), decision((name, 0, Tally(1)), usage=(add(2),)))
        unit = lab.begin()
        changes = (name, 1, Tally(2)), (f"{name}-b", 0, Tally(3))
        unit.commit(request(f"b-{name}"), decision(*changes, usage=(add(3), add(1, 9, spring))))
        unit.acknowledge([f"t/{name}/1"])
        end(unit)
        for turn, keep in enumerate((True, False, True)):
            version = store.read([key(name)]).version(key(name))
            told = request(f"s-{name}-{turn}")
            store.commit(told, decision((name, version, Tally(4)), usage=(add(-1),)))
            store.acknowledge([f"t/{name}-b/1", *(f"t/{name}/{turn + n}" for n in (1, 2))])
            before = state(store, USES, spring), store.reply(request(f"b-{name}"))
            unit.end_again(keep=keep)
            after = state(store, USES, spring), store.reply(request(f"b-{name}"))
            equal(after, before, f"what was there before the {'commit' if keep else 'rollback'}")
    unit = lab.begin()
    unit.commit(request("last"), decision(("z", 0, Tally())))
    unit.keep()
    equal(stories(store)["z"], [1])
