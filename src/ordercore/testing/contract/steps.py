"""The steps that are taken with a store and with the model alike, as data."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final, Protocol

from attrs import Factory, define, evolve, field, frozen

from ordercore.events import Actor, Recorded, record
from ordercore.storage import (
    MAX_USED,
    Change,
    Counter,
    CounterChange,
    Decision,
    Key,
    Readable,
    Request,
)
from ordercore.testing.contract.actors import Walk
from ordercore.testing.contract.conduct import Conduct
from ordercore.testing.contract.samples import (
    AT,
    SCALE,
    TALLY,
    Scale,
    Tallied,
    Tally,
    Told,
    request,
)

__all__ = [
    "ASKED",
    "Acknowledge",
    "Begin",
    "Commit",
    "CommitAgain",
    "CommitTaken",
    "End",
    "Forget",
    "List",
    "Look",
    "Part",
    "Recall",
    "Run",
    "Step",
    "Turn",
    "Use",
]

_NAMES = ("b", "10", "9", "B", "a", "-", "a b", "a1", "_", "z", "A", "bb", "1", "Z", "a-b", "2")
_KEYS = tuple(Key(kind, name) for name in _NAMES for kind in (TALLY, SCALE))
_FEW = 3
_COUNTERS = (Counter("uses", "summer"), Counter("uses", "summer", "c-1"), Counter("spent", "x"))
ASKED: Final[tuple[Readable, ...]] = (*_KEYS, *_COUNTERS)
"""All keys and counters that may come up."""

_MOST_WALKS = 3
_TICK = timedelta(milliseconds=300)


@define
class Run:
    """A store and a model, and what was done with them so far.

    Args:
        conduct: Both of them.
        few: Whether there are few keys, for conflicts, or many, for pages.
    """

    conduct: Conduct
    few: bool = field(kw_only=True)
    serial: int = 0
    sent: list[tuple[Request, Decision[Told]]] = Factory(list)
    walks: list[Walk] = Factory(list)

    def key(self, place: int) -> Key:
        """Choose a key."""
        return _KEYS[place % (_FEW if self.few else len(_KEYS))]

    def end(self) -> None:
        """End all transactions, and compare everything once more."""
        while self.conduct.actors:
            self.conduct.end(self.conduct.actors[0], keep=True)
        self.conduct.compare()
        self.conduct.compare_kept()
        self.conduct.list_all(self.conduct.connections[-1], 100)
        for asked, _ in self.sent:
            self.conduct.reply(self.conduct.connections[0], asked)


class Step(Protocol):
    """Something that is done."""

    def take(self, run: Run) -> None:
        """Do it with both, and compare."""


@frozen
class Begin:
    """Begin a transaction."""

    def take(self, run: Run) -> None:
        """Do it with both."""
        run.conduct.begin()


@frozen
class End:
    """Commit a transaction, or roll it back."""

    who: int
    keep: bool

    def take(self, run: Run) -> None:
        """Do it with both, and compare."""
        units = run.conduct.actors
        if units:
            run.conduct.end(units[self.who % len(units)], keep=self.keep)
            run.conduct.compare()


@frozen
class Part:
    """A change: of which aggregate, how far off its version, with how many events.

    One that is plain leaves the aggregate with nothing but defaults.
    """

    place: int
    off: int
    events: int
    is_plain: bool = False


@frozen
class Use:
    """A use of a counter, and how much its limit leaves then; None: it has no limit."""

    place: int
    add: int
    spare: int | None

    def change(self, counter: Counter, used: int) -> CounterChange:
        """Make the change of a counter that tells so much now."""
        if self.spare is None:
            return CounterChange(counter, self.add)
        most = min(MAX_USED, max(0, used + self.add + self.spare))
        return CounterChange(counter, self.add, most)


@frozen
class Commit:
    """Commit a decision, on what whoever it is sees.

    It has a key of its own, or one of a few that come up, and are followed by others.
    """

    who: int
    under: int | None
    content: int
    parts: tuple[Part, ...]
    uses: tuple[Use, ...]
    ticks: int

    def take(self, run: Run) -> None:
        """Do it with both, and compare."""
        run.serial += 1
        name = f"n-{run.serial}" if self.under is None else f"r-{self.under + run.serial // 6}"
        asked, decided = request(name, self.content), self.decision(run)
        run.sent.append((asked, decided))
        run.conduct.commit(run.conduct.actor(self.who), asked, decided)
        run.conduct.compare()

    def decision(self, run: Run) -> Decision[Told]:
        """Make the decision, with a reply and values of its own."""
        model, unit = run.conduct.model, run.conduct.actor(self.who).unit
        view = model.now if unit is None else next(model.views(unit))
        changes: list[Change] = []
        told: list[Recorded] = []
        for place, (key, part) in enumerate(self._chosen(run).items()):
            before = max(0, view.version(key) + part.off)
            number = 0 if part.is_plain else 10 * run.serial + place
            value = Tally(number) if key.kind == TALLY else Scale(number)
            changes.append(Change(key, before, value))
            told += _events(run.serial, key, before, part.events, _at(-self.ticks))
        uses = {use.place % (len(_COUNTERS) - run.few): use for use in self.uses}
        usage = [
            use.change(_COUNTERS[place], view.used.get(_COUNTERS[place], 0))
            for place, use in uses.items()
        ]
        return Decision(
            reply=Told(run.serial), at=_at(self.ticks), changes=changes, events=told, usage=usage
        )

    def _chosen(self, run: Run) -> dict[Key, Part]:
        return {run.key(part.place): part for part in self.parts}


@frozen
class CommitAgain:
    """Commit something once more that was committed before, or refused."""

    who: int
    place: int

    def take(self, run: Run) -> None:
        """Do it with both, and compare; not where it depends on what a transaction sees."""
        if run.sent and not run.conduct.actors:
            asked, decided = run.sent[-1 - self.place % len(run.sent)]
            run.conduct.commit(run.conduct.actor(self.who), asked, decided)
            run.conduct.compare()


@frozen
class CommitTaken:
    """Commit an event whose id stands in the outbox; nothing of it may stay."""

    who: int
    place: int

    def take(self, run: Run) -> None:
        """Do it with both, and compare."""
        there = list(run.conduct.model.now.outbox)
        if not there or run.conduct.actors:
            return
        run.serial += 1
        parts = (Part(self.place, 0, 2), Part(self.place + 1, 0, 1))
        decided = Commit(0, None, 0, parts, (Use(0, 1, None),), 0).decision(run)
        last = evolve(decided.events[-1], id=there[self.place % len(there)])
        decided = evolve(decided, events=(*decided.events[:-1], last))
        made = dict(run.conduct.made)
        asked = request(f"n-{run.serial}")
        run.conduct.commit(run.conduct.actor(self.who), asked, decided)
        run.conduct.made = made
        run.conduct.compare()


@frozen
class Recall:
    """Ask for the reply under a key that came up, or under one that did not."""

    who: int
    place: int
    content: int

    def take(self, run: Run) -> None:
        """Do it with both, and compare."""
        asked = run.sent[self.place % len(run.sent)][0] if run.sent else request("nobody")
        if self.content:
            asked = request(asked.key, 7)
        run.conduct.reply(run.conduct.actor(self.who), asked)


@frozen
class Acknowledge:
    """Acknowledge some events."""

    who: int
    place: int
    count: int

    def take(self, run: Run) -> None:
        """Do it with both, and compare."""
        run.conduct.acknowledge(run.conduct.actor(self.who), self.place, self.count)
        run.conduct.compare()


@frozen
class Forget:
    """Forget the replies of before an instant."""

    who: int
    ticks: int

    def take(self, run: Run) -> None:
        """Do it with both, and compare."""
        run.conduct.forget(run.conduct.actor(self.who), _at(self.ticks))
        for asked, _ in run.sent[-6:]:
            run.conduct.reply(run.conduct.actor(self.who), asked)
            run.conduct.reply(run.conduct.connections[0], asked)


@frozen
class Look:
    """Read everything."""

    who: int
    lock: bool

    def take(self, run: Run) -> None:
        """Do it with both, and compare."""
        run.conduct.look(run.conduct.actor(self.who), lock=self.lock)


@frozen
class List:
    """List everything, in pages."""

    who: int
    limit: int

    def take(self, run: Run) -> None:
        """Do it with both, and compare."""
        run.conduct.list_all(run.conduct.actor(self.who), self.limit)


@frozen
class Turn:
    """Begin to go through a listing, and turn a page of each that was begun before."""

    kind: str | None
    limit: int

    def take(self, run: Run) -> None:
        """Do it with both, and compare."""
        walks = [*run.walks, run.conduct.walk(self.kind, self.limit)][-_MOST_WALKS:]
        run.walks = [walk for walk in walks if run.conduct.walk_on(walk)]


def _events(serial: int, key: Key, after: int, count: int, at: datetime) -> tuple[Recorded, ...]:
    """Record events; the later they are, the less their ids say so."""
    return record(
        [Tallied(serial)] * count,
        aggregate=key,
        after=after,
        ids=[f"{97 * serial % 100:02}-{serial}-{key.kind[4]}{key.id}-{n}" for n in range(count)],
        at=at,
        actor=Actor("system"),
        cause="c-1",
    )


def _at(ticks: int) -> datetime:
    """Make an instant less than a second from the usual one, with an offset of its own."""
    return (AT + _TICK * ticks).astimezone(timezone(timedelta(hours=-2 * ticks)))
