"""What becomes of what is set aside for an order, while the order itself stays as it is."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, field, frozen

from ordercore.cart.counts import Counts, are_counts, counts_if_valid
from ordercore.data import variant
from ordercore.data.checks import each, identifier, names_of
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.events import Actor
from ordercore.orders import Order, Result
from ordercore.stock import MAX_SITES
from ordercore.workflows.asking import staying, task_of, task_of_all
from ordercore.workflows.stock import Purpose, StockTask
from ordercore.workflows.updating import Act, UpdateOrder

__all__ = ["Produce", "Renew", "Reroute"]


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
        for name, units in self.units.items():
            path = ("units", name)
            if name not in ordered:
                yield NotFound("the id of a line of this order", name, path=path)
            elif units > ordered[name]:
                expected = f"at most {ordered[name]} units"
                yield InvalidValue(expected, units, path=path, reason="too_many_units")

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let stock make them."""
        task = task_of(order, Purpose.PRODUCE, self.units.items(), command)
        return evolve(task, kept=staying(order, {}))


@variant(Act, "reroute")
@frozen
class Reroute(Act):
    """Let what is set aside for it at sites that drop out be set aside at others.

    All of that is had elsewhere, or nothing changes and what is short is told. What stands at
    other sites stays there, but parts of things that are made are netted anew, all together;
    people and equipment stay booked. The order itself stays as it is; what was set aside for a
    while is so again, from now on.

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
