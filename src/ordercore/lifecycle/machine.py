"""The machine: a checked table of (state, event) → target."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Generic

from attrs import field, frozen

from ordercore.data.checks import (
    Check,
    Named,
    each,
    identifier,
    instance,
    member_of,
    names_of,
    tuple_of,
)
from ordercore.errors import IllegalTransition, InvalidDocument, InvalidValue
from ordercore.lifecycle.drawing import drawn
from ordercore.lifecycle.faults import Table, faults_of
from ordercore.lifecycle.labels import Labels, are_members, are_names, labels_of
from ordercore.lifecycle.refusals import Answer, Refused, TransitionRefused, Unmet, unmet_of
from ordercore.lifecycle.transitions import E, S, Transition
from ordercore.wording import Words
from ordercore.wording.locales import canonical, catalogue_of

__all__ = ["Machine"]

_text = instance(str)  # whether it is a member, the faults of the table tell

_NO_ANSWERS: Final[Mapping[str, Answer]] = MappingProxyType({})
_NO_LABELS: Final[Labels[str]] = Labels({})

_PARTS: Final[tuple[tuple[str, Callable[[Any], Any], Check], ...]] = (
    ("_states", labels_of, are_members),
    ("_events", labels_of, are_members),
    ("transitions", tuple_of, each(instance(Transition), least=1)),
    ("terminal", names_of, each(_text, least=1)),
    ("_guards", labels_of, are_names),
    ("_roles", labels_of, are_names),
)
"""How each part is taken in, and what is asked of it."""


@frozen(kw_only=True)
class Machine(Generic[S, E]):
    """A checked, drawable table of (state, event) → target.

    States and events are all members of a StrEnum each. All names are declared with their
    labels, pairs of Chinese and English. Several rows for one pair are alternatives: the first
    whose guards hold is taken. Rows are kept in the order of their states and events, so that
    only the order of alternatives matters.

    Args:
        name: What lives so, such as ``order``.
        states: Every state, with its label.
        events: Every event, with its label.
        initial: The first state.
        transitions: The rows.
        terminal: The last states: nothing happens there any more.
        guards: Every guard, with its label: what must hold.
        roles: Who may bring something about, with labels; not all need be in a row.

    Raises:
        InvalidDocument: With all that is wrong with the table: names that are not declared,
            members without a label, states that cannot be reached or from which no terminal
            state can be, rows that leave a terminal state or never have their turn, events
            and guards that no row names.
        InvalidInput: Something is not of its type.

    >>> from enum import StrEnum
    >>> Lamp = StrEnum("Lamp", ["ON", "BROKEN"])
    >>> Mishap = StrEnum("Mishap", ["FALL"])
    >>> lamp = Machine(
    ...     name="lamp",
    ...     states={Lamp.ON: ("亮着", "on"), Lamp.BROKEN: ("坏了", "broken")},
    ...     events={Mishap.FALL: ("摔落", "fall")},
    ...     initial=Lamp.ON,
    ...     transitions=[Transition(Lamp.ON, Mishap.FALL, Lamp.BROKEN)],
    ...     terminal=[Lamp.BROKEN],
    ... )
    >>> lamp.fire(Lamp.ON, Mishap.FALL)
    <Lamp.BROKEN: 'broken'>
    """

    # Taken as they are given, so that type checkers see of what states and events they are.
    name: str = field(validator=identifier)
    _states: Mapping[S, tuple[str, str]] = field(alias="states")
    _events: Mapping[E, tuple[str, str]] = field(alias="events")
    initial: S = field(validator=_text)
    transitions: Sequence[Transition[S, E]]
    terminal: Sequence[S]
    _guards: Mapping[str, tuple[str, str]] = field(default=_NO_LABELS, alias="guards")
    _roles: Mapping[str, tuple[str, str]] = field(default=_NO_LABELS, alias="roles")
    _rows: dict[tuple[S, E], tuple[Transition[S, E], ...]] = field(
        init=False, eq=False, repr=False
    )

    def __attrs_post_init__(self) -> None:
        for name, convert, check in _PARTS:
            part = convert(getattr(self, name))
            check(None, Named(name.removeprefix("_")), part)
            object.__setattr__(self, name, part)
        faults = faults_of(
            Table(
                states=self.states,
                events=self.events,
                guards=self.guards,
                roles=self.roles,
                initial=self.initial,
                terminal=tuple(self.terminal),
                transitions=tuple(self.transitions),
            )
        )
        if faults:
            raise InvalidDocument(faults)
        self._put_in_order()

    def _put_in_order(self) -> None:
        """Keep rows and terminal states in the order declared; alternatives in that written."""
        written: dict[tuple[S, E], tuple[Transition[S, E], ...]] = {}
        for row in self.transitions:
            pair = row.state, row.event
            written[pair] = (*written.get(pair, ()), row)
        pairs = [(state, event) for state in self.states for event in self.events]
        rows = {pair: written[pair] for pair in pairs if pair in written}
        put = object.__setattr__
        put(self, "_rows", rows)
        put(self, "transitions", tuple(row for several in rows.values() for row in several))
        put(self, "terminal", tuple(state for state in self.states if state in self.terminal))

    # What it is made of

    @property
    def states(self) -> tuple[S, ...]:
        """Every state, in the order declared."""
        return tuple(self._states)

    @property
    def events(self) -> tuple[E, ...]:
        """Every event, in the order declared."""
        return tuple(self._events)

    @property
    def guards(self) -> tuple[str, ...]:
        """Every guard, in the order declared."""
        return tuple(self._guards)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role, in the order declared."""
        return tuple(self._roles)

    def label(self, name: S | E | str, locale: str = "en") -> str:
        """Tell what people call a state or an event (a member), a guard or a role (its name).

        Raises:
            InvalidValue: Nothing is called so, or there are no words in that language.
        """
        own = [pool for pool in (self._states, self._events) if type(name) in map(type, pool)]
        pools: Any = own or (self._guards, self._roles)  # they may read the same
        found = next((pool[name] for pool in pools if name in pool), None)
        if found is None:
            raise _unknown("a state, an event, a guard or a role", name, "name")
        told: str = found.told(locale)
        return told

    def told(self, refused: Refused, locale: str = "en") -> str:
        """Put a refusal of this machine into words: who may, and what must hold first.

        Raises:
            InvalidValue: It is none of this machine, or there are no words in that language.
        """
        words = Words(locale)
        if refused.machine != self.name:
            raise InvalidValue(f"a refusal of the machine {self.name}", refused.machine)
        roles = [self.label(role, locale) for role in refused.only_by]
        guards = [self._unmet(unmet, words) for unmet in refused.unmet]
        reasons = [words.say("machine.only_by", roles=words.joined(roles))] if roles else []
        reasons += [words.say("machine.unmet", guards=words.joined(guards))] if guards else []
        return words.say(
            "machine.refused",
            state=self.label(self._state(refused.state), locale),
            event=self.label(self._event(refused.event), locale),
            reasons=words.joined(reasons),
        )

    def _unmet(self, unmet: Unmet, words: Words) -> str:
        details = words.joined(f"{name} {value}" for name, value in unmet.details.items())
        label = self.label(unmet.guard, words.locale)
        return f"{label} [{details}]" if details else label

    def mermaid(self, locale: str = "en") -> str:
        """Draw the machine as a Mermaid ``stateDiagram-v2``, in the words of a locale.

        Each edge says the event, the guards in brackets and the roles in parentheses.

        Raises:
            InvalidValue: There are no words in that language.
        """
        return drawn(
            self.states,
            ((self.initial,), self.terminal),
            self._rows.values(),
            lambda name: self.label(name, locale),
            "、" if catalogue_of(canonical(locale)) == "zh_CN" else ", ",
        )

    # What may happen

    def allowed(self, state: S, *, by: str | None = None) -> tuple[E, ...]:
        """List the events that a state knows, in the order declared, whatever the guards say.

        Args:
            state: Now.
            by: Only what this role may bring about; None: what anybody may.

        Raises:
            InvalidValue: The machine has no such state or role.
        """
        at, role = self._state(state), self._role(by)
        several = ((event, self._rows.get((at, event), ())) for event in self.events)
        return tuple(event for event, rows in several if any(r.is_open_to(role) for r in rows))

    def needs(self, state: S, event: E, *, by: str | None = None) -> tuple[str, ...]:
        """List the guards that `check` asks to be answered, in the order of the rows.

        Raises:
            IllegalTransition: The state knows nothing of the event.
            InvalidValue: The machine has no such state, event or role.
        """
        rows = self._rows_of(state, event, by)
        return tuple(dict.fromkeys(guard for row in rows for guard in row.guards))

    def check(
        self,
        state: S,
        event: E,
        *,
        by: str | None = None,
        guards: Mapping[str, Answer] = _NO_ANSWERS,
    ) -> S | Refused:
        """Tell which state follows, or every reason why none does now.

        Args:
            state: Now.
            event: What is to happen.
            by: The role of who asks; None: roles do not matter.
            guards: The answer for each guard that `needs` lists; those for others are passed
                over.

        Raises:
            IllegalTransition: The state knows nothing of the event.
            InvalidValue: A guard is not answered, or there is no such state, event or role.
            InvalidType: An answer is none.
        """
        rows = self._rows_of(state, event, by)
        if not rows:
            return self._refused(state, event, only_by=self._roles_of(state, event))
        unmet = {
            guard: told
            for guard in self.needs(state, event, by=by)
            if (told := unmet_of(guard, guards)) is not None
        }
        for row in rows:
            if unmet.keys().isdisjoint(row.guards):
                return row.target
        return self._refused(state, event, unmet=tuple(unmet.values()))

    def fire(
        self,
        state: S,
        event: E,
        *,
        by: str | None = None,
        guards: Mapping[str, Answer] = _NO_ANSWERS,
    ) -> S:
        """Tell which state follows, as `check` does.

        Raises:
            TransitionRefused: Where `check` returns `Refused`.
            IllegalTransition: The state knows nothing of the event.
            InvalidInput: As `check`.
        """
        found = self.check(state, event, by=by, guards=guards)
        if isinstance(found, Refused):
            raise TransitionRefused(found)
        return found

    def after(self, state: S, event: E) -> S:
        """Tell which state follows an event that has happened: its guards did hold.

        Raises:
            IllegalTransition: The state knows nothing of the event.
            InvalidValue: The machine has no such state or event.
        """
        return self.fire(state, event, guards=dict.fromkeys(self.needs(state, event), True))

    def _refused(
        self, state: S, event: E, only_by: tuple[str, ...] = (), unmet: tuple[Unmet, ...] = ()
    ) -> Refused:
        at, on = self._state(state), self._event(event)
        return Refused(machine=self.name, state=at, event=on, only_by=only_by, unmet=unmet)

    def _rows_of(self, state: S, event: E, by: str | None) -> list[Transition[S, E]]:
        """List the rows of a pair that a role may take, if the state knows the event."""
        at, on, role = self._state(state), self._event(event), self._role(by)
        if (at, on) not in self._rows:
            raise IllegalTransition(at, on, self.allowed(at, by=role), self.name)
        return [row for row in self._rows[at, on] if row.is_open_to(role)]

    def _roles_of(self, state: S, event: E) -> tuple[str, ...]:
        named = {role for row in self._rows_of(state, event, None) for role in row.by}
        return tuple(role for role in self.roles if role in named)

    def _state(self, state: S | str) -> S:
        kind = type(self.initial)
        found = member_of(kind, state)
        if not isinstance(found, kind):
            raise _unknown("a state of this machine", state, "state")
        return found

    def _event(self, event: E | str) -> E:
        kind: type[E] = type(self.events[0])
        found = member_of(kind, event)
        if not isinstance(found, kind):
            raise _unknown("an event of this machine", event, "event")
        return found

    def _role(self, role: str | None) -> str | None:
        if role is not None and role not in self.roles:
            raise _unknown("a role of this machine", role, "by")
        return role


def _unknown(expected: str, given: object, path: str) -> InvalidValue:
    return InvalidValue(expected, given, path=(path,), reason="unknown_choice")
