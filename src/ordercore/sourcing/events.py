"""What happens to plans: one is made, and another one later, when more is asked for."""

from __future__ import annotations

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import instance
from ordercore.errors import InvalidType
from ordercore.events import Event
from ordercore.sourcing.plan import AllocationPlan

__all__ = ["OrderAllocated", "apply"]


@variant(Event, "order_allocated")
@frozen
class OrderAllocated(Event):
    """It was decided from where what an order asks for comes, and why.

    Args:
        plan: The plan, with its reasons.
    """

    plan: AllocationPlan = field(validator=instance(AllocationPlan))


def apply(plan: AllocationPlan | None, event: Event) -> AllocationPlan:  # noqa: ARG001
    """Tell the plan after an event: the newest one stands.

    Raises:
        InvalidType: It is no event of a plan.
    """
    if not isinstance(event, OrderAllocated):
        raise InvalidType("an event of a plan", type(event).__name__)
    return event.plan
