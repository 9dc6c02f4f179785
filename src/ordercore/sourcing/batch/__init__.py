"""Many orders before one stock: all of them planned at once.

`allocate_batch` takes orders in the order in which they came, a network and a strategy, and
gives a `BatchPlan`: what each order gets, what is left, what all of it costs, and how good that
is, by proof.
"""

from ordercore.sourcing.batch.explaining import explain_batch
from ordercore.sourcing.batch.planning import DEFAULT_EFFORT, allocate_batch
from ordercore.sourcing.batch.plans import BatchLeft, BatchPlan, BatchTake
from ordercore.sourcing.batch.question import MAX_ORDERS, BatchOrder
from ordercore.sourcing.batch.record import BatchRecord, ServedLine, ServedOrder
from ordercore.sourcing.batch.recreating import ruin_and_recreate

__all__ = [
    "DEFAULT_EFFORT",
    "MAX_ORDERS",
    "BatchLeft",
    "BatchOrder",
    "BatchPlan",
    "BatchRecord",
    "BatchTake",
    "ServedLine",
    "ServedOrder",
    "allocate_batch",
    "explain_batch",
    "ruin_and_recreate",
]
