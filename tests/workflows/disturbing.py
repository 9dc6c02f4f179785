"""Stores at which something goes wrong, and the two ways to run a use case on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from attrs import define, field

from ordercore.errors import UsageExceeded, VersionConflict
from ordercore.storage import Awaited, MemoryStore, Readable
from ordercore.workflows import run, run_async
from ordercore.workflows.drivers import _steps


class Crash(Exception):
    """The host went down."""


@define
class Disturbed:
    """A store at which something happens before or after its verbs.

    Args:
        store: The true one.
        before: By the number of the verb, from 1 on, and by its name: what happens before.
        after: What happens after it is done.
        told: The names of the verbs that were asked for.
    """

    store: Any
    before: Callable[[int, str], None] = lambda _number, _verb: None
    after: Callable[[int, str], None] = lambda _number, _verb: None
    told: list[str] = field(factory=list)
    locks: list[bool] = field(factory=list)

    def _do(self, verb: str, *given: Any, **named: Any) -> Any:
        self.told.append(verb)
        number = len(self.told)
        self.before(number, verb)
        answer = getattr(self.store, verb)(*given, **named)
        self.after(number, verb)
        return answer

    def read(self, asked: Iterable[Readable], *, lock: bool = False) -> Any:
        self.locks.append(lock)
        return self._do("read", asked, lock=lock)

    def reply(self, request: Any) -> Any:
        return self._do("reply", request)

    def commit(self, request: Any, decision: Any) -> Any:
        return self._do("commit", request, decision)


def raise_at(error: Exception, *where: int | str) -> Callable[[int, str], None]:
    """Raise at the verbs of these numbers or names."""

    def happen(number: int, verb: str) -> None:
        if number in where or verb in where:
            raise error

    return happen


def plainly(command: Any, store: Any, **named: Any) -> Any:
    return run(command, store, **named)


def awaited(command: Any, store: Any, **named: Any) -> Any:
    return asyncio.run(run_async(command, Awaited(store), **named))


def interleaved(commands: list[Any], store: MemoryStore, seed: int) -> list[Any]:
    """Run use cases at once: whose verb is next, chance decides; give what each is answered."""
    chance = Random(seed)
    hands = {i: _steps(command, 200, lock=False) for i, command in enumerate(commands)}
    pending = {i: next(hand) for i, hand in hands.items()}
    answers: dict[int, Any] = {}
    while pending:
        i = chance.choice(sorted(pending))
        try:
            pending[i] = advance(hands[i], pending[i], store)
        except StopIteration as ended:
            answers[i] = ended.value
            del pending[i]
    return [answers[i] for i in range(len(commands))]


def advance(hand: Any, step: Any, store: MemoryStore) -> Any:
    """Do one verb of a use case, and tell it how that went."""
    try:
        answer = step.on(store)
    except (VersionConflict, UsageExceeded) as error:
        return hand.throw(error)
    return hand.send(answer)
