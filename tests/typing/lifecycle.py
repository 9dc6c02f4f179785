"""What type checkers must accept and infer of machines and events; never run, only checked."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_type

from ordercore.events import Actor, AggregateId, Event, Noted, Recorded, record, replay
from ordercore.lifecycle import Machine, Refused, Transition


class Lamp(StrEnum):
    ON = "on"
    BROKEN = "broken"


class Mishap(StrEnum):
    FALL = "fall"


LAMP = Machine(
    name="lamp",
    states={Lamp.ON: ("亮着", "on"), Lamp.BROKEN: ("坏了", "broken")},
    events={Mishap.FALL: ("摔落", "fall")},
    initial=Lamp.ON,
    transitions=[Transition(Lamp.ON, Mishap.FALL, Lamp.BROKEN, guards="loose")],
    terminal=[Lamp.BROKEN],
    guards={"loose": ("松动", "loose")},
)

assert_type(LAMP, Machine[Lamp, Mishap])
assert_type(LAMP.states, tuple[Lamp, ...])
assert_type(LAMP.allowed(Lamp.ON), tuple[Mishap, ...])
assert_type(LAMP.fire(Lamp.ON, Mishap.FALL, guards={"loose": True}), Lamp)
assert_type(LAMP.check(Lamp.ON, Mishap.FALL, guards={"loose": {"screws": "1"}}), Lamp | Refused)

told = record(
    [Noted("called")],
    aggregate=AggregateId("order", "o-1"),
    after=0,
    ids=["e-1"],
    at=datetime(2026, 11, 11, tzinfo=UTC),
    actor=Actor("staff"),
    cause="c-1",
)
assert_type(told, tuple[Recorded, ...])


def count(so_far: int, _event: Event) -> int:
    """Count events."""
    return so_far + 1


assert_type(replay(count, 0, told), int)
