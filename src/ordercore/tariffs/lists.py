"""Price lists: what one unit costs before any promotion, for whom, where and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from attrs import field, frozen

from ordercore.calendars import Schedule
from ordercore.data import variant
from ordercore.data.checks import (
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    names_of,
    optional,
    quantity,
    text,
    tuple_of,
)
from ordercore.errors import InvalidInput, LimitExceeded
from ordercore.money import MAX_SCALE, Currency, Rounding, UnitPrice, divide
from ordercore.money.fields import check_percent, check_price, percent_of, percentage, price_of

__all__ = [
    "MAX_RULES",
    "CostPlus",
    "FixedListPrice",
    "OffListPrice",
    "PriceList",
    "PriceOf",
    "PriceRule",
    "exact",
]

MAX_RULES = 100_000
"""The most rules of one price list."""

PriceOf = Callable[[UnitPrice], UnitPrice]
"""A compiled rule: what a unit costs by it, given its price in the cart."""


class PriceRule:
    """The family of rules of a price list: each gives the price of one unit.

    To add one is to write one frozen class: a `variant` with its fields, ``sku`` and
    ``min_quantity`` among them, and `compile`.
    """

    __slots__ = ()

    sku: str | None
    min_quantity: int

    def compile(self, currency: Currency) -> PriceOf:
        """Turn the rule into a function of the cart's price of a unit.

        Raises:
            InvalidInput: An amount of the rule does not fit the currency.
        """
        raise NotImplementedError


@variant(PriceRule, "fixed_price")
@frozen
class FixedListPrice(PriceRule):
    """A unit of this sku costs so much, from a number of units on.

    Args:
        sku: The product.
        price: Per unit; may be finer than the minor unit.
        min_quantity: The rule holds where the cart has at least so many units of the sku.
    """

    sku: str = field(validator=identifier)
    price: UnitPrice | Decimal = field(converter=price_of, validator=check_price)
    min_quantity: int = field(default=1, validator=quantity)

    def compile(self, currency: Currency) -> PriceOf:  # noqa: D102
        price = _in_currency(self.price, currency, "price")
        return lambda _listed: price


def _rounding(rounding: Rounding | str) -> Rounding:
    return member_of(Rounding, rounding)


_check_decimals = optional(integer(least=0, most=MAX_SCALE))


@variant(PriceRule, "cost_plus")
@frozen
class CostPlus(PriceRule):
    """A unit of this sku costs what the shop paid for it, and a percentage on top.

    Args:
        sku: The product.
        cost: What the shop pays for a unit; may be finer than the minor unit.
        percent: How much more, from 0 to 100 000.
        min_quantity: The rule holds where the cart has at least so many units of the sku.
        decimals: With how many the price is made whole, 0 to 8; None: as many as the currency
            has, or the cost where that is finer.
        rounding: How.
    """

    sku: str = field(validator=identifier)
    cost: UnitPrice | Decimal = field(converter=price_of, validator=check_price)
    percent: Decimal = field(converter=percent_of, validator=percentage(most=100_000))
    min_quantity: int = field(default=1, validator=quantity)
    decimals: int | None = field(default=None, validator=_check_decimals)
    rounding: Rounding = field(
        default=Rounding.HALF_UP, converter=_rounding, validator=member(Rounding)
    )

    def compile(self, currency: Currency) -> PriceOf:  # noqa: D102
        cost = _in_currency(self.cost, currency, "cost")
        numerator, denominator = self.percent.as_integer_ratio()
        hundred = 100 * denominator
        try:
            price = _part(cost, hundred + numerator, hundred, self.decimals, self.rounding)
        except LimitExceeded as error:  # of the price, which stands in no field
            raise LimitExceeded(error.expected, error.given, path=("cost",)) from None
        return lambda _listed: price


@variant(PriceRule, "off_list_price")
@frozen
class OffListPrice(PriceRule):
    """A unit costs a percentage less than by the cart's price: 会员九五折 is ``"5"``.

    Args:
        percent: How much less, from 0 to 100.
        sku: The product; None: every product.
        min_quantity: The rule holds where the cart has at least so many units of the sku.
        decimals: With how many the price is made whole, 0 to 8; None: as many as the currency
            has, or the cart's price where that is finer.
        rounding: How; the result is never above the cart's price.

    >>> nine_and_a_half = OffListPrice("5").compile(Currency("CNY"))
    >>> nine_and_a_half(UnitPrice.of("9.99", "CNY"))
    UnitPrice.of('9.49', 'CNY')
    """

    percent: Decimal = field(converter=percent_of, validator=check_percent)
    sku: str | None = field(default=None, validator=optional(identifier))
    min_quantity: int = field(default=1, validator=quantity)
    decimals: int | None = field(default=None, validator=_check_decimals)
    rounding: Rounding = field(
        default=Rounding.HALF_UP, converter=_rounding, validator=member(Rounding)
    )

    def compile(self, currency: Currency) -> PriceOf:  # noqa: ARG002, D102
        numerator, denominator = self.percent.as_integer_ratio()
        hundred = 100 * denominator
        left, decimals, rounding = hundred - numerator, self.decimals, self.rounding

        def price_of(listed: UnitPrice) -> UnitPrice:
            price = _part(listed, left, hundred, decimals, rounding)
            return min(price, listed, key=exact)

        return price_of


def exact(price: UnitPrice) -> int:
    """Tell a price in the finest unit that prices can have, to compare by."""
    units: int = price.units * 10 ** (MAX_SCALE - price.scale)
    return units


def _in_currency(price: UnitPrice | Decimal, currency: Currency, name: str) -> UnitPrice:
    try:
        return UnitPrice.of(price, currency)
    except InvalidInput as error:
        raise error.at(name) from None


def _part(
    price: UnitPrice, numerator: int, denominator: int, decimals: int | None, rounding: Rounding
) -> UnitPrice:
    """Take a part of a price and make it whole at so many decimals."""
    places = price.scale if decimals is None else decimals
    units = price.units * numerator * 10**places
    whole = divide(units, denominator * 10**price.scale, rounding)
    scale = max(places, price.currency.digits)
    return UnitPrice(whole * 10 ** (scale - places), scale, price.currency)


def _rules(rules: PriceRule | Iterable[PriceRule]) -> tuple[PriceRule, ...]:
    return (rules,) if isinstance(rules, PriceRule) else tuple_of(rules)


_names = each(identifier, most=1000)


@frozen(kw_only=True)
class PriceList:
    """Prices that hold for some customers, channels and regions, at some times.

    Args:
        id: Unique in a tariff; equal prices go by priority, then by it.
        rules: At most `MAX_RULES`. Of several for one sku, the one with the highest
            ``min_quantity`` that is reached holds; one for the sku goes before one for all.
            What counts is all units of the sku in the cart, on whatever lines.
        kind: What the price is called: ``member``, ``flash``, ``contract``.
        name: What customers read.
        groups: Only for shoppers of one of these groups; empty: for all.
        channels: Only through one of these channels; empty: through all.
        regions: Only for orders to one of these regions; empty: to all.
        schedule: When the prices hold.
        priority: The higher goes first where the tariff chooses by priority.
        purchase_limit: 限购: the most units of each sku at these prices, what the shopper
            bought before included (`Shopper.purchases`); further units cost what they would
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

    @property
    def title(self) -> str:
        """The name, or the id where there is none."""
        return self.name or self.id
