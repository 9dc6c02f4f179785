"""Where a check works: a fresh store, others at it, and transactions, each in hands of its own.

No check calls a store itself. It tells a hand to, and looks at the clock meanwhile: a store that
does not answer is `Waits` while somebody else has a transaction open, for that is allowed, and
`Hung` when there is nobody left to wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from ordercore.errors import InProgress, VersionConflict
from ordercore.events import Recorded
from ordercore.storage import Decision, Key, Loaded, Page, Readable, Reply, Request
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import Hung, Waits
from ordercore.testing.contract.hands import Hand, Pending
from ordercore.testing.contract.harness import begins, declared, store_of
from ordercore.testing.contract.patience import Patience
from ordercore.testing.contract.plainly import Awaiter, Plainly

__all__ = ["Asked", "Lab", "Unit"]

_CLEARING_UP = 5.0
_RESTING = 0.05
_TRIAL = 2.0

_T = TypeVar("_T")


class Asked:
    """The verbs of a store, done by a hand."""

    def __init__(self, lab: Lab, hand: Hand, store: Callable[[], Plainly]) -> None:
        self.lab: Lab = lab
        self.hand: Hand = hand
        self._plainly = store

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Loaded:
        """Read as `Store.read`."""
        return self.ask(lambda store: store.read(asked, lock=lock))

    def keys(self, kind: str, *, after: str | None = None, limit: int = 100) -> Page[Key]:
        """List as `Store.keys`."""
        return self.ask(lambda store: store.keys(kind, after=after, limit=limit))

    def reply(self, request: Request) -> Reply | None:
        """Tell as `Store.reply`."""
        return self.ask(lambda store: store.reply(request))

    def commit(self, request: Request, decision: Decision[Any]) -> Reply:
        """Store as `Store.commit`."""
        return self.ask(lambda store: store.commit(request, decision))

    def outbox(self, *, after: str | None = None, limit: int = 100) -> Page[Recorded]:
        """List as `Store.outbox`."""
        return self.ask(lambda store: store.outbox(after=after, limit=limit))

    def acknowledge(self, events: Iterable[str]) -> None:
        """Take out as `Store.acknowledge`."""
        self.ask(lambda store: store.acknowledge(events))

    def forget(self, before: datetime) -> None:
        """Forget as `Store.forget`."""
        self.ask(lambda store: store.forget(before))

    def start(self, do: Callable[[Plainly], Any]) -> Pending:
        """Begin something with the store, and do not wait for it."""
        return self.hand.start(lambda: do(self._plainly()))

    def ask(self, do: Callable[[Plainly], _T]) -> _T:
        """Do something with the store, and wait for its answer."""
        answer: _T = self.lab.wait_for(self.start(do))
        return answer


class Unit(Asked):
    """A transaction of somebody's, and the store that is bound to it.

    It is begun, used and ended by a hand of its own. Where it cannot be begun, because the
    store does not let a second one begin, it is refused or waits, as any of its verbs may.
    """

    def __init__(self, lab: Lab, name: str) -> None:
        super().__init__(lab, Hand(name), self._ready)
        self.is_open: bool = True
        self._transaction: Any = None
        self._bound: Plainly | None = None
        self._refusal: BaseException | None = None
        self.opening: Pending = self.hand.start(self._open)

    @property
    def is_there(self) -> bool:
        """Whether it has begun, and not ended."""
        return self.is_open and self.opening.within(0)

    @property
    def is_one(self) -> bool:
        """Whether what has begun can be ended, and the store could be bound to it."""
        ends = ("commit", "rollback")
        return self.is_there and all(callable(getattr(self._transaction, e, None)) for e in ends)

    def bound_again(self) -> Asked:
        """Bind the store to it once more."""
        bound: Plainly = self.ask(lambda _: self.lab.bound(self._transaction))
        return Asked(self.lab, self.hand, lambda: bound)

    def keep(self) -> None:
        """End it by the caller's commit; where that is refused, nothing of it has happened."""
        self.lab.wait_in_full(self.start_keeping())

    def drop(self) -> None:
        """End it by a rollback."""
        self.lab.wait_in_full(self.start_dropping())

    def start_keeping(self) -> Pending:
        """Begin to end it by the caller's commit, and do not wait for it."""
        return self.hand.start(self._keep)

    def start_dropping(self) -> Pending:
        """Begin to roll it back, and do not wait for it."""
        return self.hand.start(self._drop)

    def end_again(self, *, keep: bool) -> None:
        """End it once more, whatever comes of that; what its end was is known already."""
        end = self._transaction.commit if keep else self._transaction.rollback

        def once_more() -> None:
            with suppress(Exception):
                self.lab.awaiter.call(end)

        self.lab.wait_in_full(self.hand.start(once_more))

    # Done by its hand

    def _open(self) -> None:
        try:
            self._transaction = self.lab.call("begin")
            self._bound = self.lab.bound(self._transaction)
        except BaseException as error:
            self.is_open = False
            self._refusal = error.with_traceback(None)
            raise

    def _ready(self) -> Plainly:
        if self._refusal is not None:
            raise self._refusal
        if self._bound is None:
            raise RuntimeError("a transaction that was begun")
        return self._bound

    def _keep(self) -> None:
        try:
            self.lab.awaiter.call(self._transaction.commit)
        except Exception:
            with suppress(Exception):  # many are at their end already
                self.lab.awaiter.call(self._transaction.rollback)
            raise
        finally:
            self.is_open = False

    def _drop(self) -> None:
        if not self.is_open:
            return
        try:
            self.lab.awaiter.call(self._transaction.rollback)
        finally:
            self.is_open = False


class Lab:
    """One fresh store, and all that is done with it in one check.

    Args:
        factory: What the author gave.
        seed: For what is drawn by chance.
        time_limit: How many seconds the check may take.
        patience: What is known of the time that the store takes.
    """

    def __init__(
        self, factory: Callable[[], Any], seed: int, time_limit: float, patience: Patience
    ) -> None:
        self.factory = factory
        self.seed = seed
        self.time_limit = time_limit
        self.awaiter: Awaiter = Awaiter()
        self._deadline = monotonic() + time_limit
        self.patience = patience
        self._owner = Hand("owner")
        self._hands = [self._owner]
        self._units: list[Unit] = []
        self.given: Any = self._by_owner(partial(self.awaiter.call, factory))
        self.capabilities: frozenset[Capability] = declared(self.given)
        self._made = Plainly(store_of(self.given), self.awaiter)
        if self._begins_undeclared():
            self.capabilities |= {Capability.TRANSACTIONS}
        self.store: Asked = Asked(self, self._owner, lambda: self._made)

    # What the harness is asked for

    def call(self, method: str, *given: Any) -> Any:
        """Call a method of the harness, in the hand that one is in."""
        return self.awaiter.call(getattr(self.given, method), *given)

    def bound(self, transaction: Any) -> Plainly:
        """Bind the store to a transaction, in the hand that one is in."""
        return self._made.bind(transaction)

    def has(self, capability: Capability) -> bool:
        """Tell whether a capability is declared."""
        return capability in self.capabilities

    @property
    def is_awaited(self) -> bool:
        """Whether any answer of the store had to be awaited so far."""
        return self._made.is_awaited

    def _begins_undeclared(self) -> bool:
        """Find out whether there are transactions that nobody has declared; it is tried once."""
        if self.has(Capability.TRANSACTIONS) or not begins(self.given):
            return False
        if self.patience.begins is None:
            unit = Unit(self, "trial")
            self.patience.begins = unit.opening.within(min(_TRIAL, self.left)) and unit.is_one
            unit.start_dropping().within(_TRIAL)
            unit.hand.stop()
        return self.patience.begins

    def another(self, name: str = "other") -> Asked:
        """Open another connection, with a hand of its own; without such, give the only one."""
        if not self.has(Capability.SECOND_CONNECTION):
            return self.store
        hand = Hand(name)
        self._hands.append(hand)
        opened = hand.start(lambda: Plainly(self.call("second_connection"), self.awaiter))
        connection: Plainly = self.wait_for(opened)
        return Asked(self, hand, lambda: connection)

    def shared(self, name: str) -> Asked:
        """Give the store itself into another hand (``threads``)."""
        hand = Hand(name)
        self._hands.append(hand)
        return Asked(self, hand, lambda: self._made)

    def unit(self, name: str = "unit") -> Unit:
        """Begin a transaction, and do not wait for it."""
        unit = Unit(self, name)
        self._units.append(unit)
        return unit

    def begin(self, name: str = "unit") -> Unit:
        """Begin a transaction; it may not be there yet if another one is open."""
        unit = self.unit(name)
        others = self.others_than(unit.hand)
        with suppress(Waits, *((VersionConflict, InProgress) if others else ())):
            self.wait_for(unit.opening)
        return unit

    def kill(self) -> None:
        """Kill the store, and open it anew."""
        for unit in self._units:
            unit.is_open = False
        self._by_owner(partial(self.call, "kill"))
        self._made = Plainly(self._by_owner(partial(self.call, "reopen")), self.awaiter)

    def raw(self, key: Key, version: int, document: str) -> None:
        """Write an aggregate past the store."""
        self._by_owner(partial(self.call, "raw", key, version, document))

    @contextmanager
    def anew(self) -> Iterator[Lab]:
        """Work with another fresh store, within the same time."""
        lab = Lab(self.factory, self.seed, max(0.0, self.left), self.patience)
        try:
            yield lab
        finally:
            lab.close()

    # The clock

    @property
    def left(self) -> float:
        """How many seconds are left."""
        return self._deadline - monotonic()

    def wait_for(self, pending: Pending) -> Any:
        """Wait for what a hand does, and give its answer.

        Raises:
            Waits: It has no answer yet, and may be waiting for somebody else's transaction.
            Hung: It has none, and there is nobody whom it could wait for.
        """
        if not self.is_done(pending):
            raise Waits
        return pending.answer()

    def is_done(self, pending: Pending) -> bool:
        """Tell whether something is done, giving it the time that it may take.

        Raises:
            Hung: As `wait_for`.
        """
        if self._has_others(pending) and not pending.within(0):
            if self.patience.waits_for(pending, self.left):
                return True
            if self.others_than(pending.hand):
                pending.held_since = self._ended
                self.patience.has_waited()
                return False
        self._see_to_its_end(pending)
        if pending.held_since == self._ended and not pending.has_failed:
            self.patience.has_been_slow(pending.seconds)
        return True

    def _has_others(self, pending: Pending) -> bool:
        others = self.others_than(pending.hand)
        if pending.is_alone is None:
            pending.is_alone = not others
        return others

    @property
    def _ended(self) -> int:
        return sum(not unit.is_open for unit in self._units)

    def wait_in_full(self, pending: Pending) -> Any:
        """Wait for what nobody can be in the way of, and give its answer.

        Raises:
            Hung: It has none.
        """
        self._has_others(pending)
        self._see_to_its_end(pending)
        return pending.answer()

    def _see_to_its_end(self, pending: Pending) -> None:
        if not pending.within(self.left):
            raise Hung(f"an answer within {self.time_limit:g} seconds", "none")
        if pending.is_alone:
            self.patience.has_taken(pending.seconds)

    def others_than(self, hand: Hand) -> bool:
        """Tell whether somebody else has a transaction open or something to do."""
        return any(unit.is_open for unit in self._units if unit.hand is not hand) or any(
            other.is_busy for other in self._hands if other is not hand
        )

    def settle(self) -> None:
        """Roll back all transactions, and wait until nobody has anything to do.

        Raises:
            Hung: They do not come to an end.
        """
        hands = [*self._hands, *(unit.hand for unit in self._units)]
        for unit in self._units:
            if unit.is_open:
                unit.start_dropping()
        while any(hand.is_busy for hand in hands):
            if self.left <= 0:
                raise Hung("all to end after the transactions that they waited for", "it did not")
            for hand in hands:
                hand.rest(_RESTING)

    def close(self) -> None:
        """Roll back what is open, and let the author clear up; nothing here takes long."""
        until = monotonic() + _CLEARING_UP
        for end in [unit.start_dropping() for unit in self._units if unit.is_open]:
            end.within(until - monotonic())
        if hasattr(self.given, "close"):
            self._owner.start(partial(self.call, "close")).within(_CLEARING_UP)
        for hand in (*self._hands, *(unit.hand for unit in self._units)):
            hand.stop()
        self.awaiter.close()

    def _by_owner(self, do: Callable[[], Any]) -> Any:
        return self.wait_for(self._owner.start(do))
