"""What becomes of what is set aside for an order, while the units of the order stay."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, field, frozen

from ordercore.calendars import Window
from ordercore.cart.counts import Counts, are_counts, counts_if_valid
from ordercore.data import variant
from ordercore.data.checks import duplicates, each, identifier, instance, names_of, optional
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.events import Actor
from ordercore.orders import (
    MAX_EDITS,
    ChangeService,
    Order,
    Result,
    confirm_change,
    preview_change,
)
from ordercore.stock import MAX_SITES
from ordercore.workflows.asking import rescheduling, staying, task_of, task_of_all
from ordercore.workflows.stock import Purpose, StockTask
from ordercore.workflows.updating import Act, UpdateOrder

__all__ = ["Produce", "Refill", "Renew", "Reroute", "Reschedule"]


@variant(Act, "renew")
@frozen
class Renew(Act):
    """Let what is set aside for it last as long again, within what was agreed at first.

    The order itself stays as it is. What has expired is kept again where it is free still.
    What is not set aside any more, as it was lost or forgotten, is told as short.
    """

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Leave the order as it is."""
        return order, ()

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let stock renew what it has set aside."""
        return task_of_all(order, Purpose.RENEW, command)


@variant(Act, "produce")
@frozen
class Produce(Act):
    """Take down that units were made of the parts set aside for them.

    The parts leave, and the units are taken in and set aside in their place. Units that are
    shipped without that take their parts with them.

    Args:
        units: How many units of which line, at most as many as it has; each is a line that is
            made, or else stock refuses it.
    """

    units: Counts = field(converter=counts_if_valid, validator=are_counts)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Leave the order as it is.

        Raises:
            InvalidDocument: It has no such lines, or not so many units of them.
        """
        faults = list(self._faults(order))
        if faults:
            raise InvalidDocument(faults)
        return order, ()

    def _faults(self, order: Order) -> Iterator[InvalidInput]:
        ordered = {line.id: line.quantities.ordered for line in order.lines}
        if not self.units:
            yield InvalidValue("units of at least one line", path=("units",))
        for name, units in self.units.items():
            path = ("units", name)
            if name not in ordered:
                yield NotFound("the id of a line of this order", name, path=path)
            elif not units:
                yield InvalidValue("at least 1", units, path=path)
            elif units > ordered[name]:
                expected = f"at most {ordered[name]} units"
                yield InvalidValue(expected, units, path=path, reason="too_many_units")

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let stock make them."""
        task = task_of(order, Purpose.PRODUCE, self.units.items(), command)
        return evolve(task, kept=staying(order, {}))


@variant(Act, "refill")
@frozen
class Refill(Act):
    """Let what was set aside for it and is lost, by a count, damage or a sweep, be so anew.

    All of it is had, at whichever site, or nothing changes and what is short is told. Parts of
    things that are made are netted anew where some are lost. What is there stays as it is, also
    what has expired: that is renewed, or confirmed. The order itself stays as it is; what was
    set aside for a while is so again, from now on.
    """

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Leave the order as it is."""
        return order, ()

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let stock set aside what is lost."""
        return task_of_all(order, Purpose.REROUTE, command)


@variant(Act, "reroute")
@frozen
class Reroute(Act):
    """Let what is set aside for it at sites that drop out be set aside at others.

    All of that is had elsewhere, and what is lost anew (see `Refill`), or nothing changes and what
    is short is told. What stands at other sites stays there, but parts of things that are made
    are netted anew, all together; people and equipment stay booked. The order itself stays as
    it is; what was set aside for a while is so again, from now on.

    Args:
        sites: The ids of the sites that drop out.
    """

    sites: tuple[str, ...] = field(
        converter=names_of, validator=each(identifier, least=1, most=MAX_SITES)
    )

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Leave the order as it is."""
        return order, ()

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let stock set it aside elsewhere."""
        return evolve(task_of_all(order, Purpose.REROUTE, command), without=self.sites)


@variant(Act, "reschedule")
@frozen
class Reschedule(Act):
    """Let services of it take place at another time, or with other people.

    All visits of these lines are given up and booked anew, together, within the time that the
    customer wishes for now; or nothing changes, and what is short is told. Their own old time
    is in nobody's way. The wish of the lines is changed by the order's own `ChangeService`.
    What is kept for good stays so, and what expires, expires when it would have.

    Args:
        lines: The ids of the lines.
        appointment: When the customer would like it now; None: as they have wished already.
    """

    lines: tuple[str, ...] = field(
        converter=names_of, validator=each(identifier, least=1, most=MAX_EDITS)
    )
    appointment: Window | None = field(default=None, validator=optional(instance(Window)))

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Change the wishes, as far as they are others now.

        Raises:
            InvalidDocument: It has no such lines, or they are no services, or told twice.
            TransitionRefused: The order is over, or nothing of a line is open.
        """
        faults = list(self._faults(order))
        if faults:
            raise InvalidDocument(faults)
        wishes = {line.id: line.service for line in order.lines if line.service is not None}
        edits = [
            ChangeService(name, evolve(wishes[name], appointment=when))
            for name, when in self._appointments(order).items()
        ]
        after, events = confirm_change(order, preview_change(order, edits))
        return (after, events) if after.wishes != order.wishes else (order, ())

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let stock book the visits anew."""
        return rescheduling(order, self._appointments(order), command)

    def _appointments(self, order: Order) -> dict[str, Window | None]:
        """Tell when each of the lines is wished for now."""
        return {
            name: wish.appointment if self.appointment is None else self.appointment
            for name, wish in order.wishes
            if name in self.lines and wish is not None
        }

    def _faults(self, order: Order) -> Iterator[InvalidInput]:
        yield from duplicates(self.lines, "lines", what="a line named once")
        wishes = dict(order.wishes)
        for i, name in enumerate(self.lines):
            if name not in wishes:
                yield NotFound("the id of a line of this order", name, path=("lines", i))
            elif wishes[name] is None:
                expected = "the id of a line that is a service"
                yield InvalidValue(expected, name, path=("lines", i), reason="no_service")
