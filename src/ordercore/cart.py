"""The cart: lines as people see them, rows and columns as rules see them.

A `Cart` is normalised at birth. Lines that are equal in everything but id and quantity form
one *row*; rows stand in the order of their smallest line id, so that position decides where
ids would. Columns of integers beside the rows are what pricing works on, and an inverted map
says which rows carry a sku, category, brand or seller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from attrs import field, frozen

from ordercore.catalog import Product
from ordercore.data import document
from ordercore.data.checks import aware, each, identifier, integer, optional, quantity, text
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
)
from ordercore.money import MAX_MINOR, Currency, Money, Rounding, UnitPrice

__all__ = ["MAX_LINES", "Cart", "CartLine", "Context", "Facet", "Shopper"]

MAX_LINES: Final = 10_000
"""The most lines of one cart."""

Facet = str
"""A side of a line that rules may name: ``sku``, ``category``, ``brand``, ``seller``."""


@frozen
class CartLine:
    """One line of a cart: so many units of a product at a unit price.

    Args:
        id: Unique in the cart; ties between equal claims go by it.
        product: What is bought.
        quantity: How many units, 1 to 10^9.
        unit_price: The list price of one unit; may be finer than the minor unit.
        floor_price: Promotions never take a unit below this price. None: below nothing.
    """

    id: str = field(validator=identifier)
    product: Product
    quantity: int = field(validator=quantity)
    unit_price: UnitPrice
    floor_price: UnitPrice | None = None

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.product, Product):
            raise InvalidType("a Product", self.product, path=("product",))
        if not isinstance(self.unit_price, UnitPrice):
            raise InvalidType("a UnitPrice", self.unit_price, path=("unit_price",))
        floor = self.floor_price
        if floor is None:
            return
        if not isinstance(floor, UnitPrice):
            raise InvalidType("a UnitPrice or None", floor, path=("floor_price",))
        if floor.currency != self.unit_price.currency:
            expected = f"a price in {self.unit_price.currency}"
            raise CurrencyMismatch(expected, str(floor), path=("floor_price",))

    @classmethod
    def of(
        cls,
        id: str,  # noqa: A002
        product: Product | str,
        quantity: int,
        unit_price: UnitPrice | Money | Decimal | str,
        currency: str,
        *,
        floor_price: UnitPrice | Money | Decimal | str | None = None,
    ) -> CartLine:
        """Make a line from a sku or product and prices in decimal text."""
        return cls(
            id=id,
            product=Product(product) if isinstance(product, str) else product,
            quantity=quantity,
            unit_price=UnitPrice.of(unit_price, currency),
            floor_price=None if floor_price is None else UnitPrice.of(floor_price, currency),
        )


class Rows:
    """The columns of a cart: one entry per row, in the order of the rows' smallest ids.

    Attributes:
        heads: Position in ``cart.lines`` of each row's first line (by id).
        members: Positions in ``cart.lines`` of all lines of each row, in id order; None when
            every row has just one line.
        in_order: Whether the rows are the lines, one for one and in the same order.
        amounts: List amount of each row in minor units, rounded once on the whole row.
        quantities: Units of each row.
        floors: What each row's units may not be sold below, in minor units; None where no
            line has a floor price.
        facets: facet → value → rows that carry it, ascending.
        every: All rows.
        total: Sum of the amounts.
    """

    __slots__ = (
        "amounts", "every", "facets", "floors", "heads", "in_order", "members", "quantities",
        "total",
    )  # fmt: skip

    amounts: tuple[int, ...]
    every: tuple[int, ...]
    facets: dict[Facet, dict[str, tuple[int, ...]]]
    floors: tuple[int, ...] | None
    heads: tuple[int, ...]
    in_order: bool
    members: tuple[tuple[int, ...], ...] | None
    quantities: Sequence[int]
    total: int

    def __init__(self, lines: tuple[CartLine, ...], rounding: Rounding) -> None:
        rows = _merge(lines)
        self.heads = tuple([row[0] for row in rows])
        heads = [lines[i] for i in self.heads]
        if len(rows) == len(lines):
            self.members = None
            self.quantities = tuple([line.quantity for line in heads])
        else:
            self.members = tuple([tuple(row) for row in rows])
            self.quantities = tuple([sum([lines[i].quantity for i in row]) for row in rows])
        self.amounts = tuple(
            [
                line.unit_price.minor(units, rounding)
                for line, units in zip(heads, self.quantities, strict=True)
            ]
        )
        self.floors = None
        if any([line.floor_price is not None for line in lines]):
            self.floors = tuple(map(_floor, heads, self.quantities, self.amounts))
        self.every = tuple(range(len(rows)))
        self.in_order = self.members is None and self.heads == self.every
        self.total = sum(self.amounts)
        if self.total > MAX_MINOR:
            raise LimitExceeded("a cart worth up to 10^15 minor units", self.total)
        self.facets = _facets([line.product for line in heads])


def _merge(lines: tuple[CartLine, ...]) -> list[list[int]]:
    """Group the positions of equal lines, groups and members in id order."""
    rows: list[list[int]] = []
    first: dict[str, list[int]] = {}
    twins: dict[tuple[object, ...], list[int]] = {}
    for i in sorted(range(len(lines)), key=[line.id for line in lines].__getitem__):
        row = [i]
        head = first.setdefault(lines[i].product.sku, row)
        if head is not row:  # a sku met before: now it pays to compare whole lines
            twins.setdefault(_kind(lines[head[0]]), head)
            twin = twins.setdefault(_kind(lines[i]), row)
            if twin is not row:
                twin.append(i)
                continue
        rows.append(row)
    return rows


def _kind(line: CartLine) -> tuple[object, ...]:
    return line.product, line.unit_price, line.floor_price


def _floor(line: CartLine, units: int, amount: int) -> int:
    if line.floor_price is None:
        return 0
    return min(amount, line.floor_price.minor(units, Rounding.CEILING))


def _facets(products: list[Product]) -> dict[Facet, dict[str, tuple[int, ...]]]:
    skus: dict[str, list[int]] = {}
    categories: dict[str, list[int]] = {}
    brands: dict[str, list[int]] = {}
    sellers: dict[str, list[int]] = {}
    for row, product in enumerate(products):
        skus.setdefault(product.sku, []).append(row)
        for category in product.categories:
            categories.setdefault(category, []).append(row)
        if product.brand is not None:
            brands.setdefault(product.brand, []).append(row)
        if product.seller is not None:
            sellers.setdefault(product.seller, []).append(row)
    columns = {"sku": skus, "category": categories, "brand": brands, "seller": sellers}
    return {
        facet: {value: tuple(rows) for value, rows in column.items()}
        for facet, column in columns.items()
    }


def _lines(lines: Iterable[CartLine]) -> tuple[CartLine, ...]:
    return tuple(lines)


_BARE = re.compile(r"[0-9][0-9.]*")


def _in_currency(plain: dict[str, Any]) -> dict[str, Any]:
    """Give bare numbers in a document the cart's currency: ``129.00`` is ``CNY 129.00``."""
    currency, lines = plain.get("currency"), plain.get("lines")

    def told(part: dict[str, Any], *keys: str) -> dict[str, Any]:
        bare = {key: part[key] for key in keys if isinstance(part.get(key), str)}
        read = {key: f"{currency} {n}" for key, n in bare.items() if _BARE.fullmatch(n)}
        return {**part, **read}

    if not isinstance(currency, str):
        return plain
    if isinstance(lines, list):
        lines = [
            told(line, "unit_price", "floor_price") if isinstance(line, dict) else line
            for line in lines
        ]
        plain = {**plain, "lines": lines}
    return told(plain, "shipping")


@document("cart", prepare=_in_currency)
@frozen
class Cart:
    """What a shopper wants to buy, before any promotion.

    Args:
        currency: ISO 4217; every price and the shipping fee are in it.
        lines: At most `MAX_LINES`, with unique ids, in the order people see them.
        shipping: The shipping fee before promotions; None is no fee.
        rounding: How a row's amount is made whole where prices are finer than minor units.

    Raises:
        InvalidDocument: With every fault of the lines: double ids, other currencies.

    >>> cart = Cart.of("CNY", [("shirt", "129.00", 2), ("scarf", "45.00", 1)])
    >>> cart.subtotal, cart.lines[1].id
    (Money.of('303.00', 'CNY'), '2')
    """

    currency: Currency = field(converter=Currency)
    lines: tuple[CartLine, ...] = field(converter=_lines)
    shipping: Money = field()
    rounding: Rounding = field(default=Rounding.HALF_UP, converter=Rounding)
    rows: Rows = field(init=False, eq=False, repr=False)

    @shipping.default
    def _no_fee(self) -> Money:
        return Money(0, self.currency)

    def __attrs_post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise InvalidDocument(faults)
        object.__setattr__(self, "rows", Rows(self.lines, self.rounding))

    @classmethod
    def of(
        cls,
        currency: str,
        items: Iterable[tuple[Product | str, UnitPrice | Money | Decimal | str, int]],
        *,
        shipping: Money | Decimal | str = "0",
    ) -> Cart:
        """Make a cart from (sku or product, unit price, quantity) in short.

        Lines get their position as id, from 1, zero-padded to equal length.
        """
        given = list(items)
        width = len(str(len(given)))
        faults: list[InvalidInput] = []
        lines: list[CartLine] = []
        for i, (product, price, units) in enumerate(given):
            try:
                lines.append(CartLine.of(f"{i + 1:0{width}}", product, units, price, currency))
            except InvalidInput as error:
                faults.append(error.at("lines", i))
        if faults:
            raise InvalidDocument(faults)
        return cls(currency, lines, Money.of(shipping, currency))

    @property
    def subtotal(self) -> Money:
        """The list amount of all lines, before promotions and shipping."""
        return Money(self.rows.total, self.currency)

    def line(self, line_id: str) -> CartLine:
        """Find a line by its id, or raise `NotFound`."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise NotFound("the id of a line of this cart", line_id)


def _faults(cart: Cart) -> Iterable[InvalidInput]:
    currency = cart.currency
    if len(cart.lines) > MAX_LINES:
        yield LimitExceeded(f"at most {MAX_LINES} lines", len(cart.lines), path=("lines",))
        return
    seen: set[str] = set()
    for i, line in enumerate(cart.lines):
        if not isinstance(line, CartLine):
            yield InvalidType("a CartLine", line, path=("lines", i))
            continue
        if line.id in seen:
            place = ("lines", i, "id")
            yield InvalidValue("an id used once", line.id, path=place, reason="duplicate_id")
        seen.add(line.id)
        if line.unit_price.currency != currency:
            place = ("lines", i, "unit_price")
            yield CurrencyMismatch(f"a price in {currency}", str(line.unit_price), path=place)
    if not isinstance(cart.shipping, Money):
        yield InvalidType("Money", cart.shipping, path=("shipping",))
    elif cart.shipping.currency != currency:
        yield CurrencyMismatch(f"a fee in {currency}", str(cart.shipping), path=("shipping",))
    elif cart.shipping.minor < 0:
        yield InvalidValue("a fee that is not negative", str(cart.shipping), path=("shipping",))


def _members(values: Iterable[str]) -> tuple[str, ...]:
    """Order names and drop repeats: which was said first, and how often, decides nothing."""
    if isinstance(values, str):
        raise InvalidType("several texts in a tuple, not one text", values)
    return tuple(sorted(set(values))) if values else ()


@frozen
class Shopper:
    """Who is buying, as far as promotions ask.

    Args:
        id: The customer's id, if known.
        groups: Customer groups: member levels, staff, newcomers.
        orders_before: How many orders the customer placed before this one.
    """

    id: str | None = field(default=None, validator=optional(identifier))
    groups: tuple[str, ...] = field(
        default=(), converter=_members, validator=each(identifier, most=1000)
    )
    orders_before: int = field(default=0, validator=integer(least=0, most=10**9))


def _copied(stock: Mapping[str, int] | None) -> Mapping[str, int] | None:
    return dict(stock) if isinstance(stock, Mapping) else stock


@frozen
class Context:
    """All that a price depends on besides cart and promotions.

    Args:
        at: The pricing instant; it must know its time zone.
        shopper: Who is buying; None is nobody known.
        codes: Codes typed, compared exactly, each once.
        region: Where the goods go, as the shop's rules name it.
        channel: Where the order comes from: ``app``, ``store``, ``live``.
        gift_stock: Units of each gift sku at hand; None: unchecked, taken as unlimited.
    """

    at: datetime = field(validator=aware)
    shopper: Shopper | None = None
    codes: tuple[str, ...] = field(
        default=(), converter=_members, validator=each(text(most=64, least=1), most=100)
    )
    region: str | None = field(default=None, validator=optional(identifier))
    channel: str | None = field(default=None, validator=optional(identifier))
    gift_stock: Mapping[str, int] | None = field(default=None, converter=_copied)

    def __attrs_post_init__(self) -> None:
        if self.shopper is not None and not isinstance(self.shopper, Shopper):
            raise InvalidType("a Shopper or None", self.shopper, path=("shopper",))
        if self.gift_stock is not None:
            _check_stock(self.gift_stock)

    def carried(self, facet: str) -> tuple[str, ...]:
        """What the context holds of a facet: ``code``, ``group``, ``channel`` or ``region``."""
        if facet == "code":
            return self.codes
        if facet == "group":
            return () if self.shopper is None else self.shopper.groups
        one = {"channel": self.channel, "region": self.region}.get(facet)
        return () if one is None else (one,)


def _check_stock(stock: Mapping[str, int]) -> None:
    if not isinstance(stock, Mapping):
        raise InvalidType("a mapping of sku to units, or None", stock, path=("gift_stock",))
    for sku, units in stock.items():
        place: tuple[Any, ...] = ("gift_stock", sku)
        if type(units) is not int:
            raise InvalidType("an integer of units", units, path=place)
        if units < 0:
            raise InvalidValue("units that are not negative", units, path=place)
