"""C-19 to C-22: the outbox."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from ordercore.errors import InvalidValue, VersionConflict
from ordercore.events import Recorded
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import equal, holds, refused, same
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.samples import (
    SCALE,
    TALLY,
    USES,
    Scale,
    Tally,
    Told,
    add,
    decision,
    events,
    request,
    with_ids,
)
from ordercore.testing.contract.seen import (
    first_page,
    names,
    outbox,
    outcome,
    state,
    stories,
    walk,
    walk_on,
)


@check("C-19")
def events_come_whole_and_in_their_order(lab: Lab) -> None:
    store = lab.store
    for number in range(0, 12, 2):
        for name in ("b", "a"):
            store.commit(request(f"{name}-{number}"), decision((name, number, Tally()), count=2))
    for name in ("a", "b"):
        mine = [told for told in outbox(store) if told.aggregate.id == name]
        expected = [told for number in range(0, 12, 2) for told in events(name, number, 2)]
        equal(mine, expected)
        for seen, told in zip(mine, expected, strict=True):
            same(seen, told)
            equal(seen.at.utcoffset(), timedelta(hours=8), "its offset from UTC")


@check("C-19")
def events_of_a_long_commit_are_in_their_order(lab: Lab) -> None:
    store = lab.store
    changes = ("a", 0, Tally()), ("b", 0, Scale()), ("c", 0, Tally())
    store.commit(request("r"), decision(*changes, count=25))
    equal(stories(store), {name: list(range(1, 26)) for name in "abc"})
    equal({told.aggregate.kind for told in outbox(store) if told.aggregate.id == "b"}, {SCALE})


@check("C-19")
def events_of_the_same_id_of_two_kinds_are_two(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally()), ("a", 0, Scale()), count=2))
    store.commit(request("r-2"), decision(("a", 2, Scale())))
    seen = {(told.aggregate.kind, told.sequence) for told in outbox(store)}
    equal(seen, {(TALLY, 1), (TALLY, 2), (SCALE, 1), (SCALE, 2), (SCALE, 3)})


@check("C-19")
def the_order_is_that_of_sequences_whatever_the_ids_and_instants(lab: Lab) -> None:
    store = lab.store
    for number, name in enumerate(("z", "m", "a", "10", "9")):
        decided = with_ids(decision(("x", number, Tally())), name)
        at = decided.at - timedelta(days=number)
        decided = evolve(decided, at=at, events=[evolve(decided.events[0], at=at)])
        store.commit(request(f"r-{number}"), decided)
    equal([told.id for told in outbox(store)], ["z", "m", "a", "10", "9"])


@check("C-20")
def pages_of_the_outbox_hold_each_event_once(lab: Lab) -> None:
    store = lab.store
    for name in ("a", "b", "c"):
        store.commit(request(name), decision((name, 0, Tally()), count=4))
    everything = outbox(store)
    equal(len({told.id for told in everything}), 12, "events")
    equal(len(everything), 12, "events")
    for limit in range(1, 14):
        equal(walk(store.outbox, limit), everything, f"pages of {limit}, in the same order")


@check("C-20")
def acknowledging_what_was_read_disturbs_no_page(lab: Lab) -> None:
    store = lab.store
    store.commit(request("a"), decision(("a", 0, Tally()), count=7))
    found: list[int] = []
    page = store.outbox(limit=2)
    while True:
        found += [told.sequence for told in page.members]
        store.acknowledge([told.id for told in page.members])
        if page.next is None:
            break
        page = store.outbox(after=page.next, limit=2)
    equal(found, [1, 2, 3, 4, 5, 6, 7])
    equal(outbox(store), [])


@check("C-20")
def events_that_come_in_between_disturb_no_page(lab: Lab) -> None:
    store = lab.store
    for name in "ca":
        store.commit(request(name), decision((name, 0, Tally()), count=3))
    found: list[Recorded] = []
    before, page = outbox(store), store.outbox(limit=2)
    for number in range(100):
        found += page.members
        if number < 5:
            store.commit(request(f"n-{number}"), decision(("b", number, Tally())))
        store.acknowledge([told.id for told in page.members[:1]])
        if page.next is None:
            break
        page = store.outbox(after=page.next, limit=2)
    holds(page.next is None, "pages that end", "100 pages")
    ids = [told.id for told in found]
    equal(len(set(ids)), len(ids), "each event once")
    equal([told for told in found if told in before], before)


@check("C-20")
def acknowledging_what_is_still_to_come_disturbs_no_page(lab: Lab) -> None:
    """What is left comes, each once, whatever was taken out before the walk or during it."""
    store = lab.store
    for place in range(1, 8):
        name = f"a{place}"
        store.commit(request(name), decision((name, 0, Tally()), count=8))
        ids = [f"t/{name}/{number}" for number in range(1, 9)]
        store.acknowledge(ids[:1])
        page = first_page(store.outbox, 2)
        store.acknowledge([ids[place], ids[0]])
        found = [told.sequence - 1 for told in walk_on(store.outbox, page, 2)]
        left = [number for number in range(1, 8) if number != place]
        equal([number for number in found if number != place], left, "each of the others once")
        equal(stories(store), {name: [number + 1 for number in left]})
        store.acknowledge(ids)


@check("C-20")
def what_comes_in_is_met_from_its_first_event_on(lab: Lab) -> None:
    """Or not at all; another aggregate has been gone through half by then."""
    store = lab.store
    store.commit(request("m"), decision(("m", 0, Tally()), count=8))
    found: list[Recorded] = []
    page = store.outbox(limit=2)
    for turn in range(100):
        found += page.members
        if turn < 4:
            changes = (f"a{turn}", 0, Tally()), (f"z{turn}", 0, Tally())
            store.commit(request(f"r-{turn}"), decision(*changes, count=5))
        if page.next is None:
            break
        page = store.outbox(after=page.next, limit=2)
    for name in {told.aggregate.id for told in found}:
        mine = [told.sequence for told in found if told.aggregate.id == name]
        equal(mine, list(range(1, len(mine) + 1)), f"events of {name}, none left out on the way")


@check("C-20")
def the_order_stays_as_it_is(lab: Lab) -> None:
    store = lab.store
    for number, name in enumerate("bacbac"):
        store.commit(request(f"r-{number}"), decision((name, number // 3, Tally())))
    before = outbox(store)
    store.acknowledge([before[1].id, before[4].id])
    left = [told for place, told in enumerate(before) if place not in {1, 4}]
    equal(outbox(store), left)
    store.commit(request("r"), decision(("b", 2, Tally()), ("a", 2, Tally()), ("0", 0, Tally())))
    equal([told for told in outbox(store) if told in left], left, "the order of before")


@check("C-21")
def acknowledged_events_come_no_more(lab: Lab) -> None:
    store = lab.store
    store.commit(request("a"), decision(("a", 0, Tally()), count=3))
    for _ in range(2):
        store.acknowledge(["t/a/2", "nobody"])
        equal(stories(store), {"a": [1, 3]})
    store.acknowledge([])
    store.acknowledge(["t/a/9", "t/b/1"])
    store.commit(request("b"), decision(("a", 3, Tally())))
    equal(stories(store), {"a": [1, 3, 4]})
    store.acknowledge(name for name in ("t/a/4", "t/a/1", "t/a/1"))
    equal(stories(store), {"a": [3]})
    store.acknowledge({"t/a/3"})
    equal(stories(store), {})


@check("C-21")
def acknowledging_takes_away_nothing_else(lab: Lab) -> None:
    store = lab.store
    changes = ("a", 0, Tally(1)), ("b", 0, Tally(2))
    store.commit(request("r-1"), decision(*changes, total=3, usage=(add(2),)))
    store.commit(request("r-2"), decision(("c", 0, Scale(3)), count=2))
    before = state(store, USES)
    store.acknowledge(["t/a/1", "s/c/2"])
    after = state(store, USES)
    equal(after[:2], before[:2], "values, versions and counters")
    equal(stories(store), {"b": [1], "c": [1]})
    equal(store.commit(request("r-1"), decision()), store.reply(request("r-1")))


@check("C-21")
def acknowledging_what_is_not_there_keeps_nothing_from_coming(lab: Lab) -> None:
    """Neither an event that comes later, nor one whose commit was refused meanwhile."""
    store = lab.store
    store.acknowledge(["t/a/1", "t/a/2"])
    store.commit(request("r-1"), decision(("a", 0, Tally()), count=2))
    equal(stories(store), {"a": [1, 2]})
    with refused(VersionConflict):
        store.commit(request("r-2"), decision(("a", 2, Tally()), ("b", 7, Tally())))
    store.acknowledge(["t/a/3", "t/b/1"])
    store.commit(request("r-2"), decision(("a", 2, Tally()), ("b", 0, Tally())))
    equal(stories(store), {"a": [1, 2, 3], "b": [1]})
    store.acknowledge(["t/a/3"])
    equal(stories(store), {"a": [1, 2], "b": [1]})


@check("C-22")
def an_id_in_the_outbox_is_not_taken_twice(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally())))
    before = state(store)
    for change in (("a", 1, Tally(2)), ("b", 0, Tally(2)), ("b", 0, Scale(2))):
        with refused(InvalidValue, what="an event of the same id"):
            store.commit(request("r-2"), with_ids(decision(change), "t/a/1"))
        with refused(InvalidValue, what="an event of the same id"):
            store.commit(request("r-2"), with_ids(decision(change, count=2), "x-1", "t/a/1"))
    equal(state(store), before)
    equal(store.reply(request("r-2")), None)


@check("C-22")
def an_id_that_was_acknowledged_is_refused_or_told(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally())))
    store.acknowledge(["t/a/1"])
    again = with_ids(decision(("b", 0, Scale(1))), "t/a/1")
    seen = outcome(lambda: store.commit(request("r-2"), again))
    holds(seen in {InvalidValue, Told(0)}, "to be refused, or done", seen)
    done = seen == Told(0)
    equal((stories(store), names(store, SCALE)), ({"b": [1]}, ["b"]) if done else ({}, []))
