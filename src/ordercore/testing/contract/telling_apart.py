"""C-03, C-06, C-29: kinds, names and pages that careless stores take for one another."""

from __future__ import annotations

from itertools import permutations
from typing import Final

from ordercore.storage import Counter, Key, Readable
from ordercore.testing.contract.checks import check
from ordercore.testing.contract.expectations import equal
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.samples import (
    LATER,
    SCALE,
    TALLY,
    TALLY_MARK,
    Scale,
    Tally,
    TallyMark,
    Told,
    add,
    decision,
    key,
    request,
    with_ids,
)
from ordercore.testing.contract.seen import keys, names, outbox, walk

_NO_KINDS: Final = (
    "kit", "kit_", "kit_tall", "it_tally", "tally", "kit_tally_", "kit_tally_mar", "KIT_TALLY",
    "Kit_tally", "kit-tally", "kit_tall_", "kit_tally%", "kit%", "%", "_", "*", "kit_*",
    "kit?tally", "kit_tally a", "kit_tally/a", "kit_tally:a", "x" * 64,
)  # fmt: skip
"""Kinds that nothing is of: parts of others, their like in other letters, patterns."""


@check("C-03")
def a_kind_is_told_from_those_that_begin_as_it(lab: Lab) -> None:
    store = lab.store
    changes = (
        ("a", 0, Tally(1)),
        ("b", 0, Tally(2)),
        ("a", 0, TallyMark("x")),
        ("c", 0, TallyMark()),
    )
    store.commit(request("r-1"), decision(*changes))
    store.commit(request("r-2"), decision(("a", 1, TallyMark("y"))))
    got = store.read([key("a"), key("a", TALLY_MARK), key("b", TALLY_MARK), key("c")])
    equal((got.version(key("a")), got.value(key("a"), Tally)), (1, Tally(1)))
    seen = got.version(key("a", TALLY_MARK)), got.value(key("a", TALLY_MARK), TallyMark)
    equal(seen, (2, TallyMark("y")))
    equal((got.version(key("b", TALLY_MARK)), got.version(key("c"))), (0, 0))
    for limit in (1, 2, 100):
        listed = [[each.id for each in walk(keys(store, kind), limit)] for kind in _LISTED]
        equal(listed, [["a", "b"], ["a", "c"], []], f"the keys of {_LISTED}, pages of {limit}")
    for kind in _NO_KINDS:
        equal(names(store, kind), [], f"keys of kind {kind!r}")
        equal(store.read([key("a", kind)]).version(key("a", kind)), 0, f"kind {kind!r}")


_LISTED: Final = (TALLY, TALLY_MARK, SCALE)

_MARKS: Final = " :/|_-.,;#~!@=+*\\"


@check("C-29")
def a_kind_and_an_id_are_no_one_text(lab: Lab) -> None:
    """The kind and the id of another one, joined and parted elsewhere."""
    store = lab.store
    for mark in _MARKS:
        name = f"a{mark}b"
        store.commit(request(f"r{mark}r"), decision((name, 0, Tally(1))))
        other = Key(f"{TALLY}{mark}a", "b")
        equal(store.read([other]).version(other), 0, f"{other} where there is {key(name)}")
        equal(names(store, f"{TALLY}{mark}a"), [])
    store.commit(request("r"), decision(("mark_a", 0, Tally(3)), ("a", 0, TallyMark("y"))))
    several = key("mark_a"), key("a", TALLY_MARK), key("a")
    got = store.read(several)
    seen = [got.version(each) for each in several]
    equal(seen, [1, 1, 0], "versions of an id that completes the name of another kind")


@check("C-29")
def the_parts_of_a_counter_have_their_places(lab: Lab) -> None:
    """The same names in another order, or one of them left out, are another counter."""
    store = lab.store
    several = [Counter(*each) for count in (2, 3) for each in permutations("pqr", count)]
    for number, counter in enumerate(several, 1):
        store.commit(request(f"r-{number}"), decision(usage=(add(number, number, counter),)))
    got = store.read(several)
    equal([got.used(each) for each in several], [number for number, _ in enumerate(several, 1)])


_NOBODY: Final = (
    *(chr(place) for place in range(33, 127)),
    "none", "None", "NONE", "null", "Null", "NULL", "nil", "undefined", "empty", "EMPTY", "nobody",
    "all", "ALL", "any", "ANY", "everybody", "everyone", "anonymous", "guest", "unknown", "shared",
    "total", "global", "GLOBAL", "default", "DEFAULT", "public", "system", "n/a", "N/A", "(none)",
    "<none>", "__none__", "__all__", "__global__", "__default__", "__total__", "--", "**", "-1",
    "''", '""', "\\N", "\\0", "00", "00000000-0000-0000-0000-000000000000", "0" * 32, "0" * 64,
)  # fmt: skip
"""What careless stores write where there is no holder; the counter's own names are others."""


@check("C-29")
def a_counter_of_all_is_nobodys(lab: Lab) -> None:
    """No holder is another one than whatever a holder may be called."""
    store, of_all = lab.store, Counter("uses", "summer")
    holders = [Counter("uses", "summer", name) for name in (*_NOBODY, "uses", "summer")]
    store.commit(request("r-1"), decision(usage=(add(1, None, of_all),)))
    got = store.read([of_all, *holders])
    equal([each for each in holders if got.used(each)], [], "holders that have used anything")
    store.commit(request("r-2"), decision(usage=tuple(add(2, 2, each) for each in holders)))
    got = store.read([*holders, of_all])
    equal((got.used(of_all), {got.used(each) for each in holders}), (1, {2}))
    store.commit(request("r-3"), decision(usage=(add(1, 2, of_all),)))
    equal(store.read([of_all]).used(of_all), 2)


_LIKE: Final = ("AB C", "ab c", "Ab  C", "Ab_C", "AbC", "Ab", "Ab C.", "Ab C 1", "%", "Ab%", "b C")


@check("C-29")
def nothing_is_found_under_a_name_that_is_only_like_one(lab: Lab) -> None:
    """One name is there, and is asked for in other capitals, blanks and signs."""
    store, name = lab.store, "Ab C"
    counter = Counter(name, name, name)
    decided = decision((name, 0, Tally(1)), total=1, usage=(add(2, None, counter),))
    store.commit(request(name), with_ids(decided, name))
    for like in _LIKE:
        counters = Counter(like, name, name), Counter(name, like, name), Counter(name, name, like)
        got = store.read([key(like), *counters])
        seen = got.version(key(like)), *(got.used(each) for each in counters)
        equal(seen, (0, 0, 0, 0), f"what there is of {like!r}, where there is {name!r}")
        equal(store.reply(request(like)), None, f"the reply under {like!r}")
        store.acknowledge([like])
    equal([told.id for told in outbox(store)], [name])
    got = store.read([key(name), counter, Counter(name, name)])
    equal((got.version(key(name)), got.used(counter), got.used(Counter(name, name))), (1, 2, 0))
    equal(store.reply(request(name)), Told(1))


@check("C-29")
def names_of_all_sorts_live_beside_each_other(lab: Lab) -> None:
    """An aggregate, a counter, a request and an event may have the same name."""
    store = lab.store
    several = [f"{TALLY}{mark}a" for mark in _MARKS] + ["a", TALLY]
    counters = [
        *(Counter(TALLY, each) for each in several),
        *(Counter(each, "a") for each in several),
    ]
    for number, name in enumerate(several):
        decided = decision((name, 0, Tally(number)), total=number)
        store.commit(request(name, number), with_ids(decided, name))
    asked: list[Readable] = [*counters, *(key(name) for name in several)]
    got = store.read(asked)
    equal({got.used(each) for each in counters}, {0}, "counters that nobody has used")
    usage = tuple(
        add(number, None, each) for number, each in enumerate(dict.fromkeys(counters), 1)
    )
    store.commit(request("counted"), decision(usage=usage))
    got = store.read(asked)
    equal([got.used(change.counter) for change in usage], [change.add for change in usage])
    expected = [Told(number) for number, _ in enumerate(several)]
    equal([store.reply(request(name, number)) for number, name in enumerate(several)], expected)
    store.acknowledge(several)
    equal((outbox(store), names(store)), ([], sorted(several)))
    got = store.read(asked)
    seen = [(got.version(key(name)), got.value(key(name), Tally).total) for name in several]
    equal(seen, [(1, number) for number, _ in enumerate(several)])
    equal([got.used(change.counter) for change in usage], [change.add for change in usage])
    equal([store.reply(request(name, number)) for number, name in enumerate(several)], expected)
    store.forget(LATER)
    equal(store.read(asked), got, "all but the replies, when these are forgotten")


# Pages

_MIXED: Final = [
    "!", "#1", "%", "%a", "'", "-", "10", "100", "2", "9", "A", "AB", "B", "Z", "[x]", "\\", "_",
    "_a", "a", "a b", "a!", "a%", "a-b", "aB", "a_b", "aa", "a" * 64, "ab", "b", "z",
    "{}", "~", "~" * 64,
]  # fmt: skip


@check("C-06")
def pages_go_on_behind_any_id(lab: Lab) -> None:
    """Whatever signs the last id of a page has, and however long the next page is."""
    store = lab.store
    changes = [(name, 0, Tally()) for name in reversed(_MIXED)]
    store.commit(request("r"), decision(*changes, ("a", 0, Scale())))
    for limit in (1, 2, 3, 7, 31, 32, 33):
        equal([each.id for each in walk(keys(store), limit)], _MIXED, f"pages of {limit}")
    for limits in ((1, 5, 2), (9, 1), (2, 100)):
        found, page = [], store.keys(TALLY, limit=limits[0])
        for turn in range(1, 1000):
            found += [each.id for each in page.members]
            if page.next is None:
                break
            page = store.keys(TALLY, after=page.next, limit=limits[turn % len(limits)])
        equal(found, _MIXED, f"pages of {limits} members in turn")


@check("C-06")
def listings_that_are_gone_through_at_once_keep_apart(lab: Lab) -> None:
    """Two of one kind, one of another, and the outbox, page by page in turn."""
    store = lab.store
    some = [f"k-{number}" for number in range(6)]
    changes = [(name, 0, value) for name in some for value in (Tally(), Scale())]
    store.commit(request("r"), decision(*changes[1:]))
    everything = [told.id for told in outbox(store)]
    listed = [keys(store), keys(store, SCALE), keys(store), store.outbox]
    found: list[list[str]] = [[] for _ in listed]
    after: list[str | None] = [None] * len(listed)
    going = list(range(len(listed)))
    for _ in range(1000):
        for place in tuple(going):
            page = listed[place](after=after[place], limit=2 + place % 2)
            found[place] += [each.id for each in page.members]
            after[place] = page.next
            if page.next is None:
                going.remove(place)
        if not going:
            break
    equal(found, [some[1:], some, some[1:], everything], "what was listed")
