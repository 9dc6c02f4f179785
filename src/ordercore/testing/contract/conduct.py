"""Steps taken with a store and with the model alike, and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from ordercore.errors import InProgress, UsageExceeded, VersionConflict
from ordercore.storage import Decision, Key, Loaded, Page, Readable, Reply, Request
from ordercore.testing.contract.actors import Actor, Walk, Within
from ordercore.testing.contract.clauses import Capability
from ordercore.testing.contract.expectations import Broken, Hung
from ordercore.testing.contract.hands import Pending
from ordercore.testing.contract.lab import Lab
from ordercore.testing.contract.model import (
    CROWDED,
    Acknowledged,
    Committed,
    Effect,
    Forgotten,
    Model,
    State,
)
from ordercore.testing.contract.plainly import Plainly
from ordercore.testing.contract.samples import SCALE, TALLY
from ordercore.testing.contract.seen import REFUSALS
from ordercore.testing.contract.shown import (
    apart,
    either,
    listed_by,
    name_of,
    names_in,
    outbox_of,
    short,
    shown_of,
    view_of,
)

__all__ = ["MOST_UNITS", "Conduct"]

MOST_UNITS = 3


class Conduct:
    """A fresh store beside a fresh model.

    Args:
        lab: Where the store is.
        asked: All keys and counters that may come up.
    """

    def __init__(self, lab: Lab, asked: Iterable[Readable]) -> None:
        self.lab = lab
        self.model: Model = Model()
        self.asked: tuple[Readable, ...] = tuple(asked)
        self.connections: list[Actor] = [Actor(lab.store)]
        if lab.has(Capability.SECOND_CONNECTION):
            self.connections.append(Actor(lab.another(), "another connection"))
        self.actors: list[Within] = []
        self.made: dict[str, tuple[Key, int]] = {}
        self.order: list[str] = []
        self.kept: list[tuple[Loaded, dict[object, object]]] = []
        self.story: list[str] = []
        self.reads_wait: bool = False

    # Who there is

    def actor(self, number: int) -> Actor:
        """Choose among the connections and the transactions that are open."""
        several = [*self.connections, *self.actors * 3]
        return several[number % len(several)]

    def begin(self) -> None:
        """Begin a transaction, unless there are many, or the store does not let it begin."""
        if not self.lab.has(Capability.TRANSACTIONS) or len(self.actors) >= MOST_UNITS:
            return
        name = f"unit {len(self.story)}"
        unit = self.lab.unit(name)
        actor = Within(unit, name, self.model.begin())
        crowded = bool(self.actors)  # when it was asked: others may make way meanwhile
        outcome = self._outcome(actor, unit.opening)
        self._tell(f"{name} begins", outcome)
        if outcome in CROWDED and crowded:
            self.model.drop(actor.model)
        elif outcome is not None:
            raise self._broken("a transaction", outcome)
        else:
            self.actors.append(actor)

    def end(self, actor: Within, *, keep: bool, make_way: bool = True) -> None:
        """Let a transaction commit or roll back."""
        unit, model = actor.asked, actor.model
        self.actors.remove(actor)
        pending = unit.start_keeping() if keep else unit.start_dropping()
        outcome = self._outcome(actor, pending, make_way=make_way)
        self._tell(f"{actor.name} ends by {'commit' if keep else 'rollback'}", outcome)
        if outcome is None and not keep:
            self.model.drop(model)
        elif outcome is None:
            if not self.model.can_keep(model):
                expected = f"{actor.name} to be refused, for what it did no longer holds"
                raise self._broken(expected, "that it could commit")
            self.model.keep(model)
        elif keep and outcome in {*CROWDED, UsageExceeded} and not model.was_alone:
            self.model.drop(model)
        else:
            raise self._broken(f"{actor.name} to end", outcome)

    # What they do

    def commit(self, actor: Actor, request: Request, decision: Decision[Any]) -> None:
        """Commit something."""
        since, crowded = self._since, self._is_crowded(actor)
        self.made |= {each.id: (each.aggregate, each.sequence) for each in decision.events}
        seen = self._do(actor, lambda store: store.commit(request, decision))
        self._tell(f"{actor.name} commits {short(request, decision)}", seen)
        states = self._states(actor, since)
        exact = [state.outcomes(request, decision) for state in states]
        if isinstance(seen, Reply) and actor.unit is None:
            exact = exact[:1]  # what is done is done now, whatever there was before
        allowed = set().union(*exact, self._excuses(actor, decision) if crowded else ())
        if seen not in allowed:
            raise self._broken(f"{actor.name} to get {either(allowed)}", seen)
        if isinstance(seen, Reply):
            if all(state.answer(request) != seen for state in states):
                self._enter(actor, Committed(request, decision))
        elif seen in CROWDED and crowded:
            self._give_up(actor)

    def reply(self, actor: Actor, request: Request) -> None:
        """Ask for a reply."""
        since, crowded = self._since, self._is_crowded(actor)
        seen = self._do(actor, lambda store: store.reply(request))
        self._tell(f"{actor.name} asks for {request.key}", seen)
        if crowded and seen is VersionConflict:
            self._give_up(actor)
            return
        allowed = {state.answer(request) for state in self._states(actor, since)}
        allowed |= {InProgress} if crowded else set()
        if seen not in allowed:
            raise self._broken(either(allowed), seen)

    def acknowledge(self, actor: Actor, place: int, count: int) -> None:
        """Acknowledge some events, of those that are there in any case, and one that is not."""
        states, crowded = self._states(actor, self._since), self._is_crowded(actor)
        out = self._out(actor, self._oldest)
        several = [name for name in states[0].outbox if name in out][place : place + count]
        seen = self._do(actor, lambda store: store.acknowledge([*several, "nobody"]))
        self._tell(f"{actor.name} acknowledges {several}", seen)
        self._after(actor, seen, Acknowledged(frozenset(several)), crowded=crowded)

    def forget(self, actor: Actor, before: datetime) -> None:
        """Forget replies; not where it depends on what a transaction sees."""
        states, crowded = self._states(actor, self._since), self._is_crowded(actor)
        older = states[0].older(before)
        if any(state.older(before) != older for state in states):
            return
        seen = self._do(actor, lambda store: store.forget(before))
        self._tell(f"{actor.name} forgets what was decided before {before}", seen)
        if actor.unit is None:
            older = self.model.now.older(before)  # it may have had to wait for others
        self._after(actor, seen, Forgotten(older), crowded=crowded)

    def look(self, actor: Actor, *, lock: bool = False) -> None:
        """Compare all that somebody sees of aggregates and counters."""
        since, crowded = self._since, self._is_crowded(actor)
        seen = self._do(actor, lambda store: store.read(iter(self.asked), lock=lock))
        if crowded and self._is_refused(seen):
            self._give_up(actor)
            return
        if not isinstance(seen, Loaded):
            raise self._broken(f"{actor.name} to read", seen)
        shown = shown_of(seen)
        views = [view_of(state, self.asked) for state in self._states(actor, since)]
        if shown not in views:
            expected = f"{actor.name} to read {apart(views[0], shown)}"
            raise self._broken(expected, apart(shown, views[0]))
        if lock:
            self.kept.append((seen, shown))

    def compare_kept(self) -> None:
        """See that what was read has not changed since."""
        for seen, shown in self.kept:
            now = shown_of(seen)
            if now != shown:
                raise self._broken(f"what was read to stay {apart(shown, now)}", apart(now, shown))

    def list_all(self, actor: Actor, limit: int) -> None:
        """Compare all that somebody can list."""
        since, oldest, crowded = self._since, self._oldest, self._is_crowded(actor)
        seen = self._do(actor, lambda store: listed_by(store, limit))
        if crowded and self._is_refused(seen):
            self._give_up(actor)
            return
        states = self._states(actor, since)
        views = [(names_in(state, TALLY), names_in(state, SCALE)) for state in states]
        if not isinstance(seen, tuple) or seen[:2] not in views:
            raise self._broken(f"{actor.name} to list {views[0]}", seen)
        self._check_events(seen[2], self._out(actor, oldest), states)

    def walk_on(self, walk: Walk) -> bool:
        """Go to the next page of a listing; tell whether there is one more."""
        store, there = self.connections[0], self._there(walk)
        crowded = self._is_crowded(store)
        page = self._do(store, walk.page)
        if crowded and self._is_refused(page):
            return True
        if not isinstance(page, Page):
            raise self._broken("a page", page)
        found = [each.id for each in page.members]
        self._tell(f"a page of {walk.kind or 'the outbox'} after {walk.after}", found)
        walk.seen += found
        walk.after = page.next
        left = self._there(walk)
        if not set(found) <= there | left:
            raise self._broken(f"a page of what is there: {sorted(left)}", found)
        if walk.kind is None:
            self._check_order(walk.seen)
        elif walk.seen != sorted(set(walk.seen)):
            raise self._broken("keys in order, each once", walk.seen)
        missed = walk.due & left - set(walk.seen)
        if page.next is None and missed:
            raise self._broken(f"pages that miss none: {sorted(missed)}", walk.seen)
        return page.next is not None

    def walk(self, kind: str | None, limit: int) -> Walk:
        """Begin to go through a listing."""
        walk = Walk(kind, limit)
        store = self.connections[0]
        walk.due = frozenset(self._there(walk) if kind else self._out(store, self._oldest))
        return walk

    def compare(self) -> None:
        """Compare all that can be seen without a transaction, and what those within read."""
        if self.reads_wait and self.actors:
            return
        for connection in self.connections:
            self.look(connection)
        self._compare_outbox()
        for actor in tuple(self.actors):
            if actor in self.actors:
                self.look(actor)

    # How it is done

    @property
    def _since(self) -> int:
        return len(self.model.states) - 1

    def _do(self, actor: Actor, do: Callable[[Plainly], Any]) -> Any:
        return self._outcome(actor, actor.asked.start(do))

    def _outcome(self, actor: Actor, pending: Pending, *, make_way: bool = True) -> Any:
        """Wait for an answer; where it does not come, let others end, one by one."""
        while not self.lab.is_done(pending):
            others = [each for each in self.actors if each is not actor]
            if make_way and others:
                self.reads_wait = True
                self.end(others[-1], keep=len(self.story) % 2 == 0, make_way=False)
            elif self.lab.left <= 0:
                raise Hung("an answer, for nobody is in the way", "none")
        try:
            return pending.answer()
        except REFUSALS as error:
            return type(error)
        except Broken as error:
            raise self._broken(error.expected, error.seen) from error
        except Exception as error:
            raise self._broken("an answer, or a refusal that is known", error) from error

    def _states(self, actor: Actor, since: int) -> list[State]:
        """List what somebody may see, the newest first."""
        if actor.unit is not None:
            return list(self.model.views(actor.unit))
        return self.model.states[since:][::-1]

    def _is_crowded(self, actor: Actor) -> bool:
        if actor.unit is not None:
            return not actor.unit.was_alone
        return bool(self.actors)

    def _is_refused(self, seen: object) -> bool:
        return isinstance(seen, type) and seen in CROWDED

    def _excuses(self, actor: Actor, decision: Decision[Any]) -> set[object]:
        """List the refusals that are allowed because of what others have not committed yet."""
        others = {
            change.counter
            for each in self.actors
            if each is not actor
            for effect in each.model.effects
            if isinstance(effect, Committed)
            for change in effect.decision.usage
        }
        used_by_others = any(change.counter in others for change in decision.usage)
        return {*CROWDED, *([UsageExceeded] if used_by_others else [])}

    def _enter(self, actor: Actor, effect: Effect) -> None:
        if actor.unit is None:
            self.model.do(effect)
        else:
            actor.unit.effects.append(effect)

    def _after(self, actor: Actor, seen: object, effect: Effect, *, crowded: bool) -> None:
        if seen is None:
            self._enter(actor, effect)
        elif crowded and seen in CROWDED:
            self._give_up(actor)
        else:
            raise self._broken(f"{actor.name} to have done it", seen)

    def _give_up(self, actor: Actor) -> None:
        """Roll back who was refused because of others: not every database lets it go on."""
        if isinstance(actor, Within) and actor in self.actors:
            self.end(actor, keep=False)

    @property
    def _oldest(self) -> int:
        """How many states there were before the oldest transaction that is open began."""
        return min([self._since, *(each.model.since for each in self.actors)])

    def _out(self, actor: Actor, oldest: int) -> set[str]:
        """Tell which events are out in any case, for somebody who looks.

        An outbox may hold back what was committed while somebody had a transaction open: then
        nothing comes out after what was committed later. What a transaction has written itself
        it may see, or not.
        """
        effects = actor.unit.effects if actor.unit else []
        gone = [effect.ids for effect in effects if isinstance(effect, Acknowledged)]
        states = self.model.states[oldest:]
        there = set(states[0].outbox).intersection(*(state.outbox for state in states))
        return there.difference(*gone)

    def _check_events(self, ids: list[str], out: set[str], states: list[State]) -> None:
        """Expect all events that are out, and none that are not there, in their order."""
        known = set().union(*(state.outbox for state in states))
        if not out <= set(ids) <= known:
            least = "" if out == known else f" at least, and no more than {sorted(known)}"
            raise self._broken(f"an outbox of {sorted(out)}{least}", ids)
        self._check_order(ids)
        held = set(states[0].outbox).intersection(*(state.outbox for state in states)) - set(ids)
        for name in held:
            aggregate, sequence = self.made[name]
            if any(
                self.made[each][0] == aggregate and self.made[each][1] > sequence for each in ids
            ):
                raise self._broken(f"no event of {aggregate} before {name}", ids)

    def _there(self, walk: Walk) -> set[str]:
        if walk.kind is None:
            return set(self.model.now.outbox)
        return set(names_in(self.model.now, walk.kind))

    def _compare_outbox(self) -> None:
        store, oldest = self.connections[0], self._oldest
        crowded = self._is_crowded(store)
        seen = self._do(store, outbox_of)
        if crowded and self._is_refused(seen):
            return
        if not isinstance(seen, list):
            raise self._broken("the outbox", seen)
        expected, ids = self.model.now.outbox, [each.id for each in seen]
        self._check_events(ids, self._out(store, oldest), [self.model.now])
        if any(expected[each.id] != each for each in seen):
            raise self._broken("events as they were committed", seen)
        before = [name for name in self.order if name in expected]
        if before != [name for name in ids if name in before]:
            raise self._broken(f"the order of before: {before}", ids)
        self.order = ids

    def _check_order(self, ids: list[str]) -> None:
        """Expect each event once, and those of one aggregate in the order of their sequence."""
        if len(set(ids)) != len(ids):
            raise self._broken("each event once", ids)
        last: dict[Key, int] = {}
        for name in ids:
            aggregate, sequence = self.made[name]
            if sequence <= last.get(aggregate, 0):
                raise self._broken(f"the events of {aggregate} in their order", ids)
            last[aggregate] = sequence

    def _tell(self, what: str, seen: object) -> None:
        self.story.append(f"{what}: {name_of(seen)}")

    def _broken(self, expected: str, seen: object) -> Broken:
        story = "\n".join(self.story)
        return Broken(expected, f"{name_of(seen)}, after:\n{story}")
