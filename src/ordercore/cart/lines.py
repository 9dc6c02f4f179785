"""Lines and fees: what a cart charges for, as people see it."""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen

from ordercore.catalog import Product
from ordercore.data.checks import identifier, instance, optional, quantity, text
from ordercore.errors import CurrencyMismatch, InvalidInput, InvalidType, InvalidValue
from ordercore.money import Money, UnitPrice
from ordercore.money.fields import CHARGE_FIELD, PRICE_FIELD

__all__ = ["CartLine", "Fee"]


@frozen
class CartLine:
    """One line of a cart: so many units of a product at a unit price.

    Args:
        id: Unique in the cart; ties between equal claims go by it.
        product: What is bought.
        quantity: How many units, 1 to 10^9.
        unit_price: The list price of one unit; may be finer than the minor unit.
        floor_price: Promotions never take the units of a row below this price, all of them
            together: a promotion that reduces one unit may use what the others leave. None:
            below nothing.
    """

    id: str = field(validator=identifier)
    product: Product
    quantity: int = field(validator=quantity)
    unit_price: UnitPrice = field(metadata=PRICE_FIELD)
    floor_price: UnitPrice | None = field(default=None, metadata=PRICE_FIELD)

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
            unit_price=_price(unit_price, currency, "unit_price"),
            floor_price=(
                None if floor_price is None else _price(floor_price, currency, "floor_price")
            ),
        )


def _price(price: UnitPrice | Money | Decimal | str, currency: str, place: str) -> UnitPrice:
    try:
        return UnitPrice.of(price, currency)
    except InvalidInput as error:
        raise error.at(place) from None


@frozen
class Fee:
    """A named charge of the whole cart: packaging, service, a delivery slot.

    Args:
        id: Unique in the cart; promotions and taxes may name it.
        amount: Before promotions; not negative.
        name: What people read.
        tax_class: Which tax rates apply; None is the ordinary one.
    """

    id: str = field(validator=identifier)
    amount: Money = field(validator=instance(Money), metadata=CHARGE_FIELD)
    name: str = field(default="", validator=text(most=200))
    tax_class: str | None = field(default=None, validator=optional(identifier))

    def __attrs_post_init__(self) -> None:
        if self.amount.minor < 0:
            expected = "an amount that is not negative"
            raise InvalidValue(expected, str(self.amount), path=("amount",))

    @property
    def title(self) -> str:
        """The name, or the id where there is none."""
        return self.name or self.id
