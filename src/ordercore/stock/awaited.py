"""What somebody waits for, as events: stock that is low, promises that are kept again, or late.

They follow from what has happened to a level, and change nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from ordercore.data import variant
from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    each,
    identifier,
    instance,
    integer,
    names_of,
    optional,
    tuple_of,
)
from ordercore.events import Event
from ordercore.stock.levels import MAX_RESERVATIONS
from ordercore.stock.reservations import CoveredPromise, LatePromise

__all__ = ["BackordersCovered", "PromisesLate", "ReorderPointReached"]

_count: Check = integer(least=0, most=MAX_QUANTITY)
_balance: Check = integer(least=-MAX_QUANTITY * 10_000, most=MAX_QUANTITY * 10_000)
_several: Check = each(identifier, least=1, most=MAX_RESERVATIONS)


@variant(Event, "reorder_point_reached")
@frozen
class ReorderPointReached(Event):
    """By what has happened the stock is low; nothing else has changed.

    Args:
        sku: Of what.
        site: Where.
        position: Units that are there or on their way, and not promised; negative: so many
            are owed.
        point: The reorder point.
        order: How many to order, up to the target.
    """

    sku: str = field(validator=identifier)
    site: str = field(validator=identifier)
    position: int = field(validator=_balance)
    point: int = field(validator=_count)
    order: int = field(validator=_balance)


def _covered(given: Iterable[CoveredPromise]) -> tuple[CoveredPromise, ...]:
    return tuple_of(given)


@variant(Event, "backorders_covered")
@frozen
class BackordersCovered(Event):
    """By what has happened promised units will be there in time that were missing before.

    Args:
        reservations: Which reservations.
        sku: Of what; None: it was not told before there was `covered`.
        site: Where.
        covered: Whose they are, in the order of the reservations.
    """

    reservations: tuple[str, ...] = field(converter=names_of, validator=_several)
    sku: str | None = field(default=None, validator=optional(identifier), kw_only=True)
    site: str | None = field(default=None, validator=optional(identifier), kw_only=True)
    covered: tuple[CoveredPromise, ...] = field(
        default=(),
        converter=_covered,
        validator=each(instance(CoveredPromise), most=MAX_RESERVATIONS),
        kw_only=True,
    )


def _late(given: Iterable[LatePromise]) -> tuple[LatePromise, ...]:
    return tuple_of(given)


@variant(Event, "promises_late")
@frozen(kw_only=True)
class PromisesLate(Event):
    """By what has happened promised units will come later than they were to come until now.

    They will not be there when they are due. A back- or preorder is late from the beginning:
    that is told when it is covered, and when what it waits for comes later, or not at all.

    Args:
        sku: Of what.
        site: Where.
        late: Whose they are, in the order in which they are due.
    """

    sku: str = field(validator=identifier)
    site: str = field(validator=identifier)
    late: tuple[LatePromise, ...] = field(
        converter=_late, validator=each(instance(LatePromise), least=1, most=MAX_RESERVATIONS)
    )
