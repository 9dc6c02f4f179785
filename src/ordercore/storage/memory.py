"""The reference adapter: a store in memory, for one process and one thread.

It is as strict as a database. Versions conflict, a commit is all or nothing, and a transaction
that is open keeps others from what it has written: they cannot wait in one thread, so they are
refused. There are no locks, for by contract nobody calls it from two threads at once, and
there is no clock: decisions carry their time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import ClassVar, Self

from attrs import define, field

from ordercore.data.checks import (
    Check,
    Named,
    aware,
    each,
    identifier,
    instance,
    integer,
    optional,
    text,
    tuple_of,
)
from ordercore.errors import (
    IdempotencyConflict,
    InProgress,
    InvalidValue,
    UsageExceeded,
    VersionConflict,
)
from ordercore.events import Recorded
from ordercore.storage.decision import (
    MAX_CHANGES,
    Change,
    CounterChange,
    Decision,
    Reply,
    Request,
)
from ordercore.storage.keys import Counter, Key, Readable
from ordercore.storage.loaded import Counted, Loaded
from ordercore.storage.ports import MAX_PAGE, Page, Store
from ordercore.storage.tables import Tables, Unit

__all__ = ["MemoryStore", "MemoryTransaction"]

_limit: Check = integer(least=1, most=MAX_PAGE)
_cursor: Check = optional(text(most=1000, least=1))
_asked: Check = each(instance(Key, Counter), most=MAX_CHANGES)
_ids: Check = each(identifier, most=MAX_CHANGES)


@define(eq=False)
class MemoryTransaction:
    """A transaction of a `MemoryStore`: begun by it, ended by whoever began it.

    As a context manager it commits at the end of the block, and rolls back after an error.

    Args:
        unit: What it sees and has written.
    """

    unit: Unit

    @property
    def is_open(self) -> bool:
        """Whether it has neither committed nor rolled back."""
        return any(unit is self.unit for unit in self.unit.open)

    def commit(self) -> None:
        """Make all that was written in it hold, and release its events. It cannot conflict.

        Raises:
            InvalidValue: It has ended already.
        """
        check_open(self)
        self.unit.kept.take_over(self.unit.written)
        self.rollback()

    def rollback(self) -> None:
        """End it and drop what was written in it; once it has ended, nothing happens."""
        self.unit.open[:] = [unit for unit in self.unit.open if unit is not self.unit]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if kind is not None or not self.is_open:
            self.rollback()
        else:
            self.commit()


def check_open(transaction: MemoryTransaction) -> None:
    """Refuse a transaction that has ended."""
    if not transaction.is_open:
        raise InvalidValue("an open transaction", path=("transaction",), reason="ended")


@define(eq=False)
class MemoryStore:
    """Keeps everything in memory, for one process and one thread; it is gone with the process.

    >>> store = MemoryStore()
    >>> store.read([Key("order", "o-1")]).version(Key("order", "o-1"))
    0
    """

    capabilities: ClassVar[tuple[str, ...]] = ("transactions",)
    """What it promises beyond the base clauses, for the contract kit."""

    _kept: Tables = field(init=False, factory=Tables)
    _open: list[Unit] = field(init=False, factory=list)

    def begin(self) -> MemoryTransaction:
        """Begin a transaction that `bind` takes."""
        unit = Unit(self._kept, self._open)
        self._open.append(unit)
        return MemoryTransaction(unit)

    def bind(self, transaction: MemoryTransaction) -> Store:
        """Make a store that works within a transaction, as `Store.bind`.

        Raises:
            InvalidType: It is none of those that `begin` gives.
            InvalidValue: It is one of another store, or has ended.
        """
        instance(MemoryTransaction)(None, Named("transaction"), transaction)
        if transaction.unit.kept is not self._kept:
            raise InvalidValue("a transaction of this store", path=("transaction",))
        check_open(transaction)
        return _Bound(transaction)

    # Each verb is a transaction of its own

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        """Read as `Store.read`; there are no locks."""
        with self.begin() as transaction:
            return _Bound(transaction).read(asked, lock=lock)

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        """List as `Store.keys`."""
        with self.begin() as transaction:
            return _Bound(transaction).keys(kind, after=after, limit=limit)

    def reply(self, request: Request) -> Reply | None:
        """Tell as `Store.reply`."""
        with self.begin() as transaction:
            return _Bound(transaction).reply(request)

    def commit(self, request: Request, decision: Decision[Reply]) -> Reply:
        """Store as `Store.commit`; its outcome is always known."""
        with self.begin() as transaction:
            return _Bound(transaction).commit(request, decision)

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        """List as `Store.outbox`, in the order of release."""
        with self.begin() as transaction:
            return _Bound(transaction).outbox(after=after, limit=limit)

    def acknowledge(self, events: Iterable[str]) -> None:
        """Take out as `Store.acknowledge`."""
        with self.begin() as transaction:
            _Bound(transaction).acknowledge(events)

    def forget(self, before: datetime) -> None:
        """Forget as `Store.forget`."""
        with self.begin() as transaction:
            _Bound(transaction).forget(before)


@define(eq=False)
class _Bound:
    """The verbs within a transaction."""

    _transaction: MemoryTransaction

    def bind(self, transaction: MemoryTransaction) -> Store:
        """Refuse a transaction within another, unless it is the same."""
        if transaction is not self._transaction:
            raise InvalidValue("no transaction within another", path=("transaction",))
        return self

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:  # noqa: ARG002
        unit, several = self._unit(), _given(asked)
        _asked(None, Named("asked"), several)
        keys = dict.fromkeys(each for each in several if isinstance(each, Key))
        counters = dict.fromkeys(each for each in several if isinstance(each, Counter))
        return Loaded(
            [unit.aggregate(key) for key in keys],
            [Counted(counter, unit.used(counter)) for counter in counters],
        )

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        unit = self._unit()
        identifier(None, Named("kind"), kind)
        _check_page(after, limit)
        ids = {
            name
            for tables in (unit.kept, unit.written)
            for name in _some_after(tables.ids.get(kind, []), after, limit + 1)
        }
        some = sorted(ids)[: limit + 1]
        return Page(
            [Key(kind, name) for name in some[:limit]], some[limit - 1] if some[limit:] else None
        )

    def reply(self, request: Request) -> Reply | None:
        unit = self._unit()
        instance(Request)(None, Named("request"), request)
        if any(request.key in others.replies for others in unit.others()):
            raise InProgress(request.key)
        known = unit.replied(request.key)
        if known is None:
            return None
        if known.request != request:
            raise IdempotencyConflict(request.key)
        return known.reply

    def commit(self, request: Request, decision: Decision[Reply]) -> Reply:
        instance(Decision)(None, Named("decision"), decision)
        known = self.reply(request)
        if known is not None:
            return known
        unit = self._unit()
        for change in decision.changes:
            _check_version(unit, change)
        used = {change.counter: _added(unit, change) for change in decision.usage}
        _check_ids(unit, decision.events)
        unit.written.write(request, decision, used)
        return decision.reply

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        unit = self._unit()
        _check_page(after, limit)
        last = _place(after)
        released = unit.kept.places.items()  # in the order of their places
        ids = [
            event
            for event, place in released
            if place > last and event not in unit.written.acknowledged
        ]
        more = unit.kept.places[ids[limit - 1]] if ids[limit:] else None
        some = [unit.kept.outbox[event] for event in ids[:limit]]
        return Page(some, None if more is None else str(more))

    def acknowledge(self, events: Iterable[str]) -> None:
        unit, several = self._unit(), _given(events)
        _ids(None, Named("events"), several)
        unit.written.acknowledged |= unit.kept.outbox.keys() & set(several)

    def forget(self, before: datetime) -> None:
        unit = self._unit()
        aware(None, Named("before"), before)
        own, kept = unit.written.replies, unit.kept.replies
        unit.written.forgotten |= {key: told for key, told in kept.items() if told.at < before}
        for key in [key for key, told in own.items() if told.at < before]:
            del own[key]

    def _unit(self) -> Unit:
        check_open(self._transaction)
        return self._transaction.unit


def _given(members: Iterable[object]) -> tuple[object, ...]:
    """Take any collection, a set too: the order does not matter."""
    return tuple(members) if isinstance(members, frozenset | set) else tuple_of(members)


def _check_page(after: str | None, limit: int) -> None:
    _cursor(None, Named("after"), after)
    _limit(None, Named("limit"), limit)


def _some_after(ids: list[str], after: str | None, most: int) -> list[str]:
    start = 0 if after is None else bisect_right(ids, after)
    return ids[start : start + most]


def _place(after: str | None) -> int:
    """Read where a page of the outbox ended."""
    if after is None:
        return 0
    if not after.isdecimal() or len(after) > 19:
        raise InvalidValue("what a page named next", after, path=("after",))
    return int(after)


def _check_version(unit: Unit, change: Change) -> None:
    found = unit.aggregate(change.key).version
    if any(change.key in others.aggregates for others in unit.others()):
        raise VersionConflict(str(change.key))
    if found != change.expected_version:
        raise VersionConflict(str(change.key), change.expected_version, found)


def _added(unit: Unit, change: CounterChange) -> int:
    """Tell what a counter says afterwards."""
    used = unit.used(change.counter)
    if any(change.counter in others.used for others in unit.others()):
        raise VersionConflict(str(change.counter))
    if not change.follows(used):
        raise UsageExceeded(str(change.counter), used, change.add, change.ceiling)
    return used + change.add


def _check_ids(unit: Unit, events: tuple[Recorded, ...]) -> None:
    """Refuse an event whose id stands in the outbox, or is about to."""
    tables = (unit.kept, unit.written, *unit.others())
    for position, told in enumerate(events):
        if any(told.id in each.outbox for each in tables):
            path = ("events", position, "id")
            raise InvalidValue("an id of its own", told.id, path=path, reason="duplicate_id")
