"""C-08, C-09, C-11 to C-14, C-16 to C-18, C-32: what a commit does, once, and what it refuses."""

from __future__ import annotations

from datetime import timedelta, timezone

from ordercore.errors import (
    IdempotencyConflict,
    InvalidValue,
    UsageExceeded,
    VersionConflict,
)
from ordercore.storage import MAX_USED, Counter, Decision
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import equal, refused
from ordercore.testing.contract.lab import Asked, Lab
from ordercore.testing.contract.samples import (
    AT,
    LATER,
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
from ordercore.testing.contract.seen import names, outbox, state, used

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


# C-11 to C-14, C-16: idempotency


@check("C-11")
def an_unknown_key_has_no_reply(lab: Lab) -> None:
    store = lab.store
    equal(store.reply(request("r-1")), None)
    store.commit(request("r-2"), decision(("r-1", 0, Tally())))
    equal(store.reply(request("r-1")), None)


@check("C-12")
def the_same_request_gets_the_first_reply_and_stores_nothing(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1, usage=(add(),)))
    before = state(store, USES)
    first = decision(("a", 0, Tally(1)), total=1, usage=(add(),))
    again = decision(("a", 1, Tally(2)), ("b", 0, Tally(2)), total=2, usage=(add(),))
    stale = decision(("a", 0, Tally(2)), total=3, usage=(add(1, 1),))
    for decided in (first, again, stale, decision(total=4)):
        equal(store.commit(request("r-1"), decided), Told(1), "the first reply")
        equal(store.reply(request("r-1")), Told(1), "the first reply")
        equal(state(store, USES), before, "nothing more stored")


@check("C-12")
def each_key_has_its_own_reply(lab: Lab) -> None:
    store = lab.store
    for number in range(4):
        store.commit(request(f"r-{number}"), decision(("a", number, Tally()), total=number))
    for number in range(4):
        equal(store.reply(request(f"r-{number}")), Told(number))
        equal(store.commit(request(f"r-{number}"), decision(total=9)), Told(number))


@check("C-13")
def another_content_under_a_key_is_refused(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1", 1), decision(("a", 0, Tally(1)), total=1))
    before = state(store)
    good, stale = decision(("a", 1, Tally(2))), decision(("a", 0, Tally(2)), usage=(add(-1),))
    for content in (2, 0, 16**63 + 1):
        for decided in (good, stale):
            with refused(IdempotencyConflict, what="another content"):
                store.commit(request("r-1", content), decided)
        with refused(IdempotencyConflict, what="another content"):
            store.reply(request("r-1", content))
    equal(state(store), before)
    equal(store.reply(request("r-1", 1)), Told(1))
    equal(store.commit(request("r-2", 1), good), Told(0), "the same content under another key")


@check("C-14")
def a_refused_commit_leaves_its_key_free(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-0"), decision(("z", 0, Tally())))
    taken = with_ids(decision(("a", 0, Tally(1))), "t/z/1")
    refusals = {
        VersionConflict: decision(("a", 1, Tally(1))),
        UsageExceeded: decision(usage=(add(-1),)),
        InvalidValue: taken,
    }
    for number, (error, decided) in enumerate(refusals.items()):
        with refused(error):
            store.commit(request(f"r-{number + 1}", 1), decided)
        equal(store.reply(request(f"r-{number + 1}", 1)), None)
        equal(store.reply(request(f"r-{number + 1}", 2)), None)
        good = decision((f"a-{number}", 0, Tally(1)), total=number)
        equal(store.commit(request(f"r-{number + 1}", 2), good), Told(number))


@check("C-16")
def replies_of_before_an_instant_are_forgotten(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1", 1), decision(("a", 0, Tally(1)), total=1, usage=(add(),)))
    store.commit(request("r-2", 1), decision(("b", 0, Tally(1)), total=2, at=LATER))
    before = state(store, USES)
    store.forget(AT)
    equal(store.reply(request("r-1", 1)), Told(1), "what was decided at the instant itself")
    store.forget(LATER)
    equal(state(store, USES), before, "all but the replies")
    equal(store.reply(request("r-1", 2)), None)
    equal(store.reply(request("r-2", 1)), Told(2))
    equal(store.commit(request("r-1", 2), decision(("a", 1, Tally(2)), total=3)), Told(3))
    store.forget(AT)
    equal(store.reply(request("r-1", 2)), Told(3))


@check("C-16")
def instants_are_compared_across_offsets(lab: Lab) -> None:
    """The same instant, written with several offsets, and those a microsecond beside it."""
    store, tick = lab.store, timedelta(microseconds=1)
    instant = AT + timedelta(microseconds=123_456)
    zones = [timezone(timedelta(hours=hours, minutes=30)) for hours in range(-11, 12, 4)]
    for number, zone in enumerate(zones):
        at = instant.astimezone(zone)
        for name, decided in (("a", at - tick), ("b", at), ("c", at + tick)):
            change = decision((f"{name}-{number}", 0, Tally()), total=number, at=decided)
            store.commit(request(f"{name}-{number}"), change)
    store.forget(instant.astimezone(timezone(timedelta(hours=-7))))
    for number in range(len(zones)):
        equal(store.reply(request(f"a-{number}")), None, "nothing of a microsecond before")
        equal(store.reply(request(f"b-{number}")), Told(number), "what was decided at it")
        equal(store.reply(request(f"c-{number}")), Told(number), "what was decided after it")


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
