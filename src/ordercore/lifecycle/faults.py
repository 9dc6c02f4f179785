"""What can be wrong with a table as a whole: all of it is told at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Any, NamedTuple

from ordercore.data.faults import nearest
from ordercore.errors import InvalidInput, InvalidValue, Path
from ordercore.lifecycle.transitions import Transition

__all__ = ["Table", "faults_of"]

Row = Transition[Any, Any]


class Table(NamedTuple):
    """What a machine is made of, as it was written."""

    states: tuple[StrEnum, ...]
    events: tuple[StrEnum, ...]
    guards: tuple[str, ...]
    roles: tuple[str, ...]
    initial: StrEnum
    terminal: tuple[StrEnum, ...]
    transitions: tuple[Row, ...]


def faults_of(table: Table) -> list[InvalidInput]:
    """List all that is wrong: first names, then rows, then what can be reached from where."""
    found = [*_declared(table), *_named(table), *_rows(table), *_unused(table), *_graph(table)]
    return [fault for fault in found if fault is not None]


# Names


def _declared(table: Table) -> Iterator[InvalidInput]:
    """Ask for a label of every member, and for names that are of one kind."""
    for told, members in (("states", table.states), ("events", table.events)):
        for missing in (each for each in type(members[0]) if each not in members):
            yield InvalidValue("a label", path=(told, str(missing)), reason="missing_label")
    if type(table.states[0]) is type(table.events[0]):
        yield InvalidValue("another StrEnum than the states are of", path=("events",))
    for name in table.roles:
        if name in table.guards:
            yield InvalidValue(
                "no guard of that name", path=("roles", name), reason="duplicate_name"
            )


def _named(table: Table) -> Iterator[InvalidInput | None]:
    yield _unknown(table.initial, table.states, ("initial",), "state")
    for position, state in enumerate(table.terminal):
        yield _unknown(state, table.states, ("terminal", position), "state")
    for position, row in enumerate(table.transitions):
        place = ("transitions", position)
        yield _unknown(row.state, table.states, (*place, "state"), "state")
        yield _unknown(row.event, table.events, (*place, "event"), "event")
        yield _unknown(row.target, table.states, (*place, "target"), "state")
        for guard in row.guards:
            yield _unknown(guard, table.guards, (*place, "guards"), "guard")
        for role in row.by:
            yield _unknown(role, table.roles, (*place, "by"), "role")


def _unknown(name: str, known: tuple[str, ...], path: Path, what: str) -> InvalidInput | None:
    """Find out whether a name is declared; a state and an event may read the same."""
    member = what in {"guard", "role"} or type(name) is type(known[0])
    if member and name in known:
        return None
    near = nearest(str(name), map(str, known))
    hint = f"; did you mean {near!r}?" if near else ""
    return InvalidValue(f"a declared {what}{hint}", name, path=path, reason="undeclared")


# Rows


def _rows(table: Table) -> Iterator[InvalidInput]:
    """Find rows that leave a terminal state, and those that never have their turn."""
    before: dict[tuple[str, str], list[Row]] = {}
    for position, row in enumerate(table.transitions):
        place = ("transitions", position)
        if row.state in table.terminal:
            expected = "a state that is not terminal"
            yield InvalidValue(
                expected, row.state, path=(*place, "state"), reason="terminal_state"
            )
        earlier = before.setdefault((row.state, row.event), [])
        if all(any(each.hides(row, role) for each in earlier) for role in row.by or (None,)):
            expected = f"a row that has its turn; {row.event} in {row.state} is taken before it"
            yield InvalidValue(expected, path=place, reason="duplicate_transition")
        earlier.append(row)


def _unused(table: Table) -> Iterator[InvalidInput]:
    """Find events and guards that no row names."""
    events = {row.event for row in table.transitions}
    guards = {guard for row in table.transitions for guard in row.guards}
    for told, names, used in (("events", table.events, events), ("guards", table.guards, guards)):
        for name in (each for each in names if each not in used):
            yield InvalidValue("a row that names it", path=(told, str(name)), reason="unused_name")


# What can be reached from where


def _graph(table: Table) -> Iterator[InvalidInput]:
    """Find states that nothing leads to, and those from which no terminal one is reached."""
    forth: dict[str, set[str]] = {}
    back: dict[str, set[str]] = {}
    for row in table.transitions:
        forth.setdefault(row.state, set()).add(row.target)
        back.setdefault(row.target, set()).add(row.state)
    reached, ending = _closure([table.initial], forth), _closure(table.terminal, back)
    for state in table.states:
        if state not in reached and table.initial in table.states:
            expected = f"a way to it from {table.initial}"
            yield InvalidValue(expected, path=("states", str(state)), reason="unreachable_state")
        if state not in ending:
            expected = "a way from it to a terminal state, or to be terminal"
            yield InvalidValue(expected, path=("states", str(state)), reason="dead_end")


def _closure(start: Iterable[str], ways: Mapping[str, AbstractSet[str]]) -> set[str]:
    """Collect all that can be reached, the start included."""
    found = set(start)
    open_ = list(found)
    while open_:
        new = ways.get(open_.pop(), set()) - found
        found |= new
        open_ += new
    return found
