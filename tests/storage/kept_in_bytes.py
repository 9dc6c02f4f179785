"""Stores over the plainest of databases: bytes under keys of bytes, in their order.

What keeps the bytes differs: a sorted list, files, one JSON text, a log that is only added to. All
of them are right, and none has anything of the store in memory.
"""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ordercore.data import MAX_BYTES, dumps, loads
from ordercore.errors import (
    IdempotencyConflict,
    InvalidValue,
    UsageExceeded,
    VersionConflict,
)
from ordercore.events import Recorded
from ordercore.storage import Counted, Counter, Found, Key, Loaded, Page, Reply, read_aggregate
from ordercore.testing import Harness

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
GONE = b"\x00"


def name(*parts: object) -> bytes:
    """Join names with a sign that none of them has, and that sorts before all of theirs."""
    return b"\x01".join(str(part).encode() for part in parts)


def number(value: int) -> bytes:
    return value.to_bytes(8, "big")


class Shelf:
    """Keeps bytes under keys, in a sorted list."""

    def __init__(self) -> None:
        self.keys: list[bytes] = []
        self.values: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> bytes | None:
        return self.values.get(key)

    def write(self, batch: dict[bytes, bytes | None]) -> None:
        for key, value in batch.items():
            if value is None and self.values.pop(key, None) is not None:
                del self.keys[bisect_left(self.keys, key)]
            elif value is not None:
                if key not in self.values:
                    insort(self.keys, key)
                self.values[key] = value

    def scan(self, prefix: bytes, after: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        place = bisect_left(self.keys, after + GONE if after else prefix)
        while place < len(self.keys) and self.keys[place].startswith(prefix):
            yield self.keys[place], self.values[self.keys[place]]
            place += 1


class Files:
    """Keeps each value in a file of its own."""

    def __init__(self) -> None:
        self.folder = TemporaryDirectory(ignore_cleanup_errors=True)
        self.path = Path(self.folder.name)

    def file(self, key: bytes) -> Path:
        told = key.hex()  # no file system takes letters and capitals of it for one another
        parts = [told[at : at + 200] for at in range(0, len(told), 200)]
        return self.path.joinpath(*parts[:-1], parts[-1] + ".f")

    def get(self, key: bytes) -> bytes | None:
        file = self.file(key)
        return file.read_bytes() if file.exists() else None

    def write(self, batch: dict[bytes, bytes | None]) -> None:
        for key, value in batch.items():
            file = self.file(key)
            if value is None:
                file.unlink(missing_ok=True)
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(value)

    def scan(self, prefix: bytes, after: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        files = self.path.rglob("*.f")
        keys = (bytes.fromhex("".join(each.relative_to(self.path).parts)[:-2]) for each in files)
        for key in sorted(key for key in keys if key.startswith(prefix) and key > after):
            yield key, self.get(key) or b""


class OneText(Shelf):
    """Keeps all of it as one JSON text, written anew with each batch."""

    def __init__(self) -> None:
        super().__init__()
        self.text = "{}"

    def write(self, batch: dict[bytes, bytes | None]) -> None:
        known = json.loads(self.text)
        for key, value in batch.items():
            known.pop(key.hex(), None)
            if value is not None:
                known[key.hex()] = value.hex()
        self.text = json.dumps(known)
        self.values = {bytes.fromhex(k): bytes.fromhex(v) for k, v in known.items()}
        self.keys = sorted(self.values)


class Behind(Shelf):
    """Writes what a batch says when somebody looks for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[dict[bytes, bytes | None]] = []

    def write(self, batch: dict[bytes, bytes | None]) -> None:
        self.waiting.append(dict(batch))

    def catch_up(self) -> None:
        for batch in self.waiting:
            super().write(batch)
        self.waiting.clear()

    def get(self, key: bytes) -> bytes | None:
        self.catch_up()
        return super().get(key)

    def scan(self, prefix: bytes, after: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        self.catch_up()
        return super().scan(prefix, after)


class Log(Shelf):
    """Adds each batch to a log of bytes, and is what the log comes to."""

    def __init__(self, log: bytes = b"") -> None:
        super().__init__()
        self.log = log
        while log:
            size = int.from_bytes(log[:8], "big")
            plain = json.loads(zlib.decompress(log[8 : 8 + size]))
            hexes = {bytes.fromhex(k): None if v is None else bytes.fromhex(v) for k, v in plain}
            super().write(hexes)
            log = log[8 + size :]

    def write(self, batch: dict[bytes, bytes | None]) -> None:
        plain = [(key.hex(), None if v is None else v.hex()) for key, v in batch.items()]
        entry = zlib.compress(json.dumps(plain).encode(), 1)
        self.log += number(len(entry)) + entry
        super().write(batch)


class Draft:
    """What a transaction sees: what is kept, and what it has written."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.written: dict[bytes, bytes | None] = {}
        self.is_open = True

    def get(self, key: bytes) -> bytes | None:
        return self.written[key] if key in self.written else self.store.kept.get(key)

    def write(self, batch: dict[bytes, bytes | None]) -> None:
        self.written |= batch

    def scan(self, prefix: bytes, after: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        found = dict(self.store.kept.scan(prefix, after))
        own = {k: v for k, v in self.written.items() if k.startswith(prefix) and k > after}
        merged = {**found, **own}
        return ((key, value) for key in sorted(merged) if (value := merged[key]) is not None)

    def commit(self) -> None:
        if not self.is_open:
            raise InvalidValue("an open transaction")
        self.store.kept.write(self.written)
        self.rollback()

    def rollback(self) -> None:
        self.is_open = False
        self.store.writer = None if self.store.writer is self else self.store.writer


class Store:
    """The verbs, over whatever keeps bytes; one writes at a time, and others are refused."""

    capabilities: tuple[str, ...] = ("transactions",)

    def __init__(self, kept: Any = None, within: Draft | None = None) -> None:
        self.kept = Shelf() if kept is None else kept
        self.within = within
        self.writer: Draft | None = None

    def begin(self) -> Draft:
        if self.writer is not None:
            raise VersionConflict("whoever writes")
        self.writer = Draft(self)
        return self.writer

    def bind(self, transaction: Draft) -> Store:
        return type(self)(transaction, transaction)

    def looked(self) -> Any:
        if self.within is not None and not self.within.is_open:
            raise InvalidValue("an open transaction")
        return self.kept

    def read(self, asked: Iterable[Any], *, lock: bool = False) -> Loaded:
        kept, found, counted = self.looked(), [], []
        for each in dict.fromkeys(asked):
            if isinstance(each, Counter):
                counted.append(Counted(each, self.used(kept, each)))
            else:
                found.append(self.found(kept, each))
        return Loaded(found, counted)

    def found(self, kept: Any, key: Key) -> Found:
        value = kept.get(name("a", key.kind, key.id))
        if value is None:
            return Found(key)
        version = int.from_bytes(value[:8], "big")
        return Found(key, version, read_aggregate(key.kind, value[8:].decode()))

    def used(self, kept: Any, counter: Counter) -> int:
        holder = () if counter.holder is None else (counter.holder,)
        return int(kept.get(name("c", counter.kind, counter.id, *holder)) or b"0")

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        prefix = name("a", kind, "")
        page, more = self.page(prefix, prefix + after.encode() if after else b"", limit)
        members = [Key(kind, key[len(prefix) :].decode()) for key, _ in page]
        return Page(members, members[-1].id if more else None)

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        page, more = self.page(b"e\x01", bytes.fromhex(after or ""), limit)
        members = [loads(Recorded, value.decode(), max_bytes=2 * MAX_BYTES) for _, value in page]
        return Page(members, page[-1][0].hex() if more else None)

    def page(self, prefix: bytes, after: bytes, limit: int) -> tuple[list[Any], bool]:
        if type(limit) is not int or not 1 <= limit <= 1000:
            raise InvalidValue("1 to 1000", limit)
        found = []
        for pair in self.looked().scan(prefix, after):
            if len(found) == limit:
                return found, True
            found.append(pair)
        return found, False

    def reply(self, request: Any) -> Reply | None:
        value = self.looked().get(name("r", request.key))
        if value is None:
            return None
        fingerprint, _, text = value.decode().split("\n", 2)
        if fingerprint != request.fingerprint:
            raise IdempotencyConflict(request.key)
        return loads(Reply, text)

    def commit(self, request: Any, decision: Any) -> Reply:
        known = self.reply(request)
        if known is not None:
            return known
        kept, batch = self.looked(), dict[bytes, bytes | None]()
        for change in decision.changes:
            key, version = change.key, self.found(kept, change.key).version
            if version != change.expected_version:
                raise VersionConflict(str(key), change.expected_version, version)
            told = number(decision.version_of(key)) + dumps(change.value).encode()
            batch[name("a", key.kind, key.id)] = told
        for counted in decision.usage:
            used = self.used(kept, counted.counter)
            if not counted.follows(used):
                raise UsageExceeded(str(counted.counter), used, counted.add, counted.ceiling)
            counter = counted.counter
            holder = () if counter.holder is None else (counter.holder,)
            batch[name("c", counter.kind, counter.id, *holder)] = str(used + counted.add).encode()
        place = int.from_bytes(kept.get(b"place") or b"", "big")
        for event in decision.events:
            if kept.get(name("i", event.id)) is not None:
                raise InvalidValue("an id of its own", event.id)
            place += 1
            batch[name("i", event.id)] = number(place)
            batch[b"e\x01" + number(place)] = dumps(event).encode()
        batch[b"place"] = number(place)
        at = (decision.at - EPOCH) // MICROSECOND
        told = f"{request.fingerprint}\n{at}\n{dumps(decision.reply)}"
        batch[name("r", request.key)] = told.encode()
        self.write(batch)
        return decision.reply

    def write(self, batch: dict[bytes, bytes | None]) -> None:
        if self.within is None and self.writer is not None:
            raise VersionConflict("whoever writes")
        self.looked().write(batch)

    def acknowledge(self, events: Iterable[str]) -> None:
        kept, batch = self.looked(), dict[bytes, bytes | None]()
        for event in events:
            place = kept.get(name("i", event))
            if place is not None:
                batch |= {name("i", event): None, b"e\x01" + place: None}
        self.write(batch)

    def forget(self, before: datetime) -> None:
        limit = (before - EPOCH) // MICROSECOND
        replies = self.looked().scan(b"r\x01")
        old = [key for key, value in replies if int(value.split(b"\n", 2)[1]) < limit]
        self.write(dict.fromkeys(old))


# What may be made of it


class Unhurried(Store):
    """Takes its time for everything."""

    def looked(self) -> Any:
        time.sleep(0.002)
        return super().looked()


class InBatches(Store):
    """Gives few on a page, whatever it is asked for, and now and then none."""

    def page(self, prefix: bytes, after: bytes, limit: int) -> tuple[list[Any], bool]:
        super().page(prefix, after, limit)
        return super().page(prefix, after, min(limit, 7))


class Awaited(Harness):
    """Everything of it is awaited."""

    capabilities = ("transactions",)

    def __init__(self) -> None:
        self.plain = Store(Behind())
        self.store = _Awaiting(self.plain)  # type: ignore[assignment]

    async def begin(self) -> Any:
        await asyncio.sleep(0)
        return self.plain.begin()


class _Awaiting:
    def __init__(self, plain: Any) -> None:
        self.plain = plain

    def bind(self, transaction: Any) -> _Awaiting:
        return _Awaiting(self.plain.bind(transaction))

    def __getattr__(self, verb: str) -> Any:
        if verb not in {"read", "keys", "reply", "commit", "outbox", "acknowledge", "forget"}:
            raise AttributeError(verb)

        async def do(*given: Any, **named: Any) -> Any:
            await asyncio.sleep(0)
            return getattr(self.plain, verb)(*given, **named)

        return do


class Logged(Harness):
    """Is killed, and comes back as what its log comes to; others look into the same log."""

    capabilities = ("transactions", "second_connection", "kill", "raw")

    def __init__(self) -> None:
        self.store = Store(Log())

    def begin(self) -> Draft:
        return self.store.begin()

    def second_connection(self) -> Store:
        return self.store

    def kill(self) -> None:
        self.store = Store(Log(self.store.kept.log))

    def reopen(self) -> Store:
        return self.store

    def raw(self, key: Key, version: int, document: str) -> None:
        told = number(version) + document.encode()
        self.store.kept.write({name("a", key.kind, key.id): told})


def in_a_sorted_list() -> Store:
    return Store()


def in_files() -> Store:
    return Store(Files())


def in_one_text() -> Store:
    return Store(OneText())


def written_behind() -> Store:
    return Store(Behind())


KINDS: dict[str, Callable[[], Any]] = {
    "in a sorted list": in_a_sorted_list,
    "in files": in_files,
    "in one text": in_one_text,
    "written behind": written_behind,
    "in a log": Logged,
    "in batches": InBatches,
    "without hurry": Unhurried,
    "awaited": Awaited,
}
