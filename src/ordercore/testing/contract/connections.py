"""C-25, C-35: who has looked before sees what has been committed since, however it is asked for.

A connection that keeps what it has read, or that there was nothing, must notice what others do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from ordercore.errors import IdempotencyConflict, InvalidValue, VersionConflict
from ordercore.storage import Counter, Readable
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import equal, refused
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.samples import (
    LATER,
    USES,
    Tally,
    Told,
    add,
    decision,
    key,
    request,
    with_ids,
)
from ordercore.testing.contract.seen import keys, names, outcome, stories, walk

_SPRING: Final = Counter("uses", "spring")
_ASKED: Final[tuple[Sequence[Readable], ...]] = (
    [key("a")],
    [key("b")],
    [USES],
    [_SPRING],
    [key("a"), key("b")],
    [key("b"), key("a"), USES, _SPRING, key("c")],
)
_REPLIES: Final = tuple(request(f"r-{number}", 1) for number in range(4))


def _looks(store: Asked) -> list[object]:
    """Look at everything, each thing in each way."""
    found: list[object] = []
    for asked in _ASKED:
        got = store.read(asked, lock=len(asked) == 2)
        found += [got.used(e) if isinstance(e, Counter) else got.version(e) for e in asked]
    found += [outcome(partial(store.reply, told)) for told in _REPLIES]
    return [*found, [each.id for each in walk(keys(store), 1)], names(store), stories(store)]


def _acts(store: Asked) -> list[Callable[[], object]]:
    """Name what is done one after the other; each of it is to be seen by all."""
    of, spring = store.commit, add(1, None, _SPRING)
    return [
        partial(of, _REPLIES[0], decision(("a", 0, Tally(1)), total=0, usage=(add(),))),
        partial(of, _REPLIES[1], decision(("a", 1, Tally(2)), ("b", 0, Tally()), total=1)),
        partial(of, _REPLIES[2], decision(("a", 2, Tally(3)), total=2, usage=(spring, add(-1)))),
        partial(store.acknowledge, ["t/a/1", "t/b/1"]),
        partial(store.forget, LATER),
        partial(of, _REPLIES[0], decision(("b", 1, Tally(2)), total=4)),
        partial(of, _REPLIES[3], decision(total=3, usage=(add(2),))),
    ]


def _expected() -> list[list[object]]:
    """Say what there is after each act: versions, uses, replies, keys, events."""
    both = {"a": [1, 2, 3], "b": [1]}
    rows: list[tuple[int, int, int, int, list[object], dict[str, list[int]]]] = [
        (1, 0, 1, 0, [Told(0), None, None, None], {"a": [1]}),
        (2, 1, 1, 0, [Told(0), Told(1), None, None], {"a": [1, 2], "b": [1]}),
        (3, 1, 0, 1, [Told(0), Told(1), Told(2), None], both),
        (3, 1, 0, 1, [Told(0), Told(1), Told(2), None], {"a": [2, 3]}),
        (3, 1, 0, 1, [None] * 4, {"a": [2, 3]}),
        (3, 2, 0, 1, [Told(4), None, None, None], {"a": [2, 3], "b": [2]}),
        (3, 2, 2, 1, [Told(4), None, None, Told(3)], {"a": [2, 3], "b": [2]}),
    ]
    return [
        [
            *(a, b, uses, spring, a, b),
            *(b, a, uses, spring, 0),
            *replies,
            *[["a", "b"][: 1 + bool(b)]] * 2,
            told,
        ]
        for a, b, uses, spring, replies, told in rows
    ]


def _everything_is_noticed(act: Callable[[int], object], onlookers: Sequence[Asked]) -> None:
    """Let everybody look before the first act and after each one."""
    for each in onlookers:
        _looks(each)
    for place, expected in enumerate(_expected()):
        act(place)
        for number, each in enumerate(onlookers):
            equal(_looks(each), expected, f"what onlooker {number} sees after act {place + 1}")


@check("C-35", Capability.SECOND_CONNECTION)
def who_has_looked_before_sees_what_another_connection_does(lab: Lab) -> None:
    three = [lab.store, lab.another(), lab.another("third")]
    _everything_is_noticed(lambda place: _acts(three[place % 3])[place](), three)


@check("C-25", Capability.TRANSACTIONS)
def who_has_looked_before_sees_what_a_transaction_has_done(lab: Lab) -> None:
    def act(place: int) -> None:
        unit = lab.begin()
        _acts(unit)[place]()
        unit.keep()

    _everything_is_noticed(act, [lab.store, lab.another()])


@check("C-35", Capability.SECOND_CONNECTION)
def what_another_connection_has_done_is_refused_and_counted(lab: Lab) -> None:
    """Somebody who has looked is up to date where it commits, too, without looking again."""
    one, other = lab.store, lab.another()
    for number, (mine, theirs) in enumerate(((one, other), (other, one), (one, other))):
        _looks(mine)
        theirs.commit(request(f"r-{number}", 1), decision(("a", number, Tally()), total=number))
        equal(mine.reply(request(f"r-{number}", 1)), Told(number))
        again = decision(("b", 0, Tally()), total=9)
        equal(mine.commit(request(f"r-{number}", 1), again), Told(number))
        with refused(IdempotencyConflict):
            mine.commit(request(f"r-{number}", 2), again)
        with refused(VersionConflict):
            mine.commit(request("late"), decision(("a", number, Tally())))
        with refused(InvalidValue, what="an id of another one's event"):
            mine.commit(
                request("late"), with_ids(decision(("b", 0, Tally())), f"t/a/{number + 1}")
            )
        equal(names(mine), ["a"])
