"""What is known of stock at a moment: the levels of the sites that a question may be about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from ordercore.calendars import WorkingTime
from ordercore.data.checks import (
    duplicates,
    each,
    identifier,
    instance,
    names_of,
    optional,
    tuple_of,
)
from ordercore.errors import InvalidDocument, InvalidInput, InvalidValue
from ordercore.stock.demand import MAX_SITES
from ordercore.stock.levels import StockLevel
from ordercore.stock.materials.book import BillBook
from ordercore.stock.resources.agendas import Agenda
from ordercore.stock.resources.planning import MAX_AGENDAS

__all__ = ["MAX_LEVELS", "StockSnapshot"]

MAX_LEVELS: Final = 100_000
"""The most levels of one snapshot."""

_NO_LEVELS: Final[Mapping[str, StockLevel]] = MappingProxyType({})


def _levels(given: Iterable[StockLevel]) -> tuple[StockLevel, ...]:
    return tuple_of(given)


def _agendas(given: Iterable[Agenda]) -> tuple[Agenda, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class StockSnapshot:
    """What is known of stock; what it does not tell of is not there.

    Args:
        levels: Each sku at each site once.
        sites: Sites that are known, whether or not they keep anything; those of the levels
            and of the agendas are known anyway. A site must not be named twice.
        bills: What things that are made are made of; None: nothing is known of that.
        calendar: In which working time passes, if lead times are counted in it.
        agendas: Of people and equipment, each once.

    Raises:
        InvalidDocument: With every level and every site that is there twice.
    """

    levels: tuple[StockLevel, ...] = field(
        default=(), converter=_levels, validator=each(instance(StockLevel), most=MAX_LEVELS)
    )
    sites: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=MAX_SITES)
    )
    bills: BillBook | None = field(default=None, validator=optional(instance(BillBook)))
    calendar: WorkingTime | None = field(default=None, validator=optional(instance(WorkingTime)))
    agendas: tuple[Agenda, ...] = field(
        default=(), converter=_agendas, validator=each(instance(Agenda), most=MAX_AGENDAS)
    )
    _by_sku: Mapping[str, Mapping[str, StockLevel]] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        faults = [*duplicates(self.sites, "sites", what="a site named once")]
        faults += duplicates((each.id for each in self.agendas), "agendas", then="resource")
        by_sku: dict[str, dict[str, StockLevel]] = {}
        for i, level in enumerate(self.levels):
            sites = by_sku.setdefault(level.sku, {})
            faults += _again(level, i, sites)
            sites[level.site] = level
        if faults:
            raise InvalidDocument(faults)
        known = {*self.sites, *(level.site for level in self.levels)}
        known |= {agenda.resource.site for agenda in self.agendas}
        object.__setattr__(self, "sites", tuple(sorted(known)))
        object.__setattr__(self, "_by_sku", {sku: _sorted(found) for sku, found in by_sku.items()})

    def of(self, sku: str) -> Mapping[str, StockLevel]:
        """Find the levels of a sku, by site, in the order of the sites."""
        return self._by_sku.get(sku, _NO_LEVELS)


def _sorted(found: Mapping[str, StockLevel]) -> Mapping[str, StockLevel]:
    return MappingProxyType(dict(sorted(found.items())))


def _again(level: StockLevel, i: int, sites: Mapping[str, StockLevel]) -> Iterator[InvalidInput]:
    if level.site in sites:
        expected = f"one level of {level.sku} at each site"
        path = ("levels", i, "site")
        yield InvalidValue(expected, level.site, path=path, reason="duplicate_id")
