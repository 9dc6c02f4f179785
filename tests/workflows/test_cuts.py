"""F23 and the cuts, for every use case: nothing lost, nothing doubled, nothing leaks.

Each is cut at every read, look at the key and commit: by a crash, by a conflict, by a commit
of which nobody knows the outcome (stored or not), and by somebody else at work under its key;
before the verb, and after it was done. Then it is run again to the end. What the store holds is
then what an uncut run leaves, down to each event, counter, reply and reservation.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from attrs import evolve
from casebook import (
    AT,
    BACK,
    PAID,
    PLACED,
    QUOTE,
    SHOP,
    SUBMITTED,
    Case,
    cancelling,
    check,
    copied,
    doing,
    drafting,
    edited,
    everything,
    merging,
    placing,
    placing_draft,
    prepared,
    proposing,
    replacing,
    request_of,
    settling,
    splitting,
)
from disturbing import Crash, Disturbed, awaited, plainly, raise_at
from stock_cases import ALL_CASES

from ordercore.data import variants
from ordercore.errors import (
    CommitUnknown,
    IdempotencyConflict,
    InProgress,
    NotFound,
    UsageExceeded,
    VersionConflict,
)
from ordercore.events import Actor, Command
from ordercore.orders import RemoveLine
from ordercore.storage import Loaded, MemoryStore
from ordercore.workflows import (
    Act,
    Confirm,
    MoveUnits,
    RecordRefund,
    RecordRefundFailure,
    Remark,
    RequestPayment,
    StockAct,
    UpdateOrder,
    UpdateStock,
    run,
)

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


ASKING = doing("ask", RequestPayment(payment_id="p-1", amount=QUOTE.payable, method="card"))
ROWS: dict[str, tuple[tuple[Any, ...], Any]] = {
    "bought and given up": ((), (placing(), ASKING, cancelling())),
    "drafted and placed": ((), (drafting(), placing_draft(), splitting({"1": 2}))),
    "split and merged": (PLACED, (splitting({"1": 2}), merging(), cancelling())),
    "parts given up": (
        PAID,
        (splitting({"1": 2}), cancelling("c-1"), cancelling("c-2", "o-2", refund_id="r-1")),
    ),
    "asked, changed": (
        PLACED,
        (
            proposing(**edited(RemoveLine("2"))),
            settling("confirm"),
            doing("confirm", Confirm("on_account")),
            doing("ship", MoveUnits("ship", {"1": 3})),
        ),
    ),
    "replaced, and not after all": (BACK, (replacing(), cancelling(order_id="o-2"))),
    "given back, failed, given back late": (
        SUBMITTED,
        (
            doing("no", RecordRefundFailure(refund_id="r-1", reason="timeout")),
            doing("late", RecordRefund(refund_id="r-1", reference="b-1")),
        ),
    ),
}
"""Several use cases, one after the other, with what must have happened before them."""


def in_a_row(commands: Iterable[Any], store: Any) -> tuple[Any, ...]:
    """Run several; one that is refused ends the row."""
    return tuple(run(SHOP.does(command), store) for command in commands)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("fault", [Crash(), CommitUnknown("key")], ids=["crash", "unknown"])
def test_a_row_of_use_cases_is_cut_anywhere_and_begun_anew(
    fault: Exception, row: tuple[tuple[Any, ...], Any]
) -> None:
    before, commands = row
    begun_with, uncut = prepared(before), prepared(before)
    counting = Disturbed(uncut)
    replies = in_a_row(commands, counting)
    for when in ("before", "after"):
        for number in range(1, len(counting.told) + 1):
            kept = copied(begun_with)
            with suppress(Crash, VersionConflict, CommitUnknown, InProgress):
                in_a_row(commands, Disturbed(kept, **{when: raise_at(fault, number)}))
            other_process = copied(kept)  # it knows what is stored, and nothing else
            assert in_a_row(commands, other_process) == replies
            assert everything(other_process) == everything(uncut)
    check(uncut)


OF_ANY_VERSION = [name for name in ROWS if name not in ("drafted and placed", "asked, changed")]


@pytest.mark.parametrize("name", OF_ANY_VERSION)
def test_a_second_writer_in_the_midst_of_a_row_takes_nothing_away(name: str) -> None:
    before, commands = ROWS[name]
    begun_with = prepared(before)
    counting = Disturbed(copied(begun_with))
    kinds = [type(reply) for reply in in_a_row(commands, counting)]
    for number in range(1, len(counting.told) + 1):
        kept = copied(begun_with)

        def beside(verb: int, _name: str, at: int = number, kept: MemoryStore = kept) -> None:
            if verb == at:
                with suppress(NotFound):  # before it is placed
                    run(SHOP.does(doing("beside", Remark("called"))), kept)

        told = in_a_row(commands, Disturbed(kept, before=beside))
        assert [type(reply) for reply in told] == kinds
        check(kept)


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
    numbered = {"number": "SO99"} if hasattr(case.command, "number") else {}  # drawn anew
    later = evolve(case.command, at=AT.replace(year=2027), correlation="visit-9", **numbered)
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
