"""The store in memory, taken apart into steps that mutants can change one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import attrs
from attrs import define

from ordercore.errors import InvalidValue
from ordercore.events import Recorded
from ordercore.storage import (
    Change,
    CounterChange,
    Decision,
    Key,
    Loaded,
    MemoryStore,
    Page,
    Readable,
    Reply,
    Request,
    memory,
)
from ordercore.storage.memory import MemoryTransaction
from ordercore.storage.tables import Unit


class Bound(memory._Bound):
    """The verbs within a transaction, `commit` in steps."""

    def commit(self, request: Request, decision: Decision[Any]) -> Reply:
        known = self.known(request)
        if known is not None:
            return known
        decision = self.taken(decision)
        unit = self._unit()
        self.check_versions(unit, decision)
        used = self.counted(unit, decision)
        self.check_ids(unit, decision.events)
        unit.written.write(request, decision, used)
        return decision.reply

    def known(self, request: Request) -> Reply | None:
        return self.reply(request)

    def taken(self, decision: Decision[Any]) -> Decision[Any]:
        """Take in a decision."""
        return decision

    def check_versions(self, unit: Unit, decision: Decision[Any]) -> None:
        for change in decision.changes:
            self.check_version(unit, change)

    def check_version(self, unit: Unit, change: Change) -> None:
        memory._check_version(unit, change)

    def counted(self, unit: Unit, decision: Decision[Any]) -> dict[Any, int]:
        return {change.counter: self.added(unit, change) for change in decision.usage}

    def added(self, unit: Unit, change: CounterChange) -> int:
        return memory._added(unit, change)

    def check_ids(self, unit: Unit, events: tuple[Recorded, ...]) -> None:
        memory._check_ids(unit, events)


@define(eq=False)
class Hooked(MemoryStore):
    """Does what `MemoryStore` does."""

    bound = Bound
    transaction = MemoryTransaction

    def begin(self) -> Any:
        unit = Unit(self._kept, self._open)
        self._open.append(unit)
        return self.transaction(unit)

    def bind(self, transaction: Any) -> Any:
        if not transaction.is_open:
            raise InvalidValue("an open transaction", path=("transaction",), reason="ended")
        return self.bound(transaction)

    def at_once(self, do: Callable[[Any], Any]) -> Any:
        with self.begin() as transaction:
            return do(self.bound(transaction))

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        return self.at_once(lambda bound: bound.read(asked, lock=lock))

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        return self.at_once(lambda bound: bound.keys(kind, after=after, limit=limit))

    def reply(self, request: Request) -> Reply | None:
        return self.at_once(lambda bound: bound.reply(request))

    def commit(self, request: Request, decision: Decision[Any]) -> Reply:
        return self.at_once(lambda bound: bound.commit(request, decision))

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        return self.at_once(lambda bound: bound.outbox(after=after, limit=limit))

    def acknowledge(self, events: Iterable[str]) -> None:
        self.at_once(lambda bound: bound.acknowledge(events))

    def forget(self, before: datetime) -> None:
        self.at_once(lambda bound: bound.forget(before))


def with_leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """Change every leaf of a value: text, numbers, instants."""
    if isinstance(value, tuple):
        return tuple(with_leaves(each, change) for each in value)
    if attrs.has(type(value)) and type(value).__name__ not in {"Money", "UnitPrice"}:
        changed = {
            each.alias: with_leaves(getattr(value, each.name), change)
            for each in attrs.fields(type(value))
            if each.init
        }
        return attrs.evolve(value, **changed)
    return change(value)


def spoiling(change: Callable[[Any], Any]) -> type[Hooked]:
    """Make a store that changes every leaf of the values that it takes in."""

    class Spoiled(Bound):
        def taken(self, decision: Decision[Any]) -> Decision[Any]:
            changes = [
                attrs.evolve(each, value=with_leaves(each.value, change))
                for each in decision.changes
            ]
            events = [
                attrs.evolve(told, event=with_leaves(told.event, change), at=change(told.at))
                for told in decision.events
            ]
            reply = with_leaves(decision.reply, change)
            return attrs.evolve(decision, changes=changes, events=events, reply=reply)

    class Store(Hooked):
        bound = Spoiled

    return Store
