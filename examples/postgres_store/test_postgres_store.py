"""The store on PostgreSQL keeps every clause, with eight processes at it, too.

    ORDERCORE_POSTGRES="host=localhost user=me dbname=scratch" python -m pytest -m postgres

in this folder. Each check works in a schema of its own, which it drops.
"""

import os
from functools import partial
from itertools import count
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ordercore.storage import Key
from ordercore.testing import Harness, StoreContract
from postgres_store import PostgresStore

pytestmark = pytest.mark.postgres

SERVER = os.environ.get("ORDERCORE_POSTGRES")
SCHEMAS = (f"kit_{os.getpid()}_{number}" for number in count())


def conninfo_of(schema: str, lock_timeout: str) -> str:
    """Name a schema of the server, and how long to wait for a lock there."""
    if SERVER is None:
        pytest.fail("the environment does not say where: ORDERCORE_POSTGRES")
    options = f"-csearch_path={schema} -clock_timeout={lock_timeout} -csynchronous_commit=off"
    return make_conninfo(SERVER, options=options)


class InSchema(Harness):
    """A store in a schema of its own."""

    capabilities = ("transactions", "second_connection", "threads", "processes", "kill", "raw")

    def __init__(self) -> None:
        self.schema = next(SCHEMAS)
        self.conninfo = conninfo_of(self.schema, "10s")
        self.store = PostgresStore(self.conninfo)
        self.second_connection = partial(PostgresStore, self.conninfo)
        self.begun: list[psycopg.Connection[Any]] = []
        self._say(f"CREATE SCHEMA {self.schema}")
        self.store.create_tables()

    def begin(self) -> psycopg.Connection[Any]:
        begun = psycopg.connect(self.conninfo)
        self.begun.append(begun)
        return begun

    def kill(self) -> None:
        """End all connections from the server's side."""
        ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY(%s)"
        self._say(ends, [each.info.backend_pid for each in self.begun if not each.closed])

    def reopen(self) -> PostgresStore:
        return self.store

    def raw(self, key: Key, version: int, document: str) -> None:
        write = "UPDATE aggregates SET version = %s, document = %s WHERE (kind, id) = (%s, %s)"
        self._say(write, version, document, key.kind, key.id)

    def close(self) -> None:
        for connection in self.begun:
            connection.close()
        self._say(f"DROP SCHEMA {self.schema} CASCADE")

    def _say(self, statement: Any, *given: object) -> None:
        with psycopg.connect(self.conninfo) as connection:
            connection.execute(statement, given)


class TestPostgres(StoreContract):
    def factory(self) -> InSchema:
        return InSchema()
