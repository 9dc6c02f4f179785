"""F23 and the cuts, for every use case: nothing lost, nothing doubled, nothing leaks.

Each is cut at every read, look at the key and commit: by a crash, by a conflict, by a commit
of which nobody knows the outcome (stored or not), and by somebody else at work under its key;
before the verb, and after it was done. Then it is run again to the end. What the store holds is
then what an uncut run leaves, down to each event, counter, reply and reservation.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from attrs import evolve
from casebook import AT, SHOP, Case, check, copied, everything, request_of
from disturbing import Crash, Disturbed, awaited, plainly, raise_at
from stock_cases import ALL_CASES

from ordercore.data import variants
from ordercore.errors import (
    CommitUnknown,
    IdempotencyConflict,
    InProgress,
    UsageExceeded,
    VersionConflict,
)
from ordercore.events import Actor, Command
from ordercore.storage import Loaded, MemoryStore
from ordercore.workflows import Act, StockAct, UpdateOrder, UpdateStock, run

FAULTS = (Crash(), VersionConflict("it", 0, 1), CommitUnknown("key"), InProgress("key"))

cases = pytest.mark.parametrize("case", ALL_CASES, ids=str)


@cache
def begun(case: Case) -> MemoryStore:
    """Make the store in which a case is about to happen; copy it before use."""
    return case.store()


@cache
def ended(case: Case) -> tuple[Any, MemoryStore, int]:
    """Run a case without a cut: its reply, the store afterwards, and how many verbs it took."""
    kept = copied(begun(case))
    store = Disturbed(kept)
    reply = run(SHOP.does(case.command), store)
    return reply, kept, len(store.told)


# The table


def test_every_command_and_every_act_is_in_the_table() -> None:
    ours = {
        cls
        for family in (Command, Act, StockAct)
        for cls in variants(family).values()
        if cls.__module__.startswith("ordercore.")
    }
    commands = [case.command for case in ALL_CASES]
    acts = [each.act for each in commands if isinstance(each, UpdateOrder | UpdateStock)]
    assert ours == {type(each) for each in (*commands, *acts)}


@cases
def test_each_happens_and_leaves_all_laws_intact(case: Case) -> None:
    reply, kept, _ = ended(case)
    assert kept.reply(request_of(case.command)) == reply
    assert everything(kept) != everything(begun(case))
    check(begun(case))
    check(kept)


# Cut anywhere


@cases
@pytest.mark.parametrize("drive", [plainly, awaited])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("when", ["before", "after"])
def test_cut_at_any_verb_and_run_again_it_has_happened_once(
    drive: Any, when: str, fault: Exception, case: Case
) -> None:
    reply, uncut, verbs = ended(case)
    for number in range(1, verbs + 2):  # one more: the key that an unknown outcome asks for
        kept = copied(begun(case))
        store = Disturbed(kept, **{when: raise_at(fault, number)})
        try:
            told = drive(SHOP.does(case.command), store)
        except (Crash, VersionConflict, CommitUnknown, InProgress) as error:
            assert error is fault  # noqa: PT017
        else:
            assert told == reply
        assert everything(kept) in (everything(begun(case)), everything(uncut))
        assert drive(SHOP.does(case.command), kept) == reply
        assert everything(kept) == everything(uncut)


@cases
def test_the_twin_that_commits_in_between_is_the_one(case: Case) -> None:
    reply, uncut, verbs = ended(case)
    for number in range(1, verbs + 1):
        kept = copied(begun(case))

        def twin(verb: int, _name: str, at: int = number, kept: MemoryStore = kept) -> None:
            if verb == at:
                run(SHOP.does(case.command), kept)

        assert run(SHOP.does(case.command), Disturbed(kept, before=twin)) == reply
        assert everything(kept) == everything(uncut)


# F23


@cases
def test_the_same_command_later_is_the_same(case: Case) -> None:
    reply, uncut, _ = ended(case)
    kept = copied(uncut)
    later = evolve(case.command, at=AT.replace(year=2027), correlation="visit-9")
    assert run(SHOP.does(later), kept) == reply
    assert everything(kept) == everything(uncut)


@cases
def test_another_content_under_the_same_key_is_refused(case: Case) -> None:
    kept = copied(ended(case)[1])
    with pytest.raises(IdempotencyConflict):
        run(SHOP.does(evolve(case.command, actor=Actor("staff", "u-9"))), kept)
    assert everything(kept) == everything(ended(case)[1])


@cases
def test_of_two_commands_on_one_version_exactly_one_wins(case: Case) -> None:
    kept = copied(begun(case))
    both = [SHOP.does(evolve(case.command, key=key)) for key in ("one", "other")]
    decided = []
    for each in both:
        got = Loaded()
        while missing := [asked for asked in each.needs(got) if asked not in got]:
            got |= kept.read(missing)
        decided.append(each.decide(got))
    kept.commit(request_of(both[0].command), decided[0])
    after = everything(kept)
    with pytest.raises((VersionConflict, UsageExceeded)):
        kept.commit(request_of(both[1].command), decided[1])
    assert everything(kept) == after
    check(kept)
