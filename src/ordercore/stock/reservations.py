"""Reservations: units of a level that are set aside for somebody, and their life as a table.

A reservation that nobody made firm ends at an instant. From then on it counts for nothing,
whether or not somebody has written that down: EXPIRED and a RESERVED one whose time is over
may do the same things. Both may still be renewed, made firm or consumed, as long as nobody
else took the units.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    Named,
    aware,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    optional,
    quantity,
    text,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import IdempotencyConflict, InvalidDocument, InvalidInput, InvalidValue
from ordercore.lifecycle import Machine, Transition

__all__ = [
    "MAX_APPLIED",
    "RESERVATION",
    "Applied",
    "CoveredPromise",
    "LatePromise",
    "LostPromise",
    "Reservation",
    "ReservationState",
    "ReservationStep",
]

MAX_APPLIED: Final = 1000
"""The most commands that one reservation remembers."""

_units: Check = integer(least=0, most=MAX_QUANTITY)


class ReservationState(StrEnum):
    """In which state a reservation is. "Partial" is none of them: its units say that."""

    RESERVED = "reserved"
    FIRM = "firm"
    CONSUMED = "consumed"
    RELEASED = "released"
    EXPIRED = "expired"


class ReservationStep(StrEnum):
    """What moves a reservation from one state to the next."""

    RENEW = "renew"
    FIRM = "firm"
    CONSUME = "consume"
    RELEASE = "release"
    EXPIRE = "expire"


_STATE, _STEP = ReservationState, ReservationStep
_Row = Transition[ReservationState, ReservationStep]
_PASSING = (_STATE.RESERVED, _STATE.EXPIRED)
"""What ends by itself, or has ended, unless it is made firm."""


def _parted(state: ReservationState) -> Iterator[_Row]:
    """List how units of a state leave it: some stay, or it comes to an end."""
    there = ("on_hand",) if state is _STATE.FIRM else ("covered", "on_hand")
    yield Transition(state, _STEP.CONSUME, state, guards=(*there, "units_left"))
    yield Transition(state, _STEP.CONSUME, _STATE.CONSUMED, guards=there)
    yield Transition(state, _STEP.RELEASE, state, guards=("units_left",))
    yield Transition(state, _STEP.RELEASE, _STATE.CONSUMED, guards=("some_consumed",))
    yield Transition(state, _STEP.RELEASE, _STATE.RELEASED)


RESERVATION: Final = Machine(
    name="reservation",
    states={
        _STATE.RESERVED: ("预占", "reserved"),
        _STATE.FIRM: ("已锁定", "firm"),
        _STATE.CONSUMED: ("已出库", "consumed"),
        _STATE.RELEASED: ("已释放", "released"),
        _STATE.EXPIRED: ("已过期", "expired"),
    },
    events={
        _STEP.RENEW: ("续期", "renew"),
        _STEP.FIRM: ("锁定", "firm"),
        _STEP.CONSUME: ("出库", "consume"),
        _STEP.RELEASE: ("释放", "release"),
        _STEP.EXPIRE: ("过期", "expire"),
    },
    initial=_STATE.RESERVED,
    terminal=[_STATE.CONSUMED, _STATE.RELEASED],
    guards={
        "covered": ("未过期或仍有库存", "not expired, or stock is still free"),
        "renewable": ("未超过续期上限", "within the limit of renewals"),
        "on_hand": ("现货足够", "units on hand"),
        "units_left": ("仍有剩余", "units are left"),
        "some_consumed": ("已有出库", "some were consumed"),
        "over": ("已到期", "its time is over"),
    },
    transitions=[
        *(
            Transition(state, _STEP.RENEW, _STATE.RESERVED, guards=("covered", "renewable"))
            for state in _PASSING
        ),
        *(Transition(state, _STEP.FIRM, _STATE.FIRM, guards=("covered",)) for state in _PASSING),
        *(row for state in (*_PASSING, _STATE.FIRM) for row in _parted(state)),
        Transition(_STATE.RESERVED, _STEP.EXPIRE, _STATE.EXPIRED, guards=("over",)),
    ],
)
"""The machine of reservations."""


@frozen
class Applied:
    """A command that a reservation has seen: the same one again changes nothing.

    Args:
        command: Its id.
        told: What it said.
    """

    command: str = field(validator=identifier)
    told: str = field(validator=text(most=200, least=1))


def _state(given: ReservationState | str) -> ReservationState:
    return member_of(ReservationState, given)


def _applied(given: Iterable[Applied]) -> tuple[Applied, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class Reservation:
    """Units of one sku at one site that are set aside for somebody.

    Args:
        id: Unique at its level.
        holder: For whom: the id of an order or a cart.
        line: For which line of it; None: not for a certain one.
        quantity: How many units were set aside.
        at: When.
        due: When they are to be there.
        expires_at: From when on it counts for nothing, unless it is firm; None: it stays.
        renewable_until: The latest end that renewals may give it; None: it cannot be renewed.
        consumed: How many units have left.
        released: How many were given free again, or handed over.
        state: In which state it is.
        applied: The commands that it has seen, the first one made it.

    Raises:
        InvalidDocument: With every law that the fields break together.
    """

    id: str = field(validator=identifier)
    holder: str = field(validator=identifier)
    line: str | None = field(default=None, validator=optional(identifier))
    quantity: int = field(validator=quantity)
    at: datetime = field(converter=pinned, validator=aware)
    due: datetime = field(converter=pinned, validator=aware)
    expires_at: datetime | None = field(default=None, converter=pinned, validator=optional(aware))
    renewable_until: datetime | None = field(
        default=None, converter=pinned, validator=optional(aware)
    )
    consumed: int = field(default=0, validator=_units)
    released: int = field(default=0, validator=_units)
    state: ReservationState = field(
        default=ReservationState.RESERVED, converter=_state, validator=member(ReservationState)
    )
    applied: tuple[Applied, ...] = field(
        default=(), converter=_applied, validator=each(instance(Applied), most=MAX_APPLIED)
    )

    def __attrs_post_init__(self) -> None:
        faults = list(self.faults())
        if faults:
            raise InvalidDocument(faults)

    # How it stands

    @property
    def outstanding(self) -> int:
        """Units that neither left nor were given free; of an expired one, nobody has them."""
        return self.quantity - self.consumed - self.released

    @property
    def is_over(self) -> bool:
        """Whether nothing can come of it any more."""
        return self.state in RESERVATION.terminal

    @property
    def is_kept(self) -> bool:
        """Whether its units are set aside, as far as anybody has written down."""
        return self.state in (ReservationState.RESERVED, ReservationState.FIRM)

    def has_expired(self, at: datetime) -> bool:
        """Whether its time is over at an instant, written down or not."""
        if self.state is not ReservationState.RESERVED:
            return self.state is ReservationState.EXPIRED
        return self.expires_at is not None and self.expires_at <= at

    def units(self, at: datetime) -> int:
        """Count the units that it keeps from others at an instant."""
        return self.outstanding if self.is_kept and not self.has_expired(at) else 0

    def faults(self) -> Iterator[InvalidInput]:
        """List every law that the fields break together."""
        left = self.outstanding
        if left < 0:
            expected = f"consumed + released ≤ quantity; it is {-left} more"
            yield InvalidValue(expected, path=("released",), reason="broken_ledger")
        elif self.is_over == bool(left):
            expected = "an end where no unit is outstanding, and only there"
            yield InvalidValue(expected, self.state.value, path=("state",), reason="wrong_state")
        elif self.is_over and bool(self.consumed) != (self.state is ReservationState.CONSUMED):
            expected = "consumed where a unit has left, else released"
            yield InvalidValue(expected, self.state.value, path=("state",), reason="wrong_state")
        end, most = self.expires_at, self.renewable_until
        if most is not None and (end is None or most < end):
            expected = "an instant from which the reservation does not stay, not before its end"
            yield InvalidValue(expected, path=("renewable_until",), reason="fields_disagree")

    # What it has seen

    def has_seen(self, command: Applied) -> bool:
        """Whether it has seen a command.

        Raises:
            IdempotencyConflict: It has seen another one of that id.
        """
        for known in self.applied:
            if known.command == command.command:
                if known != command:
                    raise IdempotencyConflict(command.command)
                return True
        return False

    def seeing(self, command: Applied | None) -> tuple[Applied, ...]:
        """List what it has seen, and one more."""
        return self.applied if command is None else (*self.applied, command)

    # What it comes to

    def firmed(self, command: Applied | None) -> Reservation:
        """Keep it for good."""
        return evolve(self, state=_target(self, _STEP.FIRM), applied=self.seeing(command))

    def renewed(self, expires_at: datetime, command: Applied | None) -> Reservation:
        """Keep it until another instant."""
        return evolve(
            self,
            state=_target(self, _STEP.RENEW),
            expires_at=expires_at,
            applied=self.seeing(command),
        )

    def expired(self) -> Reservation:
        """Write down that its time is over."""
        return evolve(self, state=_target(self, _STEP.EXPIRE))

    def less(
        self, step: ReservationStep, units: int, command: Applied | None = None
    ) -> Reservation:
        """Let units leave, or give them free: never more than are outstanding.

        Raises:
            InvalidValue: There are not so many; the reason is ``too_many_units``.
            IllegalTransition: It is over.
        """
        check_units(units, self.outstanding, "outstanding")
        counter = "consumed" if step is _STEP.CONSUME else "released"
        changed = {counter: getattr(self, counter) + units}
        guards = {"units_left": units < self.outstanding, "some_consumed": self.consumed > 0}
        state = _target(self, step, **guards)
        return evolve(self, state=state, applied=self.seeing(command), **changed)


@frozen(kw_only=True)
class LostPromise:
    """Units that were set aside for somebody and are not there any more.

    Args:
        reservation: The id of the reservation that they were of.
        holder: For whom: the id of an order or a cart.
        line: For which line.
        units: How many.
    """

    reservation: str = field(validator=identifier)
    holder: str = field(validator=identifier)
    line: str | None = field(default=None, validator=optional(identifier))
    units: int = field(validator=quantity)


@frozen(kw_only=True)
class CoveredPromise:
    """Units that are set aside for somebody, were missing, and will be there in time.

    Args:
        reservation: The id of the reservation.
        holder: For whom: the id of an order or a cart.
        line: For which line.
        units: How many there are of it.
    """

    reservation: str = field(validator=identifier)
    holder: str = field(validator=identifier)
    line: str | None = field(default=None, validator=optional(identifier))
    units: int = field(validator=quantity)


@frozen(kw_only=True)
class LatePromise:
    """Units that are set aside for somebody, and will not all be there in time.

    Args:
        reservation: The id of the reservation.
        holder: For whom: the id of an order or a cart.
        line: For which line.
        units: How many there are of it.
        short: How many of them are missing when they are due.
        due: When that is.
        enough_from: From when on they will be there; None: nobody knows.
    """

    reservation: str = field(validator=identifier)
    holder: str = field(validator=identifier)
    line: str | None = field(default=None, validator=optional(identifier))
    units: int = field(validator=quantity)
    short: int = field(validator=quantity)
    due: datetime = field(converter=pinned, validator=aware)
    enough_from: datetime | None = field(default=None, converter=pinned, validator=optional(aware))


def _target(found: Reservation, step: ReservationStep, **answers: bool) -> ReservationState:
    """Find the state after a step that was taken: its other guards did hold."""
    held = dict.fromkeys(RESERVATION.needs(found.state, step), True)
    return RESERVATION.fire(found.state, step, guards={**held, **answers})


def check_units(units: int, room: int, told: str) -> None:
    """Refuse what is no count of units, and more than there are.

    Raises:
        InvalidInput: It is.
    """
    quantity(None, Named("units"), units)
    if units > room:
        expected = f"at most {room}: units {told}"
        raise InvalidValue(expected, units, path=("units",), reason="too_many_units")
