"""People and equipment: from when on they can be booked, and what becomes of them.

`UpdateAgenda` is one use case for all that is done with an agenda that exists: illness, leave,
other hours, more pieces or fewer. What is done is an `AgendaAct`: data, and a pure function
from the agenda to the next one. Bookings that it hits stay, and are told with all reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Never

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import (
    Check,
    each,
    identifier,
    instance,
    integer,
    tuple_of,
)
from ordercore.errors import InvalidValue
from ordercore.events import MAX_SEQUENCE, Command
from ordercore.stock.resources import (
    MAX_BOOKINGS,
    Agenda,
    AgendaResult,
    BookingConflict,
    Resource,
    ResourceChanged,
    change_resource,
    open_agenda,
)
from ordercore.storage import Decision, Key, Loaded, Readable, Reply
from ordercore.workflows.keeper import agenda_key
from ordercore.workflows.shop import Shop, ShopCommand, decided, kept
from ordercore.workflows.stock import Happened
from ordercore.workflows.use_case import Refusal

__all__ = [
    "AgendaAct",
    "AgendaTold",
    "AgendaUpdated",
    "ChangeResource",
    "OpenAgenda",
    "UpdateAgenda",
]

_version: Check = integer(least=1, most=MAX_SEQUENCE)


@variant(Reply, "agenda_told")
@frozen(kw_only=True)
class AgendaTold(Reply):
    """How an agenda stands afterwards.

    Args:
        resource: The id of its resource.
        version: How many events it has had.
    """

    resource: str = field(validator=identifier)
    version: int = field(validator=_version)


@variant(Command, "open_agenda")
@frozen(kw_only=True)
class OpenAgenda(ShopCommand[AgendaTold, Never]):
    """Begin the agenda of a resource: it can be booked from then on.

    Args:
        resource: Whose.
    """

    resource: Resource = field(validator=instance(Resource))

    def needs(self, got: Loaded, shop: Shop) -> Iterator[Readable]:  # noqa: ARG002
        """Ask for its place."""
        yield agenda_key(self.resource.id)

    def decide(self, got: Loaded, shop: Shop) -> Decision[AgendaTold] | Refusal[Never]:  # noqa: ARG002
        """Begin it.

        Raises:
            InvalidValue: The resource has an agenda already.
        """
        key = agenda_key(self.resource.id)
        if got.version(key):
            expected, path = "an id of no agenda yet", ("resource", "id")
            raise InvalidValue(expected, self.resource.id, path=path, reason="duplicate_id")
        agenda, events = open_agenda(self.resource)
        reply = AgendaTold(resource=agenda.id, version=agenda.version)
        return decided(self, reply, [Happened(key, 0, agenda, events)])


# What is done with one that exists


class AgendaAct:
    """The family of what may be done with one agenda: named in the imperative.

    To add one is to write one frozen class: a `variant` with its fields and `on`.
    """

    __slots__ = ()

    def on(self, agenda: Agenda, at: datetime) -> AgendaResult:
        """Do it: give the next agenda and what has happened; nothing, if it is done already.

        Args:
            agenda: As it was read.
            at: When.

        Raises:
            OrderCoreError: It cannot be.
        """
        raise NotImplementedError


@variant(AgendaAct, "change_resource")
@frozen
class ChangeResource(AgendaAct):
    """Let the resource be otherwise: hours, leave, skills, site, how many pieces.

    Args:
        resource: As it is from now on, as a whole.
    """

    resource: Resource = field(validator=instance(Resource))

    def on(self, agenda: Agenda, at: datetime) -> AgendaResult:
        """Change it: see `ordercore.stock.resources.change_resource`."""
        return change_resource(agenda, self.resource, at=at)


def _conflicts(given: Iterable[BookingConflict]) -> tuple[BookingConflict, ...]:
    return tuple_of(given)


@variant(Reply, "agenda_updated")
@frozen(kw_only=True)
class AgendaUpdated(Reply):
    """How the agenda stands afterwards, and what it does not serve any more.

    Args:
        resource: The id of its resource.
        version: How many events it has had.
        conflicts: The bookings that it does not serve as it is now, and why: those that lose
            time or a place by what was done, and all that lack a piece or a skill. Who placed
            an order has its id as the `holder`, and the id of the line as the `purpose`:
            `Reschedule` finds another time, or other people.
    """

    resource: str = field(validator=identifier)
    version: int = field(validator=_version)
    conflicts: tuple[BookingConflict, ...] = field(
        default=(),
        converter=_conflicts,
        validator=each(instance(BookingConflict), most=MAX_BOOKINGS),
    )


@variant(Command, "update_agenda")
@frozen(kw_only=True)
class UpdateAgenda(ShopCommand[AgendaUpdated, Never]):
    """Do something with the agenda of a resource.

    What is true is never refused, however unwelcome; whatever is booked stays booked, and the
    reply tells what is not served any more.

    Args:
        resource: The id of the resource.
        act: What is done.
    """

    resource: str = field(validator=identifier)
    act: AgendaAct = field(validator=instance(AgendaAct))

    @property
    def agenda(self) -> Key:
        """Where its agenda is kept."""
        return agenda_key(self.resource)

    def needs(self, got: Loaded, shop: Shop) -> Iterator[Readable]:  # noqa: ARG002
        """Ask for the agenda."""
        yield self.agenda

    def decide(self, got: Loaded, shop: Shop) -> Decision[AgendaUpdated] | Refusal[Never]:  # noqa: ARG002
        """Do it. Where nothing changes, only the reply is kept.

        Raises:
            NotFound: The resource has no agenda.
            OrderCoreError: What the act raises.
        """
        agenda, events = self.act.on(kept(got, self.agenda, Agenda, "resource"), self.at)
        told = (each for each in events if isinstance(each, ResourceChanged))
        reply = AgendaUpdated(
            resource=agenda.id,
            version=agenda.version,
            conflicts=[conflict for each in told for conflict in each.conflicts],
        )
        if not events:
            return decided(self, reply, ())
        happened = Happened(self.agenda, got.version(self.agenda), agenda, events)
        return decided(self, reply, [happened])
