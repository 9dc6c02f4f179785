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
from ordercore.errors import InvalidValue
from ordercore.money import Rounding
from ordercore.money.fields import percent_of, percentage

__all__ = ["MAX_RATES", "TaxLevel", "TaxRate", "TaxedPart", "Taxes"]

MAX_RATES = 1000
"""The most rates of one tariff."""


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
    """Once for each rate on the sum, then apportioned."""


def _parts(parts: Iterable[TaxedPart | str]) -> tuple[TaxedPart, ...]:
    given: Any = tuple_of(parts)
    return tuple(member_of(TaxedPart, part) for part in given) if type(given) is tuple else given


_names = each(identifier, most=1000)


@frozen
class TaxRate:
    """One rate. Every rate that matches a part of the order is levied on it; they add up.

    Args:
        id: Unique in a tariff, such as ``vat-13``.
        percent: Exact: ``"13"``, ``"8.875"``.
        tax_classes: Levied on products, fees and shipping of one of these classes; empty: on
            those that have none.
        regions: Levied on orders to one of these regions; empty: everywhere.
        on: Levied on goods, shipping, fees.
    """

    id: str = field(validator=identifier)
    percent: Decimal = field(converter=percent_of, validator=percentage(most=1000))
    tax_classes: tuple[str, ...] = field(default=(), converter=names_of, validator=_names)
    regions: tuple[str, ...] = field(default=(), converter=names_of, validator=_names)
    on: tuple[TaxedPart, ...] = field(
        default=tuple(TaxedPart), converter=_parts, validator=each(member(TaxedPart), least=1)
    )

    def falls_on(self, part: TaxedPart, tax_class: str | None, region: str | None) -> bool:
        """Whether it is levied on a part of an order."""
        return (
            part in self.on
            and (tax_class in self.tax_classes if self.tax_classes else tax_class is None)
            and (not self.regions or region in self.regions)
        )


def _rates(rates: Iterable[TaxRate]) -> tuple[TaxRate, ...]:
    return tuple_of(rates)


def _level(level: TaxLevel | str) -> TaxLevel:
    return member_of(TaxLevel, level)


def _rounding(rounding: Rounding | str) -> Rounding:
    return member_of(Rounding, rounding)


@frozen
class Taxes:
    """All rates of a shop, and how they are reckoned.

    Args:
        rates: At most `MAX_RATES`, with unique ids.
        included: Whether prices contain the tax; if not, it comes on top.
        level: Where tax is made whole.
        rounding: How.
        shipping_class: The tax class of the shipping fee; None is the ordinary one.
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

    def __attrs_post_init__(self) -> None:
        seen: set[str] = set()
        for i, rate in enumerate(self.rates):
            if rate.id in seen:
                place = ("rates", i, "id")
                raise InvalidValue("an id used once", rate.id, path=place, reason="duplicate_id")
            seen.add(rate.id)
