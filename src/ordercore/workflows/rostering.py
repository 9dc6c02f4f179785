"""People and equipment: from when on they can be booked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Never

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import (
    Check,
    identifier,
    instance,
    integer,
)
from ordercore.errors import InvalidValue
from ordercore.events import MAX_SEQUENCE, Command
from ordercore.stock.resources import (
    Resource,
    open_agenda,
)
from ordercore.storage import Decision, Loaded, Readable, Reply
from ordercore.workflows.keeper import agenda_key
from ordercore.workflows.shop import Shop, ShopCommand, decided
from ordercore.workflows.stock import Happened
from ordercore.workflows.use_case import Refusal

__all__ = ["AgendaTold", "OpenAgenda"]

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
