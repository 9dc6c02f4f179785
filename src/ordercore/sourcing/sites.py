"""Sites: where goods are kept and work is done, and the network of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from attrs import evolve, field, frozen

from ordercore.calendars import MAX_DAYS, WorkingTime
from ordercore.calendars.microseconds import LONGEST_US, lasting
from ordercore.calendars.windows import MICROSECOND
from ordercore.data import document
from ordercore.data.checks import (
    MAX_QUANTITY,
    Named,
    aware,
    duplicates,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    names_of,
    optional,
    tuple_of,
)
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidValue,
    LimitExceeded,
    NotFound,
    all_faults,
)
from ordercore.money import Currency, Money, UnitPrice
from ordercore.money.fields import Amount, amount_of, check_price, price_of
from ordercore.parties import GeoPoint
from ordercore.stock import MAX_SITES, StockSnapshot

__all__ = ["MAX_HELD", "Network", "Site", "SiteCosts", "SiteKind", "SkuUnits", "UnitCost"]

MAX_HELD: Final = 100_000
"""The most skus that a site may keep."""

_units = integer(least=0, most=MAX_QUANTITY)
_NONE: Final = Decimal(0)


class SiteKind(StrEnum):
    """What a site is."""

    WAREHOUSE = "warehouse"
    STORE = "store"
    KITCHEN = "kitchen"
    WORKSHOP = "workshop"


@frozen
class SkuUnits:
    """So many units of a sku."""

    sku: str = field(validator=identifier)
    units: int = field(validator=_units)


@frozen
class UnitCost:
    """What a unit of one sku costs at a site.

    Args:
        sku: Of what.
        cost: Per unit: picking, packing, or making it there.
    """

    sku: str = field(validator=identifier)
    cost: Amount = field(converter=amount_of, validator=check_price)


Rate = UnitPrice | Decimal
"""What a kilometre costs; it may be finer than the minor unit."""


def _rate_of(given: Rate | Money | str) -> Rate:
    """Read a rate; an amount of money is one, too."""
    return UnitPrice.of(given, given.currency) if isinstance(given, Money) else price_of(given)


def _unit_costs(given: Iterable[UnitCost | tuple[str, Any]]) -> tuple[UnitCost, ...]:
    listed: Any = tuple_of(given)
    if not isinstance(listed, tuple):
        return listed  # type: ignore[no-any-return]
    return tuple(UnitCost(*row) if type(row) is tuple and len(row) == 2 else row for row in listed)


def _held(given: Iterable[SkuUnits | tuple[str, int]]) -> tuple[SkuUnits, ...]:
    listed: Any = tuple_of(given)
    if not isinstance(listed, tuple):
        return listed  # type: ignore[no-any-return]
    return tuple(SkuUnits(*row) if type(row) is tuple and len(row) == 2 else row for row in listed)


@frozen(kw_only=True)
class SiteCosts:
    """What it costs to serve an order from a site.

    All of them are Money, or decimal numbers in the currency of the network; none is negative.
    Rates by the kilometre may be finer than the minor unit, as a `UnitPrice` is: 0.003 a
    kilometre. What a plan costs is in whole minor units.

    Args:
        parcel: Once, if the site gives anything at all.
        per_km: Once, for each kilometre to the customer; the sum of a shipment is rounded half
            up, once.
        unit_per_km: For each unit and each kilometre; the sum for one unit is rounded half up,
            and so many units cost so many times that.
        unit: For each unit.
        units: The same for single skus, each once; ``("mug", "0.50")`` is short for one.

    Raises:
        InvalidInput: A field is not as said.
        InvalidDocument: A sku is named twice.

    >>> SiteCosts(parcel="8.00", unit="0.50", units=[("sofa", "40.00")]).of("sofa")
    Decimal('40.00')
    """

    parcel: Amount = field(default=_NONE, converter=amount_of, validator=check_price)
    per_km: Rate = field(default=_NONE, converter=_rate_of, validator=check_price)
    unit_per_km: Rate = field(default=_NONE, converter=_rate_of, validator=check_price)
    unit: Amount = field(default=_NONE, converter=amount_of, validator=check_price)
    units: tuple[UnitCost, ...] = field(
        default=(), converter=_unit_costs, validator=each(instance(UnitCost), most=MAX_HELD)
    )
    _of: dict[str, Amount] = field(init=False, repr=False, eq=False, hash=False)

    def __attrs_post_init__(self) -> None:
        faults = list(duplicates([row.sku for row in self.units], "units", then="sku"))
        if faults:
            raise InvalidDocument(faults)
        object.__setattr__(self, "_of", {row.sku: row.cost for row in self.units})

    def of(self, sku: str) -> Amount:
        """Tell what a unit of a sku costs."""
        return self._of.get(sku, self.unit)

    def _in(self, currency: str) -> SiteCosts:
        """Take all amounts in a currency; tell of each that is in another, or too fine."""
        faults: list[InvalidInput] = []

        def taken(kind: type[Money | UnitPrice], amount: Any, *place: str | int) -> Any:
            try:
                return kind.of(amount, currency)
            except InvalidInput as error:
                faults.append(error.at(*place))
                return amount

        changed = {name: taken(kind, getattr(self, name), name) for name, kind in _COSTS}
        units = tuple(
            UnitCost(row.sku, taken(Money, row.cost, "units", i, "cost"))
            for i, row in enumerate(self.units)
        )
        if faults:
            raise InvalidDocument(faults)
        return SiteCosts(**changed, units=units)


_COSTS: Final = (
    ("parcel", Money),
    ("per_km", UnitPrice),
    ("unit_per_km", UnitPrice),
    ("unit", Money),
)


def _number(rate: Rate) -> Decimal:
    return rate.decimal if isinstance(rate, UnitPrice) else rate


def _kind(given: SiteKind | str) -> SiteKind:
    return member_of(SiteKind, given)


@frozen(kw_only=True)
class Site:
    """A place that orders are served from.

    Args:
        id: Of the site, as stock levels name it.
        kind: What it is.
        place: Where; None: nobody knows, and rules of distance and time leave it out.
        stock: How many units of which sku it has to give; ``("mug", 5)`` is short for one.
        makes: Skus that it makes to order, as many as its capacity allows.
        skills: What it can do besides.
        capacity: How many units it can have in work; None: no limit.
        load: How many it has in work now.
        hours: When people work there; None: always.
        costs: What it costs to serve from there.
        priority: Lower goes first, where a ranking asks.
        preparation: How long an order takes there before it can leave.
        pace: How long each unit that is in work now keeps it busy: an order that comes waits
            for the load times the pace.

    Raises:
        InvalidInput: A field is not as said.
        InvalidDocument: With all that disagrees: a sku that is there twice, a capacity below the
            load, kilometres that cost something without a place, a load that takes more than
            `ordercore.calendars.MAX_DAYS`.

    >>> site = Site(id="east", stock=[("mug", 5)], capacity=10, load=4)
    >>> site.units_of("mug"), site.room
    (5, 6)
    """

    id: str = field(validator=identifier)
    kind: SiteKind = field(default=SiteKind.WAREHOUSE, converter=_kind, validator=member(SiteKind))
    place: GeoPoint | None = field(default=None, validator=optional(instance(GeoPoint)))
    stock: tuple[SkuUnits, ...] = field(
        default=(), converter=_held, validator=each(instance(SkuUnits), most=MAX_HELD)
    )
    makes: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=MAX_HELD)
    )
    skills: tuple[str, ...] = field(
        default=(), converter=names_of, validator=each(identifier, most=1000)
    )
    capacity: int | None = field(default=None, validator=optional(_units))
    load: int = field(default=0, validator=_units)
    hours: WorkingTime | None = field(default=None, validator=optional(instance(WorkingTime)))
    costs: SiteCosts = field(factory=SiteCosts, validator=instance(SiteCosts))
    priority: int = field(default=0, validator=integer(least=0, most=10**9))
    preparation: timedelta = field(default=timedelta(), validator=lasting(least=0))
    pace: timedelta = field(default=timedelta(), validator=lasting(least=0))
    _held: dict[str, int] = field(init=False, repr=False, eq=False, hash=False)

    def __attrs_post_init__(self) -> None:
        faults = list(duplicates([row.sku for row in self.stock], "stock", then="sku"))
        faults += duplicates(self.makes, "makes", what="a sku named once")
        if self.capacity is not None and self.load > self.capacity:
            expected = f"a capacity of at least the load of {self.load}"
            faults.append(
                InvalidValue(
                    expected, self.capacity, path=("capacity",), reason="capacity_below_load"
                )
            )
        costs = self.costs
        if self.place is None and (_number(costs.per_km) or _number(costs.unit_per_km)):
            expected = "a place, for its kilometres cost something"
            faults.append(InvalidValue(expected, None, path=("place",), reason="place_unknown"))
        if self.load * (self.pace // MICROSECOND) > LONGEST_US:
            expected = f"a load that takes at most {MAX_DAYS} days"
            faults.append(LimitExceeded(expected, self.load, path=("load",)))
        if faults:
            raise InvalidDocument(faults)
        object.__setattr__(self, "_held", {row.sku: row.units for row in self.stock})

    @property
    def room(self) -> int | None:
        """How many more units it can take into work; None: no limit."""
        return None if self.capacity is None else self.capacity - self.load

    @property
    def queue(self) -> timedelta:
        """How long an order waits before work on it begins, while the site is open."""
        return self.load * self.pace

    def units_of(self, sku: str) -> int:
        """Tell how many units of a sku it has to give, without those that it could make."""
        return self._held.get(sku, 0)


def _sites(given: Iterable[Site]) -> tuple[Site, ...]:
    return tuple_of(given)


@document("sourcing_network")
@frozen
class Network:
    """The sites that orders may be served from; their order means nothing.

    Args:
        currency: Of all costs.
        sites: Each once, by its id; there may be none.

    Raises:
        InvalidInput: A field is not as said.
        InvalidDocument: With every id that is there twice, and every cost that is in another
            currency or finer than its minor units.

    >>> network = Network("CNY", [Site(id="west"), Site(id="east")])
    >>> [site.id for site in network.sites]
    ['east', 'west']
    """

    currency: Currency = field(converter=Currency)
    sites: tuple[Site, ...] = field(
        default=(), converter=_sites, validator=each(instance(Site), most=MAX_SITES)
    )

    def __attrs_post_init__(self) -> None:
        faults = list(duplicates([site.id for site in self.sites], "sites", then="id"))
        priced: list[Site] = []
        for i, site in enumerate(self.sites):
            try:
                priced.append(evolve(site, costs=site.costs._in(self.currency)))  # noqa: SLF001
            except InvalidDocument as error:
                faults += all_faults(error, "sites", i, "costs")
        if faults:
            raise InvalidDocument(faults)
        object.__setattr__(self, "sites", tuple(sorted(priced, key=lambda site: site.id)))

    def site(self, site_id: str) -> Site:
        """Find a site.

        Raises:
            NotFound: There is none.
        """
        for site in self.sites:
            if site.id == site_id:
                return site
        raise NotFound("the id of a site", site_id, path=("site_id",))

    def _unknown(self, places: Mapping[str, tuple[str | int, ...]]) -> list[InvalidInput]:
        """Tell of each id that is not there, and where it stands."""
        known, what = {site.id for site in self.sites}, "the id of a site of the network"
        return [NotFound(what, name, path=at) for name, at in places.items() if name not in known]

    def without(self, *site_ids: str) -> Network:
        """Leave sites out.

        Raises:
            InvalidDocument: With every id that is not there.
        """
        each(identifier)(None, Named("site_ids"), site_ids)
        faults = self._unknown({name: ("site_ids", i) for i, name in enumerate(site_ids)})
        if faults:
            raise InvalidDocument(faults)
        kept = [site for site in self.sites if site.id not in site_ids]
        return Network(self.currency, kept)

    def loaded(self, loads: Mapping[str, int]) -> Network:
        """Give sites the load of now, as their screens tell it; others keep theirs.

        Args:
            loads: How many units are in work, by the ids of sites.

        Raises:
            InvalidInput: This is no mapping.
            InvalidDocument: With every load that is none, or above the capacity of its site,
                and every id that is not there.

        >>> kitchens = Network("CNY", [Site(id="corner", capacity=10), Site(id="station", load=2)])
        >>> [site.load for site in kitchens.loaded({"corner": 7}).sites]
        [7, 2]
        """
        instance(Mapping)(None, Named("loads"), loads)
        faults = self._unknown({name: ("loads", str(name)) for name in loads})
        sites: list[Site] = []
        for site in self.sites:
            try:
                sites.append(evolve(site, load=loads.get(site.id, site.load)))
            except (InvalidInput, InvalidDocument) as error:
                faults += all_faults(error, "loads", site.id)
        if faults:
            raise InvalidDocument(faults)
        return Network(self.currency, sites)

    def stocked(
        self, snapshot: StockSnapshot, at: datetime, *, needed_by: datetime | None = None
    ) -> Network:
        """Give each site the stock that may be promised there at an instant.

        It is what `ordercore.stock.check` would promise there for that instant. Levels of sites
        that the network does not know are left out.

        Args:
            snapshot: What is known of stock.
            at: When it is asked.
            needed_by: When the units must be there to leave; None: at once.

        Raises:
            InvalidInput: Something is not what it should be.
        """
        instance(StockSnapshot)(None, Named("snapshot"), snapshot)
        aware(None, Named("at"), at)
        optional(aware)(None, Named("needed_by"), needed_by)
        due = at if needed_by is None else needed_by
        held: dict[str, list[SkuUnits]] = {site.id: [] for site in self.sites}
        for level in snapshot.levels:
            units = level.profile(at).promisable(due) if level.site in held else 0
            if units > 0:
                held[level.site].append(SkuUnits(level.sku, min(units, MAX_QUANTITY)))
        return Network(
            self.currency, [evolve(site, stock=tuple(held[site.id])) for site in self.sites]
        )
