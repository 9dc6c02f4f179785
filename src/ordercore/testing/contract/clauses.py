"""The numbered clauses that every store keeps, in words, and the capabilities that some need.

This table is the contract: the page of the reference is made from it, and each of its clauses
has checks in the modules beside this one.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["CLAUSES", "Capability"]


class Capability(StrEnum):
    """What the author of a store promises beyond the base, and declares."""

    TRANSACTIONS = "transactions"
    """`Store.bind` takes the transactions that the harness's ``begin()`` begins."""

    SECOND_CONNECTION = "second_connection"
    """``second_connection()`` gives another store on the same data."""

    THREADS = "threads"
    """The store itself may be used by several threads at once."""

    PROCESSES = "processes"
    """What ``second_connection`` gives works in another process: it can be pickled."""

    KILL = "kill"
    """``kill()`` ends the store as a power cut would; ``reopen()`` gives it anew."""

    RAW = "raw"
    """``raw(key, version, document)`` writes an aggregate past the store."""


CLAUSES: Final = MappingProxyType(
    {
        "C-01": "An aggregate that was never committed has version 0 and no value.",
        "C-02": "What was committed is read back equal, with the sequence of its last event as "
        "the version; versions go on and never begin anew.",
        "C-03": "A read tells of each key and counter that was asked for, once, and of nothing "
        "else, whatever collection they come in; the same id of two kinds is two aggregates, also "
        "where one kind is called as another one begins.",
        "C-04": "What was returned does not change any more, whatever is committed later.",
        "C-05": "Keys of a kind are listed by the ASCII characters of their ids: `10`, `9`, `B`, "
        "`a`. A database's own collation is often another.",
        "C-06": "All pages together hold each key once; keys that come in meanwhile make none be "
        "missed or repeated.",
        "C-07": "A page may be asked for 1 to 1000 members and holds no more; another limit is "
        "refused.",
        "C-08": "A change that expects another version than the one there raises "
        "`VersionConflict`.",
        "C-09": "A commit is all or nothing: changes, events, counters and the reply under its "
        "key.",
        "C-10": "Of two that have read the same version, one commits; in none of the 20 ways in "
        "which their steps can mix is an update lost, within transactions or without.",
        "C-11": "A key under which nothing was committed has no reply.",
        "C-12": "The same request again gets the first reply and stores nothing, even where its "
        "versions are stale or its limits reached, whoever asks, and however many requests have "
        "come since.",
        "C-13": "Another content under a known key raises `IdempotencyConflict`, in `reply` and "
        "in `commit`; each character of a fingerprint counts.",
        "C-14": "A commit that was refused leaves its key free, for another content, too.",
        "C-15": "A commit under a key that another open transaction has committed under raises "
        "`InProgress`, or waits (or `VersionConflict`, where more is locked than keys; or one "
        "of the two is refused at its end). `reply` raises `InProgress`, too, or waits, or "
        "tells that nothing was committed yet.",
        "C-16": "`forget` forgets the replies of what was decided before the instant, and no "
        "others, whatever offsets the instants are written with.",
        "C-17": "A counter begins at 0 and adds up; each kind, id and holder has its own.",
        "C-18": "A counter reaches its limit and does not pass it, and never goes below 0: else "
        "`UsageExceeded`. Giving back is allowed above the limit.",
        "C-19": "Each event of a commit is in the outbox, equal down to its offset from UTC; "
        "those of one aggregate stand in the order of their sequence, 9 before 10.",
        "C-20": "All pages of the outbox together hold each event once, also where those read "
        "are acknowledged meanwhile or others come in. The order is stable, and whoever goes on "
        "with a page meets no event before an earlier one of the same aggregate.",
        "C-21": "Acknowledged events come no more, and all others still do. To acknowledge them "
        "again, or ids that are not there, changes nothing, also where such an id comes later.",
        "C-22": "An event with the id of one that stands in the outbox is refused with "
        "`InvalidValue`. The id of one that was acknowledged may be refused as well; else the "
        "event is told as any other.",
        "C-23": "Nobody else sees what was written in a transaction that has not committed.",
        "C-24": "The transaction itself sees it: values, versions, lists, counters, replies; and "
        "so does whoever is bound to it once more.",
        "C-25": "The caller's commit makes all of it hold, and only then do others find its "
        "events in the outbox.",
        "C-26": "After a rollback nothing has happened: keys, versions and counters are free. "
        "Whatever is refused within a transaction leaves what was written in it before, and what "
        "is written after that goes with a rollback, too.",
        "C-27": "Acknowledging and forgetting within a transaction hold with the caller's "
        "commit, and only for what was there.",
        "C-28": "A limit holds over transactions that are open at once.",
        "C-29": "Names are told apart by each of their characters, up to all 64: capitals from "
        "small letters, signs, blanks within. That goes for ids, counters, events and keys; and "
        "the same name of two sorts is two things.",
        "C-30": "Values come back to the last character, in aggregates, events and replies: "
        "trailing zeros, offsets, microseconds, numbers of 40 digits, every character of a text, "
        "empty text apart from none; so do the classes of events and replies.",
        "C-31": "Size makes no difference: documents of 1 MiB, decisions of thousands of changes, "
        "events and counters, pages of a thousand, versions that 16 bits cannot count.",
        "C-32": "The key is looked at before versions, and versions before counters.",
        "C-33": "`lock=True` is a hint: the same is read, no update is lost, and nothing stays "
        "locked when the transaction has ended.",
        "C-34": "Where nobody knows whether a commit took place, for its answer was lost, or it "
        "was cancelled while it was awaited, asking again is harmless: it has happened once, and "
        "the reply is the first one.",
        "C-35": "What one connection has committed, every other one sees; versions, keys and "
        "limits hold over all of them.",
        "C-36": "Threads at once lose and double nothing: the counter, what the aggregates say "
        "and the successes that were acknowledged come to the same.",
        "C-37": "Processes at once lose and double nothing.",
        "C-38": "After the store was killed, what was acknowledged is there, and what was not "
        "committed is not; and who goes on listing events misses none.",
        "C-39": "Where processes are killed at work, each commit of theirs is there in full or "
        "not at all, every one that was acknowledged is there, and who asks again under the key "
        "of one that was not gets an answer.",
        "C-40": "What another program has written past the store is read, and its version counts.",
        "C-41": "Whatever is committed, refused, listed, acknowledged, forgotten, rolled back in "
        "whatever order: the store shows what a model of plain dicts shows.",
        "C-42": "A read is of one state: of a commit that comes in meanwhile it tells all or "
        "nothing, and whoever has seen one part of it, a change, the reply or an event, finds the "
        "others.",
        "C-43": "A transaction that has ended does nothing more: whatever is asked within it is "
        "refused, and to end it once more changes nothing.",
        "C-44": "Records of stock are kept as all others: levels with their reservations, agendas "
        "with their bookings, books of bills come back equal after each command, and levels and "
        "agendas are what their events come to.",
        "C-45": "The last unit of a level, and the last hour of an agenda, has one holder, in "
        "whatever order the steps of two mix; many at once are promised no more than there is.",
        "C-46": "A store that is awaited serves several tasks of one event loop at once: wherever "
        "it awaits something, others go on, and nothing is lost, doubled or seen in half.",
    }
)
"""What every store does, by the number of the clause."""
