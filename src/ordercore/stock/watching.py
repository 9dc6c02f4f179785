"""What somebody should look at: low stock, receipts that are overdue, promises that are late.

Each finding is a value with its numbers; what is done about it, others decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import field, frozen

from ordercore.data.checks import MAX_QUANTITY, aware, identifier, instance, integer, optional
from ordercore.data.instants import pinned
from ordercore.events import Event
from ordercore.stock.awaited import BackordersCovered, PromisesLate, ReorderPointReached
from ordercore.stock.keeping import LevelResult, done
from ordercore.stock.levels import Incoming, StockLevel
from ordercore.stock.reservations import CoveredPromise, LatePromise, Reservation

__all__ = [
    "LateReservation",
    "LowStock",
    "OverdueReceipt",
    "late",
    "low_stock",
    "noticed",
    "overdue",
]

_units = integer(least=0, most=MAX_QUANTITY)
_balance = integer(least=-MAX_QUANTITY * 10_000, most=MAX_QUANTITY * 10_000)


@frozen(kw_only=True)
class LowStock:
    """A level has reached its reorder point.

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
    point: int = field(validator=_units)
    order: int = field(validator=_balance)


@frozen(kw_only=True)
class OverdueReceipt:
    """Units should have come by now; nobody knows when they do.

    Args:
        sku: Of what.
        site: Where.
        incoming: What was expected.
    """

    sku: str = field(validator=identifier)
    site: str = field(validator=identifier)
    incoming: Incoming = field(validator=instance(Incoming))


@frozen(kw_only=True)
class LateReservation:
    """Units that are promised will not all be there in time, if those due earlier get theirs.

    Args:
        sku: Of what.
        site: Where.
        reservation: What is promised.
        short: How many of its units are missing when they are due.
        enough_from: From when on they will be there; None: nobody knows.
    """

    sku: str = field(validator=identifier)
    site: str = field(validator=identifier)
    reservation: Reservation = field(validator=instance(Reservation))
    short: int = field(validator=_units)
    enough_from: datetime | None = field(default=None, converter=pinned, validator=optional(aware))

    @property
    def promise(self) -> LatePromise:
        """The same as an event tells it."""
        found = self.reservation
        return LatePromise(
            reservation=found.id,
            holder=found.holder,
            line=found.line,
            units=found.outstanding,
            short=self.short,
            due=found.due,
            enough_from=self.enough_from,
        )


def low_stock(levels: Iterable[StockLevel], at: datetime) -> tuple[LowStock, ...]:
    """List the levels that have reached their reorder point, in the order of sku and site.

    >>> from ordercore.stock import ReorderRule, StockPolicy
    >>> policy = StockPolicy(reorder=ReorderRule(point=3, target=10))
    >>> level = StockLevel(sku="mug", site="east", on_hand=2, policy=policy)
    >>> low_stock([level], datetime.fromisoformat("2026-11-11T09:00:00+08:00"))[0].order
    8
    """
    found: list[LowStock] = []
    for level in sorted(levels, key=lambda each: (each.sku, each.site)):
        rule = level.policy.reorder
        position = _position(level, at)
        if rule is not None and position <= rule.point:
            found.append(
                LowStock(
                    sku=level.sku,
                    site=level.site,
                    position=position,
                    point=rule.point,
                    order=rule.target - position,
                )
            )
    return tuple(found)


def _position(level: StockLevel, at: datetime) -> int:
    coming = sum(each.quantity for each in level.incoming)
    return level.on_hand + coming - sum(each.units(at) for each in level.reservations)


def overdue(levels: Iterable[StockLevel], at: datetime) -> tuple[OverdueReceipt, ...]:
    """List the receipts whose date has passed, in the order of sku, site and id."""
    return tuple(
        OverdueReceipt(sku=level.sku, site=level.site, incoming=receipt)
        for level in sorted(levels, key=lambda each: (each.sku, each.site))
        for receipt in level.incoming
        if receipt.expected_at < at
    )


def late(levels: Iterable[StockLevel], at: datetime) -> tuple[LateReservation, ...]:
    """List the reservations whose units will not all be there in time.

    Units go to what is due first; of what is due at once, to what was reserved first. A back-
    or preorder is late from the beginning until a receipt covers it.
    """
    in_order = sorted(levels, key=lambda each: (each.sku, each.site))
    return tuple(found for level in in_order for found in _late_of(level, at))


def _late_of(level: StockLevel, at: datetime) -> Iterator[LateReservation]:
    receipts = sorted(
        (each.expected_at, each.quantity) for each in level.incoming if each.expected_at >= at
    )
    live = [each for each in level.reservations if each.units(at)]
    needed = 0
    for found in sorted(live, key=lambda each: (each.due, each.at, each.id)):
        units = found.units(at)
        needed += units
        there = level.on_hand + sum(count for when, count in receipts if when <= found.due)
        if there < needed:
            yield LateReservation(
                sku=level.sku,
                site=level.site,
                reservation=found,
                short=min(units, needed - there),
                enough_from=_covered_from(needed - level.on_hand, receipts),
            )


def _covered_from(units: int, receipts: Iterable[tuple[datetime, int]]) -> datetime | None:
    """Find when receipts have brought so many units; None: they never will."""
    for when, count in receipts:
        units -= count
        if units <= 0:
            return when
    return None


# What a change brings about


def noticed(before: StockLevel | None, after: StockLevel, *, at: datetime) -> LevelResult:
    """Tell, as events, what a change of a level has brought about that somebody waits for.

    That its stock is low is told once, when it comes to be; so is that units are there now
    which were promised and missing. That promised units come later than was known is told each
    time that it gets worse.

    Args:
        before: The level before the change; None: there was none.
        after: The level after it.
        at: When it changed.

    Returns:
        The level after these events, and the events; none: it is as it was.
    """
    low = _low_now(before, after, at)
    if before is None or (before.on_hand, before.incoming) == (after.on_hand, after.incoming):
        return done(after, *low)
    were, are = _late_by_id(before, at), _late_by_id(after, at)
    return done(after, *low, *_covered_now(after, were, are, at), *_late_now(before, were, are))


def _low_now(before: StockLevel | None, after: StockLevel, at: datetime) -> Iterator[Event]:
    if before is not None and low_stock([before], at):
        return
    for low in low_stock([after], at):
        yield ReorderPointReached(low.sku, low.site, low.position, low.point, low.order)


_LateById = Mapping[str, LateReservation]


def _late_by_id(level: StockLevel, at: datetime) -> _LateById:
    return {found.reservation.id: found for found in late([level], at)}


def _covered_now(
    after: StockLevel, were: _LateById, are: _LateById, at: datetime
) -> Iterator[Event]:
    live = (found for found in after.reservations if found.units(at))
    covered = sorted(
        (found for found in live if found.id in were and found.id not in are),
        key=lambda each: each.id,
    )
    if covered:
        yield BackordersCovered(
            [each.id for each in covered],
            sku=after.sku,
            site=after.site,
            covered=[
                CoveredPromise(
                    reservation=each.id,
                    holder=each.holder,
                    line=each.line,
                    units=each.outstanding,
                )
                for each in covered
            ],
        )


def _late_now(before: StockLevel, were: _LateById, are: _LateById) -> Iterator[Event]:
    """Tell of promises of before that come later now, or of fewer units that come in time."""
    known = {each.id for each in before.reservations}
    worse = [
        found.promise
        for name, found in are.items()
        if name in known and (name not in were or _is_worse(found, were[name]))
    ]
    if worse:
        yield PromisesLate(sku=before.sku, site=before.site, late=worse)


def _is_worse(found: LateReservation, before: LateReservation) -> bool:
    then, now = before.enough_from, found.enough_from
    comes_later = then is not None and (now is None or now > then)
    return comes_later or found.short > before.short
