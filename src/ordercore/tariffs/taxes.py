"""Taxes: which rates there are, on what, and where they are made whole."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from ordercore.data.checks import (
    boolean,
    each,
    identifier,
    instance,
    member,
    member_of,
    names_of,
    optional,
    tuple_of,
)
from ordercore.errors import InvalidDocument, InvalidValue
from ordercore.money import Rounding
from ordercore.money.fields import percent_of, percentage

__all__ = [
    "MAX_RATES",
    "MAX_RATES_AT_ONCE",
    "ORDINARY",
    "TaxLevel",
    "TaxRate",
    "TaxedPart",
    "Taxes",
]

MAX_RATES = 1000
"""The most rates of one tariff."""

MAX_RATES_AT_ONCE = 20
"""The most of them that may fall on one part of an order."""

ORDINARY = "ordinary"
"""The tax class of what says nothing of its class; a rate names it beside others."""


class TaxedPart(StrEnum):
    """What a rate is levied on."""

    GOODS = "goods"
    SHIPPING = "shipping"
    FEES = "fees"


class TaxLevel(StrEnum):
    """Where tax is made whole."""

    LINE = "line"
    """For each row, the shipping and each fee by itself."""
    ORDER = "order"
    """On sums over the whole order, then apportioned: see `Taxes`."""


def _parts(parts: TaxedPart | str | Iterable[TaxedPart | str]) -> tuple[TaxedPart, ...]:
    given: Any = names_of(parts)
    return tuple(member_of(TaxedPart, part) for part in given) if type(given) is tuple else given


_names = each(identifier, most=1000)


@frozen
class TaxRate:
    """One rate. Every rate that matches a part of the order is levied on it; they add up.

    No rate is levied on another's tax; where a law says so, the percentage says it too.

    Args:
        id: Unique in a tariff, such as ``vat-13``.
        percent: Exact: ``"13"``, ``"8.875"``.
        tax_classes: Levied on products, fees and shipping of one of these classes; what has
            none is of the class `ORDINARY`.
        regions: Levied on orders to one of these regions; empty: everywhere.
        on: Levied on goods, shipping, fees.
    """

    id: str = field(validator=identifier)
    percent: Decimal = field(converter=percent_of, validator=percentage(most=1000))
    tax_classes: tuple[str, ...] = field(
        default=(ORDINARY,), converter=names_of, validator=each(identifier, least=1)
    )
    regions: tuple[str, ...] = field(default=(), converter=names_of, validator=_names)
    on: tuple[TaxedPart, ...] = field(
        default=tuple(TaxedPart), converter=_parts, validator=each(member(TaxedPart), least=1)
    )

    def falls_on(self, part: TaxedPart, tax_class: str | None, region: str | None) -> bool:
        """Whether it is levied on a part of an order."""
        return (
            part in self.on
            and (tax_class or ORDINARY) in self.tax_classes
            and (not self.regions or region in self.regions)
        )


def _rates(rates: TaxRate | Iterable[TaxRate]) -> tuple[TaxRate, ...]:
    return (rates,) if isinstance(rates, TaxRate) else tuple_of(rates)


def _level(level: TaxLevel | str) -> TaxLevel:
    return member_of(TaxLevel, level)


def _rounding(rounding: Rounding | str) -> Rounding:
    return member_of(Rounding, rounding)


@frozen
class Taxes:
    """All rates of a shop, and how they are reckoned.

    Tax that comes on top is made whole for each rate by itself. Tax that prices include is
    made whole once for all rates that a part bears, since they come out of one amount; then
    it is split by their percentages. With ``level="order"`` what is made whole is the sum: of
    all parts that bear the rate, or of all that bear the same rates.

    Args:
        rates: At most `MAX_RATES`, with unique ids.
        included: Whether prices contain the tax; if not, it comes on top.
        level: Where tax is made whole.
        rounding: How.
        shipping_class: The tax class of the shipping fee; None is the ordinary one.
        exempt_groups: Shoppers of one of these groups bear no tax. Prices that include tax
            stay as they are: give such groups a price list of their own.

    Raises:
        InvalidDocument: With every id that is used twice.
    """

    rates: tuple[TaxRate, ...] = field(
        converter=_rates, validator=each(instance(TaxRate), most=MAX_RATES)
    )
    included: bool = field(default=True, validator=boolean)
    level: TaxLevel = field(default=TaxLevel.LINE, converter=_level, validator=member(TaxLevel))
    rounding: Rounding = field(
        default=Rounding.HALF_UP, converter=_rounding, validator=member(Rounding)
    )
    shipping_class: str | None = field(default=None, validator=optional(identifier))
    exempt_groups: tuple[str, ...] = field(default=(), converter=names_of, validator=_names)

    def __attrs_post_init__(self) -> None:
        faults: list[InvalidValue] = []
        seen: set[str] = set()
        for i, rate in enumerate(self.rates):
            if rate.id in seen:
                path = "rates", i, "id"
                faults.append(
                    InvalidValue("an id used once", rate.id, path=path, reason="duplicate_id")
                )
            seen.add(rate.id)
        if faults:
            raise InvalidDocument(faults)
