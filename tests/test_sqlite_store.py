"""The store of "Write your own store": it is short, it keeps every clause, and it is honest.

- The contract kit checks it on a file, with threads, processes and power cuts; in memory, but for
  what takes long; and in threads for who awaits.
- A database that stays locked is a conflict, and nothing is stored; readers never wait.
- A full disk, a document of 5 MB and a power cut between two statements do no harm.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from ordercore.data import document, variant
from ordercore.errors import CommitUnknown, InvalidInput, InvalidValue, VersionConflict
from ordercore.events import Actor, Event, record
from ordercore.storage import Change, Counter, CounterChange, Decision, Key, Reply, Request
from ordercore.testing import CLAUSES, StoreContract, validate
from sqlite_harness import Awaited, InMemory, OnFile, Unsynced
from sqlite_store import SqliteStore

EXAMPLES = Path(__file__).parent.parent / "examples"


class TestOnFile(StoreContract):
    def factory(self) -> OnFile:
        return OnFile(Unsynced)


@pytest.mark.slow
def test_it_keeps_the_clauses_in_memory() -> None:
    """Each time it is tried on a file, where long lives and long stories are the same."""
    some = [clause for clause in CLAUSES if clause not in {"C-12", "C-16", "C-31", "C-41"}]
    report = validate(lambda: InMemory(Unsynced), only=some)
    assert report.failed == (), str(report)
    assert {result.clause for result in report.results} == set(some)


def test_it_keeps_the_clauses_for_who_awaits_in_threads() -> None:
    some = ["C-02", "C-06", "C-09", "C-12", "C-18", "C-20", "C-26", "C-36"]
    report = validate(lambda: Awaited(Unsynced), only=some)
    assert report.failed == (), str(report)
    assert {result.clause for result in report.results} == set(some)


def test_it_relays_every_event_however_soon_it_gives_up() -> None:
    """One that is refused a page or an acknowledgement asks again."""

    def impatient() -> OnFile:
        return OnFile(partial(SqliteStore, timeout=0.02))

    report = validate(impatient, only=["no_event_of_a_transaction_is_missed_by_who_relays_them"])
    assert [result.status for result in report.results] == ["passed"], str(report)


def test_a_reader_copies_at_most_150_lines() -> None:
    assert len((EXAMPLES / "sqlite_store.py").read_text("utf-8").splitlines()) <= 150


# What the kit does not ask


@document("crate")
@frozen
class Crate:
    label: str = ""


@variant(Event, "crate_labelled")
@frozen
class CrateLabelled(Event): ...


@variant(Reply, "crate_told")
@frozen
class CrateTold(Reply):
    label: str = ""


AT = datetime.fromisoformat("2026-11-11T09:00:00+08:00")
USES = Counter("uses", "summer")


def labelled(name: str, label: str = "", after: int = 0) -> tuple[Request, Decision[CrateTold]]:
    """Decide on the label of a crate, and count it."""
    key = Key("crate", name)
    told = record(
        [CrateLabelled()],
        aggregate=key,
        after=after,
        ids=[f"{name}-{after}"],
        at=AT,
        actor=Actor("system"),
        cause="c-1",
    )
    decision = Decision(
        reply=CrateTold(label[:10]),
        at=AT,
        changes=[Change(key, after, Crate(label))],
        events=told,
        usage=[CounterChange(USES, 1, most=5)],
    )
    return Request(f"{name}-{after}", "5e" * 32), decision


def seen(store: SqliteStore, name: str) -> tuple[Any, ...]:
    """Tell all that a commit of a crate leaves: version, uses, events, reply."""
    got = store.read([Key("crate", name), USES])
    events = len(store.outbox().members)
    reply = store.reply(labelled(name)[0])
    return got.version(Key("crate", name)), got.used(USES), events, reply is not None


NOTHING, ALL = (0, 0, 0, False), (1, 1, 1, True)


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    made = SqliteStore(str(tmp_path / "shop.db"), timeout=0.02)
    made.create_tables()
    return made


@pytest.fixture
def writer(store: SqliteStore) -> Iterator[sqlite3.Connection]:
    """Somebody who writes, and does not come to an end."""
    with closing(store.connect()) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


@pytest.mark.usefixtures("writer")
def test_who_waits_for_a_writer_in_vain_has_a_conflict_and_stores_nothing(
    store: SqliteStore,
) -> None:
    for ask in (
        lambda: store.commit(*labelled("a")),
        lambda: store.acknowledge(["a-0"]),
        lambda: store.forget(AT),
    ):
        with pytest.raises(VersionConflict, match="the database to be free"):
            ask()
    assert seen(store, "a") == NOTHING  # and who reads does not wait


def test_a_transaction_that_has_read_too_early_has_a_conflict_and_can_be_rolled_back(
    store: SqliteStore,
) -> None:
    with closing(store.connect()) as connection:
        connection.execute("BEGIN")
        bound = store.bind(connection)
        assert seen(bound, "a") == NOTHING
        store.commit(*labelled("a"))
        with pytest.raises(VersionConflict):
            bound.commit(*labelled("b"))
        connection.rollback()
        connection.execute("BEGIN IMMEDIATE")
        assert seen(bound, "a") == ALL


def test_a_bound_store_works_within_an_open_transaction_only(store: SqliteStore) -> None:
    with pytest.raises(InvalidInput, match="Connection"):
        store.bind("shop.db")  # type: ignore[arg-type]
    with closing(store.connect()) as connection:
        bound = store.bind(connection)
        for _ in range(2):
            with pytest.raises(InvalidValue) as told:
                bound.read([USES])
            assert (told.value.path, told.value.reason) == (("transaction",), "ended")
            connection.execute("BEGIN")
            connection.execute("COMMIT")


def test_the_callers_row_factory_is_not_in_the_way(store: SqliteStore) -> None:
    with closing(store.connect()) as connection:
        connection.row_factory = lambda _cursor, row: {"row": row}
        connection.execute("BEGIN IMMEDIATE")
        store.bind(connection).commit(*labelled("a"))
        connection.commit()
    assert seen(store, "a") == ALL


def test_a_document_of_5_megabytes_comes_back(store: SqliteStore) -> None:
    label = "三" * 1_700_000
    store.commit(*labelled("a", label))
    assert store.read([Key("crate", "a")]).value(Key("crate", "a"), Crate).label == label


def test_a_full_disk_stores_nothing_and_ends_the_callers_transaction(store: SqliteStore) -> None:
    with closing(store.connect()) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        connection.execute("BEGIN IMMEDIATE")
        bound = store.bind(connection)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            bound.commit(*labelled("a", "x" * 1_000_000))
        with pytest.raises(InvalidValue, match="transaction"):
            bound.read([USES])
    assert seen(store, "a") == NOTHING


class Unsure(SqliteStore):
    """Its connections break at the very end, when the commit is on its way."""

    def connect(self) -> sqlite3.Connection:
        connection = super().connect()

        def allow(action: int, what: str | None, *_: object) -> int:
            ends = action == sqlite3.SQLITE_TRANSACTION and what == "COMMIT"
            return sqlite3.SQLITE_DENY if ends else sqlite3.SQLITE_OK

        connection.set_authorizer(allow)
        return connection


def test_who_does_not_know_whether_it_was_stored_says_so(store: SqliteStore) -> None:
    with pytest.raises(CommitUnknown) as told:
        Unsure(store.path).commit(*labelled("a"))
    assert told.value.key == "a-0"


def test_a_power_cut_before_any_statement_leaves_nothing_and_the_retry_all(
    store: SqliteStore, tmp_path: Path
) -> None:
    left: list[Path] = []

    class Watched(SqliteStore):
        """Its disk is copied before each statement."""

        def connect(self) -> sqlite3.Connection:
            connection = super().connect()
            connection.set_trace_callback(copied)
            return connection

    def copied(_statement: str) -> None:
        folder = tmp_path / f"cut-{len(left)}"
        folder.mkdir()
        for file in tmp_path.glob("shop.db*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, folder)
        left.append(folder)

    Watched(store.path).commit(*labelled("a"))
    assert seen(store, "a") == ALL
    assert len(left) >= 8
    for folder in left:
        again = SqliteStore(str(folder / "shop.db"))
        assert seen(again, "a") == NOTHING
        again.commit(*labelled("a"))
        assert seen(again, "a") == ALL
