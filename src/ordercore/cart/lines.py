"""Lines: so many units of a product at a unit price, as people see them."""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen

from ordercore.catalog import Product
from ordercore.data.checks import identifier, quantity
from ordercore.errors import CurrencyMismatch, InvalidType
from ordercore.money import Money, UnitPrice

__all__ = ["CartLine"]


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
