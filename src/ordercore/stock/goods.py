"""How goods are offered, and why they are short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from ordercore.stock.answer import Shortage, SiteUnits

if TYPE_CHECKING:
    from ordercore.stock.answer import Offer
    from ordercore.stock.demand import DemandLine
    from ordercore.stock.pool import Pool
    from ordercore.stock.profile import Profile

__all__ = ["goods_offered", "goods_short"]


def goods_offered(line: DemandLine, pool: Pool) -> tuple[Offer, ...]:
    """Tell how many units each of a line's sites could give, and from when on."""
    start = line.start(pool.at)
    sites = _asked(line, pool)
    return tuple(offer for site in sites for offer in pool.offers(line.sku, site, start))


def _asked(line: DemandLine, pool: Pool) -> Mapping[str, Profile]:
    """Find the sites that keep what a line asks for, among those that it names."""
    profiles = pool.profiles(line.sku)
    if not line.sites:
        return profiles
    return {site: profiles[site] for site in line.sites if site in profiles}


def goods_short(line: DemandLine, missing: int, pool: Pool) -> Shortage:
    """Say why so many units of a line are short, from when on there would be enough, and where.

    The pool gives the line what it is missing later, if it can.
    """
    due = line.due(pool.at)
    elsewhere = tuple(_elsewhere(line, pool, due))
    enough_from = _enough_from(line, missing, pool, due)
    if enough_from is not None:
        pool.take(line.id, line.sku, missing, line.sites, enough_from)
    return Shortage(
        line=line.id,
        sku=line.sku,
        wanted=line.quantity,
        available=line.quantity - missing,
        reasons=tuple(_reasons(line, pool, due, later=enough_from, elsewhere=elsewhere)),
        enough_from=enough_from,
        elsewhere=elsewhere,
        unit=_unit(line, pool),
    )


def _unit(line: DemandLine, pool: Pool) -> str | None:
    """Tell in what the line is counted, if a book of bills knows it."""
    book = pool.snapshot.bills
    return book.part(line.sku).unit if book is not None and line.sku in book else None


def _elsewhere(line: DemandLine, pool: Pool, due: datetime) -> Iterator[SiteUnits]:
    """Find the sites that were not asked for and have some left in time."""
    asked = _asked(line, pool)
    for site in pool.profiles(line.sku):
        units = 0 if site in asked else pool.free(line.sku, site, due)
        if units:
            yield SiteUnits(site, units)


def _enough_from(line: DemandLine, missing: int, pool: Pool, due: datetime) -> datetime | None:
    """Find the first instant for which all that is missing could be taken; None: there is none.

    For a later instant there is never less, so that halving finds it.
    """
    asked = _asked(line, pool).values()
    times = sorted({when for profile in asked for when in profile.times if when > due})
    low, high = 0, len(times)
    while low < high:
        middle = (low + high) // 2
        if pool.has(line.sku, missing, line.sites, times[middle]):
            high = middle
        else:
            low = middle + 1
    return times[low] if low < len(times) else None


def _reasons(
    line: DemandLine,
    pool: Pool,
    due: datetime,
    *,
    later: datetime | None,
    elsewhere: tuple[SiteUnits, ...],
) -> Iterator[str]:
    asked = _asked(line, pool).values()
    if not pool.profiles(line.sku):
        yield "unknown_sku"
    elif not asked:
        yield "not_kept_there"
    elif due < pool.at:
        yield "too_late"
    else:
        alone = sum(max(0, profile.promisable(due)) for profile in asked)
        yield "too_few" if alone < line.quantity else "other_lines"
    if later is not None:
        yield "later"
    if elsewhere:
        yield "elsewhere"
