"""A batch: the orders that are planned together, and how that was answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from attrs import field, frozen

from ordercore.data.checks import duplicates, each, identifier, instance, tuple_of
from ordercore.errors import InvalidDocument, InvalidValue
from ordercore.sourcing.batch.gathering import Gathered
from ordercore.sourcing.certificate import Objective
from ordercore.sourcing.request import Request
from ordercore.sourcing.shared import SharedAnswer
from ordercore.sourcing.sites import Network
from ordercore.sourcing.strategies import Exact, Strategy
from ordercore.sourcing.travel import Distance, TravelTime

__all__ = ["MAX_ORDERS", "Batch", "BatchOrder", "Solved"]

MAX_ORDERS: Final = 10_000
"""The most orders of one batch."""


@frozen
class BatchOrder:
    """An order of a batch.

    Args:
        id: Of the order; unique in its batch.
        request: What is wanted, when, and where to.
    """

    id: str = field(validator=identifier)
    request: Request = field(validator=instance(Request))


def _orders(given: Iterable[BatchOrder | tuple[str, Request]]) -> tuple[BatchOrder, ...]:
    listed: Any = tuple_of(given)
    if not isinstance(listed, tuple):
        return listed  # type: ignore[no-any-return]
    return tuple(
        [BatchOrder(*row) if type(row) is tuple and len(row) == 2 else row for row in listed]
    )


def _for_batches(_batch: object, _field: object, strategy: Strategy) -> None:
    instance(Strategy)(_batch, _field, strategy)
    _exact(strategy)


def _exact(strategy: Strategy) -> Exact:
    """Read how a batch is chosen.

    Raises:
        InvalidValue: In a way that is none for batches.
    """
    choice = strategy.choose
    if not isinstance(choice, Exact) or choice.objective is Objective.TIME:
        expected = "an exact choice by cost or by parcels: orders of a batch share what there is"
        raise InvalidValue(expected, choice, path=("strategy", "choose"))
    return choice


@frozen
class Batch:
    """Orders that are planned together.

    Args:
        orders: In the order in which they came; ``("A1", request)`` is short for one.
        network: The sites, with what they have.
        strategy: How sites are chosen.

    Raises:
        InvalidInput: A field is not as said.
        InvalidDocument: Two orders have one id.
    """

    orders: tuple[BatchOrder, ...] = field(
        converter=_orders, validator=each(instance(BatchOrder), most=MAX_ORDERS)
    )
    network: Network = field(validator=instance(Network))
    strategy: Strategy = field(validator=_for_batches)

    def __attrs_post_init__(self) -> None:
        faults = list(duplicates([order.id for order in self.orders], "orders", then="id"))
        if faults:
            raise InvalidDocument(faults)

    @property
    def objective(self) -> Objective:
        """What is to be as little as possible: cost or parcels."""
        return _exact(self.strategy).objective


class Solved(NamedTuple):
    """A batch, its numbers, and the answer to them.

    Attributes:
        batch: What was asked.
        numbers: The same as numbers, and what these stand for.
        weight: What one more parcel weighs in the answer's cost; 1: only what it costs.
        answer: Which order gets what.
        distance: How far it is.
        travel: How long the way takes.
    """

    batch: Batch
    numbers: Gathered
    weight: int
    answer: SharedAnswer
    distance: Distance
    travel: TravelTime | None
