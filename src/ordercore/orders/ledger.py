"""The quantity ledger of one line: thirteen counters, and the moves between them.

A move is a function from a ledger and a number of units to the next ledger. It refuses what
would break a law, with an error that says how many units there are; the ledger given is
frozen and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, field, frozen

from ordercore.data.checks import MAX_QUANTITY, Check, Named, integer, quantity
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue

__all__ = [
    "MOVES",
    "Move",
    "Mover",
    "Quantities",
    "allocate",
    "cancel",
    "close_return",
    "deallocate",
    "deliver",
    "freed",
    "lose",
    "open_return",
    "receive_return",
    "refund",
    "refuse",
    "replace",
    "restock",
    "scrap",
    "ship",
    "undo_refund",
    "undo_replace",
]

_count: Check = integer(least=0, most=MAX_QUANTITY)


@frozen(kw_only=True)
class Quantities:
    """How many units of a line were ordered, and what has become of them.

    For a service, ``shipped`` counts units performed and ``delivered`` units accepted.

    Args:
        ordered: As agreed, 1 to 10^9.
        cancelled: Given up before they were shipped.
        allocated: Set aside at a site, or booked, and not yet shipped.
        shipped: Handed over to a carrier, whatever came of them.
        delivered: Received by the customer.
        lost: Shipped and never seen again.
        refused: Turned away at the door, or sent back undelivered.
        return_open: Received or refused, and on their way back or about to be.
        returned: Come back.
        restocked: Of those come back, put up for sale again.
        scrapped: Of those come back, thrown away.
        refunded: Their money is given back.
        replaced: Another order brings others in their place.

    Raises:
        InvalidDocument: With every law that the counters break.

    >>> units = Quantities(ordered=5, cancelled=1, shipped=2)
    >>> units.kept, units.open, units.in_transit
    (4, 2, 2)
    """

    ordered: int = field(validator=quantity)
    cancelled: int = field(default=0, validator=_count)
    allocated: int = field(default=0, validator=_count)
    shipped: int = field(default=0, validator=_count)
    delivered: int = field(default=0, validator=_count)
    lost: int = field(default=0, validator=_count)
    refused: int = field(default=0, validator=_count)
    return_open: int = field(default=0, validator=_count)
    returned: int = field(default=0, validator=_count)
    restocked: int = field(default=0, validator=_count)
    scrapped: int = field(default=0, validator=_count)
    refunded: int = field(default=0, validator=_count)
    replaced: int = field(default=0, validator=_count)

    def __attrs_post_init__(self) -> None:
        faults = list(self.faults())
        if faults:
            raise InvalidDocument(faults)

    @property
    def kept(self) -> int:
        """Units that are still wanted: ordered and not cancelled."""
        return self.ordered - self.cancelled

    @property
    def open(self) -> int:
        """Units that are still to be shipped."""
        return self.kept - self.shipped

    @property
    def settled(self) -> int:
        """Shipped units of which it is known what came of them."""
        return self.delivered + self.lost + self.refused

    @property
    def in_transit(self) -> int:
        """Shipped units of which it is not known yet; of a service: performed, not accepted."""
        return self.shipped - self.settled

    @property
    def returnable(self) -> int:
        """Units for which a return may be opened."""
        return self.delivered + self.refused - self.return_open - self.returned

    @property
    def unsorted(self) -> int:
        """Units come back that are neither restocked nor scrapped."""
        return self.returned - self.restocked - self.scrapped

    @property
    def owed(self) -> int:
        """Units that may be refunded or replaced: each once, and only one of the two."""
        return self.cancelled + self.settled - self.refunded - self.replaced

    @property
    def is_final(self) -> bool:
        """Whether nothing more can come of the units but returns and refunds."""
        return self.settled == self.kept

    def faults(self) -> Iterator[InvalidInput]:
        """List every law that the counters break, each at the first counter it speaks of."""
        for place, told, left, right in (
            ("cancelled", "cancelled + shipped ≤ ordered", -self.open, 0),
            ("allocated", "allocated ≤ open", self.allocated, max(self.open, 0)),
            ("delivered", "delivered + lost + refused ≤ shipped", self.settled, self.shipped),
            ("return_open", "return_open + returned ≤ delivered + refused", -self.returnable, 0),
            ("restocked", "restocked + scrapped ≤ returned", -self.unsorted, 0),
            (
                "refunded",
                "refunded + replaced ≤ cancelled + delivered + lost + refused",
                -self.owed,
                0,
            ),
        ):
            if left > right:
                expected = f"{told}; it is {left - right} more"
                yield InvalidValue(expected, path=(place,), reason="broken_ledger")


Mover = Callable[[Quantities, int], Quantities]
"""A move: from a ledger and a number of units to the next ledger."""


def _moved(ledger: Quantities, units: int, room: int, told: str, **changes: int) -> Quantities:
    """Add the units to some counters (+1) and take them from others (-1), if there is room.

    Args:
        ledger: Before.
        units: How many.
        room: How many there are.
        told: What they are.
        changes: +1 or -1 for each counter that changes.
    """
    quantity(None, Named("quantity"), units)
    if units > room:
        expected = f"at most {room}: units {told}"
        raise InvalidValue(expected, units, path=("quantity",), reason="too_many_units")
    now: dict[str, Any] = {
        name: getattr(ledger, name) + sign * units for name, sign in changes.items()
    }
    return evolve(ledger, **now)


def cancel(ledger: Quantities, units: int) -> Quantities:
    """Give up open units: first those that are not allocated, then allocations are freed.

    >>> cancel(Quantities(ordered=5, allocated=4), 3).allocated
    2
    """
    now = _moved(evolve(ledger, allocated=0), units, ledger.open, "not yet shipped", cancelled=1)
    return evolve(now, allocated=min(ledger.allocated, now.open))


def freed(ledger: Quantities, units: int) -> int:
    """Tell how many allocations it frees to cancel so many units.

    >>> freed(Quantities(ordered=5, allocated=4), 3)
    2
    """
    return max(0, ledger.allocated - max(0, ledger.open - units))


def allocate(ledger: Quantities, units: int) -> Quantities:
    """Set open units aside."""
    room = ledger.open - ledger.allocated
    return _moved(ledger, units, room, "open and not yet allocated", allocated=1)


def deallocate(ledger: Quantities, units: int) -> Quantities:
    """Give units that were set aside free again."""
    return _moved(ledger, units, ledger.allocated, "allocated", allocated=-1)


def ship(ledger: Quantities, units: int) -> Quantities:
    """Ship allocated units, or perform them."""
    return _moved(ledger, units, ledger.allocated, "allocated", allocated=-1, shipped=1)


def deliver(ledger: Quantities, units: int) -> Quantities:
    """Deliver units in transit; a service is accepted."""
    return _moved(ledger, units, ledger.in_transit, "in transit", delivered=1)


def lose(ledger: Quantities, units: int) -> Quantities:
    """Give units in transit up for lost."""
    return _moved(ledger, units, ledger.in_transit, "in transit", lost=1)


def refuse(ledger: Quantities, units: int) -> Quantities:
    """Take down that units in transit were turned away, or could not be delivered."""
    return _moved(ledger, units, ledger.in_transit, "in transit", refused=1)


def open_return(ledger: Quantities, units: int) -> Quantities:
    """Expect units back that were delivered or refused."""
    return _moved(ledger, units, ledger.returnable, "that may come back", return_open=1)


def close_return(ledger: Quantities, units: int) -> Quantities:
    """Expect units back no more."""
    return _moved(ledger, units, ledger.return_open, "expected back", return_open=-1)


def receive_return(ledger: Quantities, units: int) -> Quantities:
    """Take units back."""
    changes = {"return_open": -1, "returned": 1}
    return _moved(ledger, units, ledger.return_open, "expected back", **changes)


def restock(ledger: Quantities, units: int) -> Quantities:
    """Put units that came back up for sale again."""
    return _moved(ledger, units, ledger.unsorted, "come back and still unsorted", restocked=1)


def scrap(ledger: Quantities, units: int) -> Quantities:
    """Throw away units that came back."""
    return _moved(ledger, units, ledger.unsorted, "come back and still unsorted", scrapped=1)


def refund(ledger: Quantities, units: int, replaced: int = 0) -> Quantities:
    """Take down that the money of units is given back.

    Args:
        ledger: Before.
        units: How many units.
        replaced: How many of them had been replaced: they count as refunded instead.
    """
    if replaced:
        ledger = undo_replace(ledger, replaced)
    return _moved(ledger, units, ledger.owed, "that may be refunded", refunded=1)


def undo_refund(ledger: Quantities, units: int, replaced: int = 0) -> Quantities:
    """Take down that the money of units is not given back after all, as `refund` had done."""
    ledger = _moved(ledger, units, ledger.refunded, "refunded", refunded=-1)
    return replace(ledger, replaced) if replaced else ledger


def replace(ledger: Quantities, units: int) -> Quantities:
    """Take down that another order brings others in the place of units."""
    return _moved(ledger, units, ledger.owed, "that may be replaced", replaced=1)


def undo_replace(ledger: Quantities, units: int) -> Quantities:
    """Take down that no other order brings others in the place of units after all."""
    return _moved(ledger, units, ledger.replaced, "replaced", replaced=-1)


class Move(StrEnum):
    """What fulfilment and after-sales do with units of a line.

    To cancel units is the order's own affair, to replace them begins another order, and what is
    refunded follows from refunds: see `ordercore.orders.cancel`,
    `ordercore.orders.replace_units` and `ordercore.orders.request_refund`.
    """

    ALLOCATE = "allocate"
    DEALLOCATE = "deallocate"
    SHIP = "ship"
    DELIVER = "deliver"
    LOSE = "lose"
    REFUSE = "refuse"
    OPEN_RETURN = "open_return"
    CLOSE_RETURN = "close_return"
    RECEIVE_RETURN = "receive_return"
    RESTOCK = "restock"
    SCRAP = "scrap"


MOVES: Final[Mapping[Move, Mover]] = MappingProxyType(
    {
        Move.ALLOCATE: allocate,
        Move.DEALLOCATE: deallocate,
        Move.SHIP: ship,
        Move.DELIVER: deliver,
        Move.LOSE: lose,
        Move.REFUSE: refuse,
        Move.OPEN_RETURN: open_return,
        Move.CLOSE_RETURN: close_return,
        Move.RECEIVE_RETURN: receive_return,
        Move.RESTOCK: restock,
        Move.SCRAP: scrap,
    }
)
"""What each move does to a ledger."""
