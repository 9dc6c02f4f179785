"""Capacity: the seam by which making things asks for people and equipment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from ordercore.calendars import Window
from ordercore.data.checks import (
    aware,
    duplicates,
    each,
    identifier,
    instance,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidDocument, LimitExceeded
from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.resources.planning import MAX_AGENDAS, earliest_slot
from ordercore.stock.resources.requirement import Requirement
from ordercore.stock.resources.slots import Slot

__all__ = ["Operation", "ProductionCapacity", "ResourceCapacity"]


def _agendas(given: Iterable[Agenda]) -> tuple[Agenda, ...]:
    return tuple_of(given)


_are_agendas = each(instance(Agenda), most=MAX_AGENDAS)


@frozen(kw_only=True)
class ResourceCapacity:
    """The capacity of people and equipment: of whoever can fill the roles of a requirement.

    Args:
        requirement: What the work needs; its duration is that of the question.
        agendas: All resources there are, with their bookings.
        until: Up to when to look.
    """

    requirement: Requirement = field(validator=instance(Requirement))
    agendas: tuple[Agenda, ...] = field(converter=_agendas, validator=_are_agendas)
    until: datetime = field(converter=pinned, validator=aware)

    def earliest(self, work: timedelta, start: datetime, *, by_end: bool = False) -> Window | None:
        """Find the earliest window from ``start`` on with so much work in it; None: never.

        Args:
            work: How much.
            start: Not before.
            by_end: Whether to find the one that ends first, instead of the one that begins
                first: people with other hours may take work in working time over.

        Raises:
            InvalidInput: The work is nothing, or the start is not before ``until``.
        """
        wanted = evolve(self.requirement, duration=work)
        found = earliest_slot(wanted, self.agendas, start, self.until, by_end=by_end)
        return found.window if isinstance(found, Slot) else None


@frozen
class Operation:
    """What making a part asks of people and equipment.

    Args:
        sku: Of which part.
        requirement: Whom and what it needs; its duration is that of one unit, and units are
            made one after the other. Setting up, before and after, is for all of them once.
    """

    sku: str = field(validator=identifier)
    requirement: Requirement = field(validator=instance(Requirement))


def _operations(
    given: Mapping[str, Requirement] | Iterable[Operation],
) -> tuple[Operation, ...]:
    """Take operations, or requirements by sku."""
    if isinstance(given, Mapping):
        given = [Operation(sku, requirement) for sku, requirement in given.items()]
    return tuple_of(given)


def _slots(given: Iterable[Slot]) -> tuple[Slot, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class ProductionCapacity:
    """When people and equipment have time to make things: a `Capacity`, of their agendas.

    What one part has taken, no other gets: an answer brings the capacity that is left.

    Args:
        operations: What each part asks for, each once; of a part that is not there, nobody.
            A mapping from skus to requirements is short for it. What the book does not know is
            refused when it is asked: see `ordercore.stock.materials.earliest`.
        agendas: All resources there are, with their bookings.
        until: Up to when to look.
        slots: What was taken, in turn; the id of each requirement is the sku.

    Raises:
        InvalidDocument: A part has two operations, or an agenda is there twice.
    """

    operations: tuple[Operation, ...] = field(
        converter=_operations, validator=each(instance(Operation), most=MAX_AGENDAS)
    )
    agendas: tuple[Agenda, ...] = field(converter=_agendas, validator=_are_agendas)
    until: datetime = field(converter=pinned, validator=aware)
    slots: tuple[Slot, ...] = field(
        default=(), converter=_slots, validator=each(instance(Slot), most=MAX_AGENDAS)
    )

    def __attrs_post_init__(self) -> None:
        faults = [
            *duplicates((each.sku for each in self.operations), "operations", then="sku"),
            *duplicates((each.id for each in self.agendas), "agendas", then="resource"),
        ]
        if faults:
            raise InvalidDocument(faults)

    @property
    def skus(self) -> Collection[str]:
        """The parts that ask for somebody, in the order of the operations."""
        return tuple(each.sku for each in self.operations)

    def done(
        self, sku: str, units: int, start: datetime
    ) -> tuple[datetime, ProductionCapacity] | None:
        """Tell when so many units can be done first, and what is left then; None: never."""
        found = next((each for each in self.operations if each.sku == sku), None)
        if found is None:
            return start, self
        if start >= self.until:
            return None
        wanted = _of_all(found, units, start)
        slot = None
        if wanted is not None:
            slot = earliest_slot(wanted, self.agendas, start, self.until, by_end=True)
        if not isinstance(slot, Slot) or slot.window.end is None:
            return None
        return slot.window.end, self._without(slot)

    def _without(self, slot: Slot) -> ProductionCapacity:
        bookings = slot.bookings(f"made-{len(self.slots)}")
        agendas = tuple(
            agenda.with_booking(bookings[agenda.id]) if agenda.id in bookings else agenda
            for agenda in self.agendas
        )
        return evolve(self, agendas=agendas, slots=(*self.slots, slot))


def _of_all(operation: Operation, units: int, start: datetime) -> Requirement | None:
    """Ask for all units at once; None: it takes longer than can be said, or than it may."""
    try:
        duration = units * operation.requirement.duration
        return evolve(operation.requirement, id=operation.sku, duration=duration, not_before=start)
    except (OverflowError, LimitExceeded, InvalidDocument):
        return None
