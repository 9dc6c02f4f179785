"""Rows and columns: a cart as rules see it, normalised once at its birth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ordercore.cart.lines import CartLine
from ordercore.catalog import Product
from ordercore.errors import LimitExceeded
from ordercore.money import MAX_MINOR, Rounding

__all__ = ["Facet", "Rows"]

Facet = str
"""A side of a line that rules may name: ``sku``, ``category``, ``brand``, ``seller``."""


class Rows:
    """The columns of a cart: one entry per row, in the order of the rows' smallest ids.

    Attributes:
        heads: Position in ``cart.lines`` of each row's first line (by id).
        members: Positions in ``cart.lines`` of all lines of each row, in id order; None when
            every row has just one line.
        in_order: Whether the rows are the lines, one for one and in the same order.
        amounts: List amount of each row in minor units, rounded once on the whole row.
        quantities: Units of each row.
        floors: What each row's units cost by their floor price, in minor units; 0 where they
            have none, and None where no line has one.
        facets: facet → value → rows that carry it, ascending.
        every: All rows.
        total: Sum of the amounts.
    """

    __slots__ = (
        "_ids",
        "_places",
        "amounts", "every", "facets", "floors", "heads", "in_order", "members", "quantities",
        "total",
    )  # fmt: skip

    _ids: list[str]
    _places: dict[str, tuple[int, int]] | None
    amounts: tuple[int, ...]
    every: tuple[int, ...]
    facets: dict[Facet, dict[str, tuple[int, ...]]]
    floors: tuple[int, ...] | None
    heads: tuple[int, ...]
    in_order: bool
    members: tuple[tuple[int, ...], ...] | None
    quantities: Sequence[int]
    total: int

    @property
    def places(self) -> Mapping[str, tuple[int, int]]:
        """Line id → its position in ``cart.lines`` and its row."""
        if self._places is None:
            members = [(i,) for i in self.heads] if self.members is None else self.members
            self._places = {
                self._ids[i]: (i, row) for row, several in enumerate(members) for i in several
            }
        return self._places

    def __init__(self, lines: tuple[CartLine, ...], rounding: Rounding) -> None:
        rows = _merge(lines)
        self._ids = [line.id for line in lines]
        self._places = None
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
            self.floors = tuple(map(_floor, heads, self.quantities))
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


def _floor(line: CartLine, units: int) -> int:
    if line.floor_price is None:
        return 0
    return line.floor_price.minor(1, Rounding.CEILING) * units  # no unit goes below its floor


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
