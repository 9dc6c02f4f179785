"""People and equipment: what they can do, when they are free, and what they are booked for.

A `Resource` has skills and working time. Its `Agenda` holds what it is promised to, half-open
and never more than there is of it. A `Requirement` says what a service needs, all at once;
`earliest_slot` finds the first time at which it can be, exactly, or says why there is none.
"""

from ordercore.stock.resources.bookings import MAX_BOOKINGS, Agenda, Booking
from ordercore.stock.resources.capacity import ResourceCapacity
from ordercore.stock.resources.commands import (
    AgendaOpened,
    AgendaResult,
    BookingCancelled,
    BookingMade,
    BookingMoved,
    Clash,
    apply,
    book,
    cancel,
    move,
    open_agenda,
    rebuild,
)
from ordercore.stock.resources.planning import MAX_AGENDAS, earliest_slot, earliest_slots
from ordercore.stock.resources.requirement import MAX_PLACES, Requirement, Role
from ordercore.stock.resources.resource import (
    MAX_CAPACITY,
    MAX_SKILLS,
    Resource,
    ResourceKind,
    Skill,
)
from ordercore.stock.resources.search import MAX_MIXES
from ordercore.stock.resources.slots import (
    Chosen,
    Lack,
    LackReason,
    Overload,
    Plan,
    Slot,
)

__all__ = [
    "MAX_AGENDAS",
    "MAX_BOOKINGS",
    "MAX_CAPACITY",
    "MAX_MIXES",
    "MAX_PLACES",
    "MAX_SKILLS",
    "Agenda",
    "AgendaOpened",
    "AgendaResult",
    "Booking",
    "BookingCancelled",
    "BookingMade",
    "BookingMoved",
    "Chosen",
    "Clash",
    "Lack",
    "LackReason",
    "Overload",
    "Plan",
    "Requirement",
    "Resource",
    "ResourceCapacity",
    "ResourceKind",
    "Role",
    "Skill",
    "Slot",
    "apply",
    "book",
    "cancel",
    "earliest_slot",
    "earliest_slots",
    "move",
    "open_agenda",
    "rebuild",
]
