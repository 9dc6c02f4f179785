"""What may be asked of stock at once: what is a question at all, and how large it may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from ordercore.data.checks import Named, aware, instance
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue, LimitExceeded, NotFound
from ordercore.stock.answer import Taken
from ordercore.stock.demand import Demand
from ordercore.stock.levels import MAX_RESERVATIONS
from ordercore.stock.performing import Performed
from ordercore.stock.pool import Pool
from ordercore.stock.resources.bookings import MAX_BOOKINGS
from ordercore.stock.snapshot import StockSnapshot

__all__ = ["MAX_SERVICES", "MAX_WAYS", "check_instant", "check_limits", "check_question"]

MAX_WAYS: Final = 20_000
"""The most pairs of a line and a site that it may be served from, in one basket."""

MAX_SERVICES: Final = 1000
"""The most units of services in one basket: each has an appointment of its own."""


def check_question(demand: Demand, snapshot: StockSnapshot, at: datetime) -> None:
    """Refuse what is no question, sites that nobody knows, and what is too large."""
    instance(Demand)(None, Named("demand"), demand)
    instance(StockSnapshot)(None, Named("snapshot"), snapshot)
    aware(None, Named("at"), at)
    faults = list(_unknown_sites(demand, snapshot))
    if faults:
        raise InvalidDocument(faults)
    ways = sum(len(line.sites) or len(snapshot.of(line.sku)) for line in demand.lines)
    if ways > MAX_WAYS:
        expected = f"at most {MAX_WAYS} pairs of a line and a site"
        raise LimitExceeded(expected, ways, path=("demand", "lines"))
    services = (line.quantity for line in demand.lines if isinstance(line.supply, Performed))
    units = sum(services)
    if units > MAX_SERVICES:
        expected = f"at most {MAX_SERVICES} units of services"
        raise LimitExceeded(expected, units, path=("demand", "lines"))


def _unknown_sites(demand: Demand, snapshot: StockSnapshot) -> Iterator[InvalidInput]:
    known = frozenset(snapshot.sites)
    for i, line in enumerate(demand.lines):
        for j, site in enumerate(line.sites):
            if site not in known:
                path = ("demand", "lines", i, "sites", j)
                yield NotFound("a site that the snapshot knows", site, path=path)


def check_limits(taken: tuple[Taken, ...], pool: Pool) -> None:
    """Refuse more reservations than a level remembers, so that what is ok can be reserved."""
    counts = Counter((part.sku, part.site) for part in taken)
    for i, level in enumerate(pool.snapshot.levels):
        count = len(level.reservations) + counts[level.sku, level.site]
        if count > MAX_RESERVATIONS:
            expected = f"at most {MAX_RESERVATIONS} reservations; forget those that are over"
            path = ("snapshot", "levels", i, "reservations")
            raise LimitExceeded(expected, count, path=path)
    for i, agenda in enumerate(pool.snapshot.agendas):
        after = pool.agendas[agenda.id]
        count = len(after.bookings) + len(after.cancelled)
        if count > MAX_BOOKINGS:
            path = ("snapshot", "agendas", i, "bookings")
            expected = f"at most {MAX_BOOKINGS} bookings; forget those that are over"
            raise LimitExceeded(expected, count, path=path)


def check_instant(demand: Demand, snapshot: StockSnapshot, at: datetime) -> None:
    """Refuse to book for an instant that agendas have forgotten: it may be done and forgotten."""
    if not any(isinstance(line.supply, Performed) for line in demand.lines):
        return
    known = (agenda.forgotten_before for agenda in snapshot.agendas)
    over = max((each for each in known if each is not None), default=None)
    if over is not None and at < over:
        expected = f"an instant from {over.isoformat()} on: bookings of before are forgotten"
        raise InvalidValue(expected, at.isoformat(), path=("at",), reason="too_late")
