"""What becomes of what is set aside for an order, while the order itself stays as it is."""

from __future__ import annotations

from attrs import evolve, field, frozen

from ordercore.cart.counts import Counts, are_counts, counts_if_valid
from ordercore.data import variant
from ordercore.events import Actor
from ordercore.orders import Order, Result
from ordercore.workflows.asking import staying, task_of
from ordercore.workflows.stock import Purpose, StockTask
from ordercore.workflows.updating import Act, UpdateOrder

__all__ = ["Produce", "Renew"]


@variant(Act, "renew")
@frozen
class Renew(Act):
    """Let what is set aside for it last as long again, within what was agreed at first.

    The order itself stays as it is. What has expired is kept again where it is free still.
    """

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Leave the order as it is."""
        return order, ()

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let stock renew what it has set aside."""
        allocated = ((line.id, line.quantities.allocated) for line in order.lines)
        return task_of(order, Purpose.RENEW, allocated, command, gifts=True)


@variant(Act, "produce")
@frozen
class Produce(Act):
    """Take down that units were made of the parts set aside for them.

    The parts leave, and the units are taken in and set aside in their place. Units that are
    shipped without that take their parts with them.

    Args:
        units: How many units of which line; lines that are not made are passed over.
    """

    units: Counts = field(converter=counts_if_valid, validator=are_counts)

    def on(self, order: Order, by: Actor) -> Result:  # noqa: ARG002
        """Leave the order as it is."""
        return order, ()

    def task(self, order: Order, command: UpdateOrder) -> StockTask | None:
        """Let stock make them."""
        task = task_of(order, Purpose.PRODUCE, self.units.items(), command)
        return evolve(task, kept=staying(order, {}))
