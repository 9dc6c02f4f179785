"""The cart: what a shopper wants to buy, valid at birth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from attrs import field, frozen

from ordercore.cart.lines import CartLine, Fee
from ordercore.cart.rows import Rows
from ordercore.catalog import Product
from ordercore.data import document
from ordercore.data.checks import each, instance, member, member_of, tuple_of
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
from ordercore.money.fields import CHARGE_FIELD
from ordercore.money.numbers import is_bare

__all__ = ["MAX_FEES", "MAX_LINES", "Cart"]

MAX_LINES: Final = 10_000
"""The most lines of one cart."""

MAX_FEES: Final = 100
"""The most fees of one cart."""


def _lines(lines: Iterable[CartLine]) -> tuple[CartLine, ...]:
    return tuple_of(lines)


def _fees(fees: Iterable[Fee]) -> tuple[Fee, ...]:
    return tuple_of(fees)


def _rounding(given: Rounding | str) -> Rounding:
    return member_of(Rounding, given)


def _three(item: object) -> tuple[Any, Any, Any]:
    if not isinstance(item, tuple | list) or len(item) != 3:
        raise InvalidType("a sku or product, a unit price and a quantity", item)
    return item[0], item[1], item[2]


def _in_currency(plain: dict[str, Any]) -> dict[str, Any]:
    """Give bare numbers in a document the cart's currency: ``129.00`` is ``CNY 129.00``."""
    currency = plain.get("currency")

    def told(part: dict[str, Any], *keys: str) -> dict[str, Any]:
        bare = {key: part[key] for key in keys if isinstance(part.get(key), str)}
        read = {key: f"{currency} {n}" for key, n in bare.items() if is_bare(n)}
        return {**part, **read}

    if not isinstance(currency, str):
        return plain
    for key, prices in (("lines", ("unit_price", "floor_price")), ("fees", ("amount",))):
        if isinstance(plain.get(key), list):
            parts = [told(p, *prices) if isinstance(p, dict) else p for p in plain[key]]
            plain = {**plain, key: parts}
    return told(plain, "shipping")


@document("cart", prepare=_in_currency)
@frozen
class Cart:
    """What a shopper wants to buy, before any promotion.

    Args:
        currency: ISO 4217; every price and the shipping fee are in it.
        lines: At most `MAX_LINES`, with unique ids, in the order people see them.
        shipping: The shipping fee before promotions; nothing where it is left out.
        fees: At most `MAX_FEES` further charges, with unique ids.
        rounding: How a row's amount is made whole where prices are finer than minor units.

    Raises:
        InvalidDocument: With every fault of the lines: double ids, other currencies.

    >>> cart = Cart.of("CNY", [("shirt", "129.00", 2), ("scarf", "45.00", 1)])
    >>> cart.subtotal, cart.lines[1].id
    (Money.of('303.00', 'CNY'), '2')
    """

    currency: Currency = field(converter=Currency)
    lines: tuple[CartLine, ...] = field(
        converter=_lines, metadata={"keywords": {"maxItems": MAX_LINES}}
    )
    shipping: Money = field(metadata=CHARGE_FIELD)
    rounding: Rounding = field(
        default=Rounding.HALF_UP,
        converter=_rounding,
        validator=member(Rounding),
    )
    fees: tuple[Fee, ...] = field(
        default=(), converter=_fees, validator=each(instance(Fee), most=MAX_FEES)
    )
    rows: Rows = field(init=False, eq=False, repr=False)

    @shipping.default
    def _no_fee(self) -> Money:
        return Money(0, self.currency)

    def __attrs_post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise InvalidDocument(faults)
        rows = Rows(self.lines, self.rounding)
        charges = [self.shipping.minor, *[fee.amount.minor for fee in self.fees]]
        if rows.total + sum(charges) > MAX_MINOR:
            raise LimitExceeded("a cart worth up to 10^15 minor units", rows.total + sum(charges))
        object.__setattr__(self, "rows", rows)

    @classmethod
    def of(
        cls,
        currency: str,
        items: Iterable[tuple[Product | str, UnitPrice | Money | Decimal | str, int]],
        *,
        shipping: Money | Decimal | str = "0",
        fees: Iterable[Fee] = (),
    ) -> Cart:
        """Make a cart from (sku or product, unit price, quantity) in short.

        Lines get their position as id, from 1, zero-padded to equal length.
        """
        given: Any = tuple_of(items)
        if not isinstance(given, tuple):
            raise InvalidType("a collection of items", items)
        width = len(str(len(given)))
        faults: list[InvalidInput] = []
        lines: list[CartLine] = []
        for i, item in enumerate(given):
            try:
                product, price, units = _three(item)
                lines.append(CartLine.of(f"{i + 1:0{width}}", product, units, price, currency))
            except InvalidInput as error:
                faults.append(error.at("lines", i))
        if faults:
            raise InvalidDocument(faults)
        return cls(currency, lines, Money.of(shipping, currency), fees=fees)

    @property
    def subtotal(self) -> Money:
        """The list amount of all lines, before promotions and shipping."""
        return Money(self.rows.total, self.currency)

    def line(self, line_id: str) -> CartLine:
        """Find a line by its id, or raise `NotFound`."""
        asked: Any = line_id
        place = self.rows.places.get(asked) if isinstance(asked, str) else None
        if place is None:
            raise NotFound("the id of a line of this cart", line_id)
        return self.lines[place[0]]


def _faults(cart: Cart) -> Iterator[InvalidInput]:
    if not isinstance(cart.lines, tuple):
        yield InvalidType("a collection of CartLine", cart.lines, path=("lines",))
        return
    if len(cart.lines) > MAX_LINES:
        yield LimitExceeded(f"at most {MAX_LINES} lines", len(cart.lines), path=("lines",))
        return
    for i, line in enumerate(cart.lines):
        if not isinstance(line, CartLine):
            yield InvalidType("a CartLine", line, path=("lines", i))
        elif line.unit_price.currency != cart.currency:
            place = ("lines", i, "unit_price")
            expected = f"a price in {cart.currency}"
            yield CurrencyMismatch(expected, str(line.unit_price), path=place)
    for i, fee in enumerate(cart.fees):
        if fee.amount.currency != cart.currency:
            expected, place = f"an amount in {cart.currency}", ("fees", i, "amount")
            yield CurrencyMismatch(expected, str(fee.amount), path=place)
    yield from _double_ids("lines", [getattr(line, "id", None) for line in cart.lines])
    yield from _double_ids("fees", [fee.id for fee in cart.fees])
    yield from _shipping_faults(cart)


def _double_ids(where: str, ids: list[str | None]) -> Iterator[InvalidInput]:
    seen: set[str | None] = {None}
    for i, each_id in enumerate(ids):
        if each_id in seen and each_id is not None:
            place = (where, i, "id")
            yield InvalidValue("an id used once", each_id, path=place, reason="duplicate_id")
        seen.add(each_id)


def _shipping_faults(cart: Cart) -> Iterator[InvalidInput]:
    if not isinstance(cart.shipping, Money):
        yield InvalidType("Money", cart.shipping, path=("shipping",))
    elif cart.shipping.currency != cart.currency:
        expected = f"a fee in {cart.currency}"
        yield CurrencyMismatch(expected, str(cart.shipping), path=("shipping",))
    elif cart.shipping.minor < 0:
        yield InvalidValue("a fee that is not negative", str(cart.shipping), path=("shipping",))
