"""Directed schedules: two who read, decide and write, in every order in which they can mix.

A script is a generator. It yields what it has begun, is sent the answer, or is thrown the
refusal; each of that is one turn. A turn whose answer does not come is passed over: the store
makes it wait for the other one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from itertools import combinations
from typing import Any, Final

from ordercore.errors import IdempotencyConflict, InProgress, UsageExceeded, VersionConflict
from ordercore.storage import Decision, Request
from ordercore.testing.contract.expectations import Hung
from ordercore.testing.contract.hands import Pending
from ordercore.testing.contract.lab import Asked, Lab, Unit

__all__ = [
    "ORDERS",
    "REFUSED",
    "Begin",
    "Script",
    "committing",
    "giving_up",
    "interleave",
    "orders",
]

Script = Generator[Pending, Any, object]

Begin = Callable[[], Asked]
"""Begins a transaction, or gives a store that needs none."""

REFUSED: Final = "refused"
"""What a script returns that has given up."""

_REFUSALS = (IdempotencyConflict, InProgress, UsageExceeded, VersionConflict)


def orders(steps: int) -> tuple[str, ...]:
    """List all orders in which so many steps each of ``x`` and ``y`` can mix."""
    return tuple(
        "".join("x" if place in first else "y" for place in range(2 * steps))
        for first in combinations(range(2 * steps), steps)
    )


ORDERS: Final = orders(3)
"""All orders in which two can read, write and commit: 20."""


def committing(asked: Asked, told: Request, decided: Decision[Any]) -> Script:
    """Commit in two steps: in a transaction and then that one, or having looked at the key."""
    if isinstance(asked, Unit):
        yield asked.start(lambda store: store.commit(told, decided))
        yield asked.start_keeping()
    else:
        yield asked.start(lambda store: store.reply(told))
        yield asked.start(lambda store: store.commit(told, decided))
    return None


def giving_up(asked: Asked) -> Script:
    """Roll back, if there is anything to."""
    if isinstance(asked, Unit):
        yield asked.start_dropping()
    return REFUSED


class _Turns:
    """A script, one turn after the other."""

    def __init__(self, lab: Lab, script: Script) -> None:
        self.lab = lab
        self.script = script
        self.ended = False
        self.result: object = None
        self.pending: Pending | None = None

    def turn(self) -> bool:
        """Do one step more; tell whether anything has happened."""
        if self.ended:
            return False
        if self.pending is not None:
            if not self.lab.is_done(self.pending):
                return False
            self._hand_over(self.pending)
        else:
            self._on(lambda: next(self.script))
        return True

    def _hand_over(self, pending: Pending) -> None:
        """Give the script its answer, and see it begin what comes next."""
        self.pending = None
        try:
            answer = pending.answer()
        except _REFUSALS as error:
            refusal = error
            self._on(lambda: self.script.throw(refusal))
            if self.pending is not None:  # what it does about that belongs to the same turn
                self.turn()
        else:
            self._on(lambda: self.script.send(answer))

    def _on(self, go: Any) -> None:
        try:
            self.pending = go()
        except StopIteration as ended:
            self.ended, self.result = True, ended.value
        else:
            self.lab.is_done(self.pending)


def interleave(lab: Lab, order: str, scripts: Mapping[str, Script]) -> dict[str, object]:
    """Let scripts take turns in an order, and then to their ends.

    Returns:
        What each has returned.

    Raises:
        Hung: They wait for each other.
    """
    turns = {name: _Turns(lab, script) for name, script in scripts.items()}
    for name in order:
        turns[name].turn()
    while not all(each.ended for each in turns.values()):
        if not any([each.turn() for each in turns.values()]) and lab.left <= 0:
            told = f"two in the order {order} to come to an end"
            raise Hung(told, "that they wait for each other")
    return {name: each.result for name, each in turns.items()}
