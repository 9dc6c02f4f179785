"""C-01 to C-07, C-29: what is read and listed."""

from __future__ import annotations

from ordercore.errors import InvalidInput
from ordercore.storage import Counter
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
    key,
    request,
    with_ids,
)
from ordercore.testing.contract.seen import first_page, keys, names, outbox, stories, walk

# C-01 to C-04: reading


@check("C-01")
def nothing_is_version_0(lab: Lab) -> None:
    got = lab.store.read([key("a"), USES])
    equal((got.version(key("a")), got.get(key("a"), Tally), got.used(USES)), (0, None, 0))
    equal((names(lab.store), outbox(lab.store)), ([], []))


@check("C-02")
def what_was_committed_is_read(lab: Lab) -> None:
    tally = Tally(3, "三")
    reply = lab.store.commit(request("r-1"), decision(("a", 0, tally), count=3, total=3))
    got = lab.store.read([key("a")])
    equal(got.version(key("a")), 3, "the version after 3 events")
    same(got.value(key("a"), Tally), tally)
    same(reply, Told(3))


@check("C-02")
def versions_go_on(lab: Lab) -> None:
    for number in range(12):
        lab.store.commit(request(f"r-{number}"), decision(("a", number, Tally(number))))
    got = lab.store.read([key("a")])
    equal((got.value(key("a"), Tally), got.version(key("a"))), (Tally(11), 12))


@check("C-02")
def versions_begin_anew_after_nothing(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), count=30))
    store.acknowledge([told.id for told in outbox(store)])
    store.forget(decision().at.replace(year=2027))
    equal(store.read([key("a")]).version(key("a")), 30, "the version when all is acknowledged")
    equal(names(store), ["a"], "keys when all is acknowledged")
    store.commit(request("r-1"), decision(("a", 30, Tally(2)), count=2))
    store.commit(request("r-2"), decision(("b", 0, Tally(2))))
    got = store.read([key("a"), key("b")])
    equal((got.version(key("a")), got.version(key("b"))), (32, 1))
    equal(stories(store), {"a": [31, 32], "b": [1]})


@check("C-02")
def each_change_has_its_own_value_and_version(lab: Lab) -> None:
    several = [(f"k-{number}", 0, Tally(number, f"no. {number}")) for number in range(5)]
    for place, change in enumerate(several):
        lab.store.commit(request(f"r-{place}"), decision(change, count=place + 1))
    changes = [(name, place + 1, Tally(10 * place)) for place, (name, _, _) in enumerate(several)]
    lab.store.commit(request("r"), decision(*changes, count=2))
    got = lab.store.read([key(name) for name, _, _ in several])
    seen = [(got.version(key(name)), got.value(key(name), Tally)) for name, _, _ in several]
    equal(seen, [(place + 3, Tally(10 * place)) for place in range(5)])


@check("C-02")
def a_value_that_says_nothing_is_a_value(lab: Lab) -> None:
    """All of it is left at its defaults, and the reply, too."""
    equal(lab.store.commit(request("r-1"), decision(("a", 0, Tally()))), Told())
    got = lab.store.read([key("a")])
    equal((got.version(key("a")), got.get(key("a"), Tally)), (1, Tally()))
    equal(lab.store.reply(request("r-1")), Told())


@check("C-03")
def just_what_was_asked_for_is_read(lab: Lab) -> None:
    store = lab.store
    winter = Counter("uses", "winter")
    store.commit(
        request("r-1"),
        decision(("a", 0, Tally(1)), ("b", 0, Tally(2)), usage=(add(), add(counter=winter))),
    )
    spring = Counter("uses", "spring")
    got = store.read([key("b"), USES, key("c"), key("b"), USES, spring])
    equal(set(got), {key("b"), key("c"), USES, spring})
    equal((len(got.aggregates), len(got.counters)), (2, 2), "keys and counters, each once")
    equal(set(store.read([])), set())
    equal(set(store.read({key("a")}, lock=True)), {key("a")})
    equal(set(store.read(each for each in (key("a"), winter))), {key("a"), winter})
    equal(set(store.read([winter])), {winter})


@check("C-03")
def the_same_id_of_two_kinds_is_two_aggregates(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r-1"), decision(("a", 0, Tally(1)), ("a", 0, Scale(2)), count=2))
    store.commit(request("r-2"), decision(("a", 2, Scale(3))))
    got = store.read([key("a"), key("a", SCALE), key("b", SCALE)])
    equal((got.value(key("a"), Tally), got.version(key("a"))), (Tally(1), 2))
    equal((got.value(key("a", SCALE), Scale), got.version(key("a", SCALE))), (Scale(3), 3))
    equal(got.version(key("b", SCALE)), 0)


@check("C-04")
def what_was_returned_does_not_change_any_more(lab: Lab) -> None:
    store = lab.store
    first = store.commit(request("r-1"), decision(("a", 0, Tally(1)), total=1, usage=(add(),)))
    got = store.read([key("a"), USES])
    page, listed = first_page(keys(store)), first_page(store.outbox)
    again = decision(("a", 1, Tally(2)), ("b", 0, Tally()), total=2, usage=(add(),))
    store.commit(request("r-2"), again)
    store.acknowledge([told.id for told in outbox(store)])
    equal((got.value(key("a"), Tally), got.version(key("a")), got.used(USES)), (Tally(1), 1, 1))
    equal(page.members, (key("a"),))
    equal(listed.members, events("a", 0))
    equal(first, Told(1))


# C-05 to C-07: listing

_BY_CHARACTERS = [
    "!", "#1", "-", "10", "100", "2", "9", "A", "B", "Z", "_", "a", "a b", "a!", "a-b", "aa",
    "ab", "b", "z", "~",
]  # fmt: skip


@check("C-05")
def keys_are_listed_by_their_characters(lab: Lab) -> None:
    store = lab.store
    mixed = sorted(_BY_CHARACTERS, key=lambda name: (len(name), name.swapcase()))
    for name in mixed:
        store.commit(request(f"r-{name}"), decision((name, 0, Tally())))
    store.commit(request("r"), decision(("0", 0, Scale()), ("a", 0, Scale())))
    equal(names(store), _BY_CHARACTERS)
    equal(names(store, SCALE), ["0", "a"])
    equal(names(store, "kit_nothing"), [])


@check("C-05")
def a_change_moves_no_key(lab: Lab) -> None:
    store = lab.store
    for name in ("b", "c", "a"):
        store.commit(request(name), decision((name, 0, Tally())))
    store.commit(request("r"), decision(("c", 1, Tally(1)), ("a", 1, Tally(1))))
    equal(names(store), ["a", "b", "c"])


@check("C-06")
def pages_hold_each_key_once(lab: Lab) -> None:
    some = [f"k-{number:02}" for number in range(7)]
    for name in reversed(some):
        lab.store.commit(request(name), decision((name, 0, Tally())))
    for limit in range(1, 9):
        listed = walk(keys(lab.store), limit)
        equal([each.id for each in listed], some, f"pages of {limit}")
        equal({each.kind for each in listed}, {TALLY})


@check("C-06")
def keys_that_come_in_between_disturb_no_page(lab: Lab) -> None:
    store = lab.store
    for name in ("b", "d", "f", "h"):
        store.commit(request(name), decision((name, 0, Tally())))
    page, found, new = store.keys(TALLY, limit=2), [], ["a", "c", "da", "i", "0", "e"]
    while True:
        found += [each.id for each in page.members]
        for name in (new.pop(), new.pop()) if new else ():
            store.commit(request(name), decision((name, 0, Tally())))
        if page.next is None:
            break
        page = store.keys(TALLY, after=page.next, limit=2)
    equal([name for name in found if name in "bdfh"], ["b", "d", "f", "h"])
    equal(found, sorted(set(found)), "each key once, in order")
    there = {"0", "a", "b", "c", "d", "da", "e", "f", "h", "i"} - set(new)
    equal(names(store), sorted(there))


@check("C-07")
def a_page_has_1_to_1000_members(lab: Lab) -> None:
    store = lab.store
    store.commit(request("r"), decision(("a", 0, Tally()), ("b", 0, Tally())))
    for limit in (0, -1, 1001):
        with refused(InvalidInput, what=f"keys with a limit of {limit}"):
            store.keys(TALLY, limit=limit)
        with refused(InvalidInput, what=f"outbox with a limit of {limit}"):
            store.outbox(limit=limit)
    for limit in (1, 2, 1000):
        for page in (store.keys(TALLY, limit=limit), store.outbox(limit=limit)):
            holds(len(page.members) <= limit, f"at most {limit} members", len(page.members))


# C-29: names

_ALIKE = [
    "a", "A", "a0", "a  b", "a b", "aB", "ab", "AB", "a%", "a_", "a*", "a?", "%",
    "_a", "'", "''", '"', "a;--", "a\\", "a\\\\", "a/b", "a:b", "a|b", "1", "01", "1.0", "1e0",
    "null", "None", "true", "{}", "[]", "$1", ":a", "%s", "#", "~", "x" * 64, "x" * 63,
    "x" * 63 + "X", "x" * 63 + "y", "-1", "+1", "0x1", "a,b", "a=b", "<a>", "&amp;", "`a`",
]  # fmt: skip
"""Ids that careless stores take for one another, or for something else."""


@check("C-29")
def ids_are_told_apart(lab: Lab) -> None:
    store = lab.store
    for number, name in enumerate(_ALIKE):
        change = (name, 0, Tally(number))
        store.commit(request(f"r-{number}"), with_ids(decision(change), f"e-{number}"))
    got = store.read([key(name) for name in _ALIKE])
    seen = {name: got.value(key(name), Tally).total for name in _ALIKE}
    equal(seen, {name: number for number, name in enumerate(_ALIKE)})
    equal(names(store), sorted(_ALIKE))


@check("C-29")
def counters_are_told_apart(lab: Lab) -> None:
    several = [
        *(Counter("uses", name) for name in _ALIKE),
        *(Counter("uses", "x", name) for name in _ALIKE),
        *(Counter(name, "x") for name in _ALIKE),
        Counter("uses", "x"),
        *_SAME_WHEN_JOINED,
    ]
    usage = tuple(add(number, None, each) for number, each in enumerate(several, 1))
    lab.store.commit(request("r"), decision(usage=usage))
    got = lab.store.read(several)
    seen = {str(each): got.used(each) for each in several}
    equal(seen, {str(each): number for number, each in enumerate(several, 1)})


_SAME_WHEN_JOINED = [
    Counter("uses", "a b", "c"), Counter("uses", "a", "b c"), Counter("uses a", "b", "c"),
    Counter("uses", "a:b", "c"), Counter("uses", "a", "b:c"), Counter("uses", "a/b", "c"),
    Counter("uses", "a", "b/c"), Counter("uses", "a|b", "c"), Counter("uses", "a", "b|c"),
    Counter("uses", "x:", "y"), Counter("uses", "x", ":y"), Counter("u", "None"),
]  # fmt: skip


@check("C-29")
def keys_of_requests_are_told_apart(lab: Lab) -> None:
    for number, name in enumerate(_ALIKE):
        equal(lab.store.reply(request(name, number)), None, f"no reply yet under {name!r}")
        lab.store.commit(request(name, number), decision(total=number))
    seen = {name: lab.store.reply(request(name, n)) for n, name in enumerate(_ALIKE)}
    equal(seen, {name: Told(number) for number, name in enumerate(_ALIKE)})


@check("C-29")
def events_are_told_apart(lab: Lab) -> None:
    store = lab.store
    for number, name in enumerate(_ALIKE):
        decided = with_ids(decision(("a", number, Tally())), name)
        store.commit(request(f"r-{number}"), decided)
    equal([told.id for told in outbox(store)], _ALIKE)
    for name in _ALIKE[::2]:
        store.acknowledge([name])
    equal([told.id for told in outbox(store)], _ALIKE[1::2])
