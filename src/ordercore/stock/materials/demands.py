"""What netting is asked: what is wanted, what is in stock, and what is on its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from ordercore.data.checks import (
    MAX_QUANTITY,
    Named,
    aware,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    optional,
    quantity,
    text,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.errors import (
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    all_faults,
)
from ordercore.stock.levels import SupplyKind
from ordercore.stock.materials.book import BillBook

__all__ = [
    "MAX_WANTED",
    "Basket",
    "Receipt",
    "Stock",
    "Wanted",
    "receipts_of",
    "stock_of",
    "wanted_of",
]

MAX_WANTED: Final = 10_000
"""The most lines of one basket, and the most receipts."""

Stock = Mapping[str, int]
"""What is there: by sku, how many whole units of what the part is stocked in."""


@frozen
class Wanted:
    """So many units of a part, by an instant.

    Args:
        sku: Of what.
        units: How many, 1 to 10^9.
        by: When they must be there; None: no instant is worked out for what they need.
    """

    sku: str = field(validator=identifier)
    units: int = field(validator=quantity)
    by: datetime | None = field(default=None, converter=pinned, validator=optional(aware))


Basket = Mapping[str, int] | Iterable[tuple[str, int] | Wanted]
"""What is wanted: units by sku, or lines, of which several may want the same part."""


def _kind(value: SupplyKind | str) -> SupplyKind:
    return member_of(SupplyKind, value)


@frozen
class Receipt:
    """Units that are on their way: ordered, or planned to be made.

    Args:
        sku: Of what.
        units: How many.
        at: From when on they can be used.
        order: The purchase or production order that brings them.
        kind: Which of these it is, or a transfer.
    """

    sku: str = field(validator=identifier)
    units: int = field(validator=quantity)
    at: datetime = field(converter=pinned, validator=aware)
    order: str = field(default="", validator=text(most=64))
    kind: SupplyKind = field(
        default=SupplyKind.PURCHASE, converter=_kind, validator=member(SupplyKind), kw_only=True
    )


_count = integer(least=0, most=MAX_QUANTITY)


def stock_of(given: Stock) -> dict[str, int]:
    """Check a snapshot of stock.

    Raises:
        InvalidDocument: With every count that is no whole number from 0 to 10^9.
    """
    if not isinstance(given, Mapping):
        raise InvalidType("a mapping of skus to units", given, path=("stock",))
    faults: list[InvalidInput] = []
    for sku, units in given.items():
        try:
            identifier(None, Named("sku"), sku)
            _count(None, Named(sku), units)
        except InvalidInput as error:
            faults.append(error.at("stock"))
    if faults:
        raise InvalidDocument(faults)
    return dict(given)


def receipts_of(given: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """Check receipts, all at once."""
    receipts = tuple_of(given)
    each(instance(Receipt), most=MAX_WANTED)(None, Named("receipts"), receipts)
    return receipts


def _line(given: Any, by: datetime | None) -> Wanted:
    if isinstance(given, Wanted):
        return given
    if not isinstance(given, tuple) or len(given) != 2:
        raise InvalidType("a Wanted, or a pair of sku and units", given)
    return Wanted(given[0], given[1], by)


def wanted_of(book: BillBook, basket: Basket, by: datetime | None = None) -> tuple[Wanted, ...]:
    """Check what is wanted.

    Args:
        book: What can be wanted.
        basket: The lines.
        by: When those lines are wanted that do not say so.

    Raises:
        InvalidDocument: With every fault of every line: no such part, no such quantity.
    """
    lines: Any = basket.items() if isinstance(basket, Mapping) else basket
    if isinstance(lines, str) or not isinstance(lines, Iterable):
        raise InvalidType("lines, or a mapping of skus to units", basket, path=("basket",))
    wanted: list[Wanted] = []
    faults: list[InvalidInput] = []
    for i, given in enumerate(lines):
        try:
            line = _line(given, by)
            if line.sku not in book:
                expected = "a part of the book"
                raise InvalidValue(expected, line.sku, path=("sku",), reason="unknown_part")
            wanted.append(line)
        except (InvalidInput, InvalidDocument) as error:
            faults += all_faults(error, "basket", i)
    if len(wanted) > MAX_WANTED:
        faults.append(LimitExceeded(f"at most {MAX_WANTED} lines", len(wanted), path=("basket",)))
    if faults:
        raise InvalidDocument(faults)
    return tuple(wanted)
