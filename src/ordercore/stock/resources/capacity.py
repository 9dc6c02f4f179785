"""Capacity: the seam by which making things asks for people and equipment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from ordercore.calendars import Window
from ordercore.data.checks import aware, each, instance, tuple_of
from ordercore.data.instants import pinned
from ordercore.stock.resources.bookings import Agenda
from ordercore.stock.resources.planning import MAX_AGENDAS, earliest_slot
from ordercore.stock.resources.requirement import Requirement
from ordercore.stock.resources.slots import Slot

__all__ = ["ResourceCapacity"]


def _agendas(given: Iterable[Agenda]) -> tuple[Agenda, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class ResourceCapacity:
    """The capacity of people and equipment: of whoever can fill the roles of a requirement.

    It tells the window that begins first. Of work in one go, whoever may begin later is never
    done sooner. Of work in working time they may be, where people with other hours take over.

    Args:
        requirement: What the work needs; its duration is that of the question.
        agendas: All resources there are, with their bookings.
        until: Up to when to look.
    """

    requirement: Requirement = field(validator=instance(Requirement))
    agendas: tuple[Agenda, ...] = field(
        converter=_agendas, validator=each(instance(Agenda), most=MAX_AGENDAS)
    )
    until: datetime = field(converter=pinned, validator=aware)

    def earliest(self, work: timedelta, start: datetime) -> Window | None:
        """Find the earliest window from ``start`` on with so much work in it; None: never.

        Raises:
            InvalidInput: The work is nothing, or the start is not before ``until``.
        """
        wanted = evolve(self.requirement, duration=work)
        found = earliest_slot(wanted, self.agendas, start, self.until)
        return found.window if isinstance(found, Slot) else None
