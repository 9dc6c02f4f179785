"""A store on SQLite: all of it in one file, for any number of threads and processes."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from attrs import astuple, evolve, field, frozen

from ordercore import dumps, errors, loads, storage
from ordercore.data.checks import Named, instance, integer, optional
from ordercore.events import Recorded
from ordercore.storage import Counter, Key, Loaded, Page, Readable, Reply, Request, read_aggregate

SCHEMA = """PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS aggregates (version INTEGER NOT NULL CHECK (version > 0),
    document TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS counters (kind TEXT NOT NULL, id TEXT NOT NULL, holder TEXT NOT NULL,
    used INTEGER NOT NULL CHECK (used >= 0), PRIMARY KEY (kind, id, holder));
CREATE TABLE IF NOT EXISTS replies (key TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL, reply TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (place INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, event TEXT NOT NULL);"""
MOST = 10**9  # bytes of a text in SQLite: what can be written can be read, too
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@frozen
class SqliteStore:
    """Keeps all in the file at ``path``; waits ``timeout`` seconds while somebody else writes."""

    path: str
    timeout: float = 5.0
    within: Any = field(default=None, validator=optional(instance(sqlite3.Connection)))

    def connect(self) -> sqlite3.Connection:  # on it, no transaction begins by itself
        return sqlite3.connect(self.path, timeout=self.timeout, isolation_level=None, uri=True)

    def create_tables(self) -> None:
        with closing(self.connect()) as connection:
            connection.executescript(SCHEMA)

    def bind(self, transaction: sqlite3.Connection) -> "SqliteStore":
        return evolve(self, within=transaction)

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        aggregate = "SELECT version, document FROM aggregates WHERE (kind, id) = (?, ?)"
        counter = "SELECT sum(used) FROM counters WHERE (kind, id, holder) = (?, ?, ?)"
        found, counted = [], []
        with self._transaction("BEGIN") as sql:
            for each in dict.fromkeys(asked):
                if isinstance(each, Counter):
                    row = sql.execute(counter, (each.kind, each.id, each.holder or "")).fetchone()
                    counted.append(storage.Counted(each, row[0] or 0))
                else:
                    row = sql.execute(aggregate, (each.kind, each.id)).fetchone() or (0, None)
                    value = row[1] and read_aggregate(each.kind, row[1], max_bytes=MOST)
                    found.append(storage.Found(each, row[0], value))
        return Loaded(found, counted)

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        asked = "id, id FROM aggregates WHERE kind = ? AND id > ? ORDER BY id COLLATE BINARY"
        return self._page(asked, (kind, after or ""), limit, partial(Key, kind))

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        asked = "place, event FROM outbox WHERE place > ? ORDER BY place"
        return self._page(asked, (after or "0",), limit, partial(loads, Recorded, max_bytes=MOST))

    def acknowledge(self, events: Iterable[str]) -> None:
        with self._transaction("BEGIN IMMEDIATE") as sql:
            sql.executemany("DELETE FROM outbox WHERE id = ?", [(event,) for event in events])

    def forget(self, before: datetime) -> None:
        with self._transaction("BEGIN IMMEDIATE") as sql:
            sql.execute("DELETE FROM replies WHERE at < ?", ((before - EPOCH) // MICROSECOND,))

    def reply(self, request: Request) -> Reply | None:
        asked = "SELECT fingerprint, reply FROM replies WHERE key = ?"
        with self._transaction("BEGIN") as sql:
            fingerprint, text = sql.execute(asked, (request.key,)).fetchone() or (None, None)
        if fingerprint not in {None, request.fingerprint}:
            raise errors.IdempotencyConflict(request.key)
        return text and loads(Reply, text, max_bytes=MOST)

    def commit(self, request: Request, decision: storage.Decision[Reply]) -> Reply:
        with self._transaction("BEGIN IMMEDIATE", request.key) as sql:
            if (known := self.bind(sql.connection).reply(request)) is not None:
                return known
            for change in decision.changes:
                self._change(sql, change, decision.version_of(change.key))
            for counted in decision.usage:
                self._count(sql, counted)
            events = [(told.id, dumps(told)) for told in decision.events]
            insert = "INSERT INTO outbox (id, event) VALUES (?, ?) ON CONFLICT DO NOTHING"
            if sql.executemany(insert, events).rowcount < len(events):
                raise errors.InvalidValue("new ids", path=("events",), reason="duplicate_id")
            row = (*astuple(request), dumps(decision.reply), (decision.at - EPOCH) // MICROSECOND)
            sql.execute("INSERT INTO replies VALUES (?, ?, ?, ?)", row)
            return decision.reply

    def _change(self, sql: sqlite3.Cursor, change: storage.Change, version: int) -> None:
        row = (version, dumps(change.value), change.key.kind, change.key.id)
        if change.expected_version == 0:
            sql.execute("INSERT INTO aggregates VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
        else:
            write = "UPDATE aggregates SET version = ?, document = ? WHERE (kind, id) = (?, ?)"
            sql.execute(f"{write} AND version = ?", (*row, change.expected_version))
        if sql.rowcount == 0:
            found = self.bind(sql.connection).read([change.key]).version(change.key)
            raise errors.VersionConflict(str(change.key), change.expected_version, found)

    def _count(self, sql: sqlite3.Cursor, change: storage.CounterChange) -> None:
        name = (change.counter.kind, change.counter.id, change.counter.holder or "")
        most = change.ceiling if change.add > 0 else storage.MAX_USED  # giving back always may
        sql.execute("INSERT INTO counters VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING", name)
        write = "UPDATE counters SET used = used + ? WHERE (kind, id, holder) = (?, ?, ?)"
        sql.execute(f"{write} AND used + ? BETWEEN 0 AND ?", (change.add, *name, change.add, most))
        if sql.rowcount == 0:
            used = self.bind(sql.connection).read([change.counter]).used(change.counter)
            raise errors.UsageExceeded(str(change.counter), used, change.add, change.ceiling)

    def _page(self, asked: str, given: tuple[Any, ...], limit: int, make: Any) -> Page[Any]:
        integer(least=1, most=storage.MAX_PAGE)(None, Named("limit"), limit)
        with self._transaction("BEGIN") as sql:  # one more than asked for: is there a next page?
            rows = sql.execute(f"SELECT {asked} LIMIT ?", (*given, limit + 1)).fetchall()
        more = str(rows[limit - 1][0]) if rows[limit:] else None
        return Page([make(text) for _, text in rows[:limit]], more)

    @contextmanager
    def _transaction(self, begin: str, key: str = "") -> Iterator[sqlite3.Cursor]:
        own, ends = self.within is None, False
        with closing(self.connect()) if own else nullcontext(self.within) as connection:
            if not own and not connection.in_transaction:
                raise errors.InvalidValue("a transaction", path=("transaction",), reason="ended")
            sql = sqlite3.Cursor(connection)  # without the row factory that the caller may have
            try:
                sql.execute(begin if own else "SAVEPOINT verb")
                yield sql
                ends = own
                sql.execute("COMMIT" if own else "RELEASE verb")
            except BaseException as error:
                if not own and connection.in_transaction:  # unless it is over: the disk is full
                    sql.execute("ROLLBACK TO verb")
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in {5, 6}:  # busy, after waiting
                    raise errors.VersionConflict("the database") from error
                if key and ends and isinstance(error, sqlite3.Error):
                    raise errors.CommitUnknown(key) from error
                raise
