"""Broken stores on a file, for what only several processes or programs find out."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import Any

from attrs import evolve

from ordercore.errors import InProgress
from ordercore.storage import Loaded, Request
from sqlite_harness import OnFile
from sqlite_store import SCHEMA, SqliteStore

MUTANTS: dict[str, tuple[Callable[[], Any], str]] = {}
"""How each is made, and the clause that must find it out."""


def mutant(clause: str) -> Callable[[type[SqliteStore]], type[SqliteStore]]:
    """Enter a store as a mutant."""

    def enter(adapter: type[SqliteStore]) -> type[SqliteStore]:
        MUTANTS[adapter.__name__] = lambda: OnFile(adapter), clause
        return adapter

    return enter


@mutant("C-37")
class CountsByItself(SqliteStore):
    """Reads a counter, and writes back what it makes of it, outside of the transaction."""

    def commit(self, request: Any, decision: Any) -> Any:
        before = self.read([each.counter for each in decision.usage])
        reply = super().commit(request, decision)
        time.sleep(0.001)
        own = self.within is None
        with closing(self.connect()) if own else nullcontext(self.within) as sql:
            for each in decision.usage:
                used = before.used(each.counter) + each.add
                name = (each.counter.kind, each.counter.id, each.counter.holder or "")
                write = "UPDATE counters SET used = ? WHERE (kind, id, holder) = (?, ?, ?)"
                sql.execute(write, (used, *name))
        return reply


@mutant("C-42")
class ReadsInPieces(SqliteStore):
    """Reads each thing in a transaction of its own."""

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        got = Loaded()
        for each in dict.fromkeys(asked):
            got |= super().read([each], lock=lock)
        return got


@mutant("C-20")
class PlacesWithoutASequence(SqliteStore):
    """Gives the place of the last event again where that was taken out."""

    def create_tables(self) -> None:
        with closing(self.connect()) as connection:
            plain = SCHEMA.replace(" AUTOINCREMENT", "")
            connection.executescript(f"PRAGMA journal_mode = WAL; {plain}")


@mutant("C-43")
class EndsAreNotNoticed(SqliteStore):
    """What is asked within a transaction that has ended holds at once."""

    @contextmanager
    def _transaction(self, begin: str, key: str = "") -> Iterator[sqlite3.Cursor]:
        if self.within is None or self.within.in_transaction:
            with super()._transaction(begin, key) as sql:
                yield sql
        else:
            yield self.within.cursor()


@mutant("C-39")
class CommitsInTwo(SqliteStore):
    """Counts in one transaction, and stores the rest in another."""

    def commit(self, request: Any, decision: Any) -> Any:
        if self.within is None and self.reply(request) is None and decision.changes:
            first = Request(f"first-{request.key}"[:64], request.fingerprint)
            super().commit(first, evolve(decision, changes=(), events=()))
            time.sleep(0.02)
            decision = evolve(decision, usage=())
        return super().commit(request, decision)


@mutant("C-39")
class KeysOfTheDeadStayTaken(SqliteStore):
    """Takes a key in a transaction of its own, and gives it back after that of the commit."""

    def commit(self, request: Any, decision: Any) -> Any:
        known = self.reply(request)
        if known is not None or self.within is not None:
            return super().commit(request, decision)
        with closing(self.connect()) as sql:
            sql.execute("CREATE TABLE IF NOT EXISTS taken (key TEXT PRIMARY KEY)")
            try:
                sql.execute("INSERT INTO taken VALUES (?)", (request.key,))
            except sqlite3.IntegrityError:
                raise InProgress(request.key) from None
            time.sleep(0.005)
            try:
                return super().commit(request, decision)
            finally:
                sql.execute("DELETE FROM taken WHERE key = ?", (request.key,))


@mutant("C-40")
class Remembers(SqliteStore):
    """Remembers what it has read until it commits something itself."""

    def read(self, asked: Any, *, lock: bool = False) -> Any:
        several = tuple(asked)
        known = REMEMBERED.setdefault(self.path, {})
        if several not in known:
            known[several] = super().read(several, lock=lock)
        return known[several]

    def commit(self, request: Any, decision: Any) -> Any:
        REMEMBERED.pop(self.path, None)
        return super().commit(request, decision)


REMEMBERED: dict[str, dict[Any, Any]] = {}
