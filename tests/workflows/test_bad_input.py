"""Whatever stands in a field of a command: it is an error with a path, and nothing is stored.

Some values are good by chance, and then the command is carried out or refused. What can be
stored can be written as a document, and read again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve, fields
from casebook import AS_PLACED, AT, CASES, QUOTE, SHOP, Case, copied, everything

from ordercore import Money, dumps, loads
from ordercore.errors import InvalidDocument, InvalidInput, OrderCoreError
from ordercore.events import Command
from ordercore.orders import ChangeQuantity, RemoveLine
from ordercore.storage import MemoryStore
from ordercore.workflows import UpdateOrder, run

FARTHEST = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))

BAD: dict[str, Any] = {
    "nothing": None,
    "a bool": True,
    "a float": 1.5,
    "no number": float("nan"),
    "less than nothing": -1,
    "a huge number": 10**30,
    "an empty text": "",
    "control characters": "a\x00b",
    "half a character": "\ud800",
    "a long text": "a" * 10**5,
    "bytes": b"x",
    "an unknown name": "unknown",
    "a list in a list": [[]],
    "nobody's units": {"nope": 1},
    "units that are bools": {"1": True},
    "units that are floats": {"1": 1.0},
    "fewer units than none": {"1": -1},
    "too many units": {"1": 10**12},
    "units of a number": {1: 1},
    "several faults": {"1": 1, "nope": True, "2": -1},
    "a naive time": datetime(2026, 1, 1),
    "the farthest time": FARTHEST,
    "another currency": Money.of("1", "USD"),
    "a class": int,
    "a function": lambda *_: None,
    "an order": AS_PLACED,
    "a quote": QUOTE,
    "edits of nothing": [RemoveLine("nope")],
    "too many edits": [ChangeQuantity("1", 1)] * 1001,
}


def kinds() -> Iterator[Case]:
    """Give one case of every command, and of every act."""
    seen = set()
    for case in CASES:
        act = getattr(case.command, "act", None)
        kind = type(case.command), type(act)
        if kind not in seen:
            yield case
        seen.add(kind)


def has_paths(error: OrderCoreError) -> bool:
    if isinstance(error, InvalidDocument):
        return bool(error.faults) and all(fault.path for fault in error.faults)
    return bool(error.path) if isinstance(error, InvalidInput) else True


def variants_of(command: Any) -> Iterator[Any]:
    """Make the command, with each field of it or of its act replaced by each bad value."""
    for name in (each.name for each in fields(type(command)) if each.init):
        for bad in BAD.values():
            yield lambda name=name, bad=bad: evolve(command, **{name: bad})
    if isinstance(command, UpdateOrder):
        act = command.act
        for name in (each.name for each in fields(type(act))):
            for bad in BAD.values():
                yield lambda name=name, bad=bad: evolve(command, act=evolve(act, **{name: bad}))


def carried_out(make: Any, kept: MemoryStore) -> tuple[Any, OrderCoreError | None]:
    """Give the command that was carried out or refused, or the error."""
    try:
        command = make()
        run(SHOP.does(command), kept)
    except OrderCoreError as error:
        return None, error
    return command, None


@pytest.mark.parametrize("case", [*kinds()], ids=str)
def test_whatever_stands_in_a_field_is_told_with_its_place(case: Case) -> None:
    begun = case.store()
    before = everything(begun)
    for make in variants_of(case.command):
        kept = copied(begun)
        command, error = carried_out(make, kept)
        if error is not None:
            assert has_paths(error), error
            assert everything(kept) == before
            continue
        assert loads(Command, dumps(command)) == command
        for found in kept._kept.aggregates.values():
            assert loads(type(found.value), dumps(found.value)) == found.value


def test_of_what_is_not_there_the_field_is_told() -> None:
    fields_of_ids = {"order_id", "other_id", "change_id"}
    told = set()
    for case in kinds():
        for name in fields_of_ids & {each.name for each in fields(type(case.command))}:
            try:
                run(SHOP.does(evolve(case.command, **{name: "nobody"})), copied(case.store()))
            except InvalidInput as error:
                told.add(error.path)
    assert told == {(name,) for name in fields_of_ids}


def test_a_time_may_be_any() -> None:
    case = CASES[0]
    for at in (AT.replace(year=1), AT.replace(year=9999)):
        assert run(SHOP.does(evolve(case.command, at=at)), case.store()).order_id == "o-1"
