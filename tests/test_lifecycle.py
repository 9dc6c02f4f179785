"""Machines: tables that are checked as a whole, ask for nothing twice, and draw themselves.

- A table either is refused with all its faults, or every way through it stays inside it.
- A machine changes nothing: it tells, and whoever asks keeps the state.
- The order of rows matters among alternatives alone.
"""

from __future__ import annotations

import copy
import importlib.util
import pickle
import re
import subprocess
import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import ModuleType

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercore.errors import InvalidDocument, InvalidInput, InvalidType, InvalidValue
from ordercore.lifecycle import (
    IllegalTransition,
    Label,
    Machine,
    Refused,
    Transition,
    TransitionRefused,
    Unmet,
)

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "reference" / "lifecycle.md"


def loaded(name: str, folder: Path = TESTS) -> ModuleType:
    """Import a module that stands beside this one, or in a folder."""
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pickle finds its enumerations there
    spec.loader.exec_module(module)
    return module


door = loaded("door")
drawings = loaded("drawings")
DOOR, Door, DoorEvent = door.DOOR, door.Door, door.DoorEvent

ALL_HOLD = dict.fromkeys(DOOR.guards, True)


# What has happened already


def test_after_an_event_its_guards_did_hold() -> None:
    assert DOOR.after(Door.CLOSED, DoorEvent.LOCK) is Door.LOCKED
    with pytest.raises(IllegalTransition):
        DOOR.after(Door.LOCKED, DoorEvent.REMOVE)


# A refusal in words


def test_a_refusal_is_told_in_two_languages() -> None:
    answers = {"has_key": False, "code_known": {"digits": "3"}}
    refused = DOOR.check(Door.LOCKED, DoorEvent.UNLOCK, guards=answers)
    reasons = "须先满足：有钥匙、知道密码 [digits 3]"
    assert DOOR.told(refused, "zh_CN") == f"锁着，暂不能开锁（{reasons}）"
    told = "locked: unlock is not possible yet (first: has the key, knows the code [digits 3])"
    assert DOOR.told(refused, "en") == told


def test_a_refusal_tells_who_may() -> None:
    refused = DOOR.check(Door.OPEN, DoorEvent.REMOVE, by="guest")
    assert DOOR.told(refused, "zh_CN") == "开着，暂不能拆除（只能由管理员操作）"


def test_a_machine_tells_no_refusal_of_another() -> None:
    with pytest.raises(InvalidValue):
        DOOR.told(Refused(machine="gate", state="locked", event="unlock"))


# What is allowed, and what follows


@pytest.mark.parametrize(
    ("state", "by", "events"),
    [
        (Door.CLOSED, None, [DoorEvent.OPEN, DoorEvent.LOCK]),
        (Door.OPEN, None, [DoorEvent.CLOSE, DoorEvent.REMOVE]),
        (Door.OPEN, "caretaker", [DoorEvent.CLOSE, DoorEvent.REMOVE]),
        (Door.OPEN, "guest", [DoorEvent.CLOSE]),
        (Door.LOCKED, "guest", [DoorEvent.UNLOCK]),
        (Door.REMOVED, None, []),
    ],
)
def test_a_state_allows_just_the_events_of_its_rows_to_those_who_may(state, by, events):
    assert DOOR.allowed(state, by=by) == tuple(events)


@pytest.mark.parametrize(
    ("state", "event", "guards", "target"),
    [
        (Door.CLOSED, DoorEvent.OPEN, {}, Door.OPEN),
        (Door.CLOSED, DoorEvent.LOCK, ALL_HOLD, Door.LOCKED),
        (Door.LOCKED, DoorEvent.UNLOCK, ALL_HOLD, Door.CLOSED),
        (Door.LOCKED, DoorEvent.UNLOCK, {**ALL_HOLD, "code_known": False}, Door.CLOSED),
        (Door.LOCKED, DoorEvent.UNLOCK, {**ALL_HOLD, "has_key": False}, Door.OPEN),
    ],
)
def test_the_first_row_whose_guards_hold_is_taken(state, event, guards, target):
    assert DOOR.fire(state, event, guards=guards) is target
    assert DOOR.check(state, event, guards=guards) is target


def test_the_guards_to_answer_are_those_of_all_rows_that_a_role_might_take():
    assert DOOR.needs(Door.LOCKED, DoorEvent.UNLOCK) == ("has_key", "code_known")
    assert DOOR.needs(Door.CLOSED, DoorEvent.OPEN) == ()
    assert DOOR.needs(Door.OPEN, DoorEvent.REMOVE, by="guest") == ()


def test_states_and_events_may_be_asked_for_by_their_text():
    assert DOOR.fire("closed", "open") is Door.OPEN
    assert DOOR.allowed("closed") == DOOR.allowed(Door.CLOSED)
    with pytest.raises(IllegalTransition) as caught:
        DOOR.fire("open", "open")
    assert type(caught.value.state) is Door
    assert type(caught.value.event) is DoorEvent


# What is refused, and what raises


def test_every_guard_that_does_not_hold_is_named_with_its_details():
    guards = {"has_key": False, "code_known": {"digits": "3", "wanted": "4"}}
    refused = DOOR.check(Door.LOCKED, DoorEvent.UNLOCK, guards=guards)
    assert refused == Refused(
        machine="door",
        state=Door.LOCKED,
        event=DoorEvent.UNLOCK,
        unmet=(Unmet("has_key"), Unmet("code_known", {"digits": "3", "wanted": "4"})),
    )
    assert str(refused) == (
        "door: unlock refused in state locked: "
        "unmet has_key; unmet code_known (digits 3, wanted 4)"
    )
    with pytest.raises(TransitionRefused) as caught:
        DOOR.fire(Door.LOCKED, DoorEvent.UNLOCK, guards=guards)
    assert caught.value.code == "transition_refused"
    assert caught.value.refused == refused
    assert caught.value.guards == ("has_key", "code_known")
    assert str(caught.value) == str(refused)


def test_guards_of_one_row_are_all_named_at_once():
    guards = {"has_key": False, "nobody_inside": False}
    refused = DOOR.check(Door.CLOSED, DoorEvent.LOCK, guards=guards)
    assert [unmet.guard for unmet in refused.unmet] == ["has_key", "nobody_inside"]


def test_nobody_answers_for_rows_that_are_not_his():
    by_police = Transition(Light.RED, Signal.GO, Light.OFF, by="police")
    machine = Machine(**but(transitions=[attrs.evolve(ROWS[0], by="clock"), by_police, *ROWS[1:]]))
    assert machine.fire(Light.RED, Signal.GO, by="police") is Light.OFF
    assert machine.needs(Light.RED, Signal.GO, by="police") == ()
    assert machine.needs(Light.RED, Signal.GO, by="clock") == ("clear",)
    with pytest.raises(InvalidValue):
        machine.check(Light.RED, Signal.GO, by="clock")


def test_an_empty_reason_is_a_no_all_the_same():
    refused = DOOR.check(Door.LOCKED, DoorEvent.UNLOCK, guards={"has_key": {}, "code_known": {}})
    assert refused.unmet == (Unmet("has_key"), Unmet("code_known"))


def test_one_who_may_not_is_told_who_may():
    refused = DOOR.check(Door.OPEN, DoorEvent.REMOVE, by="guest")
    assert refused.only_by == ("caretaker",)
    assert refused.unmet == ()
    assert str(refused) == "door: remove refused in state open: only by caretaker"
    assert DOOR.check(Door.OPEN, DoorEvent.REMOVE, by="caretaker") is Door.REMOVED
    assert DOOR.check(Door.OPEN, DoorEvent.REMOVE) is Door.REMOVED


@pytest.mark.parametrize("ask", [DOOR.check, DOOR.fire, DOOR.needs])
def test_an_event_that_the_state_knows_nothing_of_raises_and_says_what_is_allowed(ask):
    with pytest.raises(IllegalTransition) as caught:
        ask(Door.OPEN, DoorEvent.LOCK)
    error = caught.value
    assert error.code == "illegal_transition"
    assert (error.state, error.event) == (Door.OPEN, DoorEvent.LOCK)
    assert error.allowed == DOOR.allowed(Door.OPEN)
    assert error.machine == "door"
    assert str(error) == "door: expected close or remove in state open, got lock"
    assert isinstance(error, ValueError)


def test_what_is_allowed_instead_is_what_the_role_may_do():
    with pytest.raises(IllegalTransition) as caught:
        DOOR.fire(Door.OPEN, DoorEvent.LOCK, by="guest")
    assert caught.value.allowed == (DoorEvent.CLOSE,)


@pytest.mark.parametrize("event", DoorEvent)
def test_a_terminal_state_accepts_nothing(event):
    with pytest.raises(IllegalTransition, match="expected no event in state removed"):
        DOOR.fire(Door.REMOVED, event, guards=ALL_HOLD)


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (partial(DOOR.allowed, "ajar"), "state"),
        (partial(DOOR.allowed, None), "state"),
        (partial(DOOR.check, Door.OPEN, "slam"), "event"),
        (partial(DOOR.check, Door.OPEN, Door.LOCKED), "event"),
        (partial(DOOR.allowed, Door.OPEN, by="burglar"), "by"),
        (partial(DOOR.check, Door.OPEN, DoorEvent.CLOSE, by=""), "by"),
        (partial(DOOR.label, "burglar"), "name"),
        (partial(DOOR.label, "removed"), "name"),
    ],
)
def test_a_name_that_the_machine_does_not_have_is_refused(ask, path):
    with pytest.raises(InvalidValue) as caught:
        ask()
    assert caught.value.reason == "unknown_choice"
    assert caught.value.path == (path,)


@pytest.mark.parametrize(
    ("guards", "kind", "path", "reason"),
    [
        ({"has_key": True}, InvalidValue, ("guards",), "missing_guard"),
        ({}, InvalidValue, ("guards",), "missing_guard"),
        ({**ALL_HOLD, "has_key": None}, InvalidType, ("guards", "has_key"), "invalid_type"),
        ({**ALL_HOLD, "has_key": 1}, InvalidType, ("guards", "has_key"), "invalid_type"),
        ({**ALL_HOLD, "has_key": "no"}, InvalidType, ("guards", "has_key"), "invalid_type"),
        ({**ALL_HOLD, "has_key": {"n": 1}}, InvalidType, ("guards", "has_key"), "invalid_type"),
    ],
)
def test_every_guard_must_have_an_answer_even_if_another_row_is_taken(guards, kind, path, reason):
    with pytest.raises(kind) as caught:
        DOOR.check(Door.LOCKED, DoorEvent.UNLOCK, guards=guards)
    assert caught.value.path == path
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "error",
    [
        IllegalTransition(Door.OPEN, DoorEvent.LOCK, [DoorEvent.CLOSE], "door"),
        IllegalTransition("a", "b"),
        TransitionRefused(Refused(machine="door", state="open", event="lock")),
    ],
)
def test_an_error_of_a_machine_crosses_to_another_process_whole(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(copy.copy(error)) == str(error) == str(again)


# What can be wrong with a table


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    OFF = "off"


class Signal(StrEnum):
    GO = "go"
    STOP = "stop"
    BREAK = "break"


SOUND = {
    "name": "light",
    "states": {state: ("灯", state.value) for state in Light},
    "events": {event: ("事", event.value) for event in Signal},
    "initial": Light.RED,
    "terminal": [Light.OFF],
    "guards": {"clear": ("畅通", "clear")},
    "roles": {"police": ("警察", "police"), "clock": ("时钟", "clock")},
    "transitions": [
        Transition(Light.RED, Signal.GO, Light.GREEN, guards="clear"),
        Transition(Light.GREEN, Signal.STOP, Light.RED),
        Transition(Light.GREEN, Signal.BREAK, Light.OFF, by=("police", "clock")),
    ],
}
ROWS = SOUND["transitions"]


def but(**changed):
    return {**SOUND, **changed}


FAULTY = [
    # what is wrong, the table, path and reason of each fault
    ("initial of another kind", but(initial=Signal.GO), [("initial", "undeclared")]),
    ("initial as text", but(initial="red"), [("initial", "undeclared")]),
    (
        "terminal state that is none",
        but(terminal=[Light.OFF, "out"]),
        [("terminal[1]", "undeclared")],
    ),
    (
        "names that nobody declared",
        but(transitions=[*ROWS, Transition("blue", "dim", "grey", guards="dry", by="mayor")]),
        [
            ("transitions[3].state", "undeclared"),
            ("transitions[3].event", "undeclared"),
            ("transitions[3].target", "undeclared"),
            ("transitions[3].guards", "undeclared"),
            ("transitions[3].by", "undeclared"),
        ],
    ),
    (
        "state in place of an event",
        but(transitions=[*ROWS, Transition(Light.RED, Light.GREEN, Light.RED)]),
        [("transitions[3].event", "undeclared")],
    ),
    (
        "pair twice",
        but(transitions=[*ROWS, Transition(Light.GREEN, Signal.STOP, Light.OFF)]),
        [("transitions[3]", "duplicate_transition")],
    ),
    (
        "alternative that asks for more than one before it",
        but(transitions=[*ROWS, Transition(Light.GREEN, Signal.STOP, Light.OFF, guards="clear")]),
        [("transitions[3]", "duplicate_transition")],
    ),
    (
        "alternative for one who is served before",
        but(transitions=[*ROWS, Transition(Light.GREEN, Signal.BREAK, Light.RED, by="clock")]),
        [("transitions[3]", "duplicate_transition")],
    ),
    (
        "row out of a terminal state",
        but(transitions=[*ROWS, Transition(Light.OFF, Signal.GO, Light.RED)]),
        [("transitions[3].state", "terminal_state")],
    ),
    (
        "event that nothing is said of",
        but(transitions=[*ROWS[:1], attrs.evolve(ROWS[2], event=Signal.STOP)]),
        [("events.break", "unused_name")],
    ),
    (
        "guard that nothing asks for",
        but(guards={**SOUND["guards"], "dry": ("干", "dry")}),
        [("guards.dry", "unused_name")],
    ),
    (
        "guard and role of one name",
        but(roles={**SOUND["roles"], "clear": ("清", "clear")}),
        [("roles.clear", "duplicate_name")],
    ),
    (
        "member without a label",
        but(states=dict.fromkeys((Light.RED, Light.GREEN), ("灯", "x"))),
        [
            ("states.off", "missing_label"),
            ("terminal[0]", "undeclared"),
            ("transitions[2].target", "undeclared"),
        ],
    ),
    (
        "state that nothing leads to",
        but(
            initial=Light.GREEN,
            transitions=[ROWS[0], *(attrs.evolve(ROWS[n], target=Light.OFF) for n in (1, 2))],
        ),
        [("states.red", "unreachable_state")],
    ),
    (
        "ways that go round for ever",
        but(
            transitions=[
                ROWS[0],
                ROWS[1],
                Transition(Light.RED, Signal.BREAK, Light.GREEN),
            ]
        ),
        [
            ("states.red", "dead_end"),
            ("states.green", "dead_end"),
            ("states.off", "unreachable_state"),
        ],
    ),
    (
        "state without a way on",
        but(
            transitions=[
                Transition(Light.RED, Signal.GO, Light.GREEN, guards="clear"),
                Transition(Light.RED, Signal.STOP, Light.RED),
                Transition(Light.RED, Signal.BREAK, Light.OFF),
            ]
        ),
        [("states.green", "dead_end")],
    ),
    ("states for events", but(events=SOUND["states"]), None),
]


def test_the_sound_table_is_one():
    assert Machine(**SOUND).fire(Light.RED, Signal.GO, guards={"clear": True}) is Light.GREEN


@pytest.mark.parametrize(("told", "table", "faults"), FAULTY, ids=[each[0] for each in FAULTY])
def test_a_table_is_refused_with_all_its_faults(told, table, faults):
    with pytest.raises(InvalidDocument) as caught:
        Machine(**table)
    found = [(str(fault).partition(": ")[0], fault.reason) for fault in caught.value.faults]
    if faults is None:
        assert found[0] == ("events", "invalid_value")
    else:
        assert found == faults


def test_a_misspelt_name_is_told_with_the_one_that_was_meant():
    with pytest.raises(InvalidDocument, match="did you mean 'green'"):
        Machine(**but(transitions=[*ROWS, Transition(Light.RED, Signal.STOP, "gren")]))


MISTYPED = [
    ({"name": ""}, "name"),
    ({"states": {}}, "states"),
    ({"states": None}, "states"),
    ({"states": {**SOUND["states"], Signal.GO: ("走", "go")}}, "states"),
    ({"states": {"red": ("红", "red")}}, "states"),
    ({"states": {**SOUND["states"], Light.OFF: "off"}}, "states.off"),
    ({"states": {**SOUND["states"], Light.OFF: ("关",)}}, "states.off"),
    ({"states": {**SOUND["states"], Light.OFF: ("关", "")}}, "states.off"),
    ({"states": {**SOUND["states"], Light.OFF: ("关", 3)}}, "states.off"),
    ({"states": {**SOUND["states"], Light.OFF: ("关", "a\nb")}}, "states.off"),
    ({"events": {}}, "events"),
    ({"initial": None}, "initial"),
    ({"terminal": []}, "terminal"),
    ({"terminal": 3}, "terminal"),
    ({"guards": {"清": ("清", "clear")}}, "guards.清"),
    ({"roles": ["police"]}, "roles"),
    ({"transitions": []}, "transitions"),
    ({"transitions": [(Light.RED, Signal.GO, Light.GREEN)]}, "transitions[0]"),
]


@pytest.mark.parametrize(("changed", "path"), MISTYPED)
def test_a_part_of_the_wrong_type_is_refused_with_its_place(changed, path):
    with pytest.raises(InvalidInput) as caught:
        Machine(**but(**changed))
    assert str(caught.value).startswith(f"{path}: expected ")


@pytest.mark.parametrize(
    "parts",
    [(None, Signal.GO, Light.RED), (Light.RED, 1, Light.RED), (Light.RED, Signal.GO, None)],
)
def test_a_row_is_made_of_text(parts):
    with pytest.raises(InvalidType):
        Transition(*parts)


# Values


def test_a_machine_is_a_value():
    again = Machine(**but(transitions=ROWS[::-1]))
    one = Machine(**SOUND)
    assert one == again
    assert hash(one) == hash(again)
    assert one != Machine(**but(name="other"))
    assert one != Machine(**but(states=dict(reversed(SOUND["states"].items()))))
    assert one != Machine(**but(guards={"clear": ("畅通", "free")}))
    assert attrs.evolve(one, name="other") == Machine(**but(name="other"))
    assert pickle.loads(pickle.dumps(DOOR)) == copy.deepcopy(DOOR) == DOOR
    assert pickle.loads(pickle.dumps(DOOR)).fire(Door.CLOSED, DoorEvent.OPEN) is Door.OPEN
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.initial = Light.OFF


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        (Door.OPEN, "开着", "open"),
        (DoorEvent.OPEN, "开", "open"),
        ("has_key", "有钥匙", "has the key"),
        ("caretaker", "管理员", "caretaker"),
    ],
)
def test_everything_has_a_name_in_both_languages(name, zh, en):
    assert DOOR.label(name) == DOOR.label(name, "en_GB") == en
    assert DOOR.label(name, "zh_CN") == DOOR.label(name, "zh") == zh


@pytest.mark.parametrize("ask", [DOOR.mermaid, partial(DOOR.label, Door.OPEN)])
def test_there_are_no_words_in_other_languages(ask):
    with pytest.raises(InvalidValue) as caught:
        ask(locale="fr") if ask == DOOR.mermaid else ask("fr")
    assert caught.value.reason == "unknown_locale"


# Any table


class Place(StrEnum):
    P0 = "p0"
    P1 = "p1"
    P2 = "p2"
    P3 = "p3"


class Step(StrEnum):
    A = "a"
    B = "b"
    C = "c"


GUARDS, ROLES = ("g", "h"), ("x", "y")

rows = st.builds(
    Transition,
    st.sampled_from(Place),
    st.sampled_from(Step),
    st.sampled_from([*Place, *Place, "nowhere"]),
    guards=st.lists(st.sampled_from(GUARDS), unique=True).map(tuple),
    by=st.lists(st.sampled_from(ROLES), unique=True).map(tuple),
)


def table_of(transitions, initial=Place.P0, terminal=(Place.P3,)):
    return {
        "name": "walk",
        "states": {place: Label(f"位{place}", f"place {place}") for place in Place},
        "events": {step: Label(f"步{step}", f"step {step}") for step in Step},
        "initial": initial,
        "terminal": terminal,
        "guards": {guard: (guard, guard) for guard in GUARDS},
        "roles": {role: (role, role) for role in ROLES},
        "transitions": transitions,
    }


def faults_of(table):
    """List what a table is refused with; nothing if it is sound."""
    try:
        Machine(**table)
    except InvalidDocument as error:
        return error.faults
    return ()


def fired(machine, state, event, **asked):
    """Find what comes of an event: the next state, or what it raises."""
    try:
        return machine.fire(state, event, **asked)
    except (IllegalTransition, TransitionRefused) as error:
        return error


@st.composite
def sound_tables(draw):
    """Draw tables that are sound: a spine with every state, event and guard, and more rows."""
    kept = [
        Transition(Place.P0, Step.A, Place.P1, guards=("g", "h")),
        Transition(Place.P1, Step.B, Place.P2, by="x"),
        Transition(Place.P2, Step.C, Place.P3),
    ]
    for row in draw(st.lists(rows, max_size=12)):
        if not faults_of(table_of([*kept, row])):
            kept.append(row)
    return table_of(kept)


def closure(start, ways):
    """All that is reached, by brute force."""
    found = set(start)
    for _ in Place:
        found |= {b for a, b in ways if a in found}
    return found


@given(
    st.lists(rows, min_size=1, max_size=10),
    st.sampled_from(Place),
    st.sets(st.sampled_from(Place), min_size=1),
)
def test_any_table_is_refused_with_just_its_faults_or_is_sound(transitions, initial, terminal):
    ways = {(row.state, row.target) for row in transitions}
    reached = closure([initial], ways)
    ending = closure(terminal, {(b, a) for a, b in ways})
    wanted = {("unreachable_state", place) for place in Place if place not in reached}
    wanted |= {("dead_end", place) for place in Place if place not in ending}
    wanted |= {
        ("unused_name", step) for step in Step if step not in {r.event for r in transitions}
    }
    wanted |= {("unused_name", g) for g in GUARDS if all(g not in r.guards for r in transitions)}
    for position, row in enumerate(transitions):
        if row.target == "nowhere":
            wanted.add(("undeclared", position))
        if row.state in terminal:
            wanted.add(("terminal_state", position))
        if not has_its_turn(transitions, position):
            wanted.add(("duplicate_transition", position))
    found = faults_of(table_of(transitions, initial, terminal))
    assert {(fault.reason, fault.path[1]) for fault in found} == wanted


def has_its_turn(transitions, position):
    """Try every role and every set of guards that hold: is this row ever the first?"""
    mine = transitions[position]
    pair = [row for row in transitions if (row.state, row.event) == (mine.state, mine.event)]
    for role in (*ROLES, "nobody"):
        for hold in ((), ("g",), ("h",), ("g", "h")):
            taken = [
                row
                for row in pair
                if (not row.by or role in row.by) and set(row.guards) <= set(hold)
            ]
            if taken and taken[0] is mine:
                return True
    return False


answers = st.fixed_dictionaries({guard: st.booleans() for guard in GUARDS})


@given(
    sound_tables(),
    st.lists(st.tuples(st.sampled_from(Step), answers, st.sampled_from([None, *ROLES]))),
)
def test_every_way_stays_inside_the_table(table, steps):
    machine = Machine(**table)
    before = pickle.dumps(machine)
    state = machine.initial
    for event, guards, by in steps:
        mine = [row for row in machine.transitions if (row.state, row.event) == (state, event)]
        assert (event in machine.allowed(state)) == bool(mine)
        may = [row for row in mine if by is None or not row.by or by in row.by]
        open_to = [row for row in may if all(guards[guard] for guard in row.guards)]
        found = fired(machine, state, event, by=by, guards=guards)
        if open_to:
            assert found is open_to[0].target
            assert found is machine.check(state, event, by=by, guards=guards)
            state = found
        elif mine:
            assert type(found) is TransitionRefused
            assert found.refused == machine.check(state, event, by=by, guards=guards)
            assert set(found.guards) == {g for r in may for g in r.guards if not guards[g]}
            assert bool(found.refused.only_by) != (event in machine.allowed(state, by=by))
        else:
            assert type(found) is IllegalTransition
            assert found.allowed == machine.allowed(state, by=by)
    assert pickle.dumps(machine) == before


@given(sound_tables())
def test_every_state_can_reach_a_terminal_one(table):
    machine = Machine(**table)
    ways = {(row.target, row.state) for row in machine.transitions}
    assert closure(machine.terminal, ways) == set(machine.states)
    assert all(machine.allowed(state) == () for state in machine.terminal)


@given(sound_tables(), st.randoms(use_true_random=False))
def test_rows_in_another_order_are_the_same_machine_and_drawing(table, chance):
    rows = list(table["transitions"])
    chance.shuffle(rows)
    first = {(row.state, row.event): [] for row in table["transitions"]}
    for row in table["transitions"]:
        first[row.state, row.event].append(row)
    shuffled = [first[row.state, row.event].pop(0) for row in rows]  # alternatives as they were
    one, other = Machine(**table), Machine(**{**table, "transitions": shuffled})
    assert one == other
    assert one.mermaid("en") == other.mermaid("en")
    assert one.mermaid("zh_CN") == other.mermaid("zh_CN")


@given(sound_tables(), st.sampled_from(["en", "zh_CN"]))
def test_a_drawing_shows_every_state_and_every_row_once(table, locale):
    machine = Machine(**table)
    head, *lines = machine.mermaid(locale).split("\n    ")
    assert head == "stateDiagram-v2"
    states = [line for line in lines if line.startswith("state ")]
    assert states == [f'state "{machine.label(each, locale)}" as {each}' for each in Place]
    ends = [line for line in lines if "[*]" in line]
    assert ends == ["[*] --> p0", "p3 --> [*]"]
    edges = [line for line in lines if line not in states and line not in ends]
    assert len(edges) == len(machine.transitions)
    assert len(set(edges)) == len(edges)
    for row, edge in zip(machine.transitions, edges, strict=True):
        assert edge.startswith(
            f"{row.state} --> {row.target} : {machine.label(row.event, locale)}"
        )
        assert all(guard in edge.partition("[")[2] for guard in row.guards)
        assert edge.endswith(f"({('、' if locale == 'zh_CN' else ', ').join(row.by)})") == bool(
            row.by
        )


# Drawings


def test_the_door_is_drawn():
    assert DOOR.mermaid("zh_CN").splitlines() == [
        "stateDiagram-v2",
        '    state "关着" as closed',
        '    state "开着" as open',
        '    state "锁着" as locked',
        '    state "已拆除" as removed',
        "    [*] --> closed",
        "    closed --> open : 开",
        "    closed --> locked : 上锁 [有钥匙、无人在内]",
        "    open --> closed : 关",
        "    open --> removed : 拆除 (管理员)",
        "    locked --> closed : 开锁 1 [有钥匙]",
        "    locked --> open : 开锁 2 [知道密码]",
        "    removed --> [*]",
    ]


class Odd(StrEnum):
    END = "end"
    S_END = "s_end"
    DEFAULTED = "defaulted"
    SPACED = "in transit"
    NOTE = "Note"


def test_names_that_mermaid_takes_otherwise_are_drawn_by_others():
    signs = 'a: "b"; 50% {c} #d <e> *f* `g` _h_'
    odd = Machine(
        name="odd",
        states=dict.fromkeys(Odd, (signs, signs)),
        events={Signal.GO: ("走", signs), Signal.STOP: ("停", "x"), Signal.BREAK: ("坏", "y")},
        initial=Odd.END,
        terminal=[state for state in Odd if state is not Odd.END],
        transitions=[
            Transition(Odd.END, Signal.GO, Odd.S_END),
            Transition(Odd.END, Signal.STOP, Odd.DEFAULTED, guards="g"),
            Transition(Odd.END, Signal.STOP, Odd.SPACED),
            Transition(Odd.END, Signal.BREAK, Odd.NOTE),
        ],
        guards={"g": (signs, signs)},
    )
    told = odd.mermaid()
    ids = re.findall(r" as (.*)", told)
    assert ids == ["s_end", "s_s_end", "s_defaulted", "s_in.20.transit", "s_Note"]
    texts = [*re.findall(r'state "(.*)" as', told), *re.findall(r" : (.*)", told)]
    assert len(texts) == 9
    for text in texts:
        assert not re.search(r'[:"{}<>%*`_]', text)
        assert re.sub(r"#[0-9]+;", "", text).isascii()
        assert "#" not in re.sub(r"#[0-9]+;", "", text)
        assert ";" not in re.sub(r"#[0-9]+;", "", text)


def test_the_drawings_in_the_docs_are_what_the_tables_say():
    # in a process of its own, as one runs it
    run = subprocess.run(
        [sys.executable, "-X", "utf8", TESTS / "drawings.py", "--check"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.stderr == ""
    assert run.stdout.split() == [], "run: python tests/drawings.py"
    assert "<!-- drawing of door:DOOR in" in PAGE.read_text(encoding="utf-8")


def test_a_drawing_that_is_stale_is_found_and_drawn_anew(tmp_path):
    page = tmp_path / "docs" / "reference" / "doors.md"
    page.parent.mkdir(parents=True)
    marked = (
        "# Doors\n\n<!-- drawing of door:DOOR in zh_CN -->\n{}<!-- end of drawing -->\n\nend\n"
    )
    page.write_text(marked.format("old\n"), encoding="utf-8")
    wanted = marked.format(f"```mermaid\n{DOOR.mermaid('zh_CN')}\n```\n")
    assert drawings.stale(tmp_path) == {page: wanted}
    page.write_text(wanted, encoding="utf-8")
    assert drawings.stale(tmp_path) == {}


@pytest.mark.parametrize(
    "page",
    [
        "<!-- drawing of door:DOOR in en -->\n",
        "<!-- drawing of DOOR in en -->\n<!-- end of drawing -->",
        "<!-- end of drawing -->",
    ],
)
def test_a_marker_that_means_nothing_is_no_drawing_forgotten(page):
    with pytest.raises(SystemExit):
        drawings.redrawn(page)


def test_the_door_of_the_page_is_the_one_that_is_drawn(tmp_path):
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    (tmp_path / "door_of_the_page.py").write_text(code, encoding="utf-8")
    shown = loaded("door_of_the_page", tmp_path).DOOR
    for locale in ("zh_CN", "en"):
        assert shown.mermaid(locale) == DOOR.mermaid(locale)
