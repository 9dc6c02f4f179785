"""Price lists: what one unit costs before any promotion, for whom, where and when."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from attrs import field, frozen

from ordercore.calendars import Schedule
from ordercore.data import variant
from ordercore.data.checks import (
    each,
    identifier,
    instance,
    integer,
    names_of,
    optional,
    quantity,
    text,
    tuple_of,
)
from ordercore.money import Currency, Rounding, UnitPrice, divide
from ordercore.money.fields import check_percent, check_price, percent_of, percentage, price_of

__all__ = ["MAX_RULES", "CostPlus", "FixedListPrice", "OffListPrice", "PriceList", "PriceRule"]

MAX_RULES = 100_000
"""The most rules of one price list."""


class PriceRule:
    """The family of rules of a price list: each gives the price of one unit."""

    __slots__ = ()

    sku: str | None
    min_quantity: int

    def unit_price(self, listed: UnitPrice) -> UnitPrice:
        """Tell what a unit costs by this rule, given its price in the cart."""
        raise NotImplementedError


@variant(PriceRule, "fixed_price")
@frozen
class FixedListPrice(PriceRule):
    """A unit of this sku costs so much, from a number of units on.

    Args:
        sku: The product.
        price: Per unit; may be finer than the minor unit.
        min_quantity: The rule holds for rows of at least so many units.
    """

    sku: str = field(validator=identifier)
    price: UnitPrice | Decimal = field(converter=price_of, validator=check_price)
    min_quantity: int = field(default=1, validator=quantity)

    def unit_price(self, listed: UnitPrice) -> UnitPrice:  # noqa: D102
        return UnitPrice.of(self.price, listed.currency)


@variant(PriceRule, "cost_plus")
@frozen
class CostPlus(PriceRule):
    """A unit of this sku costs what the shop paid for it, and a percentage on top.

    The price is made whole to the minor unit, half up.
    """

    sku: str = field(validator=identifier)
    cost: UnitPrice | Decimal = field(converter=price_of, validator=check_price)
    percent: Decimal = field(converter=percent_of, validator=percentage(most=100_000))
    min_quantity: int = field(default=1, validator=quantity)

    def unit_price(self, listed: UnitPrice) -> UnitPrice:  # noqa: D102
        cost = UnitPrice.of(self.cost, listed.currency)
        return _whole(_exact(cost) * (1 + Fraction(self.percent) / 100), listed.currency)


@variant(PriceRule, "off_list_price")
@frozen
class OffListPrice(PriceRule):
    """A unit costs a percentage less than by the cart's price: 会员九五折 is ``"5"``.

    Args:
        percent: How much less, from 0 to 100.
        sku: The product; None: every product.
        min_quantity: The rule holds for rows of at least so many units.
    """

    percent: Decimal = field(converter=percent_of, validator=check_percent)
    sku: str | None = field(default=None, validator=optional(identifier))
    min_quantity: int = field(default=1, validator=quantity)

    def unit_price(self, listed: UnitPrice) -> UnitPrice:  # noqa: D102
        return _whole(_exact(listed) * (1 - Fraction(self.percent) / 100), listed.currency)


def _exact(price: UnitPrice) -> Fraction:
    return Fraction(price.units, 10**price.scale)


def _whole(price: Fraction, currency: Currency) -> UnitPrice:
    """Make a price whole to the minor unit, half up."""
    scale = currency.digits
    numerator = price.numerator * 10**scale
    return UnitPrice(divide(numerator, price.denominator, Rounding.HALF_UP), scale, currency)


def _rules(rules: Iterable[PriceRule]) -> tuple[PriceRule, ...]:
    return tuple_of(rules)


_names = each(identifier, most=1000)


@frozen(kw_only=True)
class PriceList:
    """Prices that hold for some customers, channels and regions, at some times.

    Args:
        id: Unique in a tariff; equal prices go by priority, then by it.
        rules: At most `MAX_RULES`. Of several for one row, the one with the highest
            ``min_quantity`` that is reached holds; one for the sku goes before one for all.
        kind: What the price is called: ``member``, ``flash``, ``contract``.
        name: What customers read.
        groups: Only for shoppers of one of these groups; empty: for all.
        channels: Only through one of these channels; empty: through all.
        regions: Only for orders to one of these regions; empty: to all.
        schedule: When the prices hold.
        priority: The higher goes first where the tariff chooses by priority.
        purchase_limit: 限购: the most units of each sku at these prices, what the shopper
            bought before included (`Context.purchases`); further units cost what they would
            cost without this list.
    """

    id: str = field(validator=identifier)
    rules: tuple[PriceRule, ...] = field(
        converter=_rules, validator=each(instance(PriceRule), most=MAX_RULES)
    )
    kind: str = field(default="list", validator=identifier)
    name: str = field(default="", validator=text(most=200))
    groups: tuple[str, ...] = field(default=(), converter=names_of, validator=_names)
    channels: tuple[str, ...] = field(default=(), converter=names_of, validator=_names)
    regions: tuple[str, ...] = field(default=(), converter=names_of, validator=_names)
    schedule: Schedule = field(factory=Schedule, validator=instance(Schedule))
    priority: int = field(default=0, validator=integer(least=-(10**9), most=10**9))
    purchase_limit: int | None = field(default=None, validator=optional(quantity))
