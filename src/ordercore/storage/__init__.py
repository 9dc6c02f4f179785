"""Where it is kept: what a store must do, as protocols, and one that does it in memory.

There is no database here. A store knows keys, versions and documents, and nothing of orders.
An adapter for a database is a class with the few verbs of `Store`, or of `AsyncStore`; the
numbered clauses that it must keep stand in the reference.
"""

from ordercore.storage.awaited import Awaited
from ordercore.storage.decision import MAX_CHANGES, Change, CounterChange, Decision, Reply, Request
from ordercore.storage.documents import read_aggregate
from ordercore.storage.keys import MAX_USED, Counter, Key, Readable
from ordercore.storage.loaded import Counted, Found, Loaded
from ordercore.storage.memory import MemoryStore, MemoryTransaction
from ordercore.storage.ports import MAX_PAGE, AsyncStore, Page, Store

__all__ = [
    "MAX_CHANGES",
    "MAX_PAGE",
    "MAX_USED",
    "AsyncStore",
    "Awaited",
    "Change",
    "Counted",
    "Counter",
    "CounterChange",
    "Decision",
    "Found",
    "Key",
    "Loaded",
    "MemoryStore",
    "MemoryTransaction",
    "Page",
    "Readable",
    "Reply",
    "Request",
    "Store",
    "read_aggregate",
]
