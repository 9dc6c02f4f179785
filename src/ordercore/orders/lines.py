"""The lines of an order: what was bought, how its units fare, and which units were priced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field, frozen

from ordercore.catalog import Product
from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    identifier,
    instance,
    integer,
    optional,
    quantity,
)
from ordercore.orders.details import OrderDetails, ServiceWish
from ordercore.orders.ledger import Quantities

__all__ = ["LineUnits", "OrderLine", "QuotedUnits", "without_place"]

_first: Check = integer(least=0, most=MAX_QUANTITY)


@frozen
class LineUnits:
    """So many units of a line.

    Args:
        line: The id of the line in the order.
        quantity: How many units.
    """

    line: str = field(validator=identifier)
    quantity: int = field(validator=quantity)


@frozen
class QuotedUnits:
    """Which units of the quote a line is of: so each unit has its own share of the price.

    There are as many as the line has ordered, one after the other.

    Args:
        line: The id of the line in the quote's cart.
        start: The first of them, from 0 on.
    """

    line: str = field(validator=identifier)
    start: int = field(default=0, validator=_first)


@frozen(kw_only=True)
class OrderLine:
    """So many units of a product.

    Args:
        id: Unique in the order.
        product: What was bought, with its full specification.
        quantities: How many units, and what has become of them.
        quoted: Which units of the quote these are; None in a draft that has no price yet.
        service: Where and when, of a service; None: these are goods.
    """

    id: str = field(validator=identifier)
    product: Product = field(validator=instance(Product))
    quantities: Quantities = field(validator=instance(Quantities))
    quoted: QuotedUnits | None = field(default=None, validator=optional(instance(QuotedUnits)))
    service: ServiceWish | None = field(default=None, validator=optional(instance(ServiceWish)))

    @property
    def is_service(self) -> bool:
        """Whether people perform it; everything else is goods."""
        return self.service is not None


def without_place(
    details: OrderDetails, wishes: Iterable[tuple[str, ServiceWish | None]]
) -> Iterator[tuple[str, str]]:
    """List the lines of which nobody knows where to deliver or perform them.

    Args:
        details: Of the order.
        wishes: The id of each line, and where and when, of a service.
    """
    if details.delivery is None:
        for name, wish in wishes:
            if wish is None:
                yield name, "goods"
            elif wish.site is None:
                yield name, "service"
