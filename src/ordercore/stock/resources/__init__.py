"""People and equipment: what they can do, when they are free, and what they are booked for.

A `Resource` has skills and working time. Its `Agenda` holds what it is promised to, half-open
and never more than there is of it; where the resource is changed, a `BookingConflict` tells
what it does not serve any more. A `Requirement` says what a service needs, all at once;
`earliest_slot` finds the first time at which it can be, exactly, or says why there is none.
"""

from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.resources.bookings import MAX_BOOKINGS, Booking, BookingEnd
from ordercore.stock.resources.capacity import (
    Operation,
    ProductionCapacity,
    ResourceCapacity,
)
from ordercore.stock.resources.commands import (
    AgendaResult,
    Clash,
    apply,
    book,
    cancel,
    change_resource,
    move,
    open_agenda,
    rebuild,
)
from ordercore.stock.resources.conflicts import BookingConflict, ConflictReason
from ordercore.stock.resources.events import (
    AgendaOpened,
    BookingCancelled,
    BookingFinished,
    BookingFirmed,
    BookingHandedOver,
    BookingMade,
    BookingMoved,
    BookingRenewed,
    BookingsExpired,
    BookingsForgotten,
    ResourceChanged,
)
from ordercore.stock.resources.holding import expire, finish, firm, forget, hand_over, renew
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
    "BookingConflict",
    "BookingEnd",
    "BookingFinished",
    "BookingFirmed",
    "BookingHandedOver",
    "BookingMade",
    "BookingMoved",
    "BookingRenewed",
    "BookingsExpired",
    "BookingsForgotten",
    "Chosen",
    "Clash",
    "ConflictReason",
    "Lack",
    "LackReason",
    "Operation",
    "Overload",
    "Plan",
    "ProductionCapacity",
    "Requirement",
    "Resource",
    "ResourceCapacity",
    "ResourceChanged",
    "ResourceKind",
    "Role",
    "Skill",
    "Slot",
    "apply",
    "book",
    "cancel",
    "change_resource",
    "earliest_slot",
    "earliest_slots",
    "expire",
    "finish",
    "firm",
    "forget",
    "hand_over",
    "move",
    "open_agenda",
    "rebuild",
    "renew",
]
