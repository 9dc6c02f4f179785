"""What the contract kit needs to know of `SqliteStore`: on a file, in memory, and in threads.

    python -m ordercore.testing sqlite_harness:OnFile

says for each clause whether the store keeps it; run it in this folder.
"""

import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from uuid import uuid4

from in_threads import InThreads
from ordercore.errors import VersionConflict
from ordercore.storage import Key
from ordercore.testing import Harness
from sqlite_store import SqliteStore


class Unsynced(SqliteStore):
    """The same, and quicker: for the machine itself nothing is safe, but a kit pulls no plug.

    It stands here and not beside a test, for other processes must be able to import it.
    """

    def connect(self) -> sqlite3.Connection:
        """Open a connection that does not wait for the disk."""
        connection = super().connect()
        connection.execute("PRAGMA synchronous = OFF")
        return connection


class OnFile(Harness):
    """A store on a file, in a folder that goes away with the harness."""

    capabilities = ("transactions", "second_connection", "threads", "processes", "kill", "raw")

    def __init__(self, adapter: type[SqliteStore] = SqliteStore) -> None:
        self.adapter = adapter
        self.folder = TemporaryDirectory(ignore_cleanup_errors=True)
        self.begun: list[sqlite3.Connection] = []
        self.use(str(Path(self.folder.name) / "shop.db"))
        self.plain.create_tables()

    def use(self, path: str) -> None:
        """Let the store be the one at a path."""
        self.store = self.plain = self.adapter(path)
        self.second_connection = partial(self.adapter, path)  # other processes can be sent that

    def begin(self) -> sqlite3.Connection:
        """Begin a transaction; where another is open, be refused soon."""
        begun = sqlite3.connect(
            self.plain.path,
            timeout=0.02,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )
        self.begun.append(begun)
        try:
            begun.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise VersionConflict("the database") from error
        return begun

    def kill(self) -> None:
        """Take what stands on the disk at this moment: a power cut leaves no more."""
        files = Path(self.plain.path).parent.glob("shop.db*")
        folder = Path(mkdtemp(dir=self.folder.name))
        for file in files:
            if not file.name.endswith("-shm"):  # that is memory
                shutil.copy(file, folder)
        self.use(str(folder / "shop.db"))

    def reopen(self) -> SqliteStore:
        """Open what was left."""
        return self.plain

    def raw(self, key: Key, version: int, document: str) -> None:
        """Write past the store."""
        write = "UPDATE aggregates SET version = ?, document = ? WHERE (kind, id) = (?, ?)"
        with closing(self.plain.connect()) as connection:
            connection.execute(write, (version, document, key.kind, key.id))

    def close(self) -> None:
        """Close what was begun, and let the folder go."""
        for connection in self.begun:
            connection.close()
        self.folder.cleanup()


class InMemory(OnFile):
    """A store in memory, for the threads of one process; it lasts as long as one connection."""

    capabilities = ("transactions", "second_connection", "threads", "raw")

    def use(self, path: str) -> None:  # noqa: ARG002
        """Let the store be a new one in memory."""
        super().use(f"file:/{uuid4().hex}?vfs=memdb")
        self.begun.append(sqlite3.connect(self.plain.path, check_same_thread=False, uri=True))


class Awaited(OnFile):
    """The store on a file, for who awaits."""

    capabilities = ("transactions", "second_connection", "threads", "raw")

    def use(self, path: str) -> None:
        """Call the store in threads."""
        super().use(path)
        self.store = InThreads(self.plain)
        self.second_connection = partial(InThreads, self.plain)
