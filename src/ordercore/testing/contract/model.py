"""What a store shows, in plain dicts: the whole contract, for one after the other and for units.

A unit may see all that was committed when it began, or all that is committed now, or anything in
between, as databases differ in that. Whatever it has seen, it may only commit what would have
come out the same had all of it been done at that moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from attrs import Factory, define, evolve, frozen

from ordercore.errors import (
    IdempotencyConflict,
    InProgress,
    InvalidValue,
    UsageExceeded,
    VersionConflict,
)
from ordercore.events import Recorded
from ordercore.storage import Counter, Decision, Key, Reply, Request

__all__ = [
    "CROWDED",
    "Acknowledged",
    "Committed",
    "Effect",
    "Forgotten",
    "Model",
    "State",
    "UnitModel",
]

CROWDED = frozenset({VersionConflict, InProgress})
"""With what a store may refuse anybody while somebody else has a transaction open."""


@frozen
class Committed:
    """A commit that was done."""

    request: Request
    decision: Decision[Any]


@frozen
class Acknowledged:
    """Events that were taken out of the outbox."""

    ids: frozenset[str]


@frozen
class Forgotten:
    """Replies that were forgotten, each with its key."""

    replies: frozenset[tuple[str, Reply]]


Effect = Committed | Acknowledged | Forgotten


@frozen
class State:
    """What is committed at one moment. States are never changed, so they can be kept."""

    found: dict[Key, tuple[int, object]] = Factory(dict)
    used: dict[Counter, int] = Factory(dict)
    replies: dict[str, tuple[Request, Reply, datetime]] = Factory(dict)
    outbox: dict[str, Recorded] = Factory(dict)

    def version(self, key: Key) -> int:
        """Tell the version of an aggregate."""
        return self.found.get(key, (0, None))[0]

    def outcomes(self, request: Request, decision: Decision[Any]) -> set[object]:
        """Tell what may come of a commit: the reply, or the class of the refusal.

        It is one alone, but where an event's id is taken: the contract does not say when that
        is looked at.
        """
        known = self.answer(request)
        if known is not None:
            return {known}
        taken = any(told.id in self.outbox for told in decision.events)
        found: set[object] = {InvalidValue} if taken else set()
        if any(self.version(each.key) != each.expected_version for each in decision.changes):
            return found | {VersionConflict}
        if not all(each.follows(self.used.get(each.counter, 0)) for each in decision.usage):
            return found | {UsageExceeded}
        return found or {decision.reply}

    def answer(self, request: Request) -> object:
        """Tell what is replied to a request: a reply, IdempotencyConflict, or None."""
        if request.key not in self.replies:
            return None
        known, reply, _ = self.replies[request.key]
        return reply if known == request else IdempotencyConflict

    def after(self, *effects: Effect) -> State:
        """Make the state after effects, whether they would be allowed or not."""
        state = self
        for effect in effects:
            if isinstance(effect, Committed):
                state = state._after_commit(effect.request, effect.decision)
            elif isinstance(effect, Acknowledged):
                left = {k: told for k, told in state.outbox.items() if k not in effect.ids}
                state = evolve(state, outbox=left)
            else:
                gone = effect.replies
                kept = {k: r for k, r in state.replies.items() if (k, r[1]) not in gone}
                state = evolve(state, replies=kept)
        return state

    def _after_commit(self, request: Request, decision: Decision[Any]) -> State:
        found = {
            each.key: (decision.version_of(each.key), each.value) for each in decision.changes
        }
        used = {each.counter: self.used.get(each.counter, 0) + each.add for each in decision.usage}
        return State(
            self.found | found,
            self.used | used,
            self.replies | {request.key: (request, decision.reply, decision.at)},
            self.outbox | {told.id: told for told in decision.events},
        )

    def older(self, before: datetime) -> frozenset[tuple[str, Reply]]:
        """List the replies of what was decided before an instant, with their keys."""
        return frozenset((k, told) for k, (_, told, at) in self.replies.items() if at < before)


@define(eq=False)
class UnitModel:
    """A transaction that is open.

    Args:
        since: How many states there were before it began.
        was_alone: Whether nobody else had a transaction open, and nothing was committed by
            anybody else, as long as it was open.
        effects: What was done in it.
    """

    since: int
    was_alone: bool
    effects: list[Effect] = Factory(list)


@define(eq=False)
class Model:
    """All states, one after the other, and the units that are open."""

    states: list[State] = Factory(lambda: [State()])
    units: list[UnitModel] = Factory(list)

    @property
    def now(self) -> State:
        """What is committed."""
        return self.states[-1]

    # One who has no transaction

    def do(self, effect: Effect) -> None:
        """Enter what was done without a transaction."""
        self._enter(self.now.after(effect), None)

    # Units

    def begin(self) -> UnitModel:
        """Enter a transaction that begins."""
        unit = UnitModel(len(self.states) - 1, was_alone=not self.units)
        for other in self.units:
            other.was_alone = False
        self.units.append(unit)
        return unit

    def views(self, unit: UnitModel) -> Iterator[State]:
        """Go through all that a unit may see, the newest first."""
        for state in reversed(self.states[unit.since :]):
            yield state.after(*unit.effects)

    def can_keep(self, unit: UnitModel) -> bool:
        """Tell whether all that was done in a unit comes out the same, done now."""
        state = self.now
        for effect in unit.effects:
            if isinstance(effect, Committed):
                request, decision = effect.request, effect.decision
                if request.key in state.replies:
                    return False
                if state.outcomes(request, decision) != {decision.reply}:
                    return False
            state = state.after(effect)
        return True

    def keep(self, unit: UnitModel) -> None:
        """Enter that a unit has committed."""
        self.units.remove(unit)
        self._enter(self.now.after(*unit.effects), unit)

    def drop(self, unit: UnitModel) -> None:
        """Enter that a unit was rolled back, or could not commit."""
        self.units.remove(unit)

    def _enter(self, state: State, by: UnitModel | None) -> None:
        self.states.append(state)
        for unit in self.units:
            if unit is not by:
                unit.was_alone = False
