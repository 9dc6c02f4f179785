"""A store on PostgreSQL: the design of `sqlite_store.py`, for many writers at once."""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from attrs import astuple, evolve, field, frozen
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from ordercore import dumps, errors, loads, storage
from ordercore.data.checks import Named, instance, integer, optional
from ordercore.events import Recorded
from ordercore.storage import Counter, Key, Loaded, Page, Readable, Reply, Request, read_aggregate

SCHEMA = """
CREATE TABLE IF NOT EXISTS aggregates (kind text COLLATE "C", id text COLLATE "C",
    version bigint NOT NULL CHECK (version > 0), document text NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS counters (kind text COLLATE "C", id text COLLATE "C",
    holder text COLLATE "C", used bigint NOT NULL CHECK (used >= 0),
    PRIMARY KEY (kind, id, holder));
CREATE TABLE IF NOT EXISTS replies (key text COLLATE "C" PRIMARY KEY, fingerprint text NOT NULL,
    reply text NOT NULL, at bigint NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE, event text NOT NULL,
    written_by xid8 NOT NULL DEFAULT pg_current_xact_id());
"""
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
MOST = 2**29  # bytes of a document: what can be written can be read, too
WALK = re.compile(r"(\d+:\d+:[\d,]*) (\d+)")
READ = """
SELECT kind, id, NULL, version, document FROM aggregates WHERE (kind, id) IN
    (SELECT unnest(%s::text[]) COLLATE "C", unnest(%s::text[]) COLLATE "C")
UNION ALL SELECT kind, id, holder, used, NULL FROM counters WHERE (kind, id, holder) IN
    (SELECT unnest(%s::text[]) COLLATE "C", unnest(%s::text[]) COLLATE "C",
            unnest(%s::text[]) COLLATE "C")"""
LOCK = {
    Key: "SELECT FROM aggregates WHERE (kind, id) = (%s, %s) FOR UPDATE",
    Counter: "SELECT FROM counters WHERE (kind, id, holder) = (%s, %s, %s) FOR UPDATE",
}
FASTER = (SerializationFailure, DeadlockDetected, LockNotAvailable)  # nothing is stored then


@frozen
class PostgresStore:
    """Keeps all in a database; waits for others as long as the `lock_timeout` there says."""

    conninfo: str
    within: Any = field(default=None, validator=optional(instance(psycopg.Connection)))

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.conninfo)

    def create_tables(self) -> None:
        with self.connect() as connection:  # which commits, and closes it
            connection.execute(SCHEMA)

    def bind(self, transaction: psycopg.Connection[Any]) -> "PostgresStore":
        if transaction.info.transaction_status is TransactionStatus.IDLE:
            transaction.execute("SELECT")  # it begins now, so that its end can be told
        return evolve(self, within=transaction)

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        some = sorted(dict.fromkeys(asked), key=_place)
        with self._transaction() as sql:
            for each in some if lock and self.within else ():
                sql.execute(LOCK[type(each)], _place(each)[1:])
            return _read(sql, some)

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        asked = "SELECT id, id FROM aggregates WHERE kind = %s AND id > %s ORDER BY id LIMIT %s"
        with self._transaction() as sql:
            names, more = _page(sql, asked, (kind, after or ""), limit)
        return Page([Key(kind, name) for name in names], more)

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        """List what was committed at the first page: places are taken before, not in turn."""
        asked = "SELECT place, event FROM outbox WHERE place > %s"
        kept = f"{asked} AND pg_visible_in_snapshot(written_by, %s) ORDER BY place LIMIT %s"
        with self._transaction() as sql:
            seen, place = _cursor(sql, after)
            texts, more = _page(sql, kept, (place, seen), limit)
        events = [loads(Recorded, text, max_bytes=MOST) for text in texts]
        return Page(events, more and f"{seen} {more}")

    def acknowledge(self, events: Iterable[str]) -> None:
        with self._transaction("acknowledge") as sql:
            sql.execute("DELETE FROM outbox WHERE id = ANY(%s)", (sorted(events),))

    def forget(self, before: datetime) -> None:
        with self._transaction("forget") as sql:
            sql.execute("DELETE FROM replies WHERE at < %s", ((before - EPOCH) // MICROSECOND,))

    def reply(self, request: Request) -> Reply | None:
        asked = "SELECT fingerprint, reply FROM replies WHERE key = %s"
        with self._transaction() as sql:
            fingerprint, text = sql.execute(asked, (request.key,)).fetchone() or (None, None)
        if fingerprint not in {None, request.fingerprint}:
            raise errors.IdempotencyConflict(request.key)
        return text and loads(Reply, text, max_bytes=MOST)

    def commit(self, request: Request, decision: storage.Decision[Reply]) -> Reply:
        """Take the key, then write in an order that is always the same; all of it or nothing."""
        row = (*astuple(request), dumps(decision.reply), (decision.at - EPOCH) // MICROSECOND)
        with self._transaction(request.key) as sql:
            if not _claimed(sql, row):
                if (known := evolve(self, within=sql.connection).reply(request)) is None:
                    raise errors.InProgress(request.key)  # it was forgotten just now
                return known
            for change in sorted(decision.changes, key=lambda each: _place(each.key)):
                _change(sql, change, decision.version_of(change.key))
            for counted in sorted(decision.usage, key=lambda each: _place(each.counter)):
                _count(sql, counted)
            for position, told in enumerate(decision.events):
                insert = "INSERT INTO outbox (id, event) VALUES (%s, %s) ON CONFLICT DO NOTHING"
                if not sql.execute(insert, (told.id, dumps(told))).rowcount:
                    path = ("events", position, "id")
                    raise errors.InvalidValue("a new id", path=path, reason="duplicate_id")
            return decision.reply

    @contextmanager
    def _transaction(self, key: str = "") -> Iterator[psycopg.Cursor[Any]]:
        """Do all of it or nothing; without a key, only read, and all in one state."""
        own, ends = self.within is None, False
        with closing(self.connect()) if own else nullcontext(self.within) as connection:
            if not own and connection.info.transaction_status is TransactionStatus.IDLE:
                raise errors.InvalidValue("a transaction", path=("transaction",), reason="ended")
            if own and not key:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            sql = connection.cursor(row_factory=tuple_row)
            try:
                if not own:
                    sql.execute("SAVEPOINT verb")
                yield sql
                ends = own
                connection.commit() if own else sql.execute("RELEASE verb")
            except BaseException as error:
                if not own and not connection.closed:
                    sql.execute("ROLLBACK TO verb")
                if isinstance(error, FASTER):
                    raise errors.VersionConflict("the database") from error
                if ends and isinstance(error, psycopg.OperationalError):
                    raise errors.CommitUnknown(key) from error
                raise


def _place(asked: Readable) -> tuple[str, ...]:
    holder = (asked.holder or "",) if isinstance(asked, Counter) else ()
    return (type(asked).__name__, asked.kind, asked.id, *holder)


def _cursor(sql: Any, after: str | None) -> tuple[str, str]:
    if after is not None:
        if (known := WALK.fullmatch(after)) is None:
            raise errors.InvalidValue("what a page named next", after, path=("after",))
        return known[1], known[2]
    (seen,) = sql.execute("SELECT pg_current_snapshot()::text").fetchone()
    oldest = seen.partition(":")[0]
    return seen if len(seen) < 44 else f"{oldest}:{oldest}:", "0"  # for a cursor has 64


def _page(sql: Any, asked: str, given: tuple[Any, ...], limit: int) -> tuple[list[str], Any]:
    integer(least=1, most=storage.MAX_PAGE)(None, Named("limit"), limit)
    rows = sql.execute(asked, (*given, limit + 1)).fetchall()  # one more: is there a next page?
    more = str(rows[limit - 1][0]) if rows[limit:] else None
    return [row[1] for row in rows[:limit]], more


def _read(sql: Any, some: Iterable[Readable]) -> Loaded:
    """Read with one statement: all is of one state, whatever the isolation of the transaction."""
    keys = [each for each in some if isinstance(each, Key)]
    counters = [each for each in some if isinstance(each, Counter)]
    names = [[_place(e)[n] for e in keys] for n in (1, 2)]
    names += [[_place(e)[n] for e in counters] for n in (1, 2, 3)]
    rows = {tuple(row[:3]): row[3:] for row in sql.execute(READ, names)}
    found = [_found(each, *rows.get((each.kind, each.id, None), (0, None))) for each in keys]
    used = [storage.Counted(e, rows.get(_place(e)[1:], (0,))[0]) for e in counters]
    return Loaded(found, used)


def _found(key: Key, version: int, text: str | None) -> storage.Found:
    return storage.Found(key, version, text and read_aggregate(key.kind, text, max_bytes=MOST))


def _claimed(sql: Any, row: tuple[object, ...]) -> bool:
    insert = "INSERT INTO replies VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
    try:
        return bool(sql.execute(insert, row).rowcount)
    except LockNotAvailable as error:
        raise errors.InProgress(str(row[0])) from error


def _change(sql: Any, change: storage.Change, version: int) -> None:
    row = (version, dumps(change.value), change.key.kind, change.key.id)
    if change.expected_version == 0:
        insert = "INSERT INTO aggregates (version, document, kind, id) VALUES (%s, %s, %s, %s)"
        sql.execute(f"{insert} ON CONFLICT DO NOTHING", row)
    else:
        write = "UPDATE aggregates SET version = %s, document = %s WHERE (kind, id) = (%s, %s)"
        sql.execute(f"{write} AND version = %s", (*row, change.expected_version))
    if sql.rowcount == 0:
        found = _read(sql, [change.key]).version(change.key)
        raise errors.VersionConflict(str(change.key), change.expected_version, found)


def _count(sql: Any, change: storage.CounterChange) -> None:
    name = _place(change.counter)[1:]
    most = change.ceiling if change.add > 0 else storage.MAX_USED  # giving back always may
    sql.execute("INSERT INTO counters VALUES (%s, %s, %s, 0) ON CONFLICT DO NOTHING", name)
    write = "UPDATE counters SET used = used + %s WHERE (kind, id, holder) = (%s, %s, %s)"
    sql.execute(f"{write} AND used + %s BETWEEN 0 AND %s", (change.add, *name, change.add, most))
    if sql.rowcount == 0:
        used = _read(sql, [change.counter]).used(change.counter)
        raise errors.UsageExceeded(str(change.counter), used, change.add, change.ceiling)
