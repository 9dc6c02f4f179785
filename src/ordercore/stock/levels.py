"""The stock of one sku at one site: what is there, what is promised, and what may be promised.

A level and its reservations are one aggregate with one version. Whoever reserves has read
what is there and all that is promised of it, and a store refuses the write if either has
changed; so no sum of reservations can outgrow the stock between a check and a write.
Reservations that are over may be forgotten: their events stay.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from itertools import islice, takewhile
from typing import Final

from attrs import evolve, field, frozen

from ordercore.data import document
from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    aware,
    duplicates,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    optional,
    quantity,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, NotFound
from ordercore.events import MAX_SEQUENCE
from ordercore.stock.profile import Profile
from ordercore.stock.reservations import Reservation, ReservationState

__all__ = [
    "MAX_INCOMING",
    "MAX_RESERVATIONS",
    "Incoming",
    "Preorder",
    "ReorderRule",
    "StockLevel",
    "StockPolicy",
    "SupplyKind",
    "level_id",
]

MAX_INCOMING: Final = 1000
"""The most receipts that a level expects at once."""

MAX_RESERVATIONS: Final = 10_000
"""The most reservations that a level remembers; forget those that are over."""

_MAX_ID = 64
_units: Check = integer(least=0, most=MAX_QUANTITY)


class SupplyKind(StrEnum):
    """Where units come from that are on their way."""

    PURCHASE = "purchase"
    PRODUCTION = "production"
    TRANSFER = "transfer"


def _kind(given: SupplyKind | str) -> SupplyKind:
    return member_of(SupplyKind, given)


@frozen(kw_only=True)
class Incoming:
    """Units that are on their way.

    Once its date has passed, nobody knows when it comes: it counts for nothing until it has
    another date or is received.

    Args:
        id: Such as the number of the purchase order; unique at its level.
        kind: Where they come from.
        quantity: How many are still to come.
        expected_at: When.
    """

    id: str = field(validator=identifier)
    kind: SupplyKind = field(
        default=SupplyKind.PURCHASE, converter=_kind, validator=member(SupplyKind)
    )
    quantity: int = field(validator=quantity)
    expected_at: datetime = field(converter=pinned, validator=aware)


@frozen
class Preorder:
    """Units that may be promised for later, before anybody knows which receipt they are of.

    Args:
        most: How many.
        since: For which instants on they may be promised.
    """

    most: int = field(validator=quantity)
    since: datetime = field(converter=pinned, validator=aware)


@frozen
class ReorderRule:
    """When to order more, and how many.

    Args:
        point: As soon as no more units than this are there or on their way, and not promised.
        target: Up to how many.

    Raises:
        InvalidValue: The target is below the point.
    """

    point: int = field(validator=_units)
    target: int = field(validator=_units)

    def __attrs_post_init__(self) -> None:
        if self.target < self.point:
            expected = f"at least the reorder point, {self.point}"
            raise InvalidValue(expected, self.target, path=("target",), reason="fields_disagree")


@frozen(kw_only=True)
class StockPolicy:
    """How the units of a level may be promised.

    Args:
        safety: So many units on hand are promised to nobody.
        backorder: So many units more than there are may be promised at once.
        preorder: Units that may be promised for later; None: none.
        reorder: When to order more; None: nobody watches.
    """

    safety: int = field(default=0, validator=_units)
    backorder: int = field(default=0, validator=_units)
    preorder: Preorder | None = field(default=None, validator=optional(instance(Preorder)))
    reorder: ReorderRule | None = field(default=None, validator=optional(instance(ReorderRule)))

    @property
    def most_short(self) -> int:
        """How many units more than there are may be promised in all."""
        return self.backorder + (0 if self.preorder is None else self.preorder.most)


def _incoming(given: Iterable[Incoming]) -> tuple[Incoming, ...]:
    return tuple_of(given)


def _reservations(given: Iterable[Reservation]) -> tuple[Reservation, ...]:
    return tuple_of(given)


@document("stock_level")
@frozen(kw_only=True)
class StockLevel:
    """The stock of one sku at one site. Commands make the next level; none changes one.

    Args:
        sku: Of what.
        site: Where.
        on_hand: Good units that are there, promised or not.
        damaged: Units that are there and cannot be sold; not part of ``on_hand``.
        incoming: What is on its way; the order is dropped.
        policy: How units may be promised.
        reservations: What is promised, and what came of it; the order is dropped.
        version: How many events it has had.

    Raises:
        InvalidDocument: With every law that the fields break together.
        InvalidInput: A field is not as said.

    >>> level = StockLevel(sku="mug", site="east", on_hand=5, policy=StockPolicy(safety=1))
    >>> now = datetime.fromisoformat("2026-11-11T09:00:00+08:00")
    >>> level.id, level.available(now)
    ('east/mug', 4)
    """

    sku: str = field(validator=identifier)
    site: str = field(validator=identifier)
    on_hand: int = field(default=0, validator=_units)
    damaged: int = field(default=0, validator=_units)
    incoming: tuple[Incoming, ...] = field(
        default=(), converter=_incoming, validator=each(instance(Incoming), most=MAX_INCOMING)
    )
    policy: StockPolicy = field(factory=StockPolicy, validator=instance(StockPolicy))
    reservations: tuple[Reservation, ...] = field(
        default=(),
        converter=_reservations,
        validator=each(instance(Reservation), most=MAX_RESERVATIONS),
    )
    version: int = field(default=1, validator=integer(least=1, most=MAX_SEQUENCE))

    def __attrs_post_init__(self) -> None:
        faults = list(self.faults())
        if faults:
            raise InvalidDocument(faults)
        for name in ("incoming", "reservations"):
            in_order = tuple(sorted(getattr(self, name), key=lambda part: part.id))
            object.__setattr__(self, name, in_order)

    @property
    def id(self) -> str:
        """Its id among all levels: see `level_id`."""
        return level_id(self.sku, self.site)

    # What is in it

    def reservation(self, reservation_id: str) -> Reservation:
        """Find a reservation by its id, or raise `NotFound`."""
        for found in self.reservations:
            if found.id == reservation_id:
                return found
        raise NotFound("the id of a reservation of this level", reservation_id)

    def called(self, prefix: str) -> Iterator[Reservation]:
        """List the reservations whose ids begin so, in the order of the ids."""
        first = bisect_left(self.reservations, prefix, key=lambda each: each.id)
        several = islice(self.reservations, first, None)
        return takewhile(lambda each: each.id.startswith(prefix), several)

    def receipt(self, incoming_id: str) -> Incoming:
        """Find what is on its way by its id, or raise `NotFound`."""
        for found in self.incoming:
            if found.id == incoming_id:
                return found
        expected = "the id of a receipt that this level expects"
        raise NotFound(expected, incoming_id, path=("incoming",))

    def held_for(self, holder: str, line: str | None = None) -> tuple[Reservation, ...]:
        """List what is not over of a holder's reservations, the oldest first.

        Args:
            holder: For whom.
            line: For which line; None: for whatever line.
        """
        found = (
            each
            for each in self.reservations
            if each.holder == holder and not each.is_over and line in (None, each.line)
        )
        return tuple(sorted(found, key=lambda each: (each.at, each.id)))

    # What is promised

    def reserved(self, at: datetime) -> int:
        """Count the units that are set aside and not firm, at an instant."""
        return sum(
            each.units(at) for each in self.reservations if each.state is not ReservationState.FIRM
        )

    @property
    def firm(self) -> int:
        """Units that are set aside for good: allocated."""
        return sum(
            each.outstanding for each in self.reservations if each.state is ReservationState.FIRM
        )

    @property
    def kept(self) -> int:
        """Units set aside as far as anybody has written down: expired ones not swept, too."""
        return sum(each.outstanding for each in self.reservations if each.is_kept)

    @property
    def promisable(self) -> int:
        """The most units that may ever be set aside together, by what is known now."""
        coming = sum(each.quantity for each in self.incoming)
        return self.on_hand + coming + self.policy.most_short

    # What may be promised

    def profile(self, at: datetime, *, short: bool = True) -> Profile:
        """Tell how many more units may be promised from which instant on.

        Args:
            at: When it is asked: what has expired by then counts for nothing.
            short: Whether back- and preorders count.
        """
        now = self.on_hand - self.policy.safety
        changes = [*self._to_come(at), *self._promised(at)]
        if short:
            now += self.policy.backorder
            preorder = self.policy.preorder
            changes += [] if preorder is None else [(preorder.since, preorder.most)]
        return Profile.of(now, changes, at)

    def _to_come(self, at: datetime) -> Iterator[tuple[datetime, int]]:
        """List the receipts of which it is still known when they come."""
        for receipt in self.incoming:
            if receipt.expected_at >= at:
                yield receipt.expected_at, receipt.quantity

    def _promised(self, at: datetime) -> Iterator[tuple[datetime, int]]:
        for found in self.reservations:
            units = found.units(at)
            if units:
                yield found.due, -units

    def atp(self, due: datetime, at: datetime) -> int:
        """Tell how many units are available to promise for an instant, exactly.

        It is the least, over all instants from ``due`` on, of what is on hand above the safety
        stock and received by then, less what is promised by then. Negative: so many are owed.
        """
        return self.profile(at, short=False).promisable(due)

    def available(self, at: datetime) -> int:
        """Tell how many units may be taken at once, of what is there."""
        return max(0, self.atp(at, at))

    def room(self, due: datetime, at: datetime) -> int:
        """Tell how many units may be reserved for an instant; back- and preorders count.

        It is 0 for an instant before the question is asked.
        """
        return max(0, self.profile(at).promisable(due))

    # What must always hold

    def faults(self) -> Iterator[InvalidInput]:
        """List every law that the fields break together."""
        for name in ("incoming", "reservations"):
            yield from duplicates((part.id for part in getattr(self, name)), name, then="id")
        over = self.kept - self.promisable
        if over > 0:
            expected = (
                f"reserved + firm ≤ on hand + incoming + backorder + preorder; it is {over} more"
            )
            yield InvalidValue(expected, path=("reservations",), reason="broken_ledger")

    def with_reservation(self, changed: Reservation) -> StockLevel:
        """Put one reservation in the place of that of its id, or add it."""
        others = (each for each in self.reservations if each.id != changed.id)
        return evolve(self, reservations=(*others, changed))


def level_id(sku: str, site: str) -> str:
    """Tell the id of the level of a sku at a site: both names, or a digest if that is too long.

    >>> level_id("mug", "east")
    'east/mug'
    """
    told = f"{site}/{sku}"
    if len(told) <= _MAX_ID and "/" not in site:
        return told
    return sha256(f"{len(site)} {site} {sku}".encode()).hexdigest()
