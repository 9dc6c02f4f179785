"""C-02, C-08, C-09, C-17, C-18, C-32: what a commit does, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Final

from attrs import evolve

from ordercore.errors import (
    IdempotencyConflict,
    InvalidValue,
    UsageExceeded,
    VersionConflict,
)
from ordercore.events import MAX_SEQUENCE, Recorded
from ordercore.storage import MAX_USED, Change, Counter, Decision
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import equal, refused
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.samples import (
    SCALE,
    USES,
    Scale,
    Tally,
    Told,
    add,
    decision,
    events,
    key,
    request,
    with_ids,
)
from ordercore.testing.contract.seen import names, outbox, state, stories, used

_WINTER = Counter("uses", "winter")

# C-08, C-09: versions, and all or nothing


@check("C-08")
def another_version_is_a_conflict(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), count=2))
    before = state(store)
    for expected in (0, 1, 3):
        with refused(VersionConflict, what=f"version {expected} where there is 2"):
            store.commit(request(f"s-{expected}"), decision(("a", expected, Tally(9))))
    with refused(VersionConflict, what="version 1 where there is none"):
        store.commit(request("s-4"), decision(("b", 1, Tally(9))))
    equal(state(store), before)
    equal(names(store), ["a"])


@check("C-08")
def a_stale_version_among_others_is_a_conflict(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(*((name, 0, Tally(1)) for name in "abc")))
    before = state(store)
    for stale in "abc":
        changes = [(name, 0 if name == stale else 1, Tally(2)) for name in "abc"]
        with refused(VersionConflict, what=f"a stale version of {stale}"):
            store.commit(request(f"s-{stale}"), decision(*changes))
        equal(state(store), before)


_AT_300: Final = (
    0, 1, 3, 29, 30, 31, 43, 44, 45, 299, 301, 3000, 300 + 2**8, 300 + 2**15, 300 + 2**16,
    300 + 2**24, 300 * 10**6, MAX_SEQUENCE - 1,
)  # fmt: skip
"""Versions that begin or end as 300 does, in whatever digits."""


@check("C-08")
def a_version_counts_with_all_its_digits(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), count=300))
    for number, expected in enumerate(_AT_300):
        with refused(VersionConflict, what=f"version {expected} where there is 300"):
            stale = decision(("a", expected, Tally(9)))
            store.commit(request(f"s-{number}"), with_ids(stale, f"s-{number}"))
    store.commit(request("r-2"), decision(("a", 300, Tally(2))))
    got = store.read([key("a")])
    equal((got.version(key("a")), got.value(key("a"), Tally)), (301, Tally(2)))


def _refusals(store: Asked) -> list[tuple[type[Exception], Decision[Told]]]:
    """Make decisions that fail, each in its last part."""
    store.commit(
        request("r-1"), decision(("a", 0, Tally(1)), ("z", 0, Tally(1)), usage=(add(3, most=3),))
    )
    good = [("a", 1, Tally(2)), ("b", 0, Tally(2)), ("c", 0, Tally(2))]
    winter = add(counter=_WINTER)
    return [
        (VersionConflict, decision(*good, ("z", 0, Tally(2)), usage=(winter, add()))),
        (VersionConflict, decision(*good, ("y", 1, Tally(2)), usage=(winter, add()))),
        (UsageExceeded, decision(*good, usage=(winter, add(1, 3)))),
        (UsageExceeded, decision(*good, usage=(winter, add(-4)))),
        (InvalidValue, with_ids(decision(*good, usage=(winter,)), "x-1", "x-2", "t/z/1")),
    ]


@check("C-09")
def a_commit_is_all_or_nothing(lab: Lab) -> None:
    store = lab.store
    refusals = _refusals(store)
    before = state(store, USES, _WINTER)
    for number, (error, decided) in enumerate(refusals):
        with refused(error, what=f"refusal {number}"):
            store.commit(request(f"s-{number}"), decided)
        equal(state(store, USES, _WINTER), before, f"nothing of refusal {number}")
        equal(store.reply(request(f"s-{number}")), None, f"no reply to refusal {number}")
    got = store.read([key(name) for name in "bcy"])
    equal([got.version(key(name)) for name in "bcy"], [0, 0, 0])
    good = decision(("a", 1, Tally(2)), ("b", 0, Tally(2)), usage=(add(counter=_WINTER),))
    store.commit(request("s-0"), good)
    equal((used(store, _WINTER), names(store)), (1, ["a", "b", "z"]))


@check("C-09")
def all_of_a_commit_is_stored(lab: Lab) -> None:
    store = lab.store
    both = (add(3), add(4, counter=_WINTER))
    changes = ("a", 0, Tally(1)), ("b", 0, Scale(2)), ("c", 0, Tally(3))
    store.commit(request("r-1"), decision(*changes, count=2, total=7, usage=both))
    got = store.read([key("a"), key("b", SCALE), key("c"), USES, _WINTER])
    equal(got.value(key("a"), Tally), Tally(1))
    equal(got.value(key("b", SCALE), Scale), Scale(2))
    equal(got.value(key("c"), Tally), Tally(3))
    equal((got.used(USES), got.used(_WINTER)), (3, 4))
    equal(store.reply(request("r-1")), Told(7))
    expected = (*events("a", 0, 2), *events("b", 0, 2, SCALE), *events("c", 0, 2))
    equal({told.id for told in outbox(store)}, {told.id for told in expected})


@check("C-09")
def a_decision_need_not_have_every_part(lab: Lab) -> None:
    store = lab.store
    equal(store.commit(request("r-1"), decision(total=1)), Told(1))
    equal(store.commit(request("r-2"), decision(total=2, usage=(add(2),))), Told(2))
    equal(store.commit(request("r-3"), decision(("a", 0, Tally()), total=3)), Told(3))
    equal([store.reply(request(f"r-{n}")) for n in (1, 2, 3)], [Told(1), Told(2), Told(3)])
    equal((used(store), names(store), outbox(store)), (2, ["a"], list(events("a", 0))))


# C-02: versions, events and changes belong together


@check("C-02")
def a_change_to_what_is_there_already_is_a_change(lab: Lab) -> None:
    """The value stays as it is; the version goes on, and the event is told."""
    store = lab.store
    for number in range(3):
        store.commit(request(f"r-{number}"), decision(("a", number, Tally(1, "same"))))
    got = store.read([key("a")])
    equal((got.version(key("a")), got.value(key("a"), Tally)), (3, Tally(1, "same")))
    equal(stories(store), {"a": [1, 2, 3]})


def _deciding(changes: Iterable[tuple[str, int, Tally]], told: list[Recorded]) -> Decision[Told]:
    """Decide on changes with events of their own."""
    made = [Change(key(name), before, value) for name, before, value in changes]
    return evolve(decision(), changes=made, events=told)


@check("C-02")
def each_change_goes_on_by_its_own_events(lab: Lab) -> None:
    """Each has another number of events; those of several stand mixed, in one commit."""
    store = lab.store
    changes = {"a": (2, Tally(10)), "b": (5, Tally(20)), "c": (1, Tally(30))}
    for turn in (0, 1):
        told = [events(name, turn * count, count) for name, (count, _) in changes.items()]
        mixed = [one for several in zip_longest(*told) for one in several if one is not None]
        made = [(name, turn * count, value) for name, (count, value) in changes.items()]
        store.commit(request(f"r-{turn}"), _deciding(made, mixed))
    got = store.read([key(name) for name in changes])
    versions = {name: got.version(key(name)) for name in changes}
    equal(versions, {name: 2 * count for name, (count, _) in changes.items()}, "versions")
    equal([got.value(key(name), Tally) for name in changes], [v for _, v in changes.values()])
    due = {name: list(range(1, 2 * count + 1)) for name, (count, _) in changes.items()}
    equal(stories(store), due)


# C-17, C-18: usage


@check("C-17")
def counters_add_up_each_on_its_own(lab: Lab) -> None:
    store = lab.store
    others = [Counter("uses", "summer", "c-1"), Counter("spent", "summer"), Counter("uses", "w")]
    equal(used(store), 0, "a counter at first")
    changes = [add(2), add(-1), *(add(5, None, each) for each in others), add(10**14), add(0)]
    for number, change in enumerate(changes):
        store.commit(request(f"r-{number}"), decision(usage=(change,)))
    equal(used(store), 1 + 10**14)
    equal([used(store, each) for each in others], [5, 5, 5])


@check("C-17")
def a_counter_that_is_given_back_touches_no_other(lab: Lab) -> None:
    """Down to 0, and up again; its kind, its id or its holder may be another one's, too."""
    store = lab.store
    several = [
        Counter(kind, name, holder)
        for kind in ("uses", "spent")
        for name in ("summer", "winter")
        for holder in (None, "c-1", "c-2")
    ]
    store.commit(request("r"), decision(usage=tuple(add(3, None, each) for each in several)))
    for number, each in enumerate(several):
        for amount, left in ((-3, 0), (0, 0), (3, 3)):
            under = request(f"r-{number}{amount}")
            store.commit(under, decision(usage=(add(amount, None, each),)))
            got = store.read(several)
            expected = [left if other == each else 3 for other in several]
            equal([got.used(other) for other in several], expected, f"{each} by {amount}")


@check("C-17")
def counters_of_one_commit_add_up_together(lab: Lab) -> None:
    store = lab.store
    several = [Counter("uses", "summer", f"c-{number}") for number in range(5)]
    for turn in range(3):
        usage = tuple(add(number + 1, None, each) for number, each in enumerate(several))
        store.commit(request(f"r-{turn}"), decision(("a", turn, Tally()), usage=(*usage, add())))
    equal([used(store, each) for each in several], [3, 6, 9, 12, 15])
    equal(used(store), 3)


@check("C-18")
def a_limit_is_reached_and_not_passed(lab: Lab) -> None:
    store = lab.store
    for number in range(3):
        store.commit(request(f"r-{number}"), decision(usage=(add(1, most=3),)))
    for amount, most in ((1, 3), (1, 2), (3, 5), (10**14, 5), (-4, None), (-4, 9)):
        with refused(UsageExceeded, what=f"{amount} added to 3, at most {most}"):
            store.commit(request("r-3"), decision(usage=(add(amount, most),)))
    equal(used(store), 3)
    store.commit(request("r-3"), decision(usage=(add(2, most=5),)))
    store.commit(request("r-4"), decision(usage=(add(-1, most=2),)))
    equal(used(store), 4, "giving back above the limit")
    store.commit(request("r-5"), decision(usage=(add(-4, most=0),)))
    equal(used(store), 0)


@check("C-18")
def a_limit_goes_for_a_counter_used_for_the_first_time(lab: Lab) -> None:
    store = lab.store
    for amount, most in ((1, 0), (4, 3), (-1, None)):
        with refused(UsageExceeded, what=f"{amount} added to nothing, at most {most}"):
            store.commit(request("r-1"), decision(usage=(add(amount, most),)))
    equal(used(store), 0)
    store.commit(request("r-1"), decision(usage=(add(3, 3),)))
    equal(used(store), 3)


@check("C-18")
def the_most_that_there_is_is_not_passed(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(usage=(add(MAX_USED),)))
    for most in (None, MAX_USED):
        with refused(UsageExceeded, what=f"more than {MAX_USED}"):
            store.commit(request("r-2"), decision(usage=(add(1, most),)))
    equal(used(store), MAX_USED)


@check("C-18")
def steps_of_nothing_and_large_limits(lab: Lab) -> None:
    """To add nothing is always allowed; a counter given back to 0 may be used again."""
    store = lab.store
    steps = [(0, 0, 0), (3, 2**31, 3), (0, 1, 3), (-3, 0, 0), (2, 2, 2), (-2, None, 0)]
    steps += [(2**31, 2**31, 2**31), (2**32, 2**33, 3 * 2**31), (0, 0, 3 * 2**31)]
    for number, (amount, most, expected) in enumerate(steps):
        store.commit(request(f"r-{number}"), decision(usage=(add(amount, most),)))
        equal(used(store), expected, f"{amount} added, at most {most}")
    for most in (2**31, 2**32, 3 * 2**31):
        with refused(UsageExceeded, what=f"1 more, at most {most}"):
            store.commit(request("r"), decision(usage=(add(1, most),)))


# C-32: in what order


@check("C-32")
def versions_are_looked_at_before_counters(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1))))
    for usage in ((add(1, 0),), (add(-1),)):
        with refused(VersionConflict, what="a stale version and a counter used up"):
            store.commit(request("r-2"), decision(("a", 0, Tally(2)), usage=usage))


@check("C-32")
def the_key_is_looked_at_before_all_else(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1", 1), decision(("a", 0, Tally(1)), total=1))
    wrong = decision(("a", 0, Tally(2)), usage=(add(1, 0),))
    equal(store.commit(request("r-1", 1), wrong), Told(1))
    with refused(IdempotencyConflict):
        store.commit(request("r-1", 2), wrong)
