"""What is asked of sourcing: a demand, from when on, and to where."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from ordercore.data import document
from ordercore.data.checks import aware, instance, optional
from ordercore.data.instants import pinned_always
from ordercore.data.private import PRIVATE, private
from ordercore.parties import GeoPoint
from ordercore.stock import Demand

__all__ = ["Request"]


@document("sourcing_request")
@frozen
class Request:
    """An order that is to be served from somewhere.

    Args:
        demand: Its lines; a line that names sites is served from these only.
        at: When it is asked: work begins no earlier.
        to: Where the customer is; None: nobody knows, and no rule may ask.

    >>> now = datetime.fromisoformat("2026-11-11T09:00:00+08:00")
    >>> Request(Demand.of([("mug", 2)]), now, GeoPoint("39.90", "116.40")).demand.lines[0].sku
    'mug'
    """

    demand: Demand = field(validator=instance(Demand))
    at: datetime = field(converter=pinned_always, validator=aware)
    to: GeoPoint | None = field(
        default=None, validator=private(optional(instance(GeoPoint))), metadata=PRIVATE
    )
