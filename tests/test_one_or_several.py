"""One name, or one rule, stands for itself wherever several may be given."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ordercore import Cart, Context, Product, PromotionBook, Shopper, load, price
from ordercore.errors import InvalidDocument
from ordercore.orders import OrderDetails
from ordercore.parties import Customer
from ordercore.promotions import (
    BestOf,
    Brand,
    Category,
    Coupon,
    CustomerInGroup,
    Optimal,
    Sku,
    ViaChannel,
    recipes,
)
from ordercore.tariffs import OffListPrice, PriceList, Tariff, Taxes, TaxRate

AT = datetime(2026, 6, 1, tzinfo=UTC)
RATE = TaxRate("vat", "13")
MEMBERS = PriceList(id="m", rules=OffListPrice("5"))

CASES: list[tuple[Any, str, Any]] = [
    (lambda one: Shopper("c", groups=one), "gold", ["gold"]),
    (lambda one: Shopper("c", coupons=one), "k", ["k"]),
    (lambda one: Customer("c", groups=one), "gold", ["gold"]),
    (lambda one: Product("p", categories=one), "3c", ["3c"]),
    (lambda one: Context(AT, codes=one), "SPRING", ["SPRING"]),
    (lambda one: OrderDetails(tags=one), "rush", ["rush"]),
    (CustomerInGroup, "gold", ["gold"]),
    (ViaChannel, "app", ["app"]),
    (Sku, "a", ["a"]),
    (Brand, "b", ["b"]),
    (Category, "c", ["c"]),
    (Optimal, "order", ["order"]),
    (lambda one: recipes.amount_off("p", "5", combines_with=one), "q", ["q"]),
    (lambda one: PriceList(id="m", rules=[], groups=one), "gold", ["gold"]),
    (lambda one: PriceList(id="m", rules=one), OffListPrice("5"), [OffListPrice("5")]),
    (lambda one: Tariff("CNY", one), MEMBERS, [MEMBERS]),
    (Taxes, RATE, [RATE]),
    (lambda one: Taxes([], exempt_groups=one), "embassy", ["embassy"]),
    (lambda one: TaxRate("vat", "13", on=one), "goods", ["goods"]),
    (
        lambda one: PromotionBook("CNY", one),
        recipes.amount_off("p", "5"),
        [recipes.amount_off("p", "5")],
    ),
    (lambda one: PromotionBook("CNY", layers=one), "order", ["order"]),
    (lambda one: PromotionBook("CNY", resolvers=one), BestOf("order"), [BestOf("order")]),
]


@pytest.mark.parametrize(("make", "one", "several"), CASES)
def test_one_stands_for_itself(make: Any, one: Any, several: Any) -> None:
    assert make(one) == make(several) == make(tuple(several))


def test_a_group_and_a_coupon_that_are_held_alone_are_found() -> None:
    offer = recipes.amount_off("p", "5", when=CustomerInGroup("gold"), trigger=Coupon("k"))
    shopper = Shopper("c", groups="gold", coupons="k")
    cart = Cart.of("CNY", [("a", "100", 1)])
    quote = price(cart, PromotionBook("CNY", [offer]), at=AT, shopper=shopper)
    assert quote.outcome("p").amount_minor == 500


@pytest.mark.parametrize("field", ["groups", "coupons"])
def test_a_document_has_a_list_all_the_same(field: str) -> None:
    document = {
        "schema": 1,
        "kind": "context",
        "at": "2026-06-01T00:00:00Z",
        "shopper": {field: "gold"},
    }
    with pytest.raises(InvalidDocument) as raised:
        load(Context, document)
    assert [fault.path for fault in raised.value.faults] == [("shopper", field)]
