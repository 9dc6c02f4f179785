"""The cart: what a shopper wants to buy, valid at birth."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from attrs import field, frozen

from ordercore.cart.lines import CartLine
from ordercore.cart.rows import Rows
from ordercore.catalog import Product
from ordercore.data import document
from ordercore.data.checks import member, member_of, tuple_of
from ordercore.errors import (
    CurrencyMismatch,
    InvalidDocument,
    InvalidInput,
    InvalidType,
    InvalidValue,
    LimitExceeded,
    NotFound,
)
from ordercore.money import Currency, Money, Rounding, UnitPrice

__all__ = ["MAX_LINES", "Cart"]

MAX_LINES: Final = 10_000
"""The most lines of one cart."""


def _lines(lines: Iterable[CartLine]) -> tuple[CartLine, ...]:
    return tuple_of(lines)


def _rounding(given: Rounding | str) -> Rounding:
    return member_of(Rounding, given)


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
    rounding: Rounding = field(
        default=Rounding.HALF_UP,
        converter=_rounding,
        validator=member(Rounding),
    )
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
