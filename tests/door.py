"""A machine that is no order's: a door, as the docs show it."""

from enum import StrEnum

from ordercore.lifecycle import Machine, Transition


class Door(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    LOCKED = "locked"
    REMOVED = "removed"


class DoorEvent(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    LOCK = "lock"
    UNLOCK = "unlock"
    REMOVE = "remove"


DOOR = Machine(
    name="door",
    states={
        Door.CLOSED: ("关着", "closed"),
        Door.OPEN: ("开着", "open"),
        Door.LOCKED: ("锁着", "locked"),
        Door.REMOVED: ("已拆除", "removed"),
    },
    events={
        DoorEvent.OPEN: ("开", "open"),
        DoorEvent.CLOSE: ("关", "close"),
        DoorEvent.LOCK: ("上锁", "lock"),
        DoorEvent.UNLOCK: ("开锁", "unlock"),
        DoorEvent.REMOVE: ("拆除", "remove"),
    },
    initial=Door.CLOSED,
    terminal=[Door.REMOVED],
    guards={
        "has_key": ("有钥匙", "has the key"),
        "code_known": ("知道密码", "knows the code"),
        "nobody_inside": ("无人在内", "nobody inside"),
    },
    roles={"guest": ("客人", "guest"), "caretaker": ("管理员", "caretaker")},
    transitions=[
        Transition(Door.CLOSED, DoorEvent.OPEN, Door.OPEN),
        Transition(Door.OPEN, DoorEvent.CLOSE, Door.CLOSED),
        Transition(Door.CLOSED, DoorEvent.LOCK, Door.LOCKED, guards=("has_key", "nobody_inside")),
        Transition(Door.LOCKED, DoorEvent.UNLOCK, Door.CLOSED, guards="has_key"),
        Transition(Door.LOCKED, DoorEvent.UNLOCK, Door.OPEN, guards="code_known"),
        Transition(Door.OPEN, DoorEvent.REMOVE, Door.REMOVED, by="caretaker"),
    ],
)
